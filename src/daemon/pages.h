/* The page and the figures over HTTP, for reading, at a port of 127.0.0.1. GET and HEAD of "/" and
 * "/metrics"; one request a connection. The name that is asked for must be this machine's, so that
 * no page from elsewhere can read it by a name that it points here. */
#ifndef WEFT_DAEMON_PAGES_H
#define WEFT_DAEMON_PAGES_H

#include "base/net_ops.h"
#include "core/core.h"

#define PAGES_CLIENTS_MOST 16
#define PAGES_READ_US      (5 * (int64_t)G_USEC_PER_SEC)  /* until it is whole */
#define PAGES_WRITE_US     (20 * (int64_t)G_USEC_PER_SEC) /* until the answer is taken */
#define PAGES_REFRESH_S    10

struct pages_options {
    struct core *core;   /* borrowed */
    struct net_ops *net; /* borrowed */
    uint16_t port;       /* 0: any */
    const char *version; /* static */
};

struct pages;

/* NULL and `error` in a sentence. */
struct pages *pages_new(const struct pages_options *options, GError **error);
uint16_t pages_port(const struct pages *pages);
void pages_free(struct pages *pages); /* NULL is allowed */

#endif
