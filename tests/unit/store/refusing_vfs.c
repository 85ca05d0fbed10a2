#include "tests/unit/store/refusing_vfs.h"

#include <glib.h>
#include <sqlite3.h>
#include <string.h>

struct refusing_file {
    sqlite3_file base;
    sqlite3_file *real; /* stands behind this */
};

/* What a test tells the disk; the one state, since SQLite's VFS is registered for the whole
 * process. */
static struct {
    int code;
    int left;
    int syncs;
} refusing;

void
refusing_vfs_refuse(int code, int after)
{
    g_atomic_int_set(&refusing.syncs, 0);
    g_atomic_int_set(&refusing.left, after);
    g_atomic_int_set(&refusing.code, code);
}

int
refusing_vfs_syncs(void)
{
    return g_atomic_int_get(&refusing.syncs);
}

static int
verdict(void)
{
    int code = g_atomic_int_get(&refusing.code);
    if (code == SQLITE_OK || g_atomic_int_add(&refusing.left, -1) > 0)
        return SQLITE_OK;
    g_atomic_int_set(&refusing.left, 0);
    return code;
}

#define REAL(file) (((struct refusing_file *)(file))->real)

static int
x_close(sqlite3_file *file)
{
    return REAL(file)->pMethods->xClose(REAL(file));
}
static int
x_read(sqlite3_file *file, void *bytes, int n, sqlite3_int64 at)
{
    return REAL(file)->pMethods->xRead(REAL(file), bytes, n, at);
}
static int
x_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 at)
{
    int code = verdict();
    return code != SQLITE_OK ? code : REAL(file)->pMethods->xWrite(REAL(file), bytes, n, at);
}
static int
x_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return REAL(file)->pMethods->xTruncate(REAL(file), size);
}
static int
x_sync(sqlite3_file *file, int flags)
{
    g_atomic_int_inc(&refusing.syncs);
    int code = verdict();
    return code != SQLITE_OK ? SQLITE_IOERR_FSYNC : REAL(file)->pMethods->xSync(REAL(file), flags);
}
static int
x_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return REAL(file)->pMethods->xFileSize(REAL(file), size);
}
static int
x_lock(sqlite3_file *file, int lock)
{
    return REAL(file)->pMethods->xLock(REAL(file), lock);
}
static int
x_unlock(sqlite3_file *file, int lock)
{
    return REAL(file)->pMethods->xUnlock(REAL(file), lock);
}
static int
x_check(sqlite3_file *file, int *locked)
{
    return REAL(file)->pMethods->xCheckReservedLock(REAL(file), locked);
}
static int
x_control(sqlite3_file *file, int op, void *arg)
{
    return REAL(file)->pMethods->xFileControl(REAL(file), op, arg);
}
static int
x_sector(sqlite3_file *file)
{
    return REAL(file)->pMethods->xSectorSize(REAL(file));
}
static int
x_device(sqlite3_file *file)
{
    return REAL(file)->pMethods->xDeviceCharacteristics(REAL(file));
}
static int
x_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **map)
{
    return REAL(file)->pMethods->xShmMap(REAL(file), page, size, extend, map);
}
static int
x_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    return REAL(file)->pMethods->xShmLock(REAL(file), offset, n, flags);
}
static void
x_shm_barrier(sqlite3_file *file)
{
    REAL(file)->pMethods->xShmBarrier(REAL(file));
}
static int
x_shm_unmap(sqlite3_file *file, int remove)
{
    return REAL(file)->pMethods->xShmUnmap(REAL(file), remove);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = x_close,
    .xRead = x_read,
    .xWrite = x_write,
    .xTruncate = x_truncate,
    .xSync = x_sync,
    .xFileSize = x_size,
    .xLock = x_lock,
    .xUnlock = x_unlock,
    .xCheckReservedLock = x_check,
    .xFileControl = x_control,
    .xSectorSize = x_sector,
    .xDeviceCharacteristics = x_device,
    .xShmMap = x_shm_map,
    .xShmLock = x_shm_lock,
    .xShmBarrier = x_shm_barrier,
    .xShmUnmap = x_shm_unmap,
};

static int
x_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
    struct refusing_file *ours = (struct refusing_file *)file;
    sqlite3_vfs *real = vfs->pAppData;
    ours->real = (sqlite3_file *)(void *)(ours + 1);
    memset(ours->real, 0, (size_t)real->szOsFile);
    int code = real->xOpen(real, name, ours->real, flags, ret_flags);
    ours->base.pMethods = ours->real->pMethods != NULL ? &methods : NULL;
    return code;
}

void
refusing_vfs_register(void)
{
    static sqlite3_vfs vfs;
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    vfs = *real;
    vfs.szOsFile = (int)sizeof(struct refusing_file) + real->szOsFile;
    vfs.zName = REFUSING_VFS;
    vfs.pAppData = real;
    vfs.xOpen = x_open;
    sqlite3_vfs_register(&vfs, 0);
}
