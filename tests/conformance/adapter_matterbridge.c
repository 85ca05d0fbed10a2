/* A Matterbridge, the sandbox's server: its gateway "#lab" is a channel, and people speak on the
 * networks behind it. It gives its channels: what one does to places and lists of people is no
 * behaviour of it. */
#include <string.h>

#include "base/file.h"
#include "tests/conformance/adapter.h"
#include "tests/sandbox/mb_server.h"
#include "tests/support/loop.h"

#define DEADLINE_MS 20000
#define ORIGIN      "irc.example"

struct site {
    struct mb_server *server;
    struct proxy *proxy;
};

struct peer {
    struct site *site;
    char *name;
};

static bool
available(char **ret_why_not)
{
    return true;
}

static struct site *
start(const struct certs *certs)
{
    const struct mb_server_options options = {.token = "nobody-has-it-yet", .buffer = 1000};
    struct site *site = g_new0(struct site, 1);

    site->server = mb_server_start(&options);
    mb_server_add_gateway(site->server, "#lab");
    return site;
}

static void
stop(struct site *site)
{
    g_autofree char *complaints = mb_server_complaints(site->server);

    g_assert_cmpstr(complaints, ==, "");
    g_assert_cmpuint(mb_server_thrown_away(site->server), ==, 0);
    proxy_stop(site->proxy);
    mb_server_stop(site->server);
    g_free(site);
}

static void
kill_server(struct site *site)
{
    mb_server_down(site->server);
}

static void
revive(struct site *site)
{
    mb_server_up(site->server);
}

static struct proxy *
proxy(struct site *site)
{
    if (!site->proxy)
        site->proxy = proxy_start(mb_server_port(site->server), 1);
    return site->proxy;
}

static void
make_user(struct site *site, const char *user, const char *secret)
{
    mb_server_set_token(site->server, secret);
}

/* There is one kind of login, and the suite's secret is the token. */
static char *
options(struct site *site, enum login login, const char *user, const char *secret, const char *home)
{
    g_autofree char *path = g_build_filename(home, "secret", NULL);
    const uint16_t port = site->proxy ? proxy_port(site->proxy) : mb_server_port(site->server);
    g_autoptr(GError) error = NULL;

    file_write_atomic(path, secret, strlen(secret), &error);
    g_assert_no_error(error);
    return g_strdup_printf("server = http://127.0.0.1:%u\ntoken_file = %s\nname = %s\n"
                           "buffer = 1000\ntag = off\n",
                           port, path, user);
}

static char *
place(struct site *site, const char *user, const char *channel)
{
    return g_strdup_printf("gateway = %s\n", channel);
}

static void
cut_before_echo(struct site *site, const char *user)
{
    mb_server_fault(site->server, MB_FAULT_LOST, "POST /message", 1, 1);
}

/* --- people on another network
 * ------------------------------------------------------------------ */

static struct peer *
peer_new(struct site *site, const char *user)
{
    struct peer *peer = g_new0(struct peer, 1);

    peer->site = site;
    peer->name = g_strdup(user);
    return peer;
}

static void
peer_free(struct peer *peer)
{
    g_free(peer->name);
    g_free(peer);
}

static void
peer_join(struct peer *peer, const char *channel)
{
}

static void
peer_say(struct peer *peer, const char *target, const char *text)
{
    mb_server_say(peer->site->server, target, ORIGIN, peer->name, text);
}

static void
peer_act(struct peer *peer, const char *target, const char *text)
{
    mb_server_tell(peer->site->server, target, ORIGIN, peer->name, text,
                   "{\"event\":\"user_action\"}");
}

struct wait {
    struct peer *peer;
    const char *from, *target, *text;
    bool action;
};

static bool
has_come(void *user)
{
    const struct wait *wait = user;
    return mb_server_count_said(wait->peer->site->server, wait->target, wait->from, wait->text,
                                wait->action) > 0;
}

static bool
peer_heard(struct peer *peer, const char *from, const char *target, const char *text, bool action)
{
    struct wait wait = {peer, from, target, text, action};
    return loop_until(has_come, &wait, DEADLINE_MS);
}

static unsigned
peer_count(struct peer *peer, const char *from, const char *target, const char *text)
{
    return mb_server_count_said(peer->site->server, target, from, text, false);
}

/* What the API has said: the rest comes from people, and is not told to people here. */
static GPtrArray *
peer_tells(struct peer *peer, const char *channel)
{
    g_autofree char *said = mb_server_said_dup(peer->site->server, channel);
    g_auto(GStrv) lines = g_strsplit(said, "\n", -1);
    GPtrArray *all = g_ptr_array_new_with_free_func(told_free);

    for (unsigned i = 0; lines[i]; i++) {
        const char *colon = strstr(lines[i], ": ");
        struct told *told = g_new0(struct told, 1);
        told->text = g_strdup(colon ? colon + 2 : "");
        if (colon)
            g_ptr_array_add(all, told);
        else
            told_free(told);
    }
    return all;
}

/* "NAME: TEXT" of each line, newest last. */
static char *
peer_author(struct peer *peer, const char *channel, const char *pattern)
{
    g_autofree char *said = mb_server_said_dup(peer->site->server, channel);
    g_auto(GStrv) lines = g_strsplit(said, "\n", -1);
    char *author = NULL;

    for (unsigned i = g_strv_length(lines); i-- > 0 && !author;) {
        const char *colon = strstr(lines[i], ": ");
        if (colon && g_pattern_match_simple(pattern, colon + 2))
            author = g_strndup(lines[i], (gsize)(colon - lines[i]));
    }
    return author;
}

static void
peer_say_pictured(struct peer *peer, const char *channel, const char *text, const char *picture)
{
    g_autofree char *fields = g_strdup_printf("{\"avatar\":\"%s\"}", picture);

    mb_server_tell(peer->site->server, channel, ORIGIN, peer->name, text, fields);
}

static bool
peer_sees_picture(struct peer *peer, const char *channel, const char *pattern, const char *picture)
{
    return mb_server_count_pictured(peer->site->server, channel, pattern, picture) > 0;
}

/* Heard by the API's readers, and never sent by them. */
static void
peer_type(struct peer *peer, const char *channel, bool active)
{
    mb_server_tell(peer->site->server, channel, ORIGIN, peer->name, "",
                   "{\"event\":\"user_typing\"}");
}

static void
peer_file(struct peer *peer, const char *channel, const char *name, const char *text)
{
    g_autofree char *coded = g_base64_encode((const guchar *)text, strlen(text));
    g_autofree char *fields =
        g_strdup_printf("{\"Extra\":{\"file\":[{\"Name\":\"%s\",\"Data\":\"%s\"}]}}", name, coded);

    mb_server_tell(peer->site->server, channel, ORIGIN, peer->name, "", fields);
}

/* Files are not sent without "files = on", since the older program dies of one. */
const struct adapter adapter_matterbridge_sandbox = {
    .name = "matterbridge/sandbox",
    .network = "matterbridge",
    .can = SITE_CUT_BEFORE_ECHO | SITE_TYPING,
    .ways = WAY_GIVEN_CHANNELS | WAY_SHORT_MEMORY,
    .offers = CAP_DOWNLOAD,
    .marks = marks_matterbridge,
    .logins = 1u << LOGIN_PLAIN,
    .available = available,
    .start = start,
    .stop = stop,
    .kill = kill_server,
    .revive = revive,
    .proxy = proxy,
    .make_user = make_user,
    .options = options,
    .place = place,
    .cut_before_echo = cut_before_echo,
    .peer_new = peer_new,
    .peer_free = peer_free,
    .peer_join = peer_join,
    .peer_say = peer_say,
    .peer_act = peer_act,
    .peer_heard = peer_heard,
    .peer_count = peer_count,
    .peer_tells = peer_tells,
    .peer_author = peer_author,
    .peer_say_pictured = peer_say_pictured,
    .peer_sees_picture = peer_sees_picture,
    .peer_type = peer_type,
    .peer_file = peer_file,
};
