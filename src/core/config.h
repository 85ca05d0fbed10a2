/* The one per-user file, read strictly (docs/configuration): sections and `key = value` lines,
 * nothing is guessed, every complaint has a file, a line and a column. /set writes override.conf;
 * the user's own file is changed by `config_append_section` and `config_edit_do` alone, after the
 * person has seen the lines. */
#ifndef WEFT_CORE_CONFIG_H
#define WEFT_CORE_CONFIG_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/driver.h"
#include "model/buffer.h"

struct network;

#define CONFIG_MAX_LINE_BYTES 8192
#define CONFIG_MAX_FILE_BYTES (1024 * 1024)
#define CONFIG_MAX_INCLUDES   32

struct config_problem {
    char *file;
    int line;   /* from 1; 0: the file as a whole */
    int column; /* from 1, in characters */
    bool warning;
    char *text; /* a sentence, with the nearest name where one is near */
};

/* Where weft's files are: WEFT_HOME, or the XDG folders, or those of a profile. */
struct paths {
    char *config_file;   /* weft.conf */
    char *override_file; /* override.conf */
    char *config_dir;
    char *data_dir;
    char *log_file;
    char *cache_dir;
    char *download_dir; /* where files are saved, unless the configuration says another place */
    char *run_dir;
};
/* `profile` NULL: the default one. Error BAD_INPUT for a profile name that is no plain word. */
struct paths *paths_new(const char *profile, GError **error);
void paths_free(struct paths *paths);

struct config;

/* Reads file, includes and override file, and checks every key against the rows of [weft], [look],
 * [keys], [notify], [ignore], [account …] (core's rows and those of the account's driver),
 * [buffer …]. Never NULL: what is wrong is in config_problems(), and an account with an error in
 * its section is left out, the others work. One whose values are good each, but not together by its
 * driver's word, is kept: it cannot connect, its history is there. A missing file is an empty one.
 */
struct config *config_load(const struct paths *paths, const struct network *networks);
/* For `weft check FILE` and tests: here a missing file is an error. `override_file` may be NULL. */
struct config *
config_load_file(const char *file, const char *override_file, const struct network *networks);
void config_free(struct config *config);

const char *config_file(const struct config *config);
const GPtrArray *config_problems(const struct config *config); /* struct config_problem */
/* What only the layers above can see, such as a key's name. Kept until the files are read anew. */
void config_complain(struct config *config, const char *file, int line, int column, bool warning,
                     const char *text);
bool config_has_errors(const struct config *config);

/* For `weft check`: all problems as lines "FILE:LINE:COLUMN: error: sentence" (or "warning"), what
 * the override file says otherwise ("note"), and a line with the numbers. Returns the exit status:
 * 1 when there is an error. */
int config_check_print(const struct config *config, GString *out);

/* What these five and config_account_… return is valid until the next config_set(),
 * config_append_section() or core_reload(); who keeps options takes a reference (core/options.h).
 */

/* The port in a value of relay.listen. */
bool config_read_listen(const char *value, uint16_t *ret_port);

/* "[look]" values and the like: fall-backs put in. The key must be one of core's rows. */
const char *config_text(const struct config *config, const char *section, const char *key);
bool config_bool(const struct config *config, const char *section, const char *key);
int64_t config_number(const struct config *config, const char *section, const char *key);
/* Of a key that may repeat: NULL-terminated, never NULL. */
const char *const *config_list(const struct config *config, const char *section, const char *key);
/* A pair of [keys]. */
struct config_key {
    char *action;
    char *keys;
    char *file;
    int line;
    int action_column, keys_column;
    bool override; /* override.conf says so */
};
/* All of them, in the order of the files. */
void config_each_key(const struct config *config,
                     void (*fn)(void *user, const struct config_key *key), void *user);

/* The line of [look] that names a theme ("keys"), which only the screen can look for; NULL: none.
 */
const struct config_key *config_theme(const struct config *config);

size_t config_n_accounts(const struct config *config);
const char *config_account_name(const struct config *config, size_t i);
const char *config_account_network(const struct config *config, size_t i);
/* Core's own options of an account: label, connect (bool), and the driver's. NULL for an unknown
 * account. */
const struct options *config_account_options(const struct config *config, const char *name);

/* What calls in a buffer of this address and kind: from its [buffer …] section, the account's or
 * [notify]. `ret_where` (may be NULL) says which, in words. */
enum notify_level config_notify_level(const struct config *config, const char *address,
                                      enum buffer_kind kind, const char **ret_where);

/* Writes one value into override.conf (atomic), after checking it by itself and with all others
 * (the account's driver may object), and takes it in. `value` NULL
 * removes it there. `section` as in its header: "look", "account libera", "buffer
 * patio/coops/jobs". A repeatable option gets this one value. Secrets in clear, includes and an
 * account's network are refused. */
bool config_set(struct config *config, const char *section, const char *key, const char *value,
                GError **error);

/* Ignore rules: one more line in override.conf, or away with every line there that says so. */
bool config_add_ignore(struct config *config, const char *rule, GError **error);
bool config_remove_ignore(struct config *config, const char *rule, GError **error);

/* The text of a new account's section, checked by parsing it (BAD_INPUT otherwise). `options`:
 * lines "key = value\n". g_free(). */
char *config_account_section(const struct config *config, const char *name, const char *network,
                             const char *options, GError **error);
/* Could these sections be appended? False: a sentence says what is wrong with them. */
bool config_check_section(const struct config *config, const char *text, GError **error);
/* Appends the text to the user's file (made 0600 when new) and takes it in. */
bool config_append_section(struct config *config, const char *text, GError **error);

/* Lines of one key in a section of the user's files changed, where they stand (an included file,
 * too); comments and all other lines stay as they are. First made, which checks all files as they
 * would be, then shown to the person, then done: nothing is written when the file has changed
 * meanwhile (CONFLICT). What override.conf says is not touched (CONFLICT). It is not taken in:
 * core_reload() does that. */
struct config_line {
    const char *kind, *name; /* "gateway", "jobs" */
    const char *key;
    const char *old;   /* this value goes; NULL: every line of the key does */
    const char *value; /* this one comes; NULL: none */
    bool adds;         /* nothing goes */
};
struct config_edit;
struct config_edit *
config_edit_new(const struct config *config, const struct config_line *line, GError **error);
void config_edit_free(struct config_edit *edit); /* NULL is allowed */
const char *config_edit_file(const struct config_edit *edit);
/* "line 12: - leg = …" and "line 12: + leg = …", without a last newline. */
const char *config_edit_text(const struct config_edit *edit);
bool config_edit_do(const struct config_edit *edit, GError **error);

#endif
