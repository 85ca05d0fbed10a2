/* What went wrong with a request, in sentences: what happened, what the person can do. Neither the
 * path nor the query of the URL is in them: a token may stand there. */
#include <string.h>

#include "base/error.h"
#include "net/http_priv.h"

/* curl has one code for a server with which no TLS can be had and for a connection that ends while
 * it is being set up; only OpenSSL's reason in its words tells them apart. */
static bool
was_cut(const struct http_call *call)
{
    return !strstr(call->why, "SSL routines") || strstr(call->why, "unexpected eof");
}

static GError *
tls_error(const struct http_call *call, CURLcode code)
{
    const struct http_pool *pool = call->pool;
    const char *refusal = pool->verify ? verify_refusal(pool->verify) : NULL;

    if (refusal)
        return g_error_new_literal(WEFT_ERROR, WEFT_ERROR_TLS, refusal);
    if (code == CURLE_SSL_CONNECT_ERROR && was_cut(call))
        return g_error_new(WEFT_ERROR, WEFT_ERROR_CLOSED,
                           "%s closed the connection while TLS was being set up. If it always "
                           "does, this port does not speak TLS.",
                           pool->host);
    return g_error_new(WEFT_ERROR, WEFT_ERROR_TLS,
                       "A secure connection to %s could not be agreed on. weft did not go on in "
                       "clear; perhaps this port does not speak TLS.",
                       pool->host);
}

/* Which of the waits it was, only curl's times tell. */
static GError *
timeout_error(const struct http_call *call)
{
    curl_off_t up_us = 0;

    curl_easy_getinfo(call->easy, CURLINFO_PRETRANSFER_TIME_T, &up_us);
    if (up_us == 0)
        return g_error_new(WEFT_ERROR, WEFT_ERROR_TIMEOUT, "%s did not answer.", call->pool->host);
    return g_error_new(WEFT_ERROR, WEFT_ERROR_TIMEOUT,
                       "%s took the request, but its answer did not come to an end in time.",
                       call->pool->host);
}

GError *
http_error(const struct http_call *call, CURLcode code)
{
    const char *host = call->pool->host;

    if (call->too_large)
        return g_error_new(WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                           "The answer of %s is larger than weft takes. It was broken off.", host);
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return g_error_new(WEFT_ERROR, WEFT_ERROR_DNS,
                           "No server by the name %s was found. Check how it is written, and this "
                           "machine's connection.",
                           host);
    case CURLE_COULDNT_CONNECT:
        return g_error_new(WEFT_ERROR, WEFT_ERROR_REFUSED,
                           "%s refused the connection. The server may be down, or the port is "
                           "another one.",
                           host);
    case CURLE_OPERATION_TIMEDOUT:
        return timeout_error(call);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CERTPROBLEM:
        return tls_error(call, code);
    case CURLE_GOT_NOTHING:
        return g_error_new(WEFT_ERROR, WEFT_ERROR_CLOSED,
                           "%s closed the connection without an answer.", host);
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
        return g_error_new(WEFT_ERROR, WEFT_ERROR_IO, "The connection to %s was broken off.", host);
    case CURLE_READ_ERROR:
        return g_error_new(WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                           "The file became unreadable while it was sent to %s.", host);
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_CHUNK_FAILED:
    case CURLE_HTTP2:
        return g_error_new(WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                           "What %s answered is not HTTP as it should be.", host);
    default:
        return g_error_new(WEFT_ERROR, WEFT_ERROR_IO, "The request to %s failed: %s.", host,
                           curl_easy_strerror(code));
    }
}
