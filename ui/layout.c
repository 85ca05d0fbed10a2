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

/* The timeline keeps so much beside a list that was asked for. */
#define TIMELINE_LEAST_COLS 40

static int
members_cols(int cols)
{
    return cols < 160 ? 20 : 31;
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

static bool
takes_members(enum layout_members wants, int cols, int left_cols)
{
    return (wants == LAYOUT_MEMBERS_AUTO && cols >= LAYOUT_MEMBERS_MIN_COLS) ||
           (wants == LAYOUT_MEMBERS_FORCED &&
            left_cols - members_cols(cols) - 1 >= TIMELINE_LEAST_COLS);
}

/* Like the list of buffers it starts beside a title that does not go over it. */
static void
take_members(struct layout *layout, struct rect *left, int cols)
{
    bool tall = layout->title.rows > 0 && layout->title.cols == left->cols;

    if (left->rows <= 0)
        return;
    left->cols -= cols + 1;
    layout->members =
        (struct rect){left->row - tall, left->col + left->cols + 1, left->rows + tall, cols};
    if (tall)
        layout->title.cols = left->cols;
}

void
layout_take_topic(struct layout *layout, int rows)
{
    struct rect *timeline = &layout->timeline;

    rows = MIN(rows, (timeline->rows - 1) / 2);
    if (rows <= 0 || layout->title.rows == 0)
        return;
    layout->topic = (struct rect){timeline->row, timeline->col, rows, timeline->cols};
    timeline->row += rows;
    timeline->rows -= rows;
}

bool
layout_has_room_for_members(const struct layout *layout)
{
    return layout->timeline.rows > 0 &&
           takes_members(LAYOUT_MEMBERS_FORCED, layout->cols, layout->timeline.cols);
}

void
layout_compute(struct layout *ret_layout, int rows, int cols, const struct layout_wants *wants)
{
    struct layout layout = {.border_col = -1, .cols = cols};
    struct rect left = {0, 0, rows, cols};
    int side = wants->sidebar ? sidebar_cols(cols) : 0;
    int input_rows = CLAMP(wants->input_rows, 1, MAX(1, rows / 3));

    take_bottom(&left, &layout.input, input_rows, 0);
    if (left.rows >= 2)
        take_bottom(&left, &layout.status, 1, 1);
    if (wants->notice > 0 && left.rows >= 3)
        take_bottom(&left, &layout.notice, CLAMP(wants->notice, 1, MAX(1, rows / 3 - 2)), 1);
    if (cols < LAYOUT_SIDEBAR_MIN_COLS && wants->sidebar && left.rows >= 5)
        take_bottom(&left, &layout.hotlist, 1, 1);
    if (left.rows >= 3 && !wants->untitled) {
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
    if (takes_members(wants->members, cols, left.cols))
        take_members(&layout, &left, members_cols(cols));
    layout.timeline = left;
    *ret_layout = layout;
}
