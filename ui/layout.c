#include "ui/layout.h"

#include <glib.h>

static int
sidebar_cols(int cols)
{
    if (cols < LAYOUT_SIDEBAR_MIN_COLS)
        return 0;
    if (cols < 100)
        return 17;
    return cols < 160 ? 20 : 27;
}

/* Takes a line at the bottom of what is left, when `least` rows remain above it. */
static void
take_bottom(struct rect *left, struct rect *ret_rect, int rows, int least)
{
    *ret_rect = (struct rect){0};
    if (left->rows - rows < least)
        return;
    left->rows -= rows;
    *ret_rect = (struct rect){left->row + left->rows, left->col, rows, left->cols};
}

void
layout_compute(struct layout *ret_layout, int rows, int cols, const struct layout_wants *wants)
{
    struct layout layout = {.border_col = -1};
    struct rect left = {0, 0, rows, cols};
    int side = wants->sidebar ? sidebar_cols(cols) : 0;
    int input_rows = CLAMP(wants->input_rows, 1, MAX(1, rows / 3));

    take_bottom(&left, &layout.input, input_rows, 0);
    if (left.rows >= 2)
        take_bottom(&left, &layout.status, 1, 1);
    if (wants->notice && left.rows >= 3)
        take_bottom(&left, &layout.notice, 1, 1);
    if (cols < LAYOUT_SIDEBAR_MIN_COLS && wants->sidebar && left.rows >= 5)
        take_bottom(&left, &layout.hotlist, 1, 1);
    if (left.rows >= 3) {
        layout.title = (struct rect){left.row, left.col, 1, left.cols};
        left.row++;
        left.rows--;
    }
    if (side > 0 && left.rows > 0) {
        bool tall = cols >= 100 && layout.title.rows > 0; /* the list starts beside the title */
        layout.sidebar = (struct rect){left.row - tall, 0, left.rows + tall, side};
        layout.border_col = side;
        layout.border_row = layout.sidebar.row;
        layout.border_rows = layout.sidebar.rows;
        left.col += side + 1;
        left.cols -= side + 1;
        if (tall) {
            layout.title.col = left.col;
            layout.title.cols = left.cols;
        }
    }
    layout.timeline = left;
    *ret_layout = layout;
}
