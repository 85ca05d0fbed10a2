/* Client-only tags (section 4.2): which of them pass, what they point to, and who is typing. */
#include <string.h>

#include "protocols/irc/irc_priv.h"

static bool
is_denied(struct irc *irc, const char *name)
{
    const char *list = irc_isupport_get(&irc->isupport, "CLIENTTAGDENY");
    g_auto(GStrv) words = g_strsplit(list ? list : "", ",", 200);
    const char *const *all = (const char *const *)words;
    g_autofree char *allowed = g_strconcat("-", name, NULL);

    if (g_strv_contains(all, "*"))
        return !g_strv_contains(all, allowed);
    return g_strv_contains(all, name);
}

bool
irc_tag_usable(struct irc *irc, const char *name)
{
    return irc_has(irc, "message-tags") && !is_denied(irc, name);
}

const char *
irc_reply_of(const struct irc_line *line)
{
    const char *reply = irc_line_tag(line, "+reply");

    if (!reply || !*reply)
        reply = irc_line_tag(line, "+draft/reply");
    return reply && *reply ? reply : NULL;
}

unsigned
irc_reply_tags(struct irc *irc, const char *reply_to, struct irc_tag ret_tags[2])
{
    static const char *const keys[] = {"+reply", "+draft/reply"};
    unsigned n = 0;

    if (!reply_to || !*reply_to || strlen(reply_to) > IRC_MAX_MSGID_BYTES)
        return 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (irc_tag_usable(irc, keys[i] + 1))
            ret_tags[n++] = (struct irc_tag){keys[i], reply_to};
    }
    return n;
}

bool
irc_is_bot(const struct irc_line *line)
{
    return irc_line_tag(line, "bot") || irc_line_tag(line, "draft/bot");
}

const char *
irc_channel_context(struct irc *irc, const struct irc_line *line)
{
    const char *name = irc_line_tag(line, "+channel-context");
    struct irc_channel *channel =
        name && irc_is_channel(&irc->isupport, name) ? irc_channel(irc, name) : NULL;

    return channel ? channel->name : NULL;
}

/* --- whose conversation
 * --------------------------------------------------------------------------- */

/* Told in this connection, or open in core from before. */
static bool
is_open(struct irc *irc, const char *id)
{
    if (g_hash_table_contains(irc->direct, id))
        return true;
    g_auto(GStrv) open = irc->host->ops->conversations(irc->host, BUFFER_DIRECT);
    return g_strv_contains((const char *const *)open, id);
}

char *
irc_conversation_of(struct irc *irc, const struct irc_context *context)
{
    const char *target = irc_line_param(context->line, 0);
    const char *name = target + strspn(target, irc->isupport.statusmsg);

    if (context->replayed)
        return g_strdup(context->conversation);
    if (!irc_is_channel(&irc->isupport, name))
        name = target;
    if (irc_is_channel(&irc->isupport, name))
        return irc_channel(irc, name) ? irc_fold(&irc->isupport, name) : NULL;
    if (!context->from_user || !(context->own || irc_is_us(irc, target)))
        return NULL;
    g_autofree char *id = irc_fold(&irc->isupport, context->own ? target : context->nick);
    return is_open(irc, id) ? g_steal_pointer(&id) : NULL;
}

/* --- typing
 * --------------------------------------------------------------------------------------- */

struct told {
    char name[256]; /* as the server knows the conversation */
    int64_t at_us;  /* monotonic */
    bool active;    /* the last word was "active" */
    bool ends;      /* "done" waits until it may be said */
};

static void
tell(struct irc *irc, struct told *told, bool active)
{
    const struct irc_tag tag = {"+typing", active ? "active" : "done"};
    const char *params[] = {told->name};

    told->at_us = clock_mono_us(irc->host->clock);
    told->active = active;
    told->ends = false;
    irc_out_line(irc, IRC_TEXT, 0, irc_line_build(&tag, 1, NULL, "TAGMSG", params, 1), true);
}

static void
on_typing_timer(void *user)
{
    struct irc *irc = user;
    int64_t now_us = clock_mono_us(irc->host->clock);
    int64_t wait_us = -1;
    GHashTableIter iter;
    struct told *told;

    irc->msg.typing_timer = 0;
    g_hash_table_iter_init(&iter, irc->msg.typing);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&told)) {
        int64_t left_us = told->at_us + IRC_TYPING_US - now_us;
        if (told->ends && left_us <= 0)
            tell(irc, told, false);
        else if (told->ends)
            wait_us = wait_us < 0 ? left_us : MIN(wait_us, left_us);
        else if (left_us <= 0 && !told->active)
            g_hash_table_iter_remove(&iter);
    }
    if (wait_us >= 0)
        irc->msg.typing_timer = clock_timer_add(irc->host->clock, wait_us, on_typing_timer, irc);
    irc_flush(irc);
}

static struct told *
told_of(struct irc *irc, const struct buffer *buffer)
{
    struct told *told = g_hash_table_lookup(irc->msg.typing, buffer->remote_id);

    if (told)
        return told;
    told = g_new0(struct told, 1);
    told->at_us = -IRC_TYPING_US;
    g_strlcpy(told->name, irc_target_of(irc, buffer), sizeof told->name);
    g_hash_table_replace(irc->msg.typing, g_strdup(buffer->remote_id), told);
    return told;
}

/* At most one word in 3 s for a target, "done" included: that one waits then. */
void
irc_api_typing(void *session, const struct buffer *buffer, bool active)
{
    struct irc *irc = session;

    if (!irc_check_ready(irc, NULL) || !irc_tag_usable(irc, "typing") ||
        (buffer->kind != BUFFER_DIRECT && !irc_channel(irc, buffer->remote_id)) ||
        !irc_check_name(buffer->remote_id, NULL) || strlen(buffer->remote_id) > 200)
        return;
    struct told *told = told_of(irc, buffer);
    int64_t left_us = told->at_us + IRC_TYPING_US - clock_mono_us(irc->host->clock);
    told->ends = !active && told->active;
    if (active && left_us <= 0) {
        tell(irc, told, true);
    } else if (told->ends && left_us <= 0) {
        tell(irc, told, false);
    } else if (told->ends && irc->msg.typing_timer == 0) {
        irc->msg.typing_timer = clock_timer_add(irc->host->clock, left_us, on_typing_timer, irc);
    }
    irc_flush(irc);
}

void
irc_typing_ends(struct irc *irc, const char *id)
{
    struct told *told = g_hash_table_lookup(irc->msg.typing, id);

    if (told)
        told->active = told->ends = false;
}

void
irc_on_typing(struct irc *irc, const struct irc_context *context)
{
    const char *state = irc_line_tag(context->line, "+typing");
    struct event event = {.type = EVENT_TYPING};

    if (!state)
        state = irc_line_tag(context->line, "+draft/typing");
    /* Our own comes back: nobody needs to be told that we type. */
    if (!state || context->own || context->replayed || !context->from_user)
        return;
    bool paused = strcmp(state, "paused") == 0;
    if (!paused && strcmp(state, "active") != 0 && strcmp(state, "done") != 0)
        return;
    g_autofree char *id = irc_conversation_of(irc, context);
    if (!id)
        return;
    event.conversation = id;
    event.typing.user_id = context->sender_id;
    event.typing.user_name = context->nick;
    event.typing.active = strcmp(state, "done") != 0;
    event.typing.paused = paused;
    host_emit(irc->host, &event);
}

bool
irc_on_deed(struct irc *irc, const struct irc_context *context)
{
    const char *command = context->line->command;

    if (strcmp(command, "TAGMSG") == 0) {
        irc_on_typing(irc, context);
        irc_on_reaction(irc, context);
    } else if (strcmp(command, "REDACT") == 0) {
        irc_on_redact(irc, context);
    } else if (strcmp(command, "MARKREAD") == 0 || strcmp(command, "READ") == 0) {
        irc_on_markread(irc, context);
    } else {
        return false;
    }
    return true;
}
