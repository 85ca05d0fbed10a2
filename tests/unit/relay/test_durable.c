/* Nothing is lost or doubled, and nobody waits for somebody else. */
#include <string.h>

#include "core/relaying.h"
#include "store/relay.h"
#include "tests/unit/relay/tests.h"
#include "tests/unit/relay/world.h"

#define THREE                                                                                      \
    "[account one]\nnetwork = net\nserver = one\n"                                                 \
    "[account two]\nnetwork = net\nserver = two\nname_bytes = 24\n"                                \
    "[account three]\nnetwork = net\nserver = three\nname_bytes = 24\n"                            \
    "[gateway g]\nleg = one/#lab\nleg = two/#lab\nleg = three/#lab\n"

static void
say_n(struct world *world, const char *account, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        g_autofree char *text = g_strdup_printf("n%u", i);
        g_autofree char *id = g_strdup_printf("id-%u", i);
        world_say(world, account, &(struct world_said){.text = text, .id = id});
    }
}

/* "n0" … in order, each once. */
static void
assert_all(const char *log, const char *before, unsigned from, unsigned to)
{
    g_autoptr(GString) wanted = g_string_new(NULL);

    for (unsigned i = from; i < to; i++)
        g_string_append_printf(wanted, "%s%sn%u", i > from ? "\n" : "", before, i);
    g_assert_cmpstr(log, ==, wanted->str);
}

static void
come_back(struct world *world, const char *account)
{
    world_online(world, account);
    world_caught_up(world, account);
}

static void
missed(struct world *world, const char *account, const char *text, const char *id, int64_t ago_us)
{
    world_say(
        world, account,
        &(struct world_said){.text = text, .id = id, .ago_us = ago_us, .origin = ORIGIN_CATCH_UP});
}

static void
test_away(void)
{
    struct world *world = world_new(THREE);

    world_lost(world, "two");
    say_n(world, "one", 0, 60);
    g_autofree char *three = world_take(world, "three");
    assert_all(three, "say #lab as uma: ", 0, 60);
    come_back(world, "two");
    world_advance(world, SECOND_US);
    world_settle(world);
    g_autofree char *two = world_take(world, "two");
    assert_all(two, "say #lab as uma: ", 0, 60);
    world_free(world);
}

/* A lane whose network answers nothing holds nobody. */
static void
test_slow(void)
{
    struct world *world = world_new(THREE);

    world_net(world, "two")->holds = true;
    say_n(world, "one", 0, 40);
    g_autofree char *three = world_take(world, "three");
    assert_all(three, "say #lab as uma: ", 0, 40);
    for (int i = 0; i < 12; i++)
        world_release(world, "two");
    g_autofree char *two = world_take(world, "two");
    assert_all(two, "say #lab as uma: ", 0, 40);
    world_free(world);
}

/* weft ends with half of it said, and comes back. */
static void
test_restart(void)
{
    struct world *world = world_new(THREE);
    g_autoptr(GString) said = g_string_new(NULL);

    world_net(world, "two")->holds = true;
    say_n(world, "one", 0, 30);
    g_autofree char *before = world_take(world, "two");
    g_autofree char *keys = g_strdup(world_net(world, "two")->keys->str);
    world_restart(world);
    come_back(world, "one");
    come_back(world, "two");
    world_advance(world, SECOND_US);
    world_settle(world);
    world_settle(world);
    g_autofree char *after = world_take(world, "two");
    /* What was on its way is said again under its very key, for the network to know it by; what
     * was not is said once. */
    g_autofree char *all_keys = g_strconcat(keys, world_net(world, "two")->keys->str, NULL);
    g_auto(GStrv) list = g_strsplit(all_keys, "\n", -1);
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    for (unsigned i = 0; list[i]; i++)
        if (*list[i])
            g_hash_table_add(known, list[i]);
    g_assert_cmpuint(g_hash_table_size(known), ==, 30);
    g_assert_true(g_str_has_prefix(before, "say #lab as uma: n0"));
    assert_all(after, "say #lab as uma: ", 0, 30);
    world_free(world);
}

/* Said before the source had caught up, and loaded by the lane; what was missed is said first. */
static void
test_overtaken(void)
{
    struct world *world = world_new(THREE);

    world_lost(world, "one");
    world_online(world, "one");
    say_n(world, "one", 1, 2);
    world_lost(world, "two");
    missed(world, "one", "n0", "id-0", SECOND_US);
    world_caught_up(world, "one");
    come_back(world, "two");
    world_advance(world, SECOND_US);
    world_settle(world);
    world_assert(world, "two", "say #lab as uma: n0\nsay #lab as uma: n1");
    world_free(world);
}

/* The same, with `n` messages in all, most of them between the two. */
static void
overtaken_by(unsigned n)
{
    struct world *world = world_new(THREE);
    g_autoptr(GString) wanted = g_string_new("say #lab as uma: n0\n");

    world_lost(world, "two");
    world_lost(world, "one");
    world_online(world, "one");
    say_n(world, "one", 1, 2);
    say_n(world, "three", 2, n);
    missed(world, "one", "n0", "id-0", SECOND_US);
    world_caught_up(world, "one");
    come_back(world, "two");
    for (int i = 0; i < 20; i++) {
        world_advance(world, SECOND_US);
        world_settle(world);
    }
    for (unsigned i = 2; i < n; i++)
        g_string_append_printf(wanted, "say #lab as uma (three): n%u\n", i);
    g_string_append(wanted, "say #lab as uma: n1");
    world_assert(world, "two", wanted->str);
    world_free(world);
}

/* More than a lane holds in memory; and just as many as it loads at first. */
static void
test_overtaken_by_many(void)
{
    overtaken_by(600);
    overtaken_by(256);
}

/* What was missed crosses also where somebody has read it elsewhere meanwhile; older history does
 * not. */
static void
test_read_elsewhere(void)
{
    struct world *world = world_new(THREE);
    const struct world_said old = {
        .text = "old", .id = "old", .ago_us = 60 * SECOND_US, .origin = ORIGIN_HISTORY};
    const struct world_said read = {.text = "read",
                                    .id = "read",
                                    .ago_us = SECOND_US,
                                    .origin = ORIGIN_HISTORY,
                                    .missed = true};

    world_lost(world, "one");
    world_online(world, "one");
    world_say(world, "one", &old);
    world_say(world, "one", &read);
    missed(world, "one", "unread", "unread", 0);
    world_caught_up(world, "one");
    world_settle(world);
    world_assert(world, "two", "say #lab as uma: read\nsay #lab as uma: unread");
    world_free(world);
}

/* What is done to a message whose copy may or may not have arrived waits until that is known, and
 * is then done to the copy: it is neither forgotten nor told of in a line. */
static void
test_in_doubt(void)
{
    struct world *world = world_new(THREE);

    world_net(world, "two")->holds = true;
    say_n(world, "one", 0, 1);
    world_delete(world, "one", "id-0");
    world_assert(world, "two", "say #lab as uma: n0");
    world_release(world, "two");
    world_assert(world, "two", "delete two-1");
    world_net(world, "two")->holds = true;
    say_n(world, "one", 1, 3);
    world_assert(world, "two", "say #lab as uma: n1\nsay #lab as uma: n2");
    world_restart(world);
    come_back(world, "one");
    world_delete(world, "one", "id-1");
    world_react(world, "one", "id-2", "kai", "👍", true);
    world_online(world, "two");
    world_settle(world);
    world_assert(world, "two", "");
    world_caught_up(world, "two");
    world_settle(world);
    world_assert(world, "two",
                 "say #lab as uma: n1\nsay #lab as uma: n2\ndelete two-2\nreact two-3 👍");
    world_free(world);
}

/* What is answered, taken back and reacted to where it has arrived is still to be said here, for
 * its source is away: it is said first. */
static void
test_awaited(void)
{
    struct world *world = world_new(THREE);

    world_lost(world, "two");
    say_n(world, "one", 0, 3);
    g_autofree char *three = world_take(world, "three");
    assert_all(three, "say #lab as uma: ", 0, 3);
    world_lost(world, "one");
    world_say(world, "three",
              &(struct world_said){.text = "yes", .id = "a1", .reply_to = "three-2"});
    world_react(world, "three", "three-2", "kai", "👍", true);
    world_delete(world, "three", "three-3");
    come_back(world, "two");
    world_assert(world, "two", "");
    /* However often the lane looks again. */
    for (int i = 0; i < 20; i++)
        g_free(world_type(world, "two", "hm"));
    g_autofree char *typed = world_take(world, "two");
    g_assert_null(strstr(typed, "yes"));
    come_back(world, "one");
    world_advance(world, 5 * SECOND_US);
    world_settle(world);
    world_assert(world, "two",
                 "say #lab as uma: n0\nsay #lab as uma: n1\nsay #lab as uma: n2\n"
                 "say #lab as uma (three): yes re two-22\nreact two-22 👍\ndelete two-23");
    world_free(world);
}

/* What was there before the gateway is not said; what waits when it ends is not either. */
static void
test_ends(void)
{
    struct world *world = world_new(THREE);

    world_lost(world, "two");
    say_n(world, "one", 0, 3);
    world_set(world, "enable", "off");
    come_back(world, "two");
    world_assert(world, "two", "");
    say_n(world, "one", 3, 5);
    world_set(world, "enable", "on");
    world_advance(world, SECOND_US);
    world_assert(world, "two", "");
    say_n(world, "one", 5, 6);
    world_assert(world, "two", "say #lab as uma: n5");
    world_free(world);
}

/* --- late --- */

static void
test_late(void)
{
    struct world *world = world_new(THREE);

    world_lost(world, "one");
    world_advance(world, 180 * MINUTE_US);
    world_online(world, "one");
    /* Live comes before what is fetched. */
    world_say(world, "one", &(struct world_said){.text = "now", .id = "m9"});
    world_assert(world, "two", "");
    missed(world, "one", "a", "m1", 170 * MINUTE_US);
    missed(world, "one", "b", "m2", 100 * MINUTE_US);
    missed(world, "one", "c", "m3", 20 * MINUTE_US);
    missed(world, "one", "d", "m4", 2 * MINUTE_US);
    world_caught_up(world, "one");
    world_assert(world, "two",
                 "say #lab: * 2 messages in #lab (one), from 22:23 to 23:33, are not shown here: "
                 "they came too late\n"
                 "say #lab as uma: [00:53] c\n"
                 "say #lab as uma: d\n"
                 "say #lab as uma: now");
    world_free(world);
}

/* The last of what was missed came too late as well. */
static void
test_all_late(void)
{
    struct world *world = world_new(THREE);

    world_lost(world, "one");
    world_advance(world, 180 * MINUTE_US);
    world_online(world, "one");
    missed(world, "one", "a", "m1", 170 * MINUTE_US);
    world_caught_up(world, "one");
    world_assert(world, "two",
                 "say #lab: * a message in #lab (one), of 22:23, is not shown here: it came too "
                 "late");
    world_restart(world);
    come_back(world, "two");
    world_advance(world, SECOND_US);
    world_assert(world, "two", "");
    world_free(world);
}

/* A source that never says that it is caught up is waited for a minute; not for longer when
 * somebody sets the clock back. */
static void
test_never_caught_up(void)
{
    for (int hours = 0; hours < 2; hours++) {
        struct world *world = world_new(THREE);

        world_lost(world, "one");
        world_online(world, "one");
        world_say(world, "one", &(struct world_said){.text = "now", .id = "m9"});
        world_say(world, "three", &(struct world_said){.text = "other", .id = "m1"});
        world_assert(world, "two", "say #lab as uma: other");
        clock_fake_step_wall(world->clock, -hours * 60 * MINUTE_US);
        for (int i = 0; i < 14; i++)
            world_advance(world, 5 * SECOND_US);
        world_assert(world, "two", "say #lab as uma (one): now");
        world_free(world);
    }
}

/* --- giving up --- */

static unsigned
given_up(struct world *world)
{
    const struct core_relay *table = core_relay(world->core);
    g_autoptr(GPtrArray) legs = table->legs(table->user);

    return ((const struct relay_leg *)legs->pdata[1])->given_up;
}

static void
test_give_up(void)
{
    struct world *world = world_new(THREE);
    const struct core_relay *table = core_relay(world->core);
    g_autoptr(GError) error = NULL;

    world_lost(world, "two");
    say_n(world, "one", 0, 2);
    world_advance(world, 25 * 60 * MINUTE_US);
    come_back(world, "two");
    world_assert(world, "two", "");
    g_assert_cmpuint(given_up(world), ==, 2);
    struct message *message =
        core_find_message(world->core, world_buffer(world, "one", "#lab")->id, "id-0");
    g_autofree char *why = table->why(table->user, message->id);
    message_unref(message);
    g_assert_nonnull(strstr(why, "two/#lab: given up: the message. It waited for more than 24 "
                                 "hours."));
    /* By hand it is tried again, with its time. */
    g_assert_true(table->retry(table->user, "g", &error));
    g_assert_no_error(error);
    world_settle(world);
    g_assert_cmpuint(given_up(world), ==, 0);
    g_autofree char *log = world_take(world, "two");
    g_assert_true(g_str_has_prefix(log, "say #lab as uma: [2023-11-14 22:13] n0\n"));
    world_free(world);
}

/* --- pause --- */

static void
test_pause(void)
{
    struct world *world = world_new(THREE);
    const struct core_relay *table = core_relay(world->core);

    g_assert_true(table->relays(table->user, world_buffer(world, "one", "#lab")->id));
    g_assert_true(table->pause(table->user, "g", true, NULL));
    g_assert_false(table->relays(table->user, world_buffer(world, "one", "#lab")->id));
    say_n(world, "one", 0, 2);
    world_assert(world, "two", "");
    /* It stays paused over a restart, and nothing is lost. */
    world_restart(world);
    come_back(world, "one");
    come_back(world, "two");
    say_n(world, "one", 2, 3);
    world_assert(world, "two", "");
    table = core_relay(world->core);
    g_assert_true(table->pause(table->user, NULL, false, NULL));
    world_settle(world);
    g_autofree char *log = world_take(world, "two");
    assert_all(log, "say #lab as uma: ", 0, 3);
    world_free(world);
}

/* We were removed from the channel: its lane waits, and nothing goes back by itself. */
static void
test_kicked(void)
{
    struct world *world = world_new(THREE);
    struct host *host = world_net(world, "two")->host;

    world_say(world, "two",
              &(struct world_said){.kind = MESSAGE_KICK, .subject = WORLD_SELF, .text = "flood"});
    host_emit(host,
              &(struct event){.type = EVENT_BUFFER,
                              .conversation = "#lab",
                              .buffer = {.kind = BUFFER_CHANNEL, .name = "#lab", .joined = false}});
    say_n(world, "one", 0, 2);
    world_assert(world, "two", "");
    g_autofree char *three = world_take(world, "three");
    assert_all(three, "say #lab as uma: ", 0, 2);
    const struct core_relay *table = core_relay(world->core);
    g_autoptr(GPtrArray) legs = table->legs(table->user);
    const struct relay_leg *leg = legs->pdata[1];
    g_assert_cmpint(leg->state, ==, RELAY_WAITS);
    g_assert_cmpuint(leg->waiting, ==, 2);
    g_assert_cmpstr(
        leg->error, ==,
        "two is not in this channel: uma removed it (flood). \"/join #lab\" in a buffer of "
        "two lets it in.");
    world_channel(world, "two", "#lab", BUFFER_CHANNEL);
    world_settle(world);
    g_autofree char *two = world_take(world, "two");
    assert_all(two, "say #lab as uma: ", 0, 2);
    world_free(world);
}

/* Counters that a person sees. */
static void
test_figures(void)
{
    struct world *world = world_new(THREE);
    const struct core_relay *table = core_relay(world->core);

    say_n(world, "one", 0, 5);
    g_autoptr(GPtrArray) legs = table->legs(table->user);
    const struct relay_leg *leg = legs->pdata[1];
    g_assert_cmpstr(leg->address, ==, "two/#lab");
    g_assert_cmpint(leg->state, ==, RELAY_RUNS);
    g_assert_cmpuint(leg->sent, ==, 5);
    g_assert_cmpuint(leg->failed, ==, 0);
    g_assert_cmpuint(leg->waiting, ==, 0);
    g_assert_cmpuint(leg->unknown, ==, 0);
    g_assert_cmpint(leg->oldest_us, ==, 0);
    g_assert_cmpint(leg->lag_us, >, 0);
    g_assert_cmpuint(leg->per_minute, ==, 5);
    g_assert_cmpint(leg->error_us, ==, 0);
    const unsigned told = world->n_notices;
    world_advance(world, SECOND_US);
    g_assert_cmpuint(world->n_notices, ==, told + 1);
    world_free(world);
}

static unsigned
copies_per_minute(struct world *world)
{
    const struct core_relay *table = core_relay(world->core);
    g_autoptr(GPtrArray) legs = table->legs(table->user);

    return ((const struct relay_leg *)legs->pdata[1])->per_minute;
}

/* Somebody sets the clock: what arrives is counted all the same. */
static void
test_figures_clock(void)
{
    struct world *world = world_new(THREE);

    say_n(world, "one", 0, 5);
    clock_fake_step_wall(world->clock, -60 * MINUTE_US);
    say_n(world, "one", 5, 7);
    g_assert_cmpuint(copies_per_minute(world), ==, 7);
    clock_fake_step_wall(world->clock, 60 * MINUTE_US);
    world_advance(world, 30 * SECOND_US);
    g_assert_cmpuint(copies_per_minute(world), ==, 7);
    world_advance(world, MINUTE_US);
    g_assert_cmpuint(copies_per_minute(world), ==, 0);
    world_free(world);
}

static void
assert_oldest(struct world *world, unsigned waiting, int64_t oldest_us)
{
    const struct core_relay *table = core_relay(world->core);
    g_autoptr(GPtrArray) legs = table->legs(table->user);
    const struct relay_leg *leg = legs->pdata[1];

    g_assert_cmpuint(leg->waiting, ==, waiting);
    g_assert_cmpint(leg->oldest_us, >=, oldest_us);
    g_assert_cmpint(leg->oldest_us, <, oldest_us + MINUTE_US);
}

/* What waits grows older: tasks that cannot be done, and copies that the network has not taken. */
static void
test_age(void)
{
    struct world *world = world_new(THREE);

    world_lost(world, "two");
    say_n(world, "one", 0, 40);
    world_advance(world, 5 * MINUTE_US);
    say_n(world, "one", 40, 41);
    assert_oldest(world, 41, 5 * MINUTE_US);
    world_online(world, "two");
    world_caught_up(world, "two");
    assert_oldest(world, 0, 0);
    world_net(world, "two")->holds = true;
    say_n(world, "one", 41, 42);
    world_advance(world, 10 * SECOND_US);
    say_n(world, "one", 42, 43);
    assert_oldest(world, 2, 10 * SECOND_US);
    world_net(world, "two")->holds = false;
    world_release(world, "two");
    assert_oldest(world, 0, 0);
    world_free(world);
}

/* What core had taken, and has not sent, is as old after a restart. */
static void
test_age_kept(void)
{
    struct world *world = world_new("[account one]\nnetwork = net\nserver = one\n"
                                    "[account two]\nnetwork = net\nserver = two\n"
                                    "lacks = dedupe\n"
                                    "[gateway g]\nleg = one/#lab\nleg = two/#lab\n");

    world_net(world, "two")->holds = true;
    say_n(world, "one", 0, 10);
    world_advance(world, 10 * SECOND_US);
    assert_oldest(world, 10, 10 * SECOND_US);
    /* Four were with the network, and are unknown now. */
    world_restart(world);
    world_advance(world, 5 * MINUTE_US);
    assert_oldest(world, 6, 5 * MINUTE_US + 10 * SECOND_US);
    world_online(world, "two");
    world_caught_up(world, "two");
    assert_oldest(world, 0, 0);
    world_free(world);
}

/* --- two gateways into one channel --- */

#define SHARED                                                                                     \
    "[account one]\nnetwork = net\nserver = one\n"                                                 \
    "[account two]\nnetwork = net\nserver = two\nname_bytes = 24\n"                                \
    "[account three]\nnetwork = net\nserver = three\n"                                             \
    "[gateway g]\nleg = one/#lab in\nleg = two/#lab out\n"                                         \
    "[gateway h]\nleg = three/#lab in\nleg = two/#lab out\n"

static void
say_in(struct world *world, const char *account, unsigned from, unsigned n)
{
    for (unsigned i = from; i < from + n; i++) {
        g_autofree char *text = g_strdup_printf("%s-%u", account, i);
        world_say(world, account, &(struct world_said){.text = text, .id = text});
    }
}

/* The leg two/#lab of both, and what they share is told of each for itself. */
static void
read_shared(struct world *world, GPtrArray **legs, const struct relay_leg **g,
            const struct relay_leg **h)
{
    const struct core_relay *table = core_relay(world->core);

    g_clear_pointer(legs, g_ptr_array_unref);
    *legs = table->legs(table->user);
    g_assert_cmpuint((*legs)->len, ==, 4);
    *g = (*legs)->pdata[1];
    *h = (*legs)->pdata[3];
    g_assert_cmpint((*g)->buffer_id, ==, (*h)->buffer_id);
}

static void
test_figures_shared(void)
{
    struct world *world = world_new(SHARED);
    const struct core_relay *table = core_relay(world->core);
    struct net *two = world_net(world, "two");
    const struct relay_leg *g, *h;
    g_autoptr(GPtrArray) legs = NULL;

    say_in(world, "one", 0, 3);
    read_shared(world, &legs, &g, &h);
    g_assert_cmpuint(g->sent, ==, 3);
    g_assert_cmpuint(g->per_minute, ==, 3);
    g_assert_cmpint(g->lag_us, >, 0);
    g_assert_cmpuint(h->sent, ==, 0);
    g_assert_cmpuint(h->per_minute, ==, 0);
    g_assert_cmpint(h->lag_us, ==, 0);
    /* One that is refused is the trouble of the one that it came by. */
    g_set_error(&two->refuse, WEFT_ERROR, WEFT_ERROR_FORBIDDEN, "Not here.");
    say_in(world, "three", 0, 1);
    say_in(world, "one", 3, 1);
    read_shared(world, &legs, &g, &h);
    g_assert_cmpuint(h->failed, ==, 1);
    g_assert_nonnull(strstr(h->error, "Not here."));
    g_assert_cmpint(h->error_us, >, 0);
    g_assert_cmpuint(g->sent, ==, 4);
    g_assert_cmpuint(g->failed, ==, 0);
    g_assert_null(g->error);
    g_assert_cmpint(g->error_us, ==, 0);
    /* Tried again, it counts when it is there. */
    g_assert_true(table->retry(table->user, "h", NULL));
    world_settle(world);
    read_shared(world, &legs, &g, &h);
    g_assert_cmpuint(h->sent, ==, 1);
    g_assert_null(h->error);
    /* Under way. */
    two->holds = true;
    say_in(world, "three", 1, 2);
    read_shared(world, &legs, &g, &h);
    g_assert_cmpuint(h->waiting, ==, 2);
    g_assert_cmpuint(g->waiting, ==, 0);
    two->holds = false;
    world_release(world, "two");
    read_shared(world, &legs, &g, &h);
    g_assert_cmpuint(h->sent, ==, 3);
    world_free(world);
}

/* What waits, over a restart as well; and what may have arrived. */
static void
test_waiting_shared(void)
{
    struct world *world = world_new(SHARED);
    const struct relay_leg *g, *h;
    g_autoptr(GPtrArray) legs = NULL;

    world_net(world, "two")->holds = true;
    say_in(world, "three", 0, 2);
    world_lost(world, "two");
    say_in(world, "one", 0, 1);
    world_advance(world, MINUTE_US);
    say_in(world, "three", 2, 3);
    for (unsigned i = 0; i < 2; i++) {
        read_shared(world, &legs, &g, &h);
        g_assert_cmpuint(g->unknown, ==, 0);
        g_assert_cmpuint(h->unknown, ==, 2);
        g_assert_cmpuint(g->waiting, ==, 1);
        g_assert_cmpuint(h->waiting, ==, 3);
        g_assert_cmpint(g->oldest_us, >=, MINUTE_US);
        g_assert_cmpint(h->oldest_us, <, MINUTE_US);
        if (i == 0)
            world_restart(world);
    }
    world_free(world);
}

/* What one cannot do is given up by that one. */
static void
test_given_up_shared(void)
{
    struct world *world = world_new(SHARED);
    const struct core_relay *table = core_relay(world->core);
    const struct relay_leg *g, *h;
    g_autoptr(GPtrArray) legs = NULL;

    world_lost(world, "two");
    say_in(world, "one", 0, 2);
    world_set(world, "max_age", "1");
    world_advance(world, 2 * 60 * MINUTE_US);
    say_in(world, "three", 0, 1);
    world_online(world, "two");
    world_caught_up(world, "two");
    read_shared(world, &legs, &g, &h);
    g_assert_cmpuint(g->given_up, ==, 2);
    g_assert_nonnull(strstr(g->error, "It waited for more than 1 hours."));
    g_assert_cmpuint(h->given_up, ==, 0);
    g_assert_null(h->error);
    g_assert_cmpuint(h->sent, ==, 1);
    g_assert_true(table->retry(table->user, NULL, NULL));
    world_settle(world);
    read_shared(world, &legs, &g, &h);
    g_assert_cmpuint(g->given_up, ==, 0);
    g_assert_cmpuint(g->sent, ==, 2);
    g_assert_cmpuint(h->sent, ==, 1);
    world_free(world);
}

/* The texts that were said, "one-0 one-1 ": every line of the log ends with one. */
static void
assert_texts(struct world *world, const char *wanted)
{
    g_autofree char *log = world_take(world, "two");
    g_auto(GStrv) lines = g_strsplit(log, "\n", -1);
    g_autoptr(GString) texts = g_string_new(NULL);

    for (unsigned i = 0; *log && lines[i]; i++)
        g_string_append_printf(texts, "%s ", strrchr(lines[i], ' ') + 1);
    g_assert_cmpstr(texts->str, ==, wanted);
}

/* One gateway's retry takes what that one gave up, in its order, and leaves the other's. */
static void
test_retry_shared(void)
{
    struct world *world = world_new(SHARED);
    const struct core_relay *table = core_relay(world->core);
    struct net *two = world_net(world, "two");
    const struct relay_leg *g, *h;
    g_autoptr(GPtrArray) legs = NULL;

    world_lost(world, "two");
    say_in(world, "one", 0, 2);
    say_in(world, "three", 0, 3);
    say_in(world, "one", 2, 1);
    world_advance(world, 25 * 60 * MINUTE_US);
    world_online(world, "two");
    world_caught_up(world, "two");
    read_shared(world, &legs, &g, &h);
    g_assert_cmpuint(g->given_up, ==, 3);
    g_assert_cmpuint(h->given_up, ==, 3);
    assert_texts(world, "");
    g_assert_true(table->retry(table->user, "h", NULL));
    world_settle(world);
    assert_texts(world, "three-0 three-1 three-2 ");
    read_shared(world, &legs, &g, &h);
    g_assert_cmpuint(g->given_up, ==, 3);
    g_assert_nonnull(g->error);
    g_assert_cmpuint(h->given_up, ==, 0);
    g_assert_null(h->error);
    g_assert_true(table->retry(table->user, "h", NULL));
    g_assert_true(table->retry(table->user, "g", NULL));
    world_settle(world);
    assert_texts(world, "one-0 one-1 one-2 ");
    read_shared(world, &legs, &g, &h);
    g_assert_cmpuint(g->given_up, ==, 0);
    g_assert_null(g->error);
    /* The same with what the network refused. */
    g_set_error(&two->refuse, WEFT_ERROR, WEFT_ERROR_FORBIDDEN, "Not here.");
    say_in(world, "one", 3, 1);
    g_set_error(&two->refuse, WEFT_ERROR, WEFT_ERROR_FORBIDDEN, "Not here.");
    say_in(world, "three", 3, 1);
    assert_texts(world, "");
    g_assert_true(table->retry(table->user, "g", NULL));
    world_settle(world);
    assert_texts(world, "one-3 ");
    g_assert_true(table->retry(table->user, NULL, NULL));
    world_settle(world);
    assert_texts(world, "three-3 ");
    world_free(world);
}

void
test_durable_add(void)
{
    g_test_add_func("/durable/away", test_away);
    g_test_add_func("/durable/slow", test_slow);
    g_test_add_func("/durable/restart", test_restart);
    g_test_add_func("/durable/overtaken", test_overtaken);
    g_test_add_func("/durable/overtaken-by-many", test_overtaken_by_many);
    g_test_add_func("/durable/read-elsewhere", test_read_elsewhere);
    g_test_add_func("/durable/in-doubt", test_in_doubt);
    g_test_add_func("/durable/awaited", test_awaited);
    g_test_add_func("/durable/ends", test_ends);
    g_test_add_func("/durable/late", test_late);
    g_test_add_func("/durable/all-late", test_all_late);
    g_test_add_func("/durable/never-caught-up", test_never_caught_up);
    g_test_add_func("/durable/give-up", test_give_up);
    g_test_add_func("/durable/pause", test_pause);
    g_test_add_func("/durable/kicked", test_kicked);
    g_test_add_func("/durable/figures", test_figures);
    g_test_add_func("/durable/figures-clock", test_figures_clock);
    g_test_add_func("/durable/age", test_age);
    g_test_add_func("/durable/age-kept", test_age_kept);
    g_test_add_func("/durable/figures-shared", test_figures_shared);
    g_test_add_func("/durable/waiting-shared", test_waiting_shared);
    g_test_add_func("/durable/retry-shared", test_retry_shared);
    g_test_add_func("/durable/given-up-shared", test_given_up_shared);
}
