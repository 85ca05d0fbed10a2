/* The person's own programs that are run on the side (notify_cmd, copy_cmd, open_cmd): without a
 * shell, a few at a time, and never waited for. */
#ifndef WEFT_UI_RUNS_H
#define WEFT_UI_RUNS_H

#include <glib.h>
#include <stdbool.h>

#include "base/clock.h"

#define RUNS_MOST     4
#define RUNS_LIMIT_US (10 * G_USEC_PER_SEC)

struct run_options {
    const char *name;               /* for sentences: "notify_cmd" */
    const char *command;            /* as for child_start(), like the next three */
    const char *argument;           /* NULL: none */
    const char *const *environment; /* NULL: nothing */
    const char *input;              /* NULL: nothing */
    bool stays; /* it may go on: what has not failed by RUNS_LIMIT_US counts as good and is left
                   alone. Else it is stopped then, and with weft */
};

struct runs;

struct runs *runs_new(struct clock *clock);
/* Nothing is told of what still runs. NULL is allowed. */
void runs_free(struct runs *runs);

/* `error` NULL: it ended well; else why not, in a sentence. Never called from inside the call. */
typedef void (*runs_done_fn)(void *user, const GError *error);

/* The options are borrowed for the call, but the name. False: it was not started; CONFLICT:
 * RUNS_MOST are at work. Else `fn` follows once. */
bool runs_start(struct runs *runs, const struct run_options *options, runs_done_fn fn, void *user,
                GError **error);

#endif
