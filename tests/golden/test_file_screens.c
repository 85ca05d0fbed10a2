/* Files, cards with buttons, and what is on its way, as whole screens. */
#include <string.h>

#include "core/transfer.h"
#include "tests/golden/scene.h"
#include "tests/golden/world.h"

static void
compare(struct world *world, const char *name)
{
    for (int i = 0; i < SCENE_SIZES; i++) {
        const struct scene_size *size = &scene_sizes[i];
        g_autofree char *file = g_strdup_printf("files-%s-%s", name, size->name);
        cells_resize(world->cells, size->rows, size->cols);
        world_compare(world, file);
    }
    cells_resize(world->cells, 24, 80);
    g_free(look(world));
}

static struct world *
begin(void)
{
    struct world *world = world_new(1);

    set_look(world, "hints = off");
    go(world, 0, "#lab");
    says(world, 0, NULL, "Who has the minutes?", 1);
    return world;
}

static GPtrArray *
new_files(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)attachment_free);
}

static void
add_file(GPtrArray *files, const char *id, const char *name, int64_t size_bytes, unsigned width)
{
    struct attachment *file = attachment_new(id, name, size_bytes);

    if (width > 0) {
        file->type = g_strdup("image/png");
        file->width = width;
        file->height = width * 5 / 8;
    }
    g_ptr_array_add(files, file);
}

static void
share(struct world *world, const char *text, const char *id, int minute, const GPtrArray *files)
{
    fake_say(
        world->fake, 0,
        &(struct fake_said){
            .text = text, .id = id, .files = files, .time_us = minute * INT64_C(60) * SECOND_US});
    fake_settle(world->fake);
}

/* One without a word, a picture, several, and a name that wants to be something else. */
static void
test_shared(void)
{
    struct world *world = begin();
    g_autoptr(GPtrArray) one = new_files(), picture = new_files(), several = new_files();

    add_file(one, "f1", "minutes.odt", 48213, 0);
    share(world, "", "m1", 2, one);
    add_file(picture, "f2", "plan.png", 212 * 1024, 640);
    share(world, "The new plan, with the second oven:", "m2", 3, picture);
    add_file(several, "f3", "budget of the second half of the year, corrected twice.ods", 9000, 0);
    add_file(several, "f4",
             "gpj.\xe2\x80\xae"
             "exe",
             3 * 1024 * 1024, 0);
    add_file(several, "f5", "oven.png", -1, 0);
    share(world, "And what it costs", "m3", 4, several);
    g_free(look(world));
    press(world, "F2");
    compare(world, "shared");
    world_free(world);
}

/* A card with buttons and a menu; all of them in a list, and what Enter would tell. */
static void
test_buttons(void)
{
    struct world *world = begin();
    g_autoptr(GPtrArray) buttons = g_ptr_array_new_with_free_func((GDestroyNotify)button_free);
    struct button *menu = button_new("who", "Give to", NULL);

    g_ptr_array_add(buttons, button_new("again", "Build again", NULL));
    g_ptr_array_add(buttons, button_new("hush", "Not now", NULL));
    button_add_choice(menu, "Bo", "b");
    button_add_choice(menu, "Maria", "m");
    g_ptr_array_add(buttons, menu);
    fake_say(world->fake, 0,
             &(struct fake_said){.text = "Build 7\nIt failed in step 3.\nWho: bo",
                                 .id = "m1",
                                 .buttons = buttons,
                                 .time_us = 2 * INT64_C(60) * SECOND_US});
    fake_settle(world->fake);
    g_free(look(world));
    press(world, "F2");
    compare(world, "buttons");
    press(world, "b");
    press(world, "Down");
    press(world, "Enter");
    compare(world, "press");
    world_free(world);
}

static void
give(struct world *world, uint64_t at, size_t len)
{
    struct fake_session *session = fake_session(world->fake, 0);
    g_autofree char *bytes = g_strnfill(len, 'x');

    host_bytes(session->host, session->asked_op, at, bytes, len);
    fake_settle(world->fake);
}

static void
test_down(void)
{
    struct world *world = begin();
    g_autoptr(GPtrArray) files = new_files();

    add_file(files, "f1", "minutes.odt", 48000, 0);
    share(world, "Here they are", "m1", 2, files);
    g_free(look(world));
    press(world, "F2");
    press(world, "s");
    give(world, 0, 21600);
    press(world, "Esc");
    assert_shows(world, "↓45%");
    compare(world, "down");
    world_free(world);
}

/* Nothing goes over while the network is away: the message waits with its file. */
static void
test_up(void)
{
    struct world *world = begin();
    g_autofree char *path = g_build_filename(world->fake->dir, "soup.txt", NULL);
    g_autofree char *line = g_strdup_printf("/upload \"%s\" as promised", path);

    g_assert_true(g_file_set_contents(path, "leek, potatoes", -1, NULL));
    fake_lost(world->fake, 0, WEFT_ERROR_IO);
    fake_advance(world->fake, 60 * SECOND_US); /* by now it tries again */
    type(world, line);
    press(world, "Enter");
    assert_shows(world, "as promised");
    compare(world, "up-waiting");
    world_free(world);
}

void
test_file_screens_add(void)
{
    g_test_add_func("/world/file-screens/shared", test_shared);
    g_test_add_func("/world/file-screens/buttons", test_buttons);
    g_test_add_func("/world/file-screens/down", test_down);
    g_test_add_func("/world/file-screens/up", test_up);
}
