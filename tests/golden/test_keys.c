/* Help, "what does this key do", presets and themes over a real core. */
#include <string.h>

#include "tests/golden/world.h"

static void
run(struct world *world, const char *command)
{
    type(world, command);
    press(world, "Enter");
}

/* --- help
 * -----------------------------------------------------------------------------------------------
 */

static void
test_help(void)
{
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    type(world, "half a thought");
    press(world, "F1");
    assert_shows(world, "keys>");
    assert_shows(world, "Going from buffer to buffer");
    press(world, "PgDn");
    g_assert_false(shows(world, "Going from buffer to buffer"));
    press(world, "Ctrl-End");
    assert_shows(world, "/keys weechat");
    press(world, "Ctrl-Home");
    assert_shows(world, "Going from buffer to buffer");
    /* Each word has to be there, in the keys, the name or the text. */
    type(world, "Oldest line");
    assert_shows(world, "Scroll to the oldest stored line.");
    assert_shows(world, "Reading");
    g_assert_false(shows(world, "Going from buffer to buffer"));
    type(world, "x");
    assert_shows(world, "No key and no action has these words.");
    press(world, "Esc");
    assert_shows(world, "Going from buffer to buffer");
    ui_paste(world->ui, "ctrl-c enter\nmore", 17);
    assert_shows(world, "Begin a new line.");
    press(world, "Esc");
    press(world, "Esc");
    g_assert_false(shows(world, "keys>"));
    assert_shows(world, "half a thought");
    world_free(world);
}

/* The keys of where one is stand first, and closing goes back there. */
static void
test_help_here(void)
{
    struct world *world = world_new(1);
    g_autofree char *screen = NULL;

    go(world, 0, "#lab");
    says(world, 0, NULL, "one", 1);
    g_free(look(world));
    press(world, "F2");
    press(world, "F1");
    screen = look(world);
    const char *here = strstr(screen, "Here: On a message");
    g_assert_nonnull(here);
    g_assert_cmpint(here - screen, <, 200);
    assert_shows(world, "Go to the message above.");
    press(world, "F1");
    press(world, "Esc");
    press(world, "Ctrl-f");
    type(world, "soup");
    press(world, "F1");
    assert_shows(world, "Here: searching everything");
    assert_shows(world, "Newest first, or best first.");
    press(world, "Alt-?");
    assert_shows(world, "search> soup");
    press(world, "Esc");
    press(world, "Ctrl-g");
    press(world, "F1");
    assert_shows(world, "Here: going to a buffer");
    world_free(world);
}

/* At every size, and with nothing that breaks. */
static void
test_help_sizes(void)
{
    struct world *world = world_new(1);

    press(world, "F1");
    for (int rows = 1; rows < 70; rows += 6) {
        for (int cols = 1; cols < 210; cols += 13) {
            cells_resize(world->cells, rows, cols);
            ui_draw(world->ui, world->cells);
            press(world, "PgDn");
        }
    }
    world_free(world);
}

/* --- what does this key do?
 * ----------------------------------------------------------------------------- */

static void
asks(struct world *world, const char *key, const char *answer)
{
    press(world, "Alt-k");
    assert_shows(world, "Press a key");
    press(world, key);
    assert_shows(world, answer);
}

static void
test_what_key(void)
{
    struct world *world = world_new(2);
    int64_t lab;

    go(world, 0, "#lab");
    lab = ui_shown_buffer(world->ui);
    asks(world, "Alt-1", "Alt-1: buffer-1. Go to buffer 1.");
    asks(world, "x", "x is typed as it is.");
    asks(world, "Ctrl-v", "Ctrl-v calls nothing.");
    asks(world, "Esc", "Esc: cancel.");
    asks(world, "Alt-k", "Alt-k: what-key.");
    asks(world, "F1", "F1: help.");
    asks(world, "Alt-j", "Alt-j: buffer-jump.");
    press(world, "1"); /* typed: the question is answered */
    assert_shows(world, "Kai] 1");
    press(world, "Backspace");
    press(world, "Ctrl-c");
    press(world, "k");
    press(world, "Ctrl-c");
    assert_shows(world, "Ctrl-c");
    press(world, "Enter");
    assert_shows(world, "Ctrl-c Enter: newline. Begin a new line.");
    press(world, "Alt-k");
    press(world, "Ctrl-c");
    press(world, "+");
    assert_shows(world, "Ctrl-c + calls nothing.");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, lab);
    g_assert_false(shows(world, "keys>"));
    /* In another context its own keys are meant. */
    says(world, 0, NULL, "one", 1);
    g_free(look(world));
    press(world, "F2");
    asks(world, "k", "k: message-up.");
    press(world, "Esc");
    press(world, "Alt-x");
    g_assert_false(shows(world, "Alt-x"));
    world_free(world);
}

static void
test_help_command(void)
{
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    run(world, "/help alt-a");
    assert_shows(world, "Alt-a");
    assert_shows(world, "next-activity. Go where something happened");
    run(world, "/help ctrl-c  ENTER");
    assert_shows(world, "newline. Begin a new line.");
    run(world, "/help k");
    assert_shows(world, "On a message: message-up.");
    run(world, "/help scroll-top");
    assert_shows(world, "Keys: Alt-Home, Ctrl-Home");
    run(world, "/help Ctrl-v");
    assert_shows(world, "Ctrl-v does nothing of its own.");
    run(world, "/help nosuchthing");
    assert_shows(world, "There is no command /nosuchthing");
    world_free(world);
}

static void
test_completed(void)
{
    struct world *world = world_new(1);

    type(world, "/set keys.next-act");
    press(world, "Tab");
    assert_shows(world, "/set keys.next-activity");
    press(world, "Ctrl-u");
    type(world, "/set look.theme colourblind-");
    press(world, "Tab");
    assert_shows(world, "/set look.theme colourblind-light");
    /* What is wrong with it is said where one is. */
    press(world, "Ctrl-u");
    go(world, 0, "#lab");
    type(world, "/set look.theme nosuch");
    press(world, "Enter");
    assert_shows(world, "There is no theme \"nosuch\"; the built-in one is used.");
    world_free(world);
}

/* --- presets
 * -------------------------------------------------------------------------------------------- */

static void
test_preset(void)
{
    struct world *world = world_new(2);

    cells_resize(world->cells, 44, 80); /* all that differs */
    go(world, 0, "#lab");
    run(world, "/keys");
    assert_shows(world, "keys>");
    press(world, "Esc");
    run(world, "/keys irs");
    assert_shows(world, "the nearest is \"irssi\"");
    press(world, "Ctrl-u");
    type(world, "/keys irs");
    press(world, "Tab");
    assert_shows(world, "/keys irssi");
    press(world, "Enter");
    assert_shows(world,
                 "These are the keys of irssi now. F1 shows all; /go weft: what is different.");
    g_assert_false(shows(world, "inbox: F3"));
    run(world, "/go weft");
    assert_shows(world, "inbox: F3, Alt-i → F3");
    assert_shows(world, "delete-line: Alt-r, Ctrl-c d → Ctrl-c d,");
    type(world, "gone");
    press(world, "Left");
    press(world, "Ctrl-u");
    g_assert_false(shows(world, "] gone"));
    run(world, "/keys irssi");
    assert_shows(world, "The keys are those of the preset irssi, as");
    run(world, "/keys weft");
    assert_shows(world, "buffer-11: Alt-q → (no key)");
    world_free(world);
}

/* --- themes
 * --------------------------------------------------------------------------------------------- */

static uint32_t
title_background(struct world *world)
{
    g_free(look(world));
    return cells_at(world->cells, 0, 0)->style.bg;
}

static void
test_theme(void)
{
    struct world *world = world_new(1);
    uint32_t dark, light;

    go(world, 0, "#lab");
    dark = title_background(world);
    type(world, "/theme li");
    press(world, "Tab");
    assert_shows(world, "/theme light");
    press(world, "Enter");
    assert_shows(world, "The theme is light, now and from now on.");
    light = title_background(world);
    g_assert_cmphex(light, !=, dark);
    run(world, "/theme nosuch");
    assert_shows(world, "There is no theme \"nosuch\".");
    g_assert_cmphex(title_background(world), ==, light);
    press(world, "Ctrl-u");
    /* Going through them shows them; Esc takes that back, Enter keeps it. */
    run(world, "/theme");
    assert_shows(world, "Themes.");
    assert_shows(world, "colourblind-light");
    press(world, "Up");
    g_assert_cmphex(title_background(world), ==, dark);
    press(world, "Esc");
    g_assert_cmphex(title_background(world), ==, light);
    run(world, "/theme");
    press(world, "Down");
    press(world, "Enter");
    assert_shows(world, "The theme is mono, now and from now on.");
    g_assert_cmphex(title_background(world), ==, COLOR_DEFAULT);
    run(world, "/set look.theme");
    assert_shows(world, "look.theme = mono");
    world_free(world);
}

void
test_keys_add(void)
{
    g_test_add_func("/world/help", test_help);
    g_test_add_func("/world/help-here", test_help_here);
    g_test_add_func("/world/help-sizes", test_help_sizes);
    g_test_add_func("/world/what-key", test_what_key);
    g_test_add_func("/world/help-command", test_help_command);
    g_test_add_func("/world/completed", test_completed);
    g_test_add_func("/world/preset", test_preset);
    g_test_add_func("/world/theme", test_theme);
}
