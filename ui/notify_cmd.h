/* The person's own program that tells of a call ([notify] notify_cmd): without a shell, with the
 * words in its environment and on its standard input, a few at a time, not for long. */
#ifndef WEFT_UI_NOTIFY_CMD_H
#define WEFT_UI_NOTIFY_CMD_H

#include "ui/call.h"

#define NOTIFY_CMD_MOST     4
#define NOTIFY_CMD_LIMIT_US (10 * G_USEC_PER_SEC)

struct notify_cmd;

struct notify_cmd *notify_cmd_new(struct clock *clock);
/* Stops what still runs; nothing is told of it. NULL is allowed. */
void notify_cmd_free(struct notify_cmd *cmd);

/* `error` NULL: it ended well; else why not, in a sentence. Never called from inside the call. */
typedef void (*notify_done_fn)(void *user, const GError *error);

/* False: it was not started; CONFLICT: NOTIFY_CMD_MOST are at work. Else `fn` follows once. */
bool notify_cmd_run(struct notify_cmd *cmd, const char *command, const struct call *call,
                    notify_done_fn fn, void *user, GError **error);

#endif
