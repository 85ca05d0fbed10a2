/* The terminal's side: bytes in, frames out. Both at high priority, so that no network keeps a key
 * waiting. */
#include "ui/ui_priv.h"

#include <glib-unix.h>

#define FRAME_US (G_USEC_PER_SEC / 60)

static void
drop_source(GSource **source)
{
    if (!*source)
        return;
    g_source_destroy(*source);
    g_source_unref(*source);
    *source = NULL;
}

static GSource *
add_source(struct ui *ui, GSource *source, GSourceFunc fn)
{
    g_source_set_priority(source, G_PRIORITY_HIGH);
    g_source_set_callback(source, fn, ui, NULL);
    g_source_attach(source, ui->context);
    return source;
}

/* --- out
 * ---------------------------------------------------------------------------------------------------
 */

static gboolean
on_writable(gint fd, GIOCondition condition, gpointer user)
{
    struct ui *ui = user;

    if (term_is_gone(ui->term)) {
        drop_source(&ui->tty.output);
        ui_leave(ui, true);
        return G_SOURCE_REMOVE;
    }
    if (!term_flush(ui->term))
        return G_SOURCE_CONTINUE;
    drop_source(&ui->tty.output);
    ui_term_frame_now(ui); /* what changed while the terminal was slow */
    return G_SOURCE_REMOVE;
}

static void
wait_for_terminal(struct ui *ui)
{
    GSource *source;

    if (ui->tty.output)
        return;
    source = g_unix_fd_source_new(term_fd(ui->term), G_IO_OUT | G_IO_ERR | G_IO_HUP);
    ui->tty.output = add_source(ui, source, (GSourceFunc)(void *)on_writable);
}

void
ui_term_frame_now(struct ui *ui)
{
    if (!ui->term || !ui->tty.cells || ui->tty.output || ui->tty.lent)
        return;
    drop_source(&ui->tty.frame);
    ui_draw(ui, ui->tty.cells);
    ui_title_update(ui);
    ui->tty.drawn_us = g_get_monotonic_time();
    if (!term_draw(ui->term, ui->tty.cells))
        wait_for_terminal(ui);
    /* Drawing marks lines as read, which changes counts: a second frame follows when its time has
     * come. */
    if (ui->dirty)
        ui_term_frame_soon(ui);
}

bool
ui_term_send(void *user, const char *bytes, size_t len)
{
    struct ui *ui = user;

    if (!ui->tty.cells || !term_send(ui->term, bytes, len))
        return false;
    if (!ui->tty.output && !term_flush(ui->term))
        wait_for_terminal(ui);
    return true;
}

static gboolean
on_frame(gpointer user)
{
    struct ui *ui = user;

    drop_source(&ui->tty.frame);
    ui_term_frame_now(ui);
    return G_SOURCE_REMOVE;
}

void
ui_term_frame_soon(struct ui *ui)
{
    int64_t wait_us;

    if (!ui->term || !ui->tty.cells || ui->tty.frame || ui->tty.output || ui->tty.lent)
        return;
    wait_us = ui->tty.drawn_us + FRAME_US - g_get_monotonic_time();
    ui->tty.frame =
        add_source(ui, g_timeout_source_new((guint)MAX(0, (wait_us + 999) / 1000)), on_frame);
}

/* --- in
 * ----------------------------------------------------------------------------------------------------
 */

static void
take_event(struct ui *ui, struct keys_event *event)
{
    switch (event->kind) {
    case KEYS_KEY:
        ui_key(ui, event->key);
        break;
    case KEYS_PASTE:
        ui_paste(ui, event->paste, event->paste_len);
        if (event->paste_cut)
            ui_tell(ui, "What was pasted is too long; only its beginning was taken.", true);
        break;
    case KEYS_FOCUS:
        ui_focus(ui, event->focused);
        break;
    case KEYS_MOUSE:
        ui_mouse(ui, &event->mouse);
        break;
    case KEYS_REPORT:
        term_report(ui->term, event);
        if (event->report == KEYS_REPORT_COLOR && event->a == 11)
            ui_look_background(ui, (uint32_t)event->b);
        ui->dirty = true;
        break;
    }
}

static gboolean on_esc(gpointer user);

static void
take_events(struct ui *ui)
{
    struct keys_event event;
    int wait_ms;

    while (keys_next(ui->tty.keys, &event)) {
        take_event(ui, &event);
        keys_event_clear(&event);
        if (ui->quitting)
            break;
    }
    drop_source(&ui->tty.esc);
    wait_ms = keys_timeout_ms(ui->tty.keys);
    if (wait_ms >= 0)
        ui->tty.esc = add_source(ui, g_timeout_source_new((guint)wait_ms), on_esc);
    if (ui->dirty)
        ui_term_frame_now(ui);
}

static gboolean
on_esc(gpointer user)
{
    struct ui *ui = user;

    drop_source(&ui->tty.esc);
    keys_timeout(ui->tty.keys);
    take_events(ui);
    return G_SOURCE_REMOVE;
}

static gboolean
on_readable(gint fd, GIOCondition condition, gpointer user)
{
    struct ui *ui = user;

    if (term_read(ui->term, ui->tty.keys) == TERM_READ_GONE) {
        /* No more can be read or drawn; the source would only spin. */
        drop_source(&ui->tty.input);
        ui_leave(ui, true);
        return G_SOURCE_REMOVE;
    }
    take_events(ui);
    return G_SOURCE_CONTINUE;
}

/* --- size, stop, start
 * ------------------------------------------------------------------------------------- */

static void
take_size(struct ui *ui)
{
    int rows, cols;

    term_resize(ui->term, &rows, &cols);
    if (!ui->tty.cells)
        ui->tty.cells = cells_new(rows, cols);
    else
        cells_resize(ui->tty.cells, rows, cols);
    ui->tty.cells->rules = term_rules(ui->term);
    ui->dirty = true;
}

static gboolean
on_winch(gpointer user)
{
    struct ui *ui = user;

    take_size(ui);
    ui_term_frame_soon(ui);
    return G_SOURCE_CONTINUE;
}

void
ui_term_redraw(struct ui *ui)
{
    if (ui->term)
        term_redraw(ui->term);
    ui->dirty = true;
}

void
ui_term_suspend(struct ui *ui)
{
    if (!ui->term)
        return;
    ui_draft_save(ui);
    term_suspend(ui->term);
    take_size(ui);
    ui_term_redraw(ui);
}

static void
watch_input(struct ui *ui)
{
    GSource *source = g_unix_fd_source_new(term_fd(ui->term), G_IO_IN | G_IO_ERR | G_IO_HUP);

    ui->tty.input = add_source(ui, source, (GSourceFunc)(void *)on_readable);
}

int
ui_term_lend(struct ui *ui, GError **error)
{
    int fd = term_lend(ui->term, error);

    if (fd < 0)
        return -1;
    ui->tty.lent = true;
    drop_source(&ui->tty.input);
    drop_source(&ui->tty.output);
    drop_source(&ui->tty.frame);
    drop_source(&ui->tty.esc);
    return fd;
}

bool
ui_term_take_back(struct ui *ui)
{
    bool there = term_take_back(ui->term);

    ui->tty.lent = false;
    take_size(ui);
    watch_input(ui);
    ui_term_redraw(ui);
    return there;
}

bool
ui_term_set_mouse(struct ui *ui, bool on)
{
    ui->dirty = true; /* a frame follows, which sends what the terminal did not take at once */
    return !ui->term || term_set_mouse(ui->term, on);
}

void
ui_term_start(struct ui *ui)
{
    ui->tty.keys = keys_new();
    term_setup_keys(ui->term, ui->tty.keys);
    take_size(ui);
    watch_input(ui);
    ui->tty.winch = add_source(ui, g_unix_signal_source_new(SIGWINCH), on_winch);
    ui_term_frame_now(ui);
}

void
ui_term_stop(struct ui *ui)
{
    drop_source(&ui->tty.input);
    drop_source(&ui->tty.output);
    drop_source(&ui->tty.frame);
    drop_source(&ui->tty.esc);
    drop_source(&ui->tty.winch);
    if (ui->tty.keys)
        keys_free(ui->tty.keys);
    cells_free(ui->tty.cells);
    ui->tty.keys = NULL;
    ui->tty.cells = NULL;
}
