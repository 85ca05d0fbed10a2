/* What weft-web.so offers: HTTP by curl and WebSockets by libwebsockets, as http.h and ws.h have
 * them. It is no interface for others: program and module are built together, and `version` says
 * so.
 */
#ifndef WEFT_NET_WEB_MODULE_H
#define WEFT_NET_WEB_MODULE_H

#include "base/clock.h"
#include "base/exported.h"
#include "base/net_http.h"
#include "base/net_ws.h"

struct http;
struct ws_ground;

#define WEB_MODULE_SYMBOL "weft_web_module"

struct web_module {
    const char *version; /* PACKAGE_VERSION of the weft that it belongs to; stays first */

    struct http *(*http_new)(struct clock *clock);
    void (*http_free)(struct http *http);
    struct http_call *(*http_start)(struct http *http, const struct http_request *request,
                                    const struct http_events *events, void *user);
    void (*http_cancel)(struct http_call *call);

    struct ws_ground *(*ws_ground_new)(struct clock *clock);
    void (*ws_ground_free)(struct ws_ground *ground);
    struct ws *(*ws_open)(struct ws_ground *ground, const struct ws_options *options,
                          const struct ws_events *events, void *user);
    bool (*ws_send)(struct ws *ws, const char *text, size_t len);
    void (*ws_pause)(struct ws *ws, bool paused);
    void (*ws_close)(struct ws *ws, int code);
};

/* In the module. */
extern const struct web_module weft_web_module EXPORTED;

#endif
