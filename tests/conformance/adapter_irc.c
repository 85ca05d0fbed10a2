/* IRC for the suite: InspIRCd with and without Anope, ngIRCd, and the scripted server. */
#include <string.h>

#include "base/file.h"
#include "tests/conformance/adapter.h"
#include "tests/sandbox/irc_server.h"
#include "tests/servers/irc_peer.h"
#include "tests/servers/servers.h"
#include "tests/support/loop.h"

#define PEER_CAPS                                                                                  \
    "message-tags server-time batch draft/message-redaction draft/multiline away-notify"

struct site {
    const struct certs *certs;
    enum server_kind kind;
    struct server *real;         /* or */
    struct irc_server *scripted; /* one of the two */
    struct proxy *proxy;         /* before it, or NULL */
    const char *peer_caps;       /* what its peers ask for, or NULL */
};

struct peer {
    struct irc_peer *line;
};

static uint16_t
site_port(const struct site *site)
{
    return site->real ? server_tls_port(site->real) : irc_server_tls_port(site->scripted);
}

/* --- sites --- */

static struct site *
real_start(const struct certs *certs, enum server_kind kind)
{
    struct server_options options = {
        .kind = kind, .cert_file = certs->server, .key_file = certs->server};
    struct site *site = g_new0(struct site, 1);
    g_autoptr(GError) error = NULL;

    site->certs = certs;
    site->kind = kind;
    site->real = server_start(&options, &error);
    g_assert_no_error(error);
    return site;
}

#define REAL_SITE(word, kind_)                                                                     \
    static bool word##_available(char **ret_why_not)                                               \
    {                                                                                              \
        return server_kind_available(kind_, ret_why_not);                                          \
    }                                                                                              \
    static struct site *word##_start(const struct certs *certs)                                    \
    {                                                                                              \
        return real_start(certs, kind_);                                                           \
    }
REAL_SITE(inspircd, SERVER_INSPIRCD)
REAL_SITE(anope, SERVER_INSPIRCD_ANOPE)
REAL_SITE(ngircd, SERVER_NGIRCD)

static bool
scripted_available(char **ret_why_not)
{
    return true;
}

static struct site *
scripted_start_with(const struct certs *certs, const char *caps)
{
    struct irc_server_options options = {
        .cert_file = certs->server, .key_file = certs->server, .caps = caps, .split_ls = true};
    struct site *site = g_new0(struct site, 1);

    site->certs = certs;
    site->scripted = irc_server_start(&options);
    return site;
}

static struct site *
scripted_start(const struct certs *certs)
{
    struct site *site = scripted_start_with(certs, NULL);

    site->peer_caps = PEER_CAPS;
    return site;
}

/* A server that gives echoes without labels and has no history. */
static struct site *
plain_echo_start(const struct certs *certs)
{
    return scripted_start_with(certs, "message-tags echo-message server-time sasl");
}

static struct proxy *
site_proxy(struct site *site)
{
    if (!site->proxy)
        site->proxy = proxy_start(site_port(site), 1);
    return site->proxy;
}

static struct site *
plain_start(const struct certs *certs)
{
    return scripted_start_with(certs, "multi-prefix");
}

static void
site_stop(struct site *site)
{
    proxy_stop(site->proxy);
    if (site->scripted) {
        g_autofree char *complaints = irc_server_complaints(site->scripted);
        /* The strict server has nothing to say against weft (nor against the peers). */
        g_assert_cmpstr(complaints, ==, "");
        irc_server_stop(site->scripted);
    }
    server_stop(site->real);
    g_free(site);
}

static void
site_kill(struct site *site)
{
    if (site->real)
        server_kill(site->real);
    else
        irc_server_down(site->scripted);
}

static void
site_revive(struct site *site)
{
    g_autoptr(GError) error = NULL;

    if (site->real)
        server_restart(site->real, &error);
    else
        irc_server_up(site->scripted);
    g_assert_no_error(error);
}

static struct irc_peer *
connect_as(struct site *site, const char *nick, const char *cert)
{
    struct irc_peer_options options = {.port = site_port(site),
                                       .tls = true,
                                       .ca_file = site->certs->ca,
                                       .cert_file = cert,
                                       .nick = nick,
                                       .caps = site->peer_caps};
    g_autoptr(GError) error = NULL;
    struct irc_peer *line = irc_peer_new(&options, &error);

    g_assert_no_error(error);
    return line;
}

static void
make_user(struct site *site, const char *user, const char *secret)
{
    struct irc_peer *line;

    if (site->scripted) {
        irc_server_add_account(site->scripted, user, secret);
        irc_server_add_cert(site->scripted, user, site->certs->client);
        return;
    }
    if (site->kind != SERVER_INSPIRCD_ANOPE)
        return;
    line = connect_as(site, user, site->certs->client);
    irc_peer_send(line, "PRIVMSG NickServ :REGISTER %s %s@example.test", secret, user);
    g_assert_nonnull(irc_peer_wait(line, "* 900 *"));
    irc_peer_send(line, "PRIVMSG NickServ :CERT ADD");
    g_assert_nonnull(irc_peer_wait(line, "*added to*"));
    irc_peer_quit(line, "registered");
    irc_peer_free(line);
}

static void
keep_secret(GString *text, const char *secret, const char *home)
{
    g_autofree char *path = g_build_filename(home, "secret", NULL);
    g_autoptr(GError) error = NULL;

    file_write_atomic(path, secret, strlen(secret), &error);
    g_assert_no_error(error);
    g_string_append_printf(text, "password_file = %s\n", path);
}

static char *
options(struct site *site, enum login login, const char *user, const char *secret, const char *home)
{
    GString *text = g_string_new(NULL);
    uint16_t port = site->proxy ? proxy_port(site->proxy) : site_port(site);

    g_string_append_printf(text, "server = localhost:%u\ntls_ca = %s\nnick = %s\n", port,
                           site->certs->ca, user);
    /* How fast a person may talk is the flood tests' matter; the suite itself must not wait for it.
     */
    g_string_append(text, "flood_control = off\n");
    switch (login) {
    case LOGIN_PLAIN:
        g_string_append(text, "sasl = plain\n");
        keep_secret(text, secret, home);
        break;
    case LOGIN_SCRAM:
        g_string_append(text, "sasl = scram-sha-256\n");
        keep_secret(text, secret, home);
        break;
    case LOGIN_SCRAM_PLUS:
        keep_secret(text, secret, home);
        break;
    case LOGIN_EXTERNAL:
        g_string_append_printf(text, "sasl = external\ntls_cert = %s\n", site->certs->client);
        break;
    case LOGIN_NONE:
    case LOGIN_N:
        break;
    }
    return g_string_free(text, FALSE);
}

static char *
logged_in_as(struct site *site, const char *user)
{
    struct irc_peer *line;
    const char *answer;
    char *account = NULL;

    if (site->scripted)
        return irc_server_account_of(site->scripted, user);
    line = connect_as(site, "asker", NULL);
    irc_peer_send(line, "WHOIS %s", user);
    answer = irc_peer_wait(line, "* 330 *");
    if (answer) {
        /* ":server 330 asker NICK ACCOUNT :is logged in as" */
        g_auto(GStrv) words = g_strsplit(strstr(answer, " 330 "), " ", 6);
        account = g_strdup(words[4]);
    }
    irc_peer_free(line);
    return account;
}

static void
cut_before_echo(struct site *site, const char *user)
{
    irc_server_fault(site->scripted, user, IRC_FAULT_CUT_BEFORE_ECHO, 1);
}

static void
rename_channel(struct site *site, const char *channel, const char *name)
{
    irc_server_rename_channel(site->scripted, channel, name, "for the test");
}

/* --- peers --- */

static struct peer *
peer_new(struct site *site, const char *user)
{
    struct peer *peer = g_new0(struct peer, 1);

    peer->line = connect_as(site, user, NULL);
    return peer;
}

static void
peer_free(struct peer *peer)
{
    irc_peer_free(peer->line);
    g_free(peer);
}

static void
peer_join(struct peer *peer, const char *channel)
{
    g_assert_true(irc_peer_join(peer->line, channel));
}

static void
peer_leave(struct peer *peer, const char *channel)
{
    g_assert_true(irc_peer_part(peer->line, channel, "later"));
}

static void
peer_say(struct peer *peer, const char *target, const char *text)
{
    g_assert_true(irc_peer_say(peer->line, target, text));
}

static void
peer_act(struct peer *peer, const char *target, const char *text)
{
    g_assert_true(irc_peer_action(peer->line, target, text));
}

static void
peer_topic(struct peer *peer, const char *channel, const char *topic)
{
    g_assert_true(irc_peer_topic(peer->line, channel, topic));
}

static void
peer_rename(struct peer *peer, const char *name)
{
    g_assert_true(irc_peer_rename(peer->line, name));
}

static void
peer_kick(struct peer *peer, const char *channel, const char *user)
{
    g_assert_true(irc_peer_kick(peer->line, channel, user, "for the test"));
}

static void
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

static bool
peer_heard(struct peer *peer, const char *from, const char *target, const char *text, bool action)
{
    g_autofree char *pattern = said_pattern(from, target, text, action);

    if (irc_peer_wait(peer->line, pattern))
        return true;
    g_autofree char *log = irc_peer_log_dup(peer->line);
    g_test_message("%s was not heard in:\n%s", pattern, log);
    return false;
}

static unsigned
peer_count(struct peer *peer, const char *from, const char *target, const char *text)
{
    g_autofree char *pattern = said_pattern(from, target, text, false);

    g_assert_true(irc_peer_sync(peer->line));
    return irc_peer_count(peer->line, pattern);
}

static bool
peer_sees_topic(struct peer *peer, const char *channel, const char *topic)
{
    g_autofree char *pattern = g_strdup_printf("* TOPIC %s :%s", channel, topic);
    return irc_peer_wait(peer->line, pattern) != NULL;
}

/* --- what is done to messages --- */

static void
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

static bool
peer_sees_reaction(struct peer *peer, const char *from, const char *channel, const char *remote_id,
                   const char *emoji, bool add)
{
    g_autofree char *rest = g_strdup_printf("TAGMSG %s", channel);
    g_autofree char *reply = g_strdup_printf("reply=%s", remote_id);
    g_autofree char *react = g_strdup_printf("+draft/%s=%s", add ? "react" : "unreact", emoji);

    return sees_tags(peer, from, rest, reply, react);
}

static void
peer_delete(struct peer *peer, const char *channel, const char *remote_id, const char *reason)
{
    irc_peer_send(peer->line, "REDACT %s %s :%s", channel, remote_id, reason);
}

static bool
peer_sees_deletion(struct peer *peer, const char *by, const char *channel, const char *remote_id)
{
    g_autofree char *pattern = g_strdup_printf("*:%s!* REDACT %s %s*", by, channel, remote_id);

    return irc_peer_wait(peer->line, pattern) != NULL;
}

static void
peer_type(struct peer *peer, const char *channel, bool active)
{
    irc_peer_send(peer->line, "@+typing=%s TAGMSG %s", active ? "active" : "done", channel);
}

static bool
peer_sees_typing(struct peer *peer, const char *from, const char *channel, bool active)
{
    g_autofree char *pattern =
        g_strdup_printf("@*+typing=%s* :%s!* TAGMSG %s", active ? "active" : "done", from, channel);

    return irc_peer_wait(peer->line, pattern) != NULL;
}

static void
peer_reply(struct peer *peer, const char *channel, const char *remote_id, const char *text)
{
    irc_peer_send(peer->line, "@+reply=%s PRIVMSG %s :%s", remote_id, channel, text);
}

static bool
peer_sees_reply(struct peer *peer, const char *from, const char *channel, const char *remote_id,
                const char *text)
{
    g_autofree char *rest = g_strdup_printf("PRIVMSG %s *%s", channel, text);
    g_autofree char *reply = g_strdup_printf("reply=%s", remote_id);

    return sees_tags(peer, from, rest, reply, "");
}

static void
peer_away(struct peer *peer, bool away)
{
    irc_peer_send(peer->line, away ? "AWAY :at lunch" : "AWAY");
    g_assert_true(irc_peer_sync(peer->line));
}

static void
peer_say_lines(struct peer *peer, const char *channel, const char *first, const char *second)
{
    irc_peer_send(peer->line, "BATCH +1 draft/multiline %s", channel);
    irc_peer_send(peer->line, "@batch=1 PRIVMSG %s :%s", channel, first);
    irc_peer_send(peer->line, "@batch=1 PRIVMSG %s :%s", channel, second);
    irc_peer_send(peer->line, "BATCH -1");
}

static struct peer *
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

static void
peer_mark(struct peer *peer, const char *channel, const struct message *upto)
{
    g_autofree char *mark = mark_text(upto);

    irc_peer_send(peer->line, "MARKREAD %s %s", channel, mark);
}

static bool
peer_sees_mark(struct peer *peer, const char *channel, const struct message *upto)
{
    g_autofree char *mark = mark_text(upto);
    g_autofree char *pattern = g_strdup_printf("* MARKREAD %s %s", channel, mark);

    return irc_peer_wait(peer->line, pattern) != NULL;
}

#define IRC_DEEDS                                                                                  \
    .peer_react = peer_react, .peer_sees_reaction = peer_sees_reaction,                            \
    .peer_delete = peer_delete, .peer_sees_deletion = peer_sees_deletion, .peer_type = peer_type,  \
    .peer_sees_typing = peer_sees_typing, .peer_reply = peer_reply,                                \
    .peer_sees_reply = peer_sees_reply, .peer_away = peer_away, .peer_say_lines = peer_say_lines,  \
    .device_new = device_new, .peer_mark = peer_mark, .peer_sees_mark = peer_sees_mark

#define IRC_COMMON                                                                                 \
    .network = "irc", .stop = site_stop, .kill = site_kill, .revive = site_revive,                 \
    .proxy = site_proxy, .make_user = make_user, .options = options, .peer_new = peer_new,         \
    .peer_free = peer_free, .peer_join = peer_join, .peer_leave = peer_leave,                      \
    .peer_say = peer_say, .peer_act = peer_act, .peer_topic = peer_topic,                          \
    .peer_rename = peer_rename, .peer_kick = peer_kick, .peer_quit = peer_quit,                    \
    .peer_heard = peer_heard, .peer_count = peer_count, .peer_sees_topic = peer_sees_topic

static const struct adapter irc_inspircd = {
    .name = "irc/inspircd",
    .again_slowly = true,
    .can = SITE_ECHO | SITE_PRESENCE | SITE_AWAY,
    .available = inspircd_available,
    .start = inspircd_start,
    .text_bytes = 400,
    IRC_DEEDS,
    IRC_COMMON,
};

static const struct adapter irc_anope = {
    .name = "irc/inspircd+anope",
    .can = SITE_ECHO | SITE_PRESENCE,
    .logins = 1u << LOGIN_PLAIN | 1u << LOGIN_EXTERNAL,
    .available = anope_available,
    .start = anope_start,
    .logged_in_as = logged_in_as,
    .text_bytes = 400,
    IRC_COMMON,
};

static const struct adapter irc_ngircd = {
    .name = "irc/ngircd",
    .again_slowly = true,
    .available = ngircd_available,
    .start = ngircd_start,
    .text_bytes = 400,
    IRC_COMMON,
};

static const struct adapter irc_scripted = {
    .name = "irc/scripted",
    .again_slowly = true,
    .can = SITE_ECHO | SITE_HISTORY | SITE_LOOK | SITE_CUT_BEFORE_ECHO | SITE_REACT | SITE_DELETE |
           SITE_TYPING | SITE_READ_MARK | SITE_REPLY | SITE_MULTILINE | SITE_PRESENCE | SITE_RENAME,
    .rename_channel = rename_channel,
    .logins = 1u << LOGIN_PLAIN | 1u << LOGIN_SCRAM | 1u << LOGIN_SCRAM_PLUS | 1u << LOGIN_EXTERNAL,
    .available = scripted_available,
    .start = scripted_start,
    .logged_in_as = logged_in_as,
    .cut_before_echo = cut_before_echo,
    IRC_DEEDS,
    IRC_COMMON,
};

static const struct adapter irc_plain_echo = {
    .name = "irc/scripted-without-history",
    .can = SITE_ECHO | SITE_CUT_BEFORE_ECHO,
    .logins = 1u << LOGIN_PLAIN,
    .available = scripted_available,
    .start = plain_echo_start,
    .logged_in_as = logged_in_as,
    .cut_before_echo = cut_before_echo,
    .text_bytes = 400,
    IRC_COMMON,
};

/* No account by which our own lines could be told when the nick is another. */
static const struct adapter irc_without_login = {
    .name = "irc/scripted-without-login",
    .can = SITE_ECHO | SITE_HISTORY | SITE_LOOK,
    .available = scripted_available,
    .start = scripted_start,
    IRC_COMMON,
};

/* As servers were thirty years ago. */
static const struct adapter irc_plain = {
    .name = "irc/scripted-plain",
    .available = scripted_available,
    .start = plain_start,
    IRC_COMMON,
};

const struct adapter *const adapters_soak[] = {&irc_scripted, &irc_without_login, &irc_plain_echo,
                                               &irc_plain, NULL};
const struct adapter *const adapters_sandbox[] = {&irc_scripted, &irc_plain_echo, NULL};
const struct adapter *const adapters_servers[] = {&irc_inspircd, &irc_anope, &irc_ngircd, NULL};
