/* A short list to pick one name from, over the upper part of the timeline. */
#include "ui/panes.h"

#include <string.h>

#define PICK_MAX_ROWS 10

void
pane_pick_draw(const struct canvas *canvas, struct rect rect, const struct view_pick *view)
{
    int list = MIN(MIN(rect.rows - 1, PICK_MAX_ROWS), (int)MIN(view->n, (size_t)PICK_MAX_ROWS));
    size_t top = 0;

    if (rect.rows <= 0 || rect.cols <= 0)
        return;
    list = MAX(list, 0);
    cells_fill(canvas->cells, rect.row, rect.col, list + 1, rect.cols,
               theme_style(canvas->theme, ROLE_POPUP));
    if (view->error)
        draw_foreign(canvas, rect.row, rect.col + 1, rect.cols - 1, view->error, DISPLAY_LINE,
                     draw_role_on(canvas, ROLE_POPUP, ROLE_FAILED));
    else
        draw_own(canvas, rect.row, rect.col + 1, rect.cols - 1, view->title,
                 theme_style(canvas->theme, ROLE_POPUP_TITLE));
    if (list > 0 && view->selected >= (size_t)list)
        top = view->selected - (size_t)list + 1;
    if (view->drawn)
        *view->drawn =
            (struct drawn_list){{rect.row + 1, rect.col, list, rect.cols}, 1, top, (size_t)list};
    for (int i = 0; i < list; i++) {
        size_t at = top + (size_t)i;
        draw_foreign(canvas, rect.row + 1 + i, rect.col + 2, rect.cols - 2, view->names[at],
                     DISPLAY_NAME, theme_style(canvas->theme, ROLE_POPUP));
        if (at == view->selected)
            cells_restyle(canvas->cells, rect.row + 1 + i, rect.col, 1, rect.cols,
                          theme_style(canvas->theme, ROLE_POPUP_SELECTED));
    }
}
