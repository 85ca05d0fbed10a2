#include "net/listen.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "net/local.h"
#include "net/stream_priv.h"

/* Without a descriptor left, a new try needs somebody else to give one back first. */
#define REST_US     ((int64_t)G_USEC_PER_SEC)
#define BACKLOG     16
#define ACCEPT_MOST 16 /* a turn of the loop */

struct listener {
    struct clock *clock;
    listen_fn accepted;
    void *user;
    char *path; /* or NULL: a port */
    uint16_t port;
    struct stat made; /* the file at `path` */
    GSocket *socket;
    GSource *source; /* NULL while it rests */
    unsigned rest;
    bool closed; /* from inside `accepted` */
    bool busy;
};

static void watch(struct listener *listener);

static void
listener_free(struct listener *listener)
{
    clock_timer_del(listener->clock, listener->rest);
    if (listener->source) {
        g_source_destroy(listener->source);
        g_source_unref(listener->source);
    }
    g_socket_close(listener->socket, NULL);
    g_object_unref(listener->socket);
    g_free(listener->path);
    g_free(listener);
}

static void
on_rested(void *user)
{
    struct listener *listener = user;

    listener->rest = 0;
    watch(listener);
}

static bool
accept_one(struct listener *listener)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(GSocket) socket = g_socket_accept(listener->socket, NULL, &why);

    if (!socket) {
        if (g_error_matches(why, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
            return false;
        log_warning("net", "A connection could not be taken: %s. weft waits a second.",
                    why->message);
        g_source_destroy(listener->source);
        g_clear_pointer(&listener->source, g_source_unref);
        listener->rest = clock_timer_add(listener->clock, REST_US, on_rested, listener);
        return false;
    }
    if (listener->path && !local_is_own(socket)) {
        log_warning("net", "A program of another user was refused at %s.", listener->path);
        return true;
    }
    g_socket_set_blocking(socket, FALSE);
    listener->accepted(listener->user, stream_new_accepted(listener->clock, socket));
    return !listener->closed;
}

static gboolean
on_acceptable(GSocket *socket, GIOCondition condition, void *user)
{
    struct listener *listener = user;

    listener->busy = true;
    for (unsigned i = 0; i < ACCEPT_MOST && accept_one(listener); i++)
        continue;
    listener->busy = false;
    if (listener->closed)
        listener_free(listener);
    return G_SOURCE_CONTINUE; /* who wanted it to end has destroyed it */
}

static void
watch(struct listener *listener)
{
    listener->source = g_socket_create_source(listener->socket, G_IO_IN, NULL);
    g_source_set_callback(listener->source, (GSourceFunc)(void (*)(void))on_acceptable, listener,
                          NULL);
    g_source_attach(listener->source, NULL);
}

static GSocket *
listen_on_loopback(uint16_t port, GError **error)
{
    g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
    g_autoptr(GSocketAddress) address = g_inet_socket_address_new(loopback, port);
    g_autoptr(GError) why = NULL;
    g_autoptr(GSocket) socket =
        g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &why);

    if (socket) {
        g_socket_set_blocking(socket, FALSE);
        g_socket_set_listen_backlog(socket, BACKLOG);
        if (g_socket_bind(socket, address, TRUE, &why) && g_socket_listen(socket, &why))
            return g_steal_pointer(&socket);
    }
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_IO, "weft cannot listen at 127.0.0.1:%u: %s.", port,
                why->message);
    return NULL;
}

static uint16_t
port_of(GSocket *socket)
{
    g_autoptr(GSocketAddress) address = g_socket_get_local_address(socket, NULL);

    return G_IS_INET_SOCKET_ADDRESS(address)
               ? g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(address))
               : 0;
}

struct listener *
listener_new(struct clock *clock, const struct listen_options *options, listen_fn accepted,
             void *user, GError **error)
{
    GSocket *socket = options->path ? local_listen(options->path, error)
                                    : listen_on_loopback(options->port, error);
    struct listener *listener;

    if (!socket)
        return NULL;
    listener = g_new0(struct listener, 1);
    listener->clock = clock;
    listener->accepted = accepted;
    listener->user = user;
    listener->path = g_strdup(options->path);
    listener->port = port_of(socket);
    listener->socket = socket;
    if (listener->path && lstat(listener->path, &listener->made) != 0)
        listener->made.st_ino = 0;
    watch(listener);
    return listener;
}

uint16_t
listener_port(const struct listener *listener)
{
    return listener->port;
}

void
listener_close(struct listener *listener)
{
    struct stat now;

    if (!listener)
        return;
    /* Another one may have been put in its place. */
    if (listener->path && lstat(listener->path, &now) == 0 && now.st_ino == listener->made.st_ino &&
        now.st_dev == listener->made.st_dev)
        unlink(listener->path);
    listener->closed = true;
    if (!listener->busy)
        listener_free(listener);
}
