/* What is to be copied from one conversation to others, and what has been: the relay's memory.
 *
 * A route says that what happens in one buffer is to happen in another, its lane. When the writer
 * stores such a happening (a new message, a change of its text, a deletion, a reaction) it adds a
 * task for each route in the same transaction: from then on nothing of it can be forgotten, and
 * the network's cursor says the same as the lane. A task is small: it names the message, not its
 * text; the relay reads what the message says when its turn has come.
 *
 * A copy is a message of ours in the lane's buffer that stands for the source. Message, outbox row,
 * copy and the end of the task are one transaction. Copies stay as long as the history: that is how
 * an answer, a change or a deletion finds them, after any restart. */
#ifndef WEFT_STORE_RELAY_H
#define WEFT_STORE_RELAY_H

#include "store/store.h"

/* Stored: add at the end. */
enum relay_deed {
    RELAY_SAY = 0,     /* the message is to be copied */
    RELAY_EDIT = 1,    /* it says something else; one at most waits in a lane */
    RELAY_DELETE = 2,  /* it was taken back */
    RELAY_REACT = 3,   /* `who` reacted with `emoji` */
    RELAY_UNREACT = 4, /* and does so no more */
};

/* What is said only: others kinds of lines are no messages. */
enum relay_kinds {
    RELAY_TALK = 1 << 0,    /* TEXT, ACTION, NOTICE, and all that is done to these */
    RELAY_TOPICS = 1 << 1,  /* TOPIC */
    RELAY_PRESENCE = 1 << 2 /* JOIN, PART, QUIT, KICK, RENAME */
};

struct relay_route {
    int64_t from; /* buffer */
    int64_t to;   /* buffer: the lane */
    unsigned kinds;
};
/* From this call on exactly these routes are there; what lies in lanes stays. Two that agree in
 * both buffers are one. Own copies (MESSAGE_RELAYED with OWN), messages of another relay
 * (MESSAGE_RELAYED), ephemeral and ignored ones, and what store_put_message is told not to relay
 * (`relays`) make no tasks; our own messages do when they are SENT. */
void store_set_routes(struct store *store, const struct relay_route *routes, size_t n);

/* Called on the main loop after a commit that has added tasks, once for each lane and the
 * buffer that they come from, before the callbacks of the calls that did. One subscriber; NULL ends
 * it. */
void store_watch_lanes(struct store *store,
                       void (*fn)(void *user, int64_t lane, int64_t from, unsigned n), void *user);

struct relay_task {
    int64_t id; /* the order in the lane */
    int64_t lane;
    int64_t source_id; /* the message */
    int64_t from;      /* its buffer */
    int64_t sort_key;  /* of the message */
    enum relay_deed deed;
    char *emoji, *who; /* REACT, UNREACT: `who` is the name of the person; else NULL */
    int64_t added_us;  /* wall time */
    char *error;       /* given up: why */
};
void relay_task_free(struct relay_task *task); /* NULL is allowed */

/* The next tasks of a lane behind `after` (0: from the first), oldest first; struct relay_task.
 * Those that were given up are not among them. A source that is not there any more has become
 * another row: the task, loaded again, names that (or is gone as well). */
GPtrArray *store_load_tasks(struct store *store, int64_t lane, int64_t after, unsigned limit);
/* The smallest sort key of what was said at each source, of the next `limit` tasks of a lane behind
 * `after`. free: g_array_unref. */
struct relay_earliest {
    int64_t from, sort_key;
};
GArray *store_load_earliest(struct store *store, int64_t lane, int64_t after, unsigned limit);
/* Those that were given up, of one lane or of all (0), newest first. */
GPtrArray *store_load_given_up(struct store *store, int64_t lane, unsigned limit);

struct relay_depth {
    int64_t lane;
    int64_t from; /* buffer */
    unsigned waiting, given_up;
    int64_t oldest_us; /* when the oldest waiting one was added; 0: none waits */
};
/* Every lane that has something in it, for each buffer that it comes from. free: g_array_unref. */
GArray *store_load_depths(struct store *store); /* struct relay_depth */

/* When it is on disk; never after store_close(). `n`: of store_count_reaction(), else 0. */
typedef void (*store_counted_fn)(void *user, unsigned n);

/* The task is done, or has nothing to do any more. Until `fn` (or NULL) is called, it may still be
 * loaded. */
void store_end_task(struct store *store, int64_t task_id, store_counted_fn fn, void *user);
/* It stays in the store with its reason, out of the way, until it is ended or tried again. */
void store_give_up_task(struct store *store, int64_t task_id, const char *error,
                        store_counted_fn fn, void *user);
/* It stands at the end of its lane again; store_watch_lanes() tells. */
void store_retry_task(struct store *store, int64_t task_id);

/* --- copies --- */

struct relay_copy {
    int64_t source_id;  /* message */
    int64_t message_id; /* the copy's */
    int64_t buffer_id;  /* where it stands */
    unsigned part;      /* from 0: a long text became several messages */
    bool note;          /* no copy, but a line that tells of a reaction, a change, … */
};
/* All copies of a message, or with `buffer_id` those in one buffer; by buffer and part. */
GArray *store_load_copies(struct store *store, int64_t source_id, int64_t buffer_id);
/* Whose copy this message is; false: it is none. */
bool store_find_copy(struct store *store, int64_t message_id, struct relay_copy *ret_copy);

/* What goes with store_add_outbox() when the row is a copy; `row->key` is then the key to use (it
 * must be derived from the source, never random), and the message gets the flag RELAYED. KNOWN: a
 * message with this key is there already; nothing was added but the task is ended. Drafts stay. */
struct store_copy {
    int64_t source_id;
    unsigned part;
    bool note;
    int64_t task_id;  /* that it is made for; when that is not there any more, nothing is added
                         (MISSING). Where its source is another row by now, the copy is of that.
                         0: none */
    bool ends_task;   /* the task is done with it; else more parts follow */
    int64_t replaces; /* message: a copy that was not sent. This one takes its place, and gets a key
                         of its own; 0: none */
    bool leaves;      /* with this commit: it is added as SENDING, and counts as an attempt, as if
                         store_set_outbox() had made it so */
};
void
store_add_copy(struct store *store, const struct outbox_row *row, const struct message *message,
               const struct store_copy *copy, store_fn fn, void *user);

/* The relay is about to react with our account, or to take that back: the network's word of it is
 * no news to be relayed. What it did not come to is told with `on` false. */
void store_put_relay_reaction(struct store *store, int64_t message_id, const char *emoji, bool on);
/* So many people elsewhere have this emoji under a message, as far as tasks have told: who reacts
 * with one account for many takes it back with the last. The count is kept by this call, for each
 * message to which reactions are brought. `fn` when it is on disk; never after store_close(). */
void store_count_reaction(struct store *store, int64_t message_id, const char *emoji, int change,
                          store_counted_fn fn, void *user);

#endif
