/* The title of the terminal's window: what is shown, and what waits elsewhere. */
#include "ui/ui_priv.h"

#define CHANGE_US  G_USEC_PER_SEC
#define NAME_CHARS 60

/* "[@3 41] ": mentions and all that is unread, as the list counts it; muted buffers are left out.
 */
static void
append_counts(const struct ui *ui, GString *out)
{
    const struct activity_sum sum = activity_heard(ui->list.activity);

    if (sum.mentions > 0)
        g_string_append_printf(out, "[@%u %u] ", sum.mentions, sum.unread);
    else if (sum.unread > 0)
        g_string_append_printf(out, "[%u] ", sum.unread);
}

static void
append_cut(GString *out, const char *name)
{
    const glong len = g_utf8_strlen(name, -1);
    g_autofree char *cut = g_utf8_substring(name, 0, MIN(len, NAME_CHARS));

    g_string_append_printf(out, "%s%s", cut, len > NAME_CHARS ? "…" : "");
}

static GString *
make_title(const struct ui *ui)
{
    const struct buffer *buffer = ui_buffer(ui);
    const struct account *account = buffer ? core_account(ui->core, buffer->account_id) : NULL;
    GString *out = g_string_new(NULL);

    append_counts(ui, out);
    if (account) {
        append_cut(out, buffer->name);
        g_string_append(out, " (");
        append_cut(out, account->label ? account->label : account->name);
        g_string_append(out, ") - ");
    }
    return g_string_append(out, "weft");
}

static void
on_time(void *user)
{
    struct ui *ui = user;

    ui->title.timer = 0;
    ui_changed(ui);
}

/* At most once a second, so that what happens elsewhere costs few bytes; another buffer at once. */
void
ui_title_update(struct ui *ui)
{
    struct ui_title *title = &ui->title;

    if (!config_bool(ui->config, "look", "title")) {
        title->buffer = 0;
        term_set_title(ui->term, NULL);
        return;
    }
    const int64_t left_us = title->changed_us + CHANGE_US - ui_now_us(ui);
    if (title->buffer == ui->window->shown && title->changed_us != 0 && left_us > 0) {
        if (title->timer == 0)
            title->timer = clock_timer_add(core_clock(ui->core), left_us, on_time, ui);
        return;
    }
    GString *text = make_title(ui);
    title->buffer = ui->window->shown;
    if (term_set_title(ui->term, text->str))
        title->changed_us = ui_now_us(ui);
    g_string_free(text, TRUE);
}
