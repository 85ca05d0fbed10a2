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

/* Appends "F3: inbox" as a whole, if `room` columns are enough for all. */
static void
add_hint(const struct ui *ui, GString *out, enum action action, const char *brief, int room)
{
    g_autofree char *keys = keymap_first_key(ui->keymap, action);
    g_autofree char *hint = g_strdup_printf("%s%s: %s", out->len ? "  " : "", keys, brief);
    const int taken = width_text(out->str, out->len, ui_rules(ui));

    if (*keys && ui->used[action] < USED_ENOUGH &&
        taken + width_text(hint, strlen(hint), ui_rules(ui)) <= room)
        g_string_append(out, hint);
}

/* The way to all keys comes last, and has its room before any other. */
static char *
fill(const struct ui *ui, int cols)
{
    const size_t last = G_N_ELEMENTS(six) - 1;
    g_autoptr(GString) help = g_string_new(NULL);
    g_autoptr(GString) out = g_string_new(NULL);

    add_hint(ui, help, six[last].action, six[last].brief, cols);
    const int spare = help->len ? cols - (int)help->len - 2 : cols;
    /* A thread may have all of the width, and the channel be out of sight. */
    if (ui->window->root) {
        add_hint(ui, out, ACTION_THREAD, "close the thread", spare);
        add_hint(ui, out, ACTION_THREAD_FOCUS, "to the channel", spare);
    }
    for (size_t i = 0; i < last; i++)
        if (!ui->window->root || six[i].action != ACTION_THREAD)
            add_hint(ui, out, six[i].action, six[i].brief, spare);
    if (help->len)
        g_string_append_printf(out, "%s%s", out->len ? "  " : "", help->str);
    return out->len ? g_strdup(out->str) : NULL;
}

char *
ui_hints_text(const struct ui *ui, int cols)
{
    const struct buffer *shown = ui_buffer(ui);

    /* In weft's own buffer the welcome says it all. */
    if (!ui->hints || !config_bool(ui->config, "look", "hints") || !shown ||
        shown->kind == BUFFER_CORE || ui->over != UI_OVER_NONE)
        return NULL;
    g_auto(GStrv) typists = core_who_types(ui->core, shown->id);
    if (*typists)
        return NULL; /* they have that line */
    return fill(ui, cols);
}
