/* One text as the lines that IRC has room for (section 4.1). */
#ifndef WEFT_IRC_SPLIT_H
#define WEFT_IRC_SPLIT_H

#include <glib.h>
#include <stddef.h>

#include "model/rich.h"

/* Parts of at most `limit_bytes` on the wire, formatting included and repeated in each: cut after a
 * blank where one is near, else between what a reader sees as characters, and inside one only when
 * it is longer than the limit (a code point is never cut). Every line of the text is a part of its
 * own; empty lines are left out. Without line ends, the parts joined are the text. At least one
 * part, of struct rich; freeing the array frees them. */
GPtrArray *irc_split(const struct rich *rich, size_t limit_bytes);

#endif
