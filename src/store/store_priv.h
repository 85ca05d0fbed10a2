/* The store from inside. Private to src/store; everything here is the main thread's. */
#ifndef WEFT_STORE_STORE_PRIV_H
#define WEFT_STORE_STORE_PRIV_H

#include "store/hooks.h"
#include "store/indexer.h"
#include "store/lock.h"
#include "store/searcher.h"
#include "store/writer.h"

struct store {
    char *dir;
    char *uuid;
    struct clock *clock;
    void (*stalled_fn)(void *user, const GError *error);
    void *stalled_user;
    int lock; /* -1 when READ_ONLY */
    struct db *reader;
    struct writer *writer;   /* NULL when READ_ONLY */
    struct indexer *indexer; /* likewise */
    struct searcher *searcher;
    GQueue waiters; /* for the index to be complete; see search.c */
    unsigned last_waiter;
    int64_t reaped; /* rows of unindex that the writer was told to delete */
    GMainContext *context;
    GSource *source;
    struct batch *gathering; /* what this turn and those before it have put; NULL: nothing */
    GQueue parcels;          /* what waits for delivery */
    GError *stall_error;     /* the disk refuses: why; else NULL */
    GError *last_error;      /* of the last time it did, for callbacks that come late */
    unsigned retry_timer;
    unsigned waiting_calls; /* put since the disk refuses */
    uint64_t dropped;
    void (*lanes_fn)(void *user, int64_t lane, int64_t from, unsigned n); /* or NULL */
    void *lanes_user;
    bool untold; /* calls were put while the disk refuses, and have not been told */
};

/* Starts the writer on `writer_db` (taken over; NULL: none) and the delivery on the thread's main
 * context. */
void store_start(struct store *store, struct db *writer_db, const struct store_hooks *hooks);
void store_gather_take(struct store *store, struct op *op);

/* load.c, for the files that read. A statement is done with when the call returns. */
/* Says once what went wrong; damage is looked into at the next start. */
void store_read_failed(struct store *store);
/* Rows of ROW_MESSAGE, with their reactions. */
GPtrArray *store_load_messages(struct store *store, sqlite3_stmt *statement);
/* NULL when there is no row. */
char *store_load_text(struct store *store, sqlite3_stmt *statement);
/* What was read backwards comes the right way round. */
void store_reverse(GPtrArray *rows);
int64_t store_load_number(struct store *store, sqlite3_stmt *statement, int64_t otherwise);

/* What the searching half does in a turn of the loop. */
void search_take_turn(struct store *store);
bool search_has_news(struct store *store);

/* Leaves a mark by which the next start checks the whole file. */
void open_mark_damaged(const char *dir);

#endif
