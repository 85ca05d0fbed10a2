#include "base/bucket.h"
#include "tests/unit/base/tests.h"

#include <glib.h>

static void
test_pace(void)
{
    struct bucket bucket;

    bucket_init(&bucket, 3, 100, 1000);
    for (int i = 0; i < 3; i++)
        g_assert_true(bucket_take(&bucket, 1, 1000));
    g_assert_false(bucket_take(&bucket, 1, 1000));
    g_assert_cmpint(bucket_wait_us(&bucket, 1, 1000), ==, 100);
    g_assert_cmpint(bucket_wait_us(&bucket, 2, 1040), ==, 160);
    g_assert_false(bucket_take(&bucket, 1, 1099));
    g_assert_true(bucket_take(&bucket, 1, 1100));
    g_assert_false(bucket_take(&bucket, 1, 1199)); /* the rest of an interval is not lost ... */
    g_assert_true(bucket_take(&bucket, 1, 1200));
    g_assert_true(bucket_take(&bucket, 3, 99999)); /* ... and no more than the burst gathers */
    g_assert_false(bucket_take(&bucket, 1, 99999));
}

static void
test_large_cost(void)
{
    struct bucket bucket;

    bucket_init(&bucket, 2, 10, 0);
    g_assert_true(bucket_take(&bucket, 5, 0));
    g_assert_cmpint(bucket_wait_us(&bucket, 1, 0), ==, 40);
    g_assert_cmpint(bucket_wait_us(&bucket, 5, 0), ==, 50);
    g_assert_false(bucket_take(&bucket, 5, 49));
    g_assert_true(bucket_take(&bucket, 5, 50));
    bucket_init(&bucket, 1, G_MAXINT64 / 2, 0);
    g_assert_true(bucket_take(&bucket, G_MAXINT64, 0));
    g_assert_cmpint(bucket_wait_us(&bucket, G_MAXINT64, 0), ==, G_MAXINT64);
}

static void
test_no_limit_and_set(void)
{
    struct bucket bucket;

    bucket_init(&bucket, 1, 0, 0);
    for (int i = 0; i < 100; i++)
        g_assert_true(bucket_take(&bucket, 50, 0));
    g_assert_cmpint(bucket_wait_us(&bucket, 50, 0), ==, 0);
    bucket_set(&bucket, 4, 100, 500);
    g_assert_cmpint(bucket_wait_us(&bucket, 1, 500), ==, 0);
    g_assert_true(bucket_take(&bucket, 1, 500));
    g_assert_cmpint(bucket_wait_us(&bucket, 1, 500), ==, 100);
    bucket_set(&bucket, 1, 100, 900);
    g_assert_true(bucket_take(&bucket, 1, 900));
    g_assert_false(bucket_take(&bucket, 1, 900)); /* four had gathered, the new burst is one */
    g_assert_false(bucket_take(&bucket, 1, 100)); /* time went back: no gain, no harm */
    g_assert_true(bucket_take(&bucket, 1, 200));
    g_assert_true(bucket_take(&bucket, 0, 200));
}

void
test_bucket_add(void)
{
    g_test_add_func("/bucket/pace", test_pace);
    g_test_add_func("/bucket/large-cost", test_large_cost);
    g_test_add_func("/bucket/no-limit-and-set", test_no_limit_and_set);
}
