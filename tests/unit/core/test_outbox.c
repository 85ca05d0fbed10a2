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

/* Lost and back, as far as catching up; #lab is joined again. */
static void
back(struct fake *fake)
{
    fake_advance(fake, 600 * SECOND_US);
    fake_state(fake, 0, ACCOUNT_LOGIN);
    fake_state(fake, 0, ACCOUNT_CATCH_UP);
    fake_channel(fake, 0, "#lab", BUFFER_CHANNEL);
}

/* It is there again when one comes back to the buffer; the disk never sees it. */
static void
assert_draft_in_memory(struct fake *fake, int64_t buffer_id, const char *text)
{
    core_set_draft(fake->core, buffer_id, text);
    fake_settle(fake);
    g_assert_null(store_load_draft(fake->store, buffer_id));
    g_autofree char *draft = core_draft(fake->core, buffer_id);
    g_assert_cmpstr(draft, ==, text);
}

/* What the driver hides leaves at once or not at all; the disk sees the masked form only. */
static void
test_hidden(void)
{
    struct fake *fake = online();
    const int64_t lab = fake_buffer(fake, 0, "#lab")->id;
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) in_two = NULL;
    g_autoptr(GError) refused = NULL;

    core_set_draft(fake->core, lab, "secret");
    fake_settle(fake);
    assert_draft_in_memory(fake, lab, "secret soup");
    assert_draft_in_memory(fake, lab, "/msg sesame open");
    assert_draft_in_memory(fake, lab, "/raw secret soup");
    core_set_draft(fake->core, lab, "");
    g_assert_null(core_draft(fake->core, lab));
    fake_type(fake, 0, "secret soup");
    g_assert_cmpuint(n_sent(fake), ==, 1);
    g_assert_cmpstr(fake_sent(fake, 0, 0)->text, ==, "secret soup");
    g_assert_null(fake_sent(fake, 0, 0)->key);
    fake_settle(fake);
    expect(fake, "secret *** (sent; what is hidden here is stored nowhere)/received");
    fake_failed(fake, 0, fake_sent(fake, 0, 0)->op, WEFT_ERROR_NOT_FOUND);
    fake_settle(fake);
    struct message *last = fake_newest(fake, 0);
    g_assert_cmpint(last->kind, ==, MESSAGE_WEFT); /* the failure is said */
    message_unref(last);
    g_assert_false(core_input(fake->core, lab, "secret a\nb", &in_two));
    g_assert_true(error_is(in_two, WEFT_ERROR_BAD_INPUT));
    fake_session(fake, 0)->refuse = g_error_new(WEFT_ERROR, WEFT_ERROR_FORBIDDEN, "No.");
    g_assert_false(core_input(fake->core, lab, "secret soup", &refused));
    g_assert_true(error_is(refused, WEFT_ERROR_FORBIDDEN));
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    g_assert_false(core_input(fake->core, lab, "secret soup", &error));
    g_assert_true(error_is(error, WEFT_ERROR_CLOSED));
    fake_settle(fake);
    g_autofree char *line = fake_timeline(fake, 0);
    g_assert_null(strstr(line, "soup"));
    g_assert_cmpuint(n_sent(fake), ==, 2);
    fake_free(fake);
}

static void
test_done(void)
{
    struct fake *fake = online();
    const struct buffer *lab = fake_buffer(fake, 0, "#lab");

    core_set_draft(fake->core, lab->id, "hel");
    fake_say(fake, 0, &(struct fake_said){.text = "soup?", .time_us = 10});
    fake_settle(fake);
    fake_type(fake, 0, "hello");
    g_assert_cmpuint(n_sent(fake), ==, 0); /* nothing leaves before it is on disk */
    fake_settle(fake);
    expect(fake, "soup?/received|hello/sending");
    g_assert_cmpuint(n_sent(fake), ==, 1);
    g_assert_false(fake_sent(fake, 0, 0)->resend);
    g_assert_cmpuint(strlen(fake_sent(fake, 0, 0)->key), ==, 32);
    g_assert_null(core_draft(fake->core, lab->id));
    g_assert_cmpuint(lab->unread, ==, 0); /* who speaks has read */
    fake_done(fake, 0, fake_sent(fake, 0, 0)->op, "m1", 7);
    fake_settle(fake);
    expect(fake, "hello/sent|soup?/received"); /* the network says when it was said */
    fake_free(fake);
}

static void
test_echo_first(void)
{
    struct fake *fake = online();
    fake_type(fake, 0, "hello");
    fake_settle(fake);
    const struct fake_send *send = fake_sent(fake, 0, 0);
    fake_say(
        fake, 0,
        &(struct fake_said){.text = "hello", .id = "m1", .key = send->key, .origin = ORIGIN_ECHO});
    fake_done(fake, 0, send->op, "m1", 0);
    fake_settle(fake);
    expect(fake, "hello/sent");
    fake_say(
        fake, 0,
        &(struct fake_said){.text = "hello", .id = "m1", .key = send->key, .origin = ORIGIN_ECHO});
    fake_settle(fake);
    expect(fake, "hello/sent");
    fake_free(fake);
}

/* An echo without a key is met by its text, once for each row. */
static void
test_echo_without_key(void)
{
    struct fake *fake = online();
    fake_caps(fake, 0, ~0u, &(struct limits){.max_in_flight = 2});
    fake_type(fake, 0, "ok");
    fake_type(fake, 0, "ok");
    fake_settle(fake);
    g_assert_cmpuint(n_sent(fake), ==, 2);
    g_assert_cmpstr(fake_sent(fake, 0, 0)->key, !=, fake_sent(fake, 0, 1)->key);
    fake_say(fake, 0, &(struct fake_said){.text = "ok", .id = "m1", .origin = ORIGIN_ECHO});
    fake_settle(fake);
    expect(fake, "ok/sent|ok/sending");
    fake_say(fake, 0, &(struct fake_said){.text = "ok", .id = "m2", .origin = ORIGIN_ECHO});
    fake_settle(fake);
    expect(fake, "ok/sent|ok/sent");
    fake_free(fake);
}

static void
test_done_first(void)
{
    struct fake *fake = online();
    fake_type(fake, 0, "hello");
    fake_settle(fake);
    const struct fake_send *send = fake_sent(fake, 0, 0);
    fake_done(fake, 0, send->op, "m1", 0);
    fake_say(
        fake, 0,
        &(struct fake_said){.text = "hello", .id = "m1", .key = send->key, .origin = ORIGIN_ECHO});
    fake_settle(fake);
    expect(fake, "hello/sent");
    fake_free(fake);
}

static void
test_refused(void)
{
    struct fake *fake = online();
    g_autoptr(GError) error = NULL;

    fake_type(fake, 0, "one");
    fake_type(fake, 0, "two");
    fake_settle(fake);
    fake_failed(fake, 0, fake_sent(fake, 0, 0)->op, WEFT_ERROR_FORBIDDEN);
    fake_settle(fake);
    expect(fake, "one/failed|two/sending");
    fake_done(fake, 0, fake_sent(fake, 0, 1)->op, "m2", 0);
    fake_settle(fake);
    /* It stays, over a restart too, until the person says what to do. */
    fake_restart(fake);
    fake_online(fake, 0);
    expect(fake, "one/failed|two/sent");
    g_assert_cmpuint(n_sent(fake), ==, 0);
    g_autoptr(GPtrArray) page = store_load_newest(fake->store, fake_buffer(fake, 0, "#lab")->id, 9);
    const struct message *one = page->pdata[0];
    g_assert_cmpstr(one->error, ==, "You are not in #lab.");
    g_assert_true(core_retry(fake->core, one->id, &error));
    fake_settle(fake);
    g_assert_cmpuint(n_sent(fake), ==, 1);
    g_assert_cmpstr(fake_sent(fake, 0, 0)->text, ==, "one");
    expect(fake, "one/failed|two/sent|one/sending");
    g_assert_false(core_retry(fake->core, one->id, &error));
    g_assert_true(error_is(error, WEFT_ERROR_NOT_FOUND));
    fake_free(fake);
}

static void
test_rate_limited(void)
{
    struct fake *fake = online();
    g_autoptr(GError) error = NULL;

    fake_type(fake, 0, "one");
    fake_type(fake, 0, "two");
    fake_settle(fake);
    error_set_rate_limited(&error, 30 * SECOND_US, "Slow down.");
    host_failed(fake_session(fake, 0)->host, fake_sent(fake, 0, 0)->op, error);
    fake_settle(fake);
    expect(fake, "one/pending|two/pending");
    fake_advance(fake, 29 * SECOND_US);
    g_assert_cmpuint(n_sent(fake), ==, 1);
    fake_advance(fake, SECOND_US);
    g_assert_cmpuint(n_sent(fake), ==, 2);
    g_assert_cmpstr(fake_sent(fake, 0, 1)->text, ==, "one");
    /* Refused from inside the call, it waits as well. */
    fake_done(fake, 0, fake_sent(fake, 0, 1)->op, NULL, 0);
    fake_session(fake, 0)->refuse = g_error_copy(error);
    fake_settle(fake);
    expect(fake, "one/sent|two/pending");
    fake_advance(fake, 30 * SECOND_US);
    fake_done(fake, 0, fake_sent(fake, 0, 3)->op, NULL, 0);
    fake_settle(fake);
    expect(fake, "one/sent|two/sent");
    fake_free(fake);
}

static void
test_offline(void)
{
    struct fake *fake = online();
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    fake_type(fake, 0, "one|two");
    fake_type(fake, 0, "three");
    fake_settle(fake);
    expect(fake, "one/pending|two/pending|three/pending");
    g_assert_cmpuint(n_sent(fake), ==, 0);
    fake_restart(fake);
    expect(fake, "one/pending|two/pending|three/pending");
    fake_state(fake, 0, ACCOUNT_LOGIN);
    fake_state(fake, 0, ACCOUNT_ONLINE);
    g_assert_cmpuint(n_sent(fake), ==, 0); /* not before we are in #lab again */
    fake_channel(fake, 0, "#lab", BUFFER_CHANNEL);
    fake_settle(fake);
    for (unsigned i = 0; i < 3; i++) {
        g_assert_cmpuint(n_sent(fake), ==, i + 1);
        fake_done(fake, 0, fake_sent(fake, 0, i)->op, NULL, 0);
        fake_settle(fake);
    }
    g_assert_cmpstr(fake_sent(fake, 0, 0)->text, ==, "one");
    g_assert_cmpstr(fake_sent(fake, 0, 2)->text, ==, "three");
    expect(fake, "one/sent|two/sent|three/sent");
    fake_free(fake);
}

/* A conversation that does not come back does not hold its lane for ever. */
static void
test_grace(void)
{
    struct fake *fake = online();
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    fake_type(fake, 0, "one");
    fake_advance(fake, 600 * SECOND_US);
    fake_state(fake, 0, ACCOUNT_ONLINE);
    g_assert_cmpuint(n_sent(fake), ==, 0);
    fake_advance(fake, 30 * SECOND_US);
    g_assert_cmpuint(n_sent(fake), ==, 1);
    fake_free(fake);
}

static void
test_lanes(void)
{
    struct fake *fake = online();
    struct rich *body = rich_new("elsewhere", -1);

    fake_caps(fake, 0, ~0u, &(struct limits){.max_in_flight = 2});
    fake_channel(fake, 0, "#two", BUFFER_CHANNEL);
    fake_caught_up(fake, 0, "#two", false);
    for (int i = 0; i < 4; i++)
        fake_type(fake, 0, "lab");
    g_assert_true(
        core_send(fake->core, fake_buffer(fake, 0, "#two")->id, MESSAGE_TEXT, body, NULL, NULL));
    fake_settle(fake);
    g_assert_cmpuint(n_sent(fake), ==, 3); /* two of #lab, and #two does not wait for them */
    g_assert_cmpstr(fake_sent(fake, 0, 2)->conversation, ==, "#two");
    fake_done(fake, 0, fake_sent(fake, 0, 1)->op, NULL, 0);
    fake_settle(fake);
    g_assert_cmpuint(n_sent(fake), ==, 4);
    rich_free(body);
    fake_free(fake);
}

static void
test_refused_in_words(void)
{
    struct fake *fake = online();
    struct rich *body = rich_new("x", -1), *empty = rich_new("", 0);
    const int64_t lab = fake_buffer(fake, 0, "#lab")->id;
    GError *error = NULL;

    g_assert_false(
        core_send(fake->core, core_own_buffer(fake->core)->id, MESSAGE_TEXT, body, NULL, &error));
    g_assert_true(error_is(error, WEFT_ERROR_UNSUPPORTED));
    g_clear_error(&error);
    g_assert_false(core_send(fake->core, lab, MESSAGE_TEXT, empty, NULL, &error));
    g_clear_error(&error);
    fake_caps(fake, 0, CAP_SEND, NULL);
    g_assert_false(core_send(fake->core, lab, MESSAGE_TEXT, body, "m1", &error));
    g_assert_cmpstr(error->message, ==, capability_lack(CAP_REPLY));
    g_clear_error(&error);
    g_assert_false(core_send(fake->core, lab, MESSAGE_ACTION, body, NULL, &error));
    g_assert_cmpstr(error->message, ==, capability_lack(CAP_ACTION));
    g_clear_error(&error);
    rich_free(body);
    rich_free(empty);
    fake_free(fake);
}

/* Cut in mid-send; the message had arrived: catching up finds it, nothing is sent again. */
static void
test_lost_and_found(void)
{
    struct fake *fake = online();
    fake_type(fake, 0, "hello");
    fake_settle(fake);
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    expect(fake, "hello/unknown");
    back(fake);
    fake_say(
        fake, 0,
        &(struct fake_said){
            .text = "hello", .id = "m1", .time_us = 1, .own = true, .origin = ORIGIN_CATCH_UP});
    fake_caught_up(fake, 0, "#lab", true);
    expect(fake, "hello/sent");
    g_assert_cmpuint(n_sent(fake), ==, 1);
    fake_free(fake);
}

/* The network's whole history does not have it: it is sent again, in its place, before what
 * follows. */
static void
test_lost_and_absent(void)
{
    struct fake *fake = online();
    fake_type(fake, 0, "one");
    fake_type(fake, 0, "two");
    fake_settle(fake);
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    expect(fake, "one/unknown|two/pending");
    back(fake);
    fake_state(fake, 0, ACCOUNT_ONLINE);
    g_assert_cmpuint(n_sent(fake), ==, 1); /* look first */
    fake_caught_up(fake, 0, "#lab", true);
    g_assert_cmpuint(n_sent(fake), ==, 2);
    g_assert_cmpstr(fake_sent(fake, 0, 1)->text, ==, "one");
    g_assert_cmpstr(fake_sent(fake, 0, 1)->key, ==, fake_sent(fake, 0, 0)->key);
    g_assert_true(fake_sent(fake, 0, 1)->resend);
    fake_done(fake, 0, fake_sent(fake, 0, 1)->op, "m1", 0);
    fake_settle(fake);
    fake_done(fake, 0, fake_sent(fake, 0, 2)->op, "m2", 0);
    fake_settle(fake);
    expect(fake, "one/sent|two/sent");
    fake_free(fake);
}

#define HOLD_US (120 * SECOND_US)

/* "one" was cut in mid-send on a network that may hold it for two minutes, "two" typed after it;
 * weft is back within 10 s and has looked. */
static struct fake *
held(void)
{
    struct fake *fake = online();
    fake_caps(fake, 0, ~0u & ~(unsigned)CAP_DEDUPE,
              &(struct limits){.max_in_flight = 1, .hold_us = HOLD_US});
    fake_type(fake, 0, "one");
    fake_type(fake, 0, "two");
    fake_settle(fake);
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    fake_advance(fake, 80 * SECOND_US); /* the longest back-off */
    fake_state(fake, 0, ACCOUNT_LOGIN);
    fake_state(fake, 0, ACCOUNT_CATCH_UP);
    fake_channel(fake, 0, "#lab", BUFFER_CHANNEL);
    fake_caught_up(fake, 0, "#lab", true);
    fake_state(fake, 0, ACCOUNT_ONLINE);
    expect(fake, "one/unknown|two/pending");
    g_assert_cmpuint(n_sent(fake), ==, 1);
    return fake;
}

/* It comes late after all, as a line of ours: nothing is said twice, and the order stays. */
static void
test_held_and_come(void)
{
    struct fake *fake = held();

    fake_advance(fake, 35 * SECOND_US); /* the lane's grace does not let the next one pass */
    g_assert_cmpuint(n_sent(fake), ==, 1);
    fake_say(
        fake, 0,
        &(struct fake_said){.text = "one", .id = "m1", .time_us = 115 * SECOND_US, .own = true});
    fake_settle(fake);
    g_assert_cmpuint(n_sent(fake), ==, 2);
    g_assert_cmpstr(fake_sent(fake, 0, 1)->text, ==, "two");
    fake_done(fake, 0, fake_sent(fake, 0, 1)->op, "m2", 116 * SECOND_US);
    fake_settle(fake);
    expect(fake, "one/sent|two/sent");
    fake_advance(fake, HOLD_US);
    g_assert_cmpuint(n_sent(fake), ==, 2);
    fake_free(fake);
}

/* It does not: it is sent again when it can come no more, before what follows. */
static void
test_held_and_absent(void)
{
    struct fake *fake = held();

    fake_advance(fake, 39 * SECOND_US);
    g_assert_cmpuint(n_sent(fake), ==, 1);
    fake_advance(fake, SECOND_US);
    g_assert_cmpuint(n_sent(fake), ==, 2);
    g_assert_cmpstr(fake_sent(fake, 0, 1)->text, ==, "one");
    g_assert_true(fake_sent(fake, 0, 1)->resend);
    fake_free(fake);
}

/* Cut again while it is held: the look begins anew. */
static void
test_held_and_cut(void)
{
    struct fake *fake = held();

    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    fake_advance(fake, HOLD_US);
    g_assert_cmpuint(n_sent(fake), ==, 1);
    expect(fake, "one/unknown|two/pending");
    fake_state(fake, 0, ACCOUNT_LOGIN);
    fake_state(fake, 0, ACCOUNT_CATCH_UP);
    fake_channel(fake, 0, "#lab", BUFFER_CHANNEL);
    g_assert_cmpuint(n_sent(fake), ==, 1);
    fake_caught_up(fake, 0, "#lab", true); /* now it is older than any hold */
    g_assert_cmpuint(n_sent(fake), ==, 2);
    fake_free(fake);
}

/* Who does not want to wait need not. */
static void
test_held_and_retried(void)
{
    struct fake *fake = held();
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) page = store_load_newest(fake->store, fake_buffer(fake, 0, "#lab")->id, 9);
    const struct message *one = page->pdata[0];

    g_assert_nonnull(strstr(one->error, "/retry"));
    g_assert_true(core_retry(fake->core, one->id, &error));
    fake_settle(fake);
    g_assert_cmpuint(n_sent(fake), ==, 2);
    g_assert_cmpstr(fake_sent(fake, 0, 1)->text, ==, "two");
    fake_free(fake);
}

/* The network's clock says that one arrived later than when two was typed: two does not jump above
 * it. */
static void
test_in_order(void)
{
    struct fake *fake = online();

    fake_type(fake, 0, "one");
    fake_type(fake, 0, "two");
    fake_type(fake, 0, "three");
    fake_settle(fake);
    fake_advance(fake, 10 * SECOND_US);
    fake_done(fake, 0, fake_sent(fake, 0, 0)->op, "m1", 5 * SECOND_US);
    fake_settle(fake);
    expect(fake, "one/sent|two/sending|three/pending");
    fake_say(fake, 0,
             &(struct fake_said){.text = "two",
                                 .id = "m2",
                                 .key = fake_sent(fake, 0, 1)->key,
                                 .time_us = 7 * SECOND_US,
                                 .own = true});
    fake_settle(fake);
    expect(fake, "one/sent|two/sent|three/sending");
    fake_done(fake, 0, fake_sent(fake, 0, 2)->op, "m3", 8 * SECOND_US);
    fake_settle(fake);
    expect(fake, "one/sent|two/sent|three/sent");
    fake_free(fake);
}

/* A text that takes the connection down whenever it leaves: known not to be there, it is neither
 * sent for ever nor called unknown, and the rest goes on. */
static void
test_lost_each_time(void)
{
    struct fake *fake = online();

    fake_caps(fake, 0, ~0u & ~(unsigned)CAP_DEDUPE, NULL);
    fake_type(fake, 0, "one");
    fake_type(fake, 0, "two");
    fake_settle(fake);
    for (unsigned i = 1; i <= 3; i++) {
        g_assert_cmpstr(fake_sent(fake, 0, n_sent(fake) - 1)->text, ==, "one");
        g_assert_cmpuint(n_sent(fake), ==, i);
        fake_lost(fake, 0, WEFT_ERROR_CLOSED);
        expect(fake, "one/unknown|two/pending");
        back(fake);
        fake_caught_up(fake, 0, "#lab", true);
        fake_state(fake, 0, ACCOUNT_ONLINE);
        fake_settle(fake);
    }
    expect(fake, "one/failed|two/sending");
    g_autoptr(GPtrArray) page = store_load_newest(fake->store, fake_buffer(fake, 0, "#lab")->id, 9);
    const struct message *one = page->pdata[0];
    g_assert_nonnull(strstr(one->error, "has not arrived"));
    fake_free(fake);
}

/* The network cannot tell: it stays unknown, says so, and the rest goes on. */
static void
test_lost_for_good(void)
{
    struct fake *fake = online();
    g_autoptr(GError) error = NULL;

    fake_caps(fake, 0, CAP_SEND, NULL);
    fake_type(fake, 0, "one");
    fake_type(fake, 0, "two");
    fake_settle(fake);
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    back(fake);
    fake_caught_up(fake, 0, "#lab", false);
    expect(fake, "one/unknown|two/sending");
    g_autoptr(GPtrArray) page = store_load_newest(fake->store, fake_buffer(fake, 0, "#lab")->id, 9);
    const struct message *one = page->pdata[0];
    g_assert_nonnull(strstr(one->error, "cannot find out"));
    g_assert_true(core_drop(fake->core, one->id, &error));
    fake_settle(fake);
    expect(fake, "one/failed|two/sending");
    fake_free(fake);
}

/* "Everything is caught up" says nothing of a channel that did not let us back in. */
static void
test_lost_and_kept_out(void)
{
    struct fake *fake = online();
    struct rich *body = rich_new("psst", -1);
    g_autoptr(GError) error = NULL;

    fake_caps(fake, 0, CAP_SEND, NULL);
    fake_channel(fake, 0, "uma", BUFFER_DIRECT);
    fake_caught_up(fake, 0, "uma", false);
    fake_type(fake, 0, "one");
    core_send(fake->core, fake_buffer(fake, 0, "uma")->id, MESSAGE_TEXT, body, NULL, &error);
    g_assert_no_error(error);
    fake_settle(fake);
    g_assert_cmpuint(n_sent(fake), ==, 2);
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    fake_advance(fake, 600 * SECOND_US);
    fake_state(fake, 0, ACCOUNT_LOGIN);
    fake_state(fake, 0, ACCOUNT_CATCH_UP);
    fake_caught_up(fake, 0, NULL, true);
    fake_state(fake, 0, ACCOUNT_ONLINE);
    fake_advance(fake, 60 * SECOND_US);
    expect(fake, "one/unknown");
    g_assert_cmpuint(n_sent(fake), ==, 3); /* looked for with uma, and not there */
    g_assert_cmpstr(fake_sent(fake, 0, 2)->text, ==, "psst");
    /* It lets us in again: what became of it is for the person to say. */
    fake_channel(fake, 0, "#lab", BUFFER_CHANNEL);
    fake_settle(fake);
    expect(fake, "one/unknown");
    g_assert_cmpuint(n_sent(fake), ==, 3);
    rich_free(body);
    fake_free(fake);
}

/* Inside its window the same key cannot double: sent again without proof. */
static void
test_dedupe(void)
{
    struct fake *fake = online();
    const struct limits limits = {.dedupe_window_us = 3600 * SECOND_US};

    fake_caps(fake, 0, CAP_SEND | CAP_DEDUPE, &limits);
    fake_type(fake, 0, "one");
    fake_settle(fake);
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    back(fake);
    fake_caught_up(fake, 0, "#lab", false);
    g_assert_cmpuint(n_sent(fake), ==, 2);
    g_assert_cmpstr(fake_sent(fake, 0, 1)->key, ==, fake_sent(fake, 0, 0)->key);
    /* Cut again, and back after the window. */
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    fake_advance(fake, 3600 * SECOND_US);
    back(fake);
    fake_caught_up(fake, 0, "#lab", false);
    g_assert_cmpuint(n_sent(fake), ==, 2);
    expect(fake, "one/unknown");
    fake_free(fake);
}

/* No answer: unknown, and the lane goes on. A late answer still settles it. */
static void
test_timeout(void)
{
    struct fake *fake = online();
    const struct limits limits = {.send_timeout_us = 10 * SECOND_US};

    fake_caps(fake, 0, CAP_SEND, &limits);
    fake_type(fake, 0, "one");
    fake_type(fake, 0, "two");
    fake_settle(fake);
    fake_advance(fake, 10 * SECOND_US);
    fake_advance(fake, 1);
    expect(fake, "one/unknown|two/sending");
    fake_failed(fake, 0, fake_sent(fake, 0, 0)->op, WEFT_ERROR_TIMEOUT);
    fake_settle(fake);
    expect(fake, "one/unknown|two/sending");
    g_assert_cmpuint(n_sent(fake), ==, 2);
    fake_free(fake);
    /* The driver keeps it: the late answer settles it. */
    fake = online();
    fake_caps(fake, 0, CAP_SEND, &limits);
    fake_type(fake, 0, "one");
    fake_settle(fake);
    fake_advance(fake, 10 * SECOND_US);
    expect(fake, "one/unknown");
    fake_done(fake, 0, fake_sent(fake, 0, 0)->op, "m1", 0);
    fake_settle(fake);
    expect(fake, "one/sent");
    fake_free(fake);
}

static op_id
cancelled(struct fake *fake, unsigned i)
{
    const GArray *ops = fake_session(fake, 0)->cancelled;
    g_assert_cmpuint(i, <, ops->len);
    return g_array_index(ops, op_id, i);
}

/* Still in the driver's queue when its time is over: taken out, and sent in its turn. */
static void
test_timeout_unsent(void)
{
    struct fake *fake = online();
    const struct limits limits = {.send_timeout_us = 10 * SECOND_US, .max_in_flight = 2};

    fake_caps(fake, 0, CAP_SEND, &limits);
    fake_type(fake, 0, "one");
    fake_settle(fake);
    fake_advance(fake, 5 * SECOND_US);
    fake_type(fake, 0, "two");
    fake_type(fake, 0, "three");
    fake_settle(fake);
    fake_advance(fake, 5 * SECOND_US);
    expect(fake, "one/unknown|two/sending|three/pending");
    g_assert_cmpuint(n_sent(fake), ==, 2);
    g_assert_cmpint(cancelled(fake, 0), ==, fake_sent(fake, 0, 0)->op);
    fake_failed(fake, 0, fake_sent(fake, 0, 0)->op, WEFT_ERROR_CANCELLED);
    g_assert_cmpint(cancelled(fake, 1), ==, fake_sent(fake, 0, 1)->op);
    fake_failed(fake, 0, fake_sent(fake, 0, 1)->op, WEFT_ERROR_CANCELLED);
    fake_advance(fake, 1);
    expect(fake, "one/sending|two/sending|three/pending");
    g_assert_cmpuint(n_sent(fake), ==, 4);
    g_assert_cmpstr(fake_sent(fake, 0, 2)->text, ==, "one");
    g_assert_false(fake_sent(fake, 0, 2)->resend);
    g_assert_cmpstr(fake_sent(fake, 0, 3)->text, ==, "two");
    fake_free(fake);
}

/* The person was faster: what they sent again is the only copy. */
static void
test_timeout_retried(void)
{
    struct fake *fake = online();
    const struct limits limits = {.send_timeout_us = 10 * SECOND_US};
    g_autoptr(GError) error = NULL;

    fake_caps(fake, 0, CAP_SEND, &limits);
    fake_type(fake, 0, "one");
    fake_settle(fake);
    fake_advance(fake, 10 * SECOND_US);
    g_autoptr(GPtrArray) page = store_load_newest(fake->store, fake_buffer(fake, 0, "#lab")->id, 9);
    const struct message *one = page->pdata[0];
    g_assert_true(core_retry(fake->core, one->id, &error));
    fake_failed(fake, 0, cancelled(fake, 0), WEFT_ERROR_CANCELLED);
    fake_advance(fake, 1);
    expect(fake, "one/failed|one/sending");
    g_assert_cmpuint(n_sent(fake), ==, 2);
    fake_free(fake);
}

/* kill -9 between "sending" and the answer. */
static void
test_restart(void)
{
    struct fake *fake = online();
    fake_type(fake, 0, "one");
    fake_type(fake, 0, "two");
    fake_settle(fake);
    g_autofree char *key = g_strdup(fake_sent(fake, 0, 0)->key);
    expect(fake, "one/sending|two/pending");
    fake_restart(fake);
    expect(fake, "one/unknown|two/pending");
    fake_state(fake, 0, ACCOUNT_LOGIN);
    fake_state(fake, 0, ACCOUNT_CATCH_UP);
    fake_channel(fake, 0, "#lab", BUFFER_CHANNEL);
    fake_settle(fake);
    g_assert_cmpuint(n_sent(fake), ==, 0);
    fake_caught_up(fake, 0, "#lab", true);
    g_assert_cmpuint(n_sent(fake), ==, 1);
    g_assert_cmpstr(fake_sent(fake, 0, 0)->key, ==, key);
    g_assert_true(fake_sent(fake, 0, 0)->resend);
    fake_free(fake);
}

/* What the driver gives back unsent waits for the next connection. */
static void
test_given_back(void)
{
    struct fake *fake = online();
    fake_type(fake, 0, "one");
    fake_settle(fake);
    fake_failed(fake, 0, fake_sent(fake, 0, 0)->op, WEFT_ERROR_CLOSED);
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    expect(fake, "one/pending");
    /* Typed, and cut before "sending" is on disk: nothing has left either. */
    fake_free(fake);
    fake = online();
    fake_type(fake, 0, "one");
    store_flush(fake->store);
    g_autoptr(GError) error = g_error_new(WEFT_ERROR, WEFT_ERROR_CLOSED, "Cut.");
    host_lost(fake_session(fake, 0)->host, error);
    fake_settle(fake);
    g_assert_cmpuint(n_sent(fake), ==, 0);
    expect(fake, "one/pending");
    fake_free(fake);
}

/* weft ends while a message is being marked: it waits again, and that is written as well. */
static void
test_ends_while_marked(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    fake_type(fake, 0, "one");
    store_flush(fake->store);
    g_assert_cmpuint(n_sent(fake), ==, 0);
    fake_restart(fake);
    fake_online(fake, 0);
    g_assert_cmpstr(fake_sent(fake, 0, 0)->text, ==, "one");
    fake_free(fake);
}

void
test_outbox_add(void)
{
    g_test_add_func("/outbox/done", test_done);
    g_test_add_func("/outbox/hidden", test_hidden);
    g_test_add_func("/outbox/echo-first", test_echo_first);
    g_test_add_func("/outbox/echo-without-key", test_echo_without_key);
    g_test_add_func("/outbox/done-first", test_done_first);
    g_test_add_func("/outbox/refused", test_refused);
    g_test_add_func("/outbox/R7-rate-limited", test_rate_limited);
    g_test_add_func("/outbox/offline", test_offline);
    g_test_add_func("/outbox/grace", test_grace);
    g_test_add_func("/outbox/lanes", test_lanes);
    g_test_add_func("/outbox/refused-in-words", test_refused_in_words);
    g_test_add_func("/outbox/lost-and-found", test_lost_and_found);
    g_test_add_func("/outbox/lost-and-absent", test_lost_and_absent);
    g_test_add_func("/outbox/held-and-come", test_held_and_come);
    g_test_add_func("/outbox/held-and-absent", test_held_and_absent);
    g_test_add_func("/outbox/held-and-cut", test_held_and_cut);
    g_test_add_func("/outbox/held-and-retried", test_held_and_retried);
    g_test_add_func("/outbox/in-order", test_in_order);
    g_test_add_func("/outbox/lost-each-time", test_lost_each_time);
    g_test_add_func("/outbox/lost-for-good", test_lost_for_good);
    g_test_add_func("/outbox/lost-and-kept-out", test_lost_and_kept_out);
    g_test_add_func("/outbox/dedupe", test_dedupe);
    g_test_add_func("/outbox/timeout", test_timeout);
    g_test_add_func("/outbox/timeout-unsent", test_timeout_unsent);
    g_test_add_func("/outbox/timeout-retried", test_timeout_retried);
    g_test_add_func("/outbox/restart", test_restart);
    g_test_add_func("/outbox/given-back", test_given_back);
    g_test_add_func("/outbox/ends-while-marked", test_ends_while_marked);
}
