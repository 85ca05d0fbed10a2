/* The commands that need no screen: check, export, ctl. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "base/error.h"
#include "core/export.h"
#include "daemon/ctl.h"
#include "net/net.h"
#include "protocols/registry.h"
#include "store/store.h"
#include "text/display.h"

void
app_say_error(const GError *error)
{
    g_autofree char *shown = display_dup(error->message, -1, DISPLAY_BLOCK);

    fprintf(stderr, "weft: %s\n", shown);
}

/* --- check --- */

int
app_check(const struct app_options *options, const char *file)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    struct paths *paths = paths_new(options->profile, &error);
    struct config *config;
    int status;

    if (!paths) {
        app_say_error(error);
        return 1;
    }
    config = file ? config_load_file(file, NULL, registry_networks())
                  : config_load(paths, registry_networks());
    app_check_screen(config);
    status = config_check_print(config, text);
    g_autofree char *shown = display_dup(text->str, (gssize)text->len, DISPLAY_BLOCK);
    fputs(shown, stdout);
    config_free(config);
    paths_free(paths);
    return status;
}

/* --- export --- */

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
        app_say_error(error);
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
    app_say_error(error);
    return 1;
}

/* --- ctl --- */

static bool
put(void *user, const char *bytes, size_t len)
{
    int *trouble = user;

    if (fwrite(bytes, 1, len, stdout) == len && fflush(stdout) == 0)
        return true;
    *trouble = errno;
    return false;
}

static void
complain(void *user, const char *text)
{
    g_autofree char *shown = display_dup(text, -1, DISPLAY_BLOCK);

    fprintf(stderr, "weft: %s\n", shown);
}

static char *
read_input(void *user, size_t max_bytes, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    char bytes[4096];

    for (;;) {
        const ssize_t got = read(STDIN_FILENO, bytes, sizeof bytes);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            g_set_error(error, WEFT_ERROR, WEFT_ERROR_IO, "The text could not be read: %s.",
                        g_strerror(errno));
            return NULL;
        }
        if (got == 0 && memchr(text->str, '\0', text->len)) {
            g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                                "What came is no text: a byte of it is 0. Nothing was sent.");
            return NULL;
        }
        if (got == 0)
            return g_string_free(g_steal_pointer(&text), FALSE);
        g_string_append_len(text, bytes, got);
        if (text->len > max_bytes) {
            g_set_error(error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                        "The text is longer than %zu bytes.", max_bytes);
            return NULL;
        }
    }
}

int
app_ctl(const struct app_options *options, int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    struct paths *paths;
    struct ctl_options ctl = {
        .put = put, .put_fd = STDOUT_FILENO, .complain = complain, .input = read_input};
    int trouble = 0, status;

    if (argc == 0 || strcmp(argv[0], "--help") == 0) {
        fputs(ctl_usage, argc == 0 ? stderr : stdout);
        return argc == 0 ? CTL_USAGE : CTL_DONE;
    }
    paths = paths_new(options->profile, &error);
    if (!paths) {
        app_say_error(error);
        return CTL_USAGE;
    }
    ctl.clock = clock_system_new();
    ctl.net = net_new(ctl.clock, NULL);
    ctl.run_dir = paths->run_dir;
    ctl.user = &trouble;
    status = ctl_run(&ctl, argc, argv);
    net_free(ctl.net);
    clock_free(ctl.clock);
    paths_free(paths);
    if (trouble == 0 || trouble == EPIPE)
        return status;
    fprintf(stderr, "weft: the output could not be written: %s.\n", g_strerror(trouble));
    return CTL_REFUSED;
}
