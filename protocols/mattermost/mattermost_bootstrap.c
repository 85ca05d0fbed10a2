/* Who is where: teams, channels, our places in them, people (section 2). */
#include <string.h>

#include "base/log.h"
#include "protocols/mattermost/mattermost.h"
#include "protocols/mattermost/mattermost_priv.h"

#define KNOW_US          (300 * G_USEC_PER_SEC)
#define PRESENCE_US      (60 * G_USEC_PER_SEC)
#define MOST_WATCHED     200
#define MOST_EDIT_S      (100 * 365 * 86400U)
#define MEMBERS_PER_PAGE 200

static void ask_members(struct mm *mm, unsigned page);

/* Something of which the server told could not be had: only asking for everything brings it. */
static void
lose(struct mm *mm, const GError *error)
{
    mm->known = false;
    mmost_fail(mm, g_error_copy(error));
}

static bool
failed(struct mm *mm, const GError *error)
{
    if (error)
        mmost_fail(mm, g_error_copy(error));
    return error != NULL;
}

/* --- ready
 * ------------------------------------------------------------------------------------------ */

static void
on_people(struct mm *mm, struct mmost_job *job)
{
    GHashTableIter iter;
    struct mmost_channel *channel;
    g_autoptr(GPtrArray) held = g_steal_pointer(&mm->held);

    mm->held = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    mmost_channels_name(mm);
    mmost_set_phase(mm, MM_CATCH_UP, 0);
    host_state(mm->host, ACCOUNT_CATCH_UP);
    g_hash_table_iter_init(&iter, mm->channels);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&channel)) {
        channel->caught = false;
        mmost_channel_tell(mm, channel);
        mmost_mute_tell(mm, channel);
    }
    mmost_sidebar_fetch(mm);
    mmost_status_fetch(mm);
    mmost_threads_fetch(mm); /* first: what of a thread is read is known then */
    mmost_catch_up_all(mm);
    for (unsigned i = 0; i < held->len; i++)
        mmost_event(mm, held->pdata[i]);
}

static void
ask_people(struct mm *mm)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    struct mmost_channel *channel;

    g_hash_table_iter_init(&iter, mm->channels);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&channel)) {
        const char *name = channel->kind == BUFFER_GROUP ? channel->id : channel->peer;
        /* Hidden there by the person, and nothing new in it. */
        if (!channel->team && name && g_hash_table_contains(mm->hidden, name) &&
            channel->last_post_ms <= channel->viewed_ms)
            channel->joined = false;
        if (channel->peer && channel->joined)
            g_ptr_array_add(ids, g_strdup(channel->peer));
    }
    mmost_users_need(mm, ids, g_new0(struct mmost_job, 1), on_people);
}

/* --- our places
 * ------------------------------------------------------------------------------------- */

static void
put_member(struct mm *mm, const json_t *member)
{
    struct mmost_channel *channel = mmost_channel(mm, json_get_text(member, "channel_id"));

    if (!channel)
        return;
    channel->viewed_ms = MAX(json_get_int(member, "last_viewed_at"), 0);
    mmost_mute_take(channel, member);
}

struct walk {
    struct mm *mm;
    unsigned n;
};

static bool
on_member(void *user, json_t *member, const GError *error)
{
    struct walk *walk = user;

    put_member(walk->mm, member);
    walk->n++;
    return true;
}

/* An older server gives pages, and takes -1 for 0. */
static void
on_members(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
           const GError *error)
{
    struct walk walk = {mm, 0};
    g_autoptr(GError) unread = NULL;

    if (failed(mm, error))
        return;
    if (!json_each(answer->body, answer->len, NULL, on_member, &walk, &unread)) {
        failed(mm, unread);
        return;
    }
    const bool paged = answer->len > 0 && *answer->body == '[';
    if (paged && walk.n >= MEMBERS_PER_PAGE && call->number < MM_MAX_CHANNELS / MEMBERS_PER_PAGE)
        ask_members(mm, call->number + 1);
    else
        ask_people(mm);
}

static void
ask_members(struct mm *mm, unsigned page)
{
    struct mmost_call *call =
        mmost_call(mm, "GET", NULL, on_members, "/users/me/channel_members?page=%d&per_page=%d",
                   page == 0 ? -1 : (int)page, MEMBERS_PER_PAGE);

    call->many = true;
    call->number = page;
}

/* --- channels
 * --------------------------------------------------------------------------------------- */

static bool
on_channel(void *user, json_t *object, const GError *error)
{
    struct mmost_channel *channel = mmost_channel_put(user, object);

    if (channel)
        channel->joined = true;
    return true;
}

static void
on_channels(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
            const GError *error)
{
    GHashTableIter iter;
    struct mmost_channel *channel;
    g_autoptr(GError) unread = NULL;

    if (failed(mm, error))
        return;
    g_hash_table_iter_init(&iter, mm->channels);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&channel))
        channel->joined = false;
    if (!json_each(answer->body, answer->len, NULL, on_channel, mm, &unread)) {
        failed(mm, unread);
        return;
    }
    ask_members(mm, 0);
}

/* The last of those that are asked for side by side. */
static void
step_done(struct mm *mm)
{
    if (--mm->steps > 0)
        return;
    mmost_threads_decide(mm);
    mmost_call(mm, "GET", NULL, on_channels, "/users/me/channels")->many = true;
}

static void
on_teams(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
         const GError *error)
{
    size_t i;
    json_t *each;

    if (failed(mm, error))
        return;
    g_hash_table_remove_all(mm->teams);
    json_array_foreach(answer->json, i, each) mmost_team_put(mm, each);
    if (g_hash_table_size(mm->teams) == 0)
        mmost_say(mm, mm->config.teams[0]
                          ? "You are in none of the teams that this account names (team = …)."
                          : "You are in no team of this server yet: somebody there has to invite "
                            "you.");
    step_done(mm);
}

/* Whether posts may show another name, and another picture, than their account's. */
void
mmost_overrides(struct mm *mm, const json_t *config)
{
    mm->names = strcmp(json_get_text(config, "EnablePostUsernameOverride"), "true") == 0;
    mm->icons = strcmp(json_get_text(config, "EnablePostIconOverride"), "true") == 0;
    mm->limits.name_bytes = mm->names ? MM_NAME_BYTES : 0;
}

static void
on_config(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
          const GError *error)
{
    const char *size = json_get_text(answer->json, "MaxPostSize");
    const char *window = json_get_text(answer->json, "PostEditTimeLimit");
    guint64 runes = 0, seconds = 0;
    guint64 bytes = 0;

    if (failed(mm, error))
        return;
    /* A character has at least a byte: so many bytes always pass. */
    if (g_ascii_string_to_unsigned(size, 10, 100, 1000000, &runes, NULL))
        mm->limits.text_bytes = (size_t)runes;
    /* -1 is for ever. */
    mm->limits.edit_window_us = mattermost_driver.limits.edit_window_us;
    if (g_ascii_string_to_unsigned(window, 10, 1, MOST_EDIT_S, &seconds, NULL))
        mm->limits.edit_window_us = (int64_t)seconds * G_USEC_PER_SEC;
    mm->no_edits = strcmp(window, "0") == 0;
    g_free(mm->collapsed);
    mm->collapsed = g_strdup(json_get_text(answer->json, "CollapsedThreads"));
    mm->limits.file_bytes = 0;
    if (g_ascii_string_to_unsigned(json_get_text(answer->json, "MaxFileSize"), 10, 1, INT64_MAX,
                                   &bytes, NULL))
        mm->limits.file_bytes = (int64_t)bytes;
    mm->no_files = strcmp(json_get_text(answer->json, "EnableFileAttachments"), "false") == 0;
    mm->drafts = strcmp(json_get_text(answer->json, "AllowSyncedDrafts"), "true") == 0;
    mmost_overrides(mm, answer->json);
    step_done(mm);
}

static void
on_preferences(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
               const GError *error)
{
    size_t i;
    json_t *each;

    if (failed(mm, error))
        return;
    g_hash_table_remove_all(mm->hidden);
    g_clear_pointer(&mm->collapsed_wish, g_free);
    g_hash_table_remove_all(mm->flagged);
    json_array_foreach(answer->json, i, each)
    {
        if (strcmp(json_get_text(each, "category"), "flagged_post") == 0)
            mmost_flagged_put(mm, json_get_text(each, "name"), true);
        else
            mmost_preference(mm, each, true);
    }
    mmost_flagged_compare(mm);
    step_done(mm);
}

void
mmost_preference(struct mm *mm, const json_t *preference, bool set)
{
    const char *category = json_get_text(preference, "category");
    const char *name = json_get_text(preference, "name");

    if (strcmp(category, "display_settings") == 0 && strcmp(name, "collapsed_reply_threads") == 0) {
        g_free(mm->collapsed_wish);
        mm->collapsed_wish = set ? g_strdup(json_get_text(preference, "value")) : NULL;
        return;
    }
    if (strcmp(category, "flagged_post") == 0)
        mmost_flagged_change(mm, name, set);
    if (strcmp(category, "favorite_channel") == 0)
        mmost_sidebar_changed(mm, NULL);
    if (!set ||
        (strcmp(category, "direct_channel_show") != 0 &&
         strcmp(category, "group_channel_show") != 0) ||
        !mmost_is_id(name))
        return;
    if (strcmp(json_get_text(preference, "value"), "false") == 0)
        g_hash_table_add(mm->hidden, g_strdup(name));
    else
        g_hash_table_remove(mm->hidden, name);
}

void
mmost_bootstrap(struct mm *mm)
{
    mmost_calls_end(mm);
    mmost_set_phase(mm, MM_BOOTSTRAP, KNOW_US);
    mm->steps = 3;
    mmost_call(mm, "GET", NULL, on_config, "/config/client?format=old");
    mmost_call(mm, "GET", NULL, on_teams, "/users/me/teams");
    mmost_call(mm, "GET", NULL, on_preferences, "/users/me/preferences");
}

/* --- one more channel
 * ------------------------------------------------------------------------------- */

static void
on_one_named(struct mm *mm, struct mmost_job *job)
{
    struct mmost_channel *channel = mmost_channel(mm, job->conversation);

    mmost_channels_name(mm);
    if (channel) {
        channel->joined = true;
        mmost_channel_tell(mm, channel);
        mmost_mute_tell(mm, channel);
        mmost_sidebar_changed(mm, channel->team);
        mmost_catch_up(mm, channel);
    }
    if (job->op != 0)
        host_done(mm->host, job->op, job->conversation, 0);
}

static void
on_one_member(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
              const GError *error)
{
    struct mmost_channel *channel = mmost_channel(mm, call->conversation);
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    struct mmost_job *job = g_new0(struct mmost_job, 1);

    put_member(mm, answer->json);
    if (channel && channel->peer)
        g_ptr_array_add(ids, g_strdup(channel->peer));
    job->op = call->op;
    job->conversation = g_strdup(call->conversation);
    mmost_users_need(mm, ids, job, on_one_named);
}

static void
on_one_channel(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
               const GError *error)
{
    const struct mmost_channel *channel = error ? NULL : mmost_channel_put(mm, answer->json);

    if (!channel) {
        g_autoptr(GError) none =
            error ? g_error_copy(error)
                  : g_error_new(WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                                "This channel is in a team that the account leaves out.");
        if (call->op != 0)
            host_failed(mm->host, call->op, none);
        else if (error && !error_is(error, WEFT_ERROR_FORBIDDEN) &&
                 !error_is(error, WEFT_ERROR_NOT_FOUND))
            lose(mm, error);
        return;
    }
    struct mmost_call *next =
        mmost_call(mm, "GET", NULL, on_one_member, "/channels/%s/members/me", channel->id);
    next->op = call->op;
    next->conversation = g_strdup(channel->id);
}

void
mmost_channel_fetch(struct mm *mm, const char *id, op_id op)
{
    struct mmost_call *call = mmost_call(mm, "GET", NULL, on_one_channel, "/channels/%s", id);
    call->op = op;
}

/* --- who is there
 * ----------------------------------------------------------------------------------- */

static enum presence
presence_of(const char *status)
{
    if (strcmp(status, "online") == 0)
        return PRESENCE_HERE;
    if (strcmp(status, "away") == 0 || strcmp(status, "dnd") == 0)
        return PRESENCE_AWAY;
    return strcmp(status, "offline") == 0 || strcmp(status, "ooo") == 0 ? PRESENCE_GONE
                                                                        : PRESENCE_UNKNOWN;
}

static void
on_statuses(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
            const GError *error)
{
    size_t i;
    json_t *each;

    json_array_foreach(answer->json, i, each)
    {
        const char *id = json_get_text(each, "user_id");
        const struct event event = {
            .type = EVENT_PRESENCE,
            .conversation = mmost_direct_with(mm, id),
            .presence = {.user_id = id, .presence = presence_of(json_get_text(each, "status"))}};
        if (mmost_is_id(id))
            host_emit(mm->host, &event);
    }
}

/* The server tells nobody of others' coming and going: those whom we talk with are asked for. */
static void
on_presence_timer(void *user)
{
    struct mm *mm = user;
    json_t *ids = json_array();
    GHashTableIter iter;
    struct mmost_channel *channel;

    mm->presence_timer = clock_timer_add(mm->host->clock, PRESENCE_US, on_presence_timer, mm);
    mmost_status_expire(mm);
    g_hash_table_iter_init(&iter, mm->channels);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&channel)) {
        if (channel->peer && channel->joined && json_array_size(ids) < MOST_WATCHED)
            json_array_append_new(ids, json_string(channel->peer));
    }
    if (json_array_size(ids) == 0)
        json_decref(ids);
    else
        mmost_call(mm, "POST", ids, on_statuses, "/users/status/ids");
}

void
mmost_presence_begin(struct mm *mm)
{
    clock_timer_del(mm->host->clock, mm->presence_timer);
    on_presence_timer(mm);
}
