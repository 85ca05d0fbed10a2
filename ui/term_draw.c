#include "ui/term_draw.h"

#include <string.h>

/* Gaps up to this many plain cells are written again rather than jumped over. */
#define GAP_COLS 4

static void
move_to(struct term_painter *p, int row, int col)
{
    if (p->row == row && p->col == col)
        return;
    if (p->col >= 0 && p->row == row && col > p->col) {
        if (col - p->col == 1)
            g_string_append(p->out, "\033[C");
        else
            g_string_append_printf(p->out, "\033[%dC", col - p->col);
    } else if (p->col >= 0 && p->row == row && col == 0) {
        g_string_append_c(p->out, '\r');
    } else if (p->col >= 0 && p->row + 1 == row && col == 0) {
        g_string_append(p->out, "\r\n");
    } else if (col == 0) {
        g_string_append_printf(p->out, "\033[%dH", row + 1);
    } else {
        g_string_append_printf(p->out, "\033[%d;%dH", row + 1, col + 1);
    }
    p->row = row;
    p->col = col;
}

static void
append_color(struct term_painter *p, uint32_t color, bool background)
{
    unsigned n = color & 0xff, base = background ? 40 : 30;
    if (color == COLOR_DEFAULT)
        g_string_append_printf(p->out, ";%u", base + 9);
    else if (COLOR_IS_RGB(color))
        g_string_append_printf(p->out, ";%u;2;%u;%u;%u", base + 8, color >> 16 & 0xff,
                               color >> 8 & 0xff, n);
    else if (n < 8 || (n < 16 && p->colors <= 8))
        g_string_append_printf(p->out, ";%u", base + n % 8);
    else if (n < 16)
        g_string_append_printf(p->out, ";%u", base + 60 + n - 8);
    else
        g_string_append_printf(p->out, ";%u;5;%u", base + 8, n);
}

static struct style
reduced(const struct term_painter *p, struct style style)
{
    style = style_reduce(style, p->depth);
    bool bright = style.fg != COLOR_DEFAULT && !COLOR_IS_RGB(style.fg) && (style.fg & 0xff) >= 8 &&
                  (style.fg & 0xff) < 16;
    if (bright && p->colors <= 8 && p->depth == COLOR_DEPTH_16)
        style.attrs |= STYLE_BOLD;
    style.attrs &= p->attrs;
    return style;
}

/* SGR numbers, in the order of enum style_attr. */
static const unsigned char attr_numbers[] = {1, 2, 3, 4, 7, 9, 5};

static void
set_style(struct term_painter *p, struct style wanted)
{
    if (style_equal(p->style, wanted))
        return;
    struct style now = reduced(p, p->style), next = reduced(p, wanted);
    p->style = wanted;
    if (style_equal(now, next))
        return;
    g_string_append(p->out, "\033[");
    size_t start = p->out->len;
    if ((now.attrs & ~next.attrs) != 0 || style_equal(next, (struct style){0})) {
        g_string_append(p->out, ";0");
        now = (struct style){0};
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(attr_numbers); i++)
        if ((next.attrs & ~now.attrs & 1u << i) != 0)
            g_string_append_printf(p->out, ";%u", attr_numbers[i]);
    if (now.fg != next.fg)
        append_color(p, next.fg, false);
    if (now.bg != next.bg)
        append_color(p, next.bg, true);
    g_string_erase(p->out, (gssize)start, 1);
    g_string_append_c(p->out, 'm');
}

/* Cells of one link share an id, so that a link which goes over several rows is one. */
static void
set_link(struct term_painter *p, const struct cells *cells, uint32_t number)
{
    const char *target = NULL;
    if (p->hyperlinks && number != 0 && cells->links != NULL)
        target = links_target(cells->links, number);
    number = target != NULL ? number : 0;
    if (number == p->link)
        return;
    if (number != 0)
        g_string_append_printf(p->out, "\033]8;id=w%u;%s\033\\", number, target);
    else
        g_string_append(p->out, "\033]8;;\033\\");
    p->link = number;
}

/* Where a cluster's width is in doubt, blanks are put under it first, and the cursor is set anew
 * behind it. */
static void
write_cell(struct term_painter *p, const struct cells *cells, int row, int col)
{
    const struct cell *cell = cells_at(cells, row, col);
    move_to(p, row, col);
    set_style(p, cell->style);
    set_link(p, cells, cell->link);
    if (cell->doubtful && cell->width == 2) {
        g_string_append(p->out, "  ");
        p->col = -1;
        move_to(p, row, col);
    }
    if (cell->len_bytes > 0)
        g_string_append_len(p->out, cell->text, cell->len_bytes);
    else
        g_string_append_c(p->out, ' ');
    p->col += cell->width;
    /* In the last column a terminal waits with its cursor; ask nobody where. */
    if (cell->doubtful || p->col >= p->shown->cols)
        p->col = -1;
}

static bool
is_blank(const struct cell *cell)
{
    return cell->len_bytes == 0 && cell->width == 1;
}

/* From where on a row is blank in one style that erasing can leave; the number of columns when
 * nowhere. */
static int
blank_from(const struct term_painter *p, const struct cells *cells, int row)
{
    int col = cells->cols;
    struct style style = cells_at(cells, row, col - 1)->style;
    struct style left = reduced(p, style);
    bool erasable = !cells_joins(cells, row) && (left.bg == COLOR_DEFAULT || p->bce) &&
                    (left.attrs & (STYLE_REVERSE | STYLE_UNDERLINE | STYLE_STRIKE)) == 0;
    while (erasable && col > 0 && is_blank(cells_at(cells, row, col - 1)) &&
           cells_at(cells, row, col - 1)->link == 0 &&
           style_equal(cells_at(cells, row, col - 1)->style, style))
        col--;
    return col;
}

/* Whether the cells between the cursor and `col` can be written again for less than a jump costs.
 */
static bool
gap_is_cheap(const struct term_painter *p, const struct cells *cells, int row, int col)
{
    if (p->col < 0 || p->row != row || col <= p->col || col - p->col > GAP_COLS)
        return false;
    for (int x = p->col; x < col; x++) {
        const struct cell *cell = cells_at(cells, row, x);
        if (cell->width != 1 || cell->len_bytes > 1 || !style_equal(cell->style, p->style) ||
            cell->link != p->link)
            return false;
    }
    return true;
}

static bool
differs(const struct term_painter *p, const struct cells *cells, int row, int col)
{
    const struct cell *cell = cells_at(cells, row, col), *shown = cells_at(p->shown, row, col);
    return !cell_equal(cell, shown) || (cell->width == 2 && !cell_equal(cell + 1, shown + 1));
}

static void
take_over(struct term_painter *p, const struct cells *cells, int row, int col, int width)
{
    for (int x = col; x < col + width; x++)
        p->shown->grid[(size_t)row * (size_t)p->shown->cols + (size_t)x] = *cells_at(cells, row, x);
}

/* A terminal takes two rows for one line when the second is written right behind the first: the
 * last cell of this one and the first of the next are written together. */
static bool
joins_at(const struct term_painter *p, const struct cells *cells, int row, int end_col)
{
    return p->wraps && end_col >= cells->cols && row + 1 < cells->rows && cells_joins(cells, row);
}

static void
paint_row(struct term_painter *p, const struct cells *cells, int row)
{
    int end = blank_from(p, cells, row);
    bool force = p->carries; /* the cell before may have been drawn into this one */
    if (p->carries) {
        p->row = row;
        p->col = 0;
        end = MAX(end, 1);
    }
    p->carries = false;
    for (int col = 0; col < end;) {
        const struct cell *cell = cells_at(cells, row, col);
        int width = MAX(cell->width, 1);
        bool joins = !cell->doubtful && joins_at(p, cells, row, col + width);
        if (!force && !differs(p, cells, row, col) && !(joins && differs(p, cells, row + 1, 0))) {
            col += width;
            continue;
        }
        if (p->no_corner && row == cells->rows - 1 && col + width >= cells->cols)
            return;
        if (gap_is_cheap(p, cells, row, col))
            while (p->col < col)
                write_cell(p, cells, row, p->col);
        force = cell->doubtful || cells_at(p->shown, row, col)->doubtful;
        write_cell(p, cells, row, col);
        take_over(p, cells, row, col, width);
        p->carries = joins;
        col += width;
    }
    for (int col = end; col < cells->cols; col++)
        force = force || differs(p, cells, row, col);
    if (end == cells->cols || !force)
        return;
    move_to(p, row, end);
    set_style(p, cells_at(cells, row, end)->style);
    set_link(p, cells, 0);
    g_string_append(p->out, "\033[K");
    take_over(p, cells, row, end, cells->cols - end);
}

static void
clear(struct term_painter *p, const struct cells *cells)
{
    if (p->shown == NULL)
        p->shown = cells_new(cells->rows, cells->cols);
    cells_resize(p->shown, cells->rows, cells->cols);
    cells_clear(p->shown, (struct style){0});
    set_link(p, cells, 0);
    g_string_append(p->out, "\033[0m\033[H\033[2J");
    p->style = (struct style){0};
    p->row = p->col = 0;
    p->carries = false;
    p->shape = CURSOR_DEFAULT;
    p->cursor_hidden = false;
    g_string_append(p->out, p->show);
    p->known = true;
}

static void
paint_cursor(struct term_painter *p, const struct cells *cells)
{
    static const char numbers[] = "0246";
    if (!cells->cursor_visible) {
        if (!p->cursor_hidden)
            g_string_append(p->out, p->hide);
        p->cursor_hidden = true;
        return;
    }
    move_to(p, cells->cursor_row, cells->cursor_col);
    if (p->shape != cells->cursor_shape) {
        g_string_append_printf(p->out, "\033[%c q", numbers[cells->cursor_shape]);
        p->shaped = true;
        p->shape = cells->cursor_shape;
    }
    if (p->cursor_hidden)
        g_string_append(p->out, p->show);
    p->cursor_hidden = false;
}

bool
term_paint(struct term_painter *p, const struct cells *cells, size_t max_bytes)
{
    static const char begin[] = "\033[?2026h", end[] = "\033[?2026l";
    size_t start = p->out->len;
    if (p->sync)
        g_string_append(p->out, begin);
    size_t body = p->out->len;
    if (!p->known || p->shown->rows != cells->rows || p->shown->cols != cells->cols)
        clear(p, cells);
    bool complete = true;
    for (int row = 0; row < cells->rows && complete; row++) {
        /* The cursor would be seen running over the screen. */
        size_t before = p->out->len;
        bool was_hidden = p->cursor_hidden;
        if (!p->sync && !was_hidden) {
            g_string_append(p->out, p->hide);
            p->cursor_hidden = true;
        }
        size_t drawn = p->out->len;
        paint_row(p, cells, row);
        if (p->out->len == drawn) {
            g_string_truncate(p->out, before);
            p->cursor_hidden = was_hidden;
        }
        /* Between rows that join nothing may come. */
        complete = p->out->len - start <= max_bytes || row == cells->rows - 1 || p->carries;
    }
    set_link(p, cells, 0);
    if (complete)
        paint_cursor(p, cells);
    if (p->sync && p->out->len == body)
        g_string_truncate(p->out, start);
    else if (p->sync)
        g_string_append(p->out, end);
    return complete;
}
