/* People: profiles, presence, typing. */
#include "tests/sandbox/mm_priv.h"

#include <string.h>

#define RECENT_MAX 5

/* ---- profiles ---- */

static void
reply_user(struct mm_request *request, struct mm_user *user)
{
    g_autofree char *etag = g_strdup_printf("%s.%s.%" G_GINT64_FORMAT "..0.true.true.0", MM_VERSION,
                                            user->id, user->update_at);

    if (!mm_reply_etag(request, g_steal_pointer(&etag)))
        mm_reply_object(request, 200,
                        mm_user_json(user, user == request->user ? MM_USER_SELF : MM_USER_OTHER));
}

static void
get_user(struct mm_request *request)
{
    struct mm_user *user = mm_need_user(request);

    if (user != NULL)
        reply_user(request, user);
}

static void
get_user_by_name(struct mm_request *request)
{
    struct mm_user *user = mm_user_by_name(request->server, mm_arg(request, "name"));

    if (user != NULL)
        reply_user(request, user);
    else
        mm_fail(request, 404, "app.user.get_by_username.app_error",
                "Unable to find an existing account matching your username for this team. This "
                "team may require an invite from the team owner to join.");
}

static int
user_compare(gconstpointer a, gconstpointer b)
{
    const struct mm_user *const *one = a;
    const struct mm_user *const *two = b;

    return g_strcmp0((*one)->username, (*two)->username);
}

/* Sorted by name. */
static void
reply_users(struct mm_request *request, GPtrArray *users)
{
    JsonArray *array = json_array_new();

    g_ptr_array_sort(users, user_compare);
    for (unsigned i = 0; i < users->len; i++)
        json_array_add_object_element(array,
                                      mm_user_json(g_ptr_array_index(users, i), MM_USER_OTHER));
    mm_reply_array(request, 200, array);
}

static void
post_users_by(struct mm_request *request, const char *what, bool by_name)
{
    g_autoptr(GPtrArray) keys = mm_need_ids(request, what);
    g_autoptr(GPtrArray) users = g_ptr_array_new();
    int64_t since = mm_query_int(request, "since", 0);

    if (keys == NULL)
        return;
    for (unsigned i = 0; i < keys->len; i++) {
        const char *key = g_ptr_array_index(keys, i);
        struct mm_user *user =
            by_name ? mm_user_by_name(request->server, key) : mm_user_by_id(request->server, key);

        if (user != NULL && user->update_at > since && !g_ptr_array_find(users, user, NULL))
            g_ptr_array_add(users, user);
    }
    reply_users(request, users);
}

static void
post_users_ids(struct mm_request *request)
{
    post_users_by(request, "user_ids", false);
}

static void
post_users_names(struct mm_request *request)
{
    post_users_by(request, "usernames", true);
}

/* GET /users with in_channel or in_team, by name or by presence. */
static void
get_users(struct mm_request *request)
{
    struct mm_channel *channel = mm_channel_by_id(request->server, mm_query(request, "in_channel"));
    struct mm_team *team = mm_team_by_id(request->server, mm_query(request, "in_team"));
    g_autoptr(GPtrArray) users = g_ptr_array_new();
    g_autoptr(GPtrArray) page = g_ptr_array_new();
    unsigned from = 0;
    unsigned count = 0;

    if (channel != NULL && !mm_can_read(channel, request->user)) {
        mm_fail_permissions(request);
        return;
    }
    for (unsigned i = 0; i < request->server->users->len; i++) {
        struct mm_user *user = g_ptr_array_index(request->server->users, i);

        if ((channel == NULL || mm_member(channel, user) != NULL) &&
            (team == NULL || mm_team_member(team, user) != NULL))
            g_ptr_array_add(users, user);
    }
    g_ptr_array_sort(users, user_compare);
    mm_query_page(request, &from, &count);
    for (unsigned i = from; i < users->len && i < from + count; i++)
        g_ptr_array_add(page, g_ptr_array_index(users, i));
    reply_users(request, page);
}

static bool
share_channel(struct mm_server *server, struct mm_user *a, struct mm_user *b)
{
    for (unsigned i = 0; i < server->channels->len; i++) {
        const struct mm_channel *channel = g_ptr_array_index(server->channels, i);

        if (mm_member(channel, a) != NULL && mm_member(channel, b) != NULL)
            return true;
    }
    return false;
}

static void
get_known(struct mm_request *request)
{
    JsonArray *array = json_array_new();

    for (unsigned i = 0; i < request->server->users->len; i++) {
        struct mm_user *user = g_ptr_array_index(request->server->users, i);

        if (user != request->user && share_channel(request->server, user, request->user))
            json_array_add_string_element(array, user->id);
    }
    mm_reply_array(request, 200, array);
}

static void
post_users_search(struct mm_request *request)
{
    JsonObject *body = mm_need_object(request, "props");
    const char *term = mm_get(body, "term");
    struct mm_team *team = mm_team_by_id(request->server, mm_get(body, "team_id"));
    g_autoptr(GPtrArray) users = g_ptr_array_new();

    if (body == NULL)
        return;
    if (term == NULL || term[0] == '\0') {
        mm_fail_body(request, "term");
        return;
    }
    for (unsigned i = 0; i < request->server->users->len; i++) {
        struct mm_user *user = g_ptr_array_index(request->server->users, i);

        if (g_str_has_prefix(user->username, term) &&
            (team == NULL || mm_team_member(team, user) != NULL))
            g_ptr_array_add(users, user);
    }
    reply_users(request, users);
}

static void
get_users_autocomplete(struct mm_request *request)
{
    const char *name = mm_query(request, "name");
    struct mm_channel *channel = mm_channel_by_id(request->server, mm_query(request, "in_channel"));
    JsonObject *object = json_object_new();
    JsonArray *in = json_array_new();
    JsonArray *out = json_array_new();

    for (unsigned i = 0; i < request->server->users->len; i++) {
        struct mm_user *user = g_ptr_array_index(request->server->users, i);
        bool inside = channel == NULL || mm_member(channel, user) != NULL;

        if (g_str_has_prefix(user->username, name != NULL ? name : ""))
            json_array_add_object_element(inside ? in : out, mm_user_json(user, MM_USER_OTHER));
    }
    mm_set_array(object, "users", in);
    if (channel != NULL)
        mm_set_array(object, "out_of_channel", out);
    else
        json_array_unref(out);
    mm_reply_object(request, 200, object);
}

/* ---- presence ---- */

void
mm_set_status(struct mm_server *server, struct mm_user *user, const char *status, bool manual)
{
    struct mm_target target = {.user_id = user->id};
    JsonObject *data = json_object_new();

    user->status = g_intern_string(status);
    user->status_manual = manual;
    if (g_str_equal(status, "online") || g_str_equal(status, "offline"))
        user->last_activity_at = mm_now(server);
    mm_set(data, "status", status);
    mm_set(data, "user_id", user->id);
    mm_emit(server, "status_change", data, &target);
}

static JsonObject *
status_json(const char *id, const struct mm_user *user)
{
    JsonObject *object = json_object_new();

    mm_set(object, "user_id", id);
    mm_set(object, "status", user != NULL ? user->status : "offline");
    mm_set_bool(object, "manual", user != NULL && user->status_manual);
    mm_set_int(object, "last_activity_at", user != NULL ? user->last_activity_at : 0);
    mm_set_int(object, "dnd_end_time", user != NULL ? user->dnd_end_time : 0);
    return object;
}

static void
get_status(struct mm_request *request)
{
    struct mm_user *user = mm_need_user(request);

    if (user != NULL)
        mm_reply_object(request, 200, status_json(user->id, user));
}

static void
post_status_ids(struct mm_request *request)
{
    g_autoptr(GPtrArray) ids = mm_need_ids(request, "user_ids");
    JsonArray *array = NULL;

    if (ids == NULL)
        return;
    array = json_array_new();
    for (unsigned i = 0; i < ids->len; i++) {
        const char *id = g_ptr_array_index(ids, i);

        json_array_add_object_element(array, status_json(id, mm_user_by_id(request->server, id)));
    }
    mm_reply_array(request, 200, array);
}

static void
put_status(struct mm_request *request)
{
    static const char *const known[] = {"online", "away", "dnd", "offline", NULL};
    struct mm_user *user = mm_need_self(request);
    JsonObject *body = user != NULL ? mm_need_object(request, "status") : NULL;
    const char *status = mm_get(body, "status");

    if (body == NULL)
        return;
    if (g_strcmp0(mm_get(body, "user_id"), user->id) != 0) {
        mm_fail_body(request, "user_id");
        return;
    }
    if (status == NULL || !g_strv_contains(known, status)) {
        mm_fail_body(request, "status");
        return;
    }
    if (g_str_equal(status, "dnd"))
        user->dnd_end_time = mm_get_int(body, "dnd_end_time", 0) / 60 * 60;
    mm_set_status(request->server, user, status, !g_str_equal(status, "online"));
    mm_reply_object(request, 200, status_json(user->id, user));
}

void
mm_tell_user(struct mm_server *server, struct mm_user *user)
{
    struct mm_target own = {.user_id = user->id};
    struct mm_target others = {.omit = user, .sanitized = true};
    JsonObject *data = json_object_new();

    mm_set_object(data, "user", mm_user_json(user, MM_USER_OTHER));
    mm_emit(server, "user_updated", data, &others);
    data = json_object_new();
    mm_set_object(data, "user", mm_user_json(user, MM_USER_SELF));
    mm_emit(server, "user_updated", data, &own);
}

/* The list with this one before what is in it, and five at most. */
static char *
recent_with(const char *list, JsonObject *status)
{
    g_autoptr(JsonNode) node = list != NULL ? mm_parse(list) : NULL;
    JsonArray *old = node != NULL ? json_node_get_array(node) : NULL;
    JsonArray *recent = json_array_new();
    char *text = NULL;

    json_array_add_object_element(recent, json_object_ref(status));
    for (unsigned i = 0; old != NULL && i < json_array_get_length(old); i++) {
        JsonObject *each = json_array_get_object_element(old, i);

        if (json_array_get_length(recent) < RECENT_MAX &&
            g_strcmp0(mm_get(each, "text"), mm_get(status, "text")) != 0)
            json_array_add_object_element(recent, json_object_ref(each));
    }
    text = mm_array_text(recent);
    json_array_unref(recent);
    return text;
}

void
mm_user_set_custom_status(struct mm_server *server, struct mm_user *user, JsonObject *body)
{
    static const char *const keys[] = {"emoji", "text", "duration", "expires_at"};
    JsonObject *status = json_object_new();
    g_autofree char *status_text = NULL;
    g_autofree char *recent = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        const char *value = mm_get(body, keys[i]);

        mm_set(status, keys[i], value != NULL ? value : "");
    }
    status_text = mm_object_text(status);
    mm_set(user->props, "customStatus", status_text);
    user->update_at = mm_stamp(server);
    mm_tell_user(server, user);
    recent = recent_with(mm_pref_get(user, "custom_status", "recent_custom_statuses"), status);
    json_object_unref(status);
    mm_pref_set_and_tell(server, user, "custom_status", "recent_custom_statuses", recent);
}

static void
put_custom_status(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);
    JsonObject *body = user != NULL ? mm_need_object(request, "custom_status") : NULL;
    const char *emoji = mm_get(body, "emoji");
    const char *text = mm_get(body, "text");

    if (body == NULL)
        return;
    if ((emoji == NULL || emoji[0] == '\0') && (text == NULL || text[0] == '\0')) {
        mm_fail_body(request, "custom_status");
        return;
    }
    mm_user_set_custom_status(request->server, user, body);
    mm_reply_ok(request);
}

static void
delete_custom_status(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);

    if (user == NULL)
        return;
    mm_set(user->props, "customStatus", "");
    user->update_at = mm_stamp(request->server);
    mm_tell_user(request->server, user);
    mm_reply_ok(request);
}

/* ---- typing ---- */

void
mm_tell_typing(struct mm_server *server, struct mm_user *user, struct mm_channel *channel,
               const char *parent)
{
    struct mm_target target = {.channel = channel, .omit = user};
    JsonObject *data = json_object_new();

    mm_set(data, "parent_id", parent != NULL ? parent : "");
    mm_set(data, "user_id", user->id);
    mm_emit(server, "typing", data, &target);
}

static void
post_typing(struct mm_request *request)
{
    JsonObject *body = mm_need_object(request, "typing");
    struct mm_channel *channel = mm_channel_by_id(request->server, mm_get(body, "channel_id"));

    if (body == NULL)
        return;
    if (channel == NULL || mm_member(channel, request->user) == NULL) {
        mm_fail_permissions(request);
        return;
    }
    mm_tell_typing(request->server, request->user, channel, mm_get(body, "parent_id"));
    mm_reply_ok(request);
}

/* ---- the own profile ---- */

static void
take_text(JsonObject *body, const char *key, char **text)
{
    const char *value = mm_get(body, key);

    if (value == NULL)
        return;
    g_free(*text);
    *text = g_strdup(value);
}

static void
put_user_patch(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);
    JsonObject *body = user != NULL ? mm_need_object(request, "user") : NULL;
    JsonObject *notify = mm_get_object(body, "notify_props");
    struct mm_user *other = NULL;

    if (body == NULL)
        return;
    other = mm_user_by_name(request->server, mm_get(body, "username"));
    if (other != NULL && other != user) {
        mm_fail(request, 400, "app.user.save.username_exists.app_error",
                "An account with that username already exists.");
        return;
    }
    if (mm_get(body, "username") != NULL)
        mm_user_rename(request->server, user, mm_get(body, "username"));
    take_text(body, "nickname", &user->nickname);
    take_text(body, "first_name", &user->first_name);
    take_text(body, "last_name", &user->last_name);
    take_text(body, "position", &user->position);
    take_text(body, "locale", &user->locale);
    if (notify != NULL) {
        json_object_unref(user->notify_props);
        user->notify_props = mm_object_copy(notify);
    }
    user->update_at = mm_stamp(request->server);
    mm_tell_user(request->server, user);
    mm_reply_object(request, 200, mm_user_json(user, MM_USER_SELF));
}

const struct mm_route mm_user_routes[] = {
    {"GET", "users/known", get_known, 0},
    {"GET", "users/autocomplete", get_users_autocomplete, 0},
    {"GET", "users/username/:name", get_user_by_name, 0},
    {"GET", "users", get_users, 0},
    {"GET", "users/:user", get_user, 0},
    {"POST", "users/ids", post_users_ids, 0},
    {"POST", "users/usernames", post_users_names, 0},
    {"POST", "users/search", post_users_search, 0},
    {"POST", "users/status/ids", post_status_ids, 0},
    {"GET", "users/:user/status", get_status, 0},
    {"PUT", "users/:user/status", put_status, 0},
    {"PUT", "users/:user/status/custom", put_custom_status, 0},
    {"DELETE", "users/:user/status/custom", delete_custom_status, 0},
    {"POST", "users/:user/typing", post_typing, 0},
    {"PUT", "users/:user/patch", put_user_patch, 0},
    {NULL, NULL, NULL, 0},
};
