/* Outbox rows: what the person wants sent, and what became of it. */
#include <string.h>

#include "store/put.h"

/* The same after a crash (the row keeps it), another for the same text typed twice (another row),
 * and no other profile's (uuid). Rows are never deleted, so a number is never given twice. */
static char *
derive_key(const char *uuid, int64_t outbox_id)
{
    g_autofree char *seed = g_strdup_printf("weft:%s:outbox:%" G_GINT64_FORMAT, uuid, outbox_id);
    char *key = g_compute_checksum_for_string(G_CHECKSUM_SHA256, seed, -1);
    key[32] = '\0';
    return key;
}

static bool
insert_row(struct put *put, const struct op *op, int64_t id, const char *key)
{
    const struct outbox_row *row = op->add.row;
    g_autofree char *spans = rich_encode_spans(row->body);
    g_autofree char *files = attachments_encode(row->files);
    return db_run(db_bind(
        put->db,
        "INSERT INTO outbox (id, account_id, buffer_id, message_id, kind, state,"
        " key, body, spans, reply_to, attempts, created_us, sent_us, error,"
        " files, thread, as_name, as_avatar, mark) VALUES (?1, ?2, ?3, ?4, ?5, ?16, ?6, ?7, ?8,"
        " ?9, ?17, ?10, ?18, NULL, ?11, ?12, ?13, ?14, ?15)",
        "iiiidssssisssssddi", id, row->account_id, row->buffer_id, op->message->id, (int)row->kind,
        key, row->body->text, spans, row->reply_to, row->created_us, files, row->thread,
        row->as_name, row->as_avatar, row->mark, (int)row->state, row->attempts, row->sent_us));
}

static bool
drop_draft(struct put *put, const struct op *op)
{
    if (op->add.row->thread != NULL && op->add.in_thread)
        return put_thread_draft(put, op->buffer_id, op->add.row->thread, NULL);
    return put_draft(put, op->buffer_id, NULL) && put_draft_reply(put, op->buffer_id, 0);
}

bool
put_outbox_add(struct put *put, struct op *op)
{
    struct message *message = op->message;
    bool ok, may;
    if (!put_relay_may_copy(put, op, &may))
        return false;
    if (!may)
        return true;
    int64_t id =
        db_number(db_bind(put->db, "SELECT ifnull(max(id), 0) + 1 FROM outbox", ""), 1, &ok);
    if (!ok)
        return false;
    g_autofree char *key =
        op->add.row->key != NULL ? g_strdup(op->add.row->key) : derive_key(put->uuid, id);
    /* On a second try, after the disk refused, the first try's key has to be the same: it is, since
     * the number is. */
    bool changed;
    if (!put_insert(put, op->account_id, message, key, &message->id) ||
        !put_thread_new(put, op, false, &changed) || !insert_row(put, op, id, key) ||
        !put_source(put, message->id, op->add.row->source) || !put_relay_copied(put, op) ||
        (op->add.clear_draft && !drop_draft(put, op)))
        return false;
    op->result.outcome = STORE_NEW;
    op->result.message = message_dup(message);
    op->result.message->key = g_strdup(key);
    op->result.outbox_id = id;
    op->result.outbox_key = g_steal_pointer(&key);
    put_count(put, message, false);
    return true;
}

struct row {
    int64_t message_id;
    int64_t buffer_id;
    enum outbox_state state;
    char *key;
};

static bool
load_row(struct put *put, int64_t id, struct row *row)
{
    bool ok;
    sqlite3_stmt *statement = db_bind(
        put->db, "SELECT message_id, buffer_id, state, key FROM outbox WHERE id = ?1", "i", id);
    if (db_step(statement, &ok)) {
        row->message_id = sqlite3_column_int64(statement, 0);
        row->buffer_id = sqlite3_column_int64(statement, 1);
        row->state = (enum outbox_state)sqlite3_column_int(statement, 2);
        row->key = db_text(statement, 3);
    }
    db_done(statement);
    return ok;
}

/* Frees a remote id for the row that the network says it belongs to. A row that only came from the
 * network is the echo of ours: it goes, and its place in the order is taken over. A row of our own
 * met that echo by its text, which was a guess: it stays, and waits for its own id. */
static bool
take_remote_id(struct put *put, const struct row *row, const char *remote_id, int64_t *time_us,
               int64_t *sort_key)
{
    bool ok;
    sqlite3_stmt *statement = db_bind(put->db,
                                      "SELECT id, key IS NOT NULL, time_us, sort_key FROM messages"
                                      " WHERE buffer_id = ?1 AND remote_id = ?2 AND id <> ?3",
                                      "isi", row->buffer_id, remote_id, row->message_id);
    if (!db_step(statement, &ok)) {
        db_done(statement);
        return ok;
    }
    int64_t other = sqlite3_column_int64(statement, 0);
    bool own = sqlite3_column_int(statement, 1) != 0;
    if (!own) {
        *time_us = sqlite3_column_int64(statement, 2);
        *sort_key = sqlite3_column_int64(statement, 3);
    }
    db_done(statement);
    if (own)
        return db_run(db_bind(
            put->db, "UPDATE messages SET remote_id = NULL, flags = flags & ~256 WHERE id = ?1",
            "i", other));
    return put_unindex(put, other) && put_forget_texts(put, other) &&
           put_thread_erased(put, other) && put_relay_moved(put, other, row->message_id) &&
           db_run(db_bind(put->db, "DELETE FROM messages WHERE id = ?1", "i", other));
}

static bool
change_done(struct put *put, struct op *op, const struct row *row)
{
    const struct store_outbox_change *change = &op->change;
    int64_t time_us = change->time_us, sort_key = change->sort_key;
    bool ok = true;
    if (row->state == OUTBOX_DONE) {
        /* Settled before, by an echo. Only an id that differs from what the echo brought is news.
         */
        bool same =
            change->remote_id == NULL ||
            db_number(db_bind(put->db, "SELECT 1 FROM messages WHERE id = ?1 AND remote_id = ?2",
                              "is", row->message_id, change->remote_id),
                      0, &ok) != 0;
        if (!ok)
            return false;
        if (same) {
            op->result.outcome = STORE_KNOWN;
            return true;
        }
    }
    op->result.outcome = STORE_CHANGED;
    if (change->remote_id != NULL &&
        !take_remote_id(put, row, change->remote_id, &time_us, &sort_key))
        return false;
    return put_settle(put, op, row->message_id, change->remote_id, time_us, sort_key);
}

static enum message_state
message_state_of(enum outbox_state state)
{
    switch (state) {
    case OUTBOX_PENDING:
        return MESSAGE_PENDING;
    case OUTBOX_SENDING:
        return MESSAGE_SENDING;
    case OUTBOX_DONE:
        return MESSAGE_SENT;
    case OUTBOX_UNKNOWN:
        return MESSAGE_UNKNOWN;
    case OUTBOX_FAILED:
    case OUTBOX_DROPPED:
        break;
    }
    return MESSAGE_FAILED;
}

static bool
change_state(struct put *put, struct op *op, const struct row *row)
{
    const struct store_outbox_change *change = &op->change;
    bool sending = change->state == OUTBOX_SENDING;
    bool explains = change->state == OUTBOX_FAILED || change->state == OUTBOX_UNKNOWN ||
                    change->state == OUTBOX_DROPPED;
    const char *error = explains ? change->error : NULL;
    if (!db_run(db_bind(put->db,
                        "UPDATE outbox SET state = ?2, error = ?3, attempts = attempts + ?4,"
                        " sent_us = ifnull(nullif(?5, 0), sent_us) WHERE id = ?1",
                        "idsdi", change->outbox_id, (int)change->state, error, (int)sending,
                        sending ? op->now_us : (int64_t)0)) ||
        !db_run(db_bind(put->db, "UPDATE messages SET state = ?2, error = ?3 WHERE id = ?1", "ids",
                        row->message_id, (int)message_state_of(change->state), error)))
        return false;
    bool ok;
    op->result.outcome = STORE_CHANGED;
    op->result.message = put_load(put->db, row->message_id, &ok);
    return ok;
}

static bool
move(struct put *put, struct op *op, const struct row *row)
{
    bool ok;

    if (row->state == OUTBOX_DONE) {
        op->result.outcome = STORE_KNOWN;
        return true;
    }
    op->result.outcome = STORE_CHANGED;
    if (!db_run(db_bind(put->db, "UPDATE messages SET sort_key = max(sort_key, ?2) WHERE id = ?1",
                        "ii", row->message_id, op->change.sort_key)))
        return false;
    op->result.message = put_load(put->db, row->message_id, &ok);
    return ok;
}

static bool
name_files(struct put *put, struct op *op, const struct row *row)
{
    op->result.outcome = row->state == OUTBOX_DONE ? STORE_KNOWN : STORE_CHANGED;
    return row->state == OUTBOX_DONE ||
           db_run(db_bind(put->db, "UPDATE outbox SET files = ?2 WHERE id = ?1", "is",
                          op->change.outbox_id, op->change.files));
}

bool
put_outbox_change(struct put *put, struct op *op)
{
    struct row row = {0};
    op->result.outcome = STORE_MISSING;
    if (!load_row(put, op->change.outbox_id, &row))
        return false;
    bool ok = true;
    if (row.message_id != 0) {
        if (op->change.moves)
            ok = move(put, op, &row);
        else if (op->change.files != NULL)
            ok = name_files(put, op, &row);
        else if (op->change.state == OUTBOX_DONE)
            ok = change_done(put, op, &row);
        else if (row.state == OUTBOX_DONE)
            op->result.outcome = STORE_KNOWN;
        else
            ok = change_state(put, op, &row);
        op->result.outbox_id = op->change.outbox_id;
        g_free((char *)(uintptr_t)op->result.outbox_key);
        op->result.outbox_key = g_steal_pointer(&row.key);
    }
    g_free(row.key);
    return ok;
}
