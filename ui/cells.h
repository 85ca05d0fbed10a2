/* The screen in memory: a grid of cells, each with one drawn cluster and a style.
 *
 * Panes draw into it, term.c puts it on a terminal, tests read it. Two things always hold: a wide
 * cluster has both its cells (when one is overwritten the other becomes a blank), and no cell holds
 * a control character (it becomes U+FFFD; foreign text should have gone through text/display.h long
 * before). Places outside the grid are allowed everywhere and draw nothing. Rows and columns count
 * from 0. */
#ifndef WEFT_UI_CELLS_H
#define WEFT_UI_CELLS_H

#include "text/width.h"
#include "ui/links.h"
#include "ui/style.h"
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CELLS_MAX_ROWS 500
#define CELLS_MAX_COLS 1000

struct cell {
    char text[WIDTH_CLUSTER_MAX_BYTES + 1]; /* NUL-terminated; "" is a blank */
    uint8_t len_bytes;
    uint8_t width; /* 1 or 2; 0: the right half of the wide cluster before it */
    bool doubtful; /* terminals disagree about its width: the cursor is set anew after it */
    uint32_t link; /* a number of cells->links; 0: none */
    bool joins;    /* in the last column: see cells_join() */
    struct style style;
};

enum cursor_shape { CURSOR_DEFAULT, CURSOR_BLOCK, CURSOR_UNDERLINE, CURSOR_BAR };

struct cells {
    int rows, cols;
    struct cell *grid;               /* rows * cols, row by row */
    const struct width_rules *rules; /* lent; NULL: the default */
    struct links *links;             /* lent; NULL: links are not kept */
    int cursor_row, cursor_col;
    bool cursor_visible;
    enum cursor_shape cursor_shape;
};

/* Sizes are brought into 1 … CELLS_MAX_ROWS and CELLS_MAX_COLS. All blank, no cursor. */
struct cells *cells_new(int rows, int cols);
void cells_free(struct cells *cells);

/* Keeps what lies inside both sizes (a wide cluster that is cut becomes a blank). */
void cells_resize(struct cells *cells, int rows, int cols);

/* Blanks in `style`, cursor hidden. */
void cells_clear(struct cells *cells, struct style style);
void cells_fill(struct cells *cells, int row, int col, int rows, int cols, struct style style);

/* Draws text at (row, col) in at most `max_cols` columns (and never past the grid's edge) and
 * returns the columns taken. A wide cluster that would not fit is left out, with a blank in its
 * place. */
int cells_put(struct cells *cells, int row, int col, int max_cols, const char *text, size_t len,
              struct style style);
/* The same for a NUL-terminated string. */
int cells_puts(struct cells *cells, int row, int col, int max_cols, const char *text,
               struct style style);
/* Like cells_puts in a field: the rest becomes blanks in `style`; text that does not fit ends in
 * "…". */
void
cells_field(struct cells *cells, int row, int col, int cols, const char *text, struct style style);

/* Changes the style of what stands there and keeps the text: colours of `over` where it has them,
 * attributes added. A selection bar, a highlighted line. */
void cells_restyle(struct cells *cells, int row, int col, int rows, int cols, struct style over);

/* Right-to-left text that was drawn into these columns as it is written is put in the order in
 * which it is seen, styles and links with it. `rtl`: the direction of the paragraph. Returns the
 * column where that which stood in column `mark` is now. */
int cells_bidi(struct cells *cells, int row, int col, int cols, bool rtl, int mark);
/* The same for a text that is a paragraph by itself, where it is wanted and needed. */
void cells_bidi_text(struct cells *cells, int row, int col, int cols, const char *text, size_t len);
/* False: the terminal does that (width_rules.bidi_itself). */
bool cells_lays_out_bidi(const struct cells *cells);

/* What stands there is a link to `target` (text/link.h: link_target()). */
void cells_link(struct cells *cells, int row, int col, int cols, const char *target);

/* Lines of box characters ("─", "│") and a frame around a region. */
void cells_hline(struct cells *cells, int row, int col, int cols, struct style style);
void cells_vline(struct cells *cells, int row, int col, int rows, struct style style);
void cells_box(struct cells *cells, int row, int col, int rows, int cols, struct style style);

/* What stands on this row goes on in the next as one line, so that a terminal copies it as one.
 * Goes with what is drawn into the row's last column. */
void cells_join(struct cells *cells, int row);
bool cells_joins(const struct cells *cells, int row);

/* Moves the rows of a region by `by` (up when positive); rows that come free are blank in `style`.
 */
void
cells_scroll(struct cells *cells, int row, int col, int rows, int cols, int by, struct style style);

/* Copies a region of `from` (which may not be `to`), cutting at both grids' edges. */
void cells_blit(struct cells *to, int row, int col, const struct cells *from, int from_row,
                int from_col, int rows, int cols);

/* All of `from`, cursor included; `to` takes its size. */
void cells_copy(struct cells *to, const struct cells *from);

void cells_set_cursor(struct cells *cells, int row, int col, enum cursor_shape shape);

/* NULL outside the grid. */
const struct cell *cells_at(const struct cells *cells, int row, int col);
bool cell_equal(const struct cell *a, const struct cell *b);

/* The text, one line a row, trailing blanks cut. Free with g_free(). */
char *cells_dump_text(const struct cells *cells);
char *cells_dump_row(const struct cells *cells, int row);
/* Text, then a map of the same shape with one letter a cell, then what each letter stands for ("a
 * fg=… bg=… bold"), then the cursor: the form of golden files. Free with g_free(). */
char *cells_dump_styled(const struct cells *cells);

#endif
