/* The grid as text, for tests and for a screen saved to a file. */
#include "ui/cells.h"

static void
append_row(GString *out, const struct cells *cells, int row)
{
    size_t used = out->len;
    for (int col = 0; col < cells->cols; col++) {
        const struct cell *cell = cells_at(cells, row, col);
        if (cell->len_bytes > 0) {
            g_string_append_len(out, cell->text, cell->len_bytes);
            used = out->len;
        } else if (cell->width > 0) {
            g_string_append_c(out, ' ');
        }
    }
    g_string_truncate(out, used);
}

char *
cells_dump_row(const struct cells *cells, int row)
{
    GString *out = g_string_new(NULL);
    if (row >= 0 && row < cells->rows)
        append_row(out, cells, row);
    return g_string_free(out, FALSE);
}

char *
cells_dump_text(const struct cells *cells)
{
    GString *out = g_string_new(NULL);
    for (int row = 0; row < cells->rows; row++) {
        append_row(out, cells, row);
        g_string_append_c(out, '\n');
    }
    return g_string_free(out, FALSE);
}

static void
append_color(GString *out, const char *name, uint32_t color)
{
    if (color == COLOR_DEFAULT)
        return;
    if (COLOR_IS_RGB(color))
        g_string_append_printf(out, " %s=#%06x", name, color & 0xffffff);
    else
        g_string_append_printf(out, " %s=%u", name, color & 0xff);
}

static void
append_style(GString *out, struct style style)
{
    static const char *const names[] = {"bold",    "dim",    "italic", "underline",
                                        "reverse", "strike", "blink"};
    append_color(out, "fg", style.fg);
    append_color(out, "bg", style.bg);
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
        if ((style.attrs & 1u << i) != 0)
            g_string_append_printf(out, " %s", names[i]);
    g_string_append_c(out, '\n');
}

/* Letters in the order of appearance; '.' is the default style, '?' one too many. */
static char
letter_of(GArray *styles, struct style style)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    if (style_equal(style, (struct style){0}))
        return '.';
    for (unsigned i = 0; i < styles->len; i++)
        if (style_equal(g_array_index(styles, struct style, i), style))
            return letters[i];
    if (styles->len + 1 >= sizeof letters)
        return '?';
    g_array_append_val(styles, style);
    return letters[styles->len - 1];
}

char *
cells_dump_styled(const struct cells *cells)
{
    g_autofree char *text = cells_dump_text(cells);
    GString *out = g_string_new(text);
    g_autoptr(GArray) styles = g_array_new(FALSE, FALSE, sizeof(struct style));
    g_string_append(out, "-- styles\n");
    for (int row = 0; row < cells->rows; row++) {
        for (int col = 0; col < cells->cols; col++)
            g_string_append_c(out, letter_of(styles, cells_at(cells, row, col)->style));
        g_string_append_c(out, '\n');
    }
    for (unsigned i = 0; i < styles->len; i++) {
        g_string_append_c(out, letter_of(styles, g_array_index(styles, struct style, i)));
        append_style(out, g_array_index(styles, struct style, i));
    }
    if (cells->cursor_visible)
        g_string_append_printf(out, "-- cursor %d,%d\n", cells->cursor_row, cells->cursor_col);
    else
        g_string_append(out, "-- no cursor\n");
    return g_string_free(out, FALSE);
}
