/* What the numbers of a mouse report mean (SGR: CSI < button ; column ; row M, or m). */
#ifndef WEFT_UI_KEYS_MOUSE_H
#define WEFT_UI_KEYS_MOUSE_H

#include <stdbool.h>

#include "ui/keys.h"

/* False: nothing that weft knows (a move, a further button), or a place that no terminal has. */
bool keys_mouse_read(const int numbers[3], bool release, struct mouse *ret_mouse);

#endif
