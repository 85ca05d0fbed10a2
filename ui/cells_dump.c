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

/* How a cell looks, and where it leads. */
struct look {
    struct style style;
    const char *target; /* or NULL */
};

static struct look
look_of(const struct cells *cells, int row, int col)
{
    const struct cell *cell = cells_at(cells, row, col);
    bool links = cell->link != 0 && cells->links != NULL;
    return (struct look){cell->style, links ? links_target(cells->links, cell->link) : NULL};
}

static void
append_look(GString *out, const struct look *look)
{
    static const char *const names[] = {"bold",    "dim",    "italic", "underline",
                                        "reverse", "strike", "blink"};
    append_color(out, "fg", look->style.fg);
    append_color(out, "bg", look->style.bg);
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
        if ((look->style.attrs & 1u << i) != 0)
            g_string_append_printf(out, " %s", names[i]);
    if (look->target != NULL)
        g_string_append_printf(out, " link=%s", look->target);
    g_string_append_c(out, '\n');
}

/* Letters in the order of appearance; '.' is the default style, '?' one too many. */
static char
letter_of(GArray *looks, struct look look)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    if (style_equal(look.style, (struct style){0}) && look.target == NULL)
        return '.';
    for (unsigned i = 0; i < looks->len; i++) {
        const struct look *each = &g_array_index(looks, struct look, i);
        if (style_equal(each->style, look.style) && each->target == look.target)
            return letters[i];
    }
    if (looks->len + 1 >= sizeof letters)
        return '?';
    g_array_append_val(looks, look);
    return letters[looks->len - 1];
}

char *
cells_dump_styled(const struct cells *cells)
{
    g_autofree char *text = cells_dump_text(cells);
    GString *out = g_string_new(text);
    g_autoptr(GArray) looks = g_array_new(FALSE, FALSE, sizeof(struct look));
    g_string_append(out, "-- styles\n");
    for (int row = 0; row < cells->rows; row++) {
        for (int col = 0; col < cells->cols; col++)
            g_string_append_c(out, letter_of(looks, look_of(cells, row, col)));
        g_string_append_c(out, '\n');
    }
    for (unsigned i = 0; i < looks->len; i++) {
        const struct look *look = &g_array_index(looks, struct look, i);
        g_string_append_c(out, letter_of(looks, *look));
        append_look(out, look);
    }
    for (int row = 0; row < cells->rows; row++)
        if (cells_joins(cells, row))
            g_string_append_printf(out, "-- row %d goes on\n", row);
    if (cells->cursor_visible)
        g_string_append_printf(out, "-- cursor %d,%d\n", cells->cursor_row, cells->cursor_col);
    else
        g_string_append(out, "-- no cursor\n");
    return g_string_free(out, FALSE);
}
