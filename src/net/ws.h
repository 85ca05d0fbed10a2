/* WebSockets by libwebsockets, on GLib's loop. In weft-web.so; only web_module.c
 * includes this. */
#ifndef WEFT_NET_WS_H
#define WEFT_NET_WS_H

#include "base/clock.h"
#include "base/net_ws.h"

struct ws_ground; /* libwebsockets' context, shared by all connections */

/* Nothing of the library is touched before the first connection. `clock` must outlive it. */
struct ws_ground *ws_ground_new(struct clock *clock);
/* After every ws_close(), and only when the loop has returned: the library's context must not end
 * inside a callback of the loop. NULL is allowed. */
void ws_ground_free(struct ws_ground *ground);

/* As net_ops.h says. */
struct ws *ws_open(struct ws_ground *ground, const struct ws_options *options,
                   const struct ws_events *events, void *user);
bool ws_send(struct ws *ws, const char *text, size_t len);
void ws_pause(struct ws *ws, bool paused);
void ws_close(struct ws *ws, int code);

#endif
