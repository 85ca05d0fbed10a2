/* What channel operators do: kick, ban, ranks, modes. */
#include <string.h>

#include "protocols/irc/irc_command.h"
#include "protocols/irc/irc_priv.h"

#define MOST_NICKS 50

static bool
bad_input(GError **error, const char *sentence)
{
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, sentence);
    return false;
}

bool
irc_cmd_kick(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
             GError **error)
{
    const char *channel = irc_cmd_here(irc, buffer, error);

    if (!channel || !irc_check_name(arguments[0], error))
        return false;
    return irc_cmd_send(irc, op, buffer, error, "KICK", channel, arguments[0], arguments[1], NULL);
}

/* "+o maria", "#lab +i", "kai", "": the target is this channel unless one stands first. */
bool
irc_cmd_mode(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
             GError **error)
{
    g_auto(GStrv) given = g_strsplit(arguments[0] ? arguments[0] : "", " ", IRC_MAX_PARAMS - 3);
    const char *words[IRC_MAX_PARAMS] = {"MODE"};
    unsigned n = 1;

    if (!given[0] || !*given[0] || *given[0] == '+' || *given[0] == '-') {
        words[n] = irc_cmd_here(irc, buffer, error);
        if (!words[n++])
            return false;
    }
    for (unsigned i = 0; given[i]; i++) {
        if (*given[i])
            words[n++] = given[i];
    }
    return irc_cmd_send_words(irc, op, buffer, words, n, error);
}

/* To those of a rank, by a target like "@#lab". What we said comes back by the echo; without one it
 * is told here. */
bool
irc_cmd_omsg(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
             GError **error)
{
    const char *channel = irc_cmd_here(irc, buffer, error);

    if (!channel)
        return false;
    if (!strchr(irc->isupport.statusmsg, '@')) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                            "This server has no messages to operators alone.");
        return false;
    }
    g_autofree char *target = g_strconcat("@", channel, NULL);
    if (!irc_cmd_send(irc, op, buffer, error, "PRIVMSG", target, arguments[0], NULL))
        return false;
    if (!irc_has(irc, "echo-message"))
        irc_say(irc, buffer->remote_id, "[%s] %s: %s", target, irc->nick, arguments[0]);
    return true;
}

/* --- ranks
 * ---------------------------------------------------------------------------------------- */

static unsigned
modes_at_once(const struct irc *irc)
{
    const char *value = irc_isupport_get(&irc->isupport, "MODES");
    guint64 n;

    if (!value)
        return 3;
    if (!g_ascii_string_to_unsigned(value, 10, 1, 100, &n, NULL))
        return 6;
    return (unsigned)MIN(n, 6);
}

/* One line of MODE for some of the nicks; the last one carries the operation. */
static bool
rank_line(struct irc *irc, op_id op, const struct buffer *buffer, const char *channel,
          const char *mode, const char *const *nicks, unsigned n, GError **error)
{
    const char *words[IRC_MAX_PARAMS] = {"MODE", channel};
    g_autoptr(GString) letters = g_string_new(NULL);

    g_string_append_c(letters, mode[0]);
    for (unsigned i = 0; i < n; i++) {
        g_string_append_c(letters, mode[1]);
        words[3 + i] = nicks[i];
    }
    words[2] = letters->str;
    return irc_cmd_send_words(irc, op, buffer, words, 3 + n, error);
}

static bool
change_rank(struct irc *irc, op_id op, const struct buffer *buffer, const char *list,
            const char *mode, GError **error)
{
    const char *channel = irc_cmd_here(irc, buffer, error);
    g_auto(GStrv) words = g_strsplit_set(list, " ,", -1);
    const char *nicks[MOST_NICKS];
    unsigned n = 0, at_once = modes_at_once(irc);

    if (!channel)
        return false;
    for (unsigned i = 0; words[i] && n < MOST_NICKS; i++) {
        if (!*words[i])
            continue;
        if (!irc_check_name(words[i], error))
            return false;
        nicks[n++] = words[i];
    }
    if (n == 0)
        return bad_input(error, "Who is meant? Name one nick or more.");
    for (unsigned i = 0; i < n; i += at_once) {
        bool last = i + at_once >= n;
        if (!rank_line(irc, last ? op : 0, buffer, channel, mode, nicks + i, MIN(at_once, n - i),
                       error))
            return false;
    }
    return true;
}

bool
irc_cmd_op(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
           GError **error)
{
    return change_rank(irc, op, buffer, arguments[0], "+o", error);
}

bool
irc_cmd_deop(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
             GError **error)
{
    return change_rank(irc, op, buffer, arguments[0], "-o", error);
}

bool
irc_cmd_voice(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
              GError **error)
{
    return change_rank(irc, op, buffer, arguments[0], "+v", error);
}

bool
irc_cmd_devoice(struct irc *irc, op_id op, const struct buffer *buffer,
                const char *const *arguments, GError **error)
{
    return change_rank(irc, op, buffer, arguments[0], "-v", error);
}

/* --- bans
 * ---------------------------------------------------------------------------------------------- */

/* A nick alone is a poor mask, since it is changed at once: its host is asked for. The operation's
 * name is "CHANNEL MODES", its key the reason of a kick, or NULL: none. */
static bool
ask_host(struct irc *irc, op_id id, const char *channel, const char *modes, const char *nick,
         const char *reason, GError **error)
{
    const char *params[] = {nick};
    struct irc_op *op;

    if (!irc_check_name(nick, error))
        return false;
    op = irc_op_new(irc, id, IRC_OP_BAN, nick);
    op->name = g_strdup_printf("%s %s", channel, modes);
    op->key = g_strdup(reason);
    op->plain = g_strdup(nick);
    return irc_cmd_send_op(irc, op, irc_line_build(NULL, 0, NULL, "USERHOST", params, 1), error);
}

static bool
is_mask(const char *who)
{
    return strpbrk(who, "!@*?:$") != NULL;
}

static bool
change_ban(struct irc *irc, op_id op, const struct buffer *buffer, const char *who,
           const char *modes, const char *reason, GError **error)
{
    const char *channel = irc_cmd_here(irc, buffer, error);

    if (!channel)
        return false;
    if (!who) /* what is banned? */
        return irc_cmd_send(irc, op, buffer, error, "MODE", channel, modes, NULL);
    if (!is_mask(who))
        return ask_host(irc, op, channel, modes, who, reason, error);
    return irc_cmd_send(irc, op, buffer, error, "MODE", channel, modes, who, NULL);
}

bool
irc_cmd_ban(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
            GError **error)
{
    return change_ban(irc, op, buffer, arguments[0], "+b", NULL, error);
}

bool
irc_cmd_unban(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
              GError **error)
{
    return change_ban(irc, op, buffer, arguments[0], "-b", NULL, error);
}

bool
irc_cmd_kickban(struct irc *irc, op_id op, const struct buffer *buffer,
                const char *const *arguments, GError **error)
{
    if (is_mask(arguments[0]))
        return bad_input(error, "/kickban takes a nick. /ban takes a mask.");
    return change_ban(irc, op, buffer, arguments[0], "+b", arguments[1] ? arguments[1] : "", error);
}

/* "kai*=+~k@host": the host, or NULL. g_free(). */
static char *
host_in(const char *reply)
{
    const char *equals = strchr(reply, '=');
    const char *at = equals ? strchr(equals, '@') : NULL;

    return at && at[1] ? g_strndup(at + 1, strcspn(at + 1, " ")) : NULL;
}

static void
carry_out(struct irc *irc, const struct irc_op *op, const char *host)
{
    g_auto(GStrv) words = g_strsplit(op->name, " ", 2);
    g_autofree char *mask =
        host ? g_strdup_printf("*!*@%s", host) : g_strdup_printf("%s!*@*", op->plain);

    irc_out(irc, IRC_TEXT, 0, "MODE", words[0], words[1], mask, NULL);
    if (op->key)
        irc_out(irc, IRC_TEXT, 0, "KICK", words[0], op->plain, *op->key ? op->key : NULL, NULL);
}

bool
irc_on_userhost(struct irc *irc, const struct irc_line *line)
{
    struct irc_op *op = irc_op_first(irc, IRC_OP_BAN, NULL);
    const char *reply = line->n_params > 1 ? line->params[line->n_params - 1] : "";

    if (!op)
        return false;
    g_autofree char *host = host_in(reply);
    carry_out(irc, op, host);
    irc_op_done(irc, op, NULL, 0);
    return true;
}
