/* The files of what is sent: brought over before it is marked as being sent, so that a message
 * names only what is there. Doing so twice shows nobody anything. */
#include "core/outbox_priv.h"

#include "core/transfer.h"

static struct attachment *
first_missing(const struct outbox_row *row, guint *ret_i)
{
    for (guint i = 0; row->files != NULL && i < row->files->len; i++) {
        struct attachment *file = row->files->pdata[i];
        *ret_i = i;
        if (file->id == NULL)
            return file;
    }
    return NULL;
}

bool
outbox_files_missing(const struct outbox_row *row)
{
    guint i;

    return first_missing(row, &i) != NULL;
}

/* What is over there need not be brought again after a restart. */
static void
note(const struct out_row *out)
{
    g_autofree char *files = attachments_encode(out->row->files);
    const struct store_outbox_change change = {.outbox_id = out->row->id, .files = files};

    store_set_outbox(out->core->store, &change, NULL, NULL);
}

static void
arrived(struct core *core, int64_t outbox_id, const char *file_id, const GError *error)
{
    struct out_row *out = g_hash_table_lookup(core->out_by_id, &outbox_id);
    guint i;

    if (out == NULL || out->phase != PHASE_UPLOADS)
        return;
    struct attachment *file = first_missing(out->row, &i);
    out->transfer = 0;
    out->phase = PHASE_WAITS;
    if (error != NULL) {
        outbox_set_state(out, OUTBOX_FAILED, error->message);
        return;
    }
    file->id = g_strdup(file_id);
    note(out);
    outbox_run_room(out->room);
}

void
outbox_files_start(struct out_row *out)
{
    guint i = 0;
    const struct attachment *file = first_missing(out->row, &i);
    g_autofree char *key = g_strdup_printf("%s.%u", out->row->key, i);

    out->phase = PHASE_UPLOADS;
    out->transfer = transfer_up(out->room, out->row->message_id, key, file, arrived, out->row->id);
}

void
outbox_files_stop(struct out_row *out)
{
    if (out->phase != PHASE_UPLOADS)
        return;
    transfer_forget(out->core, out->transfer);
    out->transfer = 0;
    out->phase = PHASE_WAITS;
}
