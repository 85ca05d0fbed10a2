#include "tests/e2e/home.h"

#include <glib.h>
#include <string.h>

#include "base/file.h"
#include "tests/support/scratch.h"

char *
home_new(void)
{
    return scratch_new();
}

char *
home_new_irc(uint16_t port, const char *options)
{
    char *home = home_new();
    g_autofree char *path = g_build_filename(home, "weft.conf", NULL);
    g_autofree char *text = g_strdup_printf("[notify]\nmethod = none\n[account home]\nnetwork = "
                                            "irc\nserver = 127.0.0.1:%u\ntls = off\nnick = kai\n%s",
                                            port, options);
    g_autoptr(GError) error = NULL;

    file_write_atomic(path, text, strlen(text), &error);
    g_assert_no_error(error);
    return home;
}

static void
check_no_report(const char *home)
{
    g_autoptr(GDir) dir = g_dir_open(home, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(home, name, NULL);
        g_autofree char *report = NULL;
        if (g_str_has_prefix(name, "asan.") && g_file_get_contents(path, &report, NULL, NULL))
            g_error("a sanitizer complained of weft:\n%s", report);
        if (g_str_has_prefix(name, "valgrind.") && g_file_get_contents(path, &report, NULL, NULL) &&
            *report)
            g_error("valgrind complained of weft:\n%s", report);
    }
}

void
home_free(char *home)
{
    check_no_report(home);
    scratch_free(home);
}
