/* What counts, what calls us, and how far the person has read. */
#include <string.h>

#include "core/engine.h"

#define COUNT_MOST 10000

bool
unread_kind_counts(enum message_kind kind)
{
    return kind == MESSAGE_TEXT || kind == MESSAGE_ACTION || kind == MESSAGE_NOTICE ||
           kind == MESSAGE_INVITE;
}

bool
unread_mentions(struct session *session, const struct room *room, const struct message *message)
{
    if ((message->flags & MESSAGE_OWN) != 0 || !unread_kind_counts(message->kind))
        return false;
    if (room->pub.kind == BUFFER_DIRECT)
        return true;
    if (message->kind == MESSAGE_INVITE)
        return room->pub.kind == BUFFER_SERVER;
    return attention_calls(session, room, message->body);
}

void
unread_note_newest(struct room *room, const struct message *message)
{
    const struct position newest = {.sort_key = room->pub.last_sort_key, .id = room->newest_id};

    if (position_compare(message_position(message), newest) > 0) {
        room->pub.last_sort_key = message->sort_key;
        room->newest_id = message->id;
    }
    room->newest_key = MAX(room->newest_key, message->sort_key);
    if ((message->flags & MESSAGE_IGNORED) != 0)
        return;
    if (unread_kind_counts(message->kind))
        room->pub.last_activity_us = MAX(room->pub.last_activity_us, message->time_us);
    if (room->pub.members == NULL || message->sender_id == NULL ||
        !unread_kind_counts(message->kind))
        return;
    struct member *member = g_hash_table_lookup(room->pub.members, message->sender_id);
    if (member != NULL)
        member->spoke_us = MAX(member->spoke_us, message->time_us);
}

void
unread_store(struct core *core, struct room *room)
{
    /* Absolute numbers: a message that is on its way to the store and counts itself there must
     * write them again when its word comes (ingest.c compares `read_writes`). */
    room->read_writes++;
    if (!core->read_only)
        store_set_read(core->store, room->pub.id, room->pub.read, room->pub.unread,
                       room->pub.mentions);
    inbox_written(core);
}

void
unread_forget(struct core *core, struct room *room, const struct message *message)
{
    if ((message->flags & (MESSAGE_OWN | MESSAGE_IGNORED | MESSAGE_ASIDE)) != 0 ||
        !unread_kind_counts(message->kind) || room->pub.unread == 0 ||
        position_compare(message_position(message), room->pub.read) <= 0)
        return;
    room->pub.unread--;
    if ((message->flags & MESSAGE_MENTION) != 0 && room->pub.mentions > 0)
        room->pub.mentions--;
    unread_store(core, room);
    room_publish(core, room, NOTICE_BUFFER_CHANGED);
}

/* --- the network's read mark
 * --------------------------------------------------------------------------- */

/* Somebody who scrolls reads many positions a second: the network is told the first at once and the
 * last of each second. */
#define MARK_PAUSE_US  G_USEC_PER_SEC
#define MARK_LOOK_BACK 50

/* The newest one up to `upto` that the network knows: what weft says itself, and what has not
 * arrived yet, has no place there. */
static struct message *
known_to_network(struct core *core, const struct room *room, struct position upto)
{
    const struct position behind = {.sort_key = upto.sort_key, .id = upto.id + 1};
    g_autoptr(GPtrArray) messages =
        store_load_page(core->store, room->pub.id, behind, STORE_BEFORE, MARK_LOOK_BACK);

    for (guint i = messages->len; i > 0; i--) {
        struct message *message = messages->pdata[i - 1];
        if (unread_kind_counts(message->kind) &&
            (message->state == MESSAGE_RECEIVED || message->state == MESSAGE_SENT))
            return message_ref(message);
    }
    return NULL;
}

static bool
can_tell(const struct room *room)
{
    const struct session *session = room->session;

    return session != NULL && session->driver != NULL && session->driver->mark_read != NULL &&
           (room->pub.caps & CAP_MARK_READ) != 0 && session_online(session);
}

/* What was told is taken back, and what waits to be told is not told. */
static void
tell_back(struct room *room)
{
    struct session *session = room->session;

    room->mark_due = false;
    if (session == NULL || session->state == NULL || session->driver->mark_back == NULL)
        return;
    struct message *message = known_to_network(session->core, room, room->pub.read);
    session->driver->mark_back(session->state, &room->pub, message);
    if (message != NULL)
        message_unref(message);
}

static void
mark_again(void *user)
{
    struct room *room = user;

    room->mark_timer = 0;
    unread_tell_due(room);
}

void
unread_tell_due(struct room *room)
{
    struct session *session = room->session;

    if (!room->mark_due || !can_tell(room))
        return;
    struct core *core = session->core;
    clock_timer_del(core->clock, room->mark_timer);
    room->mark_timer = 0;
    room->mark_due = false;
    struct message *message = known_to_network(core, room, room->pub.read);
    if (message == NULL)
        return;
    room->mark_timer = clock_timer_add(core->clock, MARK_PAUSE_US, mark_again, room);
    session->driver->mark_read(session->state, &room->pub, message);
    message_unref(message);
}

static void
reach(struct core *core, int64_t id, int64_t read_us, bool back)
{
    struct room *room = room_get(core, id);
    struct position at;

    if (room == NULL)
        return;
    const bool more = store_find_time(core->store, id, read_us + 1, &at);
    g_autoptr(GPtrArray) last = more ? store_load_page(core->store, id, at, STORE_BEFORE, 1)
                                     : store_load_newest(core->store, id, 1);
    if (last->len > 0)
        unread_mark(core, room, message_position(last->pdata[0]), back, false);
    else if (more && back)
        unread_mark(core, room, (struct position){at.sort_key, at.id - 1}, true, false);
}

static void
read_elsewhere(struct core *core, int64_t id, int64_t read_us)
{
    reach(core, id, read_us, false);
}

static void
unread_elsewhere(struct core *core, int64_t id, int64_t read_us)
{
    reach(core, id, read_us, true);
}

void
unread_event(struct session *session, const struct event *event)
{
    const struct room *room = ingest_find(session, event->conversation);

    if (room != NULL && event->read_us > 0 && event->read_us < CORE_LATEST_US)
        word_after(session->core, event->type == EVENT_UNREAD ? unread_elsewhere : read_elsewhere,
                   room->pub.id, event->read_us);
}

void
unread_mark(struct core *core, struct room *room, struct position upto, bool back, bool tell)
{
    const struct position newest = {.sort_key = room->pub.last_sort_key, .id = room->newest_id};
    unsigned unread = 0, mentions = 0;

    if (!back && position_compare(upto, room->pub.read) <= 0)
        return;
    if (room->newest_id == 0 || position_compare(upto, newest) < 0)
        store_count_unread(core->store, room->pub.id, upto, COUNT_MOST, &unread, &mentions);
    room->pub.read = upto;
    room->pub.unread = unread;
    room->pub.mentions = mentions;
    unread_store(core, room);
    room_publish(core, room, NOTICE_BUFFER_CHANGED);
    if (back)
        tell_back(room);
    if (!tell || back)
        return;
    room->mark_due = true;
    if (room->mark_timer == 0)
        unread_tell_due(room);
}

/* The first behind it that the network knows. False: the network has no way for that. */
static bool
tell_unread(struct core *core, struct room *room, struct position upto)
{
    const struct session *session = room->session;

    if (!can_tell(room) || session->driver->mark_unread == NULL)
        return false;
    clock_timer_del(core->clock, room->mark_timer);
    room->mark_timer = 0;
    room->mark_due = false;
    g_autoptr(GPtrArray) messages =
        store_load_page(core->store, room->pub.id, upto, STORE_AFTER, MARK_LOOK_BACK);
    for (guint i = 0; i < messages->len; i++) {
        const struct message *message = messages->pdata[i];
        if (unread_kind_counts(message->kind) && message->remote_id != NULL) {
            session->driver->mark_unread(session->state, &room->pub, message);
            break;
        }
    }
    return true;
}

void
core_mark_read(struct core *core, int64_t buffer_id, struct position upto, bool back)
{
    struct room *room = room_get(core, buffer_id);
    /* A line that is not on disk has no place that could be remembered. */
    if (room != NULL && (upto.id > 0 || back))
        unread_mark(core, room, upto, back, !(back && tell_unread(core, room, upto)));
}

void
core_mark_all_read(struct core *core, int64_t buffer_id)
{
    struct room *room = room_get(core, buffer_id);

    if (room == NULL)
        return;
    g_autoptr(GPtrArray) newest = store_load_newest(core->store, buffer_id, 1);
    if (newest->len > 0)
        unread_mark(core, room, message_position(newest->pdata[0]), false, true);
}
