/* A request from the first moment on: kept until the module is there, then the module's. */
#include "net/tls_copy.h"
#include "net/web.h"
#include "net/web_priv.h"

struct web_call {
    struct web_waiter waiter; /* first */
    struct web *web;
    struct http_events events;
    void *user;
    struct http_call *inner; /* the module's; NULL while it waits */

    struct http_request request; /* its texts are the call's own, below */
    char *method, *url, *body_path;
    char **headers;
    struct tls_copy tls;
};

/* What the module has copied, or nobody will ask for any more. */
static void
drop_request(struct web_call *call)
{
    g_clear_pointer(&call->method, g_free);
    g_clear_pointer(&call->url, g_free);
    g_clear_pointer(&call->body_path, g_free);
    g_clear_pointer(&call->headers, g_strfreev);
    g_clear_pointer(&call->request.body, g_bytes_unref);
    tls_copy_clear(&call->tls);
}

void
web_call_free(void *data)
{
    struct web_call *call = data;

    drop_request(call);
    g_free(call);
}

static void
on_begin(void *user, const struct http_answer *answer)
{
    struct web_call *call = user;

    call->events.begin(call->user, answer);
}

static void
on_data(void *user, const char *bytes, size_t len)
{
    struct web_call *call = user;

    call->events.data(call->user, bytes, len);
}

static void
on_progress(void *user, uint64_t sent, uint64_t to_send, uint64_t received, uint64_t to_receive)
{
    struct web_call *call = user;

    call->events.progress(call->user, sent, to_send, received, to_receive);
}

static void
on_done(void *user, const struct http_answer *answer, const GError *error)
{
    struct web_call *call = user;
    void (*done)(void *, const struct http_answer *, const GError *) = call->events.done;
    void *whose = call->user;

    g_hash_table_remove(call->web->calls, call);
    done(whose, answer, error);
}

static void
start(struct web_waiter *waiter)
{
    struct web_call *call = (struct web_call *)waiter;
    struct web *web = call->web;
    const struct http_events events = {.begin = call->events.begin ? on_begin : NULL,
                                       .data = call->events.data ? on_data : NULL,
                                       .progress = call->events.progress ? on_progress : NULL,
                                       .done = on_done};

    call->inner = web->module->http_start(web->http, &call->request, &events, call);
    drop_request(call);
}

static void
fail(struct web_waiter *waiter, const GError *error)
{
    on_done(waiter, NULL, error);
}

static void
copy_request(struct web_call *call, const struct http_request *request)
{
    call->request = *request;
    call->request.method = call->method = g_strdup(request->method);
    call->request.url = call->url = g_strdup(request->url);
    call->request.body_path = call->body_path = g_strdup(request->body_path);
    call->headers = g_strdupv((char **)(uintptr_t)request->headers);
    call->request.headers = (const char *const *)call->headers;
    if (request->body)
        call->request.body = g_bytes_ref(request->body);
    tls_copy_set(&call->tls, &request->tls);
    call->request.tls = tls_copy_wishes(&call->tls);
}

struct http_call *
web_http_start(struct web *web, const struct http_request *request,
               const struct http_events *events, void *user)
{
    struct web_call *call = g_new0(struct web_call, 1);

    call->waiter.start = start;
    call->waiter.fail = fail;
    call->web = web;
    call->events = *events;
    call->user = user;
    copy_request(call, request);
    g_hash_table_add(web->calls, call);
    web_wait(web, &call->waiter);
    return (struct http_call *)call;
}

void
web_http_cancel(struct http_call *http_call)
{
    struct web_call *call = (struct web_call *)http_call;
    struct web *web = call->web;

    if (call->inner)
        web->module->http_cancel(call->inner);
    else
        web_leave(web, &call->waiter);
    g_hash_table_remove(web->calls, call);
}
