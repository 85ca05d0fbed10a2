/* Requests: who asks, which route it is, and the forms of answers and refusals. */
#include "tests/sandbox/mm_priv.h"

#include <string.h>

#define API           "/api/v4"
#define BODY_MAX      300000
#define URL_MAX       2048
#define ACTIVITY_MS   300000
#define PER_PAGE      60
#define JSON_TYPE     "application/json"
#define EXPIRED_TEXT  "Invalid or expired session, please login again."
#define NO_RIGHT_TEXT "You do not have the appropriate permissions."

static const struct mm_route *const tables[] = {
    mm_user_routes,    mm_account_routes,  mm_team_routes,    mm_channel_routes,
    mm_member_routes,  mm_post_routes,     mm_history_routes, mm_thread_routes,
    mm_search_routes,  mm_reaction_routes, mm_system_routes,  mm_file_routes,
    mm_sidebar_routes, mm_command_routes,  mm_hook_routes,    mm_program_routes,
};

/* ---- what is asked ---- */

const char *
mm_arg(struct mm_request *request, const char *name)
{
    return g_hash_table_lookup(request->args, name);
}

const char *
mm_query(struct mm_request *request, const char *name)
{
    return request->query != NULL ? g_hash_table_lookup(request->query, name) : NULL;
}

int64_t
mm_query_int(struct mm_request *request, const char *name, int64_t otherwise)
{
    const char *text = mm_query(request, name);
    int64_t value = 0;

    return text != NULL && g_ascii_string_to_signed(text, 10, 0, INT64_MAX, &value, NULL)
               ? value
               : otherwise;
}

bool
mm_query_bool(struct mm_request *request, const char *name)
{
    return g_strcmp0(mm_query(request, name), "true") == 0;
}

void
mm_query_page(struct mm_request *request, unsigned *ret_from, unsigned *ret_count)
{
    int64_t page = mm_query_int(request, "page", 0);
    int64_t count = MIN(mm_query_int(request, "per_page", PER_PAGE), MM_PAGE_MAX);

    *ret_count = (unsigned)count;
    *ret_from = (unsigned)MIN(page * count, INT32_MAX);
}

JsonObject *
mm_need_object(struct mm_request *request, const char *name)
{
    if (request->body != NULL && JSON_NODE_HOLDS_OBJECT(request->body))
        return json_node_get_object(request->body);
    mm_fail_body(request, name);
    return NULL;
}

GPtrArray *
mm_need_ids(struct mm_request *request, const char *name)
{
    GPtrArray *ids = mm_strings_of(request->body);

    if (ids != NULL && ids->len > 0)
        return ids;
    g_clear_pointer(&ids, g_ptr_array_unref);
    mm_fail_body(request, name);
    return NULL;
}

struct mm_user *
mm_need_user(struct mm_request *request)
{
    struct mm_user *user = mm_user_by_id(request->server, mm_arg(request, "user"));

    if (user == NULL)
        mm_fail(request, 404, "app.user.missing_account.const", "Unable to find the user.");
    return user;
}

struct mm_user *
mm_need_self(struct mm_request *request)
{
    struct mm_user *user = mm_need_user(request);

    if (user == NULL || user == request->user || mm_user_is_admin(request->user))
        return user;
    mm_fail_permissions(request);
    return NULL;
}

struct mm_team *
mm_need_team(struct mm_request *request)
{
    struct mm_team *team = mm_team_by_id(request->server, mm_arg(request, "team"));

    if (team != NULL &&
        (mm_team_member(team, request->user) != NULL || mm_user_is_admin(request->user)))
        return team;
    mm_fail_permissions(request);
    return NULL;
}

struct mm_channel *
mm_need_channel(struct mm_request *request)
{
    const char *id = mm_arg(request, "channel");
    struct mm_channel *channel = mm_channel_by_id(request->server, id);

    if (channel == NULL) {
        g_autofree char *message = g_strdup_printf("Unable to find the existing channel %s.", id);

        mm_fail(request, 404, "app.channel.get.existing.app_error", message);
        return NULL;
    }
    if (mm_can_read(channel, request->user))
        return channel;
    mm_fail_permissions(request);
    return NULL;
}

struct mm_member *
mm_need_member(struct mm_request *request, struct mm_channel *channel)
{
    struct mm_member *member = mm_member(channel, request->user);

    if (member == NULL)
        mm_fail_permissions(request);
    return member;
}

struct mm_post *
mm_need_post(struct mm_request *request)
{
    struct mm_post *post = mm_post_by_id(request->server, mm_arg(request, "post"));

    if (post == NULL || (post->delete_at != 0 && !(mm_query_bool(request, "include_deleted") &&
                                                   mm_user_is_admin(request->user)))) {
        mm_fail(request, 404, "app.post.get.app_error", "Unable to get the post.");
        return NULL;
    }
    if (mm_can_read(post->channel, request->user))
        return post;
    mm_fail_permissions(request);
    return NULL;
}

/* ---- what is answered ---- */

static void
answer(struct mm_request *request, unsigned status, const char *type, char *text)
{
    soup_server_message_set_status(request->msg, status, NULL);
    soup_server_message_set_response(request->msg, type, SOUP_MEMORY_TAKE, text, strlen(text));
}

void
mm_reply_text(struct mm_request *request, unsigned status, const char *type, char *text)
{
    answer(request, status, type, text);
}

void
mm_reply_object(struct mm_request *request, unsigned status, JsonObject *object)
{
    answer(request, status, JSON_TYPE, mm_object_text(object));
    json_object_unref(object);
}

void
mm_reply_array(struct mm_request *request, unsigned status, JsonArray *array)
{
    answer(request, status, JSON_TYPE, mm_array_text(array));
    json_array_unref(array);
}

void
mm_reply_bytes(struct mm_request *request, unsigned status, const char *type, GBytes *bytes)
{
    SoupMessageHeaders *headers = soup_server_message_get_response_headers(request->msg);

    soup_message_headers_replace(headers, "Content-Type", type);
    soup_server_message_set_status(request->msg, status, NULL);
    soup_message_body_append_bytes(soup_server_message_get_response_body(request->msg), bytes);
}

GHashTable *
mm_multipart(struct mm_request *request)
{
    g_autoptr(GBytes) body =
        soup_message_body_flatten(soup_server_message_get_request_body(request->msg));
    SoupMultipart *multipart = soup_multipart_new_from_message(
        soup_server_message_get_request_headers(request->msg), body);
    GHashTable *parts = NULL;

    if (multipart == NULL)
        return NULL;
    parts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    for (int i = 0; i < soup_multipart_get_length(multipart); i++) {
        SoupMessageHeaders *headers = NULL;
        GBytes *bytes = NULL;
        g_autofree char *disposition = NULL;
        g_autoptr(GHashTable) params = NULL;
        const char *name = NULL;

        soup_multipart_get_part(multipart, i, &headers, &bytes);
        if (soup_message_headers_get_content_disposition(headers, &disposition, &params))
            name = g_hash_table_lookup(params, "name");
        if (name != NULL)
            g_hash_table_insert(parts, g_strdup(name), g_bytes_ref(bytes));
    }
    soup_multipart_free(multipart);
    return parts;
}

void
mm_reply_ok(struct mm_request *request)
{
    answer(request, 200, JSON_TYPE, g_strdup("{\"status\":\"OK\"}"));
}

bool
mm_reply_etag(struct mm_request *request, char *etag)
{
    SoupMessageHeaders *headers = soup_server_message_get_response_headers(request->msg);
    bool same = g_strcmp0(request->if_none_match, etag) == 0;

    soup_message_headers_replace(headers, "Etag", etag);
    g_free(etag);
    if (same)
        soup_server_message_set_status(request->msg, 304, NULL);
    return same;
}

JsonObject *
mm_error_json(struct mm_server *server, unsigned status, const char *id, const char *message)
{
    JsonObject *object = json_object_new();

    mm_set(object, "id", id);
    mm_set(object, "message", message);
    mm_set(object, "detailed_error", "");
    mm_set_int(object, "status_code", status);
    return object;
}

void
mm_fail(struct mm_request *request, unsigned status, const char *id, const char *message)
{
    JsonObject *object = mm_error_json(request->server, status, id, message);
    SoupMessageHeaders *headers = soup_server_message_get_response_headers(request->msg);

    mm_set(object, "request_id", soup_message_headers_get_one(headers, "X-Request-Id"));
    mm_reply_object(request, status, object);
}

void
mm_fail_permissions(struct mm_request *request)
{
    mm_fail(request, 403, "api.context.permissions.app_error", NO_RIGHT_TEXT);
}

void
mm_fail_body(struct mm_request *request, const char *name)
{
    g_autofree char *message = g_strdup_printf("Invalid or missing %s in request body.", name);

    mm_fail(request, 400, "api.context.invalid_body_param.app_error", message);
}

void
mm_fail_url(struct mm_request *request, const char *name)
{
    g_autofree char *message =
        g_strdup_printf("Invalid or missing %s parameter in request URL.", name);

    mm_fail(request, 400, "api.context.invalid_url_param.app_error", message);
}

void
mm_fail_param(struct mm_request *request, const char *name)
{
    g_autofree char *message = g_strdup_printf("Invalid %s parameter.", name);

    mm_fail(request, 400, "api.context.invalid_param.app_error", message);
}

static void
fail_404(struct mm_request *request)
{
    JsonObject *object = mm_error_json(request->server, 404, "api.context.404.app_error",
                                       "Sorry, we could not find the page.");
    g_autofree char *detail =
        g_strdup_printf("There doesn't appear to be an api call for the url='" API
                        "%s'.  Typo? are you missing a team_id or user_id as part of the url?",
                        request->path);

    mm_set(object, "detailed_error", detail);
    mm_reply_object(request, 404, object);
}

/* ---- faults, complaints ---- */

void
mm_complain(struct mm_server *server, struct mm_user *user, const char *what, const char *about)
{
    g_ptr_array_add(
        server->complaints,
        g_strdup_printf("%s: %s: %.200s", user != NULL ? user->username : "*", what, about));
}

bool
mm_fault_take(struct mm_server *server, enum mm_server_fault kind, const char *method,
              const char *path, unsigned *ret_value)
{
    g_autofree char *line = g_strdup_printf("%s %s", method, path);

    return web_fault_take(server->faults, (int)kind, line, ret_value);
}

static void
too_many(SoupServerMessage *msg, unsigned seconds)
{
    SoupMessageHeaders *headers = soup_server_message_get_response_headers(msg);
    g_autofree char *text = g_strdup_printf("%u", seconds);

    soup_message_headers_replace(headers, "X-Ratelimit-Limit", "101");
    soup_message_headers_replace(headers, "X-Ratelimit-Remaining", "0");
    soup_message_headers_replace(headers, "X-Ratelimit-Reset", text);
    soup_message_headers_replace(headers, "Retry-After", text);
    soup_server_message_set_status(msg, 429, NULL);
    soup_server_message_set_response(msg, "text/plain; charset=utf-8", SOUP_MEMORY_STATIC,
                                     "limit exceeded\n", strlen("limit exceeded\n"));
}

/* Each request moves the time at which the whole burst is free again; none may move it further
 * ahead than the burst takes. */
static bool
refuse_by_rate(struct mm_request *request)
{
    struct mm_server *server = request->server;
    const struct mm_server_options *options = &server->options;
    int64_t now = g_get_monotonic_time();
    int64_t each = 0;
    int64_t ahead = 0;

    if (options->rate_per_sec == 0)
        return false;
    each = G_USEC_PER_SEC / options->rate_per_sec;
    ahead = MAX(server->rate_at_us - now, 0) + each;
    if (ahead > each * (options->rate_burst > 0 ? options->rate_burst : 100)) {
        too_many(request->msg, 1);
        return true;
    }
    server->rate_at_us = now + ahead;
    return false;
}

/* True when a fault has answered instead. */
static bool
refuse_by_fault(struct mm_request *request, const char *line)
{
    unsigned value = 0;
    struct mm_server *server = request->server;

    if (mm_fault_take(server, MM_FAULT_429, request->method, line, &value)) {
        too_many(request->msg, value);
        return true;
    }
    if (mm_fault_take(server, MM_FAULT_STATUS, request->method, line, &value)) {
        mm_fail(request, value, "sandbox.fault.app_error", "The sandbox was told to fail.");
        return true;
    }
    if (mm_fault_take(server, MM_FAULT_HTML, request->method, line, &value)) {
        answer(request, value, "text/html",
               g_strdup("<html><body><h1>Bad Gateway</h1></body></html>"));
        return true;
    }
    if (mm_fault_take(server, MM_FAULT_GARBAGE, request->method, line, NULL)) {
        answer(request, 200, JSON_TYPE, g_strdup("{\"id\":"));
        return true;
    }
    if (mm_fault_take(server, MM_FAULT_CUT, request->method, line, NULL)) {
        web_cut(request->msg);
        return true;
    }
    return false;
}

/* ---- routes ---- */

/* True when the path fits; the values of its names are in `args` then. */
static bool
route_fits(const char *pattern, char **segments, GHashTable *args)
{
    g_auto(GStrv) wanted = g_strsplit(pattern, "/", -1);
    unsigned i = 0;

    g_hash_table_remove_all(args);
    for (; wanted[i] != NULL; i++) {
        if (segments[i] == NULL)
            return false;
        if (wanted[i][0] == ':')
            g_hash_table_insert(args, g_strdup(wanted[i] + 1), g_strdup(segments[i]));
        else if (!g_str_equal(wanted[i], segments[i]))
            return false;
    }
    return segments[i] == NULL;
}

static const struct mm_route *
route_find(struct mm_request *request)
{
    g_auto(GStrv) segments = g_strsplit(request->path + 1, "/", -1);

    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        for (const struct mm_route *route = tables[i]; route->method != NULL; route++) {
            if (g_str_equal(route->method, request->method) &&
                route_fits(route->pattern, segments, request->args))
                return route;
        }
    }
    return NULL;
}

/* "me" becomes the own id; false after a malformed id has been refused. */
static bool
check_args(struct mm_request *request)
{
    static const char *const ids[] = {"user", "team", "channel", "post", "file", "emoji", "upload"};

    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
        const char *value = mm_arg(request, ids[i]);

        if (value == NULL)
            continue;
        if (g_str_equal(ids[i], "user") && g_str_equal(value, "me")) {
            g_hash_table_insert(request->args, g_strdup("user"), g_strdup(request->user->id));
        } else if (!mm_id_is_valid(value)) {
            g_autofree char *name = g_strconcat(ids[i], "_id", NULL);

            mm_fail_url(request, name);
            return false;
        }
    }
    return true;
}

/* ---- who asks ---- */

static const char *
token_of(SoupServerMessage *msg)
{
    SoupMessageHeaders *headers = soup_server_message_get_request_headers(msg);
    const char *value = soup_message_headers_get_one(headers, "Authorization");

    if (value == NULL)
        return NULL;
    if (g_ascii_strncasecmp(value, "Bearer ", 7) == 0)
        return value + 7;
    return g_ascii_strncasecmp(value, "token ", 6) == 0 ? value + 6 : NULL;
}

static void
find_session(struct mm_request *request)
{
    request->session = mm_session_find(request->server, token_of(request->msg));
    if (request->session == NULL)
        return;
    request->user = request->session->user;
    if (mm_now(request->server) - request->session->last_activity_at > ACTIVITY_MS)
        request->session->last_activity_at = mm_now(request->server);
}

static void
add_headers(struct mm_request *request)
{
    SoupMessageHeaders *headers = soup_server_message_get_response_headers(request->msg);
    const char *version = mm_version_id(request->server);
    g_autofree char *id = mm_id_new(request->server);

    soup_message_headers_replace(headers, "X-Version-Id", version);
    soup_message_headers_replace(headers, "X-Request-Id", id);
}

static void
watch_manners(struct mm_request *request)
{
    SoupMessageHeaders *headers = soup_server_message_get_request_headers(request->msg);

    if (soup_message_headers_get_one(headers, "Cookie") != NULL)
        mm_complain(request->server, request->user, "a cookie was sent", request->path);
    if (soup_message_headers_get_one(headers, "X-Requested-With") != NULL)
        mm_complain(request->server, request->user, "X-Requested-With was sent", request->path);
}

/* ---- one request ---- */

static bool
refuse_by_size(struct mm_request *request)
{
    SoupMessageBody *body = soup_server_message_get_request_body(request->msg);
    GUri *uri = soup_server_message_get_uri(request->msg);
    g_autofree char *url = g_uri_to_string(uri);
    bool json = !g_str_has_prefix(request->path, "/files") &&
                !g_str_has_prefix(request->path, "/uploads") &&
                !g_str_has_prefix(request->path, "/emoji");

    if (strlen(url) > URL_MAX) {
        mm_complain(request->server, request->user, "a URL too long", request->path);
        mm_fail(request, 414, "basic_security_check.url.too_long_error", "URL is too long");
        return true;
    }
    if (json && body->length > BODY_MAX) {
        mm_complain(request->server, request->user, "a body too large", request->path);
        mm_fail(request, 413, "api.context.request_body_too_large.app_error",
                "Unable to process request. Request body too large.");
        return true;
    }
    return false;
}

static void
carry_out(struct mm_request *request)
{
    const struct mm_route *route = route_find(request);
    SoupMessageBody *body = soup_server_message_get_request_body(request->msg);

    if (route == NULL) {
        mm_complain(request->server, request->user, "no such endpoint", request->path);
        fail_404(request);
        return;
    }
    if (request->user == NULL && (route->flags & MM_OPEN) == 0) {
        SoupMessageHeaders *headers = soup_server_message_get_response_headers(request->msg);

        if (token_of(request->msg) != NULL)
            soup_message_headers_replace(headers, "Set-Cookie",
                                         "MMAUTHTOKEN=; Path=/; Max-Age=0; HttpOnly");
        mm_fail(request, 401, "api.context.session_expired.app_error", EXPIRED_TEXT);
        return;
    }
    if (!check_args(request))
        return;
    if (body->length > 0) {
        g_autoptr(GBytes) bytes = soup_message_body_flatten(body);

        if (!g_str_has_prefix(request->path, "/files") &&
            !g_str_has_prefix(request->path, "/uploads/") &&
            !(g_str_equal(request->path, "/emoji") && g_str_equal(request->method, "POST"))) {
            g_autofree char *text =
                g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));

            request->body = mm_parse(text);
        }
    }
    route->handle(request);
}

static void
request_clear(struct mm_request *request)
{
    g_clear_pointer(&request->body, json_node_unref);
    g_hash_table_unref(request->args);
}

static void
handle(struct mm_server *server, SoupServerMessage *msg, const char *path, GHashTable *query)
{
    SoupMessageHeaders *headers = soup_server_message_get_request_headers(msg);
    const char *query_text = g_uri_get_query(soup_server_message_get_uri(msg));
    struct mm_request request = {
        .server = server,
        .msg = msg,
        .method = soup_server_message_get_method(msg),
        .path = path + strlen(API),
        .query = query,
        .if_none_match = soup_message_headers_get_one(headers, "If-None-Match"),
        .args = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
    g_autofree char *line =
        g_strconcat(request.path, query_text != NULL ? "?" : "", query_text, NULL);

    g_ptr_array_add(server->requests, g_strdup_printf("%s %s", request.method, line));
    add_headers(&request);
    find_session(&request);
    watch_manners(&request);
    if (!refuse_by_rate(&request) && !refuse_by_fault(&request, line) &&
        !refuse_by_size(&request)) {
        if (mm_query(&request, "access_token") != NULL) {
            mm_fail(&request, 401, "api.context.token_provided.app_error",
                    "Session is not OAuth but token was provided in the query string.");
        } else {
            carry_out(&request);
            if (mm_fault_take(server, MM_FAULT_LOST, request.method, line, NULL))
                web_cut(msg);
        }
    }
    request_clear(&request);
}

/* ---- later ---- */

struct mm_delayed {
    struct mm_server *server;
    SoupServerMessage *msg;
    char *path;
    GHashTable *query;
    GSource *source;
};

static void
delayed_free(struct mm_delayed *delayed)
{
    g_ptr_array_remove_fast(delayed->server->delayed, delayed);
    g_source_destroy(delayed->source);
    g_source_unref(delayed->source);
    g_object_unref(delayed->msg);
    g_clear_pointer(&delayed->query, g_hash_table_unref);
    g_free(delayed->path);
    g_free(delayed);
}

static gboolean
on_delay_over(gpointer user)
{
    struct mm_delayed *delayed = user;

    handle(delayed->server, delayed->msg, delayed->path, delayed->query);
    soup_server_message_unpause(delayed->msg);
    delayed_free(delayed);
    return G_SOURCE_REMOVE;
}

static void
handle_later(struct mm_server *server, SoupServerMessage *msg, const char *path, GHashTable *query,
             unsigned ms)
{
    struct mm_delayed *delayed = g_new0(struct mm_delayed, 1);

    delayed->server = server;
    delayed->msg = g_object_ref(msg);
    delayed->path = g_strdup(path);
    delayed->query = query != NULL ? g_hash_table_ref(query) : NULL;
    delayed->source = g_timeout_source_new(ms);
    g_source_set_callback(delayed->source, on_delay_over, delayed, NULL);
    g_source_attach(delayed->source, server->context);
    g_ptr_array_add(server->delayed, delayed);
    soup_server_message_pause(msg);
}

void
mm_http_forget_delayed(struct mm_server *server)
{
    while (server->delayed->len > 0)
        delayed_free(g_ptr_array_index(server->delayed, 0));
}

static void
on_request(SoupServer *soup, SoupServerMessage *msg, const char *path, GHashTable *query,
           gpointer user)
{
    struct mm_server *server = user;
    const char *query_text = g_uri_get_query(soup_server_message_get_uri(msg));
    g_autofree char *line =
        g_strconcat(path + strlen(API), query_text != NULL ? "?" : "", query_text, NULL);
    unsigned ms = 0;

    (void)soup;
    if (mm_fault_take(server, MM_FAULT_DELAY, soup_server_message_get_method(msg), line, &ms))
        handle_later(server, msg, path, query, ms);
    else
        handle(server, msg, path, query);
}

void
mm_http_add(struct mm_server *server)
{
    soup_server_add_handler(server->soup, API, on_request, server, NULL);
}
