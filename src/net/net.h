/* The network layer. */
#ifndef WEFT_NET_NET_H
#define WEFT_NET_NET_H

#include "base/clock.h"
#include "base/net_ops.h"

/* Fills in the table. Does no work yet: TLS is loaded by a worker when the first stream asks for
 * it. `clock` (for timeouts) must outlive it. Free with net_free(). */
struct net_ops *net_new(struct clock *clock);

/* After every stream has been closed. NULL is allowed. */
void net_free(struct net_ops *net);

#endif
