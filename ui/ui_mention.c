/* Up and down to the messages of the buffer that call the person. */
#include "ui/ui_priv.h"

#define PAGE       200
#define PAGES_MOST 50

static bool
calls(const struct message *message)
{
    return (message->flags & MESSAGE_MENTION) != 0 &&
           (message->flags & (MESSAGE_DELETED | MESSAGE_IGNORED)) == 0;
}

/* The nearest one of a page, oldest first, in a direction; NULL: none. */
static struct message *
nearest(const struct page *page, bool up)
{
    const guint n = page->messages ? page->messages->len : 0;

    for (guint i = 0; i < n; i++) {
        struct message *message = page->messages->pdata[up ? n - 1 - i : i];
        if (calls(message))
            return message_ref(message);
    }
    return NULL;
}

/* The nearest one above or below. To be unref'd; NULL: there is none, or not so near. */
static struct message *
find(struct ui *ui, struct position from, bool up)
{
    struct message *found = NULL;
    bool more = true;

    for (int i = 0; i < PAGES_MOST && more && !found; i++) {
        struct page page = {0};
        if (up)
            core_page_before(ui->core, ui->window->shown, from, PAGE, &page);
        else
            core_page_after(ui->core, ui->window->shown, from, PAGE, &page);
        found = nearest(&page, up);
        more = page.messages && page.messages->len > 0 && !(up ? page.at_start : page.at_end);
        if (more)
            from = message_position(page.messages->pdata[up ? 0 : page.messages->len - 1]);
        page_clear(&page);
    }
    return found;
}

/* --- places
 * --------------------------------------------------------------------------------------------- */

static struct timeline_place
in_sight(struct ui *ui)
{
    struct line_shape shape = ui_window_shape(ui->window);
    struct timeline_place place;

    timeline_place(ui->window->timeline, &shape, MAX(1, ui->layout.timeline.rows), &place);
    return place;
}

enum sight { SIGHT_NONE, SIGHT_PART, SIGHT_WHOLE };

static enum sight
sight_of(struct ui *ui, struct position at)
{
    const struct timeline_place place = in_sight(ui);
    const int most = MAX(1, ui->layout.timeline.rows);
    struct line_shape shape = ui_window_shape(ui->window);
    int rows = -place.skip;

    for (size_t i = 0; i < place.n; i++) {
        const struct item *item = timeline_item(ui->window->timeline, place.first + i);
        rows += timeline_item_rows(ui->window->timeline, place.first + i, &shape);
        if (item->kind == ITEM_MESSAGE && position_compare(item->pos, at) == 0)
            return (i == 0 && place.skip > 0) || rows > most ? SIGHT_PART : SIGHT_WHOLE;
    }
    return SIGHT_NONE;
}

/* From the cursor, or what was gone to last; else from the edge: what is in sight counts. False:
 * nothing is there. */
static bool
start_of(struct ui *ui, bool up, struct position *ret)
{
    const struct message *message = timeline_cursor(ui->window->timeline);
    const struct timeline_place place = in_sight(ui);

    if (place.n == 0)
        return false;
    if (message) {
        *ret = message_position(message);
    } else if (ui->window->marked.id != 0 && sight_of(ui, ui->window->marked) != SIGHT_NONE) {
        *ret = ui->window->marked;
    } else if (up) {
        *ret = timeline_item(ui->window->timeline, place.last)->upto;
        ret->id++;
    } else {
        *ret = timeline_item(ui->window->timeline, place.first)->pos;
        ret->id--;
    }
    return true;
}

/* What is in sight stays where it is. */
static void
go_to(struct ui *ui, const struct message *message)
{
    const struct position at = message_position(message);
    const bool cursor = ui->has_keys == KEYMAP_MESSAGE, whole = sight_of(ui, at) == SIGHT_WHOLE;
    struct line_shape shape = ui_window_shape(ui->window);

    if (!cursor)
        ui->window->marked = at;
    if (cursor && whole)
        timeline_cursor_put(ui->window->timeline, at);
    else if (cursor)
        timeline_cursor_to(ui->window->timeline, &shape, MAX(1, ui->layout.timeline.rows), at);
    else if (!whole)
        ui_scroll_to(ui, at);
}

void
ui_mention_go(struct ui *ui, bool up)
{
    struct message *message = NULL;
    struct position from;

    if (start_of(ui, up, &from))
        message = find(ui, from, up);
    if (message)
        go_to(ui, message);
    else
        ui_tell(ui, up ? "No message above calls you." : "No message below calls you.", false);
    message_unref(message);
}
