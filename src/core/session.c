/* The life of a session: connect, lose, wait, try again. Each account has one of its own, and
 * nothing that happens to one reaches another. */
#include <string.h>

#include "base/log.h"
#include "base/redact.h"
#include "base/utf8.h"
#include "core/engine.h"
#include "core/options.h"

#define BACKOFF_FIRST_US (10 * G_USEC_PER_SEC)
#define BACKOFF_MOST_US  (10 * 60 * G_USEC_PER_SEC)
#define BACKOFF_LEAST_US (G_USEC_PER_SEC)
#define SPREAD_US        (40 * G_USEC_PER_SEC) /* of everybody whom a server leaves at once */
#define STEADY_US        (5 * 60 * G_USEC_PER_SEC)
#define BYE_US           (2 * G_USEC_PER_SEC)
#define GRACE_US         (30 * G_USEC_PER_SEC)
#define STATE_TEXT_BYTES 1024

struct session *
session_new(struct core *core, struct account *account, const struct driver *driver,
            const struct options *options)
{
    struct session *session = g_new0(struct session, 1);
    session->core = core;
    session->account = account;
    session->driver = driver;
    session->options = options_ref(options);
    session->caps = driver != NULL ? driver->caps : 0;
    if (driver != NULL)
        session->limits = driver->limits;
    session->limits.max_in_flight = MAX(session->limits.max_in_flight, 1);
    session->host = (struct host){
        .ops = &host_account_ops,
        .clock = core->clock,
        .net = core->net,
        .account = account->name,
        .config_dir = core->config_dir,
    };
    session->users =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    session->secrets = g_hash_table_new(NULL, NULL);
    backoff_init(&session->backoff, BACKOFF_FIRST_US, BACKOFF_MOST_US, BACKOFF_LEAST_US);
    op_init(session);
    history_init(session);
    session->sends = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    return session;
}

static void
timer_clear(struct session *session, unsigned *timer)
{
    clock_timer_del(session->core->clock, *timer);
    *timer = 0;
}

static void
timers_clear(struct session *session)
{
    timer_clear(session, &session->turn_timer);
    timer_clear(session, &session->steady_timer);
    timer_clear(session, &session->bye_timer);
    timer_clear(session, &session->grace_timer);
}

void
session_close(struct session *session)
{
    timers_clear(session);
    question_forget(session);
    if (session->state != NULL)
        session->driver->close(session->state);
    session->state = NULL;
    session->connected = false;
}

void
session_free(struct session *session)
{
    session_close(session);
    attention_forget(session);
    op_fini(session);
    history_fini(session);
    drafts_free(session);
    g_hash_table_unref(session->sends);
    g_hash_table_unref(session->users);
    g_hash_table_unref(session->secrets);
    account_free(session->account);
    options_unref(session->options);
    options_unref(session->next);
    g_clear_pointer(&session->found, g_ptr_array_unref);
    g_free(session->bye);
    g_free(session);
}

struct session *
session_of_account(struct core *core, int64_t account_id)
{
    return g_hash_table_lookup(core->sessions, &account_id);
}

struct session *
session_of_buffer(struct core *core, int64_t buffer_id)
{
    const struct room *room = room_get(core, buffer_id);
    return room != NULL ? room->session : NULL;
}

bool
session_online(const struct session *session)
{
    return session->connected && !session->saying_bye &&
           (session->account->state == ACCOUNT_CATCH_UP ||
            session->account->state == ACCOUNT_ONLINE);
}

bool
session_can(struct session *session, const struct buffer *buffer, enum capability capability,
            GError **error)
{
    if (session == NULL) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "This is weft's own buffer: go to a conversation first.");
        return false;
    }
    const unsigned caps = buffer != NULL ? buffer->caps : session->caps;
    if (capability != 0 && (caps & (unsigned)capability) == 0) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED, capability_lack(capability));
        return false;
    }
    if (!session_online(session)) {
        g_autofree char *typed = session->core->unattended ? core_typed(session->core, "connect %s",
                                                                        session->account->name)
                                                           : g_strdup("/connect");
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_CLOSED,
                    "%s is not connected (%s). Try again when it is, or use %s.",
                    session->account->name, account_state_name(session->account->state), typed);
        return false;
    }
    return true;
}

static bool
same_name(struct session *session, const char *a, const char *b)
{
    if (session->driver != NULL && session->driver->same_name != NULL && session->state != NULL)
        return session->driver->same_name(session->state, a, b);
    return strcmp(a, b) == 0;
}

/* "name", or "space/name". */
static bool
is_called(struct session *session, const struct buffer *buffer, const char *name)
{
    if (same_name(session, buffer->remote_id, name) || same_name(session, buffer->name, name))
        return true;
    const struct space *space =
        buffer->space_id != 0 ? core_space(session->core, buffer->space_id) : NULL;
    const size_t len = space != NULL ? strlen(space->name) : 0;
    return len > 0 && strncmp(space->name, name, len) == 0 && name[len] == '/' &&
           same_name(session, buffer->name, name + len + 1);
}

const struct buffer *
session_find_buffer(struct session *session, const struct buffer *from, const char *name)
{
    struct core *core = session->core;
    const struct room *room = room_find(core, session->account->id, name);
    const struct buffer *elsewhere = NULL;
    GHashTableIter iter;
    gpointer value;

    if (room != NULL)
        return &room->pub;
    g_hash_table_iter_init(&iter, core->rooms);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        room = value;
        if (room->session != session || room->pub.kind == BUFFER_SERVER ||
            !is_called(session, &room->pub, name))
            continue;
        if (from == NULL || from->account_id != room->pub.account_id ||
            from->space_id == room->pub.space_id)
            return &room->pub;
        elsewhere = &room->pub;
    }
    return elsewhere;
}

/* --- states
 * --------------------------------------------------------------------------------------------- */

static void
tell_account(struct session *session)
{
    if (session->trial == NULL)
        bus_publish(session->core->bus,
                    &(struct notice){.type = NOTICE_ACCOUNT, .account_id = session->account->id});
}

/* A driver's sentence may end with what is typed next. g_free(). */
static char *
say_typed(struct session *session, const char *text)
{
    GString *out = g_string_new(text);

    if (session->core->unattended) {
        g_autofree char *typed = core_typed(session->core, "connect %s", session->account->name);
        g_string_replace(out, "/reconnect", typed, 0);
    }
    return g_string_free(out, FALSE);
}

static void
set_state(struct session *session, enum account_state state, const char *text, int64_t retry_at_us)
{
    struct account *account = session->account;

    account->state = state;
    g_free(account->state_text);
    account->state_text = NULL;
    if (text != NULL) {
        g_autofree char *said = say_typed(session, text);
        g_autofree char *clean = utf8_sanitize(said, -1, STATE_TEXT_BYTES);
        GString *safe = g_string_new(clean);
        redact_text(safe);
        account->state_text = g_string_free(safe, FALSE);
    }
    account->retry_at_us = retry_at_us;
    const bool bad = state == ACCOUNT_FAILED || state == ACCOUNT_WAITING;
    log_write(bad ? LOG_WARNING : LOG_INFO, "core", "account %s: %s%s%s", account->name,
              account_state_name(state), account->state_text != NULL ? ": " : "",
              account->state_text != NULL ? account->state_text : "");
    tell_account(session);
}

static void
has_held(void *user)
{
    struct session *session = user;
    session->steady_timer = 0;
    backoff_reset(&session->backoff);
}

static void
grace_is_over(void *user)
{
    struct session *session = user;
    session->grace_timer = 0;
    session->grace_over = true;
    outbox_give_up_looking(session);
    outbox_run(session);
    transfer_run(session);
}

void
session_set_state(struct session *session, enum account_state state)
{
    struct clock *clock = session->core->clock;

    if (!session->connected || state == session->account->state || state == ACCOUNT_OFFLINE ||
        state == ACCOUNT_WAITING || state == ACCOUNT_FAILED)
        return;
    set_state(session, state, NULL, 0);
    if (!session_online(session))
        return;
    session->stood = true;
    backoff_stands(&session->backoff);
    if (session->steady_timer == 0)
        session->steady_timer = clock_timer_add(clock, STEADY_US, has_held, session);
    if (state == ACCOUNT_ONLINE && session->grace_timer == 0 && !session->grace_over)
        session->grace_timer = clock_timer_add(clock, GRACE_US, grace_is_over, session);
    outbox_run(session);
    transfer_run(session);
}

static void
update_caps(struct room *room, void *user)
{
    if (room_update_caps(room))
        room_publish(user, room, NOTICE_BUFFER_CHANGED);
}

void
session_set_caps(struct session *session, unsigned caps, const struct limits *limits)
{
    session->caps = caps & session->driver->caps;
    if (limits != NULL)
        session->limits = *limits;
    session->limits.max_in_flight = MAX(session->limits.max_in_flight, 1);
    room_each(session, update_caps, session->core);
}

/* --- connecting
 * ------------------------------------------------------------------------------------------ */

bool
session_open(struct session *session, GError **error)
{
    struct core *core = session->core;

    if (session->state != NULL)
        return true;
    if (session->driver == NULL) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                    "This weft has no driver for the network \"%s\" of account %s.",
                    session->account->network, session->account->name);
        return false;
    }
    session->host.net = core->net;
    session->life++;
    session->state = session->driver->open(session->options, &session->host, error);
    return session->state != NULL;
}

/* Only while there is no connection: the driver begins anew. */
static void
take_options(struct session *session)
{
    if (session->next == NULL)
        return;
    question_forget(session);
    if (session->state != NULL)
        session->driver->close(session->state);
    session->state = NULL;
    options_unref(session->options);
    session->options = g_steal_pointer(&session->next);
}

void
session_set_options(struct session *session, const struct options *options)
{
    options_unref(session->next);
    session->next = options_ref(options);
    if (!session->connected && session->inside == 0)
        take_options(session);
}

static void
connect_now(struct session *session)
{
    g_autoptr(GError) error = NULL;

    if (session->core->net == NULL || session->core->leaving)
        return;
    take_options(session);
    if (!session_open(session, &error)) {
        session->wanted = false;
        set_state(session, ACCOUNT_FAILED, error->message, 0);
        return;
    }
    session->host.net = session->core->net; /* opened earlier, perhaps, to divide a text */
    session->connected = true;
    session->saying_bye = false;
    session->grace_over = false;
    session->paused = false;
    session->stood = false;
    set_state(session, ACCOUNT_CONNECTING, NULL, 0);
    session->driver->connect(session->state);
}

static void
bye_overdue(void *user)
{
    struct session *session = user;
    g_autoptr(GError) error = g_error_new(WEFT_ERROR, WEFT_ERROR_CANCELLED, "Disconnected.");

    session->bye_timer = 0;
    session->driver->close(session->state);
    session->state = NULL;
    session_lost(session, error);
}

static void
tell_read(struct room *room, void *user)
{
    unread_tell_due(room);
}

static void
say_bye(struct session *session)
{
    g_autofree char *reason = g_steal_pointer(&session->bye);

    room_each(session, tell_read, NULL);
    session->saying_bye = true;
    session->bye_timer = clock_timer_add(session->core->clock, BYE_US, bye_overdue, session);
    session->driver->disconnect(session->state, reason);
}

/* From the loop, so that the driver is never called from inside its own call to the host. */
static void
turn(void *user)
{
    struct session *session = user;

    session->turn_timer = 0;
    if (session->connected) {
        if (session->bye != NULL && !session->saying_bye)
            say_bye(session);
    } else if (session->wanted) {
        connect_now(session);
    }
}

static void
turn_in(struct session *session, int64_t delay_us)
{
    timer_clear(session, &session->turn_timer);
    session->turn_timer = clock_timer_add(session->core->clock, delay_us, turn, session);
}

void
session_connect(struct session *session)
{
    session->wanted = true;
    if (!session->connected)
        turn_in(session, 0);
}

void
session_disconnect(struct session *session, const char *reason)
{
    session->wanted = false;
    if (!session->connected) {
        timer_clear(session, &session->turn_timer);
        if (session->account->state != ACCOUNT_OFFLINE)
            set_state(session, ACCOUNT_OFFLINE, NULL, 0);
        return;
    }
    if (session->saying_bye || session->bye != NULL)
        return;
    session->bye = g_strdup(reason != NULL ? reason : "");
    if (session->inside > 0)
        turn_in(session, 0);
    else
        say_bye(session);
}

/* --- a slow disk
 * -------------------------------------------------------------------------------------------
 */

static void
set_paused(struct session *session, bool paused)
{
    if (session->paused == paused || !session->connected || session->driver->pause == NULL)
        return;
    session->paused = paused;
    log_debug("core", "account %s: %s", session->account->name,
              paused ? "reads no more until the disk has what came" : "reads again");
    session->driver->pause(session->state, paused);
}

void
session_backlog_add(struct session *session, size_t n_bytes)
{
    session->backlog_bytes += n_bytes;
    if (session->backlog_bytes > CORE_BACKLOG_MOST_BYTES)
        set_paused(session, true);
}

void
session_backlog_remove(struct session *session, size_t n_bytes)
{
    session->backlog_bytes -= n_bytes;
    if (session->backlog_bytes < CORE_BACKLOG_LEAST_BYTES)
        set_paused(session, false);
}

/* --- losing
 * ------------------------------------------------------------------------------------------------
 */

static void
room_lost(struct room *room, void *user)
{
    room->pub.caught_up = false;
    room->pub.members_whole = room->members_asked = room->looked_at = false;
    g_clear_pointer(&room->pub.modes, g_free);
    room->confirmed = room->cut_off = false;
    room->pub.presence = PRESENCE_UNKNOWN;
    room->typing = false;
    typing_clear(room);
    g_clear_pointer(&room->attention, message_unref);
}

/* A server that ends leaves all of its people at the same moment: they come back one by one. Who
 * lost only the way to it (TIMEOUT) is alone, and comes sooner. */
static int64_t
delay_after(struct session *session, const GError *error)
{
    switch (error_code(error)) {
    case WEFT_ERROR_CLOSED:
    case WEFT_ERROR_IO:
        if (session->stood)
            return backoff_spread_us(&session->backoff, SPREAD_US, NULL);
        return backoff_next_us(&session->backoff, NULL);
    case WEFT_ERROR_RATE_LIMITED:
        return MAX(backoff_next_us(&session->backoff, NULL), error_retry_after_us(error));
    default:
        return backoff_next_us(&session->backoff, NULL);
    }
}

/* What to do next: nothing, wait for the person, or try again. */
static void
after_loss(struct session *session, const GError *error)
{
    const int64_t now_us = clock_mono_us(session->core->clock);
    int64_t delay_us;

    if (!session->wanted) {
        set_state(session, ACCOUNT_OFFLINE, NULL, 0);
        return;
    }
    if (session->saying_bye) {
        /* The person asked for a new connection while the old one was being ended. */
        set_state(session, ACCOUNT_OFFLINE, NULL, 0);
        turn_in(session, 0);
        return;
    }
    switch (error_code(error)) {
    case WEFT_ERROR_AUTH:
    case WEFT_ERROR_TLS:
    case WEFT_ERROR_FORBIDDEN:
        session->wanted = false;
        set_state(session, ACCOUNT_FAILED, error->message, 0);
        return;
    default:
        delay_us = delay_after(session, error);
        break;
    }
    set_state(session, ACCOUNT_WAITING, error->message, now_us + delay_us);
    turn_in(session, delay_us);
}

void
session_lost(struct session *session, const GError *error)
{
    const bool was_bye = session->saying_bye;
    g_autoptr(GError) unsaid = NULL;

    if (!session->connected)
        return;
    if (error == NULL)
        error = unsaid = g_error_new(WEFT_ERROR, WEFT_ERROR_CLOSED, "The connection was lost.");
    session->connected = false;
    session->account->insecure = false; /* said of a connection, and there is none */
    timers_clear(session);
    g_clear_pointer(&session->bye, g_free);
    question_forget(session);
    outbox_lost(session);
    op_end_all(session);
    drafts_lost(session);
    room_each(session, room_lost, NULL);
    after_loss(session, error);
    session->saying_bye = false;
    if (!was_bye && session->server != NULL && session->account->state_text != NULL)
        ingest_line(session->core, session->server, MESSAGE_WEFT, session->account->state_text);
    core_session_ended(session->core);
}
