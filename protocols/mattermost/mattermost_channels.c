/* Teams and channels: what is known of them, and what core is told. */
#include <string.h>

#include "protocols/mattermost/mattermost_priv.h"

/* --- teams
 * ------------------------------------------------------------------------------------------ */

void
mmost_team_free(void *data)
{
    struct mmost_team *team = data;

    g_free(team->id);
    g_free(team->name);
    g_free(team->title);
    g_free(team);
}

static bool
is_wanted(const struct mm *mm, const char *name)
{
    return !mm->config.teams[0] || g_strv_contains(mm->config.teams, name);
}

void
mmost_team_put(struct mm *mm, const json_t *object)
{
    const char *id = json_get_text(object, "id"), *name = json_get_text(object, "name");

    if (!mmost_is_id(id) || !*name || json_get_int(object, "delete_at") > 0 ||
        !is_wanted(mm, name) || g_hash_table_size(mm->teams) >= MM_MAX_TEAMS)
        return;
    struct mmost_team *team = g_new0(struct mmost_team, 1);
    team->id = g_strdup(id);
    team->name = g_strdup(name);
    team->title = g_strdup(json_get_text(object, "display_name"));
    g_hash_table_replace(mm->teams, team->id, team);
    const struct event event = {.type = EVENT_SPACE,
                                .space = {.id = id, .name = *team->title ? team->title : name}};
    host_emit(mm->host, &event);
}

const struct mmost_team *
mmost_team_meant(struct mm *mm, const struct buffer *from, GError **error)
{
    const struct mmost_channel *channel = from ? mmost_channel(mm, from->remote_id) : NULL;
    GHashTableIter iter;
    struct mmost_team *team = NULL;

    if (channel && channel->team)
        return g_hash_table_lookup(mm->teams, channel->team);
    g_hash_table_iter_init(&iter, mm->teams);
    if (g_hash_table_size(mm->teams) == 1 && g_hash_table_iter_next(&iter, NULL, (void **)&team))
        return team;
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                g_hash_table_size(mm->teams) == 0
                    ? "You are in no team of this server."
                    : "You are in several teams: go to a channel of the team that you mean, or "
                      "write TEAM/CHANNEL.");
    return NULL;
}

/* --- channels
 * --------------------------------------------------------------------------------------- */

void
mmost_channel_free(void *data)
{
    struct mmost_channel *channel = data;

    g_clear_pointer(&channel->held, g_ptr_array_unref);
    g_free(channel->id);
    g_free(channel->slug);
    g_free(channel->shown);
    g_free(channel->topic);
    g_free(channel->team);
    g_free(channel->peer);
    g_free(channel);
}

struct mmost_channel *
mmost_channel(struct mm *mm, const char *id)
{
    return id ? g_hash_table_lookup(mm->channels, id) : NULL;
}

struct mmost_channel *
mmost_channel_by_slug(struct mm *mm, const char *team, const char *slug)
{
    GHashTableIter iter;
    struct mmost_channel *channel;

    g_hash_table_iter_init(&iter, mm->channels);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&channel)) {
        if (channel->team && g_strcmp0(channel->team, team) == 0 &&
            strcmp(channel->slug, slug) == 0)
            return channel;
    }
    return NULL;
}

static enum buffer_kind
kind_of(const char *type)
{
    switch (*type) {
    case 'P':
        return BUFFER_PRIVATE;
    case 'D':
        return BUFFER_DIRECT;
    case 'G':
        return BUFFER_GROUP;
    default:
        return BUFFER_CHANNEL;
    }
}

/* Whose direct conversation it is: its name is both ids. Our own twice: notes to ourselves. */
static char *
peer_of(const struct mm *mm, const char *slug)
{
    if (strlen(slug) != 54 || slug[26] != '_' || slug[27] != '_')
        return NULL;
    g_autofree char *first = g_strndup(slug, 26);
    const char *peer = g_strcmp0(first, mm->self_id) == 0 ? slug + 28 : first;
    return mmost_is_id(peer) ? g_strdup(peer) : NULL;
}

/* "alice, bo, carmen" without ourselves. */
static char *
group_name(const struct mm *mm, const char *title)
{
    g_auto(GStrv) names = g_strsplit(title, ", ", 20);
    g_autoptr(GString) out = g_string_new(NULL);

    for (unsigned i = 0; names[i]; i++) {
        if (g_strcmp0(names[i], mm->self_name) != 0)
            g_string_append_printf(out, "%s%s", out->len > 0 ? ", " : "", names[i]);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static char *
shown_of(struct mm *mm, const struct mmost_channel *channel, const char *title)
{
    const char *peer = mmost_user_name(mm, channel->peer);

    if (channel->kind == BUFFER_DIRECT)
        return g_strdup(peer ? peer : "(somebody)");
    if (channel->kind == BUFFER_GROUP)
        return group_name(mm, title);
    return g_strconcat("~", channel->slug, NULL);
}

static bool
is_ours(const struct mm *mm, const char *team)
{
    return !*team || g_hash_table_contains(mm->teams, team);
}

static void
set_text(char **text, const char *value)
{
    if (g_strcmp0(*text, value) == 0)
        return;
    g_free(*text);
    *text = g_strdup(value);
}

static void
restore_mark(struct mm *mm, struct mmost_channel *channel)
{
    g_autofree char *cursor = mm->host->ops->cursor_get(mm->host, channel->id);

    if (!cursor || !mmost_mark_parse(&channel->mark, cursor))
        return;
    channel->newest_ms = channel->known_ms = channel->mark.last_ms;
    channel->paged = true;
}

struct mmost_channel *
mmost_channel_put(struct mm *mm, const json_t *object)
{
    const char *id = json_get_text(object, "id"), *team = json_get_text(object, "team_id");
    struct mmost_channel *channel = mmost_channel(mm, id);

    if (!mmost_is_id(id) || !is_ours(mm, team) ||
        (!channel && g_hash_table_size(mm->channels) >= MM_MAX_CHANNELS))
        return NULL;
    if (!channel) {
        channel = g_new0(struct mmost_channel, 1);
        channel->id = g_strdup(id);
        g_hash_table_insert(mm->channels, channel->id, channel);
        restore_mark(mm, channel);
    }
    channel->kind = kind_of(json_get_text(object, "type"));
    channel->archived = json_get_int(object, "delete_at") > 0;
    channel->last_post_ms = MAX(channel->last_post_ms, json_get_int(object, "last_post_at"));
    set_text(&channel->slug, json_get_text(object, "name"));
    set_text(&channel->topic, json_get_text(object, "header"));
    set_text(&channel->team, *team ? team : NULL);
    g_free(channel->peer);
    channel->peer = channel->kind == BUFFER_DIRECT ? peer_of(mm, channel->slug) : NULL;
    g_free(channel->shown);
    channel->shown = shown_of(mm, channel, json_get_text(object, "display_name"));
    return channel;
}

void
mmost_channels_name(struct mm *mm)
{
    GHashTableIter iter;
    struct mmost_channel *channel;

    g_hash_table_iter_init(&iter, mm->channels);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&channel)) {
        const char *name = mmost_user_name(mm, channel->peer);
        if (channel->kind == BUFFER_DIRECT && name)
            set_text(&channel->shown, name);
    }
}

void
mmost_channel_tell(struct mm *mm, struct mmost_channel *channel)
{
    const bool direct = channel->kind == BUFFER_DIRECT || channel->kind == BUFFER_GROUP;
    /* The first channel of a team is everybody's. */
    const bool first = channel->team && strcmp(channel->slug, "town-square") == 0;
    unsigned removed = direct  ? CAP_LEAVE | CAP_INVITE | CAP_ARCHIVE
                       : first ? CAP_LEAVE | CAP_ARCHIVE
                               : 0;

    if (!channel->joined && !channel->told)
        return;
    channel->told = true;
    if (channel->archived)
        removed |= CAP_SEND | CAP_ACTION | CAP_DELETE | CAP_REACT | CAP_REPLY | CAP_SET_TOPIC |
                   CAP_INVITE | CAP_ARCHIVE;
    const struct event event = {.type = EVENT_BUFFER,
                                .conversation = channel->id,
                                .buffer = {.kind = channel->kind,
                                           .space = channel->team,
                                           .name = channel->shown,
                                           .topic = channel->topic,
                                           .joined = channel->joined,
                                           .archived = channel->archived,
                                           .caps_removed = removed}};
    host_emit(mm->host, &event);
}

void
mmost_channel_left(struct mm *mm, struct mmost_channel *channel)
{
    channel->joined = false;
    channel->caught = false;
    g_clear_pointer(&channel->held, g_ptr_array_unref);
    mmost_channel_tell(mm, channel);
}
