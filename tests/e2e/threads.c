/* Threads, on a server that keeps them apart from their channels: the real binary in tmux, against
 * the sandbox's. */
#include <glib.h>
#include <locale.h>

#include "tests/e2e/lab.h"

/* The reply stands under its root and not in the channel; the pane opens beside it, what is typed
 * goes there, and back. */
static void
test_beside(void)
{
    struct lab lab = {0};

    lab_begin(&lab, 120, 40);
    tmux_wait(lab.tmux, "Who takes minutes\\?");
    tmux_wait(lab.tmux, "`-- 1 reply, last [0-9:]+ jun +\\(Alt-t\\)");
    tmux_wait_gone(lab.tmux, "I took them last time");
    tmux_key(lab.tmux, "M-t");
    tmux_wait(lab.tmux, "Thread \\(1\\).*: Who takes");
    tmux_wait(lab.tmux, "I took them last time");
    tmux_wait(lab.tmux, "\\[kai@thread\\]");
    tmux_type(lab.tmux, "then I do\r");
    assert_said(&lab, "then I do");
    tmux_wait(lab.tmux, "`-- 2 replies, last [0-9:]+ kai");
    tmux_wait(lab.tmux, "Thread \\(2\\), following");
    tmux_key(lab.tmux, "M-o");
    tmux_wait(lab.tmux, "\\[kai\\]");
    tmux_type(lab.tmux, "in the channel\r");
    assert_said(&lab, "in the channel");
    mm_server_say(lab.server, "jun", lab.lab, lab.root, "thanks kai");
    tmux_wait(lab.tmux, "thanks kai");
    tmux_key(lab.tmux, "M-t");
    tmux_wait_gone(lab.tmux, "thanks kai");
    lab_end(&lab);
}

/* Where there is no room for both the thread stands in the channel's place; what is typed there
 * survives kill -9. */
static void
test_instead(void)
{
    struct lab lab = {0};

    lab_begin(&lab, 80, 24);
    tmux_key(lab.tmux, "M-t");
    tmux_wait(lab.tmux, "I took them last time");
    tmux_type(lab.tmux, "half a sent");
    tmux_wait(lab.tmux, "half a sent");
    tmux_key(lab.tmux, "M-o");
    tmux_wait_gone(lab.tmux, "I took them last time");
    tmux_wait_gone(lab.tmux, "half a sent");
    tmux_wait(lab.tmux, "(thread open)");
    tmux_key(lab.tmux, "M-o");
    tmux_wait(lab.tmux, "half a sent");
    tmux_kill(lab.tmux);
    lab_again(&lab);
    tmux_wait(lab.tmux, "`-- 1 reply");
    tmux_key(lab.tmux, "M-t");
    tmux_wait(lab.tmux, "half a sent");
    lab_end(&lab);
}

/* A thread that one follows is found from anywhere: by the activity, and in the list of them. */
static void
test_followed(void)
{
    struct lab lab = {0};

    lab_begin(&lab, 120, 40);
    tmux_key(lab.tmux, "M-t");
    tmux_wait(lab.tmux, "I took them last time");
    tmux_type(lab.tmux, "/thread follow\r");
    tmux_wait(lab.tmux, "Thread \\(1\\), following");
    tmux_key(lab.tmux, "C-g");
    tmux_type(lab.tmux, "town");
    tmux_key(lab.tmux, "Enter");
    tmux_wait_gone(lab.tmux, "I took them last time");
    mm_server_say(lab.server, "jun", lab.lab, lab.root, "the pad is up");
    tmux_wait(lab.tmux, "~lab +1");
    tmux_key(lab.tmux, "F4");
    tmux_wait(lab.tmux, "T .*~lab.*\\(1 new\\) maria: Who takes minutes");
    tmux_key(lab.tmux, "Escape");
    tmux_wait_gone(lab.tmux, "THREADS");
    tmux_key(lab.tmux, "M-a");
    tmux_wait(lab.tmux, "Thread \\(2\\), following");
    tmux_wait(lab.tmux, "the pad is up");
    tmux_wait_gone(lab.tmux, "~lab +1");
    lab_end(&lab);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    lab_add("/threads/beside", test_beside);
    lab_add("/threads/instead", test_instead);
    lab_add("/threads/followed", test_followed);
    return g_test_run();
}
