#include "base/error.h"
#include "tests/unit/base/tests.h"

#include <string.h>

static void
test_names(void)
{
    for (int i = 0; i < WEFT_ERROR_N; i++) {
        const char *name = error_code_name((enum weft_error)i);
        g_assert_nonnull(name);
        for (int other = 0; other < i; other++)
            g_assert_cmpstr(error_code_name((enum weft_error)other), !=, name);
    }
    g_assert_cmpstr(error_code_name(WEFT_ERROR_RATE_LIMITED), ==, "rate-limited");
    g_assert_cmpstr(error_code_name((enum weft_error)999), ==, "internal");
}

static void
test_codes(void)
{
    g_autoptr(GError) ours = g_error_new(WEFT_ERROR, WEFT_ERROR_AUTH, "x");
    g_autoptr(GError) foreign = g_error_new(g_quark_from_string("other"), WEFT_ERROR_AUTH, "x");

    g_assert_true(error_is(ours, WEFT_ERROR_AUTH));
    g_assert_false(error_is(ours, WEFT_ERROR_TLS));
    g_assert_false(error_is(foreign, WEFT_ERROR_AUTH));
    g_assert_false(error_is(NULL, WEFT_ERROR_CANCELLED));
    g_assert_cmpint(error_code(ours), ==, WEFT_ERROR_AUTH);
    g_assert_cmpint(error_code(foreign), ==, WEFT_ERROR_INTERNAL);
    g_assert_cmpint(error_code(NULL), ==, WEFT_ERROR_INTERNAL);
    g_assert_cmpint(error_retry_after_us(foreign), ==, 0);
    g_assert_cmpint(error_retry_after_us(NULL), ==, 0);
}

static void
test_rate_limited(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) low = NULL;
    g_autoptr(GError) high = NULL;

    error_set_rate_limited(NULL, 5, "nobody asks");
    error_set_rate_limited(&error, 1500, "wait %d", 7);
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_RATE_LIMITED);
    g_assert_cmpstr(error->message, ==, "wait 7");
    g_autoptr(GError) copy = g_error_copy(error);
    g_prefix_error(&copy, "sent: ");
    g_assert_cmpint(error_retry_after_us(copy), ==, 1500);
    error_set_rate_limited(&low, -1, "x");
    g_assert_cmpint(error_retry_after_us(low), ==, 0);
    error_set_rate_limited(&high, G_MAXINT64, "x");
    g_assert_cmpint(error_retry_after_us(high), ==, (int64_t)3600 * G_USEC_PER_SEC);
}

static void
test_refuse(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(error_refuse(NULL, "nobody asks"));
    g_assert_false(error_refuse(&error, "%s is no number", "seven"));
    g_assert_true(error_is(error, WEFT_ERROR_BAD_INPUT));
    g_assert_cmpstr(error->message, ==, "seven is no number");
}

void
test_error_add(void)
{
    g_test_add_func("/error/names", test_names);
    g_test_add_func("/error/codes", test_codes);
    g_test_add_func("/error/rate-limited", test_rate_limited);
    g_test_add_func("/error/refuse", test_refuse);
}
