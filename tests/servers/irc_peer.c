#include "tests/servers/irc_peer.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#define READ_BYTES 4096

/* Callbacks of asynchronous calls hold a reference, so that freeing the peer in between is safe. */
struct irc_peer {
    unsigned refs;
    GMainContext *context;
    GCancellable *cancel;
    GSocketConnection *connection;
    GInputStream *in;
    GOutputStream *out;
    char buffer[READ_BYTES];
    GString *partial; /* a line that has not ended yet */
    GQueue unsent;    /* GBytes */
    bool writing;
    bool ended;
    GError *error; /* why the connection could not be made */
    GPtrArray *lines;
    unsigned next; /* the first line that is new */
    GString *log;
    char *nick;
    unsigned pings;
};

static struct irc_peer *
peer_ref(struct irc_peer *peer)
{
    peer->refs++;
    return peer;
}

static void
peer_unref(struct irc_peer *peer)
{
    if (--peer->refs > 0)
        return;
    g_clear_object(&peer->connection);
    g_clear_object(&peer->cancel);
    g_clear_error(&peer->error);
    g_main_context_unref(peer->context);
    g_queue_clear_full(&peer->unsent, (GDestroyNotify)g_bytes_unref);
    g_ptr_array_unref(peer->lines);
    g_string_free(peer->partial, TRUE);
    g_string_free(peer->log, TRUE);
    g_free(peer->nick);
    g_free(peer);
}

/* ---- writing ---- */

static void write_next(struct irc_peer *peer);

static void
on_written(GObject *source, GAsyncResult *result, gpointer user)
{
    struct irc_peer *peer = user;

    peer->writing = false;
    if (!g_output_stream_write_all_finish(G_OUTPUT_STREAM(source), result, NULL, NULL))
        peer->ended = true;
    g_bytes_unref(g_queue_pop_head(&peer->unsent));
    write_next(peer);
    peer_unref(peer);
}

static void
write_next(struct irc_peer *peer)
{
    GBytes *bytes = g_queue_peek_head(&peer->unsent);
    size_t len;
    const void *data;

    if (bytes == NULL || peer->writing || peer->ended || peer->out == NULL)
        return;
    peer->writing = true;
    data = g_bytes_get_data(bytes, &len);
    g_output_stream_write_all_async(peer->out, data, len, G_PRIORITY_DEFAULT, peer->cancel,
                                    on_written, peer_ref(peer));
}

void
irc_peer_send(struct irc_peer *peer, const char *format, ...)
{
    g_autofree char *line = NULL;
    char *wire;
    va_list args;

    va_start(args, format);
    line = g_strdup_vprintf(format, args);
    va_end(args);
    g_string_append_printf(peer->log, ">> %s\n", line);
    wire = g_strconcat(line, "\r\n", NULL);
    g_queue_push_tail(&peer->unsent, g_bytes_new_take(wire, strlen(wire)));
    write_next(peer);
}

/* ---- reading ---- */

/* The part after the tags. */
static const char *
skip_tags(const char *line)
{
    const char *space = line[0] == '@' ? strchr(line, ' ') : NULL;

    return space != NULL ? space + 1 : line;
}

static void
take_line(struct irc_peer *peer, const char *text, size_t len)
{
    char *line = g_strndup(text, len);
    const char *body = skip_tags(line);
    g_autofree char *own_rename = g_strdup_printf(":%s!", peer->nick);

    g_ptr_array_add(peer->lines, line);
    g_string_append_printf(peer->log, "<< %s\n", line);
    if (g_str_has_prefix(body, "PING "))
        irc_peer_send(peer, "PONG %s", body + 5);
    if (g_str_has_prefix(body, own_rename) && strstr(body, " NICK ") != NULL) {
        const char *nick = strstr(body, " NICK ") + 6;

        g_free(peer->nick);
        peer->nick = g_strdup(nick[0] == ':' ? nick + 1 : nick);
    }
}

static void
take_bytes(struct irc_peer *peer, size_t len)
{
    char *end;

    g_string_append_len(peer->partial, peer->buffer, (gssize)len);
    while ((end = memchr(peer->partial->str, '\n', peer->partial->len)) != NULL) {
        size_t line_len = (size_t)(end - peer->partial->str);
        bool cr = line_len > 0 && end[-1] == '\r';

        take_line(peer, peer->partial->str, line_len - (cr ? 1 : 0));
        g_string_erase(peer->partial, 0, (gssize)line_len + 1);
    }
}

static void
on_read(GObject *source, GAsyncResult *result, gpointer user)
{
    struct irc_peer *peer = user;
    gssize len = g_input_stream_read_finish(G_INPUT_STREAM(source), result, NULL);

    if (len <= 0 || peer->ended) {
        peer->ended = true;
    } else {
        take_bytes(peer, (size_t)len);
        g_input_stream_read_async(peer->in, peer->buffer, READ_BYTES, G_PRIORITY_DEFAULT,
                                  peer->cancel, on_read, peer_ref(peer));
    }
    peer_unref(peer);
}

/* ---- connecting ---- */

static void
on_connected(GObject *source, GAsyncResult *result, gpointer user)
{
    struct irc_peer *peer = user;

    peer->connection =
        g_socket_client_connect_finish(G_SOCKET_CLIENT(source), result, &peer->error);
    if (peer->connection == NULL || g_cancellable_is_cancelled(peer->cancel)) {
        peer->ended = true;
    } else {
        /* A line and the PING behind it leave at once, not after the server's delayed ACK. */
        g_socket_set_option(g_socket_connection_get_socket(peer->connection), IPPROTO_TCP,
                            TCP_NODELAY, 1, NULL);
        peer->in = g_io_stream_get_input_stream(G_IO_STREAM(peer->connection));
        peer->out = g_io_stream_get_output_stream(G_IO_STREAM(peer->connection));
        g_input_stream_read_async(peer->in, peer->buffer, READ_BYTES, G_PRIORITY_DEFAULT,
                                  peer->cancel, on_read, peer_ref(peer));
        write_next(peer);
    }
    peer_unref(peer);
}

struct tls_files {
    char *ca_file;
    char *cert_file;
};

static void
tls_files_free(gpointer data, GClosure *closure)
{
    struct tls_files *files = data;

    g_free(files->ca_file);
    g_free(files->cert_file);
    g_free(files);
}

static void
on_client_event(GSocketClient *client, GSocketClientEvent event, GSocketConnectable *connectable,
                GIOStream *stream, gpointer user)
{
    const struct tls_files *files = user;
    g_autoptr(GTlsDatabase) database = NULL;
    g_autoptr(GTlsCertificate) certificate = NULL;

    if (event != G_SOCKET_CLIENT_TLS_HANDSHAKING)
        return;
    if (files->ca_file != NULL)
        database = g_tls_file_database_new(files->ca_file, NULL);
    if (database != NULL)
        g_tls_connection_set_database(G_TLS_CONNECTION(stream), database);
    if (files->cert_file != NULL)
        certificate = g_tls_certificate_new_from_file(files->cert_file, NULL);
    if (certificate != NULL)
        g_tls_connection_set_certificate(G_TLS_CONNECTION(stream), certificate);
}

static void
start_connecting(struct irc_peer *peer, const struct irc_peer_options *options)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketConnectable) address = NULL;
    struct tls_files *files = g_new0(struct tls_files, 1);

    /* To read the desktop's proxy settings, GIO would come to the session's bus; when that ends,
     * the test would end with it. */
    g_socket_client_set_enable_proxy(client, FALSE);
    files->ca_file = g_strdup(options->ca_file);
    files->cert_file = g_strdup(options->cert_file);
    g_signal_connect_data(client, "event", G_CALLBACK(on_client_event), files, tls_files_free, 0);
    g_socket_client_set_tls(client, options->tls);
    address = g_network_address_new(options->tls ? "localhost" : "127.0.0.1", options->port);
    g_socket_client_connect_async(client, address, peer->cancel, on_connected, peer_ref(peer));
}

/* ---- waiting ---- */

static gboolean
on_deadline(gpointer user)
{
    *(bool *)user = true;
    return G_SOURCE_REMOVE;
}

/* Looks at the lines from `*cursor` on, and at those that come; moves the cursor past what it has
 * seen. */
static const char *
wait_from(struct irc_peer *peer, unsigned *cursor, irc_peer_line_fn wanted, void *user,
          int timeout_ms)
{
    bool late = false;
    GSource *deadline = g_timeout_source_new((guint)timeout_ms);
    const char *found = NULL;

    g_source_set_callback(deadline, on_deadline, &late, NULL);
    g_source_attach(deadline, peer->context);
    for (;;) {
        while (found == NULL && *cursor < peer->lines->len) {
            const char *line = g_ptr_array_index(peer->lines, (*cursor)++);

            if (wanted(line, user))
                found = line;
        }
        if (found != NULL || late || peer->ended)
            break;
        g_main_context_iteration(peer->context, TRUE);
    }
    g_source_destroy(deadline);
    g_source_unref(deadline);
    return found;
}

const char *
irc_peer_wait_for(struct irc_peer *peer, irc_peer_line_fn wanted, void *user, int timeout_ms)
{
    return wait_from(peer, &peer->next, wanted, user, timeout_ms);
}

static bool
line_matches(const char *line, void *user)
{
    return g_pattern_spec_match_string(user, line);
}

const char *
irc_peer_wait(struct irc_peer *peer, const char *pattern)
{
    g_autoptr(GPatternSpec) spec = g_pattern_spec_new(pattern);

    return irc_peer_wait_for(peer, line_matches, spec, IRC_PEER_DEADLINE_MS);
}

const char *
irc_peer_look(struct irc_peer *peer, const char *pattern)
{
    g_autoptr(GPatternSpec) spec = g_pattern_spec_new(pattern);

    for (unsigned i = peer->next; i < peer->lines->len; i++)
        if (g_pattern_spec_match_string(spec, g_ptr_array_index(peer->lines, i)))
            return g_ptr_array_index(peer->lines, i);
    return NULL;
}

unsigned
irc_peer_count(struct irc_peer *peer, const char *pattern)
{
    g_autoptr(GPatternSpec) spec = g_pattern_spec_new(pattern);
    unsigned count = 0;

    for (unsigned i = 0; i < peer->lines->len; i++)
        if (g_pattern_spec_match_string(spec, g_ptr_array_index(peer->lines, i)))
            count++;
    return count;
}

/* Waits for a line that comes after line number `from`, and leaves what is new as it is. */
static bool
wait_answer(struct irc_peer *peer, unsigned from, const char *pattern)
{
    g_autoptr(GPatternSpec) spec = g_pattern_spec_new(pattern);

    return wait_from(peer, &from, line_matches, spec, IRC_PEER_DEADLINE_MS) != NULL;
}

bool
irc_peer_sync(struct irc_peer *peer)
{
    g_autofree char *pattern = g_strdup_printf("*PONG *sync%u", ++peer->pings);
    unsigned from = peer->lines->len;

    irc_peer_send(peer, "PING sync%u", peer->pings);
    return wait_answer(peer, from, pattern);
}

bool
irc_peer_connected(const struct irc_peer *peer)
{
    return !peer->ended;
}

const char *
irc_peer_nick(const struct irc_peer *peer)
{
    return peer->nick;
}

GBytes *
irc_peer_channel_binding(struct irc_peer *peer)
{
    g_autoptr(GByteArray) data = g_byte_array_new();
    GIOStream *stream;

    if (!G_IS_TCP_WRAPPER_CONNECTION(peer->connection))
        return NULL;
    stream =
        g_tcp_wrapper_connection_get_base_io_stream(G_TCP_WRAPPER_CONNECTION(peer->connection));
    if (!G_IS_TLS_CONNECTION(stream) ||
        !g_tls_connection_get_channel_binding_data(G_TLS_CONNECTION(stream),
                                                   G_TLS_CHANNEL_BINDING_TLS_EXPORTER, data, NULL))
        return NULL;
    return g_byte_array_free_to_bytes(g_steal_pointer(&data));
}

const GPtrArray *
irc_peer_lines(const struct irc_peer *peer)
{
    return peer->lines;
}

char *
irc_peer_log_dup(const struct irc_peer *peer)
{
    return g_strdup(peer->log->str);
}

/* ---- registering ---- */

static bool
settles_login(const char *line, void *user)
{
    return strstr(line, " 903 ") != NULL || strstr(line, " 904 ") != NULL ||
           strstr(line, " 908 ") != NULL;
}

static bool
log_in(struct irc_peer *peer, const struct irc_peer_options *options)
{
    g_autofree char *secret = g_strdup("+");
    const char *verdict;

    if (g_str_equal(options->sasl, "PLAIN")) {
        g_autoptr(GByteArray) plain = g_byte_array_new();

        g_byte_array_append(plain, (const guint8 *)"", 1);
        g_byte_array_append(plain, (const guint8 *)options->account,
                            (guint)strlen(options->account) + 1);
        g_byte_array_append(plain, (const guint8 *)options->secret, (guint)strlen(options->secret));
        g_free(secret);
        secret = g_base64_encode(plain->data, plain->len);
    }
    irc_peer_send(peer, "AUTHENTICATE %s", options->sasl);
    if (irc_peer_wait(peer, "*AUTHENTICATE*+*") == NULL)
        return false;
    irc_peer_send(peer, "AUTHENTICATE %s", secret);
    verdict = irc_peer_wait_for(peer, settles_login, NULL, IRC_PEER_DEADLINE_MS);
    return verdict != NULL && strstr(verdict, " 903 ") != NULL;
}

static bool
negotiate(struct irc_peer *peer, const struct irc_peer_options *options)
{
    g_autofree char *caps = g_strstrip(g_strconcat(options->caps != NULL ? options->caps : "",
                                                   options->sasl != NULL ? " sasl" : "", NULL));

    if (caps[0] == '\0')
        return true;
    irc_peer_send(peer, "CAP REQ :%s", caps);
    if (irc_peer_wait(peer, "* CAP * ACK *") == NULL)
        return false;
    return options->sasl == NULL || log_in(peer, options);
}

/* 001 proves the registration, and 376 or 422 that the greeting is over. */
static bool
register_peer(struct irc_peer *peer, const struct irc_peer_options *options)
{
    bool caps = options->caps != NULL || options->sasl != NULL;

    if (caps)
        irc_peer_send(peer, "CAP LS 302");
    if (options->password != NULL)
        irc_peer_send(peer, "PASS %s", options->password);
    irc_peer_send(peer, "NICK %s", options->nick);
    irc_peer_send(peer, "USER %s 0 * :%s", options->nick, options->nick);
    if (!negotiate(peer, options))
        return false;
    if (options->last_word)
        irc_peer_send(peer, "%s", options->last_word);
    if (caps)
        irc_peer_send(peer, "CAP END");
    if (irc_peer_wait(peer, "* 001 *") == NULL || !irc_peer_sync(peer))
        return false;
    peer->next = peer->lines->len;
    return true;
}

struct irc_peer *
irc_peer_new(const struct irc_peer_options *options, GError **error)
{
    struct irc_peer *peer = g_new0(struct irc_peer, 1);

    peer->refs = 1;
    peer->context = g_main_context_ref_thread_default();
    peer->cancel = g_cancellable_new();
    peer->partial = g_string_new(NULL);
    peer->log = g_string_new(NULL);
    peer->lines = g_ptr_array_new_with_free_func(g_free);
    peer->nick = g_strdup(options->nick);
    g_queue_init(&peer->unsent);
    start_connecting(peer, options);
    if (register_peer(peer, options))
        return peer;
    if (peer->error != NULL)
        g_propagate_error(error, g_steal_pointer(&peer->error));
    else
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s was not let in:\n%s", options->nick,
                    peer->log->str);
    irc_peer_free(peer);
    return NULL;
}

/* The connection is closed here at once; what is still under way sees the cancellation and only
 * lets go. */
void
irc_peer_free(struct irc_peer *peer)
{
    if (peer == NULL)
        return;
    peer->ended = true;
    g_cancellable_cancel(peer->cancel);
    while (peer->refs > 1)
        g_main_context_iteration(peer->context, TRUE);
    if (peer->connection != NULL)
        g_io_stream_close(G_IO_STREAM(peer->connection), NULL, NULL);
    peer_unref(peer);
}

/* ---- verbs ---- */

/* Sends `line` and waits for our own command to come back: ":nick!user@host COMMAND …". Takes
 * `line`. */
static bool
do_and_see(struct irc_peer *peer, const char *command, char *line)
{
    g_autofree char *pattern = g_strdup_printf("*:%s!* %s *", peer->nick, command);
    unsigned from = peer->lines->len;

    irc_peer_send(peer, "%s", line);
    g_free(line);
    return wait_answer(peer, from, pattern);
}

bool
irc_peer_join(struct irc_peer *peer, const char *channel)
{
    g_autofree char *end = g_strdup_printf("* 366 * %s *", channel);
    unsigned from = peer->lines->len;

    irc_peer_send(peer, "JOIN %s", channel);
    return wait_answer(peer, from, end);
}

bool
irc_peer_part(struct irc_peer *peer, const char *channel, const char *reason)
{
    return do_and_see(peer, "PART", g_strdup_printf("PART %s :%s", channel, reason));
}

bool
irc_peer_say(struct irc_peer *peer, const char *target, const char *text)
{
    irc_peer_send(peer, "PRIVMSG %s :%s", target, text);
    return irc_peer_sync(peer);
}

bool
irc_peer_notice(struct irc_peer *peer, const char *target, const char *text)
{
    irc_peer_send(peer, "NOTICE %s :%s", target, text);
    return irc_peer_sync(peer);
}

bool
irc_peer_action(struct irc_peer *peer, const char *target, const char *text)
{
    irc_peer_send(peer, "PRIVMSG %s :\001ACTION %s\001", target, text);
    return irc_peer_sync(peer);
}

bool
irc_peer_topic(struct irc_peer *peer, const char *channel, const char *topic)
{
    return do_and_see(peer, "TOPIC", g_strdup_printf("TOPIC %s :%s", channel, topic));
}

bool
irc_peer_kick(struct irc_peer *peer, const char *channel, const char *nick, const char *reason)
{
    return do_and_see(peer, "KICK", g_strdup_printf("KICK %s %s :%s", channel, nick, reason));
}

bool
irc_peer_rename(struct irc_peer *peer, const char *nick)
{
    return do_and_see(peer, "NICK", g_strdup_printf("NICK %s", nick));
}

bool
irc_peer_quit(struct irc_peer *peer, const char *reason)
{
    unsigned from = peer->lines->len;

    irc_peer_send(peer, "QUIT :%s", reason);
    wait_answer(peer, from, "nothing ends this wait but the server's closing");
    return peer->ended;
}
