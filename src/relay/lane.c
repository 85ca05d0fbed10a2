/* One lane: what is to be said in one conversation, in order. A slow or broken one keeps only
 * itself waiting. */
#include <string.h>

#include "base/error.h"
#include "core/options.h"
#include "relay/relay_priv.h"

#define TURN_TASKS       64 /* at a time; then the loop turns */
#define FAILURES_MOST    8
#define LOOK_US          (RELAY_CATCH_UP_US / 12)
#define AWAITED_MOST     16 /* answers to answers; no more, for they may go in a ring */
#define BACKOFF_FIRST_US (2 * G_USEC_PER_SEC)
#define BACKOFF_MOST_US  (5 * 60 * G_USEC_PER_SEC)
#define BACKOFF_LEAST_US (G_USEC_PER_SEC / 2)

static GHashTable *
id_table(void)
{
    return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
}

static GHashTable *
id_set(void)
{
    return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
}

static int64_t *
id_dup(int64_t id)
{
    return g_memdup2(&id, sizeof id);
}

struct lane *
lane_get(struct relay *relay, int64_t buffer_id)
{
    struct lane *lane = g_hash_table_lookup(relay->lanes, &buffer_id);

    if (lane)
        return lane;
    lane = g_new0(struct lane, 1);
    lane->relay = relay;
    lane->buffer_id = buffer_id;
    g_queue_init(&lane->window);
    g_queue_init(&lane->failed);
    backoff_init(&lane->backoff, BACKOFF_FIRST_US, BACKOFF_MOST_US, BACKOFF_LEAST_US);
    lane->degraded = id_set();
    lane->behind = id_set();
    lane->comings = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    lane->tally = tally_new();
    lane->late.ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_hash_table_insert(relay->lanes, &lane->buffer_id, lane);
    return lane;
}

static void
task_free(void *task)
{
    relay_task_free(task);
}

void
lane_free(void *memory)
{
    struct lane *lane = memory;

    clock_timer_del(lane->relay->clock, lane->kick);
    clock_timer_del(lane->relay->clock, lane->wait);
    clock_timer_del(lane->relay->clock, lane->look);
    g_queue_clear_full(&lane->window, task_free);
    g_queue_clear_full(&lane->failed, g_free);
    g_hash_table_unref(lane->degraded);
    g_hash_table_unref(lane->behind);
    g_array_unref(lane->late.ids);
    g_hash_table_unref(lane->comings);
    tally_free(lane->tally);
    g_free(lane);
}

/* --- when it may go on --- */

static void lane_turn(void *user);

/* Tasks may go with what they were about; nobody tells of that. */
static void
settle_count(struct lane *lane)
{
    if (tally_waiting(lane) == 0 || !lane->dry || lane->passed || lane->issued > 0 ||
        lane->window.length > 0)
        return;
    tally_end_all(lane);
    relay_changed(lane->relay);
}

void
lane_kick(struct lane *lane)
{
    if (lane->kept_out && core_copy_ready(lane->relay->core, lane->buffer_id, NULL)) {
        lane->kept_out = false;
        tally_trouble(lane, 0, NULL);
    }
    if (lane->kick)
        return;
    if (lane->anew || !lane->dry || lane->window.length > 0)
        lane->kick = clock_timer_add(lane->relay->clock, 0, lane_turn, lane);
    else
        settle_count(lane);
}

void
lanes_kick(struct relay *relay)
{
    GHashTableIter iter;
    void *lane;

    g_hash_table_iter_init(&iter, relay->lanes);
    while (g_hash_table_iter_next(&iter, NULL, &lane))
        lane_kick(lane);
}

void
lane_again(struct lane *lane)
{
    lane->anew = true;
    lane_kick(lane);
}

static void
wait_over(void *user)
{
    struct lane *lane = user;

    lane->wait = 0;
    lane_kick(lane);
}

void
lane_delay(struct lane *lane, int64_t delay_us)
{
    clock_timer_del(lane->relay->clock, lane->wait);
    lane->wait = clock_timer_add(lane->relay->clock, delay_us, wait_over, lane);
}

static bool
may_go(struct lane *lane)
{
    struct core *core = lane->relay->core;
    g_autoptr(GError) error = NULL;

    if (lane->busy || lane->files || lane->wait)
        return false;
    lane->kept_out = !core_copy_ready(core, lane->buffer_id, &error);
    if (lane->kept_out) {
        tally_trouble(lane, 0, error ? error->message : NULL);
        return false;
    }
    /* So many that the next are on disk when the network takes them; no more, for what is said
     * already is neither changed nor taken back any more. */
    const unsigned most =
        MAX(RELAY_UNDER_WAY, RELAY_TIMES * core_copies_at_once(core, lane->buffer_id));
    return lane->issued + core_copies_under_way(core, lane->buffer_id) < most;
}

/* --- the window --- */

static void
load_anew(struct lane *lane)
{
    g_queue_clear_full(&lane->window, task_free);
    g_array_set_size(lane->late.ids, 0);
    lane->loaded = 0;
    lane->dry = false;
    lane->anew = false;
    g_hash_table_remove_all(lane->behind);
}

/* A source has caught up: the window lacks what was missed. */
static bool
is_overtaken(const struct lane *lane)
{
    GHashTableIter iter;
    void *buffer_id;

    g_hash_table_iter_init(&iter, lane->behind);
    while (g_hash_table_iter_next(&iter, &buffer_id, NULL))
        if (core_copy_caught_up(lane->relay->core, *(const int64_t *)buffer_id))
            return true;
    return false;
}

/* What was caught up comes behind what was live meanwhile. ret_newest: each source's newest key,
 * when it does not; or NULL. */
static bool
is_out_of_order(const struct lane *lane, GHashTable **ret_newest)
{
    g_autoptr(GHashTable) newest = id_table();

    for (const GList *at = lane->window.head; at; at = at->next) {
        const struct relay_task *task = at->data;
        const int64_t *key = g_hash_table_lookup(newest, &task->from);
        if (task->deed != RELAY_SAY)
            continue;
        if (key && task->sort_key < *key)
            return true;
        g_hash_table_replace(newest, id_dup(task->from), id_dup(task->sort_key));
    }
    if (ret_newest)
        *ret_newest = g_steal_pointer(&newest);
    return false;
}

/* It may also begin behind what is loaded. */
static bool
lacks_earlier(const struct lane *lane)
{
    g_autoptr(GHashTable) newest = NULL;

    if (is_out_of_order(lane, &newest))
        return true;
    g_autoptr(GArray) next = store_load_earliest(lane->relay->store, lane->buffer_id, lane->loaded,
                                                 RELAY_WINDOW_MOST - RELAY_WINDOW);
    for (unsigned i = 0; i < next->len; i++) {
        const struct relay_earliest *each = &g_array_index(next, struct relay_earliest, i);
        const int64_t *key = g_hash_table_lookup(newest, &each->from);
        if (key && each->sort_key < *key)
            return true;
    }
    return false;
}

static int
compare_tasks(const void *a, const void *b, void *unused)
{
    const struct relay_task *x = a;
    const struct relay_task *y = b;

    if (x->sort_key != y->sort_key && x->from == y->from)
        return x->sort_key < y->sort_key ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* Each source's tasks by the source's order, in the places that this source has in the lane. */
static void
put_in_order(struct lane *lane)
{
    g_autoptr(GHashTable) sources =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)g_queue_free);

    for (const GList *at = lane->window.head; at; at = at->next) {
        struct relay_task *task = at->data;
        GQueue *queue = g_hash_table_lookup(sources, &task->from);
        if (!queue) {
            queue = g_queue_new();
            g_hash_table_insert(sources, &task->from, queue);
        }
        g_queue_push_tail(queue, task);
    }
    GHashTableIter iter;
    void *queue;
    g_hash_table_iter_init(&iter, sources);
    while (g_hash_table_iter_next(&iter, NULL, &queue))
        g_queue_sort(queue, compare_tasks, NULL);
    /* The keys point into tasks; these stay as long as the window. */
    for (GList *at = lane->window.head; at; at = at->next) {
        const struct relay_task *task = at->data;
        at->data = g_queue_pop_head(g_hash_table_lookup(sources, &task->from));
    }
}

static void
too_many(struct lane *lane)
{
    while (tally_waiting(lane) > RELAY_LANE_MOST && lane->window.length > 0)
        lane_give_up(lane, g_queue_pop_head(&lane->window),
                     "More than 100,000 messages waited for this channel.");
}

/* Some more; false: there are none. */
static bool
load_more(struct lane *lane)
{
    unsigned limit = RELAY_WINDOW;

    if (lane->dry || lane->window.length >= RELAY_WINDOW_MOST)
        return false;
    do {
        g_autoptr(GPtrArray) tasks =
            store_load_tasks(lane->relay->store, lane->buffer_id, lane->loaded, limit);
        lane->dry = tasks->len < limit;
        g_ptr_array_set_free_func(tasks, NULL);
        for (unsigned i = 0; i < tasks->len; i++) {
            struct relay_task *task = tasks->pdata[i];
            lane->loaded = task->id;
            if (!core_copy_caught_up(lane->relay->core, task->from))
                g_hash_table_add(lane->behind, id_dup(task->from));
            g_queue_push_tail(&lane->window, task);
        }
        limit = RELAY_WINDOW_MOST - RELAY_WINDOW;
    } while (!lane->dry && lane->window.length < RELAY_WINDOW_MOST && lacks_earlier(lane));
    if (is_out_of_order(lane, NULL))
        put_in_order(lane);
    too_many(lane);
    return lane->window.length > 0;
}

/* --- the next task --- */

/* Where the clock was set back, nobody knows how long it was. */
static bool
source_waits(const struct lane *lane, const struct relay_task *task)
{
    const int64_t age_us = relay_now_us(lane->relay) - task->added_us;

    return !core_copy_caught_up(lane->relay->core, task->from) && age_us < RELAY_CATCH_UP_US &&
           age_us > -RELAY_CATCH_UP_US;
}

static bool
is_too_old(const struct lane *lane, const struct route *route, const struct relay_task *task)
{
    const int64_t most_us =
        options_number(route->gateway->options, "max_age") * 3600 * G_USEC_PER_SEC;

    return relay_now_us(lane->relay) - task->added_us > most_us;
}

/* A channel may have another name for a while, or an account be gone from the configuration: what
 * waits is not given up for that, before its day is over. */
static bool
may_come_back(const struct lane *lane, const struct relay_task *task)
{
    return lane->relay->lacks && relay_now_us(lane->relay) - task->added_us < RELAY_PATIENCE_US;
}

/* The first task that can be done now, and its place; NULL: there is none in the window. */
static GList *
find_task(struct lane *lane, const struct route **ret_route)
{
    g_autofree char *why = NULL;

    for (GList *at = lane->window.head; at;) {
        struct relay_task *task = at->data;
        const struct route *route = gateways_route(lane->relay, task->from, lane->buffer_id);
        GList *next = at->next;
        if (!route && may_come_back(lane, task)) {
            at = next;
            continue;
        }
        if (!route) {
            g_queue_delete_link(&lane->window, at);
            lane_give_up(lane, task, "No gateway joins these channels any more.");
        } else if (is_too_old(lane, route, task)) {
            why = why ? why
                      : g_strdup_printf("It waited for more than %" G_GINT64_FORMAT " hours.",
                                        options_number(route->gateway->options, "max_age"));
            g_queue_delete_link(&lane->window, at);
            lane_give_up(lane, task, why);
        } else if (gateway_runs(route->gateway) && !source_waits(lane, task)) {
            *ret_route = route;
            return at;
        }
        at = next;
    }
    return NULL;
}

static const struct relay_task *
find_said(const struct lane *lane, int64_t message_id)
{
    for (const GList *at = lane->window.head; at; at = at->next) {
        const struct relay_task *task = at->data;
        if (task->deed == RELAY_SAY && task->source_id == message_id)
            return task;
    }
    return NULL;
}

bool
lane_awaits(struct lane *lane, int64_t message_id)
{
    const struct relay_task *task = find_said(lane, message_id);
    const struct route *route =
        task ? gateways_route(lane->relay, task->from, lane->buffer_id) : NULL;

    if (lane->n_awaited == AWAITED_MOST || !route || !gateway_runs(route->gateway))
        return false;
    lane->awaited = message_id;
    return true;
}

/* What is awaited comes first, with all that its source has before it. False: that source is waited
 * for. */
static bool
bring_forward(struct lane *lane, int64_t message_id)
{
    const struct relay_task *wanted = find_said(lane, message_id);
    g_autoptr(GPtrArray) before = g_ptr_array_new();

    if (source_waits(lane, wanted))
        return false;
    for (GList *at = lane->window.head, *next; at; at = next) {
        struct relay_task *task = at->data;
        next = at->next;
        if (task->from != wanted->from)
            continue;
        g_ptr_array_add(before, task);
        g_queue_delete_link(&lane->window, at);
        if (task == wanted)
            break;
    }
    for (unsigned i = before->len; i-- > 0;)
        g_queue_push_head(&lane->window, before->pdata[i]);
    lane->n_awaited++;
    return true;
}

static void
look_again(void *user)
{
    struct lane *lane = user;

    lane->look = 0;
    lane->anew = lane->anew || lane->passed;
    lane->passed = false;
    lane_kick(lane);
}

/* A source that is waited for is not waited for for ever. */
static void
look_again_later(struct lane *lane)
{
    if (!lane->look && (lane->passed || lane->window.length > 0))
        lane->look = clock_timer_add(lane->relay->clock, LOOK_US, look_again, lane);
}

/* Tasks that cannot be done yet stay in the store; they are loaded again when something changes. */
static GList *
next_task(struct lane *lane, const struct route **ret_route)
{
    for (;;) {
        GList *found = find_task(lane, ret_route);
        if (found)
            return found;
        if (lane->window.length >= RELAY_WINDOW_MOST) {
            g_queue_clear_full(&lane->window, task_free);
            lane->passed = true;
        }
        if (!load_more(lane))
            return NULL;
    }
}

static int64_t
steal_awaited(struct lane *lane)
{
    const int64_t awaited = lane->awaited;

    lane->awaited = 0;
    return awaited;
}

static void
lane_turn(void *user)
{
    struct lane *lane = user;
    unsigned n = 0;

    lane->kick = 0;
    lane->anew = lane->anew || is_overtaken(lane);
    if (lane->anew && lane->issued == 0 && lane->ending == 0 && !lane->busy)
        load_anew(lane);
    while (may_go(lane) && !lane->anew) {
        const struct route *route = NULL;
        if (n++ == TURN_TASKS) {
            lane_kick(lane);
            return;
        }
        GList *at = next_task(lane, &route);
        if (!at) {
            engine_tell_late(lane);
            look_again_later(lane);
            settle_count(lane);
            return;
        }
        struct relay_task *task = at->data;
        g_queue_unlink(&lane->window, at);
        const enum engine_result result = engine_do(lane, route, task);
        if (result == ENGINE_DONE) {
            lane->n_awaited = 0;
            g_list_free_1(at);
            continue;
        }
        g_queue_push_head_link(&lane->window, at);
        if (lane->awaited && bring_forward(lane, steal_awaited(lane)))
            continue;
        lane->busy = result == ENGINE_BUSY;
        if (lane->busy)
            deeds_begin(lane);
        else
            look_again_later(lane);
        return;
    }
}

/* --- the end of a task --- */

static void
no_more(struct lane *lane, const struct relay_task *task)
{
    tally_end(lane, task);
    g_hash_table_remove(lane->degraded, &task->id);
    if (lane->failing_id == task->id)
        lane->failures = 0;
    relay_changed(lane->relay);
}

static void
end_stored(void *user, unsigned n)
{
    struct job *job = user;
    struct lane *lane = job_back(job);

    if (!lane)
        return;
    job_free(job);
    lane->ending--;
    lane->deleting = lane->deleting && lane->ending > 0;
    if (lane->anew || lane->ending == 0)
        lane_kick(lane);
}

/* Loaded again before that is on disk, it would be done twice. */
static struct job *
ending(struct lane *lane)
{
    struct job *job = job_new(lane, NULL);

    job->stored = true;
    lane->ending++;
    return job;
}

void
lane_end(struct lane *lane, struct relay_task *task_take)
{
    store_end_task(lane->relay->store, task_take->id, end_stored, ending(lane));
    no_more(lane, task_take);
    relay_task_free(task_take);
}

void
lane_ended(struct lane *lane, struct relay_task *task_take)
{
    no_more(lane, task_take);
    relay_task_free(task_take);
}

void
lane_give_up(struct lane *lane, struct relay_task *task_take, const char *why)
{
    store_give_up_task(lane->relay->store, task_take->id, why, end_stored, ending(lane));
    tally_give_up(lane, task_take->from);
    tally_trouble(lane, task_take->from, why);
    no_more(lane, task_take);
    relay_task_free(task_take);
}

static bool
comes_back(enum weft_error code)
{
    switch (code) {
    case WEFT_ERROR_FORBIDDEN:
    case WEFT_ERROR_NOT_FOUND:
    case WEFT_ERROR_TOO_LARGE:
    case WEFT_ERROR_UNSUPPORTED:
    case WEFT_ERROR_BAD_INPUT:
        return false;
    default:
        return true;
    }
}

bool
lane_failed(struct lane *lane, const struct relay_task *task, const GError *error)
{
    const enum weft_error code = error_code(error);
    const bool waits_for_network = code == WEFT_ERROR_CLOSED || code == WEFT_ERROR_RATE_LIMITED;

    tally_trouble(lane, task->from, error->message);
    if (lane->failing_id != task->id)
        lane->failures = 0;
    lane->failing_id = task->id;
    if (!comes_back(code) || (!waits_for_network && ++lane->failures >= FAILURES_MOST))
        return false;
    const int64_t wanted_us = error_retry_after_us(error);
    const int64_t own_us = backoff_next_us(&lane->backoff, NULL);
    lane_delay(lane, code == WEFT_ERROR_RATE_LIMITED && wanted_us > 0 ? wanted_us : own_us);
    return true;
}

bool
lane_degraded(const struct lane *lane, int64_t task_id)
{
    return g_hash_table_contains(lane->degraded, &task_id);
}

void
lane_degrade(struct lane *lane, int64_t task_id)
{
    g_hash_table_add(lane->degraded, id_dup(task_id));
}

void
lane_retry(struct lane *lane, const struct gateway *gateway)
{
    struct relay *relay = lane->relay;
    g_autoptr(GPtrArray) tasks =
        store_load_given_up(relay->store, lane->buffer_id, RELAY_LANE_MOST);

    for (unsigned i = tasks->len; i > 0; i--) { /* the oldest first */
        const struct relay_task *task = tasks->pdata[i - 1];
        if (!gateway || tally_concerns(lane, gateway, task->from))
            store_retry_task(relay->store, task->id);
    }
    tally_retry(lane, gateway);
    GQueue failed = lane->failed;
    struct lane_failed *each;
    g_queue_init(&lane->failed);
    while ((each = g_queue_pop_head(&failed))) {
        if (gateway && !tally_concerns(lane, gateway, each->from)) {
            g_queue_push_tail(&lane->failed, each);
            continue;
        }
        core_retry(relay->core, each->copy_id, NULL);
        g_free(each);
    }
    lane_again(lane);
}

/* --- copies --- */

void
lane_copy_added(struct lane *lane, const struct message *copy, int64_t source_id)
{
    if (tally_flies(copy))
        tally_copy_added(lane, copy->id, source_id);
}

void
lane_copy_changed(struct lane *lane, const struct message *copy)
{
    const struct lane_failed copied = {.copy_id = copy->id, .from = tally_copy_changed(lane, copy)};

    if (copied.from != 0 && copy->state == MESSAGE_SENT)
        backoff_reset(&lane->backoff);
    if (copied.from != 0 && copy->state == MESSAGE_FAILED)
        g_queue_push_tail(&lane->failed, g_memdup2(&copied, sizeof copied));
    if (lane->failed.length > RELAY_FAILED_MOST)
        g_free(g_queue_pop_head(&lane->failed));
    relay_changed(lane->relay);
    lane_kick(lane);
}
