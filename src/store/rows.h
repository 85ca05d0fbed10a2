/* Rows to structs: what reading and writing share. Private to src/store. */
#ifndef WEFT_STORE_ROWS_H
#define WEFT_STORE_ROWS_H

#include "model/edit.h"
#include "store/db.h"
#include "store/store.h"

/* The columns that row_message() reads, of `messages m LEFT JOIN users u`. */
#define ROW_MESSAGE                                                                                \
    "SELECT m.id, m.buffer_id, m.sort_key, m.time_us, m.kind, m.state, m.flags, u.remote_id,"      \
    " u.name, m.remote_id, m.body, m.spans, m.subject, m.reply_to, m.key, m.error,"                \
    " m.thread, m.files, m.buttons"                                                                \
    " FROM messages m LEFT JOIN users u ON u.id = m.user_id "

/* The columns that row_outbox() reads. */
#define ROW_OUTBOX                                                                                 \
    "SELECT id, account_id, buffer_id, message_id, kind, state, key, body, spans, reply_to,"       \
    " attempts, created_us, sent_us, error, thread, files, as_name, as_avatar, mark FROM outbox "

/* Who said the newest stored reply of `threads t`. */
#define ROW_THREAD_LAST                                                                            \
    "(SELECT u.name FROM messages l LEFT JOIN users u ON u.id = l.user_id"                         \
    " WHERE l.buffer_id = t.buffer_id AND l.thread = t.root ORDER BY l.sort_key DESC LIMIT 1)"

/* The columns that row_edit() reads. */
#define ROW_EDIT                                                                                   \
    "SELECT id, account_id, buffer_id, message_id, state, body, spans, source, base, created_us,"  \
    " error FROM edits "

struct message *row_message(sqlite3_stmt *statement);
/* Gives messages that are flagged REACTED their reactions: one query, and none when there is none.
 * False: see db_error(). */
bool row_reactions(struct db *db, GPtrArray *messages);
bool row_reactions_of(struct db *db, struct message *message);
struct edit *row_edit(sqlite3_stmt *statement);
struct rich *row_rich(sqlite3_stmt *statement, int text, int spans);
/* Likewise those that are flagged ROOT what hangs from them. */
bool row_replies(struct db *db, GPtrArray *messages);
bool row_replies_of(struct db *db, struct message *message);
struct outbox_row *row_outbox(sqlite3_stmt *statement);

/* Text, action, notice and invite of others, unless ignored: what makes a buffer unread and active.
 */
bool row_counts(const struct message *message);

#endif
