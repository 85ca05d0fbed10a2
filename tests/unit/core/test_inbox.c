/* What waits for the person: what comes in, what is dealt with, what comes back. */
#include <string.h>

#include "core/inbox.h"
#include "tests/unit/core/fake.h"
#include "tests/unit/core/tests.h"

/* "m:2 d:1 f:0 u:1 s:0" */
static void
assert_counts(struct fake *fake, const char *expected)
{
    fake_settle(fake);
    const struct inbox_counts *counts = core_inbox_counts(fake->core);
    g_autofree char *text = g_strdup_printf("m:%u d:%u f:%u u:%u s:%u", counts->n[INBOX_MENTIONS],
                                            counts->n[INBOX_DIRECTS], counts->n[INBOX_FAILED],
                                            counts->n[INBOX_UNREADS], counts->n[INBOX_SAVED]);
    g_assert_cmpstr(text, ==, expected);
}

/* "kind:text(n)" of each, joined by '|'. */
static void
assert_entries(struct fake *fake, unsigned kinds, unsigned limit, const char *expected)
{
    g_autoptr(GPtrArray) entries = core_inbox_entries(fake->core, kinds, limit);
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < entries->len; i++) {
        const struct inbox_entry *entry = entries->pdata[i];
        g_string_append_printf(text, "%s%c:%s(%u)", i > 0 ? "|" : "", "mdtfus"[entry->kind],
                               entry -> message ? entry -> message -> body -> text : "-", entry->n);
    }
    g_assert_cmpstr(text->str, ==, expected);
}

static void
say(struct fake *fake, const char *conversation, const char *text, int minute)
{
    fake_say(fake, 0,
             &(struct fake_said){
                 .conversation = conversation, .text = text, .time_us = minute * 60 * SECOND_US});
    fake_settle(fake);
}

static struct fake *
begin(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    fake_channel(fake, 0, "maria", BUFFER_DIRECT);
    fake_channel(fake, 0, "#ops", BUFFER_CHANNEL);
    fake_caught_up(fake, 0, NULL, true);
    fake_settle(fake);
    say(fake, "#lab", "Kai: one", 1);
    say(fake, "maria", "hello", 2);
    say(fake, "maria", "are you there?", 3);
    say(fake, "#ops", "build passed", 4);
    say(fake, "#lab", "kai, two", 5);
    return fake;
}

static void
test_waits(void)
{
    struct fake *fake = begin();

    assert_counts(fake, "m:2 d:1 f:0 u:1 s:0");
    assert_entries(fake, INBOX_ALL, 10,
                   "m:kai, two(1)|m:Kai: one(1)|d:are you there?(2)|u:build passed(1)");
    assert_entries(fake, INBOX_ALL, 1, "m:kai, two(1)|d:are you there?(2)|u:build passed(1)");
    assert_entries(fake, 1u << INBOX_DIRECTS, 10, "d:are you there?(2)");
    /* What calls is told by itself, not as the last of what is unread. */
    say(fake, "#ops", "kai: look", 6);
    assert_entries(fake, 1u << INBOX_UNREADS, 10, "u:build passed(1)");
    g_autoptr(GPtrArray) newest = core_inbox_entries(fake->core, 1u << INBOX_MENTIONS, 1);
    core_inbox_done(fake->core, newest);
    /* A restart changes nothing. */
    fake_restart(fake);
    assert_counts(fake, "m:2 d:1 f:0 u:1 s:0");
    /* Read where it was said, it waits no longer; unread from there, it does again. */
    core_mark_all_read(fake->core, fake_buffer(fake, 0, "#lab")->id);
    core_mark_all_read(fake->core, fake_buffer(fake, 0, "maria")->id);
    assert_counts(fake, "m:0 d:0 f:0 u:1 s:0");
    core_mark_read(fake->core, fake_buffer(fake, 0, "#lab")->id, (struct position){0}, true);
    assert_counts(fake, "m:2 d:0 f:0 u:1 s:0");
    core_mark_all_read(fake->core, fake_buffer(fake, 0, "#ops")->id);
    assert_counts(fake, "m:2 d:0 f:0 u:0 s:0");
    fake_free(fake);
}

/* It is told once that something has changed, and again when somebody has looked. */
static void
test_told(void)
{
    struct fake *fake = begin();

    core_inbox_counts(fake->core);
    fake_clear(fake);
    for (int i = 0; i < 20; i++)
        say(fake, "#lab", "kai: again", 10 + i);
    g_assert_cmpuint(fake->counts[NOTICE_INBOX], ==, 1);
    assert_counts(fake, "m:22 d:1 f:0 u:1 s:0");
    say(fake, "#ops", "nobody is called", 40);
    g_assert_cmpuint(fake->counts[NOTICE_INBOX], ==, 1);
    core_mark_all_read(fake->core, fake_buffer(fake, 0, "#lab")->id);
    fake_settle(fake);
    g_assert_cmpuint(fake->counts[NOTICE_INBOX], ==, 2);
    fake_free(fake);
}

static struct inbox_entry *
pick(GPtrArray *entries, guint i)
{
    g_assert_cmpuint(i, <, entries->len);
    return entries->pdata[i];
}

static void
test_done(void)
{
    struct fake *fake = begin();
    g_autoptr(GPtrArray) all = core_inbox_entries(fake->core, INBOX_ALL, 10);
    g_autoptr(GPtrArray) one = g_ptr_array_new();

    g_ptr_array_add(one, pick(all, 0));
    g_assert_cmpuint(core_inbox_done(fake->core, one), ==, 1);
    assert_counts(fake, "m:1 d:1 f:0 u:1 s:0");
    /* What is unread in the buffer is the buffer's affair. */
    g_assert_cmpuint(fake_buffer(fake, 0, "#lab")->mentions, ==, 2);
    fake_restart(fake);
    assert_entries(fake, 1u << INBOX_MENTIONS, 10, "m:Kai: one(1)");
    g_assert_false(core_inbox_undo(fake->core)); /* it was another process */
    fake_free(fake);
}

static void
test_all_done(void)
{
    struct fake *fake = begin();
    g_autoptr(GPtrArray) all = core_inbox_entries(fake->core, INBOX_ALL, 10);

    g_assert_cmpuint(core_inbox_done(fake->core, all), ==, 4);
    assert_counts(fake, "m:0 d:0 f:0 u:0 s:0");
    g_assert_cmpuint(fake_buffer(fake, 0, "maria")->unread, ==, 0);
    g_assert_cmpuint(fake_buffer(fake, 0, "#ops")->unread, ==, 0);
    g_assert_cmpuint(fake_buffer(fake, 0, "#lab")->unread, ==, 0); /* mentions alone were */
    /* One step, taken back in the whole. */
    g_assert_true(core_inbox_undo(fake->core));
    assert_counts(fake, "m:2 d:1 f:0 u:1 s:0");
    g_assert_cmpuint(fake_buffer(fake, 0, "maria")->unread, ==, 2);
    g_assert_cmpuint(fake_buffer(fake, 0, "#lab")->unread, ==, 2);
    g_assert_false(core_inbox_undo(fake->core));
    fake_free(fake);
}

static void
test_snooze(void)
{
    struct fake *fake = begin();
    g_autoptr(GPtrArray) all = core_inbox_entries(fake->core, INBOX_ALL, 10);
    const int64_t until_us = clock_wall_us(fake->clock) + 3600 * SECOND_US;

    /* An unread buffer calls nobody. */
    g_assert_cmpuint(core_inbox_snooze(fake->core, all, until_us), ==, 3);
    assert_counts(fake, "m:0 d:0 f:0 u:1 s:0");
    /* Read meanwhile; and over a restart. */
    core_mark_all_read(fake->core, fake_buffer(fake, 0, "#lab")->id);
    core_mark_all_read(fake->core, fake_buffer(fake, 0, "maria")->id);
    fake_restart(fake);
    assert_counts(fake, "m:0 d:0 f:0 u:1 s:0");
    fake_clear(fake);
    fake_advance(fake, 3599 * SECOND_US);
    assert_counts(fake, "m:0 d:0 f:0 u:1 s:0");
    fake_advance(fake, 2 * SECOND_US);
    assert_counts(fake, "m:2 d:1 f:0 u:1 s:0");
    g_assert_cmpuint(fake->counts[NOTICE_INBOX], >, 0);
    g_autoptr(GPtrArray) back = core_inbox_entries(fake->core, INBOX_ALL, 10);
    core_inbox_done(fake->core, back);
    assert_counts(fake, "m:0 d:0 f:0 u:0 s:0");
    core_inbox_undo(fake->core);
    assert_counts(fake, "m:2 d:1 f:0 u:1 s:0");
    fake_free(fake);
}

/* Somebody who is muted, ignored or takes it back calls nobody. */
static void
test_left_out(void)
{
    struct fake *fake = begin();
    g_autoptr(GError) error = NULL;

    fake_say(fake, 0,
             &(struct fake_said){.text = "kai: secret", .id = "s", .time_us = 600 * SECOND_US});
    assert_counts(fake, "m:3 d:1 f:0 u:1 s:0");
    host_emit(fake_session(fake, 0)->host, &(struct event){.type = EVENT_DELETED,
                                                           .conversation = "#lab",
                                                           .deleted = {.remote_id = "s"}});
    assert_counts(fake, "m:2 d:1 f:0 u:1 s:0");
    core_input(fake->core, fake_buffer(fake, 0, "#ops")->id, "/mute", &error);
    g_assert_no_error(error);
    say(fake, "#ops", "kai: muted", 20);
    assert_counts(fake, "m:2 d:1 f:0 u:0 s:0");
    core_input(fake->core, fake_buffer(fake, 0, "#lab")->id, "/ignore uma", &error);
    g_assert_no_error(error);
    fake_settle(fake);
    assert_entries(fake, INBOX_ALL, 10, "");
    fake_free(fake);
}

/* What was taken back has no words to show: those before it stand for the buffer. */
static void
test_last_words(void)
{
    struct fake *fake = begin();

    fake_say(
        fake, 0,
        &(struct fake_said){
            .conversation = "#ops", .text = "oh no", .id = "gone", .time_us = 600 * SECOND_US});
    fake_settle(fake);
    assert_entries(fake, 1u << INBOX_UNREADS, 10, "u:oh no(2)");
    host_emit(fake_session(fake, 0)->host, &(struct event){.type = EVENT_DELETED,
                                                           .conversation = "#ops",
                                                           .deleted = {.remote_id = "gone"}});
    fake_settle(fake);
    assert_entries(fake, 1u << INBOX_UNREADS, 10, "u:build passed(1)");
    fake_free(fake);
}

static void
test_flags(void)
{
    struct fake *fake = begin();
    g_autoptr(GError) error = NULL;
    struct message *message = fake_newest(fake, 0);

    fake_clear(fake);
    g_assert_true(core_flag(fake->core, message->id, true, &error));
    g_assert_cmpuint(fake->counts[NOTICE_MESSAGE_CHANGED], ==, 0); /* not before it is on disk */
    fake_settle(fake);
    g_assert_cmpuint(fake->counts[NOTICE_MESSAGE_CHANGED], ==, 1);
    fake_restart(fake);
    assert_counts(fake, "m:2 d:1 f:0 u:1 s:1");
    assert_entries(fake, 1u << INBOX_SAVED, 10, "s:kai, two(1)");
    g_autoptr(GPtrArray) saved = core_inbox_entries(fake->core, 1u << INBOX_SAVED, 10);
    g_assert_cmpuint(core_inbox_done(fake->core, saved), ==, 1);
    assert_counts(fake, "m:2 d:1 f:0 u:1 s:0");
    core_inbox_undo(fake->core);
    assert_counts(fake, "m:2 d:1 f:0 u:1 s:1");
    g_assert_false(core_flag(fake->core, -1, true, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT);
    message_unref(message);
    fake_free(fake);
}

static void
test_failed(void)
{
    struct fake *fake = begin();
    g_autoptr(GError) error = NULL;

    fake_type(fake, 0, "lost words");
    fake_settle(fake);
    assert_counts(fake, "m:0 d:1 f:0 u:1 s:0"); /* who answers has read */
    fake_failed(fake, 0, fake_sent(fake, 0, 0)->op, WEFT_ERROR_FORBIDDEN);
    assert_counts(fake, "m:0 d:1 f:1 u:1 s:0");
    fake_restart(fake);
    assert_entries(fake, 1u << INBOX_FAILED, 10, "f:lost words(1)");
    g_autoptr(GPtrArray) failed = core_inbox_entries(fake->core, 1u << INBOX_FAILED, 10);
    g_assert_cmpuint(core_inbox_done(fake->core, failed), ==, 0);
    g_assert_cmpuint(core_inbox_snooze(fake->core, failed, INT64_MAX), ==, 0);
    g_assert_true(core_drop(fake->core, pick(failed, 0)->message->id, &error));
    g_assert_no_error(error);
    assert_counts(fake, "m:0 d:1 f:0 u:1 s:0");
    fake_free(fake);
}

void
test_inbox_add(void)
{
    g_test_add_func("/core/inbox/waits", test_waits);
    g_test_add_func("/core/inbox/told", test_told);
    g_test_add_func("/core/inbox/done", test_done);
    g_test_add_func("/core/inbox/all-done", test_all_done);
    g_test_add_func("/core/inbox/snooze", test_snooze);
    g_test_add_func("/core/inbox/left-out", test_left_out);
    g_test_add_func("/core/inbox/last-words", test_last_words);
    g_test_add_func("/core/inbox/flags", test_flags);
    g_test_add_func("/core/inbox/failed", test_failed);
}
