#include "ui/cells.h"

#include <string.h>

static struct cell *
place(const struct cells *cells, int row, int col)
{
    return &cells->grid[(size_t)row * (size_t)cells->cols + (size_t)col];
}

static void
blank(struct cell *cell, struct style style)
{
    cell->text[0] = '\0';
    cell->len_bytes = 0;
    cell->width = 1;
    cell->doubtful = false;
    cell->link = 0;
    cell->joins = false;
    cell->style = style;
}

struct cells *
cells_new(int rows, int cols)
{
    struct cells *cells = g_new0(struct cells, 1);
    cells->rows = CLAMP(rows, 1, CELLS_MAX_ROWS);
    cells->cols = CLAMP(cols, 1, CELLS_MAX_COLS);
    cells->grid = g_new(struct cell, (size_t)cells->rows * (size_t)cells->cols);
    cells_clear(cells, (struct style){0});
    return cells;
}

void
cells_free(struct cells *cells)
{
    if (cells == NULL)
        return;
    g_free(cells->grid);
    g_free(cells);
}

/* Brings a region inside the grid; false when nothing is left of it. */
static bool
clip(const struct cells *cells, int *row, int *col, int *rows, int *cols)
{
    if (*row < 0) {
        *rows = *rows > G_MININT - *row ? *rows + *row : 0;
        *row = 0;
    }
    if (*col < 0) {
        *cols = *cols > G_MININT - *col ? *cols + *col : 0;
        *col = 0;
    }
    if (*row >= cells->rows || *col >= cells->cols || *rows <= 0 || *cols <= 0)
        return false;
    *rows = MIN(*rows, cells->rows - *row);
    *cols = MIN(*cols, cells->cols - *col);
    return true;
}

/* Before columns `col` … `end` of a row are overwritten: a wide cluster that reaches over an edge
 * of them loses its other half. */
static void
split_wide(struct cells *cells, int row, int col, int end)
{
    if (col < cells->cols && place(cells, row, col)->width == 0 && col > 0)
        blank(place(cells, row, col - 1), place(cells, row, col - 1)->style);
    if (end < cells->cols && place(cells, row, end)->width == 0)
        blank(place(cells, row, end), place(cells, row, end)->style);
}

static void
blank_row(struct cells *cells, int row, int col, int end, struct style style)
{
    split_wide(cells, row, col, end);
    for (int x = col; x < end; x++)
        blank(place(cells, row, x), style);
}

void
cells_clear(struct cells *cells, struct style style)
{
    size_t n = (size_t)cells->rows * (size_t)cells->cols;
    struct cell empty = {.width = 1, .style = style};
    for (size_t i = 0; i < n; i++)
        cells->grid[i] = empty;
    cells->cursor_visible = false;
    cells->cursor_row = cells->cursor_col = 0;
    cells->cursor_shape = CURSOR_DEFAULT;
}

void
cells_fill(struct cells *cells, int row, int col, int rows, int cols, struct style style)
{
    if (!clip(cells, &row, &col, &rows, &cols))
        return;
    for (int y = row; y < row + rows; y++)
        blank_row(cells, y, col, col + cols, style);
}

void
cells_resize(struct cells *cells, int rows, int cols)
{
    rows = CLAMP(rows, 1, CELLS_MAX_ROWS);
    cols = CLAMP(cols, 1, CELLS_MAX_COLS);
    if (rows == cells->rows && cols == cells->cols)
        return;
    struct cells *bigger = cells_new(rows, cols);
    cells_blit(bigger, 0, 0, cells, 0, 0, rows, cols);
    g_free(cells->grid);
    cells->grid = g_steal_pointer(&bigger->grid);
    cells->rows = rows;
    cells->cols = cols;
    cells->cursor_row = MIN(cells->cursor_row, rows - 1);
    cells->cursor_col = MIN(cells->cursor_col, cols - 1);
    cells_free(bigger);
}

static void
set_cell(struct cells *cells, int row, int col, const char *cluster, size_t len, int width,
         struct style style)
{
    split_wide(cells, row, col, col + width);
    struct cell *cell = place(cells, row, col);
    /* One form for a blank, so that equal looks are equal cells. */
    len = len == 1 && cluster[0] == ' ' ? 0 : width_draw_cut(cluster, len);
    memcpy(cell->text, cluster, len);
    cell->text[len] = '\0';
    cell->len_bytes = (uint8_t)len;
    cell->width = (uint8_t)width;
    cell->doubtful = width_doubtful(cluster, len);
    cell->link = 0;
    cell->joins = false;
    cell->style = style;
    if (width == 2) {
        blank(cell + 1, style);
        cell[1].width = 0;
    }
}

/* A control character, or (as a cluster of two bytes) a C1 control: the last line of defence. */
static bool
is_control(const char *cluster, size_t len)
{
    unsigned char first = (unsigned char)cluster[0];
    if (first < 0x20 || first == 0x7f)
        return true;
    return len >= 2 && first == 0xc2 && (unsigned char)cluster[1] < 0xa0;
}

/* Bidi controls and line ends, which come as clusters of their own without width. */
static bool
is_steering(const char *cluster, size_t len)
{
    return len == 3 && (memcmp(cluster, "\xe2\x80", 2) == 0 || memcmp(cluster, "\xe2\x81", 2) == 0);
}

/* So far outside that sums with it could wrap: no text and no frame reaches in from there. */
#define FAR (1 << 24)

static bool
is_far(int place)
{
    return place < -FAR || place > FAR;
}

int
cells_put(struct cells *cells, int row, int col, int max_cols, const char *text, size_t len,
          struct style style)
{
    if (row < 0 || row >= cells->rows || col >= cells->cols || max_cols <= 0 || is_far(col))
        return 0;
    int start = col;
    int end = max_cols < cells->cols - col ? col + max_cols : cells->cols;
    for (size_t at = 0; at < len && col < end;) {
        int width;
        size_t n = width_next(text + at, len - at, cells->rules, &width);
        const char *cluster = text + at;
        size_t cluster_len = n;
        at += n;
        if (is_control(cluster, n) || (width == 0 && is_steering(cluster, n))) {
            cluster = "\xef\xbf\xbd";
            cluster_len = 3;
            width = 1;
        }
        if (width == 0)
            continue;
        if (col + width > end) {
            if (col >= 0)
                blank_row(cells, row, col, end, style);
            col = end;
            break;
        }
        if (col >= 0)
            set_cell(cells, row, col, cluster, cluster_len, width, style);
        else if (col + width > 0)
            blank_row(cells, row, 0, 1, style);
        col += width;
    }
    return col - start;
}

int
cells_puts(struct cells *cells, int row, int col, int max_cols, const char *text,
           struct style style)
{
    return cells_put(cells, row, col, max_cols, text, strlen(text), style);
}

void
cells_field(struct cells *cells, int row, int col, int cols, const char *text, struct style style)
{
    size_t len = strlen(text);
    cells_fill(cells, row, col, 1, cols, style);
    if (cols <= 0 || is_far(col))
        return;
    if (width_cut(text, len, cols, cells->rules, NULL) == len) {
        cells_put(cells, row, col, cols, text, len, style);
        return;
    }
    int taken;
    size_t cut = width_cut(text, len, cols - 1, cells->rules, &taken);
    cells_put(cells, row, col, taken, text, cut, style);
    cells_puts(cells, row, col + taken, 1, "\xe2\x80\xa6", style);
}

void
cells_restyle(struct cells *cells, int row, int col, int rows, int cols, struct style over)
{
    if (!clip(cells, &row, &col, &rows, &cols))
        return;
    for (int y = row; y < row + rows; y++)
        for (int x = col; x < col + cols; x++)
            place(cells, y, x)->style = style_over(place(cells, y, x)->style, over);
}

void
cells_link(struct cells *cells, int row, int col, int cols, const char *target)
{
    int rows = 1;
    if (cells->links == NULL || !clip(cells, &row, &col, &rows, &cols))
        return;
    uint32_t number = links_number(cells->links, target);
    for (int x = col; x < col + cols; x++)
        place(cells, row, x)->link = number;
}

static void
repeat(struct cells *cells, int row, int col, int rows, int cols, const char *text,
       struct style style)
{
    if (!clip(cells, &row, &col, &rows, &cols))
        return;
    for (int y = row; y < row + rows; y++)
        for (int x = col; x < col + cols; x++)
            set_cell(cells, y, x, text, strlen(text), 1, style);
}

void
cells_hline(struct cells *cells, int row, int col, int cols, struct style style)
{
    repeat(cells, row, col, 1, cols, "─", style);
}

void
cells_vline(struct cells *cells, int row, int col, int rows, struct style style)
{
    repeat(cells, row, col, rows, 1, "│", style);
}

void
cells_box(struct cells *cells, int row, int col, int rows, int cols, struct style style)
{
    if (rows < 2 || cols < 2 || is_far(row) || is_far(col))
        return;
    rows = MIN(rows, FAR);
    cols = MIN(cols, FAR);
    int bottom = row + rows - 1, right = col + cols - 1;
    cells_hline(cells, row, col + 1, cols - 2, style);
    cells_hline(cells, bottom, col + 1, cols - 2, style);
    cells_vline(cells, row + 1, col, rows - 2, style);
    cells_vline(cells, row + 1, right, rows - 2, style);
    repeat(cells, row, col, 1, 1, "┌", style);
    repeat(cells, row, right, 1, 1, "┐", style);
    repeat(cells, bottom, col, 1, 1, "└", style);
    repeat(cells, bottom, right, 1, 1, "┘", style);
}

/* A row's piece from one place to another; halves of wide clusters at its edges become blanks. */
static void
copy_piece(struct cells *to, int row, int col, const struct cells *from, int from_row, int from_col,
           int cols)
{
    split_wide(to, row, col, col + cols);
    memmove(place(to, row, col), place(from, from_row, from_col),
            (size_t)cols * sizeof(struct cell));
    struct cell *first = place(to, row, col), *last = place(to, row, col + cols - 1);
    if (first->width == 0)
        blank(first, first->style);
    if (last->width == 2)
        blank(last, last->style);
}

void
cells_join(struct cells *cells, int row)
{
    if (row >= 0 && row < cells->rows)
        place(cells, row, cells->cols - 1)->joins = true;
}

bool
cells_joins(const struct cells *cells, int row)
{
    return row >= 0 && row < cells->rows && place(cells, row, cells->cols - 1)->joins;
}

void
cells_scroll(struct cells *cells, int row, int col, int rows, int cols, int by, struct style style)
{
    if (!clip(cells, &row, &col, &rows, &cols) || by == 0)
        return;
    if (by >= rows || by <= -rows) {
        cells_fill(cells, row, col, rows, cols, style);
        return;
    }
    int kept = rows - ABS(by);
    for (int i = 0; i < kept; i++) {
        int to = by > 0 ? row + i : row + rows - 1 - i;
        copy_piece(cells, to, col, cells, to + by, col, cols);
    }
    cells_fill(cells, by > 0 ? row + kept : row, col, ABS(by), cols, style);
}

void
cells_blit(struct cells *to, int row, int col, const struct cells *from, int from_row, int from_col,
           int rows, int cols)
{
    int y = row, x = col;
    if (!clip(to, &y, &x, &rows, &cols))
        return;
    from_row += y - row;
    from_col += x - col;
    row = from_row;
    col = from_col;
    if (!clip(from, &row, &col, &rows, &cols))
        return;
    y += row - from_row;
    x += col - from_col;
    for (int i = 0; i < rows; i++)
        copy_piece(to, y + i, x, from, row + i, col, cols);
}

void
cells_copy(struct cells *to, const struct cells *from)
{
    if (to->rows != from->rows || to->cols != from->cols) {
        g_free(to->grid);
        to->grid = g_new(struct cell, (size_t)from->rows * (size_t)from->cols);
    }
    struct cell *grid = to->grid;
    *to = *from;
    to->grid = grid;
    memcpy(grid, from->grid, (size_t)from->rows * (size_t)from->cols * sizeof *grid);
}

void
cells_set_cursor(struct cells *cells, int row, int col, enum cursor_shape shape)
{
    cells->cursor_row = CLAMP(row, 0, cells->rows - 1);
    cells->cursor_col = CLAMP(col, 0, cells->cols - 1);
    cells->cursor_shape = shape;
    cells->cursor_visible = true;
}

const struct cell *
cells_at(const struct cells *cells, int row, int col)
{
    if (row < 0 || row >= cells->rows || col < 0 || col >= cells->cols)
        return NULL;
    return place(cells, row, col);
}

bool
cell_equal(const struct cell *a, const struct cell *b)
{
    return a->len_bytes == b->len_bytes && a->width == b->width && a->link == b->link &&
           a->joins == b->joins && style_equal(a->style, b->style) &&
           memcmp(a->text, b->text, a->len_bytes) == 0;
}
