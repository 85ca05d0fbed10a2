/* The items that are shown, made of the window's lines. */
#include "ui/timeline_priv.h"

static GDateTime *
local_time(const struct timeline *timeline, int64_t time_us)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(time_us / G_USEC_PER_SEC);

    /* A peer may send any number for a time. */
    if (!utc)
        utc = g_date_time_new_from_unix_utc(0);
    return g_date_time_to_timezone(utc, timeline->zone);
}

static struct item *
add_item(struct timeline *timeline, enum item_kind kind, struct position pos, struct line *line,
         char *text)
{
    struct item item = {.kind = kind, .pos = pos, .upto = pos, .line = line, .text = text};

    g_array_append_val(timeline->items, item);
    return &g_array_index(timeline->items, struct item, timeline->items->len - 1);
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
        struct item *item = add_item(timeline, ITEM_GAP, pos, NULL, gap_sentence(timeline, gap));
        if (gap->fillable)
            item->gap_id = gap->id;
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
add_date(struct timeline *timeline, struct line *line, struct moment *moment)
{
    const int64_t quarter = line->message->time_us / (15 * 60 * G_USEC_PER_SEC);

    if (line->day == 0 && moment->day >= 0 && quarter == moment->quarter)
        line->day = moment->day;
    if (line->day == 0) {
        g_autoptr(GDateTime) time = local_time(timeline, line->message->time_us);
        line->day = g_date_time_get_year(time) * 1000 + g_date_time_get_day_of_year(time);
    }
    moment->quarter = quarter;
    if (line->day == moment->day)
        return;
    moment->day = line->day;
    g_autoptr(GDateTime) time = local_time(timeline, line->message->time_us);
    add_item(timeline, ITEM_DATE, message_position(line->message), NULL,
             g_date_time_format(time, "%a %d %b %Y"));
}

static bool
is_first_new(const struct timeline *timeline, const struct message *message)
{
    return timeline->new_on && !(message->flags & MESSAGE_OWN) && message->kind <= MESSAGE_NOTICE &&
           position_compare(message_position(message), timeline->new_after) > 0;
}

/* --- what is answered
 * ----------------------------------------------------------------------------------- */

static bool
lacks_reply(const struct line *line)
{
    return line->message->reply_to && !line->reply_name && !line->in_thread;
}

/* It stands above, or further back in the store, where it is looked for once. */
static void
set_reply(struct timeline *timeline, GHashTable *by_remote_id, struct line *line)
{
    const char *reply_to = line->message->reply_to;
    struct message *answered = g_hash_table_lookup(by_remote_id, reply_to);

    if (answered) {
        line_set_reply(line, answered);
    } else if (!line->reply_looked) {
        line->reply_looked = true;
        answered = timeline->source.find(timeline->source.user, reply_to);
        line_set_reply(line, answered);
        message_unref(answered);
    }
}

static void
set_replies(struct timeline *timeline)
{
    g_autoptr(GHashTable) by_remote_id = NULL;
    guint i = 0;

    while (i < timeline->lines->len && !lacks_reply(timeline_line(timeline, i)))
        i++;
    if (i == timeline->lines->len)
        return;
    by_remote_id = g_hash_table_new(g_str_hash, g_str_equal);
    for (i = 0; i < timeline->lines->len; i++) {
        struct line *line = timeline_line(timeline, i);

        if (line->message->flags & MESSAGE_IGNORED)
            continue;
        if (line->message->remote_id)
            g_hash_table_insert(by_remote_id, line->message->remote_id, line->message);
        if (lacks_reply(line))
            set_reply(timeline, by_remote_id, line);
    }
}

/* --- threads
 * ----------------------------------------------------------------------------------------- */

/* "3 replies, last 09:58 jun, 2 new" */
static char *
replies_text(const struct timeline *timeline, const struct message *root)
{
    const struct replies *replies = root->replies;
    g_autoptr(GDateTime) said = local_time(timeline, root->time_us);
    g_autoptr(GDateTime) last = local_time(timeline, replies->last_us);
    const bool same_day = g_date_time_get_day_of_year(said) == g_date_time_get_day_of_year(last) &&
                          g_date_time_get_year(said) == g_date_time_get_year(last);
    g_autofree char *when = g_date_time_format(last, same_day ? "%H:%M" : "%d %b %H:%M");
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "%u repl%s", replies->n, replies->n == 1 ? "y" : "ies");
    if (replies->last_us > 0)
        g_string_append_printf(text, ", last %s", when);
    return g_string_free(text, FALSE);
}

/* The key opens the newest thread: the hint stands there alone. */
static const struct line *
newest_root(const struct timeline *timeline)
{
    const struct line *newest = NULL;

    for (guint i = 0; i < timeline->lines->len; i++) {
        const struct line *line = timeline_line(timeline, i);
        if (line->message->replies &&
            (!newest || line->message->replies->last_us > newest->message->replies->last_us))
            newest = line;
    }
    return newest;
}

static void
set_threads(struct timeline *timeline)
{
    const struct line *newest = timeline->root ? NULL : newest_root(timeline);

    for (guint i = 0; i < timeline->lines->len; i++) {
        struct line *line = timeline_line(timeline, i);
        const struct message *message = line->message;
        g_autofree char *text = newest && message->replies ? replies_text(timeline, message) : NULL;
        const char *key = line == newest ? timeline->thread_key : NULL;
        line_set_thread(line, timeline->root && g_strcmp0(message->reply_to, timeline->root) == 0,
                        text, key);
    }
}

/* --- all
 * ------------------------------------------------------------------------------------------------
 */

static void
hide(struct timeline *timeline, struct line *line)
{
    line->hidden = true;
    timeline->n_hidden++;
}

/* One alone stands for itself, as its own line says more. */
static void
add_folded(struct timeline *timeline, guint i)
{
    struct line *line = timeline_line(timeline, i);
    struct position pos = message_position(line->message);
    guint n = timeline->items->len;
    struct item *last = n > 0 ? &g_array_index(timeline->items, struct item, n - 1) : NULL;

    if (!last || (last->kind != ITEM_FOLD &&
                  (last->kind != ITEM_MESSAGE || !timeline_is_folded(last->line)))) {
        add_item(timeline, ITEM_MESSAGE, pos, line, NULL)->first_line = i;
        return;
    }
    if (last->kind == ITEM_MESSAGE)
        hide(timeline, last->line);
    hide(timeline, line);
    last->kind = ITEM_FOLD;
    last->line = NULL;
    last->n_lines = i - last->first_line + 1;
    last->upto = pos;
}

static void
add_line(struct timeline *timeline, guint i, struct moment *moment, bool *new_done)
{
    struct line *line = timeline_line(timeline, i);
    struct position pos = message_position(line->message);

    line->hidden = false;
    if (line->message->flags & MESSAGE_IGNORED) {
        hide(timeline, line);
        return;
    }
    add_date(timeline, line, moment);
    if (!*new_done && is_first_new(timeline, line->message)) {
        add_item(timeline, ITEM_NEW, pos, NULL, NULL);
        *new_done = true;
    }
    if (timeline_is_folded(line))
        add_folded(timeline, i);
    else
        add_item(timeline, ITEM_MESSAGE, pos, line, NULL);
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
    timeline->n_hidden = 0;
    set_threads(timeline);
    set_replies(timeline);
    timeline_decide_folds(timeline);
    g_array_set_size(timeline->items, 0);
    add_top(timeline, timeline->lines->len > 0
                          ? message_position(timeline_line(timeline, 0)->message)
                          : (struct position){0});
    for (guint i = 0; i < timeline->lines->len; i++) {
        const struct message *message = timeline_line(timeline, i)->message;

        if (timeline->gaps->len > 0)
            add_gaps(timeline, key, message->sort_key, message_position(message));
        key = MAX(key, message->sort_key);
        add_line(timeline, i, &moment, &new_done);
    }
    if (timeline->at_end)
        add_gaps(timeline, key, INT64_MAX, timeline_newest(timeline));
}
