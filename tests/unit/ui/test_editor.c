#include "tests/unit/ui/tests.h"
#include "ui/editor.h"
#include <glib.h>
#include <string.h>

static void
type(struct editor *editor, const char *text)
{
    for (; *text != '\0'; text += g_utf8_skip[(unsigned char)*text])
        editor_insert_char(editor, g_utf8_get_char(text));
}

/* The text with '|' where the cursor is. */
static void
check(const struct editor *editor, const char *expected)
{
    g_autoptr(GString) text = g_string_new(editor_text(editor));
    g_string_insert_c(text, (gssize)editor_cursor(editor), '|');
    g_assert_cmpstr(text->str, ==, expected);
}

static void
test_clusters(void)
{
    struct editor *editor = editor_new(NULL);
    type(editor, "e\u0301👨\u200d👩\u200d👧🇳🇱");
    check(editor, "e\u0301👨\u200d👩\u200d👧🇳🇱|");
    editor_action(editor, ACTION_LEFT, NULL);
    check(editor, "e\u0301👨\u200d👩\u200d👧|🇳🇱");
    editor_action(editor, ACTION_DELETE_BACK, NULL);
    check(editor, "e\u0301|🇳🇱");
    editor_action(editor, ACTION_DELETE, NULL);
    check(editor, "e\u0301|");
    editor_action(editor, ACTION_LEFT, NULL);
    check(editor, "|e\u0301");
    editor_action(editor, ACTION_LEFT, NULL);
    editor_action(editor, ACTION_DELETE_BACK, NULL);
    check(editor, "|e\u0301");
    editor_free(editor);
}

static void
test_words_and_cuts(void)
{
    struct editor *editor = editor_new(NULL);
    type(editor, "one two, three");
    editor_action(editor, ACTION_DELETE_WORD_BACK, NULL);
    check(editor, "one two, |");
    editor_action(editor, ACTION_WORD_LEFT, NULL);
    check(editor, "one |two, ");
    editor_action(editor, ACTION_YANK, NULL);
    check(editor, "one three|two, ");
    editor_action(editor, ACTION_DELETE_TO_START, NULL);
    check(editor, "|two, ");
    editor_action(editor, ACTION_WORD_RIGHT, NULL);
    check(editor, "two|, ");
    g_assert_true(editor_action(editor, ACTION_DELETE_TO_END, NULL));
    check(editor, "two|");
    g_assert_false(editor_action(editor, ACTION_DELETE_TO_END, NULL));
    editor_action(editor, ACTION_TRANSPOSE, NULL);
    check(editor, "tow|");
    editor_action(editor, ACTION_LINE_START, NULL);
    editor_action(editor, ACTION_TRANSPOSE, NULL);
    check(editor, "|tow");
    editor_action(editor, ACTION_DELETE_WORD, NULL);
    check(editor, "|");
    g_assert_false(editor_action(editor, ACTION_NEXT_BUFFER, NULL));
    g_assert_false(editor_action(editor, ACTION_SUBMIT, NULL));
    editor_free(editor);
}

static void
test_lines_and_history(void)
{
    struct editor *editor = editor_new(NULL);
    struct editor_history *history = editor_history_new(2);
    editor_history_add(history, "first");
    editor_history_add(history, "second");
    editor_history_add(history, "second");
    editor_history_add(history, "");
    editor_history_add(history, "third");
    g_assert_cmpuint(history->lines->len, ==, 2);
    type(editor, "漢字x");
    editor_action(editor, ACTION_NEWLINE, NULL);
    type(editor, "abc");
    editor_action(editor, ACTION_UP, history);
    check(editor, "漢|字x\nabc");
    editor_action(editor, ACTION_UP, history);
    check(editor, "third|");
    editor_action(editor, ACTION_UP, history);
    editor_action(editor, ACTION_UP, history);
    check(editor, "second|");
    editor_action(editor, ACTION_DOWN, history);
    editor_action(editor, ACTION_DOWN, history);
    check(editor, "漢字x\nabc|");
    editor_action(editor, ACTION_DOWN, history);
    check(editor, "漢字x\nabc|");
    editor_action(editor, ACTION_LINE_START, NULL);
    editor_action(editor, ACTION_LEFT, NULL);
    g_assert_true(editor_action(editor, ACTION_DELETE_TO_END, NULL));
    check(editor, "漢字x|abc");
    unsigned serial = editor_serial(editor);
    g_autofree char *text = editor_take(editor);
    g_assert_cmpstr(text, ==, "漢字xabc");
    g_assert_true(editor_is_empty(editor));
    g_assert_cmpuint(editor_serial(editor), !=, serial);
    editor_history_free(history);
    editor_free(editor);
}

static void
test_insert(void)
{
    struct editor *editor = editor_new(NULL);
    g_assert_true(editor_insert(editor, "a\033[31m\r\n\tb\xc2\x9b\x7f\xff", 14));
    check(editor, "a[31m\n\tb�|");
    editor_set(editor, "hello world", 5);
    check(editor, "hello| world");
    editor_replace(editor, 0, 5, "goodbye");
    check(editor, "goodbye| world");
    editor_set(editor, "👩\u200d👧", 3);
    check(editor, "👩\u200d👧|");
    g_autofree char *huge = g_strnfill(EDITOR_MAX_BYTES + 10, 'x');
    editor_set(editor, "", 0);
    g_assert_false(editor_insert(editor, huge, EDITOR_MAX_BYTES + 10));
    g_assert_cmpuint(editor_len(editor), ==, EDITOR_MAX_BYTES);
    g_assert_false(editor_insert(editor, "é", 2));
    g_assert_cmpuint(editor_len(editor), ==, EDITOR_MAX_BYTES);
    editor_free(editor);
}

static void
test_draw(void)
{
    struct editor *editor = editor_new(NULL);
    struct cells *cells = cells_new(4, 6);
    struct style style = {0};
    g_assert_cmpint(editor_rows(editor, 6), ==, 1);
    type(editor, "abcd漢字e");
    g_assert_cmpint(editor_rows(editor, 6), ==, 2);
    editor_draw(editor, cells, 1, 0, 2, 6, style);
    g_autofree char *text = cells_dump_text(cells);
    g_assert_cmpstr(text, ==, "\nabcd漢\n字e\n\n");
    g_assert_cmpint(cells->cursor_row, ==, 2);
    g_assert_cmpint(cells->cursor_col, ==, 3);
    editor_action(editor, ACTION_NEWLINE, NULL);
    type(editor, "\tz");
    g_assert_cmpint(editor_rows(editor, 6), ==, 3);
    editor_draw(editor, cells, 1, 0, 2, 6, style);
    g_autofree char *scrolled = cells_dump_text(cells);
    g_assert_cmpstr(scrolled, ==, "\n字e\n    z\n\n");
    g_assert_cmpint(cells->cursor_row, ==, 2);
    g_assert_cmpint(cells->cursor_col, ==, 5);
    editor_draw(editor, cells, 0, 0, 1, 1, style);
    editor_draw(editor, cells, 0, 0, 0, 0, style);
    editor_set(editor, "123456", SIZE_MAX);
    g_assert_cmpint(editor_rows(editor, 6), ==, 2);
    cells_free(cells);
    editor_free(editor);
}

void
test_editor_add(void)
{
    g_test_add_func("/editor/clusters", test_clusters);
    g_test_add_func("/editor/words-and-cuts", test_words_and_cuts);
    g_test_add_func("/editor/lines-and-history", test_lines_and_history);
    g_test_add_func("/editor/insert", test_insert);
    g_test_add_func("/editor/draw", test_draw);
}
