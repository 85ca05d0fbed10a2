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

#define N_CLIENTS 1000
#define SECOND_US INT64_C(1000000)

static int
by_time(gconstpointer a, gconstpointer b)
{
    const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

/* The most tries that fall into one second, wherever it begins. */
static unsigned
most_in_a_second(GArray *tries)
{
    unsigned most = 0, first = 0;

    g_array_sort(tries, by_time);
    for (unsigned i = 0; i < tries->len; i++) {
        while (g_array_index(tries, int64_t, i) - g_array_index(tries, int64_t, first) >= SECOND_US)
            first++;
        most = MAX(most, i - first + 1);
    }
    return most;
}

/* A server leaves 1,000 clients at once and is away for `down_us`: nowhere in ten minutes do more
 * than 50 of them try in one second, whether the first try or the fourth. */
static void
test_spread(void)
{
    const int64_t downs_us[] = {0, 5 * SECOND_US, 60 * SECOND_US, 600 * SECOND_US};

    for (guint d = 0; d < G_N_ELEMENTS(downs_us); d++) {
        g_autoptr(GRand) rand = g_rand_new_with_seed(2026 + d);
        g_autoptr(GArray) tries = g_array_new(FALSE, FALSE, sizeof(int64_t));
        g_autoptr(GArray) firsts = g_array_new(FALSE, FALSE, sizeof(int64_t));
        for (int i = 0; i < N_CLIENTS; i++) {
            struct backoff backoff;
            backoff_init(&backoff, 10 * SECOND_US, 600 * SECOND_US, SECOND_US);
            int64_t at_us = backoff_spread_us(&backoff, 40 * SECOND_US, rand);
            g_array_append_val(firsts, at_us);
            g_array_append_val(tries, at_us);
            while (at_us < downs_us[d]) {
                at_us += backoff_next_us(&backoff, rand);
                g_array_append_val(tries, at_us);
            }
        }
        const unsigned most = most_in_a_second(tries);
        g_assert_cmpuint(most, <=, N_CLIENTS / 20);
        g_array_sort(firsts, by_time);
        g_assert_cmpint(g_array_index(firsts, int64_t, 0), >=, SECOND_US);
        g_assert_cmpint(g_array_index(firsts, int64_t, N_CLIENTS - 1), <=, 40 * SECOND_US);
        g_test_message("away for %d s: %u tries, %u in one second at most",
                       (int)(downs_us[d] / SECOND_US), tries->len, most);
    }
}

/* Windows grow to the ceiling and stop there; a connection that stands ends them. */
static void
test_spread_edges(void)
{
    struct backoff backoff;

    backoff_init(&backoff, 1000, 10000, 100);
    g_assert_cmpint(backoff_spread_us(&backoff, 4000, NULL), <=, 4000);
    const int64_t least_us[] = {4000, 5000, 5000, 5000}, most_us[] = {8000, 10000, 10000, 10000};
    for (guint i = 0; i < G_N_ELEMENTS(least_us); i++) {
        const int64_t delay_us = backoff_next_us(&backoff, NULL);
        g_assert_cmpint(delay_us, >=, least_us[i]);
        g_assert_cmpint(delay_us, <=, most_us[i]);
    }
    backoff_init(&backoff, 1000, 10000, 100);
    backoff_spread_us(&backoff, 4000, NULL);
    backoff_stands(&backoff);
    g_assert_cmpint(backoff_next_us(&backoff, NULL), <=, 2000); /* one failure, no window */
    for (int i = 0; i < 3; i++)
        backoff_next_us(&backoff, NULL);
    g_assert_cmpint(backoff_spread_us(&backoff, 4000, NULL), <=, 10000);
    g_assert_cmpint(backoff.spread_us, ==, 10000); /* many failures: not narrower than usual */
}

void
test_backoff_add(void)
{
    g_test_add_func("/backoff/ceilings", test_ceilings);
    g_test_add_func("/backoff/reset-and-edges", test_reset_and_edges);
    g_test_add_func("/fault/R05-spread", test_spread);
    g_test_add_func("/backoff/spread-edges", test_spread_edges);
}
