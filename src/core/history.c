/* What lies before the oldest stored message, and between what is known: fetched when asked for,
 * and shown as a gap until then. */
#include "base/log.h"
#include "core/engine.h"
#include "core/ignore.h"
#include "core/threads.h"
#include "store/threads.h"

#define FETCH_MESSAGES 100
#define PAGE_MOST      1000

struct fetch {
    op_id op;
    struct room *room;
    struct gap gap;     /* id 0: what is older than everything stored */
    int64_t oldest_key; /* of what was stored when it began; INT64_MAX: nothing */
    bool around;        /* room->wanted */
};

void
history_init(struct session *session)
{
    session->fetches = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
}

void
history_fini(struct session *session)
{
    g_hash_table_unref(session->fetches);
}

static char *
start_key(const struct room *room)
{
    return g_strdup_printf("core.at_start.%" G_GINT64_FORMAT, room->pub.id);
}

bool
core_history_at_start(struct core *core, int64_t buffer_id)
{
    struct room *room = room_get(core, buffer_id);

    if (room == NULL || room->session == NULL)
        return true;
    if (room->at_start < 0) {
        g_autofree char *key = start_key(room);
        g_autofree char *value = store_load_kv(core->store, room->pub.account_id, key);
        room->at_start = value != NULL;
    }
    return room->at_start == 1;
}

/* Nothing lies before the oldest that is stored, or is about to be: said after it. */
static void
set_start(struct core *core, struct room *room)
{
    g_autofree char *key = start_key(room);

    room->at_start = 1;
    store_set_kv(core->store, room->pub.account_id, key, "1");
}

void
history_known(struct core *core, struct room *room, const struct event *event)
{
    store_close_gaps(core->store, room->pub.id, event->span.after_sort_key,
                     event->span.before_sort_key);
    if (event->span.after_sort_key != INT64_MIN || core_history_at_start(core, room->pub.id))
        return;
    set_start(core, room);
    room_publish(core, room, NOTICE_BUFFER_CHANGED);
}

bool
core_history_under_way(struct core *core, int64_t buffer_id)
{
    const struct room *room = room_get(core, buffer_id);
    return room != NULL && (room->fetch != NULL || room->fetch_lands);
}

static void
reload(struct core *core, int64_t id, int64_t argument)
{
    room_publish(core, room_get(core, id), NOTICE_MESSAGES_RELOAD);
}

/* Not before all of it can be seen is it over: who asked again would be given the same page. */
static void
landed(struct core *core, int64_t id, int64_t around)
{
    struct room *room = room_get(core, id);

    if (room != NULL)
        room->fetch_lands = false;
    if (around != 0)
        follow_fetched(core, id, 0);
    else
        reload(core, id, 0);
}

/* By whatever way it ended; what was learned from it has been used. */
static void
fetch_ended(struct session *session, const GError *error, void *user)
{
    struct room *room = user;
    struct core *core = session->core;

    if (room->fetch == NULL)
        return;
    const bool asked_for_gap = room->fetch->gap.id != 0 || room->fetch->around;
    const bool around = room->fetch->around;
    g_hash_table_remove(session->fetches, &room->fetch->op);
    room->fetch = NULL;
    room->fetch_lands = true;
    if (error != NULL) {
        log_info("core", "account %s: history of %s: %s", session->account->name, room->pub.name,
                 error->message);
        if (asked_for_gap)
            core_say_error(core, room->pub.id, error);
    }
    if (around && error != NULL)
        g_clear_pointer(&room->wanted, g_free);
    word_after(core, landed, room->pub.id, around);
}

/* Within what is stored it fills gaps; before all of it, it stands apart, with a gap behind it. */
static void
learn_around(struct core *core, const struct fetch *fetch, const struct history_result *result)
{
    const int64_t oldest = result->oldest_key, newest = result->newest_key;

    if (oldest == 0 || newest < oldest)
        return;
    if (newest >= fetch->oldest_key || fetch->oldest_key == INT64_MAX) {
        store_close_gaps(core->store, fetch->room->pub.id, oldest, newest);
        return;
    }
    const struct gap gap = {.buffer_id = fetch->room->pub.id,
                            .after_sort_key = newest,
                            .before_sort_key = fetch->oldest_key,
                            .from_us = newest,
                            .to_us = fetch->oldest_key,
                            .fillable = true};
    store_put_gap(core->store, &gap);
}

static void
learn(struct core *core, const struct fetch *fetch, const struct history_result *result)
{
    struct room *room = fetch->room;
    const bool for_gap = fetch->gap.id != 0;
    const int64_t upper = for_gap ? fetch->gap.before_sort_key : fetch->oldest_key;
    int64_t lower = result->oldest_key != 0 ? result->oldest_key : INT64_MAX;

    /* The end of what the network has: nothing lies below, so nothing is missing there. */
    if (result->end)
        lower = for_gap ? MIN(lower, fetch->gap.after_sort_key) : INT64_MIN;
    if (lower < upper)
        store_close_gaps(core->store, room->pub.id, lower, upper);
    if (result->end && !for_gap)
        set_start(core, room);
}

bool
history_completed(struct session *session, op_id op, const struct history_result *result)
{
    const struct fetch *fetch = g_hash_table_lookup(session->fetches, &op);

    if (fetch == NULL)
        return false;
    if (fetch->around)
        learn_around(session->core, fetch, result);
    else
        learn(session->core, fetch, result);
    op_end(session, op, NULL);
    return true;
}

/* The message from which to go back; NULL: from the newest that the network has. */
static struct message *
edge(struct core *core, const struct room *room, const struct gap *gap)
{
    struct position from = {.sort_key = INT64_MIN, .id = 0};

    if (gap->id != 0 && gap->before_sort_key == INT64_MAX)
        return NULL;
    if (gap->id != 0)
        from.sort_key = gap->before_sort_key;
    g_autoptr(GPtrArray) page = store_load_page(core->store, room->pub.id, from, STORE_AFTER, 1);
    return page->len > 0 ? message_ref(page->pdata[0]) : NULL;
}

static bool
find_gap(struct core *core, int64_t buffer_id, int64_t gap_id, struct gap *ret_gap, GError **error)
{
    g_autoptr(GPtrArray) gaps = store_load_gaps(core->store, buffer_id);

    for (guint i = 0; i < gaps->len; i++) {
        const struct gap *gap = gaps->pdata[i];
        if (gap->id != gap_id)
            continue;
        if (!gap->fillable) {
            g_set_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                        "The network does not keep what was said there: this gap stays.");
            return false;
        }
        *ret_gap = *gap;
        return true;
    }
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "This gap is closed already.");
    return false;
}

static bool
ask(struct room *room, const struct gap *gap, const char *around, GError **error)
{
    struct session *session = room->session;
    struct message *oldest = edge(session->core, room, gap);
    const struct history_request request = {
        .buffer = &room->pub,
        .around = around != NULL,
        .remote_id = around != NULL   ? around
                     : oldest != NULL ? oldest->remote_id
                                      : NULL,
        .time_us = oldest != NULL ? oldest->time_us : 0,
        .limit = FETCH_MESSAGES,
    };
    struct fetch *fetch = g_new0(struct fetch, 1);

    fetch->room = room;
    fetch->gap = *gap;
    fetch->around = around != NULL;
    fetch->oldest_key = oldest != NULL ? oldest->sort_key : INT64_MAX;
    fetch->op = session_begin(session, room->pub.id, fetch_ended, room);
    g_hash_table_insert(session->fetches, &fetch->op, fetch);
    room->fetch = fetch;
    const bool begun = session->driver->history(session->state, fetch->op, &request, error);
    message_unref(oldest);
    if (!begun) {
        session_refused(session, fetch->op);
        room->fetch = NULL;
        g_hash_table_remove(session->fetches, &fetch->op);
    }
    return begun;
}

bool
core_fetch_history(struct core *core, int64_t buffer_id, int64_t gap_id, GError **error)
{
    struct room *room = room_get(core, buffer_id);
    struct gap gap = {0};

    if (room == NULL) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "There is no such buffer.");
        return false;
    }
    if (!session_can(room->session, &room->pub, CAP_HISTORY, error))
        return false;
    if (core_history_under_way(core, buffer_id))
        return true;
    if (gap_id != 0 && !find_gap(core, buffer_id, gap_id, &gap, error))
        return false;
    if (gap_id == 0 && core_history_at_start(core, buffer_id)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                    "Nothing older is kept by the network.");
        return false;
    }
    return ask(room, &gap, NULL, error);
}

bool
history_fetch_around(struct room *room, const char *remote_id, GError **error)
{
    const struct gap none = {0};

    if (room->fetch != NULL || room->fetch_lands) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT,
                    "Older messages are being fetched here already: try again in a moment.");
        return false;
    }
    g_free(room->wanted);
    room->wanted = g_strdup(remote_id);
    return ask(room, &none, room->wanted, error);
}

/* --- gaps
 * ---------------------------------------------------------------------------------------------------
 */

static void
open_gap(struct room *room, int64_t after_sort_key)
{
    room->gap_open = true;
    room->gap_after = after_sort_key;
}

void
history_add_gap(struct core *core, struct room *room, const struct event *event)
{
    const int64_t now_us = clock_wall_us(core->clock);
    const int64_t after =
        event->gap.after_sort_key != 0 ? event->gap.after_sort_key : room->newest_key;
    const struct gap gap = {
        .buffer_id = room->pub.id,
        .after_sort_key = after,
        .before_sort_key = event->gap.before_sort_key != 0 ? event->gap.before_sort_key : INT64_MAX,
        .from_us = event->gap.from_us != 0 ? event->gap.from_us : room->pub.last_activity_us,
        .to_us = event->gap.to_us != 0 ? event->gap.to_us : now_us,
        .fillable = event->gap.fillable && (room->pub.caps & CAP_HISTORY) != 0,
    };

    /* Where nothing was known, nothing is missing in between. */
    if (after == 0 || after >= gap.before_sort_key || room->gap_open)
        return;
    g_autoptr(GPtrArray) stored = store_load_gaps(core->store, room->pub.id);
    for (guint i = 0; i < stored->len; i++) {
        const struct gap *each = stored->pdata[i];
        if (each->before_sort_key == INT64_MAX) {
            /* Still open from an earlier time away. */
            open_gap(room, each->after_sort_key);
            return;
        }
    }
    store_put_gap(core->store, &gap);
    if (gap.before_sort_key == INT64_MAX)
        open_gap(room, after);
    word_after(core, reload, room->pub.id, 0);
}

void
history_end_gap(struct core *core, struct room *room, int64_t sort_key)
{
    room->gap_open = false;
    /* From this message on all is known. One with the key of the gap's start must not swallow it.
     */
    store_close_gaps(core->store, room->pub.id, MAX(sort_key, room->gap_after + 1), INT64_MAX);
}

/* --- pages
 * --------------------------------------------------------------------------------------------------
 */

void
page_clear(struct page *page)
{
    g_clear_pointer(&page->messages, g_ptr_array_unref);
    g_clear_pointer(&page->gaps, g_ptr_array_unref);
}

/* The gaps that lie within what the page shows, or at its edges. */
static GPtrArray *
gaps_of_page(struct core *core, int64_t buffer_id, const struct page *page)
{
    GPtrArray *gaps = store_load_gaps(core->store, buffer_id);
    const GPtrArray *messages = page->messages;

    if (messages->len == 0 || gaps->len == 0)
        return gaps;
    const struct message *first = messages->pdata[0], *last = messages->pdata[messages->len - 1];
    for (guint i = gaps->len; i-- > 0;) {
        const struct gap *gap = gaps->pdata[i];
        const bool before = !page->at_start && gap->before_sort_key < first->sort_key;
        const bool after = !page->at_end && gap->after_sort_key > last->sort_key;
        if (before || after)
            g_ptr_array_remove_index(gaps, i);
    }
    return gaps;
}

/* Replies that stand in their threads alone are left out, unless the person wants them here too. */
static GPtrArray *
load_page(struct core *core, int64_t buffer_id, struct position from,
          enum store_direction direction, unsigned limit)
{
    return core_threads_apart(core)
               ? store_load_channel(core->store, buffer_id, from, direction, limit)
               : store_load_page(core->store, buffer_id, from, direction, limit);
}

static bool
nothing_lies(struct core *core, int64_t buffer_id, const struct message *from,
             enum store_direction direction)
{
    g_autoptr(GPtrArray) next = load_page(core, buffer_id, message_position(from), direction, 1);
    return next->len == 0;
}

/* Takes the messages. An edge at which fewer came than were asked for needs no further look. */
static void
fill(struct core *core, int64_t buffer_id, GPtrArray *messages, bool at_start, bool at_end,
     struct page *ret_page)
{
    ignore_seen_all(core, messages);
    *ret_page = (struct page){.messages = messages, .at_start = at_start, .at_end = at_end};
    if (messages->len == 0) {
        ret_page->at_start = ret_page->at_end = true;
    } else {
        if (!at_start)
            ret_page->at_start = nothing_lies(core, buffer_id, messages->pdata[0], STORE_BEFORE);
        if (!at_end)
            ret_page->at_end =
                nothing_lies(core, buffer_id, messages->pdata[messages->len - 1], STORE_AFTER);
    }
    ret_page->gaps = gaps_of_page(core, buffer_id, ret_page);
}

void
core_page_newest(struct core *core, int64_t buffer_id, unsigned limit, struct page *ret_page)
{
    limit = MIN(limit, PAGE_MOST);
    const struct position newest = {.sort_key = INT64_MAX, .id = INT64_MAX};
    GPtrArray *messages = load_page(core, buffer_id, newest, STORE_BEFORE, limit);
    fill(core, buffer_id, messages, messages->len < limit, true, ret_page);
}

void
core_page_before(struct core *core, int64_t buffer_id, struct position before, unsigned limit,
                 struct page *ret_page)
{
    limit = MIN(limit, PAGE_MOST);
    GPtrArray *messages = load_page(core, buffer_id, before, STORE_BEFORE, limit);
    fill(core, buffer_id, messages, messages->len < limit, false, ret_page);
    if (messages->len == 0)
        ret_page->at_end = false;
}

void
core_page_after(struct core *core, int64_t buffer_id, struct position after, unsigned limit,
                struct page *ret_page)
{
    limit = MIN(limit, PAGE_MOST);
    GPtrArray *messages = load_page(core, buffer_id, after, STORE_AFTER, limit);
    fill(core, buffer_id, messages, false, messages->len < limit, ret_page);
    if (messages->len == 0)
        ret_page->at_start = false;
}

GPtrArray *
core_stored_after(struct core *core, int64_t buffer_id, struct position after, unsigned limit)
{
    GPtrArray *messages =
        store_load_page(core->store, buffer_id, after, STORE_AFTER, MIN(limit, PAGE_MOST));

    ignore_seen_all(core, messages);
    return messages;
}

void
core_page_around(struct core *core, int64_t buffer_id, struct position at, unsigned limit,
                 struct page *ret_page)
{
    limit = MIN(limit, PAGE_MOST);
    const unsigned before = limit / 2, rest = limit - before;
    /* "From the position on": what stands right before it is the last that does not belong. */
    const struct position from = {.sort_key = at.sort_key, .id = at.id - 1};
    GPtrArray *messages = load_page(core, buffer_id, at, STORE_BEFORE, before);
    const bool at_start = messages->len < before;
    GPtrArray *later = load_page(core, buffer_id, from, STORE_AFTER, rest);
    const bool at_end = later->len < rest;

    g_ptr_array_extend_and_steal(messages, later);
    fill(core, buffer_id, messages, at_start, at_end, ret_page);
}

struct message *
core_message(struct core *core, int64_t message_id)
{
    return store_load_message(core->store, message_id);
}

struct message *
core_find_message(struct core *core, int64_t buffer_id, const char *remote_id)
{
    struct message *message = store_find_remote(core->store, buffer_id, remote_id);

    if (message == NULL)
        return NULL;
    struct message *seen = ignore_seen(core, message);
    message_unref(message);
    return seen;
}

bool
core_find_time(struct core *core, int64_t buffer_id, int64_t time_us, struct position *ret_position)
{
    return store_find_time(core->store, buffer_id, time_us, ret_position);
}
