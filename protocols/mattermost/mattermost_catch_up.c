/* What was missed (section 9): every new post, oldest first, from the newest that is known; then
 * what was done to those that are known. A channel's events wait until its posts are here.
 *
 * With an anchor, pages go forward from it. Without one (a channel that is new to us, or whose
 * anchor is gone) they go back from the newest until something known is met. */
#include <string.h>

#include "base/log.h"
#include "protocols/mattermost/mattermost_priv.h"

#define MOST_PAGES 50   /* of what one channel missed; more leaves a gap */
#define FIRST_PAGE 60   /* posts of a channel that is new to us */
#define MOST_DEEDS 1000 /* the server tells of no more at once */
#define SWEEP_US   (250 * 1000)

static void ask_page(struct mm *mm, struct mmost_channel *channel);

/* --- the end
 * ---------------------------------------------------------------------------------------- */

static bool
all_caught(struct mm *mm)
{
    GHashTableIter iter;
    struct mmost_channel *channel;

    g_hash_table_iter_init(&iter, mm->channels);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&channel)) {
        if (channel->joined && !channel->caught)
            return false;
    }
    return true;
}

static void
tell_read(struct mm *mm, const struct mmost_channel *channel)
{
    const struct event event = {
        .type = EVENT_READ, .conversation = channel->id, .read_us = channel->viewed_ms * 1000};

    if (channel->viewed_ms > 0 && channel->viewed_ms < INT64_MAX / 1000)
        host_emit(mm->host, &event);
}

/* `whole`: nothing is missing before what is here. */
static void
caught(struct mm *mm, struct mmost_channel *channel, bool whole)
{
    const struct event event = {
        .type = EVENT_CAUGHT_UP, .conversation = channel->id, .history_whole = whole};
    g_autoptr(GPtrArray) held = g_steal_pointer(&channel->held);

    channel->caught = true;
    channel->paged |= channel->under_way;
    channel->under_way = channel->beyond = false;
    tell_read(mm, channel);
    for (unsigned i = 0; held && i < held->len; i++)
        mmost_event(mm, held->pdata[i]);
    host_emit(mm->host, &event);
    if (mm->phase == MM_CATCH_UP && mm->steps == 0 && all_caught(mm))
        mmost_online(mm);
}

/* --- pages
 * ------------------------------------------------------------------------------------------ */

/* Older than what was read: nobody is called by it. Whoever says something has read by that, so the
 * copies that a relay says stand behind what it has missed. */
static enum event_origin
origin_of(const struct mm *mm, const struct mmost_channel *channel, const json_t *post)
{
    if (mmost_thread_is_unread(mm, post))
        return ORIGIN_CATCH_UP;
    return json_get_int(post, "create_at") <= channel->viewed_ms ? ORIGIN_HISTORY : ORIGIN_CATCH_UP;
}

static void
tell_page(struct mm *mm, struct mmost_channel *channel, const json_t *page)
{
    const json_t *order = json_get_array(page, "order"), *posts = json_get_object(page, "posts");

    for (size_t i = json_array_size(order); i > 0; i--) {
        const json_t *post = json_object_get(posts, json_as_text(json_array_get(order, i - 1)));
        if (strcmp(json_get_text(post, "channel_id"), channel->id) == 0 &&
            json_get_int(post, "delete_at") == 0)
            mmost_post_tell(mm, post, origin_of(mm, channel, post), NULL);
    }
}

/* Does a page of the newest reach back to what is known? The newest known one itself may have been
 * deleted meanwhile. */
static bool
reaches_known(const json_t *page, const struct mmost_mark *mark)
{
    const json_t *order = json_get_array(page, "order"), *posts = json_get_object(page, "posts");
    const size_t n = json_array_size(order);
    const char *oldest = n > 0 ? json_as_text(json_array_get(order, n - 1)) : "";

    return n == 0 || !*json_get_text(page, "prev_post_id") ||
           json_get_int(json_object_get(posts, oldest), "create_at") <= mark->last_ms;
}

/* What lies between what is known and the page that comes now could not be fetched. */
static void
tell_gap(struct mm *mm, const struct mmost_channel *channel)
{
    const struct event event = {.type = EVENT_GAP,
                                .conversation = channel->id,
                                .gap = {.after_sort_key = channel->mark.last_ms * 1000,
                                        .from_us = channel->mark.last_ms * 1000,
                                        .fillable = true}};
    if (channel->mark.last_ms > 0)
        host_emit(mm->host, &event);
}

/* The newest page is all that was ever said there. */
static void
tell_beginning(struct mm *mm, const struct mmost_channel *channel, const json_t *page)
{
    const struct event event = {
        .type = EVENT_KNOWN_SPAN,
        .conversation = channel->id,
        .span = {.after_sort_key = INT64_MIN, .before_sort_key = channel->mark.last_ms * 1000}};

    if (json_is_string(json_object_get(page, "prev_post_id")) &&
        !*json_get_text(page, "prev_post_id"))
        host_emit(mm->host, &event);
}

static void
on_page_people(struct mm *mm, struct mmost_job *job)
{
    struct mmost_channel *channel = mmost_channel(mm, job->conversation);
    const json_t *order = json_get_array(job->json, "order");
    const size_t n = json_array_size(order);

    if (!channel || !channel->under_way)
        return;
    if (channel->beyond) {
        const bool whole = reaches_known(job->json, &channel->mark);
        if (!whole)
            tell_gap(mm, channel);
        tell_page(mm, channel, job->json);
        tell_beginning(mm, channel, job->json);
        caught(mm, channel, whole);
        return;
    }
    if (channel->pages == 0 && n == 0 && channel->last_post_ms > channel->mark.last_ms) {
        /* The server does not know the anchor any more: it says so by an empty page. */
        channel->beyond = true;
        ask_page(mm, channel);
        return;
    }
    tell_page(mm, channel, job->json);
    channel->pages++;
    if (n < MM_PAGE) {
        caught(mm, channel, true);
        return;
    }
    channel->beyond = channel->pages >= MOST_PAGES;
    ask_page(mm, channel);
}

static void
on_page(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
        const GError *error)
{
    struct mmost_channel *channel = mmost_channel(mm, call->conversation);
    GPtrArray *ids;
    json_t *post;
    const char *id;

    if (!channel || !channel->under_way)
        return;
    if (error) {
        channel->under_way = false;
        if (error_is(error, WEFT_ERROR_FORBIDDEN) || error_is(error, WEFT_ERROR_NOT_FOUND)) {
            caught(mm, channel, false); /* we are not in it (any more) */
            return;
        }
        mmost_fail(mm, g_error_copy(error));
        return;
    }
    ids = g_ptr_array_new_with_free_func(g_free);
    json_object_foreach(json_get_object(answer->json, "posts"), id, post)
        mmost_post_people(mm, post, ids);
    struct mmost_job *job = g_new0(struct mmost_job, 1);
    job->conversation = g_strdup(channel->id);
    job->json = json_incref(answer->json);
    mmost_users_need(mm, ids, job, on_page_people);
}

static void
ask_page(struct mm *mm, struct mmost_channel *channel)
{
    const struct mmost_mark *mark = &channel->mark;
    struct mmost_call *call;

    channel->beyond |= !*mark->anchor_id;
    if (channel->beyond)
        call = mmost_call(mm, "GET", NULL, on_page,
                          "/channels/%s/posts?per_page=%d&skipFetchThreads=true", channel->id,
                          channel->paged ? MM_PAGE : FIRST_PAGE);
    else
        call = mmost_call(mm, "GET", NULL, on_page,
                          "/channels/%s/posts?after=%s&per_page=%d&page=0&skipFetchThreads=true",
                          channel->id, mark->anchor_id, MM_PAGE);
    call->conversation = g_strdup(channel->id);
}

void
mmost_catch_up(struct mm *mm, struct mmost_channel *channel)
{
    if (channel->caught || channel->under_way)
        return;
    channel->under_way = true;
    channel->pages = 0;
    channel->known_ms = channel->mark.last_ms;
    channel->deeds_due = *channel->mark.last_id != '\0';
    ask_page(mm, channel);
}

static int
by_newest(gconstpointer a, gconstpointer b)
{
    const struct mmost_channel *x = *(struct mmost_channel *const *)a,
                               *y = *(struct mmost_channel *const *)b;
    return (x->last_post_ms < y->last_post_ms) - (x->last_post_ms > y->last_post_ms);
}

/* Nothing is asked for where nothing was said. A channel that is new to us and read elsewhere is
 * fetched when somebody looks. */
static bool
has_missed(const struct mmost_channel *channel)
{
    if (!*channel->mark.last_id)
        return channel->last_post_ms > channel->viewed_ms;
    return channel->last_post_ms > channel->mark.last_ms;
}

void
mmost_catch_up_all(struct mm *mm)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    GHashTableIter iter;
    struct mmost_channel *channel;

    g_hash_table_iter_init(&iter, mm->channels);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&channel)) {
        if (channel->joined)
            g_ptr_array_add(list, channel);
    }
    g_ptr_array_sort(list, by_newest);
    mm->steps = 1; /* who is caught up with asks for the others only when all are begun */
    for (unsigned i = 0; i < list->len; i++) {
        channel = list->pdata[i];
        if (has_missed(channel))
            mmost_catch_up(mm, channel);
    }
    for (unsigned i = 0; i < list->len; i++) {
        channel = list->pdata[i];
        channel->deeds_due = *channel->mark.last_id != '\0';
        if (!channel->under_way)
            caught(mm, channel, true);
    }
    mm->steps = 0;
    if (mm->phase == MM_CATCH_UP && all_caught(mm))
        mmost_online(mm);
}

/* --- what was done to what is known
 * ------------------------------------------------------------------ */

static void
on_deeds_people(struct mm *mm, struct mmost_job *job)
{
    struct mmost_channel *channel = mmost_channel(mm, job->conversation);
    json_t *post;
    const char *id;

    if (!channel)
        return;
    channel->deeds_due = false;
    json_object_foreach(json_get_object(job->json, "posts"), id, post)
    {
        if (*json_get_text(post, "original_id") ||
            strcmp(json_get_text(post, "channel_id"), channel->id) != 0)
            continue;
        mmost_mark_note(mm, channel, post, false);
        if (json_get_int(post, "delete_at") > 0) {
            mmost_post_deleted(mm, post, ORIGIN_CATCH_UP);
            continue;
        }
        mmost_post_edited(mm, post);
        mmost_reactions_tell(mm, post);
    }
    if (json_object_size(json_get_object(job->json, "posts")) >= MOST_DEEDS)
        log_warning(mm->log_area, "More was done in ~%s while weft was away than the server tells.",
                    channel->slug);
    g_autofree char *cursor = mmost_mark_format(&channel->mark);
    const struct event event = {
        .type = EVENT_CURSOR, .conversation = channel->id, .cursor = cursor};
    host_emit(mm->host, &event);
}

static void
on_deeds(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
         const GError *error)
{
    struct mmost_channel *channel = mmost_channel(mm, call->conversation);
    GPtrArray *ids;
    json_t *post;
    const char *id;

    if (!channel)
        return;
    if (error) {
        channel->deeds_due = true;
        log_info(mm->log_area, "What was done in ~%s while weft was away: %s", channel->slug,
                 error->message);
        return;
    }
    ids = g_ptr_array_new_with_free_func(g_free);
    json_object_foreach(json_get_object(answer->json, "posts"), id, post)
        mmost_post_people(mm, post, ids);
    struct mmost_job *job = g_new0(struct mmost_job, 1);
    job->conversation = g_strdup(channel->id);
    job->json = json_incref(answer->json);
    mmost_users_need(mm, ids, job, on_deeds_people);
}

void
mmost_deeds_fetch(struct mm *mm, struct mmost_channel *channel)
{
    if (channel->mark.sync_ms <= 0)
        return;
    struct mmost_call *call =
        mmost_call(mm, "GET", NULL, on_deeds, "/channels/%s/posts?since=%" G_GINT64_FORMAT,
                   channel->id, channel->mark.sync_ms - 1);
    call->conversation = g_strdup(channel->id);
}

/* One channel after the other, so that a server with many is not flooded. Those of most interest,
 * in which something was said, come first. */
static void
on_sweep_timer(void *user)
{
    struct mm *mm = user;
    GHashTableIter iter;
    struct mmost_channel *channel, *next = NULL;

    mm->sweep_timer = 0;
    g_hash_table_iter_init(&iter, mm->channels);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&channel)) {
        if (channel->joined && channel->deeds_due && !channel->deeds_asked &&
            (!next || channel->newest_ms > next->newest_ms))
            next = channel;
    }
    if (!next)
        return;
    next->deeds_asked = true;
    mmost_deeds_fetch(mm, next);
    mm->sweep_timer = clock_timer_add(mm->host->clock, SWEEP_US, on_sweep_timer, mm);
}

void
mmost_sweep_begin(struct mm *mm)
{
    GHashTableIter iter;
    struct mmost_channel *channel;

    g_hash_table_iter_init(&iter, mm->channels);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&channel))
        channel->deeds_asked = false;
    if (mm->sweep_timer == 0)
        mm->sweep_timer = clock_timer_add(mm->host->clock, SWEEP_US, on_sweep_timer, mm);
}
