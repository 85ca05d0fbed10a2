#include "tests/support/scratch.h"

#include <glib.h>
#include <glib/gstdio.h>

char *
scratch_new(void)
{
    g_autoptr(GError) error = NULL;
    char *folder = g_dir_make_tmp("weft-test-XXXXXX", &error);

    g_assert_no_error(error);
    return folder;
}

static void
remove_tree(const char *path)
{
    GDir *dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        remove_tree(child);
    }
    if (dir)
        g_dir_close(dir);
    g_remove(path);
}

void
scratch_free(char *folder)
{
    if (!folder)
        return;
    remove_tree(folder);
    g_free(folder);
}
