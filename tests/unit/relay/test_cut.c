/* R4: the line to a network is cut for a second, for eleven minutes, for 25 hours, with copies on
 * their way: what may have arrived is looked for before it is said again, and what comes too late
 * says so. */
#include <string.h>

#include "core/relaying.h"
#include "tests/unit/relay/tests.h"
#include "tests/unit/relay/world.h"

#define TWO                                                                                        \
    "[account one]\nnetwork = net\nserver = one\n"                                                 \
    "[account two]\nnetwork = net\nserver = two\nname_bytes = 24\n"                                \
    "[gateway g]\nleg = one/#lab\nleg = two/#lab\n"
#define HOUR_US (60 * MINUTE_US)

static void
say(struct world *world, const char *text)
{
    g_autofree char *id = g_strconcat("id-", text, NULL);

    world_say(world, "one", &(struct world_said){.text = text, .id = id});
}

/* What was sent has never come to the server. */
static void
never_came(struct world *world, const char *account, const char *text)
{
    struct server *server = world_server(world, account);

    for (unsigned i = 0; i < server->shown->len; i++) {
        const struct shown *shown = server->shown->pdata[i];
        if (strcmp(shown->text, text) != 0)
            continue;
        g_hash_table_remove(server->ids, shown->key);
        g_ptr_array_remove_index(server->shown, i);
        return;
    }
    g_assert_not_reached();
}

/* Two lines are under way, and one of them does not arrive. */
static void
say_one_is_lost(struct world *world)
{
    world_net(world, "two")->holds = true;
    say(world, "came");
    say(world, "lost");
    world_assert(world, "two", "say #lab as uma: came\nsay #lab as uma: lost");
    never_came(world, "two", "lost");
}

static unsigned
count_shown(struct world *world, const char *account, const char *text)
{
    const struct server *server = world_server(world, account);
    unsigned n = 0;

    for (unsigned i = 0; i < server->shown->len; i++)
        n += strcmp(((const struct shown *)server->shown->pdata[i])->text, text) == 0;
    return n;
}

static struct relay_leg *
leg(struct world *world, GPtrArray **ret_legs)
{
    const struct core_relay *table = core_relay(world->core);

    *ret_legs = table->legs(table->user);
    return (*ret_legs)->pdata[1];
}

/* All that was said meanwhile has come: what is not there has not arrived. */
static void
caught_up_wholly(struct world *world, const char *account)
{
    struct host *host = world_net(world, account)->host;

    world_replay(world, account);
    host_emit(host, &(struct event){.type = EVENT_CAUGHT_UP, .history_whole = true});
    host_state(host, ACCOUNT_ONLINE);
    world_settle(world);
    world_advance(world, SECOND_US);
    world_settle(world);
}

/* "came" has arrived, "lost" has not, and nobody knows; "waits" was said during the cut. */
static struct world *
cut(int64_t for_us)
{
    struct world *world = world_new(TWO);

    say_one_is_lost(world);
    world_lost(world, "two");
    say(world, "waits");
    world_advance(world, for_us);
    world_settle(world);
    world_assert(world, "two", "");
    world_online(world, "two");
    /* Nothing leaves before weft knows what is there. */
    world_settle(world);
    world_assert(world, "two", "");
    g_autoptr(GPtrArray) legs = NULL;
    g_assert_cmpuint(leg(world, &legs)->unknown, ==, 2);
    caught_up_wholly(world, "two");
    g_assert_cmpuint(count_shown(world, "two", "came"), ==, 1);
    return world;
}

static void
test_second(void)
{
    struct world *world = cut(SECOND_US);

    world_assert(world, "two", "say #lab as uma: lost\nsay #lab as uma: waits");
    world_free(world);
}

static void
test_minutes(void)
{
    struct world *world = cut(11 * MINUTE_US);

    world_assert(world, "two", "say #lab as uma: lost\nsay #lab as uma: [22:13] waits");
    world_free(world);
}

/* What has waited for a day is given up, and that is told; what was on its way is looked for. */
static void
test_day(void)
{
    struct world *world = cut(25 * HOUR_US);
    const struct core_relay *table = core_relay(world->core);
    g_autoptr(GPtrArray) legs = NULL;

    world_assert(world, "two", "say #lab as uma: lost");
    const struct relay_leg *two = leg(world, &legs);
    g_assert_cmpuint(two->given_up, ==, 1);
    g_assert_cmpuint(two->unknown, ==, 0);
    struct message *message =
        core_find_message(world->core, world_buffer(world, "one", "#lab")->id, "id-waits");
    g_autofree char *why = table->why(table->user, message->id);
    message_unref(message);
    g_assert_nonnull(strstr(why, "given up: the message. It waited for more than 24 hours."));
    world_free(world);
}

/* weft itself was away: what is found is known, the rest is marked, and for a person to decide. */
static void
test_day_without_weft(void)
{
    struct world *world = world_new(TWO);
    g_autoptr(GPtrArray) legs = NULL;

    say_one_is_lost(world);
    world_advance(world, 25 * HOUR_US);
    world_restart(world);
    world_online(world, "one");
    world_caught_up(world, "one");
    world_online(world, "two");
    world_assert(world, "two", "");
    caught_up_wholly(world, "two");
    world_assert(world, "two", "");
    g_assert_cmpuint(count_shown(world, "two", "came"), ==, 1);
    g_assert_cmpuint(leg(world, &legs)->unknown, ==, 1);
    world_free(world);
}

/* A network that cannot say what it missed: nothing is said twice, and what is not there is marked.
 */
static void
test_unprovable(void)
{
    struct world *world = world_new(TWO);
    g_autoptr(GPtrArray) legs = NULL;

    say_one_is_lost(world);
    world_lost(world, "two");
    world_advance(world, 11 * MINUTE_US);
    world_online(world, "two");
    world_replay(world, "two");
    world_caught_up(world, "two");
    world_advance(world, SECOND_US);
    world_settle(world);
    world_assert(world, "two", "");
    g_assert_cmpuint(leg(world, &legs)->unknown, ==, 1);
    world_free(world);
}

/* --- the source is cut off --- */

static void
missed(struct world *world, const char *text, int64_t ago_us)
{
    g_autofree char *id = g_strconcat("id-", text, NULL);

    world_say(
        world, "one",
        &(struct world_said){.text = text, .id = id, .ago_us = ago_us, .origin = ORIGIN_CATCH_UP});
}

static void
cut_source(struct world *world, int64_t for_us)
{
    world_lost(world, "one");
    world_advance(world, for_us);
    world_online(world, "one");
    world_say(world, "one", &(struct world_said){.text = "now", .id = "id-now"});
    missed(world, "early", for_us);
    missed(world, "then", for_us / 2);
    missed(world, "lately", SECOND_US / 2);
    world_assert(world, "two", "");
    world_caught_up(world, "one");
}

static void
test_source(void)
{
    struct world *world = world_new(TWO);

    cut_source(world, SECOND_US);
    world_assert(world, "two",
                 "say #lab as uma: early\nsay #lab as uma: then\nsay #lab as uma: lately\n"
                 "say #lab as uma: now");
    world_free(world);
    world = world_new(TWO);
    cut_source(world, 11 * MINUTE_US);
    world_assert(world, "two",
                 "say #lab as uma: [22:13] early\nsay #lab as uma: then\n"
                 "say #lab as uma: lately\nsay #lab as uma: now");
    world_free(world);
    world = world_new(TWO);
    cut_source(world, 25 * HOUR_US);
    world_assert(world, "two",
                 "say #lab: * 2 messages in #lab (one), from 2023-11-14 22:13 to 2023-11-15 10:43, "
                 "are not shown here: they came too late\n"
                 "say #lab as uma: lately\nsay #lab as uma: now");
    world_free(world);
}

void
test_cut_add(void)
{
    g_test_add_func("/fault/R4-cut/second", test_second);
    g_test_add_func("/fault/R4-cut/minutes", test_minutes);
    g_test_add_func("/fault/R4-cut/day", test_day);
    g_test_add_func("/fault/R4-cut/day-without-weft", test_day_without_weft);
    g_test_add_func("/fault/R4-cut/unprovable", test_unprovable);
    g_test_add_func("/fault/R4-cut/source", test_source);
}
