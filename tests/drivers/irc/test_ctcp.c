/* CTCP: answered seldom and never in public; DCC not at all. */
#include <string.h>

#include "base/error.h"
#include "protocols/irc/irc.h"
#include "tests/drivers/irc/transcript.h"

#define CTCP(text) "\x01" text "\x01"

static void
ask(struct transcript *t, const char *text)
{
    fake_forget(t->fake);
    fake_advance_s(t->fake, 3);
    fake_net_say(t->fake, ":maria!m@h PRIVMSG kai :\x01%s\x01", text);
}

static void
test_answers(void)
{
    struct transcript t = {0};
    g_autofree char *much = g_strnfill(150, 'x');
    g_autofree char *ping = g_strdup_printf("PING %s", much);

    transcript_online(&t, "", MODERN);
    ask(&t, "VERSION");
    fake_expect(t.fake, "say -: maria asks by CTCP: VERSION (answered)");
    fake_expect_sent(t.fake, "NOTICE maria :" CTCP("VERSION weft"));
    ask(&t, "version");
    fake_expect_sent(t.fake, "NOTICE maria :" CTCP("VERSION weft"));
    ask(&t, "PING 123 456");
    fake_expect_sent(t.fake, "NOTICE maria :" CTCP("PING 123 456"));
    ask(&t, ping);
    g_autofree char *line = g_queue_pop_head(&t.fake->sent);
    g_assert_cmpuint(strlen(line), ==, strlen("NOTICE maria :" CTCP("PING ")) + 100);
    ask(&t, "CLIENTINFO");
    fake_expect_sent(t.fake, "NOTICE maria :" CTCP("CLIENTINFO ACTION CLIENTINFO PING VERSION"));
    ask(&t, "TIME");
    fake_expect(t.fake, "say -: maria asks by CTCP: TIME");
    fake_expect_nothing_sent(t.fake);
    ask(&t, "FINGER");
    fake_expect(t.fake, "say -: maria asks by CTCP: FINGER");
    ask(&t, "");
    fake_expect_nothing_sent(t.fake);
    transcript_close(&t);

    t = (struct transcript){0};
    transcript_online(&t, "ctcp_time = yes\n", MODERN);
    ask(&t, "TIME");
    fake_expect_sent(t.fake, "NOTICE maria :" CTCP("TIME 2026-08-20T10:11:15Z"));
    ask(&t, "CLIENTINFO");
    fake_expect_sent(t.fake, "NOTICE maria :*PING VERSION TIME*");
    transcript_close(&t);
}

static void
test_never_answered(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", WITH_HISTORY);
    transcript_in_channel(&t, "#lab");
    fake_forget(t.fake);
    fake_net_say(t.fake, ":maria!m@h PRIVMSG #lab :" CTCP("VERSION"));
    fake_expect(t.fake, "say -: maria asks #lab by CTCP: VERSION");
    fake_net_say(t.fake, ":maria!m@h PRIVMSG @#lab :" CTCP("VERSION"));
    fake_net_say(t.fake, ":maria!m@h NOTICE kai :" CTCP("VERSION x"));
    fake_net_say(t.fake, ":irc.example PRIVMSG kai :" CTCP("VERSION"));
    fake_net_say(t.fake, ":kai!k@host PRIVMSG kai :" CTCP("VERSION"));
    /* Played back: by a batch of any kind, or late. */
    fake_net_say(t.fake, ":s BATCH +b chathistory kai");
    fake_net_say(t.fake, "@batch=b :maria!m@h PRIVMSG kai :" CTCP("VERSION"));
    fake_net_say(t.fake, ":s BATCH -b");
    fake_net_say(t.fake, ":s BATCH +c something/new kai");
    fake_net_say(t.fake, "@batch=c :maria!m@h PRIVMSG kai :" CTCP("VERSION"));
    fake_net_say(t.fake, ":s BATCH -c");
    fake_net_say(t.fake, "@time=2026-08-20T10:00:00.000Z :maria!m@h PRIVMSG kai :" CTCP("VERSION"));
    fake_expect_nothing_sent(t.fake);
    transcript_close(&t);
}

/* Threat 42: no connection, no reply, and the name shows as text. */
static void
test_threat_42(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    transcript_in_channel(&t, "#lab");
    unsigned opened = t.fake->opened;
    fake_net_say(t.fake, ":mallory!m@h PRIVMSG kai :" CTCP("DCC SEND menu.pdf 2130706433 5000 99"));
    fake_expect(t.fake,
                "say -: mallory offers a file (DCC), \"menu.pdf\"; weft does not take these.");
    fake_net_say(t.fake, ":mallory!m@h PRIVMSG kai :" CTCP("DCC SEND \"../../.bash rc\" 1 2 3"));
    fake_expect(t.fake, "say -: mallory offers a file (DCC), \"../../.bash rc\"; weft *");
    fake_net_say(t.fake, ":mallory!m@h PRIVMSG kai :" CTCP("DCC CHAT chat 1 2"));
    fake_expect(t.fake, "say -: mallory offers a direct talk (DCC); weft does not take these.");
    g_autofree char *much = g_strnfill(5000, 'x');
    fake_net_say(t.fake,
                 ":mallory!m@h PRIVMSG kai :\x01"
                 "DCC SEND \x02%s\x02 1 2\x01",
                 much);
    g_autofree char *said = g_queue_pop_head(&t.fake->events);
    g_assert_cmpuint(strlen(said), <, 250);
    static const char *const broken[] = {
        "DCC", "DCC ", "DCC SEND", "DCC SEND ", "DCC SEND \"", "DCC RESUME a 1 2", "dcc send x"};
    for (unsigned i = 0; i < G_N_ELEMENTS(broken); i++)
        fake_net_say(t.fake, ":mallory!m@h PRIVMSG kai :\x01%s", broken[i]);
    g_assert_cmpuint(fake_count(t.fake, "say -: mallory offers *weft does not take these."), ==,
                     G_N_ELEMENTS(broken));
    fake_net_say(t.fake,
                 ":mallory!m@h PRIVMSG #lab :" CTCP("DCC SEND menu.pdf 2130706433 5000 99"));
    fake_net_say(t.fake, ":DCC PRIVMSG");
    fake_advance_s(t.fake, 10);
    fake_expect_nothing_sent(t.fake);
    g_assert_cmpuint(t.fake->opened, ==, opened);
    transcript_close(&t);
}

/* Threat 43: at most 3 replies in the 9 s around, none in channels. */
static void
test_threat_43(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    transcript_in_channel(&t, "#lab");
    fake_forget(t.fake);
    for (int i = 0; i < 1000; i++) {
        fake_net_say(t.fake, ":m%d!m@h PRIVMSG %s :" CTCP("VERSION"), i, i % 2 ? "kai" : "#lab");
        fake_advance_s(t.fake, 0.001);
    }
    for (int i = 0; i < 80; i++) {
        fake_net_say(t.fake, ":m%d!m@h PRIVMSG kai :" CTCP("PING x"), i);
        fake_advance_s(t.fake, 0.1);
    }
    g_assert_cmpuint(t.fake->sent.length, >=, 1);
    g_assert_cmpuint(t.fake->sent.length, <=, 3);
    for (GList *at = t.fake->sent.head; at; at = at->next)
        g_assert_true(g_pattern_match_simple("NOTICE m* :\x01*", at->data));
    g_assert_false(fake_skip_sent_to(t.fake, "*#lab*"));
    transcript_close(&t);
}

static bool
run_ctcp_in(struct transcript *t, const struct buffer *buffer, const char *nick, const char *what,
            GError **error)
{
    const char *arguments[] = {nick, what, NULL};
    const struct driver_command *command = irc_driver.commands;

    while (strcmp(command->name, "ctcp") != 0)
        command++;
    return irc_driver.command(t->session, ++t->last_op, command, buffer, arguments, error);
}

static bool
run_ctcp(struct transcript *t, const char *nick, const char *what, GError **error)
{
    return run_ctcp_in(t, NULL, nick, what, error);
}

static void
test_asking(void)
{
    struct transcript t = {0};
    g_autoptr(GError) error = NULL;

    transcript_online(&t, "", MODERN);
    g_assert_true(run_ctcp(&t, "maria", "version", NULL));
    fake_expect_sent(t.fake, "@label=q* PRIVMSG maria " CTCP("VERSION"));
    g_assert_true(run_ctcp(&t, "maria", "PING 1 2", NULL));
    fake_expect_sent(t.fake, "@label=q* PRIVMSG maria :" CTCP("PING 1 2"));
    fake_net_say(t.fake, ":kai!k@host PRIVMSG maria :" CTCP("VERSION")); /* the echo */
    fake_advance_s(t.fake, 0);
    fake_expect(t.fake, "done 1 -");
    fake_expect(t.fake, "done 2 -");
    fake_net_say(t.fake, ":maria!m@h NOTICE kai :" CTCP("VERSION soup 1.0"));
    fake_expect(t.fake, "say -: maria answers by CTCP: VERSION soup 1.0");
    fake_expect_nothing(t.fake);
    g_assert_false(run_ctcp(&t, "maria", "DCC SEND x", &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    g_clear_error(&error);
    g_assert_false(run_ctcp(&t, "maria", "action waves", &error));
    g_clear_error(&error);
    g_assert_false(run_ctcp(&t, "a,b", "VERSION", &error));
    g_clear_error(&error);
    g_assert_false(run_ctcp(&t, "maria", "X\x01\x01Y", &error));
    fake_expect_nothing_sent(t.fake);
    /* The answer is said where one asked. */
    struct buffer *lab = transcript_buffer("#lab");
    g_assert_true(run_ctcp_in(&t, lab, "maria", "VERSION", NULL));
    buffer_free(lab);
    fake_net_say(t.fake, ":maria!m@h NOTICE kai :" CTCP("VERSION soup 1.0"));
    g_assert_true(fake_skip_to(t.fake, "say #lab: maria answers by CTCP: VERSION soup 1.0"));
    transcript_close(&t);
}

void
test_ctcp_add(void)
{
    g_test_add_func("/irc/ctcp/answers", test_answers);
    g_test_add_func("/irc/ctcp/never-answered", test_never_answered);
    g_test_add_func("/threat/42-no-dcc", test_threat_42);
    g_test_add_func("/threat/43-ctcp-flood", test_threat_43);
    g_test_add_func("/irc/ctcp/asking", test_asking);
}
