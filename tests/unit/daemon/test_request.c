#include <string.h>

#include "base/error.h"
#include "daemon/request.h"
#include "tests/unit/daemon/tests.h"

static void
check_bad(const char *line, enum weft_error code, const char *id, const char *part)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *got = NULL;

    g_assert_null(request_read(line, strlen(line), &got, &error));
    g_assert_true(error_is(error, code));
    g_assert_cmpstr(got, ==, id);
    if (!strstr(error->message, part))
        g_error("%s: %s", line, error->message);
    g_assert_true(g_str_has_suffix(error->message, ".") || g_str_has_suffix(error->message, "?"));
}

static void
test_bad(void)
{
    check_bad("", WEFT_ERROR_PROTOCOL, "null", "one JSON object");
    check_bad("hello", WEFT_ERROR_PROTOCOL, "null", "one JSON object");
    check_bad("[1]", WEFT_ERROR_PROTOCOL, "null", "one JSON object");
    check_bad("{\"id\":1,\"do\":\"hello\"} {}", WEFT_ERROR_PROTOCOL, "null", "one JSON object");
    check_bad("{\"do\":\"hello\"}", WEFT_ERROR_BAD_INPUT, "null", "\"id\" is missing");
    check_bad("{\"id\":true,\"do\":\"hello\"}", WEFT_ERROR_BAD_INPUT, "null", "\"id\" is missing");
    check_bad("{\"id\":1}", WEFT_ERROR_BAD_INPUT, "1", "\"do\" is missing");
    check_bad("{\"id\":1,\"do\":\"sned\"}", WEFT_ERROR_BAD_INPUT, "1", "no request \"sned\"");
    check_bad("{\"id\":1,\"do\":\"sned\"}", WEFT_ERROR_BAD_INPUT, "1", "send");
    check_bad("{\"id\":\"a\\\"b\",\"do\":\"send\",\"to\":\"x\"}", WEFT_ERROR_BAD_INPUT,
              "\"a\\\"b\"", "needs \"text\"");
    check_bad("{\"id\":1,\"do\":\"send\",\"to\":1,\"text\":\"x\"}", WEFT_ERROR_BAD_INPUT, "1",
              "\"to\" must be a text");
    check_bad("{\"id\":1,\"do\":\"send\",\"to\":\"x\",\"text\":\"x\",\"wait\":1}",
              WEFT_ERROR_BAD_INPUT, "1", "\"wait\" must be true or false");
    check_bad("{\"id\":1,\"do\":\"send\",\"to\":\"x\",\"text\":\"x\",\"wiat\":true}",
              WEFT_ERROR_BAD_INPUT, "1", "\"wiat\" is not a word");
    check_bad("{\"id\":1,\"do\":\"query\",\"what\":\"message\",\"message\":-1}",
              WEFT_ERROR_BAD_INPUT, "1", "whole number");
    check_bad("{\"id\":1,\"do\":\"quit\",\"text\":\"x\"}", WEFT_ERROR_BAD_INPUT, "1",
              "\"text\" is not a word of the request \"quit\"");
}

static void
test_limits(void)
{
    g_autofree char *long_id = g_strnfill(65, 'i');
    g_autofree char *line = g_strdup_printf("{\"id\":\"%s\",\"do\":\"hello\"}", long_id);
    g_autofree char *long_text = g_strnfill(REQUEST_MAX_LINE_BYTES, 'x');
    g_autofree char *large =
        g_strdup_printf("{\"id\":1,\"do\":\"send\",\"to\":\"x\",\"text\":\"%s\"}", long_text);
    GString *many = g_string_new("{\"id\":1,\"do\":\"hello\"");

    for (unsigned i = 0; i < 100; i++)
        g_string_append_printf(many, ",\"k%u\":1", i);
    g_string_append_c(many, '}');
    check_bad(line, WEFT_ERROR_BAD_INPUT, "null", "\"id\" is missing");
    check_bad(large, WEFT_ERROR_TOO_LARGE, "null", "too large");
    check_bad(many->str, WEFT_ERROR_TOO_LARGE, "null", "too large");
    g_string_free(many, TRUE);
}

static void
test_good(void)
{
    static const char line[] = "{\"do\":\"tail\",\"id\":\"t1\",\"in\":\"a/#b\",\"since\":\"2h\","
                               "\"follow\":false,\"joins\":true}";
    g_autofree char *id = NULL;
    struct request *request = request_read(line, strlen(line), &id, NULL);

    g_assert_nonnull(request);
    g_assert_cmpint(request->kind, ==, REQUEST_TAIL);
    g_assert_cmpstr(request->id, ==, "\"t1\"");
    g_assert_cmpstr(request->in, ==, "a/#b");
    g_assert_cmpstr(request->since, ==, "2h");
    g_assert_false(request->follow);
    g_assert_true(request->joins);
    request_free(request);
}

void
test_request_add(void)
{
    g_test_add_func("/request/bad", test_bad);
    g_test_add_func("/request/limits", test_limits);
    g_test_add_func("/request/good", test_good);
}
