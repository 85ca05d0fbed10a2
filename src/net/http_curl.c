/* What curl calls, and what it is told. Each callback runs inside curl: it notes, and calls the
 * user's `data` and `progress` only. */
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "net/http_priv.h"

#define PROGRESS_US (250 * 1000)
#define CONNECTIONS 6 /* to one server at a time */

/* --- sockets and timers
 * --------------------------------------------------------------------------- */

static void
run(struct http_pool *pool, curl_socket_t fd, int events)
{
    int running = 0;

    curl_multi_socket_action(pool->multi, fd, events, &running);
    http_pool_work_soon(pool);
}

static gboolean
on_socket(gint fd, GIOCondition condition, gpointer user)
{
    int events = 0;

    if (condition & (G_IO_IN | G_IO_HUP))
        events |= CURL_CSELECT_IN;
    if (condition & G_IO_OUT)
        events |= CURL_CSELECT_OUT;
    if (condition & G_IO_ERR)
        events |= CURL_CSELECT_ERR;
    run(user, fd, events);
    return G_SOURCE_CONTINUE;
}

static void
free_source(gpointer source)
{
    g_source_destroy(source);
    g_source_unref(source);
}

static int
socket_changed(CURL *easy, curl_socket_t fd, int what, void *user, void *socket)
{
    struct http_pool *pool = user;
    GIOCondition condition = 0;

    /* Taken away and made anew: a source's own condition may not change while it is dispatched. */
    g_hash_table_remove(pool->sockets, GINT_TO_POINTER(fd));
    if (what == CURL_POLL_REMOVE)
        return 0;
    if (what & CURL_POLL_IN)
        condition |= G_IO_IN;
    if (what & CURL_POLL_OUT)
        condition |= G_IO_OUT;
    GSource *source = g_unix_fd_source_new(fd, condition | G_IO_HUP | G_IO_ERR);
    g_source_set_callback(source, G_SOURCE_FUNC(on_socket), pool, NULL);
    g_source_attach(source, NULL);
    g_hash_table_insert(pool->sockets, GINT_TO_POINTER(fd), source);
    return 0;
}

static void
on_timer(void *user)
{
    struct http_pool *pool = user;

    pool->timer = 0;
    run(pool, CURL_SOCKET_TIMEOUT, 0);
}

static int
timer_changed(CURLM *multi, long ms, void *user)
{
    struct http_pool *pool = user;

    clock_timer_del(pool->http->clock, pool->timer);
    pool->timer = ms < 0 ? 0 : clock_timer_add(pool->http->clock, ms * 1000, on_timer, pool);
    return 0;
}

bool
http_curl_open(struct http_pool *pool)
{
    pool->multi = curl_multi_init();
    if (!pool->multi)
        return false;
    pool->sockets = g_hash_table_new_full(NULL, NULL, NULL, free_source);
    curl_multi_setopt(pool->multi, CURLMOPT_SOCKETFUNCTION, socket_changed);
    curl_multi_setopt(pool->multi, CURLMOPT_SOCKETDATA, pool);
    curl_multi_setopt(pool->multi, CURLMOPT_TIMERFUNCTION, timer_changed);
    curl_multi_setopt(pool->multi, CURLMOPT_TIMERDATA, pool);
    curl_multi_setopt(pool->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)CONNECTIONS);
    curl_multi_setopt(pool->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS);
    return true;
}

void
http_curl_close(struct http_pool *pool)
{
    if (!pool->multi)
        return;
    curl_multi_cleanup(pool->multi);
    pool->multi = NULL;
    clock_timer_del(pool->http->clock, pool->timer);
    pool->timer = 0;
    g_clear_pointer(&pool->sockets, g_hash_table_unref);
}

/* --- one request
 * ---------------------------------------------------------------------------------- */

static long
status_of(const struct http_call *call)
{
    long status = 0;

    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static size_t
on_body(char *bytes, size_t size, size_t n, void *user)
{
    struct http_call *call = user;
    size_t len = size * n;
    bool streams = call->events.data && status_of(call) / 100 == 2;

    if (call->stage == CALL_DROPPED)
        return 0;
    call->got_bytes += len;
    if (call->got_bytes > call->max_bytes) {
        call->too_large = true;
        return 0;
    }
    if (streams && call->got_bytes == len && call->events.begin) {
        const struct http_answer answer = {.status = (int)status_of(call),
                                           .body = "",
                                           .retry_after_us = -1,
                                           .headers = call->answer_headers};
        call->events.begin(call->user, &answer);
        if (call->stage == CALL_DROPPED)
            return 0;
    }
    if (!streams) {
        g_byte_array_append(call->answer, (const guint8 *)bytes, (guint)len);
        return len;
    }
    call->events.data(call->user, bytes, len);
    return call->stage == CALL_DROPPED ? 0 : len;
}

static bool
is_empty(const char *line, size_t len)
{
    return (len == 2 && memcmp(line, "\r\n", 2) == 0) || (len == 1 && *line == '\n');
}

/* "Name: value\r\n" → "name: value". A new status line begins a new answer (100, then 200). */
static size_t
on_header(char *bytes, size_t size, size_t n, void *user)
{
    struct http_call *call = user;
    size_t len = size * n;
    g_autofree char *line = g_strndup(bytes, len);
    char *colon;

    call->header_bytes += len;
    if (call->header_bytes > HTTP_HEADERS_MAX_BYTES) {
        call->too_large = true;
        return 0;
    }
    g_strchomp(line);
    if (g_str_has_prefix(line, "HTTP/")) {
        g_ptr_array_set_size(call->answer_headers, 0);
        call->headers_ended = false;
        return len;
    }
    call->headers_ended = call->headers_ended || is_empty(bytes, len);
    colon = strchr(line, ':');
    if (!colon)
        return len;
    for (char *at = line; at < colon; at++)
        *at = g_ascii_tolower(*at);
    g_ptr_array_add(call->answer_headers, g_steal_pointer(&line));
    return len;
}

static size_t
read_file(char *buffer, size_t size, size_t n, void *user)
{
    struct http_call *call = user;
    ssize_t got = read(call->body_fd, buffer, size * n);

    return got < 0 ? CURL_READFUNC_ABORT : (size_t)got;
}

/* Curl begins again when a connection that it had kept turns out to be dead. */
static int
seek_file(void *user, curl_off_t offset, int origin)
{
    struct http_call *call = user;
    off_t to = (off_t)call->body_start + offset;

    if (origin != SEEK_SET || lseek(call->body_fd, to, SEEK_SET) != to)
        return CURL_SEEKFUNC_FAIL;
    return CURL_SEEKFUNC_OK;
}

static int
on_progress(void *user, curl_off_t to_get, curl_off_t got, curl_off_t to_send, curl_off_t sent)
{
    struct http_call *call = user;
    int64_t now_us = clock_mono_us(call->pool->http->clock);

    if (call->stage == CALL_DROPPED)
        return 1;
    if (call->events.progress && now_us - call->told_us >= PROGRESS_US) {
        call->told_us = now_us;
        call->events.progress(call->user, (uint64_t)sent, (uint64_t)to_send, (uint64_t)got,
                              (uint64_t)to_get);
    }
    return call->stage == CALL_DROPPED ? 1 : 0;
}

static int
check_peer(X509_STORE_CTX *peer, void *user)
{
    return verify_peer(user, peer);
}

static int
our_certificate(SSL *ssl, X509 **ret_certificate, EVP_PKEY **ret_key)
{
    return verify_client(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)), ret_certificate, ret_key);
}

static CURLcode
set_tls(CURL *easy, void *context, void *user)
{
    struct http_pool *pool = user;

    SSL_CTX_set_app_data(context, pool->verify);
    SSL_CTX_set_cert_verify_callback(context, check_peer, pool->verify);
    SSL_CTX_set_client_cert_cb(context, our_certificate);
    return CURLE_OK;
}

static void
set_body(struct http_call *call)
{
    CURL *easy = call->easy;

    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call->method);
    if (strcmp(call->method, "HEAD") == 0)
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    if (call->body_fd >= 0) {
        seek_file(call, 0, SEEK_SET);
        curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(easy, CURLOPT_READFUNCTION, read_file);
        curl_easy_setopt(easy, CURLOPT_READDATA, call);
        curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, seek_file);
        curl_easy_setopt(easy, CURLOPT_SEEKDATA, call);
        curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)call->body_bytes);
    } else if (call->body) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body_bytes);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, g_bytes_get_data(call->body, NULL));
    }
}

static void
set_limits(struct http_call *call)
{
    CURL *easy = call->easy;

    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(call->connect_timeout_us / 1000));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(call->total_timeout_us / 1000));
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME,
                     (long)((call->silence_timeout_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC));
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* a connection goes where the account says */
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    /* One language with servers: less of it is to be attacked. */
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
}

void
http_curl_add(struct http_call *call)
{
    struct http_pool *pool = call->pool;
    CURL *easy = curl_easy_init();

    call->easy = easy;
    call->header_bytes = 0;
    call->headers_ended = false;
    call->got_bytes = 0;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
    call->why[0] = '\0';
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->why);
    curl_easy_setopt(easy, CURLOPT_URL, call->url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, call);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    /* curl asks again on its own where a connection that it had kept ends without a word. */
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, call->once ? 1L : 0L);
    set_limits(call);
    set_body(call);
    /* Who the peer is, verify_peer() says, by the account's wishes; curl would look again by its
     * own authorities. */
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, call->tls.fingerprint ? 0L : 2L);
    curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, set_tls);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, pool);
    call->stage = CALL_RUNS;
    curl_multi_add_handle(pool->multi, easy);
}

void
http_curl_remove(struct http_call *call)
{
    if (!call->easy)
        return;
    curl_multi_remove_handle(call->pool->multi, call->easy);
    curl_easy_cleanup(call->easy);
    call->easy = NULL;
}
