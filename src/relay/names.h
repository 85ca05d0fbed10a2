/* Under which name a person is heard elsewhere. Pure: who has taken which name is the business of
 * people.h.
 *
 * A name is made by a template (docs/configuration.md), cleaned of all that could steer, hide or
 * reorder, and cut between what a reader sees as characters. "maria_patio_ar" is understood as
 * name_coop_cc. */
#ifndef WEFT_RELAY_NAMES_H
#define WEFT_RELAY_NAMES_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define NAMES_MAX_BYTES 128 /* where the network has no limit of its own, or a larger one */

struct names_source {
    const char *nick; /* as the network shows it */
    const char *id;   /* the network's; NULL: not known */
    const char *account, *network;
    const char *label; /* of the account; NULL: its name */
    const char *buffer, *gateway;
};

/* What the template makes of it: not empty, at most NAMES_MAX_BYTES. g_free(). */
char *names_make(const char *template, const struct names_source *source);
/* What stands before a text: it ends with a blank, or is empty. `as`: what {as} stands for; where
 * it holds what the template sets around it, that is '_'. `ret_name`: where a person's name stands
 * in it, by the first of {as}, {name} and {nick} in the template; start and end are equal where
 * none does. NULL: that is not asked for. */
struct names_range {
    size_t start, end; /* bytes */
};
char *names_prefix(const char *template, const struct names_source *source, const char *as,
                   struct names_range *ret_name);

/* The colour of a name, as data of SPAN_COLOR: always the same for two names of one key, and one
 * that can be read on dark and on light. */
const char *names_color(const char *name);

/* The address of somebody's picture, by a template that gateway_check_avatar() has passed: each
 * field as one piece of a path. NULL: a field is not known, or it would be too long. g_free(). */
#define NAMES_MAX_ADDRESS_BYTES 1024
char *names_address(const char *template, const struct names_source *source);

/* The `n`th name for somebody whose first one is taken: 0 is that, then with the coop, the
 * account's label, numbers. Fits into `max_bytes`, which is at least 8. g_free(). */
char *
names_choice(const char *name, const struct names_source *source, unsigned n, size_t max_bytes);

/* Two names with the same key are one to a reader: letters' case and marks aside. g_free(). */
char *names_key(const char *name);

/* "maria", "patio", "ar" of "maria_patio_ar". False: it is not of that form. */
bool names_split_coop(const char *nick, char **ret_name, char **ret_coop, char **ret_country);

#endif
