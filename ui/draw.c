#include "ui/draw.h"

#include "text/width.h"
#include <string.h>

int
draw_own(const struct canvas *canvas, int row, int col, int max_cols, const char *text,
         struct style style)
{
    size_t len = strlen(text);
    size_t fits;
    int cols;

    if (max_cols <= 0)
        return 0;
    fits = width_cut(text, len, max_cols, canvas->cells->rules, &cols);
    if (fits == len) {
        cols = cells_put(canvas->cells, row, col, max_cols, text, len, style);
    } else {
        fits = width_cut(text, len, max_cols - 1, canvas->cells->rules, &cols);
        cells_put(canvas->cells, row, col, cols, text, fits, style);
        cols += cells_puts(canvas->cells, row, col + cols, 1, "…", style);
    }
    cells_bidi_text(canvas->cells, row, col, cols, text, fits);
    return cols;
}

int
draw_foreign(const struct canvas *canvas, int row, int col, int max_cols, const char *text,
             enum display_mode mode, struct style style)
{
    g_autofree char *shown = display_dup(text, -1, mode);
    return draw_own(canvas, row, col, max_cols, shown, style);
}

int
draw_foreign_cols(const struct canvas *canvas, const char *text, enum display_mode mode)
{
    g_autofree char *shown = display_dup(text, -1, mode);
    return width_text(shown, strlen(shown), canvas->cells->rules);
}

void
draw_count(GString *out, unsigned count)
{
    if (count > 999)
        g_string_append(out, "999+");
    else
        g_string_append_printf(out, "%u", count);
}

struct style
draw_role_on(const struct canvas *canvas, enum role base, enum role over)
{
    return style_over(theme_style(canvas->theme, base), theme_style(canvas->theme, over));
}
