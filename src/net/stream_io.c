/* Bytes in and out. Sockets are asked whether they are ready, never waited for. */
#include <string.h>

#include "base/error.h"
#include "net/stream_priv.h"

/* One TLS record; also what a single write hands to the system. */
#define WRITE_BYTES 16384

static void
unref_stream(void *stream)
{
    stream_unref(stream);
}

static void
drop_source(GSource **source)
{
    if (*source) {
        g_source_destroy(*source);
        g_source_unref(*source);
        *source = NULL;
    }
}

static GSource *
attach(struct stream *stream, GSource *source, GSourceFunc fn)
{
    g_source_set_callback(source, fn, stream_ref(stream), unref_stream);
    g_source_attach(source, NULL);
    return source;
}

static GSource *
next_turn(void)
{
    GSource *source = g_idle_source_new();

    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    return source;
}

/* Fills `buffer` until it is full or nothing is there. `ret_over`: the peer ended, or `ret_error`
 * is set. */
static size_t
read_some(struct stream *stream, char *buffer, size_t size, bool *ret_over, GError **ret_error)
{
    size_t got = 0;

    *ret_over = false;
    while (got < size) {
        GError *error = NULL;
        gssize n = g_pollable_input_stream_read_nonblocking(stream->in, buffer + got, size - got,
                                                            NULL, &error);
        if (n < 0 && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
            g_error_free(error);
            break;
        }
        if (n <= 0) {
            *ret_over = true;
            *ret_error = error;
            break;
        }
        got += (size_t)n;
    }
    return got;
}

static gboolean on_more(void *user);

/* TLS may hold bytes that the socket no longer shows, so the first look does not wait for the
 * socket. */
static void
look_unasked(struct stream *stream)
{
    drop_source(&stream->read_source);
    stream->read_source = attach(stream, next_turn(), on_more);
}

static void
read_turn(struct stream *stream)
{
    char buffer[STREAM_READ_BYTES];
    g_autoptr(GError) error = NULL;
    bool over;
    size_t got = read_some(stream, buffer, sizeof buffer, &over, &error);

    if (got > 0)
        stream->events.data(stream->user, buffer, got);
    if (stream_is_over(stream))
        return;
    if (over) {
        /* Who has asked all of it may still read: what is answered already goes out. */
        if (stream->accepted && !error)
            stream_write_once(stream);
        stream_fail_take(stream,
                         error ? stream_io_error(stream, error) : stream_closed_error(stream));
        return;
    }
    if (stream->read_source && got == sizeof buffer)
        look_unasked(stream);
}

static gboolean
on_readable(GObject *in, void *user)
{
    read_turn(user);
    return G_SOURCE_CONTINUE; /* who wanted it to end has destroyed it */
}

static gboolean
on_socket_readable(GSocket *socket, GIOCondition condition, void *user)
{
    read_turn(user);
    return G_SOURCE_CONTINUE;
}

/* No callback here runs a loop of its own, so nobody needs the socket to be taken out of the loop
 * and put back for each: that would wake the loop twice for nothing. */
static GSource *
watch_reading(struct stream *stream)
{
    GSource *source =
        stream->tls
            ? g_pollable_input_stream_create_source(stream->in, NULL)
            : g_socket_create_source(g_socket_connection_get_socket(stream->tcp), G_IO_IN, NULL);

    g_source_set_can_recurse(source, TRUE);
    return attach(stream, source,
                  stream->tls ? (GSourceFunc)(void (*)(void))on_readable
                              : (GSourceFunc)(void (*)(void))on_socket_readable);
}

static gboolean
on_more(void *user)
{
    struct stream *stream = stream_ref(user);

    drop_source(&stream->read_source);
    stream->read_source = watch_reading(stream);
    read_turn(stream);
    stream_unref(stream);
    return G_SOURCE_REMOVE;
}

static size_t
sendable(const struct stream *stream)
{
    return stream->raising ? stream->clear_bytes : stream->queue->len - stream->queue_at;
}

/* Writes until the system takes no more. False when the connection is broken: then `ret_error` is
 * set. */
static bool
write_queue(struct stream *stream, GError **ret_error)
{
    while (sendable(stream) > 0) {
        GError *error = NULL;
        size_t len = MIN(sendable(stream), WRITE_BYTES);
        gssize n = g_pollable_output_stream_write_nonblocking(
            stream->out, stream->queue->data + stream->queue_at, len, NULL, &error);
        if (n < 0 && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
            g_error_free(error);
            return true;
        }
        if (n < 0) {
            g_propagate_error(ret_error, error);
            return false;
        }
        stream->queue_at += (size_t)n;
        stream->clear_bytes -= MIN((size_t)n, stream->clear_bytes);
    }
    if (stream->queue_at == stream->queue->len) {
        g_byte_array_set_size(stream->queue, 0);
        stream->queue_at = 0;
    }
    return true;
}

/* False: there is more than the system takes now. */
static bool
flush(struct stream *stream)
{
    g_autoptr(GError) error = NULL;

    if (!write_queue(stream, &error)) {
        /* A server that shuts somebody out says why before it goes: that is worth reading. */
        if (!stream->paused && !stream->raising)
            read_turn(stream);
        if (!stream_is_over(stream))
            stream_fail_take(stream, stream_io_error(stream, error));
        return true;
    }
    if (sendable(stream) > 0)
        return false;
    drop_source(&stream->write_source);
    if (stream->raising)
        stream_raise(stream);
    else if (stream->events.drained)
        stream->events.drained(stream->user);
    return true;
}

static gboolean
on_writable(GObject *out, void *user)
{
    return flush(user) ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

/* What one turn of the loop writes goes out together, and as a rule the system takes it: its
 * readiness is asked for only when it does not. */
static gboolean
on_written(void *user)
{
    struct stream *stream = stream_ref(user);

    if (!flush(stream)) {
        drop_source(&stream->write_source);
        stream->write_source =
            attach(stream, g_pollable_output_stream_create_source(stream->out, NULL),
                   (GSourceFunc)(void (*)(void))on_writable);
    }
    stream_unref(stream);
    return G_SOURCE_REMOVE;
}

void
stream_use(struct stream *stream, GIOStream *io)
{
    stream->in = G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(io));
    stream->out = G_POLLABLE_OUTPUT_STREAM(g_io_stream_get_output_stream(io));
}

void
stream_watch(struct stream *stream)
{
    if (stream_is_over(stream) || stream->stage != STAGE_UP)
        return;
    bool reads = !stream->paused && !stream->raising;
    if (reads && !stream->read_source)
        look_unasked(stream);
    if (!reads)
        drop_source(&stream->read_source);
    bool writes = sendable(stream) > 0 || stream->raising;
    if (writes && !stream->write_source)
        stream->write_source = attach(stream, next_turn(), on_written);
}

void
stream_unwatch(struct stream *stream)
{
    drop_source(&stream->read_source);
    drop_source(&stream->write_source);
}

void
stream_write_once(struct stream *stream)
{
    g_autoptr(GError) error = NULL;

    if (stream->out)
        write_queue(stream, &error);
}

bool
stream_write(struct stream *stream, const char *bytes, size_t len)
{
    if (stream_is_over(stream))
        return false;
    size_t waits = stream->queue->len - stream->queue_at;
    if (len > STREAM_QUEUE_MAX_BYTES - MIN(waits, STREAM_QUEUE_MAX_BYTES))
        return false;
    if (stream->queue_at > 0 && stream->queue_at >= waits) {
        g_byte_array_remove_range(stream->queue, 0, (unsigned)stream->queue_at);
        stream->queue_at = 0;
    }
    g_byte_array_append(stream->queue, (const guint8 *)bytes, (unsigned)len);
    stream_watch(stream);
    return true;
}

size_t
stream_pending(struct stream *stream)
{
    return stream_is_over(stream) ? 0 : stream->queue->len - stream->queue_at;
}

void
stream_pause(struct stream *stream, bool paused)
{
    stream->paused = paused;
    stream_watch(stream);
}
