/* The matrix of what crosses between two sites. */
#ifndef WEFT_TESTS_RELAY_MATRIX_H
#define WEFT_TESTS_RELAY_MATRIX_H

#include "tests/conformance/adapter.h"

#define KIND_N 9 /* kinds of what people do: message, edit, … */

enum cell {
    CELL_CARRIED,
    CELL_IN_FRONT,  /* carried, and the person's name stands in front */
    CELL_QUOTE,     /* a short quote stands in front */
    CELL_LINE,      /* a line says so */
    CELL_NOTHING,   /* nothing is seen of it */
    CELL_UNSEEN,    /* carried, but the other person's program does not show it */
    CELL_NOT_THERE, /* the network that it would come from has none */
    CELL_N
};

/* Does everything once, and demands what the two can do. */
void matrix_pair(const struct adapter *from, const struct adapter *to, const struct certs *certs,
                 enum cell *ret_cells);
const char *matrix_kind(int kind);
const char *matrix_word(enum cell cell); /* for the page */

#endif
