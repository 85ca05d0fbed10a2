#include "core/threads.h"

#include <string.h>

#include "base/log.h"
#include "core/config_priv.h"
#include "core/engine.h"
#include "core/ignore.h"
#include "store/threads.h"

#define PAGE_MOST   1000
#define PEOPLE_MOST 50
#define COUNT_MOST  1000000

/* --- what is said of it
 * ----------------------------------------------------------------------------- */

struct told {
    struct word word; /* id: the buffer */
    char *root;
};

static void
told_fini(struct word *word)
{
    g_free(((struct told *)word)->root);
}

/* What is new in the threads of a buffer, as it is on the disk now. */
static void
tally(struct core *core, struct room *room)
{
    g_autoptr(GArray) list = store_tally_threads(core->store, room->pub.id);
    struct thread_tally now = {0};

    if (list->len > 0)
        now = g_array_index(list, struct thread_tally, 0);
    if (room->pub.thread_unread == now.unread && room->pub.thread_mentions == now.mentions)
        return;
    room->pub.thread_unread = now.unread;
    room->pub.thread_mentions = now.mentions;
    room_publish(core, room, NOTICE_BUFFER_CHANGED);
}

static void
publish(struct core *core, struct room *room, const char *root)
{
    struct message *message = store_find_remote(core->store, room->pub.id, root);
    g_autofree char *name = g_strdup(root);

    tally(core, room);
    bus_publish(core->bus, &(struct notice){.type = NOTICE_THREAD,
                                            .account_id = room->pub.account_id,
                                            .buffer_id = room->pub.id,
                                            .text = name});
    if (message != NULL)
        word_publish(core, NOTICE_MESSAGE_CHANGED, message, false);
    message_unref(message);
}

static void
told(struct word *word, const struct store_result *result)
{
    struct room *room = room_get(word->core, word->id);

    if (room != NULL && result->outcome == STORE_CHANGED)
        publish(word->core, room, ((struct told *)word)->root);
}

static void
put(struct core *core, const struct store_put_thread *part)
{
    if (core->read_only)
        return;
    struct told *word = word_new(core, sizeof *word, told, part->buffer_id);
    word->word.fini = told_fini;
    word->root = g_strdup(part->root);
    store_put_thread(core->store, part, word_came, word);
    if (part->has_unread)
        inbox_written(core);
}

void
threads_load(struct core *core)
{
    g_autoptr(GArray) list = store_tally_threads(core->store, 0);

    for (guint i = 0; i < list->len; i++) {
        const struct thread_tally *each = &g_array_index(list, struct thread_tally, i);
        struct room *room = room_get(core, each->buffer_id);
        if (room == NULL)
            continue;
        room->pub.thread_unread = each->unread;
        room->pub.thread_mentions = each->mentions;
    }
}

static char *
clean_people(const char *const *people)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (unsigned i = 0; people != NULL && people[i] != NULL && i < PEOPLE_MOST; i++) {
        g_autofree char *name = ingest_clean(people[i], CORE_MAX_NAME_BYTES);
        g_strdelimit(name, "\n\r", ' ');
        g_string_append_printf(text, "%s%s", text->len > 0 ? "\n" : "", name);
    }
    return people != NULL ? g_strdup(text->str) : NULL;
}

/* The newest reply up to there, which the network knows. */
static struct message *
reply_upto(struct core *core, int64_t buffer_id, const char *root, int64_t key)
{
    const struct position behind = {.sort_key = key, .id = INT64_MAX};
    g_autoptr(GPtrArray) replies =
        store_load_replies(core->store, buffer_id, root, behind, STORE_BEFORE, 20);

    for (guint i = replies->len; i > 0; i--) {
        struct message *reply = replies->pdata[i - 1];
        if (reply->remote_id != NULL)
            return message_ref(reply);
    }
    return NULL;
}

static void
tell_read(struct core *core, const struct room *room, const char *root, int64_t key)
{
    struct session *session = room->session;

    if (session == NULL || !session_online(session) || (room->pub.caps & CAP_FOLLOW) == 0 ||
        session->driver->mark_thread_read == NULL)
        return;
    struct message *upto = reply_upto(core, room->pub.id, root, key);
    if (upto != NULL)
        session->driver->mark_thread_read(session->state, &room->pub, root, upto);
    message_unref(upto);
}

/* What was read here while there was no connection stays read. */
static bool
is_read_here(struct core *core, const struct room *room, const struct store_put_thread *part)
{
    struct thread *known = store_load_thread(core->store, room->pub.id, part->root);
    const bool is = known != NULL && known->read_key > part->read_key && known->unread == 0;

    if (is && part->unread > 0)
        tell_read(core, room, part->root, known->read_key);
    thread_free(known);
    return is;
}

void
thread_event(struct session *session, const struct event *event)
{
    struct core *core = session->core;
    const struct room *room = ingest_find(session, event->conversation);
    g_autofree char *root = ingest_clean(event->thread.root, CORE_MAX_ID_BYTES);
    g_autofree char *people = clean_people(event->thread.people);

    if (room == NULL || root == NULL || *root == '\0')
        return;
    struct store_put_thread part = {
        .buffer_id = room->pub.id,
        .root = root,
        .told = event->thread.has_follow || event->thread.has_unread,
        .has_count = event->thread.has_count,
        .replies = MIN(event->thread.replies, COUNT_MOST),
        .last_us = CLAMP(event->thread.last_us, 0, CORE_LATEST_US),
        .people = people,
        .has_follow = event->thread.has_follow,
        .followed = event->thread.followed,
        .has_unread = event->thread.has_unread,
        .unread = MIN(event->thread.unread, COUNT_MOST),
        .mentions = MIN(event->thread.mentions, COUNT_MOST),
        .read_key = event->thread.read_key,
        .back = event->thread.now,
    };
    if (part.has_unread && !part.back && is_read_here(core, room, &part))
        part.has_unread = false;
    put(core, &part);
}

/* --- replies
 * ---------------------------------------------------------------------------------------- */

bool
thread_is_aside(const struct room *room, const char *root)
{
    return root != NULL && (room->pub.caps & CAP_FOLLOW) != 0;
}

bool
thread_calls(struct core *core, const struct message *reply, bool mention)
{
    struct thread *thread = store_load_thread(core->store, reply->buffer_id, reply->thread);
    const bool calls = mention || (thread != NULL && thread->followed);
    const bool read = thread != NULL && reply->sort_key <= thread->read_key;

    thread_free(thread);
    return calls && !read;
}

void
thread_replied(struct core *core, struct room *room, const struct message *message)
{
    if (message->thread != NULL)
        publish(core, room, message->thread);
}

/* --- what is known
 * ---------------------------------------------------------------------------------- */

char *
thread_root_of(struct core *core, const struct room *room, const char *reply_to)
{
    if (reply_to == NULL || room->session == NULL || room->session->driver == NULL ||
        !room->session->driver->replies_thread)
        return NULL;
    struct message *answered = store_find_remote(core->store, room->pub.id, reply_to);
    char *root =
        g_strdup(answered != NULL && answered->thread != NULL ? answered->thread : reply_to);
    message_unref(answered);
    return root;
}

static bool
can_thread(const struct room *room)
{
    const struct session *session = room != NULL ? room->session : NULL;

    return session != NULL && session->driver != NULL &&
           ((room->pub.caps & CAP_THREADS) != 0 ||
            ((room->pub.caps & CAP_REPLY) != 0 && session->driver->replies_thread));
}

char *
core_thread_of(struct core *core, const struct message *message, GError **error)
{
    const struct room *room = room_get(core, message->buffer_id);
    const bool said = unread_kind_counts(message->kind) && message->kind != MESSAGE_INVITE;

    if (message->thread != NULL)
        return g_strdup(message->thread);
    if (message->replies != NULL)
        return g_strdup(message->remote_id);
    if (!can_thread(room))
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                            capability_lack(CAP_THREADS));
    else if (message->remote_id == NULL || !said || (message->flags & MESSAGE_DELETED) != 0)
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                            "No thread can hang from this message.");
    else
        return g_strdup(message->remote_id);
    return NULL;
}

char *
core_newest_thread(struct core *core, int64_t buffer_id)
{
    return store_newest_thread(core->store, buffer_id);
}

struct thread *
core_thread(struct core *core, int64_t buffer_id, const char *root)
{
    return store_load_thread(core->store, buffer_id, root);
}

GPtrArray *
core_threads(struct core *core, unsigned limit)
{
    GPtrArray *threads = store_load_threads(core->store, limit);

    for (guint i = threads->len; i-- > 0;) {
        const struct buffer *buffer =
            core_buffer(core, ((const struct thread *)threads->pdata[i])->buffer_id);
        if (buffer == NULL)
            g_ptr_array_remove_index(threads, i);
    }
    return threads;
}

bool
core_threads_apart(struct core *core)
{
    return g_strcmp0(config_text(core->config, "look", "threads"), "inline") != 0;
}

bool
core_in_thread(const struct message *message, const char *root)
{
    return g_strcmp0(message->thread, root) == 0 || g_strcmp0(message->remote_id, root) == 0;
}

/* --- pages
 * ------------------------------------------------------------------------------------------ */

static GPtrArray *
load(struct core *core, int64_t buffer_id, const char *root, struct position from,
     enum store_direction direction, unsigned limit)
{
    return store_load_replies(core->store, buffer_id, root, from, direction, MIN(limit, PAGE_MOST));
}

/* Takes the replies. The root stands before the first of them, unless it is `upto` itself. */
static void
fill(struct core *core, int64_t buffer_id, const char *root, GPtrArray *replies,
     const struct position *upto, struct page *ret_page)
{
    struct message *message =
        ret_page->at_start ? store_find_remote(core->store, buffer_id, root) : NULL;

    if (message != NULL && (upto == NULL || message->id != upto->id))
        g_ptr_array_insert(replies, 0, message_ref(message));
    message_unref(message);
    ignore_seen_all(core, replies);
    ret_page->messages = replies;
    ret_page->gaps = g_ptr_array_new_with_free_func(g_free);
}

void
core_thread_newest(struct core *core, int64_t buffer_id, const char *root, unsigned limit,
                   struct page *ret_page)
{
    const struct position end = {.sort_key = INT64_MAX, .id = INT64_MAX};

    core_thread_before(core, buffer_id, root, end, limit, ret_page);
    ret_page->at_end = true;
}

void
core_thread_before(struct core *core, int64_t buffer_id, const char *root, struct position before,
                   unsigned limit, struct page *ret_page)
{
    GPtrArray *replies = load(core, buffer_id, root, before, STORE_BEFORE, limit);

    *ret_page = (struct page){.at_start = replies->len < MIN(limit, PAGE_MOST)};
    fill(core, buffer_id, root, replies, &before, ret_page);
}

void
core_thread_after(struct core *core, int64_t buffer_id, const char *root, struct position after,
                  unsigned limit, struct page *ret_page)
{
    GPtrArray *replies = load(core, buffer_id, root, after, STORE_AFTER, limit);

    *ret_page = (struct page){.at_end = replies->len < MIN(limit, PAGE_MOST)};
    fill(core, buffer_id, root, replies, NULL, ret_page);
}

void
core_thread_around(struct core *core, int64_t buffer_id, const char *root, struct position at,
                   unsigned limit, struct page *ret_page)
{
    const unsigned before = MIN(limit, PAGE_MOST) / 2, rest = MIN(limit, PAGE_MOST) - before;
    const struct position from = {.sort_key = at.sort_key, .id = at.id - 1};
    GPtrArray *replies = load(core, buffer_id, root, at, STORE_BEFORE, before);
    GPtrArray *later = load(core, buffer_id, root, from, STORE_AFTER, rest);

    *ret_page = (struct page){.at_start = replies->len < before, .at_end = later->len < rest};
    g_ptr_array_extend_and_steal(replies, later);
    fill(core, buffer_id, root, replies, NULL, ret_page);
}

/* --- asking, reading, following
 * --------------------------------------------------------------------- */

static void
reload(struct core *core, int64_t id, int64_t argument)
{
    const struct room *room = room_get(core, id);

    if (room != NULL)
        room_publish(core, room, NOTICE_MESSAGES_RELOAD);
}

static void
fetched(struct session *session, const GError *error, void *user)
{
    const struct room *room = user;

    if (error != NULL)
        log_info("core", "account %s: a thread of %s: %s", session->account->name, room->pub.name,
                 error->message);
    else
        word_after(session->core, reload, room->pub.id, 0);
}

void
core_fetch_thread(struct core *core, int64_t buffer_id, const char *root)
{
    struct room *room = room_get(core, buffer_id);

    if (room == NULL || core->read_only ||
        !session_can(room->session, &room->pub, CAP_THREADS, NULL))
        return;
    struct session *session = room->session;
    const op_id op = session_begin(session, buffer_id, fetched, room);
    if (!session->driver->thread(session->state, op, &room->pub, root, NULL))
        session_refused(session, op);
}

static void
read_upto(struct core *core, int64_t buffer_id, const char *root, struct position upto, bool tell)
{
    const struct room *room = room_get(core, buffer_id);
    struct thread *thread = room != NULL ? store_load_thread(core->store, buffer_id, root) : NULL;
    struct store_put_thread part = {
        .buffer_id = buffer_id, .root = root, .has_unread = true, .read_key = upto.sort_key};

    if (thread != NULL && upto.id > 0 && upto.sort_key > thread->read_key) {
        store_count_replies(core->store, buffer_id, root, upto.sort_key, &part.unread,
                            &part.mentions);
        put(core, &part);
        if (tell)
            tell_read(core, room, root, upto.sort_key);
    }
    thread_free(thread);
}

void
core_read_thread(struct core *core, int64_t buffer_id, const char *root, struct position upto)
{
    read_upto(core, buffer_id, root, upto, true);
}

void
thread_read_back(struct core *core, int64_t buffer_id, const char *root, int64_t read_key)
{
    const struct room *room = room_get(core, buffer_id);
    struct store_put_thread part = {.buffer_id = buffer_id,
                                    .root = root,
                                    .has_unread = true,
                                    .read_key = read_key,
                                    .back = true};

    if (room == NULL)
        return;
    store_count_replies(core->store, buffer_id, root, read_key, &part.unread, &part.mentions);
    put(core, &part);
    tell_read(core, room, root, read_key);
}

/* Who answers has read; the network knows. */
void
thread_answered(struct core *core, const struct message *message)
{
    if (message->thread != NULL)
        read_upto(core, message->buffer_id, message->thread, message_position(message), false);
}

bool
core_follow_thread(struct core *core, int64_t buffer_id, const char *root, bool on, GError **error)
{
    struct room *room = room_get(core, buffer_id);
    const struct store_put_thread part = {
        .buffer_id = buffer_id, .root = root, .has_follow = true, .followed = on};

    if (room == NULL || core->read_only) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_CONFLICT,
                            "Another weft runs with this profile: this one only reads.");
        return false;
    }
    if ((room->pub.caps & CAP_FOLLOW) == 0) {
        put(core, &part);
        return true;
    }
    if (!session_can(room->session, &room->pub, CAP_FOLLOW, error))
        return false;
    struct session *session = room->session;
    const op_id op = session_begin(session, buffer_id, NULL, NULL);
    return session->driver->follow(session->state, op, &room->pub, root, on, error) ||
           session_refused(session, op);
}

/* --- writing
 * ---------------------------------------------------------------------------------------- */

const char *
thread_written(const struct core *core, int64_t buffer_id)
{
    return core->writes.buffer_id == buffer_id ? core->writes.root : NULL;
}

bool
core_input_thread(struct core *core, int64_t buffer_id, const char *root, const char *text,
                  GError **error)
{
    if (!can_thread(room_get(core, buffer_id))) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                            capability_lack(CAP_THREADS));
        return false;
    }
    core->writes.buffer_id = buffer_id;
    core->writes.root = root;
    const bool good = core_input(core, buffer_id, text, error);
    core->writes.root = NULL;
    return good;
}

void
core_set_thread_draft(struct core *core, int64_t buffer_id, const char *root, const char *text)
{
    struct room *room = room_get(core, buffer_id);

    if (core->read_only || room == NULL)
        return;
    const bool keeps = text != NULL && !core_has_secret(core, buffer_id, text);
    store_set_thread_draft(core->store, buffer_id, root, keeps ? text : NULL);
    drafts_typed(room, root, keeps ? text : NULL);
}

char *
core_thread_draft(struct core *core, int64_t buffer_id, const char *root)
{
    const struct room *room = room_get(core, buffer_id);
    const char *newer = room != NULL ? drafts_text(room, root) : NULL;

    if (newer != NULL)
        return *newer != '\0' ? g_strdup(newer) : NULL;
    return store_load_thread_draft(core->store, buffer_id, root);
}
