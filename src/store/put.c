/* What changes single rows: accounts, spaces, buffers, cursors, key-values, drafts, read positions,
 * and the counters that messages move. Counters and cursors are written once a batch. */
#include "store/put.h"

#include "store/rows.h"

struct counter {
    unsigned unread;
    unsigned mentions;
    int64_t last_sort_key;
    int64_t last_activity_us;
};

struct cursor {
    int64_t account_id;
    int64_t buffer_id; /* 0: the account's own */
    const char *value; /* an op's; NULL: none */
};

void
put_init(struct put *put, struct db *db, const char *uuid)
{
    put->db = db;
    put->users = users_new(db);
    put->counters = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    put->cursors = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    put->uuid = g_strdup(uuid);
    put->routes = NULL;
    put->lanes = g_array_new(FALSE, FALSE, sizeof(struct lane_news));
}

void
put_fini(struct put *put)
{
    users_free(put->users);
    g_hash_table_unref(put->counters);
    g_hash_table_unref(put->cursors);
    g_clear_pointer(&put->routes, g_hash_table_unref);
    g_array_unref(put->lanes);
    g_free(put->uuid);
}

void
put_begin(struct put *put)
{
    g_array_set_size(put->lanes, 0);
}

GArray *
put_take_lanes(struct put *put)
{
    GArray *lanes = put->lanes;
    if (lanes->len == 0)
        return NULL;
    put->lanes = g_array_new(FALSE, FALSE, sizeof(struct lane_news));
    return lanes;
}

void
put_forget(struct put *put)
{
    users_forget(put->users);
    g_hash_table_remove_all(put->counters);
    g_hash_table_remove_all(put->cursors);
}

void
put_count(struct put *put, const struct message *message, bool counts_unread)
{
    struct counter *counter = g_hash_table_lookup(put->counters, &message->buffer_id);
    if (counter == NULL) {
        counter = g_new0(struct counter, 1);
        g_hash_table_insert(put->counters, g_memdup2(&message->buffer_id, sizeof(int64_t)),
                            counter);
    }
    counter->last_sort_key = MAX(counter->last_sort_key, message->sort_key);
    if (row_counts(message))
        counter->last_activity_us = MAX(counter->last_activity_us, message->time_us);
    if (counts_unread) {
        counter->unread++;
        counter->mentions += (message->flags & MESSAGE_MENTION) != 0;
    }
}

static bool
write_counter(struct put *put, int64_t buffer_id, const struct counter *counter)
{
    return db_run(db_bind(put->db,
                          "UPDATE buffers SET unread = unread + ?2, mentions = mentions + ?3,"
                          " last_sort_key = max(last_sort_key, ?4),"
                          " last_activity_us = max(last_activity_us, ?5) WHERE id = ?1",
                          "iiiii", buffer_id, (int64_t)counter->unread, (int64_t)counter->mentions,
                          counter->last_sort_key, counter->last_activity_us));
}

bool
put_count_flush(struct put *put, int64_t buffer_id)
{
    const struct counter *counter = g_hash_table_lookup(put->counters, &buffer_id);
    if (counter == NULL)
        return true;
    if (!write_counter(put, buffer_id, counter))
        return false;
    g_hash_table_remove(put->counters, &buffer_id);
    return true;
}

void
put_cursor(struct put *put, int64_t account_id, int64_t buffer_id, const char *cursor)
{
    const int64_t key = buffer_id != 0 ? buffer_id : -account_id;
    struct cursor *last = g_hash_table_lookup(put->cursors, &key);
    if (last == NULL) {
        last = g_new0(struct cursor, 1);
        g_hash_table_insert(put->cursors, g_memdup2(&key, sizeof key), last);
    }
    *last = (struct cursor){account_id, buffer_id, cursor};
}

static bool
write_cursor(struct put *put, const struct cursor *cursor)
{
    if (cursor->value == NULL)
        return db_run(db_bind(put->db,
                              "DELETE FROM cursors WHERE account_id = ?1 AND buffer_id = ?2", "ii",
                              cursor->account_id, cursor->buffer_id));
    return db_run(db_bind(put->db,
                          "INSERT INTO cursors (account_id, buffer_id, value) VALUES (?1, ?2, ?3)"
                          " ON CONFLICT (account_id, buffer_id) DO UPDATE SET value = ?3",
                          "iis", cursor->account_id, cursor->buffer_id, cursor->value));
}

bool
put_finish(struct put *put)
{
    GHashTableIter iter;
    void *buffer_id, *counter, *cursor;
    g_hash_table_iter_init(&iter, put->cursors);
    while (g_hash_table_iter_next(&iter, NULL, &cursor)) {
        if (!write_cursor(put, cursor))
            return false;
        g_hash_table_iter_remove(&iter);
    }
    g_hash_table_iter_init(&iter, put->counters);
    while (g_hash_table_iter_next(&iter, &buffer_id, &counter)) {
        if (!write_counter(put, *(int64_t *)buffer_id, counter))
            return false;
        g_hash_table_iter_remove(&iter);
    }
    return true;
}

static bool
put_account(struct put *put, const struct account *account)
{
    return db_run(db_bind(put->db,
                          "INSERT INTO accounts (id, name, network) VALUES (?1, ?2, ?3)"
                          " ON CONFLICT (id) DO UPDATE SET name = ?2, network = ?3",
                          "iss", account->id, account->name != NULL ? account->name : "",
                          account->network != NULL ? account->network : ""));
}

static bool
put_space(struct put *put, const struct space *space)
{
    return db_run(db_bind(
        put->db,
        "INSERT INTO spaces (id, account_id, remote_id, name)"
        " VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (id) DO UPDATE SET account_id = ?2, remote_id = ?3, name = ?4",
        "iiss", space->id, space->account_id, space->remote_id != NULL ? space->remote_id : "",
        space->name != NULL ? space->name : ""));
}

static bool
put_group(struct put *put, const struct buffer_group *group)
{
    if (group->place == 0)
        return db_run(db_bind(put->db, "DELETE FROM buffer_groups WHERE id = ?1", "i", group->id));
    return db_run(
        db_bind(put->db,
                "INSERT INTO buffer_groups (id, account_id, space_id, remote_id, name, place)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
                " ON CONFLICT (id) DO UPDATE SET account_id = ?2, space_id = ?3, remote_id = ?4,"
                " name = ?5, place = ?6",
                "iiissd", group->id, group->account_id, group->space_id,
                group->remote_id != NULL ? group->remote_id : "",
                group->name != NULL ? group->name : "", group->place));
}

static bool
put_buffer(struct put *put, const struct buffer *buffer)
{
    if (!put_count_flush(put, buffer->id))
        return false;
    return db_run(db_bind(
        put->db,
        "INSERT INTO buffers (id, account_id, space_id, remote_id, kind, name, topic,"
        " number, joined, closed, notify, read_sort_key, read_id, unread, mentions,"
        " last_sort_key, last_activity_us, group_id, muted)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
        " ?18, ?19)"
        " ON CONFLICT (id) DO UPDATE SET account_id = ?2, space_id = ?3, remote_id = ?4,"
        " kind = ?5, name = ?6, topic = ?7, number = ?8, joined = ?9, closed = ?10,"
        " notify = ?11, group_id = ?18, muted = ?19",
        "iiisdssddddiiiiiiid", buffer->id, buffer->account_id, buffer->space_id,
        buffer->remote_id != NULL ? buffer->remote_id : "", (int)buffer->kind,
        buffer->name != NULL ? buffer->name : "", buffer->topic, buffer->number,
        (int)buffer->joined, (int)buffer->closed, (int)buffer->notify, buffer->read.sort_key,
        buffer->read.id, (int64_t)buffer->unread, (int64_t)buffer->mentions, buffer->last_sort_key,
        buffer->last_activity_us, buffer->group_id, (int)buffer->muted));
}

static bool
put_kv(struct put *put, int64_t account_id, const char *key, const char *value)
{
    if (value == NULL)
        return db_run(db_bind(put->db, "DELETE FROM kv WHERE account_id = ?1 AND key = ?2", "is",
                              account_id, key));
    return db_run(db_bind(put->db,
                          "INSERT INTO kv (account_id, key, value) VALUES (?1, ?2, ?3)"
                          " ON CONFLICT (account_id, key) DO UPDATE SET value = ?3",
                          "iss", account_id, key, value));
}

bool
put_draft(struct put *put, int64_t buffer_id, const char *text)
{
    if (text == NULL || *text == '\0')
        return db_run(db_bind(put->db, "DELETE FROM drafts WHERE buffer_id = ?1", "i", buffer_id));
    return db_run(db_bind(put->db,
                          "INSERT INTO drafts (buffer_id, body) VALUES (?1, ?2)"
                          " ON CONFLICT (buffer_id) DO UPDATE SET body = ?2",
                          "is", buffer_id, text));
}

static bool
put_read(struct put *put, const struct op *op)
{
    /* What came before in this batch must not be added to the numbers that are set now. */
    return put_count_flush(put, op->buffer_id) &&
           db_run(db_bind(put->db,
                          "UPDATE buffers SET read_sort_key = ?2, read_id = ?3, unread = ?4,"
                          " mentions = ?5 WHERE id = ?1",
                          "iiiii", op->buffer_id, op->read.position.sort_key, op->read.position.id,
                          (int64_t)op->read.unread, (int64_t)op->read.mentions)) &&
           put_inbox_read(put, op->buffer_id, op->read.position) &&
           put_threads_read(put, op->buffer_id, op->read.position.sort_key);
}

struct message *
put_load(struct db *db, int64_t id, bool *ret_ok)
{
    sqlite3_stmt *statement = db_bind(db, ROW_MESSAGE "WHERE m.id = ?1", "i", id);
    struct message *message = db_step(statement, ret_ok) ? row_message(statement) : NULL;
    db_done(statement);
    if (message != NULL && !(row_reactions_of(db, message) && row_replies_of(db, message))) {
        *ret_ok = false;
        g_clear_pointer(&message, message_unref);
    }
    return message;
}

bool
put_apply(struct put *put, struct op *op)
{
    op_clear_result(op);
    op->result.outcome = STORE_CHANGED;
    switch (op->kind) {
    case OP_ACCOUNT:
        return put_account(put, op->account);
    case OP_SPACE:
        return put_space(put, op->space);
    case OP_GROUP:
        return put_group(put, op->group);
    case OP_BUFFER:
        return put_buffer(put, op->buffer);
    case OP_MESSAGE:
        return put_message(put, op);
    case OP_REACTION:
        return put_reaction(put, op);
    case OP_REACTIONS:
        return put_reactions(put, op);
    case OP_DELETION:
        return put_deletion(put, op);
    case OP_EDIT:
        return put_edit(put, op);
    case OP_ADD_EDIT:
        return put_edit_add(put, op);
    case OP_SET_EDIT:
        return put_edit_change(put, op);
    case OP_REVISIONS:
        return put_revisions(put, op);
    case OP_PIN:
        return put_pin(put, op);
    case OP_CURSOR:
        put_cursor(put, op->account_id, op->buffer_id, op->text);
        return true;
    case OP_KV:
        return put_kv(put, op->account_id, op->name, op->text);
    case OP_GAP:
        return put_gap(put, &op->gap);
    case OP_CLOSE_GAPS:
        return put_close_gaps(put, op->buffer_id, op->span.after, op->span.before);
    case OP_READ:
        return put_read(put, op);
    case OP_DRAFT:
        return put_draft(put, op->buffer_id, op->text);
    case OP_ADD_OUTBOX:
        return put_outbox_add(put, op);
    case OP_SET_OUTBOX:
        return put_outbox_change(put, op);
    case OP_UNINDEXED:
        return put_unindexed(put, op->upto);
    case OP_INBOX:
        return put_inbox_state(put, op);
    case OP_FLAGGED:
        return put_flagged(put, op);
    case OP_THREAD:
        return put_thread(put, op);
    case OP_THREAD_DRAFT:
        return put_thread_draft(put, op->buffer_id, op->name, op->text);
    case OP_DRAFT_REPLY:
        return put_draft_reply(put, op->buffer_id, op->inbox.message_id);
    case OP_ROUTES:
        put_relay_routes(put, op->routes);
        return true;
    case OP_END_TASK:
    case OP_GIVE_UP_TASK:
    case OP_RETRY_TASK:
        return put_relay_task(put, op);
    case OP_RELAY_REACTION:
        return put_relay_reaction(put, op);
    case OP_COUNT_REACTION:
        return put_relay_count(put, op);
    }
    return true;
}
