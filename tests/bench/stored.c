#include "tests/bench/stored.h"

#include <sqlite3.h>

#define INDEX_MS  60000
#define LOOK_MS   10
#define HOW_MANY  "SELECT count(*) FROM messages WHERE kind = 0"
#define HOW_FAR   "SELECT indexed_to FROM state"
#define NEWEST_ID "SELECT max(id) FROM messages"

static int64_t
ask(const struct stage *stage, const char *file, const char *sql)
{
    g_autofree char *path = g_build_filename(stage->home, "data", file, NULL);
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    int64_t number = -1;

    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
        sqlite3_busy_timeout(db, 1000) == SQLITE_OK &&
        sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return number;
}

int64_t
stored_ask(const struct stage *stage, const char *sql)
{
    return ask(stage, "weft.db", sql);
}

bool
stored_holds(struct stage *stage, int64_t messages)
{
    const int64_t stored = stored_ask(stage, HOW_MANY);

    if (stored == messages)
        return true;
    g_printerr("%s has stored %" G_GINT64_FORMAT " messages, not %" G_GINT64_FORMAT "\n",
               stage->subject->name, stored, messages);
    return false;
}

bool
stored_wait(struct stage *stage, int64_t messages, unsigned deadline_ms)
{
    const int64_t end_us = g_get_monotonic_time() + deadline_ms * INT64_C(1000);

    /* Counting takes a while; the newest number does not, and is never below the count. */
    while ((stored_ask(stage, NEWEST_ID) < messages || stored_ask(stage, HOW_MANY) < messages) &&
           g_get_monotonic_time() < end_us) {
        const int64_t look_us = g_get_monotonic_time() + LOOK_MS * INT64_C(1000);
        while (g_get_monotonic_time() < look_us)
            if (!stage_turn(stage))
                return false;
    }
    return stored_holds(stage, messages);
}

bool
stored_indexed(struct stage *stage)
{
    const int64_t newest = stored_ask(stage, NEWEST_ID);
    const int64_t end_us = g_get_monotonic_time() + INDEX_MS * INT64_C(1000);

    while (ask(stage, "search.db", HOW_FAR) < newest) {
        if (g_get_monotonic_time() > end_us)
            return stage_complain(stage, "the index is not complete after a minute");
        stage_wait(stage, LOOK_MS);
    }
    return true;
}
