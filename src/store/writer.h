/* The one thread that writes: takes batches, commits each as one transaction, keeps the write-ahead
 * log small. Private to src/store.
 *
 * The queue under its mutex is all that the threads share. While the disk refuses, the writer keeps
 * its hands off the queue until it is told to try again. */
#ifndef WEFT_STORE_WRITER_H
#define WEFT_STORE_WRITER_H

#include "store/db.h"
#include "store/op.h"

struct writer;

/* Takes over `db`. Both are called from the writer's thread: `committed` after each commit, `wake`
 * when writer_collect() has something. */
struct writer *writer_start_take(struct db *db, const char *uuid, void (*committed)(void *user),
                                 void (*wake)(void *user), void *user);
/* Ends the thread after what it is doing and frees, with whatever is still queued. Returns how many
 * calls that were. NULL is allowed. */
unsigned writer_stop(struct writer *writer);

/* Queues a batch. */
void writer_push_take(struct writer *writer, struct batch *batch);
/* True when no batch waits (one may be in work): the moment to push another. */
bool writer_wants(struct writer *writer);

enum writer_news {
    WRITER_STALLED = 1 << 0,   /* a commit was refused (again) */
    WRITER_RECOVERED = 1 << 1, /* and has succeeded since */
};
/* Adds finished batches to `done` in order, and says what has changed since the last call;
 * *ret_error (written with STALLED) is the caller's. */
unsigned writer_collect(struct writer *writer, GQueue *done, GError **ret_error);
bool writer_has_news(struct writer *writer);

void writer_retry(struct writer *writer);
/* Waits until the queue is empty, the writer is stalled, or the monotonic time has come. True:
 * empty. */
bool writer_wait(struct writer *writer, int64_t until_us);
/* Waits until the monotonic time has come, or the writer has finished a batch. */
void writer_pause(struct writer *writer, int64_t until_us);

/* Calls `fn` with every batch that waits, oldest first, until it returns false. Only while stalled:
 * else nothing is called. */
void
writer_each_waiting(struct writer *writer, bool (*fn)(struct batch *batch, void *user), void *user);

#endif
