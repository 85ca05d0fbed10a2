/* weft import matterbridge: the real program, as a person or a script runs it. */
#include <gio/gio.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "tests/support/scratch.h"

struct run {
    char *out;
    char *err;
    int status;
};

static void
run_clear(struct run *run)
{
    g_free(run->out);
    g_free(run->err);
}

/* `typed` may be NULL. `words` behind "weft"; NULL-terminated. */
static void
run_weft(const char *home, const char *typed, const char *const *words, struct run *run)
{
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                  G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_autofree char *program = g_test_build_filename(G_TEST_BUILT, "weft", NULL);
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autoptr(GError) error = NULL;

    g_ptr_array_add(argv, program);
    for (unsigned i = 0; words[i] != NULL; i++)
        g_ptr_array_add(argv, (gpointer)(uintptr_t)words[i]);
    g_ptr_array_add(argv, NULL);
    g_subprocess_launcher_setenv(launcher, "WEFT_HOME", home, TRUE);
    g_autoptr(GSubprocess) process =
        g_subprocess_launcher_spawnv(launcher, (const char *const *)argv->pdata, &error);
    g_assert_no_error(error);
    g_subprocess_communicate_utf8(process, typed, NULL, &run->out, &run->err, &error);
    g_assert_no_error(error);
    run->status = g_subprocess_get_exit_status(process);
}

static char *
sample(void)
{
    return g_test_build_filename(G_TEST_DIST, "tests/unit/import/sample.toml", NULL);
}

static bool
has_networks(const struct run *run)
{
    if (strstr(run->err, "Accounts: 5.") != NULL)
        return true;
    g_test_skip("configured without one of the networks that the sample has");
    return false;
}

static bool
is_there(const char *home, const char *name)
{
    g_autofree char *path = g_build_filename(home, name, NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void
shows_and_changes_nothing(void)
{
    g_autofree char *file = sample();
    char *home = scratch_new();
    struct run run = {0};

    run_weft(home, NULL, (const char *const[]){"import", "matterbridge", file, NULL}, &run);
    g_assert_cmpint(run.status, ==, 0);
    if (has_networks(&run)) {
        g_assert_nonnull(strstr(run.out, "\n[gateway jobs]\n"));
        g_assert_nonnull(strstr(run.err, "/libera.password and let nobody else read it"));
        g_assert_null(strstr(run.out, "is taken over"));
        g_assert_null(strstr(run.out, "also-not-a-real-one"));
        g_assert_null(strstr(run.err, "also-not-a-real-one"));
    }
    g_assert_false(is_there(home, "weft.conf"));
    run_clear(&run);
    scratch_free(home);
}

static void
writes_after_a_yes_only(void)
{
    static const char *const answers[] = {"no\n", "", "\n", "y\n"};
    g_autofree char *file = sample();
    char *home = scratch_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(answers); i++) {
        bool yes = i == G_N_ELEMENTS(answers) - 1;
        struct run run = {0};
        run_weft(home, answers[i],
                 (const char *const[]){"import", "matterbridge", "--write", file, NULL}, &run);
        bool there = has_networks(&run);
        if (there) {
            g_assert_cmpint(run.status, ==, yes ? 0 : 1);
            g_assert_true(is_there(home, "weft.conf") == yes);
            g_assert_true(is_there(home, "libera.password") == yes);
            /* Said before the question: nothing is made yet. */
            g_assert_nonnull(strstr(run.err, "libera.password will hold the "));
        }
        run_clear(&run);
        if (!there)
            break;
    }
    scratch_free(home);
}

/* --yes, and what it made is in order. */
static void
what_it_wrote_passes_the_check(void)
{
    g_autofree char *file = sample();
    char *home = scratch_new();
    struct run run = {0};

    run_weft(home, NULL,
             (const char *const[]){"import", "matterbridge", file, "--write", "--yes", NULL}, &run);
    if (has_networks(&run)) {
        GStatBuf state;
        g_autofree char *conf = g_build_filename(home, "weft.conf", NULL);
        g_assert_cmpint(run.status, ==, 0);
        g_assert_cmpint(g_stat(conf, &state), ==, 0);
        g_assert_cmpuint(state.st_mode & 0777, ==, 0600);
        run_clear(&run);
        run_weft(home, NULL, (const char *const[]){"check", NULL}, &run);
        g_test_message("%s", run.out);
        g_assert_cmpint(run.status, ==, 0);
        g_assert_nonnull(strstr(run.out, "5 accounts, 0 errors, 0 warnings"));
    }
    run_clear(&run);
    scratch_free(home);
}

static void
refuses_what_it_cannot_do(void)
{
    char *home = scratch_new();
    g_autofree char *broken = g_build_filename(home, "broken.toml", NULL);
    const struct {
        const char *words[6];
        int status;
        const char *says;
    } rows[] = {
        {{"import", NULL}, 2, "one kind of file"},
        {{"import", "slack", "x", NULL}, 2, "one kind of file"},
        {{"import", "matterbridge", NULL}, 2, "needs a file"},
        {{"import", "matterbridge", "a", "b", NULL}, 2, "one file"},
        {{"import", "matterbridge", "--force", "a", NULL}, 2, "one file"},
        {{"import", "matterbridge", "/nowhere/at/all", NULL}, 1, "/nowhere/at/all"},
        {{"import", "matterbridge", broken, NULL}, 1, "broken.toml:2: column 12"},
        {{"import", "matterbridge", broken, "--write", "--yes", NULL}, 1, "nothing is written"},
    };

    g_assert_true(g_file_set_contents(broken, "[irc.a]\nServer = \"x\nNick = 'n'\n", -1, NULL));
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct run run = {0};
        run_weft(home, NULL, rows[i].words, &run);
        g_test_message("%s", run.err);
        g_assert_cmpint(run.status, ==, rows[i].status);
        g_assert_nonnull(strstr(run.err, rows[i].says));
        g_assert_false(is_there(home, "weft.conf"));
        run_clear(&run);
    }
    scratch_free(home);
}

/* What docs/relay.md gives to be copied. */
static void
the_manuals_example_passes_the_check(void)
{
    g_autofree char *page = g_test_build_filename(G_TEST_DIST, "docs/relay.md", NULL);
    g_autofree char *text = NULL;
    char *home = scratch_new();
    g_autofree char *conf = g_build_filename(home, "weft.conf", NULL);
    struct run run = {0};

    g_assert_true(g_file_get_contents(page, &text, NULL, NULL));
    char *begin = strstr(text, "```ini\n");
    g_assert_nonnull(begin);
    begin += strlen("```ini\n");
    char *end = strstr(begin, "```");
    g_assert_nonnull(end);
    g_assert_true(g_file_set_contents(conf, begin, end - begin, NULL));
    run_weft(home, NULL, (const char *const[]){"check", NULL}, &run);
    g_test_message("%s", run.out);
    if (strstr(run.out, "has no network named") != NULL)
        g_test_skip("configured without one of the networks that the page has");
    else
        g_assert_nonnull(strstr(run.out, "2 accounts, 0 errors, 0 warnings"));
    run_clear(&run);
    scratch_free(home);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/import/shows-and-changes-nothing", shows_and_changes_nothing);
    g_test_add_func("/import/writes-after-a-yes-only", writes_after_a_yes_only);
    g_test_add_func("/import/what-it-wrote-passes-the-check", what_it_wrote_passes_the_check);
    g_test_add_func("/import/refuses-what-it-cannot-do", refuses_what_it_cannot_do);
    g_test_add_func("/manual/relay", the_manuals_example_passes_the_check);
    return g_test_run();
}
