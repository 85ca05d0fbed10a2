#include <stdarg.h>
#include <string.h>

#include "base/log.h"
#include "base/redact.h"
#include "core/config_priv.h"
#include "core/engine.h"
#include "core/relaying.h"

#define STOP_US      (2 * G_USEC_PER_SEC)
#define FLUSHES_MOST 8

/* --- life
 * ----------------------------------------------------------------------------------------------------
 */

struct core *
core_new(const struct core_options *options)
{
    struct core *core = g_new0(struct core, 1);

    core->config = options->config;
    core->config_dir = g_path_get_dirname(core->config->file);
    core->store = options->store;
    core->clock = options->clock;
    core->net = options->net;
    core->networks = options->networks;
    core->read_only = options->read_only;
    core->unattended = options->unattended;
    core->check_config = options->check_config;
    core->download_dir = g_strdup(options->download_dir);
    core->cache_dir = g_strdup(options->cache_dir);
    core->bus = bus_new();
    core->accounts = g_ptr_array_new();
    core->sessions =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)session_free);
    core->trials = g_ptr_array_new();
    core->probes = g_ptr_array_new();
    question_init(core);
    room_init(core);
    outbox_init(core);
    edit_init(core);
    transfer_init(core);
    accounts_load(core);
    room_load(core);
    threads_load(core);
    attention_load(core);
    outbox_load(core, NULL);
    edit_load(core, NULL);
    inbox_init(core);
    picture_init(core);
    return core;
}

bool
core_is_read_only(const struct core *core)
{
    return core->read_only;
}

/* Also what is written because of that: a message that was being marked waits again. */
static void
flush(struct core *core)
{
    for (unsigned i = 0; i == 0 || (i < FLUSHES_MOST && core->words != NULL && core->stalled == 0);
         i++)
        store_flush(core->store);
}

void
core_free(struct core *core)
{
    GHashTableIter iter;
    gpointer value;

    if (core == NULL)
        return;
    core->leaving = true;
    trial_free_all(core);
    g_hash_table_iter_init(&iter, core->sessions);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        session_close(value);
    clock_timer_del(core->clock, core->stop_timer);
    if (!core->read_only)
        flush(core);
    word_fini(core);
    inbox_fini(core);
    picture_fini(core);
    edit_fini(core);
    transfer_fini(core);
    outbox_fini(core);
    room_fini(core);
    g_hash_table_unref(core->sessions);
    question_fini(core);
    forms_fini(core);
    g_ptr_array_unref(core->accounts);
    g_ptr_array_unref(core->trials);
    g_ptr_array_unref(core->probes);
    bus_free(core->bus);
    config_free(core->config);
    g_free(core->config_dir);
    g_free(core->download_dir);
    g_free(core->cache_dir);
    g_free(core->mark);
    g_free(core);
}

void
core_start(struct core *core, struct net_ops *net)
{
    core->net = net;
    core->started = true;
    setup_start(core);
    if (core->read_only)
        return;
    for (guint i = 0; i < core->accounts->len; i++) {
        const struct account *account = core->accounts->pdata[i];
        struct session *session = session_of_account(core, account->id);
        if (session->at_start)
            session_connect(session);
    }
}

static void
stopped(void *user)
{
    struct core *core = user;
    void (*done)(void *user) = core->stop_done;

    core->stop_timer = 0;
    core->stop_done = NULL;
    if (done != NULL)
        done(core->stop_user);
}

static bool
any_connected(struct core *core)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, core->sessions);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (((struct session *)value)->connected)
            return true;
    return false;
}

void
core_session_ended(struct core *core)
{
    if (core->stop_done == NULL || any_connected(core))
        return;
    /* From the loop: the driver is above us. */
    clock_timer_del(core->clock, core->stop_timer);
    core->stop_timer = clock_timer_add(core->clock, 0, stopped, core);
}

void
core_stop(struct core *core, const char *reason, void (*done)(void *user), void *user)
{
    GHashTableIter iter;
    gpointer value;

    core->stop_done = done;
    core->stop_user = user;
    core->stop_timer = clock_timer_add(core->clock, STOP_US, stopped, core);
    g_hash_table_iter_init(&iter, core->sessions);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        session_disconnect(value, reason);
    core_session_ended(core);
}

/* --- looking
 * --------------------------------------------------------------------------------------------------
 */

struct bus *
core_bus(struct core *core)
{
    return core->bus;
}

const struct config *
core_config(struct core *core)
{
    return core->config;
}

void
core_set_front(struct core *core, const struct core_front *front)
{
    core->front = front;
}

void
core_set_relay(struct core *core, const struct core_relay *relay)
{
    core->relay = relay;
}

const struct core_relay *
core_relay(struct core *core)
{
    return core->relay;
}

void
relay_leg_free(struct relay_leg *leg)
{
    if (leg == NULL)
        return;
    g_free(leg->gateway);
    g_free(leg->address);
    g_free(leg->error);
    g_free(leg);
}

struct clock *
core_clock(struct core *core)
{
    return core->clock;
}

const GPtrArray *
core_accounts(struct core *core)
{
    return core->accounts;
}

const GPtrArray *
core_buffers(struct core *core)
{
    return core->open;
}

const struct buffer *
core_buffer(struct core *core, int64_t id)
{
    const struct room *room = room_get(core, id);
    return room != NULL && !room_is_gone(room) ? &room->pub : NULL;
}

const struct buffer *
core_buffer_by_number(struct core *core, int number)
{
    const struct room *room = g_hash_table_lookup(core->rooms_by_number, GINT_TO_POINTER(number));
    return room != NULL && !room->pub.closed && !room_is_gone(room) ? &room->pub : NULL;
}

const struct space *
core_space(struct core *core, int64_t id)
{
    return g_hash_table_lookup(core->spaces, &id);
}

const struct buffer *
core_own_buffer(struct core *core)
{
    return &core->own->pub;
}

/* --- saying
 * ----------------------------------------------------------------------------------------------------
 */

void
core_say(struct core *core, int64_t buffer_id, const char *format, ...)
{
    struct room *room = room_get(core, buffer_id);
    va_list args;

    if (room == NULL)
        return;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    ingest_line(core, room, MESSAGE_WEFT, text);
}

void
core_say_error(struct core *core, int64_t buffer_id, const GError *error)
{
    core_say(core, buffer_id, "%s", error->message);
}

/* --- doing
 * ------------------------------------------------------------------------------------------------------
 */

bool
core_connect(struct core *core, int64_t account_id, GError **error)
{
    struct session *session = session_of_account(core, account_id);

    if (session == NULL) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "There is no such account.");
        return false;
    }
    if (core->read_only || core->net == NULL) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT,
                    core->read_only ? "Another weft runs with this profile: this one only reads."
                                    : "weft has not finished starting. Try again in a moment.");
        return false;
    }
    session_connect(session);
    return true;
}

void
core_disconnect(struct core *core, int64_t account_id, const char *reason)
{
    struct session *session = session_of_account(core, account_id);
    if (session != NULL)
        session_disconnect(session, reason);
}

bool
core_close_buffer(struct core *core, int64_t buffer_id, GError **error)
{
    struct room *room = room_get(core, buffer_id);

    if (room == NULL || room->pub.kind == BUFFER_CORE || room->pub.kind == BUFFER_SERVER) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "This buffer belongs to weft or to an account and stays open.");
        return false;
    }
    struct session *session = room->session;
    if (room->pub.joined && (room->pub.caps & CAP_LEAVE) != 0 && session_online(session)) {
        const op_id op = session_begin(session, 0, NULL, NULL);
        if (!session->driver->leave(session->state, op, &room->pub, NULL, error))
            return session_refused(session, op);
    } else if (room->pub.kind != BUFFER_DIRECT) {
        room->pub.joined = false; /* not to be joined again at the next connection */
    }
    room_set_closed(core, room, true);
    return true;
}

void
core_show_buffer(struct core *core, int64_t buffer_id)
{
    struct room *room = room_get(core, buffer_id);

    if (room == NULL || room_is_gone(room))
        return;
    room_set_closed(core, room, false);
    room_publish(core, room, NOTICE_SHOW_BUFFER);
}

bool
core_is_unattended(const struct core *core)
{
    return core->unattended;
}

char *
core_typed(struct core *core, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *command = g_strdup_vprintf(format, args);
    va_end(args);
    return g_strconcat(core->unattended ? "weft ctl " : "/", command, NULL);
}

void
core_quit(struct core *core)
{
    bus_publish(core->bus, &(struct notice){.type = NOTICE_QUIT});
}
