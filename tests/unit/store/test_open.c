/* Opening: modes of files, the lock, reading beside a writer, migrations. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "store/migrate.h"
#include "tests/unit/store/fixture.h"

void test_open_add(void);

static unsigned
mode_of(const char *path)
{
    struct stat st;
    g_assert_cmpint(stat(path, &st), ==, 0);
    return st.st_mode & 0777;
}

static const char *const steps[] = {
    "CREATE TABLE extra (id INTEGER PRIMARY KEY, body TEXT);"
    "INSERT INTO extra SELECT id, body || '!' FROM messages;"
    "UPDATE messages SET flags = flags | 64;",
    "CREATE INDEX extra_body ON extra (body);"
    "UPDATE extra SET body = body || (SELECT count(*) FROM messages);",
};
static const char *const bad_steps[] = {"CREATE TABLE extra (x); CREATE TABLE profile (y);"};

static void
test_modes(void)
{
    mode_t before = umask(0);
    struct fixture *fixture = fixture_new();
    put_now(fixture, say(1, NULL, "private"), NULL);
    fixture->hooks = (struct store_hooks){.extra_steps = steps, .n_extra_steps = 1};
    fixture_open(fixture); /* leaves a backup */
    put_now(fixture, say(2, NULL, "private"), NULL);
    g_assert_cmpuint(mode_of(fixture->dir), ==, 0700);
    g_auto(GStrv) names = names_with(fixture, "weft");
    g_assert_cmpuint(g_strv_length(names), >=, 5); /* db, wal, shm, lock, backup */
    for (unsigned i = 0; names[i] != NULL; i++) {
        g_autofree char *path = g_build_filename(fixture->dir, names[i], NULL);
        g_assert_cmpuint(mode_of(path), ==, 0600);
    }
    fixture_close(fixture);
    g_assert_cmpint(chmod(fixture->path, 0644), ==, 0);
    g_assert_cmpint(chmod(fixture->dir, 0755), ==, 0);
    fixture_open(fixture);
    g_assert_cmpuint(mode_of(fixture->path), ==, 0600);
    g_assert_cmpuint(mode_of(fixture->dir), ==, 0700);
    umask(before);
    fixture_free(fixture);
}

static void
test_uuid(void)
{
    struct fixture *fixture = fixture_new();
    g_autofree char *uuid = g_strdup(store_profile_uuid(fixture->store));
    g_assert_cmpuint(strlen(uuid), ==, 32);
    fixture_open(fixture);
    g_assert_cmpstr(store_profile_uuid(fixture->store), ==, uuid);
    fixture_free(fixture);
    fixture = fixture_new();
    g_assert_cmpstr(store_profile_uuid(fixture->store), !=, uuid);
    fixture_free(fixture);
}

static void
test_second_process(void)
{
    struct fixture *fixture = fixture_new();
    g_autofree char *lock = g_build_filename(fixture->dir, "weft.lock", NULL);
    put_now(fixture, say(1, "a", "one"), NULL);
    fixture_close(fixture);
    g_assert_true(g_file_set_contents(lock, "4194304444\n", -1, NULL)); /* what one left */
    fixture_open(fixture);
    pid_t pid = fork();
    if (pid == 0) {
        struct store_options options = {
            .dir = fixture->dir, .mode = STORE_WRITE, .clock = fixture->clock};
        g_autoptr(GError) error = NULL;
        g_autofree char *expected = g_strdup_printf("process %ld)", (long)getppid());
        struct store *store = store_open(&options, NULL, &error);
        _exit(store == NULL && error_is(error, WEFT_ERROR_CONFLICT) &&
                      strstr(error->message, expected) != NULL
                  ? 0
                  : 1);
    }
    int status;
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_cmpint(status, ==, 0);

    g_autoptr(GError) conflict = fixture_open_fails(fixture, STORE_WRITE);
    g_assert_true(error_is(conflict, WEFT_ERROR_CONFLICT));
    fixture_free(fixture);
}

static void
test_read_only_beside(void)
{
    struct fixture *fixture = fixture_new_closed();
    g_autoptr(GError) none = fixture_open_fails(fixture, STORE_READ_ONLY);
    g_assert_true(error_is(none, WEFT_ERROR_NOT_FOUND));
    fixture_open(fixture);
    put_now(fixture, say(1, "a", "one"), NULL);
    struct store_options options = {.dir = fixture->dir, .mode = STORE_READ_ONLY};
    g_autoptr(GError) error = NULL;
    struct store *reader = store_open(&options, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(store_profile_uuid(reader), ==, store_profile_uuid(fixture->store));
    g_assert_cmpuint(count_messages(reader, 1), ==, 1);
    put_now(fixture, say(2, "b", "two"), NULL);
    g_assert_cmpuint(count_messages(reader, 1), ==, 2); /* sees what was committed since */

    struct seen seen = {0};
    struct message *message = say(3, "c", "three");
    struct store_put_message put = {.message = message, .account_id = 1};
    store_put_message(reader, &put, seen_fn, &seen);
    g_assert_cmpuint(seen.calls, ==, 0);
    store_flush(reader);
    g_assert_cmpuint(seen.calls, ==, 1);
    g_assert_cmpint(seen.outcome, ==, STORE_STALLED);
    g_assert_cmpuint(count_messages(fixture->store, 1), ==, 2);
    message_unref(message);
    seen_clear(&seen);

    fixture_close(fixture);
    g_assert_cmpuint(count_messages(reader, 1), ==, 2);
    store_close(reader);
    reader = store_open(&options, NULL, &error); /* nobody writes now */
    g_assert_no_error(error);
    g_assert_cmpuint(count_messages(reader, 1), ==, 2);
    store_close(reader);
    fixture_free(fixture);
}

static void
test_not_writable(void)
{
    struct fixture *fixture = fixture_new_closed();
    write_bytes(fixture->dir, "a file", 6); /* stands where the folder should be */
    g_autoptr(GError) no_folder = fixture_open_fails(fixture, STORE_WRITE);
    g_assert_true(error_is(no_folder, WEFT_ERROR_DISK));
    g_assert_nonnull(strstr(no_folder->message, fixture->dir));
    unlink(fixture->dir);
    g_assert_cmpint(mkdir(fixture->dir, 0700), ==, 0);
    g_assert_cmpint(mkdir(fixture->path, 0700), ==, 0); /* a folder where the file should be */
    g_autoptr(GError) no_file = fixture_open_fails(fixture, STORE_WRITE);
    g_assert_true(error_is(no_file, WEFT_ERROR_DISK));
    fixture_free(fixture);
}

/* As a user without rights, which root has to become first. Exit code 0: the sentence came. */
static void
check_no_rights(struct fixture *fixture)
{
    pid_t pid = fork();
    if (pid == 0) {
        if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            _exit(2);
        struct store_options options = {
            .dir = fixture->dir, .mode = STORE_WRITE, .clock = fixture->clock};
        g_autoptr(GError) error = NULL;
        struct store *store = store_open(&options, NULL, &error);
        _exit(store == NULL && error_is(error, WEFT_ERROR_DISK) &&
                      strstr(error->message, fixture->dir) != NULL
                  ? 0
                  : 1);
    }
    int status;
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_cmpint(status, ==, 0);
}

static void
test_no_rights(void)
{
    struct fixture *fixture = fixture_new();
    put_now(fixture, say(1, NULL, "still here"), NULL);
    fixture_close(fixture);
    g_autofree char *top = g_path_get_dirname(fixture->dir);
    g_autofree char *lock = g_build_filename(fixture->dir, "weft.lock", NULL);
    g_assert_cmpint(chmod(top, 0755), ==, 0);
    g_assert_cmpint(chmod(fixture->dir, 0555), ==, 0);
    g_assert_cmpint(chmod(lock, 0444), ==, 0);
    check_no_rights(fixture); /* the lock cannot be written */
    g_assert_cmpint(chmod(lock, 0666), ==, 0);
    g_assert_cmpint(chmod(fixture->path, 0), ==, 0);
    check_no_rights(fixture); /* the file cannot be read */
    g_assert_cmpint(chmod(fixture->path, 0600), ==, 0);
    g_assert_cmpint(chmod(fixture->dir, 0700), ==, 0);
    g_assert_cmpint(chmod(lock, 0600), ==, 0);
    fixture_open(fixture);
    g_assert_cmpuint(count_messages(fixture->store, 1), ==, 1);
    fixture_free(fixture);
}

static void
test_newer(void)
{
    struct fixture *fixture = fixture_new_closed();
    fixture->hooks = (struct store_hooks){.extra_steps = steps, .n_extra_steps = 2};
    fixture_open(fixture);
    put_now(fixture, say(1, NULL, "from the future"), NULL);
    fixture_close(fixture);
    fixture->hooks.n_extra_steps = 0;
    size_t len, len_after;
    g_autofree char *before = read_bytes(fixture->path, &len);
    g_autoptr(GError) error = fixture_open_fails(fixture, STORE_WRITE);
    g_assert_true(error_is(error, WEFT_ERROR_UNSUPPORTED));
    g_autoptr(GError) reading = fixture_open_fails(fixture, STORE_READ_ONLY);
    g_assert_true(error_is(reading, WEFT_ERROR_UNSUPPORTED));
    g_autofree char *after = read_bytes(fixture->path, &len_after);
    g_assert_cmpmem(before, len, after, len_after);
    fixture->hooks.n_extra_steps = 2;
    fixture_open(fixture);
    g_assert_cmpuint(count_messages(fixture->store, 1), ==, 1);
    fixture_free(fixture);
}

static void
test_migration_and_backup(void)
{
    struct fixture *fixture = fixture_new();
    put_now(fixture, say(1, NULL, "old"), NULL);
    fixture_close(fixture);
    fixture->hooks = (struct store_hooks){.extra_steps = steps, .n_extra_steps = 2};
    g_autoptr(GError) reading = fixture_open_fails(fixture, STORE_READ_ONLY);
    g_assert_true(error_is(reading, WEFT_ERROR_UNSUPPORTED)); /* an older file is not changed */
    fixture_open(fixture);
    g_autoptr(GPtrArray) rows = store_load_newest(fixture->store, 1, 1);
    g_assert_cmpuint(((struct message *)rows->pdata[0])->flags, ==, MESSAGE_BOT);
    g_auto(GStrv) backups = names_with(fixture, "weft.db.backup-");
    g_assert_cmpuint(g_strv_length(backups), ==, 2);
    fixture_close(fixture);

    /* The backup is the file as it was: put in place, it opens with the older program. */
    g_autofree char *backup = g_strdup_printf("%s.backup-v%u", fixture->path, migrate_schema_n);
    g_assert_cmpint(rename(backup, fixture->path), ==, 0);
    fixture->hooks.n_extra_steps = 0;
    fixture_open(fixture);
    g_autofree char *text = bodies(fixture->store, 1);
    g_assert_cmpstr(text, ==, "old");
    fixture_free(fixture);
}

static void
test_failing_migration(void)
{
    struct fixture *fixture = fixture_new();
    put_now(fixture, say(1, NULL, "kept"), NULL);
    fixture_close(fixture);
    fixture->hooks = (struct store_hooks){.extra_steps = bad_steps, .n_extra_steps = 1};
    struct store_options options = {
        .dir = fixture->dir, .mode = STORE_WRITE, .clock = fixture->clock};
    g_autoptr(GError) error = NULL;
    g_assert_null(store_open_hooked(&options, &fixture->hooks, NULL, &error));
    g_assert_true(error_is(error, WEFT_ERROR_INTERNAL));
    g_auto(GStrv) damaged = names_with(fixture, "weft.db.damaged");
    g_assert_cmpuint(g_strv_length(damaged), ==, 0); /* our mistake is not the file's */
    fixture->hooks = (struct store_hooks){0};
    fixture_open(fixture);
    g_assert_cmpuint(count_messages(fixture->store, 1), ==, 1);
    fixture_free(fixture);
}

/* Killed anywhere in a migration, the file is old or new, and opening it again ends the migration.
 */
static void
test_killed_migration(void)
{
    struct fixture *fixture = fixture_new();
    for (unsigned i = 0; i < 20000; i++) {
        struct message *message = say(i, NULL, "a message that has to be moved to the new form");
        struct store_put_message put = {.message = message, .account_id = 1};
        store_put_message(fixture->store, &put, NULL, NULL);
        message_unref(message);
    }
    fixture_close(fixture);
    size_t len;
    g_autofree char *old = read_bytes(fixture->path, &len);
    g_autofree char *wal = g_strconcat(fixture->path, "-wal", NULL);
    fixture->hooks = (struct store_hooks){.extra_steps = steps, .n_extra_steps = 2};
    unsigned killed = 0;
    for (unsigned round = 0; round < 10; round++) {
        int fds[2]; /* closed by the child's end: the wait is no longer than it lives */
        g_assert_cmpint(pipe(fds), ==, 0);
        pid_t pid = fork();
        if (pid == 0) {
            close(fds[0]);
            fixture_open(fixture);
            _exit(0);
        }
        close(fds[1]);
        struct pollfd ended = {.fd = fds[0], .events = POLLIN};
        g_assert_cmpint(poll(&ended, 1, g_test_rand_int_range(0, 400)), >=, 0);
        kill(pid, SIGKILL);
        close(fds[0]);
        int status;
        g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
        killed += WIFSIGNALED(status) != 0;
        fixture_open(fixture);
        g_assert_null(fixture->notice);
        g_assert_cmpuint(count_messages(fixture->store, 1), ==, 20000);
        fixture_close(fixture);
        unlink(wal);
        write_bytes(fixture->path, old, len);
    }
    g_test_message("killed in the middle: %u of 10", killed);
    g_assert_cmpuint(killed, >, 0);
    fixture_free(fixture);
}

/* Ended between two renames: the complete new file beside a missing one is taken. */
static void
test_adopts_new_file(void)
{
    struct fixture *fixture = fixture_new();
    g_autofree char *uuid = g_strdup(store_profile_uuid(fixture->store));
    fixture_close(fixture);
    g_autofree char *fresh = g_strconcat(fixture->path, ".new", NULL);
    g_assert_cmpint(rename(fixture->path, fresh), ==, 0);
    fixture_open(fixture);
    g_assert_cmpstr(store_profile_uuid(fixture->store), ==, uuid);
    fixture_close(fixture);
    unlink(fixture->path);
    write_bytes(fresh, "half", 4);
    fixture_open(fixture);
    g_assert_cmpstr(store_profile_uuid(fixture->store), !=, uuid);
    g_assert_null(fixture->notice);
    fixture_free(fixture);
}

void
test_open_add(void)
{
    g_test_add_func("/store/open/modes", test_modes);
    g_test_add_func("/store/open/uuid", test_uuid);
    g_test_add_func("/store/open/R24-second-process", test_second_process);
    g_test_add_func("/store/open/read-only-beside", test_read_only_beside);
    g_test_add_func("/store/open/not-writable", test_not_writable);
    g_test_add_func("/store/open/no-rights", test_no_rights);
    g_test_add_func("/store/open/newer", test_newer);
    g_test_add_func("/store/open/migration-and-backup", test_migration_and_backup);
    g_test_add_func("/store/open/failing-migration", test_failing_migration);
    g_test_add_func("/store/open/R25-killed-migration", test_killed_migration);
    g_test_add_func("/store/open/adopts-new-file", test_adopts_new_file);
}
