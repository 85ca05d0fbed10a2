/* What others wrote, for a clipboard, an editor or another program: the text as it was said,
 * without what could act or hide there.
 *
 * Kept are letters, marks, '\n', '\t', joiners and variation selectors. Left out are other controls
 * (C0, C1, DEL), bidi controls, annotations, tag and invisible characters; a line or paragraph
 * separator, "\r\n" and '\r' become '\n'. */
#ifndef WEFT_TEXT_PLAIN_H
#define WEFT_TEXT_PLAIN_H

#include <glib.h>
#include <stddef.h>

/* At most `max_bytes`, cut between characters. `text` is valid UTF-8. g_free(). */
char *plain_dup(const char *text, size_t max_bytes);

#endif
