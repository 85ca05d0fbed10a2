/* A disk that refuses: nothing is lost, everybody is told once, and it goes on by itself. */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/error.h"
#include "tests/unit/store/fixture.h"
#include "tests/unit/store/refusing_vfs.h"

void test_full_add(void);

#define RETRY_US (3 * G_USEC_PER_SEC)

static struct fixture *
fixture_refusing(void)
{
    struct fixture *fixture = fixture_new_closed();
    refusing_vfs_refuse(SQLITE_OK, 0);
    fixture->hooks.vfs = REFUSING_VFS;
    fixture_open(fixture);
    put_buffer(fixture, 1);
    return fixture;
}

static bool
loop_until_calls(const struct seen *seen, unsigned calls)
{
    int64_t deadline = g_get_monotonic_time() + 30 * G_USEC_PER_SEC;
    while (seen->calls < calls && g_get_monotonic_time() < deadline)
        g_main_context_iteration(NULL, TRUE);
    return seen->calls == calls;
}

static void
check_stall(int code)
{
    struct fixture *fixture = fixture_refusing();
    struct seen seen = {0}, late = {0};
    refusing_vfs_refuse(code, 0);
    struct message *message = say(1, "r1", "on a full disk");
    struct store_put_message put = {
        .message = message, .account_id = 1, .counts_unread = true, .cursor = "c1"};
    store_put_message(fixture->store, &put, seen_fn, &seen);
    g_assert_true(loop_until_calls(&seen, 1));
    g_assert_cmpint(seen.outcome, ==, STORE_STALLED);
    g_assert_cmpuint(fixture->stalls, ==, 1);
    g_assert_null(store_load_cursor(fixture->store, 1, 1));

    /* What is typed meanwhile is told so too; another try tells nobody twice. */
    struct outbox_row row = {
        .account_id = 1, .buffer_id = 1, .body = message->body, .created_us = 1};
    store_add_outbox(fixture->store, &row, message, false, seen_fn, &late);
    g_assert_true(loop_until_calls(&late, 1));
    g_assert_cmpint(late.outcome, ==, STORE_STALLED);
    clock_fake_advance(fixture->clock, RETRY_US);
    store_flush(fixture->store);
    g_assert_cmpuint(seen.calls, ==, 1);
    g_assert_cmpuint(late.calls, ==, 1);
    g_assert_cmpuint(fixture->stalls, ==, 1);
    g_assert_cmpuint(fixture->recoveries, ==, 0);

    refusing_vfs_refuse(SQLITE_OK, 0);
    clock_fake_advance(fixture->clock, RETRY_US);
    g_assert_true(loop_until_calls(&late, 2));
    g_assert_cmpuint(fixture->recoveries, ==, 1);
    g_assert_cmpuint(seen.calls, ==, 2);
    g_assert_cmpint(seen.outcome, ==, STORE_NEW);
    g_assert_cmpint(late.outcome, ==, STORE_NEW);
    g_assert_cmpuint(clock_fake_pending(fixture->clock), ==, 0);
    g_autofree char *cursor = store_load_cursor(fixture->store, 1, 1);
    g_assert_cmpstr(cursor, ==, "c1");
    struct buffer *buffer = load_buffer(fixture, 1);
    g_assert_cmpuint(buffer->unread, ==, 1); /* counted once, though tried three times */
    buffer_free(buffer);
    g_assert_cmpuint(store_dropped(fixture->store), ==, 0);
    message_unref(message);
    seen_clear(&seen);
    seen_clear(&late);
    fixture_free(fixture);
}

static void
test_stall(void)
{
    check_stall(SQLITE_FULL);
    check_stall(SQLITE_IOERR_WRITE);
    check_stall(SQLITE_READONLY);
}

/* A merge that was undone and made again still finds its own message by the key. */
static void
test_merge_again(void)
{
    struct fixture *fixture = fixture_refusing();
    struct seen typed = {0}, seen = {0};
    type_now(fixture, "ok", &typed);
    struct message *echo = say(9, "r9", "ok");
    echo->key = g_strdup(typed.outbox_key);
    refusing_vfs_refuse(SQLITE_FULL, 0);
    put_now(fixture, message_ref(echo), &seen);
    put_now(fixture, say(10, "r10", "by a new sender"), NULL);
    g_assert_cmpint(seen.outcome, ==, STORE_STALLED);
    refusing_vfs_refuse(SQLITE_OK, 0);
    store_flush(fixture->store);
    g_assert_cmpint(seen.outcome, ==, STORE_MERGED);
    g_assert_cmpint(seen.message->id, ==, typed.message->id);
    g_assert_cmpuint(count_messages(fixture->store, 1), ==, 2);
    g_autoptr(GPtrArray) rows = store_load_newest(fixture->store, 1, 1);
    g_assert_cmpstr(((struct message *)rows->pdata[0])->sender_id, ==, "uma");
    message_unref(echo);
    seen_clear(&typed);
    seen_clear(&seen);
    fixture_free(fixture);
}

/* Each write of a busy minute fails once; in the end every message is there once. */
static void
test_each_write_fails(void)
{
    struct fixture *fixture = fixture_refusing();
    static const int codes[] = {SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC};
    unsigned n = 0;
    for (int at = 0; at < 40; at++) {
        struct seen seen = {0}, sent = {0};
        refusing_vfs_refuse(SQLITE_OK, 0);
        type_now(fixture, "typed", &sent);
        n++;
        refusing_vfs_refuse(codes[at % 3], at / 3);
        change_now(fixture, sent.outbox_id, OUTBOX_SENDING, NULL, &seen);
        for (unsigned i = 0; i < 20; i++) {
            g_autofree char *id = g_strdup_printf("id%06u", n++);
            put_now(fixture, say(n, id, "a line that is long enough to fill a page or two"), NULL);
        }
        refusing_vfs_refuse(SQLITE_OK, 0);
        store_flush(fixture->store);
        g_assert_cmpint(seen.outcome, ==, STORE_CHANGED);
        g_assert_cmpuint(count_messages(fixture->store, 1), ==, n);
        seen_clear(&seen);
        seen_clear(&sent);
    }
    fixture_open(fixture);
    g_assert_null(fixture->notice);
    g_assert_cmpuint(count_messages(fixture->store, 1), ==, n);
    fixture_free(fixture);
}

/* History is not worth a sync of its own; the mark that a text is about to leave is. */
static void
test_only_sending_syncs(void)
{
    struct fixture *fixture = fixture_refusing();
    struct seen typed = {0};
    type_now(fixture, "typed", &typed);
    refusing_vfs_refuse(SQLITE_OK, 0);
    for (unsigned i = 0; i < 20; i++)
        put_now(fixture, say(i, NULL, "history"), NULL);
    g_assert_cmpint(refusing_vfs_syncs(), ==, 0);
    change_now(fixture, typed.outbox_id, OUTBOX_SENDING, NULL, NULL);
    g_assert_cmpint(refusing_vfs_syncs(), >, 0);
    refusing_vfs_refuse(SQLITE_OK, 0);
    put_now(fixture, say(100, NULL, "history"), NULL);
    g_assert_cmpint(refusing_vfs_syncs(), ==, 0);
    seen_clear(&typed);
    fixture_free(fixture);
}

/* What can't be kept for ever: the oldest messages go, counted; what was typed never does. */
static void
test_dropped(void)
{
    struct fixture *fixture = fixture_refusing();
    struct seen typed = {0}, oldest = {0};
    refusing_vfs_refuse(SQLITE_FULL, 0);
    struct message *message = say(0, NULL, "typed first");
    struct outbox_row row = {
        .account_id = 1, .buffer_id = 1, .body = message->body, .created_us = 1};
    store_add_outbox(fixture->store, &row, message, false, seen_fn, &typed);
    struct store_put_message put = {.message = message, .account_id = 1};
    store_put_message(fixture->store, &put, seen_fn, &oldest);
    store_flush(fixture->store);
    for (unsigned i = 0; i < STORE_STALLED_MAX + 100 - 2; i++) {
        message->sort_key = i + 1;
        store_put_message(fixture->store, &put, NULL, NULL);
        if (i % 1000 == 0)
            g_main_context_iteration(NULL, FALSE);
    }
    g_assert_cmpuint(store_dropped(fixture->store), ==, 100);
    refusing_vfs_refuse(SQLITE_OK, 0);
    store_flush(fixture->store);
    g_assert_cmpint(typed.outcome, ==, STORE_NEW);
    g_assert_cmpint(oldest.outcome, ==, STORE_MISSING);
    g_assert_cmpuint(oldest.calls, ==, 2);
    g_assert_cmpuint(count_messages(fixture->store, 1), ==, STORE_STALLED_MAX);
    message_unref(message);
    seen_clear(&typed);
    seen_clear(&oldest);
    fixture_free(fixture);
}

/* Closing gives a refusing disk five seconds, not more: on a busy machine they may be longer. */
static void
test_close_while_refusing(void)
{
    struct fixture *fixture = fixture_refusing();
    refusing_vfs_refuse(SQLITE_FULL, 0);
    struct message *message = say(1, NULL, "lost");
    struct store_put_message put = {.message = message, .account_id = 1};
    store_put_message(fixture->store, &put, NULL, NULL);
    message_unref(message);
    int64_t begun = g_get_monotonic_time();
    fixture_close(fixture);
    int64_t took = g_get_monotonic_time() - begun;
    g_assert_cmpint(took, >=, 4 * G_USEC_PER_SEC);
    g_assert_cmpint(took, <=, 20 * G_USEC_PER_SEC);
    refusing_vfs_refuse(SQLITE_OK, 0);
    fixture_open(fixture);
    g_assert_null(fixture->notice);
    g_assert_cmpuint(count_messages(fixture->store, 1), ==, 0);
    fixture_free(fixture);
}

/* The same with a real file system that has no room. */
static void
test_small_disk(void)
{
    struct fixture *fixture = fixture_new_closed();
    g_autofree char *top = g_path_get_dirname(fixture->dir);
    if (mount("weft-test", top, "tmpfs", MS_NOSUID | MS_NODEV, "size=2m,mode=700") != 0) {
        g_test_skip("no right to mount a small file system");
        fixture_free(fixture);
        return;
    }
    fixture_open(fixture);
    g_autofree char *ballast = g_build_filename(top, "ballast", NULL);
    FILE *file = fopen(ballast, "w");
    g_assert_nonnull(file);
    setvbuf(file, NULL, _IONBF, 0);
    char block[4096] = {1};
    while (fwrite(block, sizeof(block), 1, file) == 1)
        continue;
    fclose(file);

    struct seen seen = {0};
    unsigned n = 0;
    for (; n < 3000 && fixture->stalls == 0; n++) {
        g_autofree char *id = g_strdup_printf("id%06u", n);
        put_now(fixture, say(n, id, "as much as fits and then some"), &seen);
    }
    g_assert_cmpuint(fixture->stalls, ==, 1);
    g_assert_cmpint(seen.outcome, ==, STORE_STALLED);
    unlink(ballast);
    store_flush(fixture->store);
    g_assert_cmpuint(fixture->recoveries, ==, 1);
    g_assert_cmpuint(count_messages(fixture->store, 1), ==, n);
    fixture_open(fixture);
    g_assert_null(fixture->notice);
    g_assert_cmpuint(count_messages(fixture->store, 1), ==, n);
    fixture_close(fixture);
    seen_clear(&seen);
    umount(top);
    fixture_free(fixture);
}

void
test_full_add(void)
{
    g_test_add_func("/store/full/stall", test_stall);
    g_test_add_func("/store/full/merge-again", test_merge_again);
    g_test_add_func("/store/full/R9-each-write-fails", test_each_write_fails);
    g_test_add_func("/store/full/only-sending-syncs", test_only_sending_syncs);
    g_test_add_func("/store/full/dropped", test_dropped);
    g_test_add_func("/store/full/close-while-refusing", test_close_while_refusing);
    g_test_add_func("/store/full/R9-small-disk", test_small_disk);
}
