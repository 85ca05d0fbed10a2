/* The module's stand-ins from the inside. Only src/net includes this. */
#ifndef WEFT_NET_WEB_PRIV_H
#define WEFT_NET_WEB_PRIV_H

#include <gio/gio.h>

#include "base/clock.h"
#include "net/web_module.h"

/* Something that waits for the module. Each is called at most once, and not after web_leave(). */
struct web_waiter {
    void (*start)(struct web_waiter *waiter);
    void (*fail)(struct web_waiter *waiter, const GError *error);
    unsigned load; /* the try to load that decides for it */
};

struct web {
    struct clock *clock;
    char *file;
    const struct web_module *module; /* NULL: not loaded yet */
    struct http *http;
    struct ws_ground *ground;
    GCancellable *loading;
    unsigned loads;
    GQueue waiters;    /* struct web_waiter */
    GHashTable *calls; /* struct web_call: all */
};

/* web.c */
/* Has it started when the module is there; starts at once when it is. */
void web_wait(struct web *web, struct web_waiter *waiter);
void web_leave(struct web *web, struct web_waiter *waiter);

/* web_http.c: frees a call; nothing is called. */
void web_call_free(void *call);

#endif
