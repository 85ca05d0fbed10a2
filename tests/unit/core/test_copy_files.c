/* Files that the relay carries over: fetched once, however many ask, and no more than they may be.
 */
#include <sys/stat.h>

#include "core/copy.h"
#include "core/transfer.h"
#include "tests/unit/core/fake.h"
#include "tests/unit/core/tests.h"

/* What a callback was told. */
struct answer {
    unsigned calls;
    int code; /* -1: no error */
    char *path;
};

static void
on_file(struct core *core, const char *path, const GError *error, void *user)
{
    struct answer *answer = user;
    answer->calls++;
    answer->code = error != NULL ? (int)error_code(error) : -1;
    g_free(answer->path);
    answer->path = g_strdup(path);
    g_assert_true((path == NULL) == (error != NULL));
}

static void
assert_asked(struct fake *fake, const char *asked)
{
    GString *so_far = fake_session(fake, 0)->asked;
    g_assert_cmpstr(so_far->str, ==, asked);
    g_string_truncate(so_far, 0);
}

static int64_t
say_file(struct fake *fake, const char *id, int64_t size_bytes)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)attachment_free);
    g_ptr_array_add(files, attachment_new(id, "../minutes.odt", size_bytes));
    fake_say(fake, 0, &(struct fake_said){.text = "", .id = id, .files = files});
    fake_settle(fake);
    struct message *message = core_find_message(fake->core, fake_buffer(fake, 0, "#lab")->id, id);
    const int64_t row = message->id;
    message_unref(message);
    return row;
}

/* Until what came is written and the transfers are gone. */
static void
written(struct fake *fake)
{
    const GPtrArray *all = core_transfers(fake->core);
    const int64_t deadline = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;

    fake_settle(fake);
    while (all->len > 0 && g_get_monotonic_time() < deadline)
        g_main_context_iteration(NULL, FALSE);
    g_assert_cmpuint(all->len, ==, 0);
    fake_settle(fake);
}

static void
test_fetch(void)
{
    struct fake *fake = fake_new(1);
    struct answer first = {0}, second = {0}, third = {0}, large = {0};
    struct fake_session *session = fake_session(fake, 0);
    struct stat st;

    fake_online(fake, 0);
    fake_settle(fake);
    g_string_truncate(session->asked, 0);
    const int64_t row = say_file(fake, "f1", 5);

    core_copy_fetch(fake->core, row, 0, 1000, on_file, &first);
    core_copy_fetch(fake->core, row, 0, 1000, on_file, &second);
    fake_settle(fake);
    assert_asked(fake, "download f1 from 0|");
    host_bytes(session->host, session->asked_op, 0, "hello", 5);
    host_done(session->host, session->asked_op, NULL, 0);
    written(fake);
    g_assert_cmpuint(first.calls + second.calls, ==, 2);
    g_assert_cmpstr(first.path, ==, second.path);
    g_assert_true(g_str_has_prefix(first.path, fake->cache_dir));
    g_autofree char *got = NULL;
    g_assert_true(g_file_get_contents(first.path, &got, NULL, NULL));
    g_assert_cmpstr(got, ==, "hello");
    g_assert_cmpint(stat(first.path, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 0777, ==, 0600);
    g_assert_cmpuint(fake->counts[NOTICE_FILE], ==, 0);
    /* It is here. */
    core_copy_fetch(fake->core, row, 0, 1000, on_file, &third);
    g_assert_cmpuint(third.calls, ==, 0);
    fake_settle(fake);
    assert_asked(fake, "");
    g_assert_cmpstr(third.path, ==, first.path);
    core_copy_fetch(fake->core, say_file(fake, "f2", 1001), 0, 1000, on_file, &large);
    fake_settle(fake);
    g_assert_cmpint(large.code, ==, WEFT_ERROR_TOO_LARGE);
    core_copy_fetch(fake->core, row, 1, 1000, on_file, &large);
    fake_settle(fake);
    g_assert_cmpint(large.code, ==, WEFT_ERROR_NOT_FOUND);
    /* Its size is not known before. */
    core_copy_fetch(fake->core, say_file(fake, "f3", -1), 0, 4, on_file, &large);
    fake_settle(fake);
    host_bytes(session->host, session->asked_op, 0, "hello", 5);
    g_autoptr(GError) stopped = g_error_new(WEFT_ERROR, WEFT_ERROR_CANCELLED, "Stopped.");
    host_failed(session->host, session->asked_op, stopped);
    written(fake);
    g_assert_cmpint(large.code, ==, WEFT_ERROR_TOO_LARGE);
    g_assert_cmpuint(large.calls, ==, 3);
    g_free(first.path);
    g_free(second.path);
    g_free(third.path);
    fake_free(fake);
}

void
test_copy_files_add(void)
{
    g_test_add_func("/copy/fetch", test_fetch);
}
