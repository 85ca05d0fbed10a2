/* The real binary in a real terminal: a private tmux server of the test's own, keys in, screen out.
 *
 * Waiting turns the default main context, so in-process servers and peers of the test go on. */
#ifndef WEFT_TESTS_E2E_TMUX_H
#define WEFT_TESTS_E2E_TMUX_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

#define TMUX_DEADLINE_MS 20000

struct tmux;

/* False with a sentence for g_test_skip() when tmux is not installed. */
bool tmux_available(char **ret_why_not);

/* A terminal of this size with nothing in it. `home` becomes WEFT_HOME. However this process ends,
 * the server and what runs in it end too. */
struct tmux *tmux_new(int cols, int rows, const char *home);
/* Ends what runs in it and the private server. NULL is allowed. */
void tmux_free(struct tmux *tmux);

/* With WEFT_TEST_UNDER=valgrind in the environment weft runs under valgrind, for builds without
 * sanitizers; its report is in "valgrind.PID" of `home`, and home_free() reads it.
 *
 * Runs this build's weft with these arguments ("" for none) in place of what ran before. */
void tmux_run_weft(struct tmux *tmux, const char *arguments);
/* The same as the child of a shell that, when weft has ended, writes "gone" and reads on. The
 * terminal's settings (stty -g) are then in the files "before" and "after" of `home`; the window's
 * title before is "as found". */
void tmux_run_weft_in_shell(struct tmux *tmux);
/* The child of that shell; 0 when there is none. */
pid_t tmux_foreground_pid(struct tmux *tmux);
/* The process in the terminal; 0 when it has ended. */
pid_t tmux_pid(struct tmux *tmux);
/* SIGKILL to what tmux_run_weft() started, at once, and waits until it is gone. */
void tmux_kill(struct tmux *tmux);
/* Waits until the process has ended by itself; fails as tmux_wait() does. */
void tmux_wait_end(struct tmux *tmux);

/* The path of its server's socket; an option for what runs in it. */
const char *tmux_socket(const struct tmux *tmux);
void tmux_set(struct tmux *tmux, const char *option, const char *value);

/* Text as if typed (\r is Enter), and keys by tmux's names ("Enter", "M-a", "C-k", "F3", "PageUp").
 */
void tmux_type(struct tmux *tmux, const char *text);
void tmux_key(struct tmux *tmux, const char *key);
/* As a terminal pastes: in brackets when the program has asked for them, line ends as \r. */
void tmux_paste(struct tmux *tmux, const char *text);
void tmux_resize(struct tmux *tmux, int cols, int rows);

/* What the terminal shows, rows separated by newlines; with `colors`, with its SGR sequences.
 * g_free(). */
char *tmux_screen(struct tmux *tmux, bool colors);
/* The same as one would copy it: rows that are one line are joined. g_free(). */
char *tmux_copied(struct tmux *tmux);
/* The beginnings of what programs have put into tmux's clipboard (set-clipboard on), newest first,
 * a line each. g_free(). */
char *tmux_clipboard(struct tmux *tmux);
/* The value of a tmux format: "#{mouse_sgr_flag}". g_free(). */
char *tmux_format(struct tmux *tmux, const char *format);
/* Waits until the screen matches the regular expression (multi-line), or no longer does. What does
 * not happen in time ends the test, with the screen and with what was waited for. Wait for words
 * that only what comes can have: those that stand there already wait for nothing. */
void tmux_wait(struct tmux *tmux, const char *regex);
void tmux_wait_gone(struct tmux *tmux, const char *regex);
/* Waits until the window's title is this one; * stands for anything. */
void tmux_wait_title(struct tmux *tmux, const char *title);
/* As loop_until(), for what is not on the screen; `what` names it should it not happen. */
void tmux_until(struct tmux *tmux, bool (*done)(void *user), void *user, const char *what);
/* "COLUMN,ROW,SHOWN,ALTERNATE" of the cursor and screen. g_free(). */
char *tmux_state(struct tmux *tmux);

#endif
