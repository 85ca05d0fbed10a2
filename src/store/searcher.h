/* The thread that searches, and the questions that wait for it. Private to src/store. */
#ifndef WEFT_STORE_SEARCHER_H
#define WEFT_STORE_SEARCHER_H

#include "store/db.h"
#include "store/indexer.h"
#include "store/search.h"

/* A question on its way to the worker and back; one owner at a time. */
struct question {
    unsigned id;
    struct store_query *query; /* NULL: a scan */
    bool ranked;
    int64_t before_id;
    struct store_scan scan; /* its text is the question's, folded */
    unsigned limit;
    store_search_fn fn;
    void *user;
    struct store_hits hits;
    GError *error;
    bool cancelled; /* under the searcher's mutex */
};

/* What the worker reads. */
struct sources {
    struct db *history;
    struct db *index;
    char *profile;
};

/* Answers a question: fills its hits or its error. False: the index is damaged. */
bool search_answer(struct question *question, struct sources *sources,
                   bool (*cancelled)(void *user), void *user);

struct searcher;
/* `indexer` may be NULL: somebody else's weft keeps the index. Starts no thread before the first
 * question. */
struct searcher *searcher_new(const char *dir, const char *vfs, struct indexer *indexer,
                              void (*wake)(void *user), void *user);
void searcher_free(struct searcher *searcher); /* NULL is allowed */
/* Takes the question; see store_search_start(). */
unsigned searcher_ask_take(struct searcher *searcher, struct question *question, int64_t wait_us);
void searcher_cancel(struct searcher *searcher, unsigned id);
bool searcher_has_news(struct searcher *searcher);
/* Calls back for what is answered. */
void searcher_deliver(struct searcher *searcher);
int64_t searcher_behind(struct searcher *searcher);

#endif
