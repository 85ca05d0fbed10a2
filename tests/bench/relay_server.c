#define _GNU_SOURCE /* strcasestr */
#include "tests/bench/relay_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/flood_text.h"

#define NAME   "bench.example"
#define PEOPLE 5
#define AHEAD  65536
#define NUMBER "zq" /* no word of flood_text has it */
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
    int listener; /* -1: down */
    int client;   /* -1: none */
    unsigned port;
    bool modern, tags, echo, labels;
    char nick[64];
    bool has_user, negotiates, welcomed, is_hook;
    unsigned joined;
    int64_t delay_us;
    struct relay_tally *heard;
    GString *in, *out;
    size_t written; /* of `out` */
    GString *answer;
    GQueue late;        /* struct later */
    GPtrArray *history; /* struct said */
    unsigned batches;
};

void
relay_tally_init(struct relay_tally *tally, unsigned n, unsigned n_channels)
{
    *tally = (struct relay_tally){.n = n, .n_channels = n_channels};
    tally->said_us = g_new0(int64_t, n);
    tally->heard_us = g_new0(int64_t, n);
    tally->newest = g_new(int, n_channels);
    for (unsigned i = 0; i < n_channels; i++)
        tally->newest[i] = -1;
}

void
relay_tally_clear(struct relay_tally *tally)
{
    g_free(tally->said_us);
    g_free(tally->heard_us);
    g_free(tally->newest);
}

static void
tally_hear(struct relay_tally *tally, const char *channel, const char *text)
{
    const char *at = strstr(text, NUMBER);
    const uint64_t n = at != NULL ? g_ascii_strtoull(at + strlen(NUMBER), NULL, 10) : UINT64_MAX;
    const uint64_t c = g_ascii_strtoull(channel + 2, NULL, 10);

    /* What is no message of ours, or in a channel where it does not belong. */
    if (n >= tally->n || c >= tally->n_channels || n % tally->n_channels != c)
        return;
    tally->last_us = g_get_monotonic_time();
    if (tally->heard_us[n] != 0) {
        tally->doubled++;
        return;
    }
    tally->heard_us[n] = tally->last_us;
    tally->heard++;
    if ((int)n < tally->newest[c])
        tally->out_of_order++;
    tally->newest[c] = MAX(tally->newest[c], (int)n);
}

static void
said_free(void *data)
{
    struct said *said = data;
    g_free(said->line);
    g_free(said);
}

static void
fail(const char *what)
{
    g_printerr("the relay's server: %s: %s\n", what, g_strerror(errno));
    exit(1);
}

void
relay_server_up(struct relay_server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((uint16_t)server->port)};
    socklen_t len = sizeof address;
    const int on = 1;

    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (server->listener < 0 ||
        setsockopt(server->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(server->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(server->listener, 4) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&address, &len) != 0)
        fail("cannot listen");
    server->port = ntohs(address.sin_port);
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
    if (server->client >= 0)
        close(server->client);
    server->client = -1;
    server->nick[0] = '\0';
    server->has_user = server->negotiates = server->welcomed = server->is_hook = false;
    server->tags = server->echo = server->labels = false;
    server->joined = 0;
    server->written = 0;
    g_string_truncate(server->in, 0);
    g_string_truncate(server->out, 0);
    g_string_truncate(server->answer, 0);
    g_queue_clear_full(&server->late, later_free);
}

void
relay_server_down(struct relay_server *server)
{
    hang_up(server);
    if (server->listener >= 0)
        close(server->listener);
    server->listener = -1;
}

struct relay_server *
relay_server_new(bool modern, struct relay_tally *heard)
{
    struct relay_server *server = g_new0(struct relay_server, 1);

    server->client = -1;
    server->modern = modern;
    server->heard = heard;
    server->in = g_string_new(NULL);
    server->out = g_string_new(NULL);
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
    g_string_free(server->in, TRUE);
    g_string_free(server->out, TRUE);
    g_string_free(server->answer, TRUE);
    g_ptr_array_unref(server->history);
    g_free(server);
}

unsigned
relay_server_port(const struct relay_server *server)
{
    return server->port;
}

/* --- what is asked
 * ---------------------------------------------------------------------------------------- */

static void
reply(struct relay_server *server, const char *numeric, const char *rest)
{
    g_string_append_printf(server->answer, ":" NAME " %s %s %s\r\n", numeric, server->nick, rest);
}

static void
welcome(struct relay_server *server)
{
    if (server->welcomed || server->negotiates || !server->has_user || server->nick[0] == '\0')
        return;
    server->welcomed = true;
    reply(server, "001", ":Welcome");
    reply(server, "002", ":Your host is " NAME);
    reply(server, "003", ":This server was created today");
    reply(server, "004", NAME " 1 io nt");
    /* Networks of one name are one network, and a channel of them one channel. */
    g_autofree char *supported = g_strdup_printf(
        "CHANTYPES=# PREFIX=(ov)@+ CHANMODES=b,k,l,nt NICKLEN=30 CHANNELLEN=50 NETWORK=Bench%u "
        "CASEMAPPING=ascii :are supported by this server",
        server->port);
    reply(server, "005", supported);
    if (server->modern)
        reply(server, "005",
              "CHATHISTORY=100 MSGREFTYPES=msgid,timestamp :are supported by this server");
    reply(server, "422", ":There is no message of the day");
}

static void
join(struct relay_server *server, const char *channel)
{
    g_string_append_printf(server->answer, ":%s!%s@host.example JOIN %s\r\n", server->nick,
                           server->nick, channel);
    g_string_append_printf(server->answer, ":" NAME " 353 %s = %s :%s", server->nick, channel,
                           server->nick);
    for (unsigned i = 0; i < PEOPLE; i++)
        g_string_append_printf(server->answer, " %s", flood_nick(i));
    g_string_append_printf(server->answer, "\r\n:" NAME " 366 %s %s :End\r\n", server->nick,
                           channel);
    server->joined++;
}

static void
negotiate(struct relay_server *server, const char *verb, const char *words)
{
    if (g_ascii_strcasecmp(verb, "LS") == 0) {
        server->negotiates = !server->welcomed;
        g_string_append_printf(server->answer, ":" NAME " CAP * LS :%s\r\n",
                               server->modern ? CAPS : "");
    } else if (g_ascii_strcasecmp(verb, "REQ") == 0 && words != NULL) {
        words += *words == ':';
        server->tags = server->tags || strstr(words, "server-time") != NULL;
        server->echo = server->echo || strstr(words, "echo-message") != NULL;
        server->labels = server->labels || strstr(words, "labeled-response") != NULL;
        g_string_append_printf(server->answer, ":" NAME " CAP * ACK :%s\r\n", words);
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
    g_string_append_printf(server->answer, ":" NAME " BATCH +b%u %s %s\r\n", batch,
                           to == 0 && *channel != '#' ? "draft/chathistory-targets" : "chathistory",
                           channel);
    for (unsigned i = 0; i < found->len; i++) {
        const unsigned at = g_array_index(found, unsigned, forward ? i : found->len - 1 - i);
        tell(server, server->answer, server->history->pdata[at], at, more);
    }
    g_string_append_printf(server->answer, ":" NAME " BATCH -b%u\r\n", batch);
}

static void
hear(struct relay_server *server, const char *label, const char *channel, const char *text)
{
    const struct said *said = remember(server, server->nick, channel, text);
    const unsigned number = server->history->len - 1;
    g_autofree char *more = NULL;

    if (server->heard != NULL)
        tally_hear(server->heard, channel, text);
    more = label != NULL ? g_strdup_printf("label=%s;", label) : g_strdup("");
    if (server->echo)
        tell(server, server->answer, said, number, more);
    else if (label != NULL)
        g_string_append_printf(server->answer, "@label=%s :" NAME " ACK\r\n", label);
}

/* MODE #x and MODE #x b, WHO #x: what clients ask of a channel. */
static void
answer_channel(struct relay_server *server, const char *command, const char *channel,
               const char *more)
{
    g_autofree char *rest = NULL;

    if (g_ascii_strcasecmp(command, "WHO") == 0) {
        rest = g_strdup_printf("%s :End", channel);
        reply(server, "315", rest);
    } else if (more != NULL && strchr(more, 'b') != NULL) {
        rest = g_strdup_printf("%s :End", channel);
        reply(server, "368", rest);
    } else if (*channel == '#' && more == NULL) {
        rest = g_strdup_printf("%s +nt", channel);
        reply(server, "324", rest);
    }
}

static void
take_join(struct relay_server *server, const char *channels)
{
    g_auto(GStrv) names = g_strsplit(channels, ",", -1);

    for (char **name = names; server->welcomed && *name != NULL; name++)
        if (**name == '#')
            join(server, *name);
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
    else if (g_ascii_strcasecmp(command, "PING") == 0)
        g_string_append_printf(server->answer, ":" NAME " PONG " NAME " %s\r\n", line + 5);
    else if (g_ascii_strcasecmp(command, "CHATHISTORY") == 0 && n > 4)
        answer_history(server, label, words);
    else if (g_ascii_strcasecmp(command, "JOIN") == 0)
        take_join(server, first);
    else if (g_ascii_strcasecmp(command, "CAP") == 0)
        negotiate(server, first, n > 2 ? strstr(line, first) + strlen(first) + 1 : NULL);
    else if (g_ascii_strcasecmp(command, "NICK") == 0)
        g_strlcpy(server->nick, *first == ':' ? first + 1 : first, sizeof server->nick);
    else if (g_ascii_strcasecmp(command, "USER") == 0)
        server->has_user = true;
    else if (g_ascii_strcasecmp(command, "POST") == 0)
        server->is_hook = true;
    else if (g_ascii_strcasecmp(command, "MODE") == 0 || g_ascii_strcasecmp(command, "WHO") == 0)
        answer_channel(server, command, first, n > 2 ? words[2] : NULL);
    welcome(server);
}

static void
take_line(struct relay_server *server, char *line)
{
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
    const char *length = strcasestr(server->in->str, "Content-Length:");
    const char *body = strstr(server->in->str, "\r\n\r\n");

    if (body == NULL || length == NULL ||
        strlen(body + 4) < g_ascii_strtoull(length + strlen("Content-Length:"), NULL, 10))
        return;
    g_string_truncate(server->in, 0);
    g_string_append(server->answer, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                                    "Content-Length: 2\r\n\r\nok");
}

static bool
take_input(struct relay_server *server)
{
    char bytes[65536];
    ssize_t n;
    size_t done = 0;
    char *end;

    while ((n = read(server->client, bytes, sizeof bytes)) > 0)
        g_string_append_len(server->in, bytes, n);
    if (n == 0)
        return false;
    server->is_hook = server->is_hook || g_str_has_prefix(server->in->str, "POST ");
    if (server->is_hook) {
        answer_hook(server);
        return true;
    }
    while ((end = strchr(server->in->str + done, '\n')) != NULL) {
        char *line = server->in->str + done;
        done = (size_t)(end + 1 - server->in->str);
        *end = '\0';
        g_strchomp(line);
        take_line(server, line);
    }
    g_string_erase(server->in, 0, (gssize)done);
    return true;
}

/* --- what is sent
 * ---------------------------------------------------------------------------------------- */

void
relay_server_say(struct relay_server *server, struct relay_tally *said, unsigned n)
{
    g_autofree char *channel = g_strdup_printf("#c%03u", n % said->n_channels);
    g_autoptr(GString) text = g_string_new(NULL);

    flood_text(text, n % 1000);
    g_string_append_printf(text, " " NUMBER "%u", n);
    const struct said *line = remember(server, flood_nick(n % PEOPLE), channel, text->str);
    if (server->client >= 0 && server->joined > 0)
        tell(server, server->out, line, server->history->len - 1, "");
    said->said++;
    said->said_us[n] = g_get_monotonic_time();
}

bool
relay_server_full(const struct relay_server *server)
{
    return server->out->len - server->written > AHEAD;
}

bool
relay_server_taken(const struct relay_server *server)
{
    return server->out->len == server->written;
}

static void
move_answers(struct relay_server *server)
{
    const int64_t now_us = g_get_monotonic_time();

    if (server->answer->len > 0 && server->delay_us == 0 && server->late.length == 0) {
        g_string_append_len(server->out, server->answer->str, (gssize)server->answer->len);
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
        g_string_append_len(server->out, later->bytes->str, (gssize)later->bytes->len);
        later_free(later);
    }
}

static void
send_output(struct relay_server *server)
{
    while (server->written < server->out->len) {
        ssize_t n = send(server->client, server->out->str + server->written,
                         server->out->len - server->written, MSG_NOSIGNAL);
        if (n <= 0)
            break;
        server->written += (size_t)n;
    }
    if (server->written == server->out->len || server->written > AHEAD) {
        g_string_erase(server->out, 0, (gssize)server->written);
        server->written = 0;
    }
}

void
relay_server_poll(struct relay_server *server, struct pollfd *ret_fd)
{
    ret_fd->fd = server->client >= 0 ? server->client : server->listener;
    ret_fd->events = POLLIN;
    if (server->client >= 0 && server->written < server->out->len)
        ret_fd->events |= POLLOUT;
}

void
relay_server_turn(struct relay_server *server, short events)
{
    if (server->client < 0) {
        const int on = 1;
        if ((events & POLLIN) == 0 || server->listener < 0)
            return;
        server->client = accept(server->listener, NULL, NULL);
        if (server->client < 0)
            return;
        fcntl(server->client, F_SETFL, O_NONBLOCK);
        fcntl(server->client, F_SETFD, FD_CLOEXEC);
        setsockopt(server->client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        return;
    }
    if ((events & (POLLIN | POLLHUP | POLLERR)) != 0 && !take_input(server)) {
        hang_up(server);
        return;
    }
    move_answers(server);
    send_output(server);
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
