/* HTTP with a server that does as it should. */
#include <glib/gstdio.h>
#include <string.h>

#include "tests/support/scratch.h"
#include "tests/unit/web/tests.h"

/* The server's answer, once the request's head has come. */
static const char *answer_text;

static void
answer_now(struct scene *scene)
{
    if (strstr(scene->heard->str, "\r\n\r\n"))
        scene_say(scene, answer_text);
}

static struct scene *
http_scene(const char *answer)
{
    struct scene *scene = scene_new();

    answer_text = answer;
    scene->on_heard = answer_now;
    return scene;
}

static const char *
header_of(const struct asked *asked, const char *name)
{
    const struct http_answer answer = {.headers = asked->headers};

    return http_answer_header(&answer, name);
}

static void
test_get(void)
{
    struct scene *scene = http_scene("HTTP/1.1 200 OK\r\nToken:  abc \r\nX-Empty:\r\n"
                                     "Content-Length: 5\r\n\r\nhello");
    struct asked *asked = asked_new();
    g_autofree char *url = url_of(scene, "http", "a/b?c=d");
    const char *headers[] = {"Authorization: Bearer t0k", "X-One: 1", NULL};

    asked_start(scene, asked,
                &(struct http_request){.method = "GET", .url = url, .headers = headers}, false);
    asked_wait(asked);
    g_assert_no_error(asked->error);
    g_assert_cmpint(asked->status, ==, 200);
    g_assert_cmpstr(asked->body->str, ==, "hello");
    g_assert_cmpstr(header_of(asked, "token"), ==, "abc");
    g_assert_cmpstr(header_of(asked, "x-empty"), ==, "");
    g_assert_null(header_of(asked, "x-none"));
    g_assert_cmpint(asked->retry_after_us, ==, -1);
    g_assert_true(g_str_has_prefix(scene->heard->str, "GET /a/b?c=d HTTP/1.1\r\n"));
    g_assert_nonnull(strstr(scene->heard->str, "\r\nAuthorization: Bearer t0k\r\n"));
    g_assert_nonnull(strstr(scene->heard->str, "\r\nX-One: 1\r\n"));
    asked_free(asked);
    scene_free(scene);
}

/* The end of what is heard: the body that was sent. */
static bool
heard_body(const struct scene *scene, const char *body)
{
    return g_str_has_suffix(scene->heard->str, body);
}

static void
answer_to_body(struct scene *scene)
{
    if (heard_body(scene, "the body"))
        scene_say(scene, answer_text);
}

static void
test_post(void)
{
    struct scene *scene = http_scene("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
    struct asked *asked = asked_new();
    g_autofree char *url = url_of(scene, "http", "posts");
    g_autoptr(GBytes) body = g_bytes_new_static("the body", 8);

    scene->on_heard = answer_to_body;
    asked_start(scene, asked, &(struct http_request){.method = "PUT", .url = url, .body = body},
                false);
    asked_wait(asked);
    g_assert_cmpint(asked->status, ==, 201);
    g_assert_true(g_str_has_prefix(scene->heard->str, "PUT /posts"));
    g_assert_nonnull(strstr(scene->heard->str, "Content-Length: 8\r\n"));
    g_assert_null(strstr(scene->heard->str, "Expect"));
    asked_free(asked);
    scene_free(scene);
}

/* A file goes out from where it is asked to begin. */
static void
test_file(void)
{
    struct scene *scene = http_scene("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    struct asked *asked = asked_new();
    char *folder = scratch_new();
    g_autofree char *path = g_build_filename(folder, "file", NULL);
    g_autofree char *url = url_of(scene, "http", "up");

    g_assert_true(g_file_set_contents(path, "0123the body", -1, NULL));
    scene->on_heard = answer_to_body;
    asked_start(
        scene, asked,
        &(struct http_request){.method = "POST", .url = url, .body_path = path, .body_start = 4},
        false);
    asked_wait(asked);
    g_assert_cmpint(asked->status, ==, 200);
    g_assert_nonnull(strstr(scene->heard->str, "Content-Length: 8\r\n"));
    asked_start(
        scene, asked,
        &(struct http_request){.method = "POST", .url = url, .body_path = path, .body_start = 40},
        false);
    asked_wait(asked);
    g_assert_error(asked->error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    asked_start(scene, asked,
                &(struct http_request){.method = "POST", .url = url, .body_path = folder}, false);
    asked_wait(asked);
    g_assert_error(asked->error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    asked_free(asked);
    scratch_free(folder);
    scene_free(scene);
}

/* An answer with another status than 2xx is an answer, and its body no file. */
static void
test_streamed(void)
{
    struct scene *scene = http_scene("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    struct asked *asked = asked_new();
    g_autofree char *url = url_of(scene, "http", "f");
    const struct http_request request = {.method = "GET", .url = url};

    asked_start(scene, asked, &request, true);
    asked_wait(asked);
    g_assert_cmpuint(asked->data, >, 0);
    g_assert_cmpstr(asked->body->str, ==, "hello");
    answer_text = "HTTP/1.1 429 No\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nslow";
    g_string_truncate(scene->heard, 0);
    asked_start(scene, asked, &request, true);
    asked_wait(asked);
    g_assert_cmpint(asked->status, ==, 429);
    g_assert_cmpuint(asked->data, ==, 0);
    g_assert_cmpint(asked->retry_after_us, ==, 7 * G_USEC_PER_SEC);
    asked_free(asked);
    scene_free(scene);
}

/* R7: seconds, none, beyond reason, below zero, a date that is past. */
static void
test_retry_after(void)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } rows[] = {{"0", 0},
                {"3600", 3600},
                {"1000000000", 3600},
                {"-5", 0},
                {"x", -1},
                {"", -1},
                {"1.5", 1},
                {"99999999999999999999", 3600},
                {"Wed, 21 Oct 2015 07:28:00 GMT", 0}};
    struct scene *scene = http_scene(NULL);
    struct asked *asked = asked_new();
    g_autofree char *url = url_of(scene, "http", "");

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *answer = g_strdup_printf(
            "HTTP/1.1 429 No\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n", rows[i].text);
        answer_text = answer;
        g_string_truncate(scene->heard, 0);
        asked_start(scene, asked, &(struct http_request){.method = "GET", .url = url}, false);
        asked_wait(asked);
        g_assert_cmpint(asked->retry_after_us, ==,
                        rows[i].seconds < 0 ? -1 : rows[i].seconds * G_USEC_PER_SEC);
    }
    asked_free(asked);
    scene_free(scene);
}

static void
test_bad_input(void)
{
    struct scene *scene = scene_new();
    struct asked *asked = asked_new();
    g_autofree char *good = url_of(scene, "http", "");
    const char *urls[] = {NULL,       "",         "nonsense",           "ftp://a/",
                          "file:///", "https://", "https://u:p@host/x", "http://[::1"};
    const char *headers[] = {"A: b\r\nEvil: 1", NULL};

    for (unsigned i = 0; i < G_N_ELEMENTS(urls); i++) {
        asked_start(scene, asked, &(struct http_request){.method = "GET", .url = urls[i]}, false);
        asked_wait(asked);
        g_assert_error(asked->error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    }
    asked_start(scene, asked,
                &(struct http_request){.method = "GET", .url = good, .headers = headers}, false);
    asked_wait(asked);
    g_assert_error(asked->error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    asked_start(scene, asked, &(struct http_request){.method = "GET /", .url = good}, false);
    asked_wait(asked);
    g_assert_error(asked->error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    g_assert_cmpuint(scene->heard->len, ==, 0);
    asked_free(asked);
    scene_free(scene);
}

static void
start_another(struct asked *asked)
{
    struct scene *scene = asked->user;
    g_autofree char *url = url_of(scene, "http", "second");

    asked->on_done = NULL;
    g_string_truncate(scene->heard, 0);
    asked_start(scene, asked, &(struct http_request){.method = "GET", .url = url}, false);
}

/* From inside `done` another one may begin; one that was dropped says nothing any more. */
static void
test_begin_and_drop(void)
{
    struct scene *scene = http_scene("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    struct asked *asked = asked_new();
    struct asked *dropped = asked_new();
    g_autofree char *url = url_of(scene, "http", "first");
    const struct http_request request = {.method = "GET", .url = url};

    asked->on_done = start_another;
    asked->user = scene;
    asked_start(scene, asked, &request, false);
    asked_wait(asked);
    asked_wait(asked);
    g_assert_cmpint(asked->status, ==, 200);
    asked_start(scene, dropped, &request, false);
    scene->net->http_cancel(dropped->call);
    asked_start(scene, asked, &request, false);
    asked_wait(asked);
    scene_settle();
    g_assert_cmpuint(dropped->done, ==, 0);
    /* And one that still runs when everything ends. */
    scene->on_heard = NULL;
    asked_start(scene, asked, &request, false);
    scene_free(scene);
    g_assert_cmpuint(asked->done, ==, 0);
    asked_free(asked);
    asked_free(dropped);
}

/* Answers who only asks; hangs up on who tells something, and counts them. */
static void
hang_up_on_posts(struct scene *scene)
{
    if (!strstr(scene->heard->str, "\r\n\r\n"))
        return;
    if (g_str_has_prefix(scene->heard->str, "GET")) {
        g_string_truncate(scene->heard, 0);
        scene_say(scene, answer_text);
        return;
    }
    if (strstr(scene->heard->str, "the body")) {
        answer_text = answer_text + 1; /* so many were told */
        g_string_truncate(scene->heard, 0);
        scene_hang_up(scene, false);
    }
}

/* On a connection that was kept and ends without an answer: once is once. */
static void
test_once(void)
{
    for (unsigned once = 0; once < 2; once++) {
        const char *text = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        struct scene *scene = http_scene(text);
        struct asked *asked = asked_new();
        g_autofree char *url = url_of(scene, "http", "x");
        g_autoptr(GBytes) body = g_bytes_new_static("the body", 8);
        scene->on_heard = hang_up_on_posts;
        asked_start(scene, asked, &(struct http_request){.method = "GET", .url = url}, false);
        asked_wait(asked);
        g_assert_cmpint(asked->status, ==, 200);
        asked_start(
            scene, asked,
            &(struct http_request){.method = "POST", .url = url, .body = body, .once = once == 1},
            false);
        asked_wait(asked);
        g_assert_nonnull(asked->error);
        g_assert_cmpint((int)(answer_text - text), ==, once == 1 ? 1 : 2);
        asked_free(asked);
        scene_free(scene);
    }
}

/* Threat 55: an answer that sends us elsewhere is only an answer; for a file it is followed, and
 * another server gets none of our headers. */
static void
test_redirects(void)
{
    struct scene *scene = http_scene(NULL);
    struct scene *other = scene_new();
    struct asked *asked = asked_new();
    g_autofree char *url = url_of(scene, "http", "x");
    g_autofree char *elsewhere =
        g_strdup_printf("HTTP/1.1 302 Go\r\nLocation: http://localhost:%u/y\r\n"
                        "Content-Length: 0\r\n\r\n",
                        other->port);
    const char *headers[] = {"Authorization: Bearer t0k", "X-Secret: 1", NULL};
    struct http_request request = {.method = "GET", .url = url, .headers = headers};

    answer_text = elsewhere;
    asked_start(scene, asked, &request, false);
    asked_wait(asked);
    g_assert_cmpint(asked->status, ==, 302);
    scene_settle();
    g_assert_cmpuint(other->heard->len, ==, 0);
    request.follow = true;
    g_string_truncate(scene->heard, 0);
    asked_start(scene, asked, &request, false);
    other->on_heard = NULL;
    while (!strstr(other->heard->str, "\r\n\r\n"))
        g_main_context_iteration(NULL, TRUE);
    g_assert_true(g_str_has_prefix(other->heard->str, "GET /y "));
    g_assert_null(strstr(other->heard->str, "t0k"));
    g_assert_null(strstr(other->heard->str, "Secret"));
    scene_say(other, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    asked_wait(asked);
    g_assert_cmpint(asked->status, ==, 200);
    g_assert_cmpstr(asked->body->str, ==, "hi");
    /* In a ring it ends, as an answer. */
    answer_text = "HTTP/1.1 302 Go\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n";
    g_string_truncate(scene->heard, 0);
    asked_start(scene, asked, &request, false);
    asked_wait(asked);
    g_assert_cmpint(asked->status, ==, 302);
    asked_free(asked);
    scene_free(other);
    scene_free(scene);
}

static void
test_no_server(void)
{
    struct scene *scene = scene_new();
    struct asked *asked = asked_new();
    g_autofree char *url = url_of(scene, "http", "");
    const struct http_request request = {.method = "GET", .url = url, .silence_timeout_us = 1};

    /* It says nothing. */
    asked_start(scene, asked, &request, false);
    asked_wait(asked);
    g_assert_error(asked->error, WEFT_ERROR, WEFT_ERROR_TIMEOUT);
    /* It is not there. */
    g_socket_service_stop(scene->service);
    g_socket_listener_close(G_SOCKET_LISTENER(scene->service));
    scene_hang_up(scene, true);
    scene_settle();
    asked_start(scene, asked, &request, false);
    asked_wait(asked);
    g_assert_error(asked->error, WEFT_ERROR, WEFT_ERROR_REFUSED);
    asked_free(asked);
    scene_free(scene);
}

static void
assert_tls(struct scene *scene, const char *cert, const char *ca, const char *pin,
           const char *refusal)
{
    struct asked *asked = asked_new();
    g_autofree char *url = g_strdup_printf("https://localhost:%u/", scene->port);

    scene->server_cert = cert;
    g_string_truncate(scene->heard, 0);
    asked_start(scene, asked,
                &(struct http_request){
                    .method = "GET", .url = url, .tls = {.ca_file = ca, .fingerprint = pin}},
                false);
    asked_wait(asked);
    if (refusal) {
        g_assert_error(asked->error, WEFT_ERROR, WEFT_ERROR_TLS);
        g_assert_nonnull(strstr(asked->error->message, refusal));
        g_assert_cmpuint(scene->heard->len, ==, 0);
    } else {
        g_assert_no_error(asked->error);
        g_assert_cmpint(asked->status, ==, 200);
    }
    asked_free(asked);
    scene_settle();
}

/* Threats 51 and 52 for curl: each bad certificate is refused, before a word is said; what one
 * account trusts another does not, and a connection made for one is not used by the other. */
static void
test_certificates(void)
{
    if (scene_without_certs())
        return;
    struct scene *scene = http_scene("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    g_autofree char *pin = certs_fingerprint(scene_certs->self_signed);
    g_autofree char *wrong_pin = g_strnfill(64, 'a');
    const char *ca = scene_certs->ca;

    assert_tls(scene, scene_certs->server, ca, NULL, NULL);
    assert_tls(scene, scene_certs->server, NULL, NULL, "unknown here");
    assert_tls(scene, scene_certs->server, scene_certs->other_ca, NULL, "unknown here");
    assert_tls(scene, scene_certs->wrong_name, ca, NULL, "another name");
    assert_tls(scene, scene_certs->expired, ca, NULL, "expired");
    assert_tls(scene, scene_certs->future, ca, NULL, "not valid before");
    assert_tls(scene, scene_certs->self_signed, ca, NULL, "self-signed");
    assert_tls(scene, scene_certs->unknown, ca, NULL, "unknown");
    assert_tls(scene, scene_certs->self_signed, NULL, pin, NULL);
    assert_tls(scene, scene_certs->server, ca, wrong_pin, "pinned");
    scene_free(scene);
}

void
test_http_add(void)
{
    g_test_add_func("/http/get", test_get);
    g_test_add_func("/http/post", test_post);
    g_test_add_func("/http/file", test_file);
    g_test_add_func("/http/streamed", test_streamed);
    g_test_add_func("/http/R7-retry-after", test_retry_after);
    g_test_add_func("/http/bad-input", test_bad_input);
    g_test_add_func("/http/begin-and-drop", test_begin_and_drop);
    g_test_add_func("/http/once", test_once);
    g_test_add_func("/http/no-server", test_no_server);
    g_test_add_func("/threat/55-redirects", test_redirects);
    g_test_add_func("/threat/51-http-certificates", test_certificates);
}
