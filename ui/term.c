#include "ui/term.h"

#include "base/error.h"
#include "text/display.h"
#include "ui/rescue.h"
#include "ui/term_draw.h"
#include "ui/term_kind.h"
#include "ui/terminfo.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define READ_MAX_BYTES (64 * 1024)
/* A frame that is larger is sent in parts. */
#define FRAME_MAX_BYTES (256 * 1024)
/* Notifications do not pile up behind a terminal that is slow. */
#define SEND_MAX_BYTES (FRAME_MAX_BYTES + 16 * 1024)

#define WHEEL_KEYS_ON  "\033[?1007h"
#define WHEEL_KEYS_OFF "\033[?1007l"

struct term {
    int fd;
    struct rescue rescue;
    char *smcup, *rmcup, *cnorm, *civis;
    GPtrArray *old_bytes; /* enter and leave strings that a handler may still be looking at */
    bool kitty;      /* the terminal has the kitty keyboard protocol, and we pushed our flags */
    bool wheel_keys; /* it makes arrow keys of the wheel, which recall lines: told not to */
    bool asks;       /* it is one that may be asked */
    bool knows_hyperlinks;
    enum term_kind_bidi bidi_kind;
    bool mouse, mouse_used;    /* it is ours; it was once */
    char *title, *title_shown; /* as wanted, as it is; NULL: the one that was found */
    bool title_stale;          /* the terminal was away: it has its own again */
    bool keeps_title;          /* smcup and rmcup keep the title that was found */
    struct term_painter painter;
    struct width_rules rules;
    GString *out; /* bytes on their way; `out_at` of them are written */
    size_t out_at;
    bool gone;
    int rows, cols;
    uint64_t written;
};

/* Presses and the wheel, in decimal numbers. */
#define MOUSE_ON  "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1000l"

/* Whether the terminal itself puts right-to-left text in order. */
#define BIDI_OFF "\033[8l"
#define BIDI_ON  "\033[8h"

/* A terminal that keeps no titles is left with an empty one. */
#define TITLE_NONE "\033]2;\033\\"

/* The descriptions of some terminals keep the title with the other screen. */
static const char *
title_keep(const struct term *term)
{
    return term->keeps_title ? "" : "\033[22;2t";
}

static const char *
title_give_back(const struct term *term)
{
    return term->keeps_title ? "" : "\033[23;2t";
}

static bool
tells_bidi(const struct term *term)
{
    return term->bidi_kind == TERM_KIND_BIDI_TOLD && !term->rules.bidi_itself;
}

/* Makes the bytes that take the terminal and give it back, for us and for the signal handlers. The
 * old ones stay until the end: a handler may be in the middle of them. */
static void
prepare_bytes(struct term *term)
{
    const bool titled = term->title_shown != NULL;
    const char *bidi = tells_bidi(term) ? BIDI_OFF : "";
    char *enter =
        g_strconcat(term->smcup, titled ? title_keep(term) : "", "\033[?2004h",
                    term->asks ? "\033[?1004h" : "", term->mouse ? MOUSE_ON : "", bidi,
                    term->kitty ? "\033[>5u" : "", term->wheel_keys ? WHEEL_KEYS_OFF : "", NULL);
    char *leave = g_strconcat(term->painter.hyperlinks ? "\033]8;;\033\\" : "", "\033[0m",
                              term->painter.sync ? "\033[?2026l" : "", "\033[?2004l",
                              term->mouse_used ? MOUSE_OFF : "", term->asks ? "\033[?1004l" : "",
                              *bidi ? BIDI_ON : "", term->kitty ? "\033[<u" : "",
                              term->wheel_keys ? WHEEL_KEYS_ON : "",
                              term->painter.shaped ? "\033[0 q" : "", titled ? TITLE_NONE : "",
                              titled ? title_give_back(term) : "", term->cnorm, term->rmcup, NULL);
    char *again = g_strconcat("\033[?2004h", term->asks ? "\033[?1004h" : "",
                              term->mouse ? MOUSE_ON : "", bidi, term->kitty ? "\033[=5u" : "",
                              term->wheel_keys ? WHEEL_KEYS_OFF : "", NULL);
    g_ptr_array_add(term->old_bytes, enter);
    g_ptr_array_add(term->old_bytes, leave);
    g_ptr_array_add(term->old_bytes, again);
    /* Lengths first go down, then up: whenever a handler looks, it stays inside a string. */
    term->rescue.again_len = MIN(term->rescue.again_len, strlen(again));
    term->rescue.enter_len = MIN(term->rescue.enter_len, strlen(enter));
    term->rescue.leave_len = MIN(term->rescue.leave_len, strlen(leave));
    term->rescue.enter = enter;
    term->rescue.leave = leave;
    term->rescue.again = again;
    term->rescue.again_len = strlen(again);
    term->rescue.enter_len = strlen(enter);
    term->rescue.leave_len = strlen(leave);
}

/* COLORTERM tells of the terminal around us. GNU screen keeps it and does not pass its colours on;
 * tmux, which may go by the same name, does. The console draws them as the nearest of its sixteen
 * anyway. */
static bool
passes_true_color(const char *type)
{
    const char *tmux = g_getenv("TMUX");
    if (g_str_has_prefix(type, "screen"))
        return tmux != NULL && *tmux != '\0';
    return !g_str_has_prefix(type, "linux");
}

static enum color_depth
find_depth(const struct term_options *options, const char *type)
{
    const char *no_color = g_getenv("NO_COLOR");
    const char *colorterm = options->colorterm != NULL ? options->colorterm : g_getenv("COLORTERM");
    int colors = terminfo_number("colors");
    bool says_true = g_strcmp0(colorterm, "truecolor") == 0 || g_strcmp0(colorterm, "24bit") == 0;
    if (options->no_color || (no_color != NULL && *no_color != '\0') || colors < 8)
        return COLOR_DEPTH_MONO;
    if (terminfo_flag("RGB") || terminfo_flag("Tc") || (says_true && passes_true_color(type)))
        return COLOR_DEPTH_TRUE;
    return colors >= 256 ? COLOR_DEPTH_256 : COLOR_DEPTH_16;
}

static bool
load_terminfo(struct term *term, const struct term_options *options, GError **error)
{
    const char *type = options->type != NULL ? options->type : g_getenv("TERM");
    if (type == NULL || *type == '\0') {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                    "TERM is not set, so weft can't know the terminal. Set it, for example with: "
                    "export TERM=xterm-256color");
        return false;
    }
    g_autofree char *valid = g_utf8_make_valid(type, (gssize)MIN(strlen(type), 40));
    g_autofree char *shown = display_dup(valid, -1, DISPLAY_NAME);
    if (strlen(type) > 128 || strchr(type, '/') != NULL || !terminfo_open(type, term->fd)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                    "This system does not know a terminal \"%s\" (TERM). Install its description "
                    "(apt install ncurses-term), or try: TERM=xterm-256color weft",
                    shown);
        return false;
    }
    g_autofree char *cup = terminfo_string("cup");
    if (cup == NULL || !terminfo_has("clear") || !g_str_has_prefix(cup, "\033[")) {
        terminfo_close();
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                    "A terminal \"%s\" (TERM) can't place its cursor as weft needs it. Use another "
                    "one.",
                    shown);
        return false;
    }
    term->smcup = terminfo_string("smcup");
    term->rmcup = terminfo_string("rmcup");
    term->cnorm = terminfo_string("cnorm");
    term->civis = terminfo_string("civis");
    /* Without another screen to go to, ours at least is wiped. */
    if (term->smcup == NULL || term->rmcup == NULL) {
        g_free(term->smcup);
        g_free(term->rmcup);
        term->smcup = g_strdup("");
        term->rmcup = g_strdup("\033[H\033[2J");
    }
    if (term->cnorm == NULL)
        term->cnorm = g_strdup("");
    term->asks = !g_str_has_prefix(type, "linux") && !g_str_has_prefix(type, "vt");
    term->keeps_title = strstr(term->smcup, "\033[22;") != NULL;
    term->bidi_kind = term_kind_bidi(type, g_getenv);
    term->rules.bidi_itself = term->bidi_kind == TERM_KIND_BIDI_ITSELF;
    term->knows_hyperlinks = term->painter.hyperlinks = term_kind_has_hyperlinks(type, g_getenv);
    term->painter.depth = find_depth(options, type);
    term->painter.colors = terminfo_number("colors");
    term->painter.bce = terminfo_flag("bce");
    term->painter.wraps = terminfo_flag("am") && terminfo_flag("xenl");
    term->painter.no_corner = terminfo_flag("am") && !terminfo_flag("xenl");
    term->painter.attrs =
        (terminfo_has("bold") ? STYLE_BOLD : 0) | (terminfo_has("dim") ? STYLE_DIM : 0) |
        (terminfo_has("sitm") ? STYLE_ITALIC : 0) | (terminfo_has("smul") ? STYLE_UNDERLINE : 0) |
        (terminfo_has("rev") ? STYLE_REVERSE : 0) | (terminfo_has("smxx") ? STYLE_STRIKE : 0) |
        (terminfo_has("blink") ? STYLE_BLINK : 0);
    term->painter.hide = term->civis != NULL ? term->civis : "";
    term->painter.show = term->cnorm;
    return true;
}

static bool
open_tty(struct term *term, const char *path, GError **error)
{
    char name[256];
    int flags = O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
    /* Opened anew: O_NONBLOCK on the shell's own descriptor would stay behind when weft ends. */
    term->fd = open(path != NULL ? path : "/dev/tty", flags);
    if (term->fd < 0 && path == NULL && ttyname_r(STDIN_FILENO, name, sizeof name) == 0)
        term->fd = open(name, flags);
    if (term->fd < 0 || tcgetattr(term->fd, &term->rescue.found) != 0) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                    "There is no terminal here (%s). Start weft in one.", g_strerror(errno));
        return false;
    }
    struct termios *modes = &term->rescue.taken;
    *modes = term->rescue.found;
    modes->c_iflag &= (tcflag_t) ~(BRKINT | ICRNL | INLCR | IGNCR | ISTRIP | IXON | PARMRK);
    modes->c_oflag &= (tcflag_t)~OPOST;
    modes->c_lflag &= (tcflag_t) ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    modes->c_cc[VMIN] = 1;
    modes->c_cc[VTIME] = 0;
    return true;
}

static void
term_free(struct term *term)
{
    if (term->fd >= 0)
        close(term->fd);
    g_free(term->smcup);
    g_free(term->rmcup);
    g_free(term->cnorm);
    g_free(term->civis);
    g_ptr_array_unref(term->old_bytes);
    g_string_free(term->out, TRUE);
    g_free(term->title);
    g_free(term->title_shown);
    cells_free(term->painter.shown);
    g_free(term);
}

struct term *
term_open(const struct term_options *options, GError **error)
{
    struct term *term = g_new0(struct term, 1);
    term->fd = -1;
    term->out = g_string_new(NULL);
    term->painter.out = term->out;
    term->old_bytes = g_ptr_array_new_with_free_func(g_free);
    if (!open_tty(term, options->path, error) || !load_terminfo(term, options, error)) {
        term_free(term);
        return NULL;
    }
    term->rescue.fd = term->fd;
    prepare_bytes(term);
    rescue_arm(&term->rescue);
    if (!rescue_enter(&term->rescue)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_IO, "The terminal refused its modes: %s.",
                    g_strerror(errno));
        rescue_disarm();
        terminfo_close();
        term_free(term);
        return NULL;
    }
    /* Answers come through keys.c as reports, now, later or never. */
    if (term->asks)
        g_string_append(term->out, "\033[?u\033[?2026$p\033[?1007$p\033]11;?\033\\");
    return term;
}

void
term_close(struct term *term)
{
    if (term == NULL)
        return;
    term_flush(term);
    rescue_leave(&term->rescue);
    rescue_disarm();
    terminfo_close();
    term_free(term);
}

int
term_fd(const struct term *term)
{
    return term->fd;
}

bool
term_resize(struct term *term, int *ret_rows, int *ret_cols)
{
    struct winsize size = {0};
    if (ioctl(term->fd, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) {
        size.ws_row = 24;
        size.ws_col = 80;
    }
    int rows = MIN(size.ws_row, CELLS_MAX_ROWS), cols = MIN(size.ws_col, CELLS_MAX_COLS);
    bool changed = rows != term->rows || cols != term->cols || term->rescue.was_stopped;
    term->rows = rows;
    term->cols = cols;
    *ret_rows = rows;
    *ret_cols = cols;
    /* What a terminal does to its lines when it changes size is its own affair. */
    if (changed)
        term_redraw(term);
    return changed;
}

enum color_depth
term_depth(const struct term *term)
{
    return term->painter.depth;
}

const struct width_rules *
term_rules(const struct term *term)
{
    return &term->rules;
}

void
term_set_hyperlinks(struct term *term, enum term_hyperlinks hyperlinks)
{
    bool on = hyperlinks == TERM_HYPERLINKS_ON ||
              (hyperlinks == TERM_HYPERLINKS_AUTO && term->knows_hyperlinks);
    if (on == term->painter.hyperlinks)
        return;
    term->painter.hyperlinks = on;
    prepare_bytes(term);
    term_redraw(term);
}

void
term_set_bidi(struct term *term, enum term_bidi bidi)
{
    const bool itself = bidi == TERM_BIDI_OFF ||
                        (bidi == TERM_BIDI_AUTO && term->bidi_kind == TERM_KIND_BIDI_ITSELF);

    if (itself == term->rules.bidi_itself)
        return;
    term->rules.bidi_itself = itself;
    prepare_bytes(term);
    if (term->bidi_kind == TERM_KIND_BIDI_TOLD && term->rescue.is_taken && !term->gone)
        g_string_append(term->out, itself ? BIDI_ON : BIDI_OFF);
    term_redraw(term);
}

bool
term_set_mouse(struct term *term, bool on)
{
    if (!term->asks)
        return false;
    if (on == term->mouse)
        return true;
    term->mouse = on;
    term->mouse_used = true;
    prepare_bytes(term);
    /* While it is somebody else's, taking it again is what asks. */
    if (term->rescue.is_taken && !term->gone) {
        g_string_append(term->out, on ? MOUSE_ON : MOUSE_OFF);
        term_flush(term);
    }
    return true;
}

void
term_setup_keys(const struct term *term, struct keys *keys)
{
    static const struct {
        const char *name;
        struct key key;
    } known[] = {
        {"kcuu1", {KEY_UP, 0}},     {"kcud1", {KEY_DOWN, 0}},    {"kcuf1", {KEY_RIGHT, 0}},
        {"kcub1", {KEY_LEFT, 0}},   {"khome", {KEY_HOME, 0}},    {"kend", {KEY_END, 0}},
        {"kpp", {KEY_PGUP, 0}},     {"knp", {KEY_PGDN, 0}},      {"kich1", {KEY_INSERT, 0}},
        {"kdch1", {KEY_DELETE, 0}}, {"kbs", {KEY_BACKSPACE, 0}}, {"kcbt", {KEY_TAB, KEY_SHIFT}},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(known); i++) {
        g_autofree char *sequence = terminfo_string(known[i].name);
        if (sequence != NULL)
            keys_add(keys, sequence, known[i].key);
    }
    for (unsigned i = 1; i <= 12; i++) {
        char name[8];
        g_snprintf(name, sizeof name, "kf%u", i);
        g_autofree char *sequence = terminfo_string(name);
        if (sequence != NULL)
            keys_add(keys, sequence, (struct key){KEY_F1 + i - 1, 0});
    }
}

enum term_read
term_read(struct term *term, struct keys *keys)
{
    char bytes[4096];
    size_t total = 0;
    while (total < READ_MAX_BYTES) {
        ssize_t n = read(term->fd, bytes, sizeof bytes);
        if (n > 0) {
            keys_feed(keys, bytes, (size_t)n);
            total += (size_t)n;
        } else if (n < 0 && errno == EINTR) {
            continue;
        } else if (n < 0 && errno == EAGAIN) {
            break;
        } else {
            term->gone = true;
            return TERM_READ_GONE;
        }
    }
    return total > 0 ? TERM_READ_SOME : TERM_READ_NOTHING;
}

void
term_report(struct term *term, const struct keys_event *event)
{
    if (event->kind != KEYS_REPORT || !term->asks)
        return;
    if (event->report == KEYS_REPORT_KITTY && !term->kitty) {
        term->kitty = true;
        g_string_append(term->out, "\033[>5u");
        prepare_bytes(term);
        term_flush(term);
    } else if (event->report == KEYS_REPORT_MODE && event->a == 2026 &&
               (event->b == 1 || event->b == 2) && !term->painter.sync) {
        term->painter.sync = true;
        prepare_bytes(term);
    } else if (event->report == KEYS_REPORT_MODE && event->a == 1007 && event->b == 1 &&
               !term->wheel_keys) {
        term->wheel_keys = true;
        g_string_append(term->out, WHEEL_KEYS_OFF);
        prepare_bytes(term);
        term_flush(term);
    }
}

bool
term_flush(struct term *term)
{
    while (!term->gone && term->out_at < term->out->len) {
        ssize_t n = write(term->fd, term->out->str + term->out_at, term->out->len - term->out_at);
        if (n > 0) {
            term->out_at += (size_t)n;
            term->written += (uint64_t)n;
        } else if (n < 0 && errno == EAGAIN) {
            return false;
        } else if (!(n < 0 && errno == EINTR)) {
            term->gone = true;
        }
    }
    g_string_truncate(term->out, 0);
    term->out_at = 0;
    return true;
}

bool
term_set_title(struct term *term, const char *title)
{
    g_autofree char *safe = title != NULL ? display_dup(title, -1, DISPLAY_LINE) : NULL;

    if (!term->asks || g_strcmp0(term->title, safe) == 0)
        return false;
    g_free(term->title);
    term->title = g_steal_pointer(&safe);
    return true;
}

static void
put_title(struct term *term)
{
    const bool was_ours = term->title_shown != NULL, is_ours = term->title != NULL;

    if (!term->title_stale && g_strcmp0(term->title, term->title_shown) == 0)
        return;
    if (is_ours && !was_ours)
        g_string_append(term->out, title_keep(term));
    if (is_ours)
        g_string_append_printf(term->out, "\033]2;%s\033\\", term->title);
    else if (was_ours) /* and kept once more where the other screen's end gives it back again */
        g_string_append_printf(term->out, TITLE_NONE "\033[23;2t%s",
                               term->keeps_title ? "\033[22;2t" : "");
    term->title_stale = false;
    g_free(term->title_shown);
    term->title_shown = g_strdup(term->title);
    if (is_ours != was_ours)
        prepare_bytes(term);
}

bool
term_send(struct term *term, const char *bytes, size_t len)
{
    if (!term->rescue.is_taken || term->rescue.was_stopped || term->gone ||
        term->out->len - term->out_at + len > SEND_MAX_BYTES)
        return false;
    g_string_append_len(term->out, bytes, (gssize)len);
    return true;
}

bool
term_draw(struct term *term, const struct cells *cells)
{
    if (term->rescue.was_stopped) {
        term->rescue.was_stopped = 0;
        term->out_at = 0;
        g_string_truncate(term->out, 0);
        if (term->mouse_used) /* it may have been among what has just gone */
            g_string_append(term->out, term->mouse ? MOUSE_ON : MOUSE_OFF);
        term_redraw(term);
        term->title_stale = true;
    }
    /* In the background the terminal is somebody else's. */
    if (!term->rescue.is_taken || term->gone)
        return true;
    bool complete = false;
    while (!complete) {
        if (!term_flush(term))
            return false;
        put_title(term);
        bool shaped = term->painter.shaped;
        complete = term_paint(&term->painter, cells, FRAME_MAX_BYTES);
        if (term->painter.shaped != shaped)
            prepare_bytes(term);
    }
    return term_flush(term);
}

bool
term_is_gone(const struct term *term)
{
    return term->gone;
}

void
term_redraw(struct term *term)
{
    term->painter.known = false;
}

void
term_suspend(struct term *term)
{
    term_flush(term);
    kill(0, SIGTSTP);
}

int
term_lend(struct term *term, GError **error)
{
    char name[256];
    int fd = ttyname_r(term->fd, name, sizeof name) == 0 ? open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
                                                         : -1;
    if (fd < 0) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_IO,
                    "The terminal cannot be opened for another program (%s).", g_strerror(errno));
        return -1;
    }
    term_flush(term);
    rescue_lend(&term->rescue);
    return fd;
}

bool
term_take_back(struct term *term)
{
    return rescue_take_back(&term->rescue);
}

uint64_t
term_bytes_written(const struct term *term)
{
    return term->written;
}
