/* A stream from the inside. Only src/net includes this.
 *
 * Life: LOADING (worker reads what TLS needs) → LOOKING_UP (SRV) → CONNECTING → HANDSHAKE → UP →
 * ENDED. Whatever is under way holds a reference; when it comes back it asks stream_is_over()
 * before anything else. Errors go through stream_fail(), which calls `closed` on a later turn, so
 * that no callback ever comes from inside a call of the user's. */
#ifndef WEFT_NET_STREAM_PRIV_H
#define WEFT_NET_STREAM_PRIV_H

#include <gio/gio.h>

#include "base/clock.h"
#include "base/net_ops.h"
#include "net/trust.h"

#define STREAM_READ_BYTES      65536
#define STREAM_QUEUE_MAX_BYTES (1024 * 1024)

enum stage {
    STAGE_LOADING,
    STAGE_LOOKING_UP,
    STAGE_CONNECTING,
    STAGE_HANDSHAKE,
    STAGE_UP,
    STAGE_ENDED,
};

struct stream {
    int refs;
    struct clock *clock;
    struct stream_events events;
    void *user;
    bool closed; /* by the user: nothing may be called any more */

    bool accepted; /* it came to us */
    char *path;    /* of a unix socket; or NULL */
    char *host;    /* as it was given, for sentences and the log */
    char *name;    /* ASCII, without a final dot: for DNS and the certificate */
    char *srv;     /* or NULL */
    char *address; /* "host:port" for sentences */
    uint16_t port;
    enum stream_tls tls_mode;
    char *ca_file;
    char *cert_file;
    char *fingerprint; /* 64 lower-case hex digits, or NULL */
    int64_t timeout_us;

    enum stage stage;
    bool opened; /* `opened` was called, or STARTTLS follows: a handshake ends in `secured` */
    unsigned timer;
    GCancellable *cancellable;
    GError *error; /* waits for its turn */
    GSource *failing;
    struct trust *trust;
    GList *targets; /* SRV targets that were not tried yet */

    GSocketConnection *tcp;
    GTlsConnection *tls; /* or NULL */
    bool handshaking;    /* a thread works on the socket: it must not be closed under it */
    char *refusal;       /* why the peer's certificate was refused, in sentences */
    char *peer;
    GPollableInputStream *in; /* of tcp or tls; borrowed */
    GPollableOutputStream *out;
    GSource *read_source;
    GSource *write_source;
    bool paused;
    GByteArray *queue;
    size_t queue_at;    /* bytes of the queue that are written already */
    bool raising;       /* STARTTLS was asked for and is not done */
    size_t clear_bytes; /* while raising: bytes of the queue that go out before TLS */
};

/* stream.c */
struct stream *stream_new(struct clock *clock, const struct stream_options *options,
                          const struct stream_events *events, void *user);
/* One that came to us, up; stream_take() gives it a user. */
struct stream *stream_new_accepted(struct clock *clock, GSocket *socket);
void stream_take(struct stream *stream, const struct stream_events *events, void *user);
struct stream *stream_ref(struct stream *stream);
void stream_unref(struct stream *stream);
bool stream_is_over(const struct stream *stream);
/* Ends the stream with `error`, which it takes. The first error counts. */
void stream_fail_take(struct stream *stream, GError *error);
void stream_start_timer(struct stream *stream);
/* The bytes may flow: opened or secured. */
void stream_up(struct stream *stream);
void stream_close(struct stream *stream);

/* stream_connect.c */
void stream_connect(struct stream *stream);

/* stream_io.c */
void stream_use(struct stream *stream, GIOStream *io);
void stream_watch(struct stream *stream);
void stream_unwatch(struct stream *stream);
void stream_write_once(struct stream *stream);
bool stream_write(struct stream *stream, const char *bytes, size_t len);
size_t stream_pending(struct stream *stream);
void stream_pause(struct stream *stream, bool paused);

/* stream_tls.c */
void stream_handshake(struct stream *stream);
void stream_starttls(struct stream *stream);
/* STARTTLS: what had to go out in clear has gone. */
void stream_raise(struct stream *stream);
GBytes *stream_channel_binding(struct stream *stream, const char *kind);

/* stream_text.c: GIO's errors as weft's, in sentences. The caller frees. */
GError *stream_connect_error(const struct stream *stream, const GError *why);
GError *stream_handshake_error(const struct stream *stream, const GError *why);
GError *stream_io_error(const struct stream *stream, const GError *why);
GError *stream_closed_error(const struct stream *stream);
GError *stream_timeout_error(const struct stream *stream);

#endif
