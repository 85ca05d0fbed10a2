/* Several windows over a real core: each with its buffer, one of them in focus. */
#include <string.h>

#include "tests/golden/world.h"
#include "ui/keymap.h"

static void
keys(struct world *world, const char *names)
{
    g_auto(GStrv) all = g_strsplit(names, " ", -1);

    for (int i = 0; all[i]; i++)
        press(world, all[i]);
}

static void
run(struct world *world, const char *command)
{
    type(world, command);
    press(world, "Enter");
}

/* The column of a text on the screen; -1: it is not there. `ret_row`: may be NULL. */
static int
place_of(struct world *world, const char *text, int *ret_row)
{
    g_autofree char *screen = look(world);
    g_auto(GStrv) rows = g_strsplit(screen, "\n", -1);

    for (int i = 0; rows[i]; i++) {
        const char *found = strstr(rows[i], text);
        if (found && ret_row)
            *ret_row = i;
        if (found)
            return (int)g_utf8_strlen(rows[i], found - rows[i]);
    }
    return -1;
}

static int
row_of(struct world *world, const char *text)
{
    int row = -1;

    place_of(world, text, &row);
    return row;
}

static unsigned
unread(struct world *world, unsigned account)
{
    return fake_buffer(world->fake, account, "#lab")->unread;
}

#define FOCUSED(text) "»" text

/* #lab of both accounts, the first account's at the left, the second's in focus at the right. */
static struct world *
two_beside(int rows, int cols)
{
    struct world *world = world_new(2);

    cells_resize(world->cells, rows, cols);
    go(world, 0, "#lab");
    says(world, 0, NULL, "in the first", 1);
    says(world, 1, NULL, "in the second", 2);
    g_free(look(world));
    keys(world, "Alt-w v");
    g_free(look(world));
    go(world, 1, "#lab");
    return world;
}

static void
test_beside(void)
{
    struct world *world = two_beside(40, 120);

    assert_shows(world, FOCUSED("2 #lab - two"));
    assert_shows(world, " 1 #lab - one");
    g_assert_cmpint(place_of(world, "in the first", NULL), <,
                    place_of(world, "in the second", NULL));
    /* What is typed goes to the one in focus. */
    run(world, "hello");
    g_assert_cmpint(place_of(world, "hello", NULL), >, place_of(world, "in the first", NULL) + 20);
    type(world, "a draft");
    press(world, "F7");
    assert_shows(world, FOCUSED("1 #lab - one"));
    assert_shows(world, "Kai]\n");
    type(world, "another");
    press(world, "F8");
    assert_shows(world, "Kai] a draft\n");
    press(world, "F8");
    assert_shows(world, "Kai] another\n");
    /* Other buffers in one, while the other stays. */
    press(world, "Ctrl-c");
    press(world, "Home");
    assert_shows(world, FOCUSED("weft"));
    assert_shows(world, "in the second");
    press(world, "Alt-/");
    assert_shows(world, FOCUSED("1 #lab - one"));
    world_free(world);
}

static void
test_below(void)
{
    struct world *world = two_beside(24, 80);

    press(world, "F7");
    keys(world, "Ctrl-c W h");
    /* A third, below the first; at the right it is as before. */
    g_assert_cmpint(row_of(world, "2 #lab - two"), ==, 0);
    g_assert_cmpint(row_of(world, FOCUSED("1 #lab - one")), >, 8);
    keys(world, "Alt-w Right");
    assert_shows(world, FOCUSED("2 #lab - two"));
    keys(world, "Alt-w Right");
    assert_shows(world, "No window lies there.");
    keys(world, "Alt-w Left");
    g_assert_cmpint(row_of(world, FOCUSED("1 #lab - one")), ==, 0);
    keys(world, "Alt-w Up");
    assert_shows(world, "No window lies there.");
    keys(world, "Alt-w Down");
    g_assert_cmpint(row_of(world, FOCUSED("1 #lab - one")), >, 8);
    keys(world, "Alt-w c");
    g_assert_cmpint(row_of(world, FOCUSED("1 #lab - one")), ==, 0);
    keys(world, "Alt-w m");
    assert_shows(world, "1 #lab - one");
    g_assert_false(shows(world, "2 #lab - two"));
    keys(world, "Alt-w c");
    assert_shows(world, "There is one window. Alt-w v puts a second beside it, Alt-w h one below.");
    world_free(world);
}

/* Each is scrolled by itself, and what it says of itself is its own. */
static void
test_scroll(void)
{
    struct world *world = two_beside(24, 80);

    for (int i = 0; i < 60; i++) {
        g_autofree char *text = g_strdup_printf("line %d.", i);
        struct fake_said said = {.text = text, .time_us = (i + 1) * SECOND_US};
        fake_say(world->fake, 1, &said);
    }
    fake_settle(world->fake);
    assert_shows(world, "line 59.");
    press(world, "PgUp");
    g_assert_false(shows(world, "line 59."));
    assert_shows(world, "-MORE(");
    assert_shows(world, "in the first");
    press(world, "F8");
    assert_shows(world, "2 #lab - two (fake), 1"); /* so many below */
    g_assert_false(shows(world, "-MORE("));
    g_assert_false(shows(world, "line 59."));
    says(world, 0, NULL, "more in the first", 70);
    assert_shows(world, "more in the first");
    press(world, "F8");
    press(world, "Alt-End");
    assert_shows(world, "line 59.");
    /* The same buffer twice. */
    go(world, 0, "#lab");
    says(world, 0, NULL, "seen twice", 71);
    g_autofree char *screen = look(world);
    const char *once = strstr(screen, "seen twice");
    g_assert_nonnull(once);
    g_assert_nonnull(strstr(once + 1, "seen twice"));
    world_free(world);
}

/* What is in sight is read, in whichever window; what is not, is not. */
static void
test_read(void)
{
    struct world *world = two_beside(24, 80);

    ui_focus(world->ui, true);
    g_free(look(world));
    g_assert_cmpuint(unread(world, 0), ==, 0);
    says(world, 0, NULL, "not in focus, and seen", 5);
    g_free(look(world));
    g_assert_cmpuint(unread(world, 0), ==, 0);
    press(world, "Alt-z");
    assert_shows(world, "(window 2 of 2)");
    g_assert_false(shows(world, "in the first"));
    says(world, 0, NULL, "out of sight", 6);
    g_free(look(world));
    g_assert_cmpuint(unread(world, 0), ==, 1);
    press(world, "F8"); /* the other one, alone as well */
    assert_shows(world, "(window 1 of 2)");
    assert_shows(world, "─ new ─");
    g_free(look(world));
    g_assert_cmpuint(unread(world, 0), ==, 0);
    says(world, 1, NULL, "out of sight, too", 7);
    g_free(look(world));
    g_assert_cmpuint(unread(world, 1), ==, 1);
    press(world, "Alt-z");
    assert_shows(world, "out of sight, too");
    g_free(look(world));
    g_assert_cmpuint(unread(world, 1), ==, 0);
    /* Marked as unread, it stays so in both. */
    keys(world, "Alt-h r");
    g_free(look(world));
    g_assert_cmpuint(unread(world, 0), ==, 1);
    world_free(world);
}

/* After a new connection the network is asked for what a look wants, of all that is in sight. */
static void
test_looked_at(void)
{
    struct world *world = two_beside(24, 80);
    const GString *asked = fake_session(world->fake, 0)->asked;
    const size_t before = asked->len;

    press(world, "Alt-z");
    fake_lost(world->fake, 0, WEFT_ERROR_CLOSED);
    fake_advance(world->fake, 60 * SECOND_US);
    fake_online(world->fake, 0);
    g_free(look(world));
    g_assert_null(strstr(asked->str + before, "members #lab"));
    press(world, "Alt-z");
    g_free(look(world));
    g_assert_nonnull(strstr(asked->str + before, "members #lab"));
    world_free(world);
}

/* Too small for all: the one in focus, and it is said. */
static void
test_small(void)
{
    struct world *world = two_beside(24, 80);

    cells_resize(world->cells, 24, 60);
    assert_shows(world, "in the first");
    assert_shows(world, "in the second");
    cells_resize(world->cells, 24, 45);
    g_assert_false(shows(world, "in the first"));
    assert_shows(world, "in the second");
    assert_shows(world, "window 2 of 2");
    press(world, "F7");
    assert_shows(world, "in the first");
    keys(world, "Alt-w v");
    assert_shows(world, "There is no room for one more");
    keys(world, "Alt-w Right");
    assert_shows(world, "in the second");
    cells_resize(world->cells, 24, 80);
    assert_shows(world, "in the first");
    assert_shows(world, FOCUSED("2 #lab"));
    world_free(world);
}

static void
test_command(void)
{
    struct world *world = world_new(2);

    go(world, 0, "#lab");
    g_free(look(world));
    run(world, "/window splith");
    assert_shows(world, FOCUSED("1 #lab - one"));
    run(world, "/window 2"); /* a buffer's number, as in irssi */
    assert_shows(world, FOCUSED("2 #lab - two"));
    run(world, "/win up");
    assert_shows(world, FOCUSED("1 #lab - one"));
    run(world, "/window next");
    assert_shows(world, FOCUSED("2 #lab - two"));
    run(world, "/window zoom");
    assert_shows(world, "(window 2 of 2)");
    run(world, "/window zoom");
    type(world, "/window spl");
    press(world, "Tab");
    assert_shows(world, "/window splith");
    press(world, "Ctrl-u");
    run(world, "/window merge");
    g_assert_false(shows(world, "1 #lab - one"));
    run(world, "/window none-such");
    assert_shows(world, "none-such");
    world_free(world);
}

/* A buffer that is closed leaves every window; a message cursor and a peek end with the focus. */
static void
test_ends(void)
{
    struct world *world = two_beside(24, 80);

    press(world, "Ctrl-u");
    press(world, "Tab");
    assert_marked(world, "in the second");
    press(world, "F8");
    g_assert_null(marked(world));
    assert_shows(world, FOCUSED("1 #lab - one"));
    press(world, "Alt-`");
    keys(world, "Ctrl-c Home");
    assert_shows(world, "PEEK");
    press(world, "F8");
    g_assert_false(shows(world, "PEEK"));
    assert_shows(world, " 1 #lab - one");
    assert_shows(world, FOCUSED("2 #lab - two"));
    /* Closed where it is not in focus, then where it is. */
    run(world, "/close one/#lab");
    press(world, "Ctrl-u");
    press(world, "F8");
    run(world, "/close");
    g_assert_false(shows(world, " 1 #lab - one"));
    assert_shows(world, FOCUSED("weft"));
    keys(world, "Alt-w v");
    press(world, "F8");
    g_assert_cmpint(ui_shown_buffer(world->ui), !=, 0);
    world_free(world);
}

/* The mouse: the wheel where the pointer is, a click takes the focus. */
static void
test_mouse_in(void)
{
    struct world *world = two_beside(24, 80);
    struct mouse mouse = {.kind = MOUSE_WHEEL_UP};

    for (int i = 0; i < 60; i++) {
        g_autofree char *text = g_strdup_printf("line %d.", i);
        struct fake_said said = {.text = text, .time_us = (i + 1) * SECOND_US};
        fake_say(world->fake, 0, &said);
    }
    fake_settle(world->fake);
    press(world, "Alt-m");
    mouse.col = place_of(world, "line 55.", &mouse.row);
    ui_mouse(world->ui, &mouse);
    g_assert_false(shows(world, "line 59."));
    assert_shows(world, FOCUSED("2 #lab - two"));
    mouse = (struct mouse){.kind = MOUSE_PRESS, .button = 1};
    mouse.col = place_of(world, "line 55.", &mouse.row);
    ui_mouse(world->ui, &mouse);
    assert_shows(world, FOCUSED("1 #lab - one"));
    assert_marked(world, "line 55.");
    mouse.col = place_of(world, "2 #lab - two", &mouse.row);
    ui_mouse(world->ui, &mouse);
    assert_shows(world, FOCUSED("2 #lab - two"));
    g_assert_null(marked(world));
    world_free(world);
}

/* Split as often as there is room, in every size: nothing breaks, and one is always in focus. */
static void
test_storm(void)
{
    static const int odd[][2] = {{24, 80},  {1, 1},   {2, 200}, {200, 2},
                                 {60, 200}, {10, 40}, {40, 120}};
    static const char *const deeds[] = {"Alt-w v",  "Alt-w h",     "Alt-w Left", "Alt-w Down",
                                        "F8",       "F7",          "Alt-z",      "Alt-w c",
                                        "Alt-w Up", "Alt-w Right", "PgUp",       "Ctrl-n",
                                        "Tab",      "Alt-N",       "Alt-B",      "Ctrl-g Esc"};
    struct world *world = two_beside(60, 200);

    for (int i = 0; i < 400; i++) {
        const int *size = odd[g_test_rand_int_range(0, G_N_ELEMENTS(odd))];

        if (i % 3 == 0)
            cells_resize(world->cells, size[0], size[1]);
        keys(world, deeds[g_test_rand_int_range(0, G_N_ELEMENTS(deeds))]);
        if (i % 5 == 0)
            says(world, (unsigned)i % 2, NULL, "in the storm", 10 + i);
        g_free(look(world));
        g_assert_cmpint(ui_shown_buffer(world->ui), !=, 0);
    }
    cells_resize(world->cells, 24, 80);
    press(world, "Esc");
    keys(world, "Alt-w m");
    go(world, 1, "#lab");
    assert_shows(world, "in the storm");
    world_free(world);
}

static void
test_screens(void)
{
    static const struct {
        const char *name;
        int rows, cols;
    } sizes[] = {{"80x24", 24, 80}, {"120x40", 40, 120}, {"200x60", 60, 200}};

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        struct world *world = two_beside(sizes[i].rows, sizes[i].cols);
        g_autofree char *name = g_strdup_printf("windows-%s", sizes[i].name);

        says(world, 1, NULL,
             "A line that is long enough to be wrapped in a window that has half of the place, and "
             "has to stay in its own half.",
             3);
        keys(world, "Alt-w h");
        go(world, 0, "#lab");
        type(world, "half a thought");
        g_free(look(world)); /* counts follow what was read */
        world_compare(world, name);
        world_free(world);
    }
}

void
test_windows_add(void)
{
    g_test_add_func("/windows/beside", test_beside);
    g_test_add_func("/windows/below", test_below);
    g_test_add_func("/windows/scroll", test_scroll);
    g_test_add_func("/windows/read", test_read);
    g_test_add_func("/windows/looked-at", test_looked_at);
    g_test_add_func("/windows/small", test_small);
    g_test_add_func("/windows/command", test_command);
    g_test_add_func("/windows/ends", test_ends);
    g_test_add_func("/windows/mouse", test_mouse_in);
    g_test_add_func("/windows/storm", test_storm);
    g_test_add_func("/windows/screens", test_screens);
}
