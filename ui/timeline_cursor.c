/* The message cursor: which message is meant, and what is in sight follows it. */
#include "ui/timeline_priv.h"

/* Through pages in which nothing is shown. */
#define PAGES_MOST 20

static bool
is_message(const struct timeline *timeline, size_t i)
{
    return timeline_item(timeline, i)->kind == ITEM_MESSAGE;
}

static void
put_on(struct timeline *timeline, size_t i)
{
    timeline->cursor = timeline_item(timeline, i)->pos;
}

/* The item of the cursor; when its message is not there any more, the nearest before it, or else
 * after. A message that has got another place (our own, confirmed) is found by its row. False:
 * there is no message. */
static bool
find(struct timeline *timeline, size_t *ret_i)
{
    size_t n = timeline_n_items(timeline), best = n;

    for (size_t i = n; i > 0; i--) {
        const struct item *item = timeline_item(timeline, i - 1);
        if (item->kind != ITEM_MESSAGE)
            continue;
        if (item->pos.id == timeline->cursor.id) {
            best = i - 1;
            break;
        }
        if (best == n || position_compare(timeline_item(timeline, best)->pos, timeline->cursor) > 0)
            best = i - 1;
    }
    if (best == n)
        return false;
    put_on(timeline, best);
    *ret_i = best;
    return true;
}

struct message *
timeline_cursor(struct timeline *timeline)
{
    size_t i;

    return timeline->cursor_on && find(timeline, &i) ? timeline_item(timeline, i)->line->message
                                                     : NULL;
}

bool
timeline_cursor_is_short(struct timeline *timeline)
{
    size_t i;

    return timeline->cursor_on && find(timeline, &i) && timeline_item(timeline, i)->line->is_cut;
}

static bool
is_said(const struct timeline *timeline, size_t i)
{
    return is_message(timeline, i) &&
           timeline_item(timeline, i)->line->message->kind <= MESSAGE_NOTICE;
}

/* The lowest (or highest) message of which all that fits is in sight, else any that is. Where
 * `said` is wanted, that goes before who has come and gone. */
static bool
find_in_sight(struct timeline *timeline, const struct line_shape *shape, int rows, bool highest,
              bool said, size_t *ret_i)
{
    struct timeline_place place;

    timeline_place(timeline, shape, rows, &place);
    for (int pass = said ? 3 : 1; pass >= 0; pass--) {
        const bool whole = pass % 2 == 1, any = pass < 2;
        for (size_t k = 0; k < place.n; k++) {
            size_t i = highest ? place.first + k : place.last - k;
            bool cut =
                (i == place.first && place.skip > 0) || (i == place.last && timeline->hidden > 0);
            if (!(any ? is_message(timeline, i) : is_said(timeline, i)) || (whole && cut))
                continue;
            *ret_i = i;
            return true;
        }
    }
    return false;
}

bool
timeline_cursor_start(struct timeline *timeline, const struct line_shape *shape, int rows)
{
    struct timeline_place place;
    size_t i;

    if (!find_in_sight(timeline, shape, rows, false, true, &i))
        return false;
    timeline_place(timeline, shape, rows, &place);
    timeline->cursor_followed = timeline->follow;
    timeline->cursor_on = true;
    timeline_set_anchor(timeline, place.last, timeline->hidden);
    put_on(timeline, i);
    return true;
}

void
timeline_cursor_stop(struct timeline *timeline, bool back)
{
    bool newest = timeline_at_newest(timeline);

    if (!timeline->cursor_on)
        return;
    timeline->cursor_on = false;
    if (newest || (back && timeline->cursor_followed))
        timeline_scroll_bottom(timeline);
}

static void
bring_into_sight(struct timeline *timeline, size_t i, const struct line_shape *shape, int rows)
{
    struct timeline_place place;

    timeline_place(timeline, shape, rows, &place);
    if (i < place.first || (i == place.first && place.skip > 0) ||
        timeline_item_rows(timeline, i, shape) > rows)
        timeline_anchor_below(timeline, i, shape, rows);
    else if (i > place.last || (i == place.last && timeline->hidden > 0))
        timeline_set_anchor(timeline, i, 0);
}

/* What of the message that it is on lies out of sight in this direction comes first. */
static bool
move_within(struct timeline *timeline, size_t i, const struct line_shape *shape, int rows, int by)
{
    struct timeline_place place;
    int left = 0;

    timeline_place(timeline, shape, rows, &place);
    if (by > 0 && i == place.first)
        left = place.skip;
    else if (by < 0 && i == place.last)
        left = timeline->hidden;
    if (left == 0)
        return false;
    left = MIN(left, MAX(1, rows - 1));
    timeline_scroll(timeline, shape, rows, by > 0 ? left : -left);
    return true;
}

/* The next message in a direction, from item `i`, which pages move. */
static bool
step(struct timeline *timeline, size_t *i, int by)
{
    for (int pages = 0; pages < PAGES_MOST;) {
        if (by > 0 ? *i == 0 : *i + 1 == timeline_n_items(timeline)) {
            bool more = by > 0 ? timeline_load_before(timeline) : timeline_load_after(timeline);
            if (!more || !find(timeline, i))
                return false;
            pages++;
            continue;
        }
        *i = by > 0 ? *i - 1 : *i + 1;
        if (is_message(timeline, *i))
            return true;
    }
    return false;
}

bool
timeline_cursor_move(struct timeline *timeline, const struct line_shape *shape, int rows, int by)
{
    size_t i;

    if (!timeline->cursor_on || !find(timeline, &i))
        return false;
    if (move_within(timeline, i, shape, rows, by))
        return true;
    if (!step(timeline, &i, by))
        return false;
    put_on(timeline, i);
    bring_into_sight(timeline, i, shape, rows);
    return true;
}

void
timeline_cursor_page(struct timeline *timeline, const struct line_shape *shape, int rows, int by)
{
    size_t i;

    if (!timeline->cursor_on)
        return;
    timeline_scroll(timeline, shape, rows, by * MAX(1, rows - 2));
    if (find_in_sight(timeline, shape, rows, by > 0, false, &i))
        put_on(timeline, i);
}

void
timeline_cursor_to_end(struct timeline *timeline, const struct line_shape *shape, int rows,
                       bool newest)
{
    size_t n, i;

    if (!timeline->cursor_on)
        return;
    if (!newest) {
        timeline_scroll_top(timeline, shape, rows);
        timeline->cursor = (struct position){.sort_key = INT64_MIN, .id = INT64_MIN};
        find(timeline, &i);
        return;
    }
    timeline_scroll_bottom(timeline);
    n = timeline_n_items(timeline);
    if (n > 0)
        timeline_set_anchor(timeline, n - 1, 0);
    if (find_in_sight(timeline, shape, rows, false, false, &i))
        put_on(timeline, i);
}

const struct item *
timeline_at_row(struct timeline *timeline, const struct line_shape *shape, int rows, int row)
{
    struct timeline_place place;

    timeline_place(timeline, shape, rows, &place);
    row += place.skip;
    for (size_t k = 0; k < place.n && row >= 0; k++) {
        row -= timeline_item_rows(timeline, place.first + k, shape);
        if (row < 0)
            return timeline_item(timeline, place.first + k);
    }
    return NULL;
}

bool
timeline_cursor_put(struct timeline *timeline, struct position at)
{
    size_t i;

    if (!timeline->cursor_on || !timeline_find_message(timeline, at, &i) ||
        !is_message(timeline, i))
        return false;
    put_on(timeline, i);
    return true;
}

bool
timeline_cursor_to(struct timeline *timeline, const struct line_shape *shape, int rows,
                   struct position at)
{
    bool followed = timeline->follow;

    if (!timeline_scroll_to(timeline, shape, rows, at))
        return false;
    if (!timeline->cursor_on)
        timeline->cursor_followed = followed;
    timeline->cursor_on = true;
    timeline->follow = false;
    timeline->cursor = at;
    return true;
}
