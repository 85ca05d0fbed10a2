/* The driver on real sockets: against the scripted server, and the real ones where they are at
 * hand. */
#include <string.h>

#include "net/net.h"
#include "protocols/irc/irc.h"
#include "tests/drivers/irc/transcript.h"
#include "tests/sandbox/irc_server.h"
#include "tests/servers/irc_peer.h"
#include "tests/servers/servers.h"
#include "tests/support/loop.h"

#define DEADLINE_MS 20000

struct live {
    struct transcript t;
    struct clock *fake_clock;
    const char *pattern;
};

static bool
has_come(void *user)
{
    struct live *live = user;

    return fake_count(live->t.fake, live->pattern) > 0;
}

static void
await(struct live *live, const char *pattern)
{
    live->pattern = pattern;
    if (!loop_until(has_come, live, DEADLINE_MS)) {
        for (GList *at = live->t.fake->events.head; at; at = at->next)
            g_test_message("%s", (const char *)at->data);
        g_error("never came: %s", pattern);
    }
    g_assert_true(fake_skip_to(live->t.fake, pattern));
}

static void
open_live(struct live *live, uint16_t port, const char *more)
{
    struct fake_host *fake = fake_host_new(0);

    live->fake_clock = fake->host.clock;
    fake->host.clock = clock_system_new();
    fake->host.net = net_new(fake->host.clock, NULL);
    fake->secret = g_strdup("secret");
    const char *unpaced = strstr(more, "flood_control") ? "" : "flood_control = off\n";
    g_autofree char *text = g_strdup_printf("server = 127.0.0.1:%u\nnick = kai\ntls = off\n"
                                            "sasl_required = yes\n%s%s",
                                            port, unpaced, more);
    live->t.fake = fake;
    live->t.options = fake_options_new(text);
    live->t.session = irc_driver.open(live->t.options, &fake->host, NULL);
    g_assert_nonnull(live->t.session);
    irc_driver.connect(live->t.session);
}

static void
close_live(struct live *live)
{
    irc_driver.disconnect(live->t.session, "done");
    await(live, "lost cancelled*");
    irc_driver.close(live->t.session);
    net_free(live->t.fake->host.net);
    clock_free(live->t.fake->host.clock);
    live->t.fake->host.clock = live->fake_clock;
    fake_options_free(live->t.options);
    fake_host_free(live->t.fake);
}

static void
talk(struct live *live, bool echo)
{
    await(live, "state online");
    irc_driver.join(live->t.session, 100, NULL, "#lab", NULL, NULL);
    await(live, "done 100 *");
    await(live, "caught-up #lab*");
    transcript_send(&live->t, "#lab", MESSAGE_TEXT, "soup \xf0\x9f\x8d\xb2?", "k1");
    if (echo)
        await(live, "echo text #lab <kai> soup*key=k1 own*");
    await(live, "done 1 *");
    transcript_send(&live->t, "#lab", MESSAGE_ACTION, "waves", "k2");
    await(live, "done 2 *");
    transcript_send(&live->t, "nobody", MESSAGE_TEXT, "hello", "k3");
    await(live, "failed 3 *");
}

static void
test_scripted(void)
{
    struct irc_server *server = irc_server_start(NULL);
    struct live live = {0};

    irc_server_add_account(server, "kai", "secret");
    open_live(&live, irc_server_port(server), "password = x\n");
    talk(&live, true);
    g_autofree char *mechanism = irc_server_mechanism_of(server, "kai");
    g_assert_cmpstr(mechanism, ==, "SCRAM-SHA-256");
    irc_server_down(server);
    await(&live, "lost *");
    irc_server_add_history(server, "#lab", "maria", "while you were away", g_get_real_time());
    irc_server_up(server);
    irc_driver.connect(live.t.session);
    await(&live, "catch-up text #lab <maria> while you were away*cursor");
    await(&live, "caught-up #lab whole");
    await(&live, "state online");
    g_autofree char *complaints = irc_server_complaints(server);
    g_assert_cmpstr(complaints, ==, "");
    close_live(&live);
    irc_server_stop(server);
}

static op_id
say_as(struct live *live, const char *where, const char *name, const char *text)
{
    struct buffer *buffer = transcript_buffer(where);
    struct rich *body = rich_new(text, -1);
    const struct persona as = {.name = name};
    const struct send_request request = {
        .buffer = buffer, .body = body, .key = text, .as = &as, .mark = "0f6c"};

    g_assert_true(irc_driver.send(live->t.session, ++live->t.last_op, &request, NULL));
    rich_free(body);
    buffer_free(buffer);
    return live->t.last_op;
}

/* For others: where we are an operator under their names, elsewhere with the names before the
 * texts. Each is said once, in order. */
static void
test_relay(void)
{
    struct irc_server *server = irc_server_start(NULL);
    struct irc_peer_options options = {
        .nick = "maria", .port = irc_server_port(server), .caps = "message-tags"};
    g_autoptr(GError) error = NULL;
    struct irc_peer *maria = irc_peer_new(&options, &error);
    struct live live = {0};

    g_assert_no_error(error);
    g_assert_true(irc_peer_join(maria, "#maria"));
    irc_server_add_account(server, "kai", "secret");
    open_live(&live, irc_server_port(server), "password = x\n");
    await(&live, "state online");
    irc_driver.join(live.t.session, 100, NULL, "#lab", NULL, NULL);
    await(&live, "done 100 *");
    irc_driver.join(live.t.session, 101, NULL, "#maria", NULL, NULL);
    await(&live, "done 101 *");
    g_assert_true(irc_peer_join(maria, "#lab"));
    g_assert_cmpuint(live.t.fake->limits.name_bytes, >, 0);
    say_as(&live, "#lab", "bo", "one");
    await(&live, "echo text #lab <bo/r> one *key=one relayed-by=0f6c own*");
    await(&live, "done 1 *");
    g_assert_nonnull(
        irc_peer_wait(maria, "@*draft/relaymsg=kai;+weft/relay=0f6c* :bo/r!* PRIVMSG #lab *one"));
    say_as(&live, "#maria", "bo", "two");
    say_as(&live, "#maria", "cem", "three");
    await(&live, "say #maria: The server lets us say nothing under other names here*");
    await(&live, "echo text #maria <kai> <bo> two *key=two relayed-by=0f6c own*");
    await(&live, "done 2 *");
    await(&live, "echo text #maria <kai> <cem> three *key=three relayed-by=0f6c own*");
    await(&live, "done 3 *");
    g_assert_cmpuint(live.t.fake->limits.name_bytes, ==, 0);
    g_assert_cmpuint(irc_server_count_said(server, "#maria", "<bo> two"), ==, 1);
    irc_peer_send(maria, "MODE #maria +o kai");
    await(&live, "* mode #maria *");
    say_as(&live, "#maria", "bo", "four");
    await(&live, "echo text #maria <bo/r> four *key=four relayed-by=0f6c own*");
    g_autofree char *complaints = irc_server_complaints(server);
    g_assert_cmpstr(complaints, ==, "");
    close_live(&live);
    irc_peer_free(maria);
    irc_server_stop(server);
}

static void
test_real(const void *data)
{
    struct server_options options = {.kind = (enum server_kind)GPOINTER_TO_INT(data)};
    g_autofree char *why_not = NULL;
    g_autoptr(GError) error = NULL;
    struct live live = {0};

    if (!server_kind_available(options.kind, &why_not)) {
        g_test_skip(why_not);
        return;
    }
    struct server *server = server_start(&options, &error);
    g_assert_no_error(error);
    open_live(&live, server_port(server), "");
    talk(&live, options.kind != SERVER_NGIRCD);
    server_kill(server);
    await(&live, "lost *");
    g_assert_true(server_restart(server, &error));
    irc_driver.connect(live.t.session);
    await(&live, "gap #lab *");
    await(&live, "state online");
    close_live(&live);
    server_stop(server);
}

#define PASTED 7

/* All of them arrive, one after the other. */
static void
paste(struct live *live)
{
    await(live, "state online");
    irc_driver.join(live->t.session, 100, NULL, "#lab", NULL, NULL);
    await(live, "caught-up #lab*");
    for (unsigned i = 1; i <= PASTED; i++) {
        g_autofree char *line = g_strdup_printf("pasted %u", i);
        transcript_send(&live->t, "#lab", MESSAGE_TEXT, line, line);
    }
    for (unsigned i = 1; i <= PASTED; i++) {
        g_autofree char *done = g_strdup_printf("done %u *", i);
        await(live, done);
    }
    g_assert_cmpuint(fake_count(live->t.fake, "lost *"), ==, 0);
}

/* A server that ends whoever sends more than five lines at once, and one in two seconds. */
static void
test_flood(void)
{
    struct irc_server_options options = {.flood_burst = 5, .flood_ms = 2000};
    struct irc_server *server = irc_server_start(&options);
    struct live live = {0};

    open_live(&live, irc_server_port(server), "flood_control = on\n");
    paste(&live);
    g_autofree char *complaints = irc_server_complaints(server);
    g_assert_cmpstr(complaints, ==, "");
    close_live(&live);
    irc_server_stop(server);
}

/* As a server comes, with its own limits: what is pasted arrives, line by line, and we stay. */
static void
test_default_limits(const void *data)
{
    struct server_options options = {.kind = (enum server_kind)GPOINTER_TO_INT(data),
                                     .default_limits = true};
    g_autofree char *why_not = NULL;
    g_autoptr(GError) error = NULL;
    struct live live = {0};

    if (!server_kind_available(options.kind, &why_not)) {
        g_test_skip(why_not);
        return;
    }
    struct server *server = server_start(&options, &error);
    g_assert_no_error(error);
    open_live(&live, server_port(server), "flood_control = on\n");
    paste(&live);
    close_live(&live);
    server_stop(server);
}

/* --- NickServ, and services that come and go
 * ---------------------------------------------------------------------------------------- */

/* The password reaches NickServ and nothing else: not a line of ours shows it. */
static void
test_nickserv_scripted(void)
{
    struct irc_server_options options = {
        .caps = "message-tags server-time batch labeled-response echo-message cap-notify",
        .services = true};
    struct irc_server *server = irc_server_start(&options);
    struct live live = {0};

    irc_server_add_account(server, "kai", "secret");
    open_live(&live, irc_server_port(server), "password = x\nlogin = nickserv\njoin = #lab\n");
    await(&live, "state online");
    g_autofree char *account = irc_server_account_of(server, "kai");
    g_assert_cmpstr(account, ==, "kai");
    g_assert_cmpuint(irc_server_count_received(server, "kai", "PRIVMSG NickServ :IDENTIFY *"), ==,
                     1);
    g_assert_cmpuint(fake_count(live.t.fake, "*secret*"), ==, 0);
    close_live(&live);
    irc_server_stop(server);
}

static void
register_kai(struct server *server)
{
    struct irc_peer_options options = {.port = server_port(server), .nick = "kai"};
    g_autoptr(GError) error = NULL;
    struct irc_peer *peer = irc_peer_new(&options, &error);

    g_assert_no_error(error);
    irc_peer_send(peer, "PRIVMSG NickServ :REGISTER secret kai@example.test");
    g_assert_nonnull(irc_peer_wait(peer, "* 900 *"));
    g_assert_true(irc_peer_quit(peer, "registered"));
    irc_peer_free(peer);
}

static struct server *
start_anope(bool late)
{
    struct server_options options = {.kind = SERVER_INSPIRCD_ANOPE, .late_services = late};
    g_autofree char *why_not = NULL;
    g_autoptr(GError) error = NULL;

    if (!server_kind_available(options.kind, &why_not)) {
        g_test_skip(why_not);
        return NULL;
    }
    struct server *server = server_start(&options, &error);
    g_assert_no_error(error);
    return server;
}

static void
test_nickserv_real(void)
{
    struct server *server = start_anope(false);
    struct live live = {0};

    if (!server)
        return;
    register_kai(server);
    open_live(&live, server_port(server), "password = x\nlogin = nickserv\njoin = #lab\n");
    await(&live, "live join #lab <kai>*");
    g_assert_cmpuint(fake_count(live.t.fake, "say -: NickServ has not *"), ==, 0);
    await(&live, "state online");
    g_assert_cmpuint(fake_count(live.t.fake, "*secret*"), ==, 0);
    close_live(&live);
    server_stop(server);
}

/* Services come after us: SASL appears, and we log in. They die, which InspIRCd does not say, and
 * come back: a new connection logs in again. */
static void
test_services_come_and_go(void)
{
    struct server *server = start_anope(true);
    g_autoptr(GError) error = NULL;
    struct live live = {0};

    if (!server)
        return;
    open_live(&live, server_port(server), "password = x\n");
    await(&live, "lost unsupported: *no login by SASL*");
    g_assert_true(server_restart_services(server, &error));
    g_assert_no_error(error);
    register_kai(server);
    irc_driver.connect(live.t.session);
    await(&live, "state online");
    server_kill_services(server);
    g_assert_true(server_restart_services(server, &error));
    g_assert_no_error(error);
    irc_driver.disconnect(live.t.session, "again");
    await(&live, "lost cancelled*");
    irc_driver.connect(live.t.session);
    await(&live, "state online");
    close_live(&live);
    server_stop(server);
}

static void
add_scripted(void)
{
    g_test_add_func("/irc/live/scripted", test_scripted);
    g_test_add_func("/irc/live/relay", test_relay);
    g_test_add_func("/irc/live/flood", test_flood);
    g_test_add_func("/irc/live/nickserv", test_nickserv_scripted);
}

static void
add_real(void)
{
    g_test_add_data_func("/irc/live/ngircd", GINT_TO_POINTER(SERVER_NGIRCD), test_real);
    g_test_add_data_func("/irc/live/inspircd", GINT_TO_POINTER(SERVER_INSPIRCD), test_real);
    g_test_add_data_func("/irc/live/default-limits/ngircd", GINT_TO_POINTER(SERVER_NGIRCD),
                         test_default_limits);
    g_test_add_data_func("/irc/live/default-limits/inspircd", GINT_TO_POINTER(SERVER_INSPIRCD),
                         test_default_limits);
    g_test_add_func("/irc/live/nickserv-real", test_nickserv_real);
    g_test_add_func("/irc/live/services-come-and-go", test_services_come_and_go);
}

/* make check-servers names the servers, or says by an empty name that it wants all of them; each
 * row runs in one of the two checks. */
int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (g_getenv("WEFT_SERVERS") == NULL)
        add_scripted();
    else
        add_real();
    return g_test_run();
}
