#include "tests/e2e/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tests/support/loop.h"

/* How often a screen that is waited for is painted anew. */
#define REPAINT_MS 300
/* Bytes that a failure tells. */
#define LAST 6000

struct pty {
    int fd;
    pid_t pid;
    struct vt *vt;
    struct termios found;
    unsigned watch; /* 0: the other side is closed */
    int cols, rows;
    bool ended;
    int status;
};

static gboolean
on_bytes(int fd, GIOCondition condition, void *user)
{
    struct pty *pty = user;
    char bytes[16384];
    ssize_t n = read(fd, bytes, sizeof bytes);

    if (n > 0)
        vt_feed(pty->vt, bytes, (size_t)n);
    if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
        return G_SOURCE_CONTINUE;
    pty->watch = 0;
    return G_SOURCE_REMOVE;
}

/* Everything is made before the fork: the child only calls what may be called there. */
static char **
child_environment(const char *home, const char *const *environment)
{
    g_autofree char *themes = g_build_filename(
        g_getenv("G_TEST_SRCDIR") ? g_getenv("G_TEST_SRCDIR") : "..", "themes", NULL);
    g_autofree char *asan =
        g_strdup_printf("detect_leaks=0:intercept_tls_get_addr=0:log_path='%s/asan'", home);
    char **list = g_get_environ();

    list = g_environ_setenv(list, "WEFT_HOME", home, TRUE);
    list = g_environ_setenv(list, "WEFT_THEMES", themes, TRUE);
    list = g_environ_setenv(list, "TERM", "xterm-256color", TRUE);
    list = g_environ_setenv(list, "COLORTERM", "truecolor", TRUE);
    list = g_environ_setenv(list, "LC_ALL", "C.UTF-8", TRUE);
    list = g_environ_setenv(list, "ASAN_OPTIONS", asan, TRUE);
    for (size_t i = 0; environment && environment[i]; i++) {
        g_auto(GStrv) pair = g_strsplit(environment[i], "=", 2);
        list = pair[1] ? g_environ_setenv(list, pair[0], pair[1], TRUE)
                       : g_environ_unsetenv(list, pair[0]);
    }
    return list;
}

static struct termios
usual_modes(void)
{
    struct termios modes;
    int master, slave;

    g_assert_cmpint(openpty(&master, &slave, NULL, NULL, NULL), ==, 0);
    g_assert_cmpint(tcgetattr(slave, &modes), ==, 0);
    close(master);
    close(slave);
    return modes;
}

/* What a shell does, with nothing but what may be called after a fork. */
static _Noreturn void
play_shell(char *const *argv, char *const *environment)
{
    int status = 0;

    signal(SIGTTOU, SIG_IGN);
    pid_t job = fork();
    if (job == 0) {
        setpgid(0, 0);
        tcsetpgrp(STDIN_FILENO, getpid());
        signal(SIGTTOU, SIG_DFL);
        execve(argv[0], argv, environment);
        _exit(127);
    }
    setpgid(job, job);
    tcsetpgrp(STDIN_FILENO, job);
    while (waitpid(job, &status, WUNTRACED) == job && WIFSTOPPED(status)) {
        tcsetpgrp(STDIN_FILENO, getpid());
        tcsetpgrp(STDIN_FILENO, job);
        kill(-job, SIGCONT);
    }
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 126);
}

struct run {
    const char *home;
    const char *const *arguments, *const *environment;
    bool job;
};

static struct pty *
start(const struct run *run, int cols, int rows, struct vt *vt)
{
    struct pty *pty = g_new0(struct pty, 1);
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    const char *build = g_getenv("G_TEST_BUILDDIR");
    g_autofree char *weft = g_build_filename(build ? build : ".", "weft", NULL);
    g_auto(GStrv) list = child_environment(run->home, run->environment);
    g_autoptr(GPtrArray) argv = g_ptr_array_new();

    g_ptr_array_add(argv, weft);
    for (size_t i = 0; run->arguments && run->arguments[i]; i++)
        g_ptr_array_add(argv, (char *)(uintptr_t)run->arguments[i]);
    g_ptr_array_add(argv, NULL);
    pty->vt = vt;
    pty->cols = cols;
    pty->rows = rows;
    pty->found = usual_modes();
    pty->pid = forkpty(&pty->fd, NULL, &pty->found, &size);
    if (pty->pid == 0 && run->job)
        play_shell((char **)argv->pdata, list);
    if (pty->pid == 0) {
        execve(weft, (char **)argv->pdata, list);
        _exit(127);
    }
    g_assert_cmpint(pty->pid, >, 0);
    fcntl(pty->fd, F_SETFD, FD_CLOEXEC);
    g_unix_set_fd_nonblocking(pty->fd, TRUE, NULL);
    pty->watch = g_unix_fd_add(pty->fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_bytes, pty);
    return pty;
}

struct pty *
pty_run(const char *home, const char *const *arguments, const char *const *environment, int cols,
        int rows, struct vt *vt)
{
    const struct run run = {home, arguments, environment, false};

    return start(&run, cols, rows, vt);
}

struct pty *
pty_run_job(const char *home, const char *const *environment, int cols, int rows, struct vt *vt)
{
    const struct run run = {home, NULL, environment, true};

    return start(&run, cols, rows, vt);
}

pid_t
pty_foreground(const struct pty *pty)
{
    return tcgetpgrp(pty->fd);
}

bool
pty_modes_as_found(const struct pty *pty)
{
    struct termios now;

    return tcgetattr(pty->fd, &now) == 0 && now.c_iflag == pty->found.c_iflag &&
           now.c_oflag == pty->found.c_oflag && now.c_lflag == pty->found.c_lflag &&
           now.c_cflag == pty->found.c_cflag;
}

void
pty_hang_up(struct pty *pty)
{
    if (pty->watch)
        g_source_remove(pty->watch);
    pty->watch = 0;
    close(pty->fd);
    pty->fd = -1;
}

static bool
has_ended(void *user)
{
    struct pty *pty = user;

    if (!pty->ended && waitpid(pty->pid, &pty->status, WNOHANG) == pty->pid)
        pty->ended = true;
    return pty->ended && pty->watch == 0;
}

int
pty_wait_end(struct pty *pty)
{
    if (!loop_until(has_ended, pty, PTY_DEADLINE_MS) || !WIFEXITED(pty->status))
        return -1;
    return WEXITSTATUS(pty->status);
}

void
pty_free(struct pty *pty)
{
    if (!pty)
        return;
    if (!pty->ended)
        kill(pty->pid, SIGKILL);
    if (!pty->ended)
        waitpid(pty->pid, &pty->status, 0);
    if (pty->watch)
        g_source_remove(pty->watch);
    if (pty->fd >= 0)
        close(pty->fd);
    g_free(pty);
}

pid_t
pty_pid(const struct pty *pty)
{
    return pty->pid;
}

void
pty_type_bytes(struct pty *pty, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(pty->fd, bytes, len);
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        } else if (errno != EAGAIN && errno != EINTR) {
            return;
        }
        g_main_context_iteration(NULL, FALSE);
    }
}

void
pty_type(struct pty *pty, const char *text)
{
    pty_type_bytes(pty, text, strlen(text));
}

static void
set_size(struct pty *pty, int cols, int rows)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

    ioctl(pty->fd, TIOCSWINSZ, &size); /* the kernel sends SIGWINCH */
}

void
pty_resize(struct pty *pty, int cols, int rows)
{
    pty->cols = cols;
    pty->rows = rows;
    set_size(pty, cols, rows);
}

struct wait {
    struct pty *pty;
    const char *text;
    int64_t next_us;
    bool taller;
};

/* Where only what differs is drawn, a text may come in pieces; a window of another size is painted
 * whole. */
static bool
shows(void *user)
{
    struct wait *wait = user;
    GString *text = vt_text(wait->pty->vt);
    int64_t now_us = g_get_monotonic_time();

    if (strstr(text->str, wait->text) || !wait->pty->watch)
        return strstr(text->str, wait->text) != NULL;
    if (now_us >= wait->next_us) {
        wait->next_us = now_us + REPAINT_MS * 1000;
        wait->taller = !wait->taller;
        set_size(wait->pty, wait->pty->cols, wait->pty->rows + wait->taller);
    }
    return false;
}

void
pty_until(struct pty *pty, bool (*done)(void *user), void *user, const char *what)
{
    if (loop_until(done, user, PTY_DEADLINE_MS))
        return;
    const GString *text = vt_text(pty->vt), *bytes = vt_bytes(pty->vt);
    g_autofree char *last =
        g_strescape(bytes->str + (bytes->len > LAST ? bytes->len - LAST : 0), NULL);
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)tcgetpgrp(pty->fd));
    g_autofree char *process = NULL;

    g_file_get_contents(path, &process, NULL, NULL);
    g_test_message("In the foreground: %s", process ? process : "nothing");
    g_test_message("Bytes since they were last forgotten: %s", last);
    g_test_message("Shown last: %s", text->str + (text->len > LAST ? text->len - LAST : 0));
    g_error("%s: never happened: %s", g_test_get_path(), what);
}

void
pty_wait(struct pty *pty, const char *text)
{
    struct wait wait = {.pty = pty, .text = text};
    g_autofree char *what = g_strdup_printf("the screen shows \"%s\"", text);

    g_string_truncate(vt_text(pty->vt), 0);
    pty_until(pty, shows, &wait, what);
}
