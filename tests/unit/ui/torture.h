#ifndef WEFT_TESTS_UNIT_UI_TORTURE_H
#define WEFT_TESTS_UNIT_UI_TORTURE_H

#include "ui/cells.h"

/* The lines that terminals draw wrongly first: emoji, flags, East Asian, combining and
 * right-to-left text, and hostile controls, with a border in the last column. */
struct cells *torture_cells(int rows, int cols);

/* `ui-test --paint`: puts them on the terminal and stays until a key is pressed. Returns the exit
 * status. */
int paint_torture(void);

#endif
