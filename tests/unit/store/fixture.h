/* A store in a folder of its own, and what tests put into it. */
#ifndef WEFT_TESTS_UNIT_STORE_FIXTURE_H
#define WEFT_TESTS_UNIT_STORE_FIXTURE_H

#include "store/hooks.h"
#include "store/search.h"

#define FIXTURE_NOW_US INT64_C(1700000000000000)

struct fixture {
    char *dir;
    char *path;          /* of weft.db */
    struct clock *clock; /* stands still at FIXTURE_NOW_US */
    struct store_hooks hooks;
    struct store *store;
    char *notice;
    unsigned stalls;     /* how often `stalled` was called with an error, */
    unsigned recoveries; /* and without */
};

/* With an empty, open store. */
struct fixture *fixture_new(void);
/* Without opening anything: the folder does not exist yet. */
struct fixture *fixture_new_closed(void);
/* Closes the store and removes the folder. */
void fixture_free(struct fixture *fixture);

/* Opens (again); asserts that it works. */
void fixture_open(struct fixture *fixture);
void fixture_close(struct fixture *fixture);
/* On a file that nobody has open. */
void run_sql(const char *path, const char *sql);
/* Opens and returns the error that must come. */
GError *fixture_open_fails(struct fixture *fixture, enum store_mode mode);

/* What a callback was told last; `message` is a reference of its own. */
struct seen {
    unsigned calls;
    enum store_outcome outcome;
    struct message *message;
    int64_t outbox_id;
    char *outbox_key;
    enum store_outcome all[8];
};
void seen_fn(const struct store_result *result, void *seen);
void seen_clear(struct seen *seen);

/* "uma" says `text` in buffer 1 at `sort_key` (also its time, in µs after FIXTURE_NOW_US). */
struct message *say(int64_t sort_key, const char *remote_id, const char *text);
/* Puts it, flushes, and unrefs it. */
void put_now(struct fixture *fixture, struct message *message, struct seen *seen);
/* The same, with rules to look by. */
void put_looking(struct fixture *fixture, struct message *message, bool own, bool replay,
                 struct seen *seen);
/* Types `text` in buffer 1: an outbox row; flushes. */
void type_now(struct fixture *fixture, const char *text, struct seen *seen);
/* Changes an outbox row; flushes. */
void change_now(struct fixture *fixture, int64_t outbox_id, enum outbox_state state,
                const char *remote_id, struct seen *seen);

/* Waits until all that was put is in the search index. */
void index_now(struct fixture *fixture);
/* The bodies of what a search finds, in its order, joined by '|'; "(error)" when it failed. The
 * query is freed. */
char *found(struct store *store, struct store_query *query);
/* One word, or several. */
struct store_query *asks(const char *text, ...) G_GNUC_NULL_TERMINATED;

/* The bodies of a buffer's newest messages, oldest first, joined by '|'. */
char *bodies(struct store *store, int64_t buffer_id);
/* The number of messages in a buffer. */
unsigned count_messages(struct store *store, int64_t buffer_id);
void put_buffer(struct fixture *fixture, int64_t id);
struct buffer *load_buffer(struct fixture *fixture, int64_t id);

/* The names in the folder that begin with `prefix`; free with g_strfreev(). */
char **names_with(struct fixture *fixture, const char *prefix);
char *read_bytes(const char *path, size_t *ret_len);
void write_bytes(const char *path, const void *bytes, size_t len);

#endif
