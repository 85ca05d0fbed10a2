#include "ui/attention.h"

#include <string.h>

#include "base/bucket.h"

/* A buffer that has called calls again after so long, then after twice as long, up to the most. */
#define LANE_FIRST_US (10 * G_USEC_PER_SEC)
#define LANE_MOST_US  (60 * G_USEC_PER_SEC)
/* All buffers together: so many at once, then one each. */
#define CROWD_BURST     5
#define CROWD_REFILL_US (5 * G_USEC_PER_SEC)
/* What was missed is told when no more of it comes, or nobody catches up any more. */
#define AWAY_REST_US (5 * G_USEC_PER_SEC)
#define AWAY_MOST_US (20 * G_USEC_PER_SEC)
/* Wall time may jump, and a machine may sleep: quiet hours are looked at anew so often while
 * something waits for their end. */
#define QUIET_LOOK_US  (60 * G_USEC_PER_SEC)
#define QUIET_LEAST_US 1000

/* A buffer that has called not long ago. */
struct lane {
    int64_t due_us; /* monotonic: when it may call again */
    int64_t gap_us;
    struct message *last; /* of those that wait; NULL: none do */
    unsigned n, mentions;
};

struct held {
    struct message *last;
    unsigned n, mentions;
};

/* What is told together. */
struct heap {
    GHashTable *held; /* buffer id → struct held */
    int64_t first_us; /* monotonic: when the first came */
    int64_t due_us;   /* G_MAXINT64: nothing waits */
};

struct attention {
    struct core *core;
    struct attention_hooks hooks;
    GHashTable *lanes; /* buffer id → struct lane */
    struct heap away, quiet, crowd;
    struct bucket bucket;
    unsigned timer;
    int64_t timer_us; /* monotonic: when it fires */
};

static void on_time(void *user);

/* --- small things
 * ---------------------------------------------------------------------------------------- */

static int64_t
now_us(const struct attention *attention)
{
    return clock_mono_us(core_clock(attention->core));
}

static enum call_show
show_most(const struct attention *attention)
{
    const char *word = config_text(core_config(attention->core), "notify", "show");

    return strcmp(word, "nothing") == 0  ? CALL_SHOW_NOTHING
           : strcmp(word, "sender") == 0 ? CALL_SHOW_SENDER
                                         : CALL_SHOW_MESSAGE;
}

static void
wake_at(struct attention *attention, int64_t due_us)
{
    struct clock *clock = core_clock(attention->core);

    if (attention->timer != 0 && attention->timer_us <= due_us)
        return;
    clock_timer_del(clock, attention->timer);
    attention->timer_us = due_us;
    attention->timer =
        clock_timer_add(clock, MAX(0, due_us - now_us(attention)), on_time, attention);
}

static bool
looked_at(const struct attention *attention, int64_t buffer_id)
{
    return attention->hooks.looks_at(attention->hooks.user, buffer_id);
}

/* What was read meanwhile, here or elsewhere, calls no more. False: all of it. */
static bool
still_unread(const struct attention *attention, int64_t buffer_id, unsigned *n, unsigned *mentions)
{
    const struct buffer *buffer = core_buffer(attention->core, buffer_id);

    if (buffer == NULL || looked_at(attention, buffer_id))
        return false;
    *n = MIN(*n, buffer->unread);
    *mentions = MIN(MIN(*mentions, buffer->mentions), *n);
    return *n > 0;
}

static void
show(struct attention *attention, struct call *call)
{
    if (call != NULL)
        attention->hooks.show(attention->hooks.user, call);
}

/* --- together
 * ------------------------------------------------------------------------------------------- */

static void
held_free(void *data)
{
    struct held *held = data;

    message_unref(held->last);
    g_free(held);
}

static void
heap_init(struct heap *heap)
{
    heap->held = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, held_free);
    heap->due_us = G_MAXINT64;
}

static void
heap_add(struct attention *attention, struct heap *heap, struct message *message, unsigned n,
         unsigned mentions)
{
    struct held *held = g_hash_table_lookup(heap->held, &message->buffer_id);

    if (g_hash_table_size(heap->held) == 0)
        heap->first_us = now_us(attention);
    if (held == NULL) {
        held = g_new0(struct held, 1);
        g_hash_table_insert(heap->held, g_memdup2(&message->buffer_id, sizeof message->buffer_id),
                            held);
    }
    message_unref(held->last);
    held->last = message_ref(message);
    held->n += n;
    held->mentions += mentions;
}

static void
heap_wait(struct attention *attention, struct heap *heap, int64_t due_us)
{
    heap->due_us = due_us;
    wake_at(attention, due_us);
}

/* Until this buffer may call, which is in the quiet heap. */
static void
wait_for_quiet(struct attention *attention, int64_t buffer_id)
{
    struct heap *quiet = &attention->quiet;
    const int64_t until_us = core_hushed_until(attention->core, buffer_id);
    const int64_t left_us = until_us - clock_wall_us(core_clock(attention->core));
    const int64_t due_us = now_us(attention) + CLAMP(left_us, QUIET_LEAST_US, QUIET_LOOK_US);

    if (due_us < quiet->due_us)
        heap_wait(attention, quiet, due_us);
}

static void
hold_for_quiet(struct attention *attention, struct message *message, unsigned n, unsigned mentions)
{
    heap_add(attention, &attention->quiet, message, n, mentions);
    wait_for_quiet(attention, message->buffer_id);
}

/* What of the heap still counts, as struct call_sum; its only message in `ret_only`, when it is but
 * one (unref). What is hushed goes to the quiet heap, and stays there. The heap is empty then. */
static GArray *
heap_take(struct attention *attention, struct heap *heap, struct message **ret_only)
{
    GArray *sums = g_array_new(FALSE, FALSE, sizeof(struct call_sum));
    GHashTableIter iter;
    gpointer key, value;
    unsigned total = 0;

    *ret_only = NULL;
    heap->due_us = G_MAXINT64;
    g_hash_table_iter_init(&iter, heap->held);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        struct held *held = value;
        struct call_sum sum = {*(const int64_t *)key, held->n, held->mentions};
        const bool counts = still_unread(attention, sum.buffer_id, &sum.n, &sum.mentions);
        const bool hushed = counts && core_hushed_until(attention->core, sum.buffer_id) != 0;
        if (hushed && heap == &attention->quiet) {
            wait_for_quiet(attention, sum.buffer_id);
            continue;
        }
        if (hushed)
            hold_for_quiet(attention, held->last, held->n, held->mentions);
        if (counts && !hushed) {
            g_array_append_val(sums, sum);
            total += sum.n;
            g_clear_pointer(ret_only, message_unref);
            *ret_only = message_ref(held->last);
        }
        g_hash_table_iter_remove(&iter);
    }
    if (total != 1)
        g_clear_pointer(ret_only, message_unref);
    return sums;
}

/* `digest`: it stands in weft's own buffer too, where it can be found later. */
static void
tell_heap(struct attention *attention, struct heap *heap, const char *why, bool digest)
{
    struct core *core = attention->core;
    struct message *only;
    g_autoptr(GArray) sums = heap_take(attention, heap, &only);

    if (only != NULL) {
        const struct call_sum *sum = &g_array_index(sums, struct call_sum, 0);
        show(attention, call_new(core, only, 1, sum->mentions, show_most(attention)));
        message_unref(only);
        return;
    }
    struct call *all = digest ? call_new_summary(core, sums, why, CALL_SHOW_MESSAGE) : NULL;
    if (all != NULL)
        core_say(core, core_own_buffer(core)->id, "%s.", all->body);
    call_free(all);
    show(attention, call_new_summary(core, sums, why, show_most(attention)));
}

/* --- what was missed
 * ------------------------------------------------------------------------------------ */

/* An account may be online while its channels are still looked into, one after the other. */
static bool
a_channel_catches_up(const struct attention *attention)
{
    const GPtrArray *buffers = core_buffers(attention->core);

    for (guint i = 0; i < buffers->len; i++) {
        const struct buffer *buffer = g_ptr_array_index(buffers, i);
        const struct account *account = core_account(attention->core, buffer->account_id);
        if (buffer->joined && !buffer->caught_up && account != NULL &&
            account->state == ACCOUNT_ONLINE)
            return true;
    }
    return false;
}

static bool
somebody_catches_up(const struct attention *attention)
{
    const GPtrArray *accounts = core_accounts(attention->core);

    for (guint i = 0; i < accounts->len; i++) {
        const struct account *account = g_ptr_array_index(accounts, i);
        if (account->state == ACCOUNT_CONNECTING || account->state == ACCOUNT_LOGIN ||
            account->state == ACCOUNT_CATCH_UP)
            return true;
    }
    return a_channel_catches_up(attention);
}

static void
tell_away(struct attention *attention)
{
    struct heap *away = &attention->away;
    const int64_t now = now_us(attention);

    if (somebody_catches_up(attention) && now < away->first_us + AWAY_MOST_US)
        heap_wait(attention, away, now + AWAY_REST_US);
    else
        tell_heap(attention, away, " while you were away", true);
}

/* --- one after the other
 * -------------------------------------------------------------------------------- */

static void
lane_free(void *data)
{
    struct lane *lane = data;

    message_unref(lane->last);
    g_free(lane);
}

static void
crowd_add(struct attention *attention, struct message *message, unsigned n, unsigned mentions)
{
    const int64_t now = now_us(attention);

    heap_add(attention, &attention->crowd, message, n, mentions);
    if (g_hash_table_size(attention->crowd.held) == 1)
        heap_wait(attention, &attention->crowd,
                  now + MAX(G_USEC_PER_SEC, bucket_wait_us(&attention->bucket, 1, now)));
}

/* False: others have called so often that it waits for them. */
static bool
call_now(struct attention *attention, struct message *message, unsigned n, unsigned mentions)
{
    if (g_hash_table_size(attention->crowd.held) > 0 ||
        !bucket_take(&attention->bucket, 1, now_us(attention))) {
        crowd_add(attention, message, n, mentions);
        return false;
    }
    show(attention, call_new(attention->core, message, n, mentions, show_most(attention)));
    return true;
}

static void
lane_start(struct attention *attention, int64_t buffer_id)
{
    struct lane *lane = g_new0(struct lane, 1);

    lane->gap_us = LANE_FIRST_US;
    lane->due_us = now_us(attention) + lane->gap_us;
    g_hash_table_insert(attention->lanes, g_memdup2(&buffer_id, sizeof buffer_id), lane);
    wake_at(attention, lane->due_us);
}

static void
lane_add(struct lane *lane, const struct notice *notice)
{
    message_unref(lane->last);
    lane->last = message_ref(notice->message);
    lane->n += notice->calls;
    lane->mentions += notice->mentions;
}

/* Its time has come. False: nothing waits, it is over. */
static bool
lane_go_on(struct attention *attention, struct lane *lane)
{
    struct message *message = g_steal_pointer(&lane->last);
    unsigned n = lane->n, mentions = lane->mentions;
    bool called = false;

    lane->n = lane->mentions = 0;
    if (message == NULL)
        return false;
    if (still_unread(attention, message->buffer_id, &n, &mentions)) {
        if (core_hushed_until(attention->core, message->buffer_id) == 0) {
            called = call_now(attention, message, n, mentions);
        } else {
            hold_for_quiet(attention, message, n, mentions);
        }
    }
    message_unref(message);
    lane->gap_us = MIN(2 * lane->gap_us, LANE_MOST_US);
    lane->due_us = now_us(attention) + lane->gap_us;
    return called;
}

static void
run_lanes(struct attention *attention)
{
    GHashTableIter iter;
    gpointer value;
    const int64_t now = now_us(attention);

    g_hash_table_iter_init(&iter, attention->lanes);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct lane *lane = value;
        if (lane->due_us <= now && !lane_go_on(attention, lane))
            g_hash_table_iter_remove(&iter);
        else
            wake_at(attention, lane->due_us);
    }
}

/* --- time
 * -----------------------------------------------------------------------------------------------
 */

static void
run_heap(struct attention *attention, struct heap *heap, void (*tell)(struct attention *attention))
{
    if (g_hash_table_size(heap->held) == 0)
        return;
    if (heap->due_us <= now_us(attention))
        tell(attention);
    else
        wake_at(attention, heap->due_us);
}

static void
tell_quiet(struct attention *attention)
{
    tell_heap(attention, &attention->quiet, " while you wanted quiet", true);
}

static void
tell_crowd(struct attention *attention)
{
    bucket_take(&attention->bucket, 1, now_us(attention));
    tell_heap(attention, &attention->crowd, "", false);
}

static void
on_time(void *user)
{
    struct attention *attention = user;

    attention->timer = 0;
    run_lanes(attention);
    run_heap(attention, &attention->away, tell_away);
    run_heap(attention, &attention->crowd, tell_crowd);
    run_heap(attention, &attention->quiet, tell_quiet);
}

/* --- in
 * -------------------------------------------------------------------------------------------------
 */

static void
take_call(struct attention *attention, const struct notice *notice)
{
    struct lane *lane = g_hash_table_lookup(attention->lanes, &notice->buffer_id);

    if (looked_at(attention, notice->buffer_id))
        return;
    if (core_hushed_until(attention->core, notice->buffer_id) != 0) {
        hold_for_quiet(attention, notice->message, notice->calls, notice->mentions);
    } else if (!notice->live) {
        heap_add(attention, &attention->away, notice->message, notice->calls, notice->mentions);
        heap_wait(attention, &attention->away, now_us(attention) + AWAY_REST_US);
    } else if (lane != NULL) {
        lane_add(lane, notice);
    } else if (call_now(attention, notice->message, notice->calls, notice->mentions)) {
        lane_start(attention, notice->buffer_id);
    }
}

void
attention_notice(struct attention *attention, const struct notice *notice)
{
    if (notice->type == NOTICE_ATTENTION)
        take_call(attention, notice);
    else if (notice->type == NOTICE_HUSH && g_hash_table_size(attention->quiet.held) > 0)
        heap_wait(attention, &attention->quiet, now_us(attention));
}

struct attention *
attention_new(struct core *core, const struct attention_hooks *hooks)
{
    struct attention *attention = g_new0(struct attention, 1);

    attention->core = core;
    attention->hooks = *hooks;
    attention->lanes = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, lane_free);
    heap_init(&attention->away);
    heap_init(&attention->quiet);
    heap_init(&attention->crowd);
    bucket_init(&attention->bucket, CROWD_BURST, CROWD_REFILL_US, now_us(attention));
    return attention;
}

void
attention_free(struct attention *attention)
{
    if (attention == NULL)
        return;
    clock_timer_del(core_clock(attention->core), attention->timer);
    g_hash_table_unref(attention->lanes);
    g_hash_table_unref(attention->away.held);
    g_hash_table_unref(attention->quiet.held);
    g_hash_table_unref(attention->crowd.held);
    g_free(attention);
}
