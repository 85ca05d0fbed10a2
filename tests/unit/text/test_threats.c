/* Text that is an attack on the terminal: docs/security.md, threats 18 to 26, as far as text alone
 * has them. */
#include <glib.h>
#include <string.h>

#include "tests/unit/text/tests.h"
#include "text/display.h"
#include "text/script.h"
#include "text/width.h"

static const enum display_mode modes[] = {DISPLAY_LINE, DISPLAY_BLOCK, DISPLAY_NAME};

/* A strict reading: only graphic characters; line ends where lines are allowed. */
static void
assert_graphic(const char *drawn, enum display_mode mode)
{
    g_assert_true(g_utf8_validate(drawn, -1, NULL));
    for (const char *at = drawn; *at; at += g_utf8_skip[(unsigned char)*at]) {
        gunichar ch = g_utf8_get_char(at);
        GUnicodeType type = g_unichar_type(ch);
        if (ch == '\n' && mode == DISPLAY_BLOCK)
            continue;
        if (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT ||
            type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR ||
            type == G_UNICODE_PRIVATE_USE || type == G_UNICODE_SURROGATE)
            g_error("U+%04X is drawn in mode %d: %s", ch, (int)mode, drawn);
    }
}

static void
test_escape_sequences(void)
{
    static const char *const sequences[] = {
        "\033]52;c;cm0gLXJm\a",
        "\033]0;title\033\\",
        "\033]8;;http://a\033\\b",
        "\033]99;i=1;x\033\\",
        "\033P$qm\033\\",
        "\033_Gi=1,a=q;AAAA\033\\",
        "\033^pm\033\\",
        "\033[2J",
        "\033[6n",
        "\033[?1049l",
        "\033[>c",
        "\033c",
        "\033#8",
        "\033(0",
        "\033",
        "\033\033[A",
        "\x9b"
        "6n",
        "\x90$qm\x9c",
        "\033]1337;File=:AA\a",
        "\x0e\x0f",
        "\x18\x1a",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(sequences); i++)
        for (size_t m = 0; m < G_N_ELEMENTS(modes); m++) {
            g_autofree char *text = g_strconcat("a", sequences[i], "b", NULL);
            g_autofree char *drawn = display_dup(text, -1, modes[m]);
            assert_graphic(drawn, modes[m]);
            g_assert_true(drawn[0] == 'a' && g_str_has_suffix(drawn, "b"));
        }
}

static void
test_c1_both_ways(void)
{
    for (unsigned c1 = 0x80; c1 < 0xa0; c1++)
        for (size_t m = 0; m < G_N_ELEMENTS(modes); m++) {
            char raw[] = {'a', (char)c1, 'b', '\0'};
            char utf8[] = {'a', (char)0xc2, (char)c1, 'b', '\0'};
            g_autofree char *drawn_raw = display_dup(raw, -1, modes[m]);
            g_autofree char *drawn_utf8 = display_dup(utf8, -1, modes[m]);
            g_autofree char *mark =
                c1 == 0x85 ? g_strdup("a<NEL>b") : g_strdup_printf("a<%02X>b", c1);
            g_assert_cmpstr(drawn_raw, ==, "a\ufffdb");
            g_assert_cmpstr(drawn_utf8, ==, mark);
        }
}

static char *
repeated(const char *head, const char *unit, unsigned times)
{
    GString *text = g_string_new(head);

    for (unsigned i = 0; i < times; i++)
        g_string_append(text, unit);
    return g_string_free(text, FALSE);
}

static void
test_combining_bomb(void)
{
    G_STATIC_ASSERT(WIDTH_CLUSTER_MAX_MARKS <= 8);
    static const char *const marks[] = {"\u0301", "\u20dd", "\u0903", "\u0e34", "\U0001e8d0"};

    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
        for (size_t m = 0; m < G_N_ELEMENTS(modes); m++) {
            g_autofree char *bomb = repeated("e", marks[i], 100 * 1000);
            g_autofree char *drawn = display_dup(bomb, -1, modes[m]);
            g_assert_cmpuint(strlen(drawn), <=, 1 + 4 * (WIDTH_CLUSTER_MAX_MARKS + 1));
        }
}

static void
test_zero_width_bomb(void)
{
    static const char *const units[] = {"\u200b", "\u200d",       "\ufe0f",      "\u2060",
                                        "\u00ad", "\u200b\u2060", "\u200d\ufe0f"};

    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        for (size_t m = 0; m < G_N_ELEMENTS(modes); m++) {
            g_autofree char *bomb = repeated("x", units[i], 100 * 1000);
            g_autofree char *drawn = display_dup(bomb, -1, modes[m]);
            g_assert_cmpuint(strlen(drawn), <, 64);
            g_assert_true(g_str_has_prefix(drawn, "x<"));
        }
}

static void
test_bidi_marks(void)
{
    static const gunichar controls[] = {0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c,
                                        0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069};

    for (size_t i = 0; i < G_N_ELEMENTS(controls); i++)
        for (size_t m = 0; m < G_N_ELEMENTS(modes); m++) {
            char text[16] = "a";
            text[1 + g_unichar_to_utf8(controls[i], text + 1)] = '\0';
            g_strlcat(text, "gpj.exe", sizeof text);
            g_autofree char *drawn = display_dup(text, -1, modes[m]);
            assert_graphic(drawn, modes[m]);
            g_assert_true(g_str_has_prefix(drawn, "a<") && g_str_has_suffix(drawn, ">gpj.exe"));
        }
}

/* Names, and whether they are marked. */
static const struct {
    const char *name;
    bool doubtful;
} names[] = {
    {"paypal", false},
    {"p\u0430ypal", true},              /* Cyrillic а */
    {"m\u03b1ria", true},               /* Greek α */
    {"\u0441\u043e\u0441\u043e", true}, /* сосо, all Cyrillic */
    {"мария", false},
    {"Ольга", false},
    {"Αλέξης", false},
    {"\u039f\u039a", true}, /* ΟΚ in Greek */
    {"#linux-помощь", false},
    {"ivan_иван", false},
    {"ivаn1", true},
    {"\uff57eft", true},     /* wide w */
    {"\U0001d430eft", true}, /* mathematical w */
    {"\u24b6lice", true},    /* circled A */
    {"\uff37\uff45", false}, /* all wide */
    {"李ming", false},
    {"ミカkun", false},
    {"한글abc", false},
    {"שלוםabc", false},
    {"Grüße", false},
    {"naïve", false},
    {"e\u0301lan", false},
    {"a\u13a0", true}, /* Cherokee */
    {"a\u0585", true}, /* Armenian */
    {"", false},
    {"[]{}|^", false},
    {"42", false},
};

static void
test_look_alikes(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *name = names[i].name;
        g_autofree char *drawn = display_dup(name, -1, DISPLAY_NAME);
        g_autofree char *marked = g_strconcat(names[i].doubtful ? "<mix>" : "", name, NULL);
        g_test_message("%s", name);
        g_assert_true(script_is_doubtful(name, strlen(name)) == names[i].doubtful);
        g_assert_cmpstr(drawn, ==, marked);
    }
    /* What is no name is not judged. */
    g_autofree char *said = display_dup("p\u0430ypal", -1, DISPLAY_LINE);
    g_assert_cmpstr(said, ==, "p\u0430ypal");
    /* Blanks that cannot be told from none. */
    g_autofree char *padded = display_dup("weft\u00a0\u3000\u2800", -1, DISPLAY_NAME);
    g_assert_cmpstr(padded, ==, "weft<U+00A0><U+3000><U+2800>");
    /* Cut anywhere, in a buffer of its exact size. */
    for (size_t cut = 0; cut <= strlen("p\u0430ypal"); cut++) {
        g_autofree char *exact = g_memdup2("p\u0430ypal", cut);
        script_is_doubtful(exact ? exact : "", cut);
    }
}

static void
test_line_rewriting(void)
{
    static const struct {
        const char *text, *drawn;
    } lines[] = {
        {"pay alice\b\b\b\b\bmallory", "pay alice<^H*5>mallory"},
        {"a\rb", "a^Mb"},
        {"a\vb", "a^Kb"},
        {"a\nb", "a^Jb"},
        {"a\tb", "a^Ib"},
        {"a\u2028b", "a<LS>b"},
        {"a\u2029b", "a<PS>b"},
        {"a\xc2\x85"
         "b",
         "a<NEL>b"},
        {"a\x7f"
         "b",
         "a^?b"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *line = display_dup(lines[i].text, -1, DISPLAY_LINE);
        g_autofree char *name = display_dup(lines[i].text, -1, DISPLAY_NAME);
        g_assert_cmpstr(line, ==, lines[i].drawn);
        g_assert_cmpstr(name, ==, lines[i].drawn);
    }
}

void
test_threats_add(void)
{
    g_test_add_func("/threat/18-escape-sequences", test_escape_sequences);
    g_test_add_func("/threat/20-c1-both-ways", test_c1_both_ways);
    g_test_add_func("/threat/21-combining-bomb", test_combining_bomb);
    g_test_add_func("/threat/22-zero-width-bomb", test_zero_width_bomb);
    g_test_add_func("/threat/23-bidi-marks", test_bidi_marks);
    g_test_add_func("/threat/24-look-alike-names", test_look_alikes);
    g_test_add_func("/threat/26-line-rewriting", test_line_rewriting);
}
