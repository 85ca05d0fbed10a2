/* How candidates are gathered and put in order; core_complete() (core/core.h) asks for them. */
#ifndef WEFT_CORE_COMPLETE_H
#define WEFT_CORE_COMPLETE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define COMPLETE_MAX_RESULTS 200
#define COMPLETE_MAX_WORD    512 /* bytes; a longer word has no candidates */

struct completer;

/* For one word. `suffix` is put behind every candidate. */
struct completer *completer_new(const char *word, const char *suffix);
void completer_free(struct completer *completer);
/* Takes a copy when it begins with the word, letters' case aside, and it is not there already.
 * Higher `weight` comes first, then the alphabet. Only the best COMPLETE_MAX_RESULTS are kept, so
 * that work and memory are bounded however much is offered. */
void completer_offer(struct completer *completer, const char *candidate, int64_t weight);
/* NULL-terminated, best first; g_strfreev(). */
char **completer_finish(struct completer *completer);

/* Where the word at `cursor` begins: behind the last blank that no backslash covers. */
size_t complete_word_start(const char *text, size_t cursor);

#endif
