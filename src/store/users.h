/* Who said things: one row each, and a bounded memory of the rows used last. Private to src/store.
 */
#ifndef WEFT_STORE_USERS_H
#define WEFT_STORE_USERS_H

#include "store/db.h"

struct users;

struct users *users_new(struct db *db);
void users_free(struct users *users);
/* After an undone transaction: rows that were added in it are gone. */
void users_forget(struct users *users);

/* The row's id, added when new; 0 when both are NULL. False on an error. */
bool users_intern(struct users *users, int64_t account_id, const char *remote_id, const char *name,
                  int64_t *ret_id);

#endif
