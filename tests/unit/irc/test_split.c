#include <string.h>

#include "protocols/irc/irc_split.h"
#include "protocols/irc/irc_text.h"
#include "tests/unit/irc/tests.h"

#define FAMILY "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7"

/* Parts of one line joined are the line; each fits, unless one character alone does not. */
static void
check(const struct rich *rich, size_t limit)
{
    GPtrArray *parts = irc_split(rich, limit);
    g_autoptr(GString) joined = g_string_new(NULL);

    for (unsigned i = 0; i < parts->len; i++) {
        const struct rich *part = parts->pdata[i];
        g_autofree char *wire = irc_text_write(part);
        g_string_append_len(joined, part->text, (gssize)part->len);
        g_assert_true(g_utf8_validate(part->text, (gssize)part->len, NULL));
        g_assert_cmpuint(part->len, >, 0);
        if (g_utf8_strlen(part->text, -1) > 1)
            g_assert_cmpuint(strlen(wire), <=, limit);
    }
    g_assert_cmpstr(joined->str, ==, rich->text);
    g_ptr_array_unref(parts);
}

static void
test_all_limits(void)
{
    static const char *const texts[] = {
        "Who takes minutes on Thursday? I can, if nobody else wants to; the soup is on me.",
        "nospacesatallinthisverylongwordthatgoesonandonandonandonandon",
        FAMILY FAMILY " " FAMILY
                      "e\xcc\x81\xcc\x82\xcc\x83 \xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97",
        "  leading and  double  blanks   ",
        "x",
        " ",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        struct rich *rich = rich_new(texts[i], -1);
        for (size_t limit = 1; limit <= 600; limit++)
            check(rich, limit);
        if (rich->len > 40) {
            rich_add(rich, 0, 3, SPAN_BOLD, NULL);
            rich_add(rich, 0, rich->len, SPAN_COLOR, "4,12");
        }
        for (size_t limit = 1; limit <= 600; limit++)
            check(rich, limit);
        rich_free(rich);
    }
}

static char *
parts_text(const char *text, size_t limit)
{
    struct rich *rich = rich_new(text, -1);
    GPtrArray *parts = irc_split(rich, limit);
    GString *out = g_string_new(NULL);

    for (unsigned i = 0; i < parts->len; i++)
        g_string_append_printf(out, "%s[%s]", i > 0 ? " " : "",
                               ((const struct rich *)parts->pdata[i])->text);
    g_ptr_array_unref(parts);
    rich_free(rich);
    return g_string_free(out, FALSE);
}

static void
test_where(void)
{
    static const struct {
        const char *text;
        size_t limit;
        const char *parts;
    } rows[] = {
        {"one two three", 8, "[one two ] [three]"},
        {"one two three", 100, "[one two three]"},
        {"abcdefgh", 3, "[abc] [def] [gh]"},
        {"a\nb\r\n\n c", 100, "[a] [b] [ c]"},
        {"", 100, "[]"},
        {"\n\n", 100, "[]"},
        {"a" FAMILY "b", 19, "[a" FAMILY "] [b]"},
        {FAMILY FAMILY, 30, "[" FAMILY "] [" FAMILY "]"},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *parts = parts_text(rows[i].text, rows[i].limit);
        g_assert_cmpstr(parts, ==, rows[i].parts);
    }
}

static void
test_formatting_is_repeated(void)
{
    struct rich *rich = rich_new("one two three", -1);

    rich_add(rich, 0, rich->len, SPAN_BOLD, NULL);
    GPtrArray *parts = irc_split(rich, 10);
    for (unsigned i = 0; i < parts->len; i++) {
        g_autofree char *wire = irc_text_write(parts->pdata[i]);
        g_assert_cmpint(wire[0], ==, 0x02);
        g_assert_cmpint(wire[strlen(wire) - 1], ==, 0x0F);
    }
    g_assert_cmpuint(parts->len, ==, 2);
    g_ptr_array_unref(parts);
    rich_free(rich);
}

void
test_split_add(void)
{
    g_test_add_func("/threat/06-split-at-all-limits", test_all_limits);
    g_test_add_func("/irc/split/where", test_where);
    g_test_add_func("/irc/split/formatting-is-repeated", test_formatting_is_repeated);
}
