/* Questions in fields, what came of the answers, and (of the first run) the lines that would be
 * written. */
#include "ui/panes.h"

#include "ui/wrap.h"
#include <string.h>

#define LABEL_COLS 18
#define LINES_ROWS 3 /* of a text that may have several */

struct column {
    const struct canvas *canvas;
    struct rect rect;
    int row;
};

static bool
has_room(const struct column *column)
{
    return column->row < column->rect.row + column->rect.rows;
}

/* A paragraph, wrapped. */
static void
put_text(struct column *column, int indent, const char *text, enum role role)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct wrap_row));
    struct styled styled;
    int cols = MIN(column->rect.cols - indent, 90);

    if (cols < 1)
        return;
    styled_init(&styled);
    styled_append_foreign(&styled, text, -1, DISPLAY_BLOCK, role, 0);
    wrap_styled(&styled, cols, 0, column->canvas->cells->rules, rows);
    for (guint i = 0; i < rows->len && has_room(column); i++) {
        wrap_draw(column->canvas->cells, column->row, column->rect.col + indent, cols, &styled,
                  &g_array_index(rows, struct wrap_row, i), column->canvas->theme,
                  theme_style(column->canvas->theme, ROLE_TEXT));
        column->row++;
    }
    styled_fini(&styled);
}

static void
put_field(struct column *column, const struct view_field *field, struct editor *editor)
{
    const struct canvas *canvas = column->canvas;
    int label = MIN(LABEL_COLS, column->rect.cols / 2);
    int col = column->rect.col + 1 + label;
    int cols = column->rect.col + column->rect.cols - col;
    int left = column->rect.row + column->rect.rows - column->row;
    int rows = field->lines ? CLAMP(left, 1, LINES_ROWS) : 1;
    struct style style = theme_style(canvas->theme, ROLE_TEXT);

    if (!has_room(column))
        return;
    draw_own(canvas, column->row, column->rect.col, 1, field->current ? ">" : " ", style);
    draw_foreign(canvas, column->row, column->rect.col + 1, label - 1, field->label, DISPLAY_LINE,
                 theme_style(canvas->theme, field->current ? ROLE_PROMPT : ROLE_DIM));
    if (field->secret) {
        const char *text = field->value && *field->value ? "(typed, not shown) " : "";
        int taken =
            draw_own(canvas, column->row, col, cols, text, theme_style(canvas->theme, ROLE_DIM));
        if (field->current)
            cells_set_cursor(canvas->cells, column->row, col + MIN(taken, MAX(cols - 1, 0)),
                             CURSOR_DEFAULT);
    } else if (field->choice && field->current) {
        draw_foreign(canvas, column->row, col, cols, field->value, DISPLAY_LINE, style);
        cells_set_cursor(canvas->cells, column->row, col, CURSOR_DEFAULT);
    } else if (field->current) {
        editor_draw(editor, canvas->cells, column->row, col, rows, MAX(cols, 1), style);
    } else if (field->value) {
        draw_foreign(canvas, column->row, col, cols, field->value, DISPLAY_LINE, style);
    }
    column->row += field->current ? rows : 1;
}

static void
put_section(struct column *column, const struct view_form *view)
{
    g_autofree char *intro = g_strdup_printf("These lines would be added to %s:", view->file);

    column->row++;
    put_text(column, 0, intro, ROLE_PROMPT);
    put_text(column, 2, view->section, ROLE_CODE);
}

void
pane_form_draw(const struct canvas *canvas, struct rect rect, const struct view_form *view)
{
    bool tight = rect.rows < 20;
    struct column column = {canvas, rect, rect.row};
    struct column last = {canvas, rect, rect.row + rect.rows - 1};

    if (rect.rows <= 0 || rect.cols <= 0)
        return;
    cells_fill(canvas->cells, rect.row, rect.col, rect.rows, rect.cols,
               theme_style(canvas->theme, ROLE_TEXT));
    if (rect.rows > 2)
        column.rect.rows--; /* the last row belongs to the keys */
    if (rect.rows > 8) {
        put_text(&column, 0, view->title, ROLE_TITLE);
        if (view->offer)
            put_text(&column, 0, view->offer, ROLE_TEXT);
        column.row += !tight;
    }
    for (size_t i = 0; i < view->n; i++)
        put_field(&column, &view->fields[i], view->editor);
    column.row += !tight;
    if (view->help)
        put_text(&column, 1, view->help, ROLE_DIM);
    for (size_t i = 0; i < view->n_steps; i++)
        put_text(&column, 1, view->steps[i], ROLE_SYSTEM);
    if (view->error)
        put_text(&column, 1, view->error, ROLE_ERROR);
    if (view->section)
        put_section(&column, view);
    if (rect.rows > 2)
        put_text(&last, 0, view->keys, ROLE_PROMPT);
}
