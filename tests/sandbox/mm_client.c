#include "tests/sandbox/mm_client.h"

#include "tests/support/loop.h"

#include <libsoup/soup.h>
#include <string.h>

/* ---- requests ---- */

static JsonNode *
lines_of(const char *text)
{
    JsonNode *node = json_node_new(JSON_NODE_ARRAY);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    json_node_take_array(node, json_array_new());
    for (char **line = lines; *line != NULL; line++) {
        if ((*line)[0] != '\0')
            json_array_add_element(json_node_get_array(node), json_from_string(*line, NULL));
    }
    return node;
}

static void
read_answer(struct mm_answer *answer, SoupMessage *msg, GBytes *bytes)
{
    SoupMessageHeaders *headers = soup_message_get_response_headers(msg);

    answer->status = soup_message_get_status(msg);
    answer->len = g_bytes_get_size(bytes);
    /* Files may hold zeros: g_strndup() would end there. */
    answer->text = g_malloc0(answer->len + 1);
    if (answer->len > 0)
        memcpy(answer->text, g_bytes_get_data(bytes, NULL), answer->len);
    answer->type = g_strdup(soup_message_headers_get_content_type(headers, NULL));
    answer->token = g_strdup(soup_message_headers_get_one(headers, "Token"));
    answer->etag = g_strdup(soup_message_headers_get_one(headers, "Etag"));
    answer->retry_after = g_strdup(soup_message_headers_get_one(headers, "Retry-After"));
    if (g_strcmp0(answer->type, "application/x-ndjson") == 0)
        answer->json = lines_of(answer->text);
    else if (g_strcmp0(answer->type, "application/json") == 0)
        answer->json = json_from_string(answer->text, NULL);
}

/* Everything is on this machine, whatever the desktop's proxy settings say: to read them, GIO would
 * come to the session's bus, which may end before the test, and the test with it. */
static SoupSession *
session_new(void)
{
    return soup_session_new_with_options("proxy-resolver", NULL, NULL);
}

static char *
here(uint16_t port)
{
    return g_strdup_printf("http://127.0.0.1:%u", port);
}

struct mm_answer *
mm_client_ask(uint16_t port, const char *method, const char *path, const char *token,
              const char *body, size_t body_len, const char *body_type, const char *const *headers)
{
    g_autofree char *base = here(port);

    return mm_client_ask_at(base, method, path, token, body, body_len, body_type, headers);
}

struct mm_answer *
mm_client_ask_at(const char *base, const char *method, const char *path, const char *token,
                 const char *body, size_t body_len, const char *body_type,
                 const char *const *headers)
{
    struct mm_answer *answer = g_new0(struct mm_answer, 1);
    g_autofree char *url = g_strconcat(base, path, NULL);
    g_autoptr(SoupSession) session = session_new();
    g_autoptr(SoupMessage) msg = soup_message_new(method, url);
    SoupMessageHeaders *sent = soup_message_get_request_headers(msg);
    g_autoptr(GBytes) bytes = NULL;

    if (token != NULL) {
        g_autofree char *value = g_strconcat("Bearer ", token, NULL);

        soup_message_headers_replace(sent, "Authorization", value);
    }
    /* The session is this request's: a server that waits for the next one keeps its socket. */
    soup_message_headers_replace(sent, "Connection", "close");
    for (; headers != NULL && headers[0] != NULL; headers += 2)
        soup_message_headers_replace(sent, headers[0], headers[1]);
    if (body != NULL) {
        g_autoptr(GBytes) sent_bytes = g_bytes_new(body, body_len);

        soup_message_set_request_body_from_bytes(
            msg, body_type != NULL ? body_type : "application/json", sent_bytes);
    }
    bytes = soup_session_send_and_read(session, msg, NULL, NULL);
    if (bytes != NULL)
        read_answer(answer, msg, bytes);
    return answer;
}

void
mm_answer_free(struct mm_answer *answer)
{
    g_free(answer->text);
    g_free(answer->token);
    g_free(answer->etag);
    g_free(answer->retry_after);
    g_free(answer->type);
    g_clear_pointer(&answer->json, json_node_unref);
    g_free(answer);
}

/* ---- WebSockets ---- */

struct mm_socket {
    SoupSession *session;
    SoupMessage *msg;
    SoupWebsocketConnection *ws;
    bool answered;
    bool ended;
    GQueue frames;    /* char *: not taken yet */
    GPtrArray *taken; /* JsonNode */
};

static void
on_message(SoupWebsocketConnection *ws, int type, GBytes *bytes, gpointer user)
{
    struct mm_socket *socket = user;

    (void)ws;
    (void)type;
    g_queue_push_tail(&socket->frames,
                      g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)));
}

static void
on_closed(SoupWebsocketConnection *ws, gpointer user)
{
    struct mm_socket *socket = user;

    (void)ws;
    socket->ended = true;
}

static void
on_upgraded(GObject *source, GAsyncResult *result, gpointer user)
{
    struct mm_socket *socket = user;

    socket->ws = soup_session_websocket_connect_finish(SOUP_SESSION(source), result, NULL);
    if (socket->ws != NULL) {
        soup_websocket_connection_set_max_incoming_payload_size(socket->ws, 0);
        g_signal_connect(socket->ws, "message", G_CALLBACK(on_message), socket);
        g_signal_connect(socket->ws, "closed", G_CALLBACK(on_closed), socket);
    }
    socket->answered = true;
}

struct mm_socket *
mm_socket_open(uint16_t port, const char *path, const char *token, const char *origin)
{
    g_autofree char *base = here(port);

    return mm_socket_open_at(base, path, token, origin);
}

struct mm_socket *
mm_socket_open_at(const char *base, const char *path, const char *token, const char *origin)
{
    struct mm_socket *socket = g_new0(struct mm_socket, 1);
    /* "http…" → "ws…" */
    g_autofree char *url = g_strconcat("ws", base + strlen("http"), path, NULL);

    g_queue_init(&socket->frames);
    socket->taken = g_ptr_array_new_with_free_func((GDestroyNotify)json_node_unref);
    socket->session = session_new();
    socket->msg = soup_message_new("GET", url);
    if (token != NULL) {
        g_autofree char *value = g_strconcat("Bearer ", token, NULL);

        soup_message_headers_replace(soup_message_get_request_headers(socket->msg), "Authorization",
                                     value);
    }
    soup_session_websocket_connect_async(socket->session, socket->msg, origin, NULL,
                                         G_PRIORITY_DEFAULT, NULL, on_upgraded, socket);
    g_assert_true(loop_until_true(&socket->answered, 5000));
    return socket;
}

unsigned
mm_socket_status(const struct mm_socket *socket)
{
    return soup_message_get_status(socket->msg);
}

static bool
has_frame(void *user)
{
    struct mm_socket *socket = user;

    return !g_queue_is_empty(&socket->frames);
}

JsonObject *
mm_socket_next(struct mm_socket *socket, unsigned within_ms)
{
    if (!loop_until(has_frame, socket, within_ms))
        return NULL;
    g_autofree char *text = g_queue_pop_head(&socket->frames);
    JsonNode *node = json_from_string(text, NULL);
    g_ptr_array_add(socket->taken, node);
    return json_node_get_object(node);
}

JsonObject *
mm_socket_event(struct mm_socket *socket, const char *event, unsigned within_ms)
{
    JsonObject *frame = NULL;

    while ((frame = mm_socket_next(socket, within_ms)) != NULL) {
        if (g_strcmp0(json_object_get_string_member_with_default(frame, "event", NULL), event) == 0)
            return frame;
    }
    return NULL;
}

void
mm_socket_send(struct mm_socket *socket, const char *text)
{
    soup_websocket_connection_send_text(socket->ws, text);
}

bool
mm_socket_ended(struct mm_socket *socket, unsigned within_ms)
{
    return loop_until_true(&socket->ended, within_ms);
}

void
mm_socket_close(struct mm_socket *socket)
{
    if (socket->ws != NULL && !socket->ended) {
        soup_websocket_connection_close(socket->ws, 1000, NULL);
        loop_until_true(&socket->ended, 5000);
    }
    if (socket->ws != NULL)
        g_signal_handlers_disconnect_by_data(socket->ws, socket);
    g_clear_object(&socket->ws);
    g_clear_object(&socket->msg);
    g_clear_object(&socket->session);
    g_queue_clear_full(&socket->frames, g_free);
    g_ptr_array_unref(socket->taken);
    g_free(socket);
}
