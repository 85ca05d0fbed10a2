#include "tests/soak/cut.h"

static enum proxy_way
one_way(GRand *rand)
{
    return g_rand_boolean(rand) ? PROXY_UP : PROXY_DOWN;
}

void
cut_somehow(struct proxy *proxy, GRand *rand, void (*meanwhile)(void *user), void *user)
{
    struct proxy_faults faults = {0};

    switch (g_rand_int_range(rand, 0, 4)) {
    case 0:
        proxy_cut(proxy);
        break;
    case 1:
        proxy_reset(proxy);
        break;
    case 2:
        /* In the middle of whatever comes next, a login or a page of history too. */
        faults.cut_after_bytes = (uint64_t)g_rand_int_range(rand, 1, 4000);
        proxy_set(proxy, one_way(rand), &faults);
        break;
    default:
        /* A silence in one way, in which the other goes on. */
        faults.hole = true;
        proxy_set(proxy, one_way(rand), &faults);
        meanwhile(user);
        proxy_reset(proxy);
        proxy_heal(proxy);
    }
}
