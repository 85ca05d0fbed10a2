#include "tests/unit/ui/tests.h"
#include "ui/wrap.h"
#include <glib.h>
#include <string.h>

/* Rows joined by '|', each indent as so many '>'. */
static char *
wrapped(const char *text, int cols, int indent)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct wrap_row));
    GString *out = g_string_new(NULL);
    int n = wrap_text(text, strlen(text), cols, indent, NULL, rows);
    g_assert_cmpint(n, ==, (int)rows->len);
    g_assert_cmpint(n, ==, wrap_text(text, strlen(text), cols, indent, NULL, NULL));
    for (unsigned i = 0; i < rows->len; i++) {
        const struct wrap_row *row = &g_array_index(rows, struct wrap_row, i);
        if (i > 0)
            g_string_append_c(out, '|');
        for (int c = 0; c < row->indent_cols; c++)
            g_string_append_c(out, '>');
        g_string_append_len(out, text + row->start_bytes, row->len_bytes);
        int width = width_text(text + row->start_bytes, row->len_bytes, NULL);
        g_assert_cmpint(row->cols, ==, MIN(width, cols - row->indent_cols));
    }
    return g_string_free(out, FALSE);
}

static void
test_rows(void)
{
    static const struct {
        const char *text;
        int cols, indent;
        const char *rows;
    } samples[] = {
        {"", 10, 0, ""},
        {"one two three", 8, 0, "one two|three"},
        {"one two three", 7, 0, "one two|three"},
        {"one two three", 6, 2, "one|>>two|>>thre|>>e"},
        {"one   two", 5, 0, "one|two"},
        {"one two   ", 7, 0, "one two"},
        {"a\n\nb", 10, 2, "a|>>|>>b"},
        {"a b\nc d", 2, 0, "a|b|c|d"},
        {"https://example.org/long", 10, 2, "https://ex|>>ample.or|>>g/long"},
        {"see https://example.org", 10, 0, "see|https://ex|ample.org"},
        {"漢字漢字漢字", 5, 0, "漢字|漢字|漢字"},
        {"ab漢字。漢", 6, 0, "ab漢|字。漢"},
        {"a 漢字", 5, 0, "a 漢|字"},
        {"漢", 1, 0, "漢"},
        {"    code here", 9, 0, "    code|>>>>here"},
        {"a\n  /b /c /d\ne f", 8, 0, "a|  /b /c|>>/d|e f"},
        {"      b c", 4, 0, "      |>>b|>>c"},
        {"abc", 2, 5, "ab|>c"},
        {"e\u0301e\u0301e\u0301", 2, 0, "e\u0301e\u0301|e\u0301"},
        {"👨\u200d👩\u200d👧👨\u200d👩\u200d👧", 3, 0, "👨\u200d👩\u200d👧|👨\u200d👩\u200d👧"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(samples); i++) {
        g_autofree char *rows = wrapped(samples[i].text, samples[i].cols, samples[i].indent);
        g_test_message("sample %u", i);
        g_assert_cmpstr(rows, ==, samples[i].rows);
    }
}

/* Whatever the text: rows go forward, fit, and leave out nothing but blanks and newlines. */
static void
test_random(void)
{
    static const char *const parts[] = {"a",  "word", " ",       "  ",       "\n",
                                        "漢", "。",   "e\u0301", "👨\u200d👩", "\u200b"};
    g_autoptr(GRand) rand = g_rand_new_with_seed(11);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct wrap_row));
    for (int i = 0; i < 3000; i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        int n = g_rand_int_range(rand, 0, 30), cols = g_rand_int_range(rand, 2, 20);
        while (n-- > 0)
            g_string_append(text, parts[g_rand_int_range(rand, 0, G_N_ELEMENTS(parts))]);
        g_array_set_size(rows, 0);
        wrap_text(text->str, text->len, cols, g_rand_int_range(rand, 0, 5), NULL, rows);
        size_t at = 0;
        for (unsigned r = 0; r < rows->len; r++) {
            const struct wrap_row *row = &g_array_index(rows, struct wrap_row, r);
            g_assert_cmpuint(row->start_bytes, >=, at);
            g_assert_cmpint(row->indent_cols + row->cols, <=, cols);
            for (; at < row->start_bytes; at++)
                g_assert_true(text->str[at] == ' ' || text->str[at] == '\n');
            at = row->start_bytes + row->len_bytes;
        }
        for (; at < text->len; at++)
            g_assert_true(text->str[at] == ' ');
    }
}

static void
test_styled(void)
{
    struct theme theme;
    struct styled styled;
    theme_init(&theme);
    styled_init(&styled);
    styled_append(&styled, "kai", -1, ROLE_NICK_SELF, 0);
    styled_append(&styled, " ", 1, ROLE_TEXT, 0);
    styled_append_foreign(&styled, "a\u202ebold word", -1, DISPLAY_BLOCK, ROLE_TEXT, 0);
    g_assert_cmpstr(styled.text->str, ==, "kai a<RLO>bold word");
    /* a span on "bold" (bytes 4 … 8 of the message) */
    styled_restyle(&styled, styled_place(&styled, 4), styled_place(&styled, 8), ROLE_N, STYLE_BOLD);
    styled_tint(&styled, styled_place(&styled, 9), styled_place(&styled, 13),
                (struct style){.fg = COLOR_INDEX(2)});
    struct cells *cells = cells_new(2, 40);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct wrap_row));
    g_assert_cmpint(wrap_styled(&styled, 15, 4, NULL, rows), ==, 2);
    for (int i = 0; i < 2; i++)
        wrap_draw(cells, i, 0, 40, &styled, &g_array_index(rows, struct wrap_row, (unsigned)i),
                  &theme, (struct style){.bg = COLOR_INDEX(0)});
    g_autofree char *text = cells_dump_text(cells);
    g_assert_cmpstr(text, ==, "kai a<RLO>bold\n    word\n");
    g_assert_cmphex(cells_at(cells, 0, 0)->style.fg, ==, theme.roles[ROLE_NICK_SELF].fg);
    g_assert_cmphex(cells_at(cells, 0, 5)->style.fg, ==, theme.roles[ROLE_MARK].fg);
    g_assert_cmpuint(cells_at(cells, 0, 9)->style.attrs & STYLE_BOLD, ==, 0);
    g_assert_cmpuint(cells_at(cells, 0, 10)->style.attrs, ==, STYLE_BOLD);
    g_assert_cmphex(cells_at(cells, 0, 10)->style.bg, ==, COLOR_INDEX(0));
    g_assert_cmphex(cells_at(cells, 1, 4)->style.fg, ==, COLOR_INDEX(2));
    g_assert_cmpuint(cells_at(cells, 1, 4)->style.attrs, ==, 0);
    styled_clear(&styled);
    g_assert_cmpint(wrap_styled(&styled, 15, 4, NULL, NULL), ==, 1);
    cells_free(cells);
    styled_fini(&styled);
}

static void
test_speed(void)
{
    const char *line =
        "The quick brown fox jumps over the lazy dog, and then it says naïve things about "
        "https://example.org/a/rather/long/path for a while.";
    size_t len = strlen(line);
    gint64 start = g_get_monotonic_time();
    int rows = 0;
    for (int i = 0; i < 100000; i++)
        rows += wrap_text(line, len, 60, 10, NULL, NULL);
    g_test_minimized_result((double)(g_get_monotonic_time() - start) / 100000, "us a line");
    g_assert_cmpint(rows, ==, 400000);

    g_autofree char *blanks = g_strnfill(1000000, ' ');
    g_assert_cmpint(wrap_text(blanks, 1000000, 80, 0, NULL, NULL), ==, 1);
}

void
test_wrap_add(void)
{
    g_test_add_func("/wrap/rows", test_rows);
    g_test_add_func("/wrap/random", test_random);
    g_test_add_func("/wrap/styled", test_styled);
    g_test_add_func("/wrap/speed", test_speed);
}
