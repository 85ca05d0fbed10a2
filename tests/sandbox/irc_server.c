/* The server's life on its thread, and the calls that reach it from the test's. */
#include "tests/sandbox/ircd_priv.h"

#include "tests/support/thread_loop.h"
#include <string.h>

/* ---- time, names ---- */

int64_t
ircd_now_us(struct irc_server *server)
{
    return g_get_real_time() + server->options.clock_offset_us;
}

char *
ircd_fold(const char *name)
{
    char *folded = g_ascii_strdown(name, -1);

    for (char *c = folded; *c != '\0'; c++) {
        if (*c == '[')
            *c = '{';
        else if (*c == ']')
            *c = '}';
        else if (*c == '\\')
            *c = '|';
        else if (*c == '~')
            *c = '^';
    }
    return folded;
}

bool
ircd_same(const char *a, const char *b)
{
    g_autofree char *one = ircd_fold(a);
    g_autofree char *two = ircd_fold(b);

    return g_str_equal(one, two);
}

struct ircd_conn *
ircd_find_nick(struct irc_server *server, const char *nick)
{
    for (unsigned i = 0; i < server->conns->len; i++) {
        struct ircd_conn *conn = g_ptr_array_index(server->conns, i);

        if (conn->nick != NULL && ircd_same(conn->nick, nick))
            return conn;
    }
    return NULL;
}

void
ircd_complain(struct ircd_conn *conn, const char *what, const char *line)
{
    struct irc_server *server =
        conn->server->bouncer != NULL ? conn->server->bouncer : conn->server;

    g_ptr_array_add(
        server->complaints,
        g_strdup_printf("%s: %s: %.200s", conn->nick != NULL ? conn->nick : "*", what, line));
}

/* ---- faults ---- */

static void
fault_free(gpointer data)
{
    struct ircd_fault *fault = data;

    g_free(fault->nick);
    g_free(fault->command);
    g_free(fault);
}

static bool
fault_is_for(const struct ircd_fault *fault, const struct ircd_conn *conn)
{
    return fault->nick == NULL || (conn->nick != NULL && ircd_same(fault->nick, conn->nick));
}

struct ircd_fault *
ircd_fault_find(struct ircd_conn *conn, enum irc_server_fault kind)
{
    for (unsigned i = 0; i < conn->server->faults->len; i++) {
        struct ircd_fault *fault = g_ptr_array_index(conn->server->faults, i);

        if (fault->command == NULL && fault->kind == kind && fault_is_for(fault, conn))
            return fault;
    }
    return NULL;
}

static bool
fault_use(struct irc_server *server, struct ircd_fault *fault)
{
    if (fault == NULL)
        return false;
    if (fault->n <= 1)
        g_ptr_array_remove(server->faults, fault);
    else
        fault->n--;
    return true;
}

bool
ircd_fault_take(struct ircd_conn *conn, enum irc_server_fault kind)
{
    return fault_use(conn->server, ircd_fault_find(conn, kind));
}

bool
ircd_swallow_take(struct ircd_conn *conn, const char *command)
{
    for (unsigned i = 0; i < conn->server->faults->len; i++) {
        struct ircd_fault *fault = g_ptr_array_index(conn->server->faults, i);

        if (g_strcmp0(fault->command, command) == 0 && fault_is_for(fault, conn))
            return fault_use(conn->server, fault);
    }
    return false;
}

/* ---- listening ---- */

static gboolean
on_incoming(GSocketService *service, GSocketConnection *socket, GObject *source, gpointer user)
{
    struct irc_server *server = user;

    (void)source;
    ircd_conn_accept(server, socket, service == server->tls);
    return TRUE;
}

/* `*port` 0: the kernel's choice, which is written there. */
static GSocketService *
listen_on(struct irc_server *server, uint16_t *port)
{
    GSocketService *service = g_socket_service_new();
    g_autoptr(GSocketAddress) wanted = g_inet_socket_address_new_from_string("127.0.0.1", *port);
    g_autoptr(GSocketAddress) got = NULL;
    g_autoptr(GError) error = NULL;

    g_socket_listener_add_address(G_SOCKET_LISTENER(service), wanted, G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_TCP, NULL, &got, &error);
    g_assert_no_error(error);
    *port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(got));
    g_signal_connect(service, "incoming", G_CALLBACK(on_incoming), server);
    return service;
}

void
ircd_listen_start(struct irc_server *server)
{
    if (server->plain == NULL)
        server->plain = listen_on(server, &server->port);
    if (server->tls == NULL && server->certificate != NULL)
        server->tls = listen_on(server, &server->tls_port);
}

void
ircd_listen_stop(struct irc_server *server)
{
    GSocketService **services[] = {&server->plain, &server->tls};

    for (size_t i = 0; i < G_N_ELEMENTS(services); i++) {
        if (*services[i] == NULL)
            continue;
        g_signal_handlers_disconnect_by_data(*services[i], server);
        g_socket_service_stop(*services[i]);
        g_socket_listener_close(G_SOCKET_LISTENER(*services[i]));
        g_clear_object(services[i]);
    }
}

static void
cut_all(struct irc_server *server)
{
    while (server->conns->len > 0)
        ircd_conn_cut(g_ptr_array_index(server->conns, 0), "Cut");
}

/* ---- calls from the test's thread ---- */

struct call {
    struct irc_server *server;
    ircd_call_fn fn;
    void *arguments;
};

static void
on_call(void *user)
{
    const struct call *call = user;
    call->fn(call->server, call->arguments);
}

void
ircd_call(struct irc_server *server, ircd_call_fn fn, void *arguments)
{
    struct call call = {server, fn, arguments};
    thread_call(server->context, on_call, &call);
}

/* ---- life ---- */

static void
account_free(gpointer data)
{
    struct ircd_account *account = data;

    g_free(account->name);
    g_free(account->secret);
    g_ptr_array_unref(account->fingerprints);
    g_free(account);
}

static void
received_free(gpointer data)
{
    struct ircd_received *received = data;

    g_free(received->nick);
    g_free(received->line);
    g_free(received);
}

static const char *
keep(struct irc_server *server, const char *text)
{
    char *copy = g_strdup(text);

    if (copy != NULL)
        g_ptr_array_add(server->strings, copy);
    return copy;
}

static void
take_options(struct irc_server *server, const struct irc_server_options *options)
{
    struct irc_server_options *own = &server->options;

    if (options != NULL)
        *own = *options;
    own->caps = keep(server, own->caps);
    own->extra_caps = keep(server, own->extra_caps);
    own->sasl = keep(server, own->sasl);
    own->scram_iterations = keep(server, own->scram_iterations);
    own->cert_file = keep(server, own->cert_file);
    own->key_file = keep(server, own->key_file);
    own->password = keep(server, own->password);
    own->isupport = keep(server, own->isupport);
    own->client_tag_deny = keep(server, own->client_tag_deny);
    if (own->multiline_bytes == 0)
        own->multiline_bytes = 4096;
    if (own->multiline_lines == 0)
        own->multiline_lines = 20;
    if (own->nick_len == 0)
        own->nick_len = 30;
    if (own->flood_ms == 0)
        own->flood_ms = 1000;
    server->offered = own->caps != NULL ? ircd_caps_parse(own->caps) : CAP_SERVER;
    if (own->bouncer)
        server->offered |= CAP_BIT(CAP_BOUNCER_NETWORKS) | CAP_BIT(CAP_BOUNCER_NOTIFY);
}

static void
call_up(struct irc_server *server, void *arguments)
{
    (void)arguments;
    ircd_listen_start(server);
    for (unsigned i = 0; i < server->networks->len; i++)
        ircd_listen_start(g_ptr_array_index(server->networks, i));
}

static void
make_tables(struct irc_server *server)
{
    server->conns = g_ptr_array_new_with_free_func((GDestroyNotify)ircd_conn_unref);
    server->channels =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)ircd_channel_free);
    server->history =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    server->marks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    server->kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    server->ops = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    server->faults = g_ptr_array_new_with_free_func(fault_free);
    server->received = g_ptr_array_new_with_free_func(received_free);
    server->complaints = g_ptr_array_new_with_free_func(g_free);
    server->far = g_ptr_array_new_with_free_func(ircd_far_free);
    server->networks = g_ptr_array_new_with_free_func((GDestroyNotify)ircd_server_free);
}

struct irc_server *
ircd_server_new(const struct irc_server_options *options, struct irc_server *beside)
{
    struct irc_server *server = g_new0(struct irc_server, 1);
    g_autoptr(GError) error = NULL;

    server->strings = g_ptr_array_new_with_free_func(g_free);
    take_options(server, options);
    server->bouncer = beside;
    server->context = beside != NULL ? g_main_context_ref(beside->context) : g_main_context_new();
    server->accounts = beside != NULL
                           ? g_hash_table_ref(beside->accounts)
                           : g_hash_table_new_full(g_str_hash, g_str_equal, NULL, account_free);
    make_tables(server);
    ircd_sasl_init(server);
    if (server->options.cert_file != NULL) {
        server->certificate = g_tls_certificate_new_from_files(server->options.cert_file,
                                                               server->options.key_file, &error);
        g_assert_no_error(error);
    }
    return server;
}

void
ircd_server_free(struct irc_server *server)
{
    GHashTable *tables[] = {server->accounts, server->channels, server->history,
                            server->marks,    server->kept,     server->ops};
    GPtrArray *arrays[] = {server->networks, server->conns,      server->far,    server->faults,
                           server->received, server->complaints, server->strings};

    ircd_sasl_fini(server);
    g_clear_object(&server->certificate);
    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_ptr_array_unref(arrays[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        g_hash_table_unref(tables[i]);
    g_main_context_unref(server->context);
    g_free(server->netid);
    g_free(server->netname);
    g_free(server);
}

struct irc_server *
irc_server_start(const struct irc_server_options *options)
{
    struct irc_server *server = ircd_server_new(options, NULL);

    server->loop = thread_loop_start(server->context, "irc-server");
    ircd_call(server, call_up, NULL);
    return server;
}

static void
call_down(struct irc_server *server, void *arguments)
{
    (void)arguments;
    g_ptr_array_set_size(server->far, 0);
    ircd_listen_stop(server);
    cut_all(server);
    for (unsigned i = 0; i < server->networks->len; i++)
        call_down(g_ptr_array_index(server->networks, i), NULL);
}

static void
stop(void *user)
{
    call_down(user, NULL);
}

void
irc_server_stop(struct irc_server *server)
{
    if (server == NULL)
        return;
    thread_loop_stop(server->loop, stop, server);
    ircd_server_free(server);
}

uint16_t
irc_server_port(const struct irc_server *server)
{
    return server->port;
}

uint16_t
irc_server_tls_port(const struct irc_server *server)
{
    return server->tls_port;
}

void
irc_server_down(struct irc_server *server)
{
    ircd_call(server, call_down, NULL);
}

void
irc_server_up(struct irc_server *server)
{
    ircd_call(server, call_up, NULL);
}
