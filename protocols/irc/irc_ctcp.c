/* CTCP (section 4.5): what other people's programs ask ours. Little is answered, seldom, and never
 * in a channel; DCC is not done at all. */
#include <string.h>

#include "base/utf8.h"
#include "protocols/irc/irc_priv.h"
#include "protocols/irc/irc_text.h"

#define STALE_US (60 * G_USEC_PER_SEC)

/* "COMMAND" and what follows it. */
struct ctcp {
    char *command; /* upper case */
    char *rest;
};

static void
read_ctcp(const char *text, struct ctcp *ret_ctcp)
{
    g_autofree char *inner = g_strndup(text + 1, strcspn(text + 1, "\x01"));
    size_t len = strcspn(inner, " ");
    g_autofree char *word = g_strndup(inner, len);

    ret_ctcp->command = g_ascii_strup(word, -1);
    ret_ctcp->rest = g_strdup(inner[len] ? inner + len + 1 : "");
}

static char *
shown(const char *text, size_t bytes)
{
    g_autofree char *plain = irc_text_plain(text);
    size_t len = strlen(plain);

    return len <= bytes ? g_steal_pointer(&plain)
                        : g_strdup_printf("%.*s…", (int)utf8_cut(plain, len, bytes), plain);
}

/* --- DCC
 * ----------------------------------------------------------------------------------------- */

/* A file's name may stand in quotes. */
static char *
offered_name(const char *arguments)
{
    const char *name = arguments + strcspn(arguments, " ");

    name += strspn(name, " ");
    g_autofree char *part = *name == '"' ? g_strndup(name + 1, strcspn(name + 1, "\""))
                                         : g_strndup(name, strcspn(name, " "));
    return shown(part, 100);
}

static void
say_dcc(struct irc *irc, const struct irc_context *context, const char *arguments)
{
    g_autofree char *name = offered_name(arguments);

    if (g_ascii_strncasecmp(arguments, "CHAT", 4) == 0)
        irc_say(irc, NULL, "%s offers a direct talk (DCC); weft does not take these.",
                context->nick);
    else if (g_ascii_strncasecmp(arguments, "SEND", 4) == 0 && *name)
        irc_say(irc, NULL, "%s offers a file (DCC), \"%s\"; weft does not take these.",
                context->nick, name);
    else
        irc_say(irc, NULL, "%s offers a file (DCC); weft does not take these.", context->nick);
}

/* --- answering
 * ----------------------------------------------------------------------------------- */

static char *
answer_of(struct irc *irc, const struct ctcp *ctcp)
{
    if (strcmp(ctcp->command, "VERSION") == 0)
        return g_strdup("VERSION weft");
    if (strcmp(ctcp->command, "CLIENTINFO") == 0)
        return g_strconcat("CLIENTINFO ACTION CLIENTINFO PING VERSION",
                           irc->config.ctcp_time ? " TIME" : NULL, NULL);
    if (strcmp(ctcp->command, "PING") == 0) {
        size_t len = utf8_cut(ctcp->rest, strlen(ctcp->rest), IRC_CTCP_PING_BYTES);
        return g_strdup_printf("PING %.*s", (int)len, ctcp->rest);
    }
    if (strcmp(ctcp->command, "TIME") == 0 && irc->config.ctcp_time) {
        int64_t now_us = clock_wall_us(irc->host->clock);
        g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(now_us / G_USEC_PER_SEC);
        g_autofree char *text = now ? g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ") : NULL;
        return text ? g_strconcat("TIME ", text, NULL) : NULL;
    }
    return NULL;
}

/* Someone asks us alone, now, and nobody was answered in the last 3 s. */
static bool
may_answer(struct irc *irc, const struct irc_context *context)
{
    const struct irc_line *line = context->line;
    int64_t now_us = clock_mono_us(irc->host->clock);

    return context->from_user && irc_is_us(irc, irc_line_param(line, 0)) &&
           !irc_line_tag(line, "batch") && context->time_us > irc_now_us(irc) - STALE_US &&
           (irc->msg.ctcp_us == 0 || now_us - irc->msg.ctcp_us >= IRC_CTCP_US);
}

static bool
answer(struct irc *irc, const struct irc_context *context, const struct ctcp *ctcp)
{
    g_autofree char *text = may_answer(irc, context) ? answer_of(irc, ctcp) : NULL;

    if (!text || strchr(text, '\n') || !irc_check_name(context->nick, NULL))
        return false;
    g_autofree char *quoted = g_strdup_printf("\x01%s\x01", text);
    irc->msg.ctcp_us = clock_mono_us(irc->host->clock);
    return irc_out(irc, IRC_BACKGROUND, 0, "NOTICE", context->nick, quoted, NULL);
}

void
irc_on_ctcp(struct irc *irc, const struct irc_context *context, const char *text, bool notice)
{
    g_autofree char *plain = NULL;
    struct ctcp ctcp;

    if (context->own || context->replayed)
        return;
    read_ctcp(text, &ctcp);
    g_autofree char *command = ctcp.command;
    g_autofree char *rest = ctcp.rest;
    const char *target = irc_line_param(context->line, 0);
    g_autofree char *whole = g_strdup_printf("%s%s%s", command, *rest ? " " : "", rest);
    plain = shown(whole, 400);
    g_autofree char *place = NULL;
    if (notice) {
        irc_asked_lately(irc, "PRIVMSG", &place);
        irc_say(irc, place, "%s answers by CTCP: %s", context->nick, plain);
    } else if (strcmp(command, "DCC") == 0) {
        say_dcc(irc, context, rest);
    } else if (!irc_is_us(irc, target)) {
        irc_say(irc, NULL, "%s asks %s by CTCP: %s", context->nick, target, plain);
    } else {
        irc_say(irc, NULL, "%s asks by CTCP: %s%s", context->nick, plain,
                answer(irc, context, &ctcp) ? " (answered)" : "");
    }
}

/* --- asking
 * -------------------------------------------------------------------------------------- */

static bool
refuse(GError **error, const char *sentence)
{
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, sentence);
    return false;
}

static bool
check_command(const char *command, GError **error)
{
    size_t len = strcspn(command, " ");
    g_autofree char *word = g_strndup(command, len);

    if (g_ascii_strcasecmp(word, "DCC") == 0)
        return refuse(error, "weft does no DCC: it would show your address and write files.");
    if (g_ascii_strcasecmp(word, "ACTION") == 0)
        return refuse(error, "/me does that.");
    if (len == 0 || strpbrk(command, "\x01\r\n"))
        return refuse(error, "The command is a word such as VERSION or PING.");
    return true;
}

char *
irc_ctcp_build(struct irc *irc, const char *nick, const char *command, GError **error)
{
    if (!irc_check_name(nick, error) || !check_command(command, error))
        return NULL;
    size_t len = strcspn(command, " ");
    g_autofree char *word = g_ascii_strup(command, (gssize)len);
    g_autofree char *text = g_strdup_printf("\x01%s%s\x01", word, command + len);
    const char *params[] = {nick, text};
    char *line = irc_line_build(NULL, 0, NULL, "PRIVMSG", params, 2);
    if (!line || strlen(line) > IRC_BODY_BYTES) {
        g_free(line);
        refuse(error, "This cannot be sent as one line.");
        return NULL;
    }
    return line;
}
