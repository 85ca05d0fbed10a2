/* The terminal's clipboard (OSC 52): the bytes that put a text there, and whether there is one. */
#ifndef WEFT_UI_CLIPBOARD_H
#define WEFT_UI_CLIPBOARD_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "ui/term_kind.h"

/* More than this, which is 100,000 bytes in Base64, many terminals do not take. */
#define CLIPBOARD_MAX_BYTES 74994

/* What may be given away of a text, a network's or a person's: as plain_dup(), without blank lines
 * at its end. At most `max_bytes`, whole lines where more than one fits. `*ret_cut`: there was
 * more. g_free(). */
char *clipboard_plain(const char *text, size_t max_bytes, bool *ret_cut);

/* What is between this terminal and a clipboard, in a sentence; NULL: nothing that is known. */
const char *clipboard_lack(term_kind_fn get);

/* The sequence for a text (at most CLIPBOARD_MAX_BYTES). In tmux it goes two ways: to tmux itself,
 * which may keep and forward it (set-clipboard), and through it (allow-passthrough). */
void clipboard_append(GString *out, const char *text, bool in_tmux);

#endif
