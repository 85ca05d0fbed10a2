/* Searching the whole history. The full-text index is a file of its own (search.db), derived from
 * the messages: filled behind the writer, rebuilt when it is missing, damaged or of another form,
 * and never the reason why something is lost. */
#ifndef WEFT_STORE_SEARCH_H
#define WEFT_STORE_SEARCH_H

#include <gio/gio.h>
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

#define STORE_SEARCH_MAX_TERMS 20

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
void store_query_free(struct store_query *query); /* NULL is allowed */
/* False when there are too many terms or the text has nothing that can be searched for. */
bool store_query_add(struct store_query *query, const char *text, bool prefix, bool not_);

/* At most `limit` messages (struct message, owned by the array), the newest row first, strictly
 * older than the row `before_id` (0: from the newest). Deleted and ignored ones are left out. Runs
 * at once on the main thread's reading connection; for filters that would make it long, see below.
 * NULL and `error` when the index can't be read (it is being rebuilt then). */
GPtrArray *store_search(struct store *store, const struct store_query *query, int64_t before_id,
                        unsigned limit, GError **error);

/* The same in a worker on a connection of its own, cancellable: for `ranked` (best first, by bm25;
 * before_id does not count), and for whatever may take long. `fn` comes on the main loop, with
 * `hits` NULL and an error when it failed or was cancelled; it keeps the array by
 * g_ptr_array_ref().
 */
typedef void (*store_search_fn)(void *user, GPtrArray *hits, const GError *error);
void store_search_in_worker(struct store *store, const struct store_query *query, bool ranked,
                            int64_t before_id, unsigned limit, GCancellable *cancellable,
                            store_search_fn fn, void *user);

/* How far the index has come: rows that are committed and not indexed yet. 0: it is complete. */
int64_t store_index_behind(struct store *store);
/* Calls `fn` once, on the main loop, when all that is committed now is in the index (at once from
 * inside when it is), or when the store is closed. */
void store_index_when_complete(struct store *store, void (*fn)(void *user), void *user);

#endif
