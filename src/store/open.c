/* Opening a profile: folder, lock, file; create, adopt, migrate, or set a damaged one aside. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "store/damaged.h"
#include "store/migrate.h"
#include "store/store_priv.h"

/* Together 3.5 MB: the bound for all page caches is 4 MB. */
#define WRITER_CACHE_KIB 2560
#define READER_CACHE_KIB 1024

static char *
mark_path(const char *dir)
{
    return g_build_filename(dir, "weft.check", NULL);
}

void
open_mark_damaged(const char *dir)
{
    g_autofree char *path = mark_path(dir);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
}

/* What a file of weft always answers, at the edges of its trees; NULL when it does not. */
static char *
probe(struct db *db)
{
    static const char *const questions[] = {
        "SELECT max(id) FROM messages",   "SELECT max(id) FROM outbox",
        "SELECT max(id) FROM buffers",    "SELECT max(id) FROM accounts",
        "SELECT max(id) FROM spaces",     "SELECT max(buffer_id) FROM drafts",
        "SELECT max(id) FROM gaps",       "SELECT max(account_id) FROM cursors",
        "SELECT max(account_id) FROM kv",
    };
    bool ok;
    for (unsigned i = 0; i < G_N_ELEMENTS(questions); i++) {
        db_number(db_bind(db, questions[i], ""), 0, &ok);
        if (!ok)
            return NULL;
    }
    sqlite3_stmt *statement =
        db_bind(db, "SELECT value FROM profile WHERE key = 'uuid' AND length(value) = 32", "");
    char *uuid = db_step(statement, &ok) ? db_text(statement, 0) : NULL;
    db_done(statement);
    return uuid;
}

/* Only after a run that met damage: reads the whole file. */
static bool
passes_check(struct db *db)
{
    sqlite3_stmt *statement = db_bind(db, "PRAGMA quick_check(1)", "");
    bool ok;
    g_autofree char *word = db_step(statement, &ok) ? db_text(statement, 0) : NULL;
    db_done(statement);
    return g_strcmp0(word, "ok") == 0;
}

static bool
set_journal(struct db *db, GError **error)
{
    return db_exec(db, "PRAGMA journal_mode = WAL", error) &&
           db_exec(db, "PRAGMA journal_size_limit = 16777216", error) &&
           db_exec(db, "PRAGMA synchronous = NORMAL", error) &&
           /* What is taken back is overwritten, not only unlinked. */
           db_exec(db, "PRAGMA secure_delete = ON", error) &&
           db_exec(db, "PRAGMA temp_store = MEMORY", error);
}

static void
set_damaged(GError **error)
{
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_DATABASE, "The history file is damaged.");
}

/* Errors: DATABASE when the file is damaged, else what the person must mend. */
static bool
prepare(struct db *db, const char *path, const char *mark, const struct store_hooks *hooks,
        char **ret_uuid, GError **error)
{
    bool ok;
    int64_t id = db_ask(db, "PRAGMA application_id", 0, &ok);
    if (!ok) {
        db_error(db, error);
        return false;
    }
    int64_t version = db_ask(db, "PRAGMA user_version", 0, &ok);
    if (!ok) {
        db_error(db, error);
        return false;
    }
    if (id != MIGRATE_APPLICATION_ID || version < 1) {
        set_damaged(error);
        return false;
    }
    if (!migrate_check_newer(version, hooks, error))
        return false;
    if (g_file_test(mark, G_FILE_TEST_EXISTS) && !passes_check(db)) {
        set_damaged(error);
        return false;
    }
    if (!set_journal(db, error) || !migrate_run(db, path, hooks, error))
        return false;
    *ret_uuid = probe(db);
    if (*ret_uuid != NULL)
        return true;
    int code = sqlite3_extended_errcode(db->handle) & 0xff;
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ERROR || code == SQLITE_ROW ||
        db_code_is_damage(code))
        set_damaged(error);
    else
        db_error(db, error);
    return false;
}

static struct db *
try_open(const char *path, const char *mark, const struct store_hooks *hooks, char **ret_uuid,
         GError **error)
{
    struct db *db = db_open(path, DB_WRITE, hooks->vfs, WRITER_CACHE_KIB, error);
    if (db == NULL || prepare(db, path, mark, hooks, ret_uuid, error))
        return db;
    db_keep_log(db); /* a file that was refused is left as it is */
    db_close(db);
    return NULL;
}

/* A file that is missing while a complete new one stands beside it: weft was ended between two
 * renames. */
static bool
create(const char *path, const struct store_hooks *hooks, GError **error)
{
    g_autofree char *fresh = g_strconcat(path, ".new", NULL);
    g_autofree char *wal = g_strconcat(path, "-wal", NULL);
    g_autofree char *shm = g_strconcat(path, "-shm", NULL);
    g_autofree char *why = NULL;
    if (damaged_look(fresh, &why, NULL) != DAMAGED_NO && !migrate_create(fresh, hooks, error))
        return false;
    unlink(wal);
    unlink(shm);
    if (rename(fresh, path) == 0) {
        damaged_sync_folder(path);
        return true;
    }
    int code = errno;
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK, "The history %s cannot be made: %s.", path,
                g_strerror(code));
    return false;
}

static struct db *
open_file(const char *dir, const struct store_hooks *hooks, char **ret_uuid, char **ret_notice,
          GError **error)
{
    g_autofree char *path = g_build_filename(dir, "weft.db", NULL);
    g_autofree char *mark = mark_path(dir);
    g_autofree char *why = NULL;
    enum damaged_look look = damaged_look(path, &why, error);
    if (look == DAMAGED_UNKNOWN || (look == DAMAGED_MISSING && !create(path, hooks, error)))
        return NULL;
    struct db *db = NULL;
    if (look != DAMAGED_YES) {
        g_autoptr(GError) first = NULL;
        db = try_open(path, mark, hooks, ret_uuid, &first);
        if (db == NULL && !error_is(first, WEFT_ERROR_DATABASE)) {
            g_propagate_error(error, g_steal_pointer(&first));
            return NULL;
        }
        if (db == NULL)
            log_warning("store", "%s", first->message);
    }
    if (db == NULL) {
        if (!damaged_replace(path, why != NULL ? why : "was damaged", hooks, ret_notice, error))
            return NULL;
        db = try_open(path, "", hooks, ret_uuid, error);
    }
    if (db != NULL)
        unlink(mark);
    return db;
}

static bool
make_folder(const char *dir, GError **error)
{
    if (!file_make_private_dir(dir, error))
        return false;
    struct stat st;
    /* A folder that was there before, by another hand; one of another owner is not ours to change.
     */
    if (stat(dir, &st) == 0 && (st.st_mode & 0777) != 0700 && chmod(dir, 0700) != 0)
        log_warning("store", "%s can be read by others: %s", dir, g_strerror(errno));
    return true;
}

static bool
open_writing(struct store *store, const struct store_hooks *hooks, char **ret_notice,
             GError **error)
{
    if (!make_folder(store->dir, error) || (store->lock = lock_take(store->dir, error)) < 0)
        return false;
    g_autofree char *notice = NULL;
    struct db *db = open_file(store->dir, hooks, &store->uuid, &notice, error);
    if (db == NULL)
        return false;
    g_autofree char *path = g_build_filename(store->dir, "weft.db", NULL);
    store->reader = db_open(path, DB_READ, hooks->vfs, READER_CACHE_KIB, error);
    if (store->reader == NULL) {
        db_close(db);
        return false;
    }
    store_start(store, db, hooks);
    if (ret_notice != NULL)
        *ret_notice = g_steal_pointer(&notice);
    return true;
}

static bool
open_reading(struct store *store, const struct store_hooks *hooks, GError **error)
{
    g_autofree char *path = g_build_filename(store->dir, "weft.db", NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                    "There is no history yet: %s does not exist. It is made when weft runs for the "
                    "first time.",
                    path);
        return false;
    }
    store->reader = db_open(path, DB_READ, hooks->vfs, READER_CACHE_KIB, error);
    if (store->reader == NULL)
        return false;
    bool ok;
    int64_t version = db_ask(store->reader, "PRAGMA user_version", 0, &ok);
    if (!ok) {
        db_error(store->reader, error);
        return false;
    }
    if (!migrate_check_newer(version, hooks, error))
        return false;
    if (version < migrate_newest(hooks)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                    "The history was written by an older weft. Start weft once: it makes a backup "
                    "and brings the history to the newer form.");
        return false;
    }
    store->uuid = probe(store->reader);
    if (store->uuid == NULL) {
        db_error(store->reader, error);
        return false;
    }
    store_start(store, NULL, hooks);
    return true;
}

struct store *
store_open_hooked(const struct store_options *options, const struct store_hooks *hooks,
                  char **ret_notice, GError **error)
{
    /* SQLite counts its memory, under one lock for all threads, and nobody asks for the count. Once
     * it runs this is refused, and does not matter. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    struct store *store = g_new0(struct store, 1);
    store->dir = g_strdup(options->dir);
    store->clock = options->clock;
    store->stalled_fn = options->stalled;
    store->stalled_user = options->user;
    store->lock = -1;
    bool ok = options->mode == STORE_WRITE ? open_writing(store, hooks, ret_notice, error)
                                           : open_reading(store, hooks, error);
    if (ok)
        return store;
    store_close(store);
    return NULL;
}

struct store *
store_open(const struct store_options *options, char **ret_notice, GError **error)
{
    static const struct store_hooks none = {0};
    return store_open_hooked(options, &none, ret_notice, error);
}
