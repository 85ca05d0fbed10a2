/* A server, or somebody behind it, that means no good. */
#include <string.h>

#include "tests/drivers/matterbridge/world.h"

static void
test_frames(void)
{
    static const char *const frames[] = {
        "",
        "{",
        "[]",
        "7",
        "null",
        "{\"gateway\":7}",
        "{\"gateway\":\"commons\",\"text\":{},\"username\":[],\"timestamp\":3,\"Extra\":\"x\"}",
        "{\"gateway\":\"commons\",\"Extra\":{\"file\":{}}}",
        "{\"gateway\":\"commons\",\"Extra\":{\"file\":[[],null,{\"Name\":7,\"Data\":8}]}}",
    };
    struct world w = {0};

    world_online(&w, "gateway = commons\n");
    for (unsigned i = 0; i < G_N_ELEMENTS(frames); i++)
        fake_ws_say(w.web, "%s", frames[i]);
    fake_ws_bytes(w.web, "\xff\x00\xfe", 3, true);
    fake_forget(w.fake);
    world_say(&w, 1000, "still here", "");
    fake_expect(w.fake, "live text commons <maria> still here *");
    world_close(&w);
}

/* No more conversations than a person could have, and no endless names. */
static void
test_gateways(void)
{
    struct world w = {0};
    g_autofree char *name = g_strnfill(5000, 'x');
    g_autofree char *long_one = g_strdup_printf(",\"gateway\":\"%s\"", name);

    world_online(&w, NULL);
    world_say(&w, 1, "x", long_one);
    fake_expect_nothing(w.fake);
    for (unsigned i = 0; i < 600; i++) {
        g_autofree char *gateway = g_strdup_printf(",\"gateway\":\"g%u\"", i);
        world_say(&w, 1000 + i, "x", gateway);
    }
    g_assert_cmpuint(fake_count(w.fake, "buffer *"), ==, 500);
    g_assert_cmpuint(fake_count(w.fake, "live text *"), ==, 500);
    world_close(&w);
}

/* More than can wait while the ring is asked for: it is said that something is missing. */
static void
test_flood(void)
{
    struct world w = {0};

    world_open(&w, "gateway = commons\n");
    world_greeted(&w);
    for (unsigned i = 0; i < 5001; i++)
        world_say(&w, i, "x", "");
    g_assert_true(fake_skip_to(w.fake, "gap commons *"));
    fake_advance_s(w.fake, 3.1);
    g_assert_true(fake_skip_to(w.fake, "lost timeout: *"));
    world_close(&w);
}

/* Ten thousand names that a pattern is tried on: no longer than names are. */
static void
test_long_name(void)
{
    struct world w = {0};
    g_autofree char *name = g_strnfill(1000000, 'a');
    g_autofree char *extra = g_strdup_printf(",\"username\":\"%s\"", name);

    world_online(&w, "gateway = commons\nstrip = a+$\n");
    world_say(&w, 1000, "x", extra);
    const char *line = g_queue_peek_head(&w.fake->events);
    g_assert_nonnull(line);
    g_assert_true(g_str_has_prefix(line, "live text commons <"));
    world_close(&w);
}

void
test_hostile_add(void)
{
    g_test_add_func("/matterbridge/hostile/frames", test_frames);
    g_test_add_func("/matterbridge/hostile/gateways", test_gateways);
    g_test_add_func("/matterbridge/hostile/flood", test_flood);
    g_test_add_func("/matterbridge/hostile/long-name", test_long_name);
}
