/* What went wrong, in sentences: what happened, what weft did, what the person can do. Most errors
 * here are met by another try, which the session decides; so a sentence about that is not said
 * here. */
#include <string.h>

#include "base/error.h"
#include "net/stream_priv.h"

/* GIO's own sentences; some have a stop at their end and some have none. Free with g_free(). */
static char *
words(const GError *why)
{
    char *text = g_strdup(why ? why->message : "no reason was given");
    size_t len = strlen(text);

    if (len > 0 && text[len - 1] == '.')
        text[len - 1] = '\0';
    return text;
}

GError *
stream_connect_error(const struct stream *stream, const GError *why)
{
    g_autofree char *because = words(why);

    if (g_error_matches(why, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
        return g_error_new(WEFT_ERROR, WEFT_ERROR_REFUSED,
                           "%s refused the connection. The server may be down, or the port is "
                           "another one.",
                           stream->address);
    if (why && why->domain == G_RESOLVER_ERROR && why->code == G_RESOLVER_ERROR_NOT_FOUND)
        return g_error_new(WEFT_ERROR, WEFT_ERROR_DNS,
                           "No server by the name %s was found. Check how it is written.",
                           stream->host);
    if (why && why->domain == G_RESOLVER_ERROR)
        return g_error_new(WEFT_ERROR, WEFT_ERROR_DNS,
                           "The name %s could not be looked up: no name server answered. Check "
                           "this machine's connection.",
                           stream->host);
    if (g_error_matches(why, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
        return g_error_new(WEFT_ERROR, WEFT_ERROR_TIMEOUT, "%s did not answer.", stream->address);
    if (g_error_matches(why, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE) ||
        g_error_matches(why, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE))
        return g_error_new(WEFT_ERROR, WEFT_ERROR_IO,
                           "There is no way to %s from here. Check this machine's connection.",
                           stream->address);
    return g_error_new(WEFT_ERROR, WEFT_ERROR_IO, "Connecting to %s failed: %s.", stream->address,
                       because);
}

static bool
is_broken(const GError *why)
{
    return g_error_matches(why, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED) ||
           g_error_matches(why, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE);
}

GError *
stream_handshake_error(const struct stream *stream, const GError *why)
{
    g_autofree char *because = words(why);

    if (stream->refusal)
        return g_error_new_literal(WEFT_ERROR, WEFT_ERROR_TLS, stream->refusal);
    if (is_broken(why))
        return g_error_new(WEFT_ERROR, WEFT_ERROR_IO,
                           "%s broke the connection off while TLS was being set up.",
                           stream->address);
    /* GIO says NOT_TLS for an end before the first word, which a server that restarts shows as
     * well. */
    if (g_error_matches(why, G_TLS_ERROR, G_TLS_ERROR_EOF) ||
        g_error_matches(why, G_TLS_ERROR, G_TLS_ERROR_NOT_TLS))
        return g_error_new(WEFT_ERROR, WEFT_ERROR_CLOSED,
                           "%s closed the connection while TLS was being set up. If it always "
                           "does, TLS is on another port.",
                           stream->address);
    /* GIO says so of every connection that ends after a server has asked for one, a cut among
     * them: another try may help, and must be made. */
    if (g_error_matches(why, G_TLS_ERROR, G_TLS_ERROR_CERTIFICATE_REQUIRED))
        return g_error_new(WEFT_ERROR, WEFT_ERROR_CLOSED,
                           "%s asked for a client certificate and closed the connection. If it "
                           "always does, name yours in the account (tls_cert).",
                           stream->address);
    if (why && why->domain == G_TLS_ERROR)
        return g_error_new(WEFT_ERROR, WEFT_ERROR_TLS,
                           "A secure connection to %s could not be agreed on: %s. weft did not go "
                           "on in clear; perhaps TLS is on another port.",
                           stream->address, because);
    return g_error_new(WEFT_ERROR, WEFT_ERROR_IO, "Setting up TLS with %s failed: %s.",
                       stream->address, because);
}

GError *
stream_io_error(const struct stream *stream, const GError *why)
{
    g_autofree char *because = words(why);

    if (g_error_matches(why, G_TLS_ERROR, G_TLS_ERROR_EOF))
        return stream_closed_error(stream);
    if (is_broken(why))
        return g_error_new(WEFT_ERROR, WEFT_ERROR_IO, "The connection to %s was broken off.",
                           stream->address);
    if (g_error_matches(why, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
        return g_error_new(WEFT_ERROR, WEFT_ERROR_TIMEOUT,
                           "The connection to %s is dead: nothing has been answered for long.",
                           stream->address);
    /* A certificate that the server asks for and does not get is told only now in TLS 1.3. */
    if (g_error_matches(why, G_TLS_ERROR, G_TLS_ERROR_CERTIFICATE_REQUIRED))
        return stream_handshake_error(stream, why);
    /* Not a TLS error: the handshake was good, so another try may help. */
    return g_error_new(WEFT_ERROR, WEFT_ERROR_IO, "The connection to %s failed: %s.",
                       stream->address, because);
}

GError *
stream_closed_error(const struct stream *stream)
{
    return g_error_new(WEFT_ERROR, WEFT_ERROR_CLOSED, "%s closed the connection.", stream->address);
}

GError *
stream_timeout_error(const struct stream *stream)
{
    g_autofree char *wait =
        stream->timeout_us % G_USEC_PER_SEC == 0
            ? g_strdup_printf("%d s", (int)(stream->timeout_us / G_USEC_PER_SEC))
            : g_strdup_printf("%d ms", (int)(stream->timeout_us / 1000));

    switch (stream->stage) {
    case STAGE_LOOKING_UP:
        return g_error_new(WEFT_ERROR, WEFT_ERROR_TIMEOUT,
                           "The name %s was not found within %s: no name server answered.",
                           stream->host, wait);
    case STAGE_HANDSHAKE:
        return g_error_new(WEFT_ERROR, WEFT_ERROR_TIMEOUT,
                           "%s took the connection, but did not set up TLS within %s. Perhaps "
                           "this port does not speak TLS.",
                           stream->address, wait);
    default:
        return g_error_new(WEFT_ERROR, WEFT_ERROR_TIMEOUT, "%s did not answer within %s.",
                           stream->address, wait);
    }
}
