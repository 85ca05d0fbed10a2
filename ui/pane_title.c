#include "ui/panes.h"

void
pane_title_draw(const struct canvas *canvas, struct rect rect, const struct view_title *view)
{
    struct style style = theme_style(canvas->theme, ROLE_TITLE);
    struct style strong = style;
    g_autofree char *number = g_strdup_printf("%d ", view->number);
    int col = rect.col;
    int end = rect.col + rect.cols;

    if (rect.rows <= 0)
        return;
    if (view->focus == VIEW_TITLE_OTHER)
        strong = style = draw_role_on(canvas, ROLE_TITLE, ROLE_DIM);
    else
        strong.attrs |= STYLE_BOLD;
    cells_fill(canvas->cells, rect.row, rect.col, 1, rect.cols, style);
    if (view->focus != VIEW_TITLE_ALONE)
        col += draw_own(canvas, rect.row, col, end - col,
                        view->focus == VIEW_TITLE_FOCUSED ? "»" : " ", strong);
    if (view->number > 0)
        col += draw_own(canvas, rect.row, col, end - col, number, style);
    col += draw_foreign(canvas, rect.row, col, end - col, view->name, DISPLAY_NAME, strong);
    if (view->modes && *view->modes) {
        col += draw_own(canvas, rect.row, col, end - col, " ", style);
        col += draw_foreign(canvas, rect.row, col, end - col, view->modes, DISPLAY_NAME, style);
    }
    if (view->account) {
        if (g_strcmp0(view->account, view->name) !=
            0) { /* a server's buffer has its account's name */
            if (view->space) {
                col += draw_own(canvas, rect.row, col, end - col, " - ", style);
                col += draw_foreign(canvas, rect.row, col, end - col, view->space, DISPLAY_NAME,
                                    style);
            }
            col += draw_own(canvas, rect.row, col, end - col, " - ", style);
            col +=
                draw_foreign(canvas, rect.row, col, end - col, view->account, DISPLAY_NAME, style);
        }
        col += draw_own(canvas, rect.row, col, end - col, " (", style);
        col += draw_foreign(canvas, rect.row, col, end - col, view->network, DISPLAY_NAME, style);
        col += draw_own(canvas, rect.row, col, end - col, ")", style);
    }
    if (view->note) {
        col += draw_own(canvas, rect.row, col, end - col, ", ", style);
        col += draw_own(canvas, rect.row, col, end - col, view->note, style);
    }
    if (view->others) {
        col += draw_own(canvas, rect.row, col, end - col, " <> ", strong);
        col += draw_foreign(canvas, rect.row, col, end - col, view->others, DISPLAY_NAME, style);
    }
    if (view->topic && *view->topic) {
        col += draw_own(canvas, rect.row, col, end - col, " | ", style);
        draw_foreign(canvas, rect.row, col, end - col, view->topic, DISPLAY_LINE, style);
    }
}
