#include "tests/support/fake_web.h"

#include <string.h>

struct rule {
    char *pattern;
    unsigned left; /* 0: always */
    int status;
    char *body;
    char *headers;
    bool spent;
};

struct http_call {
    struct fake_web *web;
    char *line; /* "METHOD URL" */
    const struct http_events *events;
    void *user;
    const struct rule *rule;
    unsigned timer;
};

struct ws {
    struct fake_web *web;
    const struct ws_events *events;
    void *user;
    unsigned timer;
    bool open;
};

static struct fake_web *
web_of(struct net_ops *net)
{
    struct fake_host *fake =
        (struct fake_host *)(void *)((char *)net - G_STRUCT_OFFSET(struct fake_host, net));
    return fake->web;
}

/* --- requests
 * --------------------------------------------------------------------------------------- */

static void
rule_free(void *data)
{
    struct rule *rule = data;

    g_free(rule->pattern);
    g_free(rule->body);
    g_free(rule->headers);
    g_free(rule);
}

static void
call_free(struct http_call *call)
{
    clock_timer_del(call->web->fake->host.clock, call->timer);
    g_ptr_array_remove(call->web->calls, call);
    g_free(call->line);
    g_free(call);
}

/* The body in two pieces, where they are wanted as they come. False: it was cancelled from inside.
 */
static bool
stream(struct http_call *call, struct http_answer *answer)
{
    const struct http_events *events = call->events;
    struct fake_web *web = call->web;
    const size_t half = answer->len / 2;
    void *user = call->user;

    if (answer->status / 100 != 2 || !events->data || answer->len == 0)
        return true;
    const char *bytes = answer->body;
    if (events->begin)
        events->begin(user, answer);
    for (unsigned i = 0; i < 2 && g_ptr_array_find(web->calls, call, NULL); i++)
        events->data(user, bytes + (i == 0 ? 0 : half), i == 0 ? half : answer->len - half);
    answer->body = "";
    answer->len = 0;
    return g_ptr_array_find(web->calls, call, NULL);
}

static void
finish(struct http_call *call, int status, const char *body, const char *headers)
{
    const struct http_events *events = call->events;
    void *user = call->user;
    g_auto(GStrv) lines = g_strsplit(headers ? headers : "", "\n", -1);
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    struct http_answer answer = {.status = status, .retry_after_us = -1, .headers = list};
    g_autoptr(GError) error = NULL;

    for (unsigned i = 0; lines[i] && *lines[i]; i++) {
        g_ptr_array_add(list, lines[i]);
        if (g_str_has_prefix(lines[i], "retry-after: "))
            answer.retry_after_us =
                g_ascii_strtoll(lines[i] + strlen("retry-after: "), NULL, 10) * G_USEC_PER_SEC;
    }
    /* A copy of just that size and its NUL: reading past it is seen. */
    g_autofree char *copy = g_strdup(body ? body : "");
    answer.body = copy;
    answer.len = strlen(copy);
    if (status == 0 && g_strcmp0(body, "refused") == 0)
        error = g_error_new(WEFT_ERROR, WEFT_ERROR_REFUSED, "Nobody listens there.");
    else if (status == 0)
        error = g_error_new(WEFT_ERROR, WEFT_ERROR_IO, "The connection broke.");
    const bool cancelled = !stream(call, &answer);
    if (!cancelled)
        call_free(call);
    if (cancelled)
        return;
    events->done(user, error ? NULL : &answer, error);
}

static void
on_answer_timer(void *user)
{
    struct http_call *call = user;
    const struct rule *rule = call->rule;

    call->timer = 0;
    finish(call, rule->status, rule->body, rule->headers);
}

static const struct rule *
rule_for(struct fake_web *web, const char *line)
{
    for (unsigned i = web->rules->len; i > 0; i--) {
        struct rule *rule = web->rules->pdata[i - 1];
        if (rule->spent || !g_pattern_match_simple(rule->pattern, line))
            continue;
        if (rule->left > 0 && --rule->left == 0)
            rule->spent = true;
        return rule;
    }
    return NULL;
}

static struct http_call *
http_start(struct net_ops *net, const struct http_request *request,
           const struct http_events *events, void *user)
{
    struct fake_web *web = web_of(net);
    struct http_call *call = g_new0(struct http_call, 1);
    gsize len = 0;
    const char *body = request->body ? g_bytes_get_data(request->body, &len) : "";
    g_autofree char *file = request->body_path
                                ? g_strdup_printf("FILE %s from %" G_GUINT64_FORMAT,
                                                  request->body_path, request->body_start)
                                : NULL;

    if (file) {
        body = file;
        len = strlen(file);
    }
    for (unsigned i = 0; request->headers && request->headers[i]; i++)
        if (g_str_has_prefix(request->headers[i], "Range: ")) {
            body = request->headers[i];
            len = strlen(body);
        }

    *call = (struct http_call){.web = web, .events = events, .user = user};
    call->line = g_strdup_printf("%s %s", request->method, request->url);
    if (!web->fake->quiet)
        g_queue_push_tail(&web->fake->sent, g_strdup_printf("%s%s%.*s", call->line,
                                                            len > 0 ? " " : "", (int)len, body));
    g_ptr_array_add(web->calls, call);
    call->rule = rule_for(web, call->line);
    if (call->rule)
        call->timer = clock_timer_add(web->fake->host.clock, 0, on_answer_timer, call);
    return call;
}

static void
http_cancel(struct http_call *call)
{
    call_free(call);
}

void
fake_web_rule(struct fake_web *web, const char *pattern, unsigned times, int status,
              const char *body, const char *headers)
{
    struct rule *rule = g_new0(struct rule, 1);

    *rule = (struct rule){.pattern = g_strdup(pattern),
                          .left = times,
                          .status = status,
                          .body = g_strdup(body),
                          .headers = g_strdup(headers)};
    g_ptr_array_add(web->rules, rule);
}

static struct http_call *
waiting_call(struct fake_web *web, const char *pattern)
{
    for (unsigned i = 0; i < web->calls->len; i++) {
        struct http_call *call = web->calls->pdata[i];
        if (!call->rule && g_pattern_match_simple(pattern, call->line))
            return call;
    }
    g_error("no request waits that fits %s", pattern);
}

void
fake_web_answer(struct fake_web *web, const char *pattern, int status, const char *body)
{
    finish(waiting_call(web, pattern), status, body, NULL);
}

void
fake_web_data(struct fake_web *web, const char *pattern, const char *bytes)
{
    const struct http_call *call = waiting_call(web, pattern);

    call->events->data(call->user, bytes, strlen(bytes));
}

unsigned
fake_web_fits(const struct fake_web *web, const char *pattern)
{
    unsigned n = 0;

    for (unsigned i = 0; i < web->calls->len; i++) {
        const struct http_call *call = web->calls->pdata[i];
        n += !call->rule && g_pattern_match_simple(pattern, call->line);
    }
    return n;
}

unsigned
fake_web_waiting(const struct fake_web *web)
{
    return fake_web_fits(web, "*");
}

/* --- the socket
 * ------------------------------------------------------------------------------------- */

static void
on_open_timer(void *user)
{
    struct ws *ws = user;

    ws->timer = 0;
    fake_ws_open(ws->web);
}

static struct ws *
ws_open(struct net_ops *net, const struct ws_options *options, const struct ws_events *events,
        void *user)
{
    struct fake_web *web = web_of(net);
    struct ws *ws = g_new0(struct ws, 1);

    g_assert_null(web->ws);
    *ws = (struct ws){.web = web, .events = events, .user = user};
    web->ws = ws;
    web->opened++;
    g_free(web->ws_url);
    web->ws_url = g_strdup(options->url);
    if (!web->silent)
        ws->timer = clock_timer_add(web->fake->host.clock, 0, on_open_timer, ws);
    return ws;
}

static bool
ws_send(struct ws *ws, const char *text, size_t len)
{
    if (!ws->open || ws->web->fake->deaf)
        return false;
    if (!ws->web->fake->quiet)
        g_queue_push_tail(&ws->web->fake->sent, g_strdup_printf("ws %.*s", (int)len, text));
    return true;
}

static void
ws_pause(struct ws *ws, bool paused)
{
}

static void
ws_close(struct ws *ws, int code)
{
    clock_timer_del(ws->web->fake->host.clock, ws->timer);
    if (ws->web->ws == ws)
        ws->web->ws = NULL;
    g_free(ws);
}

void
fake_ws_open(struct fake_web *web)
{
    g_assert_nonnull(web->ws);
    web->ws->open = true;
    web->ws->events->opened(web->ws->user);
}

void
fake_ws_bytes(struct fake_web *web, const char *bytes, size_t len, bool binary)
{
    /* As net does: a NUL behind it, and nothing more. */
    char *copy = g_malloc(len + 1);

    memcpy(copy, bytes, len);
    copy[len] = '\0';
    g_assert_nonnull(web->ws);
    web->ws->events->message(web->ws->user, copy, len, binary);
    g_free(copy);
}

void
fake_ws_say(struct fake_web *web, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    g_autofree char *text = g_strdup_vprintf(format, list);
    va_end(list);
    fake_ws_bytes(web, text, strlen(text), false);
}

void
fake_ws_end(struct fake_web *web, int code)
{
    g_autoptr(GError) error =
        g_error_new(WEFT_ERROR, WEFT_ERROR_CLOSED, "The server ended the connection.");

    g_assert_nonnull(web->ws);
    web->ws->open = false;
    web->ws->events->closed(web->ws->user, code, 0, error);
}

void
fake_ws_refuse(struct fake_web *web, int status)
{
    g_autoptr(GError) error =
        g_error_new(WEFT_ERROR, status == 0 ? WEFT_ERROR_REFUSED : WEFT_ERROR_NOT_FOUND,
                    "The server refused the websocket.");

    g_assert_nonnull(web->ws);
    clock_timer_del(web->fake->host.clock, web->ws->timer);
    web->ws->timer = 0;
    web->ws->events->closed(web->ws->user, 0, status, error);
}

/* --- the whole
 * -------------------------------------------------------------------------------------- */

struct fake_web *
fake_web_new(struct fake_host *fake)
{
    struct fake_web *web = g_new0(struct fake_web, 1);

    web->fake = fake;
    web->rules = g_ptr_array_new_with_free_func(rule_free);
    web->calls = g_ptr_array_new();
    fake->web = web;
    fake->net.http_start = http_start;
    fake->net.http_cancel = http_cancel;
    fake->net.ws_open = ws_open;
    fake->net.ws_send = ws_send;
    fake->net.ws_pause = ws_pause;
    fake->net.ws_close = ws_close;
    return web;
}

void
fake_web_free(struct fake_web *web)
{
    g_assert_cmpuint(web->calls->len, ==, 0);
    g_assert_null(web->ws);
    g_ptr_array_unref(web->calls);
    g_ptr_array_unref(web->rules);
    g_free(web->ws_url);
    g_free(web);
}
