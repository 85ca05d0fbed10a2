/* Making channels, finding them, inviting to them, archiving them. */
#include <string.h>

#include "base/error.h"
#include "core/place.h"
#include "tests/unit/core/scene.h"
#include "tests/unit/core/tests.h"

static void
add_space(struct scene *scene, const char *id, const char *name)
{
    host_emit(scene->host, &(struct event){.type = EVENT_SPACE, .space = {.id = id, .name = name}});
    scene_settle(scene);
}

static void
add_channel(struct scene *scene, const char *name, const char *space)
{
    host_emit(
        scene->host,
        &(struct event){
            .type = EVENT_BUFFER,
            .conversation = name,
            .buffer = {.kind = BUFFER_CHANNEL, .space = space, .name = name, .joined = true}});
    scene_settle(scene);
}

static void
test_create(void)
{
    struct scene *scene = scene_new();
    struct host *host = scene->host;

    scene_input(scene, "#coop", "/create Bread & Roses private", NULL);
    scene_assert_calls(scene, "create Bread & Roses in - private|");
    add_channel(scene, "#bread-roses", NULL);
    host_done(host, scene->op, "#bread-roses", 0);
    scene_settle(scene);
    g_assert_cmpint(scene->shown, ==, scene_buffer(scene, "#bread-roses")->id);
    scene_input(scene, "#coop", "/create jobs public", NULL);
    scene_assert_calls(scene, "create jobs in -|");
    /* What it refuses is said where it was typed. */
    g_autoptr(GError) error =
        g_error_new(WEFT_ERROR, WEFT_ERROR_CONFLICT, "There is one called so already.");
    host_failed(host, scene->op, error);
    scene_settle(scene);
    g_autofree char *last = scene_last(scene, "#coop");
    g_assert_cmpstr(last, ==, "There is one called so already.");
    scene_input(scene, "#coop", "/create", "There is no screen here.");
    scene_free(scene);
}

/* In which of several spaces is plain in a channel of one, and asked for elsewhere. */
static void
test_spaces(void)
{
    struct scene *scene = scene_new();

    add_space(scene, "s2", "Roses");
    add_space(scene, "s1", "Bread");
    add_channel(scene, "#rye", "s1");
    scene_input(scene, "#rye", "/create oats", NULL);
    scene_assert_calls(scene, "create oats in s1|");
    scene_input(scene, "#coop", "/create oats", "There is no screen here.");
    g_autoptr(GArray) places =
        core_places(scene->core, CAP_CREATE, scene_buffer(scene, "#coop")->id);
    g_assert_cmpuint(places->len, ==, 2);
    g_autofree char *first = core_place_name(scene->core, &g_array_index(places, struct place, 0));
    g_assert_cmpstr(first, ==, "libera, Bread");
    scene_free(scene);
}

static void
test_others(void)
{
    struct scene *scene = scene_new();

    scene_input(scene, "#coop", "/invite maria", NULL);
    scene_input(scene, "#coop", "/invite maria team", NULL);
    scene_input(scene, "#coop", "/invite maria #jobs",
                "Behind the name only space (or team) may stand: it invites to all of it, not only "
                "to this channel.");
    scene_assert_calls(scene, "invite maria to #coop|invite maria to #coop's space|");
    scene_input(scene, "#coop", "/archive", NULL);
    scene_assert_calls(scene, "");
    scene_input(scene, "#coop", "/archive", NULL);
    scene_assert_calls(scene, "archive #coop|");
    scene_input(scene, "#coop", "/archive", NULL);
    clock_fake_advance(scene->clock, 61 * G_USEC_PER_SEC);
    scene_input(scene, "#coop", "/archive", NULL);
    scene_assert_calls(scene, "");
    scene_free(scene);
}

struct browsed {
    unsigned n, calls;
    bool failed;
};

static void
on_browsed(void *user, const struct browse_result *result, const GError *error)
{
    struct browsed *browsed = user;

    browsed->calls++;
    browsed->n += result ? (unsigned)result->n : 0;
    browsed->failed = error != NULL;
}

static void
test_browse(void)
{
    struct scene *scene = scene_new();
    struct browsed browsed = {0};
    const struct listed list[] = {{.id = "c1", .name = "#jobs"}, {.id = "c2", .name = "#tea"}};
    g_autoptr(GArray) places = core_places(scene->core, CAP_BROWSE, 0);
    const struct place *place = &g_array_index(places, struct place, 0);
    g_autoptr(GError) error = NULL;

    g_assert_cmpuint(places->len, ==, 1);
    g_assert_nonnull(core_browse(scene->core, place, "", 0, on_browsed, &browsed, &error));
    scene_assert_calls(scene, "browse - page 0 \"\"|");
    host_browsed(scene->host, scene->op, &(struct browse_result){.list = list, .n = 2});
    g_assert_cmpuint(browsed.n, ==, 2);
    /* Who does not wait any more is not told. */
    core_ask_forget(core_browse(scene->core, place, "jo", 1, on_browsed, &browsed, &error));
    scene_assert_calls(scene, "browse - page 1 \"jo\"|");
    host_browsed(scene->host, scene->op, &(struct browse_result){.list = list, .n = 1});
    g_assert_cmpuint(browsed.calls, ==, 1);
    scene->refuse = true;
    g_assert_null(core_browse(scene->core, place, "", 0, on_browsed, &browsed, &error));
    g_assert_nonnull(error);
    scene->refuse = false;
    scene_assert_calls(scene, "browse - page 0 \"\"|");
    /* One that waits when the connection ends hears of it. */
    g_assert_nonnull(core_browse(scene->core, place, "", 0, on_browsed, &browsed, NULL));
    g_autoptr(GError) cut = g_error_new(WEFT_ERROR, WEFT_ERROR_CLOSED, "Cut.");
    host_lost(scene->host, cut);
    g_assert_true(browsed.failed);
    scene_free(scene);
}

void
test_place_add(void)
{
    g_test_add_func("/core/place/create", test_create);
    g_test_add_func("/core/place/spaces", test_spaces);
    g_test_add_func("/core/place/invite-and-archive", test_others);
    g_test_add_func("/core/place/browse", test_browse);
}
