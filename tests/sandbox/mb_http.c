/* Requests: who may ask, the ring, streams and sockets. */
#include "tests/sandbox/mb_priv.h"

#include <string.h>

#define API         "/api"
#define OLD_STEP_MS 200
#define NEW_STEP_MS 100
#define JSON        "application/json; charset=UTF-8"

/* One reader of the ring. Of an old server it goes on when nobody listens any more. */
struct mb_stream {
    struct mb_server *server;
    SoupServerMessage *msg; /* NULL: nobody reads it */
    GSource *timer;
};

struct mb_delayed {
    struct mb_server *server;
    SoupServerMessage *msg;
    char *line;
    GSource *timer;
};

static void
answer(SoupServerMessage *msg, unsigned status, const char *type, const char *text)
{
    soup_server_message_set_status(msg, status, NULL);
    soup_server_message_set_response(msg, type, SOUP_MEMORY_COPY, text, strlen(text));
}

static GSource *
timer_new(struct mb_server *server, unsigned ms, GSourceFunc fn, void *user)
{
    GSource *source = g_timeout_source_new(ms);

    g_source_set_callback(source, fn, user, NULL);
    g_source_attach(source, server->context);
    return source;
}

/* ---- the ring ---- */

static void
give_ring(struct mb_server *server, SoupServerMessage *msg, const char *line)
{
    g_autoptr(GString) text = g_string_new("[");
    unsigned value = 0;
    char *message = NULL;

    if (server->streams->len > 0)
        mb_complain(server, "the ring is emptied while a stream takes from it");
    while ((message = g_queue_pop_head(&server->ring)) != NULL) {
        g_string_append_printf(text, "%s%s", text->len > 1 ? "," : "", message);
        g_free(message);
    }
    g_string_append(text, "]\n");
    server->places = MB_SMALL_RING;
    if (mb_fault_take(server, MB_FAULT_HALF, line, &value)) {
        soup_message_headers_set_content_length(soup_server_message_get_response_headers(msg),
                                                (goffset)text->len);
        g_string_truncate(text, text->len / 2);
        g_signal_connect(msg, "wrote-body-data", G_CALLBACK(web_cut), NULL);
        g_string_append_printf(text, "%*s", (int)text->len, "");
        answer(msg, 200, JSON, text->str);
        return;
    }
    answer(msg, 200, JSON, text->str);
}

/* ---- streams ---- */

static void
stream_free(struct mb_stream *stream)
{
    g_source_destroy(stream->timer);
    g_source_unref(stream->timer);
    g_ptr_array_remove(stream->server->streams, stream);
    if (stream->msg != NULL) {
        g_signal_handlers_disconnect_by_data(stream->msg, stream);
        g_object_unref(stream->msg);
    }
    g_free(stream);
}

static void
on_stream_gone(SoupServerMessage *msg, struct mb_stream *stream)
{
    g_signal_handlers_disconnect_by_data(msg, stream);
    g_clear_object(&stream->msg);
    if (stream->server->options.newer)
        stream_free(stream);
}

static void
write_line(struct mb_stream *stream, const char *text)
{
    g_autofree char *line = g_strconcat(text, "\n", NULL);

    if (stream->msg == NULL)
        return;
    soup_message_body_append(soup_server_message_get_response_body(stream->msg), SOUP_MEMORY_COPY,
                             line, strlen(line));
    soup_server_message_unpause(stream->msg);
}

static gboolean
on_stream_step(gpointer user)
{
    struct mb_stream *stream = user;
    g_autofree char *message = g_queue_pop_head(&stream->server->ring);

    if (message != NULL)
        write_line(stream, message);
    return G_SOURCE_CONTINUE;
}

static void
begin_stream(struct mb_server *server, SoupServerMessage *msg)
{
    struct mb_stream *stream = g_new0(struct mb_stream, 1);
    SoupMessageHeaders *headers = soup_server_message_get_response_headers(msg);
    g_autofree char *now = mb_now(server);
    g_autofree char *greeting =
        g_strdup_printf("{\"event\":\"api_connected\",\"timestamp\":\"%s\"}", now);

    if (server->streams->len > 0)
        mb_complain(server, "two streams take from one ring");
    stream->server = server;
    stream->msg = g_object_ref(msg);
    g_ptr_array_add(server->streams, stream);
    soup_message_headers_set_encoding(headers, SOUP_ENCODING_CHUNKED);
    soup_message_headers_set_content_type(headers, "application/json", NULL);
    soup_message_body_set_accumulate(soup_server_message_get_response_body(msg), FALSE);
    soup_server_message_set_status(msg, 200, NULL);
    g_signal_connect(msg, "finished", G_CALLBACK(on_stream_gone), stream);
    g_signal_connect(msg, "disconnected", G_CALLBACK(on_stream_gone), stream);
    write_line(stream, greeting);
    stream->timer = timer_new(server, server->options.newer ? NEW_STEP_MS : OLD_STEP_MS,
                              on_stream_step, stream);
}

/* ---- who may ---- */

/* False: it was refused. */
static bool
may(struct mb_server *server, SoupServerMessage *msg)
{
    SoupMessageHeaders *headers = soup_server_message_get_request_headers(msg);
    const char *given = soup_message_headers_get_one(headers, "Authorization");
    g_autofree char *wanted = g_strconcat("Bearer ", server->token, NULL);

    if (server->token == NULL || g_strcmp0(given, wanted) == 0)
        return true;
    if (given == NULL)
        answer(msg, 400, JSON, "{\"message\":\"missing key in request header\"}\n");
    else
        answer(msg, 401, JSON, "{\"message\":\"Unauthorized\"}\n");
    return false;
}

static void
handle(struct mb_server *server, SoupServerMessage *msg, const char *line)
{
    unsigned value = 0;

    if (mb_fault_take(server, MB_FAULT_STATUS, line, &value)) {
        answer(msg, value, "text/html", "<html><body>There is a proxy.</body></html>");
        return;
    }
    if (!may(server, msg))
        return;
    if (strcmp(line, "GET /health") == 0)
        answer(msg, 200, "text/plain; charset=UTF-8", "OK");
    else if (strcmp(line, "GET /messages") == 0)
        give_ring(server, msg, line);
    else if (strcmp(line, "GET /stream") == 0)
        begin_stream(server, msg);
    else if (strcmp(line, "POST /message") == 0)
        mb_post(server, msg, line);
    else
        answer(msg, 404, JSON, "{\"message\":\"Not Found\"}\n");
    if (mb_fault_take(server, MB_FAULT_LOST, line, &value)) {
        web_cut(msg);
        if (value > 0)
            mb_http_cut(server);
    }
}

static void
delayed_free(struct mb_delayed *delayed)
{
    g_source_destroy(delayed->timer);
    g_source_unref(delayed->timer);
    g_ptr_array_remove(delayed->server->delayed, delayed);
    g_object_unref(delayed->msg);
    g_free(delayed->line);
    g_free(delayed);
}

static gboolean
on_delay_over(gpointer user)
{
    struct mb_delayed *delayed = user;

    handle(delayed->server, delayed->msg, delayed->line);
    soup_server_message_unpause(delayed->msg);
    delayed_free(delayed);
    return G_SOURCE_REMOVE;
}

static void
on_request(SoupServer *soup, SoupServerMessage *msg, const char *path, GHashTable *query,
           gpointer user)
{
    struct mb_server *server = user;
    g_autofree char *line =
        g_strdup_printf("%s %s", soup_server_message_get_method(msg), path + strlen(API));
    unsigned ms = 0;

    g_ptr_array_add(server->requests, g_strdup(line));
    if (!mb_fault_take(server, MB_FAULT_DELAY, line, &ms)) {
        handle(server, msg, line);
        return;
    }
    struct mb_delayed *delayed = g_new0(struct mb_delayed, 1);
    delayed->server = server;
    delayed->msg = g_object_ref(msg);
    delayed->line = g_strdup(line);
    delayed->timer = timer_new(server, ms, on_delay_over, delayed);
    g_ptr_array_add(server->delayed, delayed);
    soup_server_message_pause(msg);
}

/* ---- sockets ---- */

static void
on_socket_closed(SoupWebsocketConnection *ws, struct mb_server *server)
{
    g_signal_handlers_disconnect_by_data(ws, server);
    g_ptr_array_remove(server->sockets, ws);
}

static void
on_socket_said(SoupWebsocketConnection *ws, int type, GBytes *bytes, struct mb_server *server)
{
    mb_complain(server, "something was said on a websocket, where nothing answers");
}

void
mb_http_send(struct mb_server *server, const char *text)
{
    for (unsigned i = 0; i < server->sockets->len; i++) {
        SoupWebsocketConnection *ws = g_ptr_array_index(server->sockets, i);
        /* Its reader has said goodbye, and the end of the connection is not here yet. */
        if (soup_websocket_connection_get_state(ws) == SOUP_WEBSOCKET_STATE_OPEN)
            soup_websocket_connection_send_text(ws, text);
    }
}

static void
on_websocket(SoupServer *soup, SoupServerMessage *msg, const char *path,
             SoupWebsocketConnection *ws, gpointer user)
{
    struct mb_server *server = user;
    g_autofree char *now = mb_now(server);
    g_autofree char *greeting =
        g_strdup_printf("{\"event\":\"api_connected\",\"timestamp\":\"%s\"}", now);

    g_ptr_array_add(server->sockets, g_object_ref(ws));
    g_signal_connect(ws, "closed", G_CALLBACK(on_socket_closed), server);
    g_signal_connect(ws, "message", G_CALLBACK(on_socket_said), server);
    /* Whoever has not the socket's stream any more cannot cut it: see mb_http_cut(). */
    soup_websocket_connection_send_text(ws, greeting);
}

/* Before the upgrade: what is refused here is no websocket. */
static void
on_upgrade(SoupServer *soup, SoupServerMessage *msg, const char *path, GHashTable *query,
           gpointer user)
{
    struct mb_server *server = user;
    unsigned value = 0;

    g_ptr_array_add(server->requests, g_strdup("GET /websocket"));
    if (mb_fault_take(server, MB_FAULT_STATUS, "GET /websocket", &value))
        answer(msg, value, "text/html", "<html><body>There is a proxy.</body></html>");
    else if (may(server, msg) && server->options.no_socket)
        answer(msg, 404, JSON, "{\"message\":\"Not Found\"}\n");
}

void
mb_http_add(struct mb_server *server)
{
    soup_server_add_handler(server->soup, API, on_request, server, NULL);
    soup_server_add_early_handler(server->soup, API "/websocket", on_upgrade, server, NULL);
    soup_server_add_websocket_handler(server->soup, API "/websocket", NULL, NULL, on_websocket,
                                      server, NULL);
}

void
mb_http_cut(struct mb_server *server)
{
    for (unsigned i = server->sockets->len; i > 0; i--) {
        SoupWebsocketConnection *ws = g_ptr_array_index(server->sockets, i - 1);
        GIOStream *stream = soup_websocket_connection_get_io_stream(ws);

        g_signal_handlers_disconnect_by_data(ws, server);
        g_io_stream_close(stream, NULL, NULL);
        g_ptr_array_remove_index(server->sockets, i - 1);
    }
    for (unsigned i = server->streams->len; i > 0; i--) {
        struct mb_stream *stream = g_ptr_array_index(server->streams, i - 1);

        if (stream->msg != NULL)
            web_cut(stream->msg);
        if (stream->msg != NULL)
            on_stream_gone(stream->msg, stream);
    }
    while (server->delayed->len > 0) {
        struct mb_delayed *delayed = g_ptr_array_index(server->delayed, 0);
        web_cut(delayed->msg);
        delayed_free(delayed);
    }
}

void
mb_http_forget(struct mb_server *server)
{
    while (server->streams->len > 0)
        stream_free(g_ptr_array_index(server->streams, 0));
}
