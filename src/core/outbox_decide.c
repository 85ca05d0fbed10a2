/* What the person decides of what was said and is still here: send it again, give it up. */
#include "core/outbox_priv.h"
#include "store/edit.h"

static struct out_row *
row_of_message(struct core *core, int64_t message_id, GError **error)
{
    struct out_row *out = g_hash_table_lookup(core->out_by_message, &message_id);

    if (out == NULL)
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                    "This message does not wait to be sent.");
    return out;
}

GArray *
outbox_failed(struct core *core)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, core->out_by_id);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct out_row *out = value;
        if (out->phase == PHASE_RESTS && !out->looks && !out->held && out->row->mark == NULL)
            g_array_append_val(ids, out->row->message_id);
    }
    return ids;
}

bool
outbox_holds(const struct room *room)
{
    for (GList *at = room->lane != NULL ? room->lane->rows.head : NULL; at != NULL; at = at->next)
        if (((const struct out_row *)at->data)->held)
            return true;
    return false;
}

static void
unblock(struct room *room, void *user)
{
    if (room->lane == NULL)
        return;
    for (GList *at = room->lane->rows.head; at != NULL; at = at->next) {
        struct out_row *out = at->data;
        out->blocks = out->held;
    }
}

void
outbox_give_up_looking(struct session *session)
{
    room_each(session, unblock, NULL);
}

bool
core_rests(struct core *core, int64_t message_id)
{
    const struct out_row *out = g_hash_table_lookup(core->out_by_message, &message_id);

    return out != NULL && out->phase == PHASE_RESTS;
}

bool
core_retry(struct core *core, int64_t message_id, GError **error)
{
    struct out_row *out = row_of_message(core, message_id, error);

    if (out == NULL)
        return false;
    if (out->phase != PHASE_RESTS) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT, "This message is on its way already.");
        return false;
    }
    struct room *room = out->room;
    out->looks = out->blocks = false;
    outbox_set_state(out, OUTBOX_DROPPED, "Sent again, further down.");
    if (out->row->mark != NULL) {
        copy_again(core, room, out->row);
    } else {
        g_autofree char *source = store_load_source(core->store, message_id);
        const struct said said = {.kind = out->row->kind,
                                  .body = out->row->body,
                                  .source = source,
                                  .files = out->row->files,
                                  .reply_to = out->row->reply_to,
                                  .thread = out->row->thread};
        outbox_add(core, room, &said, false);
    }
    outbox_run_room(room);
    return true;
}

/* Nothing of it has left. */
static bool
waits(const struct out_row *out)
{
    const struct session *session = out->room->session;

    if (out->resend || out->withdrawn)
        return false;
    if (out->phase == PHASE_WAITS || out->phase == PHASE_UPLOADS || out->phase == PHASE_MARKING ||
        out->phase == PHASE_MARKED)
        return true;
    return out->phase == PHASE_HANDED && session->state != NULL &&
           session->driver->send_waits != NULL &&
           session->driver->send_waits(session->state, out->op);
}

bool
outbox_is_in_doubt(struct core *core, int64_t message_id, bool *ret_blocks)
{
    const struct out_row *out = g_hash_table_lookup(core->out_by_message, &message_id);

    *ret_blocks = out != NULL && (out->phase != PHASE_RESTS || out->blocks);
    if (out == NULL)
        return false;
    return out->phase == PHASE_RESTS ? out->looks || out->held
                                     : out->resend || core_copy_settles(core, message_id);
}

bool
core_copy_settles(struct core *core, int64_t message_id)
{
    const struct out_row *out = g_hash_table_lookup(core->out_by_message, &message_id);

    return out != NULL && out->phase == PHASE_SETTLING && out->row->state == OUTBOX_DONE;
}

bool
core_waits(struct core *core, int64_t message_id)
{
    const struct out_row *out = g_hash_table_lookup(core->out_by_message, &message_id);

    return out != NULL && waits(out);
}

unsigned
core_waiting(struct core *core, int64_t buffer_id)
{
    const struct room *room = room_get(core, buffer_id);
    unsigned n = 0;

    for (GList *at = room != NULL && room->lane != NULL ? room->lane->rows.head : NULL; at != NULL;
         at = at->next) {
        const struct out_row *out = at->data;
        n += out->phase != PHASE_MARKING && out->row->mark == NULL && waits(out);
    }
    return n;
}

unsigned
core_copies_under_way(struct core *core, int64_t buffer_id)
{
    const struct room *room = room_get(core, buffer_id);
    unsigned n = 0;

    for (GList *at = room != NULL && room->lane != NULL ? room->lane->rows.head : NULL; at != NULL;
         at = at->next) {
        const struct out_row *out = at->data;
        n += out->row->mark != NULL && out->phase != PHASE_SETTLING &&
             (out->phase != PHASE_RESTS || out->blocks);
    }
    return n;
}

/* False: it may have left. */
static bool
withdraw(struct out_row *out)
{
    const struct session *session = out->room->session;

    outbox_files_stop(out);
    if (out->phase == PHASE_RESTS || out->phase == PHASE_WAITS || out->phase == PHASE_MARKED) {
        out->looks = out->blocks = false;
        outbox_set_state(out, OUTBOX_DROPPED, "Given up.");
        return true;
    }
    if (!waits(out))
        return out->withdrawn;
    out->withdrawn = true;
    if (out->phase == PHASE_HANDED && session->driver->op_cancel != NULL)
        session->driver->op_cancel(session->state, out->op);
    return true;
}

bool
core_drop(struct core *core, int64_t message_id, GError **error)
{
    struct out_row *out = row_of_message(core, message_id, error);

    if (out == NULL)
        return false;
    if (!withdraw(out)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT,
                    "This message is being sent at this moment and cannot be taken back.");
        return false;
    }
    outbox_run_room(out->room);
    return true;
}

/* The last first: nothing follows into a place that becomes free. */
unsigned
core_drop_all(struct core *core, int64_t buffer_id)
{
    struct room *room = room_get(core, buffer_id);
    unsigned n = 0;

    for (GList *at = room != NULL && room->lane != NULL ? room->lane->rows.tail : NULL, *before;
         at != NULL; at = before) {
        struct out_row *out = at->data;
        before = at->prev;
        /* What others have said is not the person's to take back here. */
        if (out->phase != PHASE_SETTLING && !out->withdrawn && out->row->mark == NULL)
            n += withdraw(out);
    }
    if (n > 0)
        outbox_run_room(room);
    return n;
}
