/* Who comes and goes, topics, modes, and the requests about them. */
#include <string.h>

#include "base/error.h"
#include "protocols/irc/irc.h"
#include "tests/drivers/irc/transcript.h"

static void
test_join_and_names(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    g_assert_true(irc_driver.join(t.session, 7, NULL, "Lab", "key", NULL));
    fake_expect_sent(t.fake, "JOIN #Lab key");
    fake_net_say(t.fake, ":kai!k@host JOIN #Lab * :Kai");
    fake_net_say(t.fake, ":s 332 kai #Lab :soup \x02today\x02");
    fake_net_say(t.fake, ":s 353 kai @ #Lab :kai!k@host ~@maria!m@h +jun!j@h");
    fake_net_say(t.fake, ":s 366 kai #Lab :End of NAMES");
    fake_expect(t.fake, "buffer #lab channel #Lab joined");
    fake_expect(t.fake, "member #lab kai");
    fake_expect(t.fake, "live join #lab <kai> k@host own");
    fake_expect(t.fake, "done 7 #lab");
    fake_expect(t.fake, "buffer #lab channel #Lab joined topic=soup today");
    fake_expect(t.fake, "buffer #lab private #Lab joined");
    fake_expect(t.fake, "members #lab +jun kai ~@maria");
    transcript_answer_sync(&t);
    fake_expect(t.fake, "caught-up #lab");
    fake_expect_nothing(t.fake);
    g_assert_cmpstr(g_hash_table_lookup(t.fake->kv, "irc.key.#lab"), ==, "key");
    /* Who is in already is told where. */
    g_assert_true(irc_driver.join(t.session, 8, NULL, "LAB", NULL, NULL));
    fake_advance_s(t.fake, 0);
    fake_expect(t.fake, "done 8 #lab");
    transcript_close(&t);
}

/* The members of a channel are asked for where the server does not list them by itself, and waited
 * for where it does. */
static void
test_members(void)
{
    static const char *const caps[] = {MODERN, MODERN " no-implicit-names",
                                       MODERN " soju.im/no-implicit-names"};
    struct buffer *lab = transcript_buffer("#lab");

    for (unsigned i = 0; i < G_N_ELEMENTS(caps); i++) {
        struct transcript t = {0};
        transcript_online(&t, "", caps[i]);
        fake_net_say(t.fake, ":kai!k@host JOIN #lab");
        transcript_answer_sync(&t);
        fake_forget(t.fake);
        g_assert_true(irc_driver.members(t.session, 7, lab, NULL));
        if (i == 0)
            fake_expect_nothing_sent(t.fake);
        else
            fake_expect_sent(t.fake, "NAMES #lab");
        fake_expect_nothing(t.fake);
        fake_net_say(t.fake, ":s 353 kai = #lab :kai @maria");
        fake_net_say(t.fake, ":s 366 kai #lab :End");
        fake_expect(t.fake, "members #lab @maria kai");
        fake_expect(t.fake, "done 7 -");
        fake_expect_nothing(t.fake);
        transcript_close(&t);
    }
    buffer_free(lab);
}

/* The modes of a channel are asked for when somebody looks at it, once, told without what may be a
 * key, and followed; a person's own question is answered as before. */
static void
test_modes(void)
{
    struct transcript t = {0};
    struct buffer *lab = transcript_buffer("#lab");

    transcript_online(&t, "", MODERN);
    transcript_in_channel(&t, "#lab");
    fake_net_say(t.fake, ":maria!m@h MODE #lab +s"); /* not known yet: nothing to follow */
    fake_expect(t.fake, "live mode #lab <maria> +s*");
    fake_expect_nothing(t.fake);
    irc_driver.look_at(t.session, lab);
    irc_driver.look_at(t.session, lab);
    fake_expect_sent(t.fake, "MODE #lab");
    fake_expect_nothing_sent(t.fake);
    fake_net_say(t.fake, ":s 324 kai #lab +tnkl secret 50");
    fake_expect(t.fake, "buffer #lab channel #lab joined modes=+klnt");
    fake_net_say(t.fake, ":s 329 kai #lab 1600000000");
    fake_expect_nothing(t.fake);
    fake_net_say(t.fake, ":maria!m@h MODE #lab +i-k+ovb secret jun jun *!*@x");
    fake_skip_to(t.fake, "buffer #lab channel #lab joined modes=+ilnt");
    fake_net_say(t.fake, ":maria!m@h MODE #lab -ilnt");
    fake_skip_to(t.fake, "buffer #lab channel #lab joined modes=");
    fake_expect_nothing(t.fake);
    fake_net_say(t.fake, ":s 324 kai #lab +m");
    fake_expect(t.fake, "buffer #lab channel #lab joined modes=+m");
    fake_expect(t.fake, "*The modes of #lab: +m");
    fake_net_say(t.fake, ":s 329 kai #lab 1600000000");
    fake_expect(t.fake, "*was made on*");
    /* Nonsense has a bound. */
    g_autofree char *many = g_strnfill(400, 'a');
    for (int i = 0; i < 400; i++)
        many[i] = (char)('!' + i % 90);
    g_autofree char *line = g_strdup_printf(":s 324 kai #lab :+%s", many);
    fake_net_say(t.fake, "%s", line);
    fake_skip_to(t.fake, "*The modes of*");
    irc_driver.look_at(t.session, lab);
    fake_expect_nothing_sent(t.fake);
    buffer_free(lab);
    transcript_close(&t);
}

static void
test_join_refused(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", NULL);
    irc_driver.join(t.session, 7, NULL, "#lab", NULL, NULL);
    fake_net_say(t.fake, ":s 473 kai #lab :Cannot join channel (+i)");
    fake_expect(t.fake, "failed 7 forbidden: *(+i)");
    irc_driver.join(t.session, 8, NULL, "#gone", NULL, NULL);
    fake_net_say(t.fake, ":s 403 kai #gone :No such channel");
    fake_expect(t.fake, "failed 8 not-found: *");
    irc_driver.join(t.session, 9, NULL, "#mute", NULL, NULL);
    fake_forget(t.fake);
    fake_advance_s(t.fake, 29);
    fake_expect_nothing(t.fake);
    fake_advance_s(t.fake, 7);
    fake_expect(t.fake, "failed 9 timeout: *");
    transcript_close(&t);
}

static void
test_others(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    transcript_in_channel(&t, "#lab");
    fake_net_say(t.fake, ":jun!j@h JOIN #lab junacc :Jun");
    fake_expect(t.fake, "member #lab jun login=junacc");
    fake_expect(t.fake, "live join #lab <jun> j@h cursor");
    fake_net_say(t.fake, ":maria!m@h MODE #lab +ov-k+l jun jun key 5");
    fake_expect(t.fake, "live mode #lab <maria> +ov-k+l jun jun key 5 cursor");
    fake_expect(t.fake, "member #lab @jun *");
    fake_expect(t.fake, "member #lab @+jun *");
    fake_net_say(t.fake, ":jun!j@h AWAY :lunch");
    fake_expect(t.fake, "member #lab @+jun login=junacc away");
    fake_net_say(t.fake, ":jun!j@h ACCOUNT *");
    fake_expect(t.fake, "member #lab @+jun away");
    fake_net_say(t.fake, ":jun!j@h NICK Juno");
    fake_expect(t.fake, "live rename #lab <jun>  subject=Juno cursor");
    fake_expect(t.fake, "member-renamed - jun juno Juno");
    fake_net_say(t.fake, ":maria!m@h TOPIC #lab :new");
    fake_expect(t.fake, "buffer #lab channel #lab joined topic=new");
    fake_expect(t.fake, "live topic #lab <maria> new cursor");
    fake_net_say(t.fake, ":maria!m@h KICK #lab Juno :enough");
    fake_expect(t.fake, "live kick #lab <maria> enough subject=Juno cursor");
    fake_expect(t.fake, "member-removed #lab juno");
    fake_net_say(t.fake, ":maria!m@h PART #lab :bye");
    fake_expect(t.fake, "live part #lab <maria> bye cursor");
    fake_expect(t.fake, "member-removed #lab maria");
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

/* One line for all; who is there is exact at once. */
static void
test_netsplit(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    transcript_in_channel(&t, "#lab");
    transcript_in_channel(&t, "#ops");
    fake_net_say(t.fake, ":s BATCH +n netsplit a.example b.example");
    fake_net_say(t.fake, "@batch=n :maria!m@h QUIT :a.example b.example");
    g_assert_cmpuint(fake_count(t.fake, "gone maria"), ==, 1);
    fake_net_say(t.fake, ":s BATCH -n");
    g_assert_cmpuint(
        fake_count(t.fake, "live server #lab <> 1 person left in a netsplit (a.example b.example)*"
                           " maria"),
        ==, 1);
    g_assert_cmpuint(fake_count(t.fake, "live server #ops <> 1 person left *maria"), ==, 1);
    g_assert_cmpuint(t.fake->events.length, ==, 3);
    transcript_close(&t);
}

/* Without batches, and many: gathered for five seconds, the names bounded. */
static void
test_netsplit_of_many(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    transcript_in_channel(&t, "#lab");
    for (int i = 0; i < 300; i++)
        fake_net_say(t.fake, ":n%d!n@h JOIN #lab * :N", i);
    fake_forget(t.fake);
    for (int i = 0; i < 300; i++)
        fake_net_say(t.fake, ":n%d!n@h QUIT :*.net hub.example", i);
    g_assert_cmpuint(fake_count(t.fake, "gone n*"), ==, 300);
    g_assert_cmpuint(t.fake->events.length, ==, 300);
    fake_forget(t.fake);
    fake_advance_s(t.fake, 5);
    fake_expect(t.fake, "live server #lab <> 300 people left in a netsplit (?.net hub.example): "
                        "n0, n1, *n19 and 280 more");
    for (int i = 0; i < 299; i++)
        fake_net_say(t.fake, ":n%d!n@h JOIN #lab * :N", i);
    g_assert_cmpuint(fake_count(t.fake, "member #lab n*"), ==, 299);
    g_assert_cmpuint(fake_count(t.fake, "live join *"), ==, 0);
    fake_forget(t.fake);
    fake_advance_s(t.fake, 5);
    fake_expect(t.fake, "live server #lab <> 299 people came back after the netsplit: n0, *");
    /* Whoever comes much later, or has never been behind it, simply joins. */
    fake_advance_s(t.fake, 10);
    fake_net_say(t.fake, ":s PONG s weft-alive");
    fake_forget(t.fake);
    fake_net_say(t.fake, ":jun!j@h JOIN #lab * :J");
    g_assert_true(fake_skip_to(t.fake, "live join #lab <jun> *"));
    fake_net_say(t.fake, ":jun!j@h QUIT :see you");
    fake_expect(t.fake, "live quit #lab <jun> see you cursor");
    transcript_close(&t);
}

#define JOINS "join = #lab\njoin = #Ops secret\n"

/* weft ends, and starts with the same configuration. */
static void
restart(struct transcript *t)
{
    irc_driver.close(t->session);
    fake_options_free(t->options);
    transcript_open(t, JOINS);
    transcript_connect(t);
    fake_forget(t->fake);
    transcript_register(t, MODERN);
}

/* Kicked: not joined again by itself, neither now nor after a reconnect or a restart, until the
 * person has joined. */
static void
test_kicked_stays_out(void)
{
    struct transcript t = {0};

    transcript_online(&t, JOINS, MODERN);
    transcript_in_channel(&t, "#lab");
    transcript_in_channel(&t, "#ops");
    transcript_in_channel(&t, "#extra");
    fake_net_say(t.fake, ":maria!m@h KICK #lab kai :out");
    fake_expect(t.fake, "live kick #lab <maria> out subject=kai cursor");
    fake_expect(t.fake, "buffer #lab channel #lab");
    fake_expect_nothing_sent(t.fake);
    fake_net_end(t.fake);
    transcript_connect(&t);
    fake_forget(t.fake);
    transcript_register(&t, MODERN);
    fake_expect_sent(t.fake, "JOIN #Ops secret");
    fake_expect_sent(t.fake, "JOIN #extra");
    fake_expect_sent(t.fake, "PING s*");
    fake_expect_nothing_sent(t.fake);
    restart(&t);
    fake_expect_sent(t.fake, "JOIN #Ops secret");
    fake_expect_sent(t.fake, "JOIN #extra");
    fake_expect_sent(t.fake, "PING s*");
    fake_expect_nothing_sent(t.fake);
    transcript_in_channel(&t, "#lab");
    restart(&t);
    fake_expect_sent(t.fake, "JOIN #lab");
    transcript_close(&t);
}

static void
test_requests(void)
{
    struct transcript t = {0};
    struct buffer *lab = transcript_buffer("#lab");

    transcript_online(&t, "", NULL);
    transcript_in_channel(&t, "#lab");
    g_assert_true(irc_driver.set_topic(t.session, 1, lab, "soup", NULL));
    fake_expect_sent(t.fake, "TOPIC #lab soup");
    fake_net_say(t.fake, ":s 482 kai #lab :You're not channel operator");
    fake_expect(t.fake, "failed 1 forbidden: *operator");
    g_assert_true(irc_driver.set_presence(t.session, 2, "lunch", NULL));
    fake_expect_sent(t.fake, "AWAY lunch");
    fake_net_say(t.fake, ":s 306 kai :away now");
    fake_expect(t.fake, "done 2 -");
    g_assert_true(irc_driver.user_info(t.session, 3, lab, "maria", NULL));
    fake_expect_sent(t.fake, "WHOIS maria");
    fake_net_say(t.fake, ":s 311 kai maria m h * :Maria M");
    fake_expect(t.fake, "say #lab: maria is m@h (Maria M).");
    fake_net_say(t.fake, ":s 318 kai maria :End");
    fake_expect(t.fake, "done 3 -");
    g_assert_true(irc_driver.leave(t.session, 4, lab, "good night", NULL));
    fake_expect_sent(t.fake, "PART #lab :good night");
    fake_net_say(t.fake, ":kai!k@host PART #lab :good night");
    g_assert_true(fake_skip_to(t.fake, "buffer #lab channel #lab"));
    fake_expect(t.fake, "done 4 -");
    g_assert_true(irc_driver.open_dm(t.session, 5, NULL, "Maria", NULL));
    fake_expect(t.fake, "buffer maria direct Maria joined");
    fake_expect_nothing(t.fake);
    fake_advance_s(t.fake, 0);
    fake_expect(t.fake, "done 5 -");
    g_assert_true(irc_driver.raw(t.session, 6, NULL, "LIST >20", NULL));
    fake_expect_nothing(t.fake);
    fake_advance_s(t.fake, 0);
    fake_expect_sent(t.fake, "LIST >20");
    fake_expect(t.fake, "done 6 -");
    buffer_free(lab);
    transcript_close(&t);
}

static void
test_commands(void)
{
    static const struct {
        const char *name;
        const char *arguments[3];
        const char *sent; /* NULL: refused */
    } rows[] = {
        {"kick", {"maria", "that was enough"}, "KICK #lab maria :that was enough"},
        {"kick", {"maria"}, "KICK #lab maria"},
        {"mode", {"+o maria"}, "MODE #lab +o maria"},
        {"mode", {NULL}, "MODE #lab"},
        {"mode", {"kai +i"}, "MODE kai +i"},
        {"nick", {"kaito"}, "NICK kaito"},
        {"nick", {"k ai"}, NULL},
        {"invite", {"jun"}, "INVITE jun #lab"},
        {"invite", {"jun", "#ops"}, "INVITE jun #ops"},
        {"names", {NULL}, "NAMES #lab"},
        {"whois", {"jun"}, "WHOIS jun"},
        {"kick", {"a\r\nQUIT"}, NULL},
    };
    struct transcript t = {0};
    struct buffer *lab = transcript_buffer("#lab");

    transcript_online(&t, "", NULL);
    transcript_in_channel(&t, "#lab");
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct driver_command *command = irc_driver.commands;
        g_autoptr(GError) error = NULL;
        while (strcmp(command->name, rows[i].name) != 0)
            command++;
        bool taken = irc_driver.command(t.session, i + 1, command, lab, rows[i].arguments, &error);
        g_assert_cmpint(taken, ==, rows[i].sent != NULL);
        if (taken)
            fake_expect_sent(t.fake, rows[i].sent);
        else
            g_assert_nonnull(error);
        fake_expect_nothing_sent(t.fake);
    }
    buffer_free(lab);
    transcript_close(&t);
}

/* It calls us, and can be ignored: an event, in the server's buffer. */
static void
test_invited(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN " invite-notify");
    transcript_in_channel(&t, "#lab");
    fake_net_say(t.fake, ":maria!m@h INVITE kai :#den");
    fake_expect(t.fake, "live invite  <maria> #den subject=kai");
    fake_net_say(t.fake, ":maria!m@h INVITE jun #lab");
    fake_expect(t.fake, "live invite #lab <maria>*subject=jun*");
    fake_net_say(t.fake, ":maria!m@h INVITE jun #elsewhere");
    fake_expect(t.fake, "say -: maria invites jun to #elsewhere.");
    fake_net_say(t.fake, ":maria!m@h INVITE kai");
    fake_net_say(t.fake, "INVITE kai #den");
    fake_expect_nothing(t.fake);
    transcript_close(&t);
}

void
test_people_add(void)
{
    g_test_add_func("/irc/people/join-and-names", test_join_and_names);
    g_test_add_func("/irc/people/members", test_members);
    g_test_add_func("/irc/people/modes", test_modes);
    g_test_add_func("/irc/people/join-refused", test_join_refused);
    g_test_add_func("/irc/people/others", test_others);
    g_test_add_func("/irc/people/invited", test_invited);
    g_test_add_func("/irc/people/netsplit", test_netsplit);
    g_test_add_func("/irc/people/netsplit-of-many", test_netsplit_of_many);
    g_test_add_func("/irc/people/kicked-stays-out", test_kicked_stays_out);
    g_test_add_func("/irc/people/requests", test_requests);
    g_test_add_func("/irc/people/commands", test_commands);
}
