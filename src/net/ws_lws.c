/* What libwebsockets calls, and what it is told. */
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "net/ws_priv.h"

#define READ_BYTES 65536
#define GOODBYE_S  2
#define LIBRARY_S  120 /* its own waits: longer than ours, which count */
#define LINKS_MAX  512
#define KEEP_BYTES (256 * 1024) /* a larger buffer is given back after the message */
#define NAME       "weft"

/* --- who the peer is
 * ------------------------------------------------------------------------------ */

/* The library says nothing of the connection that a handshake belongs to, but the socket. */
static struct ws *
ws_of_ssl(const struct ws_ground *ground, const SSL *ssl)
{
    int fd = SSL_get_fd(ssl);

    for (unsigned i = 0; fd >= 0 && i < ground->links->len; i++) {
        struct ws_link *link = g_ptr_array_index(ground->links, i);
        if (link->wsi && lws_get_socket_fd(link->wsi) == fd)
            return link->ws;
    }
    return NULL;
}

static int
check_peer(X509_STORE_CTX *peer, void *user)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(peer, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct ws *ws = ssl ? ws_of_ssl(user, ssl) : NULL;

    if (ws && ws->verify)
        return verify_peer(ws->verify, peer);
    X509_STORE_CTX_set_error(peer, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
}

static int
our_certificate(SSL *ssl, X509 **ret_certificate, EVP_PKEY **ret_key)
{
    struct ws *ws = ws_of_ssl(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)), ssl);

    return ws && ws->verify ? verify_client(ws->verify, ret_certificate, ret_key) : 0;
}

static SSL_CTX *
ssl_context_new(struct ws_ground *ground)
{
    SSL_CTX *ssl = SSL_CTX_new(TLS_client_method());

    SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION);
    SSL_CTX_set_mode(ssl, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_ENABLE_PARTIAL_WRITE);
    SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_app_data(ssl, ground);
    SSL_CTX_set_cert_verify_callback(ssl, check_peer, ground);
    SSL_CTX_set_client_cert_cb(ssl, our_certificate);
    return ssl;
}

/* --- what happens on a link
 * ----------------------------------------------------------------------- */

static void
heard(struct ws *ws)
{
    ws->heard_us = clock_mono_us(ws->ground->clock);
    ws->pinged = false;
}

static GError *
connect_error(const struct ws *ws, const char *why)
{
    if (ws->verify && verify_refusal(ws->verify))
        return g_error_new_literal(WEFT_ERROR, WEFT_ERROR_TLS, verify_refusal(ws->verify));
    if (why && strstr(why, "Timed out"))
        return g_error_new(WEFT_ERROR, WEFT_ERROR_TIMEOUT, "%s did not answer.", ws->address);
    if (why && g_str_has_prefix(why, "HS:"))
        return g_error_new(WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                           "%s answers, but not as a WebSocket server should. Perhaps the address "
                           "in the account is another.",
                           ws->address);
    /* libwebsockets does not tell a port without TLS from a connection that was cut in the
     * middle, which may be had again. */
    if (why && (strstr(why, "tls") || strstr(why, "ssl") || strstr(why, "SSL")))
        return g_error_new(WEFT_ERROR, WEFT_ERROR_CLOSED,
                           "%s closed the connection while TLS was being set up. If it always "
                           "does, this port does not speak TLS.",
                           ws->address);
    return g_error_new(WEFT_ERROR, WEFT_ERROR_REFUSED,
                       "%s could not be reached. The server may be down, or the port is another "
                       "one.",
                       ws->address);
}

static GError *
refused_error(const struct ws *ws, int status)
{
    GError *error = NULL;

    if (status == 401 || status == 403)
        return g_error_new(WEFT_ERROR, WEFT_ERROR_AUTH,
                           "%s does not let this account in (answer %d). Log in again.",
                           ws->address, status);
    if (status == 404)
        return g_error_new(WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                           "%s has no WebSocket at this address. Check the server in the account.",
                           ws->address);
    if (status == 429) {
        error_set_rate_limited(&error, 10 * G_USEC_PER_SEC, "%s asks weft to wait.", ws->address);
        return error;
    }
    return g_error_new(WEFT_ERROR, WEFT_ERROR_CLOSED,
                       "%s refused the WebSocket connection (answer %d).", ws->address, status);
}

static void
on_error(struct ws *ws, struct lws *wsi, const char *why)
{
    unsigned status = wsi ? lws_http_client_http_response(wsi) : 0;

    log_debug("ws", "%s: %s (status %u)", ws->address, why ? why : "no reason", status);
    ws->link->ws = NULL;
    ws->link = NULL;
    if (status >= 300 && status <= 599)
        ws_fail_take(ws, refused_error(ws, (int)status), 0, (int)status);
    else
        ws_link_failed(ws, connect_error(ws, why));
}

static int
on_receive(struct ws_link *link, struct lws *wsi, const void *bytes, size_t len)
{
    struct ws *ws = link->ws;

    heard(ws);
    if (len > ws->max_bytes - ws->message->len) {
        link->close_code = LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE;
        ws_fail_take(ws,
                     g_error_new(WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                                 "%s sent a message that is larger than weft takes. weft ended the "
                                 "connection.",
                                 ws->address),
                     0, 0);
        return -1;
    }
    g_byte_array_append(ws->message, bytes, (guint)len);
    if (!lws_is_final_fragment(wsi))
        return 0;
    g_byte_array_append(ws->message, (const guint8 *)"", 1);
    ws->events.message(ws->user, (const char *)ws->message->data, ws->message->len - 1,
                       lws_frame_is_binary(wsi));
    if (!link->ws)
        return link->close_code ? 0 : -1;
    if (ws->message->len > KEEP_BYTES) {
        g_byte_array_unref(ws->message);
        ws->message = g_byte_array_new();
    }
    g_byte_array_set_size(ws->message, 0);
    return 0;
}

static int
on_writeable(struct ws_link *link, struct lws *wsi)
{
    unsigned char nothing[LWS_PRE] = {0};
    struct ws *ws = link->ws;
    GByteArray *next;

    if (!ws) {
        if (link->close_code)
            lws_close_reason(wsi, (enum lws_close_status)link->close_code, NULL, 0);
        return -1;
    }
    if (ws->ping_due) {
        ws->ping_due = false;
        if (lws_write(wsi, nothing + LWS_PRE, 0, LWS_WRITE_PING) < 0)
            return -1;
    } else if ((next = g_queue_pop_head(&ws->out))) {
        size_t len = next->len - LWS_PRE;
        int n = lws_write(wsi, next->data + LWS_PRE, len, LWS_WRITE_TEXT);
        ws->out_bytes -= len;
        g_byte_array_unref(next);
        if (n < 0)
            return -1;
    }
    if (!g_queue_is_empty(&ws->out) || ws->ping_due)
        lws_callback_on_writable(wsi);
    return 0;
}

static int
add_headers(const struct ws *ws, unsigned char **at, size_t room)
{
    for (char **header = ws->headers; header && *header; header++) {
        size_t len = strlen(*header);
        if (len + 2 > room)
            return -1;
        memcpy(*at, *header, len);
        memcpy(*at + len, "\r\n", 2);
        *at += len + 2;
        room -= len + 2;
    }
    return 0;
}

/* The peer's close frame: a code of two bytes, then words that nobody needs. */
static void
on_peer_close(struct ws *ws, const unsigned char *bytes, size_t len)
{
    ws->end_code = len >= 2 ? bytes[0] << 8 | bytes[1] : 1005;
}

static void
on_closed(struct ws *ws)
{
    ws->link->ws = NULL;
    ws->link = NULL;
    ws_fail_take(
        ws, g_error_new(WEFT_ERROR, WEFT_ERROR_CLOSED, "%s closed the connection.", ws->address),
        ws->end_code, 0);
}

static void
link_free(struct ws_link *link)
{
    if (link->ws) {
        struct ws *ws = link->ws;
        link->ws = NULL;
        ws->link = NULL;
        ws_link_failed(ws, connect_error(ws, NULL));
    }
    g_ptr_array_remove_fast(link->ground->links, link);
    g_free(link);
}

static int
on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
    struct ws_link *link = wsi ? lws_get_opaque_user_data(wsi) : NULL;
    struct ws *ws = link ? link->ws : NULL;

    if (!link)
        return 0;
    switch (reason) {
    case LWS_CALLBACK_WSI_DESTROY:
        lws_set_opaque_user_data(wsi, NULL);
        link->wsi = NULL;
        link_free(link);
        return 0;
    case LWS_CALLBACK_CLIENT_WRITEABLE:
        return on_writeable(link, wsi);
    default:
        break;
    }
    if (!ws)
        return 0;
    switch (reason) {
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
        return add_headers(ws, in, len);
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        on_error(ws, wsi, in);
        return 0;
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
        heard(ws);
        ws_is_open(ws);
        return link->ws || link->close_code ? 0 : -1;
    case LWS_CALLBACK_CLIENT_RECEIVE:
        return on_receive(link, wsi, in, len);
    case LWS_CALLBACK_CLIENT_RECEIVE_PONG:
        heard(ws);
        return 0;
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        on_peer_close(ws, in, len);
        return 0;
    case LWS_CALLBACK_CLIENT_CLOSED:
        on_closed(ws);
        return 0;
    default:
        return 0;
    }
}

/* --- links
 * ---------------------------------------------------------------------------------------- */

bool
ws_link_open(struct ws *ws, const char *address)
{
    struct ws_ground *ground = ws->ground;
    struct ws_link *link = g_new0(struct ws_link, 1);
    struct lws_client_connect_info info = {
        .context = ground->context,
        .address = address,
        .port = ws->port,
        .path = ws->path,
        .host = ws->host_header,
        .protocol = ws->subprotocol,
        .local_protocol_name = NAME,
        .ssl_connection = LCCSCF_HTTP_NO_FOLLOW_REDIRECT | (ws->secure ? LCCSCF_USE_SSL : 0),
        .alpn = "http/1.1",
        .opaque_user_data = link,
        .pwsi = &link->wsi,
    };

    link->ground = ground;
    link->ws = ws;
    ws->link = link;
    g_ptr_array_add(ground->links, link);
    if (lws_client_connect_via_info(&info))
        return true;
    /* The library may have told and destroyed it, or have made nothing at all. */
    if (ws->link == link && g_ptr_array_find(ground->links, link, NULL)) {
        ws->link = NULL;
        link->ws = NULL;
        link->wsi = NULL;
        link_free(link);
        return false;
    }
    return true;
}

void
ws_link_close(struct ws *ws, int code)
{
    struct ws_link *link = g_steal_pointer(&ws->link);

    if (!link)
        return;
    link->ws = NULL;
    if (ws->stage == WS_OPEN && code && link->wsi) {
        link->close_code = code;
        lws_set_timeout(link->wsi, PENDING_TIMEOUT_CLOSE_SEND, GOODBYE_S);
        lws_callback_on_writable(link->wsi);
    } else if (link->wsi) {
        lws_set_timeout(link->wsi, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_ASYNC);
    }
}

/* --- the library
 * ---------------------------------------------------------------------------------- */

static void
to_log(int level, const char *line)
{
    g_autofree char *text = g_strdup(line);

    log_debug("ws", "%s", g_strchomp(text));
}

bool
ws_ground_start(struct ws_ground *ground, GError **error)
{
    static const struct lws_protocols protocols[] = {
        {.name = NAME, .callback = on_event, .rx_buffer_size = READ_BYTES}, {.name = NULL}};
    static const struct lws_extension extensions[] = {
        {.name = "permessage-deflate",
         .callback = lws_extension_callback_pm_deflate,
         .client_offer = "permessage-deflate; client_no_context_takeover"},
        {.name = NULL}};
    void *loops[1];
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN,
        .protocols = protocols,
        .extensions = extensions,
        .options = LWS_SERVER_OPTION_GLIB | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
                   LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS,
        .gid = (gid_t)-1,
        .uid = (uid_t)-1,
        .pt_serv_buf_size = READ_BYTES,
        .fd_limit_per_thread = LINKS_MAX,
        .timeout_secs = LIBRARY_S,
        .connect_timeout_secs = LIBRARY_S,
        .foreign_loops = loops,
    };

    if (ground->context)
        return true;
    ground->loop = g_main_loop_new(NULL, FALSE);
    ground->ssl = ssl_context_new(ground);
    loops[0] = ground->loop;
    info.provided_client_ssl_ctx = ground->ssl;
    lws_set_log_level(LLL_ERR | LLL_WARN, to_log);
    ground->context = lws_create_context(&info);
    if (ground->context)
        return true;
    ws_ground_stop(ground);
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_INTERNAL,
                        "libwebsockets does not start, so weft did not connect. Its part for GLib "
                        "is a package of its own: apt install libwebsockets-evlib-glib");
    return false;
}

void
ws_ground_stop(struct ws_ground *ground)
{
    if (ground->context)
        lws_context_destroy(ground->context);
    ground->context = NULL;
    g_clear_pointer(&ground->ssl, SSL_CTX_free);
    g_clear_pointer(&ground->loop, g_main_loop_unref);
}
