/* What a terminal can do that it does not tell when it is asked: by the names that it leaves in the
 * environment. */
#ifndef WEFT_UI_TERM_KIND_H
#define WEFT_UI_TERM_KIND_H

#include <stdbool.h>

/* A variable's value, or NULL: g_getenv(). Tests give another. */
typedef const char *(*term_kind_fn)(const char *name);

/* It knows OSC 8, and what lies between passes it on: tmux from 3.4 on. */
bool term_kind_has_hyperlinks(const char *type, term_kind_fn get);

enum term_kind_bidi {
    TERM_KIND_BIDI_NONE, /* shows cells from the left, as they are */
    TERM_KIND_BIDI_TOLD, /* puts right-to-left text in order, unless told not to: BDSM, "CSI 8 l" */
    TERM_KIND_BIDI_ITSELF, /* does so, and cannot be told: it has no way, or nothing passes it on */
};
enum term_kind_bidi term_kind_bidi(const char *type, term_kind_fn get);

#endif
