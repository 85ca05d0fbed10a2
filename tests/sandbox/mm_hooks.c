/* Programs that write: bots, incoming webhooks, access tokens. */
#include "tests/sandbox/mm_priv.h"

#include <string.h>

#define HOOKS "/hooks/"

struct mm_hook {
    char *id;
    char *display_name, *description, *username, *icon_url;
    int64_t create_at;
    struct mm_user *user;
    struct mm_channel *channel;
};

void
mm_hook_free(gpointer data)
{
    struct mm_hook *hook = data;

    g_free(hook->id);
    g_free(hook->display_name);
    g_free(hook->description);
    g_free(hook->username);
    g_free(hook->icon_url);
    g_free(hook);
}

/* ---- bots ---- */

struct mm_user *
mm_bot_new(struct mm_server *server, const char *username, const char *name,
           const char *description, struct mm_user *owner)
{
    g_autofree char *email = g_strconcat(username, "@localhost", NULL);
    struct mm_user *bot = mm_user_new(server, username, email, "");

    bot->is_bot = true;
    g_free(bot->first_name);
    bot->first_name = g_strdup(name);
    bot->bot_description = g_strdup(description);
    bot->bot_owner = owner;
    return bot;
}

static JsonObject *
bot_json(struct mm_server *server, struct mm_user *bot)
{
    JsonObject *object = json_object_new();
    int64_t now = mm_stamp(server);

    mm_set(object, "user_id", bot->id);
    mm_set(object, "username", bot->username);
    mm_set(object, "display_name", bot->first_name);
    mm_set(object, "description", bot->bot_description);
    mm_set(object, "owner_id", bot->bot_owner->id);
    mm_set_int(object, "create_at", now);
    mm_set_int(object, "update_at", now);
    mm_set_int(object, "delete_at", 0);
    return object;
}

static void
post_bot(struct mm_request *request)
{
    JsonObject *body = mm_need_object(request, "bot");
    const char *username = mm_get(body, "username");

    if (body == NULL)
        return;
    if (!mm_user_is_admin(request->user) ||
        !g_str_equal(mm_config(request->server, "EnableBotAccountCreation"), "true")) {
        mm_fail_permissions(request);
        return;
    }
    if (username == NULL || mm_user_by_name(request->server, username) != NULL) {
        mm_fail(request, 400, "app.user.save.username_exists.app_error",
                "An account with that username already exists.");
        return;
    }
    mm_reply_object(request, 201,
                    bot_json(request->server,
                             mm_bot_new(request->server, username, mm_get(body, "display_name"),
                                        mm_get(body, "description"), request->user)));
}

/* ---- webhooks ---- */

static JsonObject *
hook_json(const struct mm_hook *hook)
{
    JsonObject *object = json_object_new();

    mm_set(object, "id", hook->id);
    mm_set_int(object, "create_at", hook->create_at);
    mm_set_int(object, "update_at", hook->create_at);
    mm_set_int(object, "delete_at", 0);
    mm_set(object, "user_id", hook->user->id);
    mm_set(object, "channel_id", hook->channel->id);
    mm_set(object, "team_id", hook->channel->team->id);
    mm_set(object, "display_name", hook->display_name);
    mm_set(object, "description", hook->description);
    mm_set(object, "username", hook->username);
    mm_set(object, "icon_url", hook->icon_url);
    mm_set_bool(object, "channel_locked", false);
    return object;
}

static char *
text_or_empty(JsonObject *object, const char *key)
{
    const char *text = mm_get(object, key);

    return g_strdup(text != NULL ? text : "");
}

static void
post_hook(struct mm_request *request)
{
    JsonObject *body = mm_need_object(request, "incoming_webhook");
    struct mm_channel *channel = mm_channel_by_id(request->server, mm_get(body, "channel_id"));
    struct mm_hook *hook = NULL;

    if (body == NULL)
        return;
    if (!mm_user_is_admin(request->user) || channel == NULL || channel->team == NULL) {
        mm_fail_permissions(request);
        return;
    }
    hook = g_new0(struct mm_hook, 1);
    hook->id = mm_id_new(request->server);
    hook->user = request->user;
    hook->channel = channel;
    hook->create_at = mm_stamp(request->server);
    hook->display_name = text_or_empty(body, "display_name");
    hook->description = text_or_empty(body, "description");
    hook->username = text_or_empty(body, "username");
    hook->icon_url = text_or_empty(body, "icon_url");
    g_ptr_array_add(request->server->hooks, hook);
    mm_reply_object(request, 201, hook_json(hook));
}

static void
get_hooks(struct mm_request *request)
{
    JsonArray *array = json_array_new();

    for (unsigned i = 0; i < request->server->hooks->len; i++) {
        const struct mm_hook *hook = g_ptr_array_index(request->server->hooks, i);

        if (hook->user == request->user || mm_user_is_admin(request->user))
            json_array_add_object_element(array, hook_json(hook));
    }
    mm_reply_array(request, 200, array);
}

/* "town-square", "#town-square", "@bo"; NULL: the hook's own. */
static struct mm_channel *
channel_meant(struct mm_server *server, const struct mm_hook *hook, const char *name)
{
    if (name == NULL || name[0] == '\0')
        return hook->channel;
    if (name[0] == '@') {
        struct mm_user *user = mm_user_by_name(server, name + 1);

        return user != NULL ? mm_direct(server, hook->user, user) : NULL;
    }
    return mm_channel_by_name(server, hook->channel->team, name + (name[0] == '#'));
}

static bool
is_ours(const char *key)
{
    return g_str_has_prefix(key, "override_") || g_str_equal(key, "from_webhook") ||
           g_str_equal(key, "webhook_display_name");
}

/* What the caller gives besides is kept, but what tells that a hook has written. */
static JsonObject *
hook_props(struct mm_server *server, const struct mm_hook *hook, JsonObject *body)
{
    JsonObject *given = mm_get_object(body, "props");
    JsonObject *props = given != NULL ? mm_object_copy(given) : json_object_new();
    g_autoptr(GList) keys = json_object_get_members(props);
    const char *name = mm_get(body, "username"), *icon = mm_get(body, "icon_url");

    for (GList *link = keys; link != NULL; link = link->next) {
        g_autofree char *key = g_strdup(link->data);
        if (is_ours(key))
            json_object_remove_member(props, key);
    }
    name = name != NULL && name[0] != '\0' ? name : hook->username;
    icon = icon != NULL && icon[0] != '\0' ? icon : hook->icon_url;
    mm_set(props, "from_webhook", "true");
    mm_set(props, "webhook_display_name", hook->display_name);
    if (g_str_equal(mm_config(server, "EnablePostUsernameOverride"), "true"))
        mm_set(props, "override_username", name[0] != '\0' ? name : "webhook");
    if (icon[0] != '\0' && g_str_equal(mm_config(server, "EnablePostIconOverride"), "true"))
        mm_set(props, "override_icon_url", icon);
    if (mm_get_array(body, "attachments") != NULL)
        mm_set_array(props, "attachments", json_array_ref(mm_get_array(body, "attachments")));
    return props;
}

static void
say_by_hook(struct mm_server *server, const struct mm_hook *hook, struct mm_channel *channel,
            JsonObject *body)
{
    const char *text = mm_get(body, "text") != NULL ? mm_get(body, "text") : "";
    const char *type = mm_get_array(body, "attachments") != NULL ? "slack_attachment" : NULL;
    glong most = (glong)g_ascii_strtoll(mm_config(server, "MaxPostSize"), NULL, 10);

    do {
        glong left = g_utf8_strlen(text, -1);
        const char *end = g_utf8_offset_to_pointer(text, MIN(left, most));
        g_autofree char *part = g_strndup(text, (gsize)(end - text));

        mm_say(server, hook->user, channel, NULL, part, NULL, type, hook_props(server, hook, body),
               NULL, false);
        text = end;
    } while (*text != '\0');
}

static void
fail_hook(struct mm_server *server, SoupServerMessage *msg, unsigned status, const char *id)
{
    g_autofree char *message = g_strdup_printf(
        "Failed to handle the payload of media type application/json for incoming webhook %s.", id);
    JsonObject *error =
        mm_error_json(server, status, "web.incoming_webhook.general.app_error", message);
    g_autofree char *request_id = mm_id_new(server), *text = NULL;

    mm_set(error, "request_id", request_id);
    text = mm_object_text(error);
    json_object_unref(error);
    soup_server_message_set_status(msg, status, NULL);
    soup_server_message_set_response(msg, "application/json", SOUP_MEMORY_COPY, text, strlen(text));
}

/* Whoever knows the address may write: nobody is asked who he is. */
static void
on_hook(SoupServer *soup, SoupServerMessage *msg, const char *path, GHashTable *query,
        gpointer user)
{
    struct mm_server *server = user;
    const char *id = path + strlen(HOOKS);
    g_autoptr(GBytes) bytes = soup_message_body_flatten(soup_server_message_get_request_body(msg));
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    g_autoptr(JsonNode) node = mm_parse(text);
    JsonObject *body =
        node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    const struct mm_hook *hook = NULL;
    struct mm_channel *channel = NULL;

    (void)soup;
    (void)query;
    for (unsigned i = 0; i < server->hooks->len; i++) {
        const struct mm_hook *each = g_ptr_array_index(server->hooks, i);
        hook = g_str_equal(each->id, id) ? each : hook;
    }
    if (hook == NULL || body == NULL ||
        ((mm_get(body, "text") == NULL || mm_get(body, "text")[0] == '\0') &&
         mm_get_array(body, "attachments") == NULL)) {
        fail_hook(server, msg, 400, id);
        return;
    }
    channel = channel_meant(server, hook, mm_get(body, "channel"));
    if (channel == NULL) {
        fail_hook(server, msg, 404, id);
        return;
    }
    say_by_hook(server, hook, channel, body);
    soup_server_message_set_status(msg, 200, NULL);
    soup_server_message_set_response(msg, "text/plain", SOUP_MEMORY_STATIC, "ok", 2);
}

void
mm_hooks_add(struct mm_server *server)
{
    soup_server_add_handler(server->soup, "/hooks", on_hook, server, NULL);
}

/* ---- access tokens, and who may have one ---- */

static bool
may_have_tokens(struct mm_request *request, struct mm_user *user)
{
    return mm_user_is_admin(request->user) ||
           (user == request->user && strstr(user->roles, "system_user_access_token") != NULL);
}

static JsonObject *
token_json(const struct mm_session *session)
{
    JsonObject *object = json_object_new();

    mm_set(object, "id", session->id);
    mm_set(object, "user_id", session->user->id);
    mm_set(object, "description", session->description);
    mm_set_bool(object, "is_active", true);
    return object;
}

static void
post_token(struct mm_request *request)
{
    struct mm_user *user = mm_need_user(request);
    JsonObject *body = user != NULL ? mm_need_object(request, "token") : NULL;
    struct mm_session *session = NULL;
    JsonObject *object = NULL;

    if (body == NULL)
        return;
    if (!may_have_tokens(request, user)) {
        mm_fail_permissions(request);
        return;
    }
    session = mm_session_new(request->server, user, true);
    session->description = text_or_empty(body, "description");
    object = token_json(session);
    mm_set(object, "token", session->token);
    mm_reply_object(request, 200, object);
}

static void
get_tokens(struct mm_request *request)
{
    struct mm_user *user = mm_need_user(request);
    JsonArray *array = NULL;
    GHashTableIter iter;
    gpointer value = NULL;

    if (user == NULL)
        return;
    if (!may_have_tokens(request, user)) {
        mm_fail_permissions(request);
        return;
    }
    array = json_array_new();
    g_hash_table_iter_init(&iter, request->server->sessions);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct mm_session *session = value;

        if (session->user == user && session->is_pat && !session->ended)
            json_array_add_object_element(array, token_json(session));
    }
    mm_reply_array(request, 200, array);
}

static void
post_revoke(struct mm_request *request)
{
    JsonObject *body = mm_need_object(request, "token_id");
    const char *id = mm_get(body, "token_id");
    GHashTableIter iter;
    gpointer value = NULL;

    if (body == NULL)
        return;
    g_hash_table_iter_init(&iter, request->server->sessions);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct mm_session *session = value;

        if (!session->is_pat || g_strcmp0(session->id, id) != 0 ||
            !may_have_tokens(request, session->user))
            continue;
        session->ended = true;
        mm_reply_ok(request);
        return;
    }
    mm_fail_permissions(request);
}

static void
put_roles(struct mm_request *request)
{
    struct mm_user *user = mm_need_user(request);
    JsonObject *body = user != NULL ? mm_need_object(request, "roles") : NULL;
    struct mm_target target = {NULL};
    JsonObject *data = NULL;

    if (body == NULL)
        return;
    if (!mm_user_is_admin(request->user) || mm_get(body, "roles") == NULL) {
        mm_fail_permissions(request);
        return;
    }
    g_free(user->roles);
    user->roles = g_strdup(mm_get(body, "roles"));
    user->update_at = mm_stamp(request->server);
    target.user_id = user->id;
    data = json_object_new();
    mm_set(data, "user_id", user->id);
    mm_set(data, "roles", user->roles);
    mm_emit(request->server, "user_role_updated", data, &target);
    mm_reply_ok(request);
}

const struct mm_route mm_hook_routes[] = {
    {"POST", "bots", post_bot, 0},
    {"POST", "hooks/incoming", post_hook, 0},
    {"GET", "hooks/incoming", get_hooks, 0},
    {"POST", "users/:user/tokens", post_token, 0},
    {"GET", "users/:user/tokens", get_tokens, 0},
    {"POST", "users/tokens/revoke", post_revoke, 0},
    {"PUT", "users/:user/roles", put_roles, 0},
    {NULL, NULL, NULL, 0},
};
