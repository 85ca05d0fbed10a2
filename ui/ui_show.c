/* Which buffer is shown, what of it is read, and what is being typed in it. */
#include "ui/ui_priv.h"

#include <string.h>

#define DRAFT_US    G_USEC_PER_SEC
#define PRESENCE_US (3 * 60 * G_USEC_PER_SEC)

const struct buffer *
ui_buffer(const struct ui *ui)
{
    return ui->window->shown ? core_buffer(ui->core, ui->window->shown) : NULL;
}

/* --- pages, by core
 * ---------------------------------------------------------------------------------------- */

static void
page_newest(void *user, unsigned limit, struct page *ret_page)
{
    struct ui_window *window = user;
    core_page_newest(window->ui->core, window->shown, limit, ret_page);
}

static void
page_before(void *user, struct position before, unsigned limit, struct page *ret_page)
{
    struct ui_window *window = user;
    core_page_before(window->ui->core, window->shown, before, limit, ret_page);
}

static void
page_after(void *user, struct position after, unsigned limit, struct page *ret_page)
{
    struct ui_window *window = user;
    core_page_after(window->ui->core, window->shown, after, limit, ret_page);
}

static void
page_around(void *user, struct position at, unsigned limit, struct page *ret_page)
{
    struct ui_window *window = user;
    core_page_around(window->ui->core, window->shown, at, limit, ret_page);
}

static struct message *
find_remote(void *user, const char *remote_id)
{
    struct ui_window *window = user;
    return core_find_message(window->ui->core, window->shown, remote_id);
}

/* --- windows
 * ---------------------------------------------------------------------------------------------- */

struct ui_window *
ui_window_new(struct ui *ui)
{
    struct ui_window *window = g_new0(struct ui_window, 1);

    window->ui = ui;
    window->visited = g_array_new(FALSE, FALSE, sizeof(int64_t));
    return window;
}

void
ui_window_free(struct ui_window *window)
{
    timeline_free(window->timeline);
    g_array_unref(window->visited);
    g_free(window);
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
ui_draft_save(struct ui *ui)
{
    clock_timer_del(core_clock(ui->core), ui->draft_timer);
    ui->draft_timer = 0;
    if (!ui->window->shown || ui->draft_serial == editor_serial(ui->editor))
        return;
    ui->draft_serial = editor_serial(ui->editor);
    core_set_draft(ui->core, ui->window->shown, editor_text(ui->editor));
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

    core_typing(ui->core, ui->window->shown, *text && !command);
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

/* What is shown goes; where a peek began it is kept as it is. */
static void
leave_buffer(struct ui *ui)
{
    ui_draft_save(ui);
    if (ui->has_keys == KEYMAP_MESSAGE)
        ui_focus_set(ui, KEYMAP_MAIN);
    if (ui->peek.from != 0 && ui->peek.from == ui->window->shown)
        ui->peek.timeline = g_steal_pointer(&ui->window->timeline);
    timeline_free(g_steal_pointer(&ui->window->timeline));
}

static void
take_buffer(struct ui *ui, int64_t buffer_id, struct timeline *timeline)
{
    g_autofree char *draft = core_draft(ui->core, buffer_id);

    ui->window->shown = buffer_id;
    ui->window->timeline = timeline;
    list_set_shown(ui->list.rows, buffer_id);
    ui->list.looked_away = false;
    ui->window->marked = (struct position){0};
    ui->window->newest_seen = (struct position){0};
    ui->window->gap_seen = 0;
    ui_members_forget(ui);
    ui_reading_forget(ui);
    ui_reading_apply(ui);
    editor_set(ui->editor, draft ? draft : "", SIZE_MAX);
    ui->draft_serial = editor_serial(ui->editor);
    ui_reply_load(ui);
    ui_tell(ui, NULL, false);
    ui_changed(ui);
}

void
ui_show_again(struct ui *ui, int64_t buffer_id, struct timeline *timeline)
{
    leave_buffer(ui);
    take_buffer(ui, buffer_id, timeline);
    timeline_reload(timeline);
}

void
ui_show(struct ui *ui, int64_t buffer_id)
{
    const struct timeline_source source = {ui->window, page_newest, page_before,
                                           page_after, page_around, find_remote};
    const struct buffer *buffer = core_buffer(ui->core, buffer_id);

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
    take_buffer(ui, buffer_id, timeline_new(&source, ui->zone));
    timeline_set_new_line(ui->window->timeline, buffer->unread > 0, buffer->read);
    timeline_load(ui->window->timeline);
}

/* The message comes into the upper half of what is in sight. */
void
ui_scroll_to(struct ui *ui, struct position at)
{
    struct line_shape shape = ui_shape(ui);

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

struct line_shape
ui_shape(const struct ui *ui)
{
    struct line_shape shape;

    line_shape_for(&shape, MAX(1, ui->layout.timeline.cols), ui->max_text_cols, ui_rules(ui));
    shape.max_rows = ui->max_rows;
    return shape;
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

/* What comes while nobody looks gets a "new" line, which then stays until one leaves the buffer. */
void
ui_message_came(struct ui *ui, struct message *message)
{
    const struct buffer *buffer = ui_buffer(ui);

    /* Who says something here is not only looking. */
    if (message->flags & MESSAGE_OWN)
        ui_peek_stay(ui);
    if (!ui_read_goes_on(ui) && buffer && !(message->flags & MESSAGE_OWN) &&
        !timeline_has_new_line(ui->window->timeline))
        timeline_set_new_line(ui->window->timeline, true, buffer->read);
    timeline_add(ui->window->timeline, message);
}

void
ui_mark_seen(struct ui *ui)
{
    const struct buffer *buffer = ui_buffer(ui);

    if (!buffer || !ui_read_goes_on(ui))
        return;
    if (position_compare(ui->window->newest_seen, buffer->read) > 0)
        core_mark_read(ui->core, ui->window->shown, ui->window->newest_seen, false);
}

void
ui_show_fetch(struct ui *ui, bool top_in_sight)
{
    g_autoptr(GError) error = NULL;
    bool asked;

    if (core_history_under_way(ui->core, ui->window->shown))
        return;
    if (ui->window->gap_seen != 0)
        asked = core_fetch_history(ui->core, ui->window->shown, ui->window->gap_seen, &error);
    else if (top_in_sight && timeline_reaches_start(ui->window->timeline) &&
             !core_history_at_start(ui->core, ui->window->shown) &&
             ui_buffer(ui)->caps & CAP_HISTORY)
        asked = core_fetch_history(ui->core, ui->window->shown, 0, &error);
    else
        return;
    if (!asked)
        ui_tell(ui, error->message, true);
}
