#include "tests/unit/text/tests.h"
#include "text/display.h"
#include "text/width.h"
#include <glib.h>
#include <string.h>

/* Foreign text and what is drawn of it on one line. */
static const struct {
    const char *text, *drawn;
} lines[] = {
    {"plain", "plain"},
    {"Grüße, 漢字", "Grüße, 漢字"},
    {"\033]52;c;aGk=\a", "^[]52;c;aGk=^G"},
    {"\033[2J\033[H", "^[[2J^[[H"},
    {"\033P$q\"p\033\\", "^[P$q\"p^[\\"},
    {"\033]8;;http://evil\033\\x", "^[]8;;http://evil^[\\x"},
    {"\xc2\x9b"
     "2J \xc2\x90 \xc2\x85",
     "<9B>2J <90> <NEL>"},
    {"pay alice\b\b\b\b\bmallory", "pay alice<^H*5>mallory"},
    {"a\rb\vc\td\ne", "a^Mb^Kc^Id^Je"},
    {"a\u2028b\u2029c", "a<LS>b<PS>c"},
    {"\x7f", "^?"},
    {"a\u202egpj.exe", "a<RLO>gpj.exe"},
    {"\u2066x\u2069\u200e\u200f\u061c", "<LRI>x<PDI><LRM><RLM><ALM>"},
    {"\ufff9a\ufffab\ufffb", "<U+FFF9>a<U+FFFA>b<U+FFFB>"},
    {"a\u200bb", "ab"},
    {"a\u00adb\ufeffc\u2060d", "abcd"},
    {"a\u200b\u200b\u200b\u200bb", "a<invisible*4>b"},
    {"hi\U000e0041\U000e0042\U000e0043", "hi<tags*3>"},
    {"\u0301a", "◌\u0301a"},
    {"\ue0b0 \U000f0000 \U0010ffff", "<U+E0B0> <U+F0000> <U+10FFFF>"},
    {"\u0378", "<U+0378>"},
    {"\ufdd0", "<U+FDD0>"},
    {"a\xff\xfe", "a\ufffd\ufffd"},
    {"\u3164x\uffa0", "x"},
    /* what scripts and emoji need stays */
    {"👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"},
    {"☎\ufe0f 1\ufe0f\u20e3", "☎\ufe0f 1\ufe0f\u20e3"},
    {"می\u200cخواهم", "می\u200cخواهم"},
    {"क्\u200dष", "क्\u200dष"},
    {"葛\U000e0100", "葛\U000e0100"},
    {"🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
     "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"},
    {"\U0001fae9", "\U0001fae9"},
    {"שלום عليكم", "שלום عليكم"},
    /* and where it has no work, it goes */
    {"👩\u200d x", "👩 x"},
    {"a\u200db\ufe0fc", "abc"},
    {"🏴\U000e0067\U000e0062", "🏴<tags*2>"},
};

static void
test_lines(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *drawn = display_dup(lines[i].text, -1, DISPLAY_LINE);
        g_test_message("line %u", i);
        g_assert_cmpstr(drawn, ==, lines[i].drawn);
    }
}

static void
test_names(void)
{
    g_autofree char *ping = display_dup("a\u200blice", -1, DISPLAY_NAME);
    g_autofree char *hidden = display_dup("bob\u200b\u2060", -1, DISPLAY_NAME);
    g_autofree char *emoji = display_dup("☎\ufe0f", -1, DISPLAY_NAME);
    g_assert_cmpstr(ping, ==, "a<ZWSP>lice");
    g_assert_cmpstr(hidden, ==, "bob<invisible*2>");
    g_assert_cmpstr(emoji, ==, "☎\ufe0f");
}

static void
test_block(void)
{
    g_autofree char *block = display_dup("if x:\r\n\treturn\n\rend\f", -1, DISPLAY_BLOCK);
    g_assert_cmpstr(block, ==, "if x:\n    return\n^Mend^L");
}

/* No byte that steers a terminal, reorders text or hides gets through: every code point, alone,
 * after a letter, and twice. */
static bool
is_safe(const char *text, enum display_mode mode)
{
    if (!g_utf8_validate(text, -1, NULL))
        return false;
    for (const char *at = text; *at != '\0'; at += g_utf8_skip[(unsigned char)*at]) {
        gunichar ch = g_utf8_get_char(at);
        bool newline = ch == '\n' && mode == DISPLAY_BLOCK;
        if ((ch < 0x20 && !newline) || (ch >= 0x7f && ch < 0xa0))
            return false;
        if ((ch >= 0x202a && ch <= 0x202e) || (ch >= 0x2066 && ch <= 0x206f) || ch == 0x200e ||
            ch == 0x200f || ch == 0x61c || ch == 0x200b || ch == 0x2028 || ch == 0x2029 ||
            ch == 0x2060 || ch == 0xfeff || (ch >= 0xfff9 && ch <= 0xfffb))
            return false;
        if (ch >= 0xe0000 && ch <= 0xe007f)
            return false;
    }
    return true;
}

/* Every code point, alone, after a letter, and twice. */
static void
test_every_character(void)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (gunichar ch = 1; ch < 0x110000; ch++) {
        char text[32] = "a";
        if (ch >= 0xd800 && ch <= 0xdfff)
            continue;
        /* The large planes are alike; a sample of them will do. */
        if (ch >= 0x20000 && (ch < 0xe0000 || ch > 0xe01ff) && ch % 61 != 0)
            continue;
        int last = ch < 0x3000 || ch % 61 == 0 ? DISPLAY_NAME : DISPLAY_LINE;
        int n = g_unichar_to_utf8(ch, text + 1);
        memcpy(text + 1 + n, text + 1, (size_t)n);
        for (int mode = DISPLAY_LINE; mode <= last; mode++) {
            g_string_truncate(out, 0);
            display_append(out, NULL, text + 1, (size_t)n, (enum display_mode)mode);
            display_append(out, NULL, text, (size_t)(1 + 2 * n), (enum display_mode)mode);
            if (!is_safe(out->str, (enum display_mode)mode))
                g_error("U+%04X got through in mode %d", ch, mode);
            if (out->len > 3 * (size_t)(2 + 3 * n) + 8)
                g_error("U+%04X grows to %zu bytes", ch, out->len);
        }
    }
}

static void
test_marks(void)
{
    const char *text = "ab\u202ecd\u200be\tf";
    g_autoptr(GString) out = g_string_new(">>");
    g_autoptr(GArray) marks = g_array_new(FALSE, FALSE, sizeof(struct display_mark));
    display_append(out, marks, text, strlen(text), DISPLAY_BLOCK);
    g_assert_cmpstr(out->str, ==, ">>ab<RLO>cde    f");
    g_assert_cmpuint(marks->len, ==, 3);
    const struct display_mark *rlo = &g_array_index(marks, struct display_mark, 0);
    g_assert_cmpuint(rlo->at_bytes, ==, 4);
    g_assert_cmpuint(rlo->len_bytes, ==, 5);
    g_assert_cmpuint(rlo->src_at_bytes, ==, 2);
    g_assert_cmpuint(rlo->src_len_bytes, ==, 3);
    g_assert_true(rlo->shown);
    g_assert_false(g_array_index(marks, struct display_mark, 1).shown);
    g_assert_false(g_array_index(marks, struct display_mark, 2).shown);

    g_assert_cmpuint(display_map(marks, 2, 0), ==, 2);
    g_assert_cmpuint(display_map(marks, 2, 1), ==, 3);
    g_assert_cmpuint(display_map(marks, 2, 2), ==, 4);
    g_assert_cmpuint(display_map(marks, 2, 3), ==, 4);
    g_assert_cmpuint(display_map(marks, 2, 5), ==, 9);
    g_assert_cmpuint(display_map(marks, 2, 10), ==, 11); /* e */
    g_assert_cmpuint(display_map(marks, 2, 12), ==, 16); /* f */
    g_assert_cmpuint(display_map(marks, 2, strlen(text)), ==, out->len);
    g_assert_cmpuint(display_map(NULL, 7, 5), ==, 12);
}

/* A million of anything is drawn short and at once. */
static void
test_bombs(void)
{
    static const struct {
        const char *unit, *drawn;
    } bombs[] = {
        {"\u200b", "x<invisible*1000000>"},
        {"\u2060", "x<invisible*1000000>"},
        {"\u200d", "x<invisible*1000000>"},
        {"\ufe0f", "x<invisible*1000000>"},
        {"\a", "x<^G*1000000>"},
        {"\u202e", "x<RLO*1000000>"},
        {"\U000e0041", "x<tags*1000000>"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(bombs); i++) {
        g_autoptr(GString) text = g_string_new("x");
        for (unsigned n = 0; n < 1000000; n++)
            g_string_append(text, bombs[i].unit);
        g_autofree char *drawn = display_dup(text->str, (gssize)text->len, DISPLAY_LINE);
        g_assert_cmpstr(drawn, ==, bombs[i].drawn);
    }
    g_autoptr(GString) marks = g_string_new("x");
    for (unsigned n = 0; n < 1000000; n++)
        g_string_append(marks, "\u0301");
    g_autofree char *drawn = display_dup(marks->str, (gssize)marks->len, DISPLAY_LINE);
    g_assert_cmpuint(strlen(drawn), ==, 1 + 2 * WIDTH_CLUSTER_MAX_MARKS);
    g_autoptr(GString) selectors = g_string_new("☎");
    for (unsigned n = 0; n < 1000000; n++)
        g_string_append(selectors, "\ufe0f");
    g_autofree char *phone = display_dup(selectors->str, (gssize)selectors->len, DISPLAY_LINE);
    g_assert_cmpuint(strlen(phone), <, 64);
}

/* Cut at every byte in a buffer of its exact size: nothing is read behind it. */
static void
test_cut_anywhere(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(lines); i++) {
        size_t len = strlen(lines[i].text);
        for (size_t cut = 0; cut <= len; cut++) {
            g_autofree char *exact = g_memdup2(lines[i].text, cut);
            g_autofree char *drawn =
                display_dup(exact != NULL ? exact : "", (gssize)cut, DISPLAY_LINE);
            g_assert_true(g_utf8_validate(drawn, -1, NULL));
        }
    }
}

static void
test_plain(void)
{
    g_assert_true(display_is_plain("a b~", 4));
    g_assert_true(display_is_plain("", 0));
    g_assert_false(display_is_plain("a\tb", 3));
    g_assert_false(display_is_plain("é", 2));
}

void
test_display_add(void)
{
    g_test_add_func("/display/lines", test_lines);
    g_test_add_func("/display/names", test_names);
    g_test_add_func("/display/block", test_block);
    g_test_add_func("/display/every-character", test_every_character);
    g_test_add_func("/display/marks", test_marks);
    g_test_add_func("/display/bombs", test_bombs);
    g_test_add_func("/display/cut-anywhere", test_cut_anywhere);
    g_test_add_func("/display/plain", test_plain);
}
