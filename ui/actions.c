/* What the named actions do where nothing lies over the timeline. */
#include "ui/ui_priv.h"

#include <string.h>

#define SOME_ROWS 3

/* --- scrolling
 * --------------------------------------------------------------------------------------------- */

static void
scroll_to(struct ui *ui, enum action action)
{
    struct line_shape shape = ui_window_shape(ui->window);
    int rows = ui->layout.timeline.rows;

    if (action == ACTION_SCROLL_TOP) {
        timeline_scroll_top(ui->window->timeline, &shape, rows);
        ui_window_fetch(ui->window, true);
    } else if (action == ACTION_SCROLL_BOTTOM) {
        timeline_scroll_bottom(ui->window->timeline);
    } else if (!timeline_scroll_new(ui->window->timeline, &shape, rows)) {
        ui_tell(ui, "Nothing is unread here.", false);
    }
}

/* --- the table
 * --------------------------------------------------------------------------------------------- */

static void
cancel(struct ui *ui)
{
    if (editor_deselect(ui->editor) || ui_reading_cancel(ui))
        return;
    if (ui_change_is_on(ui) && ui->has_keys == KEYMAP_MAIN) {
        ui_change_cancel(ui);
        return;
    }
    if (ui->reply && ui->has_keys == KEYMAP_MAIN) {
        ui_reply_set(ui, NULL);
        return;
    }
    ui->window->marked = (struct position){0};
    if (!timeline_follows(ui->window->timeline))
        timeline_scroll_bottom(ui->window->timeline);
    else if (ui->peek.from != 0)
        ui_peek_end(ui);
}

static bool
go_action(struct ui *ui, enum action action, int number)
{
    switch (action) {
    case ACTION_NEXT_BUFFER:
    case ACTION_PREV_BUFFER:
        ui_go_by(ui, action == ACTION_NEXT_BUFFER ? 1 : -1, false);
        return true;
    case ACTION_NEXT_UNREAD:
    case ACTION_PREV_UNREAD:
        ui_go_by(ui, action == ACTION_NEXT_UNREAD ? 1 : -1, true);
        return true;
    case ACTION_NEXT_ACTIVITY:
        ui_go_next_activity(ui);
        return true;
    case ACTION_PREV_ACTIVITY:
        ui_go_previous_activity(ui);
        return true;
    case ACTION_LAST_BUFFER:
        ui_go_last(ui);
        return true;
    case ACTION_VISITED_BACK:
    case ACTION_VISITED_FORWARD:
        ui_go_visit(ui, action == ACTION_VISITED_BACK ? -1 : 1);
        return true;
    case ACTION_PEEK:
        ui_peek_toggle(ui);
        return true;
    case ACTION_BUFFER_FIRST:
    case ACTION_BUFFER_LAST:
        ui_go_end(ui, action == ACTION_BUFFER_LAST);
        return true;
    case ACTION_BUFFER_JUMP:
        ui_go_number(ui, number);
        return true;
    default:
        if (action < ACTION_BUFFER_1 || action > ACTION_BUFFER_10)
            return false;
        ui_go_number(ui, (int)(action - ACTION_BUFFER_1) + 1);
        return true;
    }
}

static bool
read_action(struct ui *ui, enum action action)
{
    switch (action) {
    case ACTION_SCROLL_UP:
    case ACTION_SCROLL_DOWN:
        ui_window_scroll(ui->window, (action == ACTION_SCROLL_UP ? 1 : -1) *
                                         MAX(1, ui->layout.timeline.rows - 2));
        return true;
    case ACTION_SCROLL_UP_SOME:
    case ACTION_SCROLL_DOWN_SOME:
        ui_window_scroll(ui->window, action == ACTION_SCROLL_UP_SOME ? SOME_ROWS : -SOME_ROWS);
        return true;
    case ACTION_SCROLL_TOP:
    case ACTION_SCROLL_BOTTOM:
    case ACTION_FIRST_UNREAD:
        scroll_to(ui, action);
        return true;
    case ACTION_NEXT_MENTION:
    case ACTION_PREV_MENTION:
        ui_mention_go(ui, action == ACTION_PREV_MENTION);
        return true;
    case ACTION_MARK_READ:
        ui_read_mark(ui, &ui->window->shown, 1);
        return true;
    case ACTION_MARK_ALL_READ:
        ui_read_mark_all(ui);
        return true;
    case ACTION_RESTORE_READ:
        ui_read_restore(ui);
        return true;
    default:
        return false;
    }
}

/* What opens something over the timeline, and what the screen as a whole does. */
static bool
screen_action(struct ui *ui, enum action action)
{
    switch (action) {
    case ACTION_SWITCHER:
        ui_over_open(ui, UI_OVER_SWITCHER);
        return true;
    case ACTION_SEARCH:
        ui_over_open(ui, UI_OVER_SEARCH);
        return true;
    case ACTION_INBOX:
        ui_over_open(ui, UI_OVER_INBOX);
        return true;
    case ACTION_RECALL:
        ui_over_open(ui, UI_OVER_RECALL);
        return true;
    case ACTION_FIND:
        ui_over_open(ui, UI_OVER_FIND);
        return true;
    case ACTION_LINKS:
        ui_over_links(ui, NULL);
        return true;
    case ACTION_BARE:
        ui_over_open(ui, UI_OVER_BARE);
        return true;
    case ACTION_FOCUS_NEXT:
    case ACTION_FOCUS_PREV:
        ui_focus_next(ui, action == ACTION_FOCUS_NEXT ? 1 : -1);
        return true;
    case ACTION_TOGGLE_SIDEBAR:
        ui->sidebar = !ui->sidebar;
        return true;
    case ACTION_TOGGLE_UNREAD:
        ui_list_toggle_unread(ui);
        return true;
    case ACTION_TOGGLE_MOUSE:
        ui_mouse_toggle(ui);
        return true;
    case ACTION_REDRAW:
        ui_term_redraw(ui);
        return true;
    case ACTION_SUSPEND:
        ui_term_suspend(ui);
        return true;
    case ACTION_CANCEL:
        cancel(ui);
        return true;
    default:
        return false;
    }
}

static void
write_action(struct ui *ui, enum action action)
{
    switch (action) {
    case ACTION_SUBMIT:
        ui_submit(ui);
        break;
    case ACTION_EMOJI:
        ui_over_open(ui, UI_OVER_REACT);
        break;
    case ACTION_ATTACH:
        ui_files_attach(ui);
        break;
    case ACTION_REVISE:
        ui_revise(ui);
        break;
    case ACTION_OUTSIDE:
        ui_outside_open(ui);
        break;
    case ACTION_COMPLETE:
    case ACTION_COMPLETE_BACK:
        ui_complete(ui, action == ACTION_COMPLETE ? 1 : -1);
        break;
    default:
        ui_edit(ui, action);
        break;
    }
}

void
ui_action(struct ui *ui, enum action action, int number)
{
    if (!go_action(ui, action, number) && !ui_window_action(ui, action) &&
        !ui_thread_action(ui, action) && !ui_relay_action(ui, action) && !read_action(ui, action) &&
        !ui_reading_action(ui, action) && !screen_action(ui, action))
        write_action(ui, action);
}
