/* The matrix of what crosses between two sites. */
#ifndef WEFT_TESTS_RELAY_MATRIX_H
#define WEFT_TESTS_RELAY_MATRIX_H

#include "tests/conformance/adapter.h"

#define DEED_N 9                 /* kinds of what people do: message, edit, … */
#define KIND_N (DEED_N + MARK_N) /* and behind them, the marks in what they say */

enum cell {
    CELL_CARRIED,
    CELL_IN_FRONT,  /* carried, and the person's name stands in front */
    CELL_QUOTE,     /* a short quote stands in front */
    CELL_LINE,      /* a line says so */
    CELL_NOTHING,   /* nothing is seen of it */
    CELL_UNSEEN,    /* carried, but the other person's program does not show it */
    CELL_SPELLED,   /* it stands in the text, where the network has no mark for it */
    CELL_TYPED,     /* nothing there keeps characters from being marks */
    CELL_OPENLY,    /* the text is there, without the mark */
    CELL_NOT_THERE, /* the network that it would come from has none */
    CELL_N
};

/* Does everything once, and demands what the two can do. */
void matrix_pair(const struct adapter *from, const struct adapter *to, const struct certs *certs,
                 enum cell *ret_cells);
const char *matrix_kind(int kind);
const char *matrix_word(enum cell cell); /* for the page */

#endif
