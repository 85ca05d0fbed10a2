/* Going from buffer to buffer. */
#include "ui/ui_priv.h"

#define VISITED_MOST 100

static bool
is_open(const struct ui *ui, int64_t buffer_id)
{
    const struct buffer *buffer = core_buffer(ui->core, buffer_id);
    return buffer && !buffer->closed;
}

/* A way that is not part of the walk through the activity ends that walk; a peek stands beside it.
 */
void
ui_go(struct ui *ui, int64_t buffer_id)
{
    if (ui->peek.from == 0) {
        ui->origin = 0;
        g_array_set_size(ui->trail, 0);
    }
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

    while (at < n && g_array_index(ids, int64_t, at) != ui->window->shown)
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
ui_go_end(struct ui *ui, bool last)
{
    const GPtrArray *buffers = core_buffers(ui->core);
    const struct buffer *buffer = g_ptr_array_index(buffers, last ? buffers->len - 1 : 0);

    ui_go(ui, buffer->id);
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

/* --- through the activity --- */

/* The most urgent one that is not shown; 0: none. */
static int64_t
next_active(struct ui *ui)
{
    const GArray *ids = activity_ids(ui->list.activity);

    for (guint i = 0; i < ids->len && i < 2; i++)
        if (g_array_index(ids, int64_t, i) != ui->window->shown)
            return g_array_index(ids, int64_t, i);
    return 0;
}

/* All that is new there is new in a thread. */
static void
open_thread_of(struct ui *ui)
{
    const struct buffer *buffer = ui_buffer(ui);

    if (buffer && buffer->unread == 0 && buffer->thread_unread > 0)
        ui_thread_open_unread(ui);
}

void
ui_go_next_activity(struct ui *ui)
{
    const int64_t next = next_active(ui);
    const int64_t origin = ui->origin;

    if (ui->peek.from != 0) {
        ui_peek_next(ui);
    } else if (next != 0) {
        if (origin == 0)
            ui->origin = ui->window->shown;
        g_array_append_val(ui->trail, ui->window->shown);
        ui_show(ui, next);
        open_thread_of(ui);
    } else if (origin != 0 && origin != ui->window->shown && is_open(ui, origin)) {
        ui_go(ui, origin);
    } else {
        ui_go(ui, ui->window->shown); /* the walk is over */
        ui_tell(ui, "Nothing happened elsewhere.", false);
    }
}

void
ui_go_previous_activity(struct ui *ui)
{
    int64_t id = 0;

    if (ui->peek.from != 0) {
        ui_peek_previous(ui);
        return;
    }
    while (ui->trail->len > 0 && !is_open(ui, id)) {
        id = g_array_index(ui->trail, int64_t, ui->trail->len - 1);
        g_array_set_size(ui->trail, ui->trail->len - 1);
    }
    if (ui->trail->len == 0)
        ui->origin = 0;
    if (is_open(ui, id))
        ui_show(ui, id);
    else
        ui_tell(ui, "No walk through the activity is under way.", false);
}

/* --- through what was shown --- */

void
ui_go_visited(struct ui *ui, int64_t buffer_id)
{
    GArray *visited = ui->window->visited;

    if (ui->window->visited_at < visited->len &&
        g_array_index(visited, int64_t, ui->window->visited_at) == buffer_id)
        return;
    if (visited->len > 0)
        g_array_set_size(visited, ui->window->visited_at + 1);
    if (visited->len == VISITED_MOST)
        g_array_remove_index(visited, 0);
    g_array_append_val(visited, buffer_id);
    ui->window->visited_at = visited->len - 1;
}

void
ui_go_visit(struct ui *ui, int by)
{
    for (guint at = ui->window->visited_at + (guint)by; at < ui->window->visited->len;
         at += (guint)by) {
        const int64_t id = g_array_index(ui->window->visited, int64_t, at);
        if (!is_open(ui, id) || id == ui->window->shown)
            continue;
        if (ui->peek.from == 0)
            ui->window->visited_at = at;
        ui_go(ui, id);
        return;
    }
    ui_tell(ui, by < 0 ? "No buffer was shown before this one." : "This one was shown last.",
            false);
}

void
ui_go_last(struct ui *ui)
{
    if (is_open(ui, ui->window->before))
        ui_go(ui, ui->window->before);
    else
        ui_tell(ui, "No other buffer was shown before.", false);
}
