#define _GNU_SOURCE /* accept4 */
#include "tests/bench/web_conn.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECE   16384 /* of TLS: its largest */
#define SPENT   262144
#define IN_MOST (1024 * 1024)

SSL_CTX *
web_conn_tls_new(const char *pem)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());

    if (tls == NULL || SSL_CTX_use_certificate_chain_file(tls, pem) != 1 ||
        SSL_CTX_use_PrivateKey_file(tls, pem, SSL_FILETYPE_PEM) != 1) {
        g_printerr("the benchmark's server has no certificate: %s\n", pem);
        exit(1);
    }
    SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return tls;
}

static void
watch(struct web_conn *conn, int how)
{
    struct epoll_event event = {.events = EPOLLIN | (conn->writing ? (uint32_t)EPOLLOUT : 0),
                                .data.ptr = conn};

    if (epoll_ctl(conn->epoll, how, conn->fd, &event) != 0) {
        g_printerr("the benchmark's server cannot wait for its client\n");
        exit(1);
    }
}

struct web_conn *
web_conn_accept(int listener, int epoll, SSL_CTX *tls)
{
    const int on = 1;
    const int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0)
        return NULL;
    struct web_conn *conn = g_new0(struct web_conn, 1);
    conn->fd = fd;
    conn->epoll = epoll;
    conn->in = g_string_new(NULL);
    conn->out = g_string_new(NULL);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (tls != NULL) {
        conn->ssl = SSL_new(tls);
        SSL_set_fd(conn->ssl, fd);
        SSL_set_accept_state(conn->ssl);
    }
    watch(conn, EPOLL_CTL_ADD);
    return conn;
}

void
web_conn_free(struct web_conn *conn)
{
    SSL_free(conn->ssl);
    close(conn->fd);
    g_string_free(conn->in, TRUE);
    g_string_free(conn->out, TRUE);
    g_free(conn);
}

/* Bytes; 0: later; -1: it has ended. */
static ssize_t
result_of(const struct web_conn *conn, int n)
{
    if (n > 0)
        return n;
    const int why = SSL_get_error(conn->ssl, n);
    ERR_clear_error();
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

static ssize_t
later_or_end(ssize_t n)
{
    return n > 0 ? n : n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

static ssize_t
read_some(struct web_conn *conn, char *bytes, size_t size)
{
    if (conn->ssl != NULL)
        return result_of(conn, SSL_read(conn->ssl, bytes, (int)size));
    return later_or_end(recv(conn->fd, bytes, size, 0));
}

static ssize_t
write_some(struct web_conn *conn, const char *bytes, size_t len)
{
    if (conn->ssl != NULL)
        return result_of(conn, SSL_write(conn->ssl, bytes, (int)MIN(len, PIECE)));
    return later_or_end(send(conn->fd, bytes, len, MSG_NOSIGNAL));
}

bool
web_conn_read(struct web_conn *conn)
{
    char bytes[PIECE];
    ssize_t n;

    while ((n = read_some(conn, bytes, sizeof bytes)) > 0)
        g_string_append_len(conn->in, bytes, n);
    return n == 0 && conn->in->len < IN_MOST;
}

size_t
web_conn_left(const struct web_conn *conn)
{
    return conn->out->len - conn->written;
}

bool
web_conn_write(struct web_conn *conn)
{
    ssize_t n = 1;

    while (web_conn_left(conn) > 0 &&
           (n = write_some(conn, conn->out->str + conn->written, web_conn_left(conn))) > 0) {
        conn->written += (size_t)n;
        if (web_conn_left(conn) == 0 || conn->written > SPENT) {
            g_string_erase(conn->out, 0, (gssize)conn->written);
            conn->written = 0;
        }
    }
    const bool writing = web_conn_left(conn) > 0;
    if (writing != conn->writing && n >= 0) {
        conn->writing = writing;
        watch(conn, EPOLL_CTL_MOD);
    }
    return n >= 0;
}
