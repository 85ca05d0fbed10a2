#include "store/salvage.h"

#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "store/db.h"
#include "store/put.h"
#include "store/rows.h"

#define CACHE_KIB 512

static const struct table {
    const char *name;
    const char *columns;
    const char *values;
    const char *where;
} tables[] = {
    {"accounts", "id, name, network", "?1, ?2, ?3", "1"},
    {"spaces", "id, account_id, remote_id, name", "?1, ?2, ?3, ?4", "1"},
    {"buffers",
     "id, account_id, space_id, remote_id, kind, name, topic, number, joined, closed, notify,"
     " read_sort_key, read_id, unread, mentions, last_sort_key, last_activity_us",
     "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 0, 0, 0, 0", "1"},
    {"drafts", "buffer_id, body", "?1, ?2", "1"},
    {"thread_drafts", "buffer_id, root, body", "?1, ?2, ?3", "1"},
    /* First as it is now, then as it was before there were copies, files, and threads: what is
     * there already stays. */
    {"outbox",
     "id, account_id, buffer_id, message_id, kind, state, key, body, spans, reply_to, attempts,"
     " created_us, sent_us, error, thread, files, as_name, as_avatar, mark",
     "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19",
     "state NOT IN (2, 5)"},
    {"outbox",
     "id, account_id, buffer_id, message_id, kind, state, key, body, spans, reply_to, attempts,"
     " created_us, sent_us, error, thread, files",
     "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16",
     "state NOT IN (2, 5)"},
    {"outbox",
     "id, account_id, buffer_id, message_id, kind, state, key, body, spans, reply_to, attempts,"
     " created_us, sent_us, error, thread",
     "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15", "state NOT IN (2, 5)"},
    {"outbox",
     "id, account_id, buffer_id, message_id, kind, state, key, body, spans, reply_to, attempts,"
     " created_us, sent_us, error",
     "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14", "state NOT IN (2, 5)"},
};

/* What the damage does not excuse: what is left out then would be lost for no reason. */
static bool
is_short_of_memory(sqlite3 *handle)
{
    return (sqlite3_extended_errcode(handle) & 0xff) == SQLITE_NOMEM;
}

static bool
copy_row(sqlite3_stmt *from, sqlite3_stmt *to, unsigned *copied)
{
    int columns = MIN(sqlite3_column_count(from), sqlite3_bind_parameter_count(to));
    for (int i = 0; i < columns; i++) {
        if (sqlite3_bind_value(to, i + 1, sqlite3_column_value(from, i)) != SQLITE_OK)
            return false;
    }
    /* A row that breaks a rule of the new file was not one of ours. */
    if (!db_run(to))
        return !is_short_of_memory(sqlite3_db_handle(to));
    *copied += sqlite3_changes(sqlite3_db_handle(to)) > 0;
    return true;
}

/* Copies rows until the end or an error, and counts those that are new. */
static bool
copy_rows(sqlite3_stmt *from, sqlite3_stmt *to, unsigned *copied)
{
    bool ok;
    while (db_step(from, &ok)) {
        if (!copy_row(from, to, copied))
            return false;
    }
    return ok || !is_short_of_memory(sqlite3_db_handle(from));
}

/* Forwards, and backwards for what stands behind a page that cannot be read. */
static bool
copy_table(struct db *from, struct db *to, const struct table *table, unsigned *copied)
{
    bool ok = true;
    g_autofree char *put = g_strdup_printf("INSERT OR IGNORE INTO %s (%s) VALUES (%s)", table->name,
                                           table->columns, table->values);
    sqlite3_stmt *insert = NULL;
    if (sqlite3_prepare_v2(to->handle, put, -1, &insert, NULL) != SQLITE_OK)
        return !is_short_of_memory(to->handle);
    for (unsigned backwards = 0; ok && backwards < 2; backwards++) {
        g_autofree char *get =
            g_strdup_printf("SELECT %s FROM %s NOT INDEXED WHERE %s ORDER BY rowid %s",
                            table->columns, table->name, table->where, backwards ? "DESC" : "ASC");
        sqlite3_stmt *select = NULL;
        if (sqlite3_prepare_v2(from->handle, get, -1, &select, NULL) == SQLITE_OK)
            ok = copy_rows(select, insert, copied);
        else
            ok = !is_short_of_memory(from->handle);
        sqlite3_finalize(select);
    }
    sqlite3_finalize(insert);
    return ok;
}

static struct message *
message_of(struct db *from, const struct outbox_row *row)
{
    bool ok;
    struct message *message = put_load(from, row->message_id, &ok);
    if (message == NULL && !ok && is_short_of_memory(from->handle))
        return NULL;
    if (message == NULL) {
        message = message_new();
        message->sort_key = row->created_us;
        message->time_us = row->created_us;
        message->reply_to = g_strdup(row->reply_to);
        message->thread = g_strdup(row->thread);
        message->error = g_strdup(row->error);
        rich_free(message->body);
        message->body = rich_dup(row->body);
        message->files = attachments_dup(row->files);
    }
    message->buffer_id = row->buffer_id;
    message->kind = row->kind;
    message->flags |= MESSAGE_OWN | (row->mark != NULL ? MESSAGE_RELAYED : 0);
    g_clear_pointer(&message->remote_id, g_free);
    return message;
}

/* Every saved outbox row gets its message in the new file. */
static bool
make_messages(struct db *from, struct put *put)
{
    static const enum message_state states[] = {
        [OUTBOX_PENDING] = MESSAGE_PENDING, [OUTBOX_SENDING] = MESSAGE_SENDING,
        [OUTBOX_DONE] = MESSAGE_SENT,       [OUTBOX_FAILED] = MESSAGE_FAILED,
        [OUTBOX_UNKNOWN] = MESSAGE_UNKNOWN, [OUTBOX_DROPPED] = MESSAGE_FAILED,
    };
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)outbox_row_free);
    sqlite3_stmt *statement = db_bind(put->db, ROW_OUTBOX "ORDER BY id", "");
    bool ok;
    while (db_step(statement, &ok))
        g_ptr_array_add(rows, row_outbox(statement));
    db_done(statement);
    for (unsigned i = 0; ok && i < rows->len; i++) {
        const struct outbox_row *row = rows->pdata[i];
        struct message *message = message_of(from, row);
        if (message == NULL)
            return false;
        message->state = states[row->state];
        ok = put_insert(put, row->account_id, message, row->key, &message->id) &&
             db_run(db_bind(put->db, "UPDATE outbox SET message_id = ?2 WHERE id = ?1", "ii",
                            row->id, message->id));
        message_unref(message);
    }
    return ok;
}

static bool
copy_all(struct db *from, struct db *to, struct salvage_count *count)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++) {
        unsigned copied = 0;
        if (!copy_table(from, to, &tables[i], &copied))
            return false;
        if (g_str_has_suffix(tables[i].name, "drafts"))
            count->drafts += copied;
        else if (strcmp(tables[i].name, "outbox") == 0)
            count->outbox += copied;
    }
    struct put put;
    put_init(&put, to, "");
    bool ok = make_messages(from, &put);
    put_fini(&put);
    return ok;
}

bool
salvage_copy(const char *from, const char *to, const struct store_hooks *hooks,
             struct salvage_count *ret_count, GError **error)
{
    g_autoptr(GError) why = NULL;
    struct db *old = db_open(from, DB_READ_DAMAGED, hooks->vfs, CACHE_KIB, &why);
    if (old == NULL && error_is(why, WEFT_ERROR_INTERNAL)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (old == NULL) {
        log_info("store", "nothing could be saved: %s", why->message);
        return true;
    }
    struct db *fresh = db_open(to, DB_WRITE, hooks->vfs, CACHE_KIB, error);
    struct salvage_count count = {0};
    bool ok = fresh != NULL && db_exec(fresh, "BEGIN IMMEDIATE", error);
    if (ok && !copy_all(old, fresh, &count)) {
        db_error(is_short_of_memory(old->handle) ? old : fresh, error);
        ok = false;
    }
    ok = ok && db_exec(fresh, "COMMIT", error);
    db_close(fresh);
    db_close(old);
    if (ok)
        *ret_count = count;
    return ok;
}
