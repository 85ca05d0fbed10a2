/* protocols/irc/irc_split: the parts fit, and joined they are the text. */
#include <string.h>

#include "protocols/irc/irc_split.h"
#include "protocols/irc/irc_text.h"
#include "tests/fuzz/fuzz.h"

/* Without its line ends, which no part has. */
static char *
without_ends(const char *text)
{
    GString *out = g_string_new(NULL);

    for (; *text; text++) {
        if (*text != '\r' && *text != '\n')
            g_string_append_c(out, *text);
    }
    return g_string_free(out, FALSE);
}

static void
check_part(const struct rich *part, size_t limit)
{
    g_autofree char *wire = irc_text_write(part);

    fuzz_assert_utf8(part->text, part->len);
    g_assert_null(strpbrk(part->text, "\r\n"));
    if (g_utf8_strlen(part->text, -1) > 1)
        g_assert_cmpuint(strlen(wire), <=, limit);
}

static void
check(const struct rich *rich, size_t limit)
{
    GPtrArray *parts = irc_split(rich, limit);
    g_autoptr(GString) joined = g_string_new(NULL);
    g_autofree char *expected = without_ends(rich->text);

    g_assert_cmpuint(parts->len, >=, 1);
    for (unsigned i = 0; i < parts->len; i++) {
        const struct rich *part = parts->pdata[i];
        check_part(part, limit);
        if (parts->len > 1)
            g_assert_cmpuint(part->len, >, 0);
        g_string_append(joined, part->text);
    }
    g_assert_cmpstr(joined->str, ==, expected);
    g_ptr_array_unref(parts);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    size_t limit = fuzz_number(&input, 599) + 1;
    g_autofree char *text = fuzz_text(&input);
    struct rich *rich = irc_text_read(text);

    check(rich, limit);
    rich_free(rich);
    return 0;
}
