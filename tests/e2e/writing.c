/* Writing with the real binary in tmux: the person's own editor, pastes. */
#include <glib.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <string.h>

#include "base/file.h"
#include "tests/e2e/home.h"
#include "tests/e2e/tmux.h"
#include "tests/sandbox/irc_server.h"
#include "tests/servers/irc_peer.h"
#include "tests/support/loop.h"

struct scene {
    struct irc_server *server;
    struct irc_peer *maria;
    char *home;
    char *editor;
    struct tmux *tmux;
};

/* It writes down what it is given, waits for a line typed in the terminal, and writes its text. */
static const char editor_text[] = "#!/bin/sh\n"
                                  "cd \"${0%/*}\" || exit 9\n"
                                  "stty -g >editor-modes\n"
                                  "cp \"$1\" editor-saw\n"
                                  "ls -l \"$1\" | cut -c 1-10 >editor-rights\n"
                                  "printf 'from the editor\\n/quit it says\\n\\n' >\"$1\"\n"
                                  "echo 'the editor is here'\n"
                                  "read -r answer\n"
                                  "echo \"$answer\" >editor-was-told\n"
                                  "[ \"$answer\" = good ]\n";

static bool
kai_is_in(void *user)
{
    struct scene *scene = user;
    return irc_server_has(scene->server, "kai", "#lab");
}

static void
scene_start(struct scene *scene)
{
    struct irc_peer_options options = {.nick = "maria"};
    g_autoptr(GError) error = NULL;

    scene->server = irc_server_start(NULL);
    options.port = irc_server_port(scene->server);
    scene->maria = irc_peer_new(&options, &error);
    g_assert_no_error(error);
    g_assert_true(irc_peer_join(scene->maria, "#lab"));
    scene->home = home_new_irc(irc_server_port(scene->server), "join = #lab\n");
    scene->editor = g_build_filename(scene->home, "editor", NULL);
    g_assert_true(g_file_set_contents(scene->editor, editor_text, -1, NULL));
    g_assert_cmpint(g_chmod(scene->editor, 0700), ==, 0);
    g_setenv("VISUAL", scene->editor, TRUE);
    scene->tmux = tmux_new(80, 24, scene->home);
}

static void
go_to_lab(struct scene *scene)
{
    tmux_until(scene->tmux, kai_is_in, scene, "kai is in #lab");
    tmux_wait(scene->tmux, "#lab"); /* weft knows as well */
    tmux_key(scene->tmux, "C-g");
    tmux_type(scene->tmux, "lab");
    tmux_key(scene->tmux, "Enter");
    tmux_wait(scene->tmux, "#lab( [+][a-z]+)? - home");
}

static void
scene_end(struct scene *scene)
{
    tmux_free(scene->tmux);
    irc_peer_free(scene->maria);
    irc_server_stop(scene->server);
    home_free(scene->home);
    g_free(scene->editor);
}

static char *
read_home(struct scene *scene, const char *name)
{
    g_autofree char *path = g_build_filename(scene->home, name, NULL);
    g_autoptr(GError) error = NULL;
    char *text = file_read(path, 65536, NULL, &error);

    g_assert_no_error(error);
    return text;
}

static unsigned
files_in_run(struct scene *scene)
{
    g_autofree char *path = g_build_filename(scene->home, "run", NULL);
    GDir *dir = g_dir_open(path, 0, NULL);
    unsigned n = 0;

    g_assert_nonnull(dir);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;)
        n += strcmp(name, "ctl.sock") != 0; /* stands there while weft runs */
    g_dir_close(dir);
    return n;
}

/* Whether what runs gets the mouse, and in decimal numbers. */
static bool
mouse_is(struct scene *scene, const char *wanted)
{
    g_autofree char *flags = tmux_format(scene->tmux, "#{mouse_any_flag}#{mouse_sgr_flag}");

    return strcmp(flags, wanted) == 0;
}

static bool
has_mouse(void *scene)
{
    return mouse_is(scene, "11");
}

static bool
has_no_mouse(void *scene)
{
    return mouse_is(scene, "00");
}

/* --- the person's own editor
 * ------------------------------------------------------------------------------- */

/* The terminal is the editor's, as it was found; weft answers and stores meanwhile; nothing that
 * the editor wrote is sent or run before the person does so. */
static void
test_editor(void)
{
    struct scene scene = {0};
    g_autofree char *before = NULL, *modes = NULL, *after = NULL, *saw = NULL, *rights = NULL;

    scene_start(&scene);
    tmux_run_weft_in_shell(scene.tmux);
    go_to_lab(&scene);
    tmux_type(scene.tmux, "a draft");
    tmux_key(scene.tmux, "M-m");
    tmux_wait(scene.tmux, "weft has the mouse");
    tmux_until(scene.tmux, has_mouse, &scene, "weft has the mouse");
    tmux_key(scene.tmux, "M-e");
    tmux_wait(scene.tmux, "^the editor is here");
    tmux_until(scene.tmux, has_no_mouse, &scene, "the editor has no mouse");
    irc_peer_send(scene.maria, "PRIVMSG kai :\001PING 4711\001");
    g_assert_nonnull(irc_peer_wait(scene.maria, "*NOTICE maria :\001PING 4711\001*"));
    g_assert_true(irc_peer_say(scene.maria, "#lab", "said meanwhile"));
    tmux_resize(scene.tmux, 100, 30);
    tmux_type(scene.tmux, "good\r");
    tmux_wait(scene.tmux, "maria.*said meanwhile");
    tmux_wait(scene.tmux, "from the editor.*\n */quit it says");
    tmux_wait(scene.tmux, "Enter sends what you wrote");
    tmux_until(scene.tmux, has_mouse, &scene, "weft has the mouse");
    g_assert_cmpuint(irc_server_count_said(scene.server, "#lab", "from the editor"), ==, 0);
    g_assert_cmpuint(files_in_run(&scene), ==, 0);
    tmux_key(scene.tmux, "C-_"); /* back to what was typed before */
    tmux_wait(scene.tmux, "\\] a draft$");
    saw = read_home(&scene, "editor-saw");
    g_assert_cmpstr(saw, ==, "a draft\n");
    rights = read_home(&scene, "editor-rights");
    g_assert_cmpstr(rights, ==, "-rw-------\n");
    tmux_key(scene.tmux, "C-u");
    tmux_type(scene.tmux, "/quit\r");
    tmux_wait(scene.tmux, "^gone$");
    before = read_home(&scene, "before");
    modes = read_home(&scene, "editor-modes");
    after = read_home(&scene, "after");
    g_assert_cmpstr(modes, ==, before);
    g_assert_cmpstr(after, ==, before);
    scene_end(&scene);
}

/* What fails leaves what was typed, and what it wrote. */
static void
test_editor_fails(void)
{
    struct scene scene = {0};

    scene_start(&scene);
    tmux_run_weft(scene.tmux, "");
    go_to_lab(&scene);
    tmux_type(scene.tmux, "a draft");
    tmux_key(scene.tmux, "M-e");
    tmux_wait(scene.tmux, "^the editor is here");
    tmux_key(scene.tmux, "C-c"); /* ends the editor, and nothing else */
    tmux_wait(scene.tmux, "The editor failed");
    tmux_wait(scene.tmux, "\\] a draft$");
    g_assert_cmpuint(files_in_run(&scene), ==, 1);
    tmux_key(scene.tmux, "M-e");
    tmux_wait(scene.tmux, "the editor is here(.*\n)+.*the editor is here"); /* for the 2nd time */
    tmux_type(scene.tmux, "bad\r");
    tmux_wait(scene.tmux, "The editor failed");
    tmux_wait(scene.tmux, "\\] a draft$");
    g_assert_cmpuint(files_in_run(&scene), ==, 2);
    g_assert_cmpint(g_remove(scene.editor), ==, 0);
    tmux_key(scene.tmux, "M-e");
    tmux_wait(scene.tmux, "was not started");
    tmux_wait(scene.tmux, "\\] a draft$");
    g_assert_cmpuint(files_in_run(&scene), ==, 2);
    tmux_kill(scene.tmux);
    scene_end(&scene);
}

static bool
has_ended(void *user)
{
    return kill(*(pid_t *)user, 0) != 0;
}

/* The window is closed over the editor: what it had written is the draft at the next start. */
static void
test_editor_hangup(void)
{
    struct scene scene = {0};

    scene_start(&scene);
    tmux_run_weft(scene.tmux, "");
    go_to_lab(&scene);
    tmux_type(scene.tmux, "a draft");
    tmux_key(scene.tmux, "M-e");
    tmux_wait(scene.tmux, "^the editor is here");
    pid_t pid = tmux_pid(scene.tmux);
    tmux_free(scene.tmux);
    g_assert_nonnull(irc_peer_wait(scene.maria, "*kai* QUIT *"));
    tmux_until(scene.tmux, has_ended, &pid, "the editor ends");
    scene.tmux = tmux_new(80, 24, scene.home);
    tmux_run_weft(scene.tmux, "");
    go_to_lab(&scene);
    tmux_wait(scene.tmux, "from the editor.*\n */quit it says");
    g_assert_cmpuint(files_in_run(&scene), ==, 0);
    scene_end(&scene);
}

/* SIGTERM while the editor has the terminal: it is given back as it was found. */
static void
test_editor_term(void)
{
    struct scene scene = {0};
    g_autofree char *before = NULL, *after = NULL;

    scene_start(&scene);
    tmux_run_weft_in_shell(scene.tmux);
    go_to_lab(&scene);
    tmux_key(scene.tmux, "M-e");
    tmux_wait(scene.tmux, "^the editor is here");
    kill(tmux_foreground_pid(scene.tmux), SIGTERM);
    tmux_wait(scene.tmux, "^gone$");
    before = read_home(&scene, "before");
    after = read_home(&scene, "after");
    g_assert_cmpstr(after, ==, before);
    scene_end(&scene);
}

/* --- pastes
 * ------------------------------------------------------------------------------------------------
 */

static bool
all_said(void *user)
{
    struct scene *scene = user;
    return irc_server_count_said(scene->server, "#lab", "line 7") == 1;
}

/* Nothing of a paste is sent or run before the person says how; controls are seen. */
static void
test_paste(void)
{
    struct scene scene = {0};

    scene_start(&scene);
    tmux_run_weft(scene.tmux, "");
    go_to_lab(&scene);
    tmux_paste(scene.tmux, "/quit\n/quit");
    tmux_wait(scene.tmux, "\\] //quit\n */quit$");
    tmux_wait(scene.tmux, "Pasted as text");
    tmux_key(scene.tmux, "Enter"); /* is said */
    tmux_wait(scene.tmux, "kai  /quit *\n.* /quit *$");
    tmux_paste(scene.tmux, "a\033[31mb\007");
    tmux_wait(scene.tmux, "\\] a␛\\[31mb␇$");
    tmux_key(scene.tmux, "C-u");
    tmux_paste(scene.tmux, "line 1\nline 2\nline 3\nline 4\nline 5\n/line 6\nline 7\n");
    tmux_wait(scene.tmux, "7 lines were pasted");
    tmux_key(scene.tmux, "Enter"); /* is no answer */
    tmux_resize(scene.tmux, 60, 16);
    tmux_wait(scene.tmux, "s  as they are");
    g_assert_cmpuint(irc_server_count_said(scene.server, "#lab", "line 1"), ==, 0);
    g_assert_false(loop_until(all_said, &scene, 800)); /* the question is read */
    tmux_key(scene.tmux, "s");
    tmux_until(scene.tmux, all_said, &scene, "all of it is said");
    g_assert_cmpuint(irc_server_count_said(scene.server, "#lab", "/line 6"), ==, 1);
    tmux_wait(scene.tmux, "\\]$");
    tmux_kill(scene.tmux);
    scene_end(&scene);
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
    g_autofree char *why_not = NULL;

    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    tmux_available(&why_not);
    add("/writing/editor", test_editor, why_not);
    add("/writing/editor-fails", test_editor_fails, why_not);
    add("/writing/editor-hangup", test_editor_hangup, why_not);
    add("/writing/editor-term", test_editor_term, why_not);
    add("/writing/paste", test_paste, why_not);
    return g_test_run();
}
