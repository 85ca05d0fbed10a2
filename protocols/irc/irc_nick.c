/* Our nick: refused, cut, taken, and had back (sections 1.3 and 12). */
#include <string.h>

#include "base/utf8.h"
#include "protocols/irc/irc_priv.h"

#define REGAIN_TRIES 5

void
irc_nick_welcomed(struct irc *irc)
{
    const char *wanted = irc->config.nick;
    size_t len = strlen(irc->nick);

    irc->net.nick_taken = false;
    irc->net.regain_tries = 0;
    if (strcmp(irc->nick, wanted) == 0)
        return;
    if (len < strlen(wanted) && strncmp(irc->nick, wanted, len) == 0) {
        irc_say(irc, NULL, "The server has cut your nick: you are %s here.", irc->nick);
        return;
    }
    if (irc->nick_tries == 0)
        return; /* the server, or a bouncer, has a name of its own for us */
    irc->net.nick_taken = true;
    irc_say(irc, NULL, "The nick %s is taken. You are %s until it is free.", wanted, irc->nick);
}

void
irc_nick_begin(struct irc *irc)
{
    if (!irc->net.nick_taken)
        return;
    irc_monitor_add(irc, irc->config.nick);
    if (!irc->logged_in)
        return;
    /* Whoever is logged in may have the holder sent away; asked once. */
    g_autofree char *text = g_strdup_printf("REGAIN %s", irc->config.nick);
    irc->net.regain_asked = true;
    irc_out(irc, IRC_BACKGROUND, 0, "PRIVMSG", "NickServ", text, NULL);
}

void
irc_nick_freed(struct irc *irc, const char *nick)
{
    if (!irc->net.nick_taken || irc->net.regain_tries >= REGAIN_TRIES ||
        !irc_same(&irc->isupport, nick, irc->config.nick))
        return;
    irc->net.regain_tries++;
    struct irc_op *op = irc_op_new(irc, 0, IRC_OP_NICK, irc->config.nick);
    irc_out(irc, IRC_TEXT, op->serial, "NICK", irc->config.nick, NULL);
}

void
irc_nick_changed(struct irc *irc)
{
    g_autofree char *id = irc_fold(&irc->isupport, irc->nick);
    struct irc_op *op = irc_op_first(irc, IRC_OP_NICK, id);

    /* Chosen by hand, or had back: nothing is waited for any more. */
    if ((op && op->id != 0) || irc_same(&irc->isupport, irc->nick, irc->config.nick))
        irc->net.nick_taken = false;
    if (op)
        irc_op_done(irc, op, NULL, 0);
}

/* --- refused
 * ----------------------------------------------------------------------------------------- */

/* A long nick has no room for more: its end changes instead. */
static char *
another(const struct irc *irc)
{
    size_t len = strlen(irc->nick);

    if (len < 9 || irc->nick_tries <= 2)
        return g_strconcat(irc->nick, "_", NULL);
    return g_strdup_printf("%.*s%u", (int)utf8_cut(irc->nick, len, MIN(len - 1, 7)), irc->nick,
                           irc->nick_tries);
}

static void
refused_at_login(struct irc *irc, const char *why, int numeric)
{
    if (numeric == 432 || ++irc->nick_tries > 10) {
        irc_fail(irc, g_error_new(WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                                  "The server does not accept the nick: %s. Choose another one by "
                                  "nick = … in the account.",
                                  why));
        return;
    }
    g_autofree char *next = another(irc);
    irc_set_nick(irc, next);
    irc_out(irc, IRC_URGENT, 0, "NICK", next, NULL);
}

void
irc_nick_refused(struct irc *irc, const struct irc_line *line, int numeric, const char *text)
{
    g_autofree char *id = irc_fold(&irc->isupport, irc_line_param(line, 1));
    struct irc_op *op;

    if (irc->phase <= IRC_REGISTER) {
        refused_at_login(irc, text, numeric);
        return;
    }
    op = irc_op_first(irc, IRC_OP_NICK, id);
    if (!op)
        op = irc_op_first(irc, IRC_OP_NICK, NULL);
    if (!op)
        irc_say(irc, NULL, "%s", text);
    else
        /* One that we tried by ourselves is nobody's to hear. */
        irc_op_fail(irc, op, numeric == 433 ? WEFT_ERROR_CONFLICT : WEFT_ERROR_FORBIDDEN, text);
}
