/* Making a channel and finding one to join, by keys. */
#include <string.h>

#include "tests/golden/scene.h"
#include "tests/golden/world.h"

static void
add_space(struct world *world, const char *id, const char *name, const char *channel)
{
    emit(world, &(struct event){.type = EVENT_SPACE, .space = {.id = id, .name = name}});
    emit(world,
         &(struct event){
             .type = EVENT_BUFFER,
             .conversation = channel,
             .buffer = {.kind = BUFFER_CHANNEL, .space = id, .name = channel, .joined = true}});
}

static struct world *
begin(void)
{
    struct world *world = world_new(1);

    add_space(world, "s1", "Bakers", "#rye");
    add_space(world, "s2", "Weavers", "#loom");
    go(world, 0, "#loom");
    says(world, 0, "#loom", "The warp is on.", 1);
    return world;
}

static void
assert_asked(struct world *world, const char *wanted)
{
    struct fake_session *session = fake_session(world->fake, 0);
    const char *asked = strstr(session->asked->str, wanted);

    if (!asked)
        g_error("was not asked: %s, but: %s", wanted, session->asked->str);
    g_string_truncate(session->asked, 0);
}

static void
resize(struct world *world, int rows, int cols)
{
    cells_free(world->cells);
    world->cells = cells_new(rows, cols);
    g_free(look(world));
    g_free(look(world));
}

static void
compare_sizes(struct world *world, const char *name)
{
    for (size_t i = 0; i < SCENE_SIZES; i++) {
        g_autofree char *full = g_strdup_printf("%s-%s", name, scene_sizes[i].name);
        resize(world, scene_sizes[i].rows, scene_sizes[i].cols);
        world_compare(world, full);
    }
    resize(world, 24, 80);
}

static void
open_list(struct world *world)
{
    g_free(look(world));
    press(world, "F2");
    press(world, "F2");
    assert_shows(world, "a make  b join");
}

static void
test_make(void)
{
    struct world *world = begin();
    struct fake_session *session = fake_session(world->fake, 0);
    g_autoptr(GError) error = NULL;

    open_list(world);
    press(world, "a");
    assert_shows(world, "Make a channel in one, Weavers.");
    type(world, "Oat mi"); /* where one is there is no doubt: it is named at once */
    press(world, "Up");
    press(world, "Left");
    assert_shows(world, "Make a channel in one, Bakers.");
    press(world, "Enter");
    press(world, "Ctrl-u");
    press(world, "Enter");
    assert_shows(world, "A channel needs a name.");
    type(world, "Oat mill");
    press(world, "Enter");
    type(world, "p");
    assert_shows(world, "[private]");
    compare_sizes(world, "make");
    press(world, "Enter");
    type(world, "grains");
    press(world, "Enter");
    assert_asked(world, "create Oat mill in s1 private for grains|");
    assert_shows(world, "one, Bakers is asked to make it");
    error = g_error_new(WEFT_ERROR, WEFT_ERROR_CONFLICT, "This name is taken there.");
    host_failed(session->host, session->asked_op, error);
    assert_shows(world, "This name is taken there.");
    type(world, "s");
    press(world, "Enter");
    press(world, "Enter");
    press(world, "Enter");
    assert_asked(world, "create Oat mills in s1 private for grains|");
    emit(world, &(struct event){.type = EVENT_BUFFER,
                                .conversation = "oats",
                                .buffer = {.kind = BUFFER_PRIVATE,
                                           .space = "s1",
                                           .name = "#oat-mills",
                                           .joined = true}});
    host_done(session->host, session->asked_op, "oats", 0);
    fake_settle(world->fake);
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 0, "oats")->id);
    type(world, "/create");
    press(world, "Enter");
    assert_shows(world, "Make a channel in one, Bakers.");
    press(world, "Esc");
    g_assert_false(shows(world, "Make a channel"));
    world_free(world);
}

static void
answer(struct world *world, const struct listed *list, size_t n, bool more)
{
    struct fake_session *session = fake_session(world->fake, 0);

    host_browsed(session->host, session->asked_op,
                 &(struct browse_result){.list = list, .n = n, .more = more});
    fake_settle(world->fake);
}

static const struct listed page[] = {
    {.id = "c1",
     .name = "~jobs",
     .title = "Jobs & shifts",
     .purpose = "Who needs hands, who has some",
     .members = 41},
    {.id = "c2", .name = "~loom", .title = "The loom", .members = 1, .joined = true},
    {.id = "c3", .name = "~minutes", .title = "Minutes", .purpose = "Of every assembly"},
};
static const struct listed second[] = {
    {.id = "c4", .name = "~wool", .title = "Wool", .purpose = "Buying \x1b[31mtogether"}};

static void
test_browse(void)
{
    struct world *world = begin();

    open_list(world);
    press(world, "b");
    assert_asked(world, "browse s2 0 \"\"|");
    assert_shows(world, "one, Weavers: asking");
    answer(world, page, 3, true);
    assert_shows(world, "one, Weavers: 3+ found.");
    assert_shows(world, "41 people");
    compare_sizes(world, "browse");
    /* Near the end the next page is fetched. */
    press(world, "Down");
    assert_asked(world, "browse s2 1 \"\"|");
    answer(world, second, 1, false);
    assert_shows(world, "4 found.");
    type(world, "assem");
    assert_shows(world, "1 found.");
    g_assert_false(shows(world, "~jobs"));
    press(world, "Ctrl-u");
    type(world, "woo");
    press(world, "Enter");
    assert_asked(world, "join c4|");
    world_free(world);
}

/* What is not here is looked for on the server. */
static void
test_words(void)
{
    struct world *world = begin();

    type(world, "/list tea");
    press(world, "Enter");
    fake_advance(world->fake, SECOND_US);
    assert_asked(world, "browse s2 0 \"\"|browse s2 0 \"tea\"|");
    answer(world, (const struct listed[]){{.id = "c9", .name = "~tea", .title = "Tea"}}, 1, false);
    assert_shows(world, "~tea");
    press(world, "Tab");
    fake_advance(world->fake, SECOND_US);
    assert_asked(world, "browse s1 0 \"\"|browse s1 0 \"tea\"|");
    assert_shows(world, "one, Bakers: asking");
    answer(world, NULL, 0, false);
    press(world, "Esc");
    g_assert_false(shows(world, "join>"));
    world_free(world);
}

/* An account's questions are its network's. */
static void
test_setup(void)
{
    struct world *world = begin();
    g_autofree char *text = NULL;

    type(world, "/setup fake://loom.example/#warp");
    press(world, "Enter");
    assert_shows(world, "Log in by");
    assert_shows(world, "loom.example");
    press(world, "p");
    press(world, "Enter");
    press(world, "Enter");
    assert_shows(world, "A nick is needed.");
    type(world, "kai");
    press(world, "Enter");
    type(world, "hunter2");
    compare_sizes(world, "setup");
    press(world, "Enter");
    assert_shows(world, "[file]");
    press(world, "c");
    assert_shows(world, "[command]");
    press(world, "Enter");
    press(world, "Enter");
    assert_shows(world, "A command is needed");
    type(world, "pass show loom");
    press(world, "Enter");
    press(world, "Ctrl-u");
    type(world, "loom");
    press(world, "Enter");
    assert_shows(world, "Esc: stop trying");
    fake_lost(world->fake, 1, WEFT_ERROR_AUTH);
    assert_shows(world, "a: add it all the same");
    press(world, "a");
    assert_shows(world, "password_cmd = pass show loom");
    g_assert_false(shows(world, "hunter2"));
    press(world, "y");
    fake_settle(world->fake);
    g_assert_true(g_file_get_contents(world->fake->config_file, &text, NULL, NULL));
    g_assert_nonnull(strstr(text, "[account loom]"));
    g_assert_nonnull(strstr(text, "server = loom.example"));
    g_assert_null(strstr(text, "hunter2"));
    world_free(world);
}

/* Links that weft opens itself. */
static void
test_follow(void)
{
    struct world *world = begin();
    struct fake_session *session = fake_session(world->fake, 0);
    static const char link[] = "fake://fake.example/#rye/r1";

    ui_paste(world->ui, link, strlen(link));
    assert_shows(world, "write /go before it");
    press(world, "Ctrl-u");
    type(world, "/go ");
    type(world, link);
    press(world, "Enter");
    assert_asked(world, "link #rye r1|");
    fake_say(world->fake, 0,
             &(struct fake_said){
                 .conversation = "#rye", .text = "the crust", .id = "r1", .time_us = SECOND_US});
    fake_settle(world->fake);
    host_done(session->host, session->asked_op, "#rye", 0);
    fake_settle(world->fake);
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 0, "#rye")->id);
    assert_shows(world, "the crust");
    type(world, "/go other://x");
    press(world, "Enter");
    assert_shows(world, "No network that weft knows has such links.");
    press(world, "Ctrl-u");
    type(world, "/go fake://elsewhere/#x");
    press(world, "Enter");
    assert_shows(world, "Server or link");
    world_free(world);
}

/* Closed for everybody: one sees so before one has typed, and nothing that was typed is lost. */
static void
test_archived(void)
{
    struct world *world = begin();

    emit(world, &(struct event){.type = EVENT_BUFFER,
                                .conversation = "#loom",
                                .buffer = {.kind = BUFFER_CHANNEL,
                                           .space = "s2",
                                           .name = "#loom",
                                           .joined = true,
                                           .archived = true}});
    world_compare(world, "archived");
    type(world, "one more thing");
    press(world, "Enter");
    assert_shows(world, "#loom is archived: nobody can say anything here");
    assert_shows(world, "] one more thing");
    press(world, "Ctrl-g");
    type(world, "loom");
    assert_shows(world, "archived");
    world_free(world);
}

void
test_places_add(void)
{
    g_test_add_func("/world/places/make", test_make);
    g_test_add_func("/world/places/browse", test_browse);
    g_test_add_func("/world/places/words", test_words);
    g_test_add_func("/world/places/setup", test_setup);
    g_test_add_func("/world/places/follow", test_follow);
    g_test_add_func("/world/places/archived", test_archived);
}
