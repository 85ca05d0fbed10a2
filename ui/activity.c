#include "ui/activity.h"

/* What a buffer adds to the sums. Only buffers that add something have one. */
struct share {
    int64_t id;
    enum activity_level level;
    int64_t account_id, space_id, group_id; /* under which headings it is listed; 0: none */
    int group_place, number;
    bool direct, muted;
    struct activity_sum sum;
};

struct activity {
    struct core *core;
    GHashTable *shares;                     /* buffer id → struct share, owned */
    GHashTable *accounts, *spaces, *groups; /* id → struct activity_sum, owned */
    struct activity_sum direct, heard;
    GArray *ids; /* of those with a level, in order; wrong while `stale` */
    bool stale;
};

/* To one person alone, everything is a mention: it says no more than that there is something. */
static unsigned
calls(const struct buffer *buffer)
{
    return buffer->kind == BUFFER_DIRECT ? 0 : buffer->mentions + buffer->thread_mentions;
}

enum activity_level
activity_level(const struct buffer *buffer)
{
    if (calls(buffer) > 0)
        return ACTIVITY_MENTION;
    if (buffer->notify == NOTIFY_NONE)
        return ACTIVITY_NONE;
    if (buffer->unread > 0 && buffer->kind >= BUFFER_DIRECT)
        return ACTIVITY_DIRECT;
    if (buffer->thread_unread > 0)
        return ACTIVITY_THREAD;
    return buffer->unread > 0 ? ACTIVITY_MESSAGE : ACTIVITY_NONE;
}

static struct share
share_of(struct core *core, int64_t id)
{
    const struct buffer *buffer = core_buffer(core, id);
    struct share share = {.id = id};

    if (!buffer || buffer->closed)
        return share;
    share.level = activity_level(buffer);
    share.sum.mentions =
        buffer->notify == NOTIFY_NONE ? calls(buffer) : buffer->mentions + buffer->thread_mentions;
    share.sum.unread =
        buffer->notify == NOTIFY_NONE ? calls(buffer) : buffer->unread + buffer->thread_unread;
    share.muted = buffer->notify == NOTIFY_NONE;
    share.direct = buffer_stands_apart(buffer);
    share.account_id = buffer->account_id;
    share.space_id = buffer->listed_in;
    share.group_place = buffer->group_place;
    share.group_id = buffer->group_place != 0 ? buffer->group_id : 0;
    share.number = buffer->number;
    return share;
}

/* What the order of the buffers goes by. */
static bool
same_place(const struct share *a, const struct share *b)
{
    return a->level == b->level && a->account_id == b->account_id && a->space_id == b->space_id &&
           a->group_place == b->group_place && a->number == b->number;
}

static void
add_to(struct activity_sum *sum, const struct share *share, bool add)
{
    /* Differences of unsigned numbers come right in the end. */
    sum->unread += add ? share->sum.unread : -share->sum.unread;
    sum->mentions += add ? share->sum.mentions : -share->sum.mentions;
}

static void
add_by_id(GHashTable *sums, int64_t id, const struct share *share, bool add)
{
    struct activity_sum *sum = g_hash_table_lookup(sums, &id);

    if (!sum) {
        sum = g_new0(struct activity_sum, 1);
        g_hash_table_insert(sums, g_memdup2(&id, sizeof id), sum);
    }
    add_to(sum, share, add);
}

static void
count(struct activity *activity, const struct share *share, bool add)
{
    if (!share->muted)
        add_to(&activity->heard, share, add);
    if (share->direct) {
        add_to(&activity->direct, share, add);
        return;
    }
    add_by_id(activity->accounts, share->account_id, share, add);
    if (share->space_id != 0)
        add_by_id(activity->spaces, share->space_id, share, add);
    if (share->group_id != 0)
        add_by_id(activity->groups, share->group_id, share, add);
}

/* What is read goes, and the others stay as they are. */
static void
leave_order(struct activity *activity, int64_t id)
{
    for (guint i = 0; !activity->stale && i < activity->ids->len; i++) {
        if (g_array_index(activity->ids, int64_t, i) == id) {
            g_array_remove_index(activity->ids, i);
            return;
        }
    }
}

bool
activity_update(struct activity *activity, int64_t buffer_id)
{
    struct share *old = g_hash_table_lookup(activity->shares, &buffer_id);
    struct share now = share_of(activity->core, buffer_id);
    const bool moved = (old ? old->level : ACTIVITY_NONE) != now.level;

    if (moved && now.level == ACTIVITY_NONE)
        leave_order(activity, buffer_id);
    else
        activity->stale |= old ? !same_place(old, &now) : moved;
    if (old)
        count(activity, old, false);
    if (now.sum.unread == 0 && now.sum.mentions == 0) {
        g_hash_table_remove(activity->shares, &buffer_id);
        return moved;
    }
    count(activity, &now, true);
    if (old) {
        *old = now;
    } else {
        struct share *kept = g_memdup2(&now, sizeof now);
        g_hash_table_insert(activity->shares, &kept->id, kept);
    }
    return moved;
}

const GArray *
activity_ids(struct activity *activity)
{
    const GPtrArray *buffers = core_buffers(activity->core);
    GArray *by_level[ACTIVITY_MENTION + 1] = {NULL};

    if (!activity->stale)
        return activity->ids;
    activity->stale = false;
    g_array_set_size(activity->ids, 0);
    if (g_hash_table_size(activity->shares) == 0)
        return activity->ids;
    for (int level = ACTIVITY_MESSAGE; level <= ACTIVITY_MENTION; level++)
        by_level[level] = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < buffers->len; i++) {
        const struct buffer *buffer = g_ptr_array_index(buffers, i);
        const enum activity_level level = activity_level(buffer);
        if (level != ACTIVITY_NONE)
            g_array_append_val(by_level[level], buffer->id);
    }
    for (int level = ACTIVITY_MENTION; level > ACTIVITY_NONE; level--) {
        g_array_append_vals(activity->ids, by_level[level]->data, by_level[level]->len);
        g_array_unref(by_level[level]);
    }
    return activity->ids;
}

static struct activity_sum
sum_of(GHashTable *sums, int64_t id)
{
    const struct activity_sum *sum = g_hash_table_lookup(sums, &id);
    return sum ? *sum : (struct activity_sum){0};
}

struct activity_sum
activity_of_account(const struct activity *activity, int64_t account_id)
{
    return sum_of(activity->accounts, account_id);
}

struct activity_sum
activity_of_space(const struct activity *activity, int64_t space_id)
{
    return sum_of(activity->spaces, space_id);
}

struct activity_sum
activity_of_group(const struct activity *activity, int64_t group_id)
{
    return sum_of(activity->groups, group_id);
}

struct activity_sum
activity_of_direct(const struct activity *activity)
{
    return activity->direct;
}

struct activity_sum
activity_heard(const struct activity *activity)
{
    return activity->heard;
}

void
activity_rescan(struct activity *activity)
{
    const GPtrArray *buffers = core_buffers(activity->core);

    for (guint i = 0; i < buffers->len; i++)
        activity_update(activity, ((const struct buffer *)g_ptr_array_index(buffers, i))->id);
    activity->stale = true;
}

struct activity *
activity_new(struct core *core)
{
    struct activity *activity = g_new0(struct activity, 1);

    activity->core = core;
    activity->shares = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    activity->accounts = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    activity->spaces = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    activity->groups = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    activity->ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    activity_rescan(activity);
    return activity;
}

void
activity_free(struct activity *activity)
{
    if (!activity)
        return;
    g_hash_table_unref(activity->shares);
    g_hash_table_unref(activity->accounts);
    g_hash_table_unref(activity->spaces);
    g_hash_table_unref(activity->groups);
    g_array_unref(activity->ids);
    g_free(activity);
}
