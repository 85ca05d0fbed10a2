/* The few marks that a person types for formatting, and the spans that they stand for:
 *
 *     **bold**   _italic_   ~~struck~~   `code`
 *
 * A mark begins something behind a blank, an opening bracket or quote, another mark, or at a line's
 * start, when no blank follows it; it ends something in the same line before a blank,
 * punctuation or the line's end, when no blank stands before it. Nothing in `code` is a mark. What
 * is not begun and ended so stays as it was typed: 2**3**4, snake_case_name, **kwargs, ~/x. A
 * backslash before a mark that could begin or end something there goes away, and the mark stays. */
#ifndef WEFT_TEXT_MARKUP_H
#define WEFT_TEXT_MARKUP_H

#include "model/rich.h"

/* Of the kinds named (a sum of 1 << enum span_kind) among BOLD, ITALIC, STRIKE and CODE; marks of
 * others stay in the text. `source` is valid UTF-8. Takes time linear in its length. */
struct rich *markup_read(const char *source, unsigned kinds);

/* What one would type for it, so that markup_read() makes it again: marks of `kinds`, a backslash
 * where text would be taken for one, "> " before quoted lines, and the target behind a link that
 * shows something else. g_free(). */
char *markup_write(const struct rich *rich, unsigned kinds);

#endif
