/* The list: "INBOX      @3 41" on top, " 2 #ops     @2 9" for a buffer, "-libera    [net]" for an
 * account. */
#include "ui/panes.h"

#include <string.h>

/* From here on there is room for a blank before numbers, and for a network's whole name. */
#define INDENT_MIN_COLS 20
#define WIDE_MIN_COLS   25

/* Where fewer are there, all are for buffers. */
#define INBOX_LEAST_ROWS 6

#define DRAFT "✎"

static const char *
short_state(enum account_state state)
{
    static const char *const words[] = {
        [ACCOUNT_OFFLINE] = "off",    [ACCOUNT_CONNECTING] = "conn", [ACCOUNT_LOGIN] = "login",
        [ACCOUNT_CATCH_UP] = "fetch", [ACCOUNT_ONLINE] = "ok",       [ACCOUNT_WAITING] = "wait",
        [ACCOUNT_FAILED] = "FAIL",
    };
    return words[state];
}

static void
append_counts(GString *tail, unsigned unread, unsigned mentions)
{
    if (mentions > 0) {
        g_string_append_c(tail, '@');
        draw_count(tail, mentions);
    }
    if (unread > mentions) {
        g_string_append(tail, tail->len > 0 ? " " : "");
        draw_count(tail, unread);
    }
}

/* What stands at the right end: counts, else how things are. */
static char *
entry_tail(const struct view_entry *entry, int cols)
{
    GString *tail = g_string_new(NULL);

    append_counts(tail, entry->unread, entry->mentions);
    if (entry->draft)
        g_string_prepend(tail, tail->len > 0 ? DRAFT " " : DRAFT);
    if (tail->len > 0)
        return g_string_free(tail, FALSE);
    if (entry->kind == VIEW_ACCOUNT && cols >= WIDE_MIN_COLS)
        g_string_append(tail,
                        entry->state == ACCOUNT_ONLINE ? "ok" : account_state_name(entry->state));
    else if (entry->kind == VIEW_ACCOUNT && entry->state != ACCOUNT_ONLINE)
        g_string_append_printf(tail, "[%s]", short_state(entry->state));
    else if (entry->kind == VIEW_ACCOUNT)
        g_string_append_printf(tail, "[%.4s]", entry->mark);
    else if (entry->archived)
        g_string_append_c(tail, 'x');
    else if (entry->muted)
        g_string_append_c(tail, 'm');
    else if (entry->quiet)
        g_string_append_c(tail, '.');
    return g_string_free(tail, FALSE);
}

static enum role
tail_role(const struct view_entry *entry)
{
    if (entry->mentions > 0)
        return ROLE_MENTION;
    if (entry->unread > 0)
        return entry->muted ? ROLE_DIM : ROLE_UNREAD;
    return entry->kind == VIEW_ACCOUNT && entry->state == ACCOUNT_FAILED ? ROLE_FAILED : ROLE_DIM;
}

static enum role
name_role(const struct view_entry *entry)
{
    if (entry->kind == VIEW_ACCOUNT && entry->state == ACCOUNT_FAILED)
        return ROLE_FAILED;
    if (entry->kind != VIEW_BUFFER)
        return ROLE_SIDEBAR_ACCOUNT;
    if (entry->mentions > 0)
        return ROLE_MENTION;
    if (entry->unread > 0 && !entry->muted)
        return ROLE_UNREAD;
    return entry->left || entry->archived || entry->muted ? ROLE_DIM : ROLE_SIDEBAR;
}

/* The number of a buffer or the mark of a heading; returns where the name begins. */
static int
draw_lead(const struct canvas *canvas, struct rect line, int number_cols,
          const struct view_entry *entry)
{
    const int indent = line.cols >= INDENT_MIN_COLS ? 1 : 0;
    const struct style style = theme_style(canvas->theme, ROLE_SIDEBAR_NUMBER);
    char text[16];
    int col = line.col;

    if (entry->kind != VIEW_BUFFER) {
        col += entry->kind == VIEW_SPACE ? 1 : entry->kind == VIEW_GROUP ? 2 : 0;
        cells_puts(canvas->cells, line.row, col, 1, entry->folded ? "+" : "-", style);
        return col + 1;
    }
    if (entry->number == 0)
        return col;
    g_snprintf(text, sizeof text, "%*d", number_cols, entry->number);
    col += indent;
    cells_puts(canvas->cells, line.row, col, number_cols, text, style);
    return col + number_cols + 1;
}

/* Behind the name, where there is room: which network an account is on, whose conversation it is.
 */
static void
draw_more(const struct canvas *canvas, int row, int col, int end, const struct view_entry *entry)
{
    g_autofree char *text = NULL;

    if (entry->kind == VIEW_ACCOUNT)
        text = g_strdup_printf(" [%s]",
                               draw_foreign_cols(canvas, entry->tag, DISPLAY_NAME) + 3 <= end - col
                                   ? entry->tag
                                   : entry->mark);
    else if (entry->owner)
        text = g_strdup_printf(" %s", entry->owner);
    else if (entry->relayed)
        text = g_strdup(" <>");
    if (text && draw_foreign_cols(canvas, text, DISPLAY_NAME) <= end - col)
        draw_foreign(canvas, row, col, end - col, text, DISPLAY_NAME,
                     draw_role_on(canvas, ROLE_SIDEBAR, ROLE_DIM));
}

static bool
is_only_quiet(const struct view_entry *entry)
{
    return entry->quiet && !entry->draft && !entry->muted && !entry->archived;
}

static void
draw_entry(const struct canvas *canvas, struct rect line, int number_cols,
           const struct view_entry *entry)
{
    struct style base = theme_style(canvas->theme, ROLE_SIDEBAR);
    g_autofree char *shown = display_dup(entry->name, -1, DISPLAY_NAME);
    g_autofree char *name = entry->left ? g_strdup_printf("(%s)", shown) : g_strdup(shown);
    g_autofree char *tail = entry_tail(entry, line.cols);
    int tail_cols = width_text(tail, strlen(tail), canvas->cells->rules);
    const int name_cols = width_text(name, strlen(name), canvas->cells->rules);
    int col = draw_lead(canvas, line, number_cols, entry);
    int end = line.col + line.cols - (tail_cols > 0 ? tail_cols + 1 : 0);

    /* A name needs more room than a tag, and than the word that nothing happens; counts are what
     * the list is for. */
    if (entry->unread == 0 && (end - col < 4 || (is_only_quiet(entry) && name_cols > end - col)))
        tail_cols = 0, end = line.col + line.cols;
    col += draw_own(canvas, line.row, col, end - col, name,
                    style_over(base, theme_style(canvas->theme, name_role(entry))));
    if (line.cols >= WIDE_MIN_COLS || entry->kind != VIEW_ACCOUNT)
        draw_more(canvas, line.row, col, end, entry);
    if (tail_cols > 0)
        cells_puts(canvas->cells, line.row, line.col + line.cols - tail_cols, tail_cols, tail,
                   theme_style(canvas->theme, tail_role(entry)));
    if (entry->selected)
        cells_restyle(canvas->cells, line.row, line.col, 1, line.cols,
                      theme_style(canvas->theme, ROLE_SIDEBAR_SELECTED));
    if (entry->cursor) {
        cells_restyle(canvas->cells, line.row, line.col, 1, line.cols,
                      theme_style(canvas->theme, ROLE_SIDEBAR_CURSOR));
        cells_set_cursor(canvas->cells, line.row, line.col, CURSOR_DEFAULT);
    }
}

/* "v 12 more    @2 17" */
static void
draw_edge(const struct canvas *canvas, struct rect line, const char *arrow,
          const struct view_edge *edge)
{
    const enum role role = edge->mentions > 0 ? ROLE_MENTION
                           : edge->unread > 0 ? ROLE_UNREAD
                                              : ROLE_DIM;
    g_autofree char *text = g_strdup_printf("%s %zu more", arrow, edge->n);
    g_autoptr(GString) tail = g_string_new(NULL);

    append_counts(tail, edge->unread, edge->mentions);
    const int cols = (int)tail->len;
    cells_fill(canvas->cells, line.row, line.col, 1, line.cols,
               theme_style(canvas->theme, ROLE_SIDEBAR));
    draw_own(canvas, line.row, line.col, line.cols - cols - (cols > 0), text,
             draw_role_on(canvas, ROLE_SIDEBAR, ROLE_DIM));
    draw_own(canvas, line.row, line.col + line.cols - cols, cols, tail->str,
             draw_role_on(canvas, ROLE_SIDEBAR, role));
}

static void
draw_footer(const struct canvas *canvas, struct rect line, const struct view_sidebar *view)
{
    if (!view->filter) {
        draw_own(canvas, line.row, line.col, line.cols, view->note,
                 draw_role_on(canvas, ROLE_SIDEBAR, ROLE_NOTICE));
        return;
    }
    const struct style style = draw_role_on(canvas, ROLE_SIDEBAR, ROLE_PROMPT);
    int col = line.col + cells_puts(canvas->cells, line.row, line.col, line.cols, "/", style);
    col += draw_foreign(canvas, line.row, col, line.col + line.cols - col, view->filter,
                        DISPLAY_NAME, style);
    if (view->filtering)
        cells_set_cursor(canvas->cells, line.row, MIN(col, line.col + line.cols - 1),
                         CURSOR_DEFAULT);
}

/* --- the inbox
 * --------------------------------------------------------------------------------------- */

/* "!1 @3 41", with an "u" behind where there is room: it counts channels. */
static char *
inbox_tail(const struct view_inbox_line *view, int cols)
{
    GString *tail = g_string_new(NULL);

    if (view->failed > 0) {
        g_string_append_c(tail, '!');
        draw_count(tail, view->failed);
    }
    if (view->calls > 0) {
        g_string_append(tail, tail->len > 0 ? " @" : "@");
        draw_count(tail, view->calls);
    }
    if (view->unread > 0) {
        g_string_append(tail, tail->len > 0 ? " " : "");
        draw_count(tail, view->unread);
        g_string_append(tail, cols >= INDENT_MIN_COLS ? "u" : "");
    }
    return g_string_free(tail, FALSE);
}

static void
draw_inbox(const struct canvas *canvas, struct rect line, const struct view_inbox_line *view)
{
    g_autofree char *tail = inbox_tail(view, line.cols);
    const int tail_cols = (int)strlen(tail);
    const enum role role = view->failed > 0   ? ROLE_FAILED
                           : view->calls > 0  ? ROLE_MENTION
                           : view->unread > 0 ? ROLE_UNREAD
                                              : ROLE_DIM;

    draw_own(canvas, line.row, line.col, line.cols - tail_cols - (tail_cols > 0), "INBOX",
             draw_role_on(canvas, ROLE_SIDEBAR, ROLE_SIDEBAR_ACCOUNT));
    draw_own(canvas, line.row, line.col + line.cols - tail_cols, tail_cols, tail,
             draw_role_on(canvas, ROLE_SIDEBAR, role));
    if (view->open)
        cells_restyle(canvas->cells, line.row, line.col, 1, line.cols,
                      theme_style(canvas->theme, ROLE_SIDEBAR_SELECTED));
}

int
pane_sidebar_top(struct rect rect, const struct view_sidebar *view)
{
    return view->inbox && rect.rows >= INBOX_LEAST_ROWS ? 1 : 0;
}

int
pane_sidebar_rows(struct rect rect, const struct view_sidebar *view)
{
    return MAX(0, rect.rows - pane_sidebar_top(rect, view) -
                      ((view->filter || view->note) && rect.rows > 1 ? 1 : 0));
}

void
pane_sidebar_draw(const struct canvas *canvas, struct rect rect, const struct view_sidebar *view)
{
    const int rows = pane_sidebar_rows(rect, view), top = pane_sidebar_top(rect, view);

    if (rect.rows <= 0 || rect.cols <= 0)
        return;
    cells_fill(canvas->cells, rect.row, rect.col, rect.rows, rect.cols,
               theme_style(canvas->theme, ROLE_SIDEBAR));
    for (int i = 0; i < rows && (size_t)i < view->n; i++) {
        struct rect line = {rect.row + top + i, rect.col, 1, rect.cols};
        draw_entry(canvas, line, view->number_cols, &view->entries[i]);
    }
    if (view->above.n > 0)
        draw_edge(canvas, (struct rect){rect.row + top, rect.col, 1, rect.cols}, "^", &view->above);
    if (view->below.n > 0)
        draw_edge(canvas, (struct rect){rect.row + top + rows - 1, rect.col, 1, rect.cols}, "v",
                  &view->below);
    if (top > 0)
        draw_inbox(canvas, (struct rect){rect.row, rect.col, 1, rect.cols}, view->inbox);
    if (top + rows < rect.rows)
        draw_footer(canvas, (struct rect){rect.row + top + rows, rect.col, 1, rect.cols}, view);
}
