/* The list of accounts and buffers as rows: grouped under headings that fold, filtered by name or
 * by what is unread. The rows are kept, and made anew only when their order has changed: counters
 * and going from buffer to buffer move nothing.
 *
 *     weft's own buffer
 *     account             the heading is the server's buffer too
 *       buffers without a space, by number
 *       space
 *         its buffers in no group, by number
 *         group           where the network has groups, and not all buffers are in the same
 *           its buffers, by number
 *     direct messages     of every account, by number
 */
#ifndef WEFT_UI_LIST_H
#define WEFT_UI_LIST_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/activity.h"

enum list_kind { LIST_BUFFER, LIST_ACCOUNT, LIST_SPACE, LIST_GROUP, LIST_DIRECT };

struct list_row {
    enum list_kind kind;
    int64_t id;        /* of the buffer, account, space or group; 0: DIRECT */
    int64_t buffer_id; /* what it shows: BUFFER, ACCOUNT (its server's); else 0 */
    bool folded;       /* a heading: what stands under it is left out */
};

struct list;

/* Both are borrowed. */
struct list *list_new(struct core *core, struct activity *activity);
void list_free(struct list *list);

/* Buffers or accounts came, went, moved or were renamed. */
void list_stale(struct list *list);
/* A buffer's activity_level() is another now. */
void list_level_changed(struct list *list);

/* This buffer has its row whatever is folded or filtered by unread. */
void list_set_shown(struct list *list, int64_t buffer_id);
/* Only what is unread. */
void list_set_unread_only(struct list *list, bool on);
bool list_unread_only(const struct list *list);
/* Only buffers with this in their name, or in their account's or space's; folding waits
 * meanwhile. "": all. */
void list_set_filter(struct list *list, const char *text);
const char *list_filter(const struct list *list);

/* What a heading is called in window state: "account/libera", "space/libera/ID",
 * "group/libera/ID/ID", "direct". g_free(). */
char *list_group_name(struct list *list, const struct list_row *row);
/* By that name, also of a group that is not there (yet). */
void list_fold(struct list *list, const char *group, bool fold);
/* Names of the folded groups, sorted. g_strfreev(). */
char **list_folded(const struct list *list);

/* Valid until the next call that changes something. */
const struct list_row *list_rows(struct list *list, size_t *ret_n);
/* The row of what is shown; SIZE_MAX: none. */
size_t list_shown_row(struct list *list);
/* The same row after a change: by kind and id; SIZE_MAX: it is gone. */
size_t list_find(struct list *list, const struct list_row *row);
/* The heading under which a row stands; SIZE_MAX: none. */
size_t list_heading(struct list *list, size_t row);
/* Every buffer (int64_t) in the order of the list, those that folding or a filter leaves out too.
 * Not to be changed; to be unref'd. */
GArray *list_order(struct list *list);
/* Columns that the highest number needs; at least 2. */
int list_number_cols(struct list *list);
/* How often the rows were made anew: for tests and for who keeps a place. */
unsigned list_serial(struct list *list);

#endif
