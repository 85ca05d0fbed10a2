/* The thread that keeps the search index: behind the writer, in slices, in a file of its own, so
 * that no commit and no key ever waits for it. Private to src/store.
 *
 * It reads weft.db and writes search.db. A slice is one transaction: it takes out what `unindex`
 * names, adds the next messages, and notes how far it has come. Whatever is wrong with search.db
 * (damaged, full, gone) ends in removing it and beginning anew, after a pause that grows. */
#ifndef WEFT_STORE_INDEXER_H
#define WEFT_STORE_INDEXER_H

#include <stdbool.h>
#include <stdint.h>

#include "store/hooks.h"

struct indexer;

/* `wake` is called from the thread when indexer_has_news(). */
struct indexer *indexer_start(const char *dir, const struct store_hooks *hooks,
                              void (*wake)(void *user), void *user);
/* Ends the thread and closes the files; whoever still wakes it is not heard. NULL is allowed. */
void indexer_stop(struct indexer *indexer);
void indexer_free(struct indexer *indexer); /* after indexer_stop(); NULL is allowed */

/* Something was committed. From any thread. */
void indexer_wake(struct indexer *indexer);
/* There will be news when all that is committed now is in the index: a ticket for
 * indexer_has_done(). */
uint64_t indexer_ask(struct indexer *indexer);
/* All that was committed when that ticket was given is in the index. */
bool indexer_has_done(struct indexer *indexer, uint64_t ticket);
/* Up to which message it has come. */
int64_t indexer_indexed_to(struct indexer *indexer);
/* A reader has met damage: the index is made anew. */
void indexer_suspect(struct indexer *indexer);

/* A ticket is done, or rows of `unindex` wait to be deleted. */
bool indexer_has_news(struct indexer *indexer);
/* Takes the news. Returns up to which row of `unindex` all may be deleted; 0: none. */
int64_t indexer_collect(struct indexer *indexer);

#endif
