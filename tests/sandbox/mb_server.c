/* The server's life on its thread, the ring, and the way in from the test's. */
#include "tests/sandbox/mb_priv.h"

#include "tests/support/thread_loop.h"
#include <string.h>

/* ---- calls from the test's thread ---- */

struct call {
    struct mb_server *server;
    mb_call_fn fn;
    void *arguments;
};

static void
on_call(void *user)
{
    const struct call *call = user;
    call->fn(call->server, call->arguments);
}

void
mb_call(struct mb_server *server, mb_call_fn fn, void *arguments)
{
    struct call call = {server, fn, arguments};
    thread_call(server->context, on_call, &call);
}

/* ---- what happens ---- */

void
mb_complain(struct mb_server *server, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    g_ptr_array_add(server->complaints, g_strdup_vprintf(format, list));
    va_end(list);
}

bool
mb_fault_take(struct mb_server *server, enum mb_server_fault kind, const char *line,
              unsigned *ret_value)
{
    return web_fault_take(server->faults, (int)kind, line, ret_value);
}

char *
mb_now(struct mb_server *server)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *seconds = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S");

    server->nanoseconds = (server->nanoseconds + 1) % 1000;
    return g_strdup_printf("%s.%06d%03uZ", seconds, g_date_time_get_microsecond(now),
                           server->nanoseconds);
}

char *
mb_text_of(JsonObject *object)
{
    JsonNode *node = json_node_init_object(json_node_alloc(), object);
    char *text = json_to_string(node, FALSE);

    json_node_unref(node);
    return text;
}

void
mb_give(struct mb_server *server, const char *message)
{
    g_queue_push_tail(&server->ring, g_strdup(message));
    while (server->ring.length > server->places)
        g_free(g_queue_pop_head(&server->ring));
    mb_http_send(server, message);
}

/* ---- life ---- */

static void
call_up(struct mb_server *server, void *arguments)
{
    if (server->soup != NULL)
        return;
    server->soup = soup_server_new(NULL, NULL);
    mb_http_add(server);
    web_listen(server->soup, &server->port, 0);
}

static void
call_down(struct mb_server *server, void *arguments)
{
    if (server->soup == NULL)
        return;
    mb_http_cut(server);
    soup_server_disconnect(server->soup);
    g_clear_object(&server->soup);
}

static void
call_restart(struct mb_server *server, void *arguments)
{
    call_down(server, NULL);
    mb_http_forget(server);
    g_queue_clear_full(&server->ring, g_free);
    server->places = server->options.buffer > 0 ? server->options.buffer : MB_SMALL_RING;
    call_up(server, NULL);
}

void
mb_server_down(struct mb_server *server)
{
    mb_call(server, call_down, NULL);
}

void
mb_server_up(struct mb_server *server)
{
    mb_call(server, call_up, NULL);
}

void
mb_server_restart(struct mb_server *server)
{
    mb_call(server, call_restart, NULL);
}

static void
said_free(void *data)
{
    struct mb_said *said = data;

    g_free(said->gateway);
    g_free(said->name);
    g_free(said->picture);
    g_free(said->text);
    g_free(said);
}

struct mb_server *
mb_server_start(const struct mb_server_options *options)
{
    struct mb_server *server = g_new0(struct mb_server, 1);

    if (options != NULL)
        server->options = *options;
    server->token = g_strdup(server->options.token);
    server->places = server->options.buffer > 0 ? server->options.buffer : MB_SMALL_RING;
    g_queue_init(&server->ring);
    server->gateways = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(server->gateways, g_strdup("commons"));
    server->sockets = g_ptr_array_new_with_free_func(g_object_unref);
    server->streams = g_ptr_array_new();
    server->delayed = g_ptr_array_new();
    server->faults = web_faults_new();
    server->said = g_ptr_array_new_with_free_func(said_free);
    server->requests = g_ptr_array_new_with_free_func(g_free);
    server->complaints = g_ptr_array_new_with_free_func(g_free);
    server->context = g_main_context_new();
    server->loop = thread_loop_start(server->context, "mb-server");
    mb_call(server, call_up, NULL);
    return server;
}

static void
stop(void *user)
{
    struct mb_server *server = user;

    call_down(server, NULL);
    mb_http_forget(server);
}

void
mb_server_stop(struct mb_server *server)
{
    if (server == NULL)
        return;
    thread_loop_stop(server->loop, stop, server);
    GPtrArray *const arrays[] = {server->gateways, server->sockets,   server->streams,
                                 server->delayed,  server->faults,    server->said,
                                 server->requests, server->complaints};
    for (unsigned i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_ptr_array_unref(arrays[i]);
    g_queue_clear_full(&server->ring, g_free);
    g_main_context_unref(server->context);
    g_free(server->token);
    g_free(server);
}

uint16_t
mb_server_port(const struct mb_server *server)
{
    return server->port;
}
