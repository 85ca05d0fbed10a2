/* Reading threads. */
#include "store/rows.h"
#include "store/store_priv.h"
#include "store/threads.h"

#define COUNT_MOST 10000

#define ROW_THREAD                                                                                 \
    "SELECT t.buffer_id, t.root, t.replies, t.last_us, " ROW_THREAD_LAST                           \
    ", ifnull(t.people, (SELECT group_concat(name, char(10)) FROM (SELECT DISTINCT u.name"         \
    " FROM (SELECT user_id FROM messages p WHERE p.buffer_id = t.buffer_id AND p.thread = t.root"  \
    " ORDER BY p.sort_key LIMIT 1000) p JOIN users u ON u.id = p.user_id LIMIT 50))),"             \
    " t.followed, t.told, t.unread, t.mentions, t.read_key FROM threads t "

static struct thread *
read_thread(sqlite3_stmt *statement)
{
    struct thread *thread = g_new0(struct thread, 1);
    thread->buffer_id = sqlite3_column_int64(statement, 0);
    thread->root = db_text(statement, 1);
    thread->replies = (unsigned)MAX(sqlite3_column_int64(statement, 2), 0);
    thread->last_us = sqlite3_column_int64(statement, 3);
    thread->last_name = db_text(statement, 4);
    thread->people = db_text(statement, 5);
    thread->followed = sqlite3_column_int(statement, 6) == 1;
    thread->told = sqlite3_column_int(statement, 7) != 0;
    thread->unread = (unsigned)MAX(sqlite3_column_int64(statement, 8), 0);
    thread->mentions = (unsigned)MAX(sqlite3_column_int64(statement, 9), 0);
    thread->read_key = sqlite3_column_int64(statement, 10);
    return thread;
}

static GPtrArray *
load_threads(struct store *store, sqlite3_stmt *statement)
{
    GPtrArray *threads = g_ptr_array_new_with_free_func((GDestroyNotify)thread_free);
    bool ok;
    while (db_step(statement, &ok))
        g_ptr_array_add(threads, read_thread(statement));
    if (!ok)
        store_read_failed(store);
    db_done(statement);
    for (guint i = 0; i < threads->len; i++) {
        struct thread *thread = threads->pdata[i];
        thread->at = store_find_remote(store, thread->buffer_id, thread->root);
    }
    return threads;
}

struct thread *
store_load_thread(struct store *store, int64_t buffer_id, const char *root)
{
    g_autoptr(GPtrArray) threads = load_threads(
        store, db_bind(store->reader, ROW_THREAD "WHERE t.buffer_id = ?1 AND t.root = ?2", "is",
                       buffer_id, root));
    return threads->len > 0 ? g_ptr_array_steal_index(threads, 0) : NULL;
}

GPtrArray *
store_load_threads(struct store *store, unsigned limit)
{
    return load_threads(store, db_bind(store->reader,
                                       ROW_THREAD "WHERE t.followed = 1 AND t.replies > 0"
                                                  " ORDER BY t.unread > 0 DESC, t.last_us DESC"
                                                  " LIMIT ?1",
                                       "i", (int64_t)limit));
}

#define IS_NEW "t.followed = 1 AND t.unread > t.mentions "

GPtrArray *
store_load_new_threads(struct store *store, unsigned limit)
{
    return load_threads(
        store, db_bind(store->reader, ROW_THREAD "WHERE " IS_NEW "ORDER BY t.last_us DESC LIMIT ?1",
                       "i", (int64_t)limit));
}

GArray *
store_new_threads(struct store *store)
{
    GArray *buffers = g_array_new(FALSE, FALSE, sizeof(int64_t));
    sqlite3_stmt *statement = db_bind(
        store->reader, "SELECT t.buffer_id FROM threads t WHERE t.unread > 0 AND " IS_NEW, "");
    bool ok;
    while (db_step(statement, &ok)) {
        const int64_t buffer_id = sqlite3_column_int64(statement, 0);
        g_array_append_val(buffers, buffer_id);
    }
    if (!ok)
        store_read_failed(store);
    db_done(statement);
    return buffers;
}

char *
store_newest_thread(struct store *store, int64_t buffer_id)
{
    sqlite3_stmt *statement =
        db_bind(store->reader,
                "SELECT root FROM threads WHERE buffer_id = ?1 AND replies > 0"
                " ORDER BY last_us DESC, id DESC LIMIT 1",
                "i", buffer_id);
    bool ok;
    char *root = db_step(statement, &ok) ? db_text(statement, 0) : NULL;
    if (!ok)
        store_read_failed(store);
    db_done(statement);
    return root;
}

GPtrArray *
store_load_replies(struct store *store, int64_t buffer_id, const char *root, struct position from,
                   enum store_direction direction, unsigned limit)
{
    const char *sql = direction == STORE_BEFORE
                          ? ROW_MESSAGE "WHERE m.buffer_id = ?1 AND m.thread = ?5"
                                        " AND m.sort_key <= ?2 AND (m.sort_key < ?2 OR m.id < ?3)"
                                        " ORDER BY m.sort_key DESC, m.id DESC LIMIT ?4"
                          : ROW_MESSAGE "WHERE m.buffer_id = ?1 AND m.thread = ?5"
                                        " AND m.sort_key >= ?2 AND (m.sort_key > ?2 OR m.id > ?3)"
                                        " ORDER BY m.sort_key, m.id LIMIT ?4";
    GPtrArray *rows =
        store_load_messages(store, db_bind(store->reader, sql, "iiiis", buffer_id, from.sort_key,
                                           from.id, (int64_t)limit, root));
    if (direction == STORE_BEFORE)
        store_reverse(rows);
    return rows;
}

void
store_count_replies(struct store *store, int64_t buffer_id, const char *root, int64_t after,
                    unsigned *ret_unread, unsigned *ret_mentions)
{
    sqlite3_stmt *statement =
        db_bind(store->reader,
                "SELECT count(*), ifnull(sum((flags & 2) <> 0), 0) FROM (SELECT flags FROM messages"
                " WHERE buffer_id = ?1 AND thread = ?2 AND sort_key > ?3 AND kind IN (0, 1, 2)"
                " AND NOT flags & 41 ORDER BY sort_key LIMIT ?4)",
                "isii", buffer_id, root, after, (int64_t)COUNT_MOST);
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

GArray *
store_tally_threads(struct store *store, int64_t buffer_id)
{
    GArray *tallies = g_array_new(FALSE, FALSE, sizeof(struct thread_tally));
    sqlite3_stmt *statement =
        db_bind(store->reader,
                "SELECT t.buffer_id, sum(t.unread), sum(t.mentions) FROM threads t"
                " WHERE t.unread > 0 AND (?1 = 0 OR t.buffer_id = ?1) AND t.followed = 1"
                " AND (t.told OR EXISTS (SELECT 1 FROM messages m WHERE m.buffer_id = t.buffer_id"
                " AND m.thread = t.root AND m.flags & 8192)) GROUP BY t.buffer_id",
                "i", buffer_id);
    bool ok;
    while (db_step(statement, &ok)) {
        struct thread_tally tally = {
            .buffer_id = sqlite3_column_int64(statement, 0),
            .unread = (unsigned)sqlite3_column_int64(statement, 1),
            .mentions = (unsigned)sqlite3_column_int64(statement, 2),
        };
        g_array_append_val(tallies, tally);
    }
    if (!ok)
        store_read_failed(store);
    db_done(statement);
    return tallies;
}

char *
store_load_thread_draft(struct store *store, int64_t buffer_id, const char *root)
{
    sqlite3_stmt *statement =
        db_bind(store->reader, "SELECT body FROM thread_drafts WHERE buffer_id = ?1 AND root = ?2",
                "is", buffer_id, root);
    bool ok;
    char *text = db_step(statement, &ok) ? db_text(statement, 0) : NULL;
    if (!ok)
        store_read_failed(store);
    db_done(statement);
    return text;
}
