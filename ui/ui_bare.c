/* Bare mode: the messages alone over the whole window, held still, for copying with the terminal's
 * own means. */
#include "ui/ui_priv.h"

#include "ui/bare.h"

#define PAGE_LINES 200
#define LINES_MOST 5000

struct ui_bare {
    struct bare *bare;
    int64_t buffer_id;
    struct position oldest;
    bool at_start;
    unsigned waiting; /* said since */
    int rows;         /* in sight */
    bool to_top;      /* as far as lines are loaded, and more of them */
};

static void
take_page(struct ui_bare *mode, struct page *page_take)
{
    if (page_take->messages->len > 0)
        mode->oldest = message_position(g_ptr_array_index(page_take->messages, 0));
    mode->at_start = page_take->at_start || page_take->messages->len == 0;
    bare_add_above(mode->bare, page_take->messages);
    page_clear(page_take);
}

/* Behind the last message that is in sight now. */
static bool
find_bottom(struct ui *ui, struct position *ret_behind)
{
    struct line_shape shape = ui_window_shape(ui->window);
    struct timeline_place place;

    if (timeline_follows(ui->window->timeline) || ui->layout.timeline.rows <= 0)
        return false;
    timeline_place(ui->window->timeline, &shape, ui->layout.timeline.rows, &place);
    if (place.n == 0)
        return false;
    *ret_behind = timeline_item(ui->window->timeline, place.last)->pos;
    ret_behind->id++;
    return true;
}

struct ui_bare *
ui_bare_new(struct ui *ui)
{
    struct ui_bare *mode = g_new0(struct ui_bare, 1);
    struct position behind;
    struct page page;

    mode->bare = bare_new(ui->zone);
    mode->buffer_id = ui->window->shown;
    if (find_bottom(ui, &behind))
        core_page_before(ui->core, ui->window->shown, behind, PAGE_LINES, &page);
    else
        core_page_newest(ui->core, ui->window->shown, PAGE_LINES, &page);
    take_page(mode, &page);
    return mode;
}

void
ui_bare_free(struct ui_bare *mode)
{
    if (!mode)
        return;
    bare_free(mode->bare);
    g_free(mode);
}

void
ui_bare_came(struct ui_bare *mode, const struct notice *notice)
{
    if (notice->buffer_id != mode->buffer_id)
        return;
    if (notice->type == NOTICE_MESSAGE)
        mode->waiting++;
    else if (notice->type == NOTICE_MESSAGE_CHANGED)
        bare_change(mode->bare, notice->message);
}

void
ui_bare_key(struct ui *ui, enum action action, struct key key)
{
    struct bare *bare = ui->bare->bare;
    const int page = MAX(1, ui->bare->rows - 1);

    switch (action) {
    case ACTION_UP:
    case ACTION_DOWN:
        bare_scroll(bare, action == ACTION_UP ? 1 : -1);
        break;
    case ACTION_SCROLL_UP:
    case ACTION_SCROLL_DOWN:
        bare_scroll(bare, action == ACTION_SCROLL_UP ? page : -page);
        break;
    case ACTION_SCROLL_TOP:
    case ACTION_LINE_START:
    case ACTION_SCROLL_BOTTOM:
    case ACTION_LINE_END:
        bare_scroll_end(bare, action == ACTION_SCROLL_BOTTOM || action == ACTION_LINE_END);
        ui->bare->to_top = action == ACTION_SCROLL_TOP || action == ACTION_LINE_START;
        break;
    case ACTION_BARE:
    case ACTION_CANCEL:
    case ACTION_SUBMIT:
        ui_over_close(ui);
        break;
    default:
        if (key.code == 'q')
            ui_over_close(ui);
        break;
    }
}

static char *
last_line(struct ui *ui)
{
    GString *out = g_string_new("Copy with the mouse.  ");
    GString *keys = g_string_new(NULL);

    ui_hint_add(ui, keys, ACTION_CANCEL, "back");
    ui_hint_add(ui, keys, ACTION_BARE, "back");
    ui_hint_add(ui, keys, ACTION_SCROLL_UP, "older");
    g_string_append(out, keys->str);
    g_string_free(keys, TRUE);
    if (ui->bare->waiting > 0)
        g_string_append_printf(out, "  %u new wait%s", ui->bare->waiting,
                               ui->bare->waiting == 1 ? "s" : "");
    return g_string_free(out, FALSE);
}

void
ui_bare_draw(struct ui *ui, const struct canvas *canvas)
{
    struct ui_bare *mode = ui->bare;
    struct cells *cells = canvas->cells;
    struct rect rect = {0, 0, MAX(1, cells->rows - 1), cells->cols};
    g_autofree char *text = last_line(ui);

    mode->rows = rect.rows;
    cells_clear(cells, theme_style(canvas->theme, ROLE_TEXT));
    bare_draw(mode->bare, canvas, rect);
    /* More than can be copied at once is loaded as one goes up. */
    while (bare_top_in_sight(mode->bare) && !mode->at_start &&
           bare_n_lines(mode->bare) < LINES_MOST) {
        struct page page;
        core_page_before(ui->core, mode->buffer_id, mode->oldest, PAGE_LINES, &page);
        take_page(mode, &page);
        if (mode->to_top)
            bare_scroll_end(mode->bare, false);
        cells_clear(cells, theme_style(canvas->theme, ROLE_TEXT));
        bare_draw(mode->bare, canvas, rect);
    }
    mode->to_top = false;
    if (bare_n_lines(mode->bare) == 0)
        draw_own(canvas, 0, 0, cells->cols, "Nothing was said here yet.",
                 theme_style(canvas->theme, ROLE_DIM));
    if (cells->rows < 2)
        return;
    cells_fill(cells, cells->rows - 1, 0, 1, cells->cols, theme_style(canvas->theme, ROLE_STATUS));
    draw_own(canvas, cells->rows - 1, 0, cells->cols, text,
             theme_style(canvas->theme, ROLE_STATUS));
}
