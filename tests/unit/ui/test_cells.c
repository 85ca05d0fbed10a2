#include "tests/unit/ui/tests.h"
#include "ui/cells.h"
#include <glib.h>
#include <string.h>

static const struct style plain, bold = {.attrs = STYLE_BOLD};

static void
check_row(const struct cells *cells, int row, const char *expected)
{
    g_autofree char *text = cells_dump_row(cells, row);
    g_assert_cmpstr(text, ==, expected);
}

/* Both halves of every wide cluster are there, and no cell holds a control character. */
static void
check_whole(const struct cells *cells)
{
    for (int row = 0; row < cells->rows; row++) {
        for (int col = 0; col < cells->cols; col++) {
            const struct cell *cell = cells_at(cells, row, col);
            const struct cell *next = cells_at(cells, row, col + 1);
            g_assert_cmpuint(cell->width, <=, 2);
            g_assert_cmpuint(strlen(cell->text), ==, cell->len_bytes);
            if (cell->width == 2)
                g_assert_true(next != NULL && next->width == 0);
            if (cell->width == 0)
                g_assert_cmpuint(cells_at(cells, row, col - 1)->width, ==, 2);
            for (const char *at = cell->text; *at != '\0'; at++)
                g_assert_true((unsigned char)*at >= 0x20 && *at != 0x7f);
        }
    }
}

static void
test_put(void)
{
    struct cells *cells = cells_new(3, 10);
    g_assert_cmpint(cells_puts(cells, 0, 0, 10, "hello", plain), ==, 5);
    g_assert_cmpint(cells_puts(cells, 1, 0, 3, "hello", plain), ==, 3);
    g_assert_cmpint(cells_puts(cells, 2, 8, 10, "hello", bold), ==, 2);
    check_row(cells, 0, "hello");
    check_row(cells, 1, "hel");
    check_row(cells, 2, "        he");
    g_assert_true(style_equal(cells_at(cells, 2, 8)->style, bold));
    g_assert_cmpint(cells_puts(cells, 3, 0, 10, "out", plain), ==, 0);
    g_assert_cmpint(cells_puts(cells, -1, 0, 10, "out", plain), ==, 0);
    g_assert_cmpint(cells_puts(cells, 0, 10, 10, "out", plain), ==, 0);
    g_assert_cmpint(cells_puts(cells, 0, 0, 0, "out", plain), ==, 0);
    cells_puts(cells, 0, -2, 10, "a漢b", plain);
    check_row(cells, 0, " bllo");
    cells_free(cells);
}

static void
test_wide(void)
{
    struct cells *cells = cells_new(1, 6);
    g_assert_cmpint(cells_puts(cells, 0, 0, 6, "漢字", plain), ==, 4);
    cells_puts(cells, 0, 1, 1, "x", plain);
    check_row(cells, 0, " x字");
    cells_puts(cells, 0, 2, 1, "y", plain);
    check_row(cells, 0, " xy");
    cells_clear(cells, plain);
    g_assert_cmpint(cells_puts(cells, 0, 0, 3, "漢字", plain), ==, 3);
    check_row(cells, 0, "漢");
    cells_puts(cells, 0, 5, 5, "漢", plain);
    check_row(cells, 0, "漢");
    check_whole(cells);
    cells_free(cells);
}

static void
test_controls(void)
{
    struct cells *cells = cells_new(1, 20);
    cells_puts(cells, 0, 0, 20, "\033[2J\a\xc2\x9b\u202e\x7f|\n\t", plain);
    check_row(cells, 0, "�[2J����|��");
    check_whole(cells);
    cells_free(cells);
}

static void
test_cluster_limit(void)
{
    struct cells *cells = cells_new(1, 4);
    g_autoptr(GString) bomb = g_string_new("e");
    for (int i = 0; i < 1000000; i++)
        g_string_append(bomb, "\u0301");
    g_string_append(bomb, "x");
    g_assert_cmpint(cells_put(cells, 0, 0, 4, bomb->str, bomb->len, plain), ==, 2);
    g_assert_cmpuint(cells_at(cells, 0, 0)->len_bytes, ==, 17);
    g_assert_true(cells_at(cells, 0, 0)->doubtful);
    g_assert_cmpstr(cells_at(cells, 0, 1)->text, ==, "x");
    cells_puts(cells, 0, 0, 4, "\u200b\u2060\ufe0fz", plain);
    cells_free(cells);
}

static void
test_field(void)
{
    struct cells *cells = cells_new(1, 12);
    cells_puts(cells, 0, 0, 12, "............", plain);
    cells_field(cells, 0, 1, 5, "ab", bold);
    check_row(cells, 0, ".ab   ......");
    cells_field(cells, 0, 1, 5, "abcdefg", plain);
    check_row(cells, 0, ".abcd…......");
    cells_field(cells, 0, 1, 5, "a漢字漢", plain);
    check_row(cells, 0, ".a漢… ......");
    cells_field(cells, 0, 1, 5, "a漢字", plain);
    check_row(cells, 0, ".a漢字......");
    cells_field(cells, 0, 0, 1, "ab", plain);
    check_row(cells, 0, "…a漢字......");
    cells_field(cells, 0, 0, 0, "ab", plain);
    cells_free(cells);
}

static void
test_box(void)
{
    struct cells *cells = cells_new(4, 6);
    cells_fill(cells, 0, 0, 4, 6, plain);
    cells_box(cells, 0, 1, 3, 4, plain);
    g_autofree char *text = cells_dump_text(cells);
    g_assert_cmpstr(text, ==, " ┌──┐\n │  │\n └──┘\n\n");
    cells_box(cells, -1, -1, 100, 100, plain);
    cells_box(cells, 0, 0, 1, 1, plain);
    check_whole(cells);
    cells_free(cells);
}

static void
test_scroll_and_blit(void)
{
    struct cells *cells = cells_new(4, 6);
    cells_puts(cells, 0, 0, 6, "aaaaaa", plain);
    cells_puts(cells, 1, 0, 6, "b漢b漢", plain);
    cells_puts(cells, 2, 0, 6, "cccccc", plain);
    cells_puts(cells, 3, 0, 6, "dddddd", plain);
    cells_scroll(cells, 0, 2, 4, 4, 1, plain);
    check_whole(cells);
    check_row(cells, 0, "aa b漢");
    check_row(cells, 1, "b cccc");
    check_row(cells, 3, "dd");
    cells_scroll(cells, 0, 0, 4, 6, -2, plain);
    check_row(cells, 0, "");
    check_row(cells, 2, "aa b漢");
    cells_scroll(cells, 0, 0, 4, 6, 100, plain);
    check_row(cells, 2, "");

    struct cells *from = cells_new(2, 6);
    cells_puts(from, 0, 0, 6, "1漢2漢", plain);
    cells_blit(cells, 1, 3, from, 0, 2, 2, 6);
    check_row(cells, 1, "    2");
    cells_blit(cells, -1, -1, from, -1, -1, 9, 9);
    check_row(cells, 0, "1漢2漢");
    cells_copy(cells, from);
    g_assert_cmpint(cells->rows, ==, 2);
    check_row(cells, 0, "1漢2漢");
    check_whole(cells);
    cells_free(from);
    cells_free(cells);
}

static void
test_sizes(void)
{
    struct cells *cells = cells_new(0, -5);
    g_assert_cmpint(cells->rows, ==, 1);
    g_assert_cmpint(cells->cols, ==, 1);
    cells_puts(cells, 0, 0, 9, "漢", plain);
    check_row(cells, 0, "");
    cells_resize(cells, 500, 500);
    cells_puts(cells, 499, 498, 9, "漢", plain);
    cells_set_cursor(cells, 499, 499, CURSOR_BAR);
    check_whole(cells);
    cells_resize(cells, 500, 499);
    check_whole(cells);
    g_assert_cmpint(cells->cursor_col, ==, 498);
    cells_resize(cells, 1, 1);
    g_assert_null(cells_at(cells, 1, 0));
    g_assert_null(cells_at(cells, 0, -1));
    cells_free(cells);
    cells_free(NULL);
}

/* Random drawing keeps the grid whole. */
static void
test_random(void)
{
    static const char *const texts[] = {"漢字", "a", "👨\u200d👩\u200d👧", "e\u0301x", "\033[m", " "};
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    struct cells *cells = cells_new(6, 11), *other = cells_new(9, 7);
    for (int i = 0; i < 20000; i++) {
        int row = g_rand_int_range(rand, -3, 9), col = g_rand_int_range(rand, -4, 14);
        int rows = g_rand_int_range(rand, -1, 9), cols = g_rand_int_range(rand, -1, 14);
        switch (g_rand_int_range(rand, 0, 6)) {
        case 0:
            cells_scroll(cells, row, col, rows, cols, g_rand_int_range(rand, -4, 5), plain);
            break;
        case 1:
            cells_blit(other, row, col, cells, cols - 2, rows - 2, rows, cols);
            cells_blit(cells, col, row, other, row, col, rows, cols);
            break;
        case 2:
            cells_fill(cells, row, col, rows, cols, bold);
            break;
        default:
            cells_puts(cells, row, col, cols, texts[g_rand_int_range(rand, 0, 6)], plain);
        }
        if (i % 16 == 0)
            check_whole(cells);
        check_whole(other);
    }
    cells_free(cells);
    cells_free(other);
}

/* Places and sizes near the ends of int: nothing is drawn outside, no sum wraps. */
static void
test_sizes_that_wrap(void)
{
    static const int sizes[] = {G_MININT, G_MININT + 1, -2, -1, 0, 1, 4, G_MAXINT - 1, G_MAXINT};
    struct cells *cells = cells_new(4, 6);
    struct cells *other = cells_new(4, 6);
    struct style style = {0};

    for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++) {
        for (unsigned k = 0; k < G_N_ELEMENTS(sizes); k++) {
            int a = sizes[i], b = sizes[k];
            cells_fill(cells, a, a, b, b, style);
            cells_puts(cells, a, a, b, "text", style);
            cells_field(cells, 1, a, b, "text", style);
            cells_restyle(cells, a, a, b, b, style);
            cells_hline(cells, a, a, b, style);
            cells_vline(cells, a, a, b, style);
            cells_box(cells, a, a, b, b, style);
            cells_scroll(cells, a, a, b, b, 1, style);
            cells_scroll(cells, 0, 0, 4, 6, a, style);
            cells_blit(cells, a, a, other, b, b, a, b);
            cells_set_cursor(cells, a, b, CURSOR_BLOCK);
            g_assert_true((cells_at(cells, a, b) != NULL) == (a >= 0 && a < 4 && b >= 0 && b < 6));
        }
    }
    cells_free(other);
    other = cells_new(G_MAXINT, G_MAXINT);
    g_assert_cmpint(other->rows, ==, CELLS_MAX_ROWS);
    g_assert_cmpint(other->cols, ==, CELLS_MAX_COLS);
    cells_free(other);
    cells_free(cells);
}

void
test_cells_add(void)
{
    g_test_add_func("/threat/11-sizes-of-regions", test_sizes_that_wrap);
    g_test_add_func("/cells/put", test_put);
    g_test_add_func("/cells/wide", test_wide);
    g_test_add_func("/cells/controls", test_controls);
    g_test_add_func("/cells/cluster-limit", test_cluster_limit);
    g_test_add_func("/cells/field", test_field);
    g_test_add_func("/cells/box", test_box);
    g_test_add_func("/cells/scroll-and-blit", test_scroll_and_blit);
    g_test_add_func("/cells/sizes", test_sizes);
    g_test_add_func("/cells/random", test_random);
}
