/* Threads: which one a row belongs to, what is counted of it, what the network says of it. The
 * rules are in threads.h. */
#include <string.h>

#include "store/put.h"
#include "store/rows.h"

#define FLAG_ROOT  "16384"
#define FLAG_ASIDE "8192"

/* --- rows
 * ------------------------------------------------------------------------------------------- */

/* The root, when it is here, says that something hangs from it. */
static bool
flag_root(struct put *put, int64_t buffer_id, const char *root)
{
    return db_run(db_bind(put->db,
                          "UPDATE messages SET flags = flags | " FLAG_ROOT
                          " WHERE buffer_id = ?1 AND remote_id = ?2 AND NOT flags & " FLAG_ROOT,
                          "is", buffer_id, root));
}

/* Makes the thread's row where there is none. */
static bool
make(struct put *put, int64_t buffer_id, const char *root)
{
    return db_run(db_bind(put->db,
                          "INSERT OR IGNORE INTO threads (buffer_id, root) VALUES (?1, ?2)", "is",
                          buffer_id, root)) &&
           flag_root(put, buffer_id, root);
}

static bool
add_replies(struct put *put, int64_t buffer_id, const char *root, int by, int64_t time_us)
{
    return db_run(db_bind(put->db,
                          "UPDATE threads SET replies = max(0, replies + ?3),"
                          " last_us = max(last_us, ?4) WHERE buffer_id = ?1 AND root = ?2",
                          "isdi", buffer_id, root, by, time_us));
}

/* The person has to do with it: they wrote here, began it, or are called. */
static bool
follow(struct put *put, const struct message *message, const char *root)
{
    /* What the relay has said for others is nothing that the person has to do with. */
    const bool own = (message->flags & MESSAGE_MENTION) != 0 ||
                     (message->flags & (MESSAGE_OWN | MESSAGE_RELAYED)) == MESSAGE_OWN;
    return db_run(db_bind(put->db,
                          "UPDATE threads SET followed = 1 WHERE buffer_id = ?1 AND root = ?2"
                          " AND followed = 0 AND NOT told AND (?3 OR EXISTS (SELECT 1 FROM messages"
                          " WHERE buffer_id = ?1 AND remote_id = ?2 AND (flags & 65537) = 1))",
                          "isd", message->buffer_id, root, (int)own));
}

static bool
count_unread(struct put *put, const struct message *message, const char *root)
{
    return db_run(db_bind(put->db,
                          "UPDATE threads SET unread = unread + 1, mentions = mentions + ?4"
                          " WHERE buffer_id = ?1 AND root = ?2 AND NOT told AND read_key < ?3",
                          "isid", message->buffer_id, root, message->sort_key,
                          (int)((message->flags & MESSAGE_MENTION) != 0)));
}

/* --- which one
 * -------------------------------------------------------------------------------------- */

/* The head of the chain that an answer hangs from; *ret_root is g_free()d. */
static bool
root_of(struct put *put, const struct message *message, char **ret_root)
{
    bool ok;
    sqlite3_stmt *statement =
        db_bind(put->db,
                "SELECT ifnull(thread, remote_id) FROM messages WHERE buffer_id = ?1"
                " AND remote_id = ?2",
                "is", message->buffer_id, message->reply_to);
    *ret_root = db_step(statement, &ok) ? db_text(statement, 0) : g_strdup(message->reply_to);
    db_done(statement);
    return ok;
}

/* What was taken for a root is an answer itself: its replies are the other thread's. */
static bool
join(struct put *put, int64_t buffer_id, const char *false_root, const char *root)
{
    return db_run(db_bind(put->db,
                          "UPDATE messages SET thread = ?3 WHERE buffer_id = ?1 AND thread = ?2",
                          "iss", buffer_id, false_root, root)) &&
           db_run(db_bind(put->db,
                          "UPDATE threads SET (replies, last_us, followed, unread, mentions) ="
                          " (SELECT threads.replies + o.replies, max(threads.last_us, o.last_us),"
                          " max(threads.followed, o.followed), threads.unread + o.unread,"
                          " threads.mentions + o.mentions FROM threads o WHERE o.buffer_id = ?1 AND"
                          " o.root = ?2) WHERE buffer_id = ?1 AND root = ?3 AND EXISTS (SELECT 1"
                          " FROM threads o WHERE o.buffer_id = ?1 AND o.root = ?2)",
                          "iss", buffer_id, false_root, root)) &&
           db_run(db_bind(put->db, "DELETE FROM threads WHERE buffer_id = ?1 AND root = ?2", "is",
                          buffer_id, false_root));
}

static bool
put_reply(struct put *put, const struct op *op, const char *root)
{
    const struct message *message = op->message;
    const bool counts = (message->flags & (MESSAGE_IGNORED | MESSAGE_DELETED)) == 0 &&
                        (message->state == MESSAGE_RECEIVED || message->state == MESSAGE_SENT);
    if (!make(put, message->buffer_id, root) || !follow(put, message, root))
        return false;
    if (counts && !add_replies(put, message->buffer_id, root, 1, message->time_us))
        return false;
    return op->kind != OP_MESSAGE || !op->put.counts_reply || count_unread(put, message, root);
}

bool
put_thread_new(struct put *put, const struct op *op, bool is_root, bool *ret_changed)
{
    const struct message *message = op->message;
    const bool chained = message->thread == NULL && op->kind == OP_MESSAGE && op->put.chains &&
                         message->reply_to != NULL && *message->reply_to != '\0';
    g_autofree char *root = g_strdup(message->thread);
    if (chained && !root_of(put, message, &root))
        return false;
    /* It answers itself, or its own thread: a network's lie. */
    if (root != NULL && g_strcmp0(root, message->remote_id) == 0)
        g_clear_pointer(&root, g_free);
    *ret_changed = chained || is_root || g_strcmp0(root, message->thread) != 0;
    if (*ret_changed &&
        !db_run(db_bind(put->db, "UPDATE messages SET thread = ?2 WHERE id = ?1", "is",
                        op->kind == OP_MESSAGE ? op->row_id : message->id, root)))
        return false;
    if (root != NULL && !put_reply(put, op, root))
        return false;
    if (!is_root)
        return true;
    return root != NULL ? join(put, message->buffer_id, message->remote_id, root)
                        : flag_root(put, message->buffer_id, message->remote_id) &&
                              follow(put, message, message->remote_id);
}

bool
put_thread_named(struct put *put, int64_t message_id)
{
    bool ok;
    sqlite3_stmt *statement =
        db_bind(put->db,
                "SELECT m.buffer_id, m.remote_id, m.thread FROM messages m JOIN threads t"
                " ON t.buffer_id = m.buffer_id AND t.root = m.remote_id WHERE m.id = ?1",
                "i", message_id);
    const bool found = db_step(statement, &ok);
    const struct message at = {.buffer_id = found ? sqlite3_column_int64(statement, 0) : 0};
    g_autofree char *remote_id = found ? db_text(statement, 1) : NULL;
    g_autofree char *root = found ? db_text(statement, 2) : NULL;
    db_done(statement);
    if (!ok || !found)
        return ok;
    if (root == NULL)
        return flag_root(put, at.buffer_id, remote_id) && follow(put, &at, remote_id);
    return strcmp(root, remote_id) == 0 ||
           (make(put, at.buffer_id, root) && join(put, at.buffer_id, remote_id, root));
}

bool
put_thread_known(struct put *put, const struct message *message)
{
    if (message->thread == NULL || message->remote_id == NULL ||
        g_str_equal(message->thread, message->remote_id))
        return true;
    if (!db_run(db_bind(put->db,
                        "UPDATE messages SET thread = ?3, flags = flags | (?4 & " FLAG_ASIDE ")"
                        " WHERE buffer_id = ?1 AND remote_id = ?2 AND thread IS NULL",
                        "issd", message->buffer_id, message->remote_id, message->thread,
                        (int)message->flags)))
        return false;
    if (sqlite3_changes(put->db->handle) == 0)
        return true;
    return make(put, message->buffer_id, message->thread) &&
           add_replies(put, message->buffer_id, message->thread, 1, message->time_us);
}

/* --- what becomes of a reply
 * ------------------------------------------------------------------------ */

static bool
uncount(struct put *put, int64_t buffer_id, const char *root, int64_t sort_key, bool mention)
{
    return db_run(db_bind(put->db,
                          "UPDATE threads SET unread = max(0, unread - 1), mentions ="
                          " max(0, mentions - ?4) WHERE buffer_id = ?1 AND root = ?2"
                          " AND read_key < ?3",
                          "isid", buffer_id, root, sort_key, (int)mention));
}

/* Of a row in a thread whose state is (not) among those that count. */
static bool
move_count(struct put *put, int64_t message_id, bool counted, int by)
{
    bool ok;
    sqlite3_stmt *statement =
        db_bind(put->db,
                "SELECT buffer_id, thread, time_us, sort_key, flags FROM messages WHERE id = ?1 AND"
                " thread IS NOT NULL AND (state IN (0, 3)) = ?2 AND NOT flags & 40",
                "id", message_id, (int)counted);
    const bool found = db_step(statement, &ok);
    const int64_t buffer_id = found ? sqlite3_column_int64(statement, 0) : 0;
    const int64_t time_us = found ? sqlite3_column_int64(statement, 2) : 0;
    const int64_t sort_key = found ? sqlite3_column_int64(statement, 3) : 0;
    const unsigned flags = found ? (unsigned)sqlite3_column_int(statement, 4) : MESSAGE_OWN;
    g_autofree char *root = found ? db_text(statement, 1) : NULL;
    db_done(statement);
    if (!ok || !found)
        return ok;
    return add_replies(put, buffer_id, root, by, by > 0 ? time_us : 0) &&
           (by > 0 || (flags & MESSAGE_OWN) != 0 ||
            uncount(put, buffer_id, root, sort_key, (flags & MESSAGE_MENTION) != 0));
}

bool
put_thread_sent(struct put *put, int64_t message_id)
{
    return move_count(put, message_id, false, 1);
}

bool
put_thread_erased(struct put *put, int64_t message_id)
{
    return move_count(put, message_id, true, -1);
}

/* Where replies stand in the channel as well, they are read with it. */
bool
put_threads_read(struct put *put, int64_t buffer_id, int64_t sort_key)
{
    return db_run(
        db_bind(put->db,
                "UPDATE threads SET unread = 0, mentions = 0, read_key = max(read_key, ?2)"
                " WHERE buffer_id = ?1 AND unread > 0 AND NOT told AND NOT EXISTS (SELECT 1"
                " FROM messages m WHERE m.buffer_id = ?1 AND m.thread = threads.root"
                " AND (m.sort_key > ?2 OR m.flags & " FLAG_ASIDE "))",
                "ii", buffer_id, sort_key));
}

/* --- what is said of it
 * ----------------------------------------------------------------------------- */

/* The network's number may be older than what has come since: replies that are here count. */
#define REPLIES                                                                                    \
    "iif(?4, max(?5, (SELECT count(*) FROM messages m WHERE m.buffer_id = ?1 AND m.thread = ?2"    \
    " AND NOT m.flags & 40 AND m.state IN (0, 3))), replies)"

static bool
put_parts(struct put *put, const struct store_put_thread *part, bool *ret_changed)
{
    const int followed = part->followed ? 1 : part->told ? 0 : 2;
    if (!db_run(db_bind(
            put->db,
            "UPDATE threads SET told = told OR ?3, replies = " REPLIES ","
            " last_us = max(?6, last_us), people = ifnull(?7, people),"
            " followed = iif(?8, ?9, followed), unread = iif(?10, ?11, unread),"
            " mentions = iif(?10, ?12, mentions),"
            " read_key = iif(?10, iif(?13, ?14, max(read_key, ?14)), read_key)"
            " WHERE buffer_id = ?1 AND root = ?2 AND (told, replies, last_us, ifnull(people, ''),"
            " followed, unread, mentions, read_key) IS NOT (told OR ?3, " REPLIES ","
            " max(?6, last_us), ifnull(?7, ifnull(people, '')), iif(?8, ?9, followed),"
            " iif(?10, ?11, unread), iif(?10, ?12, mentions),"
            " iif(?10, iif(?13, ?14, max(read_key, ?14)), read_key))",
            "isddiisddddidi", part->buffer_id, part->root, (int)part->told, (int)part->has_count,
            (int64_t)part->replies, part->last_us, part->people, (int)part->has_follow, followed,
            (int)part->has_unread, (int)part->unread, (int64_t)part->mentions, (int)part->back,
            part->read_key)))
        return false;
    *ret_changed = sqlite3_changes(put->db->handle) > 0;
    return true;
}

/* What calls in it waits no more, up to there. */
static bool
read_inbox(struct put *put, const struct store_put_thread *part)
{
    return db_run(db_bind(put->db,
                          "UPDATE inbox SET state = iif(sort_key <= ?3, 1, 0) WHERE buffer_id = ?1"
                          " AND state IN (0, 1) AND message_id IN (SELECT id FROM messages"
                          " WHERE buffer_id = ?1 AND thread = ?2 AND flags & " FLAG_ASIDE
                          " AND flags & 2)",
                          "isi", part->buffer_id, part->root, part->read_key));
}

bool
put_thread(struct put *put, struct op *op)
{
    const struct store_put_thread *part = &op->thread;
    bool changed, ok;
    if (!make(put, part->buffer_id, part->root) || !put_parts(put, part, &changed) ||
        (part->has_unread && !read_inbox(put, part)))
        return false;
    op->result.outcome = changed ? STORE_CHANGED : STORE_KNOWN;
    if (!changed)
        return true;
    const int64_t id = db_number(
        db_bind(put->db, "SELECT id FROM messages WHERE buffer_id = ?1 AND remote_id = ?2", "is",
                part->buffer_id, part->root),
        0, &ok);
    if (ok && id != 0)
        op->result.message = put_load(put->db, id, &ok);
    return ok;
}

bool
put_thread_draft(struct put *put, int64_t buffer_id, const char *root, const char *text)
{
    if (text == NULL || *text == '\0')
        return db_run(db_bind(put->db,
                              "DELETE FROM thread_drafts WHERE buffer_id = ?1 AND root = ?2", "is",
                              buffer_id, root));
    return db_run(db_bind(put->db,
                          "INSERT INTO thread_drafts (buffer_id, root, body) VALUES (?1, ?2, ?3)"
                          " ON CONFLICT (buffer_id, root) DO UPDATE SET body = ?3",
                          "iss", buffer_id, root, text));
}
