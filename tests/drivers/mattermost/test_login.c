#include <string.h>

#include "base/error.h"
#include "protocols/mattermost/mattermost.h"
#include "tests/drivers/mattermost/world.h"

#define SESSION_EXPIRED                                                                            \
    "{\"id\":\"api.context.session_expired.app_error\",\"message\":\"Invalid or expired "          \
    "session, please login again.\",\"status_code\":401}"
#define SELF "{\"id\":\"" KAI "\",\"username\":\"kai\"}"

static void
test_token(void)
{
    struct world w = {0};

    world_open(&w, NULL);
    world_rules(&w);
    world_connect(&w);
    fake_expect(w.fake, "state connecting");
    fake_expect(w.fake, "state login");
    fake_expect(w.fake, "self " KAI " kai localhost insecure");
    fake_expect(w.fake, "space " TEAM " Coops");
    fake_expect(w.fake, "state catch-up");
    g_assert_cmpuint(fake_count(w.fake, "buffer " LAB " channel ~lab joined topic=bread*"), ==, 1);
    g_assert_cmpuint(fake_count(w.fake, "buffer " DM " direct maria joined*"), ==, 1);
    g_assert_cmpuint(fake_count(w.fake, "caught-up " LAB " whole"), ==, 1);
    g_assert_cmpuint(fake_count(w.fake, "caught-up " DM " whole"), ==, 1);
    g_assert_true(fake_skip_to(w.fake, "state online"));
    g_assert_true(fake_skip_to(w.fake, "presence " MARIA " away"));
    g_assert_cmpuint(w.fake->limits.text_bytes, ==, 16383);
    fake_expect_sent(w.fake, "GET http://localhost/mm/api/v4/users/me");
    g_assert_cmpstr(w.web->ws_url, ==, "ws://localhost/mm/api/v4/websocket");
    fake_expect_sent(w.fake, "ws {\"action\":\"ping\",\"seq\":1}");
    world_close(&w);
}

static void
test_password(void)
{
    struct world w = {0};

    world_open(&w, "user = kai\npassword = x\n");
    world_rules(&w);
    fake_web_rule(w.web, "POST */users/login", 0, 200, SELF, "token: freshtoken");
    fake_web_rule(w.web, "POST */users/logout", 0, 200, "{\"status\":\"OK\"}", NULL);
    world_connect(&w);
    g_assert_true(fake_skip_to(w.fake, "state online"));
    fake_expect_sent(w.fake, "POST *api/v4/users/login {\"login_id\":\"kai\",\"password\":"
                             "\"pat-of-kai\",\"token\":\"\",\"device_id\":\"\"}");
    /* What our password made we end. */
    mattermost_driver.disconnect(w.session, "bye");
    world_settle(&w);
    g_assert_true(fake_skip_sent_to(w.fake, "POST *users/logout"));
    g_assert_true(fake_skip_to(w.fake, "lost cancelled: *"));
    world_close(&w);
}

/* What is under way when we log out may be refused before that is answered. */
static void
test_refused_while_leaving(void)
{
    struct world w = {0};

    world_open(&w, "user = kai\npassword = x\n");
    world_rules(&w);
    fake_web_rule(w.web, "POST */users/login", 0, 200, SELF, "token: freshtoken");
    world_connect(&w);
    g_assert_true(fake_skip_to(w.fake, "state online"));
    world_send(&w, LAB, MESSAGE_TEXT, "bread", "key", NULL);
    world_settle(&w);
    mattermost_driver.disconnect(w.session, "bye");
    fake_web_answer(w.web, "POST */api/v4/posts*", 401, SESSION_EXPIRED);
    world_settle(&w);
    g_assert_true(fake_skip_to(w.fake, "lost cancelled: *"));
    world_close(&w);
}

static void
test_second_factor(void)
{
    struct world w = {0};

    world_open(&w, "user = kai\npassword = x\n");
    world_rules(&w);
    fake_web_rule(w.web, "POST */users/login", 0, 200, SELF, "token: freshtoken");
    fake_web_rule(w.web, "POST */users/login", 1, 401,
                  "{\"id\":\"mfa.validate_token.authenticate.app_error\",\"message\":\"m\"}", NULL);
    world_connect(&w);
    g_assert_true(fake_skip_sent_to(w.fake, "POST *users/login *\"token\":\"\",*"));
    g_assert_true(fake_skip_sent_to(w.fake, "POST *users/login *\"token\":\"pat-of-kai\",*"));
    g_assert_true(fake_skip_to(w.fake, "state online"));
    world_close(&w);
}

static void
expect_lost(const char *more, const char *pattern, const char *rule, int status, const char *body,
            const char *headers)
{
    struct world w = {0};

    world_open(&w, more);
    world_rules(&w);
    fake_web_rule(w.web, rule, 0, status, body, headers);
    mattermost_driver.connect(w.session);
    world_settle(&w);
    fake_advance_s(w.fake, 20);
    g_assert_true(fake_skip_to(w.fake, pattern));
    fake_expect_nothing(w.fake);
    world_close(&w);
}

static void
test_refused(void)
{
    static const char password[] = "user = kai\npassword = x\n";

    expect_lost(NULL, "lost auth: The server does not know this token*", "GET */users/me", 401,
                SESSION_EXPIRED, NULL);
    expect_lost(NULL, "lost bad-input: There is no Mattermost at this address*", "GET */users/me",
                404, "<html>", NULL);
    expect_lost(NULL, "lost protocol: *", "GET */users/me", 200, "<html>", NULL);
    expect_lost(NULL, "lost protocol: The server did not say who we are*", "GET */users/me", 200,
                "{}", NULL);
    expect_lost(NULL, "lost io: *", "GET */users/me", 0, NULL, NULL);
    expect_lost(NULL, "lost io: The server is in trouble (HTTP 502).", "GET */users/me", 502,
                "<html>", NULL);
    expect_lost(password, "lost auth: *Enter a valid*Check user and password*",
                "POST */users/login", 401,
                "{\"id\":\"api.user.login.invalid_credentials_email_username\",\"message\":\"Enter "
                "a valid email.\"}",
                NULL);
    expect_lost(password, "lost auth: *set token*", "POST */users/login", 401,
                "{\"id\":\"api.user.login.invalid_credentials_sso\",\"message\":\"No.\"}", NULL);
    expect_lost(password, "lost protocol: *no token*", "POST */users/login", 200, SELF, NULL);
    expect_lost(password, "lost rate-limited: *", "POST */users/login", 429, "limit exceeded\n",
                "retry-after: 7");
}

static void
test_nobody_answers(void)
{
    struct world w = {0};

    world_open(&w, "user = kai\npassword = x\n");
    g_clear_pointer(&w.fake->secret, g_free);
    mattermost_driver.connect(w.session);
    world_settle(&w);
    g_assert_true(fake_skip_to(w.fake, "lost auth: The question was refused."));
    world_close(&w);
}

/* A session that has ended is begun anew by a password, and told of where there is only a token. */
static void
test_expires(void)
{
    struct world w = {0};

    world_open(&w, "user = kai\npassword = x\n");
    world_rules(&w);
    fake_web_rule(w.web, "POST */users/login", 0, 200, SELF, "token: freshtoken");
    world_connect(&w);
    g_assert_true(fake_skip_to(w.fake, "state online"));
    fake_ws_say(w.web, "{\"status\":\"FAIL\",\"error\":{\"id\":\"api.web_socket_router.not_"
                       "authenticated.app_error\",\"status_code\":401},\"seq_reply\":9}");
    world_settle(&w);
    g_assert_true(fake_skip_to(w.fake, "lost closed: *logs in again*"));
    fake_forget(w.fake);
    mattermost_driver.connect(w.session);
    world_settle(&w);
    fake_expect_sent(w.fake, "POST *users/login *");
    world_greet(&w, CONN2);
    g_assert_true(fake_skip_to(w.fake, "state online"));
    world_close(&w);

    w = (struct world){0};
    world_online(&w);
    fake_web_rule(w.web, "GET *", 0, 401, SESSION_EXPIRED, NULL);
    struct buffer *lab = world_buffer(LAB);
    g_assert_true(mattermost_driver.members(w.session, 5, lab, NULL));
    buffer_free(lab);
    world_settle(&w);
    fake_expect(w.fake, "failed 5 closed: *");
    fake_expect(w.fake, "lost auth: The server does not know this token*");
    world_close(&w);
}

static void
test_options(void)
{
    static const struct {
        const char *options;
        bool good;
    } rows[] = {
        {"server = chat.example.org\ntoken = x\n", true},
        {"server = https://chat.example.org/sub/\nuser = kai\n", true},
        {"server = http://127.0.0.1:8065\ntoken = x\n", true},
        {"server = http://[::1]:8065\ntoken = x\n", true},
        {"server = http://chat.example.org\ntoken = x\n", false},
        {"server = http://chat.example.org\nallow_plaintext = yes\ntoken = x\n", true},
        {"server = chat.example.org\n", false},
        {"token = x\n", false},
        {"server = ftp://chat.example.org\ntoken = x\n", false},
        {"server = https://kai:pw@chat.example.org\ntoken = x\n", false},
        {"server = https://chat.example.org/?a=b\ntoken = x\n", false},
        {"server = https://\ntoken = x\n", false},
        {"server = chat example\ntoken = x\n", false},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct options *options = fake_options_new(rows[i].options);
        g_autoptr(GError) error = NULL;
        g_assert_cmpint(mattermost_driver.check(options, &error), ==, rows[i].good);
        if (!rows[i].good)
            g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
        fake_options_free(options);
    }
}

static void
test_links(void)
{
    static const struct {
        const char *link, *server, *conversation, *message, *invite;
    } rows[] = {
        {"https://chat.lab.org/sub/signup_user_complete/?id=abc123&sbr=su",
         "https://chat.lab.org/sub", NULL, NULL, "abc123"},
        {"https://chat.lab.org/coops/pl/" LAB, "https://chat.lab.org", NULL, LAB, NULL},
        {"https://lab.org:8443/sub/coops/channels/town-square", "https://lab.org:8443/sub",
         "~town-square", NULL, NULL},
        {"http://localhost/coops/messages/@maria", "http://localhost", "maria", NULL, NULL},
    };
    static const char *const others[] = {
        "",
        "https://chat.lab.org/",
        "https://chat.lab.org/coops/pl/short",
        "https://chat.lab.org/coops/channels/a%0Atoken=x",
        "https://chat.lab.org/a b/channels/x",
        "irc://chat.lab.org/coops/channels/x",
        "https://github.com/lab/weft/issues/6",
    };
    const unsigned n_lab = G_N_ELEMENTS(rows) - 1; /* the last has no name of its own */
    struct link_target target;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_assert_true(mattermost_driver.recognise_link(rows[i].link, &target));
        g_assert_cmpstr(target.server, ==, rows[i].server);
        g_assert_cmpstr(target.account_name, ==, i < n_lab ? "lab" : "localhost");
        g_assert_cmpstr(target.conversation, ==, rows[i].conversation);
        g_assert_cmpstr(target.message, ==, rows[i].message);
        g_assert_null(strchr(strchr(target.options, '\n') + 1, '\n'));
        g_assert_cmpstr(target.invite, ==, rows[i].invite);
        g_assert_cmpstr(target.space, ==, rows[i].invite ? NULL : "coops");
        g_free(target.space);
        g_free(target.invite);
        g_free(target.account_name);
        g_free(target.options);
        g_free(target.server);
        g_free(target.conversation);
        g_free(target.message);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_false(mattermost_driver.recognise_link(others[i], &target));
}

void
test_login_add(void)
{
    g_test_add_func("/mattermost/login/token", test_token);
    g_test_add_func("/mattermost/login/password", test_password);
    g_test_add_func("/mattermost/login/refused-while-leaving", test_refused_while_leaving);
    g_test_add_func("/mattermost/login/second-factor", test_second_factor);
    g_test_add_func("/mattermost/login/refused", test_refused);
    g_test_add_func("/mattermost/login/nobody-answers", test_nobody_answers);
    g_test_add_func("/mattermost/login/expires", test_expires);
    g_test_add_func("/mattermost/login/options", test_options);
    g_test_add_func("/mattermost/login/links", test_links);
}
