/* Logging in, sessions, preferences. */
#include "tests/sandbox/mm_priv.h"

#include <string.h>

#define ATTEMPTS_MAX 10
#define PASSWORD_MIN 8

/* ---- login ---- */

static struct mm_user *
user_for_login(struct mm_server *server, const char *login)
{
    struct mm_user *user = mm_user_by_name(server, login);

    for (unsigned i = 0; i < server->users->len && user == NULL; i++) {
        struct mm_user *each = g_ptr_array_index(server->users, i);

        if (g_ascii_strcasecmp(each->email, login) == 0)
            user = each;
    }
    return user;
}

static void
fail_credentials(struct mm_request *request)
{
    mm_fail(request, 401, "api.user.login.invalid_credentials_email_username",
            "Enter a valid email or username and/or password.");
}

/* True when the login has been refused. */
static bool
refuse_login(struct mm_request *request, struct mm_user *user, JsonObject *body)
{
    const char *password = mm_get(body, "password");
    const char *code = mm_get(body, "token");
    bool blank = code == NULL || code[0] == '\0';

    if (user == NULL) {
        fail_credentials(request);
    } else if (user->is_bot) {
        mm_fail(request, 401, "api.user.login.bot_login_forbidden.app_error",
                "Bot login is forbidden.");
    } else if (user->failed_attempts >= ATTEMPTS_MAX) {
        mm_fail(request, 401, "api.user.check_user_login_attempts.too_many.app_error",
                "Your account is locked because of too many failed password attempts. Please "
                "reset your password.");
    } else if (g_strcmp0(user->password, password) != 0) {
        user->failed_attempts++;
        fail_credentials(request);
    } else if (user->delete_at != 0) {
        mm_fail(request, 401, "api.user.login.inactive.app_error",
                "Login failed because your account has been deactivated.  Please contact an "
                "administrator.");
    } else if (user->mfa_code != NULL && blank) {
        mm_fail(request, 401, "mfa.validate_token.authenticate.app_error", "Invalid MFA token.");
    } else if (user->mfa_code != NULL && !g_str_equal(user->mfa_code, code)) {
        user->failed_attempts++;
        mm_fail(request, 401, "api.user.check_user_mfa.bad_code.app_error", "Invalid MFA token.");
    } else {
        return false;
    }
    return true;
}

static void
watch_strings(struct mm_request *request, JsonObject *body)
{
    g_autoptr(GList) members = json_object_get_members(body);

    for (GList *link = members; link != NULL; link = link->next) {
        if (mm_get(body, link->data) == NULL)
            mm_complain(request->server, NULL, "login with a value that is no string", link->data);
    }
}

static void
post_login(struct mm_request *request)
{
    JsonObject *body = NULL;
    const char *login = NULL;
    const char *password = NULL;
    struct mm_user *user = NULL;
    struct mm_session *session = NULL;
    JsonObject *answer = NULL;

    if (request->body != NULL && JSON_NODE_HOLDS_OBJECT(request->body))
        body = json_node_get_object(request->body);
    if (body != NULL)
        watch_strings(request, body);
    login = mm_get(body, "login_id");
    password = mm_get(body, "password");
    if (password == NULL || password[0] == '\0') {
        mm_fail(request, 400, "api.user.login.blank_pwd.app_error",
                "Password field must not be blank");
        return;
    }
    user = login != NULL ? user_for_login(request->server, login) : NULL;
    if (refuse_login(request, user, body))
        return;
    session = mm_session_new(request->server, user, false);
    soup_message_headers_replace(soup_server_message_get_response_headers(request->msg), "Token",
                                 session->token);
    answer = mm_user_json(user, MM_USER_SELF);
    if (user->failed_attempts > 0)
        mm_set_int(answer, "failed_attempts", user->failed_attempts);
    user->failed_attempts = 0;
    mm_reply_object(request, 200, answer);
    user->update_at = mm_stamp(request->server);
}

static void
clear_cookie(struct mm_request *request)
{
    soup_message_headers_replace(soup_server_message_get_response_headers(request->msg),
                                 "Set-Cookie", "MMAUTHTOKEN=; Path=/; Max-Age=0; HttpOnly");
}

static void
post_logout(struct mm_request *request)
{
    clear_cookie(request);
    if (request->session != NULL && !request->session->is_pat)
        request->session->ended = true;
    mm_reply_ok(request);
}

static void
fail_short(struct mm_request *request)
{
    mm_fail(request, 400, "model.user.is_valid.pwd_min_length.app_error",
            "Your password must contain at least 8 characters.");
}

static void
post_user(struct mm_request *request)
{
    JsonObject *body = mm_need_object(request, "user");
    struct mm_target everybody = {NULL};
    struct mm_user *user = NULL;
    JsonObject *data = NULL;
    const char *username = mm_get(body, "username");
    const char *password = mm_get(body, "password");

    if (body == NULL)
        return;
    if (username == NULL || mm_user_by_name(request->server, username) != NULL) {
        mm_fail(request, 400, "app.user.save.username_exists.app_error",
                "An account with that username already exists.");
        return;
    }
    if (password == NULL || strlen(password) < PASSWORD_MIN) {
        fail_short(request);
        return;
    }
    user = mm_user_new(request->server, username, mm_get(body, "email"), password);
    data = json_object_new();
    mm_set(data, "user_id", user->id);
    mm_emit(request->server, "new_user", data, &everybody);
    mm_reply_object(request, 201, mm_user_json(user, MM_USER_SELF));
}

static void
put_password(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);
    JsonObject *body = user != NULL ? mm_need_object(request, "user") : NULL;
    const char *password = mm_get(body, "new_password");

    if (body == NULL)
        return;
    if (g_strcmp0(mm_get(body, "current_password"), user->password) != 0) {
        user->failed_attempts++;
        mm_fail(request, 400, "api.user.update_password.incorrect.app_error",
                "The \"Current Password\" you entered is incorrect. Please check that Caps Lock is "
                "off and try again.");
        return;
    }
    if (password == NULL || strlen(password) < PASSWORD_MIN) {
        fail_short(request);
        return;
    }
    g_free(user->password);
    user->password = g_strdup(password);
    user->last_password_update = mm_stamp(request->server);
    mm_reply_ok(request);
}

/* Active or not: what an admin may change. */
static void
set_active(struct mm_request *request, bool active)
{
    struct mm_user *user = mm_need_user(request);

    if (user == NULL)
        return;
    if (!mm_user_is_admin(request->user)) {
        mm_fail_permissions(request);
        return;
    }
    mm_user_set_active(request->server, user, active);
    mm_reply_ok(request);
}

static void
delete_user(struct mm_request *request)
{
    set_active(request, false);
}

static void
put_active(struct mm_request *request)
{
    JsonObject *body = mm_need_object(request, "active");

    if (body != NULL)
        set_active(request, mm_get_bool(body, "active", false));
}

void
mm_user_set_active(struct mm_server *server, struct mm_user *user, bool active)
{
    struct mm_target everybody = {NULL};
    GHashTableIter iter;
    gpointer value = NULL;

    user->update_at = mm_stamp(server);
    user->delete_at = active ? 0 : user->update_at;
    g_hash_table_iter_init(&iter, server->sessions);
    while (!active && g_hash_table_iter_next(&iter, NULL, &value)) {
        struct mm_session *session = value;

        if (session->user == user)
            session->ended = true;
    }
    mm_tell_user(server, user);
    if (active)
        mm_emit(server, "user_activation_status_change", json_object_new(), &everybody);
}

static void
post_reset_attempts(struct mm_request *request)
{
    struct mm_user *user = mm_need_user(request);

    if (user == NULL)
        return;
    if (!mm_user_is_admin(request->user)) {
        mm_fail_permissions(request);
        return;
    }
    user->failed_attempts = 0;
    mm_reply_ok(request);
}

/* ---- sessions ---- */

static JsonObject *
session_props(struct mm_session *session)
{
    static const char *const fixed[][2] = {
        {"browser", "Unknown/0.0"}, {"isMobile", "false"}, {"isOAuthUser", "false"},
        {"isSaml", "false"},        {"is_guest", "false"}, {"os", ""},
        {"platform", "Unknown"},
    };
    JsonObject *props = json_object_new();

    for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++)
        mm_set(props, fixed[i][0], fixed[i][1]);
    mm_set(props, "csrf", session->csrf);
    if (session->is_pat)
        mm_set(props, "type", "UserAccessToken");
    return props;
}

static JsonObject *
session_json(struct mm_server *server, struct mm_session *session)
{
    JsonObject *object = json_object_new();
    JsonArray *teams = json_array_new();

    mm_set(object, "id", session->id);
    mm_set(object, "token", "");
    mm_set_int(object, "create_at", session->create_at);
    mm_set_int(object, "expires_at", session->expires_at);
    mm_set_int(object, "last_activity_at", session->last_activity_at);
    mm_set(object, "user_id", session->user->id);
    mm_set(object, "device_id", "");
    mm_set(object, "roles", session->user->roles);
    mm_set_bool(object, "is_oauth", false);
    mm_set_bool(object, "expired_notify", false);
    mm_set_object(object, "props", session_props(session));
    for (unsigned i = 0; i < server->teams->len; i++) {
        struct mm_team *team = g_ptr_array_index(server->teams, i);
        struct mm_team_member *member = mm_team_member(team, session->user);

        if (member != NULL)
            json_array_add_object_element(teams, mm_team_member_json(team, member));
    }
    mm_set_array(object, "team_members", teams);
    mm_set_bool(object, "local", false);
    return object;
}

static int
session_compare(gconstpointer a, gconstpointer b)
{
    const struct mm_session *const *one = a;
    const struct mm_session *const *two = b;

    return ((*one)->last_activity_at < (*two)->last_activity_at) -
           ((*one)->last_activity_at > (*two)->last_activity_at);
}

static void
get_sessions(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);
    JsonArray *array = NULL;
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    GHashTableIter iter;
    gpointer value = NULL;

    if (user == NULL)
        return;
    g_hash_table_iter_init(&iter, request->server->sessions);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct mm_session *session = value;

        if (session->user == user && mm_session_find(request->server, session->token) != NULL)
            g_ptr_array_add(sorted, session);
    }
    g_ptr_array_sort(sorted, session_compare);
    array = json_array_new();
    for (unsigned i = 0; i < sorted->len; i++)
        json_array_add_object_element(array,
                                      session_json(request->server, g_ptr_array_index(sorted, i)));
    mm_reply_array(request, 200, array);
}

static void
post_session_revoke(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);
    JsonObject *body = user != NULL ? mm_need_object(request, "session_id") : NULL;
    const char *id = mm_get(body, "session_id");
    GHashTableIter iter;
    gpointer value = NULL;

    if (body == NULL)
        return;
    g_hash_table_iter_init(&iter, request->server->sessions);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct mm_session *session = value;

        if (session->user == user && g_strcmp0(session->id, id) == 0) {
            session->ended = true;
            mm_reply_ok(request);
            return;
        }
    }
    mm_fail_body(request, "session_id");
}

/* ---- preferences ---- */

static JsonObject *
pref_json(struct mm_user *user, const struct mm_pref *pref)
{
    JsonObject *object = json_object_new();

    mm_set(object, "user_id", user->id);
    mm_set(object, "category", pref->category);
    mm_set(object, "name", pref->name);
    mm_set(object, "value", pref->value);
    return object;
}

static void
get_preferences(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);
    const char *category = mm_arg(request, "category");
    JsonArray *array = NULL;

    if (user == NULL)
        return;
    array = json_array_new();
    for (unsigned i = 0; i < user->prefs->len; i++) {
        const struct mm_pref *pref = g_ptr_array_index(user->prefs, i);

        if (category == NULL || g_str_equal(category, pref->category))
            json_array_add_object_element(array, pref_json(user, pref));
    }
    if (category != NULL && json_array_get_length(array) == 0) {
        json_array_unref(array);
        mm_fail(request, 404, "api.preference.preferences_category.get.app_error",
                "Unable to get user preferences.");
        return;
    }
    mm_reply_array(request, 200, array);
}

/* The body's preferences when they are all the user's own; NULL after a refusal. */
static JsonArray *
need_preferences(struct mm_request *request, struct mm_user *user)
{
    JsonArray *array = NULL;

    if (request->body == NULL || !JSON_NODE_HOLDS_ARRAY(request->body)) {
        mm_fail_body(request, "preferences");
        return NULL;
    }
    array = json_node_get_array(request->body);
    for (unsigned i = 0; i < json_array_get_length(array); i++) {
        JsonNode *node = json_array_get_element(array, i);
        JsonObject *object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;

        if (g_strcmp0(mm_get(object, "user_id"), user->id) != 0 ||
            mm_get(object, "category") == NULL || mm_get(object, "name") == NULL) {
            mm_fail(request, 403, "api.preference.update_preferences.set.app_error",
                    "Unable to set user preferences.");
            return NULL;
        }
    }
    return array;
}

static void
tell_preferences(struct mm_server *server, struct mm_user *user, const char *event,
                 JsonArray *array)
{
    struct mm_target target = {.user_id = user->id};
    JsonObject *data = json_object_new();
    g_autofree char *text = mm_array_text(array);

    mm_emit(server, "sidebar_category_updated", json_object_new(), &target);
    mm_set(data, "preferences", text);
    mm_emit(server, event, data, &target);
}

static void
change_preferences(struct mm_request *request, bool delete)
{
    struct mm_user *user = mm_need_self(request);
    JsonArray *array = user != NULL ? need_preferences(request, user) : NULL;

    if (array == NULL)
        return;
    for (unsigned i = 0; i < json_array_get_length(array); i++) {
        JsonObject *object = json_array_get_object_element(array, i);
        const char *value = mm_get(object, "value");

        if (delete)
            mm_pref_delete(user, mm_get(object, "category"), mm_get(object, "name"));
        else
            mm_pref_set(user, mm_get(object, "category"), mm_get(object, "name"),
                        value != NULL ? value : "");
    }
    tell_preferences(request->server, user, delete ? "preferences_deleted" : "preferences_changed",
                     array);
    mm_reply_ok(request);
}

void
mm_pref_set_and_tell(struct mm_server *server, struct mm_user *user, const char *category,
                     const char *name, const char *value)
{
    JsonArray *array = json_array_new();
    JsonObject *object = json_object_new();

    mm_pref_set(user, category, name, value);
    mm_set(object, "user_id", user->id);
    mm_set(object, "category", category);
    mm_set(object, "name", name);
    mm_set(object, "value", value);
    json_array_add_object_element(array, object);
    tell_preferences(server, user, "preferences_changed", array);
    json_array_unref(array);
}

static void
put_preferences(struct mm_request *request)
{
    change_preferences(request, false);
}

static void
post_preferences_delete(struct mm_request *request)
{
    change_preferences(request, true);
}

const struct mm_route mm_account_routes[] = {
    {"POST", "users/login", post_login, MM_OPEN},
    {"POST", "users/logout", post_logout, MM_OPEN},
    {"POST", "users", post_user, MM_OPEN},
    {"DELETE", "users/:user", delete_user, 0},
    {"PUT", "users/:user/active", put_active, 0},
    {"PUT", "users/:user/password", put_password, 0},
    {"POST", "users/:user/reset_failed_attempts", post_reset_attempts, 0},
    {"GET", "users/:user/sessions", get_sessions, 0},
    {"POST", "users/:user/sessions/revoke", post_session_revoke, 0},
    {"GET", "users/:user/preferences", get_preferences, 0},
    {"GET", "users/:user/preferences/:category", get_preferences, 0},
    {"PUT", "users/:user/preferences", put_preferences, 0},
    {"POST", "users/:user/preferences/delete", post_preferences_delete, 0},
    {NULL, NULL, NULL, 0},
};
