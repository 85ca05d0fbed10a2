/* How messages come: by the socket, by emptying the ring again and again, or by the stream. Whoever
 * reads ring or stream takes from everyone else, so one of them is read, never both. */
#include <string.h>

#include "base/log.h"
#include "protocols/matterbridge/matterbridge_priv.h"

#define SOCKET_US    (20 * G_USEC_PER_SEC)
#define GREETING_US  (5 * G_USEC_PER_SEC)
#define POLL_US      (2 * G_USEC_PER_SEC)
#define POLL_SOON_US (G_USEC_PER_SEC / 4)
#define POLL_FULL    (MBRIDGE_SMALL_RING / 2)
#define BACKLOG_US   (3 * G_USEC_PER_SEC / 2)
#define PING_US      (30 * G_USEC_PER_SEC)
#define SILENCE_US   (60 * G_USEC_PER_SEC)
#define ENDLESS_US   (365 * INT64_C(86400) * G_USEC_PER_SEC)
/* Whoever only tries whether an account works has gone by then, and nothing is taken away. */
#define TRIAL_US (20 * 1000)

static const struct json_limits message_limits = {.bytes = MBRIDGE_RING_MAX_BYTES,
                                                  .depth = 16,
                                                  .values = 5000,
                                                  .string_bytes = MBRIDGE_MESSAGE_MAX_BYTES};

static void
lost(struct mbridge *mb, int code, const char *sentence)
{
    mbridge_fail(mb, g_error_new_literal(WEFT_ERROR, code, sentence));
}

static void
wait_for(struct mbridge *mb, int64_t delay_us, timer_fn fn)
{
    clock_timer_del(mb->host->clock, mb->read_timer);
    mb->read_timer = clock_timer_add(mb->host->clock, delay_us, fn, mb);
}

static void
go_online(struct mbridge *mb)
{
    const struct event event = {.type = EVENT_CAUGHT_UP};
    g_autoptr(GPtrArray) held = g_steal_pointer(&mb->held);

    mb->held = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    for (guint i = 0; i < held->len; i++)
        mbridge_take(mb, held->pdata[i], ORIGIN_LIVE);
    host_emit(mb->host, &event);
    mb->caught_up = true;
    mbridge_set_phase(mb, MBRIDGE_ONLINE, 0);
    host_state(mb->host, ACCOUNT_ONLINE);
}

/* --- the ring
 * --------------------------------------------------------------------------------------- */

static void empty_ring(void *user);

static void
on_ring_bytes(void *user, const char *bytes, size_t len)
{
    struct mbridge *mb = user;

    g_string_append_len(mb->read, bytes, (gssize)len);
}

static bool
keep_one(void *user, json_t *value, const GError *error)
{
    g_ptr_array_add(user, json_is_object(value) ? json_incref(value) : NULL);
    return true;
}

static void
free_one(void *value)
{
    json_decref(value);
}

/* What is read is gone over there: what came of it counts, whatever happened to the rest. */
static void
on_ring(void *user, const struct http_answer *answer, const GError *error)
{
    struct mbridge *mb = user;
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_one);
    g_autoptr(GError) broken = error ? g_error_copy(error) : NULL;
    const bool first = !mb->caught_up;

    mb->emptying = NULL;
    if (answer && answer->status != 200) {
        mbridge_fail(mb, mbridge_refusal(mb, answer));
        mbridge_end_soon(mb);
        return;
    }
    json_each(mb->read->str, mb->read->len, &message_limits, keep_one, list,
              broken ? NULL : &broken);
    g_string_free(mb->read, TRUE);
    mb->read = g_string_new(NULL);
    mbridge_take_ring(mb, list, !broken || mbridge_never_left(broken),
                      first ? ORIGIN_CATCH_UP : ORIGIN_LIVE);
    if (broken)
        mbridge_fail(mb, g_steal_pointer(&broken));
    if (mb->dying || mb->phase == MBRIDGE_LEAVING) {
        mbridge_end_soon(mb);
        return;
    }
    if (first)
        go_online(mb);
    if (mb->polls)
        wait_for(mb, list->len >= POLL_FULL ? POLL_SOON_US : POLL_US, empty_ring);
}

static void
empty_ring(void *user)
{
    static const struct http_events events = {.data = on_ring_bytes, .done = on_ring};
    struct mbridge *mb = user;
    const struct http_request wishes = {.once = true,
                                        .silence_timeout_us = 2 * MBRIDGE_ASK_US,
                                        .total_timeout_us = 40 * MBRIDGE_ASK_US,
                                        .max_bytes = MBRIDGE_RING_MAX_BYTES};

    mb->read_timer = 0;
    if (mb->paused && mb->phase == MBRIDGE_ONLINE) {
        wait_for(mb, POLL_US, empty_ring);
        return;
    }
    g_string_set_size(mb->read, 0);
    mb->emptying = mbridge_ask(mb, "GET", "/api/messages", &wishes, &events, mb);
}

static void
catch_up(struct mbridge *mb, timer_fn fn)
{
    mbridge_set_phase(mb, MBRIDGE_CATCH_UP, 0);
    wait_for(mb, TRIAL_US, fn);
    host_state(mb->host, ACCOUNT_CATCH_UP);
}

/* --- the socket
 * ------------------------------------------------------------------------------------- */

static void
on_no_greeting(void *user)
{
    struct mbridge *mb = user;

    mb->read_timer = 0;
    catch_up(mb, empty_ring);
}

/* Who is greeted is told of everything from then on: what the ring has is older, or the same. */
static void
on_opened(void *user)
{
    struct mbridge *mb = user;

    wait_for(mb, GREETING_US, on_no_greeting);
}

static void
take_frame(struct mbridge *mb, json_t *object)
{
    if (strcmp(json_get_text(object, "event"), "api_connected") == 0) {
        if (mb->phase == MBRIDGE_SOCKET)
            catch_up(mb, empty_ring);
    } else if (mb->phase == MBRIDGE_ONLINE) {
        mbridge_take(mb, object, ORIGIN_LIVE);
    } else if (mb->held->len < MBRIDGE_MAX_HELD) {
        g_ptr_array_add(mb->held, json_incref(object));
    } else {
        mbridge_tell_gap(mb, 0);
        lost(mb, WEFT_ERROR_TIMEOUT,
             "More was said than could wait while the server was asked what was missed. weft "
             "connects again.");
    }
}

static void
on_frame(void *user, const char *bytes, size_t len, bool binary)
{
    struct mbridge *mb = user;
    g_autoptr(GError) error = NULL;

    if (mb->dying || mb->phase < MBRIDGE_SOCKET || mb->phase == MBRIDGE_LEAVING)
        return;
    json_t *object = json_read(bytes, len, &message_limits, &error);
    if (json_is_object(object)) {
        take_frame(mb, object);
    } else {
        /* It is in the ring as well; were it the frame alone that is broken, that has it. */
        log_info(mb->log_area, "The server sent a frame that is no message.");
        mbridge_tell_gap(mb, 0);
    }
    json_decref(object);
}

static void
tell_polls(struct mbridge *mb, int status)
{
    g_autofree char *text = g_strdup_printf(
        "The server has no websocket for us (HTTP %d): weft asks it every 2 seconds.", status);

    mb->polls = true;
    if (!mb->told_polls)
        mbridge_say(mb, text);
    mb->told_polls = true;
    catch_up(mb, empty_ring);
}

static void
on_closed(void *user, int code, int status, const GError *error)
{
    struct mbridge *mb = user;

    if (mb->phase == MBRIDGE_SOCKET && !mb->dying && status >= 400 && status < 500 &&
        status != 401 && status != 429) {
        tell_polls(mb, status);
    } else if (status == 401) {
        const struct http_answer answer = {.status = 401, .body = ""};
        mbridge_fail(mb, mbridge_refusal(mb, &answer));
    } else {
        mbridge_fail(mb, g_error_copy(error));
    }
}

static void
open_socket(struct mbridge *mb)
{
    static const struct ws_events events = {on_opened, on_frame, on_closed};
    g_autoptr(GString) url = g_string_new(mb->config.base);
    const char *const headers[] = {mb->bearer, NULL};

    g_string_replace(url, "http", "ws", 1);
    g_string_append(url, "/api/websocket");
    const struct ws_options options = {.url = url->str,
                                       .headers = headers,
                                       .tls = mb->config.tls,
                                       .ping_us = PING_US,
                                       .dead_us = SILENCE_US,
                                       .max_bytes = MBRIDGE_MESSAGE_MAX_BYTES};
    mbridge_set_phase(mb, MBRIDGE_SOCKET, SOCKET_US);
    mb->ws = mb->host->net->ws_open(mb->host->net, &options, &events, mb);
    if (mb->paused)
        mb->host->net->ws_pause(mb->ws, true);
}

/* --- the stream
 * ------------------------------------------------------------------------------------- */

/* What was kept for us has come, by its times or because nothing more does. */
static void
end_backlog(void *user)
{
    struct mbridge *mb = user;
    g_autoptr(GPtrArray) list = g_steal_pointer(&mb->held);

    clock_timer_del(mb->host->clock, mb->read_timer);
    mb->read_timer = 0;
    mb->held = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    mbridge_take_ring(mb, list, true, ORIGIN_CATCH_UP);
    go_online(mb);
}

static void
take_line(struct mbridge *mb, json_t *object)
{
    const int64_t time_us = mbridge_time_us(json_get_text(object, "timestamp"));

    if (strcmp(json_get_text(object, "event"), "api_connected") == 0) {
        mb->greeted_us = time_us;
        return;
    }
    if (mb->phase == MBRIDGE_CATCH_UP && time_us <= mb->greeted_us &&
        mb->held->len < MBRIDGE_MAX_HELD) {
        g_ptr_array_add(mb->held, json_incref(object));
        wait_for(mb, BACKLOG_US, end_backlog);
        return;
    }
    if (mb->phase == MBRIDGE_CATCH_UP)
        end_backlog(mb);
    mbridge_take(mb, object, ORIGIN_LIVE);
}

static void
take_stream_line(struct mbridge *mb, const char *line, size_t len)
{
    g_autoptr(GError) error = NULL;
    json_t *object = len > 0 ? json_read(line, len, &message_limits, &error) : NULL;

    if (json_is_object(object))
        take_line(mb, object);
    else if (len > 0)
        mbridge_tell_gap(mb, 0);
    json_decref(object);
}

static void
on_stream_bytes(void *user, const char *bytes, size_t len)
{
    struct mbridge *mb = user;

    while (len > 0 && !mb->dying) {
        const char *end = memchr(bytes, '\n', len);
        const size_t part = end ? (size_t)(end - bytes) : len;
        if (mb->read->len + part > MBRIDGE_MESSAGE_MAX_BYTES) {
            mbridge_tell_gap(mb, 0);
            lost(mb, WEFT_ERROR_TOO_LARGE,
                 "The server sent a message that is too large. weft connects again.");
            return;
        }
        g_string_append_len(mb->read, bytes, (gssize)part);
        bytes += part;
        len -= part;
        if (!end)
            return;
        bytes++;
        len--;
        g_autofree char *line = g_strndup(mb->read->str, mb->read->len);
        const size_t line_len = mb->read->len;
        g_string_set_size(mb->read, 0);
        take_stream_line(mb, line, line_len);
    }
}

static void
on_stream_end(void *user, const struct http_answer *answer, const GError *error)
{
    struct mbridge *mb = user;

    mb->stream = NULL;
    if (answer && answer->status != 200)
        mbridge_fail(mb, mbridge_refusal(mb, answer));
    else if (error)
        mbridge_fail(mb, g_error_copy(error));
    else
        lost(mb, WEFT_ERROR_CLOSED, "The server has ended the stream. weft connects again.");
}

static void
on_pong(void *user, const struct http_answer *answer, const GError *error)
{
    struct mbridge *mb = user;

    mb->pinging = NULL;
    if (error)
        mbridge_fail(mb, g_error_copy(error));
    else if (answer->status != 200)
        mbridge_fail(mb, mbridge_refusal(mb, answer));
}

/* An endless answer tells of nothing while nothing is said: whether the server lives is asked
 * beside it. */
static void
ping(void *user)
{
    static const struct http_events events = {.done = on_pong};
    struct mbridge *mb = user;
    const struct http_request wishes = {.silence_timeout_us = MBRIDGE_ASK_US,
                                        .total_timeout_us = MBRIDGE_ASK_US};

    mb->ping_timer = clock_timer_add(mb->host->clock, PING_US, ping, mb);
    if (!mb->pinging)
        mb->pinging = mbridge_ask(mb, "GET", "/api/health", &wishes, &events, mb);
}

static void
open_stream(void *user)
{
    static const struct http_events events = {.data = on_stream_bytes, .done = on_stream_end};
    struct mbridge *mb = user;
    const struct http_request wishes = {.once = true,
                                        .silence_timeout_us = ENDLESS_US,
                                        .total_timeout_us = ENDLESS_US,
                                        .max_bytes = SIZE_MAX};

    g_string_set_size(mb->read, 0);
    mb->greeted_us = INT64_MAX;
    mb->stream = mbridge_ask(mb, "GET", "/api/stream", &wishes, &events, mb);
    mb->ping_timer = clock_timer_add(mb->host->clock, PING_US, ping, mb);
    wait_for(mb, BACKLOG_US, end_backlog);
}

/* --- all of them
 * ------------------------------------------------------------------------------------ */

void
mbridge_feed_begin(struct mbridge *mb)
{
    mb->polls = mb->config.stream == MBRIDGE_OFF;
    mb->caught_up = false;
    if (mb->config.stream == MBRIDGE_AUTO)
        open_socket(mb);
    else
        catch_up(mb, mb->polls ? empty_ring : open_stream);
}

bool
mbridge_feed_reads(const struct mbridge *mb)
{
    return mb->emptying != NULL;
}

void
mbridge_feed_pause(struct mbridge *mb, bool paused)
{
    mb->paused = paused;
    if (mb->ws && !mb->polls)
        mb->host->net->ws_pause(mb->ws, paused);
}

void
mbridge_feed_stop(struct mbridge *mb)
{
    clock_timer_del(mb->host->clock, mb->read_timer);
    clock_timer_del(mb->host->clock, mb->ping_timer);
    mb->read_timer = mb->ping_timer = 0;
    mbridge_cancel(mb, &mb->stream);
    mbridge_cancel(mb, &mb->pinging);
}

/* All of this has been taken from the ring, and is nowhere else any more. */
void
mbridge_feed_flush(struct mbridge *mb)
{
    g_autoptr(GPtrArray) held = g_steal_pointer(&mb->held);
    const bool streams = mb->config.stream == MBRIDGE_ON;

    mb->held = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    if (mbridge_feed_reads(mb)) {
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_one);
        json_each(mb->read->str, mb->read->len, &message_limits, keep_one, list, NULL);
        mbridge_take_ring(mb, list, false, mb->caught_up ? ORIGIN_LIVE : ORIGIN_CATCH_UP);
    }
    if (streams)
        mbridge_take_ring(mb, held, mb->read->len == 0,
                          mb->caught_up ? ORIGIN_LIVE : ORIGIN_CATCH_UP);
    for (guint i = 0; i < held->len && !streams; i++)
        mbridge_take(mb, held->pdata[i], ORIGIN_LIVE);
}

void
mbridge_feed_end(struct mbridge *mb, int code)
{
    mbridge_feed_stop(mb);
    mbridge_cancel(mb, &mb->asking);
    mbridge_cancel(mb, &mb->emptying);
    if (mb->ws)
        mb->host->net->ws_close(mb->ws, code);
    mb->ws = NULL;
    g_string_set_size(mb->read, 0);
    g_ptr_array_set_size(mb->held, 0);
}
