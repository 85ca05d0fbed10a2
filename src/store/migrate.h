/* Schema steps: schema/NNN.sql, numbered from 1; a file's user_version is the number of the last
 * that it has had. Private to src/store. */
#ifndef WEFT_STORE_MIGRATE_H
#define WEFT_STORE_MIGRATE_H

#include "store/db.h"
#include "store/hooks.h"

#define MIGRATE_APPLICATION_ID 0x77656674 /* "weft", in the file's header */

extern const char *const migrate_schema[]; /* made from schema/ at build time */
extern const unsigned migrate_schema_n;

/* The version that this program writes. */
int64_t migrate_newest(const struct store_hooks *hooks);

/* Makes a complete new file (0600) at `path`, replacing what is there. All or nothing. */
bool migrate_create(const char *path, const struct store_hooks *hooks, GError **error);

/* Brings the open file at `path` to the newest version: before each step a backup beside it
 * (PATH.backup-vN, N the version it holds), then the step as one transaction. Errors: DISK,
 * DATABASE; UNSUPPORTED, and nothing is written, when the file is newer than this program. */
bool migrate_run(struct db *db, const char *path, const struct store_hooks *hooks, GError **error);

/* Sets UNSUPPORTED and returns false when a file of `version` is newer than this program. */
bool migrate_check_newer(int64_t version, const struct store_hooks *hooks, GError **error);

#endif
