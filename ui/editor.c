#include "ui/editor_priv.h"

#include "base/utf8.h"
#include <string.h>

struct editor *
editor_new(const struct width_rules *rules)
{
    struct editor *editor = g_new0(struct editor, 1);
    editor->text = g_string_new(NULL);
    editor->rules = rules;
    return editor;
}

void
editor_free(struct editor *editor)
{
    if (editor == NULL)
        return;
    g_string_free(editor->text, TRUE);
    undo_forget(editor);
    ring_fini(editor);
    g_free(editor->draft);
    g_free(editor);
}

const char *
editor_text(const struct editor *editor)
{
    return editor->text->str;
}

size_t
editor_len(const struct editor *editor)
{
    return editor->text->len;
}

size_t
editor_cursor(const struct editor *editor)
{
    return editor->cursor;
}

bool
editor_is_empty(const struct editor *editor)
{
    return editor->text->len == 0;
}

unsigned
editor_serial(const struct editor *editor)
{
    return editor->serial;
}

size_t
editor_line_start(const struct editor *editor, size_t at)
{
    while (at > 0 && editor->text->str[at - 1] != '\n')
        at--;
    return at;
}

size_t
editor_line_end(const struct editor *editor, size_t at)
{
    while (at < editor->text->len && editor->text->str[at] != '\n')
        at++;
    return at;
}

void
editor_move_to(struct editor *editor, size_t at)
{
    at = MIN(at, editor->text->len);
    size_t edge = editor_line_start(editor, at);
    while (edge < at)
        edge += width_next(editor->text->str + edge, editor->text->len - edge, editor->rules, NULL);
    editor->cursor = edge;
}

/* Valid UTF-8 without controls but newline and tab, at most `room` bytes. Free with g_free(). */
static char *
clean(const char *text, size_t len, size_t room)
{
    g_autofree char *valid = utf8_sanitize(text, (gssize)len, EDITOR_MAX_BYTES * 4);
    GString *out = g_string_new(NULL);
    for (const char *at = valid; *at != '\0';) {
        unsigned char c = (unsigned char)at[0];
        size_t n = g_utf8_skip[c];
        bool control = (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f ||
                       (c == 0xc2 && (unsigned char)at[1] < 0xa0);
        if (!control)
            g_string_append_len(out, at, (gssize)n);
        at += n;
    }
    if (out->len > room)
        g_string_truncate(out, utf8_cut(out->str, out->len, room));
    return g_string_free(out, FALSE);
}

static void
forget_recall(struct editor *editor)
{
    editor->recall = 0;
    g_clear_pointer(&editor->draft, g_free);
}

bool
editor_selection(const struct editor *editor, size_t *ret_from, size_t *ret_to)
{
    if (!editor->selecting || editor->anchor == editor->cursor)
        return false;
    *ret_from = MIN(editor->anchor, editor->cursor);
    *ret_to = MAX(editor->anchor, editor->cursor);
    return true;
}

bool
editor_deselect(struct editor *editor)
{
    bool was = editor->selecting;
    editor->selecting = editor->marked = false;
    return was;
}

static void
splice(struct editor *editor, size_t from, size_t to, const char *text, size_t len, bool joins)
{
    if (from == to && len == 0)
        return;
    undo_note(editor, from, to, text, len, joins);
    g_string_erase(editor->text, (gssize)from, (gssize)(to - from));
    g_string_insert_len(editor->text, (gssize)from, text, (gssize)len);
    editor_deselect(editor);
    editor_move_to(editor, from + len);
    editor->serial++;
    editor->last = LAST_OTHER;
}

void
editor_splice(struct editor *editor, size_t from, size_t to, const char *text, size_t len)
{
    len = utf8_cut(text, len, EDITOR_MAX_BYTES - (editor->text->len - (to - from)));
    splice(editor, from, to, text, len, false);
}

void
editor_set(struct editor *editor, const char *text, size_t cursor)
{
    g_autofree char *cleaned = clean(text, strlen(text), EDITOR_MAX_BYTES);
    forget_recall(editor);
    undo_forget(editor);
    editor_deselect(editor);
    g_string_assign(editor->text, cleaned);
    editor_move_to(editor, cursor);
    editor->top = 0;
    editor->serial++;
    editor->last = LAST_OTHER;
}

char *
editor_take(struct editor *editor)
{
    char *text = g_strndup(editor->text->str, editor->text->len);
    editor_set(editor, "", 0);
    return text;
}

static bool
insert(struct editor *editor, const char *text, size_t len, bool joins)
{
    size_t from, to;
    if (!editor_selection(editor, &from, &to))
        from = to = editor->cursor;
    size_t room = EDITOR_MAX_BYTES - (editor->text->len - (to - from));
    g_autofree char *cleaned = clean(text, len, EDITOR_MAX_BYTES + 4);
    size_t bytes = strlen(cleaned);
    bool fits = bytes <= room;
    if (!fits)
        bytes = utf8_cut(cleaned, bytes, room);
    splice(editor, from, to, cleaned, bytes, joins);
    return fits;
}

bool
editor_insert(struct editor *editor, const char *text, size_t len)
{
    return insert(editor, text, len, false);
}

void
editor_insert_char(struct editor *editor, uint32_t ch)
{
    char bytes[6];
    if (ch >= 0x110000 || !g_unichar_validate(ch))
        return;
    insert(editor, bytes, (size_t)g_unichar_to_utf8(ch, bytes), editor->last == LAST_TYPED);
    editor->last = LAST_TYPED;
}

void
editor_replace(struct editor *editor, size_t from, size_t to, const char *text)
{
    g_autofree char *cleaned = clean(text, strlen(text), EDITOR_MAX_BYTES);
    to = MIN(to, editor->text->len);
    editor_splice(editor, MIN(from, to), to, cleaned, strlen(cleaned));
}

size_t
editor_left_of(const struct editor *editor, size_t at)
{
    return at - width_prev(editor->text->str, at);
}

size_t
editor_right_of(const struct editor *editor, size_t at)
{
    return at + width_next(editor->text->str + at, editor->text->len - at, editor->rules, NULL);
}

/* --- moving
 * ------------------------------------------------------------------------------------------------
 */

static void
recall(struct editor *editor, const struct editor_history *history, unsigned back)
{
    g_autofree char *draft = NULL;
    const char *text = editor_history_line(history, back);
    if (editor->recall == 0) {
        g_free(editor->draft);
        editor->draft = g_strdup(editor->text->str);
    } else if (back == 0) {
        text = draft = g_steal_pointer(&editor->draft);
    }
    editor->recall = back;
    editor->history = history;
    g_autofree char *cleaned = clean(text, strlen(text), EDITOR_MAX_BYTES);
    editor_splice(editor, 0, editor->text->len, cleaned, strlen(cleaned));
}

bool
editor_recall(struct editor *editor, const struct editor_history *history, bool back)
{
    /* Another history begins at its newest line. */
    unsigned at = editor->history == history ? editor->recall : 0;
    if (back ? at >= history->lines->len : at == 0 || at > history->lines->len)
        return false;
    recall(editor, history, back ? at + 1 : at - 1);
    return true;
}

/* To the line above or below, at the same column as far as it goes. */
static void
move_line(struct editor *editor, bool up, const struct editor_history *history)
{
    size_t start = editor_line_start(editor, editor->cursor);
    size_t end = editor_line_end(editor, editor->cursor);
    if (up ? start == 0 : end == editor->text->len) {
        if (history != NULL)
            editor_recall(editor, history, up);
        return;
    }
    int cols = width_text(editor->text->str + start, editor->cursor - start, editor->rules);
    size_t target = up ? editor_line_start(editor, start - 1) : end + 1;
    size_t target_end = editor_line_end(editor, target);
    editor->cursor = target + width_cut(editor->text->str + target, target_end - target, cols,
                                        editor->rules, NULL);
}

static size_t
moved(const struct editor *editor, enum action action)
{
    const char *text = editor->text->str;
    size_t len = editor->text->len, at = editor->cursor;
    switch (action) {
    case ACTION_LEFT:
    case ACTION_SELECT_LEFT:
        return editor_left_of(editor, at);
    case ACTION_RIGHT:
    case ACTION_SELECT_RIGHT:
        return editor_right_of(editor, at);
    case ACTION_WORD_LEFT:
    case ACTION_SELECT_WORD_LEFT:
        return width_word_left(text, len, at);
    case ACTION_WORD_RIGHT:
    case ACTION_SELECT_WORD_RIGHT:
        return width_word_right(text, len, at);
    case ACTION_LINE_START:
    case ACTION_SELECT_START:
        return editor_line_start(editor, at);
    case ACTION_LINE_END:
    case ACTION_SELECT_END:
        return editor_line_end(editor, at);
    default:
        return SIZE_MAX;
    }
}

static bool
move_action(struct editor *editor, enum action action, const struct editor_history *history)
{
    bool selects = action >= ACTION_SELECT_LEFT && action <= ACTION_SELECT_END;
    size_t to = moved(editor, action);
    if (to == SIZE_MAX && action != ACTION_UP && action != ACTION_DOWN)
        return false;
    if (selects && !editor->selecting) {
        editor->selecting = true;
        editor->anchor = editor->cursor;
    } else if (!selects && !editor->marked) {
        editor_deselect(editor);
    }
    if (to != SIZE_MAX)
        editor->cursor = to;
    else
        move_line(editor, action == ACTION_UP, history);
    return true;
}

/* --- what actions do
 * -------------------------------------------------------------------------------------- */

/* What is selected is cut; else what an action would erase goes. */
static void
erase(struct editor *editor, size_t from, size_t to, enum editor_last last)
{
    size_t start, end;
    if (editor_selection(editor, &start, &end)) {
        editor_cut(editor, start, end, LAST_OTHER);
        return;
    }
    splice(editor, from, to, "", 0, last == LAST_ERASED);
    editor->last = LAST_ERASED;
}

/* Where the characters before `at`, and blanks between, begin. */
static size_t
back_to_space(const char *text, size_t at)
{
    while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\n' || text[at - 1] == '\t'))
        at--;
    while (at > 0 && text[at - 1] != ' ' && text[at - 1] != '\n' && text[at - 1] != '\t')
        at--;
    return at;
}

static bool
cut_action(struct editor *editor, enum action action, enum editor_last last)
{
    const char *text = editor->text->str;
    size_t len = editor->text->len, at = editor->cursor, end;
    switch (action) {
    case ACTION_DELETE_BACK:
        erase(editor, editor_left_of(editor, at), at, last);
        return true;
    case ACTION_DELETE:
        erase(editor, at, editor_right_of(editor, at), last);
        return true;
    case ACTION_DELETE_WORD_BACK:
        editor_cut(editor, width_word_left(text, len, at), at, last);
        return true;
    case ACTION_DELETE_TO_SPACE:
        editor_cut(editor, back_to_space(text, at), at, last);
        return true;
    case ACTION_DELETE_WORD:
        editor_cut(editor, at, width_word_right(text, len, at), last);
        return true;
    case ACTION_DELETE_TO_START:
        editor_cut(editor, editor_line_start(editor, at), at, last);
        return true;
    case ACTION_DELETE_TO_END:
        end = editor_line_end(editor, at);
        editor_cut(editor, at, end == at && end < len ? end + 1 : end, last);
        return at < len;
    case ACTION_DELETE_LINE:
        editor_cut(editor, editor_line_start(editor, at), editor_line_end(editor, at), last);
        return true;
    case ACTION_YANK:
        editor_yank(editor);
        return true;
    case ACTION_YANK_POP:
        editor_yank_pop(editor, last);
        return true;
    default:
        return false;
    }
}

bool
editor_action(struct editor *editor, enum action action, struct editor_history *history)
{
    enum editor_last last = editor->last;
    editor->last = LAST_OTHER;
    switch (action) {
    case ACTION_NEWLINE:
        editor_insert(editor, "\n", 1);
        return true;
    case ACTION_SET_MARK:
        editor->selecting = editor->marked = true;
        editor->anchor = editor->cursor;
        return true;
    case ACTION_UNDO:
        editor_undo(editor);
        return true;
    case ACTION_REDO:
        editor_redo(editor);
        return true;
    default:
        return cut_action(editor, action, last) || editor_word_action(editor, action) ||
               move_action(editor, action, history);
    }
}
