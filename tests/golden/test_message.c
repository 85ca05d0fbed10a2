/* What the letters of the message cursor do, over a real core and store. */
#include <string.h>

#include "core/inbox.h"
#include "tests/golden/world.h"

static void
said(struct world *world, const char *text, const char *id, int minute)
{
    fake_say(
        world->fake, 0,
        &(struct fake_said){.text = text, .id = id, .time_us = minute * INT64_C(60) * SECOND_US});
    fake_settle(world->fake);
}

/* #lab with two messages; the cursor is on the second. */
static struct world *
begin(void)
{
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    said(world, "Who takes minutes on Thursday?", "m1", 1);
    said(world, "And who brings the soup?", "m2", 2);
    g_free(look(world));
    press(world, "F2");
    g_string_truncate(fake_session(world->fake, 0)->asked, 0);
    return world;
}

static void
assert_asked(struct world *world, const char *expected)
{
    struct fake_session *session = fake_session(world->fake, 0);

    fake_settle(world->fake);
    g_assert_cmpstr(session->asked->str, ==, expected);
    g_string_truncate(session->asked, 0);
}

static void
test_reply(void)
{
    struct world *world = begin();

    press(world, "k");
    press(world, "r");
    assert_shows(world, "reply to Uma: Who takes minutes on Thursday?");
    g_autofree char *row = marked(world);
    g_assert_null(row);
    type(world, "//me");
    press(world, "Enter");
    g_assert_cmpstr(fake_sent(world->fake, 0, 0)->text, ==, "/me");
    g_assert_cmpstr(fake_sent(world->fake, 0, 0)->reply_to, ==, "m1");
    assert_shows(world, "re Uma: Who takes minutes");
    g_assert_false(shows(world, "reply to Uma"));
    press(world, "F2");
    press(world, "e");
    assert_shows(world, "This message is not sent yet: it can be changed when");
    press(world, "k");
    press(world, "e");
    assert_shows(world, "Only what you have said yourself can be changed.");
    press(world, "Esc");
    /* The next one answers nothing. */
    fake_done(world->fake, 0, fake_sent(world->fake, 0, 0)->op, "m3", 3 * 60 * SECOND_US);
    type(world, "I do");
    press(world, "Enter");
    g_assert_cmpstr(fake_sent(world->fake, 0, 1)->reply_to, ==, NULL);
    world_free(world);
}

/* Kept with the draft, over buffers and a restart; Esc drops it; a command does not take it. */
static void
test_reply_kept(void)
{
    struct world *world = begin();

    fake_channel(world->fake, 0, "#ops", BUFFER_CHANNEL);
    press(world, "r");
    go(world, 0, "#ops");
    g_assert_false(shows(world, "reply to"));
    go(world, 0, "#lab");
    assert_shows(world, "reply to Uma: And who brings the soup?");
    world_restart(world);
    go(world, 0, "#lab");
    assert_shows(world, "reply to Uma: And who brings the soup?");
    type(world, "/nosuchcommand");
    press(world, "Enter");
    assert_shows(world, "reply to Uma: And who brings the soup?");
    press(world, "Ctrl-u");
    type(world, "words");
    press(world, "Esc");
    g_assert_false(shows(world, "reply to"));
    assert_shows(world, "Kai] words");
    world_restart(world);
    go(world, 0, "#lab");
    g_assert_false(shows(world, "reply to"));
    world_free(world);
}

/* What is answered may change: its words are those of now. */
static void
test_reply_changes(void)
{
    struct world *world = begin();

    press(world, "r");
    emit(world, &(struct event){
                    .type = EVENT_DELETED, .conversation = "#lab", .deleted = {.remote_id = "m2"}});
    assert_shows(world, "reply to Uma: (deleted)");
    g_assert_false(shows(world, "soup"));
    world_free(world);
}

/* A network that ties no answer to a message: it is said before, and the name goes first. */
static void
test_reply_by_name(void)
{
    struct world *world = begin();
    const struct limits limits = {.max_in_flight = 1};

    fake_caps(world->fake, 0, CAP_SEND, &limits);
    press(world, "r");
    assert_shows(world, "This network has no way to answer one message.");
    assert_shows(world, "Esc drops it");
    type(world, "me");
    press(world, "Enter");
    g_assert_cmpstr(fake_sent(world->fake, 0, 0)->text, ==, "Uma: me");
    g_assert_cmpstr(fake_sent(world->fake, 0, 0)->reply_to, ==, NULL);
    /* What it has not got is no letter of the hints, and said when it is asked for. */
    press(world, "F2");
    press(world, "k");
    g_assert_false(shows(world, "react"));
    press(world, "a");
    assert_shows(world, "This network has no reactions.");
    press(world, "+");
    assert_shows(world, "This network has no reactions.");
    press(world, "d");
    assert_shows(world, "This network has no way to delete a message.");
    assert_asked(world, "");
    world_free(world);
}

static void
test_quote(void)
{
    struct world *world = begin();

    said(world, "one\r\n\033[31mtwo\u202e\nthree", "m3", 3);
    press(world, "q");
    assert_shows(world, "> Uma: And who brings the soup?");
    type(world, "me");
    press(world, "Enter");
    g_assert_cmpstr(fake_sent(world->fake, 0, 0)->text, ==, "> Uma: And who brings the soup?\nme");
    type(world, "first");
    press(world, "F2");
    press(world, "k");
    assert_marked(world, "one");
    press(world, "q");
    press(world, "Enter");
    fake_done(world->fake, 0, fake_sent(world->fake, 0, 0)->op, "m4", 4 * 60 * SECOND_US);
    fake_settle(world->fake);
    g_assert_cmpstr(fake_sent(world->fake, 0, 1)->text, ==,
                    "first\n> Uma: one\n> [31mtwo\n> three\n");
    world_free(world);
}

static void
test_delete(void)
{
    struct world *world = begin();

    press(world, "d");
    assert_shows(world, "d again deletes this message of 22:15 for everybody.");
    press(world, "Esc"); /* a no, and one is still there */
    assert_shows(world, "It stays as it is.");
    press(world, "d");
    press(world, "k");
    press(world, "d");
    assert_asked(world, "");
    press(world, "x"); /* means nothing, and is no yes */
    press(world, "Backspace");
    g_string_truncate(fake_session(world->fake, 0)->asked, 0);
    press(world, "F2");
    press(world, "k");
    press(world, "d");
    assert_asked(world, "");
    press(world, "d");
    assert_shows(world, "The network was asked to delete it.");
    assert_asked(world, "delete m1|");
    world_free(world);
}

static void
react_event(struct world *world, const char *who, const char *emoji)
{
    emit(world, &(struct event){.type = EVENT_REACTION,
                                .conversation = "#lab",
                                .reaction = {.remote_id = "m2",
                                             .user_id = who,
                                             .user_name = who,
                                             .emoji = emoji,
                                             .time_us = FAKE_NOW_US,
                                             .add = true,
                                             .own = strcmp(who, "kai") == 0}});
}

static void
test_react(void)
{
    struct world *world = begin();

    press(world, "+");
    assert_asked(world, "react m2 👍|");
    react_event(world, "kai", "👍");
    react_event(world, "sol", "heart");
    press(world, "+");
    assert_asked(world, "unreact m2 👍|");
    press(world, "2");
    assert_asked(world, "react m2 heart|");
    press(world, "1");
    assert_asked(world, "unreact m2 👍|");
    press(world, "3");
    assert_shows(world, "There are not so many reactions here.");
    /* By a part of its name; what was chosen last stands first the next time. */
    press(world, "a");
    assert_shows(world, "react>");
    type(world, "taco");
    assert_shows(world, "🌮");
    press(world, "Enter");
    assert_asked(world, "react m2 🌮|");
    assert_marked(world, "And who brings the soup?");
    press(world, "a");
    press(world, "Enter");
    assert_asked(world, "react m2 🌮|");
    press(world, "a");
    press(world, "Down");
    press(world, "Up");
    type(world, "zzzz");
    assert_shows(world, "react with this word");
    press(world, "Enter");
    assert_asked(world, "react m2 zzzz|");
    press(world, "a");
    press(world, "Esc");
    press(world, "a");
    type(world, "zz");
    press(world, "Ctrl-u");
    assert_shows(world, "React with");
    press(world, "Esc");
    assert_asked(world, "");
    world_free(world);
}

static void
test_flag(void)
{
    struct world *world = begin();

    press(world, "f");
    assert_shows(world, "soup? (flagged)");
    g_assert_cmpuint(core_inbox_counts(world->fake->core)->n[INBOX_SAVED], ==, 1);
    press(world, "j");
    assert_shows(world, "f unflag");
    press(world, "f");
    g_assert_false(shows(world, "soup? (flagged)"));
    world_free(world);
}

static void
test_unread(void)
{
    struct world *world = begin();
    const struct buffer *lab = fake_buffer(world->fake, 0, "#lab");

    g_assert_cmpuint(lab->unread, ==, 0);
    press(world, "u");
    assert_shows(world, "Unread from here");
    g_assert_cmpuint(lab->unread, ==, 1);
    assert_shows(world, "─ new ─");
    /* Looking at it does not read it. */
    press(world, "Esc");
    g_free(look(world));
    g_assert_cmpuint(lab->unread, ==, 1);
    /* The network has been told, where one has read up to. */
    fake_advance(world->fake, 2 * SECOND_US);
    g_assert_cmpstr(fake_session(world->fake, 0)->marked, ==, "back to m1");
    world_restart(world);
    g_assert_cmpuint(fake_buffer(world->fake, 0, "#lab")->unread, ==, 1);
    world_free(world);
}

static void
test_facts(void)
{
    struct world *world = begin();

    press(world, "v");
    assert_shows(world, "What weft knows of this message.");
    assert_shows(world, "network's id  m2");
    assert_shows(world, "came live");
    assert_shows(world, "And who brings the soup?");
    press(world, "PgDn");
    press(world, "Esc");
    assert_marked(world, "And who brings the soup?");
    press(world, "w");
    assert_shows(world, "it came from the network");
    assert_shows(world, "everybody in #lab");
    press(world, "q");
    assert_marked(world, "And who brings the soup?");
    world_free(world);
}

/* What was not sent is sent again, or given up. */
static void
test_failed(void)
{
    struct world *world = begin();

    press(world, "Esc");
    type(world, "lost");
    press(world, "Enter");
    fake_failed(world->fake, 0, fake_sent(world->fake, 0, 0)->op, WEFT_ERROR_FORBIDDEN);
    assert_shows(world, "NOT SENT");
    press(world, "F2");
    assert_shows(world, "r send again");
    press(world, "w");
    assert_shows(world, "nobody: the network did not take it");
    press(world, "Esc");
    press(world, "r");
    fake_settle(world->fake);
    g_assert_cmpstr(fake_sent(world->fake, 0, 1)->text, ==, "lost");
    fake_failed(world->fake, 0, fake_sent(world->fake, 0, 1)->op, WEFT_ERROR_FORBIDDEN);
    assert_shows(world, "NOT SENT: Sent again, further down.");
    press(world, "j");
    press(world, "d");
    assert_shows(world, "d again gives up what was not sent.");
    press(world, "d");
    assert_shows(world, "Given up.");
    press(world, "r");
    assert_shows(world, "Nobody has seen this: it was not sent.");
    g_assert_false(shows(world, "r send again"));
    world_free(world);
}

/* In weft's own buffer, and on what only happened, the letters say what they cannot do. */
static void
test_refusals(void)
{
    struct world *world = world_new(1);

    core_say(world->fake->core, core_own_buffer(world->fake->core)->id, "A line by weft.");
    fake_settle(world->fake);
    core_show_buffer(world->fake->core, core_own_buffer(world->fake->core)->id);
    g_free(look(world));
    press(world, "F2");
    assert_marked(world, "A line by weft.");
    press(world, "r");
    assert_shows(world, "Only what somebody has said can be answered.");
    press(world, "q");
    assert_shows(world, "Nothing can be said here.");
    press(world, "d");
    assert_shows(world, "This network has no way to delete a message.");
    press(world, "w");
    assert_shows(world, "you alone");
    press(world, "Esc");
    press(world, "v");
    press(world, "Esc");
    assert_marked(world, "A line by weft.");
    world_free(world);
}

void
test_message_add(void)
{
    g_test_add_func("/world/message/reply", test_reply);
    g_test_add_func("/world/message/reply-kept", test_reply_kept);
    g_test_add_func("/world/message/reply-changes", test_reply_changes);
    g_test_add_func("/world/message/reply-by-name", test_reply_by_name);
    g_test_add_func("/world/message/quote", test_quote);
    g_test_add_func("/world/message/delete", test_delete);
    g_test_add_func("/world/message/react", test_react);
    g_test_add_func("/world/message/flag", test_flag);
    g_test_add_func("/world/message/unread", test_unread);
    g_test_add_func("/world/message/facts", test_facts);
    g_test_add_func("/world/message/failed", test_failed);
    g_test_add_func("/world/message/refusals", test_refusals);
}
