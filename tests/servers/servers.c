#include "config.h"

#include "tests/servers/servers_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOG_NAME        "output.log"
#define LOG_TAIL_BYTES  4000
#define END_DEADLINE_US (5 * G_USEC_PER_SEC)
#define TRY_MS          20

static const struct server_row *
row_of(enum server_kind kind)
{
    switch (kind) {
    case SERVER_INSPIRCD:
        return &server_inspircd_row;
    case SERVER_INSPIRCD_ANOPE:
        return &server_inspircd_anope_row;
    case SERVER_NGIRCD:
        return &server_ngircd_row;
    case SERVER_KIND_N:
        break;
    }
    g_assert_not_reached();
}

const char *
server_kind_name(enum server_kind kind)
{
    return row_of(kind)->name;
}

bool
server_wanted(const char *name)
{
    const char *list = g_getenv("WEFT_SERVERS");
    g_auto(GStrv) words = NULL;
    bool any = false;

    if (list == NULL)
        return true;
    words = g_strsplit_set(list, " ,", -1);
    for (char **word = words; *word != NULL; word++) {
        if (**word == '\0')
            continue;
        any = true;
        if (g_str_has_prefix(name, *word))
            return true;
    }
    return !any;
}

bool
server_kind_available(enum server_kind kind, char **ret_why_not)
{
    const struct server_row *row = row_of(kind);
    const char *root = g_getenv("WEFT_TEST_SERVERS");

    if (!server_wanted(row->name)) {
        *ret_why_not = g_strdup_printf("%s was not asked for", row->name);
        return false;
    }
    for (const char *const *program = row->programs; *program != NULL; program++) {
        g_autofree char *path = g_build_filename(root != NULL ? root : "", *program, NULL);

        if (root == NULL || !g_file_test(path, G_FILE_TEST_IS_EXECUTABLE)) {
            *ret_why_not =
                g_strdup_printf("%s is not at hand: ./quickstart check unpacks it", row->name);
            return false;
        }
    }
    return true;
}

/* The socket is closed again before the server binds, so another process could take the port in
 * between; server_start() then tries anew with other ports. */
static uint16_t
free_port(void)
{
    g_autoptr(GSocket) socket =
        g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
    g_autoptr(GSocketAddress) any = g_inet_socket_address_new_from_string("127.0.0.1", 0);
    g_autoptr(GSocketAddress) got = NULL;

    g_assert_nonnull(socket);
    g_assert_true(g_socket_bind(socket, any, TRUE, NULL));
    got = g_socket_get_local_address(socket, NULL);
    return g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(got));
}

bool
server_write_take(const struct server *server, const char *name, GString *content, GError **error)
{
    g_autofree char *path = g_build_filename(server->dir, name, NULL);
    bool written = g_file_set_contents(path, content->str, (gssize)content->len, error);

    g_string_free(content, TRUE);
    return written;
}

/* ---- processes ---- */

/* Between fork and exec. The kernel ends the child when the thread that started it is gone. */
static void
child_setup(gpointer user)
{
    (void)user;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* The libraries that were unpacked beside the programs. */
static char **
child_environment(const char *root)
{
    char **env = g_get_environ();
    g_autoptr(GString) path = g_string_new(NULL);
    static const char *const tops[] = {"usr/lib", "lib"};

    for (size_t i = 0; i < G_N_ELEMENTS(tops); i++) {
        g_autofree char *top = g_build_filename(root, tops[i], NULL);
        g_autoptr(GDir) dir = g_dir_open(top, 0, NULL);
        const char *name;

        while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
            if (strstr(name, "-linux-") != NULL)
                g_string_append_printf(path, "%s%s/%s", path->len > 0 ? ":" : "", top, name);
    }
    return g_environ_setenv(env, "LD_LIBRARY_PATH", path->str, TRUE);
}

static bool
process_start(struct server *server, GPtrArray *argv, GPid *ret_pid, GError **error)
{
    g_autofree char *log = g_build_filename(server->dir, LOG_NAME, NULL);
    g_auto(GStrv) env = child_environment(server->root);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    bool started;

    if (fd < 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", log, g_strerror(errno));
        return false;
    }
    started =
        g_spawn_async_with_fds(server->dir, (char **)argv->pdata, env, G_SPAWN_DO_NOT_REAP_CHILD,
                               child_setup, NULL, ret_pid, -1, fd, fd, error);
    close(fd);
    return started;
}

static bool
process_alive(GPid *pid)
{
    if (*pid == 0)
        return false;
    if (waitpid(*pid, NULL, WNOHANG) == 0)
        return true;
    *pid = 0;
    return false;
}

static void
process_kill(GPid *pid)
{
    if (!process_alive(pid))
        return;
    kill(*pid, SIGKILL);
    while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR)
        ;
    *pid = 0;
}

/* Services write their data when they are asked to end; one that does not end in time is killed. */
static void
process_end(GPid *pid)
{
    int64_t deadline_us = g_get_monotonic_time() + END_DEADLINE_US;

    if (!process_alive(pid))
        return;
    kill(*pid, SIGTERM);
    while (process_alive(pid) && g_get_monotonic_time() < deadline_us)
        g_poll(NULL, 0, TRY_MS);
    process_kill(pid);
}

/* ---- readiness ---- */

static bool
send_text(GSocketConnection *connection, const char *text)
{
    GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(connection));

    return g_output_stream_write_all(out, text, strlen(text), NULL, NULL, NULL);
}

enum verdict { VERDICT_NOT_YET, VERDICT_READY, VERDICT_NO };

/* What one more line says: a list of capabilities is an answer, and comes before any clock of the
 * server's lets somebody in. With services: SASL must be offered and NickServ be there. */
static enum verdict
judge(GSocketConnection *connection, const char *line, bool services, bool *sasl)
{
    if (g_str_has_prefix(line, "PING ")) {
        g_autofree char *pong = g_strdup_printf("PONG %s\r\n", line + 5);

        send_text(connection, pong);
    }
    if (!services)
        return strstr(line, " CAP ") != NULL ? VERDICT_READY : VERDICT_NOT_YET;
    if (strstr(line, " 001 ") != NULL)
        send_text(connection, "ISON NickServ\r\n");
    if (strstr(line, " CAP ") != NULL) {
        *sasl = *sasl || strstr(line, " sasl=") != NULL;
        if (!*sasl && strstr(line, " LS * ") == NULL) /* the list ends here */
            return VERDICT_NO;
    }
    if (strstr(line, " 303 ") == NULL)
        return VERDICT_NOT_YET;
    return strstr(line, "NickServ") != NULL ? VERDICT_READY : VERDICT_NO;
}

static char *
hello_dup(const struct server *server, bool services)
{
    GString *hello = g_string_new("CAP LS 302\r\n");

    if (server->password != NULL)
        g_string_append_printf(hello, "PASS %s\r\n", server->password);
    g_string_append_printf(hello, "NICK ready%u\r\nUSER ready 0 * :ready\r\n",
                           g_random_int() % 100000);
    if (services)
        g_string_append(hello, "CAP END\r\n");
    return g_string_free(hello, FALSE);
}

/* One try to register. */
static bool
answers(const struct server *server)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketConnection) connection = NULL;
    g_autoptr(GDataInputStream) in = NULL;
    bool services = server->services_pid != 0;
    bool sasl = false;
    g_autofree char *hello = hello_dup(server, services);
    enum verdict verdict = VERDICT_NOT_YET;

    g_socket_client_set_enable_proxy(client, FALSE);
    g_socket_client_set_timeout(client, 2);
    connection = g_socket_client_connect_to_host(client, "127.0.0.1", server->port, NULL, NULL);
    if (connection == NULL || !send_text(connection, hello))
        return false;
    in = g_data_input_stream_new(g_io_stream_get_input_stream(G_IO_STREAM(connection)));
    g_data_input_stream_set_newline_type(in, G_DATA_STREAM_NEWLINE_TYPE_ANY);
    while (verdict == VERDICT_NOT_YET) {
        g_autofree char *line = g_data_input_stream_read_line(in, NULL, NULL, NULL);

        if (line == NULL)
            return false;
        verdict = judge(connection, line, services, &sasl);
    }
    send_text(connection, "QUIT\r\n");
    return verdict == VERDICT_READY;
}

static bool
set_failed(const struct server *server, GError **error, const char *what)
{
    g_autofree char *log = server_log_dup(server);
    size_t len = strlen(log);

    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s %s. The end of its log:\n%s",
                server->row->name, what, log + (len > LOG_TAIL_BYTES ? len - LOG_TAIL_BYTES : 0));
    return false;
}

static bool
wait_ready(struct server *server, GError **error)
{
    int64_t deadline_us = g_get_monotonic_time() + SERVER_DEADLINE_US;
    bool services = server->services_pid != 0;

    while (!answers(server)) {
        if (!process_alive(&server->pid))
            return set_failed(server, error, "ended by itself");
        if (services && !process_alive(&server->services_pid))
            return set_failed(server, error, "lost its services");
        if (g_get_monotonic_time() > deadline_us)
            return set_failed(server, error, "did not answer in time");
        g_poll(NULL, 0, TRY_MS);
    }
    return true;
}

static bool
start_services(struct server *server, GError **error)
{
    g_autoptr(GPtrArray) argv = NULL;

    if (server->row->services_command == NULL)
        return true;
    argv = server->row->services_command(server);
    return process_start(server, argv, &server->services_pid, error);
}

/* Services give up when their uplink does not answer at once, so the server must listen before they
 * start. */
static bool
wait_listening(struct server *server, uint16_t port, GError **error)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    int64_t deadline_us = g_get_monotonic_time() + SERVER_DEADLINE_US;

    g_socket_client_set_enable_proxy(client, FALSE);
    for (;;) {
        g_autoptr(GSocketConnection) connection =
            g_socket_client_connect_to_host(client, "127.0.0.1", port, NULL, NULL);

        if (connection != NULL)
            return true;
        if (!process_alive(&server->pid))
            return set_failed(server, error, "ended by itself");
        if (g_get_monotonic_time() > deadline_us)
            return set_failed(server, error, "did not listen in time");
        g_poll(NULL, 0, TRY_MS);
    }
}

static bool
start_once(struct server *server, GError **error)
{
    g_autoptr(GPtrArray) argv = server->row->command(server);

    if (process_start(server, argv, &server->pid, error) &&
        wait_listening(server, server->port, error) &&
        (server->options.late_services || start_services(server, error)) &&
        wait_ready(server, error))
        return true;
    server_kill(server);
    return false;
}

/* ---- what tests call ---- */

struct server *
server_start(const struct server_options *options, GError **error)
{
    struct server *server = g_new0(struct server, 1);

    server->row = row_of(options->kind);
    server->root = g_strdup(g_getenv("WEFT_TEST_SERVERS"));
    server->options = *options;
    server->options.cert_file = server->cert_file = g_strdup(options->cert_file);
    server->options.key_file = server->key_file = g_strdup(options->key_file);
    server->options.password = server->password = g_strdup(options->password);
    server->dir = g_dir_make_tmp("weft-server-XXXXXX", error);
    if (server->dir == NULL || server->root == NULL) {
        server_stop(server);
        return NULL;
    }
    for (int tries = 3; tries > 0; tries--) {
        g_clear_error(error);
        server->port = free_port();
        server->link_port = free_port();
        server->tls_port = options->cert_file != NULL ? free_port() : 0;
        if (server->row->configure(server, error) && start_once(server, error))
            return server;
    }
    server_stop(server);
    return NULL;
}

uint16_t
server_port(const struct server *server)
{
    return server->port;
}

uint16_t
server_tls_port(const struct server *server)
{
    return server->tls_port;
}

void
server_kill(struct server *server)
{
    process_kill(&server->pid);
    process_end(&server->services_pid);
}

bool
server_restart(struct server *server, GError **error)
{
    server_kill(server);
    return start_once(server, error);
}

void
server_kill_services(struct server *server)
{
    process_end(&server->services_pid);
}

bool
server_restart_services(struct server *server, GError **error)
{
    server_kill_services(server);
    server->options.late_services = false;
    return start_services(server, error) && wait_ready(server, error);
}

char *
server_log_dup(const struct server *server)
{
    static const char *const names[] = {"inspircd.log", LOG_NAME};
    GString *all = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(server->dir, names[i], NULL);
        g_autofree char *text = NULL;

        if (g_file_get_contents(path, &text, NULL, NULL))
            g_string_append(all, text);
    }
    return g_string_free(all, FALSE);
}

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    return remove(path);
}

void
server_stop(struct server *server)
{
    if (server == NULL)
        return;
    server_kill(server);
    if (server->dir != NULL)
        nftw(server->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    g_free(server->dir);
    g_free(server->root);
    g_free(server->cert_file);
    g_free(server->key_file);
    g_free(server->password);
    g_free(server);
}
