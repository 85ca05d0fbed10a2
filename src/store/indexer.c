#include "store/indexer.h"

#include "base/error.h"
#include "base/log.h"
#include "store/index.h"

#define HISTORY_CACHE_KIB 128
/* Looked at in one transaction: 30 to 60 ms of work. */
#define SLICE_ROWS  INT64_C(3000)
#define SLICE_BYTES (1024 * 1024)
/* What comes is gathered for so long, unless somebody waits for it: each slice becomes a piece of
 * the index of its own, and pieces must be merged. */
#define GATHER_US (G_USEC_PER_SEC / 10)
/* After trouble with the file. */
#define PAUSE_MS     1000
#define PAUSE_MS_MAX (60 * 60 * 1000)
/* Erased words leave the file's pages when these are merged; that is work for idle moments. */
#define ERASE_PAUSE_US (10 * 60 * G_USEC_PER_SEC)

enum progress { PROGRESS_MORE, PROGRESS_DONE, PROGRESS_FAILED };

struct state {
    int64_t indexed_to;
    int64_t unindexed_to;
    bool erase;
};

struct indexer {
    GThread *thread;
    char *dir;
    const char *history_vfs;
    const char *index_vfs;
    unsigned pause_ms;
    void (*wake)(void *user);
    void *user;

    /* the thread's own */
    struct db *history;
    struct db *index;
    struct state state;
    bool synced;      /* search.db is at synchronous=FULL */
    bool index_fault; /* what failed last was the index, not the history */
    bool merging;
    bool notes_left;     /* there are rows in unindex */
    int64_t erase_at_us; /* not before */
    unsigned failures;

    GMutex mutex; /* for all below */
    GCond work;
    uint64_t asked;
    uint64_t done;
    int64_t asked_us; /* when the first came that is not done */
    int64_t indexed_to;
    int64_t reap; /* rows of unindex up to here are done with */
    bool erase;   /* there is something to be erased */
    bool watched; /* somebody waits for a ticket */
    bool news;
    bool suspect;
    bool stop;
};

/* --- one slice
 * ------------------------------------------------------------------------------------ */

/* A copy, for which there must be memory: without a body the row would never be found. */
static bool
bind_body(sqlite3_stmt *statement, sqlite3_stmt *row)
{
    if (statement != NULL &&
        sqlite3_bind_value(statement, 3, sqlite3_column_value(row, 3)) == SQLITE_OK)
        return true;
    db_done(statement);
    return false;
}

static bool
index_add(struct indexer *indexer, sqlite3_stmt *row)
{
    char place[INDEX_PLACE_BYTES];
    index_place(sqlite3_column_int64(row, 1), sqlite3_column_int64(row, 2), place);
    sqlite3_stmt *add =
        db_bind(indexer->index, "INSERT INTO words (rowid, place, body) VALUES (?1, ?2, ?3)", "is",
                (int64_t)sqlite3_column_int64(row, 0), place);
    indexer->index_fault = !bind_body(add, row) || !db_run(add);
    return !indexer->index_fault;
}

/* Takes out what was indexed under this row's number. */
static bool
index_take_out(struct indexer *indexer, sqlite3_stmt *row)
{
    if (sqlite3_column_type(row, 3) == SQLITE_NULL)
        return true;
    char place[INDEX_PLACE_BYTES];
    index_place(sqlite3_column_int64(row, 1), sqlite3_column_int64(row, 2), place);
    sqlite3_stmt *out =
        db_bind(indexer->index,
                "INSERT INTO words (words, rowid, place, body) VALUES ('delete', ?1, ?2, ?3)", "is",
                (int64_t)sqlite3_column_int64(row, 0), place);
    indexer->index_fault = !bind_body(out, row) || !db_run(out);
    indexer->state.erase = true;
    return !indexer->index_fault;
}

/* Adds what a statement finds. */
static bool
index_rows(struct indexer *indexer, sqlite3_stmt *rows)
{
    bool ok, added = true;
    while (added && db_step(rows, &ok))
        added = index_add(indexer, rows);
    db_done(rows);
    return added && ok;
}

/* The oldest note about a message says what the index holds of it; what stands in its row now is
 * what later notes lead to. A number may have been given again to another message. */
static bool
apply_unindex(struct indexer *indexer, int64_t upto)
{
    sqlite3_stmt *notes = db_bind(
        indexer->history,
        "SELECT message_id, buffer_id, user_id, body FROM unindex u WHERE id > ?1 AND id <= ?2"
        " AND id = (SELECT min(id) FROM unindex WHERE message_id = u.message_id AND id > ?1)",
        "ii", indexer->state.unindexed_to, upto);
    bool ok, done = true;
    while (done && db_step(notes, &ok)) {
        int64_t id = sqlite3_column_int64(notes, 0);
        if (id > indexer->state.indexed_to)
            continue;
        done = index_take_out(indexer, notes) &&
               index_rows(indexer,
                          db_bind(indexer->history,
                                  "SELECT id, buffer_id, user_id, " INDEX_TEXT " FROM messages"
                                  " WHERE id = ?1 AND " INDEX_HAS_ROW,
                                  "i", id));
    }
    db_done(notes);
    indexer->state.unindexed_to = upto;
    return done && ok;
}

static bool
save_state(struct indexer *indexer)
{
    const struct state *state = &indexer->state;
    indexer->index_fault = !db_run(
        db_bind(indexer->index,
                "UPDATE state SET indexed_to = ?1, unindexed_to = ?2, erase = ?3 WHERE id = 1",
                "iid", state->indexed_to, state->unindexed_to, (int)state->erase));
    return !indexer->index_fault;
}

/* Rows of the history, copied, so that its reading is over before the slow part begins: the writer
 * waits for readers when it wants to begin its log anew. */
struct copied {
    int64_t id;
    char place[INDEX_PLACE_BYTES];
    size_t start; /* in `bodies`; up to the next one's */
};

struct copies {
    GArray *rows; /* struct copied */
    GString *bodies;
    int64_t upto; /* all rows up to this one are here */
};

/* False when the history can't be read. */
static bool
copy_rows(struct indexer *indexer, int64_t upto, struct copies *copies)
{
    sqlite3_stmt *rows = db_bind(indexer->history,
                                 "SELECT id, buffer_id, user_id, " INDEX_TEXT " FROM messages"
                                 " WHERE id > ?1 AND id <= ?2 AND " INDEX_HAS_ROW " ORDER BY id",
                                 "ii", indexer->state.indexed_to, upto);
    bool ok = rows != NULL;

    copies->upto = upto;
    while (ok && db_step(rows, &ok)) {
        struct copied row = {.id = sqlite3_column_int64(rows, 0), .start = copies->bodies->len};
        const char *body = (const char *)sqlite3_column_text(rows, 3);
        if (body == NULL) {
            ok = false; /* no memory: without a body it would never be found */
            break;
        }
        index_place(sqlite3_column_int64(rows, 1), sqlite3_column_int64(rows, 2), row.place);
        g_array_append_val(copies->rows, row);
        g_string_append_len(copies->bodies, body, sqlite3_column_bytes(rows, 3));
        if (copies->bodies->len >= SLICE_BYTES) {
            copies->upto = row.id;
            break;
        }
    }
    db_done(rows);
    return ok;
}

static bool
index_copies(struct indexer *indexer, const struct copies *copies)
{
    bool good = true;

    for (guint i = 0; good && i < copies->rows->len; i++) {
        const struct copied *row = &g_array_index(copies->rows, struct copied, i);
        const size_t end = i + 1 < copies->rows->len
                               ? g_array_index(copies->rows, struct copied, i + 1).start
                               : copies->bodies->len;
        sqlite3_stmt *add =
            db_bind(indexer->index, "INSERT INTO words (rowid, place, body) VALUES (?1, ?2, ?3)",
                    "is", row->id, row->place);
        good =
            add != NULL && sqlite3_bind_text(add, 3, copies->bodies->str + row->start,
                                             (int)(end - row->start), SQLITE_STATIC) == SQLITE_OK;
        if (good)
            good = db_run(add);
        else if (add != NULL)
            db_done(add);
    }
    indexer->index_fault = !good;
    return good;
}

static bool
index_exec(struct indexer *indexer, const char *sql)
{
    indexer->index_fault = !db_exec(indexer->index, sql, NULL);
    return !indexer->index_fault;
}

/* What is taken out must be out for good before the notes about it are deleted. */
static bool
set_synced(struct indexer *indexer, bool synced)
{
    if (indexer->synced == synced)
        return true;
    indexer->synced = synced;
    return index_exec(indexer,
                      synced ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
}

/* Within one read of the history, so that what it says of notes and of messages is of one moment.
 */
static enum progress
slice_of_notes(struct indexer *indexer, int64_t newest, int64_t notes)
{
    struct state *state = &indexer->state;

    if (!set_synced(indexer, true) || !index_exec(indexer, "BEGIN IMMEDIATE") ||
        !apply_unindex(indexer, notes))
        return PROGRESS_FAILED;
    /* The row that was newest may be gone, and its number be given again. */
    state->indexed_to = MIN(state->indexed_to, newest);
    if (!save_state(indexer) || !index_exec(indexer, "COMMIT"))
        return PROGRESS_FAILED;
    return newest > state->indexed_to ? PROGRESS_MORE : PROGRESS_DONE;
}

/* What is to be indexed is in `copies` when there is MORE and *ret_newest is set. */
static enum progress
slice_in_history(struct indexer *indexer, struct copies *copies, int64_t *ret_newest)
{
    bool ok;
    int64_t newest =
        db_number(db_bind(indexer->history, "SELECT max(id) FROM messages", ""), 0, &ok);
    if (!ok)
        return PROGRESS_FAILED;
    int64_t notes = db_number(db_bind(indexer->history, "SELECT max(id) FROM unindex", ""), 0, &ok);
    if (!ok)
        return PROGRESS_FAILED;
    indexer->notes_left = notes > 0;
    if (newest <= indexer->state.indexed_to && notes <= indexer->state.unindexed_to)
        return PROGRESS_DONE;
    if (notes > indexer->state.unindexed_to)
        return slice_of_notes(indexer, newest, notes);
    *ret_newest = newest;
    const int64_t upto = MIN(newest, indexer->state.indexed_to + SLICE_ROWS);
    return copy_rows(indexer, upto, copies) ? PROGRESS_MORE : PROGRESS_FAILED;
}

static enum progress
slice_of_copies(struct indexer *indexer, const struct copies *copies, int64_t newest)
{
    if (!set_synced(indexer, false) || !index_exec(indexer, "BEGIN IMMEDIATE") ||
        !index_copies(indexer, copies))
        return PROGRESS_FAILED;
    indexer->state.indexed_to = copies->upto;
    if (!save_state(indexer) || !index_exec(indexer, "COMMIT"))
        return PROGRESS_FAILED;
    return newest > indexer->state.indexed_to ? PROGRESS_MORE : PROGRESS_DONE;
}

static enum progress
slice(struct indexer *indexer)
{
    indexer->index_fault = false;
    if (!db_exec(indexer->history, "BEGIN", NULL))
        return PROGRESS_FAILED;
    struct copies copies = {.rows = g_array_new(FALSE, FALSE, sizeof(struct copied)),
                            .bodies = g_string_new(NULL)};
    int64_t newest = 0;
    enum progress progress = slice_in_history(indexer, &copies, &newest);
    db_exec(indexer->history, "COMMIT", NULL);
    if (progress == PROGRESS_MORE && newest != 0)
        progress = slice_of_copies(indexer, &copies, newest);
    g_array_unref(copies.rows);
    g_string_free(copies.bodies, TRUE);
    return progress;
}

/* --- erasing
 * ----------------------------------------------------------------------------------------------
 */

/* An erased word stays in the file, marked as gone, until the pages that hold it are merged: all of
 * them are, piece by piece. */
static enum progress
erase_piece(struct indexer *indexer)
{
    int before = sqlite3_total_changes(indexer->index->handle);
    if (!indexer->merging && !index_exec(indexer, "PRAGMA secure_delete = ON"))
        return PROGRESS_FAILED;
    sqlite3_stmt *merge =
        db_bind(indexer->index, "INSERT INTO words (words, rank) VALUES ('merge', ?1)", "d",
                indexer->merging ? 64 : -64);
    indexer->merging = true;
    indexer->index_fault = !db_run(merge);
    if (indexer->index_fault)
        return PROGRESS_FAILED;
    if (sqlite3_total_changes(indexer->index->handle) - before >= 2)
        return PROGRESS_MORE;
    indexer->merging = false;
    indexer->state.erase = false;
    indexer->erase_at_us = g_get_monotonic_time() + ERASE_PAUSE_US;
    if (!save_state(indexer) || !index_exec(indexer, "PRAGMA secure_delete = FAST"))
        return PROGRESS_FAILED;
    sqlite3_wal_checkpoint_v2(indexer->index->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return PROGRESS_DONE;
}

/* --- the files
 * --------------------------------------------------------------------------------------------
 */

/* Closes it, and takes it away when it is what went wrong. */
static void
close_index(struct indexer *indexer, bool remove)
{
    if (indexer->index != NULL && remove)
        db_keep_log(indexer->index);
    db_close(g_steal_pointer(&indexer->index));
    indexer->state = (struct state){0};
    indexer->synced = indexer->merging = false;
    if (remove)
        index_remove(indexer->dir);
}

static bool
load_state(struct indexer *indexer)
{
    bool ok;
    sqlite3_stmt *statement = db_bind(
        indexer->index, "SELECT indexed_to, unindexed_to, erase FROM state WHERE id = 1", "");
    indexer->index_fault = !db_step(statement, &ok);
    if (!indexer->index_fault)
        indexer->state = (struct state){.indexed_to = sqlite3_column_int64(statement, 0),
                                        .unindexed_to = sqlite3_column_int64(statement, 1),
                                        .erase = sqlite3_column_int(statement, 2) != 0};
    db_done(statement);
    return !indexer->index_fault;
}

/* True: the index knows messages that the history has not (an older copy of it was put in place).
 */
static bool
is_ahead(struct indexer *indexer)
{
    bool ok;
    int64_t newest =
        db_number(db_bind(indexer->history, "SELECT max(id) FROM messages", ""), 0, &ok);
    int64_t notes =
        db_number(db_bind(indexer->history, "SELECT max(message_id) FROM unindex WHERE id > ?1",
                          "i", indexer->state.unindexed_to),
                  0, &ok);
    return ok && indexer->state.indexed_to > MAX(newest, notes);
}

static bool
open_history(struct indexer *indexer, char **ret_profile, GError **error)
{
    g_autofree char *path = g_build_filename(indexer->dir, "weft.db", NULL);
    if (indexer->history == NULL)
        indexer->history = db_open(path, DB_READ, indexer->history_vfs, HISTORY_CACHE_KIB, error);
    if (indexer->history == NULL)
        return false;
    *ret_profile = index_profile(indexer->history);
    if (*ret_profile == NULL)
        db_error(indexer->history, error);
    return *ret_profile != NULL;
}

static bool
open_files(struct indexer *indexer, GError **error)
{
    g_autofree char *profile = NULL;
    if (!open_history(indexer, &profile, error))
        return false;
    indexer->index_fault = true;
    indexer->index = index_open(indexer->dir, indexer->index_vfs, profile, error);
    if (indexer->index == NULL || !load_state(indexer))
        return false;
    if (!is_ahead(indexer))
        return true;
    log_warning("store", "the search index is ahead of the messages: it is made anew");
    close_index(indexer, true);
    indexer->index = index_open(indexer->dir, indexer->index_vfs, profile, error);
    return indexer->index != NULL && load_state(indexer);
}

/* --- the thread
 * -------------------------------------------------------------------------------------------
 */

/* Whatever failed: the history waits, the index goes. Returns how long to wait. */
static int64_t
fail(struct indexer *indexer, const GError *error)
{
    struct db *db = indexer->index_fault ? indexer->index : indexer->history;
    bool damaged = db != NULL && db_code_is_damage(sqlite3_extended_errcode(db->handle));
    log_warning("store", "the search index stands still: %s",
                error != NULL ? error->message
                : db != NULL  ? sqlite3_errmsg(db->handle)
                              : "its files cannot be opened");
    close_index(indexer, indexer->index_fault);
    db_close(g_steal_pointer(&indexer->history));
    if (indexer->failures++ == 0 && damaged)
        return 0;
    int64_t pause_ms = (int64_t)indexer->pause_ms << MIN(indexer->failures, 12);
    return MIN(pause_ms, PAUSE_MS_MAX) * 1000;
}

static enum progress
work(struct indexer *indexer, bool suspect, bool erase_only, GError **error)
{
    indexer->index_fault = false;
    if (suspect) {
        log_warning("store", "a search has met damage: the search index is made anew");
        close_index(indexer, true);
    }
    if (indexer->index == NULL && !open_files(indexer, error))
        return PROGRESS_FAILED;
    return erase_only ? erase_piece(indexer) : slice(indexer);
}

enum what { WHAT_STOP, WHAT_INDEX, WHAT_ERASE };

/* With the mutex held. */
static int64_t
due_us(const struct indexer *indexer, bool wanted)
{
    if (!wanted)
        return indexer->erase_at_us;
    return indexer->watched || indexer->suspect ? 0 : indexer->asked_us + GATHER_US;
}

/* Waits for something to do. `not_before_us`: after trouble. */
static enum what
await(struct indexer *indexer, int64_t not_before_us, uint64_t *ret_asked, bool *ret_suspect)
{
    enum what what = WHAT_STOP;
    g_mutex_lock(&indexer->mutex);
    while (!indexer->stop && what == WHAT_STOP) {
        bool wanted = indexer->asked != indexer->done || indexer->suspect;
        int64_t at_us = MAX(not_before_us, due_us(indexer, wanted));
        bool waits = wanted || indexer->erase;
        if (waits && g_get_monotonic_time() >= at_us)
            what = wanted ? WHAT_INDEX : WHAT_ERASE;
        else if (waits)
            g_cond_wait_until(&indexer->work, &indexer->mutex, at_us);
        else
            g_cond_wait(&indexer->work, &indexer->mutex);
    }
    *ret_asked = indexer->asked;
    *ret_suspect = indexer->suspect;
    indexer->suspect = false;
    g_mutex_unlock(&indexer->mutex);
    return what;
}

static void
publish(struct indexer *indexer, enum progress progress, uint64_t asked)
{
    g_mutex_lock(&indexer->mutex);
    if (progress == PROGRESS_DONE) {
        indexer->done = asked;
        indexer->asked_us = g_get_monotonic_time();
    }
    indexer->indexed_to = indexer->state.indexed_to;
    bool reap = progress != PROGRESS_FAILED && indexer->notes_left &&
                indexer->state.unindexed_to > indexer->reap;
    if (reap)
        indexer->reap = indexer->state.unindexed_to;
    indexer->erase = indexer->state.erase;
    bool wake = reap || (progress == PROGRESS_DONE && indexer->watched);
    if (progress == PROGRESS_DONE && indexer->asked == asked)
        indexer->watched = false;
    indexer->news = indexer->news || wake;
    g_mutex_unlock(&indexer->mutex);
    if (wake)
        indexer->wake(indexer->user);
}

static void *
run(void *user)
{
    struct indexer *indexer = user;
    int64_t not_before_us = 0;
    uint64_t asked;
    bool suspect;
    enum what what;
    while ((what = await(indexer, not_before_us, &asked, &suspect)) != WHAT_STOP) {
        g_autoptr(GError) error = NULL;
        enum progress progress = work(indexer, suspect, what == WHAT_ERASE, &error);
        if (progress == PROGRESS_FAILED)
            not_before_us = g_get_monotonic_time() + fail(indexer, error);
        else
            indexer->failures = 0;
        publish(indexer, progress, asked);
    }
    close_index(indexer, false);
    db_close(indexer->history);
    return NULL;
}

struct indexer *
indexer_start(const char *dir, const struct store_hooks *hooks, void (*wake)(void *user),
              void *user)
{
    struct indexer *indexer = g_new0(struct indexer, 1);
    indexer->dir = g_strdup(dir);
    indexer->history_vfs = hooks->vfs;
    indexer->index_vfs = hooks->index_vfs;
    indexer->pause_ms = hooks->index_pause_ms > 0 ? hooks->index_pause_ms : PAUSE_MS;
    indexer->wake = wake;
    indexer->user = user;
    indexer->asked = 1; /* what was committed before; the first screen goes before it */
    indexer->asked_us = g_get_monotonic_time();
    g_mutex_init(&indexer->mutex);
    g_cond_init(&indexer->work);
    indexer->thread = g_thread_new("store-indexer", run, indexer);
    return indexer;
}

void
indexer_stop(struct indexer *indexer)
{
    if (indexer == NULL)
        return;
    g_mutex_lock(&indexer->mutex);
    indexer->stop = true;
    g_cond_signal(&indexer->work);
    g_mutex_unlock(&indexer->mutex);
    g_thread_join(indexer->thread);
}

void
indexer_free(struct indexer *indexer)
{
    if (indexer == NULL)
        return;
    g_mutex_clear(&indexer->mutex);
    g_cond_clear(&indexer->work);
    g_free(indexer->dir);
    g_free(indexer);
}

void
indexer_wake(struct indexer *indexer)
{
    g_mutex_lock(&indexer->mutex);
    if (indexer->asked++ == indexer->done) {
        indexer->asked_us = g_get_monotonic_time();
        g_cond_signal(&indexer->work);
    }
    g_mutex_unlock(&indexer->mutex);
}

uint64_t
indexer_ask(struct indexer *indexer)
{
    g_mutex_lock(&indexer->mutex);
    uint64_t ticket = ++indexer->asked;
    indexer->watched = true;
    g_cond_signal(&indexer->work);
    g_mutex_unlock(&indexer->mutex);
    return ticket;
}

bool
indexer_has_done(struct indexer *indexer, uint64_t ticket)
{
    g_mutex_lock(&indexer->mutex);
    bool has = indexer->done >= ticket;
    g_mutex_unlock(&indexer->mutex);
    return has;
}

int64_t
indexer_indexed_to(struct indexer *indexer)
{
    g_mutex_lock(&indexer->mutex);
    int64_t indexed_to = indexer->indexed_to;
    g_mutex_unlock(&indexer->mutex);
    return indexed_to;
}

void
indexer_suspect(struct indexer *indexer)
{
    g_mutex_lock(&indexer->mutex);
    indexer->suspect = true;
    indexer->asked++;
    g_cond_signal(&indexer->work);
    g_mutex_unlock(&indexer->mutex);
}

bool
indexer_has_news(struct indexer *indexer)
{
    g_mutex_lock(&indexer->mutex);
    bool has = indexer->news;
    g_mutex_unlock(&indexer->mutex);
    return has;
}

int64_t
indexer_collect(struct indexer *indexer)
{
    g_mutex_lock(&indexer->mutex);
    int64_t reap = indexer->news ? indexer->reap : 0;
    indexer->news = false;
    g_mutex_unlock(&indexer->mutex);
    return reap;
}
