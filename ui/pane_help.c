#include "ui/panes.h"

#include <string.h>

#include "ui/wrap.h"

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

static int
line_rows(const struct canvas *canvas, const struct view_help_line *line, int cols, GArray *rows)
{
    if (!line->keys)
        return 1;
    return wrap_text(line->text, strlen(line->text), MAX(1, cols), 0, canvas->cells->rules, rows);
}

/* Scrolled no further than to where the last line is in sight. */
static void
limit_top(const struct canvas *canvas, const struct view_help *view, int list, int text_cols)
{
    size_t least = view->n;

    while (least > 0) {
        list -= line_rows(canvas, &view->lines[least - 1], text_cols, NULL);
        if (list < 0)
            break;
        least--;
    }
    *view->top = MIN(*view->top, least);
}

static int
draw_line(const struct canvas *canvas, struct rect rect, int keys,
          const struct view_help_line *line)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct wrap_row));
    struct style title = theme_style(canvas->theme, ROLE_POPUP_TITLE);
    int text_col = rect.col + keys + 4;
    int text_cols = rect.cols - keys - 5;
    int n = line_rows(canvas, line, text_cols, rows);

    if (!line->keys) {
        draw_own(canvas, rect.row, rect.col + 1, rect.cols - 1, line->text, title);
        return 1;
    }
    draw_own(canvas, rect.row, rect.col + 2, MIN(keys, rect.cols - 2), line->keys, title);
    for (int i = 0; i < n && i < rect.rows; i++) {
        const struct wrap_row *row = &g_array_index(rows, struct wrap_row, i);
        cells_put(canvas->cells, rect.row + i, text_col, text_cols, line->text + row->start_bytes,
                  row->len_bytes, theme_style(canvas->theme, ROLE_POPUP));
    }
    return n;
}

void
pane_help_draw(const struct canvas *canvas, struct rect rect, const struct view_help *view)
{
    struct rect left = {rect.row + 1, rect.col, rect.rows - 1, rect.cols};
    int keys;

    if (rect.rows <= 0 || rect.cols <= 0)
        return;
    cells_fill(canvas->cells, rect.row, rect.col, rect.rows, rect.cols,
               theme_style(canvas->theme, ROLE_POPUP));
    draw_own(canvas, rect.row, rect.col + 1, rect.cols - 1,
             "Keys here. PgDn, PgUp: more. Esc: close.",
             theme_style(canvas->theme, ROLE_POPUP_TITLE));
    keys = keys_cols(canvas, view, rect.cols);
    limit_top(canvas, view, left.rows, rect.cols - keys - 5);
    for (size_t i = *view->top; i < view->n && left.rows > 0; i++) {
        int taken = draw_line(canvas, left, keys, &view->lines[i]);
        left.row += taken;
        left.rows -= taken;
    }
}
