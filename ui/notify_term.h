/* Notifications as bytes for a terminal. */
#ifndef WEFT_UI_NOTIFY_TERM_H
#define WEFT_UI_NOTIFY_TERM_H

#include <glib.h>

#include "ui/call.h"

enum notify_osc {
    NOTIFY_OSC_NONE, /* nothing is known that this terminal understands */
    NOTIFY_OSC_9,    /* iTerm2 */
    NOTIFY_OSC_777,  /* foot, Ghostty, WezTerm, Contour, urxvt with its extension */
    NOTIFY_OSC_99,   /* kitty */
};

struct notify_term {
    enum notify_osc osc;
    bool tmux; /* in between: what it hands through (allow-passthrough) is wrapped */
};

/* What the environment tells. `get`: getenv(), or a test's. */
struct notify_term notify_term_find(const char *(*get)(const char *name));

/* Appends the sequence. `number` tells calls apart. Under tmux a bell follows: tmux passes that on
 * always, the rest only where it was allowed to. */
void
notify_term_append(GString *out, struct notify_term term, const struct call *call, unsigned number);

#endif
