#include "ui/panes.h"

#include <string.h>

#define KEYS_MAX_COLS 34

static int
keys_cols(const struct canvas *canvas, const struct view_help *view, int cols)
{
    int most = 0;

    for (size_t i = 0; i < view->n; i++) {
        if (view->lines[i].keys)
            most = MAX(most, width_text(view->lines[i].keys, strlen(view->lines[i].keys),
                                        canvas->cells->rules));
    }
    return MIN(most, MIN(KEYS_MAX_COLS, cols * 2 / 5));
}

void
pane_help_draw(const struct canvas *canvas, struct rect rect, const struct view_help *view)
{
    struct style style = theme_style(canvas->theme, ROLE_POPUP);
    struct style title = theme_style(canvas->theme, ROLE_POPUP_TITLE);
    int list = rect.rows - 1;
    int keys;

    if (rect.rows <= 0 || rect.cols <= 0)
        return;
    cells_fill(canvas->cells, rect.row, rect.col, rect.rows, rect.cols, style);
    draw_own(canvas, rect.row, rect.col + 1, rect.cols - 1,
             "Keys here. PgDn, PgUp: more. Esc: close.", title);
    if (list < 1)
        return;
    if (*view->top + (size_t)list > view->n)
        *view->top = view->n > (size_t)list ? view->n - (size_t)list : 0;
    keys = keys_cols(canvas, view, rect.cols);
    for (int i = 0; i < list && *view->top + (size_t)i < view->n; i++) {
        const struct view_help_line *line = &view->lines[*view->top + (size_t)i];
        int row = rect.row + 1 + i;

        if (!line->keys) {
            draw_own(canvas, row, rect.col + 1, rect.cols - 1, line->text, title);
            continue;
        }
        draw_own(canvas, row, rect.col + 2, keys, line->keys, title);
        draw_own(canvas, row, rect.col + 2 + keys + 2, rect.cols - keys - 5, line->text, style);
    }
}
