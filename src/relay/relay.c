#include "relay/relay.h"

#include <string.h>

#include "relay/relay_priv.h"

#define LACKS_US (2 * G_USEC_PER_SEC)
#define TELL_US  (250 * 1000) /* between two notices */
#define LOOK_US  (250 * 1000)
#define A_DAY_US (INT64_C(24) * 3600 * G_USEC_PER_SEC)

int64_t
relay_now_us(const struct relay *relay)
{
    return clock_wall_us(relay->clock);
}

/* --- telling --- */

static void
tell(void *user)
{
    struct relay *relay = user;

    relay->tell_timer = 0;
    bus_publish(core_bus(relay->core), &(struct notice){.type = NOTICE_RELAY});
}

void
relay_changed(struct relay *relay)
{
    if (!relay->tell_timer)
        relay->tell_timer = clock_timer_add(relay->clock, TELL_US, tell, relay);
}

/* --- what core calls back about --- */

struct job *
job_new(struct lane *lane, struct relay_task *task_take)
{
    struct job *job = g_new0(struct job, 1);

    job->relay = lane->relay;
    job->lane = lane->buffer_id;
    job->task = task_take;
    g_hash_table_add(lane->relay->jobs, job);
    return job;
}

void
job_free(struct job *job)
{
    if (job->relay)
        g_hash_table_remove(job->relay->jobs, job);
    relay_task_free(job->task);
    g_free(job->ids);
    g_free(job->text);
    rich_free(job->body);
    g_free(job);
}

struct lane *
job_back(struct job *job)
{
    if (job->relay)
        return lane_get(job->relay, job->lane);
    job_free(job);
    return NULL;
}

/* --- who is there --- */

/* The keys of all names in a conversation, our own among them. */
static GHashTable *
present_in(struct relay *relay, const struct buffer *buffer)
{
    GHashTable *present = g_hash_table_lookup(relay->present, &buffer->id);
    GHashTableIter iter;
    void *value;

    if (present)
        return present;
    present = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (buffer->members) {
        g_hash_table_iter_init(&iter, buffer->members);
        while (g_hash_table_iter_next(&iter, NULL, &value))
            g_hash_table_add(present, names_key(((const struct member *)value)->name));
    }
    const struct account *account = core_account(relay->core, buffer->account_id);
    if (account && account->self_name)
        g_hash_table_add(present, names_key(account->self_name));
    g_hash_table_insert(relay->present, g_memdup2(&buffer->id, sizeof buffer->id), present);
    return present;
}

static enum people_look
look_for(void *user, int64_t buffer_id, const char *key)
{
    struct relay *relay = user;
    const struct buffer *buffer = core_buffer(relay->core, buffer_id);
    const struct account *account = buffer ? core_account(relay->core, buffer->account_id) : NULL;

    if (buffer && g_hash_table_contains(present_in(relay, buffer), key))
        return PEOPLE_THERE;
    return account && account->state == ACCOUNT_ONLINE && buffer->joined ? PEOPLE_FREE
                                                                         : PEOPLE_UNKNOWN;
}

static void
let_go(void *user)
{
    struct relay *relay = user;

    people_let_go(relay->people, clock_mono_us(relay->clock));
    relay->names_timer = clock_timer_add(relay->clock, PEOPLE_LOOK_US, let_go, relay);
}

static void
on_members(struct relay *relay, const struct notice *notice)
{
    const struct buffer *buffer = core_buffer(relay->core, notice->buffer_id);

    g_hash_table_remove(relay->present, &notice->buffer_id);
    if (!buffer || !g_hash_table_contains(relay->lanes, &notice->buffer_id))
        return;
    const struct member *came =
        notice->text && buffer->members ? g_hash_table_lookup(buffer->members, notice->text) : NULL;
    if (came)
        people_came(relay->people, buffer->id, came->name);
    else if (!notice->text)
        people_forget(relay->people);
}

/* --- notices --- */

static void
look(void *user)
{
    struct relay *relay = user;

    relay->look_timer = 0;
    gateways_look(relay);
}

/* Not at once: a buffer changes with every message, and the driver may be in the middle of telling.
 */
static void
look_soon(struct relay *relay)
{
    if (!relay->look_timer)
        relay->look_timer = clock_timer_add(relay->clock, LOOK_US, look, relay);
}

static void
apply(void *user)
{
    struct relay *relay = user;

    relay->apply_timer = 0;
    gateways_apply(relay);
    look_soon(relay);
}

/* Many buffers come at once. */
static void
apply_within(struct relay *relay, int64_t delay_us)
{
    if (!relay->apply_timer)
        relay->apply_timer = clock_timer_add(relay->clock, delay_us, apply, relay);
}

static void
apply_soon(struct relay *relay)
{
    clock_timer_del(relay->clock, relay->apply_timer);
    relay->apply_timer = 0;
    apply_within(relay, 0);
}

static void
on_account(struct relay *relay, int64_t account_id)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, relay->lanes);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct lane *lane = value;
        const struct buffer *buffer = core_buffer(relay->core, lane->buffer_id);
        if (buffer && buffer->account_id == account_id)
            g_hash_table_remove(relay->present, &lane->buffer_id);
        lane_kick(lane);
    }
}

static void
on_copy(struct relay *relay, const struct notice *notice)
{
    const unsigned ours = MESSAGE_RELAYED | MESSAGE_OWN;
    struct lane *lane = g_hash_table_lookup(relay->lanes, &notice->buffer_id);

    if (!lane || (notice->message->flags & ours) != ours)
        return;
    if (notice->type == NOTICE_MESSAGE)
        lane_copy_added(lane, notice->message, notice->copies);
    else
        lane_copy_changed(lane, notice->message);
}

static void
on_typing(struct relay *relay, int64_t buffer_id)
{
    g_auto(GStrv) who = core_who_types(relay->core, buffer_id);
    const bool typed = who[0] != NULL;
    GHashTableIter iter;
    void *value;

    if (typed == (bool)g_hash_table_contains(relay->typed, &buffer_id) && !typed)
        return;
    if (typed)
        g_hash_table_add(relay->typed, g_memdup2(&buffer_id, sizeof buffer_id));
    else
        g_hash_table_remove(relay->typed, &buffer_id);
    g_hash_table_iter_init(&iter, relay->routes);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct route *route = value;
        if (route->from == buffer_id && gateway_runs(route->gateway) &&
            options_bool(route->gateway->options, "typing"))
            core_copy_typing(relay->core, route->to, typed);
    }
}

/* For a source, perhaps for the one that has changed. */
static void
kick_those_that_wait(struct relay *relay)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, relay->lanes);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (((const struct lane *)value)->window.length > 0)
            lane_kick(value);
}

static void
on_notice(const struct notice *notice, void *user)
{
    struct relay *relay = user;
    struct lane *lane;

    switch (notice->type) {
    case NOTICE_CONFIG:
    case NOTICE_BUFFER_ADDED:
    case NOTICE_BUFFER_CLOSED:
    case NOTICE_BUFFER_MOVED:
        apply_soon(relay);
        break;
    case NOTICE_ACCOUNT:
        apply_soon(relay);
        on_account(relay, notice->account_id);
        break;
    case NOTICE_BUFFER_CHANGED:
        /* The conversation can be written to, or its source is caught up. */
        lane = g_hash_table_lookup(relay->lanes, &notice->buffer_id);
        if (lane)
            lane_kick(lane);
        kick_those_that_wait(relay);
        look_soon(relay);
        relay_changed(relay); /* we may have come into it, or left it */
        /* Perhaps it has the name that a leg looks for. */
        if (relay->lacks)
            apply_within(relay, LACKS_US);
        break;
    case NOTICE_MESSAGE:
        if (notice->message->kind == MESSAGE_KICK)
            relay_changed(relay); /* perhaps it says why we are out */
        on_copy(relay, notice);
        break;
    case NOTICE_MESSAGE_CHANGED:
        on_copy(relay, notice);
        break;
    case NOTICE_MEMBERS:
        on_members(relay, notice);
        break;
    case NOTICE_TYPING:
        on_typing(relay, notice->buffer_id);
        break;
    default:
        break;
    }
}

/* --- what the store has --- */

static void
on_lane(void *user, int64_t lane_id, int64_t from, unsigned n)
{
    struct lane *lane = lane_get(user, lane_id);

    tally_add(lane, from, n);
    lane->dry = false;
    lane_kick(lane);
    relay_changed(user);
}

static void
load_depths(struct relay *relay)
{
    g_autoptr(GArray) depths = store_load_depths(relay->store);

    for (unsigned i = 0; i < depths->len; i++) {
        const struct relay_depth *depth = &g_array_index(depths, struct relay_depth, i);
        tally_load(lane_get(relay, depth->lane), depth);
    }
}

/* What was under way when weft ended. */
static void
load_under_way(struct relay *relay)
{
    g_autoptr(GPtrArray) rows = store_load_outbox(relay->store, 0);

    for (unsigned i = 0; i < rows->len; i++) {
        const struct outbox_row *row = rows->pdata[i];
        const bool unknown = row->state == OUTBOX_UNKNOWN || row->state == OUTBOX_SENDING;
        if (row->mark && unknown)
            tally_copy_unknown(lane_get(relay, row->buffer_id), row->message_id);
        else if (row->mark && row->state == OUTBOX_PENDING)
            tally_copy_kept(lane_get(relay, row->buffer_id), row->message_id, row->created_us);
    }
}

/* What was given up long ago is of no use to anybody. Copies stay as long as the history. */
static void
prune(void *user)
{
    struct relay *relay = user;
    g_autoptr(GPtrArray) tasks = store_load_given_up(relay->store, 0, RELAY_LANE_MOST);
    const int64_t before_us = relay_now_us(relay) - RELAY_KEPT_US;

    for (unsigned i = 0; i < tasks->len; i++) {
        const struct relay_task *task = tasks->pdata[i];
        if (task->added_us >= before_us)
            continue;
        store_end_task(relay->store, task->id, NULL, NULL);
        tally_forget_given_up(lane_get(relay, task->lane), task->from);
    }
    relay->day_timer = clock_timer_add(relay->clock, A_DAY_US, prune, relay);
}

static bool
relays(void *user, int64_t buffer_id)
{
    const struct relay *relay = user;

    for (unsigned i = 0; i < relay->gateways->len; i++) {
        const struct gateway *gateway = relay->gateways->pdata[i];
        for (unsigned j = 0; j < gateway->legs->len && gateway_runs(gateway); j++) {
            const struct leg *leg = gateway->legs->pdata[j];
            if (leg->buffer_id == buffer_id && !leg->error)
                return true;
        }
    }
    return false;
}

struct relay *
relay_new(const struct relay_options *options)
{
    struct relay *relay = g_new0(struct relay, 1);

    relay->core = options->core;
    relay->config = options->config;
    relay->store = core_copy_store(options->core);
    relay->clock = core_clock(options->core);
    relay->gateways = g_ptr_array_new_with_free_func(NULL);
    relay->routes = gateways_routes_new();
    relay->lanes = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, lane_free);
    relay->jobs = g_hash_table_new(NULL, NULL);
    relay->present = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
                                           (GDestroyNotify)g_hash_table_unref);
    relay->typed = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    relay->people = people_new(
        &(struct people_options){.store = relay->store, .look = look_for, .user = relay});
    relay->media = media_new();
    relay->table = (struct core_relay){.user = relay,
                                       .legs = status_legs,
                                       .why = status_why,
                                       .command = command_relay,
                                       .relays = relays,
                                       .change = command_change,
                                       .pause = command_pause,
                                       .retry = command_retry};
    if (!core_is_read_only(relay->core)) {
        load_depths(relay);
        load_under_way(relay);
        store_watch_lanes(relay->store, on_lane, relay);
        relay->subscription = bus_subscribe(core_bus(relay->core), on_notice, relay);
        relay->day_timer = clock_timer_add(relay->clock, A_DAY_US, prune, relay);
        relay->names_timer = clock_timer_add(relay->clock, PEOPLE_LOOK_US, let_go, relay);
    }
    gateways_apply(relay);
    core_set_relay(relay->core, &relay->table);
    lanes_kick(relay);
    return relay;
}

/* What the store still has to say it says now, to nobody. A network's word does not come any more:
 * core ends next. */
static void
end_jobs(struct relay *relay)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, relay->jobs);
    while (g_hash_table_iter_next(&iter, &value, NULL)) {
        struct job *job = value;
        job->relay = NULL;
        if (!job->stored)
            job_free(job);
    }
    g_hash_table_unref(relay->jobs);
    if (!core_is_read_only(relay->core))
        store_flush(relay->store);
}

void
relay_free(struct relay *relay)
{
    if (!relay)
        return;
    core_set_relay(relay->core, NULL);
    if (relay->subscription)
        bus_unsubscribe(core_bus(relay->core), relay->subscription);
    if (!core_is_read_only(relay->core))
        store_watch_lanes(relay->store, NULL, NULL);
    clock_timer_del(relay->clock, relay->tell_timer);
    clock_timer_del(relay->clock, relay->day_timer);
    clock_timer_del(relay->clock, relay->names_timer);
    clock_timer_del(relay->clock, relay->apply_timer);
    clock_timer_del(relay->clock, relay->look_timer);
    end_jobs(relay);
    gateways_clear(relay);
    g_ptr_array_unref(relay->gateways);
    g_hash_table_unref(relay->routes);
    g_hash_table_unref(relay->lanes);
    g_hash_table_unref(relay->present);
    g_hash_table_unref(relay->typed);
    people_free(relay->people);
    media_free(relay->media);
    change_free(relay->proposal);
    g_free(relay);
}
