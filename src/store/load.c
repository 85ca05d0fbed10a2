/* Reading: on the main thread's own connection, every statement reset before the call returns, so
 * that the writer's log can always be taken up. */
#include "base/error.h"
#include "base/log.h"
#include "store/rows.h"
#include "store/store_priv.h"
#include "store/threads.h"

void
store_read_failed(struct store *store)
{
    g_autoptr(GError) error = NULL;
    db_error(store->reader, &error);
    log_error("store", "%s", error->message);
    if (store->writer != NULL && db_code_is_damage(sqlite3_extended_errcode(store->reader->handle)))
        open_mark_damaged(store->dir);
}

typedef void *(*read_fn)(sqlite3_stmt *statement);

static GPtrArray *
load_all(struct store *store, sqlite3_stmt *statement, read_fn read, GDestroyNotify free_row)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(free_row);
    bool ok;
    while (db_step(statement, &ok))
        g_ptr_array_add(rows, read(statement));
    if (!ok) {
        store_read_failed(store);
        g_ptr_array_set_size(rows, 0);
    }
    db_done(statement);
    return rows;
}

int64_t
store_load_number(struct store *store, sqlite3_stmt *statement, int64_t otherwise)
{
    bool ok;
    int64_t number = db_number(statement, otherwise, &ok);
    if (!ok)
        store_read_failed(store);
    return number;
}

char *
store_load_text(struct store *store, sqlite3_stmt *statement)
{
    bool ok;
    char *text = db_step(statement, &ok) ? db_text(statement, 0) : NULL;
    if (!ok)
        store_read_failed(store);
    db_done(statement);
    return text;
}

int64_t
store_max_id(struct store *store, enum store_table table)
{
    static const char *const questions[] = {
        [STORE_ACCOUNTS] = "SELECT max(id) FROM accounts",
        [STORE_SPACES] = "SELECT max(id) FROM spaces",
        [STORE_GROUPS] = "SELECT max(id) FROM buffer_groups",
        [STORE_BUFFERS] = "SELECT max(id) FROM buffers",
    };
    return store_load_number(store, db_bind(store->reader, questions[table], ""), 0);
}

static void *
read_account(sqlite3_stmt *statement)
{
    struct account *account = g_new0(struct account, 1);
    account->id = sqlite3_column_int64(statement, 0);
    account->name = db_text(statement, 1);
    account->network = db_text(statement, 2);
    return account;
}

GPtrArray *
store_load_accounts(struct store *store)
{
    return load_all(
        store, db_bind(store->reader, "SELECT id, name, network FROM accounts ORDER BY id", ""),
        read_account, (GDestroyNotify)account_free);
}

static void *
read_space(sqlite3_stmt *statement)
{
    struct space *space = g_new0(struct space, 1);
    space->id = sqlite3_column_int64(statement, 0);
    space->account_id = sqlite3_column_int64(statement, 1);
    space->remote_id = db_text(statement, 2);
    space->name = db_text(statement, 3);
    return space;
}

GPtrArray *
store_load_spaces(struct store *store)
{
    return load_all(store,
                    db_bind(store->reader,
                            "SELECT id, account_id, remote_id, name FROM spaces ORDER BY id", ""),
                    read_space, (GDestroyNotify)space_free);
}

static void *
read_group(sqlite3_stmt *statement)
{
    struct buffer_group *group = g_new0(struct buffer_group, 1);
    group->id = sqlite3_column_int64(statement, 0);
    group->account_id = sqlite3_column_int64(statement, 1);
    group->space_id = sqlite3_column_int64(statement, 2);
    group->remote_id = db_text(statement, 3);
    group->name = db_text(statement, 4);
    group->place = sqlite3_column_int(statement, 5);
    return group;
}

GPtrArray *
store_load_groups(struct store *store)
{
    return load_all(store,
                    db_bind(store->reader,
                            "SELECT id, account_id, space_id, remote_id, name, place"
                            " FROM buffer_groups ORDER BY id",
                            ""),
                    read_group, (GDestroyNotify)buffer_group_free);
}

static void *
read_buffer(sqlite3_stmt *statement)
{
    struct buffer *buffer = g_new0(struct buffer, 1);
    buffer->id = sqlite3_column_int64(statement, 0);
    buffer->account_id = sqlite3_column_int64(statement, 1);
    buffer->space_id = sqlite3_column_int64(statement, 2);
    buffer->remote_id = db_text(statement, 3);
    int kind = sqlite3_column_int(statement, 4);
    buffer->kind = kind >= 0 && kind <= BUFFER_GROUP ? (enum buffer_kind)kind : BUFFER_CHANNEL;
    buffer->name = db_text(statement, 5);
    buffer->topic = db_text(statement, 6);
    buffer->number = sqlite3_column_int(statement, 7);
    buffer->joined = sqlite3_column_int(statement, 8) != 0;
    buffer->closed = sqlite3_column_int(statement, 9) != 0;
    int notify = sqlite3_column_int(statement, 10);
    buffer->notify =
        notify >= 0 && notify <= NOTIFY_NONE ? (enum notify_level)notify : NOTIFY_MENTIONS;
    buffer->read.sort_key = sqlite3_column_int64(statement, 11);
    buffer->read.id = sqlite3_column_int64(statement, 12);
    buffer->unread = (unsigned)sqlite3_column_int64(statement, 13);
    buffer->mentions = (unsigned)sqlite3_column_int64(statement, 14);
    buffer->last_sort_key = sqlite3_column_int64(statement, 15);
    buffer->last_activity_us = sqlite3_column_int64(statement, 16);
    buffer->group_id = sqlite3_column_int64(statement, 17);
    buffer->muted = sqlite3_column_int(statement, 18) != 0;
    return buffer;
}

GPtrArray *
store_load_buffers(struct store *store)
{
    return load_all(store,
                    db_bind(store->reader,
                            "SELECT id, account_id, space_id, remote_id, kind, name, topic, number,"
                            " joined, closed, notify, read_sort_key, read_id, unread, mentions,"
                            " last_sort_key, last_activity_us, group_id, muted FROM buffers"
                            " ORDER BY number, id",
                            ""),
                    read_buffer, (GDestroyNotify)buffer_free);
}

static void *
read_message(sqlite3_stmt *statement)
{
    return row_message(statement);
}

GPtrArray *
store_load_messages(struct store *store, sqlite3_stmt *statement)
{
    GPtrArray *rows = load_all(store, statement, read_message, (GDestroyNotify)message_unref);
    if (!row_reactions(store->reader, rows) || !row_replies(store->reader, rows))
        store_read_failed(store);
    return rows;
}

void
store_reverse(GPtrArray *rows)
{
    for (unsigned i = 0, j = rows->len; i + 1 < j; i++) {
        j--;
        void *row = rows->pdata[i];
        rows->pdata[i] = rows->pdata[j];
        rows->pdata[j] = row;
    }
}

static GPtrArray *
load_page(struct store *store, int64_t buffer_id, struct position from,
          enum store_direction direction, unsigned limit, unsigned without)
{
    /* Two conditions: the first finds the place in the index, the second decides between equal
     * keys. */
    const char *sql = direction == STORE_BEFORE
                          ? ROW_MESSAGE "WHERE m.buffer_id = ?1 AND m.sort_key <= ?2"
                                        " AND (m.sort_key < ?2 OR m.id < ?3) AND NOT m.flags & ?5"
                                        " ORDER BY m.sort_key DESC, m.id DESC LIMIT ?4"
                          : ROW_MESSAGE "WHERE m.buffer_id = ?1 AND m.sort_key >= ?2"
                                        " AND (m.sort_key > ?2 OR m.id > ?3) AND NOT m.flags & ?5"
                                        " ORDER BY m.sort_key, m.id LIMIT ?4";
    GPtrArray *rows =
        store_load_messages(store, db_bind(store->reader, sql, "iiiid", buffer_id, from.sort_key,
                                           from.id, (int64_t)limit, (int)without));
    if (direction == STORE_BEFORE)
        store_reverse(rows);
    return rows;
}

GPtrArray *
store_load_page(struct store *store, int64_t buffer_id, struct position from,
                enum store_direction direction, unsigned limit)
{
    return load_page(store, buffer_id, from, direction, limit, 0);
}

GPtrArray *
store_load_channel(struct store *store, int64_t buffer_id, struct position from,
                   enum store_direction direction, unsigned limit)
{
    return load_page(store, buffer_id, from, direction, limit, MESSAGE_ASIDE);
}

GPtrArray *
store_load_newest(struct store *store, int64_t buffer_id, unsigned limit)
{
    struct position end = {.sort_key = INT64_MAX, .id = INT64_MAX};
    return store_load_page(store, buffer_id, end, STORE_BEFORE, limit);
}

static struct message *
load_one(struct store *store, sqlite3_stmt *statement)
{
    bool ok;
    struct message *message = db_step(statement, &ok) ? row_message(statement) : NULL;
    db_done(statement);
    if (!ok || (message != NULL && !(row_reactions_of(store->reader, message) &&
                                     row_replies_of(store->reader, message))))
        store_read_failed(store);
    return message;
}

struct message *
store_load_message(struct store *store, int64_t id)
{
    return load_one(store, db_bind(store->reader, ROW_MESSAGE "WHERE m.id = ?1", "i", id));
}

struct message *
store_find_remote(struct store *store, int64_t buffer_id, const char *remote_id)
{
    return load_one(store, db_bind(store->reader,
                                   ROW_MESSAGE "WHERE m.buffer_id = ?1 AND m.remote_id = ?2", "is",
                                   buffer_id, remote_id));
}

void
store_count_unread(struct store *store, int64_t buffer_id, struct position after, unsigned most,
                   unsigned *ret_unread, unsigned *ret_mentions)
{
    /* 0, 1, 2, 12: text, action, notice, invite. 8233: own, deleted,
     * ignored, or in a thread apart. 2: mention. */
    sqlite3_stmt *statement =
        db_bind(store->reader,
                "SELECT count(*), ifnull(sum((flags & 2) <> 0), 0) FROM (SELECT flags FROM messages"
                " WHERE buffer_id = ?1 AND sort_key >= ?2 AND (sort_key > ?2 OR id > ?3)"
                " AND kind IN (0, 1, 2, 12) AND (flags & 8233) = 0 ORDER BY sort_key, id LIMIT ?4)",
                "iiii", buffer_id, after.sort_key, after.id, (int64_t)most);
    bool ok;
    *ret_unread = *ret_mentions = 0;
    if (db_step(statement, &ok)) {
        *ret_unread = (unsigned)sqlite3_column_int64(statement, 0);
        *ret_mentions = (unsigned)sqlite3_column_int64(statement, 1);
    }
    if (!ok)
        store_read_failed(store);
    db_done(statement);
}

static void *
read_gap(sqlite3_stmt *statement)
{
    struct gap *gap = g_new0(struct gap, 1);
    gap->id = sqlite3_column_int64(statement, 0);
    gap->buffer_id = sqlite3_column_int64(statement, 1);
    gap->after_sort_key = sqlite3_column_int64(statement, 2);
    gap->before_sort_key = sqlite3_column_int64(statement, 3);
    gap->from_us = sqlite3_column_int64(statement, 4);
    gap->to_us = sqlite3_column_int64(statement, 5);
    gap->fillable = sqlite3_column_int(statement, 6) != 0;
    return gap;
}

GPtrArray *
store_load_gaps(struct store *store, int64_t buffer_id)
{
    return load_all(store,
                    db_bind(store->reader,
                            "SELECT id, buffer_id, after_sort_key, before_sort_key, from_us, to_us,"
                            " fillable FROM gaps WHERE buffer_id = ?1 ORDER BY after_sort_key",
                            "i", buffer_id),
                    read_gap, g_free);
}

char *
store_load_cursor(struct store *store, int64_t account_id, int64_t buffer_id)
{
    return store_load_text(
        store,
        db_bind(store->reader, "SELECT value FROM cursors WHERE account_id = ?1 AND buffer_id = ?2",
                "ii", account_id, buffer_id));
}

char *
store_load_kv(struct store *store, int64_t account_id, const char *key)
{
    return store_load_text(store, db_bind(store->reader,
                                          "SELECT value FROM kv WHERE account_id = ?1 AND key = ?2",
                                          "is", account_id, key));
}

char *
store_load_draft(struct store *store, int64_t buffer_id)
{
    return store_load_text(
        store,
        db_bind(store->reader, "SELECT body FROM drafts WHERE buffer_id = ?1", "i", buffer_id));
}

GArray *
store_load_draft_buffers(struct store *store)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    sqlite3_stmt *statement =
        db_bind(store->reader, "SELECT buffer_id FROM drafts ORDER BY buffer_id", "");
    bool ok;
    while (db_step(statement, &ok)) {
        int64_t id = sqlite3_column_int64(statement, 0);
        g_array_append_val(ids, id);
    }
    if (!ok)
        store_read_failed(store);
    db_done(statement);
    return ids;
}

static void *
read_outbox(sqlite3_stmt *statement)
{
    return row_outbox(statement);
}

GPtrArray *
store_load_outbox(struct store *store, int64_t account_id)
{
    return load_all(store,
                    db_bind(store->reader,
                            ROW_OUTBOX "WHERE state NOT IN (2, 5) AND (?1 = 0 OR account_id = ?1)"
                                       " ORDER BY id",
                            "i", account_id),
                    read_outbox, (GDestroyNotify)outbox_row_free);
}
