#include "base/backoff.h"
#include "tests/unit/base/tests.h"

static void
test_ceilings(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    struct backoff backoff;
    int64_t ceilings[] = {1000, 2000, 4000, 8000, 9000, 9000};
    int64_t most[G_N_ELEMENTS(ceilings)] = {0};
    int64_t least[G_N_ELEMENTS(ceilings)] = {9999, 9999, 9999, 9999, 9999, 9999};

    for (int round = 0; round < 400; round++) {
        backoff_init(&backoff, 1000, 9000, 100);
        for (unsigned i = 0; i < G_N_ELEMENTS(ceilings); i++) {
            int64_t delay = backoff_next_us(&backoff, rand);
            most[i] = MAX(most[i], delay);
            least[i] = MIN(least[i], delay);
        }
        g_assert_cmpuint(backoff.failures, ==, G_N_ELEMENTS(ceilings));
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(ceilings); i++) {
        g_assert_cmpint(most[i], <=, ceilings[i]);
        g_assert_cmpint(most[i], >, ceilings[i] * 9 / 10);
        g_assert_cmpint(least[i], >=, 100);
        g_assert_cmpint(least[i], <, 100 + ceilings[i] / 10);
    }
}

static void
test_reset_and_edges(void)
{
    struct backoff backoff;

    backoff_init(&backoff, 1000, G_MAXINT64, 0);
    for (int i = 0; i < 1000; i++)
        g_assert_cmpint(backoff_next_us(&backoff, NULL), >=, 0);
    backoff_reset(&backoff);
    g_assert_cmpuint(backoff.failures, ==, 0);
    g_assert_cmpint(backoff_next_us(&backoff, NULL), <=, 1000);
    backoff_init(&backoff, 10, 20, 500);
    g_assert_cmpint(backoff_next_us(&backoff, NULL), ==, 500);
    backoff_init(&backoff, 0, 0, 0);
    g_assert_cmpint(backoff_next_us(&backoff, NULL), ==, 0);
}

void
test_backoff_add(void)
{
    g_test_add_func("/backoff/ceilings", test_ceilings);
    g_test_add_func("/backoff/reset-and-edges", test_reset_and_edges);
}
