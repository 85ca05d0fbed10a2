/* The list: " 2 #ops     @2 9" for a buffer, " 1 libera    [irc]" for an account. */
#include "ui/panes.h"

#include <string.h>

static int
number_cols(const struct view_sidebar *view)
{
    int most = 0;

    for (size_t i = 0; i < view->n; i++)
        most = MAX(most, view->entries[i].number);
    return most > 999 ? 4 : most > 99 ? 3 : 2;
}

/* What stands at the right end. */
static char *
entry_tail(const struct view_entry *entry, int cols)
{
    GString *tail = g_string_new(NULL);

    if (entry->mentions > 0) {
        g_string_append_c(tail, '@');
        draw_count(tail, entry->mentions);
    }
    if (entry->unread > entry->mentions || (entry->unread > 0 && entry->mentions == 0)) {
        if (tail->len > 0)
            g_string_append_c(tail, ' ');
        draw_count(tail, entry->unread);
    }
    if (entry->is_account) {
        const char *state =
            entry->state == ACCOUNT_ONLINE ? NULL : account_state_name(entry->state);
        if (tail->len > 0)
            g_string_append_c(tail, ' ');
        if (state && cols < 25)
            g_string_append_printf(tail, "[%.4s]", state);
        else if (state)
            g_string_append_printf(tail, "[%s] %s", entry->tag, state);
        else
            g_string_append_printf(tail, "[%s]", entry->tag);
    } else if (entry->muted && tail->len == 0) {
        g_string_append_c(tail, 'm');
    }
    return g_string_free(tail, FALSE);
}

static enum role
entry_role(const struct view_entry *entry)
{
    if (entry->is_space)
        return ROLE_SIDEBAR_ACCOUNT;
    if (entry->is_account)
        return entry->state == ACCOUNT_FAILED ? ROLE_FAILED : ROLE_SIDEBAR_ACCOUNT;
    if (entry->mentions > 0)
        return ROLE_MENTION;
    if (entry->unread > 0 && !entry->muted)
        return ROLE_UNREAD;
    return entry->left || entry->muted ? ROLE_DIM : ROLE_SIDEBAR;
}

static void
draw_entry(const struct canvas *canvas, struct rect line, int digits,
           const struct view_entry *entry)
{
    struct style base = theme_style(canvas->theme, ROLE_SIDEBAR);
    g_autofree char *shown = display_dup(entry->name, -1, DISPLAY_NAME);
    g_autofree char *name = entry->left ? g_strdup_printf("(%s)", shown) : g_strdup(shown);
    g_autofree char *tail = entry_tail(entry, line.cols);
    int tail_cols = width_text(tail, strlen(tail), canvas->cells->rules);
    int name_col = line.col + (entry->number > 0 ? digits + 1 : entry->is_space ? 1 : 0);
    int room;

    if (entry->number > 0) {
        char number[16];
        g_snprintf(number, sizeof number, "%*d", digits, entry->number);
        cells_puts(canvas->cells, line.row, line.col, digits, number,
                   theme_style(canvas->theme, ROLE_SIDEBAR_NUMBER));
    }
    /* A name needs more room than a tag; counts are what the list is for. */
    room = line.col + line.cols - name_col - (tail_cols > 0 ? tail_cols + 1 : 0);
    if (entry->is_account && room < 4)
        tail_cols = 0, room = line.col + line.cols - name_col;
    draw_own(canvas, line.row, name_col, room, name,
             style_over(base, theme_style(canvas->theme, entry_role(entry))));
    if (tail_cols > 0) {
        enum role role = entry->mentions > 0 ? ROLE_MENTION
                         : entry->unread > 0 ? ROLE_UNREAD
                                             : ROLE_DIM;
        cells_puts(canvas->cells, line.row, line.col + line.cols - tail_cols, tail_cols, tail,
                   theme_style(canvas->theme, role));
    }
    if (entry->selected)
        cells_restyle(canvas->cells, line.row, line.col, 1, line.cols,
                      theme_style(canvas->theme, ROLE_SIDEBAR_SELECTED));
}

static void
keep_selected_in_sight(struct rect rect, const struct view_sidebar *view)
{
    size_t rows = (size_t)rect.rows;

    if (*view->top + rows > view->n)
        *view->top = view->n > rows ? view->n - rows : 0;
    for (size_t i = 0; i < view->n; i++) {
        if (!view->entries[i].selected)
            continue;
        if (i < *view->top)
            *view->top = i;
        else if (i >= *view->top + rows)
            *view->top = i - rows + 1;
        return;
    }
}

void
pane_sidebar_draw(const struct canvas *canvas, struct rect rect, const struct view_sidebar *view)
{
    int digits = number_cols(view);

    if (rect.rows <= 0 || rect.cols <= 0)
        return;
    cells_fill(canvas->cells, rect.row, rect.col, rect.rows, rect.cols,
               theme_style(canvas->theme, ROLE_SIDEBAR));
    keep_selected_in_sight(rect, view);
    for (int i = 0; i < rect.rows && *view->top + (size_t)i < view->n; i++) {
        struct rect line = {rect.row + i, rect.col, 1, rect.cols};
        draw_entry(canvas, line, digits, &view->entries[*view->top + (size_t)i]);
    }
}
