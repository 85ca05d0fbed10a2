/* Words as a search sees them: letters and digits, without case and without the marks of Latin,
 * Greek and Cyrillic letters, as SQLite's unicode61 with remove_diacritics 2 has them. Where the
 * two differ (letters younger than SQLite's tables) a word is found and not marked, or the other
 * way round; never more.
 *
 * Text is valid UTF-8. */
#ifndef WEFT_TEXT_FOLD_H
#define WEFT_TEXT_FOLD_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* The character that a search sees; 0 for a mark that it does not. */
gunichar fold_char(gunichar c);

/* The next word at or after *at, which is moved behind it. False: there is none. */
bool fold_next_word(const char *text, size_t len, size_t *at, size_t *ret_start, size_t *ret_end);
/* True when there is at least one word. */
bool fold_has_word(const char *text);

/* The whole text folded, whatever it is made of. */
char *fold_text(const char *text, size_t len);
/* Where `folded` stands in `text`: the bytes of the first place at or after `from`. `folded` comes
 * from fold_text(), and is not empty. */
bool fold_find(const char *text, size_t len, size_t from, const char *folded, size_t *ret_start,
               size_t *ret_end);

#endif
