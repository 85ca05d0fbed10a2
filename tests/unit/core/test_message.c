/* /reply, /react, /unreact, /delete. */
#include <string.h>

#include "tests/unit/core/scene.h"
#include "tests/unit/core/tests.h"

static void
say(struct scene *scene, const char *who, const char *text, const char *id)
{
    static int64_t at_us;
    struct rich *body = rich_new(text, -1);

    host_emit(scene->host, &(struct event){.type = EVENT_MESSAGE,
                                           .conversation = "#coop",
                                           .message = {.kind = MESSAGE_TEXT,
                                                       .remote_id = id,
                                                       .time_us = SCENE_NOW_US + ++at_us,
                                                       .sender_id = who,
                                                       .sender_name = who,
                                                       .own = strcmp(who, "kai") == 0,
                                                       .body = body}});
    rich_free(body);
    scene_settle(scene);
}

static struct scene *
talk(void)
{
    struct scene *scene = scene_new();

    say(scene, "maria", "Who takes minutes?", "m1");
    say(scene, "jun", "not me", "j1");
    say(scene, "kai", "nor I", "k1");
    say(scene, "maria", "Somebody has to", "m2");
    say(scene, "kai", "true", "k2");
    return scene;
}

static void
assert_reply(struct scene *scene, const char *text, const char *call)
{
    scene_input(scene, "#coop", text, NULL);
    scene_assert_calls(scene, call);
    host_done(scene->host, scene->op, NULL, 0);
    scene_settle(scene);
}

static void
test_reply(void)
{
    struct scene *scene = talk();

    assert_reply(scene, "/reply kai and I meant it", "send #coop text and I meant it re k2|");
    assert_reply(scene, "/reply I can", "send #coop text I can re m2|");
    assert_reply(scene, "/reply jun why not?", "send #coop text why not? re j1|");
    assert_reply(scene, "/reply jun: why not?", "send #coop text why not? re j1|");
    assert_reply(scene, "/reply -2 why not?", "send #coop text why not? re j1|");
    assert_reply(scene, "/reply jun", "send #coop text jun re m2|");
    assert_reply(scene, "/reply sol   is two words", "send #coop text sol   is two words re m2|");
    scene_input(scene, "#coop", "/reply -4 x",
                "No such message is among the newest 500 of this buffer.");
    scene_input(scene, "#coop", "/reply", "Something is missing: /reply [NICK|-N] TEXT");
    /* Where the network can't, or the message has no name of its own. */
    say(scene, "uma", "without an id", NULL);
    assert_reply(scene, "/reply indeed", "send #coop text uma: indeed|");
    scene->host->ops->caps(scene->host, CAP_SEND, NULL);
    assert_reply(scene, "/reply maria I can", "send #coop text maria: I can|");
    scene_free(scene);
}

static void
test_react(void)
{
    struct scene *scene = talk();

    scene_input(scene, "#coop", "/react +1", NULL);
    scene_input(scene, "#coop", "/react jun 👍", NULL);
    scene_input(scene, "#coop", "/react -3 heart", NULL);
    scene_assert_calls(scene, "react m2 +1|react j1 👍|react m1 heart|");
    scene_input(scene, "#coop", "/react nobody 👍",
                "Nobody of that name has said anything here lately: nobody");
    scene_input(scene, "#coop", "/unreact 👍",
                "No such message is among the newest 500 of this buffer.");
    host_emit(scene->host, &(struct event){.type = EVENT_REACTION,
                                           .conversation = "#coop",
                                           .reaction = {.remote_id = "j1",
                                                        .user_id = "kai",
                                                        .user_name = "kai",
                                                        .emoji = "👍",
                                                        .add = true,
                                                        .own = true}});
    scene_settle(scene);
    scene_input(scene, "#coop", "/unreact 👍", NULL);
    scene_assert_calls(scene, "unreact j1 👍|");
    scene_input(scene, "#coop", "/unreact maria 👍",
                "Nobody of that name has said anything here lately: maria");
    g_autofree char *longest = g_strnfill(200, 'x');
    g_autofree char *line = g_strconcat("/react ", longest, NULL);
    scene_input(scene, "#coop", line, "A reaction is an emoji or a short word: at most 128 bytes.");
    scene->host->ops->caps(scene->host, CAP_SEND, NULL);
    scene_input(scene, "#coop", "/react +1", "This network has no reactions.");
    scene_assert_calls(scene, "");
    scene_free(scene);
}

static void
test_delete(void)
{
    struct scene *scene = talk();

    scene_input(scene, "#coop", "/delete", NULL);
    scene_assert_calls(scene, "delete k2|");
    g_autofree char *said = scene_last(scene, "#coop");
    g_assert_true(g_str_has_prefix(said, "Asked the network to delete your message of "));
    g_assert_null(strstr(said, "true"));
    scene_input(scene, "#coop", "/delete -2", NULL);
    scene_assert_calls(scene, "delete k1|");
    scene_input(scene, "#coop", "/delete -3",
                "No such message is among the newest 500 of this buffer.");
    scene_input(scene, "#coop", "/delete maria",
                "-1 is your newest message here, -2 the one before, up to -500.");
    host_emit(scene->host, &(struct event){.type = EVENT_DELETED,
                                           .conversation = "#coop",
                                           .deleted = {.remote_id = "k2", .by_name = "kai"}});
    scene_settle(scene);
    scene_input(scene, "#coop", "/delete", NULL); /* the one before now */
    scene_assert_calls(scene, "delete k1|");
    scene->refuse = true;
    scene_input(scene, "#coop", "/delete", "The driver refuses.");
    scene->host->ops->caps(scene->host, CAP_SEND, NULL);
    scene_input(scene, "#coop", "/delete", "This network has no way to delete a message.");
    scene_free(scene);
}

void
test_message_add(void)
{
    g_test_add_func("/core/message/reply", test_reply);
    g_test_add_func("/core/message/react", test_react);
    g_test_add_func("/core/message/delete", test_delete);
}
