/* The real servers start, let people in, and offer what the conformance suite builds on. */
#include "tests/servers/irc_peer.h"
#include "tests/servers/servers.h"
#include "tests/support/certs.h"
#include "tests/support/loop.h"

#include <string.h>

struct fixture {
    struct certs *certs;
    struct server *server;
};

/* False when the test is skipped. */
static bool
fixture_init_with(struct fixture *fixture, struct server_options options)
{
    g_autofree char *why = NULL;
    g_autoptr(GError) error = NULL;

    memset(fixture, 0, sizeof(*fixture));
    if (!server_kind_available(options.kind, &why)) {
        g_test_skip(why);
        return false;
    }
    fixture->certs = certs_new();
    g_assert_nonnull(fixture->certs);
    options.cert_file = options.key_file = fixture->certs->server;
    fixture->server = server_start(&options, &error);
    g_assert_no_error(error);
    return true;
}

static bool
fixture_init(struct fixture *fixture, enum server_kind kind, const char *password)
{
    return fixture_init_with(fixture, (struct server_options){.kind = kind, .password = password});
}

static void
fixture_fini(struct fixture *fixture)
{
    server_stop(fixture->server);
    certs_free(fixture->certs);
}

static struct irc_peer *
peer_new(const struct fixture *fixture, struct irc_peer_options options)
{
    g_autoptr(GError) error = NULL;
    struct irc_peer *peer;

    options.port = options.tls ? server_tls_port(fixture->server) : server_port(fixture->server);
    options.ca_file = fixture->certs->ca;
    peer = irc_peer_new(&options, &error);
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

static bool
peer_has_ended(void *user)
{
    return !irc_peer_connected(user);
}

static void
test_talk(gconstpointer data)
{
    enum server_kind kind = GPOINTER_TO_INT(data);
    struct fixture fixture;
    struct irc_peer *kai, *mia;
    g_autoptr(GError) error = NULL;

    if (!fixture_init(&fixture, kind, NULL))
        return;
    kai = peer_new(&fixture, (struct irc_peer_options){.nick = "kai", .tls = true});
    mia = peer_new(&fixture, (struct irc_peer_options){.nick = "mia"});
    g_assert_true(irc_peer_join(kai, "#lab"));
    g_assert_true(irc_peer_join(mia, "#lab"));
    g_assert_true(irc_peer_topic(kai, "#lab", "soup at noon"));
    g_assert_true(irc_peer_say(mia, "#lab", "soup?"));
    assert_line(kai, ":mia!* PRIVMSG #lab :soup?");
    g_assert_true(irc_peer_rename(mia, "mia2"));
    g_assert_true(irc_peer_kick(kai, "#lab", "mia2", "bye"));
    assert_line(mia, "* KICK #lab mia2 :bye");

    server_kill(fixture.server);
    g_assert_true(loop_until(peer_has_ended, kai, 5000));
    g_assert_true(server_restart(fixture.server, &error));
    g_assert_no_error(error);
    irc_peer_free(kai);
    irc_peer_free(mia);
    kai = peer_new(&fixture, (struct irc_peer_options){.nick = "kai", .tls = true});
    irc_peer_free(kai);
    fixture_fini(&fixture);
}

static void
test_password(gconstpointer data)
{
    struct fixture fixture;
    struct irc_peer_options options = {.nick = "kai"};
    struct irc_peer *kai;

    if (!fixture_init(&fixture, GPOINTER_TO_INT(data), "sesame"))
        return;
    options.port = server_port(fixture.server);
    g_assert_null(irc_peer_new(&options, NULL));
    options.password = "sesame";
    kai = irc_peer_new(&options, NULL);
    g_assert_nonnull(kai);
    irc_peer_free(kai);
    fixture_fini(&fixture);
}

/* Many lines at once must not be throttled: the limits are raised. */
static void
test_fast(gconstpointer data)
{
    struct fixture fixture;
    struct irc_peer *kai, *mia;

    if (!fixture_init(&fixture, GPOINTER_TO_INT(data), NULL))
        return;
    kai = peer_new(&fixture, (struct irc_peer_options){.nick = "kai"});
    mia = peer_new(&fixture, (struct irc_peer_options){.nick = "mia"});
    for (int i = 1; i <= 100; i++)
        irc_peer_send(kai, "PRIVMSG mia :line %d", i);
    if (!irc_peer_sync(kai)) {
        g_autofree char *log = irc_peer_log_dup(kai);

        g_error("100 lines at once were too much:\n%s", log);
    }
    assert_line(mia, "*PRIVMSG mia :line 100");
    g_assert_cmpuint(irc_peer_count(mia, "*PRIVMSG mia :line *"), ==, 100);
    irc_peer_free(kai);
    irc_peer_free(mia);
    fixture_fini(&fixture);
}

static void
test_history_on_join(void)
{
    struct fixture fixture;
    struct irc_peer *kai, *mia;

    if (!fixture_init(&fixture, SERVER_INSPIRCD, NULL))
        return;
    kai = peer_new(&fixture, (struct irc_peer_options){.nick = "kai"});
    g_assert_true(irc_peer_join(kai, "#lab"));
    irc_peer_send(kai, "MODE #lab +H 50:1h");
    g_assert_true(irc_peer_say(kai, "#lab", "soup?"));
    mia = peer_new(&fixture, (struct irc_peer_options){.nick = "mia",
                                                       .caps = "batch server-time message-tags"});
    irc_peer_send(mia, "JOIN #lab");
    assert_line(mia, "*BATCH +* chathistory *#lab");
    assert_line(mia, "@*time=*:kai!* PRIVMSG #lab :soup?");
    irc_peer_free(kai);
    irc_peer_free(mia);
    fixture_fini(&fixture);
}

static void
test_services(void)
{
    struct fixture fixture;
    struct irc_peer *kai;
    struct irc_peer_options wrong = {
        .nick = "kai2", .sasl = "PLAIN", .account = "kai", .secret = "wrong"};
    g_autoptr(GError) error = NULL;

    if (!fixture_init(&fixture, SERVER_INSPIRCD_ANOPE, NULL))
        return;
    kai = peer_new(&fixture, (struct irc_peer_options){.nick = "kai",
                                                       .tls = true,
                                                       .cert_file = fixture.certs->client,
                                                       .caps = "cap-notify"});
    irc_peer_send(kai, "PRIVMSG NickServ :REGISTER secret kai@example.test");
    assert_line(kai, "* 900 kai *");
    irc_peer_send(kai, "PRIVMSG NickServ :CERT ADD");
    assert_line(kai, ":NickServ!* NOTICE kai :*added*");
    server_kill_services(fixture.server);
    g_assert_true(server_restart_services(fixture.server, &error));
    g_assert_no_error(error);
    irc_peer_free(kai);

    kai = peer_new(
        &fixture,
        (struct irc_peer_options){
            .nick = "kai1", .sasl = "PLAIN", .account = "kai", .secret = "secret", .tls = true});
    irc_peer_free(kai);
    wrong.port = server_port(fixture.server);
    g_assert_null(irc_peer_new(&wrong, &error));
    g_assert_nonnull(strstr(error->message, " 904 "));
    kai = peer_new(&fixture, (struct irc_peer_options){.nick = "kai3",
                                                       .sasl = "EXTERNAL",
                                                       .tls = true,
                                                       .cert_file = fixture.certs->client});
    irc_peer_free(kai);
    fixture_fini(&fixture);
}

/* SASL appears on a connection that stands. */
static void
test_services_come_late(void)
{
    struct fixture fixture;
    struct irc_peer *kai;
    g_autoptr(GError) error = NULL;

    if (!fixture_init_with(&fixture, (struct server_options){.kind = SERVER_INSPIRCD_ANOPE,
                                                             .late_services = true}))
        return;
    kai = peer_new(&fixture, (struct irc_peer_options){.nick = "kai", .caps = "cap-notify"});
    g_assert_cmpuint(irc_peer_count(kai, "*CAP * LS *sasl*"), ==, 0);
    g_assert_true(server_restart_services(fixture.server, &error));
    g_assert_no_error(error);
    assert_line(kai, "* CAP kai NEW :sasl=EXTERNAL,PLAIN*");
    irc_peer_free(kai);
    fixture_fini(&fixture);
}

/* Accounts are there again after everything was killed. */
static void
test_services_keep_data(void)
{
    struct fixture fixture;
    struct irc_peer *kai;
    g_autoptr(GError) error = NULL;

    if (!fixture_init(&fixture, SERVER_INSPIRCD_ANOPE, NULL))
        return;
    kai = peer_new(&fixture, (struct irc_peer_options){.nick = "kai", .tls = true});
    irc_peer_send(kai, "PRIVMSG NickServ :REGISTER secret kai@example.test");
    assert_line(kai, "* 900 kai *");
    irc_peer_free(kai);
    server_kill(fixture.server);
    g_assert_true(server_restart(fixture.server, &error));
    g_assert_no_error(error);
    kai = peer_new(&fixture,
                   (struct irc_peer_options){
                       .nick = "kai", .sasl = "PLAIN", .account = "kai", .secret = "secret"});
    irc_peer_free(kai);
    fixture_fini(&fixture);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (int kind = 0; kind < SERVER_KIND_N; kind++) {
        g_autofree char *talk = g_strdup_printf("/servers/%s/talk", server_kind_name(kind));
        g_autofree char *pass = g_strdup_printf("/servers/%s/password", server_kind_name(kind));
        g_autofree char *fast = g_strdup_printf("/servers/%s/fast", server_kind_name(kind));

        g_test_add_data_func(talk, GINT_TO_POINTER(kind), test_talk);
        g_test_add_data_func(pass, GINT_TO_POINTER(kind), test_password);
        g_test_add_data_func(fast, GINT_TO_POINTER(kind), test_fast);
    }
    g_test_add_func("/servers/inspircd/history-on-join", test_history_on_join);
    g_test_add_func("/servers/inspircd+anope/services", test_services);
    g_test_add_func("/servers/inspircd+anope/services-come-late", test_services_come_late);
    g_test_add_func("/servers/inspircd+anope/services-keep-data", test_services_keep_data);
    return g_test_run();
}
