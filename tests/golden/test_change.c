/* Our own messages in the input, to be changed. */
#include <string.h>

#include "tests/golden/scene.h"
#include "tests/golden/world.h"

static void
compare(struct world *world, const char *name)
{
    for (int i = 0; i < SCENE_SIZES; i++) {
        const struct scene_size *size = &scene_sizes[i];
        g_autofree char *file = g_strdup_printf("change-%s-%s", name, size->name);
        cells_resize(world->cells, size->rows, size->cols);
        world_compare(world, file);
    }
    cells_resize(world->cells, 24, 80);
    g_free(look(world));
}

/* In #lab Uma has asked, and we have said "2 pm **suits** me", which the network has. */
static struct world *
begin(void)
{
    struct world *world = world_new(1);

    core_show_buffer(world->fake->core, core_own_buffer(world->fake->core)->id);
    set_look(world, "hints = off");
    go(world, 0, "#lab");
    fake_say(
        world->fake, 0,
        &(struct fake_said){.text = "When do we meet?", .id = "m1", .time_us = 60 * SECOND_US});
    type(world, "2 pm **suits** me");
    press(world, "Enter");
    fake_settle(world->fake);
    fake_done(world->fake, 0, fake_sent(world->fake, 0, 0)->op, "m2", 120 * SECOND_US);
    fake_settle(world->fake);
    g_free(look(world));
    g_string_truncate(fake_session(world->fake, 0)->asked, 0);
    return world;
}

static void
assert_asked(struct world *world, const char *expected)
{
    struct fake_session *session = fake_session(world->fake, 0);

    fake_settle(world->fake);
    g_assert_cmpstr(session->asked->str, ==, expected);
    g_string_truncate(session->asked, 0);
}

static void
test_screens(void)
{
    struct world *world = begin();

    type(world, "a draft");
    press(world, "Alt-v");
    compare(world, "editing");
    press(world, "Ctrl-u");
    type(world, "3 pm suits me");
    press(world, "Enter");
    assert_asked(world, "edit m2 3 pm suits me|");
    compare(world, "on-its-way");
    fake_done(world->fake, 0, fake_session(world->fake, 0)->asked_op, NULL, 0);
    fake_settle(world->fake);
    compare(world, "edited");
    world_free(world);
}

/* As it was typed, by three ways; Esc leaves all as it was, the draft too. */
static void
test_ways(void)
{
    struct world *world = begin();

    type(world, "a draft");
    press(world, "F2");
    assert_shows(world, "e edit");
    press(world, "e");
    assert_shows(world, "[editing] 2 pm **suits** me");
    assert_shows(world, "your message: 2 pm suits me");
    press(world, "Esc");
    assert_shows(world, "The message stays as it is.");
    assert_shows(world, "Kai] a draft");
    press(world, "Alt-v");
    assert_shows(world, "[editing] 2 pm **suits** me");
    press(world, "Enter");
    assert_shows(world, "Nothing was changed.");
    press(world, "Ctrl-u");
    type(world, "/edit");
    press(world, "Enter");
    assert_shows(world, "[editing] 2 pm **suits** me");
    type(world, " too");
    press(world, "Esc");
    assert_shows(world, "Up brings back what you had typed.");
    press(world, "Up");
    assert_shows(world, "Kai] 2 pm **suits** me too");
    world_free(world);
}

/* It waits while another buffer is shown, with its draft beside it; nothing is left of it. */
static void
test_waits(void)
{
    struct world *world = begin();

    fake_channel(world->fake, 0, "#jobs", BUFFER_CHANNEL);
    fake_settle(world->fake);
    press(world, "Alt-v");
    type(world, ", or three");
    go(world, 0, "#jobs");
    g_assert_false(shows(world, "editing"));
    go(world, 0, "#lab");
    assert_shows(world, "[editing] 2 pm **suits** me, or three");
    press(world, "Ctrl-u");
    press(world, "Enter");
    assert_shows(world, "An empty text is no message. To take it back for everybody: d on it");
    press(world, "Esc");
    g_assert_null(strstr(fake_session(world->fake, 0)->asked->str, "edit"));
    world_free(world);
}

/* What the network refuses is kept, and comes back. */
static void
test_refused(void)
{
    struct world *world = begin();

    press(world, "Alt-v");
    type(world, "!");
    press(world, "Enter");
    fake_settle(world->fake);
    fake_failed(world->fake, 0, fake_session(world->fake, 0)->asked_op, WEFT_ERROR_FORBIDDEN);
    fake_settle(world->fake);
    assert_shows(world, "(CHANGE NOT TAKEN)");
    assert_shows(world, "your text is kept: e on it, or");
    press(world, "Alt-v");
    assert_shows(world, "[editing] 2 pm **suits** me!");
    press(world, "Esc");
    fake_settle(world->fake);
    g_assert_false(shows(world, "(CHANGE NOT TAKEN)"));
    press(world, "Alt-v");
    assert_shows(world, "[editing] 2 pm **suits** me");
    g_assert_false(shows(world, "suits** me!"));
    world_free(world);
}

static void
changed(struct world *world, const char *id, const char *text, int minute)
{
    struct rich *body = rich_new(text, -1);

    emit(world, &(struct event){.type = EVENT_EDITED,
                                .conversation = "#lab",
                                .edited = {.remote_id = id,
                                           .body = body,
                                           .time_us = FAKE_NOW_US + minute * 60 * SECOND_US}});
    rich_free(body);
    fake_settle(world->fake);
}

/* What a message said before, newest first, and how often it was changed. */
static void
test_revisions(void)
{
    struct world *world = begin();

    changed(world, "m1", "When do we meet on Thursday?", 3);
    changed(world, "m1", "When and where do we meet on Thursday?", 4);
    press(world, "F2");
    press(world, "k");
    press(world, "v");
    press(world, "PgDn");
    compare(world, "revisions");
    press(world, "Esc");
    press(world, "w");
    assert_shows(world, "2 times; its earlier texts are in its source");
    press(world, "Esc");
    press(world, "j");
    press(world, "w");
    compare(world, "who-own");
    world_free(world);
}

/* A pin is seen, listed, opened and taken away. */
static void
test_pins(void)
{
    struct world *world = begin();

    press(world, "F2");
    press(world, "k");
    press(world, "p");
    assert_shows(world, "The network was asked to pin it.");
    assert_asked(world, "pin m1|");
    emit(world, &(struct event){.type = EVENT_PINNED,
                                .conversation = "#lab",
                                .mark = {.remote_id = "m1", .on = true}});
    fake_settle(world->fake);
    assert_shows(world, "When do we meet? (pinned)");
    press(world, "Esc");
    type(world, "/pins");
    press(world, "Enter");
    assert_shows(world, "1 pinned so far");
    assert_asked(world, "pins #lab|");
    /* Among them one that is not here. */
    fake_say(world->fake, 0,
             &(struct fake_said){.text = "?", .id = "m1", .origin = ORIGIN_FOUND, .time_us = 1});
    fake_say(world->fake, 0,
             &(struct fake_said){.text = "The key is under the mat",
                                 .id = "m0",
                                 .origin = ORIGIN_FOUND,
                                 .time_us = -5 * 24 * 3600 * SECOND_US});
    fake_done(world->fake, 0, fake_session(world->fake, 0)->asked_op, NULL, 0);
    fake_settle(world->fake);
    compare(world, "pins");
    type(world, "nothing");
    assert_shows(world, "Nothing that is pinned has this in it.");
    press(world, "Ctrl-u");
    type(world, "MEET");
    press(world, "Enter");
    press(world, "F2");
    press(world, "k");
    press(world, "p");
    assert_asked(world, "unpin m1|");
    world_free(world);
}

void
test_change_add(void)
{
    g_test_add_func("/world/change/revisions", test_revisions);
    g_test_add_func("/world/change/pins", test_pins);
    g_test_add_func("/world/change/screens", test_screens);
    g_test_add_func("/world/change/ways", test_ways);
    g_test_add_func("/world/change/waits", test_waits);
    g_test_add_func("/world/change/refused", test_refused);
}
