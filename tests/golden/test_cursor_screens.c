/* What one sees of the message cursor and of what its letters open, as whole screens. */
#include <string.h>

#include "tests/golden/scene.h"
#include "tests/golden/world.h"

static void
compare(struct world *world, const char *name)
{
    static const struct scene_size narrow = {"40x10", 10, 40};

    for (int i = 0; i <= SCENE_SIZES; i++) {
        const struct scene_size *size = i < SCENE_SIZES ? &scene_sizes[i] : &narrow;
        g_autofree char *file = g_strdup_printf("cursor-%s-%s", name, size->name);
        cells_resize(world->cells, size->rows, size->cols);
        world_compare(world, file);
    }
    cells_resize(world->cells, 24, 80);
    g_free(look(world));
}

static void
said(struct world *world, const char *text, const char *id, int minute)
{
    fake_say(world->fake, 0,
             &(struct fake_said){.text = text,
                                 .id = id,
                                 .time_us = minute * INT64_C(60) * SECOND_US,
                                 .own = minute == 4});
    fake_settle(world->fake);
}

static void
react(struct world *world, const char *who, const char *emoji)
{
    emit(world, &(struct event){.type = EVENT_REACTION,
                                .conversation = "#lab",
                                .reaction = {.remote_id = "m2",
                                             .user_id = who,
                                             .user_name = who,
                                             .emoji = emoji,
                                             .time_us = FAKE_NOW_US,
                                             .add = true,
                                             .own = strcmp(who, "kai") == 0}});
}

/* Something was said, with links, answers to it and reactions; the cursor is on the second. */
static struct world *
begin(const char *look_line)
{
    struct world *world = world_new(1);

    core_show_buffer(world->fake->core, core_own_buffer(world->fake->core)->id);
    g_autofree char *lines = g_strdup_printf("hints = off\n%s", look_line);
    set_look(world, lines);
    go(world, 0, "#lab");
    said(world, "Who takes minutes on Thursday?", "m1", 1);
    said(world,
         "I can. Draft: https://pads.example/agenda\nand the bank: "
         "https://bank.example@evil.example/",
         "m2", 2);
    said(world, "kai: will you be there?", "m3", 3);
    said(world, "yes, at two", "m4", 4);
    react(world, "uma", "👍");
    react(world, "kai", "❤️");
    g_free(look(world));
    press(world, "F2");
    press(world, "k");
    press(world, "k");
    assert_marked(world, "I can.");
    return world;
}

static void
test_cursor(void)
{
    struct world *world = begin("copy_cmd = true");

    compare(world, "on");
    press(world, "V");
    press(world, "j");
    compare(world, "picked");
    press(world, "Y");
    wait_shows(world, "Copied 3 lines.");
    compare(world, "copied");
    world_free(world);
}

static void
test_reply(void)
{
    struct world *world = begin("");

    press(world, "r");
    type(world, "me too");
    compare(world, "reply");
    world_free(world);
}

static void
test_facts(void)
{
    struct world *world = begin("");

    press(world, "v");
    compare(world, "source");
    press(world, "Esc");
    press(world, "w");
    compare(world, "who");
    world_free(world);
}

static void
test_react(void)
{
    struct world *world = begin("");

    press(world, "a");
    type(world, "smil");
    press(world, "Down");
    compare(world, "react");
    world_free(world);
}

static void
test_delete(void)
{
    struct world *world = begin("");

    press(world, "d");
    compare(world, "delete");
    press(world, "G");
    press(world, "d");
    compare(world, "delete-own");
    world_free(world);
}

static void
test_links(void)
{
    struct world *world = begin("");

    press(world, "Ctrl-o");
    press(world, "j");
    compare(world, "links");
    world_free(world);
}

void
test_cursor_screens_add(void)
{
    g_test_add_func("/world/cursor-screens/cursor", test_cursor);
    g_test_add_func("/world/cursor-screens/reply", test_reply);
    g_test_add_func("/world/cursor-screens/facts", test_facts);
    g_test_add_func("/world/cursor-screens/react", test_react);
    g_test_add_func("/world/cursor-screens/delete", test_delete);
    g_test_add_func("/world/cursor-screens/links", test_links);
}
