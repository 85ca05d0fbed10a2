/* ui/theme: a downloaded theme file. */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "ui/theme.h"

static bool
same(const struct theme *a, const struct theme *b)
{
    for (int role = 0; role < ROLE_N; role++) {
        if (!style_equal(a->roles[role], b->roles[role]))
            return false;
    }
    return true;
}

static void
check_style(const char *text, enum color_depth depth)
{
    const struct style untouched = {1, 2, 4};
    struct style style = untouched;
    int column = -1;
    g_autoptr(GError) error = NULL;

    if (theme_parse_style(text, depth, &style, &column, &error)) {
        g_assert_no_error(error);
        g_assert_cmpuint(style.attrs, <, 128);
    } else {
        g_assert_true(style_equal(style, untouched));
        g_assert_cmpint(column, >=, 1);
        g_assert_cmpuint((unsigned)column, <=, strlen(text) + 1);
        fuzz_assert_utf8(error->message, strlen(error->message));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    size_t len;
    g_autofree char *bytes = fuzz_rest(&input, &len);
    struct theme before, theme, again;
    g_autoptr(GError) error = NULL;

    theme_init(&before);
    theme_init(&theme);
    theme_init(&again);
    if (theme_parse(&theme, "fuzz", bytes, len, &error)) {
        g_assert_no_error(error);
        g_assert_true(theme_parse(&again, "fuzz", bytes, len, NULL));
        g_assert_true(same(&theme, &again));
    } else {
        g_assert_nonnull(error);
        fuzz_assert_utf8(error->message, strlen(error->message));
        g_assert_true(same(&theme, &before));
    }
    input = (struct fuzz_input){data, size};
    g_autofree char *text = fuzz_text(&input);
    for (int depth = 0; depth < COLOR_DEPTH_N; depth++)
        check_style(text, (enum color_depth)depth);
    return 0;
}
