/* A file written by a thread: in order, with cuts, and what fails is said. */
#include "base/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>
#include <glib/gstdio.h>

#include "tests/unit/base/tests.h"

static void
set_true(void *flag)
{
    *(bool *)flag = true;
}

static void
await(const bool *flag)
{
    const int64_t deadline = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;

    while (!*flag && g_get_monotonic_time() < deadline)
        g_main_context_iteration(NULL, FALSE);
    g_assert_true(*flag);
}

static char *
new_path(void)
{
    char *path = NULL;
    const int fd = g_file_open_tmp("weft-spool-XXXXXX", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    return path;
}

static void
assert_holds(const char *path, const char *content)
{
    g_autofree char *got = NULL;

    g_assert_true(g_file_get_contents(path, &got, NULL, NULL));
    g_assert_cmpstr(got, ==, content);
}

static void
test_order(void)
{
    g_autofree char *path = new_path();
    struct spool *spool = spool_new(open(path, O_WRONLY | O_CLOEXEC));
    bool ended = false;

    spool_put(spool, 0, false, "abc", 3);
    spool_put(spool, 3, false, "defgh", 5);
    spool_put(spool, 2, true, "X", 1);
    spool_end(spool, set_true, &ended);
    await(&ended);
    g_assert_cmpint(spool_error(spool), ==, 0);
    spool_free(spool);
    assert_holds(path, "abX");
    /* Freed without an end: written all the same, and nobody is told. */
    spool = spool_new(open(path, O_WRONLY | O_CLOEXEC));
    spool_put(spool, 3, false, "Y", 1);
    spool_free(spool);
    assert_holds(path, "abXY");
    g_unlink(path);
}

/* More than is kept in memory: whoever puts it waits, and nothing is lost. */
static void
test_much(void)
{
    g_autofree char *path = new_path();
    g_autofree char *piece = g_strnfill(1024 * 1024, 'x');
    struct spool *spool = spool_new(open(path, O_WRONLY | O_CLOEXEC));
    GStatBuf st;

    for (uint64_t i = 0; i < 20; i++)
        spool_put(spool, i * 1024 * 1024, false, piece, 1024 * 1024);
    spool_free(spool);
    g_assert_cmpint(g_stat(path, &st), ==, 0);
    g_assert_cmpint(st.st_size, ==, 20 * 1024 * 1024);
    g_unlink(path);
}

static void
test_error(void)
{
    g_autofree char *path = new_path();
    struct spool *spool = spool_new(open(path, O_RDONLY | O_CLOEXEC));
    bool ended = false;

    spool_put(spool, 0, false, "abc", 3);
    spool_put(spool, 3, false, "def", 3);
    spool_end(spool, set_true, &ended);
    await(&ended);
    g_assert_cmpint(spool_error(spool), ==, EBADF);
    spool_free(spool);
    assert_holds(path, "");
    g_unlink(path);
}

/* Given up: nobody is told, and nothing comes later. */
static void
test_drop(void)
{
    g_autofree char *path = new_path();
    struct spool *spool = spool_new(open(path, O_WRONLY | O_CLOEXEC));
    bool told = false, turned = false;

    spool_put(spool, 0, false, "abc", 3);
    spool_end(spool, set_true, &told);
    spool_drop(spool);
    g_idle_add_once(set_true, &turned);
    await(&turned);
    g_assert_false(told);
    g_unlink(path);
}

void
test_spool_add(void)
{
    g_test_add_func("/spool/order", test_order);
    g_test_add_func("/spool/much", test_much);
    g_test_add_func("/spool/error", test_error);
    g_test_add_func("/spool/drop", test_drop);
}
