/* Going about: the activity, what was visited, peeking, and what is read and unread again. */
#include <string.h>

#include "tests/golden/world.h"

static int64_t
lab(struct world *world, unsigned account)
{
    return fake_buffer(world->fake, account, "#lab")->id;
}

static unsigned
unread(struct world *world, unsigned account)
{
    return fake_buffer(world->fake, account, "#lab")->unread;
}

#define assert_in(world, account)                                                                  \
    g_assert_cmpint(ui_shown_buffer((world)->ui), ==, lab(world, account))

/* One mention, one direct message, one line, in three accounts; one is in the first. */
static struct world *
busy_world(void)
{
    struct world *world = world_new(3);

    fake_channel(world->fake, 2, "uma", BUFFER_DIRECT);
    fake_settle(world->fake);
    go(world, 0, "#lab");
    g_free(look(world));
    says(world, 1, NULL, "plain", 1);
    says(world, 2, "uma", "psst", 2);
    says(world, 2, NULL, "Kai: you", 3);
    return world;
}

/* Mention, direct message, message; then back to where one began. */
static void
test_activity(void)
{
    struct world *world = busy_world();

    press(world, "Alt-a");
    assert_in(world, 2);
    g_free(look(world));
    press(world, "Alt-a");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 2, "uma")->id);
    g_free(look(world));
    /* What comes meanwhile is a part of the walk. */
    says(world, 2, NULL, "Kai: again", 4);
    press(world, "Alt-a");
    assert_in(world, 2);
    g_free(look(world));
    press(world, "Alt-a");
    assert_in(world, 1);
    g_free(look(world));
    press(world, "Alt-a");
    assert_in(world, 0);
    press(world, "Alt-a");
    assert_shows(world, "Nothing happened elsewhere.");
    press(world, "Alt-A");
    assert_shows(world, "No walk through the activity");
    world_free(world);
}

static void
test_activity_back(void)
{
    struct world *world = busy_world();

    press(world, "Alt-a");
    g_free(look(world));
    press(world, "Alt-a");
    g_free(look(world));
    press(world, "Alt-A");
    assert_in(world, 2);
    press(world, "Alt-A");
    assert_in(world, 0);
    /* Going elsewhere by hand ends the walk: there is nothing to go back to. */
    press(world, "Alt-a");
    assert_in(world, 1);
    g_free(look(world));
    go(world, 2, "#lab");
    press(world, "Alt-a");
    assert_in(world, 2);
    assert_shows(world, "Nothing happened elsewhere.");
    world_free(world);
}

/* Where it began is closed in the meantime. */
static void
test_activity_closed(void)
{
    struct world *world = world_new(2);

    go(world, 0, "#lab");
    g_free(look(world));
    says(world, 1, NULL, "plain", 1);
    press(world, "Alt-a");
    g_free(look(world));
    g_assert_true(core_close_buffer(world->fake->core, lab(world, 0), NULL));
    press(world, "Alt-a");
    assert_in(world, 1);
    assert_shows(world, "Nothing happened elsewhere.");
    press(world, "Alt-/");
    assert_in(world, 1);
    assert_shows(world, "No other buffer was shown before.");
    world_free(world);
}

static void
test_visited(void)
{
    struct world *world = world_new(3);

    for (unsigned i = 0; i < 3; i++)
        go(world, i, "#lab");
    press(world, "Alt-<");
    assert_in(world, 1);
    press(world, "Alt-<");
    assert_in(world, 0);
    press(world, "Alt->");
    assert_in(world, 1);
    press(world, "Alt->");
    assert_in(world, 2);
    press(world, "Alt->");
    assert_shows(world, "This one was shown last.");
    /* From the middle to a new one: what was ahead is gone. */
    press(world, "Alt-<");
    go(world, 0, "#lab");
    press(world, "Alt->");
    assert_in(world, 0);
    press(world, "Alt-<");
    assert_in(world, 1);
    press(world, "Alt-<");
    assert_in(world, 0);
    /* What was closed is passed over. */
    press(world, "Alt->");
    press(world, "Alt->");
    assert_in(world, 0);
    g_assert_true(core_close_buffer(world->fake->core, lab(world, 1), NULL));
    go(world, 2, "#lab");
    press(world, "Alt-<");
    assert_in(world, 0);
    press(world, "Alt-/");
    assert_in(world, 2);
    press(world, "Alt-/");
    assert_in(world, 0);
    world_free(world);
}

/* --- peeking --- */

static void
test_peek(void)
{
    struct world *world = world_new(2);

    go(world, 0, "#lab");
    for (int i = 0; i < 60; i++) {
        g_autofree char *text = g_strdup_printf("line %d.", i);
        says(world, 0, NULL, text, i);
    }
    g_free(look(world));
    press(world, "PgUp");
    g_assert_false(shows(world, "line 59."));
    type(world, "a draft");
    says(world, 1, NULL, "plain", 100);
    press(world, "Alt-`");
    assert_shows(world, "Peeking: go anywhere, it stays unread.");
    assert_shows(world, " PEEK");
    go(world, 1, "#lab");
    assert_shows(world, "Uma  plain");
    assert_shows(world, "─ new ─");
    assert_shows(world, "Peeking: nothing here is marked as read.");
    assert_shows(world, "Alt-` back to #lab");
    assert_shows(world, "(fake), peeking");
    says(world, 1, NULL, "more", 101);
    assert_shows(world, "Uma  more");
    g_assert_cmpuint(unread(world, 1), ==, 2);
    g_assert_cmpuint(fake_session(world->fake, 1)->marks, ==, 0);
    /* What comes meanwhile where it began waits there, and the place is as it was. */
    says(world, 0, NULL, "meanwhile", 102);
    press(world, "Alt-`");
    assert_in(world, 0);
    assert_shows(world, "] a draft");
    g_assert_false(shows(world, "line 59."));
    g_assert_false(shows(world, "PEEK"));
    press(world, "Alt-End");
    assert_shows(world, "meanwhile");
    g_assert_cmpuint(unread(world, 1), ==, 2);
    assert_shows(world, "H: 2:2");
    /* A peek is not where one was before. */
    press(world, "Alt-/");
    g_assert_cmpint(ui_shown_buffer(world->ui), !=, lab(world, 1));
    /* Gone to as ever, it is read. */
    go(world, 1, "#lab");
    g_free(look(world));
    g_assert_cmpuint(unread(world, 1), ==, 0);
    world_free(world);
}

static void
test_peek_activity(void)
{
    struct world *world = busy_world();

    press(world, "Alt-`");
    press(world, "Alt-a");
    assert_in(world, 2);
    g_free(look(world));
    press(world, "Alt-a");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 2, "uma")->id);
    g_free(look(world));
    press(world, "Alt-A");
    assert_in(world, 2);
    g_free(look(world));
    press(world, "Alt-a");
    assert_in(world, 1);
    g_free(look(world));
    press(world, "Alt-a");
    assert_in(world, 0);
    assert_shows(world, "That was all; nothing was marked as read.");
    g_assert_false(shows(world, "PEEK"));
    g_assert_cmpuint(unread(world, 1), ==, 1);
    g_assert_cmpuint(unread(world, 2), ==, 1);
    g_assert_cmpuint(fake_buffer(world->fake, 2, "uma")->unread, ==, 1);
    press(world, "Alt-`");
    press(world, "Alt-a");
    press(world, "Esc");
    assert_in(world, 0);
    g_assert_false(shows(world, "PEEK"));
    world_free(world);
}

/* Who says something in a buffer stays there. */
static void
test_peek_say(void)
{
    struct world *world = world_new(2);

    go(world, 0, "#lab");
    g_free(look(world));
    says(world, 1, NULL, "plain", 1);
    press(world, "Alt-`");
    press(world, "Alt-a");
    g_free(look(world));
    type(world, "an answer");
    press(world, "Enter");
    fake_done(world->fake, 1, fake_sent(world->fake, 1, 0)->op, "m1", 2 * 60 * SECOND_US);
    g_free(look(world));
    assert_in(world, 1);
    g_assert_false(shows(world, "PEEK"));
    g_assert_cmpuint(unread(world, 1), ==, 0);
    press(world, "Alt-/");
    assert_in(world, 0);
    world_free(world);
}

static void
test_peek_closed(void)
{
    struct world *world = world_new(3);
    const int64_t began = lab(world, 2);

    go(world, 0, "#lab");
    press(world, "Alt-`");
    go(world, 1, "#lab");
    g_assert_true(core_close_buffer(world->fake->core, lab(world, 1), NULL));
    assert_in(world, 0);
    go(world, 2, "#lab");
    press(world, "Alt-`");
    go(world, 0, "#lab");
    g_assert_true(core_close_buffer(world->fake->core, began, NULL));
    press(world, "Alt-`");
    g_assert_cmpint(ui_shown_buffer(world->ui), !=, began);
    assert_shows(world, "weft");
    g_assert_false(shows(world, "PEEK"));
    /* From the list. */
    go(world, 0, "#lab");
    g_free(look(world));
    says(world, 0, NULL, "x", 1);
    press(world, "Shift-Tab");
    type(world, "gp");
    assert_shows(world, "weft PEEK");
    press(world, "Alt-`");
    assert_in(world, 0);
    world_free(world);
}

/* --- read, and unread again --- */

static void
test_clear_all(void)
{
    struct world *world = busy_world();

    press(world, "Alt-U");
    assert_shows(world, "3 buffers are marked as read. Alt-h r takes it back.");
    g_assert_cmpuint(unread(world, 1) + unread(world, 2), ==, 0);
    g_assert_false(shows(world, "H:"));
    press(world, "Alt-h");
    press(world, "r");
    assert_shows(world, "3 buffers are unread again.");
    g_assert_cmpuint(unread(world, 1), ==, 1);
    g_assert_cmpuint(fake_buffer(world->fake, 2, "#lab")->mentions, ==, 1);
    press(world, "Alt-h");
    press(world, "c");
    assert_shows(world, "3 buffers are marked");
    /* One was read on since: that one stays read. */
    go(world, 1, "#lab");
    says(world, 1, NULL, "more", 10);
    g_free(look(world));
    go(world, 0, "#lab");
    press(world, "Alt-h");
    press(world, "r");
    assert_shows(world, "2 buffers are unread again.");
    g_assert_cmpuint(unread(world, 1), ==, 0);
    press(world, "Alt-h");
    press(world, "r");
    assert_shows(world, "Nothing was marked as read that could be taken back.");
    press(world, "Alt-U");
    press(world, "Alt-U");
    assert_shows(world, "Nothing is unread.");
    world_free(world);
}

/* A buffer that one came to by mistake is unread again, and stays so while one looks at it. */
static void
test_restore_this(void)
{
    struct world *world = world_new(2);

    go(world, 0, "#lab");
    g_free(look(world));
    says(world, 1, NULL, "one", 1);
    says(world, 1, NULL, "two", 2);
    press(world, "Alt-a");
    assert_shows(world, "Uma  two");
    g_assert_cmpuint(unread(world, 1), ==, 0);
    press(world, "Alt-h");
    press(world, "r");
    assert_shows(world, "#lab is unread again, until you come back to it.");
    says(world, 1, NULL, "three", 3);
    assert_shows(world, "Uma  three");
    g_assert_cmpuint(unread(world, 1), ==, 3);
    press(world, "Alt-a");
    assert_in(world, 0);
    assert_shows(world, "H: 2:3");
    go(world, 1, "#lab");
    assert_shows(world, "─ new ─");
    g_free(look(world));
    g_assert_cmpuint(unread(world, 1), ==, 0);
    /* This one alone, scrolled up: it is marked without being seen. */
    press(world, "Alt-`");
    press(world, "Alt-`");
    says(world, 0, NULL, "there", 4);
    press(world, "Alt-`");
    press(world, "Alt-a");
    g_free(look(world));
    press(world, "Alt-h");
    press(world, "m");
    assert_shows(world, "#lab is marked as read.");
    g_assert_cmpuint(unread(world, 0), ==, 0);
    world_free(world);
}

static void
test_clear_group(void)
{
    struct world *world = busy_world();

    press(world, "Shift-Tab");
    type(world, "Gkr"); /* the heading of direct conversations */
    assert_shows(world, "uma is marked as read.");
    g_assert_cmpuint(unread(world, 2), ==, 1);
    type(world, "Gkkkr"); /* an account */
    g_assert_cmpuint(unread(world, 2), ==, 0);
    g_assert_cmpuint(unread(world, 1), ==, 1);
    world_free(world);
}

/* --- bare mode --- */

static void
test_bare(void)
{
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    press(world, "Alt-l");
    assert_shows(world, "Nothing was said here yet.\n");
    press(world, "Enter");
    for (int i = 0; i < 300; i++) {
        g_autofree char *text = g_strdup_printf("line %d.", i);
        struct fake_said said = {.text = text, .time_us = (i + 1) * SECOND_US};
        fake_say(world->fake, 0, &said);
    }
    fake_settle(world->fake);
    g_free(look(world));
    press(world, "Alt-l");
    assert_shows(world, "22:18 <Uma> line 299.\n");
    assert_shows(world, "Copy with the mouse.  Esc back  Alt-l back  PgUp older");
    g_assert_false(shows(world, "│"));
    g_assert_false(shows(world, "-one"));
    /* It holds still, and nothing is read meanwhile. */
    says(world, 0, NULL, "later", 10);
    says(world, 0, NULL, "and later", 11);
    assert_shows(world, "<Uma> line 299.\n");
    assert_shows(world, "2 new wait");
    g_assert_cmpuint(unread(world, 0), ==, 2);
    /* Older ones are loaded as one goes up. */
    press(world, "Home");
    assert_shows(world, "<Uma> line 0.\n");
    press(world, "Down");
    g_assert_false(shows(world, "line 0."));
    press(world, "End");
    assert_shows(world, "<Uma> line 299.\n");
    type(world, "xyz");
    assert_shows(world, "<Uma> line 299.\n");
    press(world, "Esc");
    assert_shows(world, "Uma  and later");
    assert_shows(world, "─ new ─");
    assert_shows(world, "\n[Kai]\n");
    /* It begins with what is in sight. */
    press(world, "PgUp");
    g_free(look(world));
    press(world, "Ctrl-c");
    press(world, "L");
    g_assert_false(shows(world, "later"));
    assert_shows(world, "<Uma> line 28");
    type(world, "q");
    assert_shows(world, "-MORE(");
    world_free(world);
}

void
test_going_add(void)
{
    g_test_add_func("/going/bare", test_bare);
    g_test_add_func("/going/activity", test_activity);
    g_test_add_func("/going/activity-back", test_activity_back);
    g_test_add_func("/going/activity-closed", test_activity_closed);
    g_test_add_func("/going/visited", test_visited);
    g_test_add_func("/going/peek", test_peek);
    g_test_add_func("/going/peek-activity", test_peek_activity);
    g_test_add_func("/going/peek-say", test_peek_say);
    g_test_add_func("/going/peek-closed", test_peek_closed);
    g_test_add_func("/going/clear-all", test_clear_all);
    g_test_add_func("/going/restore-this", test_restore_this);
    g_test_add_func("/going/clear-group", test_clear_group);
}
