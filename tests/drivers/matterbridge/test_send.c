/* What goes out: one at a time, never twice, and only what the server has taken counts. */
#include <string.h>

#include "base/error.h"
#include "protocols/matterbridge/matterbridge.h"
#include "tests/drivers/matterbridge/world.h"

static void
begin(struct world *w)
{
    world_online(w, "gateway = commons\navatar = https://coop.example/kai.png\n");
}

static void
test_send(void)
{
    struct world w = {0};
    g_autofree char *hello = world_taken("kai", "hello *you*", "commons"),
                    *waves = world_taken("kai", "waves", "commons");

    begin(&w);
    world_send(&w, MESSAGE_TEXT, "hello *you*");
    world_send(&w, MESSAGE_ACTION, "waves");
    g_assert_true(matterbridge_driver.send_waits(w.session, 2));
    g_assert_false(matterbridge_driver.send_waits(w.session, 1));
    fake_expect_sent(w.fake, "POST http://127.0.0.1:4242/api/message {\"text\":\"hello ?you?\","
                             "\"username\":\"kai\",\"gateway\":\"commons\","
                             "\"avatar\":\"https://coop.example/kai.png\",\"userid\":\"kai\","
                             "\"event\":\"\",\"parent_id\":\"\",\"Extra\":null}");
    fake_expect_nothing_sent(w.fake);
    fake_web_answer(w.web, POST, 200, hello);
    fake_expect(w.fake, "done 1 -");
    world_settle(&w);
    fake_expect_sent(w.fake, "POST *\"text\":\"waves\"*\"event\":\"user_action\"*");
    fake_web_answer(w.web, POST, 200, waves);
    fake_expect(w.fake, "done 2 -");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

/* The server has taken something else, with a smile, and thrown it away. */
static void
test_silent_loss(void)
{
    g_autofree char *other = world_taken("kai", "x", "elsewhere"), *empty = world_taken("", "", ""),
                    *bot = world_taken("bot", "x", "commons"),
                    *cut = world_taken("kai", "", "commons");
    const char *const answers[] = {other, empty, bot, cut, "", "[]", "<html>"};

    for (unsigned i = 0; i < G_N_ELEMENTS(answers); i++) {
        struct world w = {0};
        begin(&w);
        world_send(&w, MESSAGE_TEXT, "x");
        fake_web_answer(w.web, POST, 200, answers[i]);
        fake_expect(w.fake, "failed 1 protocol: *thrown it away*");
        fake_expect_nothing(w.fake);
        world_close(&w);
    }
}

static void
test_gateways(void)
{
    struct world w = {0};
    struct rich *body = rich_new("x", -1);
    struct buffer *typo = world_buffer("comons"), *heard = world_buffer("garden");
    const struct send_request wrong = {.buffer = typo, .body = body, .key = "k"},
                              right = {.buffer = heard, .body = body, .key = "k"};
    g_autofree char *taken = world_taken("kai", "x", "garden");

    begin(&w);
    g_assert_false(world_try(&w, &wrong));
    g_assert_false(world_try(&w, &right));
    world_say(&w, 1000, "here", ",\"gateway\":\"garden\"");
    g_assert_true(world_try(&w, &right));
    world_settle(&w);
    fake_web_answer(w.web, POST, 200, taken);
    g_assert_true(fake_skip_to(w.fake, "done 3 -"));
    rich_free(body);
    buffer_free(typo);
    buffer_free(heard);
    world_close(&w);
}

static void
test_persona(void)
{
    struct world w = {0};
    struct rich *body = rich_new("bread", -1);
    struct buffer *buffer = world_buffer("commons");
    const struct persona jun = {.name = "jun", .avatar = "https://coop.example/jun.png"};
    const struct persona bare = {.name = "bo"};
    const struct send_request first = {
        .buffer = buffer, .body = body, .key = "k", .as = &jun, .mark = "m"};
    const struct send_request second = {.buffer = buffer, .body = body, .key = "l", .as = &bare};
    g_autofree char *taken = world_taken("jun", "bread", "commons");

    begin(&w);
    g_assert_true(world_try(&w, &first));
    g_assert_true(world_try(&w, &second));
    world_settle(&w);
    fake_expect_sent(w.fake, "POST *\"username\":\"jun\"*\"avatar\":\"https://coop.example/jun.png"
                             "\",\"userid\":\"jun\"*");
    fake_web_answer(w.web, POST, 200, taken);
    fake_expect(w.fake, "done 1 -");
    world_settle(&w);
    /* Nobody wears our picture. */
    fake_expect_sent(w.fake, "POST *\"username\":\"bo\"*\"avatar\":\"\"*");
    rich_free(body);
    buffer_free(buffer);
    world_close(&w);
}

/* Nothing tells whether it has arrived: the outcome is open, and nothing is sent again. */
static void
test_unknown(void)
{
    static const struct {
        int status;
        const char *body;
    } rows[] = {{0, NULL}, {500, ""}, {502, "<html>"}, {504, ""}};

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct world w = {0};
        begin(&w);
        world_send(&w, MESSAGE_TEXT, "perhaps");
        fake_forget(w.fake);
        fake_web_answer(w.web, POST, rows[i].status, rows[i].body);
        fake_expect(w.fake, "failed 1 timeout: *");
        fake_advance_s(w.fake, 120);
        fake_expect_nothing(w.fake);
        fake_expect_nothing_sent(w.fake);
        world_close(&w);
    }
}

static void
test_refused(void)
{
    struct world w = {0};

    begin(&w);
    world_send(&w, MESSAGE_TEXT, "a");
    fake_web_answer(w.web, POST, 400, "{\"message\":\"Syntax error: offset=1\"}");
    fake_expect(w.fake, "failed 1 bad-input: The server refuses (HTTP 400): Syntax error*");
    world_send(&w, MESSAGE_TEXT, "b");
    fake_web_answer(w.web, POST, 429, "");
    fake_expect(w.fake, "failed 2 rate-limited: *");
    world_send(&w, MESSAGE_TEXT, "c");
    fake_web_answer(w.web, POST, 401, "{\"message\":\"Unauthorized\"}");
    fake_expect(w.fake, "failed 3 auth: *");
    world_settle(&w);
    fake_expect(w.fake, "lost auth: *");
    world_close(&w);
}

/* What has not left waits with core; the connection is begun anew. */
static void
test_never_left(void)
{
    struct world w = {0};

    begin(&w);
    world_send(&w, MESSAGE_TEXT, "a");
    world_send(&w, MESSAGE_TEXT, "b");
    fake_web_answer(w.web, POST, 0, "refused");
    fake_expect(w.fake, "failed 1 closed: *");
    world_settle(&w);
    fake_expect(w.fake, "failed 2 closed: *");
    fake_expect(w.fake, "lost refused: *");
    world_close(&w);
}

/* A message under way has a moment to be answered when the line breaks, or we go. */
static void
test_cut(void)
{
    struct world w = {0};
    g_autofree char *taken = world_taken("kai", "a", "commons");

    begin(&w);
    world_send(&w, MESSAGE_TEXT, "a");
    fake_ws_end(w.web, 1006);
    world_settle(&w);
    fake_expect_nothing(w.fake);
    fake_web_answer(w.web, POST, 200, taken);
    world_settle(&w);
    fake_expect(w.fake, "done 1 -");
    fake_expect(w.fake, "lost closed: *");
    world_greeted(&w);
    fake_web_answer(w.web, RING, 200, "[]");
    world_send(&w, MESSAGE_TEXT, "b");
    fake_forget(w.fake);
    matterbridge_driver.disconnect(w.session, "");
    fake_advance_s(w.fake, 1.6);
    world_settle(&w);
    fake_expect(w.fake, "lost cancelled: *"); /* and no completion: its outcome is open */
    fake_expect_nothing(w.fake);
    world_close(&w);
}

static void
test_cancel(void)
{
    struct world w = {0};

    begin(&w);
    world_send(&w, MESSAGE_TEXT, "a");
    world_send(&w, MESSAGE_TEXT, "b");
    matterbridge_driver.op_cancel(w.session, 2);
    fake_expect(w.fake, "failed 2 cancelled: *");
    matterbridge_driver.op_cancel(w.session, 1);
    fake_expect_nothing(w.fake);
    world_close(&w);
}

static void
test_marks(void)
{
    struct world w = {0};
    struct rich *body = rich_new("so bold", -1), *blank = rich_new(" \n", -1);
    struct buffer *buffer = world_buffer("commons");
    const struct send_request request = {.buffer = buffer, .body = body, .key = "k"},
                              nothing = {.buffer = buffer, .body = blank, .key = "l"};

    begin(&w);
    rich_add(body, 3, 7, SPAN_BOLD, NULL);
    g_assert_true(world_try(&w, &request));
    g_assert_false(world_try(&w, &nothing));
    world_settle(&w);
    fake_expect_sent(w.fake, "POST *\"text\":\"so ??bold??\"*");
    rich_free(body);
    rich_free(blank);
    buffer_free(buffer);
    world_close(&w);
}

void
test_send_add(void)
{
    g_test_add_func("/matterbridge/send/one", test_send);
    g_test_add_func("/matterbridge/send/silent-loss", test_silent_loss);
    g_test_add_func("/matterbridge/send/gateways", test_gateways);
    g_test_add_func("/matterbridge/send/persona", test_persona);
    g_test_add_func("/matterbridge/send/unknown", test_unknown);
    g_test_add_func("/matterbridge/send/refused", test_refused);
    g_test_add_func("/matterbridge/send/never-left", test_never_left);
    g_test_add_func("/matterbridge/send/cut", test_cut);
    g_test_add_func("/matterbridge/send/cancel", test_cancel);
    g_test_add_func("/matterbridge/send/marks", test_marks);
}
