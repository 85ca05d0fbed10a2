/* Copying from messages, over a real core and store: the person's own program takes the text. */
#include <string.h>

#include "tests/golden/world.h"

static void
said(struct world *world, const char *text, int minute)
{
    says(world, 0, NULL, text, minute);
}

/* #lab with three messages, the cursor on the last, and a program that writes into a file. */
static struct world *
begin(void)
{
    struct world *world = world_new(1);
    g_autofree char *line = g_strdup_printf("copy_cmd = tee '%s/copied'", world->fake->dir);

    set_look(world, line);
    go(world, 0, "#lab");
    said(world, "Who takes minutes?", 1);
    said(world, "one\033[2J\n\ttwo\u202e\r\nthree\n\n", 2);
    said(world, "And who brings the soup?", 3);
    g_free(look(world));
    press(world, "F2");
    return world;
}

static void
assert_copied(struct world *world, const char *words, const char *wanted)
{
    g_autofree char *path = g_build_filename(world->fake->dir, "copied", NULL);
    g_autofree char *text = NULL;

    wait_shows(world, words);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, wanted);
}

static void
test_one(void)
{
    struct world *world = begin();

    press(world, "y");
    assert_copied(world, "Copied 1 line.", "And who brings the soup?");
    press(world, "Y");
    assert_copied(world, "Copied 1 line.", "22:16 <Uma> And who brings the soup?");
    press(world, "k");
    press(world, "y");
    assert_copied(world, "Copied 3 lines.", "one[2J\n\ttwo\nthree");
    /* No line of it can pass for another message. */
    press(world, "Y");
    assert_copied(world, "Copied 3 lines.", "22:15 <Uma> one[2J\n  \ttwo\n  three");
    assert_marked(world, "one");
    world_free(world);
}

static void
test_several(void)
{
    struct world *world = begin();

    press(world, "V");
    assert_shows(world, "y copy from there to here  Y with times and names  Esc one alone");
    press(world, "k");
    press(world, "k");
    g_autofree char *screen = look(world);
    unsigned marks = 0;
    for (const char *at = screen; (at = strstr(at, MARK)); at++)
        marks++;
    g_assert_cmpuint(marks, ==, 7); /* two of one row, one of five */
    press(world, "y");
    assert_copied(world, "Copied 7 lines.",
                  "Who takes minutes?\none[2J\n\ttwo\nthree\n\n\nAnd who brings the soup?");
    /* That is over; the other way round, and let go of. */
    press(world, "y");
    assert_copied(world, "Copied 1 line.", "Who takes minutes?");
    press(world, "Space");
    press(world, "j");
    press(world, "Y");
    assert_copied(world, "Copied 4 lines.",
                  "22:14 <Uma> Who takes minutes?\n22:15 <Uma> one[2J\n  \ttwo\n  three");
    press(world, "Space");
    press(world, "j");
    press(world, "Esc");
    assert_shows(world, "r reply");
    press(world, "y");
    assert_copied(world, "Copied 1 line.", "And who brings the soup?");
    press(world, "Esc");
    g_assert_null(marked(world));
    world_free(world);
}

/* Who comes and goes in between is neither marked nor copied. */
static void
test_joins(void)
{
    struct world *world = begin();

    press(world, "Esc");
    fake_say(world->fake, 0, &(struct fake_said){.text = "", .kind = MESSAGE_JOIN});
    said(world, "Soup it is.", 5);
    assert_shows(world, "Uma joined");
    press(world, "F2");
    press(world, "V");
    press(world, "k");
    press(world, "k");
    g_autofree char *screen = look(world);
    g_auto(GStrv) rows = g_strsplit(screen, "\n", -1);
    for (int i = 0; rows[i]; i++)
        g_assert_false(strstr(rows[i], "Uma joined") && strstr(rows[i], MARK));
    press(world, "y");
    assert_copied(world, "Copied 2 lines.", "And who brings the soup?\nSoup it is.");
    world_free(world);
}

/* Over more pages than the window holds, and what nobody said is left out. */
static void
test_far(void)
{
    struct world *world = world_new(1);
    g_autoptr(GString) wanted = g_string_new("line 0.");
    g_autofree char *line = g_strdup_printf("copy_cmd = tee '%s/copied'", world->fake->dir);

    set_look(world, line);
    go(world, 0, "#lab");
    for (int i = 0; i < 900; i++) {
        g_autofree char *text = g_strdup_printf("line %d.", i);
        struct fake_said each = {.text = text, .time_us = (i + 1) * SECOND_US};
        fake_say(world->fake, 0, &each);
        if (i > 0)
            g_string_append_printf(wanted, "\n%s", text);
    }
    g_free(look(world));
    press(world, "F2");
    press(world, "V");
    press(world, "g");
    press(world, "j"); /* what weft said of its configuration stands above */
    assert_marked(world, "line 0.");
    press(world, "y");
    assert_copied(world, "Copied 900 lines.", wanted->str);
    world_free(world);
}

/* What cannot be copied, and why. */
static void
test_refusals(void)
{
    struct world *world = begin();

    press(world, "Esc");
    set_look(world, "copy_cmd = no-such-program-at-all");
    press(world, "F2");
    press(world, "y");
    assert_shows(world, "copy_cmd cannot be run");
    press(world, "Esc");
    set_look(world, "copy_cmd = sh -c 'exit 3'");
    press(world, "F2");
    press(world, "y");
    wait_shows(world, "copy_cmd failed (Child process exited with code 3)");
    press(world, "Esc");
    set_look(world, "sidebar = on");
    press(world, "F2");
    press(world, "y");
    assert_shows(world,
                 "Not copied. There is no terminal to copy to. copy_cmd = PROGRAM in [look]");
    said(world, "\u200b", 60);
    press(world, "G");
    press(world, "y");
    assert_shows(world, "There is nothing in it to copy.");
    world_free(world);
}

void
test_copy_add(void)
{
    g_test_add_func("/world/copy/one", test_one);
    g_test_add_func("/world/copy/several", test_several);
    g_test_add_func("/world/copy/joins", test_joins);
    g_test_add_func("/world/copy/far", test_far);
    g_test_add_func("/world/copy/refusals", test_refusals);
}
