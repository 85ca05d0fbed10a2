/* What reading and writing must agree on. */
#ifndef WEFT_PROTOCOLS_MARKDOWN_PRIV_H
#define WEFT_PROTOCOLS_MARKDOWN_PRIV_H

#include <stddef.h>

/* How much of a link that stands in the text is its own: marks around it are not, nor what a
 * backslash keeps. */
size_t markdown_own_link(const char *link, size_t len);

#endif
