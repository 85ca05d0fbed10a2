/* Right-to-left text on the screen. */
#include <string.h>

#include "tests/unit/ui/tests.h"
#include "ui/draw.h"
#include "ui/editor.h"
#include "ui/wrap.h"

static void
assert_row(const struct cells *cells, int row, const char *wanted)
{
    g_autofree char *text = cells_dump_row(cells, row);
    g_assert_cmpstr(text, ==, wanted);
}

/* A look and a link stay on their letters, a wide cluster keeps both its cells. */
static void
test_cells(void)
{
    struct cells *cells = cells_new(1, 12);
    struct links *links = links_new();
    const struct style bold = {.attrs = STYLE_BOLD};
    char target[] = "https://example.org/";

    cells->links = links;
    cells_puts(cells, 0, 0, 12, "x", (struct style){0});
    cells_puts(cells, 0, 1, 11, "א", bold);
    cells_link(cells, 0, 1, 1, target);
    cells_puts(cells, 0, 2, 10, "ב🎉ג", (struct style){0});
    g_assert_cmpint(cells_bidi(cells, 0, 0, 6, false, 5), ==, 1);
    assert_row(cells, 0, "xג🎉בא");
    g_assert_cmpuint(cells_at(cells, 0, 5)->style.attrs, ==, STYLE_BOLD);
    g_assert_cmpuint(cells_at(cells, 0, 5)->link, !=, 0);
    g_assert_cmpuint(cells_at(cells, 0, 1)->style.attrs, ==, 0);
    g_assert_cmpuint(cells_at(cells, 0, 2)->width, ==, 2);
    g_assert_cmpuint(cells_at(cells, 0, 3)->width, ==, 0);
    /* What lies outside, or cuts a wide cluster, is left alone. */
    g_assert_cmpint(cells_bidi(cells, 0, 3, 2, true, 4), ==, 4);
    g_assert_cmpint(cells_bidi(cells, 1, 0, 2, true, 0), ==, 0);
    g_assert_cmpint(cells_bidi(cells, 0, 0, 3, true, 0), ==, 0);
    assert_row(cells, 0, "xג🎉בא");
    cells_free(cells);
    links_free(links);
}

static void
test_names(void)
{
    struct theme theme;
    struct cells *cells = cells_new(4, 10);
    struct canvas canvas = {cells, &theme};
    const struct width_rules itself = {.bidi_itself = true};

    theme_init(&theme);
    draw_foreign(&canvas, 0, 0, 10, "#אבג-1", DISPLAY_NAME, (struct style){0});
    assert_row(cells, 0, "1-גבא#");
    draw_foreign(&canvas, 1, 2, 4, "אבגדה", DISPLAY_NAME, (struct style){0});
    assert_row(cells, 1, "  …גבא");
    draw_foreign(&canvas, 2, 0, 10, "plain", DISPLAY_NAME, (struct style){0});
    assert_row(cells, 2, "plain");
    cells->rules = &itself;
    draw_foreign(&canvas, 3, 0, 10, "אבג", DISPLAY_NAME, (struct style){0});
    assert_row(cells, 3, "אבג");
    cells_free(cells);
}

static void
draw_text(struct cells *cells, const char *text, int cols)
{
    struct theme theme;
    struct styled styled;
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct wrap_row));

    theme_init(&theme);
    styled_init(&styled);
    styled_append_foreign(&styled, text, -1, DISPLAY_BLOCK, ROLE_TEXT, 0);
    wrap_styled(&styled, cols, 0, cells->rules, rows);
    for (guint i = 0; i < rows->len; i++)
        wrap_draw(cells, (int)i, 0, cols, &styled, &g_array_index(rows, struct wrap_row, i), &theme,
                  (struct style){0});
    styled_fini(&styled);
}

/* Rows are read from the first to the last; in a paragraph from the right they begin at the right.
 */
static void
test_message(void)
{
    struct cells *cells = cells_new(4, 12);

    draw_text(cells, "אבג דהו זח\nabc דה\n\u200f", 8);
    assert_row(cells, 0, "והד גבא");
    assert_row(cells, 1, "     חז");
    assert_row(cells, 2, "abc הד");
    cells_free(cells);
}

static void
type(struct editor *editor, const char *text)
{
    g_assert_true(editor_insert(editor, text, strlen(text)));
}

static void
assert_editor(struct editor *editor, struct cells *cells, const char *wanted, int cursor_col)
{
    editor_draw(editor, cells, 0, 0, cells->rows, cells->cols, (struct style){0});
    assert_row(cells, 0, wanted);
    g_assert_cmpint(cells->cursor_col, ==, cursor_col);
}

/* The cursor stands on the letter that it is before; what is typed next from the right comes at the
 * left. */
static void
test_typing(void)
{
    struct editor *editor = editor_new(NULL);
    struct cells *cells = cells_new(2, 10);

    type(editor, "אב");
    assert_editor(editor, cells, " בא", 0);
    type(editor, "ג");
    assert_editor(editor, cells, " גבא", 0);
    editor_set(editor, "ab אבג", strlen("ab אב"));
    assert_editor(editor, cells, "ab גבא", 3);
    editor_set(editor, "ab אבג", strlen("ab "));
    assert_editor(editor, cells, "ab גבא", 5);
    editor_set(editor, "ab אבג", strlen("ab אבג"));
    assert_editor(editor, cells, "ab גבא", 6);
    /* Where one clicks, and not where it would stand if it were written from the left. */
    editor_point(editor, 10, 0, 3);
    assert_editor(editor, cells, "ab גבא", 3);
    editor_point(editor, 10, 0, 1);
    assert_editor(editor, cells, "ab גבא", 1);
    editor_point(editor, 10, 0, 9);
    assert_editor(editor, cells, "ab גבא", 6);
    editor_set(editor, "x\nאב\ny", 1);
    editor_draw(editor, cells, 0, 0, 2, 10, (struct style){0});
    assert_row(cells, 1, " בא");
    cells_free(cells);
    editor_free(editor);
}

void
test_bidi_add(void)
{
    g_test_add_func("/bidi/cells", test_cells);
    g_test_add_func("/bidi/names", test_names);
    g_test_add_func("/bidi/message", test_message);
    g_test_add_func("/bidi/typing", test_typing);
}
