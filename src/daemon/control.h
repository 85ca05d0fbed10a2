/* The control socket: JSON lines for programs of this user (docs/control.md). Screen and headless
 * weft serve the same.
 *
 * Limits: CONTROL_CLIENTS_MOST programs at a time; lines of REQUEST_MAX_LINE_BYTES; at most
 * CONTROL_WAITS_MOST requests of a client that wait for something, tails included; what a client
 * does not read stops its requests, ends its tails with a sentence, and never costs memory. */
#ifndef WEFT_DAEMON_CONTROL_H
#define WEFT_DAEMON_CONTROL_H

#include <stdbool.h>

#include "base/net_ops.h"
#include "core/core.h"

#define CONTROL_SOCKET       "ctl.sock" /* in the run folder */
#define CONTROL_CLIENTS_MOST 32
#define CONTROL_WAITS_MOST   64

struct control_options {
    struct core *core;   /* borrowed; must outlive the control */
    struct net_ops *net; /* likewise */
    const char *run_dir; /* struct paths; made 0700 */
    const char *version; /* of the program; static */
    bool headless;
};

struct control;

/* Listens. NULL and `error`: FORBIDDEN, CONFLICT, DISK, IO in a sentence; weft works without it. */
struct control *control_new(const struct control_options *options, GError **error);
/* Ends every client, after what has been written. NULL is allowed. */
void control_free(struct control *control);

#endif
