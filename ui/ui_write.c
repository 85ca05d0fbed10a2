/* What is typed: into the editor, into core, and where it is remembered. */
#include "ui/ui_priv.h"

#include <string.h>

#include "core/threads.h"

/* More is not measured at every key; and so many bytes before the end it is said. */
#define MEASURE_MAX_BYTES (16 * 1024)
#define LEFT_MAX_BYTES    60

void
ui_type(struct ui *ui, struct key key)
{
    if (!key_is_text(key))
        return;
    editor_insert_char(ui->editor, key.code);
    ui_draft_changed(ui);
}

void
ui_edit(struct ui *ui, enum action action)
{
    if (ui->has_keys != KEYMAP_MAIN)
        return;
    if (ui_format(ui, action))
        return;
    if (action == ACTION_HISTORY_UP || action == ACTION_HISTORY_DOWN)
        editor_recall(ui->editor, ui->history, action == ACTION_HISTORY_UP);
    else if (!editor_action(ui->editor, action, ui_history(ui)) && action == ACTION_DELETE_TO_END)
        ui_over_open(ui, UI_OVER_SWITCHER);
    ui_draft_changed(ui);
}

void
ui_remember(struct ui *ui, const char *text)
{
    if (core_has_secret(ui->core, ui->window->shown, text))
        return;
    editor_history_add(ui_history(ui), text);
    editor_history_add(ui->history, text);
}

/* The text leaves the editor first, since a command may show another buffer; it comes back when
 * core refuses it, and stays a draft on the disk until core has taken it. */
void
ui_send(struct ui *ui)
{
    int64_t buffer_id = ui->window->shown;
    g_autofree char *root = g_strdup(ui->window->root);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;

    ui_remember(ui, editor_text(ui->editor));
    text = editor_take(ui->editor);
    ui->draft_serial = editor_serial(ui->editor);
    const bool sent = ui_reply_takes(ui, text) ? ui_reply_send(ui, text, &error)
                      : root ? core_input_thread(ui->core, buffer_id, root, text, &error)
                             : core_input(ui->core, buffer_id, text, &error);
    const struct ui_window at = {.shown = buffer_id, .root = root};
    const bool here = ui->window->shown == buffer_id && g_strcmp0(ui->window->root, root) == 0;
    if (sent) {
        if (core_buffer(ui->core, buffer_id))
            ui_draft_set(ui, &at, NULL);
        if (here)
            timeline_scroll_bottom(ui->window->timeline);
        return;
    }
    if (here)
        editor_set(ui->editor, text, SIZE_MAX);
    else
        ui_draft_set(ui, &at, text);
    ui_tell(ui, error ? error->message : "This cannot be done.", true);
}

void
ui_submit(struct ui *ui)
{
    if (ui->has_keys != KEYMAP_MAIN)
        return;
    if (ui_change_is_on(ui)) {
        ui_change_send(ui);
    } else if (!editor_is_empty(ui->editor)) {
        if (!ui_flood_asks(ui))
            ui_send(ui);
    } else if (config_n_accounts(ui->config) == 0) {
        ui_over_open(ui, UI_OVER_FIRST_RUN);
    }
}

/* Text, never a command: a slash at the beginning is doubled, and one sees it. */
void
ui_paste_text(struct ui *ui, const char *text, size_t len)
{
    size_t from, to;
    bool first =
        editor_selection(ui->editor, &from, &to) ? from == 0 : editor_cursor(ui->editor) == 0;
    bool slash =
        first && !ui_change_is_on(ui) && len > 0 && text[0] == '/' && (len == 1 || text[1] != '/');
    g_autofree char *whole = g_strdup_printf("%s%.*s", slash ? "/" : "", (int)len, text);

    ui_focus_set(ui, KEYMAP_MAIN);
    if (slash)
        ui_tell(ui, "Pasted as text: // says a slash. With one of them it is a command.", false);
    if (!editor_insert(ui->editor, whole, strlen(whole)))
        ui_tell(ui, "That is more than one message can hold; only its beginning was taken.", true);
    ui_draft_changed(ui);
    if (!ui_change_is_on(ui))
        ui_flood_pasted(ui, ui_flood_lines(text, len));
    if (ui->over == UI_OVER_NONE)
        ui_follow_pasted(ui);
}

/* --- how long it is
 * ----------------------------------------------------------------------------------------- */

static void
measure(struct ui *ui, struct ui_length *length)
{
    struct measure measure;

    length->text[0] = '\0';
    length->too_long = false;
    if (editor_len(ui->editor) > MEASURE_MAX_BYTES)
        return;
    core_measure(ui->core, ui->window->shown, editor_text(ui->editor), &measure);
    length->too_long = measure.messages == 0 && measure.left_bytes == 0;
    if (length->too_long)
        g_strlcpy(length->text, "too long", sizeof length->text);
    else if (measure.messages > 1)
        g_snprintf(length->text, sizeof length->text, "%u messages", measure.messages);
    else if (measure.left_bytes < LEFT_MAX_BYTES)
        g_snprintf(length->text, sizeof length->text, "%zu left", measure.left_bytes);
}

void
ui_length_view(struct ui *ui, struct view_input *view)
{
    struct ui_length *length = &ui->length;

    if (view->editor != ui->editor)
        return;
    if (length->serial != editor_serial(ui->editor) || length->buffer_id != ui->window->shown) {
        length->serial = editor_serial(ui->editor);
        length->buffer_id = ui->window->shown;
        measure(ui, length);
    }
    view->length = length->text[0] ? length->text : NULL;
    view->too_long = length->too_long;
}
