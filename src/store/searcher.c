#include "store/searcher.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "store/index.h"

#define CACHE_KIB 256

struct searcher {
    GThread *thread; /* NULL before the first question */
    char *dir;
    char *path; /* of search.db */
    const char *vfs;
    struct indexer *indexer;
    void (*wake)(void *user);
    void *user;
    unsigned last_id;
    int64_t behind; /* of the last answer */

    /* the thread's own, but that they are set and cleared under the mutex: cancelling interrupts
     * them */
    struct sources sources;
    GStatBuf opened; /* the file that sources.index reads */

    GMutex mutex; /* for all below */
    GCond work;
    GCond answered;
    GQueue waiting;
    GQueue done;
    struct question *running;
    bool stop;
};

static void
question_free(void *data)
{
    struct question *question = data;
    store_query_free(question->query);
    g_free((char *)(uintptr_t)question->scan.text);
    g_clear_pointer(&question->hits.messages, g_ptr_array_unref);
    g_clear_error(&question->error);
    g_free(question);
}

/* --- the worker
 * ----------------------------------------------------------------------------------- */

static void
set_db(struct searcher *searcher, struct db **place, struct db *db)
{
    g_mutex_lock(&searcher->mutex);
    struct db *old = *place;
    *place = db;
    g_mutex_unlock(&searcher->mutex);
    db_close(old);
}

/* The index is opened anew when another file stands in its place. */
static bool
open_sources(struct searcher *searcher, GError **error)
{
    struct sources *sources = &searcher->sources;
    g_autofree char *path = g_build_filename(searcher->dir, "weft.db", NULL);
    if (sources->history == NULL)
        set_db(searcher, &sources->history,
               db_open(path, DB_READ, searcher->vfs, CACHE_KIB, error));
    if (sources->history == NULL)
        return false;
    if (sources->profile == NULL)
        sources->profile = index_profile(sources->history);
    GStatBuf now = {0};
    bool there = g_stat(searcher->path, &now) == 0;
    if (sources->index != NULL &&
        (!there || now.st_ino != searcher->opened.st_ino || now.st_dev != searcher->opened.st_dev))
        set_db(searcher, &sources->index, NULL);
    if (sources->index == NULL) {
        set_db(searcher, &sources->index,
               index_open_reading(searcher->dir, sources->profile, error));
        searcher->opened = now;
    }
    return sources->index != NULL;
}

static bool
is_cancelled(void *user)
{
    struct searcher *searcher = user;
    g_mutex_lock(&searcher->mutex);
    bool cancelled = searcher->stop || searcher->running->cancelled;
    g_mutex_unlock(&searcher->mutex);
    return cancelled;
}

static void
answer(struct searcher *searcher, struct question *question)
{
    bool opened = open_sources(searcher, &question->error);
    /* A scan needs no index. */
    if (question->query == NULL && searcher->sources.history != NULL) {
        g_clear_error(&question->error);
        opened = true;
    }
    if (!opened || search_answer(question, &searcher->sources, is_cancelled, searcher))
        return;
    set_db(searcher, &searcher->sources.index, NULL);
    if (searcher->indexer != NULL)
        indexer_suspect(searcher->indexer);
}

static void *
run(void *user)
{
    struct searcher *searcher = user;
    g_mutex_lock(&searcher->mutex);
    while (!searcher->stop) {
        if (g_queue_is_empty(&searcher->waiting)) {
            g_cond_wait(&searcher->work, &searcher->mutex);
            continue;
        }
        struct question *question = g_queue_pop_head(&searcher->waiting);
        searcher->running = question;
        g_mutex_unlock(&searcher->mutex);
        answer(searcher, question);
        g_mutex_lock(&searcher->mutex);
        searcher->running = NULL;
        if (question->cancelled)
            question_free(question);
        else
            g_queue_push_tail(&searcher->done, question);
        g_cond_signal(&searcher->answered);
        g_mutex_unlock(&searcher->mutex);
        searcher->wake(searcher->user);
        g_mutex_lock(&searcher->mutex);
    }
    g_mutex_unlock(&searcher->mutex);
    return NULL;
}

/* --- the main thread's side
 * ----------------------------------------------------------------------- */

struct searcher *
searcher_new(const char *dir, const char *vfs, struct indexer *indexer, void (*wake)(void *user),
             void *user)
{
    struct searcher *searcher = g_new0(struct searcher, 1);
    searcher->dir = g_strdup(dir);
    searcher->path = index_path(dir);
    searcher->vfs = vfs;
    searcher->indexer = indexer;
    searcher->wake = wake;
    searcher->user = user;
    g_mutex_init(&searcher->mutex);
    g_cond_init(&searcher->work);
    g_cond_init(&searcher->answered);
    g_queue_init(&searcher->waiting);
    g_queue_init(&searcher->done);
    return searcher;
}

/* With the mutex held. */
static void
interrupt(struct searcher *searcher)
{
    if (searcher->sources.index != NULL)
        sqlite3_interrupt(searcher->sources.index->handle);
    if (searcher->sources.history != NULL)
        sqlite3_interrupt(searcher->sources.history->handle);
}

void
searcher_free(struct searcher *searcher)
{
    if (searcher == NULL)
        return;
    g_mutex_lock(&searcher->mutex);
    searcher->stop = true;
    if (searcher->running != NULL)
        interrupt(searcher);
    g_cond_signal(&searcher->work);
    g_mutex_unlock(&searcher->mutex);
    if (searcher->thread != NULL)
        g_thread_join(searcher->thread);
    g_queue_clear_full(&searcher->waiting, question_free);
    g_queue_clear_full(&searcher->done, question_free);
    db_close(searcher->sources.index);
    db_close(searcher->sources.history);
    g_free(searcher->sources.profile);
    g_mutex_clear(&searcher->mutex);
    g_cond_clear(&searcher->work);
    g_cond_clear(&searcher->answered);
    g_free(searcher->path);
    g_free(searcher->dir);
    g_free(searcher);
}

static void
deliver_one(struct searcher *searcher, struct question *question)
{
    if (question->error == NULL)
        searcher->behind = question->hits.behind;
    question->fn(question->user, question->error == NULL ? &question->hits : NULL, question->error);
    question_free(question);
}

/* Waits for that answer, and takes it out of the others. NULL: it takes longer. */
static struct question *
wait_for(struct searcher *searcher, struct question *question, int64_t wait_us)
{
    int64_t now_us = g_get_monotonic_time();
    int64_t until_us = wait_us > INT64_MAX - now_us ? INT64_MAX : now_us + wait_us;
    GList *node;
    bool in_time = wait_us > 0;
    while ((node = g_queue_find(&searcher->done, question)) == NULL && in_time)
        in_time = g_cond_wait_until(&searcher->answered, &searcher->mutex, until_us);
    if (node == NULL)
        return NULL;
    g_queue_delete_link(&searcher->done, node);
    return question;
}

unsigned
searcher_ask_take(struct searcher *searcher, struct question *question, int64_t wait_us)
{
    unsigned id = question->id = ++searcher->last_id == 0 ? ++searcher->last_id : searcher->last_id;
    if (searcher->thread == NULL)
        searcher->thread = g_thread_new("store-search", run, searcher);
    g_mutex_lock(&searcher->mutex);
    g_queue_push_tail(&searcher->waiting, question);
    g_cond_signal(&searcher->work);
    struct question *answered = wait_for(searcher, question, wait_us);
    g_mutex_unlock(&searcher->mutex);
    if (answered == NULL)
        return id;
    deliver_one(searcher, answered);
    return 0;
}

static bool
drop_from(GQueue *queue, unsigned id)
{
    for (GList *node = queue->head; node != NULL; node = node->next) {
        if (((struct question *)node->data)->id != id)
            continue;
        question_free(node->data);
        g_queue_delete_link(queue, node);
        return true;
    }
    return false;
}

void
searcher_cancel(struct searcher *searcher, unsigned id)
{
    g_mutex_lock(&searcher->mutex);
    if (!drop_from(&searcher->waiting, id) && !drop_from(&searcher->done, id) &&
        searcher->running != NULL && searcher->running->id == id) {
        searcher->running->cancelled = true;
        interrupt(searcher);
    }
    g_mutex_unlock(&searcher->mutex);
}

bool
searcher_has_news(struct searcher *searcher)
{
    g_mutex_lock(&searcher->mutex);
    bool has = !g_queue_is_empty(&searcher->done);
    g_mutex_unlock(&searcher->mutex);
    return has;
}

void
searcher_deliver(struct searcher *searcher)
{
    g_mutex_lock(&searcher->mutex);
    unsigned n = searcher->done.length;
    g_mutex_unlock(&searcher->mutex);
    for (; n > 0; n--) {
        g_mutex_lock(&searcher->mutex);
        struct question *question = g_queue_pop_head(&searcher->done);
        g_mutex_unlock(&searcher->mutex);
        if (question != NULL) /* what is called back may cancel others */
            deliver_one(searcher, question);
    }
}

int64_t
searcher_behind(struct searcher *searcher)
{
    return searcher->behind;
}
