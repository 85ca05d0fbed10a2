#include "base/file.h"
#include "tests/unit/base/tests.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "tests/support/scratch.h"

static char *
make_folder(void)
{
    char *folder = g_dir_make_tmp("weft-file-XXXXXX", NULL);
    g_assert_nonnull(folder);
    return folder;
}

static void
assert_file(const char *path, const char *wanted, unsigned mode)
{
    g_autoptr(GError) error = NULL;
    struct stat st;
    size_t len = 0;
    g_autofree char *got = file_read(path, 1000, &len, &error);

    g_assert_no_error(error);
    g_assert_cmpmem(got, len, wanted, strlen(wanted));
    g_assert_cmpint(stat(path, &st), ==, 0);
    g_assert_cmpuint(st.st_mode & 0777, ==, mode);
}

static unsigned
count_files(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    unsigned n = 0;

    while (g_dir_read_name(dir))
        n++;
    return n;
}

static void
test_private_dir(void)
{
    g_autofree char *root = make_folder();
    g_autofree char *middle = g_build_filename(root, "a", NULL);
    g_autofree char *deep = g_build_filename(middle, "b", NULL);
    g_autofree char *blocked = g_build_filename(deep, "file", NULL);
    g_autoptr(GError) error = NULL;
    struct stat st;

    g_assert_true(file_make_private_dir(deep, &error));
    g_assert_no_error(error);
    g_assert_true(file_make_private_dir(deep, &error));
    stat(middle, &st);
    g_assert_cmpuint(st.st_mode & 0777, ==, 0700);
    g_assert_true(file_write_atomic(blocked, "x", 1, NULL));
    g_assert_false(file_make_private_dir(blocked, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_DISK);
    g_assert_nonnull(strstr(error->message, blocked));
    g_unlink(blocked);
    g_rmdir(deep);
    g_rmdir(middle);
    g_rmdir(root);
}

static void
test_read(void)
{
    g_autofree char *root = make_folder();
    g_autofree char *path = g_build_filename(root, "f", NULL);
    g_autoptr(GError) missing = NULL;
    g_autoptr(GError) large = NULL;
    g_autoptr(GError) folder = NULL;
    g_autoptr(GError) pipe = NULL;
    size_t len = 77;

    g_assert_null(file_read(path, 10, &len, &missing));
    g_assert_error(missing, WEFT_ERROR, WEFT_ERROR_NOT_FOUND);
    g_assert_nonnull(strstr(missing->message, path));
    g_assert_true(file_write_atomic(path,
                                    "12345\0"
                                    "789",
                                    9, NULL));
    g_assert_null(file_read(path, 8, &len, &large));
    g_assert_error(large, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
    g_assert_cmpuint(len, ==, 77);
    g_autofree char *text = file_read(path, 9, &len, NULL);
    g_assert_cmpmem(text, len,
                    "12345\0"
                    "789",
                    9);
    g_assert_cmpint(text[9], ==, 0);
    g_assert_null(file_read(root, 9, NULL, &folder));
    g_assert_error(folder, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    g_unlink(path);
    g_assert_cmpint(mkfifo(path, 0600), ==, 0);
    g_assert_null(file_read(path, 9, NULL, &pipe));
    g_assert_error(pipe, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    g_autofree char *none = file_read("/dev/null", 9, &len, NULL);
    g_assert_cmpstr(none, ==, "");
    g_unlink(path);
    g_rmdir(root);
}

static void
test_write_and_append(void)
{
    g_autofree char *root = make_folder();
    g_autofree char *path = g_build_filename(root, "f", NULL);
    g_autofree char *link = g_build_filename(root, "link", NULL);
    g_autofree char *nowhere = g_build_filename(root, "no", "f", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) is_folder = NULL;

    g_assert_true(file_append_atomic(path, "one", 3, NULL));
    assert_file(path, "one", 0600);
    g_assert_true(file_write_atomic(path, "two", 3, NULL));
    assert_file(path, "two", 0600);
    g_chmod(path, 0644);
    g_assert_true(file_append_atomic(path, "+", 1, NULL));
    assert_file(path, "two+", 0644);

    g_assert_cmpint(symlink("f", link), ==, 0);
    g_assert_true(file_write_atomic(link, "three", 5, NULL));
    g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    assert_file(path, "three", 0600);
    g_unlink(path); /* a link to nothing yet */
    g_assert_true(file_write_atomic(link, "four", 4, NULL));
    assert_file(path, "four", 0600);

    g_assert_false(file_write_atomic(nowhere, "x", 1, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND);
    g_assert_false(file_write_atomic(root, "x", 1, &is_folder));
    g_assert_error(is_folder, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    g_assert_cmpuint(count_files(root), ==, 2); /* no temporary file stays */
    g_unlink(link);
    g_unlink(path);
    g_rmdir(root);
}

static void
test_link_loop(void)
{
    g_autofree char *root = make_folder();
    g_autofree char *path = g_build_filename(root, "self", NULL);
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(symlink("self", path), ==, 0);
    g_assert_false(file_write_atomic(path, "x", 1, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_DISK);
    g_unlink(path);
    g_rmdir(root);
}

static void
test_check_private(void)
{
    g_autofree char *root = make_folder();
    g_autofree char *path = g_build_filename(root, "f", NULL);
    g_autoptr(GError) missing = NULL;
    g_autoptr(GError) open = NULL;

    g_assert_false(file_check_private(path, &missing));
    g_assert_error(missing, WEFT_ERROR, WEFT_ERROR_NOT_FOUND);
    g_assert_true(file_write_atomic(path, "x", 1, NULL));
    g_assert_true(file_check_private(path, NULL));
    g_chmod(path, 0640);
    g_assert_false(file_check_private(path, &open));
    g_assert_error(open, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    g_assert_nonnull(strstr(open->message, "chmod"));
    g_unlink(path);
    g_rmdir(root);
}

static void
assert_short(const char *before, const char *after, const char *wanted)
{
    g_autofree char *text = g_strconcat(before, g_get_home_dir(), after, NULL);
    g_autofree char *found = file_shorten(text);

    g_assert_cmpstr(found, ==, wanted ? wanted : text);
}

static void
test_shorten(void)
{
    assert_short("", "/a.conf cannot be read.", "~/a.conf cannot be read.");
    assert_short("Open \"", "/a\".", "Open \"~/a\".");
    assert_short("", "", "~");
    /* Not in the middle of another path. */
    assert_short("/x", "/a", NULL);
    assert_short("", "x/a", NULL);
}

static void
test_expand(void)
{
    g_autofree char *home = file_expand("~", "/base");
    g_autofree char *below = file_expand("~/x", "/base");
    g_autofree char *relative = file_expand("x/y", "/base");
    g_autofree char *absolute = file_expand("/x", "/base");
    g_autofree char *wanted = g_build_filename(g_get_home_dir(), "x", NULL);

    g_assert_cmpstr(home, ==, g_get_home_dir());
    g_assert_cmpstr(below, ==, wanted);
    g_assert_cmpstr(relative, ==, "/base/x/y");
    g_assert_cmpstr(absolute, ==, "/x");
}

/* Writes one text after the other until it is killed. */
static void
write_for_ever(const char *path, const char *const *texts)
{
    for (unsigned i = 0;; i++)
        file_write_atomic(path, texts[i % 2], strlen(texts[i % 2]), NULL);
}

static void
test_killed_while_saving(void)
{
    g_autofree char *folder = make_folder();
    g_autofree char *path = g_build_filename(folder, "override.conf", NULL);
    g_autofree char *old = g_strnfill(70000, 'a');
    g_autofree char *new = g_strnfill(50000, 'b');
    const char *const texts[] = {old, new};
    unsigned kills = g_test_thorough() ? 1000 : 50;

    g_assert_true(file_write_atomic(path, old, strlen(old), NULL));
    for (unsigned i = 0; i < kills; i++) {
        pid_t pid = fork();
        if (pid == 0)
            write_for_ever(path, texts);
        g_assert_cmpint(pid, >, 0);
        /* Reading so many times is as long as it lasts until the kill. */
        for (int reads = g_random_int_range(1, 60); reads >= 0; reads--) {
            g_autofree char *now = file_read(path, 100000, NULL, NULL);
            g_assert_true(g_strcmp0(now, old) == 0 || g_strcmp0(now, new) == 0);
            if (reads == 0)
                kill(pid, SIGKILL);
        }
        waitpid(pid, NULL, 0);
        g_autofree char *left = file_read(path, 100000, NULL, NULL);
        g_assert_true(g_strcmp0(left, old) == 0 || g_strcmp0(left, new) == 0);
    }
    scratch_free(g_steal_pointer(&folder));
}

/* A link where the file should be is followed, as people have who keep their configuration
 * elsewhere; what it points to is replaced whole, and the link stays. */
static void
test_saved_through_a_link(void)
{
    g_autofree char *folder = make_folder();
    g_autofree char *real = g_build_filename(folder, "real", NULL);
    g_autofree char *link = g_build_filename(folder, "override.conf", NULL);

    g_assert_cmpint(symlink("real", link), ==, 0);
    g_assert_true(file_write_atomic(link, "one", 3, NULL));
    assert_file(real, "one", 0600);
    g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    scratch_free(g_steal_pointer(&folder));
}

void
test_file_add(void)
{
    g_test_add_func("/threat/45-killed-while-saving", test_killed_while_saving);
    g_test_add_func("/threat/45-saved-through-a-link", test_saved_through_a_link);
    g_test_add_func("/file/private-dir", test_private_dir);
    g_test_add_func("/file/read", test_read);
    g_test_add_func("/file/write-and-append", test_write_and_append);
    g_test_add_func("/file/link-loop", test_link_loop);
    g_test_add_func("/file/check-private", test_check_private);
    g_test_add_func("/file/expand", test_expand);
    g_test_add_func("/file/shorten", test_shorten);
}
