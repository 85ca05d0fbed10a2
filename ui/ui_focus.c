/* Who has the keys: the line that is written, the messages, or the list. */
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
    ui->has_keys = enter(ui, context) ? context : KEYMAP_MAIN;
    ui_changed(ui);
}

/* What cannot be entered (no message, no list in sight) is passed over. */
void
ui_focus_next(struct ui *ui, int by)
{
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
