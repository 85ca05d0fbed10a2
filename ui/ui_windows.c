/* Several windows: pairs of them divide the place of one, again and again. One is in focus: what is
 * typed goes to its buffer. Those of a row or a column are all of the same size. */
#include "base/error.h"
#include "ui/ui_priv.h"

#include <string.h>

/* A title and some messages; a name and some words. */
#define LEAST_ROWS 4
#define LEAST_COLS 24
/* More than can be drawn: only who stands beside whom is asked. */
#define ANY_SIZE 10000
/* A thread's column, and what is left of its channel beside it. */
#define THREAD_COLS        40
#define THREAD_WIDE_COLS   48
#define WIDE_COLS          160
#define CHANNEL_LEAST_COLS 40

/* --- the tree
 * ---------------------------------------------------------------------------------------------- */

static struct ui_window *
first_of(struct ui_window *window)
{
    while (window->first)
        window = window->first;
    return window;
}

struct ui_window *
ui_window_next(const struct ui *ui, const struct ui_window *window)
{
    if (!window)
        return first_of(ui->windows);
    while (window->parent && window == window->parent->second)
        window = window->parent;
    return window->parent ? first_of(window->parent->second) : NULL;
}

void
ui_windows_free(struct ui_window *root)
{
    if (root->first) {
        ui_windows_free(root->first);
        ui_windows_free(root->second);
    }
    ui_window_free(root);
}

/* `now` stands where `before` did. */
static void
replace(struct ui *ui, const struct ui_window *before, struct ui_window *now)
{
    struct ui_window *parent = before->parent;

    now->parent = parent;
    if (!parent)
        ui->windows = now;
    else if (parent->first == before)
        parent->first = now;
    else
        parent->second = now;
}

/* --- places
 * ------------------------------------------------------------------------------------------------
 */

/* How many stand in this row, or column. */
static int
in_line(const struct ui_window *window, bool beside)
{
    if (!window->first || window->beside != beside || window->second->root)
        return 1;
    return in_line(window->first, beside) + in_line(window->second, beside);
}

static bool place(struct ui_window *window, struct rect rect);

/* A channel and its thread. */
static bool
place_thread(struct ui_window *pair, struct rect rect)
{
    const int cols = pair->ui->layout.cols >= WIDE_COLS ? THREAD_WIDE_COLS : THREAD_COLS;
    struct rect first = rect, second = rect;

    first.cols = rect.cols - cols - 1;
    second.col += first.cols + 1;
    second.cols = cols;
    const bool large_enough = first.cols >= CHANNEL_LEAST_COLS && rect.rows >= LEAST_ROWS;
    place(pair->second, second);
    return place(pair->first, first) && large_enough;
}

/* False: one of them would be too small. */
static bool
place(struct ui_window *window, struct rect rect)
{
    struct rect first = rect, second = rect;
    int a, all, size;

    window->rect = rect;
    if (!window->first)
        return rect.rows >= LEAST_ROWS && rect.cols >= LEAST_COLS;
    if (window->second->root)
        return place_thread(window, rect);
    a = in_line(window->first, window->beside);
    all = a + in_line(window->second, window->beside);
    if (window->beside) { /* with a line between two */
        size = (rect.cols - (all - 1)) * a / all + a - 1;
        first.cols = size;
        second.col += size + 1;
        second.cols -= size + 1;
    } else {
        size = rect.rows * a / all;
        first.rows = size;
        second.row += size;
        second.rows -= size;
    }
    const bool large_enough = place(window->first, first);
    return place(window->second, second) && large_enough;
}

struct rect
ui_window_view(const struct ui_window *window)
{
    struct rect rect = window->rect;

    if (window == window->ui->window)
        return window->ui->layout.timeline;
    rect.row++;
    rect.rows--;
    return rect;
}

bool
ui_window_in_sight(const struct ui_window *window)
{
    return window->ui->split || window == window->ui->window;
}

/* The first row is the title's, as where there is only one. */
static void
take_focused(struct ui *ui)
{
    const struct rect rect = ui->window->rect;

    ui->layout.title = (struct rect){rect.row, rect.col, 1, rect.cols};
    ui->layout.timeline = (struct rect){rect.row + 1, rect.col, rect.rows - 1, rect.cols};
}

void
ui_windows_lay_out(struct ui *ui, int rows, int cols, const struct layout_wants *wants)
{
    struct layout_wants several = *wants;

    several.untitled = true;
    const bool alone = ui->windows->first && !ui->windows->first->first &&
                       ui->windows->second->root && cols >= WIDE_COLS;
    /* It comes and goes with the buffer that is in focus: not unless it is asked for. */
    if (several.members == LAYOUT_MEMBERS_AUTO && !alone)
        several.members = LAYOUT_MEMBERS_OFF;
    layout_compute(&ui->layout, rows, cols, &several);
    ui->area = ui->layout.timeline;
    ui->split = ui->windows->first && !ui->zoomed && place(ui->windows, ui->area);
    if (ui->split)
        take_focused(ui);
    else
        layout_compute(&ui->layout, rows, cols, wants);
}

struct ui_window *
ui_window_at(const struct ui *ui, int row, int col)
{
    for (struct ui_window *window = NULL; ui->split && (window = ui_window_next(ui, window));) {
        const struct rect *rect = &window->rect;
        if (row >= rect->row && row < rect->row + rect->rows && col >= rect->col &&
            col < rect->col + rect->cols)
            return window;
    }
    return NULL;
}

static void
draw_lines(const struct ui *ui, const struct canvas *canvas, const struct ui_window *window)
{
    if (!window->first)
        return;
    if (window->beside)
        cells_vline(canvas->cells, window->rect.row, window->second->rect.col - 1,
                    window->rect.rows, theme_style(canvas->theme, ROLE_BORDER));
    draw_lines(ui, canvas, window->first);
    draw_lines(ui, canvas, window->second);
}

void
ui_windows_draw(struct ui *ui, const struct canvas *canvas)
{
    if (!ui->split)
        return;
    for (struct ui_window *window = NULL; (window = ui_window_next(ui, window));)
        if (window != ui->window)
            ui_window_draw(window, canvas);
    draw_lines(ui, canvas, ui->windows);
}

/* "window 2 of 3", where the others are out of sight. */
char *
ui_windows_note(const struct ui *ui)
{
    const struct ui_window *channel = ui->window->root ? ui->window->channel : ui->window;
    unsigned at = 0, n = 0;

    for (struct ui_window *window = NULL; (window = ui_window_next(ui, window));) {
        n += window->root == NULL;
        if (window == channel)
            at = n;
    }
    if (ui->split)
        return NULL;
    if (ui->window->root || ui_thread_of(ui, channel))
        return g_strdup(ui->window->root ? "in a thread" : "thread open");
    return n > 1 ? g_strdup_printf("window %u of %u", at, n) : NULL;
}

/* --- the focus
 * --------------------------------------------------------------------------------------------- */

void
ui_window_focus(struct ui *ui, struct ui_window *window)
{
    if (window == ui->window)
        return;
    if (ui->peek.from != 0)
        ui_peek_end(ui);
    ui_draft_save(ui);
    ui_focus_set(ui, KEYMAP_MAIN);
    ui_complete_end(ui);
    ui->origin = 0; /* a walk through the activity is one window's */
    g_array_set_size(ui->trail, 0);
    if (!ui_window_in_sight(window) && !window->root)
        ui_read_entered(ui, core_buffer(ui->core, window->shown));
    ui->window = window;
    if (ui->split)
        take_focused(ui);
    ui_show_input(ui);
}

static void
tell_alone(struct ui *ui)
{
    g_autofree char *below = keymap_first_key(ui->keymap, ACTION_WINDOW_BELOW);
    g_autofree char *beside = keymap_first_key(ui->keymap, ACTION_WINDOW_BESIDE);
    g_autofree char *text =
        g_strdup_printf("There is one window. %s puts a second beside it, %s one below.",
                        *beside ? beside : "/window splitv", *below ? below : "/window splith");

    ui_tell(ui, text, false);
}

static void
focus_by(struct ui *ui, bool next)
{
    struct ui_window *before = NULL, *after = NULL, *at = NULL, *window = NULL;

    if (!ui->windows->first) {
        tell_alone(ui);
        return;
    }
    while ((window = ui_window_next(ui, window))) {
        if (window == ui->window)
            before = at;
        at = window;
    }
    after = ui_window_next(ui, ui->window);
    if (next)
        ui_window_focus(ui, after ? after : first_of(ui->windows));
    else
        ui_window_focus(ui, before ? before : at);
}

/* How far `b` lies from `a` in a direction; -1: it does not. */
static int
distance(const struct rect *a, const struct rect *b, enum action direction)
{
    const bool rows = a->row < b->row + b->rows && b->row < a->row + a->rows;
    const bool cols = a->col < b->col + b->cols && b->col < a->col + a->cols;
    const int up = a->row - (b->row + b->rows), down = b->row - (a->row + a->rows);
    const int left = a->col - (b->col + b->cols), right = b->col - (a->col + a->cols);

    switch (direction) {
    case ACTION_WINDOW_UP:
        return cols ? up : -1;
    case ACTION_WINDOW_DOWN:
        return cols ? down : -1;
    case ACTION_WINDOW_LEFT:
        return rows ? left : -1;
    default:
        return rows ? right : -1;
    }
}

/* The nearest, and of several the first: the uppermost, or leftmost. */
static void
focus_to(struct ui *ui, enum action direction)
{
    struct ui_window *nearest = NULL;
    int least = ANY_SIZE;

    if (!ui->windows->first) {
        tell_alone(ui);
        return;
    }
    place(ui->windows, (struct rect){0, 0, ANY_SIZE, ANY_SIZE});
    for (struct ui_window *window = NULL; (window = ui_window_next(ui, window));) {
        const int far = distance(&ui->window->rect, &window->rect, direction);
        if (window == ui->window || far < 0 || far >= least)
            continue;
        nearest = window;
        least = far;
    }
    place(ui->windows, ui->area);
    if (nearest)
        ui_window_focus(ui, nearest);
    else
        ui_tell(ui, "No window lies there.", false);
}

/* --- their buffers
 * ----------------------------------------------------------------------------------------- */

static void
close_threads(struct ui *ui, int64_t buffer_id)
{
    struct ui_window *window = NULL;

    while ((window = ui_window_next(ui, window))) {
        if (!window->root || window->shown != buffer_id)
            continue;
        ui_thread_close(ui, window->channel);
        window = NULL; /* from the beginning: the tree is another */
    }
}

void
ui_windows_closed(struct ui *ui, int64_t buffer_id)
{
    close_threads(ui, buffer_id);
    if (buffer_id == ui->window->shown)
        ui_show_other(ui);
    for (struct ui_window *window = NULL; (window = ui_window_next(ui, window));) {
        const struct buffer *next = core_buffer(ui->core, window->before);

        if (window->shown != buffer_id || window == ui->window)
            continue;
        ui_window_load(window, next && !next->closed ? next : core_own_buffer(ui->core));
        window->before = 0;
    }
}

void
ui_windows_set_new_line(struct ui *ui, int64_t buffer_id, bool on, struct position read)
{
    for (struct ui_window *window = NULL; (window = ui_window_next(ui, window));)
        if (window->shown == buffer_id && !window->root)
            timeline_set_new_line(window->timeline, on, read);
}

void
ui_windows_keep_unread(struct ui *ui, int64_t buffer_id, bool keep)
{
    for (struct ui_window *window = NULL; (window = ui_window_next(ui, window));)
        if (window->shown == buffer_id || (!keep && window->keep_unread == buffer_id))
            window->keep_unread = keep ? buffer_id : 0;
}

/* --- more and fewer
 * ---------------------------------------------------------------------------------------- */

/* Takes the place of its pair, of which `gone` was the other; both are freed. */
static void
take_alone(struct ui *ui, struct ui_window *window, struct ui_window *gone)
{
    struct ui_window *pair = window->parent;

    replace(ui, pair, window);
    pair->first = pair->second = NULL;
    ui_window_free(pair);
    ui_windows_free(gone);
    if (!ui->windows->first)
        ui->zoomed = false;
}

static void
pair_up(struct ui *ui, struct ui_window *before, struct ui_window *now, bool beside)
{
    struct ui_window *pair = ui_window_new(ui);

    replace(ui, before, pair);
    pair->beside = beside;
    pair->first = before;
    pair->second = now;
    before->parent = now->parent = pair;
}

void
ui_windows_put_beside(struct ui *ui, struct ui_window *window, struct ui_window *now)
{
    pair_up(ui, window, now, true);
    ui->split = !ui->zoomed && place(ui->windows, ui->area);
}

void
ui_windows_remove(struct ui *ui, struct ui_window *gone)
{
    struct ui_window *pair = gone->parent;

    take_alone(ui, gone == pair->first ? pair->second : pair->first, gone);
    ui->split = ui->windows->first && !ui->zoomed && place(ui->windows, ui->area);
}

/* The new one shows the same buffer, and is in focus. */
static void
split(struct ui *ui, bool beside)
{
    ui_thread_leave(ui);
    const struct buffer *buffer = ui_buffer(ui);
    struct ui_window *before = ui->window, *now;

    if (!buffer)
        return;
    ui_thread_close(ui, before);
    before = ui->window;
    now = ui_window_new(ui);
    pair_up(ui, before, now, beside);
    if (ui->area.rows > 0 && !place(ui->windows, ui->area)) {
        take_alone(ui, before, now);
        place(ui->windows, ui->area);
        ui_tell(ui, "There is no room for one more: each window needs 24 columns and 4 rows.",
                true);
        return;
    }
    ui->zoomed = false;
    ui_window_load(now, buffer);
    g_array_append_val(now->visited, now->shown);
    ui_window_focus(ui, now);
}

static void
close_window(struct ui *ui)
{
    struct ui_window *gone, *pair, *other;

    if (ui->window->root) {
        ui_thread_close(ui, ui->window->channel);
        return;
    }
    ui_thread_close(ui, ui->window);
    gone = ui->window;
    pair = gone->parent;
    if (!pair) {
        tell_alone(ui);
        return;
    }
    other = gone == pair->first ? pair->second : pair->first;
    ui_window_focus(ui, first_of(other));
    take_alone(ui, other, gone);
}

static void
close_others(struct ui *ui)
{
    ui_thread_leave(ui);
    ui_thread_close(ui, ui->window);
    if (!ui->windows->first)
        tell_alone(ui);
    while (ui->window->parent) {
        struct ui_window *pair = ui->window->parent;
        take_alone(ui, ui->window, ui->window == pair->first ? pair->second : pair->first);
    }
}

static void
zoom(struct ui *ui)
{
    if (!ui->windows->first)
        tell_alone(ui);
    else
        ui->zoomed = !ui->zoomed;
}

/* --- what calls them
 * --------------------------------------------------------------------------------------- */

bool
ui_window_action(struct ui *ui, enum action action)
{
    switch (action) {
    case ACTION_WINDOW_NEXT:
    case ACTION_WINDOW_PREV:
        focus_by(ui, action == ACTION_WINDOW_NEXT);
        break;
    case ACTION_WINDOW_UP:
    case ACTION_WINDOW_DOWN:
    case ACTION_WINDOW_LEFT:
    case ACTION_WINDOW_RIGHT:
        focus_to(ui, action);
        break;
    case ACTION_WINDOW_BELOW:
    case ACTION_WINDOW_BESIDE:
        split(ui, action == ACTION_WINDOW_BESIDE);
        break;
    case ACTION_WINDOW_CLOSE:
        close_window(ui);
        break;
    case ACTION_WINDOW_ONLY:
        close_others(ui);
        break;
    case ACTION_WINDOW_ZOOM:
        zoom(ui);
        break;
    default:
        return false;
    }
    ui_changed(ui);
    return true;
}

static const struct {
    const char *word;
    enum action action;
} words[] = {
    {"splith", ACTION_WINDOW_BELOW},  {"splitv", ACTION_WINDOW_BESIDE},
    {"close", ACTION_WINDOW_CLOSE},   {"merge", ACTION_WINDOW_ONLY},
    {"zoom", ACTION_WINDOW_ZOOM},     {"next", ACTION_WINDOW_NEXT},
    {"previous", ACTION_WINDOW_PREV}, {"up", ACTION_WINDOW_UP},
    {"down", ACTION_WINDOW_DOWN},     {"left", ACTION_WINDOW_LEFT},
    {"right", ACTION_WINDOW_RIGHT},
};

char **
ui_window_words(void)
{
    char **names = g_new0(char *, G_N_ELEMENTS(words) + 1);

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        names[i] = g_strdup(words[i].word);
    return names;
}

bool
ui_window_command(struct ui *ui, const char *word, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i].word, word) == 0)
            return ui_window_action(ui, words[i].action);
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                "Nothing is done to a window by \"%s\"; see /help window.", word);
    return false;
}
