/* Who is in a channel, what they have read of it, and coming and going. */
#include "tests/sandbox/mm_priv.h"

#include <string.h>

/* ---- reading ---- */

bool
mm_view(struct mm_server *server, struct mm_member *member)
{
    struct mm_channel *channel = member->channel;
    bool unread = member->msg_count != channel->total_msg_count || member->mention_count > 0 ||
                  member->last_viewed_at < channel->last_post_at;

    member->msg_count = channel->total_msg_count;
    member->msg_count_root = channel->total_msg_count_root;
    member->mention_count = 0;
    member->mention_count_root = 0;
    member->last_viewed_at = channel->last_post_at;
    if (unread)
        member->last_update_at = channel->last_post_at;
    return unread;
}

static void
tell_viewed(struct mm_server *server, struct mm_user *user, JsonObject *times)
{
    struct mm_target target = {.user_id = user->id};
    JsonObject *data = json_object_new();

    mm_set_object(data, "channel_times", times);
    mm_emit(server, "multiple_channels_viewed", data, &target);
}

bool
mm_view_and_tell(struct mm_server *server, struct mm_member *member)
{
    JsonObject *times = NULL;

    if (!mm_view(server, member))
        return false;
    times = json_object_new();
    mm_set_int(times, member->channel->id, member->last_viewed_at);
    tell_viewed(server, member->user, times);
    return true;
}

/* The threads of the channel too. */
static void
read_threads(struct mm_server *server, struct mm_channel *channel, struct mm_user *user, bool tell)
{
    struct mm_target target = {.user_id = user->id, .channel = channel};
    JsonObject *data = NULL;
    int64_t now = mm_stamp(server);

    for (unsigned i = 0; i < channel->posts->len; i++) {
        struct mm_follower *follower =
            mm_follower(g_ptr_array_index(channel->posts, i), user, false);

        if (follower == NULL)
            continue;
        follower->last_viewed_at = now;
        follower->unread_mentions = 0;
    }
    if (!tell)
        return;
    data = json_object_new();
    mm_set_int(data, "timestamp", now);
    mm_emit(server, "thread_read_changed", data, &target);
}

static void
post_view(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);
    JsonObject *body = user != NULL ? mm_need_object(request, "channel_view") : NULL;
    struct mm_channel *channel = mm_channel_by_id(request->server, mm_get(body, "channel_id"));
    struct mm_member *member = channel != NULL ? mm_member(channel, request->user) : NULL;
    JsonObject *answer = NULL;
    JsonObject *times = NULL;

    if (body == NULL)
        return;
    times = json_object_new();
    if (member != NULL) {
        const bool was_new = mm_view_and_tell(request->server, member);
        const bool whole = !mm_get_bool(body, "collapsed_threads_supported", false);
        mm_set_int(times, channel->id, channel->last_post_at);
        /* Where nothing was new in the channel, its threads stay as they are. */
        if (was_new && (whole || !mm_user_crt(request->server, user)))
            read_threads(request->server, channel, user, whole);
    }
    answer = json_object_new();
    mm_set(answer, "status", "OK");
    mm_set_object(answer, "last_viewed_at_times", times);
    mm_reply_object(request, 200, answer);
}

static void
post_mark_read(struct mm_request *request)
{
    g_autoptr(GPtrArray) ids = mm_need_ids(request, "channel_ids");
    JsonObject *answer = NULL;
    JsonObject *times = NULL;
    JsonObject *told = NULL;

    if (ids == NULL)
        return;
    times = json_object_new();
    told = json_object_new();
    for (unsigned i = 0; i < ids->len; i++) {
        struct mm_channel *channel = mm_channel_by_id(request->server, g_ptr_array_index(ids, i));
        struct mm_member *member = channel != NULL ? mm_member(channel, request->user) : NULL;

        if (member == NULL)
            continue;
        if (mm_view(request->server, member))
            mm_set_int(told, channel->id, channel->last_post_at);
        mm_set_int(times, channel->id, channel->last_post_at);
    }
    if (json_object_get_size(told) > 0)
        tell_viewed(request->server, request->user, json_object_ref(told));
    json_object_unref(told);
    answer = json_object_new();
    mm_set(answer, "status", "OK");
    mm_set_object(answer, "last_viewed_at_times", times);
    mm_reply_object(request, 200, answer);
}

static void
get_channel_unread(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);
    struct mm_channel *channel = user != NULL ? mm_need_channel(request) : NULL;
    struct mm_member *member = channel != NULL ? mm_need_member(request, channel) : NULL;
    JsonObject *object = NULL;

    if (member == NULL)
        return;
    object = json_object_new();
    mm_set(object, "team_id", channel->team != NULL ? channel->team->id : "");
    mm_set(object, "channel_id", channel->id);
    mm_set_int(object, "msg_count", channel->total_msg_count - member->msg_count);
    mm_set_int(object, "msg_count_root", channel->total_msg_count_root - member->msg_count_root);
    mm_set_int(object, "mention_count", member->mention_count);
    mm_set_int(object, "mention_count_root", member->mention_count_root);
    mm_set_int(object, "urgent_mention_count", 0);
    mm_reply_object(request, 200, object);
}

/* ---- unread from a post ---- */

/* The member's counters as they were before this post. */
static void
unread_from(struct mm_server *server, struct mm_member *member, struct mm_post *from)
{
    struct mm_channel *channel = member->channel;
    int64_t unread = 0;
    int64_t unread_root = 0;

    member->mention_count = 0;
    member->mention_count_root = 0;
    for (unsigned i = channel->posts->len; i-- > 0;) {
        struct mm_post *post = g_ptr_array_index(channel->posts, i);
        bool root = post->root == NULL;

        if (post->create_at < from->create_at)
            break;
        if (post->delete_at != 0)
            continue;
        unread++;
        unread_root += root;
        if (mm_mentions(server, post, member->user)) {
            member->mention_count++;
            member->mention_count_root += root;
        }
    }
    member->msg_count = channel->total_msg_count - unread;
    member->msg_count_root = channel->total_msg_count_root - unread_root;
    member->last_viewed_at = from->create_at - 1;
    member->last_update_at = mm_now(server);
}

static void
fill_unread(JsonObject *object, const struct mm_member *member)
{
    mm_set_int(object, "last_viewed_at", member->last_viewed_at);
    mm_set_int(object, "mention_count", member->mention_count);
    mm_set_int(object, "mention_count_root", member->mention_count_root);
    mm_set_int(object, "msg_count", member->msg_count);
    mm_set_int(object, "msg_count_root", member->msg_count_root);
    mm_set_int(object, "urgent_mention_count", 0);
}

static void
post_set_unread(struct mm_request *request)
{
    struct mm_post *post = mm_need_post(request);
    struct mm_member *member = post != NULL ? mm_need_member(request, post->channel) : NULL;
    JsonObject *body = request->body != NULL && JSON_NODE_HOLDS_OBJECT(request->body)
                           ? json_node_get_object(request->body)
                           : NULL;
    struct mm_target target = {.user_id = request->user->id};
    JsonObject *data = NULL;
    JsonObject *answer = NULL;

    if (member == NULL)
        return;
    unread_from(request->server, member, post);
    if (post->root != NULL && !mm_get_bool(body, "collapsed_threads_supported", false))
        mm_thread_set_unread(request->server, post, request->user);
    target.channel = post->channel;
    target.team = post->channel->team;
    data = json_object_new();
    fill_unread(data, member);
    mm_set(data, "post_id", post->id);
    mm_emit(request->server, "post_unread", data, &target);
    answer = json_object_new();
    fill_unread(answer, member);
    mm_set(answer, "team_id", post->channel->team != NULL ? post->channel->team->id : "");
    mm_set(answer, "user_id", request->user->id);
    mm_set(answer, "channel_id", post->channel->id);
    mm_reply_object(request, 200, answer);
}

/* ---- coming and going ---- */

static void
tell_added(struct mm_server *server, struct mm_channel *channel, struct mm_user *user)
{
    struct mm_target others = {.channel = channel, .omit = user};
    struct mm_target own = {.user_id = user->id, .channel = channel};
    JsonObject *data = json_object_new();

    mm_set(data, "team_id", channel->team->id);
    mm_set(data, "user_id", user->id);
    mm_emit(server, "user_added", json_object_ref(data), &others);
    mm_emit(server, "user_added", data, &own);
}

struct mm_member *
mm_join(struct mm_server *server, struct mm_channel *channel, struct mm_user *user,
        struct mm_user *by)
{
    struct mm_member *member = mm_member(channel, user);
    JsonObject *props = NULL;
    g_autofree char *message = NULL;

    if (member != NULL)
        return member;
    member = mm_member_new(channel, user, false);
    member->last_update_at = mm_stamp(server);
    tell_added(server, channel, user);
    if (channel->delete_at != 0)
        return member;
    props = json_object_new();
    if (by == user) {
        message = g_strdup_printf("%s joined the channel.", user->username);
        mm_set(props, "username", user->username);
        mm_say_system(server, user, channel, "system_join_channel", message, props, false);
    } else {
        message = g_strdup_printf("%s added to the channel by %s.", user->username, by->username);
        mm_set(props, "addedUserId", user->id);
        mm_set(props, "addedUsername", user->username);
        mm_set(props, "userId", by->id);
        mm_set(props, "username", by->username);
        mm_say_system(server, by, channel, "system_add_to_channel", message, props, false);
    }
    return member;
}

void
mm_leave(struct mm_server *server, struct mm_channel *channel, struct mm_user *user,
         struct mm_user *by)
{
    struct mm_target others = {.channel = channel};
    struct mm_target own = {.user_id = user->id};
    JsonObject *data = json_object_new();
    JsonObject *props = json_object_new();
    g_autofree char *message = g_strdup_printf("@%s %s the channel.", user->username,
                                               by == user ? "left" : "removed from");

    mm_member_remove(channel, user);
    mm_set(data, "remover_id", by->id);
    mm_set(data, "user_id", user->id);
    mm_emit(server, "user_removed", data, &others);
    data = json_object_new();
    mm_set(data, "channel_id", channel->id);
    mm_set(data, "remover_id", by->id);
    mm_emit(server, "user_removed", data, &own);
    if (by == user) {
        mm_set(props, "username", user->username);
        mm_say_system(server, user, channel, "system_leave_channel", message, props, false);
    } else {
        mm_set(props, "removedUserId", user->id);
        mm_set(props, "removedUsername", user->username);
        mm_say_system(server, by, channel, "system_remove_from_channel", message, props, false);
    }
}

/* ---- requests ---- */

/* Those that the body names; NULL after a refusal. */
static GPtrArray *
need_people(struct mm_request *request, JsonObject *body, bool *ret_many)
{
    GPtrArray *ids = NULL;
    const char *one = mm_get(body, "user_id");

    *ret_many = json_object_has_member(body, "user_ids");
    if (*ret_many)
        ids = mm_strings_of(json_object_get_member(body, "user_ids"));
    else if (one != NULL) {
        ids = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(ids, g_strdup(one));
    }
    if (ids == NULL)
        mm_fail_body(request, "user_id or user_ids");
    return ids;
}

/* The membership in the reply of one who was added by another starts before all time. */
static JsonObject *
added_json(struct mm_member *member, bool fresh, bool by_other)
{
    JsonObject *object = mm_member_json(member);

    if (fresh && by_other) {
        mm_set_int(object, "last_viewed_at", -1);
        mm_set_int(object, "last_update_at", -1);
    }
    if (fresh) {
        mm_set_int(object, "mention_count", 0);
        mm_set_int(object, "mention_count_root", 0);
    }
    return object;
}

static void
post_members(struct mm_request *request)
{
    struct mm_channel *channel = mm_need_channel(request);
    JsonObject *body = channel != NULL ? mm_need_object(request, "channel_member") : NULL;
    g_autoptr(GPtrArray) ids = NULL;
    JsonArray *array = NULL;
    bool many = false;

    if (body == NULL)
        return;
    if (channel->team == NULL) {
        mm_fail(request, 400, "api.channel.add_user_to_channel.type.app_error",
                "Can not add user to this channel type.");
        return;
    }
    ids = need_people(request, body, &many);
    if (ids == NULL)
        return;
    array = json_array_new();
    for (unsigned i = 0; i < ids->len; i++) {
        struct mm_user *user = mm_user_by_id(request->server, g_ptr_array_index(ids, i));
        bool fresh = user != NULL && mm_member(channel, user) == NULL;

        if (user != NULL && mm_team_member(channel->team, user) != NULL)
            json_array_add_object_element(
                array, added_json(mm_join(request->server, channel, user, request->user), fresh,
                                  user != request->user));
    }
    if (many) {
        mm_reply_array(request, 201, array);
    } else if (json_array_get_length(array) == 0) {
        json_array_unref(array);
        mm_fail(request, 404, "api.team.user.missing_account", "Unable to find the user.");
    } else {
        mm_reply_object(request, 201, json_object_ref(json_array_get_object_element(array, 0)));
        json_array_unref(array);
    }
}

static void
delete_member(struct mm_request *request)
{
    struct mm_channel *channel = mm_need_channel(request);
    struct mm_user *user = channel != NULL ? mm_need_user(request) : NULL;

    if (user == NULL)
        return;
    if (channel->team == NULL) {
        mm_fail(request, 400, "api.channel.remove_channel_member.type.app_error",
                "Unable to remove user from a channel.");
    } else if (g_str_equal(channel->name, "town-square")) {
        mm_fail(request, 400, "api.channel.remove.default.app_error",
                "Unable to remove user from the default channel town-square.");
    } else if (mm_member(channel, user) == NULL) {
        mm_fail(request, 404, "app.channel.get_member.missing.app_error",
                "No channel member found for that user ID and channel ID.");
    } else if (user != request->user && mm_member(channel, request->user) == NULL) {
        mm_fail_permissions(request);
    } else {
        mm_leave(request->server, channel, user, request->user);
        mm_reply_ok(request);
    }
}

static void
get_members(struct mm_request *request)
{
    struct mm_channel *channel = mm_need_channel(request);
    JsonArray *array = NULL;
    unsigned from = 0;
    unsigned count = 0;

    if (channel == NULL)
        return;
    array = json_array_new();
    mm_query_page(request, &from, &count);
    for (unsigned i = from; i < channel->order->len && i < from + count; i++)
        json_array_add_object_element(array, mm_member_json(g_ptr_array_index(channel->order, i)));
    mm_reply_array(request, 200, array);
}

static void
get_member(struct mm_request *request)
{
    struct mm_channel *channel = mm_need_channel(request);
    struct mm_user *user = channel != NULL ? mm_need_user(request) : NULL;
    struct mm_member *member = user != NULL ? mm_member(channel, user) : NULL;

    if (user == NULL)
        return;
    if (member != NULL)
        mm_reply_object(request, 200, mm_member_json(member));
    else
        mm_fail(request, 404, "app.channel.get_member.missing.app_error",
                "No channel member found for that user ID and channel ID.");
}

static void
put_notify_props(struct mm_request *request)
{
    struct mm_channel *channel = mm_need_channel(request);
    struct mm_user *user = channel != NULL ? mm_need_self(request) : NULL;
    struct mm_member *member = user != NULL ? mm_member(channel, user) : NULL;
    JsonObject *body = member != NULL ? mm_need_object(request, "notify_props") : NULL;
    g_autoptr(GList) keys = NULL;

    if (user != NULL && member == NULL)
        mm_fail_permissions(request);
    if (body == NULL)
        return;
    keys = json_object_get_members(body);
    for (GList *link = keys; link != NULL; link = link->next) {
        if (!g_str_equal(link->data, "channel_id") && !g_str_equal(link->data, "user_id"))
            mm_set(member->notify_props, link->data, mm_get(body, link->data));
    }
    member->last_update_at = mm_stamp(request->server);
    mm_tell_member(request->server, member);
    mm_reply_ok(request);
}

void
mm_tell_member(struct mm_server *server, struct mm_member *member)
{
    struct mm_target target = {.user_id = member->user->id};
    JsonObject *data = json_object_new();
    JsonObject *object = mm_member_json(member);
    g_autofree char *text = mm_object_text(object);

    json_object_unref(object);
    mm_set(data, "channelMember", text);
    mm_emit(server, "channel_member_updated", data, &target);
}

/* ---- all memberships of one user ---- */

static int
by_channel_id(gconstpointer a, gconstpointer b)
{
    const struct mm_member *const *one = a;
    const struct mm_member *const *two = b;

    return g_strcmp0((*one)->channel->id, (*two)->channel->id);
}

static GPtrArray *
memberships(struct mm_server *server, struct mm_user *user, const struct mm_team *team)
{
    GPtrArray *members = g_ptr_array_new();

    for (unsigned i = 0; i < server->channels->len; i++) {
        const struct mm_channel *channel = g_ptr_array_index(server->channels, i);
        struct mm_member *member = mm_member(channel, user);

        if (member != NULL && (team == NULL || channel->team == NULL || channel->team == team))
            g_ptr_array_add(members, member);
    }
    g_ptr_array_sort(members, by_channel_id);
    return members;
}

static JsonObject *
with_team(struct mm_member *member)
{
    const struct mm_team *team = member->channel->team;
    JsonObject *object = mm_member_json(member);

    mm_set(object, "team_display_name", team != NULL ? team->display_name : "");
    mm_set(object, "team_name", team != NULL ? team->name : "");
    mm_set_int(object, "team_update_at", team != NULL ? team->update_at : 0);
    return object;
}

static void
get_channel_members(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);
    g_autoptr(GPtrArray) members = NULL;
    bool all = g_strcmp0(mm_query(request, "page"), "-1") == 0;
    g_autoptr(GString) lines = g_string_new("");
    JsonArray *array = NULL;
    unsigned from = 0;
    unsigned count = 0;

    if (user == NULL)
        return;
    members = memberships(request->server, user, NULL);
    if (!all)
        mm_query_page(request, &from, &count);
    array = json_array_new();
    for (unsigned i = from; i < members->len && (all || i < from + count); i++) {
        JsonObject *object = with_team(g_ptr_array_index(members, i));
        g_autofree char *text = all ? mm_object_text(object) : NULL;

        if (all)
            g_string_append_printf(lines, "%s\n", text);
        json_array_add_object_element(array, object);
    }
    if (!all) {
        mm_reply_array(request, 200, array);
        return;
    }
    json_array_unref(array);
    mm_reply_text(request, 200, "application/x-ndjson",
                  g_string_free(g_steal_pointer(&lines), FALSE));
}

static void
get_team_channel_members(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);
    struct mm_team *team = user != NULL ? mm_need_team(request) : NULL;
    g_autoptr(GPtrArray) members = NULL;
    JsonArray *array = NULL;

    if (team == NULL)
        return;
    members = memberships(request->server, user, team);
    array = json_array_new();
    for (unsigned i = 0; i < members->len; i++)
        json_array_add_object_element(array, mm_member_json(g_ptr_array_index(members, i)));
    mm_reply_array(request, 200, array);
}

const struct mm_route mm_member_routes[] = {
    {"GET", "users/:user/channel_members", get_channel_members, 0},
    {"GET", "users/:user/teams/:team/channels/members", get_team_channel_members, 0},
    {"GET", "users/:user/channels/:channel/unread", get_channel_unread, 0},
    {"POST", "channels/members/:user/view", post_view, 0},
    {"POST", "channels/members/:user/mark_read", post_mark_read, 0},
    {"POST", "users/:user/posts/:post/set_unread", post_set_unread, 0},
    {"POST", "channels/:channel/members", post_members, 0},
    {"GET", "channels/:channel/members", get_members, 0},
    {"GET", "channels/:channel/members/:user", get_member, 0},
    {"DELETE", "channels/:channel/members/:user", delete_member, 0},
    {"PUT", "channels/:channel/members/:user/notify_props", put_notify_props, 0},
    {NULL, NULL, NULL, 0},
};
