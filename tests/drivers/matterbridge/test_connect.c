/* Coming in: the token, the server's refusals in words, socket, polling, stream. */
#include <string.h>

#include "base/error.h"
#include "protocols/matterbridge/matterbridge.h"
#include "tests/drivers/matterbridge/world.h"

static void
test_connect(void)
{
    struct world w = {0};

    world_open(&w, "gateway = commons\n");
    world_greeted(&w);
    fake_expect(w.fake, "state connecting");
    fake_expect(w.fake, "state login");
    fake_expect(w.fake, "self kai kai 127.0.0.1");
    fake_expect(w.fake, "buffer commons channel commons joined");
    fake_expect(w.fake, "state catch-up");
    fake_expect_nothing(w.fake);
    g_assert_cmpstr(w.web->ws_url, ==, "ws://127.0.0.1:4242/api/websocket");
    fake_expect_sent(w.fake, "GET http://127.0.0.1:4242/api/health");
    fake_expect_sent(w.fake, "GET http://127.0.0.1:4242/api/messages");
    fake_expect_nothing_sent(w.fake);
    fake_web_answer(w.web, RING, 200, "[]");
    fake_expect(w.fake, "caught-up -");
    fake_expect(w.fake, "state online");
    /* Nobody who takes part asks for the ring again. */
    fake_advance_s(w.fake, 600);
    fake_expect_nothing(w.fake);
    fake_expect_nothing_sent(w.fake);
    matterbridge_driver.disconnect(w.session, "");
    world_settle(&w);
    fake_expect(w.fake, "lost cancelled: *");
    world_close(&w);
}

/* A trial goes when it is let in: nothing may be taken from the ring by then. */
static void
test_trial(void)
{
    static const char *const ways[] = {"stream = auto\n", "stream = off\n", "stream = on\n"};

    for (unsigned i = 0; i < G_N_ELEMENTS(ways); i++) {
        struct world w = {0};
        world_open(&w, ways[i]);
        world_connect(&w);
        if (w.web->ws)
            fake_ws_say(w.web, "{\"event\":\"api_connected\"}");
        g_assert_true(fake_skip_to(w.fake, "state catch-up"));
        matterbridge_driver.disconnect(w.session, "");
        world_settle(&w);
        g_assert_true(fake_skip_to(w.fake, "lost cancelled: *"));
        fake_expect_sent(w.fake, HEALTH);
        fake_expect_nothing_sent(w.fake);
        world_close(&w);
    }
}

static void
test_refused(void)
{
    static const struct {
        int status;
        const char *body, *lost;
    } rows[] = {
        {400, "{\"message\":\"missing key in request header\"}",
         "lost auth: The server wants a token, and this account sends none. Set token*"},
        {401, "{\"message\":\"Unauthorized\"}", "lost auth: The server does not take this token.*"},
        {404, "<html>", "lost bad-input: There is no Matterbridge API at this address*"},
        {200, "OK, but another", "lost bad-input: What answers at this address is no Matterb*"},
        {200, "<html>", "lost bad-input: What answers at this address is no Matterbridge*"},
        {502, "", "lost io: The server is in trouble (HTTP 502)."},
        {429, "", "lost rate-limited: *10 s*"},
        {0, "refused", "lost refused: *"},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct world w = {0};
        world_open(&w, NULL);
        fake_web_rule(w.web, HEALTH, 0, rows[i].status, rows[i].body, NULL);
        matterbridge_driver.connect(w.session);
        world_settle(&w);
        g_assert_true(fake_skip_to(w.fake, rows[i].lost));
        fake_expect_nothing(w.fake);
        world_close(&w);
    }
}

static void
test_token(void)
{
    struct world w = {0};

    world_open(&w, NULL);
    g_clear_pointer(&w.fake->secret, g_free);
    matterbridge_driver.connect(w.session);
    world_settle(&w);
    g_assert_true(fake_skip_to(w.fake, "lost auth: *"));
    w.fake->secret = g_strdup("two words");
    matterbridge_driver.connect(w.session);
    world_settle(&w);
    g_assert_true(fake_skip_to(w.fake, "lost auth: *blank*"));
    fake_expect_nothing_sent(w.fake);
    world_close(&w);
}

/* A server without a websocket is asked every two seconds, sooner while much is said. */
static void
test_polls(void)
{
    struct world w = {0};
    g_autofree char *five = world_ring(5, 5000);

    world_open(&w, "gateway = commons\n");
    w.web->silent = true;
    world_connect(&w);
    fake_ws_refuse(w.web, 404);
    g_assert_true(fake_skip_to(w.fake, "say -: The server has no websocket for us (HTTP 404)*"));
    fake_expect(w.fake, "state catch-up");
    fake_advance_s(w.fake, 0.02);
    g_autofree char *one = world_ring(1, 1000);
    fake_web_answer(w.web, RING, 200, one);
    fake_expect(w.fake, "catch-up text commons <maria> m1 *cursor");
    fake_expect(w.fake, "caught-up -");
    fake_expect(w.fake, "state online");
    fake_advance_s(w.fake, 1.9);
    g_assert_cmpuint(fake_web_waiting(w.web), ==, 0);
    fake_advance_s(w.fake, 0.1);
    fake_web_answer(w.web, RING, 200, five);
    g_assert_cmpuint(fake_count(w.fake, "live text commons <maria> m? *"), ==, 5);
    fake_forget(w.fake);
    fake_advance_s(w.fake, 0.25);
    fake_web_answer(w.web, RING, 200, "[]");
    fake_advance_s(w.fake, 2);
    fake_web_answer(w.web, RING, 0, NULL);
    /* What was on its way is gone over there. */
    fake_expect(w.fake, "gap commons 0 0");
    world_settle(&w);
    fake_expect(w.fake, "lost io: *");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

static void
test_socket_fails(void)
{
    static const struct {
        int status;
        const char *lost;
    } rows[] = {{401, "lost auth: *"}, {502, "lost *"}, {0, "lost refused: *"}};

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct world w = {0};
        world_open(&w, NULL);
        w.web->silent = true;
        world_connect(&w);
        fake_ws_refuse(w.web, rows[i].status);
        world_settle(&w);
        g_assert_true(fake_skip_to(w.fake, rows[i].lost));
        world_close(&w);
    }
}

/* An old server greets nobody; one that says nothing at all is given up. */
static void
test_no_greeting(void)
{
    struct world w = {0};

    world_open(&w, NULL);
    world_connect(&w);
    fake_advance_s(w.fake, 5.1);
    fake_web_answer(w.web, RING, 200, "[]");
    g_assert_true(fake_skip_to(w.fake, "state online"));
    fake_ws_end(w.web, 1006);
    world_settle(&w);
    fake_expect(w.fake, "lost closed: *");
    w.web->silent = true;
    matterbridge_driver.connect(w.session);
    fake_advance_s(w.fake, 21);
    g_assert_true(fake_skip_to(w.fake, "lost timeout: *"));
    world_close(&w);
}

static void
test_options(void)
{
    static const struct {
        const char *options;
        bool good;
    } rows[] = {
        {"server = http://127.0.0.1:4242\nname = kai\n", true},
        {"server = localhost:4242\nname = kai\n", true},
        {"server = https://bridge.example\nname = kai\ntoken = x\n", true},
        {"server = https://bridge.example\nname = kai\n", false},
        {"server = http://bridge.example:4242\nname = kai\ntoken = x\n", false},
        {"server = http://bridge.example:4242\nname = kai\ntoken = x\nallow_plaintext = yes\n",
         true},
        {"server = http://bridge.example:4242\nname = kai\nallow_plaintext = yes\n", false},
        {"server = http://127.0.0.1:4242\n", false},
        {"name = kai\n", false},
        {"server = http://127.0.0.1:4242\nname = kai\nstrip = ^\\[[a-z]+\\] \n", true},
        {"server = http://127.0.0.1:4242\nname = kai\nstrip = (\n", false},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct options *options = fake_options_new(rows[i].options);
        g_autoptr(GError) error = NULL;
        g_assert_cmpint(matterbridge_driver.check(options, &error), ==, rows[i].good);
        if (!rows[i].good)
            g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
        fake_options_free(options);
    }
}

/* In clear to another machine, where the person has said so: they are told what that means, once.
 */
static void
test_plain(void)
{
    struct world w = {0};

    w.fake = fake_host_new(NOW_US);
    w.web = fake_web_new(w.fake);
    w.fake->secret = g_strdup("token-of-kai");
    w.options = fake_options_new("server = http://bridge.example:4242\ntoken = x\nname = kai\n"
                                 "allow_plaintext = yes\nbuffer = 1000\n");
    w.session = matterbridge_driver.open(w.options, &w.fake->host, NULL);
    world_greeted(&w);
    g_assert_true(fake_skip_to(w.fake, "self kai kai bridge.example insecure"));
    fake_expect(w.fake, "say -: Nothing is encrypted*");
    fake_ws_end(w.web, 1006);
    fake_web_answer(w.web, RING, 200, "[]");
    world_settle(&w);
    g_assert_true(fake_skip_to(w.fake, "lost *"));
    matterbridge_driver.connect(w.session);
    world_settle(&w);
    g_assert_cmpuint(fake_count(w.fake, "say *"), ==, 0);
    world_close(&w);
}

struct probed {
    char *title, *login, *note, *error;
};

static void
on_probe(void *user, const struct probe_result *result, const GError *error)
{
    struct probed *probed = user;

    probed->error = error ? g_strdup(error->message) : NULL;
    if (!result)
        return;
    g_assert_cmpstr(result->server, ==, "http://localhost:4242");
    probed->title = g_strdup(result->title);
    probed->login = g_strdup(result->login);
    probed->note = g_strdup(result->note);
}

static void
test_probe(void)
{
    static const struct {
        int status;
        const char *body, *login;
    } rows[] = {{200, "OK", "none token"},
                {400, "{\"message\":\"missing key in request header\"}", "token"},
                {400, "{\"message\":\"no\"}", NULL},
                {200, "OK then", NULL},
                {404, "", NULL},
                {0, "refused", NULL}};
    g_autofree char *last = g_strdup("");

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct world w = {0};
        struct probed probed = {0};
        world_open(&w, NULL);
        fake_web_rule(w.web, HEALTH, 0, rows[i].status, rows[i].body, NULL);
        void *probe = matterbridge_driver.probe(&w.fake->net, "localhost:4242/", on_probe, &probed);
        world_settle(&w);
        matterbridge_driver.probe_end(probe);
        g_assert_cmpstr(probed.login, ==, rows[i].login);
        g_assert_true((probed.error == NULL) == (rows[i].login != NULL));
        if (probed.note) {
            /* A token of its own for each. */
            g_assert_cmpstr(probed.note, !=, last);
            g_free(last);
            last = g_strdup(probed.note);
            g_assert_cmpstr(probed.title, ==, "Matterbridge API at http://localhost:4242");
        }
        g_free(probed.title);
        g_free(probed.login);
        g_free(probed.note);
        g_free(probed.error);
        world_close(&w);
    }
}

void
test_connect_add(void)
{
    g_test_add_func("/matterbridge/connect/in", test_connect);
    g_test_add_func("/matterbridge/connect/trial", test_trial);
    g_test_add_func("/matterbridge/connect/refused", test_refused);
    g_test_add_func("/matterbridge/connect/token", test_token);
    g_test_add_func("/matterbridge/connect/polls", test_polls);
    g_test_add_func("/matterbridge/connect/socket-fails", test_socket_fails);
    g_test_add_func("/matterbridge/connect/no-greeting", test_no_greeting);
    g_test_add_func("/matterbridge/connect/options", test_options);
    g_test_add_func("/matterbridge/connect/plain", test_plain);
    g_test_add_func("/matterbridge/connect/probe", test_probe);
}
