#include "net/net.h"

#include "net/listen.h"
#include "net/local.h"
#include "net/stream_priv.h"
#include "net/web.h"

struct net {
    struct net_ops ops;
    struct clock *clock;
    struct web *web;
};

static struct stream *
open_stream(struct net_ops *ops, const struct stream_options *options,
            const struct stream_events *events, void *user)
{
    struct net *net = (struct net *)ops;

    return stream_new(net->clock, options, events, user);
}

static struct listener *
listen_at(struct net_ops *ops, const struct listen_options *options, listen_fn accepted, void *user,
          GError **error)
{
    struct net *net = (struct net *)ops;

    return listener_new(net->clock, options, accepted, user, error);
}

static bool
send_datagram(struct net_ops *ops, const char *path, const char *text, GError **error)
{
    return local_send(path, text, error);
}

static struct http_call *
start_http(struct net_ops *ops, const struct http_request *request,
           const struct http_events *events, void *user)
{
    struct net *net = (struct net *)ops;

    return web_http_start(net->web, request, events, user);
}

static struct ws *
open_ws(struct net_ops *ops, const struct ws_options *options, const struct ws_events *events,
        void *user)
{
    struct net *net = (struct net *)ops;

    return web_ws_open(net->web, options, events, user);
}

char *
net_find_web_module(const char *program, const char *folder)
{
    g_autofree char *near = g_path_get_dirname(program ? program : "");
    g_autofree char *beside = g_build_filename(near, NET_WEB_MODULE, NULL);

    if (program && g_file_test(beside, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer(&beside);
    return g_build_filename(folder, NET_WEB_MODULE, NULL);
}

struct net_ops *
net_new(struct clock *clock, const char *web_module)
{
    struct net *net = g_new0(struct net, 1);

    net->clock = clock;
    net->web = web_new(clock, web_module);
    net->ops = (struct net_ops){
        .stream_open = open_stream,
        .stream_write = stream_write,
        .stream_pending = stream_pending,
        .stream_starttls = stream_starttls,
        .stream_channel_binding = stream_channel_binding,
        .stream_pause = stream_pause,
        .stream_close = stream_close,
        .listen = listen_at,
        .listen_port = listener_port,
        .listen_close = listener_close,
        .stream_take = stream_take,
        .datagram = send_datagram,
        .http_start = start_http,
        .http_cancel = web_http_cancel,
        .ws_open = open_ws,
        .ws_send = web_ws_send,
        .ws_pause = web_ws_pause,
        .ws_close = web_ws_close,
    };
    return &net->ops;
}

void
net_free(struct net_ops *ops)
{
    struct net *net = (struct net *)ops;

    if (!net)
        return;
    web_free(net->web);
    g_free(net);
}
