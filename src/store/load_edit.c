/* Reading our changes that are on their way, what messages said before, and what is pinned. */
#include "store/edit.h"
#include "store/rows.h"
#include "store/store_priv.h"

static GPtrArray *
load_edits(struct store *store, sqlite3_stmt *statement)
{
    GPtrArray *edits = g_ptr_array_new_with_free_func((GDestroyNotify)edit_free);
    bool ok;
    while (db_step(statement, &ok))
        g_ptr_array_add(edits, row_edit(statement));
    if (!ok) {
        store_read_failed(store);
        g_ptr_array_set_size(edits, 0);
    }
    db_done(statement);
    return edits;
}

GPtrArray *
store_load_edits(struct store *store, int64_t account_id)
{
    return load_edits(store,
                      db_bind(store->reader, ROW_EDIT "WHERE ?1 = 0 OR account_id = ?1 ORDER BY id",
                              "i", account_id));
}

struct edit *
store_find_edit(struct store *store, int64_t message_id)
{
    g_autoptr(GPtrArray) edits = load_edits(
        store, db_bind(store->reader, ROW_EDIT "WHERE message_id = ?1 ORDER BY id DESC LIMIT 1",
                       "i", message_id));
    return edits->len > 0 ? g_ptr_array_steal_index(edits, 0) : NULL;
}

char *
store_load_source(struct store *store, int64_t message_id)
{
    return store_load_text(
        store,
        db_bind(store->reader, "SELECT body FROM sources WHERE message_id = ?1", "i", message_id));
}

void
store_load_delivery(struct store *store, int64_t message_id, int64_t *ret_typed_us,
                    int64_t *ret_sent_us, int *ret_attempts)
{
    bool ok;
    sqlite3_stmt *statement = db_bind(
        store->reader, "SELECT created_us, sent_us, attempts FROM outbox WHERE message_id = ?1",
        "i", message_id);
    *ret_typed_us = *ret_sent_us = *ret_attempts = 0;
    if (db_step(statement, &ok)) {
        *ret_typed_us = sqlite3_column_int64(statement, 0);
        *ret_sent_us = sqlite3_column_int64(statement, 1);
        *ret_attempts = sqlite3_column_int(statement, 2);
    }
    if (!ok)
        store_read_failed(store);
    db_done(statement);
}

GPtrArray *
store_load_revisions(struct store *store, int64_t message_id)
{
    GPtrArray *revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
    sqlite3_stmt *statement =
        db_bind(store->reader,
                "SELECT until_us, body, spans FROM revisions WHERE message_id = ?1"
                " ORDER BY until_us DESC, id DESC",
                "i", message_id);
    bool ok;
    while (db_step(statement, &ok)) {
        struct revision *revision = g_new0(struct revision, 1);
        revision->until_us = sqlite3_column_int64(statement, 0);
        revision->body = row_rich(statement, 1, 2);
        g_ptr_array_add(revisions, revision);
    }
    if (!ok)
        store_read_failed(store);
    db_done(statement);
    return revisions;
}

GPtrArray *
store_load_pinned(struct store *store, int64_t buffer_id, unsigned limit)
{
    return store_load_messages(store,
                               db_bind(store->reader,
                                       ROW_MESSAGE "WHERE m.buffer_id = ?1 AND m.flags & 1024"
                                                   " ORDER BY m.sort_key DESC, m.id DESC LIMIT ?2",
                                       "ii", buffer_id, (int64_t)limit));
}
