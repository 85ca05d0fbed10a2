/* Where the editor's text stands on the screen. */
#include "ui/editor_priv.h"

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

void
editor_point(struct editor *editor, int cols, int row, int col)
{
    struct layout layout;
    size_t at = 0;

    layout_init(&layout, cols);
    row += editor->top;
    while (at < editor->text->len) {
        int width;
        size_t n = layout_step(editor, &layout, at, &width);
        if (layout.row > row || (layout.row == row && col < layout.col + width))
            break;
        layout.col += width;
        at += n;
    }
    layout_fini(&layout);
    if (!editor->marked)
        editor_deselect(editor);
    editor->last = LAST_OTHER;
    editor_move_to(editor, at);
}

void
editor_draw(struct editor *editor, struct cells *cells, int row, int col, int rows, int cols,
            struct style style)
{
    struct layout cursor, layout;
    struct style reverse = style;
    size_t from = 0, to = 0;

    if (rows <= 0 || cols <= 0)
        return;
    reverse.attrs |= STYLE_REVERSE;
    cells_fill(cells, row, col, rows, cols, style);
    layout_init(&cursor, cols);
    layout_to(&cursor, editor, editor->cursor, INT_MAX);
    scroll(editor, cursor.row, rows, cols);
    editor_selection(editor, &from, &to);
    layout_init(&layout, cols);
    for (size_t at = 0; at < editor->text->len && layout.row < editor->top + rows;) {
        int width;
        size_t n = layout_step(editor, &layout, at, &width);
        bool selected = at >= from && at < to;
        int shown = layout.row - editor->top;
        if (shown >= 0 && shown < rows && width > 0)
            cells_put(cells, row + shown, col + layout.col, cols - layout.col, layout.shown->str,
                      layout.shown->len, layout.marked != selected ? reverse : style);
        layout.col += width;
        at += n;
    }
    cells_set_cursor(cells, row + cursor.row - editor->top, col + cursor.col, CURSOR_DEFAULT);
    layout_fini(&cursor);
    layout_fini(&layout);
}
