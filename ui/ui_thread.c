/* The thread pane: a window beside that of its channel, or in its place where there is no room for
 * both. It shows one thread of the buffer that the channel's window shows, and closes when that
 * shows another. */
#include "ui/ui_priv.h"

#include <string.h>

#include "core/threads.h"

/* --- pages, by core
 * ------------------------------------------------------------------------------------ */

static void
page_newest(void *user, unsigned limit, struct page *ret_page)
{
    struct ui_window *window = user;
    core_thread_newest(window->ui->core, window->shown, window->root, limit, ret_page);
}

static void
page_before(void *user, struct position before, unsigned limit, struct page *ret_page)
{
    struct ui_window *window = user;
    core_thread_before(window->ui->core, window->shown, window->root, before, limit, ret_page);
}

static void
page_after(void *user, struct position after, unsigned limit, struct page *ret_page)
{
    struct ui_window *window = user;
    core_thread_after(window->ui->core, window->shown, window->root, after, limit, ret_page);
}

static void
page_around(void *user, struct position at, unsigned limit, struct page *ret_page)
{
    struct ui_window *window = user;
    core_thread_around(window->ui->core, window->shown, window->root, at, limit, ret_page);
}

static struct message *
find_remote(void *user, const char *remote_id)
{
    struct ui_window *window = user;
    return core_find_message(window->ui->core, window->shown, remote_id);
}

static void
load(struct ui_window *window, const char *root)
{
    const struct timeline_source source = {window,     page_newest, page_before,
                                           page_after, page_around, find_remote};
    struct ui *ui = window->ui;
    char *kept = g_strdup(root);

    g_free(window->root);
    window->root = kept;
    ui_window_take(window, window->channel->shown, timeline_new(&source, ui->zone));
    timeline_set_thread(window->timeline, kept);
    window->thread_read = 0;
    struct thread *thread = core_thread(ui->core, window->shown, kept);
    if (thread && thread->unread > 0)
        timeline_set_new_line(window->timeline, true,
                              (struct position){thread->read_key, INT64_MAX});
    thread_free(thread);
    timeline_load(window->timeline);
    core_fetch_thread(ui->core, window->shown, kept);
}

/* --- opening and closing
 * ------------------------------------------------------------------------------- */

struct ui_window *
ui_thread_of(const struct ui *ui, const struct ui_window *channel)
{
    for (struct ui_window *window = NULL; (window = ui_window_next(ui, window));)
        if (window->root && window->channel == channel)
            return window;
    return NULL;
}

void
ui_thread_leave(struct ui *ui)
{
    if (ui->window->root)
        ui_window_focus(ui, ui->window->channel);
}

void
ui_thread_close(struct ui *ui, const struct ui_window *channel)
{
    struct ui_window *window = ui_thread_of(ui, channel);

    if (!window)
        return;
    if (window == ui->window)
        ui_thread_leave(ui);
    ui_windows_remove(ui, window);
    ui_changed(ui);
}

/* Beside the window in focus, whose thread it is then; the keys go there. */
static void
open_thread(struct ui *ui, const char *root)
{
    struct ui_window *channel = ui->window->root ? ui->window->channel : ui->window;
    struct ui_window *window = ui_thread_of(ui, channel);

    if (!window) {
        window = ui_window_new(ui);
        window->channel = channel;
        ui_windows_put_beside(ui, channel, window);
        load(window, root);
    } else if (strcmp(window->root, root) != 0) {
        if (window == ui->window)
            ui_draft_save(ui);
        load(window, root);
    }
    if (window == ui->window)
        ui_show_input(ui);
    else
        ui_window_focus(ui, window);
    ui_changed(ui);
}

void
ui_thread_show(struct ui *ui, int64_t buffer_id, const char *root)
{
    ui_go(ui, buffer_id);
    if (ui_buffer(ui) && ui->window->shown == buffer_id)
        open_thread(ui, root);
}

void
ui_thread_message(struct ui *ui, const struct message *message)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *root = core_thread_of(ui->core, message, &error);

    if (!root) {
        ui_tell(ui, error->message, true);
        return;
    }
    ui_focus_set(ui, KEYMAP_MAIN);
    open_thread(ui, root);
}

static void
open_newest(struct ui *ui)
{
    g_autofree char *root = core_newest_thread(ui->core, ui->window->shown);

    if (root)
        open_thread(ui, root);
    else
        ui_tell(ui, "There is no thread in this buffer yet. On a message, t begins one.", false);
}

static void
toggle(struct ui *ui)
{
    const struct ui_window *channel = ui->window->root ? ui->window->channel : ui->window;

    if (ui_thread_of(ui, channel))
        ui_thread_close(ui, channel);
    else
        open_newest(ui);
}

/* Between the channel and its thread. */
static void
move(struct ui *ui)
{
    struct ui_window *window = ui_thread_of(ui, ui->window);

    if (ui->window->root)
        ui_thread_leave(ui);
    else if (window)
        ui_window_focus(ui, window);
    else
        open_newest(ui);
}

void
ui_thread_open_unread(struct ui *ui)
{
    g_autoptr(GPtrArray) threads = core_threads(ui->core, 100);

    for (guint i = 0; i < threads->len; i++) {
        const struct thread *thread = threads->pdata[i];
        if (thread->buffer_id == ui->window->shown && thread->unread > 0) {
            open_thread(ui, thread->root);
            return;
        }
    }
}

bool
ui_thread_action(struct ui *ui, enum action action)
{
    switch (action) {
    case ACTION_THREAD:
        toggle(ui);
        break;
    case ACTION_THREAD_FOCUS:
        move(ui);
        break;
    case ACTION_THREADS:
        ui_over_open(ui, UI_OVER_THREADS);
        break;
    default:
        return false;
    }
    ui_changed(ui);
    return true;
}

bool
ui_thread_command(struct ui *ui, const char *word, int64_t buffer_id)
{
    const struct ui_window *channel = ui->window->root ? ui->window->channel : ui->window;

    if (strcmp(word, "list") == 0)
        ui_over_open(ui, UI_OVER_THREADS);
    else if (strcmp(word, "close") == 0)
        ui_thread_close(ui, channel);
    else if (strcmp(word, "open") == 0)
        open_newest(ui);
    else
        return false;
    return true;
}

/* --- what comes, what is read
 * -------------------------------------------------------------------------- */

void
ui_thread_notice(struct ui_window *window, const struct notice *notice)
{
    if (notice->type == NOTICE_MESSAGES_RELOAD) {
        timeline_reload(window->timeline);
        return;
    }
    if (!core_in_thread(notice->message, window->root))
        return;
    if (notice->type == NOTICE_MESSAGE)
        timeline_add(window->timeline, notice->message);
    else
        timeline_change(window->timeline, notice->message);
}

void
ui_thread_mark_seen(struct ui_window *window)
{
    const struct position seen = window->newest_seen;

    if (seen.sort_key <= window->thread_read || !ui_window_is_read(window))
        return;
    window->thread_read = seen.sort_key;
    core_read_thread(window->ui->core, window->shown, window->root, seen);
}

/* --- its title
 * ----------------------------------------------------------------------------------------- */

char *
ui_thread_title(const struct ui_window *window)
{
    struct core *core = window->ui->core;
    struct thread *thread = core_thread(core, window->shown, window->root);
    struct message *root = thread && thread->at
                               ? message_ref(thread->at)
                               : core_find_message(core, window->shown, window->root);
    g_autofree char *words = root ? line_words(root) : g_strdup("(a message that is not here)");
    g_autoptr(GString) title = g_string_new("Thread");

    g_string_append_printf(title, " (%u)", thread ? thread->replies : 0);
    /* One that nobody has answered is no thread for the server yet: there is nothing to follow. */
    if (thread && thread->replies > 0)
        g_string_append(title, thread->followed ? ", following" : ", not following");
    g_string_append_printf(title, ": %s", words);
    message_unref(root);
    thread_free(thread);
    return g_string_free(g_steal_pointer(&title), FALSE);
}
