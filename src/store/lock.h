/* One writing process a profile. Private to src/store. */
#ifndef WEFT_STORE_LOCK_H
#define WEFT_STORE_LOCK_H

#include <glib.h>

/* Takes DIR/weft.lock and writes the process's number into it. Returns a descriptor that holds the
 * lock until it is closed, or the process ends however it ends; -1 with CONFLICT (naming the other
 * process) or DISK. */
int lock_take(const char *dir, GError **error);
/* -1 is allowed. */
void lock_release(int fd);

#endif
