#include "tests/unit/text/tests.h"
#include "text/width.h"
#include <glib.h>
#include <string.h>
#include <time.h>

static const struct {
    const char *text;
    int cols;
} clusters[] = {
    {"a", 1},
    {"é", 1},
    {"e\u0301", 1},
    {"漢", 2},
    {"ｱ", 1},
    {"Ａ", 2},
    {"한", 2},
    {"\u1112\u1161\u11ab", 2}, /* the same in jamo */
    {"α", 1},                  /* ambiguous */
    {"😀", 2},
    {"👍🏽", 2},
    {"☝🏽", 2}, /* narrow base with a tone */
    {"☎", 1},
    {"☎\ufe0f", 2},
    {"❤\ufe0f", 2},
    {"⌚\ufe0e", 1},
    {"🇳🇱", 2},
    {"1\ufe0f\u20e3", 2},
    {"👨\u200d👩\u200d👧\u200d👦", 2},
    {"👩🏽\u200d❤\ufe0f\u200d💋\u200d👨🏿", 2},
    {"🏳\ufe0f\u200d🌈", 2},
    {"🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 2},
    {"ב\u05bc", 1},
    {"न", 1},
    {"नि", 2}, /* a spacing mark */
    {"กำ", 2},
    {"क्ष", 2}, /* a conjunct of two consonants */
    {"स्त्र", 2},
    {"ก็", 1},
    {"\U0001fae9", 2}, /* newer than this Unicode */
};

static void
test_clusters(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(clusters); i++) {
        int cols = -1;
        size_t len = strlen(clusters[i].text);
        g_test_message("cluster %u: %s", i, clusters[i].text);
        g_assert_cmpuint(width_next(clusters[i].text, len, NULL, &cols), ==, len);
        g_assert_cmpint(cols, ==, clusters[i].cols);
        g_assert_cmpuint(width_prev(clusters[i].text, len), ==, len);
        g_assert_cmpint(width_text(clusters[i].text, len, NULL), ==, cols);
    }
}

static void
test_rules(void)
{
    struct width_rules narrow = {.vs16_is_narrow = true};
    struct width_rules split = {.zwj_splits = true};
    const char *family = "👨\u200d👩\u200d👧";
    g_assert_cmpint(width_text("☎\ufe0f", strlen("☎\ufe0f"), &narrow), ==, 1);
    g_assert_cmpint(width_text(family, strlen(family), &split), ==, 6);
    g_assert_cmpint(width_text(family, strlen(family), NULL), ==, 2);
}

/* Cutting all samples in a row forwards gives the same places as going back. */
static void
test_both_ways(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(size_t));
    for (unsigned round = 0; round < 3; round++)
        for (unsigned i = 0; i < G_N_ELEMENTS(clusters); i++)
            g_string_append(text, clusters[(i * (round + 1)) % G_N_ELEMENTS(clusters)].text);
    for (size_t at = 0; at < text->len;) {
        at += width_next(text->str + at, text->len - at, NULL, NULL);
        g_array_append_val(ends, at);
    }
    size_t at = text->len;
    for (unsigned i = ends->len; i-- > 0;) {
        g_assert_cmpuint(at, ==, g_array_index(ends, size_t, i));
        at -= width_prev(text->str, at);
    }
    g_assert_cmpuint(at, ==, 0);
}

static void
test_invalid(void)
{
    int cols;
    g_assert_cmpuint(width_next("", 0, NULL, &cols), ==, 0);
    g_assert_cmpuint(width_prev("", 0), ==, 0);
    g_assert_cmpuint(width_next("\xff\xfe", 2, NULL, &cols), ==, 1);
    g_assert_cmpint(cols, ==, 1);
    g_assert_cmpuint(width_next("\xe2\x82", 2, NULL, &cols), ==, 1);
    g_assert_cmpuint(width_prev("a\x80", 2), ==, 1);
    g_assert_cmpuint(width_next("\r\n", 2, NULL, &cols), ==, 1);
    g_assert_cmpint(cols, ==, 0);
}

static char *
repeated(const char *base, const char *unit, unsigned times)
{
    GString *text = g_string_new(base);
    for (unsigned i = 0; i < times; i++)
        g_string_append(text, unit);
    return g_string_free(text, FALSE);
}

/* A million marks, joiners or selectors: linear, and little of it is drawn. */
static void
test_bombs(void)
{
    static const char *const units[] = {"\u0301",     "\u200b", "\u200d",  "\ufe0f", "\u2060",
                                        "\U000e0041", "\u094d", "👩\u200d", "🇳"};
    for (unsigned i = 0; i < G_N_ELEMENTS(units); i++) {
        g_autofree char *bomb = repeated("a", units[i], 1000000);
        size_t len = strlen(bomb);
        const clock_t start = clock();
        g_assert_cmpint(width_text(bomb, len, NULL), >=, 1);
        size_t first = width_next(bomb, len, NULL, NULL);
        g_assert_cmpuint(first, >, 0);
        g_assert_cmpuint(width_draw_cut(bomb, first), <=, WIDTH_CLUSTER_MAX_BYTES);
        g_assert_cmpuint(width_cut(bomb, len, 10, NULL, NULL), >, 0);
        g_assert_cmpuint(width_prev(bomb, len), >, 0);
        g_assert_cmpint((clock() - start) / CLOCKS_PER_SEC, <, 5);
    }
    g_autofree char *zalgo = repeated("e", "\u0301", 20);
    g_assert_cmpuint(width_draw_cut(zalgo, strlen(zalgo)), ==, 1 + 2 * WIDTH_CLUSTER_MAX_MARKS);
    const char *kiss = "👩🏽\u200d❤\ufe0f\u200d💋\u200d👨🏿";
    g_assert_cmpuint(width_draw_cut(kiss, strlen(kiss)), ==, strlen(kiss));
}

static void
test_cut(void)
{
    const char *text = "ab漢字cd";
    int cols;
    g_assert_cmpuint(width_cut(text, strlen(text), 3, NULL, &cols), ==, 2);
    g_assert_cmpint(cols, ==, 2);
    g_assert_cmpuint(width_cut(text, strlen(text), 4, NULL, &cols), ==, 5);
    g_assert_cmpint(cols, ==, 4);
    g_assert_cmpuint(width_cut(text, strlen(text), 0, NULL, &cols), ==, 0);
    g_assert_cmpuint(width_cut(text, strlen(text), 99, NULL, &cols), ==, strlen(text));
    g_assert_cmpint(cols, ==, 8);

    const char *words = "one two three";
    g_assert_cmpuint(width_cut_words(words, strlen(words), 9, NULL, &cols), ==, 7);
    g_assert_cmpint(cols, ==, 7);
    g_assert_cmpuint(width_cut_words(words, strlen(words), 7, NULL, &cols), ==, 7);
    g_assert_cmpuint(width_cut_words(words, strlen(words), 2, NULL, &cols), ==, 2);
    g_assert_cmpuint(width_cut_words(words, strlen(words), 13, NULL, &cols), ==, 13);
}

static void
test_words(void)
{
    const char *text = "Grüße, naïve  été";
    size_t len = strlen(text);
    g_assert_cmpuint(width_word_right(text, len, 0), ==, strlen("Grüße"));
    g_assert_cmpuint(width_word_right(text, len, strlen("Grüße")), ==, strlen("Grüße, naïve"));
    g_assert_cmpuint(width_word_right(text, len, len), ==, len);
    g_assert_cmpuint(width_word_left(text, len, len), ==, strlen("Grüße, naïve  "));
    g_assert_cmpuint(width_word_left(text, len, strlen("Grüße, naïve  ")), ==, strlen("Grüße, "));
    g_assert_cmpuint(width_word_left(text, len, 0), ==, 0);
}

static void
test_doubtful(void)
{
    g_assert_false(width_doubtful("a", 1));
    g_assert_false(width_doubtful("漢", strlen("漢")));
    g_assert_false(width_doubtful("é", strlen("é")));
    g_assert_true(width_doubtful("e\u0301", strlen("e\u0301")));
    g_assert_true(width_doubtful("🇳🇱", strlen("🇳🇱")));
    g_assert_true(width_doubtful("☎\ufe0f", strlen("☎\ufe0f")));
}

void
test_width_add(void)
{
    g_test_add_func("/width/clusters", test_clusters);
    g_test_add_func("/width/rules", test_rules);
    g_test_add_func("/width/both-ways", test_both_ways);
    g_test_add_func("/width/invalid", test_invalid);
    g_test_add_func("/width/bombs", test_bombs);
    g_test_add_func("/width/cut", test_cut);
    g_test_add_func("/width/words", test_words);
    g_test_add_func("/width/doubtful", test_doubtful);
}
