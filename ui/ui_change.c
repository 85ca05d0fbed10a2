/* A message of our own is in the input to be changed. The draft of its buffer waits meanwhile, and
 * the change waits when another buffer is shown. */
#include "core/edit.h"
#include "ui/ui_priv.h"

#include <string.h>

struct ui_change {
    struct message *message; /* a reference */
    char *source;            /* as it was put into the input */
    char *text;              /* while it is not in the input */
    bool refused;            /* the network has refused it before */
};

void
ui_change_free(void *data)
{
    struct ui_change *change = data;

    message_unref(change->message);
    g_free(change->source);
    g_free(change->text);
    g_free(change);
}

static struct ui_change *
find(const struct ui *ui, int64_t buffer_id)
{
    return g_hash_table_lookup(ui->changes, &buffer_id);
}

bool
ui_change_is_on(const struct ui *ui)
{
    return find(ui, ui->window->shown) != NULL;
}

bool
ui_change_keep(struct ui *ui)
{
    return ui_change_put(ui, ui->window->shown, editor_text(ui->editor));
}

bool
ui_change_put(struct ui *ui, int64_t buffer_id, const char *text)
{
    struct ui_change *change = find(ui, buffer_id);

    if (!change)
        return false;
    char *kept = g_strdup(text);
    g_free(change->text);
    change->text = kept;
    return true;
}

const char *
ui_change_text(const struct ui *ui)
{
    const struct ui_change *change = find(ui, ui->window->shown);

    return change ? change->text : NULL;
}

void
ui_change_changed(struct ui *ui, struct message *message)
{
    struct ui_change *change = find(ui, message->buffer_id);

    if (!change || change->message->id != message->id)
        return;
    message_unref(change->message);
    change->message = message_ref(message);
    ui_changed(ui);
}

static void
tell_gone(struct ui *ui, const char *text)
{
    g_autofree char *key = keymap_first_key(ui->keymap, ACTION_UP);
    g_autofree char *words =
        g_strdup_printf("The message stays as it is.%s%s%s", *text ? " " : "", *text ? key : "",
                        *text ? " brings back what you had typed." : "");

    ui_tell(ui, words, false);
}

/* The draft comes back. */
static void
end(struct ui *ui)
{
    g_hash_table_remove(ui->changes, &ui->window->shown);
    ui_show_input(ui);
}

void
ui_change_cancel(struct ui *ui)
{
    const struct ui_change *change = find(ui, ui->window->shown);
    const int64_t id = change->message->id;
    g_autofree char *text = strcmp(editor_text(ui->editor), change->source) != 0 || change->refused
                                ? g_strdup(editor_text(ui->editor))
                                : g_strdup("");

    if (*text)
        ui_remember(ui, text);
    if (change->refused)
        core_edit_drop(ui->core, id);
    end(ui);
    tell_gone(ui, text);
}

void
ui_change_begin(struct ui *ui, struct message *message)
{
    g_autoptr(GError) error = NULL;
    struct ui_change *change;

    if (!core_may_edit(ui->core, message, &error)) {
        ui_tell(ui, error->message, true);
        return;
    }
    ui_show(ui, message->buffer_id);
    ui_draft_save(ui);
    change = g_new0(struct ui_change, 1);
    change->message = message_ref(message);
    change->source = core_edit_source(ui->core, message);
    change->text = g_strdup(change->source);
    change->refused = (message->flags & MESSAGE_UNCHANGED) != 0;
    g_hash_table_replace(ui->changes, g_memdup2(&message->buffer_id, sizeof message->buffer_id),
                         change);
    ui_focus_set(ui, KEYMAP_MAIN);
    ui_show_input(ui);
}

void
ui_change_send(struct ui *ui)
{
    const struct ui_change *change = find(ui, ui->window->shown);
    const char *text = editor_text(ui->editor);
    g_autoptr(GError) error = NULL;

    if (strcmp(text, change->source) == 0 && !change->refused) {
        end(ui);
        ui_tell(ui, "Nothing was changed.", false);
    } else if (core_edit(ui->core, change->message->id, text, &error)) {
        end(ui);
    } else {
        ui_tell(ui, error->message, true);
    }
}

void
ui_change_view(const struct ui *ui, struct view_reply *ret_view, char **ret_words)
{
    const struct ui_change *change = find(ui, ui->window->shown);

    if (!change)
        return;
    g_free(*ret_words);
    *ret_words = line_words(change->message);
    *ret_view = (struct view_reply){.changing = true, .name = "", .words = *ret_words};
}

/* Nothing that was typed is lost when weft ends: what has no draft beside it becomes one. */
void
ui_change_leave(struct ui *ui)
{
    GHashTableIter iter;
    gpointer key, value;

    g_hash_table_iter_init(&iter, ui->changes);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const struct ui_change *change = value;
        const int64_t buffer_id = *(int64_t *)key;
        g_autofree char *draft = core_draft(ui->core, buffer_id);
        if (!draft && strcmp(change->text, change->source) != 0)
            core_set_draft(ui->core, buffer_id, change->text);
    }
}

/* --- keys and commands
 * ------------------------------------------------------------------------------------ */

void
ui_revise(struct ui *ui)
{
    const struct buffer *buffer = ui_buffer(ui);
    g_autoptr(GError) error = NULL;
    struct message *message = core_own_message(ui->core, ui->window->shown, 1, &error);

    if (message) {
        ui_change_begin(ui, message);
        message_unref(message);
        return;
    }
    g_autofree char *key = keymap_first_key(ui->keymap, ACTION_UP);
    g_autofree char *text =
        g_strdup_printf("%s %s recalls it, to be said again.", error->message, key);
    ui_tell(ui, buffer && (buffer->caps & CAP_EDIT) == 0 ? text : error->message, true);
}
