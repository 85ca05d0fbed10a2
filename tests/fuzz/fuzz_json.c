/* src/json: what a network sends as JSON. Nothing is refused but what is no JSON or
 * too much; what comes out keeps the limits, and is the same when it is written and read again. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "tests/fuzz/fuzz.h"
#include "json/json.h"

static const struct json_limits small = {.bytes = 4096,
                                         .depth = 12,
                                         .values = 200,
                                         .string_bytes = 300,
                                         .part_depth = 3,
                                         .part_values = 20};

static size_t
check_value(json_t *value, unsigned depth)
{
    size_t n = 1, i;
    const char *key;
    json_t *each;

    g_assert_cmpuint(depth, <=, small.depth);
    if (json_is_string(value)) {
        g_assert_cmpuint(json_string_length(value), ==, strlen(json_string_value(value)));
        g_assert_cmpuint(json_string_length(value), <=, small.string_bytes);
        fuzz_assert_utf8(json_string_value(value), json_string_length(value));
    }
    if (json_is_real(value))
        g_assert_true(isfinite(json_real_value(value)));
    json_array_foreach(value, i, each) n += check_value(each, depth + 1);
    json_object_foreach(value, key, each)
    {
        fuzz_assert_utf8(key, strlen(key));
        (void)json_get_text(value, key);
        (void)json_get_int(value, key);
        json_decref(json_get_nested(value, key, NULL));
        n += check_value(each, depth + 1);
    }
    return n;
}

static bool
on_each(void *user, json_t *value, const GError *error)
{
    unsigned *n = user;

    g_assert_true((value == NULL) == (error != NULL));
    if (value)
        check_value(value, 0);
    else
        g_assert_true(error_is(error, WEFT_ERROR_TOO_LARGE));
    return ++*n < 100;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    g_autoptr(GError) error = NULL, each_error = NULL;
    size_t len;
    g_autofree char *text = fuzz_rest(&input, &len);
    json_t *value = json_read(text, len, &small, &error);
    unsigned n = 0;

    g_assert_true((value == NULL) == (error != NULL));
    const bool good = json_each(text, len, &small, on_each, &n, &each_error);
    g_assert_cmpint(good, ==, each_error == NULL);
    if (!value) {
        g_assert_true(error_is(error, WEFT_ERROR_PROTOCOL) ||
                      error_is(error, WEFT_ERROR_TOO_LARGE));
        return 0;
    }
    g_assert_cmpuint(check_value(value, 0), <=, small.values);
    g_autoptr(GBytes) bytes = json_write_take(json_incref(value));
    json_t *again = json_read(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), NULL, NULL);
    g_assert_true(json_equal(value, again));
    json_decref(again);
    json_decref(value);
    return 0;
}
