/* From a name to a connected socket: what TLS needs is loaded first, then SRV, then every address
 * in turn. */
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "base/error.h"
#include "net/local.h"
#include "net/stream_priv.h"

static void try_next(struct stream *stream);

static char *
peer_name(GSocketConnection *tcp)
{
    g_autoptr(GSocketAddress) address = g_socket_connection_get_remote_address(tcp, NULL);

    if (!address || !G_IS_INET_SOCKET_ADDRESS(address))
        return g_strdup("?");
    GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS(address);
    GInetAddress *ip = g_inet_socket_address_get_address(inet);
    g_autofree char *text = g_inet_address_to_string(ip);
    bool six = g_inet_address_get_family(ip) == G_SOCKET_FAMILY_IPV6;
    return g_strdup_printf(six ? "[%s]:%u" : "%s:%u", text, g_inet_socket_address_get_port(inet));
}

/* A unix socket is there at once, or not at all; only the word of it waits for its turn. */
static gboolean
on_local(void *user)
{
    struct stream *stream = user;
    g_autoptr(GError) error = NULL;

    if (stream_is_over(stream))
        return G_SOURCE_REMOVE;
    g_autoptr(GSocket) socket = local_connect(stream->path, &error);
    if (!socket) {
        stream_fail_take(stream, g_steal_pointer(&error));
        return G_SOURCE_REMOVE;
    }
    stream->tcp = g_socket_connection_factory_create_connection(socket);
    stream->peer = g_strdup(stream->path);
    stream_use(stream, G_IO_STREAM(stream->tcp));
    stream_up(stream);
    return G_SOURCE_REMOVE;
}

static void
unref_stream(void *stream)
{
    stream_unref(stream);
}

static void
on_connected(GObject *source, GAsyncResult *result, void *user)
{
    struct stream *stream = user;
    g_autoptr(GError) why = NULL;
    GSocketConnection *tcp = g_socket_client_connect_finish(G_SOCKET_CLIENT(source), result, &why);

    if (stream_is_over(stream)) {
        g_clear_object(&tcp);
    } else if (!tcp && stream->targets) {
        try_next(stream);
    } else if (!tcp) {
        stream_fail_take(stream, stream_connect_error(stream, why));
    } else {
        GSocket *socket = g_socket_connection_get_socket(tcp);
        g_socket_set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
        g_socket_set_keepalive(socket, TRUE);
        stream->tcp = tcp;
        stream->peer = peer_name(tcp);
        if (stream->tls_mode == STREAM_TLS_ON) {
            stream_handshake(stream);
        } else {
            stream_use(stream, G_IO_STREAM(tcp));
            stream_up(stream);
        }
    }
    stream_unref(stream);
}

static void
connect_to(struct stream *stream, const char *name, uint16_t port)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketConnectable) where = g_network_address_new(name, port);

    /* A connection goes where the account says, not where the desktop's proxy settings do. */
    g_socket_client_set_enable_proxy(client, FALSE);
    stream->stage = STAGE_CONNECTING;
    g_socket_client_connect_async(client, where, stream->cancellable, on_connected,
                                  stream_ref(stream));
}

static void
try_next(struct stream *stream)
{
    GList *first = stream->targets;
    GSrvTarget *target = first->data;

    stream->targets = g_list_delete_link(stream->targets, first);
    g_free(stream->address);
    stream->address =
        g_strdup_printf("%s:%u", g_srv_target_get_hostname(target), g_srv_target_get_port(target));
    connect_to(stream, g_srv_target_get_hostname(target), g_srv_target_get_port(target));
    g_srv_target_free(target);
}

static bool
service_is_refused(GList *targets)
{
    if (!targets || targets->next)
        return false;
    const char *only = g_srv_target_get_hostname(targets->data);
    return g_str_equal(only, "") || g_str_equal(only, ".");
}

static void
on_looked_up(GObject *source, GAsyncResult *result, void *user)
{
    struct stream *stream = user;
    g_autoptr(GError) why = NULL;
    GList *targets = g_resolver_lookup_service_finish(G_RESOLVER(source), result, &why);

    if (stream_is_over(stream)) {
        g_list_free_full(targets, (GDestroyNotify)g_srv_target_free);
    } else if (service_is_refused(targets)) { /* RFC 2782: a target of "." */
        g_list_free_full(targets, (GDestroyNotify)g_srv_target_free);
        stream_fail_take(stream, g_error_new(WEFT_ERROR, WEFT_ERROR_DNS,
                                             "%s says that it does not offer this service (%s). "
                                             "Check the name of the server in the account.",
                                             stream->host, stream->srv));
    } else if (targets) {
        stream->targets = targets;
        try_next(stream);
    } else if (stream->port != 0) {
        connect_to(stream, stream->name, stream->port);
    } else {
        stream_fail_take(stream, stream_connect_error(stream, why));
    }
    stream_unref(stream);
}

static void
look_up(struct stream *stream)
{
    if (!stream->srv || g_hostname_is_ip_address(stream->name)) {
        connect_to(stream, stream->name, stream->port);
        return;
    }
    g_autoptr(GResolver) resolver = g_resolver_get_default();
    stream->stage = STAGE_LOOKING_UP;
    g_resolver_lookup_service_async(resolver, stream->srv, "tcp", stream->name, stream->cancellable,
                                    on_looked_up, stream_ref(stream));
}

static void
on_trust(GObject *source, GAsyncResult *result, void *user)
{
    struct stream *stream = user;
    GError *error = NULL;
    struct trust *trust = trust_load_finish(result, &error);

    if (stream_is_over(stream)) {
        trust_free(trust);
        g_clear_error(&error);
    } else if (!trust) {
        stream_fail_take(stream, error);
    } else {
        stream->trust = trust;
        look_up(stream);
    }
    stream_unref(stream);
}

void
stream_connect(struct stream *stream)
{
    if (stream->path) {
        g_idle_add_full(G_PRIORITY_DEFAULT, on_local, stream_ref(stream), unref_stream);
        return;
    }
    if (stream->tls_mode == STREAM_TLS_OFF) {
        look_up(stream);
        return;
    }
    stream->stage = STAGE_LOADING;
    trust_load(stream->ca_file, stream->cert_file, stream->cancellable, on_trust,
               stream_ref(stream));
}
