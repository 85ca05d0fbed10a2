/* WebSockets with a server that does as it should. */
#include <string.h>

#include "net/net.h"
#include "tests/support/loop.h"
#include "tests/unit/web/talk.h"

static bool
has_message(void *user)
{
    struct talk *talk = user;

    return talk->messages > 0;
}

static bool
has_heard(void *user)
{
    struct talk *talk = user;

    return talk->heard->len > 0;
}

static void
test_talk(void)
{
    struct talk *talk = talk_new();
    const char *headers[] = {"Authorization: Bearer t0k", NULL};
    g_autoptr(GString) text = g_string_new(NULL);
    unsigned char first;
    guint32 masks[2];

    talk->options.headers = headers;
    talk_open(talk);
    g_assert_false(talk->scene->net->ws_send(talk->ws, "early", 5));
    talk_wait(talk, talk_is_open);
    g_assert_true(g_str_has_prefix(talk->request->str, "GET /api/socket?a=b HTTP/1.1\r\n"));
    g_assert_nonnull(strstr(talk->request->str, "\r\nAuthorization: Bearer t0k\r\n"));
    g_assert_null(strstr(talk->request->str, "Origin"));
    talk_frame(talk, 0x81, "hello", 5);
    talk_wait(talk, has_message);
    g_assert_cmpstr(talk->last->str, ==, "hello");
    g_assert_false(talk->binary);
    /* Threat 58: each frame has a mask of its own. */
    for (unsigned i = 0; i < 2; i++) {
        g_assert_true(talk->scene->net->ws_send(talk->ws, "answer", 6));
        talk_wait(talk, has_heard);
        while (!talk_take(talk, &first, &masks[i], text))
            g_main_context_iteration(NULL, TRUE);
        g_assert_cmpuint(first, ==, 0x81);
        g_assert_cmpstr(text->str, ==, "answer");
    }
    g_assert_cmpuint(masks[0], !=, masks[1]);
    talk_close(talk, 1000);
    talk_wait(talk, has_heard);
    while (!talk_take(talk, &first, &masks[0], text))
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(first, ==, 0x88);
    g_assert_cmpint((guint8)text->str[0] << 8 | (guint8)text->str[1], ==, 1000);
    g_assert_cmpuint(talk->closed, ==, 0);
    talk_free(talk);
}

/* In pieces, with pings between them; of every length form; byte by byte. */
static void
test_frames(void)
{
    static const size_t lengths[] = {0, 1, 125, 126, 127, 65535, 65536, 300000};
    struct talk *talk = talk_new();

    talk_open(talk);
    talk_wait(talk, talk_is_open);
    for (unsigned i = 0; i < G_N_ELEMENTS(lengths); i++) {
        g_autofree char *text = g_strnfill(lengths[i], 'x');
        talk->messages = 0;
        talk_frame(talk, 0x81, text, lengths[i]);
        talk_wait(talk, has_message);
        g_assert_cmpuint(talk->last->len, ==, lengths[i]);
    }
    talk->messages = 0;
    talk_frame(talk, 0x01, "one ", 4);
    talk_frame(talk, 0x89, "ping", 4);
    talk_frame(talk, 0x00, "two ", 4);
    talk_frame(talk, 0x80, "three", 5);
    talk_wait(talk, has_message);
    g_assert_cmpstr(talk->last->str, ==, "one two three");
    talk->messages = 0;
    const char whole[] = "\x82\x05\0a\0b\0";
    for (unsigned i = 0; i < 7; i++) {
        talk_raw(talk, whole + i, 1);
        scene_settle();
    }
    talk_wait(talk, has_message);
    g_assert_cmpuint(talk->last->len, ==, 5);
    g_assert_true(talk->binary);
    talk_free(talk);
}

static void
close_it(struct talk *talk)
{
    talk_close(talk, 0);
}

static void
test_ends(void)
{
    struct talk *talk = talk_new();

    /* The peer says goodbye. */
    talk_open(talk);
    talk_wait(talk, talk_is_open);
    talk_frame(talk, 0x88,
               "\x0f\xa0"
               "bye",
               5);
    talk_wait(talk, talk_is_closed);
    g_assert_error(talk->error, WEFT_ERROR, WEFT_ERROR_CLOSED);
    g_assert_cmpint(talk->code, ==, 4000);
    g_assert_false(talk->scene->net->ws_send(talk->ws, "late", 4));
    talk_close(talk, 1000);
    /* It goes without a word. */
    talk_open(talk);
    talk_wait(talk, talk_is_open);
    scene_hang_up(talk->scene, true);
    talk_wait(talk, talk_is_closed);
    g_assert_cmpint(talk->code, ==, 0);
    talk_close(talk, 0);
    /* We go from inside a message. */
    talk_open(talk);
    talk_wait(talk, talk_is_open);
    talk->on_message = close_it;
    talk_frame(talk, 0x81, "a", 1);
    talk_frame(talk, 0x81, "b", 1);
    talk_wait(talk, has_message);
    scene_settle();
    g_assert_cmpuint(talk->messages, ==, 1);
    /* And before anything has happened. */
    talk_open(talk);
    talk_close(talk, 1000);
    scene_settle();
    g_assert_cmpuint(talk->opened + talk->closed, ==, 0);
    talk_free(talk);
}

static void
assert_refused(struct talk *talk, const char *answer, int status, enum weft_error code)
{
    talk->answer = answer;
    talk_open(talk);
    talk_wait(talk, talk_is_closed);
    g_assert_cmpuint(talk->opened, ==, 0);
    g_assert_cmpint(talk->status, ==, status);
    g_assert_error(talk->error, WEFT_ERROR, (int)code);
    talk_close(talk, 0);
    scene_settle();
}

static void
test_refused(void)
{
    struct talk *talk = talk_new();

    assert_refused(talk, "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", 401, WEFT_ERROR_AUTH);
    assert_refused(talk, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", 403, WEFT_ERROR_AUTH);
    assert_refused(talk, "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", 404, WEFT_ERROR_NOT_FOUND);
    assert_refused(talk, "HTTP/1.1 429 No\r\nContent-Length: 0\r\n\r\n", 429,
                   WEFT_ERROR_RATE_LIMITED);
    assert_refused(talk, "HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n", 502, WEFT_ERROR_CLOSED);
    assert_refused(talk, "HTTP/1.1 302 No\r\nLocation: http://localhost/\r\n\r\n", 302,
                   WEFT_ERROR_CLOSED);
    assert_refused(talk, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0, WEFT_ERROR_PROTOCOL);
    assert_refused(talk,
                   "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                   "Connection: Upgrade\r\nSec-WebSocket-Accept: wrong\r\n\r\n",
                   0, WEFT_ERROR_PROTOCOL);
    talk_free(talk);
}

static void
test_bad_input(void)
{
    const char *urls[] = {NULL, "", "http://a/", "ws://", "wss://u:p@a/", "nonsense"};
    const char *headers[] = {"A: b\r\nEvil: 1", NULL};
    struct talk *talk = talk_new();

    for (unsigned i = 0; i <= G_N_ELEMENTS(urls); i++) {
        g_autofree char *good = g_steal_pointer(&talk->url);
        talk->url = g_strdup(i < G_N_ELEMENTS(urls) ? urls[i] : good);
        talk->options.headers = i < G_N_ELEMENTS(urls) ? NULL : headers;
        talk_open(talk);
        talk_wait(talk, talk_is_closed);
        g_assert_error(talk->error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
        talk_close(talk, 0);
        g_free(talk->url);
        talk->url = g_steal_pointer(&good);
    }
    talk_free(talk);
}

static void
advance(struct clock *clock, int64_t seconds)
{
    scene_settle();
    clock_fake_advance(clock, seconds * G_USEC_PER_SEC);
    scene_settle();
}

/* 30 s of silence are asked about, 60 s are the end; an answer, even a pong, is life. */
static void
test_silence(void)
{
    struct talk *talk = talk_new();
    struct net_ops *real = talk->scene->net;
    struct clock *fake = clock_fake_new(0);
    g_autoptr(GString) text = g_string_new(NULL);
    unsigned char first;
    guint32 mask;

    talk->scene->net = scene_net_new(fake);
    talk_open(talk);
    talk_wait(talk, talk_is_open);
    for (unsigned i = 0; i < 3; i++) {
        advance(fake, 30);
        talk_wait(talk, has_heard);
        while (!talk_take(talk, &first, &mask, text))
            g_main_context_iteration(NULL, TRUE);
        g_assert_cmpuint(first, ==, 0x89);
        talk_frame(talk, 0x8a, text->str, text->len);
        advance(fake, 0);
    }
    /* While nothing is read, silence is not the peer's. */
    talk->scene->net->ws_pause(talk->ws, true);
    advance(fake, 200);
    advance(fake, 200);
    g_assert_cmpuint(talk->closed, ==, 0);
    talk->scene->net->ws_pause(talk->ws, false);
    advance(fake, 30);
    advance(fake, 29);
    g_assert_cmpuint(talk->closed, ==, 0);
    advance(fake, 2);
    talk_wait(talk, talk_is_closed);
    g_assert_error(talk->error, WEFT_ERROR, WEFT_ERROR_TIMEOUT);
    talk_close(talk, 0);
    /* A server that takes the connection and says nothing. */
    talk->answer = "";
    talk_open(talk);
    while (talk->request->len == 0)
        g_main_context_iteration(NULL, TRUE);
    advance(fake, 31);
    talk_wait(talk, talk_is_closed);
    g_assert_error(talk->error, WEFT_ERROR, WEFT_ERROR_TIMEOUT);
    talk_close(talk, 0);
    scene_settle();
    net_free(talk->scene->net);
    talk->scene->net = real;
    talk_free(talk);
    clock_free(fake);
}

/* What is paused is neither lost nor delivered meanwhile. */
static void
test_pause(void)
{
    struct talk *talk = talk_new();

    talk_open(talk);
    talk_wait(talk, talk_is_open);
    talk->scene->net->ws_pause(talk->ws, true);
    for (unsigned i = 0; i < 50; i++)
        talk_frame(talk, 0x81, "line", 4);
    scene_settle();
    g_assert_cmpuint(talk->messages, ==, 0);
    talk->scene->net->ws_pause(talk->ws, false);
    while (talk->messages < 50)
        g_main_context_iteration(NULL, TRUE);
    talk_free(talk);
}

static void
assert_tls(struct talk *talk, const char *cert, const char *ca, const char *pin,
           const char *refusal)
{
    talk->scene->server_cert = cert;
    talk->options.tls = (struct tls_wishes){.ca_file = ca, .fingerprint = pin};
    g_string_truncate(talk->request, 0);
    talk_open(talk);
    if (refusal) {
        talk_wait(talk, talk_is_closed);
        g_assert_error(talk->error, WEFT_ERROR, WEFT_ERROR_TLS);
        g_assert_nonnull(strstr(talk->error->message, refusal));
        g_assert_cmpuint(talk->request->len, ==, 0);
    } else {
        talk_wait(talk, talk_is_open);
    }
    talk_close(talk, 0);
    scene_settle();
}

/* Threats 51 and 52 for libwebsockets. */
static void
test_certificates(void)
{
    if (scene_without_certs())
        return;
    struct talk *talk = talk_new();
    g_autofree char *pin = certs_fingerprint(scene_certs->self_signed);
    g_autofree char *wrong_pin = g_strnfill(64, 'a');
    const char *ca = scene_certs->ca;

    g_free(talk->url);
    talk->url = g_strdup_printf("wss://localhost:%u/", talk->scene->port);
    assert_tls(talk, scene_certs->server, ca, NULL, NULL);
    assert_tls(talk, scene_certs->server, NULL, NULL, "unknown here");
    assert_tls(talk, scene_certs->server, scene_certs->other_ca, NULL, "unknown here");
    assert_tls(talk, scene_certs->wrong_name, ca, NULL, "another name");
    assert_tls(talk, scene_certs->expired, ca, NULL, "expired");
    assert_tls(talk, scene_certs->future, ca, NULL, "not valid before");
    assert_tls(talk, scene_certs->self_signed, ca, NULL, "self-signed");
    assert_tls(talk, scene_certs->unknown, ca, NULL, "unknown");
    assert_tls(talk, scene_certs->self_signed, NULL, pin, NULL);
    assert_tls(talk, scene_certs->server, ca, wrong_pin, "pinned");
    talk_free(talk);
}

void
test_ws_add(void)
{
    g_test_add_func("/ws/talk", test_talk);
    g_test_add_func("/ws/frames", test_frames);
    g_test_add_func("/ws/ends", test_ends);
    g_test_add_func("/ws/refused", test_refused);
    g_test_add_func("/ws/bad-input", test_bad_input);
    g_test_add_func("/ws/silence", test_silence);
    g_test_add_func("/ws/pause", test_pause);
    g_test_add_func("/threat/51-ws-certificates", test_certificates);
}
