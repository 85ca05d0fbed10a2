/* The server's life on its thread, the ring, and the way in from the test's. */
#include "tests/sandbox/mb_priv.h"

#include "tests/sandbox/soup_leak.h"
#include "tests/support/thread_call.h"
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
    for (unsigned i = 0; i < server->faults->len; i++) {
        struct mb_fault *fault = g_ptr_array_index(server->faults, i);

        if (fault->kind != kind || !g_pattern_match_simple(fault->pattern, line))
            continue;
        *ret_value = fault->value;
        if (--fault->times == 0)
            g_ptr_array_remove_index(server->faults, i);
        return true;
    }
    return false;
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
    g_autoptr(GSocketAddress) wanted =
        g_inet_socket_address_new_from_string("127.0.0.1", server->port);
    g_autoptr(GError) error = NULL;
    GSList *uris = NULL;

    if (server->soup != NULL)
        return;
    server->soup = soup_server_new(NULL, NULL);
    mb_http_add(server);
    soup_server_listen(server->soup, wanted, 0, &error);
    g_assert_no_error(error);
    uris = soup_server_get_uris(server->soup);
    server->port = (uint16_t)g_uri_get_port(uris->data);
    g_slist_free_full(uris, (GDestroyNotify)g_uri_unref);
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
fault_free(void *data)
{
    struct mb_fault *fault = data;

    g_free(fault->pattern);
    g_free(fault);
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

static gpointer
server_thread(gpointer user)
{
    struct mb_server *server = user;

    g_main_context_push_thread_default(server->context);
    g_main_loop_run(server->loop);
    while (g_main_context_iteration(server->context, FALSE))
        ; /* what was cancelled lets go */
    g_main_context_pop_thread_default(server->context);
    return NULL;
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
    server->faults = g_ptr_array_new_with_free_func(fault_free);
    server->said = g_ptr_array_new_with_free_func(said_free);
    server->requests = g_ptr_array_new_with_free_func(g_free);
    server->complaints = g_ptr_array_new_with_free_func(g_free);
    server->context = g_main_context_new();
    server->loop = g_main_loop_new(server->context, FALSE);
    server->thread = g_thread_new("mb-server", server_thread, server);
    mb_call(server, call_up, NULL);
    return server;
}

static void
call_stop(struct mb_server *server, void *arguments)
{
    call_down(server, NULL);
    mb_http_forget(server);
    g_main_loop_quit(server->loop);
}

void
mb_server_stop(struct mb_server *server)
{
    if (server == NULL)
        return;
    mb_call(server, call_stop, NULL);
    g_thread_join(server->thread);
    GPtrArray *const arrays[] = {server->gateways, server->sockets,   server->streams,
                                 server->delayed,  server->faults,    server->said,
                                 server->requests, server->complaints};
    for (unsigned i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_ptr_array_unref(arrays[i]);
    g_queue_clear_full(&server->ring, g_free);
    g_main_loop_unref(server->loop);
    g_main_context_unref(server->context);
    g_free(server->token);
    g_free(server);
}

uint16_t
mb_server_port(const struct mb_server *server)
{
    return server->port;
}
