/* weft ctl over the real socket: command lines, what is printed, how it exits. */
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "daemon/ctl.h"
#include "tests/unit/daemon/desk.h"
#include "tests/unit/daemon/tests.h"

struct shell {
    struct desk *desk;
    GString *out, *err;
    const char *input;
    bool closed; /* nobody reads the output */
    int pipe;    /* … and this is how one hears of it; -1: one does not */
};

static bool
put(void *user, const char *bytes, size_t len)
{
    struct shell *shell = user;

    g_string_append_len(shell->out, bytes, (gssize)len);
    return !shell->closed;
}

static void
complain(void *user, const char *text)
{
    g_string_append(((struct shell *)user)->err, text);
}

static char *
input(void *user, size_t max_bytes, GError **error)
{
    const struct shell *shell = user;

    if (strlen(shell->input) <= max_bytes)
        return g_strdup(shell->input);
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE, "The text is too long.");
    return NULL;
}

static gboolean
turn(void *user)
{
    struct desk *desk = user;

    clock_fake_advance(desk->scene->clock, 0);
    store_flush(desk->scene->store);
    return G_SOURCE_CONTINUE;
}

/* `line`: words with blanks between; a "%" in one stands for a blank. */
static enum ctl_exit
run(struct shell *shell, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    const struct ctl_options options = {.net = shell->desk->net,
                                        .clock = shell->desk->clock,
                                        .run_dir = shell->desk->run_dir,
                                        .put = put,
                                        .put_fd = shell->pipe,
                                        .complain = complain,
                                        .input = input,
                                        .user = shell};
    const unsigned source = g_timeout_add(2, turn, shell->desk);

    for (char **word = words; *word; word++)
        g_strdelimit(*word, "%", ' ');
    g_string_truncate(shell->out, 0);
    g_string_truncate(shell->err, 0);
    const enum ctl_exit status = ctl_run(&options, (int)g_strv_length(words), words);
    g_source_remove(source);
    return status;
}

static void
shell_init(struct shell *shell)
{
    *shell = (struct shell){.desk = desk_new(),
                            .out = g_string_new(NULL),
                            .err = g_string_new(NULL),
                            .input = "",
                            .pipe = -1};
}

static void
shell_fini(struct shell *shell)
{
    desk_free(shell->desk);
    g_string_free(shell->out, TRUE);
    g_string_free(shell->err, TRUE);
}

static void
check_usage(struct shell *shell, const char *line, const char *part)
{
    g_assert_cmpint(run(shell, line), ==, CTL_USAGE);
    assert_has(shell->err->str, part);
    g_assert_cmpuint(shell->out->len, ==, 0);
}

static void
test_usage(void)
{
    struct shell shell;

    shell_init(&shell);
    check_usage(&shell, "dance", "no command \"dance\"");
    check_usage(&shell, "--loud hello", "no option \"--loud\"");
    check_usage(&shell, "--timeout soon hello", "number of seconds");
    check_usage(&shell, "hello you", "one word too many");
    check_usage(&shell, "send libera/#coop", "needs an address and a text");
    check_usage(&shell, "send --now libera/#coop hi", "no option \"--now\"");
    check_usage(&shell, "tail a b", "does not know what to do with \"b\"");
    check_usage(&shell, "tail --since", "--since needs a time");
    check_usage(&shell, "query", "query needs a word");
    check_usage(&shell, "query search", "needs words");
    check_usage(&shell, "query message x", "is its number");
    check_usage(&shell, "join", "weft ctl join libera/#coop");
    check_usage(&shell, "join libera/#coop now", "one word too many");
    check_usage(&shell, "connect", "Which account?");
    check_usage(&shell, "relay", "relay needs a word");
    check_usage(&shell, "relay why", "is its number");
    check_usage(&shell, "relay make jobs libera/#coop",
                "weft ctl relay make jobs libera/#coop-jobs patio/coops/jobs");
    check_usage(&shell, "relay drop jobs --yes", "weft ctl relay drop jobs libera/#coop-jobs");
    check_usage(&shell, "relay end", "weft ctl relay end jobs");
    check_usage(&shell, "relay end jobs libera/#coop", "one word too many");
    shell_fini(&shell);
}

static void
test_send(void)
{
    struct shell shell;
    g_autofree char *large = g_strnfill(100000, 'x');

    shell_init(&shell);
    g_assert_cmpint(run(&shell, "send -- libera/#coop two words"), ==, CTL_DONE);
    g_assert_cmpstr(shell.out->str, ==, "");
    scene_settle(shell.desk->scene);
    scene_assert_calls(shell.desk->scene, "send #coop text two words|");
    desk_sent(shell.desk, "r1");
    shell.input = "from a pipe\n";
    g_assert_cmpint(run(&shell, "--json send libera/#coop -"), ==, CTL_DONE);
    assert_has(shell.out->str, "{\"id\":1,\"ok\":true,\"messages\":[");
    scene_settle(shell.desk->scene);
    scene_assert_calls(shell.desk->scene, "send #coop text from a pipe|");
    shell.input = large;
    g_assert_cmpint(run(&shell, "send libera/#coop -"), ==, CTL_USAGE);
    g_assert_cmpint(run(&shell, "send libera/#nowhere x"), ==, CTL_REFUSED);
    assert_has(shell.err->str, "libera/#nowhere");
    /* The network does not answer: it is kept, and nobody knows. */
    g_assert_cmpint(run(&shell, "--timeout 1 send --wait libera/#coop x"), ==, CTL_UNKNOWN);
    assert_has(shell.err->str, "do not send it again");
    shell_fini(&shell);
}

static void
test_lists(void)
{
    struct shell shell;

    shell_init(&shell);
    desk_hear(shell.desk, "#coop", "soup \x1b[31m on\nthursday", SCENE_NOW_US);
    g_assert_cmpint(run(&shell, "hello"), ==, CTL_DONE);
    assert_has(shell.out->str, "weft 0.9.9, process ");
    g_assert_cmpint(run(&shell, "query accounts"), ==, CTL_DONE);
    g_assert_cmpstr(shell.out->str, ==, "libera  net  online\n");
    g_assert_cmpint(run(&shell, "query unread"), ==, CTL_DONE);
    g_assert_cmpstr(shell.out->str, ==, "libera/#coop  channel  1  0\n");
    g_assert_cmpint(run(&shell, "query search soup from:uma"), ==, CTL_DONE);
    g_assert_cmpstr(shell.out->str, ==,
                    "2025-11-22T08:26:40Z libera/#coop <uma> soup ^[[31m on\n    thursday\n");
    g_assert_cmpint(run(&shell, "query search soup --json"), ==, CTL_DONE);
    assert_has(shell.out->str, "soup \\u001b[31m on\\nthursday");
    g_assert_cmpint(run(&shell, "tail libera/#coop --since 1h --no-follow"), ==, CTL_DONE);
    g_assert_cmpstr(shell.out->str, ==,
                    "2025-11-22T08:26:40Z libera/#coop <uma> soup ^[[31m on\n    thursday\n");
    shell.closed = true; /* | head -n 1 */
    g_assert_cmpint(run(&shell, "tail --since 1h"), ==, CTL_DONE);
    g_assert_cmpstr(shell.err->str, ==, "");
    shell_fini(&shell);
}

static void
test_relay(void)
{
    struct shell shell;

    shell_init(&shell);
    g_assert_cmpint(run(&shell, "relay status"), ==, CTL_REFUSED);
    assert_has(shell.err->str, "No relay runs");
    desk_relay(shell.desk);
    g_assert_cmpint(run(&shell, "relay status"), ==, CTL_DONE);
    assert_has(shell.out->str,
               "jobs  libera/#coop  inout  runs   0 waiting, 0 unknown, 0 given up");
    assert_has(shell.out->str, "jobs  libera/#gone  out    waits  ");
    g_assert_cmpint(run(&shell, "relay why 7"), ==, CTL_DONE);
    g_assert_cmpstr(shell.out->str, ==,
                    "It was said in libera/#coop.\nIt crossed to patio/#coop.\n");
    g_assert_cmpint(run(&shell, "relay why 8"), ==, CTL_REFUSED);
    g_assert_cmpstr(shell.err->str, ==, "There is no message 8.");
    struct relay_leg *leg = shell.desk->legs->pdata[0];
    leg->waiting = 3;
    leg->oldest_us = 95 * G_USEC_PER_SEC;
    leg->lag_us = 42000;
    g_assert_cmpint(run(&shell, "relay status"), ==, CTL_DONE);
    assert_has(shell.out->str, "3 waiting for 1 min, 0 unknown, 0 given up  lag 42 ms, 0 a minute");
    leg->lag_us = 4200000;
    g_assert_cmpint(run(&shell, "relay status"), ==, CTL_DONE);
    assert_has(shell.out->str, "lag 4.2 s, ");
    g_assert_cmpint(run(&shell, "relay pause jobs"), ==, CTL_DONE);
    g_assert_cmpint(run(&shell, "relay retry"), ==, CTL_DONE);
    g_assert_cmpstr(shell.desk->relay_calls->str, ==, "pause jobs|retry -|");
    g_assert_cmpint(run(&shell, "page"), ==, CTL_DONE);
    g_assert_true(g_str_has_prefix(shell.out->str, "<!doctype html>"));
    g_assert_cmpint(run(&shell, "figures"), ==, CTL_DONE);
    assert_has(shell.out->str, "weft_relay_waiting{gateway=\"jobs\",leg=\"libera/#coop\"} 3\n");
    shell_fini(&shell);
}

/* Shown, and with --yes done: the one is never the other. */
static void
test_relay_change(void)
{
    struct shell shell;

    shell_init(&shell);
    desk_relay(shell.desk);
    g_assert_cmpint(run(&shell, "relay add jobs libera/#new out"), ==, CTL_DONE);
    g_assert_cmpstr(shell.out->str, ==,
                    "weft.conf would change so:\nline 9: + leg = libera/#new out\n"
                    "Nothing is changed yet. The same with --yes does it.\n");
    g_assert_cmpint(run(&shell, "relay set jobs max_late"), ==, CTL_DONE);
    g_assert_cmpint(run(&shell, "relay end jobs"), ==, CTL_DONE);
    g_assert_cmpstr(shell.desk->relay_calls->str, ==,
                    "not add libera/#new out jobs|not set max_late jobs|not end - jobs|");
    g_string_truncate(shell.desk->relay_calls, 0);
    g_assert_cmpint(run(&shell, "relay make news libera/#a in patio/b --yes"), ==, CTL_DONE);
    g_assert_cmpstr(shell.out->str, ==, "The change is written and in force.\n");
    g_assert_cmpint(run(&shell, "relay drop --yes jobs libera/#gone"), ==, CTL_DONE);
    g_assert_cmpint(run(&shell, "relay end jobs --yes --json"), ==, CTL_DONE);
    assert_has(shell.out->str, "\"done\":true");
    g_assert_cmpstr(shell.desk->relay_calls->str, ==,
                    "make libera/#a in patio/b news|drop libera/#gone jobs|end - jobs|");
    shell.desk->relay_refuses = true;
    g_assert_cmpint(run(&shell, "relay set x max_late 3 --yes"), ==, CTL_REFUSED);
    g_assert_cmpstr(shell.err->str, ==, "There is no gateway x.");
    g_assert_cmpstr(shell.out->str, ==, "");
    shell_fini(&shell);
}

/* "| head -n 1": it does not wait for another line to find out. */
static void
test_reader_gone(void)
{
    struct shell shell;
    int ends[2];

    shell_init(&shell);
    g_assert_cmpint(pipe(ends), ==, 0);
    close(ends[0]);
    shell.pipe = ends[1];
    g_assert_cmpint(run(&shell, "tail"), ==, CTL_DONE);
    g_assert_cmpstr(shell.err->str, ==, "");
    close(ends[1]);
    shell_fini(&shell);
}

static void
test_nobody(void)
{
    struct shell shell;

    shell_init(&shell);
    control_free(shell.desk->control);
    shell.desk->control = NULL;
    g_assert_cmpint(run(&shell, "hello"), ==, CTL_NOBODY);
    g_assert_cmpstr(shell.err->str, ==,
                    "No weft runs with this profile. Start weft, or weft --headless.");
    shell_fini(&shell);
}

void
test_ctl_add(void)
{
    g_test_add_func("/ctl/usage", test_usage);
    g_test_add_func("/ctl/send", test_send);
    g_test_add_func("/ctl/lists", test_lists);
    g_test_add_func("/ctl/relay", test_relay);
    g_test_add_func("/ctl/relay-change", test_relay_change);
    g_test_add_func("/ctl/reader-gone", test_reader_gone);
    g_test_add_func("/ctl/nobody", test_nobody);
}
