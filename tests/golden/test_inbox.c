/* The inbox over a real core and store. */
#include <string.h>

#include "core/inbox.h"
#include "tests/golden/world.h"

/* Two calls and a spoiler in #lab, a conversation, a channel; one is elsewhere. */
static struct world *
begin(void)
{
    struct world *world = world_new(2);
    struct fake_said said = {
        .text = "kai: it was the cook", .spoiler = "the cook", .time_us = 3 * 60 * SECOND_US};

    fake_channel(world->fake, 0, "uma", BUFFER_DIRECT);
    fake_channel(world->fake, 0, "#ops", BUFFER_CHANNEL);
    fake_caught_up(world->fake, 0, NULL, true);
    go(world, 1, "#lab");
    says(world, 0, NULL, "Kai, one", 1);
    says(world, 0, NULL, "kai: two", 2);
    fake_say(world->fake, 0, &said);
    says(world, 0, "uma", "are you there?", 4);
    says(world, 0, "uma", "hello?", 5);
    says(world, 0, "#ops", "build passed", 6);
    return world;
}

/* The rows that are marked in the inbox have this text. */
static bool
chosen(struct world *world, const char *text)
{
    g_free(look(world));
    g_autofree char *one = cells_dump_row(world->cells, world->cells->cursor_row);
    g_autofree char *two = cells_dump_row(world->cells, world->cells->cursor_row + 1);

    return strstr(one, text) != NULL || strstr(two, text) != NULL;
}

static unsigned
waits(struct world *world, enum inbox_kind kind)
{
    fake_settle(world->fake);
    return core_inbox_counts(world->fake->core)->n[kind];
}

static void
test_list(void)
{
    struct world *world = begin();

    /* The line above the list of buffers tells of it, and goes with that list. */
    assert_shows(world, "INBOX        @4 1│");
    press(world, "Alt-B");
    g_assert_false(shows(world, "INBOX"));
    press(world, "Alt-B");
    press(world, "F3");
    assert_shows(world, "INBOX [all] mentions 3  DMs 1  unread 1");
    assert_shows(world, "Uma: build passed");
    assert_shows(world, "(2) hello?");
    /* What its sender has hidden stays so. */
    assert_shows(world, "Uma: kai: it was ▒▒▒▒▒▒▒▒");
    g_assert_true(chosen(world, "it was"));
    press(world, "G");
    g_assert_true(chosen(world, "build passed"));
    press(world, "k");
    press(world, "PgUp");
    g_assert_true(chosen(world, "it was"));
    /* One kind after the other, and back to all. */
    press(world, "Tab");
    assert_shows(world, "all [mentions 3] DMs 1  unread 1");
    g_assert_false(shows(world, "build passed"));
    press(world, "Shift-Tab");
    press(world, "Shift-Tab");
    assert_shows(world, "[unread 1]");
    press(world, "Tab");
    /* It goes on living; the mark stays on its line. */
    press(world, "j");
    g_assert_true(chosen(world, "kai: two"));
    says(world, 0, NULL, "kai, three", 7);
    assert_shows(world, "mentions 4");
    assert_shows(world, "kai, three");
    g_assert_true(chosen(world, "kai: two"));
    says(world, 0, "#ops", "build failed", 8);
    assert_shows(world, "u 2 ");
    assert_shows(world, "Uma: build failed");
    press(world, "x");
    assert_shows(world, "Only what was not sent can be given up.");
    press(world, "z");
    assert_shows(world, "Here letters act on the line that is marked.");
    press(world, "F1");
    assert_shows(world, "Here: In the inbox");
    press(world, "Esc");
    press(world, "q");
    g_assert_false(shows(world, "INBOX ["));
    world_free(world);
}

static void
test_empty(void)
{
    struct world *world = world_new(1);

    type(world, "/inbox");
    press(world, "Enter");
    assert_shows(world, "INBOX [all]");
    assert_shows(world, "Nothing waits for you.");
    assert_shows(world, "what you flag (F2, then f)");
    for (const char *const *key = (const char *const[]){"Enter", "r", "e", "s", "x", "j", NULL};
         *key; key++)
        press(world, *key);
    assert_shows(world, "Nothing waits for you.");
    press(world, "E");
    assert_shows(world, "There is nothing here that could be done at once.");
    press(world, "U");
    assert_shows(world, "Nothing was done here that could be taken back.");
    press(world, "F3");
    g_assert_false(shows(world, "INBOX ["));
    world_free(world);
}

static void
test_open(void)
{
    struct world *world = begin();
    const struct buffer *lab = fake_buffer(world->fake, 0, "#lab");

    press(world, "Alt-i");
    press(world, "j");
    press(world, "j");
    g_assert_true(chosen(world, "Kai, one"));
    press(world, "Enter");
    g_assert_false(shows(world, "INBOX ["));
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, lab->id);
    /* All of it was in sight, and is read: it waits no longer. */
    g_free(look(world));
    g_assert_cmpuint(waits(world, INBOX_MENTIONS), ==, 0);
    g_assert_false(shows(world, "the cook"));
    press(world, "F3");
    assert_shows(world, "[all] DMs 1  unread 1");
    /* Anew at the top. */
    press(world, "G");
    press(world, "Esc");
    press(world, "F3");
    g_assert_true(chosen(world, "hello?"));
    press(world, "Enter");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 0, "uma")->id);
    /* Keys that lead elsewhere lead out of it. */
    press(world, "F3");
    go(world, 1, "#lab");
    g_assert_false(shows(world, "INBOX ["));
    press(world, "F3");
    press(world, "Ctrl-g");
    assert_shows(world, "go>");
    world_free(world);
}

static void
test_reply(void)
{
    struct world *world = begin();

    press(world, "F3");
    press(world, "j");
    press(world, "r");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 0, "#lab")->id);
    assert_shows(world, "reply to Uma: kai: two");
    press(world, "Esc");
    /* In a conversation with one person nothing needs to be answered. */
    press(world, "F3");
    press(world, "r");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 0, "uma")->id);
    g_assert_false(shows(world, "reply to"));
    world_free(world);
}

static void
test_done(void)
{
    struct world *world = begin();

    press(world, "F3");
    press(world, "j");
    press(world, "e");
    assert_shows(world, "Done. U takes it back.");
    assert_shows(world, "mentions 2");
    g_assert_true(chosen(world, "Kai, one"));
    press(world, "U");
    assert_shows(world, "Taken back.");
    assert_shows(world, "mentions 3");
    press(world, "j");
    press(world, "e");
    assert_shows(world, "Done, and read.");
    g_assert_cmpuint(fake_buffer(world->fake, 0, "uma")->unread, ==, 0);
    press(world, "E");
    assert_shows(world, "4 dealt with. U takes it back.");
    assert_shows(world, "Nothing waits for you.");
    press(world, "U");
    assert_shows(world, "[all] mentions 3  unread 1");
    press(world, "U");
    assert_shows(world, "[all] mentions 3  DMs 1  unread 1");
    world_free(world);
}

/* What is flagged is there to stay, until it alone is looked at. */
static void
test_saved(void)
{
    struct world *world = begin();
    g_autoptr(GError) error = NULL;
    struct message *message = fake_newest(world->fake, 0);

    g_assert_true(core_flag(world->fake->core, message->id, true, &error));
    press(world, "F3");
    assert_shows(world, "unread 1  saved 1");
    press(world, "E");
    assert_shows(world, "INBOX [all] saved 1");
    press(world, "e");
    assert_shows(world, "The flag is gone.");
    press(world, "U");
    press(world, "Tab");
    assert_shows(world, "all [saved 1]");
    /* It is gone through one by one. */
    says(world, 0, NULL, "kai: four", 20);
    struct message *four = fake_newest(world->fake, 0);
    core_flag(world->fake->core, four->id, true, NULL);
    assert_shows(world, "[saved 2]");
    g_assert_true(chosen(world, "it was"));
    press(world, "Enter");
    press(world, "F3");
    assert_shows(world, "[saved 2]");
    g_assert_true(chosen(world, "it was"));
    core_flag(world->fake->core, four->id, false, NULL);
    message_unref(four);
    assert_shows(world, "[saved 1]");
    press(world, "E");
    assert_shows(world, "1 dealt with.");
    assert_shows(world, "Nothing is saved. F2 and then f on a message flags it.");
    message_unref(message);
    world_free(world);
}

static void
test_snooze(void)
{
    struct world *world = begin();

    press(world, "F3");
    press(world, "s");
    assert_shows(world, "snooze for>");
    type(world, "soon");
    press(world, "Enter");
    assert_shows(world, "For how long? A number and a letter");
    press(world, "Ctrl-u");
    type(world, "2h");
    press(world, "Enter");
    assert_shows(world, "It comes back at ");
    assert_shows(world, "mentions 2");
    g_assert_true(chosen(world, "kai: two"));
    /* The last span is the usual one. */
    press(world, "s");
    assert_shows(world, "Enter alone: 2h");
    press(world, "Esc");
    assert_shows(world, "mentions 2");
    press(world, "s");
    press(world, "Enter");
    assert_shows(world, "mentions 1");
    fake_advance(world->fake, 2 * 3600 * SECOND_US + SECOND_US);
    assert_shows(world, "mentions 3");
    press(world, "G");
    press(world, "s");
    assert_shows(world, "Only what calls you can come back later.");
    world_free(world);
}

static void
test_filter(void)
{
    struct world *world = begin();

    press(world, "F3");
    press(world, "f");
    type(world, "uma");
    assert_shows(world, "INBOX filter> uma");
    assert_shows(world, "5 found");
    type(world, " TWO");
    assert_shows(world, "1 found");
    g_assert_true(shows(world, "Enter open  Tab keep the filter  Esc list all"));
    type(world, "q");
    assert_shows(world, "Nothing here has these letters.");
    press(world, "Backspace");
    /* The letters act again, on what was found. */
    press(world, "Tab");
    press(world, "e");
    assert_shows(world, "0 found");
    press(world, "Esc");
    assert_shows(world, "[all] mentions 2");
    press(world, "/");
    ui_paste(world->ui, "ops", 3);
    assert_shows(world, "1 found");
    press(world, "Tab");
    press(world, "E");
    assert_shows(world, "1 dealt with.");
    press(world, "Esc");
    assert_shows(world, "[all] mentions 2  DMs 1");
    press(world, "f");
    type(world, "hello");
    press(world, "Enter");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 0, "uma")->id);
    world_free(world);
}

static void
test_failed(void)
{
    struct world *world = begin();

    fake_type(world->fake, 1, "lost");
    fake_settle(world->fake);
    fake_failed(world->fake, 1, fake_sent(world->fake, 1, 0)->op, WEFT_ERROR_FORBIDDEN);
    press(world, "F3");
    assert_shows(world, "failed 1");
    press(world, "f");
    type(world, "lost");
    press(world, "Tab");
    assert_shows(world, "NOT SENT: lost (");
    assert_shows(world, "r send again  x give up");
    press(world, "e");
    assert_shows(world, "r sends it again, x gives it up.");
    press(world, "r");
    assert_shows(world, "It is sent again.");
    fake_settle(world->fake);
    g_assert_cmpstr(fake_sent(world->fake, 1, 1)->text, ==, "lost");
    assert_shows(world, "0 found");
    fake_failed(world->fake, 1, fake_sent(world->fake, 1, 1)->op, WEFT_ERROR_FORBIDDEN);
    assert_shows(world, "1 found");
    press(world, "x");
    assert_shows(world, "Give up what was not sent? x again: yes.");
    press(world, "U");
    press(world, "x");
    assert_shows(world, "x again: yes.");
    press(world, "x");
    assert_shows(world, "It was given up.");
    g_assert_cmpuint(waits(world, INBOX_FAILED), ==, 0);
    world_free(world);
}

/* All is read from here too, and that is taken back. */
static void
test_all_read(void)
{
    struct world *world = begin();

    press(world, "F3");
    assert_shows(world, "[all] mentions 3  DMs 1  unread 1");
    press(world, "Alt-U");
    g_assert_cmpuint(waits(world, INBOX_UNREADS), ==, 0);
    g_assert_cmpuint(waits(world, INBOX_MENTIONS), ==, 0);
    assert_shows(world, "as read");
    press(world, "Alt-h");
    press(world, "r");
    g_assert_cmpuint(waits(world, INBOX_UNREADS), ==, 1);
    world_free(world);
}

void
test_inbox_add(void)
{
    g_test_add_func("/inbox/all-read", test_all_read);
    g_test_add_func("/inbox/list", test_list);
    g_test_add_func("/inbox/empty", test_empty);
    g_test_add_func("/inbox/open", test_open);
    g_test_add_func("/inbox/reply", test_reply);
    g_test_add_func("/inbox/done", test_done);
    g_test_add_func("/inbox/saved", test_saved);
    g_test_add_func("/inbox/snooze", test_snooze);
    g_test_add_func("/inbox/filter", test_filter);
    g_test_add_func("/inbox/failed", test_failed);
}
