/* Drawing: core's state becomes views, views become cells. */
#include "ui/ui_priv.h"

#include <string.h>

#include "ui/pane_timeline.h"

#define TYPING_MIN_ROWS 16
/* More buffers than this are never named on one line. */
#define HOT_MOST 64

static const char *
label_of(const struct account *account)
{
    return account->label ? account->label : account->name;
}

static bool
is_left(const struct buffer *buffer)
{
    return (buffer->kind == BUFFER_CHANNEL || buffer->kind == BUFFER_PRIVATE) && !buffer->joined;
}

/* --- title, notices
 * ---------------------------------------------------------------------------------------- */

/* Of the other one in a direct conversation: whether they are there, and what they say of
 * themselves. NULL: not known. g_free(). */
static char *
presence_note(const struct buffer *buffer)
{
    static const char *const words[] = {
        [PRESENCE_HERE] = "online", [PRESENCE_AWAY] = "away", [PRESENCE_GONE] = "offline"};

    const char *word = words[buffer->presence];

    if (buffer->kind != BUFFER_DIRECT || (!word && !buffer->status))
        return NULL;
    g_autofree char *status = buffer->status ? display_dup(buffer->status, -1, DISPLAY_LINE) : NULL;
    return g_strconcat(word ? word : "", word && status ? ", " : "", status, NULL);
}

/* What lies below what is in sight, where the status line does not tell of it. */
static char *
below_note(const struct ui_window *window)
{
    bool more;
    const unsigned n = timeline_below(window->timeline, &more);

    return timeline_at_newest(window->timeline) ? NULL
                                                : g_strdup_printf("%u%s below", n, more ? "+" : "");
}

static enum view_title_focus
title_focus(const struct ui_window *window)
{
    const struct ui *ui = window->ui;

    return !ui->split             ? VIEW_TITLE_ALONE
           : window == ui->window ? VIEW_TITLE_FOCUSED
                                  : VIEW_TITLE_OTHER;
}

static void
draw_thread_title(const struct ui_window *window, const struct canvas *canvas, struct rect rect)
{
    g_autofree char *title = ui_thread_title(window);
    const struct view_title view = {.name = title, .focus = title_focus(window)};

    pane_title_draw(canvas, rect, &view);
}

static void
draw_title(const struct ui_window *window, const struct canvas *canvas, struct rect rect)
{
    struct ui *ui = window->ui;
    const struct buffer *buffer = core_buffer(ui->core, window->shown);
    const struct account *account = core_account(ui->core, buffer->account_id);
    const struct space *space = core_space(ui->core, buffer->space_id);
    const bool focused = window == ui->window;

    if (window->root) {
        draw_thread_title(window, canvas, rect);
        return;
    }
    g_autofree char *below = focused ? NULL : below_note(window);
    g_autofree char *others = ui_relay_title(ui, buffer);
    g_autofree char *presence = presence_note(buffer);
    struct view_title view = {
        .number = buffer->number,
        .name = buffer->name,
        .account = account ? label_of(account) : NULL,
        .network = account ? account->network : NULL,
        .space = space ? space->name : NULL,
        .topic = buffer->topic,
        .others = others,
        .modes = buffer->modes,
        .note = focused && ui_peek_elsewhere(ui) ? "peeking"
                : buffer->archived               ? "archived"
                : is_left(buffer)                ? "not joined"
                : below                          ? below
                                                 : presence,
        .focus = title_focus(window),
    };

    pane_title_draw(canvas, rect, &view);
}

/* Why an account is not there, and when it is tried again. NULL: nothing to say. */
static char *
account_trouble(const struct ui *ui, const struct account *account)
{
    int64_t left_us;

    if (account->state == ACCOUNT_FAILED)
        return g_strdup_printf("%s: %s", label_of(account),
                               account->state_text ? account->state_text : "it needs you");
    if (account->state != ACCOUNT_WAITING)
        return NULL;
    left_us = MAX(0, account->retry_at_us - ui_now_us(ui));
    return g_strdup_printf("%s: reconnect in %d s. %s", label_of(account),
                           (int)((left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC),
                           account->state_text ? account->state_text : "");
}

/* One line at most: what the last key led to, the disk, the account that is shown, any other; what
 * a newcomer may try. */
static char *
notice_text(struct ui *ui, const struct account *shown, int cols, bool *ret_bad)
{
    const GPtrArray *accounts = core_accounts(ui->core);
    char *text = NULL;

    *ret_bad = true;
    if (ui->message) {
        *ret_bad = ui->message_bad;
        return g_strdup(ui->message);
    }
    if (ui->inbox) {
        *ret_bad = false;
        return ui_inbox_hint(ui->inbox);
    }
    if (ui->threads) {
        *ret_bad = false;
        return ui_threads_hint(ui->threads);
    }
    if (ui->relay) {
        *ret_bad = false;
        return ui_relay_hint(ui->relay);
    }
    if (ui->has_keys == KEYMAP_MESSAGE) {
        *ret_bad = false;
        /* The row stays, so that nothing moves below what is opened. */
        return ui->over != UI_OVER_NONE ? g_strdup("") : ui_cursor_hint(ui);
    }
    if (ui->has_keys == KEYMAP_LIST) {
        *ret_bad = false;
        return ui_list_hint(ui);
    }
    if (ui->peek.from != 0) {
        *ret_bad = false;
        return ui_peek_hint(ui);
    }
    if (ui->disk)
        return g_strdup_printf("Not stored: %s", ui->disk);
    if (shown)
        text = account_trouble(ui, shown);
    for (guint i = 0; i < accounts->len && !text; i++)
        text = account_trouble(ui, g_ptr_array_index(accounts, i));
    if (!text) {
        *ret_bad = false;
        text = ui_files_sentence(ui);
    }
    return text ? text : ui_hints_text(ui, cols);
}

/* Where the network tells who types, the line of notices is always there: somebody who begins and
 * stops moves no text. A low window spares it. */
static bool
keeps_typing_row(const struct ui *ui, int rows)
{
    for (struct ui_window *window = NULL; (window = ui_window_next(ui, window));) {
        const struct buffer *buffer = core_buffer(ui->core, window->shown);
        if (buffer && (buffer->caps & CAP_TYPING) != 0 && ui_window_in_sight(window))
            return rows >= TYPING_MIN_ROWS;
    }
    return false;
}

/* A sentence takes what it needs; what the keys do here is a line, from which the last ones fall.
 */
static int
notice_rows(const struct ui *ui, const struct cells *cells, const char *notice)
{
    if (!notice)
        return keeps_typing_row(ui, cells->rows) ? 1 : 0;
    return ui->message ? pane_notice_rows(cells->rules, cells->cols, notice) : 1;
}

static void
draw_typing(const struct ui *ui, const struct canvas *canvas, const struct buffer *buffer)
{
    g_auto(GStrv) names = core_who_types(ui->core, buffer->id);

    pane_typing_draw(canvas, ui->layout.notice, (const char *const *)names);
}

/* --- status
 * ------------------------------------------------------------------------------------------------
 */

static void
add_hot(const struct ui *ui, GArray *hot, int64_t id)
{
    const struct buffer *buffer = core_buffer(ui->core, id);
    struct view_hot entry = {
        .number = buffer->number,
        .name = buffer->name,
        .mentions = buffer->mentions + buffer->thread_mentions,
        .unread = buffer->unread + buffer->thread_unread,
        .selected = id == ui->window->shown,
    };
    g_array_append_val(hot, entry);
}

static void
draw_status(struct ui *ui, const struct canvas *canvas, const struct buffer *buffer,
            const struct account *account)
{
    g_autoptr(GArray) hot = g_array_new(FALSE, FALSE, sizeof(struct view_hot));
    const GArray *ids = activity_ids(ui->list.activity);
    g_autofree char *clock = ui_format_time(ui, clock_wall_us(core_clock(ui->core)), "%H:%M");
    g_autofree char *windows = ui_windows_note(ui);
    g_autofree char *transfer = ui_files_short(ui);
    g_autofree char *relay = ui_relay_status(ui);
    struct view_status view = {
        .clock = clock,
        .account = account ? account->name : NULL,
        .self = account ? account->self_name : NULL,
        .number = buffer->number,
        .name = buffer->name,
        .members = buffer->members ? g_hash_table_size(buffer->members) : 0,
        .insecure = account && account->insecure,
        .state =
            account && account->state != ACCOUNT_ONLINE ? account_state_name(account->state) : NULL,
        .peeking = ui->peek.from != 0,
        .hushed = core_hushed_until(ui->core, buffer->id) != 0,
        .scrolled = !timeline_at_newest(ui->window->timeline),
        .keys = keymap_pending(ui->keymap),
        .windows = windows,
        .waiting = core_waiting(ui->core, buffer->id),
        .transfer = transfer,
        .relay = relay,
    };

    for (guint i = 0; i < ids->len && ui->layout.hotlist.rows == 0; i++) {
        const int64_t id = g_array_index(ids, int64_t, i);
        if (id == ui->window->shown)
            continue;
        if (hot->len < HOT_MOST)
            add_hot(ui, hot, id);
        else
            view.n_more++;
    }
    view.hot = (const struct view_hot *)(void *)hot->data;
    view.n_hot = hot->len;
    view.below = timeline_below(ui->window->timeline, &view.below_more);
    pane_status_draw(canvas, ui->layout.status, &view);
}

/* Those around the one that is shown, from core's buffer `*ret_from` on. */
static GArray *
hotlist_of(const struct ui *ui, guint *ret_from)
{
    GArray *hot = g_array_new(FALSE, FALSE, sizeof(struct view_hot));
    const GPtrArray *buffers = core_buffers(ui->core);
    guint at = 0;

    /* Pointers alone are compared: this is looked for in every frame. */
    while (at < buffers->len && buffers->pdata[at] != (const void *)ui_buffer(ui))
        at++;
    *ret_from = at - MIN(at, HOT_MOST);
    for (guint i = *ret_from; i < buffers->len && i < at + HOT_MOST; i++)
        add_hot(ui, hot, ((const struct buffer *)g_ptr_array_index(buffers, i))->id);
    return hot;
}

static void
draw_hotlist(const struct ui *ui, const struct canvas *canvas)
{
    if (ui->layout.hotlist.rows <= 0)
        return;
    guint from;
    g_autoptr(GArray) hot = hotlist_of(ui, &from);
    pane_hotlist_draw(canvas, ui->layout.hotlist, (const struct view_hot *)(void *)hot->data,
                      hot->len);
}

int64_t
ui_hotlist_at(const struct ui *ui, int col)
{
    guint from;
    g_autoptr(GArray) hot = hotlist_of(ui, &from);
    const size_t i = pane_hotlist_at(ui_rules(ui), ui->layout.hotlist,
                                     (const struct view_hot *)(void *)hot->data, hot->len, col);

    return i < hot->len
               ? ((const struct buffer *)g_ptr_array_index(core_buffers(ui->core), from + i))->id
               : 0;
}

/* --- timeline
 * ---------------------------------------------------------------------------------------------- */

static enum timeline_top
top_of(const struct ui *ui, const struct buffer *buffer, const struct account *account)
{
    if (buffer->kind == BUFFER_CORE || buffer->kind == BUFFER_SERVER)
        return TIMELINE_TOP_NONE;
    if (core_history_under_way(ui->core, buffer->id))
        return TIMELINE_TOP_FETCHING;
    if (core_history_at_start(ui->core, buffer->id))
        return TIMELINE_TOP_BEGINNING;
    if (!account || account->state != ACCOUNT_ONLINE)
        return TIMELINE_TOP_NONE;
    return buffer->caps & CAP_HISTORY ? TIMELINE_TOP_ASK : TIMELINE_TOP_NO_HISTORY;
}

static const char *
empty_text(const struct ui *ui, const struct buffer *buffer)
{
    if (buffer->kind == BUFFER_CORE)
        return core_accounts(ui->core)->len == 0 ? "No account is set up yet. Enter begins." : NULL;
    if (buffer->kind == BUFFER_SERVER)
        return "Nothing from the server yet. /join #channel enters a channel, /query nick talks to "
               "one person.";
    if (buffer->archived)
        return "This channel is archived: nobody can say anything here any more.";
    if (is_left(buffer))
        return "You are not in this channel. /join enters it, /close takes it off the list.";
    if (buffer->kind == BUFFER_DIRECT)
        return "Nothing was said here yet. What you type goes to this person alone; Enter sends "
               "it.";
    return "Nothing was said here yet. What you type goes to everybody in here; Enter sends it.";
}

static void
draw_timeline(struct ui_window *window, const struct canvas *canvas)
{
    struct ui *ui = window->ui;
    const struct buffer *buffer = core_buffer(ui->core, window->shown);
    const struct account *account = core_account(ui->core, buffer->account_id);
    const bool focused = window == ui->window;
    struct view_timeline view = {
        .timeline = window->timeline,
        .zone = ui->zone,
        .max_text_cols = ui->max_text_cols,
        .max_rows = ui->max_rows,
        .empty = window->root ? "This thread is not here yet." : empty_text(ui, buffer),
        .newest_seen = &window->newest_seen,
        .gap_seen = &window->gap_seen,
        .marked = window->marked,
        .cursor =
            focused && ui->has_keys == KEYMAP_MESSAGE ? timeline_cursor(window->timeline) : NULL,
        .cursor_row = focused ? &ui->cursor_row : NULL,
    };

    if (view.cursor)
        view.picked = ui->picked;
    if (!window->root)
        timeline_set_top(window->timeline, top_of(ui, buffer, account));
    pane_timeline_draw(canvas, ui_window_view(window), &view);
}

void
ui_window_draw(struct ui_window *window, const struct canvas *canvas)
{
    struct rect title = window->rect;

    if (!core_buffer(window->ui->core, window->shown))
        return;
    title.rows = 1;
    core_look_at(window->ui->core, window->shown);
    draw_timeline(window, canvas);
    draw_title(window, canvas, title);
    ui_window_mark_seen(window);
}

/* --- all
 * ---------------------------------------------------------------------------------------------------
 */

static struct view_input
input_view(struct ui *ui, const struct account *account, char **ret_self)
{
    const char *self = account ? account->self_name : NULL;
    const struct ui_question *question = g_queue_peek_head(&ui->questions);

    *ret_self = self && ui->window->root ? g_strdup_printf("%s@thread", self) : g_strdup(self);
    struct view_input view = {
        .self = *ret_self,
        /* With several, nobody is to write to the wrong one. */
        .account = account && core_accounts(ui->core)->len > 1 ? label_of(account) : NULL,
        .editor = question     ? ui->answer
                  : ui->recall ? ui_recall_shown(ui->recall)
                               : ui->editor,
        .question = question ? question->text : NULL,
        .hidden = question && question->hidden,
        .hidden_typed = ui->secret.len > 0,
        .text = &ui->text,
    };
    return view;
}

/* Where the message is: a screen reader or a Braille line follows the terminal's cursor. */
static void
place_cursor(const struct ui *ui, struct cells *cells)
{
    cells->cursor_visible = false;
    if (ui->cursor_row >= 0)
        cells_set_cursor(cells, ui->cursor_row, ui->layout.timeline.col, CURSOR_DEFAULT);
}

void
ui_draw(struct ui *ui, struct cells *cells)
{
    const struct canvas canvas = {cells, &ui->theme};
    const struct buffer *buffer = ui_buffer(ui);
    const struct account *account = buffer ? core_account(ui->core, buffer->account_id) : NULL;
    g_autofree char *words = NULL, *self = NULL;
    struct view_input input = input_view(ui, account, &self);
    ui_reply_view(ui, &input.reply, &words);
    ui_change_view(ui, &input.reply, &words);
    ui_length_view(ui, &input);
    bool bad;
    g_autofree char *notice = notice_text(ui, account, cells->cols, &bad);
    struct layout_wants wants = {
        .sidebar = ui->sidebar,
        .members = ui_members_wanted(ui),
        .notice = notice_rows(ui, cells, notice),
        .input_rows = pane_input_rows(cells->rules, cells->cols, &input),
    };

    ui->dirty = false;
    ui->drawn = (struct drawn_list){0};
    links_begin(ui->links);
    cells->links = ui->links;
    cells_clear(cells, theme_style(&ui->theme, ROLE_TEXT));
    if (!buffer)
        return;
    ui_windows_lay_out(ui, cells->rows, cells->cols, &wants);
    ui_topic_lay_out(ui);
    draw_timeline(ui->window, &canvas);
    ui_windows_draw(ui, &canvas);
    ui_members_draw(ui, &canvas, account);
    draw_title(ui->window, &canvas, ui->layout.title);
    ui_topic_draw(ui, &canvas);
    draw_hotlist(ui, &canvas);
    if (notice)
        pane_notice_draw(&canvas, ui->layout.notice, notice, bad);
    else
        draw_typing(ui, &canvas, buffer);
    draw_status(ui, &canvas, buffer, account);
    pane_input_draw(&canvas, ui->layout.input, &input);
    if (ui->has_keys == KEYMAP_MESSAGE && !input.question)
        place_cursor(ui, cells);
    ui_complete_draw(ui, &canvas);
    ui_next_keys_draw(ui, &canvas);
    ui_list_draw(ui, &canvas); /* after the input, whose cursor it may take */
    ui_over_draw(ui, &canvas);
    ui_window_mark_seen(ui->window);
}
