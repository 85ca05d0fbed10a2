/* Which buffer is shown, what of it is read, and what is being typed in it. */
#include "ui/ui_priv.h"

#include <string.h>

#include "core/threads.h"

#define DRAFT_US    G_USEC_PER_SEC
#define PRESENCE_US (3 * 60 * G_USEC_PER_SEC)

const struct buffer *
ui_buffer(const struct ui *ui)
{
    return ui->window->shown ? core_buffer(ui->core, ui->window->shown) : NULL;
}

/* --- drafts
 * ------------------------------------------------------------------------------------------------
 */

struct editor_history *
ui_history(struct ui *ui)
{
    struct editor_history *history = g_hash_table_lookup(ui->histories, &ui->window->shown);

    if (!history) {
        history = editor_history_new(UI_HISTORY_LINES);
        g_hash_table_insert(ui->histories, g_memdup2(&ui->window->shown, sizeof ui->window->shown),
                            history);
    }
    return history;
}

void
ui_draft_set(const struct ui *ui, const struct ui_window *window, const char *text)
{
    if (window->root)
        core_set_thread_draft(ui->core, window->shown, window->root, text);
    else
        core_set_draft(ui->core, window->shown, text);
}

void
ui_draft_save(struct ui *ui)
{
    clock_timer_del(core_clock(ui->core), ui->draft_timer);
    ui->draft_timer = 0;
    if (!ui->window->shown || ui_change_keep(ui) || ui->draft_serial == editor_serial(ui->editor))
        return;
    ui->draft_serial = editor_serial(ui->editor);
    ui_draft_set(ui, ui->window, editor_text(ui->editor));
}

void
ui_draft_came(struct ui *ui, int64_t buffer_id, const char *root)
{
    const struct ui_window *window = ui->window;

    if (buffer_id != window->shown || g_strcmp0(root, window->root ? window->root : "") != 0 ||
        ui_change_is_on(ui) ||
        (ui->draft_from != editor_serial(ui->editor) && *editor_text(ui->editor) != '\0'))
        return;
    g_autofree char *draft = window->root ? core_thread_draft(ui->core, buffer_id, window->root)
                                          : core_draft(ui->core, buffer_id);
    editor_set(ui->editor, draft ? draft : "", SIZE_MAX);
    ui->draft_serial = ui->draft_from = editor_serial(ui->editor);
    ui_changed(ui);
}

static void
on_draft(void *user)
{
    struct ui *ui = user;

    ui->draft_timer = 0;
    ui_draft_save(ui);
}

/* A command is nobody's business. */
static void
tell_typing(struct ui *ui)
{
    const char *text = editor_text(ui->editor);
    const bool command = text[0] == '/' && text[1] != '/';

    core_typing(ui->core, ui->window->shown, *text && !command && !ui_change_is_on(ui));
}

void
ui_draft_changed(struct ui *ui)
{
    tell_typing(ui);
    if (ui->draft_timer == 0 && ui->draft_serial != editor_serial(ui->editor))
        ui->draft_timer = clock_timer_add(core_clock(ui->core), DRAFT_US, on_draft, ui);
}

/* --- showing
 * -----------------------------------------------------------------------------------------------
 */

/* The line and what stands beside the messages become those of the window that one is in. */
void
ui_show_input(struct ui *ui)
{
    const struct ui_window *window = ui->window;
    g_autofree char *draft = window->root ? core_thread_draft(ui->core, window->shown, window->root)
                                          : core_draft(ui->core, window->shown);

    list_set_shown(ui->list.rows, ui->window->shown);
    ui->list.looked_away = false;
    ui_members_forget(ui);
    ui_reading_forget(ui);
    const char *changed = ui_change_text(ui);
    editor_set(ui->editor, changed ? changed : draft ? draft : "", SIZE_MAX);
    ui->draft_serial = ui->draft_from = editor_serial(ui->editor);
    ui_reply_load(ui);
    ui_tell(ui, NULL, false);
    ui_changed(ui);
}

/* What is shown goes; where a peek began it is kept as it is. */
static void
leave_buffer(struct ui *ui)
{
    ui_thread_close(ui, ui->window);
    ui_draft_save(ui);
    if (ui->has_keys == KEYMAP_MESSAGE)
        ui_focus_set(ui, KEYMAP_MAIN);
    if (ui->peek.from != 0 && ui->peek.from == ui->window->shown)
        ui->peek.timeline = g_steal_pointer(&ui->window->timeline);
    timeline_free(g_steal_pointer(&ui->window->timeline));
}

void
ui_show_again(struct ui *ui, int64_t buffer_id, struct timeline *timeline)
{
    ui_thread_leave(ui);
    leave_buffer(ui);
    ui_window_take(ui->window, buffer_id, timeline);
    ui_show_input(ui);
    timeline_reload(timeline);
}

void
ui_show(struct ui *ui, int64_t buffer_id)
{
    const struct buffer *buffer = core_buffer(ui->core, buffer_id);

    ui_thread_leave(ui);
    if (!buffer || buffer_id == ui->window->shown)
        return;
    if (buffer_id == ui->peek.from) {
        ui_peek_end(ui);
        return;
    }
    leave_buffer(ui);
    if (ui->peek.from != 0) {
        ui_peek_saw(ui, buffer_id);
    } else {
        if (ui_buffer(ui))
            ui->window->before = ui->window->shown;
        ui_go_visited(ui, buffer_id);
        ui_read_entered(ui, buffer);
    }
    ui_window_load(ui->window, buffer);
    ui_show_input(ui);
}

/* The message comes into the upper half of what is in sight. */
void
ui_scroll_to(struct ui *ui, struct position at)
{
    struct line_shape shape = ui_window_shape(ui->window);

    timeline_scroll_to(ui->window->timeline, &shape, MAX(1, ui->layout.timeline.rows), at);
    ui_changed(ui);
}

void
ui_show_message(struct ui *ui, const struct message *message)
{
    if (!core_buffer(ui->core, message->buffer_id)) {
        ui_tell(ui, "The conversation in which this was said is not configured any more.", true);
        return;
    }
    ui_show(ui, message->buffer_id);
    if ((message->flags & MESSAGE_ASIDE) != 0 && core_threads_apart(ui->core))
        ui_thread_show(ui, message->buffer_id, message->thread);
    ui->window->marked = message_position(message);
    ui_scroll_to(ui, ui->window->marked);
}

void
ui_show_other(struct ui *ui)
{
    const struct buffer *next = core_buffer(ui->core, ui->window->before);

    if (ui_peek_elsewhere(ui)) {
        ui_peek_end(ui);
        return;
    }
    ui_show(ui, next && !next->closed ? next->id : core_own_buffer(ui->core)->id);
    ui->window->before = 0;
}

/* --- reading
 * -----------------------------------------------------------------------------------------------
 */

/* There is somebody before the screen: the terminal says so, or a key was pressed not long ago. */
bool
ui_present(const struct ui *ui)
{
    if (ui->outside || (ui->focus_known && !ui->focused))
        return false;
    if (ui->focus_known)
        return true;
    return ui->key_us != 0 && ui_now_us(ui) - ui->key_us < PRESENCE_US;
}
