/* What a person types. */
#include <string.h>

#include "core/relaying.h"
#include "tests/unit/relay/tests.h"
#include "tests/unit/relay/world.h"

#define TWO                                                                                        \
    "[account one]\nnetwork = net\nserver = one\n"                                                 \
    "[account two]\nnetwork = net\nserver = two\nname_bytes = 24\n"
#define JOINED TWO "[gateway g]\nleg = one/#lab\nleg = two/#lab in\n"

static void
assert_typed(struct world *world, const char *text, const char *wanted)
{
    g_autofree char *answer = world_type(world, "one", text);

    if (!strstr(answer, wanted))
        g_assert_cmpstr(answer, ==, wanted);
}

static void
test_make(void)
{
    struct world *world = world_new(TWO);
    g_autofree char *text = NULL;

    assert_typed(world, "/relay", "There are no gateways. /relay make NAME ADDRESS ADDRESS");
    assert_typed(world, "/relay make yes", "Nothing is proposed.");
    assert_typed(world, "/relay make jobs one/#lab", "A gateway needs a name and at least two");
    assert_typed(world, "/relay make jo/bs one/#lab two/#lab", "A gateway's name is one word");
    assert_typed(world, "/relay make jobs one/#lab two/#lb", "#lb");
    assert_typed(world, "/relay make jobs one/#lab in two/#lab",
                 "/relay make yes does it:\n[gateway jobs]\nleg = one/#lab in\nleg = two/#lab "
                 "inout");
    /* Shown, and nothing more. */
    g_assert_true(g_file_get_contents(world->config_file, &text, NULL, NULL));
    g_assert_null(strstr(text, "gateway"));
    assert_typed(world, "/relay make yes", "The gateway is written and in force.");
    world_say(world, "one", &(struct world_said){.text = "a", .id = "m1"});
    world_assert(world, "two", "say #lab as uma: a");
    assert_typed(world, "/relay make yes", "Nothing is proposed.");
    assert_typed(world, "/relay make jobs one/#lab two/#lab", "There is a gateway jobs already.");
    assert_typed(world, "/relay end jobs", "The gateway jobs has ended");
    world_say(world, "one", &(struct world_said){.text = "b", .id = "m2"});
    world_assert(world, "two", "");
    world_free(world);
}

/* What could not be written is not proposed, and an older proposal is gone then. */
static void
test_make_refuses(void)
{
    static const char *const refused[][2] = {
        {"/relay make jobs one/maria two/#lab",
         "one/maria: This is a conversation between people: these are never relayed."},
        {"/relay make jobs one/#lab one/#lab",
         "[gateway jobs] leg: one/#lab is a leg of this gateway already."},
        {"/relay make jobs one/#lab in two/#lab in", "Nothing could cross"},
        {"/relay make jobs one/#lab two/#lb", "#lb"},
        {"/relay make jobs", "A gateway needs a name"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        struct world *world = world_new(TWO);
        world_channel(world, "one", "maria", BUFFER_DIRECT);
        assert_typed(world, "/relay make jobs one/#lab two/#lab", "/relay make yes does it");
        assert_typed(world, refused[i][0], refused[i][1]);
        assert_typed(world, "/relay make yes", "Nothing is proposed.");
        world_free(world);
    }
}

/* Off is not paused: it is not to be gone on with but by the configuration. */
static void
test_off(void)
{
    struct world *world = world_new(JOINED);
    const struct core_relay *table = core_relay(world->core);
    g_autoptr(GError) error = NULL;

    assert_typed(world, "/relay end g", "The gateway g has ended");
    assert_typed(world, "/relay list", "inout one/#lab: off. It is off in the configuration.");
    assert_typed(world, "/relay resume g", "\"/set gateway.g.enable on\" begins it again.");
    g_assert_false(table->pause(table->user, "g", false, &error));
    g_autoptr(GPtrArray) legs = table->legs(table->user);
    g_assert_cmpint(((const struct relay_leg *)legs->pdata[0])->state, ==, RELAY_OFF);
    world_free(world);
}

static void
test_list(void)
{
    struct world *world = world_new(JOINED);

    world_say(world, "two", &(struct world_said){.text = "a", .id = "m1"});
    assert_typed(world, "/relay list",
                 "g:\n  inout one/#lab: runs, 1 carried\n  in two/#lab: runs\n/relay alone");
    assert_typed(world, "/relay pause g", "g is paused. What is said meanwhile crosses when");
    assert_typed(world, "/relay", "  inout one/#lab: paused, 1 carried");
    assert_typed(world, "/relay resume", "Every gateway goes on.");
    assert_typed(world, "/relay retry", "What was given up is tried again.");
    assert_typed(world, "/relay pause x", "There is no gateway x.");
    assert_typed(world, "/relay end", "Which gateway is to end?");
    assert_typed(world, "/relay pasue", "Did you mean pause?");
    assert_typed(world, "/relay reload", "Nothing is different.");
    world_free(world);
}

static void
test_why(void)
{
    struct world *world = world_new(JOINED);

    world_say(world, "two", &(struct world_said){.text = "a", .id = "m1", .who = "maria"});
    assert_typed(world, "/relay why",
                 "This is a copy of what maria said in two/#lab.\n  one/#lab: "
                 "sent");
    world_delete(world, "one", "one-1");
    assert_typed(world, "/relay why", "one/#lab: sent, then deleted");
    world_say(world, "one", &(struct world_said){.text = "b", .id = "m2"});
    assert_typed(world, "/relay why", "This was said in one/#lab. It was not carried anywhere");
    assert_typed(world, "/relay why x", "/relay why is about the newest message here");
    assert_typed(world, "/relay why 99999", "This message is not here.");
    world_free(world);
}

void
test_command_add(void)
{
    g_test_add_func("/command/make", test_make);
    g_test_add_func("/command/make-refuses", test_make_refuses);
    g_test_add_func("/command/off", test_off);
    g_test_add_func("/command/list", test_list);
    g_test_add_func("/command/why", test_why);
}
