#include "base/child.h"

#include <signal.h>
#include <unistd.h>

#include "base/file.h"

/* It cannot take the terminal from the screen, and what it starts ends with it. */
static void
leave_terminal(void *user)
{
    setsid();
}

GSubprocess *
child_start(const char *command, GSubprocessFlags flags, const char *const *environment,
            GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(flags);
    g_auto(GStrv) argv = NULL;

    if (!g_shell_parse_argv(command, NULL, &argv, error))
        return NULL;
    for (; environment != NULL && environment[0] != NULL; environment += 2)
        g_subprocess_launcher_setenv(launcher, environment[0], environment[1], TRUE);
    g_subprocess_launcher_set_child_setup(launcher, leave_terminal, NULL, NULL);
    /* "~/bin/x" is what people write, and no shell is there to expand it. */
    char *program = file_expand(argv[0], NULL);
    g_free(argv[0]);
    argv[0] = program;
    return g_subprocess_launcher_spawnv(launcher, (const char *const *)argv, error);
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
