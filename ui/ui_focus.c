/* Who has the keys: the line that is written, or the messages. */
#include "ui/ui_priv.h"

static const enum keymap_context round_trip[] = {KEYMAP_MAIN, KEYMAP_MESSAGE};

static bool
enter(struct ui *ui, enum keymap_context context)
{
    return context == KEYMAP_MESSAGE ? ui_cursor_start(ui) : true;
}

static void
leave(struct ui *ui)
{
    if (ui->has_keys == KEYMAP_MESSAGE)
        timeline_cursor_stop(ui->timeline, false);
}

void
ui_focus_set(struct ui *ui, enum keymap_context context)
{
    if (context == ui->has_keys || !ui->timeline)
        return;
    leave(ui);
    ui->has_keys = enter(ui, context) ? context : KEYMAP_MAIN;
    ui_changed(ui);
}

void
ui_focus_next(struct ui *ui, int by)
{
    const int n = G_N_ELEMENTS(round_trip);
    int at = 0;

    while (at + 1 < n && round_trip[at] != ui->has_keys)
        at++;
    ui_focus_set(ui, round_trip[(at + by + n) % n]);
}
