/* What of the list is in sight, and what its first and last row say of the rest. */
#include "ui/ui_priv.h"

/* In fewer rows all are for buffers. */
#define EDGES_LEAST_ROWS 5

/* The first and the last row of those in sight that show what they stand for. */
static void
clear_of_edges(size_t top, size_t n, size_t rows, size_t *ret_first, size_t *ret_last)
{
    const bool edges = rows >= EDGES_LEAST_ROWS;

    *ret_first = top + (edges && top > 0);
    *ret_last = top + rows - 1 - (edges && top + rows < n);
}

/* Moves just as far as what is to be in sight needs. */
void
ui_list_bring(struct ui *ui, size_t wanted, size_t n, size_t rows)
{
    size_t *top = &ui->list.top;
    size_t first, last;

    if (*top + rows > n)
        *top = n > rows ? n - rows : 0;
    clear_of_edges(*top, n, rows, &first, &last);
    if (wanted == SIZE_MAX || ui->list.looked_away || rows == 0)
        return;
    if (wanted < first) {
        *top = wanted;
        clear_of_edges(*top, n, rows, &first, &last);
        *top -= first - *top;
    } else if (wanted > last) {
        *top = wanted - rows + 1;
        clear_of_edges(*top, n, rows, &first, &last);
        *top += wanted - last;
    }
}

/* What waits in a row, and under it where it is folded. */
static struct activity_sum
sum_of(const struct ui *ui, const struct list_row *row)
{
    const struct buffer *buffer = core_buffer(ui->core, row->buffer_id);

    if (row->folded)
        return ui_list_sum(ui, row);
    if (!buffer)
        return (struct activity_sum){0};
    return (struct activity_sum){buffer->notify == NOTIFY_NONE ? buffer->mentions : buffer->unread,
                                 buffer->mentions};
}

static struct view_edge
edge_of(const struct ui *ui, size_t from, size_t to)
{
    struct view_edge edge = {.n = to - from};
    size_t n;
    const struct list_row *rows = list_rows(ui->list.rows, &n);

    for (size_t i = from; i < to; i++) {
        const struct activity_sum sum = sum_of(ui, &rows[i]);
        edge.unread += sum.unread;
        edge.mentions += sum.mentions;
    }
    return edge;
}

/* Counted again only when something has changed: no frame walks all buffers. */
void
ui_list_edges(struct ui *ui, size_t rows, struct view_sidebar *view)
{
    struct ui_list_edges *edges = &ui->list.edges;
    const unsigned serial = list_serial(ui->list.rows);
    size_t n, first, last;

    list_rows(ui->list.rows, &n);
    if (n <= rows || rows < EDGES_LEAST_ROWS) {
        edges->known = false;
        return;
    }
    if (!edges->known || edges->serial != serial || edges->top != ui->list.top ||
        edges->rows != rows) {
        clear_of_edges(ui->list.top, n, rows, &first, &last);
        *edges = (struct ui_list_edges){
            .known = true, .serial = serial, .top = ui->list.top, .rows = rows};
        edges->above = edge_of(ui, 0, first);
        edges->below = edge_of(ui, MIN(last + 1, n), n);
    }
    view->above = edges->above;
    view->below = edges->below;
}

int
ui_list_edge_at(const struct ui *ui, int row)
{
    const struct ui_list_edges *edges = &ui->list.edges;

    if (!edges->known || (int)edges->rows != ui->list.rows_in_sight)
        return 0;
    if (row == 0 && edges->above.n > 0)
        return -1;
    return row == ui->list.rows_in_sight - 1 && edges->below.n > 0 ? 1 : 0;
}
