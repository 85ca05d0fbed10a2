/* How the person has their sidebar: its categories, and what is muted (section 7). */
#include <string.h>

#include "base/log.h"
#include "protocols/mattermost/mattermost_priv.h"

#define MOST_GROUPS 500
/* What is done by hand comes in several events. */
#define WAIT_US (2 * G_USEC_PER_SEC)

/* --- categories
 * --------------------------------------------------------------------------------------- */

/* Those of one team, as core takes them. */
struct sidebar {
    struct mm *mm;
    const struct mmost_team *team;
    GArray *groups;       /* struct event_group */
    GPtrArray *ids;       /* of each, NULL-terminated, in the same order */
    GHashTable *placed;   /* ids that are in one */
    const json_t *answer; /* of the server */
};

static const json_t *
category_by_id(const json_t *list, const char *id)
{
    size_t i;
    json_t *each;

    json_array_foreach(list, i, each)
    {
        if (strcmp(json_get_text(each, "id"), id) == 0)
            return each;
    }
    return NULL;
}

/* Direct conversations have a place of their own in the list, unless the person has put them
 * somewhere. */
static void
add_category(struct sidebar *sidebar, const json_t *category)
{
    const char *type = json_get_text(category, "type");
    GPtrArray *ids;
    size_t i;
    json_t *each;

    if (!*json_get_text(category, "id") || strcmp(type, "direct_messages") == 0 ||
        sidebar->groups->len >= MOST_GROUPS)
        return;
    ids = g_ptr_array_new();
    json_array_foreach(json_get_array(category, "channel_ids"), i, each)
    {
        const char *id = json_as_text(each);
        if (mmost_is_id(id) && ids->len < MM_MAX_CHANNELS &&
            g_hash_table_add(sidebar->placed, (char *)(uintptr_t)id))
            g_ptr_array_add(ids, (char *)(uintptr_t)id);
    }
    const struct event_group group = {
        .id = json_get_text(category, "id"),
        .name = json_get_text(category, "display_name"),
    };
    g_array_append_val(sidebar->groups, group);
    g_ptr_array_add(sidebar->ids, ids);
}

/* A channel that the server has put nowhere stands with the plain ones. */
static void
add_rest(struct sidebar *sidebar)
{
    const struct event_group *groups = (const struct event_group *)(void *)sidebar->groups->data;
    GHashTableIter iter;
    struct mmost_channel *channel;
    GPtrArray *rest = NULL;

    for (guint i = 0; i < sidebar->groups->len && !rest; i++) {
        const json_t *category =
            category_by_id(json_get_array(sidebar->answer, "categories"), groups[i].id);
        if (strcmp(json_get_text(category, "type"), "channels") == 0)
            rest = sidebar->ids->pdata[i];
    }
    g_hash_table_iter_init(&iter, sidebar->mm->channels);
    while (rest && g_hash_table_iter_next(&iter, NULL, (void **)&channel)) {
        if (channel->told && g_strcmp0(channel->team, sidebar->team->id) == 0 &&
            !g_hash_table_contains(sidebar->placed, channel->id))
            g_ptr_array_add(rest, channel->id);
    }
}

static void
tell(struct sidebar *sidebar)
{
    for (guint i = 0; i < sidebar->groups->len; i++) {
        GPtrArray *ids = sidebar->ids->pdata[i];
        g_ptr_array_add(ids, NULL);
        g_array_index(sidebar->groups, struct event_group, i).conversations =
            (const char *const *)ids->pdata;
    }
    const struct event event = {
        .type = EVENT_GROUPS,
        .groups = {.space = sidebar->team->id,
                   .list = (const struct event_group *)(void *)sidebar->groups->data,
                   .n = sidebar->groups->len}};
    host_emit(sidebar->mm->host, &event);
}

/* Servers before 5.26 have none: then the list is as it was. */
static void
on_categories(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
              const GError *error)
{
    const json_t *categories = json_get_array(answer->json, "categories");
    g_autoptr(GArray) groups = g_array_new(FALSE, FALSE, sizeof(struct event_group));
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    g_autoptr(GHashTable) placed = g_hash_table_new(g_str_hash, g_str_equal);
    struct sidebar sidebar = {
        mm, g_hash_table_lookup(mm->teams, call->conversation), groups, ids, placed, answer->json};
    size_t i;
    json_t *each;

    if (error || !categories || !sidebar.team) {
        log_info(mm->log_area, "the categories of a team did not come: %s",
                 error ? error->message : "the answer has none");
        return;
    }
    json_array_foreach(json_get_array(answer->json, "order"), i, each)
    {
        const json_t *category = category_by_id(categories, json_as_text(each));
        if (category)
            add_category(&sidebar, category);
    }
    add_rest(&sidebar);
    tell(&sidebar);
}

static void
fetch(struct mm *mm, const char *team)
{
    struct mmost_call *call =
        mmost_call(mm, "GET", NULL, on_categories, "/users/me/teams/%s/channels/categories", team);
    call->conversation = g_strdup(team);
}

void
mmost_sidebar_fetch(struct mm *mm)
{
    GHashTableIter iter;
    struct mmost_team *team;

    g_hash_table_iter_init(&iter, mm->teams);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&team))
        fetch(mm, team->id);
}

static void
on_timer(void *user)
{
    struct mm *mm = user;
    GHashTableIter iter;
    gpointer team;

    mm->sidebar_timer = 0;
    g_hash_table_iter_init(&iter, mm->sidebar_due);
    while (g_hash_table_iter_next(&iter, &team, NULL)) {
        if (g_hash_table_contains(mm->teams, team))
            fetch(mm, team);
    }
    g_hash_table_remove_all(mm->sidebar_due);
}

void
mmost_sidebar_changed(struct mm *mm, const char *team)
{
    GHashTableIter iter;
    gpointer id;

    if (mm->phase != MM_CATCH_UP && mm->phase != MM_ONLINE)
        return;
    if (team && g_hash_table_contains(mm->teams, team))
        g_hash_table_add(mm->sidebar_due, g_strdup(team));
    g_hash_table_iter_init(&iter, mm->teams);
    while (!team && g_hash_table_iter_next(&iter, &id, NULL))
        g_hash_table_add(mm->sidebar_due, g_strdup(id));
    if (mm->sidebar_timer == 0)
        mm->sidebar_timer = clock_timer_add(mm->host->clock, WAIT_US, on_timer, mm);
}

/* --- what is muted
 * ----------------------------------------------------------------------------------------- */

void
mmost_mute_take(struct mmost_channel *channel, const json_t *member)
{
    const char *mark = json_get_text(json_get_object(member, "notify_props"), "mark_unread");

    channel->mute_known = *mark != '\0';
    channel->muted = strcmp(mark, "mention") == 0;
}

void
mmost_mute_tell(struct mm *mm, struct mmost_channel *channel)
{
    const struct event event = {
        .type = EVENT_MUTED, .conversation = channel->id, .muted = channel->muted};

    if (channel->told && channel->mute_known)
        host_emit(mm->host, &event);
}

static void
on_muted(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
         const GError *error)
{
    struct mmost_channel *channel = mmost_channel(mm, call->conversation);

    if (!error && channel) {
        channel->muted = call->number != 0;
        channel->mute_known = true;
        mmost_mute_tell(mm, channel);
    }
    mmost_on_plain(mm, call, answer, error);
}

bool
mmost_api_mute(void *session, op_id op, const struct buffer *buffer, bool on, GError **error)
{
    struct mm *mm = session;
    const struct mmost_channel *channel = mmost_channel_of(mm, buffer, error);
    json_t *body;

    if (!channel)
        return false;
    body = json_object();
    json_put_text(body, "channel_id", channel->id);
    json_put_text(body, "user_id", mm->self_id);
    json_put_text(body, "mark_unread", on ? "mention" : "all");
    struct mmost_call *call = mmost_call_urgent(
        mm, "PUT", body, on_muted, "/channels/%s/members/me/notify_props", channel->id);
    call->op = op;
    call->safe = true;
    call->number = on;
    call->conversation = g_strdup(channel->id);
    return true;
}
