/* Inbox rows, flags, and which message a draft answers. See inbox.h for the rules. */
#include "store/inbox.h"
#include "store/put.h"

bool
put_inbox_add(struct put *put, const struct op *op, int64_t message_id)
{
    if (op->put.inbox == STORE_INBOX_NONE)
        return true;
    return db_run(db_bind(put->db,
                          "INSERT OR IGNORE INTO inbox (message_id, buffer_id, sort_key, direct,"
                          " state, until_us) VALUES (?1, ?2, ?3, ?4, 0, 0)",
                          "iiid", message_id, op->message->buffer_id, op->message->sort_key,
                          (int)(op->put.inbox == STORE_INBOX_DIRECT)));
}

/* What stands in a thread alone is read there. */
#define NOT_ASIDE                                                                                  \
    " AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = inbox.message_id AND m.flags & 8192)"

/* 0 is open, 1 read: named twice, so that the index of the two is used. */
bool
put_inbox_read(struct put *put, int64_t buffer_id, struct position read)
{
    return db_run(db_bind(
               put->db,
               "UPDATE inbox SET state = 1 WHERE buffer_id = ?1 AND state IN (0, 1) AND state = 0"
               " AND sort_key <= ?2 AND (sort_key < ?2 OR message_id <= ?3)" NOT_ASIDE,
               "iii", buffer_id, read.sort_key, read.id)) &&
           db_run(db_bind(
               put->db,
               "UPDATE inbox SET state = 0 WHERE buffer_id = ?1 AND state IN (0, 1) AND state = 1"
               " AND sort_key >= ?2 AND (sort_key > ?2 OR message_id > ?3)" NOT_ASIDE,
               "iii", buffer_id, read.sort_key, read.id));
}

/* What is opened again where its buffer is read: read. */
bool
put_inbox_state(struct put *put, struct op *op)
{
    sqlite3_stmt *statement =
        db_bind(put->db,
                "UPDATE inbox SET until_us = ?3, state = CASE WHEN ?2 = 0 AND EXISTS"
                " (SELECT 1 FROM buffers b WHERE b.id = inbox.buffer_id AND b.read_sort_key >="
                " inbox.sort_key AND (b.read_sort_key > inbox.sort_key OR b.read_id >="
                " inbox.message_id)) THEN 1 ELSE ?2 END WHERE message_id = ?1",
                "idi", op->inbox.message_id, op->inbox.state, op->inbox.until_us);
    if (!db_run(statement))
        return false;
    op->result.outcome = sqlite3_changes(put->db->handle) > 0 ? STORE_CHANGED : STORE_MISSING;
    return true;
}

/* By the network's id, in any buffer of the account. */
static bool
find_named(struct put *put, struct op *op)
{
    bool ok = true;
    if (op->name != NULL)
        op->inbox.message_id = db_number(
            db_bind(put->db,
                    "SELECT id FROM messages WHERE remote_id = ?2 AND buffer_id IN"
                    " (SELECT id FROM buffers WHERE account_id = ?1) AND NOT flags & 8 LIMIT 1",
                    "is", op->account_id, op->name),
            0, &ok);
    return ok;
}

bool
put_flagged(struct put *put, struct op *op)
{
    const bool on = op->inbox.state != 0;
    bool ok;
    if (!find_named(put, op))
        return false;
    if (!db_run(db_bind(put->db,
                        "UPDATE messages SET flags = (flags & ~512) | iif(?2, 512, 0)"
                        " WHERE id = ?1 AND ((flags & 512) <> 0) <> ?2",
                        "id", op->inbox.message_id, (int)on)))
        return false;
    const bool changed = sqlite3_changes(put->db->handle) > 0;
    op->result.message = put_load(put->db, op->inbox.message_id, &ok);
    op->result.outcome = op->result.message == NULL ? STORE_MISSING
                         : changed                  ? STORE_CHANGED
                                                    : STORE_KNOWN;
    if (!changed)
        g_clear_pointer(&op->result.message, message_unref);
    return ok;
}

bool
put_draft_reply(struct put *put, int64_t buffer_id, int64_t message_id)
{
    if (message_id == 0)
        return db_run(
            db_bind(put->db, "DELETE FROM draft_replies WHERE buffer_id = ?1", "i", buffer_id));
    return db_run(db_bind(put->db,
                          "INSERT INTO draft_replies (buffer_id, message_id) VALUES (?1, ?2)"
                          " ON CONFLICT (buffer_id) DO UPDATE SET message_id = ?2",
                          "ii", buffer_id, message_id));
}
