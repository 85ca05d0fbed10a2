/* Peers that are slow, rude or endless. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/loop.h"
#include "tests/unit/net/scene.h"
#include "tests/unit/net/tests.h"

#define FLOOD_BYTES  ((size_t)100 * 1000 * 1000)
#define GROWTH_BYTES ((long)16 * 1024 * 1024)

static const char line[] = "PING :one byte at a time\r\n";

struct trickle {
    struct scene *scene;
    unsigned at;
};

static void
say_next_byte(struct trickle *trickle)
{
    char byte[2] = {line[trickle->at], '\0'};

    if (byte[0]) {
        trickle->at++;
        scene_say(trickle->scene, byte);
    }
}

static struct trickle trickle;

static void
on_trickle_client(struct scene *scene)
{
    say_next_byte(&trickle);
}

static void
on_trickle_event(struct scene *scene, const char *event)
{
    if (strcmp(event, "data") == 0)
        say_next_byte(&trickle);
}

static bool
has_line(void *scene)
{
    return strcmp(((struct scene *)scene)->got->str, line) == 0;
}

static void
test_trickle(void)
{
    struct scene *scene = scene_new();

    trickle = (struct trickle){.scene = scene};
    scene->on_client = on_trickle_client;
    scene->on_event = on_trickle_event;
    scene_open(scene);
    scene_wait(scene, has_line);
    g_assert_cmpuint(scene->turns, ==, strlen(line));
    scene_free(scene);
}

static void
say_half_and_end(struct scene *scene)
{
    scene_say(scene, "PING :ha");
    scene_hang_up(scene, false);
}

static void
test_cut_in_mid_line(void)
{
    struct scene *scene = scene_new();

    scene->on_client = say_half_and_end;
    scene_open(scene);
    scene_wait(scene, scene_is_closed);
    g_assert_cmpstr(scene->got->str, ==, "PING :ha");
    g_assert_error(scene->error, WEFT_ERROR, WEFT_ERROR_CLOSED);
    g_assert_nonnull(strstr(scene->error->message, "127.0.0.1:"));
    g_assert_false(scene->net->stream_write(scene->stream, "x", 1));
    scene_settle();
    g_assert_cmpuint(scene->closed, ==, 1);
    scene_free(scene);
}

static void
reset_it(struct scene *scene)
{
    scene_hang_up(scene, true);
}

static void
test_reset(void)
{
    struct scene *scene = scene_new();

    scene->on_heard = reset_it;
    scene_open(scene);
    scene_wait(scene, scene_is_opened);
    scene->net->stream_write(scene->stream, "hello", 5);
    scene_wait(scene, scene_is_closed);
    g_assert_error(scene->error, WEFT_ERROR, WEFT_ERROR_IO);
    g_assert_nonnull(strstr(scene->error->message, "broken off"));
    scene_free(scene);
}

static void *
flood(void *user)
{
    struct scene *scene = user;
    g_autofree char *block = g_strnfill(65536, 'x');
    GOutputStream *out = g_io_stream_get_output_stream(scene->io);
    size_t left = FLOOD_BYTES;

    while (left > 0) {
        gsize wrote = 0;
        if (!g_output_stream_write_all(out, block, MIN(left, 65536), &wrote, NULL, NULL))
            break;
        left -= wrote;
    }
    return NULL;
}

static GThread *flooder;

static void
start_flood(struct scene *scene)
{
    flooder = g_thread_new("flood", flood, scene);
}

static long
resident_bytes(void)
{
    g_autofree char *text = NULL;
    long pages = 0;

    g_assert_true(g_file_get_contents("/proc/self/statm", &text, NULL, NULL));
    g_assert_cmpint(sscanf(text, "%*s %ld", &pages), ==, 1);
    return pages * sysconf(_SC_PAGESIZE);
}

static bool
has_a_megabyte(void *scene)
{
    return ((struct scene *)scene)->total_bytes >= 1000000;
}

static bool
has_all(void *scene)
{
    return ((struct scene *)scene)->total_bytes >= FLOOD_BYTES;
}

/* 100 MB without a newline. The line limit is the driver's; here memory stays flat, a pause holds
 * the peer back, and the loop gets its turn between any 64 KiB. */
static void
check_flood(const char *server_cert)
{
    struct scene *scene = scene_new();

    scene->count_only = true;
    scene->on_client = start_flood;
    scene->server_cert = server_cert;
    scene->options.tls = server_cert ? STREAM_TLS_ON : STREAM_TLS_OFF;
    scene->options.ca_file = server_cert ? scene_certs->ca : NULL;
    scene_open(scene);
    scene_wait(scene, has_a_megabyte);
    long before = resident_bytes();
    scene->net->stream_pause(scene->stream, true);
    size_t held_at = scene->total_bytes;
    scene_settle();
    g_assert_cmpuint(scene->total_bytes, ==, held_at);
    scene->net->stream_pause(scene->stream, false);
    g_assert_cmpuint(scene->total_bytes, ==, held_at);
    scene_wait(scene, has_all);
    g_assert_cmpuint(scene->total_bytes, ==, FLOOD_BYTES);
    g_assert_cmpuint(scene->most_bytes, <=, 65536);
    g_assert_cmpint(resident_bytes() - before, <, GROWTH_BYTES);
    g_thread_join(flooder);
    scene_free(scene);
}

static void
test_flood(void)
{
    check_flood(NULL);
}

static void
test_flood_tls(void)
{
    if (!scene_without_certs())
        check_flood(scene_certs->server);
}

static bool
has_drained(void *scene)
{
    return ((struct scene *)scene)->drained > 0;
}

/* A peer that does not read: the queue ends at 1 MiB, and goes out once it reads again. */
static void
test_write_limit(void)
{
    struct scene *scene = scene_new();
    g_autofree char *block = g_strnfill(65536, 'y');
    size_t accepted = 0;

    scene_open(scene);
    scene_wait(scene, scene_is_opened);
    while (!scene->tcp)
        g_main_context_iteration(NULL, TRUE);
    g_cancellable_cancel(scene->server_end); /* the server's reading stops */
    for (int full = 0; full < 3;) {
        if (scene->net->stream_write(scene->stream, block, 65536)) {
            accepted += 65536;
            full = 0;
        } else {
            g_assert_cmpuint(scene->net->stream_pending(scene->stream), >, 1024 * 1024 - 65536);
            scene_settle(); /* what the kernel takes makes room */
            full++;
        }
        g_assert_cmpuint(scene->net->stream_pending(scene->stream), <=, 1024 * 1024);
        g_assert_cmpuint(accepted, <, 100000000);
    }
    scene->drained = 0;
    GSocket *socket = g_socket_connection_get_socket(scene->tcp);
    char buffer[65536];
    size_t read = 0;
    g_socket_set_blocking(socket, FALSE);
    while (read < accepted) {
        gssize n = g_socket_receive(socket, buffer, sizeof buffer, NULL, NULL);
        if (n > 0)
            read += (size_t)n;
        else
            g_main_context_iteration(NULL, FALSE);
    }
    g_assert_cmpuint(read, ==, accepted);
    scene_wait(scene, has_drained);
    g_assert_cmpuint(scene->net->stream_pending(scene->stream), ==, 0);
    scene_free(scene);
}

/* R5: what a dead way still held when the stream was closed never comes out of it. */
static void
test_no_late_bytes(void)
{
    struct scene *scene = scene_new();
    g_autofree char *block = g_strnfill(65536, 'y');
    g_autoptr(GError) error = NULL;
    char buffer[65536];
    gssize n;

    scene_open(scene);
    scene_wait(scene, scene_is_opened);
    while (!scene->tcp)
        g_main_context_iteration(NULL, TRUE);
    g_cancellable_cancel(scene->server_end); /* the server's reading stops */
    for (int full = 0; full < 3; scene_settle())
        full = scene->net->stream_write(scene->stream, block, 65536) ? 0 : full + 1;
    scene_close(scene);
    GSocket *socket = g_socket_connection_get_socket(scene->tcp);
    g_socket_set_blocking(socket, TRUE);
    do
        n = g_socket_receive(socket, buffer, sizeof buffer, NULL, &error);
    while (n > 0);
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED); /* by RST, not an end */
    scene_free(scene);
}

void
test_peer_add(void)
{
    g_test_add_func("/peer/trickle", test_trickle);
    g_test_add_func("/peer/cut-in-mid-line", test_cut_in_mid_line);
    g_test_add_func("/peer/reset", test_reset);
    g_test_add_func("/peer/flood", test_flood);
    g_test_add_func("/peer/flood-tls", test_flood_tls);
    g_test_add_func("/peer/write-limit", test_write_limit);
    g_test_add_func("/peer/R5-no-late-bytes", test_no_late_bytes);
}
