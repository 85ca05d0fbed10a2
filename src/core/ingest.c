/* The only door in: what a driver tells becomes clean, bounded, stored, and only then known to
 * others. */
#include <string.h>

#include "base/log.h"
#include "base/utf8.h"
#include "core/engine.h"
#include "core/ignore.h"

#define AHEAD_MOST_US (24 * INT64_C(3600) * G_USEC_PER_SEC)
#define LINE_BYTES    (64 * 1024)
#define DATA_BYTES    2048
/* What a message takes besides its text while it is on its way to the disk. */
#define WEIGHT_BYTES 768

char *
ingest_clean(const char *text, size_t max_bytes)
{
    return text != NULL ? utf8_sanitize(text, -1, max_bytes) : NULL;
}

/* Spans are kept where they still mean the same bytes. */
struct rich *
ingest_clean_rich(const struct rich *rich)
{
    if (rich == NULL || rich->text == NULL)
        return rich_new("", 0);
    if (!g_utf8_validate(rich->text, (gssize)rich->len, NULL))
        return rich_new_take(utf8_sanitize(rich->text, (gssize)rich->len, RICH_MAX_BYTES));
    const size_t len = utf8_cut(rich->text, rich->len, RICH_MAX_BYTES);
    struct rich *copy = rich_new(rich->text, (gssize)len);
    for (guint i = 0; rich->spans != NULL && i < rich->spans->len; i++) {
        const struct span *span = &g_array_index(rich->spans, struct span, i);
        g_autofree char *data = ingest_clean(span->data, DATA_BYTES);
        rich_add(copy, span->start, MIN(span->end, len), span->kind, data);
    }
    return copy;
}

int64_t
ingest_sort_key_now(struct core *core, const struct room *room)
{
    const int64_t now_us = clock_wall_us(core->clock);

    if (room->keyed)
        return room->newest_key;
    /* The clock may have been set back, or the server's runs ahead; a lie of years is not followed.
     */
    if (room->newest_key > now_us && room->newest_key - now_us < AHEAD_MOST_US)
        return room->newest_key;
    return now_us;
}

/* --- the store's word about a message
 * ---------------------------------------------------------------------- */

struct arrival {
    struct word word; /* id: the buffer */
    struct message *message;
    enum event_origin origin;
    bool counts;
    bool alert;
    bool counted; /* in the counters of the buffer already: while the disk refused */
    unsigned read_writes;
    size_t weight_bytes; /* in the session's backlog */
};

static void
arrival_fini(struct word *word)
{
    message_unref(((struct arrival *)word)->message);
}

static void
count(struct core *core, struct room *room, struct arrival *arrival)
{
    if (!arrival->counts || arrival->counted)
        return;
    arrival->counted = true;
    room->pub.unread++;
    if ((arrival->message->flags & MESSAGE_MENTION) != 0)
        room->pub.mentions++;
    room_publish(core, room, NOTICE_BUFFER_CHANGED);
}

static void
uncount(struct core *core, struct room *room, struct arrival *arrival)
{
    if (!arrival->counted)
        return;
    room->pub.unread -= room->pub.unread > 0;
    if ((arrival->message->flags & MESSAGE_MENTION) != 0)
        room->pub.mentions -= room->pub.mentions > 0;
    room_publish(core, room, NOTICE_BUFFER_CHANGED);
}

static void
publish_call(struct core *core, struct message *message, bool live, unsigned calls,
             unsigned mentions)
{
    const struct room *room = room_get(core, message->buffer_id);
    struct message *seen = ignore_seen(core, message);

    if ((seen->flags & MESSAGE_IGNORED) == 0)
        bus_publish(core->bus,
                    &(struct notice){.type = NOTICE_ATTENTION,
                                     .account_id = room != NULL ? room->pub.account_id : 0,
                                     .buffer_id = message->buffer_id,
                                     .message = seen,
                                     .live = live,
                                     .calls = calls,
                                     .mentions = mentions});
    message_unref(seen);
}

static void
alert(struct core *core, struct room *room, const struct arrival *arrival, struct message *message)
{
    if (!arrival->alert)
        return;
    if (arrival->origin == ORIGIN_CATCH_UP) {
        /* What was missed is told once, together, when all of it is here. */
        message_unref(room->attention);
        room->attention = message_ref(message);
        room->called++;
        room->called_mentions += (message->flags & MESSAGE_MENTION) != 0;
        return;
    }
    publish_call(core, message, true, 1, (message->flags & MESSAGE_MENTION) != 0);
}

static void
arrived_new(struct core *core, struct room *room, struct arrival *arrival, struct message *message)
{
    unread_note_newest(room, message);
    if ((message->flags & MESSAGE_DELETED) != 0) {
        /* Taken back before it came: it calls nobody. */
        uncount(core, room, arrival);
        arrival->counts = arrival->alert = false;
    }
    count(core, room, arrival);
    if (arrival->counts && arrival->read_writes != room->read_writes)
        unread_store(core, room);
    if (arrival->word.stalled)
        return; /* shown as not stored; the buffer is loaded again when the disk works */
    word_publish(core, NOTICE_MESSAGE, message,
                 arrival->origin == ORIGIN_LIVE || arrival->origin == ORIGIN_ECHO);
    if (arrival->origin != ORIGIN_HISTORY)
        thread_replied(core, room, message);
    alert(core, room, arrival, message);
}

static void
arrived(struct word *word, const struct store_result *result)
{
    struct arrival *arrival = (struct arrival *)word;
    struct core *core = word->core;
    struct room *room = room_get(core, word->id);

    if (room == NULL)
        return;
    /* A disk that refuses has its own limit: live lines go on. */
    if (room->session != NULL)
        session_backlog_remove(room->session, arrival->weight_bytes);
    arrival->weight_bytes = 0;
    switch (result->outcome) {
    case STORE_STALLED:
        word_unstored(core, room, arrival->message, arrival->origin == ORIGIN_LIVE);
        count(core, room, arrival);
        if (arrival->origin != ORIGIN_CATCH_UP)
            alert(core, room, arrival, arrival->message);
        break;
    case STORE_NEW:
        arrived_new(core, room, arrival, result->message);
        break;
    case STORE_MERGED:
        unread_note_newest(room, result->message);
        if (result->outbox_id != 0)
            outbox_merged(core, result->outbox_id, result->message->sort_key);
        word_publish(core, NOTICE_MESSAGE_CHANGED, result->message, false);
        thread_replied(core, room, result->message);
        break;
    case STORE_CHANGED:
        word_publish(core, NOTICE_MESSAGE_CHANGED, result->message, false);
        break;
    case STORE_KNOWN:
    case STORE_MISSING:
        uncount(core, room, arrival);
        break;
    }
    if ((result->outcome == STORE_NEW || result->outcome == STORE_MERGED) &&
        (arrival->message->flags & MESSAGE_OWN) != 0 && arrival->origin != ORIGIN_HISTORY &&
        (result->message->flags & MESSAGE_RELAYED) == 0 &&
        unread_kind_counts(arrival->message->kind)) {
        if ((result->message->flags & MESSAGE_ASIDE) != 0)
            thread_answered(core, result->message);
        else
            unread_mark(core, room, message_position(result->message), false, false);
    }
}

static void
put_message(struct core *core, struct room *room, struct message *message_take,
            enum event_origin origin, bool look_own, bool missed, const char *cursor)
{
    struct session *session = room->session;

    if (core->read_only) {
        word_unstored(core, room, message_take, true);
        message_unref(message_take);
        return;
    }
    const bool ignored = (message_take->flags & MESSAGE_IGNORED) != 0;
    const bool is_direct = room->pub.kind == BUFFER_DIRECT || room->pub.kind == BUFFER_GROUP;
    const bool mention =
        session != NULL && !ignored && unread_mentions(session, room, message_take);
    message_take->flags |= mention ? MESSAGE_MENTION : 0;
    struct arrival *arrival = word_new(core, sizeof *arrival, arrived, room->pub.id);
    arrival->word.fini = arrival_fini;
    arrival->message = message_take;
    arrival->origin = origin;
    arrival->read_writes = room->read_writes;
    const bool is_new = (message_take->flags & MESSAGE_OWN) == 0 && !ignored &&
                        unread_kind_counts(message_take->kind) &&
                        (origin == ORIGIN_LIVE || origin == ORIGIN_CATCH_UP);
    const bool aside = (message_take->flags & MESSAGE_ASIDE) != 0;
    const bool calls = is_new && (aside ? thread_calls(core, message_take, mention)
                                        : message_take->sort_key >= room->pub.read.sort_key);
    arrival->counts = calls && !aside;
    arrival->alert = calls && (room->pub.notify == NOTIFY_ALL ||
                               (room->pub.notify == NOTIFY_MENTIONS && mention));
    if (calls && room->pub.closed)
        room_set_closed(core, room, false);
    /* Someone who is ignored opens no conversation. */
    if (ignored && room->pub.kind == BUFFER_DIRECT && room->newest_key == 0)
        room_set_closed(core, room, true);
    room->newest_key = MAX(room->newest_key, message_take->sort_key);
    const struct store_put_message put = {
        .message = message_take,
        .account_id = room->pub.account_id,
        .look_own = look_own,
        .look_replay = origin == ORIGIN_CATCH_UP || origin == ORIGIN_HISTORY,
        .counts_unread = arrival->counts,
        .counts_reply = is_new,
        .relays = origin == ORIGIN_LIVE || origin == ORIGIN_CATCH_UP || missed,
        .chains = session != NULL && session->driver != NULL && session->driver->replies_thread,
        .inbox = !calls || !mention || room->pub.notify == NOTIFY_NONE ? STORE_INBOX_NONE
                 : is_direct                                           ? STORE_INBOX_DIRECT
                                                                       : STORE_INBOX_MENTION,
        .cursor = cursor,
    };
    store_put_message(core->store, &put, word_came, arrival);
    if (session == NULL)
        return;
    arrival->weight_bytes = WEIGHT_BYTES + 2 * message_take->body->len;
    session_backlog_add(session, arrival->weight_bytes);
}

void
ingest_line(struct core *core, struct room *room, enum message_kind kind, const char *text)
{
    struct message *message = message_new();

    message->buffer_id = room->pub.id;
    /* Only what people say is counted, on recounting too. */
    message->kind = unread_kind_counts(kind) ? MESSAGE_SERVER : kind;
    message->time_us = clock_wall_us(core->clock);
    message->sort_key = ingest_sort_key_now(core, room);
    rich_free(message->body);
    message->body = rich_new_take(utf8_sanitize(text != NULL ? text : "", -1, LINE_BYTES));
    put_message(core, room, message, ORIGIN_ECHO, false, false, NULL);
}

/* --- events
 * ------------------------------------------------------------------------------------------------
 */

static struct room *
find_or_make(struct session *session, const char *conversation)
{
    struct core *core = session->core;
    g_autofree char *id = ingest_clean(conversation != NULL ? conversation : "", CORE_MAX_ID_BYTES);

    if (*id == '\0')
        return session->server;
    struct room *room = room_find(core, session->account->id, id);
    return room != NULL ? room : room_new(core, session, BUFFER_CHANNEL, id, id, 0);
}

struct room *
ingest_find(struct session *session, const char *conversation)
{
    g_autofree char *id = ingest_clean(conversation != NULL ? conversation : "", CORE_MAX_ID_BYTES);
    return room_find(session->core, session->account->id, id);
}

static void
set_times(struct core *core, struct room *room, struct message *message, const struct event *event)
{
    const int64_t said_us = event->message.time_us;

    message->time_us =
        said_us != 0 ? CLAMP(said_us, 0, CORE_LATEST_US) : clock_wall_us(core->clock);
    if (event->message.sort_key != 0) {
        message->sort_key = event->message.sort_key;
        room->keyed = true;
    } else {
        message->sort_key = said_us != 0 ? message->time_us : ingest_sort_key_now(core, room);
    }
}

static struct message *
message_of_event(struct core *core, struct room *room, const struct event *event)
{
    const enum event_origin origin = event->message.origin;
    const bool own = event->message.own || origin == ORIGIN_ECHO;
    struct message *message = message_new();

    message->buffer_id = room->pub.id;
    message->kind = event->message.kind;
    message->remote_id = ingest_clean(event->message.remote_id, CORE_MAX_ID_BYTES);
    message->key = ingest_clean(event->message.key, CORE_MAX_ID_BYTES);
    message->sender_id = ingest_clean(event->message.sender_id, CORE_MAX_ID_BYTES);
    message->sender_name = ingest_clean(event->message.sender_name, CORE_MAX_NAME_BYTES);
    message->subject = ingest_clean(event->message.subject, CORE_MAX_NAME_BYTES);
    message->reply_to = ingest_clean(event->message.reply_to, CORE_MAX_ID_BYTES);
    message->thread = ingest_clean(event->message.thread, CORE_MAX_ID_BYTES);
    rich_free(message->body);
    message->body = ingest_clean_rich(event->message.body);
    message->flags |=
        thread_is_aside(room, message->thread) && !event->message.in_channel ? MESSAGE_ASIDE : 0;
    message->files = attachments_clean(event->message.files);
    message->buttons = buttons_clean(event->message.buttons);
    message->flags |= event->message.ephemeral ? MESSAGE_EPHEMERAL : 0;
    message->flags |= event->message.relayed_by != NULL ? MESSAGE_RELAYED : 0;
    message->flags |= own ? MESSAGE_OWN : 0;
    message->flags |= event->message.bot ? MESSAGE_BOT : 0;
    message->flags |= event->message.edited ? MESSAGE_EDITED : 0;
    message->flags |= event->message.pinned ? MESSAGE_PINNED : 0;
    message->flags |= event->message.flagged ? MESSAGE_FLAGGED : 0;
    message->flags |= origin == ORIGIN_HISTORY || origin == ORIGIN_CATCH_UP ? MESSAGE_LATE : 0;
    message->state = own && unread_kind_counts(message->kind) ? MESSAGE_SENT : MESSAGE_RECEIVED;
    set_times(core, room, message, event);
    g_autofree char *mask = ingest_clean(event->message.sender_mask, CORE_MAX_ID_BYTES);
    if (ignore_message(room, message, mask)) {
        message->flags |= MESSAGE_IGNORED;
        message->error = g_steal_pointer(&mask);
    }
    return message;
}

/* Is not stored: it goes to who asked for it. */
static void
on_found(struct session *session, const struct event *event)
{
    struct room *room = ingest_find(session, event->conversation);

    if (room == NULL || event->message.kind < 0 || event->message.kind >= MESSAGE_KIND_N ||
        event->message.remote_id == NULL ||
        (session->found != NULL && session->found->len >= CORE_FOUND_MOST))
        return;
    if (session->found == NULL)
        session->found = g_ptr_array_new_with_free_func((GDestroyNotify)message_unref);
    g_ptr_array_add(session->found, message_of_event(session->core, room, event));
}

static void
on_message(struct session *session, const struct event *event)
{
    if (event->message.origin == ORIGIN_FOUND) {
        on_found(session, event);
        return;
    }
    struct core *core = session->core;
    struct room *room = find_or_make(session, event->conversation);

    if (room == NULL || event->message.kind < 0 || event->message.kind >= MESSAGE_KIND_N)
        return;
    const enum event_origin origin = event->message.origin;
    struct message *message = message_of_event(core, room, event);
    if (origin == ORIGIN_LIVE || origin == ORIGIN_CATCH_UP)
        picture_heard(session, message, event->message.sender_picture);
    if (origin == ORIGIN_LIVE && unread_kind_counts(message->kind))
        typing_ended(room, message->sender_id);
    if (origin != ORIGIN_HISTORY && room->gap_open)
        history_end_gap(core, room, message->sort_key);
    /* An echo that names its request needs no likeness; a live one of ours was said on another
     * device, or is what we wait for. */
    const bool may_be_own = (message->flags & MESSAGE_OWN) != 0 || event->message.perhaps_own;
    const bool look_own =
        may_be_own && message->key == NULL && (origin != ORIGIN_LIVE || outbox_holds(room));
    g_autofree char *cursor = ingest_clean(event->message.cursor, CORE_MAX_CURSOR_BYTES);
    put_message(core, room, message, origin, look_own, event->message.missed, cursor);
}

static bool
replace_text(char **text, const char *given, size_t max_bytes)
{
    g_autofree char *now = ingest_clean(given, max_bytes);

    if (now == NULL || g_strcmp0(*text, now) == 0)
        return false;
    g_free(*text);
    *text = g_steal_pointer(&now);
    return true;
}

static bool
update_room(struct session *session, struct room *room, const struct event *event)
{
    struct core *core = session->core;
    const enum buffer_kind kind = room->pub.kind;
    bool changed = replace_text(&room->pub.name, event->buffer.name, CORE_MAX_NAME_BYTES);

    changed |= replace_text(&room->pub.topic, event->buffer.topic, CORE_MAX_TOPIC_BYTES);
    const bool other_kind = room->pub.kind != event->buffer.kind;
    changed |= replace_text(&room->pub.modes, event->buffer.modes, CORE_MAX_MODES_BYTES);
    changed |= room->pub.joined != event->buffer.joined || other_kind;
    changed |= room->pub.archived != event->buffer.archived;
    room->pub.joined = event->buffer.joined;
    room->pub.archived = event->buffer.archived;
    room->pub.kind = event->buffer.kind;
    if (other_kind)
        room_update_notify(core, room);
    room->caps_removed = event->buffer.caps_removed;
    room->confirmed = true;
    changed |= room_update_caps(room);
    if (event->buffer.space != NULL) {
        g_autofree char *id = ingest_clean(event->buffer.space, CORE_MAX_ID_BYTES);
        const struct space *space = room_space(core, session, id, NULL);
        const int64_t space_id = space != NULL ? space->id : 0;
        changed |= space_id != room->pub.space_id;
        room_set_space(core, room, space_id);
    }
    if (room->pub.kind != kind)
        room_publish(core, room, NOTICE_BUFFER_MOVED);
    return changed;
}

static void
on_buffer(struct session *session, const struct event *event)
{
    struct core *core = session->core;
    g_autofree char *id = ingest_clean(event->conversation, CORE_MAX_ID_BYTES);
    g_autofree char *name = ingest_clean(event->buffer.name, CORE_MAX_NAME_BYTES);
    const enum buffer_kind kind = event->buffer.kind;

    if (id == NULL || *id == '\0' || kind < BUFFER_CHANNEL || kind > BUFFER_GROUP)
        return;
    struct room *room = room_find(core, session->account->id, id);
    if (room == NULL)
        room = room_new(core, session, kind, id, name != NULL ? name : id, 0);
    if (room == NULL)
        return;
    if (update_room(session, room, event)) {
        room_store(room, core);
        room_publish(core, room, NOTICE_BUFFER_CHANGED);
    }
    if (room->pub.joined && room->pub.closed)
        room_set_closed(core, room, false);
    if (!room->pub.joined && room->pub.members != NULL) {
        roster_clear(room);
        room_publish(core, room, NOTICE_MEMBERS);
    }
    if (!room->pub.joined)
        room->looked_at = false;
    outbox_run_room(room);
}

static void
on_buffer_renamed(struct session *session, const struct event *event)
{
    struct core *core = session->core;
    struct room *room = ingest_find(session, event->conversation);
    g_autofree char *new_id = ingest_clean(event->buffer_renamed.new_id, CORE_MAX_ID_BYTES);

    if (room == NULL || room == session->server || new_id == NULL || *new_id == '\0')
        return;
    if (!room_set_remote_id(core, room, new_id)) {
        log_info("core", "account %s: two conversations would be called \"%s\": both are kept",
                 session->account->name, new_id);
        return;
    }
    replace_text(&room->pub.name, event->buffer_renamed.new_name, CORE_MAX_NAME_BYTES);
    room_store(room, core);
    room_publish(core, room, NOTICE_BUFFER_CHANGED);
}

static void
keep_self(struct session *session, const char *key, const char *value)
{
    store_set_kv(session->core->store, session->account->id, key, value);
}

static void
on_self(struct session *session, const struct event *event)
{
    struct account *account = session->account;

    /* Kept, so that what is typed before the next login already has its sender. */
    if (replace_text(&account->self_id, event->self.id, CORE_MAX_ID_BYTES))
        keep_self(session, "core.self_id", account->self_id);
    if (replace_text(&account->self_name, event->self.name, CORE_MAX_NAME_BYTES))
        keep_self(session, "core.self_name", account->self_name);
    replace_text(&account->server_name, event->self.server_name, CORE_MAX_NAME_BYTES);
    account->insecure = event->self.insecure;
    bus_publish(session->core->bus,
                &(struct notice){.type = NOTICE_ACCOUNT, .account_id = account->id});
}

/* --- what waits for the commit
 * ------------------------------------------------------------------------------ */

#define WHOLE 1
#define ALL   2

static void
room_caught_up(struct core *core, struct room *room, bool whole)
{
    if (!room->pub.caught_up)
        return; /* cut again meanwhile */
    if (room->attention != NULL) {
        publish_call(core, room->attention, false, room->called, room->called_mentions);
        g_clear_pointer(&room->attention, message_unref);
        room->called = room->called_mentions = 0;
    }
    room->caught_up_stored = true;
    outbox_caught_up(room, whole);
    edit_run_room(room);
    unread_tell_due(room);
    if (core->relay != NULL)
        room_publish(core, room, NOTICE_BUFFER_CHANGED); /* what was missed may be carried now */
}

struct caught {
    struct core *core;
    bool whole;
};

/* Nothing was looked for in a channel that has not let us in on this connection. */
static bool
was_looked_into(const struct room *room)
{
    return room->pub.kind == BUFFER_DIRECT || (room->pub.joined && room->confirmed);
}

static void
each_caught_up(struct room *room, void *user)
{
    const struct caught *caught = user;
    room_caught_up(caught->core, room, caught->whole && was_looked_into(room));
}

static void
caught_up_stored(struct core *core, int64_t id, int64_t argument)
{
    struct caught caught = {.core = core, .whole = (argument & WHOLE) != 0};

    if ((argument & ALL) != 0)
        room_each(session_of_account(core, id), each_caught_up, &caught);
    else
        room_caught_up(core, room_get(core, id), caught.whole);
}

static void
mark_caught_up(struct room *room, void *user)
{
    room->cut_off = false;
    if (room->pub.caught_up)
        return;
    room->pub.caught_up = true;
    room->caught_up_stored = false;
    room_publish(user, room, NOTICE_BUFFER_CHANGED);
}

static void
on_caught_up(struct session *session, const struct event *event)
{
    struct core *core = session->core;
    const int64_t whole = event->history_whole ? WHOLE : 0;

    if (!session->connected)
        return;
    if (event->conversation == NULL) {
        room_each(session, mark_caught_up, core);
        word_after(core, caught_up_stored, session->account->id, ALL | whole);
        return;
    }
    struct room *room = ingest_find(session, event->conversation);
    if (room == NULL)
        return;
    mark_caught_up(room, core);
    word_after(core, caught_up_stored, room->pub.id, whole);
}

static void
on_cursor(struct session *session, const struct event *event)
{
    g_autofree char *cursor = ingest_clean(event->cursor, CORE_MAX_CURSOR_BYTES);
    const struct room *room = NULL;

    if (cursor == NULL ||
        (event->conversation != NULL && (room = ingest_find(session, event->conversation)) == NULL))
        return;
    store_set_cursor(session->core->store, session->account->id, room != NULL ? room->pub.id : 0,
                     cursor);
}

static void
on_history_shape(struct session *session, const struct event *event)
{
    struct core *core = session->core;
    struct room *room = ingest_find(session, event->conversation);

    if (room == NULL)
        return;
    if (event->type == EVENT_GAP)
        history_add_gap(core, room, event);
    else
        history_known(core, room, event);
}

static void
cut_off(struct room *room, void *user)
{
    const int64_t *space_id = user;

    if (room->pub.space_id != *space_id)
        return;
    room->cut_off = true;
    room->confirmed = room->pub.caught_up = false;
    outbox_lost_room(room);
    room_publish(room->session->core, room, NOTICE_BUFFER_CHANGED);
}

static void
on_space(struct session *session, const struct event *event)
{
    g_autofree char *id = ingest_clean(event->space.id, CORE_MAX_ID_BYTES);
    g_autofree char *name = ingest_clean(event->space.name, CORE_MAX_NAME_BYTES);
    struct space *space = id != NULL ? room_space(session->core, session, id, name) : NULL;

    if (space != NULL && event->space.lost)
        room_each(session, cut_off, &space->id);
}

void
ingest_event(struct session *session, const struct event *event)
{
    static void (*const handlers[])(struct session * session, const struct event *event) = {
        [EVENT_SELF] = on_self,
        [EVENT_SPACE] = on_space,
        [EVENT_BUFFER] = on_buffer,
        [EVENT_BUFFER_RENAMED] = on_buffer_renamed,
        [EVENT_MESSAGE] = on_message,
        [EVENT_MEMBERS] = roster_event,
        [EVENT_MEMBER_ADDED] = roster_event,
        [EVENT_MEMBER_REMOVED] = roster_event,
        [EVENT_MEMBER_RENAMED] = roster_event,
        [EVENT_USER_GONE] = roster_event,
        [EVENT_PRESENCE] = roster_event,
        [EVENT_STATUS] = roster_event,
        [EVENT_GROUPS] = groups_event,
        [EVENT_MUTED] = groups_muted,
        [EVENT_FORM] = forms_event,
        [EVENT_FORM_REFUSED] = forms_event,
        [EVENT_DRAFT] = drafts_event,
        [EVENT_DRAFTS] = drafts_event,
        [EVENT_CURSOR] = on_cursor,
        [EVENT_GAP] = on_history_shape,
        [EVENT_KNOWN_SPAN] = on_history_shape,
        [EVENT_CAUGHT_UP] = on_caught_up,
        [EVENT_TYPING] = typing_event,
        [EVENT_READ] = unread_event,
        [EVENT_REACTION] = deed_event,
        [EVENT_REACTIONS] = deed_event,
        [EVENT_DELETED] = deed_event,
        [EVENT_EDITED] = deed_event,
        [EVENT_THREAD] = thread_event,
        [EVENT_REVISIONS] = mark_event,
        [EVENT_PINNED] = mark_event,
        [EVENT_FLAGGED] = mark_event,
        [EVENT_UNREAD] = unread_event,
    };
    if ((size_t)event->type < G_N_ELEMENTS(handlers))
        handlers[event->type](session, event);
}
