/* Colours of the names before a text. */
#include "tests/unit/relay/tests.h"
#include "tests/unit/relay/world.h"

/* "three" is a place where texts have colours; "four" is too, and a message there has another name.
 */
#define TINTED                                                                                     \
    "[account one]\nnetwork = net\nserver = one\n"                                                 \
    "[account three]\nnetwork = tinted\nserver = three\n"                                          \
    "[account four]\nnetwork = tinted\nserver = four\nname_bytes = 24\n"

static void
say(struct world *world, const char *account, const char *who, const char *text, const char *id)
{
    world_say(world, account, &(struct world_said){.who = who, .text = text, .id = id});
}

/* A name before a text has a colour where there are any, and always the same one. */
static void
test_colors(void)
{
    struct world *world =
        world_new(TINTED "[gateway g]\nleg = one/#lab\nleg = three/#lab\nleg = four/#lab\n");

    say(world, "one", "maria", "4 hi", "m1");
    world_assert(world, "three", "say #lab: <maria> 4 hi");
    g_free(world_take(world, "four"));
    world_set(world, "name_colors", "on");
    say(world, "one", "maria", "5,5 hi", "m2");
    world_assert(world, "three", "say #lab: <maria> 5,5 hi {C1+5=7}");
    world_assert(world, "four", "say #lab as maria: 5,5 hi");
    say(world, "four", "juan", "from elsewhere", "m3");
    world_assert(world, "three", "say #lab: <juan> from elsewhere {C1+4=13}");
    world_assert(world, "one", "say #lab: <juan> from elsewhere");
    world_set(world, "prefix", "[{network}] {as}:");
    world_say(world, "one",
              &(struct world_said){.who = "maria", .text = "waves", .kind = MESSAGE_ACTION});
    world_assert(world, "three", "say #lab: * maria waves {C2+5=7}");
    /* A name that calls everybody is broken where it stands. */
    say(world, "one", "x@all", "hi", "m5");
    world_assert(world, "three",
                 "say #lab: [net] x@\xe2\x80\x8b"
                 "all: hi {C6+8=10}");
    world_free(world);
}

/* One leg has them, and what it shows is known again: an edit, and what is late. */
static void
test_colors_of_a_leg(void)
{
    struct world *world =
        world_new(TINTED "[account five]\nnetwork = tinted\nserver = five\n"
                         "[gateway g]\nleg = one/#lab\nleg = three/#lab inout name_colors\n"
                         "leg = five/#lab\n");

    world_say(
        world, "one",
        &(struct world_said){
            .who = "maria", .text = "hi", .id = "m1", .missed = true, .ago_us = 20 * MINUTE_US});
    world_assert(world, "three", "say #lab: <maria> [21:53] hi {C1+5=7}");
    world_assert(world, "five", "say #lab: <maria> [21:53] hi");
    /* No change: nothing is said. */
    world_edit(world, "one", "m1", "hi");
    world_assert(world, "three", "");
    world_edit(world, "one", "m1", "hello");
    world_assert(world, "three", "edit three-1: <maria> [21:53] hello");
    world_assert(world, "five", "edit five-1: <maria> [21:53] hello");
    /* Our own words have no name before them. */
    world_say(world, "one", &(struct world_said){.who = WORLD_SELF, .text = "I", .own = true});
    world_assert(world, "three", "say #lab: I");
    world_free(world);
}

void
test_colors_add(void)
{
    g_test_add_func("/colors/before-a-text", test_colors);
    g_test_add_func("/colors/of-a-leg", test_colors_of_a_leg);
}
