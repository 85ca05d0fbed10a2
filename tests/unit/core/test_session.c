#include "base/redact.h"
#include "tests/unit/core/fake.h"
#include "tests/unit/core/tests.h"

static void
test_life(void)
{
    struct fake *fake = fake_new(1);

    g_assert_cmpint(fake_account(fake, 0)->state, ==, ACCOUNT_CONNECTING);
    g_assert_cmpuint(fake_session(fake, 0)->connects, ==, 1);
    fake_online(fake, 0);
    g_assert_cmpint(fake_account(fake, 0)->state, ==, ACCOUNT_ONLINE);
    g_assert_cmpstr(fake_account(fake, 0)->self_name, ==, "Kai");
    core_disconnect(fake->core, fake_account(fake, 0)->id, "bye");
    g_assert_cmpuint(fake_session(fake, 0)->disconnects, ==, 1);
    g_assert_cmpint(fake_account(fake, 0)->state, ==, ACCOUNT_OFFLINE);
    fake_advance(fake, 3600 * SECOND_US);
    g_assert_cmpuint(fake_session(fake, 0)->connects, ==, 1);
    g_assert_true(core_connect(fake->core, fake_account(fake, 0)->id, NULL));
    fake_settle(fake);
    g_assert_cmpuint(fake_session(fake, 0)->connects, ==, 2);
    fake_free(fake);
}

/* Every loss waits at least a second and at most its ceiling, and the ceiling doubles up to ten
 * minutes. */
static void
test_back_off(void)
{
    struct fake *fake = fake_new(1);
    int64_t ceiling_us = 10 * SECOND_US;

    for (unsigned i = 0; i < 12; i++) {
        fake_lost(fake, 0, WEFT_ERROR_REFUSED);
        const struct account *account = fake_account(fake, 0);
        const int64_t delay_us = account->retry_at_us - clock_mono_us(fake->clock);
        g_assert_cmpint(account->state, ==, ACCOUNT_WAITING);
        g_assert_cmpstr(account->state_text, ==, "The line is cut.");
        g_assert_cmpint(delay_us, >=, SECOND_US);
        g_assert_cmpint(delay_us, <=, ceiling_us);
        fake_advance(fake, delay_us - 1);
        g_assert_cmpuint(fake_session(fake, 0)->connects, ==, i + 1);
        fake_advance(fake, 1);
        g_assert_cmpuint(fake_session(fake, 0)->connects, ==, i + 2);
        ceiling_us = MIN(2 * ceiling_us, 600 * SECOND_US);
    }
    /* Five minutes of connection forgive all of it. */
    fake_online(fake, 0);
    fake_advance(fake, 301 * SECOND_US);
    fake_lost(fake, 0, WEFT_ERROR_TIMEOUT);
    g_assert_cmpint(fake_account(fake, 0)->retry_at_us - clock_mono_us(fake->clock), <=,
                    10 * SECOND_US);
    fake_free(fake);
}

static int64_t
wait_us(struct fake *fake)
{
    return fake_account(fake, 0)->retry_at_us - clock_mono_us(fake->clock);
}

/* Many accounts whose server ends at the same moment: the waits are spread over 40 s, the second
 * ones lie behind the first, and a connection that was only on its way is not one of them. */
static void
test_spread(void)
{
    int64_t most_us = 0, second_us = INT64_MAX;

    for (int i = 0; i < 30; i++) {
        struct fake *fake = fake_new(1);
        fake_online(fake, 0);
        fake_lost(fake, 0, i % 2 == 0 ? WEFT_ERROR_CLOSED : WEFT_ERROR_IO);
        most_us = MAX(most_us, wait_us(fake));
        g_assert_cmpint(wait_us(fake), >=, SECOND_US);
        g_assert_cmpint(wait_us(fake), <=, 40 * SECOND_US);
        fake_advance(fake, wait_us(fake));
        fake_lost(fake, 0, WEFT_ERROR_REFUSED);
        second_us = MIN(second_us, wait_us(fake));
        g_assert_cmpint(wait_us(fake), <=, 80 * SECOND_US);
        /* It came back, and the way to it is lost: the ordinary wait. */
        fake_advance(fake, wait_us(fake));
        fake_online(fake, 0);
        fake_lost(fake, 0, WEFT_ERROR_TIMEOUT);
        g_assert_cmpint(wait_us(fake), <=, 40 * SECOND_US);
        fake_free(fake);
    }
    g_assert_cmpint(most_us, >, 20 * SECOND_US); /* 2^-30 that it fails by chance */
    g_assert_cmpint(second_us, >=, 40 * SECOND_US);
    struct fake *fake = fake_new(1);
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    g_assert_cmpint(wait_us(fake), <=, 10 * SECOND_US);
    fake_free(fake);
}

/* "Not encrypted" is said of a connection: without one there is nothing to warn of. */
static void
test_insecure(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    host_emit(fake_session(fake, 0)->host,
              &(struct event){.type = EVENT_SELF,
                              .self = {.id = "kai", .name = "Kai", .insecure = true}});
    g_assert_true(fake_account(fake, 0)->insecure);
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    g_assert_false(fake_account(fake, 0)->insecure);
    fake_free(fake);
}

static void
test_needs_person(void)
{
    const enum weft_error codes[] = {WEFT_ERROR_AUTH, WEFT_ERROR_TLS, WEFT_ERROR_FORBIDDEN};

    for (guint i = 0; i < G_N_ELEMENTS(codes); i++) {
        struct fake *fake = fake_new(1);
        fake_lost(fake, 0, codes[i]);
        g_assert_cmpint(fake_account(fake, 0)->state, ==, ACCOUNT_FAILED);
        g_assert_cmpstr(fake_account(fake, 0)->state_text, ==, "The line is cut.");
        fake_advance(fake, 3600 * SECOND_US);
        g_assert_cmpuint(fake_session(fake, 0)->connects, ==, 1);
        g_assert_true(core_connect(fake->core, fake_account(fake, 0)->id, NULL));
        fake_settle(fake);
        g_assert_cmpuint(fake_session(fake, 0)->connects, ==, 2);
        fake_free(fake);
    }
}

static void
test_rate_limited(void)
{
    struct fake *fake = fake_new(1);
    g_autoptr(GError) error = NULL;

    error_set_rate_limited(&error, 120 * SECOND_US, "Too many connections.");
    host_lost(fake_session(fake, 0)->host, error);
    g_assert_cmpint(fake_account(fake, 0)->retry_at_us - clock_mono_us(fake->clock), >=,
                    120 * SECOND_US);
    fake_free(fake);
}

/* One account's trouble is its own. */
static void
test_independent(void)
{
    struct fake *fake = fake_new(2);

    fake_online(fake, 0);
    fake_online(fake, 1);
    fake_type(fake, 1, "hello");
    fake_settle(fake);
    for (int i = 0; i < 5; i++) {
        fake_lost(fake, 0, WEFT_ERROR_PROTOCOL);
        fake_advance(fake, 600 * SECOND_US);
    }
    fake_lost(fake, 0, WEFT_ERROR_AUTH);
    g_assert_cmpint(fake_account(fake, 0)->state, ==, ACCOUNT_FAILED);
    g_assert_cmpint(fake_account(fake, 1)->state, ==, ACCOUNT_ONLINE);
    g_assert_cmpuint(fake_session(fake, 1)->connects, ==, 1);
    fake_say(fake, 1, &(struct fake_said){.text = "still here", .id = "1"});
    fake_settle(fake);
    g_assert_nonnull(core_buffer(fake->core, fake_buffer(fake, 1, "#lab")->id));
    g_autofree char *line = fake_timeline(fake, 1);
    g_assert_cmpstr(line, ==, "hello/unknown|still here/received");
    fake_free(fake);
}

static void
on_stopped(void *user)
{
    *(bool *)user = true;
}

/* A driver that does not end is cut after two seconds. */
static void
test_stop(void)
{
    struct fake *fake = fake_new(2);
    bool done = false;

    fake_session(fake, 1)->mute = true;
    core_stop(fake->core, "bye", on_stopped, &done);
    fake_settle(fake);
    g_assert_false(done);
    g_assert_cmpuint(fake->sessions->len, ==, 2);
    fake_advance(fake, 2 * SECOND_US);
    g_assert_true(done);
    g_assert_cmpuint(fake->sessions->len, ==, 1);
    fake_free(fake);
}

static void
disconnect_on_login(const struct notice *notice, void *user)
{
    struct fake *fake = user;
    if (notice->type == NOTICE_ACCOUNT && fake_account(fake, 0)->state == ACCOUNT_LOGIN)
        core_disconnect(fake->core, notice->account_id, "");
}

/* A subscriber disconnects while the driver is above it: the driver is called from the loop. */
static void
test_from_inside(void)
{
    struct fake *fake = fake_new(1);

    bus_subscribe(core_bus(fake->core), disconnect_on_login, fake);
    host_state(fake_session(fake, 0)->host, ACCOUNT_LOGIN);
    g_assert_cmpuint(fake_session(fake, 0)->disconnects, ==, 0);
    fake_settle(fake);
    g_assert_cmpuint(fake_session(fake, 0)->disconnects, ==, 1);
    g_assert_cmpint(fake_account(fake, 0)->state, ==, ACCOUNT_OFFLINE);
    fake_free(fake);
}

static void
on_answer(void *user, const char *answer, const GError *error)
{
    g_string_append(user, answer != NULL ? answer : error_code_name(error_code(error)));
    g_string_append_c(user, ';');
}

static void
test_question(void)
{
    struct fake *fake = fake_new(1);
    struct host *host = fake_session(fake, 0)->host;
    g_autoptr(GString) got = g_string_new(NULL);

    host->ops->ask(host, "Which code?", true, 60 * SECOND_US, on_answer, got);
    g_assert_cmpuint(fake->counts[NOTICE_QUESTION], ==, 1);
    core_answer(fake->core, fake->question, "123456");
    core_answer(fake->core, fake->question, "again");
    host->ops->ask(host, "Which?", false, 60 * SECOND_US, on_answer, got);
    core_answer(fake->core, fake->question, NULL);
    host->ops->ask(host, "Which?", false, 60 * SECOND_US, on_answer, got);
    fake_advance(fake, 61 * SECOND_US);
    g_assert_cmpstr(got->str, ==, "123456;cancelled;timeout;");
    /* No source is configured: the person is asked, and is asked no more when the line is cut. */
    fake_clear(fake);
    host->ops->secret(host, "password", on_answer, got);
    while (fake->counts[NOTICE_QUESTION] == 0) {
        g_main_context_iteration(NULL, FALSE);
        fake_settle(fake);
    }
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    core_answer(fake->core, fake->question, "late");
    g_assert_cmpstr(got->str, ==, "123456;cancelled;timeout;");
    fake_free(fake);
}

static void
on_refusal(void *user, const char *answer, const GError *error)
{
    g_assert_null(answer);
    g_assert_true(error_is(error, WEFT_ERROR_AUTH));
    g_string_append_printf(user, "%s\n", error->message);
}

/* Nobody is there: no question is published, the driver hears what to configure, later. */
static void
test_unattended(void)
{
    struct fake *fake = fake_new(1);
    g_autoptr(GString) got = g_string_new(NULL);

    fake->unattended = true;
    fake_restart(fake);
    struct host *host = fake_session(fake, 0)->host;
    host->ops->ask(host, "Which code?", true, 60 * SECOND_US, on_refusal, got);
    g_assert_cmpuint(got->len, ==, 0);
    fake_settle(fake);
    g_assert_cmpstr(got->str, ==,
                    "one asks: \"Which code?\". Nobody is here to answer. Configure a login that "
                    "asks nothing (a token or a certificate) in [account one], or start weft in a "
                    "terminal and answer there.\n");
    g_string_truncate(got, 0);
    host->ops->secret(host, "password", on_refusal, got);
    for (int64_t from_us = g_get_monotonic_time();
         got->len == 0 && g_get_monotonic_time() < from_us + 20 * SECOND_US;) {
        g_main_context_iteration(NULL, FALSE);
        fake_settle(fake);
    }
    g_assert_cmpstr(
        got->str, ==,
        "one needs password, and nobody is here to be asked. Put password_cmd = COMMAND "
        "or password_file = FILE into [account one].\n");
    g_assert_cmpuint(fake->counts[NOTICE_QUESTION], ==, 0);
    fake_free(fake);
}

struct heard {
    GString *text;
    bool over;
    bool works;
};

static void
on_trial(void *user, const char *text, bool over, const GError *error)
{
    struct heard *heard = user;
    g_string_append_printf(heard->text, "%s\n", text);
    if (error != NULL)
        g_string_append_printf(heard->text, "%s\n", error->message);
    heard->over = over;
    heard->works = over && error == NULL;
}

/* A trial tells its steps, says goodbye, and leaves nothing behind. */
static void
test_trial(void)
{
    struct fake *fake = fake_new(0);
    struct heard heard = {.text = g_string_new(NULL)};
    const guint n_buffers = core_buffers(fake->core)->len;
    g_autoptr(GError) error = NULL;

    g_assert_null(core_try_account(fake->core, "fake", "colour = red\n", on_trial, &heard, &error));
    g_assert_true(error_is(error, WEFT_ERROR_BAD_INPUT));
    struct core_trial *trial =
        core_try_account(fake->core, "fake", "nick = kai\n", on_trial, &heard, NULL);
    g_assert_nonnull(trial);
    fake_settle(fake);
    struct fake_session *session = fake_session(fake, 0);
    host_state(session->host, ACCOUNT_CONNECTING);
    host_state(session->host, ACCOUNT_LOGIN);
    host_emit(session->host,
              &(struct event){.type = EVENT_SELF,
                              .self = {.id = "kai", .name = "Kai", .server_name = "Fake"}});
    fake_channel(fake, 0, "#lab", BUFFER_CHANNEL);
    host_state(session->host, ACCOUNT_ONLINE);
    session->host->ops->say(session->host, NULL, MESSAGE_SERVER, "message of the day");
    fake_settle(fake);
    g_assert_true(heard.over && heard.works);
    g_assert_cmpstr(heard.text->str, ==,
                    "Connecting.\nConnected. Logging in.\nLogged in to Fake as Kai after 0.0 s.\n");
    fake_settle(fake);
    g_assert_cmpuint(session->disconnects, ==, 1);
    core_trial_free(trial);
    fake_settle(fake);
    g_assert_cmpuint(fake->sessions->len, ==, 0);
    g_assert_cmpuint(core_buffers(fake->core)->len, ==, n_buffers);
    /* A refused login is the end, with the driver's sentence. */
    g_string_truncate(heard.text, 0);
    trial = core_try_account(fake->core, "fake", "nick = kai\n", on_trial, &heard, NULL);
    fake_settle(fake);
    fake_lost(fake, 0, WEFT_ERROR_AUTH);
    g_assert_true(heard.over && !heard.works);
    g_assert_cmpstr(heard.text->str, ==, "The line is cut.\nThe line is cut.\n");
    core_trial_free(trial);
    fake_free(fake);
    g_string_free(heard.text, TRUE);
}

/* A server that quotes the password does not bring it to the screen. */
static void
test_trial_redacts(void)
{
    struct fake *fake = fake_new(0);
    struct heard heard = {.text = g_string_new(NULL)};
    g_autoptr(GError) error =
        g_error_new(WEFT_ERROR, WEFT_ERROR_AUTH, "The server refused: soup2026 is wrong.");
    struct core_trial *trial =
        core_try_account(fake->core, "fake", "nick = kai\n", on_trial, &heard, NULL);

    redact_add("soup2026");
    fake_settle(fake);
    struct fake_session *session = fake_session(fake, 0);
    host_say(session->host, NULL, MESSAGE_SERVER, "You sent soup2026.");
    host_lost(session->host, error);
    g_assert_cmpstr(heard.text->str, ==,
                    "You sent ***.\nThe server refused: *** is wrong.\n"
                    "The server refused: *** is wrong.\n");
    g_assert_true(heard.over && !heard.works);
    redact_forget("soup2026");
    core_trial_free(trial);
    fake_free(fake);
    g_string_free(heard.text, TRUE);
}

static void
test_link(void)
{
    struct fake *fake = fake_new(0);
    struct link_target target = {0};

    g_assert_null(core_recognise_link(fake->core, "other://x", &target));
    g_assert_cmpstr(core_recognise_link(fake->core, "fake://host", &target)->name, ==, "fake");
    g_assert_cmpstr(target.server, ==, "host");
    link_target_clear(&target);
    fake_free(fake);
}

void
test_session_add(void)
{
    g_test_add_func("/session/life", test_life);
    g_test_add_func("/session/back-off", test_back_off);
    g_test_add_func("/session/R05-spread", test_spread);
    g_test_add_func("/session/insecure", test_insecure);
    g_test_add_func("/session/needs-person", test_needs_person);
    g_test_add_func("/session/R7-rate-limited", test_rate_limited);
    g_test_add_func("/session/R11-independent", test_independent);
    g_test_add_func("/session/stop", test_stop);
    g_test_add_func("/session/from-inside", test_from_inside);
    g_test_add_func("/session/question", test_question);
    g_test_add_func("/session/unattended", test_unattended);
    g_test_add_func("/session/trial", test_trial);
    g_test_add_func("/session/trial-redacts", test_trial_redacts);
    g_test_add_func("/session/link", test_link);
}
