/* The screen as a whole: what core tells becomes panes in a grid of cells, keys become named
 * actions.
 *
 * Without a terminal it works the same: ui_draw() draws into any grid and ui_key() takes any key,
 * which is how tests use it. Everything happens on the main loop of `context`; nothing here blocks.
 *
 * The order in a program: core_new(), term_open(), ui_new(), ui_start() (draws the first frame),
 * core_start(), the main loop until `quit` was called, core_stop(), ui_free(), term_close(),
 * core_free(). */
#ifndef WEFT_UI_UI_H
#define WEFT_UI_UI_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/config.h"
#include "core/core.h"
#include "ui/cells.h"
#include "ui/keys.h"
#include "ui/term.h"

struct ui;

struct ui_options {
    struct core *core;     /* borrowed */
    struct config *config; /* borrowed: the one that core was given. Read for [look] and [keys]; the
                              first run appends to it after the person has seen the lines */
    const struct paths
        *paths; /* borrowed: where themes, a password file and the user's file are. NULL: no
                   themes of the user's, and the first run offers no password file */
    const char *theme_dir; /* where the themes that weft ships are installed; copied; may be NULL */
    struct term *term;     /* borrowed; NULL: no terminal */
    GMainContext *context; /* NULL: the default one */
    const char *link;      /* followed when it is started; or NULL */
    GTimeZone *zone;       /* a reference is taken; NULL: the local zone */
    /* The person wants to leave (/quit), or the terminal is gone (then with `gone`). Called from
     * the main loop, once; draws go on until ui_free(). */
    void (*quit)(void *user, bool gone);
    /* Likewise, and for the demo, which is run in place of this screen. NULL: none is offered. */
    void (*demo)(void *user);
    void *user;
};

/* Reads theme and keys (what is wrong there is said in weft's own buffer) and subscribes to core's
 * bus. Draws nothing yet. Never fails. */
struct ui *ui_new(const struct ui_options *options);
/* Saves the draft, unsubscribes, ends its sources. NULL is allowed. */
void ui_free(struct ui *ui);

/* Attaches the terminal's sources and draws the first frame: the buffer that was shown last, or the
 * first-run screen when no account is configured. Without a terminal only the choice of the buffer
 * is made. */
void ui_start(struct ui *ui);

/* --- without a terminal
 * -------------------------------------------------------------------------------- */

/* Draws all into `cells`, in its size. */
void ui_draw(struct ui *ui, struct cells *cells);
void ui_key(struct ui *ui, struct key key);
void ui_mouse(struct ui *ui, const struct mouse *mouse);
/* Text that was pasted: newlines stay in the editor, nothing is sent. */
void ui_paste(struct ui *ui, const char *text, size_t len);
void ui_focus(struct ui *ui, bool focused);
/* True when something changed since the last ui_draw(). */
bool ui_is_dirty(const struct ui *ui);
/* The buffer that is shown; 0 before ui_start(). */
int64_t ui_shown_buffer(const struct ui *ui);

#endif
