/* Gaps: spans of a buffer's order for which weft may lack messages. */
#include "store/put.h"

bool
put_gap(struct put *put, const struct gap *gap)
{
    /* A gap that is known by its id may have got another beginning. */
    if (gap->id > 0 && !db_run(db_bind(put->db, "DELETE FROM gaps WHERE id = ?1", "i", gap->id)))
        return false;
    return db_run(
        db_bind(put->db,
                "INSERT INTO gaps (id, buffer_id, after_sort_key, before_sort_key, from_us, to_us,"
                " fillable) VALUES (nullif(max(?1, 0), 0), ?2, ?3, ?4, ?5, ?6, ?7)"
                " ON CONFLICT (buffer_id, after_sort_key) DO UPDATE SET before_sort_key = ?4,"
                " from_us = ?5, to_us = ?6, fillable = ?7",
                "iiiiiid", gap->id, gap->buffer_id, gap->after_sort_key, gap->before_sort_key,
                gap->from_us, gap->to_us, (int)gap->fillable));
}

/* The wall time of the message at a place in the order; `otherwise` when there is none. */
static int64_t
time_at(struct put *put, int64_t buffer_id, int64_t sort_key, int64_t otherwise, bool *ret_ok)
{
    return db_number(db_bind(put->db,
                             "SELECT time_us FROM messages WHERE buffer_id = ?1 AND sort_key = ?2"
                             " ORDER BY id LIMIT 1",
                             "ii", buffer_id, sort_key),
                     otherwise, ret_ok);
}

static bool
load_overlapping(struct put *put, int64_t buffer_id, int64_t after, int64_t before, GArray *gaps)
{
    sqlite3_stmt *statement =
        db_bind(put->db,
                "SELECT id, after_sort_key, before_sort_key, from_us, to_us, fillable FROM gaps"
                " WHERE buffer_id = ?1 AND after_sort_key < ?3 AND before_sort_key > ?2",
                "iii", buffer_id, after, before);
    bool ok;
    while (db_step(statement, &ok)) {
        struct gap gap = {
            .id = sqlite3_column_int64(statement, 0),
            .buffer_id = buffer_id,
            .after_sort_key = sqlite3_column_int64(statement, 1),
            .before_sort_key = sqlite3_column_int64(statement, 2),
            .from_us = sqlite3_column_int64(statement, 3),
            .to_us = sqlite3_column_int64(statement, 4),
            .fillable = sqlite3_column_int(statement, 5) != 0,
        };
        g_array_append_val(gaps, gap);
    }
    db_done(statement);
    return ok;
}

/* Puts back what sticks out of the known span on either side. */
static bool
put_rest(struct put *put, const struct gap *gap, int64_t after, int64_t before)
{
    bool ok = true;
    if (gap->after_sort_key < after) {
        struct gap left = *gap;
        left.before_sort_key = after;
        left.to_us = time_at(put, gap->buffer_id, after, gap->to_us, &ok);
        ok = ok && put_gap(put, &left);
    }
    if (ok && gap->before_sort_key > before) {
        struct gap right = *gap;
        right.id = gap->after_sort_key < after ? 0 : gap->id;
        right.after_sort_key = before;
        right.from_us = time_at(put, gap->buffer_id, before, gap->from_us, &ok);
        ok = ok && put_gap(put, &right);
    }
    return ok;
}

bool
put_close_gaps(struct put *put, int64_t buffer_id, int64_t after, int64_t before)
{
    g_autoptr(GArray) gaps = g_array_new(FALSE, FALSE, sizeof(struct gap));
    bool ok = load_overlapping(put, buffer_id, after, before, gaps);
    for (unsigned i = 0; ok && i < gaps->len; i++) {
        const struct gap *gap = &g_array_index(gaps, struct gap, i);
        ok = db_run(db_bind(put->db, "DELETE FROM gaps WHERE id = ?1", "i", gap->id)) &&
             put_rest(put, gap, after, before);
    }
    return ok;
}
