/* The two places where weft listens: a unix socket of its own, and a port of 127.0.0.1. Private to
 * src/net; base/net_ops.h tells what these do. */
#ifndef WEFT_NET_LISTEN_H
#define WEFT_NET_LISTEN_H

#include "base/clock.h"
#include "base/net_ops.h"

struct listener *listener_new(struct clock *clock, const struct listen_options *options,
                              listen_fn accepted, void *user, GError **error);
uint16_t listener_port(const struct listener *listener);
void listener_close(struct listener *listener);

#endif
