/* A section's values, checked against option rows: how struct options (core/driver.h) is made. Core
 * makes them from the configuration, first-run and tests from text. */
#ifndef WEFT_CORE_OPTIONS_H
#define WEFT_CORE_OPTIONS_H

#include <glib.h>
#include <stdbool.h>

#include "core/driver.h"

#define OPTIONS_MAX_VALUES 1000 /* of one repeatable option */

/* What an option of type SECRET is named with: its name alone, or with one of these behind it. */
enum secret_source { SECRET_PLAIN, SECRET_CMD, SECRET_FILE, SECRET_ENV, SECRET_ASK, SECRET_N };

/* The row that a key belongs to, in either table (each may be NULL), or NULL. NAME_cmd and the like
 * find the row of NAME. `ret_source` may be NULL; it is PLAIN for rows that are no secrets. */
const struct option_row *
options_find_row(const struct option_row *own, const struct option_row *more, const char *key,
                 enum secret_source *ret_source);
/* Every key of the rows is given to `fn`, secrets in all their forms. */
void options_each_key(const struct option_row *rows, void (*fn)(void *user, const char *key),
                      void *user);

/* Without values. The tables must outlive it; either may be NULL. */
struct options *options_new(const struct option_row *own, const struct option_row *more);
/* Who keeps them for longer than a call takes a reference: the configuration may get others in
 * their place. NULL is allowed in all three. */
const struct options *options_ref(const struct options *options);
void options_unref(const struct options *options);
/* Gives up the maker's reference. With the last one, what is secret is wiped. */
void options_free(struct options *options);
/* Checks one value and adds it. A relative path is taken from `folder`. BAD_INPUT: unknown key
 * (with the nearest name), a value of the wrong type or range, a second value for what does not
 * repeat, two sources for one secret. The sentence never holds a secret. */
bool options_add(struct options *options, const char *key, const char *value, const char *folder,
                 GError **error);
/* BAD_INPUT when a required option has no value (for a secret: never, the person is asked). */
bool options_complete(const struct options *options, GError **error);

/* From lines "key = value\n", as they would stand in the configuration. Complete, or NULL and
 * `error`. */
struct options *options_new_from_text(const struct option_row *own, const struct option_row *more,
                                      const char *text, const char *folder, GError **error);

/* Only for core/secret.c: what was configured for a source of a secret; NULL when that source is
 * not used. */
const char *
options_secret(const struct options *options, const char *name, enum secret_source source);
/* The row of a name; NULL: none. */
const struct option_row *options_row(const struct options *options, const char *name);
/* True when both hold the same values for the same rows. */
bool options_equal(const struct options *a, const struct options *b);

/* The same, but for the options of these names (NULL-terminated). */
bool options_equal_but(const struct options *a, const struct options *b, const char *const *names);
/* The same, for the options of these rows only. */
bool options_same(const struct options *a, const struct options *b, const struct option_row *rows);

/* True, and *ret_value written, for on/off, yes/no, true/false. */
bool options_parse_bool(const char *text, bool *ret_value);

#endif
