/* What a person can type after a slash: one table of rows, the driver's own rows beside them.
 *
 * A row's function does its work or refuses with a sentence; what fails later is said in the buffer
 * in which the command was typed. Arguments are divided at blanks; the last one takes the rest of
 * the text. */
#ifndef WEFT_CORE_COMMAND_H
#define WEFT_CORE_COMMAND_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/core_priv.h"

#define COMMAND_MAX_ARGUMENTS 3

struct command_context {
    struct core *core;
    const struct command *row;
    const struct buffer *buffer; /* where it was typed */
    /* Of that buffer's account. In weft's own buffer: see `of_account`; else NULL. */
    struct session *session;
    const char *const *arguments; /* NULL-terminated */
    int n;
};

typedef bool (*command_fn)(const struct command_context *context, GError **error);

struct command {
    const char *name;
    const char *aliases;   /* words, or NULL */
    const char *arguments; /* "NAME [KEY]", or "" */
    const char *help;      /* one sentence, more after a newline */
    const char *example;
    enum complete_kind completes[COMMAND_MAX_ARGUMENTS];
    int least, most;
    /* It is about an account whose network has one of these, not about a buffer. In weft's own
     * buffer that is the only one of them, or the one that stands before the first argument:
     * "libera/#coop". 0: there it is about none. */
    unsigned of_account;
    command_fn run;
};

/* Each ends with a row whose name is NULL. */
extern const struct command commands_account[];
extern const struct command commands_buffer[];
extern const struct command commands_attention[];
extern const struct command commands_files[];
extern const struct command commands_ignore[];
extern const struct command commands_message[];
extern const struct command commands_place[];
extern const struct command commands_program[];
extern const struct command commands_relay[];
extern const struct command commands_screen[];
extern const struct command commands_talk[];
extern const struct command commands_thread[];

/* The row of a name or an alias (letters' case does not count); NULL: none of core's. */
const struct command *command_find(const char *name);
const struct driver_command *command_find_driver(const struct session *session, const char *name);
/* Whose commands can be typed here: of the buffer's account, in weft's own buffer of the only one;
 * NULL. */
struct session *command_session(struct core *core, const struct buffer *buffer);
/* Every name (no aliases) that can be typed here is given to `fn`, core's first. `session` may be
 * NULL. */
void
command_each(const struct session *session, void (*fn)(void *user, const char *name), void *user);
/* What the argument (from 0) of a command is; NONE for an unknown command. */
enum complete_kind command_completes(const struct session *session, const char *name, int argument);

/* How many arguments it takes at most; 0 for an unknown command. */
int command_most(const struct session *session, const char *name);
/* What it takes, as its help writes it; "" for an unknown command. */
const char *command_arguments(const struct session *session, const char *name);

/* Divides at blanks and line ends into at most `most` words, of which the last takes the rest.
 * g_strfreev(). */
char **command_split(const char *text, int most);

/* The text of /help: all commands, or one. NULL: NOT_FOUND with the nearest name. g_free(). */
char *command_help(const struct session *session, const char *name, GError **error);

/* Runs "/name arguments". */
bool command_run(struct core *core, const struct buffer *buffer, const char *text, GError **error);

/* What /go does. */
bool command_go(const struct command_context *context, GError **error);

/* For rows: false and BAD_INPUT when there is no account here. */
bool command_needs_account(const struct command_context *context, GError **error);
/* The buffer in which the person asked, if it is the account's: what drivers call `from`. */
const struct buffer *command_from(const struct command_context *context);

#endif
