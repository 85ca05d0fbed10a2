#include "base/utf8.h"
#include "tests/unit/base/tests.h"

#include <string.h>

#define R "\xEF\xBF\xBD"

struct pair {
    const char *in;
    const char *out;
};

static void
test_stress(void)
{
    static const struct pair pairs[] = {
        /* The Unicode Standard's own examples, tables 3-8 to 3-11. */
        {"\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", R R R R R R R R "A"},
        {"\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", R R R R R R R R "A"},
        {"\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", R R R R R "A" R R "B"},
        {"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", R R R R "A"},
        {"\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64", "a" R R R "b" R "c" R R "d"},
        /* First and last of each length. */
        {"\x01\x7F\xC2\x80\xDF\xBF", "\x01\x7F\xC2\x80\xDF\xBF"},
        {"\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF",
         "\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF"},
        {"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"},
        {"\xF4\x90\x80\x80", R R R R},
        {"\xF5\x80\x80\x80", R R R R},
        {"\xF8\x88\x80\x80\x80", R R R R R},
        {"\xFC\x84\x80\x80\x80\x80", R R R R R R},
        {"\xFE\xFE\xFF\xFF", R R R R},
        /* Continuation bytes alone, leads alone, every kind cut short. */
        {"\x80", R},
        {"\xBF\x80\xBF", R R R},
        {"\xC0 \xC1 \xC2 \xDF ", R " " R " " R " " R " "},
        {"\xE0 \xEF \xF0 \xF4 ", R " " R " " R " " R " "},
        {"\xC3", R},
        {"\xE2\x82", R},
        {"\xF0\x9F\x98", R},
        {"\xC3\xE2\x82\xF0\x9F\x98", R R R},
        /* Overlong: slash, NUL. */
        {"\xC0\xAF", R R},
        {"\xE0\x80\xAF", R R R},
        {"\xF0\x80\x80\xAF", R R R R},
        {"\xC0\x80", R R},
        /* Surrogates, alone and in pairs. */
        {"\xED\xA0\x80", R R R},
        {"\xED\xAF\xBF\xED\xBF\xBF", R R R R R R},
        /* Noncharacters are characters enough to be kept. */
        {"\xEF\xBF\xBE\xEF\xB7\x90", "\xEF\xBF\xBE\xEF\xB7\x90"},
        {"κόσμε \xF0\x9F\x91\xA9", "κόσμε \xF0\x9F\x91\xA9"},
        {"", ""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        /* A copy of its exact size, so that reading beyond the end is noticed. */
        size_t len = strlen(pairs[i].in);
        g_autofree char *exact = g_memdup2(pairs[i].in, len);
        g_autofree char *got = utf8_sanitize(exact, (gssize)len, 1000);
        g_assert_cmpstr(got, ==, pairs[i].out);
        g_autofree char *again = utf8_sanitize(pairs[i].in, -1, 1000);
        g_assert_cmpstr(again, ==, pairs[i].out);
    }
}

static void
test_every_two_bytes(void)
{
    for (unsigned i = 0; i < 0x10000; i++) {
        char bytes[2] = {(char)(i >> 8), (char)(i & 0xFF)};
        g_autofree char *clean = utf8_sanitize(bytes, 2, 100);
        g_autofree char *legacy = utf8_from_legacy(bytes, 2, 100);
        g_assert_true(g_utf8_validate(clean, -1, NULL));
        g_assert_true(g_utf8_validate(legacy, -1, NULL));
        if (g_utf8_validate(bytes, 2, NULL))
            g_assert_cmpmem(clean, strlen(clean), bytes, 2);
    }
}

static void
test_nul_and_limit(void)
{
    g_autofree char *nul = utf8_sanitize("a\0b", 3, 100);
    g_assert_cmpstr(nul, ==, "a" R "b");
    g_autofree char *cut = utf8_sanitize("aéb", -1, 2);
    g_assert_cmpstr(cut, ==, "a");
    g_autofree char *fits = utf8_sanitize("aéb", -1, 3);
    g_assert_cmpstr(fits, ==, "aé");
    g_autofree char *marked = utf8_sanitize("a\xFF", -1, 3);
    g_assert_cmpstr(marked, ==, "a");
    g_autofree char *none = utf8_sanitize("a", -1, 0);
    g_assert_cmpstr(none, ==, "");
    g_autofree char *null = utf8_sanitize(NULL, -1, 5);
    g_assert_cmpstr(null, ==, "");
}

static void
test_legacy(void)
{
    static const struct pair pairs[] = {
        {"plain", "plain"},
        {"d\xC3\xA9j\xC3\xA0", "déjà"},
        {"d\xE9j\xE0", "déjà"},
        {"caf\xE9", "café"},
        {"\x80\x93\x94\x9F \xFF", "€“”Ÿ ÿ"},
        {"\x81\x8D\x8F\x90\x9D", R R R R R},
        {"\xC3\xA9 \xE9 x", "Ã© é x"},
        {"\xD0\xB4\xD0\xB0 \xD0", "да " R}, /* cut by a server in mid-character */
        {"\xD0\xB4\xD0\xB0 \xFF", "Ð´Ð° ÿ"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_autofree char *got = utf8_from_legacy(pairs[i].in, -1, 100);
        g_assert_cmpstr(got, ==, pairs[i].out);
    }
    g_autofree char *cut = utf8_from_legacy("a\xE9\xE9", 3, 4);
    g_assert_cmpstr(cut, ==, "aé");
    g_autofree char *nul = utf8_from_legacy("\xE9\0", 2, 9);
    g_assert_cmpstr(nul, ==, "é" R);
}

static void
test_cut(void)
{
    const char *text = "aé€\xF0\x9F\x98\x80"; /* 1 + 2 + 3 + 4 */
    static const size_t wanted[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};

    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
        g_assert_cmpuint(utf8_cut(text, 10, i), ==, wanted[i]);
}

void
test_utf8_add(void)
{
    g_test_add_func("/utf8/stress", test_stress);
    g_test_add_func("/utf8/every-two-bytes", test_every_two_bytes);
    g_test_add_func("/utf8/nul-and-limit", test_nul_and_limit);
    g_test_add_func("/utf8/legacy", test_legacy);
    g_test_add_func("/utf8/cut", test_cut);
}
