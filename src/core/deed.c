/* What happens to messages after they were said: reactions, deletions, edits. */
#include <string.h>

#include "core/engine.h"

/* --- in
 * ---------------------------------------------------------------------------------------------- */

struct deed {
    struct word word; /* id: the buffer */
    bool deletion;
};

static void
stored(struct word *word, const struct store_result *result)
{
    struct core *core = word->core;
    struct room *room = room_get(core, word->id);

    if (room == NULL || result->outcome != STORE_CHANGED || result->message == NULL)
        return;
    if (((struct deed *)word)->deletion)
        unread_forget(core, room, result->message);
    word_publish(core, NOTICE_MESSAGE_CHANGED, result->message, false);
    if (((struct deed *)word)->deletion)
        thread_replied(core, room, result->message);
}

static struct deed *
deed_new(struct core *core, const struct room *room, bool deletion)
{
    struct deed *deed = word_new(core, sizeof *deed, stored, room->pub.id);
    deed->deletion = deletion;
    return deed;
}

static void
on_reaction(struct session *session, struct room *room, const struct event *event)
{
    struct core *core = session->core;
    g_autofree char *remote_id = ingest_clean(event->reaction.remote_id, CORE_MAX_ID_BYTES);
    g_autofree char *user_name = ingest_clean(event->reaction.user_name, CORE_MAX_NAME_BYTES);
    g_autofree char *user_id = ingest_clean(event->reaction.user_id, CORE_MAX_ID_BYTES);
    g_autofree char *emoji = ingest_clean(event->reaction.emoji, CORE_MAX_EMOJI_BYTES);
    const char *who = user_id != NULL ? user_id : user_name;
    const int64_t said_us = event->reaction.time_us;

    if (remote_id == NULL || *remote_id == '\0' || who == NULL || emoji == NULL || *emoji == '\0')
        return;
    const struct store_put_reaction put = {
        .account_id = session->account->id,
        .buffer_id = room->pub.id,
        .remote_id = remote_id,
        .user_id = who,
        .user_name = user_name,
        .emoji = emoji,
        .time_us = CLAMP(said_us, 0, CORE_LATEST_US),
        .add = event->reaction.add,
        .own = event->reaction.own,
    };
    store_put_reaction(core->store, &put, word_came, deed_new(core, room, false));
}

static void
on_reactions(struct session *session, struct room *room, const struct event *event)
{
    struct core *core = session->core;
    g_autofree char *remote_id = ingest_clean(event->reactions.remote_id, CORE_MAX_ID_BYTES);
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
    const int64_t said_us = event->reactions.time_us;

    if (remote_id == NULL || *remote_id == '\0')
        return;
    for (size_t i = 0; i < MIN(event->reactions.n, STORE_REACTIONS_MAX); i++) {
        const struct event_reaction *each = &event->reactions.list[i];
        g_ptr_array_add(list, ingest_clean(each->user_id, CORE_MAX_ID_BYTES));
        g_ptr_array_add(list, ingest_clean(each->emoji, CORE_MAX_EMOJI_BYTES));
    }
    const struct store_put_reactions put = {
        .account_id = session->account->id,
        .buffer_id = room->pub.id,
        .remote_id = remote_id,
        .stay = list,
        .time_us = said_us != 0 ? CLAMP(said_us, 0, CORE_LATEST_US) : clock_wall_us(core->clock),
    };
    store_put_reactions(core->store, &put, word_came, deed_new(core, room, false));
}

/* "deleted by maria: spam" */
static char *
note_of(const struct event *event)
{
    g_autofree char *by =
        ingest_clean(event->deleted.by_name != NULL ? event->deleted.by_name : event->deleted.by_id,
                     CORE_MAX_NAME_BYTES);
    g_autofree char *reason = ingest_clean(event->deleted.reason, CORE_MAX_NAME_BYTES);
    const bool has_by = by != NULL && *by != '\0', has_reason = reason != NULL && *reason != '\0';

    return g_strconcat("deleted", has_by ? " by " : "", has_by ? by : "", has_reason ? ": " : "",
                       has_reason ? reason : "", NULL);
}

static void
on_deleted(struct session *session, struct room *room, const struct event *event)
{
    struct core *core = session->core;
    g_autofree char *remote_id = ingest_clean(event->deleted.remote_id, CORE_MAX_ID_BYTES);

    if (remote_id == NULL || *remote_id == '\0')
        return;
    g_autofree char *note = note_of(event);
    const struct store_put_deletion put = {
        .account_id = session->account->id,
        .buffer_id = room->pub.id,
        .remote_id = remote_id,
        .note = note,
    };
    store_put_deletion(core->store, &put, word_came, deed_new(core, room, true));
}

static void
on_edited(struct session *session, struct room *room, const struct event *event)
{
    struct core *core = session->core;
    g_autofree char *remote_id = ingest_clean(event->edited.remote_id, CORE_MAX_ID_BYTES);

    if (remote_id == NULL || *remote_id == '\0')
        return;
    struct rich *body = ingest_clean_rich(event->edited.body);
    const int64_t said_us = event->edited.time_us;
    g_autoptr(GPtrArray) files = attachments_clean(event->edited.files);
    g_autoptr(GPtrArray) buttons = buttons_clean(event->edited.buttons);
    const struct store_put_edit put = {
        .account_id = session->account->id,
        .buffer_id = room->pub.id,
        .remote_id = remote_id,
        .body = body,
        .time_us = said_us != 0 ? CLAMP(said_us, 0, CORE_LATEST_US) : clock_wall_us(core->clock),
        .files = files,
        .buttons = buttons,
    };
    store_put_edit(core->store, &put, word_came, deed_new(core, room, false));
    rich_free(body);
}

void
deed_event(struct session *session, const struct event *event)
{
    struct room *room = ingest_find(session, event->conversation);

    if (room == NULL || session->core->read_only)
        return;
    if (event->type == EVENT_REACTION)
        on_reaction(session, room, event);
    else if (event->type == EVENT_REACTIONS)
        on_reactions(session, room, event);
    else if (event->type == EVENT_EDITED)
        on_edited(session, room, event);
    else
        on_deleted(session, room, event);
}

/* --- out
 * --------------------------------------------------------------------------------------------- */

struct message *
deed_find(struct core *core, int64_t message_id, enum capability capability,
          struct session **ret_session, GError **error)
{
    g_autoptr(GError) why = NULL;
    struct message *message = store_load_message(core->store, message_id);
    struct room *room = message != NULL ? room_get(core, message->buffer_id) : NULL;

    if (room == NULL) {
        why = g_error_new(WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "This message is not here.");
    } else if (core->read_only) {
        why = g_error_new(WEFT_ERROR, WEFT_ERROR_CONFLICT,
                          "Another weft runs with this profile: this one only reads.");
    } else if (!session_can(room->session, &room->pub, capability, &why)) {
        /* said */
    } else if ((message->flags & MESSAGE_DELETED) != 0) {
        why = g_error_new(WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "This message was deleted already.");
    } else if (message->remote_id == NULL) {
        why = g_error_new(WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                          "The network gave this message no name by which it could be meant.");
    } else {
        *ret_session = room->session;
        return message;
    }
    g_propagate_error(error, g_steal_pointer(&why));
    message_unref(message);
    return NULL;
}

bool
core_react(struct core *core, int64_t message_id, const char *emoji, bool add, GError **error)
{
    struct session *session;

    if (*emoji == '\0' || strlen(emoji) > CORE_MAX_EMOJI_BYTES ||
        !g_utf8_validate(emoji, -1, NULL)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "A reaction is an emoji or a short word: at most %d bytes.",
                    CORE_MAX_EMOJI_BYTES);
        return false;
    }
    struct message *message = deed_find(core, message_id, CAP_REACT, &session, error);
    if (message == NULL)
        return false;
    const struct buffer *buffer = core_buffer(core, message->buffer_id);
    const op_id op = session_begin(session, buffer->id, NULL, NULL);
    const bool taken =
        session->driver->react(session->state, op, buffer, message->remote_id, emoji, add, error);
    message_unref(message);
    return taken || session_refused(session, op);
}

bool
core_delete(struct core *core, int64_t message_id, GError **error)
{
    struct session *session;
    struct message *message = deed_find(core, message_id, CAP_DELETE, &session, error);

    if (message == NULL)
        return false;
    const struct buffer *buffer = core_buffer(core, message->buffer_id);
    const op_id op = session_begin(session, buffer->id, NULL, NULL);
    const bool taken =
        session->driver->delete_(session->state, op, buffer, message->remote_id, error);
    message_unref(message);
    return taken || session_refused(session, op);
}

bool
core_press(struct core *core, int64_t message_id, unsigned button, int choice, GError **error)
{
    struct session *session;
    struct message *message = deed_find(core, message_id, CAP_BUTTONS, &session, error);

    if (message == NULL)
        return false;
    const struct button *pressed = message->buttons != NULL && button < message->buttons->len
                                       ? message->buttons->pdata[button]
                                       : NULL;
    const bool picks = pressed != NULL && pressed->choices != NULL;
    const struct button_choice *picked =
        picks && choice >= 0 && (guint)choice < pressed->choices->len
            ? pressed->choices->pdata[choice]
            : NULL;
    if (pressed == NULL || picks != (choice >= 0) || picks != (picked != NULL)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "This button is not there any more.");
        message_unref(message);
        return false;
    }
    const struct buffer *buffer = core_buffer(core, message->buffer_id);
    const op_id op = session_begin(session, buffer->id, NULL, NULL);
    const bool taken =
        session->driver->press(session->state, op, buffer, message->remote_id, pressed,
                               picked != NULL ? picked->value : NULL, error);
    message_unref(message);
    return taken || session_refused(session, op);
}
