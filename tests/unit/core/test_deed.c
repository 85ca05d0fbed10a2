/* Reactions and deletions, as they come and as they are asked for. */
#include <string.h>

#include "tests/unit/core/fake.h"
#include "tests/unit/core/tests.h"

static void
react(struct fake *fake, const char *remote_id, const char *who, const char *emoji, bool add)
{
    host_emit(fake_session(fake, 0)->host,
              &(struct event){.type = EVENT_REACTION,
                              .conversation = "#lab",
                              .reaction = {.remote_id = remote_id,
                                           .user_id = who,
                                           .user_name = who,
                                           .emoji = emoji,
                                           .time_us = FAKE_NOW_US + (add ? 1 : 2),
                                           .add = add,
                                           .own = g_strcmp0(who, "kai") == 0}});
}

static void
take_back(struct fake *fake, const char *remote_id, const char *by, const char *reason)
{
    host_emit(
        fake_session(fake, 0)->host,
        &(struct event){.type = EVENT_DELETED,
                        .conversation = "#lab",
                        .deleted = {.remote_id = remote_id, .by_name = by, .reason = reason}});
}

static void
assert_newest(struct fake *fake, const char *text, const char *reactions, const char *note)
{
    struct message *message = fake_newest(fake, 0);
    g_autoptr(GString) shown = g_string_new(NULL);

    for (guint i = 0; message->reactions != NULL && i < message->reactions->len; i++) {
        const struct reaction *reaction = message->reactions->pdata[i];
        g_string_append_printf(shown, "%s x%u%s ", reaction->emoji, reaction->n,
                               reaction->own ? "*" : "");
    }
    g_assert_cmpstr(message->body->text, ==, text);
    g_assert_cmpstr(shown->str, ==, reactions);
    g_assert_true(((message->flags & MESSAGE_DELETED) != 0) == (note != NULL));
    g_assert_cmpstr(message->error, ==, note);
    message_unref(message);
}

static void
test_come(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    react(fake, "1", "uma", "+1", true); /* before its message */
    fake_say(fake, 0, &(struct fake_said){.text = "soup?", .id = "1"});
    fake_clear(fake);
    react(fake, "1", "kai", "+1", true);
    react(fake, "1", "kai", "+1", true);
    react(fake, "1", "uma", "", true);
    react(fake, "1", NULL, "x", true);
    react(fake, NULL, "uma", "x", true);
    g_assert_cmpuint(fake->counts[NOTICE_MESSAGE_CHANGED], ==, 0); /* not before it is on disk */
    fake_settle(fake);
    g_assert_cmpuint(fake->counts[NOTICE_MESSAGE_CHANGED], ==, 1);
    assert_newest(fake, "soup?", "+1 x2* ", NULL);
    react(fake, "1", "uma", "+1", false);
    react(fake, "1", "kai", "+1", false);
    fake_settle(fake);
    assert_newest(fake, "soup?", "", NULL);
    fake_free(fake);
}

static void
test_all(void)
{
    struct fake *fake = fake_new(1);
    const struct event_reaction stay[] = {{"uma", "+1"}, {NULL, NULL}, {"bo", "x"}};
    const struct event event = {
        .type = EVENT_REACTIONS,
        .conversation = "#lab",
        .reactions = {.remote_id = "1", .list = stay, .n = 3, .time_us = FAKE_NOW_US + 5}};

    fake_online(fake, 0);
    fake_say(fake, 0, &(struct fake_said){.text = "soup?", .id = "1"});
    react(fake, "1", "uma", "+1", true);
    react(fake, "1", "kai", "+1", true);
    react(fake, "1", "kai", "heart", true);
    fake_settle(fake);
    fake_clear(fake);
    host_emit(fake_session(fake, 0)->host, &event);
    host_emit(fake_session(fake, 0)->host, &event);
    fake_settle(fake);
    g_assert_cmpuint(fake->counts[NOTICE_MESSAGE_CHANGED], ==, 1);
    assert_newest(fake, "soup?", "+1 x1 ", NULL);
    fake_free(fake);
}

static void
change(struct fake *fake, const char *remote_id, const char *text)
{
    struct rich *body = text != NULL ? rich_new(text, -1) : NULL;

    host_emit(fake_session(fake, 0)->host,
              &(struct event){.type = EVENT_EDITED,
                              .conversation = "#lab",
                              .edited = {.remote_id = remote_id, .body = body}});
    rich_free(body);
}

static void
test_edited(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    change(fake, "1", "too early");
    fake_say(fake, 0, &(struct fake_said){.text = "bread at seven", .id = "1"});
    fake_settle(fake);
    fake_clear(fake);
    change(fake, "1", "kai: bread at eight");
    change(fake, "1", "kai: bread at eight");
    change(fake, NULL, "nowhere");
    g_assert_cmpuint(fake->counts[NOTICE_MESSAGE_CHANGED], ==, 0); /* not before it is on disk */
    fake_settle(fake);
    g_assert_cmpuint(fake->counts[NOTICE_MESSAGE_CHANGED], ==, 1);
    assert_newest(fake, "kai: bread at eight", "", NULL);
    struct message *message = fake_newest(fake, 0);
    g_assert_true((message->flags & MESSAGE_EDITED) != 0);
    message_unref(message);
    /* It calls nobody, and counts as what it was. */
    g_assert_cmpuint(fake->counts[NOTICE_ATTENTION], ==, 0);
    g_assert_cmpuint(fake_buffer(fake, 0, "#lab")->unread, ==, 1);
    g_assert_cmpuint(fake_buffer(fake, 0, "#lab")->mentions, ==, 0);
    change(fake, "1", NULL);
    fake_settle(fake);
    assert_newest(fake, "", "", NULL);
    fake_free(fake);
}

static void
test_deleted(void)
{
    const char *const by[] = {"maria", NULL, "maria"};
    const char *const reasons[] = {"spam", NULL, ""};
    const char *const notes[] = {"deleted by maria: spam", "deleted", "deleted by maria"};
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    const struct buffer *lab = fake_buffer(fake, 0, "#lab");
    for (unsigned i = 0; i < 3; i++) {
        g_autofree char *id = g_strdup_printf("%u", i);
        fake_say(fake, 0, &(struct fake_said){.text = "kai: buy this", .id = id});
        fake_settle(fake);
        g_assert_cmpuint(lab->unread, ==, 1);
        g_assert_cmpuint(lab->mentions, ==, 1);
        take_back(fake, id, by[i], reasons[i]);
        take_back(fake, id, by[i], reasons[i]);
        fake_settle(fake);
        assert_newest(fake, "", "", notes[i]);
        g_assert_cmpuint(lab->unread + lab->mentions, ==, 0);
    }
    fake_restart(fake);
    g_assert_cmpuint(fake_buffer(fake, 0, "#lab")->unread, ==, 0);
    fake_free(fake);
}

/* Taken back before it came: nobody is called, nothing is counted, no text is kept. */
static void
test_deleted_before(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    take_back(fake, "1", "maria", "spam");
    fake_clear(fake);
    fake_say(fake, 0, &(struct fake_said){.text = "kai: buy this", .id = "1"});
    fake_settle(fake);
    assert_newest(fake, "", "", "deleted by maria: spam");
    g_assert_cmpuint(fake->counts[NOTICE_ATTENTION], ==, 0);
    g_assert_cmpuint(fake_buffer(fake, 0, "#lab")->unread, ==, 0);
    g_assert_cmpuint(fake_buffer(fake, 0, "#lab")->mentions, ==, 0);
    fake_restart(fake);
    g_assert_cmpuint(fake_buffer(fake, 0, "#lab")->unread, ==, 0);
    fake_free(fake);
}

/* R26: a message, a reaction, its taking back and a deletion, in every order, stored together or
 * each alone: one row, one state. */
static void
test_permutations(void)
{
    for (unsigned order = 0; order < 256; order++) {
        const unsigned at[] = {order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6 & 3};
        if ((1u << at[0] | 1u << at[1] | 1u << at[2] | 1u << at[3]) != 15)
            continue;
        struct fake *fake = fake_new(1);
        fake_online(fake, 0);
        for (unsigned i = 0; i < 4; i++) {
            if (at[i] == 0)
                fake_say(fake, 0, &(struct fake_said){.text = "kai: soup?", .id = "1"});
            else if (at[i] == 1)
                react(fake, "1", "uma", "+1", true);
            else if (at[i] == 2)
                react(fake, "1", "uma", "+1", false);
            else
                take_back(fake, "1", "maria", NULL);
            if (order % 2 == 0)
                fake_settle(fake);
        }
        fake_settle(fake);
        g_autofree char *line = fake_timeline(fake, 0);
        g_assert_cmpstr(line, ==, "/received");
        assert_newest(fake, "", "", "deleted by maria");
        g_assert_cmpuint(fake_buffer(fake, 0, "#lab")->unread, ==, 0);
        fake_free(fake);
    }
}

static void
assert_asked(struct fake *fake, const char *asked)
{
    g_assert_cmpstr(fake_session(fake, 0)->asked->str, ==, asked);
    g_string_truncate(fake_session(fake, 0)->asked, 0);
}

static void
test_asked_for(void)
{
    struct fake *fake = fake_new(1);
    g_autoptr(GError) error = NULL;

    fake_online(fake, 0);
    fake_say(fake, 0, &(struct fake_said){.text = "nameless"});
    fake_settle(fake);
    struct message *message = fake_newest(fake, 0);
    g_assert_false(core_delete(fake->core, message->id, &error));
    g_assert_true(error_is(error, WEFT_ERROR_UNSUPPORTED));
    g_clear_error(&error);
    message_unref(message);

    fake_say(fake, 0, &(struct fake_said){.text = "soup?", .id = "1", .time_us = 5});
    fake_settle(fake);
    message = fake_newest(fake, 0);
    g_assert_true(core_react(fake->core, message->id, "+1", true, &error));
    g_assert_true(core_react(fake->core, message->id, "+1", false, &error));
    g_assert_no_error(error);
    assert_asked(fake, "react 1 +1|unreact 1 +1|");
    fake_settle(fake);
    assert_newest(fake, "soup?", "", NULL); /* it changes when the network has said so */
    g_assert_false(core_react(fake->core, message->id, "", true, &error));
    g_assert_true(error_is(error, WEFT_ERROR_BAD_INPUT));
    g_clear_error(&error);
    g_assert_true(core_delete(fake->core, message->id, &error));
    assert_asked(fake, "delete 1|");
    /* What fails later is said where it was asked. */
    fake_failed(fake, 0, fake_session(fake, 0)->asked_op, WEFT_ERROR_FORBIDDEN);
    fake_settle(fake);
    g_assert_cmpuint(fake->counts[NOTICE_MESSAGE], ==, 3);
    take_back(fake, "1", NULL, NULL);
    fake_settle(fake);
    g_assert_false(core_react(fake->core, message->id, "+1", true, &error));
    g_assert_true(error_is(error, WEFT_ERROR_NOT_FOUND));
    g_clear_error(&error);
    g_assert_false(core_delete(fake->core, 987654, &error));
    g_assert_true(error_is(error, WEFT_ERROR_NOT_FOUND));
    g_clear_error(&error);
    /* The network says that it can't. */
    fake_caps(fake, 0, CAP_SEND, NULL);
    g_assert_false(core_react(fake->core, message->id, "+1", true, &error));
    g_assert_cmpstr(error->message, ==, capability_lack(CAP_REACT));
    g_clear_error(&error);
    g_assert_false(core_delete(fake->core, message->id, &error));
    g_assert_cmpstr(error->message, ==, capability_lack(CAP_DELETE));
    assert_asked(fake, "");
    message_unref(message);
    fake_free(fake);
}

void
test_deed_add(void)
{
    g_test_add_func("/core/deed/come", test_come);
    g_test_add_func("/core/deed/all", test_all);
    g_test_add_func("/core/deed/edited", test_edited);
    g_test_add_func("/core/deed/deleted", test_deleted);
    g_test_add_func("/core/deed/deleted-before", test_deleted_before);
    g_test_add_func("/core/deed/permutations", test_permutations);
    g_test_add_func("/core/deed/asked-for", test_asked_for);
}
