/* The door for foreign bytes: what comes out is valid UTF-8 without NUL.
 *
 * This says nothing about being safe for a terminal: control characters stay (they are part of what
 * was said, and of what is stored). The screen marks them: text/display.h. */
#ifndef WEFT_BASE_UTF8_H
#define WEFT_BASE_UTF8_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* A new string in which every byte that is not part of valid UTF-8, and every NUL, is U+FFFD (one
 * for each maximal ill-formed part, as the Unicode Standard, 3.9, table 3-8, recommends). `len` -1:
 * up to the NUL. `max_bytes` bounds the result; it is cut at a character's edge. Free with
 * g_free(). */
char *utf8_sanitize(const char *bytes, gssize len, size_t max_bytes);

/* For line protocols of an older day: valid UTF-8 is taken as it is, anything else is read as
 * Windows-1252 (undefined bytes become U+FFFD). A text that has whole multi-byte characters and
 * only its last one cut off, as servers do at their line limit, is UTF-8. Free with g_free(). */
char *utf8_from_legacy(const char *bytes, gssize len, size_t max_bytes);

/* The largest length <= `max_bytes` of valid UTF-8 `text` that does not cut a character. */
size_t utf8_cut(const char *text, size_t len, size_t max_bytes);

#endif
