#include "tests/unit/ui/screen.h"

#include <stdlib.h>
#include <string.h>

struct screen *
screen_new(int rows, int cols)
{
    struct screen *screen = g_new0(struct screen, 1);
    screen->cells = cells_new(rows, cols);
    screen->rest = g_string_new(NULL);
    screen->joined = g_new0(bool, rows);
    return screen;
}

void
screen_free(struct screen *screen)
{
    cells_free(screen->cells);
    g_string_free(screen->rest, TRUE);
    g_free(screen->joined);
    g_free(screen);
}

static uint32_t
color(const int *n, int count, int *i)
{
    if (n[*i] % 10 == 9 && n[*i] < 50)
        return COLOR_DEFAULT;
    if (n[*i] >= 90)
        return COLOR_INDEX(n[*i] % 10 + 8);
    if (n[*i] % 10 != 8)
        return COLOR_INDEX(n[*i] % 10);
    g_assert_cmpint(*i + 2, <, count);
    if (n[*i + 1] == 5) {
        *i += 2;
        return COLOR_INDEX(n[*i]);
    }
    g_assert_cmpint(*i + 4, <, count);
    *i += 4;
    return COLOR_RGB(n[*i - 2] << 16 | n[*i - 1] << 8 | n[*i]);
}

static void
sgr(struct screen *screen, const int *n, int count)
{
    static const int attrs[] = {
        0, STYLE_BOLD,    STYLE_DIM, STYLE_ITALIC, STYLE_UNDERLINE, STYLE_BLINK,
        0, STYLE_REVERSE, 0,         STYLE_STRIKE};
    for (int i = 0; i < count; i++) {
        if (n[i] == 0)
            screen->style = (struct style){0};
        else if (n[i] < 10)
            screen->style.attrs |= (uint32_t)attrs[n[i]];
        else if (n[i] < 40 || (n[i] >= 90 && n[i] < 98))
            screen->style.fg = color(n, count, &i);
        else
            screen->style.bg = color(n, count, &i);
    }
}

static struct style
erased(const struct screen *screen)
{
    return (struct style){.bg = screen->bce ? screen->style.bg : COLOR_DEFAULT};
}

/* One CSI sequence; returns its bytes, 0 when it is not complete. */
static size_t
csi(struct screen *screen, const char *bytes, size_t len)
{
    int n[16] = {0}, count = 1;
    size_t at = 2;
    bool private = false;
    for (; at < len && (unsigned char)bytes[at] < 0x40; at++) {
        if (bytes[at] == ';')
            g_assert_cmpint(++count, <=, 16);
        else if (g_ascii_isdigit(bytes[at]))
            n[count - 1] = n[count - 1] * 10 + bytes[at] - '0';
        else
        private = true;
    }
    if (at >= len)
        return 0;
    int cols = screen->cells->cols;
    if (private)
        return at + 1;
    switch (bytes[at]) {
    case 'H':
        screen->row = MAX(n[0], 1) - 1;
        screen->col = count > 1 ? MAX(n[1], 1) - 1 : 0;
        break;
    case 'C':
        screen->col += MAX(n[0], 1);
        break;
    case 'K':
        cells_fill(screen->cells, screen->row, screen->col, 1, cols, erased(screen));
        screen->joined[screen->row] = false;
        break;
    case 'J':
        g_assert_cmpint(n[0], ==, 2);
        cells_fill(screen->cells, 0, 0, screen->cells->rows, cols, erased(screen));
        memset(screen->joined, 0, (size_t)screen->cells->rows * sizeof *screen->joined);
        break;
    case 't':
        break; /* xterm saves its title on the way to the other screen */
    case 'm':
        sgr(screen, n, count);
        return at + 1; /* a cursor that waits behind a full row goes on waiting */
    default:
        g_error("a sequence that no terminal was asked for: %.*s", (int)at - 1, bytes + 2);
    }
    g_assert_cmpint(screen->col, <, cols);
    g_assert_cmpint(screen->row, <, screen->cells->rows);
    return at + 1;
}

static void
put(struct screen *screen, const char *cluster, size_t len, int width)
{
    if (screen->col == screen->cells->cols) {
        screen->joined[screen->row++] = true;
        screen->col = 0;
    }
    g_assert_cmpint(screen->row, <, screen->cells->rows);
    g_assert_cmpint(screen->col + width, <=, screen->cells->cols);
    if (screen->col + width == screen->cells->cols)
        screen->joined[screen->row] = false;
    cells_put(screen->cells, screen->row, screen->col, width, cluster, len, screen->style);
    screen->col += width;
}

void
screen_write(struct screen *screen, const char *bytes, size_t len)
{
    GString *in = screen->rest;
    size_t at = 0;
    g_string_append_len(in, bytes, (gssize)len);
    while (at < in->len) {
        const char *here = in->str + at;
        size_t left = in->len - at, n = 1;
        int width;
        if (*here == '\033') {
            n = left > 2 ? csi(screen, here, left) : 0;
        } else if (*here == '\r') {
            screen->col = 0;
        } else if (*here == '\n') {
            screen->row++;
        } else {
            n = width_next(here, left, NULL, &width);
            put(screen, here, n, width);
        }
        if (n == 0)
            break;
        at += n;
    }
    g_string_erase(in, 0, (gssize)at);
}

/* Of a blank only what can be seen. */
static void
simplify(struct cells *cells)
{
    const uint32_t seen = STYLE_REVERSE | STYLE_UNDERLINE | STYLE_STRIKE;
    cells->cursor_visible = false;
    for (int i = 0; i < cells->rows * cells->cols; i++) {
        struct cell *cell = &cells->grid[i];
        cell->joins = false; /* what the screen knows of that it keeps elsewhere */
        if (cell->len_bytes > 0 || cell->width == 0)
            continue;
        cell->style.attrs &= seen;
        if (cell->style.attrs == 0)
            cell->style.fg = COLOR_DEFAULT;
    }
}

/* Where a cluster of doubtful width stands at the end, the cursor is set anew. */
static bool
may_join(const struct cells *cells, int row)
{
    const struct cell *last = cells_at(cells, row, cells->cols - 1);
    return cells_joins(cells, row) && !(last->width == 0 ? last - 1 : last)->doubtful;
}

void
screen_assert_shows(const struct screen *screen, const struct cells *cells)
{
    struct cells *wanted = cells_new(1, 1), *seen = cells_new(1, 1);
    cells_copy(wanted, cells);
    cells_copy(seen, screen->cells);
    simplify(wanted);
    simplify(seen);
    g_autofree char *shown = cells_dump_styled(seen);
    g_autofree char *expected = cells_dump_styled(wanted);
    g_assert_cmpstr(shown, ==, expected);
    for (int row = 0; row + 1 < cells->rows; row++)
        g_assert_true(screen->joined[row] || !may_join(cells, row));
    if (cells->cursor_visible) {
        g_assert_cmpint(screen->row, ==, cells->cursor_row);
        g_assert_cmpint(screen->col, ==, cells->cursor_col);
    }
    cells_free(wanted);
    cells_free(seen);
}
