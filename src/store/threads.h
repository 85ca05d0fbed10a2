/* Threads: what is known of each beside its messages, and its unsent text.
 *
 * A row is made by the first reply that is stored (store_put_message) or told of
 * (store_put_thread). Replies that come count themselves; what the network says of their number
 * replaces that. While the network does not keep what is followed and read (`told`), weft does: a
 * thread is followed in which the person wrote, which they began, or in which they were called. */
#ifndef WEFT_STORE_THREADS_H
#define WEFT_STORE_THREADS_H

#include "model/thread.h"
#include "store/store.h"

/* What is said of a thread: parts of it. CHANGED: `message` is the root's row as it stands now, or
 * NULL when it is not here. KNOWN: it was so. */
struct store_put_thread {
    int64_t buffer_id;
    const char *root;
    bool told; /* by the network: it keeps what is followed and read */
    bool has_count;
    unsigned replies;
    int64_t last_us;    /* 0: not said, keep */
    const char *people; /* names, a line each; NULL: not said, keep */
    bool has_follow;
    bool followed; /* false and not `told`: the person does not want to */
    bool has_unread;
    unsigned unread, mentions;
    int64_t read_key; /* never moves back unless `back` */
    bool back;
};
void
store_put_thread(struct store *store, const struct store_put_thread *put, store_fn fn, void *user);

/* NULL: there is none. */
struct thread *store_load_thread(struct store *store, int64_t buffer_id, const char *root);
/* Followed ones of all buffers, those with something new first, then the newest reply first. Never
 * NULL; owns its elements. */
GPtrArray *store_load_threads(struct store *store, unsigned limit);
/* Those among them that have something new which calls nobody, the newest reply first. */
GPtrArray *store_load_new_threads(struct store *store, unsigned limit);
/* The buffers that these stand in, one for each thread; int64_t. */
GArray *store_new_threads(struct store *store);
/* The thread of this buffer in which something was said last; g_free(). NULL: there is none. */
char *store_newest_thread(struct store *store, int64_t buffer_id);
/* At most `limit` replies strictly before or after `from`, oldest first. */
GPtrArray *store_load_replies(struct store *store, int64_t buffer_id, const char *root,
                              struct position from, enum store_direction direction, unsigned limit);
/* As store_load_page() without what stands in threads alone. */
GPtrArray *store_load_channel(struct store *store, int64_t buffer_id, struct position from,
                              enum store_direction direction, unsigned limit);
/* Replies after this place that count, and those among them that call. */
void store_count_replies(struct store *store, int64_t buffer_id, const char *root, int64_t after,
                         unsigned *ret_unread, unsigned *ret_mentions);

/* What is new in a buffer's followed threads that stand apart from it. */
struct thread_tally {
    int64_t buffer_id;
    unsigned unread, mentions;
};
/* Of one buffer, or of all (0). struct thread_tally. */
GArray *store_tally_threads(struct store *store, int64_t buffer_id);

/* The unsent text of a thread's editor; NULL or "" removes. */
void
store_set_thread_draft(struct store *store, int64_t buffer_id, const char *root, const char *text);
char *store_load_thread_draft(struct store *store, int64_t buffer_id, const char *root);

#endif
