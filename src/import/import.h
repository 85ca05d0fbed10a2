/* Takes over the configuration of another relay: reads a matterbridge.toml and writes the sections
 * of weft.conf that do the same, and says of every option what became of it. Nothing is written to
 * the disk here but by import_write().
 *
 *   - An option is *taken over* (a line of weft.conf), *built in* (weft does it by itself, or the
 *     option says what holds without it), or *left* (weft has nothing like it; it says why).
 *   - Passwords and tokens are in `secrets` and nowhere else: the sections name a file for each.
 *   - Accounts of networks that this build has no driver for, and their legs, are comments.
 *   - A file that is partly no TOML is taken over as far as it can be read, and is `broken`. */
#ifndef WEFT_IMPORT_IMPORT_H
#define WEFT_IMPORT_IMPORT_H

#include <glib.h>
#include <stdbool.h>

#include "core/config.h"
#include "core/driver.h"

/* One value that must not stand in weft.conf. */
struct import_secret {
    char *account; /* of weft's */
    char *file;    /* its name, beside weft.conf */
    char *value;   /* one line; wiped when freed */
    char *what;    /* "NickServPassword" */
    int line;
};

struct import_options {
    const char *name;               /* of the file, for messages */
    const struct config *config;    /* names that are taken; NULL: none are */
    const struct network *networks; /* of this build */
};

struct import_result {
    GString *conf;      /* sections of weft.conf; comments begin with # */
    GString *told;      /* lines "FILE:LINE: what became of it", in the order of the file */
    GPtrArray *secrets; /* struct import_secret */
    unsigned accounts;  /* sections that are no comments */
    unsigned gateways;
    unsigned taken, built_in, left; /* options */
    unsigned problems;              /* of the file itself */
    bool broken; /* part of the file could not be read, so something may be missing */
};

/* Never NULL. */
struct import_result *
import_matterbridge(const struct import_options *options, const char *bytes, size_t len);
void import_result_free(struct import_result *result);

/* Adds the sections to the user's file, and makes one file (0600) for each secret beside it. A file
 * that is there already is not touched: CONFLICT, and nothing is written. All or nothing: what was
 * made is taken away again when something fails. */
bool import_write(const struct import_result *result, struct config *config, GError **error);

/* --- for docs and tests: what is known of each option ------------------------------------------
 */

enum import_fate { IMPORT_TAKEN, IMPORT_BUILT_IN, IMPORT_LEFT };

/* Letters' case does not count in a key, as in Matterbridge. */
struct import_row {
    const char *where; /* "account", "irc mattermost", "general", "tengo", "gateway", "leg", … */
    const char *key;   /* as Matterbridge's documents spell it */
    enum import_fate fate;
    const char *text; /* TAKEN: the lines that it becomes; else a sentence: why */
};
/* Ends with a row whose key is NULL. */
extern const struct import_row import_rows[];

#endif
