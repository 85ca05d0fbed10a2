/* Messages taken back: REDACT (section 4.2). */
#include <string.h>

#include "protocols/irc/irc_priv.h"
#include "protocols/irc/irc_text.h"

bool
irc_api_delete(void *session, op_id id, const struct buffer *buffer, const char *remote_id,
               GError **error)
{
    struct irc *irc = session;

    if (!irc_check_ready(irc, error) || !irc_check_name(buffer->remote_id, error))
        return false;
    if (!irc_has(irc, "draft/message-redaction")) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                            "On this server nothing that was said can be taken back.");
        return false;
    }
    if (!remote_id || !irc_check_name(remote_id, NULL)) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                            "The server gave this message no id by which it could be deleted.");
        return false;
    }
    const char *target = irc_target_of(irc, buffer);
    const char *params[] = {target, remote_id};
    struct irc_op *op = irc_op_new(irc, id, IRC_OP_REDACT, target);
    op->remote_id = g_strdup(remote_id);
    g_autofree char *label = irc_op_label(irc, op);
    const struct irc_tag tag = {"label", label};
    return irc_op_send(irc, op, irc_line_build(&tag, label ? 1 : 0, NULL, "REDACT", params, 2),
                       error);
}

void
irc_redact_accepted(struct irc *irc, const struct irc_op *op)
{
    g_autofree char *us = irc_fold(&irc->isupport, irc->nick);
    struct event event = {.type = EVENT_DELETED, .conversation = op->target};

    event.deleted.origin = ORIGIN_ECHO;
    event.deleted.remote_id = op->remote_id;
    event.deleted.by_id = us;
    event.deleted.by_name = irc->nick;
    host_emit(irc->host, &event);
}

static struct irc_op *
echoed(struct irc *irc, const struct irc_context *context, const char *conversation,
       const char *remote_id)
{
    if (!context->own || context->replayed)
        return NULL;
    for (GList *at = irc->ops.head; at; at = at->next) {
        struct irc_op *op = at->data;
        if (op->kind == IRC_OP_REDACT && op->left && g_strcmp0(op->target, conversation) == 0 &&
            strcmp(op->remote_id, remote_id) == 0)
            return op;
    }
    return NULL;
}

void
irc_on_redact(struct irc *irc, const struct irc_context *context)
{
    const char *remote_id = irc_line_param(context->line, 1);
    struct event event = {.type = EVENT_DELETED};

    if (!*remote_id || (!context->replayed && !irc_has(irc, "draft/message-redaction")))
        return;
    g_autofree char *conversation = irc_conversation_of(irc, context);
    if (!conversation)
        return;
    struct irc_op *op = echoed(irc, context, conversation, remote_id);
    g_autofree char *reason = irc_text_plain(irc_line_param(context->line, 2));
    event.conversation = conversation;
    event.deleted.origin = op ? ORIGIN_ECHO : context->origin;
    event.deleted.remote_id = remote_id;
    event.deleted.by_id = context->sender_id;
    event.deleted.by_name = *context->nick ? context->nick : NULL;
    event.deleted.reason = *reason ? reason : NULL;
    host_emit(irc->host, &event);
    if (op)
        irc_op_done(irc, op, NULL, context->time_us);
}
