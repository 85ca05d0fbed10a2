/* Where the editor's text stands on the screen. */
#include "ui/editor_priv.h"

#include "text/bidi.h"
#include "text/display.h"
#include <limits.h>
#include <string.h>

#define TAB_COLS 4

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

/* Up to `end`, or to the first row that is not wanted. */
static void
layout_to(struct layout *layout, const struct editor *editor, size_t end, int most)
{
    for (size_t at = 0; at < end && layout->row < most;) {
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
editor_rows(const struct editor *editor, int cols, int most)
{
    struct layout layout;

    layout_init(&layout, cols);
    layout_to(&layout, editor, editor->text->len, most);
    layout_fini(&layout);
    return MIN(layout.row + 1, MAX(most, 1));
}

/* Scrolls as little as the cursor needs, and not past the end of the text. */
static void
scroll(struct editor *editor, int cursor_row, int rows, int cols)
{
    int all = editor_rows(editor, cols, MAX(editor->top, cursor_row) + rows);

    editor->top = CLAMP(editor->top, cursor_row - rows + 1, cursor_row);
    editor->top = MAX(0, MIN(editor->top, all - rows));
}

/* --- right-to-left
 * ---------------------------------------------------------------------------------------- */

/* The line (a paragraph) around `at`. */
static const char *
paragraph_at(const struct editor *editor, size_t at, size_t *ret_len)
{
    const char *text = editor->text->str;
    size_t end = at;

    while (at > 0 && text[at - 1] != '\n')
        at--;
    while (end < editor->text->len && text[end] != '\n')
        end++;
    *ret_len = end - at;
    return text + at;
}

static bool
is_laid_out(const struct editor *editor, size_t from, size_t to)
{
    return !(editor->rules && editor->rules->bidi_itself) &&
           bidi_is_needed(editor->text->str + from, to - from);
}

/* A row that is drawn. */
struct drawn {
    int row;     /* of the editor's place on the screen */
    size_t from; /* its first byte */
    int cols;
};

/* Where on the screen. */
struct place {
    struct cells *cells;
    int row, col, rows, cols;
};

/* Returns where the cursor stands in it. From the right, what is typed next comes at the left: a
 * blank is kept for it there. */
static int
lay_out(const struct editor *editor, const struct place *place, const struct drawn *drawn,
        size_t to, int cursor_col)
{
    size_t len;
    const char *paragraph = paragraph_at(editor, drawn->from, &len);
    bool rtl = bidi_is_rtl(paragraph, len);

    if (drawn->row < 0 || drawn->row >= place->rows || !is_laid_out(editor, drawn->from, to))
        return cursor_col;
    return cells_bidi(place->cells, place->row + drawn->row, place->col,
                      MIN(drawn->cols + (rtl ? 1 : 0), place->cols), rtl, place->col + cursor_col) -
           place->col;
}

/* The cluster that is seen `col` columns from the left of a row of bytes `from` … `to`. */
static size_t
seen_at(const struct editor *editor, size_t from, size_t to, int col)
{
    g_autoptr(GArray) clusters = g_array_new(FALSE, TRUE, sizeof(struct bidi_cluster));
    g_autoptr(GArray) widths = g_array_new(FALSE, FALSE, sizeof(int));
    g_autoptr(GString) shown = g_string_new(NULL);
    const char *text = editor->text->str + from;
    size_t len;
    const char *paragraph = paragraph_at(editor, from, &len);
    bool rtl = bidi_is_rtl(paragraph, len);

    for (size_t at = 0; at < to - from;) {
        int width;
        size_t n = width_next(text + at, to - from - at, editor->rules, &width);
        struct bidi_cluster cluster = {.at = (unsigned)at, .len = (unsigned)n};
        g_array_append_val(clusters, cluster);
        g_array_append_val(widths, width);
        at += n;
    }
    g_autofree unsigned *order = g_new(unsigned, clusters->len);
    bidi_row(text, (struct bidi_cluster *)(void *)clusters->data, clusters->len, rtl, order, shown);
    col -= rtl ? 1 : 0;
    for (guint i = 0; i < clusters->len; i++) {
        col -= g_array_index(widths, int, order[i]);
        if (col < 0)
            return from + g_array_index(clusters, struct bidi_cluster, order[i]).at;
    }
    return to;
}

/* --- drawing
 * ---------------------------------------------------------------------------------------------- */

void
editor_point(struct editor *editor, int cols, int row, int col)
{
    struct layout layout;
    size_t at = 0, row_from = 0, point = SIZE_MAX;
    int last_row = 0;

    layout_init(&layout, cols);
    row += editor->top;
    while (at < editor->text->len) {
        int width;
        size_t n = layout_step(editor, &layout, at, &width);
        if (layout.row > row)
            break;
        if (layout.row != last_row) {
            last_row = layout.row;
            row_from = editor->text->str[at] == '\n' ? at + n : at;
        }
        if (point == SIZE_MAX && layout.row == row && col < layout.col + width)
            point = at;
        layout.col += width;
        at += n;
    }
    layout_fini(&layout);
    point = MIN(point, at);
    if (last_row == row && row_from < at && is_laid_out(editor, row_from, at))
        point = seen_at(editor, row_from, at, col);
    if (!editor->marked)
        editor_deselect(editor);
    editor->last = LAST_OTHER;
    editor_move_to(editor, point);
}

void
editor_draw(struct editor *editor, struct cells *cells, int row, int col, int rows, int cols,
            struct style style)
{
    const struct place place = {cells, row, col, rows, cols};
    struct layout cursor, layout;
    struct style reverse = style;
    struct drawn drawn = {0};
    size_t from = 0, to = 0, at = 0;

    if (rows <= 0 || cols <= 0)
        return;
    reverse.attrs |= STYLE_REVERSE;
    cells_fill(cells, row, col, rows, cols, style);
    layout_init(&cursor, cols);
    layout_to(&cursor, editor, editor->cursor, INT_MAX);
    scroll(editor, cursor.row, rows, cols);
    editor_selection(editor, &from, &to);
    layout_init(&layout, cols);
    while (at < editor->text->len && layout.row < editor->top + rows) {
        int width, last_row = layout.row;
        size_t n = layout_step(editor, &layout, at, &width);
        bool selected = at >= from && at < to;
        int shown = layout.row - editor->top;
        if (layout.row != last_row) {
            drawn.row = last_row - editor->top;
            int cursor_col = lay_out(editor, &place, &drawn, at, cursor.col);
            cursor.col = cursor.row == last_row ? cursor_col : cursor.col;
            drawn = (struct drawn){.from = editor->text->str[at] == '\n' ? at + n : at};
        }
        if (shown >= 0 && shown < rows && width > 0)
            cells_put(cells, row + shown, col + layout.col, cols - layout.col, layout.shown->str,
                      layout.shown->len, layout.marked != selected ? reverse : style);
        layout.col += width;
        drawn.cols = layout.col;
        at += n;
    }
    drawn.row = layout.row - editor->top;
    int cursor_col = lay_out(editor, &place, &drawn, at, cursor.col);
    cursor.col = cursor.row == layout.row ? cursor_col : cursor.col;
    cells_set_cursor(cells, row + cursor.row - editor->top, col + cursor.col, CURSOR_DEFAULT);
    layout_fini(&cursor);
    layout_fini(&layout);
}
