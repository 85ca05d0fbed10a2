/* What we say and what comes back. */
#include <string.h>

#include "base/error.h"
#include "protocols/irc/irc.h"
#include "tests/drivers/irc/transcript.h"

#define AT "time=2026-08-20T10:11:12.345Z"

static void
online_in_lab(struct transcript *t, const char *caps)
{
    transcript_online(t, "", caps);
    transcript_in_channel(t, "#lab");
}

static void
test_echo_with_label(void)
{
    struct transcript t = {0};

    online_in_lab(&t, MODERN);
    transcript_send(&t, "#lab", MESSAGE_TEXT, "soup?", "k1");
    g_autofree char *line = g_strdup(g_queue_peek_head(&t.fake->sent));
    g_autofree char *label = g_strndup(line + 7, strcspn(line + 7, " "));
    fake_expect_sent(t.fake, "@label=w* PRIVMSG #lab soup?");
    fake_expect_nothing_sent(t.fake);
    fake_net_say(t.fake, "@label=%s;msgid=abc;" AT " :kai!k@host PRIVMSG #lab :soup?", label);
    fake_expect(t.fake, "echo text #lab <kai> soup? id=abc key=k1 own cursor");
    fake_expect(t.fake, "done 1 abc");
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

/* Away: the echo comes with 301 in one labelled batch. */
static void
test_echo_in_labelled_batch(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    transcript_send(&t, "maria", MESSAGE_ACTION, "waves", "k1");
    g_autofree char *line = g_strdup(g_queue_peek_head(&t.fake->sent));
    g_autofree char *label = g_strndup(line + 7, strcspn(line + 7, " "));
    fake_expect_sent(t.fake, "@label=w* PRIVMSG maria :\x01"
                             "ACTION waves\x01");
    fake_net_say(t.fake, "@label=%s :s BATCH +b labeled-response", label);
    fake_net_say(t.fake, "@batch=b;msgid=m1 :kai!k@host PRIVMSG maria :\x01"
                         "ACTION waves\x01");
    fake_net_say(t.fake, "@batch=b :s 301 kai maria :at lunch");
    fake_net_say(t.fake, ":s BATCH -b");
    fake_expect(t.fake, "buffer maria direct maria joined");
    fake_expect(t.fake, "echo action maria <kai> waves id=m1 key=k1 own cursor");
    fake_expect(t.fake, "done 1 m1");
    fake_expect(t.fake, "say maria: maria is away: at lunch");
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

/* A password that was told to a service comes back by no way: not as an echo, not from another
 * client of ours. */
static void
test_told_to_services(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    transcript_send(&t, "nickserv", MESSAGE_TEXT, "IDENTIFY soup", NULL);
    g_autofree char *line = g_strdup(g_queue_peek_head(&t.fake->sent));
    g_autofree char *label = g_strndup(line + 7, strcspn(line + 7, " "));
    fake_expect_sent(t.fake, "@label=w* PRIVMSG nickserv :IDENTIFY soup");
    fake_net_say(t.fake, "@label=%s;msgid=a :kai!k@host PRIVMSG NickServ :IDENTIFY soup", label);
    fake_expect(t.fake, "buffer nickserv direct NickServ joined");
    fake_expect(t.fake, "done 1 a");
    fake_expect_nothing(t.fake);
    fake_net_say(t.fake, "@msgid=b :kai!k@host PRIVMSG NickServ :\x02IDENTIFY\x02 soup");
    fake_expect(t.fake, "live text nickserv <kai> IDENTIFY ??? id=b own cursor");
    fake_net_say(t.fake, "@msgid=c :kai!k@host PRIVMSG NickServ :HELP IDENTIFY");
    fake_expect(t.fake, "live text nickserv <kai> HELP IDENTIFY id=c own cursor");
    fake_expect_nothing(t.fake);
    g_autofree char *kept = irc_driver.hides("NickServ", "IDENTIFY soup");
    g_assert_cmpstr(kept, ==, "IDENTIFY ***");
    g_autofree char *raw = irc_driver.hides(NULL, "OPER kai soup");
    g_assert_cmpstr(raw, ==, "OPER ***");
    transcript_close(&t);
}

static void
test_label_refused(void)
{
    struct transcript t = {0};

    online_in_lab(&t, MODERN);
    transcript_send(&t, "#lab", MESSAGE_TEXT, "one", "k1");
    transcript_send(&t, "#lab", MESSAGE_TEXT, "two", "k2");
    g_autofree char *line = g_strdup(g_queue_peek_tail(&t.fake->sent));
    g_autofree char *label = g_strndup(line + 7, strcspn(line + 7, " "));
    fake_net_say(t.fake, "@label=%s :s 404 kai #lab :Cannot send to channel", label);
    fake_expect(t.fake, "failed 2 forbidden: *Cannot send to channel");
    transcript_send(&t, "#lab", MESSAGE_TEXT, "three", "k3");
    g_free(line);
    line = g_strdup(g_queue_peek_tail(&t.fake->sent));
    g_free(label);
    label = g_strndup(line + 7, strcspn(line + 7, " "));
    fake_net_say(t.fake, "@label=%s FAIL PRIVMSG TOO_LOUD #lab :Not so loud", label);
    fake_expect(t.fake, "failed 3 *Not so loud");
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

/* With a colour at its beginning. */
static void
send_colored(struct transcript *t, const char *where, const char *text)
{
    struct buffer *buffer = transcript_buffer(where);
    struct rich *body = rich_new(text, -1);
    const struct send_request request = {
        .buffer = buffer, .kind = MESSAGE_TEXT, .body = body, .key = "k"};
    g_autoptr(GError) error = NULL;

    rich_add(body, 0, 2, SPAN_COLOR, "7");
    irc_driver.send(t->session, ++t->last_op, &request, &error);
    g_assert_no_error(error);
    rich_free(body);
    buffer_free(buffer);
}

/* Where a channel takes no colours, a text loses them, and not itself. */
static void
test_colors_refused(void)
{
    struct transcript t = {0};

    online_in_lab(&t, "server-time");
    send_colored(&t, "#lab", "ana: 5");
    fake_expect_sent(t.fake, "PRIVMSG #lab :\x03"
                             "07an\x0f"
                             "a: 5");
    /* For something else it is refused as ever. */
    fake_net_say(t.fake, ":s 404 kai #lab :Cannot send to channel");
    fake_expect(t.fake, "failed 1 forbidden: *");
    send_colored(&t, "#lab", "ana: 5");
    fake_net_say(t.fake, ":s 404 kai #lab :Color is not permitted in this channel");
    fake_expect(t.fake, "*Nobody may colour a text here*");
    fake_expect(t.fake, "failed 2 rate-limited: *");
    fake_forget(t.fake);
    send_colored(&t, "#lab", "ana: 5");
    fake_expect_sent(t.fake, "PRIVMSG #lab :ana: 5");
    /* Without colours there is nothing to leave out: it is not tried for ever. */
    fake_net_say(t.fake, ":s 404 kai #lab :Color is not permitted in this channel");
    fake_expect(t.fake, "failed 3 forbidden: *");
    fake_net_say(t.fake, ":op!o@h MODE #lab -c");
    fake_forget(t.fake);
    send_colored(&t, "#lab", "ana: 5");
    fake_expect_sent(t.fake, "PRIVMSG #lab :\x03*");
    transcript_close(&t);
}

static void
test_echo_without_labels(void)
{
    struct transcript t = {0};

    online_in_lab(&t, "echo-message server-time message-tags");
    transcript_send(&t, "#lab", MESSAGE_TEXT, "ok", "k1");
    transcript_send(&t, "#lab", MESSAGE_TEXT, "ok", "k2");
    transcript_send(&t, "#lab", MESSAGE_TEXT, "badword is here", "k3");
    fake_expect_sent(t.fake, "PRIVMSG #lab ok");
    fake_net_say(t.fake, "@msgid=1 :kai!k@host PRIVMSG #lab :ok");
    fake_expect(t.fake, "echo text #lab <kai> ok id=1 key=k1 own cursor");
    fake_expect(t.fake, "done 1 1");
    fake_net_say(t.fake, ":s 404 kai #lab :Slow down");
    fake_expect(t.fake, "failed 2 forbidden: *");
    fake_net_say(t.fake, "@msgid=3 :kai!k@host PRIVMSG #lab :*** is here");
    fake_expect(t.fake, "echo text #lab <kai> *** is here id=3 key=k3 own cursor");
    transcript_close(&t);
}

static void
test_proof_by_pong(void)
{
    struct transcript t = {0};

    online_in_lab(&t, NULL);
    transcript_send(&t, "#lab", MESSAGE_TEXT, "soup?", "k1");
    fake_expect_sent(t.fake, "PRIVMSG #lab soup?");
    g_autofree char *ping = g_strdup(g_queue_peek_head(&t.fake->sent));
    fake_expect_sent(t.fake, "PING w*");
    fake_net_say(t.fake, ":s PONG s :w99999");
    fake_expect_nothing(t.fake);
    fake_net_say(t.fake, ":s PONG s :%s", ping + 5);
    fake_expect(t.fake, "done 1 -");
    transcript_send(&t, "#lab", MESSAGE_TEXT, "nobody", "k2");
    fake_net_say(t.fake, ":s 404 kai #lab :Cannot send");
    fake_expect(t.fake, "failed 2 forbidden: *");
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

/* What has left stays without an answer; what has not is failed. */
static void
test_cut_in_mid_send(void)
{
    struct transcript t = {0};

    t.fake = fake_host_new(NOW_US);
    t.options = fake_options_new("server = localhost\nnick = kai\nflood_control = on");
    t.session = irc_driver.open(t.options, &t.fake->host, NULL);
    transcript_connect(&t);
    transcript_register(&t, MODERN);
    transcript_answer_sync(&t);
    fake_forget(t.fake);
    for (int i = 0; i < 6; i++)
        transcript_send(&t, "maria", MESSAGE_TEXT, "hello", "k");
    g_assert_cmpuint(t.fake->sent.length, ==, 4);
    fake_net_end(t.fake);
    fake_expect(t.fake, "failed 5 closed: *");
    fake_expect(t.fake, "failed 6 closed: *");
    fake_expect(t.fake, "lost closed: *");
    fake_expect_nothing(t.fake);
    g_autoptr(GError) error = transcript_send_error(&t, "maria", "too late");
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_CLOSED);
    transcript_close(&t);
}

static void
test_pace(void)
{
    struct transcript t = {0};

    t.fake = fake_host_new(NOW_US);
    t.options = fake_options_new("server = localhost\nnick = kai\nflood_control = on");
    t.session = irc_driver.open(t.options, &t.fake->host, NULL);
    transcript_connect(&t);
    transcript_register(&t, MODERN);
    transcript_answer_sync(&t);
    fake_forget(t.fake);
    for (int i = 0; i < 10; i++)
        transcript_send(&t, "maria", MESSAGE_TEXT, "hello", "k");
    g_assert_cmpuint(t.fake->sent.length, ==, 4);
    fake_net_say(t.fake, "PING x");
    g_assert_cmpuint(t.fake->sent.length, ==, 5); /* a PONG does not wait in line */
    fake_advance_s(t.fake, 1.9);
    g_assert_cmpuint(t.fake->sent.length, ==, 5);
    fake_advance_s(t.fake, 0.2);
    g_assert_cmpuint(t.fake->sent.length, ==, 6);
    fake_advance_s(t.fake, 10);
    g_assert_cmpuint(t.fake->sent.length, ==, 11);
    transcript_close(&t);
}

/* Given up on before it could leave: it never does. One that has left keeps its label. */
static void
test_cancel(void)
{
    struct transcript t = {0};

    t.fake = fake_host_new(NOW_US);
    t.options = fake_options_new("server = localhost\nnick = kai\nflood_control = on");
    t.session = irc_driver.open(t.options, &t.fake->host, NULL);
    transcript_connect(&t);
    transcript_register(&t, MODERN);
    transcript_answer_sync(&t);
    fake_forget(t.fake);
    for (int i = 0; i < 6; i++)
        transcript_send(&t, "maria", MESSAGE_TEXT, "hello", "k");
    g_assert_cmpuint(t.fake->sent.length, ==, 4);
    g_assert_false(irc_driver.send_waits(t.session, 4));
    g_assert_true(irc_driver.send_waits(t.session, 5));
    irc_driver.op_cancel(t.session, 1);
    irc_driver.op_cancel(t.session, 5);
    g_assert_false(irc_driver.send_waits(t.session, 5));
    fake_expect_nothing(t.fake); /* not from inside the call */
    fake_advance_s(t.fake, 20);
    fake_expect(t.fake, "failed 5 cancelled: *");
    fake_expect_nothing(t.fake);
    g_assert_cmpuint(t.fake->sent.length, ==, 5);
    g_autofree char *line = g_strdup(g_queue_peek_head(&t.fake->sent));
    g_autofree char *label = g_strndup(line + 7, strcspn(line + 7, " "));
    fake_net_say(t.fake, "@label=%s;msgid=m1 :kai!k@host PRIVMSG maria :hello", label);
    fake_expect(t.fake, "buffer maria direct maria joined");
    fake_expect(t.fake, "echo text maria <kai> hello id=m1 key=k own cursor");
    fake_expect(t.fake, "done 1 m1");
    transcript_close(&t);
}

/* Known by its text alone, an old send does not take the echo of the same words said again. */
static void
test_cancel_without_labels(void)
{
    struct transcript t = {0};

    online_in_lab(&t, "echo-message server-time message-tags");
    transcript_send(&t, "#lab", MESSAGE_TEXT, "ok", "k1");
    irc_driver.op_cancel(t.session, 1);
    transcript_send(&t, "#lab", MESSAGE_TEXT, "ok", "k2");
    fake_net_say(t.fake, "@msgid=2 :kai!k@host PRIVMSG #lab :ok");
    fake_advance_s(t.fake, 0);
    fake_expect(t.fake, "echo text #lab <kai> ok id=2 key=k2 own cursor");
    fake_expect(t.fake, "done 2 2");
    fake_expect(t.fake, "failed 1 timeout: *");
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

static void
test_no_pace_where_promised(void)
{
    struct transcript t = {0};

    t.fake = fake_host_new(NOW_US);
    t.options = fake_options_new("server = localhost\nnick = kai\nflood_control = on");
    t.session = irc_driver.open(t.options, &t.fake->host, NULL);
    transcript_connect(&t);
    fake_net_say(t.fake, ":s CAP * LS :batch");
    fake_net_say(t.fake, ":s CAP * ACK :batch");
    fake_net_say(t.fake, ":s 001 kai :hi");
    fake_net_say(t.fake, ":s 005 kai soju.im/SAFERATE :ok");
    fake_net_say(t.fake, ":s 422 kai :no motd");
    fake_forget(t.fake);
    for (int i = 0; i < 10; i++)
        transcript_send(&t, "maria", MESSAGE_NOTICE, "hello", "k");
    g_assert_cmpuint(t.fake->sent.length, ==, 20); /* each with its PING */
    transcript_close(&t);
}

static void
test_incoming(void)
{
    struct transcript t = {0};

    online_in_lab(&t, MODERN);
    fake_net_say(t.fake, "@msgid=a;" AT " :maria!m@h PRIVMSG #LAB :\x02soup\x02?");
    fake_expect(t.fake, "live text #lab <maria> soup? id=a cursor");
    fake_net_say(t.fake, ":maria!m@h PRIVMSG #lab :\x01"
                         "ACTION waves");
    fake_expect(t.fake, "live action #lab <maria> waves cursor");
    fake_net_say(t.fake, ":maria!m@h NOTICE #lab :ready");
    fake_expect(t.fake, "live notice #lab <maria> ready cursor");
    fake_net_say(t.fake, ":maria!m@h PRIVMSG @#lab :ops only");
    fake_expect(t.fake, "live text #lab <maria> ?@#lab? ops only cursor");
    fake_net_say(t.fake, ":NickServ!s@services NOTICE kai :identify");
    fake_expect(t.fake, "say -: -NickServ- identify");
    fake_net_say(t.fake, ":Maria!m@h PRIVMSG kai :psst");
    fake_expect(t.fake, "buffer maria direct Maria joined");
    fake_expect(t.fake, "live text maria <Maria> psst cursor");
    fake_net_say(t.fake, ":Maria!m@h NOTICE kai :beep");
    fake_expect(t.fake, "live notice maria <Maria> beep cursor");
    fake_net_say(t.fake, ":irc.example NOTICE kai :maintenance");
    fake_expect(t.fake, "say -: maintenance");
    fake_net_say(t.fake, ":maria!m@h PRIVMSG kai :\x01"
                         "DCC SEND x 1 2 3\x01");
    fake_expect(t.fake, "say -: maria offers a file*");
    fake_net_say(t.fake, ":maria!m@h PRIVMSG kai :\x01"
                         "VERSION\x01");
    fake_expect(t.fake, "say -: maria asks by CTCP: VERSION (answered)");
    fake_expect_sent(t.fake, "NOTICE maria :\x01"
                             "VERSION weft\x01");
    fake_net_say(t.fake, ":maria!m@h PRIVMSG #lab :caf\xe9 \x80");
    fake_expect(t.fake, "live text #lab <maria> caf\xc3\xa9 \xe2\x82\xac cursor");
    fake_expect_nothing(t.fake);
    fake_expect_nothing_sent(t.fake);
    transcript_close(&t);
}

static void
test_own_from_elsewhere(void)
{
    struct transcript t = {0};

    online_in_lab(&t, MODERN);
    transcript_send(&t, "#lab", MESSAGE_TEXT, "same", "k1");
    fake_net_say(t.fake, "@msgid=x :kai!k@host PRIVMSG #lab :same");
    fake_expect(t.fake, "live text #lab <kai> same id=x own cursor");
    fake_net_say(t.fake, ":kai!k@host PRIVMSG jun :hi jun");
    fake_expect(t.fake, "buffer jun direct jun joined");
    fake_expect(t.fake, "live text jun <kai> hi jun own cursor");
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

static void
test_one_command_on_the_wire(void)
{
    struct transcript t = {0};

    online_in_lab(&t, NULL);
    transcript_send(&t, "#lab", MESSAGE_TEXT,
                    "a\r\nQUIT\n\x01"
                    "b",
                    "k1");
    fake_expect_sent(t.fake, "PRIVMSG #lab :a  QUIT  b");
    fake_expect_sent(t.fake, "PING w*");
    fake_expect_nothing_sent(t.fake);
    static const char *const names[] = {"#a,0", "#a\x07", ":x", " x", "", "#a b", "x\r\nQUIT"};
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = transcript_send_error(&t, names[i], "text");
        g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
        g_autoptr(GError) join_error = NULL;
        g_assert_false(irc_driver.join(t.session, 99, NULL, names[i], NULL, &join_error));
    }
    g_autoptr(GError) error = NULL;
    g_assert_false(irc_driver.raw(t.session, 99, NULL, "NICK x\r\nQUIT", &error));
    fake_expect_nothing_sent(t.fake);
    transcript_close(&t);
}

/* A server cuts what is longer than a line: it would be another topic, another channel, half a
 * command. */
static void
test_no_line_too_long(void)
{
    struct transcript t = {0};
    struct buffer *lab = transcript_buffer("#lab");
    g_autofree char *text = g_strnfill(600, 'x');
    g_autoptr(GError) error = NULL;

    online_in_lab(&t, NULL);
    g_assert_false(irc_driver.set_topic(t.session, 99, lab, text, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    g_assert_false(irc_driver.leave(t.session, 99, lab, text, NULL));
    g_autoptr(GError) too_large = transcript_send_error(&t, "#lab", text);
    g_assert_error(too_large, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
    fake_expect_nothing_sent(t.fake);
    irc_driver.disconnect(t.session, text);
    g_assert_cmpuint(strlen(g_queue_peek_head(&t.fake->sent)), <, 400);
    fake_expect_sent(t.fake, "QUIT *xxx");
    buffer_free(lab);
    transcript_close(&t);
}

/* Whoever sees our PONG may take it that the line before it is on disk. */
static void
test_pong_waits_for_the_disk(void)
{
    struct transcript t = {0};

    online_in_lab(&t, MODERN);
    t.fake->slow_disk = true;
    fake_net_say(t.fake, ":maria!m@h PRIVMSG #lab :soup?\r\nPING now");
    fake_expect(t.fake, "live text #lab *");
    fake_expect_nothing_sent(t.fake);
    fake_settle(t.fake);
    fake_expect_sent(t.fake, "PONG now");
    /* Not on the next connection. */
    fake_net_say(t.fake, "PING then");
    fake_net_end(t.fake);
    transcript_connect(&t);
    fake_forget(t.fake);
    fake_settle(t.fake);
    fake_expect_nothing_sent(t.fake);
    transcript_close(&t);
}

static void
test_mentions(void)
{
    static const struct {
        const char *text;
        bool ours;
    } rows[] = {{"kai: soup?", true}, {"hey KAI", true},      {"kaia", false},  {"ukai", false},
                {"(kai)", true},      {"kai_", false},        {"[kai]", false}, {"", false},
                {"ka i", false},      {"\xc3\xa9kai", false}, {"kai's", true},  {"xkai kai", true}};
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct rich *body = rich_new(rows[i].text, -1);
        g_assert_cmpint(irc_driver.mentions_us(t.session, NULL, body), ==, rows[i].ours);
        rich_free(body);
    }
    transcript_close(&t);
}

/* What one says to oneself comes as echo and as message: it was said once. */
static void
test_to_ourselves(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    transcript_send(&t, "kai", MESSAGE_TEXT, "buy soup", "k1");
    g_autofree char *label = transcript_label(&t);
    fake_net_say(t.fake, "@label=%s;msgid=m1 :kai!k@host PRIVMSG kai :buy soup", label);
    fake_net_say(t.fake, "@msgid=m1 :kai!k@host PRIVMSG kai :buy soup");
    g_assert_cmpuint(fake_count(t.fake, "* text kai <kai> buy soup*"), ==, 1);
    g_assert_cmpuint(fake_count(t.fake, "done 1 m1"), ==, 1);
    transcript_close(&t);
}

/* Says every part of it as core would; the first text that leaves. */
static char *
said_with(struct transcript *t, const char *text, const char *spans, unsigned parts)
{
    struct buffer *buffer = transcript_buffer("#lab");
    struct rich *body = rich_new(text, -1);
    struct send_request request = {.buffer = buffer, .body = body, .key = "k"};
    char *first = NULL;

    rich_decode_spans(body, spans);
    GPtrArray *divided = irc_driver.split(t->session, &request);
    g_assert_cmpuint(divided->len, ==, parts);
    for (unsigned i = 0; i < divided->len; i++) {
        request.body = divided->pdata[i];
        g_assert_true(irc_driver.send(t->session, ++t->last_op, &request, NULL));
        /* What is stored is what was said. */
        first = first ? first : g_strdup(request.body->text);
    }
    g_ptr_array_unref(divided);
    rich_free(body);
    buffer_free(buffer);
    return first;
}

/* What IRC has no marks for is not lost. */
static void
test_written_out(void)
{
    struct transcript t = {0};

    online_in_lab(&t, MODERN);
    g_autofree char *link = said_with(&t, "see the agenda.", "l4+10=https://x.example/a", 1);
    g_assert_cmpstr(link, ==, "see the agenda <https://x.example/a>.");
    g_autofree char *label = transcript_label(&t);
    fake_expect_sent(t.fake, "@label=w* PRIVMSG #lab :see the agenda <https://x.example/a>.");
    fake_net_say(t.fake, "@label=%s;msgid=a;" AT " :kai!k@host PRIVMSG #lab :%s", label, link);
    fake_expect(t.fake, "echo text #lab <kai> see the agenda <https://x.example/a>. id=a key=k own "
                        "cursor");
    fake_expect(t.fake, "done 1 a");
    g_autofree char *quote = said_with(&t, "quoted\nlines\nanswer", "q0+12", 3);
    fake_expect_sent(t.fake, "@label=w* PRIVMSG #lab :> quoted");
    fake_expect_sent(t.fake, "@label=w* PRIVMSG #lab :> lines");
    fake_expect_sent(t.fake, "@label=w* PRIVMSG #lab answer");
    g_autofree char *spoiler = said_with(&t, "he was it", "x0+9", 1);
    fake_expect_sent(t.fake, "@label=w* PRIVMSG #lab :\x03"
                             "01,01he was it\x0f");
    /* The address counts, where lines are divided. */
    g_autofree char *words = g_strnfill(380, 'x');
    g_autofree char *target = g_strdup_printf("l0+380=https://x.example/%s", words);
    g_autofree char *divided = said_with(&t, words, target, 2);
    g_assert_cmpuint(strlen(divided), ==, 381);
    fake_expect_sent(t.fake, "@label=w* PRIVMSG #lab :xxx*x ");
    fake_expect_sent(t.fake, "@label=w* PRIVMSG #lab <https://x.example/xxx*x>");
    fake_expect_nothing_sent(t.fake);
    transcript_close(&t);
    /* Lines of one message; and as it comes back where there are no labels. */
    t = (struct transcript){0};
    online_in_lab(&t, "message-tags server-time batch echo-message draft/multiline=max-bytes=900");
    g_autofree char *lines = said_with(&t, "quoted\nanswer", "q0+6", 1);
    g_assert_cmpstr(lines, ==, "> quoted\nanswer");
    fake_expect_sent(t.fake, "BATCH +m* draft/multiline #lab");
    fake_expect_sent(t.fake, "@batch=m* PRIVMSG #lab :> quoted");
    fake_expect_sent(t.fake, "@batch=m* PRIVMSG #lab answer");
    fake_expect_sent(t.fake, "BATCH -m*");
    g_autofree char *again = said_with(&t, "soup", "l0+4=https://x.example/", 1);
    fake_net_say(t.fake, "@msgid=b :kai!k@host PRIVMSG #lab :%s", again);
    fake_expect(t.fake, "echo text #lab <kai> soup <https://x.example/> id=b key=k own cursor");
    fake_expect(t.fake, "done 2 b");
    transcript_close(&t);
}

void
test_talk_add(void)
{
    g_test_add_func("/irc/talk/to-ourselves", test_to_ourselves);
    g_test_add_func("/irc/talk/echo-with-label", test_echo_with_label);
    g_test_add_func("/irc/talk/echo-in-labelled-batch", test_echo_in_labelled_batch);
    g_test_add_func("/irc/talk/told-to-services", test_told_to_services);
    g_test_add_func("/irc/talk/label-refused", test_label_refused);
    g_test_add_func("/irc/talk/colors-refused", test_colors_refused);
    g_test_add_func("/irc/talk/echo-without-labels", test_echo_without_labels);
    g_test_add_func("/irc/talk/proof-by-pong", test_proof_by_pong);
    g_test_add_func("/irc/talk/cut-in-mid-send", test_cut_in_mid_send);
    g_test_add_func("/irc/talk/written-out", test_written_out);
    g_test_add_func("/irc/talk/pace", test_pace);
    g_test_add_func("/irc/talk/cancel", test_cancel);
    g_test_add_func("/irc/talk/cancel-without-labels", test_cancel_without_labels);
    g_test_add_func("/irc/talk/no-pace-where-promised", test_no_pace_where_promised);
    g_test_add_func("/irc/talk/incoming", test_incoming);
    g_test_add_func("/irc/talk/own-from-elsewhere", test_own_from_elsewhere);
    g_test_add_func("/irc/talk/no-line-too-long", test_no_line_too_long);
    g_test_add_func("/irc/talk/one-command-on-the-wire", test_one_command_on_the_wire);
    g_test_add_func("/irc/talk/pong-waits-for-the-disk", test_pong_waits_for_the_disk);
    g_test_add_func("/irc/talk/mentions", test_mentions);
}
