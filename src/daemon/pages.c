#include "daemon/pages.h"

#include <string.h>

#include "daemon/figures.h"
#include "daemon/page.h"
#include "daemon/pages_request.h"

#define CHUNK_BYTES (64 * 1024)

struct pages {
    struct core *core;
    struct net_ops *net;
    const char *version;
    struct listener *listener;
    GPtrArray *visits; /* struct visit */
};

/* One connection: a request, an answer, the end. */
struct visit {
    struct pages *pages;
    struct stream *stream;
    unsigned timer;
    GString *in;
    GString *out;
    size_t out_at;
    bool answered;
};

static void
visit_free(void *data)
{
    struct visit *visit = data;

    clock_timer_del(core_clock(visit->pages->core), visit->timer);
    visit->pages->net->stream_close(visit->stream);
    g_string_free(visit->in, TRUE);
    g_string_free(visit->out, TRUE);
    g_free(visit);
}

static void
visit_end(struct visit *visit)
{
    g_ptr_array_remove(visit->pages->visits, visit);
}

static void
on_time(void *user)
{
    struct visit *visit = user;

    visit->timer = 0;
    visit_end(visit);
}

static void
set_timer(struct visit *visit, int64_t us)
{
    struct clock *clock = core_clock(visit->pages->core);

    clock_timer_del(clock, visit->timer);
    visit->timer = clock_timer_add(clock, us, on_time, visit);
}

static void
pump(struct visit *visit)
{
    const size_t len = MIN(visit->out->len - visit->out_at, CHUNK_BYTES);

    if (len > 0 &&
        visit->pages->net->stream_write(visit->stream, visit->out->str + visit->out_at, len))
        visit->out_at += len;
}

/* --- the answer --- */

static void
answer(struct visit *visit, const char *status, const char *type, const char *body, bool head)
{
    g_autofree char *policy = page_policy();

    g_string_append_printf(visit->out,
                           "HTTP/1.1 %s\r\nContent-Type: %s; charset=utf-8\r\n"
                           "Content-Length: %zu\r\nConnection: close\r\nCache-Control: no-store\r\n"
                           "Content-Security-Policy: %s; frame-ancestors 'none'\r\n"
                           "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
                           "Cross-Origin-Resource-Policy: same-origin\r\n%s\r\n",
                           status, type, strlen(body), policy,
                           g_str_has_prefix(status, "405") ? "Allow: GET, HEAD\r\n" : "");
    if (!head)
        g_string_append(visit->out, body);
    visit->answered = true;
    set_timer(visit, PAGES_WRITE_US);
    pump(visit);
}

static void
refuse(struct visit *visit, const char *status, const char *text)
{
    answer(visit, status, "text/plain", text, false);
}

static void
answer_path(struct visit *visit, const char *path, bool head)
{
    const struct pages *pages = visit->pages;
    g_autofree char *body = NULL;

    if (strcmp(path, "/") == 0) {
        body = page_html(pages->core, PAGES_REFRESH_S);
        answer(visit, "200 OK", "text/html", body, head);
    } else if (strcmp(path, "/metrics") == 0) {
        body = figures_text(pages->core, pages->version);
        answer(visit, "200 OK", "text/plain; version=0.0.4", body, head);
    } else {
        refuse(visit, "404 Not Found", "There is / and /metrics here, and nothing else.\n");
    }
}

static void
on_data(void *user, const char *bytes, size_t len)
{
    struct visit *visit = user;
    g_autofree char *path = NULL;
    bool head = false;

    if (visit->answered)
        return; /* what else is said is nobody's business */
    g_string_append_len(visit->in, bytes, (gssize)MIN(len, PAGES_MAX_BYTES + 4));
    switch (pages_request_read(visit->in->str, visit->in->len, &path, &head)) {
    case PAGES_REQUEST_MORE:
        break;
    case PAGES_REQUEST_WHOLE:
        answer_path(visit, path, head);
        break;
    case PAGES_REQUEST_BAD:
        refuse(visit, "400 Bad Request", "This is no request of HTTP/1.1.\n");
        break;
    case PAGES_REQUEST_LARGE:
        refuse(visit, "431 Request Header Fields Too Large", "This request is too long.\n");
        break;
    case PAGES_REQUEST_METHOD:
        refuse(visit, "405 Method Not Allowed", "This can only be read.\n");
        break;
    case PAGES_REQUEST_HOST:
        refuse(visit, "421 Misdirected Request",
               "This is for this machine alone, as 127.0.0.1 or localhost.\n");
        break;
    }
}

static void
on_drained(void *user)
{
    struct visit *visit = user;

    if (visit->out_at < visit->out->len)
        pump(visit);
    else if (visit->answered)
        visit_end(visit);
}

static void
on_closed(void *user, const GError *error)
{
    visit_end(user);
}

static void
on_accepted(void *user, struct stream *stream)
{
    static const struct stream_events events = {
        .data = on_data, .drained = on_drained, .closed = on_closed};
    struct pages *pages = user;
    struct visit *visit;

    /* The oldest makes room: who holds connections open keeps nobody else out. */
    if (pages->visits->len >= PAGES_CLIENTS_MOST)
        visit_end(pages->visits->pdata[0]);
    visit = g_new0(struct visit, 1);
    visit->pages = pages;
    visit->stream = stream;
    visit->in = g_string_new(NULL);
    visit->out = g_string_new(NULL);
    g_ptr_array_add(pages->visits, visit);
    set_timer(visit, PAGES_READ_US);
    pages->net->stream_take(stream, &events, visit);
}

/* --- life --- */

struct pages *
pages_new(const struct pages_options *options, GError **error)
{
    const struct listen_options where = {.port = options->port};
    struct pages *pages = g_new0(struct pages, 1);

    pages->core = options->core;
    pages->net = options->net;
    pages->version = options->version;
    pages->visits = g_ptr_array_new_with_free_func(visit_free);
    pages->listener = pages->net->listen(pages->net, &where, on_accepted, pages, error);
    if (!pages->listener)
        g_clear_pointer(&pages, pages_free);
    return pages;
}

uint16_t
pages_port(const struct pages *pages)
{
    return pages->net->listen_port(pages->listener);
}

void
pages_free(struct pages *pages)
{
    if (!pages)
        return;
    pages->net->listen_close(pages->listener);
    g_ptr_array_unref(pages->visits);
    g_free(pages);
}
