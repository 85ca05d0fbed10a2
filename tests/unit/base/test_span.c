#include "base/span.h"
#include "tests/unit/base/tests.h"

#include <glib.h>

static void
test_good(void)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } cases[] = {{"90s", 90},
                 {"0m", 0},
                 {"30m", 1800},
                 {"2h", 7200},
                 {"3d", 3 * 86400},
                 {"4w", 28 * 86400},
                 {"1y", 365 * 86400},
                 {"007s", 7},
                 {"999999999w", INT64_C(365000) * 86400},
                 {"1000y", INT64_C(365000) * 86400}};
    int64_t us;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_true(span_parse(cases[i].text, &us));
        g_assert_cmpint(us, ==, cases[i].seconds * G_USEC_PER_SEC);
    }
}

static void
test_bad(void)
{
    static const char *const cases[] = {"",    "m",   "30",  "30 m", " 30m",        "30M",
                                        "-3m", "+3m", "3mm", "3.5h", "9999999999s", "3\303\251"};
    int64_t us = 7;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_false(span_parse(cases[i], &us));
    g_assert_cmpint(us, ==, 7);
}

static void
test_ago(void)
{
    int64_t us;

    g_assert_true(span_parse_ago("2h", 10000 * INT64_C(1000000), &us));
    g_assert_cmpint(us, ==, 2800 * INT64_C(1000000));
    g_assert_true(span_parse_ago("2d", 10000 * INT64_C(1000000), &us));
    g_assert_cmpint(us, ==, 1);
    g_assert_false(span_parse_ago("yesterday", 5, &us));
}

void
test_span_add(void)
{
    g_test_add_func("/span/good", test_good);
    g_test_add_func("/span/bad", test_bad);
    g_test_add_func("/span/ago", test_ago);
}
