/* One connection: bytes in and out, and the faults that concern them. */
#include "tests/sandbox/ircd_priv.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#define WRITE_BYTES 65536

static void read_more(struct ircd_conn *conn);
static void write_more(struct ircd_conn *conn);

struct ircd_conn *
ircd_conn_ref(struct ircd_conn *conn)
{
    conn->refs++;
    return conn;
}

void
ircd_conn_unref(struct ircd_conn *conn)
{
    if (--conn->refs > 0)
        return;
    ircd_sasl_end(conn);
    g_clear_object(&conn->stream);
    g_clear_object(&conn->socket);
    g_clear_object(&conn->cancel);
    g_clear_object(&conn->read_cancel);
    g_byte_array_unref(conn->input);
    g_queue_clear_full(&conn->output, (GDestroyNotify)g_bytes_unref);
    g_ptr_array_unref(conn->held);
    g_free(conn->nick);
    g_free(conn->user);
    g_free(conn->host);
    g_free(conn->real);
    g_free(conn->away);
    g_free(conn->account);
    g_free(conn->mechanism);
    g_free(conn->fingerprint);
    g_free(conn->label);
    g_free(conn->unverified);
    if (conn->monitored != NULL)
        g_hash_table_unref(conn->monitored);
    ircd_batch_free(conn->batch);
    g_hash_table_unref(conn->typing_us);
    g_string_free(conn->sasl_input, TRUE);
    g_free(conn);
}

static void
delay_clear(struct ircd_conn *conn)
{
    if (conn->delay == NULL)
        return;
    g_source_destroy(conn->delay);
    g_source_unref(conn->delay);
    conn->delay = NULL;
}

/* What is under way is cancelled and lets go of the connection when the loop comes to it. */
void
ircd_conn_cut(struct ircd_conn *conn, const char *reason)
{
    if (conn->closed)
        return;
    conn->closed = true;
    delay_clear(conn);
    g_socket_shutdown(g_socket_connection_get_socket(conn->socket), TRUE, TRUE, NULL);
    g_cancellable_cancel(conn->cancel);
    g_cancellable_cancel(conn->read_cancel);
    ircd_leave_all(conn, reason);
    g_ptr_array_remove(conn->server->conns, conn); /* drops the server's reference */
}

void
ircd_conn_end(struct ircd_conn *conn, const char *reason)
{
    if (conn->closed || conn->ending)
        return;
    ircd_leave_all(conn, reason);
    ircd_conn_queue_text_take(
        conn, g_strdup_printf("ERROR :Closing Link: %s (%s)\r\n", conn->host, reason));
    conn->ending = true;
    write_more(conn);
}

/* ---- reading ---- */

static bool
black_hole(struct ircd_conn *conn)
{
    return ircd_fault_find(conn, IRC_FAULT_BLACK_HOLE) != NULL;
}

/* Works through the whole lines that have come, unless a line ends the connection. */
static void
take_input(struct ircd_conn *conn)
{
    guint8 *end;

    while (!conn->closed && !conn->ending && !black_hole(conn) &&
           (end = memchr(conn->input->data, '\n', conn->input->len)) != NULL) {
        size_t len = (size_t)(end - conn->input->data);
        bool cr = len > 0 && end[-1] == '\r';
        g_autofree char *line = g_strndup((char *)conn->input->data, len - (cr ? 1 : 0));

        g_byte_array_remove_range(conn->input, 0, (guint)len + 1);
        ircd_take_line(conn, line, len - (cr ? 1 : 0), cr);
    }
    if (conn->input->len > IRCD_INPUT_BYTES && !black_hole(conn)) {
        ircd_complain(conn, "line without end", "");
        ircd_conn_end(conn, "Request too long");
    }
}

static void
on_read(GObject *source, GAsyncResult *result, gpointer user)
{
    struct ircd_conn *conn = user;
    gssize len = g_input_stream_read_finish(G_INPUT_STREAM(source), result, NULL);

    conn->reading = false;
    if (len > 0 && !conn->closed) {
        g_byte_array_append(conn->input, (guint8 *)conn->buffer, (guint)len);
        take_input(conn);
        read_more(conn);
    }
    if (len <= 0 && !conn->ending)
        ircd_conn_cut(conn, "Connection closed");
    if (conn->ending)
        write_more(conn);
    ircd_conn_unref(conn);
}

static void
read_more(struct ircd_conn *conn)
{
    if (conn->reading || conn->closed || conn->ending || conn->stream == NULL || black_hole(conn))
        return;
    conn->reading = true;
    g_input_stream_read_async(g_io_stream_get_input_stream(conn->stream), conn->buffer,
                              sizeof(conn->buffer), G_PRIORITY_DEFAULT, conn->read_cancel, on_read,
                              ircd_conn_ref(conn));
}

/* ---- writing ---- */

static void
on_written(GObject *source, GAsyncResult *result, gpointer user)
{
    struct ircd_conn *conn = user;
    bool written = g_output_stream_write_all_finish(G_OUTPUT_STREAM(source), result, NULL, NULL);

    conn->writing = false;
    g_clear_pointer(&conn->writing_now, g_bytes_unref);
    if (!written)
        ircd_conn_cut(conn, "Write error");
    else
        write_more(conn);
    ircd_conn_unref(conn);
}

static void
write_bytes_take(struct ircd_conn *conn, GBytes *bytes)
{
    size_t len;
    const void *data = g_bytes_get_data(bytes, &len);

    conn->writing = true;
    conn->writing_now = bytes;
    g_output_stream_write_all_async(g_io_stream_get_output_stream(conn->stream), data, len,
                                    G_PRIORITY_DEFAULT, conn->cancel, on_written,
                                    ircd_conn_ref(conn));
}

/* The next byte of the first line. */
static void
write_byte(struct ircd_conn *conn)
{
    GBytes *line = g_queue_peek_head(&conn->output);
    g_autoptr(GBytes) byte = g_bytes_new_from_bytes(line, conn->out_done++, 1);

    if (conn->out_done == g_bytes_get_size(line)) {
        g_bytes_unref(g_queue_pop_head(&conn->output));
        conn->out_done = 0;
    }
    write_bytes_take(conn, g_steal_pointer(&byte));
}

/* True, and the fault is used up, when its n lines have gone out. Else the first line counts. */
static bool
line_is_due(struct ircd_conn *conn, enum irc_server_fault kind)
{
    struct ircd_fault *fault = conn->out_done == 0 ? ircd_fault_find(conn, kind) : NULL;

    if (fault == NULL)
        return false;
    if (fault->n > 0) {
        fault->n--;
        return false;
    }
    g_ptr_array_remove(conn->server->faults, fault);
    return true;
}

/* True when a fault has dealt with the first line. */
static bool
write_faulty(struct ircd_conn *conn)
{
    if (line_is_due(conn, IRC_FAULT_CUT_AFTER)) {
        ircd_conn_cut(conn, "Cut");
        return true;
    }
    if (line_is_due(conn, IRC_FAULT_HALF_LINE)) {
        size_t len;
        const void *line = g_bytes_get_data(g_queue_peek_head(&conn->output), &len);

        g_output_stream_write_all(g_io_stream_get_output_stream(conn->stream), line, len / 2, NULL,
                                  NULL, NULL);
        ircd_conn_cut(conn, "Cut in mid-line");
        return true;
    }
    if (ircd_fault_find(conn, IRC_FAULT_TRICKLE) != NULL || conn->out_done > 0) {
        write_byte(conn);
        return true;
    }
    return false;
}

static gboolean
on_delay(gpointer user)
{
    struct ircd_conn *conn = user;

    delay_clear(conn);
    conn->waited = true;
    write_more(conn);
    return G_SOURCE_REMOVE;
}

/* True while the first line waits for its time. */
static bool
write_delayed(struct ircd_conn *conn)
{
    struct ircd_fault *fault = ircd_fault_find(conn, IRC_FAULT_DELAY);

    if (conn->delay != NULL)
        return true;
    if (fault == NULL || conn->waited || conn->out_done > 0) {
        conn->waited = false;
        return false;
    }
    conn->delay = g_timeout_source_new(fault->n);
    g_source_set_callback(conn->delay, on_delay, conn, NULL);
    g_source_attach(conn->delay, conn->server->context);
    return true;
}

static void
on_closed(GObject *source, GAsyncResult *result, gpointer user)
{
    struct ircd_conn *conn = user;

    g_io_stream_close_finish(G_IO_STREAM(source), result, NULL);
    ircd_conn_cut(conn, "Closed");
    ircd_conn_unref(conn);
}

/* Everything is written: closes in order, so that TLS says good-bye. A read under way is called off
 * first; its end comes back here. */
static void
write_end(struct ircd_conn *conn)
{
    if (conn->reading) {
        g_cancellable_cancel(conn->read_cancel);
        return;
    }
    conn->writing = true; /* nothing else may start */
    g_io_stream_close_async(conn->stream, G_PRIORITY_DEFAULT, conn->cancel, on_closed,
                            ircd_conn_ref(conn));
}

static bool
lines_count(struct ircd_conn *conn)
{
    return ircd_fault_find(conn, IRC_FAULT_DELAY) != NULL ||
           ircd_fault_find(conn, IRC_FAULT_CUT_AFTER) != NULL ||
           ircd_fault_find(conn, IRC_FAULT_HALF_LINE) != NULL;
}

static void
write_more(struct ircd_conn *conn)
{
    GByteArray *all;

    if (conn->writing || conn->closed || conn->stream == NULL || black_hole(conn))
        return;
    if (g_queue_is_empty(&conn->output)) {
        if (conn->ending)
            write_end(conn);
        return;
    }
    if (write_delayed(conn) || write_faulty(conn))
        return;
    all = g_byte_array_new();
    do {
        g_autoptr(GBytes) line = g_queue_pop_head(&conn->output);
        size_t len;
        const void *data = g_bytes_get_data(line, &len);

        g_byte_array_append(all, data, (guint)len);
    } while (!lines_count(conn) && all->len < WRITE_BYTES && !g_queue_is_empty(&conn->output));
    write_bytes_take(conn, g_byte_array_free_to_bytes(all));
}

void
ircd_conn_resume(struct ircd_conn *conn)
{
    ircd_conn_ref(conn);
    take_input(conn);
    read_more(conn);
    write_more(conn);
    ircd_conn_unref(conn);
}

void
ircd_conn_queue_take(struct ircd_conn *conn, GBytes *bytes)
{
    struct ircd_fault *reverse = ircd_fault_find(conn, IRC_FAULT_REVERSE);

    if (conn->closed || conn->ending) {
        g_bytes_unref(bytes);
        return;
    }
    if (reverse == NULL) {
        g_queue_push_tail(&conn->output, bytes);
    } else {
        g_ptr_array_add(conn->held, bytes);
        if (conn->held->len < reverse->n)
            return;
        g_ptr_array_remove(conn->server->faults, reverse);
        while (conn->held->len > 0)
            g_queue_push_tail(&conn->output,
                              g_ptr_array_steal_index(conn->held, conn->held->len - 1));
    }
    write_more(conn);
}

void
ircd_conn_queue_text_take(struct ircd_conn *conn, char *text)
{
    ircd_conn_queue_take(conn, g_bytes_new_take(text, strlen(text)));
}

/* ---- lines ---- */

bool
ircd_has_cap(const struct ircd_conn *conn, enum ircd_cap cap)
{
    return (conn->caps & CAP_BIT(cap)) != 0;
}

char *
ircd_source_dup(const struct ircd_conn *conn)
{
    return g_strdup_printf("%s!%s@%s", conn->nick, conn->user, conn->host);
}

char *
ircd_time_text(int64_t time_us)
{
    g_autoptr(GDateTime) seconds = g_date_time_new_from_unix_utc(time_us / G_USEC_PER_SEC);
    g_autofree char *text = g_date_time_format(seconds, "%Y-%m-%dT%H:%M:%S");

    return g_strdup_printf("%s.%03dZ", text, (int)(time_us % G_USEC_PER_SEC / 1000));
}

static void
add_tag(GString *tags, const char *key, const char *value)
{
    if (tags->len > 0)
        g_string_append_c(tags, ';');
    g_string_append(tags, key);
    if (value != NULL)
        g_string_append_printf(tags, "=%s", value);
}

static GString *
compose_tags(struct ircd_conn *conn, const struct ircd_tags *tags)
{
    GString *all = g_string_new(NULL);

    if (ircd_has_cap(conn, CAP_SERVER_TIME)) {
        int64_t time_us =
            tags != NULL && tags->time_us != 0 ? tags->time_us : ircd_now_us(conn->server);
        g_autofree char *text = ircd_time_text(time_us);

        add_tag(all, "time", text);
    }
    if (tags == NULL)
        return all;
    if (tags->batch != NULL && ircd_has_cap(conn, CAP_BATCH))
        add_tag(all, "batch", tags->batch);
    if (tags->account != NULL && ircd_has_cap(conn, CAP_ACCOUNT_TAG))
        add_tag(all, "account", tags->account);
    if (tags->msgid != NULL && ircd_has_cap(conn, CAP_MESSAGE_TAGS))
        add_tag(all, "msgid", tags->msgid);
    if (tags->client != NULL && ircd_has_cap(conn, CAP_MESSAGE_TAGS))
        add_tag(all, tags->client, NULL);
    if (tags->bot && ircd_has_cap(conn, CAP_MESSAGE_TAGS))
        add_tag(all, "bot", NULL);
    if (tags->context && ircd_has_cap(conn, CAP_MESSAGE_TAGS))
        add_tag(all, "draft/chathistory-context", NULL);
    return all;
}

/* Cuts at a character's edge, as servers that care for UTF-8 do. */
static void
cut_body(char *body)
{
    size_t len = strlen(body);

    if (len <= IRCD_BODY_BYTES - 2)
        return;
    len = IRCD_BODY_BYTES - 2;
    while (len > 0 && ((unsigned char)body[len] & 0xc0) == 0x80)
        len--;
    body[len] = '\0';
}

static void
send_body(struct ircd_conn *conn, const struct ircd_tags *tags, char *body)
{
    GString *all = compose_tags(conn, tags);

    cut_body(body);
    if (conn->gathered != NULL) {
        struct ircd_line *line = g_new0(struct ircd_line, 1);

        line->tags = all;
        line->body = g_strdup(body);
        g_ptr_array_add(conn->gathered, line);
        return;
    }
    if (all->len > 0) {
        g_string_prepend_c(all, '@');
        g_string_append_c(all, ' ');
    }
    g_string_append_printf(all, "%s\r\n", body);
    ircd_conn_queue_text_take(conn, g_string_free(all, FALSE));
}

void
ircd_send(struct ircd_conn *conn, const struct ircd_tags *tags, const char *format, ...)
{
    g_autofree char *body = NULL;
    va_list args;

    va_start(args, format);
    body = g_strdup_vprintf(format, args);
    va_end(args);
    send_body(conn, tags, body);
}

void
ircd_numeric(struct ircd_conn *conn, unsigned number, const char *format, ...)
{
    g_autofree char *rest = NULL;
    va_list args;

    va_start(args, format);
    rest = g_strdup_vprintf(format, args);
    va_end(args);
    ircd_send(conn, NULL, ":" IRCD_NAME " %03u %s %s", number,
              conn->nick != NULL ? conn->nick : "*", rest);
}

void
ircd_fail(struct ircd_conn *conn, const char *command, const char *code, const char *context,
          const char *text)
{
    ircd_send(conn, NULL, ":" IRCD_NAME " FAIL %s %s%s%s :%s", command, code,
              context != NULL ? " " : "", context != NULL ? context : "", text);
}

/* ---- beginning ---- */

static void
conn_ready(struct ircd_conn *conn, GIOStream *stream)
{
    conn->stream = g_object_ref(stream);
    if (ircd_fault_take(conn, IRC_FAULT_THROTTLE)) {
        ircd_conn_end(conn, "Throttled: Reconnecting too fast");
        return;
    }
    read_more(conn);
    write_more(conn);
}

static gboolean
accept_any_certificate(GTlsConnection *tls, GTlsCertificate *certificate,
                       GTlsCertificateFlags errors, gpointer user)
{
    (void)tls;
    (void)certificate;
    (void)errors;
    (void)user;
    return TRUE; /* a client's certificate is known by its fingerprint */
}

static void
on_handshake(GObject *source, GAsyncResult *result, gpointer user)
{
    struct ircd_conn *conn = user;
    GTlsConnection *tls = G_TLS_CONNECTION(source);
    GTlsCertificate *certificate;
    g_autoptr(GByteArray) der = NULL;

    if (!g_tls_connection_handshake_finish(tls, result, NULL)) {
        ircd_conn_cut(conn, "TLS failed");
    } else if (!conn->closed) {
        certificate = g_tls_connection_get_peer_certificate(tls);
        if (certificate != NULL) {
            g_object_get(certificate, "certificate", &der, NULL);
            conn->fingerprint = g_compute_checksum_for_data(G_CHECKSUM_SHA256, der->data, der->len);
        }
        conn_ready(conn, G_IO_STREAM(tls));
    }
    ircd_conn_unref(conn);
}

static void
start_tls(struct ircd_conn *conn)
{
    /* Without a database, since any certificate is accepted: left to itself GIO reads all
     * authorities of the system for each connection. */
    g_autoptr(GIOStream) tls =
        g_initable_new(g_tls_backend_get_server_connection_type(g_tls_backend_get_default()), NULL,
                       NULL, "base-io-stream", conn->socket, "certificate",
                       conn->server->certificate, "database", NULL, NULL);

    g_assert_nonnull(tls);
    conn->secure = true;
    g_object_set(tls, "authentication-mode", G_TLS_AUTHENTICATION_REQUESTED, NULL);
    g_signal_connect(tls, "accept-certificate", G_CALLBACK(accept_any_certificate), NULL);
    g_tls_connection_handshake_async(G_TLS_CONNECTION(tls), G_PRIORITY_DEFAULT, conn->cancel,
                                     on_handshake, ircd_conn_ref(conn));
}

struct ircd_conn *
ircd_conn_accept(struct irc_server *server, GSocketConnection *socket, bool tls)
{
    struct ircd_conn *conn = g_new0(struct ircd_conn, 1);

    conn->refs = 1;
    conn->server = server;
    conn->socket = g_object_ref(socket);
    g_socket_set_option(g_socket_connection_get_socket(socket), IPPROTO_TCP, TCP_NODELAY, 1, NULL);
    conn->cancel = g_cancellable_new();
    conn->read_cancel = g_cancellable_new();
    conn->input = g_byte_array_new();
    conn->held = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    conn->sasl_input = g_string_new(NULL);
    conn->typing_us = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    conn->host = g_strdup("localhost");
    conn->user = g_strdup("unknown");
    g_queue_init(&conn->output);
    g_ptr_array_add(server->conns, conn);
    if (!tls)
        conn_ready(conn, G_IO_STREAM(socket));
    else if (!black_hole(conn))
        start_tls(conn);
    return conn;
}
