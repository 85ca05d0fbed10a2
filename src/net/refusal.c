#include "net/refusal.h"

#include <stdbool.h>
#include <string.h>

char *
refusal_fingerprint(GTlsCertificate *certificate)
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
say_names(GString *text, const char *host, GTlsCertificate *certificate)
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
    g_string_append_printf(text, ", not for %s.", host);
}

char *
refusal_words(const char *address, const char *host, GTlsCertificate *certificate,
              GTlsCertificateFlags flags)
{
    GString *text = g_string_new(NULL);
    bool self_signed = flags & G_TLS_CERTIFICATE_UNKNOWN_CA && is_self_signed(certificate);
    g_autofree char *fingerprint = refusal_fingerprint(certificate);

    g_string_append_printf(text, "The certificate of %s was refused, so weft did not connect.",
                           address);
    if (flags & G_TLS_CERTIFICATE_REVOKED)
        g_string_append(text, " It has been revoked.");
    if (self_signed)
        g_string_append(text, " It is self-signed: nobody vouches for it.");
    else if (flags & G_TLS_CERTIFICATE_UNKNOWN_CA)
        g_string_append(text, " It is signed by an authority that is unknown here.");
    if (flags & G_TLS_CERTIFICATE_BAD_IDENTITY)
        say_names(text, host, certificate);
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
refusal_pin_words(const char *address, GTlsCertificate *certificate)
{
    g_autofree char *fingerprint = refusal_fingerprint(certificate);

    return g_strdup_printf(
        "The certificate of %s is not the pinned one, so weft did not connect. The server has a "
        "new one, or somebody stands between. If its people confirm the new fingerprint, put it "
        "into the account: tls_fingerprint = %s",
        address, fingerprint);
}
