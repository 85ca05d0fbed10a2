/* From the connection to the end of the motd, and every way that goes wrong. */
#include <string.h>

#include "base/error.h"
#include "protocols/irc/irc.h"
#include "tests/drivers/irc/transcript.h"

static void
test_plain_server(void)
{
    struct transcript t = {0};

    transcript_open(&t, "");
    struct fake_host *fake = t.fake;
    transcript_connect(&t);
    fake_expect(fake, "state connecting");
    fake_expect(fake, "state login");
    fake_expect_sent(fake, "CAP LS 302");
    fake_expect_sent(fake, "NICK kai");
    fake_expect_sent(fake, "USER kai 0 * kai");
    fake_net_say(fake, ":irc.example NOTICE * :*** Looking up your hostname");
    fake_expect(fake, "say -: *Looking up*");
    fake_net_say(fake, "PING :abc");
    fake_expect_sent(fake, "PONG abc");
    transcript_register(&t, NULL);
    fake_expect(fake, "state catch-up");
    fake_expect(fake, "self kai kai -");
    g_assert_true(fake_skip_to(fake, "self kai kai TestNet"));
    fake_expect_sent(fake, "PING s*");
    fake_expect_nothing_sent(fake);
    g_assert_cmpuint(fake->caps & (CAP_ECHO | CAP_HISTORY), ==, 0);
    g_assert_cmpint(fake->limits.max_in_flight, ==, 1);
    transcript_close(&t);
}

static void
test_modern_server(void)
{
    struct transcript t = {0};

    transcript_online(&t, "flood_control = on\n", WITH_HISTORY);
    g_assert_cmpuint(t.fake->caps & (CAP_ECHO | CAP_HISTORY), ==, CAP_ECHO | CAP_HISTORY);
    g_assert_cmpint(t.fake->limits.max_in_flight, ==, 8);
    transcript_close(&t);

    t = (struct transcript){0};
    transcript_online(&t, "flood_control = off\n", WITH_HISTORY);
    g_assert_cmpint(t.fake->limits.max_in_flight, ==, 32);
    transcript_close(&t);
}

static void
open_to_caps(struct transcript *t)
{
    transcript_open(t, "");
    transcript_connect(t);
    fake_forget(t->fake);
}

static void
test_caps_in_many_lines(void)
{
    struct transcript t = {0};

    open_to_caps(&t);
    fake_net_say(t.fake, ":s CAP * LS * :batch echo-message");
    fake_expect_nothing_sent(t.fake);
    fake_net_say(t.fake, ":s CAP * LS :server-time sts=port=6697 unheard/of=1");
    fake_expect_sent(t.fake, "CAP REQ :server-time batch echo-message");
    fake_net_say(t.fake, ":s CAP kai ACK :echo-message batch server-time ");
    fake_expect_sent(t.fake, "CAP END");
    transcript_close(&t);
}

static void
test_cap_refused(void)
{
    struct transcript t = {0};

    open_to_caps(&t);
    fake_net_say(t.fake, ":s CAP * LS :batch server-time");
    fake_expect_sent(t.fake, "CAP REQ :server-time batch");
    fake_net_say(t.fake, ":s CAP * NAK :server-time ba");
    fake_expect_sent(t.fake, "CAP REQ server-time");
    fake_expect_sent(t.fake, "CAP REQ batch");
    fake_net_say(t.fake, ":s CAP * NAK :server-time");
    fake_expect_nothing_sent(t.fake);
    fake_net_say(t.fake, ":s CAP * ACK :batch");
    fake_expect_sent(t.fake, "CAP END");
    fake_expect_nothing_sent(t.fake);
    transcript_close(&t);
}

static void
test_caps_acknowledged_in_parts(void)
{
    struct transcript t = {0};

    open_to_caps(&t);
    fake_net_say(t.fake, ":s CAP * LS :batch server-time");
    fake_expect_sent(t.fake, "CAP REQ *");
    fake_net_say(t.fake, ":s CAP * ACK :batch");
    fake_expect_nothing_sent(t.fake);
    fake_net_say(t.fake, ":s CAP * ACK :server-time");
    fake_expect_sent(t.fake, "CAP END");
    transcript_close(&t);
}

/* `more`: besides the password. */
static void
open_with_password(struct transcript *t, const char *password, const char *more)
{
    g_autofree char *text = g_strconcat(
        "server = localhost\nnick = kai\npassword = x\nflood_control = off\n", more, NULL);

    t->fake = fake_host_new(NOW_US);
    t->fake->secret = g_strdup(password);
    t->options = fake_options_new(text);
    t->session = irc_driver.open(t->options, &t->fake->host, NULL);
    g_assert_nonnull(t->session);
    transcript_connect(t);
    fake_forget(t->fake);
}

#define REQUIRED "sasl_required = yes"
#define OPTIONAL "sasl_required = no"

static void
offer_login(struct transcript *t, const char *mechanisms)
{
    fake_net_say(t->fake, ":s CAP * LS :sasl=%s", mechanisms);
    fake_expect_sent(t->fake, "CAP REQ sasl");
    fake_net_say(t->fake, ":s CAP * ACK :sasl");
}

static void
test_plain_login(void)
{
    struct transcript t = {0};

    open_with_password(&t, "secret", REQUIRED);
    offer_login(&t, "PLAIN");
    fake_expect_sent(t.fake, "AUTHENTICATE PLAIN");
    fake_net_say(t.fake, "AUTHENTICATE :+");
    fake_expect_sent(t.fake, "AUTHENTICATE AGthaQBzZWNyZXQ=");
    fake_expect_nothing_sent(t.fake);
    fake_net_say(t.fake, ":s 900 kai kai!k@h kai :You are now logged in as kai");
    fake_net_say(t.fake, ":s 903 kai :SASL authentication successful");
    fake_expect_sent(t.fake, "CAP END");
    transcript_close(&t);
}

/* Exactly 400 bytes of base64 need an empty chunk after them; so do 800. */
static void
test_login_in_chunks(void)
{
    static const struct {
        size_t password;
        unsigned chunks;
        bool empty;
    } rows[] = {{295, 1, true}, {296, 2, false}, {595, 2, true}, {10, 1, false}};

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct transcript t = {0};
        g_autofree char *password = g_strnfill(rows[i].password, 'p');
        open_with_password(&t, password, REQUIRED);
        offer_login(&t, "PLAIN");
        fake_expect_sent(t.fake, "AUTHENTICATE PLAIN");
        fake_net_say(t.fake, "AUTHENTICATE +");
        for (unsigned j = 0; j < rows[i].chunks; j++)
            fake_expect_sent(t.fake, "AUTHENTICATE ??*");
        if (rows[i].empty)
            fake_expect_sent(t.fake, "AUTHENTICATE +");
        fake_expect_nothing_sent(t.fake);
        transcript_close(&t);
    }
}

static void
open_to_secret(struct transcript *t)
{
    t->fake = fake_host_new(NOW_US);
    t->options = fake_options_new("server = localhost\nnick = kai\npassword = x\n");
    t->session = irc_driver.open(t->options, &t->fake->host, NULL);
    g_assert_nonnull(t->session);
}

/* Cut while the password is asked for: that answer never comes, and the next connection asks anew.
 */
static void
test_password_asked_again(void)
{
    struct transcript t = {0};

    open_to_secret(&t);
    t.fake->away = true;
    irc_driver.connect(t.session);
    fake_advance_s(t.fake, 0);
    irc_driver.disconnect(t.session, "");
    fake_advance_s(t.fake, 0);
    g_assert_true(fake_skip_to(t.fake, "lost cancelled: *"));
    t.fake->away = false;
    t.fake->secret = g_strdup("secret");
    transcript_connect(&t);
    fake_expect_sent(t.fake, "CAP LS 302");
    transcript_close(&t);
}

/* No back-off that asks again every few seconds. */
static void
test_password_not_given(void)
{
    struct transcript t = {0};

    open_to_secret(&t);
    t.fake->refuses = true;
    irc_driver.connect(t.session);
    fake_advance_s(t.fake, 0);
    g_assert_true(fake_skip_to(t.fake, "lost auth: *not given*"));
    transcript_close(&t);
}

static void
test_wrong_password(void)
{
    struct transcript t = {0};

    open_with_password(&t, "wrong", REQUIRED);
    offer_login(&t, "PLAIN");
    fake_net_say(t.fake, "AUTHENTICATE +");
    fake_net_say(t.fake, ":s 904 kai :SASL authentication failed");
    fake_expect(t.fake, "lost auth: *SASL authentication failed*");
    g_assert_null(t.fake->stream);
    transcript_close(&t);
}

static void
test_login_not_required(void)
{
    struct transcript t = {0};

    open_with_password(&t, "wrong", OPTIONAL);
    offer_login(&t, "PLAIN");
    fake_net_say(t.fake, "AUTHENTICATE +");
    fake_forget(t.fake);
    fake_net_say(t.fake, ":s 904 kai :SASL authentication failed");
    fake_expect(t.fake, "say -: *failed*");
    fake_expect_sent(t.fake, "CAP END");
    transcript_close(&t);
}

static void
test_login_times_out(void)
{
    struct transcript t = {0};

    open_with_password(&t, "secret", REQUIRED);
    offer_login(&t, "PLAIN");
    fake_advance_s(t.fake, 14.9);
    fake_expect_nothing(t.fake);
    fake_advance_s(t.fake, 0.2);
    fake_expect(t.fake, "lost timeout: *");
    transcript_close(&t);
}

static void
test_no_login_offered(void)
{
    struct transcript t = {0};

    open_with_password(&t, "secret", REQUIRED);
    fake_net_say(t.fake, ":s CAP * LS :batch");
    fake_net_say(t.fake, ":s CAP * ACK :batch");
    /* The network's services may only be away: this is tried again. */
    fake_expect(t.fake, "lost unsupported: *");
    transcript_close(&t);
}

static void
test_no_caps_but_login_wanted(void)
{
    struct transcript t = {0};

    open_with_password(&t, "secret", REQUIRED);
    fake_net_say(t.fake, ":s 421 * CAP :Unknown command");
    fake_net_say(t.fake, ":s 001 kai :Welcome");
    g_assert_true(fake_skip_to(t.fake, "lost unsupported: *"));
    transcript_close(&t);
}

static void
test_late_login(void)
{
    struct transcript t = {0};

    open_with_password(&t, "secret", OPTIONAL);
    transcript_register(&t, "batch");
    fake_forget(t.fake);
    fake_net_say(t.fake, ":s CAP kai DEL :sasl");
    fake_net_say(t.fake, ":s CAP kai NEW :sasl=EXTERNAL,PLAIN");
    fake_expect_sent(t.fake, "CAP REQ sasl");
    fake_net_say(t.fake, ":s CAP kai ACK :sasl");
    fake_expect_sent(t.fake, "AUTHENTICATE PLAIN");
    fake_net_say(t.fake, "AUTHENTICATE +");
    fake_expect_sent(t.fake, "AUTHENTICATE AGthaQBzZWNyZXQ=");
    fake_net_say(t.fake, ":s 903 kai :ok");
    fake_expect_nothing_sent(t.fake); /* no CAP END after the registration */
    transcript_close(&t);
}

/* A success before the server has proven itself is a lie. */
static void
test_scram_not_proven(void)
{
    struct transcript t = {0};

    open_with_password(&t, "secret", REQUIRED);
    offer_login(&t, "PLAIN,SCRAM-SHA-256");
    fake_expect_sent(t.fake, "AUTHENTICATE SCRAM-SHA-256");
    fake_net_say(t.fake, "AUTHENTICATE +");
    fake_expect_sent(t.fake, "AUTHENTICATE biws*");
    fake_net_say(t.fake, ":s 903 kai :come in");
    g_assert_true(fake_skip_to(t.fake, "lost auth: *did not prove*"));
    transcript_close(&t);
}

static void
test_server_password(void)
{
    struct transcript t = {.fake = fake_host_new(NOW_US)};

    t.fake->secret = g_strdup("kai/net:secret");
    transcript_open(&t, "server_password = x\n");
    transcript_connect(&t);
    fake_expect_sent(t.fake, "CAP LS 302");
    fake_expect_sent(t.fake, "PASS kai/net:secret");
    fake_expect_sent(t.fake, "NICK kai");
    fake_net_say(t.fake, ":s 464 kai :Password incorrect");
    g_assert_true(fake_skip_to(t.fake, "lost auth: *server password*"));
    transcript_close(&t);
}

static void
test_nick_taken(void)
{
    struct transcript t = {0};

    open_to_caps(&t);
    fake_net_say(t.fake, ":s 433 * kai :Nickname is already in use");
    fake_expect_sent(t.fake, "NICK kai_");
    fake_net_say(t.fake, ":s 433 * kai_ :Nickname is already in use");
    fake_expect_sent(t.fake, "NICK kai__");
    fake_net_say(t.fake, ":s 001 kai_ :Welcome");
    g_assert_true(fake_skip_to(t.fake, "self kai_ kai_ -"));
    fake_net_say(t.fake, ":s 433 kai_ kai :Nickname is already in use");
    fake_expect_nothing_sent(t.fake);
    transcript_close(&t);
}

static void
test_nick_refused(void)
{
    struct transcript t = {0};

    open_to_caps(&t);
    fake_net_say(t.fake, ":s 432 * kai :Erroneous nickname");
    fake_expect(t.fake, "lost bad-input: *");
    transcript_close(&t);
}

static void
test_errors_by_kind(void)
{
    static const struct {
        const char *text;
        const char *lost;
    } rows[] = {
        {"Closing Link: h (Throttled: Reconnecting too fast)", "lost rate-limited: *"},
        {"Closing Link: h (K-Lined: go away)", "lost rate-limited: *ten minutes*"},
        {"Closing Link: h (Ping timeout)", "lost closed: *Ping timeout*"},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct transcript t = {0};
        open_to_caps(&t);
        fake_net_say(t.fake, "ERROR :%s", rows[i].text);
        fake_expect(t.fake, rows[i].lost);
        transcript_close(&t);
    }
}

static void
test_silence(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    fake_advance_s(t.fake, 59);
    fake_expect_nothing_sent(t.fake);
    fake_advance_s(t.fake, 7);
    fake_expect_sent(t.fake, "PING weft-alive");
    fake_net_say(t.fake, ":s PONG s weft-alive");
    fake_advance_s(t.fake, 66);
    fake_expect_sent(t.fake, "PING weft-alive");
    fake_expect_nothing_sent(t.fake);
    fake_expect_nothing(t.fake);
    fake_advance_s(t.fake, 31);
    fake_expect(t.fake, "lost timeout: *silent*");
    transcript_close(&t);
}

/* R14: while core wants no more, the silence is ours; afterwards the server's counts again. */
static void
test_paused(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    irc_driver.pause(t.session, true);
    fake_expect(t.fake, "reads no more");
    fake_advance_s(t.fake, 300);
    fake_expect_nothing_sent(t.fake);
    irc_driver.pause(t.session, false);
    fake_expect(t.fake, "reads again");
    fake_advance_s(t.fake, 66);
    fake_expect_sent(t.fake, "PING weft-alive");
    fake_advance_s(t.fake, 31);
    fake_expect(t.fake, "lost timeout: *silent*");
    irc_driver.pause(t.session, true); /* in any state */
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

static void
test_never_registers(void)
{
    struct transcript t = {0};

    open_to_caps(&t);
    for (int i = 0; i < 6; i++) {
        fake_advance_s(t.fake, 9.9);
        fake_net_say(t.fake, ":s NOTICE * :wait");
    }
    fake_forget(t.fake);
    fake_advance_s(t.fake, 1);
    fake_expect(t.fake, "lost timeout: *60 seconds*");
    transcript_close(&t);
}

static void
test_goodbye(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    irc_driver.disconnect(t.session, "good night\r\nJOIN #x");
    fake_expect_sent(t.fake, "QUIT :good night  JOIN #x");
    fake_net_say(t.fake, "ERROR :Closing Link");
    fake_expect(t.fake, "lost cancelled: *");
    /* A server that says nothing. */
    transcript_connect(&t);
    transcript_register(&t, MODERN);
    irc_driver.disconnect(t.session, NULL);
    fake_forget(t.fake);
    fake_advance_s(t.fake, 1.6);
    fake_expect(t.fake, "lost cancelled: *");
    /* Before the stream is up. */
    irc_driver.connect(t.session);
    irc_driver.disconnect(t.session, NULL);
    fake_forget(t.fake);
    fake_advance_s(t.fake, 0);
    fake_expect(t.fake, "lost cancelled: *");
    transcript_close(&t);
}

static void
test_starttls(void)
{
    struct transcript t = {.fake = fake_host_new(NOW_US)};
    struct stream_info secure = {"127.0.0.1:6667", true, "TLS 1.3"};

    t.options = fake_options_new("server = irc.example\nnick = kai\ntls = starttls");
    t.session = irc_driver.open(t.options, &t.fake->host, NULL);
    irc_driver.connect(t.session);
    fake_advance_s(t.fake, 0);
    fake_net_open(t.fake, false);
    fake_expect_sent(t.fake, "STARTTLS");
    fake_expect_nothing_sent(t.fake);
    /* Someone in between offers things in clear. */
    fake_net_say(t.fake, ":s CAP * LS :sasl=PLAIN");
    fake_expect_nothing_sent(t.fake);
    fake_net_say(t.fake, ":s 670 * :go ahead\r\n:s CAP * LS :batch");
    g_assert_true(fake_skip_to(t.fake, "starttls"));
    fake_expect_nothing_sent(t.fake);
    fake_net_secured(t.fake, &secure);
    fake_expect_sent(t.fake, "CAP LS 302");
    transcript_close(&t);
}

static void
test_options_refused(void)
{
    static const char *const rows[] = {
        "nick = kai",
        "server = irc.example",
        "server = irc.example\nnick = k ai",
        "server = irc.example:99999\nnick = kai",
        "server = irc.example:x\nnick = kai",
        "server = [::1\nnick = kai",
        "server = irc.example\nnick = kai\ntls = off",
        "server = irc.example\nnick = kai\nsasl = external",
        "server = irc.example\nnick = kai\njoin = #a,#b",
        "server = irc.example\nnick = kai\nperform = PRIVMSG NickServ :IDENTIFY soup",
        "server = irc.example\nnick = kai\nperform = OPER kai soup",
        "server = irc.example\nnick = kai\nperform =",
        "server = irc.example\nnick = kai\ncharset = utf-16",
        "server = irc.example\nnick = kai\ncharset = klingon",
    };
    struct fake_host *fake = fake_host_new(NOW_US);

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct options *options = fake_options_new(rows[i]);
        g_autoptr(GError) error = NULL;
        g_assert_null(irc_driver.open(options, &fake->host, &error));
        g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
        fake_options_free(options);
    }
    fake_host_free(fake);
}

/* What the person wants said each time, in its order, before the channels. */
static void
test_perform(void)
{
    struct transcript t = {0};

    transcript_open(&t,
                    "join = #lab\nperform = MODE $nick +x\nperform = PRIVMSG bot :hello $nick\n");
    transcript_connect(&t);
    transcript_register(&t, MODERN);
    g_assert_true(fake_skip_sent_to(t.fake, "MODE kai +x"));
    fake_expect_sent(t.fake, "PRIVMSG bot :hello kai");
    fake_expect_sent(t.fake, "JOIN #lab");
    transcript_close(&t);
}

/* Lines of other days and countries. */
static void
test_charset(void)
{
    struct transcript t = {0};

    transcript_online(&t, "charset = koi8-r\n", MODERN);
    transcript_in_channel(&t, "#lab");
    fake_net_say(t.fake, ":maria!m@h PRIVMSG #lab :\xf3\xd5\xd0?");
    fake_expect(t.fake, "live text #lab <maria> Суп? *");
    fake_net_say(t.fake, ":maria!m@h PRIVMSG #lab :Суп, et café");
    fake_expect(t.fake, "live text #lab <maria> Суп, et café*");
    transcript_send(&t, "#lab", MESSAGE_TEXT, "Суп", "k1");
    g_assert_true(fake_skip_sent_to(t.fake, "* PRIVMSG #lab Суп"));
    transcript_close(&t);
}

/* The table: an operation that is there has its bit, one that is not has none. */
static void
test_table(void)
{
    const struct driver *d = &irc_driver;
    const struct {
        bool there;
        unsigned bit;
    } rows[] = {
        {d->send, CAP_SEND},
        {d->edit, CAP_EDIT},
        {d->delete_, CAP_DELETE},
        {d->react, CAP_REACT},
        {d->typing, CAP_TYPING},
        {d->mark_read, CAP_MARK_READ},
        {d->history, CAP_HISTORY},
        {d->thread, CAP_THREADS},
        {d->follow, CAP_FOLLOW},
        {d->mark_thread_read, CAP_FOLLOW},
        {d->search, CAP_SEARCH},
        {d->upload, CAP_UPLOAD},
        {d->download, CAP_DOWNLOAD},
        {d->join, CAP_JOIN},
        {d->leave, CAP_LEAVE},
        {d->create, CAP_CREATE},
        {d->open_dm, CAP_OPEN_DM},
        {d->members, CAP_MEMBERS},
        {d->user_info, CAP_USER_INFO},
        {d->set_topic, CAP_SET_TOPIC},
        {d->set_presence, CAP_PRESENCE},
        {d->pin, CAP_PIN},
        {d->raw, CAP_RAW},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpint(rows[i].there, ==, (d->caps & rows[i].bit) != 0);
    g_assert_cmpint(d->limits.max_in_flight, >=, 1);
}

void
test_register_add(void)
{
    g_test_add_func("/irc/register/table", test_table);
    g_test_add_func("/irc/register/plain-server", test_plain_server);
    g_test_add_func("/irc/register/modern-server", test_modern_server);
    g_test_add_func("/irc/register/caps-in-many-lines", test_caps_in_many_lines);
    g_test_add_func("/irc/register/cap-refused", test_cap_refused);
    g_test_add_func("/irc/register/caps-in-parts", test_caps_acknowledged_in_parts);
    g_test_add_func("/irc/register/plain-login", test_plain_login);
    g_test_add_func("/irc/register/login-in-chunks", test_login_in_chunks);
    g_test_add_func("/irc/register/password-asked-again", test_password_asked_again);
    g_test_add_func("/irc/register/password-not-given", test_password_not_given);
    g_test_add_func("/irc/register/R6-wrong-password", test_wrong_password);
    g_test_add_func("/irc/register/login-not-required", test_login_not_required);
    g_test_add_func("/irc/register/login-times-out", test_login_times_out);
    g_test_add_func("/irc/register/no-login-offered", test_no_login_offered);
    g_test_add_func("/irc/register/no-caps-login-wanted", test_no_caps_but_login_wanted);
    g_test_add_func("/irc/register/late-login", test_late_login);
    g_test_add_func("/irc/register/scram-not-proven", test_scram_not_proven);
    g_test_add_func("/irc/register/server-password", test_server_password);
    g_test_add_func("/irc/register/nick-taken", test_nick_taken);
    g_test_add_func("/irc/register/nick-refused", test_nick_refused);
    g_test_add_func("/irc/register/errors-by-kind", test_errors_by_kind);
    g_test_add_func("/irc/register/R3-silence", test_silence);
    g_test_add_func("/irc/register/R14-paused", test_paused);
    g_test_add_func("/irc/register/never-registers", test_never_registers);
    g_test_add_func("/irc/register/goodbye", test_goodbye);
    g_test_add_func("/irc/register/starttls", test_starttls);
    g_test_add_func("/irc/register/options-refused", test_options_refused);
    g_test_add_func("/irc/register/perform", test_perform);
    g_test_add_func("/irc/register/charset", test_charset);
}
