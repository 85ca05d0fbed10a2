/* WebSockets from the inside. Only src/net includes this.
 *
 * Life: LOADING (libraries and authorities, by a worker) → LOOKING_UP → CONNECTING (each address in
 * turn) → OPEN → ENDED. A link is one try at one address: what libwebsockets knows, and may outlive
 * the connection that it was made for. */
#ifndef WEFT_NET_WS_PRIV_H
#define WEFT_NET_WS_PRIV_H

#include <gio/gio.h>
#include <libwebsockets.h>

#include "base/clock.h"
#include "base/net_ws.h"
#include "net/verify.h"

struct ws_ground;

struct ws_link {
    struct ws_ground *ground;
    struct ws *ws; /* NULL: nobody waits for it any more */
    struct lws *wsi;
    int close_code; /* to be said before it ends; 0: none */
};

enum ws_stage { WS_LOADING, WS_LOOKING_UP, WS_CONNECTING, WS_OPEN, WS_ENDED };

struct ws {
    struct ws_ground *ground;
    struct ws_events events;
    void *user;
    enum ws_stage stage;

    char *host;    /* ASCII, without brackets */
    char *address; /* "host:port" for sentences */
    char *path;
    char *host_header;
    int port;
    bool secure;
    char **headers;
    char *subprotocol;
    struct tls_copy tls;
    int64_t connect_timeout_us, ping_us, dead_us;
    size_t max_bytes;

    GCancellable *cancellable;
    struct verify *verify;
    GList *addresses; /* GInetAddress that were not tried yet */
    struct ws_link *link;
    unsigned timer;
    int64_t heard_us; /* monotonic: the last sign of life */
    bool ping_due, pinged;
    bool paused;

    GByteArray *message; /* what has come of it */
    GQueue out;          /* GByteArray: LWS_PRE bytes of room, then the text */
    size_t out_bytes;

    GError *error; /* waits for its turn */
    int end_code, end_status;
    GSource *ending;
};

struct ws_ground {
    struct clock *clock;
    struct lws_context *context;
    GMainLoop *loop; /* only to name the main context to the library */
    SSL_CTX *ssl;
    GPtrArray *links; /* all that the library has */
};

/* ws.c */
/* Ends it with `error`, which it takes; the first counts. */
void ws_fail_take(struct ws *ws, GError *error, int code, int status);
void ws_is_open(struct ws *ws);
/* A try at an address has failed; takes the error. */
void ws_link_failed(struct ws *ws, GError *error);

/* ws_lws.c: what the library calls and is told */
bool ws_ground_start(struct ws_ground *ground, GError **error);
void ws_ground_stop(struct ws_ground *ground);
/* False: this address will not do, and nothing will be told. */
bool ws_link_open(struct ws *ws, const char *address);
/* Lets go of the link; `code` as ws_close() has it. */
void ws_link_close(struct ws *ws, int code);

#endif
