/* The network layer. */
#ifndef WEFT_NET_NET_H
#define WEFT_NET_NET_H

#include "base/clock.h"
#include "base/net_ops.h"

/* HTTP and WebSockets are in a file of their own (docs/decisions/0012). */
#define NET_WEB_MODULE "weft-web.so"

/* Its path: beside `program` (a file; NULL: not known), where both were built, or in `folder`,
 * where it is installed. The file need not be there. g_free(). */
char *net_find_web_module(const char *program, const char *folder);

/* Fills in the table. Does no work yet: TLS is loaded by a worker when the first stream asks for
 * it, and `web_module` (the whole path; NULL: none) when the first request does. `clock` (for
 * timeouts) must outlive it. Free with net_free(). */
struct net_ops *net_new(struct clock *clock, const char *web_module);

/* After every stream has been closed. NULL is allowed. */
void net_free(struct net_ops *net);

#endif
