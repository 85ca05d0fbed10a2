/* Where the panes lie for a size of the window. A pure function: no pane, no terminal. */
#ifndef WEFT_UI_LAYOUT_H
#define WEFT_UI_LAYOUT_H

#include <stdbool.h>

struct rect {
    int row, col, rows, cols; /* rows or cols 0: not shown */
};

/* Below this many columns the list of buffers becomes one line. */
#define LAYOUT_SIDEBAR_MIN_COLS 70

struct layout_wants {
    bool sidebar;   /* the person did not hide it */
    bool notice;    /* there is a line to show above the status line */
    int input_rows; /* what the text in the editor takes; cut to a third of the window */
};

struct layout {
    struct rect title, sidebar, timeline, hotlist, notice, status, input;
    int border_col;  /* the line between the sidebar and the timeline; -1: none */
    int border_row;  /* where it starts */
    int border_rows; /* and how long it is */
};

/* What does not fit goes, least needed first: the notice, the hotlist, the title, the status line.
 * The timeline keeps at least one row as soon as there are two. */
void
layout_compute(struct layout *ret_layout, int rows, int cols, const struct layout_wants *wants);

#endif
