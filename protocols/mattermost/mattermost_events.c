/* What the socket brings (section 3.5). What belongs to a channel that is being caught up with
 * waits with it. */
#include <string.h>

#include "base/log.h"
#include "protocols/mattermost/mattermost_priv.h"

/* `data` and `broadcast` of a frame, and the channel that it belongs to. */
struct seen {
    struct mm *mm;
    const json_t *data, *broadcast;
    struct mmost_channel *channel; /* NULL: none, or not known */
    const char *channel_id;        /* "" when there is none */
    json_t *post;                  /* NULL: none */
};

static bool
is_us(const struct mm *mm, const char *user)
{
    return g_strcmp0(user, mm->self_id) == 0;
}

/* --- posts
 * ------------------------------------------------------------------------------------------ */

/* Something stood there: it is not passed over in silence. */
static void
tell_unread(struct seen *seen)
{
    if (seen->channel)
        host_say(seen->mm->host, seen->channel->id, MESSAGE_SERVER,
                 "The server sent a message here that weft cannot read.");
}

static void
on_posted(struct seen *seen)
{
    struct mmost_channel *channel = seen->channel;

    if (!seen->post) {
        tell_unread(seen);
        return;
    }
    if (!channel) {
        const char *team = json_get_text(seen->data, "team_id");
        if (*team && !g_hash_table_contains(seen->mm->teams, team))
            return; /* of a team that the account leaves out */
        /* A conversation that somebody else has just begun: its first page brings this one. */
        if (mmost_is_id(json_get_text(seen->post, "channel_id")))
            mmost_channel_fetch(seen->mm, json_get_text(seen->post, "channel_id"), 0);
        return;
    }
    mmost_post_tell(seen->mm, seen->post, ORIGIN_LIVE, json_get_text(seen->data, "sender_name"));
}

static void
on_ephemeral(struct seen *seen)
{
    if (seen->channel && seen->post)
        mmost_ephemeral(seen->mm, seen->channel, seen->post);
}

static void
on_dialog(struct seen *seen)
{
    mmost_dialog(seen->mm, seen->data);
}

static void
on_post_edited(struct seen *seen)
{
    if (!seen->channel || !seen->post)
        return;
    mmost_mark_note(seen->mm, seen->channel, seen->post, false);
    mmost_post_edited(seen->mm, seen->post);
}

static void
on_post_deleted(struct seen *seen)
{
    if (!seen->channel || !seen->post)
        return;
    mmost_post_deleted(seen->mm, seen->post, ORIGIN_LIVE);
    /* Replies that we do not remember are gone with it. */
    if (!*json_get_text(seen->post, "root_id") && json_get_int(seen->post, "reply_count") > 0)
        mmost_deeds_fetch(seen->mm, seen->channel);
}

static void
on_reaction(struct seen *seen, bool add)
{
    json_t *reaction = json_get_nested(seen->data, "reaction", &mmost_post_limits);

    if (seen->channel)
        mmost_reaction_tell(seen->mm, reaction, seen->channel->id, ORIGIN_LIVE, add);
    json_decref(reaction);
}

static void
on_reaction_added(struct seen *seen)
{
    on_reaction(seen, true);
}

static void
on_reaction_removed(struct seen *seen)
{
    on_reaction(seen, false);
}

/* --- people
 * ----------------------------------------------------------------------------------------- */

static void
tell_typing(struct mm *mm, struct mmost_job *job)
{
    const struct event event = {.type = EVENT_TYPING,
                                .conversation = job->conversation,
                                .typing = {.user_id = job->text,
                                           .user_name = mmost_user_name(mm, job->text),
                                           .active = true}};
    if (event.typing.user_name)
        host_emit(mm->host, &event);
}

static void
on_typing(struct seen *seen)
{
    const char *user = json_get_text(seen->data, "user_id");
    GPtrArray *ids;

    if (!seen->channel || !mmost_is_id(user))
        return;
    struct mmost_job *job = g_new0(struct mmost_job, 1);
    job->conversation = g_strdup(seen->channel->id);
    job->text = g_strdup(user);
    ids = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(ids, g_strdup(user));
    mmost_users_need(seen->mm, ids, job, tell_typing);
}

/* A direct conversation is called as the other one is. */
static void
tell_peer(struct mm *mm, const char *user)
{
    GHashTableIter iter;
    struct mmost_channel *channel;

    mmost_channels_name(mm);
    g_hash_table_iter_init(&iter, mm->channels);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&channel)) {
        if (g_strcmp0(channel->peer, user) == 0 && channel->joined)
            mmost_channel_tell(mm, channel);
    }
}

static void
on_user_updated(struct seen *seen)
{
    const json_t *user = json_get_object(seen->data, "user");
    const char *keys = json_get_text(json_get_object(user, "notify_props"), "mention_keys");

    mmost_user_put(seen->mm, user);
    tell_peer(seen->mm, json_get_text(user, "id"));
    if (is_us(seen->mm, json_get_text(user, "id")) && json_get_object(user, "notify_props")) {
        g_free(seen->mm->mention_keys);
        seen->mm->mention_keys = g_strdup(keys);
    }
}

static void
tell_member(struct mm *mm, struct mmost_job *job)
{
    const char *name = mmost_user_name(mm, job->text);
    struct member *member = name ? member_new(job->text, name, "") : NULL;
    const struct event event = {
        .type = EVENT_MEMBER_ADDED, .conversation = job->conversation, .member = member};

    if (member)
        host_emit(mm->host, &event);
    member_free(member);
}

static void
on_user_added(struct seen *seen)
{
    const char *user = json_get_text(seen->data, "user_id");

    if (is_us(seen->mm, user) && mmost_is_id(seen->channel_id)) {
        if (!seen->channel || !seen->channel->joined)
            mmost_channel_fetch(seen->mm, seen->channel_id, 0);
        return;
    }
    if (!seen->channel || !mmost_is_id(user))
        return;
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    struct mmost_job *job = g_new0(struct mmost_job, 1);
    job->conversation = g_strdup(seen->channel->id);
    job->text = g_strdup(user);
    g_ptr_array_add(ids, g_strdup(user));
    mmost_users_need(seen->mm, ids, job, tell_member);
}

/* To ourselves it names the channel in `data`, to others in `broadcast`. */
static void
on_user_removed(struct seen *seen)
{
    const char *user = json_get_text(seen->data, "user_id");
    struct mmost_channel *ours = mmost_channel(seen->mm, json_get_text(seen->data, "channel_id"));

    if (ours && (!*user || is_us(seen->mm, user))) {
        mmost_channel_left(seen->mm, ours);
    } else if (seen->channel && mmost_is_id(user)) {
        const struct event event = {
            .type = EVENT_MEMBER_REMOVED, .conversation = seen->channel->id, .user_id = user};
        host_emit(seen->mm->host, &event);
        if (is_us(seen->mm, user))
            mmost_channel_left(seen->mm, seen->channel);
    }
}

/* --- channels and teams
 * ----------------------------------------------------------------------------- */

static void
on_channel_changed(struct seen *seen)
{
    json_t *object = json_get_nested(seen->data, "channel", &mmost_post_limits);
    struct mmost_channel *channel = mmost_channel(seen->mm, json_get_text(object, "id"));

    if (channel && mmost_channel_put(seen->mm, object))
        mmost_channel_tell(seen->mm, channel);
    else if (seen->channel && seen->channel->joined)
        mmost_channel_fetch(seen->mm, seen->channel->id, 0);
    json_decref(object);
}

static void
on_channel_deleted(struct seen *seen)
{
    struct mmost_channel *channel =
        mmost_channel(seen->mm, json_get_text(seen->data, "channel_id"));

    if (!channel || channel->archived)
        return;
    channel->archived = true;
    mmost_channel_tell(seen->mm, channel);
}

static void
on_channel_restored(struct seen *seen)
{
    struct mmost_channel *channel =
        mmost_channel(seen->mm, json_get_text(seen->data, "channel_id"));

    if (!channel)
        return;
    channel->archived = false;
    mmost_channel_tell(seen->mm, channel);
}

static void
on_member_updated(struct seen *seen)
{
    json_t *member = json_get_nested(seen->data, "channelMember", &mmost_post_limits);
    struct mmost_channel *channel = mmost_channel(seen->mm, json_get_text(member, "channel_id"));

    if (channel && is_us(seen->mm, json_get_text(member, "user_id"))) {
        const bool known = channel->mute_known, muted = channel->muted;
        mmost_mute_take(channel, member);
        /* Other things of our place change too. */
        if (!known || muted != channel->muted)
            mmost_mute_tell(seen->mm, channel);
    }
    json_decref(member);
}

static void
on_sidebar(struct seen *seen)
{
    const char *team = json_get_text(seen->broadcast, "team_id");

    /* One that says nothing goes before each change of a preference (mmost_preference()). */
    if (json_object_size(seen->data) > 0)
        mmost_sidebar_changed(seen->mm, *team ? team : NULL);
}

/* A conversation is there; `channel_id` of the broadcast names it. */
static void
on_conversation_added(struct seen *seen)
{
    if (mmost_is_id(seen->channel_id) && !seen->channel)
        mmost_channel_fetch(seen->mm, seen->channel_id, 0);
}

static void
on_channel_created(struct seen *seen)
{
    const char *id = json_get_text(seen->data, "channel_id");

    if (mmost_is_id(id) && !mmost_channel(seen->mm, id))
        mmost_channel_fetch(seen->mm, id, 0);
}

/* What we are in changed by more than one channel: all of it is looked at again. */
static void
look_again(struct seen *seen)
{
    struct mm *mm = seen->mm;

    mm->known = false;
    mmost_fail(mm, g_error_new(WEFT_ERROR, WEFT_ERROR_CLOSED,
                               "Your teams have changed. weft connects again to see them."));
}

static void
on_added_to_team(struct seen *seen)
{
    if (is_us(seen->mm, json_get_text(seen->data, "user_id")) &&
        !g_hash_table_contains(seen->mm->teams, json_get_text(seen->data, "team_id")))
        look_again(seen);
}

static void
on_leave_team(struct seen *seen)
{
    const char *team = json_get_text(seen->data, "team_id");
    GHashTableIter iter;
    struct mmost_channel *channel;

    if (!is_us(seen->mm, json_get_text(seen->data, "user_id")))
        return;
    g_hash_table_iter_init(&iter, seen->mm->channels);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&channel)) {
        if (channel->joined && g_strcmp0(channel->team, team) == 0)
            mmost_channel_left(seen->mm, channel);
    }
    g_hash_table_remove(seen->mm->teams, team);
}

/* --- what we read elsewhere
 * ------------------------------------------------------------------------- */

static void
tell_read(struct mm *mm, struct mmost_channel *channel, int64_t ms)
{
    const struct event event = {
        .type = EVENT_READ, .conversation = channel->id, .read_us = ms * 1000};

    if (ms <= channel->viewed_ms || ms > INT64_MAX / 1000)
        return;
    channel->viewed_ms = ms;
    host_emit(mm->host, &event);
}

static void
on_viewed(struct seen *seen)
{
    json_t *times = json_get_object(seen->data, "channel_times"), *each;
    const char *id;

    json_object_foreach(times, id, each)
    {
        struct mmost_channel *channel = mmost_channel(seen->mm, id);
        if (channel)
            tell_read(seen->mm, channel, json_get_int(times, id));
    }
}

static void
take_preferences(struct seen *seen, bool set)
{
    json_t *list = json_get_nested(seen->data, "preferences", NULL), *each;
    size_t i;

    json_array_foreach(list, i, each) mmost_preference(seen->mm, each, set);
    json_decref(list);
    if (mmost_threads_decide(seen->mm))
        mmost_threads_fetch(seen->mm);
}

/* --- threads
 * ---------------------------------------------------------------------------------------- */

static void
on_thread_updated(struct seen *seen)
{
    mmost_thread_updated(seen->mm, seen->data);
}

static void
on_thread_followed(struct seen *seen)
{
    mmost_thread_followed(seen->mm, seen->data, seen->broadcast);
}

static void
on_thread_read(struct seen *seen)
{
    mmost_thread_read(seen->mm, seen->data);
}

static void
on_preferences(struct seen *seen)
{
    take_preferences(seen, true);
}

static void
on_preferences_deleted(struct seen *seen)
{
    take_preferences(seen, false);
}

/* Ours too comes back so. */
static void
on_unread(struct seen *seen)
{
    const int64_t ms = json_get_int(seen->data, "last_viewed_at");
    const struct event event = {.type = EVENT_UNREAD,
                                .conversation = seen->channel ? seen->channel->id : NULL,
                                .read_us = ms * 1000};

    if (!seen->channel || ms <= 0 || ms > INT64_MAX / 1000)
        return;
    seen->channel->viewed_ms = ms;
    host_emit(seen->mm->host, &event);
}

static void
on_emoji_added(struct seen *seen)
{
    json_t *emoji = json_get_nested(seen->data, "emoji", &mmost_post_limits);

    mmost_emoji_learn(seen->mm, emoji);
    json_decref(emoji);
}

static void
on_draft(struct seen *seen)
{
    mmost_draft(seen->mm, seen->data, false);
}

static void
on_draft_deleted(struct seen *seen)
{
    mmost_draft(seen->mm, seen->data, true);
}

/* An admin has switched names of posts on or off. */
static void
on_config_changed(struct seen *seen)
{
    const bool before = seen->mm->names;

    mmost_overrides(seen->mm, json_get_object(seen->data, "config"));
    if (seen->mm->names != before)
        mmost_threads_decide(seen->mm); /* it tells what the session can do */
}

/* --- which is which
 * --------------------------------------------------------------------------------- */

static const struct {
    const char *event;
    void (*fn)(struct seen *seen);
    bool waits; /* with its channel, while that is caught up with */
} rows[] = {
    {"posted", on_posted, true},
    {"ephemeral_message", on_ephemeral, false},
    {"open_dialog", on_dialog, false},
    {"post_edited", on_post_edited, true},
    {"post_deleted", on_post_deleted, true},
    {"reaction_added", on_reaction_added, true},
    {"reaction_removed", on_reaction_removed, true},
    {"typing", on_typing, false},
    {"multiple_channels_viewed", on_viewed, false},
    {"user_updated", on_user_updated, false},
    {"user_added", on_user_added, false},
    {"user_removed", on_user_removed, false},
    {"channel_updated", on_channel_changed, false},
    {"channel_converted", on_channel_changed, false},
    {"channel_deleted", on_channel_deleted, false},
    {"channel_restored", on_channel_restored, false},
    {"channel_created", on_channel_created, false},
    {"direct_added", on_conversation_added, false},
    {"group_added", on_conversation_added, false},
    {"channel_member_updated", on_member_updated, false},
    {"sidebar_category_created", on_sidebar, false},
    {"sidebar_category_updated", on_sidebar, false},
    {"sidebar_category_deleted", on_sidebar, false},
    {"sidebar_category_order_updated", on_sidebar, false},
    {"added_to_team", on_added_to_team, false},
    {"leave_team", on_leave_team, false},
    {"preferences_changed", on_preferences, false},
    {"preferences_deleted", on_preferences_deleted, false},
    {"thread_updated", on_thread_updated, false},
    {"thread_follow_changed", on_thread_followed, false},
    {"thread_read_changed", on_thread_read, false},
    {"post_unread", on_unread, false},
    {"draft_created", on_draft, false},
    {"draft_updated", on_draft, false},
    {"draft_deleted", on_draft_deleted, false},
    {"emoji_added", on_emoji_added, false},
    {"config_changed", on_config_changed, false},
};

static bool
hold(struct seen *seen, const json_t *frame)
{
    struct mmost_channel *channel = seen->channel;
    struct mm *mm = seen->mm;

    if (!channel || channel->caught)
        return false;
    if (!channel->joined && channel->team)
        return true; /* an echo of our leaving */
    if (!channel->joined) {
        /* Hidden until now: what came before this comes first. */
        channel->joined = true;
        mmost_channel_tell(mm, channel);
    }
    if (!channel->held)
        channel->held = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    if (channel->held->len >= MM_MAX_WAITING) {
        mm->known = false;
        mmost_fail(mm, g_error_new(WEFT_ERROR, WEFT_ERROR_TIMEOUT,
                                   "More happened than could wait while missed messages were "
                                   "fetched. weft connects again."));
        return true;
    }
    g_ptr_array_add(channel->held, json_incref((json_t *)(uintptr_t)frame));
    mmost_catch_up(mm, channel);
    return true;
}

void
mmost_event(struct mm *mm, const json_t *frame)
{
    const char *name = json_get_text(frame, "event");
    struct seen seen = {.mm = mm,
                        .data = json_get_object(frame, "data"),
                        .broadcast = json_get_object(frame, "broadcast")};

    for (unsigned i = 0; i < G_N_ELEMENTS(rows) && !mm->dying; i++) {
        if (strcmp(rows[i].event, name) != 0)
            continue;
        seen.post = json_get_nested(seen.data, "post", &mmost_post_limits);
        seen.channel_id = json_get_text(seen.broadcast, "channel_id");
        if (!*seen.channel_id)
            seen.channel_id = json_get_text(seen.post, "channel_id");
        seen.channel = mmost_channel(mm, seen.channel_id);
        if (!rows[i].waits || !hold(&seen, frame))
            rows[i].fn(&seen);
        json_decref(seen.post);
        return;
    }
}
