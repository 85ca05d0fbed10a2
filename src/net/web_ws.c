/* A WebSocket from the first moment on: kept until the module is there, then the module's. */
#include "net/tls_copy.h"
#include "net/web.h"
#include "net/web_priv.h"

struct web_socket {
    struct web_waiter waiter; /* first */
    struct web *web;
    struct ws_events events;
    void *user;
    struct ws *inner; /* the module's; NULL while it waits, and when that failed */
    bool paused;

    struct ws_options options; /* its texts are the socket's own, below */
    char *url, *subprotocol;
    char **headers;
    struct tls_copy tls;
};

static void
drop_options(struct web_socket *socket)
{
    g_clear_pointer(&socket->url, g_free);
    g_clear_pointer(&socket->subprotocol, g_free);
    g_clear_pointer(&socket->headers, g_strfreev);
    tls_copy_clear(&socket->tls);
}

static void
start(struct web_waiter *waiter)
{
    struct web_socket *socket = (struct web_socket *)waiter;
    struct web *web = socket->web;

    socket->inner =
        web->module->ws_open(web->ground, &socket->options, &socket->events, socket->user);
    drop_options(socket);
    if (socket->paused)
        web->module->ws_pause(socket->inner, true);
}

static void
fail(struct web_waiter *waiter, const GError *error)
{
    struct web_socket *socket = (struct web_socket *)waiter;

    socket->events.closed(socket->user, 0, 0, error);
}

static void
copy_options(struct web_socket *socket, const struct ws_options *options)
{
    socket->options = *options;
    socket->options.url = socket->url = g_strdup(options->url);
    socket->options.subprotocol = socket->subprotocol = g_strdup(options->subprotocol);
    socket->headers = g_strdupv((char **)(uintptr_t)options->headers);
    socket->options.headers = (const char *const *)socket->headers;
    tls_copy_set(&socket->tls, &options->tls);
    socket->options.tls = tls_copy_wishes(&socket->tls);
}

struct ws *
web_ws_open(struct web *web, const struct ws_options *options, const struct ws_events *events,
            void *user)
{
    struct web_socket *socket = g_new0(struct web_socket, 1);

    socket->waiter.start = start;
    socket->waiter.fail = fail;
    socket->web = web;
    socket->events = *events;
    socket->user = user;
    copy_options(socket, options);
    web_wait(web, &socket->waiter);
    return (struct ws *)socket;
}

bool
web_ws_send(struct ws *ws, const char *text, size_t len)
{
    struct web_socket *socket = (struct web_socket *)ws;

    return socket->inner && socket->web->module->ws_send(socket->inner, text, len);
}

void
web_ws_pause(struct ws *ws, bool paused)
{
    struct web_socket *socket = (struct web_socket *)ws;

    socket->paused = paused;
    if (socket->inner)
        socket->web->module->ws_pause(socket->inner, paused);
}

void
web_ws_close(struct ws *ws, int code)
{
    struct web_socket *socket = (struct web_socket *)ws;

    if (socket->inner)
        socket->web->module->ws_close(socket->inner, code);
    else
        web_leave(socket->web, &socket->waiter);
    drop_options(socket);
    g_free(socket);
}
