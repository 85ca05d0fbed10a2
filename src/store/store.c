/* The main thread's half: gathers calls into batches, hands them to the writer, delivers what comes
 * back. */
#include "store/store_priv.h"

#include <string.h>

#include "base/error.h"
#include "base/log.h"

/* One dispatch makes at most this many callbacks, so that a key never waits behind a flood. */
#define DELIVER_MOST 200
/* A batch that waits is closed at this size, so that commits stay short. */
#define BATCH_MOST     2000
#define RETRY_US       (3 * G_USEC_PER_SEC)
#define CLOSE_WAIT_US  (5 * G_USEC_PER_SEC)
#define CLOSE_RETRY_US (G_USEC_PER_SEC / 4)

/* What waits for delivery, in order: results of a batch, a callback that says "stalled", a call
 * that was given up, or a word about the disk. */
enum parcel_kind { PARCEL_BATCH, PARCEL_TOLD, PARCEL_DROPPED, PARCEL_STALL, PARCEL_RECOVER };
struct parcel {
    enum parcel_kind kind;
    struct batch *batch;
    store_fn fn;
    void *fn_user;
    GError *error;
};

static void
parcel_free(void *data)
{
    struct parcel *parcel = data;
    batch_free(parcel->batch);
    g_clear_error(&parcel->error);
    g_free(parcel);
}

static struct parcel *
add_parcel(struct store *store, enum parcel_kind kind)
{
    struct parcel *parcel = g_new0(struct parcel, 1);
    parcel->kind = kind;
    g_queue_push_tail(&store->parcels, parcel);
    return parcel;
}

static bool
gathered(const struct store *store)
{
    return store->gathering != NULL;
}

static void
seal(struct store *store)
{
    if (gathered(store))
        writer_push_take(store->writer, g_steal_pointer(&store->gathering));
}

static void
tell_op(struct store *store, struct op *op)
{
    if (op == NULL || op->told)
        return;
    op->told = true;
    if (op->fn == NULL)
        return;
    struct parcel *parcel = add_parcel(store, PARCEL_TOLD);
    parcel->fn = op->fn;
    parcel->fn_user = op->user;
}

static bool
tell_batch(struct batch *batch, void *user)
{
    for (unsigned i = 0; i < batch->ops->len; i++)
        tell_op(user, batch->ops->pdata[i]);
    return true;
}

static bool
count_batch(struct batch *batch, void *user)
{
    struct store *store = user;
    for (unsigned i = 0; i < batch->ops->len; i++)
        store->waiting_calls += batch->ops->pdata[i] != NULL;
    return true;
}

static void
tell_waiting(struct store *store)
{
    writer_each_waiting(store->writer, tell_batch, store);
    if (gathered(store))
        tell_batch(store->gathering, store);
    store->untold = false;
}

static void
retry(void *user)
{
    struct store *store = user;
    store->retry_timer = 0;
    writer_retry(store->writer);
}

static void
on_stalled(struct store *store, GError *error)
{
    if (store->stall_error == NULL) {
        log_error("store", "%s", error->message);
        add_parcel(store, PARCEL_STALL)->error = g_error_copy(error);
        if (error_is(error, WEFT_ERROR_DATABASE))
            open_mark_damaged(store->dir);
    }
    g_clear_error(&store->stall_error);
    store->stall_error = error;
    tell_waiting(store);
    store->waiting_calls = 0;
    writer_each_waiting(store->writer, count_batch, store);
    if (gathered(store))
        count_batch(store->gathering, store);
    if (store->retry_timer == 0)
        store->retry_timer = clock_timer_add(store->clock, RETRY_US, retry, store);
}

static void
on_recovered(struct store *store)
{
    if (store->stall_error == NULL)
        return;
    g_clear_error(&store->stall_error);
    store->waiting_calls = 0;
    clock_timer_del(store->clock, store->retry_timer);
    store->retry_timer = 0;
    log_info("store", "the disk takes changes again");
    add_parcel(store, PARCEL_RECOVER);
}

static void
collect(struct store *store)
{
    GQueue done = G_QUEUE_INIT;
    GError *error = NULL;
    unsigned news = writer_collect(store->writer, &done, &error);
    if ((news & WRITER_RECOVERED) != 0)
        on_recovered(store);
    struct batch *batch;
    while ((batch = g_queue_pop_head(&done)) != NULL)
        add_parcel(store, PARCEL_BATCH)->batch = batch;
    if ((news & WRITER_STALLED) != 0)
        on_stalled(store, error);
}

static void
deliver_word(struct store *store, const struct parcel *parcel)
{
    struct store_result result = {.outcome = STORE_MISSING};
    switch (parcel->kind) {
    case PARCEL_TOLD:
        result.outcome = STORE_STALLED;
        result.error = store->stall_error != NULL ? store->stall_error : store->last_error;
        parcel->fn(&result, parcel->fn_user);
        break;
    case PARCEL_DROPPED:
        parcel->fn(&result, parcel->fn_user);
        break;
    default:
        if (parcel->error != NULL) {
            g_clear_error(&store->last_error);
            store->last_error = g_error_copy(parcel->error);
        }
        if (store->stalled_fn != NULL)
            store->stalled_fn(store->stalled_user, parcel->error);
    }
}

/* The writer is done with the message, and only now may it change: it has its row, and its key was
 * that of no row of ours. */
static void
settle_message(struct op *op)
{
    struct message *message = op->message;
    if (op->kind != OP_MESSAGE || op->result.message != message)
        return;
    message->id = op->row_id;
    message->flags &= ~(unsigned)MESSAGE_NOT_STORED;
    g_clear_pointer(&message->key, g_free);
}

static void
tell_lanes(struct store *store, struct batch *batch)
{
    g_autoptr(GArray) lanes = g_steal_pointer(&batch->lanes);
    for (guint i = 0; lanes != NULL && store->lanes_fn != NULL && i < lanes->len; i++) {
        const struct lane_news *news = &g_array_index(lanes, struct lane_news, i);
        store->lanes_fn(store->lanes_user, news->lane, news->from, news->n);
    }
}

/* Makes the callbacks of a batch, at most *budget. True: all are made. */
static bool
op_counts(const struct op *op)
{
    return op->kind == OP_COUNT_REACTION || op->kind == OP_END_TASK || op->kind == OP_GIVE_UP_TASK;
}

static bool
deliver_batch(struct store *store, struct batch *batch, unsigned *budget)
{
    tell_lanes(store, batch);
    while (batch->delivered < batch->ops->len) {
        struct op *op = batch->ops->pdata[batch->delivered];
        if (op != NULL && op->fn != NULL) {
            if (*budget == 0)
                return false;
            (*budget)--;
            batch->delivered++;
            settle_message(op);
            op->fn(&op->result, op->user);
        } else {
            batch->delivered++;
            if (op != NULL && op_counts(op) && op->count.fn != NULL)
                op->count.fn(op->count.user, op->count.n);
        }
    }
    return true;
}

static void
deliver(struct store *store, unsigned budget)
{
    while (budget > 0 && !g_queue_is_empty(&store->parcels)) {
        struct parcel *parcel = g_queue_peek_head(&store->parcels);
        if (parcel->kind == PARCEL_BATCH) {
            if (!deliver_batch(store, parcel->batch, &budget))
                return;
        } else {
            budget--;
            deliver_word(store, parcel);
        }
        parcel_free(g_queue_pop_head(&store->parcels));
    }
}

/* --- the source ----------------------------------------------------------------------------------
 */

struct store_source {
    GSource base;
    struct store *store;
};

static gboolean
source_ready(GSource *base)
{
    struct store *store = ((struct store_source *)base)->store;
    if (search_has_news(store))
        return true;
    if (store->writer == NULL)
        return !g_queue_is_empty(&store->parcels);
    return !g_queue_is_empty(&store->parcels) || store->untold || writer_has_news(store->writer) ||
           (gathered(store) && writer_wants(store->writer));
}

static gboolean
source_prepare(GSource *base, int *ret_timeout_ms)
{
    *ret_timeout_ms = -1;
    return source_ready(base);
}

static void
take_turn(struct store *store)
{
    collect(store);
    if (store->untold && store->stall_error != NULL)
        tell_waiting(store);
    store->untold = false;
    /* Only here is it sure that the turn in which the calls were made is over. */
    if (gathered(store) &&
        (writer_wants(store->writer) || store->gathering->ops->len >= BATCH_MOST))
        seal(store);
}

static gboolean
source_dispatch(GSource *base, GSourceFunc fn, void *user)
{
    struct store *store = ((struct store_source *)base)->store;
    if (store->writer != NULL)
        take_turn(store);
    deliver(store, DELIVER_MOST);
    search_take_turn(store);
    return G_SOURCE_CONTINUE;
}

static const GSourceFuncs source_funcs = {
    .prepare = source_prepare,
    .check = source_ready,
    .dispatch = source_dispatch,
};

static void
wake(void *user)
{
    g_main_context_wakeup(((struct store *)user)->context);
}

static void
committed(void *user)
{
    indexer_wake(((struct store *)user)->indexer);
}

void
store_start(struct store *store, struct db *writer_db, const struct store_hooks *hooks)
{
    g_queue_init(&store->parcels);
    g_queue_init(&store->waiters);
    store->context = g_main_context_ref_thread_default();
    if (writer_db != NULL) {
        store->indexer = indexer_start(store->dir, hooks, wake, store);
        store->writer = writer_start_take(writer_db, store->uuid, committed, wake, store);
    }
    store->searcher = searcher_new(store->dir, hooks->vfs, store->indexer, wake, store);
    /* GLib takes a pointer to what it never changes. */
    store->source =
        g_source_new((GSourceFuncs *)(uintptr_t)&source_funcs, sizeof(struct store_source));
    ((struct store_source *)store->source)->store = store;
    g_source_set_name(store->source, "store");
    g_source_attach(store->source, store->context);
}

/* --- gathering -----------------------------------------------------------------------------------
 */

struct drop {
    struct store *store;
    bool done;
};

/* Gives up the oldest message (or reaction, of which a network can tell as many) that waits.
 * Everything else is small and dear: it stays. */
static bool
drop_from(struct batch *batch, void *user)
{
    struct drop *drop = user;
    for (; !drop->done && batch->drop_from < batch->ops->len; batch->drop_from++) {
        struct op *op = batch->ops->pdata[batch->drop_from];
        if (op == NULL || (op->kind != OP_MESSAGE && op->kind != OP_REACTION))
            continue;
        tell_op(drop->store, op);
        if (op->fn != NULL) {
            struct parcel *parcel = add_parcel(drop->store, PARCEL_DROPPED);
            parcel->fn = op->fn;
            parcel->fn_user = op->user;
        }
        op_free(op);
        batch->ops->pdata[batch->drop_from] = NULL;
        drop->done = true;
    }
    return !drop->done;
}

static void
drop_oldest(struct store *store)
{
    struct drop drop = {.store = store};
    writer_each_waiting(store->writer, drop_from, &drop);
    if (!drop.done && gathered(store))
        drop_from(store->gathering, &drop);
    if (drop.done) {
        store->dropped++;
        store->waiting_calls--;
    }
}

static void
refuse_read_only(struct store *store, struct op *op)
{
    if (store->last_error == NULL)
        store->last_error =
            g_error_new(WEFT_ERROR, WEFT_ERROR_FORBIDDEN,
                        "This weft only reads the profile, since another one is using it. Nothing "
                        "was stored.");
    tell_op(store, op);
    op_free(op);
}

void
store_gather_take(struct store *store, struct op *op)
{
    if (store->writer == NULL) {
        refuse_read_only(store, op);
        return;
    }
    if (!gathered(store))
        store->gathering = batch_new();
    batch_add_take(store->gathering, op);
    if (store->stall_error == NULL)
        return;
    store->untold = true;
    if (++store->waiting_calls > STORE_STALLED_MAX)
        drop_oldest(store);
}

/* --- the end, and waiting for it
 * ------------------------------------------------------------------ */

void
store_flush(struct store *store)
{
    if (store->writer != NULL) {
        seal(store);
        writer_retry(store->writer);
        writer_wait(store->writer, G_MAXINT64);
        collect(store);
        if (store->stall_error != NULL)
            tell_waiting(store);
    }
    deliver(store, UINT_MAX);
}

static void
stop_writing(struct store *store)
{
    int64_t deadline = g_get_monotonic_time() + CLOSE_WAIT_US;
    seal(store);
    writer_retry(store->writer);
    while (!writer_wait(store->writer, deadline) && g_get_monotonic_time() < deadline) {
        writer_pause(store->writer, g_get_monotonic_time() + CLOSE_RETRY_US);
        writer_retry(store->writer);
    }
    clock_timer_del(store->clock, store->retry_timer);
    unsigned lost = writer_stop(store->writer);
    if (lost > 0)
        log_error("store", "the disk refused to the end: %u changes were not stored", lost);
}

void
store_close(struct store *store)
{
    if (store == NULL)
        return;
    db_close(store->reader);
    searcher_free(store->searcher);
    /* Before the writer: the last connection to close moves the log into the file. */
    indexer_stop(store->indexer);
    if (store->writer != NULL)
        stop_writing(store);
    indexer_free(store->indexer);
    g_queue_clear_full(&store->waiters, g_free);
    if (store->source != NULL) {
        g_source_destroy(store->source);
        g_source_unref(store->source);
        g_main_context_unref(store->context);
    }
    g_queue_clear_full(&store->parcels, parcel_free);
    g_clear_error(&store->stall_error);
    g_clear_error(&store->last_error);
    lock_release(store->lock);
    g_free(store->uuid);
    g_free(store->dir);
    g_free(store);
}

void
store_watch_lanes(struct store *store,
                  void (*fn)(void *user, int64_t lane, int64_t from, unsigned n), void *user)
{
    store->lanes_fn = fn;
    store->lanes_user = user;
}

const char *
store_profile_uuid(const struct store *store)
{
    return store->uuid;
}

uint64_t
store_dropped(const struct store *store)
{
    return store->dropped;
}
