#include "store/index.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"

#define WRITING_CACHE_KIB 256
#define READING_CACHE_KIB 128
#define APPLICATION_ID    0x77667473 /* "wfts" */
/* Buffers, and senders, share so many characters each, of the 6400 private ones from U+E000 on. */
#define PLACES       3200
#define FIRST_PLACE  0xe000
#define FIRST_SENDER (FIRST_PLACE + PLACES)

#define FILE_NAME "search.db"

/* Four letters have lists of their own, since words are searched for while they are typed. */
static const char form[] =
    "CREATE VIRTUAL TABLE words USING fts5(body, place, content='',"
    " tokenize='unicode61 remove_diacritics 2', prefix='2 3 4');"
    "CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), profile TEXT NOT NULL,"
    " indexed_to INTEGER NOT NULL, unindexed_to INTEGER NOT NULL, erase INTEGER NOT NULL);"
    "PRAGMA application_id = " G_STRINGIFY(APPLICATION_ID) ";"
                                                           "PRAGMA user_version = " G_STRINGIFY(
                                                               INDEX_FORM) ";";

void
index_place(int64_t buffer_id, int64_t user_id, char place[INDEX_PLACE_BYTES])
{
    int len = 0;
    if (buffer_id != 0)
        len = g_unichar_to_utf8(FIRST_PLACE + (gunichar)((uint64_t)buffer_id % PLACES), place);
    if (buffer_id != 0 && user_id != 0)
        place[len++] = ' ';
    if (user_id != 0)
        len +=
            g_unichar_to_utf8(FIRST_SENDER + (gunichar)((uint64_t)user_id % PLACES), place + len);
    place[len] = '\0';
}

char *
index_path(const char *dir)
{
    return g_build_filename(dir, FILE_NAME, NULL);
}

void
index_remove(const char *dir)
{
    static const char *const parts[] = {"", "-wal", "-shm", "-journal"};
    g_autofree char *path = index_path(dir);
    for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *part = g_strconcat(path, parts[i], NULL);
        if (unlink(part) != 0 && errno != ENOENT)
            log_warning("store", "%s cannot be removed: %s", part, g_strerror(errno));
    }
}

char *
index_profile(struct db *history)
{
    bool ok;
    sqlite3_stmt *statement = db_bind(history, "SELECT value FROM profile WHERE key = 'index'", "");
    char *profile = db_step(statement, &ok) ? db_text(statement, 0) : NULL;
    db_done(statement);
    return profile;
}

static bool
set_journal(struct db *db, GError **error)
{
    return db_exec(db, "PRAGMA journal_mode = WAL", error) &&
           db_exec(db, "PRAGMA journal_size_limit = 4194304", error) &&
           db_exec(db, "PRAGMA synchronous = NORMAL", error) &&
           db_exec(db, "PRAGMA temp_store = MEMORY", error);
}

static bool
fill(struct db *db, const char *profile, GError **error)
{
    if (!set_journal(db, error) || !db_exec(db, "BEGIN IMMEDIATE", error) ||
        !db_exec(db, form, error))
        return false;
    if (!db_run(db_bind(db, "INSERT INTO state VALUES (1, ?1, 0, 0, 0)", "s", profile))) {
        db_error(db, error);
        return false;
    }
    return db_exec(db, "COMMIT", error);
}

static struct db *
create(const char *dir, const char *vfs, const char *profile, GError **error)
{
    g_autofree char *path = index_path(dir);
    index_remove(dir);
    /* The log files get the mode of this one. */
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        int code = errno;
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK,
                    "The search index %s cannot be made: %s. Nothing is found until it can.", path,
                    g_strerror(code));
        return NULL;
    }
    bool private = fchmod(fd, 0600) == 0;
    close(fd);
    if (!private)
        log_warning("store", "%s may be readable by others", path);
    struct db *db = db_open(path, DB_WRITE, vfs, WRITING_CACHE_KIB, error);
    if (db != NULL && fill(db, profile, error))
        return db;
    db_close(db);
    return NULL;
}

/* Why this file does not serve; NULL: it does. */
static const char *
unfit(struct db *db, const char *profile)
{
    bool ok;
    if (db_ask(db, "PRAGMA application_id", 0, &ok) != APPLICATION_ID || !ok)
        return "is not one";
    if (db_ask(db, "PRAGMA user_version", 0, &ok) != INDEX_FORM || !ok)
        return "has another form";
    sqlite3_stmt *statement = db_bind(db, "SELECT profile FROM state WHERE id = 1", "");
    g_autofree char *whose = db_step(statement, &ok) ? db_text(statement, 0) : NULL;
    db_done(statement);
    if (whose == NULL)
        return "is damaged";
    if (g_strcmp0(whose, profile) != 0)
        return "belongs to other messages";
    db_number(db_bind(db, "SELECT max(rowid) FROM words", ""), 0, &ok);
    return ok ? NULL : "is damaged";
}

struct db *
index_open(const char *dir, const char *vfs, const char *profile, GError **error)
{
    g_autofree char *path = index_path(dir);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return create(dir, vfs, profile, error);
    g_autoptr(GError) first = NULL;
    struct db *db = db_open(path, DB_WRITE, vfs, WRITING_CACHE_KIB, &first);
    const char *why = db != NULL ? unfit(db, profile) : "cannot be opened";
    if (why == NULL && set_journal(db, &first))
        return db;
    log_warning("store", "the search index %s: it is made anew",
                why != NULL ? why : "refuses to be changed");
    if (db != NULL)
        db_keep_log(db);
    db_close(db);
    return create(dir, vfs, profile, error);
}

struct db *
index_open_reading(const char *dir, const char *profile, GError **error)
{
    g_autofree char *path = index_path(dir);
    struct db *db = NULL;
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        db = db_open(path, DB_READ, NULL, READING_CACHE_KIB, NULL);
    if (db != NULL && unfit(db, profile) == NULL)
        return db;
    db_close(db);
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                "The search index is being made; what is found so far comes when it can be read.");
    return NULL;
}
