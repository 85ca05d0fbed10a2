#include <math.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "tests/unit/common/tests.h"
#include "json/json.h"

static json_t *
read_text(const char *text, gssize len, const struct json_limits *limits, GError **error)
{
    /* A copy of just that size: reading past it is seen. */
    const size_t size = len < 0 ? strlen(text) : (size_t)len;
    char *copy = g_memdup2(text, size);
    json_t *value = json_read(copy, size, limits, error);

    g_free(copy);
    return value;
}

static json_t *
read_good(const char *text, gssize len)
{
    g_autoptr(GError) error = NULL;
    json_t *value = read_text(text, len, NULL, &error);

    g_assert_no_error(error);
    g_assert_nonnull(value);
    return value;
}

static void
assert_refused(const char *text, gssize len, const struct json_limits *limits, int code)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(read_text(text, len, limits, &error));
    g_assert_error(error, WEFT_ERROR, code);
}

/* What jansson refuses as a whole. */
static void
test_survives(void)
{
    static const struct {
        const char *text, *as;
    } rows[] = {
        {"{\"m\":\"a\\u0000b\"}", "a\xef\xbf\xbd"
                                  "b"},
        {"{\"m\":\"\\ud83d\\ude00\"}", "\xf0\x9f\x98\x80"},
        {"{\"m\":\"\\ud83d!\"}", "\xef\xbf\xbd!"},
        {"{\"m\":\"\\ud83d\\u0041\"}", "\xef\xbf\xbd"
                                       "A"},
        {"{\"m\":\"\\ud83d\\ud83d\\ude00\"}", "\xef\xbf\xbd\xf0\x9f\x98\x80"},
        {"{\"m\":\"\\ude00\"}", "\xef\xbf\xbd"},
        {"{\"m\":\"a\xff\xc3(\"}", "a\xef\xbf\xbd\xef\xbf\xbd("},
        {"{\"m\":\"a\tb\x01\"}", "a\tb\x01"},
        {"{\"m\":\"\\u0022\\u005c\\u001f\\/\\n\\u00e9\"}", "\"\\\x1f/\n\xc3\xa9"},
        {"\xef\xbb\xbf {\"m\":\"x\"} \r\n", "x"},
        {"{\"m\":1,\"m\":\"last\"}", "last"},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        json_t *value = read_good(rows[i].text, -1);
        g_assert_cmpstr(json_get_text(value, "m"), ==, rows[i].as);
        json_decref(value);
    }
    static const char with_nul[] = "{\"m\":\"a\0b\"}";
    json_t *value = read_good(with_nul, sizeof with_nul - 1);
    g_assert_cmpstr(json_get_text(value, "m"), ==,
                    "a\xef\xbf\xbd"
                    "b");
    json_decref(value);
    value = read_good("{\"\\u0000k\":\"key\"}", -1);
    g_assert_cmpstr(json_get_text(value, "\xef\xbf\xbd"
                                         "k"),
                    ==, "key");
    json_decref(value);
}

static void
test_numbers(void)
{
    static const struct {
        const char *text;
        int64_t as;
    } rows[] = {
        {"{\"n\":0}", 0},
        {"{\"n\":-0}", 0},
        {"{\"n\":9223372036854775807}", INT64_MAX},
        {"{\"n\":-9223372036854775808}", INT64_MIN},
        {"{\"n\":9223372036854775808}", INT64_MAX},
        {"{\"n\":-9223372036854775809}", INT64_MIN},
        {"{\"n\":1e999}", INT64_MAX},
        {"{\"n\":-1e999}", INT64_MIN},
        {"{\"n\":1e-999}", 0},
        {"{\"n\":2.9}", 2},
        {"{\"n\":1E+3}", 1000},
        {"{\"n\":\"7\"}", 0},
        {"{\"n\":true}", 0},
        {"[7]", 0},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        json_t *value = read_good(rows[i].text, -1);
        g_assert_cmpint(json_get_int(value, "n"), ==, rows[i].as);
        json_decref(value);
    }
    g_autofree char *digits = g_strnfill(5000, '9');
    json_t *value = read_good(digits, -1);
    g_assert_true(json_is_real(value));
    g_assert_true(isfinite(json_real_value(value)));
    json_decref(value);
}

static void
test_no_json(void)
{
    static const char *const rows[] = {
        "",     " ",       "{",         "}",           "[1,]", "[1 2]",      "{\"a\"}", "{\"a\":}",
        "nul",  "nulls",   "01",        "1.",          "-",    "1e",         "+1",      "{a:1}",
        "\"a",  "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "[1]x", "{\"a\":1,}", "[}",      "{\"a\":1]",
        "\"\\", "[\"\\",   "<html>",    "{} {}",       "'a'",  ",",          "[,1]",    "\"\\ud8",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_refused(rows[i], -1, NULL, WEFT_ERROR_PROTOCOL);
}

static char *
nested(unsigned depth)
{
    g_autofree char *open = g_strnfill(depth, '[');
    g_autofree char *close = g_strnfill(depth, ']');
    return g_strconcat(open, close, NULL);
}

static void
test_limits(void)
{
    const struct json_limits small = {.bytes = 100, .depth = 3, .values = 5, .string_bytes = 10};
    g_autofree char *deep = nested(64), *too_deep = nested(65), *deepest = nested(100000);

    json_decref(read_good(deep, -1));
    json_decref(read_good(too_deep, -1));
    json_decref(read_good(deepest, -1));
    json_t *cut = read_text("{\"a\":[[[\"]\"]]],\"m\":\"x\"}", -1, &small, NULL);
    g_assert_cmpstr(json_get_text(cut, "m"), ==, "x");
    g_assert_true(json_is_null(json_array_get(json_array_get(json_get_array(cut, "a"), 0), 0)));
    json_decref(cut);
    assert_refused("[[[[[", -1, &small, WEFT_ERROR_PROTOCOL);
    json_decref(read_text("[[[1,2]]]", -1, &small, NULL));
    assert_refused("[1,2,3,4,5]", -1, &small, WEFT_ERROR_TOO_LARGE);
    assert_refused("[\"0123456789a\"]", -1, &small, WEFT_ERROR_TOO_LARGE);
    assert_refused("{\"0123456789a\":1}", -1, &small, WEFT_ERROR_TOO_LARGE);
    g_autofree char *long_text = g_strnfill(101, ' ');
    assert_refused(long_text, -1, &small, WEFT_ERROR_TOO_LARGE);
}

/* One that packs too much into a part of its own costs the others nothing. */
static void
test_parts(void)
{
    static const struct json_limits limits = {.bytes = 1000,
                                              .depth = 8,
                                              .values = 30,
                                              .string_bytes = 20,
                                              .part_depth = 3,
                                              .part_values = 4};
    static const struct {
        const char *text, *as;
    } rows[] = {
        {"{\"p\":{\"x\":[1,2,3,4]}}", "{\"p\":{\"x\":[1,2,3,4]}}"},
        {"{\"p\":{\"x\":[1,2,3,4,5]}}", "{\"p\":{\"x\":null}}"},
        {"{\"p\":{\"x\":[1,[2,[\"]\"]],5],\"y\":7}}", "{\"p\":{\"x\":null,\"y\":7}}"},
        {"[[1,2,3,4,5,6,[1],[2],7]]", "[[1,2,3,4,5,6,[1],[2],7]]"},
        {"[[[1,2,3],[1,2,3,4,5],[{\"a\":[]}]],8]", "[[[1,2,3],null,[{\"a\":[]}]],8]"},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        json_t *value = read_text(rows[i].text, -1, &limits, NULL);
        g_assert_nonnull(value);
        g_autoptr(GBytes) bytes = json_write_take(value);
        g_autofree char *as = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
        g_assert_cmpstr(as, ==, rows[i].as);
    }
    /* All together they leave room for what is outside of them. */
    json_t *many = read_text("[[[1,2,3],[1,2,3],[1,2,3],[1,2,3],[1,2,3],[1,2,3]],1,2,3,4,5]", -1,
                             &limits, NULL);
    g_assert_cmpuint(json_array_size(many), ==, 6);
    g_assert_true(json_is_array(json_array_get(json_array_get(many, 0), 3)));
    g_assert_true(json_is_null(json_array_get(json_array_get(many, 0), 4)));
    json_decref(many);
    assert_refused("[[[1,2,3,4,5,", -1, &limits, WEFT_ERROR_PROTOCOL);
}

/* Three megabytes that would be 221 in memory. */
static void
test_bomb(void)
{
    g_autoptr(GString) bomb = g_string_new("[{}");

    while (bomb->len < 3 * 1024 * 1024)
        g_string_append(bomb, ",{}");
    g_string_append_c(bomb, ']');
    assert_refused(bomb->str, (gssize)bomb->len, NULL, WEFT_ERROR_TOO_LARGE);
}

/* The deepest document that passes the door, through all that walks it, on a small stack. */
static void *
walk_deep(void *user)
{
    const struct json_limits limits = {
        .bytes = 10000, .depth = 2000, .values = 10000, .string_bytes = 10};
    g_autofree char *text = nested(JSON_DEPTH_MOST);
    json_t *value = json_read(text, strlen(text), &limits, NULL);
    json_t *copy = json_deep_copy(value);

    g_assert_nonnull(copy);
    g_assert_true(json_equal(value, copy));
    g_autoptr(GBytes) bytes = json_write_take(copy);
    g_assert_cmpuint(g_bytes_get_size(bytes), ==, strlen(text));
    json_decref(value);
    g_autofree char *deeper = nested(JSON_DEPTH_MOST + 1);
    value = json_read(deeper, strlen(deeper), &limits, NULL);
    g_autoptr(GBytes) cut = json_write_take(value);
    g_assert_cmpuint(g_bytes_get_size(cut), ==, 2 * JSON_DEPTH_MOST + strlen("null"));
    return NULL;
}

static void
test_deep(void)
{
    pthread_attr_t small;
    pthread_t thread;

    pthread_attr_init(&small);
    g_assert_cmpint(pthread_attr_setstacksize(&small, (size_t)256 * 1024), ==, 0);
    g_assert_cmpint(pthread_create(&thread, &small, walk_deep, NULL), ==, 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&small);
}

/* Keys that hash alike would make the time grow with the square. Tells the time, and holds it to
 * what no such table could reach. */
static void
test_keys(void)
{
    g_autoptr(GString) text = g_string_new("{\"k\":0");

    for (int i = 0; i < 100000; i++)
        g_string_append_printf(text, ",\"k%d\":%d", i, i);
    g_string_append_c(text, '}');
    const clock_t from = clock();
    json_t *value = read_good(text->str, (gssize)text->len);
    const gint64 took_us = (clock() - from) * (G_USEC_PER_SEC / CLOCKS_PER_SEC);
    g_assert_cmpint(json_get_int(value, "k99999"), ==, 99999);
    json_decref(value);
    g_test_message("100,000 keys took %" G_GINT64_FORMAT " ms", took_us / 1000);
    g_assert_cmpint(took_us, <, 20 * G_USEC_PER_SEC);
}

static void
test_wrong_kinds(void)
{
    json_t *value = read_good(
        "{\"t\":\"x\",\"i\":1,\"o\":{},\"a\":[],\"n\":null,\"b\":true,\"j\":\"[1]\"}", -1);
    json_t *const objects[] = {NULL, json_object_get(value, "a"), json_object_get(value, "n"),
                               json_object_get(value, "t")};

    for (unsigned i = 0; i < G_N_ELEMENTS(objects); i++) {
        g_assert_cmpstr(json_get_text(objects[i], "t"), ==, "");
        g_assert_cmpint(json_get_int(objects[i], "t"), ==, 0);
        g_assert_false(json_get_bool(objects[i], "t"));
        g_assert_null(json_get_object(objects[i], "t"));
        g_assert_null(json_get_array(objects[i], "t"));
        g_assert_null(json_get_nested(objects[i], "t", NULL));
    }
    g_assert_cmpstr(json_get_text(value, "i"), ==, "");
    g_assert_cmpstr(json_get_text(value, "n"), ==, "");
    g_assert_null(json_get_object(value, "a"));
    g_assert_null(json_get_array(value, "o"));
    g_assert_true(json_get_bool(value, "b"));
    g_assert_false(json_get_bool(value, "i"));
    g_assert_null(json_get_nested(value, "t", NULL));
    json_t *inner = json_get_nested(value, "j", NULL);
    g_assert_cmpuint(json_array_size(inner), ==, 1);
    json_decref(inner);
    json_decref(value);
}

static bool
note(void *user, json_t *value, const GError *error)
{
    GString *told = user;

    if (value)
        g_string_append_printf(told, "%d ", (int)json_get_int(value, "n"));
    else
        g_string_append_printf(told, "%s ", error_code_name(error_code(error)));
    return !value || json_get_int(value, "n") != 9;
}

static void
test_each(void)
{
    static const struct json_limits limits = {
        .bytes = 1000, .depth = 4, .values = 6, .string_bytes = 20};
    static const struct {
        const char *text, *told;
        bool good;
    } rows[] = {
        {"", "", true},
        {" [ ] ", "", true},
        {"[{\"n\":1}]", "1 ", true},
        {"[{\"n\":1},{\"n\":2}]", "1 2 ", true},
        {"{\"n\":1}\n{\"n\":2}\n", "1 2 ", true},
        {"{\"n\":1}", "1 ", true},
        /* The poisoned neighbour costs nothing but itself. */
        {"[{\"n\":1},[[[[[\"]\\\"]\"]]]]],{\"n\":3}]", "1 0 3 ", true},
        {"[{\"n\":1},{\"a\":[1,2,3,4,5,6]},{\"n\":3}]", "1 too-large 3 ", true},
        {"[{\"n\":1},\"012345678901234567890\",{\"n\":3}]", "1 too-large 3 ", true},
        {"{\"a\":[1,2,3,4,5,6]}\n{\"n\":3}\n", "too-large 3 ", true},
        {"[{\"n\":1},{\"n\":9},{\"n\":3}]", "1 9 ", true},
        {"[{\"n\":1},{\"n\":2]", "1 ", false},
        {"[{\"n\":1},", "1 ", false},
        {"[{\"n\":1}", "1 ", false},
        {"[{\"n\":1}]x", "1 ", false},
        {"[{\"n\":1} {\"n\":2}]", "1 ", false},
        {"<html>", "", false},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GString) told = g_string_new(NULL);
        const size_t len = strlen(rows[i].text);
        char *copy = g_memdup2(rows[i].text, len);
        const bool good = json_each(copy, len, &limits, note, told, &error);
        g_free(copy);
        g_assert_cmpstr(told->str, ==, rows[i].told);
        g_assert_cmpint(good, ==, rows[i].good);
        g_assert_cmpint(good, ==, error == NULL);
    }
}

static void
test_write(void)
{
    json_t *object = json_object();

    json_put_text(object, "m", "a\"\n\xff");
    json_put_text(object, "none", NULL);
    g_autoptr(GBytes) bytes = json_write_take(object);
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    g_assert_cmpstr(text, ==, "{\"m\":\"a\\\"\\n\xef\xbf\xbd\"}");
}

void
test_json_add(void)
{
    g_test_add_func("/threat/14-poisoned-json", test_survives);
    g_test_add_func("/json/numbers", test_numbers);
    g_test_add_func("/json/no-json", test_no_json);
    g_test_add_func("/json/limits", test_limits);
    g_test_add_func("/json/parts", test_parts);
    g_test_add_func("/threat/15-deep-json", test_deep);
    g_test_add_func("/json/bomb", test_bomb);
    g_test_add_func("/threat/16-colliding-keys", test_keys);
    g_test_add_func("/json/wrong-kinds", test_wrong_kinds);
    g_test_add_func("/json/each", test_each);
    g_test_add_func("/json/write", test_write);
}
