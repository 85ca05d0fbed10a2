/* What waits to be sent: taken back, counted, and what it waits for. */
#include <string.h>

#include "tests/unit/core/fake.h"
#include "tests/unit/core/tests.h"

static void
expect(struct fake *fake, const char *wanted)
{
    g_autofree char *line = fake_timeline(fake, 0);
    g_assert_cmpstr(line, ==, wanted);
}

static unsigned
n_sent(struct fake *fake)
{
    return fake_session(fake, 0)->sends->len;
}

static struct fake *
online(void)
{
    struct fake *fake = fake_new(1);
    fake_online(fake, 0);
    return fake;
}

/* What the driver still holds back is taken back one by one or all at once; what has left is not.
 */
static void
test_withdrawn(void)
{
    struct fake *fake = online();
    const int64_t lab = fake_buffer(fake, 0, "#lab")->id;
    g_autoptr(GError) error = NULL;

    fake_caps(fake, 0, ~0u, &(struct limits){.max_in_flight = 3});
    for (int i = 0; i < 6; i++) {
        g_autofree char *text = g_strdup_printf("%d", i);
        fake_type(fake, 0, text);
    }
    fake_settle(fake);
    struct fake_session *session = fake_session(fake, 0);
    g_assert_cmpuint(core_waiting(fake->core, lab), ==, 3);
    session->keeps = true; /* of the three that it has, none has left */
    g_assert_cmpuint(core_waiting(fake->core, lab), ==, 6);
    g_autoptr(GPtrArray) page = store_load_newest(fake->store, lab, 10);
    const struct message *first = page->pdata[0];
    g_assert_true(core_waits(fake->core, first->id));
    g_assert_true(core_drop(fake->core, first->id, &error));
    g_assert_cmpuint(session->cancelled->len, ==, 1);
    g_assert_cmpuint(core_waiting(fake->core, lab), ==, 5);
    fake_failed(fake, 0, fake_sent(fake, 0, 0)->op, WEFT_ERROR_CANCELLED);
    fake_settle(fake);
    expect(fake, "0/failed|1/sending|2/sending|3/sending|4/pending|5/pending");
    g_assert_cmpstr(fake_sent(fake, 0, 3)->text, ==, "3");
    /* The second leaves meanwhile. */
    fake_done(fake, 0, fake_sent(fake, 0, 1)->op, "m1", 0);
    g_assert_cmpuint(core_drop_all(fake->core, lab), ==, 4);
    g_assert_cmpuint(core_drop_all(fake->core, lab), ==, 0);
    fake_failed(fake, 0, fake_sent(fake, 0, 2)->op, WEFT_ERROR_CANCELLED);
    fake_failed(fake, 0, fake_sent(fake, 0, 3)->op, WEFT_ERROR_CANCELLED);
    fake_settle(fake);
    expect(fake, "0/failed|1/sent|2/failed|3/failed|4/failed|5/failed");
    g_assert_cmpuint(n_sent(fake), ==, 4);
    fake_type(fake, 0, "gone");
    fake_settle(fake);
    session->keeps = false;
    g_assert_cmpuint(core_waiting(fake->core, lab), ==, 0);
    struct message *gone = fake_newest(fake, 0);
    g_assert_false(core_drop(fake->core, gone->id, &error));
    g_assert_true(error_is(error, WEFT_ERROR_CONFLICT));
    message_unref(gone);
    fake_free(fake);
}

/* What is typed while the history of others is fetched still leaves as soon as its own conversation
 * is there. */
static void
test_before_history(void)
{
    struct fake *fake = online();
    struct rich *body = rich_new("psst", -1);

    fake_caps(fake, 0, CAP_SEND, NULL);
    fake_channel(fake, 0, "uma", BUFFER_DIRECT);
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    fake_advance(fake, 600 * SECOND_US);
    fake_state(fake, 0, ACCOUNT_LOGIN);
    fake_type(fake, 0, "one");
    g_assert_true(
        core_send(fake->core, fake_buffer(fake, 0, "uma")->id, MESSAGE_TEXT, body, NULL, NULL));
    fake_settle(fake);
    g_assert_cmpuint(n_sent(fake), ==, 0);
    fake_state(fake, 0, ACCOUNT_CATCH_UP);
    fake_settle(fake);
    g_assert_cmpuint(n_sent(fake), ==, 1);
    g_assert_cmpstr(fake_sent(fake, 0, 0)->conversation, ==, "uma");
    fake_channel(fake, 0, "#lab", BUFFER_CHANNEL);
    fake_settle(fake);
    g_assert_cmpuint(n_sent(fake), ==, 2);
    rich_free(body);
    fake_free(fake);
}

void
test_waiting_add(void)
{
    g_test_add_func("/outbox/withdrawn", test_withdrawn);
    g_test_add_func("/outbox/before-history", test_before_history);
}
