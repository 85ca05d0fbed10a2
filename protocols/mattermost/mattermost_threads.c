/* Threads (section 4.5). With "collapsed threads" on, which is the person's choice where the server
 * leaves one, replies stand apart from their channel, and the server keeps which threads one
 * follows and how far each is read. Without, replies are a part of the channel, and all that is
 * told of a thread is how many replies it has. */
#include <string.h>

#include "base/log.h"
#include "protocols/mattermost/mattermost.h"
#include "protocols/mattermost/mattermost_priv.h"

#define LIST_PAGE  100
#define MOST_LISTS 10 /* pages of one team's threads */
#define PAGE       100
#define MOST_PAGES 50 /* of one thread */

static int64_t
us_of(int64_t ms)
{
    return CLAMP(ms, 0, INT64_MAX / 1000) * 1000;
}

/* --- are they apart?
 * -------------------------------------------------------------------------------- */

bool
mmost_threads_decide(struct mm *mm)
{
    const bool before = mm->apart;
    const char *server = mm->collapsed ? mm->collapsed : "";
    const bool fixed = strcmp(server, "always_on") == 0;
    const bool off = strcmp(server, "disabled") == 0 || !*server;

    mm->apart = fixed || (!off && (mm->collapsed_wish ? strcmp(mm->collapsed_wish, "on") == 0
                                                      : strcmp(server, "default_on") == 0));
    const unsigned without = (mm->apart ? 0 : CAP_FOLLOW) | (mm->no_edits ? CAP_EDIT : 0) |
                             (mm->no_files ? CAP_UPLOAD : 0);
    mm->host->ops->caps(mm->host, mattermost_driver.caps & ~without, &mm->limits);
    return mm->apart != before;
}

/* --- what is told of one
 * ---------------------------------------------------------------------------- */

void
mmost_thread_count(struct mm *mm, const json_t *post)
{
    const char *root = json_get_text(post, "root_id");
    const int64_t n = json_get_int(post, "reply_count");
    const struct event event = {
        .type = EVENT_THREAD,
        .conversation = json_get_text(post, "channel_id"),
        .thread = {.root = *root ? root : json_get_text(post, "id"),
                   .has_count = true,
                   .replies = (unsigned)CLAMP(n, 0, G_MAXINT),
                   .last_us = us_of(*root ? json_get_int(post, "create_at")
                                          : json_get_int(post, "last_reply_at"))}};

    /* In some lists a root says 0, though it has replies. */
    if (n > 0 && mmost_is_id(event.thread.root)) {
        mmost_thread_place(mm, event.thread.root, event.conversation);
        host_emit(mm->host, &event);
    }
}

/* Whose names a thread needs. */
static void
add_people(struct mm *mm, const json_t *thread, GPtrArray *ids)
{
    const json_t *list = json_get_array(thread, "participants");
    size_t i;
    json_t *each;

    json_array_foreach(list, i, each)
    {
        mmost_user_put(mm, each);
        g_ptr_array_add(ids, g_strdup(json_get_text(each, "id")));
    }
    mmost_post_people(mm, json_get_object(thread, "post"), ids);
}

/* NULL-terminated; the names are the users'. */
static const char **
names_of(struct mm *mm, const json_t *thread)
{
    const json_t *list = json_get_array(thread, "participants");
    const char **names = g_new0(const char *, json_array_size(list) + 1);
    size_t i, n = 0;
    json_t *each;

    json_array_foreach(list, i, each)
    {
        const char *name = mmost_user_name(mm, json_get_text(each, "id"));
        if (name)
            names[n++] = name;
    }
    return names;
}

/* A thread object. */
static void
tell_thread(struct mm *mm, const json_t *thread)
{
    const json_t *post = json_get_object(thread, "post");
    const char *root = json_get_text(thread, "id");
    const struct mmost_channel *channel = mmost_channel(mm, json_get_text(post, "channel_id"));
    const int64_t viewed_ms = json_get_int(thread, "last_viewed_at");
    g_autofree const char **names = names_of(mm, thread);

    if (!channel || !mmost_is_id(root))
        return;
    mmost_thread_place(mm, root, channel->id);
    const bool known = json_object_get(post, "is_following") != NULL;
    const struct event event = {
        .type = EVENT_THREAD,
        .conversation = channel->id,
        .thread = {.root = root,
                   .has_count = true,
                   .replies = (unsigned)CLAMP(json_get_int(thread, "reply_count"), 0, G_MAXINT),
                   .last_us = us_of(json_get_int(thread, "last_reply_at")),
                   .people = names,
                   .has_follow = mm->apart,
                   .followed = !known || json_get_bool(post, "is_following"),
                   .has_unread = mm->apart,
                   .unread = (unsigned)CLAMP(json_get_int(thread, "unread_replies"), 0, G_MAXINT),
                   .mentions =
                       (unsigned)CLAMP(json_get_int(thread, "unread_mentions"), 0, G_MAXINT),
                   .read_key = us_of(viewed_ms)}};
    host_emit(mm->host, &event);
    if (event.thread.unread > 0)
        g_hash_table_replace(mm->thread_views, g_strdup(root),
                             g_memdup2(&viewed_ms, sizeof viewed_ms));
    else
        g_hash_table_remove(mm->thread_views, root);
}

/* A reply that was missed: is it among those that are unread in its thread? The channel's own mark
 * says nothing of it. */
bool
mmost_thread_is_unread(const struct mm *mm, const json_t *post)
{
    const int64_t *viewed_ms =
        g_hash_table_lookup(mm->thread_views, json_get_text(post, "root_id"));

    return mm->apart && viewed_ms && json_get_int(post, "create_at") > *viewed_ms;
}

/* --- events
 * ----------------------------------------------------------------------------------------- */

static void
on_updated_people(struct mm *mm, struct mmost_job *job)
{
    tell_thread(mm, job->json);
}

void
mmost_thread_updated(struct mm *mm, const json_t *data)
{
    json_t *thread = json_get_nested(data, "thread", &mmost_post_limits);
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    struct mmost_job *job = g_new0(struct mmost_job, 1);

    add_people(mm, thread, ids);
    job->json = thread;
    mmost_users_need(mm, ids, job, on_updated_people);
}

static void
tell_followed(struct mm *mm, const char *channel_id, const char *root, bool followed)
{
    const struct event event = {.type = EVENT_THREAD,
                                .conversation = channel_id,
                                .thread = {.root = root, .has_follow = true, .followed = followed}};

    host_emit(mm->host, &event);
}

/* One that is not followed is no thread of ours: "not found". */
static void
on_one(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
       const GError *error)
{
    if (!error)
        tell_thread(mm, answer->json);
    else if (g_error_matches(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND) && call->conversation &&
             mm->apart)
        tell_followed(mm, call->conversation, call->text, false);
}

static const struct mmost_team *
any_team(const struct mm *mm)
{
    GHashTableIter iter;
    struct mmost_team *team = NULL;

    g_hash_table_iter_init(&iter, mm->teams);
    g_hash_table_iter_next(&iter, NULL, (void **)&team);
    return team;
}

/* A thread's address has a team in it; any of ours for those beside teams. NULL: there is none. */
static const char *
team_of(const struct mm *mm, const struct mmost_channel *channel)
{
    const struct mmost_team *team = channel && channel->team ? NULL : any_team(mm);
    return channel && channel->team ? channel->team : team ? team->id : NULL;
}

static void
ask_one(struct mm *mm, const struct mmost_channel *channel, const char *root)
{
    const char *team = team_of(mm, channel);

    if (!channel || !team || !mmost_is_id(root))
        return;
    struct mmost_call *call = mmost_call(mm, "GET", NULL, on_one,
                                         "/users/me/teams/%s/threads/%s?extended=true", team, root);
    call->conversation = g_strdup(channel->id);
    call->text = g_strdup(root);
}

void
mmost_thread_followed(struct mm *mm, const json_t *data, const json_t *broadcast)
{
    const char *root = json_get_text(data, "thread_id");
    const char *channel_id = g_hash_table_lookup(mm->thread_channels, root);

    if (!mmost_is_id(root) || !mm->apart)
        return;
    if (channel_id) {
        tell_followed(mm, channel_id, root, json_get_bool(data, "state"));
        /* Who follows by hand has read what was there: the server says so to who asks. */
        if (json_get_bool(data, "state"))
            ask_one(mm, mmost_channel(mm, channel_id), root);
        return;
    }
    /* It names no channel: the thread itself does. */
    const char *team = json_get_text(broadcast, "team_id");
    const struct mmost_team *any = any_team(mm);
    if (!mmost_is_id(team) && any)
        team = any->id;
    if (mmost_is_id(team))
        mmost_call(mm, "GET", NULL, on_one, "/users/me/teams/%s/threads/%s?extended=true", team,
                   root);
}

/* Three shapes: of one thread, of those of a channel, of all in a team. */
void
mmost_thread_read(struct mm *mm, const json_t *data)
{
    const char *root = json_get_text(data, "thread_id");
    const char *channel_id = json_get_text(data, "channel_id");
    const int64_t viewed_ms = json_get_int(data, "timestamp");
    const struct event event = {
        .type = EVENT_THREAD,
        .conversation = channel_id,
        .thread = {.root = root,
                   .has_unread = true,
                   .unread = (unsigned)CLAMP(json_get_int(data, "unread_replies"), 0, G_MAXINT),
                   .mentions = (unsigned)CLAMP(json_get_int(data, "unread_mentions"), 0, G_MAXINT),
                   .read_key = us_of(viewed_ms),
                   .now = true}};

    if (!mm->apart)
        return;
    if (mmost_is_id(root) && mmost_channel(mm, channel_id))
        host_emit(mm->host, &event);
    else
        mmost_threads_fetch(mm);
}

/* --- what was missed
 * --------------------------------------------------------------------------------- */

static void ask_list(struct mm *mm, const char *team, const char *before, unsigned page);

static void
on_list_people(struct mm *mm, struct mmost_job *job)
{
    const json_t *list = json_get_array(job->json, "threads");
    const char *last = "";
    size_t i;
    json_t *each;

    json_array_foreach(list, i, each)
    {
        last = json_get_text(each, "id");
        if (json_get_int(each, "delete_at") == 0)
            tell_thread(mm, each);
    }
    if (json_array_size(list) >= LIST_PAGE && job->number + 1 < MOST_LISTS && mmost_is_id(last))
        ask_list(mm, job->text, last, job->number + 1);
}

static void
on_list(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
        const GError *error)
{
    const json_t *list = json_get_array(answer->json, "threads");
    size_t i;
    json_t *each;

    if (error) {
        log_info(mm->log_area, "Threads that you follow: %s", error->message);
        return;
    }
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    json_array_foreach(list, i, each) add_people(mm, each, ids);
    struct mmost_job *job = g_new0(struct mmost_job, 1);
    job->text = g_strdup(call->text);
    job->number = call->number;
    job->json = json_incref(answer->json);
    mmost_users_need(mm, ids, job, on_list_people);
}

static void
ask_list(struct mm *mm, const char *team, const char *before, unsigned page)
{
    struct mmost_call *call =
        mmost_call(mm, "GET", NULL, on_list,
                   "/users/me/teams/%s/threads?deleted=true&extended=true&per_page=%d%s%s", team,
                   LIST_PAGE, before ? "&before=" : "", before ? before : "");

    call->text = g_strdup(team);
    call->number = page;
}

void
mmost_threads_fetch(struct mm *mm)
{
    GHashTableIter iter;
    struct mmost_team *team;

    if (!mm->apart)
        return;
    g_hash_table_iter_init(&iter, mm->teams);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&team))
        ask_list(mm, team->id, NULL, 0);
}

/* --- a whole thread
 * ---------------------------------------------------------------------------------- */

static void ask_page(struct mm *mm, struct mmost_job *job, const json_t *from);

static void
on_page_people(struct mm *mm, struct mmost_job *job)
{
    const json_t *order = json_get_array(job->json, "order");
    const json_t *posts = json_get_object(job->json, "posts"), *post = NULL;
    const char *root = job->text;

    for (size_t i = 0; i < json_array_size(order); i++) {
        const json_t *each = json_object_get(posts, json_as_text(json_array_get(order, i)));
        if (strcmp(json_get_text(each, "channel_id"), job->conversation) != 0)
            continue;
        /* The root stands first on every page. */
        if (strcmp(json_get_text(each, "id"), root) != 0)
            post = each;
        if (json_get_int(each, "delete_at") == 0)
            mmost_post_tell(mm, each, ORIGIN_HISTORY, NULL);
    }
    if (json_get_bool(job->json, "has_next") && post && job->number + 1 < MOST_PAGES) {
        ask_page(mm, job, post);
        return;
    }
    ask_one(mm, mmost_channel(mm, job->conversation), root);
    host_done(mm->host, job->op, NULL, 0);
}

static void
on_page(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
        const GError *error)
{
    mmost_page_need(mm, call, answer, error, on_page_people);
}

/* What comes after `from`, or (NULL) from the beginning. */
static void
ask_page(struct mm *mm, struct mmost_job *job, const json_t *from)
{
    g_autofree char *after =
        from ? g_strdup_printf("&fromPost=%s&fromCreateAt=%" G_GINT64_FORMAT,
                               json_get_text(from, "id"), json_get_int(from, "create_at"))
             : g_strdup("");
    struct mmost_call *call =
        mmost_call_urgent(mm, "GET", NULL, on_page, "/posts/%s/thread?perPage=%d&direction=down%s",
                          job->text, PAGE, after);

    call->op = job->op;
    call->conversation = g_strdup(job->conversation);
    call->text = g_strdup(job->text);
    call->number = job->number + (from ? 1 : 0);
}

bool
mmost_api_thread(void *session, op_id op, const struct buffer *buffer, const char *root_id,
                 GError **error)
{
    struct mm *mm = session;
    const struct mmost_channel *channel = mmost_channel_of(mm, buffer, error);
    struct mmost_job job = {.op = op, .text = (char *)(uintptr_t)root_id};

    if (!channel)
        return false;
    if (!mmost_is_id(root_id))
        return mmost_refuse(error, WEFT_ERROR_NOT_FOUND, "The server does not know this thread.");
    job.conversation = channel->id;
    ask_page(mm, &job, NULL);
    return true;
}

/* --- following, reading
 * ------------------------------------------------------------------------------ */

bool
mmost_api_follow(void *session, op_id op, const struct buffer *buffer, const char *root_id, bool on,
                 GError **error)
{
    struct mm *mm = session;
    const struct mmost_channel *channel = mmost_channel_of(mm, buffer, error);
    const char *team = team_of(mm, channel);

    if (!channel)
        return false;
    if (!team || !mmost_is_id(root_id))
        return mmost_refuse(error, WEFT_ERROR_NOT_FOUND, "The server does not know this thread.");
    mmost_thread_place(mm, root_id, channel->id);
    struct mmost_call *call =
        mmost_call_urgent(mm, on ? "PUT" : "DELETE", NULL, mmost_on_plain,
                          "/users/me/teams/%s/threads/%s/following", team, root_id);
    call->op = op;
    call->safe = true;
    return true;
}

void
mmost_api_mark_thread_read(void *session, const struct buffer *buffer, const char *root_id,
                           const struct message *upto)
{
    struct mm *mm = session;
    const struct mmost_channel *channel = mmost_channel_of(mm, buffer, NULL);
    const char *team = team_of(mm, channel);

    if (!channel || !team || !mm->apart || !mmost_is_id(root_id))
        return;
    g_hash_table_remove(mm->thread_views, root_id);
    mmost_call(mm, "PUT", NULL, mmost_on_plain,
               "/users/me/teams/%s/threads/%s/read/%" G_GINT64_FORMAT, team, root_id,
               upto->time_us / 1000)
        ->safe = true;
}

void
mmost_thread_place(struct mm *mm, const char *root, const char *channel)
{
    if (g_hash_table_size(mm->thread_channels) >= MM_MAX_ROOTS)
        g_hash_table_remove_all(mm->thread_channels);
    g_hash_table_replace(mm->thread_channels, g_strdup(root), g_strdup(channel));
}
