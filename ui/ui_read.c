/* What is read, and taking that back: every step (a buffer that was gone to, a mark that was set)
 * is remembered for a while. */
#include "ui/ui_priv.h"

#define STEPS_MOST 50

struct mark {
    int64_t buffer_id;
    struct position before, after;
};

struct step {
    bool visit; /* the buffer was gone to: what was read there since goes back with it */
    GArray *marks;
};

static void
step_free(gpointer data)
{
    struct step *step = data;

    g_array_unref(step->marks);
    g_free(step);
}

static struct step *
step_new(bool visit)
{
    struct step *step = g_new0(struct step, 1);

    step->visit = visit;
    step->marks = g_array_new(FALSE, FALSE, sizeof(struct mark));
    return step;
}

static void
keep_step(struct ui *ui, struct step *step_take)
{
    if (step_take->marks->len == 0) {
        step_free(step_take);
        return;
    }
    g_queue_push_head(&ui->read_steps, step_take);
    if (g_queue_get_length(&ui->read_steps) > STEPS_MOST)
        step_free(g_queue_pop_tail(&ui->read_steps));
}

/* --- reading --- */

void
ui_read_entered(struct ui *ui, const struct buffer *buffer)
{
    const struct mark mark = {buffer->id, buffer->read, buffer->read};
    struct step *step;

    ui->window->keep_unread = 0;
    if (buffer->unread == 0 && buffer->mentions == 0)
        return;
    step = step_new(true);
    g_array_append_val(step->marks, mark);
    keep_step(ui, step);
}

/* --- marking --- */

static void
mark(struct ui *ui, const struct buffer *buffer, GArray *marks)
{
    struct mark mark = {buffer->id, buffer->read, {0}};

    if (buffer->unread == 0 && buffer->mentions == 0)
        return;
    ui_windows_keep_unread(ui, buffer->id, false);
    core_mark_all_read(ui->core, buffer->id);
    mark.after = buffer->read;
    g_array_append_val(marks, mark);
}

/* "3 buffers are marked as read. Alt-h r takes it back." */
static void
tell(struct ui *ui, guint n, const char *name)
{
    g_autofree char *key = keymap_first_key(ui->keymap, ACTION_RESTORE_READ);
    g_autofree char *back = *key ? g_strdup_printf(" %s takes it back.", key) : g_strdup("");
    g_autofree char *what =
        n == 1 ? g_strdup_printf("%s is", name) : g_strdup_printf("%u buffers are", n);
    g_autofree char *text = g_strdup_printf("%s marked as read.%s", what, back);

    ui_tell(ui, n > 0 ? text : "Nothing is unread.", false);
}

void
ui_read_mark(struct ui *ui, const int64_t *ids, size_t n)
{
    struct step *step = step_new(false);
    const struct buffer *last = NULL;
    const guint before = step->marks->len;

    for (size_t i = 0; i < n; i++) {
        const struct buffer *buffer = core_buffer(ui->core, ids[i]);
        const guint marked = step->marks->len;
        if (buffer)
            mark(ui, buffer, step->marks);
        if (step->marks->len > marked)
            last = buffer;
        ui_windows_set_new_line(ui, ids[i], false, (struct position){0});
    }
    tell(ui, step->marks->len - before, last ? last->name : NULL);
    keep_step(ui, step);
}

void
ui_read_mark_all(struct ui *ui)
{
    g_autoptr(GArray) ids = list_order(ui->list.rows);

    ui_read_mark(ui, (const int64_t *)(void *)ids->data, ids->len);
}

/* --- taking back --- */

/* Not what was read again since by itself. */
static const struct buffer *
restore(struct ui *ui, const struct step *step, const struct mark *mark)
{
    const struct buffer *buffer = core_buffer(ui->core, mark->buffer_id);

    if (!buffer || buffer->closed ||
        (!step->visit && position_compare(buffer->read, mark->after) != 0))
        return NULL;
    core_mark_read(ui->core, mark->buffer_id, mark->before, true);
    ui_windows_keep_unread(ui, mark->buffer_id, true);
    ui_windows_set_new_line(ui, mark->buffer_id, true, mark->before);
    return buffer;
}

static void
tell_restored(struct ui *ui, guint n, const struct buffer *last)
{
    g_autofree char *text = NULL;

    if (n > 1)
        text = g_strdup_printf("%u buffers are unread again.", n);
    else if (last->id == ui->window->shown)
        text = g_strdup_printf("%s is unread again, until you come back to it.", last->name);
    else
        text = g_strdup_printf("%s is unread again.", last->name);
    ui_tell(ui, text, false);
}

void
ui_read_restore(struct ui *ui)
{
    struct step *step;

    while ((step = g_queue_pop_head(&ui->read_steps)) != NULL) {
        const struct buffer *last = NULL;
        guint n = 0;

        for (guint i = 0; i < step->marks->len; i++) {
            const struct buffer *restored =
                restore(ui, step, &g_array_index(step->marks, struct mark, i));
            n += restored != NULL;
            last = restored ? restored : last;
        }
        step_free(step);
        if (n > 0) {
            tell_restored(ui, n, last);
            return;
        }
    }
    ui_tell(ui, "Nothing was marked as read that could be taken back.", false);
}

void
ui_read_fini(struct ui *ui)
{
    g_queue_clear_full(&ui->read_steps, step_free);
}
