/* "10:06 libera/kai 5:#general {212} -MORE(12)- | H: 2:@2,9 8:@1 4:17 +3" */
#include "ui/panes.h"

#include <string.h>

#include "ui/wrap.h"

#define TYPIST_COLS 20

/* A place on a line that is written from the left. */
struct pen {
    const struct canvas *canvas;
    int row, col, end;
    enum role base;
};

static void
pen_own(struct pen *pen, enum role role, const char *text)
{
    pen->col += draw_own(pen->canvas, pen->row, pen->col, pen->end - pen->col, text,
                         draw_role_on(pen->canvas, pen->base, role));
}

static void
pen_foreign(struct pen *pen, enum role role, const char *text)
{
    pen->col += draw_foreign(pen->canvas, pen->row, pen->col, pen->end - pen->col, text,
                             DISPLAY_NAME, draw_role_on(pen->canvas, pen->base, role));
}

static struct pen
pen_start(const struct canvas *canvas, struct rect rect, enum role base)
{
    cells_fill(canvas->cells, rect.row, rect.col, 1, rect.cols, theme_style(canvas->theme, base));
    return (struct pen){canvas, rect.row, rect.col, rect.col + rect.cols, base};
}

/* "2:@2,9", with the name where there is room: "2:#ops(@2,9)". */
static char *
hot_text(const struct view_hot *hot, bool named)
{
    GString *out = g_string_new(NULL);

    named = named || hot->number <= 0;
    if (hot->number > 0)
        g_string_append_printf(out, "%d:", hot->number);
    if (named) {
        g_autofree char *name = display_dup(hot->name, -1, DISPLAY_NAME);
        g_string_append_printf(out, "%s(", name);
    }
    if (hot->mentions > 0) {
        g_string_append_c(out, '@');
        draw_count(out, hot->mentions);
    }
    if (hot->unread > hot->mentions) {
        if (hot->mentions > 0)
            g_string_append_c(out, ',');
        draw_count(out, hot->unread);
    }
    if (named)
        g_string_append_c(out, ')');
    return g_string_free(out, FALSE);
}

/* Room for the "+12" that says how many more there are. */
#define HOT_MORE_COLS 4

static void
draw_hot_more(struct pen *pen, size_t n)
{
    g_autofree char *more = g_strdup_printf(" +%zu", n);
    pen_own(pen, ROLE_STATUS, more);
}

static void
draw_hot(struct pen *pen, const struct view_status *view)
{
    bool named = pen->end >= 100;

    if (view->n_hot == 0 || pen->end - pen->col < 14)
        return;
    pen_own(pen, ROLE_STATUS, " | H:");
    for (size_t i = 0; i < view->n_hot; i++) {
        const struct view_hot *hot = &view->hot[i];
        g_autofree char *text = hot_text(hot, named);
        int cols = width_text(text, strlen(text), pen->canvas->cells->rules);
        int keep = i + 1 < view->n_hot + view->n_more ? HOT_MORE_COLS : 0;

        if (pen->col + 1 + cols + keep > pen->end) {
            draw_hot_more(pen, view->n_hot - i + view->n_more);
            return;
        }
        pen_own(pen, ROLE_STATUS, " ");
        pen_own(pen, hot->mentions > 0 ? ROLE_MENTION : ROLE_UNREAD, text);
    }
    if (view->n_more > 0)
        draw_hot_more(pen, view->n_more);
}

static void
draw_where(struct pen *pen, const struct view_status *view)
{
    g_autofree char *number = g_strdup_printf("%d:", view->number);

    if (view->account) {
        pen_foreign(pen, ROLE_STATUS, view->account);
        if (view->self) {
            pen_own(pen, ROLE_STATUS, "/");
            pen_foreign(pen, ROLE_STATUS, view->self);
        }
        if (view->state) {
            g_autofree char *state = g_strdup_printf(" (%s)", view->state);
            pen_own(pen, ROLE_STATUS_WARN, state);
        }
        if (view->insecure)
            pen_own(pen, ROLE_STATUS_WARN, " NOT ENCRYPTED");
        if (view->number <= 0 && g_strcmp0(view->account, view->name) == 0)
            return; /* the server's buffer: its name was said */
        pen_own(pen, ROLE_STATUS, " ");
    }
    if (view->number > 0)
        pen_own(pen, ROLE_STATUS, number);
    pen_foreign(pen, ROLE_STATUS, view->name);
    if (view->members > 0) {
        g_autofree char *members = g_strdup_printf(" {%u}", view->members);
        pen_own(pen, ROLE_STATUS, members);
    }
}

void
pane_status_draw(const struct canvas *canvas, struct rect rect, const struct view_status *view)
{
    struct pen pen;

    if (rect.rows <= 0)
        return;
    pen = pen_start(canvas, rect, ROLE_STATUS);
    if (rect.cols >= 40) {
        pen_own(&pen, ROLE_STATUS, view->clock);
        pen_own(&pen, ROLE_STATUS, " ");
    }
    draw_where(&pen, view);
    if (view->peeking)
        pen_own(&pen, ROLE_STATUS_WARN, " PEEK");
    if (view->hushed)
        pen_own(&pen, ROLE_STATUS, " (quiet)");
    if (view->waiting > 0) {
        g_autofree char *waiting = g_strdup_printf(" %u waiting", view->waiting);
        pen_own(&pen, ROLE_STATUS_WARN, waiting);
    }
    if (view->relay) {
        pen_own(&pen, ROLE_STATUS_WARN, " ");
        pen_foreign(&pen, ROLE_STATUS_WARN, view->relay);
    }
    if (view->scrolled) {
        g_autofree char *more =
            g_strdup_printf(" -MORE(%u%s)-", view->below, view->below_more ? "+" : "");
        pen_own(&pen, ROLE_STATUS_WARN, more);
    }
    if (view->windows) {
        g_autofree char *windows = g_strdup_printf(" (%s)", view->windows);
        pen_own(&pen, ROLE_STATUS, windows);
    }
    if (view->transfer) {
        g_autofree char *transfer = g_strdup_printf(" %s", view->transfer);
        pen_own(&pen, ROLE_STATUS, transfer);
    }
    if (*view->keys) {
        g_autofree char *keys = g_strdup_printf(" [%s …]", view->keys);
        pen_own(&pen, ROLE_STATUS_WARN, keys);
    }
    draw_hot(&pen, view);
}

/* Between two buffers. */
#define LIST_GAP 2

static char *
list_text(const struct view_hot *hot)
{
    g_autofree char *name = display_dup(hot->name, -1, DISPLAY_NAME);
    GString *out = g_string_new(NULL);

    g_string_append(out, hot->selected ? "[" : "");
    if (hot->number > 0)
        g_string_append_printf(out, "%d:", hot->number);
    g_string_append_printf(out, hot->selected ? "%s]" : "%s", name);
    if (hot->mentions > 0)
        g_string_append_printf(out, " @%u", hot->mentions);
    if (hot->unread > hot->mentions)
        g_string_append_printf(out, " %u", hot->unread);
    return g_string_free(out, FALSE);
}

/* The first entry to show, so that the selected one and what follows it fit. */
static size_t
list_start(const struct width_rules *rules, const struct view_hot *hot, size_t n, int cols)
{
    size_t selected = 0;
    size_t start;

    while (selected < n && !hot[selected].selected)
        selected++;
    if (selected == n)
        return 0;
    for (start = selected + 1; start > 0; start--) {
        g_autofree char *text = list_text(&hot[start - 1]);
        cols -= width_text(text, strlen(text), rules) + LIST_GAP;
        if (cols < 0)
            break;
    }
    return MIN(start, selected);
}

size_t
pane_hotlist_at(const struct width_rules *rules, struct rect rect, const struct view_hot *hot,
                size_t n, int col)
{
    int from = rect.col;

    for (size_t i = list_start(rules, hot, n, rect.cols); i < n; i++) {
        g_autofree char *text = list_text(&hot[i]);
        int upto = from + width_text(text, strlen(text), rules);

        if (col >= from && col < upto)
            return i;
        from = upto + LIST_GAP;
    }
    return SIZE_MAX;
}

void
pane_hotlist_draw(const struct canvas *canvas, struct rect rect, const struct view_hot *hot,
                  size_t n)
{
    struct pen pen;

    if (rect.rows <= 0)
        return;
    pen = pen_start(canvas, rect, ROLE_SIDEBAR);
    for (size_t i = list_start(canvas->cells->rules, hot, n, rect.cols); i < n && pen.col < pen.end;
         i++) {
        g_autofree char *text = list_text(&hot[i]);
        int from = pen.col;

        pen_own(&pen,
                hot[i].mentions > 0 ? ROLE_MENTION
                : hot[i].unread > 0 ? ROLE_UNREAD
                                    : ROLE_SIDEBAR,
                text);
        if (hot[i].selected)
            cells_restyle(canvas->cells, rect.row, from, 1, pen.col - from,
                          theme_style(canvas->theme, ROLE_SIDEBAR_SELECTED));
        pen_own(&pen, ROLE_SIDEBAR, "  ");
    }
}

static int
wrap_notice(const struct width_rules *rules, int cols, const char *shown, GArray *rows)
{
    return wrap_text(shown, strlen(shown), MAX(1, cols), 0, rules, rows);
}

int
pane_notice_rows(const struct width_rules *rules, int cols, const char *text)
{
    g_autofree char *shown = display_dup(text, -1, DISPLAY_LINE);

    return MAX(1, wrap_notice(rules, cols, shown, NULL));
}

void
pane_notice_draw(const struct canvas *canvas, struct rect rect, const char *text, bool bad)
{
    const struct style style = theme_style(canvas->theme, bad ? ROLE_ERROR : ROLE_NOTICE);
    g_autofree char *shown = display_dup(text, -1, DISPLAY_LINE);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct wrap_row));

    if (rect.rows <= 0)
        return;
    cells_fill(canvas->cells, rect.row, rect.col, rect.rows, rect.cols,
               theme_style(canvas->theme, ROLE_TEXT));
    const int n = wrap_notice(canvas->cells->rules, rect.cols, shown, rows);
    for (int i = 0; i < n && i < rect.rows; i++) {
        const struct wrap_row *row = &g_array_index(rows, struct wrap_row, i);
        /* In the last row there is room for, what follows is cut where it ends. */
        const bool last = i + 1 == rect.rows;
        g_autofree char *part = last ? g_strdup(shown + row->start_bytes)
                                     : g_strndup(shown + row->start_bytes, row->len_bytes);
        draw_own(canvas, rect.row + i, rect.col, rect.cols, part, style);
    }
}

/* "maria is typing…", "maria and sol are typing…", "maria, sol and 3 more are typing…" */
void
pane_typing_draw(const struct canvas *canvas, struct rect rect, const char *const *names)
{
    const struct style style = theme_style(canvas->theme, ROLE_DIM);
    const guint n = g_strv_length((char **)(uintptr_t)names);
    const guint named = n > 3 ? 2 : n;
    const int end = rect.col + rect.cols;
    int col = rect.col;

    if (rect.rows <= 0)
        return;
    cells_fill(canvas->cells, rect.row, rect.col, 1, rect.cols,
               theme_style(canvas->theme, ROLE_TEXT));
    for (guint i = 0; i < named; i++) {
        const char *before = i == 0 ? "" : i + 1 == n ? " and " : ", ";
        col += draw_own(canvas, rect.row, col, end - col, before, style);
        col += draw_foreign(canvas, rect.row, col, MIN(end - col, TYPIST_COLS), names[i],
                            DISPLAY_NAME, style);
    }
    if (n > named) {
        g_autofree char *more = g_strdup_printf(" and %u more", n - named);
        col += draw_own(canvas, rect.row, col, end - col, more, style);
    }
    if (n > 0)
        draw_own(canvas, rect.row, col, end - col, n == 1 ? " is typing…" : " are typing…", style);
}
