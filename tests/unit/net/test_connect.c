/* Names, addresses, refusals and timeouts. */
#include <string.h>

#include "net/net.h"
#include "tests/unit/net/scene.h"
#include "tests/unit/net/tests.h"

static bool
has_echo(void *scene)
{
    return strcmp(((struct scene *)scene)->got->str, "hello") == 0;
}

static void
test_echo(void)
{
    struct scene *scene = scene_new();
    g_autofree char *peer = g_strdup_printf("127.0.0.1:%u", scene->port);

    scene->echo = true;
    scene_open(scene);
    g_assert_cmpuint(scene->opened, ==, 0);
    g_assert_true(scene->net->stream_write(scene->stream, "hel", 3)); /* before it is open */
    scene_wait(scene, scene_is_opened);
    g_assert_true(scene->net->stream_write(scene->stream, "lo", 2));
    scene_wait(scene, has_echo);
    g_assert_cmpuint(scene->net->stream_pending(scene->stream), ==, 0);
    g_assert_cmpuint(scene->drained, >=, 1);
    g_assert_cmpuint(scene->opened, ==, 1);
    g_assert_false(scene->secure);
    g_assert_null(scene->tls_version);
    g_assert_cmpstr(scene->peer, ==, peer);
    g_assert_null(scene->net->stream_channel_binding(scene->stream, "tls-exporter"));
    scene_free(scene);
}

/* "localhost" is ::1 and 127.0.0.1; nobody listens on the first. */
static void
test_second_address(void)
{
    struct scene *scene = scene_new();
    g_autofree char *peer = g_strdup_printf("127.0.0.1:%u", scene->port);

    scene->options.host = "localhost";
    scene_open(scene);
    scene_wait(scene, scene_is_opened);
    g_assert_cmpstr(scene->peer, ==, peer);
    scene_free(scene);
}

static void
test_ipv6_literal(void)
{
    struct scene *scene = scene_new();
    g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV6);
    g_autoptr(GSocketAddress) any = g_inet_socket_address_new(loopback, 0);
    g_autoptr(GSocketAddress) bound = NULL;

    if (g_socket_listener_add_address(G_SOCKET_LISTENER(scene->service), any, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL)) {
        scene->options.host = "::1";
        scene->options.port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
        g_autofree char *peer = g_strdup_printf("[::1]:%u", scene->options.port);
        scene_open(scene);
        scene_wait(scene, scene_is_opened);
        g_assert_cmpstr(scene->peer, ==, peer);
    } else {
        g_test_skip("this machine has no IPv6 loopback");
    }
    scene_free(scene);
}

static void
test_refused(void)
{
    struct scene *scene = scene_new();
    const char *hosts[] = {"127.0.0.1", "localhost"};

    g_socket_service_stop(scene->service);
    g_socket_listener_close(G_SOCKET_LISTENER(scene->service));
    for (unsigned i = 0; i < G_N_ELEMENTS(hosts); i++) {
        g_autofree char *address = g_strdup_printf("%s:%u", hosts[i], scene->port);
        scene->options.host = hosts[i];
        scene_open(scene);
        scene_wait(scene, scene_is_closed);
        g_assert_error(scene->error, WEFT_ERROR, WEFT_ERROR_REFUSED);
        g_assert_nonnull(strstr(scene->error->message, address));
        g_assert_cmpuint(scene->opened, ==, 0);
        g_assert_false(scene->net->stream_write(scene->stream, "x", 1));
        scene_close(scene);
    }
    scene_free(scene);
}

static void
test_bad_options(void)
{
    struct scene *scene = scene_new();
    const char *hosts[] = {"", NULL, "no such host", "."};

    for (unsigned i = 0; i < G_N_ELEMENTS(hosts); i++) {
        scene->options.host = hosts[i];
        scene_open(scene);
        g_assert_cmpuint(scene->closed, ==, 0);
        scene_wait(scene, scene_is_closed);
        g_assert_error(scene->error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
        scene_close(scene);
    }
    scene->options.host = "127.0.0.1";
    scene->options.port = 0;
    scene_open(scene);
    scene_wait(scene, scene_is_closed);
    g_assert_error(scene->error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    scene_close(scene);
    scene->options.port = scene->port;
    scene->options.fingerprint = "12:34";
    scene_open(scene);
    scene_wait(scene, scene_is_closed);
    g_assert_error(scene->error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    g_assert_nonnull(strstr(scene->error->message, "64"));
    scene_free(scene);
}

/* A server whose port is open and that never says a word: only TLS waits for one. */
static void
test_silent_server(void)
{
    struct scene *scene = scene_new();

    scene->options.tls = STREAM_TLS_ON;
    scene->options.connect_timeout_us = 2500 * 1000;
    scene_open(scene);
    scene_wait(scene, scene_is_closed);
    g_assert_error(scene->error, WEFT_ERROR, WEFT_ERROR_TIMEOUT);
    g_assert_nonnull(strstr(scene->error->message, "2500 ms"));
    g_assert_nonnull(strstr(scene->error->message, "TLS"));
    scene_free(scene);
}

/* The timeout is the clock's that was handed down: nothing happens in real time. */
static void
test_timeout_by_clock(void)
{
    struct scene *scene = scene_new();
    struct net_ops *real = scene->net;
    struct clock *fake = clock_fake_new(0);

    scene->net = net_new(fake, NULL);
    scene->options.tls = STREAM_TLS_ON;
    scene_open(scene);
    clock_fake_advance(fake, (int64_t)29 * G_USEC_PER_SEC);
    scene_settle();
    g_assert_cmpuint(scene->closed, ==, 0);
    clock_fake_advance(fake, G_USEC_PER_SEC);
    scene_wait(scene, scene_is_closed);
    g_assert_error(scene->error, WEFT_ERROR, WEFT_ERROR_TIMEOUT);
    g_assert_nonnull(strstr(scene->error->message, "30 s"));
    scene_close(scene);
    scene_settle();
    g_assert_cmpuint(clock_fake_pending(fake), ==, 0);
    net_free(scene->net);
    clock_free(fake);
    scene->net = real;
    scene_free(scene);
}

/* A resolver that answers from a table, so that no test asks a name server. */
struct _WeftResolver {
    GResolver parent;
};
G_DECLARE_FINAL_TYPE(WeftResolver, weft_resolver, WEFT, RESOLVER, GResolver)
G_DEFINE_TYPE(WeftResolver, weft_resolver, G_TYPE_RESOLVER)

static GList *srv_targets; /* of GSrvTarget; what the next look-up answers */

static void
lookup_name(GResolver *resolver, const char *name, GResolverNameLookupFlags flags,
            GCancellable *cancellable, GAsyncReadyCallback callback, void *user)
{
    g_autoptr(GTask) task = g_task_new(resolver, cancellable, callback, user);

    if (strcmp(name, "mute.example") == 0)
        g_task_return_new_error(task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE, "mute");
    else if (strcmp(name, "here.example") == 0)
        g_task_return_pointer(
            task, g_list_append(NULL, g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4)), NULL);
    else
        g_task_return_new_error(task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "none");
}

static void
lookup_plain(GResolver *resolver, const char *name, GCancellable *cancellable,
             GAsyncReadyCallback callback, void *user)
{
    lookup_name(resolver, name, G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT, cancellable, callback, user);
}

static GList *
lookup_finish(GResolver *resolver, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

static GList *
lookup_name_finish(GResolver *resolver, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

static void
lookup_service(GResolver *resolver, const char *rrname, GCancellable *cancellable,
               GAsyncReadyCallback callback, void *user)
{
    g_autoptr(GTask) task = g_task_new(resolver, cancellable, callback, user);

    g_assert_cmpstr(rrname, ==, "_ircs._tcp.coop.example");
    if (srv_targets)
        g_task_return_pointer(task, g_steal_pointer(&srv_targets), NULL);
    else
        g_task_return_new_error(task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "none");
}

static void
weft_resolver_init(WeftResolver *resolver)
{
}

static void
weft_resolver_class_init(WeftResolverClass *class)
{
    GResolverClass *base = G_RESOLVER_CLASS(class);

    base->lookup_by_name_async = lookup_plain;
    base->lookup_by_name_finish = lookup_finish;
    base->lookup_by_name_with_flags_async = lookup_name;
    base->lookup_by_name_with_flags_finish = lookup_name_finish;
    base->lookup_service_async = lookup_service;
    base->lookup_service_finish = lookup_finish;
}

static void
test_names(void)
{
    static const struct {
        const char *host;
        const char *says;
    } bad[] = {{"missing.example", "found"}, {"mute.example", "looked up"}};
    g_autoptr(GResolver) before = g_resolver_get_default();
    g_autoptr(GResolver) ours = g_object_new(weft_resolver_get_type(), NULL);
    struct scene *scene = scene_new();

    g_resolver_set_default(ours);
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        scene->options.host = bad[i].host;
        scene_open(scene);
        scene_wait(scene, scene_is_closed);
        g_assert_error(scene->error, WEFT_ERROR, WEFT_ERROR_DNS);
        g_assert_nonnull(strstr(scene->error->message, bad[i].host));
        g_assert_nonnull(strstr(scene->error->message, bad[i].says));
        scene_close(scene);
    }
    scene->options.host = "here.example";
    scene_open(scene);
    scene_wait(scene, scene_is_opened);
    scene_free(scene);
    g_resolver_set_default(before);
}

static void
test_srv(void)
{
    g_autoptr(GResolver) before = g_resolver_get_default();
    g_autoptr(GResolver) ours = g_object_new(weft_resolver_get_type(), NULL);
    struct scene *scene = scene_new();

    g_resolver_set_default(ours);
    scene->options.host = "coop.example";
    scene->options.srv = "ircs";
    scene->options.port = 1;
    /* The first target has no address, the second is there. */
    srv_targets = g_list_append(NULL, g_srv_target_new("missing.example", 9, 0, 0));
    srv_targets = g_list_append(srv_targets, g_srv_target_new("here.example", scene->port, 1, 0));
    scene_open(scene);
    scene_wait(scene, scene_is_opened);
    scene_close(scene);
    /* "Not offered" is said, not worked around. */
    srv_targets = g_list_append(NULL, g_srv_target_new(".", 0, 0, 0));
    scene_open(scene);
    scene_wait(scene, scene_is_closed);
    g_assert_error(scene->error, WEFT_ERROR, WEFT_ERROR_DNS);
    g_assert_nonnull(strstr(scene->error->message, "does not offer"));
    scene_close(scene);
    /* No record: the host itself, which has no address here. */
    scene_open(scene);
    scene_wait(scene, scene_is_closed);
    g_assert_error(scene->error, WEFT_ERROR, WEFT_ERROR_DNS);
    g_assert_nonnull(strstr(scene->error->message, "coop.example"));
    scene_free(scene);
    g_resolver_set_default(before);
}

void
test_connect_add(void)
{
    g_test_add_func("/connect/echo", test_echo);
    g_test_add_func("/connect/second-address", test_second_address);
    g_test_add_func("/connect/ipv6-literal", test_ipv6_literal);
    g_test_add_func("/connect/refused", test_refused);
    g_test_add_func("/connect/bad-options", test_bad_options);
    g_test_add_func("/connect/silent-server", test_silent_server);
    g_test_add_func("/connect/timeout-by-clock", test_timeout_by_clock);
    g_test_add_func("/connect/names", test_names);
    g_test_add_func("/connect/srv", test_srv);
}
