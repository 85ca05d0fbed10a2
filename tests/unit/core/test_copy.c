/* What the relay says and does through core: on disk first, in order, once. */
#include <string.h>

#include "core/copy.h"
#include "core/edit.h"
#include "tests/unit/core/copies.h"
#include "tests/unit/core/tests.h"

/* "hello" by uma, its copy is "r0" there. */
static int64_t
copied(struct fake *fake)
{
    struct copies_answer answer = {0};
    const int64_t source = copies_uma_says(fake, "a", "hello");
    copies_add(fake, source, "hello", &answer);
    g_assert_true(answer.added);
    fake_done(fake, 1, fake_sent(fake, 1, 0)->op, "r0", 5);
    fake_settle(fake);
    g_string_truncate(copies_session_at(fake, 1)->asked, 0);
    return source;
}

static void
assert_asked(struct fake *fake, unsigned i, const char *asked)
{
    g_assert_cmpstr(copies_session_at(fake, i)->asked->str, ==, asked);
    g_string_truncate(copies_session_at(fake, i)->asked, 0);
}

/* --- saying
 * --------------------------------------------------------------------------------------- */

static void
test_said(void)
{
    struct fake *fake = copies_joined();
    struct copies_answer answer = {0};
    const int64_t there = copies_lab(fake, 1);

    core_set_draft(fake->core, there, "half a sentence");
    fake_say(fake, 1, &(struct fake_said){.text = "unread", .id = "u"});
    fake_settle(fake);
    const unsigned marks = copies_session_at(fake, 1)->marks;
    const int64_t source = copies_uma_says(fake, "a", "hello");
    g_assert_cmpuint(copies_n_tasks(fake), ==, 1);
    copies_add(fake, source, "hello", &answer);
    g_assert_true(answer.added);
    g_assert_cmpuint(copies_n_tasks(fake), ==, 0);
    struct message *stands = copies_of(fake, source, 0);
    g_assert_cmpstr(stands->sender_name, ==, "Uma");
    g_assert_cmpuint(stands->flags & (MESSAGE_OWN | MESSAGE_RELAYED), ==,
                     MESSAGE_OWN | MESSAGE_RELAYED);
    g_assert_cmpint(stands->state, ==, MESSAGE_SENDING);
    message_unref(stands);
    const struct fake_send *send = fake_sent(fake, 1, 0);
    g_assert_cmpstr(send->text, ==, "hello");
    g_assert_cmpstr(send->as_name, ==, "Uma [patio]");
    g_assert_cmpstr(send->as_avatar, ==, "https://a.example/u.png");
    g_assert_cmpuint(strlen(send->mark), ==, 16);
    g_assert_cmpstr(send->mark, ==, core_copy_mark(fake->core));
    g_assert_cmpuint(strlen(send->key), ==, 32);
    g_assert_cmpuint(core_copies_under_way(fake->core, there), ==, 1);
    fake_done(fake, 1, send->op, "r0", 5);
    fake_settle(fake);
    g_assert_cmpuint(core_copies_under_way(fake->core, there), ==, 0);
    /* Nobody here has read or written anything. */
    g_assert_cmpuint(core_buffer(fake->core, there)->unread, ==, 1);
    g_assert_true(core_buffer(fake->core, there)->draft);
    g_assert_cmpuint(copies_session_at(fake, 1)->marks, ==, marks);
    g_autofree char *draft = core_draft(fake->core, there);
    g_assert_cmpstr(draft, ==, "half a sentence");
    /* Its echo is no news. */
    fake_say(fake, 1, &(struct fake_said){.text = "hello", .id = "r0", .own = true});
    fake_settle(fake);
    g_assert_cmpuint(copies_n_tasks(fake), ==, 0);
    g_assert_cmpuint(core_buffer(fake->core, there)->unread, ==, 1);
    fake_free(fake);
}

static void
test_once(void)
{
    struct fake *fake = copies_joined();
    struct copies_answer answer = {0};
    const int64_t source = copies_uma_says(fake, "a", "hello");

    copies_add(fake, source, "hello", &answer);
    g_assert_true(answer.added);
    copies_add(fake, source, "hello", &answer);
    g_assert_false(answer.added);
    g_assert_cmpint(answer.code, ==, WEFT_ERROR_CONFLICT);
    copies_add(fake, 987654, "hello", &answer);
    g_assert_cmpint(answer.code, ==, WEFT_ERROR_NOT_FOUND);
    g_autofree char *key = g_strdup(fake_sent(fake, 1, 0)->key);
    /* Killed before the network has answered: the same is looked for, and sent with the same key.
     */
    fake_restart(fake);
    fake_state(fake, 1, ACCOUNT_LOGIN);
    copies_come_online(fake, 0);
    fake_state(fake, 1, ACCOUNT_CATCH_UP);
    fake_caps(fake, 1, FAKE_CAPS,
              &(struct limits){.max_in_flight = 1,
                               .dedupe_window_us = 30 * SECOND_US,
                               .name_bytes = COPIES_NAMES});
    fake_channel(fake, 1, "#lab", BUFFER_CHANNEL);
    fake_settle(fake);
    g_assert_cmpuint(copies_session_at(fake, 1)->sends->len, ==, 0);
    g_assert_cmpuint(core_copies_under_way(fake->core, copies_lab(fake, 1)), ==, 1);
    fake_caught_up(fake, 1, "#lab", true);
    fake_settle(fake);
    g_assert_cmpuint(copies_session_at(fake, 1)->sends->len, ==, 1);
    const struct fake_send *send = fake_sent(fake, 1, 0);
    g_assert_cmpstr(send->key, ==, key);
    g_assert_true(send->resend);
    g_assert_cmpstr(send->as_name, ==, "Uma [patio]");
    g_assert_cmpstr(send->mark, ==, core_copy_mark(fake->core));
    fake_free(fake);
}

/* The connection went before the answer, and the message had arrived. */
static void
test_found(void)
{
    struct fake *fake = copies_joined();
    struct copies_answer answer = {0};
    const int64_t source = copies_uma_says(fake, "a", "hello");

    copies_add(fake, source, "hello", &answer);
    g_autofree char *key = g_strdup(fake_sent(fake, 1, 0)->key);
    for (unsigned i = 0; i < 4; i++) { /* it was not there: sent again, however often */
        copies_lose(fake, 1);
        copies_come_back(fake, 1);
        fake_caught_up(fake, 1, "#lab", true);
        fake_settle(fake);
    }
    g_assert_cmpuint(copies_session_at(fake, 1)->sends->len, ==, 5);
    copies_lose(fake, 1);
    struct message *unknown = copies_of(fake, source, 0);
    g_assert_cmpint(unknown->state, ==, MESSAGE_UNKNOWN);
    const int64_t id = unknown->id;
    message_unref(unknown);
    /* Taken back meanwhile: that is done when it is known where it is. */
    core_copy_delete(fake->core, id, copies_on_done, &answer);
    fake_settle(fake);
    g_assert_cmpint(answer.code, ==, WEFT_ERROR_CLOSED);
    copies_come_back(fake, 1);
    fake_say(fake, 1,
             &(struct fake_said){.text = "hello",
                                 .id = "r0",
                                 .key = key,
                                 .own = true,
                                 .origin = ORIGIN_CATCH_UP,
                                 .time_us = 9});
    fake_caught_up(fake, 1, "#lab", true);
    fake_settle(fake);
    g_assert_cmpuint(copies_session_at(fake, 1)->sends->len, ==, 5);
    struct message *found = copies_of(fake, source, 0);
    g_assert_cmpint(found->state, ==, MESSAGE_SENT);
    g_assert_cmpstr(found->remote_id, ==, "r0");
    message_unref(found);
    g_string_truncate(copies_session_at(fake, 1)->asked, 0);
    core_copy_delete(fake->core, id, copies_on_done, &answer);
    fake_settle(fake);
    assert_asked(fake, 1, "delete r0|");
    fake_free(fake);
}

/* Several at a time, and the network wants a pause: what was being marked when it said so does not
 * leave before what comes back. */
static void
test_rate_limited(void)
{
    struct fake *fake = fake_new(1);
    g_autoptr(GError) error = NULL;

    fake_online(fake, 0);
    fake_caps(fake, 0, FAKE_CAPS, &(struct limits){.max_in_flight = 2});
    fake_type(fake, 0, "one");
    fake_settle(fake);
    fake_type(fake, 0, "two");
    store_flush(fake->store);
    g_assert_cmpuint(copies_session_at(fake, 0)->sends->len, ==, 1);
    error_set_rate_limited(&error, 30 * SECOND_US, "Slow down.");
    host_failed(fake_session(fake, 0)->host, fake_sent(fake, 0, 0)->op, error);
    fake_settle(fake);
    g_assert_cmpuint(copies_session_at(fake, 0)->sends->len, ==, 1);
    fake_advance(fake, 30 * SECOND_US);
    g_assert_cmpuint(copies_session_at(fake, 0)->sends->len, ==, 2);
    g_assert_cmpstr(fake_sent(fake, 0, 1)->text, ==, "one");
    fake_done(fake, 0, fake_sent(fake, 0, 1)->op, NULL, 0);
    fake_settle(fake);
    g_assert_cmpstr(fake_sent(fake, 0, 2)->text, ==, "two");
    fake_done(fake, 0, fake_sent(fake, 0, 2)->op, NULL, 0);
    fake_settle(fake);
    fake_free(fake);
}

static void
test_parts(void)
{
    struct fake *fake = copies_joined();
    struct copies_answer answer = {0};
    const int64_t source = copies_uma_says(fake, "a", "long");

    copies_add(fake, source, "lo|ng", &answer);
    g_assert_cmpuint(answer.calls, ==, 1);
    g_assert_cmpuint(copies_n_tasks(fake), ==, 0);
    struct message *first = copies_of(fake, source, 0), *second = copies_of(fake, source, 1);
    g_assert_cmpstr(first->body->text, ==, "lo");
    g_assert_cmpstr(second->body->text, ==, "ng");
    message_unref(first);
    message_unref(second);
    g_assert_cmpuint(core_copies_under_way(fake->core, copies_lab(fake, 1)), ==, 2);
    /* What others have said is not the person's to take back, nor counted as theirs. */
    g_assert_cmpuint(core_waiting(fake->core, copies_lab(fake, 1)), ==, 0);
    g_assert_cmpuint(core_drop_all(fake->core, copies_lab(fake, 1)), ==, 0);
    fake_done(fake, 1, fake_sent(fake, 1, 0)->op, "r0", 5);
    fake_settle(fake);
    g_assert_cmpstr(fake_sent(fake, 1, 1)->text, ==, "ng");
    g_assert_cmpstr(fake_sent(fake, 1, 1)->key, !=, fake_sent(fake, 1, 0)->key);
    fake_free(fake);
}

/* The network had a way to say it under her name, and has none when it leaves. */
static void
test_name_lost(void)
{
    struct fake *fake = copies_joined();
    struct copies_answer answer = {0};
    const int64_t source = copies_uma_says(fake, "a", "hello");

    g_assert_cmpuint(core_copy_name_bytes(fake->core, copies_lab(fake, 1)), ==, COPIES_NAMES);
    copies_lose(fake, 1);
    copies_add(fake, source, "hello", &answer);
    fake_advance(fake, 600 * SECOND_US);
    fake_state(fake, 1, ACCOUNT_LOGIN);
    fake_caps(fake, 1, FAKE_CAPS, &(struct limits){.max_in_flight = 1});
    fake_state(fake, 1, ACCOUNT_CATCH_UP);
    fake_channel(fake, 1, "#lab", BUFFER_CHANNEL);
    fake_settle(fake);
    g_assert_cmpuint(core_copy_name_bytes(fake->core, copies_lab(fake, 1)), ==, 0);
    g_assert_cmpstr(fake_sent(fake, 1, 0)->text, ==, "<Uma [patio]> hello");
    g_assert_null(fake_sent(fake, 1, 0)->as_name);
    fake_free(fake);
}

static void
test_again(void)
{
    struct fake *fake = copies_joined();
    struct copies_answer answer = {0};
    const int64_t source = copies_uma_says(fake, "a", "hello");

    copies_add(fake, source, "hello", &answer);
    fake_failed(fake, 1, fake_sent(fake, 1, 0)->op, WEFT_ERROR_FORBIDDEN);
    fake_settle(fake);
    const int64_t before = copies_id(fake, source);
    g_assert_true(core_retry(fake->core, before, NULL));
    fake_settle(fake);
    struct message *after = copies_of(fake, source, 0);
    g_assert_cmpint(after->id, !=, before);
    g_assert_cmpstr(after->sender_name, ==, "Uma");
    g_assert_true((after->flags & MESSAGE_RELAYED) != 0);
    message_unref(after);
    g_assert_cmpstr(fake_sent(fake, 1, 1)->as_name, ==, "Uma [patio]");
    g_assert_cmpstr(fake_sent(fake, 1, 1)->key, !=, fake_sent(fake, 1, 0)->key);
    fake_free(fake);
}

static void
assert_not_ready(struct fake *fake, int64_t buffer_id, enum weft_error code)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(core_copy_ready(fake->core, buffer_id, &error));
    g_assert_true(error_is(error, code));
}

static void
test_ready(void)
{
    struct fake *fake = copies_joined();
    const int64_t there = copies_lab(fake, 1);
    struct copies_answer answer = {0};

    g_assert_true(core_copy_ready(fake->core, there, NULL));
    g_assert_true(core_copy_caught_up(fake->core, there));
    g_assert_null(core_copy_calls_everyone(fake->core, there)[0]);
    assert_not_ready(fake, 987654, WEFT_ERROR_NOT_FOUND);
    g_assert_true(core_copy_caught_up(fake->core, 987654)); /* nothing will come */
    copies_lose(fake, 1);
    assert_not_ready(fake, there, WEFT_ERROR_CLOSED);
    g_assert_false(core_copy_caught_up(fake->core, there));
    fake_advance(fake, 600 * SECOND_US);
    fake_state(fake, 1, ACCOUNT_LOGIN);
    fake_state(fake, 1, ACCOUNT_CATCH_UP);
    assert_not_ready(fake, there, WEFT_ERROR_CLOSED);
    fake_channel(fake, 1, "#lab", BUFFER_CHANNEL);
    fake_settle(fake);
    g_assert_true(core_copy_ready(fake->core, there, NULL));
    g_assert_false(core_copy_caught_up(fake->core, there));
    /* It is, as soon as what was missed is on the disk. */
    fake_say(
        fake, 1,
        &(struct fake_said){.text = "missed", .id = "m", .origin = ORIGIN_CATCH_UP, .time_us = 9});
    host_emit(
        copies_session_at(fake, 1)->host,
        &(struct event){.type = EVENT_CAUGHT_UP, .conversation = "#lab", .history_whole = true});
    g_assert_false(core_copy_caught_up(fake->core, there));
    fake_settle(fake);
    g_assert_true(core_copy_caught_up(fake->core, there));
    /* Thrown out. */
    host_emit(copies_session_at(fake, 1)->host,
              &(struct event){.type = EVENT_BUFFER,
                              .conversation = "#lab",
                              .buffer = {.kind = BUFFER_CHANNEL, .name = "#lab"}});
    fake_settle(fake);
    assert_not_ready(fake, there, WEFT_ERROR_FORBIDDEN);
    const int64_t source = copies_uma_says(fake, "a", "hello");
    copies_add(fake, source, "hello", &answer);
    g_assert_cmpint(answer.code, ==, WEFT_ERROR_FORBIDDEN);
    g_assert_cmpuint(copies_n_tasks(fake), ==, 1);
    fake_free(fake);
}

/* Other relays' copies are seen as that, and go nowhere. */
static void
test_other_relay(void)
{
    struct fake *fake = copies_joined();

    fake_say(
        fake, 0,
        &(struct fake_said){.text = "from elsewhere", .id = "x", .relayed_by = "0123456789abcdef"});
    fake_settle(fake);
    struct message *message = core_find_message(fake->core, copies_lab(fake, 0), "x");
    g_assert_true((message->flags & MESSAGE_RELAYED) != 0);
    message_unref(message);
    g_assert_cmpuint(copies_n_tasks(fake), ==, 0);
    g_assert_cmpuint(core_buffer(fake->core, copies_lab(fake, 0))->unread, ==, 1);
    /* Ours, on its way: it is told when it is sent. */
    fake_type(fake, 0, "typed here");
    fake_settle(fake);
    g_assert_cmpuint(copies_n_tasks(fake), ==, 0);
    fake_done(fake, 0, fake_sent(fake, 0, 0)->op, "t", 6);
    fake_settle(fake);
    g_assert_cmpuint(copies_n_tasks(fake), ==, 1);
    fake_free(fake);
}

/* --- doing
 * ---------------------------------------------------------------------------------------- */

static void
change(struct fake *fake, int64_t id, const char *text, struct copies_answer *answer)
{
    struct rich *body = rich_new(text, -1);
    core_copy_edit(fake->core, id, body, copies_on_done, answer);
    rich_free(body);
    fake_settle(fake);
}

static void
test_edit(void)
{
    struct fake *fake = copies_joined();
    const int64_t source = copied(fake), id = copies_id(fake, source);
    struct copies_answer answer = {0};

    change(fake, id, "hallo", &answer);
    assert_asked(fake, 1, "edit r0 hallo|");
    g_assert_cmpuint(answer.calls, ==, 0);
    /* Cut before the answer: it goes on by itself. */
    copies_lose(fake, 1);
    copies_come_back(fake, 1);
    fake_caught_up(fake, 1, "#lab", true);
    fake_advance(fake, 6 * SECOND_US);
    assert_asked(fake, 1, "edit r0 hallo|");
    fake_done(fake, 1, copies_session_at(fake, 1)->asked_op, NULL, 0);
    fake_settle(fake);
    g_assert_cmpuint(answer.calls, ==, 1);
    g_assert_cmpint(answer.code, ==, -1);
    struct message *stands = copies_of(fake, source, 0);
    g_assert_cmpstr(stands->body->text, ==, "hallo");
    message_unref(stands);
    g_assert_cmpuint(copies_n_tasks(fake), ==, 0); /* our own doing */
    change(fake, id, "hallo", &answer);
    g_assert_cmpuint(answer.calls, ==, 2); /* it is so */
    assert_asked(fake, 1, "");
    fake_free(fake);
}

static void
test_edit_refused(void)
{
    struct fake *fake = copies_joined();
    const int64_t source = copied(fake), id = copies_id(fake, source);
    struct copies_answer answer = {0};

    g_autofree char *before = fake_timeline(fake, 1);
    change(fake, id, "hallo", &answer);
    fake_failed(fake, 1, copies_session_at(fake, 1)->asked_op, WEFT_ERROR_FORBIDDEN);
    fake_settle(fake);
    g_assert_cmpint(answer.code, ==, WEFT_ERROR_FORBIDDEN);
    g_autofree char *after = fake_timeline(fake, 1);
    g_assert_cmpstr(after, ==, before); /* the person has nothing to do with it */
    struct message *stands = copies_of(fake, source, 0);
    g_assert_cmpuint(stands->flags & (MESSAGE_CHANGING | MESSAGE_UNCHANGED), ==, 0);
    message_unref(stands);
    change(fake, id, "two|parts", &answer);
    g_assert_cmpint(answer.code, ==, WEFT_ERROR_TOO_LARGE);
    change(fake, source, "hers", &answer);
    g_assert_cmpint(answer.code, ==, WEFT_ERROR_FORBIDDEN);
    /* Taken back while it waits. */
    copies_lose(fake, 1);
    change(fake, id, "hullo", &answer);
    const unsigned calls = answer.calls;
    copies_come_back(fake, 1);
    host_emit(copies_session_at(fake, 1)->host, &(struct event){.type = EVENT_DELETED,
                                                                .conversation = "#lab",
                                                                .deleted = {.remote_id = "r0"}});
    fake_caught_up(fake, 1, "#lab", true);
    fake_advance(fake, 6 * SECOND_US);
    g_assert_cmpuint(answer.calls, ==, calls + 1);
    g_assert_cmpint(answer.code, ==, WEFT_ERROR_NOT_FOUND);
    /* And there is no text of the person's to change but their own. */
    g_assert_null(core_own_message(fake->core, copies_lab(fake, 1), 1, NULL));
    fake_free(fake);
}

static void
test_delete(void)
{
    struct fake *fake = copies_joined();
    struct copies_answer answer = {0};
    const int64_t id = copies_id(fake, copied(fake));

    core_copy_delete(fake->core, id, copies_on_done, &answer);
    fake_settle(fake);
    assert_asked(fake, 1, "delete r0|");
    g_assert_cmpuint(answer.calls, ==, 0);
    copies_lose(fake, 1);
    g_assert_cmpuint(answer.calls, ==, 1);
    g_assert_cmpint(answer.code, ==, WEFT_ERROR_CLOSED);
    core_copy_delete(fake->core, id, copies_on_done, &answer);
    fake_settle(fake);
    g_assert_cmpint(answer.code, ==, WEFT_ERROR_CLOSED);
    copies_come_back(fake, 1);
    host_emit(copies_session_at(fake, 1)->host, &(struct event){.type = EVENT_DELETED,
                                                                .conversation = "#lab",
                                                                .deleted = {.remote_id = "r0"}});
    fake_settle(fake);
    core_copy_delete(fake->core, id, copies_on_done, &answer);
    fake_settle(fake);
    g_assert_cmpint(answer.code, ==, -1); /* it is so */
    /* One that has not left never does. */
    copies_lose(fake, 1);
    const int64_t second = copies_uma_says(fake, "b", "never mind");
    copies_add(fake, second, "never mind", &answer);
    core_copy_delete(fake->core, copies_id(fake, second), copies_on_done, &answer);
    fake_settle(fake);
    g_assert_cmpint(answer.code, ==, -1);
    const unsigned sends = copies_session_at(fake, 1)->sends->len;
    copies_come_back(fake, 1);
    fake_caught_up(fake, 1, "#lab", true);
    g_assert_cmpuint(copies_session_at(fake, 1)->sends->len, ==, sends);
    fake_free(fake);
}

static void
test_react(void)
{
    struct fake *fake = copies_joined();
    struct copies_answer answer = {0};
    const int64_t source = copied(fake), id = copies_id(fake, source);

    core_copy_react(fake->core, id, "+1", true, copies_on_done, &answer);
    fake_settle(fake);
    assert_asked(fake, 1, "react r0 +1|");
    fake_failed(fake, 1, copies_session_at(fake, 1)->asked_op, WEFT_ERROR_RATE_LIMITED);
    g_assert_cmpint(answer.code, ==, WEFT_ERROR_RATE_LIMITED);
    core_copy_react(fake->core, source, "+1", false, copies_on_done, &answer);
    assert_asked(fake, 0, "unreact a +1|"); /* to the origin, whoever said it */
    fake_done(fake, 0, copies_session_at(fake, 0)->asked_op, NULL, 0);
    g_assert_cmpint(answer.code, ==, -1);
    core_copy_react(fake->core, id, "", true, copies_on_done, &answer);
    fake_settle(fake);
    g_assert_cmpint(answer.code, ==, WEFT_ERROR_BAD_INPUT);
    g_assert_cmpuint(answer.calls, ==, 3);
    fake_free(fake);
}

static void
test_topic_and_typing(void)
{
    struct fake *fake = copies_joined();
    struct copies_answer answer = {0};
    const int64_t there = copies_lab(fake, 1);

    core_copy_topic(fake->core, there, "soup at seven", copies_on_done, &answer);
    assert_asked(fake, 1, "topic #lab soup at seven|");
    fake_done(fake, 1, copies_session_at(fake, 1)->asked_op, NULL, 0);
    g_assert_cmpint(answer.code, ==, -1);
    core_copy_topic(fake->core, there, "", copies_on_done, &answer);
    fake_settle(fake);
    assert_asked(fake, 1, ""); /* there is none already */
    fake_caps(fake, 1, FAKE_CAPS & ~(unsigned)CAP_TYPING, NULL);
    core_copy_topic(fake->core, there, "more", copies_on_done, &answer);
    core_copy_typing(fake->core, there, true);
    fake_settle(fake);
    assert_asked(fake, 1, "");
    g_assert_cmpint(answer.code, ==, WEFT_ERROR_UNSUPPORTED);
    g_assert_cmpuint(answer.calls, ==, 3);
    fake_caps(fake, 1, FAKE_CAPS, NULL);
    core_copy_typing(fake->core, there, true);
    core_copy_typing(fake->core, there, true);
    core_copy_typing(fake->core, there, false);
    core_copy_typing(fake->core, 987654, true);
    assert_asked(fake, 1, "typing #lab on|typing #lab off|");
    fake_free(fake);
}

void
test_copy_add(void)
{
    g_test_add_func("/copy/said", test_said);
    g_test_add_func("/copy/once", test_once);
    g_test_add_func("/copy/found", test_found);
    g_test_add_func("/copy/rate-limited", test_rate_limited);
    g_test_add_func("/copy/parts", test_parts);
    g_test_add_func("/copy/name-lost", test_name_lost);
    g_test_add_func("/copy/again", test_again);
    g_test_add_func("/copy/ready", test_ready);
    g_test_add_func("/copy/other-relay", test_other_relay);
    g_test_add_func("/copy/edit", test_edit);
    g_test_add_func("/copy/edit-refused", test_edit_refused);
    g_test_add_func("/copy/delete", test_delete);
    g_test_add_func("/copy/react", test_react);
    g_test_add_func("/copy/topic-and-typing", test_topic_and_typing);
}
