/* The kinds of terminal that people have: how many colours, and what their keys send. */
#define _GNU_SOURCE /* ptsname */
#include "tests/unit/ui/tests.h"
#include "ui/term.h"
#include "ui/terminfo.h"
#include <fcntl.h>
#include <glib.h>
#include <poll.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEADLINE_MS 20000

static struct term *
open_type(int *ret_master, const char *type, const char *colorterm)
{
    char name[256];
    int slave;
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(openpty(ret_master, &slave, name, NULL, &size), ==, 0);
    struct term *term = term_open(
        &(struct term_options){.path = name, .type = type, .colorterm = colorterm}, &error);
    g_assert_no_error(error);
    close(slave);
    return term;
}

static void
set_or_unset(const char *name, const char *value)
{
    if (value != NULL)
        g_setenv(name, value, TRUE);
    else
        g_unsetenv(name);
}

static void
test_depths(void)
{
    static const struct {
        const char *type, *colorterm, *tmux, *no_color;
        enum color_depth depth;
    } kinds[] = {
        {"xterm-256color", "", NULL, NULL, COLOR_DEPTH_256},
        {"xterm-256color", "truecolor", NULL, NULL, COLOR_DEPTH_TRUE},
        {"xterm-256color", "24bit", NULL, NULL, COLOR_DEPTH_TRUE},
        {"xterm-256color", "yes", NULL, NULL, COLOR_DEPTH_256},
        {"xterm-256color", "truecolor", NULL, "1", COLOR_DEPTH_MONO},
        {"xterm-256color", "truecolor", NULL, "", COLOR_DEPTH_TRUE},
        {"xterm", "", NULL, NULL, COLOR_DEPTH_16},
        {"tmux-256color", "", "/tmp/x,1,0", NULL, COLOR_DEPTH_256},
        {"tmux-256color", "truecolor", "/tmp/x,1,0", NULL, COLOR_DEPTH_TRUE},
        {"screen", "", NULL, NULL, COLOR_DEPTH_16},
        {"screen", "truecolor", NULL, NULL, COLOR_DEPTH_16},
        {"screen-256color", "truecolor", NULL, NULL, COLOR_DEPTH_256},
        {"screen-256color", "truecolor", "/tmp/x,1,0", NULL, COLOR_DEPTH_TRUE},
        {"linux", "truecolor", NULL, NULL, COLOR_DEPTH_16},
        {"linux", "", NULL, NULL, COLOR_DEPTH_16},
        {"vt100", "truecolor", NULL, NULL, COLOR_DEPTH_MONO},
    };
    g_autofree char *tmux = g_strdup(g_getenv("TMUX"));
    g_autofree char *no_color = g_strdup(g_getenv("NO_COLOR"));

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        int master;
        set_or_unset("TMUX", kinds[i].tmux);
        set_or_unset("NO_COLOR", kinds[i].no_color);
        struct term *term = open_type(&master, kinds[i].type, kinds[i].colorterm);
        if (term_depth(term) != kinds[i].depth)
            g_error("%s, COLORTERM %s, TMUX %s: %d", kinds[i].type, kinds[i].colorterm,
                    kinds[i].tmux, (int)term_depth(term));
        term_close(term);
        close(master);
    }
    set_or_unset("TMUX", tmux);
    set_or_unset("NO_COLOR", no_color);
}

static void
assert_key(struct keys *keys, const char *sequence, const char *name)
{
    struct keys_event event;
    keys_feed(keys, sequence, strlen(sequence));
    if (!keys_next(keys, &event)) { /* a lone ESC waits for more */
        keys_timeout(keys);
        if (!keys_next(keys, &event))
            g_error("no key comes of %s", name);
    }
    g_assert_cmpint(event.kind, ==, KEYS_KEY);
    g_autofree char *got = key_format(event.key);
    g_assert_cmpstr(got, ==, name);
    keys_event_clear(&event);
    g_assert_false(keys_next(keys, &event));
}

/* As each description has them, and as terminals send them while nobody asked for another way. */
static void
test_keys(void)
{
    static const char *const types[] = {"xterm-256color",  "tmux-256color", "screen",
                                        "screen-256color", "linux",         "vt100"};
    static const struct {
        const char *capability, *plain, *name;
    } all[] = {
        {"kcuu1", "\033[A", "Up"},       {"kcud1", "\033[B", "Down"},
        {"kcuf1", "\033[C", "Right"},    {"kcub1", "\033[D", "Left"},
        {"khome", "\033[1~", "Home"},    {"kend", "\033[4~", "End"},
        {"kpp", "\033[5~", "PgUp"},      {"knp", "\033[6~", "PgDn"},
        {"kdch1", "\033[3~", "Delete"},  {"kbs", "\177", "Backspace"},
        {"kcbt", "\033[Z", "Shift-Tab"}, {"kf1", "\033[11~", "F1"},
        {"kf2", "\033[12~", "F2"},       {"kf3", "\033[13~", "F3"},
        {"kf4", "\033[14~", "F4"},       {"kf5", "\033[15~", "F5"},
        {"kf6", "\033[17~", "F6"},       {"kf10", "\033[21~", "F10"},
        {"kf12", "\033[24~", "F12"},
    };
    static const char *const both[][2] = {{"\033a", "Alt-a"},
                                          {"\033\r", "Alt-Enter"},
                                          {"\033", "Esc"},
                                          {"\r", "Enter"},
                                          {"\t", "Tab"},
                                          {"\003", "Ctrl-c"},
                                          {"\037", "Ctrl-_"},
                                          {"\0331", "Alt-1"},
                                          {"\033[1;3B", "Alt-Down"},
                                          {"\033[97;3u", "Alt-a"},
                                          {"\033[13;2u", "Shift-Enter"},
                                          {"\033[27u", "Esc"}};

    for (unsigned t = 0; t < G_N_ELEMENTS(types); t++) {
        int master;
        struct term *term = open_type(&master, types[t], "");
        struct keys *keys = keys_new();
        term_setup_keys(term, keys);
        for (unsigned i = 0; i < G_N_ELEMENTS(all); i++) {
            g_autofree char *described = terminfo_string(all[i].capability);
            if (described != NULL)
                assert_key(keys, described, all[i].name);
            assert_key(keys, all[i].plain, all[i].name);
        }
        for (unsigned i = 0; i < G_N_ELEMENTS(both); i++)
            assert_key(keys, both[i][0], both[i][1]);
        keys_free(keys);
        term_close(term);
        close(master);
    }
}

/* All that was written to the terminal: the kernel hands it over in pieces, when it comes to it. */
static char *
read_all(struct term *term, int master)
{
    static const char end[] = "(the end)";
    g_autoptr(GString) all = g_string_new(NULL);
    int slave = open(ptsname(master), O_WRONLY | O_NOCTTY);

    g_assert_true(term_flush(term));
    g_assert_cmpint(write(slave, end, strlen(end)), ==, strlen(end));
    while (!strstr(all->str, end)) {
        struct pollfd readable = {.fd = master, .events = POLLIN};
        char bytes[4096];
        g_assert_cmpint(poll(&readable, 1, DEADLINE_MS), ==, 1);
        const ssize_t n = read(master, bytes, sizeof bytes);
        g_assert_cmpint(n, >, 0);
        g_string_append_len(all, bytes, n);
    }
    close(slave);
    return g_string_free(g_steal_pointer(&all), FALSE);
}

/* Who can tell it is asked for its background; who can't is asked nothing. */
static void
test_asked(void)
{
    static const struct {
        const char *type;
        bool asked;
    } kinds[] = {
        {"xterm-256color", true}, {"tmux-256color", true}, {"linux", false}, {"vt100", false}};

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        int master;
        struct term *term = open_type(&master, kinds[i].type, "");
        g_autofree char *bytes = read_all(term, master);
        g_assert_true((strstr(bytes, "\033]11;?\033\\") != NULL) == kinds[i].asked);
        term_close(term);
        close(master);
    }
}

void
test_term_types_add(void)
{
    g_test_add_func("/term/types/depths", test_depths);
    g_test_add_func("/term/types/keys", test_keys);
    g_test_add_func("/term/types/asked", test_asked);
}
