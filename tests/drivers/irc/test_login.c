/* Logging in: capabilities and SASL in every order and at any time, and NickServ. */
#include <string.h>

#include "base/error.h"
#include "protocols/irc/irc.h"
#include "tests/drivers/irc/transcript.h"

static void
open_with(struct transcript *t, const char *more)
{
    g_autofree char *text =
        g_strconcat("server = localhost\nnick = kai\nflood_control = off\n", more, NULL);

    t->fake = fake_host_new(NOW_US);
    t->fake->secret = g_strdup("secret");
    t->options = fake_options_new(text);
    t->session = irc_driver.open(t->options, &t->fake->host, NULL);
    g_assert_nonnull(t->session);
    transcript_connect(t);
    fake_forget(t->fake);
}

#define REQUIRED "password = x\nsasl_required = yes\n"
#define OPTIONAL "password = x\nsasl_required = no\n"

static void
offer(struct transcript *t, const char *mechanisms)
{
    fake_net_say(t->fake, ":s CAP * LS :sasl=%s", mechanisms);
    fake_expect_sent(t->fake, "CAP REQ sasl");
    fake_net_say(t->fake, ":s CAP * ACK :sasl");
}

static void
log_in_plain(struct transcript *t)
{
    fake_expect_sent(t->fake, "AUTHENTICATE PLAIN");
    fake_net_say(t->fake, "AUTHENTICATE +");
    fake_expect_sent(t->fake, "AUTHENTICATE AGthaQBzZWNyZXQ=");
    fake_net_say(t->fake, ":s 900 kai kai!k@h kai :You are now logged in as kai");
    fake_net_say(t->fake, ":s 903 kai :ok");
}

/* --- capabilities
 * ------------------------------------------------------------------------------------ */

static void
test_caps_twice_and_taken_back(void)
{
    struct transcript t = {0};

    open_with(&t, "");
    fake_net_say(t.fake, ":s CAP * LS :batch server-time");
    fake_expect_sent(t.fake, "CAP REQ :server-time batch");
    /* Said again while the answer is awaited: nothing is asked twice. */
    fake_net_say(t.fake, ":s CAP * LS :batch server-time echo-message");
    fake_expect_sent(t.fake, "CAP REQ echo-message");
    fake_net_say(t.fake, ":s CAP * ACK :batch -server-time");
    fake_expect_nothing_sent(t.fake);
    fake_net_say(t.fake, ":s CAP * NAK :");
    fake_expect_sent(t.fake, "CAP END");
    fake_expect_nothing_sent(t.fake);
    transcript_close(&t);
}

/* One comes before its request is answered, one goes. */
static void
test_caps_change_while_registering(void)
{
    struct transcript t = {0};

    open_with(&t, "");
    fake_net_say(t.fake, ":s CAP * LS :batch");
    fake_expect_sent(t.fake, "CAP REQ batch");
    fake_net_say(t.fake, ":s CAP * NEW :server-time");
    fake_expect_sent(t.fake, "CAP REQ server-time");
    fake_net_say(t.fake, ":s CAP * DEL :batch");
    fake_net_say(t.fake, ":s CAP * NAK :batch");
    fake_expect_nothing_sent(t.fake);
    fake_net_say(t.fake, ":s CAP * ACK :server-time");
    fake_expect_sent(t.fake, "CAP END");
    transcript_close(&t);
}

/* Echoes or labels are taken away while messages are on their way: each is settled once. */
static void
test_proof_taken_away(void)
{
    static const char *const rows[] = {"echo-message", "labeled-response", "batch",
                                       "labeled-response echo-message"};

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct transcript t = {0};
        transcript_online(&t, "", MODERN);
        transcript_in_channel(&t, "#lab");
        transcript_send(&t, "#lab", MESSAGE_TEXT, "one", "k1");
        transcript_send(&t, "#lab", MESSAGE_TEXT, "two", "k2");
        const char *sent = g_queue_peek_head(&t.fake->sent);
        g_autofree char *one = g_strndup(sent + strlen("@label="), strcspn(sent, " ") - 7);
        fake_expect_sent(t.fake, "@label=* PRIVMSG #lab one");
        sent = g_queue_peek_head(&t.fake->sent);
        g_autofree char *two = g_strndup(sent + strlen("@label="), strcspn(sent, " ") - 7);
        fake_expect_sent(t.fake, "@label=* PRIVMSG #lab two");
        fake_net_say(t.fake, ":s CAP kai DEL :%s", rows[i]);
        fake_expect_sent(t.fake, "PING w*");
        fake_expect_sent(t.fake, "PING w*");
        fake_expect_nothing(t.fake);
        /* The first was read before: its echo comes as it did. */
        fake_net_say(t.fake, "@label=%s;msgid=m1 :kai!k@host PRIVMSG #lab :one", one);
        fake_net_say(t.fake, ":s PONG s %s", one);
        fake_net_say(t.fake, ":s PONG s %s", two);
        g_assert_cmpuint(fake_count(t.fake, "done 1 m1"), ==, 1);
        g_assert_cmpuint(fake_count(t.fake, "done 2 -"), ==, 1);
        g_assert_cmpuint(fake_count(t.fake, "done *"), ==, 2);
        g_assert_cmpuint(fake_count(t.fake, "* text #lab <kai> one *"), ==, 1);
        transcript_close(&t);
    }
}

/* Echoes and labels come while a message is on its way: the server echoes what it reads after that,
 * without the label that it did not get. */
static void
test_proof_comes(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", "message-tags server-time cap-notify");
    transcript_in_channel(&t, "#lab");
    fake_net_say(t.fake, ":s CAP kai NEW :batch labeled-response echo-message");
    transcript_send(&t, "#lab", MESSAGE_TEXT, "one", "k1");
    g_assert_true(fake_skip_sent_to(t.fake, "PRIVMSG #lab one"));
    g_autofree char *token = g_strdup((const char *)g_queue_peek_head(&t.fake->sent) + 5);
    fake_expect_sent(t.fake, "PING w*");
    fake_net_say(t.fake, ":s CAP kai ACK :batch labeled-response echo-message");
    fake_net_say(t.fake, "@msgid=m1 :kai!k@host PRIVMSG #lab :one");
    fake_net_say(t.fake, ":s PONG s %s", token);
    g_assert_true(fake_skip_to(t.fake, "echo text #lab <kai> one id=m1 key=k1 own*"));
    fake_expect(t.fake, "done 1 m1");
    /* With labels, what has none was said by another client of ours. */
    transcript_send(&t, "#lab", MESSAGE_TEXT, "two", "k2");
    fake_net_say(t.fake, "@msgid=m2 :kai!k@host PRIVMSG #lab :two");
    fake_expect(t.fake, "live text #lab <kai> two id=m2 own*");
    transcript_close(&t);
}

/* --- SASL
 * -------------------------------------------------------------------------------------------- */

static void
test_next_mechanism(void)
{
    struct transcript t = {0};

    open_with(&t, REQUIRED);
    offer(&t, "SCRAM-SHA-256,PLAIN");
    fake_expect_sent(t.fake, "AUTHENTICATE SCRAM-SHA-256");
    fake_net_say(t.fake, ":s 908 kai EXTERNAL,PLAIN :are available SASL mechanisms");
    fake_net_say(t.fake, ":s 904 kai :SASL authentication failed");
    log_in_plain(&t);
    fake_expect_sent(t.fake, "CAP END");
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

/* A refused password is not told again in a weaker way, whatever the server has besides. */
static void
test_no_weaker_mechanism(void)
{
    struct transcript t = {0};

    open_with(&t, REQUIRED);
    offer(&t, "SCRAM-SHA-256,PLAIN");
    fake_expect_sent(t.fake, "AUTHENTICATE SCRAM-SHA-256");
    fake_net_say(t.fake, "AUTHENTICATE +");
    fake_forget(t.fake);
    fake_net_say(t.fake, ":s 904 kai :SASL authentication failed");
    fake_expect_nothing_sent(t.fake);
    fake_expect(t.fake, "lost auth: *refused the login as \"kai\"*");
    transcript_close(&t);
}

static void
test_only_the_configured_mechanism(void)
{
    struct transcript t = {0};

    open_with(&t, REQUIRED "sasl = scram-sha-256\n");
    offer(&t, "SCRAM-SHA-256");
    fake_expect_sent(t.fake, "AUTHENTICATE SCRAM-SHA-256");
    fake_net_say(t.fake, ":s 908 kai PLAIN :are available SASL mechanisms");
    fake_net_say(t.fake, ":s 904 kai :SASL authentication failed");
    fake_expect_nothing_sent(t.fake);
    fake_expect(t.fake, "lost unsupported: *no way to log in*");
    transcript_close(&t);
}

/* The certificate is not known yet: the password is another thing. */
static void
test_certificate_then_password(void)
{
    struct transcript t = {0};

    open_with(&t, REQUIRED "tls_cert = kai.pem\n");
    offer(&t, "PLAIN,EXTERNAL");
    fake_expect_sent(t.fake, "AUTHENTICATE EXTERNAL");
    fake_net_say(t.fake, "AUTHENTICATE +");
    fake_expect_sent(t.fake, "AUTHENTICATE +");
    fake_net_say(t.fake, ":s 904 kai :SASL authentication failed");
    log_in_plain(&t);
    fake_expect_sent(t.fake, "CAP END");
    transcript_close(&t);
}

static void
test_refusals_by_numeric(void)
{
    static const struct {
        const char *line;
        const char *lost;
    } rows[] = {
        {":s 902 kai :You must use a nick assigned to you", "lost auth: *nick assigned*"},
        {":s 904 kai :SASL authentication failed", "lost auth: *authentication failed*"},
        {":s 905 kai :SASL message too long", "lost auth: *too long*"},
        {":s 906 kai :SASL authentication aborted", "lost closed: *half-way*"},
        {":s 907 kai :You have already authenticated", "lost protocol: *not as whom*"},
        {":s 904", "lost auth: *no reason*"},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct transcript t = {0};
        open_with(&t, REQUIRED);
        offer(&t, "PLAIN");
        fake_net_say(t.fake, "AUTHENTICATE +");
        fake_net_say(t.fake, "%s", rows[i].line);
        fake_expect(t.fake, rows[i].lost);
        transcript_close(&t);
    }
}

static void
test_out_of_order(void)
{
    struct transcript t = {0};

    open_with(&t, REQUIRED);
    fake_net_say(t.fake, "AUTHENTICATE +");
    fake_net_say(t.fake, ":s 903 kai :ok");
    fake_net_say(t.fake, ":s 908 kai");
    fake_net_say(t.fake, "AUTHENTICATE");
    fake_expect_nothing_sent(t.fake);
    fake_expect_nothing(t.fake);
    offer(&t, "PLAIN");
    log_in_plain(&t);
    fake_net_say(t.fake, "AUTHENTICATE +");
    fake_net_say(t.fake, ":s 904 kai :late");
    fake_expect_sent(t.fake, "CAP END");
    fake_expect_nothing_sent(t.fake);
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

/* What the client's first SCRAM message said: its nonce. */
static char *
nonce_of(const char *line)
{
    gsize len;
    g_autofree char *text = (char *)g_base64_decode(line + strlen("AUTHENTICATE "), &len);
    g_autofree char *first = g_strndup(text, len);

    return g_strdup(strstr(first, "r=") + 2);
}

/* The server's challenge fills a chunk to the last byte; our answer needs two. */
static void
test_chunk_edges_inwards(void)
{
    struct transcript t = {0};

    open_with(&t, REQUIRED);
    offer(&t, "SCRAM-SHA-256");
    fake_net_say(t.fake, "AUTHENTICATE +");
    fake_expect_sent(t.fake, "AUTHENTICATE SCRAM-SHA-256");
    g_autofree char *nonce = nonce_of(g_queue_peek_head(&t.fake->sent));
    fake_expect_sent(t.fake, "AUTHENTICATE biws*");
    g_autofree char *head = g_strdup_printf("r=%s", nonce);
    const char *tail = ",s=c2FsdHNhbHQ=,i=4096";
    g_autofree char *pad = g_strnfill(300 - strlen(head) - strlen(tail), 'x');
    g_autofree char *challenge = g_strconcat(head, pad, tail, NULL);
    g_autofree char *base64 = g_base64_encode((const guchar *)challenge, strlen(challenge));
    g_assert_cmpuint(strlen(base64), ==, 400);
    fake_net_say(t.fake, "AUTHENTICATE %s", base64);
    fake_expect_nothing_sent(t.fake);
    fake_net_say(t.fake, "AUTHENTICATE +");
    fake_expect_sent(t.fake, "AUTHENTICATE ??*");
    fake_expect_sent(t.fake, "AUTHENTICATE ??*");
    fake_expect_nothing_sent(t.fake);
    transcript_close(&t);
}

/* InspIRCd takes SASL away and offers it again at once when services link. */
static void
test_service_goes_and_comes(void)
{
    struct transcript t = {0};

    open_with(&t, REQUIRED);
    offer(&t, "PLAIN");
    fake_expect_sent(t.fake, "AUTHENTICATE PLAIN");
    fake_net_say(t.fake, ":s CAP * DEL :sasl");
    fake_expect_nothing_sent(t.fake);
    fake_net_say(t.fake, ":s CAP * NEW :sasl=PLAIN");
    fake_expect_sent(t.fake, "CAP REQ sasl");
    fake_net_say(t.fake, ":s CAP * ACK :sasl");
    log_in_plain(&t);
    fake_expect_sent(t.fake, "CAP END");
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

static void
test_service_goes_for_good(void)
{
    struct transcript t = {0};

    open_with(&t, REQUIRED);
    offer(&t, "PLAIN");
    fake_net_say(t.fake, ":s CAP * DEL :sasl");
    fake_advance_s(t.fake, 15.1);
    g_assert_true(fake_skip_to(t.fake, "lost timeout: *"));
    transcript_close(&t);
}

/* Services come late, go with our login, and come back. */
static void
test_logs_in_again(void)
{
    struct transcript t = {0};

    open_with(&t, OPTIONAL "sasl = plain\n");
    transcript_register(&t, "batch");
    g_assert_true(fake_skip_to(t.fake, "say -: *no login by SASL*"));
    g_assert_true(fake_skip_sent_to(t.fake, "PRIVMSG NickServ *"));
    fake_net_say(t.fake, ":s 401 kai NickServ :No such nick");
    transcript_answer_sync(&t);
    fake_forget(t.fake);
    for (int i = 0; i < 2; i++) {
        fake_net_say(t.fake, ":s CAP kai NEW :sasl=PLAIN");
        fake_expect_sent(t.fake, "CAP REQ sasl");
        fake_net_say(t.fake, ":s CAP kai ACK :sasl");
        log_in_plain(&t);
        fake_expect_nothing_sent(t.fake);
        fake_net_say(t.fake, ":s CAP kai DEL :sasl");
        fake_net_say(t.fake, ":s 901 kai kai!k@h :You are now logged out");
        fake_expect_nothing_sent(t.fake);
    }
    /* Still logged in when it comes back: nothing to do. */
    fake_net_say(t.fake, ":s 900 kai kai!k@h kai :You are now logged in as kai");
    fake_net_say(t.fake, ":s CAP kai NEW :sasl=PLAIN");
    fake_expect_sent(t.fake, "CAP REQ sasl");
    fake_net_say(t.fake, ":s CAP kai ACK :sasl");
    fake_expect_nothing_sent(t.fake);
    transcript_close(&t);
}

/* A server that says nothing when its services come back is asked again by itself. */
static void
test_hangs_and_is_tried_later(void)
{
    struct transcript t = {0};

    open_with(&t, OPTIONAL);
    offer(&t, "PLAIN");
    fake_expect_sent(t.fake, "AUTHENTICATE PLAIN");
    fake_advance_s(t.fake, 15.1);
    fake_expect_sent(t.fake, "AUTHENTICATE ?");
    fake_expect_sent(t.fake, "CAP END");
    fake_net_say(t.fake, ":s 906 kai :SASL authentication aborted");
    fake_net_say(t.fake, ":s 001 kai :Welcome");
    fake_net_say(t.fake, ":s 376 kai :End of MOTD");
    transcript_answer_sync(&t);
    fake_forget(t.fake);
    fake_advance_s(t.fake, 61);
    g_assert_true(fake_skip_sent_to(t.fake, "AUTHENTICATE PLAIN"));
    fake_net_say(t.fake, "AUTHENTICATE +");
    fake_net_say(t.fake, ":s 903 kai :ok");
    fake_forget(t.fake);
    fake_advance_s(t.fake, 20);
    g_assert_false(fake_skip_sent_to(t.fake, "AUTHENTICATE*"));
    transcript_close(&t);
}

static void
test_required_says_what_to_do(void)
{
    struct transcript t = {0};

    open_with(&t, REQUIRED);
    fake_net_say(t.fake, ":s CAP * LS :batch");
    fake_net_say(t.fake, ":s CAP * ACK :batch");
    fake_expect(t.fake, "lost unsupported: *no login by SASL*sasl_required = no*login = nickserv*");
    transcript_close(&t);
}

/* --- NickServ
 * ---------------------------------------------------------------------------------------- */

static void
open_to_nickserv(struct transcript *t, const char *more, const char *caps)
{
    open_with(t, more);
    transcript_register(t, caps);
    g_assert_true(fake_skip_sent_to(t->fake, "PRIVMSG NickServ :IDENTIFY kai secret"));
    fake_expect_nothing_sent(t->fake);
    fake_forget(t->fake);
}

static void
test_nickserv(void)
{
    static const char *const rows[] = {
        ":s 900 kai kai!k@h kai :You are now logged in as kai",
        ":NickServ!s@services NOTICE kai :You are now identified for \x02kai\x02.",
        ":NickServ MODE kai +ir",
        ":s 221 kai +r",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct transcript t = {0};
        open_to_nickserv(&t, REQUIRED "login = nickserv\njoin = #lab\n", MODERN " sasl");
        fake_net_say(t.fake, ":NickServ!s@services NOTICE kai :This nickname is registered. Please "
                             "choose a different one, or identify via /msg NickServ IDENTIFY.");
        fake_net_say(t.fake, "@label=x :kai!k@h PRIVMSG NickServ :IDENTIFY kai secret");
        fake_expect_nothing_sent(t.fake);
        fake_net_say(t.fake, "%s", rows[i]);
        fake_expect_sent(t.fake, "JOIN #lab");
        g_assert_cmpuint(fake_count(t.fake, "*secret*"), ==, 0);
        g_assert_cmpuint(fake_count(t.fake, "buffer nickserv *"), ==, 0);
        transcript_close(&t);
    }
}

static void
test_nickserv_refuses(void)
{
    struct transcript t = {0};

    open_to_nickserv(&t, REQUIRED "login = nickserv\n", NULL);
    fake_net_say(t.fake, ":NickServ!s@services NOTICE kai :Password incorrect.");
    g_assert_true(fake_skip_to(t.fake, "lost auth: NickServ refused*Password incorrect*"));
    transcript_close(&t);

    struct transcript u = {0};
    open_to_nickserv(&u, OPTIONAL "sasl = off\njoin = #lab\n", NULL);
    fake_net_say(u.fake, ":s 401 kai NickServ :No such nick");
    fake_expect(u.fake, "say -: NickServ refused the login: there is none here.");
    fake_expect_sent(u.fake, "JOIN #lab");
    transcript_close(&u);
}

/* Over a connection that anyone may read it is told nothing, whoever allowed such a connection. */
static void
test_nickserv_in_clear(void)
{
    struct transcript t = {.fake = fake_host_new(NOW_US)};

    t.fake->secret = g_strdup("secret");
    t.options = fake_options_new("server = irc.example\nnick = kai\ntls = off\n"
                                 "allow_plaintext = yes\npassword = x\nlogin = nickserv\n"
                                 "join = #lab\n");
    t.session = irc_driver.open(t.options, &t.fake->host, NULL);
    irc_driver.connect(t.session);
    fake_advance_s(t.fake, 0);
    fake_net_open(t.fake, false);
    transcript_register(&t, "batch draft/account-registration");
    g_assert_true(fake_skip_to(t.fake, "say -: The password is not told to NickServ*tls = on*"));
    g_assert_true(fake_skip_sent_to(t.fake, "JOIN #lab"));
    transcript_answer_sync(&t);
    for (const struct driver_command *row = irc_driver.commands; row->name; row++) {
        const char *const arguments[] = {"kai", "kai@coop.example", NULL};
        g_autoptr(GError) error = NULL;
        if (strcmp(row->name, "register") != 0 && strcmp(row->name, "oper") != 0)
            continue;
        g_assert_false(irc_driver.command(t.session, 9, row, NULL, arguments, &error));
        g_assert_nonnull(strstr(error->message, "not protected"));
    }
    transcript_close(&t);
}

/* No SASL here, and none is demanded: NickServ by itself. It says nothing: ten seconds. */
static void
test_nickserv_by_itself(void)
{
    struct transcript t = {0};

    open_to_nickserv(&t, OPTIONAL "join = #lab\n", "batch");
    fake_advance_s(t.fake, 9.9);
    fake_expect_nothing_sent(t.fake);
    fake_advance_s(t.fake, 0.2);
    fake_expect(t.fake, "say -: NickServ has not confirmed*");
    fake_expect_sent(t.fake, "JOIN #lab");
    transcript_close(&t);
}

void
test_login_add(void)
{
    g_test_add_func("/irc/caps/twice-and-taken-back", test_caps_twice_and_taken_back);
    g_test_add_func("/irc/caps/change-while-registering", test_caps_change_while_registering);
    g_test_add_func("/irc/caps/proof-taken-away", test_proof_taken_away);
    g_test_add_func("/irc/nickserv/in-clear", test_nickserv_in_clear);
    g_test_add_func("/irc/caps/proof-comes", test_proof_comes);
    g_test_add_func("/irc/login/next-mechanism", test_next_mechanism);
    g_test_add_func("/irc/login/no-weaker-mechanism", test_no_weaker_mechanism);
    g_test_add_func("/irc/login/only-the-configured", test_only_the_configured_mechanism);
    g_test_add_func("/irc/login/certificate-then-password", test_certificate_then_password);
    g_test_add_func("/irc/login/refusals-by-numeric", test_refusals_by_numeric);
    g_test_add_func("/irc/login/out-of-order", test_out_of_order);
    g_test_add_func("/irc/login/chunk-edges-inwards", test_chunk_edges_inwards);
    g_test_add_func("/irc/login/service-goes-and-comes", test_service_goes_and_comes);
    g_test_add_func("/irc/login/service-goes-for-good", test_service_goes_for_good);
    g_test_add_func("/irc/login/logs-in-again", test_logs_in_again);
    g_test_add_func("/irc/login/hangs-and-is-tried-later", test_hangs_and_is_tried_later);
    g_test_add_func("/irc/login/required-says-what-to-do", test_required_says_what_to_do);
    g_test_add_func("/irc/nickserv/confirms", test_nickserv);
    g_test_add_func("/irc/nickserv/refuses", test_nickserv_refuses);
    g_test_add_func("/irc/nickserv/by-itself", test_nickserv_by_itself);
}
