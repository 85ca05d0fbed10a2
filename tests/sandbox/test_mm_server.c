/* The sandbox's Mattermost server: what its control calls do, what it refuses, how a WebSocket
 * resumes, and that each fault does what its name says. That its answers are those of a real server
 * is for test_mm_replay.c to show. */
#include "tests/sandbox/mm_client.h"
#include "tests/sandbox/mm_server.h"
#include "tests/sandbox/test_mm_replay.h"

#include <string.h>

#define WAIT_MS 5000
#define SECRET  "weaving-needs-two-hands"

struct world {
    struct mm_server *server;
    uint16_t port;
    const char *team;
    const char *jobs;
    char *ann; /* tokens */
    char *bo;
};

static struct world *
world_new(const struct mm_server_options *options)
{
    struct world *world = g_new0(struct world, 1);

    world->server = mm_server_start(options);
    world->port = mm_server_port(world->server);
    mm_server_add_user(world->server, "ann", SECRET);
    mm_server_add_user(world->server, "bo", SECRET);
    mm_server_add_user(world->server, "cleo", SECRET);
    world->team = mm_server_add_team(world->server, "coops", "Coops", "ann");
    mm_server_join_team(world->server, world->team, "bo");
    mm_server_join_team(world->server, world->team, "cleo");
    world->jobs = mm_server_add_channel(world->server, world->team, "O", "jobs", "Jobs", "ann");
    mm_server_join(world->server, world->jobs, "bo");
    world->ann = mm_server_add_token(world->server, "ann");
    world->bo = mm_server_add_token(world->server, "bo");
    return world;
}

static void
world_free(struct world *world)
{
    mm_server_stop(world->server);
    g_free(world->ann);
    g_free(world->bo);
    g_free(world);
}

static struct mm_answer *
ask(struct world *world, const char *method, const char *path, const char *token, const char *body)
{
    g_autofree char *whole = g_strconcat("/api/v4", path, NULL);

    return mm_client_ask(world->port, method, whole, token, body, body != NULL ? strlen(body) : 0,
                         NULL, NULL);
}

static const char *
text_of(JsonObject *object, const char *key)
{
    return json_object_get_string_member_with_default(object, key, "");
}

/* The status of a request, and (in an error) its id. */
static void
assert_refused(struct world *world, const char *method, const char *path, const char *token,
               const char *body, unsigned status, const char *id)
{
    struct mm_answer *answer = ask(world, method, path, token, body);

    g_assert_cmpuint(answer->status, ==, status);
    g_assert_nonnull(answer->json);
    g_assert_cmpstr(text_of(json_node_get_object(answer->json), "id"), ==, id);
    mm_answer_free(answer);
}

static void
assert_complaints(struct world *world, const char *pattern)
{
    g_autofree char *complaints = mm_server_complaints(world->server);

    if (!g_pattern_match_simple(pattern, complaints))
        g_error("complaints do not match \"%s\":\n%s", pattern, complaints);
}

static JsonObject *
post_of(JsonObject *frame, JsonNode **node)
{
    JsonObject *data = json_object_get_object_member(frame, "data");

    *node = json_from_string(text_of(data, "post"), NULL);
    return json_node_get_object(*node);
}

static int64_t
seq_of(JsonObject *frame)
{
    return json_object_get_int_member_with_default(frame, "seq", -1);
}

/* ---- talk ---- */

static void
test_login(void)
{
    struct world *world = world_new(NULL);
    struct mm_answer *answer =
        ask(world, "POST", "/users/login", NULL,
            "{\"login_id\":\"BO\",\"password\":\"" SECRET "\",\"token\":\"\"}");
    struct mm_answer *me = NULL;

    g_assert_cmpuint(answer->status, ==, 200);
    g_assert_nonnull(answer->token);
    me = ask(world, "GET", "/users/me", answer->token, NULL);
    g_assert_cmpuint(me->status, ==, 200);
    g_assert_cmpstr(text_of(json_node_get_object(me->json), "username"), ==, "bo");
    assert_complaints(world, "");
    assert_refused(world, "GET", "/users/me", "nonsense", NULL, 401,
                   "api.context.session_expired.app_error");
    mm_server_expire(world->server, "bo", false);
    assert_refused(world, "GET", "/users/me", answer->token, NULL, 401,
                   "api.context.session_expired.app_error");
    mm_answer_free(me);
    mm_answer_free(answer);
    me = ask(world, "GET", "/users/me", world->bo, NULL);
    g_assert_cmpuint(me->status, ==, 200); /* an access token is no login */
    mm_answer_free(me);
    world_free(world);
}

static void
test_login_refused(void)
{
    struct world *world = world_new(NULL);
    static const char wrong[] = "{\"login_id\":\"bo\",\"password\":\"x\"}";
    static const char right[] = "{\"login_id\":\"bo\",\"password\":\"" SECRET "\"}";
    static const char coded[] =
        "{\"login_id\":\"bo\",\"password\":\"" SECRET "\",\"token\":\"123456\"}";

    assert_refused(world, "POST", "/users/login", NULL, wrong, 401,
                   "api.user.login.invalid_credentials_email_username");
    assert_refused(world, "POST", "/users/login", NULL, "{\"login_id\":\"bo\",\"password\":1}", 400,
                   "api.user.login.blank_pwd.app_error");
    assert_complaints(world, "*no string: password*");
    mm_server_set_mfa(world->server, "bo", "654321");
    assert_refused(world, "POST", "/users/login", NULL, right, 401,
                   "mfa.validate_token.authenticate.app_error");
    assert_refused(world, "POST", "/users/login", NULL, coded, 401,
                   "api.user.check_user_mfa.bad_code.app_error");
    mm_server_set_mfa(world->server, "bo", NULL);
    mm_server_deactivate(world->server, "bo");
    assert_refused(world, "POST", "/users/login", NULL, right, 401,
                   "api.user.login.inactive.app_error");
    for (unsigned i = 0; i < 8; i++)
        assert_refused(world, "POST", "/users/login", NULL, wrong, 401,
                       "api.user.login.invalid_credentials_email_username");
    assert_refused(world, "POST", "/users/login", NULL, right, 401,
                   "api.user.check_user_login_attempts.too_many.app_error");
    world_free(world);
}

static void
test_posted(void)
{
    struct world *world = world_new(NULL);
    struct mm_socket *socket = mm_socket_open(world->port, "/api/v4/websocket", world->bo, NULL);
    JsonObject *frame = mm_socket_next(socket, WAIT_MS);
    g_autofree char *body = g_strdup_printf(
        "{\"channel_id\":\"%s\",\"message\":\"soup, @bo?\",\"pending_post_id\":\"p1\"}",
        world->jobs);
    struct mm_answer *answer = NULL;
    g_autoptr(JsonNode) node = NULL;

    g_assert_cmpstr(text_of(frame, "event"), ==, "hello");
    g_assert_cmpint(seq_of(frame), ==, 0);
    answer = ask(world, "POST", "/posts", world->ann, body);
    g_assert_cmpuint(answer->status, ==, 201);
    frame = mm_socket_event(socket, "posted", WAIT_MS);
    g_assert_nonnull(frame);
    g_assert_true(
        g_str_has_prefix(text_of(json_object_get_object_member(frame, "data"), "mentions"), "[\""));
    g_assert_cmpstr(text_of(post_of(frame, &node), "message"), ==, "soup, @bo?");
    mm_answer_free(answer);
    answer = ask(world, "POST", "/posts", world->ann, body); /* the same again: nothing new */
    g_assert_cmpuint(answer->status, ==, 201);
    mm_answer_free(answer);
    g_assert_cmpuint(mm_server_count_said(world->server, world->jobs, "soup, @bo?"), ==, 1);
    mm_server_advance(world->server, 31000);
    answer = ask(world, "POST", "/posts", world->ann, body); /* too late to be the same */
    mm_answer_free(answer);
    g_assert_cmpuint(mm_server_count_said(world->server, world->jobs, "soup, @bo?"), ==, 2);
    g_assert_cmpuint(mm_server_count(world->server, "POST /posts*"), ==, 3);
    assert_complaints(world, "");
    mm_socket_close(socket);
    world_free(world);
}

/* ---- resuming ---- */

static struct mm_socket *
resume(struct world *world, const char *id, int64_t seq)
{
    g_autofree char *path = g_strdup_printf(
        "/api/v4/websocket?connection_id=%s&sequence_number=%" G_GINT64_FORMAT, id, seq);

    return mm_socket_open(world->port, path, world->bo, NULL);
}

static char *
hello_of(struct mm_socket *socket)
{
    JsonObject *frame = mm_socket_next(socket, WAIT_MS);

    g_assert_cmpstr(text_of(frame, "event"), ==, "hello");
    return g_strdup(text_of(json_object_get_object_member(frame, "data"), "connection_id"));
}

static void
assert_posted(struct mm_socket *socket, const char *text, int64_t seq)
{
    JsonObject *frame = mm_socket_event(socket, "posted", WAIT_MS);
    g_autoptr(JsonNode) node = NULL;

    g_assert_nonnull(frame);
    g_assert_cmpstr(text_of(post_of(frame, &node), "message"), ==, text);
    if (seq >= 0)
        g_assert_cmpint(seq_of(frame), ==, seq);
}

static void
test_resume(void)
{
    struct world *world = world_new(NULL);
    struct mm_socket *socket = mm_socket_open(world->port, "/api/v4/websocket", world->bo, NULL);
    g_autofree char *id = hello_of(socket);
    JsonObject *frame = NULL;

    mm_server_say(world->server, "ann", world->jobs, NULL, "one");
    assert_posted(socket, "one", 2); /* after hello and the own status */
    mm_server_lose(world->server, "bo", 2);
    mm_server_say(world->server, "ann", world->jobs, NULL, "two");
    mm_server_say(world->server, "ann", world->jobs, NULL, "three");
    g_assert_true(mm_socket_ended(socket, WAIT_MS));
    mm_socket_close(socket);
    mm_server_say(world->server, "ann", world->jobs, NULL, "four");
    socket = resume(world, id, 3);
    frame = mm_socket_next(socket, WAIT_MS);
    g_assert_cmpint(seq_of(frame), ==, 3); /* no hello, nothing is missing */
    assert_posted(socket, "three", 4);
    assert_posted(socket, "four", -1);
    mm_server_drop(world->server, "bo");
    g_assert_true(mm_socket_ended(socket, WAIT_MS));
    mm_socket_close(socket);
    mm_server_forget(world->server);
    socket = resume(world, id, 6);
    frame = mm_socket_next(socket, WAIT_MS);
    g_assert_cmpstr(text_of(frame, "event"), ==, "hello"); /* it is forgotten */
    mm_socket_close(socket);
    world_free(world);
}

static void
test_resume_refused(void)
{
    struct world *world = world_new(NULL);
    struct mm_socket *first = mm_socket_open(world->port, "/api/v4/websocket", world->bo, NULL);
    g_autofree char *id = hello_of(first);
    struct mm_socket *second = resume(world, id, 1);
    g_autofree char *other = hello_of(second); /* the first line still stands */

    g_assert_cmpstr(id, !=, other);
    g_assert_cmpuint(mm_server_sockets(world->server, "bo"), ==, 2);
    mm_socket_close(second);
    second = resume(world, "short", 1);
    g_assert_true(mm_socket_ended(second, WAIT_MS));
    mm_socket_close(second);
    mm_server_drop(world->server, "bo");
    for (unsigned i = 0; i < 130; i++) { /* more than the ring holds, less than the queue */
        g_autofree char *text = g_strdup_printf("m%u", i);

        mm_server_say(world->server, "ann", world->jobs, NULL, text);
    }
    second = resume(world, id, 999);
    g_free(hello_of(second)); /* a number that was never sent; what waited follows */
    assert_posted(second, "m0", -1);
    mm_socket_close(second);
    mm_socket_close(first);
    world_free(world);
}

/* ---- faults ---- */

static void
test_faults(void)
{
    struct world *world = world_new(NULL);
    struct mm_answer *answer = NULL;

    mm_server_fault(world->server, MM_FAULT_429, "GET /users/me", 1, 7);
    answer = ask(world, "GET", "/users/me", world->bo, NULL);
    g_assert_cmpuint(answer->status, ==, 429);
    g_assert_cmpstr(answer->retry_after, ==, "7");
    g_assert_cmpstr(answer->text, ==, "limit exceeded\n");
    mm_answer_free(answer);
    mm_server_fault(world->server, MM_FAULT_STATUS, "GET /users/me", 2, 500);
    for (unsigned i = 0; i < 2; i++)
        assert_refused(world, "GET", "/users/me", world->bo, NULL, 500, "sandbox.fault.app_error");
    mm_server_fault(world->server, MM_FAULT_CUT, "GET /users/me", 1, 0);
    mm_server_fault(world->server, MM_FAULT_DELAY, "GET /users/me", 1, 20);
    answer = ask(world, "GET", "/users/me", world->bo, NULL);
    g_assert_cmpuint(answer->status, !=, 429);
    mm_answer_free(answer);
    mm_server_heal(world->server);
    mm_server_fault(world->server, MM_FAULT_GARBAGE, "GET /teams*", 1, 0);
    answer = ask(world, "GET", "/users/me", world->bo, NULL);
    g_assert_cmpuint(answer->status, ==, 200);
    mm_answer_free(answer);
    answer = ask(world, "GET", "/teams", world->bo, NULL);
    g_assert_null(answer->json);
    mm_answer_free(answer);
    world_free(world);
}

static void
test_restart(void)
{
    struct world *world = world_new(NULL);
    struct mm_socket *socket = mm_socket_open(world->port, "/api/v4/websocket", world->bo, NULL);
    g_autofree char *id = hello_of(socket);
    struct mm_answer *answer = NULL;

    mm_server_say(world->server, "ann", world->jobs, NULL, "before");
    mm_server_down(world->server);
    g_assert_true(mm_socket_ended(socket, WAIT_MS));
    mm_socket_close(socket);
    answer = ask(world, "GET", "/users/me", world->bo, NULL);
    g_assert_cmpuint(answer->status, ==, 0);
    mm_answer_free(answer);
    mm_server_up(world->server);
    answer = ask(world, "GET", "/users/me", world->bo, NULL);
    g_assert_cmpuint(answer->status, ==, 200);
    mm_answer_free(answer);
    g_assert_cmpuint(mm_server_count_said(world->server, world->jobs, "before"), ==, 1);
    socket = resume(world, id, 1);
    g_free(hello_of(socket));
    mm_socket_close(socket);
    world_free(world);
}

static char *
sender_told(struct world *world, struct mm_socket *socket, const char *channel)
{
    g_autofree char *body = g_strdup_printf(
        "{\"channel_id\":\"%s\",\"message\":\"soup\",\"props\":{\"from_webhook\":\"true\","
        "\"override_username\":\"ann (irc)\",\"x\":\"y\"}}",
        channel);
    struct mm_answer *answer = ask(world, "POST", "/posts", world->ann, body);
    JsonObject *frame = mm_socket_event(socket, "posted", WAIT_MS);
    JsonObject *props = json_object_get_object_member(json_node_get_object(answer->json), "props");

    /* Whatever is switched on, what was given is kept. */
    g_assert_cmpuint(answer->status, ==, 201);
    g_assert_cmpstr(text_of(props, "override_username"), ==, "ann (irc)");
    g_assert_cmpstr(text_of(props, "x"), ==, "y");
    mm_answer_free(answer);
    return g_strdup(text_of(json_object_get_object_member(frame, "data"), "sender_name"));
}

/* Under another name: told so where names are switched on, and never in a direct conversation. */
static void
test_override(void)
{
    struct world *world = world_new(NULL);
    struct mm_socket *socket = mm_socket_open(world->port, "/api/v4/websocket", world->bo, NULL);
    const char *direct = mm_server_direct(world->server, "ann", "bo");
    g_autofree char *shown = NULL, *alone = NULL, *off = NULL;

    mm_socket_event(socket, "hello", WAIT_MS);
    shown = sender_told(world, socket, world->jobs);
    g_assert_cmpstr(shown, ==, "ann (irc)");
    alone = sender_told(world, socket, direct);
    g_assert_cmpstr(alone, ==, "@ann");
    mm_server_set_config(world->server, "EnablePostUsernameOverride", "false");
    off = sender_told(world, socket, world->jobs);
    g_assert_cmpstr(off, ==, "@ann");
    assert_complaints(world, "");
    mm_socket_close(socket);
    world_free(world);
}

int
main(int argc, char **argv)
{
    int status = 0;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mm-server/login", test_login);
    g_test_add_func("/mm-server/login-refused", test_login_refused);
    g_test_add_func("/mm-server/posted", test_posted);
    g_test_add_func("/mm-server/resume", test_resume);
    g_test_add_func("/mm-server/resume-refused", test_resume_refused);
    g_test_add_func("/mm-server/faults", test_faults);
    g_test_add_func("/mm-server/restart", test_restart);
    g_test_add_func("/mm-server/override", test_override);
    test_mm_replay_add();
    status = g_test_run();
    test_mm_replay_end();
    return status;
}
