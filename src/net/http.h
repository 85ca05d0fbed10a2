/* HTTP by curl, on GLib's loop. In weft-web.so; only web_module.c includes this. */
#ifndef WEFT_NET_HTTP_H
#define WEFT_NET_HTTP_H

#include "base/clock.h"
#include "base/net_http.h"

struct http;

/* Curl itself is set up by a worker when the first request comes. `clock` must outlive it. */
struct http *http_new(struct clock *clock);
/* Calls that still run are dropped: nothing is called. NULL is allowed. */
void http_free(struct http *http);

/* As net_ops.h says. */
struct http_call *http_start(struct http *http, const struct http_request *request,
                             const struct http_events *events, void *user);
void http_cancel(struct http_call *call);

#endif
