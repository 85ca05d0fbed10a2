/* import/toml: what TOML 1.0 allows, what it forbids, and where a mistake is. */
#include <glib.h>
#include <string.h>

#include "import/toml.h"
#include "tests/unit/import/tests.h"

/* Everything in one line: {a=1 b=[t"x",…]}. Kinds are told apart by a letter. */
static void
show(const struct toml_value *value, GString *out)
{
    static const char letters[] = {'t', 'n', 'f', 'b', 'd'};

    if (value->kind == TOML_ARRAY) {
        g_string_append_c(out, '[');
        for (unsigned i = 0; i < value->items->len; i++) {
            if (i > 0)
                g_string_append_c(out, ' ');
            show(value->items->pdata[i], out);
        }
        g_string_append_c(out, ']');
    } else if (value->kind == TOML_TABLE) {
        g_string_append_c(out, '{');
        for (unsigned i = 0; i < value->pairs->len; i++) {
            const struct toml_pair *pair = value->pairs->pdata[i];
            g_string_append_printf(out, i > 0 ? " %s=" : "%s=", pair->key);
            show(pair->value, out);
        }
        g_string_append_c(out, '}');
    } else {
        g_autofree char *text = g_strescape(value->text, "äöü€🧵");
        g_string_append_c(out, letters[value->kind]);
        if (value->kind == TOML_NUMBER)
            g_string_append_printf(out, "%" G_GINT64_FORMAT, value->number);
        else if (value->kind == TOML_BOOL)
            g_string_append_c(out, value->truth ? '+' : '-');
        else
            g_string_append_printf(out, "'%s'", text);
    }
}

static const struct {
    const char *text;
    const char *shown;
} good[] = {
    {"", "{}"},
    {"\n# only a comment", "{}"},
    {"\xef\xbb\xbf"
     "a=1",
     "{a=n1}"},
    {"a = 1\r\nb = 2 # two\r\n", "{a=n1 b=n2}"},
    {"a-b_1 = 1\n1234 = 2\n", "{a-b_1=n1 1234=n2}"},
    {"\"a b\" = 1\n'c.d' = 2\n\"\" = 3", "{a b=n1 c.d=n2 =n3}"},
    {"a.b.c = 1\na.b.d = 2\na . e = 3", "{a={b={c=n1 d=n2} e=n3}}"},
    {"3.14 = 'pi'", "{3={14=t'pi'}}"},
    {"a = \"x\\t\\\"\\\\ \\u00e4 \\U0001F9F5\"", "{a=t'x\\t\\\"\\\\ ä 🧵'}"},
    {"a = 'C:\\x\\\"'", "{a=t'C:\\\\x\\\\\\\"'}"},
    {"a = \"\"\"\none\ntwo\"\"\"", "{a=t'one\\ntwo'}"},
    {"a = \"\"\"one \\\n\n    two\"\"\"", "{a=t'one two'}"},
    {"a = \"\"\"\"\"quoted\"\"\"\"\"", "{a=t'\\\"\\\"quoted\\\"\\\"'}"},
    {"a = '''\nI\\n''am'''\nb=1", "{a=t'I\\\\n''am' b=n1}"},
    {"a = ''\nb = \"\"", "{a=t'' b=t''}"},
    {"a = [+99, -17, 0, -0, 1_000, 0xDEAD_beef, 0o17, 0b101]",
     "{a=[n99 n-17 n0 n0 n1000 n3735928559 n15 n5]}"},
    {"a = [9223372036854775807, -9223372036854775808]",
     "{a=[n9223372036854775807 n-9223372036854775808]}"},
    {"a = [3.14, -0.01, 5e+22, 1e06, 6.626e-34, 2_2.4_4, inf, -nan]",
     "{a=[f'3.14' f'-0.01' f'5e+22' f'1e06' f'6.626e-34' f'2_2.4_4' f'inf' f'-nan']}"},
    {"a = true\nb = false", "{a=b+ b=b-}"},
    {"a = [1979-05-27T07:32:00Z, 1979-05-27 00:32:00.5-07:00, 1979-05-27, 07:32:00]",
     "{a=[d'1979-05-27T07:32:00Z' d'1979-05-27 00:32:00.5-07:00' d'1979-05-27' d'07:32:00']}"},
    {"a = 2024-02-29 # leap", "{a=d'2024-02-29'}"},
    {"a = []\nb = [ [1, 2], ['x', \"y\"], ]", "{a=[] b=[[n1 n2] [t'x' t'y']]}"},
    {"a = [ # one\n 1, # two\n\n 2\n]\nb = 1", "{a=[n1 n2] b=n1}"},
    {"a = {}\nb = { x = 1, y.z = 'q' }", "{a={} b={x=n1 y={z=t'q'}}}"},
    {"a = { b = { c = [ { d = 1 } ] } }", "{a={b={c=[{d=n1}]}}}"},
    {"[a]\nx=1\n[a.b]\ny=2\n[ c . 'd e' ]\n", "{a={x=n1 b={y=n2}} c={d e={}}}"},
    {"[a.b]\n[a]\nx=1", "{a={b={} x=n1}}"},
    {"[[a]]\nx=1\n[[a]]\n[a.b]\ny=2\n[[a.c]]\n[[a.c]]\nz=3",
     "{a=[{x=n1} {b={y=n2} c=[{} {z=n3}]}]}"},
    {"[fruit]\napple.color = 'red'\n[fruit.apple.taste]\nsweet = true",
     "{fruit={apple={color=t'red' taste={sweet=b+}}}}"},
};

static void
reads_what_toml_allows(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(good); i++) {
        struct toml *toml = toml_read(good[i].text, strlen(good[i].text));
        g_autoptr(GString) shown = g_string_new(NULL);
        for (unsigned j = 0; j < toml->problems->len; j++) {
            const struct toml_problem *problem = toml->problems->pdata[j];
            g_test_message("%s: %d:%d: %s", good[i].text, problem->line, problem->column,
                           problem->text);
        }
        g_assert_cmpuint(toml->problems->len, ==, 0);
        show(toml->root, shown);
        g_assert_cmpstr(shown->str, ==, good[i].shown);
        toml_free(toml);
    }
}

/* Where the first problem is, and what is read all the same. */
static const struct {
    const char *text;
    int line, column;
    const char *shown;
} bad[] = {
    {"a\nb=1", 1, 2, "{b=n1}"},
    {"a =\nb=1", 1, 4, "{b=n1}"},
    {"= 1", 1, 1, "{}"},
    {"a = 1 b = 2\nc=3", 1, 7, "{a=n1 c=n3}"},
    {"a = 1\na = 2", 2, 1, "{a=n1}"},
    {"a.b = 1\na = 2", 2, 1, "{a={b=n1}}"},
    {"a = 1\na.b = 2", 2, 1, "{a=n1}"},
    {"a = \"open\nb = 1", 1, 10, "{b=n1}"},
    {"a = \"\"\"open\nb = 1", 2, 6, "{}"},
    {"a = \"\\x\"", 1, 6, "{}"},
    {"a = \"\\ud800\"", 1, 8, "{}"},
    {"a = \"\\u0000\"", 1, 8, "{}"},
    {"a = \"\\u12\"", 1, 8, "{}"},
    {"a = \"\x01\"", 1, 6, "{}"},
    {"# \x01\na = 1", 1, 3, "{a=n1}"},
    {"a = \x7f", 1, 5, "{}"},
    {"a = [1 2]", 1, 8, "{}"},
    {"a = [1,, 2]", 1, 8, "{}"},
    {"a = [yes]", 1, 6, "{}"},
    {"a = [1,\nb = 2\nc = 3", 2, 1, "{c=n3}"},
    {"a = { x = 1, }", 1, 14, "{}"},
    {"a = { x = 1\n}\nb = 1", 1, 12, "{b=n1}"},
    {"a = { x = 1, x = 2 }", 1, 14, "{}"},
    {"a = { x = { y = 1 }, x.z = 2 }", 1, 22, "{}"},
    {"a = { x = 1 }\n[a]\ny = 1", 2, 1, "{a={x=n1}}"},
    {"a = { x = 1 }\n[a.b]\ny = 1", 2, 1, "{a={x=n1}}"},
    {"a = [1]\n[[a]]\n", 2, 1, "{a=[n1]}"},
    {"[a]\n[a]\nx=1", 2, 1, "{a={}}"},
    {"[a]\n[[a]]\n", 2, 1, "{a={}}"},
    {"[[a]]\n[a]\n", 2, 1, "{a=[{}]}"},
    {"[a\nx = 1\n[b]\ny=1", 1, 3, "{b={y=n1}}"},
    {"[]", 1, 2, "{}"},
    {"[[a]\n", 1, 4, "{}"},
    {"[a] x = 1", 1, 5, "{}"},
    {"[a.b.c]\n[a]\nb.c.d = 1", 3, 1, "{a={b={c={}}}}"},
    {"[fruit]\napple.x = 1\n[fruit.apple]", 3, 1, "{fruit={apple={x=n1}}}"},
    {"\"\"\"a\"\"\" = 1", 1, 1, "{}"},
    {"a = 1\rb = 2", 1, 6, "{a=n1}"},
    {"ä = 1", 1, 1, "{}"},
    {"b = 'ü' x", 1, 9, "{b=t'ü'}"},
};

static void
tells_where_a_mistake_is_and_reads_on(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct toml *toml = toml_read(bad[i].text, strlen(bad[i].text));
        g_autoptr(GString) shown = g_string_new(NULL);
        g_test_message("%s", bad[i].text);
        g_assert_true(toml_is_broken(toml));
        const struct toml_problem *problem = toml->problems->pdata[0];
        g_test_message("%d:%d: %s", problem->line, problem->column, problem->text);
        g_assert_cmpint(problem->line, ==, bad[i].line);
        g_assert_cmpint(problem->column, ==, bad[i].column);
        show(toml->root, shown);
        g_assert_cmpstr(shown->str, ==, bad[i].shown);
        toml_free(toml);
    }
}

/* Not TOML, but nobody can mean anything else. */
static void
mends_a_bare_word(void)
{
    static const char text[] = "a = ca.crt # here\nb = yes\nc = 01\nd = 1__0\ne = 2023-02-30\n"
                               "f = 99999999999999999999\ng = .5\nh = 1.e5\ni = 25:00:00";
    struct toml *toml = toml_read(text, strlen(text));
    g_autoptr(GString) shown = g_string_new(NULL);

    g_assert_false(toml_is_broken(toml));
    g_assert_cmpuint(toml->problems->len, ==, 9);
    for (unsigned i = 0; i < toml->problems->len; i++) {
        const struct toml_problem *problem = toml->problems->pdata[i];
        g_assert_true(problem->mended);
        g_assert_cmpint(problem->line, ==, (int)i + 1);
        g_assert_cmpint(problem->column, ==, 5);
    }
    show(toml->root, shown);
    g_assert_cmpstr(shown->str, ==,
                    "{a=t'ca.crt' b=t'yes' c=t'01' d=t'1__0' e=t'2023-02-30' "
                    "f=t'99999999999999999999' g=t'.5' h=t'1.e5' i=t'25:00:00'}");
    toml_free(toml);
}

static void
knows_the_line_of_every_value(void)
{
    static const char text[] =
        "a = 1\n[t]\n\nb = [\n 1,\n {c = \"\"\"x\ny\"\"\", d = 2}\n]\n[[l]]\n";
    struct toml *toml = toml_read(text, strlen(text));
    const struct toml_value *t = toml_find(toml->root, "t")->value;
    const struct toml_pair *b = toml_find(t, "b");
    const struct toml_value *inner = b->value->items->pdata[1];
    const struct toml_value *l = toml_find(toml->root, "l")->value;

    g_assert_cmpuint(toml->problems->len, ==, 0);
    g_assert_cmpint(toml_find(toml->root, "a")->line, ==, 1);
    g_assert_cmpint(t->line, ==, 2);
    g_assert_cmpint(b->line, ==, 4);
    g_assert_cmpint(((struct toml_value *)b->value->items->pdata[0])->line, ==, 5);
    g_assert_cmpint(inner->line, ==, 6);
    g_assert_cmpint(toml_find(inner, "d")->line, ==, 7);
    g_assert_cmpint(((struct toml_value *)l->items->pdata[0])->line, ==, 9);
    g_assert_null(toml_find(t, "c"));
    toml_free(toml);
}

static void
check_first(GString *text, const char *part)
{
    struct toml *toml = toml_read(text->str, text->len);

    g_assert_true(toml_is_broken(toml));
    const struct toml_problem *problem = toml->problems->pdata[0];
    g_assert_nonnull(strstr(problem->text, part));
    g_assert_cmpuint(toml->problems->len, <=, TOML_MAX_PROBLEMS + 1);
    toml_free(toml);
    g_string_free(text, TRUE);
}

static GString *
repeat(const char *part, unsigned n)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < n; i++)
        g_string_append(text, part);
    return text;
}

static void
has_limits(void)
{
    GString *many = g_string_new(NULL);

    for (int i = 0; i < TOML_MAX_VALUES + 10; i++)
        g_string_append_printf(many, "k%d = 1\n", i);
    check_first(many, "more than 5000 values");
    check_first(repeat("[[a]]\n", TOML_MAX_VALUES), "more than 5000 values");
    check_first(g_string_prepend(repeat("[", TOML_MAX_DEPTH + 1), "a = "), "at most 32 deep");
    check_first(g_string_prepend(repeat("{a=", TOML_MAX_DEPTH + 1), "a = "), "at most 32 deep");
    check_first(g_string_append(repeat("a.", TOML_MAX_DEPTH), "b = 1"), "at most 32 parts");
    check_first(repeat("?\n", 5000), "name is missing");
    check_first(repeat("#\n", TOML_MAX_BYTES / 2 + 1), "larger than");
    check_first(g_string_new_len("a = 1\nb = \"\xff\"\n", 13), "not valid UTF-8");
    check_first(g_string_new_len("a = \"\0\"\n", 8), "not valid UTF-8");
}

void
test_toml_add(void)
{
    g_test_add_func("/toml/reads-what-toml-allows", reads_what_toml_allows);
    g_test_add_func("/toml/tells-where-a-mistake-is-and-reads-on",
                    tells_where_a_mistake_is_and_reads_on);
    g_test_add_func("/toml/mends-a-bare-word", mends_a_bare_word);
    g_test_add_func("/toml/knows-the-line-of-every-value", knows_the_line_of_every_value);
    g_test_add_func("/toml/has-limits", has_limits);
}
