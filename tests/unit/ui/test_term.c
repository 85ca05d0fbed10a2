/* The terminal on a pty, and what the painter writes read back by a small terminal of our own. */
#include "base/error.h"
#include "tests/unit/ui/screen.h"
#include "tests/unit/ui/tests.h"
#include "ui/term.h"
#include "ui/term_draw.h"
#include <fcntl.h>
#include <glib.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static const struct style plain;

/* --- painting --- */

static struct term_painter
painter_new(GString *out, enum color_depth depth)
{
    return (struct term_painter){.out = out,
                                 .depth = depth,
                                 .colors = 256,
                                 .attrs = 0xff,
                                 .bce = true,
                                 .hide = "\033[?25l",
                                 .show = "\033[?25h"};
}

static void
test_paint_small(void)
{
    g_autoptr(GString) out = g_string_new(NULL);
    struct term_painter painter = painter_new(out, COLOR_DEPTH_TRUE);
    struct cells *cells = cells_new(3, 20);
    cells_puts(cells, 0, 0, 20, "hello", plain);
    g_assert_true(term_paint(&painter, cells, 1000));
    g_assert_cmpstr(out->str, ==, "\033[0m\033[H\033[2J\033[?25h\033[?25lhello");
    g_string_truncate(out, 0);
    g_assert_true(term_paint(&painter, cells, 1000));
    g_assert_cmpstr(out->str, ==, "");
    cells_puts(cells, 0, 4, 20, "p!",
               (struct style){.fg = COLOR_RGB(0x102030), .attrs = STYLE_BOLD});
    cells_puts(cells, 1, 0, 20, "x", plain);
    term_paint(&painter, cells, 1000);
    g_assert_cmpstr(out->str, ==, "\033[1;5H\033[1;38;2;16;32;48mp!\r\n\033[0mx");
    cells_free(painter.shown);
    cells_free(cells);
}

static void
test_paint_depths(void)
{
    static const char *const expected[] = {"\033[7mx", "\033[91;44mx", "\033[38;5;196;48;5;21mx",
                                           "\033[38;2;255;0;0;48;2;0;0;255mx"};
    struct style style = {.fg = COLOR_RGB(0xff0000), .bg = COLOR_RGB(0x0000ff)};
    for (int depth = 0; depth < 4; depth++) {
        g_autoptr(GString) out = g_string_new(NULL);
        struct term_painter painter = painter_new(out, (enum color_depth)depth);
        struct cells *cells = cells_new(1, 3);
        term_paint(&painter, cells, 1000);
        g_string_truncate(out, 0);
        cells_puts(cells, 0, 0, 1, "x", style);
        term_paint(&painter, cells, 1000);
        g_test_message("%s", out->str + 1);
        g_assert_true(g_str_has_suffix(out->str, expected[depth]));
        cells_free(painter.shown);
        cells_free(cells);
    }
}

/* Random grids one after another: what a terminal shows is the grid, each time. */
static void
test_paint_random(void)
{
    static const char *const texts[] = {"漢字", "word",    "👨\u200d👩\u200d👧", "e\u0301x",
                                        " ",    "☎\ufe0f", "      ",          "🇳🇱"};
    g_autoptr(GRand) rand = g_rand_new_with_seed(5);
    for (int variant = 0; variant < 8; variant++) {
        g_autoptr(GString) out = g_string_new(NULL);
        struct term_painter painter = painter_new(out, COLOR_DEPTH_256);
        struct cells *cells = cells_new(5, 17);
        struct screen *screen = screen_new(5, 17);
        painter.bce = screen->bce = (variant & 1) != 0;
        painter.sync = (variant & 2) != 0;
        painter.wraps = variant > 1;
        size_t limit = (variant & 4) != 0 ? 40 : 100000;
        for (int i = 0; i < 2000; i++) {
            struct style style = {.fg = COLOR_INDEX(g_rand_int_range(rand, 0, 3)),
                                  .bg = g_rand_int_range(rand, 0, 4) == 0 ? COLOR_INDEX(4) : 0,
                                  .attrs = g_rand_int_range(rand, 0, 5) == 0 ? STYLE_REVERSE : 0};
            int row = g_rand_int_range(rand, 0, 5), col = g_rand_int_range(rand, 0, 17);
            if (g_rand_int_range(rand, 0, 6) == 0)
                cells_fill(cells, row, col, 2, 9, style);
            else if (g_rand_int_range(rand, 0, 6) == 0)
                cells_scroll(cells, 0, 3, 5, 11, 1, style);
            else
                cells_puts(cells, row, col, 17, texts[g_rand_int_range(rand, 0, 8)], style);
            if (painter.wraps && g_rand_int_range(rand, 0, 4) == 0)
                cells_join(cells, row);
            if (g_rand_boolean(rand))
                cells_set_cursor(cells, row, col, CURSOR_DEFAULT);
            if (i % 500 == 499)
                painter.known = false;
            bool complete = false;
            while (!complete)
                complete = term_paint(&painter, cells, limit);
            screen_write(screen, out->str, out->len);
            g_string_truncate(out, 0);
            screen_assert_shows(screen, cells);
        }
        screen_free(screen);
        cells_free(painter.shown);
        cells_free(cells);
    }
}

/* Two rows that are one line: the second is written behind the first without a move, and both of
 * their ends again when one changes. */
static void
test_paint_joined(void)
{
    g_autoptr(GString) out = g_string_new(NULL);
    struct term_painter painter = painter_new(out, COLOR_DEPTH_TRUE);
    struct cells *cells = cells_new(3, 4);
    painter.wraps = true;
    cells_puts(cells, 0, 0, 4, "abcd", plain);
    cells_puts(cells, 1, 0, 4, "ef", plain);
    cells_join(cells, 0);
    term_paint(&painter, cells, 1000);
    g_assert_cmpstr(out->str, ==, "\033[0m\033[H\033[2J\033[?25h\033[?25labcdef");
    g_string_truncate(out, 0);
    cells_puts(cells, 1, 0, 1, "E", plain);
    term_paint(&painter, cells, 1000);
    g_assert_cmpstr(out->str, ==, "\033[1;4HdE");
    g_string_truncate(out, 0);
    cells_puts(cells, 1, 1, 1, "F", plain);
    term_paint(&painter, cells, 1000);
    g_assert_cmpstr(out->str, ==, "F");
    cells_free(painter.shown);
    cells_free(cells);
}

/* --- on a pty --- */

struct pty {
    int master, slave;
    char name[128];
    struct termios before;
};

static void
pty_open(struct pty *pty, unsigned short rows, unsigned short cols)
{
    struct winsize size = {.ws_row = rows, .ws_col = cols};
    g_assert_cmpint(openpty(&pty->master, &pty->slave, pty->name, NULL, &size), ==, 0);
    g_assert_cmpint(fcntl(pty->master, F_SETFL, O_NONBLOCK), ==, 0);
    g_assert_cmpint(tcgetattr(pty->slave, &pty->before), ==, 0);
}

static void
pty_close(struct pty *pty)
{
    close(pty->master);
    close(pty->slave);
}

static GString *
pty_read(struct pty *pty)
{
    GString *out = g_string_new(NULL);
    char bytes[4096];
    ssize_t n;
    while ((n = read(pty->master, bytes, sizeof bytes)) > 0)
        g_string_append_len(out, bytes, n);
    return out;
}

static bool
modes_equal(const struct termios *a, const struct termios *b)
{
    return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_cflag == b->c_cflag &&
           a->c_lflag == b->c_lflag && memcmp(a->c_cc, b->c_cc, sizeof a->c_cc) == 0;
}

static void
assert_modes(struct pty *pty, bool as_found)
{
    struct termios now;
    g_assert_cmpint(tcgetattr(pty->slave, &now), ==, 0);
    g_assert_true(modes_equal(&now, &pty->before) == as_found);
}

static const char take[] = "\033[?1049h", give[] = "\033[?1049l";

static struct term *
open_on(struct pty *pty, const char *type, GError **error)
{
    struct term_options options = {.path = pty->name, .type = type, .colorterm = ""};
    return term_open(&options, error);
}

static void
test_open_close(void)
{
    struct pty pty;
    int rows, cols;
    g_autoptr(GError) error = NULL;
    pty_open(&pty, 5, 40);
    struct term *term = open_on(&pty, "xterm-256color", &error);
    g_assert_no_error(error);
    assert_modes(&pty, false);
    g_assert_cmpint(term_depth(term), ==,
                    g_getenv("NO_COLOR") != NULL ? COLOR_DEPTH_MONO : COLOR_DEPTH_256);
    g_assert_true(term_resize(term, &rows, &cols));
    g_assert_false(term_resize(term, &rows, &cols));
    g_assert_cmpint(rows, ==, 5);
    g_assert_cmpint(cols, ==, 40);
    struct cells *cells = cells_new(rows, cols);
    cells_puts(cells, 2, 3, 40, "hello 漢字", plain);
    g_assert_true(term_draw(term, cells));
    uint64_t bytes = term_bytes_written(term);
    g_assert_true(term_draw(term, cells));
    g_assert_cmpuint(term_bytes_written(term), ==, bytes);
    struct winsize size = {.ws_row = 1, .ws_col = 1};
    ioctl(pty.slave, TIOCSWINSZ, &size);
    g_assert_true(term_resize(term, &rows, &cols));
    cells_resize(cells, rows, cols);
    g_assert_true(term_draw(term, cells));
    term_close(term);
    assert_modes(&pty, true);
    g_autoptr(GString) out = pty_read(&pty);
    g_assert_true(g_str_has_prefix(out->str, take));
    g_assert_nonnull(strstr(out->str, "\033[?2004h"));
    g_assert_nonnull(strstr(out->str, "hello 漢字"));
    const char *pasting_off = strstr(out->str, "\033[?2004l");
    g_assert_nonnull(pasting_off);
    g_assert_nonnull(strstr(pasting_off, give));
    cells_free(cells);
    pty_close(&pty);
}

/* What the terminal says it can do is used, and undone. */
static void
test_reports(void)
{
    struct pty pty;
    struct keys_event event;
    pty_open(&pty, 5, 40);
    struct term *term = open_on(&pty, "xterm-256color", NULL);
    struct keys *keys = keys_new();
    struct cells *cells = cells_new(5, 40);
    term_setup_keys(term, keys);
    g_assert_cmpint(term_read(term, keys), ==, TERM_READ_NOTHING);
    g_assert_cmpint(write(pty.master, "\033[?0u\033[?2026;2$y\033[?1007;1$yx", 28), ==, 28);
    g_assert_cmpint(term_read(term, keys), ==, TERM_READ_SOME);
    while (keys_next(keys, &event)) {
        if (event.kind == KEYS_KEY)
            g_assert_cmpuint(event.key.code, ==, 'x');
        term_report(term, &event);
        keys_event_clear(&event);
    }
    g_assert_true(term_draw(term, cells));
    term_close(term);
    g_autoptr(GString) out = pty_read(&pty);
    g_assert_nonnull(strstr(out->str, "\033[>5u"));
    g_assert_nonnull(strstr(out->str, "\033[?2026h"));
    const char *popped = strstr(out->str, "\033[<u");
    g_assert_true(popped && strstr(popped, give));
    g_assert_true(g_regex_match_simple("\\?1007l.*\\?1007h", out->str, G_REGEX_DOTALL, 0));
    keys_free(keys);
    cells_free(cells);
    pty_close(&pty);
}

static void
test_hang_up(void)
{
    struct pty pty;
    pty_open(&pty, 5, 40);
    struct term *term = open_on(&pty, "xterm", NULL);
    struct keys *keys = keys_new();
    struct cells *cells = cells_new(5, 40);
    close(pty.master);
    g_assert_cmpint(term_read(term, keys), ==, TERM_READ_GONE);
    g_assert_true(term_draw(term, cells));
    g_assert_true(term_is_gone(term));
    term_close(term);
    close(pty.slave);
    keys_free(keys);
    cells_free(cells);
}

/* Nobody reads: nothing blocks, frames are skipped, and in the end the newest is shown. */
static void
test_slow(void)
{
    struct pty pty;
    int rows, cols;
    pty_open(&pty, 60, 200);
    struct term *term = open_on(&pty, "xterm-256color", NULL);
    struct cells *cells = cells_new(60, 200);
    struct screen *screen = screen_new(60, 200);
    struct style style = {0};
    screen->bce = true;
    term_resize(term, &rows, &cols);
    bool handed_over = true;
    for (int frame = 0; frame < 50; frame++) {
        for (int row = 0; row < 60; row++) {
            style.fg = COLOR_INDEX(16 + (frame + row) % 200);
            g_autofree char *line = g_strdup_printf("frame %d row %d %0150d", frame, row, frame);
            cells_puts(cells, row, 0, 200, line, style);
        }
        handed_over = term_draw(term, cells);
    }
    g_assert_false(handed_over);
    g_assert_cmpuint(term_bytes_written(term), <, 200000);
    for (int i = 0; i < 10000 && !handed_over; i++) {
        g_autoptr(GString) out = pty_read(&pty);
        screen_write(screen, out->str, out->len);
        if (term_flush(term))
            handed_over = term_draw(term, cells);
    }
    g_assert_true(handed_over);
    g_autoptr(GString) out = pty_read(&pty);
    screen_write(screen, out->str, out->len);
    if (term_depth(term) == COLOR_DEPTH_256)
        screen_assert_shows(screen, cells);
    term_close(term);
    screen_free(screen);
    cells_free(cells);
    pty_close(&pty);
}

static void
test_refusals(void)
{
    g_autofree char *endless = g_strnfill(10000, 'x');
    const char *const types[] = {
        "", "dumb", "unknown", "no-such-terminal", "../../etc/passwd", endless, "\033[2J", "\xff"};
    struct pty pty;
    pty_open(&pty, 5, 40);
    for (unsigned i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(open_on(&pty, types[i], &error));
        g_assert_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED);
        g_assert_null(strchr(error->message, '\033'));
        g_assert_true(g_utf8_validate(error->message, -1, NULL));
        g_assert_cmpuint(strlen(error->message), <, 300);
    }
    assert_modes(&pty, true);
    g_autoptr(GString) out = pty_read(&pty);
    g_assert_cmpstr(out->str, ==, "");
    g_autoptr(GError) error = NULL;
    struct term_options options = {.path = "/dev/null", .type = "xterm"};
    g_assert_null(term_open(&options, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED);
    pty_close(&pty);
}

/* The terminal is given back by the signal's handler, and the process ends as if it had none. */
static void
test_signals(void)
{
    static const int numbers[] = {SIGSEGV, SIGBUS,  SIGFPE, SIGILL, SIGABRT,
                                  SIGTRAP, SIGTERM, SIGHUP, SIGINT, SIGQUIT};
    for (unsigned i = 0; i < G_N_ELEMENTS(numbers); i++) {
        struct pty pty;
        int status;
        pty_open(&pty, 5, 40);
        pid_t child = fork();
        if (child == 0) {
            struct rlimit none = {0, 0};
            setrlimit(RLIMIT_CORE, &none);
            signal(numbers[i], SIG_DFL);
            struct term *term = open_on(&pty, "xterm-256color", NULL);
            struct cells *cells = cells_new(5, 40);
            if (term == NULL || !term_draw(term, cells))
                _exit(9);
            raise(numbers[i]);
            _exit(8);
        }
        g_assert_cmpint(waitpid(child, &status, 0), ==, child);
        g_assert_true(WIFSIGNALED(status));
        g_assert_cmpint(WTERMSIG(status), ==, numbers[i]);
        assert_modes(&pty, true);
        g_autoptr(GString) out = pty_read(&pty);
        g_assert_true(g_str_has_prefix(out->str, take));
        g_assert_true(g_str_has_suffix(out->str, give) || strstr(out->str, give) != NULL);
        pty_close(&pty);
    }
}

static int
run_over(int depth, const volatile char *above)
{
    volatile char much[4096];
    much[0] = above[0];
    return depth == G_MAXINT ? 0 : run_over(depth + 1, much) + above[0] + much[0];
}

/* A stack that runs over leaves no room for a handler on it. */
static void
test_stack_overflow(void)
{
    struct pty pty;
    int status;
    pty_open(&pty, 5, 40);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        signal(SIGSEGV, SIG_DFL);
        if (open_on(&pty, "xterm-256color", NULL) == NULL)
            _exit(9);
        _exit(run_over(0, ""));
    }
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFSIGNALED(status));
    g_assert_cmpint(WTERMSIG(status), ==, SIGSEGV);
    assert_modes(&pty, true);
    pty_close(&pty);
}

/* --- the window's title --- */

/* What a terminal that keeps titles on a stack makes of the bytes. */
struct window {
    GQueue kept;
    char *title;
    unsigned times; /* that it was set */
};

static void
window_take(struct window *window, const char *sequence)
{
    if (g_str_has_prefix(sequence, "\033]2;")) {
        const char *end = strstr(sequence, "\033\\");
        g_assert_nonnull(end);
        g_free(window->title);
        window->title = g_strndup(sequence + 4, (gsize)(end - sequence) - 4);
        window->times++;
    } else if (g_regex_match_simple("^\033\\[22(;[02])*t", sequence, 0, 0)) {
        g_queue_push_tail(&window->kept, g_strdup(window->title));
    } else if (g_regex_match_simple("^\033\\[23(;[02])*t", sequence, 0, 0)) {
        g_assert_false(g_queue_is_empty(&window->kept));
        g_free(window->title);
        window->title = g_queue_pop_tail(&window->kept);
    }
}

static void
window_write(struct window *window, const char *bytes)
{
    for (const char *at = bytes; (at = strchr(at, '\033')) != NULL; at++)
        window_take(window, at);
}

static void
window_clear(struct window *window)
{
    g_queue_clear_full(&window->kept, g_free);
    g_free(window->title);
}

/* What a shell does with its job: in the foreground, stopped, continued. */
static int
play_shell(struct pty *pty)
{
    struct termios now;
    int status;
    setsid();
    if (ioctl(pty->slave, TIOCSCTTY, 0) != 0)
        return 2;
    signal(SIGTTOU, SIG_IGN);
    pid_t job = fork();
    if (job == 0) {
        int rows, cols;
        setpgid(0, 0);
        tcsetpgrp(pty->slave, getpid());
        signal(SIGTTOU, SIG_DFL);
        signal(SIGWINCH, SIG_IGN);
        struct term *term = open_on(pty, "xterm-256color", NULL);
        if (term == NULL)
            _exit(3);
        term_resize(term, &rows, &cols);
        for (int i = 0; i < 3; i++) {
            term_suspend(term);
            if (tcgetattr(pty->slave, &now) != 0 || modes_equal(&now, &pty->before))
                _exit(4);
            if (!term_resize(term, &rows, &cols))
                _exit(5);
            struct cells *cells = cells_new(rows, cols);
            term_set_title(term, "weft");
            if (!term_draw(term, cells))
                _exit(6);
            cells_free(cells);
        }
        term_close(term);
        _exit(0);
    }
    for (int i = 0; i < 3; i++) {
        if (waitpid(job, &status, WUNTRACED) != job || !WIFSTOPPED(status))
            return 10 + (WIFEXITED(status) ? WEXITSTATUS(status) : 0);
        if (tcgetattr(pty->slave, &now) != 0 || !modes_equal(&now, &pty->before))
            return 7;
        kill(-job, SIGCONT);
    }
    if (waitpid(job, &status, 0) != job || !WIFEXITED(status))
        return 8;
    if (tcgetattr(pty->slave, &now) != 0 || !modes_equal(&now, &pty->before))
        return 9;
    return WEXITSTATUS(status);
}

static void
test_suspend(void)
{
    struct pty pty;
    int status;
    pty_open(&pty, 5, 40);
    pid_t shell = fork();
    if (shell == 0)
        _exit(play_shell(&pty));
    g_assert_cmpint(waitpid(shell, &status, 0), ==, shell);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 0);
    g_autoptr(GString) out = pty_read(&pty);
    int times = 0;
    for (const char *at = out->str; (at = strstr(at, take)) != NULL; at++)
        times++;
    g_assert_cmpint(times, ==, 4);
    g_assert_nonnull(strstr(out->str, "it answers no server meanwhile"));
    struct window window = {.title = g_strdup("shell")};
    window_write(&window, out->str);
    g_assert_cmpstr(window.title, ==, "shell");
    g_assert_cmpuint(window.times, ==, 6); /* three times ours, and each time none */
    window_clear(&window);
    pty_close(&pty);
}

static const char *const titled_types[] = {"xterm-256color", "tmux-256color", "xterm"};
static const char wicked[] = "[@1 2] #ops\033]0;mine\007\033\\\302\234\n\342\200\256 (lab) - weft";
static const char tamed[] = "[@1 2] #ops^[]0;mine^G^[\\<9C>^J<RLO> (lab) - weft";

static void
test_title(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(titled_types); i++) {
        struct window window = {.title = g_strdup("shell")};
        struct pty pty;
        pty_open(&pty, 5, 40);
        struct term *term = open_on(&pty, titled_types[i], NULL);
        struct cells *cells = cells_new(5, 40);
        g_assert_true(term_set_title(term, wicked));
        g_assert_false(term_set_title(term, wicked));
        for (int frame = 0; frame < 3; frame++)
            g_assert_true(term_draw(term, cells));
        g_autoptr(GString) out = pty_read(&pty);
        window_write(&window, out->str);
        g_assert_cmpstr(window.title, ==, tamed);
        g_assert_cmpuint(window.times, ==, 1);
        /* Off, and on again. */
        g_assert_true(term_set_title(term, NULL));
        g_assert_true(term_draw(term, cells));
        g_autoptr(GString) off = pty_read(&pty);
        window_write(&window, off->str);
        g_assert_cmpstr(window.title, ==, "shell");
        g_assert_true(term_set_title(term, "weft"));
        g_assert_true(term_draw(term, cells));
        g_autoptr(GString) on = pty_read(&pty);
        window_write(&window, on->str);
        g_assert_cmpstr(window.title, ==, "weft");
        term_close(term);
        g_autoptr(GString) end = pty_read(&pty);
        window_write(&window, end->str);
        g_assert_cmpstr(window.title, ==, "shell");
        g_assert_true(g_queue_is_empty(&window.kept));
        /* A terminal that keeps none is left without ours. */
        g_assert_nonnull(strstr(end->str, "\033]2;\033\\"));
        window_clear(&window);
        cells_free(cells);
        pty_close(&pty);
    }
}

/* Stopped and continued, and ended by a signal: each time the title that was found is back. */
static void
end_with_title(struct pty *pty, const char *type, int number)
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    signal(number, SIG_DFL);
    struct term *term = open_on(pty, type, NULL);
    struct cells *cells = cells_new(5, 40);
    if (term == NULL || !term_set_title(term, "weft") || !term_draw(term, cells))
        _exit(9);
    raise(number);
    _exit(8);
}

static void
test_title_signals(void)
{
    static const int numbers[] = {SIGSEGV, SIGABRT, SIGTERM, SIGHUP};
    for (unsigned i = 0; i < G_N_ELEMENTS(numbers) * G_N_ELEMENTS(titled_types); i++) {
        const int number = numbers[i % G_N_ELEMENTS(numbers)];
        struct window window = {.title = g_strdup("shell")};
        struct pty pty;
        int status;
        pty_open(&pty, 5, 40);
        pid_t child = fork();
        if (child == 0)
            end_with_title(&pty, titled_types[i / G_N_ELEMENTS(numbers)], number);
        g_assert_cmpint(waitpid(child, &status, 0), ==, child);
        g_assert_cmpint(WTERMSIG(status), ==, number);
        g_autoptr(GString) out = pty_read(&pty);
        window_write(&window, out->str);
        g_assert_cmpstr(window.title, ==, "shell");
        g_assert_cmpuint(window.times, ==, 2);
        window_clear(&window);
        pty_close(&pty);
    }
}

static const char mouse_on[] = "\033[?1000h\033[?1006h", mouse_off[] = "\033[?1006l\033[?1000l";

static bool
last_is_off(const GString *out)
{
    const char *on = g_strrstr(out->str, mouse_on), *off = g_strrstr(out->str, mouse_off);
    return off != NULL && (on == NULL || off > on);
}

/* Asked for when it is wanted and not before, once; given back at the end, in whichever state. */
static void
test_mouse(void)
{
    struct pty pty;
    pty_open(&pty, 5, 40);
    struct term *term = open_on(&pty, "xterm-256color", NULL);
    struct cells *cells = cells_new(5, 40);
    g_assert_true(term_set_mouse(term, false));
    g_assert_true(term_draw(term, cells));
    g_autoptr(GString) before = pty_read(&pty);
    g_assert_null(strstr(before->str, "?1000"));
    g_assert_null(strstr(before->str, "?1006"));
    g_assert_true(term_set_mouse(term, true));
    g_assert_true(term_set_mouse(term, true));
    g_autoptr(GString) on = pty_read(&pty);
    g_assert_cmpstr(on->str, ==, mouse_on);
    /* For another program it goes, and comes back. */
    int lent = term_lend(term, NULL);
    g_assert_cmpint(lent, >=, 0);
    g_autoptr(GString) away = pty_read(&pty);
    g_assert_true(last_is_off(away));
    g_assert_true(term_set_mouse(term, false));
    g_assert_true(term_set_mouse(term, true));
    g_autoptr(GString) nothing = pty_read(&pty);
    g_assert_cmpstr(nothing->str, ==, "");
    g_assert_true(term_take_back(term));
    close(lent);
    g_autoptr(GString) back = pty_read(&pty);
    g_assert_nonnull(strstr(back->str, mouse_on));
    g_assert_true(term_set_mouse(term, false));
    g_autoptr(GString) off = pty_read(&pty);
    g_assert_true(last_is_off(off));
    term_close(term);
    g_autoptr(GString) end = pty_read(&pty);
    g_assert_true(last_is_off(end));
    cells_free(cells);
    pty_close(&pty);
    /* The console has none of this kind. */
    pty_open(&pty, 5, 40);
    term = open_on(&pty, "linux", NULL);
    g_assert_false(term_set_mouse(term, true));
    term_close(term);
    g_autoptr(GString) console = pty_read(&pty);
    g_assert_null(strstr(console->str, "?1000"));
    pty_close(&pty);
}

/* Whoever puts text in order is the only one, and the terminal does so again at the end. */
static void
test_bidi(void)
{
    struct pty pty;
    pty_open(&pty, 5, 40);
    g_setenv("VTE_VERSION", "7006", TRUE);
    struct term *term = open_on(&pty, "xterm-256color", NULL);
    g_unsetenv("VTE_VERSION");
    struct cells *cells = cells_new(5, 40);
    g_assert_false(term_rules(term)->bidi_itself);
    g_assert_true(term_draw(term, cells));
    g_autoptr(GString) ours = pty_read(&pty);
    g_assert_nonnull(strstr(ours->str, "\033[8l"));
    term_set_bidi(term, TERM_BIDI_OFF);
    g_assert_true(term_rules(term)->bidi_itself);
    g_assert_true(term_draw(term, cells));
    g_autoptr(GString) theirs = pty_read(&pty);
    g_assert_nonnull(strstr(theirs->str, "\033[8h"));
    term_set_bidi(term, TERM_BIDI_AUTO);
    term_close(term);
    g_autoptr(GString) end = pty_read(&pty);
    g_assert_nonnull(strstr(g_strrstr(end->str, "\033[8l"), "\033[8h"));
    cells_free(cells);
    pty_close(&pty);
}

static void
end_with_mouse(struct pty *pty, int number)
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    signal(number, SIG_DFL);
    struct term *term = open_on(pty, "xterm-256color", NULL);
    if (term == NULL || !term_set_mouse(term, true))
        _exit(9);
    raise(number);
    _exit(8);
}

static void
test_mouse_signals(void)
{
    static const int numbers[] = {SIGSEGV, SIGABRT, SIGTERM, SIGHUP};
    for (unsigned i = 0; i < G_N_ELEMENTS(numbers); i++) {
        struct pty pty;
        int status;
        pty_open(&pty, 5, 40);
        pid_t child = fork();
        if (child == 0)
            end_with_mouse(&pty, numbers[i]);
        g_assert_cmpint(waitpid(child, &status, 0), ==, child);
        g_assert_cmpint(WTERMSIG(status), ==, numbers[i]);
        g_autoptr(GString) out = pty_read(&pty);
        g_assert_nonnull(strstr(out->str, mouse_on));
        g_assert_true(last_is_off(out));
        pty_close(&pty);
    }
}

/* Bytes that draw nothing go between frames, and not at all where the terminal is behind. */
static void
test_send(void)
{
    struct pty pty;
    pty_open(&pty, 5, 40);
    struct term *term = open_on(&pty, "xterm-256color", NULL);
    struct cells *cells = cells_new(5, 40);
    g_autofree char *much = g_strnfill(8 * 1024, 'x');
    int taken = 0;
    cells_puts(cells, 0, 0, 40, "before", plain);
    g_assert_true(term_draw(term, cells));
    g_assert_true(term_send(term, "\a", 1));
    g_assert_true(term_flush(term));
    cells_puts(cells, 0, 0, 40, "afterwards", plain);
    g_assert_true(term_draw(term, cells));
    g_autoptr(GString) out = pty_read(&pty);
    const char *bell = strchr(out->str, '\a');
    g_assert_nonnull(bell);
    g_assert_null(strstr(bell, "before"));
    g_assert_nonnull(strstr(bell, "afterwards"));
    while (term_send(term, much, strlen(much)) && taken++ < 1000)
        term_flush(term);
    g_assert_cmpint(taken, >, 10);
    g_assert_cmpint(taken, <, 100);
    g_autoptr(GString) rest = pty_read(&pty);
    term_close(term);
    cells_free(cells);
    pty_close(&pty);
}

void
test_term_add(void)
{
    g_test_add_func("/term/paint-small", test_paint_small);
    g_test_add_func("/term/paint-depths", test_paint_depths);
    g_test_add_func("/term/paint-joined", test_paint_joined);
    g_test_add_func("/term/paint-random", test_paint_random);
    g_test_add_func("/term/open-close", test_open_close);
    g_test_add_func("/term/reports", test_reports);
    g_test_add_func("/term/hang-up", test_hang_up);
    g_test_add_func("/term/slow", test_slow);
    g_test_add_func("/term/refusals", test_refusals);
    g_test_add_func("/term/signals", test_signals);
    g_test_add_func("/term/stack-overflow", test_stack_overflow);
    g_test_add_func("/term/suspend", test_suspend);
    g_test_add_func("/term/title", test_title);
    g_test_add_func("/term/title-signals", test_title_signals);
    g_test_add_func("/term/mouse", test_mouse);
    g_test_add_func("/term/bidi", test_bidi);
    g_test_add_func("/term/mouse-signals", test_mouse_signals);
    g_test_add_func("/term/send", test_send);
}
