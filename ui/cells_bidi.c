/* Right-to-left text in a row: drawn as it is written, then put in the order in which it is seen.
 */
#include "ui/cells.h"

#include <string.h>

#include "text/bidi.h"

/* The clusters of a stretch of cells, blanks too. */
struct stretch {
    GString *text;
    GArray *clusters; /* struct bidi_cluster */
    GArray *from;     /* int: the column of each */
};

static void
gather(struct stretch *stretch, const struct cell *cells, int cols)
{
    for (int x = 0; x < cols; x++) {
        const struct cell *cell = &cells[x];
        struct bidi_cluster cluster = {.at = (unsigned)stretch->text->len};

        if (cell->width == 0)
            continue;
        g_string_append(stretch->text, cell->len_bytes > 0 ? cell->text : " ");
        cluster.len = (unsigned)stretch->text->len - cluster.at;
        g_array_append_val(stretch->clusters, cluster);
        g_array_append_val(stretch->from, x);
    }
}

/* A blank has no text in its cell. */
static void
show(struct cell *cell, const char *text, size_t len)
{
    if (cell->len_bytes == 0 || len > WIDTH_CLUSTER_MAX_BYTES)
        return;
    memcpy(cell->text, text, len);
    cell->text[len] = '\0';
    cell->len_bytes = (uint8_t)len;
}

/* Writes the cells in their new order; returns where that which stood at `mark` is now. */
static int
rearrange(const struct stretch *stretch, struct cell *cells, int cols, bool rtl, int mark)
{
    const unsigned n = stretch->clusters->len;
    struct bidi_cluster *clusters = (struct bidi_cluster *)(void *)stretch->clusters->data;
    g_autofree struct cell *before = g_memdup2(cells, (size_t)cols * sizeof *cells);
    g_autofree unsigned *order = g_new(unsigned, n);
    g_autoptr(GString) shown = g_string_new(NULL);
    const bool joins = cells[cols - 1].joins;
    int to = 0, marked = mark;

    bidi_row(stretch->text->str, clusters, n, rtl, order, shown);
    for (unsigned i = 0; i < n; i++) {
        const struct bidi_cluster *cluster = &clusters[order[i]];
        const int from = g_array_index(stretch->from, int, order[i]);
        const int width = before[from].width;

        memcpy(&cells[to], &before[from], (size_t)width * sizeof *cells);
        cells[to].joins = false;
        show(&cells[to], shown->str + cluster->shown_at, cluster->shown_len);
        if (mark >= from && mark < from + width)
            marked = to;
        to += width;
    }
    cells[cols - 1].joins = joins;
    return marked;
}

int
cells_bidi(struct cells *cells, int row, int col, int cols, bool rtl, int mark)
{
    if (row < 0 || row >= cells->rows || col < 0 || col >= cells->cols || cols <= 0)
        return mark;
    cols = MIN(cols, cells->cols - col);
    struct cell *first = &cells->grid[(size_t)row * (size_t)cells->cols + (size_t)col];
    /* Half a wide cluster would lose the other. */
    if (first->width == 0 || first[cols - 1].width == 2)
        return mark;
    struct stretch stretch = {.text = g_string_new(NULL),
                              .clusters = g_array_new(FALSE, FALSE, sizeof(struct bidi_cluster)),
                              .from = g_array_new(FALSE, FALSE, sizeof(int))};
    gather(&stretch, first, cols);
    mark = rearrange(&stretch, first, cols, rtl, mark - col) + col;
    g_string_free(stretch.text, TRUE);
    g_array_unref(stretch.clusters);
    g_array_unref(stretch.from);
    return mark;
}

void
cells_bidi_text(struct cells *cells, int row, int col, int cols, const char *text, size_t len)
{
    if (cells_lays_out_bidi(cells) && bidi_is_needed(text, len))
        cells_bidi(cells, row, col, cols, bidi_is_rtl(text, len), col);
}

bool
cells_lays_out_bidi(const struct cells *cells)
{
    return cells->rules == NULL || !cells->rules->bidi_itself;
}
