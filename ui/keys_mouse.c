#include "ui/keys_mouse.h"

#include "ui/cells.h"

/* The button's two bits, then what is or-ed to them. */
enum { NO_BUTTON = 3, SHIFT = 4, META = 8, CONTROL = 16, MOVED = 32, WHEEL = 64, FURTHER = 128 };

static uint32_t
mods_of(int code)
{
    return (code & SHIFT ? KEY_SHIFT : 0U) | (code & META ? KEY_ALT : 0U) |
           (code & CONTROL ? KEY_CTRL : 0U);
}

bool
keys_mouse_read(const int numbers[3], bool release, struct mouse *ret_mouse)
{
    const int code = numbers[0], which = code & 3, col = numbers[1], row = numbers[2];
    const bool wheel = (code & WHEEL) != 0;
    struct mouse mouse = {.row = row - 1, .col = col - 1, .mods = mods_of(code)};

    if (row < 1 || row > CELLS_MAX_ROWS || col < 1 || col > CELLS_MAX_COLS || code >= FURTHER ||
        (code & MOVED) != 0)
        return false;
    if (wheel ? which > 1 || release : which == NO_BUTTON)
        return false;
    if (wheel)
        mouse.kind = which == 0 ? MOUSE_WHEEL_UP : MOUSE_WHEEL_DOWN;
    else
        mouse.kind = release ? MOUSE_RELEASE : MOUSE_PRESS;
    mouse.button = wheel ? 0 : which + 1;
    *ret_mouse = mouse;
    return true;
}
