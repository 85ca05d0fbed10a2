/* What a person types into a search, and what comes of it.
 *
 *     soup thursday          both words, in any order
 *     "soup on thursday"     these words in this order
 *     sou*                   words that begin so; while it is typed the last word always does
 *     -draft                 not this word
 *     from:maria             by this sender
 *     in:#lab in:patio in:patio/coops/jobs   in this buffer, or in all of an account
 *     after:2026-11-01 before:2h             times: a date, a date with time, or so long ago
 *
 * Newest first, or ranked. */
#ifndef WEFT_CORE_SEARCH_H
#define WEFT_CORE_SEARCH_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/core.h"

#define SEARCH_PAGE 50

struct search;

struct search_result {
    const GPtrArray
        *hits;   /* struct message, in the order in which they are to be shown; all so far */
    bool more;   /* search_more() would bring others */
    bool behind; /* the index is not complete yet: the answer comes again when it is */
};

/* `error`: a sentence (BAD_INPUT names the part that cannot be read); `result` is NULL then. May be
 * called from inside search_set(). */
typedef void (*search_fn)(void *user, const struct search_result *result, const GError *error);

struct search *search_new(struct core *core, search_fn fn, void *user);
void search_free(struct search *search);
/* Searches anew; an answer to an earlier text never comes after this. `here`: the buffer that
 * "in:here" means. `typing`: the last word may not be whole yet. */
void search_set(struct search *search, const char *text, int64_t here, bool ranked, bool typing);
void search_more(struct search *search);
/* Where the words stand in a text, for showing them: pairs of bytes (start, end), sorted; GArray of
 * size_t, freed by the caller. */
GArray *search_marks(const struct search *search, const char *text);

#endif
