#include "app.h"

#include "config.h"

#include <errno.h>
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "core/core.h"
#include "core/export.h"
#include "net/net.h"
#include "protocols/registry.h"
#include "relay/relay.h"
#include "store/store.h"
#include "text/display.h"
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
    bool read_only;
    bool leaving;
    bool wants_demo;
};

/* A sentence may hold a name that somebody on a network chose; standard error is a terminal too. */
static void
say_error(const GError *error)
{
    g_autofree char *shown = display_dup(error->message, -1, DISPLAY_BLOCK);

    fprintf(stderr, "weft: %s\n", shown);
}

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
        *ret_notice = g_strdup_printf("%s Nothing is connected from here, and nothing can be sent.",
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
static void
check_screen(struct config *config)
{
    keymap_free(keymap_from_config(config, check_key, config));
    check_theme(config);
}

/* After the first frame: networking costs tens of milliseconds that nobody should wait for. */
static gboolean
start_networks(gpointer user)
{
    struct app *app = user;
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *web_module = net_find_web_module(program, WEFT_MODULE_DIR);

    app->net = net_new(app->clock, web_module);
    if (!app->leaving)
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
build(struct app *app, const struct app_options *options, char **ret_notice, GError **error)
{
    struct core_options core_options = {0};
    struct ui_options ui_options = {0};

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
    core_options.download_dir = app->paths->download_dir;
    core_options.cache_dir = app->paths->cache_dir;
    core_options.check_config = check_screen;
    app->core = core_new(&core_options);
    app->relay = relay_new(&(struct relay_options){.core = app->core, .config = app->config});
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
    if (build(&app, options, &notice, &error)) {
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
    say_error(error);
    return 1;
}

/* --- without a screen --- */

int
app_check(const struct app_options *options, const char *file)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    struct paths *paths = paths_new(options->profile, &error);
    struct config *config;
    int status;

    if (!paths) {
        say_error(error);
        return 1;
    }
    config = file ? config_load_file(file, NULL, registry_networks())
                  : config_load(paths, registry_networks());
    check_screen(config);
    status = config_check_print(config, text);
    g_autofree char *shown = display_dup(text->str, (gssize)text->len, DISPLAY_BLOCK);
    fputs(shown, stdout);
    config_free(config);
    paths_free(paths);
    return status;
}

/* `user`: an int, the errno of what failed. */
static bool
write_out(void *user, const char *bytes, size_t len)
{
    if (fwrite(bytes, 1, len, stdout) == len)
        return true;
    *(int *)user = errno;
    return false;
}

/* --since and --format in any order after the address. */
static bool
read_export_options(struct export_options *options, int argc, char **argv, GError **error)
{
    for (int i = 0; i < argc; i++) {
        bool has_value = i + 1 < argc;
        if (has_value && strcmp(argv[i], "--since") == 0) {
            if (!export_parse_since(argv[++i], g_get_real_time(), &options->since_us, error))
                return false;
        } else if (has_value && strcmp(argv[i], "--format") == 0) {
            if (!export_parse_format(argv[++i], &options->format, error))
                return false;
        } else if (argv[i][0] != '-' && !options->address) {
            options->address = argv[i];
        } else {
            g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                        "export does not know what to do with \"%s\".", argv[i]);
            return false;
        }
    }
    if (options->address)
        return true;
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                        "export needs the address of a buffer: weft export account/#channel");
    return false;
}

int
app_export(const struct app_options *options, int argc, char **argv)
{
    struct export_options export = {0};
    struct store_options store_options = {.mode = STORE_READ_ONLY};
    g_autoptr(GError) error = NULL;
    struct paths *paths = NULL;
    struct store *store = NULL;
    int trouble = 0;
    bool ok = false;

    if (!read_export_options(&export, argc, argv, &error)) {
        say_error(error);
        return 2;
    }
    paths = paths_new(options->profile, &error);
    if (paths) {
        store_options.dir = paths->data_dir;
        store = store_open(&store_options, NULL, &error);
        ok = store && export_run(store, &export, write_out, &trouble, &error);
    }
    if (store)
        store_close(store);
    paths_free(paths);
    if (ok && trouble == 0 && fflush(stdout) != 0)
        trouble = errno;
    /* A reader that has seen enough is no trouble; a full disk is, for the rest is missing. */
    if (ok && trouble != 0 && trouble != EPIPE)
        g_set_error(&error, WEFT_ERROR, WEFT_ERROR_DISK,
                    "The export is not whole: its end could not be written (%s).",
                    g_strerror(trouble));
    if (!error)
        return ok ? 0 : 1;
    say_error(error);
    return 1;
}
