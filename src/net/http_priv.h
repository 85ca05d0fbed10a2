/* HTTP from the inside. Only src/net includes this.
 *
 * A pool is all requests to one origin under one account's wishes for TLS: they share connections,
 * and nothing else does, so no request ever goes over a connection that was checked by other
 * authorities. Curl must not be called from inside its own callbacks, and users may not be called
 * from inside their calls: what either asks for is noted and done by the pool's source `work`. */
#ifndef WEFT_NET_HTTP_PRIV_H
#define WEFT_NET_HTTP_PRIV_H

#include <curl/curl.h>
#include <gio/gio.h>

#include "base/clock.h"
#include "base/net_http.h"
#include "net/verify.h"

struct http;

struct http_pool {
    struct http *http;
    char *key;
    char *host; /* for sentences: "chat.example", "chat.example:8443" */
    struct verify *verify;
    GCancellable *loading; /* until the libraries and authorities are there; else NULL */
    CURLM *multi;          /* NULL while loading, and when that failed */
    GError *failed;        /* loading has; or NULL */
    bool busy;             /* its work is being done: it must stay */
    GPtrArray *calls;      /* struct http_call: all that are not done */
    GHashTable *sockets;   /* fd → GSource */
    unsigned timer;
    GSource *work;
    int64_t idle_us; /* monotonic: since when it has no call */
};

enum call_stage {
    CALL_WAITS,   /* to be given to curl */
    CALL_RUNS,    /* curl has it */
    CALL_ENDED,   /* `done` is due: by `error`, or with the answer */
    CALL_DROPPED, /* the user wants nothing of it any more */
};

struct http_call {
    struct http_pool *pool;
    struct http_events events;
    void *user;
    enum call_stage stage;
    CURL *easy;
    char why[CURL_ERROR_SIZE]; /* what curl says of its end, "" when nothing */
    GError *error;

    char *method;
    char *url;
    struct curl_slist *headers;
    GBytes *body;
    int body_fd; /* -1: none */
    uint64_t body_start, body_bytes;
    bool has_body;
    struct tls_copy tls;
    bool follow, once;
    unsigned redirects;
    int64_t connect_timeout_us, silence_timeout_us, total_timeout_us;
    size_t max_bytes;

    GByteArray *answer;
    GPtrArray *answer_headers;
    size_t header_bytes;
    bool headers_ended; /* the empty line behind them has come */
    uint64_t got_bytes; /* of the body, given to `data` too */
    bool too_large;
    int64_t told_us; /* monotonic: the last progress */
};

struct http {
    struct clock *clock;
    GHashTable *pools; /* key → struct http_pool */
};

/* http.c */
void http_pool_work_soon(struct http_pool *pool);
void http_call_fail(struct http_call *call, GError *error); /* takes it; the first counts */

/* http_curl.c: what curl calls, and what it is told */
bool http_curl_open(struct http_pool *pool);
void http_curl_close(struct http_pool *pool);
void http_curl_add(struct http_call *call);
void http_curl_remove(struct http_call *call);

/* http_request.c: a request checked and copied; redirects; a pool's name. NULL and `error`:
 * BAD_INPUT. */
struct http_call *http_call_new(const struct http_request *request, GError **error);
void http_call_free(struct http_call *call);
/* The origin of the call's URL and its wishes: "https://host:443 ca cert fingerprint". */
char *http_call_pool_key(const struct http_call *call, char **ret_host, char **ret_name);
/* Where the answer sends the call; false: it is no redirect, or one that is not followed. */
bool http_call_redirect(struct http_call *call, long status, const char *location);

/* http_text.c: curl's results as weft's errors, in sentences. The caller frees. */
GError *http_error(const struct http_call *call, CURLcode code);

#endif
