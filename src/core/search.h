/* What a person types into a search, and what comes of it.
 *
 *     soup thursday          both words, in any order
 *     "soup on thursday"     these words in this order
 *     sou*                   words that begin so; while it is typed the last word always does
 *     -draft                 not this word
 *     from:maria             by this sender
 *     in:#lab in:patio in:patio/coops/jobs   in this buffer, or in all of an account; in:here
 *     after:2026-11-01 before:2h             times: a date, a date with time, today, yesterday, or
 *                                            so long ago (30m 2h 3d 2w 1y)
 *
 * Newest first, or ranked. Any text is allowed; what cannot be read is said in a sentence. */
#ifndef WEFT_CORE_SEARCH_H
#define WEFT_CORE_SEARCH_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/core.h"

#define SEARCH_PAGE   50
#define SEARCH_RANKED 200 /* so many of the best are shown, and no others */

/* The networks of the accounts in question are asked too, where they can search: what they find is
 * put in between when it comes, and nothing waits for it. A hit that is not stored here has no id:
 * core_show_message() fetches and shows it. */
struct search;

struct search_result {
    const GPtrArray
        *hits;      /* struct message, in the order in which they are to be shown; all so far */
    bool more;      /* search_more() would bring others */
    bool asked;     /* false: the text asks for nothing (yet) */
    int64_t behind; /* messages that are not in the index yet: the answer comes again when they are
                     */
    unsigned waiting;   /* networks that have not answered yet: the answer comes again */
    const char *failed; /* what the last that failed has said, with its account; or NULL */
};

/* `error`: a sentence (BAD_INPUT names the part that cannot be read); `result` is NULL then. May be
 * called from inside search_set() and search_more(), which wait for an answer, but never longer
 * than SEARCH_WAIT_US. */
typedef void (*search_fn)(void *user, const struct search_result *result, const GError *error);
#define SEARCH_WAIT_US (4 * 1000)

struct search *search_new(struct core *core, search_fn fn, void *user);
void search_free(struct search *search); /* NULL is allowed */
/* Searches anew; an answer to an earlier text never comes after this. `here`: the buffer that
 * "in:here" means. `typing`: the last word may not be whole yet. */
void search_set(struct search *search, const char *text, int64_t here, bool ranked, bool typing);
void search_more(struct search *search);
/* Instead: what is pinned in a buffer and has `text` in it; its network is asked once. */
void search_set_pins(struct search *search, int64_t buffer_id, const char *text);
/* A message is another one now (NOTICE_MESSAGE_CHANGED): when it is among the hits its new form
 * takes its place, or none when it was deleted, and `fn` is called from inside. */
void search_changed(struct search *search, struct message *message);
/* Where the words stand in a text, for showing them: pairs of bytes (start, end), sorted; GArray of
 * size_t, freed by the caller. */
GArray *search_marks(const struct search *search, const char *text);

/* --- finding in one buffer
 * ------------------------------------------------------------------------ */

struct search_find;
/* `message` NULL: nothing older has it. May be called from inside search_find_older(). */
typedef void (*search_find_fn)(void *user, const struct message *message);
struct search_find *search_find_new(struct core *core, search_find_fn fn, void *user);
void search_find_free(struct search_find *find); /* NULL is allowed */
/* The newest message before `from` in which `text` stands anywhere, a part of a word too; case and
 * marks do not count. Looks through SEARCH_FIND_ROWS messages itself, and beyond them asks the
 * index, which knows whole words and their beginnings. An earlier call is forgotten. */
#define SEARCH_FIND_ROWS 20000
void search_find_older(struct search_find *find, int64_t buffer_id, struct position from,
                       const char *text);

#endif
