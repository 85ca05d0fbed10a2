#include "tests/bench/flood_server.h"

#include <glib.h>
#include <string.h>

#include "tests/bench/flood_text.h"
#include "tests/bench/irc_peer.h"

#define LINES 20000 /* different ones, made before the clock runs */
#define AHEAD 262144

struct flood_server {
    struct irc_peer peer;
    bool joined;
    bool ponged;

    GString *lines;
    size_t ends[LINES];
    unsigned left; /* lines of the flood that are still to come */
    unsigned sent;
    unsigned per_second;
    int64_t begun_us;
    char *last;
};

static void
make_lines(struct flood_server *server)
{
    server->lines = g_string_new(NULL);
    for (unsigned i = 0; i < LINES; i++) {
        const char *nick = flood_nick(i * 7);
        g_string_append_printf(server->lines, ":%s!%s@host.example PRIVMSG " FLOOD_CHANNEL " :",
                               nick, nick);
        flood_text(server->lines, i);
        g_string_append(server->lines, "\r\n");
        server->ends[i] = server->lines->len;
    }
}

struct flood_server *
flood_server_new(void)
{
    struct flood_server *server = g_new0(struct flood_server, 1);

    irc_peer_init(&server->peer);
    make_lines(server);
    irc_peer_listen(&server->peer);
    return server;
}

void
flood_server_free(struct flood_server *server)
{
    irc_peer_clear(&server->peer);
    g_string_free(server->lines, TRUE);
    g_free(server->last);
    g_free(server);
}

unsigned
flood_server_port(const struct flood_server *server)
{
    return server->peer.port;
}

/* --- what is asked
 * ---------------------------------------------------------------------------------------- */

static void
take_line(void *user, char *line)
{
    struct flood_server *server = user;
    struct irc_peer *peer = &server->peer;

    if (g_ascii_strncasecmp(line, "CAP LS", 6) == 0) {
        g_string_append(peer->out, ":" IRC_PEER_NAME " CAP * LS :\r\n");
    } else if (g_ascii_strncasecmp(line, "PONG", 4) == 0) {
        server->ponged = strstr(line, "allread") != NULL;
    } else if (g_ascii_strncasecmp(line, "JOIN #", 6) == 0) {
        /* irssi asks for a channel without a name to see who knows no CAP. */
        if (peer->welcomed) {
            irc_peer_join(peer, peer->out, FLOOD_CHANNEL, FLOOD_NICKS);
            server->joined = true;
        }
    } else {
        irc_peer_answer(peer, peer->out, line);
    }
    irc_peer_welcome(peer, peer->out, "Bench", NULL);
}

/* --- what is sent
 * ---------------------------------------------------------------------------------------- */

void
flood_server_say(struct flood_server *server, const char *text)
{
    g_string_append_printf(server->peer.out,
                           ":%s!people@host.example PRIVMSG " FLOOD_CHANNEL " :%s\r\n",
                           flood_nick(1), text);
}

static void
add_line(struct flood_server *server)
{
    const unsigned i = server->sent % LINES;
    const size_t start = i > 0 ? server->ends[i - 1] : 0;

    server->left--;
    server->sent++;
    if (server->left == 0)
        flood_server_say(server, server->last);
    else
        g_string_append_len(server->peer.out, server->lines->str + start,
                            (gssize)(server->ends[i] - start));
}

/* At a rate: as many as the time that has passed asks for. */
static void
fill(struct flood_server *server)
{
    if (server->per_second == 0) {
        while (server->left > 0 && irc_peer_left(&server->peer) < AHEAD)
            add_line(server);
        return;
    }
    const int64_t passed_us = g_get_monotonic_time() - server->begun_us;
    const int64_t due = passed_us * server->per_second / G_USEC_PER_SEC;
    while (server->left > 0 && (int64_t)server->sent < due)
        add_line(server);
}

void
flood_server_poll(struct flood_server *server, struct pollfd *ret_fd)
{
    irc_peer_poll(&server->peer, ret_fd, server->left > 0 && server->per_second == 0);
}

void
flood_server_turn(struct flood_server *server, short events)
{
    struct irc_peer *peer = &server->peer;

    if (peer->client < 0) {
        irc_peer_accept(peer, events);
        return;
    }
    if ((events & (POLLIN | POLLHUP)) != 0) {
        irc_peer_read(peer);
        irc_peer_lines(peer, take_line, server);
    }
    do {
        if (server->left > 0)
            fill(server);
        irc_peer_send(peer);
        /* Until the client's window is full. */
    } while (server->left > 0 && server->per_second == 0 && irc_peer_left(peer) == 0);
}

void
flood_server_flood(struct flood_server *server, unsigned lines, unsigned per_second,
                   const char *last)
{
    g_free(server->last);
    server->last = g_strdup(last);
    server->left = lines;
    server->sent = 0;
    server->per_second = per_second;
    server->begun_us = g_get_monotonic_time();
}

bool
flood_server_flooding(const struct flood_server *server)
{
    return server->left > 0 || irc_peer_left(&server->peer) > 0;
}

void
flood_server_stop(struct flood_server *server)
{
    server->left = 0;
}

void
flood_server_open_channels(struct flood_server *server, unsigned n,
                           const char *(*text_of)(unsigned channel))
{
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *channel = g_strdup_printf("#c%05u", i + 1);
        irc_peer_join(&server->peer, server->peer.out, channel, 5);
        g_string_append_printf(server->peer.out, ":%s!people@host.example PRIVMSG %s :%s\r\n",
                               flood_nick(i % 5), channel, text_of(i));
    }
    g_string_append(server->peer.out, "PING :allread\r\n");
    server->ponged = false;
}

bool
flood_server_welcomed(const struct flood_server *server)
{
    return server->peer.welcomed;
}

bool
flood_server_joined(const struct flood_server *server)
{
    return server->joined;
}

bool
flood_server_ponged(const struct flood_server *server)
{
    return server->ponged;
}
