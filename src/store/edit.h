/* What becomes of a message's text: the texts that it had, and our own changes on their way. */
#ifndef WEFT_STORE_EDIT_H
#define WEFT_STORE_EDIT_H

#include "model/edit.h"
#include "store/store.h"

#define STORE_REVISIONS_MAX 100 /* of one message: the oldest go */

/* A change of our own message, state WAITS; its account, buffer, message, body, source and time are
 * taken. Others of the message that have not left are forgotten with it. NEW: `outbox_id` is its
 * id, `message` the row as it stands now, flagged CHANGING. MISSING: the message is not here, or
 * was taken back. */
void store_add_edit(struct store *store, const struct edit *edit, store_fn fn, void *user);

struct store_edit_change {
    int64_t edit_id;
    enum edit_state state; /* SENDING is committed with synchronous=FULL */
    const char *error;     /* FAILED: a sentence; else NULL */
};
/* The message's flags CHANGING and UNCHANGED follow. DONE: the message says the new text, unless it
 * says something else already than when the change was typed: then the network has told of it, in
 * its own form, which stays. DONE and DROPPED remove the row. CHANGED: `message` is the row as it
 * stands now. MISSING: there is no such change (any more). */
void store_set_edit(struct store *store, const struct store_edit_change *change, store_fn fn,
                    void *user);

/* All that wait, are under way or have failed, oldest first; account 0: of all. struct edit. */
GPtrArray *store_load_edits(struct store *store, int64_t account_id);
/* The newest change of a message; NULL: none. edit_free(). */
struct edit *store_find_edit(struct store *store, int64_t message_id);
/* What our own message was typed as; NULL: as it says, or it is not known. g_free(). */
char *store_load_source(struct store *store, int64_t message_id);
/* When our own message was typed and last handed over, and how often; all 0: it was not typed here.
 */
void store_load_delivery(struct store *store, int64_t message_id, int64_t *ret_typed_us,
                         int64_t *ret_sent_us, int *ret_attempts);

/* What a message said before, newest first; struct revision. Never NULL. */
GPtrArray *store_load_revisions(struct store *store, int64_t message_id);
/* All that the network knows of that, in any order: takes the place of what is here. CHANGED or
 * KNOWN: `message` likewise. MISSING: no such message. */
struct store_put_revisions {
    int64_t account_id;
    int64_t buffer_id;
    const char *remote_id;
    const GPtrArray *revisions; /* struct revision */
};
void store_put_revisions(struct store *store, const struct store_put_revisions *put, store_fn fn,
                         void *user);

/* Pinned or not any more. CHANGED: `message` is the row as it stands now; KNOWN: it was so.
 * MISSING: no such message here; nothing is kept. */
struct store_put_pin {
    int64_t account_id;
    int64_t buffer_id;
    const char *remote_id;
    bool pinned;
};
void store_put_pin(struct store *store, const struct store_put_pin *put, store_fn fn, void *user);
/* What is pinned in a buffer, newest first. */
GPtrArray *store_load_pinned(struct store *store, int64_t buffer_id, unsigned limit);

#endif
