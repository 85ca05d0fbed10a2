/* What term.c writes: the difference between a grid and what the terminal shows, as bytes for a
 * terminal that follows ECMA-48. No I/O: tests read the bytes. */
#ifndef WEFT_UI_TERM_DRAW_H
#define WEFT_UI_TERM_DRAW_H

#include "ui/cells.h"
#include "ui/style.h"
#include <glib.h>
#include <stdbool.h>

struct term_painter {
    GString *out; /* lent; bytes are appended */
    /* the terminal: set by the owner */
    enum color_depth depth;
    int colors;              /* 8: bright colours are bold ones */
    uint32_t attrs;          /* enum style_attr that it has */
    bool bce;                /* erasing leaves the background's colour */
    bool no_corner;          /* writing its last cell would scroll it */
    bool wraps;              /* what is written behind a full row goes on in the next one */
    bool sync;               /* synchronized output, mode 2026 */
    bool hyperlinks;         /* it knows OSC 8 */
    const char *hide, *show; /* the cursor; lent */
    /* what it shows */
    bool known;          /* false: it is cleared first */
    struct cells *shown; /* owned by the painter's owner; NULL at first */
    int row, col;        /* where its cursor is; col -1: not known */
    struct style style;  /* as it was last set, before reduction */
    uint32_t link;       /* under which text is written; 0: none */
    bool carries;        /* a full row was written that joins the next: go on without a move */
    bool cursor_hidden;
    bool shaped; /* its cursor's shape was changed by us once */
    enum cursor_shape shape;
};

/* Appends what brings the terminal from `shown` to `cells`, and nothing when they are equal. Stops
 * between rows that do not join when more than `max_bytes` were appended: false, and the next call
 * goes on. */
bool term_paint(struct term_painter *painter, const struct cells *cells, size_t max_bytes);

#endif
