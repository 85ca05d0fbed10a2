/* HTTP and WebSockets before their libraries are there: curl, libwebsockets and OpenSSL are in a
 * module (weft-web.so) that a worker loads when the first request or connection is asked for; what
 * is asked meanwhile waits. Only net.c includes this. */
#ifndef WEFT_NET_WEB_H
#define WEFT_NET_WEB_H

#include "base/clock.h"
#include "base/net_http.h"
#include "base/net_ws.h"

struct web;

/* `module_file`: the module's whole path; NULL: there is none. `clock` must outlive it. */
struct web *web_new(struct clock *clock, const char *module_file);
/* As http_free() and ws_ground_free(). NULL is allowed. */
void web_free(struct web *web);

/* As net_ops.h says. A module that cannot be loaded ends what waits for it with INTERNAL; the next
 * request or connection tries to load it anew. */
struct http_call *web_http_start(struct web *web, const struct http_request *request,
                                 const struct http_events *events, void *user);
void web_http_cancel(struct http_call *call);
struct ws *web_ws_open(struct web *web, const struct ws_options *options,
                       const struct ws_events *events, void *user);
bool web_ws_send(struct ws *ws, const char *text, size_t len);
void web_ws_pause(struct ws *ws, bool paused);
void web_ws_close(struct ws *ws, int code);

#endif
