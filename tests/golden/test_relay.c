/* How the screen tells of channels that are joined: the pane, the title, the list, the status line.
 * The relay is a table that says what the test wants. */
#include <string.h>

#include "core/relaying.h"
#include "tests/golden/world.h"

struct relay {
    struct world *world;
    struct core_relay table;
    bool paused;
    bool off;
    bool trouble; /* the second account is away, and one copy was given up */
    bool tripped;
    bool many; /* gateways: more than fit */
    bool joins_none;
    bool slow;
    int64_t since_us; /* since then three wait for the second account; 0: none */
    GString *asked;
};

static struct relay_leg *
leg_new(struct relay *relay, const char *gateway, const char *address, unsigned account,
        enum relay_direction direction)
{
    const struct buffer *buffer = fake_buffer(relay->world->fake, account, "#lab");
    struct relay_leg *leg = g_new0(struct relay_leg, 1);

    leg->gateway = g_strdup(gateway);
    leg->address = g_strdup(address);
    leg->buffer_id = buffer->id;
    leg->direction = direction;
    leg->state = relay->off ? RELAY_OFF : relay->paused ? RELAY_PAUSED : RELAY_RUNS;
    if (relay->tripped) {
        leg->state = RELAY_TRIPPED;
        leg->error = g_strdup_printf(
            "uma sent more than 20 messages within 10 seconds in #lab (one), "
            "as in a ring of two relays: another bridge may join these channels "
            "too. Let one of the two carry them. \"/relay resume %s\" lets it go on.",
            gateway);
    }
    leg->sent = 240;
    leg->per_minute = 12;
    leg->lag_us = relay->slow ? 7337 * INT64_C(1000) : 2300;
    return leg;
}

static GPtrArray *
legs(void *user)
{
    struct relay *relay = user;
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)relay_leg_free);

    if (relay->joins_none)
        return list;
    struct relay_leg *away = leg_new(relay, "jobs", "two/#lab", 1, RELAY_INOUT);
    struct relay_leg *refused = leg_new(relay, "news", "three/#lab", 1, RELAY_OUT);

    g_ptr_array_add(list, leg_new(relay, "jobs", "one/#lab", 0, RELAY_INOUT));
    g_ptr_array_add(list, away);
    g_ptr_array_add(list, leg_new(relay, "news", "one/#lab", 0, RELAY_IN));
    for (unsigned i = 0; relay->many && i < 6; i++) {
        g_autofree char *name = g_strdup_printf("more-%u", i);
        struct relay_leg *new = leg_new(relay, name, "one/#lab", 0, RELAY_INOUT);
        new->sent = 0;
        g_ptr_array_add(list, new);
        g_ptr_array_add(list,
                        leg_new(relay, name, "two/a-space-with-a-long-name/#lab", 1, RELAY_INOUT));
    }
    if (relay->since_us > 0) {
        away->waiting = 3;
        away->oldest_us = clock_wall_us(core_clock(relay->world->fake->core)) - relay->since_us;
    }
    if (relay->trouble) {
        away->state = RELAY_WAITS;
        away->waiting = 4;
        away->oldest_us = 31 * SECOND_US;
        away->given_up = 1;
        away->unknown = 2;
        away->error = g_strdup("two is not connected: the server has refused the password.");
        refused->buffer_id = 0;
        refused->state = RELAY_REFUSED;
        refused->sent = 0;
        refused->error = g_strdup("There is no account three in the configuration.");
        g_ptr_array_add(list, refused);
    } else {
        relay_leg_free(refused);
    }
    return list;
}

static char *
why(void *user, int64_t message_id)
{
    return g_strdup("as a copy in two/#lab: the network has it");
}

static bool
pause_it(void *user, const char *gateway, bool paused, GError **error)
{
    struct relay *relay = user;

    relay->paused = paused;
    g_string_append_printf(relay->asked, "%s %s|", paused ? "pause" : "go on", gateway);
    return true;
}

static bool
retry(void *user, const char *gateway, GError **error)
{
    g_string_append_printf(((struct relay *)user)->asked, "retry %s|", gateway);
    return true;
}

static void
begin(struct relay *relay, int rows, int cols)
{
    relay->world = world_new(2);
    cells_free(relay->world->cells);
    relay->world->cells = cells_new(rows, cols);
    relay->asked = g_string_new(NULL);
    relay->table = (struct core_relay){
        .user = relay, .legs = legs, .why = why, .pause = pause_it, .retry = retry};
    core_set_relay(relay->world->fake->core, &relay->table);
    go(relay->world, 0, "#lab");
    says(relay->world, 0, NULL, "Who builds shelves?", 1);
}

static void
end(struct relay *relay)
{
    core_set_relay(relay->world->fake->core, NULL);
    world_free(relay->world);
    g_string_free(relay->asked, TRUE);
}

static void
changed(struct relay *relay)
{
    bus_publish(core_bus(relay->world->fake->core), &(struct notice){.type = NOTICE_RELAY});
    fake_settle(relay->world->fake);
}

static void
in_trouble(struct relay *relay, const char *name)
{
    relay->trouble = true;
    changed(relay);
    assert_shows(relay->world, "relay: two 4 wait 31 s");
    press(relay->world, "Ctrl-c");
    press(relay->world, "J");
    assert_shows(relay->world, "two is not connected: ");
    assert_shows(relay->world, "There is no account three");
    world_compare(relay->world, name);
}

/* The title says whose channels see this; the list marks it; a key leads to the other one. */
static void
test_signs(void)
{
    struct relay relay = {0};

    begin(&relay, 24, 80);
    assert_shows(relay.world, "#lab - one (fake) <> two");
    assert_shows(relay.world, "#lab <>");
    g_assert_false(shows(relay.world, "relay:"));
    press(relay.world, "Ctrl-x");
    assert_shows(relay.world, "#lab - two (fake) <> one");
    press(relay.world, "Ctrl-x");
    press(relay.world, "F2");
    press(relay.world, "w");
    assert_shows(relay.world, "as a copy in two/#lab: the network has it");
    press(relay.world, "Esc");
    press(relay.world, "Esc");
    relay.paused = true;
    changed(&relay);
    g_assert_false(shows(relay.world, "<>"));
    end(&relay);
}

/* Nobody tells that what waits grows older: the status line says so all the same. */
static void
test_ages(void)
{
    struct relay relay = {0};

    begin(&relay, 24, 80);
    relay.since_us = clock_wall_us(core_clock(relay.world->fake->core));
    changed(&relay);
    g_assert_false(shows(relay.world, "relay:"));
    fake_advance(relay.world->fake, 15 * SECOND_US);
    assert_shows(relay.world, "relay: two 3 wait 1");
    fake_advance(relay.world->fake, 300 * SECOND_US);
    assert_shows(relay.world, "relay: two 3 wait 5 min");
    end(&relay);
}

/* One that the configuration has switched off leads nowhere, and is not gone on with by a key. */
static void
test_off(void)
{
    struct relay relay = {.off = true};

    begin(&relay, 24, 80);
    g_assert_false(shows(relay.world, "<>"));
    press(relay.world, "Ctrl-x");
    assert_shows(relay.world, "This channel is joined to no other.");
    press(relay.world, "Ctrl-c");
    press(relay.world, "J");
    assert_shows(relay.world, "off in the configuration");
    g_assert_false(shows(relay.world, "go on"));
    g_assert_false(shows(relay.world, "paused"));
    end(&relay);
}

/* What weft says itself is carried by nobody, and nothing is said about that. */
static void
test_own_line(void)
{
    struct relay relay = {0};

    begin(&relay, 24, 80);
    core_say(relay.world->fake->core, fake_buffer(relay.world->fake, 0, "#lab")->id, "Listen.");
    fake_settle(relay.world->fake);
    press(relay.world, "F2");
    press(relay.world, "w");
    assert_shows(relay.world, "weft says it");
    g_assert_false(shows(relay.world, "relayed"));
    end(&relay);
}

/* The chosen row is one bar, without holes where its words stand. */
static void
assert_bar(const struct world *world, int row)
{
    const uint32_t bar = cells_at(world->cells, row, 79)->style.bg;

    g_assert_cmphex(cells_at(world->cells, row + 1, 79)->style.bg, !=, bar);
    for (int col = 78; strcmp(cells_at(world->cells, row, col)->text, "\xe2\x94\x82") != 0; col--)
        g_assert_cmphex(cells_at(world->cells, row, col)->style.bg, ==, bar);
}

static void
test_pane(void)
{
    struct relay relay = {0};

    begin(&relay, 24, 80);
    press(relay.world, "Ctrl-c");
    press(relay.world, "J");
    assert_shows(relay.world, "RELAY  2 gateways");
    assert_shows(relay.world, "12/min, in 3 ms, 240 sent");
    assert_bar(relay.world, 3);
    press(relay.world, "g");
    press(relay.world, "j");
    press(relay.world, "s");
    g_assert_cmpstr(relay.asked->str, ==, "pause jobs|");
    assert_shows(relay.world, "jobs is paused: what is said meanwhile waits.");
    assert_shows(relay.world, "paused by you");
    press(relay.world, "s");
    g_assert_cmpstr(relay.asked->str, ==, "pause jobs|go on jobs|");
    press(relay.world, "r");
    g_assert_cmpstr(relay.asked->str, ==, "pause jobs|go on jobs|retry jobs|");
    press(relay.world, "Enter");
    assert_shows(relay.world, "#lab - two (fake) <> one");
    end(&relay);
}

/* A server that takes a line every two seconds; and three channels of one account. */
static void
test_slow(void)
{
    struct relay relay = {.slow = true, .many = true};

    begin(&relay, 24, 120);
    assert_shows(relay.world, "#lab - one (fake) <> two");
    g_assert_false(shows(relay.world, "two, two"));
    press(relay.world, "Ctrl-c");
    press(relay.world, "J");
    assert_shows(relay.world, "12/min, in 7.3 s, 240 sent");
    end(&relay);
}

static void
test_trouble(void)
{
    static const struct {
        int rows, cols;
        const char *name;
    } sizes[] = {{24, 80, "relay-80x24"}, {40, 120, "relay-120x40"}, {60, 200, "relay-200x60"}};

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        struct relay relay = {0};
        begin(&relay, sizes[i].rows, sizes[i].cols);
        in_trouble(&relay, sizes[i].name);
        end(&relay);
    }
}

/* Who joins no channels is told nothing of it, message by message. */
static void
test_joins_none(void)
{
    struct relay relay = {.joins_none = true};

    begin(&relay, 24, 80);
    press(relay.world, "F2");
    press(relay.world, "w");
    assert_shows(relay.world, "Who sees this message.");
    g_assert_false(shows(relay.world, "relayed"));
    end(&relay);
}

/* The breaker's reason stands once, with what to do. */
static void
test_tripped(void)
{
    struct relay relay = {.tripped = true};

    begin(&relay, 24, 80);
    assert_shows(relay.world, "relay: jobs stopped");
    press(relay.world, "Ctrl-c");
    press(relay.world, "J");
    assert_shows(relay.world, "stopped by the breaker");
    assert_shows(relay.world, "/relay resume jobs");
    world_compare(relay.world, "relay-tripped");
    end(&relay);
}

/* What is well takes one row, and what does not fit is counted. */
static void
test_many(void)
{
    struct relay relay = {.many = true};

    begin(&relay, 24, 80);
    press(relay.world, "Ctrl-c");
    press(relay.world, "J");
    assert_shows(relay.world, "v 5 more");
    world_compare(relay.world, "relay-many");
    press(relay.world, "PgDn");
    press(relay.world, "PgDn");
    assert_shows(relay.world, "more-5");
    g_assert_false(shows(relay.world, " more "));
    press(relay.world, "PgUp");
    press(relay.world, "PgUp");
    assert_shows(relay.world, "v 5 more");
    end(&relay);
}

/* How it goes is known where it runs. */
static void
test_elsewhere(void)
{
    struct relay relay = {0};

    begin(&relay, 24, 80);
    relay.trouble = true;
    relay.world->fake->read_only = true;
    world_restart(relay.world);
    core_set_relay(relay.world->fake->core, &relay.table);
    changed(&relay);
    g_assert_false(shows(relay.world, "relay:"));
    press(relay.world, "Ctrl-c");
    press(relay.world, "J");
    assert_shows(relay.world, "Another weft runs this profile:");
    assert_shows(relay.world, "<> two/#lab");
    g_assert_false(shows(relay.world, "nothing carried"));
    g_assert_false(shows(relay.world, "not connected"));
    g_assert_false(shows(relay.world, "240 sent"));
    g_assert_false(shows(relay.world, "pause"));
    world_compare(relay.world, "relay-elsewhere");
    end(&relay);
}

/* Without a relay the pane says how to get one. */
static void
test_none(void)
{
    struct world *world = world_new(1);

    press(world, "Ctrl-c");
    press(world, "J");
    assert_shows(world, "No channel is joined to another.");
    press(world, "q");
    press(world, "Ctrl-x");
    assert_shows(world, "This channel is joined to no other.");
    world_free(world);
}

void
test_relay_add(void)
{
    g_test_add_func("/world/relay/signs", test_signs);
    g_test_add_func("/world/relay/ages", test_ages);
    g_test_add_func("/world/relay/off", test_off);
    g_test_add_func("/world/relay/own-line", test_own_line);
    g_test_add_func("/world/relay/pane", test_pane);
    g_test_add_func("/world/relay/slow", test_slow);
    g_test_add_func("/world/relay/trouble", test_trouble);
    g_test_add_func("/world/relay/tripped", test_tripped);
    g_test_add_func("/world/relay/many", test_many);
    g_test_add_func("/world/relay/elsewhere", test_elsewhere);
    g_test_add_func("/world/relay/none", test_none);
    g_test_add_func("/world/relay/joins-none", test_joins_none);
}
