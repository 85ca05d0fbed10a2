/* The handshake, and who is let through it. */
#include <string.h>

#include "base/error.h"
#include "net/refusal.h"
#include "net/stream_priv.h"

/* Clear text that arrives between our STARTTLS and the handshake, at most; more is no accident. */
#define EARLY_MAX_BYTES (256 * 1024)

/* With `ca_file` the certificate gets a second chance: GIO's file database would replace the
 * system's. */
static GTlsCertificateFlags
check_again(struct stream *stream, GTlsCertificate *certificate, GTlsCertificateFlags flags)
{
    if (!stream->trust->extra)
        return flags;
    g_autoptr(GSocketConnectable) identity = g_network_address_new(stream->name, stream->port);
    g_autoptr(GError) error = NULL;
    GTlsCertificateFlags second = g_tls_database_verify_chain(
        stream->trust->extra, certificate, G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER, identity,
        NULL, G_TLS_DATABASE_VERIFY_NONE, NULL, &error);
    if (error)
        return flags;
    /* Where the file's authority is not the one, the system's word is the better sentence. */
    return second & G_TLS_CERTIFICATE_UNKNOWN_CA ? flags : second;
}

static bool
is_pinned(const struct stream *stream, GTlsCertificate *certificate)
{
    g_autofree char *fingerprint = refusal_fingerprint(certificate);

    return strcmp(fingerprint, stream->fingerprint) == 0;
}

static gboolean
on_accept_certificate(GTlsConnection *tls, GTlsCertificate *certificate, GTlsCertificateFlags flags,
                      void *user)
{
    struct stream *stream = user;

    if (stream_is_over(stream))
        return FALSE;
    g_clear_pointer(&stream->refusal, g_free);
    if (stream->fingerprint) {
        if (is_pinned(stream, certificate))
            return TRUE;
        stream->refusal = refusal_pin_words(stream->address, certificate);
        return FALSE;
    }
    flags = check_again(stream, certificate, flags);
    if (flags == 0)
        return TRUE;
    stream->refusal = refusal_words(stream->address, stream->host, certificate, flags);
    return FALSE;
}

static void
on_handshake(GObject *source, GAsyncResult *result, void *user)
{
    struct stream *stream = user;
    g_autoptr(GError) why = NULL;
    bool good = g_tls_connection_handshake_finish(G_TLS_CONNECTION(source), result, &why);

    stream->handshaking = false;
    if (stream_is_over(stream)) {
        /* The last reference closes the socket, unless the user still holds the ended stream. */
        if (stream->tcp)
            g_socket_close(g_socket_connection_get_socket(stream->tcp), NULL);
    } else if (!good) {
        stream_fail_take(stream, stream_handshake_error(stream, why));
    } else {
        GTlsCertificate *certificate = g_tls_connection_get_peer_certificate(stream->tls);
        /* GIO asks nobody about a certificate that it finds good; a pin is not satisfied by that.
         */
        if (stream->fingerprint && (!certificate || !is_pinned(stream, certificate))) {
            stream->refusal = certificate ? refusal_pin_words(stream->address, certificate) : NULL;
            stream_fail_take(stream, stream_handshake_error(stream, NULL));
        } else {
            stream_use(stream, G_IO_STREAM(stream->tls));
            stream_up(stream);
        }
    }
    stream_unref(stream);
}

void
stream_handshake(struct stream *stream)
{
    g_autoptr(GSocketConnectable) identity = g_network_address_new(stream->name, stream->port);
    g_autoptr(GError) why = NULL;
    /* With its database from the start: left to itself GIO first reads all authorities of the
     * system, on this thread, and again when it is given one. Without a database every certificate
     * is doubted, so that a pin is asked about each one. */
    GTlsDatabase *database = stream->fingerprint ? NULL : stream->trust->system;
    GIOStream *made = g_initable_new(
        g_tls_backend_get_client_connection_type(g_tls_backend_get_default()), NULL, &why,
        "base-io-stream", stream->tcp, "server-identity", identity, "database", database, NULL);

    stream->stage = STAGE_HANDSHAKE;
    if (!made) {
        stream_fail_take(stream, stream_handshake_error(stream, why));
        return;
    }
    stream->tls = G_TLS_CONNECTION(made);
    g_tls_connection_set_require_close_notify(stream->tls, FALSE);
    if (stream->trust->client)
        g_tls_connection_set_certificate(stream->tls, stream->trust->client);
    g_signal_connect(stream->tls, "accept-certificate", G_CALLBACK(on_accept_certificate), stream);
    stream->handshaking = true;
    g_tls_connection_handshake_async(stream->tls, G_PRIORITY_DEFAULT, stream->cancellable,
                                     on_handshake, stream_ref(stream));
}

/* The peer speaks first in TLS only after our hello: whatever is readable before that is clear
 * text. */
static bool
drop_early_bytes(struct stream *stream, GError **ret_error)
{
    char buffer[4096];
    size_t dropped = 0;

    for (;;) {
        GError *error = NULL;
        gssize n = g_pollable_input_stream_read_nonblocking(stream->in, buffer, sizeof buffer, NULL,
                                                            &error);
        if (n < 0 && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
            g_error_free(error);
            return true;
        }
        if (n <= 0) {
            *ret_error = error ? stream_io_error(stream, error) : stream_closed_error(stream);
            g_clear_error(&error);
            return false;
        }
        dropped += (size_t)n;
        if (dropped > EARLY_MAX_BYTES) {
            *ret_error = g_error_new(WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                                     "%s went on in clear when TLS should begin. weft closed the "
                                     "connection.",
                                     stream->address);
            return false;
        }
    }
}

void
stream_raise(struct stream *stream)
{
    GError *error = NULL;

    stream_unwatch(stream);
    if (!drop_early_bytes(stream, &error)) {
        stream_fail_take(stream, error);
        return;
    }
    stream_handshake(stream);
}

void
stream_starttls(struct stream *stream)
{
    if (stream_is_over(stream) || stream->raising)
        return;
    if (stream->stage != STAGE_UP || stream->tls || !stream->trust) {
        stream_fail_take(stream, g_error_new(WEFT_ERROR, WEFT_ERROR_INTERNAL,
                                             "TLS was to begin on the connection to %s, which was "
                                             "not opened for that. weft closed it.",
                                             stream->address));
        return;
    }
    stream->raising = true;
    stream->clear_bytes = stream->queue->len - stream->queue_at;
    stream_start_timer(stream);
    stream_watch(stream);
}

GBytes *
stream_channel_binding(struct stream *stream, const char *kind)
{
    GTlsChannelBindingType type;

    if (stream_is_over(stream) || stream->stage != STAGE_UP || !stream->tls)
        return NULL;
    if (strcmp(kind, "tls-exporter") == 0)
        type = G_TLS_CHANNEL_BINDING_TLS_EXPORTER;
    else if (strcmp(kind, "tls-server-end-point") == 0)
        type = G_TLS_CHANNEL_BINDING_TLS_SERVER_END_POINT;
    else
        return NULL;
    GByteArray *data = g_byte_array_new();
    if (!g_tls_connection_get_channel_binding_data(stream->tls, type, data, NULL)) {
        g_byte_array_unref(data);
        return NULL;
    }
    return g_byte_array_free_to_bytes(data);
}
