/* What happened to messages after they were said: reactions and deletions. They meet their
 * message in whatever order the two come, so everything here asks for the state as it should be,
 * not for what has just been done. */
#include "store/put.h"
#include "store/rows.h"

#define FLAG_DELETED "8"
#define FLAGS_TEXT   "7168" /* pinned, changing, unchanged */
#define FLAG_REACTED "256"

bool
put_find_message(struct put *put, int64_t buffer_id, const char *remote_id, int64_t *ret_id,
                 unsigned *ret_flags)
{
    bool ok;
    sqlite3_stmt *statement =
        db_bind(put->db, "SELECT id, flags FROM messages WHERE buffer_id = ?1 AND remote_id = ?2",
                "is", buffer_id, remote_id);
    *ret_id = 0;
    *ret_flags = 0;
    if (db_step(statement, &ok)) {
        *ret_id = sqlite3_column_int64(statement, 0);
        *ret_flags = (unsigned)sqlite3_column_int(statement, 1);
    }
    db_done(statement);
    return ok;
}

static bool
is_deleted(struct put *put, int64_t buffer_id, const char *remote_id, bool *ret_deleted)
{
    bool ok;
    *ret_deleted =
        db_number(db_bind(put->db,
                          "SELECT 1 FROM deletions WHERE buffer_id = ?1 AND remote_id = ?2", "is",
                          buffer_id, remote_id),
                  0, &ok) != 0;
    return ok;
}

/* --- reactions
 * ------------------------------------------------------------------------------------------ */

/* REACTED says whether there is anything to load. */
static bool
flag_reacted(struct put *put, int64_t message_id)
{
    return db_run(
        db_bind(put->db,
                "UPDATE messages SET flags = (flags & ~" FLAG_REACTED ") |"
                " iif(EXISTS (SELECT 1 FROM reactions r WHERE r.buffer_id = messages.buffer_id"
                " AND r.remote_id = messages.remote_id AND NOT r.gone), " FLAG_REACTED ", 0)"
                " WHERE id = ?1",
                "i", message_id));
}

struct known {
    int64_t id; /* 0: none */
    int64_t time_us;
    bool gone;
};

static bool
find_reaction(struct put *put, const struct op *op, struct known *known)
{
    bool ok;
    sqlite3_stmt *statement =
        db_bind(put->db,
                "SELECT id, time_us, gone FROM reactions WHERE buffer_id = ?1 AND remote_id = ?2"
                " AND user_id = ?3 AND emoji = ?4",
                "isss", op->buffer_id, op->name, op->reaction.user_id, op->text);
    if (db_step(statement, &ok)) {
        known->id = sqlite3_column_int64(statement, 0);
        known->time_us = sqlite3_column_int64(statement, 1);
        known->gone = sqlite3_column_int(statement, 2) != 0;
    }
    db_done(statement);
    return ok;
}

/* The oldest of the early ones of a buffer make room. */
static bool
trim_early(struct put *put, const char *sql, int64_t buffer_id)
{
    return db_run(db_bind(put->db, sql, "ii", buffer_id, (int64_t)STORE_EARLY_MAX));
}

static bool
add_reaction(struct put *put, const struct op *op, bool early)
{
    bool ok = true;
    if (!early && db_number(db_bind(put->db,
                                    "SELECT count(*) FROM reactions WHERE buffer_id = ?1"
                                    " AND remote_id = ?2",
                                    "is", op->buffer_id, op->name),
                            0, &ok) >= STORE_REACTIONS_MAX)
        return true;
    return ok &&
           db_run(db_bind(put->db,
                          "INSERT INTO reactions (buffer_id, remote_id, user_id, user_name, emoji,"
                          " time_us, own, gone, early) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                          "issssiddd", op->buffer_id, op->name, op->reaction.user_id,
                          op->reaction.user_name, op->text, op->reaction.time_us,
                          (int)op->reaction.own, (int)!op->reaction.add, (int)early)) &&
           (!early || trim_early(put,
                                 "DELETE FROM reactions WHERE id IN (SELECT id FROM reactions"
                                 " WHERE buffer_id = ?1 AND early ORDER BY id DESC"
                                 " LIMIT -1 OFFSET ?2)",
                                 op->buffer_id));
}

/* Of two words about the same reaction the later one counts; of two of the same time the taking
 * back. So every order of arrival ends in the same state. */
static bool
change_reaction(struct put *put, const struct op *op, const struct known *known)
{
    const bool gone = !op->reaction.add;
    if (op->reaction.time_us < known->time_us ||
        (op->reaction.time_us == known->time_us && gone <= known->gone))
        return true;
    return db_run(
        db_bind(put->db, "UPDATE reactions SET time_us = ?2, gone = ?3, own = ?4 WHERE id = ?1",
                "iidd", known->id, op->reaction.time_us, (int)gone, (int)op->reaction.own));
}

bool
put_reaction(struct put *put, struct op *op)
{
    int64_t message_id;
    unsigned flags;
    bool deleted;
    op->result.outcome = STORE_KNOWN;
    if (!is_deleted(put, op->buffer_id, op->name, &deleted) ||
        !put_find_message(put, op->buffer_id, op->name, &message_id, &flags))
        return false;
    if (deleted)
        return true;
    struct known before = {.gone = true}, after = {.gone = true};
    if (!find_reaction(put, op, &before) ||
        !(before.id != 0 ? change_reaction(put, op, &before)
                         : add_reaction(put, op, message_id == 0)) ||
        !find_reaction(put, op, &after))
        return false;
    if (message_id == 0)
        op->result.outcome = STORE_MISSING;
    if (message_id == 0 || after.gone == before.gone)
        return true;
    bool ok;
    if (!flag_reacted(put, message_id))
        return false;
    op->result.outcome = STORE_CHANGED;
    op->result.message = put_load(put->db, message_id, &ok);
    return ok && put_relay_reacted(put, op->buffer_id, message_id, after.id, op->now_us);
}

static bool
stays(const GPtrArray *list, const char *user_id, const char *emoji)
{
    for (guint i = 0; i + 1 < list->len; i += 2) {
        if (g_strcmp0(list->pdata[i], user_id) == 0 && g_strcmp0(list->pdata[i + 1], emoji) == 0)
            return true;
    }
    return false;
}

/* The rows of those that have gone: found first, changed then. */
static bool
find_gone(struct put *put, const struct op *op, GArray *gone)
{
    bool ok;
    sqlite3_stmt *statement =
        db_bind(put->db,
                "SELECT id, user_id, emoji FROM reactions WHERE buffer_id = ?1 AND remote_id = ?2"
                " AND NOT gone AND time_us <= ?3",
                "isi", op->buffer_id, op->name, op->stay.time_us);
    while (db_step(statement, &ok)) {
        const int64_t id = sqlite3_column_int64(statement, 0);
        g_autofree char *user_id = db_text(statement, 1), *emoji = db_text(statement, 2);
        if (!stays(op->stay.list, user_id, emoji))
            g_array_append_val(gone, id);
    }
    db_done(statement);
    return ok;
}

bool
put_reactions(struct put *put, struct op *op)
{
    g_autoptr(GArray) gone = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int64_t message_id;
    unsigned flags;
    bool ok;
    if (!put_find_message(put, op->buffer_id, op->name, &message_id, &flags))
        return false;
    op->result.outcome = message_id == 0 ? STORE_MISSING : STORE_KNOWN;
    if (message_id == 0 || !find_gone(put, op, gone))
        return message_id == 0;
    for (guint i = 0; i < gone->len; i++) {
        const int64_t id = g_array_index(gone, int64_t, i);
        if (!db_run(db_bind(put->db, "UPDATE reactions SET gone = 1, time_us = ?2 WHERE id = ?1",
                            "ii", id, op->stay.time_us)) ||
            !put_relay_reacted(put, op->buffer_id, message_id, id, op->now_us) ||
            !db_run(db_bind(put->db, "UPDATE reactions SET own = 0 WHERE id = ?1", "i", id)))
            return false;
    }
    if (gone->len == 0)
        return true;
    if (!flag_reacted(put, message_id))
        return false;
    op->result.outcome = STORE_CHANGED;
    op->result.message = put_load(put->db, message_id, &ok);
    return ok;
}

/* --- deletions
 * ------------------------------------------------------------------------------------------ */

/* What is taken out is overwritten in the file: see open.c. */
static bool
erase(struct put *put, int64_t message_id, const char *note)
{
    return put_unindex(put, message_id) && put_forget_texts(put, message_id) &&
           put_thread_erased(put, message_id) &&
           db_run(db_bind(put->db,
                          "DELETE FROM reactions WHERE (buffer_id, remote_id) ="
                          " (SELECT buffer_id, remote_id FROM messages WHERE id = ?1)",
                          "i", message_id)) &&
           db_run(db_bind(put->db,
                          "UPDATE outbox SET body = NULL, spans = NULL, files = NULL"
                          " WHERE message_id = ?1",
                          "i", message_id)) &&
           db_run(db_bind(put->db,
                          "UPDATE messages SET body = '', spans = NULL, error = ?2, files = NULL,"
                          " file_names = NULL, buttons = NULL,"
                          " flags = (flags & ~(" FLAG_REACTED " | " FLAGS_TEXT ")) | " FLAG_DELETED
                          " WHERE id = ?1",
                          "is", message_id, note));
}

static bool
add_deletion(struct put *put, const struct op *op, bool early)
{
    return db_run(db_bind(put->db,
                          "INSERT INTO deletions (buffer_id, remote_id, note, early)"
                          " VALUES (?1, ?2, ?3, ?4)",
                          "issd", op->buffer_id, op->name, op->text, (int)early)) &&
           (!early || trim_early(put,
                                 "DELETE FROM deletions WHERE id IN (SELECT id FROM deletions"
                                 " WHERE buffer_id = ?1 AND early ORDER BY id DESC"
                                 " LIMIT -1 OFFSET ?2)",
                                 op->buffer_id));
}

bool
put_deletion(struct put *put, struct op *op)
{
    int64_t message_id;
    unsigned flags;
    bool deleted, ok;
    op->result.outcome = STORE_KNOWN;
    if (!is_deleted(put, op->buffer_id, op->name, &deleted) ||
        !put_find_message(put, op->buffer_id, op->name, &message_id, &flags))
        return false;
    if (!deleted && !add_deletion(put, op, message_id == 0))
        return false;
    if (message_id == 0) {
        op->result.outcome = STORE_MISSING;
        return db_run(db_bind(put->db,
                              "DELETE FROM reactions WHERE buffer_id = ?1 AND remote_id = ?2", "is",
                              op->buffer_id, op->name));
    }
    if ((flags & MESSAGE_DELETED) != 0)
        return true;
    if (!put_relay_deleted(put, op->buffer_id, message_id, op->now_us) ||
        !erase(put, message_id, op->text))
        return false;
    op->result.outcome = STORE_CHANGED;
    op->result.message = put_load(put->db, message_id, &ok);
    return ok;
}

/* --- the message comes
 * ----------------------------------------------------------------------------------- */

static struct message *
without_text(const struct message *message, char *note_take)
{
    struct message *deleted = message_dup(message);
    deleted->flags |= MESSAGE_DELETED;
    g_free(deleted->error);
    deleted->error = note_take;
    rich_free(deleted->body);
    deleted->body = rich_new("", 0);
    g_clear_pointer(&deleted->files, g_ptr_array_unref);
    g_clear_pointer(&deleted->buttons, g_ptr_array_unref);
    return deleted;
}

bool
put_deeds_before(struct put *put, const struct message *message, bool *ret_any, bool *ret_root,
                 struct message **ret_deleted)
{
    bool ok;
    *ret_any = *ret_root = false;
    *ret_deleted = NULL;
    sqlite3_stmt *statement =
        db_bind(put->db,
                "SELECT 1, note FROM deletions WHERE buffer_id = ?1 AND remote_id = ?2"
                " UNION ALL SELECT 0, NULL FROM (SELECT 1 FROM reactions WHERE buffer_id = ?1"
                " AND remote_id = ?2 LIMIT 1)"
                " UNION ALL SELECT 2, NULL FROM threads WHERE buffer_id = ?1 AND root = ?2",
                "is", message->buffer_id, message->remote_id);
    while (db_step(statement, &ok)) {
        const int what = sqlite3_column_int(statement, 0);
        *ret_root |= what == 2;
        *ret_any |= what != 2;
        if (what == 1)
            *ret_deleted = without_text(message, db_text(statement, 1));
    }
    db_done(statement);
    return ok;
}

bool
put_deeds(struct put *put, int64_t message_id)
{
    bool ok;
    g_autofree char *note = NULL;
    sqlite3_stmt *statement =
        db_bind(put->db,
                "SELECT d.note FROM messages m JOIN deletions d ON d.buffer_id = m.buffer_id"
                " AND d.remote_id = m.remote_id WHERE m.id = ?1",
                "i", message_id);
    bool deleted = db_step(statement, &ok);
    if (deleted)
        note = db_text(statement, 0);
    db_done(statement);
    if (!ok)
        return false;
    if (deleted)
        return erase(put, message_id, note);
    bool reacted =
        db_number(db_bind(put->db,
                          "SELECT 1 FROM messages m JOIN reactions r ON r.buffer_id = m.buffer_id"
                          " AND r.remote_id = m.remote_id WHERE m.id = ?1 LIMIT 1",
                          "i", message_id),
                  0, &ok) != 0;
    return ok && (!reacted || flag_reacted(put, message_id));
}

/* --- and they are told of
 * ------------------------------------------------------------------------------------ */

#define OF_MESSAGE                                                                                 \
    " WHERE early AND (buffer_id, remote_id) = (SELECT buffer_id, remote_id FROM messages"         \
    " WHERE id = ?1)"

static bool
find_early(struct put *put, int64_t message_id, int64_t *ret_buffer, bool *ret_deleted,
           GArray *reactions)
{
    bool ok;
    sqlite3_stmt *statement =
        db_bind(put->db,
                "SELECT buffer_id, 0 FROM deletions" OF_MESSAGE
                " UNION ALL SELECT buffer_id, id FROM reactions" OF_MESSAGE " AND NOT gone",
                "i", message_id);
    *ret_deleted = false;
    while (db_step(statement, &ok)) {
        const int64_t id = sqlite3_column_int64(statement, 1);
        *ret_buffer = sqlite3_column_int64(statement, 0);
        *ret_deleted |= id == 0;
        if (id != 0)
            g_array_append_val(reactions, id);
    }
    db_done(statement);
    return ok;
}

bool
put_deeds_told(struct put *put, int64_t message_id, int64_t now_us)
{
    g_autoptr(GArray) reactions = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int64_t buffer_id = 0;
    bool deleted;
    if (!find_early(put, message_id, &buffer_id, &deleted, reactions))
        return false;
    if (!deleted && reactions->len == 0)
        return true;
    if (deleted && !put_relay_deleted(put, buffer_id, message_id, now_us))
        return false;
    for (guint i = 0; i < reactions->len; i++) {
        if (!put_relay_reacted(put, buffer_id, message_id, g_array_index(reactions, int64_t, i),
                               now_us))
            return false;
    }
    return db_run(db_bind(put->db, "UPDATE deletions SET early = 0" OF_MESSAGE, "i", message_id)) &&
           db_run(db_bind(put->db, "UPDATE reactions SET early = 0" OF_MESSAGE, "i", message_id));
}
