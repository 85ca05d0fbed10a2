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
    assert_typed(world, "/relay yes", "Nothing is proposed.");
    assert_typed(world, "/relay make jobs one/#lab", "A gateway needs a name and at least two");
    assert_typed(world, "/relay make jo/bs one/#lab two/#lab", "A gateway's name is one word");
    assert_typed(world, "/relay make jobs one/#lab two/#lb", "#lb");
    assert_typed(world, "/relay make jobs one/#lab in two/#lab",
                 "/relay yes does it:\n[gateway jobs]\nleg = one/#lab in\nleg = two/#lab "
                 "inout");
    /* Shown, and nothing more. */
    g_assert_true(g_file_get_contents(world->config_file, &text, NULL, NULL));
    g_assert_null(strstr(text, "gateway"));
    assert_typed(world, "/relay yes", "The gateway is written and in force.");
    world_say(world, "one", &(struct world_said){.text = "a", .id = "m1"});
    world_assert(world, "two", "say #lab as uma: a");
    assert_typed(world, "/relay yes", "Nothing is proposed.");
    assert_typed(world, "/relay make jobs one/#lab two/#lab", "There is a gateway jobs already.");
    assert_typed(world, "/relay end jobs", "+ enable = off");
    assert_typed(world, "/relay yes", "The gateway jobs has ended");
    world_say(world, "one", &(struct world_said){.text = "b", .id = "m2"});
    world_assert(world, "two", "");
    assert_typed(world, "/relay make jobs one/#lab two/#lab",
                 "There is a gateway jobs already; it is off in the configuration. \"/relay set "
                 "jobs enable on\" begins it again. Or choose another name.");
    world_free(world);
}

/* A channel that is not open is joined by the person, who is told how; then it can be a leg. */
static void
test_unopened(void)
{
    struct world *world = world_new(JOINED);

    assert_typed(world, "/relay add g two/#new",
                 "\"/join #new\" in a buffer of two lets weft in; after that it can be a leg.");
    assert_typed(world, "/relay make h one/#lab two/#new",
                 "\"/join #new\" in a buffer of two lets weft in; after that it can be a leg.");
    assert_typed(world, "/relay yes", "Nothing is proposed.");
    world_lost(world, "two");
    core_disconnect(world->core, core_account_by_name(world->core, "two")->id, NULL);
    world_settle(world);
    assert_typed(
        world, "/relay add g two/#new",
        "two is not connected. \"/connect two\" does that. Then \"/join #new\" in a buffer "
        "of two lets weft in; after that it can be a leg.");
    /* Of what no account is for, and of what is no address, nothing is told that does not help. */
    assert_typed(world, "/relay add g tow/#new", "No open buffer has the address tow/#new.");
    world_online(world, "two");
    world_caught_up(world, "two");
    g_assert_true(
        core_input(world->core, world_buffer(world, "two", "#lab")->id, "/join #new", NULL));
    world_settle(world);
    assert_typed(world, "/relay add g two/#new out", "+ leg = two/#new out");
    assert_typed(world, "/relay yes", "The change is written and in force.");
    world_say(world, "one", &(struct world_said){.text = "a", .id = "m1"});
    g_autofree char *log = world_take(world, "two");
    g_assert_nonnull(strstr(log, "say #new as uma: a"));
    world_free(world);
}

/* It is open, and the account has left it. */
static void
test_not_in_it(void)
{
    struct world *world = world_new(TWO);
    const char *first = "two/#lab: two is not in this channel. \"/join #lab\" in a buffer of two "
                        "lets it in.";

    host_emit(world_net(world, "two")->host,
              &(struct event){.type = EVENT_BUFFER,
                              .conversation = "#lab",
                              .buffer = {.kind = BUFFER_CHANNEL, .name = "#lab", .joined = false}});
    world_settle(world);
    assert_typed(world, "/relay make jobs one/#lab two/#lab", first);
    assert_typed(world, "/relay yes", "The gateway is written and in force.");
    assert_typed(world, "/relay add jobs two/#lab out", first);
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
        assert_typed(world, "/relay make jobs one/#lab two/#lab", "/relay yes does it");
        assert_typed(world, refused[i][0], refused[i][1]);
        assert_typed(world, "/relay yes", "Nothing is proposed.");
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

    assert_typed(world, "/relay end g", "weft.conf would change so; /relay yes does it:");
    assert_typed(world, "/relay list", "inout one/#lab: runs");
    assert_typed(world, "/relay yes",
                 "The gateway g has ended; its lines stay in the configuration. \"/relay set g "
                 "enable on\" begins it again.");
    assert_typed(world, "/relay list", "inout one/#lab: off. It is off in the configuration.");
    assert_typed(world, "/relay end g",
                 "The gateway g is off already. \"/relay set g enable on\" begins it again.");
    assert_typed(world, "/relay resume g",
                 "The gateway g is off in the configuration. \"/relay set g enable on\" begins it "
                 "again.");
    g_assert_false(table->pause(table->user, "g", false, &error));
    g_autoptr(GPtrArray) legs = table->legs(table->user);
    g_assert_cmpint(((const struct relay_leg *)legs->pdata[0])->state, ==, RELAY_OFF);
    /* What the sentences say helps. */
    assert_typed(world, "/relay set g enable on", "- enable = off");
    assert_typed(world, "/relay yes", "in force.");
    world_say(world, "two", &(struct world_said){.text = "a", .id = "m1"});
    world_assert(world, "one", "say #lab: <uma> a");
    world_free(world);
}

/* What /set has written hides weft.conf: the sentences say where that is, and what helps. */
static void
test_off_by_set(void)
{
    static const char *const typed[] = {"/relay set g enable on", "/relay resume g", "/relay end g",
                                        "/relay make g one/#lab two/#lab"};
    struct world *world = world_new(JOINED);

    world_set(world, "enable", "off");
    for (size_t i = 0; i < G_N_ELEMENTS(typed); i++) {
        assert_typed(world, typed[i], "override.conf, and that wins. \"/unset gateway.g.enable\"");
        assert_typed(world, "/relay yes", "Nothing is proposed.");
    }
    assert_typed(world, "/unset gateway.g.enable", "gateway.g.enable");
    world_say(world, "two", &(struct world_said){.text = "a", .id = "m1"});
    world_assert(world, "one", "say #lab: <uma> a");
    world_set(world, "enable", "on");
    assert_typed(world, "/relay end g", "override.conf, and that wins.");
    world_free(world);
}

static char *
read_config(struct world *world)
{
    char *text = NULL;

    g_assert_true(g_file_get_contents(world->config_file, &text, NULL, NULL));
    return text;
}

#define THREE_LEGS                                                                                 \
    TWO "[account three]\nnetwork = net\nserver = three\n\n# Who asked for it: uma.\n"             \
        "[gateway g]\nleg = one/#lab\n  leg = two/#lab in\n; the end\n[look]\n"

/* Shown, then written where it stands, with everything else as it was; what is on its way to the
 * others arrives. */
static void
test_change(void)
{
    struct world *world = world_new(THREE_LEGS);

    world_lost(world, "one");
    world_say(world, "two", &(struct world_said){.text = "a", .id = "m1"});
    assert_typed(world, "/relay add g three/#lab out",
                 "would change so; /relay yes does it:\nline 16: + leg = three/#lab out");
    world_say(world, "two", &(struct world_said){.text = "b", .id = "m2"});
    world_assert(world, "three", "");
    assert_typed(world, "/relay yes", "The change is written and in force.");
    world_say(world, "two", &(struct world_said){.text = "c", .id = "m3"});
    world_assert(world, "three", "say #lab: <uma> c");
    assert_typed(world, "/relay add g three/#lab",
                 "line 16: - leg = three/#lab out\nline 16: + leg = three/#lab inout");
    assert_typed(world, "/relay set g max_late 240", "line 17: + max_late = 240");
    assert_typed(world, "/relay yes", "in force.");
    assert_typed(world, "/relay set g max_late 10",
                 "line 17: - max_late = 240\nline 17: + max_late = 10");
    assert_typed(world, "/relay drop g Three/#lab", "line 16: - leg = three/#lab out");
    assert_typed(world, "/relay yes", "in force.");
    assert_typed(world, "/relay set g ignore *bot in two", "line 17: + ignore = *bot in two");
    assert_typed(world, "/relay yes", "in force.");
    g_autofree char *text = read_config(world);
    g_assert_nonnull(strstr(text, "# Who asked for it: uma.\n[gateway g]\nleg = one/#lab\n"
                                  "  leg = two/#lab in\nmax_late = 240\nignore = *bot in two\n"
                                  "; the end\n[look]\n"));
    world_online(world, "one");
    world_caught_up(world, "one");
    world_assert(world, "one", "say #lab: <uma> a\nsay #lab: <uma> b\nsay #lab: <uma> c");
    world_say(world, "two", &(struct world_said){.text = "d", .id = "m4"});
    world_assert(world, "three", "");
    world_free(world);
}

/* The lines are changed in the file that they stand in. */
static void
test_change_included(void)
{
    static const char more[] = "[gateway g]\nleg = one/#lab\nleg = two/#lab\nleg = two/#new\n";
    static const char whole[] = "[weft]\ninclude = more.conf\n" TWO "# No more.\n";
    struct world *world = world_new(TWO);
    g_autofree char *file = g_build_filename(world->dir, "more.conf", NULL);
    g_autofree char *text = NULL, *main_text = NULL;

    g_assert_true(g_file_set_contents(file, more, -1, NULL));
    g_assert_true(g_file_set_contents(world->config_file, whole, -1, NULL));
    assert_typed(world, "/relay reload", "gateways");
    assert_typed(world, "/relay drop g two/#new", "more.conf would change so;");
    assert_typed(world, "/relay yes", "in force.");
    assert_typed(world, "/relay set g edits off", "more.conf would change so;");
    assert_typed(world, "/relay yes", "in force.");
    g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "[gateway g]\nleg = one/#lab\nleg = two/#lab\nedits = off\n");
    main_text = read_config(world);
    g_assert_cmpstr(main_text, ==, whole);
    world_free(world);
}

static void
test_change_refuses(void)
{
    static const char *const refused[][2] = {
        {"/relay add", "/relay add jobs libera/#coop-jobs out"},
        {"/relay drop g", "/relay drop jobs libera/#coop-jobs"},
        {"/relay set", "/relay set jobs max_late 240"},
        {"/relay add h one/#lab", "There is no gateway h."},
        {"/relay add g one/#lb", "#lb"},
        {"/relay add g two/#lab in", "two/#lab is a leg of g already."},
        {"/relay add g three/#lab sideways", "is no direction"},
        {"/relay drop g three/#lab", "three/#lab is no leg of g."},
        {"/relay drop g two/#lab", "A gateway joins at least two legs. \"/relay end g\""},
        {"/relay add g one/#lab in", "Nothing could cross"},
        {"/relay set g max_late soon", "max_late: "},
        {"/relay set g max_lat 3", "Did you mean max_late?"},
        {"/relay set g max_late", "[gateway g] says nothing of max_late."},
        {"/relay set g leg one/#x", "/relay add and /relay drop are about legs."},
    };
    struct world *world = world_new(THREE_LEGS);

    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        assert_typed(world, "/relay set g max_age 3", "/relay yes does it");
        assert_typed(world, refused[i][0], refused[i][1]);
        assert_typed(world, "/relay yes", "Nothing is proposed.");
    }
    /* /set wins over the file: changing that would change nothing. */
    world_set(world, "max_age", "5");
    assert_typed(world, "/relay set g max_age 3", "\"/unset gateway.g.max_age\" takes it out");
    /* Somebody else was there first. */
    assert_typed(world, "/relay set g max_late 3", "/relay yes does it");
    g_assert_true(g_file_set_contents(world->config_file, JOINED, -1, NULL));
    assert_typed(world, "/relay yes", "has changed since; nothing was written.");
    g_autofree char *text = read_config(world);
    g_assert_cmpstr(text, ==, JOINED);
    world_free(world);
}

static bool
change(struct world *world, const char *what, const char *words, bool does, char **text)
{
    const struct core_relay *table = core_relay(world->core);
    g_autoptr(GError) error = NULL;
    const bool done = table->change(table->user, what, "g", words, does, text, &error);

    if (!done)
        *text = g_strdup(error->message);
    world_settle(world);
    return done;
}

static void
assert_changes(struct world *world, const char *what, const char *words, bool does,
               const char *wanted)
{
    g_autofree char *text = NULL;

    g_assert_true(change(world, what, words, does, &text));
    if (!strstr(text, wanted))
        g_assert_cmpstr(text, ==, wanted);
}

static void
assert_refuses(struct world *world, const char *what, const char *words, const char *wanted)
{
    g_autofree char *before = read_config(world);
    g_autofree char *text = NULL;

    g_assert_false(change(world, what, words, true, &text));
    if (!strstr(text, wanted))
        g_assert_cmpstr(text, ==, wanted);
    g_autofree char *after = read_config(world);
    g_assert_cmpstr(before, ==, after);
}

/* By another program: the same words, told or done, beside what the screen has proposed. */
static void
test_change_by_program(void)
{
    struct world *world = world_new(TWO);

    assert_typed(world, "/relay make h one/#x two/#lab", "#x");
    assert_refuses(world, "make", "one/#lab", "A gateway needs a name and at least two");
    assert_changes(world, "make", "one/#lab in two/#lab", false,
                   "weft.conf:\n[gateway g]\nleg = one/#lab in\nleg = two/#lab inout");
    assert_refuses(world, "set", "max_late 240", "There is no gateway g.");
    assert_changes(world, "make", "one/#lab in two/#lab", true, "The gateway is written");
    assert_typed(world, "/relay set g max_age 3", "/relay yes does it");
    assert_changes(world, "add", "one/#lab", false,
                   "weft.conf would change so:\nline 10: - leg = one/#lab in\n"
                   "line 10: + leg = one/#lab inout");
    assert_refuses(world, "drop", "one/#lab", "A gateway joins at least two legs.");
    assert_typed(world, "/relay yes", "The change is written and in force.");
    assert_changes(world, "set", "max_late 240", true, "The change is written");
    assert_changes(world, "end", NULL, false,
                   "weft.conf would change so:\nline 14: + enable = off");
    world_say(world, "one", &(struct world_said){.text = "a", .id = "m1"});
    world_assert(world, "two", "say #lab as uma: a");
    assert_changes(world, "end", NULL, true, "The gateway g has ended");
    world_say(world, "one", &(struct world_said){.text = "b", .id = "m2"});
    world_assert(world, "two", "");
    g_autofree char *text = read_config(world);
    g_assert_nonnull(
        strstr(text, "leg = two/#lab inout\nmax_age = 3\nmax_late = 240\nenable = off\n"));
    world_free(world);
}

/* A mistake elsewhere keeps it from being in force: who asked is told so, and no other way round.
 */
static void
test_change_not_in_force(void)
{
    struct world *world = world_new(JOINED);
    g_autofree char *text = NULL;

    g_assert_true(g_file_set_contents(
        world->config_file, JOINED "[gateway h]\nleg = one/#lab\nleg = tow/#lab\n", -1, NULL));
    world->mistaken = true;
    world_restart(world);
    world_online(world, "one");
    g_assert_false(change(world, "set", "max_late 240", true, &text));
    g_assert_nonnull(strstr(text, "The lines are written, but not in force. Nothing was changed."));
    assert_typed(world, "/relay set g max_late 241", "/relay yes does it");
    assert_typed(world, "/relay yes", "The lines are written, but not in force.");
    g_autofree char *written = read_config(world);
    g_assert_nonnull(strstr(written, "max_late = 241\n"));
    world_free(world);
}

/* Of those that one section makes, none ends alone. */
static void
test_end_one_of_many(void)
{
    struct world *world = world_new(TWO "[gateway g]\nsame = one\nsame = two\nchannel = #lab\n");

    assert_typed(world, "/relay end g/#lab",
                 "g/#lab comes from [gateway g]. \"/relay end g\" ends all that it joins; to end "
                 "this one alone, take its channel out");
    assert_typed(world, "/relay end g h", "One gateway ends at a time");
    assert_typed(world, "/relay end g", "+ enable = off");
    assert_typed(world, "/relay yes", "The gateway g has ended");
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
    assert_typed(world, "/relay retry g", "What g gave up is tried again.");
    assert_typed(world, "/relay pause x", "There is no gateway x.");
    assert_typed(world, "/relay end", "Which gateway is to end?");
    assert_typed(world, "/relay pasue", "Did you mean pause?");
    assert_typed(world, "/relay reload", "Nothing is different.");
    world_free(world);
}

/* How it goes is known where it runs. */
static void
test_list_elsewhere(void)
{
    struct world *world = world_new(JOINED);

    world->read_only = true;
    world_restart(world);
    assert_typed(world, "/relay list", "Another weft runs this profile: \"weft ctl relay status\"");
    assert_typed(world, "/relay why", "Another weft runs this profile:");
    assert_typed(world, "/relay pause g", "Another weft runs with this profile and relays:");
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
    const struct core_relay *table = core_relay(world->core);
    g_assert_null(table->why(table->user, 99999));
    world_free(world);
}

void
test_command_add(void)
{
    g_test_add_func("/command/make", test_make);
    g_test_add_func("/command/unopened", test_unopened);
    g_test_add_func("/command/not-in-it", test_not_in_it);
    g_test_add_func("/command/make-refuses", test_make_refuses);
    g_test_add_func("/command/change", test_change);
    g_test_add_func("/command/change-included", test_change_included);
    g_test_add_func("/command/change-refuses", test_change_refuses);
    g_test_add_func("/command/change-by-program", test_change_by_program);
    g_test_add_func("/command/change-not-in-force", test_change_not_in_force);
    g_test_add_func("/command/end-one-of-many", test_end_one_of_many);
    g_test_add_func("/command/off", test_off);
    g_test_add_func("/command/off-by-set", test_off_by_set);
    g_test_add_func("/command/list", test_list);
    g_test_add_func("/command/list-elsewhere", test_list_elsewhere);
    g_test_add_func("/command/why", test_why);
}
