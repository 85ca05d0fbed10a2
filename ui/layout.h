/* Where the panes lie for a size of the window. A pure function: no pane, no terminal. */
#ifndef WEFT_UI_LAYOUT_H
#define WEFT_UI_LAYOUT_H

#include <stdbool.h>

struct rect {
    int row, col, rows, cols; /* rows or cols 0: not shown */
};

/* Below this many columns the list of buffers becomes one line. */
#define LAYOUT_SIDEBAR_MIN_COLS 70

/* From this many on the list of members has a column of its own. */
#define LAYOUT_MEMBERS_MIN_COLS 120

enum layout_members {
    LAYOUT_MEMBERS_OFF,
    LAYOUT_MEMBERS_AUTO,  /* where the window is wide enough */
    LAYOUT_MEMBERS_FORCED /* the person asked for it: where anything is left of the timeline */
};

struct layout_wants {
    bool sidebar; /* the person did not hide it */
    enum layout_members members;
    bool untitled;  /* several windows share the timeline's place, each with its own title */
    int notice;     /* lines to show above the status line; cut to a third of the window */
    int input_rows; /* what the text in the editor takes; cut to a third of the window */
};

struct layout {
    struct rect title, sidebar, timeline, hotlist, notice, status, input;
    struct rect members; /* a line stands in the column before it */
    struct rect topic;   /* below the title; see layout_take_topic() */
    int border_col;      /* the line between the sidebar and the timeline; -1: none */
    int border_row;      /* where it starts */
    int border_rows;     /* and how long it is */
    int cols;            /* of the window */
};

/* What does not fit goes, least needed first: the notice, the hotlist, the title, the status line.
 * The timeline keeps at least one row as soon as there are two. */
void
layout_compute(struct layout *ret_layout, int rows, int cols, const struct layout_wants *wants);

/* Gives the topic so many rows of the timeline, or fewer: that keeps the greater half. */
void layout_take_topic(struct layout *layout, int rows);

/* The list of members could be shown beside what this layout has. */
bool layout_has_room_for_members(const struct layout *layout);

#endif
