#include "tests/golden/world.h"

#include <string.h>

#include "store/search.h"
#include "tests/golden/scene.h"
#include "ui/ui_priv.h"

static void
on_quit(void *user, bool gone)
{
    struct world *world = user;
    world->has_quit = true;
}

static void
open_ui(struct world *world)
{
    struct core *core = world->fake->core;
    struct ui_options options = {
        .core = core,
        .config = (struct config *)(uintptr_t)core_config(core),
        .paths = &world->paths,
        .quit = on_quit,
        .user = world,
    };
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
    g_autofree char *themes = g_test_build_filename(G_TEST_DIST, "themes", NULL);

    options.zone = zone;
    options.theme_dir = themes;
    world->ui = ui_new(&options);
    ui_start(world->ui);
    fake_settle(world->fake);
}

struct world *
world_new(unsigned n_accounts)
{
    struct world *world = g_new0(struct world, 1);

    world->fake = fake_new(n_accounts);
    for (unsigned i = 0; i < n_accounts; i++)
        fake_online(world->fake, i);
    world->paths.config_file = world->fake->config_file;
    world->paths.config_dir = world->fake->dir;
    world->paths.log_file = g_build_filename(world->fake->dir, "state", "weft.log", NULL);
    open_ui(world);
    world->cells = cells_new(24, 80);
    return world;
}

void
world_reopen(struct world *world)
{
    ui_free(world->ui);
    open_ui(world);
}

void
world_restart(struct world *world)
{
    ui_free(world->ui);
    fake_restart(world->fake);
    open_ui(world);
}

void
world_free(struct world *world)
{
    ui_free(world->ui);
    fake_free(world->fake);
    cells_free(world->cells);
    g_free(world->paths.log_file);
    g_free(world);
}

char *
look(struct world *world)
{
    fake_settle(world->fake);
    ui_draw(world->ui, world->cells);
    fake_settle(world->fake);
    return cells_dump_text(world->cells);
}

void
world_theme(struct world *world, const char *name)
{
    g_autoptr(GError) error = NULL;

    ui_look_try(world->ui, name, &error);
    g_assert_no_error(error);
}

void
world_compare(struct world *world, const char *name)
{
    char *dumps[SCENE_THEMES];

    /* The first theme stays. */
    for (size_t i = SCENE_THEMES; i-- > 0;) {
        world_theme(world, scene_themes[i]);
        g_free(look(world));
        g_free(look(world)); /* the window has its new size */
        scene_check_cells(world->cells);
        dumps[i] = cells_dump_styled(world->cells);
    }
    scene_compare_dumps(name, dumps);
    for (size_t i = 0; i < SCENE_THEMES; i++)
        g_free(dumps[i]);
}

bool
shows(struct world *world, const char *text)
{
    g_autofree char *screen = look(world);
    return strstr(screen, text) != NULL;
}

void
press(struct world *world, const char *name)
{
    struct key key;
    g_autoptr(GError) error = NULL;

    key_parse(name, &key, &error);
    g_assert_no_error(error);
    ui_key(world->ui, key);
    fake_settle(world->fake);
}

void
type(struct world *world, const char *text)
{
    for (; *text; text++)
        ui_key(world->ui, (struct key){.code = (unsigned char)*text});
}

void
says(struct world *world, unsigned account, const char *conversation, const char *text, int minute)
{
    struct fake_said said = {
        .conversation = conversation, .text = text, .time_us = minute * 60 * SECOND_US};

    fake_say(world->fake, account, &said);
    fake_settle(world->fake);
}

void
go(struct world *world, unsigned account, const char *remote_id)
{
    g_autofree char *number =
        g_strdup_printf("%02d", fake_buffer(world->fake, account, remote_id)->number);

    press(world, "Alt-j");
    type(world, number);
    g_assert_cmpint(ui_shown_buffer(world->ui), ==,
                    fake_buffer(world->fake, account, remote_id)->id);
}

static void
set_true(void *flag)
{
    *(bool *)flag = true;
}

void
indexed(struct world *world)
{
    bool complete = false;
    int64_t deadline = g_get_monotonic_time() + 20 * SECOND_US;

    fake_settle(world->fake);
    store_index_when_complete(world->fake->store, set_true, &complete);
    while (!complete && g_get_monotonic_time() < deadline)
        g_main_context_iteration(NULL, TRUE);
    g_assert_true(complete);
}

/* Answers may take longer than a key waits. */
void
wait_shows(struct world *world, const char *text)
{
    int64_t deadline = g_get_monotonic_time() + 20 * SECOND_US;

    while (!shows(world, text) && g_get_monotonic_time() < deadline)
        g_main_context_iteration(NULL, FALSE);
    assert_shows(world, text);
}

void
emit(struct world *world, const struct event *event)
{
    host_emit(fake_session(world->fake, 0)->host, event);
    fake_settle(world->fake);
}

void
set_look(struct world *world, const char *line)
{
    const char *file = world->fake->config_file;
    g_autofree char *before = NULL;

    g_assert_true(g_file_get_contents(file, &before, NULL, NULL));
    g_autofree char *text = g_strdup_printf("%s\n[look]\n%s\n", before, line);
    g_assert_true(g_file_set_contents(file, text, -1, NULL));
    type(world, "/reload");
    press(world, "Enter");
    g_assert_true(g_file_set_contents(file, before, -1, NULL));
}
