/* A terminal of the tests' own: reads the sequences that weft writes into a grid, and stops the
 * test at any that it does not know. Shares nothing with the painter but the widths of clusters. */
#ifndef WEFT_TESTS_UNIT_UI_SCREEN_H
#define WEFT_TESTS_UNIT_UI_SCREEN_H

#include "ui/cells.h"

struct screen {
    struct cells *cells;
    GString *rest; /* a sequence or cluster that is not complete yet */
    int row, col;
    bool *joined; /* of each row: what was written went on in the next */
    bool bce;
    struct style style;
};

struct screen *screen_new(int rows, int cols);
void screen_free(struct screen *screen);
void screen_write(struct screen *screen, const char *bytes, size_t len);

/* Text, colours and cursor are those of `cells`, and rows that join are joined. */
void screen_assert_shows(const struct screen *screen, const struct cells *cells);

#endif
