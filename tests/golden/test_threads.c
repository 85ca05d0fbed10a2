/* The thread pane beside its channel, instead of it, and the list of those that are followed. */
#include <string.h>

#include "tests/golden/world.h"

static void
said(struct world *world, const char *id, int minute, const char *who, const char *thread,
     const char *text)
{
    struct rich *body = rich_new(text, -1);

    emit(world,
         &(struct event){.type = EVENT_MESSAGE,
                         .conversation = "#lab",
                         .message = {.kind = MESSAGE_TEXT,
                                     .remote_id = id,
                                     .sort_key = FAKE_NOW_US + (int64_t)minute * 60 * SECOND_US,
                                     .time_us = FAKE_NOW_US + (int64_t)minute * 60 * SECOND_US,
                                     .sender_id = who,
                                     .sender_name = who,
                                     .reply_to = thread,
                                     .thread = thread,
                                     .body = body}});
    rich_free(body);
}

static struct world *
scene(int rows, int cols)
{
    struct world *world = world_new(1);

    cells_free(world->cells);
    world->cells = cells_new(rows, cols);
    fake_caps(world->fake, 0, FAKE_CAPS | FAKE_THREADS, NULL);
    go(world, 0, "#lab");
    said(world, "1", 1, "maria", NULL, "Who takes minutes on Thursday?");
    said(world, "2", 2, "jun", "1", "I took last time, can do it again");
    said(world, "3", 3, "sol", "1", "thanks jun!");
    said(world, "4", 4, "alex", NULL, "The pad is at pads.example/agenda");
    said(world, "5", 5, "jun", "1", "the draft is up, please look at it before Thursday noon");
    emit(world, &(struct event){.type = EVENT_THREAD,
                                .conversation = "#lab",
                                .thread = {.root = "1",
                                           .has_follow = true,
                                           .followed = true,
                                           .has_unread = true,
                                           .unread = 1,
                                           .read_key = FAKE_NOW_US + 4 * 60 * SECOND_US}});
    fake_settle(world->fake);
    return world;
}

static void
test_beside(void)
{
    struct world *world = scene(40, 120);

    assert_shows(world, "`-- 3 replies, last");
    g_assert_false(shows(world, "thanks jun!"));
    press(world, "Alt-t");
    assert_shows(world, "thanks jun!");
    assert_shows(world, "Thread (3), following: Who takes");
    world_compare(world, "thread-120x40");
    press(world, "Alt-o");
    type(world, "in the channel");
    press(world, "Alt-o");
    g_assert_false(shows(world, "in the channel"));
    press(world, "F2"); /* the message cursor works in it */
    assert_marked(world, "the draft is up");
    press(world, "Esc");
    press(world, "Alt-t");
    g_assert_false(shows(world, "thanks jun!"));
    assert_shows(world, "in the channel");
    world_free(world);
}

/* It waits in the inbox too, is opened from there, and dealt with. */
static void
test_inbox(void)
{
    struct world *world = scene(24, 80);

    press(world, "F3");
    assert_shows(world, "threads 1");
    assert_shows(world, "(1 new) jun: the draft is up");
    world_compare(world, "inbox-thread-80x24");
    press(world, "e");
    g_assert_false(shows(world, "(1 new)"));
    press(world, "U");
    assert_shows(world, "(1 new) jun: the draft is up");
    press(world, "Up"); /* the mark has stayed on its line */
    press(world, "Enter");
    assert_shows(world, "thanks jun!");
    world_free(world);
}

static void
test_wide(void)
{
    struct world *world = scene(60, 200);

    press(world, "Alt-t");
    assert_shows(world, "thanks jun!");
    world_compare(world, "thread-200x60");
    world_free(world);
}

/* Where there is no room it stands in the channel's place, and another buffer closes it. */
static void
test_instead(void)
{
    struct world *world = scene(24, 80);

    assert_shows(world, "F1: all keys");
    world_compare(world, "thread-root-80x24");
    press(world, "Ctrl-c");
    press(world, "t");
    assert_shows(world, "thanks jun!");
    g_assert_false(shows(world, "The pad is at"));
    /* How to get back is said first, and the way to all keys has its room. */
    assert_shows(world, "Alt-t: close the thread  Alt-o: to the channel");
    assert_shows(world, "F1: all keys");
    world_compare(world, "thread-80x24");
    press(world, "Ctrl-p");
    g_assert_false(shows(world, "thanks jun!"));
    go(world, 0, "#lab");
    assert_shows(world, "The pad is at");
    world_free(world);
}

static void
test_list(void)
{
    struct world *world = scene(24, 80);

    press(world, "F4");
    assert_shows(world, "THREADS that you follow");
    world_compare(world, "threads-80x24");
    press(world, "Enter");
    assert_shows(world, "thanks jun!");
    world_free(world);
}

/* On a message: its thread, or one that nobody has answered yet; what is typed goes there. */
static void
test_begin(void)
{
    struct world *world = scene(40, 120);

    press(world, "F2");
    assert_marked(world, "The pad is at");
    press(world, "t");
    assert_shows(world, "Thread (0): The pad is at");
    type(world, "thank you");
    press(world, "Enter");
    fake_settle(world->fake);
    g_assert_cmpstr(fake_sent(world->fake, 0, 0)->thread, ==, "4");
    world_free(world);
}

void
test_threads_add(void)
{
    g_test_add_func("/world/threads/beside", test_beside);
    g_test_add_func("/world/threads/wide", test_wide);
    g_test_add_func("/world/threads/instead", test_instead);
    g_test_add_func("/world/threads/list", test_list);
    g_test_add_func("/world/threads/begin", test_begin);
    g_test_add_func("/world/threads/inbox", test_inbox);
}
