/* One SQLite connection with its prepared statements, used by one thread at a time. Private to
 * src/store. */
#ifndef WEFT_STORE_DB_H
#define WEFT_STORE_DB_H

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct db {
    sqlite3 *handle;
    GHashTable *statements; /* SQL text, by address → sqlite3_stmt */
};

enum db_mode {
    DB_WRITE,
    DB_READ,
    DB_READ_DAMAGED, /* tables whose description cannot be read are passed over */
};

/* `vfs` NULL: the system's. Sets pragmas of the connection, creates nothing. `cache_kib` bounds the
 * page cache. Errors as db_error(). */
struct db *
db_open(const char *path, enum db_mode mode, const char *vfs, int cache_kib, GError **error);
/* NULL is allowed. */
void db_close(struct db *db);
/* Closing will not move the write-ahead log into the file. Readers never do. */
void db_keep_log(struct db *db);

/* Runs statements without results. */
bool db_exec(struct db *db, const char *sql, GError **error);

/* The prepared statement for `sql`, which must be a string that lives as long as the connection: it
 * is found again by its address. NULL on an error, see db_error(). */
sqlite3_stmt *db_statement(struct db *db, const char *sql);

/* Prepares as db_statement() and binds one value for each letter: i int64_t, d int, s const char *
 * (or NULL). Strings must live until the statement is reset. */
sqlite3_stmt *db_bind(struct db *db, const char *sql, const char *letters, ...);

/* True when there is a row. False: none, or an error (then *ret_ok is false). */
bool db_step(sqlite3_stmt *statement, bool *ret_ok);
/* Ends the use of a statement; NULL is allowed. */
void db_done(sqlite3_stmt *statement);
/* Steps a statement that gives no rows, and ends its use. False on an error; NULL is one. */
bool db_run(sqlite3_stmt *statement);
/* The first column of the first row and the end of the statement's use; `otherwise` when there is
 * no row or it is NULL. *ret_ok false on an error. */
int64_t db_number(sqlite3_stmt *statement, int64_t otherwise, bool *ret_ok);

/* A copy of a text column as valid UTF-8, or NULL. */
char *db_text(sqlite3_stmt *statement, int column);
/* Runs a statement given as text once and returns its number; for pragmas. */
int64_t db_ask(struct db *db, const char *sql, int64_t otherwise, bool *ret_ok);

/* The connection's last error as a sentence: DATABASE when the file is damaged, DISK, CONFLICT when
 * it is locked, INTERNAL when there was no memory, or we asked for nonsense. */
void db_error(struct db *db, GError **error);
/* True for codes that say the file is not what it should be. */
bool db_code_is_damage(int code);
/* True for codes that say that the disk refuses, or that waiting may help. */
bool db_code_is_refusal(int code);

#endif
