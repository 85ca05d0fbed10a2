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
                           "does, TLS is on another port (for IRC mostly 6697).",
                           stream->address);
    if (g_error_matches(why, G_TLS_ERROR, G_TLS_ERROR_CERTIFICATE_REQUIRED))
        return g_error_new(WEFT_ERROR, WEFT_ERROR_TLS,
                           "%s lets nobody in without a client certificate. Name yours in the "
                           "account (tls_cert).",
                           stream->address);
    if (why && why->domain == G_TLS_ERROR)
        return g_error_new(WEFT_ERROR, WEFT_ERROR_TLS,
                           "A secure connection to %s could not be agreed on: %s. weft did not go "
                           "on in clear; perhaps TLS is on another port (for IRC mostly 6697).",
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

char *
stream_fingerprint(GTlsCertificate *certificate)
{
    g_autoptr(GByteArray) der = NULL;

    g_object_get(certificate, "certificate", &der, NULL);
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, der ? der->data : NULL,
                                       der ? der->len : 0);
}

static bool
is_self_signed(GTlsCertificate *certificate)
{
    g_autofree char *subject = g_tls_certificate_get_subject_name(certificate);
    g_autofree char *issuer = g_tls_certificate_get_issuer_name(certificate);

    return subject && g_strcmp0(subject, issuer) == 0;
}

static char *
day(GDateTime *when)
{
    g_autoptr(GDateTime) local = when ? g_date_time_to_local(when) : NULL;

    return local ? g_date_time_format(local, "%Y-%m-%d") : g_strdup("an unknown day");
}

static void
say_dates(GString *text, GTlsCertificate *certificate, GTlsCertificateFlags flags)
{
    if (flags & G_TLS_CERTIFICATE_EXPIRED) {
        g_autoptr(GDateTime) end = g_tls_certificate_get_not_valid_after(certificate);
        g_autofree char *shown = day(end);
        g_string_append_printf(text, " It expired on %s.", shown);
    }
    if (flags & G_TLS_CERTIFICATE_NOT_ACTIVATED) {
        g_autoptr(GDateTime) begin = g_tls_certificate_get_not_valid_before(certificate);
        g_autofree char *shown = day(begin);
        g_string_append_printf(text, " It is not valid before %s.", shown);
    }
}

/* Names in a certificate are the peer's bytes; only those that can be names are repeated. */
static void
say_names(GString *text, const struct stream *stream, GTlsCertificate *certificate)
{
    g_autoptr(GPtrArray) names = g_tls_certificate_get_dns_names(certificate);
    g_autoptr(GString) list = g_string_new(NULL);
    unsigned shown = 0;

    for (unsigned i = 0; names && i < names->len && shown < 3; i++) {
        gsize len;
        const char *name = g_bytes_get_data(g_ptr_array_index(names, i), &len);
        bool good = len > 0 && len <= 253;
        for (gsize at = 0; good && at < len; at++)
            good = g_ascii_isalnum(name[at]) || strchr("-._*", name[at]);
        if (good) {
            g_string_append_printf(list, "%s%.*s", shown ? ", " : "", (int)len, name);
            shown++;
        }
    }
    g_string_append_printf(text, " It is made out for another name");
    if (list->len > 0)
        g_string_append_printf(text, " (%s)", list->str);
    g_string_append_printf(text, ", not for %s.", stream->host);
}

char *
stream_refusal(const struct stream *stream, GTlsCertificate *certificate,
               GTlsCertificateFlags flags)
{
    GString *text = g_string_new(NULL);
    bool self_signed = flags & G_TLS_CERTIFICATE_UNKNOWN_CA && is_self_signed(certificate);
    g_autofree char *fingerprint = stream_fingerprint(certificate);

    g_string_append_printf(text, "The certificate of %s was refused, so weft did not connect.",
                           stream->address);
    if (flags & G_TLS_CERTIFICATE_REVOKED)
        g_string_append(text, " It has been revoked.");
    if (self_signed)
        g_string_append(text, " It is self-signed: nobody vouches for it.");
    else if (flags & G_TLS_CERTIFICATE_UNKNOWN_CA)
        g_string_append(text, " It is signed by an authority that is unknown here.");
    if (flags & G_TLS_CERTIFICATE_BAD_IDENTITY)
        say_names(text, stream, certificate);
    say_dates(text, certificate, flags);
    if (flags & G_TLS_CERTIFICATE_INSECURE)
        g_string_append(text, " It uses a method that is no longer safe.");
    if (flags & G_TLS_CERTIFICATE_GENERIC_ERROR)
        g_string_append(text, " It could not be checked.");
    if (flags & (G_TLS_CERTIFICATE_EXPIRED | G_TLS_CERTIFICATE_NOT_ACTIVATED))
        g_string_append(text, " If that is wrong, look at this machine's clock.");
    if (flags & G_TLS_CERTIFICATE_UNKNOWN_CA)
        g_string_append_printf(
            text,
            "%s If the server's people confirm this fingerprint, pin it in the "
            "account: tls_fingerprint = %s",
            self_signed ? "" : " Name the authority's file (tls_ca) if you have it.", fingerprint);
    return g_string_free(text, FALSE);
}

char *
stream_pin_refusal(const struct stream *stream, GTlsCertificate *certificate)
{
    g_autofree char *fingerprint = stream_fingerprint(certificate);

    return g_strdup_printf(
        "The certificate of %s is not the pinned one, so weft did not connect. The server has a "
        "new one, or somebody stands between. If its people confirm the new fingerprint, put it "
        "into the account: tls_fingerprint = %s",
        stream->address, fingerprint);
}
