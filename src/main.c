/* The command line: the screen, or a one-shot command. */
#include "config.h"

#include <errno.h>
#include <glib.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app.h"
#include "demo.h"
#include "text/display.h"

static const char usage[] =
    "usage: weft [--profile NAME]                  open the screen\n"
    "       weft --demo                            look at a made-up place; nothing of yours is "
    "touched\n"
    "       weft [--profile NAME] --headless [-v]  run without a screen; -v says more\n"
    "       weft [--profile NAME] ctl COMMAND      ask the weft that runs: weft ctl --help\n"
    "       weft [--profile NAME] LINK             open it, and what LINK points to\n"
    "       weft [--profile NAME] check [FILE]     check the configuration\n"
    "       weft [--profile NAME] export ADDRESS [--since TIME] [--format text|jsonl]\n"
    "                                              write a buffer's history to standard output\n"
    "       weft [--profile NAME] import matterbridge FILE [--write [--yes]]\n"
    "                                              take over another relay's configuration\n"
    "       weft --version | --help\n"
    "\n"
    "ADDRESS is account/name or account/space/name, TIME is 2026-11-22T10:00Z or an age: 90m, 2h, "
    "7d.\n"
    "The manual: man weft\n";

/* Nothing that weft makes is for other users, and a core file would hold tokens and conversations.
 */
static void
keep_private(void)
{
    const struct rlimit none = {0, 0};

    umask(077);
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* The screen is drawn in UTF-8; under a POSIX locale C.UTF-8, which every Debian has, does as well.
 */
static bool
take_locale(void)
{
    setlocale(LC_ALL, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0)
        return true;
    return setlocale(LC_CTYPE, "C.UTF-8") != NULL;
}

/* Not installed, it finds its themes where it was built. Before anything else runs. */
static void
find_themes(void)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname(program ? program : ".");
    g_autofree char *beside = g_build_filename(folder, "..", "themes", NULL);

    if (program && !g_file_test(WEFT_THEME_DIR, G_FILE_TEST_IS_DIR) &&
        g_file_test(beside, G_FILE_TEST_IS_DIR))
        g_setenv("WEFT_THEMES", beside, FALSE);
}

static int
bad_usage(const char *what, const char *word)
{
    g_autofree char *shown = word ? display_dup(word, -1, DISPLAY_LINE) : g_strdup("");

    fprintf(stderr, "weft: %s%s%s\n%s", what, word ? ": " : "", shown, usage);
    return 2;
}

static int
run_command(const struct app_options *options, int argc, char **argv)
{
    if (strcmp(argv[0], "check") == 0) {
        if (argc > 2)
            return bad_usage("check takes one file at most", NULL);
        return app_check(options, argc == 2 ? argv[1] : NULL);
    }
    if (strcmp(argv[0], "ctl") == 0)
        return app_ctl(options, argc - 1, argv + 1);
    if (strcmp(argv[0], "export") == 0)
        return app_export(options, argc - 1, argv + 1);
    if (strcmp(argv[0], "import") == 0)
        return app_import(options, argc - 1, argv + 1);
    return bad_usage("there is no such command", argv[0]);
}

/* A disk that is full is noticed when the last words are written. A reader that has enough is no
 * error. */
static int
finish(int status)
{
    if (fflush(stdout) == 0 || errno == EPIPE)
        return status;
    fprintf(stderr, "weft: the output could not be written: %s.\n", g_strerror(errno));
    return 1;
}

static int
run_screen(const struct app_options *options)
{
    int status = app_run_screen(options);

    return status == APP_WANTS_DEMO ? demo_run() : status;
}

int
main(int argc, char **argv)
{
    struct app_options options = {0};
    bool demo = false;
    int i;

    /* ncurses and GLib trust the environment of who starts them. */
    if (geteuid() != getuid() || getegid() != getgid()) {
        fputs("weft: this program is not made to run with another user's rights (setuid).\n",
              stderr);
        return 1;
    }
    keep_private();
    find_themes();
    if (!take_locale()) {
        fputs("weft: this locale is not UTF-8 and C.UTF-8 is missing. Set LC_ALL to a UTF-8 "
              "locale.\n",
              stderr);
        return 1;
    }
    for (i = 1; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            fputs(usage, stdout);
            return finish(0);
        }
        if (strcmp(argv[i], "--version") == 0) {
            puts(PACKAGE_STRING);
            return finish(0);
        }
        if (strcmp(argv[i], "--demo") == 0) {
            demo = true;
            continue;
        }
        if (strcmp(argv[i], "--headless") == 0) {
            options.headless = true;
            continue;
        }
        if (strcmp(argv[i], "-v") == 0 || strcmp(argv[i], "--verbose") == 0) {
            options.verbose = true;
            continue;
        }
        if (strcmp(argv[i], "--profile") != 0)
            return bad_usage("there is no such option", argv[i]);
        if (++i == argc)
            return bad_usage("--profile needs a name", NULL);
        options.profile = argv[i];
    }
    if (demo && (options.profile || options.headless || options.verbose || i < argc))
        return bad_usage("--demo stands alone", NULL);
    if (options.headless && i < argc)
        return bad_usage("--headless takes no command", argv[i]);
    if (options.verbose && !options.headless)
        return bad_usage("-v goes with --headless", NULL);
    if (demo)
        return demo_run();
    if (options.headless)
        return app_run_headless(&options);
    if (i + 1 == argc && strstr(argv[i], "://") && g_utf8_validate(argv[i], -1, NULL)) {
        options.link = argv[i];
        return run_screen(&options);
    }
    if (i < argc)
        return finish(run_command(&options, argc - i, argv + i));
    return run_screen(&options);
}
