/* The person's own program that tells of a call ([notify] notify_cmd), with the words in its
 * environment and on its standard input. */
#ifndef WEFT_UI_NOTIFY_CMD_H
#define WEFT_UI_NOTIFY_CMD_H

#include "ui/call.h"
#include "ui/runs.h"

/* As runs_done_fn. */
typedef void (*notify_done_fn)(void *user, const GError *error);

/* As runs_start(). */
bool notify_cmd_run(struct runs *runs, const char *command, const struct call *call,
                    notify_done_fn fn, void *user, GError **error);

#endif
