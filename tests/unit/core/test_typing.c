/* Who types, how far was read elsewhere, who is there: what is told and never kept. */
#include <string.h>

#include "tests/unit/core/fake.h"
#include "tests/unit/core/tests.h"

static void
type(struct fake *fake, const char *who, bool active, bool paused)
{
    host_emit(
        fake_session(fake, 0)->host,
        &(struct event){
            .type = EVENT_TYPING,
            .conversation = "#lab",
            .typing = {.user_id = who, .user_name = who, .active = active, .paused = paused}});
}

static void
assert_types(struct fake *fake, const char *names)
{
    g_auto(GStrv) who = core_who_types(fake->core, fake_buffer(fake, 0, "#lab")->id);
    g_autofree char *joined = g_strjoinv(" ", who);
    g_assert_cmpstr(joined, ==, names);
}

static void
test_others(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    fake_clear(fake);
    type(fake, "uma", true, false);
    type(fake, "sol", true, true);
    type(fake, "kai", true, false); /* ourselves, on another device */
    assert_types(fake, "uma sol");
    g_assert_cmpuint(fake->counts[NOTICE_TYPING], ==, 2);
    fake_advance(fake, 5 * SECOND_US);
    type(fake, "uma", true, false); /* still */
    g_assert_cmpuint(fake->counts[NOTICE_TYPING], ==, 2);
    fake_advance(fake, 5 * SECOND_US);
    assert_types(fake, "uma sol");
    fake_advance(fake, 2 * SECOND_US);
    assert_types(fake, "sol");
    g_assert_cmpuint(fake->counts[NOTICE_TYPING], ==, 3);
    fake_advance(fake, 20 * SECOND_US);
    assert_types(fake, "");
    type(fake, "uma", true, false);
    fake_say(fake, 0, &(struct fake_said){.text = "here it is"});
    assert_types(fake, "");
    type(fake, "uma", true, false);
    type(fake, "uma", false, false);
    assert_types(fake, "");
    type(fake, "uma", true, false);
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    assert_types(fake, "");
    fake_free(fake);
}

/* A network may say that the whole world types. */
static void
test_many(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    for (unsigned i = 0; i < 1000; i++) {
        g_autofree char *who = g_strdup_printf("u%u", i);
        type(fake, who, true, false);
    }
    g_auto(GStrv) who = core_who_types(fake->core, fake_buffer(fake, 0, "#lab")->id);
    g_assert_cmpuint(g_strv_length(who), <=, 100);
    fake_free(fake);
}

static void
assert_asked(struct fake *fake, const char *asked)
{
    g_assert_cmpstr(fake_session(fake, 0)->asked->str, ==, asked);
    g_string_truncate(fake_session(fake, 0)->asked, 0);
}

static void
test_ourselves(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    const int64_t id = fake_buffer(fake, 0, "#lab")->id;
    core_typing(fake->core, id, false);
    assert_asked(fake, "");
    for (unsigned i = 0; i < 10; i++)
        core_typing(fake->core, id, true);
    assert_asked(fake, "typing #lab on|");
    fake_advance(fake, 3 * SECOND_US);
    core_typing(fake->core, id, true);
    core_typing(fake->core, id, true);
    assert_asked(fake, "typing #lab on|");
    core_typing(fake->core, id, false);
    core_typing(fake->core, id, false);
    assert_asked(fake, "typing #lab off|");
    core_typing(fake->core, id, true); /* too soon */
    assert_asked(fake, "");
    fake_advance(fake, 3 * SECOND_US);
    core_typing(fake->core, id, true);
    fake_type(fake, 0, "here it is");
    core_typing(fake->core, id, false); /* the message says it */
    assert_asked(fake, "typing #lab on|");
    fake_advance(fake, 3 * SECOND_US);
    fake_caps(fake, 0, CAP_SEND, NULL);
    core_typing(fake->core, id, true);
    fake_caps(fake, 0, CAP_SEND | CAP_TYPING, NULL);
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    core_typing(fake->core, id, true);
    assert_asked(fake, "");
    fake_free(fake);
}

static void
test_off(void)
{
    struct fake *fake = fake_new(1);
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(fake->config_file, &text, NULL, NULL));
    g_autofree char *off = g_strconcat(text, "[look]\ntyping = off\n", NULL);
    g_assert_true(g_file_set_contents(fake->config_file, off, -1, NULL));
    fake_restart(fake);
    fake_online(fake, 0);
    core_typing(fake->core, fake_buffer(fake, 0, "#lab")->id, true);
    assert_asked(fake, "");
    fake_free(fake);
}

/* --- the read mark
 * ----------------------------------------------------------------------------------------- */

static struct position
say_at(struct fake *fake, int64_t i)
{
    g_autofree char *id = g_strdup_printf("m%d", (int)i);
    fake_say(fake, 0, &(struct fake_said){.text = "hi", .id = id, .time_us = i});
    fake_settle(fake);
    struct message *message = fake_newest(fake, 0);
    const struct position position = message_position(message);
    message_unref(message);
    return position;
}

/* The first at once, then the last of each second, and never one for each line. */
static void
test_mark_limited(void)
{
    struct fake *fake = fake_new(1);
    struct position at[11];

    fake_online(fake, 0);
    const int64_t id = fake_buffer(fake, 0, "#lab")->id;
    for (unsigned i = 1; i <= 10; i++)
        at[i] = say_at(fake, i);
    const struct fake_session *session = fake_session(fake, 0);
    for (unsigned i = 1; i <= 8; i++)
        core_mark_read(fake->core, id, at[i], false);
    g_assert_cmpuint(session->marks, ==, 1);
    g_assert_cmpstr(session->marked, ==, "m1");
    fake_advance(fake, SECOND_US);
    g_assert_cmpuint(session->marks, ==, 2);
    g_assert_cmpstr(session->marked, ==, "m8");
    fake_advance(fake, 10 * SECOND_US);
    g_assert_cmpuint(session->marks, ==, 2);
    /* What weft says itself is nothing that a network has. */
    core_say(fake->core, id, "by weft");
    fake_settle(fake);
    core_mark_all_read(fake->core, id);
    g_assert_cmpstr(session->marked, ==, "m10");
    /* The end does not wait for the second. */
    const struct position last = say_at(fake, 20 * SECOND_US);
    session = fake_session(fake, 0);
    core_mark_read(fake->core, id, last, false);
    g_assert_cmpuint(session->marks, ==, 3);
    core_disconnect(fake->core, fake_account(fake, 0)->id, NULL);
    g_assert_cmpuint(session->marks, ==, 4);
    g_assert_cmpstr(session->marked, ==, "m20000000");
    fake_free(fake);
}

/* What the person takes back is not told when the pause is over. */
static void
test_mark_back(void)
{
    struct fake *fake = fake_new(1);
    struct position at[4];

    fake_online(fake, 0);
    const int64_t id = fake_buffer(fake, 0, "#lab")->id;
    for (unsigned i = 1; i <= 3; i++)
        at[i] = say_at(fake, i);
    const struct fake_session *session = fake_session(fake, 0);
    core_mark_read(fake->core, id, at[1], false);
    core_mark_all_read(fake->core, id); /* waits a second */
    core_mark_read(fake->core, id, at[1], true);
    g_assert_cmpstr(session->marked, ==, "back to m1");
    fake_advance(fake, 10 * SECOND_US);
    g_assert_cmpuint(session->marks, ==, 1);
    g_assert_cmpuint(fake_buffer(fake, 0, "#lab")->unread, ==, 2);
    core_mark_read(fake->core, id, (struct position){0}, true);
    g_assert_cmpstr(session->marked, ==, "back to nothing");
    core_mark_all_read(fake->core, id);
    g_assert_cmpstr(session->marked, ==, "m3");
    fake_free(fake);
}

/* What was read while the network was away is told when it is back. */
static void
test_mark_later(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    const int64_t id = fake_buffer(fake, 0, "#lab")->id;
    const struct position at = say_at(fake, 1);
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    core_mark_read(fake->core, id, at, false);
    g_assert_cmpuint(fake_session(fake, 0)->marks, ==, 0);
    fake_advance(fake, 60 * SECOND_US);
    fake_online(fake, 0);
    g_assert_cmpuint(fake_session(fake, 0)->marks, ==, 1);
    g_assert_cmpstr(fake_session(fake, 0)->marked, ==, "m1");
    fake_free(fake);
}

static void
read_elsewhere(struct fake *fake, int64_t time_us)
{
    host_emit(fake_session(fake, 0)->host, &(struct event){.type = EVENT_READ,
                                                           .conversation = "#lab",
                                                           .read_us = FAKE_NOW_US + time_us});
    fake_settle(fake);
}

static void
test_read_elsewhere(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    const struct buffer *lab = fake_buffer(fake, 0, "#lab");
    for (unsigned i = 1; i <= 5; i++)
        say_at(fake, i);
    read_elsewhere(fake, 3);
    g_assert_cmpuint(lab->unread, ==, 2);
    read_elsewhere(fake, 2); /* never back */
    g_assert_cmpuint(lab->unread, ==, 2);
    read_elsewhere(fake, 1000000);
    g_assert_cmpuint(lab->unread, ==, 0);
    read_elsewhere(fake, INT64_MIN / 2);
    read_elsewhere(fake, INT64_MAX / 2);
    g_assert_cmpuint(fake_session(fake, 0)->marks, ==, 0); /* and is not said back */
    fake_restart(fake);
    g_assert_cmpuint(fake_buffer(fake, 0, "#lab")->unread, ==, 0);
    fake_free(fake);
}

/* --- presence
 * ---------------------------------------------------------------------------------------------- */

static void
be(struct fake *fake, const char *who, enum presence presence)
{
    host_emit(fake_session(fake, 0)->host,
              &(struct event){.type = EVENT_PRESENCE,
                              .presence = {.user_id = who, .presence = presence}});
}

static void
test_presence(void)
{
    struct fake *fake = fake_new(1);
    struct member *uma = member_new("uma", "Uma", "");

    fake_online(fake, 0);
    fake_channel(fake, 0, "uma", BUFFER_DIRECT);
    host_emit(fake_session(fake, 0)->host,
              &(struct event){.type = EVENT_MEMBER_ADDED, .conversation = "#lab", .member = uma});
    const struct buffer *lab = fake_buffer(fake, 0, "#lab"), *direct = fake_buffer(fake, 0, "uma");
    const struct member *member = g_hash_table_lookup(lab->members, "uma");
    fake_clear(fake);
    be(fake, "uma", PRESENCE_AWAY);
    g_assert_cmpint(direct->presence, ==, PRESENCE_AWAY);
    g_assert_true(member->away);
    g_assert_cmpuint(fake->counts[NOTICE_BUFFER_CHANGED], ==, 1);
    g_assert_cmpuint(fake->counts[NOTICE_MEMBERS], ==, 1);
    be(fake, "uma", PRESENCE_AWAY); /* nothing new */
    be(fake, "nobody", PRESENCE_HERE);
    be(fake, "uma", (enum presence)99);
    g_assert_cmpuint(fake->counts[NOTICE_BUFFER_CHANGED], ==, 1);
    be(fake, "uma", PRESENCE_HERE);
    g_assert_cmpint(direct->presence, ==, PRESENCE_HERE);
    g_assert_false(member->away);
    g_assert_cmpint(lab->presence, ==, PRESENCE_UNKNOWN);
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    g_assert_cmpint(direct->presence, ==, PRESENCE_UNKNOWN);
    member_free(uma);
    fake_free(fake);
}

void
test_typing_add(void)
{
    g_test_add_func("/core/typing/others", test_others);
    g_test_add_func("/core/typing/many", test_many);
    g_test_add_func("/core/typing/ourselves", test_ourselves);
    g_test_add_func("/core/typing/off", test_off);
    g_test_add_func("/core/read/mark-limited", test_mark_limited);
    g_test_add_func("/core/read/mark-later", test_mark_later);
    g_test_add_func("/core/read/mark-back", test_mark_back);
    g_test_add_func("/core/read/elsewhere", test_read_elsewhere);
    g_test_add_func("/core/presence", test_presence);
}
