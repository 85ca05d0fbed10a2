/* weft-sandbox: a made-up place on loopback (world/README.md), with the sandbox's servers, people
 * who talk, and orders for tests. It ends when its input does, or its parent; a folder that it made
 * for the visitor is gone then. */
#include "config.h" /* nftw() is no plain C */

#include <errno.h>
#include <ftw.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/sandbox/play.h"

#define WORLD_FILE "commons.json"
#define ORDER_MAX  4096

static const char usage[] =
    "usage: weft-sandbox [--world FILE] [--seed N] [--speed N] [--now] [--home FOLDER] [--plan]\n"
    "  --now   the hour does not wait until the visitor has come\n"
    "  --home  writes a weft.conf for the visitor into this empty folder, and takes the folder "
    "away at "
    "the end\n"
    "  --plan  prints what would happen, and ends\n"
    "Orders are read from the standard input.\n";

struct sandbox {
    GMainLoop *loop;
    struct play *play;
    GString *line;    /* an order that has not ended yet */
    const char *home; /* or NULL */
};

struct arguments {
    const char *world;
    struct play_options play;
    const char *home;
    bool plan;
};

/* ---- orders ---- */

static void
obey(struct sandbox *sandbox)
{
    g_autofree char *answer = play_control(sandbox->play, sandbox->line->str);

    if (answer == NULL)
        puts("ok");
    else
        printf("error %s\n", answer);
    fflush(stdout);
    g_string_truncate(sandbox->line, 0);
}

static gboolean
on_input(int fd, GIOCondition condition, gpointer user)
{
    struct sandbox *sandbox = user;
    char bytes[512];
    ssize_t got = read(fd, bytes, sizeof bytes);

    (void)condition;
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return G_SOURCE_CONTINUE;
    if (got <= 0) {
        g_main_loop_quit(sandbox->loop);
        return G_SOURCE_REMOVE;
    }
    for (ssize_t i = 0; i < got; i++) {
        if (bytes[i] == '\n')
            obey(sandbox);
        else if (sandbox->line->len < ORDER_MAX)
            g_string_append_c(sandbox->line, bytes[i]);
    }
    return G_SOURCE_CONTINUE;
}

static gboolean
on_signal(gpointer user)
{
    struct sandbox *sandbox = user;

    g_main_loop_quit(sandbox->loop);
    return G_SOURCE_CONTINUE;
}

/* ---- the visitor's folder ---- */

/* Nothing is ever taken away that was there before. */
static bool
is_empty(const char *folder, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, error);

    if (dir == NULL)
        return false;
    if (g_dir_read_name(dir) == NULL)
        return true;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST, "%s is not empty.", folder);
    return false;
}

static bool
fill_home(const struct sandbox *sandbox, GError **error)
{
    g_autofree char *config = play_config(sandbox->play);
    g_autofree char *path = NULL;
    char *content = NULL;
    char *name = NULL;

    path = g_build_filename(sandbox->home, "weft.conf", NULL);
    if (!g_file_set_contents(path, config, -1, error))
        return false;
    for (unsigned i = 0; (name = play_secret_file(sandbox->play, i, &content)) != NULL; i++) {
        g_autofree char *file = g_build_filename(sandbox->home, name, NULL);
        bool ok = *content == '\0' || g_file_set_contents_full(
                                          file, content, -1, G_FILE_SET_CONTENTS_NONE, 0600, error);

        g_free(name);
        g_clear_pointer(&content, g_free);
        if (!ok)
            return false;
    }
    return true;
}

static int
remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    remove(path);
    return 0;
}

static void
remove_home(const struct sandbox *sandbox)
{
    if (sandbox->home != NULL)
        nftw(sandbox->home, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- the program ---- */

/* Beside the program when it is not installed. */
static char *
find_world(const char *wanted)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname(program != NULL ? program : ".");
    g_autofree char *beside = g_build_filename(folder, WORLD_FILE, NULL);

    if (wanted != NULL)
        return g_strdup(wanted);
    if (g_file_test(beside, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer(&beside);
    return g_build_filename(WEFT_WORLD_DIR, WORLD_FILE, NULL);
}

static bool
read_number(const char *text, unsigned *ret_number)
{
    guint64 number = 0;

    if (text == NULL || !g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT32, &number, NULL))
        return false;
    *ret_number = (unsigned)number;
    return true;
}

static bool
read_arguments(struct arguments *arguments, int argc, char **argv)
{
    arguments->play = (struct play_options){.seed = 1, .speed = 1, .wait = true};
    for (int i = 1; i < argc; i++) {
        const char *next = i + 1 < argc ? argv[i + 1] : NULL;

        if (g_str_equal(argv[i], "--now")) {
            arguments->play.wait = false;
        } else if (g_str_equal(argv[i], "--home") && next != NULL) {
            arguments->home = next;
            i++;
        } else if (g_str_equal(argv[i], "--plan")) {
            arguments->plan = true;
        } else if (g_str_equal(argv[i], "--world") && next != NULL) {
            arguments->world = next;
            i++;
        } else if ((g_str_equal(argv[i], "--seed") && read_number(next, &arguments->play.seed)) ||
                   (g_str_equal(argv[i], "--speed") && read_number(next, &arguments->play.speed))) {
            i++;
        } else {
            return false;
        }
    }
    return true;
}

static bool
run(const struct arguments *arguments, const struct world *world, GError **error)
{
    struct sandbox sandbox = {.home = arguments->home};
    g_autofree char *facts = NULL;
    bool ok = true;

    if (sandbox.home != NULL && !is_empty(sandbox.home, error))
        return false;
    sandbox.line = g_string_new("");
    sandbox.loop = g_main_loop_new(NULL, FALSE);
    sandbox.play = play_new(world, &arguments->play);
    facts = play_facts(sandbox.play);
    fputs(facts, stdout);
    ok = sandbox.home == NULL || fill_home(&sandbox, error);
    if (ok) {
        puts("ready");
        fflush(stdout);
        g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_input, &sandbox);
        g_unix_signal_add(SIGTERM, on_signal, &sandbox);
        g_unix_signal_add(SIGHUP, on_signal, &sandbox);
        g_unix_signal_add(SIGINT, on_signal, &sandbox);
        play_start(sandbox.play);
        g_main_loop_run(sandbox.loop);
    }
    remove_home(&sandbox);
    play_free(sandbox.play);
    g_main_loop_unref(sandbox.loop);
    g_string_free(sandbox.line, TRUE);
    return ok;
}

int
main(int argc, char **argv)
{
    struct arguments arguments = {0};
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    struct world *world = NULL;
    int status = 0;

    umask(077);
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
    if (!read_arguments(&arguments, argc, argv)) {
        fputs(usage, stderr);
        return 2;
    }
    path = find_world(arguments.world);
    world = world_load(path, &error);
    if (world != NULL && arguments.plan) {
        g_autoptr(GPtrArray) plan = world_plan(world, arguments.play.seed);
        g_autofree char *text = world_plan_text(plan);

        fputs(text, stdout);
    } else if (world != NULL) {
        run(&arguments, world, &error);
    }
    if (error != NULL) {
        fprintf(stderr, "weft-sandbox: %s\n", error->message);
        status = 1;
    }
    world_free(world);
    return fflush(stdout) == 0 ? status : 1;
}
