#include <string.h>

#include "base/log.h"
#include "base/redact.h"
#include "core/engine.h"

static guint
room_hash(gconstpointer data)
{
    const struct room *room = data;
    return g_int64_hash(&room->pub.account_id) * 31 + g_str_hash(room->pub.remote_id);
}

static gboolean
room_equal(gconstpointer a, gconstpointer b)
{
    const struct room *one = a, *other = b;
    return one->pub.account_id == other->pub.account_id &&
           strcmp(one->pub.remote_id, other->pub.remote_id) == 0;
}

static void
room_free(void *data)
{
    struct room *room = data;
    if (room->session != NULL) {
        clock_timer_del(room->session->core->clock, room->mark_timer);
        typing_clear(room);
    }
    message_unref(room->attention);
    roster_clear(room);
    outbox_free_lane(room);
    redact_wipe_free(room->hidden_draft);
    if (room->attached != NULL)
        g_ptr_array_unref(room->attached);
    g_free(room->wanted);
    g_free(room->pub.remote_id);
    g_free(room->pub.name);
    g_free(room->pub.topic);
    g_free(room->pub.modes);
    g_free(room->pub.status);
    g_free(room);
}

/* --- the order of the list
 * ---------------------------------------------------------------------------- */

static int
room_compare(const struct room *a, const struct room *b)
{
    const int place_a = a->session != NULL ? a->session->place : -1;
    const int place_b = b->session != NULL ? b->session->place : -1;
    const bool head_a = a->pub.kind == BUFFER_SERVER, head_b = b->pub.kind == BUFFER_SERVER;

    if (place_a != place_b)
        return place_a < place_b ? -1 : 1;
    if (head_a != head_b)
        return head_a ? -1 : 1;
    if (a->pub.listed_in != b->pub.listed_in)
        return a->pub.listed_in < b->pub.listed_in ? -1 : 1;
    if (a->pub.group_place != b->pub.group_place)
        return a->pub.group_place < b->pub.group_place ? -1 : 1;
    if (a->pub.number != b->pub.number)
        return a->pub.number < b->pub.number ? -1 : 1;
    return a->pub.id < b->pub.id ? -1 : a->pub.id > b->pub.id;
}

static gint
compare_for_sort(gconstpointer a, gconstpointer b)
{
    return room_compare(*(const struct room *const *)a, *(const struct room *const *)b);
}

/* The first index whose buffer does not come before this one. */
static guint
list_index(const struct core *core, const struct room *room)
{
    guint low = 0, high = core->open->len;
    while (low < high) {
        const guint middle = low + (high - low) / 2;
        if (room_compare(core->open->pdata[middle], room) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool
room_is_gone(const struct room *room)
{
    return room->session != NULL && room->session->removed;
}

static void
list_insert(struct core *core, struct room *room)
{
    if (room_is_gone(room))
        return;
    g_ptr_array_insert(core->open, (gint)list_index(core, room), room);
}

static void
list_remove(struct core *core, struct room *room)
{
    const guint i = list_index(core, room);
    if (i < core->open->len && core->open->pdata[i] == room)
        g_ptr_array_remove_index(core->open, i);
}

void
room_sort(struct core *core)
{
    g_ptr_array_sort(core->open, compare_for_sort);
}

struct listing {
    struct core *core;
    GPtrArray *rooms; /* struct room */
};

static void
collect_open(struct room *room, void *user)
{
    if (!room->pub.closed)
        g_ptr_array_add(((struct listing *)user)->rooms, room);
}

void
room_list_account(struct core *core, struct session *session)
{
    g_autoptr(GPtrArray) rooms = g_ptr_array_new();
    struct listing listing = {core, rooms};

    room_each(session, collect_open, &listing);
    for (guint i = 0; i < rooms->len; i++) {
        struct room *room = rooms->pdata[i];
        if (session->removed)
            list_remove(core, room);
        else
            list_insert(core, room);
    }
    for (guint i = 0; i < rooms->len; i++)
        room_publish(core, rooms->pdata[i],
                     session->removed ? NOTICE_BUFFER_CLOSED : NOTICE_BUFFER_ADDED);
}

/* --- finding
 * ------------------------------------------------------------------------------------------- */

struct room *
room_get(struct core *core, int64_t id)
{
    return g_hash_table_lookup(core->rooms, &id);
}

struct room *
room_find(struct core *core, int64_t account_id, const char *remote_id)
{
    struct room probe;
    g_autofree char *id = g_strdup(remote_id);
    probe.pub.account_id = account_id;
    probe.pub.remote_id = id;
    return g_hash_table_lookup(core->rooms_by_name, &probe);
}

void
room_each(struct session *session, void (*fn)(struct room *room, void *user), void *user)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, session->core->rooms);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (((struct room *)value)->session == session)
            fn(value, user);
}

/* --- telling and storing
 * -------------------------------------------------------------------------------- */

void
room_publish(struct core *core, const struct room *room, enum notice_type type)
{
    bus_publish(core->bus, &(struct notice){.type = type,
                                            .account_id = room->pub.account_id,
                                            .buffer_id = room->pub.id});
}

void
room_store(struct room *room, struct core *core)
{
    if (!core->read_only)
        store_put_buffer(core->store, &room->pub);
}

bool
room_update_caps(struct room *room)
{
    const struct session *session = room->session;
    unsigned caps = 0;

    if (session != NULL && session->driver != NULL)
        caps = session->driver->caps & session->caps & ~room->caps_removed;
    if (room->pub.kind == BUFFER_SERVER)
        caps &= ~(unsigned)(CAP_SEND | CAP_ACTION | CAP_NOTICE | CAP_HISTORY | CAP_LEAVE |
                            CAP_SET_TOPIC | CAP_MARK_READ | CAP_TYPING | CAP_REACT | CAP_DELETE |
                            CAP_REPLY);
    if (caps == room->pub.caps)
        return false;
    room->pub.caps = caps;
    return true;
}

void
room_update_notify(struct core *core, struct room *room)
{
    g_autofree char *address = core_buffer_address(core, &room->pub);
    room->pub.notify = room->pub.muted
                           ? NOTIFY_NONE
                           : config_notify_level(core->config, address, room->pub.kind, NULL);
}

/* --- life
 * ------------------------------------------------------------------------------------------------
 */

/* Takes the strings of `buffer`; what is kept of it is what the store keeps. */
static struct room *
room_take(struct core *core, struct session *session, const struct buffer *buffer)
{
    struct room *room = g_new0(struct room, 1);
    room->pub = *buffer;
    room->session = session;
    room->newest_key = buffer->last_sort_key;
    room->at_start = -1;
    g_hash_table_insert(core->rooms, &room->pub.id, room);
    g_hash_table_add(core->rooms_by_name, room);
    if (room->pub.number != 0)
        g_hash_table_insert(core->rooms_by_number, GINT_TO_POINTER(room->pub.number), room);
    if (session != NULL) {
        session->n_rooms++;
        if (room->pub.kind == BUFFER_SERVER)
            session->server = room;
    }
    groups_place(core, room);
    room_update_caps(room);
    return room;
}

struct room *
room_new(struct core *core, struct session *session, enum buffer_kind kind, const char *remote_id,
         const char *name, int64_t space_id)
{
    if (session != NULL && session->n_rooms >= CORE_MAX_BUFFERS) {
        if (!session->crowded)
            log_warning("core", "account %s: more than %d conversations, the others are left out",
                        session->account->name, CORE_MAX_BUFFERS);
        session->crowded = true;
        return NULL;
    }
    const bool numbered = kind != BUFFER_CORE && kind != BUFFER_SERVER;
    const struct buffer buffer = {
        .id = ++core->last_buffer_id,
        .account_id = session != NULL ? session->account->id : 0,
        .space_id = space_id,
        .remote_id = g_strdup(remote_id),
        .kind = kind,
        .name = g_strdup(name),
        .number = numbered ? ++core->last_number : 0,
    };
    struct room *room = room_take(core, session, &buffer);
    room_update_notify(core, room);
    room_store(room, core);
    list_insert(core, room);
    room_publish(core, room, NOTICE_BUFFER_ADDED);
    return room;
}

bool
room_set_remote_id(struct core *core, struct room *room, const char *remote_id)
{
    if (strcmp(room->pub.remote_id, remote_id) == 0)
        return true;
    if (room_find(core, room->pub.account_id, remote_id) != NULL)
        return false;
    g_hash_table_remove(core->rooms_by_name, room);
    g_free(room->pub.remote_id);
    room->pub.remote_id = g_strdup(remote_id);
    g_hash_table_add(core->rooms_by_name, room);
    return true;
}

void
room_set_space(struct core *core, struct room *room, int64_t space_id)
{
    if (room->pub.space_id == space_id)
        return;
    if (!room->pub.closed)
        list_remove(core, room);
    room->pub.space_id = space_id;
    groups_place(core, room);
    if (!room->pub.closed)
        list_insert(core, room);
    room_update_notify(core, room);
    room_publish(core, room, NOTICE_BUFFER_MOVED);
}

/* The list is sorted by number: both leave it before either changes. */
static void
swap_numbers(struct core *core, struct room *room, struct room *other)
{
    struct room *const both[] = {room, other};
    const int number = room->pub.number;

    for (size_t i = 0; i < G_N_ELEMENTS(both); i++)
        if (!both[i]->pub.closed)
            list_remove(core, both[i]);
    room->pub.number = other->pub.number;
    other->pub.number = number;
    for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
        g_hash_table_insert(core->rooms_by_number, GINT_TO_POINTER(both[i]->pub.number), both[i]);
        if (!both[i]->pub.closed)
            list_insert(core, both[i]);
        room_store(both[i], core);
        room_publish(core, both[i], NOTICE_BUFFER_MOVED);
    }
}

bool
core_move_buffer(struct core *core, int64_t buffer_id, int number, GError **error)
{
    struct room *room = room_get(core, buffer_id);
    struct room *other = g_hash_table_lookup(core->rooms_by_number, GINT_TO_POINTER(number));

    if (room == NULL || room->pub.number == 0) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "This buffer belongs to weft or to an account and has no number.");
        return false;
    }
    if (number > core->last_number || number < 1) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "There is no number %d: they go from 1 to %d.", number, core->last_number);
        return false;
    }
    if (other == NULL) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT,
                    "The number %d belongs to a buffer of an account that is not configured now.",
                    number);
        return false;
    }
    if (other != room)
        swap_numbers(core, room, other);
    return true;
}

void
room_set_closed(struct core *core, struct room *room, bool closed)
{
    if (room->pub.closed == closed)
        return;
    if (closed)
        list_remove(core, room);
    room->pub.closed = closed;
    if (!closed) {
        room_update_notify(core, room);
        list_insert(core, room);
    }
    room_store(room, core);
    room_publish(core, room, closed ? NOTICE_BUFFER_CLOSED : NOTICE_BUFFER_ADDED);
}

struct space *
room_space(struct core *core, struct session *session, const char *remote_id, const char *name)
{
    GHashTableIter iter;
    gpointer value;
    struct space *space = NULL;

    /* Spaces are few, and spoken of once a connection. */
    g_hash_table_iter_init(&iter, core->spaces);
    while (space == NULL && g_hash_table_iter_next(&iter, NULL, &value)) {
        struct space *each = value;
        if (each->account_id == session->account->id && strcmp(each->remote_id, remote_id) == 0)
            space = each;
    }
    if (space == NULL) {
        if (session->n_spaces >= CORE_MAX_SPACES)
            return NULL;
        session->n_spaces++;
        space = g_new0(struct space, 1);
        space->id = ++core->last_space_id;
        space->account_id = session->account->id;
        space->remote_id = g_strdup(remote_id);
        space->name = g_strdup(name != NULL ? name : remote_id);
        g_hash_table_insert(core->spaces, &space->id, space);
        store_put_space(core->store, space);
    } else if (name != NULL && strcmp(space->name, name) != 0) {
        g_free(space->name);
        space->name = g_strdup(name);
        store_put_space(core->store, space);
    }
    return space;
}

/* --- loading
 * -------------------------------------------------------------------------------------------- */

static void
load_spaces(struct core *core)
{
    g_autoptr(GPtrArray) spaces = store_load_spaces(core->store);
    for (guint i = 0; i < spaces->len; i++) {
        const struct space *stored = spaces->pdata[i];
        struct session *session = session_of_account(core, stored->account_id);
        if (session == NULL || core_space(core, stored->id) != NULL)
            continue;
        struct space *space = g_new0(struct space, 1);
        space->id = stored->id;
        space->account_id = stored->account_id;
        space->remote_id = g_strdup(stored->remote_id);
        space->name = g_strdup(stored->name);
        session->n_spaces++;
        g_hash_table_insert(core->spaces, &space->id, space);
    }
}

static struct room *
load_buffer(struct core *core, struct buffer *stored)
{
    struct session *session = session_of_account(core, stored->account_id);

    core->last_number = MAX(core->last_number, stored->number);
    if (stored->account_id != 0 && session == NULL)
        return NULL; /* its account is not configured any more: kept, not listed */
    if (room_get(core, stored->id) != NULL)
        return NULL;
    struct room *room = room_take(core, session, stored);
    /* The strings are the room's now. */
    stored->remote_id = stored->name = stored->topic = NULL;
    stored->members = NULL;
    if (room->pub.kind == BUFFER_CORE)
        core->own = room;
    return room;
}

static void
make_server_rooms(struct core *core)
{
    for (guint i = 0; i < core->accounts->len; i++) {
        const struct account *account = core->accounts->pdata[i];
        struct session *session = session_of_account(core, account->id);
        if (session->server == NULL)
            room_new(core, session, BUFFER_SERVER, "", account->name, 0);
    }
}

static void
load_drafts(struct core *core)
{
    g_autoptr(GArray) ids = store_load_draft_buffers(core->store);

    for (guint i = 0; i < ids->len; i++) {
        struct room *room = room_get(core, g_array_index(ids, int64_t, i));
        if (room != NULL)
            room->pub.draft = true;
    }
}

void
room_load(struct core *core)
{
    load_spaces(core);
    groups_load(core);
    g_autoptr(GPtrArray) buffers = store_load_buffers(core->store);
    for (guint i = 0; i < buffers->len; i++) {
        struct room *room = load_buffer(core, buffers->pdata[i]);
        if (room == NULL)
            continue;
        room_update_notify(core, room);
        if (!room->pub.closed)
            g_ptr_array_add(core->open, room);
    }
    load_drafts(core);
    g_ptr_array_sort(core->open, compare_for_sort);
    if (core->own == NULL)
        core->own = room_new(core, NULL, BUFFER_CORE, "", "weft", 0);
    make_server_rooms(core);
}

void
room_init(struct core *core)
{
    core->rooms = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, room_free);
    core->rooms_by_name = g_hash_table_new(room_hash, room_equal);
    core->rooms_by_number = g_hash_table_new(NULL, NULL);
    core->spaces =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)space_free);
    core->open = g_ptr_array_new();
    groups_init(core);
    core->last_account_id = store_max_id(core->store, STORE_ACCOUNTS);
    core->last_space_id = store_max_id(core->store, STORE_SPACES);
    core->last_buffer_id = store_max_id(core->store, STORE_BUFFERS);
}

void
room_fini(struct core *core)
{
    g_hash_table_unref(core->rooms_by_name);
    g_hash_table_unref(core->rooms_by_number);
    g_hash_table_unref(core->rooms);
    g_hash_table_unref(core->spaces);
    groups_fini(core);
    g_ptr_array_unref(core->open);
}
