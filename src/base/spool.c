#include "base/spool.h"

#include <errno.h>
#include <glib.h>
#include <unistd.h>

/* One piece. */
struct job {
    uint64_t at;
    bool cut;
    size_t len;
    char *bytes;
};

struct spool {
    gatomicrefcount refs; /* its owner's, the thread's, the loop's */
    GThread *thread;
    int fd;        /* the thread's */
    GMutex mutex;  /* over what follows */
    GCond changed; /* there is work, or room */
    GQueue jobs;   /* struct job */
    size_t queued_bytes;
    int error;
    bool ending, dropped;
    /* the loop's */
    spool_fn fn;
    void *user;
};

static void
job_free(void *data)
{
    struct job *job = data;

    g_free(job->bytes);
    g_free(job);
}

static void
unref(struct spool *spool)
{
    if (!g_atomic_ref_count_dec(&spool->refs))
        return;
    g_queue_clear_full(&spool->jobs, job_free);
    g_mutex_clear(&spool->mutex);
    g_cond_clear(&spool->changed);
    g_free(spool);
}

/* --- the thread
 * ----------------------------------------------------------------------------------- */

static int
write_job(int fd, const struct job *job)
{
    const char *bytes = job->bytes;
    uint64_t at = job->at;
    size_t len = job->len;

    if (job->cut && ftruncate(fd, (off_t)at) != 0)
        return errno;
    while (len > 0) {
        const ssize_t wrote = pwrite(fd, bytes, len, (off_t)at);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return wrote < 0 ? errno : EIO;
        bytes += wrote;
        at += (uint64_t)wrote;
        len -= (size_t)wrote;
    }
    return 0;
}

static gboolean
tell_end(void *user)
{
    struct spool *spool = user;

    if (spool->fn != NULL)
        spool->fn(spool->user);
    return G_SOURCE_REMOVE;
}

static void
unref_idle(void *user)
{
    unref(user);
}

static void *
run(void *user)
{
    struct spool *spool = user;

    g_mutex_lock(&spool->mutex);
    for (;;) {
        while (!spool->ending && g_queue_is_empty(&spool->jobs))
            g_cond_wait(&spool->changed, &spool->mutex);
        struct job *job = spool->dropped ? NULL : g_queue_pop_head(&spool->jobs);
        if (job == NULL)
            break;
        const bool skip = spool->error != 0;
        g_mutex_unlock(&spool->mutex);
        const int error = skip ? 0 : write_job(spool->fd, job);
        g_mutex_lock(&spool->mutex);
        if (error != 0)
            spool->error = error;
        spool->queued_bytes -= job->len;
        job_free(job);
        g_cond_broadcast(&spool->changed);
    }
    g_mutex_unlock(&spool->mutex);
    /* Some disks say only now that they could not. */
    const int error = close(spool->fd) != 0 && errno != EINTR ? errno : 0;
    g_mutex_lock(&spool->mutex);
    if (spool->error == 0)
        spool->error = error;
    g_mutex_unlock(&spool->mutex);
    g_idle_add_full(G_PRIORITY_DEFAULT, tell_end, spool, unref_idle);
    return NULL;
}

/* --- the loop
 * ------------------------------------------------------------------------------------- */

struct spool *
spool_new(int fd_take)
{
    struct spool *spool = g_new0(struct spool, 1);

    g_atomic_ref_count_init(&spool->refs);
    g_atomic_ref_count_inc(&spool->refs); /* the thread's, which goes to the loop at its end */
    g_mutex_init(&spool->mutex);
    g_cond_init(&spool->changed);
    g_queue_init(&spool->jobs);
    spool->fd = fd_take;
    spool->thread = g_thread_new("file-writer", run, spool);
    return spool;
}

void
spool_put(struct spool *spool, uint64_t at, bool cut, const char *bytes, size_t len)
{
    struct job *job = g_new0(struct job, 1);

    job->at = at;
    job->cut = cut;
    job->len = len;
    job->bytes = g_memdup2(bytes, len);
    g_mutex_lock(&spool->mutex);
    while (spool->queued_bytes > SPOOL_MOST_BYTES)
        g_cond_wait(&spool->changed, &spool->mutex);
    spool->queued_bytes += len;
    g_queue_push_tail(&spool->jobs, job);
    g_cond_broadcast(&spool->changed);
    g_mutex_unlock(&spool->mutex);
}

int
spool_error(struct spool *spool)
{
    g_mutex_lock(&spool->mutex);
    const int error = spool->error;
    g_mutex_unlock(&spool->mutex);
    return error;
}

static void
set_ending(struct spool *spool, bool drop)
{
    g_mutex_lock(&spool->mutex);
    spool->ending = true;
    spool->dropped = spool->dropped || drop;
    g_cond_broadcast(&spool->changed);
    g_mutex_unlock(&spool->mutex);
}

void
spool_end(struct spool *spool, spool_fn fn, void *user)
{
    spool->fn = fn;
    spool->user = user;
    set_ending(spool, false);
}

void
spool_free(struct spool *spool)
{
    if (spool == NULL)
        return;
    spool->fn = NULL;
    set_ending(spool, false);
    g_thread_join(spool->thread);
    unref(spool);
}

void
spool_drop(struct spool *spool)
{
    spool->fn = NULL;
    set_ending(spool, true);
    g_thread_unref(spool->thread);
    unref(spool);
}
