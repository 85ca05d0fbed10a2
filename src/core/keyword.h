/* Words that call a person: whole words, without regard to the case of letters. No patterns, so
 * the time is in proportion to the text, whatever it holds. */
#ifndef WEFT_CORE_KEYWORD_H
#define WEFT_CORE_KEYWORD_H

#include <glib.h>
#include <stdbool.h>

#define KEYWORD_MAX_CHARS 64

/* BAD_INPUT: empty or only blanks, or too long. */
bool keyword_check(const char *word, GError **error);

struct keywords;

struct keywords *keywords_new(void);
void keywords_free(struct keywords *words); /* NULL is allowed */
/* A word, or several with blanks between; an empty one is nothing. */
void keywords_add(struct keywords *words, const char *word);
/* True when one of them stands in the text (valid UTF-8) and is not a part of a longer word there:
 * letters, digits and what nicks are made of (- _ [ ] { } \ | ^ `) make words longer. */
bool keywords_hit(const struct keywords *words, const char *text);

#endif
