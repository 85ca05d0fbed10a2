/* What the engine's own files (room, word, session, host, ingest, outbox, unread, history,
 * question, trial) call of each other. Commands and completion need core_priv.h only. */
#ifndef WEFT_CORE_ENGINE_H
#define WEFT_CORE_ENGINE_H

#include "core/copy.h"
#include "core/core_priv.h"
#include "core/event.h"

/* --- room.c: buffers, spaces, their order
 * ---------------------------------------------------------------- */

/* weft's own buffer, and the highest numbers that were ever given. */
void room_init(struct core *core);
void room_fini(struct core *core);
/* The stored spaces and buffers of these sessions, and a server buffer for each. One pass over the
 * store. */
void room_load(struct core *core);
struct room *room_get(struct core *core, int64_t id); /* NULL: none */
struct room *room_find(struct core *core, int64_t account_id, const char *remote_id);
/* Stores and publishes it. `name` and `remote_id` are clean. NULL when the account has too many. */
struct room *room_new(struct core *core, struct session *session, enum buffer_kind kind,
                      const char *remote_id, const char *name, int64_t space_id);
void room_store(struct room *room, struct core *core);
void room_publish(struct core *core, const struct room *room, enum notice_type type);
/* False when another conversation has that id already. */
bool room_set_remote_id(struct core *core, struct room *room, const char *remote_id);
void room_set_space(struct core *core, struct room *room, int64_t space_id);
/* Lists or unlists it; tells, and stores. */
void room_set_closed(struct core *core, struct room *room, bool closed);
/* From driver, session and network. True when they have changed. */
bool room_update_caps(struct room *room);
struct space *
room_space(struct core *core, struct session *session, const char *remote_id, const char *name);
/* What calls in it, by the network's word and the configuration as it is now. */
void room_update_notify(struct core *core, struct room *room);
/* Calls `fn` for every buffer of the account, closed ones too. `fn` must not add any. */
/* Its account was removed: it is nobody's business any more. */
bool room_is_gone(const struct room *room);
/* An account's buffers leave the list or come back to it, as their session is `removed`. */
void room_list_account(struct core *core, struct session *session);
/* The accounts have other places. */
void room_sort(struct core *core);
void room_each(struct session *session, void (*fn)(struct room *room, void *user), void *user);

/* --- groups.c: how the person has put conversations together on the network
 * ---------------------------------------------- */

void groups_init(struct core *core);
void groups_fini(struct core *core);
/* The stored ones; after the spaces. */
void groups_load(struct core *core);
/* Where a room is listed, from its space and its group. Not while it is in the list, but before a
 * room_sort(). */
void groups_place(struct core *core, struct room *room);
void groups_event(struct session *session, const struct event *event); /* EVENT_GROUPS */
void groups_muted(struct session *session, const struct event *event); /* EVENT_MUTED */

/* --- roster.c: members
 * ------------------------------------------------------------------------------------ */

void roster_replace(struct room *room, const struct member *const *members, size_t n);
void roster_put(struct room *room, const struct member *member);
bool roster_remove(struct room *room, const char *user_id);
/* In `room`, or (NULL) in every one. */
void roster_rename(struct session *session, struct room *room, const char *id, const char *new_id,
                   const char *new_name);
void roster_gone(struct session *session, const char *user_id);
void roster_clear(struct room *room);
/* EVENT_MEMBERS and its sisters, EVENT_USER_GONE, EVENT_PRESENCE, EVENT_STATUS. */
void roster_event(struct session *session, const struct event *event);

/* --- typing.c
 * ------------------------------------------------------------------------------------------- */

void typing_event(struct session *session, const struct event *event);
/* They have said something, or left; NULL: nobody. */
void typing_ended(struct room *room, const char *user_id);
/* Nobody types here any more. */
void typing_clear(struct room *room);
/* Tells the network that somebody types, or does so no more; not too often. */
void typing_tell(struct room *room, bool active);
/* We have said something: that ends it, nothing is told. */
void typing_sent(struct room *room);

/* --- deed.c: what happens to messages after they were said
 * --------------------------------------------------------- */

void deed_event(struct session *session, const struct event *event);

/* A message that the network knows, in a buffer in which this can be done. Unref; NULL: `error`. */
struct message *deed_find(struct core *core, int64_t message_id, enum capability capability,
                          struct session **ret_session, GError **error);

/* --- mark.c: pins, flags and revisions that the network tells of
 * ------------------------------------------- */

void mark_event(struct session *session, const struct event *event);
/* All that is pinned in a buffer is this (struct message; NULL: nothing): what is stored becomes
 * so.
 */
void mark_pins_are(struct core *core, int64_t buffer_id, const GPtrArray *pinned);

/* --- edit.c: our own changes of our own messages, on their way out
 * ------------------------------------------------- */

void edit_init(struct core *core);
void edit_fini(struct core *core);
/* Takes up the stored ones: of one account, or of all (NULL). */
void edit_load(struct core *core, const struct session *session);
/* Hands over what may leave now. */
void edit_run_room(struct room *room);

/* --- word.c: the way to the store and its word back
 * --------------------------------------------------------- */

/* Every call to the store that has an answer: made first in a larger struct, freed after the final
 * word. */
struct word {
    struct core *core; /* NULL: core has gone, the word is for nobody */
    /* With STALLED any number of times, then once with the outcome. */
    void (*told)(struct word *word, const struct store_result *result);
    void (*fini)(struct word *word); /* frees what hangs from it; may be NULL */
    int64_t id;                      /* buffer or outbox row */
    bool stalled;                    /* the disk has refused it once */
    struct word *before, *after;     /* in core's list of those that are awaited */
};
void word_fini(struct core *core);
/* Zeroed, `size` bytes. Hand it to the store with word_came. */
void *word_new(struct core *core, size_t size,
               void (*told)(struct word *word, const struct store_result *result), int64_t id);
void word_came(const struct store_result *result, void *word);
/* Asks nothing of the store but its word, which says that all that was put before is on disk. */
void word_barrier(struct core *core, struct word *word);
/* Calls `fn` when all that was put before is on disk. */
typedef void (*word_after_fn)(struct core *core, int64_t id, int64_t argument);
void word_after(struct core *core, word_after_fn fn, int64_t id, int64_t argument);
/* A message that the disk has refused (or in a read-only weft): told with NOT_STORED and an id
 * below 0. */
void word_unstored(struct core *core, struct room *room, const struct message *message, bool live);
void word_publish(struct core *core, enum notice_type type, struct message *message, bool live);
/* A copy that is new; `source_id` 0: sent again. */
void word_publish_copy(struct core *core, struct message *message, int64_t source_id);

/* --- session.c, op.c, host.c
 * ------------------------------------------------------------------------------- */

extern const struct host_ops host_account_ops;

/* The account is taken. Does nothing yet. */
struct session *session_new(struct core *core, struct account *account, const struct driver *driver,
                            const struct options *options);
/* Cuts the connection and frees the driver's session. */
void session_close(struct session *session);
void session_free(struct session *session);
/* Makes the driver's session when there is none. */
bool session_open(struct session *session, GError **error);
/* Begins to connect, from the loop. */
void session_connect(struct session *session);
/* Ends the connection, or the waiting for one. */
void session_disconnect(struct session *session, const char *reason);
/* Other options for the account, at its next connection. */
void session_set_options(struct session *session, const struct options *options);
bool session_online(const struct session *session); /* logged in: CATCH_UP or ONLINE */
/* So many bytes wait for the store, or do so no more. */
void session_backlog_add(struct session *session, size_t n_bytes);
void session_backlog_remove(struct session *session, size_t n_bytes);
/* What the host functions report. */
void session_set_state(struct session *session, enum account_state state);
void session_lost(struct session *session, const GError *error);
void session_set_caps(struct session *session, unsigned caps, const struct limits *limits);

void op_init(struct session *session);
void op_fini(struct session *session);
/* It is at work: its deadline begins anew. */
void op_moves(struct session *session, op_id op);
/* What is shown at its good end, if anything is, has this remote id; NULL: that is not known. */
void op_names(struct session *session, op_id op, const char *remote_id);
/* The end of one; unknown ids are none of ours. True when it was there. */
bool op_end(struct session *session, op_id op, const GError *error);
/* All of them, with CLOSED. */
void op_end_all(struct session *session);
/* Without a deadline of its own, for the outbox. */
op_id op_next_id(struct session *session);

/* --- ingest.c, unread.c
 * ----------------------------------------------------------------------------------------- */

void ingest_event(struct session *session, const struct event *event);
/* A valid, bounded copy; NULL for NULL. */
char *ingest_clean(const char *text, size_t max_bytes);
/* A copy of what a driver gave, within the limits; NULL is empty. */
struct rich *ingest_clean_rich(const struct rich *rich);
/* The room of a conversation that an event names; NULL: none. */
struct room *ingest_find(struct session *session, const char *conversation);
/* A line that is no message of the network: host->say and core_say. `text` need not be clean. */
void ingest_line(struct core *core, struct room *room, enum message_kind kind, const char *text);
/* Where a message that arrives (or is written) now stands: the greatest of now and what is known.
 */
int64_t ingest_sort_key_now(struct core *core, const struct room *room);

bool unread_kind_counts(enum message_kind kind);
bool
unread_mentions(struct session *session, const struct room *room, const struct message *message);
void unread_mark(struct core *core, struct room *room, struct position upto, bool back,
                 bool tell_network);
/* EVENT_READ. */
void unread_event(struct session *session, const struct event *event);
/* A message that may have been counted was taken back. */
void unread_forget(struct core *core, struct room *room, const struct message *message);
/* Tells the network how far we have read, when it does not know yet. */
void unread_tell_due(struct room *room);
/* Writes position and counters as they stand. */
void unread_store(struct core *core, struct room *room);

/* Takes the message into account that is the buffer's newest now, perhaps. */
void unread_note_newest(struct room *room, const struct message *message);

/* --- attention.c
 * ------------------------------------------------------------------------------------------ */

/* Somebody says the person's name, or one of the words that call. */
bool attention_calls(struct session *session, const struct room *room, const struct rich *body);
/* The configuration is another one. */
void attention_forget(struct session *session);
/* Until when nothing calls here: by quiet hours, by /snooze (wall time; 0: it may). */
int64_t attention_quiet_until(struct core *core, const struct room *room);
int64_t attention_snoozed_until(struct core *core, const struct room *room);
/* `room` NULL: everything; `until_us` 0: not any more. */
void attention_snooze(struct core *core, struct room *room, int64_t until_us);
/* What was snoozed when weft ended. */
void attention_load(struct core *core);

/* --- writing.c
 * ------------------------------------------------------------------------------------ */

/* Whether something waits in its editor; tells of a change. */
void writing_set_draft(struct core *core, struct room *room, bool draft);
/* May this be said there? `room` NULL: no. */
bool writing_may_send(struct core *core, struct room *room, enum message_kind kind,
                      const struct rich *body, const GPtrArray *files, const char *reply_to,
                      GError **error);
/* In one part or more, struct rich; NULL and `error` when the network can't. */
GPtrArray *writing_split(struct room *room, const struct send_request *request, GError **error);
/* What was typed there, its marks read where the network has them. rich_free(). */
struct rich *writing_read(struct core *core, const struct room *room, const char *typed);
/* A text as one message. False and `error` when it is none, or more than one. */
bool writing_is_one(struct core *core, struct room *room, enum message_kind kind,
                    const struct rich *body, GError **error);

/* --- drafts.c: drafts that the network keeps as well
 * ---------------------------------------------------------------------------------------- */

/* What stands in the editor of this conversation, or of the thread with this root ("": none), is
 * this now; NULL or "": nothing. */
void drafts_typed(struct room *room, const char *root, const char *text);
/* The draft where it is newer than the store has it; NULL: it is not. */
const char *drafts_text(const struct room *room, const char *root);
void drafts_event(struct session *session, const struct event *event); /* EVENT_DRAFT, _DRAFTS */
/* The connection is gone. */
void drafts_lost(struct session *session);
void drafts_free(struct session *session);

/* --- form.c: what programs ask the person to fill in
 * ---------------------------------------------------------------------------------------- */

void forms_event(struct session *session, const struct event *event); /* EVENT_FORM, _REFUSED */
void forms_fini(struct core *core);

/* --- outbox.c
 * ------------------------------------------------------------------------------------- */

void outbox_init(struct core *core);
void outbox_fini(struct core *core);
/* Takes up the stored rows: of one account, or of all (NULL). */
void outbox_load(struct core *core, const struct session *session);
/* What is to be said. */
struct said {
    enum message_kind kind;
    const struct rich *body;
    const char *source;            /* as it was typed, or NULL */
    const GPtrArray *files;        /* struct attachment, with paths; NULL: none */
    const char *reply_to, *thread; /* remote ids; or NULL */
    struct outbox_told *told;      /* who hears of it when it is on disk; NULL: nobody */
};
/* Shared by the parts of a text. */
struct outbox_told *outbox_told_new(core_told_fn fn, void *user, GDestroyNotify free_user);
void outbox_told_unref(struct outbox_told *told); /* NULL is allowed */
/* Adds a message and its row; both go on their way when they are on disk. */
void outbox_add(struct core *core, struct room *room, const struct said *said, bool clear_draft);
/* The same in pieces: what is to be stored, and (NEW) what is on the disk. */
struct message *outbox_message(struct core *core, struct room *room, const struct said *said);
struct outbox_row *
outbox_row(const struct room *room, const struct said *said, const struct message *message);
void outbox_added(struct core *core, struct room *room, struct outbox_row *row_taken,
                  const struct store_result *result);
/* A copy that is added now leaves as soon as it is on the disk, so that it may be added as marked,
 * which saves a commit of its own. True: _promise_over() when it is on the disk, and
 * _run_promised() when it is in its lane: should it not leave after all, it waits again where
 * nobody could find out whether it has left. */
bool outbox_promise(struct room *room, const struct outbox_row *row);
void outbox_promise_over(struct room *room);
void outbox_run_promised(struct room *room, int64_t outbox_id);
/* One that has just been stored joins the end of its lane; takes the row. */
void outbox_take(struct core *core, struct room *room, struct outbox_row *row, int64_t sort_key);
/* The lane's memory; for the end of a buffer. */
void outbox_free_lane(struct room *room);
/* Sends what may be sent now. */
void outbox_run(struct session *session);
void outbox_run_room(struct room *room);
/* The store has found our own message: the row is settled. */
void outbox_merged(struct core *core, int64_t outbox_id, int64_t sort_key);
void outbox_lost(struct session *session);
/* What was under way in it is unknown now. */
void outbox_lost_room(struct room *room);
void outbox_caught_up(struct room *room, bool history_whole);
/* Something of it was not found and may still come: a live line of ours may be that. */
bool outbox_holds(const struct room *room);
/* It may have arrived, and is still being found out. `ret_blocks`: what comes after it waits for
 * that. */
bool outbox_is_in_doubt(struct core *core, int64_t message_id, bool *ret_blocks);
/* What waits for this conversation may leave. */
bool outbox_is_ready(const struct room *room);
/* Those whose conversation did not come back in time: nothing will be found out any more. */
void outbox_give_up_looking(struct session *session);
/* Ids of messages that were not sent, or perhaps not, and rest, in no order. int64_t; unref. */
GArray *outbox_failed(struct core *core);
/* True when the operation was a send. `error` NULL: done. */
bool outbox_completed(struct session *session, op_id op, const char *remote_id, int64_t time_us,
                      const GError *error);
/* --- copy.c
 * ---------------------------------------------------------------------------------------- */

/* Answers from the loop. Both take the error; NULL: it is done. */
void copy_answer(struct core *core, copy_done_fn fn, void *user, GError *error_taken);
void copy_answer_file(struct core *core, copy_file_fn fn, void *user, const char *path,
                      GError *error_taken);
/* A copy that rests is sent again by the person, as another message. */
void copy_again(struct core *core, struct room *room, const struct outbox_row *before);

/* --- history.c
 * ------------------------------------------------------------------------------------------------------
 */

void history_init(struct session *session);
void history_fini(struct session *session);
/* True when the operation was a fetch. Its failure comes by op_end(). */
bool history_completed(struct session *session, op_id op, const struct history_result *result);
void history_known(struct core *core, struct room *room, const struct event *event);
void history_add_gap(struct core *core, struct room *room, const struct event *event);
/* A message that is not here, with what was said around it; it is shown then. */
bool history_fetch_around(struct room *room, const char *remote_id, GError **error);
/* follow.c: what was fetched around room->wanted is on disk. */
void follow_fetched(struct core *core, int64_t buffer_id, int64_t argument);
/* A message has come after an open gap. */
void history_end_gap(struct core *core, struct room *room, int64_t sort_key);

/* --- transfer.c
 * ----------------------------------------------------------------------------------------- */

void transfer_init(struct core *core);
void transfer_fini(struct core *core);
/* What the host functions report. */
void transfer_progress(struct session *session, op_id op, uint64_t done_bytes);
void transfer_bytes(struct session *session, op_id op, uint64_t at, const char *bytes, size_t len);
/* What waits for this session goes on, if it can. */
void transfer_run(struct session *session);
/* Brings a file over; `fn` once, unless it is forgotten first: the file's id, or why not. Tries
 * again by itself where that helps. Returns its id. */
typedef void (*transfer_up_fn)(struct core *core, int64_t user_id, const char *file_id,
                               const GError *error);
uint64_t transfer_up(struct room *room, int64_t message_id, const char *key,
                     const struct attachment *file, transfer_up_fn fn, int64_t user_id);
/* A name in the folder that was free a moment ago, and is ours now; g_free(). NULL: `error`. */
char *transfer_take_name(const char *folder, const char *name, GError **error);
/* Ends it without a word. 0: none. */
void transfer_forget(struct core *core, uint64_t id);

/* --- inbox.c
 * -----------------------------------------------------------------------------------------------
 */

void inbox_init(struct core *core);
void inbox_fini(struct core *core);
/* Something is flagged, or is not any more. */
void inbox_flagged(struct word *word, const struct store_result *result);
/* Something was written that its rows follow: how far a buffer is read. */
void inbox_written(struct core *core);

/* --- threads.c
 * ----------------------------------------------------------------------------------------- */

/* What is unread in them, when weft starts. */
void threads_load(struct core *core);
/* EVENT_THREAD. */
void thread_event(struct session *session, const struct event *event);
/* Would a reply in this thread stand apart from the channel? */
bool thread_is_aside(const struct room *room, const char *root);
/* A reply that stands apart is the person's business. */
bool thread_calls(struct core *core, const struct message *reply, bool mention);
/* A message was stored, changed or taken back: when it is a reply, tells of its thread. */
void thread_replied(struct core *core, struct room *room, const struct message *message);
/* Undo: it is read up to this place only. */
void thread_read_back(struct core *core, int64_t buffer_id, const char *root, int64_t read_key);
/* A message of ours has come back: its thread is read up to it. */
void thread_answered(struct core *core, const struct message *message);
/* The root of what an answer to this message belongs to: g_free(). NULL: none. */
char *thread_root_of(struct core *core, const struct room *room, const char *reply_to);
/* The thread that what is written in this buffer now belongs to; NULL: none. */
const char *thread_written(const struct core *core, int64_t buffer_id);

/* --- question.c
 * ------------------------------------------------------------------------------------------------------
 */

void question_init(struct core *core);
void question_fini(struct core *core);
void question_ask(struct session *session, const char *text, bool hidden, int64_t deadline_us,
                  host_answer_fn fn, void *user);
void question_secret(struct session *session, const char *option, host_answer_fn fn, void *user);
/* The session's driver waits for none of them any more. */
void question_forget(struct session *session);

/* --- picture.c
 * --------------------------------------------------------------------------------------------- */

void picture_init(struct core *core);
void picture_fini(struct core *core);
/* What the network says with a message about its sender's picture (event.h: sender_picture). */
void picture_heard(struct session *session, const struct message *message, const char *picture);

/* --- accounts.c
 * -------------------------------------------------------------------------------------------- */

void accounts_load(struct core *core);
/* Takes up an account of the configuration that has no session, or one that was removed. Connects
 * nothing. */
struct session *accounts_add(struct core *core, const char *name, const char *network);
/* Says goodbye and leaves the list. */
void accounts_remove(struct core *core, struct session *session);
/* Those of the configuration in its order. */
void accounts_sort(struct core *core);
/* Removed ones too; NULL: none. */
struct session *accounts_find(struct core *core, const char *name);

/* --- core.c
 * -------------------------------------------------------------------------------------------- */

/* A session has no connection any more: core_stop() may wait for it. */
void core_session_ended(struct core *core);
const struct network *core_network(struct core *core, const char *name); /* NULL: none */

/* --- trial.c
 * ------------------------------------------------------------------------------------------------------------
 */

void trial_free_all(struct core *core);
/* setup.c: the network is there. */
void setup_start(struct core *core);

#endif
