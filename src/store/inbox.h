/* What calls the person and is not dealt with yet, and what they flagged.
 *
 * A row is made with its message (store_put_message.inbox) and is open. It follows how far its
 * buffer is read: store_set_read() past it makes it READ, back before it OPEN again. What the
 * person says about it counts more: DONE stays done; SNOOZED waits, read or not, until its time,
 * and then for the person. Deleted messages are left out of what is loaded and counted. */
#ifndef WEFT_STORE_INBOX_H
#define WEFT_STORE_INBOX_H

#include "store/store.h"

/* Stored: add at the end. */
enum inbox_state {
    INBOX_OPEN = 0,
    INBOX_READ = 1,
    INBOX_DONE = 2,
    INBOX_SNOOZED = 3,
};

/* `until_us`: of SNOOZED; else 0. OPEN becomes READ when its place is read. MISSING: there is no
 * such row; CHANGED else (without a message). `fn` may be NULL. */
void store_set_inbox(struct store *store, int64_t message_id, enum inbox_state state,
                     int64_t until_us, store_fn fn, void *user);
/* CHANGED: `message` is the row as it stands now. KNOWN: it was so. MISSING: there is none. */
void
store_set_flagged(struct store *store, int64_t message_id, bool flagged, store_fn fn, void *user);

/* The same for a message of an account by the network's id, wherever it is. */
void store_put_flag(struct store *store, int64_t account_id, const char *remote_id, bool flagged,
                    store_fn fn, void *user);

/* One conversation's open rows, and those whose time has come. */
struct inbox_tally {
    int64_t buffer_id;
    bool direct;
    unsigned n;
    int64_t newest_id; /* of their messages */
};
GArray *store_tally_inbox(struct store *store, int64_t now_us); /* struct inbox_tally */
/* The messages of such rows, newest first: not direct ones, or those of one conversation
 * (`direct_buffer_id` not 0). `before_id` 0: from the newest. Never NULL; owns its elements. */
GPtrArray *store_load_inbox(struct store *store, int64_t now_us, int64_t direct_buffer_id,
                            int64_t before_id, unsigned limit);
/* When the next snoozed row comes back; 0: none. */
int64_t store_next_snooze(struct store *store, int64_t now_us);
/* The state of a row; false: there is none. */
bool store_find_inbox(struct store *store, int64_t message_id, enum inbox_state *ret_state,
                      int64_t *ret_until_us);

/* What is flagged, newest first. */
GPtrArray *store_load_flagged(struct store *store, int64_t before_id, unsigned limit);
unsigned store_count_flagged(struct store *store);

/* Which message the buffer's unsent text answers: its row; 0: none. Goes with the draft when that
 * is sent (store_add_outbox). */
void store_set_draft_reply(struct store *store, int64_t buffer_id, int64_t message_id);
int64_t store_load_draft_reply(struct store *store, int64_t buffer_id);

#endif
