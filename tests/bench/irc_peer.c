#include "tests/bench/irc_peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/flood_text.h"

#define SPENT      65536 /* bytes that were sent and are not kept any more */
#define NAMES_LINE 20

void
irc_peer_init(struct irc_peer *peer)
{
    *peer = (struct irc_peer){.listener = -1, .client = -1};
    peer->in = g_string_new(NULL);
    peer->out = g_string_new(NULL);
}

void
irc_peer_clear(struct irc_peer *peer)
{
    irc_peer_hang_up(peer);
    irc_peer_refuse(peer);
    g_string_free(peer->in, TRUE);
    g_string_free(peer->out, TRUE);
}

void
irc_peer_listen(struct irc_peer *peer)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((uint16_t)peer->port)};
    socklen_t len = sizeof address;
    const int on = 1;

    peer->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (peer->listener < 0 ||
        setsockopt(peer->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(peer->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(peer->listener, 4) != 0 ||
        getsockname(peer->listener, (struct sockaddr *)&address, &len) != 0) {
        g_printerr("the benchmark's server cannot listen: %s\n", g_strerror(errno));
        exit(1);
    }
    peer->port = ntohs(address.sin_port);
}

void
irc_peer_refuse(struct irc_peer *peer)
{
    if (peer->listener >= 0)
        close(peer->listener);
    peer->listener = -1;
}

void
irc_peer_hang_up(struct irc_peer *peer)
{
    if (peer->client >= 0)
        close(peer->client);
    peer->client = -1;
    peer->nick[0] = '\0';
    peer->has_user = peer->welcomed = false;
    peer->written = 0;
    g_string_truncate(peer->in, 0);
    g_string_truncate(peer->out, 0);
}

/* --- bytes
 * ------------------------------------------------------------------------------------------------
 */

void
irc_peer_poll(const struct irc_peer *peer, struct pollfd *ret_fd, bool more)
{
    ret_fd->fd = peer->client >= 0 ? peer->client : peer->listener;
    ret_fd->events = POLLIN;
    if (peer->client >= 0 && (more || irc_peer_left(peer) > 0))
        ret_fd->events |= POLLOUT;
}

void
irc_peer_accept(struct irc_peer *peer, short events)
{
    const int on = 1;

    if ((events & POLLIN) == 0 || peer->listener < 0)
        return;
    peer->client = accept(peer->listener, NULL, NULL);
    if (peer->client < 0)
        return;
    fcntl(peer->client, F_SETFL, O_NONBLOCK);
    fcntl(peer->client, F_SETFD, FD_CLOEXEC);
    setsockopt(peer->client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool
irc_peer_read(struct irc_peer *peer)
{
    char bytes[65536];
    ssize_t n;

    while ((n = read(peer->client, bytes, sizeof bytes)) > 0)
        g_string_append_len(peer->in, bytes, n);
    return n != 0;
}

void
irc_peer_lines(struct irc_peer *peer, void (*fn)(void *user, char *line), void *user)
{
    size_t done = 0;
    char *end;

    while ((end = strchr(peer->in->str + done, '\n')) != NULL) {
        char *line = peer->in->str + done;
        done = (size_t)(end + 1 - peer->in->str);
        *end = '\0';
        g_strchomp(line);
        fn(user, line);
    }
    g_string_erase(peer->in, 0, (gssize)done);
}

size_t
irc_peer_left(const struct irc_peer *peer)
{
    return peer->out->len - peer->written;
}

void
irc_peer_send(struct irc_peer *peer)
{
    ssize_t n;

    while (irc_peer_left(peer) > 0 && (n = send(peer->client, peer->out->str + peer->written,
                                                irc_peer_left(peer), MSG_NOSIGNAL)) > 0)
        peer->written += (size_t)n;
    if (irc_peer_left(peer) == 0 || peer->written > SPENT) {
        g_string_erase(peer->out, 0, (gssize)peer->written);
        peer->written = 0;
    }
}

/* --- answers
 * ---------------------------------------------------------------------------------------------- */

void
irc_peer_reply(const struct irc_peer *peer, GString *out, const char *numeric, const char *rest)
{
    g_string_append_printf(out, ":" IRC_PEER_NAME " %s %s %s\r\n", numeric, peer->nick, rest);
}

void
irc_peer_welcome(struct irc_peer *peer, GString *out, const char *network, const char *more)
{
    g_autofree char *supported = g_strdup_printf(
        "CHANTYPES=# PREFIX=(ov)@+ CHANMODES=b,k,l,nt NICKLEN=30 CHANNELLEN=50 NETWORK=%s "
        "CASEMAPPING=ascii :are supported by this server",
        network);

    if (peer->welcomed || !peer->has_user || peer->nick[0] == '\0')
        return;
    peer->welcomed = true;
    irc_peer_reply(peer, out, "001", ":Welcome");
    irc_peer_reply(peer, out, "002", ":Your host is " IRC_PEER_NAME);
    irc_peer_reply(peer, out, "003", ":This server was created today");
    irc_peer_reply(peer, out, "004", IRC_PEER_NAME " 1 io nt");
    irc_peer_reply(peer, out, "005", supported);
    if (more != NULL)
        irc_peer_reply(peer, out, "005", more);
    irc_peer_reply(peer, out, "422", ":There is no message of the day");
}

void
irc_peer_join(const struct irc_peer *peer, GString *out, const char *channel, unsigned people)
{
    g_string_append_printf(out, ":%s!%s@host.example JOIN %s\r\n", peer->nick, peer->nick, channel);
    g_string_append_printf(out, ":" IRC_PEER_NAME " 353 %s = %s :%s", peer->nick, channel,
                           peer->nick);
    for (unsigned i = 0; i < people; i++) {
        if (i > 0 && i % NAMES_LINE == 0)
            g_string_append_printf(out, "\r\n:" IRC_PEER_NAME " 353 %s = %s :%s", peer->nick,
                                   channel, flood_nick(i));
        else
            g_string_append_printf(out, " %s", flood_nick(i));
    }
    g_string_append_printf(out, "\r\n:" IRC_PEER_NAME " 366 %s %s :End\r\n", peer->nick, channel);
}

/* MODE #x and MODE #x b, WHO #x: what clients ask of a channel. */
static void
answer_channel(const struct irc_peer *peer, GString *out, bool who, const char *channel,
               const char *more)
{
    g_autofree char *rest = NULL;

    if (who) {
        rest = g_strdup_printf("%s :End", channel);
        irc_peer_reply(peer, out, "315", rest);
    } else if (more != NULL && strchr(more, 'b') != NULL) {
        rest = g_strdup_printf("%s :End", channel);
        irc_peer_reply(peer, out, "368", rest);
    } else if (*channel == '#' && more == NULL) {
        rest = g_strdup_printf("%s +nt", channel);
        irc_peer_reply(peer, out, "324", rest);
    }
}

bool
irc_peer_answer(struct irc_peer *peer, GString *out, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 4);
    const char *command = words[0] != NULL ? words[0] : "";
    const char *first = words[0] != NULL && words[1] != NULL ? words[1] : "";
    const bool who = g_ascii_strcasecmp(command, "WHO") == 0;

    if (g_ascii_strcasecmp(command, "NICK") == 0)
        g_strlcpy(peer->nick, *first == ':' ? first + 1 : first, sizeof peer->nick);
    else if (g_ascii_strcasecmp(command, "USER") == 0)
        peer->has_user = true;
    else if (g_ascii_strcasecmp(command, "PING") == 0)
        g_string_append_printf(out, ":" IRC_PEER_NAME " PONG " IRC_PEER_NAME " %s\r\n",
                               line + strlen("PING "));
    else if (who || g_ascii_strcasecmp(command, "MODE") == 0)
        answer_channel(peer, out, who, first, *first != '\0' ? words[2] : NULL);
    else
        return false;
    return true;
}
