/* A disk that refuses when told to: the system's VFS of SQLite with a switch in front of what
 * writes. */
#ifndef WEFT_TESTS_UNIT_STORE_REFUSING_VFS_H
#define WEFT_TESTS_UNIT_STORE_REFUSING_VFS_H

#define REFUSING_VFS "refusing"

void refusing_vfs_register(void);

/* From the `after`-th write or sync from now on (0: the next), each fails with SQLite's `code`. 0
 * as code: works again. Any thread. */
void refusing_vfs_refuse(int code, int after);
/* Syncs since the last call of refusing_vfs_refuse(). */
int refusing_vfs_syncs(void);

#endif
