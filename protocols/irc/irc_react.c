/* Reactions: +draft/react and +draft/unreact beside +reply, mostly on a TAGMSG (section 4.2). */
#include <string.h>

#include "protocols/irc/irc_priv.h"
#include "protocols/irc/irc_text.h"

static bool
refuse(GError **error, enum weft_error code, const char *sentence)
{
    g_set_error_literal(error, WEFT_ERROR, (int)code, sentence);
    return false;
}

static bool
check(struct irc *irc, const struct buffer *buffer, const char *remote_id, const char *emoji,
      GError **error)
{
    if (!irc_check_ready(irc, error) || !irc_check_name(buffer->remote_id, error))
        return false;
    if (!irc_tag_usable(irc, "draft/react") ||
        !(irc_tag_usable(irc, "reply") || irc_tag_usable(irc, "draft/reply")))
        return refuse(error, WEFT_ERROR_UNSUPPORTED, "This server lets no reactions through.");
    if (!remote_id || !*remote_id || strlen(remote_id) > IRC_MAX_MSGID_BYTES)
        return refuse(error, WEFT_ERROR_NOT_FOUND,
                      "The server gave this message no id that a reaction could name.");
    if (!emoji || !*emoji || strlen(emoji) > IRC_MAX_REACTION_BYTES)
        return refuse(error, WEFT_ERROR_BAD_INPUT, "A reaction is an emoji or a short word.");
    return true;
}

bool
irc_api_react(void *session, op_id id, const struct buffer *buffer, const char *remote_id,
              const char *emoji, bool add, GError **error)
{
    struct irc *irc = session;
    struct irc_tag tags[4];
    unsigned n = 0;

    if (!check(irc, buffer, remote_id, emoji, error))
        return false;
    const char *target = irc_target_of(irc, buffer);
    const char *params[] = {target};
    struct irc_op *op = irc_op_new(irc, id, IRC_OP_REACT, target);
    op->remote_id = g_strdup(remote_id);
    op->emoji = g_strdup(emoji);
    op->add = add;
    g_autofree char *label = irc_op_label(irc, op);
    if (label)
        tags[n++] = (struct irc_tag){"label", label};
    tags[n++] = (struct irc_tag){add ? "+draft/react" : "+draft/unreact", emoji};
    n += irc_reply_tags(irc, remote_id, tags + n);
    return irc_op_send(irc, op, irc_line_build(tags, n, NULL, "TAGMSG", params, 1), error);
}

static void
emit(struct irc *irc, const char *conversation, const char *remote_id, const char *emoji, bool add,
     struct event *event)
{
    event->type = EVENT_REACTION;
    event->conversation = conversation;
    event->reaction.remote_id = remote_id;
    event->reaction.emoji = emoji;
    event->reaction.add = add;
    host_emit(irc->host, event);
}

void
irc_react_accepted(struct irc *irc, const struct irc_op *op)
{
    g_autofree char *us = irc_fold(&irc->isupport, irc->nick);
    struct event event = {0};

    event.reaction.origin = ORIGIN_ECHO;
    event.reaction.user_id = us;
    event.reaction.user_name = irc->nick;
    event.reaction.own = true;
    event.reaction.time_us = irc_now_us(irc);
    emit(irc, op->target, op->remote_id, op->emoji, op->add, &event);
}

static struct irc_op *
echoed(struct irc *irc, const struct irc_context *context, const char *conversation,
       const char *remote_id, const char *emoji, bool add)
{
    if (!context->own || context->replayed)
        return NULL;
    if (context->label) {
        struct irc_op *op = irc_op_by_label(irc, context->label);
        return op && op->kind == IRC_OP_REACT ? op : NULL;
    }
    for (GList *at = irc->ops.head; at; at = at->next) {
        struct irc_op *op = at->data;
        if (op->kind == IRC_OP_REACT && op->left && op->add == add &&
            g_strcmp0(op->target, conversation) == 0 && strcmp(op->remote_id, remote_id) == 0 &&
            strcmp(op->emoji, emoji) == 0)
            return op;
    }
    return NULL;
}

void
irc_on_reaction(struct irc *irc, const struct irc_context *context)
{
    const char *react = irc_line_tag(context->line, "+draft/react");
    const char *unreact = irc_line_tag(context->line, "+draft/unreact");
    const char *remote_id = irc_reply_of(context->line);
    const char *given = react ? react : unreact;
    struct event event = {0};

    /* Without what it is about it is nothing; given and taken back at once likewise. */
    if (!given || (react && unreact) || !remote_id || strlen(given) > IRC_MAX_REACTION_BYTES ||
        !context->from_user)
        return;
    g_autofree char *emoji = irc_text_plain(given);
    g_autofree char *conversation = irc_conversation_of(irc, context);
    if (!*emoji || !conversation)
        return;
    struct irc_op *op = echoed(irc, context, conversation, remote_id, given, react != NULL);
    event.reaction.origin = op ? ORIGIN_ECHO : context->origin;
    event.reaction.user_id = context->sender_id;
    event.reaction.user_name = context->nick;
    event.reaction.own = context->own;
    event.reaction.time_us = context->time_us;
    emit(irc, conversation, remote_id, emoji, react != NULL, &event);
    if (op)
        irc_op_done(irc, op, NULL, context->time_us);
}
