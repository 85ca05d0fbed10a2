/* Channels: made, found, changed, archived; direct and group messages. */
#include "tests/sandbox/mm_priv.h"

#include <string.h>

#define NAME_MAX_LENGTH    64
#define HEADER_MAX_LENGTH  1024
#define PURPOSE_MAX_LENGTH 250
#define DISPLAY_MAX_LENGTH 64

/* ---- lists ---- */

static int
by_display_name(gconstpointer a, gconstpointer b)
{
    const struct mm_channel *const *one = a;
    const struct mm_channel *const *two = b;

    return g_strcmp0((*one)->display_name, (*two)->display_name);
}

static int
by_id(gconstpointer a, gconstpointer b)
{
    const struct mm_channel *const *one = a;
    const struct mm_channel *const *two = b;

    return g_strcmp0((*one)->id, (*two)->id);
}

static void
reply_channels(struct mm_request *request, GPtrArray *channels)
{
    JsonArray *array = json_array_new();

    for (unsigned i = 0; i < channels->len; i++)
        json_array_add_object_element(array, mm_channel_json(g_ptr_array_index(channels, i)));
    mm_reply_array(request, 200, array);
}

/* The channels that the user is in: of one team and beside teams, or (NULL) all. */
static void
reply_own(struct mm_request *request, struct mm_user *user, const struct mm_team *team)
{
    g_autoptr(GPtrArray) channels = g_ptr_array_new();
    bool deleted = mm_query_bool(request, "include_deleted");

    for (unsigned i = 0; i < request->server->channels->len; i++) {
        struct mm_channel *channel = g_ptr_array_index(request->server->channels, i);

        if (mm_member(channel, user) != NULL && (deleted || channel->delete_at == 0) &&
            (team == NULL || channel->team == NULL || channel->team == team))
            g_ptr_array_add(channels, channel);
    }
    g_ptr_array_sort(channels, team == NULL ? by_id : by_display_name);
    reply_channels(request, channels);
}

static void
get_own(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);

    if (user != NULL)
        reply_own(request, user, NULL);
}

static void
get_own_of_team(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);
    struct mm_team *team = user != NULL ? mm_need_team(request) : NULL;

    if (team != NULL)
        reply_own(request, user, team);
}

/* Public channels of the team whose names begin with `term` (NULL: all). */
static void
reply_public(struct mm_request *request, const char *term, bool paged)
{
    struct mm_team *team = mm_need_team(request);
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    g_autoptr(GPtrArray) page = g_ptr_array_new();
    g_autofree char *folded = term != NULL ? g_utf8_strdown(term, -1) : NULL;
    unsigned from = 0;
    unsigned count = 0;

    if (team == NULL)
        return;
    for (unsigned i = 0; i < request->server->channels->len; i++) {
        struct mm_channel *channel = g_ptr_array_index(request->server->channels, i);
        g_autofree char *display = g_utf8_strdown(channel->display_name, -1);

        if (channel->team == team && channel->delete_at == 0 &&
            (g_str_equal(channel->type, "O") ||
             (!paged && mm_member(channel, request->user) != NULL)) &&
            (folded == NULL || strstr(display, folded) != NULL ||
             g_str_has_prefix(channel->name, folded)))
            g_ptr_array_add(found, channel);
    }
    g_ptr_array_sort(found, by_display_name);
    mm_query_page(request, &from, &count);
    for (unsigned i = paged ? from : 0; i < found->len && (!paged || i < from + count); i++)
        g_ptr_array_add(page, g_ptr_array_index(found, i));
    reply_channels(request, page);
}

static void
get_public(struct mm_request *request)
{
    reply_public(request, NULL, true);
}

static void
get_autocomplete(struct mm_request *request)
{
    reply_public(request, mm_query(request, "name"), false);
}

static void
post_search(struct mm_request *request)
{
    JsonObject *body = mm_need_object(request, "channel_search");

    if (body != NULL)
        reply_public(request, mm_get(body, "term"), false);
}

static void
get_channel(struct mm_request *request)
{
    struct mm_channel *channel = mm_need_channel(request);

    if (channel != NULL)
        mm_reply_object(request, 200, mm_channel_json(channel));
}

static void
get_by_name(struct mm_request *request)
{
    struct mm_team *team = mm_need_team(request);
    struct mm_channel *channel =
        team != NULL ? mm_channel_by_name(request->server, team, mm_arg(request, "name")) : NULL;

    if (team == NULL)
        return;
    if (channel == NULL ||
        (channel->delete_at != 0 && !mm_query_bool(request, "include_deleted")) ||
        !mm_can_read(channel, request->user))
        mm_fail(request, 404, "app.channel.get_by_name.missing.app_error",
                "Channel does not exist.");
    else
        mm_reply_object(request, 200, mm_channel_json(channel));
}

/* ---- telling ---- */

static void
tell_updated(struct mm_server *server, struct mm_channel *channel)
{
    struct mm_target target = {.channel = channel};
    JsonObject *data = json_object_new();
    JsonObject *object = mm_channel_json(channel);
    g_autofree char *text = mm_object_text(object);

    json_object_unref(object);
    mm_set(data, "channel", text);
    mm_emit(server, "channel_updated", data, &target);
}

/* `with_team`: to the whole team, where the channel is public. */
static void
tell_id(struct mm_server *server, const char *event, struct mm_channel *channel, bool with_team,
        int64_t delete_at)
{
    struct mm_target target = {NULL};
    JsonObject *data = json_object_new();

    if (with_team)
        target.team = channel->team;
    else
        target.channel = channel;
    mm_set(data, "channel_id", channel->id);
    if (delete_at != 0)
        mm_set_int(data, "delete_at", delete_at);
    mm_emit(server, event, data, &target);
}

static JsonObject *
username_props(struct mm_user *user)
{
    JsonObject *props = json_object_new();

    mm_set(props, "username", user->username);
    return props;
}

/* ---- making ---- */

static bool
name_is_good(const char *name)
{
    size_t len = strlen(name);

    return len > 0 && len <= NAME_MAX_LENGTH &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == len;
}

/* Its creator comes in. */
static void
settle(struct mm_server *server, struct mm_channel *channel, struct mm_user *creator)
{
    g_autofree char *message = g_strdup_printf("%s joined the channel.", creator->username);

    mm_member_new(channel, creator, true)->last_update_at = channel->create_at;
    mm_say_system(server, creator, channel, "system_join_channel", message, username_props(creator),
                  false);
}

struct mm_channel *
mm_channel_make(struct mm_server *server, struct mm_team *team, const char *type, const char *name,
                const char *display_name, struct mm_user *creator)
{
    struct mm_channel *channel = mm_channel_new(server, team, type, name, display_name, creator);

    settle(server, channel, creator);
    return channel;
}

static void
tell_created(struct mm_server *server, struct mm_channel *channel, struct mm_user *user)
{
    struct mm_target target = {.user_id = user->id};
    JsonObject *data = json_object_new();

    mm_set(data, "channel_id", channel->id);
    mm_set(data, "team_id", channel->team->id);
    mm_emit(server, "channel_created", data, &target);
}

static void
post_channel(struct mm_request *request)
{
    JsonObject *body = mm_need_object(request, "channel");
    struct mm_server *server = request->server;
    struct mm_team *team = mm_team_by_id(server, mm_get(body, "team_id"));
    const char *name = mm_get(body, "name");
    const char *display = mm_get(body, "display_name");
    const char *type = mm_get(body, "type");
    struct mm_channel *channel = NULL;
    JsonObject *answer = NULL;

    if (body == NULL)
        return;
    if (display == NULL || display[0] == '\0') {
        mm_fail_body(request, "display_name");
    } else if (team == NULL || mm_team_member(team, request->user) == NULL) {
        mm_fail_permissions(request);
    } else if (name == NULL || !name_is_good(name)) {
        mm_fail(request, 400, "model.channel.is_valid.1_or_more.app_error",
                "Name must be 1 or more lowercase alphanumeric character.");
    } else if (g_strcmp0(type, "O") != 0 && g_strcmp0(type, "P") != 0) {
        mm_fail(request, 400, "model.channel.is_valid.type.app_error", "Invalid type.");
    } else if (g_utf8_strlen(display, -1) > DISPLAY_MAX_LENGTH) {
        mm_fail(request, 400, "model.channel.is_valid.display_name.app_error",
                "Invalid display name.");
    } else if (mm_get(body, "purpose") != NULL &&
               g_utf8_strlen(mm_get(body, "purpose"), -1) > PURPOSE_MAX_LENGTH) {
        mm_fail(request, 400, "model.channel.is_valid.purpose.app_error", "Invalid purpose.");
    } else if (mm_channel_by_name(server, team, name) != NULL) {
        mm_fail(request, 400, "store.sql_channel.save_channel.exists.app_error",
                "A channel with that name already exists on the same team.");
    } else {
        channel = mm_channel_new(server, team, type, name, display, request->user);
        g_free(channel->header);
        g_free(channel->purpose);
        channel->header = g_strdup(mm_get(body, "header") != NULL ? mm_get(body, "header") : "");
        channel->purpose = g_strdup(mm_get(body, "purpose") != NULL ? mm_get(body, "purpose") : "");
        answer = mm_channel_json(channel);
        settle(server, channel, request->user);
        tell_created(server, channel, request->user);
        mm_reply_object(request, 201, answer);
    }
}

/* ---- direct and group messages ---- */

struct mm_channel *
mm_direct(struct mm_server *server, struct mm_user *a, struct mm_user *b)
{
    bool ordered = g_strcmp0(a->id, b->id) <= 0;
    g_autofree char *name =
        g_strdup_printf("%s__%s", ordered ? a->id : b->id, ordered ? b->id : a->id);
    struct mm_channel *channel = mm_channel_by_name(server, NULL, name);
    struct mm_target target = {NULL};
    JsonObject *data = NULL;

    if (channel != NULL)
        return channel;
    channel = mm_channel_new(server, NULL, "D", name, "", a);
    mm_member_new(channel, a, false)->last_update_at = channel->create_at;
    if (a != b)
        mm_member_new(channel, b, false)->last_update_at = channel->create_at;
    target.channel = channel;
    data = json_object_new();
    mm_set(data, "creator_id", a->id);
    mm_set(data, "teammate_id", b->id);
    mm_emit(server, "direct_added", data, &target);
    return channel;
}

static void
post_direct(struct mm_request *request)
{
    g_autoptr(GPtrArray) ids = mm_need_ids(request, "user_ids");
    struct mm_user *users[2] = {NULL, NULL};

    if (ids == NULL)
        return;
    if (ids->len > 2) {
        mm_fail_body(request, "user_ids");
        return;
    }
    for (unsigned i = 0; i < 2; i++)
        users[i] = mm_user_by_id(request->server, g_ptr_array_index(ids, MIN(i, ids->len - 1)));
    if (users[0] == NULL || users[1] == NULL)
        mm_fail(request, 400, "api.channel.create_direct_channel.invalid_user.app_error",
                "Invalid user ID for direct channel creation.");
    else if (users[0] != request->user && users[1] != request->user)
        mm_fail_permissions(request);
    else
        mm_reply_object(
            request, 201,
            mm_channel_json(mm_direct(request->server, request->user,
                                      users[0] == request->user ? users[1] : users[0])));
}

static int
compare_ids(gconstpointer a, gconstpointer b)
{
    const struct mm_user *const *one = a;
    const struct mm_user *const *two = b;

    return g_strcmp0((*one)->id, (*two)->id);
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
    const struct mm_user *const *one = a;
    const struct mm_user *const *two = b;

    return g_strcmp0((*one)->username, (*two)->username);
}

static void
tell_group(struct mm_server *server, struct mm_channel *channel, const GPtrArray *users)
{
    JsonArray *ids = json_array_new();
    g_autofree char *text = NULL;

    for (unsigned i = 0; i < users->len; i++) {
        const struct mm_user *user = g_ptr_array_index(users, i);

        json_array_add_string_element(ids, user->id);
    }
    text = mm_array_text(ids);
    json_array_unref(ids);
    for (unsigned i = 0; i < users->len; i++) {
        const struct mm_user *user = g_ptr_array_index(users, i);
        struct mm_target target = {.user_id = user->id, .channel = channel};
        JsonObject *data = json_object_new();

        mm_set(data, "teammate_ids", text);
        mm_emit(server, "group_added", data, &target);
    }
}

/* users: sorted by id. */
static struct mm_channel *
group_make(struct mm_server *server, GPtrArray *users)
{
    g_autoptr(GString) ids = g_string_new("");
    g_autoptr(GString) names = g_string_new("");
    g_autoptr(GPtrArray) named = g_ptr_array_copy(users, NULL, NULL);
    g_autofree char *hash = NULL;
    struct mm_channel *channel = NULL;

    g_ptr_array_sort(named, compare_names);
    for (unsigned i = 0; i < users->len; i++) {
        const struct mm_user *user = g_ptr_array_index(users, i);
        const struct mm_user *by_name = g_ptr_array_index(named, i);

        g_string_append(ids, user->id);
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", by_name->username);
    }
    hash = g_compute_checksum_for_string(G_CHECKSUM_SHA1, ids->str, -1);
    channel = mm_channel_by_name(server, NULL, hash);
    if (channel != NULL)
        return channel;
    channel = mm_channel_new(server, NULL, "G", hash, names->str, NULL);
    for (unsigned i = 0; i < users->len; i++)
        mm_member_new(channel, g_ptr_array_index(users, i), false)->last_update_at =
            channel->create_at;
    tell_group(server, channel, users);
    return channel;
}

static void
post_group(struct mm_request *request)
{
    g_autoptr(GPtrArray) ids = mm_need_ids(request, "user_ids");
    g_autoptr(GPtrArray) users = g_ptr_array_new();

    if (ids == NULL)
        return;
    g_ptr_array_add(users, request->user);
    for (unsigned i = 0; i < ids->len; i++) {
        struct mm_user *user = mm_user_by_id(request->server, g_ptr_array_index(ids, i));

        if (user != NULL && !g_ptr_array_find(users, user, NULL))
            g_ptr_array_add(users, user);
    }
    if (users->len < 3 || users->len > 8) {
        mm_fail(request, 400, "api.channel.create_group.bad_size.app_error",
                "Group message channels must contain at least 3 and no more than 8 users.");
        return;
    }
    g_ptr_array_sort(users, compare_ids);
    mm_reply_object(request, 201, mm_channel_json(group_make(request->server, users)));
}

static void
post_group_channels(struct mm_request *request)
{
    g_autoptr(GPtrArray) ids = mm_need_ids(request, "group_channel_ids");
    JsonObject *object = NULL;

    if (ids == NULL)
        return;
    object = json_object_new();
    for (unsigned i = 0; i < ids->len; i++) {
        struct mm_channel *channel = mm_channel_by_id(request->server, g_ptr_array_index(ids, i));
        JsonArray *users = NULL;

        if (channel == NULL || mm_member(channel, request->user) == NULL)
            continue;
        users = json_array_new();
        for (unsigned j = 0; j < channel->order->len; j++) {
            const struct mm_member *member = g_ptr_array_index(channel->order, j);

            if (member->user != request->user)
                json_array_add_object_element(users, mm_user_json(member->user, MM_USER_OTHER));
        }
        mm_set_array(object, channel->id, users);
    }
    mm_reply_object(request, 200, object);
}

/* ---- changing ---- */

static void
replace(char **text, const char *value)
{
    g_free(*text);
    *text = g_strdup(value);
}

/* One of header, purpose and display name: the post that tells it. */
static void
say_change(struct mm_request *request, struct mm_channel *channel, const char *what,
           const char *old, const char *value)
{
    JsonObject *props = json_object_new();
    g_autofree char *plain = g_strdup(g_str_equal(what, "display name") ? "displayname" : what);
    g_autofree char *type = g_strdup_printf("system_%s_change", plain);
    g_autofree char *old_key = g_strconcat("old_", plain, NULL);
    g_autofree char *new_key = g_strconcat("new_", plain, NULL);
    g_autofree char *message = NULL;
    const char *who = request->user->username;

    if (g_str_equal(what, "display name"))
        message =
            g_strdup_printf("%s updated the channel display name from: %s to: %s", who, old, value);
    else if (value[0] == '\0')
        message = g_strdup_printf("%s removed the channel %s (was: %s)", who, what, old);
    else if (old[0] == '\0')
        message = g_strdup_printf("%s updated the channel %s to: %s", who, what, value);
    else
        message =
            g_strdup_printf("%s updated the channel %s from: %s to: %s", who, what, old, value);
    mm_set(props, new_key, value);
    mm_set(props, old_key, old);
    mm_set(props, "username", who);
    mm_say_system(request->server, request->user, channel, type, message, props, true);
}

void
mm_channel_set_header(struct mm_request *request, struct mm_channel *channel, const char *header)
{
    g_autofree char *old = g_strdup(channel->header);

    replace(&channel->header, header);
    channel->update_at = mm_stamp(request->server);
    tell_updated(request->server, channel);
    say_change(request, channel, "header", old, header);
}

/* True when the patch has been refused. */
static bool
refuse_patch(struct mm_request *request, struct mm_channel *channel, JsonObject *body)
{
    const char *header = mm_get(body, "header");
    const char *name = mm_get(body, "name");
    bool other =
        name != NULL || mm_get(body, "display_name") != NULL || mm_get(body, "purpose") != NULL;

    if (header == NULL && !other)
        mm_fail(request, 400, "api.channel.patch_update_channel.no_changes.app_error",
                "No changes in the patch.");
    else if (mm_member(channel, request->user) == NULL && !mm_user_is_admin(request->user))
        mm_fail_permissions(request);
    else if (channel->team == NULL && other)
        mm_fail(request, 400,
                "api.channel.patch_update_channel.update_direct_or_group_messages_not_allowed."
                "app_error",
                "You are not allowed to update the name, display_name, and purpose of direct or "
                "group messages.");
    else if (header != NULL && g_utf8_strlen(header, -1) > HEADER_MAX_LENGTH)
        mm_fail(request, 400, "model.channel.is_valid.header.app_error", "Invalid header.");
    else if (name != NULL && !name_is_good(name))
        mm_fail(request, 400, "model.channel.is_valid.1_or_more.app_error",
                "Name must be 1 or more lowercase alphanumeric character.");
    else
        return false;
    return true;
}

static void
put_patch(struct mm_request *request)
{
    struct mm_channel *channel = mm_need_channel(request);
    JsonObject *body = channel != NULL ? mm_need_object(request, "channel") : NULL;
    struct {
        const char *key;
        const char *what;
        char **text;
        char *old;
    } fields[] = {
        {"header", "header", channel != NULL ? &channel->header : NULL, NULL},
        {"purpose", "purpose", channel != NULL ? &channel->purpose : NULL, NULL},
        {"display_name", "display name", channel != NULL ? &channel->display_name : NULL, NULL}};
    JsonObject *answer = NULL;

    if (body == NULL || refuse_patch(request, channel, body))
        return;
    if (mm_get(body, "name") != NULL)
        replace(&channel->name, mm_get(body, "name"));
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        const char *value = mm_get(body, fields[i].key);

        fields[i].old = g_strdup(*fields[i].text);
        if (value != NULL)
            replace(fields[i].text, value);
    }
    channel->update_at = mm_stamp(request->server);
    tell_updated(request->server, channel);
    answer = mm_channel_json(channel);
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (!g_str_equal(fields[i].old, *fields[i].text))
            say_change(request, channel, fields[i].what, fields[i].old, *fields[i].text);
        g_free(fields[i].old);
    }
    mm_reply_object(request, 200, answer);
}

static void
say_by(struct mm_request *request, struct mm_channel *channel, const char *type,
       const char *format_what)
{
    g_autofree char *message =
        g_strdup_printf("%s %s the channel.", request->user->username, format_what);

    mm_say_system(request->server, request->user, channel, type, message,
                  username_props(request->user), true);
}

static void
delete_channel(struct mm_request *request)
{
    struct mm_channel *channel = mm_need_channel(request);

    if (channel == NULL)
        return;
    if (channel->team == NULL) {
        mm_fail(request, 400, "api.channel.delete_channel.type.invalid",
                "Unable to delete direct or group message channels");
    } else if (g_str_equal(channel->name, "town-square")) {
        mm_fail(request, 400, "api.channel.delete_channel.cannot.app_error",
                "Unable to delete the default channel town-square.");
    } else if (mm_member(channel, request->user) == NULL && !mm_user_is_admin(request->user)) {
        mm_fail_permissions(request);
    } else {
        say_by(request, channel, "system_channel_deleted", "archived");
        channel->delete_at = mm_stamp(request->server);
        channel->update_at = channel->delete_at;
        tell_id(request->server, "channel_deleted", channel, g_str_equal(channel->type, "O"),
                channel->delete_at);
        mm_reply_ok(request);
    }
}

static bool
may_manage(struct mm_request *request, struct mm_channel *channel)
{
    const struct mm_team_member *member =
        channel->team != NULL ? mm_team_member(channel->team, request->user) : NULL;

    if (mm_user_is_admin(request->user) || (member != NULL && member->admin))
        return true;
    mm_fail_permissions(request);
    return false;
}

static void
post_restore(struct mm_request *request)
{
    struct mm_channel *channel = mm_need_channel(request);
    JsonObject *answer = NULL;

    if (channel == NULL || !may_manage(request, channel))
        return;
    channel->delete_at = 0;
    tell_id(request->server, "channel_restored", channel, g_str_equal(channel->type, "O"), 0);
    answer = mm_channel_json(channel);
    say_by(request, channel, "system_channel_restored", "unarchived");
    mm_reply_object(request, 200, answer);
}

static void
put_privacy(struct mm_request *request)
{
    struct mm_channel *channel = mm_need_channel(request);
    JsonObject *body = channel != NULL ? mm_need_object(request, "privacy") : NULL;
    const char *privacy = mm_get(body, "privacy");
    JsonObject *answer = NULL;
    bool private = g_strcmp0(privacy, "P") == 0;

    if (body == NULL || !may_manage(request, channel))
        return;
    if (!private && g_strcmp0(privacy, "O") != 0) {
        mm_fail_body(request, "privacy");
        return;
    }
    replace(&channel->type, privacy);
    channel->update_at = mm_stamp(request->server);
    tell_updated(request->server, channel);
    answer = mm_channel_json(channel);
    mm_say_system(request->server, request->user, channel, "system_change_chan_privacy",
                  private ? "This channel has been converted to a Private Channel."
                          : "This channel has been converted to a Public Channel and can be "
                            "joined by any team member.",
                  username_props(request->user), true);
    tell_id(request->server, "channel_converted", channel, true, 0);
    mm_reply_object(request, 200, answer);
}

static void
get_stats(struct mm_request *request)
{
    struct mm_channel *channel = mm_need_channel(request);
    JsonObject *object = NULL;
    unsigned pinned = 0;
    unsigned files = 0;

    if (channel == NULL)
        return;
    for (unsigned i = 0; i < channel->posts->len; i++) {
        const struct mm_post *post = g_ptr_array_index(channel->posts, i);

        pinned += post->is_pinned && post->delete_at == 0;
        files += post->file_ids != NULL ? post->file_ids->len : 0;
    }
    object = json_object_new();
    mm_set(object, "channel_id", channel->id);
    mm_set_int(object, "member_count", channel->order->len);
    mm_set_int(object, "guest_count", 0);
    mm_set_int(object, "pinnedpost_count", pinned);
    mm_set_int(object, "files_count", files);
    mm_reply_object(request, 200, object);
}

/* Of those that the user may read. */
static void
post_member_count(struct mm_request *request)
{
    g_autoptr(GPtrArray) ids = mm_need_ids(request, "channel_ids");
    JsonObject *counts = NULL;

    if (ids == NULL)
        return;
    counts = json_object_new();
    for (unsigned i = 0; i < ids->len; i++) {
        const char *id = g_ptr_array_index(ids, i);
        const struct mm_channel *channel = mm_channel_by_id(request->server, id);

        if (channel == NULL || !mm_can_read(channel, request->user)) {
            json_object_unref(counts);
            mm_fail_permissions(request);
            return;
        }
        mm_set_int(counts, id, channel->order->len);
    }
    mm_reply_object(request, 200, counts);
}

const struct mm_route mm_channel_routes[] = {
    {"GET", "users/:user/channels", get_own, 0},
    {"GET", "users/:user/teams/:team/channels", get_own_of_team, 0},
    {"GET", "teams/:team/channels", get_public, 0},
    {"GET", "teams/:team/channels/autocomplete", get_autocomplete, 0},
    {"POST", "teams/:team/channels/search", post_search, 0},
    {"GET", "teams/:team/channels/name/:name", get_by_name, 0},
    {"POST", "channels", post_channel, 0},
    {"POST", "channels/stats/member_count", post_member_count, 0},
    {"POST", "channels/direct", post_direct, 0},
    {"POST", "channels/group", post_group, 0},
    {"POST", "users/group_channels", post_group_channels, 0},
    {"GET", "channels/:channel", get_channel, 0},
    {"PUT", "channels/:channel/patch", put_patch, 0},
    {"PUT", "channels/:channel/privacy", put_privacy, 0},
    {"DELETE", "channels/:channel", delete_channel, 0},
    {"POST", "channels/:channel/restore", post_restore, 0},
    {"GET", "channels/:channel/stats", get_stats, 0},
    {NULL, NULL, NULL, 0},
};
