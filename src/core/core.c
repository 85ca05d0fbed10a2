#include <stdarg.h>
#include <string.h>

#include "base/log.h"
#include "base/redact.h"
#include "core/config_priv.h"
#include "core/engine.h"

#define STOP_US (2 * G_USEC_PER_SEC)

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
    core->check_config = options->check_config;
    core->bus = bus_new();
    core->accounts = g_ptr_array_new();
    core->sessions =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)session_free);
    core->trials = g_ptr_array_new();
    word_init(core);
    question_init(core);
    room_init(core);
    outbox_init(core);
    accounts_load(core);
    room_load(core);
    attention_load(core);
    outbox_load(core, NULL);
    return core;
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
        store_flush(core->store);
    word_fini(core);
    outbox_fini(core);
    room_fini(core);
    g_hash_table_unref(core->sessions);
    question_fini(core);
    g_ptr_array_unref(core->accounts);
    g_ptr_array_unref(core->trials);
    bus_free(core->bus);
    config_free(core->config);
    g_free(core->config_dir);
    g_free(core);
}

void
core_start(struct core *core, struct net_ops *net)
{
    core->net = net;
    core->started = true;
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

/* --- writing
 * ---------------------------------------------------------------------------------------------------
 */

/* Conversations that one is in or not, unlike a direct one. */
static bool
is_entered(enum buffer_kind kind)
{
    return kind == BUFFER_CHANNEL || kind == BUFFER_PRIVATE || kind == BUFFER_GROUP;
}

static bool
may_send(struct core *core, struct room *room, enum message_kind kind, const struct rich *body,
         const char *reply_to, GError **error)
{
    const enum capability wanted = kind == MESSAGE_ACTION   ? CAP_ACTION
                                   : kind == MESSAGE_NOTICE ? CAP_NOTICE
                                                            : CAP_SEND;
    if (room == NULL || room->session == NULL) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                    "This is weft's own buffer: nobody listens here. Go to a conversation first.");
    } else if (core->read_only) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT,
                    "Another weft runs with this profile: this one only reads. Write there.");
    } else if (core->disk_trouble) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK,
                    "The disk refuses to store, so nothing is sent. The text stays here; send it "
                    "again when there is room.");
    } else if ((room->pub.caps & (unsigned)wanted) == 0) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED, capability_lack(wanted));
    } else if (!room->pub.joined && is_entered(room->pub.kind)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_FORBIDDEN,
                    "You are not in %s. The text stays here; go in with /join %s.", room->pub.name,
                    room->pub.name);
    } else if (reply_to != NULL && (room->pub.caps & CAP_REPLY) == 0) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED, capability_lack(CAP_REPLY));
    } else if (body->len == 0) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "There is nothing to send.");
    } else if (body->len > RICH_MAX_BYTES) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                    "This text is longer than %d bytes. Send it in parts, or as a file.",
                    RICH_MAX_BYTES);
    } else {
        return true;
    }
    return false;
}

/* One part or more; NULL and `error` when the network can't. */
static GPtrArray *
split(struct room *room, enum message_kind kind, const struct rich *body, const char *reply_to,
      GError **error)
{
    struct session *session = room->session;
    const size_t most = session->limits.text_bytes;

    if (session->driver->split != NULL) {
        const struct send_request request = {
            .buffer = &room->pub, .kind = kind, .body = body, .reply_to = reply_to};
        if (!session_open(session, error))
            return NULL;
        return session->driver->split(session->state, &request);
    }
    if (most > 0 && body->len > most) {
        g_set_error(
            error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
            "%s takes at most %zu bytes in one message, and this has %zu. Send it in parts.",
            session->account->name, most, body->len);
        return NULL;
    }
    GPtrArray *parts = g_ptr_array_new_with_free_func((GDestroyNotify)rich_free);
    g_ptr_array_add(parts, rich_dup(body));
    return parts;
}

/* What may be kept of a text, or NULL: all of it. */
static char *
hidden(const struct room *room, const char *text)
{
    const struct session *session = room->session;

    if (session == NULL || session->driver->hides == NULL || room->pub.remote_id == NULL)
        return NULL;
    return session->driver->hides(room->pub.remote_id, text);
}

/* Past the outbox, which is on the disk: now or not at all. */
static bool
send_hidden(struct room *room, enum message_kind kind, const struct rich *body, const char *kept,
            GError **error)
{
    struct session *session = room->session;
    const struct send_request request = {.buffer = &room->pub, .kind = kind, .body = body};

    if (!session_online(session)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_CLOSED,
                    "There is no connection to %s now. A line with a password does not wait for "
                    "one: nothing of it was sent or stored.",
                    session->account->name);
        return false;
    }
    if (strpbrk(body->text, "\r\n") != NULL) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "A password goes in a line of its own. Nothing was sent or stored.");
        return false;
    }
    const op_id op = session_begin(session, room->pub.id, NULL, NULL);
    if (!session->driver->send(session->state, op, &request, error))
        return session_refused(session, op);
    core_say(session->core, room->pub.id, "%s (sent; what is hidden here is stored nowhere)", kept);
    return true;
}

bool
core_send(struct core *core, int64_t buffer_id, enum message_kind kind, const struct rich *body,
          const char *reply_to, GError **error)
{
    struct room *room = room_get(core, buffer_id);

    if (!may_send(core, room, kind, body, reply_to, error))
        return false;
    g_autofree char *kept = hidden(room, body->text);
    if (kept != NULL)
        return send_hidden(room, kind, body, kept, error);
    GPtrArray *parts = split(room, kind, body, reply_to, error);
    if (parts == NULL)
        return false;
    typing_sent(room);
    for (guint i = 0; i < parts->len; i++)
        outbox_add(core, room, kind, parts->pdata[i], i == 0 ? reply_to : NULL,
                   i + 1 == parts->len);
    g_ptr_array_unref(parts);
    return true;
}

/* "/msg NickServ IDENTIFY …", "/raw PRIVMSG NickServ :IDENTIFY …", "/ns identify …": any command
 * whose rest would be hidden if it were said or sent. */
static bool
command_has_secret(const struct room *room, const char *command)
{
    const struct driver *driver = room->session->driver;
    g_auto(GStrv) words = g_strsplit(command, " ", 3);
    const bool raw = g_strcmp0(words[0], "raw") == 0 || g_strcmp0(words[0], "quote") == 0;
    const char *rest = words[0] != NULL && words[1] != NULL ? strchr(command, ' ') + 1 : "";
    g_autofree char *as_line = driver->hides(NULL, command);
    g_autofree char *as_raw = raw ? driver->hides(NULL, rest) : NULL;
    g_autofree char *as_said =
        *rest != '\0' && words[2] != NULL ? driver->hides(words[1], words[2]) : NULL;

    return as_line != NULL || as_raw != NULL || as_said != NULL;
}

static bool
has_secret(const struct room *room, const char *text)
{
    if (room->session == NULL || room->session->driver->hides == NULL)
        return false;
    if (text[0] == '/' && text[1] != '/')
        return command_has_secret(room, text + 1);
    g_autofree char *kept = hidden(room, text);
    return kept != NULL;
}

void
core_set_draft(struct core *core, int64_t buffer_id, const char *text)
{
    struct room *room = room_get(core, buffer_id);

    if (core->read_only || room == NULL)
        return;
    redact_wipe_free(room->hidden_draft);
    room->hidden_draft = NULL;
    if (text != NULL && has_secret(room, text)) {
        room->hidden_draft = g_strdup(text);
        text = NULL;
    }
    store_set_draft(core->store, buffer_id, text);
}

char *
core_draft(struct core *core, int64_t buffer_id)
{
    const struct room *room = room_get(core, buffer_id);

    if (room != NULL && room->hidden_draft != NULL)
        return g_strdup(room->hidden_draft);
    return store_load_draft(core->store, buffer_id);
}

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

void
core_quit(struct core *core)
{
    bus_publish(core->bus, &(struct notice){.type = NOTICE_QUIT});
}
