#include "text/plain.h"

#include <stdint.h>
#include <string.h>

#include "tests/unit/text/tests.h"

static void
test_plain(void)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"", ""},
        {"Grüße, 日本語 👩‍👩‍👧 ❤️\tdone",
         "Grüße, 日本語 👩‍👩‍👧 ❤️\tdone"},
        {"a\r\nb\rc\u2028d\u2029e\xc2\x85"
         "f",
         "a\nb\nc\nd\ne\nf"},
        {"\033[2J\033]52;c;aGk=\a\x7fx\b\v", "[2J]52;c;aGk=x"},
        {"\xc2\x9b"
         "31m",
         "31m"},
        {"a\u202egpj.exe\u2066x\u2069\u200f", "agpj.exex"},
        {"z\u200bero\ufeff\u2060\u00ad\u3164\U000e0041\U000e007f", "zero"},
        {"\ufff9a\ufffab\ufffb", "ab"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *plain = plain_dup(rows[i].text, SIZE_MAX);
        g_assert_cmpstr(plain, ==, rows[i].expected);
        for (size_t most = 0; most <= strlen(plain); most++) {
            g_autofree char *cut = plain_dup(rows[i].text, most);
            g_assert_true(g_utf8_validate(cut, -1, NULL));
            g_assert_cmpuint(strlen(cut), <=, most);
            g_assert_true(g_str_has_prefix(plain, cut));
        }
    }
}

void
test_plain_add(void)
{
    g_test_add_func("/plain/kept-and-left-out", test_plain);
}
