#include "daemon/pages.h"

#include <string.h>

#include "daemon/figures.h"
#include "daemon/page.h"

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

/* --- the request --- */

/* "127.0.0.1", "localhost", with or without a port. */
static bool
is_this_machine(const char *host)
{
    static const char *const names[] = {"127.0.0.1", "localhost"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const size_t len = strlen(names[i]);
        if (g_ascii_strncasecmp(host, names[i], len) == 0 &&
            (host[len] == '\0' || (host[len] == ':' && host[len + 1] != '\0' &&
                                   host[len + 1 + strspn(host + len + 1, "0123456789")] == '\0')))
            return true;
    }
    return false;
}

/* Exactly one Host that is this machine's. */
static bool
host_is_good(char *const *lines)
{
    unsigned n = 0;
    bool good = false;

    for (guint i = 0; lines[i]; i++) {
        if (g_ascii_strncasecmp(lines[i], "host:", 5) != 0)
            continue;
        g_autofree char *host = g_strstrip(g_strdup(lines[i] + 5));
        good = is_this_machine(host);
        n++;
    }
    return n == 1 && good;
}

static void
on_request(struct visit *visit, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
    g_auto(GStrv) words = g_strsplit(lines[0] ? lines[0] : "", " ", 4);
    const bool whole = g_strv_length(words) == 3 && g_str_has_prefix(words[2], "HTTP/1.");
    const bool head = whole && strcmp(words[0], "HEAD") == 0;

    if (!whole)
        refuse(visit, "400 Bad Request", "This is no request of HTTP/1.1.\n");
    else if (!head && strcmp(words[0], "GET") != 0)
        refuse(visit, "405 Method Not Allowed", "This can only be read.\n");
    else if (!host_is_good(lines + 1))
        refuse(visit, "421 Misdirected Request",
               "This is for this machine alone, as 127.0.0.1 or localhost.\n");
    else
        answer_path(visit, words[1], head);
}

static void
on_data(void *user, const char *bytes, size_t len)
{
    struct visit *visit = user;

    if (visit->answered)
        return; /* what else is said is nobody's business */
    g_string_append_len(visit->in, bytes, (gssize)MIN(len, PAGES_MAX_BYTES + 1));
    const char *end = g_strstr_len(visit->in->str, (gssize)visit->in->len, "\r\n\r\n");
    if (memchr(visit->in->str, '\0', end ? (size_t)(end - visit->in->str) : visit->in->len)) {
        refuse(visit, "400 Bad Request", "This is no request of HTTP/1.1.\n");
    } else if ((end ? (size_t)(end - visit->in->str) : visit->in->len) > PAGES_MAX_BYTES) {
        refuse(visit, "431 Request Header Fields Too Large", "This request is too long.\n");
    } else if (end) {
        g_autofree char *text = g_strndup(visit->in->str, (gsize)(end - visit->in->str));
        on_request(visit, text);
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
