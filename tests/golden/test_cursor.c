/* The message cursor over a real core and store. */
#include <string.h>

#include "tests/golden/world.h"

char *
marked(struct world *world)
{
    g_autofree char *screen = look(world);
    g_auto(GStrv) rows = g_strsplit(screen, "\n", -1);

    for (int i = 0; rows[i]; i++) {
        if (strstr(rows[i], MARK))
            return g_strdup(rows[i]);
    }
    return NULL;
}

void
assert_marked(struct world *world, const char *text)
{
    g_autofree char *row = marked(world);

    if (!row || !strstr(row, text)) {
        g_autofree char *screen = look(world);
        g_test_message("\"%s\" is not marked:\n%s", text, screen);
        g_assert_not_reached();
    }
}

static void
say_lines(struct world *world, int n)
{
    for (int i = 0; i < n; i++) {
        g_autofree char *text = g_strdup_printf("line %d.", i);
        struct fake_said said = {.text = text, .time_us = (i + 1) * SECOND_US};
        fake_say(world->fake, 0, &said);
    }
    fake_settle(world->fake);
}

static void
test_move(void)
{
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    press(world, "Tab");
    assert_shows(world, "There is no message here to choose.");
    say_lines(world, 50);
    g_free(look(world));
    press(world, "Tab");
    assert_marked(world, "line 49.");
    assert_shows(world, "r reply  q quote");
    press(world, "k");
    press(world, "Up");
    assert_marked(world, "line 47.");
    press(world, "Down");
    press(world, "j");
    press(world, "j");
    assert_marked(world, "line 49.");
    /* The view follows. */
    for (int i = 0; i < 30; i++)
        press(world, "k");
    assert_marked(world, "line 19.");
    g_assert_false(shows(world, "line 49."));
    press(world, "PgUp");
    assert_marked(world, "line 1.");
    press(world, "PgDn");
    assert_marked(world, "line 3");
    press(world, "g");
    assert_marked(world, "line 0.");
    press(world, "G");
    assert_marked(world, "line 49.");
    /* Nothing of it was typed; Esc gives the keys back to the line. */
    assert_shows(world, "[Kai]\n");
    press(world, "Esc");
    g_assert_null(marked(world));
    type(world, "gk");
    assert_shows(world, "[Kai] gk");
    /* With something typed, Tab completes, and F2 goes up. */
    press(world, "Tab");
    g_assert_null(marked(world));
    press(world, "F2");
    assert_marked(world, "line 49.");
    press(world, "F2");
    g_assert_null(marked(world));
    world_free(world);
}

/* Pages of the store come and go under it, up to what the network has. */
static void
test_pages(void)
{
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    say_lines(world, 900);
    g_free(look(world));
    press(world, "Tab");
    for (int i = 899; i > 0; i--) {
        g_autofree char *text = g_strdup_printf("line %d.", i);
        if (i % 50 == 0)
            assert_marked(world, text);
        press(world, "k");
    }
    assert_marked(world, "line 0.");
    g_assert_cmpuint(fake_session(world->fake, 0)->history_op, ==, 0);
    press(world, "k");
    g_assert_cmpuint(fake_session(world->fake, 0)->history_op, !=, 0);
    assert_marked(world, "line 0.");
    assert_shows(world, "fetching older messages");
    for (int i = 0; i < 899; i++)
        press(world, "j");
    assert_marked(world, "line 899.");
    press(world, "Esc");
    says(world, 0, NULL, "and one more", 100);
    assert_shows(world, "and one more");
    world_free(world);
}

/* What comes meanwhile stays below: neither the place nor the message that is meant moves. */
static void
test_live(void)
{
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    say_lines(world, 30);
    g_free(look(world));
    press(world, "Tab");
    press(world, "k");
    g_autofree char *before = marked(world);
    for (int i = 0; i < 40; i++) {
        says(world, 0, NULL, "noise", 10 + i);
        g_autofree char *now = marked(world);
        g_assert_cmpstr(now, ==, before);
    }
    assert_shows(world, "-MORE(40)-");
    g_assert_false(shows(world, "noise"));
    g_assert_cmpuint(fake_buffer(world->fake, 0, "#lab")->unread, ==, 40);
    press(world, "Esc");
    assert_shows(world, "noise");
    g_assert_cmpuint(fake_buffer(world->fake, 0, "#lab")->unread, ==, 0);
    world_free(world);
}

/* Our own message gets another place when the network confirms it; the cursor stays on it. One that
 * is gone leaves the cursor on its neighbour. */
static void
test_changes(void)
{
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    say_lines(world, 3);
    type(world, "mine");
    press(world, "Enter");
    g_free(look(world));
    press(world, "F2");
    assert_marked(world, "mine");
    fake_done(world->fake, 0, fake_sent(world->fake, 0, 0)->op, "m1", SECOND_US + 1);
    assert_marked(world, "mine");
    emit(world, &(struct event){.type = EVENT_DELETED,
                                .conversation = "#lab",
                                .deleted = {.remote_id = "m1", .by_name = "maria"}});
    assert_marked(world, "(deleted by maria)");
    world_free(world);
}

/* A message that is taller than the window is passed by pieces, and marked over all its rows. */
static void
test_tall(void)
{
    struct world *world = world_new(1);
    g_autoptr(GString) tall = g_string_new("first");

    for (int i = 0; i < 60; i++)
        g_string_append_printf(tall, "\nrow %d.", i);
    g_string_append(tall, "\nlast");
    set_look(world, "max_lines = 0");
    go(world, 0, "#lab");
    says(world, 0, NULL, "above", 1);
    says(world, 0, NULL, tall->str, 2);
    says(world, 0, NULL, "below", 3);
    g_free(look(world));
    press(world, "F2");
    assert_marked(world, "below");
    press(world, "k");
    assert_marked(world, "first");
    for (int i = 0; i < 60; i++) {
        g_autofree char *row = g_strdup_printf("row %d.", i);
        if (!shows(world, row))
            press(world, "j");
        assert_shows(world, row);
        assert_marked(world, "");
        g_assert_false(shows(world, MARK "           below"));
    }
    press(world, "j");
    press(world, "j");
    assert_marked(world, "below");
    world_free(world);
}

/* From mention to mention, over pages, without and with the cursor. */
static void
test_mentions(void)
{
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    press(world, "Alt-p");
    assert_shows(world, "No message above calls you.");
    for (int i = 0; i < 700; i++) {
        const bool calls = i == 20 || i == 30 || i == 690 || i == 699;
        g_autofree char *text = g_strdup_printf("%sline %d.", calls ? "kai: " : "", i);
        struct fake_said said = {.text = text, .time_us = (i + 1) * SECOND_US};
        fake_say(world->fake, 0, &said);
    }
    g_free(look(world));
    /* In sight: nothing moves. */
    g_autofree char *before = look(world);
    press(world, "Alt-p"); /* the newest */
    press(world, "Alt-p");
    g_autofree char *after = look(world);
    g_assert_cmpint(strncmp(before, after, (size_t)(strstr(before, "line 699.") - before)), ==, 0);
    press(world, "Alt-p");
    assert_shows(world, "kai: line 30.");
    press(world, "Ctrl-c");
    press(world, "P");
    assert_shows(world, "kai: line 20.");
    press(world, "Alt-p");
    assert_shows(world, "No message above calls you.");
    assert_shows(world, "kai: line 20.");
    press(world, "Alt-n");
    assert_shows(world, "kai: line 30.");
    press(world, "Alt-n");
    assert_shows(world, "kai: line 690.");
    press(world, "Alt-n");
    press(world, "Alt-n");
    assert_shows(world, "No message below calls you.");
    /* Scrolled away from it, from what is in sight. */
    press(world, "Ctrl-Home");
    press(world, "Ctrl-c");
    press(world, "N");
    assert_shows(world, "kai: line 20.");
    press(world, "Esc");
    press(world, "F2");
    assert_marked(world, "line 699.");
    press(world, "Alt-p");
    assert_marked(world, "kai: line 690.");
    assert_shows(world, "line 699.");
    press(world, "Alt-p");
    assert_marked(world, "kai: line 30.");
    press(world, "Alt-p");
    assert_marked(world, "kai: line 20.");
    press(world, "Alt-n");
    assert_marked(world, "kai: line 30.");
    press(world, "Esc");
    assert_shows(world, "line 699.");
    world_free(world);
}

/* No size takes the cursor away or breaks anything. */
static void
test_sizes(void)
{
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    say_lines(world, 300);
    for (int rows = 1; rows < 70; rows += 6) {
        for (int cols = 1; cols < 210; cols += 13) {
            cells_resize(world->cells, rows, cols);
            g_free(look(world));
            press(world, "F2");
            press(world, "k");
            press(world, "PgUp");
            press(world, "j");
            g_free(look(world));
            press(world, "Esc");
        }
    }
    world_free(world);
}

/* It begins with the last that was said; a letter that means nothing there is meant for the line.
 */
static void
test_start(void)
{
    struct world *world = world_new(1);
    struct fake_said said = {.kind = MESSAGE_TOPIC, .text = "soup", .time_us = 90 * SECOND_US};

    go(world, 0, "#lab");
    fake_say(world->fake, 0, &said);
    fake_settle(world->fake);
    press(world, "F2");
    assert_marked(world, "soup"); /* nothing else is there */
    press(world, "Esc");
    say_lines(world, 3);
    said.time_us = 95 * SECOND_US;
    said.text = "stew";
    fake_say(world->fake, 0, &said);
    fake_settle(world->fake);
    press(world, "F2");
    assert_marked(world, "line 2.");
    press(world, "j");
    assert_marked(world, "soup");
    press(world, "a");
    assert_shows(world, "Only to what somebody has said can one react.");
    type(world, "here we are");
    assert_shows(world, "[Kai] here we are");
    g_assert_null(marked(world));
    press(world, "Ctrl-u");
    /* The list does the same. */
    press(world, "Shift-Tab");
    type(world, "tea");
    assert_shows(world, "[Kai] tea");
    world_free(world);
}

void
test_cursor_add(void)
{
    g_test_add_func("/world/cursor/start", test_start);
    g_test_add_func("/world/cursor/move", test_move);
    g_test_add_func("/world/cursor/pages", test_pages);
    g_test_add_func("/world/cursor/live", test_live);
    g_test_add_func("/world/cursor/changes", test_changes);
    g_test_add_func("/world/cursor/tall", test_tall);
    g_test_add_func("/world/cursor/mentions", test_mentions);
    g_test_add_func("/world/cursor/sizes", test_sizes);
}
