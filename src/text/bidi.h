/* Right-to-left text: the order in which the parts of a row are seen (UAX #9, by fribidi), and the
 * forms in which Arabic letters join. For rows of cells, which a terminal shows from the left as
 * they are; the text itself stays in the order in which it was written. Text is valid UTF-8. */
#ifndef WEFT_TEXT_BIDI_H
#define WEFT_TEXT_BIDI_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* False where every part is seen in the order in which it is written: nothing more is to be done.
 * Cheap. */
bool bidi_is_needed(const char *text, size_t len);

/* A paragraph's own direction: that of its first letter that has one. */
bool bidi_is_rtl(const char *text, size_t len);

/* A row's clusters in the order in which they are written, to be filled by the caller. */
struct bidi_cluster {
    unsigned at, len;             /* bytes of the row's text */
    unsigned shown_at, shown_len; /* bytes of `ret_shown`: set by bidi_row() */
};

/* Sets `order[i]` to the index of the cluster that is seen at place `i` from the left, and how each
 * cluster is shown there: mirrored, joined. `rtl`: the direction of the paragraph that the row
 * belongs to. `order` has room for `n`; `ret_shown` is appended to. */
void bidi_row(const char *text, struct bidi_cluster *clusters, unsigned n, bool rtl,
              unsigned *ret_order, GString *ret_shown);

#endif
