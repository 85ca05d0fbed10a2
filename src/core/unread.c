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

static bool
is_word(gunichar c)
{
    /* What names are made of on the networks: a name inside a longer one does not call. */
    return g_unichar_isalnum(c) || (c < 128 && c != 0 && strchr("-_[]{}\\|^`", (int)c) != NULL);
}

static bool
has_word(const char *text, const char *word)
{
    g_autofree char *folded = g_utf8_casefold(text, -1);
    g_autofree char *wanted = g_utf8_casefold(word, -1);
    const size_t len = strlen(wanted);

    if (len == 0)
        return false;
    for (const char *at = folded; (at = strstr(at, wanted)) != NULL; at++) {
        const bool starts =
            at == folded || !is_word(g_utf8_get_char(g_utf8_find_prev_char(folded, at)));
        const bool ends = at[len] == '\0' || !is_word(g_utf8_get_char(at + len));
        if (starts && ends)
            return true;
    }
    return false;
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
    if (session->driver->mentions_us != NULL && session->state != NULL)
        return session->driver->mentions_us(session->state, &room->pub, message->body);
    return session->account->self_name != NULL &&
           has_word(message->body->text, session->account->self_name);
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
}

static void
tell_network(struct core *core, const struct room *room, struct position upto)
{
    struct session *session = room->session;

    if (session == NULL || (room->pub.caps & CAP_MARK_READ) == 0 || !session_online(session) ||
        session->driver->mark_read == NULL)
        return;
    struct message *message = store_load_message(core->store, upto.id);
    if (message != NULL)
        session->driver->mark_read(session->state, &room->pub, message);
    message_unref(message);
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
    if (tell)
        tell_network(core, room, upto);
}

void
core_mark_read(struct core *core, int64_t buffer_id, struct position upto, bool back)
{
    struct room *room = room_get(core, buffer_id);
    /* A line that is not on disk has no place that could be remembered. */
    if (room != NULL && (upto.id > 0 || back))
        unread_mark(core, room, upto, back, true);
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
