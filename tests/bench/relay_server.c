#define _GNU_SOURCE /* strcasestr */
#include "tests/bench/relay_server.h"

#include <stdlib.h>
#include <string.h>

#include "tests/bench/flood_text.h"
#include "tests/bench/irc_peer.h"

#define PEOPLE 5
#define AHEAD  65536
#define CAPS   "message-tags server-time batch labeled-response echo-message draft/chathistory"
#define PAGE   100 /* of history */

/* What was said, by whom: "nick!user@host PRIVMSG #c000 :text". */
struct said {
    char *line;
    int64_t time_us; /* wall clock */
    char channel[8];
};

struct later {
    int64_t due_us;
    GString *bytes;
};

struct relay_server {
    struct irc_peer peer;
    bool modern, tags, echo, labels;
    bool negotiates, is_hook;
    unsigned joined;
    int64_t delay_us;
    struct relay_tally *heard;
    GString *answer;
    GQueue late;        /* struct later */
    GPtrArray *history; /* struct said */
    unsigned batches;
};

static void
said_free(void *data)
{
    struct said *said = data;
    g_free(said->line);
    g_free(said);
}

static void
later_free(void *data)
{
    struct later *later = data;
    g_string_free(later->bytes, TRUE);
    g_free(later);
}

static void
hang_up(struct relay_server *server)
{
    irc_peer_hang_up(&server->peer);
    server->negotiates = server->is_hook = false;
    server->tags = server->echo = server->labels = false;
    server->joined = 0;
    g_string_truncate(server->answer, 0);
    g_queue_clear_full(&server->late, later_free);
}

void
relay_server_up(struct relay_server *server)
{
    irc_peer_listen(&server->peer);
}

void
relay_server_down(struct relay_server *server)
{
    hang_up(server);
    irc_peer_refuse(&server->peer);
}

struct relay_server *
relay_server_new(bool modern, struct relay_tally *heard)
{
    struct relay_server *server = g_new0(struct relay_server, 1);

    irc_peer_init(&server->peer);
    server->modern = modern;
    server->heard = heard;
    server->answer = g_string_new(NULL);
    server->history = g_ptr_array_new_with_free_func(said_free);
    g_queue_init(&server->late);
    relay_server_up(server);
    return server;
}

void
relay_server_free(struct relay_server *server)
{
    relay_server_down(server);
    irc_peer_clear(&server->peer);
    g_string_free(server->answer, TRUE);
    g_ptr_array_unref(server->history);
    g_free(server);
}

unsigned
relay_server_port(const struct relay_server *server)
{
    return server->peer.port;
}

/* --- what is asked
 * ---------------------------------------------------------------------------------------- */

static void
welcome(struct relay_server *server)
{
    /* Networks of one name are one network, and a channel of them one channel. */
    g_autofree char *network = g_strdup_printf("Bench%u", server->peer.port);

    if (!server->negotiates)
        irc_peer_welcome(
            &server->peer, server->answer, network,
            server->modern
                ? "CHATHISTORY=100 MSGREFTYPES=msgid,timestamp :are supported by this server"
                : NULL);
}

static void
negotiate(struct relay_server *server, const char *verb, const char *words)
{
    if (g_ascii_strcasecmp(verb, "LS") == 0) {
        server->negotiates = !server->peer.welcomed;
        g_string_append_printf(server->answer, ":" IRC_PEER_NAME " CAP * LS :%s\r\n",
                               server->modern ? CAPS : "");
    } else if (g_ascii_strcasecmp(verb, "REQ") == 0 && words != NULL) {
        words += *words == ':';
        server->tags = server->tags || strstr(words, "server-time") != NULL;
        server->echo = server->echo || strstr(words, "echo-message") != NULL;
        server->labels = server->labels || strstr(words, "labeled-response") != NULL;
        g_string_append_printf(server->answer, ":" IRC_PEER_NAME " CAP * ACK :%s\r\n", words);
    } else if (g_ascii_strcasecmp(verb, "END") == 0) {
        server->negotiates = false;
    }
}

/* A line of history with its number and time, as far as the client takes tags. */
static void
tell(struct relay_server *server, GString *out, const struct said *said, unsigned number,
     const char *more)
{
    if (server->tags) {
        g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(said->time_us / G_USEC_PER_SEC);
        g_autofree char *text = g_date_time_format(time, "%Y-%m-%dT%H:%M:%S");
        g_string_append_printf(out, "@%smsgid=m%u;time=%s.%03uZ ", more, number, text,
                               (unsigned)(said->time_us % G_USEC_PER_SEC / 1000));
    }
    g_string_append_printf(out, ":%s\r\n", said->line);
}

static const struct said *
remember(struct relay_server *server, const char *nick, const char *channel, const char *text)
{
    struct said *said = g_new0(struct said, 1);

    said->time_us = g_get_real_time();
    said->line = g_strdup_printf("%s!people@host.example PRIVMSG %s :%s", nick, channel, text);
    g_strlcpy(said->channel, channel, sizeof said->channel);
    g_ptr_array_add(server->history, said);
    return said;
}

/* "msgid=m12" or "timestamp=…": the first number that is (not) before it. */
static unsigned
place_of(const struct relay_server *server, const char *reference)
{
    unsigned at = 0;

    if (g_str_has_prefix(reference, "msgid=m"))
        return (unsigned)g_ascii_strtoull(reference + strlen("msgid=m"), NULL, 10);
    if (!g_str_has_prefix(reference, "timestamp="))
        return 0;
    g_autoptr(GDateTime) time =
        g_date_time_new_from_iso8601(reference + strlen("timestamp="), NULL);
    if (time == NULL)
        return 0;
    const int64_t time_us =
        g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
    while (at < server->history->len &&
           ((const struct said *)server->history->pdata[at])->time_us / 1000 < time_us / 1000)
        at++;
    return at;
}

/* LATEST, BEFORE, AFTER #channel REFERENCE COUNT; all else has nothing. */
static void
answer_history(struct relay_server *server, const char *label, char **words)
{
    const char *verb = words[1], *channel = words[2], *reference = words[3];
    const unsigned most = MIN(PAGE, (unsigned)g_ascii_strtoull(words[4], NULL, 10));
    unsigned from = 0, to = server->history->len;
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(unsigned));

    if (g_ascii_strcasecmp(verb, "LATEST") == 0)
        from = place_of(server, reference);
    else if (g_ascii_strcasecmp(verb, "BEFORE") == 0)
        to = place_of(server, reference);
    else if (g_ascii_strcasecmp(verb, "AFTER") == 0)
        from = place_of(server, reference) + g_str_has_prefix(reference, "msgid=");
    else
        to = 0;
    const bool forward = g_ascii_strcasecmp(verb, "AFTER") == 0;
    for (unsigned i = 0; from + i < to && found->len < most; i++) {
        const unsigned at = forward ? from + i : to - 1 - i;
        const struct said *said = server->history->pdata[at];
        if (strcmp(said->channel, channel) == 0)
            g_array_append_val(found, at);
    }
    const unsigned batch = ++server->batches;
    g_autofree char *more = g_strdup_printf("batch=b%u;", batch);
    if (label != NULL)
        g_string_append_printf(server->answer, "@label=%s ", label);
    g_string_append_printf(server->answer, ":" IRC_PEER_NAME " BATCH +b%u %s %s\r\n", batch,
                           to == 0 && *channel != '#' ? "draft/chathistory-targets" : "chathistory",
                           channel);
    for (unsigned i = 0; i < found->len; i++) {
        const unsigned at = g_array_index(found, unsigned, forward ? i : found->len - 1 - i);
        tell(server, server->answer, server->history->pdata[at], at, more);
    }
    g_string_append_printf(server->answer, ":" IRC_PEER_NAME " BATCH -b%u\r\n", batch);
}

static void
hear(struct relay_server *server, const char *label, const char *channel, const char *text)
{
    const struct said *said = remember(server, server->peer.nick, channel, text);
    const unsigned number = server->history->len - 1;
    g_autofree char *more = NULL;

    if (server->heard != NULL)
        relay_tally_hear(server->heard, (unsigned)g_ascii_strtoull(channel + 2, NULL, 10), text);
    more = label != NULL ? g_strdup_printf("label=%s;", label) : g_strdup("");
    if (server->echo)
        tell(server, server->answer, said, number, more);
    else if (label != NULL)
        g_string_append_printf(server->answer, "@label=%s :" IRC_PEER_NAME " ACK\r\n", label);
}

static void
take_join(struct relay_server *server, const char *channels)
{
    g_auto(GStrv) names = g_strsplit(channels, ",", -1);

    for (char **name = names; server->peer.welcomed && *name != NULL; name++) {
        if (**name != '#')
            continue;
        irc_peer_join(&server->peer, server->answer, *name, PEOPLE);
        server->joined++;
    }
}

static void
take_command(struct relay_server *server, const char *label, char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 6);
    const unsigned n = g_strv_length(words);
    const char *command = n > 0 ? words[0] : "", *first = n > 1 ? words[1] : "";
    const char *end = strstr(line, " :");

    if (g_ascii_strcasecmp(command, "PRIVMSG") == 0 && *first == '#')
        hear(server, label, first, end != NULL ? end + 2 : n > 2 ? words[2] : "");
    else if (g_ascii_strcasecmp(command, "CHATHISTORY") == 0 && n > 4)
        answer_history(server, label, words);
    else if (g_ascii_strcasecmp(command, "JOIN") == 0)
        take_join(server, first);
    else if (g_ascii_strcasecmp(command, "CAP") == 0)
        negotiate(server, first, n > 2 ? strstr(line, first) + strlen(first) + 1 : NULL);
    else if (g_ascii_strcasecmp(command, "POST") == 0)
        server->is_hook = true;
    else
        irc_peer_answer(&server->peer, server->answer, line);
    welcome(server);
}

static void
take_line(void *user, char *line)
{
    struct relay_server *server = user;
    g_autofree char *label = NULL;

    if (*line == '@') {
        char *end = strchr(line, ' ');
        const char *at = strstr(line, "label=");
        if (end == NULL)
            return;
        if (at != NULL && at < end)
            label = g_strndup(at + strlen("label="), strcspn(at + strlen("label="), "; "));
        line = end + 1;
    }
    take_command(server, label, line);
}

/* The hook's text does not matter, only that the whole request has come. */
static void
answer_hook(struct relay_server *server)
{
    const char *length = strcasestr(server->peer.in->str, "Content-Length:");
    const char *body = strstr(server->peer.in->str, "\r\n\r\n");

    if (body == NULL || length == NULL ||
        strlen(body + 4) < g_ascii_strtoull(length + strlen("Content-Length:"), NULL, 10))
        return;
    g_string_truncate(server->peer.in, 0);
    g_string_append(server->answer, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                                    "Content-Length: 2\r\n\r\nok");
}

static bool
take_input(struct relay_server *server)
{
    if (!irc_peer_read(&server->peer))
        return false;
    server->is_hook = server->is_hook || g_str_has_prefix(server->peer.in->str, "POST ");
    if (server->is_hook)
        answer_hook(server);
    else
        irc_peer_lines(&server->peer, take_line, server);
    return true;
}

/* --- what is sent
 * ---------------------------------------------------------------------------------------- */

void
relay_server_say(struct relay_server *server, struct relay_tally *said, unsigned n)
{
    g_autofree char *channel = g_strdup_printf("#c%03u", n % said->n_channels);
    g_autoptr(GString) text = g_string_new(NULL);

    relay_tally_text(text, n);
    const struct said *line = remember(server, flood_nick(n % PEOPLE), channel, text->str);
    if (server->peer.client >= 0 && server->joined > 0)
        tell(server, server->peer.out, line, server->history->len - 1, "");
    said->said++;
    said->said_us[n] = g_get_monotonic_time();
}

bool
relay_server_full(const struct relay_server *server)
{
    return irc_peer_left(&server->peer) > AHEAD;
}

bool
relay_server_taken(const struct relay_server *server)
{
    return irc_peer_left(&server->peer) == 0;
}

static void
move_answers(struct relay_server *server)
{
    const int64_t now_us = g_get_monotonic_time();

    if (server->answer->len > 0 && server->delay_us == 0 && server->late.length == 0) {
        g_string_append_len(server->peer.out, server->answer->str, (gssize)server->answer->len);
        g_string_truncate(server->answer, 0);
    } else if (server->answer->len > 0) {
        struct later *later = g_new0(struct later, 1);
        later->due_us = now_us + server->delay_us;
        later->bytes = g_string_new_len(server->answer->str, (gssize)server->answer->len);
        g_string_truncate(server->answer, 0);
        g_queue_push_tail(&server->late, later);
    }
    while (server->late.length > 0 && ((struct later *)server->late.head->data)->due_us <= now_us) {
        struct later *later = g_queue_pop_head(&server->late);
        g_string_append_len(server->peer.out, later->bytes->str, (gssize)later->bytes->len);
        later_free(later);
    }
}

void
relay_server_poll(struct relay_server *server, struct pollfd *ret_fd)
{
    irc_peer_poll(&server->peer, ret_fd, false);
}

void
relay_server_turn(struct relay_server *server, short events)
{
    if (server->peer.client < 0) {
        irc_peer_accept(&server->peer, events);
        return;
    }
    if ((events & (POLLIN | POLLHUP | POLLERR)) != 0 && !take_input(server)) {
        hang_up(server);
        return;
    }
    move_answers(server);
    irc_peer_send(&server->peer);
}

bool
relay_server_joined(const struct relay_server *server, unsigned channels)
{
    return server->joined >= channels;
}

void
relay_server_slow(struct relay_server *server, int64_t delay_us)
{
    server->delay_us = delay_us;
}
