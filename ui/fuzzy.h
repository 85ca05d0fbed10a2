/* How well a name fits what was typed: all typed letters must be in it, in order. */
#ifndef WEFT_UI_FUZZY_H
#define WEFT_UI_FUZZY_H

#include <stdbool.h>

/* Names are compared up to here; what stands behind does not match. */
#define FUZZY_MAX_BYTES 256

/* Higher is better; -1: it does not fit. Case counts not at all. An empty query fits all with 0.
 * `ret_matched` (NULL, or FUZZY_MAX_BYTES of them) says which bytes of `name` were meant; written
 * only when it fits. */
int fuzzy_match(const char *query, const char *name, bool *ret_matched);

#endif
