/* /cert: a client certificate of one's own, by which a server knows us without a password (CertFP,
 * section 1.2). Neither GLib nor GNU SASL makes certificates: the openssl program does, called with
 * its words and without a shell; key and certificate come through a pipe and are written once, for
 * our eyes alone. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

#include "base/redact.h"
#include "protocols/irc/irc_command.h"
#include "protocols/irc/irc_priv.h"

#define MOST_BYTES 20000
#define BEGIN_CERT "-----BEGIN CERTIFICATE-----"
#define END_CERT   "-----END CERTIFICATE-----"
#define END_KEY    "END PRIVATE KEY-----"

struct making {
    struct irc *irc; /* NULL: the session is gone */
    uint64_t serial;
    char *path;
    char *place; /* where it was asked for */
};

static void
making_free(struct making *making)
{
    g_free(making->path);
    g_free(making->place);
    g_free(making);
}

void
irc_cert_reset(struct irc *irc)
{
    if (irc->net.making)
        irc->net.making->irc = NULL;
    irc->net.making = NULL;
}

/* Of the certificate in a PEM text, in hex; NULL: there is none. g_free(). */
static char *
fingerprint(const char *pem, GChecksumType kind)
{
    const char *begin = strstr(pem, BEGIN_CERT);
    const char *end = begin ? strstr(begin, END_CERT) : NULL;
    gsize len;

    if (!end)
        return NULL;
    begin += strlen(BEGIN_CERT);
    g_autofree char *base64 = g_strndup(begin, (gsize)(end - begin));
    g_autofree guchar *der = g_base64_decode(base64, &len);
    return len > 0 ? g_compute_checksum_for_data(kind, der, len) : NULL;
}

static bool
write_new(const char *path, const char *text, GError **error)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    size_t len = strlen(text);
    bool good = file >= 0 && write(file, text, len) == (ssize_t)len && fsync(file) == 0;
    int why = errno;

    if (file >= 0 && close(file) != 0 && good) {
        good = false;
        why = errno;
    }
    if (good)
        return true;
    if (file >= 0)
        unlink(path);
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK, "%s could not be written: %s.", path,
                g_strerror(why));
    return false;
}

static void
say_made(struct irc *irc, const char *place, const char *path, const char *sha256)
{
    irc_say(irc, place, "The client certificate is in %s; it is good for ten years.", path);
    irc_say(irc, place, "Its fingerprint (SHA-256): %s", sha256);
    irc_say(irc, place,
            "To log in by it: set tls_cert = %s in the account, /reconnect, and while you are "
            "logged in by password say /msg NickServ CERT ADD (some networks want /msg NickServ "
            "CERT ADD %s). From then on sasl = external needs no password.",
            path, sha256);
}

static bool
take_made(struct irc *irc, const struct making *making, const char *pem, GError **error)
{
    g_autofree char *sha256 = fingerprint(pem, G_CHECKSUM_SHA256);

    if (!sha256 || !strstr(pem, END_KEY) || strlen(pem) > MOST_BYTES) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_INTERNAL,
                            "The openssl program gave no certificate.");
        return false;
    }
    if (!write_new(making->path, pem, error))
        return false;
    say_made(irc, making->place, making->path, sha256);
    return true;
}

static void
finish(struct making *making, const char *pem, const GError *failure)
{
    struct irc *irc = making->irc;
    struct irc_op *op = irc ? irc_op_by_serial(irc, making->serial) : NULL;
    g_autoptr(GError) error = failure ? g_error_copy(failure) : NULL;

    if (!irc)
        return;
    irc->net.making = NULL;
    if (!op || op->kind == IRC_OP_SETTLED)
        return;
    if (!error && take_made(irc, making, pem ? pem : "", &error))
        irc_op_done(irc, op, NULL, 0);
    else
        irc_op_fail(irc, op, error_code(error), error->message);
}

static void
on_made(GObject *source, GAsyncResult *result, gpointer user)
{
    GSubprocess *child = G_SUBPROCESS(source);
    struct making *making = user;
    g_autoptr(GError) error = NULL;
    char *pem = NULL;

    if (g_subprocess_communicate_utf8_finish(child, result, &pem, NULL, &error) &&
        !g_subprocess_get_successful(child))
        g_set_error_literal(&error, WEFT_ERROR, WEFT_ERROR_INTERNAL,
                            "The openssl program could not make the certificate.");
    finish(making, pem, error);
    redact_wipe_free(pem);
    making_free(making);
}

/* A name from the configuration in a path and in a certificate: letters, digits, "-" and "_". */
static char *
plain_name(const char *name)
{
    GString *plain = g_string_new(NULL);

    for (; *name && plain->len < 60; name++) {
        if (g_ascii_isalnum(*name) || *name == '-' || *name == '_')
            g_string_append_c(plain, *name);
    }
    if (plain->len == 0)
        g_string_append(plain, "account");
    return g_string_free(plain, FALSE);
}

static GSubprocess *
spawn(const struct irc *irc, GError **error)
{
    g_autofree char *name = plain_name(irc->config.nick);
    g_autofree char *subject = g_strdup_printf("/CN=%s", name);
    const char *argv[] = {"openssl",
                          "req",
                          "-x509",
                          "-newkey",
                          "rsa:3072",
                          "-nodes",
                          "-days",
                          "3653",
                          "-sha256",
                          "-subj",
                          subject,
                          "-addext",
                          "extendedKeyUsage=clientAuth",
                          "-keyout",
                          "/dev/stdout",
                          "-out",
                          "/dev/stdout",
                          NULL};
    GSubprocess *child = g_subprocess_newv(
        argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);

    if (!child)
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                            "Certificates are made by the openssl program, which is not installed "
                            "here (Debian: apt install openssl).");
    return child;
}

bool
irc_cmd_cert(struct irc *irc, op_id id, const struct buffer *buffer, const char *const *arguments,
             GError **error)
{
    g_autofree char *name = plain_name(irc->host->account ? irc->host->account : "account");
    g_autofree char *file = g_strdup_printf("%s-cert.pem", name);
    g_autofree char *path =
        g_build_filename(irc->host->config_dir ? irc->host->config_dir : ".", file, NULL);

    if (irc->net.making || g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT,
                    "%s is there already; weft does not overwrite it. Move it away first.", path);
        return false;
    }
    g_autoptr(GSubprocess) child = spawn(irc, error);
    if (!child)
        return false;
    struct irc_op *op = irc_op_new(irc, id, IRC_OP_CERT, NULL);
    struct making *making = g_new0(struct making, 1);
    *making =
        (struct making){irc, op->serial, g_steal_pointer(&path), g_strdup(irc_cmd_place(buffer))};
    irc->net.making = making;
    g_subprocess_communicate_utf8_async(child, NULL, NULL, on_made, making);
    return true;
}
