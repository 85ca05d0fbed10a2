/* The first minutes with a server of teams: an empty home, an address or a link, a wrong password,
 * a second factor, and then the channels. */
#include <glib.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "tests/e2e/home.h"
#include "tests/e2e/tmux.h"
#include "tests/sandbox/mm_server.h"
#include "tests/support/loop.h"

#define PASSWORD "four-looms-in-a-shed"
#define CODE     "314159"
/* An Enter that comes sooner was meant for what stood there before. */
#define GUARD_US (800 * 1000)

struct first {
    struct mm_server *server;
    const char *team, *lab, *post;
    char *home;
    struct tmux *tmux;
};

/* kai is in ~lab, where maria has said something; nothing of it is known to weft. */
static void
begin(struct first *first, int cols, int rows)
{
    struct mm_server *server = first->server = mm_server_start(NULL);

    mm_server_add_user(server, "root", "Secret-pw-1");
    mm_server_add_user(server, "kai", PASSWORD);
    mm_server_add_user(server, "maria", "Secret-pw-3");
    first->team = mm_server_add_team(server, "coops", "Coops", "root");
    mm_server_join_team(server, first->team, "kai");
    mm_server_join_team(server, first->team, "maria");
    first->lab = mm_server_add_channel(server, first->team, "O", "lab", "The Lab", "maria");
    mm_server_join(server, first->lab, "kai");
    first->post = mm_server_say(server, "maria", first->lab, NULL, "Who takes minutes?");
    first->home = home_new();
    first->tmux = tmux_new(cols, rows, first->home);
}

static void
end(struct first *first)
{
    g_autofree char *complaints = NULL;

    tmux_free(first->tmux);
    complaints = mm_server_complaints(first->server);
    g_assert_cmpstr(complaints, ==, "");
    mm_server_stop(first->server);
    home_free(first->home);
}

/* Waits for the question that is asked now, by its help, and answers. NULL: what is proposed. */
static void
answer(struct first *first, const char *help, const char *text)
{
    tmux_wait(first->tmux, help);
    if (text) {
        tmux_key(first->tmux, "C-u");
        tmux_type(first->tmux, text);
    }
    tmux_key(first->tmux, "Enter");
}

/* From how one logs in to the account's name. */
static void
answer_rest(struct first *first, const char *password)
{
    answer(first, "personal access token; session", NULL);
    answer(first, "e-mail address that you log in with", "kai");
    answer(first, "not shown while you type", password);
    answer(first, "only you can read", NULL);
    answer(first, "own short word", "mill");
}

static void
give_code(struct first *first, const char *code)
{
    tmux_wait(first->tmux, "The code of your second factor");
    tmux_type(first->tmux, code);
    loop_turn_until(g_get_monotonic_time() + GUARD_US);
    tmux_key(first->tmux, "Enter");
    tmux_wait_gone(first->tmux, "The code of your second factor");
}

static bool
has_file(const struct first *first, const char *name)
{
    g_autofree char *path = g_build_filename(first->home, name, NULL);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static char *
read_home(const struct first *first, const char *name)
{
    g_autofree char *path = g_build_filename(first->home, name, NULL);
    g_autoptr(GError) error = NULL;
    char *text = file_read(path, 65536, NULL, &error);

    g_assert_no_error(error);
    return text;
}

/* The lines are in the file, the password is in one of its own. */
static void
check_files(const struct first *first)
{
    g_autofree char *config = read_home(first, "weft.conf");
    g_autofree char *secret = read_home(first, "mill.password");
    g_autofree char *path = g_build_filename(first->home, "mill.password", NULL);
    g_autofree char *server =
        g_strdup_printf("server = http://127.0.0.1:%u", mm_server_port(first->server));
    struct stat st;

    g_assert_nonnull(strstr(config, "[account mill]"));
    g_assert_nonnull(strstr(config, "network = mattermost"));
    g_assert_nonnull(strstr(config, server));
    g_assert_nonnull(strstr(config, "user = kai"));
    g_assert_nonnull(strstr(config, "password_file = mill.password"));
    g_assert_null(strstr(config, PASSWORD));
    g_assert_cmpstr(secret, ==, PASSWORD);
    g_assert_cmpint(stat(path, &st), ==, 0);
    g_assert_cmphex(st.st_mode & 0777, ==, 0600);
}

static void
take_lines(struct first *first)
{
    tmux_wait(first->tmux, "Logged in to .* as kai");
    tmux_wait(first->tmux, "\\[account mill\\]");
    tmux_wait(first->tmux, "y: add these lines");
    g_assert_false(has_file(first, "weft.conf"));
    g_assert_false(has_file(first, "mill.password"));
    tmux_key(first->tmux, "y");
}

static void
go_to_lab(struct first *first)
{
    tmux_wait(first->tmux, "~lab");
    tmux_wait(first->tmux, "~town-square");
    tmux_key(first->tmux, "C-k");
    tmux_type(first->tmux, "lab");
    tmux_key(first->tmux, "Enter");
    tmux_wait(first->tmux, "maria.*Who takes minutes\\?");
}

/* Both secrets are never on the screen. */
static void
assert_unseen(struct first *first)
{
    g_autofree char *screen = tmux_screen(first->tmux, false);

    g_assert_null(strstr(screen, PASSWORD));
    g_assert_null(strstr(screen, CODE));
}

static void
test_password(gconstpointer data)
{
    const int *size = data;
    struct first first = {0};
    g_autofree char *address = NULL;

    begin(&first, size[0], size[1]);
    address = g_strdup_printf("http://127.0.0.1:%u", mm_server_port(first.server));
    tmux_run_weft(first.tmux, "");
    answer(&first, "Where do you want to go", address);
    tmux_wait(first.tmux, "This is .*Mattermost 11\\.6");
    answer_rest(&first, "two-looms");
    tmux_wait(first.tmux, "Enter a valid email or username");
    g_assert_false(has_file(&first, "weft.conf"));
    /* What was answered stands there still; only the password is another. */
    tmux_key(first.tmux, "Enter");
    answer(&first, "Where do you want to go", NULL);
    answer_rest(&first, PASSWORD);
    assert_unseen(&first);
    take_lines(&first);
    go_to_lab(&first);
    assert_unseen(&first);
    check_files(&first);
    end(&first);
}

/* The code is asked for in the trial, and once more when the account connects. */
static void
test_second_factor(gconstpointer data)
{
    const int *size = data;
    struct first first = {0};
    g_autofree char *address = NULL;

    begin(&first, size[0], size[1]);
    mm_server_set_mfa(first.server, "kai", CODE);
    address = g_strdup_printf("http://127.0.0.1:%u", mm_server_port(first.server));
    tmux_run_weft(first.tmux, "");
    answer(&first, "Where do you want to go", address);
    answer_rest(&first, PASSWORD);
    give_code(&first, "271828");
    tmux_wait(first.tmux, "Enter: change the answers");
    tmux_key(first.tmux, "Enter");
    answer(&first, "Where do you want to go", NULL);
    answer_rest(&first, PASSWORD);
    give_code(&first, CODE);
    assert_unseen(&first);
    take_lines(&first);
    give_code(&first, CODE);
    go_to_lab(&first);
    assert_unseen(&first);
    check_files(&first);
    end(&first);
}

/* `weft LINK`: the account is proposed, and then the link opens. */
static void
test_link(gconstpointer data)
{
    const int *size = data;
    struct first first = {0};
    g_autofree char *link = NULL;

    begin(&first, size[0], size[1]);
    for (unsigned i = 0; i < 60; i++) {
        g_autofree char *text = g_strdup_printf("Later line %u", i);
        mm_server_say(first.server, "maria", first.lab, NULL, text);
    }
    link = g_strdup_printf("http://127.0.0.1:%u/coops/pl/%s", mm_server_port(first.server),
                           first.post);
    tmux_run_weft(first.tmux, link);
    tmux_wait(first.tmux, "This is .*Mattermost 11\\.6");
    answer_rest(&first, PASSWORD);
    take_lines(&first);
    tmux_wait(first.tmux, "maria.*Who takes minutes\\?");
    tmux_wait(first.tmux, "Later line 0( |$)");
    tmux_wait_gone(first.tmux, "Later line 59");
    check_files(&first);
    end(&first);
}

static void
add(const char *name, GTestDataFunc test, const char *why_not)
{
    static const int sizes[][2] = {{80, 24}, {120, 40}};

    for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *path =
            g_strdup_printf("/e2e/first-run/%s/%dx%d", name, sizes[i][0], sizes[i][1]);
        if (why_not)
            g_test_add_data_func(path, why_not, (GTestDataFunc)g_test_skip);
        else
            g_test_add_data_func(path, sizes[i], test);
    }
}

int
main(int argc, char **argv)
{
    char *why_not = NULL;

    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    tmux_available(&why_not);
    add("password", test_password, why_not);
    add("second-factor", test_second_factor, why_not);
    add("link", test_link, why_not);
    return g_test_run();
}
