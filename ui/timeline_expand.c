/* What is shown short, and in whole when the person wants to see it: long messages, who comes and
 * goes. */
#include "ui/timeline_priv.h"

/* The row at the top of what is in sight. */
struct top {
    struct position pos;
    enum item_kind kind;
    int skip;
};

static struct top
top_of(const struct timeline *timeline, const struct timeline_place *place)
{
    const struct item *item = timeline_item(timeline, place->first);

    return (struct top){item->pos, item->kind, place->skip};
}

static void
restore(struct timeline *timeline, const struct top *top, const struct line_shape *shape, int rows)
{
    size_t i = timeline_find_from(timeline, top->pos, top->kind);
    int skip = MIN(top->skip, timeline_item_rows(timeline, i, shape) - 1);

    timeline_anchor_below(timeline, i, shape, rows);
    if (skip > 0)
        timeline_scroll(timeline, shape, rows, -skip);
}

bool
timeline_find_message(struct timeline *timeline, struct position at, size_t *ret_i)
{
    for (size_t i = timeline_n_items(timeline); i > 0; i--) {
        const struct item *item = timeline_item(timeline, i - 1);

        if ((item->kind != ITEM_MESSAGE && item->kind != ITEM_FOLD) ||
            position_compare(item->pos, at) > 0 || position_compare(item->upto, at) < 0)
            continue;
        *ret_i = i - 1;
        return true;
    }
    return false;
}

static void
unfold(struct timeline *timeline, const struct item *item)
{
    for (guint i = item->first_line; i < item->first_line + item->n_lines; i++)
        timeline_line(timeline, i)->unfolded = true;
    timeline->stale = true;
}

/* Those in a row around item `i` that were unfolded with it. */
static void
fold_again(struct timeline *timeline, size_t i)
{
    size_t n = timeline_n_items(timeline), first = i, last = i;

    while (first > 0 && timeline_item(timeline, first - 1)->kind == ITEM_MESSAGE &&
           timeline_item(timeline, first - 1)->line->unfolded)
        first--;
    while (last + 1 < n && timeline_item(timeline, last + 1)->kind == ITEM_MESSAGE &&
           timeline_item(timeline, last + 1)->line->unfolded)
        last++;
    for (i = first; i <= last; i++)
        timeline_item(timeline, i)->line->unfolded = false;
    timeline->stale = true;
}

static bool
toggle(struct timeline *timeline, size_t i)
{
    const struct item *item = timeline_item(timeline, i);

    if (item->kind == ITEM_FOLD)
        unfold(timeline, item);
    else if (item->line->unfolded)
        fold_again(timeline, i);
    else if (line_can_expand(item->line))
        line_set_expanded(item->line, !line_shows_all(item->line));
    else
        return false;
    return true;
}

bool
timeline_find_whole(struct timeline *timeline, struct position at, size_t *ret_i)
{
    if (!timeline_find_message(timeline, at, ret_i))
        return false;
    const struct item *item = timeline_item(timeline, *ret_i);
    if (item->kind == ITEM_FOLD)
        unfold(timeline, item);
    else
        line_set_found(item->line);
    return timeline_find_message(timeline, at, ret_i);
}

bool
timeline_expand(struct timeline *timeline, const struct line_shape *shape, int rows,
                struct position at)
{
    struct timeline_place place;
    size_t i;

    timeline_place(timeline, shape, rows, &place);
    if (place.n == 0 || !timeline_find_message(timeline, at, &i))
        return false;
    const struct top top = top_of(timeline, &place);
    timeline_item_rows(timeline, i, shape);
    if (!toggle(timeline, i))
        return false;
    restore(timeline, &top, shape, rows);
    return true;
}

bool
timeline_expand_in_sight(struct timeline *timeline, const struct line_shape *shape, int rows)
{
    struct timeline_place place;
    bool any_short = false, any = false;

    timeline_place(timeline, shape, rows, &place);
    if (place.n == 0)
        return false;
    const struct top top = top_of(timeline, &place);
    for (size_t i = place.first; i <= place.last; i++) {
        const struct item *item = timeline_item(timeline, i);
        bool can = item->kind == ITEM_MESSAGE && line_can_expand(item->line);
        any |= can;
        any_short |= can && !line_shows_all(item->line);
    }
    for (size_t i = place.first; any && i <= place.last; i++) {
        const struct item *item = timeline_item(timeline, i);
        if (item->kind == ITEM_MESSAGE && line_can_expand(item->line))
            line_set_expanded(item->line, any_short);
    }
    if (any)
        restore(timeline, &top, shape, rows);
    return any;
}
