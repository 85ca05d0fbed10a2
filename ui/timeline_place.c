/* Scrolling: everything hangs from the lowest item in sight. */
#include "ui/timeline_priv.h"

#include <string.h>

/* Through pages in which nothing is shown; then the person has to ask again. */
#define HIDDEN_PAGES 20

size_t
timeline_n_items(struct timeline *timeline)
{
    timeline_build(timeline);
    return timeline->items->len;
}

int
timeline_item_rows(struct timeline *timeline, size_t i, const struct line_shape *shape)
{
    const struct item *item = timeline_item(timeline, i);

    if (item->kind == ITEM_MESSAGE)
        return line_rows(item->line, shape);
    if (item->kind == ITEM_GAP || item->kind == ITEM_TOP)
        return wrap_text(item->text, strlen(item->text), MAX(1, shape->cols - 6), 0, shape->rules,
                         NULL);
    return 1;
}

void
timeline_set_anchor(struct timeline *timeline, size_t i, int hidden)
{
    const struct item *item = timeline_item(timeline, i);

    timeline->anchor = item->pos;
    timeline->anchor_kind = item->kind;
    timeline->hidden = hidden;
    timeline->follow =
        !timeline->cursor_on && timeline->at_end && hidden == 0 && i + 1 == timeline->items->len;
}

/* A message may be folded since, or unfolded. */
static enum item_kind
rank_of(enum item_kind kind)
{
    return kind == ITEM_FOLD ? ITEM_MESSAGE : kind;
}

/* The anchor's item, or the nearest before it when that is gone. There is at least one item. */
static size_t
find_anchor(struct timeline *timeline)
{
    size_t n = timeline_n_items(timeline);
    size_t i = n;

    if (timeline->follow)
        return n - 1;
    while (i > 1) {
        const struct item *item = timeline_item(timeline, i - 1);
        int order = position_compare(item->pos, timeline->anchor);
        if (order < 0 || (order == 0 && rank_of(item->kind) <= rank_of(timeline->anchor_kind)))
            break;
        i--;
    }
    i--;
    if (timeline_item(timeline, i)->kind != timeline->anchor_kind)
        timeline->hidden = 0;
    return i;
}

size_t
timeline_find_from(struct timeline *timeline, struct position pos, enum item_kind kind)
{
    size_t n = timeline_n_items(timeline), i = 0;

    while (i + 1 < n) {
        const struct item *item = timeline_item(timeline, i);
        int order = position_compare(item->upto, pos);
        if (order > 0 || (order == 0 && rank_of(item->kind) >= rank_of(kind)))
            break;
        i++;
    }
    return i;
}

/* A page after the newest, if that does not push what stands at `first` out of the window. */
static bool
load_below(struct timeline *timeline, struct position first)
{
    bool spare = timeline->lines->len > TIMELINE_PAGE &&
                 position_compare(message_position(timeline_line(timeline, TIMELINE_PAGE)->message),
                                  first) < 0;

    return (spare || !timeline_is_full(timeline)) && timeline_load_after(timeline);
}

void
timeline_anchor_below(struct timeline *timeline, size_t first, const struct line_shape *shape,
                      int rows)
{
    size_t n = timeline_n_items(timeline);
    size_t i = first;
    int used = timeline_item_rows(timeline, i, shape);

    while (used < rows) {
        if (i + 1 == n) {
            struct position pos = timeline_item(timeline, first)->pos;
            enum item_kind kind = timeline_item(timeline, first)->kind;

            timeline_set_anchor(timeline, i, 0);
            if (!load_below(timeline, pos))
                return;
            n = timeline_n_items(timeline);
            i = first = timeline_find_from(timeline, pos, kind);
            used = timeline_item_rows(timeline, i, shape);
            continue;
        }
        i++;
        used += timeline_item_rows(timeline, i, shape);
    }
    timeline_set_anchor(timeline, i, used - rows);
}

static void
count_below(struct timeline *timeline, size_t last)
{
    timeline->below = 0;
    for (size_t i = last + 1; i < timeline->items->len; i++)
        timeline->below += timeline_item(timeline, i)->kind == ITEM_MESSAGE;
}

void
timeline_clear(struct timeline *timeline)
{
    timeline_scroll_bottom(timeline);
    timeline->cleared = timeline->lines->len > 0;
    timeline->clear_after = timeline_newest(timeline);
}

static bool
is_cleared(const struct timeline *timeline, size_t i)
{
    return timeline->cleared && timeline->follow &&
           position_compare(timeline_item(timeline, i)->upto, timeline->clear_after) <= 0;
}

/* Where all that is loaded is hidden, something older may not be. */
static bool
has_items(struct timeline *timeline)
{
    for (int pages = 0; timeline_n_items(timeline) == 0 && pages < HIDDEN_PAGES; pages++)
        if (!timeline_load_before(timeline))
            break;
    return timeline_n_items(timeline) > 0;
}

/* Walks up from the anchor until the rows are full. Returns the rows that stay empty. */
static int
fill_upwards(struct timeline *timeline, const struct line_shape *shape, int rows,
             struct timeline_place *place)
{
    int left = rows;
    size_t i = place->last = find_anchor(timeline);
    int height = timeline_item_rows(timeline, i, shape);

    timeline->hidden = MIN(timeline->hidden, height - 1);
    left -= height - timeline->hidden;
    while (left > 0 && i > 0 && !is_cleared(timeline, i - 1)) {
        i--;
        left -= timeline_item_rows(timeline, i, shape);
    }
    place->first = i;
    place->skip = left < 0 ? -left : 0;
    return MAX(left, 0);
}

/* A page before the oldest, if that pushes nothing out of the window that is in sight. */
static bool
load_above(struct timeline *timeline, const struct timeline_place *place)
{
    struct position lowest = timeline_item(timeline, place->last)->upto;
    bool spare = !timeline->follow && timeline->lines->len > TIMELINE_PAGE &&
                 position_compare(
                     message_position(
                         timeline_line(timeline, timeline->lines->len - TIMELINE_PAGE)->message),
                     lowest) > 0;

    return !timeline->cleared && (spare || !timeline_is_full(timeline)) &&
           timeline_load_before(timeline);
}

void
timeline_place(struct timeline *timeline, const struct line_shape *shape, int rows,
               struct timeline_place *ret_place)
{
    struct timeline_place place = {0};
    int left;

    *ret_place = place;
    timeline->below = 0;
    if (rows <= 0 || !has_items(timeline) || is_cleared(timeline, timeline_n_items(timeline) - 1))
        return;
    while ((left = fill_upwards(timeline, shape, rows, &place)) > 0) {
        if (load_above(timeline, &place))
            continue;
        /* All that there is above fits: hang from the top instead. */
        if (!timeline->follow && timeline->at_start) {
            timeline_anchor_below(timeline, 0, shape, rows);
            fill_upwards(timeline, shape, rows, &place);
        }
        break;
    }
    place.n = place.last - place.first + 1;
    count_below(timeline, place.last);
    *ret_place = place;
}

static void
scroll_up(struct timeline *timeline, const struct line_shape *shape, int by)
{
    size_t i = find_anchor(timeline);
    int hidden = timeline->hidden + by;

    for (int pages = 0;;) {
        int height = timeline_item_rows(timeline, i, shape);
        if (hidden < height)
            break;
        if (i == 0) {
            timeline_set_anchor(timeline, i, 0);
            if (pages++ == HIDDEN_PAGES || !timeline_load_before(timeline)) {
                hidden = height - 1;
                break;
            }
            i = find_anchor(timeline);
            continue;
        }
        hidden -= height;
        i--;
    }
    timeline_set_anchor(timeline, i, MAX(hidden, 0));
}

static void
scroll_down(struct timeline *timeline, const struct line_shape *shape, int by)
{
    size_t i = find_anchor(timeline);
    int hidden = timeline->hidden - by;

    for (int pages = 0; hidden < 0;) {
        if (i + 1 == timeline_n_items(timeline)) {
            timeline_set_anchor(timeline, i, 0);
            if (pages++ == HIDDEN_PAGES || !timeline_load_after(timeline)) {
                hidden = 0;
                break;
            }
            i = find_anchor(timeline);
            continue;
        }
        i++;
        hidden += timeline_item_rows(timeline, i, shape);
    }
    timeline_set_anchor(timeline, i, hidden);
}

void
timeline_scroll(struct timeline *timeline, const struct line_shape *shape, int rows, int by)
{
    struct timeline_place place;

    if (timeline_n_items(timeline) == 0)
        return;
    timeline->cleared = false;
    if (by > 0)
        scroll_up(timeline, shape, by);
    else if (by < 0)
        scroll_down(timeline, shape, -by);
    timeline_place(timeline, shape, rows, &place);
}

void
timeline_scroll_top(struct timeline *timeline, const struct line_shape *shape, int rows)
{
    timeline->cleared = false;
    if (!timeline->at_start)
        timeline_load_oldest(timeline);
    if (timeline_n_items(timeline) > 0)
        timeline_anchor_below(timeline, 0, shape, rows);
}

void
timeline_scroll_bottom(struct timeline *timeline)
{
    if (!timeline->at_end)
        timeline_load(timeline);
    timeline->follow = true;
    timeline->hidden = 0;
}

static bool
find_new(struct timeline *timeline, size_t *ret_i)
{
    for (size_t i = 0; i < timeline_n_items(timeline); i++) {
        if (timeline_item(timeline, i)->kind == ITEM_NEW) {
            *ret_i = i;
            return true;
        }
    }
    return false;
}

bool
timeline_scroll_new(struct timeline *timeline, const struct line_shape *shape, int rows)
{
    size_t i;

    if (!timeline->new_on)
        return false;
    /* Where the last read message is not loaded, the line may stand too late. */
    if (timeline->lines->len > 0 && !timeline->at_start &&
        position_compare(message_position(timeline_line(timeline, 0)->message),
                         timeline->new_after) > 0)
        timeline_load_around(timeline, timeline->new_after);
    if (!find_new(timeline, &i))
        return false;
    timeline->cleared = false;
    timeline_anchor_below(timeline, i, shape, rows);
    return true;
}

bool
timeline_scroll_to(struct timeline *timeline, const struct line_shape *shape, int rows,
                   struct position at)
{
    size_t i, first;
    int above = 0;

    timeline_load_around(timeline, at);
    if (!timeline_find_whole(timeline, at, &i))
        return false;
    for (first = i; first > 0 && above < rows / 3; first--)
        above += timeline_item_rows(timeline, first - 1, shape);
    timeline_anchor_below(timeline, first, shape, rows);
    return true;
}

unsigned
timeline_below(const struct timeline *timeline, bool *ret_more)
{
    *ret_more = !timeline->at_end;
    return timeline->below + timeline->not_loaded;
}
