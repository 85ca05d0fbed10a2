/* Going from buffer to buffer. */
#include "ui/ui_priv.h"

/* --- activity --- */

static int
urgency(const struct buffer *buffer)
{
    if (buffer->mentions > 0)
        return 3;
    if (buffer->unread == 0 || buffer->notify == NOTIFY_NONE)
        return 0;
    return buffer->kind == BUFFER_DIRECT || buffer->kind == BUFFER_GROUP ? 2 : 1;
}

GArray *
ui_activity(const struct ui *ui)
{
    const GPtrArray *buffers = core_buffers(ui->core);
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));

    for (int level = 3; level > 0; level--) {
        for (guint i = 0; i < buffers->len; i++) {
            const struct buffer *buffer = g_ptr_array_index(buffers, i);
            if (buffer->id != ui->shown && urgency(buffer) == level)
                g_array_append_val(ids, buffer->id);
        }
    }
    return ids;
}

/* --- going --- */

/* A way that is not part of the walk through the activity ends that walk. */
void
ui_go(struct ui *ui, int64_t buffer_id)
{
    ui->origin = 0;
    g_array_set_size(ui->trail, 0);
    ui_show(ui, buffer_id);
}

void
ui_go_by(struct ui *ui, int by, bool unread_only)
{
    const GPtrArray *buffers = core_buffers(ui->core);
    int n = (int)buffers->len;
    int at = 0;

    while (at < n && ((const struct buffer *)g_ptr_array_index(buffers, at))->id != ui->shown)
        at++;
    for (int i = 1; i < n; i++) {
        const struct buffer *buffer = g_ptr_array_index(buffers, ((at + by * i) % n + n) % n);
        if (unread_only && buffer->unread == 0 && buffer->mentions == 0)
            continue;
        ui_go(ui, buffer->id);
        return;
    }
    if (unread_only)
        ui_tell(ui, "Nothing is unread elsewhere.", false);
}

void
ui_go_number(struct ui *ui, int number)
{
    const struct buffer *buffer = core_buffer_by_number(ui->core, number);
    g_autofree char *text = NULL;

    if (buffer && !buffer->closed) {
        ui_go(ui, buffer->id);
        return;
    }
    text = g_strdup_printf("No buffer has the number %d.", number);
    ui_tell(ui, text, true);
}

void
ui_go_next_activity(struct ui *ui)
{
    g_autoptr(GArray) ids = ui_activity(ui);
    int64_t origin = ui->origin;

    if (ids->len > 0) {
        if (ui->origin == 0)
            ui->origin = ui->shown;
        g_array_append_val(ui->trail, ui->shown);
        ui_show(ui, g_array_index(ids, int64_t, 0));
    } else if (origin != 0 && core_buffer(ui->core, origin)) {
        ui_go(ui, origin);
    } else {
        ui_tell(ui, "Nothing happened elsewhere.", false);
    }
}

void
ui_go_previous_activity(struct ui *ui)
{
    int64_t id;

    if (ui->trail->len == 0)
        return;
    id = g_array_index(ui->trail, int64_t, ui->trail->len - 1);
    g_array_set_size(ui->trail, ui->trail->len - 1);
    if (ui->trail->len == 0)
        ui->origin = 0;
    ui_show(ui, id);
}
