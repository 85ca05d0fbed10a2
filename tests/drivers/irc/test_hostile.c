/* A server that does what it likes. */
#include <string.h>

#include "base/error.h"
#include "protocols/irc/irc.h"
#include "tests/drivers/irc/transcript.h"

static void
test_one_byte_at_a_time(void)
{
    static const char text[] = ":maria!m@h PRIVMSG #lab :one\r\n\r\n:maria!m@h PRIVMSG #lab :two\n";
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    transcript_in_channel(&t, "#lab");
    for (size_t i = 0; i < strlen(text); i++)
        fake_net_bytes(t.fake, text + i, 1);
    fake_expect(t.fake, "live text #lab <maria> one cursor");
    fake_expect(t.fake, "live text #lab <maria> two cursor");
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

static void
test_line_without_end(void)
{
    struct transcript t = {0};
    g_autofree char *much = g_strnfill(100 * 1024, 'x');

    transcript_online(&t, "", MODERN);
    transcript_in_channel(&t, "#lab");
    fake_net_bytes(t.fake, ":maria!m@h PRIVMSG #lab :", 25);
    for (int i = 0; i < 10; i++)
        fake_net_bytes(t.fake, much, strlen(much));
    fake_net_bytes(t.fake, "\r\n", 2);
    fake_expect_nothing(t.fake);
    fake_net_say(t.fake, ":maria!m@h PRIVMSG #lab :short");
    fake_expect(t.fake, "live text #lab <maria> short cursor");
    transcript_close(&t);
}

static void
test_cut_in_mid_line(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    transcript_in_channel(&t, "#lab");
    fake_net_bytes(t.fake, ":maria!m@h PRIVMSG #lab :half a mess", 36);
    fake_net_end(t.fake);
    fake_expect(t.fake, "lost closed: *");
    transcript_connect(&t);
    fake_forget(t.fake);
    fake_net_say(t.fake, "age\r\n:irc.example NOTICE * :clean");
    fake_expect(t.fake, "say -: clean");
    transcript_close(&t);
}

static void
test_deaf_server(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    t.fake->deaf = true;
    transcript_send(&t, "maria", MESSAGE_TEXT, "hello", "k");
    fake_expect_nothing(t.fake); /* never from inside the call */
    fake_advance_s(t.fake, 0);
    fake_expect(t.fake, "failed 1 closed: *");
    fake_expect(t.fake, "lost io: *");
    transcript_close(&t);
}

/* Every message with each parameter absent, empty, or something else than it should be. */
static const char *const commands[] = {
    "PRIVMSG",     "NOTICE",  "JOIN",         "PART", "KICK",    "QUIT", "NICK",
    "TOPIC",       "MODE",    "INVITE",       "CAP",  "PING",    "PONG", "BATCH",
    "ACCOUNT",     "AWAY",    "AUTHENTICATE", "FAIL", "CHGHOST", "ACK",  "TAGMSG",
    "CHATHISTORY", "SETNAME", "WALLOPS",      "x",    "9",       "NOTE",
};
static const char *const words[] = {
    "",
    ":",
    "kai",
    "maria",
    "#lab",
    "#LAB,#ops",
    "*",
    "LS",
    "ACK",
    "NAK",
    "NEW",
    "DEL",
    "+b",
    "-b",
    "+ovbklq-ovbklq",
    "chathistory",
    "labeled-response",
    "netsplit",
    "sasl echo-message batch",
    "@#lab",
    "@+kai!k@h",
    "\x01"
    "ACTION",
    "\x03"
    "1,",
    "w1",
    "s1",
    "h1",
    "PREFIX=(",
    "PREFIX=(ov",
    "CHANMODES=,,",
    "-PREFIX",
    "TARGETS",
    "CASEMAPPING=rfc1459",
    "CHANTYPES=",
    "STATUSMSG=#",
    "draft/chathistory-targets",
    "CHATHISTORY",
    "\xff\xfe",
    "STARTTLS",
    "0",
    "99999999999999999999",
    "#lab #ops",
    "=",
    "kai!k",
    "k@",
    "+",
};
static const char *const sources[] = {
    "",    ":kai!k@host ", ":maria!m@h ", ":irc.example ",
    ":! ", ":@ ",          ": ",          ":HistServ!HistServ@localhost "};
static const char *const tags[] = {
    "",
    "@batch=b ",
    "@label=w1 ",
    "@time=2026-08-20T10:11:12.345Z;msgid=x ",
    "@time=9999-99-99T;msgid ",
    "@batch=b;account ",
    "@;=;;=x ",
    "@label=h1;batch=b ",
    "@time=2150-01-01T00:00:00Z ",
};

#define PICK(rand, list) list[g_rand_int_range(rand, 0, G_N_ELEMENTS(list))]

static char *
random_line(GRand *rand)
{
    GString *line = g_string_new(NULL);
    int n = g_rand_int_range(rand, 0, 7);

    g_string_append(line, PICK(rand, tags));
    g_string_append(line, PICK(rand, sources));
    if (g_rand_int_range(rand, 0, 3) == 0)
        g_string_append_printf(line, "%03d", g_rand_int_range(rand, 0, 1000));
    else
        g_string_append(line, PICK(rand, commands));
    for (int i = 0; i < n; i++)
        g_string_append_printf(line, " %s%s", i + 1 == n ? ":" : "", PICK(rand, words));
    g_string_append(line, "\r\n");
    return g_string_free(line, FALSE);
}

static void
random_request(struct transcript *t, GRand *rand)
{
    struct buffer *buffer = transcript_buffer(g_rand_boolean(rand) ? "#lab" : "maria");
    struct rich *body = rich_new("soup?", -1);
    struct send_request send = {.buffer = buffer, .kind = MESSAGE_TEXT, .body = body, .key = "k"};
    struct history_request history = {.buffer = buffer, .limit = 10};

    switch (g_rand_int_range(rand, 0, 7)) {
    case 0:
        irc_driver.send(t->session, ++t->last_op, &send, NULL);
        break;
    case 1:
        irc_driver.history(t->session, ++t->last_op, &history, NULL);
        break;
    case 2:
        irc_driver.join(t->session, ++t->last_op, NULL, "#lab", NULL, NULL);
        break;
    case 3:
        irc_driver.leave(t->session, ++t->last_op, buffer, NULL, NULL);
        break;
    case 4:
        irc_driver.op_cancel(t->session, (op_id)g_rand_int_range(rand, 1, 100));
        break;
    case 5:
        irc_driver.user_info(t->session, ++t->last_op, buffer, "maria", NULL);
        break;
    default:
        irc_driver.members(t->session, ++t->last_op, buffer, NULL);
    }
    rich_free(body);
    buffer_free(buffer);
}

static void
one_life(GRand *rand, int lines)
{
    struct transcript t = {.fake = fake_host_new(NOW_US)};

    t.fake->secret = g_strdup("secret");
    t.options =
        fake_options_new("server = localhost\nnick = kai\npassword = x\nsasl_required = no\n"
                         "join = #lab\nflood_control = off");
    t.session = irc_driver.open(t.options, &t.fake->host, NULL);
    for (int i = 0; i < lines; i++) {
        if (!t.fake->stream) {
            fake_advance_s(t.fake, 0);
            irc_driver.connect(t.session);
            fake_advance_s(t.fake, 0);
            fake_net_open(t.fake, true);
            fake_net_say(t.fake, ":irc.example CAP * LS :" WITH_HISTORY);
            fake_net_say(t.fake, ":irc.example CAP * ACK :" WITH_HISTORY);
            fake_net_say(t.fake, ":irc.example 001 kai :Welcome");
            if (t.fake->stream)
                fake_net_say(t.fake, ":irc.example 422 kai :none");
            fake_forget(t.fake);
        }
        g_autofree char *line = random_line(rand);
        if (t.fake->stream)
            fake_net_bytes(t.fake, line, strlen(line));
        random_request(&t, rand);
        fake_advance_s(t.fake, g_rand_int_range(rand, 0, 20) == 0 ? 31 : 0.01);
        if (g_rand_int_range(rand, 0, 200) == 0 && t.fake->stream)
            fake_net_end(t.fake);
        t.fake->quiet = true;
    }
    transcript_close(&t);
}

static void
test_random_lines(void)
{
    GRand *rand = g_rand_new_with_seed((guint32)g_test_rand_int());

    for (int i = 0; i < 20; i++)
        one_life(rand, 1000);
    g_rand_free(rand);
}

static void
test_limits(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    transcript_in_channel(&t, "#lab");
    t.fake->quiet = true;
    for (int i = 0; i < 200; i++)
        fake_net_say(t.fake, ":s BATCH +%d chathistory #lab", i);
    for (int i = 0; i < 5000; i++)
        fake_net_say(t.fake, "@batch=0 :maria!m@h PRIVMSG #lab :x");
    for (int i = 0; i < 30000; i++)
        fake_net_say(t.fake, ":m%d!m@h PRIVMSG kai :spam", i);
    g_assert_cmpuint(g_hash_table_size(t.fake->known), <=, 20001);
    t.fake->emitted = 0;
    fake_net_say(t.fake, ":s BATCH -0");
    g_assert_cmpuint(t.fake->emitted, ==, 2000);
    t.fake->quiet = false;
    fake_net_say(t.fake, ":maria!m@h PRIVMSG #lab :still here");
    fake_expect(t.fake, "live text #lab <maria> still here cursor");
    transcript_close(&t);
}

/* An earlier server had more ranks than this one. */
static void
test_prefix_shrinks(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    transcript_in_channel(&t, "#lab");
    fake_net_say(t.fake, ":s 005 kai PREFIX=(o)@ :are supported");
    fake_net_say(t.fake, ":s MODE #lab +ov maria maria");
    g_assert_true(fake_skip_to(t.fake, "member #lab @maria"));
    fake_net_say(t.fake, ":s 005 kai PREFIX= :are supported");
    fake_net_say(t.fake, ":s 353 kai = #lab :kai @maria");
    fake_net_say(t.fake, ":s 366 kai #lab :End");
    g_assert_true(fake_skip_to(t.fake, "members #lab @maria kai"));
    transcript_close(&t);
}

static void
test_clock(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    transcript_in_channel(&t, "#lab");
    fake_net_say(t.fake, "@time=2199-01-01T00:00:00.000Z :maria!m@h PRIVMSG #lab :from the future");
    g_assert_true(fake_skip_to(t.fake, "live text #lab <maria> from the future cursor"));
    g_assert_cmpint(g_ascii_strtoll(g_hash_table_lookup(t.fake->cursors, "#lab"), NULL, 10), <=,
                    NOW_US + 60 * G_USEC_PER_SEC);
    transcript_close(&t);
}

void
test_hostile_add(void)
{
    g_test_add_func("/irc/hostile/one-byte-at-a-time", test_one_byte_at_a_time);
    g_test_add_func("/irc/hostile/line-without-end", test_line_without_end);
    g_test_add_func("/irc/hostile/cut-in-mid-line", test_cut_in_mid_line);
    g_test_add_func("/irc/hostile/deaf-server", test_deaf_server);
    g_test_add_func("/irc/hostile/random-lines", test_random_lines);
    g_test_add_func("/irc/hostile/limits", test_limits);
    g_test_add_func("/irc/hostile/prefix-shrinks", test_prefix_shrinks);
    g_test_add_func("/threat/07-server-clock", test_clock);
}
