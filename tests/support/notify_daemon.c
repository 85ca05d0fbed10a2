#include "tests/support/notify_daemon.h"

#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

static const char interface[] =
    "<node><interface name='org.freedesktop.Notifications'>"
    "<method name='GetCapabilities'><arg type='as' direction='out'/></method>"
    "<method name='GetServerInformation'><arg type='s' direction='out'/>"
    "<arg type='s' direction='out'/><arg type='s' direction='out'/>"
    "<arg type='s' direction='out'/></method>"
    "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
    "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='as' direction='in'/><arg type='a{sv}' direction='in'/>"
    "<arg type='i' direction='in'/><arg type='u' direction='out'/></method>"
    "</interface></node>";

struct notify_daemon {
    GThread *thread;
    GMainContext *context;
    GMainLoop *loop;
    GDBusConnection *connection;
    GDBusNodeInfo *info;
    char **caps;
    GMutex lock; /* of what stands below */
    GCond moved;
    bool up;
    const char *mute;   /* NULL: it is not */
    GPtrArray *shown;   /* char* */
    GPtrArray *waiting; /* GDBusMethodInvocation */
};

/* --- answering
 * --------------------------------------------------------------------------------------------- */

static void
take_down(struct notify_daemon *daemon, GVariant *parameters)
{
    const char *title, *body;
    g_autoptr(GVariant) hints = g_variant_get_child_value(parameters, 6);
    guint8 urgency = 9;

    g_variant_get_child(parameters, 3, "&s", &title);
    g_variant_get_child(parameters, 4, "&s", &body);
    g_variant_lookup(hints, "urgency", "y", &urgency);
    g_ptr_array_add(daemon->shown, g_strdup_printf("%s|%s|%d", title, body, urgency));
}

/* With the lock held. Takes the invocation. */
static void
answer(struct notify_daemon *daemon, GDBusMethodInvocation *invocation)
{
    const char *method = g_dbus_method_invocation_get_method_name(invocation);
    GVariant *value = NULL;

    if (strcmp(method, "Notify") == 0) {
        take_down(daemon, g_dbus_method_invocation_get_parameters(invocation));
        value = g_variant_new("(u)", daemon->shown->len);
    } else if (strcmp(method, "GetCapabilities") == 0) {
        value = g_variant_new("(^as)", daemon->caps);
    } else if (strcmp(method, "GetServerInformation") == 0) {
        value = g_variant_new("(ssss)", "test", "weft", "1", "1.2");
    }
    g_dbus_method_invocation_return_value(invocation, value);
}

static void
on_call(GDBusConnection *connection, const char *sender, const char *path, const char *iface,
        const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, void *user)
{
    struct notify_daemon *daemon = user;

    g_mutex_lock(&daemon->lock);
    if (daemon->mute != NULL && g_str_has_prefix(method, daemon->mute))
        g_ptr_array_add(daemon->waiting, invocation);
    else
        answer(daemon, invocation);
    g_mutex_unlock(&daemon->lock);
}

static void
serve(struct notify_daemon *daemon)
{
    static const GDBusInterfaceVTable table = {.method_call = on_call};
    g_autoptr(GError) error = NULL;

    daemon->connection =
        g_dbus_connection_new_for_address_sync(g_getenv("DBUS_SESSION_BUS_ADDRESS"),
                                               G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                   G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                               NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(g_dbus_connection_register_object(
                         daemon->connection, "/org/freedesktop/Notifications",
                         daemon->info->interfaces[0], &table, daemon, NULL, &error),
                     !=, 0);
    g_variant_unref(g_dbus_connection_call_sync(
        daemon->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        "RequestName", g_variant_new("(su)", "org.freedesktop.Notifications", 4), NULL, 0, -1, NULL,
        &error));
    g_assert_no_error(error);
}

static gpointer
run_daemon(gpointer data)
{
    struct notify_daemon *daemon = data;

    g_main_context_push_thread_default(daemon->context);
    serve(daemon);
    g_mutex_lock(&daemon->lock);
    daemon->up = true;
    g_cond_broadcast(&daemon->moved);
    g_mutex_unlock(&daemon->lock);
    g_main_loop_run(daemon->loop);
    g_dbus_connection_close_sync(daemon->connection, NULL, NULL);
    g_object_unref(daemon->connection);
    g_main_context_pop_thread_default(daemon->context);
    return NULL;
}

/* --- life
 * ---------------------------------------------------------------------------------------------------
 */

/* A test that dies takes its bus along. */
static void
end_with_test(gpointer user)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

GSubprocess *
notify_daemon_bus_up(const char *dir, char **ret_why_not)
{
    g_autofree char *program = g_find_program_in_path("dbus-daemon");
    g_autofree char *socket = g_build_filename(dir, "bus", NULL);
    g_autofree char *address = g_strconcat("unix:path=", socket, NULL);
    g_autofree char *option = g_strconcat("--address=", address, NULL);
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE);
    g_autoptr(GError) error = NULL;
    char line[4096];

    if (program == NULL) {
        *ret_why_not = g_strdup("dbus-daemon is not installed: apt install dbus-daemon");
        return NULL;
    }
    g_subprocess_launcher_set_child_setup(launcher, end_with_test, NULL, NULL);
    GSubprocess *bus =
        g_subprocess_launcher_spawn(launcher, &error, program, "--session", "--nofork",
                                    "--nosyslog", "--print-address=1", option, NULL);
    g_assert_no_error(error);
    /* It says so when it listens. */
    g_assert_cmpint(
        g_input_stream_read(g_subprocess_get_stdout_pipe(bus), line, sizeof line, NULL, NULL), >,
        0);
    g_setenv("DBUS_SESSION_BUS_ADDRESS", address, TRUE);
    return bus;
}

void
notify_daemon_bus_down(GSubprocess *bus)
{
    g_subprocess_force_exit(bus);
    g_subprocess_wait(bus, NULL, NULL);
    g_object_unref(bus);
}

struct notify_daemon *
notify_daemon_new(const char *caps)
{
    struct notify_daemon *daemon = g_new0(struct notify_daemon, 1);

    daemon->context = g_main_context_new();
    daemon->loop = g_main_loop_new(daemon->context, FALSE);
    daemon->info = g_dbus_node_info_new_for_xml(interface, NULL);
    daemon->caps = g_strsplit(caps, " ", -1);
    g_mutex_init(&daemon->lock);
    g_cond_init(&daemon->moved);
    daemon->shown = g_ptr_array_new_with_free_func(g_free);
    daemon->waiting = g_ptr_array_new();
    daemon->thread = g_thread_new("daemon", run_daemon, daemon);
    g_mutex_lock(&daemon->lock);
    while (!daemon->up)
        g_cond_wait(&daemon->moved, &daemon->lock);
    g_mutex_unlock(&daemon->lock);
    return daemon;
}

void
notify_daemon_mute(struct notify_daemon *daemon, const char *mute)
{
    g_mutex_lock(&daemon->lock);
    daemon->mute = mute;
    for (guint i = 0; mute == NULL && i < daemon->waiting->len; i++)
        answer(daemon, daemon->waiting->pdata[i]);
    if (mute == NULL)
        g_ptr_array_set_size(daemon->waiting, 0);
    g_mutex_unlock(&daemon->lock);
}

unsigned
notify_daemon_waiting(struct notify_daemon *daemon)
{
    g_mutex_lock(&daemon->lock);
    const unsigned n = daemon->waiting->len;
    g_mutex_unlock(&daemon->lock);
    return n;
}

unsigned
notify_daemon_count(struct notify_daemon *daemon)
{
    g_mutex_lock(&daemon->lock);
    const unsigned n = daemon->shown->len;
    g_mutex_unlock(&daemon->lock);
    return n;
}

char *
notify_daemon_shown(struct notify_daemon *daemon, unsigned i)
{
    g_mutex_lock(&daemon->lock);
    char *text = i < daemon->shown->len ? g_strdup(daemon->shown->pdata[i]) : NULL;
    g_mutex_unlock(&daemon->lock);
    return text;
}

static gboolean
quit_loop(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_REMOVE;
}

void
notify_daemon_free(struct notify_daemon *daemon)
{
    if (daemon == NULL)
        return;
    notify_daemon_mute(daemon, NULL);
    GSource *source = g_idle_source_new();
    g_source_set_callback(source, quit_loop, daemon->loop, NULL);
    g_source_attach(source, daemon->context);
    g_source_unref(source);
    g_thread_join(daemon->thread);
    g_ptr_array_unref(daemon->shown);
    g_ptr_array_unref(daemon->waiting);
    g_dbus_node_info_unref(daemon->info);
    g_strfreev(daemon->caps);
    g_main_loop_unref(daemon->loop);
    g_main_context_unref(daemon->context);
    g_mutex_clear(&daemon->lock);
    g_cond_clear(&daemon->moved);
    g_free(daemon);
}
