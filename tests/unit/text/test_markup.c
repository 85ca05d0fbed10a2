#include <glib.h>
#include <string.h>

#include "tests/unit/text/tests.h"
#include "text/markup.h"

#define ALL (1U << SPAN_BOLD | 1U << SPAN_ITALIC | 1U << SPAN_STRIKE | 1U << SPAN_CODE)

/* "text|b0+4 i2+2" */
static char *
read_as(const char *source, unsigned kinds)
{
    struct rich *rich = markup_read(source, kinds);
    g_autofree char *spans = rich_encode_spans(rich);
    char *out = g_strdup_printf("%s|%s", rich->text, spans ? spans : "");
    rich_free(rich);
    return out;
}

static void
test_read(void)
{
    static const struct {
        const char *source, *expected;
    } rows[] = {
        {"", "|"},
        {"**bold**", "bold|b0+4"},
        {"a _b_, ~~c~~ and `d`.", "a b, c and d.|i2+1 s5+1 c11+1"},
        {"**a _b_ c**", "a b c|b0+5 i2+1"},
        {"_**x**_", "x|i0+1 b0+1"},
        {"(**x**) \"_y_\" «_z_»", "(x) \"y\" «z»|b1+1 i5+1 i10+1"},
        {"**two words** here", "two words here|b0+9"},
        {"**粗**体", "粗体|b0+3"},
        {"`**a** _b_ \\_`", "**a** _b_ \\_|c0+12"},
        {"**one\n_two_**", "**one\ntwo**|i6+3"},
        /* What is not begun and ended so stays. */
        {"2**3**4", "2**3**4|"},
        {"snake_case_name", "snake_case_name|"},
        {"__init__ ____ *** ~~~ ``", "__init__ ____ *** ~~~ ``|"},
        {"**kwargs and ** alone **", "**kwargs and ** alone **|"},
        {"*shrug* * one", "*shrug* * one|"},
        {"~/x ~y~ ~~", "~/x ~y~ ~~|"},
        {"it`s `this", "it`s `this|"},
        {"https://a.example/_b_/~~c~~", "https://a.example/_b_/~~c~~|"},
        {"¯\\_(ツ)_/¯", "¯\\_(ツ)_/¯|"},
        {"** a ** _ b _", "** a ** _ b _|"},
        {"**a_ b**", "a_ b|b0+4"},
        {"_a **b_ c**", "a **b c**|i0+5"}, /* what crosses: the first that ends has it */
        {"````", "````|"},
        /* Escapes, where they have something to do. */
        {"\\**a**", "**a**|"},
        {"\\_a_ _b_", "_a_ b|i4+1"},
        {"_a\\_ b_", "a_ b|i0+4"},
        {"\\`a`", "`a`|"},
        {"C:\\_dir\\name\\\\", "C:\\_dir\\name\\\\|"},
        {"\\", "\\|"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *got = read_as(rows[i].source, ALL);
        g_assert_cmpstr(got, ==, rows[i].expected);
    }
}

/* Marks that a network has nothing for are text. */
static void
test_kinds(void)
{
    g_autofree char *some =
        read_as("**a** _b_ ~~c~~ `_d_` \\~~e~~", 1U << SPAN_BOLD | 1U << SPAN_ITALIC);
    g_autofree char *none = read_as("**a** \\**", 0);

    g_assert_cmpstr(some, ==, "a b ~~c~~ `_d_` \\~~e~~|b0+1 i2+1");
    g_assert_cmpstr(none, ==, "**a** \\**|");
}

/* Only marks go, and spans lie in what is left. */
static void
check(const char *source, unsigned kinds)
{
    struct rich *rich = markup_read(source, kinds);
    const char *left = source;

    g_assert_true(g_utf8_validate(rich->text, (gssize)rich->len, NULL));
    for (const char *at = rich->text; *at; at++, left++) {
        while (*left && *left != *at) {
            g_assert_nonnull(strchr("*_~`\\", *left));
            left++;
        }
        g_assert_cmpint(*left, ==, *at);
    }
    g_assert_cmpuint(strspn(left, "*_~`\\"), ==, strlen(left));
    for (unsigned i = 0; i < rich->spans->len; i++) {
        const struct span *span = &g_array_index(rich->spans, struct span, i);
        g_assert_true((kinds & 1U << span->kind) != 0);
        g_assert_null(memchr(rich->text + span->start, '\n', span->end - span->start));
    }
    rich_free(rich);
}

static void
test_random(void)
{
    static const char *const parts[] = {"a", "b", " ", "**", "_",  "~~", "`", "*",
                                        "~", ".", "(", "é",  "漢", "\n", ")", "\\"};

    for (int i = 0; i < 20000; i++) {
        g_autoptr(GString) source = g_string_new(NULL);
        int n = g_test_rand_int_range(0, 16);
        int kinds = i % 2 ? 15 : (int)G_N_ELEMENTS(parts);
        while (n-- > 0)
            g_string_append(source, parts[g_test_rand_int_range(0, kinds)]);
        check(source->str, i % 3 ? ALL : ALL & ~(1U << SPAN_CODE));
    }
}

/* What is written is read as what it was. */
static void
assert_written(const struct rich *rich, const char *wanted)
{
    g_autofree char *source = markup_write(rich, ALL);
    struct rich *read = markup_read(source, ALL);

    if (wanted != NULL)
        g_assert_cmpstr(source, ==, wanted);
    g_assert_true(rich_equal(read, rich));
    rich_free(read);
}

static void
test_write(void)
{
    static const char *const sources[] = {
        "plain",       "at **seven** or _eight_", "`code **x**` and ~~no~~",
        "**a _b_ c**", "snake_case 2**3",         "two\nlines _x_",
    };
    static const char *const literal[] = {"**not bold**", "a _b_ c", "`no code`", "~~x~~ \\ y"};

    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++) {
        struct rich *rich = markup_read(sources[i], ALL);
        assert_written(rich, sources[i]);
        rich_free(rich);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(literal); i++) {
        struct rich *rich = rich_new(literal[i], -1);
        assert_written(rich, NULL);
        rich_free(rich);
    }
    struct rich *rich = rich_new("see here\nquoted", -1);
    rich_add(rich, 4, 8, SPAN_LINK, "https://e.org");
    rich_add(rich, 9, 15, SPAN_QUOTE, NULL);
    g_autofree char *source = markup_write(rich, ALL);
    g_assert_cmpstr(source, ==, "see here (https://e.org)\n> quoted");
    rich_free(rich);
}

static void
test_large(void)
{
    static const char *const parts[] = {"`a ", "**a ", "_a_ ", "**_~~a ", "\\_", "~~a~~ "};
    g_autoptr(GTimer) timer = g_timer_new();

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autoptr(GString) source = g_string_new(NULL);
        while (source->len < 256 * 1024)
            g_string_append(source, parts[i]);
        check(source->str, ALL);
    }
    g_test_message("%.3f s", g_timer_elapsed(timer, NULL));
    g_assert_cmpfloat(g_timer_elapsed(timer, NULL), <, 20);
}

void
test_markup_add(void)
{
    g_test_add_func("/markup/read", test_read);
    g_test_add_func("/markup/kinds", test_kinds);
    g_test_add_func("/markup/write", test_write);
    g_test_add_func("/markup/random", test_random);
    g_test_add_func("/markup/large", test_large);
}
