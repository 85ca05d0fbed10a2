/* "09:41 @   maria  Who takes minutes on Thursday?" */
#include "ui/pane_timeline.h"

#include <string.h>

#include "ui/bare.h"

struct pane {
    const struct canvas *canvas;
    struct rect rect;
    struct line_shape shape;
    const struct view_timeline *view;
};

/* "───── Tue 14 Oct 2025 ─────" */
static void
draw_rule(const struct pane *pane, int row, const char *text, enum role role)
{
    const struct canvas *canvas = pane->canvas;
    struct style style = theme_style(canvas->theme, role);
    int cols = width_text(text, strlen(text), canvas->cells->rules) + 2;
    int before = MAX(0, (pane->rect.cols - cols) / 2);
    int at = pane->rect.col + before;

    cells_hline(canvas->cells, row, pane->rect.col, pane->rect.cols, style);
    if (cols > pane->rect.cols) {
        draw_own(canvas, row, pane->rect.col, pane->rect.cols, text, style);
        return;
    }
    cells_puts(canvas->cells, row, at, 1, " ", style);
    cells_puts(canvas->cells, row, at + 1, cols - 2, text, style);
    cells_puts(canvas->cells, row, at + cols - 1, 1, " ", style);
}

/* A sentence about the timeline itself, between "--" where it fits on one row. */
static int
draw_sentence(const struct pane *pane, int row, int skip, const char *text, enum role role)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct wrap_row));
    int cols = MAX(1, pane->rect.cols - 6);
    int n = wrap_text(text, strlen(text), cols, 0, pane->canvas->cells->rules, rows);
    struct style style = theme_style(pane->canvas->theme, role);

    if (n == 1) {
        draw_rule(pane, row, text, role);
        return 1;
    }
    for (int i = skip; i < n && row + i - skip < pane->rect.row + pane->rect.rows; i++) {
        const struct wrap_row *wrapped = &g_array_index(rows, struct wrap_row, i);
        cells_put(pane->canvas->cells, row + i - skip, pane->rect.col + MIN(3, pane->rect.cols - 1),
                  cols, text + wrapped->start_bytes, wrapped->len_bytes, style);
    }
    return n - skip;
}

static void
draw_time(const struct pane *pane, int row, int64_t time_us)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(time_us / G_USEC_PER_SEC);
    g_autoptr(GDateTime) local = utc ? g_date_time_to_timezone(utc, pane->view->zone) : NULL;
    g_autofree char *text = local ? g_date_time_format(local, "%H:%M") : NULL;

    if (text)
        cells_puts(pane->canvas->cells, row, pane->rect.col, pane->shape.time_cols, text,
                   theme_style(pane->canvas->theme, ROLE_TIME));
}

static void
draw_margin(const struct pane *pane, int row, const struct message *message)
{
    const struct canvas *canvas = pane->canvas;
    const struct line_shape *shape = &pane->shape;
    bool pending = message->state == MESSAGE_PENDING || message->state == MESSAGE_SENDING;
    char mark[2] = {line_mark(message), '\0'};
    g_autofree char *nick = NULL;
    struct style style;
    int cols;

    if (shape->time_cols > 0)
        draw_time(pane, row, message->time_us);
    if (shape->nick_cols == 0)
        return;
    nick = line_nick(message);
    style = theme_style(canvas->theme, line_nick_role(message));
    if (pending)
        style.attrs |= STYLE_DIM;
    if (mark[0] != ' ')
        cells_puts(canvas->cells, row, pane->rect.col + shape->nick_col - 1, 1, mark,
                   theme_style(canvas->theme, mark[0] == '@'   ? ROLE_MENTION
                                              : mark[0] == '!' ? ROLE_FAILED
                                                               : ROLE_UNKNOWN));
    cols = MIN(shape->nick_cols, draw_foreign_cols(canvas, nick, DISPLAY_NAME));
    draw_foreign(canvas, row, pane->rect.col + shape->nick_col + shape->nick_cols - cols, cols,
                 nick, DISPLAY_NAME, style);
}

/* Each row of it is marked, and where there is no margin it is reversed: colour alone would not be
 * seen by everyone. */
static void
draw_cursor(const struct pane *pane, int row, int rows)
{
    const struct canvas *canvas = pane->canvas;
    struct style style = theme_style(canvas->theme, ROLE_POPUP_SELECTED);
    const bool margin = pane->shape.text_col > pane->shape.time_cols;

    if (!margin)
        style.attrs |= STYLE_REVERSE;
    cells_restyle(canvas->cells, row, pane->rect.col, rows, pane->rect.cols, style);
    for (int i = 0; margin && i < rows; i++)
        cells_puts(canvas->cells, row + i, pane->rect.col + pane->shape.time_cols, 1, "▌", style);
}

/* Chosen with others, from one to where the cursor is; who comes and goes is not copied. */
static bool
is_picked(const struct view_timeline *view, const struct message *message)
{
    struct position at = message_position(message), here;

    if (view->picked.id == 0 || !view->cursor || !bare_wants(message))
        return false;
    here = message_position(view->cursor);
    return position_compare(at, here) * position_compare(at, view->picked) <= 0;
}

/* The line at the left of code and quotations, in the gap before the text. */
static void
draw_bar(const struct pane *pane, int row, const struct line *line, int i)
{
    const struct wrap_row *which = &g_array_index(line->rows, struct wrap_row, i);
    enum role role = styled_bar_at(&line->text, which->start_bytes);
    int col = pane->shape.nick_cols > 0 ? pane->shape.text_col - 1
              : i > 0                   ? pane->shape.text_col
                                        : -1;

    if (role != ROLE_N && col >= 0)
        cells_vline(pane->canvas->cells, row, pane->rect.col + col, 1,
                    theme_style(pane->canvas->theme, role));
}

static int
draw_message(const struct pane *pane, int row, int skip, struct line *line)
{
    const struct canvas *canvas = pane->canvas;
    int n = line_rows(line, &pane->shape);
    int end = pane->rect.row + pane->rect.rows;
    bool cursor = pane->view->cursor == line->message;
    bool selected = cursor || is_picked(pane->view, line->message);
    bool marked = pane->view->marked.id != 0 && pane->view->marked.id == line->message->id;
    bool highlit = selected || marked || line->message->flags & MESSAGE_MENTION;
    enum role role = selected || marked ? ROLE_POPUP_SELECTED : ROLE_MENTION_LINE;
    struct style base = theme_style(canvas->theme, ROLE_TEXT);
    int drawn = 0;

    if (highlit)
        base = draw_role_on(canvas, ROLE_TEXT, role);
    for (int i = skip; i < n && row + drawn < end; i++, drawn++) {
        if (i == 0)
            draw_margin(pane, row, line->message);
        wrap_draw(canvas->cells, row + drawn, pane->rect.col + pane->shape.text_col,
                  pane->rect.cols - pane->shape.text_col, &line->text,
                  &g_array_index(line->rows, struct wrap_row, i), canvas->theme, base);
        draw_bar(pane, row + drawn, line, i);
    }
    if (cursor && pane->view->cursor_row)
        *pane->view->cursor_row = row;
    if (selected)
        draw_cursor(pane, row, drawn);
    else if (highlit)
        cells_restyle(canvas->cells, row, pane->rect.col, drawn, pane->rect.cols,
                      theme_style(canvas->theme, role));
    return n - skip;
}

/* "09:41     --  3 joined, 2 left: maria, jun, …" */
static void
draw_fold(const struct pane *pane, int row, const struct item *item)
{
    const struct canvas *canvas = pane->canvas;
    const struct line_shape *shape = &pane->shape;
    struct style style = theme_style(canvas->theme, ROLE_SYSTEM);
    g_autofree char *who = timeline_fold_text(pane->view->timeline, item);
    g_autofree char *text = g_strconcat(shape->nick_cols > 0 ? "" : "-- ", who, NULL);
    int cols = MIN(pane->rect.cols - shape->text_col, shape->text_cols);

    if (shape->time_cols > 0)
        draw_time(pane, row, timeline_fold_time_us(pane->view->timeline, item));
    if (shape->nick_cols > 0)
        draw_own(canvas, row, pane->rect.col + shape->nick_col + shape->nick_cols - 2, 2, "--",
                 style);
    draw_own(canvas, row, pane->rect.col + shape->text_col, cols, text, style);
}

static int
draw_item(const struct pane *pane, int row, int skip, const struct item *item)
{
    switch (item->kind) {
    case ITEM_DATE:
        draw_rule(pane, row, item->text, ROLE_DATE);
        return 1;
    case ITEM_NEW:
        draw_rule(pane, row, "new", ROLE_NEW_LINE);
        return 1;
    case ITEM_GAP:
        return draw_sentence(pane, row, skip, item->text, ROLE_GAP);
    case ITEM_TOP:
        return draw_sentence(pane, row, skip, item->text, ROLE_DIM);
    case ITEM_FOLD:
        draw_fold(pane, row, item);
        return 1;
    case ITEM_MESSAGE:
        break;
    }
    return draw_message(pane, row, skip, item->line);
}

static void
draw_empty(const struct pane *pane, int top)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct wrap_row));
    const char *text = pane->view->empty;

    wrap_text(text, strlen(text), MAX(1, pane->rect.cols - 2), 0, pane->canvas->cells->rules, rows);
    for (int i = 0; i < (int)rows->len && top + i < pane->rect.row + pane->rect.rows; i++) {
        const struct wrap_row *row = &g_array_index(rows, struct wrap_row, i);
        cells_put(pane->canvas->cells, top + i, pane->rect.col + (pane->rect.cols > 2),
                  pane->rect.cols - (pane->rect.cols > 2), text + row->start_bytes, row->len_bytes,
                  theme_style(pane->canvas->theme, ROLE_DIM));
    }
}

static void
note_seen(const struct pane *pane, const struct item *item)
{
    if ((item->kind == ITEM_MESSAGE || item->kind == ITEM_FOLD) && pane->view->newest_seen &&
        position_compare(item->upto, *pane->view->newest_seen) > 0)
        *pane->view->newest_seen = item->upto;
    if (item->kind == ITEM_GAP && item->gap_id != 0 && pane->view->gap_seen)
        *pane->view->gap_seen = item->gap_id;
}

void
pane_timeline_draw(const struct canvas *canvas, struct rect rect, const struct view_timeline *view)
{
    struct pane pane = {.canvas = canvas, .rect = rect, .view = view};
    struct timeline_place place;
    int row = rect.row;

    if (view->gap_seen)
        *view->gap_seen = 0;
    if (view->cursor_row)
        *view->cursor_row = -1;
    if (rect.rows <= 0 || rect.cols <= 0)
        return;
    cells_fill(canvas->cells, rect.row, rect.col, rect.rows, rect.cols,
               theme_style(canvas->theme, ROLE_TEXT));
    line_shape_for(&pane.shape, rect.cols, view->max_text_cols, canvas->cells->rules);
    pane.shape.max_rows = view->max_rows;
    timeline_place(view->timeline, &pane.shape, rect.rows, &place);
    for (size_t i = 0; i < place.n && row < rect.row + rect.rows; i++) {
        const struct item *item = timeline_item(view->timeline, place.first + i);

        row += draw_item(&pane, row, i == 0 ? place.skip : 0, item);
        note_seen(&pane, item);
    }
    if (view->empty && timeline_is_empty(view->timeline))
        draw_empty(&pane, row);
}
