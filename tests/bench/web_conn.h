/* One connection of the benchmark's web server: TLS or plain, never blocking, what came and what is
 * to go as bytes. It shares no code with weft. */
#ifndef WEFT_TESTS_BENCH_WEB_CONN_H
#define WEFT_TESTS_BENCH_WEB_CONN_H

#include <glib.h>
#include <openssl/ssl.h>
#include <stdbool.h>

struct web_conn {
    int fd;
    int epoll;       /* in which it is */
    SSL *ssl;        /* NULL: plain */
    bool writing;    /* epoll tells when there is room */
    bool is_socket;  /* its HTTP has become a WebSocket */
    unsigned number; /* the server's: whose it is */
    GString *in;     /* what came and is not taken yet */
    GString *out;
    size_t written; /* of `out` */
};

/* A context with the certificate and key of `pem`; ends the benchmark when they cannot be had. */
SSL_CTX *web_conn_tls_new(const char *pem);
/* Takes the next one that waits and puts it into `epoll`; NULL: nobody waits. `tls` NULL: plain. */
struct web_conn *web_conn_accept(int listener, int epoll, SSL_CTX *tls);
void web_conn_free(struct web_conn *conn);

/* Takes all that has come; false: the other side has ended. */
bool web_conn_read(struct web_conn *conn);
/* Sends what it can; false: the other side has ended. */
bool web_conn_write(struct web_conn *conn);
/* Bytes that are still to go. */
size_t web_conn_left(const struct web_conn *conn);

#endif
