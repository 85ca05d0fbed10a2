/* The socket: greeting, resuming, numbers, pings (section 3). */
#include <string.h>

#include "base/log.h"
#include "protocols/mattermost/mattermost_priv.h"

#define NOT_LOGGED_IN "api.web_socket_router.not_authenticated.app_error"

static void
lost(struct mm *mm, int code, const char *sentence)
{
    mmost_fail(mm, g_error_new_literal(WEFT_ERROR, code, sentence));
}

int64_t
mmost_ws_act(struct mm *mm, const char *action, json_t *data_take)
{
    json_t *frame = json_object();
    const int64_t seq = ++mm->action_seq;

    json_put_text(frame, "action", action);
    json_object_set_new(frame, "seq", json_integer(seq));
    if (data_take)
        json_object_set_new(frame, "data", data_take);
    g_autoptr(GBytes) bytes = json_write_take(frame);
    const bool sent =
        mm->ws && mm->ws_open &&
        mm->host->net->ws_send(mm->ws, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    return sent ? seq : 0;
}

static void
on_ping_timer(void *user)
{
    struct mm *mm = user;

    mm->ping_timer = 0;
    if (mm->ping_seq != 0 && !mm->reads_paused) {
        lost(mm, WEFT_ERROR_TIMEOUT,
             "The server has not answered for 30 seconds. weft connects again.");
        return;
    }
    if (mm->ping_seq == 0)
        mm->ping_seq = mmost_ws_act(mm, "ping", NULL);
    mm->ping_timer = clock_timer_add(mm->host->clock, MM_PING_US, on_ping_timer, mm);
}

static void
on_opened(void *user)
{
    struct mm *mm = user;

    mm->ws_open = true;
    mm->action_seq = 0;
    mm->ping_seq = 0;
    on_ping_timer(mm);
}

/* A resumed connection that loses nothing greets nobody: its first answer says that it stands. */
static void
resumed(struct mm *mm)
{
    GHashTableIter iter;
    struct mmost_channel *channel;
    const struct event all = {.type = EVENT_CAUGHT_UP, .history_whole = true};
    g_autoptr(GPtrArray) held = g_steal_pointer(&mm->held);

    mm->held = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    mm->resuming = false;
    log_info(mm->log_area, "The connection was resumed at event %" G_GINT64_FORMAT ".",
             mm->next_seq);
    mmost_set_phase(mm, MM_CATCH_UP, 0);
    host_state(mm->host, ACCOUNT_CATCH_UP);
    g_hash_table_iter_init(&iter, mm->channels);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&channel)) {
        channel->caught = channel->joined;
        mmost_channel_tell(mm, channel);
    }
    for (unsigned i = 0; i < held->len; i++)
        mmost_event(mm, held->pdata[i]);
    host_emit(mm->host, &all);
    mmost_online(mm);
}

static void
on_reply(struct mm *mm, const json_t *frame)
{
    const json_t *error = json_get_object(frame, "error");

    if (strcmp(json_get_text(frame, "status"), "FAIL") == 0 &&
        strcmp(json_get_text(error, "id"), NOT_LOGGED_IN) == 0) {
        mmost_session_ended(mm);
        return;
    }
    if (mm->ping_seq == 0 || json_get_int(frame, "seq_reply") != mm->ping_seq)
        return;
    mm->ping_seq = 0;
    if (mm->resuming)
        resumed(mm);
}

static void
on_hello(struct mm *mm, const json_t *data)
{
    const char *id = json_get_text(data, "connection_id");

    mm->resuming = false;
    mm->next_seq = 1;
    mm->mismatches = 0;
    mm->known = false;
    g_ptr_array_set_size(mm->held, 0);
    g_free(mm->connection_id);
    mm->connection_id = mmost_is_id(id) ? g_strdup(id) : NULL;
    log_info(mm->log_area, "The server greets (%s).", json_get_text(data, "server_version"));
    if (mm->phase != MM_SOCKET && mm->phase != MM_BOOTSTRAP) {
        /* It came behind the answer that seemed to say that nothing was lost. */
        lost(mm, WEFT_ERROR_CLOSED,
             "The server could not resume the connection. weft connects "
             "again.");
        return;
    }
    mmost_bootstrap(mm);
}

/* False: the event was here before, or is not the next one. */
static bool
is_next(struct mm *mm, int64_t seq)
{
    if (seq < mm->next_seq)
        return false;
    if (seq == mm->next_seq) {
        mm->next_seq++;
        return true;
    }
    /* Something was lost on the way: the server still has it, unless it happens again. */
    if (++mm->mismatches > 1) {
        mm->known = false;
        g_clear_pointer(&mm->connection_id, g_free);
    }
    lost(mm, WEFT_ERROR_CLOSED, "The server left out an event. weft connects again to get it.");
    return false;
}

static void
on_frame(struct mm *mm, json_t *frame)
{
    const char *event = json_get_text(frame, "event");

    if (!*event) {
        on_reply(mm, frame);
        return;
    }
    if (strcmp(event, "hello") == 0) {
        on_hello(mm, json_get_object(frame, "data"));
        return;
    }
    if (!is_next(mm, json_get_int(frame, "seq")))
        return;
    if (mm->phase == MM_CATCH_UP || mm->phase == MM_ONLINE) {
        mmost_event(mm, frame);
        return;
    }
    if (mm->held->len < MM_MAX_WAITING) {
        g_ptr_array_add(mm->held, json_incref(frame));
        return;
    }
    mm->known = false;
    lost(mm, WEFT_ERROR_TIMEOUT,
         "More happened than could wait while the account was set up. weft connects again.");
}

static void
on_message(void *user, const char *bytes, size_t len, bool binary)
{
    struct mm *mm = user;
    g_autoptr(GError) error = NULL;

    if (mm->dying || mm->phase < MM_SOCKET || mm->phase == MM_LEAVING)
        return;
    json_t *frame = binary ? NULL : json_read(bytes, len, NULL, &error);
    if (json_is_object(frame)) {
        on_frame(mm, frame);
    } else {
        /* What it said is asked for by other means. */
        mm->known = false;
        mmost_fail(mm, error ? g_error_copy(error)
                             : g_error_new(WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                                           "The server sent something that is no event."));
    }
    json_decref(frame);
}

static void
on_closed(void *user, int code, int status, const GError *error)
{
    struct mm *mm = user;

    mm->ws_open = false;
    /* Numbers that the server does not take end the connection at once, without a word. */
    if (mm->resuming)
        mm->known = false;
    mmost_fail(mm, g_error_copy(error));
}

void
mmost_ws_open(struct mm *mm)
{
    static const struct ws_events events = {on_opened, on_message, on_closed};
    g_autoptr(GString) url = g_string_new(mm->config.base);
    g_autofree char *bearer = g_strconcat("Authorization: Bearer ", mm->token, NULL);
    const char *const headers[] = {bearer, NULL};

    g_string_replace(url, "http", "ws", 1);
    g_string_append(url, "/api/v4/websocket");
    mm->resuming = mm->known && mm->connection_id && mm->next_seq > 0;
    if (mm->resuming)
        g_string_append_printf(url, "?connection_id=%s&sequence_number=%" G_GINT64_FORMAT,
                               mm->connection_id, mm->next_seq);
    const struct ws_options options = {.url = url->str, .headers = headers, .tls = mm->config.tls};
    mm->ws_open = false;
    mm->ws = mm->host->net->ws_open(mm->host->net, &options, &events, mm);
    if (mm->reads_paused)
        mm->host->net->ws_pause(mm->ws, true);
}

void
mmost_ws_close(struct mm *mm, int code)
{
    clock_timer_del(mm->host->clock, mm->ping_timer);
    mm->ping_timer = 0;
    if (mm->ws)
        mm->host->net->ws_close(mm->ws, mm->ws_open ? code : 0);
    mm->ws = NULL;
    mm->ws_open = false;
}
