/* What a terminal can do that it does not tell when it is asked: by the names that it leaves in the
 * environment. */
#ifndef WEFT_UI_TERM_KIND_H
#define WEFT_UI_TERM_KIND_H

#include <stdbool.h>

/* A variable's value, or NULL: g_getenv(). Tests give another. */
typedef const char *(*term_kind_fn)(const char *name);

/* It knows OSC 8, and what lies between passes it on: tmux from 3.4 on. */
bool term_kind_has_hyperlinks(const char *type, term_kind_fn get);

#endif
