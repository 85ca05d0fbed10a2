/* Searching the whole history. The full-text index is a file of its own (search.db), derived from
 * the messages: filled behind the writer, rebuilt when it is missing, damaged or of another form,
 * and never the reason why something is lost.
 *
 * In the index are texts, actions, notices and topics; not what servers and weft say, and no
 * comings and goings. Everything here is the main thread's; the work is done by a worker with
 * connections of its own, one question after the other, so nothing blocks the screen for longer
 * than the caller says. */
#ifndef WEFT_STORE_SEARCH_H
#define WEFT_STORE_SEARCH_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

#define STORE_SEARCH_MAX_TERMS 20
#define STORE_SEARCH_MAX_BYTES 1000 /* of one term */

struct store_term {
    char *text;  /* a word, or (phrase) several; valid UTF-8, taken literally */
    bool prefix; /* the last word is the beginning of one */
    bool not_;   /* must not be there */
};

struct store_query {
    GPtrArray *terms;   /* struct store_term; empty: everything that the filters let through */
    char *from;         /* the sender's name or id, letters' case does not count; NULL: anyone */
    GArray *buffer_ids; /* int64_t; NULL: all */
    int64_t after_us;   /* at or after; 0: no limit */
    int64_t before_us;  /* before; 0: no limit */
};

struct store_query *store_query_new(void);
struct store_query *store_query_dup(const struct store_query *query);
void store_query_free(struct store_query *query); /* NULL is allowed */
/* False when there are too many terms, or the text is too long or has no letter or digit in it: it
 * is not added. */
bool store_query_add(struct store_query *query, const char *text, bool prefix, bool not_);

struct store_hits {
    GPtrArray *messages; /* struct message; ref the array to keep it */
    bool more;           /* there are others after them */
    int64_t behind;      /* messages that are stored and not in the index yet */
    /* store_scan_start(): how far it has looked; everything before is known. */
    struct position reached;
};
/* On the main loop; `hits` NULL and an error when it failed: NOT_FOUND while the index is being
 * made, DATABASE when it was damaged (it is made anew then), BAD_INPUT when nothing is searched for
 * but what must not be there. */
typedef void (*store_search_fn)(void *user, const struct store_hits *hits, const GError *error);

struct store_search {
    const struct store_query *query; /* copied */
    bool ranked;                     /* best first, by bm25; before_id does not count */
    int64_t before_id;               /* strictly older rows than this one; 0: from the newest */
    unsigned limit;
};
/* Newest rows first. Deleted and ignored messages are left out. Waits at most `wait_us` for the
 * answer: when it comes in that time `fn` is called from inside, and 0 is returned. Else it comes
 * later, and the number returned is for store_search_cancel(). */
unsigned store_search_start(struct store *store, const struct store_search *search, int64_t wait_us,
                            store_search_fn fn, void *user);

struct store_scan {
    int64_t buffer_id;
    struct position from; /* strictly older than this, newest first */
    const char *text;     /* what must stand in it, anywhere; case and marks do not count */
    unsigned limit;       /* rows to look at */
};
/* What no index finds: a part of a word. At most one message; the same rules. */
unsigned store_scan_start(struct store *store, const struct store_scan *scan, int64_t wait_us,
                          store_search_fn fn, void *user);

/* `fn` will not be called. Any number is allowed. */
void store_search_cancel(struct store *store, unsigned id);

/* How far the index has come: rows that are committed and not indexed yet. 0: it is complete.
 * Beside a running weft: as of the last answer. */
int64_t store_index_behind(struct store *store);
/* Calls `fn` once, on the main loop, when all that is committed now is in the index. Never beside a
 * running weft, and not when the store is closed before. 0 is never returned. */
unsigned store_index_when_complete(struct store *store, void (*fn)(void *user), void *user);
void store_index_forget(struct store *store, unsigned id); /* any number is allowed */

#endif
