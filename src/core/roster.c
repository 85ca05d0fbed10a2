#include "base/log.h"
#include "base/utf8.h"
#include "core/engine.h"

/* Who leaves the network leaves every conversation: session->users knows which, so that nobody
 * walks through all buffers for one QUIT. */

static void
index_add(struct room *room, const char *user_id)
{
    GHashTable *users = room->session->users;
    GPtrArray *rooms = g_hash_table_lookup(users, user_id);

    if (rooms == NULL) {
        rooms = g_ptr_array_new();
        g_hash_table_insert(users, g_strdup(user_id), rooms);
    }
    g_ptr_array_add(rooms, room);
}

static void
index_remove(struct room *room, const char *user_id)
{
    GHashTable *users = room->session->users;
    GPtrArray *rooms = g_hash_table_lookup(users, user_id);

    if (rooms == NULL)
        return;
    g_ptr_array_remove_fast(rooms, room);
    if (rooms->len == 0)
        g_hash_table_remove(users, user_id);
}

/* NULL when it says nothing. */
static char *
clean_status(const char *text)
{
    char *clean = ingest_clean(text, CORE_MAX_STATUS_BYTES);

    if (clean != NULL && *g_strstrip(clean) == '\0')
        g_clear_pointer(&clean, g_free);
    return clean;
}

static struct member *
member_copy(const struct member *member)
{
    g_autofree char *id = utf8_sanitize(member->id, -1, CORE_MAX_ID_BYTES);
    g_autofree char *name =
        utf8_sanitize(member->name != NULL ? member->name : member->id, -1, CORE_MAX_NAME_BYTES);
    g_autofree char *prefix =
        member->prefix != NULL ? utf8_sanitize(member->prefix, -1, 32) : g_strdup("");
    struct member *copy = member_new(id, name, prefix);
    if (member->login != NULL)
        copy->login = utf8_sanitize(member->login, -1, CORE_MAX_NAME_BYTES);
    copy->status = clean_status(member->status);
    copy->away = member->away;
    return copy;
}

static void
put_take(struct room *room, struct member *member)
{
    if (room->pub.members == NULL)
        room->pub.members =
            g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)member_free);
    const struct member *before = g_hash_table_lookup(room->pub.members, member->id);
    if (before == NULL && g_hash_table_size(room->pub.members) >= CORE_MAX_MEMBERS) {
        member_free(member);
        return;
    }
    if (before != NULL)
        member->spoke_us = before->spoke_us;
    else
        index_add(room, member->id);
    /* The key is the member's own string. */
    g_hash_table_replace(room->pub.members, member->id, member);
}

void
roster_put(struct room *room, const struct member *member)
{
    if (room->session != NULL && member != NULL && member->id != NULL)
        put_take(room, member_copy(member));
}

bool
roster_remove(struct room *room, const char *user_id)
{
    typing_ended(room, user_id);
    if (room->pub.members == NULL || !g_hash_table_contains(room->pub.members, user_id))
        return false;
    index_remove(room, user_id);
    g_hash_table_remove(room->pub.members, user_id);
    return true;
}

void
roster_clear(struct room *room)
{
    GHashTableIter iter;
    gpointer key;

    if (room->pub.members == NULL)
        return;
    g_hash_table_iter_init(&iter, room->pub.members);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        index_remove(room, key);
    g_clear_pointer(&room->pub.members, g_hash_table_unref);
    room->pub.members_whole = room->members_asked = false;
}

void
roster_replace(struct room *room, const struct member *const *members, size_t n)
{
    GHashTable *before = room->pub.members;

    if (room->session == NULL)
        return;
    /* Who spoke last is kept over a new list. */
    if (before != NULL)
        g_hash_table_ref(before);
    roster_clear(room);
    room->pub.members =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)member_free);
    for (size_t i = 0; i < n; i++) {
        roster_put(room, members[i]);
        if (before == NULL || members[i] == NULL || members[i]->id == NULL)
            continue;
        const struct member *old = g_hash_table_lookup(before, members[i]->id);
        struct member *now = g_hash_table_lookup(room->pub.members, members[i]->id);
        if (old != NULL && now != NULL)
            now->spoke_us = old->spoke_us;
    }
    if (before != NULL)
        g_hash_table_unref(before);
}

/* `user_id` NULL: all of them. */
static void
tell(struct room *room, const char *user_id)
{
    bus_publish(room->session->core->bus, &(struct notice){.type = NOTICE_MEMBERS,
                                                           .account_id = room->pub.account_id,
                                                           .buffer_id = room->pub.id,
                                                           .text = (char *)(uintptr_t)user_id});
}

static void
rename_in(struct room *room, const char *id, const char *new_id, const char *new_name)
{
    const struct member *old =
        room->pub.members != NULL ? g_hash_table_lookup(room->pub.members, id) : NULL;
    if (old == NULL)
        return;
    struct member *member = member_new(new_id, new_name, old->prefix);
    member->login = g_strdup(old->login);
    member->status = g_strdup(old->status);
    member->away = old->away;
    member->spoke_us = old->spoke_us;
    roster_remove(room, id);
    roster_remove(room, new_id);
    const int64_t spoke_us = member->spoke_us;
    put_take(room, member);
    member = g_hash_table_lookup(room->pub.members, new_id);
    if (member != NULL)
        member->spoke_us = spoke_us;
    tell(room, id);
    tell(room, new_id);
}

/* A list of its own, since the index changes under the walk. */
static GPtrArray *
rooms_of(struct session *session, const char *user_id)
{
    GPtrArray *rooms = g_hash_table_lookup(session->users, user_id);
    return rooms != NULL ? g_ptr_array_copy(rooms, NULL, NULL) : g_ptr_array_new();
}

void
roster_rename(struct session *session, struct room *room, const char *id, const char *new_id,
              const char *new_name)
{
    if (room != NULL) {
        rename_in(room, id, new_id, new_name);
        return;
    }
    g_autoptr(GPtrArray) rooms = rooms_of(session, id);
    for (guint i = 0; i < rooms->len; i++)
        rename_in(rooms->pdata[i], id, new_id, new_name);
}

void
roster_gone(struct session *session, const char *user_id)
{
    g_autoptr(GPtrArray) rooms = rooms_of(session, user_id);
    for (guint i = 0; i < rooms->len; i++)
        if (roster_remove(rooms->pdata[i], user_id))
            tell(rooms->pdata[i], user_id);
}

/* --- asking
 * ------------------------------------------------------------------------------------------------
 */

/* Who is not listed is not: nothing is said, and this connection is not asked again. */
static void
asked(struct session *session, const GError *error, void *user)
{
    if (error != NULL)
        log_info("core", "account %s: the members of a conversation did not come: %s",
                 session->account->name, error->message);
}

static void
want_members(struct room *room)
{
    struct session *session = room->session;
    g_autoptr(GError) error = NULL;

    if (room->members_asked || room->pub.members_whole ||
        !session_can(session, &room->pub, CAP_MEMBERS, NULL))
        return;
    const op_id op = session_begin(session, room->pub.id, asked, NULL);
    room->members_asked = true;
    if (session->driver->members(session->state, op, &room->pub, &error))
        return;
    session_refused(session, op);
    asked(session, error, NULL);
}

void
core_look_at(struct core *core, int64_t buffer_id)
{
    struct room *room = room_get(core, buffer_id);

    if (room == NULL || room->session == NULL || !room->pub.joined || !room->confirmed ||
        !session_online(room->session))
        return;
    if (!room->looked_at && room->session->driver->look_at != NULL)
        room->session->driver->look_at(room->session->state, &room->pub);
    room->looked_at = true;
    want_members(room);
}

/* --- events
 * ------------------------------------------------------------------------------------------------
 */

static void
on_members(struct session *session, const struct event *event)
{
    struct room *room = ingest_find(session, event->conversation);
    g_autofree char *id = NULL;

    if (room == NULL || room == session->server)
        return;
    if (event->type == EVENT_MEMBERS) {
        roster_replace(room, event->members.members, event->members.n);
        room->pub.members_whole = true;
    } else if (event->type == EVENT_MEMBER_ADDED) {
        id = event->member != NULL ? ingest_clean(event->member->id, CORE_MAX_ID_BYTES) : NULL;
        if (id == NULL)
            return;
        roster_put(room, event->member);
    } else {
        id = ingest_clean(event->user_id, CORE_MAX_ID_BYTES);
        if (id == NULL || !roster_remove(room, id))
            return;
    }
    tell(room, id);
}

static void
on_renamed(struct session *session, const struct event *event)
{
    struct room *room = NULL;
    g_autofree char *id = ingest_clean(event->renamed.id, CORE_MAX_ID_BYTES);
    g_autofree char *new_id = ingest_clean(event->renamed.new_id, CORE_MAX_ID_BYTES);
    g_autofree char *new_name = ingest_clean(event->renamed.new_name, CORE_MAX_NAME_BYTES);

    if (event->conversation != NULL && (room = ingest_find(session, event->conversation)) == NULL)
        return;
    if (id != NULL && new_id != NULL)
        roster_rename(session, room, id, new_id, new_name != NULL ? new_name : new_id);
}

static void
set_presence(struct room *room, enum presence presence)
{
    if (room == NULL || room->pub.kind != BUFFER_DIRECT || room->pub.presence == presence)
        return;
    room->pub.presence = presence;
    room_publish(room->session->core, room, NOTICE_BUFFER_CHANGED);
}

static void
set_away(struct room *room, const char *user_id, enum presence presence)
{
    struct member *member = g_hash_table_lookup(room->pub.members, user_id);
    const bool away = presence == PRESENCE_AWAY;

    if (member == NULL || member->away == away || presence == PRESENCE_UNKNOWN)
        return;
    member->away = away;
    tell(room, user_id);
}

static bool
replace_status(char **status, const char *now)
{
    if (g_strcmp0(*status, now) == 0)
        return false;
    g_free(*status);
    *status = g_strdup(now);
    return true;
}

static void
set_status(struct room *room, const char *status)
{
    if (room != NULL && room->pub.kind == BUFFER_DIRECT &&
        replace_status(&room->pub.status, status))
        room_publish(room->session->core, room, NOTICE_BUFFER_CHANGED);
}

static void
on_status(struct session *session, const struct event *event)
{
    g_autofree char *id = ingest_clean(event->status.user_id, CORE_MAX_ID_BYTES);
    g_autofree char *status = clean_status(event->status.text);

    if (id == NULL)
        return;
    if (event->conversation != NULL)
        set_status(ingest_find(session, event->conversation), status);
    g_autoptr(GPtrArray) rooms = rooms_of(session, id);
    for (guint i = 0; i < rooms->len; i++) {
        struct room *room = rooms->pdata[i];
        struct member *member = g_hash_table_lookup(room->pub.members, id);
        if (member != NULL && replace_status(&member->status, status))
            tell(room, id);
    }
}

/* The conversation with somebody is named by the event, or has their id, or has them as a member.
 */
static void
on_presence(struct session *session, const struct event *event)
{
    const enum presence presence = event->presence.presence;
    g_autofree char *id = ingest_clean(event->presence.user_id, CORE_MAX_ID_BYTES);

    if (id == NULL || presence < PRESENCE_UNKNOWN || presence > PRESENCE_GONE)
        return;
    if (event->conversation != NULL)
        set_presence(ingest_find(session, event->conversation), presence);
    set_presence(room_find(session->core, session->account->id, id), presence);
    g_autoptr(GPtrArray) rooms = rooms_of(session, id);
    for (guint i = 0; i < rooms->len; i++) {
        struct room *room = rooms->pdata[i];
        set_away(room, id, presence);
        if (g_strcmp0(id, session->account->self_id) != 0)
            set_presence(room, presence);
    }
}

void
roster_event(struct session *session, const struct event *event)
{
    switch (event->type) {
    case EVENT_MEMBER_RENAMED:
        on_renamed(session, event);
        break;
    case EVENT_USER_GONE: {
        g_autofree char *id = ingest_clean(event->user_id, CORE_MAX_ID_BYTES);
        if (id != NULL)
            roster_gone(session, id);
        break;
    }
    case EVENT_STATUS:
        on_status(session, event);
        break;
    case EVENT_PRESENCE:
        on_presence(session, event);
        break;
    default:
        on_members(session, event);
    }
}
