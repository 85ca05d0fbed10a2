/* Closing at every moment: nothing is called afterwards, and nothing leaks (LeakSanitizer looks).
 */
#include <string.h>

#include "tests/support/loop.h"
#include "tests/unit/net/scene.h"
#include "tests/unit/net/tests.h"

static const char *close_at;
static unsigned events_seen;
static bool did_close;

static void
close_inside(struct scene *scene, const char *event)
{
    g_assert_false(did_close);
    events_seen++;
    if (strcmp(event, "opened") == 0 && strcmp(close_at, "drained") == 0)
        scene->net->stream_write(scene->stream, "x", 1);
    if (strcmp(event, close_at) == 0) {
        did_close = true;
        scene_close(scene);
    }
}

static void
greet_and_end(struct scene *scene)
{
    scene_say(scene, "hello");
    if (strcmp(close_at, "closed") == 0)
        scene_hang_up(scene, false);
}

static void
check_close_inside(const char *event, const char *server_cert)
{
    struct scene *scene = scene_new();

    close_at = event;
    did_close = false;
    scene->on_event = close_inside;
    scene->on_client = greet_and_end;
    scene->server_cert = server_cert;
    scene->options.tls = server_cert ? STREAM_TLS_ON : STREAM_TLS_OFF;
    scene->options.ca_file = server_cert ? scene_certs->ca : NULL;
    scene_open(scene);
    if (!loop_until_true(&did_close, SCENE_WAIT_MS))
        g_error("%s never came", event);
    scene_settle();
    scene_free(scene);
}

static void
test_inside(void)
{
    const char *events[] = {"opened", "data", "drained", "closed"};

    for (unsigned i = 0; i < G_N_ELEMENTS(events); i++) {
        check_close_inside(events[i], NULL);
        if (scene_certs)
            check_close_inside(events[i], scene_certs->server);
    }
}

/* After one, two, three … turns of the loop, until a turn count at which it is open. */
static void
check_close_while_connecting(enum stream_tls tls, const char *server_cert)
{
    for (unsigned turns = 0; turns < 40; turns++) {
        struct scene *scene = scene_new();
        close_at = "";
        did_close = false;
        scene->on_event = close_inside;
        scene->server_cert = server_cert;
        scene->options.tls = tls;
        scene->options.ca_file = server_cert ? scene_certs->ca : NULL;
        scene_open(scene);
        for (unsigned i = 0; i < turns; i++)
            g_main_context_iteration(NULL, FALSE);
        did_close = true;
        scene_close(scene);
        scene_free(scene);
    }
}

static void
test_while_connecting(void)
{
    check_close_while_connecting(STREAM_TLS_OFF, NULL);
    check_close_while_connecting(STREAM_TLS_STARTTLS, NULL);
    if (scene_certs)
        check_close_while_connecting(STREAM_TLS_ON, scene_certs->server);
}

/* A server that never shakes hands, closed while the handshake's thread waits for it. */
static void
test_in_handshake(void)
{
    struct scene *scene = scene_new();

    scene->options.tls = STREAM_TLS_ON;
    scene_open(scene);
    while (scene->heard->len == 0) /* the client's hello has come */
        g_main_context_iteration(NULL, TRUE);
    scene_close(scene);
    scene_settle();
    g_assert_cmpuint(scene->closed, ==, 0);
    scene_free(scene);
}

static bool
heard_quit(void *scene)
{
    return strcmp(((struct scene *)scene)->heard->str, "QUIT :bye\r\n") == 0;
}

/* What is queued is tried once: a farewell written just before the end arrives. */
static void
check_farewell(const char *server_cert)
{
    struct scene *scene = scene_new();

    scene->server_cert = server_cert;
    scene->options.tls = server_cert ? STREAM_TLS_ON : STREAM_TLS_OFF;
    scene->options.ca_file = server_cert ? scene_certs->ca : NULL;
    scene_open(scene);
    scene_wait(scene, scene_is_opened);
    scene->net->stream_write(scene->stream, "QUIT :bye\r\n", 11);
    scene_close(scene);
    scene_wait(scene, heard_quit);
    scene_free(scene);
}

static void
test_farewell(void)
{
    check_farewell(NULL);
    if (scene_certs)
        check_farewell(scene_certs->server);
}

/* An error that waits for its turn is not told any more. */
static void
test_before_closed(void)
{
    struct scene *scene = scene_new();

    scene->options.host = "";
    scene_open(scene);
    scene_close(scene);
    scene_settle();
    g_assert_cmpuint(scene->closed, ==, 0);
    scene_free(scene);
}

void
test_close_add(void)
{
    g_test_add_func("/close/inside", test_inside);
    g_test_add_func("/close/while-connecting", test_while_connecting);
    g_test_add_func("/close/in-handshake", test_in_handshake);
    g_test_add_func("/close/farewell", test_farewell);
    g_test_add_func("/close/before-closed", test_before_closed);
}
