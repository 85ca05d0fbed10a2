#include <string.h>

#include "protocols/common/markdown.h"
#include "tests/unit/common/tests.h"

/* "text|bold0-4 link5-8=https://x" */
static char *
show(const struct rich *rich)
{
    GString *out = g_string_new(rich->text);

    for (unsigned i = 0; i < rich->spans->len; i++) {
        const struct span *span = &g_array_index(rich->spans, struct span, i);
        g_string_append_printf(out, "%s%s%u-%u", i == 0 ? "|" : " ", span_kind_name(span->kind),
                               span->start, span->end);
        if (span->data)
            g_string_append_printf(out, "=%s", span->data);
    }
    return g_string_free(out, FALSE);
}

/* A network that knows @maria, ~lab and :sun:. */
static size_t
read_word(void *user, const char *text, size_t len, enum span_kind *ret_kind, char **ret_data,
          char **ret_shown)
{
    if (len >= 6 && memcmp(text, "@maria", 6) == 0) {
        *ret_kind = SPAN_USER;
        *ret_data = g_strdup("u1");
        return 6;
    }
    if (len >= 5 && memcmp(text, ":sun:", 5) == 0) {
        *ret_shown = g_strdup("\xe2\x98\x80");
        return 5;
    }
    return 0;
}

static char *
write_word(void *user, enum span_kind kind, const char *data, const char *text)
{
    return kind == SPAN_USER ? g_strdup("@maria") : NULL;
}

static const struct markdown_words words = {read_word, write_word, NULL};

static void
test_read(void)
{
    static const struct {
        const char *source, *shown;
    } rows[] = {
        {"", ""},
        {"plain", "plain"},
        {"hi **all**", "hi all|bold3-6"},
        {"__all__", "all|bold0-3"},
        {"*a* _b_", "a b|italic0-1 italic2-3"},
        {"***a***", "a|bold0-1 italic0-1"},
        {"**a *b***", "a b|bold0-3 italic2-3"},
        {"~~gone~~", "gone|strike0-4"},
        {"~one~", "~one~"},
        {"snake_case_name", "snake_case_name"},
        {"2 * 3 * 4", "2 * 3 * 4"},
        {"**open", "**open"},
        {"**a*", "*a|italic1-2"},
        {"** a**", "** a**"},
        {"`co*de*`", "co*de*|code0-6"},
        {"``a`b``", "a`b|code0-3"},
        {"`` ` ``", "`|code0-1"},
        {"`open", "`open"},
        {"\\*a\\* \\x", "*a* \\x"},
        {"[a **b**](https://x.org/)", "a b|link0-3=https://x.org/ bold2-3"},
        {"[a](https://x.org/w_(y) \"t\")", "a|link0-1=https://x.org/w_(y)"},
        {"![pic](https://x.org/p.png)", "pic|link0-3=https://x.org/p.png"},
        {"[](https://x.org)", "https://x.org|link0-13=https://x.org"},
        {"[a] (b)", "[a] (b)"},
        {"[a](", "[a]("},
        {"<https://x.org/a_b_c>", "https://x.org/a_b_c|link0-19=https://x.org/a_b_c"},
        {"<b>", "<b>"},
        {"https://x.org/a_b_c_ end_", "https://x.org/a_b_c_ end_"},
        {"**https://x.org/a**", "https://x.org/a|bold0-15"},
        {"> said\nme", "said\nme|quote0-4"},
        {"# Head\ntext", "Head\ntext|bold0-4"},
        {"#tag", "#tag"},
        {"```sh\nls *a*\n```\nend", "ls *a*\nend|block0-6=sh"},
        {"```\nopen", "open|block0-4"},
        {"~~~\n```\n~~~", "```|block0-3"},
        {"a ```b``` c", "a b c|code2-3"},
        {"**two\nlines**", "two\nlines|bold0-9"},
        {"**no\n\nlines**", "**no\n\nlines**"},
        {"- one\n- two", "- one\n- two"},
        {"hi @maria! a@maria", "hi @maria! a@maria|user3-9=u1"},
        {":sun: `@maria` \\@maria", "\xe2\x98\x80 @maria @maria|code4-10"},
        {"\xc3\xa9**\xc3\xa9**", "\xc3\xa9\xc3\xa9|bold2-4"},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct rich *rich = markdown_read(rows[i].source, &words);
        g_autofree char *shown = show(rich);
        g_assert_cmpstr(shown, ==, rows[i].shown);
        rich_free(rich);
    }
}

static void
test_write(void)
{
    static const struct {
        const char *text, *spans, *written;
    } rows[] = {
        {"plain snake_case 2*3", NULL, "plain snake_case 2*3"},
        {"*typed* _typed_", NULL, "\\*typed\\* \\_typed\\_"},
        {"`typed`", NULL, "\\`typed\\`"},
        {"C:\\*", NULL, "C:\\\\\\*"},
        {"~~typed~~", NULL, "\\~\\~typed\\~\\~"},
        {"bold", "b0+4", "**bold**"},
        {"a bold b", "b1+6", "a **bold** b"},
        {"italic", "i0+6", "_italic_"},
        {"initalic", "i2+6", "in*italic*"},
        {"both", "b0+4 i0+4", "**_both_**"},
        {"bold*2", "b0+6", "**bold\\*2**"},
        {"a_b *c*", "b0+3", "**a\\_b** \\*c\\*"},
        {"two\nlines", "b0+9", "**two**\n**lines**"},
        {"one two three", "b0+7 i4+9", "**one _two_** _three_"},
        {"overlap", "b0+4 i2+5", "overlap"},
        {"x\"y\"z", "b1+3", "x\"y\"z"},
        {"code", "c0+4", "`code`"},
        {"a`b", "c0+3", "``a`b``"},
        {"`", "c0+1", "`` ` ``"},
        {"ls -l", "B0+5=sh", "```sh\nls -l\n```"},
        {"a b c", "B2+1", "a \n```\nb\n```\n c"},
        {"```\n*a*\n```", NULL, "```\n*a*\n```"},
        {"said\nso", "q0+7", "> said\n> so"},
        {"site", "l0+4=https://x.org/", "[site](https://x.org/)"},
        {"site", "l0+4=https://x.org/a%20b", "[site](<https://x.org/a b>)"},
        {"https://x.org/a_b_", "l0+18=https://x.org/a_b_", "https://x.org/a_b_"},
        {"hi Maria", "@3+5=u1", "hi @maria"},
        {"a *b* https://x.org/_c_", NULL, "a \\*b\\* https://x.org/_c_"},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct rich *rich = rich_new(rows[i].text, -1);
        if (rows[i].spans)
            rich_decode_spans(rich, rows[i].spans);
        g_autofree char *written = markdown_write(rich, &words);
        g_assert_cmpstr(written, ==, rows[i].written);
        rich_free(rich);
    }
}

/* What is written is read as the same. */
static void
test_round(void)
{
    static const struct {
        const char *text, *spans;
    } rows[] = {
        {"one bold and italic", "b4+4 i13+6"},
        {"a*b_c`d~~e\\f", NULL},
        {"**", NULL},
        {"***", NULL},
        {"* * *", NULL},
        {"\\", NULL},
        {"code `x` here", "c5+3"},
        {"all strike", "s0+10"},
        {"b and c", "b0+1 b6+1"},
        {"first\n\nsecond", "b0+5 i7+6"},
        {"link and bold", "l0+4=https://x.org/ b9+4"},
        {"block\nof two", "B0+12=c"},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct rich *rich = rich_new(rows[i].text, -1);
        if (rows[i].spans)
            rich_decode_spans(rich, rows[i].spans);
        g_autofree char *written = markdown_write(rich, NULL);
        struct rich *read = markdown_read(written, NULL);
        g_autofree char *was = show(rich), *is = show(read);
        g_assert_cmpstr(is, ==, was);
        rich_free(read);
        rich_free(rich);
    }
}

static void
test_long(void)
{
    static const char *const parts[] = {"*",    "_a",     "`",  "[",     "[](", "<",
                                        "**a ", "[a](b ", "> ", "\n```", "~~",  "https://"};

    for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        while (text->len < 60000)
            g_string_append(text, parts[i]);
        struct rich *rich = markdown_read(text->str, &words);
        g_assert_cmpuint(rich->len, <=, text->len);
        rich_free(rich);
    }
    g_autofree char *huge = g_strnfill(MARKDOWN_MAX_BYTES + 1, '*');
    struct rich *rich = markdown_read(huge, NULL);
    g_assert_cmpstr(rich->text, ==, huge);
    rich_free(rich);
}

void
test_markdown_add(void)
{
    g_test_add_func("/markdown/read", test_read);
    g_test_add_func("/markdown/write", test_write);
    g_test_add_func("/markdown/round", test_round);
    g_test_add_func("/markdown/long", test_long);
}
