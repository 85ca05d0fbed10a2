/* The mouse: what lies under the pointer, and what the wheel or a click does there. */
#include "ui/ui_pressed.h"

#define WHEEL_ROWS 3

/* --- whose it is
 * ------------------------------------------------------------------------------------------- */

bool
ui_mouse_apply(struct ui *ui)
{
    return ui_term_set_mouse(ui, ui->mouse && ui->over != UI_OVER_BARE);
}

void
ui_mouse_toggle(struct ui *ui)
{
    g_autofree char *key = keymap_first_key(ui->keymap, ACTION_TOGGLE_MOUSE);
    g_autofree char *text = NULL;

    ui->mouse = !ui->mouse;
    if (!ui_mouse_apply(ui)) {
        ui->mouse = false;
        ui_tell(ui, "weft understands no mouse of this terminal.", true);
        return;
    }
    text = g_strdup_printf("weft has the mouse; with Shift held the terminal selects. %s gives it "
                           "back.",
                           *key ? key : action_name(ACTION_TOGGLE_MOUSE));
    ui_tell(ui, ui->mouse ? text : "The terminal has its mouse again.", false);
}

/* --- places
 * ------------------------------------------------------------------------------------------------
 */

static bool
is_in(struct rect rect, const struct mouse *mouse)
{
    return mouse->row >= rect.row && mouse->row < rect.row + rect.rows && mouse->col >= rect.col &&
           mouse->col < rect.col + rect.cols;
}

/* Which of the choices that were drawn; false: none is there. */
static bool
find_choice(const struct ui *ui, const struct mouse *mouse, size_t *ret_choice)
{
    const struct drawn_list *drawn = &ui->drawn;
    size_t i;

    if (!is_in(drawn->rect, mouse))
        return false;
    i = (size_t)((mouse->row - drawn->rect.row) / MAX(1, drawn->each));
    *ret_choice = drawn->first + i;
    return i < drawn->n;
}

/* What lies over the messages and has the keys; a find leaves them in sight. */
static bool
is_covered(const struct ui *ui)
{
    return ui->help || (ui->over != UI_OVER_NONE && ui->over != UI_OVER_FIND);
}

/* --- the wheel
 * --------------------------------------------------------------------------------------------- */

static void
press(struct ui *ui, enum action action, int times)
{
    for (int i = 0; i < times; i++) {
        if (ui->help)
            ui_help_key(ui, action, (struct key){0});
        else if (ui->over != UI_OVER_NONE)
            ui_over_key(ui, action, (struct key){0});
    }
}

/* A list of choices goes by one, a text by some rows. */
static void
wheel_over(struct ui *ui, bool up)
{
    const bool text = ui->help || ui->over == UI_OVER_FACTS;

    if (!ui->help && (ui->over == UI_OVER_FIRST_RUN || ui->over == UI_OVER_FLOOD))
        return;
    press(ui, up ? ACTION_UP : ACTION_DOWN, text ? WHEEL_ROWS : 1);
}

static void
wheel_list(struct ui *ui, bool up)
{
    ui->list.looked_away = true;
    ui->list.top = up ? ui->list.top - MIN(ui->list.top, WHEEL_ROWS) : ui->list.top + WHEEL_ROWS;
}

static void
wheel_members(struct ui *ui, bool up)
{
    ui->members_top =
        up ? ui->members_top - MIN(ui->members_top, WHEEL_ROWS) : ui->members_top + WHEEL_ROWS;
}

static void
wheel(struct ui *ui, const struct mouse *mouse)
{
    const bool up = mouse->kind == MOUSE_WHEEL_UP;
    struct ui_window *there = ui_window_at(ui, mouse->row, mouse->col);
    struct ui_window *window = there ? there : ui->window;

    if (ui->help)
        wheel_over(ui, up);
    else if (is_in(ui->layout.sidebar, mouse) && ui->over != UI_OVER_FIRST_RUN)
        wheel_list(ui, up);
    else if (is_in(ui->layout.members, mouse) && ui->over != UI_OVER_FIRST_RUN)
        wheel_members(ui, up);
    else if (is_covered(ui))
        wheel_over(ui, up);
    else if (is_in(ui->drawn.rect, mouse))
        ui_complete(ui, up ? -1 : 1);
    else if (window->timeline)
        ui_window_scroll(window, up ? WHEEL_ROWS : -WHEEL_ROWS);
}

/* --- clicks
 * ------------------------------------------------------------------------------------------------
 */

static void
choose(struct ui *ui, size_t choice)
{
    if (ui->over == UI_OVER_NONE || ui->over == UI_OVER_FIND) {
        ui_complete_choose(ui, choice);
        return;
    }
    /* A link is seen in whole before it is opened. */
    if (ui->over == UI_OVER_LINKS && !ui_links_select(ui->over_links, choice))
        return;
    if (ui->over == UI_OVER_BROWSE && !ui_browse_select(ui->browse, choice))
        return;
    if (ui->threads) {
        ui_threads_choose(ui->threads, choice);
        return;
    }
    if (ui->relay) {
        ui_relay_choose(ui->relay, choice);
        return;
    }
    if (ui->over == UI_OVER_INBOX) {
        ui_inbox_choose(ui->inbox, choice);
        return;
    }
    if (ui->over == UI_OVER_SWITCHER)
        switcher_select(ui->switcher, choice);
    else if (ui->over == UI_OVER_SEARCH)
        ui_search_select(ui->search, choice);
    else if (ui->over == UI_OVER_THEMES)
        ui_themes_select(ui->themes, choice);
    else if (ui->over == UI_OVER_REACT)
        ui_react_select(ui->react, choice);
    else if (ui->over == UI_OVER_RECALL)
        ui_recall_select(ui->recall, choice);
    else if (ui->over == UI_OVER_BUTTONS)
        ui_buttons_select(ui->buttons, choice);
    else if (ui->over != UI_OVER_LINKS && ui->over != UI_OVER_BROWSE)
        return;
    ui_over_key(ui, ACTION_SUBMIT, (struct key){0});
}

/* The cursor goes to the message; what is folded opens; what is missing is asked for. */
static void
click_messages(struct ui *ui, int row)
{
    struct line_shape shape = ui_window_shape(ui->window);
    const struct item *item =
        timeline_at_row(ui->window->timeline, &shape, MAX(1, ui->layout.timeline.rows), row);
    const struct position at = item ? item->pos : (struct position){0};

    if (!item)
        return;
    if (item->kind == ITEM_MESSAGE) {
        ui_focus_set(ui, KEYMAP_MESSAGE);
        timeline_cursor_put(ui->window->timeline, at);
    } else if (item->kind == ITEM_FOLD) {
        timeline_expand(ui->window->timeline, &shape, MAX(1, ui->layout.timeline.rows), at);
    } else if (item->kind == ITEM_TOP || item->kind == ITEM_GAP) {
        ui_window_fetch(ui->window, item->kind == ITEM_TOP);
    }
}

static void
click_list(struct ui *ui, const struct mouse *mouse)
{
    const int row = mouse->row - ui->layout.sidebar.row - ui->list.first_row;

    if (row < 0) {
        ui_over_open(ui, UI_OVER_INBOX);
        return;
    }
    const int edge = ui_list_edge_at(ui, row);
    if (edge != 0) {
        wheel_list(ui, edge < 0);
        return;
    }
    /* The mark of a space stands one column further in. */
    if (row < ui->list.rows_in_sight)
        ui_list_click(ui, ui->list.top + (size_t)row, mouse->col <= ui->layout.sidebar.col + 1);
}

static void
click_hotlist(struct ui *ui, int col)
{
    const int64_t id = ui_hotlist_at(ui, col);

    if (id != 0)
        ui_go(ui, id);
}

static void
click_input(struct ui *ui, const struct mouse *mouse)
{
    struct editor *editor = g_queue_is_empty(&ui->questions) ? ui->editor : ui->answer;

    ui_focus_set(ui, KEYMAP_MAIN);
    editor_point(editor, ui->text.cols, mouse->row - ui->text.row, mouse->col - ui->text.col);
}

static void
click_pane(struct ui *ui, const struct mouse *mouse)
{
    struct ui_window *window = ui_window_at(ui, mouse->row, mouse->col);

    ui_complete_end(ui);
    if (window)
        ui_window_focus(ui, window);
    if (is_in(ui->layout.timeline, mouse) && ui->window->timeline)
        click_messages(ui, mouse->row - ui->layout.timeline.row);
    else if (is_in(ui->layout.sidebar, mouse))
        click_list(ui, mouse);
    else if (is_in(ui->layout.hotlist, mouse))
        click_hotlist(ui, mouse->col);
    else if (is_in(ui->text, mouse))
        click_input(ui, mouse);
}

/* Beside what is open only the list of buffers is clicked; that closes it. */
static void
click(struct ui *ui, const struct mouse *mouse)
{
    size_t choice;

    if (!g_queue_is_empty(&ui->questions)) {
        if (is_in(ui->text, mouse))
            click_input(ui, mouse);
    } else if (ui->help || ui->over == UI_OVER_FIRST_RUN || ui->over == UI_OVER_FLOOD) {
        return;
    } else if (find_choice(ui, mouse, &choice)) {
        choose(ui, choice);
    } else if (ui->over == UI_OVER_FIND) {
        ui_over_key(ui, ACTION_SUBMIT, (struct key){0});
        click_pane(ui, mouse);
    } else if (ui->over == UI_OVER_NONE) {
        click_pane(ui, mouse);
    } else if (is_in(ui->layout.sidebar, mouse)) {
        ui_over_close(ui);
        click_pane(ui, mouse);
    }
}

void
ui_mouse(struct ui *ui, const struct mouse *mouse)
{
    const bool pressed = mouse->kind == MOUSE_PRESS && mouse->button == 1;

    /* Reports that were under way, or that another program left on. */
    if (!ui->mouse || ui->over == UI_OVER_BARE || mouse->kind == MOUSE_RELEASE)
        return;
    ui->key_us = MAX(1, ui_now_us(ui));
    ui->dirty = true;
    if (!pressed) {
        if (mouse->kind != MOUSE_PRESS)
            wheel(ui, mouse);
        return;
    }
    ui_tell(ui, NULL, false);
    keymap_reset(ui->keymap);
    ui_next_keys(ui, false);
    click(ui, mouse);
}
