#include "store/writer.h"

#include "base/error.h"
#include "base/log.h"
#include "store/put.h"

#define PAGE_BYTES 4096
/* The log is moved into the file from 4 MB on, as readers allow; from 12 MB on the writer waits for
 * them, so that it stays below 16 MB. */
#define CHECKPOINT_PAGES (4 * 1024 * 1024 / PAGE_BYTES)
#define RESTART_PAGES    (12 * 1024 * 1024 / PAGE_BYTES)
#define RESTART_WAIT_MS  200
/* After a quiet moment what is left is moved too, so that the next start finds a short log. */
#define QUIET_US    (2 * G_USEC_PER_SEC)
#define QUIET_PAGES 64

struct writer {
    GThread *thread;
    void (*committed)(void *user);
    void (*wake)(void *user);
    void *user;

    /* the writer's own */
    struct db *db;
    struct put put;
    int log_pages;
    bool durable; /* the connection is at synchronous=FULL */

    GMutex mutex; /* for all below */
    GCond work;   /* for the writer */
    GCond idle;   /* for writer_wait() */
    GQueue waiting;
    GQueue done;
    GError *stall_error; /* of the newest refusal, until collected */
    unsigned news;
    bool busy;
    bool stalled;
    bool retry;
    bool stop;
};

static int
note_log_pages(void *user, sqlite3 *handle, const char *name, int pages)
{
    struct writer *writer = user;
    writer->log_pages = pages;
    return SQLITE_OK;
}

static void
checkpoint(struct writer *writer, int mode)
{
    int frames, moved;
    if (mode != SQLITE_CHECKPOINT_PASSIVE)
        sqlite3_busy_timeout(writer->db->handle, RESTART_WAIT_MS);
    int code = sqlite3_wal_checkpoint_v2(writer->db->handle, NULL, mode, &frames, &moved);
    if (mode != SQLITE_CHECKPOINT_PASSIVE)
        sqlite3_busy_timeout(writer->db->handle, 5000);
    if (code == SQLITE_OK && moved == frames)
        writer->log_pages = 0;
    else if (code != SQLITE_OK && code != SQLITE_BUSY)
        log_warning("store", "the log could not be moved into the file: %s",
                    sqlite3_errmsg(writer->db->handle));
}

static void
checkpoint_if_long(struct writer *writer)
{
    if (writer->log_pages >= RESTART_PAGES)
        checkpoint(writer, SQLITE_CHECKPOINT_RESTART);
    else if (writer->log_pages >= CHECKPOINT_PAGES)
        checkpoint(writer, SQLITE_CHECKPOINT_PASSIVE);
}

static bool
set_durable(struct writer *writer, bool durable, GError **error)
{
    if (writer->durable == durable)
        return true;
    if (!db_exec(writer->db, durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL",
                 error))
        return false;
    writer->durable = durable;
    return true;
}

/* A call that SQLite finds wrong in itself must not hold up all others for ever: it is given up,
 * alone. */
static bool
apply_alone(struct writer *writer, struct op *op)
{
    sqlite3 *handle = writer->db->handle;
    if (!put_finish(&writer->put) ||
        sqlite3_exec(handle, "SAVEPOINT op", NULL, NULL, NULL) != SQLITE_OK)
        return false;
    if (put_apply(&writer->put, op) && put_finish(&writer->put))
        return sqlite3_exec(handle, "RELEASE op", NULL, NULL, NULL) == SQLITE_OK;
    if (db_code_is_refusal(sqlite3_extended_errcode(handle)))
        return false;
    log_error("store", "a change was given up: %s", sqlite3_errmsg(handle));
    put_forget(&writer->put);
    op_clear_result(op);
    return sqlite3_exec(handle, "ROLLBACK TO op", NULL, NULL, NULL) == SQLITE_OK &&
           sqlite3_exec(handle, "RELEASE op", NULL, NULL, NULL) == SQLITE_OK;
}

static bool
apply_all(struct writer *writer, struct batch *batch, bool each_alone)
{
    for (unsigned i = 0; i < batch->ops->len; i++) {
        struct op *op = batch->ops->pdata[i];
        if (op == NULL)
            continue;
        if (!(each_alone ? apply_alone(writer, op) : put_apply(&writer->put, op)))
            return false;
    }
    return put_finish(&writer->put);
}

/* Kept by the connection, as what every commit needs. */
static bool
run_kept(struct db *db, const char *sql, GError **error)
{
    if (db_run(db_statement(db, sql)))
        return true;
    db_error(db, error);
    return false;
}

static bool
commit(struct writer *writer, struct batch *batch, bool each_alone, int *ret_code, GError **error)
{
    struct db *db = writer->db;
    /* For a rollback, too, there may have been no memory. */
    if (sqlite3_get_autocommit(db->handle) == 0)
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    put_begin(&writer->put);
    if (set_durable(writer, batch->durable, error) && run_kept(db, "BEGIN IMMEDIATE", error)) {
        if (!apply_all(writer, batch, each_alone))
            db_error(db, error);
        else if (run_kept(db, "COMMIT", error)) {
            batch->lanes = put_take_lanes(&writer->put);
            return true;
        }
    }
    *ret_code = sqlite3_extended_errcode(db->handle);
    if (sqlite3_get_autocommit(db->handle) == 0)
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    put_forget(&writer->put);
    return false;
}

/* True when it is on disk; else `error` says why the disk refuses. */
static bool
write_batch(struct writer *writer, struct batch *batch, GError **error)
{
    g_autoptr(GError) first = NULL;
    int code = SQLITE_OK;
    if (commit(writer, batch, false, &code, &first))
        return true;
    if (db_code_is_refusal(code)) {
        g_propagate_error(error, g_steal_pointer(&first));
        return false;
    }
    log_error("store", "%s", first->message);
    return commit(writer, batch, true, &code, error);
}

static void
finish_batch(struct writer *writer, struct batch *batch, GError *error)
{
    g_mutex_lock(&writer->mutex);
    writer->busy = false;
    if (error == NULL) {
        g_queue_push_tail(&writer->done, batch);
        if (writer->stalled)
            writer->news = (writer->news & ~(unsigned)WRITER_STALLED) | WRITER_RECOVERED;
        writer->stalled = false;
    } else {
        g_queue_push_head(&writer->waiting, batch);
        writer->stalled = true;
        writer->news = (writer->news & ~(unsigned)WRITER_RECOVERED) | WRITER_STALLED;
        g_clear_error(&writer->stall_error);
        writer->stall_error = error;
    }
    writer->retry = false;
    g_cond_broadcast(&writer->idle);
    g_mutex_unlock(&writer->mutex);
    writer->wake(writer->user);
}

/* The next batch, or NULL: the end. */
static struct batch *
take_batch(struct writer *writer)
{
    g_mutex_lock(&writer->mutex);
    while (!writer->stop &&
           (g_queue_is_empty(&writer->waiting) || (writer->stalled && !writer->retry))) {
        if (writer->stalled || writer->log_pages < QUIET_PAGES) {
            g_cond_wait(&writer->work, &writer->mutex);
        } else if (!g_cond_wait_until(&writer->work, &writer->mutex,
                                      g_get_monotonic_time() + QUIET_US)) {
            g_mutex_unlock(&writer->mutex);
            checkpoint(writer, SQLITE_CHECKPOINT_PASSIVE);
            writer->log_pages = 0; /* not again before there is more */
            g_mutex_lock(&writer->mutex);
        }
    }
    struct batch *batch = NULL;
    if (!writer->stop) {
        batch = g_queue_pop_head(&writer->waiting);
        writer->busy = true;
    }
    g_mutex_unlock(&writer->mutex);
    return batch;
}

static void *
run(void *user)
{
    struct writer *writer = user;
    struct batch *batch;
    while ((batch = take_batch(writer)) != NULL) {
        GError *error = NULL;
        bool ok = write_batch(writer, batch, &error);
        finish_batch(writer, batch, error);
        if (ok) {
            writer->committed(writer->user);
            checkpoint_if_long(writer);
        }
    }
    return NULL;
}

struct writer *
writer_start_take(struct db *db, const char *uuid, void (*committed)(void *user),
                  void (*wake)(void *user), void *user)
{
    struct writer *writer = g_new0(struct writer, 1);
    writer->db = db;
    writer->committed = committed;
    writer->wake = wake;
    writer->user = user;
    put_init(&writer->put, db, uuid);
    sqlite3_wal_hook(db->handle, note_log_pages, writer);
    g_mutex_init(&writer->mutex);
    g_cond_init(&writer->work);
    g_cond_init(&writer->idle);
    g_queue_init(&writer->waiting);
    g_queue_init(&writer->done);
    writer->thread = g_thread_new("store-writer", run, writer);
    return writer;
}

static void
free_batch(void *batch)
{
    batch_free(batch);
}

unsigned
writer_stop(struct writer *writer)
{
    if (writer == NULL)
        return 0;
    g_mutex_lock(&writer->mutex);
    writer->stop = true;
    g_cond_signal(&writer->work);
    g_mutex_unlock(&writer->mutex);
    g_thread_join(writer->thread);

    unsigned left = 0;
    for (GList *node = writer->waiting.head; node != NULL; node = node->next)
        left += ((struct batch *)node->data)->ops->len;
    g_queue_clear_full(&writer->waiting, free_batch);
    g_queue_clear_full(&writer->done, free_batch);
    g_clear_error(&writer->stall_error);
    put_fini(&writer->put);
    db_close(writer->db);
    g_mutex_clear(&writer->mutex);
    g_cond_clear(&writer->work);
    g_cond_clear(&writer->idle);
    g_free(writer);
    return left;
}

void
writer_push_take(struct writer *writer, struct batch *batch)
{
    g_mutex_lock(&writer->mutex);
    g_queue_push_tail(&writer->waiting, batch);
    g_mutex_unlock(&writer->mutex);
    /* Not before: the thread would wake only to wait for the mutex. */
    g_cond_signal(&writer->work);
}

bool
writer_wants(struct writer *writer)
{
    g_mutex_lock(&writer->mutex);
    bool wants = g_queue_is_empty(&writer->waiting) && !writer->stalled;
    g_mutex_unlock(&writer->mutex);
    return wants;
}

unsigned
writer_collect(struct writer *writer, GQueue *done, GError **ret_error)
{
    g_mutex_lock(&writer->mutex);
    struct batch *batch;
    while ((batch = g_queue_pop_head(&writer->done)) != NULL)
        g_queue_push_tail(done, batch);
    unsigned news = writer->news;
    writer->news = 0;
    if ((news & WRITER_STALLED) != 0)
        *ret_error = g_steal_pointer(&writer->stall_error);
    g_mutex_unlock(&writer->mutex);
    return news;
}

bool
writer_has_news(struct writer *writer)
{
    g_mutex_lock(&writer->mutex);
    bool has = writer->news != 0 || !g_queue_is_empty(&writer->done);
    g_mutex_unlock(&writer->mutex);
    return has;
}

void
writer_retry(struct writer *writer)
{
    g_mutex_lock(&writer->mutex);
    writer->retry = writer->stalled;
    g_cond_signal(&writer->work);
    g_mutex_unlock(&writer->mutex);
}

bool
writer_wait(struct writer *writer, int64_t until_us)
{
    g_mutex_lock(&writer->mutex);
    bool in_time = true;
    while (in_time && (writer->busy || !g_queue_is_empty(&writer->waiting)) &&
           (writer->busy || !writer->stalled || writer->retry))
        in_time = g_cond_wait_until(&writer->idle, &writer->mutex, until_us);
    bool empty = !writer->busy && g_queue_is_empty(&writer->waiting);
    g_mutex_unlock(&writer->mutex);
    return empty;
}

void
writer_pause(struct writer *writer, int64_t until_us)
{
    g_mutex_lock(&writer->mutex);
    g_cond_wait_until(&writer->idle, &writer->mutex, until_us);
    g_mutex_unlock(&writer->mutex);
}

void
writer_each_waiting(struct writer *writer, bool (*fn)(struct batch *batch, void *user), void *user)
{
    g_mutex_lock(&writer->mutex);
    if (writer->stalled && !writer->retry && !writer->busy) {
        for (GList *node = writer->waiting.head; node != NULL; node = node->next) {
            if (!fn(node->data, user))
                break;
        }
    }
    g_mutex_unlock(&writer->mutex);
}
