/* A server on loopback and a stream to it, and what both have seen. One scene a test. */
#ifndef WEFT_TESTS_UNIT_NET_SCENE_H
#define WEFT_TESTS_UNIT_NET_SCENE_H

#include <gio/gio.h>
#include <stdbool.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/net_ops.h"
#include "tests/support/certs.h"

#define SCENE_WAIT_MS 60000

struct scene {
    struct clock *clock;
    struct net_ops *net;
    struct stream *stream;
    struct stream_options
        options; /* host "127.0.0.1" and the server's port, unless a test says else */

    /* What the stream said. */
    unsigned opened, secured, drained, closed, turns;
    size_t most_bytes; /* in one data call */
    size_t total_bytes;
    bool count_only; /* do not keep the bytes */
    GString *got;
    bool secure;
    char *tls_version;
    char *peer;
    GError *error;
    void (*on_event)(struct scene *scene, const char *event); /* after the counters; may close */

    /* The server: one connection at a time. */
    GSocketService *service;
    uint16_t port;
    const char *server_cert; /* TLS from the start when set */
    GTlsAuthenticationMode client_auth;
    GSocketConnection *tcp;
    GIOStream *io; /* tcp, or TLS over it */
    bool shook;    /* the server's handshake is done, or has failed */
    bool shook_well;
    GString *heard;
    bool echo;
    void (*on_client)(struct scene *scene); /* connected, handshake done if any */
    void (*on_heard)(struct scene *scene);
    char buffer[4096];
    GCancellable *server_end;
};

extern struct certs *scene_certs; /* NULL: no openssl here; made by main.c */

/* With the module for HTTP and WebSockets as it was built. net_free(). */
struct net_ops *scene_net_new(struct clock *clock);
struct scene *scene_new(void);
void scene_free(struct scene *scene);
void scene_open(struct scene *scene);
void scene_close(struct scene *scene);
/* Server side: writes and waits for the kernel to take it (small texts). */
void scene_say(struct scene *scene, const char *text);
/* Server side: TLS on the plain connection, asynchronously. */
void scene_server_tls(struct scene *scene, const char *cert);
/* Server side: ends the connection; `reset`: with an RST. */
void scene_hang_up(struct scene *scene, bool reset);

/* Turn the loop until it is so; fail the test when it does not become so. */
void scene_wait(struct scene *scene, bool (*done)(void *));
bool scene_is_opened(void *scene);
bool scene_is_closed(void *scene);
bool scene_is_secured(void *scene);
/* Turns the loop until nothing is ready any more, so that late callbacks would be seen. */
void scene_settle(void);
/* True when this test must be skipped for want of the openssl command. */
bool scene_without_certs(void);

#endif
