/* " search> soup thu_" over a list of what was found, each in one line or (narrow) two:
 * "2025-11-20 09:41  #lab libera    maria  … the soup on Thursday"; "↓" before the place of what is
 * on the server alone. */
#include "ui/panes.h"

#include <string.h>

#include "ui/wrap.h"

/* Before the first word found, so many bytes of its text at most, when the line is short. */
#define LEAD_BYTES 24

static void
draw_query(const struct canvas *canvas, struct rect rect, const struct view_search *view)
{
    struct style title = theme_style(canvas->theme, ROLE_POPUP_TITLE);
    int taken =
        draw_own(canvas, rect.row, rect.col, rect.cols, rect.cols < 16 ? "?" : view->prompt, title);

    editor_draw(view->query, canvas->cells, rect.row, rect.col + taken, 1,
                MAX(1, rect.cols - taken), theme_style(canvas->theme, ROLE_POPUP));
}

/* Where to begin so that the first word found is in sight. */
static size_t
beginning(const struct view_hit *hit, int cols)
{
    size_t at, back;

    if (hit->n_marks == 0 || hit->marks[1] < (size_t)MAX(0, cols - 2))
        return 0;
    back = MIN(hit->marks[0], (size_t)LEAD_BYTES);
    at = hit->marks[0] - back;
    while (at < hit->marks[0] && hit->text[at] != ' ')
        at++;
    return at;
}

static void
draw_text(const struct canvas *canvas, int row, int col, int cols, const struct view_hit *hit,
          bool selected)
{
    const enum role role = selected ? ROLE_POPUP_SELECTED : ROLE_POPUP;
    struct styled styled;
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct wrap_row));
    size_t from = beginning(hit, cols);

    if (cols <= 0)
        return;
    styled_init(&styled);
    if (from > 0)
        styled_append(&styled, "…", -1, role, 0);
    styled_append_foreign(&styled, hit->text + from, -1, DISPLAY_LINE, role, 0);
    for (size_t i = 0; i + 1 < 2 * hit->n_marks; i += 2) {
        /* On the bar a look with a background of its own would be a hole. */
        if (hit->marks[i] >= from)
            styled_restyle(&styled, styled_place(&styled, hit->marks[i] - from),
                           styled_place(&styled, hit->marks[i + 1] - from),
                           selected ? ROLE_N : ROLE_POPUP_MATCH, selected ? STYLE_UNDERLINE : 0);
    }
    const struct style base = draw_role_on(canvas, ROLE_POPUP, role);
    /* What follows in rows below is not shown: a column is kept to say so. */
    const bool cut = wrap_styled(&styled, cols, 0, canvas->cells->rules, NULL) > 1;
    wrap_styled(&styled, cut ? MAX(1, cols - 1) : cols, 0, canvas->cells->rules, rows);
    int taken = wrap_draw(canvas->cells, row, col, cols, &styled,
                          &g_array_index(rows, struct wrap_row, 0), canvas->theme, base);
    if (cut)
        draw_own(canvas, row, col + taken, cols - taken, "…", base);
    styled_fini(&styled);
}

static void
draw_hit(const struct canvas *canvas, struct rect rect, const struct view_hit *hit, bool selected)
{
    const struct style style =
        draw_role_on(canvas, ROLE_POPUP, selected ? ROLE_POPUP_SELECTED : ROLE_POPUP);
    int end = rect.col + rect.cols, col = rect.col + 1;
    int place_cols = rect.rows > 1 ? MAX(10, (rect.cols - 20) / 2) : 26;
    g_autofree char *place =
        hit->account ? g_strdup_printf("%s  %s", hit->buffer, hit->account) : g_strdup(hit->buffer);

    cells_fill(canvas->cells, rect.row, rect.col, rect.rows, rect.cols, style);
    draw_own(canvas, rect.row, col, MIN(16, end - col), hit->when, style);
    if (hit->far && end - col > 17)
        draw_own(canvas, rect.row, col + 17, 1, "↓", style);
    col += 18;
    draw_foreign(canvas, rect.row, col, MIN(place_cols, end - col), place, DISPLAY_NAME, style);
    col += place_cols + 1;
    if (rect.rows > 1) {
        draw_foreign(canvas, rect.row, col, end - col, hit->sender, DISPLAY_NAME, style);
        draw_text(canvas, rect.row + 1, rect.col + 3, rect.cols - 4, hit, selected);
        return;
    }
    draw_foreign(canvas, rect.row, col, MIN(14, end - col), hit->sender, DISPLAY_NAME, style);
    draw_text(canvas, rect.row, col + 16, end - col - 17, hit, selected);
}

int
pane_search_hit_rows(int cols)
{
    return cols >= 100 ? 1 : 2;
}

int
pane_search_list_rows(struct rect rect)
{
    return MAX(0, rect.rows - 2);
}

/* In the last row; where nothing was found it takes the room it needs. */
static void
draw_status(const struct canvas *canvas, struct rect rect, const struct view_search *view)
{
    enum role role = view->bad ? ROLE_FAILED : ROLE_DIM;
    struct style base = draw_role_on(canvas, ROLE_POPUP, role);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct wrap_row));
    struct styled styled;

    if (rect.rows > 1 && view->n > 0)
        draw_foreign(canvas, rect.row + rect.rows - 1, rect.col + 1, rect.cols - 1, view->status,
                     DISPLAY_LINE, base);
    if (view->n > 0)
        return;
    styled_init(&styled);
    styled_append_foreign(&styled, view->status, -1, DISPLAY_LINE, role, 0);
    wrap_styled(&styled, MAX(1, rect.cols - 2), 0, canvas->cells->rules, rows);
    for (int i = 0; i < (int)rows->len && i + 1 < rect.rows; i++)
        wrap_draw(canvas->cells, rect.row + 1 + i, rect.col + 1, rect.cols - 1, &styled,
                  &g_array_index(rows, struct wrap_row, i), canvas->theme,
                  theme_style(canvas->theme, ROLE_POPUP));
    styled_fini(&styled);
}

void
pane_search_draw(const struct canvas *canvas, struct rect rect, const struct view_search *view)
{
    int each = pane_search_hit_rows(rect.cols);
    int last = rect.row + 1 + pane_search_list_rows(rect);

    if (rect.rows <= 0 || rect.cols <= 0)
        return;
    cells_fill(canvas->cells, rect.row, rect.col, rect.rows, rect.cols,
               theme_style(canvas->theme, ROLE_POPUP));
    if (view->drawn)
        *view->drawn = (struct drawn_list){
            {rect.row + 1, rect.col, MAX(0, last - rect.row - 1), rect.cols}, each, 0, view->n};
    for (size_t i = 0; i < view->n; i++) {
        struct rect line = {rect.row + 1 + (int)i * each, rect.col, each, rect.cols};
        if (line.row + each > last)
            break;
        draw_hit(canvas, line, &view->hits[i], i == view->selected);
    }
    draw_status(canvas, rect, view);
    draw_query(canvas, (struct rect){rect.row, rect.col, 1, rect.cols}, view);
}

void
pane_find_draw(const struct canvas *canvas, struct rect rect, const struct view_search *view)
{
    int cols = (int)MIN(strlen(view->status), (size_t)rect.cols / 2);

    if (rect.rows <= 0 || rect.cols <= 0)
        return;
    cells_fill(canvas->cells, rect.row, rect.col, rect.rows, rect.cols,
               theme_style(canvas->theme, ROLE_POPUP));
    draw_own(canvas, rect.row, rect.col + rect.cols - cols, cols, view->status,
             draw_role_on(canvas, ROLE_POPUP, view->bad ? ROLE_FAILED : ROLE_DIM));
    draw_query(canvas, (struct rect){rect.row, rect.col, 1, MAX(1, rect.cols - cols - 1)}, view);
}
