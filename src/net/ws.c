#include "net/ws.h"

#include <string.h>

#include "base/error.h"
#include "net/ws_priv.h"

#define CONNECT_US ((int64_t)30 * G_USEC_PER_SEC)
#define PING_US    ((int64_t)30 * G_USEC_PER_SEC)
#define DEAD_US    ((int64_t)60 * G_USEC_PER_SEC)

static void arm(struct ws *ws, int64_t delay_us);

/* --- the end
 * --------------------------------------------------------------------------------------- */

static gboolean
on_ending(gpointer data)
{
    struct ws *ws = data;
    g_autoptr(GError) error = g_steal_pointer(&ws->error);

    g_source_unref(g_steal_pointer(&ws->ending));
    ws->events.closed(ws->user, ws->end_code, ws->end_status, error);
    return G_SOURCE_REMOVE;
}

void
ws_fail_take(struct ws *ws, GError *error, int code, int status)
{
    if (ws->stage == WS_ENDED) {
        g_error_free(error);
        return;
    }
    ws_link_close(ws, ws->link ? ws->link->close_code : 0);
    ws->stage = WS_ENDED;
    ws->error = error;
    ws->end_code = code;
    ws->end_status = status;
    g_cancellable_cancel(ws->cancellable);
    arm(ws, -1);
    ws->ending = g_idle_source_new();
    g_source_set_priority(ws->ending, G_PRIORITY_DEFAULT);
    g_source_set_callback(ws->ending, on_ending, ws, NULL);
    g_source_attach(ws->ending, NULL);
}

/* --- timers: connecting, silence
 * ------------------------------------------------------------------- */

static void
on_connect_timeout(struct ws *ws)
{
    ws_fail_take(ws,
                 g_error_new(WEFT_ERROR, WEFT_ERROR_TIMEOUT, "%s did not answer within %d s.",
                             ws->address, (int)(ws->connect_timeout_us / G_USEC_PER_SEC)),
                 0, 0);
}

static void
watch_silence(struct ws *ws)
{
    int64_t now_us = clock_mono_us(ws->ground->clock);
    int64_t silent_us;

    if (ws->paused)
        ws->heard_us = now_us;
    silent_us = now_us - ws->heard_us;
    if (silent_us >= ws->dead_us) {
        ws_fail_take(ws,
                     g_error_new(WEFT_ERROR, WEFT_ERROR_TIMEOUT,
                                 "The connection to %s is dead: nothing has been answered for %d "
                                 "s.",
                                 ws->address, (int)(silent_us / G_USEC_PER_SEC)),
                     0, 0);
        return;
    }
    if (silent_us < ws->ping_us) {
        arm(ws, ws->ping_us - silent_us);
        return;
    }
    if (!ws->pinged) {
        ws->pinged = true;
        ws->ping_due = true;
        lws_callback_on_writable(ws->link->wsi);
    }
    arm(ws, ws->dead_us - silent_us);
}

static void
on_timer(void *user)
{
    struct ws *ws = user;

    ws->timer = 0;
    if (ws->stage == WS_OPEN)
        watch_silence(ws);
    else
        on_connect_timeout(ws);
}

/* Below 0: no timer. */
static void
arm(struct ws *ws, int64_t delay_us)
{
    clock_timer_del(ws->ground->clock, ws->timer);
    ws->timer = delay_us < 0 ? 0 : clock_timer_add(ws->ground->clock, delay_us, on_timer, ws);
}

void
ws_is_open(struct ws *ws)
{
    ws->stage = WS_OPEN;
    arm(ws, ws->ping_us);
    if (ws->paused)
        ws_pause(ws, true);
    ws->events.opened(ws->user);
}

/* --- connecting
 * ----------------------------------------------------------------------------------- */

/* The next address; with none left it has failed by the last one's error. */
static void
try_next(struct ws *ws, GError *error)
{
    while (ws->stage == WS_CONNECTING && ws->addresses) {
        g_autoptr(GInetAddress) address = ws->addresses->data;
        g_autofree char *text = g_inet_address_to_string(address);
        ws->addresses = g_list_delete_link(ws->addresses, ws->addresses);
        if (ws_link_open(ws, text)) {
            g_clear_error(&error);
            return;
        }
    }
    if (!error)
        error =
            g_error_new(WEFT_ERROR, WEFT_ERROR_REFUSED, "%s could not be reached.", ws->address);
    ws_fail_take(ws, error, 0, 0);
}

void
ws_link_failed(struct ws *ws, GError *error)
{
    /* Another address of the same server has the same certificate and gives the same answers. */
    if (ws->stage != WS_CONNECTING || error_is(error, WEFT_ERROR_TLS))
        ws_fail_take(ws, error, 0, 0);
    else
        try_next(ws, error);
}

static void
on_resolved(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(GError) error = NULL;
    GList *found = g_resolver_lookup_by_name_finish(G_RESOLVER(source), result, &error);
    struct ws *ws = user;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        g_resolver_free_addresses(found);
        return; /* it is gone */
    }
    if (!found) {
        ws_fail_take(ws,
                     g_error_new(WEFT_ERROR, WEFT_ERROR_DNS,
                                 "No server by the name %s was found. Check how it is written, and "
                                 "this machine's connection.",
                                 ws->host),
                     0, 0);
        return;
    }
    ws->addresses = found;
    ws->stage = WS_CONNECTING;
    try_next(ws, NULL);
}

static void
on_loaded(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(GError) error = NULL;
    struct verify *verify = verify_load_finish(result, &error);
    g_autoptr(GResolver) resolver = NULL;
    struct ws *ws = user;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    ws->verify = verify;
    if (!error)
        ws_ground_start(ws->ground, &error);
    if (error) {
        ws_fail_take(ws, g_steal_pointer(&error), 0, 0);
        return;
    }
    ws->stage = WS_LOOKING_UP;
    resolver = g_resolver_get_default();
    g_resolver_lookup_by_name_async(resolver, ws->host, ws->cancellable, on_resolved, ws);
}

/* --- options
 * --------------------------------------------------------------------------------------- */

static bool
read_url(struct ws *ws, const char *url)
{
    g_autoptr(GUri) uri =
        url ? g_uri_parse(url, G_URI_FLAGS_ENCODED | G_URI_FLAGS_SCHEME_NORMALIZE, NULL) : NULL;
    const char *host = uri ? g_uri_get_host(uri) : NULL;
    const char *scheme = uri ? g_uri_get_scheme(uri) : "";

    ws->secure = strcmp(scheme, "wss") == 0;
    if (!host || !*host || g_uri_get_userinfo(uri) || (!ws->secure && strcmp(scheme, "ws") != 0))
        return false;
    ws->host = g_hostname_to_ascii(host);
    if (!ws->host)
        return false;
    const bool has_port = g_uri_get_port(uri) > 0;
    const char *left = strchr(ws->host, ':') ? "[" : "";
    const char *right = *left ? "]" : "";
    const char *path = g_uri_get_path(uri);
    const char *query = g_uri_get_query(uri);
    ws->port = has_port ? g_uri_get_port(uri) : ws->secure ? 443 : 80;
    ws->address = g_strdup_printf("%s%s%s:%d", left, ws->host, right, ws->port);
    ws->host_header =
        has_port ? g_strdup(ws->address) : g_strdup_printf("%s%s%s", left, ws->host, right);
    ws->path = g_strconcat(*path ? path : "/", query ? "?" : NULL, query, NULL);
    return true;
}

static GError *
read_options(struct ws *ws, const struct ws_options *options)
{
    g_autoptr(GStrvBuilder) headers = g_strv_builder_new();

    for (const char *const *header = options->headers; header && *header; header++)
        g_strv_builder_add(headers, *header);
    ws->headers = g_strv_builder_end(headers);
    ws->subprotocol = g_strdup(options->subprotocol);
    tls_copy_set(&ws->tls, &options->tls);
    ws->connect_timeout_us =
        options->connect_timeout_us > 0 ? options->connect_timeout_us : CONNECT_US;
    ws->ping_us = options->ping_us > 0 ? options->ping_us : PING_US;
    ws->dead_us = MAX(options->dead_us > 0 ? options->dead_us : DEAD_US, ws->ping_us + 1);
    ws->max_bytes = options->max_bytes > 0 ? options->max_bytes : WS_MESSAGE_MAX_BYTES;
    if (!read_url(ws, options->url))
        return g_error_new_literal(WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                                   "That is no address of a WebSocket server: it must begin with "
                                   "wss:// and have no name or password in it.");
    for (char **header = ws->headers; header && *header; header++)
        if (strpbrk(*header, "\r\n"))
            return g_error_new_literal(WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                                       "A header with a line end in it was not sent.");
    return NULL;
}

struct ws *
ws_open(struct ws_ground *ground, const struct ws_options *options, const struct ws_events *events,
        void *user)
{
    struct ws *ws = g_new0(struct ws, 1);
    struct tls_wishes wishes;
    GError *error;

    ws->ground = ground;
    ws->events = *events;
    ws->user = user;
    ws->cancellable = g_cancellable_new();
    ws->message = g_byte_array_new();
    g_queue_init(&ws->out);
    error = read_options(ws, options);
    if (error) {
        ws_fail_take(ws, error, 0, 0);
        return ws;
    }
    arm(ws, ws->connect_timeout_us);
    wishes = tls_copy_wishes(&ws->tls);
    verify_load(ws->secure ? ws->host : NULL, &wishes, ws->cancellable, on_loaded, ws);
    return ws;
}

/* --- use
 * -------------------------------------------------------------------------------------------- */

bool
ws_send(struct ws *ws, const char *text, size_t len)
{
    const unsigned char room[LWS_PRE] = {0};
    GByteArray *bytes;

    if (ws->stage != WS_OPEN || len > WS_QUEUE_MAX_BYTES - ws->out_bytes)
        return false;
    bytes = g_byte_array_sized_new((guint)(LWS_PRE + len));
    g_byte_array_append(bytes, room, LWS_PRE);
    g_byte_array_append(bytes, (const guint8 *)text, (guint)len);
    g_queue_push_tail(&ws->out, bytes);
    ws->out_bytes += len;
    lws_callback_on_writable(ws->link->wsi);
    return true;
}

void
ws_pause(struct ws *ws, bool paused)
{
    /* What was said meanwhile has not been heard, so silence begins anew. */
    if (ws->paused && !paused)
        ws->heard_us = clock_mono_us(ws->ground->clock);
    ws->paused = paused;
    if (ws->stage == WS_OPEN && ws->link)
        lws_rx_flow_control(ws->link->wsi, paused ? 0 : 1);
}

static void
free_bytes(gpointer bytes)
{
    g_byte_array_unref(bytes);
}

void
ws_close(struct ws *ws, int code)
{
    ws_link_close(ws, code);
    arm(ws, -1);
    g_cancellable_cancel(ws->cancellable);
    g_clear_object(&ws->cancellable);
    if (ws->ending) {
        g_source_destroy(ws->ending);
        g_source_unref(ws->ending);
    }
    verify_free(ws->verify);
    g_list_free_full(ws->addresses, g_object_unref);
    g_queue_clear_full(&ws->out, free_bytes);
    g_byte_array_unref(ws->message);
    g_clear_error(&ws->error);
    g_strfreev(ws->headers);
    g_free(ws->subprotocol);
    tls_copy_clear(&ws->tls);
    g_free(ws->host);
    g_free(ws->address);
    g_free(ws->host_header);
    g_free(ws->path);
    g_free(ws);
}

struct ws_ground *
ws_ground_new(struct clock *clock)
{
    struct ws_ground *ground = g_new0(struct ws_ground, 1);

    ground->clock = clock;
    ground->links = g_ptr_array_new();
    return ground;
}

void
ws_ground_free(struct ws_ground *ground)
{
    if (!ground)
        return;
    ws_ground_stop(ground);
    while (ground->links->len > 0)
        g_free(g_ptr_array_steal_index_fast(ground->links, 0));
    g_ptr_array_unref(ground->links);
    g_free(ground);
}
