#include "store/migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"

#define CACHE_KIB 2048

int64_t
migrate_newest(const struct store_hooks *hooks)
{
    return (int64_t)migrate_schema_n + hooks->n_extra_steps;
}

static const char *
step_sql(const struct store_hooks *hooks, int64_t step)
{
    return step <= migrate_schema_n ? migrate_schema[step - 1]
                                    : hooks->extra_steps[step - 1 - migrate_schema_n];
}

bool
migrate_check_newer(int64_t version, const struct store_hooks *hooks, GError **error)
{
    if (version <= migrate_newest(hooks))
        return true;
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                "The history was written by a newer weft (its version is %" G_GINT64_FORMAT
                ", this program knows %" G_GINT64_FORMAT
                "). Nothing was changed. Install that weft, or use another profile.",
                version, migrate_newest(hooks));
    return false;
}

/* A file of our own, empty and private, so that SQLite has nothing to create with the umask's mode.
 */
static bool
make_private(const char *path, GError **error)
{
    if (unlink(path) == 0 || errno == ENOENT) {
        int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd >= 0) {
            bool ok = fchmod(fd, 0600) == 0;
            close(fd);
            if (ok)
                return true;
        }
    }
    int code = errno;
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK,
                "%s cannot be made: %s. Check the permissions of the folder and the room on the "
                "disk.",
                path, g_strerror(code));
    return false;
}

static bool
run_step(struct db *db, const struct store_hooks *hooks, int64_t step, GError **error)
{
    g_autofree char *version = g_strdup_printf("PRAGMA user_version = %" G_GINT64_FORMAT, step);
    return db_exec(db, step_sql(hooks, step), error) && db_exec(db, version, error);
}

static bool
create_in(struct db *db, const struct store_hooks *hooks, GError **error)
{
    g_autofree char *id = g_strdup_printf("PRAGMA application_id = %d", MIGRATE_APPLICATION_ID);
    if (!db_exec(db, "BEGIN IMMEDIATE", error) || !db_exec(db, id, error))
        return false;
    for (int64_t step = 1; step <= migrate_newest(hooks); step++) {
        if (!run_step(db, hooks, step, error))
            return false;
    }
    return db_exec(db, "COMMIT", error);
}

bool
migrate_create(const char *path, const struct store_hooks *hooks, GError **error)
{
    g_autofree char *journal = g_strconcat(path, "-journal", NULL);
    unlink(journal);
    if (!make_private(path, error))
        return false;
    struct db *db = db_open(path, DB_WRITE, hooks->vfs, CACHE_KIB, error);
    bool ok = db != NULL && create_in(db, hooks, error);
    db_close(db);
    if (!ok)
        unlink(path);
    return ok;
}

/* Under another name until it is whole, so that a backup that is there is a good one. */
static bool
back_up(struct db *db, const char *path, int64_t version, GError **error)
{
    g_autofree char *backup = g_strdup_printf("%s.backup-v%" G_GINT64_FORMAT, path, version);
    g_autofree char *part = g_strconcat(backup, ".part", NULL);
    if (!make_private(part, error))
        return false;
    char *sql = sqlite3_mprintf("VACUUM INTO %Q", part);
    bool ok = sql != NULL && db_exec(db, sql, error);
    sqlite3_free(sql);
    if (ok && rename(part, backup) != 0) {
        int code = errno;
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK, "%s cannot be made: %s.", backup,
                    g_strerror(code));
        ok = false;
    }
    if (!ok)
        unlink(part);
    else
        log_info("store", "%s was made before the history is brought to a newer form", backup);
    return ok;
}

static bool
commit_step(struct db *db, const struct store_hooks *hooks, int64_t step, GError **error)
{
    if (!db_exec(db, "PRAGMA synchronous = FULL", error) || !db_exec(db, "BEGIN IMMEDIATE", error))
        return false;
    if (run_step(db, hooks, step, error) && db_exec(db, "COMMIT", error))
        return true;
    sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    return false;
}

bool
migrate_run(struct db *db, const char *path, const struct store_hooks *hooks, GError **error)
{
    bool ok;
    int64_t version = db_ask(db, "PRAGMA user_version", 0, &ok);
    if (!ok) {
        db_error(db, error);
        return false;
    }
    if (!migrate_check_newer(version, hooks, error))
        return false;
    while (version < migrate_newest(hooks)) {
        if (!back_up(db, path, version, error) || !commit_step(db, hooks, version + 1, error))
            return false;
        version++;
    }
    return true;
}
