/* A program of the person's own, from a line of the configuration or the environment: run without a
 * shell and, but for an editor, without the terminal, in a session of its own, so that all that it
 * starts can be ended with it. */
#ifndef WEFT_BASE_CHILD_H
#define WEFT_BASE_CHILD_H

#include <gio/gio.h>

/* `command` is divided into words as a shell would (quotes and backslashes; no variables, pipes or
 * `;`); "~/" at its beginning is the home folder. `argument` is its last one, as it stands; NULL:
 * none. It may be foreign: one that begins like an option ("-e") is refused. `environment`: NAME,
 * value, NAME, value, NULL: added to weft's own; NULL: nothing. `input`: what it reads from its
 * standard input; NULL: nothing. NULL: G_SHELL_ERROR, G_SPAWN_ERROR. */
GSubprocess *child_start(const char *command, const char *argument, GSubprocessFlags flags,
                         const char *const *environment, const char *input, GError **error);
/* The other way round, for an editor: it gets the terminal `fd` (kept) as its input, output and
 * errors, stays in weft's own process group, and `argument` is its last. The terminal's signals
 * reach both: weft must not end by them meanwhile. */
GSubprocess *
child_start_on_terminal(const char *command, const char *argument, int fd, GError **error);
/* SIGKILL to it and all that it has started. Nothing happens when it has ended. */
void child_kill(GSubprocess *child);

#endif
