#include "net/net.h"

#include "net/stream_priv.h"

struct net {
    struct net_ops ops;
    struct clock *clock;
};

static struct stream *
open_stream(struct net_ops *ops, const struct stream_options *options,
            const struct stream_events *events, void *user)
{
    struct net *net = (struct net *)ops;

    return stream_new(net->clock, options, events, user);
}

struct net_ops *
net_new(struct clock *clock)
{
    struct net *net = g_new0(struct net, 1);

    net->clock = clock;
    net->ops = (struct net_ops){
        .stream_open = open_stream,
        .stream_write = stream_write,
        .stream_pending = stream_pending,
        .stream_starttls = stream_starttls,
        .stream_channel_binding = stream_channel_binding,
        .stream_pause = stream_pause,
        .stream_close = stream_close,
    };
    return &net->ops;
}

void
net_free(struct net_ops *ops)
{
    g_free(ops);
}
