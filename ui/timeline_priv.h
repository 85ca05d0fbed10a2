/* Shared by timeline.c (the window), timeline_items.c and timeline_fold.c (what is shown of it),
 * timeline_place.c (what of that is in sight) and timeline_cursor.c. */
#ifndef WEFT_UI_TIMELINE_PRIV_H
#define WEFT_UI_TIMELINE_PRIV_H

#include "ui/timeline.h"

struct timeline {
    struct timeline_source source;
    GTimeZone *zone;
    char *root;        /* of the thread that it shows; NULL: it shows a buffer */
    char *thread_key;  /* or NULL */
    GPtrArray *lines;  /* struct line, by position */
    GHashTable *by_id; /* the same, by row id */
    GArray *gaps;      /* struct gap */
    bool at_start, at_end;
    unsigned not_loaded; /* came while the window did not reach the end */
    enum timeline_top top;
    bool new_on;
    struct position new_after;
    bool cleared; /* what is not after this is out of sight until one scrolls */
    struct position clear_after;

    enum timeline_joins joins;
    int64_t smart_us;

    unsigned n_hidden; /* lines that had no item of their own at the last build */
    bool stale;        /* `items` must be made again */
    GArray *items;     /* struct item */

    /* The lowest item in sight, by what it is, since its index moves; `hidden` of its rows are
     * below the edge. */
    bool follow; /* it is the newest, wholly */
    struct position anchor;
    enum item_kind anchor_kind;
    int hidden;
    unsigned below; /* messages after it */

    bool cursor_on;
    struct position cursor; /* of the message it is on */
    bool cursor_followed;   /* when it went on */
};

struct line *timeline_line(const struct timeline *timeline, guint i);
void timeline_build(struct timeline *timeline);
/* No page more without letting others go. */
bool timeline_is_full(const struct timeline *timeline);
/* timeline_fold.c */
void timeline_decide_folds(struct timeline *timeline);
bool timeline_is_folded(const struct line *line);
/* False: nothing more there. */
bool timeline_load_before(struct timeline *timeline);
bool timeline_load_after(struct timeline *timeline);
void timeline_load_oldest(struct timeline *timeline);
void timeline_load_around(struct timeline *timeline, struct position at);

/* timeline_place.c */
size_t timeline_n_items(struct timeline *timeline); /* built anew if needed */
/* timeline_expand.c: the item of a message, which may be a fold; the second shows it in whole.
 * False: it is not there. */
bool timeline_find_message(struct timeline *timeline, struct position at, size_t *ret_i);
bool timeline_find_whole(struct timeline *timeline, struct position at, size_t *ret_i);

/* This item, or what stands in its place; the last one when nothing does. */
size_t timeline_find_from(struct timeline *timeline, struct position pos, enum item_kind kind);
/* `hidden` rows of this item are below the edge. */
void timeline_set_anchor(struct timeline *timeline, size_t i, int hidden);
/* The top row of item `first` is the top row in sight. */
void timeline_anchor_below(struct timeline *timeline, size_t first, const struct line_shape *shape,
                           int rows);

#endif
