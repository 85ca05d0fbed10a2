/* Client-only tags: replies, typing, what CLIENTTAGDENY leaves, context of a channel, bots. */
#include <string.h>

#include "base/error.h"
#include "protocols/irc/irc.h"
#include "tests/drivers/irc/transcript.h"

static void
typing(struct transcript *t, const char *conversation, bool active)
{
    struct buffer *buffer = transcript_buffer(conversation);

    irc_driver.typing(t->session, buffer, active);
    buffer_free(buffer);
}

/* To the operators alone: there, and no conversation of its own. */
static void
test_omsg(void)
{
    const char *const arguments[] = {"ops only", NULL};
    const struct driver_command *command = irc_driver.commands;
    struct buffer *lab = transcript_buffer("#lab");

    while (strcmp(command->name, "omsg") != 0)
        command++;
    for (unsigned echo = 0; echo < 2; echo++) {
        struct transcript t = {0};
        g_autoptr(GError) error = NULL;
        transcript_online(&t, "", echo ? MODERN : NULL);
        transcript_in_channel(&t, "#lab");
        g_assert_true(irc_driver.command(t.session, 1, command, lab, arguments, NULL));
        g_assert_true(fake_skip_sent_to(t.fake, "*PRIVMSG @#lab :ops only"));
        if (echo)
            fake_net_say(t.fake, "@msgid=1 :kai!k@host PRIVMSG @#lab :ops only");
        g_assert_true(fake_skip_to(t.fake, echo ? "live text #lab <kai> ?@#lab? ops only*"
                                                : "say #lab: ?@#lab? kai: ops only"));
        g_assert_false(irc_driver.open_dm(t.session, 2, lab, "@#lab", &error));
        g_assert_nonnull(strstr(error->message, "/omsg"));
        transcript_close(&t);
    }
    buffer_free(lab);
}

static void
test_reply(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    transcript_in_channel(&t, "#lab");
    fake_net_say(t.fake, "@msgid=b;+reply=a :maria!m@h PRIVMSG #lab :yes");
    fake_expect(t.fake, "live text #lab <maria> yes id=b reply-to=a cursor");
    fake_net_say(t.fake, "@msgid=c;+draft/reply=b :maria!m@h PRIVMSG #lab :no");
    fake_expect(t.fake, "live text #lab <maria> no id=c reply-to=b cursor");
    fake_net_say(t.fake, "@msgid=d;+draft/reply=old;+reply= :maria!m@h PRIVMSG #lab :?");
    fake_expect(t.fake, "live text #lab <maria> ? id=d reply-to=old cursor");
    transcript_reply(&t, "#lab", "soup", "x;y z");
    g_autofree char *label = transcript_label(&t);
    fake_expect_sent(t.fake, "@label=w*;+reply=x\\:y\\sz;+draft/reply=x\\:y\\sz PRIVMSG #lab soup");
    fake_net_say(t.fake, "@label=%s;msgid=e;+reply=x\\:y\\sz :kai!k@host PRIVMSG #lab :soup",
                 label);
    fake_expect(t.fake, "echo text #lab <kai> soup id=e key=k reply-to=x;y z own cursor");
    transcript_close(&t);
}

/* Never a tag before the ACK, and none that is denied. */
static void
test_what_passes(void)
{
    const unsigned tagged = CAP_REPLY | CAP_REACT | CAP_TYPING;
    struct transcript t = {0};

    transcript_online(&t, "", "server-time");
    transcript_in_channel(&t, "#lab");
    g_assert_cmpuint(t.fake->caps & (tagged | CAP_DELETE | CAP_MARK_READ), ==, 0);
    transcript_reply(&t, "#lab", "soup", "x");
    fake_expect_sent(t.fake, "PRIVMSG #lab soup");
    fake_forget(t.fake);
    typing(&t, "#lab", true);
    fake_expect_nothing_sent(t.fake);
    struct buffer *lab = transcript_buffer("#lab");
    g_autoptr(GError) error = NULL;
    g_assert_false(irc_driver.react(t.session, 9, lab, "x", ":)", true, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED);
    g_clear_error(&error);
    g_assert_false(irc_driver.delete_(t.session, 9, lab, "x", &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED);
    buffer_free(lab);
    transcript_close(&t);

    t = (struct transcript){0};
    transcript_online(&t, "", WITH_ALL);
    transcript_in_channel(&t, "#lab");
    g_assert_cmpuint(t.fake->caps & irc_driver.caps, ==, irc_driver.caps);
    fake_net_say(t.fake, ":s 005 kai CLIENTTAGDENY=*,-reply,-draft/react :are supported");
    g_assert_cmpuint(t.fake->caps & tagged, ==, CAP_REPLY | CAP_REACT);
    typing(&t, "#lab", true);
    fake_expect_nothing_sent(t.fake);
    transcript_reply(&t, "#lab", "soup", "x");
    fake_expect_sent(t.fake, "@label=w*;+reply=x PRIVMSG #lab soup");
    fake_net_say(t.fake, ":s 005 kai CLIENTTAGDENY=draft/react,reply,draft/reply :are supported");
    g_assert_cmpuint(t.fake->caps & tagged, ==, CAP_TYPING);
    fake_net_say(t.fake, ":s 005 kai -CLIENTTAGDENY :are supported");
    g_assert_cmpuint(t.fake->caps & tagged, ==, tagged);
    fake_net_say(t.fake, ":s CAP kai DEL :message-tags");
    g_assert_cmpuint(t.fake->caps & (tagged | CAP_DELETE), ==, 0);
    transcript_close(&t);
}

static void
test_typing_in(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    transcript_in_channel(&t, "#lab");
    fake_net_say(t.fake, "@+typing=active :maria!m@h TAGMSG #lab");
    fake_expect(t.fake, "typing #lab maria active");
    fake_net_say(t.fake, "@+draft/typing=paused :maria!m@h TAGMSG #LAB");
    fake_expect(t.fake, "typing #lab maria paused");
    fake_net_say(t.fake, "@+typing=done :maria!m@h TAGMSG #lab");
    fake_expect(t.fake, "typing #lab maria done");
    fake_net_say(t.fake, "@+typing=active :kai!k@host TAGMSG #lab"); /* ours, come back */
    fake_net_say(t.fake, "@+typing=dreaming :maria!m@h TAGMSG #lab");
    fake_net_say(t.fake, "@+typing=active :maria!m@h TAGMSG #elsewhere");
    fake_net_say(t.fake, "@+typing=active :irc.example TAGMSG #lab");
    fake_net_say(t.fake, "@+typing=active :maria!m@h TAGMSG");
    /* A stranger's typing opens no conversation. */
    fake_net_say(t.fake, "@+typing=active :mallory!m@h TAGMSG kai");
    fake_expect_nothing(t.fake);
    fake_net_say(t.fake, ":maria!m@h PRIVMSG kai :psst");
    fake_forget(t.fake);
    fake_net_say(t.fake, "@+typing=active :Maria!m@h TAGMSG kai");
    fake_expect(t.fake, "typing maria Maria active");
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

static void
test_typing_out(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    transcript_in_channel(&t, "#lab");
    typing(&t, "#lab", true);
    fake_expect_sent(t.fake, "@+typing=active TAGMSG #lab");
    for (int i = 0; i < 5; i++) {
        fake_advance_s(t.fake, 0.5);
        typing(&t, "#lab", true);
    }
    fake_expect_nothing_sent(t.fake);
    typing(&t, "maria", true); /* another target has its own pace */
    fake_expect_sent(t.fake, "@+typing=active TAGMSG maria");
    typing(&t, "#lab", false); /* 2.5 s after the last word: it waits */
    fake_expect_nothing_sent(t.fake);
    fake_advance_s(t.fake, 0.6);
    fake_expect_sent(t.fake, "@+typing=done TAGMSG #lab");
    typing(&t, "#lab", false);
    fake_advance_s(t.fake, 4);
    fake_expect_nothing_sent(t.fake);
    /* A message ends it without a word. */
    typing(&t, "#lab", true);
    fake_expect_sent(t.fake, "@+typing=active TAGMSG #lab");
    transcript_send(&t, "#lab", MESSAGE_TEXT, "soup", "k");
    fake_expect_sent(t.fake, "@label=w* PRIVMSG #lab soup");
    typing(&t, "#lab", false);
    fake_advance_s(t.fake, 10);
    fake_expect_nothing_sent(t.fake);
    /* What waits is not said to another connection. */
    typing(&t, "maria", true);
    typing(&t, "maria", false);
    fake_net_end(t.fake);
    fake_advance_s(t.fake, 10);
    transcript_close(&t);
}

/* A private message about a channel stays private, and says what it is about. */
static void
test_channel_context(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    transcript_in_channel(&t, "#lab");
    fake_net_say(t.fake, "@+channel-context=#lab :maria!m@h PRIVMSG kai :help yourself");
    fake_expect(t.fake, "buffer maria direct maria joined");
    fake_expect(t.fake, "live text maria <maria> ?#lab? help yourself cursor");
    fake_net_say(t.fake, "@+channel-context=#lab;bot :helper!m@h NOTICE kai :no help");
    fake_expect(t.fake, "say -: -helper- ?#lab? no help");
    fake_net_say(t.fake, "@+channel-context=#else :maria!m@h PRIVMSG kai :a");
    fake_expect(t.fake, "live text maria <maria> a cursor");
    fake_net_say(t.fake, "@+channel-context=maria :maria!m@h PRIVMSG kai :b");
    fake_expect(t.fake, "live text maria <maria> b cursor");
    fake_net_say(t.fake, "@+channel-context=#lab :maria!m@h PRIVMSG #lab :c");
    fake_expect(t.fake, "live text #lab <maria> c cursor");
    fake_net_say(t.fake, "@bot :maria!m@h PRIVMSG #lab :beep");
    fake_expect(t.fake, "live text #lab <maria> beep bot cursor");
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

static void
test_status_message(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    transcript_in_channel(&t, "#lab");
    fake_net_say(t.fake, ":maria!m@h PRIVMSG @#lab :for ops");
    fake_expect(t.fake, "live text #lab <maria> ?@#lab? for ops cursor");
    fake_net_say(t.fake, ":maria!m@h NOTICE @+#lab :for more");
    fake_expect(t.fake, "live notice #lab <maria> ?@+#lab? for more cursor");
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

/* +c channels take colours out: the echo is still ours. */
static void
test_colours_stripped(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", "echo-message server-time message-tags");
    transcript_in_channel(&t, "#lab");
    transcript_send(&t, "#lab", MESSAGE_TEXT,
                    "\x03"
                    "04red\x03 and \x02"
                    "bold\x02",
                    "k1");
    fake_net_say(t.fake, "@msgid=1 :kai!k@host PRIVMSG #lab :red and bold");
    fake_expect(t.fake, "echo text #lab <kai> red and bold id=1 key=k1 own cursor");
    fake_expect(t.fake, "done 1 1");
    transcript_close(&t);
}

/* With UTF8ONLY as without: nothing else leaves. */
static void
test_utf8_only(void)
{
    struct transcript t = {0};
    g_autoptr(GError) error = NULL;

    transcript_online(&t, "", MODERN);
    fake_net_say(t.fake, ":s 005 kai UTF8ONLY :are supported");
    g_assert_false(irc_driver.raw(t.session, 1, NULL, "PRIVMSG #lab :caf\xe9", &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    fake_net_say(t.fake, "PING :caf\xe9");
    fake_expect_sent(t.fake, "PONG caf\xc3\xa9");
    fake_net_say(t.fake, ":maria!m@h PRIVMSG kai :\x01PING caf\xe9\xff\x01");
    g_autofree char *line = g_queue_pop_head(&t.fake->sent);
    g_assert_nonnull(line);
    g_assert_true(g_utf8_validate(line, -1, NULL));
    fake_expect_nothing_sent(t.fake);
    transcript_close(&t);
}

void
test_tags_add(void)
{
    g_test_add_func("/irc/tags/reply", test_reply);
    g_test_add_func("/irc/tags/what-passes", test_what_passes);
    g_test_add_func("/irc/tags/typing-in", test_typing_in);
    g_test_add_func("/irc/tags/typing-out", test_typing_out);
    g_test_add_func("/irc/tags/channel-context", test_channel_context);
    g_test_add_func("/irc/tags/omsg", test_omsg);
    g_test_add_func("/irc/tags/status-message", test_status_message);
    g_test_add_func("/irc/tags/colours-stripped", test_colours_stripped);
    g_test_add_func("/irc/tags/utf8-only", test_utf8_only);
}
