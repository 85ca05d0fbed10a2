/* What the letters do to a message, in tmux. */
#include <string.h>

#include "tests/e2e/scene.h"
#include "tests/support/loop.h"

/* maria says it, and the cursor is on it. */
static void
choose(struct scene *scene, const char *text, const char *shown)
{
    g_assert_true(irc_peer_say(scene->maria, "#lab", text));
    g_assert_true(tmux_wait(scene->tmux, shown));
    tmux_key(scene->tmux, "F2");
    g_assert_true(tmux_wait(scene->tmux, "q quote"));
}

struct copied {
    struct scene *scene;
    const char *wanted;
};

static bool
is_copied(void *user)
{
    const struct copied *copied = user;
    g_autofree char *texts = tmux_clipboard(copied->scene->tmux);

    return g_str_has_prefix(texts, copied->wanted);
}

static void
assert_copied(struct scene *scene, const char *wanted)
{
    struct copied copied = {scene, wanted};

    g_assert_true(loop_until(is_copied, &copied, TMUX_DEADLINE_MS));
}

/* Into the terminal's clipboard, which here is tmux's. */
static void
test_copy(void)
{
    struct scene scene = {0};

    scene_start(&scene, 80, 24);
    tmux_set(scene.tmux, "set-clipboard", "on");
    scene_enter(&scene);
    choose(&scene, "the \033[2Jfirst, 会議", "maria.*first");
    tmux_key(scene.tmux, "y");
    g_assert_true(tmux_wait(scene.tmux, "Copied 1 line\\. Not there\\? The terminal refused"));
    assert_copied(&scene, "the [2Jfirst, 会議\n");
    g_assert_true(irc_peer_say(scene.maria, "#lab", "the second"));
    g_assert_true(tmux_wait(scene.tmux, "MORE|the second"));
    tmux_key(scene.tmux, "V");
    g_assert_true(tmux_wait(scene.tmux, "copy from there to here"));
    tmux_key(scene.tmux, "G");
    g_assert_true(tmux_wait(scene.tmux, "▌.*the second"));
    tmux_key(scene.tmux, "Y");
    g_assert_true(tmux_wait(scene.tmux, "^Copied 2 lines\\. *$"));
    g_autofree char *texts = tmux_clipboard(scene.tmux);
    g_assert_true(g_regex_match_simple(
        "^[0-9:]{5} <maria> the \\[2Jfirst, 会議.*[0-9:]{5} <maria> the second", texts, 0, 0));
    scene_end(&scene);
}

void
scenes_message_add(const char *why_not)
{
    scene_add("/e2e/copy", test_copy, why_not);
}
