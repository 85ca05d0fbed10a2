/* One thread with poll(), and a lock that it lets go of only while it waits. */
#include "tests/proxy/proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES  4096
#define QUEUE_BYTES (256 * 1024)
#define NEVER       G_MAXINT64

struct chunk {
    GBytes *bytes;
    int64_t due_us;
};

/* One way of one connection. */
struct pipe {
    int way; /* 0 up, 1 down */
    int from, to;
    GQueue chunks;
    size_t queued, done; /* bytes that wait; of the first chunk those that are gone */
    int64_t last_due_us; /* order is kept whatever the jitter */
    int64_t free_us;     /* when the next slice may go */
    uint64_t seen;       /* for corrupt_every */
    bool ended;          /* the sender has no more */
    int64_t end_us;      /* when the other side may be told */
    bool told;
};

struct link {
    struct pipe pipes[2];
    bool dead, reset;
};

struct proxy {
    GThread *thread;
    GMutex mutex; /* for all below */
    GCond turned;
    uint64_t wanted, turns;
    int wake; /* eventfd */
    int listener;
    uint16_t port, target;
    GRand *rand;
    GPtrArray *links; /* struct link */
    struct proxy_faults faults[2];
    bool refuse, stop;
    unsigned accepted;
    uint64_t passed[2];
};

/* --- bytes in ---------------------------------------------------------------------------------
 */

static void
chunk_free(gpointer data)
{
    struct chunk *chunk = data;

    g_bytes_unref(chunk->bytes);
    g_free(chunk);
}

static void
push(struct proxy *proxy, struct pipe *pipe, GByteArray *bytes_take, int64_t now_us)
{
    const struct proxy_faults *faults = &proxy->faults[pipe->way];
    struct chunk *chunk = g_new0(struct chunk, 1);
    int64_t late_us = (int64_t)faults->latency_ms * 1000;

    if (faults->jitter_ms > 0)
        late_us += g_rand_int_range(proxy->rand, 0, (gint32)faults->jitter_ms * 1000);
    chunk->due_us = MAX(now_us + late_us, pipe->last_due_us);
    pipe->last_due_us = chunk->due_us;
    pipe->queued += bytes_take->len;
    chunk->bytes = g_byte_array_free_to_bytes(bytes_take);
    g_queue_push_tail(&pipe->chunks, chunk);
}

static GByteArray *
take(struct proxy *proxy, struct pipe *pipe, const uint8_t *bytes, size_t len)
{
    const struct proxy_faults *faults = &proxy->faults[pipe->way];
    GByteArray *out = g_byte_array_sized_new((guint)len);

    for (size_t i = 0; i < len; i++) {
        uint8_t byte = bytes[i];
        pipe->seen++;
        if (faults->corrupt_every == 0 || pipe->seen % faults->corrupt_every != 0) {
            g_byte_array_append(out, &byte, 1);
            continue;
        }
        if (faults->corrupt == PROXY_DROP)
            continue;
        if (faults->corrupt == PROXY_INSERT)
            g_byte_array_append(out, &byte, 1);
        byte ^= (uint8_t)g_rand_int_range(proxy->rand, 1, 256);
        g_byte_array_append(out, &byte, 1);
    }
    return out;
}

/* Leaves only what may still pass before the cut. True: the cut comes now. */
static bool
cuts_here(struct proxy_faults *faults, ssize_t *len)
{
    if (faults->cut_after_bytes == 0)
        return false;
    if ((uint64_t)*len < faults->cut_after_bytes) {
        faults->cut_after_bytes -= (uint64_t)*len;
        return false;
    }
    *len = (ssize_t)faults->cut_after_bytes;
    faults->cut_after_bytes = 0;
    return true;
}

static void
read_some(struct proxy *proxy, struct link *link, struct pipe *pipe, int64_t now_us)
{
    uint8_t buffer[READ_BYTES];
    ssize_t len = recv(pipe->from, buffer, sizeof buffer, 0);

    if (len < 0) {
        if (errno != EAGAIN && errno != EINTR) {
            link->dead = true;
            link->reset = errno == ECONNRESET;
        }
        return;
    }
    if (len == 0) {
        pipe->ended = true;
        pipe->end_us =
            MAX(now_us, pipe->last_due_us) + (int64_t)proxy->faults[pipe->way].close_ms * 1000;
        return;
    }
    bool cut = cuts_here(&proxy->faults[pipe->way], &len);
    push(proxy, pipe, take(proxy, pipe, buffer, (size_t)len), now_us);
    if (cut) {
        pipe->ended = true;
        pipe->end_us = 0;
        link->pipes[!pipe->way].ended = true;
        link->pipes[!pipe->way].end_us = 0;
    }
}

/* --- bytes out --------------------------------------------------------------------------------
 */

static size_t
slice_of(const struct proxy_faults *faults, size_t len)
{
    if (faults->slice_bytes > 0)
        len = MIN(len, faults->slice_bytes);
    if (faults->bytes_per_s > 0)
        len = MIN(len, MAX(faults->bytes_per_s / 20, 1));
    return len;
}

static bool
may_write(const struct pipe *pipe, int64_t now_us)
{
    const struct chunk *chunk = g_queue_peek_head((GQueue *)(uintptr_t)&pipe->chunks);
    return chunk && chunk->due_us <= now_us && pipe->free_us <= now_us;
}

/* False when no more goes now. */
static bool
write_some(struct proxy *proxy, struct link *link, struct pipe *pipe, int64_t now_us)
{
    const struct proxy_faults *faults = &proxy->faults[pipe->way];
    struct chunk *chunk = g_queue_peek_head(&pipe->chunks);
    size_t len;
    const uint8_t *bytes = g_bytes_get_data(chunk->bytes, &len);
    ssize_t n =
        send(pipe->to, bytes + pipe->done, slice_of(faults, len - pipe->done), MSG_NOSIGNAL);

    if (n < 0) {
        link->dead = errno != EAGAIN && errno != EINTR;
        return false;
    }
    proxy->passed[pipe->way] += (uint64_t)n;
    pipe->done += (size_t)n;
    pipe->queued -= (size_t)n;
    if (pipe->done == len) {
        chunk_free(g_queue_pop_head(&pipe->chunks));
        pipe->done = 0;
    }
    if (faults->bytes_per_s > 0)
        pipe->free_us = now_us + n * G_USEC_PER_SEC / faults->bytes_per_s;
    else if (faults->slice_us > 0)
        pipe->free_us = now_us + faults->slice_us;
    return true;
}

static void
tell_end(struct pipe *pipe, int64_t now_us)
{
    if (!pipe->ended || pipe->told || pipe->end_us > now_us || !g_queue_is_empty(&pipe->chunks))
        return;
    pipe->told = true;
    shutdown(pipe->to, SHUT_WR);
}

/* --- links ------------------------------------------------------------------------------------
 */

static void
link_free(gpointer data)
{
    struct link *link = data;
    const struct linger hard = {.l_onoff = 1, .l_linger = 0};

    for (int i = 0; i < 2; i++) {
        g_queue_clear_full(&link->pipes[i].chunks, chunk_free);
        if (link->reset)
            setsockopt(link->pipes[i].from, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    }
    for (int i = 0; i < 2; i++)
        close(link->pipes[i].from);
    g_free(link);
}

static struct sockaddr_in
loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void
make_ready(int fd)
{
    int one = 1;

    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static void
accept_one(struct proxy *proxy)
{
    struct sockaddr_in to = loopback(proxy->target);
    int client = accept(proxy->listener, NULL, NULL);
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (client < 0 || server < 0 || connect(server, (struct sockaddr *)&to, sizeof to) < 0) {
        if (client >= 0)
            close(client);
        if (server >= 0)
            close(server);
        return;
    }
    make_ready(client);
    make_ready(server);
    struct link *link = g_new0(struct link, 1);
    link->pipes[0] = (struct pipe){.way = 0, .from = client, .to = server};
    link->pipes[1] = (struct pipe){.way = 1, .from = server, .to = client};
    g_ptr_array_add(proxy->links, link);
    proxy->accepted++;
}

static void
open_listener(struct proxy *proxy)
{
    struct sockaddr_in at = loopback(proxy->port);
    socklen_t len = sizeof at;
    int one = 1;

    proxy->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(proxy->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(proxy->listener, (struct sockaddr *)&at, sizeof at) < 0 ||
        listen(proxy->listener, 64) < 0 ||
        getsockname(proxy->listener, (struct sockaddr *)&at, &len) < 0)
        g_error("the proxy cannot listen: %s", g_strerror(errno));
    proxy->port = ntohs(at.sin_port);
}

/* --- the thread -------------------------------------------------------------------------------
 */

/* What to wait for in one way; `*until_us` comes nearer. */
static void
pipe_wants(const struct proxy *proxy, const struct pipe *pipe, struct pollfd *from,
           struct pollfd *to, int64_t now_us, int64_t *until_us)
{
    const struct chunk *chunk = g_queue_peek_head((GQueue *)(uintptr_t)&pipe->chunks);

    if (proxy->faults[pipe->way].hole)
        return;
    if (!pipe->ended && pipe->queued < QUEUE_BYTES)
        from->events |= POLLIN;
    if (may_write(pipe, now_us))
        to->events |= POLLOUT;
    else if (chunk)
        *until_us = MIN(*until_us, MAX(chunk->due_us, pipe->free_us));
    else if (pipe->ended && !pipe->told)
        *until_us = MIN(*until_us, pipe->end_us);
}

/* An end that is not to be passed on must not wake us again and again. */
static int
watched(const struct pollfd *slot, int fd)
{
    return slot->events ? fd : -1;
}

static void
wait_for_more(struct proxy *proxy)
{
    guint n = proxy->links->len;
    g_autofree struct pollfd *slots = g_new0(struct pollfd, 2 + 2 * n);
    int64_t now_us = g_get_monotonic_time(), until_us = NEVER;

    slots[0] = (struct pollfd){.fd = proxy->wake, .events = POLLIN};
    slots[1] = (struct pollfd){.fd = proxy->listener, .events = POLLIN};
    for (guint i = 0; i < n; i++) {
        const struct link *link = proxy->links->pdata[i];
        struct pollfd *client = &slots[2 + 2 * i], *server = client + 1;
        pipe_wants(proxy, &link->pipes[0], client, server, now_us, &until_us);
        pipe_wants(proxy, &link->pipes[1], server, client, now_us, &until_us);
        client->fd = watched(client, link->pipes[0].from);
        server->fd = watched(server, link->pipes[1].from);
    }
    /* Rounded up, so that it is due when we wake. */
    int timeout_ms = until_us == NEVER ? -1 : (int)(MAX(until_us - now_us, 0) / 1000 + 1);
    g_mutex_unlock(&proxy->mutex);
    poll(slots, 2 + 2 * n, timeout_ms);
    g_mutex_lock(&proxy->mutex);
    if (slots[1].revents && proxy->listener >= 0)
        accept_one(proxy);
}

static void
run_pipe(struct proxy *proxy, struct link *link, struct pipe *pipe, int64_t now_us)
{
    if (proxy->faults[pipe->way].hole)
        return;
    if (!pipe->ended && pipe->queued < QUEUE_BYTES)
        read_some(proxy, link, pipe, now_us);
    while (!link->dead && may_write(pipe, now_us) && write_some(proxy, link, pipe, now_us))
        ;
    tell_end(pipe, now_us);
}

static void
run_links(struct proxy *proxy)
{
    int64_t now_us = g_get_monotonic_time();

    for (guint i = proxy->links->len; i-- > 0;) {
        struct link *link = proxy->links->pdata[i];
        for (int way = 0; way < 2 && !link->dead; way++)
            run_pipe(proxy, link, &link->pipes[way], now_us);
        if (link->dead || (link->pipes[0].told && link->pipes[1].told))
            g_ptr_array_remove_index(proxy->links, i);
    }
}

static gpointer
run(gpointer user)
{
    struct proxy *proxy = user;
    uint64_t count;

    g_mutex_lock(&proxy->mutex);
    while (!proxy->stop) {
        proxy->turns = proxy->wanted;
        g_cond_broadcast(&proxy->turned);
        wait_for_more(proxy);
        if (read(proxy->wake, &count, sizeof count) < 0)
            g_assert_cmpint(errno, ==, EAGAIN);
        run_links(proxy);
    }
    g_mutex_unlock(&proxy->mutex);
    return NULL;
}

/* --- calls ------------------------------------------------------------------------------------
 */

static void
wake(struct proxy *proxy)
{
    uint64_t one = 1;
    g_assert_cmpint(write(proxy->wake, &one, sizeof one), ==, sizeof one);
}

/* Lets go of the lock when the thread has made a turn with what was changed. */
static void
let_turn(struct proxy *proxy)
{
    uint64_t mine = ++proxy->wanted;

    wake(proxy);
    while (proxy->turns < mine)
        g_cond_wait(&proxy->turned, &proxy->mutex);
    g_mutex_unlock(&proxy->mutex);
}

struct proxy *
proxy_start(uint16_t port, guint32 seed)
{
    struct proxy *proxy = g_new0(struct proxy, 1);

    proxy->target = port;
    proxy->rand = g_rand_new_with_seed(seed);
    proxy->links = g_ptr_array_new_with_free_func(link_free);
    proxy->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    open_listener(proxy);
    g_mutex_init(&proxy->mutex);
    g_cond_init(&proxy->turned);
    proxy->thread = g_thread_new("proxy", run, proxy);
    return proxy;
}

static void
kill_links(struct proxy *proxy, bool reset)
{
    for (guint i = 0; i < proxy->links->len; i++)
        ((struct link *)proxy->links->pdata[i])->reset = reset;
    g_ptr_array_set_size(proxy->links, 0);
}

void
proxy_stop(struct proxy *proxy)
{
    if (!proxy)
        return;
    g_mutex_lock(&proxy->mutex);
    proxy->stop = true;
    wake(proxy);
    g_mutex_unlock(&proxy->mutex);
    g_thread_join(proxy->thread);
    kill_links(proxy, true);
    g_ptr_array_unref(proxy->links);
    if (proxy->listener >= 0)
        close(proxy->listener);
    close(proxy->wake);
    g_rand_free(proxy->rand);
    g_mutex_clear(&proxy->mutex);
    g_cond_clear(&proxy->turned);
    g_free(proxy);
}

uint16_t
proxy_port(const struct proxy *proxy)
{
    return proxy->port;
}

void
proxy_set(struct proxy *proxy, enum proxy_way way, const struct proxy_faults *faults)
{
    const struct proxy_faults none = {0};

    g_mutex_lock(&proxy->mutex);
    for (int i = 0; i < 2; i++)
        if (way & (1 << i))
            proxy->faults[i] = faults ? *faults : none;
    let_turn(proxy);
}

void
proxy_refuse(struct proxy *proxy, bool refuse)
{
    g_mutex_lock(&proxy->mutex);
    if (refuse && proxy->listener >= 0) {
        close(proxy->listener);
        proxy->listener = -1;
    } else if (!refuse && proxy->listener < 0) {
        open_listener(proxy);
    }
    let_turn(proxy);
}

void
proxy_heal(struct proxy *proxy)
{
    proxy_set(proxy, PROXY_BOTH, NULL);
    proxy_refuse(proxy, false);
}

static void
end_all(struct proxy *proxy, bool reset)
{
    g_mutex_lock(&proxy->mutex);
    kill_links(proxy, reset);
    let_turn(proxy);
}

void
proxy_cut(struct proxy *proxy)
{
    end_all(proxy, false);
}

void
proxy_reset(struct proxy *proxy)
{
    end_all(proxy, true);
}

unsigned
proxy_connections(struct proxy *proxy)
{
    g_mutex_lock(&proxy->mutex);
    unsigned n = proxy->links->len;
    g_mutex_unlock(&proxy->mutex);
    return n;
}

unsigned
proxy_accepted(struct proxy *proxy)
{
    g_mutex_lock(&proxy->mutex);
    unsigned n = proxy->accepted;
    g_mutex_unlock(&proxy->mutex);
    return n;
}

uint64_t
proxy_passed(struct proxy *proxy, enum proxy_way way)
{
    g_mutex_lock(&proxy->mutex);
    uint64_t n = proxy->passed[way == PROXY_DOWN];
    g_mutex_unlock(&proxy->mutex);
    return n;
}
