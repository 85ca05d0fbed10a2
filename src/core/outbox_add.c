/* What is to be sent, on its way into the store: the message and its outbox row in one transaction.
 */
#include "core/outbox_priv.h"

struct message *
outbox_message(struct core *core, struct room *room, const struct said *said)
{
    const struct account *account = room->session->account;
    struct message *message = message_new();

    message->buffer_id = room->pub.id;
    message->kind = said->kind;
    message->state = MESSAGE_PENDING;
    message->thread = g_strdup(said->thread);
    message->flags = MESSAGE_OWN | (thread_is_aside(room, said->thread) ? MESSAGE_ASIDE : 0);
    message->time_us = clock_wall_us(core->clock);
    message->sort_key = ingest_sort_key_now(core, room);
    message->sender_id = g_strdup(account->self_id);
    message->sender_name = g_strdup(account->self_name);
    message->reply_to = g_strdup(said->reply_to);
    rich_free(message->body);
    message->body = rich_dup(said->body);
    message->files = attachments_dup(said->files);
    room->newest_key = MAX(room->newest_key, message->sort_key);
    return message;
}

struct outbox_row *
outbox_row(const struct room *room, const struct said *said, const struct message *message)
{
    struct outbox_row *row = g_new0(struct outbox_row, 1);

    row->account_id = room->session->account->id;
    row->buffer_id = room->pub.id;
    row->kind = said->kind;
    row->body = rich_dup(said->body);
    row->source = g_strcmp0(said->source, said->body->text) != 0 ? g_strdup(said->source) : NULL;
    row->files = attachments_dup(said->files);
    row->reply_to = g_strdup(said->reply_to);
    row->thread = g_strdup(said->thread);
    row->created_us = message->time_us;
    return row;
}

void
outbox_added(struct core *core, struct room *room, struct outbox_row *row_taken,
             const struct store_result *result)
{
    row_taken->id = result->outbox_id;
    row_taken->message_id = result->message->id;
    if (result->message->state == MESSAGE_SENDING)
        row_taken->state = OUTBOX_SENDING;
    g_free(row_taken->key);
    row_taken->key = g_strdup(result->outbox_key);
    outbox_take(core, room, row_taken, result->message->sort_key);
    unread_note_newest(room, result->message);
}

/* --- copies that leave with their commit
 * ------------------------------------------------------------------------------ */

bool
outbox_promise(struct room *room, const struct outbox_row *row)
{
    struct lane *lane = outbox_lane(room);
    const struct session *session = room->session;
    int under_way = lane->ahead + lane->promised, most = OUTBOX_AHEAD_MOST;

    if ((session->caps & CAP_DEDUPE) == 0) {
        under_way += lane->in_flight;
        most = session->limits.max_in_flight;
    }
    if (under_way >= most || lane->hold_timer != 0 || !outbox_is_ready(room) ||
        outbox_files_missing(row))
        return false;
    for (GList *at = lane->rows.head; at != NULL; at = at->next) {
        const struct out_row *out = at->data;
        if (out->blocks || out->phase == PHASE_WAITS)
            return false;
    }
    lane->promised++;
    return true;
}

void
outbox_promise_over(struct room *room)
{
    /* The conversation may have been closed and opened meanwhile. */
    if (room->lane != NULL && room->lane->promised > 0)
        room->lane->promised--;
}

void
outbox_run_promised(struct room *room, int64_t outbox_id)
{
    struct core *core = room->session->core;

    outbox_run_room(room);
    struct out_row *out = g_hash_table_lookup(core->out_by_id, &outbox_id);
    if (out != NULL && out->phase == PHASE_MARKED && (room->session->caps & CAP_DEDUPE) == 0)
        outbox_set_state(out, OUTBOX_PENDING, NULL);
}

/* --- what a person types
 * --------------------------------------------------------------------------------------------- */

struct outbox_told {
    int refs;
    core_told_fn fn;
    void *user;
    GDestroyNotify free_user;
};

struct adding {
    struct word word;         /* id: the buffer */
    struct outbox_told *told; /* or NULL */
    struct outbox_row *row;
    struct message *message;
};

struct outbox_told *
outbox_told_new(core_told_fn fn, void *user, GDestroyNotify free_user)
{
    struct outbox_told *told = g_new0(struct outbox_told, 1);

    told->refs = 1;
    told->fn = fn;
    told->user = user;
    told->free_user = free_user;
    return told;
}

void
outbox_told_unref(struct outbox_told *told)
{
    if (told == NULL || --told->refs > 0)
        return;
    if (told->free_user != NULL)
        told->free_user(told->user);
    g_free(told);
}

static void
adding_fini(struct word *word)
{
    struct adding *adding = (struct adding *)word;
    outbox_row_free(adding->row);
    message_unref(adding->message);
    outbox_told_unref(adding->told);
}

static void
tell(const struct adding *adding, const struct message *message)
{
    g_autoptr(GError) error = NULL;

    if (adding->told == NULL)
        return;
    if (message == NULL)
        error = g_error_new(WEFT_ERROR, WEFT_ERROR_DISK,
                            "The disk has refused this message: it is not stored, and not sent.");
    adding->told->fn(adding->told->user, message, error);
}

static void
added(struct word *word, const struct store_result *result)
{
    struct adding *adding = (struct adding *)word;
    struct core *core = word->core;
    struct room *room = room_get(core, word->id);

    if (result->outcome == STORE_STALLED) {
        word_unstored(core, room, adding->message, true);
        return;
    }
    if (result->outcome != STORE_NEW) {
        tell(adding, NULL);
        return;
    }
    outbox_added(core, room, g_steal_pointer(&adding->row), result);
    if (!word->stalled)
        word_publish(core, NOTICE_MESSAGE, result->message, true);
    thread_replied(core, room, result->message);
    if ((result->message->flags & MESSAGE_ASIDE) == 0)
        unread_mark(core, room, message_position(result->message), false, true);
    tell(adding, result->message);
    outbox_run_room(room);
}

void
outbox_add(struct core *core, struct room *room, const struct said *said, bool clear_draft)
{
    struct adding *adding = word_new(core, sizeof *adding, added, room->pub.id);

    adding->word.fini = adding_fini;
    adding->message = outbox_message(core, room, said);
    adding->row = outbox_row(room, said, adding->message);
    adding->told = said->told;
    if (adding->told != NULL)
        adding->told->refs++;
    const bool in_thread = thread_written(core, room->pub.id) != NULL;
    store_add_outbox(core->store, adding->row, adding->message,
                     !clear_draft ? STORE_CLEARS_NOTHING
                     : in_thread  ? STORE_CLEARS_THREAD_DRAFT
                                  : STORE_CLEARS_DRAFT,
                     word_came, adding);
    if (clear_draft)
        drafts_typed(room, in_thread ? thread_written(core, room->pub.id) : "", NULL);
    if (clear_draft && !in_thread)
        writing_set_draft(core, room, false);
}
