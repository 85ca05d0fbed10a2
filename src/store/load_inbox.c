/* Reading what waits for the person, what they flagged, what a draft answers. */
#include "store/inbox.h"
#include "store/rows.h"
#include "store/store_priv.h"

/* 0 is open, 3 snoozed; 8 is deleted. */
#define WAITS " i.state IN (0, 3) AND (i.state = 0 OR i.until_us <= ?1) AND NOT m.flags & 8"

GArray *
store_tally_inbox(struct store *store, int64_t now_us)
{
    GArray *tallies = g_array_new(FALSE, FALSE, sizeof(struct inbox_tally));
    sqlite3_stmt *statement =
        db_bind(store->reader,
                "SELECT i.buffer_id, i.direct, count(*), max(i.message_id) FROM inbox i"
                " JOIN messages m ON m.id = i.message_id WHERE" WAITS
                " GROUP BY i.buffer_id, i.direct ORDER BY max(i.message_id) DESC",
                "i", now_us);
    bool ok;
    while (db_step(statement, &ok)) {
        struct inbox_tally tally = {
            .buffer_id = sqlite3_column_int64(statement, 0),
            .direct = sqlite3_column_int(statement, 1) != 0,
            .n = (unsigned)sqlite3_column_int64(statement, 2),
            .newest_id = sqlite3_column_int64(statement, 3),
        };
        g_array_append_val(tallies, tally);
    }
    if (!ok)
        store_read_failed(store);
    db_done(statement);
    return tallies;
}

GPtrArray *
store_load_inbox(struct store *store, int64_t now_us, int64_t direct_buffer_id, int64_t before_id,
                 unsigned limit)
{
    return store_load_messages(
        store, db_bind(store->reader,
                       ROW_MESSAGE " JOIN inbox i ON i.message_id = m.id WHERE" WAITS
                                   " AND i.direct = (?2 <> 0) AND (?2 = 0 OR i.buffer_id = ?2)"
                                   " AND (?3 = 0 OR i.message_id < ?3)"
                                   " ORDER BY i.message_id DESC LIMIT ?4",
                       "iiii", now_us, direct_buffer_id, before_id, (int64_t)limit));
}

int64_t
store_next_snooze(struct store *store, int64_t now_us)
{
    return store_load_number(store,
                             db_bind(store->reader,
                                     "SELECT ifnull(min(until_us), 0) FROM inbox"
                                     " WHERE state IN (0, 3) AND state = 3 AND until_us > ?1",
                                     "i", now_us),
                             0);
}

bool
store_find_inbox(struct store *store, int64_t message_id, enum inbox_state *ret_state,
                 int64_t *ret_until_us)
{
    sqlite3_stmt *statement = db_bind(
        store->reader, "SELECT state, until_us FROM inbox WHERE message_id = ?1", "i", message_id);
    bool ok;
    const bool found = db_step(statement, &ok);
    if (found) {
        *ret_state = (enum inbox_state)sqlite3_column_int(statement, 0);
        *ret_until_us = sqlite3_column_int64(statement, 1);
    }
    if (!ok)
        store_read_failed(store);
    db_done(statement);
    return found;
}

GPtrArray *
store_load_flagged(struct store *store, int64_t before_id, unsigned limit)
{
    return store_load_messages(store, db_bind(store->reader,
                                              ROW_MESSAGE "WHERE m.flags & 512"
                                                          " AND (?1 = 0 OR m.id < ?1)"
                                                          " ORDER BY m.id DESC LIMIT ?2",
                                              "ii", before_id, (int64_t)limit));
}

unsigned
store_count_flagged(struct store *store)
{
    return (unsigned)store_load_number(
        store, db_bind(store->reader, "SELECT count(*) FROM messages WHERE flags & 512", ""), 0);
}

int64_t
store_load_draft_reply(struct store *store, int64_t buffer_id)
{
    return store_load_number(store,
                             db_bind(store->reader,
                                     "SELECT message_id FROM draft_replies WHERE buffer_id = ?1",
                                     "i", buffer_id),
                             0);
}
