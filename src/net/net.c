#include "net/net.h"

#include "net/http.h"
#include "net/stream_priv.h"
#include "net/ws.h"

struct net {
    struct net_ops ops;
    struct clock *clock;
    struct http *http;
    struct ws_ground *ws;
};

static struct stream *
open_stream(struct net_ops *ops, const struct stream_options *options,
            const struct stream_events *events, void *user)
{
    struct net *net = (struct net *)ops;

    return stream_new(net->clock, options, events, user);
}

static struct http_call *
start_http(struct net_ops *ops, const struct http_request *request,
           const struct http_events *events, void *user)
{
    struct net *net = (struct net *)ops;

    return http_start(net->http, request, events, user);
}

static struct ws *
open_ws(struct net_ops *ops, const struct ws_options *options, const struct ws_events *events,
        void *user)
{
    struct net *net = (struct net *)ops;

    return ws_open(net->ws, options, events, user);
}

struct net_ops *
net_new(struct clock *clock)
{
    struct net *net = g_new0(struct net, 1);

    net->clock = clock;
    net->http = http_new(clock);
    net->ws = ws_ground_new(clock);
    net->ops = (struct net_ops){
        .stream_open = open_stream,
        .stream_write = stream_write,
        .stream_pending = stream_pending,
        .stream_starttls = stream_starttls,
        .stream_channel_binding = stream_channel_binding,
        .stream_pause = stream_pause,
        .stream_close = stream_close,
        .http_start = start_http,
        .http_cancel = http_cancel,
        .ws_open = open_ws,
        .ws_send = ws_send,
        .ws_pause = ws_pause,
        .ws_close = ws_close,
    };
    return &net->ops;
}

void
net_free(struct net_ops *ops)
{
    struct net *net = (struct net *)ops;

    if (!net)
        return;
    http_free(net->http);
    ws_ground_free(net->ws);
    g_free(net);
}
