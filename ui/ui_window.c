/* One view of a buffer: its pages, its place, and what of it is read. */
#include "core/threads.h"
#include "ui/ui_priv.h"

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

/* --- life
 * ------------------------------------------------------------------------------------------------
 */

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
    g_free(window->root);
    g_free(window);
}

void
ui_window_take(struct ui_window *window, int64_t buffer_id, struct timeline *timeline_take)
{
    timeline_free(window->timeline);
    window->shown = buffer_id;
    window->timeline = timeline_take;
    window->marked = window->newest_seen = (struct position){0};
    window->gap_seen = 0;
    ui_reading_apply(window->ui);
}

void
ui_window_load(struct ui_window *window, const struct buffer *buffer)
{
    const struct timeline_source source = {window,     page_newest, page_before,
                                           page_after, page_around, find_remote};

    ui_window_take(window, buffer->id, timeline_new(&source, window->ui->zone));
    timeline_set_new_line(window->timeline, buffer->unread > 0, buffer->read);
    timeline_load(window->timeline);
}

/* --- its place
 * ------------------------------------------------------------------------------------------- */

struct line_shape
ui_window_shape(const struct ui_window *window)
{
    const struct ui *ui = window->ui;
    struct line_shape shape;

    line_shape_for(&shape, MAX(1, ui_window_view(window).cols), ui->max_text_cols, ui_rules(ui));
    shape.max_rows = ui->max_rows;
    return shape;
}

void
ui_window_scroll(struct ui_window *window, int by)
{
    struct line_shape shape = ui_window_shape(window);
    struct timeline_place place;
    const int rows = ui_window_view(window).rows;

    timeline_scroll(window->timeline, &shape, rows, by);
    timeline_place(window->timeline, &shape, rows, &place);
    if (by > 0)
        ui_window_fetch(window, place.n == 0 || (place.first == 0 && place.skip == 0));
}

void
ui_window_fetch(struct ui_window *window, bool top_in_sight)
{
    struct ui *ui = window->ui;
    const struct buffer *buffer = core_buffer(ui->core, window->shown);
    g_autoptr(GError) error = NULL;
    bool asked;

    if (!buffer || window->root || core_history_under_way(ui->core, window->shown))
        return;
    if (window->gap_seen != 0)
        asked = core_fetch_history(ui->core, window->shown, window->gap_seen, &error);
    else if (top_in_sight && timeline_reaches_start(window->timeline) &&
             !core_history_at_start(ui->core, window->shown) && buffer->caps & CAP_HISTORY)
        asked = core_fetch_history(ui->core, window->shown, 0, &error);
    else
        return;
    if (!asked)
        ui_tell(ui, error->message, true);
}

/* --- what is read
 * ---------------------------------------------------------------------------------------- */

bool
ui_window_is_read(const struct ui_window *window)
{
    const struct ui *ui = window->ui;

    if (ui->over != UI_OVER_NONE || !ui_present(ui) || !timeline_follows(window->timeline))
        return false;
    return ui_window_in_sight(window) && window->keep_unread != window->shown &&
           !(window == ui->window && ui_peek_elsewhere(ui));
}

/* What comes while nobody looks gets a "new" line, which then stays until one leaves the buffer. */
static void
add_message(struct ui_window *window, struct message *message)
{
    const struct buffer *buffer = core_buffer(window->ui->core, window->shown);

    if (!ui_window_is_read(window) && buffer && !(message->flags & MESSAGE_OWN) &&
        !timeline_has_new_line(window->timeline))
        timeline_set_new_line(window->timeline, true, buffer->read);
    timeline_add(window->timeline, message);
}

/* What stands in a thread alone is not shown here. */
static bool
is_elsewhere(const struct ui_window *window, const struct message *message)
{
    return (message->flags & MESSAGE_ASIDE) != 0 && core_threads_apart(window->ui->core);
}

void
ui_window_notice(struct ui_window *window, const struct notice *notice)
{
    if (window->root)
        ui_thread_notice(window, notice);
    else if (notice->message && is_elsewhere(window, notice->message))
        return;
    else if (notice->type == NOTICE_MESSAGE)
        add_message(window, notice->message);
    else if (notice->type == NOTICE_MESSAGE_CHANGED)
        timeline_change(window->timeline, notice->message);
    else
        timeline_reload(window->timeline);
}

void
ui_window_mark_seen(struct ui_window *window)
{
    if (window->root) {
        ui_thread_mark_seen(window);
        return;
    }
    struct core *core = window->ui->core;
    const struct buffer *buffer = core_buffer(core, window->shown);

    if (buffer && ui_window_is_read(window) &&
        position_compare(window->newest_seen, buffer->read) > 0)
        core_mark_read(core, window->shown, window->newest_seen, false);
}
