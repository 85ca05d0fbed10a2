/* Conversations: joining, leaving, saying, topics. */
#include <string.h>

#include "core/command.h"

static bool
run_join(const struct command_context *context, GError **error)
{
    struct session *session = context->session;

    if (!command_needs_account(context, error) || !session_can(session, NULL, CAP_JOIN, error))
        return false;
    op_id op = session_begin(session, context->buffer->id, NULL, NULL);
    session_then_show(session, op, context->arguments[0]);
    if (!session->driver->join(session->state, op, command_from(context), context->arguments[0],
                               context->n > 1 ? context->arguments[1] : NULL, error))
        return session_refused(session, op);
    return true;
}

/* The first word may name another channel: "/part #lab bye", "/topic #lab agenda". What
 * follows is written to `ret_rest` (g_free), NULL for nothing. NULL with `error` when the word can
 * only be a channel's name, and there is none. */
static const struct buffer *
channel_meant(const struct command_context *context, char **ret_rest, GError **error)
{
    struct session *session = context->session;
    const char *text = context->n > 0 ? context->arguments[0] : "";
    g_auto(GStrv) words = command_split(text, 2);
    const struct buffer *named =
        words[0] ? session_find_buffer(session, context->buffer, words[0]) : NULL;

    if (named && (named->kind == BUFFER_CHANNEL || named->kind == BUFFER_PRIVATE)) {
        *ret_rest = g_strdup(words[1]);
        return named;
    }
    if (words[0] && session->state && session->driver->names_channel &&
        session->driver->names_channel(session->state, words[0])) {
        g_set_error(
            error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
            "There is no channel %s here. A text that begins so needs its channel before it.",
            words[0]);
        return NULL;
    }
    *ret_rest = *text ? g_strdup(text) : NULL;
    return context->buffer;
}

static bool
run_part(const struct command_context *context, GError **error)
{
    struct session *session = context->session;
    g_autofree char *reason = NULL;

    if (!command_needs_account(context, error))
        return false;
    const struct buffer *buffer = channel_meant(context, &reason, error);
    if (!buffer)
        return false;
    if (!session_can(session, buffer, CAP_LEAVE, error))
        return false;
    op_id op = session_begin(session, context->buffer->id, NULL, NULL);
    if (!session->driver->leave(session->state, op, buffer, reason, error))
        return session_refused(session, op);
    return true;
}

static bool
say_to(const struct command_context *context, enum message_kind kind, bool show, GError **error)
{
    const struct people_wish wish = {
        .from_id = context->buffer->id,
        .name = context->arguments[0],
        .text = context->n > 1 ? context->arguments[1] : NULL,
        .kind = kind,
        .show = show,
    };

    return command_needs_account(context, error) && people_open(context->session, &wish, error);
}

static bool
run_msg(const struct command_context *context, GError **error)
{
    return say_to(context, MESSAGE_TEXT, false, error);
}

static bool
run_query(const struct command_context *context, GError **error)
{
    return say_to(context, MESSAGE_TEXT, true, error);
}

static bool
run_notice(const struct command_context *context, GError **error)
{
    if (!command_needs_account(context, error) ||
        !session_can(context->session, NULL, CAP_NOTICE, error))
        return false;
    return say_to(context, MESSAGE_NOTICE, false, error);
}

static bool
run_me(const struct command_context *context, GError **error)
{
    if (!command_needs_account(context, error))
        return false;
    /* Not session_can(): what is said while the network is away waits in the outbox. */
    if (!(context->buffer->caps & CAP_ACTION)) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED, capability_lack(CAP_ACTION));
        return false;
    }
    return writing_say(context->core, context->buffer->id, MESSAGE_ACTION, context->arguments[0],
                       NULL, error);
}

static bool
run_topic(const struct command_context *context, GError **error)
{
    struct session *session = context->session;
    g_autofree char *topic = NULL;

    if (!command_needs_account(context, error))
        return false;
    const struct buffer *buffer = channel_meant(context, &topic, error);
    if (!buffer)
        return false;
    if (!topic) {
        core_say(context->core, context->buffer->id, "%s: %s", buffer->name,
                 buffer->topic && *buffer->topic ? buffer->topic : "no topic is set.");
        return true;
    }
    if (!session_can(session, buffer, CAP_SET_TOPIC, error))
        return false;
    op_id op = session_begin(session, context->buffer->id, NULL, NULL);
    if (!session->driver->set_topic(session->state, op, buffer, topic, error))
        return session_refused(session, op);
    return true;
}

static bool
set_presence(const struct command_context *context, const char *away_text, GError **error)
{
    struct session *session = context->session;

    if (!command_needs_account(context, error) || !session_can(session, NULL, CAP_PRESENCE, error))
        return false;
    op_id op = session_begin(session, context->buffer->id, NULL, NULL);
    if (!session->driver->set_presence(session->state, op, away_text, error))
        return session_refused(session, op);
    return true;
}

static bool
run_away(const struct command_context *context, GError **error)
{
    return set_presence(context, context->n ? context->arguments[0] : NULL, error);
}

static bool
run_back(const struct command_context *context, GError **error)
{
    return set_presence(context, NULL, error);
}

static bool
run_say(const struct command_context *context, GError **error)
{
    return writing_say(context->core, context->buffer->id, MESSAGE_TEXT, context->arguments[0],
                       NULL, error);
}

static bool
is_in_doubt(struct core *core, const struct message *message)
{
    return message->state == MESSAGE_FAILED || message->state == MESSAGE_UNKNOWN;
}

static bool
is_unsent(struct core *core, const struct message *message)
{
    return is_in_doubt(core, message) || core_waits(core, message->id);
}

/* Retries or drops the newest of those messages of the buffer. What was dropped keeps its state in
 * the history: core knows, and the search goes on. */
static bool
decide(const struct command_context *context,
       bool (*is_meant)(struct core *core, const struct message *message),
       bool (*act)(struct core *core, int64_t message_id, GError **error), GError **error)
{
    struct page page = {0};
    g_autoptr(GError) why = NULL;
    bool done = false;

    core_page_newest(context->core, context->buffer->id, 500, &page);
    for (unsigned i = page.messages->len; i > 0 && !done; i--) {
        const struct message *message = page.messages->pdata[i - 1];
        if (!is_meant(context->core, message))
            continue;
        g_clear_error(&why);
        done = act(context->core, message->id, &why);
        if (!done && !error_is(why, WEFT_ERROR_NOT_FOUND))
            break;
    }
    page_clear(&page);
    if (!done && why && !error_is(why, WEFT_ERROR_NOT_FOUND))
        g_propagate_error(error, g_steal_pointer(&why));
    else if (!done)
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                            "No message of this buffer waits for a decision.");
    return done;
}

static bool
run_retry(const struct command_context *context, GError **error)
{
    return decide(context, is_in_doubt, core_retry, error);
}

static bool
run_drop(const struct command_context *context, GError **error)
{
    const char *which = context->arguments[0];

    if (which == NULL)
        return decide(context, is_unsent, core_drop, error);
    if (strcmp(which, "all") != 0) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                            "/drop takes back the newest message that was not sent, /drop all "
                            "all of this buffer.");
        return false;
    }
    if (core_drop_all(context->core, context->buffer->id) > 0)
        return true;
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                        "Everything that was said in this buffer has left.");
    return false;
}

const struct command commands_talk[] = {
    {.name = "join",
     .aliases = "j",
     .arguments = "NAME [KEY]",
     .help = "Joins a channel of this account and shows it.\n"
             "In weft's own buffer with several accounts, /join ACCOUNT/NAME says of which.",
     .example = "/join #coop",
     .completes = {COMPLETE_CHANNEL},
     .least = 1,
     .most = 2,
     .of_account = CAP_JOIN,
     .run = run_join},
    {.name = "part",
     .aliases = "leave",
     .arguments = "[NAME] [REASON]",
     .help =
         "Leaves this channel, or the named one. Its history stays; /close takes it off the list.",
     .example = "/part see you tomorrow",
     .completes = {COMPLETE_CHANNEL},
     .most = 1,
     .run = run_part},
    {.name = "say",
     .arguments = "TEXT",
     .help = "Says the text here, even if it begins with a slash.",
     .example = "/say /help lists the commands",
     .completes = {COMPLETE_MEMBER},
     .least = 1,
     .most = 1,
     .run = run_say},
    {.name = "msg",
     .aliases = "m",
     .arguments = "NAME TEXT",
     .help = "Says something to a person or in another conversation of this account.",
     .example = "/msg maria are you coming on Thursday?",
     .completes = {COMPLETE_USER},
     .least = 2,
     .most = 2,
     .of_account = CAP_OPEN_DM,
     .run = run_msg},
    {.name = "query",
     .aliases = "q",
     .arguments = "NAME [TEXT]",
     .help = "Opens a conversation with a person and shows it.\n"
             "Several names with commas between them make a group, where the network has groups.",
     .example = "/query maria",
     .completes = {COMPLETE_USER},
     .least = 1,
     .most = 2,
     .of_account = CAP_OPEN_DM,
     .run = run_query},
    {.name = "notice",
     .arguments = "NAME TEXT",
     .help = "Sends a notice, which no program answers.",
     .example = "/notice #coop the server restarts at noon",
     .completes = {COMPLETE_USER},
     .least = 2,
     .most = 2,
     .of_account = CAP_NOTICE,
     .run = run_notice},
    {.name = "me",
     .arguments = "TEXT",
     .help = "Says what you do.",
     .example = "/me brings the minutes",
     .completes = {COMPLETE_MEMBER},
     .least = 1,
     .most = 1,
     .run = run_me},
    {.name = "topic",
     .aliases = "t",
     .arguments = "[NAME] [TEXT]",
     .help = "Sets the topic of this channel, or of the named one; without a text, shows it.",
     .example = "/topic agenda, minutes, asks",
     .completes = {COMPLETE_CHANNEL},
     .most = 1,
     .run = run_topic},
    {.name = "away",
     .arguments = "[TEXT]",
     .help = "Tells this account's network that you are away; without a text, that you are back.",
     .example = "/away lunch",
     .most = 1,
     .of_account = CAP_PRESENCE,
     .run = run_away},
    {.name = "back",
     .arguments = "",
     .help = "Tells this account's network that you are back.",
     .example = "/back",
     .of_account = CAP_PRESENCE,
     .run = run_back},
    {.name = "retry",
     .arguments = "",
     .help = "Sends the newest message of this buffer again that failed or may not have arrived.",
     .example = "/retry",
     .run = run_retry},
    {.name = "drop",
     .arguments = "[all]",
     .help = "Takes back the newest message of this buffer that has not been sent; \"all\": each.\n"
             "That is what waits for the network, what failed, and what may not have arrived.",
     .example = "/drop all",
     .most = 1,
     .run = run_drop},
    {0},
};
