#include "tests/e2e/lab.h"

#include <string.h>

#include "base/file.h"
#include "tests/e2e/home.h"

static void
write_config(const struct lab *lab)
{
    g_autofree char *path = g_build_filename(lab->home, "weft.conf", NULL);
    g_autofree char *pass = g_build_filename(lab->home, "token", NULL);
    g_autofree char *token = mm_server_add_token(lab->server, "kai");
    g_autofree char *text = g_strdup_printf("[notify]\nmethod = none\n[account mill]\nnetwork = "
                                            "mattermost\nserver = http://127.0.0.1:%u\n"
                                            "token_file = %s\n",
                                            mm_server_port(lab->server), pass);
    g_autoptr(GError) error = NULL;

    file_write_atomic(pass, token, strlen(token), &error);
    g_assert_no_error(error);
    file_write_atomic(path, text, strlen(text), &error);
    g_assert_no_error(error);
}

void
lab_again(struct lab *lab)
{
    tmux_run_weft(lab->tmux, "");
    tmux_wait(lab->tmux, "~lab");
    tmux_key(lab->tmux, "C-g");
    tmux_type(lab->tmux, "lab");
    tmux_key(lab->tmux, "Enter");
    tmux_wait(lab->tmux, "~lab.*mill");
}

void
lab_begin(struct lab *lab, int cols, int rows)
{
    struct mm_server *server = lab->server = mm_server_start(NULL);

    mm_server_add_user(server, "root", "Secret-pw-1");
    mm_server_add_user(server, "kai", "Secret-pw-2");
    mm_server_add_user(server, "maria", "Secret-pw-3");
    mm_server_add_user(server, "jun", "Secret-pw-4");
    mm_server_set_config(server, "CollapsedThreads", "always_on");
    lab->team = mm_server_add_team(server, "coops", "Coops", "root");
    mm_server_join_team(server, lab->team, "kai");
    mm_server_join_team(server, lab->team, "maria");
    mm_server_join_team(server, lab->team, "jun");
    lab->square = mm_server_channel(server, lab->team, "town-square");
    lab->lab = mm_server_add_channel(server, lab->team, "O", "lab", "The Lab", "maria");
    mm_server_join(server, lab->lab, "kai");
    mm_server_join(server, lab->lab, "jun");
    lab->root = mm_server_say(server, "maria", lab->lab, NULL, "Who takes minutes?");
    mm_server_say(server, "jun", lab->lab, lab->root, "I took them last time");
    lab->home = home_new();
    write_config(lab);
    lab->tmux = tmux_new(cols, rows, lab->home);
    lab_again(lab);
    tmux_wait(lab->tmux, "`-- 1 reply");
}

void
lab_end(struct lab *lab)
{
    tmux_free(lab->tmux);
    g_autofree char *complaints = mm_server_complaints(lab->server);
    g_assert_cmpstr(complaints, ==, "");
    mm_server_stop(lab->server);
    home_free(lab->home);
}

struct said {
    const struct lab *lab;
    const char *text;
};

static bool
was_said(void *user)
{
    const struct said *said = user;
    return mm_server_count_said(said->lab->server, said->lab->lab, said->text) == 1;
}

void
assert_said(const struct lab *lab, const char *text)
{
    struct said said = {lab, text};

    tmux_until(lab->tmux, was_said, &said, text);
}

void
lab_add(const char *path, void (*test)(void))
{
    char *why_not = NULL;

    if (tmux_available(&why_not))
        g_test_add_func(path, test);
    else
        g_test_add_data_func(path, why_not, (GTestDataFunc)g_test_skip);
}
