/* text/markup: what a person types. Only marks go from the text, and spans lie in what is left. */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "text/markup.h"

static const char marks[] = "*_~`\\";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum span_kind all[] = {SPAN_BOLD, SPAN_ITALIC, SPAN_STRIKE, SPAN_CODE};
    struct fuzz_input input = {data, size};
    unsigned choice = fuzz_number(&input, 15), kinds = 0;
    g_autofree char *source = fuzz_text(&input);
    const char *left = source;

    for (unsigned i = 0; i < G_N_ELEMENTS(all); i++)
        kinds |= (choice >> i & 1) != 0 ? 1U << all[i] : 0;
    struct rich *rich = markup_read(source, kinds);
    fuzz_assert_utf8(rich->text, rich->len);
    for (const char *at = rich->text; *at; at++, left++) {
        for (; *left && *left != *at; left++)
            g_assert_nonnull(strchr(marks, *left));
        g_assert_cmpint(*left, ==, *at);
    }
    g_assert_cmpuint(strspn(left, marks), ==, strlen(left));
    for (unsigned i = 0; i < rich->spans->len; i++) {
        const struct span *span = &g_array_index(rich->spans, struct span, i);
        g_assert_true((kinds & 1U << span->kind) != 0);
        g_assert_null(memchr(rich->text + span->start, '\n', span->end - span->start));
    }
    if (kinds == 0)
        g_assert_cmpstr(rich->text, ==, source);
    rich_free(rich);
    return 0;
}
