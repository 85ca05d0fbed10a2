/* Messages by time, without an index on time: sort keys rise with time within a buffer, roughly, so
 * the place is found by halving the span of keys; each look is one step into the order index. */
#include "base/log.h"
#include "store/store_priv.h"

struct look {
    bool found;
    int64_t sort_key;
    int64_t id;
    int64_t time_us;
};

static bool
look(struct store *store, const char *sql, int64_t buffer_id, int64_t key, int64_t time_us,
     struct look *ret_look)
{
    sqlite3_stmt *statement = db_bind(store->reader, sql, "iii", buffer_id, key, time_us);
    bool ok;
    struct look found = {0};
    if (db_step(statement, &ok)) {
        found.found = true;
        found.sort_key = sqlite3_column_int64(statement, 0);
        found.id = sqlite3_column_int64(statement, 1);
        found.time_us = sqlite3_column_int64(statement, 2);
    }
    if (!ok)
        log_error("store", "a time could not be looked up: %s",
                  sqlite3_errmsg(store->reader->handle));
    db_done(statement);
    *ret_look = found;
    return ok;
}

#define COLUMNS "SELECT sort_key, id, time_us FROM messages WHERE buffer_id = ?1 AND "
static const char first_from[] = COLUMNS "sort_key >= ?2 AND ?3 = ?3 ORDER BY sort_key, id LIMIT 1";
static const char last_until[] =
    COLUMNS "sort_key <= ?2 AND ?3 = ?3 ORDER BY sort_key DESC, id DESC LIMIT 1";
static const char in_group[] = COLUMNS "sort_key = ?2 AND time_us >= ?3 ORDER BY id LIMIT 1";

/* Narrows down to the first key whose first message is late enough; *below: the key of the group
 * just before it, which may still hold a later one. */
static bool
bisect(struct store *store, int64_t buffer_id, int64_t time_us, struct look *answer,
       struct look *below)
{
    struct look newest, at;
    if (!look(store, last_until, buffer_id, INT64_MAX, time_us, &newest) || !newest.found ||
        !look(store, first_from, buffer_id, INT64_MIN, time_us, &at))
        return false;
    int64_t low = at.sort_key, high = newest.sort_key;
    while (low <= high) {
        int64_t middle = low + (int64_t)(((uint64_t)high - (uint64_t)low) / 2);
        if (!look(store, first_from, buffer_id, middle, time_us, &at))
            return false;
        if (at.found && at.time_us < time_us) {
            *below = at;
            if (at.sort_key == INT64_MAX)
                break;
            low = at.sort_key + 1;
        } else {
            if (at.found)
                *answer = at;
            if (middle == INT64_MIN)
                break;
            high = middle - 1;
        }
    }
    return true;
}

bool
store_find_time(struct store *store, int64_t buffer_id, int64_t time_us,
                struct position *ret_position)
{
    struct look answer = {0}, below = {0}, inside = {0};
    if (!bisect(store, buffer_id, time_us, &answer, &below))
        return false;
    if (below.found && !look(store, in_group, buffer_id, below.sort_key, time_us, &inside))
        return false;
    if (inside.found)
        answer = inside;
    if (!answer.found)
        return false;
    *ret_position = (struct position){.sort_key = answer.sort_key, .id = answer.id};
    return true;
}
