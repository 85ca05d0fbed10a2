/* Exactly once, whatever happens to the answer. */
#include <string.h>

#include "base/error.h"
#include "protocols/mattermost/mattermost.h"
#include "tests/drivers/mattermost/world.h"

#define SENT   "POST */api/v4/posts?set_online=true"
#define STORED "{\"id\":\"p0000000000000000000000001\",\"create_at\":1795367500001}"

static void
test_send(void)
{
    struct world w = {0};

    world_online(&w);
    const op_id op = world_send(&w, LAB, MESSAGE_TEXT, "hello *you*", "key-1", NULL);
    world_settle(&w);
    fake_expect_sent(w.fake, "POST http://localhost/mm/api/v4/posts?set_online=true {"
                             "\"channel_id\":\"" LAB "\",\"message\":\"hello \\\\?you\\\\?\","
                             "\"pending_post_id\":\"" KAI ":key-1\",\"props\":{\"weft_key\":"
                             "\"key-1\"}}");
    /* The event comes before the answer, as a rule. */
    g_autofree char *post =
        world_post(1, NOW_MS + 1, KAI, "hello \\*you\\*",
                   ",\"pending_post_id\":\"" KAI ":key-1\",\"props\":{\"weft_key\":\"key-1\"}");
    world_posted(&w, post, "@kai");
    fake_expect(w.fake, "echo text " LAB " <kai> hello ?you? id=p*1 key=key-1 own cursor");
    fake_web_answer(w.web, SENT, 201, STORED);
    g_autofree char *done = g_strdup_printf("done %" G_GUINT64_FORMAT " p*1", op);
    fake_expect(w.fake, done);
    fake_expect_nothing(w.fake);
    world_close(&w);
}

/* The answer alone gives the message its place; the cursor waits for the events. */
static void
test_without_event(void)
{
    struct world w = {0};

    world_online(&w);
    world_send(&w, LAB, MESSAGE_TEXT, "hello", "key-1", NULL);
    world_settle(&w);
    g_autofree char *post =
        world_post(1, NOW_MS + 1, KAI, "hello", ",\"props\":{\"weft_key\":\"key-1\"}");
    fake_web_answer(w.web, SENT, 201, post);
    fake_expect(w.fake, "echo text " LAB " <kai> hello id=p*1 key=key-1 own");
    fake_expect(w.fake, "done 1 p*1");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

static void
test_action(void)
{
    struct world w = {0};

    world_online(&w);
    world_send(&w, LAB, MESSAGE_ACTION, "waves", "key-1", NULL);
    world_settle(&w);
    fake_expect_sent(w.fake, "POST *\"message\":\"?waves?\",\"type\":\"me\",*");
    fake_web_answer(w.web, SENT, 201, STORED);
    world_close(&w);
}

/* The answer is lost: the same request again, with the same key. */
static void
test_lost_answer(void)
{
    struct world w = {0};

    world_online(&w);
    fake_web_rule(w.web, SENT, 1, 0, NULL, NULL);
    world_send(&w, LAB, MESSAGE_TEXT, "once", "key-1", NULL);
    world_settle(&w);
    fake_expect_sent(w.fake, "POST *key-1*");
    fake_expect_nothing_sent(w.fake);
    fake_advance_s(w.fake, 1);
    fake_expect_sent(w.fake, "POST *\"pending_post_id\":\"" KAI ":key-1\"*");
    /* The first is still under way over there; then it is told of. */
    fake_web_answer(w.web, SENT, 500,
                    "{\"id\":\"api.post.deduplicate_create_post.pending\",\"message\":\"m\"}");
    fake_advance_s(w.fake, 2);
    fake_expect_sent(w.fake, "POST *key-1*");
    fake_web_answer(w.web, SENT, 201, STORED);
    fake_expect(w.fake, "done 1 p*1");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

/* Nothing tells any more: the connection ends, and catching up finds out. No completion. */
static void
test_never_answered(void)
{
    struct world w = {0};

    world_online(&w);
    fake_web_rule(w.web, SENT, 0, 502, "<html>", NULL);
    world_send(&w, LAB, MESSAGE_TEXT, "perhaps", "key-1", NULL);
    for (int i = 0; i < 28 && w.web->ws; i++)
        fake_advance_s(w.fake, 1);
    fake_expect(w.fake, "lost io: *It is not known whether a message has arrived*");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

/* What has not left is CLOSED: core sends it when there is a connection. */
static void
test_not_left(void)
{
    struct world w = {0};

    world_online(&w);
    fake_web_rule(w.web, SENT, 0, 0, "refused", NULL);
    world_send(&w, LAB, MESSAGE_TEXT, "later", "key-1", NULL);
    world_settle(&w);
    fake_expect(w.fake, "failed 1 closed: *");
    world_send(&w, LAB, MESSAGE_TEXT, "cut", "key-2", NULL);
    fake_ws_end(w.web, 1006);
    fake_advance_s(w.fake, 0.001);
    g_assert_true(fake_skip_to(w.fake, "lost closed: *"));
    world_close(&w);
}

static void
test_refused(void)
{
    struct world w = {0};

    world_online(&w);
    fake_web_rule(w.web, SENT, 1, 403,
                  "{\"id\":\"api.context.permissions.app_error\",\"message\":\"You may not.\"}",
                  NULL);
    world_send(&w, LAB, MESSAGE_TEXT, "no", "key-1", NULL);
    world_settle(&w);
    fake_expect(w.fake, "failed 1 forbidden: The server refuses: You may not.");
    fake_web_rule(w.web, SENT, 1, 429, "limit exceeded\n", "retry-after: 3");
    world_send(&w, LAB, MESSAGE_TEXT, "slowly", "key-2", NULL);
    world_settle(&w);
    fake_expect(w.fake, "failed 2 rate-limited: *3 s*");
    /* Until then nobody is asked anything. */
    fake_forget(w.fake);
    world_send(&w, LAB, MESSAGE_TEXT, "slowly", "key-2", NULL);
    world_settle(&w);
    fake_expect_nothing_sent(w.fake);
    fake_advance_s(w.fake, 3);
    fake_expect_sent(w.fake, "POST *key-2*");
    fake_web_answer(w.web, SENT, 201, STORED);
    fake_expect(w.fake, "done 3 p*1");
    g_autoptr(GError) error = NULL;
    struct buffer *lab = world_buffer(LAB);
    struct rich *blank = rich_new(" \n", -1);
    const struct send_request request = {.buffer = lab, .body = blank, .key = "key-3"};
    g_assert_false(mattermost_driver.send(w.session, 9, &request, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    rich_free(blank);
    buffer_free(lab);
    world_close(&w);
}

/* A reply to a reply goes to what that one answers. */
static void
test_answers(void)
{
    struct world w = {0};

    world_online(&w);
    g_autofree char *post =
        world_post(2, NOW_MS, MARIA, "reply", ",\"root_id\":\"p0000000000000000000000001\"");
    world_posted(&w, post, "@maria");
    world_send(&w, LAB, MESSAGE_TEXT, "known", "key-1", "p0000000000000000000000002");
    world_settle(&w);
    fake_expect_sent(w.fake, "POST *\"props\":*\"root_id\":\"p0000000000000000000000001\"}");
    fake_web_answer(w.web, SENT, 201, STORED);
    fake_web_rule(w.web, "GET */posts/p*7", 0, 200,
                  "{\"id\":\"p0000000000000000000000007\",\"root_id\":\"\"}", NULL);
    fake_web_rule(w.web, "GET */posts/p*8", 0, 404, "{\"message\":\"gone\"}", NULL);
    world_send(&w, LAB, MESSAGE_TEXT, "asked", "key-2", "p0000000000000000000000007");
    world_settle(&w);
    fake_expect_sent(w.fake, "GET */posts/p0000000000000000000000007");
    fake_expect_sent(w.fake, "POST *\"root_id\":\"p0000000000000000000000007\"}");
    fake_web_answer(w.web, SENT, 201, STORED);
    world_send(&w, LAB, MESSAGE_TEXT, "none", "key-3", "p0000000000000000000000008");
    world_settle(&w);
    g_assert_true(fake_skip_to(w.fake, "failed 3 not-found: What this answers is not there *"));
    fake_web_rule(w.web, SENT, 1, 400,
                  "{\"id\":\"api.post.create_post.root_id.app_error\",\"message\":\"Invalid.\"}",
                  NULL);
    world_send(&w, LAB, MESSAGE_TEXT, "gone", "key-4", "p0000000000000000000000002");
    world_settle(&w);
    g_assert_true(fake_skip_to(w.fake, "failed 4 *: What this answers is not there any more*"));
    world_close(&w);
}

/* Core gives up on one that waits for its turn. */
static void
test_cancel(void)
{
    struct world w = {0};

    world_online(&w);
    const op_id op = world_send(&w, LAB, MESSAGE_TEXT, "wait", "key-1", NULL);
    mattermost_driver.op_cancel(w.session, op);
    fake_expect(w.fake, "failed 1 cancelled: *");
    world_settle(&w);
    fake_expect_nothing_sent(w.fake);
    /* One that has left keeps its answer. */
    const op_id left = world_send(&w, LAB, MESSAGE_TEXT, "gone", "key-2", NULL);
    world_settle(&w);
    mattermost_driver.op_cancel(w.session, left);
    fake_web_answer(w.web, SENT, 201, STORED);
    fake_expect(w.fake, "done 2 p*1");
    world_close(&w);
}

/* What one types is kept as others see it, and comes back as one would type it. */
static void
test_typed(void)
{
    struct world w = {0};

    world_online(&w);
    world_send(&w, LAB, MESSAGE_TEXT, "x", "key-1", NULL);
    struct buffer *lab = world_buffer(LAB);
    struct rich *body = mattermost_driver.read_typed(
        w.session, lab, "@maria **now** :smile: `:smile:` 10:30:00 @nobody");
    g_autofree char *spans = rich_encode_spans(body);
    g_autofree char *typed = mattermost_driver.write_typed(w.session, lab, body);

    g_assert_cmpstr(body->text, ==, "@maria now \xf0\x9f\x98\x84 :smile: 10:30:00 @nobody");
    g_assert_cmpuint(body->spans->len, ==, 3); /* maria, bold, code */
    g_assert_nonnull(strstr(spans, MARIA));
    g_assert_cmpstr(typed, ==, "@maria **now** \xf0\x9f\x98\x84 `:smile:` 10:30:00 @nobody");
    rich_free(body);
    /* A block of code survives, too. */
    body = mattermost_driver.read_typed(w.session, lab, "see\n```c\nint x;\n```");
    g_autofree char *block = mattermost_driver.write_typed(w.session, lab, body);
    g_assert_cmpstr(block, ==, "see\n```c\nint x;\n```");
    rich_free(body);
    buffer_free(lab);
    world_close(&w);
}

void
test_send_add(void)
{
    g_test_add_func("/mattermost/send/typed", test_typed);
    g_test_add_func("/mattermost/send/once", test_send);
    g_test_add_func("/mattermost/send/without-event", test_without_event);
    g_test_add_func("/mattermost/send/action", test_action);
    g_test_add_func("/mattermost/send/lost-answer", test_lost_answer);
    g_test_add_func("/mattermost/send/never-answered", test_never_answered);
    g_test_add_func("/mattermost/send/not-left", test_not_left);
    g_test_add_func("/mattermost/send/refused", test_refused);
    g_test_add_func("/mattermost/send/answers", test_answers);
    g_test_add_func("/mattermost/send/cancel", test_cancel);
}
