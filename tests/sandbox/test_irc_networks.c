/* What the scripted server does beyond itself: invitations, netsplits, bouncers, a demand for TLS.
 */
#include "tests/sandbox/irc_server.h"
#include "tests/sandbox/test_irc_messages.h"
#include "tests/servers/irc_peer.h"

#include <string.h>

static struct irc_peer *
peer_on(uint16_t port, const char *nick, const char *caps)
{
    struct irc_peer_options options = {.port = port, .nick = nick, .caps = caps};
    g_autoptr(GError) error = NULL;
    struct irc_peer *peer = irc_peer_new(&options, &error);

    g_assert_no_error(error);
    return peer;
}

static struct irc_peer *
peer_new(struct irc_server *server, const char *nick, const char *caps)
{
    return peer_on(irc_server_port(server), nick, caps);
}

static void
assert_line(struct irc_peer *peer, const char *pattern)
{
    if (irc_peer_wait(peer, pattern) == NULL) {
        g_autofree char *log = irc_peer_log_dup(peer);
        g_error("no line \"%s\" in:\n%s", pattern, log);
    }
}

static void
test_invite(void)
{
    struct irc_server *server = irc_server_start(NULL);
    struct irc_peer *kai = peer_new(server, "kai", NULL);
    struct irc_peer *mia = peer_new(server, "mia", "invite-notify");
    struct irc_peer *jun = peer_new(server, "jun", NULL);

    g_assert_true(irc_peer_join(kai, "#den"));
    g_assert_true(irc_peer_join(mia, "#den"));
    irc_peer_send(kai, "MODE #den +i");
    g_assert_true(irc_peer_sync(kai));
    irc_peer_send(jun, "JOIN #den");
    assert_line(jun, ":irc.sandbox 473 jun #den :*");
    irc_peer_send(mia, "INVITE jun #den");
    assert_line(mia, "* 482 mia #den :*");
    irc_peer_send(kai, "INVITE mia #den");
    assert_line(kai, "* 443 kai mia #den :*");
    irc_peer_send(kai, "INVITE jun #den");
    assert_line(kai, "* 341 kai jun #den");
    assert_line(jun, ":kai!~kai@localhost INVITE jun #den");
    assert_line(mia, ":kai!~kai@localhost INVITE jun #den");
    g_assert_true(irc_peer_join(jun, "#den"));
    irc_peer_free(jun);
    irc_peer_free(mia);
    irc_peer_free(kai);
    irc_server_stop(server);
}

static void
test_split(void)
{
    struct irc_server *server = irc_server_start(NULL);
    struct irc_peer *far = peer_new(server, "far1", NULL);
    struct irc_peer *kai = peer_new(server, "kai", "batch message-tags");
    struct irc_peer *old = peer_new(server, "old", NULL);

    g_assert_true(irc_peer_join(far, "#lab"));
    g_assert_true(irc_peer_join(kai, "#lab"));
    g_assert_true(irc_peer_join(old, "#lab"));
    irc_server_split(server, "far*");
    assert_line(kai, ":irc.sandbox BATCH +* netsplit irc.sandbox far.sandbox");
    assert_line(kai, "@batch=* :far1!~far1@localhost QUIT :irc.sandbox far.sandbox");
    assert_line(kai, ":irc.sandbox BATCH -*");
    assert_line(old, ":far1!~far1@localhost QUIT :irc.sandbox far.sandbox");
    g_assert_false(irc_server_has(server, "far1", "#lab"));
    irc_server_mend(server);
    assert_line(kai, ":irc.sandbox BATCH +* netjoin irc.sandbox far.sandbox");
    assert_line(kai, "@batch=* :far1!~far1@localhost JOIN #lab");
    assert_line(old, ":far.sandbox MODE #lab +o far1");
    g_assert_true(irc_server_has(server, "far1", "#lab"));
    irc_peer_free(old);
    irc_peer_free(kai);
    irc_peer_free(far);
    irc_server_stop(server);
}

static struct irc_peer *
bound_peer(struct irc_server *server, const char *caps)
{
    struct irc_peer_options options = {.port = irc_server_port(server),
                                       .nick = "kai",
                                       .caps = caps,
                                       .sasl = "PLAIN",
                                       .account = "kai",
                                       .secret = "soup",
                                       .last_word = "BOUNCER BIND 2"};
    g_autoptr(GError) error = NULL;
    struct irc_peer *peer = irc_peer_new(&options, &error);

    g_assert_no_error(error);
    return peer;
}

static void
test_bouncer(void)
{
    struct irc_server_options options = {.bouncer = true};
    struct irc_server *server = irc_server_start(&options);
    struct irc_server *alpha = irc_server_add_network(server, "1", "alpha");
    struct irc_server *beta = irc_server_add_network(server, "2", "beta");
    struct irc_peer *mia = peer_on(irc_server_port(beta), "mia", NULL);
    struct irc_peer *jun = peer_on(irc_server_port(alpha), "kai", NULL);
    struct irc_peer *top = peer_new(server, "kai", "batch soju.im/bouncer-networks");

    irc_server_add_account(server, "kai", "soup");
    g_assert_true(irc_peer_join(mia, "#lab"));
    g_assert_true(irc_peer_join(jun, "#lab"));
    irc_peer_send(top, "BOUNCER LISTNETWORKS");
    assert_line(top, "*BOUNCER NETWORK 1 name=alpha;state=connected");
    assert_line(top, "*BOUNCER NETWORK 2 name=beta;state=connected");
    irc_peer_send(top, "BOUNCER BIND 2");
    assert_line(top, "*FAIL BOUNCER REGISTRATION_IS_COMPLETED *");
    struct irc_peer *kai = bound_peer(server, "soju.im/bouncer-networks");
    g_assert_true(irc_peer_join(kai, "#lab"));
    g_assert_true(irc_peer_say(mia, "#lab", "here"));
    assert_line(kai, "*:mia!* PRIVMSG #lab *here");
    g_assert_true(irc_peer_say(kai, "#lab", "in beta"));
    assert_line(mia, "*:kai!* PRIVMSG #lab :in beta");
    g_assert_cmpuint(irc_peer_count(jun, "*in beta*"), ==, 0);
    /* Cut, and in the channel again without a word. */
    irc_peer_free(kai);
    kai = bound_peer(server, "soju.im/bouncer-networks");
    g_assert_cmpuint(irc_peer_count(kai, "*:kai!* JOIN #lab"), ==, 1);
    g_assert_cmpuint(irc_peer_count(kai, "* 005 kai BOUNCER_NETID=2 *"), ==, 1);
    irc_peer_free(kai);
    irc_peer_free(top);
    irc_peer_free(jun);
    irc_peer_free(mia);
    irc_server_stop(server);
}

static void
test_playback(void)
{
    struct irc_server_options options = {.caps = "message-tags server-time batch znc.in/playback"};
    struct irc_server *server = irc_server_start(&options);
    struct irc_peer *kai = peer_new(server, "kai", options.caps);

    g_assert_true(irc_peer_join(kai, "#lab"));
    irc_server_add_history(server, "#lab", "mia", "early", INT64_C(1600000000000000));
    irc_server_add_history(server, "#lab", "mia", "late", INT64_C(1600000010000000));
    irc_peer_send(kai, "PRIVMSG *playback :PLAY * 1600000005.000");
    assert_line(kai, "*BATCH +* znc.in/playback #lab");
    assert_line(kai, "@time=2020-09-13T12:26:50.000Z;batch=* :mia!*PRIVMSG #lab :late");
    assert_line(kai, "*BATCH -*");
    g_assert_cmpuint(irc_peer_count(kai, "*early*"), ==, 0);
    irc_peer_free(kai);
    irc_server_stop(server);
}

void
test_irc_networks_add(void)
{
    g_test_add_func("/irc-server/invite", test_invite);
    g_test_add_func("/irc-server/netsplit", test_split);
    g_test_add_func("/irc-server/bouncer", test_bouncer);
    g_test_add_func("/irc-server/playback", test_playback);
}
