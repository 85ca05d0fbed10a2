/* Raising a plain connection to TLS. */
#include <string.h>

#include "tests/support/loop.h"
#include "tests/unit/net/scene.h"
#include "tests/unit/net/tests.h"

static const char *server_cert;
static bool inject;

/* The server: OK to STARTTLS, and perhaps a line of somebody who sits between, in clear. */
static void
answer_starttls(struct scene *scene)
{
    if (strcmp(scene->heard->str, "STARTTLS\r\n") != 0)
        return;
    g_string_truncate(scene->heard, 0);
    scene_say(scene, "OK\r\n");
    if (inject)
        scene_say(scene, "INJECTED\r\n");
    scene->on_heard = NULL;
    scene_server_tls(scene, server_cert);
}

static void
ask(struct scene *scene, const char *event)
{
    if (strcmp(event, "opened") == 0) {
        g_assert_false(scene->secure);
        scene->net->stream_write(scene->stream, "STARTTLS\r\n", 10);
    } else if (strcmp(event, "data") == 0 && !scene->secured &&
               g_str_has_prefix(scene->got->str, "OK\r\n")) {
        g_string_truncate(scene->got, 0); /* what a driver must do with the rest of its bytes */
        scene->net->stream_starttls(scene->stream);
        scene->net->stream_write(scene->stream, "secret", 6);
    }
}

static struct scene *
begin(const char *cert, bool injects)
{
    struct scene *scene = scene_new();

    server_cert = cert;
    inject = injects;
    scene->options.tls = STREAM_TLS_STARTTLS;
    scene->options.ca_file = scene_certs->ca;
    scene->on_heard = answer_starttls;
    scene->on_event = ask;
    scene_open(scene);
    return scene;
}

static bool
server_heard_secret(void *scene)
{
    return strcmp(((struct scene *)scene)->heard->str, "secret") == 0;
}

static bool
has_welcome(void *scene)
{
    return strcmp(((struct scene *)scene)->got->str, "welcome") == 0;
}

static void
check_raised(bool injects)
{
    struct scene *scene = begin(scene_certs->server, injects);

    scene_wait(scene, scene_is_secured);
    g_assert_true(scene->secure);
    g_assert_cmpuint(scene->opened, ==, 1);
    scene_wait(scene, server_heard_secret); /* and so over TLS: the server reads nothing else now */
    scene_say(scene, "welcome");
    scene_wait(scene, has_welcome); /* nothing injected stands before it */
    scene_free(scene);
}

static void
test_raised(void)
{
    if (!scene_without_certs())
        check_raised(false);
}

static void
test_early_bytes_dropped(void)
{
    if (!scene_without_certs())
        check_raised(true);
}

/* The OK comes first, the injected line a moment later but before the loop turns again. */
static void
ask_late(struct scene *scene, const char *event)
{
    if (strcmp(event, "opened") == 0) {
        scene_say(scene, "OK\r\n");
    } else if (strcmp(event, "data") == 0 && !scene->secured) {
        scene_say(scene, "INJECTED\r\n");
        g_string_truncate(scene->got, 0);
        scene->net->stream_starttls(scene->stream);
        scene_server_tls(scene, server_cert);
    }
}

static bool
has_server(void *scene)
{
    return ((struct scene *)scene)->io != NULL;
}

static void
test_late_bytes_dropped(void)
{
    if (scene_without_certs())
        return;
    struct scene *scene = scene_new();

    server_cert = scene_certs->server;
    scene->options.tls = STREAM_TLS_STARTTLS;
    scene->options.ca_file = scene_certs->ca;
    scene_open(scene);
    scene_wait(scene, scene_is_opened);
    scene_wait(scene, has_server);
    g_cancellable_cancel(scene->server_end); /* its plain reading would eat the client's hello */
    scene_settle();
    g_clear_object(&scene->server_end);
    scene->server_end = g_cancellable_new();
    scene->on_event = ask_late;
    ask_late(scene, "opened");
    scene_wait(scene, scene_is_secured);
    scene_say(scene, "welcome");
    scene_wait(scene, has_welcome);
    scene_free(scene);
}

static void
test_refused(void)
{
    if (scene_without_certs())
        return;
    struct scene *scene = begin(scene_certs->wrong_name, false);

    scene_wait(scene, scene_is_closed);
    g_assert_error(scene->error, WEFT_ERROR, WEFT_ERROR_TLS);
    g_assert_nonnull(strstr(scene->error->message, "another name"));
    g_assert_cmpuint(scene->secured, ==, 0);
    scene_settle();
    g_assert_cmpuint(scene->heard->len, ==, 0); /* the secret did not go out in clear */
    scene_free(scene);
}

static void
test_not_offered(void)
{
    struct scene *scene = scene_new();

    scene_open(scene);
    scene_wait(scene, scene_is_opened);
    scene->net->stream_starttls(scene->stream);
    g_assert_cmpuint(scene->closed, ==, 0);
    scene_wait(scene, scene_is_closed);
    g_assert_error(scene->error, WEFT_ERROR, WEFT_ERROR_INTERNAL);
    scene_free(scene);
}

static bool did_close;

static void
close_when_secured(struct scene *scene, const char *event)
{
    g_assert_false(did_close);
    ask(scene, event);
    if (strcmp(event, "secured") == 0) {
        did_close = true;
        scene_close(scene);
    }
}

static void
test_close_inside_secured(void)
{
    if (scene_without_certs())
        return;
    did_close = false;
    struct scene *scene = begin(scene_certs->server, false);
    scene->on_event = close_when_secured;
    g_assert_true(loop_until_true(&did_close, SCENE_WAIT_MS));
    scene_settle();
    scene_free(scene);
}

/* The server says OK and then nothing: the handshake has a deadline too. */
static void
test_timeout(void)
{
    struct scene *scene = scene_new();

    scene->options.tls = STREAM_TLS_STARTTLS;
    scene->options.connect_timeout_us = 400 * 1000;
    scene_open(scene);
    scene_wait(scene, scene_is_opened);
    scene->net->stream_starttls(scene->stream);
    scene_wait(scene, scene_is_closed);
    g_assert_error(scene->error, WEFT_ERROR, WEFT_ERROR_TIMEOUT);
    scene_free(scene);
}

void
test_starttls_add(void)
{
    g_test_add_func("/starttls/raised", test_raised);
    g_test_add_func("/starttls/early-bytes-dropped", test_early_bytes_dropped);
    g_test_add_func("/starttls/late-bytes-dropped", test_late_bytes_dropped);
    g_test_add_func("/starttls/refused", test_refused);
    g_test_add_func("/starttls/not-offered", test_not_offered);
    g_test_add_func("/starttls/close-inside-secured", test_close_inside_secured);
    g_test_add_func("/starttls/timeout", test_timeout);
}
