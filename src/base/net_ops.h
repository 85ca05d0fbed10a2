/* What the network layer offers, as a table, so that core can lend it to drivers without knowing
 * sockets. net fills it in (net/net.h); tests fill it with fakes. Nothing here blocks. */
#ifndef WEFT_BASE_NET_OPS_H
#define WEFT_BASE_NET_OPS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/net_http.h"
#include "base/net_ws.h"

struct stream; /* one byte stream; made by stream_open, ended by stream_close */

enum stream_tls { STREAM_TLS_OFF, STREAM_TLS_ON, STREAM_TLS_STARTTLS };

struct stream_options {
    const char *path;      /* a unix socket, then nothing else counts; NULL: `host` and `port` */
    const char *host;      /* a name or a literal address; the certificate is checked against it */
    uint16_t port;         /* with `srv` set: used when there is no SRV record */
    const char *srv;       /* SRV service ("xmpp-client") looked up for `host` first, or NULL */
    enum stream_tls tls;   /* STARTTLS: opened plain, raised later by stream_starttls */
    const char *ca_file;   /* one more trusted authority, besides the system's; or NULL */
    const char *cert_file; /* client certificate and key in PEM; or NULL */
    const char *fingerprint; /* SHA-256 of the server's certificate in hex: this one and no other;
                                or NULL */
    int64_t connect_timeout_us; /* over all addresses and the handshake; 0: 30 s */
};

struct stream_info {
    const char *peer;        /* "127.0.0.1:6697", for the log and the status line */
    bool secure;             /* TLS is up and verified */
    const char *tls_version; /* "TLS 1.3", NULL when plain */
};

/* `secured` and `drained` may be NULL. */
struct stream_events {
    /* The stream is up (TLS and all). Called once. */
    void (*opened)(void *user, const struct stream_info *info);
    /* At most 64 KiB; valid during the call. The stream may be closed from inside. */
    void (*data)(void *user, const char *bytes, size_t len);
    /* STARTTLS is done. */
    void (*secured)(void *user, const struct stream_info *info);
    /* All that was written has been handed to the system. */
    void (*drained)(void *user);
    /* The end, for whatever reason but stream_close(). Called once, last. `error` is always set
     * (CLOSED when the peer ended in order) and is the stream's. The stream must still be freed by
     * stream_close. */
    void (*closed)(void *user, const GError *error);
};

struct listener;

/* The two places where weft can be reached, both for this machine alone. */
struct listen_options {
    const char *path; /* a unix socket, for programs of this user; NULL: `port` */
    uint16_t port;    /* of 127.0.0.1; 0: any that is free */
};
/* A stream that is up. stream_take() it from inside, or close it. */
typedef void (*listen_fn)(void *user, struct stream *stream);

struct net_ops {
    /* Starts connecting: DNS, every address in turn, TLS. No callback comes from inside this call.
     */
    struct stream *(*stream_open)(struct net_ops *net, const struct stream_options *options,
                                  const struct stream_events *events, void *user);
    /* Queues bytes, also before the stream is opened. False, and nothing queued, when more than 1
     * MiB would wait or the stream has ended. */
    bool (*stream_write)(struct stream *stream, const char *bytes, size_t len);
    /* Bytes that wait to be written. */
    size_t (*stream_pending)(struct stream *stream);
    /* Begins TLS on a stream opened with STREAM_TLS_STARTTLS. What was written before goes out in
     * clear first; what is written from now on waits for TLS. Bytes that the peer sent early, in
     * clear, are thrown away (a peer must not be able to inject them into the secure stream);
     * called from inside `data`, the caller drops what is left of that call's bytes. */
    void (*stream_starttls)(struct stream *stream);
    /* TLS channel binding data ("tls-exporter", RFC 9266, or "tls-server-end-point", RFC 5929), or
     * NULL when there is none. The caller unrefs. */
    GBytes *(*stream_channel_binding)(struct stream *stream, const char *kind);
    /* Stops reading while `paused`: back-pressure. */
    void (*stream_pause)(struct stream *stream, bool paused);
    /* Ends and frees. Nothing is called afterwards. What is queued is tried once without waiting;
     * what the peer has not taken by then never comes to it. An accepted stream's still does, as
     * far as the system has taken it. */
    void (*stream_close)(struct stream *stream);

    /* Listens until listen_close(), also from inside `accepted`. NULL and `error`: CONFLICT when
     * another program answers there, FORBIDDEN, DISK, IO. A socket's folder is made (0700); what a
     * weft that was killed has left there is taken away. */
    struct listener *(*listen)(struct net_ops *net, const struct listen_options *options,
                               listen_fn accepted, void *user, GError **error);
    uint16_t (*listen_port)(const struct listener *listener);
    void (*listen_close)(struct listener *listener); /* NULL is allowed */
    /* Takes an accepted stream over; `opened` is not called. Nothing has been read before. */
    void (*stream_take)(struct stream *stream, const struct stream_events *events, void *user);
    /* One datagram to a unix socket ("@…": an abstract name). Not waited for. */
    bool (*datagram)(struct net_ops *net, const char *path, const char *text, GError **error);

    /* Begins a request. Never NULL: what is wrong with it comes by `done` as BAD_INPUT. */
    struct http_call *(*http_start)(struct net_ops *net, const struct http_request *request,
                                    const struct http_events *events, void *user);
    /* Ends a request; nothing is called afterwards. Not after `done`. */
    void (*http_cancel)(struct http_call *call);

    /* Starts connecting. Never NULL, and no callback comes from inside this call. */
    struct ws *(*ws_open)(struct net_ops *net, const struct ws_options *options,
                          const struct ws_events *events, void *user);
    /* Queues one text message. False, and nothing queued, when the connection is not open or more
     * than WS_QUEUE_MAX_BYTES would wait. */
    bool (*ws_send)(struct ws *ws, const char *text, size_t len);
    /* Stops reading while `paused`: back-pressure. Silence while paused is not the peer's. */
    void (*ws_pause)(struct ws *ws, bool paused);
    /* Ends and frees: an open one with a close frame of this code (1000: done), which is tried
     * without waiting; 0: without. Nothing is called afterwards. */
    void (*ws_close)(struct ws *ws, int code);
};

#endif
