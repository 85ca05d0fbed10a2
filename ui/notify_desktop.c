#include "ui/notify_desktop.h"

#include <gio/gio.h>
#include <libnotify/notify.h>
#include <string.h>

#include "base/error.h"

/* How long the end waits before it cuts the bus off: an answer may be under way. */
#define END_FIRST_MS 50
#define CLOSE_MS     200
#define REST_US      (50 * G_USEC_PER_SEC / 1000)
#define RESTS_MOST   40

/* What main thread and notifier share; freed by the last of the two. */
struct bridge {
    int refs; /* atomic */
    GMutex lock;
    GCond moved;                 /* jobs came, or the thread has ended */
    GQueue jobs;                 /* struct job */
    bool ending, ended;          /* asked to end; has ended */
    GDBusConnection *connection; /* the thread's, once it has one */
    bool said_closed;            /* that one; the thread's alone */
    GCancellable *cancel;
    GMainContext *main;
    bool gone; /* the main thread's alone: nobody waits for answers */
};

struct job {
    struct bridge *bridge; /* a reference */
    struct call call;      /* copies; `kind` is not used */
    notify_done_fn fn;
    void *user;
    GError *error;
};

struct notify_desktop {
    struct bridge *bridge;
    GThread *thread; /* NULL: not started yet */
};

/* --- words
 * ---------------------------------------------------------------------------------------------- */

/* No server should take a title for markup, but some do; none shows entities in it as what they
 * mean. So these three become letters that look like them. */
char *
notify_desktop_title(const char *text)
{
    GString *out = g_string_new(text);

    g_string_replace(out, "<", "\342\200\271", 0);
    g_string_replace(out, ">", "\342\200\272", 0);
    g_string_replace(out, "&", "\357\274\206", 0);
    return g_string_free(out, FALSE);
}

char *
notify_desktop_body(const char *text, bool markup)
{
    return markup ? g_markup_escape_text(text, -1) : g_strdup(text);
}

/* --- both sides
 * ----------------------------------------------------------------------------------------- */

static void job_free(struct job *job);

static void
bridge_unref(struct bridge *bridge)
{
    if (!g_atomic_int_dec_and_test(&bridge->refs))
        return;
    g_mutex_clear(&bridge->lock);
    g_cond_clear(&bridge->moved);
    g_object_unref(bridge->cancel);
    g_main_context_unref(bridge->main);
    g_free(bridge);
}

static struct bridge *
bridge_ref(struct bridge *bridge)
{
    g_atomic_int_inc(&bridge->refs);
    return bridge;
}

static void
job_free(struct job *job)
{
    bridge_unref(job->bridge);
    g_free(job->call.title);
    g_free(job->call.body);
    g_clear_error(&job->error);
    g_free(job);
}

/* --- the notifier's thread
 * ------------------------------------------------------------------------------ */

static gboolean
answer(gpointer data)
{
    struct job *job = data;

    if (!job->bridge->gone)
        job->fn(job->user, job->error);
    job_free(job);
    return G_SOURCE_REMOVE;
}

static void
send_answer(struct job *job)
{
    GSource *source = g_idle_source_new();

    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, answer, job, NULL);
    g_source_attach(source, job->bridge->main);
    g_source_unref(source);
}

/* What the bus tells comes to the context of this thread, and so does the end of listening to it.
 */
static void
drain(void)
{
    while (g_main_context_iteration(g_main_context_get_thread_default(), FALSE))
        ;
}

static void
forget_library(void)
{
    if (notify_is_initted())
        notify_uninit();
    drain();
}

/* True when it was asked to end meanwhile. */
static bool
rest(struct bridge *bridge)
{
    const int64_t until_us = g_get_monotonic_time() + REST_US;

    g_mutex_lock(&bridge->lock);
    while (!bridge->ending && g_cond_wait_until(&bridge->moved, &bridge->lock, until_us))
        ;
    const bool ending = bridge->ending;
    g_mutex_unlock(&bridge->lock);
    return ending;
}

/* The session's shared connection, which libnotify takes as well. One that was closed is handed out
 * for as long as GIO has something to do with it. */
static GDBusConnection *
open_bus(struct bridge *bridge, GError **error)
{
    for (int i = 0; i < RESTS_MOST; i++) {
        GDBusConnection *connection = g_bus_get_sync(G_BUS_TYPE_SESSION, bridge->cancel, error);
        if (connection == NULL)
            return NULL;
        /* Left to itself GIO ends the program when it is closed: with the desktop, that is, and
         * weft in tmux outlives that. */
        g_dbus_connection_set_exit_on_close(connection, FALSE);
        if (!g_dbus_connection_is_closed(connection))
            return connection;
        g_object_unref(connection);
        if (rest(bridge))
            break;
        drain();
    }
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_CLOSED, "the session bus has gone");
    return NULL;
}

static void
on_closed(GDBusConnection *connection, gboolean vanished, GError *error, struct bridge *bridge)
{
    bridge->said_closed = true;
}

static void
set_connection(struct bridge *bridge, GDBusConnection *connection)
{
    g_mutex_lock(&bridge->lock);
    if (bridge->connection != NULL)
        g_signal_handlers_disconnect_by_data(bridge->connection, bridge);
    g_clear_object(&bridge->connection);
    bridge->connection = connection;
    bridge->said_closed = false;
    if (connection != NULL)
        g_signal_connect(connection, "closed", G_CALLBACK(on_closed), bridge);
    g_mutex_unlock(&bridge->lock);
}

static void
on_close_answered(GObject *connection, GAsyncResult *result, void *answered)
{
    g_dbus_connection_close_finish(G_DBUS_CONNECTION(connection), result, NULL);
    *(bool *)answered = true;
}

static gboolean
on_late(gpointer late)
{
    *(bool *)late = true;
    return G_SOURCE_REMOVE;
}

/* GIO says in the context of the thread that opened a connection that it has ended, and keeps it
 * until that is heard. So it ends, and is heard to, while that thread still listens: else GIO would
 * hand out the ended one for ever. */
static void
close_bus(struct bridge *bridge)
{
    GMainContext *context = g_main_context_get_thread_default();
    GSource *source = g_timeout_source_new(CLOSE_MS);
    bool answered = false, late = false;

    if (bridge->connection == NULL)
        return;
    g_source_set_callback(source, on_late, &late, NULL);
    g_source_attach(source, context);
    g_dbus_connection_close(bridge->connection, NULL, on_close_answered, &answered);
    while (!answered || (!bridge->said_closed && !late))
        g_main_context_iteration(context, TRUE);
    g_source_destroy(source);
    g_source_unref(source);
    set_connection(bridge, NULL);
    drain();
}

static bool
connect_bus(struct bridge *bridge, GError **error)
{
    /* Only this thread changes it. */
    if (bridge->connection != NULL && !g_dbus_connection_is_closed(bridge->connection))
        return true;
    forget_library();
    set_connection(bridge, NULL);
    set_connection(bridge, open_bus(bridge, error));
    return bridge->connection != NULL && notify_init("weft");
}

/* Asked without libnotify, which can neither be stopped nor fail without a warning: a server that
 * does not answer keeps the thread here. False: `error`. */
static bool
ask_markup(struct bridge *bridge, bool *ret_markup, GError **error)
{
    g_autoptr(GVariant) reply = g_dbus_connection_call_sync(
        bridge->connection, "org.freedesktop.Notifications", "/org/freedesktop/Notifications",
        "org.freedesktop.Notifications", "GetCapabilities", NULL, G_VARIANT_TYPE("(as)"),
        G_DBUS_CALL_FLAGS_NONE, -1, bridge->cancel, error);
    g_autofree const char **caps = NULL;

    if (reply == NULL)
        return false;
    g_variant_get(reply, "(^a&s)", &caps);
    *ret_markup = g_strv_contains(caps, "body-markup");
    return true;
}

/* A connection turns out to have ended when it is used: then once more on a new one, as nothing was
 * shown yet. False: `error`. */
static bool
reach_server(struct bridge *bridge, bool *ret_markup, GError **error)
{
    if (!connect_bus(bridge, error))
        return false;
    if (ask_markup(bridge, ret_markup, error))
        return true;
    if (!g_dbus_connection_is_closed(bridge->connection))
        return false;
    g_clear_error(error);
    return connect_bus(bridge, error) && ask_markup(bridge, ret_markup, error);
}

static void
show_job(struct bridge *bridge, struct job *job)
{
    static const NotifyUrgency urgencies[] = {[CALL_LOW] = NOTIFY_URGENCY_LOW,
                                              [CALL_NORMAL] = NOTIFY_URGENCY_NORMAL,
                                              [CALL_CRITICAL] = NOTIFY_URGENCY_CRITICAL};
    g_autoptr(GError) why = NULL;
    bool shown = false, markup;

    if (reach_server(bridge, &markup, &why)) {
        g_autofree char *title = notify_desktop_title(job->call.title);
        g_autofree char *body = notify_desktop_body(job->call.body, markup);
        NotifyNotification *notification = notify_notification_new(title, body, NULL);
        notify_notification_set_urgency(notification, urgencies[job->call.urgency]);
        notify_notification_set_category(notification, "im.received");
        shown = notify_notification_show(notification, &why);
        g_object_unref(notification);
    }
    if (!shown)
        job->error = g_error_new(WEFT_ERROR, WEFT_ERROR_IO, "%s",
                                 why != NULL ? why->message : "there is no answer");
}

/* NULL: the end. */
static struct job *
next_job(struct bridge *bridge)
{
    g_mutex_lock(&bridge->lock);
    while (g_queue_is_empty(&bridge->jobs) && !bridge->ending)
        g_cond_wait(&bridge->moved, &bridge->lock);
    struct job *job = bridge->ending ? NULL : g_queue_pop_head(&bridge->jobs);
    g_mutex_unlock(&bridge->lock);
    return job;
}

static gpointer
run_notifier(gpointer data)
{
    struct bridge *bridge = data;
    GMainContext *context = g_main_context_new();
    struct job *job;

    g_main_context_push_thread_default(context);
    while ((job = next_job(bridge)) != NULL) {
        show_job(bridge, job);
        send_answer(job);
        drain();
    }
    forget_library();
    close_bus(bridge);
    g_main_context_pop_thread_default(context);
    g_main_context_unref(context);
    g_mutex_lock(&bridge->lock);
    bridge->ended = true;
    g_cond_broadcast(&bridge->moved);
    g_mutex_unlock(&bridge->lock);
    bridge_unref(bridge);
    return NULL;
}

/* --- the main thread
 * ------------------------------------------------------------------------------------ */

bool
notify_desktop_has_bus(const char *(*get)(const char *name))
{
    const char *address = get("DBUS_SESSION_BUS_ADDRESS");
    const char *run_dir = get("XDG_RUNTIME_DIR");

    if (address != NULL && *address != '\0')
        return true;
    if (run_dir == NULL || *run_dir == '\0')
        return false;
    g_autofree char *bus = g_build_filename(run_dir, "bus", NULL);
    return g_file_test(bus, G_FILE_TEST_EXISTS);
}

struct notify_desktop *
notify_desktop_new(GMainContext *context)
{
    struct notify_desktop *desktop = g_new0(struct notify_desktop, 1);
    struct bridge *bridge = g_new0(struct bridge, 1);

    bridge->refs = 1;
    g_mutex_init(&bridge->lock);
    g_cond_init(&bridge->moved);
    g_queue_init(&bridge->jobs);
    bridge->cancel = g_cancellable_new();
    bridge->main = g_main_context_ref(context != NULL ? context : g_main_context_default());
    desktop->bridge = bridge;
    return desktop;
}

bool
notify_desktop_show(struct notify_desktop *desktop, const struct call *call, notify_done_fn fn,
                    void *user)
{
    struct bridge *bridge = desktop->bridge;

    g_mutex_lock(&bridge->lock);
    const bool full = bridge->jobs.length >= NOTIFY_DESKTOP_QUEUE;
    if (!full) {
        struct job *job = g_new0(struct job, 1);
        job->bridge = bridge_ref(bridge);
        job->call.title = g_strdup(call->title);
        job->call.body = g_strdup(call->body);
        job->call.urgency = call->urgency;
        job->fn = fn;
        job->user = user;
        g_queue_push_tail(&bridge->jobs, job);
        g_cond_broadcast(&bridge->moved);
    }
    g_mutex_unlock(&bridge->lock);
    if (desktop->thread == NULL)
        desktop->thread = g_thread_new("notifier", run_notifier, bridge_ref(bridge));
    return !full;
}

/* True when the thread has ended within so long. */
static bool
wait_for_end(struct bridge *bridge, int ms)
{
    const int64_t until_us = g_get_monotonic_time() + ms * INT64_C(1000);

    g_mutex_lock(&bridge->lock);
    while (!bridge->ended && g_cond_wait_until(&bridge->moved, &bridge->lock, until_us))
        ;
    const bool ended = bridge->ended;
    g_mutex_unlock(&bridge->lock);
    return ended;
}

/* What waits for a mute server is woken by the end of its connection. */
static void
cut_bus(struct bridge *bridge)
{
    g_mutex_lock(&bridge->lock);
    if (bridge->connection != NULL)
        g_dbus_connection_close(bridge->connection, NULL, NULL, NULL);
    g_mutex_unlock(&bridge->lock);
}

void
notify_desktop_free(struct notify_desktop *desktop)
{
    if (desktop == NULL)
        return;
    struct bridge *bridge = desktop->bridge;
    bridge->gone = true;
    g_mutex_lock(&bridge->lock);
    bridge->ending = true;
    g_cond_broadcast(&bridge->moved);
    g_mutex_unlock(&bridge->lock);
    g_cancellable_cancel(bridge->cancel);
    if (desktop->thread != NULL) {
        bool ended = wait_for_end(bridge, END_FIRST_MS);
        if (!ended) {
            cut_bus(bridge);
            ended = wait_for_end(bridge, NOTIFY_DESKTOP_END_MS - END_FIRST_MS);
        }
        /* One that still does not end holds nothing of ours but the bridge. */
        if (ended)
            g_thread_join(desktop->thread);
        else
            g_thread_unref(desktop->thread);
    }
    g_mutex_lock(&bridge->lock);
    GQueue left = bridge->jobs;
    g_queue_init(&bridge->jobs);
    g_mutex_unlock(&bridge->lock);
    g_queue_clear_full(&left, (GDestroyNotify)job_free);
    bridge_unref(bridge);
    g_free(desktop);
}
