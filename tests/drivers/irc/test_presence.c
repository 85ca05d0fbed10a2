/* Who is there: MONITOR, WHO, and our own nick. */
#include <string.h>

#include "base/error.h"
#include "protocols/irc/irc.h"
#include "tests/drivers/irc/transcript.h"

/* --- MONITOR
 * ------------------------------------------------------------------------------------ */

/* In, with MONITOR=`limit` (NULL: no such token). */
static void
open_watching(struct transcript *t, const char *more, const char *token)
{
    transcript_open(t, more);
    transcript_connect(t);
    fake_net_say(t->fake, ":s CAP * LS :" MODERN);
    while (fake_skip_sent_to(t->fake, "CAP REQ *"))
        fake_net_say(t->fake, ":s CAP kai ACK :" MODERN);
    fake_net_say(t->fake, ":s 001 kai :Welcome");
    fake_net_say(t->fake, ":s 005 kai CHANTYPES=# CASEMAPPING=rfc1459 WHOX %s :are", token);
    fake_forget(t->fake);
    fake_net_say(t->fake, ":s 376 kai :End of MOTD");
}

static void
test_friends(void)
{
    struct transcript t = {.fake = fake_host_new(NOW_US)};

    g_hash_table_insert(t.fake->known, g_strdup("jun"), GINT_TO_POINTER(BUFFER_DIRECT));
    open_watching(&t, "friend = Mar[ia]\nfriend = ana bad!mask\n", "MONITOR=100");
    g_assert_true(fake_skip_sent_to(t.fake, "MONITOR + Mar?ia?,ana,jun"));
    fake_forget(t.fake);
    fake_net_say(t.fake, ":s 730 kai :mar{IA}!m@h,Jun!j@h");
    fake_net_say(t.fake, ":s 731 kai :ana,stranger");
    fake_expect(t.fake, "presence mar{ia} here");
    fake_expect(t.fake, "say -: mar{IA} is here.");
    fake_expect(t.fake, "presence jun here");
    fake_expect(t.fake, "presence ana gone");
    fake_expect_nothing(t.fake);
    /* extended-monitor: away without a channel in common. */
    fake_net_say(t.fake, ":jun!j@h AWAY :lunch");
    fake_net_say(t.fake, ":jun!j@h AWAY");
    fake_expect(t.fake, "presence jun away");
    fake_expect(t.fake, "presence jun here");
    fake_net_say(t.fake, ":s 731 kai :Mar[ia]");
    fake_expect(t.fake, "presence mar{ia} gone");
    fake_expect(t.fake, "say -: Mar?ia? is gone.");
    /* Someone new to talk with. */
    irc_driver.open_dm(t.session, 5, NULL, "Zoe", NULL);
    g_assert_true(fake_skip_sent_to(t.fake, "MONITOR + Zoe"));
    fake_forget(t.fake);
    fake_net_end(t.fake);
    g_assert_cmpuint(fake_count(t.fake, "presence * unknown"), ==, 3);
    irc_driver.connect(t.session);
    fake_advance_s(t.fake, 0);
    fake_net_open(t.fake, true);
    fake_net_say(t.fake, ":s 001 kai :Welcome");
    fake_net_say(t.fake, ":s 005 kai CASEMAPPING=rfc1459 MONITOR :are");
    fake_net_say(t.fake, ":s 376 kai :End of MOTD");
    g_assert_true(fake_skip_sent_to(t.fake, "MONITOR + Mar?ia?,ana,jun,zoe"));
    transcript_close(&t);
}

static void
test_monitor_limits(void)
{
    struct transcript t = {0};
    g_autoptr(GString) many = g_string_new(NULL);

    for (int i = 0; i < 1200; i++)
        g_string_append_printf(many, "friend = person%d\n", i);
    open_watching(&t, many->str, "MONITOR=60");
    unsigned lines = 0, names = 0;
    for (GList *at = t.fake->sent.head; at; at = at->next) {
        const char *line = at->data;
        if (!g_str_has_prefix(line, "MONITOR + "))
            continue;
        g_assert_cmpuint(strlen(line), <=, 510);
        lines++;
        for (names++; (line = strchr(line, ',')); line++)
            names++;
    }
    g_assert_cmpuint(names, ==, 60);
    g_assert_cmpuint(lines, >, 1);
    fake_forget(t.fake);
    fake_net_say(t.fake, ":s 734 kai 50 person58,person59 :Monitor list is full.");
    fake_expect(t.fake, "say -: The server watches at most 50 nicks*person58,person59*");
    transcript_close(&t);

    struct transcript u = {0};
    open_watching(&u, "friend = maria\n", "X=1");
    g_assert_false(fake_skip_sent_to(u.fake, "MONITOR*"));
    transcript_close(&u);
}

/* --- WHO
 * -------------------------------------------------------------------------------------------- */

static void
come_into(struct transcript *t, const char *channel, unsigned n)
{
    fake_net_say(t->fake, ":kai!k@host JOIN %s", channel);
    fake_net_say(t->fake, ":s 353 kai = %s :kai @maria jun", channel);
    for (unsigned i = 0; i < n; i++)
        fake_net_say(t->fake, ":s 353 kai = %s :n%u", channel, i);
    fake_net_say(t->fake, ":s 366 kai %s :End", channel);
}

static void
test_who(void)
{
    struct transcript t = {0};

    open_watching(&t, "", "");
    transcript_answer_sync(&t);
    fake_forget(t.fake);
    come_into(&t, "#lab", 0);
    come_into(&t, "#ops", 0);
    come_into(&t, "#big", 500);
    fake_expect_sent(t.fake, "PING s*");
    g_assert_true(fake_skip_sent_to(t.fake, "WHO #lab ?cuhnfart,152"));
    /* One at a time. */
    g_assert_false(fake_skip_sent_to(t.fake, "WHO *"));
    fake_forget(t.fake);
    fake_net_say(t.fake, ":s 354 kai 152 #lab m h maria G@ mariacc :Maria");
    fake_expect(t.fake, "member #lab @maria login=mariacc away");
    fake_net_say(t.fake, ":s 354 kai 152 #lab j h jun H 0 :Jun");
    fake_expect_nothing(t.fake);
    fake_net_say(t.fake, ":s 315 kai #lab :End of WHO list");
    fake_expect_sent(t.fake, "WHO #ops *");
    /* ngIRCd takes no notice of the fields. */
    fake_net_say(t.fake, ":s 352 kai #ops ~m h ng.test maria G@ :0 Maria");
    fake_expect(t.fake, "member #ops @maria away");
    fake_net_say(t.fake, ":s 315 kai #ops :End of WHO list");
    fake_expect_nothing_sent(t.fake);
    transcript_close(&t);
}

static void
test_who_is_put_off(void)
{
    struct transcript t = {0};

    open_watching(&t, "", "");
    transcript_answer_sync(&t);
    come_into(&t, "#lab", 0);
    fake_forget(t.fake);
    fake_net_say(t.fake, ":s 263 kai WHO :Server load is temporarily too heavy.");
    fake_expect_nothing(t.fake);
    fake_advance_s(t.fake, 29);
    g_assert_false(fake_skip_sent_to(t.fake, "WHO *"));
    fake_advance_s(t.fake, 2);
    g_assert_true(fake_skip_sent_to(t.fake, "WHO #lab *"));
    /* No answer at all: the next one has its turn. */
    come_into(&t, "#ops", 0);
    fake_forget(t.fake);
    fake_advance_s(t.fake, 40);
    g_assert_true(fake_skip_sent_to(t.fake, "WHO #ops *"));
    transcript_close(&t);
}

/* --- our nick
 * --------------------------------------------------------------------------------------- */

static void
open_as_another(struct transcript *t)
{
    transcript_open(t, "");
    transcript_connect(t);
    fake_net_say(t->fake, ":s 433 * kai :Nickname is already in use");
    g_assert_true(fake_skip_sent_to(t->fake, "NICK kai_"));
    fake_net_say(t->fake, ":s 001 kai_ :Welcome");
    fake_net_say(t->fake, ":s 005 kai_ CHANTYPES=# MONITOR=10 :are");
    fake_net_say(t->fake, ":s 376 kai_ :End of MOTD");
    g_assert_true(fake_skip_to(t->fake, "say -: The nick kai is taken. You are kai_ *"));
    transcript_answer_sync(t);
    g_assert_true(fake_skip_sent_to(t->fake, "MONITOR + kai"));
    fake_forget(t->fake);
}

static void
test_nick_had_back(void)
{
    struct transcript t = {0};

    open_as_another(&t);
    fake_net_say(t.fake, ":s 731 kai_ :KAI");
    fake_expect_sent(t.fake, "NICK kai");
    /* Somebody was faster: nobody needs to hear of it. */
    fake_net_say(t.fake, ":s 433 kai_ kai :Nickname is already in use");
    g_assert_true(fake_skip_to(t.fake, "presence kai gone"));
    fake_expect_nothing(t.fake);
    fake_net_say(t.fake, ":kai!x@h NICK other");
    fake_expect_sent(t.fake, "NICK kai");
    fake_net_say(t.fake, ":kai_!k@h NICK kai");
    g_assert_true(fake_skip_to(t.fake, "self kai kai -"));
    fake_net_say(t.fake, ":s 731 kai :kai");
    fake_expect_nothing_sent(t.fake);
    transcript_close(&t);
}

static void
test_nick_is_not_fought_for(void)
{
    struct transcript t = {0};

    open_as_another(&t);
    for (int i = 0; i < 20; i++) {
        fake_net_say(t.fake, ":kai!x@h QUIT :bye");
        fake_net_say(t.fake, ":s 433 kai_ kai :Nickname is already in use");
    }
    unsigned tries = 0;
    while (fake_skip_sent_to(t.fake, "NICK kai"))
        tries++;
    g_assert_cmpuint(tries, ==, 5);
    transcript_close(&t);
}

static void
test_nick_cut(void)
{
    struct transcript t = {0};

    transcript_open(&t, "");
    transcript_connect(&t);
    fake_net_say(t.fake, ":s 001 ka :Welcome");
    g_assert_true(fake_skip_to(t.fake, "say -: The server has cut your nick: you are ka here."));
    fake_net_say(t.fake, ":s 376 ka :End of MOTD");
    fake_net_say(t.fake, ":s 731 ka :kai");
    g_assert_false(fake_skip_sent_to(t.fake, "NICK kai_"));
    transcript_close(&t);
}

static void
test_bot(void)
{
    struct transcript t = {0};

    open_watching(&t, "bot = on\n", "BOT=B");
    g_assert_true(fake_skip_sent_to(t.fake, "MODE kai +B"));
    transcript_close(&t);

    struct transcript u = {0};
    open_watching(&u, "bot = on\n", "BOT=++");
    g_assert_false(fake_skip_sent_to(u.fake, "MODE *"));
    transcript_close(&u);
}

void
test_presence_add(void)
{
    g_test_add_func("/irc/presence/friends", test_friends);
    g_test_add_func("/irc/presence/limits", test_monitor_limits);
    g_test_add_func("/irc/presence/who", test_who);
    g_test_add_func("/irc/presence/who-put-off", test_who_is_put_off);
    g_test_add_func("/irc/presence/bot", test_bot);
    g_test_add_func("/irc/nick/had-back", test_nick_had_back);
    g_test_add_func("/irc/nick/not-fought-for", test_nick_is_not_fought_for);
    g_test_add_func("/irc/nick/cut", test_nick_cut);
}
