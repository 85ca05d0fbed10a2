/* Pins, flags that the network keeps, addresses, unread from here, earlier texts. */
#include <string.h>

#include "core/edit.h"
#include "core/inbox.h"
#include "core/mark.h"
#include "tests/unit/core/fake.h"
#include "tests/unit/core/tests.h"

static void
assert_asked(struct fake *fake, const char *asked)
{
    g_assert_cmpstr(fake_session(fake, 0)->asked->str, ==, asked);
    g_string_truncate(fake_session(fake, 0)->asked, 0);
}

/* Uma has said "one" (id 1) and "two" (id 2). */
static struct fake *
with_messages(struct message **ret_newest)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    fake_say(fake, 0, &(struct fake_said){.text = "one", .id = "1", .time_us = 1});
    fake_say(fake, 0, &(struct fake_said){.text = "two", .id = "2", .time_us = 2});
    fake_settle(fake);
    *ret_newest = fake_newest(fake, 0);
    g_string_truncate(fake_session(fake, 0)->asked, 0);
    return fake;
}

static void
mark(struct fake *fake, enum event_type type, const char *id, bool on)
{
    host_emit(fake_session(fake, 0)->host,
              &(struct event){.type = type,
                              .conversation = type == EVENT_PINNED ? "#lab" : NULL,
                              .mark = {.remote_id = id, .on = on}});
    fake_settle(fake);
}

static void
assert_flags(struct fake *fake, unsigned flags)
{
    struct message *message = fake_newest(fake, 0);
    g_assert_cmpuint(message->flags & (MESSAGE_PINNED | MESSAGE_FLAGGED), ==, flags);
    message_unref(message);
}

static void
test_pins(void)
{
    struct message *message;
    struct fake *fake = with_messages(&message);
    const int64_t lab = message->buffer_id;
    g_autoptr(GError) error = NULL;

    g_assert_true(core_pin(fake->core, message->id, true, &error));
    assert_asked(fake, "pin 2|");
    assert_flags(fake, 0); /* when the network has said so */
    mark(fake, EVENT_PINNED, "2", true);
    mark(fake, EVENT_PINNED, "nowhere", true);
    assert_flags(fake, MESSAGE_PINNED);
    g_autoptr(GPtrArray) pinned = core_pinned(fake->core, lab);
    g_assert_cmpuint(pinned->len, ==, 1);
    g_assert_true(core_input(fake->core, lab, "/unpin", &error));
    assert_asked(fake, "unpin 2|");
    g_assert_true(core_input(fake->core, lab, "/pin -2", &error));
    assert_asked(fake, "pin 1|");
    g_assert_true(core_input(fake->core, lab, "/pins", &error));
    g_assert_cmpuint(fake->counts[NOTICE_PINS], ==, 1);
    mark(fake, EVENT_PINNED, "2", false);
    assert_flags(fake, 0);
    g_assert_false(core_input(fake->core, lab, "/unpin", &error));
    g_clear_error(&error);
    fake_caps(fake, 0, CAP_SEND, NULL);
    g_assert_false(core_pin(fake->core, message->id, true, &error));
    g_assert_cmpstr(error->message, ==, capability_lack(CAP_PIN));
    message_unref(message);
    fake_free(fake);
}

/* Told where the network keeps it; what it tells is taken. Without a connection weft knows alone.
 */
static void
test_flags(void)
{
    struct message *message;
    struct fake *fake = with_messages(&message);

    g_assert_true(core_flag(fake->core, message->id, true, NULL));
    fake_settle(fake);
    assert_asked(fake, "flag 2|");
    assert_flags(fake, MESSAGE_FLAGGED);
    mark(fake, EVENT_FLAGGED, "2", true);
    mark(fake, EVENT_FLAGGED, "2", false);
    assert_flags(fake, 0);
    g_assert_cmpuint(core_inbox_counts(fake->core)->n[INBOX_SAVED], ==, 0);
    mark(fake, EVENT_FLAGGED, "2", true);
    g_assert_cmpuint(core_inbox_counts(fake->core)->n[INBOX_SAVED], ==, 1);
    fake_lost(fake, 0, WEFT_ERROR_IO);
    fake_settle(fake);
    g_assert_false(core_flag_is_told(fake->core, message));
    g_assert_true(core_flag(fake->core, message->id, false, NULL));
    fake_settle(fake);
    assert_flags(fake, 0);
    message_unref(message);
    fake_free(fake);
}

static void
test_unread(void)
{
    struct message *message;
    struct fake *fake = with_messages(&message);
    const struct buffer *lab = core_buffer(fake->core, message->buffer_id);

    core_mark_all_read(fake->core, lab->id);
    fake_settle(fake);
    g_assert_cmpuint(lab->unread, ==, 0);
    core_mark_read(fake->core, lab->id, (struct position){message->sort_key, message->id - 1},
                   true);
    assert_asked(fake, "unread 2|");
    g_assert_cmpuint(lab->unread, ==, 1);
    core_mark_all_read(fake->core, lab->id);
    /* On another device. */
    host_emit(
        fake_session(fake, 0)->host,
        &(struct event){.type = EVENT_UNREAD, .conversation = "#lab", .read_us = FAKE_NOW_US});
    fake_settle(fake);
    g_assert_cmpuint(lab->unread, ==, 2);
    message_unref(message);
    fake_free(fake);
}

static void
test_link(void)
{
    struct message *message;
    struct fake *fake = with_messages(&message);
    g_autoptr(GError) error = NULL;
    g_autofree char *link = core_link_to(fake->core, message, &error);

    g_assert_cmpstr(link, ==, "fake://2");
    struct message *nameless = message_dup(message);
    g_clear_pointer(&nameless->remote_id, g_free);
    g_assert_null(core_link_to(fake->core, nameless, &error));
    g_assert_true(error_is(error, WEFT_ERROR_UNSUPPORTED));
    message_unref(nameless);
    message_unref(message);
    fake_free(fake);
}

static void
test_revisions(void)
{
    struct message *message;
    struct fake *fake = with_messages(&message);
    struct rich *body = rich_new("\xff before", -1);
    const struct event_revision list[] = {{FAKE_NOW_US + 9, body}, {-5, NULL}};

    host_emit(fake_session(fake, 0)->host,
              &(struct event){.type = EVENT_REVISIONS,
                              .conversation = "#lab",
                              .revisions = {.remote_id = "2", .list = list, .n = 2}});
    fake_settle(fake);
    g_autoptr(GPtrArray) revisions = core_revisions(fake->core, message->id);
    g_assert_cmpuint(revisions->len, ==, 2);
    const struct revision *first = revisions->pdata[0], *last = revisions->pdata[1];
    g_assert_true(g_utf8_validate(first->body->text, -1, NULL));
    g_assert_cmpint(last->until_us, ==, 0);
    rich_free(body);
    message_unref(message);
    fake_free(fake);
}

void
test_mark_add(void)
{
    g_test_add_func("/core/mark/pins", test_pins);
    g_test_add_func("/core/mark/flags", test_flags);
    g_test_add_func("/core/mark/unread", test_unread);
    g_test_add_func("/core/mark/link", test_link);
    g_test_add_func("/core/mark/revisions", test_revisions);
}
