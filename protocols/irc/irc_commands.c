/* The commands that only IRC has. */
#include "protocols/irc/irc_priv.h"

#include <string.h>

const struct driver_command irc_commands[] = {
    {.name = "kick",
     .aliases = "k",
     .arguments = "NICK [REASON]",
     .help = "Removes someone from this channel.",
     .example = "/kick mallory that was enough",
     .completes = {COMPLETE_MEMBER},
     .least = 1,
     .most = 2},
    {.name = "mode",
     .arguments = "[TARGET] [MODES]",
     .help = "Shows or changes the modes of this channel, another one or yourself.",
     .example = "/mode +o maria",
     .completes = {COMPLETE_NONE, COMPLETE_MEMBER},
     .most = 1},
    {.name = "names",
     .aliases = "n",
     .arguments = "",
     .help = "Lists who is in this channel.",
     .example = "/names"},
    {.name = "whois",
     .aliases = "wi wii",
     .arguments = "NICK",
     .help = "Tells who someone is.",
     .example = "/whois maria",
     .completes = {COMPLETE_USER},
     .least = 1,
     .most = 1},
    {.name = "nick",
     .arguments = "NICK",
     .help = "Changes your nick.",
     .example = "/nick kai",
     .least = 1,
     .most = 1},
    {.name = "invite",
     .arguments = "NICK [CHANNEL]",
     .help = "Invites someone to this channel or another one.",
     .example = "/invite maria #lab",
     .completes = {COMPLETE_USER, COMPLETE_CHANNEL},
     .least = 1,
     .most = 2},
    {.name = NULL},
};

static bool
send_words(struct irc *irc, op_id id, const char *const *words, unsigned n, GError **error)
{
    char *line = irc_line_build(NULL, 0, NULL, words[0], words + 1, n - 1);

    if (!line) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                            "This cannot be written as a line of IRC.");
        return false;
    }
    struct irc_op *op = irc_op_new(irc, id, IRC_OP_WRITTEN, NULL);
    if (!irc_out_line(irc, IRC_TEXT, op->serial, line, false)) {
        op->id = 0;
        irc_op_done(irc, op, NULL, 0);
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                            "This cannot be sent as one line.");
        return false;
    }
    irc_flush(irc);
    return true;
}

static const char *
here(struct irc *irc, const struct buffer *buffer, GError **error)
{
    struct irc_channel *channel =
        buffer && buffer->remote_id ? irc_channel(irc, buffer->remote_id) : NULL;

    if (channel)
        return channel->name;
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "This works in a channel only.");
    return NULL;
}

static bool
kick(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
     GError **error)
{
    const char *channel = here(irc, buffer, error);

    if (!channel || !irc_check_name(arguments[0], error))
        return false;
    const char *words[] = {"KICK", channel, arguments[0], arguments[1]};
    return send_words(irc, op, words, arguments[1] ? 4 : 3, error);
}

/* "+o maria", "#lab +i", "kai", "": the target is this channel unless one stands first. */
static bool
mode(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
     GError **error)
{
    g_auto(GStrv) given = g_strsplit(arguments[0] ? arguments[0] : "", " ", IRC_MAX_PARAMS - 3);
    const char *words[IRC_MAX_PARAMS] = {"MODE"};
    unsigned n = 1;

    if (!given[0] || !*given[0] || *given[0] == '+' || *given[0] == '-') {
        words[n] = here(irc, buffer, error);
        if (!words[n++])
            return false;
    }
    for (unsigned i = 0; given[i]; i++) {
        if (*given[i])
            words[n++] = given[i];
    }
    return send_words(irc, op, words, n, error);
}

static bool
invite(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
       GError **error)
{
    const char *channel = arguments[1] ? arguments[1] : here(irc, buffer, error);

    if (!channel || !irc_check_name(arguments[0], error) || !irc_check_name(channel, error))
        return false;
    const char *words[] = {"INVITE", arguments[0], channel};
    return send_words(irc, op, words, 3, error);
}

static bool
nick(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
     GError **error)
{
    if (!irc_check_name(arguments[0], error))
        return false;
    const char *words[] = {"NICK", arguments[0]};
    return send_words(irc, op, words, 2, error);
}

static bool
names(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
      GError **error)
{
    return here(irc, buffer, error) && irc_ask_names(irc, op, buffer, error);
}

static bool
whois(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
      GError **error)
{
    return irc_api_user_info(irc, op, buffer, arguments[0], error);
}

bool
irc_api_command(void *session, op_id op, const struct driver_command *command,
                const struct buffer *buffer, const char *const *arguments, GError **error)
{
    static const struct {
        const char *name;
        bool (*fn)(struct irc *irc, op_id op, const struct buffer *buffer,
                   const char *const *arguments, GError **error);
    } rows[] = {{"kick", kick},   {"mode", mode}, {"names", names},
                {"whois", whois}, {"nick", nick}, {"invite", invite}};
    struct irc *irc = session;

    if (!irc_check_ready(irc, error))
        return false;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(rows[i].name, command->name) == 0)
            return rows[i].fn(irc, op, buffer, arguments, error);
    }
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED, "IRC has no command /%s.",
                command->name);
    return false;
}
