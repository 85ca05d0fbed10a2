/* Our own messages, changed: on disk before it leaves, once or harmlessly again, kept when refused.
 */
#include <string.h>

#include "core/edit.h"
#include "tests/unit/core/fake.h"
#include "tests/unit/core/tests.h"

/* Our "at **seven**" is there, with the id "m". */
static struct fake *
with_message(int64_t *ret_id)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    g_assert_true(core_input(fake->core, fake_buffer(fake, 0, "#lab")->id, "at **seven**", NULL));
    fake_settle(fake);
    fake_done(fake, 0, fake_sent(fake, 0, 0)->op, "m", 5);
    fake_settle(fake);
    g_string_truncate(fake_session(fake, 0)->asked, 0);
    struct message *message = fake_newest(fake, 0);
    *ret_id = message->id;
    message_unref(message);
    return fake;
}

/* Who is there now: sessions are made anew with each start. */
static struct fake_session *
newest_session(struct fake *fake)
{
    return fake->sessions->pdata[fake->sessions->len - 1];
}

static void
assert_asked(struct fake *fake, const char *asked)
{
    g_assert_cmpstr(newest_session(fake)->asked->str, ==, asked);
    g_string_truncate(newest_session(fake)->asked, 0);
}

static void
assert_says(struct fake *fake, const char *text, unsigned flags)
{
    struct message *message = fake_newest(fake, 0);

    g_assert_cmpstr(message->body->text, ==, text);
    g_assert_cmpuint(message->flags & (MESSAGE_EDITED | MESSAGE_CHANGING | MESSAGE_UNCHANGED), ==,
                     flags);
    message_unref(message);
}

static void
assert_source(struct fake *fake, int64_t id, const char *text)
{
    struct message *message = fake_newest(fake, 0);
    g_assert_cmpint(message->id, ==, id);
    g_autofree char *source = core_edit_source(fake->core, message);
    g_assert_cmpstr(source, ==, text);
    message_unref(message);
}

static void
assert_holds(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        g_assert_cmpstr(text, ==, part);
}

static void
changed_there(struct fake *fake, const char *text)
{
    struct rich *body = rich_new(text, -1);
    host_emit(newest_session(fake)->host,
              &(struct event){.type = EVENT_EDITED,
                              .conversation = "#lab",
                              .edited = {.remote_id = "m", .body = body}});
    rich_free(body);
    fake_settle(fake);
}

static void
lose_and_return(struct fake *fake)
{
    fake_lost(fake, 0, WEFT_ERROR_IO);
    fake_settle(fake);
    fake_advance(fake, 600 * SECOND_US);
    fake_state(fake, 0, ACCOUNT_LOGIN);
    fake_state(fake, 0, ACCOUNT_CATCH_UP);
    fake_channel(fake, 0, "#lab", BUFFER_CHANNEL);
    fake_caught_up(fake, 0, "#lab", true);
    fake_settle(fake);
    fake_advance(fake, 6 * SECOND_US);
}

static void
test_own(void)
{
    int64_t id;
    struct fake *fake = with_message(&id);
    g_autoptr(GError) error = NULL;

    assert_source(fake, id, "at **seven**");
    g_assert_true(core_edit(fake->core, id, "at **eight**", &error));
    g_assert_no_error(error);
    assert_asked(fake, ""); /* not before it is on disk */
    fake_settle(fake);
    assert_asked(fake, "edit m at eight|");
    assert_says(fake, "at seven", MESSAGE_CHANGING);
    assert_source(fake, id, "at **eight**");
    fake_done(fake, 0, newest_session(fake)->asked_op, NULL, 0);
    fake_settle(fake);
    assert_says(fake, "at eight", MESSAGE_EDITED);
    assert_source(fake, id, "at **eight**");
    g_autoptr(GPtrArray) revisions = core_revisions(fake->core, id);
    g_assert_cmpuint(revisions->len, ==, 1);
    g_assert_cmpstr(((struct revision *)revisions->pdata[0])->body->text, ==, "at seven");
    fake_free(fake);
}

/* The network's own form of it comes first, and stays. */
static void
test_told_first(void)
{
    int64_t id;
    struct fake *fake = with_message(&id);

    g_assert_true(core_edit(fake->core, id, "at nine :)", NULL));
    fake_settle(fake);
    changed_there(fake, "at nine (smiles)");
    fake_done(fake, 0, newest_session(fake)->asked_op, NULL, 0);
    fake_settle(fake);
    assert_says(fake, "at nine (smiles)", MESSAGE_EDITED);
    assert_source(fake, id, "at nine (smiles)");
    g_autoptr(GPtrArray) revisions = core_revisions(fake->core, id);
    g_assert_cmpuint(revisions->len, ==, 1);
    fake_free(fake);
}

static void
test_refused(void)
{
    int64_t id;
    struct fake *fake = with_message(&id);

    g_assert_true(core_edit(fake->core, id, "at **ten**", NULL));
    fake_settle(fake);
    fake_failed(fake, 0, newest_session(fake)->asked_op, WEFT_ERROR_FORBIDDEN);
    fake_settle(fake);
    g_autofree char *line = fake_timeline(fake, 0);
    assert_holds(line, "Your change of a message was not taken: ");
    assert_holds(line, "at seven/sent");
    fake_restart(fake);
    struct message *message = core_find_message(fake->core, fake_buffer(fake, 0, "#lab")->id, "m");
    g_assert_true((message->flags & MESSAGE_UNCHANGED) != 0);
    g_autofree char *source = core_edit_source(fake->core, message);
    g_assert_cmpstr(source, ==, "at **ten**"); /* the text is kept */
    message_unref(message);
    core_edit_drop(fake->core, id);
    fake_settle(fake);
    message = core_find_message(fake->core, fake_buffer(fake, 0, "#lab")->id, "m");
    g_assert_false((message->flags & MESSAGE_UNCHANGED) != 0);
    g_autofree char *before = core_edit_source(fake->core, message);
    g_assert_cmpstr(before, ==, "at **seven**");
    message_unref(message);
    fake_free(fake);
}

/* Cut before the answer, or killed: asked for again, unless it has arrived. */
static void
test_cut(void)
{
    int64_t id;
    struct fake *fake = with_message(&id);

    g_assert_true(core_edit(fake->core, id, "at ten", NULL));
    fake_settle(fake);
    assert_asked(fake, "edit m at ten|");
    lose_and_return(fake);
    assert_asked(fake, "edit m at ten|");
    fake_restart(fake);
    fake_online(fake, 0);
    fake_settle(fake);
    assert_asked(fake, "edit m at ten|");
    assert_says(fake, "at seven", MESSAGE_CHANGING);
    fake_restart(fake);
    fake_state(fake, 0, ACCOUNT_LOGIN);
    fake_state(fake, 0, ACCOUNT_CATCH_UP);
    fake_channel(fake, 0, "#lab", BUFFER_CHANNEL);
    changed_there(fake, "at ten");
    fake_caught_up(fake, 0, "#lab", true);
    fake_settle(fake);
    assert_asked(fake, "");
    assert_says(fake, "at ten", MESSAGE_EDITED);
    fake_free(fake);
}

/* Typed while there is no connection: it waits, and is not put over what was changed elsewhere. */
static void
test_overtaken(void)
{
    int64_t id;
    struct fake *fake = with_message(&id);

    fake_lost(fake, 0, WEFT_ERROR_IO);
    fake_settle(fake);
    g_assert_true(core_edit(fake->core, id, "first", NULL));
    g_assert_true(core_edit(fake->core, id, "second", NULL));
    fake_settle(fake);
    assert_says(fake, "at seven", MESSAGE_CHANGING);
    fake_restart(fake);
    fake_state(fake, 0, ACCOUNT_LOGIN);
    fake_state(fake, 0, ACCOUNT_CATCH_UP);
    fake_channel(fake, 0, "#lab", BUFFER_CHANNEL);
    changed_there(fake, "by telephone");
    fake_caught_up(fake, 0, "#lab", true);
    fake_settle(fake);
    assert_asked(fake, "");
    g_autofree char *line = fake_timeline(fake, 0);
    assert_holds(line, "by telephone/sent");
    assert_holds(line, "was not taken: the message was changed elsewhere");
    fake_free(fake);
}

/* One after the other, the last one wins; the second is typed over the first. */
static void
test_twice(void)
{
    int64_t id;
    struct fake *fake = with_message(&id);

    g_assert_true(core_edit(fake->core, id, "one", NULL));
    fake_settle(fake);
    g_assert_true(core_edit(fake->core, id, "two", NULL));
    g_assert_true(core_edit(fake->core, id, "three", NULL));
    fake_settle(fake);
    assert_asked(fake, "edit m one|");
    fake_done(fake, 0, newest_session(fake)->asked_op, NULL, 0);
    fake_settle(fake);
    assert_asked(fake, "edit m three|");
    fake_done(fake, 0, newest_session(fake)->asked_op, NULL, 0);
    fake_settle(fake);
    assert_says(fake, "three", MESSAGE_EDITED);
    fake_free(fake);
}

static void
assert_refused(struct fake *fake, int64_t id, const char *text, enum weft_error code)
{
    g_autoptr(GError) error = NULL;

    if (core_edit(fake->core, id, text, &error))
        g_error("\"%s\" was taken of %d", text, (int)id);
    g_assert_true(error_is(error, code));
}

static void
test_cannot(void)
{
    int64_t id;
    struct fake *fake = with_message(&id);
    const struct limits limits = {.max_in_flight = 1, .edit_window_us = 300 * SECOND_US};
    const unsigned caps = CAP_SEND | CAP_EDIT | CAP_HISTORY;

    assert_refused(fake, id, "", WEFT_ERROR_BAD_INPUT);
    assert_refused(fake, 987654, "x", WEFT_ERROR_NOT_FOUND);
    fake_say(fake, 0, &(struct fake_said){.text = "hers", .id = "1", .time_us = 9});
    fake_settle(fake);
    struct message *hers = fake_newest(fake, 0);
    assert_refused(fake, hers->id, "x", WEFT_ERROR_FORBIDDEN);
    message_unref(hers);
    fake_type(fake, 0, "not sent yet");
    fake_settle(fake);
    struct message *unsent = fake_newest(fake, 0);
    assert_refused(fake, unsent->id, "x", WEFT_ERROR_CONFLICT);
    message_unref(unsent);
    fake_caps(fake, 0, caps, &limits);
    g_assert_true(core_edit(fake->core, id, "in time", NULL));
    fake_advance(fake, 400 * SECOND_US);
    assert_refused(fake, id, "too late", WEFT_ERROR_FORBIDDEN);
    fake_caps(fake, 0, CAP_SEND, NULL);
    assert_refused(fake, id, "x", WEFT_ERROR_UNSUPPORTED);
    fake_free(fake);
}

static void
test_command(void)
{
    int64_t id;
    struct fake *fake = with_message(&id);
    const int64_t lab = fake_buffer(fake, 0, "#lab")->id;

    g_assert_true(core_input(fake->core, lab, "/edit at **six**", NULL));
    fake_settle(fake);
    assert_asked(fake, "edit m at six|");
    g_assert_true(core_input(fake->core, lab, "/edit", NULL));
    g_assert_cmpuint(fake->counts[NOTICE_CHANGE], ==, 1);
    g_assert_false(core_input(fake->core, lab, "/edit -2 x", NULL));
    fake_free(fake);
}

void
test_edit_add(void)
{
    g_test_add_func("/core/edit/own", test_own);
    g_test_add_func("/core/edit/told-first", test_told_first);
    g_test_add_func("/core/edit/refused", test_refused);
    g_test_add_func("/core/edit/cut", test_cut);
    g_test_add_func("/core/edit/overtaken", test_overtaken);
    g_test_add_func("/core/edit/twice", test_twice);
    g_test_add_func("/core/edit/cannot", test_cannot);
    g_test_add_func("/core/edit/command", test_command);
}
