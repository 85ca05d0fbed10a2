#include "core/mark.h"

#include "core/engine.h"
#include "store/edit.h"
#include "store/inbox.h"

#define PINNED_SHOWN 1000

/* --- in
 * ---------------------------------------------------------------------------------------------- */

static void
stored(struct word *word, const struct store_result *result)
{
    if (result->outcome == STORE_CHANGED && result->message != NULL)
        word_publish(word->core, NOTICE_MESSAGE_CHANGED, result->message, false);
}

static void
on_revisions(struct core *core, const struct room *room, const struct event *event,
             const char *remote_id)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);

    for (size_t i = 0; i < MIN(event->revisions.n, STORE_REVISIONS_MAX); i++) {
        struct revision *revision = g_new0(struct revision, 1);
        revision->until_us = CLAMP(event->revisions.list[i].until_us, 0, CORE_LATEST_US);
        revision->body = ingest_clean_rich(event->revisions.list[i].body);
        g_ptr_array_add(list, revision);
    }
    const struct store_put_revisions put = {room->pub.account_id, room->pub.id, remote_id, list};
    store_put_revisions(core->store, &put, word_came,
                        word_new(core, sizeof(struct word), stored, room->pub.id));
}

static void
on_flagged(struct session *session, const char *remote_id, bool on)
{
    struct core *core = session->core;

    store_put_flag(core->store, session->account->id, remote_id, on, word_came,
                   word_new(core, sizeof(struct word), inbox_flagged, 0));
}

static void
put_pin(struct core *core, const struct room *room, const char *remote_id, bool on)
{
    const struct store_put_pin put = {room->pub.account_id, room->pub.id, remote_id, on};

    store_put_pin(core->store, &put, word_came,
                  word_new(core, sizeof(struct word), stored, room->pub.id));
}

void
mark_pins_are(struct core *core, int64_t buffer_id, const GPtrArray *pinned)
{
    const struct room *room = room_get(core, buffer_id);
    g_autoptr(GPtrArray) before = core_pinned(core, buffer_id);
    g_autoptr(GHashTable) are = g_hash_table_new(g_str_hash, g_str_equal);

    if (core->read_only || room == NULL)
        return;
    for (guint i = 0; pinned != NULL && i < pinned->len; i++) {
        const struct message *message = pinned->pdata[i];
        if (message->buffer_id == buffer_id && g_hash_table_add(are, message->remote_id))
            put_pin(core, room, message->remote_id, true);
    }
    for (guint i = 0; i < before->len && g_hash_table_size(are) < CORE_FOUND_MOST; i++) {
        const struct message *message = before->pdata[i];
        if (message->remote_id != NULL && !g_hash_table_contains(are, message->remote_id))
            put_pin(core, room, message->remote_id, false);
    }
}

void
mark_event(struct session *session, const struct event *event)
{
    struct core *core = session->core;
    const struct room *room =
        event->type != EVENT_FLAGGED ? ingest_find(session, event->conversation) : NULL;
    g_autofree char *remote_id = ingest_clean(
        event->type == EVENT_REVISIONS ? event->revisions.remote_id : event->mark.remote_id,
        CORE_MAX_ID_BYTES);

    if (core->read_only || remote_id == NULL || *remote_id == '\0')
        return;
    if (event->type == EVENT_FLAGGED) {
        on_flagged(session, remote_id, event->mark.on);
    } else if (room != NULL && event->type == EVENT_REVISIONS) {
        on_revisions(core, room, event, remote_id);
    } else if (room != NULL) {
        put_pin(core, room, remote_id, event->mark.on);
    }
}

/* --- out
 * --------------------------------------------------------------------------------------------- */

bool
core_pin(struct core *core, int64_t message_id, bool on, GError **error)
{
    struct session *session;
    struct message *message = deed_find(core, message_id, CAP_PIN, &session, error);

    if (message == NULL)
        return false;
    const struct buffer *buffer = core_buffer(core, message->buffer_id);
    const op_id op = session_begin(session, buffer->id, NULL, NULL);
    const bool taken =
        session->driver->pin(session->state, op, buffer, message->remote_id, on, error);
    message_unref(message);
    return taken || session_refused(session, op);
}

GPtrArray *
core_pinned(struct core *core, int64_t buffer_id)
{
    return store_load_pinned(core->store, buffer_id, PINNED_SHOWN);
}

/* The session of a buffer, when something can be asked there. */
static struct session *
online(struct core *core, int64_t buffer_id)
{
    struct session *session = session_of_buffer(core, buffer_id);
    return session != NULL && session->state != NULL && session_online(session) ? session : NULL;
}

/* What was asked for by the way fails without a word. */
static void
quietly(struct session *session, const GError *error, void *user)
{
}

void
core_fetch_revisions(struct core *core, const struct message *message)
{
    struct session *session = online(core, message->buffer_id);

    if (session == NULL || session->driver->revisions == NULL || message->remote_id == NULL ||
        (message->flags & MESSAGE_OWN) == 0 || (message->flags & MESSAGE_EDITED) == 0)
        return;
    const op_id op = session_begin(session, message->buffer_id, quietly, NULL);
    if (!session->driver->revisions(session->state, op, core_buffer(core, message->buffer_id),
                                    message->remote_id, NULL))
        session_refused(session, op);
}

char *
core_link_to(struct core *core, const struct message *message, GError **error)
{
    const struct session *session = session_of_buffer(core, message->buffer_id);
    const bool can = session != NULL && session->driver != NULL && session->driver->link_to != NULL;
    char *link = can && session->state != NULL && message->remote_id != NULL
                     ? session->driver->link_to(session->state,
                                                core_buffer(core, message->buffer_id), message)
                     : NULL;

    if (link == NULL)
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                            can ? "The network has no address for this message (yet)."
                                : "This network gives its messages no addresses.");
    return link;
}

const char *const *
core_emoji(struct core *core, int64_t buffer_id)
{
    static const char *const none[] = {NULL};
    const struct session *session = online(core, buffer_id);

    return session != NULL && session->driver->emoji != NULL
               ? session->driver->emoji(session->state)
               : none;
}

void
core_delivery(struct core *core, int64_t message_id, struct delivery *ret_delivery)
{
    *ret_delivery = (struct delivery){0};
    store_load_delivery(core->store, message_id, &ret_delivery->typed_us, &ret_delivery->sent_us,
                        &ret_delivery->attempts);
}
