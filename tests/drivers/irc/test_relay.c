/* What is said for others, and what other relays say. */
#include <string.h>

#include "base/error.h"
#include "protocols/irc/irc.h"
#include "tests/drivers/irc/transcript.h"

#define RELAY MODERN " standard-replies draft/relaymsg=/"
#define MARK  "0f6c0f6c0f6c0f6c"

static void
online(struct transcript *t, const char *caps)
{
    transcript_online(t, "", caps);
    transcript_in_channel(t, "#lab");
}

static op_id
say_as(struct transcript *t, const char *where, enum message_kind kind, const char *name,
       const char *text)
{
    struct buffer *buffer = transcript_buffer(where);
    struct rich *body = rich_new(text, -1);
    const struct persona as = {.name = name};
    const struct send_request request = {.buffer = buffer,
                                         .kind = kind,
                                         .body = body,
                                         .key = "k",
                                         .as = name ? &as : NULL,
                                         .mark = MARK};
    g_autoptr(GError) error = NULL;

    irc_driver.send(t->session, ++t->last_op, &request, &error);
    g_assert_no_error(error);
    rich_free(body);
    buffer_free(buffer);
    return t->last_op;
}

/* Under the other name, with the mark; what comes back is met by its label, and is ours. */
static void
test_persona(void)
{
    struct transcript t = {0};

    online(&t, RELAY);
    g_assert_cmpuint(t.fake->limits.name_bytes, ==, 27);
    say_as(&t, "#lab", MESSAGE_TEXT, "maria/pat", "/quit soup?");
    g_autofree char *label = transcript_label(&t);
    fake_expect_sent(t.fake, "@label=w*;+weft/relay=" MARK
                             ";+weft/key=k RELAYMSG #lab maria/pat :/quit soup?");
    fake_expect_nothing_sent(t.fake);
    fake_net_say(t.fake,
                 "@label=%s;msgid=abc;draft/relaymsg=kai;+weft/relay=" MARK
                 " :maria/pat!~u@host PRIVMSG #lab :/quit soup?",
                 label);
    fake_expect(t.fake, "echo text #lab <maria/pat> /quit soup? id=abc key=k relayed-by=" MARK
                        " own cursor");
    fake_expect(t.fake, "done 1 abc");
    say_as(&t, "#lab", MESSAGE_ACTION, "bo", "waves");
    g_free(label);
    label = transcript_label(&t);
    fake_expect_sent(t.fake, "@label=* RELAYMSG #lab bo/r :\x01"
                             "ACTION waves\x01");
    fake_net_say(t.fake,
                 "@label=%s;msgid=abd;draft/relaymsg=kai :bo/r!~u@host PRIVMSG #lab :\x01"
                 "ACTION waves\x01",
                 label);
    fake_forget(t.fake);
    /* As a notice nothing can be relayed, and in private nobody else speaks. */
    say_as(&t, "#lab", MESSAGE_NOTICE, "bo", "psst");
    fake_expect_sent(t.fake, "@label=*;+weft/relay=" MARK ";+weft/key=k NOTICE #lab :<bo> psst");
    say_as(&t, "carmen", MESSAGE_TEXT, "bo", "psst");
    fake_expect_sent(t.fake, "@label=*;+weft/relay=" MARK ";+weft/key=k PRIVMSG carmen :<bo> psst");
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

/* Without labels: by its text, though nothing of ours else comes back. */
static void
test_persona_unlabelled(void)
{
    struct transcript t = {0};

    online(&t, "message-tags server-time overdrivenetworks.com/relaymsg=|/");
    say_as(&t, "#lab", MESSAGE_TEXT, "maria", "soup?");
    fake_expect_sent(t.fake, "@+weft/relay=" MARK ";+weft/key=k RELAYMSG #lab maria|r soup?");
    g_autofree char *ping = g_strdup(g_queue_peek_head(&t.fake->sent));
    fake_expect_sent(t.fake, "PING w*");
    fake_net_say(t.fake, "@msgid=a;overdrivenetworks.com/relaymsg=kai :maria|r!~u@host PRIVMSG "
                         "#lab :soup?");
    fake_expect(t.fake, "echo text #lab <maria|r> soup? id=a key=k relayed-by=kai own cursor");
    fake_expect(t.fake, "done 1 a");
    fake_net_say(t.fake, ":s PONG s :%s", ping + 5);
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

/* Exactly one command leaves, whatever a name or a text holds. */
static void
test_bytes(void)
{
    static const struct {
        const char *name, *nick;
    } rows[] = {
        {"a b", "a_b/r"},
        {"x\r\nQUIT :y", "x*QUIT*_y/r"},
        {"#a,0!u@h*?.", "_a_0_u_h___/r"},
        {":x", "_x/r"},
        {"", "_/r"},
        {"4ever", "_4ever/r"},
        {"mar\xc3\xad"
         "a/\x01\x02",
         "mar_a/*"},
        {"\xff\xfe", "*/r"},
        {"a-very-long-name-that-goes-on-and-on-and-on-and-on-and-on-and-on-and-on",
         "a-very-long-name-that-goes-o/r"},
    };
    struct transcript t = {0};

    online(&t, RELAY);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *pattern =
            g_strdup_printf("@label=* RELAYMSG #lab %s :a ?*QUIT?b? c", rows[i].nick);
        say_as(&t, "#lab", MESSAGE_TEXT, rows[i].name,
               "a \r\nQUIT\x01"
               "b\x01 c");
        fake_expect_sent(t.fake, pattern);
        fake_expect_nothing_sent(t.fake);
    }
    /* Where names may be of all letters, they are. */
    fake_net_say(t.fake, ":s 005 kai UTF8MAPPING=rfc8265 NICKLEN=12 :are supported");
    g_assert_cmpuint(t.fake->limits.name_bytes, ==, 9);
    say_as(&t, "#lab", MESSAGE_TEXT,
           "mar\xc3\xad"
           "a\xe2\x80\xaex",
           "soup");
    fake_expect_sent(t.fake, "@label=* RELAYMSG #lab mar\xc3\xad"
                             "a_x/r soup");
    transcript_close(&t);
}

/* Refused in a channel: nothing is lost, all that is under way is said again in its order, and from
 * now on names are the text's business, until we have a rank there. */
static void
test_refused(void)
{
    struct transcript t = {0};

    online(&t, RELAY);
    say_as(&t, "#lab", MESSAGE_TEXT, "maria", "one");
    g_autofree char *first = transcript_label(&t);
    say_as(&t, "#lab", MESSAGE_ACTION, "bo", "two");
    g_autofree char *second = transcript_label(&t);
    fake_forget(t.fake);
    fake_net_say(t.fake, "@label=%s :s FAIL RELAYMSG PRIVS_NEEDED :You cannot relay", first);
    fake_expect(t.fake, "say #lab: The server lets us say nothing under other names here*"
                        "(You cannot relay)");
    g_assert_cmpuint(t.fake->limits.name_bytes, ==, 0);
    g_autofree char *again = transcript_label(&t);
    g_assert_cmpstr(again, !=, first);
    fake_expect_sent(t.fake, "@label=*;+weft/relay=" MARK ";+weft/key=k PRIVMSG #lab :<maria> one");
    fake_net_say(t.fake, "@label=%s :s FAIL RELAYMSG PRIVS_NEEDED :You cannot relay", second);
    fake_expect_sent(t.fake, "@label=*;+weft/relay=" MARK ";+weft/key=k PRIVMSG #lab :? bo two");
    /* What was written for a name before comes out with it. */
    say_as(&t, "#lab", MESSAGE_TEXT, "carmen", "three");
    fake_expect_sent(t.fake,
                     "@label=*;+weft/relay=" MARK ";+weft/key=k PRIVMSG #lab :<carmen> three");
    fake_expect_nothing(t.fake);
    fake_net_say(t.fake, "@label=%s;msgid=1 :kai!k@host PRIVMSG #lab :<maria> one", again);
    fake_expect(t.fake, "echo text #lab <kai> <maria> one id=1 key=k own cursor");
    fake_expect(t.fake, "done 1 1");
    fake_net_say(t.fake, ":maria!m@h MODE #lab +o kai");
    g_assert_cmpuint(t.fake->limits.name_bytes, ==, 27);
    fake_forget(t.fake);
    say_as(&t, "#lab", MESSAGE_TEXT, "carmen", "four");
    fake_expect_sent(t.fake, "@label=* RELAYMSG #lab carmen/r four");
    transcript_close(&t);
}

/* What is said after the first refusal waits until all before it are answered: they come back one
 * by one, and are not overtaken. */
static void
test_refused_in_order(void)
{
    struct transcript t = {0};
    char *labels[2];

    online(&t, RELAY);
    for (unsigned i = 0; i < G_N_ELEMENTS(labels); i++) {
        say_as(&t, "#lab", MESSAGE_TEXT, "maria", i == 0 ? "one" : "two");
        labels[i] = transcript_label(&t);
        fake_forget(t.fake);
    }
    fake_net_say(t.fake, "@label=%s :s FAIL RELAYMSG PRIVS_NEEDED :No", labels[0]);
    fake_expect(t.fake, "say #lab: *");
    fake_expect_sent(t.fake, "@label=* PRIVMSG #lab :<maria> one");
    say_as(&t, "#lab", MESSAGE_TEXT, "maria", "three");
    say_as(&t, "#lab", MESSAGE_TEXT, NULL, "<maria> four");
    say_as(&t, "#lab", MESSAGE_TEXT, NULL, "<maria> five");
    fake_expect_nothing_sent(t.fake);
    /* Elsewhere nothing waits for that; and what waits can be had back. */
    say_as(&t, "carmen", MESSAGE_TEXT, NULL, "psst");
    fake_expect_sent(t.fake, "@label=* PRIVMSG carmen psst");
    g_assert_true(irc_driver.send_waits(t.session, 4));
    irc_driver.op_cancel(t.session, 4);
    fake_advance_s(t.fake, 0);
    fake_expect(t.fake, "failed 4 cancelled: *");
    fake_net_say(t.fake, "@label=%s :s FAIL RELAYMSG PRIVS_NEEDED :No", labels[1]);
    fake_expect_sent(t.fake, "@label=* PRIVMSG #lab :<maria> two");
    fake_expect_sent(t.fake, "@label=* PRIVMSG #lab :<maria> three");
    fake_expect_sent(t.fake, "@label=* PRIVMSG #lab :<maria> five");
    fake_expect_nothing_sent(t.fake);
    for (unsigned i = 0; i < G_N_ELEMENTS(labels); i++)
        g_free(labels[i]);
    transcript_close(&t);
}

/* A name that the server does not take costs only the name; a ban is honoured; a command that is
 * gone is not tried again. */
static void
test_refused_otherwise(void)
{
    struct transcript t = {0};

    online(&t, RELAY);
    say_as(&t, "#lab", MESSAGE_TEXT, "nickserv", "one");
    g_autofree char *label = transcript_label(&t);
    fake_forget(t.fake);
    fake_net_say(t.fake, "@label=%s :s FAIL RELAYMSG INVALID_NICK :Invalid nickname", label);
    fake_expect_sent(t.fake, "@label=* PRIVMSG #lab :<nickserv> one");
    fake_expect_nothing(t.fake);
    g_assert_cmpuint(t.fake->limits.name_bytes, ==, 27);
    say_as(&t, "#lab", MESSAGE_TEXT, "troll", "two");
    g_free(label);
    label = transcript_label(&t);
    fake_forget(t.fake);
    fake_net_say(t.fake, "@label=%s :s FAIL RELAYMSG BANNED :troll/r is banned", label);
    fake_expect(t.fake, "failed 2 forbidden: The operators of the channel have banned*");
    fake_expect_nothing_sent(t.fake);
    say_as(&t, "#lab", MESSAGE_TEXT, "maria", "three");
    g_free(label);
    label = transcript_label(&t);
    fake_net_say(t.fake, "@label=%s :s 404 kai #lab :Cannot send to channel", label);
    fake_expect(t.fake, "failed 3 forbidden: *Cannot send*");
    say_as(&t, "#lab", MESSAGE_TEXT, "maria", "four");
    g_free(label);
    label = transcript_label(&t);
    fake_forget(t.fake);
    fake_net_say(t.fake, "@label=%s :s 421 kai RELAYMSG :Unknown command", label);
    fake_expect_sent(t.fake, "@label=* PRIVMSG #lab :<maria> four");
    fake_expect(t.fake, "say #lab: The server lets nobody speak under another name any more*");
    g_assert_cmpuint(t.fake->limits.name_bytes, ==, 0);
    fake_net_say(t.fake, ":maria!m@h MODE #lab +o kai");
    g_assert_cmpuint(t.fake->limits.name_bytes, ==, 0);
    transcript_close(&t);
}

/* Without labels or echo the answer to the PING of the first try proves nothing of the second. */
static void
test_refused_unlabelled(void)
{
    struct transcript t = {0};

    online(&t, "message-tags server-time draft/relaymsg=/");
    say_as(&t, "#lab", MESSAGE_TEXT, "maria", "soup?");
    fake_expect_sent(t.fake, "@* RELAYMSG #lab maria/r soup?");
    g_autofree char *ping = g_strdup(g_queue_peek_head(&t.fake->sent));
    fake_expect_sent(t.fake, "PING w*");
    fake_net_say(t.fake, ":s FAIL RELAYMSG PRIVS_NEEDED :No");
    fake_expect(t.fake, "say #lab: *");
    fake_expect_sent(t.fake, "@* PRIVMSG #lab :<maria> soup?");
    g_autofree char *proof = g_strdup(g_queue_peek_head(&t.fake->sent));
    fake_net_say(t.fake, ":s PONG s :%s", ping + 5);
    fake_expect_nothing(t.fake);
    fake_net_say(t.fake, ":s PONG s :%s", proof + 5);
    fake_expect(t.fake, "done 1 -");
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

/* A server that has nothing of all this: the relay is told so, and gets its mark through at most.
 */
static void
test_without(void)
{
    struct transcript t = {0};

    online(&t, MODERN);
    g_assert_cmpuint(t.fake->limits.name_bytes, ==, 0);
    say_as(&t, "#lab", MESSAGE_TEXT, NULL, "<maria> soup");
    fake_expect_sent(t.fake,
                     "@label=*;+weft/relay=" MARK ";+weft/key=k PRIVMSG #lab :<maria> soup");
    fake_net_say(t.fake, ":s 005 kai CLIENTTAGDENY=*,-reply :are supported");
    say_as(&t, "#lab", MESSAGE_TEXT, NULL, "<maria> bread");
    fake_expect_sent(t.fake, "@label=w? PRIVMSG #lab :<maria> bread");
    transcript_close(&t);
    t = (struct transcript){0};
    online(&t, NULL);
    g_assert_cmpuint(t.fake->limits.name_bytes, ==, 0);
    say_as(&t, "#lab", MESSAGE_TEXT, NULL, "<maria> soup");
    fake_expect_sent(t.fake, "PRIVMSG #lab :<maria> soup");
    transcript_close(&t);
}

/* What fits under a name fits with it before the text as well, and no batch is used. */
static void
test_length(void)
{
    struct transcript t = {0};
    struct buffer *lab = transcript_buffer("#lab");
    g_autofree char *text = g_strnfill(1200, 'x');
    struct rich *body = rich_new(text, -1);
    const struct persona as = {.name = "maria/patio"};
    struct send_request request = {.buffer = lab, .body = body, .key = "k", .as = &as};

    online(&t, WITH_ALL " draft/relaymsg=/");
    g_autoptr(GPtrArray) parts = irc_driver.split(t.session, &request);
    g_assert_cmpuint(parts->len, >=, 3);
    request.body = parts->pdata[0];
    g_assert_true(irc_driver.send(t.session, 1, &request, NULL));
    g_autofree char *label = transcript_label(&t);
    g_assert_true(fake_skip_sent_to(t.fake, "@label=* RELAYMSG #lab maria/patio xxx*"));
    fake_net_say(t.fake, "@label=%s :s FAIL RELAYMSG PRIVS_NEEDED :No", label);
    g_autofree char *line = g_strdup(g_queue_peek_tail(&t.fake->sent));
    g_assert_true(g_pattern_match_simple("@label=* PRIVMSG #lab :<maria/patio> xxx*", line));
    g_assert_cmpuint(strlen(strchr(line, ' ')) + strlen(":kai!k@host"), <=, 510);
    rich_free(body);
    buffer_free(lab);
    transcript_close(&t);
}

/* Other relays' lines, and ours in a history, where the tag is missing. */
static void
test_reading(void)
{
    struct transcript t = {0};

    online(&t, RELAY " draft/chathistory");
    fake_net_say(t.fake, "@msgid=a;+weft/relay=77 :bot!b@h PRIVMSG #lab :<maria> soup");
    fake_expect(t.fake, "live text #lab <bot> <maria> soup id=a relayed-by=77 cursor");
    fake_net_say(t.fake, "@msgid=b;draft/relaymsg=bot :maria/x!~u@h PRIVMSG #lab :soup");
    fake_expect(t.fake, "live text #lab <maria/x> soup id=b relayed-by=bot cursor");
    fake_net_say(t.fake, "@msgid=c;+weft/relay= :bot!b@h PRIVMSG #lab :x");
    fake_expect(t.fake, "live text #lab <bot> x id=c cursor");
    /* What nobody waits for any more, and a key that is not ours to give. */
    fake_net_say(t.fake,
                 "@msgid=e;+weft/relay=0f6c;+weft/key=k7 :kai!k@host PRIVMSG #lab :<maria> z");
    fake_expect(t.fake, "live text #lab <kai> <maria> z id=e key=k7 relayed-by=0f6c own cursor");
    fake_net_say(t.fake, "@msgid=f;+weft/relay=0f6c;+weft/key=k7 :bot!b@h PRIVMSG #lab :<maria> z");
    fake_expect(t.fake, "live text #lab <bot> <maria> z id=f relayed-by=0f6c cursor");
    /* Another client of ours. */
    fake_net_say(t.fake, "@msgid=d;draft/relaymsg=kai :maria/x!~u@host PRIVMSG #lab :y");
    fake_expect(t.fake, "live text #lab <maria/x> y id=d relayed-by=kai own cursor");
    struct buffer *lab = transcript_buffer("#lab");
    const struct history_request request = {.buffer = lab, .limit = 50};
    fake_forget(t.fake);
    g_assert_true(irc_driver.history(t.session, 9, &request, NULL));
    g_autofree char *label = transcript_label(&t);
    fake_net_say(t.fake, "@label=%s :s BATCH +h chathistory #lab", label);
    fake_net_say(t.fake, "@batch=h;msgid=e;time=2026-08-20T09:00:00.000Z :maria/x!~u@host PRIVMSG "
                         "#lab :ours");
    fake_net_say(t.fake, "@batch=h;msgid=f;time=2026-08-20T09:00:01.000Z :bo/y!~u@else PRIVMSG "
                         "#lab :theirs");
    fake_net_say(t.fake, ":s BATCH -h");
    g_assert_true(
        fake_skip_to(t.fake, "history text #lab <maria/x> ours id=e relayed-by=host perhaps-own*"));
    fake_expect(t.fake, "history text #lab <bo/y> theirs id=f relayed-by=else*");
    buffer_free(lab);
    transcript_close(&t);
}

void
test_relay_add(void)
{
    g_test_add_func("/irc/relay/persona", test_persona);
    g_test_add_func("/irc/relay/persona-unlabelled", test_persona_unlabelled);
    g_test_add_func("/irc/relay/bytes", test_bytes);
    g_test_add_func("/irc/relay/refused", test_refused);
    g_test_add_func("/irc/relay/refused-in-order", test_refused_in_order);
    g_test_add_func("/irc/relay/refused-otherwise", test_refused_otherwise);
    g_test_add_func("/irc/relay/refused-unlabelled", test_refused_unlabelled);
    g_test_add_func("/irc/relay/without", test_without);
    g_test_add_func("/irc/relay/length", test_length);
    g_test_add_func("/irc/relay/reading", test_reading);
}
