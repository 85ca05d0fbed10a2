/* Who is here: "Members     9/12", then "@maria", "+bot", " jun      away", " kim at lunch". */
#include "ui/panes.h"

#include <string.h>

#define AWAY " away"

/* Behind the name, where there is room for a sign at least. */
#define STATUS_MIN_COLS 2

static void
draw_head(const struct canvas *canvas, struct rect rect, const struct view_members *view)
{
    struct style style = style_over(theme_style(canvas->theme, ROLE_SIDEBAR),
                                    theme_style(canvas->theme, ROLE_SIDEBAR_ACCOUNT));
    g_autofree char *count = !view->whole ? g_strdup("…")
                             : view->away > 0
                                 ? g_strdup_printf("%zu/%zu", view->total - view->away, view->total)
                                 : g_strdup_printf("%zu", view->total);
    int cols = width_text(count, strlen(count), canvas->cells->rules);

    draw_own(canvas, rect.row, rect.col, rect.cols - cols - 1, "Members", style);
    draw_own(canvas, rect.row, rect.col + MAX(0, rect.cols - cols), cols, count, style);
}

static void
draw_member(const struct canvas *canvas, struct rect line, const struct view_member *member)
{
    struct style base = theme_style(canvas->theme, ROLE_SIDEBAR);
    enum role role = member->away   ? ROLE_DIM
                     : member->self ? ROLE_NICK_SELF
                                    : theme_nick_role(member->name);
    char mark[2] = {member->mark, '\0'};
    int room = line.cols - 1;

    draw_foreign(canvas, line.row, line.col, 1, mark, DISPLAY_NAME,
                 style_over(base, theme_style(canvas->theme, ROLE_ACTIVITY)));
    if (member->away && room > 2 * (int)strlen(AWAY)) {
        room -= (int)strlen(AWAY);
        draw_own(canvas, line.row, line.col + 1 + room, (int)strlen(AWAY), AWAY,
                 style_over(base, theme_style(canvas->theme, ROLE_DIM)));
    }
    const int cols = draw_foreign(canvas, line.row, line.col + 1, room, member->name, DISPLAY_NAME,
                                  style_over(base, theme_style(canvas->theme, role)));
    if (member->status && room - cols > STATUS_MIN_COLS)
        draw_foreign(canvas, line.row, line.col + 2 + cols, room - cols - 1, member->status,
                     DISPLAY_LINE, style_over(base, theme_style(canvas->theme, ROLE_DIM)));
}

void
pane_members_draw(const struct canvas *canvas, struct rect rect, const struct view_members *view)
{
    if (rect.rows <= 0 || rect.cols <= 0)
        return;
    cells_fill(canvas->cells, rect.row, rect.col, rect.rows, rect.cols,
               theme_style(canvas->theme, ROLE_SIDEBAR));
    draw_head(canvas, rect, view);
    for (size_t i = 0; i < view->n && (int)i + 1 < rect.rows; i++) {
        struct rect line = {rect.row + 1 + (int)i, rect.col, 1, rect.cols};
        draw_member(canvas, line, &view->members[i]);
    }
}
