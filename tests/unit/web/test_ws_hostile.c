/* WebSockets with a server that breaks the protocol, or will not stop. */
#include <string.h>

#include "tests/support/loop.h"
#include "tests/unit/web/talk.h"

#define MEBI ((size_t)1024 * 1024)

static bool
has_ended_or_told(void *user)
{
    struct talk *talk = user;

    return talk->closed > 0 || talk->messages > 0;
}

static const struct ending {
    const char *answer;
    size_t len;
    bool resets;
} endings[] = {
    {"", 0, false}, {"", 0, true}, {"\x16\x03\x03", 3, false}, /* in the middle of its hello */
};
static const struct ending *ending;

static void
end_hello(struct scene *scene)
{
    say_bytes(scene, ending->answer, ending->len);
    scene_hang_up(scene, ending->resets);
}

/* A connection that ends while TLS is set up may be had again: no account is given up for it. */
static void
test_cut_hello(void)
{
    struct talk *talk = talk_new();

    g_free(talk->url);
    talk->url = g_strdup_printf("wss://localhost:%u/", talk->scene->port);
    talk->scene->on_heard = end_hello;
    for (unsigned i = 0; i < G_N_ELEMENTS(endings); i++) {
        ending = &endings[i];
        talk_open(talk);
        talk_wait(talk, talk_is_closed);
        g_assert_true(error_is(talk->error, WEFT_ERROR_CLOSED) ||
                      error_is(talk->error, WEFT_ERROR_REFUSED));
        talk_close(talk, 0);
        scene_settle();
    }
    talk_free(talk);
}

/* Threat 9: every first byte with every form of length, true and lying, split in two at each byte
 * of the head: nothing breaks, and what is told is what was sent. */
static void
test_heads(void)
{
    static const struct {
        const char *bytes;
        size_t len;
    } lengths[] = {
        {"\x00", 1},
        {"\x05", 1},
        {"\x7d", 1},
        {"\x7e\x00\x05", 3},
        {"\x7e\xff\xff", 3},
        {"\x7f\x00\x00\x00\x00\x00\x00\x00\x05", 9},
        {"\x7f\x00\x00\x00\x00\x7f\xff\xff\xff", 9},
        {"\x7f\xff\xff\xff\xff\xff\xff\xff\xff", 9},
        {"\x85\x01\x02\x03\x04", 5},
    };
    struct talk *talk = talk_new();

    for (unsigned first = 0; first < 256; first++) {
        for (unsigned i = 0; i < G_N_ELEMENTS(lengths); i++) {
            g_autoptr(GByteArray) frame = g_byte_array_new();
            const guint8 head = (guint8)first;
            /* All opcodes with one length; all lengths with three. */
            if (i != 1 && first != 0x81 && first != 0x01 && first != 0xc9)
                continue;
            g_byte_array_append(frame, &head, 1);
            g_byte_array_append(frame, (const guint8 *)lengths[i].bytes, (guint)lengths[i].len);
            g_byte_array_append(frame, (const guint8 *)"hello", 5);
            talk_open(talk);
            talk_wait(talk, talk_is_open);
            for (guint at = 0; at < frame->len && !talk->closed; at++) {
                talk_raw(talk, frame->data + at, 1);
                g_main_context_iteration(NULL, FALSE);
            }
            scene_hang_up(talk->scene, false);
            loop_until(talk_is_closed, talk, SCENE_WAIT_MS);
            g_assert_cmpuint(talk->closed, ==, 1);
            if (talk->messages)
                g_assert_cmpuint(talk->last->len, <=, 5);
            talk_close(talk, 0);
            scene_settle();
        }
    }
    talk_free(talk);
}

/* Threat 46: a message without an end, in one frame and in many, ends the connection at the limit.
 */
static void
test_endless(void)
{
    struct talk *talk = talk_new();
    g_autofree char *piece = g_strnfill(60000, 'x');
    const size_t before = resident_bytes();

    talk->options.max_bytes = MEBI;
    for (unsigned round = 0; round < 2; round++) {
        talk_open(talk);
        talk_wait(talk, talk_is_open);
        if (round == 0)
            talk_raw(talk, "\x81\x7f\0\0\0\0\x7f\xff\xff\xff", 10);
        for (unsigned i = 0; i < 200 && !talk->closed; i++) {
            if (round == 0)
                talk_raw(talk, piece, 60000);
            else
                talk_frame(talk, i == 0 ? 0x01 : 0x00, piece, 60000);
            while (g_main_context_iteration(NULL, FALSE))
                ;
        }
        talk_wait(talk, talk_is_closed);
        g_assert_error(talk->error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
        g_assert_cmpuint(talk->messages, ==, 0);
        talk_close(talk, 0);
        scene_settle();
    }
    g_assert_cmpuint(resident_bytes(), <, before + 32 * MEBI);
    talk_free(talk);
}

/* Threat 47: what unpacks without an end is given up at the limit. */
static void
test_bomb(void)
{
    struct talk *talk = talk_new();
    GByteArray *bomb = packed_zeros(256 * MEBI, true);
    const size_t before = resident_bytes();

    talk->extensions = "permessage-deflate; client_no_context_takeover";
    talk_open(talk);
    talk_wait(talk, talk_is_open);
    g_assert_nonnull(strstr(talk->request->str, "permessage-deflate"));
    for (size_t at = 0; at < bomb->len && !talk->closed; at += 16384) {
        size_t len = MIN(bomb->len - at, 16384);
        talk_frame(talk, at == 0 ? 0x41 : 0x00, bomb->data + at, len);
        while (g_main_context_iteration(NULL, FALSE))
            ;
    }
    talk_wait(talk, talk_is_closed);
    g_assert_error(talk->error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
    g_assert_cmpuint(resident_bytes(), <, before + 64 * MEBI);
    g_byte_array_unref(bomb);
    talk_free(talk);
}

/* A small text, packed as the server may. */
static void
test_packed(void)
{
    struct talk *talk = talk_new();
    g_autoptr(GByteArray) packed = packed_zeros(3000, true);

    talk->extensions = "permessage-deflate; client_no_context_takeover";
    talk_open(talk);
    talk_wait(talk, talk_is_open);
    /* The last block is not the final one there, and its empty end is left out (RFC 7692 §7.2.1).
     */
    packed->data[0] &= 0xfe;
    talk_frame(talk, 0xc1, packed->data, packed->len);
    loop_until(has_ended_or_told, talk, SCENE_WAIT_MS);
    g_assert_cmpuint(talk->messages, ==, 1);
    g_assert_cmpuint(talk->last->len, ==, 3000);
    talk_free(talk);
}

/* Threat 48: pings that pile up cost nothing, though nobody reads our pongs. */
static void
test_pings(void)
{
    struct talk *talk = talk_new();
    g_autofree char *payload = g_strnfill(125, 'p');
    const size_t before = resident_bytes();

    talk_open(talk);
    talk_wait(talk, talk_is_open);
    for (unsigned i = 0; i < 20000 && !talk->closed; i++) {
        talk_frame(talk, 0x89, payload, 125);
        if (i % 16 == 0)
            while (g_main_context_iteration(NULL, FALSE))
                ;
    }
    g_assert_cmpuint(resident_bytes(), <, before + 16 * MEBI);
    talk_frame(talk, 0x81, "still here", 10);
    loop_until(has_ended_or_told, talk, SCENE_WAIT_MS);
    g_assert_cmpstr(talk->last->str, ==, "still here");
    talk_free(talk);
}

void
test_ws_hostile_add(void)
{
    g_test_add_func("/ws/cut-hello", test_cut_hello);
    g_test_add_func("/threat/09-frame-heads", test_heads);
    g_test_add_func("/threat/46-endless-message", test_endless);
    g_test_add_func("/threat/47-packed-message", test_bomb);
    g_test_add_func("/ws/packed", test_packed);
    g_test_add_func("/threat/48-pings", test_pings);
}
