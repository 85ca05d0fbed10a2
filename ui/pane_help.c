/* " keys> scroll_" over a list: "  PgUp    Scroll up by a page.    scroll-up". */
#include "ui/panes.h"

#include <string.h>

#include "ui/wrap.h"

#define KEYS_MAX_COLS 34
#define NAME_COLS     22  /* the action's name, for who wants to bind it, */
#define NAMES_FROM    110 /* in windows of so many columns */

struct columns {
    int keys, text, name; /* 0: none */
};

static struct columns
columns_for(const struct canvas *canvas, const struct view_help *view, int cols)
{
    struct columns columns = {.name = cols >= NAMES_FROM ? NAME_COLS : 0};

    for (size_t i = 0; i < view->n; i++) {
        const char *keys = view->lines[i].keys;
        if (keys)
            columns.keys = MAX(columns.keys, width_text(keys, strlen(keys), canvas->cells->rules));
    }
    columns.keys = MIN(columns.keys, MIN(KEYS_MAX_COLS, cols * 2 / 5));
    columns.text = MAX(1, cols - columns.keys - columns.name - 5);
    return columns;
}

static int
wrapped(const struct canvas *canvas, const char *text, int cols, GArray *rows)
{
    return wrap_text(text, strlen(text), MAX(1, cols), 0, canvas->cells->rules, rows);
}

static int
line_rows(const struct canvas *canvas, const struct view_help_line *line, struct columns columns)
{
    if (!line->keys)
        return 1;
    return MAX(wrapped(canvas, line->text, columns.text, NULL),
               wrapped(canvas, line->keys, columns.keys, NULL));
}

/* Scrolled no further than to where the last line is in sight. */
static void
limit_top(const struct canvas *canvas, const struct view_help *view, int list,
          struct columns columns)
{
    size_t least = view->n;

    while (least > 0) {
        list -= line_rows(canvas, &view->lines[least - 1], columns);
        if (list < 0)
            break;
        least--;
    }
    *view->top = MIN(*view->top, least);
}

static void
draw_wrapped(const struct canvas *canvas, struct rect rect, const char *text, struct style style)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct wrap_row));
    int n = wrapped(canvas, text, rect.cols, rows);

    for (int i = 0; i < n && i < rect.rows; i++) {
        const struct wrap_row *row = &g_array_index(rows, struct wrap_row, i);
        cells_put(canvas->cells, rect.row + i, rect.col, rect.cols, text + row->start_bytes,
                  row->len_bytes, style);
    }
}

static int
draw_line(const struct canvas *canvas, struct rect rect, struct columns columns,
          const struct view_help_line *line)
{
    struct style title = theme_style(canvas->theme, ROLE_POPUP_TITLE);
    struct style plain = theme_style(canvas->theme, ROLE_POPUP);
    int text_col = rect.col + columns.keys + 4;

    if (!line->keys) {
        draw_own(canvas, rect.row, rect.col + 1, rect.cols - 1, line->text, title);
        return 1;
    }
    draw_wrapped(canvas, (struct rect){rect.row, rect.col + 2, rect.rows, columns.keys}, line->keys,
                 title);
    draw_wrapped(canvas, (struct rect){rect.row, text_col, rect.rows, columns.text}, line->text,
                 plain);
    if (line->name && columns.name > 0)
        draw_own(canvas, rect.row, text_col + columns.text + 1, columns.name - 1, line->name,
                 draw_role_on(canvas, ROLE_POPUP, ROLE_DIM));
    return line_rows(canvas, line, columns);
}

static void
draw_head(const struct canvas *canvas, struct rect rect, const struct view_help *view)
{
    static const char hint[] = "type to filter  PgDn: more  Esc: close ";
    int hint_cols = (int)strlen(hint);
    int taken = draw_own(canvas, rect.row, rect.col, rect.cols, rect.cols < 16 ? "?" : " keys> ",
                         theme_style(canvas->theme, ROLE_POPUP_TITLE));
    int cols = MAX(1, rect.cols - taken);

    if (cols > hint_cols + 12) {
        cols -= hint_cols;
        draw_own(canvas, rect.row, rect.col + rect.cols - hint_cols, hint_cols, hint,
                 draw_role_on(canvas, ROLE_POPUP, ROLE_DIM));
    }
    editor_draw(view->query, canvas->cells, rect.row, rect.col + taken, 1, cols,
                theme_style(canvas->theme, ROLE_POPUP));
}

void
pane_help_draw(const struct canvas *canvas, struct rect rect, const struct view_help *view)
{
    struct rect left = {rect.row + 1, rect.col, rect.rows - 1, rect.cols};
    struct columns columns;

    if (rect.rows <= 0 || rect.cols <= 0)
        return;
    cells_fill(canvas->cells, rect.row, rect.col, rect.rows, rect.cols,
               theme_style(canvas->theme, ROLE_POPUP));
    columns = columns_for(canvas, view, rect.cols);
    limit_top(canvas, view, left.rows, columns);
    for (size_t i = *view->top; i < view->n && left.rows > 0; i++) {
        int taken = draw_line(canvas, left, columns, &view->lines[i]);
        left.row += taken;
        left.rows -= taken;
    }
    if (view->n == 0 && left.rows > 0)
        draw_own(canvas, left.row, left.col + 1, left.cols - 1,
                 "No key and no action has these words.", theme_style(canvas->theme, ROLE_POPUP));
    draw_head(canvas, rect, view);
}
