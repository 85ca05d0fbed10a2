/* Peeking: looking at buffers without marking anything as read, and back to where one was. */
#include "ui/ui_priv.h"

bool
ui_peek_elsewhere(const struct ui *ui)
{
    return ui->peek.from != 0 && ui->peek.from != ui->window->shown;
}

static void
forget(struct ui *ui)
{
    timeline_free(g_steal_pointer(&ui->peek.timeline));
    g_array_set_size(ui->peek.seen, 0);
    ui->peek.from = 0;
}

void
ui_peek_end(struct ui *ui)
{
    const int64_t from = ui->peek.from;
    const struct buffer *buffer = core_buffer(ui->core, from);
    struct timeline *timeline = g_steal_pointer(&ui->peek.timeline);

    forget(ui);
    if (from == ui->window->shown) {
        timeline_free(timeline);
    } else if (buffer && !buffer->closed) {
        ui_show_again(ui, from, timeline);
    } else {
        timeline_free(timeline);
        ui_show_other(ui);
    }
    ui_changed(ui);
}

void
ui_peek_stay(struct ui *ui)
{
    const int64_t from = ui->peek.from;

    if (!ui_peek_elsewhere(ui))
        return;
    forget(ui);
    ui->window->before = from;
    ui_go_visited(ui, ui->window->shown);
    ui_read_entered(ui, ui_buffer(ui));
}

void
ui_peek_toggle(struct ui *ui)
{
    if (ui->peek.from != 0)
        ui_peek_end(ui);
    else
        ui->peek.from = ui->window->shown;
}

void
ui_peek_saw(struct ui *ui, int64_t buffer_id)
{
    for (guint i = 0; i < ui->peek.seen->len; i++)
        if (g_array_index(ui->peek.seen, int64_t, i) == buffer_id)
            return;
    g_array_append_val(ui->peek.seen, buffer_id);
}

static bool
saw(const struct ui *ui, int64_t buffer_id)
{
    for (guint i = 0; i < ui->peek.seen->len; i++)
        if (g_array_index(ui->peek.seen, int64_t, i) == buffer_id)
            return true;
    return buffer_id == ui->window->shown || buffer_id == ui->peek.from;
}

/* Nothing is marked, so the most urgent one would come again and again: each is shown once. */
void
ui_peek_next(struct ui *ui)
{
    const GArray *ids = activity_ids(ui->list.activity);

    for (guint i = 0; i < ids->len; i++) {
        const int64_t id = g_array_index(ids, int64_t, i);
        if (saw(ui, id))
            continue;
        ui_show(ui, id);
        return;
    }
    if (ui_peek_elsewhere(ui)) {
        ui_peek_end(ui);
        ui_tell(ui, "That was all; nothing was marked as read.", false);
    } else {
        ui_tell(ui, "Nothing happened elsewhere.", false);
    }
}

void
ui_peek_previous(struct ui *ui)
{
    guint at = 0;

    while (at < ui->peek.seen->len &&
           g_array_index(ui->peek.seen, int64_t, at) != ui->window->shown)
        at++;
    if (at > 0 && at < ui->peek.seen->len)
        ui_show(ui, g_array_index(ui->peek.seen, int64_t, at - 1));
    else if (ui_peek_elsewhere(ui))
        ui_show(ui, ui->peek.from);
}

char *
ui_peek_hint(const struct ui *ui)
{
    const struct buffer *from = core_buffer(ui->core, ui->peek.from);
    const bool elsewhere = ui_peek_elsewhere(ui);
    g_autofree char *back =
        elsewhere && from ? g_strdup_printf("back to %s", from->name) : g_strdup("ends it");
    GString *out = g_string_new(NULL);

    ui_hint_add(ui, out, ACTION_PEEK, back);
    ui_hint_add(ui, out, ACTION_NEXT_ACTIVITY, "next activity");
    g_string_prepend(out, elsewhere ? "Peeking: nothing here is marked as read.  "
                                    : "Peeking: go anywhere, it stays unread.  ");
    return g_string_free(out, FALSE);
}
