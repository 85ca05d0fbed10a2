#include "base/clock.h"
#include "tests/unit/base/tests.h"

struct scene {
    struct clock *clock;
    GString *seen;
    int64_t at_us;
    unsigned id;
    GMainLoop *loop;
};

static void
say_a(void *user)
{
    struct scene *scene = user;
    g_string_append_c(scene->seen, 'a');
    scene->at_us = clock_mono_us(scene->clock);
}

static void
say_b(void *user)
{
    struct scene *scene = user;
    g_string_append_c(scene->seen, 'b');
}

static void
add_more(void *user)
{
    struct scene *scene = user;
    g_string_append_c(scene->seen, '+');
    clock_timer_add(scene->clock, 5, say_a, scene);
    clock_timer_add(scene->clock, 0, say_b, scene);
}

static void
del_other(void *user)
{
    struct scene *scene = user;
    g_string_append_c(scene->seen, '-');
    clock_timer_del(scene->clock, scene->id);
}

static void
test_fake_order(void)
{
    struct scene scene = {clock_fake_new(1000), g_string_new(NULL), 0, 0, NULL};
    int64_t start_us = clock_mono_us(scene.clock);

    clock_timer_add(scene.clock, 20, say_b, &scene);
    clock_timer_add(scene.clock, 10, say_a, &scene);
    clock_timer_add(scene.clock, 20, say_a, &scene);
    g_assert_cmpuint(clock_fake_pending(scene.clock), ==, 3);
    clock_fake_advance(scene.clock, 9);
    g_assert_cmpstr(scene.seen->str, ==, "");
    clock_fake_advance(scene.clock, 1);
    g_assert_cmpstr(scene.seen->str, ==, "a");
    g_assert_cmpint(scene.at_us, ==, start_us + 10);
    clock_fake_advance(scene.clock, 100);
    g_assert_cmpstr(scene.seen->str, ==, "aba");
    g_assert_cmpint(scene.at_us, ==, start_us + 20);
    g_assert_cmpint(clock_mono_us(scene.clock), ==, start_us + 110);
    g_assert_cmpint(clock_wall_us(scene.clock), ==, 1110);
    g_assert_cmpuint(clock_fake_pending(scene.clock), ==, 0);
    clock_free(scene.clock);
    g_string_free(scene.seen, TRUE);
}

static void
test_fake_add_and_del(void)
{
    struct scene scene = {clock_fake_new(0), g_string_new(NULL), 0, 0, NULL};

    clock_timer_add(scene.clock, 10, add_more, &scene);
    clock_fake_advance(scene.clock, 14);
    g_assert_cmpstr(scene.seen->str, ==, "+b");
    clock_fake_advance(scene.clock, 1);
    g_assert_cmpstr(scene.seen->str, ==, "+ba");

    clock_timer_add(scene.clock, 1, del_other, &scene);
    scene.id = clock_timer_add(scene.clock, 1, say_a, &scene);
    clock_fake_advance(scene.clock, 5);
    g_assert_cmpstr(scene.seen->str, ==, "+ba-");
    clock_timer_del(scene.clock, scene.id);
    clock_timer_del(scene.clock, 0);
    clock_timer_del(scene.clock, 12345);

    clock_timer_add(scene.clock, -5, say_b, &scene);
    clock_fake_advance(scene.clock, 0);
    g_assert_cmpstr(scene.seen->str, ==, "+ba-b");
    clock_timer_add(scene.clock, G_MAXINT64, say_b, &scene); /* cancelled by the end */
    g_assert_cmpuint(clock_fake_pending(scene.clock), ==, 1);
    clock_free(scene.clock);
    g_string_free(scene.seen, TRUE);
}

static void
test_fake_step(void)
{
    struct clock *clock = clock_fake_new(5000);
    int64_t mono_us = clock_mono_us(clock);

    clock_fake_step_wall(clock, -9000);
    g_assert_cmpint(clock_wall_us(clock), ==, -4000);
    g_assert_cmpint(clock_mono_us(clock), ==, mono_us);
    clock_fake_advance(clock, 1);
    g_assert_cmpint(clock_wall_us(clock), ==, -3999);
    clock_free(clock);
}

static void
stop(void *user)
{
    struct scene *scene = user;
    g_string_append_c(scene->seen, '.');
    clock_timer_del(scene->clock, scene->id); /* its own id */
    g_main_loop_quit(scene->loop);
}

static void
test_system(void)
{
    struct scene scene = {clock_system_new(), g_string_new(NULL), 0, 0,
                          g_main_loop_new(NULL, FALSE)};
    int64_t begin_us = clock_mono_us(scene.clock);

    unsigned dead = clock_timer_add(scene.clock, 0, say_b, &scene);
    clock_timer_add(scene.clock, 1500, say_a, &scene);
    scene.id = clock_timer_add(scene.clock, 3000, stop, &scene);
    clock_timer_add(scene.clock, (int64_t)3600 * G_USEC_PER_SEC, say_b, &scene);
    clock_timer_del(scene.clock, dead);
    clock_timer_del(scene.clock, 0);
    g_assert_cmpstr(scene.seen->str, ==, "");
    g_main_loop_run(scene.loop);
    g_assert_cmpstr(scene.seen->str, ==, "a.");
    g_assert_cmpint(scene.at_us - begin_us, >=, 1500);
    g_assert_cmpint(clock_mono_us(scene.clock) - begin_us, >=, 3000);
    g_assert_cmpint(clock_wall_us(scene.clock), >, G_GINT64_CONSTANT(1600000000) * G_USEC_PER_SEC);
    clock_free(scene.clock);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    g_main_loop_unref(scene.loop);
    g_string_free(scene.seen, TRUE);
    clock_free(NULL);
}

void
test_clock_add(void)
{
    g_test_add_func("/clock/fake-order", test_fake_order);
    g_test_add_func("/clock/fake-add-and-del", test_fake_add_and_del);
    g_test_add_func("/clock/fake-step", test_fake_step);
    g_test_add_func("/clock/system", test_system);
}
