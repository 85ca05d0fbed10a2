/* A program on a bare pseudo-terminal: what it writes goes byte for byte to a struct vt. */
#ifndef WEFT_TESTS_E2E_PTY_H
#define WEFT_TESTS_E2E_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "tests/e2e/vt.h"

#define PTY_DEADLINE_MS 30000

struct pty;

/* Runs this build's weft with `arguments` (NULL-terminated, without the program's name) and
 * WEFT_HOME = `home`, TERM = xterm-256color. `environment`: "NAME=VALUE" besides, "NAME" alone for
 * one that is not set, or NULL. `vt` is the caller's and must live as long. Turning the default
 * main context reads. */
struct pty *pty_run(const char *home, const char *const *arguments, const char *const *environment,
                    int cols, int rows, struct vt *vt);
/* The same as the job of a shell, which puts it in the foreground again whenever it stops, and ends
 * with its exit status. */
struct pty *
pty_run_job(const char *home, const char *const *environment, int cols, int rows, struct vt *vt);
/* Ends what still runs with SIGKILL. NULL is allowed. */
void pty_free(struct pty *pty);

pid_t pty_pid(const struct pty *pty);
/* The process group in the foreground: that of the job. */
pid_t pty_foreground(const struct pty *pty);
/* Whether the terminal's modes are those that it had before anything ran. */
bool pty_modes_as_found(const struct pty *pty);
/* The window is closed. */
void pty_hang_up(struct pty *pty);
void pty_type(struct pty *pty, const char *text);
void pty_type_bytes(struct pty *pty, const char *bytes, size_t len);
void pty_resize(struct pty *pty, int cols, int rows);
/* Waits until the screen, painted anew as often as needed, shows `text` in one piece. What does not
 * happen in time ends the test, with what was shown last and with what was waited for. */
void pty_wait(struct pty *pty, const char *text);
/* As loop_until(); `what` names what did not happen. */
void pty_until(struct pty *pty, bool (*done)(void *user), void *user, const char *what);
/* Waits for the end; the exit status, or -1 when it was killed or did not end in time. */
int pty_wait_end(struct pty *pty);

#endif
