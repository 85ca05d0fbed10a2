/* The only way from foreign text into cells: through text/display.h. Panes use these for every
 * name, topic and sentence that a network, a file or a person gave; cells_puts() is for weft's own
 * words. */
#ifndef WEFT_UI_DRAW_H
#define WEFT_UI_DRAW_H

#include "text/display.h"
#include "ui/cells.h"
#include "ui/layout.h"
#include "ui/theme.h"
#include <glib.h>

/* Where panes draw. */
struct canvas {
    struct cells *cells;
    const struct theme *theme;
};

/* Foreign text in at most `max_cols` columns; what does not fit ends in "…". Returns the columns
 * taken. */
int draw_foreign(const struct canvas *canvas, int row, int col, int max_cols, const char *text,
                 enum display_mode mode, struct style style);
/* weft's own words, cut in the same way. */
int draw_own(const struct canvas *canvas, int row, int col, int max_cols, const char *text,
             struct style style);
/* Columns that foreign text takes. */
int draw_foreign_cols(const struct canvas *canvas, const char *text, enum display_mode mode);

/* "12", and "999+" above 999. */
void draw_count(GString *out, unsigned count);

/* `over` on the look of `base`: a role on a bar keeps the bar's background. */
struct style draw_role_on(const struct canvas *canvas, enum role base, enum role over);

#endif
