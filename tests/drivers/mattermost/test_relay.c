/* What is said for others, and what other relays say. */
#include <string.h>

#include "base/error.h"
#include "protocols/mattermost/mattermost.h"
#include "tests/drivers/mattermost/world.h"

#define MARK   "0f6c0f6c0f6c0f6c"
#define SENT   "POST */api/v4/posts?set_online=true"
#define STORED "{\"id\":\"p0000000000000000000000001\",\"create_at\":1795367500001}"

static void
online(struct world *w)
{
    w->names = true;
    world_online(w);
}

static bool
answer_as(struct world *w, const char *where, const char *name, const char *avatar,
          const char *text, const char *reply_to, GError **error)
{
    struct buffer *buffer = world_buffer(where);
    struct rich *body = rich_new(text, -1);
    const struct persona as = {.name = name, .avatar = avatar};
    const struct send_request request = {.buffer = buffer,
                                         .kind = MESSAGE_TEXT,
                                         .body = body,
                                         .key = "key-1",
                                         .reply_to = reply_to,
                                         .as = &as,
                                         .mark = MARK};
    const bool taken = mattermost_driver.send(w->session, ++w->last_op, &request, error);

    world_settle(w);
    rich_free(body);
    buffer_free(buffer);
    return taken;
}

static bool
say_as(struct world *w, const char *where, const char *name, const char *avatar, const char *text,
       GError **error)
{
    return answer_as(w, where, name, avatar, text, NULL, error);
}

static void
say(struct world *w, int number, const char *user, const char *text, const char *extra)
{
    g_autofree char *post = world_post(number, NOW_MS + number, user, text, extra);
    world_posted(w, post, "@x");
}

/* The name, the picture and the mark are the post's; what comes back is ours, by its key, under the
 * name that it shows. */
static void
test_persona(void)
{
    struct world w = {0};

    online(&w);
    g_assert_cmpuint(w.fake->limits.name_bytes, ==, 64);
    g_assert_true(say_as(&w, LAB, "ann (irc)", "https://example.org/a.png", "soup?", NULL));
    fake_expect_sent(w.fake, "POST *\"message\":\"soup?\",*\"props\":{\"weft_key\":\"key-1\","
                             "\"from_webhook\":\"true\",\"override_username\":\"ann (irc)\","
                             "\"override_icon_url\":\"https://example.org/a.png\","
                             "\"weft_relay\":\"" MARK "\"}}");
    say(&w, 1, KAI, "soup?",
        ",\"props\":{\"from_webhook\":\"true\",\"override_username\":\"ann (irc)\","
        "\"weft_key\":\"key-1\",\"weft_relay\":\"" MARK "\"}");
    fake_expect(w.fake, "echo text " LAB " <ann (irc)> soup? id=p*1 key=key-1 by=" KAI
                        "/ann (irc) relayed-by=" MARK " own bot cursor");
    fake_web_answer(w.web, SENT, 201, STORED);
    fake_expect(w.fake, "done 1 p*1");
    /* No picture that is not fetched safely, and no name of two lines. */
    g_assert_true(say_as(&w, LAB, "a\nb", "http://example.org/a.png", "/quit", NULL));
    fake_expect_sent(w.fake, "POST *\"message\":\"/quit\",*\"override_username\":\"a b\","
                             "\"weft_relay\":\"" MARK "\"}}");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

/* What a copy answers may be taken back meanwhile: it is said all the same, and answers nothing. */
static void
test_root_gone(void)
{
    struct world w = {0};

    online(&w);
    fake_web_rule(w.web, "GET */posts/p*7", 0, 200,
                  "{\"id\":\"p0000000000000000000000007\",\"root_id\":\"\"}", NULL);
    fake_web_rule(w.web, SENT, 1, 400,
                  "{\"id\":\"api.post.create_post.root_id.app_error\",\"message\":\"Invalid.\"}",
                  NULL);
    g_assert_true(answer_as(&w, LAB, "ann", NULL, "soup?", "p0000000000000000000000007", NULL));
    fake_expect_sent(w.fake, "GET */posts/p0000000000000000000000007");
    fake_expect_sent(w.fake, "POST *\"message\":\"soup?\",*\"weft_relay\":\"" MARK
                             "\"},\"root_id\":\"p0000000000000000000000007\"}");
    fake_expect_sent(w.fake, "POST *\"message\":\"soup?\",*\"weft_relay\":\"" MARK "\"}}");
    fake_web_answer(w.web, SENT, 201, STORED);
    fake_expect(w.fake, "done 1 p*1");
    fake_web_rule(w.web, "GET */posts/p*8", 0, 404, "{\"message\":\"gone\"}", NULL);
    g_assert_true(answer_as(&w, LAB, "ann", NULL, "bread?", "p0000000000000000000000008", NULL));
    fake_expect_sent(w.fake, "GET */posts/p0000000000000000000000008");
    fake_expect_sent(w.fake, "POST *\"message\":\"bread?\",*\"weft_relay\":\"" MARK "\"}}");
    fake_web_answer(w.web, SENT, 201, STORED);
    fake_expect(w.fake, "done 2 p*1");
    world_close(&w);
}

/* An edit says the text alone: all that the post had stays its own. */
static void
test_edit(void)
{
    struct world w = {0};
    struct buffer *lab = world_buffer(LAB);
    struct rich *body = rich_new("bread?", -1);
    struct message *message = message_new();

    online(&w);
    message->remote_id = g_strdup("p0000000000000000000000001");
    g_assert_true(mattermost_driver.edit(w.session, 7, lab, message, body, NULL));
    world_settle(&w);
    fake_expect_sent(w.fake, "PUT */posts/p0000000000000000000000001/patch "
                             "{\"message\":\"bread?\"}");
    fake_web_answer(w.web, "PUT *", 200, "{}");
    message_unref(message);
    rich_free(body);
    buffer_free(lab);
    world_close(&w);
}

/* In a direct conversation nobody else speaks. Where the server has switched names off meanwhile,
 * what was written for one has it before the text. */
static void
test_refused(void)
{
    struct world w = {0};
    g_autoptr(GError) error = NULL;

    online(&w);
    g_assert_false(say_as(&w, DM, "ann", NULL, "soup?", &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED);
    world_event(&w, "config_changed",
                "{\"config\":{\"EnablePostUsernameOverride\":\"false\","
                "\"EnablePostIconOverride\":\"true\"}}",
                "{}");
    g_assert_cmpuint(w.fake->limits.name_bytes, ==, 0);
    g_assert_true(say_as(&w, LAB, "@all *ann*", "https://example.org/a.png", "soup?", NULL));
    fake_expect_sent(w.fake, "POST *\"message\":\"????_all ???ann????? soup?\",*\"props\":{"
                             "\"weft_key\":\"key-1\",\"weft_relay\":\"" MARK "\"}}");
    world_event(&w, "config_changed",
                "{\"config\":{\"EnablePostUsernameOverride\":\"true\","
                "\"EnablePostIconOverride\":\"false\"}}",
                "{}");
    g_assert_cmpuint(w.fake->limits.name_bytes, ==, 64);
    g_assert_true(say_as(&w, LAB, "ann", "https://example.org/a.png", "soup?", NULL));
    fake_expect_sent(w.fake, "POST *\"override_username\":\"ann\",\"weft_relay\":\"" MARK "\"}}");
    world_close(&w);
}

/* Other relays: each name is a person, a mark is seen, and what is no mark is none. */
static void
test_reading(void)
{
    struct world w = {0};

    online(&w);
    say(&w, 1, BO, "one", ",\"props\":{\"from_webhook\":\"true\",\"override_username\":\"ann\"}");
    fake_expect(w.fake, "live text " LAB " <ann> one id=p*1 by=" BO "/ann bot cursor");
    say(&w, 2, BO, "two",
        ",\"props\":{\"from_webhook\":\"true\",\"override_username\":\"cem\","
        "\"matterbridge_8d3\":true}");
    fake_expect(w.fake, "live text " LAB " <cem> two id=p*2 by=" BO "/cem "
                        "relayed-by=matterbridge_8d3 bot cursor");
    say(&w, 3, BO, "three", ",\"props\":{\"override_username\":\"ann\",\"weft_relay\":\"77\"}");
    fake_expect(w.fake, "live text " LAB " <bo> three id=p*3 relayed-by=77 bot cursor");
    say(&w, 4, BO, "four",
        ",\"props\":{\"from_webhook\":true,\"override_username\":\"ann\",\"weft_relay\":7}");
    fake_expect(w.fake, "live text " LAB " <bo> four id=p*4 bot cursor");
    /* Our own account in another program's hands is somebody else. */
    say(&w, 5, KAI, "five", ",\"props\":{\"from_webhook\":\"true\",\"override_username\":\"ann\"}");
    fake_expect(w.fake, "live text " LAB " <ann> five id=p*5 by=" KAI "/ann bot cursor");
    /* A picture is the persona's, where the server shows it. */
    say(&w, 6, BO, "six",
        ",\"props\":{\"from_webhook\":\"true\",\"override_username\":\"ann\","
        "\"override_icon_url\":\"https://example.org/a.png\"}");
    fake_expect(w.fake, "live text " LAB " <ann> six id=p*6 by=" BO
                        "/ann picture=https://example.org/a.png bot cursor");
    say(&w, 7, BO, "seven", ",\"props\":{\"override_icon_url\":\"https://example.org/a.png\"}");
    fake_expect(w.fake, "live text " LAB " <bo> seven id=p*7 bot cursor");
    world_event(&w, "config_changed",
                "{\"config\":{\"EnablePostUsernameOverride\":\"true\","
                "\"EnablePostIconOverride\":\"false\"}}",
                "{}");
    fake_forget(w.fake);
    say(&w, 8, BO, "eight",
        ",\"props\":{\"from_webhook\":\"true\",\"override_username\":\"ann\","
        "\"override_icon_url\":\"https://example.org/a.png\"}");
    fake_expect(w.fake, "live text " LAB " <ann> eight id=p*8 by=" BO "/ann bot cursor");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

/* Whom nobody may call: the words are there for the relay to break. */
static void
test_everyone(void)
{
    const char *const *words = mattermost_driver.calls_everyone;

    g_assert_true(g_strv_contains(words, "@channel"));
    g_assert_true(g_strv_contains(words, "@all"));
    g_assert_true(g_strv_contains(words, "@here"));
}

void
test_relay_add(void)
{
    g_test_add_func("/mattermost/relay/persona", test_persona);
    g_test_add_func("/mattermost/relay/root-gone", test_root_gone);
    g_test_add_func("/mattermost/relay/edit", test_edit);
    g_test_add_func("/mattermost/relay/refused", test_refused);
    g_test_add_func("/mattermost/relay/reading", test_reading);
    g_test_add_func("/mattermost/relay/everyone", test_everyone);
}
