/* What is done to a message that stands: reactions, deletion, read marks; and the replies that are
 * sentences. */
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

static op_id
react(struct transcript *t, const char *remote_id, const char *emoji, bool add)
{
    struct buffer *buffer = transcript_buffer("#lab");
    g_autoptr(GError) error = NULL;

    irc_driver.react(t->session, ++t->last_op, buffer, remote_id, emoji, add, &error);
    g_assert_no_error(error);
    buffer_free(buffer);
    return t->last_op;
}

static op_id
delete_message(struct transcript *t, const char *conversation, const char *remote_id)
{
    struct buffer *buffer = transcript_buffer(conversation);
    g_autoptr(GError) error = NULL;

    irc_driver.delete_(t->session, ++t->last_op, buffer, remote_id, &error);
    g_assert_no_error(error);
    buffer_free(buffer);
    return t->last_op;
}

static void
test_react(void)
{
    struct transcript t = {0};

    in_lab(&t, MODERN);
    react(&t, "m1", "\xf0\x9f\x91\x8d", true);
    g_autofree char *label = transcript_label(&t);
    fake_expect_sent(t.fake, "@label=w*;+draft/react=\xf0\x9f\x91\x8d;+reply=m1;+draft/reply=m1 "
                             "TAGMSG #lab");
    fake_expect_nothing_sent(t.fake);
    fake_net_say(
        t.fake,
        "@label=%s;msgid=r1;+draft/react=\xf0\x9f\x91\x8d;+reply=m1 :kai!k@host TAGMSG #lab",
        label);
    fake_expect(t.fake, "reaction #lab m1 +\xf0\x9f\x91\x8d kai own echo");
    fake_expect(t.fake, "done 1 -");
    react(&t, "m1", ":)", false);
    g_free(label);
    label = transcript_label(&t);
    fake_expect_sent(t.fake, "@label=w*;+draft/unreact=:);+reply=m1;+draft/reply=m1 TAGMSG #lab");
    fake_net_say(t.fake, "@label=%s :s 404 kai #lab :Cannot send to channel", label);
    fake_expect(t.fake, "failed 2 forbidden: *Cannot send*");
    react(&t, "m1", ":(", true);
    g_free(label);
    label = transcript_label(&t);
    fake_net_say(t.fake, "@label=%s :s ACK", label); /* taken, and not echoed */
    fake_expect(t.fake, "reaction #lab m1 +:( kai own echo");
    fake_expect(t.fake, "done 3 -");
    /* Said by another client of ours. */
    fake_net_say(t.fake, "@+draft/react=:);+reply=m2 :kai!k@host TAGMSG #lab");
    fake_expect(t.fake, "reaction #lab m2 +:) kai own");
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

static void
test_react_without_labels(void)
{
    struct transcript t = {0};

    in_lab(&t, "message-tags server-time echo-message");
    react(&t, "m1", ":)", true);
    fake_expect_sent(t.fake, "@+draft/react=:);+reply=m1;+draft/reply=m1 TAGMSG #lab");
    fake_expect_sent(t.fake, "PING w*");
    fake_net_say(t.fake, "@+draft/react=:);+reply=m1 :kai!k@host TAGMSG #lab");
    fake_expect(t.fake, "reaction #lab m1 +:) kai own echo");
    fake_expect(t.fake, "done 1 -");
    transcript_close(&t);

    t = (struct transcript){0};
    in_lab(&t, "message-tags server-time");
    react(&t, "m1", ":)", true);
    fake_expect_sent(t.fake, "@+draft/react=*");
    g_autofree char *ping = g_queue_pop_head(&t.fake->sent);
    fake_net_say(t.fake, ":s PONG s :%s", ping + 5);
    fake_expect(t.fake, "reaction #lab m1 +:) kai own echo");
    fake_expect(t.fake, "done 1 -");
    react(&t, "m1", ":)", true);
    fake_net_say(t.fake, ":s 404 kai #lab :Cannot send");
    fake_expect(t.fake, "failed 2 forbidden: *");
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

static void
test_react_in(void)
{
    struct transcript t = {0};

    in_lab(&t, MODERN);
    fake_net_say(t.fake, "@+draft/react=lol;+reply=m1 :maria!m@h TAGMSG #lab");
    fake_expect(t.fake, "reaction #lab m1 +lol maria");
    fake_net_say(t.fake, "@+draft/unreact=lol;+draft/reply=m1 :maria!m@h TAGMSG #lab");
    fake_expect(t.fake, "reaction #lab m1 -lol maria");
    /* Said aloud too: a message, and a reaction. */
    fake_net_say(t.fake, "@msgid=m2;+draft/react=lol;+reply=m1 :maria!m@h PRIVMSG #lab :lol");
    fake_expect(t.fake, "live text #lab <maria> lol id=m2 reply-to=m1 cursor");
    fake_expect(t.fake, "reaction #lab m1 +lol maria");
    g_autofree char *much = g_strnfill(101, 'x');
    fake_net_say(t.fake, "@+draft/react=%s;+reply=m1 :maria!m@h TAGMSG #lab", much);
    fake_net_say(t.fake, "@+draft/react=lol :maria!m@h TAGMSG #lab"); /* to what? */
    fake_net_say(t.fake, "@+draft/react;+reply=m1 :maria!m@h TAGMSG #lab");
    fake_net_say(t.fake, "@+draft/react=a;+draft/unreact=a;+reply=m1 :maria!m@h TAGMSG #lab");
    fake_net_say(t.fake, "@+draft/react=a;+reply=m1 :maria!m@h TAGMSG #elsewhere");
    fake_net_say(t.fake, "@+draft/react=a;+reply=m1 :mallory!m@h TAGMSG kai");
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

static void
test_delete(void)
{
    struct transcript t = {0};

    in_lab(&t, WITH_ALL);
    delete_message(&t, "#lab", "m1");
    g_autofree char *label = transcript_label(&t);
    fake_expect_sent(t.fake, "@label=w* REDACT #lab m1");
    fake_net_say(t.fake, "@label=%s :kai!k@host REDACT #lab m1", label);
    fake_expect(t.fake, "deleted #lab m1 kai echo");
    fake_expect(t.fake, "done 1 -");
    fake_net_say(t.fake, ":maria!m@h REDACT #lab m2 :\x02that\x02 was enough");
    fake_expect(t.fake, "deleted #lab m2 maria reason=that was enough");
    fake_net_say(t.fake, ":irc.example REDACT #lab m3");
    fake_expect(t.fake, "deleted #lab m3 irc.example");
    fake_net_say(t.fake, ":maria!m@h REDACT #elsewhere m4");
    fake_net_say(t.fake, ":maria!m@h REDACT #lab");
    fake_net_say(t.fake, "REDACT");
    fake_net_say(t.fake, ":mallory!m@h REDACT kai m5");
    fake_expect_nothing(t.fake);
    fake_net_say(t.fake, ":maria!m@h PRIVMSG kai :psst");
    fake_forget(t.fake);
    fake_net_say(t.fake, ":maria!m@h REDACT kai m6");
    fake_expect(t.fake, "deleted maria m6 maria");
    fake_net_say(t.fake, ":kai!k@host REDACT maria m7"); /* another client of ours */
    fake_expect(t.fake, "deleted maria m7 kai");
    transcript_close(&t);
}

static void
expect_refusal(struct transcript *t, const char *reply, const char *failure)
{
    op_id op = delete_message(t, "#lab", "m1");
    g_autofree char *label = transcript_label(t);
    g_autofree char *pattern = g_strdup_printf("failed %" G_GUINT64_FORMAT " %s", op, failure);

    fake_net_say(t->fake, "@label=%s :s FAIL REDACT %s", label, reply);
    fake_expect(t->fake, pattern);
    fake_expect_nothing(t->fake);
}

static void
test_delete_refused(void)
{
    struct transcript t = {0};

    in_lab(&t, WITH_ALL);
    expect_refusal(&t, "INVALID_TARGET #lab :x", "forbidden: *in this conversation.");
    expect_refusal(&t, "REDACT_FORBIDDEN #lab m1 :x", "forbidden: *does not let you*");
    expect_refusal(&t, "REDACT_WINDOW_EXPIRED #lab m1 60 :x", "forbidden: *too old*");
    expect_refusal(&t, "UNKNOWN_MSGID #lab m1 :x", "not-found: *any more*");
    expect_refusal(&t, "SOMETHING_NEW #lab m1 :We are on strike", "forbidden: *on strike");
    expect_refusal(&t, "REDACT_FORBIDDEN", "forbidden: *does not let you*");
    transcript_close(&t);
    /* Without labels the message's id says which. */
    t = (struct transcript){0};
    in_lab(&t, "message-tags server-time draft/message-redaction");
    delete_message(&t, "#lab", "m1");
    delete_message(&t, "#lab", "m2");
    fake_net_say(t.fake, ":s FAIL REDACT UNKNOWN_MSGID #lab m2 :x");
    fake_expect(t.fake, "failed 2 not-found: *");
    fake_expect_sent(t.fake, "REDACT #lab m1");
    g_autofree char *ping = g_queue_pop_head(&t.fake->sent);
    fake_net_say(t.fake, ":s PONG s :%s", ping + 5);
    fake_expect(t.fake, "deleted #lab m1 kai echo");
    fake_expect(t.fake, "done 1 -");
    transcript_close(&t);
}

/* --- read marks
 * ----------------------------------------------------------------------------------- */

static void
mark(struct transcript *t, const char *conversation, int64_t time_us, unsigned flags)
{
    struct buffer *buffer = transcript_buffer(conversation);
    struct message *upto = message_new();

    upto->time_us = time_us;
    upto->flags = flags;
    irc_driver.mark_read(t->session, buffer, upto);
    message_unref(upto);
    buffer_free(buffer);
    fake_advance_s(t->fake, 0);
}

static void
test_read_out(void)
{
    struct transcript t = {0};

    in_lab(&t, WITH_ALL);
    fake_advance_s(t.fake, 30);
    mark(&t, "#lab", NOW_US, 0);
    fake_expect_sent(t.fake, "MARKREAD #lab timestamp=2026-08-20T10:11:12.000Z");
    mark(&t, "#lab", NOW_US - G_USEC_PER_SEC, 0); /* never back */
    mark(&t, "#lab", NOW_US, 0);
    mark(&t, "#lab", NOW_US + 9 * G_USEC_PER_SEC, MESSAGE_OWN); /* the server never saw it */
    fake_advance_s(t.fake, 5);
    fake_expect_nothing_sent(t.fake);
    /* Who reads along tells it every 3 s, not at each line. */
    for (int i = 1; i <= 10; i++)
        mark(&t, "#lab", NOW_US + i * G_USEC_PER_SEC, 0);
    fake_expect_sent(t.fake, "MARKREAD #lab timestamp=2026-08-20T10:11:13.000Z");
    fake_expect_nothing_sent(t.fake);
    fake_advance_s(t.fake, 3);
    fake_expect_sent(t.fake, "MARKREAD #lab timestamp=2026-08-20T10:11:22.000Z");
    fake_net_say(t.fake, ":s MARKREAD #lab timestamp=2026-08-20T10:11:22.000Z");
    fake_expect(t.fake, "read #lab 178722068*");
    fake_advance_s(t.fake, 30);
    fake_expect_nothing_sent(t.fake);
    transcript_close(&t);
}

/* The person takes it back: what waits for the server's pace is not said, and the server's word of
 * what was said reads nothing, on this connection and the next. */
static void
take_back(struct transcript *t, int64_t time_us)
{
    struct buffer *buffer = transcript_buffer("#lab");
    struct message *upto = message_new();

    upto->time_us = time_us;
    irc_driver.mark_back(t->session, buffer, time_us != 0 ? upto : NULL);
    message_unref(upto);
    buffer_free(buffer);
    fake_advance_s(t->fake, 0);
}

static void
test_read_back(void)
{
    struct transcript t = {0};

    transcript_online(&t, "flood_control = on\n", WITH_ALL);
    transcript_in_channel(&t, "#lab");
    for (int i = 0; i < 8; i++)
        transcript_send(&t, "#lab", MESSAGE_TEXT, "soup", NULL);
    mark(&t, "#lab", NOW_US, 0); /* waits behind the eight */
    take_back(&t, NOW_US - G_USEC_PER_SEC);
    fake_advance_s(t.fake, 60);
    g_assert_false(fake_skip_sent_to(t.fake, "MARKREAD #lab timestamp=2026-08-20T10:11:12.000Z"));
    fake_forget(t.fake);
    mark(&t, "#lab", NOW_US, 0);
    fake_expect_sent(t.fake, "MARKREAD #lab timestamp=2026-08-20T10:11:12.000Z");
    take_back(&t, 0);
    fake_net_say(t.fake, ":s MARKREAD #lab timestamp=2026-08-20T10:11:12.000Z");
    fake_expect_nothing(t.fake);
    fake_net_end(t.fake);
    transcript_connect(&t);
    transcript_register(&t, WITH_ALL);
    transcript_in_channel(&t, "#lab");
    fake_net_say(t.fake, ":s MARKREAD #lab timestamp=2026-08-20T10:11:12.000Z");
    fake_expect_nothing(t.fake);
    /* Read on another device since; and what is read here counts as it did. */
    fake_net_say(t.fake, ":s MARKREAD #lab timestamp=2026-08-20T10:11:12.500Z");
    fake_expect(t.fake, "read #lab 1787220672500000");
    take_back(&t, 0);
    mark(&t, "#lab", NOW_US + G_USEC_PER_SEC / 2, 0);
    fake_net_say(t.fake, ":s MARKREAD #lab timestamp=2026-08-20T10:11:12.500Z");
    fake_expect(t.fake, "read #lab 1787220672500000");
    transcript_close(&t);
}

static void
test_read_in(void)
{
    struct transcript t = {0};

    in_lab(&t, WITH_ALL);
    fake_net_say(t.fake, ":s MARKREAD #lab *");
    fake_expect_nothing(t.fake);
    fake_net_say(t.fake, ":s MARKREAD #lab timestamp=2026-08-20T10:00:00.000Z");
    fake_expect(t.fake, "read #lab 1787220000000000");
    fake_net_say(t.fake, ":s MARKREAD #lab timestamp=2026-08-20T09:00:00.000Z");
    fake_net_say(t.fake, ":s MARKREAD #lab");
    fake_net_say(t.fake, ":s MARKREAD");
    fake_net_say(t.fake, ":s MARKREAD #elsewhere timestamp=2026-08-20T10:00:00.000Z");
    fake_net_say(t.fake, ":s MARKREAD mallory timestamp=2026-08-20T10:00:00.000Z");
    fake_expect_nothing(t.fake);
    /* A private conversation: asked once. */
    fake_net_say(t.fake, ":Maria!m@h PRIVMSG kai :psst");
    fake_expect_sent(t.fake, "MARKREAD Maria");
    fake_forget(t.fake);
    fake_net_say(t.fake, ":s MARKREAD Maria timestamp=2026-08-20T10:00:00.000Z");
    fake_expect(t.fake, "read maria 1787220000000000");
    fake_net_say(t.fake, ":maria!m@h PRIVMSG kai :psst");
    fake_expect_nothing_sent(t.fake);
    fake_net_end(t.fake);
    fake_forget(t.fake);
    /* And again on the next connection. */
    transcript_connect(&t);
    transcript_register(&t, WITH_ALL);
    g_assert_true(fake_skip_sent_to(t.fake, "MARKREAD maria"));
    transcript_close(&t);

    t = (struct transcript){0};
    in_lab(&t, MODERN " soju.im/read");
    g_assert_cmpuint(t.fake->caps & CAP_MARK_READ, ==, CAP_MARK_READ);
    mark(&t, "#lab", NOW_US, 0);
    fake_expect_sent(t.fake, "READ #lab timestamp=2026-08-20T10:11:12.000Z");
    fake_net_say(t.fake, ":s READ #lab timestamp=2026-08-20T10:11:12.000Z");
    fake_expect(t.fake, "read #lab 1787220672000000");
    transcript_close(&t);
}

/* --- standard replies
 * ----------------------------------------------------------------------------- */

static void
test_standard_replies(void)
{
    struct transcript t = {0};

    in_lab(&t, MODERN);
    fake_net_say(t.fake,
                 ":s FAIL BOX BOXES_INVALID STACK CLOCKWISE :Given boxes are not supported");
    fake_expect(t.fake,
                "say -: The server refused BOX: Given boxes are not supported (BOXES_INVALID)");
    fake_net_say(t.fake, ":s FAIL * NEED_REGISTRATION :You need to be registered");
    fake_expect(t.fake, "say -: The server refused: You need to be registered (NEED_REGISTRATION)");
    fake_net_say(t.fake, ":s WARN REHASH CERTS_EXPIRED #LAB :Certificate has \x02"
                         "expired\x02");
    fake_expect(t.fake, "say #lab: The server warns about REHASH: Certificate has expired");
    fake_net_say(t.fake, ":s WARN * LATE :It is late");
    fake_expect(t.fake, "say -: The server warns: It is late");
    fake_net_say(t.fake, ":s NOTE OPER OPEROVERRIDE x #lab y :Someone overrode");
    fake_expect(t.fake, "say #lab: Someone overrode");
    fake_net_say(t.fake, ":s FAIL X CODE");
    fake_expect(t.fake, "say -: The server refused X: CODE (CODE)");
    fake_net_say(t.fake, ":s FAIL REDACT UNKNOWN_MSGID #lab m1 :x");
    fake_expect(t.fake, "say #lab: *does not know this message*");
    fake_net_say(t.fake, "FAIL");
    fake_expect_nothing(t.fake);
    /* A label settles what was asked for; a warning does not. */
    transcript_send(&t, "#lab", MESSAGE_TEXT, "soup", "k");
    g_autofree char *label = transcript_label(&t);
    fake_net_say(t.fake, "@label=%s :s WARN PRIVMSG LOUD #lab :Loud", label);
    fake_expect(t.fake, "say #lab: The server warns about PRIVMSG: Loud");
    fake_net_say(t.fake, "@label=%s :s FAIL PRIVMSG ACCOUNT_REQUIRED #lab :Log in first", label);
    fake_expect(t.fake, "failed 1 auth: The server refused: Log in first");
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

void
test_deeds_add(void)
{
    g_test_add_func("/irc/deeds/react", test_react);
    g_test_add_func("/irc/deeds/react-without-labels", test_react_without_labels);
    g_test_add_func("/irc/deeds/react-in", test_react_in);
    g_test_add_func("/irc/deeds/delete", test_delete);
    g_test_add_func("/irc/deeds/delete-refused", test_delete_refused);
    g_test_add_func("/irc/deeds/read-out", test_read_out);
    g_test_add_func("/irc/deeds/read-back", test_read_back);
    g_test_add_func("/irc/deeds/read-in", test_read_in);
    g_test_add_func("/irc/deeds/standard-replies", test_standard_replies);
}
