/* What comes in: once each, in its kind, with what was missed and what may be lost. */
#include <string.h>

#include "protocols/matterbridge/matterbridge.h"
#include "tests/drivers/matterbridge/world.h"

static void
test_live(void)
{
    struct world w = {0};

    world_online(&w, "tag = on\n");
    world_say(&w, 1000, "**soup?**\nyes", "");
    fake_expect(w.fake, "buffer commons channel commons joined");
    fake_expect(w.fake, "live text commons <maria (irc)> soup?\nyes *cursor");
    world_say(&w, 2000, "waves", ",\"event\":\"user_action\"");
    fake_expect(w.fake, "live action commons <maria (irc)> waves *cursor");
    world_say(&w, 3000, "psst", ",\"event\":\"notice_irc\"");
    fake_expect(w.fake, "live notice commons <maria (irc)> psst *");
    world_say(&w, 4000, "", ",\"event\":\"user_typing\"");
    fake_expect(w.fake, "typing commons maria (irc) active");
    world_say(&w, 5000, "bo joins", ",\"event\":\"join_leave\",\"username\":\"system\"");
    fake_expect(w.fake, "live join commons <bo> *");
    world_say(&w, 6000, "bo (b@host) quits", ",\"event\":\"join_leave\",\"username\":\"system\"");
    fake_expect(w.fake, "live quit commons <bo> *");
    world_say(&w, 7000, "bo left the channel", ",\"event\":\"join_leave\"");
    fake_expect(w.fake, "live server commons <> bo left the channel*");
    world_say(&w, 8000, "@maria set the channel topic: bread", ",\"event\":\"topic_change\"");
    fake_expect(w.fake, "live topic commons <maria (irc)> bread *");
    static const char *const others[] = {"failure", "avatar_download", "get_channel_members",
                                         "of_a_later_day"};
    for (unsigned i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autofree char *event = g_strdup_printf(",\"event\":\"%s\"", others[i]);
        world_say(&w, 9000 + i, "x", event);
    }
    world_say(&w, 9100, "", "");
    world_say(&w, 9200, "nowhere", ",\"gateway\":\"\"");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

/* Whose picture it is; weft does not look at it. */
static void
test_picture(void)
{
    struct world w = {0};

    world_online(&w, "tag = off\n");
    world_say(&w, 1000, "soup?", ",\"avatar\":\"https://p.example/maria.png\"");
    fake_expect(w.fake, "buffer commons channel commons joined");
    fake_expect(w.fake, "live text commons <maria> soup? by=irc.libera/m@host/maria "
                        "picture=https://p.example/maria.png cursor");
    world_say(&w, 2000, "waves",
              ",\"event\":\"user_action\",\"avatar\":\"http://p.example/m.png\"");
    fake_expect(w.fake,
                "live action commons <maria> waves * picture=http://p.example/m.png cursor");
    world_say(&w, 3000, "bread", "");
    fake_expect(w.fake, "live text commons <maria> bread by=irc.libera/m@host/maria cursor");
    /* Not of who came, nor anything that is no text. */
    world_say(&w, 4000, "bo joins",
              ",\"event\":\"join_leave\",\"avatar\":\"https://p.example/system.png\"");
    fake_expect(w.fake, "live join commons <bo>  by=irc.libera/m@host/maria cursor");
    world_say(&w, 5000, "yes", ",\"avatar\":{\"url\":7}");
    fake_expect(w.fake, "live text commons <maria> yes by=irc.libera/m@host/maria cursor");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

/* The same message by the socket and in the ring, also in that of the next connection. */
static void
test_once(void)
{
    struct world w = {0};
    g_autofree char *one = world_message(1000, "one", ""), *two = world_message(2000, "two", "");
    g_autofree char *ring = g_strdup_printf("[%s,%s]", one, two);

    world_open(&w, NULL);
    world_greeted(&w);
    fake_ws_say(w.web, "%s", two);
    world_say(&w, 3000, "three", "");
    g_assert_cmpuint(fake_count(w.fake, "* text *"), ==, 0);
    fake_web_answer(w.web, RING, 200, ring);
    g_assert_true(fake_skip_to(w.fake, "buffer commons *"));
    fake_expect(w.fake, "catch-up text commons <maria> one *");
    fake_expect(w.fake, "catch-up text commons <maria> two *");
    fake_expect(w.fake, "live text commons <maria> three *");
    fake_expect(w.fake, "caught-up -");
    fake_expect(w.fake, "state online");
    fake_ws_say(w.web, "%s", two);
    /* Not quite the same. */
    world_say(&w, 2000, "two!", "");
    fake_expect(w.fake, "live text commons <maria> two! *");
    fake_expect_nothing(w.fake);
    fake_ws_end(w.web, 1006);
    world_settle(&w);
    fake_forget(w.fake);
    world_greeted(&w);
    g_autofree char *again = world_ring(0, 0);
    fake_web_answer(w.web, RING, 200, ring);
    g_assert_cmpuint(fake_count(w.fake, "* text *"), ==, 0);
    g_assert_cmpuint(fake_count(w.fake, "gap *"), ==, 0);
    world_close(&w);
}

/* A ring that holds as many as it can, all of them young: some may have been pushed out. */
static void
test_gap(void)
{
    static const struct {
        unsigned n;
        int64_t ms;
        bool gap;
    } rows[] = {
        {9, 60000, false},  {10, 60000, true}, /* of a ring that was emptied once */
        {11, 60000, false}, {1000, 60000, true},
        {10, -5000, false}, /* it goes back to what is known */
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct world w = {0};
        g_autofree char *ring = world_ring(rows[i].n, rows[i].ms);
        world_online(&w, NULL);
        world_say(&w, 0, "known", "");
        fake_forget(w.fake);
        /* After a restart too: the cursor says how far it was. */
        world_reopen(&w, NULL);
        world_greeted(&w);
        fake_web_answer(w.web, RING, 200, ring);
        g_assert_cmpuint(fake_count(w.fake, "gap commons 0 0"), ==, rows[i].gap);
        g_assert_cmpuint(fake_count(w.fake, "catch-up text *"), ==, rows[i].n);
        world_close(&w);
    }
}

/* The answer breaks: what came of it is told, and that the rest is missing. */
static void
test_half_a_ring(void)
{
    struct world w = {0};
    g_autofree char *ring = world_ring(3, 1000);

    world_open(&w, "gateway = commons\n");
    world_greeted(&w);
    fake_forget(w.fake);
    ring[strlen(ring) - 30] = '\0';
    fake_web_answer(w.web, RING, 200, ring);
    fake_expect(w.fake, "gap commons 0 0");
    fake_expect(w.fake, "catch-up text commons <maria> m1 *");
    fake_expect(w.fake, "catch-up text commons <maria> m2 *");
    world_settle(&w);
    fake_expect(w.fake, "lost protocol: *");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

static void
test_edits(void)
{
    struct world w = {0};

    world_online(&w, NULL);
    world_say(&w, 1000, "helo", ",\"id\":\"p1\"");
    g_assert_true(fake_skip_to(w.fake, "live text commons <maria> helo id=irc.libera/p1*"));
    fake_expect(w.fake, "edited commons irc.libera/p1 helo");
    world_say(&w, 2000, "hello (edited)", ",\"id\":\"p1\"");
    fake_expect(w.fake, "edited commons irc.libera/p1 hello (edited)");
    /* The same id of another network is another message. */
    world_say(&w, 3000, "other", ",\"id\":\"p1\",\"account\":\"xmpp.x\"");
    fake_expect(w.fake, "live text commons <maria> other id=xmpp.x/p1*");
    fake_expect(w.fake, "edited commons xmpp.x/p1 other");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

static void
test_parents(void)
{
    struct world w = {0};

    world_online(&w, NULL);
    world_say(&w, 1000, "root", ",\"id\":\"154.3\",\"account\":\"slack.coop\"");
    fake_forget(w.fake);
    world_say(&w, 2000, "a", ",\"parent_id\":\"slack 154.3\"");
    fake_expect(w.fake, "live text commons <maria> a reply-to=slack.coop/154.3*");
    world_say(&w, 3000, "b", ",\"parent_id\":\"154.3\"");
    fake_expect(w.fake, "live text commons <maria> b reply-to=slack.coop/154.3*");
    world_say(&w, 4000, "c", ",\"parent_id\":\"msg-parent-not-found\"");
    fake_expect(w.fake, "live text commons <maria> c *");
    world_say(&w, 5000, "d", ",\"parent_id\":\"slack 999\"");
    fake_expect(w.fake, "live text commons <maria> d *");
    g_assert_cmpuint(fake_count(w.fake, "*reply-to*"), ==, 0);
    world_close(&w);
}

static void
test_names(void)
{
    struct world w = {0};

    world_online(&w, "strip = ^\\[[a-z]+\\] <(.*)> $\n");
    world_say(&w, 1000, "kept", ",\"username\":\"[irc] <maria> x \"");
    g_assert_true(fake_skip_to(w.fake, "live text commons <?irc? <maria> x> kept*"));
    world_say(&w, 2000, "all gone", ",\"username\":\"[irc] <maria> \"");
    fake_expect(w.fake, "live text commons <?irc? <maria>> all gone*");
    world_say(&w, 3000, "nobody", ",\"username\":\" \"");
    fake_expect(w.fake, "live text commons <irc.libera> nobody*");
    world_close(&w);
    w = (struct world){0};
    world_online(&w, "strip = ^\\[[a-z]+\\] \ntag = on\n");
    world_say(&w, 1000, "hi", ",\"username\":\"[irc] maria \"");
    g_assert_true(fake_skip_to(w.fake, "live text commons <maria (irc)> hi*"));
    world_close(&w);
}

#define PIECE(text) fake_web_data(w.web, STREAM, text)

/* The sole reader of a stream: what was kept first, then what is said, in lines that are cut. */
static void
test_stream(void)
{
    struct world w = {0};
    g_autofree char *old = world_message(-5000, "old", ""), *live = world_message(1000, "live", ""),
                    *later = world_message(2000, "later", "");

    world_open(&w, "stream = on\ngateway = commons\n");
    world_connect(&w);
    g_assert_null(w.web->ws);
    fake_advance_s(w.fake, 0.02);
    fake_expect_sent(w.fake, HEALTH);
    fake_expect_sent(w.fake, STREAM);
    PIECE("{\"event\":\"api_connected\",\"timestamp\":\"2026-11-22T17:11:40Z\"}\n");
    PIECE(old);
    PIECE("\n");
    g_assert_cmpuint(fake_count(w.fake, "* text *"), ==, 0);
    fake_advance_s(w.fake, 1.6);
    g_assert_true(fake_skip_to(w.fake, "catch-up text commons <maria> old *"));
    fake_expect(w.fake, "caught-up -");
    fake_expect(w.fake, "state online");
    PIECE(live);
    fake_expect_nothing(w.fake);
    PIECE("\n\n");
    fake_expect(w.fake, "live text commons <maria> live *");
    PIECE("no json\n");
    fake_expect(w.fake, "gap commons 0 0");
    PIECE(later);
    /* It is asked whether the server lives, beside the stream; the ring is not. */
    fake_advance_s(w.fake, 30);
    fake_expect_sent(w.fake, HEALTH);
    fake_expect_nothing_sent(w.fake);
    fake_web_answer(w.web, STREAM, 0, NULL);
    world_settle(&w);
    fake_expect(w.fake, "gap commons 0 0");
    fake_expect(w.fake, "lost io: *");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

static void
test_stream_dead(void)
{
    struct world w = {0};

    world_open(&w, "stream = on\n");
    world_connect(&w);
    fake_advance_s(w.fake, 2);
    g_assert_true(fake_skip_to(w.fake, "state online"));
    fake_web_rule(w.web, HEALTH, 0, 0, NULL, NULL);
    fake_advance_s(w.fake, 30);
    world_settle(&w);
    fake_expect(w.fake, "lost io: *");
    world_close(&w);
}

/* What we say does not come back as somebody's; what looks like it is marked. */
static void
test_loops(void)
{
    struct world w = {0};
    g_autofree char *taken = world_taken("kai", "hello", "commons");

    world_online(&w, "gateway = commons\n");
    world_send(&w, MESSAGE_TEXT, "hello");
    fake_web_answer(w.web, POST, 200, taken);
    fake_expect(w.fake, "done 1 -");
    world_say(&w, 1000, "hello", ",\"username\":\"kai\",\"account\":\"api.weft\"");
    fake_expect_nothing(w.fake);
    world_say(&w, 2000, "hello", ",\"username\":\"kai\"");
    fake_expect(w.fake, "live text commons <kai> hello *relayed-by=matterbridge*");
    world_say(&w, 3000, "hello", "");
    g_assert_cmpuint(fake_count(w.fake, "*relayed-by*"), ==, 0);
    fake_expect(w.fake, "live text commons <maria> hello *");
    /* A minute later it is somebody's own. */
    fake_advance_s(w.fake, 61);
    world_say(&w, 64000, "hello", ",\"username\":\"kai\"");
    g_assert_cmpuint(fake_count(w.fake, "*relayed-by*"), ==, 0);
    fake_expect(w.fake, "live text commons <kai> hello *");
    /* The account's name outlives a restart. */
    world_reopen(&w, "gateway = commons\n");
    world_greeted(&w);
    fake_web_answer(w.web, RING, 200, "[]");
    fake_forget(w.fake);
    world_say(&w, 4000, "hello", ",\"username\":\"kai\",\"account\":\"api.weft\"");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

/* The line breaks, or we go, while what was taken from the ring waits: all of it is told. */
static void
test_ends_early(void)
{
    struct world w = {0};
    g_autofree char *ring = world_ring(2, 1000), *old = world_message(-5000, "old", "");

    world_open(&w, "gateway = commons\n");
    world_greeted(&w);
    world_say(&w, 9000, "held", "");
    matterbridge_driver.disconnect(w.session, "");
    fake_forget(w.fake);
    fake_web_answer(w.web, RING, 200, ring);
    world_settle(&w);
    fake_expect(w.fake, "catch-up text commons <maria> m1 *");
    fake_expect(w.fake, "catch-up text commons <maria> m2 *");
    fake_expect(w.fake, "live text commons <maria> held *");
    fake_expect(w.fake, "lost cancelled: *");
    world_greeted(&w);
    world_say(&w, 10000, "more", "");
    fake_ws_end(w.web, 1006);
    fake_forget(w.fake);
    fake_advance_s(w.fake, 3.1); /* no answer comes */
    fake_expect(w.fake, "gap commons 0 0");
    fake_expect(w.fake, "live text commons <maria> more *");
    fake_expect(w.fake, "lost closed: *");
    fake_expect_nothing(w.fake);
    world_close(&w);
    w = (struct world){0};
    world_open(&w, "gateway = commons\nstream = on\n");
    world_connect(&w);
    fake_advance_s(w.fake, 0.02);
    PIECE("{\"event\":\"api_connected\",\"timestamp\":\"2026-11-22T17:11:40Z\"}\n");
    PIECE(old);
    PIECE("\n{\"ha");
    matterbridge_driver.disconnect(w.session, "");
    fake_forget(w.fake);
    fake_advance_s(w.fake, 2);
    fake_expect(w.fake, "gap commons 0 0");
    fake_expect(w.fake, "catch-up text commons <maria> old *");
    fake_expect(w.fake, "lost cancelled: *");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

void
test_read_add(void)
{
    g_test_add_func("/matterbridge/read/live", test_live);
    g_test_add_func("/matterbridge/read/picture", test_picture);
    g_test_add_func("/matterbridge/read/once", test_once);
    g_test_add_func("/matterbridge/read/gap", test_gap);
    g_test_add_func("/matterbridge/read/half-a-ring", test_half_a_ring);
    g_test_add_func("/matterbridge/read/edits", test_edits);
    g_test_add_func("/matterbridge/read/parents", test_parents);
    g_test_add_func("/matterbridge/read/names", test_names);
    g_test_add_func("/matterbridge/read/stream", test_stream);
    g_test_add_func("/matterbridge/read/stream-dead", test_stream_dead);
    g_test_add_func("/matterbridge/read/ends-early", test_ends_early);
    g_test_add_func("/matterbridge/read/loops", test_loops);
}
