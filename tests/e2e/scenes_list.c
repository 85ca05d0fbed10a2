/* The list of buffers, peeking, copying and the inbox, in tmux. */
#include <string.h>

#include "tests/e2e/scene.h"

/* Folded groups, over a restart. */
static void
test_fold(void)
{
    struct scene scene = {0};

    scene_start(&scene, 120, 40);
    scene_enter(&scene);
    g_assert_true(irc_peer_say(scene.maria, "#jobs", "kai: a job"));
    g_assert_true(irc_peer_say(scene.maria, "#jobs", "one more"));
    tmux_wait(scene.tmux, "#jobs +@1 2");
    tmux_key(scene.tmux, "F2");
    tmux_wait(scene.tmux, "q quote");
    tmux_key(scene.tmux, "F2");
    tmux_wait(scene.tmux, "Enter show");
    tmux_key(scene.tmux, "Space");
    tmux_wait(scene.tmux, "^\\+Patio coop +@1 2");
    tmux_wait_gone(scene.tmux, "#jobs +@1 2");
    tmux_key(scene.tmux, "Escape");
    tmux_wait_gone(scene.tmux, "Enter show");
    tmux_type(scene.tmux, "/quit\r");
    tmux_wait_end(scene.tmux);
    tmux_run_weft(scene.tmux, "");
    tmux_wait(scene.tmux, "^\\+Patio coop +");
    scene_end(&scene);
}

static void
test_peek(void)
{
    struct scene scene = {0};

    scene_start(&scene, 80, 24);
    scene_enter(&scene);
    g_assert_true(irc_peer_say(scene.maria, "#lab", "here"));
    tmux_wait(scene.tmux, "maria +here");
    g_assert_true(irc_peer_say(scene.maria, "#jobs", "a job"));
    tmux_wait(scene.tmux, "#jobs +1");
    tmux_type(scene.tmux, "half a se");
    tmux_key(scene.tmux, "M-`");
    tmux_wait(scene.tmux, "Peeking: go anywhere");
    tmux_key(scene.tmux, "M-a");
    tmux_wait(scene.tmux, "maria +a job");
    tmux_wait(scene.tmux, "#jobs \\{[0-9]\\} PEEK");
    tmux_wait(scene.tmux, "#jobs +1");
    g_assert_true(irc_peer_say(scene.maria, "#jobs", "another"));
    tmux_wait(scene.tmux, "#jobs +2");
    tmux_key(scene.tmux, "M-`");
    tmux_wait(scene.tmux, "\\[kai\\] half a se");
    tmux_wait(scene.tmux, "maria +here");
    tmux_wait_gone(scene.tmux, "PEEK");
    tmux_wait(scene.tmux, "#jobs +2");
    scene_end(&scene);
}

static bool
is_copied_whole(void *user)
{
    const struct scene *scene = user;
    g_autofree char *copied = tmux_copied(scene->tmux);

    return strstr(copied, "<maria> https://pads.example/a/link/that/is/longer/than/one/row/of/this/"
                          "window/and/goes/on/in/the/next/agenda-and-minutes.html") != NULL;
}

static void
test_bare(void)
{
    struct scene scene = {0};

    scene_start(&scene, 80, 24);
    scene_enter(&scene);
    g_assert_true(irc_peer_say(scene.maria, "#lab",
                               "https://pads.example/a/link/that/is/longer/than/one/row/of/this/"
                               "window/and/goes/on/in/the/next/agenda-and-minutes.html"));
    tmux_wait(scene.tmux, "agenda-and-minutes");
    g_assert_false(is_copied_whole(&scene));
    tmux_key(scene.tmux, "M-l");
    tmux_wait(scene.tmux, "Copy with the mouse");
    tmux_until(scene.tmux, is_copied_whole, &scene, "all of it is copied");
    g_assert_true(irc_peer_say(scene.maria, "#lab", "not yet"));
    tmux_wait(scene.tmux, "1 new waits");
    tmux_wait_gone(scene.tmux, "not yet");
    tmux_until(scene.tmux, is_copied_whole, &scene, "all of it can still be copied");
    tmux_key(scene.tmux, "Escape");
    tmux_wait(scene.tmux, "maria +not yet");
    scene_end(&scene);
}

/* What a terminal sends for a press (button 0) or the wheel (64 up, 65 down) where `text` stands.
 */
static void
point(struct scene *scene, const char *text, int button)
{
    g_autofree char *screen = tmux_screen(scene->tmux, false);
    g_auto(GStrv) rows = g_strsplit(screen, "\n", -1);
    g_autofree char *bytes = NULL;

    for (int i = 0; rows[i] && !bytes; i++) {
        const char *found = strstr(rows[i], text);
        if (found)
            bytes = g_strdup_printf("\033[<%d;%d;%dM", button,
                                    (int)g_utf8_strlen(rows[i], found - rows[i]) + 1, i + 1);
    }
    g_assert_nonnull(bytes);
    tmux_type(scene->tmux, bytes);
}

/* By a key and back; clicks and the wheel as a terminal sends them. */
static void
test_mouse(void)
{
    struct scene scene = {0};

    scene_start(&scene, 80, 24);
    scene_enter(&scene);
    for (int i = 0; i < 40; i++) {
        g_autofree char *text = g_strdup_printf("line %02d.", i);
        g_assert_true(irc_peer_say(scene.maria, "#lab", text));
    }
    tmux_wait(scene.tmux, "line 39\\.");
    scene_wait_mouse(&scene, false);
    tmux_key(scene.tmux, "M-m");
    tmux_wait(scene.tmux, "weft has the mouse");
    scene_wait_mouse(&scene, true);
    point(&scene, "line 35.", 64);
    tmux_wait(scene.tmux, "-MORE\\(3\\)-");
    point(&scene, "line 33.", 65);
    tmux_wait_gone(scene.tmux, "-MORE");
    point(&scene, "line 33.", 0);
    tmux_wait(scene.tmux, "▌ *maria +line 33\\.");
    tmux_type(scene.tmux, "q");
    tmux_wait(scene.tmux, "\\] .*line 33\\.");
    point(&scene, "#jobs", 0);
    tmux_wait(scene.tmux, "#jobs( [+][a-z]+)? - Patio coop");
    /* To copy, the terminal has it. */
    tmux_key(scene.tmux, "M-l");
    tmux_wait(scene.tmux, "Copy with the mouse");
    scene_wait_mouse(&scene, false);
    tmux_key(scene.tmux, "Escape");
    tmux_wait(scene.tmux, "#jobs( [+][a-z]+)? - Patio coop");
    scene_wait_mouse(&scene, true);
    tmux_key(scene.tmux, "M-m");
    tmux_wait(scene.tmux, "The terminal has its mouse again");
    scene_wait_mouse(&scene, false);
    scene_end(&scene);
}

/* What calls while one is elsewhere, opened, answered and done with; what was not sent. */
static void
test_inbox(void)
{
    struct scene scene = {0};

    scene_start(&scene, 80, 24);
    scene_enter(&scene);
    tmux_key(scene.tmux, "F3");
    tmux_wait(scene.tmux, "INBOX \\[all\\]");
    tmux_wait(scene.tmux, "Nothing waits for you");
    g_assert_true(irc_peer_say(scene.maria, "#jobs", "kai: a job"));
    tmux_wait(scene.tmux, "@ [0-9:]+ +2 #jobs");
    g_assert_true(irc_peer_say(scene.maria, "kai", "or this one"));
    g_assert_true(irc_peer_say(scene.maria, "kai", "in Halifax"));
    tmux_wait(scene.tmux, "mentions 1  DMs 1");
    tmux_wait(scene.tmux, "\\(2\\) in Halifax");
    tmux_resize(scene.tmux, 200, 60);
    tmux_wait(scene.tmux, "2 #jobs +maria: kai: a job");
    tmux_resize(scene.tmux, 80, 24);
    tmux_wait(scene.tmux, "^.*  maria: kai: a job");
    tmux_key(scene.tmux, "r");
    tmux_wait(scene.tmux, "reply to maria: kai: a job");
    tmux_wait_gone(scene.tmux, "INBOX \\[");
    tmux_type(scene.tmux, "mine\r");
    g_assert_nonnull(irc_peer_wait(scene.maria, "*mine*"));
    tmux_key(scene.tmux, "F3");
    tmux_wait(scene.tmux, "INBOX \\[all\\] DMs 1");
    tmux_type(scene.tmux, "e");
    tmux_wait(scene.tmux, "Nothing waits for you");
    tmux_type(scene.tmux, "U");
    tmux_wait(scene.tmux, "\\(2\\) in Halifax");
    tmux_key(scene.tmux, "Enter");
    tmux_wait(scene.tmux, "maria +in Halifax");
    scene_end(&scene);
}

/* Two buffers in sight, one of them typed to; through all sizes, and closed again. */
static void
test_windows(void)
{
    static const int sizes[][2] = {{200, 60}, {60, 20}, {30, 8}, {3, 2}, {500, 100}, {80, 24}};
    struct scene scene = {0};

    scene_start(&scene, 80, 24);
    scene_enter(&scene);
    g_assert_true(irc_peer_say(scene.maria, "#lab", "here"));
    tmux_wait(scene.tmux, "maria:? +here");
    tmux_key(scene.tmux, "M-w");
    tmux_type(scene.tmux, "v");
    tmux_wait(scene.tmux, " #lab .*│»[0-9] #lab ");
    tmux_type(scene.tmux, "/go #jobs\r");
    tmux_wait(scene.tmux, " #lab .*│»[0-9] #jobs ");
    tmux_type(scene.tmux, "a job\r");
    g_assert_nonnull(irc_peer_wait(scene.maria, "*PRIVMSG #jobs :a job"));
    /* What comes into the other one is in sight, and read. */
    g_assert_true(irc_peer_say(scene.maria, "#lab", "kai: seen"));
    tmux_wait(scene.tmux, "kai: seen");
    tmux_wait_gone(scene.tmux, "#lab +@1");
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        tmux_resize(scene.tmux, sizes[i][0], sizes[i][1]);
        if (sizes[i][0] >= 60)
            tmux_wait(scene.tmux, "a job");
        g_assert_cmpint(tmux_pid(scene.tmux), !=, 0);
    }
    tmux_key(scene.tmux, "F7");
    tmux_wait(scene.tmux, "»[0-9] #lab ");
    tmux_type(scene.tmux, "typed here\r");
    g_assert_nonnull(irc_peer_wait(scene.maria, "*PRIVMSG #lab :typed here"));
    tmux_key(scene.tmux, "M-z");
    tmux_wait(scene.tmux, "\\(window 1 of 2\\)");
    tmux_wait_gone(scene.tmux, "a job");
    tmux_key(scene.tmux, "M-z");
    tmux_wait(scene.tmux, "a job");
    tmux_type(scene.tmux, "/window close\r");
    tmux_wait(scene.tmux, "^[0-9] #jobs - Patio coop|│[0-9] #jobs");
    tmux_type(scene.tmux, "/quit\r");
    tmux_wait_end(scene.tmux);
    scene_end(&scene);
}

void
scenes_list_add(const char *why_not)
{
    scene_add("/e2e/fold", test_fold, why_not);
    scene_add("/e2e/peek", test_peek, why_not);
    scene_add("/e2e/bare", test_bare, why_not);
    scene_add("/e2e/mouse", test_mouse, why_not);
    scene_add("/e2e/inbox", test_inbox, why_not);
    scene_add("/e2e/windows", test_windows, why_not);
}
