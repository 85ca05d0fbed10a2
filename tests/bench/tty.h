/* A program on a pseudo-terminal of 120x40 that answers nothing, what it writes there, and what it
 * costs (from /proc). */
#ifndef WEFT_TESTS_BENCH_TTY_H
#define WEFT_TESTS_BENCH_TTY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define TTY_ROWS 40
#define TTY_COLS 120

struct tty {
    int fd;
    pid_t pid;
    uint64_t bytes;      /* that it wrote */
    int64_t last_us;     /* when it wrote last (monotonic) */
    const char **wanted; /* texts, NULL-terminated */
    bool found;          /* one of them was written */
    int64_t found_us;    /* when */
    const char *which;   /* the one that was found */
    GString *tail;       /* the end of what it wrote */
};

/* Has the priority of this process count among sessions too: Linux groups processes by session
 * (autogroups, sched(7)), and within a group alone a priority says nothing. Returns what the group
 * had, to be given to tty_group_set() in the end; where there are no groups, 0. */
int tty_group_raise(void);
void tty_group_set(int nice);

/* `environment`: NAME=VALUE words beside the ones of this process. */
void tty_start(struct tty *tty, const char *const *argv, const char *const *environment);
/* Kills it. */
void tty_stop(struct tty *tty);
/* Takes what it has written; false: it has ended. */
bool tty_take(struct tty *tty);
/* From now on it is looked for these (borrowed, the array and the texts). */
void tty_want(struct tty *tty, const char **wanted);
void tty_type(struct tty *tty, const char *keys);

/* --- what it costs: all threads of it and no children */

struct cost {
    double cpu_s;
    double rss_mb;
    double pss_mb;     /* 0: not for us to know */
    double private_mb; /* of `rss_mb`, what no other process shares; 0 as above */
    double peak_mb;
    uint64_t waits; /* voluntary context switches: how often a thread went to sleep */
};
void cost_of(pid_t pid, struct cost *ret_cost);
/* Milliseconds of processor time of the threads that it has now, finer than cost_of()'s. */
double cost_cpu_ms(pid_t pid);
/* Seconds of processor time that this machine has used in all, and that this process has. */
double cost_of_machine(void);
double cost_of_self(void);

#endif
