/* A small list above the input: candidates, keys that may follow, lines that were sent before. */
#include "ui/panes.h"

#include <string.h>

#define MIN_COLS 12

static int
row_cols(const struct canvas *canvas, const struct view_popup *view, size_t i, int sign_cols)
{
    return sign_cols + draw_foreign_cols(canvas, view->rows[i].text, DISPLAY_LINE) + 2;
}

static int
widest_sign(const struct canvas *canvas, const struct view_popup *view)
{
    int cols = 0;

    for (size_t i = 0; i < view->n; i++) {
        const char *sign = view->rows[i].sign;
        if (sign)
            cols = MAX(cols, width_text(sign, strlen(sign), canvas->cells->rules) + 2);
    }
    return cols;
}

static char *
counter(const struct view_popup *view)
{
    if (view->total <= view->n || view->selected >= view->total)
        return NULL;
    return g_strdup_printf("%zu/%zu ", view->selected + 1, view->total);
}

static void
draw_rule(const struct canvas *canvas, struct rect rect, int row)
{
    cells_hline(canvas->cells, row, rect.col, rect.cols,
                draw_role_on(canvas, ROLE_POPUP, ROLE_BORDER));
}

/* The upper border, with what the list is and where one is in it. */
static void
draw_title(const struct canvas *canvas, struct rect line, const struct view_popup *view,
           const char *count)
{
    struct style style = theme_style(canvas->theme, ROLE_POPUP_TITLE);
    g_autofree char *title = view->title ? g_strdup_printf(" %s ", view->title) : NULL;
    g_autofree char *at = count ? g_strdup_printf(" %s", count) : NULL;
    int count_cols = at ? (int)strlen(at) : 0;

    draw_rule(canvas, line, line.row);
    if (title)
        draw_own(canvas, line.row, line.col, line.cols - count_cols, title, style);
    if (at)
        draw_own(canvas, line.row, line.col + MAX(0, line.cols - count_cols), count_cols, at,
                 style);
}

static void
draw_row(const struct canvas *canvas, struct rect line, const struct view_popup_row *row,
         int sign_cols, bool selected)
{
    struct style style = selected ? draw_role_on(canvas, ROLE_POPUP, ROLE_POPUP_SELECTED)
                                  : theme_style(canvas->theme, ROLE_POPUP);

    if (selected)
        cells_fill(canvas->cells, line.row, line.col, 1, line.cols, style);
    if (row->sign)
        draw_own(canvas, line.row, line.col + 1, line.cols - 1, row->sign, style);
    draw_foreign(canvas, line.row, line.col + 1 + sign_cols, line.cols - 1 - sign_cols, row->text,
                 DISPLAY_LINE, style);
}

void
pane_popup_draw(const struct canvas *canvas, struct rect above, const struct view_popup *view)
{
    g_autofree char *count = counter(view);
    int sign_cols = widest_sign(canvas, view);
    /* Borders where there is room for all and them. */
    bool roomy = (int)view->n + 2 <= above.rows;
    int head = roomy || view->title || count ? 1 : 0, foot = roomy ? 1 : 0;
    int rows = MIN((int)view->n + head + foot, above.rows);
    int cols = MIN_COLS;

    if (rows <= 0 || rows < head || above.cols < 4)
        return;
    if (view->title)
        cols = MAX(cols, (int)strlen(view->title) + 3 + (count ? (int)strlen(count) : 0));
    for (size_t i = 0; i < view->n; i++)
        cols = MAX(cols, row_cols(canvas, view, i, sign_cols));
    struct rect rect = {above.row + above.rows - rows, above.col, rows, MIN(cols, above.cols)};
    cells_fill(canvas->cells, rect.row, rect.col, rect.rows, rect.cols,
               theme_style(canvas->theme, ROLE_POPUP));
    if (head)
        draw_title(canvas, rect, view, count);
    if (foot)
        draw_rule(canvas, rect, rect.row + rows - 1);
    /* A low window keeps the one that is selected in sight. */
    size_t shown = (size_t)(rows - head - foot), at = view->selected - view->first;
    size_t from = view->selected >= view->first && at < view->n && at >= shown ? at - shown + 1 : 0;
    if (view->drawn)
        *view->drawn = (struct drawn_list){
            {rect.row + head, rect.col, (int)shown, rect.cols}, 1, view->first + from, shown};
    for (size_t i = 0; i < shown; i++) {
        struct rect line = {rect.row + head + (int)i, rect.col, 1, rect.cols};
        draw_row(canvas, line, &view->rows[from + i], sign_cols,
                 view->first + from + i == view->selected);
    }
}

void
pane_popup_draw_columns(const struct canvas *canvas, struct rect above,
                        const struct view_popup *view)
{
    int sign_cols = widest_sign(canvas, view), cols = MIN_COLS;

    for (size_t i = 0; i < view->n; i++)
        cols = MAX(cols, row_cols(canvas, view, i, sign_cols));
    cols = MIN(cols, above.cols);
    int across = MAX(1, above.cols / MAX(1, cols));
    int down = MIN(((int)view->n + across - 1) / across, above.rows - 1);
    if (down < 1 || above.cols < 4)
        return;
    int foot = down + 2 <= above.rows ? 1 : 0;
    struct rect rect = {above.row + above.rows - down - 1 - foot, above.col, down + 1 + foot,
                        above.cols};
    cells_fill(canvas->cells, rect.row, rect.col, rect.rows, rect.cols,
               theme_style(canvas->theme, ROLE_POPUP));
    int more = (int)view->n - across * down;
    g_autofree char *rest = more > 0 ? g_strdup_printf("and %d more ", more) : NULL;
    draw_title(canvas, rect, view, rest);
    if (foot)
        draw_rule(canvas, rect, rect.row + down + 1);
    for (int i = 0; i < across * down && i < (int)view->n; i++) {
        struct rect line = {rect.row + 1 + i % down, rect.col + i / down * cols, 1, cols};
        draw_row(canvas, line, &view->rows[i], sign_cols, false);
    }
}
