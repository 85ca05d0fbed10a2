/* WebSockets (RFC 6455) as core lends them to drivers. net fills it in; tests fill it with fakes.
 */
#ifndef WEFT_BASE_NET_WS_H
#define WEFT_BASE_NET_WS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/net_tls.h"

#define WS_MESSAGE_MAX_BYTES (16 * 1024 * 1024)
#define WS_QUEUE_MAX_BYTES   (1024 * 1024)

struct ws; /* one connection; made by ws_open, ended by ws_close */

struct ws_options {
    const char *url; /* ws or wss, with path and query */
    /* "Name: value" for the upgrade, NULL-terminated; or NULL. A line end in one is BAD_INPUT. */
    const char *const *headers;
    const char *subprotocol;    /* or NULL */
    struct tls_wishes tls;      /* for wss */
    int64_t connect_timeout_us; /* over all addresses, TLS and the upgrade; 0: 30 s */
    int64_t ping_us;            /* silence after which we ping; 0: 30 s */
    int64_t dead_us;            /* silence after which the peer counts as gone; 0: 60 s */
    size_t max_bytes;           /* of one message, unpacked; 0: WS_MESSAGE_MAX_BYTES */
};

struct ws_events {
    void (*opened)(void *user);
    /* A whole message; a NUL stands behind it. Text is not yet known to be UTF-8. The connection
     * may be closed from inside. */
    void (*message)(void *user, const char *bytes, size_t len, bool binary);
    /* The end, for whatever reason but ws_close(). Once, last; ws_close() is still due. `code`: the
     * peer's close code, 0 without one. `status`: of an upgrade that was refused (401, 429, …),
     * else 0. `error` is set: TIMEOUT, DNS, REFUSED, TLS, IO, CLOSED, AUTH (401, 403), NOT_FOUND,
     * RATE_LIMITED, TOO_LARGE, PROTOCOL, BAD_INPUT. */
    void (*closed)(void *user, int code, int status, const GError *error);
};

#endif
