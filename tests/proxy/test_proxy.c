/* The proxy itself, between two plain sockets. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "tests/proxy/proxy.h"

#define SEED 7

struct wire {
    int listener, client, server;
    struct proxy *proxy;
};

static struct sockaddr_in
loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void
limit_wait(int fd, int ms)
{
    const struct timeval wait = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
}

static int
dial(uint16_t port)
{
    struct sockaddr_in to = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    limit_wait(fd, 10000);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    close(fd);
    return -1;
}

static void
wire_open(struct wire *wire)
{
    struct sockaddr_in at = loopback(0);
    socklen_t len = sizeof at;

    wire->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(wire->listener, (struct sockaddr *)&at, sizeof at), ==, 0);
    g_assert_cmpint(listen(wire->listener, 4), ==, 0);
    getsockname(wire->listener, (struct sockaddr *)&at, &len);
    wire->proxy = proxy_start(ntohs(at.sin_port), SEED);
    wire->client = dial(proxy_port(wire->proxy));
    g_assert_cmpint(wire->client, >=, 0);
    wire->server = accept(wire->listener, NULL, NULL);
    limit_wait(wire->server, 10000);
}

static void
wire_close(struct wire *wire)
{
    proxy_stop(wire->proxy);
    close(wire->client);
    close(wire->server);
    close(wire->listener);
}

static void
say(int fd, const char *bytes)
{
    g_assert_cmpint(send(fd, bytes, strlen(bytes), MSG_NOSIGNAL), ==, strlen(bytes));
}

static void
expect(int fd, const char *bytes)
{
    g_autofree char *got = g_malloc0(strlen(bytes) + 1);

    g_assert_cmpint(recv(fd, got, strlen(bytes), MSG_WAITALL), ==, strlen(bytes));
    g_assert_cmpstr(got, ==, bytes);
}

static void
expect_nothing(int fd)
{
    char byte;

    limit_wait(fd, 50);
    g_assert_cmpint(recv(fd, &byte, 1, 0), ==, -1);
    g_assert_cmpint(errno, ==, EAGAIN);
    limit_wait(fd, 10000);
}

static void
test_passes(void)
{
    struct wire wire;

    wire_open(&wire);
    say(wire.client, "up");
    expect(wire.server, "up");
    say(wire.server, "down");
    expect(wire.client, "down");
    g_assert_cmpuint(proxy_passed(wire.proxy, PROXY_UP), ==, 2);
    g_assert_cmpuint(proxy_passed(wire.proxy, PROXY_DOWN), ==, 4);
    g_assert_cmpuint(proxy_connections(wire.proxy), ==, 1);
    shutdown(wire.client, SHUT_WR);
    g_assert_cmpint(recv(wire.server, &(char){0}, 1, 0), ==, 0);
    /* Half closed is not closed. */
    say(wire.server, "bye");
    expect(wire.client, "bye");
    wire_close(&wire);
}

static int64_t
time_to_pass(struct wire *wire, const char *bytes)
{
    int64_t start_us = g_get_monotonic_time();

    say(wire->client, bytes);
    expect(wire->server, bytes);
    return (g_get_monotonic_time() - start_us) / 1000;
}

static void
test_slow(void)
{
    struct wire wire;

    wire_open(&wire);
    proxy_set(wire.proxy, PROXY_UP, &(struct proxy_faults){.latency_ms = 60, .jitter_ms = 30});
    g_assert_cmpint(time_to_pass(&wire, "late"), >=, 60);
    proxy_set(wire.proxy, PROXY_UP, &(struct proxy_faults){.bytes_per_s = 100});
    g_assert_cmpint(time_to_pass(&wire, "0123456789"), >=, 50);
    proxy_set(wire.proxy, PROXY_UP, &(struct proxy_faults){.slice_bytes = 1, .slice_us = 2000});
    g_assert_cmpint(time_to_pass(&wire, "0123456789"), >=, 18);
    proxy_heal(wire.proxy);
    expect_nothing(wire.server);
    wire_close(&wire);
}

static void
test_hole(void)
{
    struct wire wire;

    wire_open(&wire);
    proxy_set(wire.proxy, PROXY_DOWN, &(struct proxy_faults){.hole = true});
    say(wire.server, "lost for now");
    expect_nothing(wire.client);
    say(wire.client, "the other way stands");
    expect(wire.server, "the other way stands");
    close(wire.server);
    expect_nothing(wire.client);
    proxy_heal(wire.proxy);
    expect(wire.client, "lost for now");
    g_assert_cmpint(recv(wire.client, &(char){0}, 1, 0), ==, 0);
    wire.server = dup(wire.client);
    wire_close(&wire);
}

static void
test_ends(void)
{
    struct wire wire;

    wire_open(&wire);
    proxy_cut(wire.proxy);
    g_assert_cmpint(recv(wire.client, &(char){0}, 1, 0), ==, 0);
    g_assert_cmpint(recv(wire.server, &(char){0}, 1, 0), ==, 0);
    g_assert_cmpuint(proxy_connections(wire.proxy), ==, 0);
    wire_close(&wire);

    wire_open(&wire);
    proxy_reset(wire.proxy);
    g_assert_cmpint(recv(wire.client, &(char){0}, 1, 0), ==, -1);
    g_assert_cmpint(errno, ==, ECONNRESET);
    wire_close(&wire);

    wire_open(&wire);
    proxy_set(wire.proxy, PROXY_UP, &(struct proxy_faults){.close_ms = 60});
    int64_t start_us = g_get_monotonic_time();
    shutdown(wire.client, SHUT_WR);
    g_assert_cmpint(recv(wire.server, &(char){0}, 1, 0), ==, 0);
    g_assert_cmpint(g_get_monotonic_time() - start_us, >=, 60000);
    wire_close(&wire);
}

static void
test_cut_after(void)
{
    struct wire wire;

    wire_open(&wire);
    proxy_set(wire.proxy, PROXY_DOWN, &(struct proxy_faults){.cut_after_bytes = 5});
    say(wire.server, "123");
    expect(wire.client, "123");
    say(wire.server, "4567");
    expect(wire.client, "45");
    g_assert_cmpint(recv(wire.client, &(char){0}, 1, 0), ==, 0);
    wire_close(&wire);
}

static void
test_corrupt(void)
{
    struct wire wire;
    char got[8] = "";

    wire_open(&wire);
    proxy_set(wire.proxy, PROXY_UP,
              &(struct proxy_faults){.corrupt_every = 3, .corrupt = PROXY_DROP});
    say(wire.client, "abcdef");
    expect(wire.server, "abde");
    proxy_set(wire.proxy, PROXY_UP,
              &(struct proxy_faults){.corrupt_every = 3, .corrupt = PROXY_INSERT});
    say(wire.client, "abc");
    expect(wire.server, "abc");
    g_assert_cmpint(recv(wire.server, got, 1, 0), ==, 1);
    g_assert_cmpint(got[0], !=, 'c');
    proxy_set(wire.proxy, PROXY_UP,
              &(struct proxy_faults){.corrupt_every = 3, .corrupt = PROXY_FLIP});
    say(wire.client, "abc");
    g_assert_cmpint(recv(wire.server, got, 3, MSG_WAITALL), ==, 3);
    g_assert_cmpint(got[1], ==, 'b');
    g_assert_cmpint(got[2], !=, 'c');
    wire_close(&wire);
}

static void
test_refuse(void)
{
    struct wire wire;

    wire_open(&wire);
    proxy_refuse(wire.proxy, true);
    g_assert_cmpint(dial(proxy_port(wire.proxy)), ==, -1);
    say(wire.client, "what stands stays");
    expect(wire.server, "what stands stays");
    proxy_heal(wire.proxy);
    int again = dial(proxy_port(wire.proxy));
    g_assert_cmpint(again, >=, 0);
    int other = accept(wire.listener, NULL, NULL);
    g_assert_cmpuint(proxy_accepted(wire.proxy), ==, 2);
    close(again);
    close(other);
    wire_close(&wire);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/proxy/passes", test_passes);
    g_test_add_func("/proxy/slow", test_slow);
    g_test_add_func("/proxy/hole", test_hole);
    g_test_add_func("/proxy/ends", test_ends);
    g_test_add_func("/proxy/cut-after", test_cut_after);
    g_test_add_func("/proxy/corrupt", test_corrupt);
    g_test_add_func("/proxy/refuse", test_refuse);
    return g_test_run();
}
