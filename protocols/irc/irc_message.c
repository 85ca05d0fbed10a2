/* PRIVMSG and NOTICE: whose conversation it is, whether it is our own come back, and what it says.
 */
#include "protocols/irc/irc_priv.h"

#include <string.h>

#include "protocols/irc/irc_services.h"
#include "protocols/irc/irc_text.h"

struct place {
    char *id;         /* folded; NULL: the server buffer */
    const char *name; /* as written */
    const char *mark; /* STATUSMSG: the target as written; a private message about a channel:
                         that one; or NULL */
};

bool
irc_direct_announce(struct irc *irc, const char *id, const char *nick)
{
    const char *known = g_hash_table_lookup(irc->direct, id);
    bool is_new = known == NULL;
    struct event event = {.type = EVENT_BUFFER, .conversation = id};

    if (known && strcmp(known, nick) == 0)
        return true;
    if (!known && g_hash_table_size(irc->direct) >= IRC_MAX_CONVERSATIONS)
        return false;
    g_hash_table_replace(irc->direct, g_strdup(id), g_strdup(nick));
    irc_monitor_add(irc, nick);
    event.buffer.kind = BUFFER_DIRECT;
    event.buffer.name = nick;
    event.buffer.joined = true;
    event.buffer.caps_removed = CAP_SET_TOPIC | CAP_MEMBERS | CAP_LEAVE;
    host_emit(irc->host, &event);
    if (is_new)
        irc_read_ask(irc, id, nick);
    return true;
}

static void
place_channel(struct irc *irc, const char *target, struct place *place)
{
    const char *name = target + strspn(target, irc->isupport.statusmsg);

    /* "+" may be a kind of channel and a rank. */
    if (!irc_is_channel(&irc->isupport, name))
        name = target;
    place->mark = name != target ? target : NULL;
    place->name = name;
    place->id = irc_fold(&irc->isupport, name);
}

static bool
is_channel_target(struct irc *irc, const char *target)
{
    return irc_is_channel(&irc->isupport, target) ||
           irc_is_channel(&irc->isupport, target + strspn(target, irc->isupport.statusmsg));
}

/* A private conversation's name is as its person writes it; what we typed is not that. */
static const char *
known_name(struct irc *irc, const char *name)
{
    g_autofree char *id = irc_fold(&irc->isupport, name);
    const char *known = g_hash_table_lookup(irc->direct, id);

    return known ? known : name;
}

/* Where a line belongs. */
static void
find_place(struct irc *irc, const struct irc_context *context, bool notice, struct place *place)
{
    const char *target = irc_line_param(context->line, 0);

    *place = (struct place){NULL, NULL, NULL};
    if (context->replayed && !is_channel_target(irc, context->conversation)) {
        place->id = g_strdup(context->conversation);
        place->name = context->own ? known_name(irc, context->conversation) : context->nick;
        return;
    }
    if (!context->from_user)
        return;
    if (is_channel_target(irc, target)) {
        place_channel(irc, target, place);
        return;
    }
    if (context->own) {
        place->name = known_name(irc, target);
    } else if (irc_is_us(irc, target)) {
        /* A notice opens no conversation: services send them unasked. */
        if (!notice || g_hash_table_contains(irc->direct, context->sender_id))
            place->name = context->nick;
    }
    place->mark = irc_channel_context(irc, context->line);
    if (place->name && *place->name)
        place->id = irc_fold(&irc->isupport, place->name);
}

/* --- our own, come back
 * --------------------------------------------------------------------------- */

/* The server may have taken something out, or put something in. */
static bool
much_alike(const char *a, const char *b)
{
    size_t len_a = strlen(a), len_b = strlen(b);
    size_t least = MIN(len_a, len_b);
    size_t head = 0, tail = 0;

    while (head < least && a[head] == b[head])
        head++;
    while (tail < least - head && a[len_a - 1 - tail] == b[len_b - 1 - tail])
        tail++;
    return 2 * (head + tail) >= MAX(len_a, len_b);
}

/* Where labels are known, only what left before they were. */
static struct irc_op *
echoed_by_text(struct irc *irc, const char *target, enum message_kind kind, const char *plain)
{
    struct irc_op *first = NULL;

    for (GList *at = irc->ops.head; at; at = at->next) {
        struct irc_op *op = at->data;
        if (op->kind != IRC_OP_SEND || !op->left || op->message != kind ||
            (op->labelled && irc_has_labels(irc)) || g_strcmp0(op->target, target) != 0)
            continue;
        if (strcmp(op->plain, plain) == 0)
            return op;
        if (!first)
            first = op;
    }
    return first && much_alike(first->plain, plain) ? first : NULL;
}

static struct irc_op *
echoed(struct irc *irc, const struct irc_context *context, const char *target,
       enum message_kind kind, const char *plain)
{
    if (!context->own || context->replayed)
        return NULL;
    if (context->label) {
        struct irc_op *op = irc_op_by_label(irc, context->label);
        return op && op->kind == IRC_OP_SEND ? op : NULL;
    }
    /* What is said under another name comes back in any case. */
    return irc_has(irc, "echo-message") || irc_relay_sender(irc, context->line)
               ? echoed_by_text(irc, target, kind, plain)
               : NULL;
}

/* A message to ourselves comes twice: as echo and as message. */
static bool
second_copy(struct irc *irc, const struct irc_context *context)
{
    return context->own && !context->replayed && !context->label && irc_has(irc, "echo-message") &&
           irc_has(irc, "labeled-response") && irc_is_us(irc, irc_line_param(context->line, 0));
}

/* --- what it says
 * --------------------------------------------------------------------------------- */

static bool
is_action(const char *text)
{
    return g_ascii_strncasecmp(text,
                               "\x01"
                               "ACTION",
                               7) == 0 &&
           (text[7] == ' ' || text[7] == '\x01' || text[7] == '\0');
}

/* The text of an action; the closing byte may be missing. */
static char *
action_text(const char *text)
{
    const char *start = text + 7 + (text[7] == ' ' ? 1 : 0);

    return g_strndup(start, strcspn(start, "\x01"));
}

/* What stays of a password that we told a service, here or elsewhere; NULL: there is none. */
static char *
kept_of(struct irc *irc, const struct irc_context *context, const char *plain)
{
    const char *target = irc_line_param(context->line, 0);

    return context->own || !irc_is_us(irc, target) ? irc_services_mask_text(target, plain) : NULL;
}

static void
say_in_server_buffer(struct irc *irc, const struct irc_context *context, const char *text,
                     bool notice)
{
    g_autofree char *plain = irc_text_plain(text);
    g_autofree char *kept = kept_of(irc, context, plain);
    const char *about = irc_channel_context(irc, context->line);
    g_autofree char *said = g_strdup_printf("%s%s%s%s", about ? "[" : "", about ? about : "",
                                            about ? "] " : "", kept ? kept : plain);
    g_autofree char *line =
        context->from_user ? g_strdup_printf(notice ? "-%s- %s" : "<%s> %s", context->nick, said)
                           : g_strdup(said);

    if (!context->replayed)
        host_say(irc->host, NULL, notice ? MESSAGE_NOTICE : MESSAGE_SERVER, line);
}

/* Our own without an operation was said by another client of ours: live. */
static void
set_origin(struct irc *irc, struct irc_context *context, const struct place *place,
           const struct irc_op *op)
{
    struct irc_channel *channel = irc_channel(irc, place->id);

    if (context->replayed)
        return;
    if (op) {
        context->origin = ORIGIN_ECHO;
    } else if (channel && channel->behind &&
               context->time_us < channel->joined_us - 5 * G_USEC_PER_SEC) {
        /* A bouncer plays its buffer without saying so. */
        context->origin = channel->known_before ? ORIGIN_CATCH_UP : ORIGIN_HISTORY;
        irc_history_played_back(irc, channel, context->time_us);
    }
}

/* `said`, or what may be shown of it with its mark before it. Takes `said`. */
static struct rich *
body_take(const struct place *place, struct rich *said, const char *text, const char *kept)
{
    if (!place->mark && !kept)
        return said;
    rich_free(said);
    g_autofree char *marked =
        place->mark ? g_strdup_printf("[%s] %s", place->mark, kept ? kept : text) : NULL;
    return irc_text_read(marked ? marked : kept);
}

static void
emit(struct irc *irc, struct irc_context *context, const struct place *place,
     enum message_kind kind, const char *text)
{
    struct event event;
    struct rich *said = irc_text_read(text);
    struct irc_op *op = echoed(irc, context, place->id, kind, said->text);
    if (op && !op->key) {
        /* Said with a secret: core has written what may be seen of it. */
        rich_free(said);
        irc_op_done(irc, op, context->msgid, context->time_us);
        return;
    }
    g_autofree char *kept = kept_of(irc, context, said->text);
    struct rich *body = body_take(place, said, text, kept);
    g_autofree char *key = op ? g_strdup(op->key) : NULL;

    set_origin(irc, context, place, op);
    irc_message_event(context, &event, place->id, kind);
    if (key)
        event.message.key = key;
    event.message.body = body;
    irc_emit_message(irc, context, &event);
    rich_free(body);
    irc_on_reaction(irc, context);
    if (op)
        irc_op_done(irc, op, context->msgid, context->time_us);
}

/* Core is told of a conversation before its first message. */
static bool
announce(struct irc *irc, const struct place *place)
{
    if (!irc_is_channel(&irc->isupport, place->id))
        return irc_direct_announce(irc, place->id, place->name);
    if (!irc_channel(irc, place->id)) {
        struct event event = {.type = EVENT_BUFFER, .conversation = place->id};
        event.buffer.kind = BUFFER_CHANNEL;
        event.buffer.name = place->name;
        host_emit(irc->host, &event);
    }
    return true;
}

static bool
ignores(struct irc *irc, const struct irc_context *context)
{
    return context->sender_id &&
           irc->host->ops->ignores(irc->host, context->sender_id, context->nick,
                                   *context->login_host ? context->line->source : NULL);
}

bool
irc_on_message(struct irc *irc, const struct irc_context *given, bool notice)
{
    const char *text = irc_line_param(given->line, 1);
    struct irc_context context = *given;
    enum message_kind kind = notice ? MESSAGE_NOTICE : MESSAGE_TEXT;
    struct place place;
    g_autofree char *action = NULL;

    if (given->line->n_params < 2 || second_copy(irc, given))
        return false;
    if (*text == '\x01') {
        if (!is_action(text)) {
            if (!ignores(irc, given))
                irc_on_ctcp(irc, given, text, notice);
            return false;
        }
        kind = MESSAGE_ACTION;
        text = action = action_text(text);
    }
    find_place(irc, &context, notice, &place);
    g_autofree char *id = place.id;
    if (!id || !announce(irc, &place)) {
        say_in_server_buffer(irc, &context, text, notice);
        return false;
    }
    emit(irc, &context, &place, kind, text);
    return true;
}
