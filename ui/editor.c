#include "ui/editor.h"

#include "base/utf8.h"
#include "text/display.h"
#include <string.h>

#define TAB_COLS 4

struct editor {
    GString *text;
    size_t cursor; /* a cluster's edge */
    unsigned serial;
    const struct width_rules *rules;
    char *cut;       /* what was deleted by words or lines last, or NULL */
    unsigned recall; /* how many lines back in the history; 0: not there */
    char *draft;     /* what was being typed before the recall, or NULL */
};

struct editor_history *
editor_history_new(unsigned max)
{
    struct editor_history *history = g_new0(struct editor_history, 1);
    history->lines = g_ptr_array_new_with_free_func(g_free);
    history->max = MAX(max, 1);
    return history;
}

void
editor_history_free(struct editor_history *history)
{
    if (history == NULL)
        return;
    g_ptr_array_unref(history->lines);
    g_free(history);
}

void
editor_history_add(struct editor_history *history, const char *text)
{
    GPtrArray *lines = history->lines;
    if (*text == '\0' || (lines->len > 0 && strcmp(lines->pdata[lines->len - 1], text) == 0))
        return;
    if (lines->len >= history->max)
        g_ptr_array_remove_index(lines, 0);
    g_ptr_array_add(lines, g_strdup(text));
}

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
    g_free(editor->cut);
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

static size_t
line_start(const struct editor *editor, size_t at)
{
    while (at > 0 && editor->text->str[at - 1] != '\n')
        at--;
    return at;
}

static size_t
line_end(const struct editor *editor, size_t at)
{
    while (at < editor->text->len && editor->text->str[at] != '\n')
        at++;
    return at;
}

/* Puts the cursor at `at`, or at the end of the cluster that `at` lies in. */
static void
move_to(struct editor *editor, size_t at)
{
    at = MIN(at, editor->text->len);
    size_t edge = line_start(editor, at);
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
changed(struct editor *editor)
{
    editor->serial++;
}

static void
forget_recall(struct editor *editor)
{
    editor->recall = 0;
    g_clear_pointer(&editor->draft, g_free);
}

static void
set_text(struct editor *editor, const char *text, size_t cursor)
{
    g_autofree char *cleaned = clean(text, strlen(text), EDITOR_MAX_BYTES);
    g_string_assign(editor->text, cleaned);
    move_to(editor, cursor);
    changed(editor);
}

void
editor_set(struct editor *editor, const char *text, size_t cursor)
{
    forget_recall(editor);
    set_text(editor, text, cursor);
}

char *
editor_take(struct editor *editor)
{
    char *text = g_strndup(editor->text->str, editor->text->len);
    forget_recall(editor);
    g_string_truncate(editor->text, 0);
    editor->cursor = 0;
    changed(editor);
    return text;
}

bool
editor_insert(struct editor *editor, const char *text, size_t len)
{
    size_t room = EDITOR_MAX_BYTES - editor->text->len;
    g_autofree char *cleaned = clean(text, len, EDITOR_MAX_BYTES + 4);
    size_t bytes = strlen(cleaned);
    bool fits = bytes <= room;
    if (!fits)
        bytes = utf8_cut(cleaned, bytes, room);
    if (bytes == 0)
        return fits;
    g_string_insert_len(editor->text, (gssize)editor->cursor, cleaned, (gssize)bytes);
    move_to(editor, editor->cursor + bytes);
    changed(editor);
    return fits;
}

void
editor_insert_char(struct editor *editor, uint32_t ch)
{
    char bytes[6];
    if (ch < 0x110000 && g_unichar_validate(ch))
        editor_insert(editor, bytes, (size_t)g_unichar_to_utf8(ch, bytes));
}

static void
erase(struct editor *editor, size_t from, size_t to)
{
    if (from >= to)
        return;
    g_string_erase(editor->text, (gssize)from, (gssize)(to - from));
    move_to(editor, from);
    changed(editor);
}

void
editor_replace(struct editor *editor, size_t from, size_t to, const char *text)
{
    to = MIN(to, editor->text->len);
    from = MIN(from, to);
    erase(editor, from, to);
    move_to(editor, from);
    editor_insert(editor, text, strlen(text));
}

static void
cut(struct editor *editor, size_t from, size_t to)
{
    if (from >= to)
        return;
    g_free(editor->cut);
    editor->cut = g_strndup(editor->text->str + from, to - from);
    erase(editor, from, to);
}

static size_t
left_of(const struct editor *editor, size_t at)
{
    return at - width_prev(editor->text->str, at);
}

static size_t
right_of(const struct editor *editor, size_t at)
{
    return at + width_next(editor->text->str + at, editor->text->len - at, editor->rules, NULL);
}

static void
transpose(struct editor *editor)
{
    const char *text = editor->text->str;
    size_t start = line_start(editor, editor->cursor), middle = editor->cursor;
    if (middle == line_end(editor, middle) && middle > start)
        middle = left_of(editor, middle);
    if (middle == start || middle == line_end(editor, middle))
        return;
    size_t from = left_of(editor, middle), to = right_of(editor, middle);
    g_autofree char *swapped = g_strdup_printf("%.*s%.*s", (int)(to - middle), text + middle,
                                               (int)(middle - from), text + from);
    editor_replace(editor, from, to, swapped);
}

static void
recall(struct editor *editor, const struct editor_history *history, unsigned back)
{
    if (editor->recall == 0 && back > 0) {
        g_free(editor->draft);
        editor->draft = g_strdup(editor->text->str);
    }
    editor->recall = back;
    if (back == 0) {
        g_autofree char *draft = g_steal_pointer(&editor->draft);
        set_text(editor, draft != NULL ? draft : "", SIZE_MAX);
        return;
    }
    set_text(editor, history->lines->pdata[history->lines->len - back], SIZE_MAX);
}

/* To the line above or below, at the same column as far as it goes. */
static void
move_line(struct editor *editor, bool up, const struct editor_history *history)
{
    size_t start = line_start(editor, editor->cursor), end = line_end(editor, editor->cursor);
    if (up ? start == 0 : end == editor->text->len) {
        if (up && history != NULL && editor->recall < history->lines->len)
            recall(editor, history, editor->recall + 1);
        else if (!up && history != NULL && editor->recall > 0 &&
                 editor->recall <= history->lines->len)
            recall(editor, history, editor->recall - 1);
        return;
    }
    int cols = width_text(editor->text->str + start, editor->cursor - start, editor->rules);
    size_t target = up ? line_start(editor, start - 1) : end + 1;
    size_t target_end = line_end(editor, target);
    editor->cursor = target + width_cut(editor->text->str + target, target_end - target, cols,
                                        editor->rules, NULL);
}

static bool
move_action(struct editor *editor, enum action action, const struct editor_history *history)
{
    const char *text = editor->text->str;
    size_t len = editor->text->len, at = editor->cursor;
    switch (action) {
    case ACTION_LEFT:
        editor->cursor = left_of(editor, at);
        return true;
    case ACTION_RIGHT:
        editor->cursor = right_of(editor, at);
        return true;
    case ACTION_WORD_LEFT:
        editor->cursor = width_word_left(text, len, at);
        return true;
    case ACTION_WORD_RIGHT:
        editor->cursor = width_word_right(text, len, at);
        return true;
    case ACTION_LINE_START:
        editor->cursor = line_start(editor, at);
        return true;
    case ACTION_LINE_END:
        editor->cursor = line_end(editor, at);
        return true;
    case ACTION_UP:
    case ACTION_DOWN:
        move_line(editor, action == ACTION_UP, history);
        return true;
    default:
        return false;
    }
}

bool
editor_action(struct editor *editor, enum action action, struct editor_history *history)
{
    const char *text = editor->text->str;
    size_t len = editor->text->len, at = editor->cursor, end;
    switch (action) {
    case ACTION_NEWLINE:
        editor_insert(editor, "\n", 1);
        return true;
    case ACTION_DELETE_BACK:
        erase(editor, left_of(editor, at), at);
        return true;
    case ACTION_DELETE:
        erase(editor, at, right_of(editor, at));
        return true;
    case ACTION_DELETE_WORD_BACK:
        cut(editor, width_word_left(text, len, at), at);
        return true;
    case ACTION_DELETE_WORD:
        cut(editor, at, width_word_right(text, len, at));
        return true;
    case ACTION_DELETE_TO_START:
        cut(editor, line_start(editor, at), at);
        return true;
    case ACTION_DELETE_TO_END:
        end = line_end(editor, at);
        cut(editor, at, end == at && end < len ? end + 1 : end);
        return at < len;
    case ACTION_YANK:
        if (editor->cut != NULL)
            editor_insert(editor, editor->cut, strlen(editor->cut));
        return true;
    case ACTION_TRANSPOSE:
        transpose(editor);
        return true;
    default:
        return move_action(editor, action, history);
    }
}

/* Where things stand when the text is cut into rows of `cols`. Rows break between clusters: a
 * cursor has a place behind every blank. */
struct layout {
    int row, col; /* of the next cluster */
    int cols;
    GString
        *shown;  /* the last cluster as it is drawn; a completed name or a paste is foreign text */
    bool marked; /* which is not as it stands in the text */
};

static void
layout_init(struct layout *layout, int cols)
{
    *layout = (struct layout){.cols = MAX(cols, 1), .shown = g_string_new(NULL)};
}

static void
layout_fini(struct layout *layout)
{
    g_string_free(layout->shown, TRUE);
}

static void
show_cluster(const struct editor *editor, struct layout *layout, const char *cluster, size_t len,
             int *width)
{
    g_string_truncate(layout->shown, 0);
    if (len == 1 && cluster[0] == '\t') {
        *width = MIN(TAB_COLS, layout->cols);
        return;
    }
    display_append(layout->shown, NULL, cluster, len, DISPLAY_INPUT);
    layout->marked = layout->shown->len != len || memcmp(layout->shown->str, cluster, len) != 0;
    if (layout->marked)
        *width =
            MIN(width_text(layout->shown->str, layout->shown->len, editor->rules), layout->cols);
}

static size_t
layout_step(const struct editor *editor, struct layout *layout, size_t at, int *ret_width)
{
    const char *text = editor->text->str;

    layout->marked = false;
    if (text[at] == '\n') {
        g_string_truncate(layout->shown, 0);
        layout->row++;
        layout->col = 0;
        *ret_width = 0;
        return 1;
    }
    size_t n = width_next(text + at, editor->text->len - at, editor->rules, ret_width);
    show_cluster(editor, layout, text + at, n, ret_width);
    if (layout->col + *ret_width > layout->cols) {
        layout->row++;
        layout->col = 0;
    }
    return n;
}

static void
layout_to(struct layout *layout, const struct editor *editor, size_t end)
{
    for (size_t at = 0; at < end;) {
        int width;
        at += layout_step(editor, layout, at, &width);
        layout->col += width;
    }
    /* The cursor needs a cell of its own. */
    if (layout->col >= layout->cols) {
        layout->row++;
        layout->col = 0;
    }
}

int
editor_rows(const struct editor *editor, int cols)
{
    struct layout layout;

    layout_init(&layout, cols);
    layout_to(&layout, editor, editor->text->len);
    layout_fini(&layout);
    return layout.row + 1;
}

void
editor_draw(struct editor *editor, struct cells *cells, int row, int col, int rows, int cols,
            struct style style)
{
    struct layout cursor, layout;
    struct style mark = style;

    if (rows <= 0 || cols <= 0)
        return;
    mark.attrs |= STYLE_REVERSE;
    cells_fill(cells, row, col, rows, cols, style);
    layout_init(&cursor, cols);
    layout_to(&cursor, editor, editor->cursor);
    layout_init(&layout, cols);
    int top = MAX(0, cursor.row - rows + 1);
    for (size_t at = 0; at < editor->text->len && layout.row < top + rows;) {
        int width;
        size_t n = layout_step(editor, &layout, at, &width);
        if (layout.row >= top && layout.row < top + rows && width > 0)
            cells_put(cells, row + layout.row - top, col + layout.col, cols - layout.col,
                      layout.shown->str, layout.shown->len, layout.marked ? mark : style);
        layout.col += width;
        at += n;
    }
    cells_set_cursor(cells, row + cursor.row - top, col + cursor.col, CURSOR_DEFAULT);
    layout_fini(&cursor);
    layout_fini(&layout);
}
