/* The mouse over a real core and store: what a click or the wheel does where something stands. */
#include <string.h>

#include "tests/golden/world.h"

/* Where a text stands on the screen. */
static struct mouse
at(struct world *world, const char *text)
{
    g_autofree char *screen = look(world);
    g_auto(GStrv) rows = g_strsplit(screen, "\n", -1);

    for (int i = 0; rows[i]; i++) {
        const char *found = strstr(rows[i], text);
        if (found)
            return (struct mouse){.row = i, .col = (int)g_utf8_strlen(rows[i], found - rows[i])};
    }
    g_test_message("\"%s\" is not on this screen:\n%s", text, screen);
    g_assert_not_reached();
}

static void
send(struct world *world, struct mouse mouse, enum mouse_kind kind, int button)
{
    mouse.kind = kind;
    mouse.button = button;
    ui_mouse(world->ui, &mouse);
    fake_settle(world->fake);
}

static void
click(struct world *world, const char *text)
{
    const struct mouse place = at(world, text);

    send(world, place, MOUSE_PRESS, 1);
    send(world, place, MOUSE_RELEASE, 1);
}

static void
wheel(struct world *world, const char *text, bool up, int times)
{
    const struct mouse place = at(world, text);

    for (int i = 0; i < times; i++)
        send(world, place, up ? MOUSE_WHEEL_UP : MOUSE_WHEEL_DOWN, 0);
}

/* Sixty lines in #lab, which is shown; the mouse is weft's. */
static struct world *
in_lab(unsigned n_accounts)
{
    struct world *world = world_new(n_accounts);

    go(world, 0, "#lab");
    for (int i = 0; i < 60; i++) {
        g_autofree char *text = g_strdup_printf("line %d.", i);
        struct fake_said said = {.text = text, .time_us = (i + 1) * SECOND_US};
        fake_say(world->fake, 0, &said);
    }
    fake_settle(world->fake);
    press(world, "Alt-m");
    return world;
}

static void
test_toggle(void)
{
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    says(world, 0, NULL, "something", 1);
    /* A report that nobody asked for does nothing. */
    click(world, "something");
    g_assert_null(marked(world));
    press(world, "Alt-m");
    assert_shows(world,
                 "weft has the mouse; with Shift held the terminal selects. Alt-m gives it ");
    click(world, "something");
    assert_marked(world, "something");
    press(world, "Esc");
    press(world, "Ctrl-c");
    press(world, "M");
    assert_shows(world, "The terminal has its mouse again.");
    click(world, "something");
    g_assert_null(marked(world));
    /* The configuration says so, too, once; another line in it takes nothing back. */
    set_look(world, "mouse = on");
    click(world, "something");
    assert_marked(world, "something");
    press(world, "Esc");
    world_free(world);
}

static void
test_messages(void)
{
    struct world *world = in_lab(1);
    struct mouse place = at(world, "line 50.");

    send(world, place, MOUSE_PRESS, 2);
    send(world, place, MOUSE_PRESS, 3);
    send(world, place, MOUSE_RELEASE, 1);
    g_assert_null(marked(world));
    press(world, "Tab"); /* the line of hints is there from now on */
    press(world, "Ctrl-c");
    place = at(world, "line 50.");
    click(world, "line 50.");
    assert_marked(world, "line 50.");
    g_assert_cmpint(at(world, "line 50.").row, ==, place.row); /* nothing moved */
    assert_shows(world, "r reply  q quote");
    click(world, "line 53.");
    assert_marked(world, "line 53.");
    press(world, "r");
    assert_shows(world, "reply to Uma: line 53.");
    /* The wheel, with and without the cursor. */
    press(world, "Esc");
    press(world, "Esc");
    wheel(world, "line 55.", true, 2);
    assert_shows(world, "line 53.");
    g_assert_false(shows(world, "line 54."));
    assert_shows(world, "-MORE(6)-");
    click(world, "line 52.");
    assert_marked(world, "line 52.");
    wheel(world, "line 50.", true, 3);
    wheel(world, "line 40.", false, 9);
    assert_marked(world, "line 52.");
    assert_shows(world, "line 59.");
    press(world, "Esc");
    wheel(world, "line 50.", true, 40);
    assert_shows(world, "line 0.");
    world_free(world);
}

/* A folded row opens where it is clicked. */
static void
test_fold(void)
{
    struct world *world = in_lab(1);

    set_look(world, "joins = folded");
    for (int i = 0; i < 3; i++) {
        g_autofree char *id = g_strdup_printf("join-%d", i);
        struct fake_said said = {
            .text = "", .id = id, .kind = MESSAGE_JOIN, .time_us = (100 + i) * SECOND_US};
        fake_say(world->fake, 0, &said);
    }
    fake_settle(world->fake);
    click(world, "joined");
    g_assert_false(shows(world, " joined: "));
    g_assert_null(marked(world));
    world_free(world);
}

static void
test_list(void)
{
    struct world *world = in_lab(2);

    says(world, 1, NULL, "over there", 1);
    click(world, "-two"); /* a heading without a buffer of its own folds */
    g_assert_false(shows(world, "2 #lab"));
    click(world, "two  ");
    click(world, "2 #lab");
    assert_shows(world, "over there");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 1, "#lab")->id);
    /* The list has the keys: the click takes them back to the line. */
    press(world, "Shift-F2");
    assert_shows(world, "Enter show");
    click(world, "1 #lab");
    g_assert_false(shows(world, "Enter show"));
    /* With something open over the messages it is closed; below the last row there is nothing. */
    press(world, "Ctrl-g");
    click(world, "2 #lab");
    g_assert_false(shows(world, " go>"));
    assert_shows(world, "over there");
    send(world, (struct mouse){.row = 20, .col = 5}, MOUSE_PRESS, 1);
    /* Longer than the window: it is scrolled, and what is shown stays. */
    const int64_t shown = ui_shown_buffer(world->ui);
    cells_resize(world->cells, 7, 80);
    g_assert_false(shows(world, "-one"));
    wheel(world, "-two", true, 4);
    assert_shows(world, "-one");
    g_assert_false(shows(world, "2 #lab  "));
    wheel(world, "-one", false, 1);
    g_assert_false(shows(world, "-one"));
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, shown);
    world_free(world);
}

/* In a narrow window the list is a line. */
static void
test_hotlist(void)
{
    struct world *world = in_lab(2);

    cells_resize(world->cells, 24, 60);
    press(world, "Ctrl-a");
    click(world, "weft");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, core_own_buffer(world->fake->core)->id);
    click(world, "#lab");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 0, "#lab")->id);
    send(world, (struct mouse){.row = at(world, "[").row, .col = 59}, MOUSE_PRESS, 1);
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 0, "#lab")->id);
    world_free(world);
}

static void
test_members(void)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)member_free);
    struct world *world = in_lab(1);

    cells_resize(world->cells, 20, 120);
    for (int i = 0; i < 40; i++) {
        g_autofree char *name = g_strdup_printf("person%02d", i);
        g_ptr_array_add(all, member_new(name, name, ""));
    }
    emit(world, &(struct event){.type = EVENT_MEMBERS,
                                .conversation = "#lab",
                                .members = {(const struct member *const *)all->pdata, all->len}});
    assert_shows(world, "person00");
    wheel(world, "Members", false, 1);
    g_assert_false(shows(world, "person02"));
    assert_shows(world, "person03");
    assert_shows(world, "line 59.");
    wheel(world, "Members", true, 5);
    assert_shows(world, "person00");
    click(world, "person05");
    g_assert_null(marked(world));
    world_free(world);
}

static void
test_input(void)
{
    struct world *world = in_lab(1);

    type(world, "one twq three");
    click(world, "q three");
    press(world, "Delete");
    type(world, "o");
    assert_shows(world, "] one two three");
    press(world, "End");
    press(world, "Alt-Enter");
    type(world, "below");
    click(world, "two three");
    type(world, "X");
    assert_shows(world, "one Xtwo three");
    click(world, "below");
    press(world, "End");
    type(world, "Y");
    assert_shows(world, "belowY");
    /* Right of what was typed: the end of that row. */
    struct mouse place = at(world, "one Xtwo");
    place.col += 40;
    send(world, place, MOUSE_PRESS, 1);
    type(world, "Z");
    assert_shows(world, "threeZ");
    /* From a message back to the line. */
    click(world, "line 55.");
    assert_marked(world, "line 55.");
    click(world, "belowY");
    g_assert_null(marked(world));
    type(world, "W");
    assert_shows(world, "WbelowY");
    world_free(world);
}

static void
test_choices(void)
{
    struct world *world = in_lab(2);

    press(world, "Ctrl-g");
    type(world, "lab");
    click(world, "2 #lab               two");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 1, "#lab")->id);
    press(world, "Ctrl-g");
    type(world, "lab");
    wheel(world, "go>", false, 2);
    wheel(world, "go>", true, 1);
    press(world, "Enter");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 1, "#lab")->id);
    g_assert_false(shows(world, "go>"));
    /* Emoji by their names, in a list above the line. */
    press(world, "Ctrl-c");
    press(world, "e");
    type(world, "thumbs");
    click(world, "thumbsdown");
    assert_shows(world, "] 👎");
    press(world, "Ctrl-u");
    type(world, ":thumbs");
    press(world, "Tab");
    assert_shows(world, "] 👎");
    wheel(world, "thumbsdown", false, 1);
    assert_shows(world, "] 👍");
    click(world, "thumbsdown");
    assert_shows(world, "] 👎");
    g_assert_false(shows(world, "thumbsup"));
    press(world, "Ctrl-u");
    /* What was sent before. */
    type(world, "first");
    press(world, "Enter");
    type(world, "second");
    press(world, "Enter");
    press(world, "Ctrl-r");
    struct mouse place = at(world, "recall>");
    place.row -= 3; /* the older of the two, the newest stands lowest, above the border */
    send(world, place, MOUSE_PRESS, 1);
    assert_shows(world, "] first");
    g_assert_false(shows(world, "recall>"));
    press(world, "Ctrl-u");
    type(world, "/theme");
    press(world, "Enter");
    click(world, " mono");
    assert_shows(world, "The theme is mono");
    world_free(world);
}

static void
test_search(void)
{
    struct world *world = in_lab(1);

    says(world, 0, NULL, "the soup is on", 5);
    says(world, 0, NULL, "no soup today", 6);
    indexed(world);
    press(world, "Ctrl-f");
    type(world, "soup");
    wait_shows(world, "2 found");
    click(world, "the soup is on");
    g_assert_false(shows(world, "search>"));
    assert_shows(world, "the soup is on");
    press(world, "Ctrl-s");
    type(world, "line 57");
    wait_shows(world, "Ctrl-s: older");
    click(world, "line 57.");
    assert_marked(world, "line 57.");
    g_assert_false(shows(world, "find>"));
    world_free(world);
}

static void
test_inbox(void)
{
    struct world *world = in_lab(2);

    says(world, 1, NULL, "kai: one", 5);
    says(world, 1, NULL, "kai: two", 6);
    press(world, "F3");
    wheel(world, "kai: one", false, 1);
    press(world, "s");
    /* The second row of an entry is a part of it; what was being typed is left. */
    click(world, "kai: one");
    g_assert_false(shows(world, "INBOX ["));
    g_assert_false(shows(world, "snooze"));
    /* The line above the list. */
    click(world, "INBOX");
    assert_shows(world, "INBOX [all]");
    press(world, "Esc");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 1, "#lab")->id);
    world_free(world);
}

/* Over what takes no clicks nothing happens; a text is scrolled. */
static void
test_over(void)
{
    struct world *world = in_lab(1);

    press(world, "F1");
    assert_shows(world, "Ctrl-n, Alt-Down");
    wheel(world, "keys>", false, 4);
    g_assert_false(shows(world, "Ctrl-n, Alt-Down"));
    wheel(world, "keys>", true, 4);
    click(world, "Ctrl-n, Alt-Down");
    assert_shows(world, "keys>");
    press(world, "Esc");
    press(world, "Alt-l");
    assert_shows(world, "Copy with the mouse");
    click(world, "line 55.");
    assert_shows(world, "Copy with the mouse");
    press(world, "Esc");
    click(world, "line 55.");
    assert_marked(world, "line 55.");
    press(world, "Esc");
    /* A key that waits for another is given up. */
    press(world, "Ctrl-c");
    click(world, "line 55.");
    press(world, "b");
    g_assert_false(shows(world, "****"));
    world_free(world);
}

/* Nothing breaks, wherever it is clicked, in any size. */
static void
test_everywhere(void)
{
    static const int sizes[][2] = {{24, 80}, {1, 1}, {2, 5}, {5, 30}, {40, 130}};
    static const char *const opened[] = {NULL, "Ctrl-g", "F1", "Ctrl-f", "Ctrl-r", "Tab", "Ctrl-s"};
    struct world *world = in_lab(2);

    for (size_t i = 0; i < G_N_ELEMENTS(sizes) * G_N_ELEMENTS(opened); i++) {
        const int *size = sizes[i % G_N_ELEMENTS(sizes)];
        const char *key = opened[i / G_N_ELEMENTS(sizes)];

        cells_resize(world->cells, size[0], size[1]);
        for (int n = 0; n < 30; n++) {
            if (key)
                press(world, key);
            g_free(look(world));
            struct mouse mouse = {.row = g_test_rand_int_range(0, size[0] + 2),
                                  .col = g_test_rand_int_range(0, size[1] + 2)};
            send(world, mouse, (enum mouse_kind)g_test_rand_int_range(0, 4), 1);
            press(world, "Esc");
            press(world, "Esc");
        }
    }
    world_free(world);
}

void
test_mouse_add(void)
{
    g_test_add_func("/mouse/toggle", test_toggle);
    g_test_add_func("/mouse/messages", test_messages);
    g_test_add_func("/mouse/fold", test_fold);
    g_test_add_func("/mouse/list", test_list);
    g_test_add_func("/mouse/hotlist", test_hotlist);
    g_test_add_func("/mouse/members", test_members);
    g_test_add_func("/mouse/input", test_input);
    g_test_add_func("/mouse/choices", test_choices);
    g_test_add_func("/mouse/search", test_search);
    g_test_add_func("/mouse/inbox", test_inbox);
    g_test_add_func("/mouse/over", test_over);
    g_test_add_func("/mouse/everywhere", test_everywhere);
}
