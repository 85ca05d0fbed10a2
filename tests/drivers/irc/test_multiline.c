/* One message of many lines, in and out. */
#include <string.h>

#include "base/error.h"
#include "protocols/irc/irc.h"
#include "tests/drivers/irc/transcript.h"

static void
in_lab(struct transcript *t, const char *caps)
{
    transcript_online(t, "", caps);
    transcript_in_channel(t, "#lab");
}

static unsigned
parts_of(struct transcript *t, enum message_kind kind, const char *text)
{
    struct buffer *buffer = transcript_buffer("#lab");
    struct rich *body = rich_new(text, -1);
    struct send_request request = {.buffer = buffer, .kind = kind, .body = body};
    GPtrArray *parts = irc_driver.split(t->session, &request);
    unsigned n = parts->len;

    g_ptr_array_unref(parts);
    rich_free(body);
    buffer_free(buffer);
    return n;
}

static size_t
left_of(struct transcript *t, enum message_kind kind, const char *text)
{
    struct buffer *buffer = transcript_buffer("#lab");
    struct rich *body = rich_new(text, -1);
    struct send_request request = {.buffer = buffer, .kind = kind, .body = body};
    size_t left = irc_driver.left(t->session, &request);

    rich_free(body);
    buffer_free(buffer);
    return left;
}

/* What is said to be left fits, and one byte more does not. */
static void
test_left(void)
{
    static const enum message_kind kinds[] = {MESSAGE_TEXT, MESSAGE_ACTION, MESSAGE_NOTICE};
    struct transcript t = {0};

    in_lab(&t, MODERN);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        size_t left = left_of(&t, kinds[i], "soup");
        g_autofree char *more = g_strnfill(left + 1, 'x');
        g_autoptr(GString) text = g_string_new("soup");
        g_assert_cmpuint(left, >, 300);
        g_assert_cmpuint(left, <, 510);
        g_string_append_len(text, more, (gssize)left);
        g_assert_cmpuint(parts_of(&t, kinds[i], text->str), ==, 1);
        g_assert_cmpuint(left_of(&t, kinds[i], text->str), ==, 0);
        g_string_append_c(text, 'x');
        g_assert_cmpuint(parts_of(&t, kinds[i], text->str), ==, 2);
        g_assert_cmpuint(left_of(&t, kinds[i], text->str), ==, left + strlen("soup") - 1);
    }
    g_assert_cmpuint(left_of(&t, MESSAGE_TEXT, "a\nsoup"), ==, left_of(&t, MESSAGE_TEXT, "soup"));
    transcript_close(&t);
    /* Of a message of several lines. */
    t = (struct transcript){0};
    in_lab(&t, MODERN " draft/multiline=max-bytes=4000,max-lines=30");
    g_assert_cmpuint(left_of(&t, MESSAGE_TEXT, "a\nsoup"), ==, 3994);
    /* Who has none of it sees lines, of so many bytes: core is told. */
    g_autofree char *most = g_strnfill(t.fake->limits.line_bytes, 'x');
    g_assert_cmpuint(strlen(most), >, 300);
    transcript_send(&t, "#lab", MESSAGE_TEXT, most, "k");
    fake_expect_sent(t.fake, "@label=w* PRIVMSG #lab xxx*");
    g_assert_cmpuint(left_of(&t, MESSAGE_ACTION, "soup"), <, 510);
    transcript_close(&t);
}

static void
test_out(void)
{
    struct transcript t = {0};

    in_lab(&t, WITH_ALL);
    g_assert_cmpuint(parts_of(&t, MESSAGE_TEXT, "one\n\ntwo"), ==, 1);
    transcript_reply(&t, "#lab", "one\n\ntwo", "m1");
    g_autofree char *label = transcript_label(&t);
    g_autofree char *opening = g_queue_pop_head(&t.fake->sent);
    g_assert_true(g_pattern_match_simple(
        "@label=w*;+reply=m1;+draft/reply=m1 BATCH +m* draft/multiline #lab", opening));
    fake_expect_sent(t.fake, "@batch=m* PRIVMSG #lab one");
    fake_expect_sent(t.fake, "@batch=m* PRIVMSG #lab :");
    fake_expect_sent(t.fake, "@batch=m* PRIVMSG #lab two");
    fake_expect_sent(t.fake, "BATCH -m*");
    fake_expect_nothing_sent(t.fake);
    /* The echo is a batch too; its source is ours, its lines have no label. */
    fake_net_say(t.fake, "@label=%s;msgid=e1;+reply=m1 :kai!k@host BATCH +x draft/multiline #lab",
                 label);
    fake_net_say(t.fake, "@batch=x :kai!k@host PRIVMSG #lab :one");
    fake_net_say(t.fake, "@batch=x :kai!k@host PRIVMSG #lab :");
    fake_net_say(t.fake, "@batch=x :kai!k@host PRIVMSG #lab :two");
    fake_expect_nothing(t.fake);
    fake_net_say(t.fake, ":s BATCH -x");
    fake_expect(t.fake, "echo text #lab <kai> one\n\ntwo id=e1 key=k reply-to=m1 own cursor");
    fake_expect(t.fake, "done 1 e1");
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

/* One long line goes out in pieces that are joined again, with the blank kept. */
static void
test_long_line(void)
{
    struct transcript t = {0};
    g_autoptr(GString) text = g_string_new(NULL);

    in_lab(&t, MODERN " draft/multiline=max-bytes=4000,foo,max-lines=30");
    for (int i = 0; i < 150; i++)
        g_string_append(text, "soup ");
    g_assert_cmpuint(parts_of(&t, MESSAGE_TEXT, text->str), ==, 1);
    transcript_send(&t, "#lab", MESSAGE_TEXT, text->str, "k");
    fake_expect_sent(t.fake, "@label=w* BATCH +m* draft/multiline #lab");
    fake_expect_sent(t.fake, "@batch=m? PRIVMSG #lab :soup*soup ");
    fake_expect_sent(t.fake, "@batch=m?;draft/multiline-concat PRIVMSG #lab :soup*soup ");
    fake_expect_sent(t.fake, "BATCH -m*");
    transcript_close(&t);
}

/* What does not fit goes out as lines, each a message. */
static void
test_limits(void)
{
    struct transcript t = {0};
    g_autofree char *much = g_strnfill(210, 'x');

    in_lab(&t, WITH_ALL);
    g_assert_cmpuint(parts_of(&t, MESSAGE_TEXT, "1\n2\n3\n4"), ==, 1);
    g_assert_cmpuint(parts_of(&t, MESSAGE_TEXT, "1\n2\n3\n4\n5"), ==, 5);
    g_autofree char *long_text = g_strdup_printf("a\n%s", much);
    g_assert_cmpuint(parts_of(&t, MESSAGE_TEXT, long_text), ==, 2);
    g_assert_cmpuint(parts_of(&t, MESSAGE_ACTION, "1\n2"), ==, 2);
    g_assert_cmpuint(parts_of(&t, MESSAGE_NOTICE, "1\n2"), ==, 1);
    g_assert_cmpuint(parts_of(&t, MESSAGE_TEXT, "\n\n"), ==, 1);
    g_assert_cmpuint(parts_of(&t, MESSAGE_TEXT, "one line"), ==, 1);
    /* The server's word that it was too much counts from then on. */
    transcript_send(&t, "#lab", MESSAGE_TEXT, "1\n2\n3", "k");
    g_autofree char *label = transcript_label(&t);
    fake_net_say(t.fake, "@label=%s :s FAIL BATCH MULTILINE_MAX_LINES 2 :Too many", label);
    fake_expect(t.fake, "failed 1 too-large: *fewer lines*");
    g_assert_cmpuint(parts_of(&t, MESSAGE_TEXT, "1\n2\n3"), ==, 3);
    g_assert_cmpuint(parts_of(&t, MESSAGE_TEXT, "1\n2"), ==, 1);
    transcript_send(&t, "#lab", MESSAGE_TEXT, "1\n2", "k");
    fake_net_say(t.fake, ":s FAIL BATCH MULTILINE_MAX_BYTES 1 :Too much");
    fake_expect(t.fake, "failed 2 too-large: *length*");
    g_assert_cmpuint(parts_of(&t, MESSAGE_TEXT, "1\n2"), ==, 2);
    transcript_close(&t);
    /* No value, no promise. */
    t = (struct transcript){0};
    in_lab(&t, MODERN " draft/multiline");
    g_assert_cmpuint(parts_of(&t, MESSAGE_TEXT, "1\n2"), ==, 2);
    transcript_close(&t);
    t = (struct transcript){0};
    in_lab(&t, MODERN);
    g_assert_cmpuint(parts_of(&t, MESSAGE_TEXT, "1\n2"), ==, 2);
    transcript_close(&t);
}

/* Nothing may stand between the lines of a batch, whatever else waits, and however we are paced. */
static void
test_in_one_piece(void)
{
    struct transcript t = {.fake = fake_host_new(NOW_US)};

    t.options = fake_options_new("server = localhost\nnick = kai\nflood_control = on");
    t.session = irc_driver.open(t.options, &t.fake->host, NULL);
    transcript_connect(&t);
    transcript_register(&t, WITH_ALL);
    transcript_answer_sync(&t);
    fake_forget(t.fake);
    for (int i = 0; i < 5; i++)
        transcript_send(&t, "maria", MESSAGE_TEXT, "1\n2\n3", "k");
    fake_net_say(t.fake, "PING x");
    fake_advance_s(t.fake, 30);
    for (unsigned i = 0; i < 5; i++) {
        if (g_pattern_match_simple("PONG*", g_queue_peek_head(&t.fake->sent)))
            g_free(g_queue_pop_head(&t.fake->sent));
        fake_expect_sent(t.fake, "@label=w* BATCH +m* draft/multiline maria");
        for (int line = 0; line < 3; line++)
            fake_expect_sent(t.fake, "@batch=m* PRIVMSG maria ?");
        fake_expect_sent(t.fake, "BATCH -m*");
    }
    transcript_close(&t);
}

static void
test_in(void)
{
    struct transcript t = {0};

    in_lab(&t, WITH_ALL);
    fake_net_say(t.fake, "@msgid=a;time=2026-08-20T10:11:12.000Z;account=maria :maria!m@h "
                         "BATCH +1 draft/multiline #lab");
    fake_net_say(t.fake, "@batch=1 :maria!m@h PRIVMSG #lab :\x02"
                         "first");
    fake_net_say(t.fake, ":maria!m@h PRIVMSG #lab :in between");
    fake_expect(t.fake, "live text #lab <maria> in between cursor");
    fake_net_say(t.fake, "@batch=1;draft/multiline-concat :maria!m@h PRIVMSG #lab : and its end");
    fake_net_say(t.fake, "@batch=1 :maria!m@h PRIVMSG #lab :");
    fake_net_say(t.fake, "@batch=1 :maria!m@h PRIVMSG #LAB :third");
    fake_net_say(t.fake, "@batch=1 :maria!m@h PRIVMSG #else :not here");
    fake_net_say(t.fake, "@batch=1 :maria!m@h JOIN #else");
    fake_net_say(t.fake, ":s BATCH -1");
    fake_expect(t.fake, "live text #lab <maria> first and its end\n\nthird id=a cursor");
    fake_expect_nothing(t.fake);
    /* To us, as a notice; the source stands on the lines alone. */
    fake_net_say(t.fake, "@msgid=b :s BATCH +2 draft/multiline kai");
    fake_net_say(t.fake, ":s BATCH -2"); /* empty */
    fake_net_say(t.fake, "@msgid=c BATCH +3 draft/multiline kai");
    fake_net_say(t.fake, "@batch=3 :maria!m@h PRIVMSG kai :x");
    fake_net_say(t.fake, "@batch=3 :maria!m@h PRIVMSG kai :y");
    fake_net_say(t.fake, ":s BATCH -3");
    fake_expect(t.fake, "buffer maria direct maria joined");
    fake_expect(t.fake, "live text maria <maria> x\ny id=c cursor");
    fake_expect_nothing(t.fake);
    transcript_close(&t);
    /* Not negotiated: lines. */
    t = (struct transcript){0};
    in_lab(&t, MODERN);
    fake_net_say(t.fake, "@msgid=a :maria!m@h BATCH +1 draft/multiline #lab");
    fake_net_say(t.fake, "@batch=1 :maria!m@h PRIVMSG #lab :x");
    fake_expect(t.fake, "live text #lab <maria> x cursor");
    transcript_close(&t);
}

static void
test_in_history(void)
{
    struct transcript t = {0};
    struct buffer *lab = transcript_buffer("#lab");
    struct history_request request = {.buffer = lab, .limit = 30};

    in_lab(&t, WITH_ALL);
    g_assert_true(irc_driver.history(t.session, 5, &request, NULL));
    g_autofree char *label = transcript_label(&t);
    fake_net_say(t.fake, "@label=%s :s BATCH +h chathistory #lab", label);
    fake_net_say(t.fake, "@batch=h;time=2026-08-20T10:00:00.000Z;msgid=a :maria!m@h PRIVMSG #lab "
                         ":before");
    fake_net_say(t.fake, "@batch=h;time=2026-08-20T10:00:01.000Z;msgid=b :maria!m@h "
                         "BATCH +m draft/multiline #lab");
    fake_net_say(t.fake, "@batch=m :maria!m@h PRIVMSG #lab :one");
    fake_net_say(t.fake, "@batch=m :maria!m@h PRIVMSG #lab :two");
    fake_net_say(t.fake, "BATCH -m");
    fake_net_say(t.fake, "@batch=h;time=2026-08-20T10:00:02.000Z;msgid=c :maria!m@h PRIVMSG #lab "
                         ":after");
    fake_expect_nothing(t.fake);
    fake_net_say(t.fake, ":s BATCH -h");
    fake_expect(t.fake, "history text #lab <maria> before id=a");
    fake_expect(t.fake, "history text #lab <maria> one\ntwo id=b");
    fake_expect(t.fake, "history text #lab <maria> after id=c");
    g_assert_true(fake_skip_to(t.fake, "history-done 5 3*"));
    buffer_free(lab);
    transcript_close(&t);
}

/* A batch without end, many of them, and one that never closes. */
static void
test_hostile(void)
{
    struct transcript t = {0};
    g_autofree char *much = g_strnfill(4000, 'x');

    in_lab(&t, WITH_ALL);
    fake_net_say(t.fake, "@msgid=a :maria!m@h BATCH +1 draft/multiline #lab");
    for (int i = 0; i < 1000; i++)
        fake_net_say(t.fake, "@batch=1 :maria!m@h PRIVMSG #lab :%s", much);
    fake_net_say(t.fake, ":s BATCH -1");
    g_autofree char *line = g_queue_pop_head(&t.fake->events);
    g_assert_true(g_pattern_match_simple("live text #lab <maria> x* [*] id=a cursor", line));
    g_assert_cmpuint(strlen(line), <, 65 * 1024);
    fake_net_say(t.fake, "@msgid=a2 :maria!m@h BATCH +2 draft/multiline #lab");
    for (int i = 0; i < 3000; i++)
        fake_net_say(t.fake, "@batch=2 :maria!m@h PRIVMSG #lab :y");
    fake_net_say(t.fake, ":s BATCH -2");
    g_free(line);
    line = g_queue_pop_head(&t.fake->events);
    g_assert_cmpuint(strlen(line), <, 2200);
    for (int i = 0; i < 200; i++)
        fake_net_say(t.fake, "@batch=%d :maria!m@h BATCH +%d draft/multiline #lab", i, i + 1);
    fake_net_say(t.fake, "@batch=5 :maria!m@h PRIVMSG #lab :x");
    fake_net_say(t.fake, ":maria!m@h BATCH +5 draft/multiline #lab"); /* again */
    fake_net_say(t.fake, ":s BATCH -5");
    fake_net_say(t.fake, ":s BATCH + draft/multiline");
    fake_net_say(t.fake, ":s BATCH +z draft/multiline");
    fake_net_say(t.fake, ":s BATCH -7");
    fake_forget(t.fake);
    fake_net_say(t.fake, ":maria!m@h PRIVMSG #lab :still here");
    fake_expect(t.fake, "live text #lab <maria> still here cursor");
    fake_net_end(t.fake);
    transcript_close(&t);
}

void
test_multiline_add(void)
{
    g_test_add_func("/irc/multiline/left", test_left);
    g_test_add_func("/irc/multiline/out", test_out);
    g_test_add_func("/irc/multiline/long-line", test_long_line);
    g_test_add_func("/irc/multiline/limits", test_limits);
    g_test_add_func("/irc/multiline/in-one-piece", test_in_one_piece);
    g_test_add_func("/irc/multiline/in", test_in);
    g_test_add_func("/irc/multiline/in-history", test_in_history);
    g_test_add_func("/irc/multiline/hostile", test_hostile);
}
