#include "config.h"

#include "demo.h"

#include <errno.h>
#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "base/child.h"
#include "text/display.h"

#define HELPER       "weft-sandbox"
#define START_MS     20000
#define END_MS       5000
#define OUTPUT_BYTES 65536

struct demo {
    GSubprocess *helper;
    GString *output; /* what the helper has said and nobody has read yet */
    char *home;
};

/* Beside the program when it is not installed, as all that weft needs. NULL: nowhere. */
static char *
find_helper(void)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname(program ? program : ".");
    g_autofree char *beside = g_build_filename(folder, HELPER, NULL);
    g_autofree char *installed = g_build_filename(WEFT_HELPER_DIR, HELPER, NULL);

    if (program && g_file_test(beside, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer(&beside);
    return g_file_test(installed, G_FILE_TEST_IS_EXECUTABLE) ? g_steal_pointer(&installed) : NULL;
}

/* More of what the helper says. False at its end, or when nothing came in time. */
static bool
read_more(struct demo *demo, int64_t deadline_us)
{
    const int fd =
        g_unix_input_stream_get_fd(G_UNIX_INPUT_STREAM(g_subprocess_get_stdout_pipe(demo->helper)));
    char bytes[1024];

    for (;;) {
        const int64_t left_ms = (deadline_us - g_get_monotonic_time()) / 1000;
        struct pollfd wait = {.fd = fd, .events = POLLIN};

        if (left_ms <= 0)
            return false;
        if (poll(&wait, 1, (int)left_ms) <= 0)
            continue;
        const ssize_t got = read(fd, bytes, sizeof bytes);
        if (got < 0 && errno == EINTR)
            continue;
        if (got > 0 && demo->output->len < OUTPUT_BYTES)
            g_string_append_len(demo->output, bytes, got);
        return got > 0;
    }
}

static bool
is_ready(const struct demo *demo)
{
    return g_str_has_prefix(demo->output->str, "ready\n") ||
           strstr(demo->output->str, "\nready\n") != NULL;
}

static bool
start(struct demo *demo, const char *program)
{
    const GSubprocessFlags flags = G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                   G_SUBPROCESS_FLAGS_STDERR_SILENCE;
    const int64_t deadline_us = g_get_monotonic_time() + (int64_t)START_MS * 1000;
    g_autofree char *quoted = g_shell_quote(program);
    g_autofree char *command = g_strconcat(quoted, " --home", NULL);
    g_autoptr(GError) error = NULL;

    demo->helper = child_start(command, demo->home, flags, NULL, NULL, &error);
    if (!demo->helper) {
        g_autofree char *shown = display_dup(error->message, -1, DISPLAY_LINE);
        fprintf(stderr, "weft: the demo could not be started: %s.\n", shown);
        return false;
    }
    while (!is_ready(demo)) {
        if (!read_more(demo, deadline_us)) {
            fputs("weft: the demo could not be started: its servers on this machine did not come "
                  "up. Try it again.\n",
                  stderr);
            return false;
        }
    }
    return true;
}

/* The helper ends with its input; its output ends when it has taken the folder away. */
static void
end(struct demo *demo)
{
    const int64_t deadline_us = g_get_monotonic_time() + (int64_t)END_MS * 1000;

    if (demo->helper) {
        g_output_stream_close(g_subprocess_get_stdin_pipe(demo->helper), NULL, NULL);
        while (read_more(demo, deadline_us))
            continue;
        child_kill(demo->helper);
        g_object_unref(demo->helper);
    }
    rmdir(demo->home); /* where the helper has never been */
    g_string_free(demo->output, TRUE);
    g_free(demo->home);
}

int
demo_run(void)
{
    g_autofree char *program = find_helper();
    g_autoptr(GError) error = NULL;
    struct demo demo = {0};
    int status = 1;

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        fputs(
            "weft: the demo is there to be looked at, and this is not a terminal. Open a terminal "
            "window and type:  weft --demo\n"
            "Nothing was started, and nothing of yours was touched.\n",
            stderr);
        return 1;
    }
    if (!program) {
        fputs("weft: the demo's servers (" HELPER ") are neither beside this program nor in "
              "" WEFT_HELPER_DIR ". They are built where libsoup-3.0-dev and libjson-glib-dev are "
              "installed. Without them, start weft and add an account.\n",
              stderr);
        return 1;
    }
    demo.home = g_dir_make_tmp("weft-demo-XXXXXX", &error); /* 0700 */
    if (!demo.home) {
        g_autofree char *shown = display_dup(error->message, -1, DISPLAY_LINE);
        fprintf(stderr, "weft: there is no place for the demo's folder: %s.\n", shown);
        return 1;
    }
    demo.output = g_string_new(NULL);
    g_setenv("WEFT_HOME", demo.home, TRUE);
    if (start(&demo, program))
        status = app_run_screen(&(struct app_options){.is_demo = true});
    end(&demo);
    return status;
}
