/* Links over the timeline: a list, and below it all of where the chosen one leads. */
#include "ui/panes.h"

#include <string.h>

#define LIST_MOST 15
#define WHO_COLS  12

static void
draw_head(const struct canvas *canvas, struct rect rect, const struct view_links *view)
{
    struct style title = theme_style(canvas->theme, ROLE_POPUP_TITLE);
    const char *prompt = rect.cols < 16 ? ">" : " links> ";
    int taken;

    if (!view->query) {
        draw_own(canvas, rect.row, rect.col + 1, rect.cols - 1, view->title, title);
        return;
    }
    taken = draw_own(canvas, rect.row, rect.col, rect.cols, prompt, title);
    editor_draw(view->query, canvas->cells, rect.row, rect.col + taken, 1,
                MAX(1, rect.cols - taken), theme_style(canvas->theme, ROLE_POPUP));
}

/* "11:42 !    maria  the bank → https://…" */
static void
draw_link(const struct canvas *canvas, struct rect line, const struct view_link *link,
          bool selected)
{
    struct style style = selected ? draw_role_on(canvas, ROLE_POPUP, ROLE_POPUP_SELECTED)
                                  : theme_style(canvas->theme, ROLE_POPUP);
    const int end = line.col + line.cols;
    int col = line.col + 1;

    if (line.cols >= 50) {
        draw_own(canvas, line.row, col, 5, link->when, style);
        col += 6;
    }
    if (link->doubtful)
        draw_own(canvas, line.row, col, 1, "!",
                 draw_role_on(canvas, selected ? ROLE_POPUP_SELECTED : ROLE_POPUP, ROLE_FAILED));
    col += 2;
    if (line.cols >= 50) {
        const int cols = MIN(WHO_COLS, draw_foreign_cols(canvas, link->who, DISPLAY_NAME));
        draw_foreign(canvas, line.row, col + WHO_COLS - cols, cols, link->who, DISPLAY_NAME, style);
        col += WHO_COLS + 2;
    }
    draw_foreign(canvas, line.row, col, MAX(0, end - col), link->text, DISPLAY_LINE, style);
    if (selected)
        cells_restyle(canvas->cells, line.row, line.col, 1, line.cols,
                      theme_style(canvas->theme, ROLE_POPUP_SELECTED));
}

static void
draw_list(const struct canvas *canvas, struct rect rect, const struct view_links *view)
{
    const size_t fit = (size_t)MAX(0, rect.rows);
    size_t top = 0;

    if (fit > 0 && view->selected >= fit)
        top = view->selected - fit + 1;
    for (size_t i = 0; i < fit && top + i < view->n; i++)
        draw_link(canvas, (struct rect){rect.row + (int)i, rect.col, 1, rect.cols},
                  &view->links[top + i], top + i == view->selected);
    if (view->drawn)
        *view->drawn = (struct drawn_list){rect, 1, top, MIN(fit, view->n - top)};
    if (!view->query && view->n > 0) /* a screen reader follows it */
        cells_set_cursor(canvas->cells, rect.row + (int)(view->selected - top), rect.col,
                         CURSOR_DEFAULT);
}

void
pane_links_draw(const struct canvas *canvas, struct rect rect, const struct view_links *view)
{
    const struct width_rules *rules = canvas->cells->rules;
    const int detail = view->n > 0 ? pane_facts_rows(rules, rect.cols, &view->detail) : 1;
    int list, left;

    if (rect.rows <= 0 || rect.cols <= 0)
        return;
    /* Where it leads is worth more than what else there is. */
    list = (int)MIN(view->n, LIST_MOST);
    list = MAX(MIN(list, rect.rows - 1 - detail), view->n > 0 && rect.rows > 1);
    left = MIN(detail, rect.rows - 1 - list);
    cells_fill(canvas->cells, rect.row, rect.col, 1 + list + MAX(0, left), rect.cols,
               theme_style(canvas->theme, ROLE_POPUP));
    draw_list(canvas, (struct rect){rect.row + 1, rect.col, list, rect.cols}, view);
    if (view->n > 0)
        pane_facts_draw(canvas, (struct rect){rect.row + 1 + list, rect.col, left, rect.cols},
                        &view->detail);
    else if (left > 0)
        draw_own(canvas, rect.row + 1, rect.col + 1, rect.cols - 1, "No link has this in it.",
                 theme_style(canvas->theme, ROLE_POPUP));
    draw_head(canvas, (struct rect){rect.row, rect.col, 1, rect.cols}, view);
}
