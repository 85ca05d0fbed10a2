/* weft without a screen: what a person would have seen goes to the log, and to the service manager;
 * the control socket and the page are served. Signals are the program's (src/app.c). */
#ifndef WEFT_DAEMON_HEADLESS_H
#define WEFT_DAEMON_HEADLESS_H

#include "base/net_ops.h"
#include "core/core.h"

struct headless_options {
    struct core *core;       /* borrowed */
    struct net_ops *net;     /* borrowed */
    const char *run_dir;     /* for the control socket */
    const char *version;     /* static */
    const char *notify;      /* NOTIFY_SOCKET, or NULL */
    const char *watchdog_us; /* WATCHDOG_USEC, or NULL */
    /* A program at the control socket wants weft to end. */
    void (*quit)(void *user);
    void *user;
};

struct headless;

/* Begins to serve, before core_start(). Never NULL: what cannot be served is logged. */
struct headless *headless_new(const struct headless_options *options);
/* Everything runs. */
void headless_ready(struct headless *headless);
/* Reads the configuration anew, and says the difference. */
void headless_reload(struct headless *headless);
/* Says that weft is about to end; nothing is served any more. */
void headless_stopping(struct headless *headless);
/* Before core_free(). NULL is allowed. */
void headless_free(struct headless *headless);

#endif
