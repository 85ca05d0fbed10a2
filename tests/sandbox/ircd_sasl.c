/* AUTHENTICATE: PLAIN, EXTERNAL, SCRAM-SHA-256 and -PLUS with tls-exporter, by GNU SASL's server
 * side. */
#include "tests/sandbox/ircd_priv.h"

#include <string.h>

#define CHUNK 400

static int on_property(Gsasl *gsasl, Gsasl_session *session, Gsasl_property property);

void
ircd_sasl_init(struct irc_server *server)
{
    g_assert_cmpint(gsasl_init(&server->gsasl), ==, GSASL_OK);
    gsasl_callback_set(server->gsasl, on_property);
}

void
ircd_sasl_fini(struct irc_server *server)
{
    gsasl_done(server->gsasl);
}

void
ircd_sasl_end(struct ircd_conn *conn)
{
    if (conn->sasl != NULL)
        gsasl_finish(conn->sasl);
    conn->sasl = NULL;
    conn->sasl_last = false;
    g_string_truncate(conn->sasl_input, 0);
}

char *
ircd_sasl_offer(const struct ircd_conn *conn)
{
    const char *asked = conn->server->options.sasl;
    g_auto(GStrv) words = g_strsplit(
        asked != NULL ? asked : "PLAIN,EXTERNAL,SCRAM-SHA-256,SCRAM-SHA-256-PLUS", ",", -1);
    GString *offer = g_string_new(NULL);

    for (char **word = words; *word != NULL; word++)
        if (conn->secure || !g_str_has_suffix(*word, "-PLUS"))
            g_string_append_printf(offer, "%s%s", offer->len > 0 ? "," : "", *word);
    return g_string_free(offer, FALSE);
}

/* ---- what GNU SASL asks ---- */

static const struct ircd_account *
account_of(struct ircd_conn *conn, const char *name)
{
    return name != NULL ? g_hash_table_lookup(conn->server->accounts, name) : NULL;
}

static int
give_secret(struct ircd_conn *conn, Gsasl_session *session)
{
    const struct ircd_account *account =
        account_of(conn, gsasl_property_fast(session, GSASL_AUTHID));

    if (account == NULL || account->secret == NULL)
        return GSASL_NO_PASSWORD;
    gsasl_property_set(session, GSASL_PASSWORD, account->secret);
    return GSASL_OK;
}

static int
give_exporter(struct ircd_conn *conn, Gsasl_session *session)
{
    g_autoptr(GByteArray) data = g_byte_array_new();
    g_autofree char *text = NULL;

    if (!conn->secure ||
        !g_tls_connection_get_channel_binding_data(G_TLS_CONNECTION(conn->stream),
                                                   G_TLS_CHANNEL_BINDING_TLS_EXPORTER, data, NULL))
        return GSASL_NO_CB_TLS_EXPORTER;
    text = g_base64_encode(data->data, data->len);
    gsasl_property_set(session, GSASL_CB_TLS_EXPORTER, text);
    return GSASL_OK;
}

/* The certificate says which account; an authorization identity may only name the same. */
static int
check_certificate(struct ircd_conn *conn, Gsasl_session *session)
{
    const char *wanted = gsasl_property_fast(session, GSASL_AUTHZID);
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, conn->server->accounts);
    while (conn->fingerprint != NULL && g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct ircd_account *account = value;

        if (!g_ptr_array_find_with_equal_func(account->fingerprints, conn->fingerprint, g_str_equal,
                                              NULL))
            continue;
        if (wanted != NULL && *wanted != '\0' && !g_str_equal(wanted, account->name))
            continue;
        gsasl_property_set(session, GSASL_AUTHID, account->name);
        return GSASL_OK;
    }
    return GSASL_AUTHENTICATION_ERROR;
}

static int
on_property(Gsasl *gsasl, Gsasl_session *session, Gsasl_property property)
{
    struct ircd_conn *conn = gsasl_session_hook_get(session);

    (void)gsasl;
    switch (property) {
    case GSASL_PASSWORD:
        return give_secret(conn, session);
    case GSASL_CB_TLS_EXPORTER:
        return give_exporter(conn, session);
    case GSASL_VALIDATE_EXTERNAL:
        return check_certificate(conn, session);
    case GSASL_SCRAM_ITER:
        if (conn->server->options.scram_iterations == NULL)
            return GSASL_NO_CALLBACK;
        gsasl_property_set(session, GSASL_SCRAM_ITER, conn->server->options.scram_iterations);
        return GSASL_OK;
    default:
        return GSASL_NO_CALLBACK;
    }
}

/* ---- the exchange ---- */

static void
send_chunks(struct ircd_conn *conn, const char *data, size_t len)
{
    g_autofree char *text = g_base64_encode((const guchar *)data, len);
    size_t left = strlen(text);
    const char *at = text;

    for (; left >= CHUNK; left -= CHUNK, at += CHUNK)
        ircd_send(conn, NULL, "AUTHENTICATE %.*s", CHUNK, at);
    ircd_send(conn, NULL, "AUTHENTICATE %s", left > 0 ? at : "+");
}

static void
refuse(struct ircd_conn *conn, unsigned number, const char *text)
{
    ircd_sasl_end(conn);
    ircd_numeric(conn, number, ":%s", text);
}

static void
accept_login(struct ircd_conn *conn)
{
    g_autoptr(GPtrArray) others = ircd_neighbours(conn, true);
    g_autofree char *source = NULL;

    g_free(conn->account);
    conn->account = g_strdup(gsasl_property_fast(conn->sasl, GSASL_AUTHID));
    g_free(conn->mechanism);
    conn->mechanism = g_strdup(gsasl_mechanism_name(conn->sasl));
    ircd_sasl_end(conn);
    ircd_numeric(conn, 900, "%s!%s@%s %s :You are now logged in as %s",
                 conn->nick != NULL ? conn->nick : "*", conn->user, conn->host, conn->account,
                 conn->account);
    ircd_numeric(conn, 903, ":SASL authentication successful");
    if (!conn->registered)
        return;
    source = ircd_source_dup(conn);
    for (unsigned i = 0; i < others->len; i++)
        if (ircd_has_cap(g_ptr_array_index(others, i), CAP_ACCOUNT_NOTIFY))
            ircd_send(g_ptr_array_index(others, i), NULL, ":%s ACCOUNT %s", source, conn->account);
}

static void
step(struct ircd_conn *conn, const char *data, size_t len)
{
    char *answer = NULL;
    size_t answer_len = 0;
    int result = gsasl_step(conn->sasl, data, len, &answer, &answer_len);

    if (result == GSASL_OK && answer_len == 0) {
        accept_login(conn);
    } else if (result == GSASL_OK || result == GSASL_NEEDS_MORE) {
        conn->sasl_last = result == GSASL_OK;
        send_chunks(conn, answer, answer_len);
    } else {
        refuse(conn, 904, "SASL authentication failed");
    }
    gsasl_free(answer);
}

static void
begin(struct ircd_conn *conn, const char *mechanism)
{
    g_autofree char *offer = ircd_sasl_offer(conn);
    g_auto(GStrv) words = g_strsplit(offer, ",", -1);
    g_autofree char *upper = g_ascii_strup(mechanism, -1);

    if (!g_strv_contains((const char *const *)words, upper) ||
        gsasl_server_start(conn->server->gsasl, upper, &conn->sasl) != GSASL_OK) {
        conn->sasl = NULL;
        ircd_numeric(conn, 908, "%s :are available SASL mechanisms", offer);
        refuse(conn, 904, "SASL authentication failed");
        return;
    }
    gsasl_session_hook_set(conn->sasl, conn);
    ircd_send(conn, NULL, "AUTHENTICATE +");
}

static void
take_chunk(struct ircd_conn *conn, const char *chunk)
{
    g_autofree guchar *data = NULL;
    size_t len = 0;

    if (!g_str_equal(chunk, "+"))
        g_string_append(conn->sasl_input, chunk);
    if (strlen(chunk) == CHUNK)
        return;
    if (conn->sasl_input->len > 0)
        data = g_base64_decode(conn->sasl_input->str, &len);
    g_string_truncate(conn->sasl_input, 0);
    if (conn->sasl_last && len == 0)
        accept_login(conn);
    else if (conn->sasl_last)
        refuse(conn, 904, "SASL authentication failed");
    else
        step(conn, len > 0 ? (const char *)data : "", len);
}

void
ircd_cmd_authenticate(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    const char *word = cmd->params[0];

    if (!ircd_has_cap(conn, CAP_SASL)) {
        ircd_complain(conn, "AUTHENTICATE without the sasl capability", word);
        ircd_numeric(conn, 421, "AUTHENTICATE :Unknown command");
    } else if (strlen(word) > CHUNK) {
        ircd_complain(conn, "AUTHENTICATE of more than 400 bytes", "");
        refuse(conn, 905, "SASL message too long");
    } else if (g_str_equal(word, "*")) {
        refuse(conn, 906, "SASL authentication aborted");
    } else if (conn->account != NULL && conn->sasl == NULL) {
        refuse(conn, 907, "You have already authenticated using SASL");
    } else if (conn->sasl == NULL) {
        begin(conn, word);
    } else {
        take_chunk(conn, word);
    }
}
