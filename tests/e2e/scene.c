#include "tests/e2e/scene.h"

#include <string.h>

bool
scene_kai_is_in(void *user)
{
    struct scene *scene = user;
    return irc_server_has(scene->server, "kai", "#lab");
}

void
scene_start(struct scene *scene, int cols, int rows)
{
    struct irc_peer_options options = {.nick = "maria"};
    g_autoptr(GError) error = NULL;

    scene->server = irc_server_start(NULL);
    options.port = irc_server_port(scene->server);
    scene->maria = irc_peer_new(&options, &error);
    g_assert_no_error(error);
    g_assert_true(irc_peer_join(scene->maria, "#lab"));
    g_assert_true(irc_peer_join(scene->maria, "#jobs"));
    scene->home = home_new_irc(irc_server_port(scene->server),
                               "join = #lab\njoin = #jobs\nlabel = Patio coop\n");
    scene->tmux = tmux_new(cols, rows, scene->home);
}

void
scene_enter(struct scene *scene)
{
    tmux_run_weft(scene->tmux, "");
    tmux_until(scene->tmux, scene_kai_is_in, scene, "kai is in #lab");
    tmux_wait(scene->tmux, "#lab"); /* weft knows as well */
    tmux_key(scene->tmux, "C-k");
    tmux_type(scene->tmux, "lab");
    tmux_key(scene->tmux, "Enter");
    tmux_wait(scene->tmux, "#lab.*Patio coop");
}

static bool
mouse_is(struct scene *scene, const char *wanted)
{
    g_autofree char *flags =
        tmux_format(scene->tmux, "#{mouse_any_flag}#{mouse_standard_flag}#{mouse_sgr_flag}"
                                 "#{mouse_button_flag}#{mouse_all_flag}");

    return strcmp(flags, wanted) == 0;
}

static bool
mouse_is_on(void *scene)
{
    return mouse_is(scene, "11100");
}

static bool
mouse_is_off(void *scene)
{
    return mouse_is(scene, "00000");
}

void
scene_wait_mouse(struct scene *scene, bool on)
{
    if (on)
        tmux_until(scene->tmux, mouse_is_on, scene, "weft gets the mouse");
    else
        tmux_until(scene->tmux, mouse_is_off, scene, "the terminal has its mouse");
}

void
scene_end(struct scene *scene)
{
    tmux_free(scene->tmux);
    irc_peer_free(scene->maria);
    irc_server_stop(scene->server);
    home_free(scene->home);
}

void
scene_add(const char *path, void (*test)(void), const char *why_not)
{
    if (why_not)
        g_test_add_data_func(path, why_not, (GTestDataFunc)g_test_skip);
    else
        g_test_add_func(path, test);
}
