/* What a newcomer is told: a welcome with six keys, and a line that proposes those not used yet. */
#include <string.h>

#include "ui/ui_priv.h"

#define USED_ENOUGH 3

static const struct {
    enum action action;
    const char *text; /* for the welcome */
    const char *brief;
} six[] = {
    {ACTION_NEXT_ACTIVITY, "goes where something happened, mentions first", "what is new"},
    {ACTION_SWITCHER, "goes to anything: type a part of its name", "go to anything"},
    {ACTION_COMPLETE,
     "chooses a message while the line is empty; else it completes what stands there",
     "choose a message"},
    {ACTION_THREAD, "opens the newest thread beside the channel, and closes it", "thread"},
    {ACTION_INBOX, "shows what waits for you, over all accounts", "inbox"},
    {ACTION_HELP, "shows all keys", "all keys"},
};

void
ui_hints_begin(struct ui *ui)
{
    int64_t own = core_own_buffer(ui->core)->id;
    struct page page = {0};

    core_page_newest(ui->core, own, 1, &page);
    ui->hints = !page.messages || page.messages->len == 0;
    page_clear(&page);
    if (!ui->hints)
        return;
    core_say(ui->core, own, "Welcome to weft. Here it tells what it does. Six keys to begin with:");
    for (size_t i = 0; i < G_N_ELEMENTS(six); i++) {
        g_autofree char *keys = keymap_first_key(ui->keymap, six[i].action);
        core_say(ui->core, own, "%s %s.", keys, six[i].text);
    }
    core_say(ui->core, own,
             "/join #channel enters a channel, /help lists the commands, /quit ends weft.");
}

char *
ui_hints_text(const struct ui *ui)
{
    const struct buffer *shown = ui_buffer(ui);
    g_autoptr(GString) out = NULL;

    /* In weft's own buffer the welcome says it all. */
    if (!ui->hints || !config_bool(ui->config, "look", "hints") || !shown ||
        shown->kind == BUFFER_CORE || ui->over != UI_OVER_NONE)
        return NULL;
    g_auto(GStrv) typists = core_who_types(ui->core, shown->id);
    if (*typists)
        return NULL; /* they have that line */
    out = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(six); i++) {
        g_autofree char *keys = keymap_first_key(ui->keymap, six[i].action);
        if (*keys && ui->used[six[i].action] < USED_ENOUGH)
            g_string_append_printf(out, "%s%s: %s", out->len ? "  " : "", keys, six[i].brief);
    }
    return out->len ? g_strdup(out->str) : NULL;
}
