/* Files: fetched, opened, sent; how far they are. */
#include "ui/ui_priv.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "core/transfer.h"

bool
ui_files_has(const struct message *message)
{
    for (guint i = 0; message->files && i < message->files->len; i++)
        if (((const struct attachment *)message->files->pdata[i])->id)
            return true;
    return false;
}

void
ui_files_fetch(struct ui *ui, const struct message *message, unsigned index, enum action action)
{
    const bool large = ui->large.message_id == message->id && ui->large.action == action;
    const bool opens = action == ACTION_MESSAGE_OPEN;
    g_autoptr(GError) error = NULL;

    if (core_fetch_file(ui->core, message->id, index, opens ? TRANSFER_OPEN : TRANSFER_SAVE, large,
                        &error)) {
        ui->large.message_id = 0;
        return;
    }
    const bool asks = error_is(error, WEFT_ERROR_TOO_LARGE);
    ui->large.message_id = asks ? message->id : 0;
    ui->large.action = action;
    ui_tell(ui, error->message, !asks);
}

void
ui_files_save(struct ui *ui, const struct message *message)
{
    const guint n = message->files ? message->files->len : 0;

    if (n == 0)
        ui_tell(ui, "There is no file in this message.", true);
    for (guint i = 0; i < n; i++) {
        const bool large = ui->large.message_id == message->id;
        ui_files_fetch(ui, message, i, ACTION_MESSAGE_SAVE);
        /* Asked once for all of them. */
        if (!large && ui->large.message_id != 0)
            return;
        if (large && i + 1 < n)
            ui->large.message_id = message->id;
    }
}

void
ui_files_came(struct ui *ui, const struct notice *notice)
{
    g_autofree char *shown = g_filename_display_name(notice->text);
    g_autofree char *path = file_shorten(shown);

    if (notice->live) {
        ui_open_file(ui, notice->text);
        return;
    }
    g_autofree char *text = g_strconcat("Saved as ", path, NULL);
    ui_tell(ui, text, false);
}

/* "minutes.odt 45 % of 48 kB" */
static void
append_transfer(GString *out, const struct transfer *transfer)
{
    g_autofree char *total = attachment_format_size(transfer->total_bytes);
    g_autofree char *done = attachment_format_size((int64_t)transfer->done_bytes);

    g_string_append_printf(out, "%s %s ", transfer->kind == TRANSFER_UP ? "↑" : "↓",
                           transfer->name);
    if (transfer->total_bytes > 0)
        g_string_append_printf(
            out, "%d %% of %s",
            (int)MIN(100, transfer->done_bytes * 100 / (uint64_t)transfer->total_bytes), total);
    else
        g_string_append(out, done);
    if (transfer->waits)
        g_string_append(out, ", waiting");
}

char *
ui_files_sentence(const struct ui *ui)
{
    const GPtrArray *transfers = core_transfers(ui->core);
    GString *out;

    if (transfers->len == 0)
        return NULL;
    out = g_string_new(NULL);
    append_transfer(out, transfers->pdata[transfers->len - 1]);
    if (transfers->len > 1)
        g_string_append_printf(out, ", and %u more", transfers->len - 1);
    g_string_append(out, "  (/stop ends it)");
    return g_string_free(out, FALSE);
}

char *
ui_files_short(const struct ui *ui)
{
    const GPtrArray *transfers = core_transfers(ui->core);
    const struct transfer *transfer =
        transfers->len > 0 ? transfers->pdata[transfers->len - 1] : NULL;
    const char *arrow = transfer && transfer->kind == TRANSFER_UP ? "↑" : "↓";

    if (!transfer)
        return NULL;
    if (transfer->waits || transfer->total_bytes <= 0)
        return g_strdup_printf("%s…", arrow);
    return g_strdup_printf(
        "%s%d%%", arrow,
        (int)MIN(100, transfer->done_bytes * 100 / (uint64_t)transfer->total_bytes));
}

/* "/upload " before what stands there: that goes with the file. */
void
ui_files_attach(struct ui *ui)
{
    static const char command[] = "/upload ";
    g_autofree char *text = g_strdup(editor_text(ui->editor));
    const struct buffer *buffer = ui_buffer(ui);

    if (!buffer || (buffer->caps & CAP_UPLOAD) == 0) {
        ui_tell(ui, capability_lack(CAP_UPLOAD), true);
        return;
    }
    if (g_str_has_prefix(text, command))
        return;
    editor_set(ui->editor, "", 0);
    if (*text) {
        editor_insert(ui->editor, " ", 1);
        editor_insert(ui->editor, text, strlen(text));
    }
    editor_action(ui->editor, ACTION_LINE_START, NULL);
    editor_insert(ui->editor, command, strlen(command));
    ui_tell(ui, "Which file? Tab completes its name; what stands behind it is said with it.",
            false);
    ui_draft_changed(ui);
}
