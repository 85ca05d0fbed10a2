/* The profile's memory on disk: one SQLite file, one process, one writer thread.
 *
 * Writing: every store_put_…, store_set_…, store_add_… call below copies what it is given into the
 * batch that is being gathered, and returns. When the writer thread is free it takes the batch and
 * commits it as one transaction; while it works the next batch gathers. Calls made without
 * returning to the main loop in between land in the same transaction: that is how a message and its
 * cursor move together. Callbacks come later, on the main loop, in the order of the calls.
 *
 * When the disk refuses (full, read-only, failing), the callback of every waiting call comes once
 * with STORE_STALLED; nothing is dropped (up to STORE_STALLED_MAX calls; beyond that the oldest
 * messages are, and store_dropped() counts them; their last callback says STORE_MISSING), and the
 * writer tries again every few seconds until it succeeds and the final callbacks come. A store that
 * is READ_ONLY answers every writing call with STORE_STALLED (FORBIDDEN) and forgets it.
 *
 * Reading: store_load_… and store_find_… run at once on the main thread's own read-only connection
 * and hold no statement open afterwards. They see what has been committed. All times are
 * microseconds since 1970. */
#ifndef WEFT_STORE_STORE_H
#define WEFT_STORE_STORE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "model/buffer.h"
#include "model/message.h"
#include "model/outbox.h"

#define STORE_STALLED_MAX 50000

struct store;

enum store_mode {
    STORE_WRITE,     /* the profile's one process; creates what is missing */
    STORE_READ_ONLY, /* beside a running weft: weft export, a second weft */
};

struct store_options {
    const char *dir; /* the data folder: weft.db stands in it, search.db will; made 0700 */
    enum store_mode mode;
    struct clock *clock; /* borrowed; may be NULL when READ_ONLY */
    /* Called on the main loop when the disk starts to refuse, and with `error` NULL when it works
     * again. May be NULL. */
    void (*stalled)(void *user, const GError *error);
    void *user;
};

/* Opens, and migrates after a backup. Loads nothing. Errors, each a sentence with what to do:
 *   CONFLICT     another weft holds the profile: open READ_ONLY then
 *   UNSUPPORTED  written by a newer weft; READ_ONLY: or by an older one
 *   DISK         the folder or file cannot be made, read or written
 *   NOT_FOUND    READ_ONLY, and there is none yet
 * A damaged file is no error: it is moved aside as weft.db.damaged-DATE, what can be read of outbox
 * and drafts is saved into a new one, and *ret_notice (may be NULL) is a sentence that the person
 * must see. */
struct store *store_open(const struct store_options *options, char **ret_notice, GError **error);

/* Commits what is gathered (waiting at most 5 s when the disk refuses), stops the writer, frees.
 * Calls nobody back: store_flush() first, if somebody still wants to know. NULL is allowed. */
void store_close(struct store *store);

/* The profile's uuid; the keys of our own messages derive from it. */
const char *store_profile_uuid(const struct store *store);

/* Waits until all that was put before is committed or stalled, and delivers the callbacks. For the
 * end of the program and for tests; never from the screen. */
void store_flush(struct store *store);

/* Messages given up because the disk refused for too long. */
uint64_t store_dropped(const struct store *store);

/* --- writing --- */

enum store_outcome {
    STORE_NEW,     /* a row was added */
    STORE_KNOWN,   /* it was there: nothing changed */
    STORE_MERGED,  /* our own message came back: its row got remote id, time and the state SENT */
    STORE_CHANGED, /* an existing row was altered */
    STORE_MISSING, /* what was to be changed is not there */
    STORE_STALLED, /* not on disk yet; another call follows */
};

struct store_result {
    enum store_outcome outcome;
    struct message *message; /* the row as it stands now, valid during the call (ref to keep it);
                              * NULL when KNOWN, MISSING or STALLED */
    int64_t outbox_id;       /* the outbox row added, changed or settled by a merge; else 0 */
    const char *outbox_key;  /* of that row; else NULL */
    const GError *error;     /* STALLED */
};
typedef void (*store_fn)(const struct store_result *result, void *user);

/* Ids of accounts, spaces, groups and buffers are the caller's, who counts up from store_max_id().
 */
void store_put_account(struct store *store, const struct account *account);
void store_put_space(struct store *store, const struct space *space);
/* `place` 0: it is no more. */
void store_put_group(struct store *store, const struct buffer_group *group);
/* Inserts, or changes everything but read position and counters. */
void store_put_buffer(struct store *store, const struct buffer *buffer);

enum store_inbox { STORE_INBOX_NONE, STORE_INBOX_MENTION, STORE_INBOX_DIRECT };

struct store_put_message {
    /* Kept, and read by the writer's thread: not to be changed any more. When it is NEW, it has its
     * row's id, and no key, before `fn` is called. */
    struct message *message;
    int64_t account_id;
    /* The first rule that fits decides:
     * 1. remote_id is known in this buffer → KNOWN
     * 2. message->key is that of an own row in this buffer → MERGED (a row that has a remote id
     * keeps it: a text that the network cut comes back several times; files that come take the
     * place of those that were sent)
     * 3. look_own, and an own row SENDING or UNKNOWN in this buffer has the same kind and text, and
     * was handed out no later than 2 minutes after time_us → MERGED, the oldest such row
     * 4. look_replay, and a row of the same sender, kind, text and time_us is there (when the
     * message has a remote id: one without) → KNOWN, and that row gets the remote id. A message
     * without a remote id meets a row that has one only at the same sort_key.
     * 5. both, the message has a remote id, and an own row SENT that has none, of the same kind and
     * text, lies at most 2 minutes from time_us → MERGED, the nearest such row
     * 6. else → NEW */
    bool look_own;
    bool look_replay;
    /* NEW: the buffer's unread counter rises, and mentions by MESSAGE_MENTION. */
    bool counts_unread;
    /* NEW: it is a reply that counts as unread in its thread, where the network does not keep
     * that. */
    bool counts_reply;
    /* An answer (reply_to) belongs to the thread of what it answers, or begins one. */
    bool chains;
    /* NEW: it is to be said elsewhere as well, where a route begins in this buffer: relay.h. */
    bool relays;
    enum store_inbox inbox; /* NEW: it calls the person and waits for them: store/inbox.h */
    const char *cursor;     /* the buffer's resume cursor, moved in the same transaction; or NULL */
};
/* `fn` may be NULL. */
void store_put_message(struct store *store, const struct store_put_message *put, store_fn fn,
                       void *user);

/* A reaction, and its being taken back. CHANGED: `message` is the row as it stands now; the flag
 * REACTED follows. KNOWN: it was so, or the message is deleted. MISSING: no such message here;
 * kept, and applied when it comes (at most STORE_EARLY_MAX a buffer, the oldest go first). Of two
 * words about the same person and emoji the one with the later time_us counts. No string but
 * user_name may be NULL. */
#define STORE_EARLY_MAX     1000
#define STORE_REACTIONS_MAX 1000 /* under one message, taken back ones too: more are not kept */
struct store_put_reaction {
    int64_t account_id;
    int64_t buffer_id;
    const char *remote_id; /* of the message */
    const char *user_id;
    const char *user_name;
    const char *emoji;
    int64_t time_us;
    bool add;
    bool own;
};
void store_put_reaction(struct store *store, const struct store_put_reaction *put, store_fn fn,
                        void *user);

/* All reactions that a message has: others of it that are not later than time_us are taken back.
 * CHANGED and KNOWN as above; MISSING: no such message here, and nothing is kept. */
struct store_put_reactions {
    int64_t account_id;
    int64_t buffer_id;
    const char *remote_id;
    const GPtrArray *stay; /* char *: user id, emoji, user id, emoji, …; NULLs fit nobody */
    int64_t time_us;
};
void store_put_reactions(struct store *store, const struct store_put_reactions *put, store_fn fn,
                         void *user);

/* A message is taken back: its text, spans and reactions are erased from the file and from the
 * index, the row stays with the flag DELETED, and `error` holds `note` ("deleted by maria: spam";
 * may be NULL). Outcomes as above. A message that comes again does not bring its text back. */
struct store_put_deletion {
    int64_t account_id;
    int64_t buffer_id;
    const char *remote_id;
    const char *note;
};
void store_put_deletion(struct store *store, const struct store_put_deletion *put, store_fn fn,
                        void *user);

/* A message says something else now: text, spans, files and buttons are replaced, in the index as
 * well, it gets the flag EDITED, and what it said becomes a revision (store/edit.h). CHANGED:
 * `message` is the row as it stands now. KNOWN: it says just this, or was taken back, or was
 * changed later than that already, by the network's own clock: what bears this machine's is not
 * compared. MISSING: no such message here; nothing is kept. */
struct store_put_edit {
    int64_t account_id;
    int64_t buffer_id;
    const char *remote_id;
    const struct rich *body;
    int64_t time_us;          /* when it was changed, as the network says; 0: it does not */
    const GPtrArray *files;   /* struct attachment; NULL: none */
    const GPtrArray *buttons; /* struct button; NULL: none */
};
void store_put_edit(struct store *store, const struct store_put_edit *put, store_fn fn, void *user);

/* The resume cursor of a buffer, or of the account (buffer_id 0). */
void
store_set_cursor(struct store *store, int64_t account_id, int64_t buffer_id, const char *cursor);

/* Small things that a driver keeps for an account; `value` NULL removes. */
void store_set_kv(struct store *store, int64_t account_id, const char *key, const char *value);

/* id 0: a new gap or, where one begins at the same after_sort_key, its new form. Else: that gap. */
void store_put_gap(struct store *store, const struct gap *gap);
/* The span after…before is known now: gaps inside it vanish, gaps that stick out are cut (or
 * split), and take the wall time of the message at the cut. */
void store_close_gaps(struct store *store, int64_t buffer_id, int64_t after_sort_key,
                      int64_t before_sort_key);

void store_set_read(struct store *store, int64_t buffer_id, struct position read, unsigned unread,
                    unsigned mentions);

/* The unsent text of a buffer's editor; NULL or "" removes. */
void store_set_draft(struct store *store, int64_t buffer_id, const char *text);

/* Adds the message, state PENDING, and its outbox row in one transaction (NEW). Ids, state,
 * attempts and key of `row` and `message` are ignored; the key is derived: a hash of profile uuid
 * and outbox row, 32 hex digits. the draft that it was goes in the same
 * transaction. */
enum store_clears { STORE_CLEARS_NOTHING, STORE_CLEARS_DRAFT, STORE_CLEARS_THREAD_DRAFT };
void
store_add_outbox(struct store *store, const struct outbox_row *row, const struct message *message,
                 enum store_clears clears, store_fn fn, void *user);

struct store_outbox_change {
    int64_t outbox_id;
    enum outbox_state state; /* the message's state follows */
    const char *remote_id;   /* DONE: what the network said; NULL keeps what is there */
    int64_t time_us;         /* DONE: likewise; 0 keeps */
    int64_t sort_key;        /* DONE: likewise; 0 keeps */
    const char *error;       /* FAILED, UNKNOWN: a sentence; else NULL */
    const char *files;       /* only this: what is sent with it, by attachments_encode(), with the
                                ids that it has by now; NULL: not this */
    bool moves;              /* only this: the message stands at `sort_key`, if it is later than
                                where it stands and the row is not DONE (then KNOWN) */
};
/* SENDING is committed with synchronous=FULL and counts an attempt. When a DONE's remote id is
 * already on another row of the buffer (the echo came first and could not be matched), the two
 * become one row: the own row stays, with its id, and takes the echo's place in the order; `fn`
 * sees CHANGED. A row that is DONE stays DONE (KNOWN); only when an echo was matched by its text
 * and the network now names another remote id, the row gets that one (CHANGED). */
void store_set_outbox(struct store *store, const struct store_outbox_change *change, store_fn fn,
                      void *user);

/* --- reading --- */

enum store_table { STORE_ACCOUNTS, STORE_SPACES, STORE_GROUPS, STORE_BUFFERS };
int64_t store_max_id(struct store *store, enum store_table table);

/* Arrays own their elements. Never NULL: after a read error they are empty and the log has the
 * reason. */
GPtrArray *store_load_accounts(struct store *store); /* struct account: id, name, network */
GPtrArray *store_load_spaces(struct store *store);   /* struct space */
GPtrArray *store_load_groups(struct store *store);   /* struct buffer_group */
GPtrArray *store_load_buffers(struct store *store);  /* struct buffer, by number */

enum store_direction { STORE_BEFORE, STORE_AFTER };

/* At most `limit` messages of the buffer strictly before or after `from`; oldest first in both
 * cases. */
GPtrArray *store_load_page(struct store *store, int64_t buffer_id, struct position from,
                           enum store_direction direction, unsigned limit);
/* The newest `limit`, oldest first. */
GPtrArray *store_load_newest(struct store *store, int64_t buffer_id, unsigned limit);
/* The position of the first message at or after a time, in O(log n). False: there is none. */
bool store_find_time(struct store *store, int64_t buffer_id, int64_t time_us,
                     struct position *ret_position);
/* One message, or NULL; the caller unrefs. */
struct message *store_load_message(struct store *store, int64_t id);
struct message *store_find_remote(struct store *store, int64_t buffer_id, const char *remote_id);

/* Messages and mentions after a position that count (not our own, not ignored; of kind
 * text, action, notice, invite). Stops at `most`. */
void store_count_unread(struct store *store, int64_t buffer_id, struct position after,
                        unsigned most, unsigned *ret_unread, unsigned *ret_mentions);

GPtrArray *store_load_gaps(struct store *store, int64_t buffer_id); /* struct gap, oldest first */
/* NULL when there is none; free with g_free(). */
char *store_load_cursor(struct store *store, int64_t account_id, int64_t buffer_id);
char *store_load_kv(struct store *store, int64_t account_id, const char *key);
char *store_load_draft(struct store *store, int64_t buffer_id);
GArray *store_load_draft_buffers(struct store *store); /* int64_t ids of buffers with a draft */

/* Rows that are not DONE or DROPPED, oldest first. Account 0: of all. */
GPtrArray *store_load_outbox(struct store *store, int64_t account_id); /* struct outbox_row */

#endif
