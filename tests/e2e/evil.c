#include "tests/e2e/evil.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <string.h>

struct evil {
    const struct evil_options *options;
    GSocketService *service;
    uint16_t port;
    GPtrArray *peers; /* struct peer: who is connected */
    GPtrArray *lines; /* char *: all that came */
    GCancellable *cancellable;
    unsigned reads; /* under way */
};

struct peer {
    struct evil *evil;
    GSocketConnection *connection;
    GDataInputStream *in;
    char *network; /* of a bouncer, to which it is bound; or NULL */
    bool welcomed;
};

static void read_next(struct peer *peer);

static void
peer_free(void *data)
{
    struct peer *peer = data;

    g_object_unref(peer->in);
    g_object_unref(peer->connection);
    g_free(peer->network);
    g_free(peer);
}

static void
say(struct peer *peer, const char *bytes, size_t len)
{
    GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(peer->connection));

    /* weft reads in another process; a full socket drains by itself. */
    g_output_stream_write_all(out, bytes, len, NULL, NULL, NULL);
}

static void G_GNUC_PRINTF(2, 3) say_line(struct peer *peer, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    g_autofree char *text = g_strdup_vprintf(format, list);
    va_end(list);
    say(peer, text, strlen(text));
    say(peer, "\r\n", 2);
}

void
evil_say(struct evil *evil, const char *bytes, size_t len)
{
    for (guint i = 0; i < evil->peers->len; i++)
        say(g_ptr_array_index(evil->peers, i), bytes, len);
}

void
evil_line(struct evil *evil, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    g_autofree char *text = g_strdup_vprintf(format, list);
    va_end(list);
    evil_say(evil, text, strlen(text));
    evil_say(evil, "\r\n", 2);
}

static void
welcome(struct peer *peer)
{
    const char *refusal = peer->evil->options->refusal;
    const char *more = peer->evil->options->isupport;

    if (peer->welcomed)
        return;
    peer->welcomed = true;
    if (refusal) {
        say(peer, refusal, strlen(refusal));
        return;
    }
    say_line(peer, ":evil.example 001 kai :Welcome");
    say_line(peer, ":evil.example 005 kai CHANTYPES=#&! PREFIX=(qaohv)~&@%%+ "
                   "CHANMODES=beI,k,l,imnpst NICKLEN=400 :are supported");
    if (more)
        say_line(peer, ":evil.example 005 kai %s :are supported", more);
    if (peer->network)
        say_line(peer, ":evil.example 005 kai BOUNCER_NETID=%s :are supported", peer->network);
    say_line(peer, ":evil.example 422 kai :no motd");
}

static bool
answer(struct peer *peer, const char *line)
{
    const char *const(*answers)[2] = peer->evil->options->answers;

    for (size_t i = 0; answers && answers[i][0]; i++) {
        if (!g_str_has_prefix(line, answers[i][0]))
            continue;
        say(peer, answers[i][1], strlen(answers[i][1]));
        return true;
    }
    return false;
}

static void
on_line(struct peer *peer, const char *line)
{
    if (answer(peer, line))
        return;
    if (g_str_has_prefix(line, "CAP LS"))
        say_line(peer, ":evil.example CAP * LS :%s", peer->evil->options->caps);
    else if (g_str_has_prefix(line, "CAP REQ :"))
        say_line(peer, ":evil.example CAP kai ACK :%s", line + strlen("CAP REQ :"));
    else if (g_str_has_prefix(line, "BOUNCER BIND ")) {
        g_free(peer->network);
        peer->network = g_strdup(line + strlen("BOUNCER BIND "));
    } else if (g_str_has_prefix(line, "CAP END"))
        welcome(peer);
    else if (g_str_has_prefix(line, "PING "))
        say_line(peer, ":evil.example PONG evil.example %s", line + strlen("PING "));
    else if (g_str_has_prefix(line, "JOIN ")) {
        say_line(peer, ":kai!kai@host JOIN %s", line + strlen("JOIN "));
        say_line(peer, ":evil.example 353 kai = %s :kai @maria", line + strlen("JOIN "));
        say_line(peer, ":evil.example 366 kai %s :End", line + strlen("JOIN "));
    }
}

static void
on_read(GObject *source, GAsyncResult *result, void *user)
{
    struct peer *peer = user;
    struct evil *evil = peer->evil;
    gsize len = 0;
    g_autoptr(GError) error = NULL;
    char *line =
        g_data_input_stream_read_line_finish(G_DATA_INPUT_STREAM(source), result, &len, &error);

    evil->reads--;
    if (!line || g_cancellable_is_cancelled(evil->cancellable)) {
        g_free(line);
        g_ptr_array_remove(evil->peers, peer);
        return;
    }
    g_ptr_array_add(evil->lines, line);
    on_line(peer, line);
    read_next(peer);
}

static void
read_next(struct peer *peer)
{
    peer->evil->reads++;
    g_data_input_stream_read_line_async(peer->in, G_PRIORITY_DEFAULT, peer->evil->cancellable,
                                        on_read, peer);
}

static gboolean
on_incoming(GSocketService *service, GSocketConnection *connection, GObject *object, void *user)
{
    struct evil *evil = user;
    struct peer *peer = g_new0(struct peer, 1);

    peer->evil = evil;
    peer->connection = g_object_ref(connection);
    peer->in = g_data_input_stream_new(g_io_stream_get_input_stream(G_IO_STREAM(connection)));
    g_data_input_stream_set_newline_type(peer->in, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
    g_ptr_array_add(evil->peers, peer);
    read_next(peer);
    return TRUE;
}

struct evil *
evil_start(const struct evil_options *options)
{
    struct evil *evil = g_new0(struct evil, 1);
    g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
    g_autoptr(GSocketAddress) address = g_inet_socket_address_new(loopback, 0);
    g_autoptr(GSocketAddress) effective = NULL;
    g_autoptr(GError) error = NULL;

    evil->options = options;
    evil->peers = g_ptr_array_new_with_free_func(peer_free);
    evil->lines = g_ptr_array_new_with_free_func(g_free);
    evil->cancellable = g_cancellable_new();
    evil->service = g_socket_service_new();
    g_socket_listener_add_address(G_SOCKET_LISTENER(evil->service), address, G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_TCP, NULL, &effective, &error);
    g_assert_no_error(error);
    evil->port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(effective));
    g_signal_connect(evil->service, "incoming", G_CALLBACK(on_incoming), evil);
    g_socket_service_start(evil->service);
    return evil;
}

void
evil_stop(struct evil *evil)
{
    g_socket_service_stop(evil->service);
    g_socket_listener_close(G_SOCKET_LISTENER(evil->service));
    g_object_unref(evil->service);
    g_cancellable_cancel(evil->cancellable);
    while (evil->reads > 0)
        g_main_context_iteration(NULL, TRUE);
    g_ptr_array_unref(evil->peers);
    g_object_unref(evil->cancellable);
    g_ptr_array_unref(evil->lines);
    g_free(evil);
}

uint16_t
evil_port(const struct evil *evil)
{
    return evil->port;
}

unsigned
evil_count(const struct evil *evil, const char *pattern)
{
    unsigned n = 0;

    for (guint i = 0; i < evil->lines->len; i++)
        n += g_pattern_match_simple(pattern, g_ptr_array_index(evil->lines, i));
    return n;
}
