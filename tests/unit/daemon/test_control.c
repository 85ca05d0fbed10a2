/* The control socket over a real socket: what is answered, and what no program can do to it. */
#include <gio/gunixsocketaddress.h>
#include <string.h>

#include "base/error.h"
#include "daemon/request.h"
#include "tests/unit/daemon/desk.h"
#include "tests/unit/daemon/tests.h"

static void
test_hello(void)
{
    struct desk *desk = desk_new();
    struct peer *peer = peer_new(desk);

    assert_has(peer_ask(peer, "{\"id\":1,\"do\":\"hello\"}"), "\"version\":\"0.9.9\"");
    assert_has(peer->line, "\"headless\":true");
    assert_has(peer_ask(peer, "{\"id\":2,\"do\":\"hello\",\"weft\":2}"), "unsupported");
    peer_free(peer);
    desk_free(desk);
}

/* Whatever comes, it is answered, and the next line is read as if nothing had been. */
static void
test_bad_lines(void)
{
    struct desk *desk = desk_new();
    struct peer *peer = peer_new(desk);
    g_autofree char *long_line = g_strnfill(3 * REQUEST_MAX_LINE_BYTES, 'x');

    assert_has(peer_ask(peer, "nonsense"), "{\"id\":null,\"ok\":false");
    assert_has(peer_ask(peer, "{\"id\":3,\"do\":\"dance\"}"), "{\"id\":3,\"ok\":false");
    assert_has(peer_ask(peer, "\xff\xfe{\"id\":3}"), "\"ok\":false");
    assert_has(peer_ask(peer, long_line), "too-large");
    assert_has(peer_ask(peer, "{\"id\":4,\"do\":\"hello\"}\r"), "{\"id\":4,\"ok\":true");
    /* In pieces, and several in one. */
    desk->net->stream_write(peer->stream, "{\"id\":5,\"do", 11);
    desk_turn(desk);
    peer_say(peer, "\":\"hello\"}\n\n{\"id\":6,\"do\":\"hello\"}");
    assert_has(peer_line(peer), "{\"id\":5,\"ok\":true");
    assert_has(peer_line(peer), "{\"id\":6,\"ok\":true");
    peer_free(peer);
    desk_free(desk);
}

/* printf '{"id":1,"do":"hello"}' | socat - UNIX:ctl.sock */
static void
test_half_closed(void)
{
    struct desk *desk = desk_new();
    static const char line[] = "{\"id\":1,\"do\":\"hello\"}\n";
    g_autofree char *path = g_build_filename(desk->run_dir, CONTROL_SOCKET, NULL);
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
    g_autoptr(GSocket) socket = g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, 0, NULL);
    const int64_t deadline_us = g_get_monotonic_time() + (int64_t)DESK_WAIT_MS * 1000;
    g_autoptr(GString) got = g_string_new(NULL);
    gssize n = -1;

    g_assert_true(g_socket_connect(socket, address, NULL, NULL));
    g_socket_set_blocking(socket, FALSE);
    g_assert_cmpint(g_socket_send(socket, line, strlen(line), NULL, NULL), ==, strlen(line));
    g_assert_true(g_socket_shutdown(socket, FALSE, TRUE, NULL));
    while (n != 0) {
        char bytes[1024];
        desk_turn(desk);
        n = g_socket_receive(socket, bytes, sizeof bytes, NULL, NULL);
        g_string_append_len(got, bytes, MAX(n, 0));
        g_assert_cmpint(g_get_monotonic_time(), <, deadline_us);
    }
    assert_has(got->str, "{\"id\":1,\"ok\":true,");
    desk_free(desk);
}

/* A program that sends nothing but line ends costs next to nothing. */
static void
test_empty_lines(void)
{
    struct desk *desk = desk_new();
    struct peer *peer = peer_new(desk);
    g_autofree char *lines = g_strnfill(1000 * 1000, '\n');
    const int64_t begun_us = g_get_monotonic_time();

    for (unsigned i = 0; i < 8; i++) {
        peer_say(peer, lines);
        assert_has(peer_ask(peer, "{\"id\":1,\"do\":\"hello\"}"), "{\"id\":1,\"ok\":true");
    }
    g_assert_cmpint(g_get_monotonic_time() - begun_us, <, DESK_WAIT_MS * INT64_C(1000) / 2);
    peer_free(peer);
    desk_free(desk);
}

static void
test_send(void)
{
    struct desk *desk = desk_new();
    struct peer *peer = peer_new(desk);
    const struct buffer *buffer = scene_buffer(desk->scene, "#coop");

    core_set_draft(desk->scene->core, buffer->id, "half a thought");
    scene_settle(desk->scene);
    assert_has(peer_ask(peer, "{\"id\":1,\"do\":\"send\",\"to\":\"libera/#coop\",\"text\":"
                              "\"/quit is no command here\"}"),
               "{\"id\":1,\"ok\":true,\"messages\":[");
    assert_has(peer->line, "\"state\":\"pending\"");
    scene_settle(desk->scene);
    scene_assert_calls(desk->scene, "send #coop text /quit is no command here|");
    /* What the person types there stays. */
    g_autofree char *draft = core_draft(desk->scene->core, buffer->id);
    g_assert_cmpstr(draft, ==, "half a thought");
    assert_has(peer_ask(peer, "{\"id\":2,\"do\":\"send\",\"to\":\"libera/#none\",\"text\":\"x\"}"),
               "\"code\":\"not-found\"");
    assert_has(peer_ask(peer, "{\"id\":2,\"do\":\"send\",\"to\":\"weft\",\"text\":\"x\"}"),
               "\"ok\":false");
    assert_has(peer_ask(peer, "{\"id\":2,\"do\":\"send\",\"to\":\"libera/#coop\",\"text\":\"\"}"),
               "nothing to send");
    peer_free(peer);
    desk_free(desk);
}

static void
test_send_waits(void)
{
    struct desk *desk = desk_new();
    struct peer *peer = peer_new(desk);

    peer_say(peer,
             "{\"id\":1,\"do\":\"send\",\"to\":\"libera/#coop\",\"text\":\"a\",\"wait\":true}");
    peer_say(peer, "{\"id\":2,\"do\":\"hello\"}");
    assert_has(peer_line(peer), "{\"id\":2,\"ok\":true"); /* who waits holds nobody up */
    scene_settle(desk->scene);
    desk_sent(desk, "r1");
    assert_has(peer_line(peer), "{\"id\":1,\"ok\":true");
    assert_has(peer->line, "\"state\":\"sent\"");
    peer_say(peer,
             "{\"id\":3,\"do\":\"send\",\"to\":\"libera/#coop\",\"text\":\"b\",\"wait\":true}");
    assert_has(peer_ask(peer, "{\"id\":4,\"do\":\"hello\"}"), "{\"id\":4,\"ok\":true");
    scene_settle(desk->scene);
    desk_failed(desk, "You may not speak here.");
    assert_has(peer_line(peer), "{\"id\":3,\"ok\":false");
    assert_has(peer->line, "\"code\":\"failed\"");
    assert_has(peer->line, "You may not speak here.");
    peer_free(peer);
    desk_free(desk);
}

/* A program that goes while its message is on its way takes nothing with it. */
static void
test_send_and_go(void)
{
    struct desk *desk = desk_new();
    struct peer *peer = peer_new(desk);

    peer_say(peer,
             "{\"id\":1,\"do\":\"send\",\"to\":\"libera/#coop\",\"text\":\"a\",\"wait\":true}");
    assert_has(peer_ask(peer, "{\"id\":2,\"do\":\"hello\"}"), "{\"id\":2,\"ok\":true");
    peer_free(peer);
    desk_turn(desk);
    scene_settle(desk->scene);
    desk_sent(desk, "r1");
    scene_assert_calls(desk->scene, "send #coop text a|");
    peer = peer_new(desk);
    assert_has(peer_ask(peer, "{\"id\":1,\"do\":\"hello\"}"), "\"ok\":true");
    peer_say(peer,
             "{\"id\":3,\"do\":\"send\",\"to\":\"libera/#coop\",\"text\":\"b\",\"wait\":true}");
    assert_has(peer_ask(peer, "{\"id\":2,\"do\":\"hello\"}"), "{\"id\":2,\"ok\":true");
    peer_free(peer);
    desk_free(desk); /* nor does a weft that ends */
}

static void
test_tail(void)
{
    struct desk *desk = desk_new();
    struct peer *peer = peer_new(desk);

    scene_add_buffer(desk->scene, "#lab", BUFFER_CHANNEL);
    desk_hear(desk, "#coop", "one", SCENE_NOW_US - 3 * G_USEC_PER_SEC);
    desk_hear(desk, "#lab", "two", SCENE_NOW_US - 2 * G_USEC_PER_SEC);
    desk_hear(desk, "#coop", "three \x1b[31m", SCENE_NOW_US - 1 * G_USEC_PER_SEC);
    desk_hear(desk, "#coop", "long ago", SCENE_NOW_US - INT64_C(7200000000));
    peer_say(peer, "{\"id\":1,\"do\":\"tail\",\"since\":\"1h\",\"follow\":false}");
    assert_has(peer_line(peer), "{\"id\":1,\"in\":\"libera/#coop\",\"message\":{");
    assert_has(peer->line, "\"text\":\"one\"");
    assert_has(peer_line(peer), "\"text\":\"two\"");
    assert_has(peer->line, "libera/#lab");
    assert_has(peer_line(peer), "three \\u001b[31m");
    g_assert_cmpstr(peer_line(peer), ==, "{\"id\":1,\"ok\":true,\"end\":true}");
    /* One buffer, and then what comes. */
    peer_say(peer, "{\"id\":\"x\",\"do\":\"tail\",\"in\":\"libera/#lab\",\"since\":\"1h\"}");
    assert_has(peer_line(peer), "\"text\":\"two\"");
    assert_has(peer_ask(peer, "{\"id\":\"x\",\"do\":\"tail\"}"), "\"code\":\"conflict\"");
    desk_hear(desk, "#coop", "elsewhere", SCENE_NOW_US);
    desk_hear(desk, "#lab", "four", SCENE_NOW_US);
    assert_has(peer_line(peer), "\"text\":\"four\"");
    peer_say(peer, "{\"id\":9,\"do\":\"stop\",\"of\":\"x\"}");
    g_assert_cmpstr(peer_line(peer), ==, "{\"id\":\"x\",\"ok\":true,\"end\":true}");
    g_assert_cmpstr(peer_line(peer), ==, "{\"id\":9,\"ok\":true}");
    assert_has(peer_ask(peer, "{\"id\":9,\"do\":\"stop\",\"of\":\"x\"}"), "not-found");
    assert_has(peer_ask(peer, "{\"id\":9,\"do\":\"tail\",\"since\":\"soon\"}"), "bad-input");
    peer_free(peer);
    desk_free(desk);
}

#define MANY 3000

/* Who stops reading is told so, once, and weft keeps no more for it than it says. */
static void
test_slow(void)
{
    struct desk *desk = desk_new();
    struct peer *peer = peer_new(desk);
    struct peer *other = peer_new(desk);
    g_autofree char *text = g_strnfill(2000, 'x');
    unsigned n = 0;

    peer_say(peer, "{\"id\":1,\"do\":\"tail\"}");
    assert_has(peer_ask(peer, "{\"id\":2,\"do\":\"hello\"}"), "{\"id\":2");
    desk->net->stream_pause(peer->stream, true);
    for (unsigned i = 0; i < MANY; i++)
        desk_hear(desk, "#coop", text, SCENE_NOW_US + i);
    /* Another program is not held up by it. */
    assert_has(peer_ask(other, "{\"id\":5,\"do\":\"hello\"}"), "\"ok\":true");
    desk->net->stream_pause(peer->stream, false);
    while (strstr(peer_line(peer), "\"message\""))
        n++;
    assert_has(peer->line, "\"code\":\"too-large\"");
    assert_has(peer->line, "reads too slowly");
    g_assert_cmpuint(n, >, 300);
    g_assert_cmpuint(n, <, MANY);
    assert_has(peer_ask(peer, "{\"id\":3,\"do\":\"hello\"}"), "{\"id\":3,\"ok\":true");
    /* Nothing is lost: it is stored, and as many as wanted can be read. */
    peer_say(peer, "{\"id\":4,\"do\":\"tail\",\"since\":\"1h\",\"follow\":false}");
    for (n = 0; strstr(peer_line(peer), "\"message\""); n++)
        continue;
    g_assert_cmpuint(n, ==, MANY);
    peer_free(peer);
    peer_free(other);
    desk_free(desk);
}

/* While what is stored is told slowly, more comes: each message is told once, in its order. */
static void
test_tail_without_seam(void)
{
    struct desk *desk = desk_new();
    struct peer *peer = peer_new(desk);
    g_autofree char *pad = g_strnfill(2000, 'x');

    for (unsigned i = 0; i < 800; i++) {
        g_autofree char *text = g_strdup_printf("n%u. %s", i, pad);
        desk_hear(desk, "#coop", text, SCENE_NOW_US - 800 + i);
    }
    desk->net->stream_pause(peer->stream, true);
    peer_say(peer, "{\"id\":1,\"do\":\"tail\",\"since\":\"1h\"}");
    desk_turn(desk);
    for (unsigned i = 800; i < 900; i++) {
        g_autofree char *text = g_strdup_printf("n%u. %s", i, pad);
        desk_hear(desk, "#coop", text, SCENE_NOW_US - 800 + i);
    }
    desk->net->stream_pause(peer->stream, false);
    for (unsigned i = 0; i < 900; i++) {
        g_autofree char *wanted = g_strdup_printf("\"text\":\"n%u. ", i);
        assert_has(peer_line(peer), wanted);
    }
    desk_hear(desk, "#coop", "and live", SCENE_NOW_US);
    assert_has(peer_line(peer), "and live");
    peer_free(peer);
    desk_free(desk);
}

static void
hear_reply(struct desk *desk, const char *remote_id, const char *thread, const char *text)
{
    struct rich *body = rich_new(text, -1);
    struct event event = {.type = EVENT_MESSAGE, .conversation = "#coop"};

    event.message.remote_id = remote_id;
    event.message.thread = thread;
    event.message.sender_id = event.message.sender_name = "uma";
    event.message.time_us = SCENE_NOW_US;
    event.message.body = body;
    host_emit(desk->scene->host, &event);
    rich_free(body);
    scene_settle(desk->scene);
}

/* Replies that the screen shows beside their channel are stored there, and told. */
static void
test_tail_threads(void)
{
    struct desk *desk = desk_new();
    struct peer *peer = peer_new(desk);

    hear_reply(desk, "r1", NULL, "who has the key?");
    hear_reply(desk, "r2", "r1", "it hangs at the door");
    peer_say(peer, "{\"id\":1,\"do\":\"tail\",\"since\":\"1h\",\"follow\":false}");
    assert_has(peer_line(peer), "who has the key?");
    assert_has(peer_line(peer), "it hangs at the door");
    assert_has(peer_line(peer), "\"end\":true");
    peer_free(peer);
    desk_free(desk);
}

/* The first lines of a tail are told, the rest waits: what comes now may stand before all of it, or
 * amid what has been read for it already. */
static void
test_tail_disorder(void)
{
    struct desk *desk = desk_new();
    struct peer *peer = peer_new(desk);
    g_autofree char *pad = g_strnfill(2000, 'x');
    unsigned told[800] = {0};
    unsigned early = 0, amid = 0;

    for (unsigned i = 0; i < 800; i++) {
        g_autofree char *text = g_strdup_printf("n%u. %s", i, pad);
        desk_hear(desk, "#coop", text, SCENE_NOW_US - 80000 + i * 100);
    }
    desk->net->stream_pause(peer->stream, true);
    peer_say(peer, "{\"id\":1,\"do\":\"tail\",\"since\":\"1h\"}");
    desk_turn(desk);
    desk_hear(desk, "#coop", "early", SCENE_NOW_US - 80000 + 50);
    for (unsigned i = 1; i < 800; i++)
        desk_hear(desk, "#coop", "amid", SCENE_NOW_US - 80000 + i * 100 + 50);
    desk->net->stream_pause(peer->stream, false);
    desk_turn(desk);
    desk_hear(desk, "#coop", "last", SCENE_NOW_US);
    while (!strstr(peer_line(peer), "\"text\":\"last\"")) {
        const char *n = strstr(peer->line, "\"text\":\"n");
        early += strstr(peer->line, "\"text\":\"early\"") != NULL;
        amid += strstr(peer->line, "\"text\":\"amid\"") != NULL;
        if (n)
            told[atoi(n + strlen("\"text\":\"n"))]++;
    }
    for (unsigned i = 0; i < 800; i++)
        g_assert_cmpuint(told[i], ==, 1);
    g_assert_cmpuint(early, ==, 1);
    g_assert_cmpuint(amid, ==, 799);
    peer_free(peer);
    desk_free(desk);
}

/* What is not wanted is looked through in turns, and ends all the same. */
static void
test_tail_unwanted(void)
{
    struct desk *desk = desk_new();
    struct peer *peer = peer_new(desk);
    struct event event = {.type = EVENT_MESSAGE, .conversation = "#coop"};

    event.message.kind = MESSAGE_JOIN;
    event.message.sender_id = event.message.sender_name = "uma";
    for (unsigned i = 0; i < MANY; i++) {
        event.message.time_us = SCENE_NOW_US - MANY + i;
        host_emit(desk->scene->host, &event);
    }
    desk_hear(desk, "#coop", "at last", SCENE_NOW_US);
    peer_say(peer, "{\"id\":1,\"do\":\"tail\",\"since\":\"1h\"}");
    peer_say(peer, "{\"id\":2,\"do\":\"hello\"}");
    /* Somebody else's turn comes before it is through. */
    assert_has(peer_line(peer), "{\"id\":2,\"ok\":true");
    assert_has(peer_line(peer), "at last");
    /* One that is stopped amid this, and one whose program goes. */
    assert_has(peer_ask(peer, "{\"id\":3,\"do\":\"tail\",\"since\":\"1h\"}\n"
                              "{\"id\":4,\"do\":\"stop\",\"of\":3}"),
               "{\"id\":3,\"ok\":true,\"end\":true}");
    assert_has(peer_line(peer), "{\"id\":4,\"ok\":true}");
    assert_has(peer_ask(peer, "{\"id\":5,\"do\":\"tail\",\"since\":\"1h\"}\n"
                              "{\"id\":6,\"do\":\"hello\"}"),
               "{\"id\":6,\"ok\":true");
    peer_free(peer);
    desk_turn(desk);
    desk_free(desk);
}

/* Asking without reading: the requests wait, weft does not fill up. */
static void
test_asks_and_never_reads(void)
{
    struct desk *desk = desk_new();
    struct peer *peer = peer_new(desk);
    struct peer *other = peer_new(desk);
    unsigned n = 0;

    desk_relay(desk);
    desk->net->stream_pause(peer->stream, true);
    for (unsigned i = 0; i < 2000; i++)
        peer_say(peer, "{\"id\":1,\"do\":\"page\"}");
    for (unsigned i = 0; i < 100; i++)
        desk_turn(desk);
    assert_has(peer_ask(other, "{\"id\":5,\"do\":\"hello\"}"), "\"ok\":true");
    desk->net->stream_pause(peer->stream, false);
    for (; n < 2000 && peer_line(peer); n++)
        assert_has(peer->line, "\"ok\":true");
    g_assert_cmpuint(n, ==, 2000);
    peer_free(peer);
    peer_free(other);
    desk_free(desk);
}

static void
test_clients(void)
{
    struct desk *desk = desk_new();
    struct peer *peers[CONTROL_CLIENTS_MOST];

    for (unsigned i = 0; i < CONTROL_CLIENTS_MOST; i++)
        peers[i] = peer_new(desk);
    struct peer *late = peer_new_bare(desk);
    assert_has(peer_line(late), "rate-limited");
    peer_wait_end(late);
    peer_free(late);
    peer_free(peers[0]);
    desk_turn(desk);
    peers[0] = peer_new(desk);
    assert_has(peer_ask(peers[0], "{\"id\":1,\"do\":\"hello\"}"), "\"ok\":true");
    for (unsigned i = 0; i < CONTROL_CLIENTS_MOST; i++)
        peer_free(peers[i]);
    desk_free(desk);
}

static void
test_waits(void)
{
    struct desk *desk = desk_new();
    struct peer *peer = peer_new(desk);

    for (unsigned i = 0; i < CONTROL_WAITS_MOST; i++) {
        g_autofree char *line = g_strdup_printf("{\"id\":%u,\"do\":\"tail\"}", i);
        peer_say(peer, line);
    }
    assert_has(peer_ask(peer, "{\"id\":100,\"do\":\"tail\"}"), "rate-limited");
    assert_has(peer_ask(peer, "{\"id\":101,\"do\":\"stop\",\"of\":7}"), "{\"id\":7,");
    assert_has(peer_line(peer), "{\"id\":101,\"ok\":true");
    peer_say(peer, "{\"id\":100,\"do\":\"tail\"}");
    assert_has(peer_ask(peer, "{\"id\":102,\"do\":\"hello\"}"), "{\"id\":102");
    peer_free(peer);
    desk_free(desk);
}

static void
test_query(void)
{
    struct desk *desk = desk_new();
    struct peer *peer = peer_new(desk);

    desk_hear(desk, "#coop", "soup on thursday", SCENE_NOW_US);
    assert_has(peer_ask(peer, "{\"id\":1,\"do\":\"query\",\"what\":\"accounts\"}"),
               "{\"name\":\"libera\",\"network\":\"net\",\"state\":\"online\"");
    assert_has(peer_ask(peer, "{\"id\":1,\"do\":\"query\",\"what\":\"buffers\"}"),
               "\"address\":\"libera/#coop\"");
    assert_has(peer->line, "\"address\":\"weft\"");
    assert_has(peer_ask(peer, "{\"id\":1,\"do\":\"query\",\"what\":\"unread\"}"), "\"unread\":1");
    g_assert_null(strstr(peer->line, "\"address\":\"weft\""));
    assert_has(peer_ask(peer, "{\"id\":2,\"do\":\"query\",\"what\":\"search\",\"words\":\"soup\"}"),
               "soup on thursday");
    assert_has(peer_ask(peer, "{\"id\":2,\"do\":\"query\",\"what\":\"search\",\"words\":\"soup\","
                              "\"in\":\"libera/#coop\"}"),
               "soup on thursday");
    assert_has(
        peer_ask(peer, "{\"id\":2,\"do\":\"query\",\"what\":\"search\",\"words\":\"bread\"}"),
        "\"hits\":[]");
    assert_has(peer_ask(peer, "{\"id\":2,\"do\":\"query\",\"what\":\"search\"}"),
               "needs \\\"words");
    assert_has(peer_ask(peer, "{\"id\":3,\"do\":\"query\",\"what\":\"message\",\"message\":99999}"),
               "not-found");
    assert_has(peer_ask(peer, "{\"id\":3,\"do\":\"query\",\"what\":\"weather\"}"), "bad-input");
    peer_free(peer);
    desk_free(desk);
}

static void
test_relay(void)
{
    struct desk *desk = desk_new();
    struct peer *peer = peer_new(desk);

    assert_has(peer_ask(peer, "{\"id\":1,\"do\":\"relay\",\"what\":\"status\"}"), "unsupported");
    desk_relay(desk);
    assert_has(peer_ask(peer, "{\"id\":1,\"do\":\"relay\",\"what\":\"status\"}"),
               "{\"gateway\":\"jobs\",\"address\":\"libera/#coop\",\"direction\":\"inout\","
               "\"state\":\"runs\"");
    assert_has(peer_ask(peer, "{\"id\":2,\"do\":\"relay\",\"what\":\"why\",\"message\":7}"),
               "It crossed to patio/#coop.");
    assert_has(peer_ask(peer, "{\"id\":2,\"do\":\"relay\",\"what\":\"why\",\"message\":8}"),
               "not-found");
    peer_ask(peer, "{\"id\":3,\"do\":\"relay\",\"what\":\"pause\",\"gateway\":\"jobs\"}");
    g_assert_cmpstr(peer->line, ==, "{\"id\":3,\"ok\":true}");
    peer_ask(peer, "{\"id\":3,\"do\":\"relay\",\"what\":\"resume\",\"gateway\":\"jobs\"}");
    peer_ask(peer, "{\"id\":3,\"do\":\"relay\",\"what\":\"retry\"}");
    g_assert_cmpstr(desk->relay_calls->str, ==, "pause jobs|resume jobs|retry -|");
    desk->relay_refuses = true;
    assert_has(peer_ask(peer, "{\"id\":3,\"do\":\"relay\",\"what\":\"pause\",\"gateway\":\"x\"}"),
               "There is no gateway x.");
    assert_has(peer_ask(peer, "{\"id\":3,\"do\":\"relay\",\"what\":\"begin\"}"), "bad-input");
    peer_free(peer);
    desk_free(desk);
}

/* Told without "yes", and done with it. */
static void
test_relay_change(void)
{
    struct desk *desk = desk_new();
    struct peer *peer = peer_new(desk);

    desk_relay(desk);
    peer_ask(peer, "{\"id\":1,\"do\":\"relay\",\"what\":\"add\",\"gateway\":\"jobs\","
                   "\"words\":\"libera/#new out\"}");
    g_assert_cmpstr(peer->line, ==,
                    "{\"id\":1,\"ok\":true,\"text\":\"weft.conf would change so:\\n"
                    "line 9: + leg = libera/#new out\"}");
    peer_ask(peer,
             "{\"id\":2,\"do\":\"relay\",\"what\":\"end\",\"gateway\":\"jobs\",\"yes\":true}");
    g_assert_cmpstr(peer->line, ==,
                    "{\"id\":2,\"ok\":true,\"done\":true,"
                    "\"text\":\"The change is written and in force.\"}");
    g_assert_cmpstr(desk->relay_calls->str, ==, "not add libera/#new out jobs|end - jobs|");
    assert_has(peer_ask(peer, "{\"id\":3,\"do\":\"relay\",\"what\":\"set\",\"yes\":1}"),
               "\\\"yes\\\" must be true or false.");
    desk->relay_refuses = true;
    assert_has(
        peer_ask(peer, "{\"id\":4,\"do\":\"relay\",\"what\":\"drop\",\"gateway\":\"x\","
                       "\"words\":\"libera/#new\",\"yes\":true}"),
        "\"ok\":false,\"error\":{\"code\":\"not-found\",\"text\":\"There is no gateway x.\"");
    peer_free(peer);
    desk_free(desk);
}

/* Into a channel and out of the network, without a screen. */
static void
test_join(void)
{
    struct desk *desk = desk_new();
    struct peer *peer = peer_new(desk);

    peer_say(peer, "{\"id\":1,\"do\":\"join\",\"to\":\"libera/#lab\"}");
    assert_has(peer_ask(peer, "{\"id\":2,\"do\":\"join\",\"to\":\"patio/#lab\"}"),
               "There is no account patio.");
    scene_assert_calls(desk->scene, "join #lab -|");
    desk_sent(desk, NULL);
    g_assert_cmpstr(peer_line(peer), ==, "{\"id\":1,\"ok\":true}");
    peer_say(peer, "{\"id\":3,\"do\":\"join\",\"to\":\"libera/#COOP\"}");
    peer_ask(peer, "{\"id\":4,\"do\":\"join\",\"to\":\"libera\"}");
    assert_has(peer->line, "Which channel of libera?");
    scene_assert_calls(desk->scene, "join #coop -|");
    desk_failed(desk, "You are banned from #coop.");
    assert_has(peer_line(peer), "\"code\":\"forbidden\",\"text\":\"You are banned from #coop.\"");
    /* Who has asked may go before the answer comes. */
    peer_say(peer, "{\"id\":5,\"do\":\"join\",\"to\":\"libera/#lab\"}");
    peer_ask(peer, "{\"id\":6,\"do\":\"hello\"}");
    peer_free(peer);
    desk_turn(desk);
    desk_sent(desk, NULL);
    peer = peer_new(desk);
    peer_ask(peer, "{\"id\":7,\"do\":\"disconnect\",\"account\":\"libera\"}");
    g_assert_cmpstr(peer->line, ==, "{\"id\":7,\"ok\":true}");
    assert_has(peer_ask(peer, "{\"id\":8,\"do\":\"join\",\"to\":\"libera/#lab\"}"),
               "libera is not connected");
    peer_ask(peer, "{\"id\":9,\"do\":\"connect\",\"account\":\"libera\"}");
    g_assert_cmpstr(peer->line, ==, "{\"id\":9,\"ok\":true}");
    assert_has(peer_ask(peer, "{\"id\":10,\"do\":\"connect\",\"account\":\"x\"}"), "not-found");
    peer_free(peer);
    desk_free(desk);
}

static void
test_reload_and_quit(void)
{
    struct desk *desk = desk_new();
    struct peer *peer = peer_new(desk);

    assert_has(peer_ask(peer, "{\"id\":1,\"do\":\"reload\"}"), "Nothing is different.");
    g_assert_true(g_file_set_contents(desk->scene->file,
                                      "[account libera]\nnetwork = net\nlabel = Li\n", -1, NULL));
    const struct account *account = core_account_by_name(desk->scene->core, "libera");
    for (unsigned i = 0; i < 2; i++) {
        peer_ask(peer, "{\"id\":1,\"do\":\"reload\",\"dry\":true}");
        assert_has(peer->line, "Nothing was changed");
        assert_has(peer->line, "Another label: libera.");
        g_assert_null(account->label);
    }
    assert_has(peer_ask(peer, "{\"id\":1,\"do\":\"reload\"}"), "Another label: libera.");
    g_assert_cmpstr(account->label, ==, "Li");
    g_assert_true(g_file_set_contents(desk->scene->file,
                                      "[account libera]\nnetwork = net\nlabel = Li\njoin = #x\n"
                                      "[account new]\nnetwork = net\n[look]\nsidebar = off\n",
                                      -1, NULL));
    scene_settle(desk->scene); /* it comes back from the reload before */
    const enum account_state state = account->state;
    peer_ask(peer, "{\"id\":1,\"do\":\"reload\",\"dry\":true}");
    assert_has(peer->line, "Connect with what was changed: libera. New: new. Put in force: look.");
    g_assert_cmpuint(core_accounts(desk->scene->core)->len, ==, 1);
    g_assert_cmpint(account->state, ==, state);
    g_assert_true(
        g_file_set_contents(desk->scene->file, "[account new]\nnetwork = net\n", -1, NULL));
    peer_ask(peer, "{\"id\":1,\"do\":\"reload\",\"dry\":true}");
    assert_has(peer->line, "New: new. Gone, with their history kept: libera.");
    g_assert_cmpuint(core_accounts(desk->scene->core)->len, ==, 1);
    g_assert_true(
        g_file_set_contents(desk->scene->file, "[account libera]\nnetwork = nte\n", -1, NULL));
    assert_has(peer_ask(peer, "{\"id\":1,\"do\":\"reload\"}"), "Nothing was changed.");
    g_assert_cmpuint(desk->scene->n_quit, ==, 0);
    assert_has(peer_ask(peer, "{\"id\":2,\"do\":\"quit\"}"), "{\"id\":2,\"ok\":true}");
    g_assert_cmpuint(desk->scene->n_quit, ==, 1);
    peer_free(peer);
    desk_free(desk);
}

void
test_control_add(void)
{
    g_test_add_func("/control/hello", test_hello);
    g_test_add_func("/control/bad-lines", test_bad_lines);
    g_test_add_func("/control/half-closed", test_half_closed);
    g_test_add_func("/control/empty-lines", test_empty_lines);
    g_test_add_func("/control/send", test_send);
    g_test_add_func("/control/send-waits", test_send_waits);
    g_test_add_func("/control/send-and-go", test_send_and_go);
    g_test_add_func("/control/tail", test_tail);
    g_test_add_func("/control/tail-without-seam", test_tail_without_seam);
    g_test_add_func("/control/tail-threads", test_tail_threads);
    g_test_add_func("/control/tail-disorder", test_tail_disorder);
    g_test_add_func("/control/tail-unwanted", test_tail_unwanted);
    g_test_add_func("/control/slow", test_slow);
    g_test_add_func("/control/asks-and-never-reads", test_asks_and_never_reads);
    g_test_add_func("/control/clients", test_clients);
    g_test_add_func("/control/waits", test_waits);
    g_test_add_func("/control/query", test_query);
    g_test_add_func("/control/relay", test_relay);
    g_test_add_func("/control/relay-change", test_relay_change);
    g_test_add_func("/control/join", test_join);
    g_test_add_func("/control/reload-and-quit", test_reload_and_quit);
}
