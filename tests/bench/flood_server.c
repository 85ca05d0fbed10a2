#include "tests/bench/flood_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/flood_text.h"

#define NAME  "bench.example"
#define LINES 20000 /* different ones, made before the clock runs */
#define AHEAD 262144

struct flood_server {
    int listener;
    int client; /* -1: none yet */
    unsigned port;
    char nick[64];
    bool has_user;
    bool welcomed;
    bool joined;
    bool ponged;
    GString *in;
    GString *out;
    size_t written; /* of `out` */

    GString *lines;
    size_t ends[LINES];
    unsigned left; /* lines of the flood that are still to come */
    unsigned sent;
    unsigned per_second;
    int64_t begun_us;
    char *last;
};

static void
fail(const char *what)
{
    g_printerr("the benchmark's server: %s: %s\n", what, g_strerror(errno));
    exit(1);
}

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
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;

    server->client = -1;
    server->in = g_string_new(NULL);
    server->out = g_string_new(NULL);
    make_lines(server);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (server->listener < 0 ||
        bind(server->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(server->listener, 1) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&address, &len) != 0)
        fail("cannot listen");
    server->port = ntohs(address.sin_port);
    return server;
}

void
flood_server_free(struct flood_server *server)
{
    close(server->listener);
    if (server->client >= 0)
        close(server->client);
    g_string_free(server->in, TRUE);
    g_string_free(server->out, TRUE);
    g_string_free(server->lines, TRUE);
    g_free(server->last);
    g_free(server);
}

unsigned
flood_server_port(const struct flood_server *server)
{
    return server->port;
}

/* --- what is asked
 * ---------------------------------------------------------------------------------------- */

static void
reply(struct flood_server *server, const char *numeric, const char *rest)
{
    g_string_append_printf(server->out, ":" NAME " %s %s %s\r\n", numeric, server->nick, rest);
}

static void
welcome(struct flood_server *server)
{
    if (server->welcomed || !server->has_user || server->nick[0] == '\0')
        return;
    server->welcomed = true;
    reply(server, "001", ":Welcome");
    reply(server, "002", ":Your host is " NAME);
    reply(server, "003", ":This server was created today");
    reply(server, "004", NAME " 1 io nt");
    reply(server, "005",
          "CHANTYPES=# PREFIX=(ov)@+ CHANMODES=b,k,l,nt NICKLEN=30 CHANNELLEN=50 NETWORK=Bench "
          "CASEMAPPING=ascii :are supported by this server");
    reply(server, "422", ":There is no message of the day");
}

static void
join(struct flood_server *server, const char *channel, unsigned people)
{
    g_string_append_printf(server->out, ":%s!%s@host.example JOIN %s\r\n", server->nick,
                           server->nick, channel);
    g_string_append_printf(server->out, ":" NAME " 353 %s = %s :%s", server->nick, channel,
                           server->nick);
    for (unsigned i = 0; i < people; i++) {
        if (i > 0 && i % 20 == 0)
            g_string_append_printf(server->out, "\r\n:" NAME " 353 %s = %s :%s", server->nick,
                                   channel, flood_nick(i));
        else
            g_string_append_printf(server->out, " %s", flood_nick(i));
    }
    g_string_append_printf(server->out, "\r\n:" NAME " 366 %s %s :End\r\n", server->nick, channel);
}

/* MODE #x and MODE #x b, WHO #x: what clients ask of a channel. */
static void
answer_channel(struct flood_server *server, const char *command, const char *channel,
               const char *more)
{
    g_autofree char *first = NULL;

    if (g_ascii_strcasecmp(command, "WHO") == 0) {
        first = g_strdup_printf("%s :End", channel);
        reply(server, "315", first);
    } else if (more != NULL && strchr(more, 'b') != NULL) {
        first = g_strdup_printf("%s :End", channel);
        reply(server, "368", first);
    } else if (*channel == '#' && more == NULL) {
        first = g_strdup_printf("%s +nt", channel);
        reply(server, "324", first);
    }
}

static void
take_line(struct flood_server *server, char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 4);
    const char *command = words[0] != NULL ? words[0] : "";
    const char *first = words[0] != NULL && words[1] != NULL ? words[1] : "";
    const char *second = *first != '\0' ? words[2] : NULL;

    if (g_ascii_strcasecmp(command, "CAP") == 0 && g_ascii_strcasecmp(first, "LS") == 0) {
        g_string_append(server->out, ":" NAME " CAP * LS :\r\n");
    } else if (g_ascii_strcasecmp(command, "NICK") == 0) {
        g_strlcpy(server->nick, *first == ':' ? first + 1 : first, sizeof server->nick);
    } else if (g_ascii_strcasecmp(command, "USER") == 0) {
        server->has_user = true;
    } else if (g_ascii_strcasecmp(command, "PING") == 0) {
        g_string_append_printf(server->out, ":" NAME " PONG " NAME " %s\r\n", line + 5);
    } else if (g_ascii_strcasecmp(command, "PONG") == 0) {
        server->ponged = strstr(line, "allread") != NULL;
    } else if (g_ascii_strcasecmp(command, "JOIN") == 0) {
        /* irssi asks for a channel without a name to see who knows no CAP. */
        if (server->welcomed && *first == '#') {
            join(server, FLOOD_CHANNEL, FLOOD_NICKS);
            server->joined = true;
        }
    } else if (g_ascii_strcasecmp(command, "MODE") == 0 ||
               g_ascii_strcasecmp(command, "WHO") == 0) {
        answer_channel(server, command, first, second);
    }
    welcome(server);
}

static void
take_input(struct flood_server *server)
{
    char bytes[65536];
    ssize_t n;
    char *end;

    while ((n = read(server->client, bytes, sizeof bytes)) > 0)
        g_string_append_len(server->in, bytes, n);
    while ((end = strchr(server->in->str, '\n')) != NULL) {
        g_autofree char *line = g_strndup(server->in->str, (size_t)(end - server->in->str));
        g_string_erase(server->in, 0, end + 1 - server->in->str);
        g_strchomp(line);
        take_line(server, line);
    }
}

/* --- what is sent
 * ---------------------------------------------------------------------------------------- */

void
flood_server_say(struct flood_server *server, const char *text)
{
    g_string_append_printf(server->out, ":%s!people@host.example PRIVMSG " FLOOD_CHANNEL " :%s\r\n",
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
        g_string_append_len(server->out, server->lines->str + start,
                            (gssize)(server->ends[i] - start));
}

/* At a rate: as many as the time that has passed asks for. */
static void
fill(struct flood_server *server)
{
    if (server->per_second == 0) {
        while (server->left > 0 && server->out->len - server->written < AHEAD)
            add_line(server);
        return;
    }
    const int64_t passed_us = g_get_monotonic_time() - server->begun_us;
    const int64_t due = passed_us * server->per_second / G_USEC_PER_SEC;
    while (server->left > 0 && (int64_t)server->sent < due)
        add_line(server);
}

static void
send_output(struct flood_server *server)
{
    while (server->written < server->out->len) {
        ssize_t n = send(server->client, server->out->str + server->written,
                         server->out->len - server->written, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        server->written += (size_t)n;
        if (server->written == server->out->len) {
            g_string_truncate(server->out, 0);
            server->written = 0;
        } else if (server->written > AHEAD) {
            g_string_erase(server->out, 0, (gssize)server->written);
            server->written = 0;
        }
    }
}

void
flood_server_poll(struct flood_server *server, struct pollfd *ret_fd)
{
    ret_fd->fd = server->client >= 0 ? server->client : server->listener;
    ret_fd->events = POLLIN;
    if (server->client >= 0 &&
        (server->written < server->out->len || (server->left > 0 && server->per_second == 0)))
        ret_fd->events |= POLLOUT;
}

void
flood_server_turn(struct flood_server *server, short events)
{
    if (server->client < 0) {
        const int on = 1;
        if ((events & POLLIN) == 0)
            return;
        server->client = accept(server->listener, NULL, NULL);
        if (server->client < 0)
            return;
        fcntl(server->client, F_SETFL, O_NONBLOCK);
        fcntl(server->client, F_SETFD, FD_CLOEXEC);
        setsockopt(server->client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        return;
    }
    if ((events & (POLLIN | POLLHUP)) != 0)
        take_input(server);
    do {
        if (server->left > 0)
            fill(server);
        send_output(server);
        /* Until the client's window is full. */
    } while (server->left > 0 && server->per_second == 0 && server->out->len == 0);
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
    return server->left > 0 || server->written < server->out->len;
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
        join(server, channel, 5);
        g_string_append_printf(server->out, ":%s!people@host.example PRIVMSG %s :%s\r\n",
                               flood_nick(i % 5), channel, text_of(i));
    }
    g_string_append(server->out, "PING :allread\r\n");
    server->ponged = false;
}

bool
flood_server_welcomed(const struct flood_server *server)
{
    return server->welcomed;
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
