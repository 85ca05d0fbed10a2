/* A bouncer's networks as one account: each on a connection of its own. */
#include <string.h>

#include "base/error.h"
#include "protocols/irc/irc.h"
#include "tests/drivers/irc/transcript.h"

#define BOUNCER                                                                                    \
    "batch server-time cap-notify soju.im/bouncer-networks soju.im/bouncer-networks-notify"

/* Plays the registration on the stream that is played now. `netid` NULL: the bouncer itself. */
static void
registers(struct transcript *t, unsigned stream, const char *netid)
{
    g_autofree char *end = g_strdup_printf("%u: CAP END", stream);
    g_autofree char *bind = g_strdup_printf("%u: BOUNCER BIND %s", stream, netid);

    fake_net_say(t->fake, ":b CAP * LS :%s", BOUNCER);
    g_autofree char *req = g_strdup_printf("%u: CAP REQ *", stream);
    g_assert_true(fake_skip_sent_to(t->fake, req));
    fake_net_say(t->fake, ":b CAP kai ACK :%s",
                 netid ? "batch server-time cap-notify "
                         "soju.im/bouncer-networks"
                       : BOUNCER);
    if (netid)
        g_assert_true(fake_skip_sent_to(t->fake, bind));
    g_assert_true(fake_skip_sent_to(t->fake, end));
    fake_net_say(t->fake, ":b 001 kai :Welcome");
    if (netid)
        fake_net_say(t->fake, ":b 005 kai BOUNCER_NETID=%s CHANTYPES=# CASEMAPPING=ascii :are",
                     netid);
    else
        fake_net_say(t->fake, ":b 005 kai CHANTYPES= CASEMAPPING=ascii :are supported");
    fake_net_say(t->fake, ":b 422 kai :No MOTD");
}

static void
answer_sync(struct transcript *t, unsigned stream)
{
    g_autofree char *pattern = g_strdup_printf("%u: PING s*", stream);
    const char *token = NULL;

    for (GList *at = t->fake->sent.head; at; at = at->next) {
        if (g_pattern_match_simple(pattern, at->data))
            token = strstr(at->data, "PING ") + strlen("PING ");
    }
    g_assert_nonnull(token);
    fake_net_say(t->fake, ":b PONG b %s", token);
}

/* Logged in to the bouncer, which has told of nothing yet. */
static void
at_the_bouncer(struct transcript *t)
{
    transcript_open(t, "sasl = off\njoin = #configured\n");
    t->fake->many = true;
    transcript_connect(t);
    registers(t, 1, NULL);
    g_assert_true(fake_skip_sent_to(t->fake, "1: BOUNCER LISTNETWORKS"));
    answer_sync(t, 1);
    g_assert_true(fake_skip_to(t->fake, "state online"));
    g_assert_cmpuint(fake_count(t->fake, "caught-up*"), ==, 0);
    fake_forget(t->fake);
}

/* With two networks, alpha (on stream 2) and beta (on stream 3), in #lab on each. */
static void
with_two_networks(struct transcript *t)
{
    static const char *const names[] = {"alpha", "beta"};

    at_the_bouncer(t);
    for (unsigned i = 0; i < 2; i++) {
        fake_net_play(t->fake, 1);
        fake_net_say(t->fake, ":b BOUNCER NETWORK %u name=%s;state=connected", i + 1, names[i]);
        g_autofree char *space = g_strdup_printf("space %u %s lost", i + 1, names[i]);
        g_assert_true(fake_skip_to(t->fake, space));
        fake_net_play(t->fake, i + 2);
        fake_net_open(t->fake, true);
        g_autofree char *id = g_strdup_printf("%u", i + 1);
        registers(t, i + 2, id);
        fake_net_say(t->fake, ":kai!k@host JOIN #lab");
        fake_net_say(t->fake, ":b 353 kai = #lab :kai @maria");
        fake_net_say(t->fake, ":b 366 kai #lab :End");
        answer_sync(t, i + 2);
        g_autofree char *joined = g_strdup_printf("buffer %u #lab channel #lab joined", i + 1);
        g_assert_true(fake_skip_to(t->fake, joined));
        g_autofree char *caught_up = g_strdup_printf("caught-up %u #lab*", i + 1);
        g_assert_true(fake_skip_to(t->fake, caught_up));
    }
    fake_forget(t->fake);
}

static void
test_networks(void)
{
    struct transcript t = {0};

    with_two_networks(&t);
    fake_net_play(t.fake, 2);
    fake_net_say(t.fake, ":maria!m@h PRIVMSG #lab :soup?");
    fake_expect(t.fake, "live text 1 #lab <maria> soup?*");
    fake_net_play(t.fake, 3);
    fake_net_say(t.fake, ":maria!m@h PRIVMSG kai :psst");
    fake_expect(t.fake, "buffer 2 maria direct maria joined");
    fake_expect(t.fake, "live text 2 maria <maria> psst*");
    fake_net_say(t.fake, ":maria!m@h INVITE kai #den");
    fake_expect(t.fake, "live invite  <maria> beta/#den subject=kai");
    transcript_send(&t, "1 #lab", MESSAGE_TEXT, "yes", "k1");
    fake_expect_sent(t.fake, "2: PRIVMSG #lab yes");
    transcript_send(&t, "2 #lab", MESSAGE_TEXT, "no", "k2");
    g_assert_true(fake_skip_sent_to(t.fake, "3: PRIVMSG #lab no"));
    /* Quit, seen on one network only. */
    fake_net_say(t.fake, ":maria!m@h QUIT :bye");
    g_assert_cmpuint(fake_count(t.fake, "*2 maria*"), >, 0);
    g_assert_cmpuint(fake_count(t.fake, "*1 maria*"), ==, 0);
    transcript_close(&t);
}

static void
test_names(void)
{
    struct transcript t = {0};
    struct buffer *lab = transcript_buffer("2 #lab");
    g_autoptr(GError) error = NULL;

    with_two_networks(&t);
    g_assert_false(irc_driver.join(t.session, 50, NULL, "#new", NULL, &error));
    g_assert_nonnull(strstr(error->message, "alpha, beta"));
    g_assert_true(irc_driver.join(t.session, 51, lab, "#new", NULL, NULL));
    g_assert_true(fake_skip_sent_to(t.fake, "3: JOIN #new"));
    g_assert_true(irc_driver.join(t.session, 52, lab, "Alpha/#other", NULL, NULL));
    g_assert_true(fake_skip_sent_to(t.fake, "2: JOIN #other"));
    g_assert_true(irc_driver.raw(t.session, 53, NULL, "BOUNCER LISTNETWORKS", NULL));
    g_assert_true(fake_skip_sent_to(t.fake, "1: BOUNCER LISTNETWORKS"));
    g_assert_true(irc_driver.same_name(t.session, "2 #lab", "#LAB"));
    g_assert_false(irc_driver.same_name(t.session, "2 #lab", "1 #lab"));
    buffer_free(lab);
    transcript_close(&t);
}

/* One network's connection is cut: its own conversations wait, the others do not notice. */
static void
test_one_is_cut(void)
{
    struct transcript t = {0};

    with_two_networks(&t);
    transcript_send(&t, "1 #lab", MESSAGE_TEXT, "left", "k1");
    fake_net_play(t.fake, 2);
    fake_net_end(t.fake);
    g_assert_true(fake_skip_to(t.fake, "space 1 - lost"));
    g_autoptr(GError) error = transcript_send_error(&t, "1 #lab", "waits");
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_CLOSED);
    transcript_send(&t, "2 #lab", MESSAGE_TEXT, "goes", "k2");
    g_assert_true(fake_skip_sent_to(t.fake, "3: PRIVMSG #lab goes"));
    fake_forget(t.fake);
    fake_advance_s(t.fake, 11);
    g_assert_cmpuint(t.fake->opened, ==, 4);
    fake_net_play(t.fake, 4);
    fake_net_open(t.fake, true);
    registers(&t, 4, "1");
    g_assert_true(fake_skip_sent_to(t.fake, "4: JOIN #lab"));
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    answer_sync(&t, 4);
    g_assert_true(fake_skip_to(t.fake, "caught-up 1 #lab*"));
    transcript_send(&t, "1 #lab", MESSAGE_TEXT, "again", "k3");
    g_assert_true(fake_skip_sent_to(t.fake, "4: PRIVMSG #lab again"));
    transcript_close(&t);
}

/* Each network goes back to its own channels, and to no other's. */
static void
test_own_channels(void)
{
    struct transcript t = {.fake = fake_host_new(NOW_US)};
    unsigned own = 0;

    g_hash_table_insert(t.fake->known, g_strdup("1 #attic"), GINT_TO_POINTER(BUFFER_CHANNEL));
    g_hash_table_insert(t.fake->known, g_strdup("2 #den"), GINT_TO_POINTER(BUFFER_CHANNEL));
    with_two_networks(&t);
    fake_net_play(t.fake, 2);
    fake_net_end(t.fake);
    fake_advance_s(t.fake, 11);
    fake_net_play(t.fake, 4);
    fake_net_open(t.fake, true);
    registers(&t, 4, "1");
    for (GList *at = t.fake->sent.head; at; at = at->next) {
        if (!g_pattern_match_simple("4: JOIN *", at->data))
            continue;
        own += strstr(at->data, "#attic") != NULL;
        g_assert_null(strstr(at->data, "#den"));
    }
    g_assert_cmpuint(own, ==, 1);
    transcript_close(&t);
}

/* The bouncer itself is cut: all is, and the account is lost once. */
static void
test_all_is_cut(void)
{
    struct transcript t = {0};

    with_two_networks(&t);
    fake_net_play(t.fake, 1);
    fake_net_end(t.fake);
    fake_advance_s(t.fake, 1);
    g_assert_cmpuint(t.fake->streams->len, ==, 0);
    g_assert_cmpuint(fake_count(t.fake, "lost*"), ==, 1);
    transcript_close(&t);
}

static void
test_goodbye(void)
{
    struct transcript t = {0};

    with_two_networks(&t);
    irc_driver.disconnect(t.session, "home");
    g_assert_cmpuint(t.fake->sent.length, >=, 3);
    for (unsigned i = 3; i >= 1; i--) {
        fake_net_play(t.fake, i);
        fake_net_end(t.fake);
    }
    fake_advance_s(t.fake, 3);
    g_assert_cmpuint(t.fake->streams->len, ==, 0);
    g_assert_cmpuint(fake_count(t.fake, "lost*"), ==, 1);
    transcript_close(&t);
}

static void
test_not_ours(void)
{
    struct transcript t = {0};

    at_the_bouncer(&t);
    /* Bound elsewhere, or not at all: its messages would be taken for another network's. */
    fake_net_say(t.fake, ":b BOUNCER NETWORK 7 name=alpha");
    fake_net_play(t.fake, 2);
    fake_net_open(t.fake, true);
    fake_net_say(t.fake, ":b CAP * LS :%s", BOUNCER);
    fake_net_say(t.fake, ":b CAP kai ACK :batch server-time cap-notify soju.im/bouncer-networks");
    fake_net_say(t.fake, ":b 001 kai :Welcome");
    fake_net_say(t.fake, ":b 005 kai BOUNCER_NETID=8 :are supported");
    fake_net_say(t.fake, ":b 422 kai :No MOTD");
    fake_advance_s(t.fake, 1);
    g_assert_cmpuint(t.fake->streams->len, ==, 1);
    g_assert_cmpuint(fake_count(t.fake, "buffer*"), ==, 0);
    /* Removed: it is not tried again. */
    fake_net_play(t.fake, 1);
    fake_net_say(t.fake, ":b BOUNCER NETWORK 7 *");
    fake_advance_s(t.fake, 700);
    g_assert_cmpuint(t.fake->opened, ==, 2);
    transcript_close(&t);
}

/* The bouncer takes a network away while the person is asked a password for it: the answer meets
 * nobody, not even the network that comes next. */
static void
test_gone_while_asked(void)
{
    static const char *const arguments[] = {"kai", NULL};
    struct transcript t = {0};
    struct buffer *lab = transcript_buffer("1 #lab");
    const struct driver_command *oper = irc_driver.commands;
    g_autoptr(GError) error = NULL;

    with_two_networks(&t);
    while (strcmp(oper->name, "oper") != 0)
        oper++;
    t.fake->secret = g_strdup("soup");
    g_assert_true(irc_driver.command(t.session, 60, oper, lab, arguments, &error));
    fake_net_play(t.fake, 1);
    fake_net_say(t.fake, ":b BOUNCER NETWORK 1 *");
    fake_net_say(t.fake, ":b BOUNCER NETWORK 9 name=gamma");
    fake_advance_s(t.fake, 1);
    g_assert_cmpuint(fake_count(t.fake, "space 1 alpha lost"), ==, 1);
    for (GList *at = t.fake->sent.head; at; at = at->next)
        g_assert_null(strstr(at->data, "OPER"));
    buffer_free(lab);
    transcript_close(&t);
}

/* Ids that cannot be one, and more networks than anyone has. */
static void
test_limits(void)
{
    struct transcript t = {0};

    at_the_bouncer(&t);
    /* It paces what it sends on, and keeps it when we are cut. */
    g_assert_cmpint(t.fake->limits.hold_us, ==, 120 * G_USEC_PER_SEC);
    fake_net_say(t.fake, ":b BOUNCER NETWORK :a b:c");
    fake_net_say(t.fake, ":b BOUNCER NETWORK");
    fake_net_say(t.fake, ":b BOUNCER NETWORK * name=x");
    fake_net_say(t.fake, ":b BOUNCER NETWORK a/b name=x");
    fake_net_say(t.fake, ":b BOUNCER NETWORK 5 *");
    g_assert_cmpuint(t.fake->opened, ==, 1);
    for (unsigned i = 0; i < 200; i++) {
        fake_net_play(t.fake, 1);
        fake_net_say(t.fake, ":b BOUNCER NETWORK %u :", i);
    }
    g_assert_cmpuint(t.fake->opened, ==, 51);
    transcript_close(&t);
}

/* A login that names its network, and a server that is no bouncer: one connection, as ever. */
static void
test_bound_already(void)
{
    struct transcript t = {0};

    transcript_open(&t, "sasl = off\n");
    t.fake->many = true;
    transcript_connect(&t);
    fake_net_say(t.fake, ":b CAP * LS :%s", BOUNCER);
    fake_net_say(t.fake, ":b CAP kai ACK :%s", BOUNCER);
    fake_net_say(t.fake, ":b 001 kai :Welcome");
    fake_net_say(t.fake, ":b 005 kai BOUNCER_NETID=3 :are supported");
    fake_net_say(t.fake, ":b 422 kai :No MOTD");
    fake_net_say(t.fake, ":b BOUNCER NETWORK 3 name=alpha");
    fake_net_say(t.fake, ":b BOUNCER NETWORK 4 name=beta");
    g_assert_cmpuint(t.fake->opened, ==, 1);
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    g_assert_true(fake_skip_to(t.fake, "buffer #lab channel #lab joined"));
    g_assert_cmpint(t.fake->limits.hold_us, >, 0);
    transcript_close(&t);
}

void
test_bouncer_add(void)
{
    g_test_add_func("/irc/bouncer/networks", test_networks);
    g_test_add_func("/irc/bouncer/names", test_names);
    g_test_add_func("/irc/bouncer/one-is-cut", test_one_is_cut);
    g_test_add_func("/irc/bouncer/own-channels", test_own_channels);
    g_test_add_func("/irc/bouncer/all-is-cut", test_all_is_cut);
    g_test_add_func("/irc/bouncer/goodbye", test_goodbye);
    g_test_add_func("/irc/bouncer/not-ours", test_not_ours);
    g_test_add_func("/irc/bouncer/gone-while-asked", test_gone_while_asked);
    g_test_add_func("/irc/bouncer/limits", test_limits);
    g_test_add_func("/irc/bouncer/bound-already", test_bound_already);
}
