#include "tests/bench/mm_flood.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/flood_text.h"
#include "tests/bench/web_conn.h"

#define FRAMES  5000 /* different ones, made before the clock runs */
#define AHEAD   262144
#define AT_ONCE 64
#define GUID    "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define API     "/api/v4"
#define TOKEN   "benchtokenbenchtoken"

struct mm_flood {
    int listener, epoll;
    unsigned port;
    SSL_CTX *tls;
    struct mm_world *world;
    GPtrArray *conns;       /* struct web_conn */
    struct web_conn **open; /* the WebSocket of each account, or NULL */
    bool *is_online;        /* one an account */
    unsigned seq;           /* of the first account's next event */
    unsigned posts;         /* the number of the next new post */
    struct relay_tally *heard;

    struct mm_frame frames[FRAMES];
    unsigned left, sent, per_second;
    int64_t begun_us;
    char *last;
};

static void
fail(const char *what)
{
    g_printerr("the benchmark's server: %s: %s\n", what, g_strerror(errno));
    exit(1);
}

static void
make_frames(struct mm_flood *flood)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (unsigned i = 0; i < FRAMES; i++) {
        g_string_truncate(text, 0);
        flood_text(text, i);
        mm_world_make_frame(flood->world, &flood->frames[i],
                            i % 2 == 0 ? 0 : i / 2 % flood->world->size.channels, i, text->str);
    }
}

static void
begin_listening(struct mm_flood *flood)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    struct epoll_event event = {.events = EPOLLIN};

    flood->epoll = epoll_create1(EPOLL_CLOEXEC);
    flood->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (flood->epoll < 0 || flood->listener < 0 ||
        bind(flood->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(flood->listener, AT_ONCE) != 0 ||
        getsockname(flood->listener, (struct sockaddr *)&address, &len) != 0 ||
        epoll_ctl(flood->epoll, EPOLL_CTL_ADD, flood->listener, &event) != 0)
        fail("cannot listen");
    flood->port = ntohs(address.sin_port);
}

struct mm_flood *
mm_flood_new(const struct mm_size *size, const char *pem)
{
    struct mm_flood *flood = g_new0(struct mm_flood, 1);

    flood->world = mm_world_new(size);
    flood->posts = mm_world_first_new(flood->world);
    flood->conns = g_ptr_array_new_with_free_func((GDestroyNotify)web_conn_free);
    flood->open = g_new0(struct web_conn *, size->accounts);
    flood->is_online = g_new0(bool, size->accounts);
    flood->tls = web_conn_tls_new(pem);
    make_frames(flood);
    begin_listening(flood);
    return flood;
}

void
mm_flood_free(struct mm_flood *flood)
{
    g_ptr_array_unref(flood->conns);
    close(flood->listener);
    close(flood->epoll);
    SSL_CTX_free(flood->tls);
    for (unsigned i = 0; i < FRAMES; i++)
        mm_frame_clear(&flood->frames[i]);
    mm_world_free(flood->world);
    g_free(flood->open);
    g_free(flood->is_online);
    g_free(flood->last);
    g_free(flood);
}

unsigned
mm_flood_port(const struct mm_flood *flood)
{
    return flood->port;
}

const struct mm_world *
mm_flood_world(const struct mm_flood *flood)
{
    return flood->world;
}

char *
mm_flood_token(unsigned account)
{
    return g_strdup_printf(TOKEN "%02u", account);
}

/* --- what is asked
 * ---------------------------------------------------------------------------------------- */

struct request {
    const char *method, *path, *head, *body;
    unsigned account;
};

static void
answer(struct web_conn *conn, unsigned status, const GString *body)
{
    g_string_append_printf(conn->out,
                           "HTTP/1.1 %u %s\r\nContent-Type: application/json\r\n"
                           "Content-Length: %zu\r\n\r\n",
                           status,
                           status == 200   ? "OK"
                           : status == 201 ? "Created"
                                           : "Not Found",
                           body->len);
    g_string_append_len(conn->out, body->str, (gssize)body->len);
}

static void
add_config(GString *out)
{
    g_string_append(out, "{\"BuildNumber\":\"\",\"CollapsedThreads\":\"always_on\","
                         "\"MaxPostSize\":\"16383\",\"PostEditTimeLimit\":\"-1\","
                         "\"SiteName\":\"Bench\",\"Version\":\"11.6.0\"}");
}

static bool
asks(const struct request *request, const char *method, const char *path)
{
    return strcmp(request->method, method) == 0 && g_str_has_prefix(request->path, path);
}

/* False: the server does not know it. */
static bool
add_answer(struct mm_flood *flood, const struct request *request, GString *out)
{
    const char *page = strstr(request->path, "page=");

    if (asks(request, "GET", "/users/me/channels")) {
        mm_world_add_channels(flood->world, out, request->account);
    } else if (asks(request, "GET", "/users/me/channel_members")) {
        mm_world_add_members(flood->world, out, request->account);
    } else if (asks(request, "GET", "/users/me/teams")) {
        mm_world_add_teams(out);
    } else if (asks(request, "GET", "/users/me/preferences")) {
        g_string_append(out, "[]");
    } else if (g_str_equal(request->path, "/users/me")) {
        mm_world_add_self(flood->world, out, request->account);
    } else if (asks(request, "GET", "/config/client")) {
        add_config(out);
    } else if (asks(request, "GET", "/channels/") && strstr(request->path, "/posts") != NULL) {
        mm_world_add_posts(flood->world, out, request->path + strlen("/channels/"));
    } else if (asks(request, "POST", "/channels/members/me/mark_read")) {
        g_string_append(out, "{\"status\":\"OK\"}");
    } else if (asks(request, "POST", "/users/ids")) {
        mm_world_add_users(out, request->body);
    } else if (asks(request, "POST", "/users/status/ids")) {
        flood->is_online[request->account] = true;
        mm_world_add_statuses(out, request->body);
    } else if (asks(request, "GET", "/users?in_channel=")) {
        mm_world_add_members_of_channel(out, page != NULL ? (unsigned)atoi(page + 5) : 0);
    } else {
        return false;
    }
    return true;
}

static void
send_text(struct web_conn *conn, const char *text)
{
    mm_frame_head(conn->out, strlen(text));
    g_string_append(conn->out, text);
}

/* Behind NAME: in the head, to the end of the line; NULL: there is none. Free with g_free(). */
static char *
header(const struct request *request, const char *name)
{
    g_auto(GStrv) lines = g_strsplit(request->head, "\r\n", -1);

    for (unsigned i = 0; lines[i] != NULL; i++)
        if (g_ascii_strncasecmp(lines[i], name, strlen(name)) == 0)
            return g_strstrip(g_strdup(lines[i] + strlen(name)));
    return NULL;
}

static void
upgrade(struct mm_flood *flood, struct web_conn *conn, const struct request *request)
{
    g_autofree char *key = header(request, "Sec-WebSocket-Key:");
    g_autofree char *both = g_strconcat(key != NULL ? key : "", GUID, NULL);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA1);
    guint8 digest[20];
    gsize len = sizeof digest;

    g_checksum_update(sum, (const guchar *)both, -1);
    g_checksum_get_digest(sum, digest, &len);
    g_autofree char *accept = g_base64_encode(digest, len);
    g_string_append_printf(conn->out,
                           "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                           "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                           accept);
    conn->is_socket = true;
    conn->number = request->account;
    flood->open[request->account] = conn;
    if (request->account == 0)
        flood->seq = 1;
    send_text(conn, "{\"event\":\"hello\",\"data\":{\"connection_id\":"
                    "\"jd6gtmoqhbfmmguiw5bzsttkoc\",\"server_hostname\":\"bench\","
                    "\"server_version\":\"11.6.0\"},\"broadcast\":{},\"seq\":0}");
}

void
mm_flood_hear(struct mm_flood *flood, struct relay_tally *heard)
{
    flood->heard = heard;
}

/* Its event goes after the answer. */
static void
take_post(struct mm_flood *flood, struct web_conn *conn, const char *body)
{
    g_autoptr(GString) post = g_string_new(NULL), event = g_string_new(NULL);
    const char *text = strstr(body, "\"message\":");
    const unsigned channel = mm_world_channel_of(flood->world, body);

    if (flood->heard != NULL && text != NULL)
        relay_tally_hear(flood->heard, channel, text);
    mm_world_add_made(flood->world, post, flood->posts++, body);
    answer(conn, 201, post);
    if (flood->open[0] == NULL)
        return;
    mm_world_add_made_event(event, post->str, flood->seq++);
    send_text(flood->open[0], event->str);
}

static void
take_request(struct mm_flood *flood, struct web_conn *conn, struct request *request)
{
    g_autofree char *bearer = header(request, "Authorization:");
    const char *at = bearer != NULL ? strstr(bearer, TOKEN) : NULL;
    g_autoptr(GString) body = g_string_new(NULL);

    request->account = at != NULL ? (unsigned)atoi(at + strlen(TOKEN)) : UINT_MAX;
    if (request->account >= flood->world->size.accounts || !g_str_has_prefix(request->path, API)) {
        g_string_append(body, "{\"message\":\"No such token or path.\",\"status_code\":404}");
        answer(conn, 404, body);
        return;
    }
    request->path += strlen(API);
    if (asks(request, "GET", "/websocket")) {
        upgrade(flood, conn, request);
    } else if (asks(request, "POST", "/posts")) {
        take_post(flood, conn, request->body);
    } else if (add_answer(flood, request, body)) {
        answer(conn, 200, body);
    } else {
        g_printerr("the benchmark's server was asked for %s %s\n", request->method, request->path);
        g_string_append(body, "{\"message\":\"Not here.\",\"status_code\":404}");
        answer(conn, 404, body);
    }
}

/* False: it is not whole yet. */
static bool
take_http(struct mm_flood *flood, struct web_conn *conn)
{
    const char *end = strstr(conn->in->str, "\r\n\r\n");

    if (end == NULL)
        return false;
    g_autofree char *head = g_strndup(conn->in->str, (size_t)(end - conn->in->str));
    struct request request = {.head = head};
    g_autofree char *length = header(&request, "Content-Length:");
    const size_t head_len = strlen(head) + 4;
    const size_t body_len = length != NULL ? (size_t)g_ascii_strtoull(length, NULL, 10) : 0;
    if (conn->in->len < head_len + body_len)
        return false;
    g_autofree char *body = g_strndup(conn->in->str + head_len, body_len);
    g_autofree char *line = g_strndup(head, strcspn(head, "\r"));
    g_auto(GStrv) words = g_strsplit(line, " ", 3);
    g_string_erase(conn->in, 0, (gssize)(head_len + body_len));
    if (g_strv_length(words) != 3)
        return true;
    request.method = words[0];
    request.path = words[1];
    request.body = body;
    take_request(flood, conn, &request);
    return true;
}

/* A client's frame, masked and short. False: it is not whole yet. */
static bool
take_frame(struct web_conn *conn)
{
    const uint8_t *bytes = (const uint8_t *)conn->in->str;
    size_t len = conn->in->len >= 2 ? bytes[1] & 0x7f : 0, head = 6;

    if (len == 126) {
        len = conn->in->len >= 4 ? (size_t)bytes[2] << 8 | bytes[3] : 0;
        head = 8;
    }
    if (conn->in->len < MAX(head, head + len))
        return false;
    g_autofree char *text = g_strndup(conn->in->str + head, len);
    for (size_t i = 0; i < len; i++)
        text[i] = (char)(bytes[head + i] ^ bytes[head - 4 + i % 4]);
    const bool is_text = (bytes[0] & 0x0f) == 1;
    g_string_erase(conn->in, 0, (gssize)(head + len));
    const char *seq = is_text ? strstr(text, "\"seq\":") : NULL;
    if (seq == NULL || strstr(text, "\"ping\"") == NULL)
        return true;
    g_autofree char *reply =
        g_strdup_printf("{\"status\":\"OK\",\"seq_reply\":%d,\"data\":{\"text\":\"pong\"}}",
                        atoi(seq + strlen("\"seq\":")));
    send_text(conn, reply);
    return true;
}

/* --- what is sent
 * ---------------------------------------------------------------------------------------- */

static void
add_frame(struct mm_flood *flood, struct mm_frame *frame)
{
    struct web_conn *conn = flood->open[0];

    mm_frame_stamp(frame, flood->posts++, g_get_real_time() / 1000, flood->seq++);
    g_string_append_len(conn->out, frame->bytes->str, (gssize)frame->bytes->len);
}

void
mm_flood_say(struct mm_flood *flood, const char *text)
{
    struct mm_frame frame;

    if (flood->open[0] == NULL)
        return;
    mm_world_make_frame(flood->world, &frame, 0, 1, text);
    add_frame(flood, &frame);
    mm_frame_clear(&frame);
}

static void
add_event(struct mm_flood *flood)
{
    flood->left--;
    flood->sent++;
    if (flood->left == 0)
        mm_flood_say(flood, flood->last);
    else
        add_frame(flood, &flood->frames[flood->sent % FRAMES]);
}

/* At a rate: as many as the time that has passed asks for. */
static void
fill(struct mm_flood *flood)
{
    const struct web_conn *conn = flood->open[0];

    if (flood->per_second == 0) {
        while (flood->left > 0 && web_conn_left(conn) < AHEAD)
            add_event(flood);
        return;
    }
    const int64_t passed_us = g_get_monotonic_time() - flood->begun_us;
    const int64_t due = passed_us * flood->per_second / G_USEC_PER_SEC;
    /* What the client does not take is not sent: so many a second are what it took. */
    while (flood->left > 0 && (int64_t)flood->sent < due && web_conn_left(conn) < AHEAD)
        add_event(flood);
}

void
mm_flood_begin(struct mm_flood *flood, unsigned events, unsigned per_second, const char *last)
{
    g_free(flood->last);
    flood->last = g_strdup(last);
    flood->left = events;
    flood->sent = 0;
    flood->per_second = per_second;
    flood->begun_us = g_get_monotonic_time();
}

void
mm_flood_stop(struct mm_flood *flood)
{
    flood->left = 0;
}

unsigned
mm_flood_sent(const struct mm_flood *flood)
{
    return flood->sent;
}

unsigned
mm_flood_online(const struct mm_flood *flood)
{
    unsigned n = 0;
    for (unsigned i = 0; i < flood->world->size.accounts; i++)
        n += flood->is_online[i];
    return n;
}

/* --- the loop
 * ---------------------------------------------------------------------------------------- */

int
mm_flood_fd(const struct mm_flood *flood)
{
    return flood->epoll;
}

static void
conn_end(struct mm_flood *flood, struct web_conn *conn)
{
    if (conn->is_socket && flood->open[conn->number] == conn)
        flood->open[conn->number] = NULL;
    g_ptr_array_remove_fast(flood->conns, conn);
}

static void
conn_turn(struct mm_flood *flood, struct web_conn *conn)
{
    const bool more = web_conn_read(conn);

    while (conn->is_socket ? take_frame(conn) : take_http(flood, conn))
        ;
    if (!more || !web_conn_write(conn))
        conn_end(flood, conn);
}

void
mm_flood_turn(struct mm_flood *flood)
{
    struct epoll_event events[AT_ONCE];
    const int n = epoll_wait(flood->epoll, events, AT_ONCE, 0);

    for (int i = 0; i < n; i++) {
        struct web_conn *conn = events[i].data.ptr;
        if (conn != NULL)
            conn_turn(flood, conn);
        while (conn == NULL &&
               (conn = web_conn_accept(flood->listener, flood->epoll, flood->tls)) != NULL) {
            g_ptr_array_add(flood->conns, conn);
            conn = NULL;
        }
    }
    do {
        if (flood->open[0] == NULL)
            return;
        if (flood->left > 0)
            fill(flood);
        if (web_conn_left(flood->open[0]) > 0 && !web_conn_write(flood->open[0])) {
            conn_end(flood, flood->open[0]);
            return;
        }
        /* Until the client's window is full. */
    } while (flood->left > 0 && flood->per_second == 0 && web_conn_left(flood->open[0]) == 0);
}
