#include "store/db.h"

#include <stdarg.h>

#include "base/error.h"
#include "base/log.h"

#define BUSY_TIMEOUT_MS 5000

bool
db_code_is_damage(int code)
{
    code &= 0xff;
    return code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_FORMAT;
}

bool
db_code_is_refusal(int code)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_PROTOCOL:
    case SQLITE_NOLFS:
        return true;
    default:
        return db_code_is_damage(code);
    }
}

static void
set_error(int code, const char *detail, const char *path, GError **error)
{
    if (path == NULL)
        path = "weft.db";
    switch (code & 0xff) {
    case SQLITE_FULL:
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK,
                    "The disk is full: %s cannot grow. Make room; weft keeps trying.", path);
        return;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK,
                    "%s cannot be opened or written (%s). Check the permissions of the file and of "
                    "its folder.",
                    path, detail);
        return;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_DATABASE,
                    "%s is damaged (%s). Start weft again: it moves the file aside and saves what "
                    "can be read.",
                    path, detail);
        return;
    case SQLITE_IOERR:
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK,
                    "The disk failed while %s was read or written (%s). Check the disk.", path,
                    detail);
        return;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT,
                    "%s is locked by another program. End that, and try again.", path);
        return;
    case SQLITE_NOMEM:
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_INTERNAL,
                    "There was not enough memory to use %s; it was left as it is. End other "
                    "programs.",
                    path);
        return;
    default:
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_INTERNAL,
                    "%s could not be used: %s. This is a mistake in weft; the file was left as it "
                    "is.",
                    path, detail);
    }
}

void
db_error(struct db *db, GError **error)
{
    set_error(sqlite3_extended_errcode(db->handle), sqlite3_errmsg(db->handle),
              sqlite3_db_filename(db->handle, "main"), error);
}

static void
finalize(void *statement)
{
    sqlite3_finalize(statement);
}

static bool
set_pragmas(struct db *db, enum db_mode mode, int cache_kib, GError **error)
{
    sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
    if (mode != DB_WRITE)
        db_keep_log(db);
    if (mode == DB_READ_DAMAGED)
        sqlite3_db_config(db->handle, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1, NULL);
    g_autofree char *cache = g_strdup_printf("PRAGMA cache_size = -%d", cache_kib);
    return db_exec(db, cache, error) && db_exec(db, "PRAGMA trusted_schema = OFF", error) &&
           db_exec(db, "PRAGMA cell_size_check = ON", error) &&
           (mode == DB_WRITE || db_exec(db, "PRAGMA query_only = ON", error));
}

struct db *
db_open(const char *path, enum db_mode mode, const char *vfs, int cache_kib, GError **error)
{
    struct db *db = g_new0(struct db, 1);
    int flags = mode == DB_WRITE ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    int code = sqlite3_open_v2(path, &db->handle, flags | SQLITE_OPEN_NOMUTEX, vfs);
    db->statements = g_hash_table_new_full(NULL, NULL, NULL, finalize);
    if (code != SQLITE_OK) {
        set_error(code, sqlite3_errstr(code), path, error);
        db_close(db);
        return NULL;
    }
    sqlite3_extended_result_codes(db->handle, 1);
    if (!set_pragmas(db, mode, cache_kib, error)) {
        db_close(db);
        return NULL;
    }
    return db;
}

void
db_close(struct db *db)
{
    if (db == NULL)
        return;
    g_hash_table_unref(db->statements);
    sqlite3_close(db->handle);
    g_free(db);
}

void
db_keep_log(struct db *db)
{
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

bool
db_exec(struct db *db, const char *sql, GError **error)
{
    if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
        return true;
    db_error(db, error);
    return false;
}

sqlite3_stmt *
db_statement(struct db *db, const char *sql)
{
    sqlite3_stmt *statement = g_hash_table_lookup(db->statements, sql);
    if (statement != NULL)
        return statement;
    if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
        SQLITE_OK)
        return NULL;
    g_hash_table_insert(db->statements, (void *)(uintptr_t)sql, statement);
    return statement;
}

sqlite3_stmt *
db_bind(struct db *db, const char *sql, const char *letters, ...)
{
    sqlite3_stmt *statement = db_statement(db, sql);
    if (statement == NULL)
        return NULL;
    va_list values;
    va_start(values, letters);
    for (int i = 1; *letters != '\0'; i++, letters++) {
        if (*letters == 'i')
            sqlite3_bind_int64(statement, i, va_arg(values, int64_t));
        else if (*letters == 'd')
            sqlite3_bind_int(statement, i, va_arg(values, int));
        else
            sqlite3_bind_text(statement, i, va_arg(values, const char *), -1, SQLITE_STATIC);
    }
    va_end(values);
    return statement;
}

bool
db_step(sqlite3_stmt *statement, bool *ret_ok)
{
    int code = statement != NULL ? sqlite3_step(statement) : SQLITE_ERROR;
    *ret_ok = code == SQLITE_ROW || code == SQLITE_DONE;
    return code == SQLITE_ROW;
}

void
db_done(sqlite3_stmt *statement)
{
    if (statement == NULL)
        return;
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

bool
db_run(sqlite3_stmt *statement)
{
    if (statement == NULL)
        return false;
    int code = sqlite3_step(statement);
    db_done(statement);
    return code == SQLITE_DONE;
}

int64_t
db_number(sqlite3_stmt *statement, int64_t otherwise, bool *ret_ok)
{
    int64_t number = otherwise;
    if (db_step(statement, ret_ok) && sqlite3_column_type(statement, 0) != SQLITE_NULL)
        number = sqlite3_column_int64(statement, 0);
    db_done(statement);
    return number;
}

char *
db_text(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    if (text == NULL)
        return NULL;
    int bytes = sqlite3_column_bytes(statement, column);
    /* What was stored was valid; what a failing disk gives back need not be. */
    return g_utf8_validate_len(text, (size_t)bytes, NULL) ? g_strndup(text, (size_t)bytes)
                                                          : g_utf8_make_valid(text, bytes);
}

int64_t
db_ask(struct db *db, const char *sql, int64_t otherwise, bool *ret_ok)
{
    sqlite3_stmt *statement = NULL;
    *ret_ok = sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL) == SQLITE_OK;
    int64_t number = *ret_ok ? db_number(statement, otherwise, ret_ok) : otherwise;
    sqlite3_finalize(statement);
    return number;
}
