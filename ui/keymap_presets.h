/* The keys of other programs, as what differs from weft's own. A private part of keymap.c. */
#ifndef WEFT_UI_KEYMAP_PRESETS_H
#define WEFT_UI_KEYMAP_PRESETS_H

#include <glib.h>

/* As keymap_bind() takes them, in this order. */
struct preset_row {
    const char *action, *keys;
};

/* Ends with a row whose action is NULL. NULL: BAD_INPUT with the nearest name. */
const struct preset_row *preset_find(const char *name, GError **error);

#endif
