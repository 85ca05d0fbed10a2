/* Labels and what they say, a scrolled page of them. The values may be foreign. */
#include "ui/panes.h"

#include <string.h>

#include "ui/wrap.h"

#define LABEL_COLS 14

/* All rows of all values, with what stands left of them. */
struct page {
    const struct canvas *canvas; /* NULL: to be counted */
    const struct view_facts *view;
    struct styled *texts; /* one for each fact */
    GArray *rows;         /* struct place */
};

struct place {
    size_t fact;
    bool first;
    struct wrap_row row;
};

/* Columns of the labels. */
static int
label_cols(int cols)
{
    return MIN(LABEL_COLS, cols / 3);
}

static void
lay_out(struct page *page, int cols, const struct width_rules *rules)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct wrap_row));

    for (size_t i = 0; i < page->view->n; i++) {
        styled_init(&page->texts[i]);
        styled_append_foreign(&page->texts[i], page->view->facts[i].value, -1, DISPLAY_BLOCK,
                              ROLE_POPUP, 0);
        g_array_set_size(rows, 0);
        wrap_styled(&page->texts[i], MAX(1, cols), 0, rules, rows);
        for (guint k = 0; k < rows->len; k++) {
            const struct place place = {i, k == 0, g_array_index(rows, struct wrap_row, k)};
            g_array_append_val(page->rows, place);
        }
    }
}

static void
draw_place(const struct page *page, struct rect line, int label, const struct place *place)
{
    const struct canvas *canvas = page->canvas;

    if (place->first)
        draw_own(canvas, line.row, line.col + 1, label - 1, page->view->facts[place->fact].label,
                 theme_style(canvas->theme, ROLE_POPUP_TITLE));
    wrap_draw(canvas->cells, line.row, line.col + label + 1, line.cols - label - 1,
              &page->texts[place->fact], &place->row, canvas->theme,
              theme_style(canvas->theme, ROLE_POPUP));
}

static void
page_init(struct page *page, const struct width_rules *rules, int cols)
{
    page->texts = g_new0(struct styled, MAX(1, page->view->n));
    page->rows = g_array_new(FALSE, FALSE, sizeof(struct place));
    lay_out(page, cols - label_cols(cols) - 2, rules);
}

static void
page_fini(struct page *page)
{
    for (size_t i = 0; i < page->view->n; i++)
        styled_fini(&page->texts[i]);
    g_free(page->texts);
    g_array_unref(page->rows);
}

int
pane_facts_rows(const struct width_rules *rules, int cols, const struct view_facts *view)
{
    struct page page = {.view = view};
    int rows;

    page_init(&page, rules, cols);
    rows = (int)page.rows->len + 1;
    page_fini(&page);
    return rows;
}

void
pane_facts_draw(const struct canvas *canvas, struct rect rect, const struct view_facts *view)
{
    struct page page = {.canvas = canvas, .view = view};
    size_t fit = (size_t)MAX(0, rect.rows - 1);

    if (rect.rows <= 0 || rect.cols <= 0)
        return;
    cells_fill(canvas->cells, rect.row, rect.col, rect.rows, rect.cols,
               theme_style(canvas->theme, ROLE_POPUP));
    draw_own(canvas, rect.row, rect.col + 1, rect.cols - 1, view->title,
             theme_style(canvas->theme, ROLE_POPUP_TITLE));
    page_init(&page, canvas->cells->rules, rect.cols);
    *view->top = MIN(*view->top, page.rows->len > fit ? page.rows->len - fit : 0);
    for (size_t i = 0; i < fit && *view->top + i < page.rows->len; i++)
        draw_place(&page, (struct rect){rect.row + 1 + (int)i, rect.col, 1, rect.cols},
                   label_cols(rect.cols), &g_array_index(page.rows, struct place, *view->top + i));
    page_fini(&page);
}
