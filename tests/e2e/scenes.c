/* Scenes with the real binary in tmux, read back from tmux. */
#include <glib.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "tests/e2e/scene.h"
#include "tests/support/loop.h"

/* --- the scenes --- */

static char *
read_home(struct scene *scene, const char *name)
{
    g_autofree char *path = g_build_filename(scene->home, name, NULL);
    g_autoptr(GError) error = NULL;
    char *text = file_read(path, 65536, NULL, &error);

    g_assert_no_error(error);
    return text;
}

/* Waits for the question that is asked now (its help stands below the fields), and answers. */
static void
answer(struct scene *scene, const char *help, const char *text)
{
    tmux_wait(scene->tmux, help);
    if (text) {
        tmux_key(scene->tmux, "C-u");
        tmux_type(scene->tmux, text);
    }
    tmux_key(scene->tmux, "Enter");
}

static void
test_first_run(void)
{
    struct scene scene = {0};
    g_autofree char *config = NULL;
    g_autofree char *link = NULL;
    g_autofree char *server = NULL;

    scene.server = irc_server_start(NULL);
    scene.home = home_new();
    scene.tmux = tmux_new(80, 24, scene.home);
    tmux_run_weft(scene.tmux, "");
    server = g_strdup_printf("server = 127.0.0.1:%u", irc_server_port(scene.server));
    link = g_strdup_printf("irc://127.0.0.1:%u/lab", irc_server_port(scene.server));
    answer(&scene, "Where do you want to go", link);
    answer(&scene, "on \\(the usual port", NULL);
    answer(&scene, "by which others see you", "kai");
    answer(&scene, "To join at every start", NULL);
    answer(&scene, "none; account:", NULL);
    answer(&scene, "Your own short word", "coop");
    /* The trial has passed: the lines to be written are shown, and nothing is written yet. */
    tmux_wait(scene.tmux, "\\[account coop\\]");
    tmux_wait(scene.tmux, "nick = kai");
    tmux_wait(scene.tmux, "y: add these lines");
    g_assert_false(irc_server_has(scene.server, "kai", "#lab"));
    tmux_key(scene.tmux, "y");
    tmux_until(scene.tmux, scene_kai_is_in, &scene, "kai is in #lab");
    tmux_wait(scene.tmux, "#lab");
    config = read_home(&scene, "weft.conf");
    g_assert_nonnull(strstr(config, "[account coop]"));
    g_assert_nonnull(strstr(config, server));
    g_assert_nonnull(strstr(config, "nick = kai"));
    g_assert_nonnull(strstr(config, "join = #lab"));
    tmux_free(scene.tmux);
    irc_server_stop(scene.server);
    home_free(scene.home);
}

/* A channel is made by keys; a link on the command line is followed once its account is there. */
static void
test_places(void)
{
    struct scene scene = {0};
    g_autofree char *link = NULL;

    scene_start(&scene, 80, 24);
    scene_enter(&scene);
    tmux_key(scene.tmux, "F2");
    tmux_key(scene.tmux, "F2");
    tmux_wait(scene.tmux, "a make");
    tmux_key(scene.tmux, "a");
    tmux_wait(scene.tmux, "Make a channel in Patio coop");
    tmux_type(scene.tmux, "looms");
    tmux_key(scene.tmux, "Enter");
    tmux_wait(scene.tmux, "#looms.*Patio coop");
    g_assert_true(irc_server_has(scene.server, "kai", "#looms"));
    tmux_kill(scene.tmux);
    link = g_strdup_printf("irc://127.0.0.1:%u/weavers", irc_server_port(scene.server));
    tmux_run_weft(scene.tmux, link);
    tmux_wait(scene.tmux, "#weavers.*Patio coop");
    g_assert_true(irc_server_has(scene.server, "kai", "#weavers"));
    scene_end(&scene);
}

static void
test_talk(void)
{
    struct scene scene = {0};

    /* tmux keeps 21 bytes of a cluster: a family of three. */
    scene_start(&scene, 80, 24);
    scene_enter(&scene);
    g_assert_true(
        irc_peer_say(scene.maria, "#lab", "who takes minutes? 👩‍👩‍👦 会議"));
    tmux_wait(scene.tmux, "maria.*who takes minutes\\? 👩‍👩‍👦 会議");
    tmux_type(scene.tmux, "I can, réunion à 14 h");
    tmux_wait(scene.tmux, "\\[kai\\] I can, réunion à 14 h");
    tmux_key(scene.tmux, "Enter");
    tmux_wait(scene.tmux, "kai.*I can, réunion à 14 h");
    g_assert_nonnull(irc_peer_wait(scene.maria, "*PRIVMSG #lab :I can, réunion à 14 h"));
    tmux_wait(scene.tmux, "^\\[kai\\] *$");
    /* What a network says never drives the terminal. */
    g_assert_true(irc_peer_say(scene.maria, "#lab", "a\033[2Jb\033]0;owned\007c"));
    tmux_wait(scene.tmux, "maria.*a.*b.*c");
    tmux_wait(scene.tmux, "who takes minutes");
    scene_end(&scene);
}

static void
test_switch(void)
{
    struct scene scene = {0};

    scene_start(&scene, 120, 40);
    scene_enter(&scene);
    g_assert_true(irc_peer_say(scene.maria, "#jobs", "kai: a job"));
    tmux_wait(scene.tmux, "#jobs +@1");
    tmux_key(scene.tmux, "M-a");
    tmux_wait(scene.tmux, "maria.*kai: a job");
    tmux_wait_gone(scene.tmux, "#jobs +@1");
    tmux_type(scene.tmux, "a draft");
    tmux_key(scene.tmux, "C-k");
    tmux_key(scene.tmux, "M-/");
    tmux_wait_gone(scene.tmux, "maria.*kai: a job");
    scene_end(&scene);
}

static bool
page_up_to_first(void *user)
{
    struct scene *scene = user;
    g_autofree char *screen = tmux_screen(scene->tmux, false);

    if (strstr(screen, "long ago 000"))
        return true;
    if (!strstr(screen, "fetching older messages"))
        tmux_key(scene->tmux, "PageUp");
    return false;
}

static void
test_scroll_back(void)
{
    struct scene scene = {0};
    const int64_t minute_us = 60 * G_USEC_PER_SEC;
    int64_t now_us = g_get_real_time();

    scene_start(&scene, 80, 24);
    for (int i = 0; i < 300; i++) {
        g_autofree char *text = g_strdup_printf("long ago %03d", i);
        irc_server_add_history(scene.server, "#lab", "maria", text, now_us - (400 - i) * minute_us);
    }
    scene_enter(&scene);
    g_assert_true(irc_peer_say(scene.maria, "#lab", "the newest"));
    tmux_wait(scene.tmux, "the newest");
    tmux_until(scene.tmux, page_up_to_first, &scene, "PgUp comes to the first message");
    tmux_wait(scene.tmux, "MORE");
    tmux_key(scene.tmux, "M-End");
    tmux_wait(scene.tmux, "the newest");
    scene_end(&scene);
}

static void
test_server_dies(void)
{
    struct scene scene = {0};
    struct irc_peer_options options = {.nick = "maria"};
    g_autoptr(GError) error = NULL;

    scene_start(&scene, 120, 40);
    scene_enter(&scene);
    irc_server_down(scene.server);
    tmux_wait(scene.tmux, "reconnect");
    tmux_type(scene.tmux, "typed in the dark");
    tmux_key(scene.tmux, "Enter");
    tmux_wait(scene.tmux, "typed in the dark.*(waiting|queued|pending)");
    irc_server_up(scene.server);
    irc_peer_free(scene.maria);
    options.port = irc_server_port(scene.server);
    scene.maria = irc_peer_new(&options, &error);
    g_assert_no_error(error);
    g_assert_true(irc_peer_join(scene.maria, "#lab"));
    tmux_type(scene.tmux, "/connect");
    tmux_key(scene.tmux, "Enter");
    g_assert_nonnull(irc_peer_wait(scene.maria, "*PRIVMSG #lab :typed in the dark"));
    tmux_wait_gone(scene.tmux, "typed in the dark.*(waiting|queued|pending)");
    g_assert_cmpuint(irc_server_count_said(scene.server, "#lab", "typed in the dark"), ==, 1);
    scene_end(&scene);
}

static void
test_resize(void)
{
    static const struct {
        int cols, rows;
    } sizes[] = {{80, 24}, {200, 60}, {120, 40}, {40, 10}, {12, 3}, {2, 2}, {500, 100}, {80, 24}};
    struct scene scene = {0};

    scene_start(&scene, 120, 40);
    scene_enter(&scene);
    g_assert_true(irc_peer_say(scene.maria, "#lab", "still here"));
    tmux_wait(scene.tmux, "still here");
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        tmux_resize(scene.tmux, sizes[i].cols, sizes[i].rows);
        if (sizes[i].cols >= 40)
            tmux_wait(scene.tmux, "still here");
        g_assert_cmpint(tmux_pid(scene.tmux), !=, 0);
    }
    tmux_wait(scene.tmux, "^\\[kai\\]");
    scene_end(&scene);
}

static void
enter(struct scene *scene, const char *line)
{
    tmux_type(scene->tmux, line);
    tmux_key(scene->tmux, "Enter");
}

/* A configured account opens on its first channel; later weft opens where one was. */
static void
test_where_it_opens(void)
{
    struct scene scene = {0};

    scene_start(&scene, 120, 40);
    tmux_run_weft(scene.tmux, "");
    tmux_wait(scene.tmux, "#lab( [+][a-z]+)? - Patio coop");
    g_assert_true(irc_peer_say(scene.maria, "#jobs", "a job"));
    tmux_wait(scene.tmux, "#jobs +1");
    enter(&scene, "/quit");
    tmux_wait_end(scene.tmux);
    tmux_run_weft(scene.tmux, "");
    tmux_wait(scene.tmux, "#lab( [+][a-z]+)? - Patio coop");
    enter(&scene, "/go #jobs");
    tmux_wait(scene.tmux, "#jobs( [+][a-z]+)? - Patio coop");
    enter(&scene, "/quit");
    tmux_wait_end(scene.tmux);
    tmux_run_weft(scene.tmux, "");
    tmux_wait(scene.tmux, "#jobs( [+][a-z]+)? - Patio coop");
    scene_end(&scene);
}

/* Hidden, kept, and shown again when the rule is lifted; it calls nobody meanwhile. */
static void
test_ignore(void)
{
    struct scene scene = {0};
    struct irc_peer_options options = {.nick = "troll"};
    g_autoptr(GError) error = NULL;
    g_autofree char *written = NULL;

    scene_start(&scene, 120, 40);
    options.port = irc_server_port(scene.server);
    struct irc_peer *troll = irc_peer_new(&options, &error);
    g_assert_no_error(error);
    g_assert_true(irc_peer_join(troll, "#lab"));
    g_assert_true(irc_peer_join(troll, "#jobs"));
    scene_enter(&scene);
    g_assert_true(irc_peer_say(troll, "#lab", "said before"));
    tmux_wait(scene.tmux, "troll.*said before");
    enter(&scene, "/ignore Troll");
    tmux_wait(scene.tmux, "Ignored now: Troll in home");
    tmux_wait_gone(scene.tmux, "said before");
    g_assert_true(irc_peer_say(troll, "#lab", "kai: hidden from now on"));
    g_assert_true(irc_peer_say(troll, "#jobs", "kai: hidden here too"));
    g_assert_true(irc_peer_say(troll, "kai", "psst"));
    g_assert_true(irc_peer_say(scene.maria, "#jobs", "a job"));
    tmux_wait(scene.tmux, "#jobs +1");
    g_assert_true(irc_peer_say(scene.maria, "#lab", "the last line"));
    tmux_wait(scene.tmux, "maria.*the last line");
    g_autofree char *screen = tmux_screen(scene.tmux, false);
    g_assert_null(strstr(screen, "hidden"));
    g_assert_null(strstr(screen, "psst"));
    g_assert_null(strstr(screen, "@1"));
    enter(&scene, "/unignore troll");
    tmux_wait(scene.tmux, "troll.*said before");
    tmux_wait(scene.tmux, "troll.*kai: hidden from now on");
    written = read_home(&scene, "override.conf");
    g_assert_null(strstr(written, "Troll"));
    irc_peer_free(troll);
    scene_end(&scene);
}

static bool
somebody_is_in(void *user)
{
    struct scene *scene = user;
    return irc_server_has(scene->server, "kaito", "#lab");
}

/* An error changes nothing; a new account joins and the old one keeps its connection; its own lines
 * changed, it connects anew; its lines gone, it leaves. */
static void
test_reload(void)
{
    struct scene scene = {0};
    g_autofree char *path = NULL;
    g_autofree char *before = NULL;
    g_autofree char *broken = NULL;
    g_autofree char *more = NULL;

    scene_start(&scene, 200, 40);
    scene_enter(&scene);
    path = g_build_filename(scene.home, "weft.conf", NULL);
    before = read_home(&scene, "weft.conf");
    broken = g_strconcat(before, "[look]\ntheem = dark\n", NULL);
    g_assert_true(g_file_set_contents(path, broken, -1, NULL));
    enter(&scene, "/reload");
    tmux_wait(scene.tmux, "theem is not a key of this section");
    more = g_strdup_printf("%s[account other]\nnetwork = irc\nserver = 127.0.0.1:%u\ntls = off\n"
                           "nick = kaito\njoin = #lab\nlabel = Mill coop\n",
                           before, irc_server_port(scene.server));
    g_assert_true(g_file_set_contents(path, more, -1, NULL));
    enter(&scene, "/reload");
    tmux_wait(scene.tmux, "New: other\\.");
    tmux_until(scene.tmux, somebody_is_in, &scene, "kaito is in #lab");
    tmux_wait(scene.tmux, "Mill coop");
    /* kai never left: maria has seen nobody go. */
    g_assert_true(irc_peer_say(scene.maria, "#lab", "still with us"));
    tmux_wait(scene.tmux, "maria.*still with us");
    g_assert_cmpuint(irc_peer_count(scene.maria, "*kai!* QUIT*"), ==, 0);
    g_assert_true(g_file_set_contents(path, before, -1, NULL));
    enter(&scene, "/reload");
    tmux_wait(scene.tmux, "Gone, with their history kept: other\\.");
    tmux_wait_gone(scene.tmux, "Mill coop");
    g_assert_nonnull(irc_peer_wait(scene.maria, "*kaito!* QUIT*"));
    g_assert_true(irc_server_has(scene.server, "kai", "#lab"));
    scene_end(&scene);
}

static bool
kai_is_gone(void *user)
{
    struct scene *scene = user;
    return !irc_server_has(scene->server, "kai", NULL);
}

static void
end_weft(struct scene *scene, int by_signal)
{
    if (by_signal) {
        pid_t pid = tmux_foreground_pid(scene->tmux);
        g_assert_cmpint(pid, >, 0);
        g_assert_cmpint(kill(pid, by_signal), ==, 0);
    } else {
        tmux_type(scene->tmux, "/quit");
        tmux_key(scene->tmux, "Enter");
    }
}

static void
add_to_config(struct scene *scene, const char *lines)
{
    g_autofree char *path = g_build_filename(scene->home, "weft.conf", NULL);
    g_autofree char *before = read_home(scene, "weft.conf");
    g_autofree char *now = g_strconcat(before, lines, NULL);

    g_assert_true(g_file_set_contents(path, now, -1, NULL));
}

/* However weft ends, the terminal is as it was: its settings, no alternate screen, a cursor, the
 * title of its window, the mouse. */
static void
test_given_back(void)
{
    static const int ends[] = {0, SIGTERM, SIGHUP, SIGSEGV, SIGABRT, SIGTRAP};
    struct scene scene = {0};

    scene_start(&scene, 80, 24);
    add_to_config(&scene, "[look]\nmouse = on\n");
    for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autofree char *before = NULL;
        g_autofree char *after = NULL;
        g_autofree char *taken = NULL;
        g_autofree char *given_back = NULL;

        g_test_message("ended by %s", ends[i] ? g_strsignal(ends[i]) : "/quit");
        tmux_run_weft_in_shell(scene.tmux);
        tmux_until(scene.tmux, scene_kai_is_in, &scene, "kai is in #lab");
        tmux_wait(scene.tmux, "^(>|\\[kai\\])");
        tmux_wait_title(scene.tmux, "*weft");
        taken = tmux_state(scene.tmux);
        g_assert_true(g_str_has_suffix(taken, ",1"));
        scene_wait_mouse(&scene, true);
        end_weft(&scene, ends[i]);
        tmux_wait(scene.tmux, "^gone$");
        given_back = tmux_state(scene.tmux);
        g_assert_true(g_str_has_suffix(given_back, ",1,0"));
        scene_wait_mouse(&scene, false);
        tmux_wait_title(scene.tmux, "as found");
        before = read_home(&scene, "before");
        after = read_home(&scene, "after");
        g_assert_cmpstr(after, ==, before);
        tmux_until(scene.tmux, kai_is_gone, &scene, "kai leaves the server");
    }
    scene_end(&scene);
}

static bool
pid_is_gone(void *user)
{
    return kill(*(pid_t *)user, 0) != 0;
}

/* A test that fails in the middle leaves nothing that runs. */
static void
test_aborted(void)
{
    if (g_test_subprocess()) {
        const char *told = g_getenv("WEFT_TEST_TOLD");
        struct tmux *tmux = tmux_new(80, 24, g_get_tmp_dir());
        g_autofree char *pid = g_strdup_printf("%d", (int)tmux_pid(tmux));
        g_assert_true(g_file_set_contents(told, pid, -1, NULL));
        abort();
    }
    g_autofree char *home = home_new();
    g_autofree char *told = g_build_filename(home, "pid", NULL);
    g_autofree char *text = NULL;

    g_setenv("WEFT_TEST_TOLD", told, TRUE);
    g_test_trap_subprocess(NULL, 0, 0);
    g_unsetenv("WEFT_TEST_TOLD");
    g_test_trap_assert_failed();
    g_assert_true(g_file_get_contents(told, &text, NULL, NULL));
    pid_t pid = (pid_t)g_ascii_strtoll(text, NULL, 10);
    g_assert_cmpint(pid, >, 0);
    g_assert_true(loop_until(pid_is_gone, &pid, TMUX_DEADLINE_MS));
    home_free(g_steal_pointer(&home));
}

int
main(int argc, char **argv)
{
    g_autofree char *why_not = NULL;

    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    tmux_available(&why_not);
    scene_add("/e2e/aborted", test_aborted, why_not);
    scene_add("/e2e/first-run", test_first_run, why_not);
    scene_add("/e2e/where-it-opens", test_where_it_opens, why_not);
    scene_add("/e2e/places", test_places, why_not);
    scene_add("/e2e/talk", test_talk, why_not);
    scene_add("/e2e/switch", test_switch, why_not);
    scene_add("/e2e/scroll-back", test_scroll_back, why_not);
    scene_add("/e2e/server-dies", test_server_dies, why_not);
    scene_add("/e2e/resize", test_resize, why_not);
    scene_add("/e2e/ignore", test_ignore, why_not);
    scene_add("/e2e/reload", test_reload, why_not);
    scene_add("/e2e/given-back", test_given_back, why_not);
    scenes_list_add(why_not);
    scenes_message_add(why_not);
    scenes_sizes_add(why_not);
    return g_test_run();
}
