/* HTTP as core lends it to drivers: one request, one answer. net fills it in; tests fill it with
 * fakes. */
#ifndef WEFT_BASE_NET_HTTP_H
#define WEFT_BASE_NET_HTTP_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/net_tls.h"

#define HTTP_BODY_MAX_BYTES                                                                        \
    (16 * 1024 * 1024) /* of an answer, unpacked, unless asked otherwise                           \
                        */
#define HTTP_HEADERS_MAX_BYTES (64 * 1024)

struct http_call; /* a request under way; gone after `done` or http_cancel */

struct http_request {
    const char *method; /* "GET", "POST", … */
    const char *url;    /* http or https. No names and passwords in it */
    /* "Name: value", NULL-terminated; or NULL. A line end in one refuses the whole request. */
    const char *const *headers;
    GBytes *body;          /* kept by reference until the end; or NULL */
    const char *body_path; /* a file to send instead of `body`, read as it goes; or NULL */
    uint64_t body_start;   /* of the file: the bytes before it are left out */
    struct tls_wishes tls; /* for https */
    /* Up to five redirects of a request without a body, none from https to http; another server
     * gets neither the headers nor the certificate given here. For files, never for an API. */
    bool follow;
    /* Never asked twice. A connection that is kept may have ended meanwhile: what gets no answer on
     * one is asked again by itself, although it may have been carried out. */
    bool once;
    int64_t connect_timeout_us; /* 0: 30 s */
    int64_t silence_timeout_us; /* no byte has moved for so long; 0: 30 s */
    int64_t total_timeout_us;   /* 0: 120 s, and none with `follow` or `body_path` */
    size_t max_bytes;           /* of the answer's body, unpacked; 0: HTTP_BODY_MAX_BYTES */
};

struct http_answer {
    int status;       /* 200, 404, … */
    const char *body; /* NUL behind it; "" when `data` took it */
    size_t len;
    int64_t retry_after_us;   /* from Retry-After, up to one hour; -1: none */
    const GPtrArray *headers; /* char *: "name: value" of the last answer, names in lower case */
};

/* The value of the first header of that name (in lower case), or NULL. Valid as the answer. */
const char *http_answer_header(const struct http_answer *answer, const char *name);

/* What is missing may be NULL, but `done`. None comes from inside http_start(). A call may be
 * cancelled, and others started, from inside each. */
struct http_events {
    /* Before the first `data`: status and headers are there, the body is not. */
    void (*begin)(void *user, const struct http_answer *answer);
    /* The body of a 2xx answer as it comes, instead of in the answer. */
    void (*data)(void *user, const char *bytes, size_t len);
    /* Bytes of the bodies, at most some times a second; a total of 0 is not known. */
    void (*progress)(void *user, uint64_t sent, uint64_t to_send, uint64_t received,
                     uint64_t to_receive);
    /* Once, last. `error` NULL: an answer came, whatever its status. Else TIMEOUT, DNS, REFUSED,
     * TLS, IO, CLOSED, TOO_LARGE, PROTOCOL, BAD_INPUT in a whole sentence without the URL's query,
     * and `answer` is NULL. Both are the caller's for the call. */
    void (*done)(void *user, const struct http_answer *answer, const GError *error);
};

#endif
