/* The module that HTTP and WebSockets are in: found, waited for, missing. Every other test of this
 * program goes through it. */
#include <glib/gstdio.h>
#include <string.h>

#include "net/net.h"
#include "tests/support/loop.h"
#include "tests/support/scratch.h"
#include "tests/unit/web/talk.h"

#define NOWHERE "/nonexistent/" NET_WEB_MODULE

static const struct http_request request = {.method = "GET", .url = "http://127.0.0.1:1/"};

/* The scene's own net gives way to one with another file. */
static struct scene *
scene_with(const char *module)
{
    struct scene *scene = scene_new();

    net_free(scene->net);
    scene->net = net_new(scene->clock, module);
    return scene;
}

static void
test_find(void)
{
    char *folder = scratch_new();
    g_autofree char *program = g_build_filename(folder, "weft", NULL);
    g_autofree char *beside = g_build_filename(folder, NET_WEB_MODULE, NULL);
    g_autofree char *unknown = net_find_web_module(NULL, "/lib/weft");
    g_autofree char *installed = net_find_web_module(program, "/lib/weft");

    g_assert_cmpstr(unknown, ==, "/lib/weft/" NET_WEB_MODULE);
    g_assert_cmpstr(installed, ==, "/lib/weft/" NET_WEB_MODULE);
    g_assert_true(g_file_set_contents(beside, "", -1, NULL));
    g_autofree char *built = net_find_web_module(program, "/lib/weft");
    g_assert_cmpstr(built, ==, beside);
    scratch_free(folder);
}

static void
ask_once_more(struct asked *asked)
{
    struct scene *scene = asked->user;

    asked->on_done = NULL;
    asked_start(scene, asked, &request, false);
}

/* Each request and connection is told; the next ones are told anew. */
static void
assert_missing(const char *module, const char *why)
{
    struct scene *scene = scene_with(module);
    struct asked *asked = asked_new();
    struct asked *other = asked_new();

    asked->on_done = ask_once_more;
    asked->user = scene;
    asked_start(scene, asked, &request, false);
    asked_start(scene, other, &request, false);
    asked_wait(other);
    g_assert_error(other->error, WEFT_ERROR, WEFT_ERROR_INTERNAL);
    g_assert_nonnull(strstr(other->error->message, NET_WEB_MODULE));
    g_assert_nonnull(strstr(other->error->message, why));
    g_assert_cmpuint(asked->done, ==, 0); /* begun anew, from inside */
    asked_wait(asked);
    g_assert_error(asked->error, WEFT_ERROR, WEFT_ERROR_INTERNAL);
    asked_free(asked);
    asked_free(other);
    scene_free(scene);
}

static void
test_missing(void)
{
    assert_missing(NOWHERE, "cannot be loaded");
    assert_missing(NULL, "made without it");
}

/* A shared library, but not this weft's. */
static void
test_foreign(void)
{
    struct scene *scene = scene_with("libm.so.6");
    struct asked *asked = asked_new();

    asked_start(scene, asked, &request, false);
    asked_wait(asked);
    g_assert_error(asked->error, WEFT_ERROR, WEFT_ERROR_INTERNAL);
    g_assert_nonnull(strstr(asked->error->message, "another version"));
    asked_free(asked);
    scene_free(scene);
}

static void
test_missing_socket(void)
{
    struct talk *talk = talk_new();

    net_free(talk->scene->net);
    talk->scene->net = net_new(talk->scene->clock, NOWHERE);
    talk_open(talk);
    talk_wait(talk, talk_is_closed);
    g_assert_error(talk->error, WEFT_ERROR, WEFT_ERROR_INTERNAL);
    g_assert_false(talk->scene->net->ws_send(talk->ws, "x", 1));
    talk->scene->net->ws_pause(talk->ws, true);
    talk_close(talk, 1000);
    talk_free(talk);
}

/* What is given up before the module is there is not begun, and nobody hears of it. */
static void
test_given_up(void)
{
    struct talk *talk = talk_new();
    struct asked *asked = asked_new();
    struct asked *left = asked_new();

    asked_start(talk->scene, asked, &request, false);
    talk->scene->net->http_cancel(asked->call);
    talk_open(talk);
    g_assert_false(talk->scene->net->ws_send(talk->ws, "x", 1));
    talk_close(talk, 0);
    asked_start(talk->scene, left, &request, false);
    asked_wait(left); /* nothing listens there, and that is known by the module */
    g_assert_error(left->error, WEFT_ERROR, WEFT_ERROR_REFUSED);
    g_assert_cmpuint(asked->done, ==, 0);
    g_assert_cmpuint(talk->closed + talk->opened, ==, 0);
    g_assert_cmpuint(talk->request->len, ==, 0);
    asked_free(left);

    /* And when all of it ends meanwhile. */
    net_free(talk->scene->net);
    talk->scene->net = scene_net_new(talk->scene->clock);
    asked_start(talk->scene, asked, &request, false);
    net_free(g_steal_pointer(&talk->scene->net));
    scene_settle();
    g_assert_cmpuint(asked->done, ==, 0);
    asked_free(asked);
    talk_free(talk);
}

static bool
has_upgraded(void *user)
{
    struct talk *talk = user;

    return talk->upgraded;
}

/* A pause that came before the module counts. */
static void
test_paused_early(void)
{
    struct talk *talk = talk_new();

    talk_open(talk);
    talk->scene->net->ws_pause(talk->ws, true);
    talk_wait(talk, has_upgraded);
    talk_wait(talk, talk_is_open);
    talk_frame(talk, 0x81, "line", 4);
    scene_settle();
    g_assert_cmpuint(talk->messages, ==, 0);
    talk->scene->net->ws_pause(talk->ws, false);
    while (talk->messages == 0)
        g_main_context_iteration(NULL, TRUE);
    talk_free(talk);
}

void
test_module_add(void)
{
    g_test_add_func("/module/find", test_find);
    g_test_add_func("/module/given-up", test_given_up);
    g_test_add_func("/module/missing", test_missing);
    g_test_add_func("/module/missing-socket", test_missing_socket);
    g_test_add_func("/module/foreign", test_foreign);
    g_test_add_func("/module/paused-early", test_paused_early);
}
