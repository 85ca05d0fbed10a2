/* Links in plain text: where they stand, and as what they may leave weft.
 *
 * A link begins with one of a few schemes ("https://", "mailto:", …) or with "www.", where no
 * ASCII letter or digit stands before it, and ends at a blank, a control or invisible character, a
 * quote or an angle bracket. Marks that end a sentence and brackets that were not opened inside do
 * not belong to it. Time is linear. */
#ifndef WEFT_TEXT_LINK_H
#define WEFT_TEXT_LINK_H

#include <stdbool.h>
#include <stddef.h>

/* A longer one is no link: nothing could be done with it. */
#define LINK_MAX_BYTES 2000

/* The next link of `text` (valid UTF-8) at or after *at, which is moved behind it. False: there is
 * none. */
bool link_next(const char *text, size_t len, size_t *at, size_t *ret_start, size_t *ret_end);

/* The target of a link that was found by link_next(), or that a network gave, for a terminal, a
 * browser or the clipboard: nothing but printable ASCII without blanks, the rest as %XX;
 * "https://" before a bare "www.". NULL when its scheme is not among those that link_next() knows,
 * or it is too long. g_free(). */
char *link_target(const char *link, size_t len);

#endif
