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
    g_assert_cmpint(editor_rows(editor, 6, 100), ==, 1);
    type(editor, "abcd漢字e");
    g_assert_cmpint(editor_rows(editor, 6, 100), ==, 2);
    editor_draw(editor, cells, 1, 0, 2, 6, style);
    g_autofree char *text = cells_dump_text(cells);
    g_assert_cmpstr(text, ==, "\nabcd漢\n字e\n\n");
    g_assert_cmpint(cells->cursor_row, ==, 2);
    g_assert_cmpint(cells->cursor_col, ==, 3);
    editor_action(editor, ACTION_NEWLINE, NULL);
    type(editor, "\tz");
    g_assert_cmpint(editor_rows(editor, 6, 100), ==, 3);
    editor_draw(editor, cells, 1, 0, 2, 6, style);
    g_autofree char *scrolled = cells_dump_text(cells);
    g_assert_cmpstr(scrolled, ==, "\n字e\n    z\n\n");
    g_assert_cmpint(cells->cursor_row, ==, 2);
    g_assert_cmpint(cells->cursor_col, ==, 5);
    editor_draw(editor, cells, 0, 0, 1, 1, style);
    editor_draw(editor, cells, 0, 0, 0, 0, style);
    editor_set(editor, "123456", SIZE_MAX);
    g_assert_cmpint(editor_rows(editor, 6, 100), ==, 2);
    cells_free(cells);
    editor_free(editor);
}

static void
does(struct editor *editor, enum action action, unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        g_assert_true(editor_action(editor, action, NULL));
}

static void
test_ring(void)
{
    struct editor *editor = editor_new(NULL);
    type(editor, "one two three four");
    does(editor, ACTION_DELETE_WORD_BACK, 2); /* they join */
    check(editor, "one two |");
    does(editor, ACTION_YANK, 1);
    check(editor, "one two three four|");
    does(editor, ACTION_DELETE_WORD_BACK, 1);
    does(editor, ACTION_LINE_START, 1);
    does(editor, ACTION_DELETE_WORD, 2);
    check(editor, "| three ");
    does(editor, ACTION_YANK, 1);
    check(editor, "one two| three ");
    does(editor, ACTION_YANK_POP, 1);
    check(editor, "four| three ");
    does(editor, ACTION_YANK_POP, 1);
    check(editor, "three four| three ");
    does(editor, ACTION_YANK_POP, 1); /* round again */
    check(editor, "one two| three ");
    does(editor, ACTION_RIGHT, 1);
    does(editor, ACTION_YANK_POP, 1); /* only right behind a yank */
    check(editor, "one two |three ");
    /* Before and behind the cursor, in the order of the text. */
    does(editor, ACTION_DELETE_WORD, 1);
    does(editor, ACTION_DELETE_TO_START, 1);
    check(editor, "| ");
    does(editor, ACTION_YANK, 1);
    check(editor, "one two three| ");
    editor_free(editor);
}

static void
test_ring_limits(void)
{
    struct editor *editor = editor_new(NULL);
    g_autofree char *large = g_strnfill(200 * 1024, 'x');
    does(editor, ACTION_YANK, 1);
    does(editor, ACTION_YANK_POP, 1);
    check(editor, "|");
    for (int i = 0; i < 5; i++) {
        large[0] = (char)('a' + i);
        editor_set(editor, large, SIZE_MAX);
        does(editor, ACTION_DELETE_TO_START, 1);
    }
    does(editor, ACTION_YANK, 1);
    g_assert_cmpint(editor_text(editor)[0], ==, 'e');
    does(editor, ACTION_YANK_POP, 1);
    g_assert_cmpint(editor_text(editor)[0], ==, 'd');
    does(editor, ACTION_YANK_POP, 1);
    g_assert_cmpint(editor_text(editor)[0], ==, 'e'); /* the older ones are gone */
    editor_free(editor);
}

static void
test_undo(void)
{
    struct editor *editor = editor_new(NULL);
    does(editor, ACTION_UNDO, 1);
    does(editor, ACTION_REDO, 1);
    type(editor, "one two  three");
    does(editor, ACTION_UNDO, 1);
    check(editor, "one two  |");
    does(editor, ACTION_UNDO, 1);
    check(editor, "one |");
    does(editor, ACTION_REDO, 1);
    check(editor, "one two  |");
    type(editor, "x");
    does(editor, ACTION_REDO, 1); /* another way was taken */
    check(editor, "one two  x|");
    does(editor, ACTION_DELETE_BACK, 4);
    does(editor, ACTION_UNDO, 1);
    check(editor, "one two  |"); /* "x" was a word of its own, the rest another */
    does(editor, ACTION_UNDO, 1);
    check(editor, "one two  x|");
    does(editor, ACTION_LINE_START, 1);
    does(editor, ACTION_DELETE, 4);
    check(editor, "|two  x");
    does(editor, ACTION_UNDO, 1);
    check(editor, "|one two  x");
    does(editor, ACTION_DELETE_WORD, 1);
    does(editor, ACTION_YANK, 1);
    editor_insert(editor, "\nlines\n", 7);
    editor_replace(editor, 0, 3, "eins");
    check(editor, "eins|\nlines\n two  x");
    does(editor, ACTION_UNDO, 2);
    check(editor, "one| two  x");
    does(editor, ACTION_UNDO, 20);
    check(editor, "|");
    does(editor, ACTION_REDO, 20);
    check(editor, "eins|\nlines\n two  x");
    editor_set(editor, "another buffer", SIZE_MAX);
    does(editor, ACTION_UNDO, 1);
    check(editor, "another buffer|");
    editor_free(editor);
}

/* However much is typed, a bounded part can be undone; what is undone is right at every step. */
static void
test_undo_limits(void)
{
    struct editor *editor = editor_new(NULL);
    g_autofree char *large = g_strnfill(200 * 1024, 'x');
    for (int i = 0; i < 700; i++)
        type(editor, "a ");
    does(editor, ACTION_UNDO, 1000);
    g_assert_cmpuint(editor_len(editor), ==, 2 * 200); /* 500 steps */
    editor_set(editor, "", 0);
    for (int i = 0; i < 9; i++) {
        editor_insert(editor, large, strlen(large));
        editor_replace(editor, 0, SIZE_MAX, "");
    }
    does(editor, ACTION_UNDO, 100);
    does(editor, ACTION_REDO, 100);
    check(editor, "|");
    editor_free(editor);
}

static void
test_words_of_letters(void)
{
    struct editor *editor = editor_new(NULL);
    type(editor, "the straße, ÉCOLE");
    does(editor, ACTION_TRANSPOSE_WORDS, 1);
    check(editor, "the ÉCOLE, straße|");
    does(editor, ACTION_LINE_START, 1);
    does(editor, ACTION_TRANSPOSE_WORDS, 1); /* there is none before */
    check(editor, "|the ÉCOLE, straße");
    does(editor, ACTION_CAPITALISE_WORD, 1);
    check(editor, "The| ÉCOLE, straße");
    does(editor, ACTION_DOWNCASE_WORD, 1);
    check(editor, "The école|, straße");
    does(editor, ACTION_UPCASE_WORD, 1);
    check(editor, "The école, STRASSE|");
    does(editor, ACTION_UPCASE_WORD, 1);
    does(editor, ACTION_UNDO, 1);
    check(editor, "The école|, straße");
    does(editor, ACTION_TRANSPOSE_WORDS, 1);
    check(editor, "The straße, école|");
    editor_free(editor);
}

static void
test_selection(void)
{
    struct editor *editor = editor_new(NULL);
    size_t from = 0, to = 0;
    type(editor, "one two three");
    does(editor, ACTION_SELECT_WORD_LEFT, 2);
    g_assert_true(editor_selection(editor, &from, &to));
    g_assert_cmpuint(from, ==, 4);
    g_assert_cmpuint(to, ==, 13);
    does(editor, ACTION_UPCASE_WORD, 1);
    check(editor, "one TWO THREE|");
    does(editor, ACTION_SELECT_START, 1);
    type(editor, "x"); /* takes its place */
    check(editor, "x|");
    does(editor, ACTION_UNDO, 1);
    check(editor, "|one TWO THREE");
    does(editor, ACTION_SELECT_RIGHT, 3);
    does(editor, ACTION_DELETE_BACK, 1);
    check(editor, "| TWO THREE");
    does(editor, ACTION_LINE_END, 1);
    does(editor, ACTION_YANK, 1);
    check(editor, " TWO THREEone|");
    does(editor, ACTION_SET_MARK, 1);
    does(editor, ACTION_LEFT, 3); /* goes on selecting */
    g_assert_true(editor_selection(editor, &from, &to));
    g_assert_cmpuint(to - from, ==, 3);
    g_assert_true(editor_deselect(editor));
    g_assert_false(editor_deselect(editor));
    g_assert_false(editor_selection(editor, &from, &to));
    does(editor, ACTION_SELECT_END, 1);
    does(editor, ACTION_LEFT, 1); /* a plain move ends it */
    g_assert_false(editor_selection(editor, &from, &to));
    does(editor, ACTION_SELECT_START, 1);
    does(editor, ACTION_UNDO, 10); /* what it was of is gone */
    g_assert_false(editor_selection(editor, &from, &to));
    editor_free(editor);
}

static void
test_marks(void)
{
    struct editor *editor = editor_new(NULL);
    editor_wrap(editor, "**");
    check(editor, "**|**");
    editor_wrap(editor, "**");
    check(editor, "|");
    type(editor, "a word");
    editor_wrap(editor, "_");
    check(editor, "a _word_|");
    does(editor, ACTION_LEFT, 3);
    check(editor, "a _wo|rd_");
    editor_wrap(editor, "_");
    check(editor, "a wo|rd");
    editor_wrap(editor, "`");
    check(editor, "a `wo|rd`");
    does(editor, ACTION_LINE_START, 1);
    does(editor, ACTION_SELECT_END, 1);
    editor_wrap(editor, "~~");
    check(editor, "~~a `word`~~|");
    does(editor, ACTION_UNDO, 1);
    check(editor, "a `word`|");
    editor_free(editor);
}

static void
test_history_search(void)
{
    struct editor_history *history = editor_history_new(10);
    static const char *const lines[] = {"/join #coop", "Café at two", "soup", "the CAFE",
                                        "the CAFE"};
    g_assert_cmpuint(editor_history_find(history, 0, ""), ==, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
        editor_history_add(history, lines[i]);
    g_assert_cmpuint(history->lines->len, ==, 4);
    g_assert_cmpuint(editor_history_find(history, 0, "café"), ==, 1);
    g_assert_cmpuint(editor_history_find(history, 1, "cafe"), ==, 3);
    g_assert_cmpuint(editor_history_find(history, 3, "cafe"), ==, 0);
    g_assert_cmpuint(editor_history_find(history, 0, "/j"), ==, 4);
    g_assert_cmpuint(editor_history_find(history, 1, ""), ==, 2);
    g_assert_cmpstr(editor_history_line(history, 4), ==, "/join #coop");
    g_assert_null(editor_history_line(history, 5));
    g_assert_null(editor_history_line(history, 0));
    editor_history_free(history);
}

/* Two histories, one after the other: each from its newest line, and back to what was typed. */
static void
test_two_histories(void)
{
    struct editor *editor = editor_new(NULL);
    struct editor_history *here = editor_history_new(10), *all = editor_history_new(10);
    editor_history_add(here, "here");
    editor_history_add(all, "before");
    editor_history_add(all, "elsewhere");
    type(editor, "draft");
    g_assert_false(editor_recall(editor, all, false));
    g_assert_true(editor_recall(editor, here, true));
    check(editor, "here|");
    g_assert_false(editor_recall(editor, here, true));
    g_assert_true(editor_recall(editor, all, true));
    check(editor, "elsewhere|");
    g_assert_true(editor_recall(editor, all, true));
    check(editor, "before|");
    g_assert_true(editor_recall(editor, all, false));
    g_assert_true(editor_recall(editor, all, false));
    check(editor, "draft|");
    does(editor, ACTION_UNDO, 1);
    check(editor, "elsewhere|"); /* what was recalled is undone like all else */
    editor_history_free(here);
    editor_history_free(all);
    editor_free(editor);
}

static void
test_scroll(void)
{
    struct editor *editor = editor_new(NULL);
    struct cells *cells = cells_new(2, 3);
    struct style style = {0};
    editor_set(editor, "a\nb\nc\nd", SIZE_MAX);
    editor_draw(editor, cells, 0, 0, 2, 3, style);
    g_autofree char *end = cells_dump_text(cells);
    g_assert_cmpstr(end, ==, "c\nd\n");
    does(editor, ACTION_UP, 1); /* it stands still while the cursor is in sight */
    editor_draw(editor, cells, 0, 0, 2, 3, style);
    g_assert_cmpint(cells->cursor_row, ==, 0);
    does(editor, ACTION_UP, 1);
    editor_draw(editor, cells, 0, 0, 2, 3, style);
    g_autofree char *middle = cells_dump_text(cells);
    g_assert_cmpstr(middle, ==, "b\nc\n");
    does(editor, ACTION_DOWN, 2);
    does(editor, ACTION_DELETE_BACK, 2);
    editor_draw(editor, cells, 0, 0, 2, 3, style); /* nothing is left empty below */
    g_autofree char *shorter = cells_dump_text(cells);
    g_assert_cmpstr(shorter, ==, "b\nc\n");
    g_assert_cmpint(editor_rows(editor, 3, 2), ==, 2);
    g_assert_cmpint(editor_rows(editor, 3, 9), ==, 3);
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
    g_test_add_func("/editor/ring", test_ring);
    g_test_add_func("/editor/ring-limits", test_ring_limits);
    g_test_add_func("/editor/undo", test_undo);
    g_test_add_func("/editor/undo-limits", test_undo_limits);
    g_test_add_func("/editor/words", test_words_of_letters);
    g_test_add_func("/editor/selection", test_selection);
    g_test_add_func("/editor/marks", test_marks);
    g_test_add_func("/editor/history-search", test_history_search);
    g_test_add_func("/editor/two-histories", test_two_histories);
    g_test_add_func("/editor/scroll", test_scroll);
}
