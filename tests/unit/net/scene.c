#include "tests/unit/net/scene.h"

#include <string.h>
#include <sys/socket.h>

#include "net/net.h"
#include "tests/support/loop.h"

static void read_more(struct scene *scene);

static void
tell(struct scene *scene, const char *event)
{
    if (scene->on_event)
        scene->on_event(scene, event);
}

static void
keep_info(struct scene *scene, const struct stream_info *info)
{
    scene->secure = info->secure;
    g_free(scene->tls_version);
    scene->tls_version = g_strdup(info->tls_version);
    g_free(scene->peer);
    scene->peer = g_strdup(info->peer);
}

static void
on_opened(void *user, const struct stream_info *info)
{
    struct scene *scene = user;

    g_assert_nonnull(scene->stream); /* not from inside stream_open */
    g_assert_cmpuint(scene->closed, ==, 0);
    scene->opened++;
    keep_info(scene, info);
    tell(scene, "opened");
}

static void
on_data(void *user, const char *bytes, size_t len)
{
    struct scene *scene = user;

    g_assert_cmpuint(scene->closed, ==, 0);
    scene->turns++;
    scene->most_bytes = MAX(scene->most_bytes, len);
    scene->total_bytes += len;
    if (!scene->count_only)
        g_string_append_len(scene->got, bytes, (gssize)len);
    tell(scene, "data");
}

static void
on_secured(void *user, const struct stream_info *info)
{
    struct scene *scene = user;

    scene->secured++;
    keep_info(scene, info);
    tell(scene, "secured");
}

static void
on_drained(void *user)
{
    struct scene *scene = user;

    scene->drained++;
    tell(scene, "drained");
}

static void
on_closed(void *user, const GError *error)
{
    struct scene *scene = user;

    g_assert_nonnull(scene->stream);
    g_assert_cmpuint(scene->closed, ==, 0);
    g_assert_nonnull(error);
    g_assert_cmpuint(error->domain, ==, WEFT_ERROR);
    scene->closed++;
    scene->error = g_error_copy(error);
    tell(scene, "closed");
}

/* An earlier connection's reading may come back late. */
static bool
is_current(const struct scene *scene, GObject *in)
{
    return scene->io && G_INPUT_STREAM(in) == g_io_stream_get_input_stream(scene->io);
}

static void
on_read(GObject *source, GAsyncResult *result, void *user)
{
    struct scene *scene = user;
    g_autoptr(GError) error = NULL;
    gssize n = g_input_stream_read_finish(G_INPUT_STREAM(source), result, &error);

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || n <= 0 ||
        !is_current(scene, source))
        return;
    g_string_append_len(scene->heard, scene->buffer, n);
    if (scene->echo)
        g_output_stream_write_all(g_io_stream_get_output_stream(scene->io), scene->buffer, (gsize)n,
                                  NULL, NULL, NULL);
    if (scene->on_heard)
        scene->on_heard(scene);
    if (is_current(scene, source)) /* not when TLS is about to begin: the handshake reads then */
        read_more(scene);
}

static void
read_more(struct scene *scene)
{
    if (scene->io && !g_io_stream_is_closed(scene->io) &&
        !g_input_stream_has_pending(g_io_stream_get_input_stream(scene->io)))
        g_input_stream_read_async(g_io_stream_get_input_stream(scene->io), scene->buffer,
                                  sizeof scene->buffer, G_PRIORITY_DEFAULT, scene->server_end,
                                  on_read, scene);
}

static void
on_shook(GObject *source, GAsyncResult *result, void *user)
{
    struct scene *scene = user;
    g_autoptr(GError) error = NULL;
    bool good = g_tls_connection_handshake_finish(G_TLS_CONNECTION(source), result, &error);

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
        G_IO_STREAM(source) != scene->io) /* of an earlier connection */
        return;
    scene->shook = true;
    scene->shook_well = good;
    if (good && scene->on_client)
        scene->on_client(scene);
    if (good)
        read_more(scene);
    else
        g_socket_close(g_socket_connection_get_socket(scene->tcp), NULL);
}

static gboolean
accept_any(GTlsConnection *tls, GTlsCertificate *certificate, GTlsCertificateFlags flags,
           void *user)
{
    return TRUE;
}

void
scene_server_tls(struct scene *scene, const char *cert)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GTlsCertificate) own = g_tls_certificate_new_from_file(cert, &error);
    g_assert_no_error(error);
    /* Any certificate is accepted, and reading the system's authorities takes its time. */
    GIOStream *tls = g_initable_new(
        g_tls_backend_get_server_connection_type(g_tls_backend_get_default()), NULL, &error,
        "base-io-stream", scene->tcp, "certificate", own, "database", NULL, NULL);
    g_assert_no_error(error);

    g_object_set(tls, "authentication-mode", scene->client_auth, NULL);
    g_signal_connect(tls, "accept-certificate", G_CALLBACK(accept_any), NULL);
    g_tls_connection_set_require_close_notify(G_TLS_CONNECTION(tls), FALSE);
    g_clear_object(&scene->io);
    scene->io = tls;
    g_tls_connection_handshake_async(G_TLS_CONNECTION(tls), G_PRIORITY_DEFAULT, scene->server_end,
                                     on_shook, scene);
}

static gboolean
on_incoming(GSocketService *service, GSocketConnection *tcp, GObject *source, void *user)
{
    struct scene *scene = user;

    g_clear_object(&scene->io);
    g_clear_object(&scene->tcp);
    /* Of the last one, which was hung up. */
    if (g_cancellable_is_cancelled(scene->server_end)) {
        g_object_unref(scene->server_end);
        scene->server_end = g_cancellable_new();
    }
    scene->tcp = g_object_ref(tcp);
    if (scene->server_cert) {
        scene_server_tls(scene, scene->server_cert);
        return TRUE;
    }
    scene->io = G_IO_STREAM(g_object_ref(tcp));
    if (scene->on_client)
        scene->on_client(scene);
    read_more(scene);
    return TRUE;
}

struct net_ops *
scene_net_new(struct clock *clock)
{
    g_autofree char *module = g_test_build_filename(G_TEST_BUILT, NET_WEB_MODULE, NULL);

    return net_new(clock, module);
}

struct scene *
scene_new(void)
{
    struct scene *scene = g_new0(struct scene, 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
    g_autoptr(GSocketAddress) any = g_inet_socket_address_new(loopback, 0);
    g_autoptr(GSocketAddress) bound = NULL;

    scene->clock = clock_system_new();
    scene->net = scene_net_new(scene->clock);
    scene->got = g_string_new(NULL);
    scene->heard = g_string_new(NULL);
    scene->server_end = g_cancellable_new();
    scene->service = g_socket_service_new();
    g_socket_listener_add_address(G_SOCKET_LISTENER(scene->service), any, G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error);
    g_assert_no_error(error);
    scene->port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
    g_signal_connect(scene->service, "incoming", G_CALLBACK(on_incoming), scene);
    scene->options = (struct stream_options){.host = "127.0.0.1", .port = scene->port};
    return scene;
}

void
scene_open(struct scene *scene)
{
    static const struct stream_events events = {
        .opened = on_opened,
        .data = on_data,
        .secured = on_secured,
        .drained = on_drained,
        .closed = on_closed,
    };

    g_assert_null(scene->stream);
    scene->opened = scene->secured = scene->drained = scene->closed = 0;
    scene->shook = scene->shook_well = false;
    g_clear_error(&scene->error);
    g_string_truncate(scene->got, 0);
    g_string_truncate(scene->heard, 0);
    scene->stream = scene->net->stream_open(scene->net, &scene->options, &events, scene);
    g_assert_nonnull(scene->stream);
}

void
scene_close(struct scene *scene)
{
    struct stream *stream = g_steal_pointer(&scene->stream);

    if (stream)
        scene->net->stream_close(stream);
}

void
scene_free(struct scene *scene)
{
    scene_close(scene);
    g_cancellable_cancel(scene->server_end);
    g_socket_service_stop(scene->service);
    g_socket_listener_close(G_SOCKET_LISTENER(scene->service));
    scene_settle();
    g_object_unref(scene->service);
    g_clear_object(&scene->io);
    g_clear_object(&scene->tcp);
    g_object_unref(scene->server_end);
    net_free(scene->net);
    clock_free(scene->clock);
    g_string_free(scene->got, TRUE);
    g_string_free(scene->heard, TRUE);
    g_free(scene->tls_version);
    g_free(scene->peer);
    g_clear_error(&scene->error);
    g_free(scene);
}

void
scene_say(struct scene *scene, const char *text)
{
    g_autoptr(GError) error = NULL;

    g_output_stream_write_all(g_io_stream_get_output_stream(scene->io), text, strlen(text), NULL,
                              NULL, &error);
    /* A client that closes at once may be gone by now. */
    if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE))
        g_assert_no_error(error);
}

void
scene_hang_up(struct scene *scene, bool reset)
{
    GSocket *socket = g_socket_connection_get_socket(scene->tcp);

    if (reset) {
        struct linger linger = {.l_onoff = 1, .l_linger = 0};
        setsockopt(g_socket_get_fd(socket), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    }
    g_cancellable_cancel(scene->server_end);
    g_socket_close(socket, NULL);
}

void
scene_wait(struct scene *scene, bool (*done)(void *))
{
    if (!loop_until(done, scene, SCENE_WAIT_MS))
        g_error("it did not happen: opened %u, closed %u (%s), got %zu bytes", scene->opened,
                scene->closed, scene->error ? scene->error->message : "-", scene->total_bytes);
}

bool
scene_is_opened(void *scene)
{
    struct scene *it = scene;

    if (it->closed && !it->opened)
        g_error("closed instead of opened: %s", it->error->message);
    return it->opened > 0;
}

bool
scene_is_closed(void *scene)
{
    return ((struct scene *)scene)->closed > 0;
}

bool
scene_is_secured(void *scene)
{
    struct scene *it = scene;

    if (it->closed && !it->secured)
        g_error("closed instead of secured: %s", it->error->message);
    return it->secured > 0;
}

static bool
never(void *user)
{
    return false;
}

void
scene_settle(void)
{
    /* Cancelled work comes back from threads, so that an empty loop alone proves nothing. */
    loop_until(never, NULL, 30);
}

bool
scene_without_certs(void)
{
    if (scene_certs)
        return false;
    g_test_skip("the openssl command is not installed (apt install openssl)");
    return true;
}
