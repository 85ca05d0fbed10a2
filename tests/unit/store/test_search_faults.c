/* The index is derived: whatever happens to its file, weft.db stays whole and the index comes back.
 */
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/store/fixture.h"
#include "tests/unit/store/refusing_vfs.h"

void test_search_faults_add(void);

#define MESSAGES 400

static char *
path_of(struct fixture *fixture, const char *name)
{
    return g_build_filename(fixture->dir, name, NULL);
}

static void
check_count(struct fixture *fixture, const char *word, unsigned expected)
{
    g_autofree char *bodies = found(fixture->store, asks(word, NULL));
    g_auto(GStrv) parts = g_strsplit(bodies, "|", -1);
    g_assert_cmpuint(*bodies != '\0' ? g_strv_length(parts) : 0, ==, expected);
}

static void
fill(struct fixture *fixture)
{
    for (int i = 0; i < MESSAGES; i++) {
        g_autofree char *text =
            g_strdup_printf("row %d of the cloth, %s", i, i % 10 == 0 ? "selvage" : "field");
        struct message *message = say(i + 1, NULL, text);
        struct store_put_message put = {.message = message, .account_id = 1};
        store_put_message(fixture->store, &put, NULL, NULL);
        message_unref(message);
    }
    index_now(fixture);
}

static void
test_mode(void)
{
    static const char *const names[] = {"search.db", "search.db-wal", "search.db-shm"};
    struct fixture *fixture = fixture_new();
    mode_t old = umask(0);
    fill(fixture);
    umask(old);
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = path_of(fixture, names[i]);
        struct stat st;
        g_assert_cmpint(stat(path, &st), ==, 0);
        g_assert_cmpint(st.st_mode & 0777, ==, 0600);
    }
    fixture_free(fixture);
}

/* Missing, foreign, of another form, no database at all: made anew, and everything is found. */
static void
test_made_anew(void)
{
    struct fixture *fixture = fixture_new();
    g_autofree char *path = path_of(fixture, "search.db");
    fill(fixture);
    for (unsigned round = 0; round < 5; round++) {
        fixture_close(fixture);
        if (round == 0) {
            g_assert_cmpint(g_unlink(path), ==, 0);
        } else if (round == 1) {
            write_bytes(path, "not a database, but long enough to be taken for one?", 52);
        } else if (round == 4) {
            write_bytes(path, "", 0);
        } else {
            sqlite3 *db;
            g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
            const char *sql = round == 2 ? "PRAGMA user_version = 77"
                                         : "UPDATE state SET profile = 'of somebody else'";
            g_assert_cmpint(sqlite3_exec(db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
            sqlite3_close(db);
        }
        fixture_open(fixture);
        g_assert_null(fixture->notice);
        index_now(fixture);
        check_count(fixture, "selvage", 40);
        g_assert_cmpint(store_index_behind(fixture->store), ==, 0);
    }
    fixture_free(fixture);
}

/* An older copy of the messages is put in place: the index knows too much. */
static void
test_older_messages(void)
{
    struct fixture *fixture = fixture_new();
    put_now(fixture, say(1, NULL, "kept"), NULL);
    index_now(fixture);
    fixture_close(fixture);
    size_t len;
    g_autofree char *old = read_bytes(fixture->path, &len);
    fixture_open(fixture);
    put_now(fixture, say(2, NULL, "lost"), NULL);
    index_now(fixture);
    fixture_close(fixture);
    write_bytes(fixture->path, old, len);
    fixture_open(fixture);
    index_now(fixture);
    put_now(fixture, say(3, NULL, "another"), NULL);
    index_now(fixture);
    check_count(fixture, "kept", 1);
    check_count(fixture, "lost", 0);
    check_count(fixture, "another", 1);
    fixture_free(fixture);
}

/* Bytes at random places: no crash, no harm to the messages, and whoever asks gets an answer or an
 * error, and soon the right one: damage that was met has the index made anew. */
static void
test_damaged(void)
{
    struct fixture *fixture = fixture_new();
    g_autofree char *path = path_of(fixture, "search.db");
    fill(fixture);
    fixture_close(fixture);
    size_t len;
    g_autofree char *whole = read_bytes(path, &len);
    for (unsigned round = 0; round < 40; round++) {
        g_autofree char *bad = g_memdup2(whole, len);
        for (unsigned i = 0; i < 1 + round * 4; i++)
            bad[g_test_rand_int_range(0, (gint32)len)] = (char)g_test_rand_int_range(0, 256);
        write_bytes(path, bad, len);
        fixture_open(fixture);
        put_now(fixture, say(1000 + (int)round, NULL, "a new row"), NULL);
        g_autofree char *some = found(fixture->store, asks("selvage", NULL));
        g_autofree char *other = found(fixture->store, asks("cloth", "field", NULL));
        g_assert_cmpuint(count_messages(fixture->store, 1), ==, MESSAGES + round + 1);
        if (strstr(some, "(error)") != NULL || strstr(other, "(error)") != NULL) {
            index_now(fixture);
            check_count(fixture, "selvage", 40);
        }
        fixture_close(fixture);
    }
    fixture_free(fixture);
}

/* The disk has no room for the index: the messages go on being stored; when there is room again, it
 * is made. */
static void
test_full(void)
{
    struct fixture *fixture = fixture_new_closed();
    refusing_vfs_refuse(SQLITE_FULL, 0);
    fixture->hooks.index_vfs = REFUSING_VFS;
    fixture->hooks.index_pause_ms = 1;
    fixture_open(fixture);
    put_now(fixture, say(1, NULL, "stored all the same"), NULL);
    g_assert_cmpuint(fixture->stalls, ==, 0);
    g_autofree char *none = found(fixture->store, asks("stored", NULL));
    g_assert_cmpstr(none, ==, "(error)");
    g_assert_cmpint(store_index_behind(fixture->store), ==, 1);
    refusing_vfs_refuse(SQLITE_OK, 0);
    index_now(fixture);
    check_count(fixture, "stored", 1);
    fixture_free(fixture);
}

static void
child_writes(const char *dir, int pipe)
{
    struct clock *clock = clock_system_new();
    struct store_options options = {.dir = dir, .mode = STORE_WRITE, .clock = clock};
    struct store *store = store_open(&options, NULL, NULL);
    if (store == NULL)
        _exit(1);
    for (int64_t i = store_max_id(store, STORE_BUFFERS);; i++) {
        struct message *message = say(i + 1, NULL, "warp and weft");
        struct store_put_message put = {.message = message, .account_id = 1};
        store_put_message(store, &put, NULL, NULL);
        message_unref(message);
        if (i % 50 == 0)
            g_main_context_iteration(NULL, FALSE);
        if (i % 50 == 0 && write(pipe, "", 1) != 1)
            _exit(1);
    }
}

/* kill -9 between a commit and the index, at any moment: after the next start both agree. */
static void
test_killed(void)
{
    struct fixture *fixture = fixture_new();
    fixture_close(fixture);
    for (unsigned round = 0; round < 12; round++) {
        int ends[2];
        char byte;
        g_assert_cmpint(pipe(ends), ==, 0);
        pid_t pid = fork();
        g_assert_cmpint(pid, >=, 0);
        if (pid == 0)
            child_writes(fixture->dir, ends[1]);
        close(ends[1]);
        for (int turns = g_test_rand_int_range(1, 100); turns > 0; turns--)
            g_assert_cmpint(read(ends[0], &byte, 1), ==, 1);
        kill(pid, SIGKILL);
        close(ends[0]);
        g_assert_cmpint(waitpid(pid, NULL, 0), ==, pid);
        fixture_open(fixture);
        index_now(fixture);
        g_assert_cmpint(store_index_behind(fixture->store), ==, 0);
        fixture_close(fixture);
    }
    sqlite3 *db;
    g_autofree char *path = path_of(fixture, "search.db");
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    g_autofree char *sql = g_strdup_printf("ATTACH '%s' AS h; CREATE TEMP TABLE differs AS"
                                           " SELECT id FROM h.messages WHERE id NOT IN"
                                           " (SELECT rowid FROM words WHERE words MATCH 'warp')",
                                           fixture->path);
    g_assert_cmpint(sqlite3_exec(db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
    sqlite3_stmt *count;
    sqlite3_prepare_v2(db, "SELECT (SELECT count(*) FROM differs), count(*) FROM h.messages", -1,
                       &count, NULL);
    g_assert_cmpint(sqlite3_step(count), ==, SQLITE_ROW);
    g_assert_cmpint(sqlite3_column_int(count, 0), ==, 0);
    g_assert_cmpint(sqlite3_column_int(count, 1), >, 0);
    sqlite3_finalize(count);
    g_assert_cmpint(
        sqlite3_exec(db, "INSERT INTO words(words) VALUES('integrity-check')", NULL, NULL, NULL),
        ==, SQLITE_OK);
    sqlite3_close(db);
    fixture_free(fixture);
}

void
test_search_faults_add(void)
{
    g_test_add_func("/search/mode", test_mode);
    g_test_add_func("/search/made-anew", test_made_anew);
    g_test_add_func("/search/older-messages", test_older_messages);
    g_test_add_func("/search/damaged", test_damaged);
    g_test_add_func("/search/full", test_full);
    g_test_add_func("/search/killed", test_killed);
}
