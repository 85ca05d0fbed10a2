/* Gateways follow the configuration and the buffers. */
#include <string.h>

#include "core/relaying.h"
#include "store/relay.h"
#include "tests/unit/relay/tests.h"
#include "tests/unit/relay/world.h"

#define TWO                                                                                        \
    "[account one]\nnetwork = net\nserver = one\n"                                                 \
    "[account two]\nnetwork = net\nserver = two\nname_bytes = 24\n"

static const struct relay_leg *
leg(GPtrArray **legs, struct world *world, unsigned i)
{
    const struct core_relay *table = core_relay(world->core);

    g_clear_pointer(legs, g_ptr_array_unref);
    *legs = table->legs(table->user);
    g_assert_cmpuint(i, <, (*legs)->len);
    return (*legs)->pdata[i];
}

/* A channel that comes later is joined when it is there. */
static void
test_comes(void)
{
    struct world *world = world_new(TWO "[gateway g]\nleg = one/#lab\nleg = two/#new\n");
    GPtrArray *legs = NULL;

    g_assert_cmpint(leg(&legs, world, 1)->state, ==, RELAY_WAITS);
    g_assert_cmpint(leg(&legs, world, 1)->buffer_id, ==, 0);
    world_say(world, "one", &(struct world_said){.text = "a", .id = "m1"});
    world_channel(world, "two", "#new", BUFFER_CHANNEL);
    g_assert_cmpint(leg(&legs, world, 1)->state, ==, RELAY_RUNS);
    world_say(world, "one", &(struct world_said){.text = "b", .id = "m2"});
    world_assert(world, "two", "say #new as uma: b");
    g_ptr_array_unref(legs);
    world_free(world);
}

#define BOTH TWO "[gateway g]\nleg = one/#lab\nleg = two/#lab\n"

static void
missed(struct world *world, const char *text, const char *id, int64_t ago_us)
{
    world_say(
        world, "one",
        &(struct world_said){.text = text, .id = id, .ago_us = ago_us, .origin = ORIGIN_CATCH_UP});
}

/* What stands in a channel when it is joined to others was not said to those there, neither at
 * first nor when a gateway begins again; from then on what was missed crosses, over a restart. */
static void
test_begins(void)
{
    struct world *world = world_new(BOTH);

    missed(world, "before", "m1", 2 * MINUTE_US);
    world_assert(world, "two", "");
    world_lost(world, "one");
    world_restart(world);
    world_advance(world, 5 * MINUTE_US);
    world_online(world, "two");
    world_caught_up(world, "two");
    world_online(world, "one");
    missed(world, "before, too", "m2", 7 * MINUTE_US);
    missed(world, "missed", "m3", 2 * MINUTE_US);
    world_caught_up(world, "one");
    world_assert(world, "two", "say #lab as uma: missed");
    world_set(world, "enable", "off");
    world_advance(world, 5 * MINUTE_US);
    world_set(world, "enable", "on");
    missed(world, "while it was off", "m4", 2 * MINUTE_US);
    world_assert(world, "two", "");
    world_say(world, "one", &(struct world_said){.text = "now", .id = "m5"});
    world_assert(world, "two", "say #lab as uma: now");
    world_free(world);
}

/* The parts of a message behind its first are as old as they wait, too. */
static void
test_age_of_parts(void)
{
    struct world *world = world_new("[account one]\nnetwork = net\nserver = one\n"
                                    "[account lines]\nnetwork = net\nserver = lines\n"
                                    "[gateway g]\nleg = one/#lab\nleg = lines/#lab\n");
    GPtrArray *legs = NULL;

    world_net(world, "lines")->holds = true;
    world_say(world, "one", &(struct world_said){.text = "a\nb\nc", .id = "m1"});
    world_release_first(world, "lines");
    world_advance(world, 20 * SECOND_US);
    g_assert_cmpuint(leg(&legs, world, 1)->waiting, ==, 2);
    g_assert_cmpint(leg(&legs, world, 1)->oldest_us, >=, 20 * SECOND_US);
    g_ptr_array_unref(legs);
    world_free(world);
}

/* Half a network goes and comes back: talk does not wait behind a line for each. */
static void
test_crowd(void)
{
    struct world *world = world_new(BOTH "joins = on\n");

    for (unsigned i = 0; i < 50; i++) {
        g_autofree char *who = g_strdup_printf("m%u", i);
        world_say(world, "one", &(struct world_said){.who = who, .kind = MESSAGE_QUIT});
    }
    world_say(world, "one",
              &(struct world_said){.who = "op", .kind = MESSAGE_KICK, .subject = "mallory"});
    world_say(world, "one", &(struct world_said){.text = "talk", .id = "m1"});
    world_assert(world, "two",
                 "say #lab: * m0 has left (#lab (one))\nsay #lab: * m1 has left (#lab (one))\n"
                 "say #lab: * m2 has left (#lab (one))\nsay #lab: * m3 has left (#lab (one))\n"
                 "say #lab: * m4 has left (#lab (one))\nsay #lab: * m5 has left (#lab (one))\n"
                 "say #lab: * more people come and go in #lab (one)\n"
                 "say #lab: * op has removed mallory from #lab (one)\nsay #lab as uma: talk");
    world_advance(world, MINUTE_US);
    world_say(world, "one", &(struct world_said){.who = "m9", .kind = MESSAGE_JOIN});
    world_assert(world, "two", "say #lab: * m9 has joined #lab (one)");
    world_free(world);
}

/* Only what is different changes: what waits in lanes stays, what was seen is remembered. */
static void
test_reload(void)
{
    struct world *world = world_new(TWO "[gateway g]\nleg = one/#lab\nleg = two/#lab\n");
    g_autofree char *more = NULL;
    g_autofree char *text = NULL;

    world_lost(world, "two");
    world_say(world, "one", &(struct world_said){.text = "a", .id = "m1"});
    g_assert_true(g_file_get_contents(world->config_file, &text, NULL, NULL));
    more = g_strconcat(text, "[gateway h]\nleg = one/#x\nleg = two/#x\n", NULL);
    g_assert_true(g_file_set_contents(world->config_file, more, -1, NULL));
    g_autofree char *told = NULL;
    g_assert_true(core_reload(world->core, &told));
    g_assert_nonnull(strstr(told, "gateways"));
    world_settle(world);
    world_online(world, "two");
    world_caught_up(world, "two");
    world_assert(world, "two", "say #lab as uma: a");
    world_free(world);
}

static void
reload_with(struct world *world, const char *config)
{
    g_autofree char *told = NULL;

    g_assert_true(g_file_set_contents(world->config_file, config, -1, NULL));
    g_assert_true(core_reload(world->core, &told));
    world_settle(world);
}

/* A leg that is not found for a while costs nothing; one that is taken away does. */
static void
test_not_found_for_a_while(void)
{
    struct world *world = world_new(TWO "[gateway g]\nleg = one/#lab\nleg = two/#lab\n");

    world_lost(world, "two");
    world_say(world, "one", &(struct world_said){.text = "a", .id = "m1"});
    reload_with(world, TWO "[gateway g]\nleg = one/#lab\nleg = two/#labb\n");
    world_online(world, "two");
    world_caught_up(world, "two");
    world_assert(world, "two", "");
    reload_with(world, TWO "[gateway g]\nleg = one/#lab\nleg = two/#lab\n");
    world_assert(world, "two", "say #lab as uma: a");
    world_lost(world, "two");
    world_say(world, "one", &(struct world_said){.text = "b", .id = "m2"});
    reload_with(world, TWO);
    world_online(world, "two");
    world_caught_up(world, "two");
    reload_with(world, TWO "[gateway g]\nleg = one/#lab\nleg = two/#lab\n");
    world_assert(world, "two", "");
    world_free(world);
}

/* Another name from now on. */
static void
test_template_changes(void)
{
    struct world *world = world_new(TWO "[gateway g]\nleg = one/#lab\nleg = two/#lab\n");

    world_say(world, "one", &(struct world_said){.text = "a", .id = "m1"});
    world_assert(world, "two", "say #lab as uma: a");
    world_set(world, "name", "{nick} at {account}");
    world_say(world, "one", &(struct world_said){.text = "b", .id = "m2"});
    world_assert(world, "two", "say #lab as uma at one: b");
    world_free(world);
}

static void
test_bad_legs(void)
{
    struct world *world = world_new(TWO "[gateway g]\nleg = one/uma\nleg = two/#lab\n");
    GPtrArray *legs = NULL;

    world_channel(world, "one", "uma", BUFFER_DIRECT);
    g_assert_cmpstr(leg(&legs, world, 0)->error, ==,
                    "This is a conversation between people: these are never relayed.");
    g_ptr_array_unref(legs);
    world_free(world);
}

static void
assert_leg(struct world *world, unsigned i, enum relay_state state, const char *error)
{
    GPtrArray *legs = NULL;

    g_assert_cmpint(leg(&legs, world, i)->state, ==, state);
    if (!leg(&legs, world, i)->error || !strstr(leg(&legs, world, i)->error, error))
        g_assert_cmpstr(leg(&legs, world, i)->error, ==, error);
    g_ptr_array_unref(legs);
}

/* Why nothing crosses is told, and whether waiting helps. */
static void
test_reasons(void)
{
    struct world *world = world_new(TWO "[gateway g]\nleg = one/#lab in\nleg = two/#lab\n"
                                        "leg = two/#labb\nleg = two/uma\n");

    world_channel(world, "two", "uma", BUFFER_DIRECT);
    assert_leg(world, 2, RELAY_WAITS, "No open buffer has the address two/#labb.");
    assert_leg(
        world, 2, RELAY_WAITS,
        "weft waits for it, and does not go in by itself: \"/join #labb\" in a buffer of two "
        "lets it in.");
    assert_leg(world, 3, RELAY_REFUSED, "This is a conversation between people");
    world_lost(world, "one");
    world_lost(world, "two");
    /* What is only read from cannot be heard either. */
    assert_leg(world, 0, RELAY_WAITS, "one is not connected: ");
    assert_leg(world, 2, RELAY_WAITS, "two is not connected: ");
    world_online(world, "one");
    core_disconnect(world->core, core_account_by_name(world->core, "two")->id, NULL);
    world_settle(world);
    assert_leg(world, 1, RELAY_WAITS, "\"/connect two\" does that.");
    world_free(world);
}

static void
test_no_account(void)
{
    struct world *world = world_new(TWO "[gateway g]\nleg = one/#lab\nleg = two/#lab\n");

    g_assert_true(g_file_set_contents(
        world->config_file, TWO "[gateway g]\nleg = one/#lab\nleg = tow/#lab\n", -1, NULL));
    world->mistaken = true;
    world_restart(world);
    assert_leg(world, 1, RELAY_REFUSED, "There is no account tow in the configuration.");
    world_free(world);
}

static void
assert_looked(struct world *world, const char *account, const char *wanted)
{
    struct net *net = world_net(world, account);

    world_advance(world, SECOND_US);
    g_assert_cmpstr(net->looked->str, ==, wanted);
    g_string_truncate(net->looked, 0);
}

/* Nobody looks at a screen: who is there is asked all the same, once a connection, and nowhere
 * else. */
static void
test_who_is_there(void)
{
    struct world *world = world_new(TWO "[gateway g]\nleg = one/#lab\nleg = two/#new\n");

    assert_looked(world, "one", "#lab ");
    assert_looked(world, "two", "");
    world_channel(world, "two", "#new", BUFFER_CHANNEL);
    assert_looked(world, "two", "#new ");
    world_say(world, "two", &(struct world_said){.text = "a", .conversation = "#new"});
    assert_looked(world, "one", "");
    assert_looked(world, "two", "");
    world_lost(world, "one");
    world_online(world, "one");
    world_caught_up(world, "one");
    assert_looked(world, "one", "#lab ");
    /* One that is added while all goes on; and one that is switched off. */
    reload_with(world, TWO "[gateway g]\nleg = one/#lab\nleg = two/#lab\n"
                           "[gateway off]\nenable = off\nleg = one/#x\nleg = two/#x\n");
    world_channel(world, "one", "#x", BUFFER_CHANNEL);
    assert_looked(world, "one", "");
    assert_looked(world, "two", "#lab ");
    world_free(world);
}

/* --- what a change leaves alone --- */

#define G "[gateway g]\nleg = one/#lab\nleg = two/#lab\n"
#define H "[gateway h]\nleg = one/#x\nleg = two/#x\n"
#define N 20 /* more than are on their way at once */

static void
say_all(struct world *world, const char *channel)
{
    for (unsigned i = 0; i < N; i++) {
        g_autofree char *text = g_strdup_printf("n%u.", i);
        g_autofree char *id = g_strconcat(channel, text, NULL);
        world_say(world, "one",
                  &(struct world_said){.conversation = channel, .text = text, .id = id});
    }
}

/* The last that waits is in the lane's window; a lane that is loaded anew does not find it any
 * more. */
static void
hide_last(struct world *world, const char *channel)
{
    const int64_t lane = world_buffer(world, "two", channel)->id;
    g_autoptr(GPtrArray) tasks = store_load_tasks(world->store, lane, 0, N);

    g_assert_cmpuint(tasks->len, >, 2);
    g_assert_cmpuint(tasks->len, <, N);
    const struct relay_task *last = tasks->pdata[tasks->len - 1];
    store_give_up_task(world->store, last->id, "Hidden.", NULL, NULL);
    world_settle(world);
}

/* All is loaded at once, and more than may be on its way. */
static struct world *
two_full_lanes(void)
{
    static const char *const channels[] = {"#x", "#y"};
    struct world *world = world_new(TWO G H);

    for (unsigned i = 0; i < G_N_ELEMENTS(channels); i++) {
        world_channel(world, "one", channels[i], BUFFER_CHANNEL);
        world_channel(world, "two", channels[i], BUFFER_CHANNEL);
    }
    world_lost(world, "two");
    say_all(world, "#lab");
    say_all(world, "#x");
    world_net(world, "two")->holds = true;
    world_online(world, "two");
    world_caught_up(world, "two");
    for (unsigned i = 0; i < G_N_ELEMENTS(channels); i++)
        world_channel(world, "two", channels[i], BUFFER_CHANNEL);
    hide_last(world, "#lab");
    hide_last(world, "#x");
    return world;
}

/* How many of n0 … were said there, all in order and none twice. */
static unsigned
count_said(const char *log, const char *channel)
{
    g_auto(GStrv) lines = g_strsplit(log, "\n", -1);
    g_autofree char *start = g_strconcat("say ", channel, " ", NULL);
    unsigned n = 0;

    for (unsigned i = 0; lines[i]; i++) {
        g_autofree char *text = g_strdup_printf(" n%u.", n);
        if (!g_str_has_prefix(lines[i], start))
            continue;
        g_assert_true(g_str_has_suffix(lines[i], text));
        n++;
    }
    return n;
}

/* What is over after the change; frees the world. */
static void
assert_lanes_free(struct world *world, unsigned n_lab, unsigned n_x)
{
    world_release(world, "two");
    g_autofree char *log = world_take(world, "two");
    g_assert_cmpuint(count_said(log, "#lab"), ==, n_lab);
    g_assert_cmpuint(count_said(log, "#x"), ==, n_x);
    world_free(world);
}

/* A lane is loaded anew when a route into it is another one, and only then. */
static void
test_others_stay(void)
{
    static const struct {
        const char *config;
        unsigned n_lab, n_x; /* N: not loaded anew; less: anew */
    } cases[] = {
        {TWO G H "max_age = 20\n", N, N - 1},
        {TWO G "name = {nick} there\n" H, N - 1, N},
        {TWO G "ignore = nobody@x\n" H, N - 1, N},
        {TWO G "leg = two/#y in\n" H, N - 1, N},
        {TWO G "leg = two/#y out\n" H, N, N},
        {TWO G H "[gateway i]\nleg = one/#y\nleg = two/#y\n", N, N},
        {TWO G H "[gateway i]\nleg = one/#y\nleg = two/#x\n", N, N - 1},
        {TWO G H "[gateway i]\nleg = one/#y\nleg = two/#never\n", N, N},
        {TWO H G, N, N},
        {TWO H "[gateway g]\nleg = one/#lab\nleg = two/#lab everyone\n", N - 1, N},
        {TWO H "[gateway g]\nleg = one/#lab\nleg = two/#lab name_colors\n", N - 1, N},
        {TWO H "[gateway g]\nleg = one/#lab\nleg = two/#lab name={nick} there\n", N - 1, N},
        {TWO H "[gateway g]\nleg = one/#lab in\nleg = two/#lab\n", N, N},
        {TWO H "[gateway another]\nleg = one/#lab\nleg = two/#lab\n", N - 1, N},
        {TWO G H "[account three]\nnetwork = net\nserver = three\n", N, N},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct world *world = two_full_lanes();
        g_test_message("%s", cases[i].config + strlen(TWO));
        reload_with(world, cases[i].config);
        assert_lanes_free(world, cases[i].n_lab, cases[i].n_x);
    }
}

/* Where nothing comes from there any more, what waited is given up; the other lane goes on. */
static void
test_route_goes(void)
{
    static const char *const configs[] = {
        TWO H, TWO G "enable = off\n" H, TWO H "[gateway g]\nleg = one/#lab out\nleg = two/#lab\n",
        "[account two]\nnetwork = net\nserver = two\nname_bytes = 24\n"
        "[gateway i]\nleg = two/#x\nleg = two/#y\n"};

    for (unsigned i = 0; i < G_N_ELEMENTS(configs); i++) {
        struct world *world = two_full_lanes();
        const int64_t lane = world_buffer(world, "two", "#lab")->id;
        const bool account = !strstr(configs[i], "account one");
        reload_with(world, configs[i]);
        world_release(world, "two");
        g_autoptr(GPtrArray) waiting = store_load_tasks(world->store, lane, 0, N);
        g_autoptr(GPtrArray) given_up = store_load_given_up(world->store, lane, N);
        g_assert_cmpuint(waiting->len, ==, 0);
        g_assert_cmpuint(given_up->len, >, 1);
        g_autofree char *log = world_take(world, "two");
        g_assert_cmpuint(count_said(log, "#lab"), ==, N - given_up->len);
        g_assert_cmpuint(count_said(log, "#x"), ==, account ? N - given_up->len : N);
        world_free(world);
    }
}

static void
test_pause_leaves_others(void)
{
    struct world *world = two_full_lanes();
    const struct core_relay *table = core_relay(world->core);

    g_assert_true(table->pause(table->user, "g", true, NULL));
    world_settle(world);
    g_assert_true(table->pause(table->user, "g", false, NULL));
    world_settle(world);
    assert_lanes_free(world, N - 1, N);
}

/* Paused, and changed before that is on disk: it stays paused. */
static void
test_pause_and_change(void)
{
    struct world *world = world_new(TWO G H);
    const struct core_relay *table = core_relay(world->core);

    g_assert_true(table->pause(table->user, "g", true, NULL));
    reload_with(world, TWO G "max_age = 20\n" H);
    world_say(world, "one", &(struct world_said){.text = "a", .id = "m1"});
    world_assert(world, "two", "");
    reload_with(world, TWO G "max_age = 21\n" H);
    g_assert_true(table->pause(table->user, "g", false, NULL));
    world_settle(world);
    world_assert(world, "two", "say #lab as uma: a");
    world_free(world);
}

/* What no gateway is for waits while any leg is missing, and not any longer. */
static void
test_nothing_lacks_any_more(void)
{
    struct world *world = world_new(TWO G "[gateway i]\nleg = one/#y\nleg = two/#never\n");
    const int64_t lane = world_buffer(world, "two", "#lab")->id;

    world_channel(world, "one", "#y", BUFFER_CHANNEL);
    world_lost(world, "two");
    world_say(world, "one", &(struct world_said){.text = "a", .id = "m1"});
    reload_with(world, TWO "[gateway i]\nleg = one/#y\nleg = two/#never\n");
    world_online(world, "two");
    world_caught_up(world, "two");
    g_autoptr(GPtrArray) waiting = store_load_tasks(world->store, lane, 0, N);
    g_assert_cmpuint(waiting->len, ==, 1);
    world_channel(world, "two", "#never", BUFFER_CHANNEL);
    g_autoptr(GPtrArray) given_up = store_load_given_up(world->store, lane, N);
    g_assert_cmpuint(given_up->len, ==, 1);
    world_free(world);
}

void
test_gateway_add(void)
{
    g_test_add_func("/gateway/comes", test_comes);
    g_test_add_func("/gateway/begins", test_begins);
    g_test_add_func("/gateway/crowd", test_crowd);
    g_test_add_func("/gateway/age-of-parts", test_age_of_parts);
    g_test_add_func("/gateway/reload", test_reload);
    g_test_add_func("/gateway/not-found-for-a-while", test_not_found_for_a_while);
    g_test_add_func("/gateway/others-stay", test_others_stay);
    g_test_add_func("/gateway/route-goes", test_route_goes);
    g_test_add_func("/gateway/pause-leaves-others", test_pause_leaves_others);
    g_test_add_func("/gateway/pause-and-change", test_pause_and_change);
    g_test_add_func("/gateway/nothing-lacks-any-more", test_nothing_lacks_any_more);
    g_test_add_func("/gateway/template-changes", test_template_changes);
    g_test_add_func("/gateway/bad-legs", test_bad_legs);
    g_test_add_func("/gateway/reasons", test_reasons);
    g_test_add_func("/gateway/no-account", test_no_account);
    g_test_add_func("/gateway/who-is-there", test_who_is_there);
}
