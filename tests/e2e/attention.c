/* What calls the person, from the server to the bytes: the real binary on a bare pseudo-terminal,
 * in tmux, and before a notification daemon of the test's own. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <pty.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/e2e/home.h"
#include "tests/e2e/hostile.h"
#include "tests/e2e/tmux.h"
#include "tests/sandbox/irc_server.h"
#include "tests/servers/irc_peer.h"
#include "tests/support/loop.h"
#include "tests/support/notify_daemon.h"
#include "tests/support/scratch.h"

#define DEADLINE_MS 20000

struct scene {
    struct irc_server *server;
    struct irc_peer *maria;
    char *home;
    struct vt *vt;
    struct pty *pty;
    const char *wanted;
    struct notify_daemon *daemon;
    unsigned n;
};

static bool
kai_is_in(void *user)
{
    struct scene *scene = user;
    return irc_server_has(scene->server, "kai", "#lab") &&
           irc_server_has(scene->server, "kai", "#jobs");
}

/* A server, maria in #lab and #jobs; a folder with `notify` in its configuration. */
static void
scene_init(struct scene *scene, const char *notify)
{
    struct irc_peer_options options = {.nick = "maria"};
    g_autofree char *more = g_strconcat("join = #lab\njoin = #jobs\n", notify, NULL);
    g_autoptr(GError) error = NULL;

    *scene = (struct scene){.server = irc_server_start(NULL)};
    options.port = irc_server_port(scene->server);
    scene->maria = irc_peer_new(&options, &error);
    g_assert_no_error(error);
    g_assert_true(irc_peer_join(scene->maria, "#lab"));
    g_assert_true(irc_peer_join(scene->maria, "#jobs"));
    scene->home = home_new_irc(irc_server_port(scene->server), more);
}

static unsigned
count_strings(struct scene *scene, const char *wanted)
{
    const GPtrArray *strings = vt_strings(scene->vt);
    unsigned n = 0;

    for (guint i = 0; i < strings->len; i++)
        n += g_pattern_match_simple(wanted, strings->pdata[i]);
    return n;
}

static bool
has_string(void *user)
{
    struct scene *scene = user;
    return count_strings(scene, scene->wanted) > 0;
}

static bool
has_strings(void *user)
{
    struct scene *scene = user;
    return count_strings(scene, scene->wanted) >= scene->n;
}

static void
wait_string(struct scene *scene, const char *wanted)
{
    scene->wanted = wanted;
    if (loop_until(has_string, scene, DEADLINE_MS))
        return;
    for (guint i = 0; i < vt_strings(scene->vt)->len; i++)
        g_printerr("# %s\n", (char *)vt_strings(scene->vt)->pdata[i]);
    g_error("there was no %s", wanted);
}

/* weft on a pseudo-terminal that has the focus, #lab shown. */
static void
scene_start(struct scene *scene, const char *notify, const char *const *environment)
{
    scene_init(scene, notify);
    scene->vt = vt_new(true);
    vt_allow_calls(scene->vt, true);
    scene->pty = pty_run(scene->home, NULL, environment, 100, 30, scene->vt);
    pty_until(scene->pty, kai_is_in, scene, "kai is in #lab");
    pty_wait(scene->pty, "#lab");
    pty_wait(scene->pty, "#jobs");
    pty_type(scene->pty, "\025/go home/#lab\r\033[I");
    wait_string(scene, "]2;*#lab (*) - weft");
}

static void
scene_quit(struct scene *scene)
{
    pty_type(scene->pty, "\025/quit\r");
    g_assert_cmpint(pty_wait_end(scene->pty), ==, 0);
    hostile_clean(scene->vt);
}

static void
scene_clear(struct scene *scene)
{
    pty_free(scene->pty);
    if (scene->vt)
        vt_free(scene->vt);
    g_clear_pointer(&scene->maria, irc_peer_free);
    irc_server_stop(scene->server);
    home_free(scene->home);
}

static void
say(struct scene *scene, const char *where, const char *text)
{
    g_assert_true(irc_peer_say(scene->maria, where, text));
}

static bool
has_rung(void *user)
{
    struct scene *scene = user;
    return vt_bells(scene->vt) >= scene->n;
}

static void
test_terminal(void)
{
    static const struct {
        const char *method, *wanted;
    } ways[] = {{"osc9", "]9;maria in #jobs: kai: soup?"},
                {"osc777", "]777;notify;maria in #jobs;kai: soup?"},
                {"kitty", "]99;i=weft1:d=0:e=1:u=1;bWFyaWEgaW4gI2pvYnM="}};

    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_autofree char *notify = g_strdup_printf("[notify]\nmethod = %s\n", ways[i].method);
        struct scene scene;
        scene_start(&scene, notify, NULL);
        say(&scene, "#jobs", "hello all");
        say(&scene, "#jobs", "kai: soup?");
        wait_string(&scene, ways[i].wanted);
        g_assert_cmpuint(vt_bells(scene.vt), ==, 0);
        scene_quit(&scene);
        scene_clear(&scene);
    }
}

/* What is looked at calls nobody, until the terminal says that nobody looks. */
static void
test_focus(void)
{
    struct scene scene;

    scene_start(&scene, "[notify]\nmethod = osc9\n", NULL);
    say(&scene, "#lab", "kai: looked at");
    say(&scene, "#jobs", "kai: elsewhere");
    wait_string(&scene, "]9;maria in #jobs: kai: elsewhere");
    pty_type(scene.pty, "\033[O");
    say(&scene, "#jobs", "the bytes before this one were read");
    wait_string(&scene, "]2;*2?*#lab*");
    say(&scene, "#lab", "kai: nobody looks");
    wait_string(&scene, "]9;maria in #lab: kai: nobody looks");
    g_assert_cmpuint(count_strings(&scene, "*looked at*"), ==, 0);
    scene_quit(&scene);
    scene_clear(&scene);
}

/* What is in sight beside the window one is in is looked at, too; what is not, is not. */
static void
test_windows(void)
{
    struct scene scene;

    scene_start(&scene, "[notify]\nmethod = osc9\n", NULL);
    pty_type(scene.pty, "/window splitv\r/go home/#jobs\r");
    wait_string(&scene, "]2;*#jobs (*) - weft");
    say(&scene, "#lab", "kai: beside");
    pty_wait(scene.pty, "kai: beside");
    pty_type(scene.pty, "\033z");
    pty_wait(scene.pty, "(window 2 of 2)");
    say(&scene, "#lab", "kai: out of sight");
    wait_string(&scene, "]9;maria in #lab: kai: out of sight");
    g_assert_cmpuint(count_strings(&scene, "*beside*"), ==, 0);
    scene_quit(&scene);
    scene_clear(&scene);
}

/* By default a terminal of which nothing is known is rung; the title counts, and is given back. */
static void
test_bell_and_title(void)
{
    static const char *const environment[] = {
        "DISPLAY=", "WAYLAND_DISPLAY=", "KITTY_WINDOW_ID=", "TMUX=", "TERM_PROGRAM=", NULL};
    struct scene scene;

    scene_start(&scene, "label = Patio\n[notify]\nmethod = auto\n", environment);
    wait_string(&scene, "]2;#lab (Patio) - weft");
    say(&scene, "#jobs", "one");
    wait_string(&scene, "]2;[1] #lab (Patio) - weft");
    g_assert_cmpuint(vt_bells(scene.vt), ==, 0);
    say(&scene, "#jobs", "kai: two");
    scene.n = 1;
    pty_until(scene.pty, has_rung, &scene, "the bell rings");
    wait_string(&scene, "]2;[@1 2] #lab (Patio) - weft");
    scene_quit(&scene);
    const GPtrArray *strings = vt_strings(scene.vt);
    g_assert_cmpstr(strings->pdata[strings->len - 1], ==, "]2;");
    scene_clear(&scene);
}

/* The first of many at once, the others together. */
static void
test_burst(void)
{
    struct scene scene;

    scene_start(&scene, "[notify]\nmethod = osc9\n", NULL);
    for (int i = 0; i < 20; i++) {
        g_autofree char *text = g_strdup_printf("kai: %d", i);
        say(&scene, "#jobs", text);
    }
    wait_string(&scene, "]9;maria in #jobs: kai: 0");
    wait_string(&scene, "]9;19 mentions in #jobs: maria: kai: 19");
    g_assert_cmpuint(count_strings(&scene, "]9;*"), ==, 2);
    scene_quit(&scene);
    scene_clear(&scene);
}

/* Back after a loss: what was missed comes in one, and what was told before does not come again. */
static void
test_no_storm(void)
{
    struct scene scene;

    scene_start(&scene, "[notify]\nmethod = osc9\n", NULL);
    say(&scene, "#jobs", "kai: before");
    wait_string(&scene, "]9;maria in #jobs: kai: before");
    pty_type(scene.pty, "\033[O");
    irc_server_down(scene.server);
    g_clear_pointer(&scene.maria, irc_peer_free);
    /* Until it knows of the loss, /connect is nothing to do; and what was missed is to be later
     * than what was read. */
    pty_wait(scene.pty, "reconnect in");
    for (int i = 0; i < 7; i++)
        irc_server_add_history(scene.server, i < 5 ? "#jobs" : "#lab", "maria", "kai: missed",
                               g_get_real_time());
    irc_server_up(scene.server);
    pty_type(scene.pty, "\025/connect\r");
    pty_until(scene.pty, kai_is_in, &scene, "kai is in #lab");
    wait_string(&scene, "]9;weft: 7 mentions in 2 channels while you were away: #jobs 5, #lab 2");
    g_assert_cmpuint(count_strings(&scene, "]9;*"), ==, 2);
    pty_wait(scene.pty, "#lab");
    scene_quit(&scene);
    scene_clear(&scene);
}

/* --- the person's own program
 * --------------------------------------------------------------------------------- */

static bool
has_file(void *user)
{
    struct scene *scene = user;
    g_autofree char *path = g_build_filename(scene->home, scene->wanted, NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void
test_program(void)
{
    struct scene scene;
    g_autofree char *dir = scratch_new();
    g_autofree char *program = g_build_filename(dir, "call", NULL);
    g_autofree char *notify = g_strdup_printf("[notify]\nnotify_cmd = %s one 'two three'\n"
                                              "method = command\n",
                                              program);

    g_assert_true(g_file_set_contents(program,
                                      "#!/bin/sh\ncd \"$WEFT_HOME\"\n"
                                      "echo \"$2|$WEFT_TITLE|$WEFT_BODY|$WEFT_BUFFER|$WEFT_KIND\" "
                                      ">out\ncat >>out\nmv out called\n",
                                      -1, NULL));
    g_assert_cmpint(g_chmod(program, 0700), ==, 0);
    scene_start(&scene, notify, NULL);
    say(&scene, "#jobs", "kai: $(touch hacked) `touch hacked`");
    scene.wanted = "called";
    pty_until(scene.pty, has_file, &scene, "the program is called");
    g_autofree char *path = g_build_filename(scene.home, "called", NULL);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==,
                    "two three|maria in #jobs|kai: $(touch hacked) `touch hacked`|home/#jobs|"
                    "mention\nmaria in #jobs\nkai: $(touch hacked) `touch hacked`\n");
    scene.wanted = "hacked";
    g_assert_false(has_file(&scene));
    scene_quit(&scene);
    scene_clear(&scene);
    g_remove(program);
    scratch_free(g_steal_pointer(&dir));
}

/* --- the desktop
 * ---------------------------------------------------------------------------------------------- */

#ifdef HAVE_LIBNOTIFY
static bool
has_shown(void *user)
{
    struct scene *scene = user;
    return notify_daemon_count(scene->daemon) >= scene->n;
}

static bool
is_asked(void *user)
{
    return notify_daemon_waiting(((struct scene *)user)->daemon) > 0;
}

/* A daemon that does not answer keeps weft from nothing: not from keys, not from ending. */
static void
assert_lively(struct scene *scene)
{
    for (int i = 0; i < 10; i++) {
        g_autofree char *text = g_strdup_printf("typed%dwords", i);
        const int64_t start_us = g_get_monotonic_time();
        pty_type(scene->pty, "\025");
        pty_type(scene->pty, text);
        pty_wait(scene->pty, text);
        g_assert_cmpint(g_get_monotonic_time() - start_us, <, 10 * G_USEC_PER_SEC);
    }
}

static void
test_desktop(void)
{
    g_autofree char *dir = scratch_new();
    g_autofree char *why_not = NULL;
    GSubprocess *bus = notify_daemon_bus_up(dir, &why_not);
    struct scene scene;

    if (bus == NULL) {
        g_test_skip(why_not);
        return;
    }
    g_autofree char *address =
        g_strconcat("DBUS_SESSION_BUS_ADDRESS=", g_getenv("DBUS_SESSION_BUS_ADDRESS"), NULL);
    scene_start(&scene, "[notify]\nmethod = desktop\nmethod = osc9\n",
                (const char *const[]){address, NULL});
    scene.daemon = notify_daemon_new("body body-markup");
    say(&scene, "#jobs", "kai: <b>soup</b> & bread");
    scene.n = 1;
    pty_until(scene.pty, has_shown, &scene, "the desktop is told");
    g_autofree char *shown = notify_daemon_shown(scene.daemon, 0);
    g_assert_cmpstr(shown, ==, "maria in #jobs|kai: &lt;b&gt;soup&lt;/b&gt; &amp; bread|1");
    notify_daemon_mute(scene.daemon, "Notify");
    say(&scene, "kai", "psst");
    pty_until(scene.pty, is_asked, &scene, "the desktop is asked");
    assert_lively(&scene);
    wait_string(&scene, "]9;maria: psst");
    g_assert_cmpuint(count_strings(&scene, "]9;*"), ==, 1);
    const int64_t start_us = g_get_monotonic_time();
    scene_quit(&scene);
    /* The goodbye to the server may take two seconds, a busy machine some more; a blocked call 25.
     */
    g_assert_cmpint(g_get_monotonic_time() - start_us, <, 15 * G_USEC_PER_SEC);
    notify_daemon_free(scene.daemon);
    scene_clear(&scene);
    notify_daemon_bus_down(bus);
    scratch_free(g_steal_pointer(&dir));
}
#endif

/* --- tmux
 * -----------------------------------------------------------------------------------------------------
 */

/* A terminal in which somebody looks at the private tmux: what tmux passes on. */
struct outer {
    int fd;
    pid_t pid;
    GString *bytes;
    unsigned watch;
    const char *wanted;
};

static gboolean
on_outer(int fd, GIOCondition condition, void *user)
{
    struct outer *outer = user;
    char bytes[16384];
    ssize_t n = read(fd, bytes, sizeof bytes);

    if (n > 0)
        g_string_append_len(outer->bytes, bytes, n);
    if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
        return G_SOURCE_CONTINUE;
    outer->watch = 0;
    return G_SOURCE_REMOVE;
}

static void
outer_start(struct outer *outer, struct tmux *tmux)
{
    struct winsize size = {.ws_row = 30, .ws_col = 100};
    const char *const argv[] = {"tmux", "-u", "-S", tmux_socket(tmux), "attach", NULL};
    g_auto(GStrv) env = g_environ_unsetenv(g_get_environ(), "TMUX");

    env = g_environ_setenv(env, "TERM", "xterm-256color", TRUE);
    *outer = (struct outer){.bytes = g_string_new(NULL)};
    g_autofree char *program = g_find_program_in_path("tmux");
    outer->pid = forkpty(&outer->fd, NULL, NULL, &size);
    if (outer->pid == 0) {
        execve(program, (char **)(uintptr_t)argv, env);
        _exit(127);
    }
    g_unix_set_fd_nonblocking(outer->fd, TRUE, NULL);
    outer->watch = g_unix_fd_add(outer->fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_outer, outer);
}

static void
outer_clear(struct outer *outer)
{
    int status;

    kill(outer->pid, SIGKILL);
    waitpid(outer->pid, &status, 0);
    if (outer->watch)
        g_source_remove(outer->watch);
    close(outer->fd);
    g_string_free(outer->bytes, TRUE);
}

static bool
has_bytes(void *user)
{
    const struct outer *outer = user;
    return strstr(outer->bytes->str, outer->wanted) != NULL;
}

/* Through tmux where it lets it, and always a bell. */
static void
test_tmux(void)
{
    static const char *const passes[] = {"on", "off"};

    for (size_t i = 0; i < G_N_ELEMENTS(passes); i++) {
        struct scene scene;
        struct outer outer;
        scene_init(&scene, "[notify]\nmethod = osc777\n");
        struct tmux *tmux = tmux_new(100, 30, scene.home);
        tmux_set(tmux, "allow-passthrough", passes[i]);
        tmux_run_weft(tmux, "");
        tmux_until(tmux, kai_is_in, &scene, "kai is in #lab");
        outer_start(&outer, tmux);
        outer.wanted = "#lab";
        g_assert_true(loop_until(has_bytes, &outer, DEADLINE_MS));
        g_assert_null(strchr(outer.bytes->str, '\a'));
        tmux_type(tmux, "/go weft\r");
        tmux_wait(tmux, "^ *weft");
        say(&scene, "#jobs", "kai: through tmux");
        outer.wanted = "\a";
        g_assert_true(loop_until(has_bytes, &outer, DEADLINE_MS));
        outer.wanted = "\033]777;notify;maria in #jobs;kai: through tmux\033\\";
        if (i == 0)
            g_assert_true(loop_until(has_bytes, &outer, DEADLINE_MS));
        else
            g_assert_false(has_bytes(&outer));
        outer_clear(&outer);
        tmux_free(tmux);
        scene_clear(&scene);
    }
}

/* --- threat 28
 * ---------------------------------------------------------------------------------------------- */

/* From names and texts that no terminal may get, by each way: whole strings, nothing within them
 * (hostile_clean), and the words are there. */
static void
test_hostile(void)
{
    static const char *const methods[] = {"osc9", "osc777", "kitty"};
    static const char *const prefixes[] = {"]9;*", "]777;*", "]99;*"};
    static const struct evil_options options = {.caps = "message-tags server-time"};

    for (size_t m = 0; m < G_N_ELEMENTS(methods); m++) {
        g_autofree char *more = g_strdup_printf("join = #lab\n[notify]\nmethod = %s\n", methods[m]);
        struct scene scene = {0};
        struct hostile hostile;
        hostile_start(&hostile, &options, more);
        scene.vt = hostile.vt;
        pty_wait(hostile.pty, "#lab");
        for (unsigned i = 0; i < hostile_texts(); i++) {
            g_autoptr(GBytes) text = hostile_text(i);
            size_t len;
            const char *bytes = g_bytes_get_data(text, &len);
            hostile_say(&hostile, ":N?$!m@h PRIVMSG kai :to you $", i, bytes, len);
        }
        /* Five one by one, the others together. */
        scene.n = m == 2 ? 11 : 6;
        scene.wanted = prefixes[m];
        pty_until(hostile.pty, has_strings, &scene, "all calls are made");
        hostile_quit(&hostile);
        hostile_end(&hostile);
    }
}

int
main(int argc, char **argv)
{
    g_autofree char *why_not = NULL;

    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/e2e/attention/terminal", test_terminal);
    g_test_add_func("/e2e/attention/focus", test_focus);
    g_test_add_func("/e2e/attention/windows", test_windows);
    g_test_add_func("/e2e/attention/bell-and-title", test_bell_and_title);
    g_test_add_func("/e2e/attention/burst", test_burst);
    g_test_add_func("/e2e/attention/no-storm", test_no_storm);
    g_test_add_func("/e2e/attention/program", test_program);
#ifdef HAVE_LIBNOTIFY
    g_test_add_func("/e2e/attention/desktop", test_desktop);
#endif
    if (tmux_available(&why_not))
        g_test_add_func("/e2e/attention/tmux", test_tmux);
    else
        g_test_add_data_func("/e2e/attention/tmux", why_not, (GTestDataFunc)g_test_skip);
    g_test_add_func("/threat/28-hostile-calls", test_hostile);
    return g_test_run();
}
