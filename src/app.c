#include "app.h"

#include "config.h"

#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "core/core.h"
#include "daemon/control.h"
#include "daemon/headless.h"
#include "net/net.h"
#include "protocols/registry.h"
#include "relay/relay.h"
#include "store/store.h"
#include "ui/keymap_config.h"
#include "ui/theme_find.h"
#include "ui/ui.h"

#define LOG_CAP_BYTES ((size_t)4 * 1024 * 1024)

struct app {
    GMainLoop *loop;
    struct paths *paths;
    struct clock *clock;
    struct store *store;
    struct config *config; /* core's, once core is there */
    struct core *core;
    struct relay *relay;
    struct net_ops *net;
    struct term *term;
    struct ui *ui;
    struct control *control;
    struct headless *headless;
    bool headless_run;
    bool read_only;
    bool leaving;
    bool wants_demo;
};

/* --- leaving --- */

static void
has_left(void *user)
{
    struct app *app = user;
    g_main_loop_quit(app->loop);
}

/* Says goodbye to every network, at most two seconds long; the loop goes on meanwhile. */
static void
leave(struct app *app)
{
    if (app->leaving)
        return;
    app->leaving = true;
    if (app->headless)
        headless_stopping(app->headless);
    core_stop(app->core, "weft", has_left, app);
}

static void
on_quit(void *user, bool gone)
{
    leave(user);
}

static void
on_demo(void *user)
{
    struct app *app = user;

    app->wants_demo = true;
    leave(app);
}

static gboolean
on_signal(gpointer user)
{
    leave(user);
    return G_SOURCE_CONTINUE;
}

/* --- the store --- */

/* Without a log weft works as well; what would stand in it is lost, not the conversation. */
static void
open_log(struct app *app)
{
    g_autofree char *folder = g_path_get_dirname(app->paths->log_file);
    const char *level = g_getenv("WEFT_LOG");
    g_autoptr(GError) error = NULL;

    if (level && *level && !log_set_level_name(level))
        log_warning("app", "WEFT_LOG is error, warning, info, debug or trace, not \"%s\".", level);
    if (!file_make_private_dir(folder, &error) ||
        !log_open(app->paths->log_file, LOG_CAP_BYTES, &error))
        log_warning("app", "%s", error->message);
}

static bool
open_store(struct app *app, char **ret_notice, GError **error)
{
    struct store_options options = {
        .dir = app->paths->data_dir, .mode = STORE_WRITE, .clock = app->clock};
    g_autoptr(GError) held = NULL;

    app->store = store_open(&options, ret_notice, &held);
    if (app->store)
        return true;
    if (!error_is(held, WEFT_ERROR_CONFLICT)) {
        g_propagate_error(error, g_steal_pointer(&held));
        return false;
    }
    options.mode = STORE_READ_ONLY;
    app->store = store_open(&options, NULL, error);
    app->read_only = true;
    if (ret_notice)
        *ret_notice = g_strdup_printf(
            app->headless_run ? "%s"
                              : "%s Nothing is connected from here, and nothing can be sent.",
            held->message);
    return app->store != NULL;
}

/* --- starting --- */

static void
check_key(void *user, const struct config_key *key, int column, bool warning, const char *text)
{
    config_complain(user, key->file, key->line, column, warning, text);
}

static const char *
theme_dir(void)
{
    return g_getenv("WEFT_THEMES") ? g_getenv("WEFT_THEMES") : WEFT_THEME_DIR;
}

static void
check_theme(struct config *config)
{
    const struct config_key *key = config_theme(config);
    g_autoptr(GError) error = NULL;

    if (!key)
        return;
    g_autofree char *own = g_path_get_dirname(config_file(config));
    if (!theme_check(key->keys, own, theme_dir(), &error))
        check_key(config, key, key->keys_column, false, error->message);
}

/* Only the screen knows the names of actions, keys and themes: it says these when it starts, and a
 * reload asks before anything is changed. */
void
app_check_screen(struct config *config)
{
    keymap_free(keymap_from_config(config, check_key, config));
    check_theme(config);
}

static void
make_net(struct app *app)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *web_module = net_find_web_module(program, WEFT_MODULE_DIR);

    app->net = net_new(app->clock, web_module);
}

/* For weft ctl. A second weft of the profile leaves the socket to the first. */
static void
serve_control(struct app *app)
{
    g_autoptr(GError) error = NULL;

    if (app->read_only)
        return;
    app->control = control_new(&(struct control_options){.core = app->core,
                                                         .net = app->net,
                                                         .run_dir = app->paths->run_dir,
                                                         .version = PACKAGE_VERSION},
                               &error);
    if (!app->control)
        log_warning("app", "%s There is no control socket: weft ctl does not work.",
                    error->message);
}

/* After the first frame: networking costs tens of milliseconds that nobody should wait for. */
static gboolean
start_networks(gpointer user)
{
    struct app *app = user;

    make_net(app);
    if (app->leaving)
        return G_SOURCE_REMOVE;
    serve_control(app);
    core_start(app->core, app->net);
    return G_SOURCE_REMOVE;
}

/* Once the screen listens: beside another weft these lines cannot be stored, only shown. */
static void
tell_problems(struct app *app, const char *notice)
{
    const GPtrArray *problems = config_problems(app->config);
    int64_t own = core_own_buffer(app->core)->id;

    if (notice)
        core_say(app->core, own, "%s", notice);
    for (guint i = 0; i < problems->len; i++) {
        const struct config_problem *problem = problems->pdata[i];
        core_say(app->core, own, "%s:%d:%d: %s", problem->file, problem->line, problem->column,
                 problem->text);
    }
}

static bool
build_core(struct app *app, const struct app_options *options, char **ret_notice, GError **error)
{
    struct core_options core_options = {0};

    app->paths = paths_new(options->profile, error);
    if (!app->paths)
        return false;
    open_log(app);
    app->clock = clock_system_new();
    if (!open_store(app, ret_notice, error))
        return false;
    app->config = config_load(app->paths, registry_networks());
    core_options.config = app->config;
    core_options.store = app->store;
    core_options.clock = app->clock;
    core_options.networks = registry_networks();
    core_options.read_only = app->read_only;
    core_options.unattended = options->headless;
    core_options.download_dir = app->paths->download_dir;
    core_options.cache_dir = app->paths->cache_dir;
    core_options.check_config = app_check_screen;
    app->core = core_new(&core_options);
    app->relay = relay_new(&(struct relay_options){.core = app->core, .config = app->config});
    return true;
}

static bool
build_screen(struct app *app, const struct app_options *options, GError **error)
{
    struct ui_options ui_options = {0};

    app->term = term_open(&(struct term_options){.no_color = g_getenv("NO_COLOR") != NULL}, error);
    if (!app->term)
        return false;
    log_quiet_stderr(true);
    ui_options.core = app->core;
    ui_options.config = app->config;
    ui_options.paths = app->paths;
    ui_options.theme_dir = theme_dir();
    ui_options.term = app->term;
    ui_options.link = options->link;
    ui_options.quit = on_quit;
    ui_options.demo = options->is_demo ? NULL : on_demo;
    ui_options.user = app;
    app->ui = ui_new(&ui_options);
    return true;
}

static void
tear_down(struct app *app)
{
    ui_free(app->ui);
    term_close(app->term);
    log_quiet_stderr(false);
    headless_free(app->headless);
    control_free(app->control);
    relay_free(app->relay);
    if (app->core)
        core_free(app->core);
    else if (app->config)
        config_free(app->config);
    if (app->store)
        store_close(app->store);
    if (app->net)
        net_free(app->net);
    clock_free(app->clock);
    paths_free(app->paths);
    log_close();
}

int
app_run_screen(const struct app_options *options)
{
    struct app app = {0};
    g_autoptr(GError) error = NULL;
    g_autofree char *notice = NULL;
    guint on_term, on_hangup;

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        fputs("weft: this is not a terminal, and weft is a program for one. Start it in a terminal "
              "window, or "
              "see what works without one: weft --help\n",
              stderr);
        return 1;
    }
    app.loop = g_main_loop_new(NULL, FALSE);
    /* Before the terminal is taken, so that its own handlers leave these two alone. */
    on_term = g_unix_signal_add(SIGTERM, on_signal, &app);
    on_hangup = g_unix_signal_add(SIGHUP, on_signal, &app);
    if (build_core(&app, options, &notice, &error) && build_screen(&app, options, &error)) {
        ui_start(app.ui);
        tell_problems(&app, notice);
        g_idle_add(start_networks, &app);
        g_main_loop_run(app.loop);
    }
    tear_down(&app);
    g_source_remove(on_term);
    g_source_remove(on_hangup);
    g_main_loop_unref(app.loop);
    if (!error)
        return app.wants_demo ? APP_WANTS_DEMO : 0;
    app_say_error(error);
    return 1;
}

/* --- without a screen --- */

static gboolean
on_reload(gpointer user)
{
    struct app *app = user;

    if (!app->leaving)
        headless_reload(app->headless);
    return G_SOURCE_CONTINUE;
}

static void
on_asked_to_quit(void *user)
{
    leave(user);
}

static void
start_headless(struct app *app, const char *notice)
{
    g_autofree char *notify = g_strdup(g_getenv("NOTIFY_SOCKET"));
    g_autofree char *watchdog_us = g_strdup(g_getenv("WATCHDOG_USEC"));

    /* Not for the programs that the configuration names. */
    g_unsetenv("NOTIFY_SOCKET");
    g_unsetenv("WATCHDOG_USEC");
    make_net(app);
    if (notice)
        log_warning("app", "%s", notice);
    app->headless = headless_new(&(struct headless_options){.core = app->core,
                                                            .net = app->net,
                                                            .run_dir = app->paths->run_dir,
                                                            .version = PACKAGE_VERSION,
                                                            .notify = notify,
                                                            .watchdog_us = watchdog_us,
                                                            .quit = on_asked_to_quit,
                                                            .user = app});
    core_start(app->core, app->net);
    headless_ready(app->headless);
}

/* Who starts it by hand in a terminal sees what is wrong; a journal gets what matters. */
static void
choose_echo(const struct app_options *options)
{
    log_echo(options->verbose || !isatty(STDERR_FILENO) ? LOG_INFO : LOG_WARNING);
}

int
app_run_headless(const struct app_options *options)
{
    struct app app = {0};
    g_autoptr(GError) error = NULL;
    g_autofree char *notice = NULL;
    guint signals[3] = {0};

    app.headless_run = true;
    app.loop = g_main_loop_new(NULL, FALSE);
    signals[0] = g_unix_signal_add(SIGTERM, on_signal, &app);
    signals[1] = g_unix_signal_add(SIGINT, on_signal, &app);
    /* From the first moment on: until weft is up it would end it. */
    signals[2] = g_unix_signal_add(SIGHUP, on_reload, &app);
    choose_echo(options);
    const bool built = build_core(&app, options, &notice, &error);
    if (built && app.read_only) {
        g_set_error(&error, WEFT_ERROR, WEFT_ERROR_CONFLICT,
                    "%s weft --headless has nothing to do beside it, and ends.", notice);
    } else if (built) {
        start_headless(&app, notice);
        g_main_loop_run(app.loop);
        log_info("app", "weft has ended.");
    }
    tear_down(&app);
    for (size_t i = 0; i < G_N_ELEMENTS(signals); i++)
        g_source_remove(signals[i]);
    g_main_loop_unref(app.loop);
    if (!error)
        return 0;
    app_say_error(error);
    return 1;
}
