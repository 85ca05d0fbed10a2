#include "config.h"

#include "base/child.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"

/* It cannot take the terminal from the screen, and what it starts ends with it. */
static void
leave_terminal(void *user)
{
    setsid();
}

/* "~/bin/x" is what people write, and no shell is there to expand it. */
static char **
parse(const char *command, GError **error)
{
    char **argv;

    if (!g_shell_parse_argv(command, NULL, &argv, error))
        return NULL;
    char *program = file_expand(argv[0], NULL);
    g_free(argv[0]);
    argv[0] = program;
    return argv;
}

/* A file in memory, so that nobody has to write while it reads, and a pipe that it closes breaks
 * nothing. -1 and `error`. */
static int
open_input(const char *input, GError **error)
{
    const int fd = memfd_create("weft", MFD_CLOEXEC);
    const size_t len = strlen(input);

    if (fd >= 0 && write(fd, input, len) == (ssize_t)len && lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    g_set_error(error, G_SPAWN_ERROR, G_SPAWN_ERROR_FAILED, "%s", g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

/* The words and, behind them, what may come from a network. Both are borrowed. */
static GPtrArray *
with_argument(char **words, const char *argument)
{
    GPtrArray *argv = g_ptr_array_new();

    for (char **word = words; *word != NULL; word++)
        g_ptr_array_add(argv, *word);
    if (argument != NULL)
        g_ptr_array_add(argv, (gpointer)(uintptr_t)argument);
    g_ptr_array_add(argv, NULL);
    return argv;
}

static bool
is_like_an_option(const char *argument, GError **error)
{
    if (argument == NULL || (*argument != '-' && *argument != '\0'))
        return false;
    g_set_error(error, G_SPAWN_ERROR, G_SPAWN_ERROR_INVAL, "\"%s\" would be read as an option",
                argument);
    return true;
}

GSubprocess *
child_start(const char *command, const char *argument, GSubprocessFlags flags,
            const char *const *environment, const char *input, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(flags);
    g_auto(GStrv) words = NULL;

    if (is_like_an_option(argument, error) || (words = parse(command, error)) == NULL)
        return NULL;
    g_autoptr(GPtrArray) argv = with_argument(words, argument);
    if (input != NULL) {
        const int fd = open_input(input, error);
        if (fd < 0)
            return NULL;
        g_subprocess_launcher_take_stdin_fd(launcher, fd);
    }
    for (; environment != NULL && environment[0] != NULL; environment += 2)
        g_subprocess_launcher_setenv(launcher, environment[0], environment[1], TRUE);
    g_subprocess_launcher_set_child_setup(launcher, leave_terminal, NULL, NULL);
    return g_subprocess_launcher_spawnv(launcher, (const char *const *)argv->pdata, error);
}

/* What GIO ignores in weft is not ignored by others. */
static void
restore_pipe_signal(void *user)
{
    signal(SIGPIPE, SIG_DFL);
}

GSubprocess *
child_start_on_terminal(const char *command, const char *argument, int fd, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
    g_auto(GStrv) words = parse(command, error);

    if (words == NULL)
        return NULL;
    g_autoptr(GPtrArray) argv = with_argument(words, argument);
    g_subprocess_launcher_take_stdin_fd(launcher, dup(fd));
    g_subprocess_launcher_take_stdout_fd(launcher, dup(fd));
    g_subprocess_launcher_take_stderr_fd(launcher, dup(fd));
    g_subprocess_launcher_set_child_setup(launcher, restore_pipe_signal, NULL, NULL);
    return g_subprocess_launcher_spawnv(launcher, (const char *const *)argv->pdata, error);
}

void
child_kill(GSubprocess *child)
{
    /* NULL once it has been reaped: its number may be another's by then. */
    const char *identifier = g_subprocess_get_identifier(child);
    const int64_t pid = identifier != NULL ? g_ascii_strtoll(identifier, NULL, 10) : 0;

    if (pid <= 1)
        return;
    kill((pid_t)-pid, SIGKILL);
    g_subprocess_force_exit(child);
}
