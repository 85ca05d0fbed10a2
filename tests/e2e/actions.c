/* What is done to messages that stand already, on a server that can do it all: the real binary in
 * tmux, against the sandbox's. */
#include <glib.h>
#include <locale.h>

#include "tests/e2e/lab.h"

static void
key(const struct lab *lab, const char *name)
{
    tmux_key(lab->tmux, name);
}

static void
sees(const struct lab *lab, const char *pattern)
{
    tmux_wait(lab->tmux, pattern);
}

/* One's last line is changed by two keys; what it said before is a key away; it survives a kill. */
static void
test_edit(void)
{
    struct lab lab = {0};

    lab_begin(&lab, 120, 40);
    tmux_type(lab.tmux, "see you **thrusday**\r");
    assert_said(&lab, "see you **thrusday**");
    sees(&lab, "kai +see you thrusday( {4}|$)"); /* no "sending…" behind it */
    key(&lab, "M-v");
    sees(&lab, "\\[editing\\] see you \\*\\*thrusday\\*\\*");
    key(&lab, "C-u");
    tmux_type(lab.tmux, "see you **thursday**\r");
    assert_said(&lab, "see you **thursday**");
    sees(&lab, "kai +see you thursday \\(edited\\)");
    sees(&lab, "^\\[kai\\] *$");
    key(&lab, "F2");
    tmux_type(lab.tmux, "v");
    sees(&lab, "thrusday");
    key(&lab, "Escape");
    tmux_wait_gone(lab.tmux, "thrusday");
    tmux_kill(lab.tmux);
    lab_again(&lab);
    sees(&lab, "kai +see you thursday \\(edited\\)");
    lab_end(&lab);
}

/* Picked by a part of its name; joined by a number; pinned, and listed. */
static void
test_react_and_pin(void)
{
    struct lab lab = {0};

    lab_begin(&lab, 80, 24);
    mm_server_react(lab.server, "jun", lab.root, "tada", true);
    sees(&lab, "\xf0\x9f\x8e\x89 x1");
    key(&lab, "F2");
    tmux_type(lab.tmux, "1");
    sees(&lab, "\xf0\x9f\x8e\x89 x2");
    tmux_type(lab.tmux, "a");
    sees(&lab, "React with");
    tmux_type(lab.tmux, "heart\r");
    sees(&lab, "\xe2\x9d\xa4.* x1");
    tmux_type(lab.tmux, "p"); /* it is still chosen */
    sees(&lab, "\\(pinned\\)");
    key(&lab, "Escape");
    sees(&lab, "Alt-a: what is new"); /* Esc alone, no Alt */
    tmux_type(lab.tmux, "/pins\r");
    sees(&lab, "1 pinned, newest first"); /* the message itself stood there before */
    sees(&lab, "~lab +mill +maria *\n.*Who takes minutes");
    lab_end(&lab);
}

/* What was typed as a change while the server is away is sent when it is back, once. */
static void
test_edit_while_away(void)
{
    struct lab lab = {0};

    lab_begin(&lab, 120, 40);
    tmux_type(lab.tmux, "the oven is warm\r");
    assert_said(&lab, "the oven is warm");
    sees(&lab, "kai +the oven is warm( {4}|$)"); /* weft knows it, too */
    mm_server_down(lab.server);
    key(&lab, "M-v");
    sees(&lab, "\\[editing\\] the oven is warm");
    tmux_type(lab.tmux, " now\r");
    sees(&lab, "^\\[kai\\] *$");
    tmux_kill(lab.tmux);
    mm_server_up(lab.server);
    lab_again(&lab);
    assert_said(&lab, "the oven is warm now");
    sees(&lab, "the oven is warm now \\(edited\\)");
    lab_end(&lab);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    lab_add("/actions/edit", test_edit);
    lab_add("/actions/edit-while-away", test_edit_while_away);
    lab_add("/actions/react-and-pin", test_react_and_pin);
    return g_test_run();
}
