/* Events of the past, and times that cannot be. */
#include <string.h>

#include "base/error.h"
#include "protocols/irc/irc.h"
#include "tests/drivers/irc/transcript.h"

#define AT(seconds) "@batch=h;time=2026-08-20T10:00:" seconds ".000Z"

static char *
fetch(struct transcript *t, op_id op)
{
    struct buffer *lab = transcript_buffer("#lab");
    struct history_request request = {.buffer = lab, .limit = 30};

    fake_forget(t->fake);
    g_assert_true(irc_driver.history(t->session, op, &request, NULL));
    buffer_free(lab);
    return transcript_label(t);
}

static void
in_lab(struct transcript *t)
{
    transcript_online(t, "", WITH_ALL);
    transcript_in_channel(t, "#lab");
}

static void
test_events(void)
{
    struct transcript t = {0};

    in_lab(&t);
    g_autofree char *label = fetch(&t, 5);
    fake_net_say(t.fake, "@label=%s :s BATCH +h chathistory #lab", label);
    fake_net_say(t.fake, AT("01") ";msgid=1 :ines!i@h JOIN #lab");
    fake_net_say(t.fake, AT("02") ";msgid=2 :ines!i@h PRIVMSG #lab :hello");
    fake_net_say(t.fake, AT("03") ";msgid=3;+draft/react=:);+reply=2 :maria!m@h TAGMSG #lab");
    fake_net_say(t.fake, AT("04") ";msgid=4 :ines!i@h NICK ines2");
    fake_net_say(t.fake, AT("05") ";msgid=5 :maria!m@h MODE #lab +o ines2");
    fake_net_say(t.fake, AT("06") ";msgid=6 :maria!m@h TOPIC #lab :soup");
    fake_net_say(t.fake, AT("07") ";msgid=7 :maria!m@h KICK #lab kai :bye");
    fake_net_say(t.fake, AT("08") ";msgid=8 :ines2!i@h PART #lab");
    fake_net_say(t.fake, AT("09") ";msgid=9 :ivo!i@h QUIT :gone");
    fake_net_say(t.fake, AT("10") ";draft/chathistory-context :maria!m@h REDACT #lab 2 :no");
    fake_net_say(t.fake, AT("11") ";+typing=active :maria!m@h TAGMSG #lab");
    fake_net_say(t.fake, AT("12") " :maria!m@h AWAY :gone");
    fake_net_say(t.fake, AT("13") " :maria!m@h MODE");
    fake_net_say(t.fake, AT("13") " :maria!m@h KICK #lab");
    fake_net_say(t.fake, AT("13") " JOIN #lab");
    fake_net_say(t.fake, ":s BATCH -h");
    fake_expect(t.fake, "history join #lab <ines> i@h id=1");
    fake_expect(t.fake, "history text #lab <ines> hello id=2");
    fake_expect(t.fake, "reaction #lab 2 +:) maria history");
    fake_expect(t.fake, "history rename #lab <ines>  subject=ines2 id=4");
    fake_expect(t.fake, "history mode #lab <maria> +o ines2 id=5");
    fake_expect(t.fake, "history topic #lab <maria> soup id=6");
    fake_expect(t.fake, "history kick #lab <maria> bye subject=kai id=7");
    fake_expect(t.fake, "history part #lab <ines2>  id=8");
    fake_expect(t.fake, "history quit #lab <ivo> gone id=9");
    fake_expect(t.fake, "deleted #lab 2 maria reason=no history");
    fake_expect(t.fake, "span #lab *");
    fake_expect(t.fake, "history-done 5 1*");
    fake_expect_nothing(t.fake);
    /* We are still in #lab, with those who are there now. */
    fake_net_say(t.fake, ":maria!m@h QUIT :now");
    fake_expect(t.fake, "live quit #lab <maria> now cursor");
    fake_expect(t.fake, "gone maria");
    transcript_send(&t, "#lab", MESSAGE_TEXT, "soup", "k");
    fake_net_say(t.fake, ":ines2!i@h QUIT :who is that");
    g_assert_cmpuint(fake_count(t.fake, "live quit*"), ==, 0);
    transcript_close(&t);
}

/* The server says that this is all; what it adds to explain a line is no place in time. */
static void
test_end(void)
{
    struct transcript t = {0};

    in_lab(&t);
    g_autofree char *label = fetch(&t, 5);
    fake_net_say(t.fake, "@label=%s;draft/chathistory-end :s BATCH +h chathistory #lab", label);
    fake_net_say(t.fake, AT("02") ";msgid=2 :ines!i@h PRIVMSG #lab :hello");
    fake_net_say(t.fake, "@batch=h;time=2020-01-01T00:00:00.000Z;draft/chathistory-context;msgid=3"
                         ";+draft/react=:);+reply=2 :maria!m@h TAGMSG #lab");
    fake_net_say(t.fake, ":s BATCH -h");
    g_assert_cmpuint(fake_count(t.fake, "span*"), ==, 0); /* one place in time is no span */
    g_assert_true(fake_skip_to(t.fake, "history-done 5 1*end"));
    transcript_close(&t);
}

static const char *const absurd[] = {
    "0",
    "-1",
    "2147483648",
    "9223372036854775807",
    "1000000000000000000",
    "soup",
    "",
    "0000-00-00T00:00:00.000Z",
    "9999-12-31T23:59:59.999Z",
    "-2026-08-20T10:00:00.000Z",
    "2026-13-45T99:99:99.999Z",
    "2026-08-20T10:00:00.99999999999999999999999999Z",
    "1970-01-01T00:00:00.000Z",
    "2038-01-19T03:14:08.000Z",
    "99999999999-01-01T00:00:00.000Z",
};

static void
feed(struct transcript *t, const char *time)
{
    fake_net_say(t->fake, "@time=%s :maria!m@h PRIVMSG #lab :tag", time);
    fake_net_say(t->fake, ":s 329 kai #lab %s", time);
    fake_net_say(t->fake, ":s 333 kai #lab maria %s", time);
    fake_net_say(t->fake, ":s 317 kai maria %s %s :seconds idle, signon time", time, time);
    fake_net_say(t->fake, ":s MARKREAD #lab timestamp=%s", time);
    fake_net_say(t->fake, ":s BATCH +h chathistory #lab");
    fake_net_say(t->fake, "@batch=h;time=%s :maria!m@h PRIVMSG #lab :old", time);
    fake_net_say(t->fake, "@batch=h;time=%s :maria!m@h REDACT #lab x", time);
    fake_net_say(t->fake, ":s BATCH -h");
    fake_net_say(t->fake, ":s BATCH +g draft/chathistory-targets");
    fake_net_say(t->fake, "@batch=g :s CHATHISTORY TARGETS maria %s", time);
    fake_net_say(t->fake, ":s BATCH -g");
    fake_net_say(t->fake, ":s 730 kai :maria!m@h%s", time);
}

/* Threat 7: no time that a server names breaks what formats or orders times. */
static void
test_threat_7(void)
{
    struct transcript t = {0};
    g_autofree char *digits = g_strnfill(10000, '9');

    in_lab(&t);
    for (unsigned i = 0; i < G_N_ELEMENTS(absurd); i++)
        feed(&t, absurd[i]);
    feed(&t, digits);
    g_assert_cmpuint(fake_count(t.fake, "live text #lab <maria> tag*"), ==,
                     G_N_ELEMENTS(absurd) + 1);
    for (GList *at = t.fake->events.head; at; at = at->next) {
        if (g_str_has_prefix(at->data, "read #lab "))
            g_assert_cmpint(g_ascii_strtoll((char *)at->data + 10, NULL, 10), <=,
                            NOW_US + 120 * G_USEC_PER_SEC);
    }
    int64_t cursor = g_ascii_strtoll(g_hash_table_lookup(t.fake->cursors, "#lab"), NULL, 10);
    g_assert_cmpint(cursor, <=, NOW_US + 120 * G_USEC_PER_SEC);
    g_assert_cmpint(cursor, >, 0);
    fake_forget(t.fake);
    fake_net_say(t.fake, ":maria!m@h PRIVMSG #lab :still here");
    fake_expect(t.fake, "live text #lab <maria> still here cursor");
    transcript_close(&t);
}

void
test_playback_add(void)
{
    g_test_add_func("/irc/playback/events", test_events);
    g_test_add_func("/irc/playback/end", test_end);
    g_test_add_func("/irc/playback/threat-7-times", test_threat_7);
}
