/* How text is cut into what a reader sees as characters, and how many terminal cells each takes.
 *
 * A cluster is an extended grapheme cluster (UAX #29, by utf8proc; Indic conjuncts as Unicode 15.1
 * has them; a skin tone only joins an emoji). Widths are 0, 1 or 2 cells: East Asian Wide and
 * Fullwidth are 2, Ambiguous is 1, emoji presentation and VS16 are 2, VS15 is 1, a ZWJ sequence, a
 * flag and a keycap with VS16 are 2, a conjunct of several consonants is 2, marks are 0 on their
 * base, spacing marks 1. Everything runs in time linear in the bytes looked at, whatever the text;
 * text is valid UTF-8, an invalid byte counts as one cell by itself. */
#ifndef WEFT_TEXT_WIDTH_H
#define WEFT_TEXT_WIDTH_H

#include <stdbool.h>
#include <stddef.h>

/* Where a terminal differs from the default; all false is the default. */
struct width_rules {
    bool vs16_is_narrow; /* a text symbol with VS16 stays one cell */
    bool zwj_splits;     /* each emoji of a ZWJ sequence gets its own two cells */
    bool bidi_itself;    /* lays out right-to-left text by itself: text/bidi.h is not for it */
};

/* Bytes of a cluster that are ever drawn, and how many combining marks on its base. */
#define WIDTH_CLUSTER_MAX_BYTES 39
#define WIDTH_CLUSTER_MAX_MARKS 8

/* Bytes of the cluster at the start of `text`; 0 only when `len` is 0. `ret_cols` may be NULL.
 * Control characters are clusters of their own with 0 columns (foreign text goes through
 * text/display.h first). `rules` NULL: the default. */
size_t width_next(const char *text, size_t len, const struct width_rules *rules, int *ret_cols);

/* Bytes of the cluster that ends at the end of `text`: where the cursor goes when it moves left. 0
 * only when `len` is 0. Looks back to the last place that is a boundary whatever stands before it.
 */
size_t width_prev(const char *text, size_t len);

/* Columns of the whole text (a sum over its clusters). */
int width_text(const char *text, size_t len, const struct width_rules *rules);

/* Bytes from the start that fit into `cols` columns, cut between clusters; `ret_cols` (may be NULL)
 * is what they take. Zero-width clusters after the last that fits are included. */
size_t
width_cut(const char *text, size_t len, int cols, const struct width_rules *rules, int *ret_cols);

/* Like width_cut, but cut at a blank when there is one among what fits; trailing blanks are not
 * counted in the result. Falls back to width_cut inside a word that is longer than `cols`. */
size_t width_cut_words(const char *text, size_t len, int cols, const struct width_rules *rules,
                       int *ret_cols);

/* Bytes of one cluster that are drawn: its base and at most WIDTH_CLUSTER_MAX_MARKS marks, at most
 * WIDTH_CLUSTER_MAX_BYTES. The text as stored is not changed. */
size_t width_draw_cut(const char *cluster, size_t len);

/* True when terminals disagree about this cluster (VS15/16, ZWJ, flags, keycaps, marks, jamo,
 * anything of several code points, new emoji): the cursor is set anew after it. */
bool width_doubtful(const char *cluster, size_t len);

/* Start of the word (letters and digits) before `at`, and end of the one after it: word motions and
 * word deletion. `at` is a cluster boundary; so is the result. */
size_t width_word_left(const char *text, size_t len, size_t at);
size_t width_word_right(const char *text, size_t len, size_t at);

#endif
