/* model/rich: spans as a store may hold them, over a text. */
#include <string.h>

#include "model/rich.h"
#include "tests/fuzz/fuzz.h"

static void
check_spans(const struct rich *rich)
{
    g_assert_cmpuint(rich->spans->len, <=, RICH_MAX_SPANS);
    for (unsigned i = 0; i < rich->spans->len; i++) {
        const struct span *span = &g_array_index(rich->spans, struct span, i);
        g_assert_cmpuint(span->start, <, span->end);
        g_assert_cmpuint(span->end, <=, rich->len);
        fuzz_assert_utf8(rich->text, span->start);
        fuzz_assert_utf8(rich->text, span->end);
        if (span->data) {
            g_assert_cmpuint(strlen(span->data), <=, RICH_MAX_DATA_BYTES);
            fuzz_assert_utf8(span->data, strlen(span->data));
        }
        if (i == 0)
            continue;
        const struct span *before = &g_array_index(rich->spans, struct span, i - 1);
        g_assert_true(before->start < span->start ||
                      (before->start == span->start && before->end >= span->end));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    size_t len;
    g_autofree char *bytes = fuzz_line(&input, &len);
    g_autofree char *encoded = g_strndup(bytes, len);
    g_autofree char *text = fuzz_text(&input);
    struct rich *rich = rich_new(text, -1);

    rich_decode_spans(rich, encoded);
    check_spans(rich);
    g_autofree char *written = rich_encode_spans(rich);
    struct rich *again = rich_new(text, -1);
    rich_decode_spans(again, written);
    g_assert_true(rich_equal(rich, again));
    struct rich *copy = rich_dup(rich);
    g_assert_true(rich_equal(rich, copy));
    rich_free(copy);
    rich_free(again);
    rich_free(rich);
    return 0;
}
