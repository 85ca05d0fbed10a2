/* How it goes in a lane, for each gateway that writes into it: what waits is counted by its source,
 * what has left by the gateway that joins the source to the lane at that time. */
#include <string.h>

#include "relay/relay_priv.h"

/* What went wrong last. */
struct trouble {
    char *text; /* NULL: all is well again */
    int64_t at_us;
};

/* Tasks of one source. */
struct backlog {
    unsigned waiting, given_up;
    int64_t first_us; /* when the oldest was added that waited at the last look; 0: none */
};

/* What one gateway has brought here. */
struct share {
    uint64_t n_sent, n_failed;
    int64_t lags_us[RELAY_LAGS];
    unsigned n_lags;
    unsigned per_second[60];
    int64_t second; /* the newest of these, by the clock that nobody sets */
    struct trouble trouble;
};

/* A copy that is on its way. */
struct flight {
    int64_t added_us; /* when its task was, or the copy itself; 0: not known any more */
    int64_t since_us; /* from when on it is on its way */
    int64_t from;
    bool first; /* of the parts of a message, which is counted once */
};

struct tally {
    unsigned waiting;     /* of all backlogs */
    GHashTable *backlogs; /* source's buffer (int64_t) → struct backlog */
    GHashTable *shares;   /* gateway's name → struct share */
    struct trouble here;  /* of the conversation itself, whoever writes into it */
    GHashTable *launched; /* source's id (int64_t) → struct flight */
    GHashTable *flying;   /* copy's id (int64_t) → struct flight */
    GHashTable *unknown;  /* likewise: nobody knows whether it arrived */
};

static GHashTable *
table_new(void)
{
    return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
}

static void
share_free(void *memory)
{
    struct share *share = memory;

    g_free(share->trouble.text);
    g_free(share);
}

struct tally *
tally_new(void)
{
    struct tally *tally = g_new0(struct tally, 1);

    tally->backlogs = table_new();
    tally->shares = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, share_free);
    tally->launched = table_new();
    tally->flying = table_new();
    tally->unknown = table_new();
    return tally;
}

void
tally_free(struct tally *tally)
{
    g_hash_table_unref(tally->backlogs);
    g_hash_table_unref(tally->shares);
    g_hash_table_unref(tally->launched);
    g_hash_table_unref(tally->flying);
    g_hash_table_unref(tally->unknown);
    g_free(tally->here.text);
    g_free(tally);
}

static struct backlog *
backlog_of(struct tally *tally, int64_t from)
{
    struct backlog *backlog = g_hash_table_lookup(tally->backlogs, &from);

    if (!backlog) {
        backlog = g_new0(struct backlog, 1);
        g_hash_table_insert(tally->backlogs, g_memdup2(&from, sizeof from), backlog);
    }
    return backlog;
}

/* NULL: no gateway joins them (any more). */
static struct share *
share_of(const struct lane *lane, int64_t from)
{
    const struct route *route = gateways_route(lane->relay, from, lane->buffer_id);
    struct share *share =
        route ? g_hash_table_lookup(lane->tally->shares, route->gateway->name) : NULL;

    if (!route || share)
        return share;
    share = g_new0(struct share, 1);
    g_hash_table_insert(lane->tally->shares, g_strdup(route->gateway->name), share);
    return share;
}

/* --- what waits --- */

unsigned
tally_waiting(const struct lane *lane)
{
    return lane->tally->waiting;
}

void
tally_load(struct lane *lane, const struct relay_depth *depth)
{
    struct backlog *backlog = backlog_of(lane->tally, depth->from);

    lane->tally->waiting += depth->waiting;
    backlog->waiting = depth->waiting;
    backlog->given_up = depth->given_up;
    backlog->first_us = depth->oldest_us;
}

void
tally_add(struct lane *lane, int64_t from, unsigned n)
{
    struct backlog *backlog = backlog_of(lane->tally, from);

    if (backlog->waiting == 0)
        backlog->first_us = relay_now_us(lane->relay);
    backlog->waiting += n;
    lane->tally->waiting += n;
}

void
tally_end(struct lane *lane, const struct relay_task *task)
{
    struct backlog *backlog = backlog_of(lane->tally, task->from);

    if (backlog->waiting > 0)
        lane->tally->waiting--;
    backlog->waiting -= backlog->waiting > 0;
    backlog->first_us = backlog->waiting > 0 ? MAX(backlog->first_us, task->added_us) : 0;
}

void
tally_end_all(struct lane *lane)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, lane->tally->backlogs);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct backlog *backlog = value;
        backlog->waiting = 0;
        backlog->first_us = 0;
    }
    lane->tally->waiting = 0;
}

void
tally_give_up(struct lane *lane, int64_t from)
{
    backlog_of(lane->tally, from)->given_up++;
}

void
tally_forget_given_up(struct lane *lane, int64_t from)
{
    struct backlog *backlog = backlog_of(lane->tally, from);

    backlog->given_up -= backlog->given_up > 0;
}

/* --- what goes wrong --- */

static void
set_trouble(const struct lane *lane, struct trouble *trouble, const char *text)
{
    if (text)
        trouble->at_us = relay_now_us(lane->relay);
    if (g_strcmp0(trouble->text, text) == 0)
        return;
    g_free(trouble->text);
    trouble->text = g_strdup(text);
    relay_changed(lane->relay);
}

void
tally_trouble(struct lane *lane, int64_t from, const char *text)
{
    struct share *share = from != 0 ? share_of(lane, from) : NULL;

    set_trouble(lane, share ? &share->trouble : &lane->tally->here, text);
}

bool
tally_concerns(const struct lane *lane, const struct gateway *gateway, int64_t from)
{
    const struct route *route = gateways_route(lane->relay, from, lane->buffer_id);

    return !route || route->gateway == gateway;
}

void
tally_retry(struct lane *lane, const struct gateway *gateway)
{
    GHashTableIter iter;
    void *key, *value;

    g_hash_table_iter_init(&iter, lane->tally->shares);
    while (g_hash_table_iter_next(&iter, &key, &value))
        if (!gateway || strcmp(key, gateway->name) == 0)
            set_trouble(lane, &((struct share *)value)->trouble, NULL);
    g_hash_table_iter_init(&iter, lane->tally->backlogs);
    while (g_hash_table_iter_next(&iter, &key, &value))
        if (!gateway || tally_concerns(lane, gateway, *(const int64_t *)key))
            ((struct backlog *)value)->given_up = 0;
    set_trouble(lane, &lane->tally->here, NULL);
}

/* --- copies --- */

void
tally_launch(struct lane *lane, const struct relay_task *task)
{
    const struct flight flight = {.added_us = task->added_us, .from = task->from, .first = true};

    g_hash_table_replace(lane->tally->launched, g_memdup2(&task->source_id, sizeof task->source_id),
                         g_memdup2(&flight, sizeof flight));
}

void
tally_abort(struct lane *lane, int64_t source_id)
{
    g_hash_table_remove(lane->tally->launched, &source_id);
}

static bool
take_launched(const struct lane *lane, int64_t source_id, struct flight *ret_flight)
{
    const struct flight *launched = g_hash_table_lookup(lane->tally->launched, &source_id);

    if (!launched)
        return false;
    *ret_flight = *launched;
    g_hash_table_remove(lane->tally->launched, &source_id);
    return true;
}

/* Of a further part, and of what is tried again or was on its way when weft began, the store knows
 * where it comes from. False: it is no copy, or that of what is gone. */
static bool
find_flight(const struct lane *lane, int64_t copy_id, struct flight *ret_flight)
{
    struct relay_copy found;

    if (!store_find_copy(lane->relay->store, copy_id, &found))
        return false;
    if (take_launched(lane, found.source_id, ret_flight))
        return true;
    struct message *source = core_message(lane->relay->core, found.source_id);
    if (source)
        *ret_flight = (struct flight){.from = source->buffer_id, .first = found.part == 0};
    const bool there = source != NULL;
    message_unref(source);
    return there;
}

bool
tally_flies(const struct message *copy)
{
    return copy->state == MESSAGE_PENDING || copy->state == MESSAGE_SENDING;
}

void
tally_copy_added(struct lane *lane, int64_t copy_id, int64_t source_id)
{
    struct flight flight;

    /* As a rule the store is not asked: what is added waits for that before it leaves. */
    if (!take_launched(lane, source_id, &flight) && !find_flight(lane, copy_id, &flight))
        return;
    /* Of a further part, and of what is tried again, no task says how old it is. */
    flight.since_us = flight.added_us ? flight.added_us : relay_now_us(lane->relay);
    g_hash_table_replace(lane->tally->flying, g_memdup2(&copy_id, sizeof copy_id),
                         g_memdup2(&flight, sizeof flight));
}

void
tally_copy_kept(struct lane *lane, int64_t copy_id, int64_t added_us)
{
    struct flight flight;

    if (!find_flight(lane, copy_id, &flight))
        return;
    flight.added_us = flight.since_us = added_us;
    g_hash_table_replace(lane->tally->flying, g_memdup2(&copy_id, sizeof copy_id),
                         g_memdup2(&flight, sizeof flight));
}

void
tally_copy_unknown(struct lane *lane, int64_t copy_id)
{
    const struct flight *known = g_hash_table_lookup(lane->tally->flying, &copy_id);
    struct flight flight;

    if (g_hash_table_contains(lane->tally->unknown, &copy_id))
        return;
    if (known)
        flight = *known;
    else if (!find_flight(lane, copy_id, &flight))
        return;
    g_hash_table_insert(lane->tally->unknown, g_memdup2(&copy_id, sizeof copy_id),
                        g_memdup2(&flight, sizeof flight));
}

static void
count_sent(struct lane *lane, struct share *share, const struct flight *flight)
{
    const int64_t lag_us = relay_now_us(lane->relay) - flight->added_us;
    const int64_t second = clock_mono_us(lane->relay->clock) / G_USEC_PER_SEC;

    share->n_sent++;
    if (flight->added_us != 0)
        share->lags_us[share->n_lags++ % RELAY_LAGS] = MAX(lag_us, 0);
    for (int64_t at = MAX(share->second + 1, second - 59); at <= second; at++)
        share->per_second[at % 60] = 0;
    share->second = second;
    share->per_second[second % 60]++;
}

static void
count_failed(struct lane *lane, struct share *share, const char *why)
{
    share->n_failed++;
    set_trouble(lane, &share->trouble, why ? why : "A message was refused.");
}

int64_t
tally_copy_changed(struct lane *lane, const struct message *copy)
{
    struct tally *tally = lane->tally;
    const struct flight *flies = g_hash_table_lookup(tally->flying, &copy->id);
    const struct flight *flight = flies ? flies : g_hash_table_lookup(tally->unknown, &copy->id);
    struct share *share = flight ? share_of(lane, flight->from) : NULL;
    const int64_t from = flight ? flight->from : 0;

    if (share && copy->state == MESSAGE_SENT) {
        if (flight->first)
            count_sent(lane, share, flight);
        set_trouble(lane, &share->trouble, NULL);
        set_trouble(lane, &tally->here, NULL);
    } else if (share && copy->state == MESSAGE_FAILED) {
        count_failed(lane, share, copy->error);
    }
    if (copy->state == MESSAGE_UNKNOWN)
        tally_copy_unknown(lane, copy->id);
    else
        g_hash_table_remove(tally->unknown, &copy->id);
    /* What is tried again flies again. */
    if (!tally_flies(copy))
        g_hash_table_remove(tally->flying, &copy->id);
    else if (!flies)
        tally_copy_added(lane, copy->id, 0);
    return from;
}

/* --- telling --- */

static void
age(const struct lane *lane, int64_t since_us, struct relay_leg *told)
{
    told->oldest_us = MAX(told->oldest_us, MAX(relay_now_us(lane->relay) - since_us, 1));
}

static void
tell_waiting(const struct lane *lane, const struct gateway *gateway, struct relay_leg *told)
{
    const struct tally *tally = lane->tally;
    GHashTableIter iter;
    void *key, *value;

    g_hash_table_iter_init(&iter, tally->backlogs);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const struct backlog *backlog = value;
        if (!tally_concerns(lane, gateway, *(const int64_t *)key))
            continue;
        told->waiting += backlog->waiting;
        told->given_up += backlog->given_up;
        if (backlog->waiting > 0 && backlog->first_us > 0)
            age(lane, backlog->first_us, told);
    }
}

static void
tell_flights(const struct lane *lane, const struct gateway *gateway, struct relay_leg *told)
{
    GHashTableIter iter;
    void *value;
    unsigned n = 0;

    g_hash_table_iter_init(&iter, lane->tally->flying);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct flight *flight = value;
        if (!tally_concerns(lane, gateway, flight->from))
            continue;
        n++;
        if (flight->since_us > 0)
            age(lane, flight->since_us, told);
    }
    told->waiting += MIN(n, core_copies_under_way(lane->relay->core, lane->buffer_id));
    g_hash_table_iter_init(&iter, lane->tally->unknown);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        told->unknown += tally_concerns(lane, gateway, ((const struct flight *)value)->from);
}

static int
compare_us(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a;
    const int64_t y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static int64_t
lag_us(const struct share *share)
{
    int64_t sorted[RELAY_LAGS];
    const unsigned n = MIN(share->n_lags, RELAY_LAGS);

    if (n == 0)
        return 0;
    memcpy(sorted, share->lags_us, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare_us);
    return MAX(sorted[n / 2], 1);
}

static unsigned
per_minute(const struct share *share, int64_t mono_us)
{
    const int64_t second = mono_us / G_USEC_PER_SEC;
    unsigned sum = 0;

    for (int64_t at = MAX(second - 59, 0); at <= second; at++)
        if (at <= share->second && at > share->second - 60)
            sum += share->per_second[at % 60];
    return sum;
}

const char *
tally_error(const struct lane *lane, const struct gateway *gateway, int64_t *ret_at_us)
{
    const struct trouble *here = &lane->tally->here;
    const struct share *share = g_hash_table_lookup(lane->tally->shares, gateway->name);
    const struct trouble *its = share ? &share->trouble : here;

    *ret_at_us = MAX(here->at_us, its->at_us);
    if (!here->text || !its->text)
        return here->text ? here->text : its->text;
    return its->at_us > here->at_us ? its->text : here->text;
}

void
tally_tell(const struct lane *lane, const struct gateway *gateway, struct relay_leg *told)
{
    const struct share *share = g_hash_table_lookup(lane->tally->shares, gateway->name);
    const char *error = tally_error(lane, gateway, &told->error_us);

    tell_waiting(lane, gateway, told);
    tell_flights(lane, gateway, told);
    if (!told->error)
        told->error = g_strdup(error);
    if (!share)
        return;
    told->lag_us = lag_us(share);
    told->sent = share->n_sent;
    told->failed = share->n_failed;
    told->per_minute = per_minute(share, clock_mono_us(lane->relay->clock));
}
