/* A small, strict reader of what a terminal would get: every sequence that is not one of weft's own
 * and every character that could steer, turn, hide or stack is a complaint. It shares nothing with
 * weft's drawing. */
#ifndef WEFT_TESTS_E2E_VT_H
#define WEFT_TESTS_E2E_VT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

struct vt;

/* `screen`: the sequences by which weft draws are allowed. False: lines of text only, as a command
 * writes them. */
struct vt *vt_new(bool screen);
void vt_free(struct vt *vt);

void vt_feed(struct vt *vt, const char *bytes, size_t len);
/* Nothing may be left half. */
void vt_end(struct vt *vt);

/* What was printed, without sequences; a jump of the cursor is a newline. The caller may cut it. */
GString *vt_text(struct vt *vt);
/* Besides titles, notifications (OSC 9, 99, 777, alone or handed through tmux) may come, and with
 * `bells` these too. */
void vt_allow_calls(struct vt *vt, bool bells);
/* Besides, texts for the clipboard (OSC 52) may come: nothing but line ends and tabs in them
 * steers. */
void vt_allow_clipboard(struct vt *vt);
/* The strings that came, oldest first, without ESC and end: "]2;title", "]9;text"; what tmux would
 * hand through stands there as "tmux ]9;text". */
const GPtrArray *vt_strings(const struct vt *vt);
unsigned vt_bells(const struct vt *vt);

/* Everything as it came. The caller may cut it. */
GString *vt_bytes(struct vt *vt);
/* What must not have come, one a line; "" when nothing. At most the first hundred. */
const char *vt_complaints(struct vt *vt);

#endif
