/* The merge rules of store_put_message(). Rows added earlier in the same transaction are found like
 * any other, so a batch needs no rules of its own. */
#include <string.h>

#include "store/put.h"
#include "store/rows.h"

/* How far an echo may lie before the moment at which we handed the message out: clocks differ. */
#define LOOK_OWN_SKEW_US (INT64_C(2) * 60 * G_USEC_PER_SEC)
/* Rows of one instant that are compared with a replay; a server that says everything at the same
 * time cannot make every line walk through all the others. */
#define REPLAY_MOST "1000"

bool
put_insert(struct put *put, int64_t account_id, const struct message *message, const char *key,
           int64_t *ret_id)
{
    int64_t user_id;
    if (!users_intern(put->users, account_id, message->sender_id, message->sender_name, &user_id))
        return false;
    g_autofree char *spans = rich_encode_spans(message->body);
    g_autofree char *files = attachments_encode(message->files);
    g_autofree char *file_names = attachments_names(message->files);
    g_autofree char *buttons = buttons_encode(message->buttons);
    sqlite3_stmt *statement = db_bind(
        put->db,
        "INSERT INTO messages (buffer_id, sort_key, time_us, kind, state, flags, user_id,"
        " remote_id, body, spans, subject, reply_to, key, error, files, file_names, buttons,"
        " thread)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, nullif(?7, 0), ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,"
        " ?16, ?17, ?18) ON CONFLICT (buffer_id, remote_id) WHERE remote_id IS NOT NULL DO NOTHING",
        "iiidddisssssssssss", message->buffer_id, message->sort_key, message->time_us,
        (int)message->kind, (int)message->state,
        (int)(message->flags & ~(unsigned)MESSAGE_NOT_STORED), user_id, message->remote_id,
        message->body->text, spans, message->subject, message->reply_to, key, message->error, files,
        file_names, buttons, message->thread);
    if (!db_run(statement))
        return false;
    *ret_id = sqlite3_changes(put->db->handle) > 0 ? sqlite3_last_insert_rowid(put->db->handle) : 0;
    return true;
}

static bool
find_remote(struct put *put, const struct message *message, int64_t *ret_id)
{
    bool ok = true;
    *ret_id = 0;
    if (message->remote_id != NULL)
        *ret_id = db_number(
            db_bind(put->db, "SELECT id FROM messages WHERE buffer_id = ?1 AND remote_id = ?2",
                    "is", message->buffer_id, message->remote_id),
            0, &ok);
    return ok;
}

static bool
find_key(struct put *put, const struct op *op, int64_t *ret_id)
{
    bool ok = true;
    *ret_id = 0;
    if (op->name != NULL)
        *ret_id =
            db_number(db_bind(put->db, "SELECT id FROM messages WHERE buffer_id = ?1 AND key = ?2",
                              "is", op->message->buffer_id, op->name),
                      0, &ok);
    return ok;
}

static bool
find_own(struct put *put, const struct message *message, int64_t *ret_id)
{
    int64_t latest = message->time_us > INT64_MAX - LOOK_OWN_SKEW_US
                         ? INT64_MAX
                         : message->time_us + LOOK_OWN_SKEW_US;
    bool ok;
    *ret_id = db_number(db_bind(put->db,
                                "SELECT m.id FROM outbox o JOIN messages m ON m.id = o.message_id"
                                " WHERE o.buffer_id = ?1 AND o.state IN (1, 4) AND o.sent_us <= ?2"
                                " AND m.kind = ?3 AND m.body = ?4 ORDER BY o.id LIMIT 1",
                                "iids", message->buffer_id, latest, (int)message->kind,
                                message->body->text),
                        0, &ok);
    return ok;
}

/* Sent, and settled without an id: what answered for it was no echo. Its time is ours then, the
 * replay's is the server's. */
static bool
find_own_sent(struct put *put, const struct message *message, int64_t *ret_id)
{
    bool ok;
    *ret_id = db_number(db_bind(put->db,
                                "SELECT id FROM messages WHERE buffer_id = ?1 AND remote_id IS NULL"
                                " AND time_us BETWEEN ?2 - ?3 AND ?2 + ?3 AND key IS NOT NULL"
                                " AND state = 3 AND kind = ?4 AND body = ?5"
                                " ORDER BY abs(time_us - ?2), id LIMIT 1",
                                "iiids", message->buffer_id, message->time_us, LOOK_OWN_SKEW_US,
                                (int)message->kind, message->body->text),
                        0, &ok);
    return ok;
}

/* Who said it: the network's id decides, a name only where there is no id. */
#define SAME_SENDER " AND u.remote_id IS ?4 AND (?4 IS NOT NULL OR u.name IS ?5)"

/* Rows without an id are found by their time; rows with one, which only matter when the replay has
 * none, by the place in the order that the same line has. A deleted one has no text to compare: it
 * is taken for the same, so that nothing brings its text back. */
static bool
find_replay(struct put *put, const struct message *message, int64_t *ret_id)
{
    bool ok;
    *ret_id = db_number(
        db_bind(put->db,
                "SELECT m.id FROM (SELECT id, kind, user_id, body FROM messages"
                " WHERE buffer_id = ?1 AND time_us = ?2 AND remote_id IS NULL"
                " ORDER BY id DESC LIMIT " REPLAY_MOST ") m LEFT JOIN users u ON u.id = m.user_id"
                " WHERE m.kind = ?3" SAME_SENDER " AND m.body = ?6 ORDER BY m.id LIMIT 1",
                "iidsss", message->buffer_id, message->time_us, (int)message->kind,
                message->sender_id, message->sender_name, message->body->text),
        0, &ok);
    if (!ok || *ret_id != 0 || message->remote_id != NULL)
        return ok;
    *ret_id = db_number(
        db_bind(
            put->db,
            "SELECT m.id FROM (SELECT id, kind, user_id, body, time_us, remote_id, flags"
            " FROM messages"
            " WHERE buffer_id = ?1 AND sort_key = ?7 ORDER BY id DESC LIMIT " REPLAY_MOST ") m"
            " LEFT JOIN users u ON u.id = m.user_id"
            " WHERE m.time_us = ?2 AND m.kind = ?3" SAME_SENDER
            " AND (m.body = ?6 OR m.flags & 8) AND m.remote_id IS NOT NULL ORDER BY m.id LIMIT 1",
            "iidsssi", message->buffer_id, message->time_us, (int)message->kind, message->sender_id,
            message->sender_name, message->body->text, message->sort_key),
        0, &ok);
    return ok;
}

static bool
give_remote_id(struct put *put, int64_t id, const char *remote_id, int64_t now_us)
{
    if (remote_id == NULL)
        return true;
    return db_run(db_bind(put->db,
                          "UPDATE messages SET remote_id = ?2 WHERE id = ?1 AND remote_id IS NULL",
                          "is", id, remote_id)) &&
           put_thread_named(put, id) && put_deeds(put, id) && put_deeds_told(put, id, now_us);
}

bool
put_settle(struct put *put, struct op *op, int64_t message_id, const char *remote_id,
           int64_t time_us, int64_t sort_key)
{
    bool unsent;
    if (!put_relay_unsent(put, message_id, &unsent) || !put_thread_sent(put, message_id) ||
        !db_run(db_bind(put->db,
                        "UPDATE messages SET state = 3, error = iif(flags & 8, error, NULL),"
                        " remote_id = ifnull(?2, remote_id),"
                        " time_us = ifnull(nullif(?3, 0), time_us),"
                        " sort_key = ifnull(nullif(?4, 0), sort_key) WHERE id = ?1",
                        "isii", message_id, remote_id, time_us, sort_key)) ||
        !db_run(db_bind(put->db,
                        "UPDATE outbox SET state = 2, error = NULL, body = NULL, spans = NULL,"
                        " files = NULL, as_name = NULL, as_avatar = NULL, mark = NULL"
                        " WHERE message_id = ?1",
                        "i", message_id)) ||
        (remote_id != NULL && (!put_thread_named(put, message_id) || !put_deeds(put, message_id))))
        return false;
    bool ok;
    op->result.message = put_load(put->db, message_id, &ok);
    if (!ok)
        return false;
    op->result.outbox_id = db_number(
        db_bind(put->db, "SELECT id FROM outbox WHERE message_id = ?1", "i", message_id), 0, &ok);
    if (op->result.message != NULL) {
        op->result.outbox_key = g_strdup(op->result.message->key);
        put_count(put, op->result.message, false);
    }
    return ok &&
           (!unsent || op->result.message == NULL ||
            put_relay_said(put, op->result.message, message_id, op->now_us)) &&
           (remote_id == NULL || put_deeds_told(put, message_id, op->now_us));
}

/* Rules 2 and 3. A row that has a remote id keeps it: a text that the network cut in several comes
 * back several times with one key. */
static bool
merge(struct put *put, struct op *op, int64_t id)
{
    bool ok;
    bool had_id =
        db_number(
            db_bind(put->db, "SELECT remote_id IS NOT NULL FROM messages WHERE id = ?1", "i", id),
            0, &ok) != 0;
    if (!ok)
        return false;
    op->result.outcome = STORE_MERGED;
    const struct message *message = op->message;
    if (message->files != NULL && !put_attached(put, id, message->files, message->buttons))
        return false;
    return had_id
               ? put_settle(put, op, id, NULL, 0, 0)
               : put_settle(put, op, id, message->remote_id, message->time_us, message->sort_key);
}

static bool
insert_as(struct put *put, struct op *op, const struct message *message)
{
    if (!put_insert(put, op->account_id, message, NULL, &op->row_id))
        return false;
    op->result.outcome = op->row_id != 0 ? STORE_NEW : STORE_KNOWN;
    if (op->row_id != 0)
        put_count(put, message, op->put.counts_unread && (message->flags & MESSAGE_DELETED) == 0);
    return true;
}

static bool
insert_new(struct put *put, struct op *op)
{
    struct message *deleted = NULL;
    bool deeds = false, root = false, threaded = false, ok = true;
    if (op->message->remote_id != NULL &&
        !put_deeds_before(put, op->message, &deeds, &root, &deleted))
        return false;
    ok = insert_as(put, op, deleted != NULL ? deleted : op->message);
    message_unref(deleted);
    if (!ok || op->row_id == 0)
        return ok && put_thread_known(put, op->message);
    if (!put_inbox_add(put, op, op->row_id) || !put_thread_new(put, op, root, &threaded))
        return false;
    if (deeds && !put_deeds(put, op->row_id))
        return false;
    op->result.message =
        deeds || threaded ? put_load(put->db, op->row_id, &ok) : message_ref(op->message);
    return ok &&
           (!op->put.relays || op->result.message == NULL ||
            put_relay_said(put, op->result.message, op->row_id, op->now_us)) &&
           (!deeds || put_deeds_told(put, op->row_id, op->now_us));
}

static bool
put_by_rules(struct put *put, struct op *op)
{
    const struct message *message = op->message;
    int64_t id = 0;
    op->result.outcome = STORE_KNOWN;
    /* The insert itself meets rule 1; it is asked first only when a later rule could fit. */
    if (op->name == NULL && !op->put.look_own && !op->put.look_replay)
        return insert_new(put, op);
    if (!find_remote(put, message, &id))
        return false;
    if (id != 0)
        return put_thread_known(put, message);
    if (!find_key(put, op, &id))
        return false;
    if (id == 0 && op->put.look_own && !find_own(put, message, &id))
        return false;
    if (id != 0)
        return merge(put, op, id);
    if (op->put.look_replay && !find_replay(put, message, &id))
        return false;
    if (id != 0)
        return give_remote_id(put, id, message->remote_id, op->now_us);
    if (op->put.look_replay && op->put.look_own && message->remote_id != NULL &&
        !find_own_sent(put, message, &id))
        return false;
    return id != 0 ? merge(put, op, id) : insert_new(put, op);
}

bool
put_message(struct put *put, struct op *op)
{
    if (!put_by_rules(put, op))
        return false;
    if (op->text != NULL)
        put_cursor(put, op->account_id, op->message->buffer_id, op->text);
    return true;
}
