/* The sidebar's categories, and drafts. */
#include "tests/sandbox/mm_priv.h"

#include <string.h>

/* ---- categories ---- */

static struct mm_category *
category_new(struct mm_server *server, struct mm_user *user, struct mm_team *team, const char *type,
             const char *display_name, const char *sorting)
{
    struct mm_category *category = g_new0(struct mm_category, 1);

    if (g_str_equal(type, "custom"))
        category->id = mm_id_new(server);
    else
        category->id = g_strdup_printf("%s_%s_%s", type, user->id, team->id);
    category->user = user;
    category->team = team;
    category->type = g_strdup(type);
    category->display_name = g_strdup(display_name);
    category->sorting = g_strdup(sorting);
    category->channel_ids = g_ptr_array_new_with_free_func(g_free);
    return category;
}

/* In their order; the built-in three are made when they are first asked for. */
static GPtrArray *
categories_of(struct mm_server *server, struct mm_user *user, struct mm_team *team)
{
    GPtrArray *found = g_ptr_array_new();

    for (unsigned i = 0; i < server->categories->len; i++) {
        struct mm_category *category = g_ptr_array_index(server->categories, i);

        if (category->user == user && category->team == team)
            g_ptr_array_add(found, category);
    }
    if (found->len > 0)
        return found;
    g_ptr_array_add(found, category_new(server, user, team, "favorites", "Favorites", ""));
    g_ptr_array_add(found, category_new(server, user, team, "channels", "Channels", ""));
    g_ptr_array_add(
        found, category_new(server, user, team, "direct_messages", "Direct Messages", "recent"));
    for (unsigned i = 0; i < found->len; i++)
        g_ptr_array_add(server->categories, g_ptr_array_index(found, i));
    return found;
}

static bool
is_placed(const GPtrArray *categories, const char *channel_id)
{
    for (unsigned i = 0; i < categories->len; i++) {
        const struct mm_category *category = g_ptr_array_index(categories, i);

        if (g_ptr_array_find_with_equal_func(category->channel_ids, channel_id, g_str_equal, NULL))
            return true;
    }
    return false;
}

/* What is in no other category is in the one for its kind. */
static void
add_rest(struct mm_server *server, const GPtrArray *categories, struct mm_category *category,
         JsonArray *ids)
{
    bool direct = g_str_equal(category->type, "direct_messages");

    if (!direct && !g_str_equal(category->type, "channels"))
        return;
    for (unsigned i = 0; i < server->channels->len; i++) {
        const struct mm_channel *channel = g_ptr_array_index(server->channels, i);

        if (mm_member(channel, category->user) != NULL && channel->delete_at == 0 &&
            (direct ? channel->team == NULL : channel->team == category->team) &&
            !is_placed(categories, channel->id))
            json_array_add_string_element(ids, channel->id);
    }
}

static JsonObject *
category_json(struct mm_server *server, const GPtrArray *categories, struct mm_category *category)
{
    JsonObject *object = json_object_new();
    JsonArray *ids = json_array_new();
    unsigned place = 0;

    while (place + 1 < categories->len && g_ptr_array_index(categories, place) != category)
        place++;
    for (unsigned i = 0; i < category->channel_ids->len; i++)
        json_array_add_string_element(ids, g_ptr_array_index(category->channel_ids, i));
    add_rest(server, categories, category, ids);
    mm_set(object, "id", category->id);
    mm_set(object, "user_id", category->user->id);
    mm_set(object, "team_id", category->team->id);
    mm_set_int(object, "sort_order", (int64_t)place * 10);
    mm_set(object, "sorting", category->sorting);
    mm_set(object, "type", category->type);
    mm_set(object, "display_name", category->display_name);
    mm_set_bool(object, "muted", category->muted);
    mm_set_bool(object, "collapsed", category->collapsed);
    mm_set_array(object, "channel_ids", ids);
    return object;
}

static JsonArray *
order_json(const GPtrArray *categories)
{
    JsonArray *order = json_array_new();

    for (unsigned i = 0; i < categories->len; i++) {
        const struct mm_category *category = g_ptr_array_index(categories, i);

        json_array_add_string_element(order, category->id);
    }
    return order;
}

/* The categories of the route's user and team; NULL after a refusal. */
static GPtrArray *
need_categories(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);
    struct mm_team *team = user != NULL ? mm_need_team(request) : NULL;

    return team != NULL ? categories_of(request->server, user, team) : NULL;
}

static void
get_categories(struct mm_request *request)
{
    g_autoptr(GPtrArray) categories = need_categories(request);
    JsonObject *object = NULL;
    JsonArray *array = NULL;

    if (categories == NULL)
        return;
    array = json_array_new();
    for (unsigned i = 0; i < categories->len; i++)
        json_array_add_object_element(
            array, category_json(request->server, categories, g_ptr_array_index(categories, i)));
    object = json_object_new();
    mm_set_array(object, "categories", array);
    mm_set_array(object, "order", order_json(categories));
    mm_reply_object(request, 200, object);
}

static void
tell(struct mm_request *request, const char *event, JsonObject *data)
{
    struct mm_target target = {.user_id = request->user->id,
                               .team = mm_team_by_id(request->server, mm_arg(request, "team"))};

    mm_emit(request->server, event, data, &target);
}

static struct mm_category *
find(const GPtrArray *categories, const char *id)
{
    for (unsigned i = 0; i < categories->len; i++) {
        struct mm_category *category = g_ptr_array_index(categories, i);

        if (g_strcmp0(category->id, id) == 0)
            return category;
    }
    return NULL;
}

/* A channel is in one category only. */
static void
put_channels(const GPtrArray *categories, struct mm_category *category, JsonArray *ids)
{
    g_ptr_array_set_size(category->channel_ids, 0);
    for (unsigned i = 0; ids != NULL && i < json_array_get_length(ids); i++) {
        const char *id = json_array_get_string_element(ids, i);

        for (unsigned j = 0; j < categories->len; j++) {
            struct mm_category *other = g_ptr_array_index(categories, j);
            unsigned at = 0;

            if (g_ptr_array_find_with_equal_func(other->channel_ids, id, g_str_equal, &at))
                g_ptr_array_remove_index(other->channel_ids, at);
        }
        g_ptr_array_add(category->channel_ids, g_strdup(id));
    }
}

static void
take_category(const GPtrArray *categories, struct mm_category *category, JsonObject *object)
{
    const char *name = mm_get(object, "display_name");
    const char *sorting = mm_get(object, "sorting");

    if (name != NULL && g_str_equal(category->type, "custom")) {
        g_free(category->display_name);
        category->display_name = g_strdup(name);
    }
    if (sorting != NULL) {
        g_free(category->sorting);
        category->sorting = g_strdup(sorting);
    }
    category->muted = mm_get_bool(object, "muted", category->muted);
    category->collapsed = mm_get_bool(object, "collapsed", category->collapsed);
    put_channels(categories, category, mm_get_array(object, "channel_ids"));
}

static void
tell_category(struct mm_server *server, const GPtrArray *categories, struct mm_category *category,
              const char *event)
{
    struct mm_target target = {.user_id = category->user->id, .team = category->team};
    JsonObject *data = json_object_new();
    JsonArray *array = json_array_new();
    g_autofree char *text = NULL;

    json_array_add_object_element(array, category_json(server, categories, category));
    text = mm_array_text(array);
    json_array_unref(array);
    if (g_str_equal(event, "sidebar_category_created"))
        mm_set(data, "category_id", category->id);
    else
        mm_set(data, "updatedCategories", text);
    mm_emit(server, event, data, &target);
}

static struct mm_category *
find_named(const GPtrArray *categories, const char *name)
{
    for (unsigned i = 0; i < categories->len; i++) {
        struct mm_category *category = g_ptr_array_index(categories, i);

        if (g_str_equal(category->display_name, name))
            return category;
    }
    return NULL;
}

void
mm_category_put(struct mm_server *server, struct mm_user *user, struct mm_team *team,
                const char *name, const char *channel_id)
{
    g_autoptr(GPtrArray) categories = categories_of(server, user, team);
    struct mm_category *category = find_named(categories, name);
    g_autoptr(JsonArray) ids = json_array_new();
    unsigned first = 0;

    if (category == NULL) {
        category = category_new(server, user, team, "custom", name, "");
        g_ptr_array_insert(categories, 1, category);
        g_ptr_array_find(server->categories, g_ptr_array_index(categories, 0), &first);
        g_ptr_array_insert(server->categories, (int)first + 1, category);
        tell_category(server, categories, category, "sidebar_category_created");
    }
    for (unsigned i = 0; i < category->channel_ids->len; i++)
        json_array_add_string_element(ids, g_ptr_array_index(category->channel_ids, i));
    json_array_add_string_element(ids, channel_id);
    put_channels(categories, category, ids);
    tell_category(server, categories, category, "sidebar_category_updated");
}

/* Custom ones come behind the favourites. */
static void
post_category(struct mm_request *request)
{
    g_autoptr(GPtrArray) categories = need_categories(request);
    JsonObject *body = categories != NULL ? mm_need_object(request, "category") : NULL;
    const char *name = mm_get(body, "display_name");
    struct mm_category *category = NULL;
    JsonObject *data = NULL;
    unsigned first = 0;

    if (body == NULL)
        return;
    if (name == NULL || name[0] == '\0') {
        mm_fail_body(request, "category");
        return;
    }
    category =
        category_new(request->server, request->user,
                     mm_team_by_id(request->server, mm_arg(request, "team")), "custom", name, "");
    g_ptr_array_insert(categories, 1, category);
    g_ptr_array_find(request->server->categories, g_ptr_array_index(categories, 0), &first);
    g_ptr_array_insert(request->server->categories, (int)first + 1, category);
    put_channels(categories, category, mm_get_array(body, "channel_ids"));
    data = json_object_new();
    mm_set(data, "category_id", category->id);
    tell(request, "sidebar_category_created", data);
    mm_reply_object(request, 200, category_json(request->server, categories, category));
}

static void
tell_updated(struct mm_request *request, JsonArray *array)
{
    JsonObject *data = json_object_new();
    g_autofree char *text = mm_array_text(array);

    mm_set(data, "updatedCategories", text);
    tell(request, "sidebar_category_updated", data);
}

static void
put_categories(struct mm_request *request)
{
    g_autoptr(GPtrArray) categories = need_categories(request);
    JsonArray *body = request->body != NULL && JSON_NODE_HOLDS_ARRAY(request->body)
                          ? json_node_get_array(request->body)
                          : NULL;
    JsonArray *array = NULL;

    if (categories == NULL)
        return;
    if (body == NULL) {
        mm_fail_body(request, "category");
        return;
    }
    array = json_array_new();
    for (unsigned pass = 0; pass < 2; pass++) {
        for (unsigned i = 0; i < json_array_get_length(body); i++) {
            JsonObject *object = json_array_get_object_element(body, i);
            struct mm_category *category = find(categories, mm_get(object, "id"));

            if (category == NULL)
                continue;
            if (pass == 0)
                take_category(categories, category, object);
            else
                json_array_add_object_element(array,
                                              category_json(request->server, categories, category));
        }
    }
    tell_updated(request, array);
    mm_reply_array(request, 200, array);
}

static struct mm_category *
need_category(struct mm_request *request, const GPtrArray *categories)
{
    struct mm_category *category = find(categories, mm_arg(request, "category"));

    if (category == NULL)
        mm_fail_permissions(request);
    return category;
}

static void
put_category(struct mm_request *request)
{
    g_autoptr(GPtrArray) categories = need_categories(request);
    struct mm_category *category = categories != NULL ? need_category(request, categories) : NULL;
    JsonObject *body = category != NULL ? mm_need_object(request, "category") : NULL;
    JsonArray *array = NULL;

    if (body == NULL)
        return;
    take_category(categories, category, body);
    array = json_array_new();
    json_array_add_object_element(array, category_json(request->server, categories, category));
    tell_updated(request, array);
    mm_reply_object(request, 200, json_object_ref(json_array_get_object_element(array, 0)));
    json_array_unref(array);
}

static void
get_category(struct mm_request *request)
{
    g_autoptr(GPtrArray) categories = need_categories(request);
    struct mm_category *category = categories != NULL ? need_category(request, categories) : NULL;

    if (category != NULL)
        mm_reply_object(request, 200, category_json(request->server, categories, category));
}

static void
delete_category(struct mm_request *request)
{
    g_autoptr(GPtrArray) categories = need_categories(request);
    struct mm_category *category = categories != NULL ? need_category(request, categories) : NULL;
    JsonObject *data = NULL;

    if (category == NULL)
        return;
    if (!g_str_equal(category->type, "custom")) {
        mm_fail(request, 400, "store.sql_channel.sidebar_categories.app_error",
                "Invalid category for deletion.");
        return;
    }
    data = json_object_new();
    mm_set(data, "category_id", category->id);
    g_ptr_array_remove(request->server->categories, category);
    tell(request, "sidebar_category_deleted", data);
    mm_reply_ok(request);
}

static void
get_order(struct mm_request *request)
{
    g_autoptr(GPtrArray) categories = need_categories(request);

    if (categories != NULL)
        mm_reply_array(request, 200, order_json(categories));
}

/* All of them must be named: the real server ends in a 500 otherwise. */
static void
put_order(struct mm_request *request)
{
    g_autoptr(GPtrArray) categories = need_categories(request);
    g_autoptr(GPtrArray) ids = mm_strings_of(request->body);
    GPtrArray *all = request->server->categories;
    JsonObject *data = NULL;

    if (categories == NULL)
        return;
    if (ids == NULL || ids->len != categories->len) {
        mm_complain(request->server, request->user, "an order without all categories",
                    request->path);
        mm_fail(request, 500, "app.channel.sidebar_categories.app_error",
                "Failed to insert record to database.");
        return;
    }
    for (unsigned i = 0; i < ids->len; i++) {
        struct mm_category *category = find(categories, g_ptr_array_index(ids, i));
        unsigned at = 0;

        if (category != NULL && g_ptr_array_find(all, category, &at))
            g_ptr_array_add(all, g_ptr_array_steal_index(all, at));
    }
    data = json_object_new();
    mm_set_array(data, "order", json_array_ref(json_node_get_array(request->body)));
    tell(request, "sidebar_category_order_updated", data);
    mm_reply_array(request, 200, json_array_ref(json_node_get_array(request->body)));
}

/* ---- drafts ---- */

static JsonObject *
draft_json(const struct mm_draft *draft, int64_t create_at, bool metadata)
{
    JsonObject *object = json_object_new();

    mm_set_int(object, "create_at", create_at);
    mm_set_int(object, "update_at", draft->update_at);
    mm_set_int(object, "delete_at", 0);
    mm_set(object, "user_id", draft->user_id);
    mm_set(object, "channel_id", draft->channel_id);
    mm_set(object, "root_id", draft->root_id);
    mm_set(object, "message", draft->message);
    mm_set(object, "type", "");
    mm_set_object(object, "props", json_object_new());
    if (metadata)
        mm_set_object(object, "metadata", json_object_new());
    return object;
}

static struct mm_draft *
draft_find(struct mm_server *server, const struct mm_user *user, const char *channel_id,
           const char *root_id)
{
    for (unsigned i = 0; i < server->drafts->len; i++) {
        struct mm_draft *draft = g_ptr_array_index(server->drafts, i);

        if (g_str_equal(draft->user_id, user->id) && g_str_equal(draft->channel_id, channel_id) &&
            g_str_equal(draft->root_id, root_id))
            return draft;
    }
    return NULL;
}

static void
tell_draft(struct mm_server *server, const char *event, JsonObject *object)
{
    struct mm_target target = {.user_id = mm_get(object, "user_id"),
                               .channel = mm_channel_by_id(server, mm_get(object, "channel_id"))};
    JsonObject *data = json_object_new();
    g_autofree char *text = mm_object_text(object);

    mm_set(data, "draft", text);
    mm_emit(server, event, data, &target);
}

JsonObject *
mm_draft_put(struct mm_server *server, struct mm_user *user, const char *channel_id,
             const char *root_id, const char *message)
{
    struct mm_draft *draft = draft_find(server, user, channel_id, root_id);
    JsonObject *object = NULL;

    if (draft == NULL) {
        draft = g_new0(struct mm_draft, 1);
        draft->user_id = g_strdup(user->id);
        draft->channel_id = g_strdup(channel_id);
        draft->root_id = g_strdup(root_id);
        draft->create_at = mm_stamp(server);
        g_ptr_array_add(server->drafts, draft);
    }
    g_free(draft->message);
    draft->message = g_strdup(message);
    draft->update_at = mm_stamp(server);
    object = draft_json(draft, draft->update_at, true);
    tell_draft(server, "draft_created", object);
    return object;
}

void
mm_draft_delete(struct mm_server *server, struct mm_user *user, const char *channel_id,
                const char *root_id)
{
    struct mm_draft *draft = draft_find(server, user, channel_id, root_id);
    JsonObject *object = NULL;

    if (draft == NULL)
        return;
    object = draft_json(draft, draft->create_at, false);
    g_ptr_array_remove(server->drafts, draft);
    tell_draft(server, "draft_deleted", object);
    json_object_unref(object);
}

const char *
mm_draft_text(struct mm_server *server, struct mm_user *user, const char *channel_id,
              const char *root_id)
{
    const struct mm_draft *draft = draft_find(server, user, channel_id, root_id);

    return draft != NULL ? draft->message : NULL;
}

/* True when the administrator has switched them off, and the request is refused. */
static bool
refuse_drafts(struct mm_request *request)
{
    if (g_str_equal(mm_config(request->server, "AllowSyncedDrafts"), "true"))
        return false;
    mm_fail(request, 501, "api.drafts.disabled.app_error", "Drafts feature is disabled.");
    return true;
}

static void
post_draft(struct mm_request *request)
{
    JsonObject *body = mm_need_object(request, "draft");
    struct mm_channel *channel = mm_channel_by_id(request->server, mm_get(body, "channel_id"));
    const char *root_id = mm_get(body, "root_id") != NULL ? mm_get(body, "root_id") : "";
    const char *message = mm_get(body, "message") != NULL ? mm_get(body, "message") : "";

    if (body == NULL || refuse_drafts(request))
        return;
    if (channel == NULL || mm_member(channel, request->user) == NULL) {
        mm_fail_permissions(request);
        return;
    }
    if (message[0] == '\0')
        mm_complain(request->server, request->user, "an empty draft", channel->name);
    mm_reply_object(request, 201,
                    mm_draft_put(request->server, request->user, channel->id, root_id, message));
}

static int
latest_first(gconstpointer a, gconstpointer b)
{
    const struct mm_draft *const *one = a;
    const struct mm_draft *const *two = b;

    return ((*one)->update_at < (*two)->update_at) - ((*one)->update_at > (*two)->update_at);
}

static void
get_drafts(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);
    struct mm_team *team = user != NULL ? mm_need_team(request) : NULL;
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    JsonArray *array = NULL;

    if (team == NULL || refuse_drafts(request))
        return;
    for (unsigned i = 0; i < request->server->drafts->len; i++) {
        struct mm_draft *draft = g_ptr_array_index(request->server->drafts, i);
        const struct mm_channel *channel = mm_channel_by_id(request->server, draft->channel_id);

        if (g_str_equal(draft->user_id, user->id) &&
            (channel->team == NULL || channel->team == team))
            g_ptr_array_add(found, draft);
    }
    if (found->len == 0) {
        mm_reply_text(request, 200, "application/json", g_strdup("null"));
        return;
    }
    g_ptr_array_sort(found, latest_first);
    array = json_array_new();
    for (unsigned i = 0; i < found->len; i++) {
        const struct mm_draft *draft = g_ptr_array_index(found, i);

        json_array_add_object_element(array, draft_json(draft, draft->create_at, true));
    }
    mm_reply_array(request, 200, array);
}

static void
delete_draft(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);
    const char *root = mm_arg(request, "root");

    if (user == NULL || refuse_drafts(request))
        return;
    mm_draft_delete(request->server, user, mm_arg(request, "channel"), root != NULL ? root : "");
    mm_reply_ok(request);
}

const struct mm_route mm_sidebar_routes[] = {
    {"GET", "users/:user/teams/:team/channels/categories", get_categories, 0},
    {"POST", "users/:user/teams/:team/channels/categories", post_category, 0},
    {"PUT", "users/:user/teams/:team/channels/categories", put_categories, 0},
    {"GET", "users/:user/teams/:team/channels/categories/order", get_order, 0},
    {"PUT", "users/:user/teams/:team/channels/categories/order", put_order, 0},
    {"GET", "users/:user/teams/:team/channels/categories/:category", get_category, 0},
    {"PUT", "users/:user/teams/:team/channels/categories/:category", put_category, 0},
    {"DELETE", "users/:user/teams/:team/channels/categories/:category", delete_category, 0},
    {"POST", "drafts", post_draft, 0},
    {"GET", "users/:user/teams/:team/drafts", get_drafts, 0},
    {"DELETE", "users/:user/channels/:channel/drafts", delete_draft, 0},
    {"DELETE", "users/:user/channels/:channel/drafts/:root", delete_draft, 0},
    {NULL, NULL, NULL, 0},
};
