/* Requests: a few at a time, again where that does no harm, in words when they fail. */
#include <string.h>

#include "base/log.h"
#include "protocols/mattermost/mattermost_priv.h"

#define MOST_AT_ONCE   4
#define MOST_TRIES     4
#define REPLY_US       (30 * G_USEC_PER_SEC)
#define MESSAGE_BYTES  400
#define LEAST_PAUSE_US (200 * 1000)

static void run_next(struct mm *mm);

static void
call_free(struct mmost_call *call)
{
    clock_timer_del(call->mm->host->clock, call->timer);
    g_free(call->path);
    if (call->body)
        g_bytes_unref(call->body);
    g_free(call->conversation);
    g_free(call->text);
    json_decref(call->json);
    mmost_job_free(call->job);
    g_free(call);
}

static bool
under_way(struct mm *mm, const struct mmost_call *call)
{
    return g_queue_find(&mm->running, call) != NULL;
}

/* --- the answer
 * ------------------------------------------------------------------------------------- */

static int
code_of(int status)
{
    switch (status) {
    case 401:
        return WEFT_ERROR_AUTH;
    case 403:
        return WEFT_ERROR_FORBIDDEN;
    case 404:
        return WEFT_ERROR_NOT_FOUND;
    case 409:
        return WEFT_ERROR_CONFLICT;
    case 413:
    case 414:
        return WEFT_ERROR_TOO_LARGE;
    case 501:
        return WEFT_ERROR_UNSUPPORTED;
    default:
        return status >= 500 ? WEFT_ERROR_IO : WEFT_ERROR_BAD_INPUT;
    }
}

GError *
mmost_answer_error(const struct mmost_answer *answer)
{
    const char *message = json_get_text(answer->json, "message");
    GError *error = NULL;

    if (answer->status == 429) {
        const int64_t delay_us =
            answer->http->retry_after_us > 0 ? answer->http->retry_after_us : G_USEC_PER_SEC;
        error_set_rate_limited(&error, delay_us,
                               "The server asks for a pause of %d s. weft waits so long.",
                               (int)((delay_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC));
        return error;
    }
    if (*message)
        return g_error_new(WEFT_ERROR, code_of(answer->status), "The server refuses: %.*s",
                           MESSAGE_BYTES, message);
    return g_error_new(WEFT_ERROR, code_of(answer->status),
                       answer->status >= 500 ? "The server is in trouble (HTTP %d)."
                                             : "The server refuses (HTTP %d).",
                       answer->status);
}

/* It goes back to where it waited. */
static void
wait_again(struct mmost_call *call)
{
    g_queue_push_head(&call->mm->waiting, call);
    run_next(call->mm);
}

static void
on_again_timer(void *user)
{
    struct mmost_call *call = user;

    call->timer = 0;
    g_queue_remove(&call->mm->running, call);
    wait_again(call);
}

/* Stays among the running ones, without a request: it holds its place. */
static void
try_later(struct mmost_call *call, int64_t delay_us)
{
    call->timer = clock_timer_add(call->mm->host->clock, delay_us, on_again_timer, call);
}

void
mmost_call_again(struct mmost_call *call, int64_t delay_us)
{
    g_queue_push_tail(&call->mm->running, call);
    try_later(call, delay_us);
}

static void
pause_all(struct mm *mm, int64_t delay_us)
{
    const int64_t until_us = clock_mono_us(mm->host->clock) + MAX(delay_us, LEAST_PAUSE_US);

    mm->paused_until_us = MAX(mm->paused_until_us, until_us);
}

/* Worth another try: nothing was done, or doing it twice does no harm. */
static bool
tried_again(struct mmost_call *call, const struct mmost_answer *answer, const GError *error)
{
    const bool broken = error && !error_is(error, WEFT_ERROR_TLS) &&
                        !error_is(error, WEFT_ERROR_BAD_INPUT) &&
                        !error_is(error, WEFT_ERROR_TOO_LARGE);

    if (!error && answer->status == 429) {
        pause_all(call->mm, answer->http->retry_after_us);
        if (!call->safe)
            return false;
        g_queue_remove(&call->mm->running, call);
        wait_again(call);
        return true;
    }
    if (!call->safe || call->tries >= MOST_TRIES ||
        !(broken || (!error && answer->status >= 500 && answer->status != 501)))
        return false;
    try_later(call, G_USEC_PER_SEC << (call->tries - 1));
    return true;
}

/* Read, unless it is to be read piece by piece. */
static json_t *
read_body(const struct mmost_call *call, const struct http_answer *http, GError **error)
{
    const bool good = http->status >= 200 && http->status < 300;

    if (good && http->len == 0 && strcmp(call->method, "GET") == 0)
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                            "The server's answer is empty. Something between weft and it may have "
                            "kept it back.");
    if (http->len == 0 || (good && call->many))
        return NULL;
    if (good)
        return json_read(http->body, http->len, &mmost_page_limits, error);
    return json_read(http->body, http->len, NULL, NULL);
}

static void
on_done(void *user, const struct http_answer *http, const GError *http_error)
{
    struct mmost_call *call = user;
    struct mm *mm = call->mm;
    g_autoptr(GError) error = NULL;
    struct mmost_answer answer = {.id = ""};

    call->http = NULL;
    if (http) {
        answer = (struct mmost_answer){.status = http->status,
                                       .json = read_body(call, http, &error),
                                       .body = http->body,
                                       .len = http->len,
                                       .http = http};
        answer.id = json_get_text(answer.json, "id");
        log_debug(mm->log_area, "%s %s: %d, %zu bytes", call->method, call->path, http->status,
                  http->len);
    }
    if (tried_again(call, &answer, http_error)) {
        json_decref(answer.json);
        return;
    }
    const bool refused = http && (http->status < 200 || http->status > 299);
    if (http_error)
        error = g_error_copy(http_error);
    else if (refused)
        error = (g_clear_error(&error), mmost_answer_error(&answer));
    g_queue_remove(&mm->running, call);
    if (refused && http->status == 401 && !call->bare) {
        if (call->op != 0) {
            g_autoptr(GError) closed =
                g_error_new(WEFT_ERROR, WEFT_ERROR_CLOSED, "The server has ended the session.");
            host_failed(mm->host, call->op, closed);
        }
        mmost_session_ended(mm);
    } else {
        call->fn(mm, call, &answer, error);
    }
    json_decref(answer.json);
    if (!under_way(mm, call))
        call_free(call);
    run_next(mm);
}

/* --- asking
 * ----------------------------------------------------------------------------------------- */

static void
start(struct mmost_call *call)
{
    static const struct http_events events = {.done = on_done};
    struct mm *mm = call->mm;
    g_autofree char *url = g_strconcat(mm->config.base, "/api/v4", call->path, NULL);
    g_autofree char *bearer =
        mm->token ? g_strconcat("Authorization: Bearer ", mm->token, NULL) : NULL;
    const char *headers[4] = {"Accept: application/json"};
    unsigned n = 1;

    if (call->body)
        headers[n++] = "Content-Type: application/json";
    if (bearer)
        headers[n++] = bearer;
    const struct http_request request = {
        .method = call->method,
        .url = url,
        .headers = headers,
        .body = call->body,
        .tls = mm->config.tls,
        .connect_timeout_us = REPLY_US,
        .silence_timeout_us = REPLY_US,
        .total_timeout_us = 4 * REPLY_US,
    };
    call->tries++;
    if (call->since_us == 0)
        call->since_us = clock_mono_us(mm->host->clock);
    g_queue_push_tail(&mm->running, call);
    call->http = mm->host->net->http_start(mm->host->net, &request, &events, call);
}

static void
on_call_timer(void *user)
{
    struct mm *mm = user;

    mm->call_timer = 0;
    run_next(mm);
}

/* While the disk is behind, no more is fetched to be written; what the person asks for goes on. */
static bool
may_start(struct mm *mm)
{
    const struct mmost_call *call = g_queue_peek_head(&mm->waiting);

    return !mm->reads_paused || call->urgent || !call->safe;
}

static void
run_next(struct mm *mm)
{
    const int64_t now_us = clock_mono_us(mm->host->clock);

    if (mm->dying || mm->phase == MM_OFF)
        return;
    if (mm->paused_until_us > now_us) {
        if (mm->call_timer == 0)
            mm->call_timer =
                clock_timer_add(mm->host->clock, mm->paused_until_us - now_us, on_call_timer, mm);
        return;
    }
    while (mm->running.length < MOST_AT_ONCE && mm->waiting.length > 0 && may_start(mm))
        start(g_queue_pop_head(&mm->waiting));
}

static struct mmost_call *
call_new(struct mm *mm, const char *method, json_t *body_take, mmost_answer_fn fn, char *path_take)
{
    struct mmost_call *call = g_new0(struct mmost_call, 1);

    *call = (struct mmost_call){.mm = mm,
                                .fn = fn,
                                .method = method,
                                .path = path_take,
                                .body = body_take ? json_write_take(body_take) : NULL,
                                .safe = strcmp(method, "GET") == 0};
    return call;
}

/* From the loop, so that the caller can still fill it in. */
void
mmost_calls_run_soon(struct mm *mm)
{
    if (mm->call_timer == 0)
        mm->call_timer = clock_timer_add(mm->host->clock, 0, on_call_timer, mm);
}

struct mmost_call *
mmost_call(struct mm *mm, const char *method, json_t *body_take, mmost_answer_fn fn,
           const char *path_format, ...)
{
    va_list list;

    va_start(list, path_format);
    struct mmost_call *call =
        call_new(mm, method, body_take, fn, g_strdup_vprintf(path_format, list));
    va_end(list);
    g_queue_push_tail(&mm->waiting, call);
    mmost_calls_run_soon(mm);
    return call;
}

struct mmost_call *
mmost_call_urgent(struct mm *mm, const char *method, json_t *body_take, mmost_answer_fn fn,
                  const char *path_format, ...)
{
    va_list list;
    GList *at = mm->waiting.head;

    va_start(list, path_format);
    struct mmost_call *call =
        call_new(mm, method, body_take, fn, g_strdup_vprintf(path_format, list));
    va_end(list);
    call->urgent = true;
    while (at && ((struct mmost_call *)at->data)->urgent)
        at = at->next;
    g_queue_insert_before(&mm->waiting, at, call);
    mmost_calls_run_soon(mm);
    return call;
}

struct mmost_call *
mmost_call_of(struct mm *mm, op_id op)
{
    GQueue *const queues[] = {&mm->waiting, &mm->running};

    for (unsigned i = 0; i < G_N_ELEMENTS(queues); i++) {
        for (GList *at = queues[i]->head; at; at = at->next) {
            struct mmost_call *call = at->data;
            if (call->op == op && op != 0)
                return call;
        }
    }
    return NULL;
}

void
mmost_call_drop(struct mmost_call *call)
{
    struct mm *mm = call->mm;

    g_queue_remove(&mm->waiting, call);
    g_queue_remove(&mm->running, call);
    if (call->http)
        mm->host->net->http_cancel(call->http);
    call_free(call);
    mmost_calls_run_soon(mm);
}

void
mmost_calls_end(struct mm *mm)
{
    struct mmost_call *call;
    g_autoptr(GError) error = g_error_new(WEFT_ERROR, WEFT_ERROR_CLOSED,
                                          "The connection ended before this was asked for.");

    clock_timer_del(mm->host->clock, mm->call_timer);
    mm->call_timer = 0;
    mm->paused_until_us = 0;
    while ((call = g_queue_pop_head(&mm->running))) {
        if (call->http)
            mm->host->net->http_cancel(call->http);
        call_free(call);
    }
    while ((call = g_queue_pop_head(&mm->waiting))) {
        /* One that left before is of unknown outcome. */
        if (call->op != 0 && call->tries == 0)
            host_failed(mm->host, call->op, error);
        call_free(call);
    }
}

char *
mmost_escape(const char *text)
{
    return g_uri_escape_string(text, NULL, FALSE);
}
