/* What the files of the Matterbridge driver share.
 *
 * A gateway is a conversation, named as the server names it. The server keeps no more than a ring
 * of the newest messages, which is emptied by whoever reads it: nothing here asks twice for it at a
 * time, and what was read is told at once. */
#ifndef WEFT_MATTERBRIDGE_PRIV_H
#define WEFT_MATTERBRIDGE_PRIV_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "core/driver.h"
#include "core/event.h"
#include "core/host.h"
#include "json/json.h"

#define MBRIDGE_MAX_GATEWAYS      500
#define MBRIDGE_MAX_NAME_BYTES    200  /* of a gateway, an account, a user */
#define MBRIDGE_MAX_HELD          5000 /* that come while the ring is fetched */
#define MBRIDGE_MAX_SEEN          20000
#define MBRIDGE_MAX_FILES         10                 /* of one message */
#define MBRIDGE_FILE_BYTES        (20 * 1024 * 1024) /* the largest that is kept, of one file */
#define MBRIDGE_CACHE_BYTES       (64 * 1024 * 1024) /* of all that are */
#define MBRIDGE_UPLOAD_BYTES      (1024 * 1024)      /* what Matterbridge passes on, as a rule */
#define MBRIDGE_MESSAGE_MAX_BYTES (32 * 1024 * 1024) /* of one, with its files */
#define MBRIDGE_RING_MAX_BYTES    (128 * 1024 * 1024)
#define MBRIDGE_SMALL_RING        10 /* places of a ring that was emptied, whatever Buffer says */
#define MBRIDGE_ASK_US            (15 * G_USEC_PER_SEC)

enum mbridge_stream { MBRIDGE_AUTO, MBRIDGE_ON, MBRIDGE_OFF };

struct mbridge_config {
    char *base; /* "http://127.0.0.1:4242", without a slash at the end */
    char *host;
    bool secure;
    const char *name, *avatar; /* our own; avatar may be NULL */
    const char *const *gateways;
    unsigned buffer; /* places of the ring, by the server's configuration */
    enum mbridge_stream stream;
    GRegex *strip; /* what is taken off names; NULL: nothing */
    bool tag;      /* the network that somebody is on stands behind their name */
    bool files;    /* the server takes files */
    struct tls_wishes tls;
};

enum mbridge_phase {
    MBRIDGE_STILL, /* not connected */
    MBRIDGE_LOGIN, /* the secret, and whether the server is well */
    MBRIDGE_SOCKET,
    MBRIDGE_CATCH_UP,
    MBRIDGE_ONLINE,
    MBRIDGE_LEAVING
};

struct mbridge {
    struct mbridge_config config;
    const struct options *options;
    struct host *host;
    char *log_area;
    enum mbridge_phase phase;
    GError *dying;
    unsigned end_timer, phase_timer;

    char *bearer; /* the header with the token; NULL: there is none */
    char *token;

    /* What comes in (matterbridge_feed.c) */
    struct http_call *asking;   /* is the server well? */
    struct http_call *emptying; /* the ring */
    struct http_call *stream;
    struct http_call *pinging; /* beside the stream */
    struct ws *ws;
    unsigned read_timer, ping_timer;
    GString *read;      /* what has come of the ring, or of the stream's line */
    GPtrArray *held;    /* json_t: that came while the ring is fetched */
    int64_t greeted_us; /* the server's time when the stream began */
    bool caught_up;     /* on this connection */
    bool polls;         /* this connection has no socket */
    bool told_polls;    /* and the person knows */
    bool paused;
    bool warned;

    /* What is known, kept between connections (matterbridge_messages.c) */
    GHashTable *gateways; /* name → itself, told to core */
    GHashTable *seen;     /* digest of a message → itself */
    GQueue seen_order;    /* the same, oldest first */
    GHashTable *ids;      /* remote id of messages that have one → itself */
    int64_t newest_us;    /* time of the newest message; 0: none */
    char *account;        /* how the server calls this API: "api.weft"; NULL: not known yet */

    /* What goes out (matterbridge_send.c) */
    GQueue posts;              /* struct mbridge_post: the head may be under way */
    struct http_call *posting; /* of the head; NULL: it waits */
    unsigned post_timer;
    GQueue said; /* struct mbridge_said: what we posted within a minute, oldest first */

    /* Files (matterbridge_files.c) */
    GHashTable *files;  /* id → GBytes */
    GQueue files_order; /* ids, oldest first; the keys of `files` */
    size_t files_bytes;
    GQueue transfers; /* struct mbridge_transfer */
};

/* --- matterbridge.c: the life of a session --- */

/* The connection ends once the loop is back; the first reason counts. What is being sent has a
 * moment to be answered. */
void mbridge_fail(struct mbridge *mb, GError *error_take);
void mbridge_set_phase(struct mbridge *mb, enum mbridge_phase phase, int64_t timeout_us);
/* A sentence in the account's own buffer. */
void mbridge_say(struct mbridge *mb, const char *text);
/* Online and able to ask; false sets CLOSED. */
bool mbridge_check_ready(const struct mbridge *mb, GError **error);
/* What an end had waited for is over. Nothing when there is no end. */
void mbridge_end_soon(struct mbridge *mb);

/* --- matterbridge_login.c --- */

void mbridge_login_begin(struct mbridge *mb);
void mbridge_forget_token(struct mbridge *mb);

/* --- matterbridge_http.c --- */

/* Starts a request. `wishes` has what is not usual: body, timeouts, max_bytes. */
struct http_call *
mbridge_ask(struct mbridge *mb, const char *method, const char *path,
            const struct http_request *wishes, const struct http_events *events, void *user);
void mbridge_cancel(struct mbridge *mb, struct http_call **call);
/* What an answer that is no 2xx says, as a sentence. */
GError *mbridge_refusal(const struct mbridge *mb, const struct http_answer *answer);
/* True when nothing can have left. */
bool mbridge_never_left(const GError *error);

/* --- matterbridge_feed.c: socket, ring and stream --- */

void mbridge_feed_begin(struct mbridge *mb);
/* Nothing more is asked for; what is being taken from the ring may still come. */
void mbridge_feed_stop(struct mbridge *mb);
/* Tells what came but was not told yet, before an end. */
void mbridge_feed_flush(struct mbridge *mb);
void mbridge_feed_end(struct mbridge *mb, int code);
void mbridge_feed_pause(struct mbridge *mb, bool paused);
/* The ring is being emptied: what comes of it is nowhere else any more. */
bool mbridge_feed_reads(const struct mbridge *mb);

/* --- matterbridge_messages.c: what came as events --- */

/* Those of the configuration, and those of earlier days. */
void mbridge_gateways_tell(struct mbridge *mb);
bool mbridge_gateway_known(const struct mbridge *mb, const char *name);
/* One message; one that was told before is left out. */
void mbridge_take(struct mbridge *mb, const json_t *object, enum event_origin origin);
/* A ring's whole content (json_t, NULL for one that was too large), oldest first. `whole` false:
 * not all of it came. Tells of a gap where something may have been lost. */
void
mbridge_take_ring(struct mbridge *mb, const GPtrArray *list, bool whole, enum event_origin origin);
/* Something was lost, nobody knows where. */
void mbridge_tell_gap(struct mbridge *mb, int64_t to_us);
/* "2026-08-20T10:11:12.345678901+02:00"; 0: it is none. */
int64_t mbridge_time_us(const char *text);

/* --- matterbridge_text.c --- */

struct rich *mbridge_text_read(const char *text);
/* g_free(). */
char *mbridge_text_write(const struct rich *rich);

/* --- matterbridge_send.c --- */

bool mbridge_api_send(void *session, op_id op, const struct send_request *request, GError **error);
void mbridge_api_op_cancel(void *session, op_id op);
bool mbridge_api_send_waits(void *session, op_id op);
/* Have we said this there, within the last minute? */
bool mbridge_said_it(struct mbridge *mb, const char *gateway, const char *name, const char *text);
/* The end of a connection: what has not left is failed, what has is left open. */
void mbridge_posts_end(struct mbridge *mb);
void mbridge_said_forget(struct mbridge *mb);

/* --- matterbridge_files.c --- */

/* What hangs from a message: files whose bytes came along, and lines for `text` about the others.
 * NULL: none. */
GPtrArray *mbridge_files_read(struct mbridge *mb, const json_t *object, GString *text);
/* "Extra" of a message of ours. NULL: one cannot be read. */
json_t *mbridge_files_write(const GPtrArray *files, GError **error);
bool mbridge_api_download(void *session, op_id op, const struct download_request *request,
                          GError **error);
bool
mbridge_api_upload(void *session, op_id op, const struct upload_request *request, GError **error);
bool mbridge_transfer_cancel(struct mbridge *mb, op_id op);
void mbridge_transfers_end(struct mbridge *mb);

#endif
