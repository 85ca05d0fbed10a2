/* ui/editor: actions, typing, pastes and histories in any order. The text stays valid and without
 * controls, the cursor at a cluster's edge, and what was done can be undone and done again. */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "text/width.h"
#include "ui/editor.h"

#define STEPS_MAX 400

static const enum action actions[] = {
    ACTION_NEWLINE,
    ACTION_LEFT,
    ACTION_RIGHT,
    ACTION_WORD_LEFT,
    ACTION_WORD_RIGHT,
    ACTION_LINE_START,
    ACTION_LINE_END,
    ACTION_UP,
    ACTION_DOWN,
    ACTION_DELETE_BACK,
    ACTION_DELETE,
    ACTION_DELETE_WORD_BACK,
    ACTION_DELETE_WORD,
    ACTION_DELETE_TO_START,
    ACTION_DELETE_TO_END,
    ACTION_YANK,
    ACTION_YANK_POP,
    ACTION_TRANSPOSE,
    ACTION_TRANSPOSE_WORDS,
    ACTION_UPCASE_WORD,
    ACTION_DOWNCASE_WORD,
    ACTION_CAPITALISE_WORD,
    ACTION_UNDO,
    ACTION_REDO,
    ACTION_SET_MARK,
    ACTION_SELECT_LEFT,
    ACTION_SELECT_RIGHT,
    ACTION_SELECT_WORD_LEFT,
    ACTION_SELECT_END,
};

struct fuzzed {
    struct editor *editor;
    struct editor_history *history;
    struct cells *cells;
};

static void
check(struct fuzzed *fuzzed)
{
    const char *text = editor_text(fuzzed->editor);
    size_t len = editor_len(fuzzed->editor), cursor = editor_cursor(fuzzed->editor), at = 0;
    size_t from, to;

    g_assert_cmpuint(strlen(text), ==, len);
    g_assert_cmpuint(len, <=, EDITOR_MAX_BYTES);
    fuzz_assert_utf8(text, len);
    for (const char *c = text; *c; c++)
        g_assert_true((unsigned char)*c >= 0x20 || *c == '\n' || *c == '\t');
    g_assert_cmpuint(cursor, <=, len);
    for (const char *line = text + cursor; line > text && line[-1] != '\n'; line--)
        at = (size_t)(line - 1 - text);
    at = cursor > 0 && text[cursor - 1] == '\n' ? cursor : at;
    while (at < cursor)
        at += width_next(text + at, len - at, NULL, NULL);
    g_assert_cmpuint(at, ==, cursor);
    if (editor_selection(fuzzed->editor, &from, &to)) {
        g_assert_cmpuint(from, <, to);
        g_assert_cmpuint(to, <=, len);
    }
    editor_draw(fuzzed->editor, fuzzed->cells, 0, 0, fuzzed->cells->rows, fuzzed->cells->cols,
                (struct style){0});
    g_assert_cmpint(fuzzed->cells->cursor_row, >=, 0);
    g_assert_cmpint(fuzzed->cells->cursor_row, <, fuzzed->cells->rows);
}

static void
one_step(struct fuzzed *fuzzed, struct fuzz_input *input)
{
    unsigned what = fuzz_number(input, G_N_ELEMENTS(actions) + 6);
    size_t len;

    if (what < G_N_ELEMENTS(actions)) {
        editor_action(fuzzed->editor, actions[what], fuzzed->history);
    } else if (what < G_N_ELEMENTS(actions) + 3) {
        editor_insert_char(fuzzed->editor, fuzz_number(input, 0xffff));
    } else if (what == G_N_ELEMENTS(actions) + 3) {
        g_autofree char *bytes = fuzz_line(input, &len);
        editor_insert(fuzzed->editor, bytes, len);
    } else if (what == G_N_ELEMENTS(actions) + 4) {
        editor_wrap(fuzzed->editor, fuzz_number(input, 1) != 0 ? "**" : "_");
    } else if (what == G_N_ELEMENTS(actions) + 5) {
        unsigned from = fuzz_number(input, 255);
        /* A place between clusters, as completion has it. */
        from = from < editor_cursor(fuzzed->editor) ? 0 : (unsigned)editor_cursor(fuzzed->editor);
        editor_replace(fuzzed->editor, from, editor_cursor(fuzzed->editor), "maria: ");
    } else {
        editor_history_add(fuzzed->history, editor_text(fuzzed->editor));
    }
}

/* All the way forth, back, and forth again: to the same text. */
static void
check_undo(struct fuzzed *fuzzed)
{
    g_autofree char *text = NULL;

    for (int i = 0; i < STEPS_MAX; i++)
        editor_action(fuzzed->editor, ACTION_REDO, NULL);
    text = g_strdup(editor_text(fuzzed->editor));
    for (int i = 0; i < STEPS_MAX; i++)
        editor_action(fuzzed->editor, ACTION_UNDO, NULL);
    check(fuzzed);
    g_assert_cmpstr(editor_text(fuzzed->editor), ==, "");
    for (int i = 0; i < STEPS_MAX; i++)
        editor_action(fuzzed->editor, ACTION_REDO, NULL);
    check(fuzzed);
    g_assert_cmpstr(editor_text(fuzzed->editor), ==, text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct fuzzed fuzzed = {
        editor_new(NULL), editor_history_new(5),
        cells_new(1 + (int)fuzz_number(&input, 7), 1 + (int)fuzz_number(&input, 40))};

    for (int i = 0; i < STEPS_MAX && input.left > 0; i++) {
        one_step(&fuzzed, &input);
        check(&fuzzed);
    }
    check_undo(&fuzzed);
    editor_free(fuzzed.editor);
    editor_history_free(fuzzed.history);
    cells_free(fuzzed.cells);
    return 0;
}
