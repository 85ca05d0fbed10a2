/* The door between foreign text and the screen: what comes out holds nothing that could steer a
 * terminal, reorder a line or hide in it. What is stored stays as it was said; only what is drawn
 * goes through here.
 *
 *   C0, DEL                      ^[ ^G ^M ^?
 *   C1, line and paragraph ends  <85> <NEL> <LS> <PS>
 *   bidi controls                <RLO> <LRI> <PDI> <LRM> <ALM> …
 *   annotations, private use, unassigned, noncharacters       <U+FFF9> <U+E0B0>
 *   tag characters               <tags*12> (kept in a flag of a region: England, Scotland, Wales …)
 *   a mark without a base        the mark on a dotted circle
 *   zero-width characters        dropped; four or more in a row <invisible*100>;
 *                                in a name and in what is typed always shown
 *   in a name, a blank that is not ASCII's                    <U+00A0> <U+3000>
 *   in a name, alphabets that look alike in one word          <mix> before it (text/script.h)
 *   the same mark more than 3x   <RLO*50>
 *   newline, tab                 ^J ^I; in DISPLAY_BLOCK kept, and four blanks
 *
 * ZWJ, ZWNJ and variation selectors stay where a script or an emoji needs them. Marks beyond
 * WIDTH_CLUSTER_MAX_MARKS on one base are not drawn. New emoji that this Unicode version does not
 * know yet pass. Time is linear, the result at most four times as long (five bytes more for <mix>).
 */
#ifndef WEFT_TEXT_DISPLAY_H
#define WEFT_TEXT_DISPLAY_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

enum display_mode {
    DISPLAY_LINE,  /* one line whatever happens: topics, titles, previews, errors */
    DISPLAY_BLOCK, /* message bodies: '\n' (and "\r\n") stays a line end */
    DISPLAY_NAME,  /* nicks, channels, files: like LINE, and no invisible character passes unseen */
    DISPLAY_INPUT  /* what is being typed, pasted or completed: like LINE, and nothing is dropped */
};

/* A place where the display text differs from the source. Bytes between two places are equal. */
struct display_mark {
    size_t at_bytes, len_bytes;         /* in the display text; length 0: something was dropped */
    size_t src_at_bytes, src_len_bytes; /* in the source */
    bool shown; /* drawn in the 'mark' role; false for blanks that stand for a tab, and for drops */
};

/* Appends to `out` what may be drawn of `text` (valid UTF-8; an invalid byte becomes U+FFFD). Where
 * it differs, a struct display_mark is added to `marks` (a GArray of them, or NULL), in order, with
 * offsets into `out` and into `text`. */
void
display_append(GString *out, GArray *marks, const char *text, size_t len, enum display_mode mode);

/* The same as a new string, for places that style no marks. Free with g_free(). `len` -1: up to the
 * NUL. */
char *display_dup(const char *text, gssize len, enum display_mode mode);

/* Where the source's byte `src` (0 … len) went, for the `marks` of one display_append() to which
 * `out` had `start_bytes`. A place inside a marked piece maps to that piece's start. Spans are
 * carried over with it. */
size_t display_map(const GArray *marks, size_t start_bytes, size_t src);

/* True when the text needs no change in any mode (printable ASCII): a quick way round. */
bool display_is_plain(const char *text, size_t len);

#endif
