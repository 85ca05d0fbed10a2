#include <string.h>

#include "tests/unit/text/tests.h"
#include "text/spell.h"

struct row {
    const char *text, *spans; /* as rich_encode_spans() writes them */
    const char *wanted;       /* "text|spans" */
};

static char *
spelled(const char *text, const char *spans, unsigned kinds)
{
    struct rich *rich = rich_new(text, -1);

    rich_decode_spans(rich, spans);
    g_autofree char *given = rich_encode_spans(rich);
    g_assert_cmpstr(given, ==, spans);
    struct rich *out = spell_out(rich, kinds);
    struct rich *again = spell_out(out, kinds);
    g_assert_true(rich_equal(out, again));
    g_autofree char *left = rich_encode_spans(out);
    char *got = g_strdup_printf("%s|%s", out->text, left ? left : "");
    rich_free(rich);
    rich_free(out);
    rich_free(again);
    return got;
}

static void
check(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        g_autofree char *got = spelled(rows[i].text, rows[i].spans, SPELL_ALL);
        g_assert_cmpstr(got, ==, rows[i].wanted);
    }
}

static void
test_links(void)
{
    static const struct row rows[] = {
        {"see the agenda and pic", "l4+10=https://example.org/a l19+3=https://example.org/p.png",
         "see the agenda <https://example.org/a> and pic <https://example.org/p.png>|"},
        {"the agenda.", "b0+10 l0+10=https://x.example/", "the agenda <https://x.example/>.|b0+10"},
        {"all of the agenda", "b0+17 l11+6=https://x.example/a",
         "all of the agenda <https://x.example/a>|b0+17"},
        {"agenda\nnext", "l0+7=https://x.example/a", "agenda <https://x.example/a>\nnext|"},
        {"a b", "l0+1=https://x.example/a i1+2", "a <https://x.example/a> b|i23+2"},
        /* What shows where it leads is not said twice. */
        {"https://x.example", "l0+17=https://x.example/", "https://x.example|"},
        {"www.x.example", "l0+13=https://www.x.example", "www.x.example|"},
        {"ana@x.example", "l0+13=mailto:ana@x.example", "ana@x.example|"},
        /* What only looks so is. */
        {"https://bank.example", "l0+20=https://evil.example/",
         "https://bank.example <https://evil.example/>|"},
        {"https://bank.example", "l0+20=https://bank.example.evil.example/",
         "https://bank.example <https://bank.example.evil.example/>|"},
        {"bank.example", "l0+12=https://evil.example/bank.example",
         "bank.example <https://evil.example/bank.example>|"},
        /* Of any scheme; nothing in it ends the line or the brackets. */
        {"room", "l0+4=/lab/channels/room", "room </lab/channels/room>|"},
    };

    check(rows, G_N_ELEMENTS(rows));
    struct rich *rich = rich_new("x", 1);
    rich_add(rich, 0, 1, SPAN_LINK, "y>\r\nQUIT <\x01z");
    struct rich *out = spell_out(rich, SPELL_ALL);
    g_assert_cmpstr(out->text, ==, "x <y%3E%0D%0AQUIT%20%3C%01z>");
    rich_free(rich);
    rich_free(out);
}

static void
test_quotes(void)
{
    static const struct row rows[] = {
        {"the coop is bankrupt", "q0+20", "> the coop is bankrupt|"},
        {"quoted line\nanswer", "q0+11", "> quoted line\nanswer|"},
        {"quoted line\nanswer", "q0+12", "> quoted line\nanswer|"},
        {"one\ntwo\n\nthree\nno", "q0+14", "> one\n> two\n\n> three\nno|"},
        {"no\nso bold", "q3+7 b6+4", "no\n> so bold|b8+4"},
        {"so bold", "b0+7 q0+7", "> so bold|b2+7"},
        {"> deeper", "q0+8", "> > deeper|"},
        {"a\nb", "q0+3 q0+3", "> a\n> b|"},
        {"(changed) words", "q10+5", "(changed) > words|"},
        {"the agenda\nso", "q0+10 l4+6=https://x.example/",
         "> the agenda <https://x.example/>\nso|"},
    };

    check(rows, G_N_ELEMENTS(rows));
}

/* What the network has a form for is its own business. */
static void
test_kinds(void)
{
    g_autofree char *links = spelled("the agenda", "q0+10 l4+6=https://x.example/",
                                     1U << SPAN_LINK | 1U << SPAN_SPOILER);
    g_autofree char *none = spelled("the agenda", "q0+10 l4+6=https://x.example/", 0);
    g_autofree char *others = spelled("code spoiler", "c0+4 x5+7", SPELL_ALL);

    g_assert_cmpstr(links, ==, "the agenda <https://x.example/>|q0+10");
    g_assert_cmpstr(none, ==, "the agenda|q0+10 l4+6=https://x.example/");
    g_assert_cmpstr(others, ==, "code spoiler|c0+4 x5+7");
}

/* Whatever the spans are: what was said is all there, in its order, and all of the others hold. */
static void
test_any(void)
{
    static const char *const parts[] = {"a",  "\n",   " ", "> ",           "ñ",
                                        "日", "\r\n", "<", "www.x.example"};
    static const enum span_kind kinds[] = {SPAN_LINK, SPAN_QUOTE, SPAN_BOLD, SPAN_BLOCK};

    for (int round = 0; round < 3000; round++) {
        g_autoptr(GString) text = g_string_new(NULL);
        for (int n = g_test_rand_int_range(0, 20); n > 0; n--)
            g_string_append(text, parts[g_test_rand_int_range(0, G_N_ELEMENTS(parts))]);
        struct rich *rich = rich_new(text->str, -1);
        unsigned others = 0;
        for (int n = 0; n < 6; n++) {
            const enum span_kind kind = kinds[g_test_rand_int_range(0, G_N_ELEMENTS(kinds))];
            if (rich_add(rich, (size_t)g_test_rand_int_range(0, 40),
                         (size_t)g_test_rand_int_range(1, 60), kind,
                         kind == SPAN_LINK ? "https://y.example/" : NULL))
                others += kind == SPAN_BOLD || kind == SPAN_BLOCK;
        }
        struct rich *out = spell_out(rich, SPELL_ALL);
        const char *at = out->text;
        for (size_t i = 0; i < rich->len; i++, at++)
            g_assert_nonnull(at = strchr(at, rich->text[i]));
        g_assert_true(g_utf8_validate(out->text, (gssize)out->len, NULL));
        g_assert_cmpuint(out->spans->len, ==, others);
        for (unsigned i = 0; i < out->spans->len; i++)
            g_assert_cmpuint(g_array_index(out->spans, struct span, i).end, <=, out->len);
        rich_free(rich);
        rich_free(out);
    }
}

void
test_spell_add(void)
{
    g_test_add_func("/spell/links", test_links);
    g_test_add_func("/spell/quotes", test_quotes);
    g_test_add_func("/spell/kinds", test_kinds);
    g_test_add_func("/spell/any", test_any);
}
