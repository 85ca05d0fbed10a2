/* Who has the keys: the line that is written, the messages, those of the thread beside, or the
 * list. */
#include "ui/ui_priv.h"

static const enum keymap_context round_trip[] = {KEYMAP_MAIN, KEYMAP_MESSAGE, KEYMAP_LIST};

static bool
enter(struct ui *ui, enum keymap_context context)
{
    if (context == KEYMAP_MESSAGE)
        return ui_cursor_start(ui);
    return context == KEYMAP_LIST ? ui_list_enter(ui) : true;
}

static void
leave(struct ui *ui)
{
    ui->picked = (struct position){0};
    if (ui->has_keys == KEYMAP_MESSAGE)
        timeline_cursor_stop(ui->window->timeline, false);
    else if (ui->has_keys == KEYMAP_LIST)
        ui_list_leave(ui);
}

void
ui_focus_set(struct ui *ui, enum keymap_context context)
{
    if (context == ui->has_keys || !ui->window->timeline)
        return;
    leave(ui);
    ui->from_channel = ui->from_channel && context != KEYMAP_MAIN;
    ui->has_keys = enter(ui, context) ? context : KEYMAP_MAIN;
    ui_changed(ui);
}

/* To the messages of another window. False: there is none to choose, and nothing has changed. */
static bool
enter_messages(struct ui *ui, struct ui_window *window)
{
    struct ui_window *before = ui->window;
    const enum keymap_context keys = ui->has_keys;

    ui_focus_set(ui, KEYMAP_MAIN);
    ui_window_focus(ui, window);
    ui_focus_set(ui, KEYMAP_MESSAGE);
    if (ui->has_keys == KEYMAP_MESSAGE)
        return true;
    ui_window_focus(ui, before);
    ui_focus_set(ui, keys);
    return false;
}

/* The thread beside lies between the channel's messages and the list; who came through it comes
 * back to the channel. */
static bool
through_thread(struct ui *ui, int by)
{
    struct ui_window *thread = ui->window->root ? NULL : ui_thread_of(ui, ui->window);
    const bool begins = ui->has_keys == (by > 0 ? KEYMAP_MESSAGE : KEYMAP_LIST);

    if (thread && ui_window_in_sight(thread) && begins)
        return ui->from_channel = enter_messages(ui, thread);
    if (!ui->from_channel || !ui->window->root)
        return false;
    struct ui_window *channel = ui->window->channel;
    if (by < 0 && ui->has_keys == KEYMAP_MESSAGE)
        return enter_messages(ui, channel);
    if (by < 0 || ui->has_keys != KEYMAP_LIST)
        return false;
    ui_focus_set(ui, KEYMAP_MAIN);
    ui_window_focus(ui, channel);
    return true;
}

/* What cannot be entered (no message, no list in sight) is passed over. */
void
ui_focus_next(struct ui *ui, int by)
{
    if (through_thread(ui, by))
        return;
    const int n = G_N_ELEMENTS(round_trip);
    const enum keymap_context before = ui->has_keys;
    int at = 0;

    while (at + 1 < n && round_trip[at] != ui->has_keys)
        at++;
    for (int i = 1; i <= n; i++) {
        const enum keymap_context next = round_trip[(at + by * i % n + n) % n];
        ui_focus_set(ui, next);
        if (ui->has_keys != next)
            continue;
        if (i > 1 && next != before)
            ui_tell(ui, NULL, false); /* why another one could not be entered */
        return;
    }
}

void
ui_hint_add(const struct ui *ui, GString *out, enum action action, const char *text)
{
    g_autofree char *key = keymap_first_key(ui->keymap, action);

    if (*key)
        g_string_append_printf(out, "%s%s %s", out->len ? "  " : "", key, text);
}
