#include "tests/e2e/tmux.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/loop.h"

struct tmux {
    char *folder;
    char *socket;
    char *home;
    pid_t pid; /* that tmux_run_weft() started, until tmux_kill() */
    int life;  /* closed with this process: then its watcher ends the server */
};

bool
tmux_available(char **ret_why_not)
{
    g_autofree char *path = g_find_program_in_path("tmux");

    if (path)
        return true;
    *ret_why_not = g_strdup("tmux is not installed");
    return false;
}

/* Runs one tmux command; returns its output. */
static char *
run(struct tmux *tmux, const char *first, ...)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
    char *output = NULL;
    char *complaint = NULL;
    g_autoptr(GError) error = NULL;
    const char *word;
    va_list words;
    int status = 0;

    g_ptr_array_add(argv, g_strdup("tmux"));
    g_ptr_array_add(argv, g_strdup("-f/dev/null"));
    g_ptr_array_add(argv, g_strdup("-S"));
    g_ptr_array_add(argv, g_strdup(tmux->socket));
    va_start(words, first);
    for (word = first; word; word = va_arg(words, const char *))
        g_ptr_array_add(argv, g_strdup(word));
    va_end(words);
    g_ptr_array_add(argv, NULL);
    g_spawn_sync(NULL, (char **)argv->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output,
                 &complaint, &status, &error);
    g_assert_no_error(error);
    if (!g_spawn_check_wait_status(status, NULL))
        g_error("tmux %s: %s", first, complaint);
    g_free(complaint);
    g_ptr_array_free(argv, TRUE);
    return output;
}

/* Reads until this process is no more, however it ends, and ends what it has left. */
static const char watcher[] =
    "trap '' HUP INT TERM\n"
    "read -r nothing\n"
    "pid=$(tmux -S \"$0/socket\" display-message -p '#{?pane_dead,,#{pane_pid}}') &&\n"
    "    [ -n \"$pid\" ] && kill -KILL \"$pid\"\n"
    "tmux -S \"$0/socket\" kill-server\n"
    "rm -rf \"$0\"\n";

/* Out of reach of what is sent to all of a test's group. */
static void
apart(void *user)
{
    setsid();
}

static int
watch(const char *folder)
{
    const char *argv[] = {"sh", "-c", watcher, folder, NULL};
    g_autoptr(GError) error = NULL;
    int life;

    g_spawn_async_with_pipes(NULL, (char **)(uintptr_t)argv, NULL,
                             G_SPAWN_SEARCH_PATH | G_SPAWN_CLOEXEC_PIPES |
                                 G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                             apart, NULL, NULL, &life, NULL, NULL, &error);
    g_assert_no_error(error);
    return life;
}

struct tmux *
tmux_new(int cols, int rows, const char *home)
{
    struct tmux *tmux = g_new0(struct tmux, 1);
    g_autofree char *width = g_strdup_printf("%d", cols);
    g_autofree char *height = g_strdup_printf("%d", rows);
    g_autoptr(GError) error = NULL;

    tmux->folder = g_dir_make_tmp("weft-tmux-XXXXXX", &error);
    g_assert_no_error(error);
    tmux->socket = g_build_filename(tmux->folder, "socket", NULL);
    tmux->home = g_strdup(home);
    tmux->life = watch(tmux->folder);
    g_free(run(tmux, "new-session", "-d", "-x", width, "-y", height, "cat", ";", "set", "-g",
               "status", "off", ";", "set", "-g", "remain-on-exit", "on", ";", "set", "-g",
               "remain-on-exit-format", "", ";", "set", "-g", "escape-time", "10", ";", "set", "-g",
               "default-terminal", "tmux-256color", ";", "set", "-g", "window-size", "manual",
               NULL));
    tmux_resize(tmux, cols, rows);
    return tmux;
}

void
tmux_free(struct tmux *tmux)
{
    if (!tmux)
        return;
    g_free(run(tmux, "kill-server", NULL));
    close(tmux->life);
    g_unlink(tmux->socket);
    g_rmdir(tmux->folder);
    g_free(tmux->socket);
    g_free(tmux->folder);
    g_free(tmux->home);
    g_free(tmux);
}

/* The command line that becomes weft, for a shell. `sanitizer`: options besides. */
static char *
weft_command(struct tmux *tmux, const char *arguments, const char *sanitizer)
{
    const char *build = g_getenv("G_TEST_BUILDDIR");
    g_autofree char *weft = g_build_filename(build ? build : ".", "weft", NULL);
    g_autofree char *themes = g_build_filename(
        g_getenv("G_TEST_SRCDIR") ? g_getenv("G_TEST_SRCDIR") : "..", "themes", NULL);

    const char *under = g_getenv("WEFT_TEST_UNDER");
    g_autofree char *valgrind = g_strdup("");
    if (g_strcmp0(under, "valgrind") == 0) {
        g_free(valgrind);
        valgrind = g_strdup_printf("valgrind -q --leak-check=full --show-leak-kinds=definite "
                                   "--errors-for-leak-kinds=definite --num-callers=30 "
                                   "--suppressions='%s/tests/e2e/valgrind.supp' "
                                   "--log-file='%s/valgrind.%%p'",
                                   g_getenv("G_TEST_SRCDIR"), tmux->home);
    }
    /* LeakSanitizer cannot stop the threads of a process that is not dumpable. */
    return g_strdup_printf("exec env TERM=tmux-256color COLORTERM=truecolor WEFT_HOME='%s' "
                           "WEFT_THEMES='%s' TZ=UTC LC_ALL=C.UTF-8 ASAN_OPTIONS=detect_leaks=0:"
                           "intercept_tls_get_addr=0:%s:log_path='%s/asan' %s '%s' %s",
                           tmux->home, themes, sanitizer, tmux->home, valgrind, weft, arguments);
}

void
tmux_run_weft(struct tmux *tmux, const char *arguments)
{
    g_autofree char *command = weft_command(tmux, arguments, "");
    g_free(run(tmux, "respawn-pane", "-k", command, NULL));
    tmux->pid = tmux_pid(tmux);
}

void
tmux_run_weft_in_shell(struct tmux *tmux)
{
    /* A SIGSEGV that the test sends is no fault to report. */
    g_autofree char *weft = weft_command(tmux, "", "handle_segv=0");
    g_autofree char *command =
        g_strdup_printf("printf '\\033]2;as found\\033\\\\'; stty -g >'%s/before'; (%s); stty -g "
                        ">'%s/after'; echo gone; exec cat",
                        tmux->home, weft, tmux->home);
    g_free(run(tmux, "respawn-pane", "-k", command, NULL));
}

pid_t
tmux_foreground_pid(struct tmux *tmux)
{
    g_autofree char *path =
        g_strdup_printf("/proc/%d/task/%d/children", (int)tmux_pid(tmux), (int)tmux_pid(tmux));
    g_autofree char *children = NULL;

    return g_file_get_contents(path, &children, NULL, NULL)
               ? (pid_t)g_ascii_strtoll(children, NULL, 10)
               : 0;
}

pid_t
tmux_pid(struct tmux *tmux)
{
    g_autofree char *text = run(tmux, "display-message", "-p", "#{pane_dead} #{pane_pid}", NULL);

    return text[0] == '1' ? 0 : (pid_t)g_ascii_strtoll(text + 2, NULL, 10);
}

/* The screen, and what was waited for in one line: that line is all that a summary of many tests
 * shows. */
static void G_GNUC_PRINTF(2, 3) never_happened(struct tmux *tmux, const char *format, ...)
{
    g_autofree char *screen = tmux_screen(tmux, false);
    g_autofree char *what = NULL;
    va_list values;

    va_start(values, format);
    what = g_strdup_vprintf(format, values);
    va_end(values);
    g_auto(GStrv) lines = g_strsplit(what, "\n", -1);
    g_autofree char *line = g_strjoinv("\\n", lines);
    g_test_message("The screen:\n%s", screen);
    g_error("%s: %s", g_test_get_path(), line);
}

void
tmux_until(struct tmux *tmux, bool (*done)(void *user), void *user, const char *what)
{
    if (!loop_until(done, user, TMUX_DEADLINE_MS))
        never_happened(tmux, "never happened: %s", what);
}

static bool
has_ended(void *user)
{
    return tmux_pid(user) == 0;
}

void
tmux_wait_end(struct tmux *tmux)
{
    tmux_until(tmux, has_ended, tmux, "weft ends");
}

void
tmux_kill(struct tmux *tmux)
{
    if (tmux->pid > 0)
        kill(tmux->pid, SIGKILL);
    tmux->pid = 0;
    tmux_wait_end(tmux);
}

const char *
tmux_socket(const struct tmux *tmux)
{
    return tmux->socket;
}

void
tmux_set(struct tmux *tmux, const char *option, const char *value)
{
    g_free(run(tmux, "set", "-g", option, value, NULL));
}

void
tmux_type(struct tmux *tmux, const char *text)
{
    g_free(run(tmux, "send-keys", "-l", "--", text, NULL));
}

void
tmux_paste(struct tmux *tmux, const char *text)
{
    g_free(run(tmux, "set-buffer", "--", text, NULL));
    g_free(run(tmux, "paste-buffer", "-p", "-d", NULL));
}

void
tmux_key(struct tmux *tmux, const char *key)
{
    g_free(run(tmux, "send-keys", key, NULL));
}

void
tmux_resize(struct tmux *tmux, int cols, int rows)
{
    g_autofree char *width = g_strdup_printf("%d", cols);
    g_autofree char *height = g_strdup_printf("%d", rows);

    g_free(run(tmux, "resize-window", "-x", width, "-y", height, NULL));
}

char *
tmux_screen(struct tmux *tmux, bool colors)
{
    return colors ? run(tmux, "capture-pane", "-p", "-e", "-N", NULL)
                  : run(tmux, "capture-pane", "-p", NULL);
}

char *
tmux_copied(struct tmux *tmux)
{
    return run(tmux, "capture-pane", "-p", "-J", NULL);
}

char *
tmux_clipboard(struct tmux *tmux)
{
    return run(tmux, "list-buffers", "-F", "#{buffer_sample}", NULL);
}

char *
tmux_format(struct tmux *tmux, const char *format)
{
    return g_strstrip(run(tmux, "display-message", "-p", format, NULL));
}

char *
tmux_state(struct tmux *tmux)
{
    return g_strstrip(run(tmux, "display-message", "-p",
                          "#{cursor_x},#{cursor_y},#{cursor_flag},#{alternate_on}", NULL));
}

struct wait_title {
    struct tmux *tmux;
    const char *title;
};

static bool
has_title(void *user)
{
    const struct wait_title *wait = user;
    g_autofree char *title =
        g_strstrip(run(wait->tmux, "display-message", "-p", "#{pane_title}", NULL));

    return g_pattern_match_simple(wait->title, title);
}

void
tmux_wait_title(struct tmux *tmux, const char *title)
{
    struct wait_title wait = {tmux, title};

    if (loop_until(has_title, &wait, TMUX_DEADLINE_MS))
        return;
    g_autofree char *is = tmux_format(tmux, "#{pane_title}");
    never_happened(tmux, "the title never became \"%s\"; it is \"%s\"", title, is);
}

struct wait {
    struct tmux *tmux;
    GRegex *regex;
    bool wanted;
};

static bool
shows(void *user)
{
    const struct wait *wait = user;
    g_autofree char *screen = tmux_screen(wait->tmux, false);
    return g_regex_match(wait->regex, screen, 0, NULL) == wait->wanted;
}

static void
wait_for(struct tmux *tmux, const char *regex, bool wanted)
{
    struct wait wait = {.tmux = tmux, .wanted = wanted};
    g_autoptr(GError) error = NULL;

    wait.regex = g_regex_new(regex, G_REGEX_MULTILINE, 0, &error);
    g_assert_no_error(error);
    if (!loop_until(shows, &wait, TMUX_DEADLINE_MS))
        never_happened(tmux, "the screen %s \"%s\"", wanted ? "never showed" : "still shows",
                       regex);
    g_regex_unref(wait.regex);
}

void
tmux_wait(struct tmux *tmux, const char *regex)
{
    wait_for(tmux, regex, true);
}

void
tmux_wait_gone(struct tmux *tmux, const char *regex)
{
    wait_for(tmux, regex, false);
}
