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
    timeline->gaps = g_array_new(FALSE, FALSE, sizeof(struct gap));
    timeline->items = g_array_new(FALSE, TRUE, sizeof(struct item));
    g_array_set_clear_func(timeline->items, item_clear);
    timeline->follow = timeline->at_start = timeline->at_end = true;
    timeline->stale = true;
    return timeline;
}

void
timeline_free(struct timeline *timeline)
{
    if (!timeline)
        return;
    g_time_zone_unref(timeline->zone);
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

/* By row id; from the newest, where changes happen. -1: not loaded. What comes new has a higher
 * number than all others: a flood looks for nothing. */
static int
line_find(const struct timeline *timeline, int64_t id)
{
    if (id > timeline->highest_id)
        return -1;
    for (guint i = timeline->lines->len; i > 0; i--) {
        if (timeline_line(timeline, i - 1)->message->id == id)
            return (int)i - 1;
    }
    return -1;
}

static void
insert_line(struct timeline *timeline, struct line *line)
{
    const struct position pos = message_position(line->message);
    guint at = timeline->lines->len;

    if (position_compare(pos, timeline_newest(timeline)) < 0)
        at = line_search(timeline, pos);
    g_ptr_array_insert(timeline->lines, (gint)at, line);
    timeline->highest_id = MAX(timeline->highest_id, line->message->id);
    timeline->stale = true;
}

static void
insert_message(struct timeline *timeline, struct message *message)
{
    int known = line_find(timeline, message->id);

    if (known < 0)
        insert_line(timeline, line_new(message));
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

static void
let_go_oldest(struct timeline *timeline)
{
    if (timeline->lines->len <= TIMELINE_MAX)
        return;
    g_ptr_array_remove_range(timeline->lines, 0, timeline->lines->len - TIMELINE_MAX);
    timeline->at_start = false;
    timeline->stale = true;
}

static void
let_go_newest(struct timeline *timeline)
{
    if (timeline->lines->len <= TIMELINE_MAX)
        return;
    timeline->not_loaded += timeline->lines->len - TIMELINE_MAX;
    g_ptr_array_set_size(timeline->lines, TIMELINE_MAX);
    timeline->at_end = false;
    timeline->stale = true;
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
    let_go_oldest(timeline);
    return true;
}

static void
empty(struct timeline *timeline)
{
    g_ptr_array_set_size(timeline->lines, 0);
    g_array_set_size(timeline->gaps, 0);
    timeline->not_loaded = 0;
    timeline->stale = true;
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

    if (line_find(timeline, message->id) >= 0) {
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
    int at = line_find(timeline, message->id);
    struct line *line;

    for (guint i = 0; message->remote_id && i < timeline->lines->len; i++) {
        line = timeline_line(timeline, i);
        if (line->message->reply_to && strcmp(line->message->reply_to, message->remote_id) == 0)
            line_set_reply(line, message);
    }
    if (at < 0)
        return;
    line = timeline_line(timeline, (guint)at);
    if (position_compare(message_position(line->message), message_position(message)) == 0) {
        line_set_message(line, message);
    } else {
        line = g_ptr_array_steal_index(timeline->lines, (guint)at);
        line_set_message(line, message);
        insert_line(timeline, line);
    }
    timeline->stale = true;
}

/* --- the items
 * ------------------------------------------------------------------------------------------- */

static GDateTime *
local_time(const struct timeline *timeline, int64_t time_us)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(time_us / G_USEC_PER_SEC);

    /* A peer may send any number for a time. */
    if (!utc)
        utc = g_date_time_new_from_unix_utc(0);
    return g_date_time_to_timezone(utc, timeline->zone);
}

static void
add_item(struct timeline *timeline, enum item_kind kind, struct position pos, struct line *line,
         char *text)
{
    struct item item = {.kind = kind, .pos = pos, .line = line, .text = text};
    g_array_append_val(timeline->items, item);
}

static char *
gap_sentence(const struct timeline *timeline, const struct gap *gap)
{
    g_autoptr(GDateTime) from = local_time(timeline, gap->from_us);
    g_autoptr(GDateTime) to = local_time(timeline, gap->to_us);
    g_autofree char *first =
        gap->from_us > 0 ? g_date_time_format(from, " from %d %b %H:%M") : NULL;
    g_autofree char *last = gap->to_us > 0 ? g_date_time_format(to, " to %d %b %H:%M") : NULL;

    return g_strdup_printf("messages may be missing here%s%s%s", first ? first : "",
                           last ? last : "", gap->fillable ? " (PgUp asks the network)" : "");
}

/* The gaps whose place is between the line before and the one at `before`. */
static void
add_gaps(struct timeline *timeline, int64_t after_key, int64_t before_key, struct position pos)
{
    for (guint i = 0; i < timeline->gaps->len; i++) {
        const struct gap *gap = &g_array_index(timeline->gaps, struct gap, i);

        if (gap->after_sort_key < after_key || gap->after_sort_key >= before_key)
            continue;
        add_item(timeline, ITEM_GAP, pos, NULL, gap_sentence(timeline, gap));
        if (gap->fillable)
            g_array_index(timeline->items, struct item, timeline->items->len - 1).gap_id = gap->id;
    }
}

static void
add_top(struct timeline *timeline, struct position pos)
{
    static const char *const texts[] = {
        [TIMELINE_TOP_ASK] = "PgUp asks the network for older messages",
        [TIMELINE_TOP_FETCHING] = "fetching older messages…",
        [TIMELINE_TOP_BEGINNING] = "this is the beginning",
        [TIMELINE_TOP_NO_HISTORY] = "this network keeps no older messages",
    };

    if (timeline->at_start && timeline->top != TIMELINE_TOP_NONE)
        add_item(timeline, ITEM_TOP, pos, NULL, g_strdup(texts[timeline->top]));
}

/* Of the message before. Local time is whole quarters of an hour from UTC, so no day begins within
 * one. */
struct moment {
    int64_t quarter;
    int day; /* year * 1000 + day of the year; -1: there was none */
};

/* A new day gets its line. */
static void
add_date(struct timeline *timeline, const struct message *message, struct moment *moment)
{
    const int64_t quarter = message->time_us / (15 * 60 * G_USEC_PER_SEC);

    if (moment->day >= 0 && quarter == moment->quarter)
        return;
    g_autoptr(GDateTime) time = local_time(timeline, message->time_us);
    int this_day = g_date_time_get_year(time) * 1000 + g_date_time_get_day_of_year(time);
    moment->quarter = quarter;
    if (this_day == moment->day)
        return;
    moment->day = this_day;
    add_item(timeline, ITEM_DATE, message_position(message), NULL,
             g_date_time_format(time, "%a %d %b %Y"));
}

static bool
is_first_new(const struct timeline *timeline, const struct message *message)
{
    return timeline->new_on && !(message->flags & MESSAGE_OWN) && message->kind <= MESSAGE_NOTICE &&
           position_compare(message_position(message), timeline->new_after) > 0;
}

/* The one with that remote id above line `i`. Most windows hold no answer: the table is made for
 * the first, and `upto` lines are in it. */
static struct message *
find_above(const struct timeline *timeline, guint i, const char *remote_id, GHashTable **table,
           guint *upto)
{
    if (!*table)
        *table = g_hash_table_new(g_str_hash, g_str_equal);
    for (; *upto < i; (*upto)++) {
        struct message *message = timeline_line(timeline, *upto)->message;
        if (message->remote_id && !(message->flags & MESSAGE_IGNORED))
            g_hash_table_insert(*table, message->remote_id, message);
    }
    return g_hash_table_lookup(*table, remote_id);
}

/* What is answered stands above, or further back in the store, where it is looked for once. */
static void
set_replies(struct timeline *timeline)
{
    g_autoptr(GHashTable) table = NULL;
    guint upto = 0;

    for (guint i = 0; i < timeline->lines->len; i++) {
        struct line *line = timeline_line(timeline, i);
        const struct message *message = line->message;
        struct message *answered;

        if (!message->reply_to || message->flags & MESSAGE_IGNORED)
            continue;
        answered = find_above(timeline, i, message->reply_to, &table, &upto);
        if (answered) {
            line_set_reply(line, answered);
        } else if (!line->reply_looked) {
            line->reply_looked = true;
            answered = timeline->source.find(timeline->source.user, message->reply_to);
            line_set_reply(line, answered);
            message_unref(answered);
        }
    }
}

void
timeline_build(struct timeline *timeline)
{
    struct moment moment = {.day = -1};
    int64_t key = INT64_MIN;
    bool new_done = false;

    if (!timeline->stale)
        return;
    timeline->stale = false;
    set_replies(timeline);
    g_array_set_size(timeline->items, 0);
    add_top(timeline, timeline->lines->len > 0 ? line_position(timeline, 0) : (struct position){0});
    for (guint i = 0; i < timeline->lines->len; i++) {
        struct line *line = timeline_line(timeline, i);
        const struct message *message = line->message;

        add_gaps(timeline, key, message->sort_key, message_position(message));
        key = MAX(key, message->sort_key);
        if (message->flags & MESSAGE_IGNORED)
            continue;
        add_date(timeline, message, &moment);
        if (!new_done && is_first_new(timeline, message)) {
            add_item(timeline, ITEM_NEW, message_position(message), NULL, NULL);
            new_done = true;
        }
        add_item(timeline, ITEM_MESSAGE, message_position(message), line, NULL);
    }
    if (timeline->at_end)
        add_gaps(timeline, key, INT64_MAX, timeline_newest(timeline));
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
