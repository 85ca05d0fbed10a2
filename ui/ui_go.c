/* Going from buffer to buffer. */
#include "ui/ui_priv.h"

/* --- activity --- */

GArray *
ui_activity(const struct ui *ui)
{
    const GArray *all = activity_ids(ui->list.activity);
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));

    for (guint i = 0; i < all->len; i++) {
        const int64_t id = g_array_index(all, int64_t, i);
        if (id != ui->shown)
            g_array_append_val(ids, id);
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

/* The buffers that the list shows, in its order: what is folded away is passed over. */
static GArray *
listed(struct ui *ui)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    size_t n;
    const struct list_row *rows = list_rows(ui->list.rows, &n);

    for (size_t i = 0; i < n; i++)
        if (rows[i].buffer_id != 0)
            g_array_append_val(ids, rows[i].buffer_id);
    return ids;
}

void
ui_go_by(struct ui *ui, int by, bool unread_only)
{
    g_autoptr(GArray) ids = unread_only ? list_order(ui->list.rows) : listed(ui);
    const int n = (int)ids->len;
    int at = 0;

    while (at < n && g_array_index(ids, int64_t, at) != ui->shown)
        at++;
    for (int i = 1; i < n; i++) {
        const int64_t id = g_array_index(ids, int64_t, ((at + by * i) % n + n) % n);
        const struct buffer *buffer = core_buffer(ui->core, id);
        if (unread_only && activity_level(buffer) == ACTIVITY_NONE)
            continue;
        ui_go(ui, id);
        return;
    }
    ui_tell(ui, unread_only ? "Nothing is unread elsewhere." : "The list has no other buffer.",
            false);
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
