/* The server's life on its thread, and the way in from the test's. */
#include "tests/sandbox/mm_priv.h"

#include "tests/support/thread_loop.h"
#include <string.h>

/* ---- calls from the test's thread ---- */

struct call {
    struct mm_server *server;
    mm_call_fn fn;
    void *arguments;
};

static void
on_call(void *user)
{
    const struct call *call = user;
    call->fn(call->server, call->arguments);
}

void
mm_call(struct mm_server *server, mm_call_fn fn, void *arguments)
{
    struct call call = {server, fn, arguments};
    thread_call(server->context, on_call, &call);
}

/* ---- listening ---- */

char *
mm_base_url(struct mm_server *server)
{
    return g_strdup_printf("http://127.0.0.1:%u", server->port);
}

static void
call_up(struct mm_server *server, void *arguments)
{
    (void)arguments;
    if (server->soup != NULL)
        return;
    server->soup = soup_server_new("server-header", "nginx", NULL);
    mm_http_add(server);
    mm_hooks_add(server);
    mm_ws_add(server);
    web_listen(server->soup, &server->port, 0);
    if (server->certificate != NULL) {
        soup_server_set_tls_certificate(server->soup, server->certificate);
        web_listen(server->soup, &server->tls_port, SOUP_SERVER_LISTEN_HTTPS);
    }
    g_hash_table_insert(server->config, g_strdup("SiteURL"), mm_base_url(server));
    g_clear_pointer(&server->version_id, g_free);
}

static void
call_down(struct mm_server *server, void *arguments)
{
    (void)arguments;
    if (server->soup == NULL)
        return;
    mm_ws_cut(server, NULL, MM_CUT_NOW);
    mm_ws_cut(server, NULL, MM_CUT_FORGET);
    mm_http_forget_delayed(server);
    soup_server_disconnect(server->soup);
    g_clear_object(&server->soup);
}

void
mm_server_down(struct mm_server *server)
{
    mm_call(server, call_down, NULL);
}

void
mm_server_up(struct mm_server *server)
{
    mm_call(server, call_up, NULL);
}

/* ---- life ---- */

static void
take_options(struct mm_server *server, const struct mm_server_options *options)
{
    struct mm_server_options *own = &server->options;
    g_autoptr(GError) error = NULL;

    if (options != NULL)
        *own = *options;
    if (own->cert_file != NULL) {
        server->certificate =
            g_tls_certificate_new_from_files(own->cert_file, own->key_file, &error);
        g_assert_no_error(error);
    }
    own->cert_file = NULL; /* the caller's string */
    own->key_file = NULL;
    if (own->seed == 0)
        own->seed = 1;
    if (own->resume_ms == 0)
        own->resume_ms = 300000;
    if (own->auth_ms == 0)
        own->auth_ms = 5000;
    if (own->session_ms == 0)
        own->session_ms = (int64_t)180 * 86400000;
}

struct mm_server *
mm_server_start(const struct mm_server_options *options)
{
    struct mm_server *server = g_new0(struct mm_server, 1);

    take_options(server, options);
    mm_store_init(server);
    server->conns = g_ptr_array_new_with_free_func(mm_conn_free);
    server->faults = web_faults_new();
    server->requests = g_ptr_array_new_with_free_func(g_free);
    server->complaints = g_ptr_array_new_with_free_func(g_free);
    server->delayed = g_ptr_array_new();
    server->context = g_main_context_new();
    server->loop = thread_loop_start(server->context, "mm-server");
    mm_call(server, call_up, NULL);
    return server;
}

static void
stop(void *user)
{
    call_down(user, NULL);
}

void
mm_server_stop(struct mm_server *server)
{
    GPtrArray *arrays[] = {NULL, NULL, NULL, NULL, NULL};

    if (server == NULL)
        return;
    thread_loop_stop(server->loop, stop, server);
    arrays[0] = server->conns;
    arrays[1] = server->faults;
    arrays[2] = server->requests;
    arrays[3] = server->complaints;
    arrays[4] = server->delayed;
    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_ptr_array_unref(arrays[i]);
    mm_store_clear(server);
    g_clear_object(&server->certificate);
    g_main_context_unref(server->context);
    g_free(server);
}

uint16_t
mm_server_port(const struct mm_server *server)
{
    return server->port;
}

uint16_t
mm_server_tls_port(const struct mm_server *server)
{
    return server->tls_port;
}
