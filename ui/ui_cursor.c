/* The message cursor: single letters act on the message that it is on. */
#include "ui/ui_priv.h"

static int
rows_of(const struct ui *ui)
{
    return MAX(1, ui->layout.timeline.rows);
}

bool
ui_cursor_start(struct ui *ui)
{
    struct line_shape shape = ui_window_shape(ui->window);

    if (timeline_cursor_start(ui->window->timeline, &shape, rows_of(ui)))
        return true;
    ui_tell(ui, "There is no message here to choose.", false);
    return false;
}

/* Several that were chosen are let go first. */
static void
leave(struct ui *ui)
{
    if (ui->picked.id != 0) {
        ui->picked = (struct position){0};
        return;
    }
    timeline_cursor_stop(ui->window->timeline, true);
    ui_focus_set(ui, KEYMAP_MAIN);
}

/* Past the oldest: what stands above comes into sight, and the network is asked. */
static void
move(struct ui *ui, int by)
{
    struct line_shape shape = ui_window_shape(ui->window);

    if (timeline_cursor_move(ui->window->timeline, &shape, rows_of(ui), by) || by < 0)
        return;
    timeline_scroll_top(ui->window->timeline, &shape, rows_of(ui));
    ui_window_fetch(ui->window, true);
}

static void
page(struct ui *ui, int by)
{
    struct line_shape shape = ui_window_shape(ui->window);
    struct timeline_place place;

    timeline_cursor_page(ui->window->timeline, &shape, rows_of(ui), by);
    timeline_place(ui->window->timeline, &shape, rows_of(ui), &place);
    if (by > 0)
        ui_window_fetch(ui->window, place.n == 0 || (place.first == 0 && place.skip == 0));
}

static void
to_end(struct ui *ui, bool newest)
{
    struct line_shape shape = ui_window_shape(ui->window);

    timeline_cursor_to_end(ui->window->timeline, &shape, rows_of(ui), newest);
    if (!newest)
        ui_window_fetch(ui->window, true);
}

static bool
act(struct ui *ui, enum action action)
{
    struct message *message = timeline_cursor(ui->window->timeline);
    bool taken;

    if (!message) {
        ui_focus_set(ui, KEYMAP_MAIN); /* the last one has gone */
        return false;
    }
    message_ref(message);
    taken = ui_message_action(ui, action, message);
    message_unref(message);
    return taken;
}

bool
ui_cursor_action(struct ui *ui, enum action action)
{
    if (act(ui, action))
        return true;
    switch (action) {
    case ACTION_CANCEL:
        leave(ui);
        return true;
    case ACTION_MESSAGE_UP:
        move(ui, 1);
        return true;
    case ACTION_MESSAGE_DOWN:
        move(ui, -1);
        return true;
    case ACTION_MESSAGE_PAGE_UP:
        page(ui, 1);
        return true;
    case ACTION_MESSAGE_PAGE_DOWN:
        page(ui, -1);
        return true;
    case ACTION_MESSAGE_FIRST:
        to_end(ui, false);
        return true;
    case ACTION_MESSAGE_LAST:
        to_end(ui, true);
        return true;
    default:
        return false;
    }
}

/* --- the line of hints
 * ---------------------------------------------------------------------------------- */

char *
ui_cursor_hint(struct ui *ui)
{
    const struct message *message = timeline_cursor(ui->window->timeline);
    GString *out = g_string_new(NULL);

    if (message && ui->picked.id == 0) {
        ui_message_hint(ui, out, message);
        return g_string_free(out, FALSE);
    }
    ui_hint_add(ui, out, ACTION_MESSAGE_COPY, "copy from there to here");
    ui_hint_add(ui, out, ACTION_MESSAGE_COPY_ALL, "with times and names");
    ui_hint_add(ui, out, ACTION_CANCEL, "one alone");
    return g_string_free(out, FALSE);
}
