/* Answering one message: what is being written in answer to it, and sending that. */
#include "core/engine.h"
#include "store/inbox.h"

bool
core_can_reply(struct core *core, const struct message *message)
{
    const struct buffer *buffer = core_buffer(core, message->buffer_id);

    return buffer != NULL && (buffer->caps & CAP_REPLY) != 0 && message->remote_id != NULL;
}

bool
core_reply(struct core *core, int64_t message_id, const char *text, GError **error)
{
    struct message *answered = store_load_message(core->store, message_id);

    if (answered == NULL || core_buffer(core, answered->buffer_id) == NULL) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "This message is not here.");
        message_unref(answered);
        return false;
    }
    const bool can = core_can_reply(core, answered);
    const bool named = !can && answered->sender_name != NULL;
    g_autofree char *addressed =
        named ? g_strdup_printf("%s: %s", answered->sender_name, text) : NULL;
    const bool good = writing_say(core, answered->buffer_id, MESSAGE_TEXT, named ? addressed : text,
                                  can ? answered->remote_id : NULL, error);

    message_unref(answered);
    return good;
}

void
core_set_draft_reply(struct core *core, int64_t buffer_id, int64_t message_id)
{
    if (!core->read_only && room_get(core, buffer_id) != NULL)
        store_set_draft_reply(core->store, buffer_id, message_id);
}

struct message *
core_draft_reply(struct core *core, int64_t buffer_id)
{
    const int64_t id = store_load_draft_reply(core->store, buffer_id);

    return id != 0 ? store_load_message(core->store, id) : NULL;
}
