#define _GNU_SOURCE /* memmem */
#include "tests/bench/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define TAIL 256

void
tty_group_set(int nice)
{
    char text[16];
    const int fd = open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        return;
    const int len = g_snprintf(text, sizeof text, "%d", nice);
    if (write(fd, text, (size_t)len) != len)
        g_printerr("the group's priority stays as it is\n");
    close(fd);
}

int
tty_group_raise(void)
{
    const int nice = getpriority(PRIO_PROCESS, 0);
    g_autofree char *text = NULL;
    const char *at;

    if (nice >= 0 || !g_file_get_contents("/proc/self/autogroup", &text, NULL, NULL) ||
        (at = strstr(text, " nice ")) == NULL)
        return 0;
    tty_group_set(nice);
    return (int)g_ascii_strtoll(at + strlen(" nice "), NULL, 10);
}

static void
become(const char *const *argv, const char *const *environment)
{
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("TMUX");
    for (unsigned i = 0; environment[i] != NULL; i++)
        putenv((char *)(uintptr_t)environment[i]);
    execv(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

void
tty_start(struct tty *tty, const char *const *argv, const char *const *environment)
{
    struct winsize size = {.ws_row = TTY_ROWS, .ws_col = TTY_COLS};

    *tty = (struct tty){.tail = g_string_new(NULL), .last_us = g_get_monotonic_time()};
    tty->pid = forkpty(&tty->fd, NULL, NULL, &size);
    if (tty->pid < 0) {
        g_printerr("the benchmark has no terminal to give\n");
        exit(1);
    }
    if (tty->pid == 0) {
        tty_group_raise();
        become(argv, environment);
    }
    fcntl(tty->fd, F_SETFL, O_NONBLOCK);
    fcntl(tty->fd, F_SETFD, FD_CLOEXEC);
}

void
tty_stop(struct tty *tty)
{
    kill(tty->pid, SIGKILL);
    waitpid(tty->pid, NULL, 0);
    close(tty->fd);
    g_string_free(tty->tail, TRUE);
}

static void
look(struct tty *tty)
{
    for (unsigned i = 0; tty->wanted != NULL && tty->wanted[i] != NULL && !tty->found; i++) {
        if (memmem(tty->tail->str, tty->tail->len, tty->wanted[i], strlen(tty->wanted[i])) == NULL)
            continue;
        tty->found = true;
        tty->found_us = tty->last_us;
        tty->which = tty->wanted[i];
    }
}

bool
tty_take(struct tty *tty)
{
    char bytes[65536];
    ssize_t n;
    bool some = false;

    while ((n = read(tty->fd, bytes, sizeof bytes)) > 0) {
        some = true;
        tty->bytes += (uint64_t)n;
        tty->last_us = g_get_monotonic_time();
        g_string_append_len(tty->tail, bytes, n);
        look(tty);
        if (tty->tail->len > TAIL)
            g_string_erase(tty->tail, 0, (gssize)(tty->tail->len - TAIL));
    }
    return some || (n < 0 && errno == EAGAIN);
}

void
tty_want(struct tty *tty, const char **wanted)
{
    tty->wanted = wanted;
    tty->found = false;
    g_string_truncate(tty->tail, 0);
}

void
tty_type(struct tty *tty, const char *keys)
{
    size_t len = strlen(keys);

    while (len > 0) {
        ssize_t n = write(tty->fd, keys, len);
        if (n <= 0)
            return;
        keys += n;
        len -= (size_t)n;
    }
}

/* --- /proc
 * -------------------------------------------------------------------------------------------------
 */

/* The number behind a name in a file of lines "Name:  123 kB", or 0. */
static uint64_t
number_in(const char *path, const char *name)
{
    g_autofree char *text = NULL;
    const char *at;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return 0;
    at = strstr(text, name);
    return at != NULL ? g_ascii_strtoull(at + strlen(name), NULL, 10) : 0;
}

static uint64_t
waits_of(pid_t pid)
{
    g_autofree char *folder = g_strdup_printf("/proc/%d/task", (int)pid);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    uint64_t waits = 0;
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, "status", NULL);
        waits += number_in(path, "\nvoluntary_ctxt_switches:");
    }
    return waits;
}

double
cost_cpu_ms(pid_t pid)
{
    g_autofree char *folder = g_strdup_printf("/proc/%d/task", (int)pid);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    uint64_t ns = 0;
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, "schedstat", NULL);
        g_autofree char *text = NULL;
        if (g_file_get_contents(path, &text, NULL, NULL))
            ns += g_ascii_strtoull(text, NULL, 10);
    }
    return (double)ns / 1e6;
}

static double
cpu_of(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)pid);
    g_autofree char *text = NULL;
    g_auto(GStrv) words = NULL;
    const char *end;

    if (!g_file_get_contents(path, &text, NULL, NULL) || (end = strrchr(text, ')')) == NULL)
        return 0;
    words = g_strsplit(end + 2, " ", 14); /* from the third field on: utime is the 14th */
    if (g_strv_length(words) < 13)
        return 0;
    return (double)(g_ascii_strtoull(words[11], NULL, 10) + g_ascii_strtoull(words[12], NULL, 10)) /
           (double)sysconf(_SC_CLK_TCK);
}

void
cost_of(pid_t pid, struct cost *ret_cost)
{
    g_autofree char *status = g_strdup_printf("/proc/%d/status", (int)pid);
    g_autofree char *maps = g_strdup_printf("/proc/%d/smaps_rollup", (int)pid);

    ret_cost->cpu_s = cpu_of(pid);
    ret_cost->rss_mb = (double)number_in(status, "VmRSS:") / 1024;
    ret_cost->peak_mb = (double)number_in(status, "VmHWM:") / 1024;
    ret_cost->pss_mb = (double)number_in(maps, "\nPss:") / 1024;
    ret_cost->private_mb =
        (double)(number_in(maps, "\nPrivate_Clean:") + number_in(maps, "\nPrivate_Dirty:")) / 1024;
    ret_cost->waits = waits_of(pid);
}

double
cost_of_machine(void)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) words = NULL;
    uint64_t ticks = 0;

    if (!g_file_get_contents("/proc/stat", &text, NULL, NULL))
        return 0;
    words = g_strsplit_set(text, " \n", 12);
    /* "cpu", "", user, nice, system, idle, iowait, irq, softirq, steal. */
    for (unsigned i = 2; i < 10 && words[i] != NULL; i++)
        ticks += i == 5 || i == 6 ? 0 : g_ascii_strtoull(words[i], NULL, 10);
    return (double)ticks / (double)sysconf(_SC_CLK_TCK);
}

double
cost_of_self(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}
