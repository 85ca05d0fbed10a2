#include <string.h>

#include "protocols/irc/irc_text.h"
#include "tests/unit/irc/tests.h"

static void
test_read(void)
{
    static const struct {
        const char *wire, *text, *spans;
    } rows[] = {
        {"plain", "plain", NULL},
        {"\x02"
         "bold\x02 not",
         "bold not", "0-4:0"},
        {"a\x1d"
         "b",
         "ab", "1-2:1"},
        {"\x03"
         "4red\x03 no",
         "red no", "0-3:14=4"},
        {"\x03"
         "4,12red",
         "red", "0-3:14=4,12"},
        {"\x03"
         "04,x",
         ",x", "0-2:14=4"},
        {"\x03"
         "041",
         "1", "0-1:14=4"},
        {"\x03"
         "99,5x",
         "x", "0-1:14=,5"},
        {"\x03"
         "99x",
         "x", NULL},
        {"\x04"
         "ff0000red\x04"
         "x",
         "redx", "0-3:14=#ff0000"},
        {"\x04"
         "ff000",
         "ff000", NULL},
        {"\x02\x1f"
         "both\x0f"
         "none",
         "bothnone", "0-4:0 0-4:2"},
        {"\x03", "", NULL},
        {"\x03"
         "1,",
         ",", "0-1:14=1"},
        {"\x11"
         "mono\x11",
         "mono", "0-4:5"},
        {"\x16"
         "rev",
         "rev", "0-3:4"},
        {"\x1e"
         "strike",
         "strike", "0-6:3"},
        {"\x02\x02"
         "none",
         "none", NULL},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct rich *rich = irc_text_read(rows[i].wire);
        g_autoptr(GString) spans = g_string_new(NULL);
        for (unsigned j = 0; j < rich->spans->len; j++) {
            const struct span *span = &g_array_index(rich->spans, struct span, j);
            g_string_append_printf(spans, "%s%u-%u:%d%s%s", j > 0 ? " " : "", span->start,
                                   span->end, (int)span->kind, span->data ? "=" : "",
                                   span->data ? span->data : "");
        }
        g_test_message("row %u", i);
        g_assert_cmpstr(rich->text, ==, rows[i].text);
        g_assert_cmpstr(spans->str, ==, rows[i].spans ? rows[i].spans : "");
        rich_free(rich);
    }
}

/* Every sample cut at every byte, in a buffer of just that size. */
static void
test_truncated(void)
{
    static const char full[] = "\x02"
                               "a\x03"
                               "12,04b\x04"
                               "ff0000,00ff00c\x1d\x1f\x1e\x11\x16\x0f\x03"
                               "1,";

    for (size_t len = 0; len <= strlen(full); len++) {
        char *copy = g_strndup(full, len);
        rich_free(irc_text_read(copy));
        g_free(copy);
    }
}

static struct rich *
random_rich(GRand *rand)
{
    static const char *const words[] = {
        "soup ", "1", ",2", " ", "\xc3\xa9", "ff0000", "\xf0\x9f\x8d\xb2", "x"};
    static const char *const colors[] = {"4", "4,12", ",5", "#ff0000", "#ff0000,#00ff00"};
    static const enum span_kind kinds[] = {SPAN_BOLD,   SPAN_ITALIC,  SPAN_UNDERLINE,
                                           SPAN_STRIKE, SPAN_REVERSE, SPAN_CODE};
    g_autoptr(GString) text = g_string_new(NULL);
    GArray *edges = g_array_new(FALSE, FALSE, sizeof(size_t));

    for (int i = 0; i < 8; i++) {
        g_array_append_val(edges, text->len);
        g_string_append(text, words[g_rand_int_range(rand, 0, G_N_ELEMENTS(words))]);
    }
    struct rich *rich = rich_new(text->str, -1);
    /* Every kind once, so that none meets itself. */
    for (unsigned i = 0; i <= G_N_ELEMENTS(kinds); i++) {
        size_t from = g_array_index(edges, size_t, g_rand_int_range(rand, 0, 4));
        size_t to = g_array_index(edges, size_t, g_rand_int_range(rand, 4, 8));
        bool color = i == G_N_ELEMENTS(kinds);
        if (g_rand_boolean(rand))
            rich_add(rich, from, to, color ? SPAN_COLOR : kinds[i],
                     color ? colors[g_rand_int_range(rand, 0, G_N_ELEMENTS(colors))] : NULL);
    }
    g_array_unref(edges);
    return rich;
}

/* What holds at each byte, as a string: spans may come back cut in two. */
static char *
picture(const struct rich *rich)
{
    GString *out = g_string_new(NULL);

    for (size_t at = 0; at < rich->len; at++) {
        unsigned on = 0;
        const char *color = "";
        for (unsigned i = 0; i < rich->spans->len; i++) {
            const struct span *span = &g_array_index(rich->spans, struct span, i);
            if (at < span->start || at >= span->end)
                continue;
            on |= 1u << span->kind;
            color = span->data ? span->data : color;
        }
        g_string_append_printf(out, "%c%x%s|", rich->text[at], on, color);
    }
    return g_string_free(out, FALSE);
}

static void
test_round_trip(void)
{
    GRand *rand = g_rand_new_with_seed((guint32)g_test_rand_int());

    for (int i = 0; i < 5000; i++) {
        struct rich *rich = random_rich(rand);
        g_autofree char *wire = irc_text_write(rich);
        struct rich *back = irc_text_read(wire);
        g_autofree char *before = picture(rich);
        g_autofree char *after = picture(back);
        g_assert_cmpstr(before, ==, after);
        rich_free(rich);
        rich_free(back);
    }
    g_rand_free(rand);
}

/* A palette's colour on the other kind's background, and the other way round. */
static void
test_mixed_colors(void)
{
    static const char *const wires[] = {
        "\x04"
        "aabbcc,001122a\x03"
        "4b",
        "\x03"
        "4,5a\x04"
        "aabbccb",
        "\x04"
        "aabbcc,001122a\x03"
        "99b",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(wires); i++) {
        struct rich *rich = irc_text_read(wires[i]);
        g_autofree char *wire = irc_text_write(rich);
        struct rich *back = irc_text_read(wire);
        g_autofree char *before = picture(rich);
        g_autofree char *after = picture(back);
        g_assert_cmpuint(rich->spans->len, ==, 2);
        g_assert_cmpstr(before, ==, after);
        rich_free(rich);
        rich_free(back);
    }
}

static void
test_no_line_end_leaves(void)
{
    struct rich *rich = rich_new("a\r\nb\x01"
                                 "c",
                                 -1);
    g_autofree char *wire = irc_text_write(rich);

    g_assert_cmpstr(wire, ==, "a  b c");
    rich_free(rich);
}

/* What has a form under another kind's name: spoilers are of one colour, blocks are code. */
static void
test_forms(void)
{
    static const struct {
        const char *text, *spans, *wire;
    } rows[] = {
        {"he was it", "x0+9",
         "\x03"
         "01,01he was it\x0f"},
        {"he was, it", "x3+3 b0+10",
         "\x02he \x0f\x02\x03"
         "01,01was\x0f\x02, it\x0f"},
        {"so 4 it", "x3+1",
         "so \x03"
         "01,01"
         "4\x0f it"},
        {"a red end", "x0+9 C2+3=4",
         "\x03"
         "01,01a red end\x0f"},
        {"make check", "B0+10=sh", "\x11make check\x0f"},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct rich *rich = rich_new(rows[i].text, -1);
        rich_decode_spans(rich, rows[i].spans);
        g_autofree char *wire = irc_text_write(rich);
        struct rich *back = irc_text_read(wire);
        g_assert_cmpstr(wire, ==, rows[i].wire);
        g_assert_cmpstr(back->text, ==, rows[i].text);
        rich_free(rich);
        rich_free(back);
    }
}

void
test_text_add(void)
{
    g_test_add_func("/irc/text/read", test_read);
    g_test_add_func("/threat/05-cut-formatting", test_truncated);
    g_test_add_func("/irc/text/round-trip", test_round_trip);
    g_test_add_func("/irc/text/mixed-colors", test_mixed_colors);
    g_test_add_func("/irc/text/forms", test_forms);
    g_test_add_func("/irc/text/no-line-end-leaves", test_no_line_end_leaves);
}
