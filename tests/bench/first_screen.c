/* first_screen [ROUNDS]: how long from exec to the first whole screen, weft beside irssi, in one
 * run.
 *
 * Each program runs on a pty of 120x40, in turn, ROUNDS times (15). "First screen" is the moment
 * when the text that only a whole screen has (weft: the prompt of the input line, drawn last;
 * irssi: its own prompt) has been read from the pty; "answered" when a key typed then has been
 * echoed. Medians and the ratio are printed. The homes stand in $WEFT_BENCH_EMPTY and
 * $WEFT_BENCH_FULL (tests/bench/start makes them); irssi is left out where it is not installed. */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROWS        40
#define COLS        120
#define DEADLINE_MS 10000
#define MAX_ROUNDS  101

struct program {
    const char *name;
    char *command;
    const char *home;   /* WEFT_HOME and HOME */
    const char *marker; /* in the bytes that it writes */
    double screen_ms[MAX_ROUNDS];
    double key_ms[MAX_ROUNDS];
};

static double
now_ms(void)
{
    return (double)g_get_monotonic_time() / 1000.0;
}

static pid_t
start(const struct program *program, int *ret_fd)
{
    struct winsize size = {.ws_row = ROWS, .ws_col = COLS};
    pid_t pid = forkpty(ret_fd, NULL, NULL, &size);

    if (pid == 0) {
        setenv("TERM", "xterm-256color", 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        setenv("HOME", program->home, 1);
        setenv("WEFT_HOME", program->home, 1);
        execl(program->command, program->command, NULL);
        _exit(127);
    }
    return pid;
}

/* Reads until `marker` was seen, or for a quiet moment after it; false at the deadline. */
static bool
read_until(int fd, GString *seen, const char *marker)
{
    double end = now_ms() + DEADLINE_MS;
    char bytes[65536];

    while (now_ms() < end) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        ssize_t n;
        if (strstr(seen->str, marker))
            return true;
        if (poll(&ready, 1, 100) <= 0)
            continue;
        n = read(fd, bytes, sizeof bytes);
        if (n <= 0)
            return false;
        for (ssize_t i = 0; i < n; i++)
            if (bytes[i])
                g_string_append_c(seen, bytes[i]);
    }
    return false;
}

static bool
measure(struct program *program, int round)
{
    GString *seen = g_string_new(NULL);
    double begin = now_ms();
    int fd;
    pid_t pid = start(program, &fd);
    bool ok = read_until(fd, seen, program->marker);

    program->screen_ms[round] = now_ms() - begin;
    if (ok) {
        g_string_truncate(seen, 0);
        ok = write(fd, "Q", 1) == 1 && read_until(fd, seen, "Q");
        program->key_ms[round] = now_ms() - begin;
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(fd);
    if (!ok)
        fprintf(stderr, "%s never showed \"%s\"\n", program->name, program->marker);
    g_string_free(seen, TRUE);
    return ok;
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double
median(double *values, int n)
{
    qsort(values, (size_t)n, sizeof *values, compare);
    return values[n / 2];
}

int
main(int argc, char **argv)
{
    int rounds = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 15;
    const char *build = g_getenv("WEFT_BENCH_BUILD");
    g_autofree char *weft = g_build_filename(build ? build : ".", "weft", NULL);
    g_autofree char *irssi = g_find_program_in_path("irssi");
    struct program programs[] = {
        {.name = "weft, empty store",
         .command = weft,
         .home = g_getenv("WEFT_BENCH_EMPTY"),
         .marker = "(offline)"},
        {.name = "weft, full store",
         .command = weft,
         .home = g_getenv("WEFT_BENCH_FULL"),
         .marker = "(offline)"},
        {.name = "irssi",
         .command = irssi,
         .home = g_getenv("WEFT_BENCH_EMPTY"),
         .marker = "[(status)]"},
    };
    size_t n = G_N_ELEMENTS(programs) - (irssi ? 0 : 1);
    double base;

    if (!programs[0].home || !programs[1].home || rounds < 1 || rounds > MAX_ROUNDS) {
        fputs("first_screen: run tests/bench/start\n", stderr);
        return 2;
    }
    for (int round = 0; round < rounds; round++)
        for (size_t i = 0; i < n; i++)
            if (!measure(&programs[i], round))
                return 1;
    printf("%-20s %14s %14s %8s\n", "median of rounds", "first screen", "key answered", "ratio");
    base = median(programs[0].screen_ms, rounds);
    for (size_t i = 0; i < n; i++) {
        double screen = median(programs[i].screen_ms, rounds);
        printf("%-20s %11.1f ms %11.1f ms %7.2fx\n", programs[i].name, screen,
               median(programs[i].key_ms, rounds), screen / base);
    }
    return 0;
}
