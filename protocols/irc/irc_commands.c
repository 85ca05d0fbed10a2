/* The commands that only IRC has: their rows, and how one becomes a line. */
#include "protocols/irc/irc_command.h"

#include <string.h>

#include "protocols/irc/irc_priv.h"

const struct driver_command irc_commands[] = {
    {.name = "kick",
     .aliases = "k",
     .arguments = "NICK [REASON]",
     .help = "Removes someone from this channel.",
     .example = "/kick mallory that was enough",
     .completes = {COMPLETE_MEMBER},
     .least = 1,
     .most = 2},
    {.name = "ban",
     .arguments = "[NICK|MASK]",
     .help = "Keeps someone out of this channel, by their host or a mask; alone: who is kept out.",
     .example = "/ban *!*@bad.example",
     .completes = {COMPLETE_MEMBER},
     .most = 1},
    {.name = "unban",
     .arguments = "NICK|MASK",
     .help = "Lets someone into this channel again.",
     .example = "/unban *!*@bad.example",
     .completes = {COMPLETE_USER},
     .least = 1,
     .most = 1},
    {.name = "kickban",
     .arguments = "NICK [REASON]",
     .help = "Bans someone's host from this channel, then removes them.",
     .example = "/kickban mallory that was enough",
     .completes = {COMPLETE_MEMBER},
     .least = 1,
     .most = 2},
    {.name = "op",
     .arguments = "NICK…",
     .help = "Makes people operators of this channel.",
     .example = "/op maria jun",
     .completes = {COMPLETE_MEMBER, COMPLETE_MEMBER, COMPLETE_MEMBER},
     .least = 1,
     .most = 1},
    {.name = "deop",
     .arguments = "NICK…",
     .help = "Takes the rank of operator back.",
     .example = "/deop jun",
     .completes = {COMPLETE_MEMBER, COMPLETE_MEMBER, COMPLETE_MEMBER},
     .least = 1,
     .most = 1},
    {.name = "voice",
     .arguments = "NICK…",
     .help = "Lets people speak in this channel when it is moderated.",
     .example = "/voice jun",
     .completes = {COMPLETE_MEMBER, COMPLETE_MEMBER, COMPLETE_MEMBER},
     .least = 1,
     .most = 1},
    {.name = "devoice",
     .arguments = "NICK…",
     .help = "Takes the right to speak when moderated back.",
     .example = "/devoice jun",
     .completes = {COMPLETE_MEMBER, COMPLETE_MEMBER, COMPLETE_MEMBER},
     .least = 1,
     .most = 1},
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
    {.name = "who",
     .arguments = "[CHANNEL|MASK]",
     .help = "Lists people with their addresses, by channel or mask; at most 200.",
     .example = "/who *.example",
     .completes = {COMPLETE_CHANNEL},
     .most = 1},
    {.name = "whois",
     .aliases = "wi wii",
     .arguments = "NICK",
     .help = "Tells who someone is.",
     .example = "/whois maria",
     .completes = {COMPLETE_USER},
     .least = 1,
     .most = 1},
    {.name = "whowas",
     .arguments = "NICK",
     .help = "Tells who someone was that has left.",
     .example = "/whowas mallory",
     .completes = {COMPLETE_USER},
     .least = 1,
     .most = 1},
    {.name = "list",
     .arguments = "[PATTERN|>N]",
     .help =
         "Lists the server's channels, the fullest first: by name, or with more than N members.",
     .example = "/list *coop*",
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
    {.name = "omsg",
     .arguments = "TEXT",
     .help = "Says something to the operators of this channel alone.",
     .example = "/omsg shall we ban mallory?",
     .completes = {COMPLETE_MEMBER},
     .least = 1,
     .most = 1},
    {.name = "knock",
     .arguments = "CHANNEL [TEXT]",
     .help = "Asks the people of a closed channel to be let in.",
     .example = "/knock #board may I come in?",
     .completes = {COMPLETE_CHANNEL},
     .least = 1,
     .most = 2},
    {.name = "friend",
     .arguments = "[NICK]",
     .help = "Tells from now on when someone comes and goes; alone: which friends are there.",
     .example = "/friend maria",
     .completes = {COMPLETE_USER},
     .most = 1},
    {.name = "unfriend",
     .arguments = "NICK",
     .help = "No longer tells when someone comes and goes.",
     .example = "/unfriend maria",
     .completes = {COMPLETE_USER},
     .least = 1,
     .most = 1},
    {.name = "register",
     .arguments = "[ACCOUNT] EMAIL",
     .help = "Makes an account on this server. The password is asked for, hidden.",
     .example = "/register kai@coop.example",
     .least = 1,
     .most = 2},
    {.name = "verify",
     .arguments = "ACCOUNT CODE",
     .help = "Proves the e-mail address of a new account with the code that came there.",
     .example = "/verify kai 39gvcdg4myk",
     .least = 2,
     .most = 2},
    {.name = "cert",
     .arguments = "",
     .help = "Makes a client certificate, by which a server can know you without a password.",
     .example = "/cert"},
    {.name = "oper",
     .arguments = "NAME",
     .help = "Makes you an operator of the server. The password is asked for, hidden.",
     .example = "/oper kai",
     .least = 1,
     .most = 2},
    {.name = "motd",
     .arguments = "[SERVER]",
     .help = "Shows the server's message of the day.",
     .example = "/motd",
     .most = 1},
    {.name = "version",
     .arguments = "[SERVER]",
     .help = "Tells which program the server runs.",
     .example = "/version",
     .most = 1},
    {.name = "time",
     .arguments = "[SERVER]",
     .help = "Tells what time it is on the server.",
     .example = "/time",
     .most = 1},
    {.name = "ctcp",
     .arguments = "NICK COMMAND [TEXT]",
     .help = "Asks someone's program: VERSION, PING, TIME or CLIENTINFO.",
     .example = "/ctcp maria VERSION",
     .completes = {COMPLETE_USER},
     .least = 2,
     .most = 2},
    {.name = NULL},
};

/* --- lines
 * ----------------------------------------------------------------------------------------- */

bool
irc_cmd_send_op(struct irc *irc, struct irc_op *op, char *line_take, GError **error)
{
    if (irc_out_line(irc, IRC_TEXT, op->serial, line_take, false)) {
        irc_flush(irc);
        return true;
    }
    op->id = 0;
    irc_op_done(irc, op, NULL, 0);
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                        "This cannot be sent as one line of IRC.");
    return false;
}

bool
irc_cmd_send_words(struct irc *irc, op_id id, const struct buffer *buffer, const char *const *words,
                   unsigned n, GError **error)
{
    g_autofree char *label = irc_asked_add(irc, words[0], irc_cmd_place(buffer));
    const struct irc_tag tag = {"label", label};
    char *line = irc_line_build(&tag, label ? 1 : 0, NULL, words[0], words + 1, n - 1);

    return irc_cmd_send_op(irc, irc_op_new(irc, id, IRC_OP_WRITTEN, NULL), line, error);
}

bool
irc_cmd_send(struct irc *irc, op_id op, const struct buffer *buffer, GError **error, ...)
{
    const char *words[IRC_MAX_PARAMS];
    unsigned n = 0;
    va_list list;

    va_start(list, error);
    for (const char *word = va_arg(list, const char *); word && n < IRC_MAX_PARAMS;
         word = va_arg(list, const char *))
        words[n++] = word;
    va_end(list);
    return irc_cmd_send_words(irc, op, buffer, words, n, error);
}

const char *
irc_cmd_here(struct irc *irc, const struct buffer *buffer, GError **error)
{
    struct irc_channel *channel =
        buffer && buffer->remote_id ? irc_channel(irc, buffer->remote_id) : NULL;

    if (channel)
        return channel->name;
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "This works in a channel only.");
    return NULL;
}

const char *
irc_cmd_place(const struct buffer *buffer)
{
    return buffer && buffer->remote_id && *buffer->remote_id ? buffer->remote_id : NULL;
}

/* --- small ones
 * ------------------------------------------------------------------------------------ */

static bool
invite(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
       GError **error)
{
    const char *channel = arguments[1] ? arguments[1] : irc_cmd_here(irc, buffer, error);

    if (!channel || !irc_check_name(arguments[0], error) || !irc_check_name(channel, error))
        return false;
    return irc_cmd_send(irc, op, buffer, error, "INVITE", arguments[0], channel, NULL);
}

static bool
nick(struct irc *irc, op_id id, const struct buffer *buffer, const char *const *arguments,
     GError **error)
{
    const char *params[] = {arguments[0]};

    if (!irc_check_name(arguments[0], error))
        return false;
    struct irc_op *op = irc_op_new(irc, id, IRC_OP_NICK, arguments[0]);
    return irc_cmd_send_op(irc, op, irc_line_build(NULL, 0, NULL, "NICK", params, 1), error);
}

static bool
names(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
      GError **error)
{
    return irc_cmd_here(irc, buffer, error) && irc_ask_names(irc, op, buffer, error);
}

static bool
whois(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
      GError **error)
{
    return irc_api_user_info(irc, op, buffer, arguments[0], error);
}

static bool
knock(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
      GError **error)
{
    if (!irc_check_name(arguments[0], error))
        return false;
    return irc_cmd_send(irc, op, buffer, error, "KNOCK", arguments[0], arguments[1], NULL);
}

/* The command with its one argument, if it has one. */
static bool
ask_server(struct irc *irc, op_id op, const struct buffer *buffer, const char *command,
           const char *argument, GError **error)
{
    if (argument && !irc_check_name(argument, error))
        return false;
    return irc_cmd_send(irc, op, buffer, error, command, argument, NULL);
}

static bool
whowas(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
       GError **error)
{
    return ask_server(irc, op, buffer, "WHOWAS", arguments[0], error);
}

static bool
motd(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
     GError **error)
{
    return ask_server(irc, op, buffer, "MOTD", arguments[0], error);
}

static bool
version(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
        GError **error)
{
    return ask_server(irc, op, buffer, "VERSION", arguments[0], error);
}

static bool
server_time(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
            GError **error)
{
    return ask_server(irc, op, buffer, "TIME", arguments[0], error);
}

static bool
ctcp(struct irc *irc, op_id id, const struct buffer *buffer, const char *const *arguments,
     GError **error)
{
    g_autofree char *line = irc_ctcp_build(irc, arguments[0], arguments[1], error);

    return line && irc_api_raw(irc, id, buffer, line, error);
}

static const struct {
    const char *name;
    irc_cmd_fn fn;
} functions[] = {
    {"kick", irc_cmd_kick},
    {"ban", irc_cmd_ban},
    {"unban", irc_cmd_unban},
    {"kickban", irc_cmd_kickban},
    {"op", irc_cmd_op},
    {"deop", irc_cmd_deop},
    {"voice", irc_cmd_voice},
    {"devoice", irc_cmd_devoice},
    {"mode", irc_cmd_mode},
    {"names", names},
    {"who", irc_cmd_who},
    {"whois", whois},
    {"whowas", whowas},
    {"list", irc_cmd_list},
    {"nick", nick},
    {"invite", invite},
    {"omsg", irc_cmd_omsg},
    {"knock", knock},
    {"friend", irc_cmd_friend},
    {"unfriend", irc_cmd_unfriend},
    {"register", irc_cmd_register},
    {"verify", irc_cmd_verify},
    {"cert", irc_cmd_cert},
    {"oper", irc_cmd_oper},
    {"motd", motd},
    {"version", version},
    {"time", server_time},
    {"ctcp", ctcp},
};

bool
irc_api_command(void *session, op_id op, const struct driver_command *command,
                const struct buffer *buffer, const char *const *arguments, GError **error)
{
    /* Absent arguments are NULL, however many there are. */
    const char *padded[4] = {0};
    struct irc *irc = session;

    if (!irc_check_ready(irc, error))
        return false;
    for (unsigned i = 0; arguments[i] && i < 3; i++)
        padded[i] = arguments[i];
    for (unsigned i = 0; i < G_N_ELEMENTS(functions); i++) {
        if (strcmp(functions[i].name, command->name) == 0)
            return functions[i].fn(irc, op, buffer, padded, error);
    }
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED, "IRC has no command /%s.",
                command->name);
    return false;
}
