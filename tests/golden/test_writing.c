/* Writing, over a real core and store: completion, what was sent before, many lines. */
#include <string.h>

#include "tests/golden/world.h"

static void
add_member(struct world *world, const char *name)
{
    struct member *member = member_new(name, name, "");
    const struct event event = {
        .type = EVENT_MEMBER_ADDED, .conversation = "#lab", .member = member};

    emit(world, &event);
    member_free(member);
    fake_settle(world->fake);
}

static struct world *
in_lab(void)
{
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    return world;
}

/* Whoever spoke last comes first; the list shows where one is. */
static void
test_completion(void)
{
    struct world *world = in_lab();

    add_member(world, "mara");
    add_member(world, "mark");
    add_member(world, "maria");
    type(world, "mar");
    press(world, "Tab");
    assert_shows(world, "[Kai] mara:\n");
    assert_shows(world, "maria:");
    assert_shows(world, "mark:");
    press(world, "Tab");
    assert_shows(world, "[Kai] maria:\n");
    press(world, "Shift-Tab");
    press(world, "Up");
    assert_shows(world, "[Kai] mark:\n");
    press(world, "Esc"); /* as it was typed */
    assert_shows(world, "[Kai] mar\n");
    g_assert_false(shows(world, "mark"));
    press(world, "Tab");
    press(world, "Down");
    type(world, "hi");
    assert_shows(world, "[Kai] maria: hi");
    g_assert_false(shows(world, "mark"));
    press(world, "Ctrl-_");
    press(world, "Ctrl-_");
    press(world, "Ctrl-_");
    assert_shows(world, "[Kai] mar\n");
    world_free(world);
}

static void
test_emoji(void)
{
    struct world *world = in_lab();

    type(world, "at 10:3");
    press(world, "Tab");
    assert_shows(world, "Nothing begins like this.");
    press(world, "Ctrl-u");
    type(world, "so :smile");
    press(world, "Tab");
    assert_shows(world, "[Kai] so 😄");
    assert_shows(world, "😃  smiley");
    press(world, "Tab");
    press(world, "Tab");
    assert_shows(world, "[Kai] so 😺");
    type(world, "!");
    g_assert_false(shows(world, "smiley"));
    press(world, "Ctrl-u");
    type(world, ":smile"); /* what was chosen last comes first */
    press(world, "Tab");
    assert_shows(world, "[Kai] 😺");
    press(world, "Esc");
    type(world, ":"); /* the name as a whole */
    press(world, "Tab");
    assert_shows(world, "[Kai] 😄");
    press(world, "Ctrl-u");
    type(world, ":smile: :nosuch:"); /* not chosen: text */
    press(world, "Tab");
    press(world, "Enter");
    g_assert_cmpstr(fake_sent(world->fake, 0, 0)->text, ==, ":smile: :nosuch:");
    world_free(world);
}

static void
test_recall(void)
{
    struct world *world = in_lab();
    const char *server;

    type(world, "one");
    press(world, "Enter");
    type(world, "secret word"); /* kept nowhere */
    press(world, "Enter");
    type(world, "dra");
    press(world, "Up");
    assert_shows(world, "[Kai] one");
    press(world, "Up");
    assert_shows(world, "[Kai] one");
    press(world, "Down");
    assert_shows(world, "[Kai] dra");
    press(world, "Ctrl-u");
    press(world, "Ctrl-p"); /* the server's buffer has nothing of its own */
    server = core_buffer(world->fake->core, ui_shown_buffer(world->ui))->name;
    g_assert_cmpstr(server, !=, "#lab");
    press(world, "Up");
    g_assert_false(shows(world, "[Kai] one"));
    press(world, "Ctrl-Up");
    assert_shows(world, "[Kai] one");
    press(world, "Ctrl-Down");
    g_assert_false(shows(world, "[Kai] one"));
    world_free(world);
}

void
test_writing_add(void)
{
    g_test_add_func("/writing/completion", test_completion);
    g_test_add_func("/writing/emoji", test_emoji);
    g_test_add_func("/writing/recall", test_recall);
}
