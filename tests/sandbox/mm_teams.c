/* Teams: who is in them, and what they are told about it. */
#include "tests/sandbox/mm_priv.h"

#include <string.h>

static JsonObject *
added_props(struct mm_user *user, struct mm_user *by)
{
    JsonObject *props = json_object_new();

    mm_set(props, "addedUserId", user->id);
    mm_set(props, "addedUsername", user->username);
    mm_set(props, "userId", by->id);
    mm_set(props, "username", by->username);
    return props;
}

static JsonObject *
name_props(struct mm_user *user)
{
    JsonObject *props = json_object_new();

    mm_set(props, "username", user->username);
    return props;
}

/* Into one of the channels that everyone of the team is in. */
static void
join_default(struct mm_server *server, struct mm_channel *channel, struct mm_user *user,
             struct mm_user *by, bool batch, const char *what)
{
    struct mm_target target = {.channel = channel};
    JsonObject *data = json_object_new();
    g_autofree char *type = g_strdup_printf("system_%s_%s", batch ? "add_to" : "join", what);
    g_autofree char *message =
        batch ? g_strdup_printf("%s added to the %s by %s.", user->username, what, by->username)
              : g_strdup_printf("%s joined the %s.", user->username, what);

    if (mm_member(channel, user) == NULL)
        mm_member_new(channel, user, false)->last_update_at = mm_stamp(server);
    mm_say_system(server, batch ? by : user, channel, type, message,
                  batch ? added_props(user, by) : name_props(user), false);
    mm_set(data, "team_id", channel->team->id);
    mm_set(data, "user_id", user->id);
    mm_emit(server, "user_added", data, &target);
}

void
mm_team_join(struct mm_server *server, struct mm_team *team, struct mm_user *user,
             struct mm_user *by, bool batch)
{
    struct mm_team_member *member = g_hash_table_lookup(team->members, user->id);
    struct mm_target target = {.user_id = user->id};

    if (member == NULL) {
        member = g_new0(struct mm_team_member, 1);
        member->user = user;
        g_ptr_array_add(team->order, member);
        g_hash_table_insert(team->members, user->id, member);
    }
    member->delete_at = 0;
    user->update_at = mm_stamp(server);
    join_default(server, mm_channel_by_name(server, team, "town-square"), user, by, batch, "team");
    join_default(server, mm_channel_by_name(server, team, "off-topic"), user, by, batch, "channel");
    for (unsigned i = 0; i < 2; i++) { /* the real server says it twice */
        JsonObject *data = json_object_new();

        mm_set(data, "team_id", team->id);
        mm_set(data, "user_id", user->id);
        mm_emit(server, "added_to_team", data, &target);
    }
}

static void
leave_channels(struct mm_server *server, struct mm_team *team, struct mm_user *user)
{
    for (unsigned i = 0; i < server->channels->len; i++) {
        struct mm_channel *channel = g_ptr_array_index(server->channels, i);

        if (channel->team == team && mm_member(channel, user) != NULL)
            mm_member_remove(channel, user);
    }
}

static void
team_leave(struct mm_server *server, struct mm_team *team, struct mm_user *user, struct mm_user *by)
{
    struct mm_team_member *member = mm_team_member(team, user);
    struct mm_target own = {.user_id = user->id};
    struct mm_target others = {.team = team, .omit = user};
    bool self = user == by;
    g_autofree char *message =
        g_strdup_printf("%s %s the team.", user->username, self ? "left" : "removed from");
    JsonObject *data = json_object_new();

    /* Who leaves has left before it is said; who is removed hears it still. */
    if (self)
        leave_channels(server, team, user);
    mm_say_system(server, user, mm_channel_by_name(server, team, "town-square"),
                  self ? "system_leave_team" : "system_remove_from_team", message, name_props(user),
                  false);
    if (!self)
        leave_channels(server, team, user);
    member->delete_at = mm_stamp(server);
    mm_set(data, "team_id", team->id);
    mm_set(data, "user_id", user->id);
    mm_emit(server, "leave_team", json_object_ref(data), &others);
    mm_emit(server, "leave_team", data, &own);
}

/* ---- requests ---- */

static void
post_team(struct mm_request *request)
{
    JsonObject *body = mm_need_object(request, "team");
    const char *name = mm_get(body, "name");
    const char *display_name = mm_get(body, "display_name");
    const char *type = mm_get(body, "type");
    struct mm_team *team = NULL;

    if (body == NULL)
        return;
    if (name == NULL || display_name == NULL || type == NULL) {
        mm_fail_body(request, "team");
        return;
    }
    if (mm_team_by_name(request->server, name) != NULL) {
        mm_fail(request, 400, "app.team.save.existing.app_error",
                "A team with that name already exists.");
        return;
    }
    team = mm_team_make(request->server, name, display_name, type, request->user);
    mm_reply_object(request, 201, mm_team_json(team, true));
}

struct mm_team *
mm_team_make(struct mm_server *server, const char *name, const char *display_name, const char *type,
             struct mm_user *creator)
{
    struct mm_team *team = mm_team_new(server, name, display_name, type, creator);

    mm_channel_new(server, team, "O", "town-square", "Town Square", NULL);
    mm_channel_new(server, team, "O", "off-topic", "Off-Topic", NULL);
    mm_team_join(server, team, creator, creator, false);
    mm_team_member(team, creator)->admin = true;
    return team;
}

static void
get_team(struct mm_request *request)
{
    struct mm_team *team = mm_need_team(request);

    if (team != NULL)
        mm_reply_object(request, 200, mm_team_json(team, mm_user_is_admin(request->user)));
}

static void
get_team_by_name(struct mm_request *request)
{
    struct mm_team *team = mm_team_by_name(request->server, mm_arg(request, "name"));

    if (team == NULL)
        mm_fail(request, 404, "app.team.get_by_name.missing.app_error",
                "Unable to find the existing team.");
    else if (mm_team_member(team, request->user) == NULL && !mm_user_is_admin(request->user))
        mm_fail_permissions(request);
    else
        mm_reply_object(request, 200, mm_team_json(team, mm_user_is_admin(request->user)));
}

static void
get_user_teams(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);
    JsonArray *array = NULL;

    if (user == NULL)
        return;
    array = json_array_new();
    for (unsigned i = 0; i < request->server->teams->len; i++) {
        struct mm_team *team = g_ptr_array_index(request->server->teams, i);

        if (mm_team_member(team, user) != NULL)
            json_array_add_object_element(array,
                                          mm_team_json(team, mm_user_is_admin(request->user)));
    }
    mm_reply_array(request, 200, array);
}

static void
get_user_team_members(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);
    JsonArray *array = NULL;

    if (user == NULL)
        return;
    array = json_array_new();
    for (unsigned i = 0; i < request->server->teams->len; i++) {
        struct mm_team *team = g_ptr_array_index(request->server->teams, i);
        struct mm_team_member *member = mm_team_member(team, user);

        if (member != NULL)
            json_array_add_object_element(array, mm_team_member_json(team, member));
    }
    mm_reply_array(request, 200, array);
}

static JsonObject *
unread_json(struct mm_server *server, struct mm_user *user, struct mm_team *team)
{
    int64_t sums[4] = {0, 0, 0, 0};
    static const char *const names[] = {"msg_count", "mention_count", "mention_count_root",
                                        "msg_count_root"};
    int64_t threads = 0;
    int64_t mentions = 0;
    JsonObject *object = json_object_new();

    for (unsigned i = 0; i < server->channels->len; i++) {
        const struct mm_channel *channel = g_ptr_array_index(server->channels, i);
        const struct mm_member *member = mm_member(channel, user);

        if (channel->team != team || member == NULL || channel->delete_at != 0)
            continue;
        if (g_strcmp0(mm_get(member->notify_props, "mark_unread"), "mention") != 0) {
            sums[0] += channel->total_msg_count - member->msg_count;
            sums[3] += channel->total_msg_count_root - member->msg_count_root;
        }
        sums[1] += member->mention_count;
        sums[2] += member->mention_count_root;
    }
    mm_thread_totals(server, user, team, &threads, &mentions);
    mm_set(object, "team_id", team->id);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        mm_set_int(object, names[i], sums[i]);
    mm_set_int(object, "thread_count", threads);
    mm_set_int(object, "thread_mention_count", mentions);
    mm_set_int(object, "thread_urgent_mention_count", 0);
    return object;
}

static void
get_unread(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);
    JsonArray *array = NULL;

    if (user == NULL)
        return;
    array = json_array_new();
    for (unsigned i = 0; i < request->server->teams->len; i++) {
        struct mm_team *team = g_ptr_array_index(request->server->teams, i);

        if (mm_team_member(team, user) != NULL)
            json_array_add_object_element(array, unread_json(request->server, user, team));
    }
    mm_reply_array(request, 200, array);
}

static void
get_member(struct mm_request *request)
{
    struct mm_team *team = mm_need_team(request);
    struct mm_team_member *member =
        team != NULL ? g_hash_table_lookup(team->members, mm_arg(request, "user")) : NULL;

    if (team == NULL)
        return;
    if (member != NULL)
        mm_reply_object(request, 200, mm_team_member_json(team, member));
    else
        mm_fail(request, 404, "app.team.get_member.missing.app_error",
                "No team member found for that user ID and team ID.");
}

/* Adds one; a refusal has been written when it is NULL. */
static struct mm_team_member *
add_member(struct mm_request *request, struct mm_team *team, const char *user_id, bool batch)
{
    struct mm_user *user = mm_user_by_id(request->server, user_id);

    if (user == NULL) {
        mm_fail(request, 404, "api.team.user.missing_account", "Unable to find the user.");
        return NULL;
    }
    if (mm_team_member(team, user) == NULL)
        mm_team_join(request->server, team, user, request->user, batch);
    return mm_team_member(team, user);
}

static void
post_member(struct mm_request *request)
{
    struct mm_team *team = mm_team_by_id(request->server, mm_arg(request, "team"));
    JsonObject *body = mm_need_object(request, "team_member");
    struct mm_team_member *member = NULL;

    if (body == NULL)
        return;
    if (team == NULL ||
        (mm_team_member(team, request->user) == NULL && !mm_user_is_admin(request->user))) {
        mm_fail_permissions(request);
        return;
    }
    member = add_member(request, team, mm_get(body, "user_id"), false);
    if (member != NULL)
        mm_reply_object(request, 201, mm_team_member_json(team, member));
}

static void
post_members_batch(struct mm_request *request)
{
    struct mm_team *team = mm_need_team(request);
    JsonArray *body = request->body != NULL && JSON_NODE_HOLDS_ARRAY(request->body)
                          ? json_node_get_array(request->body)
                          : NULL;
    JsonArray *array = NULL;

    if (team == NULL)
        return;
    if (body == NULL || json_array_get_length(body) == 0) {
        mm_fail_body(request, "members");
        return;
    }
    array = json_array_new();
    for (unsigned i = 0; i < json_array_get_length(body); i++) {
        JsonObject *object = json_array_get_object_element(body, i);
        struct mm_team_member *member = add_member(request, team, mm_get(object, "user_id"), true);

        if (member == NULL) {
            json_array_unref(array);
            return;
        }
        json_array_add_object_element(array, mm_team_member_json(team, member));
    }
    mm_reply_array(request, 201, array);
}

static void
put_scheme_roles(struct mm_request *request)
{
    struct mm_team *team = mm_need_team(request);
    struct mm_user *user = team != NULL ? mm_need_user(request) : NULL;
    JsonObject *body = user != NULL ? mm_need_object(request, "scheme_roles") : NULL;
    struct mm_team_member *member = body != NULL ? mm_team_member(team, user) : NULL;

    if (body == NULL)
        return;
    if (!mm_user_is_admin(request->user)) {
        mm_fail_permissions(request);
    } else if (member == NULL) {
        mm_fail(request, 404, "app.team.get_member.missing.app_error",
                "No team member found for that user ID and team ID.");
    } else {
        member->admin = mm_get_bool(body, "scheme_admin", false);
        mm_reply_ok(request);
    }
}

static void
delete_member(struct mm_request *request)
{
    struct mm_team *team = mm_need_team(request);
    struct mm_user *user = team != NULL ? mm_need_self(request) : NULL;

    if (user == NULL)
        return;
    if (mm_team_member(team, user) == NULL) {
        mm_fail(request, 404, "app.team.get_member.missing.app_error",
                "No team member found for that user ID and team ID.");
        return;
    }
    team_leave(request->server, team, user, request->user);
    mm_reply_ok(request);
}

/* Those with open invitation; there are none here. */
static void
get_teams(struct mm_request *request)
{
    JsonArray *array = json_array_new();

    for (unsigned i = 0; i < request->server->teams->len; i++) {
        struct mm_team *team = g_ptr_array_index(request->server->teams, i);

        if (mm_user_is_admin(request->user))
            json_array_add_object_element(array, mm_team_json(team, true));
    }
    mm_reply_array(request, 200, array);
}

/* Who has the link of a team may come in. */
static void
post_members_invite(struct mm_request *request)
{
    const char *invite = mm_query(request, "invite_id");

    for (unsigned i = 0; invite != NULL && i < request->server->teams->len; i++) {
        struct mm_team *team = g_ptr_array_index(request->server->teams, i);

        if (g_strcmp0(team->invite_id, invite) != 0)
            continue;
        if (mm_team_member(team, request->user) == NULL)
            mm_team_join(request->server, team, request->user, request->user, false);
        mm_reply_object(request, 201,
                        mm_team_member_json(team, mm_team_member(team, request->user)));
        return;
    }
    mm_fail(request, 404, "app.team.get_by_invite_id.finding.app_error",
            "Unable to find the existing team.");
}

static void
put_patch(struct mm_request *request)
{
    struct mm_team *team = mm_need_team(request);
    JsonObject *body = team != NULL ? mm_need_object(request, "team") : NULL;
    struct mm_target target = {.team = team};
    const struct mm_team_member *member = NULL;
    JsonObject *data = NULL;
    JsonObject *object = NULL;
    g_autofree char *text = NULL;

    if (body == NULL)
        return;
    member = mm_team_member(team, request->user);
    if (!mm_user_is_admin(request->user) && (member == NULL || !member->admin)) {
        mm_fail_permissions(request);
        return;
    }
    if (mm_get(body, "description") != NULL) {
        g_free(team->description);
        team->description = g_strdup(mm_get(body, "description"));
    }
    if (mm_get(body, "display_name") != NULL) {
        g_free(team->display_name);
        team->display_name = g_strdup(mm_get(body, "display_name"));
    }
    team->update_at = mm_stamp(request->server);
    object = mm_team_json(team, false);
    mm_set(object, "invite_id", "");
    text = mm_object_text(object);
    json_object_unref(object);
    data = json_object_new();
    mm_set(data, "team", text);
    mm_emit(request->server, "update_team", data, &target);
    mm_reply_object(request, 200, mm_team_json(team, true));
}

const struct mm_route mm_team_routes[] = {
    {"GET", "teams", get_teams, 0},
    {"POST", "teams", post_team, 0},
    {"GET", "teams/name/:name", get_team_by_name, 0},
    {"GET", "teams/:team", get_team, 0},
    {"PUT", "teams/:team/patch", put_patch, 0},
    {"GET", "users/:user/teams", get_user_teams, 0},
    {"GET", "users/:user/teams/members", get_user_team_members, 0},
    {"GET", "users/:user/teams/unread", get_unread, 0},
    {"POST", "teams/members/invite", post_members_invite, 0},
    {"POST", "teams/:team/members", post_member, 0},
    {"POST", "teams/:team/members/batch", post_members_batch, 0},
    {"GET", "teams/:team/members/:user", get_member, 0},
    {"DELETE", "teams/:team/members/:user", delete_member, 0},
    {"PUT", "teams/:team/members/:user/schemeRoles", put_scheme_roles, 0},
    {NULL, NULL, NULL, 0},
};
