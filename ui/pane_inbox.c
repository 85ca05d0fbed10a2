/* " INBOX  all  [mentions 3]  DMs 1" over a list, each entry in one line or (narrow) two:
 * "@ 09:58    2 #ops          birch       jun: @kai can you restart the runner?" */
#include "ui/panes.h"

#include <string.h>

#include "ui/wrap.h"

#define WHEN_COLS   6
#define NUMBER_COLS 3
#define SENDER_COLS 16
/* From here on an entry stands on one line, and its place has more room. */
#define ONE_LINE_COLS 76
#define WIDE_COLS     100

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
pen_foreign(struct pen *pen, enum role role, int cols, const char *text, enum display_mode mode)
{
    pen->col += draw_foreign(pen->canvas, pen->row, pen->col, MIN(cols, pen->end - pen->col), text,
                             mode, draw_role_on(pen->canvas, pen->base, role));
}

/* --- an entry
 * ---------------------------------------------------------------------------------------- */

/* "jun: can you?", "* jun waves", "NOT SENT: see you there" */
static void
draw_words(struct pen *pen, const struct view_inbox_entry *entry)
{
    if (entry->lead)
        pen_own(pen, entry->lead_role, entry->lead);
    if (entry->sender) {
        pen_own(pen, pen->base, entry->action ? "* " : "");
        pen_foreign(pen, pen->base, SENDER_COLS, entry->sender, DISPLAY_NAME);
        pen_own(pen, pen->base, entry->action ? " " : ": ");
    }
    pen_foreign(pen, pen->base, pen->end, entry->text, DISPLAY_LINE);
}

static void
draw_lead(struct pen *pen, const struct view_inbox_entry *entry)
{
    const char mark[] = {entry->mark, '\0'};
    const int from = pen->col;
    g_autofree char *number =
        entry->number > 0 ? g_strdup_printf("%*d", NUMBER_COLS, entry->number) : g_strdup("");

    pen_own(pen, entry->role, mark);
    pen->col = from + 2;
    pen_own(pen, pen->base, entry->when);
    pen->col = from + 2 + WHEN_COLS + 1;
    pen_own(pen, pen->base, number);
    pen->col = from + 2 + WHEN_COLS + 1 + NUMBER_COLS + 1;
}

static void
draw_entry(const struct canvas *canvas, struct rect rect, const struct view_inbox_entry *entry,
           bool accounts, enum role base)
{
    struct pen pen = {canvas, rect.row, rect.col + 1, rect.col + rect.cols, base};
    const int name_cols = rect.cols < WIDE_COLS ? 12 : 20;
    const int account_cols = rect.cols < WIDE_COLS ? 10 : 16;

    draw_lead(&pen, entry);
    if (rect.rows > 1) {
        pen_foreign(&pen, base, (pen.end - pen.col) * 2 / 3, entry->name, DISPLAY_NAME);
        pen_own(&pen, base, "  ");
        if (accounts && entry->account)
            pen_foreign(&pen, ROLE_DIM, pen.end, entry->account, DISPLAY_NAME);
        pen.row++;
        pen.col = rect.col + 3;
    } else {
        const int from = pen.col;
        pen_foreign(&pen, base, name_cols, entry->name, DISPLAY_NAME);
        pen.col = from + name_cols + 1;
        if (accounts && entry->account)
            pen_foreign(&pen, ROLE_DIM, account_cols, entry->account, DISPLAY_NAME);
        pen.col = from + name_cols + 1 + (accounts ? account_cols + 1 : 0);
    }
    draw_words(&pen, entry);
}

int
pane_inbox_entry_rows(int cols)
{
    return cols >= ONE_LINE_COLS ? 1 : 2;
}

int
pane_inbox_list_rows(struct rect rect)
{
    return MAX(0, rect.rows - 1);
}

/* --- above and instead of the list
 * ------------------------------------------------------------------- */

/* What the one that is looked at has instead of blanks says so without colours. */
static void
draw_tabs(const struct canvas *canvas, struct rect line, const struct view_inbox *view)
{
    struct pen pen = {canvas, line.row, line.col, line.col + line.cols, ROLE_POPUP};

    pen_own(&pen, ROLE_POPUP_TITLE, view->title ? view->title : " INBOX ");
    for (size_t i = 0; i < view->n_tabs; i++) {
        const struct view_inbox_tab *tab = &view->tabs[i];
        g_autofree char *count = tab->n > 0 ? g_strdup_printf(" %u", tab->n) : g_strdup("");
        g_autofree char *text =
            g_strdup_printf(tab->selected ? "[%s%s]" : " %s%s ", tab->name, count);
        pen_own(&pen, tab->selected ? ROLE_POPUP_TITLE : ROLE_POPUP, text);
    }
}

static void
draw_prompt(const struct canvas *canvas, struct rect line, const struct view_inbox *view)
{
    const int status_cols = MIN((int)strlen(view->status) + 1, line.cols / 2);
    int taken = draw_own(canvas, line.row, line.col, line.cols, line.cols < 24 ? ">" : view->prompt,
                         theme_style(canvas->theme, ROLE_POPUP_TITLE));

    draw_own(canvas, line.row, line.col + line.cols - status_cols, status_cols - 1, view->status,
             draw_role_on(canvas, ROLE_POPUP, ROLE_DIM));
    if (view->typing)
        editor_draw(view->editor, canvas->cells, line.row, line.col + taken, 1,
                    MAX(1, line.cols - taken - status_cols - 1),
                    theme_style(canvas->theme, ROLE_POPUP));
    else
        draw_foreign(canvas, line.row, line.col + taken, line.cols - taken - status_cols - 1,
                     editor_text(view->editor), DISPLAY_NAME,
                     theme_style(canvas->theme, ROLE_POPUP));
}

void
pane_inbox_draw_empty(const struct canvas *canvas, struct rect rect, const char *text)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct wrap_row));
    struct styled styled;

    styled_init(&styled);
    styled_append(&styled, text, -1, ROLE_POPUP, 0);
    wrap_styled(&styled, MAX(1, MIN(rect.cols - 4, 76)), 0, canvas->cells->rules, rows);
    for (int i = 0; i < (int)rows->len && i + 1 < rect.rows; i++)
        wrap_draw(canvas->cells, rect.row + 1 + i, rect.col + 2, rect.cols - 3, &styled,
                  &g_array_index(rows, struct wrap_row, i), canvas->theme,
                  theme_style(canvas->theme, ROLE_POPUP));
    styled_fini(&styled);
}

void
pane_inbox_draw(const struct canvas *canvas, struct rect rect, const struct view_inbox *view)
{
    const int each = pane_inbox_entry_rows(rect.cols);
    const int list = pane_inbox_list_rows(rect);

    if (rect.rows <= 0 || rect.cols <= 0)
        return;
    cells_fill(canvas->cells, rect.row, rect.col, rect.rows, rect.cols,
               theme_style(canvas->theme, ROLE_POPUP));
    for (size_t i = 0; i < view->n && ((int)i + 1) * each <= list; i++) {
        struct rect line = {rect.row + 1 + (int)i * each, rect.col, each, rect.cols};
        draw_entry(canvas, line, &view->entries[i], view->accounts, ROLE_POPUP);
        if (i != view->selected)
            continue;
        cells_restyle(canvas->cells, line.row, line.col, line.rows, line.cols,
                      theme_style(canvas->theme, ROLE_POPUP_SELECTED));
        /* A screen reader follows the terminal's cursor. */
        cells_set_cursor(canvas->cells, line.row, line.col, CURSOR_DEFAULT);
    }
    if (view->n == 0) {
        pane_inbox_draw_empty(canvas, rect, view->empty);
        cells_set_cursor(canvas->cells, rect.row, rect.col, CURSOR_DEFAULT);
    }
    if (view->prompt)
        draw_prompt(canvas, (struct rect){rect.row, rect.col, 1, rect.cols}, view);
    else
        draw_tabs(canvas, (struct rect){rect.row, rect.col, 1, rect.cols}, view);
}
