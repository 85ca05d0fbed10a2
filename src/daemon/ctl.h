/* `weft ctl …`: one request to the weft that runs, from a shell. docs/control.md tells the commands
 * and the exit codes. Everything that is printed for people is made fit for a terminal. */
#ifndef WEFT_DAEMON_CTL_H
#define WEFT_DAEMON_CTL_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/net_ops.h"

enum ctl_exit {
    CTL_DONE = 0,
    CTL_REFUSED = 1, /* weft said no, or the message failed */
    CTL_USAGE = 2,   /* the command line makes no sense */
    CTL_NOBODY = 3,  /* no weft runs with this profile, or it ended before the answer */
    CTL_UNKNOWN = 4, /* nobody knows (yet) whether the message has arrived */
};

struct ctl_options {
    struct net_ops *net;
    struct clock *clock;
    const char *run_dir; /* where the socket is */
    /* Standard output. False: nobody reads it any more, and the command ends well. */
    bool (*put)(void *user, const char *bytes, size_t len);
    int put_fd; /* where `put` writes: when its reader goes, the command ends well too; -1: none */
    /* A sentence for standard error, without "weft: " and line end. */
    void (*complain)(void *user, const char *text);
    /* All of standard input, at most so many bytes; NULL and `error`. g_free(). */
    char *(*input)(void *user, size_t max_bytes, GError **error);
    void *user;
};

/* The words behind "ctl". Turns the default main context until the answer is there. */
enum ctl_exit ctl_run(const struct ctl_options *options, int argc, char **argv);

extern const char ctl_usage[];

#endif
