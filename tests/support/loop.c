#include "tests/support/loop.h"

#include <glib.h>

static gboolean
on_tick(void *user)
{
    return G_SOURCE_CONTINUE;
}

bool
loop_until(bool (*done)(void *user), void *user, int64_t deadline_ms)
{
    int64_t end_us = g_get_monotonic_time() + deadline_ms * 1000;
    unsigned tick = g_timeout_add(20, on_tick, NULL);
    bool good;

    while (!(good = done(user)) && g_get_monotonic_time() < end_us)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(tick);
    return good;
}

static bool
is_true(void *user)
{
    return *(const bool *)user;
}

bool
loop_until_true(const bool *flag, int64_t deadline_ms)
{
    return loop_until(is_true, (bool *)(uintptr_t)flag, deadline_ms);
}

static gboolean
on_moment(void *come)
{
    *(bool *)come = true;
    return G_SOURCE_REMOVE;
}

void
loop_turn_until(int64_t until_us)
{
    const int64_t wait_us = until_us - g_get_monotonic_time();
    bool come = false;

    if (wait_us <= 0)
        return;
    g_timeout_add((unsigned)(wait_us / 1000 + 1), on_moment, &come);
    while (!come)
        g_main_context_iteration(NULL, TRUE);
}
