/* What terminals are and what happens to them: kinds of them, storms of sizes and stops, and their
 * end (R20, R21). */
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/home.h"
#include "tests/e2e/pty.h"
#include "tests/e2e/vt.h"
#include "tests/support/loop.h"

#define STORM 1000
/* What a person would call at once; a busy machine under sanitizers is not what is measured. */
#define END_MS 5000

struct scene {
    char *home;
    struct vt *vt;
    struct pty *pty;
};

static void
begin(struct scene *scene, char *home, const char *const *environment, bool job)
{
    scene->home = home;
    scene->vt = vt_new(true);
    scene->pty = job ? pty_run_job(home, environment, 80, 24, scene->vt)
                     : pty_run(home, NULL, environment, 80, 24, scene->vt);
    pty_wait(scene->pty, "Server or link");
}

static void
end(struct scene *scene)
{
    pty_free(scene->pty);
    vt_free(scene->vt);
    home_free(scene->home);
}

/* Out of the first questions, then out of weft. */
static void
quit(struct scene *scene)
{
    pty_type(scene->pty, "\033");
    pty_wait(scene->pty, "F1 shows all keys");
    pty_type(scene->pty, "/quit\r");
    g_assert_cmpint(pty_wait_end(scene->pty), ==, 0);
    g_assert_cmpstr(vt_complaints(scene->vt), ==, "");
}

/* --- kinds
 * --------------------------------------------------------------------------------------------- */

enum colors { NONE, SIXTEEN, MANY, TRUE_COLORS };

static void
assert_colors(const char *name, const GString *bytes, enum colors wanted)
{
    bool palette = strstr(bytes->str, "8;5;") != NULL, rgb = strstr(bytes->str, "8;2;") != NULL;
    bool basic = g_regex_match_simple("\033\\[(?:[0-9]+;)*[34][0-7][;m]", bytes->str, 0, 0);

    g_test_message("%s: basic %d, palette %d, rgb %d", name, basic, palette, rgb);
    g_assert_true(rgb == (wanted == TRUE_COLORS));
    g_assert_true(palette == (wanted == MANY || wanted == TRUE_COLORS));
    g_assert_true(basic || wanted != SIXTEEN);
    g_assert_false(basic && wanted == NONE);
}

static const struct kind {
    const char *name;
    const char *environment[4];
    const char *f1; /* as its description has it */
    enum colors colors;
} kinds[] = {
    {"xterm-256color", {"TERM=xterm-256color", "COLORTERM="}, "\033OP", MANY},
    {"xterm-256color true", {"TERM=xterm-256color", "COLORTERM=truecolor"}, "\033OP", TRUE_COLORS},
    {"NO_COLOR", {"TERM=xterm-256color", "COLORTERM=truecolor", "NO_COLOR=1"}, "\033OP", NONE},
    {"tmux-256color", {"TERM=tmux-256color", "COLORTERM=", "TMUX=/x,1,0"}, "\033OP", MANY},
    {"tmux true",
     {"TERM=tmux-256color", "COLORTERM=truecolor", "TMUX=/x,1,0"},
     "\033OP",
     TRUE_COLORS},
    {"screen", {"TERM=screen", "COLORTERM="}, "\033OP", SIXTEEN},
    /* Inherited from the terminal around it, which screen does not pass on. */
    {"screen in another", {"TERM=screen-256color", "COLORTERM=truecolor", "TMUX="}, "\033OP", MANY},
    {"linux", {"TERM=linux", "COLORTERM="}, "\033[[A", SIXTEEN},
    {"vt100", {"TERM=vt100", "COLORTERM=truecolor"}, "\033OP", NONE},
};

static void
test_kinds(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        struct scene scene;

        begin(&scene, home_new(), kinds[i].environment, false);
        pty_type(scene.pty, "\r"); /* an error has a colour of its own */
        pty_wait(scene.pty, "A server is needed");
        assert_colors(kinds[i].name, vt_bytes(scene.vt), kinds[i].colors);
        pty_type(scene.pty, kinds[i].f1);
        pty_wait(scene.pty, "Alt-a");
        pty_type(scene.pty, "\033[6~"); /* PgDn, everywhere */
        pty_type(scene.pty, "\033");
        pty_wait(scene.pty, "Server or link");
        pty_type(scene.pty, "\033");
        pty_wait(scene.pty, "F1 shows all keys");
        pty_type(scene.pty, "/quit\r");
        g_assert_cmpint(pty_wait_end(scene.pty), ==, 0);
        end(&scene);
    }
}

/* A terminal that offers the kitty keyboard protocol is taken at its word, and then sends keys that
 * others can't: Alt-a, Esc without a doubt, Shift-Enter. */
static void
test_kitty(void)
{
    struct scene scene;

    begin(&scene, home_new(), NULL, false);
    pty_type(scene.pty, "\033[?0u");
    pty_type(scene.pty, "\033[27u");
    pty_wait(scene.pty, "F1 shows all keys");
    g_assert_nonnull(strstr(vt_bytes(scene.vt)->str, "\033[>5u"));
    pty_type(scene.pty, "\033[97;3u");
    pty_wait(scene.pty, "Nothing happened elsewhere.");
    pty_type(scene.pty, "one\033[13;2utwo");
    pty_wait(scene.pty, "two");
    pty_type(scene.pty, "\033[117;5u\033[127u\033[117;5u/quit\033[13u");
    g_assert_cmpint(pty_wait_end(scene.pty), ==, 0);
    g_assert_nonnull(strstr(vt_bytes(scene.vt)->str, "\033[<u"));
    g_assert_cmpstr(vt_complaints(scene.vt), ==, "");
    end(&scene);
}

/* --- sizes
 * --------------------------------------------------------------------------------------------- */

static bool
always_false(void *user)
{
    return false;
}

struct quiet {
    const GString *bytes;
    gsize len;
    int64_t since_us;
};

static bool
is_quiet(void *user)
{
    struct quiet *quiet = user;
    int64_t now_us = g_get_monotonic_time();

    if (quiet->bytes->len != quiet->len) {
        quiet->len = quiet->bytes->len;
        quiet->since_us = now_us;
    }
    return now_us - quiet->since_us > 300 * 1000;
}

/* Nothing came for a while; what came last came so many microseconds after `from_us`. */
static int64_t
settle(struct scene *scene, int64_t from_us)
{
    struct quiet quiet = {vt_bytes(scene->vt), vt_bytes(scene->vt)->len, from_us};

    if (quiet.len > 0)
        quiet.since_us = g_get_monotonic_time();

    g_assert_true(loop_until(is_quiet, &quiet, PTY_DEADLINE_MS));
    return quiet.since_us - from_us;
}

static bool
shows_typed(void *user)
{
    struct scene *scene = user;

    return strstr(vt_bytes(scene->vt)->str, "irc.example") != NULL;
}

static bool
has_children(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/task/%d/children", (int)pid, (int)pid);
    g_autofree char *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) && *text;
}

static void
test_sizes(void)
{
    static const int odd[][2] = {{0, 0}, {1, 1}, {500, 2}, {2, 500}, {80, 24}, {1, 200}, {200, 1}};
    struct scene scene;

    begin(&scene, home_new(), NULL, false);
    pty_type(scene.pty, "irc.example");
    for (int i = 0; i < STORM; i++) {
        const int *size = odd[g_test_rand_int_range(0, G_N_ELEMENTS(odd))];
        pty_resize(scene.pty, size[0], size[1]);
        loop_until(always_false, NULL, 1); /* a thousand a second */
    }
    settle(&scene, g_get_monotonic_time());
    g_string_truncate(vt_bytes(scene.vt), 0);
    int64_t from_us = g_get_monotonic_time();
    pty_resize(scene.pty, 100, 30);
    pty_until(scene.pty, shows_typed, &scene, "what was typed is shown");
    int64_t settled_us = settle(&scene, from_us);
    g_test_message("settled %d ms after the last size", (int)(settled_us / 1000));
    g_assert_cmpint(settled_us, <, 2 * G_USEC_PER_SEC);
    g_assert_false(has_children(pty_pid(scene.pty)));
    quit(&scene);
    end(&scene);
}

/* --- stops
 * --------------------------------------------------------------------------------------------- */

static unsigned
times(const GString *bytes, const char *what)
{
    unsigned n = 0;

    for (const char *at = bytes->str; (at = strstr(at, what)); at += strlen(what))
        n++;
    return n;
}

static bool
is_painted(void *user)
{
    struct scene *scene = user;

    return strstr(vt_bytes(scene->vt)->str, "Server or link") != NULL;
}

static bool
is_drawn(void *user)
{
    struct scene *scene = user;
    const char *taken = g_strrstr(vt_bytes(scene->vt)->str, "\033[?1049h");

    return taken && strstr(taken, "Server or link");
}

/* Stands still, or has a signal to come that stops it or lets it go on. */
static bool
is_signalled(pid_t job)
{
    static const char *const fields[] = {"\nSigPnd:\t", "\nShdPnd:\t"};
    g_autofree char *path = g_strdup_printf("/proc/%d/status", (int)job);
    g_autofree char *text = NULL;
    uint64_t coming = 0;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        const char *at = strstr(text, fields[i]);
        g_assert_nonnull(at);
        coming |= g_ascii_strtoull(at + strlen(fields[i]), NULL, 16);
    }
    return strstr(text, "\nState:\tT") ||
           (coming & (1u << (SIGTSTP - 1) | 1u << (SIGCONT - 1))) != 0;
}

/* As often left as taken, and drawn since; nothing is to come. How long that takes is the machine's
 * matter: it may well say nothing for a while before. */
static bool
is_at_rest(void *user)
{
    struct scene *scene = user;
    const GString *bytes = vt_bytes(scene->vt);
    const unsigned taken = times(bytes, "\033[?1049h");

    return times(bytes, "\033[?1049l") == taken && (taken == 0 || is_drawn(scene)) &&
           !is_signalled(pty_foreground(scene->pty));
}

/* Stopped and put into the foreground again, each time until it has drawn itself; then as fast as
 * signals go. */
static void
test_stops(void)
{
    struct scene scene;
    char *home = home_new();
    g_autofree char *file = g_build_filename(home, "weft.conf", NULL);
    pid_t job;

    g_assert_true(g_file_set_contents(file, "[look]\nmouse = on\n", -1, NULL));
    begin(&scene, home, NULL, true);
    job = pty_foreground(scene.pty);
    g_assert_cmpint(job, >, 0);
    for (int i = 0; i < STORM; i++) {
        g_string_truncate(vt_bytes(scene.vt), 0);
        g_assert_cmpint(kill(job, SIGTSTP), ==, 0);
        pty_until(scene.pty, is_drawn, &scene, "all is drawn");
        g_assert_cmpuint(times(vt_bytes(scene.vt), "\033[?1049l"), ==, 1);
        g_assert_cmpuint(times(vt_bytes(scene.vt), "\033[?1049h"), ==, 1);
        g_assert_cmpuint(times(vt_bytes(scene.vt), "\033[?1006l\033[?1000l"), ==, 1);
        g_assert_cmpuint(times(vt_bytes(scene.vt), "\033[?1000h\033[?1006h"), >=, 1);
    }
    /* A stop that nobody can catch leaves the terminal taken; what others undo is done again. */
    g_string_truncate(vt_bytes(scene.vt), 0);
    g_assert_cmpint(kill(job, SIGSTOP), ==, 0);
    pty_until(scene.pty, is_painted, &scene, "all is painted");
    g_assert_cmpuint(times(vt_bytes(scene.vt), "\033[?1049"), ==, 0);
    g_assert_cmpuint(times(vt_bytes(scene.vt), "\033[?2004h"), >=, 1);
    g_assert_cmpuint(times(vt_bytes(scene.vt), "\033[?1006h"), >=, 1);
    g_string_truncate(vt_bytes(scene.vt), 0);
    for (int i = 0; i < STORM; i++) {
        g_assert_cmpint(kill(job, i % 3 ? SIGTSTP : SIGCONT), ==, 0);
        g_main_context_iteration(NULL, FALSE);
    }
    pty_until(scene.pty, is_at_rest, &scene, "it is at rest");
    quit(&scene);
    g_assert_true(pty_modes_as_found(scene.pty));
    end(&scene);
}

/* --- ends
 * ---------------------------------------------------------------------------------------------- */

static void
type_draft(struct scene *scene)
{
    pty_type(scene->pty, "\033");
    pty_wait(scene->pty, "F1 shows all keys");
    pty_type(scene->pty, "half a thought");
    pty_wait(scene->pty, "half a thought");
}

static void
assert_draft_kept(struct scene *scene)
{
    struct vt *vt = vt_new(true);
    struct pty *pty = pty_run(scene->home, NULL, NULL, 80, 24, vt);

    pty_wait(pty, "Server or link");
    pty_type(pty, "\033");
    pty_wait(pty, "half a thought");
    pty_free(pty);
    vt_free(vt);
}

/* The window is closed, a hang-up is sent, the other side is killed: saved and ended, at once. */
static void
test_ends(void)
{
    static const char *const ways[] = {"closed", "SIGHUP", "SIGTERM"};

    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        struct scene scene;

        begin(&scene, home_new(), NULL, false);
        type_draft(&scene);
        int64_t from_us = g_get_monotonic_time();
        if (i == 0)
            pty_hang_up(scene.pty);
        else
            kill(pty_pid(scene.pty), i == 1 ? SIGHUP : SIGTERM);
        g_assert_cmpint(pty_wait_end(scene.pty), ==, 0);
        int64_t took_us = g_get_monotonic_time() - from_us;
        g_test_message("%s: ended after %d ms", ways[i], (int)(took_us / 1000));
        g_assert_cmpint(took_us, <, END_MS * 1000);
        assert_draft_kept(&scene);
        end(&scene);
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/e2e/terminals/kinds", test_kinds);
    g_test_add_func("/e2e/terminals/kitty", test_kitty);
    g_test_add_func("/e2e/terminals/sizes", test_sizes);
    g_test_add_func("/e2e/terminals/stops", test_stops);
    g_test_add_func("/e2e/terminals/ends", test_ends);
    return g_test_run();
}
