/* Threads, on a server that keeps them apart from their channels: the real binary in tmux, against
 * the sandbox's. */
#include <string.h>

#include "base/file.h"
#include "tests/e2e/home.h"
#include "tests/e2e/tmux.h"
#include "tests/sandbox/mm_server.h"
#include "tests/support/loop.h"

struct scene {
    struct mm_server *server;
    const char *team, *lab, *square;
    const char *root; /* maria's post in lab */
    char *home;
    struct tmux *tmux;
};

static void
write_config(const struct scene *scene)
{
    g_autofree char *path = g_build_filename(scene->home, "weft.conf", NULL);
    g_autofree char *pass = g_build_filename(scene->home, "token", NULL);
    g_autofree char *token = mm_server_add_token(scene->server, "kai");
    g_autofree char *text = g_strdup_printf("[notify]\nmethod = none\n[account mill]\nnetwork = "
                                            "mattermost\nserver = http://127.0.0.1:%u\n"
                                            "token_file = %s\n",
                                            mm_server_port(scene->server), pass);
    g_autoptr(GError) error = NULL;

    file_write_atomic(pass, token, strlen(token), &error);
    g_assert_no_error(error);
    file_write_atomic(path, text, strlen(text), &error);
    g_assert_no_error(error);
}

static void
begin(struct scene *scene, int cols, int rows)
{
    struct mm_server *server = scene->server = mm_server_start(NULL);

    mm_server_add_user(server, "root", "Secret-pw-1");
    mm_server_add_user(server, "kai", "Secret-pw-2");
    mm_server_add_user(server, "maria", "Secret-pw-3");
    mm_server_add_user(server, "jun", "Secret-pw-4");
    mm_server_set_config(server, "CollapsedThreads", "always_on");
    scene->team = mm_server_add_team(server, "coops", "Coops", "root");
    mm_server_join_team(server, scene->team, "kai");
    mm_server_join_team(server, scene->team, "maria");
    mm_server_join_team(server, scene->team, "jun");
    scene->square = mm_server_channel(server, scene->team, "town-square");
    scene->lab = mm_server_add_channel(server, scene->team, "O", "lab", "The Lab", "maria");
    mm_server_join(server, scene->lab, "kai");
    mm_server_join(server, scene->lab, "jun");
    scene->root = mm_server_say(server, "maria", scene->lab, NULL, "Who takes minutes?");
    mm_server_say(server, "jun", scene->lab, scene->root, "I took them last time");
    scene->home = home_new();
    write_config(scene);
    scene->tmux = tmux_new(cols, rows, scene->home);
    tmux_run_weft(scene->tmux, "");
    g_assert_true(tmux_wait(scene->tmux, "~lab"));
    tmux_key(scene->tmux, "C-g");
    tmux_type(scene->tmux, "lab");
    tmux_key(scene->tmux, "Enter");
    g_assert_true(tmux_wait(scene->tmux, "~lab.*mill"));
    g_assert_true(tmux_wait(scene->tmux, "`-- 1 reply"));
}

static void
end(struct scene *scene)
{
    tmux_free(scene->tmux);
    g_autofree char *complaints = mm_server_complaints(scene->server);
    g_assert_cmpstr(complaints, ==, "");
    mm_server_stop(scene->server);
    home_free(scene->home);
}

struct said {
    const struct scene *scene;
    const char *text;
};

static bool
was_said(void *user)
{
    const struct said *said = user;
    return mm_server_count_said(said->scene->server, said->scene->lab, said->text) == 1;
}

static void
assert_said(const struct scene *scene, const char *text)
{
    struct said said = {scene, text};

    g_assert_true(loop_until(was_said, &said, TMUX_DEADLINE_MS));
}

/* The reply stands under its root and not in the channel; the pane opens beside it, what is typed
 * goes there, and back. */
static void
test_beside(void)
{
    struct scene scene = {0};

    begin(&scene, 120, 40);
    g_assert_true(tmux_wait(scene.tmux, "Who takes minutes\\?"));
    g_assert_true(tmux_wait(scene.tmux, "`-- 1 reply, last [0-9:]+ jun +\\(Alt-t\\)"));
    g_assert_true(tmux_wait_gone(scene.tmux, "I took them last time"));
    tmux_key(scene.tmux, "M-t");
    g_assert_true(tmux_wait(scene.tmux, "Thread \\(1\\).*: Who takes"));
    g_assert_true(tmux_wait(scene.tmux, "I took them last time"));
    g_assert_true(tmux_wait(scene.tmux, "\\[kai@thread\\]"));
    tmux_type(scene.tmux, "then I do\r");
    assert_said(&scene, "then I do");
    g_assert_true(tmux_wait(scene.tmux, "`-- 2 replies, last [0-9:]+ kai"));
    g_assert_true(tmux_wait(scene.tmux, "Thread \\(2\\), following"));
    tmux_key(scene.tmux, "M-o");
    g_assert_true(tmux_wait(scene.tmux, "\\[kai\\]"));
    tmux_type(scene.tmux, "in the channel\r");
    assert_said(&scene, "in the channel");
    mm_server_say(scene.server, "jun", scene.lab, scene.root, "thanks kai");
    g_assert_true(tmux_wait(scene.tmux, "thanks kai"));
    tmux_key(scene.tmux, "M-t");
    g_assert_true(tmux_wait_gone(scene.tmux, "thanks kai"));
    end(&scene);
}

/* Where there is no room for both the thread stands in the channel's place; what is typed there
 * survives kill -9. */
static void
test_instead(void)
{
    struct scene scene = {0};

    begin(&scene, 80, 24);
    tmux_key(scene.tmux, "M-t");
    g_assert_true(tmux_wait(scene.tmux, "I took them last time"));
    tmux_type(scene.tmux, "half a sent");
    g_assert_true(tmux_wait(scene.tmux, "half a sent"));
    tmux_key(scene.tmux, "M-o");
    g_assert_true(tmux_wait_gone(scene.tmux, "I took them last time"));
    g_assert_true(tmux_wait_gone(scene.tmux, "half a sent"));
    g_assert_true(tmux_wait(scene.tmux, "a thread is open"));
    tmux_key(scene.tmux, "M-o");
    g_assert_true(tmux_wait(scene.tmux, "half a sent"));
    tmux_kill(scene.tmux);
    tmux_run_weft(scene.tmux, "");
    g_assert_true(tmux_wait(scene.tmux, "~lab"));
    tmux_key(scene.tmux, "C-g");
    tmux_type(scene.tmux, "lab");
    tmux_key(scene.tmux, "Enter");
    g_assert_true(tmux_wait(scene.tmux, "`-- 1 reply"));
    tmux_key(scene.tmux, "M-t");
    g_assert_true(tmux_wait(scene.tmux, "half a sent"));
    end(&scene);
}

/* A thread that one follows is found from anywhere: by the activity, and in the list of them. */
static void
test_followed(void)
{
    struct scene scene = {0};

    begin(&scene, 120, 40);
    tmux_key(scene.tmux, "M-t");
    g_assert_true(tmux_wait(scene.tmux, "I took them last time"));
    tmux_type(scene.tmux, "/thread follow\r");
    g_assert_true(tmux_wait(scene.tmux, "Thread \\(1\\), following"));
    tmux_key(scene.tmux, "C-g");
    tmux_type(scene.tmux, "town");
    tmux_key(scene.tmux, "Enter");
    g_assert_true(tmux_wait_gone(scene.tmux, "I took them last time"));
    mm_server_say(scene.server, "jun", scene.lab, scene.root, "the pad is up");
    g_assert_true(tmux_wait(scene.tmux, "~lab +1"));
    tmux_key(scene.tmux, "F4");
    g_assert_true(tmux_wait(scene.tmux, "T .*~lab.*\\(1 new\\) maria: Who takes minutes"));
    tmux_key(scene.tmux, "Escape");
    g_assert_true(tmux_wait_gone(scene.tmux, "THREADS"));
    tmux_key(scene.tmux, "M-a");
    g_assert_true(tmux_wait(scene.tmux, "Thread \\(2\\), following"));
    g_assert_true(tmux_wait(scene.tmux, "the pad is up"));
    g_assert_true(tmux_wait_gone(scene.tmux, "~lab +1"));
    end(&scene);
}

static void
add(const char *path, void (*test)(void), const char *why_not)
{
    if (why_not)
        g_test_add_data_func(path, why_not, (GTestDataFunc)g_test_skip);
    else
        g_test_add_func(path, test);
}

int
main(int argc, char **argv)
{
    char *why_not = NULL;

    g_test_init(&argc, &argv, NULL);
    if (!tmux_available(&why_not))
        g_test_message("%s", why_not);
    add("/threads/beside", test_beside, why_not);
    add("/threads/instead", test_instead, why_not);
    add("/threads/followed", test_followed, why_not);
    return g_test_run();
}
