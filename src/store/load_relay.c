/* Reading lanes and copies: see relay.h. */
#include "store/relay.h"
#include "store/store_priv.h"

void
relay_task_free(struct relay_task *task)
{
    if (task == NULL)
        return;
    g_free(task->emoji);
    g_free(task->who);
    g_free(task->error);
    g_free(task);
}

#define TASKS                                                                                      \
    "SELECT t.id, t.lane, t.source_id, t.from_id, m.sort_key, t.deed, t.emoji, t.who, t.added_us," \
    " t.error FROM relay_tasks t LEFT JOIN messages m ON m.id = t.source_id "

static GPtrArray *
load_tasks(struct store *store, sqlite3_stmt *statement)
{
    GPtrArray *tasks = g_ptr_array_new_with_free_func((GDestroyNotify)relay_task_free);
    bool ok;
    while (db_step(statement, &ok)) {
        struct relay_task *task = g_new0(struct relay_task, 1);
        const int deed = sqlite3_column_int(statement, 5);
        task->id = sqlite3_column_int64(statement, 0);
        task->lane = sqlite3_column_int64(statement, 1);
        task->source_id = sqlite3_column_int64(statement, 2);
        task->from = sqlite3_column_int64(statement, 3);
        task->sort_key = sqlite3_column_int64(statement, 4);
        /* Of what is not known, assume what does nothing twice. */
        task->deed = deed >= 0 && deed <= RELAY_UNREACT ? (enum relay_deed)deed : RELAY_EDIT;
        task->emoji = db_text(statement, 6);
        task->who = db_text(statement, 7);
        task->added_us = sqlite3_column_int64(statement, 8);
        task->error = db_text(statement, 9);
        g_ptr_array_add(tasks, task);
    }
    if (!ok) {
        store_read_failed(store);
        g_ptr_array_set_size(tasks, 0);
    }
    db_done(statement);
    return tasks;
}

GPtrArray *
store_load_tasks(struct store *store, int64_t lane, int64_t after, unsigned limit)
{
    return load_tasks(store, db_bind(store->reader,
                                     TASKS "WHERE t.lane = ?1 AND t.error IS NULL AND t.id > ?2"
                                           " ORDER BY t.id LIMIT ?3",
                                     "iii", lane, after, (int64_t)limit));
}

GArray *
store_load_earliest(struct store *store, int64_t lane, int64_t after, unsigned limit)
{
    GArray *all = g_array_new(FALSE, TRUE, sizeof(struct relay_earliest));
    sqlite3_stmt *statement = db_bind(
        store->reader,
        "SELECT t.from_id, min(m.sort_key) FROM (SELECT from_id, source_id, deed FROM relay_tasks"
        " WHERE lane = ?1 AND error IS NULL AND id > ?2 ORDER BY id LIMIT ?3) t"
        " JOIN messages m ON m.id = t.source_id WHERE t.deed = 0 GROUP BY t.from_id",
        "iii", lane, after, (int64_t)limit);
    bool ok;
    while (db_step(statement, &ok)) {
        const struct relay_earliest each = {.from = sqlite3_column_int64(statement, 0),
                                            .sort_key = sqlite3_column_int64(statement, 1)};
        g_array_append_val(all, each);
    }
    if (!ok) {
        store_read_failed(store);
        g_array_set_size(all, 0);
    }
    db_done(statement);
    return all;
}

GPtrArray *
store_load_given_up(struct store *store, int64_t lane, unsigned limit)
{
    return load_tasks(store, db_bind(store->reader,
                                     TASKS "WHERE (?1 = 0 OR t.lane = ?1) AND t.error IS NOT NULL"
                                           " ORDER BY t.id DESC LIMIT ?2",
                                     "ii", lane, (int64_t)limit));
}

GArray *
store_load_depths(struct store *store)
{
    GArray *depths = g_array_new(FALSE, TRUE, sizeof(struct relay_depth));
    /* The oldest is the first. */
    sqlite3_stmt *statement = db_bind(
        store->reader,
        "SELECT d.lane, d.from_id, d.waiting, d.given_up, t.added_us FROM (SELECT lane, from_id,"
        " sum(error IS NULL) AS waiting, sum(error IS NOT NULL) AS given_up,"
        " min(CASE WHEN error IS NULL THEN id END) AS first FROM relay_tasks"
        " GROUP BY lane, from_id) d LEFT JOIN relay_tasks t ON t.id = d.first"
        " ORDER BY d.lane, d.from_id",
        "");
    bool ok;
    while (db_step(statement, &ok)) {
        const struct relay_depth depth = {
            .lane = sqlite3_column_int64(statement, 0),
            .from = sqlite3_column_int64(statement, 1),
            .waiting = (unsigned)sqlite3_column_int64(statement, 2),
            .given_up = (unsigned)sqlite3_column_int64(statement, 3),
            .oldest_us = sqlite3_column_int64(statement, 4),
        };
        g_array_append_val(depths, depth);
    }
    if (!ok) {
        store_read_failed(store);
        g_array_set_size(depths, 0);
    }
    db_done(statement);
    return depths;
}

#define COPIES "SELECT source_id, message_id, buffer_id, part, note FROM relay_copies "

static struct relay_copy
read_copy(sqlite3_stmt *statement)
{
    return (struct relay_copy){
        .source_id = sqlite3_column_int64(statement, 0),
        .message_id = sqlite3_column_int64(statement, 1),
        .buffer_id = sqlite3_column_int64(statement, 2),
        .part = (unsigned)sqlite3_column_int(statement, 3),
        .note = sqlite3_column_int(statement, 4) != 0,
    };
}

GArray *
store_load_copies(struct store *store, int64_t source_id, int64_t buffer_id)
{
    GArray *copies = g_array_new(FALSE, FALSE, sizeof(struct relay_copy));
    sqlite3_stmt *statement = db_bind(store->reader,
                                      COPIES "WHERE source_id = ?1 AND (?2 = 0 OR buffer_id = ?2)"
                                             " ORDER BY buffer_id, part, message_id",
                                      "ii", source_id, buffer_id);
    bool ok;
    while (db_step(statement, &ok)) {
        const struct relay_copy copy = read_copy(statement);
        g_array_append_val(copies, copy);
    }
    if (!ok) {
        store_read_failed(store);
        g_array_set_size(copies, 0);
    }
    db_done(statement);
    return copies;
}

bool
store_find_copy(struct store *store, int64_t message_id, struct relay_copy *ret_copy)
{
    sqlite3_stmt *statement =
        db_bind(store->reader, COPIES "WHERE message_id = ?1", "i", message_id);
    bool ok;
    const bool found = db_step(statement, &ok);
    if (found)
        *ret_copy = read_copy(statement);
    if (!ok)
        store_read_failed(store);
    db_done(statement);
    return found;
}
