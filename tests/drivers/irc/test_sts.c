/* A server that demands TLS. */
#include <string.h>

#include "base/error.h"
#include "protocols/irc/irc.h"
#include "tests/drivers/irc/transcript.h"

#define PLAIN "nick = kai\ntls = off\nallow_plaintext = yes\n"
#define KEY   "irc.sts.irc.example"

static void
open_at(struct transcript *t, const char *server, const char *more)
{
    g_autofree char *text = g_strdup_printf("server = %s\n%s", server, more);
    g_autoptr(GError) error = NULL;

    if (!t->fake)
        t->fake = fake_host_new(NOW_US);
    t->options = fake_options_new(text);
    t->session = irc_driver.open(t->options, &t->fake->host, &error);
    g_assert_no_error(error);
    irc_driver.connect(t->session);
    fake_advance_s(t->fake, 0);
}

static void
expect_open(struct transcript *t, const char *target)
{
    g_assert_nonnull(t->fake->stream);
    g_assert_cmpstr(t->fake->target, ==, target);
}

static void
test_leaves_at_once(void)
{
    struct transcript t = {0};

    open_at(&t, "irc.example", PLAIN);
    expect_open(&t, "irc.example 6667 plain");
    fake_net_open(t.fake, false);
    fake_forget(t.fake);
    /* The line is not even complete, and what follows is not read. */
    fake_net_say(t.fake, ":s CAP * LS * :batch sts=port=6697,duration=60\r\n:s CAP * LS :x\r\n"
                         "PING :x");
    fake_expect(t.fake, "say -: The server demands TLS*6697*");
    fake_expect(t.fake, "state connecting");
    expect_open(&t, "irc.example 6697 tls");
    fake_expect_nothing(t.fake);
    fake_expect_nothing_sent(t.fake);
    /* In clear a duration counts for nothing. */
    g_assert_null(g_hash_table_lookup(t.fake->kv, KEY));
    fake_net_open(t.fake, true);
    fake_expect_sent(t.fake, "CAP LS 302");
    fake_net_say(t.fake, ":s CAP * LS :batch sts=duration=3600");
    g_assert_nonnull(g_hash_table_lookup(t.fake->kv, KEY));
    transcript_close(&t);
}

/* The policy wins over tls = off, and a certificate that fails ends it: no way around. */
static void
test_policy_wins(void)
{
    struct transcript t = {.fake = fake_host_new(NOW_US)};
    g_autofree char *policy =
        g_strdup_printf("7000 %" G_GINT64_FORMAT, NOW_US / G_USEC_PER_SEC + 60);

    g_hash_table_insert(t.fake->kv, g_strdup(KEY), g_strdup(policy));
    open_at(&t, "IRC.example", PLAIN);
    expect_open(&t, "IRC.example 7000 tls");
    fake_net_end(t.fake);
    g_assert_true(fake_skip_to(t.fake, "lost *"));
    fake_expect_nothing(t.fake);
    /* Over: forgotten. */
    fake_advance_s(t.fake, 61);
    irc_driver.connect(t.session);
    fake_advance_s(t.fake, 0);
    expect_open(&t, "IRC.example 6667 plain");
    g_assert_cmpstr(g_hash_table_lookup(t.fake->kv, KEY), ==, "");
    transcript_close(&t);
}

static void
test_renewed_and_ended(void)
{
    struct transcript t = {0};
    const int64_t now_s = NOW_US / G_USEC_PER_SEC;

    open_at(&t, "irc.example:7001", "nick = kai\ntls = on\n");
    fake_net_open(t.fake, true);
    fake_net_say(t.fake, ":s CAP * LS :sts=duration=600,port=6697,x");
    g_autofree char *first = g_strdup_printf("7001 %" G_GINT64_FORMAT, now_s + 600);
    g_assert_cmpstr(g_hash_table_lookup(t.fake->kv, KEY), ==, first);
    fake_advance_s(t.fake, 50);
    fake_net_end(t.fake);
    g_autofree char *later = g_strdup_printf("7001 %" G_GINT64_FORMAT, now_s + 650);
    g_assert_cmpstr(g_hash_table_lookup(t.fake->kv, KEY), ==, later);
    irc_driver.connect(t.session);
    fake_advance_s(t.fake, 0);
    fake_net_open(t.fake, true);
    fake_net_say(t.fake, ":s CAP * LS :sts=duration=0");
    g_assert_cmpstr(g_hash_table_lookup(t.fake->kv, KEY), ==, "");
    fake_net_end(t.fake);
    g_assert_cmpstr(g_hash_table_lookup(t.fake->kv, KEY), ==, "");
    transcript_close(&t);
}

static void
test_values_ignored(void)
{
    static const char *const rows[] = {
        "sts",
        "sts=",
        "sts=port",
        "sts=port=",
        "sts=port=0",
        "sts=port=x",
        "sts=port=-1",
        "sts=port=65536",
        "sts=port= 6697",
        "sts=duration=60",
        "sts=Port=6697",
        "sts=sport=6697",
        "xsts=port=6697",
        "sts=port=99999999999999999999",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct transcript t = {0};
        open_at(&t, "irc.example", PLAIN);
        fake_net_open(t.fake, false);
        fake_forget(t.fake);
        fake_net_say(t.fake, ":s CAP * LS :%s", rows[i]);
        fake_expect_sent(t.fake, "CAP END");
        fake_expect_nothing(t.fake);
        transcript_close(&t);
    }
}

/* A policy is about a name on a network. */
static void
test_addresses_have_none(void)
{
    static const char *const rows[] = {"192.0.2.7", "[2001:db8::7]", "localhost", "127.0.0.1"};

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct transcript t = {0};
        open_at(&t, rows[i], PLAIN);
        fake_net_open(t.fake, false);
        fake_forget(t.fake);
        fake_net_say(t.fake, ":s CAP * LS :sts=port=6697");
        fake_expect_sent(t.fake, "CAP END");
        transcript_close(&t);
    }
}

static void
test_demanded_later(void)
{
    struct transcript t = {0};

    open_at(&t, "irc.example", PLAIN);
    fake_net_open(t.fake, false);
    transcript_register(&t, "batch");
    transcript_answer_sync(&t);
    transcript_in_channel(&t, "#lab");
    fake_forget(t.fake);
    /* What waits for an answer must not wait for ever: the connection is lost to core. */
    transcript_send(&t, "#lab", MESSAGE_TEXT, "soup", "k1");
    fake_net_say(t.fake, ":s CAP kai NEW :sts=port=6697");
    g_assert_true(fake_skip_to(t.fake, "lost closed: *"));
    irc_driver.connect(t.session);
    fake_advance_s(t.fake, 0);
    expect_open(&t, "irc.example 6697 tls");
    fake_net_open(t.fake, true);
    transcript_register(&t, "batch");
    transcript_answer_sync(&t);
    g_assert_true(fake_skip_to(t.fake, "state online"));
    transcript_close(&t);
}

/* Who has said goodbye does not come back for it. */
static void
test_demanded_at_the_end(void)
{
    struct transcript t = {0};

    open_at(&t, "irc.example", PLAIN);
    fake_net_open(t.fake, false);
    transcript_register(&t, "batch");
    transcript_answer_sync(&t);
    fake_forget(t.fake);
    irc_driver.disconnect(t.session, "home");
    fake_net_say(t.fake, ":s CAP kai NEW :sts=port=6697");
    g_assert_true(fake_skip_to(t.fake, "lost cancelled: *"));
    g_assert_null(t.fake->stream);
    transcript_close(&t);
}

void
test_sts_add(void)
{
    g_test_add_func("/irc/sts/leaves-at-once", test_leaves_at_once);
    g_test_add_func("/irc/sts/policy-wins", test_policy_wins);
    g_test_add_func("/irc/sts/renewed-and-ended", test_renewed_and_ended);
    g_test_add_func("/irc/sts/values-ignored", test_values_ignored);
    g_test_add_func("/irc/sts/addresses-have-none", test_addresses_have_none);
    g_test_add_func("/irc/sts/demanded-later", test_demanded_later);
    g_test_add_func("/irc/sts/demanded-at-the-end", test_demanded_at_the_end);
}
