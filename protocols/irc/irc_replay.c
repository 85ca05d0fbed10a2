/* Lines of the past: what a history batch holds becomes events, and touches nothing that is live.
 * With draft/event-playback comings, goings, topics, reactions and deletions are among them. */
#include <string.h>

#include "protocols/irc/irc_priv.h"

/* How long after "when we last were connected", which is saved once a minute, bytes of ours may
 * have come to the server. */
#define LATE_US (2 * 60 * G_USEC_PER_SEC)

/* Without event playback some servers tell what happened as if someone had said it. */
static bool
is_pseudo(const struct irc_context *context)
{
    return strcmp(context->nick, "HistServ") == 0 && strcmp(context->login_host, "localhost") == 0;
}

bool
irc_replay_is_context(const struct irc_line *line)
{
    return irc_line_tag(line, "draft/chathistory-context") != NULL;
}

static const char *
or_null(const char *text)
{
    return text && *text ? text : NULL;
}

static void
replay_mode(struct irc *irc, const struct irc_context *context)
{
    const struct irc_line *line = context->line;
    g_autoptr(GString) text = g_string_new(NULL);

    for (unsigned i = 1; i < line->n_params; i++)
        g_string_append_printf(text, "%s%s", i > 1 ? " " : "", line->params[i]);
    if (text->len > 0)
        irc_emit_note(irc, context, context->conversation, MESSAGE_MODE, NULL, text->str);
}

static void
replay_join(struct irc *irc, const struct irc_context *context)
{
    g_autofree char *address =
        *context->login_host ? g_strdup_printf("%s@%s", context->user, context->login_host) : NULL;

    irc_emit_note(irc, context, context->conversation, MESSAGE_JOIN, NULL, address);
}

/* The number of the parameter is -1 where there is none. */
static const struct row {
    const char *command;
    enum message_kind kind;
    int subject;
    int body;
} rows[] = {
    {"PART", MESSAGE_PART, -1, 1},   {"QUIT", MESSAGE_QUIT, -1, 0},
    {"KICK", MESSAGE_KICK, 1, 2},    {"NICK", MESSAGE_RENAME, 0, -1},
    {"TOPIC", MESSAGE_TOPIC, -1, 1}, {"INVITE", MESSAGE_INVITE, 0, -1},
};

static void
replay_note(struct irc *irc, const struct irc_context *context, const struct row *row)
{
    const char *subject =
        row->subject < 0 ? NULL : irc_line_param(context->line, (unsigned)row->subject);
    const char *body = row->body < 0 ? NULL : irc_line_param(context->line, (unsigned)row->body);

    if (subject && !*subject)
        return;
    /* A topic that was taken away is empty, and still a body. */
    irc_emit_note(irc, context, context->conversation, row->kind, subject,
                  row->kind == MESSAGE_TOPIC ? body : or_null(body));
}

static void
replay_event(struct irc *irc, const struct irc_context *context)
{
    const char *command = context->line->command;

    if (strcmp(command, "TAGMSG") == 0 || strcmp(command, "REDACT") == 0) {
        irc_on_deed(irc, context);
        return;
    }
    /* Unasked, they have no id by which a second copy would be known. */
    if (!irc_has(irc, "draft/event-playback"))
        return;
    if (!*context->nick || !irc_is_channel(&irc->isupport, context->conversation))
        return;
    if (strcmp(command, "JOIN") == 0)
        replay_join(irc, context);
    else if (strcmp(command, "MODE") == 0)
        replay_mode(irc, context);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(command, rows[i].command) == 0)
            replay_note(irc, context, &rows[i]);
    }
}

/* A server may not have noticed yet that we went, and give us another nick: what left under the old
 * one would look like a stranger's, and be said again. */
static bool
was_our_nick(struct irc *irc, const struct irc_context *context)
{
    return irc->last_nick && irc_same(&irc->isupport, irc->last_nick, context->nick) &&
           context->time_us <= irc->was_alive_us + LATE_US;
}

bool
irc_replay_line(struct irc *irc, const struct irc_line *line, const char *conversation,
                enum event_origin origin, bool moves_cursor)
{
    bool notice = strcmp(line->command, "NOTICE") == 0;
    bool message = notice || strcmp(line->command, "PRIVMSG") == 0;
    struct irc_context context;
    bool emitted = false;

    irc_context_init(irc, &context, line);
    context.replayed = true;
    context.conversation = conversation;
    context.origin = origin;
    /* What was added to explain another line may be much younger than its neighbours. */
    context.moves_cursor = moves_cursor && !irc_replay_is_context(line);
    if (!irc_is_channel(&irc->isupport, conversation))
        context.own = g_strcmp0(context.sender_id, conversation) != 0;
    else if (irc->account && g_strcmp0(irc_line_tag(line, "account"), irc->account) == 0)
        context.own = true;
    else if (was_our_nick(irc, &context))
        context.own = true;
    else if (irc_relay_is_nick(irc, context.nick) && irc->login_host &&
             strcmp(context.login_host, irc->login_host) == 0)
        context.perhaps_own = true; /* under another name, from where we are */
    if (message && !is_pseudo(&context))
        emitted = irc_on_message(irc, &context, notice);
    else if (!message)
        replay_event(irc, &context);
    irc_context_clear(&context);
    return emitted;
}
