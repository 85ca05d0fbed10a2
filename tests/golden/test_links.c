/* Opening and copying links, over a real core and store: a program of the test's own is handed
 * them. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/golden/world.h"
#include "tests/support/loop.h"

static char *
file_of(struct world *world, const char *name)
{
    return g_build_filename(world->fake->dir, name, NULL);
}

/* #lab, and programs that write what they are handed into files. */
static struct world *
begin(void)
{
    struct world *world = world_new(1);
    const char *dir = world->fake->dir;
    g_autofree char *program = file_of(world, "open");
    g_autofree char *script = g_strdup_printf("#!/bin/sh\ncd '%s'\nfor word; do echo \"$word\"; "
                                              "done >part\nmv part opened\n",
                                              dir);
    g_autofree char *look_lines =
        g_strdup_printf("open_cmd = '%s' first\ncopy_cmd = tee '%s/copied'", program, dir);

    g_assert_true(g_file_set_contents(program, script, -1, NULL));
    g_assert_cmpint(g_chmod(program, 0700), ==, 0);
    set_look(world, look_lines);
    go(world, 0, "#lab");
    return world;
}

/* Uma says it, and the cursor is on it. */
static void
choose(struct world *world, const char *text, const char *link, const char *target)
{
    press(world, "Esc");
    fake_say(world->fake, 0, &(struct fake_said){.text = text, .link = link, .target = target});
    fake_settle(world->fake);
    g_free(look(world));
    press(world, "F2");
}

static bool
is_there(void *path)
{
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void
assert_opened(struct world *world, const char *wanted)
{
    g_autofree char *path = file_of(world, "opened");
    g_autofree char *text = NULL;
    g_autofree char *all = g_strdup_printf("first\n%s\n", wanted);

    g_assert_true(loop_until(is_there, path, 20000));
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, all);
    g_assert_cmpint(g_unlink(path), ==, 0);
}

/* Nothing was started: what is would be at work. */
static void
assert_not_opened(struct world *world, const char *words)
{
    g_autofree char *path = file_of(world, "opened");

    assert_shows(world, words);
    g_assert_false(shows(world, "Opening"));
    g_assert_false(is_there(path));
}

static void
assert_copied(struct world *world, const char *wanted)
{
    g_autofree char *path = file_of(world, "copied");
    g_autofree char *text = NULL;

    wait_shows(world, "Copied the link.");
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, wanted);
}

static void
test_open(void)
{
    struct world *world = begin();

    choose(world, "no link", NULL, NULL);
    g_assert_false(shows(world, "o open"));
    press(world, "o");
    assert_not_opened(world, "There is no link in this message.");
    press(world, "l");
    assert_shows(world, "The network has no address for this message (yet).");
    choose(world, "see https://pads.example/agenda, please", NULL, NULL);
    assert_shows(world, "y copy  o open");
    press(world, "o");
    assert_shows(world, "Opening https://pads.example/agenda");
    assert_opened(world, "https://pads.example/agenda");
    press(world, "l");
    assert_copied(world, "https://pads.example/agenda");
    /* Of several one is chosen. */
    choose(world, "www.one.example or https://two.example/caf\u00e9", NULL, NULL);
    press(world, "o");
    assert_shows(world, "Links of this message.  o open  y copy  / filter  Esc back");
    assert_shows(world, "https://www.one.example");
    press(world, "j");
    assert_shows(world, "https://two.example/caf%C3%A9");
    press(world, "Enter");
    assert_opened(world, "https://two.example/caf%C3%A9");
    press(world, "l");
    press(world, "y");
    assert_copied(world, "https://www.one.example");
    assert_marked(world, "www.one.example");
    world_free(world);
}

/* The program may be missing, fail, or stay as long as it likes. */
static void
test_program(void)
{
    struct world *world = begin();
    /* It ends with the test. */
    g_autofree char *stays =
        g_strdup_printf("open_cmd = tail --pid=%d -f /dev/null", (int)getpid());

    set_look(world, "open_cmd = no-such-program-at-all");
    choose(world, "https://a.example", NULL, NULL);
    press(world, "o");
    assert_shows(world, "open_cmd cannot be run");
    press(world, "Esc");
    set_look(world, "open_cmd = sh -c 'exit 3'");
    choose(world, "https://b.example", NULL, NULL);
    press(world, "o");
    wait_shows(world, "open_cmd failed (Child process exited with code 3)");
    press(world, "Esc");
    set_look(world, stays);
    choose(world, "https://a.example", NULL, NULL);
    for (int i = 0; i < 4; i++)
        press(world, "o");
    assert_shows(world, "Opening https://a.example");
    press(world, "o");
    assert_shows(world, "open_cmd runs 4 times already.");
    fake_advance(world->fake, 10 * SECOND_US);
    press(world, "o");
    assert_shows(world, "Opening https://a.example");
    world_free(world);
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

/* Ctrl-o: those in sight and above, newest first, each once. */
static void
test_list(void)
{
    struct world *world = begin();

    press(world, "Ctrl-o");
    assert_shows(world, "No link is in sight, nor above.");
    for (int i = 0; i < 60; i++) {
        g_autofree char *text = g_strdup_printf("https://a.example/%d https://same.example", i);
        says(world, 0, NULL, text, i);
    }
    g_free(look(world));
    press(world, "Ctrl-o");
    assert_shows(world, "Links, newest first.");
    assert_shows(world, "whole link    https://a.example/59");
    press(world, "G");
    assert_shows(world, "whole link    https://a.example/0");
    press(world, "g");
    press(world, "j");
    assert_shows(world, "whole link    https://same.example");
    press(world, "j");
    assert_shows(world, "whole link    https://a.example/58");
    press(world, "z");
    assert_shows(world, "This does nothing to a link.");
    press(world, "/");
    type(world, "E/4");
    assert_shows(world, "links> E/4");
    press(world, "Down");
    assert_shows(world, "whole link    https://a.example/48");
    press(world, "Enter");
    assert_opened(world, "https://a.example/48");
    press(world, "Ctrl-o");
    press(world, "/");
    type(world, "nothing like it");
    assert_shows(world, "No link has this in it.");
    press(world, "Enter");
    press(world, "Esc");
    assert_shows(world, "whole link    https://a.example/59");
    press(world, "Esc");
    g_assert_false(shows(world, "Links, newest first."));
    /* From what is in sight. */
    press(world, "Ctrl-Home");
    g_free(look(world));
    press(world, "Ctrl-o");
    g_assert_false(shows(world, "https://a.example/59"));
    press(world, "Ctrl-o");
    g_assert_false(shows(world, "Links, newest first."));
    world_free(world);
}

/* What is shown short is shown in whole. */
static void
test_expand(void)
{
    struct world *world = begin();
    g_autoptr(GString) tall = g_string_new("first");

    for (int i = 0; i < 14; i++)
        g_string_append_printf(tall, "\nrow %d.", i);
    choose(world, tall->str, NULL, NULL);
    assert_shows(world, "more lines");
    g_assert_false(shows(world, "row 13."));
    press(world, "Enter");
    assert_shows(world, "row 13.");
    assert_marked(world, "first");
    press(world, "Enter");
    g_assert_false(shows(world, "row 13."));
    choose(world, "short", NULL, NULL);
    press(world, "Enter");
    assert_shows(world, "All of it is shown.");
    assert_marked(world, "short");
    world_free(world);
}

/* The text of a link is not where it leads; what stands before an @ is no host; letters can be
 * taken for others. All of that is shown before anything is opened. */
static void
test_threat_25(void)
{
    struct world *world = begin();

    choose(world, "go to the bank now", "the bank", "https://evil.example/x");
    press(world, "o");
    assert_not_opened(world, "The text is not the link: look where it leads.");
    assert_shows(world, "leads to      evil.example");
    assert_shows(world, "its text      the bank");
    assert_shows(world, "whole link    https://evil.example/x");
    press(world, "Esc");
    assert_not_opened(world, "the bank");
    /* A text that is a link leads where it says. */
    choose(world, "https://bank.example", "https://bank.example", "https://evil.example/x");
    press(world, "o");
    assert_opened(world, "https://bank.example");
    choose(world, "bank.example", "bank.example", "https://evil.example/x");
    press(world, "o");
    assert_not_opened(world, "leads to      evil.example");
    press(world, "Esc");
    choose(world, "https://bank.example@evil.example/", NULL, NULL);
    press(world, "o");
    assert_not_opened(world, "What stands before the @ is a name, not where it leads.");
    assert_shows(world, "leads to      evil.example");
    press(world, "Esc");
    choose(world, "https://\u0430pple.example/", NULL, NULL);
    press(world, "o");
    assert_not_opened(world, "The host's name has letters that can be taken for others.");
    assert_shows(world, "leads to      xn--pple-43d.example");
    press(world, "o");
    assert_opened(world, "https://xn--pple-43d.example/");
    /* A spoiler hides it, or what is not shown of a long message does. */
    press(world, "Esc");
    fake_say(
        world->fake, 0,
        &(struct fake_said){.text = "the end: https://a.example", .spoiler = "https://a.example"});
    fake_settle(world->fake);
    g_free(look(world));
    press(world, "F2");
    press(world, "o");
    assert_not_opened(world, "It is hidden in the message.");
    press(world, "Esc");
    choose(world, "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\nhttps://below.example/", NULL, NULL);
    press(world, "o");
    assert_not_opened(world, "leads to      below.example");
    press(world, "Esc");
    press(world, "Enter");
    press(world, "j");
    assert_shows(world, "https://below.example/");
    press(world, "o");
    assert_opened(world, "https://below.example/");
    world_free(world);
}

/* One argument, as it stands: no shell has it in hand, and it is no option. */
static void
test_threat_38(void)
{
    struct world *world = begin();
    g_autofree char *made = file_of(world, "made");
    g_autofree char *text = g_strdup_printf("https://a.example/;$(touch${IFS}%s);'-e", made);
    g_autofree char *wanted =
        g_strdup_printf("https://a.example/;$(touch$%%7BIFS%%7D%s);'-e", made);
    static const char *const none[] = {"-e", "--help", "; touch made", "$(touch made)"};

    choose(world, text, NULL, NULL);
    press(world, "o");
    assert_opened(world, wanted);
    g_assert_false(is_there(made));
    for (size_t i = 0; i < G_N_ELEMENTS(none); i++) {
        choose(world, none[i], NULL, NULL);
        press(world, "o");
        assert_not_opened(world, "There is no link in this message.");
        choose(world, "click me", "click me", none[i]);
        press(world, "o");
        assert_not_opened(world, "There is no link in this message.");
    }
    world_free(world);
}

/* Neither a file nor what a desktop would run, whoever marks it as a link. */
static void
test_threat_39(void)
{
    static const char *const files[] = {
        "file:///etc/x.desktop",     "file:///x.html",      "/etc/x.sh",       "x.desktop",
        "smb://a.example/x.desktop", "javascript:alert(1)", "data:text/html,x"};
    static const char *const others[] = {"ftp://a.example/x.sh", "magnet:?xt=1",
                                         "gopher://a.example/x"};
    struct world *world = begin();

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        choose(world, files[i], NULL, NULL);
        press(world, "o");
        assert_not_opened(world, "There is no link in this message.");
        choose(world, "click me", "click me", files[i]);
        press(world, "o");
        assert_not_opened(world, "There is no link in this message.");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        choose(world, others[i], NULL, NULL);
        press(world, "o");
        assert_not_opened(world,
                          "weft opens links of the web, of IRC and to mail addresses alone.");
    }
    world_free(world);
}

void
test_links_add(void)
{
    g_test_add_func("/world/links/open", test_open);
    g_test_add_func("/world/links/program", test_program);
    g_test_add_func("/world/links/list", test_list);
    g_test_add_func("/world/links/expand", test_expand);
    g_test_add_func("/threat/25-link-and-text", test_threat_25);
    g_test_add_func("/threat/38-opened-links", test_threat_38);
    g_test_add_func("/threat/39-never-opened", test_threat_39);
}
