/* Applying one op inside the writer's transaction. Private to src/store; everything here runs on
 * the writer's thread and connection. False: SQLite refused, see db_error(); the transaction must
 * be undone and put_forget() called. */
#ifndef WEFT_STORE_PUT_H
#define WEFT_STORE_PUT_H

#include "store/db.h"
#include "store/op.h"
#include "store/users.h"

struct put {
    struct db *db;
    struct users *users;
    GHashTable *counters; /* buffer id → what this batch adds to its row */
    GHashTable *cursors;  /* buffer id, or minus the account's → the last one in this batch */
    char *uuid;           /* the profile's */
    GHashTable *routes;   /* buffer id → what is to be copied from there; NULL: nothing */
    GArray *lanes;        /* struct lane_news: what this transaction has added */
};

void put_init(struct put *put, struct db *db, const char *uuid);
void put_fini(struct put *put);
/* The transaction was undone: what was learnt in it is not so. */
void put_forget(struct put *put);

/* A transaction begins. */
void put_begin(struct put *put);
bool put_apply(struct put *put, struct op *op);
/* Writes the counters and cursors that the batch has gathered. Before the commit, while its ops are
 * there. */
bool put_finish(struct put *put);
/* It is committed: the lanes that it has added to. struct lane_news; NULL: none. */
GArray *put_take_lanes(struct put *put);

/* --- between the files that apply ops
 * ------------------------------------------------------------- */

bool put_message(struct put *put, struct op *op);
bool put_outbox_add(struct put *put, struct op *op);
bool put_outbox_change(struct put *put, struct op *op);
bool put_gap(struct put *put, const struct gap *gap);
bool put_close_gaps(struct put *put, int64_t buffer_id, int64_t after, int64_t before);
/* NULL: none any more. Borrowed until put_finish(). */
void put_cursor(struct put *put, int64_t account_id, int64_t buffer_id, const char *cursor);
bool put_draft(struct put *put, int64_t buffer_id, const char *text);

/* Before the text of a stored row changes or is erased, or the row is deleted: the search index
 * will forget what it has of it, and look again at what stands there then. */
bool put_unindex(struct put *put, int64_t message_id);
/* The index has done so, up to this row of `unindex`. */
bool put_unindexed(struct put *put, int64_t upto);
bool put_reaction(struct put *put, struct op *op);
bool put_reactions(struct put *put, struct op *op);
bool put_deletion(struct put *put, struct op *op);

/* put_edit.c */
bool put_edit(struct put *put, struct op *op);
bool put_edit_add(struct put *put, struct op *op);
bool put_edit_change(struct put *put, struct op *op);
bool put_revisions(struct put *put, struct op *op);
bool put_pin(struct put *put, struct op *op);
/* A new row of ours was typed so. */
bool put_source(struct put *put, int64_t message_id, const char *source);
/* All texts of a message but the one that it says: it is taken back, or its row goes. */
bool put_forget_texts(struct put *put, int64_t message_id);

/* put_deed.c */
/* *ret_id 0: there is none. */
bool put_find_message(struct put *put, int64_t buffer_id, const char *remote_id, int64_t *ret_id,
                      unsigned *ret_flags);
/* The files and buttons that a stored message has from now on. */
bool
put_attached(struct put *put, int64_t message_id, const GPtrArray *files, const GPtrArray *buttons);
/* Before a row is made of `message`, which has a remote id. *ret_any: put_deeds() is to be called
 * for the row. *ret_root: there are replies to it. *ret_deleted: it was deleted already, and this,
 * without its text, takes its place; else NULL. */
bool put_deeds_before(struct put *put, const struct message *message, bool *ret_any, bool *ret_root,
                      struct message **ret_deleted);
/* What came before this row had its remote id is applied to it. */
bool put_deeds(struct put *put, int64_t message_id);
/* After that, and after the message itself: the same is to be done elsewhere. Once. */
bool put_deeds_told(struct put *put, int64_t message_id, int64_t now_us);

/* put_inbox.c: a new message's row, where it has one; how far its buffer is read. */
bool put_inbox_add(struct put *put, const struct op *op, int64_t message_id);
bool put_inbox_read(struct put *put, int64_t buffer_id, struct position read);
bool put_inbox_state(struct put *put, struct op *op);
bool put_flagged(struct put *put, struct op *op);
/* 0: none. */
bool put_draft_reply(struct put *put, int64_t buffer_id, int64_t message_id);

/* put_relay.c */
void put_relay_routes(struct put *put, const GArray *routes);
/* This is said now, for others too: a row that was just made, or one of ours that is SENT. */
bool put_relay_said(struct put *put, const struct message *message, int64_t id, int64_t now_us);
/* It is about to be settled: is that its first time? False as well when nobody would care. */
bool put_relay_unsent(struct put *put, int64_t message_id, bool *ret_unsent);
/* The text of a row is another, or it was erased. */
bool put_relay_edited(struct put *put, const struct message *message, int64_t now_us);
bool put_relay_deleted(struct put *put, int64_t buffer_id, int64_t message_id, int64_t now_us);
/* A row of `reactions` has come or gone. */
bool put_relay_reacted(struct put *put, int64_t buffer_id, int64_t message_id, int64_t reaction_id,
                       int64_t now_us);
/* A row is about to be deleted, since another is the same message. */
bool put_relay_moved(struct put *put, int64_t from_id, int64_t to_id);
bool put_relay_task(struct put *put, const struct op *op);
/* Before an outbox row is made. *ret_may false: the op has its outcome. */
bool put_relay_may_copy(struct put *put, struct op *op, bool *ret_may);
/* It was made, and its message. */
bool put_relay_copied(struct put *put, const struct op *op);
bool put_relay_reaction(struct put *put, const struct op *op);
bool put_relay_count(struct put *put, struct op *op);

/* put_thread.c: a row has just been made of op->message: its thread, if it is in one or (`is_root`)
 * begins one. *ret_changed: the row is not as the message was. */
bool put_thread_new(struct put *put, const struct op *op, bool is_root, bool *ret_changed);
/* An own row that is about to be SENT, or a stored reply that is about to be erased: it counts
 * (no more). */
bool put_thread_sent(struct put *put, int64_t message_id);
bool put_thread_erased(struct put *put, int64_t message_id);
/* A row has its remote id now, by which replies that came before it may have called it. */
bool put_thread_named(struct put *put, int64_t message_id);
/* A known row comes again, and now with its thread. */
bool put_thread_known(struct put *put, const struct message *message);
/* The buffer was read up to this place. */
bool put_threads_read(struct put *put, int64_t buffer_id, int64_t sort_key);
bool put_thread(struct put *put, struct op *op);
bool put_thread_draft(struct put *put, int64_t buffer_id, const char *root, const char *text);

/* Inserts `message` as a new row; its remote id is there already: *ret_id 0. `key` NULL: none. */
bool put_insert(struct put *put, int64_t account_id, const struct message *message, const char *key,
                int64_t *ret_id);
/* Notes a new or moved message for its buffer's row. */
void put_count(struct put *put, const struct message *message, bool counts_unread);
/* Writes what is gathered for one buffer, before something that reads or sets it. */
bool put_count_flush(struct put *put, int64_t buffer_id);

/* A message row as it stands on this connection, or NULL (none, or an error when *ret_ok is false).
 */
struct message *put_load(struct db *db, int64_t id, bool *ret_ok);

/* An own row has come back or was confirmed: state SENT, the outbox row DONE, the ids into `op`'s
 * result. `remote_id` NULL, `time_us` 0 and `sort_key` 0 keep what is there. */
bool put_settle(struct put *put, struct op *op, int64_t message_id, const char *remote_id,
                int64_t time_us, int64_t sort_key);

#endif
