/* protocols/common/markdown: what people write, as spans and back. */
#include <string.h>

#include "protocols/common/markdown.h"
#include "tests/fuzz/fuzz.h"

static size_t
read_word(void *user, const char *text, size_t len, enum span_kind *ret_kind, char **ret_data,
          char **ret_shown)
{
    size_t n = 1;

    while (n < len && g_ascii_isalpha(text[n]))
        n++;
    if (n < 2)
        return 0;
    *ret_kind = *text == '@' ? SPAN_USER : SPAN_N;
    *ret_data = *text == '@' ? g_strndup(text + 1, n - 1) : NULL;
    *ret_shown = *text == ':' ? g_strdup("\xe2\x98\x80") : NULL;
    return n;
}

static char *
write_word(void *user, enum span_kind kind, const char *data, const char *text)
{
    return kind == SPAN_USER ? g_strconcat("@", data, NULL) : NULL;
}

static void
check(const struct rich *rich)
{
    g_assert_cmpuint(rich->len, ==, strlen(rich->text));
    fuzz_assert_utf8(rich->text, rich->len);
    for (unsigned i = 0; i < rich->spans->len; i++) {
        const struct span *span = &g_array_index(rich->spans, struct span, i);
        g_assert_cmpuint(span->start, <, span->end);
        g_assert_cmpuint(span->end, <=, rich->len);
        fuzz_assert_utf8(rich->text, span->start);
        fuzz_assert_utf8(rich->text, span->end);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct markdown_words words = {read_word, write_word, NULL};
    struct fuzz_input input = {data, size};
    const unsigned flags = fuzz_number(&input, 255);
    const struct markdown_words *with = (flags & 1) != 0 ? &words : NULL;
    g_autofree char *text = fuzz_text(&input);
    struct rich *rich = markdown_read(text, with);

    check(rich);
    g_autofree char *written = markdown_write(rich, with);
    fuzz_assert_utf8(written, strlen(written));
    struct rich *again = markdown_read(written, with);
    check(again);
    /* As typed: no mark is lost or gained that a person would see, unless it was meant as one. */
    struct rich *plain = rich_new(text, -1);
    g_autofree char *escaped = markdown_write(plain, NULL);
    struct rich *shown = markdown_read(escaped, NULL);
    if (!strpbrk(text, "[<>#`\n"))
        g_assert_cmpstr(shown->text, ==, text);
    rich_free(shown);
    rich_free(plain);
    rich_free(again);
    rich_free(rich);
    return 0;
}
