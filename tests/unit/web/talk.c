#include "tests/unit/web/talk.h"

#include <string.h>

#include "tests/support/loop.h"

#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

static struct talk *talking; /* the scene's callbacks have no room for it */

static void
upgrade(struct talk *talk)
{
    const char *name = "Sec-WebSocket-Key: ";
    const char *key = strstr(talk->request->str, name);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA1);
    guint8 digest[20];
    gsize len = sizeof digest;

    g_assert_nonnull(key);
    key += strlen(name);
    g_autofree char *word = g_strndup(key, strcspn(key, "\r"));
    g_checksum_update(sum, (const guchar *)word, -1);
    g_checksum_update(sum, (const guchar *)GUID, -1);
    g_checksum_get_digest(sum, digest, &len);
    g_autofree char *accept = g_base64_encode(digest, len);
    g_autofree char *answer = g_strdup_printf(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: %s\r\n%s%s%s\r\n",
        accept, talk->extensions ? "Sec-WebSocket-Extensions: " : "",
        talk->extensions ? talk->extensions : "", talk->extensions ? "\r\n" : "");
    talk->upgraded = true;
    say_bytes(talk->scene, answer, strlen(answer));
}

static void
on_heard(struct scene *scene)
{
    struct talk *talk = talking;

    if (talk->upgraded) {
        g_byte_array_append(talk->heard, (guint8 *)scene->heard->str, (guint)scene->heard->len);
        g_string_truncate(scene->heard, 0);
        if (talk->on_frames)
            talk->on_frames(talk);
        return;
    }
    if (!strstr(scene->heard->str, "\r\n\r\n"))
        return;
    g_string_assign(talk->request, scene->heard->str);
    g_string_truncate(scene->heard, 0);
    if (talk->answer)
        say_bytes(scene, talk->answer, strlen(talk->answer));
    else
        upgrade(talk);
}

static void
on_opened(void *user)
{
    struct talk *talk = user;

    talk->opened++;
}

static void
on_message(void *user, const char *bytes, size_t len, bool binary)
{
    struct talk *talk = user;

    g_assert_cmpuint(talk->opened, ==, 1);
    g_assert_cmpuint(talk->closed, ==, 0);
    g_assert_cmpint(bytes[len], ==, '\0');
    talk->messages++;
    talk->bytes += len;
    talk->binary = binary;
    g_string_truncate(talk->last, 0);
    g_string_append_len(talk->last, bytes, (gssize)len);
    if (talk->on_message)
        talk->on_message(talk);
}

static void
on_closed(void *user, int code, int status, const GError *error)
{
    struct talk *talk = user;

    g_assert_cmpuint(talk->closed, ==, 0);
    g_assert_nonnull(error);
    g_assert_cmpuint(error->domain, ==, WEFT_ERROR);
    talk->closed++;
    talk->code = code;
    talk->status = status;
    talk->error = g_error_copy(error);
}

struct talk *
talk_new(void)
{
    struct talk *talk = g_new0(struct talk, 1);

    talk->scene = scene_new();
    talk->scene->on_heard = on_heard;
    talk->url = g_strdup_printf("ws://127.0.0.1:%u/api/socket?a=b", talk->scene->port);
    talk->last = g_string_new(NULL);
    talk->request = g_string_new(NULL);
    talk->heard = g_byte_array_new();
    talking = talk;
    return talk;
}

void
talk_open(struct talk *talk)
{
    static const struct ws_events events = {
        .opened = on_opened, .message = on_message, .closed = on_closed};

    g_assert_null(talk->ws);
    talk->options.url = talk->url;
    talk->opened = talk->messages = talk->closed = 0;
    talk->bytes = 0;
    talk->upgraded = false;
    g_byte_array_set_size(talk->heard, 0);
    g_string_truncate(talk->scene->heard, 0);
    g_clear_error(&talk->error);
    talk->ws = talk->scene->net->ws_open(talk->scene->net, &talk->options, &events, talk);
    g_assert_nonnull(talk->ws);
    g_assert_cmpuint(talk->closed, ==, 0);
}

void
talk_close(struct talk *talk, int code)
{
    struct ws *ws = g_steal_pointer(&talk->ws);

    if (ws)
        talk->scene->net->ws_close(ws, code);
}

void
talk_free(struct talk *talk)
{
    talk_close(talk, 0);
    scene_settle();
    scene_free(talk->scene);
    g_free(talk->url);
    g_string_free(talk->last, TRUE);
    g_string_free(talk->request, TRUE);
    g_byte_array_unref(talk->heard);
    g_clear_error(&talk->error);
    g_free(talk);
    talking = NULL;
}

void
talk_raw(struct talk *talk, const void *bytes, size_t len)
{
    say_bytes(talk->scene, bytes, len);
}

void
talk_frame(struct talk *talk, unsigned char first, const void *bytes, size_t len)
{
    g_autoptr(GByteArray) frame = g_byte_array_new();
    guint8 head[10] = {first};
    guint n = 2;

    if (len < 126) {
        head[1] = (guint8)len;
    } else if (len < 65536) {
        head[1] = 126;
        head[2] = (guint8)(len >> 8);
        head[3] = (guint8)len;
        n = 4;
    } else {
        head[1] = 127;
        for (unsigned i = 0; i < 8; i++)
            head[2 + i] = (guint8)((guint64)len >> (56 - 8 * i));
        n = 10;
    }
    g_byte_array_append(frame, head, n);
    g_byte_array_append(frame, bytes, (guint)len);
    talk_raw(talk, frame->data, frame->len);
}

bool
talk_take(struct talk *talk, unsigned char *ret_first, guint32 *ret_mask, GString *ret_text)
{
    const guint8 *at = talk->heard->data;
    size_t len, head = 2;

    if (talk->heard->len < 2)
        return false;
    g_assert_true(at[1] & 0x80); /* a client's frame is masked */
    len = at[1] & 0x7f;
    if (len == 126) {
        len = (size_t)at[2] << 8 | at[3];
        head = 4;
    } else if (len == 127) {
        len = (size_t)at[6] << 24 | (size_t)at[7] << 16 | (size_t)at[8] << 8 | at[9];
        head = 10;
    }
    if (talk->heard->len < head + 4 + len)
        return false;
    *ret_first = at[0];
    memcpy(ret_mask, at + head, 4);
    g_string_truncate(ret_text, 0);
    for (size_t i = 0; i < len; i++)
        g_string_append_c(ret_text, (char)(at[head + 4 + i] ^ at[head + i % 4]));
    g_byte_array_remove_range(talk->heard, 0, (guint)(head + 4 + len));
    return true;
}

void
talk_wait(struct talk *talk, bool (*done)(void *))
{
    if (!loop_until(done, talk, SCENE_WAIT_MS))
        g_error("it did not happen: opened %u, messages %u, closed %u (%s)", talk->opened,
                talk->messages, talk->closed, talk->error ? talk->error->message : "-");
}

bool
talk_is_open(void *user)
{
    struct talk *talk = user;

    if (talk->closed)
        g_error("it was refused: %s", talk->error->message);
    return talk->opened > 0;
}

bool
talk_is_closed(void *user)
{
    struct talk *talk = user;

    return talk->closed > 0;
}
