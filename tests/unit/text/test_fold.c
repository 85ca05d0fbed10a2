#include "text/fold.h"

#include <string.h>

#include "tests/unit/text/tests.h"

static char *
words_of(const char *text)
{
    GString *out = g_string_new(NULL);
    size_t at = 0, start, end;
    while (fold_next_word(text, strlen(text), &at, &start, &end)) {
        g_autofree char *word = fold_text(text + start, end - start);
        g_string_append_printf(out, "%s%s", out->len > 0 ? "|" : "", word);
    }
    return g_string_free(out, FALSE);
}

static void
test_words(void)
{
    static const struct {
        const char *text, *words;
    } rows[] = {
        {"", ""},
        {" \xf0\x9f\x98\x80 -- ", ""},
        {"Soup on THURSDAY", "soup|on|thursday"},
        {"it's 2nd", "it|s|2nd"},
        {"Café Müller ÅSE", "cafe|muller|ase"},
        {"cafe\xcc\x81 x", "cafe|x"}, /* a combining mark belongs to its letter */
        {"\xcc\x81", ""},
        {"ПРИВЕТ Ёж", "привет|еж"},
        {"日本語 テスト", "日本語|テスト"},
        {"a_b-c", "a|b|c"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *words = words_of(rows[i].text);
        g_assert_cmpstr(words, ==, rows[i].words);
        g_assert_cmpint(fold_has_word(rows[i].text), ==, *rows[i].words != '\0');
    }
}

static void
test_find(void)
{
    const char *text = "Grüße vom Café\xcc\x81, Caf";
    size_t start = 0, end = 0;
    g_assert_true(fold_find(text, strlen(text), 0, "afe", &start, &end));
    g_assert_cmpuint(end - start, ==, strlen("afé\xcc\x81")); /* with the marks on it */
    g_assert_false(fold_find(text, strlen(text), end, "afe", &start, &end));
    g_assert_true(fold_find(text, strlen(text), 0, "uß", &start, &end));
    g_assert_cmpuint(start, ==, 2);
    g_assert_false(fold_find("", 0, 0, "a", &start, &end));
    g_assert_false(fold_find("a", 1, 0, "ab", &start, &end));
}

void
test_fold_add(void)
{
    g_test_add_func("/fold/words", test_words);
    g_test_add_func("/fold/find", test_find);
}
