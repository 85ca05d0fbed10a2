/* People on IRC for the suite, and what they do to messages: lines, as a person at a terminal might
 * type them. */
#include <string.h>

#include "tests/conformance/adapter_irc.h"

struct peer *
peer_new(struct site *site, const char *user)
{
    struct peer *peer = g_new0(struct peer, 1);

    peer->line = site_connect(site, user, NULL);
    return peer;
}

void
peer_free(struct peer *peer)
{
    irc_peer_free(peer->line);
    g_free(peer);
}

void
peer_join(struct peer *peer, const char *channel)
{
    g_assert_true(irc_peer_join(peer->line, channel));
}

void
peer_leave(struct peer *peer, const char *channel)
{
    g_assert_true(irc_peer_part(peer->line, channel, "later"));
}

void
peer_say(struct peer *peer, const char *target, const char *text)
{
    g_assert_true(irc_peer_say(peer->line, target, text));
}

void
peer_act(struct peer *peer, const char *target, const char *text)
{
    g_assert_true(irc_peer_action(peer->line, target, text));
}

void
peer_relay(struct peer *peer, const char *channel, const char *name, const char *text)
{
    if (name)
        irc_peer_send(peer->line, "@+weft/relay=77 RELAYMSG %s %s :%s", channel, name, text);
    else
        irc_peer_send(peer->line, "@+weft/relay=77 PRIVMSG %s :%s", channel, text);
}

void
peer_topic(struct peer *peer, const char *channel, const char *topic)
{
    g_assert_true(irc_peer_topic(peer->line, channel, topic));
}

void
peer_rename(struct peer *peer, const char *name)
{
    g_assert_true(irc_peer_rename(peer->line, name));
}

void
peer_kick(struct peer *peer, const char *channel, const char *user)
{
    g_assert_true(irc_peer_kick(peer->line, channel, user, "for the test"));
}

void
peer_quit(struct peer *peer)
{
    g_assert_true(irc_peer_quit(peer->line, "good night"));
}

/* g_pattern_spec has no escape: characters that it would read are left to match any one. */
static char *
said_pattern(const char *from, const char *target, const char *text, bool action)
{
    /* What is said to the peer itself is said to its own nick. */
    const char *to = strcmp(from, target) == 0 ? "*" : target;
    g_autofree char *quoted = g_strdup(text);
    g_autofree char *wanted = NULL;

    for (char *p = quoted; *p; p++)
        if (*p == '*')
            *p = '?';
    /* Some servers drop a blank at the end. */
    if (g_str_has_suffix(quoted, " "))
        quoted[strlen(quoted) - 1] = '*';
    wanted = action ? g_strdup_printf("\001ACTION %s*", quoted) : g_strdup(quoted);
    return g_strdup_printf("*:%s!* PRIVMSG %s %s%s", from, to,
                           strchr(wanted, ' ') || *wanted == ':' ? ":" : "*", wanted);
}

bool
peer_heard(struct peer *peer, const char *from, const char *target, const char *text, bool action)
{
    g_autofree char *pattern = said_pattern(from, target, text, action);

    if (irc_peer_wait(peer->line, pattern))
        return true;
    g_autofree char *log = irc_peer_log_dup(peer->line);
    g_test_message("%s was not heard in:\n%s", pattern, log);
    return false;
}

unsigned
peer_count(struct peer *peer, const char *from, const char *target, const char *text)
{
    g_autofree char *pattern = said_pattern(from, target, text, false);

    g_assert_true(irc_peer_sync(peer->line));
    return irc_peer_count(peer->line, pattern);
}

bool
peer_sees_topic(struct peer *peer, const char *channel, const char *topic)
{
    g_autofree char *pattern = g_strdup_printf("* TOPIC %s :%s", channel, topic);
    return irc_peer_wait(peer->line, pattern) != NULL;
}

void
peer_trusts(struct peer *peer, const char *channel, const char *user)
{
    irc_peer_send(peer->line, "MODE %s +o %s", channel, user);
    g_assert_true(irc_peer_sync(peer->line));
}

/* The nick of "[@tags] :nick!user@host PRIVMSG #lab :text" (or NOTICE) when the text is like the
 * pattern. */
static char *
author_of(const char *line, const char *channel, const char *pattern)
{
    const char *source = *line == '@' ? strchr(line, ' ') : line;
    g_auto(GStrv) words = source ? g_strsplit(source + (*line == '@'), " ", 4) : NULL;

    if (!words || g_strv_length(words) < 4 ||
        (strcmp(words[1], "PRIVMSG") != 0 && strcmp(words[1], "NOTICE") != 0) ||
        g_ascii_strcasecmp(words[2], channel) != 0)
        return NULL;
    const char *text = words[3] + (*words[3] == ':');
    const char *nick = words[0] + (*words[0] == ':');
    return g_pattern_match_simple(pattern, text) ? g_strndup(nick, strcspn(nick, "!@")) : NULL;
}

char *
peer_author(struct peer *peer, const char *channel, const char *pattern)
{
    g_assert_true(irc_peer_sync(peer->line));
    g_autofree char *log = irc_peer_log_dup(peer->line);
    g_auto(GStrv) lines = g_strsplit(log, "\n", -1);
    char *author = NULL;

    for (unsigned i = g_strv_length(lines); i-- > 0 && !author;)
        if (g_str_has_prefix(lines[i], "<< "))
            author = author_of(lines[i] + 3, channel, pattern);
    return author;
}

/* --- what is done to messages --- */

void
peer_react(struct peer *peer, const char *channel, const char *remote_id, const char *emoji,
           bool add)
{
    irc_peer_send(peer->line, "@+reply=%s;+draft/%s=%s TAGMSG %s", remote_id,
                  add ? "react" : "unreact", emoji, channel);
}

/* A line from `from` with both of these tags, in either order. */
static bool
sees_tags(struct peer *peer, const char *from, const char *rest, const char *one, const char *other)
{
    g_autofree char *forth = g_strdup_printf("@*%s*%s* :%s!* %s", one, other, from, rest);
    g_autofree char *back = g_strdup_printf("@*%s*%s* :%s!* %s", other, one, from, rest);
    const gint64 deadline_us = g_get_monotonic_time() + CONFORMANCE_DEADLINE_MS * 1000;

    while (g_get_monotonic_time() < deadline_us && irc_peer_sync(peer->line))
        if (irc_peer_count(peer->line, forth) + irc_peer_count(peer->line, back) > 0)
            return true;
    g_autofree char *log = irc_peer_log_dup(peer->line);
    g_test_message("%s was not seen in:\n%s", forth, log);
    return false;
}

bool
peer_sees_reaction(struct peer *peer, const char *from, const char *channel, const char *remote_id,
                   const char *emoji, bool add)
{
    g_autofree char *rest = g_strdup_printf("TAGMSG %s", channel);
    g_autofree char *reply = g_strdup_printf("reply=%s", remote_id);
    g_autofree char *react = g_strdup_printf("+draft/%s=%s", add ? "react" : "unreact", emoji);

    return sees_tags(peer, from, rest, reply, react);
}

void
peer_delete(struct peer *peer, const char *channel, const char *remote_id, const char *reason)
{
    irc_peer_send(peer->line, "REDACT %s %s :%s", channel, remote_id, reason);
}

bool
peer_sees_deletion(struct peer *peer, const char *by, const char *channel, const char *remote_id)
{
    g_autofree char *pattern = g_strdup_printf("*:%s!* REDACT %s %s*", by, channel, remote_id);

    return irc_peer_wait(peer->line, pattern) != NULL;
}

void
peer_type(struct peer *peer, const char *channel, bool active)
{
    irc_peer_send(peer->line, "@+typing=%s TAGMSG %s", active ? "active" : "done", channel);
}

bool
peer_sees_typing(struct peer *peer, const char *from, const char *channel, bool active)
{
    g_autofree char *pattern =
        g_strdup_printf("@*+typing=%s* :%s!* TAGMSG %s", active ? "active" : "done", from, channel);

    return irc_peer_wait(peer->line, pattern) != NULL;
}

void
peer_reply(struct peer *peer, const char *channel, const char *remote_id, const char *text)
{
    irc_peer_send(peer->line, "@+reply=%s PRIVMSG %s :%s", remote_id, channel, text);
}

bool
peer_sees_reply(struct peer *peer, const char *from, const char *channel, const char *remote_id,
                const char *text)
{
    g_autofree char *rest = g_strdup_printf("PRIVMSG %s *%s", channel, text);
    g_autofree char *reply = g_strdup_printf("reply=%s", remote_id);

    return sees_tags(peer, from, rest, reply, "");
}

void
peer_away(struct peer *peer, bool away)
{
    irc_peer_send(peer->line, away ? "AWAY :at lunch" : "AWAY");
    g_assert_true(irc_peer_sync(peer->line));
}

void
peer_say_lines(struct peer *peer, const char *channel, const char *first, const char *second)
{
    irc_peer_send(peer->line, "BATCH +1 draft/multiline %s", channel);
    irc_peer_send(peer->line, "@batch=1 PRIVMSG %s :%s", channel, first);
    irc_peer_send(peer->line, "@batch=1 PRIVMSG %s :%s", channel, second);
    irc_peer_send(peer->line, "BATCH -1");
}

struct peer *
device_new(struct site *site, const char *user, const char *secret)
{
    g_autofree char *nick = g_strconcat(user, "-phone", NULL);
    const struct irc_peer_options options = {.port = site_port(site),
                                             .tls = true,
                                             .ca_file = site->certs->ca,
                                             .nick = nick,
                                             .caps = PEER_CAPS " draft/read-marker",
                                             .sasl = "PLAIN",
                                             .account = user,
                                             .secret = secret};
    g_autoptr(GError) error = NULL;
    struct peer *peer = g_new0(struct peer, 1);

    peer->line = irc_peer_new(&options, &error);
    g_assert_no_error(error);
    return peer;
}

static char *
mark_text(const struct message *upto)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(upto->time_us / G_USEC_PER_SEC);
    g_autofree char *seconds = g_date_time_format(time, "%Y-%m-%dT%H:%M:%S");

    return g_strdup_printf("timestamp=%s.%03dZ", seconds,
                           (int)(upto->time_us % G_USEC_PER_SEC / 1000));
}

void
peer_mark(struct peer *peer, const char *channel, const struct message *upto)
{
    g_autofree char *mark = mark_text(upto);

    irc_peer_send(peer->line, "MARKREAD %s %s", channel, mark);
}

bool
peer_sees_mark(struct peer *peer, const char *channel, const struct message *upto)
{
    g_autofree char *mark = mark_text(upto);
    g_autofree char *pattern = g_strdup_printf("* MARKREAD %s %s", channel, mark);

    return irc_peer_wait(peer->line, pattern) != NULL;
}

/* --- invitations, programs
 * ------------------------------------------------------------------------------------ */

void
peer_invite(struct peer *peer, const char *channel, const char *user)
{
    irc_peer_send(peer->line, "INVITE %s %s", user, channel);
}

bool
peer_sees_invite(struct peer *peer, const char *from, const char *channel)
{
    g_autofree char *pattern =
        g_strdup_printf("*:%s!* INVITE %s *%s", from, irc_peer_nick(peer->line), channel);

    return irc_peer_wait(peer->line, pattern) != NULL;
}

void
peer_probe(struct peer *peer, const char *target, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        irc_peer_send(peer->line, "PRIVMSG %s :\001VERSION\001", target);
    g_assert_true(irc_peer_sync(peer->line));
}

unsigned
peer_probed(struct peer *peer, const char *user)
{
    g_autofree char *pattern = g_strdup_printf("*:%s!* NOTICE * *\001*", user);

    g_assert_true(irc_peer_sync(peer->line));
    return irc_peer_count(peer->line, pattern);
}

void
peer_offer_file(struct peer *peer, const char *user)
{
    irc_peer_send(peer->line, "PRIVMSG %s :\001DCC SEND menu.pdf 2130706433 9 100\001", user);
    g_assert_true(irc_peer_sync(peer->line));
}

bool
peer_sees_bot(struct peer *peer, const char *user)
{
    irc_peer_send(peer->line, "WHOIS %s", user);
    return irc_peer_wait(peer->line, "* 335 *") != NULL;
}

void
peer_say_bytes(struct peer *peer, const char *channel, const char *bytes)
{
    irc_peer_send(peer->line, "PRIVMSG %s :%s", channel, bytes);
}
