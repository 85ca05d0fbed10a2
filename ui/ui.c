#include "ui/ui_pressed.h"

#include <string.h>

#include "ui/runs.h"
#include "ui/window_state.h"

/* --- small things
 * ------------------------------------------------------------------------------------------ */

void
ui_changed(struct ui *ui)
{
    ui->dirty = true;
    ui_term_frame_soon(ui);
}

void
ui_tell(struct ui *ui, const char *text, bool bad)
{
    g_free(ui->message);
    ui->message = g_strdup(text);
    ui->message_bad = bad;
    ui->dirty = true;
}

int64_t
ui_now_us(const struct ui *ui)
{
    return clock_mono_us(core_clock(ui->core));
}

const struct width_rules *
ui_rules(const struct ui *ui)
{
    return ui->term ? term_rules(ui->term) : NULL;
}

char *
ui_format_time(const struct ui *ui, int64_t time_us, const char *format)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(time_us / G_USEC_PER_SEC);
    g_autoptr(GDateTime) local = utc ? g_date_time_to_timezone(utc, ui->zone) : NULL;
    char *text = local ? g_date_time_format(local, format) : NULL;

    return text ? text : g_strdup("?");
}

/* False when it has been done before. */
static bool
leave_once(struct ui *ui)
{
    if (ui->quitting)
        return false;
    ui->quitting = true;
    ui_outside_end(ui);
    ui_draft_save(ui);
    ui_change_leave(ui);
    return true;
}

void
ui_leave(struct ui *ui, bool gone)
{
    if (leave_once(ui))
        ui->quit(ui->user, gone);
}

void
ui_leave_for_demo(struct ui *ui)
{
    if (leave_once(ui))
        ui->demo(ui->user);
}

bool
ui_is_dirty(const struct ui *ui)
{
    return ui->dirty;
}

int64_t
ui_shown_buffer(const struct ui *ui)
{
    return ui->window->shown;
}

/* --- the bus
 * -----------------------------------------------------------------------------------------------
 */

static void
on_message(struct ui *ui, const struct notice *notice)
{
    if (ui->search && notice->type == NOTICE_MESSAGE_CHANGED)
        ui_search_changed(ui->search, notice->message);
    if (notice->type == NOTICE_MESSAGE_CHANGED)
        ui_reply_changed(ui, notice->message);
    if (notice->type == NOTICE_MESSAGE_CHANGED)
        ui_change_changed(ui, notice->message);
    if (notice->type == NOTICE_MESSAGE_CHANGED && ui->facts)
        ui_facts_changed(ui->facts, ui, notice->message);
    if (ui->bare)
        ui_bare_came(ui->bare, notice);
    /* Who says something here is not only looking. */
    if (notice->type == NOTICE_MESSAGE && notice->buffer_id == ui->window->shown &&
        (notice->message->flags & (MESSAGE_OWN | MESSAGE_RELAYED)) == MESSAGE_OWN)
        ui_peek_stay(ui);
    for (struct ui_window *window = NULL; (window = ui_window_next(ui, window));)
        if (notice->buffer_id == window->shown && window->timeline)
            ui_window_notice(window, notice);
}

/* The first channel of an account that was just set up is where the person wants to be, unless they
 * went elsewhere or began to type. */
static void
show_first_channel(struct ui *ui, int64_t buffer_id)
{
    const struct buffer *added = core_buffer(ui->core, buffer_id);
    const struct buffer *shown = core_buffer(ui->core, ui->window->shown);

    if (ui->new_account == 0 || !added || added->kind != BUFFER_CHANNEL || !added->joined ||
        (ui->new_account != UI_ANY_ACCOUNT && added->account_id != ui->new_account))
        return;
    ui->new_account = 0;
    if (editor_is_empty(ui->editor) && shown && shown->kind <= BUFFER_SERVER)
        ui_show(ui, buffer_id);
}

static void
on_buffers_changed(struct ui *ui, const struct notice *notice)
{
    if (notice->type == NOTICE_BUFFER_CLOSED)
        ui_windows_closed(ui, notice->buffer_id);
    if (notice->type != NOTICE_BUFFER_CLOSED)
        show_first_channel(ui, notice->buffer_id);
    if (ui->switcher && notice->type != NOTICE_BUFFER_CHANGED)
        switcher_update(ui->switcher);
}

static void
on_config(struct ui *ui, const struct notice *notice)
{
    ui_look_read(ui);
    ui_call_notice(ui, notice);
    for (struct ui_window *window = NULL; (window = ui_window_next(ui, window));)
        if (window->timeline)
            timeline_reload(window->timeline); /* other ignore rules, perhaps */
}

/* What the buffer shows goes out of sight. */
static void
clear(struct ui *ui, int64_t buffer_id)
{
    for (struct ui_window *window = NULL; (window = ui_window_next(ui, window));)
        if (buffer_id == window->shown && !window->root)
            timeline_clear(window->timeline);
}

/* A command asks for something to be shown. */
static void
on_wanted(struct ui *ui, const struct notice *notice)
{
    if (notice->type == NOTICE_SHOW_BUFFER)
        ui_show(ui, notice->buffer_id);
    else if (notice->type == NOTICE_PINS)
        ui_over_pins(ui, notice->buffer_id);
    else if (notice->type == NOTICE_CHANGE)
        ui_change_begin(ui, notice->message);
    else if (notice->type == NOTICE_SHOW_MESSAGE)
        ui_show_message(ui, notice->message);
    else
        ui_over_search(ui, notice->text);
}

static void
on_notice(const struct notice *notice, void *user)
{
    struct ui *ui = user;

    ui_list_notice(ui, notice);
    if (ui->inbox)
        ui_inbox_notice(ui->inbox, notice);
    switch (notice->type) {
    case NOTICE_MESSAGE:
    case NOTICE_MESSAGE_CHANGED:
    case NOTICE_MESSAGES_RELOAD:
        on_message(ui, notice);
        break;
    case NOTICE_BUFFER_ADDED:
    case NOTICE_BUFFER_CHANGED:
    case NOTICE_BUFFER_MOVED:
    case NOTICE_BUFFER_CLOSED:
        on_buffers_changed(ui, notice);
        break;
    case NOTICE_QUESTION:
        ui_ask(ui, notice->question, notice->text, notice->hidden);
        break;
    case NOTICE_DISK:
        g_free(ui->disk);
        ui->disk = g_strdup(notice->text);
        break;
    case NOTICE_SHOW_BUFFER:
    case NOTICE_PINS:
    case NOTICE_CHANGE:
    case NOTICE_SHOW_MESSAGE:
    case NOTICE_SEARCH:
        on_wanted(ui, notice);
        break;
    case NOTICE_FORM:
        ui_over_fill(ui, notice->question);
        break;
    case NOTICE_DRAFT:
        ui_draft_came(ui, notice->buffer_id, notice->text);
        break;
    case NOTICE_CONFIG:
        on_config(ui, notice);
        break;
    case NOTICE_CLEAR:
        clear(ui, notice->buffer_id);
        break;
    case NOTICE_REDRAW:
        ui_term_redraw(ui);
        break;
    case NOTICE_QUIT:
        ui_leave(ui, false);
        break;
    case NOTICE_MEMBERS:
        ui_members_changed(ui, notice);
        break;
    case NOTICE_THREAD:
        ui_threads_changed(ui->threads);
        break;
    case NOTICE_RELAY:
        ui_relay_changed(ui);
        break;
    case NOTICE_FILE:
        ui_files_came(ui, notice);
        break;
    case NOTICE_ACCOUNT:
        ui_follow_waiting(ui, notice->account_id);
        break;
    case NOTICE_GROUPS:
    case NOTICE_TRANSFER:
    case NOTICE_TYPING:
    case NOTICE_INBOX:
        break;
    case NOTICE_ATTENTION:
    case NOTICE_HUSH:
        ui_call_notice(ui, notice);
        break;
    }
    ui_changed(ui);
}

/* --- time
 * --------------------------------------------------------------------------------------------------
 */

static bool
somebody_waits(const struct ui *ui)
{
    const GPtrArray *accounts = core_accounts(ui->core);

    for (guint i = 0; i < accounts->len; i++) {
        const struct account *account = g_ptr_array_index(accounts, i);
        if (account->state == ACCOUNT_WAITING)
            return true;
    }
    return false;
}

static void on_tick(void *user);

/* To the next minute, or the next second while seconds are shown. */
static void
plan_tick(struct ui *ui)
{
    struct clock *clock = core_clock(ui->core);
    int64_t step_us = (somebody_waits(ui) ? 1 : 60) * G_USEC_PER_SEC;
    int64_t left_us = step_us - clock_wall_us(clock) % step_us;

    /* An account may begin to wait in the meantime: look every ten seconds, which costs nothing. */
    ui->tick = clock_timer_add(clock, MIN(left_us, 10 * G_USEC_PER_SEC), on_tick, ui);
}

static void
on_tick(void *user)
{
    struct ui *ui = user;

    plan_tick(ui);
    if (ui_relay_ages(ui) || somebody_waits(ui) ||
        clock_wall_us(core_clock(ui->core)) / G_USEC_PER_SEC % 60 < 10)
        ui_changed(ui);
}

/* --- life
 * --------------------------------------------------------------------------------------------------
 */

struct ui *
ui_new(const struct ui_options *options)
{
    struct ui *ui = g_new0(struct ui, 1);

    ui->core = options->core;
    ui->config = options->config;
    ui->paths = options->paths;
    ui->theme_dir = g_strdup(options->theme_dir);
    ui->term = options->term;
    ui->context = options->context;
    ui->zone = options->zone ? g_time_zone_ref(options->zone) : g_time_zone_new_local();
    ui->link = g_strdup(options->link);
    ui->quit = options->quit;
    ui->demo = options->demo;
    ui->user = options->user;
    ui->links = links_new();
    ui->runs = runs_new(core_clock(ui->core));
    ui->trail = g_array_new(FALSE, FALSE, sizeof(int64_t));
    ui->window = ui->windows = ui_window_new(ui);
    ui->peek.seen = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_queue_init(&ui->read_steps);
    ui->editor = editor_new(ui_rules(ui));
    ui->answer = editor_new(ui_rules(ui));
    ui->history = editor_history_new(UI_HISTORY_LINES);
    ui->histories = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
                                          (GDestroyNotify)(void *)editor_history_free);
    ui->changes = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, ui_change_free);
    g_queue_init(&ui->questions);
    ui->dirty = true;
    ui_list_init(ui);
    ui_look_begin(ui);
    ui_commands_begin(ui);
    ui_hints_begin(ui);
    if (ui->term)
        ui_call_start(ui);
    ui->bus_id = bus_subscribe(core_bus(ui->core), on_notice, ui);
    plan_tick(ui);
    return ui;
}

void
ui_free(struct ui *ui)
{
    if (!ui)
        return;
    ui_outside_end(ui);
    ui_draft_save(ui);
    if (!core_is_read_only(ui->core))
        window_state_write(ui->paths, ui->list.rows,
                           ui_peek_elsewhere(ui) ? ui->peek.from : ui->window->shown);
    bus_unsubscribe(core_bus(ui->core), ui->bus_id);
    ui_call_stop(ui);
    clock_timer_del(core_clock(ui->core), ui->tick);
    clock_timer_del(core_clock(ui->core), ui->draft_timer);
    clock_timer_del(core_clock(ui->core), ui->title.timer);
    ui_term_stop(ui);
    core_set_front(ui->core, NULL);
    ui_help_close(ui);
    if (ui->what_key)
        g_string_free(ui->what_key, TRUE);
    first_run_free(ui->first_run);
    switcher_free(ui->switcher);
    ui_search_free(ui->search);
    ui_find_free(ui->find);
    clock_timer_del(core_clock(ui->core), ui->next_timer);
    ui_recall_free(ui->recall);
    g_free(ui->flood);
    ui_themes_free(ui->themes);
    ui_react_free(ui->react);
    ui_buttons_free(ui->buttons);
    ui_fill_free(ui->fill);
    ui_facts_free(ui->facts);
    ui_bare_free(ui->bare);
    ui_links_free(ui->over_links);
    runs_free(ui->runs);
    g_free(ui->copied);
    ui_inbox_free(ui->inbox);
    ui_threads_free(ui->threads);
    ui_relay_free(ui->relay);
    ui_make_free(ui->make);
    ui_browse_free(ui->browse);
    g_free(ui->search_text);
    g_free(ui->find_text);
    message_unref(ui->reply);
    g_clear_pointer(&ui->relay_legs, g_ptr_array_unref);
    ui_list_fini(ui);
    members_free(ui->members);
    links_free(ui->links);
    g_queue_clear_full(&ui->questions, ui_question_free);
    secret_text_wipe(&ui->secret);
    ui_complete_end(ui);
    editor_free(ui->editor);
    editor_free(ui->answer);
    g_hash_table_unref(ui->histories);
    g_hash_table_unref(ui->changes);
    editor_history_free(ui->history);
    g_array_unref(ui->trail);
    g_array_unref(ui->peek.seen);
    timeline_free(ui->peek.timeline);
    ui_windows_free(ui->windows);
    ui_read_fini(ui);
    keymap_free(ui->keymap);
    g_time_zone_unref(ui->zone);
    g_free(ui->theme_dir);
    g_free(ui->link);
    g_free(ui->message);
    g_free(ui->disk);
    g_free(ui);
}

/* Where one begins: where one was. On a new profile, and after weft's own buffer, in the newest
 * conversation. */
static int64_t
first_buffer(const struct ui *ui)
{
    const GPtrArray *buffers = core_buffers(ui->core);
    const struct buffer *last = core_buffer(ui->core, ui->list.last_shown);
    const struct buffer *best = core_own_buffer(ui->core);
    int64_t best_us = -1;

    if (last && !last->closed && last->kind >= BUFFER_CHANNEL)
        return last->id;
    for (guint i = 0; i < buffers->len; i++) {
        const struct buffer *buffer = g_ptr_array_index(buffers, i);

        if (buffer->kind < BUFFER_CHANNEL || buffer->last_activity_us <= best_us)
            continue;
        best = buffer;
        best_us = buffer->last_activity_us;
    }
    return best->id;
}

void
ui_start(struct ui *ui)
{
    ui_show(ui, first_buffer(ui));
    if (ui->window->shown == core_own_buffer(ui->core)->id)
        ui->new_account = UI_ANY_ACCOUNT;
    if (ui->link)
        ui_follow(ui, ui->link);
    else if (config_n_accounts(ui->config) == 0 && !config_has_errors(ui->config))
        ui_over_open(ui, UI_OVER_FIRST_RUN);
    if (ui->term)
        ui_term_start(ui);
}
