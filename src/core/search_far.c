#include "core/search_far.h"

#include "core/engine.h"

struct far {
    struct core *core;
    far_fn fn;
    void *user;
    GPtrArray *hits;  /* struct message */
    GHashTable *seen; /* "buffer remote-id" of each */
    GPtrArray *asks;  /* struct far_ask, under way; each belongs to its operation */
    unsigned timer;   /* asks when it is due; 0: no */
    struct search_query *query;
    GArray *buffer_ids; /* NULL: anywhere */
    int64_t pins;       /* what is pinned in this buffer; 0: a search */
    char *failed;
};

struct far_ask {
    struct far *far;
    struct session *session;
    op_id op;
};

struct far *
far_new(struct core *core, far_fn fn, void *user)
{
    struct far *far = g_new0(struct far, 1);

    far->core = core;
    far->fn = fn;
    far->user = user;
    far->hits = g_ptr_array_new_with_free_func((GDestroyNotify)message_unref);
    far->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    far->asks = g_ptr_array_new();
    return far;
}

void
far_forget(struct far *far)
{
    clock_timer_del(far->core->clock, far->timer);
    far->timer = 0;
    while (far->asks->len > 0) {
        const struct far_ask *ask = g_ptr_array_steal_index_fast(far->asks, 0);
        struct session *session = ask->session;
        const op_id op = ask->op;
        session_refused(session, op); /* its end is nobody's business any more */
        if (session->state != NULL && session->driver->op_cancel != NULL)
            session->driver->op_cancel(session->state, op);
    }
    g_ptr_array_set_size(far->hits, 0);
    g_hash_table_remove_all(far->seen);
    g_clear_pointer(&far->query, search_query_free);
    g_clear_pointer(&far->buffer_ids, g_array_unref);
    g_clear_pointer(&far->failed, g_free);
    far->pins = 0;
}

void
far_free(struct far *far)
{
    if (far == NULL)
        return;
    far_forget(far);
    g_ptr_array_unref(far->hits);
    g_hash_table_unref(far->seen);
    g_ptr_array_unref(far->asks);
    g_free(far);
}

const GPtrArray *
far_hits(const struct far *far)
{
    return far->hits;
}

unsigned
far_waiting(const struct far *far)
{
    return far->asks->len + (far->timer != 0);
}

const char *
far_failed(const struct far *far)
{
    return far->failed;
}

bool
far_changed(struct far *far, struct message *message)
{
    for (guint i = 0; i < far->hits->len; i++) {
        struct message *hit = far->hits->pdata[i];
        if (hit->id != message->id)
            continue;
        if ((message->flags & MESSAGE_DELETED) != 0 ||
            (far->pins != 0 && (message->flags & MESSAGE_PINNED) == 0)) {
            g_ptr_array_remove_index(far->hits, i);
        } else {
            far->hits->pdata[i] = message_ref(message);
            message_unref(hit);
        }
        return true;
    }
    return false;
}

/* --- answers
 * -------------------------------------------------------------------------------------- */

static bool
has_id(const GArray *ids, int64_t id)
{
    for (guint i = 0; i < ids->len; i++)
        if (g_array_index(ids, int64_t, i) == id)
            return true;
    return false;
}

/* Is it what was asked for? A network knows whole days, and not every place can be named to it. */
static bool
is_wanted(const struct far *far, const struct message *message)
{
    const struct search_query *query = far->query;

    if ((message->flags & (MESSAGE_IGNORED | MESSAGE_DELETED)) != 0)
        return false;
    if (far->pins != 0)
        return message->buffer_id == far->pins;
    return (far->buffer_ids == NULL || has_id(far->buffer_ids, message->buffer_id)) &&
           (query->after_us == 0 || message->time_us >= query->after_us) &&
           (query->before_us == 0 || message->time_us < query->before_us);
}

static void
add(struct far *far, struct message *found)
{
    char *key = g_strdup_printf("%" G_GINT64_FORMAT " %s", found->buffer_id, found->remote_id);

    if (!g_hash_table_add(far->seen, key))
        return;
    struct message *here = core_find_message(far->core, found->buffer_id, found->remote_id);
    struct message *hit = here != NULL ? here : message_ref(found);
    if (is_wanted(far, hit))
        g_ptr_array_add(far->hits, message_ref(hit));
    message_unref(hit);
}

static gint
newest_first(gconstpointer a, gconstpointer b)
{
    const struct message *one = *(const struct message *const *)a;
    const struct message *other = *(const struct message *const *)b;
    return (one->time_us < other->time_us) - (one->time_us > other->time_us);
}

static void
answered(struct session *session, const GError *error, void *user)
{
    struct far_ask *ask = user;
    struct far *far = ask->far;
    const GPtrArray *found = session->found;

    g_ptr_array_remove_fast(far->asks, ask);
    for (guint i = 0; error == NULL && found != NULL && i < found->len; i++)
        add(far, found->pdata[i]);
    g_ptr_array_sort(far->hits, newest_first);
    if (error == NULL && far->pins != 0)
        mark_pins_are(far->core, far->pins, found);
    if (error != NULL) {
        g_free(far->failed);
        far->failed = g_strdup_printf("%s: %s", session->account->name, error->message);
    }
    far->fn(far->user);
}

/* --- asking
 * --------------------------------------------------------------------------------------- */

static struct far_ask *
begin(struct far *far, struct session *session, int64_t buffer_id)
{
    struct far_ask *ask = g_new0(struct far_ask, 1);

    ask->far = far;
    ask->session = session;
    ask->op = session_begin(session, buffer_id, answered, ask);
    session_owns(session, ask->op, g_free);
    return ask;
}

static void
begun(struct far_ask *ask, bool taken, const GError *error)
{
    struct far *far = ask->far;

    if (taken) {
        g_ptr_array_add(far->asks, ask);
        return;
    }
    g_free(far->failed);
    far->failed = g_strdup_printf("%s: %s", ask->session->account->name, error->message);
    session_refused(ask->session, ask->op);
}

/* The account's buffers among those in question. NULL: it has none. All of them: empty. */
static GPtrArray *
places_of(const struct far *far, const struct session *session)
{
    GPtrArray *places = g_ptr_array_new();
    unsigned others = 0;
    GHashTableIter iter;
    void *value;

    if (far->buffer_ids == NULL)
        return places;
    g_hash_table_iter_init(&iter, far->core->rooms);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct room *room = value;
        if (room->session != session || room->pub.kind == BUFFER_SERVER)
            continue;
        if (has_id(far->buffer_ids, room->pub.id))
            g_ptr_array_add(places, &room->pub);
        else
            others++;
    }
    if (places->len == 0) {
        g_ptr_array_unref(places);
        return NULL;
    }
    if (others == 0)
        g_ptr_array_set_size(places, 0);
    return places;
}

static void
ask_session(struct far *far, struct session *session)
{
    g_autoptr(GError) error = NULL;

    if (session == NULL || session->state == NULL || !session_online(session) ||
        (session->caps & CAP_SEARCH) == 0 || session->driver->search == NULL)
        return;
    GPtrArray *places = places_of(far, session);
    if (places == NULL)
        return;
    const struct search_request request = {.words = far->query->words,
                                           .from = far->query->from,
                                           .in = places,
                                           .after_us = far->query->after_us,
                                           .before_us = far->query->before_us};
    struct far_ask *ask = begin(far, session, 0);
    begun(ask, session->driver->search(session->state, ask->op, &request, &error), error);
    g_ptr_array_unref(places);
}

static void
ask_all(struct far *far)
{
    const GPtrArray *accounts = far->core->accounts;

    for (guint i = 0; i < accounts->len; i++)
        ask_session(
            far, session_of_account(far->core, ((const struct account *)accounts->pdata[i])->id));
}

static void
paused(void *user)
{
    struct far *far = user;

    far->timer = 0;
    ask_all(far);
    if (far->asks->len == 0)
        far->fn(far->user);
}

static bool
can_search(struct core *core)
{
    for (guint i = 0; i < core->accounts->len; i++) {
        const struct session *session =
            session_of_account(core, ((const struct account *)core->accounts->pdata[i])->id);
        if (session != NULL && session_online(session) && (session->caps & CAP_SEARCH) != 0)
            return true;
    }
    return false;
}

void
far_search(struct far *far, struct search_query *query_take, GArray *buffer_ids, bool typing)
{
    far_forget(far);
    far->query = query_take;
    if (buffer_ids != NULL)
        far->buffer_ids = g_array_copy(buffer_ids);
    if (!can_search(far->core))
        return;
    if (typing)
        far->timer = clock_timer_add(far->core->clock, FAR_PAUSE_US, paused, far);
    else
        ask_all(far);
}

void
far_pins(struct far *far, int64_t buffer_id)
{
    struct session *session = session_of_buffer(far->core, buffer_id);
    g_autoptr(GError) error = NULL;

    far_forget(far);
    far->pins = buffer_id;
    if (session == NULL || session->state == NULL || !session_online(session) ||
        session->driver->pins == NULL)
        return;
    struct far_ask *ask = begin(far, session, buffer_id);
    begun(ask,
          session->driver->pins(session->state, ask->op, core_buffer(far->core, buffer_id), &error),
          error);
}
