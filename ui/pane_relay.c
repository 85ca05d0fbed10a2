/* " RELAY  2 gateways" over gateways and their legs, each with what it carries and what it lacks:
 * " jobs                                     runs"
 * "   <> libera/#coop-jobs    4 wait, oldest 31 s" */
#include "ui/panes.h"

#include <string.h>

/* In a wider window the eye would lose the row between an address and what is said of it. */
#define ROW_MOST_COLS 110

/* An ordinary word looks as its row does, chosen or not. */
static struct style
style_on(const struct canvas *canvas, enum role base, enum role role)
{
    return role == ROLE_POPUP ? theme_style(canvas->theme, base) : draw_role_on(canvas, base, role);
}

static void
draw_row(const struct canvas *canvas, struct rect line, const struct view_relay_row *row,
         enum role base)
{
    const int tail_cols =
        row->tail ? width_text(row->tail, strlen(row->tail), canvas->cells->rules) : 0;
    /* All of a long tail, as far as there is room. */
    const int most = MAX(ROW_MOST_COLS, tail_cols * 3 / 2 + 2);
    const int cols = row->tail ? MIN(line.cols, most) : line.cols;
    const int end = line.col + cols - 1;
    /* The tail is what one looks for; of a long address enough is left to know it. */
    const int tail_from = MAX(end - tail_cols, line.col + cols / 3);
    const int text_end = row->tail ? tail_from - 1 : end;
    int col = line.col + 1;

    col +=
        draw_own(canvas, line.row, col, end - col, row->lead, draw_role_on(canvas, base, ROLE_DIM));
    draw_foreign(canvas, line.row, col, text_end - col, row->text, DISPLAY_LINE,
                 style_on(canvas, base, row->role));
    if (row->tail)
        draw_own(canvas, line.row, tail_from, end - tail_from, row->tail,
                 style_on(canvas, base, row->tail_role));
}

/* "v 12 more", in the last row */
static void
draw_below(const struct canvas *canvas, struct rect rect, size_t below)
{
    g_autofree char *text = g_strdup_printf("v %zu more", below);

    draw_own(canvas, rect.row + rect.rows - 1, rect.col + 1, rect.cols - 1, text,
             draw_role_on(canvas, ROLE_POPUP, ROLE_DIM));
}

int
pane_relay_list_rows(struct rect rect)
{
    return MAX(0, rect.rows - 1);
}

void
pane_relay_draw(const struct canvas *canvas, struct rect rect, const struct view_relay *view)
{
    if (rect.rows <= 0 || rect.cols <= 0)
        return;
    cells_fill(canvas->cells, rect.row, rect.col, rect.rows, rect.cols,
               theme_style(canvas->theme, ROLE_POPUP));
    draw_own(canvas, rect.row, rect.col + 1, rect.cols - 1, view->title,
             theme_style(canvas->theme, ROLE_POPUP_TITLE));
    if (view->n == 0)
        pane_inbox_draw_empty(canvas, rect, view->empty);
    for (size_t i = 0; i < view->n && (int)i < rect.rows - 1; i++) {
        const struct view_relay_row *row = &view->rows[i];
        const struct rect line = {rect.row + 1 + (int)i, rect.col, 1, rect.cols};
        const enum role base = row->selected ? ROLE_POPUP_SELECTED : ROLE_POPUP;

        cells_fill(canvas->cells, line.row, line.col, 1, line.cols,
                   theme_style(canvas->theme, base));
        draw_row(canvas, line, row, base);
        if (row->selected && row->first)
            cells_set_cursor(canvas->cells, line.row, line.col, CURSOR_DEFAULT);
    }
    if (view->below > 0 && (int)view->n < rect.rows - 1)
        draw_below(canvas, rect, view->below);
}
