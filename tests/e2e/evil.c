#include "tests/e2e/evil.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <string.h>

struct evil {
    const struct evil_options *options;
    GSocketService *service;
    uint16_t port;
    GSocketConnection *connection; /* the newest; or NULL */
    GDataInputStream *in;
    GPtrArray *lines; /* char *: all that came */
    GCancellable *cancellable;
    unsigned reads; /* under way */
    bool welcomed;
};

static void read_next(struct evil *evil);

void
evil_say(struct evil *evil, const char *bytes, size_t len)
{
    GOutputStream *out;

    if (!evil->connection)
        return;
    out = g_io_stream_get_output_stream(G_IO_STREAM(evil->connection));
    /* weft reads in another process; a full socket drains by itself. */
    g_output_stream_write_all(out, bytes, len, NULL, NULL, NULL);
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
welcome(struct evil *evil)
{
    if (evil->welcomed)
        return;
    evil->welcomed = true;
    if (evil->options->refusal) {
        evil_say(evil, evil->options->refusal, strlen(evil->options->refusal));
        return;
    }
    evil_line(evil, ":evil.example 001 kai :Welcome");
    evil_line(evil, ":evil.example 005 kai CHANTYPES=#&! PREFIX=(qaohv)~&@%%+ "
                    "CHANMODES=beI,k,l,imnpst NICKLEN=400 :are supported");
    evil_line(evil, ":evil.example 422 kai :no motd");
}

static bool
answer(struct evil *evil, const char *line)
{
    const char *const(*answers)[2] = evil->options->answers;

    for (size_t i = 0; answers && answers[i][0]; i++) {
        if (!g_str_has_prefix(line, answers[i][0]))
            continue;
        evil_say(evil, answers[i][1], strlen(answers[i][1]));
        return true;
    }
    return false;
}

static void
on_line(struct evil *evil, const char *line)
{
    if (answer(evil, line))
        return;
    if (g_str_has_prefix(line, "CAP LS"))
        evil_line(evil, ":evil.example CAP * LS :%s", evil->options->caps);
    else if (g_str_has_prefix(line, "CAP REQ :"))
        evil_line(evil, ":evil.example CAP kai ACK :%s", line + strlen("CAP REQ :"));
    else if (g_str_has_prefix(line, "CAP END"))
        welcome(evil);
    else if (g_str_has_prefix(line, "PING "))
        evil_line(evil, ":evil.example PONG evil.example %s", line + strlen("PING "));
    else if (g_str_has_prefix(line, "JOIN ")) {
        evil_line(evil, ":kai!kai@host JOIN %s", line + strlen("JOIN "));
        evil_line(evil, ":evil.example 353 kai = %s :kai @maria", line + strlen("JOIN "));
        evil_line(evil, ":evil.example 366 kai %s :End", line + strlen("JOIN "));
    }
}

static void
on_read(GObject *source, GAsyncResult *result, void *user)
{
    struct evil *evil = user;
    gsize len = 0;
    g_autoptr(GError) error = NULL;
    char *line =
        g_data_input_stream_read_line_finish(G_DATA_INPUT_STREAM(source), result, &len, &error);

    evil->reads--;
    if (g_cancellable_is_cancelled(evil->cancellable) || (GObject *)evil->in != source) {
        g_free(line);
        return;
    }
    if (!line) {
        g_clear_object(&evil->connection);
        return;
    }
    g_ptr_array_add(evil->lines, line);
    on_line(evil, line);
    read_next(evil);
}

static void
read_next(struct evil *evil)
{
    evil->reads++;
    g_data_input_stream_read_line_async(evil->in, G_PRIORITY_DEFAULT, evil->cancellable, on_read,
                                        evil);
}

static gboolean
on_incoming(GSocketService *service, GSocketConnection *connection, GObject *object, void *user)
{
    struct evil *evil = user;

    g_clear_object(&evil->in);
    g_set_object(&evil->connection, connection);
    evil->welcomed = false;
    evil->in = g_data_input_stream_new(g_io_stream_get_input_stream(G_IO_STREAM(connection)));
    g_data_input_stream_set_newline_type(evil->in, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
    read_next(evil);
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
    g_clear_object(&evil->in);
    g_clear_object(&evil->connection);
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
