/* " go> dev_" over a list: "  4 ~dev      Mill.coop    example      17 unread". */
#include "ui/panes.h"

#include <string.h>

struct columns {
    int name, account, network;
};

static struct columns
columns_for(int cols)
{
    int room = cols - 6;

    if (room < 30)
        return (struct columns){room, 0, 0};
    if (room < 50)
        return (struct columns){room * 3 / 5, room * 2 / 5, 0};
    if (room < 80)
        return (struct columns){room / 3, room / 4, 7};
    return (struct columns){room * 2 / 5, room / 4, 12};
}

/* The clusters that hold a matched byte of the name get their own look. Only where display text and
 * name are the same bytes, which they nearly always are. */
static void
mark_matches(const struct canvas *canvas, int row, int col, int max_cols, const char *name,
             const bool *matched)
{
    size_t len = strlen(name);
    int at = 0;

    if (!matched || !display_is_plain(name, len))
        return;
    for (size_t i = 0; i < len && at < max_cols; i++, at++) {
        if (matched[i])
            cells_restyle(canvas->cells, row, col + at, 1, 1,
                          theme_style(canvas->theme, ROLE_POPUP_MATCH));
    }
}

static char *
choice_tail(const struct view_choice *choice)
{
    GString *out = g_string_new(NULL);

    if (choice->mentions > 0)
        g_string_append_printf(out, "@%u ", choice->mentions);
    if (choice->unread > choice->mentions)
        g_string_append_printf(out, "%u unread", choice->unread);
    else if (choice->person)
        g_string_append(out, "person");
    else if (choice->mentions == 0 && choice->archived)
        g_string_append(out, "archived");
    else if (choice->mentions == 0 && choice->left)
        g_string_append(out, "not joined");
    return g_string_free(out, FALSE);
}

static void
draw_choice(const struct canvas *canvas, struct rect line, const struct view_choice *choice,
            bool selected)
{
    struct style style = theme_style(canvas->theme, ROLE_POPUP);
    struct columns columns = columns_for(line.cols);
    g_autofree char *number = g_strdup_printf("%4d ", choice->number);
    g_autofree char *tail = choice_tail(choice);
    int col = line.col;
    int end = line.col + line.cols;

    col += draw_own(canvas, line.row, col, end - col, choice->number > 0 ? number : "     ", style);
    draw_foreign(canvas, line.row, col, MIN(columns.name, end - col), choice->name, DISPLAY_NAME,
                 style);
    if (selected)
        cells_restyle(canvas->cells, line.row, line.col, 1, line.cols,
                      theme_style(canvas->theme, ROLE_POPUP_SELECTED));
    style = selected ? draw_role_on(canvas, ROLE_POPUP, ROLE_POPUP_SELECTED) : style;
    mark_matches(canvas, line.row, col, MIN(columns.name, end - col), choice->name,
                 choice->matched);
    col += columns.name + 1;
    if (columns.account > 0 && choice->account)
        draw_foreign(canvas, line.row, col, MIN(columns.account, end - col), choice->account,
                     DISPLAY_NAME, style);
    if (columns.account > 0)
        col += columns.account + 1;
    if (columns.network > 0) {
        if (choice->network)
            draw_foreign(canvas, line.row, col, MIN(columns.network, end - col), choice->network,
                         DISPLAY_NAME, style);
        col += columns.network + 1;
        draw_own(canvas, line.row, col, end - col, tail, style);
    }
}

static void
draw_query(const struct canvas *canvas, struct rect rect, const struct view_switcher *view)
{
    struct style title = theme_style(canvas->theme, ROLE_POPUP_TITLE);
    int taken =
        draw_own(canvas, rect.row, rect.col, rect.cols, rect.cols < 12 ? ">" : " go> ", title);

    editor_draw(view->query, canvas->cells, rect.row, rect.col + taken, 1,
                MAX(1, rect.cols - taken), theme_style(canvas->theme, ROLE_POPUP));
}

void
pane_switcher_draw(const struct canvas *canvas, struct rect rect, const struct view_switcher *view)
{
    int rows = MIN(rect.rows, (int)MIN(view->n, (size_t)20) + 2);
    int list = rows - 1;
    size_t top = 0;

    if (rect.rows <= 0 || rect.cols <= 0)
        return;
    rows = MAX(rows, 1);
    cells_fill(canvas->cells, rect.row, rect.col, rows, rect.cols,
               theme_style(canvas->theme, ROLE_POPUP));
    if (list > 0 && view->n > 0)
        list = MIN(list, (int)view->n);
    if (list > 0 && view->selected >= (size_t)list)
        top = view->selected - (size_t)list + 1;
    if (view->drawn && list > 0)
        *view->drawn = (struct drawn_list){
            {rect.row + 1, rect.col, list, rect.cols}, 1, top, MIN((size_t)list, view->n - top)};
    for (int i = 0; i < list && top + (size_t)i < view->n; i++) {
        struct rect line = {rect.row + 1 + i, rect.col, 1, rect.cols};
        draw_choice(canvas, line, &view->choices[top + (size_t)i],
                    top + (size_t)i == view->selected);
    }
    if (view->n == 0 && rows > 1)
        draw_own(canvas, rect.row + 1, rect.col + 1, rect.cols - 1,
                 "No such name. /join NAME: a channel; /query NAME: a person.",
                 theme_style(canvas->theme, ROLE_POPUP));
    draw_query(canvas, (struct rect){rect.row, rect.col, 1, rect.cols}, view);
}
