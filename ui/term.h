/* The terminal: takes it, puts a grid on it with as few bytes as is simple, and gives it back as it
 * was found. Never blocks and never waits for an answer. (ncursesw is used for terminfo only.) */
#ifndef WEFT_UI_TERM_H
#define WEFT_UI_TERM_H

#include "ui/cells.h"
#include "ui/keys.h"
#include "ui/style.h"
#include <glib.h>
#include <stdbool.h>

struct term;

struct term_options {
    const char *path;      /* NULL: the controlling terminal. Tests give a pty */
    const char *type;      /* NULL: $TERM */
    bool no_color;         /* NO_COLOR is set, or the configuration says so */
    const char *colorterm; /* NULL: $COLORTERM; "" for none */
};

/* Takes the terminal: alternate screen, no echo, no signals from keys, bracketed paste; asks what
 * it can do. Handlers are set for the signals that end a program and for stop and continue
 * (ui/rescue.h). NULL with an error (UNSUPPORTED: no terminal, TERM unset, unknown or dumb; IO) in
 * a sentence that says what to do; the terminal is then untouched. One at a time in a process. */
struct term *term_open(const struct term_options *options, GError **error);

/* Gives it back as it was found. NULL is allowed. */
void term_close(struct term *term);

/* For poll and GSource: readable when keys wait, writable when term_flush() can go on. */
int term_fd(const struct term *term);

/* Asks the kernel; true when the size differs from the one before (or the process was stopped and
 * all must be drawn again). Call it at start and on SIGWINCH (g_unix_signal_add; weft raises one
 * for itself when it continues after a stop). A size of 0 counts as 24x80. */
bool term_resize(struct term *term, int *ret_rows, int *ret_cols);

enum color_depth term_depth(const struct term *term);
const struct width_rules *term_rules(const struct term *term);

enum term_hyperlinks { TERM_HYPERLINKS_AUTO, TERM_HYPERLINKS_ON, TERM_HYPERLINKS_OFF };
/* Links of cells are given to the terminal (OSC 8): always, never, or where it is known to know
 * them. AUTO at first. */
void term_set_hyperlinks(struct term *term, enum term_hyperlinks hyperlinks);

enum term_bidi { TERM_BIDI_AUTO, TERM_BIDI_ON, TERM_BIDI_OFF };
/* Right-to-left text is put in order by us, by the terminal (OFF), or (AUTO, at first) by us where
 * it does not do so itself or can be told not to. Sets term_rules()->bidi_itself. */
void term_set_bidi(struct term *term, enum term_bidi bidi);

/* Asks for presses and the wheel (KEYS_MOUSE), or lets the terminal have its mouse again: so at
 * first, and whenever the terminal is given back. False: this one has none that weft understands.
 */
bool term_set_mouse(struct term *term, bool on);

/* Teaches `keys` this terminal's own key strings. */
void term_setup_keys(const struct term *term, struct keys *keys);

enum term_read { TERM_READ_SOME, TERM_READ_NOTHING, TERM_READ_GONE };
/* Feeds what waits (at most 64 KiB) to `keys`. GONE: hang-up or end of input; there will be nothing
 * more. */
enum term_read term_read(struct term *term, struct keys *keys);

/* An event of kind KEYS_REPORT: the terminal said what it can do. */
void term_report(struct term *term, const struct keys_event *event);

/* Makes the terminal show `cells`. True when all was handed over. False: the terminal is slower
 * than we are; watch term_fd() for writing, call term_flush() until it says true, then draw what is
 * newest. While bytes wait nothing is added, so frames are skipped, never queued. */
bool term_draw(struct term *term, const struct cells *cells);
/* Writes what waits; true when nothing waits any more. */
bool term_flush(struct term *term);
/* The write side has failed for good (hang-up). */
bool term_is_gone(const struct term *term);

/* Forgets what the terminal shows: the next term_draw() clears it and draws all (Ctrl-l). */
void term_redraw(struct term *term);

/* Gives the terminal back, stops the process group as Ctrl-Z does, and takes the terminal again
 * when it is continued. Then: term_resize() and draw all. Returns at once where nothing could
 * continue us. */
void term_suspend(struct term *term);

/* The title of the terminal's window, from the next term_draw() on; copied. The one that was found
 * is given back on every way out, and by NULL. True when it is another one than before. Where a
 * terminal has none, nothing happens. */
bool term_set_title(struct term *term, const char *title);
/* Sequences that draw nothing (a bell, a notification), behind what waits. False: nothing was sent;
 * the terminal is not in weft's hands, or takes too little. Then as after term_draw(): when
 * term_flush() says false, watch term_fd(). */
bool term_send(struct term *term, const char *bytes, size_t len);

/* Gives the terminal to a program that the caller starts in weft's own process group (drawing does
 * nothing meanwhile, and nobody may read), and takes it back: then term_resize() and draw all. The
 * descriptor is the caller's to close: the terminal, opened for that program. -1 with `error`: it
 * was not given. False: it is gone. */
int term_lend(struct term *term, GError **error);
bool term_take_back(struct term *term);

/* Bytes written since term_open(), for measuring. */
uint64_t term_bytes_written(const struct term *term);

#endif
