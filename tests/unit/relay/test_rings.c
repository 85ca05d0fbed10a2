/* Threat 61: loops, storms, and one channel that is seen twice. */
#include <string.h>

#include "core/copy.h"
#include "core/relaying.h"
#include "relay/guard.h"
#include "tests/unit/relay/tests.h"
#include "tests/unit/relay/world.h"

#define ACCOUNT(name) "[account " name "]\nnetwork = net\nserver = " name "\n"
#define ADVICE                                                                                     \
    "as in a ring of two relays: another bridge may join these channels too. Let one of the two "  \
    "carry them. \"/relay resume g\" lets it go on."

/* Three gateways in a ring: each message arrives once. */
static void
test_three(void)
{
    struct world *world = world_new(ACCOUNT("one") ACCOUNT("two")
                                        ACCOUNT("three") "[gateway a]\nleg = one/#lab\nleg = "
                                                         "two/#lab\n"
                                                         "[gateway b]\nleg = two/#lab\nleg = "
                                                         "three/#lab\n"
                                                         "[gateway c]\nleg = three/#lab\nleg = "
                                                         "one/#lab\n");

    world_say(world, "one", &(struct world_said){.text = "a", .id = "m1"});
    world_assert(world, "two", "say #lab: <uma> a");
    world_assert(world, "three", "say #lab: <uma> a");
    world_assert(world, "one", "");
    world_free(world);
}

/* The network sends our own words back to us. */
static void
test_echo(void)
{
    struct world *world = world_new(ACCOUNT("one") ACCOUNT("two") "[gateway g]\nleg = "
                                                                  "one/#lab\nleg = two/#lab\n");

    world_say(world, "one", &(struct world_said){.text = "a", .id = "m1"});
    world_assert(world, "two", "say #lab: <uma> a");
    world_say(
        world, "two",
        &(struct world_said){
            .text = "<uma> a", .who = "weft", .id = "two-1", .own = true, .origin = ORIGIN_ECHO});
    world_assert(world, "one", "");
    world_assert(world, "two", "");
    world_free(world);
}

static void
go_by(struct world *world, const char *account, const char *name)
{
    host_emit(world_net(world, account)->host,
              &(struct event){.type = EVENT_SELF,
                              .self = {.id = name, .name = name, .server_name = account}});
    world_settle(world);
}

/* The relay's own name is had by somebody else, who says what the relay says: a person. What is our
 * own is known by account and id, never by name. */
static void
test_name_taken(void)
{
    struct world *world = world_new(ACCOUNT("one") ACCOUNT("two") "[gateway g]\nleg = "
                                                                  "one/#lab\nleg = two/#lab\n");

    go_by(world, "two", "relay");
    world_say(world, "two", &(struct world_said){.text = "a", .id = "m1"});
    world_assert(world, "one", "say #lab: <uma> a");
    go_by(world, "one", "weft_");
    world_say(world, "one", &(struct world_said){.text = "b", .who = "weft", .id = "m2"});
    world_assert(world, "two", "say #lab: <weft> b");
    world_say(world, "one", &(struct world_said){.text = "c", .who = "weft"});
    world_assert(world, "two", "say #lab: <weft> c");
    world_say(world, "one", &(struct world_said){.text = "<uma> a", .who = "weft", .id = "m3"});
    world_assert(world, "two", "say #lab: <weft> <uma> a");
    /* The copy's echo, by its old name and its new one, is known by its id. */
    world_say(world, "one",
              &(struct world_said){.text = "<uma> a", .who = "weft", .id = "one-1", .own = true});
    world_say(world, "one",
              &(struct world_said){.text = "<uma> a", .who = "weft_", .id = "one-1", .own = true});
    world_assert(world, "two", "");
    /* Another network's person by the name that we have here now. */
    world_say(world, "two", &(struct world_said){.text = "d", .who = "weft_", .id = "m4"});
    world_assert(world, "one", "say #lab: <weft_ (two)> d");
    world_free(world);
}

/* What another relay has brought here says so. */
static void
test_marked(void)
{
    struct world *world = world_new(ACCOUNT("one") ACCOUNT("two") "[gateway g]\nleg = "
                                                                  "one/#lab\nleg = two/#lab\n");

    world_say(world, "one",
              &(struct world_said){
                  .text = "<x> a", .id = "m1", .who = "other", .relayed_by = "0123456789abcdef"});
    world_assert(world, "two", "");
    /* Whoever takes the relay's name is a person all the same. */
    world_say(world, "one", &(struct world_said){.text = "b", .id = "m2", .who = "weft2"});
    world_assert(world, "two", "say #lab: <weft2> b");
    world_free(world);
}

static unsigned
count_lines(struct world *world, const char *account, const char *name, const char *text)
{
    struct page page = {0};
    unsigned n = 0;

    core_page_newest(world->core, world_buffer(world, account, name)->id, 50, &page);
    for (unsigned i = 0; i < page.messages->len; i++)
        n += strstr(((const struct message *)page.messages->pdata[i])->body->text, text) != NULL;
    page_clear(&page);
    return n;
}

/* What one can do, once. */
static void
assert_remedy(const char *text)
{
    const char *remedy = strstr(text, "\"/relay resume g\" lets it go on.");

    g_assert_nonnull(remedy);
    g_assert_null(strstr(remedy + 1, "\"/relay resume"));
}

/* Another bridge without a mark hands everything back, as fast as it can, and shows people's names
 * as its own: the gateway stops, and says so. */
static void
test_breaker(void)
{
    struct world *world =
        world_new(ACCOUNT("one") ACCOUNT("two")
                      ACCOUNT("three") "[gateway g]\nleg = one/#lab\nleg = two/#lab\n"
                                       "[gateway h]\nleg = one/#other\nleg = three/#other\n");
    const struct core_relay *table = core_relay(world->core);
    unsigned n = 0;

    world_say(world, "one", &(struct world_said){.text = "hello", .id = "m0"});
    for (; n < 100; n++) {
        g_autofree char *said = world_take(world, "two");
        g_autofree char *back = g_strdup_printf("m%u", n + 1);
        if (!*said)
            break;
        world_say(world, "two", &(struct world_said){.text = "hello", .id = back, .who = "bridge"});
        g_autofree char *there = world_take(world, "one");
        if (!*there)
            break;
        g_autofree char *id = g_strdup_printf("o%u", n + 1);
        world_say(world, "one", &(struct world_said){.text = "hello", .id = id, .who = "bridge"});
    }
    g_assert_cmpuint(n, >, 10);
    g_assert_cmpuint(n, <, 30);
    g_autoptr(GPtrArray) legs = table->legs(table->user);
    const struct relay_leg *leg = legs->pdata[0];
    g_assert_cmpint(leg->state, ==, RELAY_TRIPPED);
    g_assert_nonnull(strstr(leg->error, "bridge sent more than 20 messages within 10 seconds"));
    g_assert_nonnull(strstr(leg->error, ADVICE));
    assert_remedy(leg->error);
    g_assert_cmpuint(count_lines(world, "one", "#lab", "The gateway g has stopped: bridge sent"),
                     ==, 1);
    g_assert_cmpuint(count_lines(world, "two", "#lab", "\"/relay resume g\" lets it go on."), ==,
                     1);
    world_say(world, "one", &(struct world_said){.text = "stuck", .id = "x0"});
    g_autofree char *why = world_type(world, "one", "/relay why");
    g_assert_nonnull(strstr(why, "waits: the message. The gateway g has stopped: bridge sent"));
    assert_remedy(why);
    g_autofree char *list = world_type(world, "one", "/relay list");
    g_assert_nonnull(strstr(list, "g: bridge sent more than"));
    assert_remedy(list);
    g_assert_cmpint(((const struct relay_leg *)legs->pdata[2])->state, !=, RELAY_TRIPPED);
    /* It stands still until somebody has looked, over a restart as well. */
    world_restart(world);
    world_online(world, "one");
    world_online(world, "two");
    world_caught_up(world, "one");
    world_caught_up(world, "two");
    world_say(world, "one", &(struct world_said){.text = "still?", .id = "x1"});
    world_assert(world, "two", "");
    table = core_relay(world->core);
    g_assert_true(table->pause(table->user, "g", false, NULL));
    world_settle(world);
    g_autofree char *said = world_take(world, "two");
    g_assert_true(g_str_has_suffix(said, "say #lab: <uma> still?"));
    world_free(world);
}

/* The same with names in front, however slowly: what was carried comes back longer each time. */
static void
test_slow_ring(void)
{
    struct world *world = world_new(ACCOUNT("one") ACCOUNT("two") "[gateway g]\nleg = "
                                                                  "one/#lab\nleg = two/#lab\n");
    const struct core_relay *table = core_relay(world->core);
    unsigned n = 0;

    world_say(world, "one", &(struct world_said){.text = "hello", .id = "m0"});
    for (; n < 20; n++) {
        g_autofree char *said = world_take(world, n % 2 ? "one" : "two");
        g_autofree char *id = g_strdup_printf("b%u", n);
        if (!*said)
            break;
        world_advance(world, MINUTE_US);
        g_autofree char *text = g_strconcat("[x] ", strchr(said, ':') + 2, NULL);
        world_say(world, n % 2 ? "one" : "two",
                  &(struct world_said){.text = text, .id = id, .who = "bridge"});
    }
    g_assert_cmpuint(n, ==, GUARD_ROUNDS);
    g_autoptr(GPtrArray) legs = table->legs(table->user);
    const struct relay_leg *leg = legs->pdata[0];
    g_assert_cmpint(leg->state, ==, RELAY_TRIPPED);
    g_assert_nonnull(strstr(leg->error, "comes back again and again, by bridge in #lab (two)"));
    g_assert_nonnull(strstr(leg->error, ADVICE));
    world_free(world);
}

/* A→B, B→C, C→A, each by another relay: nothing comes back to where it was carried to. */
static void
test_round(void)
{
    struct world *world = world_new(ACCOUNT("one") ACCOUNT("two") "[gateway g]\nleg = "
                                                                  "one/#lab in\nleg = two/#lab "
                                                                  "out\n");
    const struct core_relay *table = core_relay(world->core);
    unsigned n = 0;

    world_say(world, "one", &(struct world_said){.text = "hello", .id = "m0"});
    for (; n < 20; n++) {
        g_autofree char *said = world_take(world, "two");
        g_autofree char *id = g_strdup_printf("b%u", n);
        if (!*said)
            break;
        g_autofree char *text = g_strconcat("<b> <c> ", strchr(said, ':') + 2, NULL);
        world_say(world, "one", &(struct world_said){.text = text, .id = id, .who = "xrelay"});
    }
    /* Its name comes behind ours, so we are the ones who wait for it to stand still. */
    g_assert_cmpuint(n, ==, GUARD_PATIENT);
    g_autoptr(GPtrArray) legs = table->legs(table->user);
    g_assert_cmpint(((const struct relay_leg *)legs->pdata[0])->state, ==, RELAY_TRIPPED);
    world_free(world);
}

static void
test_bot(void)
{
    struct world *world = world_new(ACCOUNT("one") ACCOUNT("two") "[gateway g]\nleg = "
                                                                  "one/#lab\nleg = two/#lab\n");
    const struct core_relay *table = core_relay(world->core);

    for (unsigned i = 0; i < 30; i++) {
        g_autofree char *text = g_strdup_printf("build %u", i);
        g_autofree char *id = g_strdup_printf("b%u", i);
        world_say(world, "one",
                  &(struct world_said){.text = text, .id = id, .who = "ci", .bot = true});
    }
    g_autofree char *said = world_take(world, "two");
    g_auto(GStrv) lines = g_strsplit(said, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 20);
    g_autoptr(GPtrArray) legs = table->legs(table->user);
    g_assert_cmpint(((const struct relay_leg *)legs->pdata[0])->state, ==, RELAY_TRIPPED);
    world_free(world);
}

/* --- two accounts in one channel --- */

static void
add_member(struct world *world, const char *account, const char *name)
{
    struct member *member = member_new(name, name, "");

    host_emit(
        world_net(world, account)->host,
        &(struct event){.type = EVENT_MEMBER_ADDED, .conversation = "#lab", .member = member});
    member_free(member);
}

#define SAME                                                                                       \
    "[account one]\nnetwork = net\nserver = one\n"                                                 \
    "[account twin]\nnetwork = net\nserver = twin\nself = other\n"                                 \
    "[account three]\nnetwork = net\nserver = three\n"

/* Both see the channel of one network; the driver says so by the server's name. */
static void
make_twins(struct world *world)
{
    struct host *host = world_net(world, "twin")->host;

    host_emit(host,
              &(struct event){.type = EVENT_SELF,
                              .self = {.id = "other", .name = "other", .server_name = "one"}});
    add_member(world, "one", "other");
    add_member(world, "twin", "weft");
    world_lost(world, "three");
    world_online(world, "three");
    world_caught_up(world, "three");
}

static void
test_same_channel(void)
{
    struct world *world =
        world_new(SAME "[gateway g]\nleg = one/#lab\nleg = twin/#lab\nleg = three/#lab\n");
    const struct core_relay *table = core_relay(world->core);

    make_twins(world);
    world_say(world, "one", &(struct world_said){.text = "a", .id = "m1"});
    world_say(world, "twin", &(struct world_said){.text = "a", .id = "m1"});
    world_assert(world, "three", "say #lab: <uma> a");
    world_assert(world, "one", "");
    world_assert(world, "twin", "");
    g_autoptr(GPtrArray) legs = table->legs(table->user);
    g_assert_cmpstr(((const struct relay_leg *)legs->pdata[1])->error, ==,
                    "This is the same channel as one/#lab, which carries it.");
    world_say(world, "three", &(struct world_said){.text = "b", .id = "m2"});
    world_assert(world, "one", "say #lab: <uma> b");
    world_assert(world, "twin", "");
    world_free(world);
}

/* A leg that names a channel another leg carries has no figures of its own, and the channel is told
 * once that the gateway stands. */
static void
test_same_leg(void)
{
    struct world *world =
        world_new(ACCOUNT("one") ACCOUNT("two") "[gateway g]\nleg = one/#lab\nleg = two/lab\n"
                                                "leg = two/~lab\n");
    const struct core_relay *table = core_relay(world->core);

    world_channel(world, "two", "~lab", BUFFER_CHANNEL);
    world_say(world, "one", &(struct world_said){.text = "a", .id = "m1"});
    g_autoptr(GPtrArray) legs = table->legs(table->user);
    const struct relay_leg *twice = legs->pdata[2];
    g_assert_cmpint(twice->state, ==, RELAY_REFUSED);
    g_assert_cmpuint(((const struct relay_leg *)legs->pdata[1])->sent, ==, 1);
    g_assert_cmpuint(twice->sent, ==, 0);
    g_assert_cmpuint(twice->per_minute, ==, 0);
    for (unsigned i = 0; i < 30; i++) {
        g_autofree char *id = g_strdup_printf("o%u", i);
        world_say(world, "one",
                  &(struct world_said){.text = "b", .id = id, .who = "bot", .bot = true});
    }
    g_assert_cmpuint(count_lines(world, "two", "~lab", "The gateway g has stopped:"), ==, 1);
    world_free(world);
}

/* Each in a gateway of its own: what one says is not carried back by the other. */
static void
test_twins_in_two_gateways(void)
{
    struct world *world = world_new(SAME "[account four]\nnetwork = net\nserver = four\n"
                                         "[gateway g]\nleg = one/#lab\nleg = three/#lab\n"
                                         "[gateway h]\nleg = twin/#lab\nleg = four/#lab\n");

    make_twins(world);
    world_say(world, "three", &(struct world_said){.text = "a", .id = "m1"});
    world_assert(world, "one", "say #lab: <uma> a");
    /* The other account sees it as said by "weft", with an id or without. */
    world_say(world, "twin", &(struct world_said){.text = "<uma> a", .who = "weft", .id = "one-1"});
    world_assert(world, "four", "");
    world_say(world, "twin", &(struct world_said){.text = "<uma> a", .who = "weft"});
    world_assert(world, "four", "");
    /* What a person has typed there is no copy. */
    world_say(world, "twin", &(struct world_said){.text = "hello", .who = "weft", .id = "one-9"});
    world_assert(world, "four", "say #lab: <weft (twin)> hello");
    world_free(world);
}

void
test_rings_add(void)
{
    g_test_add_func("/rings/three", test_three);
    g_test_add_func("/rings/echo", test_echo);
    g_test_add_func("/rings/name-taken", test_name_taken);
    g_test_add_func("/rings/marked", test_marked);
    g_test_add_func("/rings/breaker", test_breaker);
    g_test_add_func("/rings/same-leg", test_same_leg);
    g_test_add_func("/rings/slow", test_slow_ring);
    g_test_add_func("/rings/round", test_round);
    g_test_add_func("/rings/bot", test_bot);
    g_test_add_func("/rings/same-channel", test_same_channel);
    g_test_add_func("/rings/twins-in-two-gateways", test_twins_in_two_gateways);
}
