/* The window of messages and the items made of it. Scrolling is in timeline_place.c. */
#include "ui/timeline_priv.h"

#include <string.h>

static void
item_clear(gpointer data)
{
    struct item *item = data;
    g_free(item->text);
}

struct timeline *
timeline_new(const struct timeline_source *source, GTimeZone *zone)
{
    struct timeline *timeline = g_new0(struct timeline, 1);

    timeline->source = *source;
    timeline->zone = g_time_zone_ref(zone);
    timeline->lines = g_ptr_array_new_with_free_func((GDestroyNotify)line_free);
    timeline->by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
    timeline->gaps = g_array_new(FALSE, FALSE, sizeof(struct gap));
    timeline->items = g_array_new(FALSE, TRUE, sizeof(struct item));
    g_array_set_clear_func(timeline->items, item_clear);
    timeline->follow = timeline->at_start = timeline->at_end = true;
    timeline->smart_us = INT64_C(30) * 60 * G_USEC_PER_SEC;
    timeline->stale = true;
    return timeline;
}

void
timeline_free(struct timeline *timeline)
{
    if (!timeline)
        return;
    g_time_zone_unref(timeline->zone);
    g_free(timeline->root);
    g_free(timeline->thread_key);
    g_hash_table_unref(timeline->by_id);
    g_ptr_array_unref(timeline->lines);
    g_array_unref(timeline->gaps);
    g_array_unref(timeline->items);
    g_free(timeline);
}

void
timeline_set_top(struct timeline *timeline, enum timeline_top top)
{
    if (timeline->top == top)
        return;
    timeline->top = top;
    timeline->stale = true;
}

void
timeline_set_thread(struct timeline *timeline, const char *root)
{
    g_free(timeline->root);
    timeline->root = g_strdup(root);
    timeline->stale = true;
}

void
timeline_set_thread_key(struct timeline *timeline, const char *key)
{
    if (g_strcmp0(timeline->thread_key, key) == 0)
        return;
    g_free(timeline->thread_key);
    timeline->thread_key = g_strdup(key);
    timeline->stale = true;
}

void
timeline_set_new_line(struct timeline *timeline, bool on, struct position read)
{
    timeline->new_on = on;
    timeline->new_after = read;
    timeline->stale = true;
}

bool
timeline_has_new_line(const struct timeline *timeline)
{
    return timeline->new_on;
}

/* --- the lines
 * ------------------------------------------------------------------------------------------- */

struct line *
timeline_line(const struct timeline *timeline, guint i)
{
    return g_ptr_array_index(timeline->lines, i);
}

static struct position
line_position(const struct timeline *timeline, guint i)
{
    return message_position(timeline_line(timeline, i)->message);
}

/* The first line that does not stand before `at`. */
static guint
line_search(const struct timeline *timeline, struct position at)
{
    guint low = 0, high = timeline->lines->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (position_compare(line_position(timeline, middle), at) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void
insert_line(struct timeline *timeline, struct line *line)
{
    const struct position pos = message_position(line->message);
    guint at = timeline->lines->len;

    if (position_compare(pos, timeline_newest(timeline)) < 0)
        at = line_search(timeline, pos);
    g_ptr_array_insert(timeline->lines, (gint)at, line);
    timeline->stale = true;
}

static void
insert_message(struct timeline *timeline, struct message *message)
{
    struct line *line;

    if (g_hash_table_contains(timeline->by_id, &message->id))
        return;
    line = line_new(message);
    g_hash_table_insert(timeline->by_id, &line->id, line);
    insert_line(timeline, line);
}

static void
remove_lines(struct timeline *timeline, guint from, guint n)
{
    for (guint i = from; i < from + n; i++) {
        struct line *line = timeline_line(timeline, i);
        g_hash_table_remove(timeline->by_id, &line->id);
        timeline->n_hidden -= line->hidden;
    }
    if (n > 0)
        g_ptr_array_remove_range(timeline->lines, from, n);
    timeline->stale = true;
}

static void
add_gap(struct timeline *timeline, const struct gap *gap)
{
    for (guint i = 0; i < timeline->gaps->len; i++) {
        if (g_array_index(timeline->gaps, struct gap, i).id == gap->id)
            return;
    }
    g_array_append_val(timeline->gaps, *gap);
}

static void
take_page(struct timeline *timeline, struct page *page)
{
    for (guint i = 0; page->messages && i < page->messages->len; i++)
        insert_message(timeline, g_ptr_array_index(page->messages, i));
    for (guint i = 0; page->gaps && i < page->gaps->len; i++)
        add_gap(timeline, g_ptr_array_index(page->gaps, i));
    timeline->stale = true;
    page_clear(page);
}

static bool
is_too_much(unsigned n, unsigned n_hidden)
{
    return n - n_hidden > TIMELINE_MAX || n > TIMELINE_MAX + TIMELINE_MAX_HIDDEN;
}

bool
timeline_is_full(const struct timeline *timeline)
{
    return is_too_much(timeline->lines->len + TIMELINE_PAGE, timeline->n_hidden);
}

static void
let_go_oldest(struct timeline *timeline)
{
    guint n = timeline->lines->len, k = 0;

    for (unsigned hidden = timeline->n_hidden; is_too_much(n - k, hidden); k++)
        hidden -= timeline_line(timeline, k)->hidden;
    if (k == 0)
        return;
    remove_lines(timeline, 0, k);
    timeline->at_start = false;
}

static void
let_go_newest(struct timeline *timeline)
{
    guint n = timeline->lines->len, k = 0;

    for (unsigned hidden = timeline->n_hidden; is_too_much(n - k, hidden); k++)
        hidden -= timeline_line(timeline, n - k - 1)->hidden;
    if (k == 0)
        return;
    timeline->not_loaded += k;
    remove_lines(timeline, n - k, k);
    timeline->at_end = false;
}

bool
timeline_load_before(struct timeline *timeline)
{
    struct page page = {0};

    if (timeline->at_start || timeline->lines->len == 0)
        return false;
    timeline->source.before(timeline->source.user, line_position(timeline, 0), TIMELINE_PAGE,
                            &page);
    timeline->at_start = page.at_start || !page.messages || page.messages->len == 0;
    take_page(timeline, &page);
    timeline_build(timeline); /* what of it is folded takes no room */
    let_go_newest(timeline);
    return true;
}

bool
timeline_load_after(struct timeline *timeline)
{
    struct page page = {0};

    if (timeline->at_end || timeline->lines->len == 0)
        return false;
    timeline->source.after(timeline->source.user, timeline_newest(timeline), TIMELINE_PAGE, &page);
    timeline->at_end = page.at_end || !page.messages || page.messages->len == 0;
    if (timeline->at_end)
        timeline->not_loaded = 0;
    take_page(timeline, &page);
    timeline_build(timeline);
    let_go_oldest(timeline);
    return true;
}

static void
empty(struct timeline *timeline)
{
    remove_lines(timeline, 0, timeline->lines->len);
    g_array_set_size(timeline->gaps, 0);
    timeline->not_loaded = 0;
}

void
timeline_load(struct timeline *timeline)
{
    struct page page = {0};

    empty(timeline);
    timeline->source.newest(timeline->source.user, TIMELINE_PAGE, &page);
    timeline->at_start = page.at_start;
    timeline->at_end = true;
    timeline->follow = true;
    take_page(timeline, &page);
}

void
timeline_load_oldest(struct timeline *timeline)
{
    struct position least = {.sort_key = INT64_MIN, .id = INT64_MIN};
    struct page page = {0};

    empty(timeline);
    timeline->source.after(timeline->source.user, least, TIMELINE_PAGE, &page);
    timeline->at_start = true;
    timeline->at_end = page.at_end;
    take_page(timeline, &page);
}

void
timeline_load_around(struct timeline *timeline, struct position at)
{
    struct page page = {0};

    empty(timeline);
    timeline->source.around(timeline->source.user, at, TIMELINE_PAGE, &page);
    timeline->at_start = page.at_start;
    timeline->at_end = page.at_end;
    take_page(timeline, &page);
}

/* What the disk refused is only here: a reload keeps it. */
static GPtrArray *
steal_not_stored(struct timeline *timeline)
{
    GPtrArray *kept = g_ptr_array_new_with_free_func((GDestroyNotify)message_unref);

    for (guint i = 0; i < timeline->lines->len; i++) {
        struct message *message = timeline_line(timeline, i)->message;
        if (message->flags & MESSAGE_NOT_STORED)
            g_ptr_array_add(kept, message_ref(message));
    }
    return kept;
}

void
timeline_reload(struct timeline *timeline)
{
    g_autoptr(GPtrArray) kept = steal_not_stored(timeline);

    if (timeline->follow)
        timeline_load(timeline);
    else
        timeline_load_around(timeline, timeline->anchor);
    for (guint i = 0; i < kept->len; i++)
        insert_message(timeline, g_ptr_array_index(kept, i));
}

void
timeline_add(struct timeline *timeline, struct message *message)
{
    struct position newest = timeline_newest(timeline);

    if (g_hash_table_contains(timeline->by_id, &message->id)) {
        timeline_change(timeline, message);
        return;
    }
    if (!timeline->at_end && position_compare(message_position(message), newest) > 0) {
        timeline->not_loaded++;
        return;
    }
    insert_message(timeline, message);
    if (timeline->follow)
        let_go_oldest(timeline);
    else
        let_go_newest(timeline);
}

void
timeline_change(struct timeline *timeline, struct message *message)
{
    struct line *known = g_hash_table_lookup(timeline->by_id, &message->id);

    for (guint i = 0; message->remote_id && i < timeline->lines->len; i++) {
        struct line *line = timeline_line(timeline, i);
        if (line->message->reply_to && strcmp(line->message->reply_to, message->remote_id) == 0)
            line_set_reply(line, message);
    }
    if (!known)
        return;
    if (position_compare(message_position(known->message), message_position(message)) == 0) {
        line_set_message(known, message);
    } else {
        guint at = line_search(timeline, message_position(known->message));
        g_ptr_array_steal_index(timeline->lines, at);
        line_set_message(known, message);
        insert_line(timeline, known);
    }
    timeline->stale = true;
}

/* --- questions
 * ------------------------------------------------------------------------------------------- */

const struct item *
timeline_item(const struct timeline *timeline, size_t i)
{
    return &g_array_index(timeline->items, struct item, i);
}

bool
timeline_follows(const struct timeline *timeline)
{
    return timeline->follow;
}

bool
timeline_at_newest(const struct timeline *timeline)
{
    return timeline->follow || (timeline->cursor_on && timeline->at_end && timeline->hidden == 0 &&
                                timeline->below == 0);
}

bool
timeline_reaches_start(const struct timeline *timeline)
{
    return timeline->at_start;
}

bool
timeline_is_empty(const struct timeline *timeline)
{
    return timeline->lines->len == 0;
}

unsigned
timeline_n_messages(const struct timeline *timeline)
{
    return timeline->lines->len;
}

struct position
timeline_newest(const struct timeline *timeline)
{
    if (timeline->lines->len == 0)
        return (struct position){0};
    return line_position(timeline, timeline->lines->len - 1);
}
