#include "model/message.h"

struct message *
message_new(void)
{
    struct message *message = g_atomic_rc_box_new0(struct message);
    message->body = rich_new("", 0);
    return message;
}

struct message *
message_ref(struct message *message)
{
    return g_atomic_rc_box_acquire(message);
}

static void
message_fini(void *data)
{
    struct message *message = data;
    g_free(message->remote_id);
    g_free(message->key);
    g_free(message->sender_id);
    g_free(message->sender_name);
    g_free(message->subject);
    g_free(message->reply_to);
    g_free(message->thread);
    g_free(message->error);
    rich_free(message->body);
    g_clear_pointer(&message->reactions, g_ptr_array_unref);
    replies_free(message->replies);
    g_clear_pointer(&message->files, g_ptr_array_unref);
    g_clear_pointer(&message->buttons, g_ptr_array_unref);
}

void
message_unref(struct message *message)
{
    if (message != NULL)
        g_atomic_rc_box_release_full(message, message_fini);
}

struct reaction *
reaction_new(const char *emoji, unsigned n, bool own)
{
    struct reaction *reaction = g_new(struct reaction, 1);
    *reaction = (struct reaction){.emoji = g_strdup(emoji), .n = n, .own = own};
    return reaction;
}

void
reaction_free(struct reaction *reaction)
{
    if (reaction == NULL)
        return;
    g_free(reaction->emoji);
    g_free(reaction);
}

struct replies *
replies_dup(const struct replies *replies)
{
    struct replies *copy = NULL;
    if (replies != NULL) {
        copy = g_memdup2(replies, sizeof *replies);
        copy->last_name = g_strdup(replies->last_name);
    }
    return copy;
}

void
replies_free(struct replies *replies)
{
    if (replies == NULL)
        return;
    g_free(replies->last_name);
    g_free(replies);
}

static GPtrArray *
dup_reactions(const GPtrArray *reactions)
{
    if (reactions == NULL)
        return NULL;
    GPtrArray *copy = g_ptr_array_new_with_free_func((GDestroyNotify)reaction_free);
    for (guint i = 0; i < reactions->len; i++) {
        const struct reaction *reaction = reactions->pdata[i];
        g_ptr_array_add(copy, reaction_new(reaction->emoji, reaction->n, reaction->own));
    }
    return copy;
}

struct message *
message_dup(const struct message *message)
{
    struct message *copy = g_atomic_rc_box_new0(struct message);
    *copy = *message;
    copy->remote_id = g_strdup(message->remote_id);
    copy->key = g_strdup(message->key);
    copy->sender_id = g_strdup(message->sender_id);
    copy->sender_name = g_strdup(message->sender_name);
    copy->subject = g_strdup(message->subject);
    copy->reply_to = g_strdup(message->reply_to);
    copy->thread = g_strdup(message->thread);
    copy->replies = replies_dup(message->replies);
    copy->error = g_strdup(message->error);
    copy->body = rich_dup(message->body);
    copy->reactions = dup_reactions(message->reactions);
    copy->files = attachments_dup(message->files);
    copy->buttons = buttons_dup(message->buttons);
    return copy;
}

int
position_compare(struct position a, struct position b)
{
    if (a.sort_key != b.sort_key)
        return a.sort_key < b.sort_key ? -1 : 1;
    return a.id < b.id ? -1 : a.id > b.id;
}

const char *
message_kind_name(enum message_kind kind)
{
    static const char *const names[MESSAGE_KIND_N] = {
        [MESSAGE_TEXT] = "text",     [MESSAGE_ACTION] = "action", [MESSAGE_NOTICE] = "notice",
        [MESSAGE_JOIN] = "join",     [MESSAGE_PART] = "part",     [MESSAGE_QUIT] = "quit",
        [MESSAGE_KICK] = "kick",     [MESSAGE_RENAME] = "rename", [MESSAGE_TOPIC] = "topic",
        [MESSAGE_MODE] = "mode",     [MESSAGE_SERVER] = "server", [MESSAGE_WEFT] = "weft",
        [MESSAGE_INVITE] = "invite",
    };
    return (unsigned)kind < MESSAGE_KIND_N ? names[kind] : "unknown";
}

const char *
message_state_name(enum message_state state)
{
    static const char *const names[MESSAGE_STATE_N] = {
        [MESSAGE_RECEIVED] = "received", [MESSAGE_PENDING] = "pending",
        [MESSAGE_SENDING] = "sending",   [MESSAGE_SENT] = "sent",
        [MESSAGE_FAILED] = "failed",     [MESSAGE_UNKNOWN] = "unknown",
    };
    return (unsigned)state < MESSAGE_STATE_N ? names[state] : "unknown";
}
