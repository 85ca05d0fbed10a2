/* The scripted IRC server, spoken to by the peer of the tests: what it offers, what it refuses, and
 * that each fault does what its name says. Real servers are asked the same in tests/servers. */
#include "tests/sandbox/irc_server.h"
#include "tests/sandbox/test_irc_messages.h"
#include "tests/servers/irc_peer.h"
#include "tests/support/certs.h"
#include "tests/support/loop.h"

#include <gsasl.h>
#include <string.h>

#define ALL_CAPS                                                                                   \
    "message-tags server-time batch labeled-response echo-message account-tag multi-prefix "       \
    "userhost-in-names cap-notify chghost setname away-notify extended-join draft/chathistory"

static struct irc_peer *
peer_new(struct irc_server *server, const char *nick, const char *caps)
{
    struct irc_peer_options options = {.port = irc_server_port(server), .nick = nick, .caps = caps};
    g_autoptr(GError) error = NULL;
    struct irc_peer *peer = irc_peer_new(&options, &error);

    g_assert_no_error(error);
    return peer;
}

#define assert_line(peer, pattern)                                                                 \
    do {                                                                                           \
        if (irc_peer_wait(peer, pattern) == NULL) {                                                \
            g_autofree char *log_ = irc_peer_log_dup(peer);                                        \
            g_error("no line \"%s\" in:\n%s", pattern, log_);                                      \
        }                                                                                          \
    } while (0)

static void
assert_no_complaints(struct irc_server *server)
{
    g_autofree char *complaints = irc_server_complaints(server);

    g_assert_cmpstr(complaints, ==, "");
}

static bool
peer_has_ended(void *user)
{
    return !irc_peer_connected(user);
}

static void
assert_cut(struct irc_peer *peer)
{
    g_assert_true(loop_until(peer_has_ended, peer, 5000));
}

/* ---- talk ---- */

static void
test_talk(void)
{
    struct irc_server *server = irc_server_start(NULL);
    struct irc_peer *kai = peer_new(server, "kai", ALL_CAPS);
    struct irc_peer *mia = peer_new(server, "mia", NULL);

    g_assert_true(irc_peer_join(kai, "#lab"));
    irc_peer_send(mia, "JOIN #LAB");
    assert_line(kai, "@time=*Z;msgid=* :mia!~mia@localhost JOIN #lab ? :mia");
    assert_line(mia, ":irc.sandbox 353 mia = #lab :*@kai*");
    irc_peer_send(kai, "@label=w1;+reply=abc PRIVMSG #lab :soup?");
    assert_line(kai, "@time=*;msgid=*;+reply=abc;label=w1 :kai!~kai@localhost PRIVMSG #lab :soup?");
    assert_line(mia, ":kai!~kai@localhost PRIVMSG #lab :soup?");
    irc_peer_send(kai, "@label=w2 PONG x");
    assert_line(kai, "@label=w2 :irc.sandbox ACK");
    irc_peer_send(kai, "@label=w3 WHOIS mia");
    assert_line(kai, "@label=w3 :irc.sandbox BATCH +* labeled-response");
    assert_line(kai, "@time=*;batch=* :irc.sandbox 311 kai mia *");
    irc_peer_send(kai, "@label=w4 PRIVMSG nobody :hello");
    assert_line(kai, "@*;label=w4 :irc.sandbox 401 kai nobody :*");
    g_assert_true(irc_peer_action(mia, "kai", "waves"));
    assert_line(kai, "@*msgid=* :mia!~mia@localhost PRIVMSG kai :\001ACTION waves\001");
    g_assert_cmpuint(irc_server_count_said(server, "#lab", "soup?"), ==, 1);
    assert_no_complaints(server);
    irc_peer_free(kai);
    irc_peer_free(mia);
    irc_server_stop(server);
}

static void
test_people(void)
{
    struct irc_server *server = irc_server_start(NULL);
    struct irc_peer *kai = peer_new(server, "kai", ALL_CAPS);
    struct irc_peer *mia = peer_new(server, "mia", "chghost");

    g_assert_true(irc_peer_join(kai, "#lab"));
    g_assert_true(irc_peer_join(mia, "#lab"));
    g_assert_true(irc_peer_topic(kai, "#lab", "soup at noon"));
    assert_line(mia, "*TOPIC #lab :soup at noon");
    g_assert_true(irc_peer_rename(mia, "mia2"));
    g_assert_cmpstr(irc_peer_nick(mia), ==, "mia2");
    assert_line(kai, "*:mia!~mia@localhost NICK :mia2");
    irc_peer_send(mia, "NICK KAI");
    assert_line(mia, "* 433 mia2 KAI *");
    irc_peer_send(mia, "AWAY :lunch");
    assert_line(kai, "*:mia2!* AWAY :lunch");
    irc_server_change_host(server, "mia2", "m", "coop.example");
    assert_line(kai, "*:mia2!~mia@localhost CHGHOST m coop.example");
    irc_peer_send(kai, "MODE #lab +mv mia2");
    assert_line(mia, ":kai!* MODE #lab +mv mia2");
    irc_peer_send(kai, "WHO #lab %%tna,7");
    assert_line(kai, "* 354 kai 7 * 0");
    assert_line(kai, "* 315 kai #lab *");
    g_assert_true(irc_peer_kick(kai, "#lab", "mia2", "bye"));
    g_assert_false(irc_server_has(server, "mia2", "#lab"));
    irc_peer_send(mia, "PRIVMSG #lab :still there?");
    assert_line(mia, "* 404 mia2 #lab *");
    g_assert_true(irc_peer_quit(mia, "gone"));
    assert_no_complaints(server);
    irc_peer_free(kai);
    irc_peer_free(mia);
    irc_server_stop(server);
}

/* What others see is 512 bytes, our source included. */
static void
test_long_text(void)
{
    struct irc_server *server = irc_server_start(NULL);
    struct irc_peer *kai = peer_new(server, "kai", NULL);
    struct irc_peer *mia = peer_new(server, "mia", NULL);
    g_autofree char *text = g_strnfill(480, 'x');
    const char *line;

    irc_peer_send(kai, "PRIVMSG mia :%s", text);
    line = irc_peer_wait(mia, "*PRIVMSG mia :xxx*");
    g_assert_nonnull(line);
    g_assert_cmpuint(strlen(line), ==, 510);
    irc_peer_free(kai);
    irc_peer_free(mia);
    irc_server_stop(server);
}

/* ---- what it refuses ---- */

static void
test_strict(void)
{
    struct irc_server *server = irc_server_start(NULL);
    struct irc_peer *kai = peer_new(server, "kai", "labeled-response");
    g_autofree char *long_text = g_strnfill(600, 'x');
    g_autofree char *complaints = NULL;

    irc_peer_send(kai, "@label=a PRIVMSG kai :hello");
    assert_line(kai, "* 421 kai @LABEL=A *");
    irc_peer_send(kai, "CAP REQ :batch no-such-cap");
    assert_line(kai, "* CAP kai NAK :batch no-such-cap");
    irc_peer_send(kai, "CAP LIST");
    assert_line(kai, "* CAP kai LIST :labeled-response");
    irc_peer_send(kai, "PRIVMSG kai :%s", long_text);
    assert_line(kai, "* 417 kai *");
    irc_peer_send(kai, "PRIVMSG kai :one\nPRIVMSG kai :two");
    assert_line(kai, "ERROR *");
    assert_cut(kai);
    complaints = irc_server_complaints(server);
    g_assert_nonnull(strstr(complaints, "kai: unknown command: @label=a"));
    g_assert_nonnull(strstr(complaints, "kai: too long"));
    g_assert_nonnull(strstr(complaints, "kai: line without CR"));
    irc_peer_free(kai);
    irc_server_stop(server);
}

static void
test_password(void)
{
    struct irc_server_options options = {.password = "sesame", .no_cap = true};
    struct irc_server *server = irc_server_start(&options);
    struct irc_peer_options peer = {.port = irc_server_port(server), .nick = "kai"};
    g_autoptr(GError) error = NULL;
    struct irc_peer *kai = irc_peer_new(&peer, &error);

    g_assert_null(kai);
    g_assert_nonnull(strstr(error->message, " 464 "));
    peer.password = "sesame";
    kai = irc_peer_new(&peer, NULL);
    g_assert_nonnull(kai);
    irc_peer_send(kai, "CAP LS 302");
    assert_line(kai, "* 421 kai CAP *");
    irc_peer_free(kai);
    irc_server_stop(server);
}

static void
test_flood(void)
{
    struct irc_server_options options = {.flood_burst = 10, .flood_ms = 2000};
    struct irc_server *server = irc_server_start(&options);
    struct irc_peer *kai = peer_new(server, "kai", NULL);

    for (int i = 0; i < 12; i++)
        irc_peer_send(kai, "PING %d", i);
    assert_line(kai, "ERROR *(Excess Flood)");
    assert_cut(kai);
    irc_peer_free(kai);
    irc_server_stop(server);
}

static void
test_caps_come_and_go(void)
{
    struct irc_server_options options = {.split_ls = true, .extra_caps = "sts=duration=60"};
    struct irc_server *server = irc_server_start(&options);
    struct irc_peer *kai = peer_new(server, "kai", "batch");

    irc_peer_send(kai, "CAP LS 302");
    assert_line(kai, "* CAP kai LS ? :message-tags server-time batch");
    irc_server_set_caps(server, "batch");
    assert_line(kai, "* CAP kai DEL :message-tags*sasl*");
    irc_server_set_caps(server, "batch sasl");
    assert_line(kai, "* CAP kai NEW :sasl=PLAIN,EXTERNAL,SCRAM-SHA-256");
    irc_peer_free(kai);
    irc_server_stop(server);
}

/* ---- SASL ---- */

struct login {
    const char *mechanism;
    const char *secret;
    bool tls;
    bool good;
};

static int
on_client_property(Gsasl *gsasl, Gsasl_session *session, Gsasl_property property)
{
    struct irc_peer *peer = gsasl_session_hook_get(session);
    g_autoptr(GBytes) binding = NULL;
    g_autofree char *text = NULL;

    if (property != GSASL_CB_TLS_EXPORTER)
        return GSASL_NO_CALLBACK;
    binding = irc_peer_channel_binding(peer);
    if (binding == NULL)
        return GSASL_NO_CALLBACK;
    text = g_base64_encode(g_bytes_get_data(binding, NULL), g_bytes_get_size(binding));
    gsasl_property_set(session, GSASL_CB_TLS_EXPORTER, text);
    return GSASL_OK;
}

static void
scram(struct irc_peer *peer, const struct login *login)
{
    Gsasl *gsasl;
    Gsasl_session *session;
    int result;

    g_assert_cmpint(gsasl_init(&gsasl), ==, GSASL_OK);
    gsasl_callback_set(gsasl, on_client_property);
    g_assert_cmpint(gsasl_client_start(gsasl, login->mechanism, &session), ==, GSASL_OK);
    gsasl_session_hook_set(session, peer);
    gsasl_property_set(session, GSASL_AUTHID, "kai");
    gsasl_property_set(session, GSASL_PASSWORD, login->secret);
    irc_peer_send(peer, "AUTHENTICATE %s", login->mechanism);
    assert_line(peer, "*AUTHENTICATE +");
    g_autofree char *input = g_strdup("");
    do {
        char *output = NULL;
        const char *line;

        result = gsasl_step64(session, input, &output);
        g_assert_true(result == GSASL_OK || result == GSASL_NEEDS_MORE);
        irc_peer_send(peer, "AUTHENTICATE %s", *output != '\0' ? output : "+");
        gsasl_free(output);
        if (result == GSASL_OK)
            break;
        line = irc_peer_wait(peer, "*");
        while (line != NULL && strstr(line, "AUTHENTICATE ") == NULL &&
               strstr(line, " 904 ") == NULL)
            line = irc_peer_wait(peer, "*");
        g_assert_nonnull(line);
        if (strstr(line, " 904 ") != NULL)
            break;
        g_free(input);
        input = g_strdup(strstr(line, "AUTHENTICATE ") + 13);
    } while (true);
    g_assert_cmpint(result == GSASL_OK, ==, login->good);
    if (login->good)
        assert_line(peer, "* 903 *");
    gsasl_finish(session);
    gsasl_done(gsasl);
}

static void
test_scram(gconstpointer data)
{
    const struct login *login = data;
    struct certs *certs = certs_new();
    struct irc_server_options options = {0};
    struct irc_server *server;
    struct irc_peer_options peer_options = {.nick = "kai", .caps = "sasl", .tls = login->tls};
    struct irc_peer *peer;
    g_autofree char *mechanism = NULL;
    g_autoptr(GError) error = NULL;

    if (certs == NULL) {
        g_test_skip("the openssl command is not installed");
        return;
    }
    options.cert_file = options.key_file = certs->server;
    server = irc_server_start(&options);
    irc_server_add_account(server, "kai", "soup");
    peer_options.ca_file = certs->ca;
    peer_options.port = login->tls ? irc_server_tls_port(server) : irc_server_port(server);
    peer = irc_peer_new(&peer_options, &error);
    g_assert_no_error(error);
    scram(peer, login);
    mechanism = irc_server_mechanism_of(server, "kai");
    g_assert_cmpstr(mechanism, ==, login->good ? login->mechanism : NULL);
    irc_peer_free(peer);
    irc_server_stop(server);
    certs_free(certs);
}

static void
test_plain_and_external(void)
{
    struct certs *certs = certs_new();
    struct irc_server_options options = {0};
    struct irc_server *server;
    struct irc_peer_options peer_options = {
        .nick = "kai", .sasl = "PLAIN", .account = "kai", .secret = "soup", .tls = true};
    struct irc_peer *peer;
    g_autofree char *account = NULL;
    g_autoptr(GError) error = NULL;

    if (certs == NULL) {
        g_test_skip("the openssl command is not installed");
        return;
    }
    options.cert_file = options.key_file = certs->server;
    server = irc_server_start(&options);
    irc_server_add_account(server, "kai", "soup");
    irc_server_add_cert(server, "kai", certs->client);
    peer_options.ca_file = certs->ca;
    peer_options.port = irc_server_tls_port(server);
    peer = irc_peer_new(&peer_options, &error);
    g_assert_no_error(error);
    account = irc_server_account_of(server, "kai");
    g_assert_cmpstr(account, ==, "kai");
    irc_peer_free(peer);
    peer_options.nick = "kai2";
    peer_options.secret = "stew";
    g_assert_null(irc_peer_new(&peer_options, NULL));
    peer_options.sasl = "EXTERNAL";
    g_assert_null(irc_peer_new(&peer_options, NULL));
    peer_options.cert_file = certs->client;
    peer_options.nick = "kai3";
    peer = irc_peer_new(&peer_options, &error);
    g_assert_no_error(error);
    irc_peer_free(peer);
    peer_options.ca_file = certs->other_ca;
    g_assert_null(irc_peer_new(&peer_options, &error));
    g_assert_nonnull(error);
    irc_server_stop(server);
    certs_free(certs);
}

/* ---- history ---- */

/* The texts of the next chathistory batch, with blanks between them. */
static char *
batch_texts(struct irc_peer *peer)
{
    GString *texts = g_string_new(NULL);
    const char *line;

    assert_line(peer, "* BATCH +* chathistory #lab");
    while ((line = irc_peer_wait(peer, "*")) != NULL && strstr(line, " BATCH -") == NULL) {
        const char *text = strstr(line, "PRIVMSG #lab :");

        g_assert_true(g_str_has_prefix(line, "@time=2026-08-20T10:0"));
        g_assert_nonnull(strstr(line, "batch="));
        g_assert_nonnull(text);
        g_string_append_printf(texts, "%s%s", texts->len > 0 ? " " : "", text + 14);
    }
    return g_string_free(texts, FALSE);
}

static void
assert_page(struct irc_peer *peer, const char *command, const char *expected)
{
    g_autofree char *texts = NULL;

    irc_peer_send(peer, "CHATHISTORY %s", command);
    texts = batch_texts(peer);
    g_assert_cmpstr(texts, ==, expected);
}

static char *
msgid_of_first(struct irc_peer *peer)
{
    const char *line, *id;

    irc_peer_send(peer, "CHATHISTORY AFTER #lab timestamp=2026-08-20T09:00:00.000Z 1");
    line = irc_peer_wait(peer, "*PRIVMSG #lab :1");
    g_assert_nonnull(line);
    assert_line(peer, "* BATCH -*");
    id = strstr(line, "msgid=");
    g_assert_nonnull(id);
    return g_strndup(id, strcspn(id, "; "));
}

static void
fill_history(struct irc_server *server)
{
    g_autoptr(GDateTime) ten = g_date_time_new_utc(2026, 8, 20, 10, 0, 0);
    int64_t start_us = g_date_time_to_unix(ten) * G_USEC_PER_SEC;

    for (int i = 1; i <= 6; i++) {
        g_autofree char *text = g_strdup_printf("%d", i);

        irc_server_add_history(server, "#lab", "mia", text, start_us + i * 60 * G_USEC_PER_SEC);
    }
    irc_server_add_history(server, "kai", "mia", "psst", start_us);
}

static void
test_history(void)
{
    struct irc_server *server = irc_server_start(NULL);
    struct irc_peer *kai = peer_new(server, "kai", ALL_CAPS);
    g_autofree char *first = NULL;
    g_autofree char *after = NULL;

    fill_history(server);
    irc_peer_send(kai, "CHATHISTORY LATEST #lab * 2");
    assert_line(kai, "*FAIL CHATHISTORY INVALID_TARGET LATEST #lab :*");
    g_assert_true(irc_peer_join(kai, "#lab"));
    first = msgid_of_first(kai);
    after = g_strdup_printf("AFTER #lab %s 2", first);
    assert_page(kai, "LATEST #lab * 2", "5 6");
    assert_page(kai, "LATEST #lab timestamp=2026-08-20T10:05:00.000Z 10", "6");
    assert_page(kai, "BEFORE #lab timestamp=2026-08-20T10:04:00.000Z 2", "2 3");
    assert_page(kai, after, "2 3");
    assert_page(kai, "AROUND #lab timestamp=2026-08-20T10:03:00.000Z 3", "2 3 4");
    assert_page(kai,
                "BETWEEN #lab timestamp=2026-08-20T10:01:00.000Z "
                "timestamp=2026-08-20T10:05:00.000Z 2",
                "2 3");
    assert_page(kai,
                "BETWEEN #lab timestamp=2026-08-20T10:05:00.000Z "
                "timestamp=2026-08-20T10:01:00.000Z 2",
                "3 4");
    assert_page(kai, "BEFORE #lab timestamp=2026-08-20T10:01:00.000Z 5", "");
    irc_peer_send(kai, "@label=h CHATHISTORY BEFORE #lab msgid=nonsense 5");
    assert_line(kai, "@*label=h :irc.sandbox FAIL CHATHISTORY MESSAGE_ERROR *");
    irc_peer_send(kai, "CHATHISTORY TARGETS timestamp=2026-08-20T09:00:00.000Z "
                       "timestamp=2026-08-20T11:00:00.000Z 10");
    assert_line(kai, "* BATCH +* draft/chathistory-targets");
    g_assert_nonnull(irc_peer_wait(kai, "* BATCH -*"));
    g_assert_cmpuint(irc_peer_count(kai, "*CHATHISTORY TARGETS mia 2026-08-20T10:00:00.000Z"), ==,
                     1);
    g_assert_cmpuint(irc_peer_count(kai, "*CHATHISTORY TARGETS #lab 2026-08-20T10:06:00.000Z"), ==,
                     1);
    assert_no_complaints(server);
    irc_peer_free(kai);
    irc_server_stop(server);
}

static void
test_restart_keeps_history(void)
{
    struct irc_server *server = irc_server_start(NULL);
    struct irc_peer *kai = peer_new(server, "kai", ALL_CAPS);
    struct irc_peer_options options = {.port = irc_server_port(server), .nick = "mia"};

    fill_history(server);
    g_assert_true(irc_peer_join(kai, "#lab"));
    irc_server_down(server);
    assert_cut(kai);
    irc_peer_free(kai);
    g_assert_null(irc_peer_new(&options, NULL));
    irc_server_up(server);
    g_assert_cmpuint(irc_server_port(server), ==, options.port);
    kai = peer_new(server, "kai", ALL_CAPS);
    g_assert_true(irc_peer_join(kai, "#lab"));
    assert_page(kai, "LATEST #lab * 2", "5 6");
    irc_peer_free(kai);
    irc_server_stop(server);
}

/* ---- faults ---- */

static void
test_cuts(void)
{
    struct irc_server *server = irc_server_start(NULL);
    struct irc_peer *mia = peer_new(server, "mia", NULL);
    struct irc_peer *kai = peer_new(server, "kai", ALL_CAPS);

    irc_server_fault(server, "kai", IRC_FAULT_CUT_AFTER, 2);
    irc_peer_send(kai, "PING 1");
    irc_peer_send(kai, "PING 2");
    irc_peer_send(kai, "PING 3");
    assert_line(kai, "*PONG*2");
    assert_cut(kai);
    g_assert_cmpuint(irc_peer_count(kai, "*PONG*3"), ==, 0);
    irc_peer_free(kai);

    kai = peer_new(server, "kai", ALL_CAPS);
    irc_server_fault(server, "kai", IRC_FAULT_HALF_LINE, 0);
    irc_peer_send(kai, "PING a-long-word-to-cut-in-two");
    assert_cut(kai);
    g_assert_cmpuint(irc_peer_count(kai, "*two"), ==, 0);
    irc_peer_free(kai);

    kai = peer_new(server, "kai", ALL_CAPS);
    irc_server_fault(server, "kai", IRC_FAULT_CUT_BEFORE_ECHO, 1);
    irc_peer_send(kai, "PRIVMSG mia :did you hear?");
    assert_line(mia, ":kai!* PRIVMSG mia :did you hear?");
    assert_cut(kai);
    g_assert_cmpuint(irc_peer_count(kai, "*did you hear?"), ==, 0);
    irc_server_fault(server, NULL, IRC_FAULT_CUT, 0);
    assert_cut(mia);
    g_assert_cmpuint(irc_server_connections(server), ==, 0);
    irc_peer_free(kai);
    irc_peer_free(mia);
    irc_server_stop(server);
}

static void
test_slowness(void)
{
    struct irc_server *server = irc_server_start(NULL);
    struct irc_peer *kai;
    int64_t start_us;

    irc_server_fault(server, NULL, IRC_FAULT_TRICKLE, 0);
    kai = peer_new(server, "kai", ALL_CAPS);
    irc_server_heal(server);
    irc_server_fault(server, "kai", IRC_FAULT_DELAY, 60);
    start_us = g_get_monotonic_time();
    irc_peer_send(kai, "PING 1");
    irc_peer_send(kai, "PING 2");
    assert_line(kai, "*PONG*2");
    g_assert_cmpint(g_get_monotonic_time() - start_us, >=, 110000);
    irc_server_heal(server);
    irc_server_fault(server, "kai", IRC_FAULT_BLACK_HOLE, 0);
    irc_peer_send(kai, "PING 3");
    g_assert_true(irc_server_count_received(server, "kai", "PING 3") == 0);
    irc_server_heal(server);
    assert_line(kai, "*PONG*3");
    irc_peer_free(kai);
    irc_server_stop(server);
}

static void
test_disorder(void)
{
    struct irc_server *server = irc_server_start(NULL);
    struct irc_peer *mia = peer_new(server, "mia", NULL);
    struct irc_peer *kai = peer_new(server, "kai", ALL_CAPS);
    const char *line;

    irc_server_fault(server, "mia", IRC_FAULT_DUPLICATE, 1);
    g_assert_true(irc_peer_say(kai, "mia", "twice"));
    g_assert_true(irc_peer_sync(mia));
    g_assert_cmpuint(irc_peer_count(mia, "*PRIVMSG mia :twice"), ==, 2);
    irc_server_fault(server, "kai", IRC_FAULT_REVERSE, 2);
    irc_peer_send(kai, "PING 1");
    irc_peer_send(kai, "PING 2");
    assert_line(kai, "*PONG*2");
    assert_line(kai, "*PONG*1");
    irc_server_swallow(server, "kai", "PRIVMSG", 1);
    irc_peer_send(kai, "@label=gone PRIVMSG mia :swallowed");
    g_assert_true(irc_peer_sync(kai));
    g_assert_cmpuint(irc_server_count_said(server, "mia", "swallowed"), ==, 0);
    g_assert_cmpuint(irc_server_count_received(server, "kai", "*:swallowed"), ==, 1);
    irc_server_fault(server, "kai", IRC_FAULT_NO_ECHO, 1);
    irc_peer_send(kai, "@label=mute PRIVMSG mia :unheard");
    assert_line(mia, "*PRIVMSG mia :unheard");
    g_assert_true(irc_peer_sync(kai));
    g_assert_cmpuint(irc_peer_count(kai, "@*label=mute*"), ==, 0);
    irc_server_send_big_line(server, "mia", 100000);
    line = irc_peer_wait(mia, ":big!b@localhost PRIVMSG mia :abc*");
    g_assert_nonnull(line);
    g_assert_cmpuint(strlen(line), >, 100000);
    irc_peer_free(kai);
    irc_peer_free(mia);
    irc_server_stop(server);
}

static void
test_refusals(void)
{
    struct irc_server *server = irc_server_start(NULL);
    struct irc_peer_options options = {.port = irc_server_port(server), .nick = "kai"};
    g_autoptr(GError) error = NULL;
    struct irc_peer *kai;

    irc_server_fault(server, NULL, IRC_FAULT_THROTTLE, 1);
    g_assert_null(irc_peer_new(&options, &error));
    g_assert_nonnull(strstr(error->message, "Throttled"));
    g_clear_error(&error);
    irc_server_fault(server, NULL, IRC_FAULT_REFUSE, 0);
    g_assert_null(irc_peer_new(&options, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
    irc_server_heal(server);
    kai = irc_peer_new(&options, NULL);
    g_assert_nonnull(kai);
    irc_peer_free(kai);
    irc_server_stop(server);
}

/* ---- presence, services, names ---- */

static void
test_monitor(void)
{
    struct irc_server *server = irc_server_start(NULL);
    struct irc_peer *kai = peer_new(server, "kai", "extended-monitor away-notify");
    struct irc_peer *mia = peer_new(server, "mia", NULL);

    irc_peer_send(kai, "MONITOR + MIA,jun");
    assert_line(kai, ":irc.sandbox 730 kai :mia!~mia@localhost");
    assert_line(kai, ":irc.sandbox 731 kai :jun");
    irc_peer_send(mia, "AWAY :lunch");
    assert_line(kai, ":mia!~mia@localhost AWAY :lunch");
    g_assert_true(irc_peer_rename(mia, "jun"));
    assert_line(kai, ":irc.sandbox 731 kai :mia");
    assert_line(kai, ":irc.sandbox 730 kai :jun!~mia@localhost");
    irc_peer_send(kai, "USERHOST jun");
    assert_line(kai, ":irc.sandbox 302 kai :jun=-~mia@localhost");
    g_assert_true(irc_peer_quit(mia, "bye"));
    assert_line(kai, ":irc.sandbox 731 kai :jun");
    assert_no_complaints(server);
    irc_peer_free(mia);
    irc_peer_free(kai);
    irc_server_stop(server);
}

static void
test_services(void)
{
    struct irc_server_options options = {.services = true};
    struct irc_server *server = irc_server_start(&options);
    struct irc_peer *kai = peer_new(server, "kai", "echo-message draft/account-registration");

    irc_peer_send(kai, "REGISTER * kai@example.test kettle");
    assert_line(kai, "*REGISTER VERIFICATION_REQUIRED kai :*");
    irc_peer_send(kai, "VERIFY kai 123");
    assert_line(kai, "*FAIL VERIFY INVALID_CODE kai :*");
    irc_peer_send(kai, "VERIFY kai iak");
    assert_line(kai, "*VERIFY SUCCESS kai :*");
    irc_peer_send(kai, "REGISTER * kai@example.test kettle");
    assert_line(kai, "*FAIL REGISTER ACCOUNT_EXISTS kai :*");
    irc_peer_send(kai, "PRIVMSG NickServ :IDENTIFY kai soup");
    assert_line(kai, "*:kai!~kai@localhost PRIVMSG NickServ :IDENTIFY kai soup");
    assert_line(kai, ":NickServ!* NOTICE kai :Password incorrect.");
    irc_peer_send(kai, "PRIVMSG NickServ :IDENTIFY kai kettle");
    assert_line(kai, ":irc.sandbox 900 kai kai!~kai@localhost kai :*");
    irc_peer_free(kai);
    irc_server_stop(server);
}

static void
test_rename_channel(void)
{
    struct irc_server *server = irc_server_start(NULL);
    struct irc_peer *kai = peer_new(server, "kai", "draft/channel-rename");
    struct irc_peer *mia = peer_new(server, "mia", NULL);

    g_assert_true(irc_peer_join(kai, "#lab"));
    g_assert_true(irc_peer_join(mia, "#lab"));
    irc_server_rename_channel(server, "#lab", "#den", "why not");
    assert_line(kai, ":irc.sandbox RENAME #lab #den :why not");
    assert_line(mia, ":mia!~mia@localhost PART #lab :*");
    assert_line(mia, ":mia!~mia@localhost JOIN #den");
    g_assert_true(irc_peer_say(kai, "#den", "soup"));
    assert_line(mia, ":kai!~kai@localhost PRIVMSG #den *soup");
    irc_peer_free(mia);
    irc_peer_free(kai);
    irc_server_stop(server);
}

static const struct login logins[] = {
    {"SCRAM-SHA-256", "soup", false, true},
    {"SCRAM-SHA-256", "stew", false, false},
    {"SCRAM-SHA-256-PLUS", "soup", true, true},
};

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/irc-server/talk", test_talk);
    g_test_add_func("/irc-server/people", test_people);
    g_test_add_func("/irc-server/long-text", test_long_text);
    g_test_add_func("/irc-server/strict", test_strict);
    g_test_add_func("/irc-server/password", test_password);
    g_test_add_func("/irc-server/flood", test_flood);
    g_test_add_func("/irc-server/caps-come-and-go", test_caps_come_and_go);
    g_test_add_func("/irc-server/sasl/plain-and-external", test_plain_and_external);
    g_test_add_data_func("/irc-server/sasl/scram", &logins[0], test_scram);
    g_test_add_data_func("/irc-server/sasl/scram-wrong", &logins[1], test_scram);
    g_test_add_data_func("/irc-server/sasl/scram-plus", &logins[2], test_scram);
    g_test_add_func("/irc-server/history", test_history);
    g_test_add_func("/irc-server/restart-keeps-history", test_restart_keeps_history);
    g_test_add_func("/irc-server/faults/cuts", test_cuts);
    g_test_add_func("/irc-server/faults/slowness", test_slowness);
    g_test_add_func("/irc-server/faults/disorder", test_disorder);
    g_test_add_func("/irc-server/faults/refusals", test_refusals);
    g_test_add_func("/irc-server/monitor", test_monitor);
    g_test_add_func("/irc-server/services", test_services);
    g_test_add_func("/irc-server/rename-channel", test_rename_channel);
    test_irc_messages_add();
    test_irc_networks_add();
    return g_test_run();
}
