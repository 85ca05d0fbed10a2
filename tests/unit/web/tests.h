#ifndef WEFT_TESTS_UNIT_WEB_TESTS_H
#define WEFT_TESTS_UNIT_WEB_TESTS_H

#include "tests/unit/net/scene.h"

void test_http_add(void);
void test_http_hostile_add(void);
void test_module_add(void);
void test_ws_add(void);
void test_ws_hostile_add(void);

/* An answer of HTTP, and what a call came to. */
struct asked {
    struct http_call *call; /* NULL when it has ended */
    unsigned done, data;
    int status;
    GString *body; /* of the answer, or as it came */
    GPtrArray *headers;
    int64_t retry_after_us;
    GError *error;
    void (*on_done)(struct asked *asked);
    void *user;
};

struct asked *asked_new(void);
void asked_free(struct asked *asked);
/* Starts it; `streams`: the body as it comes. */
void asked_start(struct scene *scene, struct asked *asked, const struct http_request *request,
                 bool streams);
void asked_wait(struct asked *asked);
/* "http://127.0.0.1:PORT/PATH"; g_free(). */
char *url_of(const struct scene *scene, const char *scheme, const char *path);
/* The server's side, with bytes that may be NUL; a client that has gone does not matter. */
void say_bytes(struct scene *scene, const void *bytes, size_t len);
/* Resident memory of this process. */
size_t resident_bytes(void);
/* `n` zeros, packed by gzip, or (raw) as permessage-deflate has it. */
GByteArray *packed_zeros(size_t n, bool raw);

#endif
