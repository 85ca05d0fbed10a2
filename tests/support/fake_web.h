/* HTTP and WebSockets for driver tests, beside the fake host: requests are kept as lines, answers
 * come from rules or from the test, never from inside the call. */
#ifndef WEFT_TESTS_FAKE_WEB_H
#define WEFT_TESTS_FAKE_WEB_H

#include "base/error.h"
#include "tests/support/fake_host.h"

struct fake_web {
    struct fake_host *fake;
    GPtrArray *rules; /* newest last */
    GPtrArray *calls; /* struct http_call: that no rule answers; the test does */
    struct ws *ws;    /* the one that is open; NULL: none */
    char *ws_url;     /* of the newest that was opened */
    unsigned opened;  /* how many were */
    bool silent;      /* a new one opens only by fake_ws_open() */
};

struct fake_web *fake_web_new(struct fake_host *fake);
void fake_web_free(struct fake_web *web);

/* Requests that fit ("GET *PATH", a glob over method and URL) are answered so from now on, or so
 * many times (`times` 0: always). The newest rule that fits counts. `headers`: "name: value\n…" or
 * NULL. Status 0: the connection breaks after the bytes have left; a body of "refused": before. */
void fake_web_rule(struct fake_web *web, const char *pattern, unsigned times, int status,
                   const char *body, const char *headers);
/* The oldest request that waits and fits. Fails the test when there is none. */
void fake_web_answer(struct fake_web *web, const char *pattern, int status, const char *body);
/* A piece of the answer to it, where it is wanted as it comes; it goes on waiting. */
void fake_web_data(struct fake_web *web, const char *pattern, const char *bytes);
/* How many requests wait for the test. */
unsigned fake_web_waiting(const struct fake_web *web);
/* How many of those fit. */
unsigned fake_web_fits(const struct fake_web *web, const char *pattern);

/* The server's side of the socket. What is sent is kept by the fake host as "ws TEXT", a request as
 * "METHOD URL BODY". */
void fake_ws_open(struct fake_web *web);
void fake_ws_say(struct fake_web *web, const char *format, ...) G_GNUC_PRINTF(2, 3);
void fake_ws_bytes(struct fake_web *web, const char *bytes, size_t len, bool binary);
void fake_ws_end(struct fake_web *web, int code);
/* The upgrade is refused with this status; 0: nobody listens. */
void fake_ws_refuse(struct fake_web *web, int status);

#endif
