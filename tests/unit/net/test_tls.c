/* Who is let through, who is refused, and with which words. */
#include <string.h>

#include "tests/unit/net/scene.h"
#include "tests/unit/net/tests.h"

static void
open_tls(struct scene *scene, const char *server_cert, const char *ca_file)
{
    scene->server_cert = server_cert;
    scene->options.tls = STREAM_TLS_ON;
    scene->options.ca_file = ca_file;
    scene_open(scene);
}

static void
assert_refused(struct scene *scene, const char *server_cert, const char *ca_file,
               const char *const *says)
{
    open_tls(scene, server_cert, ca_file);
    scene_wait(scene, scene_is_closed);
    g_assert_error(scene->error, WEFT_ERROR, WEFT_ERROR_TLS);
    g_assert_cmpuint(scene->opened, ==, 0);
    for (; *says; says++) {
        if (!strstr(scene->error->message, *says))
            g_error("\"%s\" is not in: %s", *says, scene->error->message);
    }
    g_assert_cmpuint(scene->heard->len, ==, 0);
    scene_close(scene);
}

static bool
has_hello(void *scene)
{
    return strcmp(((struct scene *)scene)->got->str, "hello") == 0;
}

static void
test_trusted(void)
{
    const char *hosts[] = {"127.0.0.1", "localhost", "LOCALHOST."};

    if (scene_without_certs())
        return;
    for (unsigned i = 0; i < G_N_ELEMENTS(hosts); i++) {
        struct scene *scene = scene_new();
        scene->echo = true;
        scene->options.host = hosts[i];
        open_tls(scene, scene_certs->server, scene_certs->ca);
        scene_wait(scene, scene_is_opened);
        g_assert_true(scene->secure);
        g_assert_cmpstr(scene->tls_version, ==, "TLS 1.3");
        scene->net->stream_write(scene->stream, "hello", 5);
        scene_wait(scene, has_hello);
        scene_free(scene);
    }
}

static void
test_refused(void)
{
    if (scene_without_certs())
        return;
    struct scene *scene = scene_new();
    scene->options.host = "localhost";
    g_autofree char *self = certs_fingerprint(scene_certs->self_signed);
    const char *ca = scene_certs->ca;

    assert_refused(scene, scene_certs->wrong_name, ca,
                   (const char *[]){"another name", "elsewhere.example", "localhost:", NULL});
    assert_refused(scene, scene_certs->expired, ca,
                   (const char *[]){"expired on 2021-01-01", "clock", NULL});
    assert_refused(scene, scene_certs->future, ca,
                   (const char *[]){"not valid before 2090-01-01", "clock", NULL});
    assert_refused(scene, scene_certs->self_signed, ca,
                   (const char *[]){"self-signed", self, NULL});
    assert_refused(scene, scene_certs->unknown, ca,
                   (const char *[]){"authority that is unknown", "tls_ca", NULL});
    assert_refused(scene, scene_certs->server, NULL,
                   (const char *[]){"authority that is unknown", NULL});
    /* Two things wrong at once: both are said. */
    assert_refused(scene, scene_certs->expired, NULL,
                   (const char *[]){"authority that is unknown", "expired on", NULL});
    assert_refused(scene, scene_certs->wrong_name, NULL,
                   (const char *[]){"authority that is unknown", "another name", NULL});
    scene_free(scene);
}

/* A setting changed between two connections must not carry the old trust over. */
static void
test_ca_changes(void)
{
    if (scene_without_certs())
        return;
    struct scene *scene = scene_new();

    open_tls(scene, scene_certs->server, scene_certs->ca);
    scene_wait(scene, scene_is_opened);
    scene_close(scene);
    assert_refused(scene, scene_certs->server, scene_certs->other_ca,
                   (const char *[]){"authority that is unknown", NULL});
    assert_refused(scene, scene_certs->server, NULL,
                   (const char *[]){"authority that is unknown", NULL});
    open_tls(scene, scene_certs->unknown, scene_certs->other_ca);
    scene_wait(scene, scene_is_opened);
    scene_free(scene);
}

static char *
with_colons(const char *hex)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; hex[i]; i++) {
        if (i > 0 && i % 2 == 0)
            g_string_append_c(text, ':');
        g_string_append_c(text, g_ascii_toupper(hex[i]));
    }
    return g_string_free(text, FALSE);
}

static void
test_fingerprint(void)
{
    if (scene_without_certs())
        return;
    struct scene *scene = scene_new();
    g_autofree char *good = certs_fingerprint(scene_certs->server);
    g_autofree char *self = certs_fingerprint(scene_certs->self_signed);
    g_autofree char *expired = certs_fingerprint(scene_certs->expired);
    g_autofree char *colons = with_colons(self);

    scene->options.fingerprint = self;
    open_tls(scene, scene_certs->self_signed, NULL);
    scene_wait(scene, scene_is_opened);
    scene_close(scene);
    scene->options.fingerprint = colons;
    open_tls(scene, scene_certs->self_signed, NULL);
    scene_wait(scene, scene_is_opened);
    scene_close(scene);
    scene->options.fingerprint = expired;
    open_tls(scene, scene_certs->expired, NULL);
    scene_wait(scene, scene_is_opened);
    scene_close(scene);
    /* Another certificate is refused, also one that its authority vouches for. */
    scene->options.fingerprint = self;
    assert_refused(scene, scene_certs->server, NULL,
                   (const char *[]){"not the pinned one", good, NULL});
    assert_refused(scene, scene_certs->server, scene_certs->ca,
                   (const char *[]){"not the pinned one", good, NULL});
    scene_free(scene);
}

static void
test_client_certificate(void)
{
    if (scene_without_certs())
        return;
    struct scene *scene = scene_new();
    g_autofree char *wanted = certs_fingerprint(scene_certs->client);
    g_autoptr(GByteArray) der = NULL;

    scene->client_auth = G_TLS_AUTHENTICATION_REQUIRED;
    scene->echo = true;
    scene->options.cert_file = scene_certs->client;
    open_tls(scene, scene_certs->server, scene_certs->ca);
    scene->net->stream_write(scene->stream, "hello", 5);
    scene_wait(scene, has_hello);
    GTlsCertificate *seen = g_tls_connection_get_peer_certificate(G_TLS_CONNECTION(scene->io));
    g_assert_nonnull(seen);
    g_object_get(seen, "certificate", &der, NULL);
    g_autofree char *got = g_compute_checksum_for_data(G_CHECKSUM_SHA256, der->data, der->len);
    g_assert_cmpstr(got, ==, wanted);
    scene_close(scene);

    /* Without one the server refuses; TLS 1.3 tells it only after the handshake. */
    scene->options.cert_file = NULL;
    open_tls(scene, scene_certs->server, scene_certs->ca);
    scene_wait(scene, scene_is_closed);
    /* The end of the connection can overtake the alert that says why, on a busy machine. */
    if (!error_is(scene->error, WEFT_ERROR_IO))
        g_assert_error(scene->error, WEFT_ERROR, WEFT_ERROR_CLOSED);
    scene_free(scene);
}

static void
cut(struct scene *scene)
{
    scene_hang_up(scene, true);
}

/* R3: a server that would like a certificate is cut off: that is no refusal, and weft tries again.
 */
static void
test_cut_after_asking(void)
{
    if (scene_without_certs())
        return;
    struct scene *scene = scene_new();

    scene->client_auth = G_TLS_AUTHENTICATION_REQUESTED;
    scene->on_client = cut;
    for (unsigned i = 0; i < 10; i++) {
        open_tls(scene, scene_certs->server, scene_certs->ca);
        scene_wait(scene, scene_is_closed);
        if (!error_is(scene->error, WEFT_ERROR_IO))
            g_assert_error(scene->error, WEFT_ERROR, WEFT_ERROR_CLOSED);
        scene_close(scene);
        scene_settle();
    }
    scene_free(scene);
}

static void
test_bad_files(void)
{
    if (scene_without_certs())
        return;
    struct scene *scene = scene_new();
    g_autofree char *config = g_build_filename(scene_certs->folder, "config", NULL);
    const char *files[] = {"/no/such/file.pem", config};

    for (unsigned i = 0; i < G_N_ELEMENTS(files); i++) {
        open_tls(scene, scene_certs->server, files[i]);
        scene_wait(scene, scene_is_closed);
        g_assert_error(scene->error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
        g_assert_nonnull(strstr(scene->error->message, files[i]));
        scene_close(scene);
        scene->options.cert_file = files[i];
        open_tls(scene, scene_certs->server, scene_certs->ca);
        scene_wait(scene, scene_is_closed);
        g_assert_error(scene->error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
        g_assert_nonnull(strstr(scene->error->message, files[i]));
        scene_close(scene);
        scene->options.cert_file = NULL;
    }
    scene_free(scene);
}

static void
say_plain(struct scene *scene)
{
    scene_say(scene, ":server NOTICE * :*** Looking up your hostname...\r\n");
}

static void
end_at_once(struct scene *scene)
{
    scene_hang_up(scene, false);
}

static void
test_not_tls(void)
{
    struct scene *scene = scene_new();

    scene->on_client = say_plain;
    open_tls(scene, NULL, NULL);
    scene_wait(scene, scene_is_closed);
    g_assert_error(scene->error, WEFT_ERROR, WEFT_ERROR_TLS);
    g_assert_nonnull(strstr(scene->error->message, "TLS"));
    g_assert_nonnull(strstr(scene->error->message, "in clear"));
    scene_close(scene);
    /* A server that goes away in the handshake may be back soon: that is no fault of TLS. */
    scene->on_client = end_at_once;
    open_tls(scene, NULL, NULL);
    scene_wait(scene, scene_is_closed);
    g_assert_true(error_is(scene->error, WEFT_ERROR_CLOSED) ||
                  error_is(scene->error, WEFT_ERROR_IO));
    g_assert_nonnull(strstr(scene->error->message, "while TLS was being set up"));
    scene_free(scene);
}

static void
test_channel_binding(void)
{
    static const struct {
        const char *name;
        GTlsChannelBindingType type;
    } kinds[] = {{"tls-exporter", G_TLS_CHANNEL_BINDING_TLS_EXPORTER},
                 {"tls-server-end-point", G_TLS_CHANNEL_BINDING_TLS_SERVER_END_POINT}};

    if (scene_without_certs())
        return;
    struct scene *scene = scene_new();
    scene->echo = true;
    open_tls(scene, scene_certs->server, scene_certs->ca);
    g_assert_null(scene->net->stream_channel_binding(scene->stream, "tls-exporter"));
    scene->net->stream_write(scene->stream, "hello", 5);
    scene_wait(scene, has_hello);
    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr(GBytes) ours = scene->net->stream_channel_binding(scene->stream, kinds[i].name);
        g_autoptr(GByteArray) theirs = g_byte_array_new();
        g_assert_true(g_tls_connection_get_channel_binding_data(G_TLS_CONNECTION(scene->io),
                                                                kinds[i].type, theirs, NULL));
        g_assert_nonnull(ours);
        gsize len;
        const void *bytes = g_bytes_get_data(ours, &len);
        g_assert_cmpmem(bytes, len, theirs->data, theirs->len);
        g_assert_cmpuint(len, ==, 32);
    }
    g_assert_null(scene->net->stream_channel_binding(scene->stream, "tls-unique-or-so"));
    scene_free(scene);
}

/* In a process of its own, where GIO has no TLS to load. */
static void
test_missing(void)
{
    if (!g_test_subprocess()) {
        g_test_trap_subprocess(NULL, 0, 0);
        g_test_trap_assert_passed();
        return;
    }
    g_setenv("GIO_USE_TLS", "dummy", TRUE);
    struct scene *scene = scene_new();
    scene->options.tls = STREAM_TLS_ON;
    scene_open(scene);
    scene_wait(scene, scene_is_closed);
    g_assert_error(scene->error, WEFT_ERROR, WEFT_ERROR_TLS);
    g_assert_nonnull(strstr(scene->error->message, "apt install glib-networking"));
    scene_free(scene);
}

void
test_tls_add(void)
{
    g_test_add_func("/tls/trusted", test_trusted);
    g_test_add_func("/threat/51-bad-certificates", test_refused);
    g_test_add_func("/threat/52-authority-changes", test_ca_changes);
    g_test_add_func("/tls/fingerprint", test_fingerprint);
    g_test_add_func("/tls/client-certificate", test_client_certificate);
    g_test_add_func("/tls/R3-cut-after-asking", test_cut_after_asking);
    g_test_add_func("/tls/bad-files", test_bad_files);
    g_test_add_func("/tls/not-tls", test_not_tls);
    g_test_add_func("/tls/channel-binding", test_channel_binding);
    g_test_add_func("/tls/missing", test_missing);
}
