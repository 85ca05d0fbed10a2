/* base/utf8: the door for foreign bytes. */
#include <string.h>

#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"

static void
check_text(const char *text, size_t max_bytes)
{
    size_t len = strlen(text);

    g_assert_cmpuint(len, <=, max_bytes);
    fuzz_assert_utf8(text, len);
    g_autofree char *again = utf8_sanitize(text, -1, SIZE_MAX);
    g_assert_cmpstr(again, ==, text);
}

static void
check_cut(const char *text, size_t max_bytes)
{
    size_t len = strlen(text);
    size_t cut = utf8_cut(text, len, max_bytes);

    g_assert_cmpuint(cut, <=, max_bytes);
    fuzz_assert_utf8(text, cut);
    if (len > max_bytes)
        g_assert_cmpuint(cut + 4, >, max_bytes);
    else
        g_assert_cmpuint(cut, ==, len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    size_t max_bytes = fuzz_number(&input, 1000);
    size_t len;
    g_autofree char *bytes = fuzz_rest(&input, &len);
    g_autofree char *whole = utf8_sanitize(bytes, (gssize)len, SIZE_MAX);
    g_autofree char *part = utf8_sanitize(bytes, (gssize)len, max_bytes);
    g_autofree char *legacy = utf8_from_legacy(bytes, (gssize)len, SIZE_MAX);
    g_autofree char *legacy_part = utf8_from_legacy(bytes, (gssize)len, max_bytes);

    check_text(whole, len * 3);
    check_text(part, max_bytes);
    check_text(legacy, len * 3);
    check_text(legacy_part, max_bytes);
    g_assert_true(g_str_has_prefix(whole, part));
    g_assert_true(g_str_has_prefix(legacy, legacy_part));
    if (g_utf8_validate_len(bytes, len, NULL)) {
        g_assert_cmpuint(strlen(whole), ==, len);
        g_assert_cmpint(memcmp(whole, bytes, len), ==, 0);
        g_assert_cmpstr(legacy, ==, whole);
    }
    check_cut(whole, max_bytes);
    return 0;
}
