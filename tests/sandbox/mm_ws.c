/* The WebSocket: logging in, events with their numbers, and resuming after a break. */
#include "tests/sandbox/mm_priv.h"

#include <string.h>

#define PATH        "/api/v4/websocket"
#define RING_MAX    128
#define QUEUE_MAX   256
#define FRAME_MAX   8192
#define PING_S      60
#define NOT_AUTH_ID "api.web_socket_router.not_authenticated.app_error"

struct frame {
    int64_t seq;
    char *text;
};

struct mm_conn {
    struct mm_server *server;
    char *id;
    struct mm_user *user; /* NULL: not logged in */
    struct mm_session *session;
    SoupWebsocketConnection *ws; /* NULL: dead */
    GSocket *socket;
    GSource *timer; /* until it must have logged in */
    bool by_header;
    int64_t next_seq;
    GQueue ring;  /* struct frame: the last that were sent */
    GQueue queue; /* char *: events without their number, while it is dead */
    bool overflow;
    int64_t died_at;
    unsigned lose;
};

/* ---- life ---- */

static void
frame_free(gpointer data)
{
    struct frame *frame = data;

    g_free(frame->text);
    g_free(frame);
}

static void
stop_timer(struct mm_conn *conn)
{
    if (conn->timer == NULL)
        return;
    g_source_destroy(conn->timer);
    g_clear_pointer(&conn->timer, g_source_unref);
}

static void
let_go(struct mm_conn *conn)
{
    stop_timer(conn);
    if (conn->ws == NULL)
        return;
    g_signal_handlers_disconnect_by_data(conn->ws, conn);
    g_clear_object(&conn->ws);
    g_clear_object(&conn->socket);
}

void
mm_conn_free(gpointer data)
{
    struct mm_conn *conn = data;

    let_go(conn);
    g_queue_clear_full(&conn->ring, frame_free);
    g_queue_clear_full(&conn->queue, g_free);
    g_free(conn->id);
    g_free(conn);
}

static unsigned
open_of(struct mm_server *server, const struct mm_user *user)
{
    unsigned count = 0;

    for (unsigned i = 0; i < server->conns->len; i++) {
        const struct mm_conn *conn = g_ptr_array_index(server->conns, i);

        count += conn->ws != NULL && (user == NULL || conn->user == user);
    }
    return count;
}

unsigned
mm_ws_count(struct mm_server *server, const struct mm_user *user)
{
    return open_of(server, user);
}

/* Its line is gone; the rest is kept for a while. */
static void
conn_die(struct mm_conn *conn)
{
    struct mm_server *server = conn->server;
    struct mm_user *user = conn->user;

    let_go(conn);
    if (user == NULL) {
        g_ptr_array_remove(server->conns, conn);
        return;
    }
    conn->died_at = mm_now(server);
    if (open_of(server, user) == 0 && !user->status_manual)
        mm_set_status(server, user, "offline", false);
}

/* TCP ends, without a close frame. */
static void
conn_cut(struct mm_conn *conn)
{
    g_socket_shutdown(conn->socket, TRUE, TRUE, NULL);
    conn_die(conn);
}

/* ---- sending ---- */

static void
send_text(struct mm_conn *conn, const char *text)
{
    if (conn->ws != NULL &&
        soup_websocket_connection_get_state(conn->ws) == SOUP_WEBSOCKET_STATE_OPEN)
        soup_websocket_connection_send_text(conn->ws, text);
}

/* `body`: the event up to its number. */
static void
send_event(struct mm_conn *conn, const char *body)
{
    struct frame *frame = g_new0(struct frame, 1);

    frame->seq = conn->next_seq++;
    frame->text = g_strdup_printf("%s,\"seq\":%" G_GINT64_FORMAT "}", body, frame->seq);
    g_queue_push_tail(&conn->ring, frame);
    if (g_queue_get_length(&conn->ring) > RING_MAX)
        frame_free(g_queue_pop_head(&conn->ring));
    if (conn->lose == 0) {
        send_text(conn, frame->text);
    } else if (--conn->lose == 0) {
        conn_cut(conn);
    }
}

static void
conn_event(struct mm_conn *conn, const char *body)
{
    if (conn->ws != NULL) {
        send_event(conn, body);
        return;
    }
    g_queue_push_tail(&conn->queue, g_strdup(body));
    if (g_queue_get_length(&conn->queue) <= QUEUE_MAX)
        return;
    conn->overflow = true;
    g_queue_clear_full(&conn->queue, g_free);
}

static JsonObject *
broadcast_json(const struct mm_target *target)
{
    JsonObject *broadcast = json_object_new();
    JsonObject *omit = NULL;

    if (target->omit != NULL) {
        omit = json_object_new();
        mm_set_bool(omit, target->omit->id, true);
    }
    mm_set_object(broadcast, "omit_users", omit);
    mm_set(broadcast, "user_id", target->user_id != NULL ? target->user_id : "");
    mm_set(broadcast, "channel_id", target->channel != NULL ? target->channel->id : "");
    mm_set(broadcast, "team_id", target->team != NULL ? target->team->id : "");
    mm_set(broadcast, "connection_id", "");
    mm_set(broadcast, "omit_connection_id", "");
    if (target->sanitized)
        mm_set_bool(broadcast, "contains_sanitized_data", true);
    if (target->sensitive)
        mm_set_bool(broadcast, "contains_sensitive_data", true);
    return broadcast;
}

static char *
event_body(const char *event, JsonObject *data, JsonObject *broadcast)
{
    g_autofree char *data_text = mm_object_text(data);
    g_autofree char *broadcast_text = mm_object_text(broadcast);

    return g_strdup_printf("{\"event\":\"%s\",\"data\":%s,\"broadcast\":%s", event, data_text,
                           broadcast_text);
}

static bool
hears(struct mm_conn *conn, const struct mm_target *target)
{
    if (conn->user == NULL || conn->user == target->omit || conn->overflow ||
        mm_session_find(conn->server, conn->session->token) == NULL)
        return false;
    if ((target->not_admins && mm_user_is_admin(conn->user)) ||
        (target->only_admins && !mm_user_is_admin(conn->user)))
        return false;
    if (target->user_id != NULL)
        return g_str_equal(conn->user->id, target->user_id);
    if (target->channel != NULL)
        return mm_member(target->channel, conn->user) != NULL;
    return target->team == NULL || mm_team_member(target->team, conn->user) != NULL;
}

void
mm_emit_each(struct mm_server *server, const char *event, JsonObject *data,
             const struct mm_target *target, mm_fill_fn fill, void *user_data)
{
    JsonObject *broadcast = broadcast_json(target);
    g_autofree char *shared = fill == NULL ? event_body(event, data, broadcast) : NULL;

    for (unsigned i = 0; i < server->conns->len; i++) {
        struct mm_conn *conn = g_ptr_array_index(server->conns, i);

        if (!hears(conn, target))
            continue;
        if (fill != NULL) {
            JsonObject *own = mm_object_copy(data);
            g_autofree char *body = NULL;

            fill(own, conn->user, user_data);
            body = event_body(event, own, broadcast);
            conn_event(conn, body);
            json_object_unref(own);
        } else {
            conn_event(conn, shared);
        }
    }
    json_object_unref(broadcast);
    json_object_unref(data);
}

void
mm_emit(struct mm_server *server, const char *event, JsonObject *data,
        const struct mm_target *target)
{
    mm_emit_each(server, event, data, target, NULL, NULL);
}

static void
say_hello(struct mm_conn *conn)
{
    JsonObject *data = json_object_new();
    struct mm_target target = {.user_id = conn->user->id};
    JsonObject *broadcast = broadcast_json(&target);
    const char *version = mm_version_id(conn->server);
    g_autofree char *body = NULL;

    mm_set(data, "connection_id", conn->id);
    mm_set(data, "server_hostname", "sandbox");
    mm_set(data, "server_version", version);
    body = event_body("hello", data, broadcast);
    send_event(conn, body);
    json_object_unref(data);
    json_object_unref(broadcast);
}

static void
now_online(struct mm_conn *conn)
{
    if (!conn->user->status_manual)
        mm_set_status(conn->server, conn->user, "online", false);
}

/* ---- actions ---- */

static void
reply(struct mm_conn *conn, int64_t seq, JsonObject *data)
{
    JsonObject *object = json_object_new();
    g_autofree char *text = NULL;

    mm_set(object, "status", "OK");
    mm_set_int(object, "seq_reply", seq);
    if (data != NULL)
        mm_set_object(object, "data", data);
    text = mm_object_text(object);
    send_text(conn, text);
    json_object_unref(object);
}

static void
reply_fail(struct mm_conn *conn, int64_t seq, unsigned status, const char *id, const char *message)
{
    JsonObject *object = json_object_new();
    g_autofree char *text = NULL;

    mm_set(object, "status", "FAIL");
    if (seq > 0)
        mm_set_int(object, "seq_reply", seq);
    mm_set_object(object, "error", mm_error_json(conn->server, status, id, message));
    text = mm_object_text(object);
    send_text(conn, text);
    json_object_unref(object);
}

static void
reply_invalid(struct mm_conn *conn, int64_t seq, const char *name)
{
    g_autofree char *message = g_strdup_printf("Invalid %s parameter.", name);

    reply_fail(conn, seq, 400, "api.websocket_handler.invalid_param.app_error", message);
}

static void
do_ping(struct mm_conn *conn, int64_t seq, JsonObject *data)
{
    JsonObject *answer = json_object_new();

    (void)data;
    mm_set(answer, "node_id", "");
    mm_set_int(answer, "server_time", mm_now(conn->server));
    mm_set(answer, "text", "pong");
    mm_set(answer, "version", MM_VERSION);
    reply(conn, seq, answer);
}

static void
do_typing(struct mm_conn *conn, int64_t seq, JsonObject *data)
{
    const char *parent = mm_get(data, "parent_id");
    struct mm_channel *channel = mm_channel_by_id(conn->server, mm_get(data, "channel_id"));

    if (channel == NULL || mm_member(channel, conn->user) == NULL) {
        reply_invalid(conn, seq, "channel_id");
        return;
    }
    mm_tell_typing(conn->server, conn->user, channel, parent);
    reply(conn, seq, NULL);
}

static void
do_active(struct mm_conn *conn, int64_t seq, JsonObject *data)
{
    bool active = mm_get_bool(data, "user_is_active", true);

    mm_set_status(conn->server, conn->user, active ? "online" : "away",
                  mm_get_bool(data, "manual", false));
    reply(conn, seq, NULL);
}

static void
do_statuses(struct mm_conn *conn, int64_t seq, JsonObject *data)
{
    JsonObject *answer = json_object_new();

    (void)data;
    for (unsigned i = 0; i < conn->server->users->len; i++) {
        const struct mm_user *user = g_ptr_array_index(conn->server->users, i);

        if (!g_str_equal(user->status, "offline"))
            mm_set(answer, user->id, user->status);
    }
    reply(conn, seq, answer);
}

static void
do_statuses_by_ids(struct mm_conn *conn, int64_t seq, JsonObject *data)
{
    JsonArray *ids = mm_get_array(data, "user_ids");
    JsonObject *answer = NULL;

    if (ids == NULL || json_array_get_length(ids) == 0) {
        reply_invalid(conn, seq, "user_ids");
        return;
    }
    answer = json_object_new();
    for (unsigned i = 0; i < json_array_get_length(ids); i++) {
        const char *id = json_array_get_string_element(ids, i);
        const struct mm_user *user = mm_user_by_id(conn->server, id);

        mm_set(answer, id, user != NULL ? user->status : "offline");
    }
    reply(conn, seq, answer);
}

static void
do_presence(struct mm_conn *conn, int64_t seq, JsonObject *data)
{
    g_autofree char *text = mm_object_text(data);

    mm_complain(conn->server, conn->user, "presence was sent", text);
    reply(conn, seq, NULL);
}

static void
do_ack(struct mm_conn *conn, int64_t seq, JsonObject *data)
{
    (void)data;
    reply(conn, seq, NULL);
}

static const struct action {
    const char *name;
    void (*fn)(struct mm_conn *conn, int64_t seq, JsonObject *data);
} actions[] = {
    {"ping", do_ping},
    {"user_typing", do_typing},
    {"user_update_active_status", do_active},
    {"get_statuses", do_statuses},
    {"get_statuses_by_ids", do_statuses_by_ids},
    {"presence", do_presence},
    {"posted_notify_ack", do_ack},
};

static void
take_action(struct mm_conn *conn, const char *name, int64_t seq, JsonObject *data)
{
    for (size_t i = 0; i < G_N_ELEMENTS(actions); i++) {
        if (g_str_equal(actions[i].name, name)) {
            JsonObject *nothing = json_object_new();

            actions[i].fn(conn, seq, data != NULL ? data : nothing);
            json_object_unref(nothing);
            return;
        }
    }
    mm_complain(conn->server, conn->user, "no such action", name);
    reply_fail(conn, seq, 500, "api.web_socket_router.bad_action.app_error",
               "Unknown WebSocket action.");
}

/* ---- logging in ---- */

static void
log_in(struct mm_conn *conn, struct mm_session *session)
{
    stop_timer(conn);
    conn->session = session;
    conn->user = session->user;
    say_hello(conn);
}

static void
take_challenge(struct mm_conn *conn, int64_t seq, JsonObject *data)
{
    struct mm_session *session = mm_session_find(conn->server, mm_get(data, "token"));

    if (session == NULL) {
        conn_cut(conn);
        return;
    }
    log_in(conn, session);
    reply(conn, seq, NULL);
    now_online(conn);
}

static void
take_frame(struct mm_conn *conn, JsonObject *object)
{
    const char *name = mm_get(object, "action");
    int64_t seq = mm_get_int(object, "seq", 0);
    JsonObject *data = mm_get_object(object, "data");
    bool challenge = g_strcmp0(name, "authentication_challenge") == 0;

    if (conn->user == NULL) {
        if (challenge)
            take_challenge(conn, seq, data);
        return;
    }
    if (challenge)
        return;
    if (name == NULL || name[0] == '\0')
        reply_fail(conn, seq, 400, "api.web_socket_router.no_action.app_error",
                   "No WebSocket action.");
    else if (seq <= 0)
        reply_fail(conn, seq, 400, "api.web_socket_router.bad_seq.app_error",
                   "Invalid sequence for WebSocket message.");
    else if (mm_session_find(conn->server, conn->session->token) == NULL)
        reply_fail(conn, seq, 401, NOT_AUTH_ID,
                   "WebSocket connection is not authenticated. Please log in and try again.");
    else
        take_action(conn, name, seq, data);
}

static void
on_message(SoupWebsocketConnection *ws, int type, GBytes *bytes, gpointer user)
{
    struct mm_conn *conn = user;
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    g_autoptr(JsonNode) node =
        type == SOUP_WEBSOCKET_DATA_TEXT && g_str_has_suffix(text, "}") ? mm_parse(text) : NULL;

    (void)ws;
    if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node)) {
        mm_complain(conn->server, conn->user, "a frame that is no JSON", text);
        conn_cut(conn);
        return;
    }
    take_frame(conn, json_node_get_object(node));
}

static void
on_closed(SoupWebsocketConnection *ws, gpointer user)
{
    (void)ws;
    conn_die(user);
}

static gboolean
on_too_late(gpointer user)
{
    conn_cut(user);
    return G_SOURCE_REMOVE;
}

static void
start_timer(struct mm_conn *conn)
{
    conn->timer = g_timeout_source_new(conn->server->options.auth_ms);
    g_source_set_callback(conn->timer, on_too_late, conn, NULL);
    g_source_attach(conn->timer, conn->server->context);
}

/* ---- resuming ---- */

static struct mm_conn *
conn_find(struct mm_server *server, const char *id, const struct mm_user *user)
{
    for (unsigned i = 0; i < server->conns->len; i++) {
        struct mm_conn *conn = g_ptr_array_index(server->conns, i);

        if (conn->user == user && g_str_equal(conn->id, id))
            return conn;
    }
    return NULL;
}

static void
attach(struct mm_conn *conn, SoupWebsocketConnection *ws, GSocket *socket)
{
    conn->ws = g_object_ref(ws);
    conn->socket = g_object_ref(socket);
    soup_websocket_connection_set_max_incoming_payload_size(ws, FRAME_MAX);
    soup_websocket_connection_set_keepalive_interval(ws, PING_S);
    g_signal_connect(ws, "message", G_CALLBACK(on_message), conn);
    g_signal_connect(ws, "closed", G_CALLBACK(on_closed), conn);
}

static struct mm_conn *
conn_new(struct mm_server *server, SoupWebsocketConnection *ws, GSocket *socket)
{
    struct mm_conn *conn = g_new0(struct mm_conn, 1);

    conn->server = server;
    conn->id = mm_id_new(server);
    g_queue_init(&conn->ring);
    g_queue_init(&conn->queue);
    attach(conn, ws, socket);
    g_ptr_array_add(server->conns, conn);
    return conn;
}

/* What was kept for it goes out, with the numbers that are next. */
static void
flush_queue(struct mm_conn *conn)
{
    char *body = NULL;

    while (conn->ws != NULL && (body = g_queue_pop_head(&conn->queue)) != NULL) {
        send_event(conn, body);
        g_free(body);
    }
}

static void
replay_from(struct mm_conn *conn, int64_t seq)
{
    for (GList *link = conn->ring.head; link != NULL; link = link->next) {
        const struct frame *frame = link->data;

        if (frame->seq >= seq)
            send_text(conn, frame->text);
    }
}

static bool
in_ring(struct mm_conn *conn, int64_t seq)
{
    const struct frame *oldest = g_queue_peek_head(&conn->ring);

    return seq == conn->next_seq || (oldest != NULL && seq >= oldest->seq && seq < conn->next_seq);
}

/* The connection that goes on, or a new one for the same user. */
static void
resume(struct mm_server *server, struct mm_session *session, struct mm_conn *old, int64_t seq,
       SoupWebsocketConnection *ws, GSocket *socket)
{
    struct mm_conn *conn = NULL;
    bool known = old != NULL && old->ws == NULL && !old->overflow &&
                 mm_now(server) - old->died_at <= server->options.resume_ms;

    if (known && (seq == 0 || in_ring(old, seq))) {
        conn = old;
        conn->session = session;
        conn->by_header = true;
        conn->lose = 0;
        attach(conn, ws, socket);
        if (seq == 0) {
            /* As the real server does: what was lost stays lost. */
            g_queue_clear_full(&conn->ring, frame_free);
            conn->next_seq = 0;
            mm_complain(server, session->user, "resumed with sequence_number=0", conn->id);
        } else {
            replay_from(conn, seq);
        }
        flush_queue(conn);
    } else {
        conn = conn_new(server, ws, socket);
        conn->by_header = true;
        log_in(conn, session);
        if (known) {
            while (!g_queue_is_empty(&old->queue))
                g_queue_push_tail(&conn->queue, g_queue_pop_head(&old->queue));
            g_ptr_array_remove(server->conns, old);
            flush_queue(conn);
        }
    }
    if (conn->ws != NULL)
        now_online(conn);
}

static struct mm_session *
session_of(struct mm_server *server, SoupServerMessage *msg)
{
    SoupMessageHeaders *headers = soup_server_message_get_request_headers(msg);
    const char *value = soup_message_headers_get_one(headers, "Authorization");

    if (value == NULL || g_ascii_strncasecmp(value, "Bearer ", 7) != 0)
        return NULL;
    return mm_session_find(server, value + 7);
}

static void
on_websocket(SoupServer *soup, SoupServerMessage *msg, const char *path,
             SoupWebsocketConnection *ws, gpointer user)
{
    struct mm_server *server = user;
    const char *query_text = g_uri_get_query(soup_server_message_get_uri(msg));
    g_autoptr(GHashTable) query = query_text != NULL ? soup_form_decode(query_text) : NULL;
    const char *id = query != NULL ? g_hash_table_lookup(query, "connection_id") : NULL;
    const char *seq_text = query != NULL ? g_hash_table_lookup(query, "sequence_number") : NULL;
    GSocket *socket = soup_server_message_get_socket(msg);
    struct mm_session *session = session_of(server, msg);
    int64_t seq = 0;

    (void)soup;
    (void)path;
    if (session == NULL) {
        start_timer(conn_new(server, ws, socket));
        return;
    }
    if (id == NULL || id[0] == '\0') {
        resume(server, session, NULL, 0, ws, socket);
        return;
    }
    if (!mm_id_is_valid(id) || seq_text == NULL ||
        !g_ascii_string_to_signed(seq_text, 10, 0, INT64_MAX, &seq, NULL)) {
        mm_complain(server, session->user, "a resume that cannot be read", query_text);
        g_socket_shutdown(socket, TRUE, TRUE, NULL);
        return;
    }
    resume(server, session, conn_find(server, id, session->user), seq, ws, socket);
}

/* ---- the upgrade ---- */

static void
refuse(SoupServerMessage *msg, unsigned status, const char *type, char *text)
{
    soup_server_message_set_status(msg, status, NULL);
    soup_server_message_set_response(msg, type, SOUP_MEMORY_TAKE, text, strlen(text));
}

static void
refuse_origin(struct mm_server *server, SoupServerMessage *msg, const char *origin)
{
    g_autofree char *message = g_strdup_printf("URL Blocked because of CORS. Url: %s", origin);
    g_autofree char *id = mm_id_new(server);
    JsonObject *error =
        mm_error_json(server, 400, "api.web_socket.connect.upgrade.app_error", message);
    g_autofree char *text = NULL;

    mm_set(error, "request_id", id);
    text = mm_object_text(error);
    json_object_unref(error);
    mm_complain(server, NULL, "a wrong Origin", origin);
    refuse(msg, 403, "text/plain; charset=utf-8", g_strconcat("Forbidden\n", text, NULL));
}

static bool
refuse_by_fault(struct mm_server *server, SoupServerMessage *msg, const char *line)
{
    unsigned value = 0;

    if (mm_fault_take(server, MM_FAULT_429, "GET", line, &value)) {
        g_autofree char *seconds = g_strdup_printf("%u", value);

        soup_message_headers_replace(soup_server_message_get_response_headers(msg), "Retry-After",
                                     seconds);
        refuse(msg, 429, "text/plain; charset=utf-8", g_strdup("limit exceeded\n"));
        return true;
    }
    if (mm_fault_take(server, MM_FAULT_STATUS, "GET", line, &value) ||
        mm_fault_take(server, MM_FAULT_HTML, "GET", line, &value)) {
        refuse(msg, value, "text/html", g_strdup("<html><body><h1>No</h1></body></html>"));
        return true;
    }
    if (mm_fault_take(server, MM_FAULT_CUT, "GET", line, NULL)) {
        g_socket_shutdown(soup_server_message_get_socket(msg), TRUE, TRUE, NULL);
        return true;
    }
    return false;
}

static void
on_upgrade(SoupServer *soup, SoupServerMessage *msg, const char *path, GHashTable *query,
           gpointer user)
{
    struct mm_server *server = user;
    const char *query_text = g_uri_get_query(soup_server_message_get_uri(msg));
    g_autofree char *line =
        g_strconcat("/websocket", query_text != NULL ? "?" : "", query_text, NULL);
    const char *origin =
        soup_message_headers_get_one(soup_server_message_get_request_headers(msg), "Origin");
    g_autofree char *own = mm_base_url(server);

    (void)soup;
    (void)path;
    g_ptr_array_add(server->requests, g_strconcat("GET ", line, NULL));
    if (refuse_by_fault(server, msg, line))
        return;
    if (query != NULL && g_hash_table_contains(query, "access_token"))
        refuse(msg, 401, "text/plain; charset=utf-8", g_strdup("Unauthorized\n"));
    else if (origin != NULL && !g_str_equal(origin, own))
        refuse_origin(server, msg, origin);
}

void
mm_ws_add(struct mm_server *server)
{
    soup_server_add_early_handler(server->soup, PATH, on_upgrade, server, NULL);
    soup_server_add_websocket_handler(server->soup, PATH, NULL, NULL, on_websocket, server, NULL);
}

/* ---- what a test does to it ---- */

void
mm_ws_cut(struct mm_server *server, const struct mm_user *user, enum mm_cut how)
{
    static const char half[] = "\x81\x7e\x04\x00{\"event\":"; /* of 1024 bytes of text */

    for (unsigned i = server->conns->len; i-- > 0;) {
        struct mm_conn *conn = g_ptr_array_index(server->conns, i);

        if (user != NULL && conn->user != user)
            continue;
        if (conn->ws != NULL && how == MM_CUT_HALF)
            g_socket_send(conn->socket, half, sizeof half - 1, NULL, NULL);
        if (conn->ws != NULL && how != MM_CUT_FORGET)
            conn_cut(conn);
        else if (how == MM_CUT_FORGET && conn->ws == NULL)
            g_ptr_array_remove_index(server->conns, i);
    }
}

void
mm_ws_lose(struct mm_server *server, const struct mm_user *user, unsigned n)
{
    for (unsigned i = 0; i < server->conns->len; i++) {
        struct mm_conn *conn = g_ptr_array_index(server->conns, i);

        if (conn->user == user && conn->ws != NULL)
            conn->lose = n;
    }
}

void
mm_ws_raw(struct mm_server *server, const struct mm_user *user, const char *text)
{
    for (unsigned i = 0; i < server->conns->len; i++) {
        struct mm_conn *conn = g_ptr_array_index(server->conns, i);

        if (conn->user == user)
            send_text(conn, text);
    }
}
