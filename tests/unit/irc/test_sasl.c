/* The client's side against a SCRAM server of our own, which is first proven by the example of RFC
 * 7677. */
#include <string.h>

#include "base/error.h"
#include "protocols/irc/irc_sasl.h"
#include "tests/unit/irc/tests.h"

#define SALT "W22ZaJ0SNY7soEsUEjb6gQ=="

static void
hmac(const void *key, size_t key_len, const char *text, size_t len, guint8 ret[32])
{
    GHmac *state = g_hmac_new(G_CHECKSUM_SHA256, key, key_len);
    gsize size = 32;

    g_hmac_update(state, (const guint8 *)text, (gssize)len);
    g_hmac_get_digest(state, ret, &size);
    g_hmac_unref(state);
}

static void
salted_password(const char *password, int rounds, guint8 ret[32])
{
    gsize len;
    g_autofree guchar *salt = g_base64_decode(SALT, &len);
    g_autofree char *first = g_malloc(len + 4);
    guint8 u[32];

    memcpy(first, salt, len);
    memcpy(first + len, "\0\0\0\1", 4);
    hmac(password, strlen(password), first, len + 4, u);
    memcpy(ret, u, 32);
    for (int i = 1; i < rounds; i++) {
        hmac(password, strlen(password), (char *)u, 32, u);
        for (int j = 0; j < 32; j++)
            ret[j] ^= u[j];
    }
}

/* What the client must prove, and what the server must, for this exchange. */
static void
proofs(const char *password, int rounds, const char *auth, char **ret_client, char **ret_server)
{
    guint8 salted[32], client_key[32], stored[32], signature[32], server_key[32];
    gsize size = 32;
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);

    salted_password(password, rounds, salted);
    hmac(salted, 32, "Client Key", 10, client_key);
    g_checksum_update(sum, client_key, 32);
    g_checksum_get_digest(sum, stored, &size);
    g_checksum_free(sum);
    hmac(stored, 32, auth, strlen(auth), signature);
    for (int i = 0; i < 32; i++)
        client_key[i] ^= signature[i];
    *ret_client = g_base64_encode(client_key, 32);
    hmac(salted, 32, "Server Key", 10, server_key);
    hmac(server_key, 32, auth, strlen(auth), signature);
    *ret_server = g_base64_encode(signature, 32);
}

static void
test_rfc7677(void)
{
    g_autofree char *client = NULL, *server = NULL;

    proofs("pencil", 4096,
           "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
           "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,"
           "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
           &client, &server);
    g_assert_cmpstr(client, ==, "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    g_assert_cmpstr(server, ==, "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}

static char *
decode(const char *base64)
{
    gsize len;
    g_autofree guchar *bytes = g_base64_decode(base64, &len);

    return g_strndup((char *)bytes, len);
}

static char *
encode(const char *text)
{
    return g_base64_encode((const guchar *)text, strlen(text));
}

struct exchange {
    const char *server_password;
    const char *rounds;
    GBytes *binding;
};

/* Plays the server; returns whether the client was content. */
static bool
run(const struct exchange *x, GError **error)
{
    enum irc_mechanism mechanism = x->binding ? IRC_SASL_SCRAM_PLUS : IRC_SASL_SCRAM;
    struct irc_sasl *sasl = irc_sasl_new(mechanism, "user", "pencil", x->binding, NULL);
    g_autofree char *first64 = NULL, *final64 = NULL, *last64 = NULL;
    bool good = false;

    g_assert_true(irc_sasl_step(sasl, "", &first64, NULL));
    g_autofree char *first = decode(first64);
    const char *header = x->binding ? "p=tls-exporter,," : "n,,";
    g_assert_true(g_str_has_prefix(first, header));
    const char *bare = first + strlen(header);
    g_autofree char *server_first =
        g_strdup_printf("%sSERVER,s=" SALT ",i=%s", strstr(bare, "r="), x->rounds);
    g_autofree char *server_first64 = encode(server_first);
    if (irc_sasl_step(sasl, server_first64, &final64, error)) {
        g_autofree char *final = decode(final64);
        char *proof = strstr(final, ",p=");
        g_autofree char *sent = g_strdup(proof + 3);
        *proof = '\0';
        g_autofree char *auth = g_strdup_printf("%s,%s,%s", bare, server_first, final);
        g_autofree char *client = NULL, *server = NULL;
        proofs(x->server_password, 4096, auth, &client, &server);
        if (strcmp(x->server_password, "pencil") == 0)
            g_assert_cmpstr(sent, ==, client);
        if (x->binding) {
            g_autofree char *channel = decode(final + 2);
            g_assert_nonnull(g_strstr_len(channel, -1, "p=tls-exporter,,BINDING"));
        }
        g_assert_false(irc_sasl_finished(sasl));
        g_autofree char *verifier = g_strdup_printf("v=%s", server);
        g_autofree char *verifier64 = encode(verifier);
        good = irc_sasl_step(sasl, verifier64, &last64, error) && irc_sasl_finished(sasl);
    }
    irc_sasl_free(sasl);
    return good;
}

static void
test_scram(void)
{
    struct exchange x = {.server_password = "pencil", .rounds = "4096"};
    g_autoptr(GError) error = NULL;

    g_assert_true(run(&x, &error));
    g_assert_no_error(error);
    x.binding = g_bytes_new_static("BINDING", 7);
    g_assert_true(run(&x, &error));
    g_assert_no_error(error);
    g_bytes_unref(x.binding);
}

static void
test_scram_refused(void)
{
    static const char *const rounds[] = {"1", "4095", "100001", "999999999999", "-4096", "x", ""};
    struct exchange liar = {.server_password = "other", .rounds = "4096"};
    g_autoptr(GError) error = NULL;

    g_assert_false(run(&liar, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_AUTH);
    for (unsigned i = 0; i < G_N_ELEMENTS(rounds); i++) {
        struct exchange x = {.server_password = "pencil", .rounds = rounds[i]};
        g_clear_error(&error);
        g_assert_false(run(&x, &error));
        g_assert_error(error, WEFT_ERROR, WEFT_ERROR_AUTH);
    }
}

static void
test_simple_mechanisms(void)
{
    struct irc_sasl *plain = irc_sasl_new(IRC_SASL_PLAIN, "kai", "secret", NULL, NULL);
    struct irc_sasl *external = irc_sasl_new(IRC_SASL_EXTERNAL, "kai", NULL, NULL, NULL);
    g_autofree char *a = NULL, *b = NULL, *c = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_true(irc_sasl_step(plain, "", &a, NULL));
    g_assert_cmpstr(a, ==, "AGthaQBzZWNyZXQ=");
    g_assert_true(irc_sasl_finished(plain));
    g_assert_false(irc_sasl_step(plain, "", &c, &error));
    g_assert_true(irc_sasl_step(external, "", &b, NULL));
    g_assert_cmpstr(b, ==, "");
    g_assert_true(irc_sasl_finished(external));
    irc_sasl_free(plain);
    irc_sasl_free(external);
}

static void
test_choice(void)
{
    static const struct {
        struct irc_sasl_choice choice; /* wanted, offered, certificate, password, safe, binding */
        enum irc_mechanism mechanism;
    } rows[] = {
        {{NULL, "PLAIN,EXTERNAL,SCRAM-SHA-256", true, true, true, true, 0}, IRC_SASL_EXTERNAL},
        {{NULL, "PLAIN,SCRAM-SHA-256,SCRAM-SHA-256-PLUS", false, true, true, true, 0},
         IRC_SASL_SCRAM_PLUS},
        {{NULL, "PLAIN,SCRAM-SHA-256,SCRAM-SHA-256-PLUS", false, true, true, false, 0},
         IRC_SASL_SCRAM},
        {{NULL, "PLAIN", false, true, true, false, 0}, IRC_SASL_PLAIN},
        {{NULL, "PLAIN", false, true, false, false, 0}, IRC_SASL_NONE},
        {{NULL, "SCRAM-SHA-256", false, true, false, false, 0}, IRC_SASL_SCRAM},
        {{NULL, "", false, true, true, false, 0}, IRC_SASL_PLAIN},
        {{NULL, NULL, false, true, true, false, 0}, IRC_SASL_PLAIN},
        {{"scram-sha-256", "", false, true, true, false, 0}, IRC_SASL_SCRAM},
        {{"plain", "PLAIN,SCRAM-SHA-256", true, true, true, true, 0}, IRC_SASL_PLAIN},
        {{"external", "PLAIN", true, true, true, true, 0}, IRC_SASL_NONE},
        {{NULL, "ECDSA-NIST256P-CHALLENGE", true, true, true, true, 0}, IRC_SASL_NONE},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpint(irc_sasl_choose(&rows[i].choice), ==, rows[i].mechanism);
}

/* "password" is no name: the best that takes one, and no certificate. */
static void
test_choose_password(void)
{
    struct irc_sasl_choice choice = {.wanted = "password",
                                     .offered = "EXTERNAL,PLAIN,SCRAM-SHA-256",
                                     .certificate = true,
                                     .password = true,
                                     .safe = true};

    g_assert_cmpint(irc_sasl_choose(&choice), ==, IRC_SASL_SCRAM);
    choice.offered = "EXTERNAL,PLAIN";
    g_assert_cmpint(irc_sasl_choose(&choice), ==, IRC_SASL_PLAIN);
    choice.offered = NULL;
    g_assert_cmpint(irc_sasl_choose(&choice), ==, IRC_SASL_PLAIN);
    choice.safe = false;
    g_assert_cmpint(irc_sasl_choose(&choice), ==, IRC_SASL_NONE);
}

void
test_sasl_add(void)
{
    g_test_add_func("/sasl/choose-password", test_choose_password);
    g_test_add_func("/irc/sasl/rfc7677", test_rfc7677);
    g_test_add_func("/irc/sasl/scram", test_scram);
    g_test_add_func("/irc/sasl/scram-refused", test_scram_refused);
    g_test_add_func("/irc/sasl/simple-mechanisms", test_simple_mechanisms);
    g_test_add_func("/irc/sasl/choice", test_choice);
}
