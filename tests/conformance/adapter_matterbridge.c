/* A Matterbridge as a site of the relay's tests: its gateway "lab" is a channel, and people speak
 * on the networks behind it. The suite has a site of its own:
 * adapter_matterbridge_suite.c. */
#include <string.h>

#include "tests/conformance/adapter.h"
#include "tests/sandbox/mb_server.h"

#define TOKEN  "no-real-token"
#define BEHIND "irc.libera" /* where the people are */

struct site {
    struct mb_server *server;
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
    const struct mb_server_options options = {.token = TOKEN, .buffer = 1000};
    struct site *site = g_new0(struct site, 1);

    site->server = mb_server_start(&options);
    mb_server_add_gateway(site->server, "lab");
    return site;
}

static void
stop(struct site *site)
{
    g_autofree char *complaints = mb_server_complaints(site->server);

    g_assert_cmpstr(complaints, ==, "");
    mb_server_stop(site->server);
    g_free(site);
}

/* Nobody has an account there. */
static void
make_user(struct site *site, const char *user, const char *secret)
{
}

/* People are shown with the network that they are on. */
static const char *
suffix(struct site *site)
{
    return " (irc)";
}

static char *
options(struct site *site, enum login login, const char *user, const char *secret, const char *home)
{
    g_autofree char *file = g_build_filename(home, "secret", NULL);
    g_autoptr(GError) error = NULL;

    g_file_set_contents_full(file, TOKEN "\n", -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
    g_assert_no_error(error);
    return g_strdup_printf("server = http://127.0.0.1:%u\ntoken_file = %s\nname = %s\n",
                           mb_server_port(site->server), file, user);
}

static char *
place(struct site *site, const char *user, const char *channel)
{
    return g_strdup_printf("gateway = %s\n", channel + 1);
}

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
    mb_server_say(peer->site->server, target + 1, BEHIND, peer->name, text);
}

/* Heard by the API's readers, and never sent by them. */
static void
peer_type(struct peer *peer, const char *channel, bool active)
{
    mb_server_tell(peer->site->server, channel + 1, BEHIND, peer->name, "",
                   "{\"event\":\"user_typing\"}");
}

static void
peer_file(struct peer *peer, const char *channel, const char *name, const char *text)
{
    g_autofree char *coded = g_base64_encode((const guchar *)text, strlen(text));
    g_autofree char *fields =
        g_strdup_printf("{\"Extra\":{\"file\":[{\"Name\":\"%s\",\"Data\":\"%s\"}]}}", name, coded);

    mb_server_tell(peer->site->server, channel + 1, BEHIND, peer->name, "", fields);
}

/* "NAME: TEXT" of each line, newest last. */
static char *
peer_author(struct peer *peer, const char *channel, const char *pattern)
{
    g_autofree char *said = mb_server_said_dup(peer->site->server, channel + 1);
    g_auto(GStrv) lines = g_strsplit(said, "\n", -1);
    char *author = NULL;

    for (unsigned i = g_strv_length(lines); i-- > 0 && !author;) {
        const char *colon = strstr(lines[i], ": ");
        if (colon && g_pattern_match_simple(pattern, colon + 2))
            author = g_strndup(lines[i], (gsize)(colon - lines[i]));
    }
    return author;
}

const struct adapter adapter_matterbridge_sandbox = {
    .name = "matterbridge/sandbox",
    .network = "matterbridge",
    .can = SITE_TYPING,
    .bare_channels = true,
    .available = available,
    .start = start,
    .stop = stop,
    .make_user = make_user,
    .suffix = suffix,
    .options = options,
    .place = place,
    .peer_new = peer_new,
    .peer_free = peer_free,
    .peer_join = peer_join,
    .peer_say = peer_say,
    .peer_type = peer_type,
    .peer_file = peer_file,
    .peer_author = peer_author,
};
