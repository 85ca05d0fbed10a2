/* What is loaded of one buffer for the screen: a window of at most some hundred messages, with date
 * lines, the "new" line and gaps between them, and the place to which it is scrolled. Knows no
 * cells.
 *
 * Pages come from a source, so that tests need no core. New messages are added while the window
 * reaches the newest; after paging up far, the newest are let go and loaded again on the way down.
 */
#ifndef WEFT_UI_TIMELINE_H
#define WEFT_UI_TIMELINE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/core.h"
#include "ui/line.h"

#define TIMELINE_PAGE 200
#define TIMELINE_MAX  600
/* Of those that are not shown by themselves (folded, ignored) so many more. */
#define TIMELINE_MAX_HIDDEN 3000

struct timeline_source {
    void *user;
    void (*newest)(void *user, unsigned limit, struct page *ret_page);
    void (*before)(void *user, struct position before, unsigned limit, struct page *ret_page);
    void (*after)(void *user, struct position after, unsigned limit, struct page *ret_page);
    void (*around)(void *user, struct position at, unsigned limit, struct page *ret_page);
    /* The message of this remote id, to be unref'd; NULL: not here. */
    struct message *(*find)(void *user, const char *remote_id);
};

/* What stands above the oldest stored message. */
enum timeline_top {
    TIMELINE_TOP_NONE,
    TIMELINE_TOP_ASK,       /* older ones can be fetched */
    TIMELINE_TOP_FETCHING,  /* … and are being fetched */
    TIMELINE_TOP_BEGINNING, /* nothing older exists */
    TIMELINE_TOP_NO_HISTORY /* the network keeps none */
};

/* What of who comes, goes and changes names is shown. */
enum timeline_joins {
    TIMELINE_JOINS_SMART,  /* of those who spoke not long before; the others are folded */
    TIMELINE_JOINS_FOLDED, /* nothing: all in a row are one line */
    TIMELINE_JOINS_SHOWN
};

enum item_kind { ITEM_TOP, ITEM_GAP, ITEM_DATE, ITEM_NEW, ITEM_MESSAGE, ITEM_FOLD };

struct item {
    enum item_kind kind;
    struct position pos;          /* of the message, the first of a fold, or the one that follows */
    struct position upto;         /* FOLD: of the last; else as `pos` */
    struct line *line;            /* MESSAGE; the timeline's */
    char *text;                   /* TOP, GAP, DATE: a sentence of weft's own */
    int64_t gap_id;               /* GAP that can be filled; else 0 */
    unsigned first_line, n_lines; /* FOLD: the timeline's */
};

struct timeline;

/* `source` is copied; its `user` must outlive the timeline. Takes a reference to `zone`. Empty
 * until loaded. */
struct timeline *timeline_new(const struct timeline_source *source, GTimeZone *zone);
void timeline_free(struct timeline *timeline);

void timeline_set_top(struct timeline *timeline, enum timeline_top top);
/* The "new" line stands before the first message of others after `read`; off with `on` false. */
void timeline_set_new_line(struct timeline *timeline, bool on, struct position read);
bool timeline_has_new_line(const struct timeline *timeline);
/* `smart_us`: for SMART, how long before it somebody has spoken. SMART and half an hour at first.
 */
void timeline_set_joins(struct timeline *timeline, enum timeline_joins joins, int64_t smart_us);

/* It shows the thread with this root: who answers that does not say so. */
void timeline_set_thread(struct timeline *timeline, const char *root);
/* The key that opens the newest thread, for a hint; copied. */
void timeline_set_thread_key(struct timeline *timeline, const char *key);

/* The newest page, scrolled to the end. */
void timeline_load(struct timeline *timeline);
/* Loads again what is shown now, at the same place. */
void timeline_reload(struct timeline *timeline);
/* NOTICE_MESSAGE and NOTICE_MESSAGE_CHANGED. */
void timeline_add(struct timeline *timeline, struct message *message);
void timeline_change(struct timeline *timeline, struct message *message);

/* The part in sight: items `first` … `last` (none when `n` is 0), from row `skip` of the first. */
struct timeline_place {
    size_t first, last, n;
    int skip;
};

/* Finds what is in sight in `rows` rows of this shape; loads pages where the window ends too early.
 */
void timeline_place(struct timeline *timeline, const struct line_shape *shape, int rows,
                    struct timeline_place *ret_place);
const struct item *timeline_item(const struct timeline *timeline, size_t i);
int timeline_item_rows(struct timeline *timeline, size_t i, const struct line_shape *shape);

/* A message that is shown short is shown in whole, or short again; likewise the fold that it is
 * part of, or was. The row at the top stays where it is. False: there is nothing to expand. */
bool timeline_expand(struct timeline *timeline, const struct line_shape *shape, int rows,
                     struct position at);
/* All that is in sight and shown short; when nothing is, what was expanded is shown short again. */
bool timeline_expand_in_sight(struct timeline *timeline, const struct line_shape *shape, int rows);

/* Of a FOLD: "3 joined, 2 left: maria, jun, …", one row, with names as they may be drawn
 * (g_free()); and the time of its last message. */
char *timeline_fold_text(const struct timeline *timeline, const struct item *item);
int64_t timeline_fold_time_us(const struct timeline *timeline, const struct item *item);

/* Up when positive. */
void timeline_scroll(struct timeline *timeline, const struct line_shape *shape, int rows, int by);
void timeline_scroll_top(struct timeline *timeline, const struct line_shape *shape, int rows);
void timeline_scroll_bottom(struct timeline *timeline);
/* As timeline_scroll_bottom(), and all that is there now is out of sight until one scrolls. */
void timeline_clear(struct timeline *timeline);
/* This message comes into the upper half of what is in sight, in whole. False: it is not there (any
 * more). */
bool timeline_scroll_to(struct timeline *timeline, const struct line_shape *shape, int rows,
                        struct position at);
/* The first unread message comes to the top of what is in sight. False: there is no "new" line. */
bool timeline_scroll_new(struct timeline *timeline, const struct line_shape *shape, int rows);

/* --- the message cursor. While it is on, what comes moves nothing that is in sight. */

/* On the lowest message in sight. False: there is none. */
bool timeline_cursor_start(struct timeline *timeline, const struct line_shape *shape, int rows);
/* `back`: to the newest line, when that was in sight at the start. */
void timeline_cursor_stop(struct timeline *timeline, bool back);
/* Up when positive; what is in sight follows, pages are loaded. A message that is taller than the
 * window is passed by pieces. False: there is nothing further. */
bool
timeline_cursor_move(struct timeline *timeline, const struct line_shape *shape, int rows, int by);
void
timeline_cursor_page(struct timeline *timeline, const struct line_shape *shape, int rows, int by);
void timeline_cursor_to_end(struct timeline *timeline, const struct line_shape *shape, int rows,
                            bool newest);
/* This message, which comes into sight as by timeline_scroll_to(). */
bool timeline_cursor_to(struct timeline *timeline, const struct line_shape *shape, int rows,
                        struct position at);
/* What stands in this row of what is in sight, from 0; NULL: nothing. Valid until the timeline
 * changes. */
const struct item *
timeline_at_row(struct timeline *timeline, const struct line_shape *shape, int rows, int row);
/* On this message, which is in sight: nothing moves. False: it is not on, or there is no such
 * message. */
bool timeline_cursor_put(struct timeline *timeline, struct position at);
/* Not all of the message that it is on is shown. */
bool timeline_cursor_is_short(struct timeline *timeline);
/* The message that it is on; NULL: off. Valid until the timeline changes. */
struct message *timeline_cursor(struct timeline *timeline);

/* True while the newest message is in sight and new ones push the others up. */
bool timeline_follows(const struct timeline *timeline);
/* True while the newest message is in sight, or was when the cursor went on and nothing came. */
bool timeline_at_newest(const struct timeline *timeline);
/* The oldest stored message is loaded. */
bool timeline_reaches_start(const struct timeline *timeline);
bool timeline_is_empty(const struct timeline *timeline);
/* Messages below what was in sight at the last timeline_place(); `ret_more`: and some that are not
 * loaded. */
unsigned timeline_below(const struct timeline *timeline, bool *ret_more);
/* Of the newest message loaded; 0,0 when there is none. */
struct position timeline_newest(const struct timeline *timeline);
unsigned timeline_n_messages(const struct timeline *timeline);

#endif
