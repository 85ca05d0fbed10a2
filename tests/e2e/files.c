/* Files and buttons, on a server that has them: the real binary in tmux, against the sandbox's. */
#include <glib.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/e2e/lab.h"

#define CONTENT "first line\r\n\tsecond \001 line, no end"

static void
assert_saved(const struct lab *lab, const char *name)
{
    g_autofree char *path = g_build_filename(lab->home, "downloads", name, NULL);
    g_autofree char *content = NULL;
    size_t len = 0;
    struct stat st;

    g_assert_true(g_file_get_contents(path, &content, &len, NULL));
    g_assert_cmpmem(content, len, CONTENT, strlen(CONTENT));
    g_assert_cmpint(stat(path, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 0777, ==, 0600);
}

/* It comes, with a name that wants out of the folder, is saved in it; and goes back. */
static void
test_file(void)
{
    struct lab lab = {0};

    lab_begin(&lab, 80, 24);
    mm_server_share(lab.server, "maria", lab.lab, "the minutes", "../../minutes.txt", CONTENT);
    tmux_wait(lab.tmux, "maria +the minutes");
    tmux_wait(lab.tmux, "\\[file\\] .*minutes\\.txt +[0-9]+ bytes");
    tmux_key(lab.tmux, "F2");
    tmux_wait(lab.tmux, "s save");
    tmux_key(lab.tmux, "s");
    tmux_wait(lab.tmux, "Saved as ");
    assert_saved(&lab, "minutes.txt");
    tmux_key(lab.tmux, "Escape");
    tmux_wait_gone(lab.tmux, "▌");
    g_autofree char *line =
        g_strdup_printf("/upload %s/downloads/minutes.txt as promised\r", lab.home);
    tmux_type(lab.tmux, line);
    assert_said(&lab, "as promised");
    tmux_wait(lab.tmux, "kai +as promised");
    tmux_wait(lab.tmux, "kai +as promised[^\\n]*\\n[^\\n]*\\[file\\] minutes\\.txt");
    g_autofree char *posts = mm_server_posts_dup(lab.server, lab.lab);
    g_assert_nonnull(strstr(posts, "\"name\":\"minutes.txt\""));
    lab_end(&lab);
}

/* A button says first what it would tell whom. */
static void
test_button(void)
{
    struct lab lab = {0};

    lab_begin(&lab, 80, 24);
    mm_server_card(lab.server, "maria", lab.lab, "Vote", "Which bread?");
    tmux_wait(lab.tmux, "\\[OK\\] \\[Kind …\\]");
    tmux_key(lab.tmux, "F2");
    tmux_wait(lab.tmux, "b press");
    tmux_key(lab.tmux, "b");
    tmux_wait(lab.tmux, "Buttons of this message");
    tmux_key(lab.tmux, "Enter");
    tmux_wait(lab.tmux, "Enter again tells the program behind maria.*: OK");
    g_assert_cmpuint(mm_server_count(lab.server, "POST /posts/*/actions/*"), ==, 0);
    tmux_key(lab.tmux, "Enter");
    tmux_wait(lab.tmux, "thank you");
    tmux_wait_gone(lab.tmux, "\\[OK\\]");
    g_assert_cmpuint(mm_server_count(lab.server, "POST /posts/*/actions/ok"), ==, 1);
    lab_end(&lab);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    lab_add("/files/file", test_file);
    lab_add("/files/button", test_button);
    return g_test_run();
}
