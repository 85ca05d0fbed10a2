/* IRC's formatting bytes (section 4.4) to spans, and spans to formatting bytes. */
#ifndef WEFT_IRC_TEXT_H
#define WEFT_IRC_TEXT_H

#include <glib.h>
#include <stddef.h>

#include "model/rich.h"

/* Reads the codes of `text` (valid UTF-8) into spans. What is no known code stays in the text. */
struct rich *irc_text_read(const char *text);

/* Bytes [start, end) of the text as they go on the wire, its formatting opened at the start and
 * closed at the end. CR, LF, NUL and \x01 become blanks. Append-only: `out` keeps what it has. */
void irc_text_append(GString *out, const struct rich *rich, size_t start, size_t end);
/* The whole of it as a new string. g_free(). */
char *irc_text_write(const struct rich *rich);

/* Without any formatting bytes: for comparing. g_free(). */
char *irc_text_plain(const char *text);

/* A part of a rich text, with the spans that reach into it. */
struct rich *irc_text_slice(const struct rich *rich, size_t start, size_t end);

#endif
