/* HTTP with servers that break it, endlessly, or lie. */
#include <string.h>

#include "tests/unit/web/tests.h"

#define MEBI ((size_t)1024 * 1024)

static const char *answer_text;
static size_t answer_len;
static bool hangs_up; /* after the answer */

static void
answer_raw(struct scene *scene)
{
    if (!strstr(scene->heard->str, "\r\n\r\n"))
        return;
    g_string_truncate(scene->heard, 0);
    say_bytes(scene, answer_text, answer_len);
    if (hangs_up)
        scene_hang_up(scene, false);
}

/* Threat 10: whatever a server answers, the request ends, as an answer or as an error. */
static void
test_bad_answers(void)
{
    static const char *const answers[] = {
        "",
        "\r\n\r\n",
        "hello",
        "HTTP/1.1\r\n\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 99999999999 OK\r\n\r\n",
        "HTTP/1.1 -1 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\nx",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip, gzip, gzip, gzip, gzip\r\n"
        "Content-Length: 4\r\n\r\nnope",
        "HTTP/1.1 200 OK\r\nno colon here\r\n: empty\r\nA\x01: b\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 304 No\r\nLocation: http://x/\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 302 Go\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    };
    struct scene *scene = scene_new();
    g_autofree char *url = url_of(scene, "http", "");

    hangs_up = true;
    scene->on_heard = answer_raw;
    for (unsigned i = 0; i < G_N_ELEMENTS(answers); i++) {
        struct asked *asked = asked_new();
        answer_text = answers[i];
        answer_len = strlen(answers[i]);
        asked_start(scene, asked,
                    &(struct http_request){.method = "GET", .url = url, .follow = true}, false);
        asked_wait(asked);
        if (!asked->error) {
            g_assert_cmpint(asked->status, >=, 100);
            g_assert_cmpint(asked->status, <=, 999);
        }
        asked_free(asked);
    }
    scene_free(scene);
}

/* A connection that ends within the headers brings no answer, least of all an empty one. */
static void
test_half_headers(void)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                 "Content-Length: 0\r\n\r\n";
    static const char *const begins[] = {"", "HTTP/1.1 100 Continue\r\n\r\n"};
    struct scene *scene = scene_new();
    g_autofree char *url = url_of(scene, "http", "");

    hangs_up = true;
    scene->on_heard = answer_raw;
    for (unsigned i = 0; i < G_N_ELEMENTS(begins); i++) {
        for (size_t len = 0; len <= strlen(answer); len++) {
            struct asked *asked = asked_new();
            g_autofree char *text = g_strdup_printf("%s%.*s", begins[i], (int)len, answer);
            answer_text = text;
            answer_len = strlen(text);
            asked_start(scene, asked, &(struct http_request){.method = "GET", .url = url}, false);
            asked_wait(asked);
            g_assert_cmpint(asked->error == NULL, ==, len == strlen(answer));
            asked_free(asked);
        }
    }
    scene_free(scene);
}

static bool resets;

static void
answer_hello(struct scene *scene)
{
    say_bytes(scene, answer_text, answer_len);
    scene_hang_up(scene, resets);
}

/* A connection that ends while TLS is set up may be had again; a port without TLS may not. */
static void
test_no_tls(void)
{
    static const struct {
        const char *answer;
        size_t len;
        bool resets;
        int code;
    } rows[] = {
        {"", 0, false, WEFT_ERROR_CLOSED},
        {"", 0, true, WEFT_ERROR_CLOSED},
        {"\x16\x03\x03", 3, false, WEFT_ERROR_CLOSED}, /* in the middle of its hello */
        {"HTTP/1.1 400 Bad\r\n\r\n", 20, false, WEFT_ERROR_TLS},
        {"\x15\x03\x03\x00\x02\x02\x28", 7, false, WEFT_ERROR_TLS}, /* handshake failure */
    };
    struct scene *scene = scene_new();
    g_autofree char *url = url_of(scene, "https", "");

    scene->on_heard = answer_hello;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct asked *asked = asked_new();
        answer_text = rows[i].answer;
        answer_len = rows[i].len;
        resets = rows[i].resets;
        asked_start(scene, asked, &(struct http_request){.method = "GET", .url = url}, false);
        asked_wait(asked);
        g_assert_error(asked->error, WEFT_ERROR, rows[i].code);
        asked_free(asked);
    }
    scene_free(scene);
}

/* What a server can say without an end. */
struct flood {
    const char *head;
    const char *again;
    enum weft_error code;
};

static const struct flood *flooding;
static guint flood_source;

static gboolean
flood_more(void *user)
{
    struct scene *scene = user;
    GPollableOutputStream *out = G_POLLABLE_OUTPUT_STREAM(g_io_stream_get_output_stream(scene->io));
    g_autoptr(GError) error = NULL;
    char bytes[65536];
    size_t len = strlen(flooding->again);

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = flooding->again[i % len];
    g_pollable_output_stream_write_nonblocking(out, bytes, sizeof bytes / len * len, NULL, &error);
    if (error && !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
        flood_source = 0;
        return G_SOURCE_REMOVE;
    }
    return G_SOURCE_CONTINUE;
}

static void
flood_begins(struct scene *scene)
{
    if (!strstr(scene->heard->str, "\r\n\r\n"))
        return;
    scene_say(scene, flooding->head);
    flood_source = g_idle_add(flood_more, scene);
}

/* Threats 10 and 46: headers, 1xx answers and a body without an end are broken off, and the memory
 * stays. */
static void
test_endless(void)
{
    static const struct flood floods[] = {
        {"HTTP/1.1 200 OK\r\n", "A: b\r\n", WEFT_ERROR_TOO_LARGE},
        {"HTTP/1.1 200 OK\r\nA: ", "bbbbbbbb", WEFT_ERROR_TOO_LARGE},
        {"", "HTTP/1.1 100 Go on\r\n\r\n", WEFT_ERROR_TOO_LARGE},
        {"HTTP/1.1 200 OK\r\n\r\n", "body", WEFT_ERROR_TOO_LARGE},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "4\r\nbody\r\n",
         WEFT_ERROR_TOO_LARGE},
    };
    struct scene *scene = scene_new();
    g_autofree char *url = url_of(scene, "http", "");
    const size_t before = resident_bytes();

    scene->on_heard = flood_begins;
    for (unsigned i = 0; i < G_N_ELEMENTS(floods); i++) {
        struct asked *asked = asked_new();
        flooding = &floods[i];
        g_string_truncate(scene->heard, 0);
        asked_start(scene, asked,
                    &(struct http_request){.method = "GET", .url = url, .max_bytes = MEBI}, false);
        asked_wait(asked);
        /* Curl has limits of its own, some of which come first. */
        g_assert_nonnull(asked->error);
        g_assert_true(error_is(asked->error, floods[i].code) ||
                      error_is(asked->error, WEFT_ERROR_IO));
        if (flood_source)
            g_source_remove(flood_source);
        flood_source = 0;
        asked_free(asked);
        scene_settle();
    }
    g_assert_cmpuint(resident_bytes(), <, before + 64 * MEBI);
    scene_free(scene);
}

/* Threat 47: a million bytes that unpack to a thousand million are given up at the limit. */
static void
test_bomb(void)
{
    struct scene *scene = scene_new();
    struct asked *asked = asked_new();
    g_autofree char *url = url_of(scene, "http", "");
    GByteArray *bomb = packed_zeros(256 * MEBI, false);
    GString *answer = g_string_new(NULL);
    const size_t before = resident_bytes();

    g_string_printf(answer,
                    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %u\r\n\r\n",
                    bomb->len);
    g_string_append_len(answer, (char *)bomb->data, bomb->len);
    answer_text = answer->str;
    answer_len = answer->len;
    hangs_up = false;
    scene->on_heard = answer_raw;
    asked_start(scene, asked, &(struct http_request){.method = "GET", .url = url}, false);
    asked_wait(asked);
    g_assert_error(asked->error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
    g_assert_cmpuint(resident_bytes(), <, before + 64 * MEBI);
    g_string_free(answer, TRUE);
    g_byte_array_unref(bomb);
    asked_free(asked);
    scene_free(scene);
}

void
test_http_hostile_add(void)
{
    g_test_add_func("/threat/10-bad-answers", test_bad_answers);
    g_test_add_func("/http/half-headers", test_half_headers);
    g_test_add_func("/http/no-tls", test_no_tls);
    g_test_add_func("/threat/46-endless-answers", test_endless);
    g_test_add_func("/threat/47-packed-answer", test_bomb);
}
