#include "net/verify.h"

#include <curl/curl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/error.h"
#include "net/refusal.h"

struct verify {
    char *host;
    char *fingerprint; /* 64 lower-case hex digits; or NULL */
    X509_STORE *system;
    X509_STORE *extra; /* of ca_file; or NULL */
    X509 *client;      /* or NULL */
    EVP_PKEY *key;
    char *refusal;
};

struct wish {
    char *host;
    struct tls_copy tls;
};

static void
wish_free(void *data)
{
    struct wish *wish = data;

    g_free(wish->host);
    tls_copy_clear(&wish->tls);
    g_free(wish);
}

void
verify_free(struct verify *verify)
{
    if (!verify)
        return;
    X509_STORE_free(verify->system);
    X509_STORE_free(verify->extra);
    X509_free(verify->client);
    EVP_PKEY_free(verify->key);
    g_free(verify->host);
    g_free(verify->fingerprint);
    g_free(verify->refusal);
    g_free(verify);
}

/* --- loading, in the worker
 * ------------------------------------------------------------------------ */

static void
set_bad_file(GError **error, const char *path, const char *what)
{
    g_autofree char *shown = g_filename_display_name(path);
    const char *why = ERR_reason_error_string(ERR_peek_error());

    g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                "The file %s cannot be used as %s: %s. weft did not connect; correct the file or "
                "its name in the account.",
                shown, what, why ? why : "no certificate is in it");
    ERR_clear_error();
}

static bool
set_up_libraries(GError **error)
{
    /* Each counts by itself, in any thread, and does the work the first time. */
    if (OPENSSL_init_ssl(0, NULL) == 1 && curl_global_init(CURL_GLOBAL_ALL) == CURLE_OK)
        return true;
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_TLS,
                        "The TLS library of this machine does not start, so weft did not connect. "
                        "Look at OPENSSL_CONF and the package openssl.");
    return false;
}

/* A key with a password would ask on the terminal. */
static int
no_password(char *buffer, int size, int writing, void *user)
{
    return -1;
}

static bool
load_client(struct verify *verify, const char *path, GError **error)
{
    const char *what = "a client certificate (tls_cert)";
    BIO *bio = BIO_new_file(path, "r");

    if (bio) {
        verify->client = PEM_read_bio_X509(bio, NULL, no_password, NULL);
        BIO_free(bio);
        bio = BIO_new_file(path, "r");
    }
    if (bio && verify->client)
        verify->key = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
    BIO_free(bio);
    if (verify->key && X509_check_private_key(verify->client, verify->key) == 1)
        return true;
    set_bad_file(error, path, what);
    return false;
}

static bool
load_all(struct verify *verify, const struct wish *wish, GError **error)
{
    verify->system = X509_STORE_new();
    X509_STORE_set_default_paths(verify->system);
    ERR_clear_error(); /* a machine without authorities refuses later, in words */
    if (wish->tls.ca_file) {
        verify->extra = X509_STORE_new();
        if (!X509_STORE_load_file(verify->extra, wish->tls.ca_file)) {
            set_bad_file(error, wish->tls.ca_file, "a trusted authority (tls_ca)");
            return false;
        }
    }
    return !wish->tls.cert_file || load_client(verify, wish->tls.cert_file, error);
}

static void
free_verify(void *verify)
{
    verify_free(verify);
}

/* "AB:cd…" and "abcd…" are the same. */
static char *
plain_fingerprint(const char *text)
{
    GString *hex = g_string_new(NULL);

    for (; text && *text; text++)
        if (g_ascii_isxdigit(*text))
            g_string_append_c(hex, g_ascii_tolower(*text));
    return g_string_free(hex, text == NULL);
}

static void
load(GTask *task, void *source, void *data, GCancellable *cancellable)
{
    const struct wish *wish = data;
    struct verify *verify = g_new0(struct verify, 1);
    GError *error = NULL;

    verify->host = g_strdup(wish->host);
    verify->fingerprint = plain_fingerprint(wish->tls.fingerprint);
    if (set_up_libraries(&error) && (!wish->host || load_all(verify, wish, &error))) {
        g_task_return_pointer(task, verify, free_verify);
        return;
    }
    verify_free(verify);
    g_task_return_error(task, error);
}

void
verify_load(const char *host, const struct tls_wishes *wishes, GCancellable *cancellable,
            GAsyncReadyCallback done, void *user)
{
    struct wish *wish = g_new0(struct wish, 1);
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, done, user);

    wish->host = g_strdup(host);
    tls_copy_set(&wish->tls, wishes);
    g_task_set_task_data(task, wish, wish_free);
    g_task_run_in_thread(task, load);
}

struct verify *
verify_load_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

/* --- the check
 * ------------------------------------------------------------------------------------ */

/* What is wrong with one certificate of the chain, in GIO's terms: its sentences are used. */
static GTlsCertificateFlags
flag_of(int fault)
{
    switch (fault) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return G_TLS_CERTIFICATE_BAD_IDENTITY;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return G_TLS_CERTIFICATE_EXPIRED;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return G_TLS_CERTIFICATE_NOT_ACTIVATED;
    case X509_V_ERR_CERT_REVOKED:
        return G_TLS_CERTIFICATE_REVOKED;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return G_TLS_CERTIFICATE_UNKNOWN_CA;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
        return G_TLS_CERTIFICATE_INSECURE;
    default:
        return G_TLS_CERTIFICATE_GENERIC_ERROR;
    }
}

/* Goes on after a fault, so that all of them are known. */
static int
note_fault(int good, X509_STORE_CTX *context)
{
    GTlsCertificateFlags *flags = X509_STORE_CTX_get_app_data(context);

    if (!good)
        *flags |= flag_of(X509_STORE_CTX_get_error(context));
    return 1;
}

/* What is wrong by these authorities; 0: nothing. */
static GTlsCertificateFlags
check_against(const struct verify *verify, X509_STORE *store, X509 *leaf, STACK_OF(X509) * chain)
{
    GTlsCertificateFlags flags = 0;
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    X509_VERIFY_PARAM *param;

    if (!context || !X509_STORE_CTX_init(context, store, leaf, chain)) {
        X509_STORE_CTX_free(context);
        return G_TLS_CERTIFICATE_GENERIC_ERROR;
    }
    param = X509_STORE_CTX_get0_param(context);
    X509_STORE_CTX_set_default(context, "ssl_server");
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (!X509_VERIFY_PARAM_set1_ip_asc(param, verify->host))
        X509_VERIFY_PARAM_set1_host(param, verify->host, 0);
    X509_STORE_CTX_set_app_data(context, &flags);
    X509_STORE_CTX_set_verify_cb(context, note_fault);
    if (X509_verify_cert(context) != 1)
        flags |= G_TLS_CERTIFICATE_GENERIC_ERROR;
    X509_STORE_CTX_free(context);
    return flags;
}

static GTlsCertificate *
for_gio(X509 *leaf)
{
    BIO *bio = BIO_new(BIO_s_mem());
    GTlsCertificate *certificate = NULL;
    char *pem = NULL;
    long len;

    if (PEM_write_bio_X509(bio, leaf) && (len = BIO_get_mem_data(bio, &pem)) > 0)
        certificate = g_tls_certificate_new_from_pem(pem, len, NULL);
    BIO_free(bio);
    return certificate;
}

static char *
words_for(const struct verify *verify, X509 *leaf, GTlsCertificateFlags flags)
{
    g_autoptr(GTlsCertificate) certificate = for_gio(leaf);

    if (!certificate)
        return g_strdup_printf("The certificate of %s cannot be read, so weft did not connect.",
                               verify->host);
    return verify->fingerprint ? refusal_pin_words(verify->host, certificate)
                               : refusal_words(verify->host, verify->host, certificate, flags);
}

static bool
is_pinned(const struct verify *verify, X509 *leaf)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    g_autoptr(GString) hex = g_string_new(NULL);

    if (X509_digest(leaf, EVP_sha256(), digest, &n))
        for (unsigned i = 0; i < n; i++)
            g_string_append_printf(hex, "%02x", digest[i]);
    return strcmp(hex->str, verify->fingerprint) == 0;
}

int
verify_peer(struct verify *verify, X509_STORE_CTX *peer)
{
    X509 *leaf = X509_STORE_CTX_get0_cert(peer);
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_untrusted(peer);
    GTlsCertificateFlags flags = 0;
    bool good;

    g_clear_pointer(&verify->refusal, g_free);
    if (verify->fingerprint) {
        good = is_pinned(verify, leaf);
    } else {
        flags = check_against(verify, verify->system, leaf, chain);
        /* One more authority: asked alone, with all other checks. */
        if (flags && verify->extra)
            flags = check_against(verify, verify->extra, leaf, chain);
        good = flags == 0;
    }
    if (!good)
        verify->refusal = words_for(verify, leaf, flags);
    X509_STORE_CTX_set_error(peer, good ? X509_V_OK : X509_V_ERR_CERT_REJECTED);
    return good;
}

int
verify_client(const struct verify *verify, X509 **ret_certificate, EVP_PKEY **ret_key)
{
    if (!verify->client)
        return 0;
    X509_up_ref(verify->client);
    EVP_PKEY_up_ref(verify->key);
    *ret_certificate = verify->client;
    *ret_key = verify->key;
    return 1;
}

const char *
verify_refusal(const struct verify *verify)
{
    return verify->refusal;
}
