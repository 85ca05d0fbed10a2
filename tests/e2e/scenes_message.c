/* What the letters do to a message, in tmux. */
#include <string.h>

#include "tests/e2e/scene.h"

/* maria says it, and the cursor is on it. */
static void
choose(struct scene *scene, const char *text, const char *shown)
{
    g_assert_true(irc_peer_say(scene->maria, "#lab", text));
    tmux_wait(scene->tmux, shown);
    tmux_key(scene->tmux, "F2");
    tmux_wait(scene->tmux, "q quote");
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

    tmux_until(scene->tmux, is_copied, &copied, wanted);
}

static bool
both_are_copied(void *user)
{
    const struct scene *scene = user;
    g_autofree char *texts = tmux_clipboard(scene->tmux);

    return g_regex_match_simple(
        "^[0-9:]{5} <maria> the \\[2Jfirst, 会議.*[0-9:]{5} <maria> the second", texts, 0, 0);
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
    tmux_wait(scene.tmux, "Copied 1 line\\. Not there\\? The terminal refused");
    assert_copied(&scene, "the [2Jfirst, 会議\n");
    g_assert_true(irc_peer_say(scene.maria, "#lab", "the second"));
    tmux_wait(scene.tmux, "MORE|the second");
    tmux_key(scene.tmux, "V");
    tmux_wait(scene.tmux, "copy from there to here");
    tmux_key(scene.tmux, "G");
    tmux_wait(scene.tmux, "▌.*the second");
    tmux_key(scene.tmux, "Y");
    tmux_wait(scene.tmux, "^Copied 2 lines\\. *$");
    tmux_until(scene.tmux, both_are_copied, &scene, "both are copied");
    scene_end(&scene);
}

static bool
is_opened(void *user)
{
    const struct scene *scene = user;
    g_autofree char *path = g_build_filename(scene->home, "opened", NULL);
    g_autofree char *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) &&
           strcmp(text, "https://pads.example/agenda?$(id)\n") == 0;
}

/* The list of links, and the person's program, which is handed one. */
static void
test_links(void)
{
    struct scene scene = {0};
    g_autofree char *line = NULL;

    scene_start(&scene, 80, 24);
    line =
        g_strdup_printf("/set look.open_cmd sh -c 'echo \"$1\" >%s/part; mv %s/part %s/opened' sh",
                        scene.home, scene.home, scene.home);
    scene_enter(&scene);
    tmux_type(scene.tmux, line);
    tmux_key(scene.tmux, "Enter");
    g_assert_true(irc_peer_say(scene.maria, "#lab", "agenda: https://pads.example/agenda?$(id)"));
    choose(&scene, "or https://bank.example@evil.example/", "maria.*evil\\.example");
    tmux_key(scene.tmux, "o");
    tmux_wait(scene.tmux, "Links of this message");
    tmux_wait(scene.tmux, "leads to +evil\\.example$");
    tmux_key(scene.tmux, "Escape");
    tmux_wait_gone(scene.tmux, "Links of this message");
    tmux_key(scene.tmux, "C-o");
    tmux_wait(scene.tmux, "Links, newest first");
    tmux_type(scene.tmux, "/agenda");
    tmux_wait(scene.tmux, "whole link +https://pads\\.example/agenda");
    tmux_key(scene.tmux, "Enter");
    tmux_wait(scene.tmux, "Opening https://pads\\.example/agenda");
    tmux_until(scene.tmux, is_opened, &scene, "the program is handed the link");
    tmux_key(scene.tmux, "k");
    tmux_wait(scene.tmux, "▌.*agenda: https");
    scene_end(&scene);
}

/* Answering, and the line that says what is answered. */
static void
test_reply(void)
{
    struct scene scene = {0};

    scene_start(&scene, 80, 24);
    scene_enter(&scene);
    choose(&scene, "who takes minutes?", "maria.*who takes minutes");
    tmux_key(scene.tmux, "r");
    tmux_wait(scene.tmux, "^reply to maria: who takes minutes\\? +Esc drops it");
    tmux_key(scene.tmux, "Escape");
    tmux_wait_gone(scene.tmux, "^reply to maria");
    tmux_key(scene.tmux, "F2");
    tmux_wait(scene.tmux, "▌.*who takes minutes");
    tmux_key(scene.tmux, "r");
    tmux_wait(scene.tmux, "^reply to maria");
    tmux_type(scene.tmux, "I do\r");
    g_assert_nonnull(irc_peer_wait(scene.maria, "*PRIVMSG #lab :I do"));
    tmux_wait(scene.tmux, "re maria: who takes minutes");
    tmux_wait_gone(scene.tmux, "^reply to maria");
    scene_end(&scene);
}

/* What opens over the messages, closes again, and leaves the cursor where it was. */
static void
test_facts(void)
{
    struct scene scene = {0};

    scene_start(&scene, 80, 24);
    scene_enter(&scene);
    choose(&scene, "a fact", "maria.*a fact");
    tmux_key(scene.tmux, "v");
    tmux_wait(scene.tmux, "What weft knows of this message");
    tmux_wait(scene.tmux, "sender +maria");
    tmux_wait_gone(scene.tmux, "q quote");
    tmux_key(scene.tmux, "Escape");
    tmux_wait(scene.tmux, "q quote");
    tmux_key(scene.tmux, "w");
    tmux_wait(scene.tmux, "Who sees this message");
    tmux_wait(scene.tmux, "everybody in #lab");
    tmux_wait(scene.tmux, "NOT ENCRYPTED");
    tmux_key(scene.tmux, "q");
    tmux_wait(scene.tmux, "▌.*a fact");
    scene_end(&scene);
}

/* A reaction chosen by a part of its name, joined by another, and taken back; a message deleted. */
static void
test_react_delete(void)
{
    struct scene scene = {0};

    scene_start(&scene, 80, 24);
    scene_enter(&scene);
    choose(&scene, "cake at four", "maria.*cake at four");
    tmux_key(scene.tmux, "a");
    tmux_wait(scene.tmux, "^ react> ");
    tmux_type(scene.tmux, "birthday");
    tmux_wait(scene.tmux, "🎂 +birthday");
    tmux_key(scene.tmux, "Enter");
    tmux_wait(scene.tmux, "🎂 x1\\*");
    tmux_key(scene.tmux, "1");
    tmux_wait_gone(scene.tmux, "🎂 x1");
    tmux_key(scene.tmux, "d");
    tmux_wait(scene.tmux, "d again deletes this message of [0-9:]+ for everybody");
    tmux_key(scene.tmux, "Escape"); /* says no, and stays */
    tmux_wait_gone(scene.tmux, "d again");
    tmux_key(scene.tmux, "Escape");
    tmux_wait_gone(scene.tmux, "▌");
    tmux_type(scene.tmux, "my mistake\r");
    g_assert_nonnull(irc_peer_wait(scene.maria, "*PRIVMSG #lab :my mistake"));
    tmux_wait(scene.tmux, "kai +my mistake( {4}|$)"); /* no "sending…" behind it */
    tmux_key(scene.tmux, "F2");
    tmux_wait(scene.tmux, "▌.*my mistake");
    tmux_key(scene.tmux, "d");
    tmux_wait(scene.tmux, "d again deletes your message of [0-9:]+ for everybody");
    tmux_key(scene.tmux, "d");
    tmux_wait(scene.tmux, "▌.*\\(deleted");
    scene_end(&scene);
}

/* From mention to mention, with what is in between out of sight. */
static void
test_mentions(void)
{
    struct scene scene = {0};

    scene_start(&scene, 80, 24);
    scene_enter(&scene);
    g_assert_true(irc_peer_say(scene.maria, "#lab", "kai: the first"));
    for (int i = 0; i < 30; i++) {
        g_autofree char *text = g_strdup_printf("line %d.", i);
        g_assert_true(irc_peer_say(scene.maria, "#lab", text));
    }
    g_assert_true(irc_peer_say(scene.maria, "#lab", "kai: the second"));
    tmux_wait(scene.tmux, "kai: the second");
    tmux_key(scene.tmux, "M-p");
    tmux_key(scene.tmux, "M-p");
    tmux_wait(scene.tmux, "kai: the first");
    tmux_key(scene.tmux, "M-n");
    tmux_wait(scene.tmux, "kai: the second");
    tmux_key(scene.tmux, "M-n");
    tmux_wait(scene.tmux, "No message below calls you");
    scene_end(&scene);
}

void
scenes_message_add(const char *why_not)
{
    scene_add("/e2e/copy", test_copy, why_not);
    scene_add("/e2e/links", test_links, why_not);
    scene_add("/e2e/reply", test_reply, why_not);
    scene_add("/e2e/facts", test_facts, why_not);
    scene_add("/e2e/react-delete", test_react_delete, why_not);
    scene_add("/e2e/mentions", test_mentions, why_not);
}
