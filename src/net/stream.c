#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/error.h"
#include "net/stream_priv.h"

#define DEFAULT_TIMEOUT_US ((int64_t)30 * G_USEC_PER_SEC)

struct stream *
stream_ref(struct stream *stream)
{
    stream->refs++;
    return stream;
}

/* What the peer has not taken yet must not come to it later: the kernel would go on trying for
 * minutes, and bring a text that the next connection has found missing and said again. */
static void
drop_unsent(int fd)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    int n_bytes = 0;

    if (ioctl(fd, SIOCOUTQ, &n_bytes) == 0 && n_bytes > 0)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

static void
disconnect(struct stream *stream)
{
    stream_unwatch(stream);
    /* The handshake's thread still uses the socket; its callback comes back here. */
    if (stream->handshaking)
        return;
    stream->in = NULL;
    stream->out = NULL;
    g_clear_object(&stream->tls);
    /* The socket alone: TLS's own closing could wait for the peer. */
    if (stream->tcp) {
        GSocket *socket = g_socket_connection_get_socket(stream->tcp);
        if (!g_socket_is_closed(socket) && !stream->accepted)
            drop_unsent(g_socket_get_fd(socket));
        g_socket_close(socket, NULL);
    }
    g_clear_object(&stream->tcp);
}

void
stream_unref(struct stream *stream)
{
    if (--stream->refs > 0)
        return;
    disconnect(stream);
    g_clear_object(&stream->cancellable);
    g_clear_error(&stream->error);
    trust_free(stream->trust);
    g_list_free_full(stream->targets, (GDestroyNotify)g_srv_target_free);
    g_byte_array_unref(stream->queue);
    g_free(stream->path);
    g_free(stream->host);
    g_free(stream->name);
    g_free(stream->srv);
    g_free(stream->address);
    g_free(stream->ca_file);
    g_free(stream->cert_file);
    g_free(stream->fingerprint);
    g_free(stream->refusal);
    g_free(stream->peer);
    g_free(stream);
}

bool
stream_is_over(const struct stream *stream)
{
    return stream->closed || stream->stage == STAGE_ENDED;
}

static void
stop(struct stream *stream)
{
    clock_timer_del(stream->clock, stream->timer);
    stream->timer = 0;
    stream->stage = STAGE_ENDED;
    g_cancellable_cancel(stream->cancellable);
    disconnect(stream);
}

static gboolean
on_failing(void *user)
{
    struct stream *stream = user;

    g_clear_pointer(&stream->failing, g_source_unref);
    g_autoptr(GError) error = g_steal_pointer(&stream->error);
    stream->events.closed(stream->user, error);
    return G_SOURCE_REMOVE;
}

static void
unref_stream(void *stream)
{
    stream_unref(stream);
}

void
stream_fail_take(struct stream *stream, GError *error)
{
    if (stream_is_over(stream)) {
        g_error_free(error);
        return;
    }
    stop(stream);
    stream->error = error;
    stream->failing = g_idle_source_new();
    g_source_set_priority(stream->failing, G_PRIORITY_DEFAULT);
    g_source_set_callback(stream->failing, on_failing, stream_ref(stream), unref_stream);
    g_source_attach(stream->failing, NULL);
}

static void
on_timeout(void *user)
{
    struct stream *stream = user;

    stream->timer = 0;
    stream_fail_take(stream, stream_timeout_error(stream));
}

void
stream_start_timer(struct stream *stream)
{
    clock_timer_del(stream->clock, stream->timer);
    stream->timer = clock_timer_add(stream->clock, stream->timeout_us, on_timeout, stream);
}

void
stream_up(struct stream *stream)
{
    struct stream_info info = {.peer = stream->peer};
    bool first = !stream->opened;

    clock_timer_del(stream->clock, stream->timer);
    stream->timer = 0;
    stream->stage = STAGE_UP;
    stream->opened = true;
    stream->raising = false;
    if (stream->tls) {
        info.secure = true;
        switch (g_tls_connection_get_protocol_version(stream->tls)) {
        case G_TLS_PROTOCOL_VERSION_TLS_1_3:
            info.tls_version = "TLS 1.3";
            break;
        case G_TLS_PROTOCOL_VERSION_TLS_1_2:
            info.tls_version = "TLS 1.2";
            break;
        default:
            info.tls_version = "TLS";
        }
    }
    if (first)
        stream->events.opened(stream->user, &info);
    else if (stream->events.secured)
        stream->events.secured(stream->user, &info);
    stream_watch(stream);
}

/* 64 hex digits in lower case from the usual spellings (colons, capitals); NULL when it is none. */
static char *
parse_fingerprint(const char *text)
{
    g_autoptr(GString) hex = g_string_new(NULL);

    if (g_ascii_strncasecmp(text, "sha256:", 7) == 0)
        text += 7;
    for (; *text; text++) {
        if (g_ascii_isxdigit(*text))
            g_string_append_c(hex, g_ascii_tolower(*text));
        else if (*text != ':' && *text != ' ')
            return NULL;
    }
    return hex->len == 64 ? g_string_free(g_steal_pointer(&hex), FALSE) : NULL;
}

static GError *
take_options(struct stream *stream, const struct stream_options *options)
{
    const char *host = options->host ? options->host : "";

    if (options->path) {
        stream->path = g_strdup(options->path);
        stream->address = g_strdup(options->path);
        stream->timeout_us = DEFAULT_TIMEOUT_US;
        return NULL;
    }
    stream->host = g_strdup(host);
    stream->port = options->port;
    stream->srv = g_strdup(options->srv);
    stream->tls_mode = options->tls;
    stream->ca_file = g_strdup(options->ca_file);
    stream->cert_file = g_strdup(options->cert_file);
    stream->timeout_us =
        options->connect_timeout_us > 0 ? options->connect_timeout_us : DEFAULT_TIMEOUT_US;
    stream->address = g_strdup_printf(strchr(host, ':') ? "[%s]:%u" : "%s:%u", host, options->port);
    stream->name = g_hostname_to_ascii(host);
    if (stream->name && g_str_has_suffix(stream->name, "."))
        stream->name[strlen(stream->name) - 1] = '\0';
    if (!stream->name || !stream->name[0] || strpbrk(stream->name, " /\t\r\n"))
        return g_error_new(WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                           "\"%s\" is not the name or the address of a server. Correct it in the "
                           "account.",
                           host);
    if (options->port == 0 && !options->srv)
        return g_error_new(WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                           "No port is given for %s. Add it in the account.", host);
    if (options->fingerprint) {
        stream->fingerprint = parse_fingerprint(options->fingerprint);
        if (!stream->fingerprint)
            return g_error_new(WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                               "The fingerprint given for %s is not a SHA-256: that has 64 "
                               "hexadecimal digits. Correct it in the account (tls_fingerprint).",
                               host);
    }
    return NULL;
}

static struct stream *
new_stream(struct clock *clock)
{
    struct stream *stream = g_new0(struct stream, 1);

    stream->refs = 1;
    stream->clock = clock;
    stream->cancellable = g_cancellable_new();
    stream->queue = g_byte_array_new();
    return stream;
}

struct stream *
stream_new_accepted(struct clock *clock, GSocket *socket)
{
    struct stream *stream = new_stream(clock);

    stream->accepted = true;
    stream->stage = STAGE_UP;
    stream->opened = true;
    stream->address = g_strdup("a program on this machine");
    stream->peer = g_strdup(stream->address);
    stream->tcp = g_socket_connection_factory_create_connection(socket);
    stream_use(stream, G_IO_STREAM(stream->tcp));
    return stream;
}

void
stream_take(struct stream *stream, const struct stream_events *events, void *user)
{
    stream->events = *events;
    stream->user = user;
    stream_watch(stream);
}

struct stream *
stream_new(struct clock *clock, const struct stream_options *options,
           const struct stream_events *events, void *user)
{
    struct stream *stream = new_stream(clock);

    stream->events = *events;
    stream->user = user;
    GError *error = take_options(stream, options);
    if (error) {
        stream_fail_take(stream, error);
        return stream;
    }
    stream_start_timer(stream);
    stream_connect(stream);
    return stream;
}

void
stream_close(struct stream *stream)
{
    if (!stream || stream->closed)
        return;
    if (stream->stage == STAGE_UP)
        stream_write_once(stream);
    stream->closed = true;
    if (stream->failing) {
        /* The source's own reference goes with it. */
        GSource *failing = g_steal_pointer(&stream->failing);
        g_source_destroy(failing);
        g_source_unref(failing);
    }
    stop(stream);
    stream_unref(stream);
}
