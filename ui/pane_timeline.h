/* Draws what of a timeline is in sight. The timeline keeps the place and the wrapped lines. */
#ifndef WEFT_UI_PANE_TIMELINE_H
#define WEFT_UI_PANE_TIMELINE_H

#include "ui/draw.h"
#include "ui/timeline.h"

struct view_timeline {
    struct timeline *timeline;
    GTimeZone *zone;
    int max_text_cols;            /* 0: as wide as the pane */
    int max_rows;                 /* of a message; 0: as many as it has */
    const char *empty;            /* what an empty buffer says, with the next step; or NULL */
    struct position *newest_seen; /* set to the newest message drawn, when one was; or NULL */
    struct position marked;       /* a message that was found; id 0: none */
    const struct message *cursor; /* the message cursor is on it; NULL: off */
    struct position picked;       /* those from here to the cursor are chosen; id 0: none */
    int *cursor_row;              /* set to the first row of that message, or -1; or NULL */
    int64_t *gap_seen;            /* set to a gap in sight that can be filled, or 0; or NULL */
};

void
pane_timeline_draw(const struct canvas *canvas, struct rect rect, const struct view_timeline *view);

#endif
