/* A program that a test starts, speaks with in lines, and kills; and that program's own side. */
#ifndef WEFT_TESTS_SOAK_PUPPET_H
#define WEFT_TESTS_SOAK_PUPPET_H

#include <glib.h>
#include <stdbool.h>

/* The line is without its end, and may be written to. */
typedef void (*puppet_line_fn)(char *line, void *user);

/* --- the test's side --- */

struct puppet;

/* Starts the built tests/FOLDER/NAME with this environment (NULL: the test's). `fn` is called for
 * each line that it writes, from the default main context. */
struct puppet *puppet_start(const char *folder, const char *name, char **environment,
                            puppet_line_fn fn, void *user);
void puppet_write(struct puppet *puppet, const char *line); /* with its end of line */
void puppet_signal(struct puppet *puppet, int number);
/* The same, to one who may have died: false. */
bool puppet_try(struct puppet *puppet, const char *line);
/* Its output has ended; puppet_kill() or puppet_end() is still to be called. */
bool puppet_has_ended(const struct puppet *puppet);
/* By SIGKILL. What it had written before still counts: `fn` is called. */
void puppet_kill(struct puppet *puppet);
/* Its input ends; it must end with 0. */
void puppet_end(struct puppet *puppet);
/* The same with one who may die by SIGKILL before: false. */
bool puppet_leave(struct puppet *puppet);

/* --- the program's side --- */

/* Turns the default main context until the input ends (or the test is gone); `fn` is called for
 * each line of it. All that is logged goes to this file in WEFT_HOME. */
void puppet_main(const char *log_name, puppet_line_fn fn, void *user);
/* One line to the test. */
void puppet_tell(const char *format, ...) G_GNUC_PRINTF(1, 2);

#endif
