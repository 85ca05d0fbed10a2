/* How the person has put conversations together on their network: groups of a space, told as a
 * whole, and what they have muted there. Kept in the store, so that the list stands as it did
 * before the network has answered. */
#include <string.h>

#include "base/log.h"
#include "core/engine.h"

/* --- places
 * ------------------------------------------------------------------------------------------- */

void
groups_place(struct core *core, struct room *room)
{
    const struct buffer_group *group = core_group(core, room->pub.group_id);
    const bool direct = room->pub.kind >= BUFFER_DIRECT;
    const bool fits = group != NULL && (direct || group->space_id == room->pub.space_id);

    room->pub.listed_in = fits ? group->space_id : room->pub.space_id;
    room->pub.group_place = fits ? group->place : 0;
}

static void
place_again(struct room *room, void *user)
{
    groups_place(user, room);
}

const struct buffer_group *
core_group(struct core *core, int64_t id)
{
    return id != 0 ? g_hash_table_lookup(core->groups, &id) : NULL;
}

/* --- what a network tells
 * ----------------------------------------------------------------------------------------- */

/* The groups of one space, while they are being replaced. */
struct change {
    struct core *core;
    struct session *session;
    const struct space *space;
    GPtrArray *kept;  /* struct buffer_group that were named */
    GHashTable *into; /* struct room → struct buffer_group */
    bool any;
};

static struct buffer_group *
find(struct core *core, const struct space *space, const char *remote_id)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, core->groups);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct buffer_group *group = value;
        if (group->space_id == space->id && strcmp(group->remote_id, remote_id) == 0)
            return group;
    }
    return NULL;
}

static struct buffer_group *
group_new(struct core *core, const struct space *space, const char *remote_id)
{
    struct buffer_group *group = g_new0(struct buffer_group, 1);

    group->id = ++core->last_group_id;
    group->account_id = space->account_id;
    group->space_id = space->id;
    group->remote_id = g_strdup(remote_id);
    group->name = g_strdup("");
    g_hash_table_insert(core->groups, &group->id, group);
    return group;
}

static struct buffer_group *
take_group(struct change *change, const struct event_group *told)
{
    g_autofree char *id = ingest_clean(told->id, CORE_MAX_ID_BYTES);
    g_autofree char *name = ingest_clean(told->name, CORE_MAX_NAME_BYTES);
    const int place = (int)change->kept->len + 1;

    if (id == NULL || *id == '\0')
        return NULL;
    struct buffer_group *group = find(change->core, change->space, id);
    if (group == NULL)
        group = group_new(change->core, change->space, id);
    if (g_ptr_array_find(change->kept, group, NULL))
        return NULL; /* named twice */
    g_ptr_array_add(change->kept, group);
    if (group->place == place && g_strcmp0(group->name, name) == 0)
        return group;
    g_free(group->name);
    group->name = name != NULL ? g_steal_pointer(&name) : g_strdup("");
    group->place = place;
    store_put_group(change->core->store, group);
    change->any = true;
    return group;
}

/* A direct conversation may stand in groups of several spaces: it stays in the first. */
static bool
may_enter(const struct change *change, const struct room *room)
{
    const struct buffer_group *now = core_group(change->core, room->pub.group_id);

    if (g_hash_table_contains(change->into, room))
        return false;
    if (room->pub.kind < BUFFER_DIRECT)
        return room->pub.space_id == change->space->id;
    return now == NULL || now->space_id == change->space->id;
}

static void
take_rooms(struct change *change, struct buffer_group *group, const char *const *conversations)
{
    for (; conversations != NULL && *conversations != NULL; conversations++) {
        struct room *room = ingest_find(change->session, *conversations);
        if (room != NULL && room != change->session->server && may_enter(change, room))
            g_hash_table_insert(change->into, room, group);
    }
}

static void
move_room(struct room *room, void *user)
{
    struct change *change = user;
    const struct buffer_group *before = core_group(change->core, room->pub.group_id);
    const struct buffer_group *now = g_hash_table_lookup(change->into, room);

    if (before == now || (now == NULL && before->space_id != change->space->id))
        return;
    room->pub.group_id = now != NULL ? now->id : 0;
    room_store(room, change->core);
    change->any = true;
}

static gboolean
is_dropped(gpointer key, gpointer value, gpointer user)
{
    struct change *change = user;
    struct buffer_group *group = value;

    if (group->space_id != change->space->id || g_ptr_array_find(change->kept, group, NULL))
        return FALSE;
    group->place = 0;
    store_put_group(change->core->store, group);
    change->any = true;
    return TRUE;
}

void
groups_event(struct session *session, const struct event *event)
{
    struct core *core = session->core;
    g_autofree char *id = ingest_clean(event->groups.space, CORE_MAX_ID_BYTES);
    const struct space *space = id != NULL ? room_space(core, session, id, NULL) : NULL;
    g_autoptr(GPtrArray) kept = g_ptr_array_new();
    g_autoptr(GHashTable) into = g_hash_table_new(NULL, NULL);
    struct change change = {core, session, space, kept, into, false};

    if (space == NULL)
        return;
    if (event->groups.n > CORE_MAX_GROUPS)
        log_warning("core", "account %s: more than %d groups in a space, the others are left out",
                    session->account->name, CORE_MAX_GROUPS);
    for (size_t i = 0; i < event->groups.n && i < CORE_MAX_GROUPS; i++) {
        struct buffer_group *group = take_group(&change, &event->groups.list[i]);
        if (group != NULL)
            take_rooms(&change, group, event->groups.list[i].conversations);
    }
    room_each(session, move_room, &change);
    g_hash_table_foreach_remove(core->groups, is_dropped, &change);
    if (!change.any)
        return;
    room_each(session, place_again, core);
    room_sort(core);
    bus_publish(core->bus,
                &(struct notice){.type = NOTICE_GROUPS, .account_id = session->account->id});
}

/* --- muting
 * ------------------------------------------------------------------------------------------- */

static void
set_muted(struct core *core, struct room *room, bool muted)
{
    if (room->pub.muted == muted)
        return;
    room->pub.muted = muted;
    room_update_notify(core, room);
    room_store(room, core);
    room_publish(core, room, NOTICE_BUFFER_CHANGED);
}

void
groups_muted(struct session *session, const struct event *event)
{
    struct room *room = ingest_find(session, event->conversation);

    if (room != NULL && room != session->server)
        set_muted(session->core, room, event->muted);
}

struct asked {
    int64_t buffer_id;
    bool mute;
};

static void
on_asked(struct session *session, const GError *error, void *user)
{
    const struct asked *asked = user;
    struct room *room = room_get(session->core, asked->buffer_id);

    if (error == NULL || room == NULL)
        return;
    set_muted(session->core, room, !asked->mute);
    core_say_error(session->core, asked->buffer_id, error);
}

/* Shown at once, and taken back where the network refuses. */
static bool
mute_there(struct room *room, bool mute, GError **error)
{
    struct session *session = room->session;

    if (!session_can(session, &room->pub, (enum capability)0, error))
        return false;
    struct asked *asked = g_new0(struct asked, 1);
    asked->buffer_id = room->pub.id;
    asked->mute = mute;
    const op_id op = session_begin(session, room->pub.id, on_asked, asked);
    session_owns(session, op, g_free);
    if (!session->driver->mute(session->state, op, &room->pub, mute, error))
        return session_refused(session, op);
    set_muted(session->core, room, mute);
    return true;
}

/* In the configuration. */
static bool
mute_here(struct core *core, struct room *room, bool mute, GError **error)
{
    g_autofree char *address = core_buffer_address(core, &room->pub);
    g_autofree char *section = g_strconcat("buffer ", address, NULL);

    if (!config_set(core->config, section, "notify", mute ? "none" : NULL, error))
        return false;
    /* weft.conf itself may want it muted. */
    const bool direct = room->pub.kind == BUFFER_DIRECT || room->pub.kind == BUFFER_GROUP;
    if (!mute && config_notify_level(core->config, address, room->pub.kind, NULL) == NOTIFY_NONE &&
        !config_set(core->config, section, "notify", direct ? "all" : "mentions", error))
        return false;
    room_update_notify(core, room);
    room_publish(core, room, NOTICE_BUFFER_CHANGED);
    return true;
}

static bool
is_kept_there(const struct room *room)
{
    return room->session != NULL && room != room->session->server &&
           room->session->driver != NULL && room->session->driver->mute != NULL;
}

bool
core_mute_buffer(struct core *core, int64_t buffer_id, bool mute, GError **error)
{
    struct room *room = room_get(core, buffer_id);

    g_return_val_if_fail(room != NULL, false);
    if (is_kept_there(room) && (mute || room->pub.muted)) {
        if (!mute_there(room, mute, error))
            return false;
        /* It may be muted in the configuration besides. */
        if (mute || room->pub.notify != NOTIFY_NONE)
            return true;
    }
    return mute_here(core, room, mute, error);
}

/* --- life
 * ---------------------------------------------------------------------------------------------- */

void
groups_load(struct core *core)
{
    g_autoptr(GPtrArray) groups = store_load_groups(core->store);

    for (guint i = 0; i < groups->len; i++) {
        const struct buffer_group *stored = groups->pdata[i];
        if (core_group(core, stored->id) != NULL || core_space(core, stored->space_id) == NULL)
            continue;
        struct buffer_group *group = g_memdup2(stored, sizeof *stored);
        group->remote_id = g_strdup(stored->remote_id);
        group->name = g_strdup(stored->name);
        g_hash_table_insert(core->groups, &group->id, group);
    }
}

void
groups_init(struct core *core)
{
    core->groups =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)buffer_group_free);
    core->last_group_id = store_max_id(core->store, STORE_GROUPS);
}

void
groups_fini(struct core *core)
{
    g_hash_table_unref(core->groups);
}
