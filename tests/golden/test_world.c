/* A working day at the screen. */
#include <string.h>

#include "tests/golden/world.h"

static void
test_talk(void)
{
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    assert_shows(world, "#lab - one (fake)");
    says(world, 0, NULL, "hello from uma", 1);
    assert_shows(world, "Uma  hello from uma");
    type(world, "hi there");
    assert_shows(world, "[Kai] hi there");
    press(world, "Enter");
    g_assert_cmpstr(fake_sent(world->fake, 0, 0)->text, ==, "hi there");
    assert_shows(world, "hi there  sending");
    fake_done(world->fake, 0, fake_sent(world->fake, 0, 0)->op, "m1", 120 * SECOND_US);
    g_assert_false(shows(world, "sending"));
    assert_shows(world, "Kai  hi there");
    /* What was sent can be recalled. */
    press(world, "Up");
    assert_shows(world, "[Kai] hi there");
    world_free(world);
}

static void
test_refused(void)
{
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    type(world, "/nosuchcommand");
    press(world, "Enter");
    assert_shows(world, "[Kai] /nosuchcommand");
    assert_shows(world, "nosuchcommand");
    type(world, "x");
    world_free(world);
}

/* While nothing may call, the status line says so. */
static void
test_quiet(void)
{
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    g_assert_false(shows(world, "(quiet)"));
    type(world, "/snooze 10m");
    press(world, "Enter");
    assert_shows(world, "(quiet)");
    fake_advance(world->fake, 600 * SECOND_US);
    g_assert_false(shows(world, "(quiet)"));
    world_free(world);
}

/* Read is what was in sight with somebody before the screen, and not before. */
static void
test_reading(void)
{
    struct world *world = world_new(2);
    const struct buffer *lab = fake_buffer(world->fake, 0, "#lab");
    const struct buffer *other = fake_buffer(world->fake, 1, "#lab");

    go(world, 0, "#lab");
    says(world, 0, NULL, "one", 1);
    assert_shows(world, "Uma  one");
    g_assert_cmpuint(lab->unread, ==, 0);
    says(world, 1, NULL, "elsewhere", 2);
    g_assert_cmpuint(other->unread, ==, 1);
    assert_shows(world, "H: ");
    /* Nobody pressed a key for an hour. */
    fake_advance(world->fake, 3600 * SECOND_US);
    says(world, 0, NULL, "two", 3);
    assert_shows(world, "─ new ─");
    g_assert_cmpuint(lab->unread, ==, 1);
    ui_focus(world->ui, true);
    assert_shows(world, "Uma  two");
    g_assert_cmpuint(lab->unread, ==, 0);
    /* The line stays where it was. */
    says(world, 0, NULL, "three", 4);
    assert_shows(world, "─ new ─");
    world_free(world);
}

static void
test_activity(void)
{
    struct world *world = world_new(3);

    go(world, 0, "#lab");
    says(world, 1, NULL, "plain", 1);
    says(world, 2, NULL, "Kai: you", 2);
    press(world, "Alt-a");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 2, "#lab")->id);
    assert_shows(world, "Kai: you");
    press(world, "Alt-a");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 1, "#lab")->id);
    assert_shows(world, "plain");
    press(world, "Alt-a");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 0, "#lab")->id);
    press(world, "Alt-/");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 1, "#lab")->id);
    world_free(world);
}

static void
test_drafts(void)
{
    struct world *world = world_new(2);
    int64_t lab = fake_buffer(world->fake, 0, "#lab")->id;

    go(world, 0, "#lab");
    type(world, "not yet");
    fake_advance(world->fake, 1100 * 1000);
    g_autofree char *saved = core_draft(world->fake->core, lab);
    g_assert_cmpstr(saved, ==, "not yet");
    type(world, " done");
    go(world, 1, "#lab");
    g_assert_false(shows(world, "not yet"));
    go(world, 0, "#lab");
    assert_shows(world, "] not yet done");
    press(world, "Enter");
    g_autofree char *after = core_draft(world->fake->core, lab);
    g_assert_null(after);
    world_free(world);
}

static void
test_switcher(void)
{
    struct world *world = world_new(2);

    fake_channel(world->fake, 1, "#garden", BUFFER_CHANNEL);
    fake_settle(world->fake);
    press(world, "Ctrl-g");
    type(world, "grdn");
    assert_shows(world, "go> grdn");
    press(world, "Enter");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 1, "#garden")->id);
    press(world, "Ctrl-k");
    assert_shows(world, "go>");
    press(world, "Esc");
    g_assert_false(shows(world, "go>"));
    type(world, "abc");
    press(world, "Home");
    press(world, "Ctrl-k");
    g_assert_false(shows(world, "go>"));
    g_assert_false(shows(world, "abc"));
    press(world, "F1");
    assert_shows(world, "Go to the next buffer.");
    press(world, "Esc");
    world_free(world);
}

/* Whoever is in a conversation can be written to, as long as one does not do so already. */
static void
test_switcher_people(void)
{
    struct world *world = world_new(2);
    g_autoptr(GPtrArray) members = g_ptr_array_new_with_free_func((GDestroyNotify)member_free);
    static const char *const names[] = {"kai", "garda", "sol"};

    fake_caps(world->fake, 0, FAKE_CAPS | CAP_OPEN_DM, NULL);
    fake_channel(world->fake, 1, "#garden", BUFFER_CHANNEL);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_ptr_array_add(members, member_new(names[i], names[i], ""));
    emit(world,
         &(struct event){.type = EVENT_MEMBERS,
                         .conversation = "#lab",
                         .members = {(const struct member *const *)members->pdata, members->len}});
    press(world, "Ctrl-g");
    g_assert_false(shows(world, "person")); /* everybody is no answer to nothing */
    type(world, "gard");
    world_compare(world, "go-people");
    type(world, "a");
    g_string_truncate(fake_session(world->fake, 0)->asked, 0);
    press(world, "Enter");
    g_assert_cmpstr(fake_session(world->fake, 0)->asked->str, ==, "open garda|");
    g_assert_false(shows(world, "go>"));
    const op_id op = fake_session(world->fake, 0)->asked_op;
    fake_channel(world->fake, 0, "garda", BUFFER_DIRECT);
    host_done(fake_session(world->fake, 0)->host, op, NULL, 0);
    fake_settle(world->fake);
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 0, "garda")->id);
    press(world, "Ctrl-g");
    type(world, "garda");
    g_assert_false(shows(world, "person"));
    press(world, "Ctrl-u");
    type(world, "kai"); /* nobody writes to himself */
    assert_shows(world, "/query NAME");
    world_free(world);
}

static void
test_history(void)
{
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    for (int i = 0; i < 700; i++) {
        g_autofree char *text = g_strdup_printf("line %d.", i);
        struct fake_said said = {.text = text, .time_us = (i + 1) * SECOND_US};
        fake_say(world->fake, 0, &said);
    }
    fake_settle(world->fake);
    assert_shows(world, "line 699.");
    for (int i = 0;
         i < 80 && world->fake->sessions->len > 0 && !fake_session(world->fake, 0)->history_op;
         i++) {
        press(world, "PgUp");
        g_free(look(world));
    }
    assert_shows(world, "line 0.");
    assert_shows(world, "fetching older messages");
    assert_shows(world, "-MORE(");
    press(world, "Alt-End");
    assert_shows(world, "line 699.");
    world_free(world);
}

static void
test_search(void)
{
    struct world *world = world_new(2);

    go(world, 0, "#lab");
    says(world, 0, NULL, "soup on thursday", 1);
    for (int i = 0; i < 250; i++) {
        g_autofree char *text = g_strdup_printf("filler %d", i);
        struct fake_said said = {.text = text, .time_us = (i + 100) * 60 * SECOND_US};
        fake_say(world->fake, 0, &said);
    }
    says(world, 1, NULL, "\x1b]0;soup\x07 elsewhere", 400);
    indexed(world);
    press(world, "Ctrl-f");
    assert_shows(world, "search>");
    assert_shows(world, "Words, \"a phrase\"");
    type(world, "sou");
    wait_shows(world, "2 found, newest first");
    assert_shows(world, "soup on thursday");
    type(world, " in:#lob");
    wait_shows(world, "mean #lab?");
    for (int i = 0; i < 8; i++)
        press(world, "Backspace");
    wait_shows(world, "2 found, newest first");
    press(world, "Tab");
    wait_shows(world, "2 found, best first");
    press(world, "Tab");
    wait_shows(world, "2 found, newest first");
    /* The older one, opened where it was said. */
    press(world, "Down");
    press(world, "Enter");
    wait_shows(world, "soup on thursday");
    assert_shows(world, "filler 0");
    g_assert_false(shows(world, "search>"));
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 0, "#lab")->id);
    /* Again with the same words; the other one is in another buffer. */
    press(world, "Ctrl-f");
    wait_shows(world, "2 found");
    press(world, "Enter");
    wait_shows(world, "elsewhere");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 1, "#lab")->id);
    type(world, "/search absent");
    press(world, "Enter");
    wait_shows(world, "Nothing was found.");
    press(world, "Esc");
    g_assert_false(shows(world, "search>"));
    world_free(world);
}

/* What only the server has is marked, and fetched when it is opened; the choice stays. */
static void
test_search_far(void)
{
    struct world *world = world_new(1);
    struct fake_session *session = fake_session(world->fake, 0);
    struct fake_said far = {
        .text = "soup of old", .id = "old", .origin = ORIGIN_FOUND, .time_us = 50 * 60 * SECOND_US};

    fake_caps(world->fake, 0, FAKE_CAPS | CAP_SEARCH, NULL);
    go(world, 0, "#lab");
    says(world, 0, NULL, "soup before", 10);
    says(world, 0, NULL, "soup today", 100);
    indexed(world);
    press(world, "Ctrl-f");
    type(world, "soup");
    wait_shows(world, "2 found so far, newest first");
    press(world, "Down");
    fake_advance(world->fake, SECOND_US);
    fake_say(world->fake, 0, &far);
    fake_done(world->fake, 0, session->asked_op, NULL, 0);
    wait_shows(world, "3 found, 1 on the server (↓), newest first");
    assert_shows(world, "↓#lab");
    press(world, "Up");
    press(world, "Enter");
    assert_shows(world, "is fetched from the server");
    g_assert_true(session->history_around);
    far.origin = ORIGIN_HISTORY;
    fake_say(world->fake, 0, &far);
    host_history_done(session->host, session->history_op, &(struct history_result){.n = 1});
    fake_settle(world->fake);
    wait_shows(world, "soup of old");
    press(world, "Ctrl-f");
    wait_shows(world, "3 found");
    g_assert_false(shows(world, "on the server"));
    world_free(world);
}

/* A text that is taken back is gone from an open search at once; the choice stays where it was. */
static void
test_search_deleted(void)
{
    struct world *world = world_new(1);
    struct fake_said said = {.text = "soup of secrets", .id = "m1", .time_us = 2 * SECOND_US};

    go(world, 0, "#lab");
    says(world, 0, NULL, "soup of old", 1);
    fake_say(world->fake, 0, &said);
    indexed(world);
    press(world, "Ctrl-f");
    type(world, "soup");
    wait_shows(world, "2 found");
    press(world, "Down");
    emit(world, &(struct event){.type = EVENT_DELETED,
                                .conversation = "#lab",
                                .deleted = {.remote_id = "m1", .by_name = "maria"}});
    wait_shows(world, "1 found");
    g_assert_false(shows(world, "secrets"));
    press(world, "Esc");
    assert_shows(world, "soup of old");
    g_assert_false(shows(world, "secrets"));
    world_free(world);
}

/* What its sender has hidden is found, and stays hidden until it is opened. */
static void
test_search_spoiler(void)
{
    struct world *world = world_new(1);
    struct fake_said said = {
        .text = "soup by the gardener", .spoiler = "the gardener", .time_us = SECOND_US};

    go(world, 0, "#lab");
    fake_say(world->fake, 0, &said);
    indexed(world);
    press(world, "Ctrl-f");
    type(world, "gardener");
    wait_shows(world, "1 found");
    assert_shows(world, "soup by ▒▒▒▒▒▒▒▒▒▒▒▒");
    g_assert_false(shows(world, "the gardener"));
    world_free(world);
}

/* A text of several lines stands in one, with the word that was found still in sight. */
static void
test_search_lines(void)
{
    struct world *world = world_new(1);
    struct fake_said said = {.text = "first the bowls\nthen the soup", .time_us = SECOND_US};

    go(world, 0, "#lab");
    fake_say(world->fake, 0, &said);
    indexed(world);
    press(world, "Ctrl-f");
    type(world, "soup");
    wait_shows(world, "1 found");
    assert_shows(world, "first the bowls then the soup");
    g_assert_false(shows(world, "^J"));
    world_free(world);
}

static void
test_find(void)
{
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    says(world, 0, NULL, "the unweaving", 1);
    for (int i = 0; i < 250; i++) {
        g_autofree char *text = g_strdup_printf("filler %d", i);
        struct fake_said said = {.text = text, .time_us = (i + 100) * 60 * SECOND_US};
        fake_say(world->fake, 0, &said);
    }
    says(world, 0, NULL, "we Weave again", 500);
    press(world, "Ctrl-s");
    assert_shows(world, "find>");
    type(world, "weav");
    wait_shows(world, "we Weave again");
    press(world, "Ctrl-s");
    wait_shows(world, "the unweaving");
    assert_shows(world, "filler 0");
    press(world, "Ctrl-s");
    wait_shows(world, "Nothing older.");
    press(world, "Esc");
    g_assert_false(shows(world, "find>"));
    assert_shows(world, "we Weave again");
    press(world, "Ctrl-s");
    press(world, "Ctrl-s");
    wait_shows(world, "find> weav");
    press(world, "Ctrl-s");
    wait_shows(world, "the unweaving");
    press(world, "Enter");
    assert_shows(world, "the unweaving");
    g_assert_false(shows(world, "find>"));
    press(world, "Esc");
    assert_shows(world, "we Weave again");
    press(world, "Ctrl-s");
    type(world, "nowhere");
    wait_shows(world, "Not in this buffer.");
    world_free(world);
}

static void
test_first_run(void)
{
    struct world *world = world_new(0);

    assert_shows(world, "Server or link");
    press(world, "Enter");
    assert_shows(world, "A server is needed");
    press(world, "Esc");
    assert_shows(world, "Welcome to weft.");
    assert_shows(world, "Alt-a");
    press(world, "Enter");
    assert_shows(world, "Server or link");
    world_free(world);
}

static void
test_quit(void)
{
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    press(world, "Ctrl-c");
    g_assert_false(world->has_quit);
    press(world, "Esc");
    type(world, "/quit");
    press(world, "Enter");
    g_assert_true(world->has_quit);
    world_free(world);
}

/* The person's words over a restart, and every size on the way. */
static void
test_sizes(void)
{
    struct world *world = world_new(2);

    go(world, 0, "#lab");
    says(world, 0, NULL, "x", 1);
    for (int rows = 1; rows < 70; rows += 6) {
        for (int cols = 1; cols < 210; cols += 13) {
            cells_resize(world->cells, rows, cols);
            ui_draw(world->ui, world->cells);
            press(world, "PgUp");
            press(world, "PgDn");
        }
    }
    world_free(world);
}

/* What happens to messages and people after something was said reaches the screen. */
static void
test_deeds(void)
{
    struct world *world = world_new(1);
    struct fake_said said = {.text = "cheap watches", .id = "m1", .time_us = SECOND_US};

    go(world, 0, "#lab");
    fake_say(world->fake, 0, &said);
    assert_shows(world, "Uma  cheap watches");
    emit(world, &(struct event){.type = EVENT_REACTION,
                                .conversation = "#lab",
                                .reaction = {.remote_id = "m1",
                                             .user_id = "kai",
                                             .user_name = "Kai",
                                             .emoji = "+1",
                                             .add = true,
                                             .own = true}});
    assert_shows(world, "+1 x1*");
    emit(world, &(struct event){.type = EVENT_TYPING,
                                .conversation = "#lab",
                                .typing = {.user_id = "sol", .user_name = "Sol", .active = true}});
    assert_shows(world, "Sol is typing…");
    fake_advance(world->fake, 7 * SECOND_US);
    g_assert_false(shows(world, "is typing"));
    emit(world,
         &(struct event){.type = EVENT_DELETED,
                         .conversation = "#lab",
                         .deleted = {.remote_id = "m1", .by_name = "Maria", .reason = "spam"}});
    assert_shows(world, "Uma  (deleted by Maria: spam)");
    g_assert_false(shows(world, "watches"));
    g_assert_false(shows(world, "+1"));
    fake_channel(world->fake, 0, "sol", BUFFER_DIRECT);
    emit(world, &(struct event){.type = EVENT_PRESENCE,
                                .presence = {.user_id = "sol", .presence = PRESENCE_AWAY}});
    go(world, 0, "sol");
    assert_shows(world, "sol - one (fake), away");
    world_free(world);
}

static void
test_typing_is_told(void)
{
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    type(world, "/join #x");
    g_assert_cmpstr(fake_session(world->fake, 0)->asked->str, ==, "");
    press(world, "Ctrl-u");
    type(world, "hello");
    g_assert_cmpstr(fake_session(world->fake, 0)->asked->str, ==, "typing #lab on|");
    press(world, "Ctrl-u");
    g_assert_cmpstr(fake_session(world->fake, 0)->asked->str, ==,
                    "typing #lab on|typing #lab off|");
    fake_advance(world->fake, 4 * SECOND_US);
    type(world, "hello");
    press(world, "Enter");
    g_assert_cmpstr(fake_session(world->fake, 0)->asked->str, ==,
                    "typing #lab on|typing #lab off|typing #lab on|");
    g_assert_cmpuint(fake_session(world->fake, 0)->sends->len, ==, 1);
    world_free(world);
}

/* A text of several lines that the network takes whole is one message everywhere. */
static void
test_lines(void)
{
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    type(world, "first");
    press(world, "Alt-Enter");
    type(world, "second");
    press(world, "Enter");
    g_assert_cmpuint(fake_session(world->fake, 0)->sends->len, ==, 1);
    g_assert_cmpstr(fake_sent(world->fake, 0, 0)->text, ==, "first\nsecond");
    struct fake_said echo = {.text = "first\nsecond",
                             .id = "m1",
                             .key = fake_sent(world->fake, 0, 0)->key,
                             .time_us = SECOND_US,
                             .origin = ORIGIN_ECHO};
    fake_say(world->fake, 0, &echo);
    fake_settle(world->fake);
    g_autofree char *line = fake_timeline(world->fake, 0);
    g_assert_cmpstr(line, ==, "first\nsecond/sent");
    echo.key = NULL; /* told again, without the key, and by its text alone */
    echo.origin = ORIGIN_CATCH_UP;
    echo.own = true;
    fake_say(world->fake, 0, &echo);
    assert_shows(world, "Kai  first");
    g_autofree char *same = fake_timeline(world->fake, 0);
    g_assert_cmpstr(same, ==, line);
    world_free(world);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/world/talk", test_talk);
    g_test_add_func("/world/refused", test_refused);
    g_test_add_func("/world/quiet", test_quiet);
    g_test_add_func("/world/reading", test_reading);
    g_test_add_func("/world/activity", test_activity);
    g_test_add_func("/world/drafts", test_drafts);
    g_test_add_func("/world/switcher", test_switcher);
    g_test_add_func("/world/switcher-people", test_switcher_people);
    g_test_add_func("/world/history", test_history);
    g_test_add_func("/world/search", test_search);
    g_test_add_func("/world/search-far", test_search_far);
    g_test_add_func("/world/search-deleted", test_search_deleted);
    g_test_add_func("/world/search-spoiler", test_search_spoiler);
    g_test_add_func("/world/search-lines", test_search_lines);
    g_test_add_func("/world/find", test_find);
    g_test_add_func("/world/first-run", test_first_run);
    g_test_add_func("/world/quit", test_quit);
    g_test_add_func("/world/sizes", test_sizes);
    g_test_add_func("/world/deeds", test_deeds);
    g_test_add_func("/world/typing-is-told", test_typing_is_told);
    g_test_add_func("/world/lines", test_lines);
    test_cursor_add();
    test_message_add();
    test_change_add();
    test_copy_add();
    test_cursor_screens_add();
    test_file_screens_add();
    test_links_add();
    test_writing_add();
    test_going_add();
    test_fill_add();
    test_groups_add();
    test_list_add();
    test_mouse_add();
    test_windows_add();
    test_world_reading_add();
    test_keys_add();
    test_presets_add();
    test_inbox_add();
    test_places_add();
    test_threads_add();
    test_relay_add();
    test_first_run_add();
    return g_test_run();
}
