/* When a copy is marked as leaving, and what leaves in which order. */
#include "base/error.h"
#include "tests/unit/core/copies.h"
#include "tests/unit/core/tests.h"

/* Says and copies "1", "2", … "n"; the copies wait. */
static void
copy_many(struct fake *fake, unsigned n, int64_t *ret_sources)
{
    for (unsigned i = 0; i < n; i++) {
        struct copies_answer answer = {0};
        g_autofree char *text = g_strdup_printf("%u", i + 1);
        ret_sources[i] = copies_uma_says(fake, text, text);
        copies_add(fake, ret_sources[i], text, &answer);
        g_assert_true(answer.added);
    }
}

/* "1|2": all that the driver had so far. */
static void
assert_sends(struct fake *fake, const char *wanted)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (guint i = 0; i < copies_session_at(fake, 1)->sends->len; i++)
        g_string_append_printf(out, "%s%s", i > 0 ? "|" : "", fake_sent(fake, 1, i)->text);
    g_assert_cmpstr(out->str, ==, wanted);
}

/* The driver has ended its last. */
static void
done_last(struct fake *fake)
{
    const guint n = copies_session_at(fake, 1)->sends->len;
    g_autofree char *id = g_strdup_printf("r%u", n);
    fake_done(fake, 1, fake_sent(fake, 1, n - 1)->op, id, 5);
}

/* Copies are marked ahead of their turn, many with one sync; what the person types keeps its place
 * among them, and so does what the network did not want yet. */
static void
test_ahead(void)
{
    struct fake *fake = copies_joined();
    struct copies_answer answer = {0};
    int64_t sources[4];

    copy_many(fake, 3, sources);
    fake_type(fake, 1, "typed");
    fake_settle(fake);
    const int64_t fourth = copies_uma_says(fake, "4", "4");
    copies_add(fake, fourth, "4", &answer);
    assert_sends(fake, "1");
    struct message *third = copies_of(fake, sources[2], 0);
    g_assert_cmpint(third->state, ==, MESSAGE_SENDING);
    message_unref(third);
    done_last(fake);
    assert_sends(fake, "1|2"); /* at once: it needs no word of the disk */
    g_autoptr(GError) slow = NULL;
    error_set_rate_limited(&slow, SECOND_US, "Slowly.");
    host_failed(copies_session_at(fake, 1)->host, fake_sent(fake, 1, 1)->op, slow);
    fake_settle(fake);
    assert_sends(fake, "1|2");
    fake_advance(fake, 2 * SECOND_US);
    assert_sends(fake, "1|2|2");
    done_last(fake);
    assert_sends(fake, "1|2|2|3");
    done_last(fake);
    fake_settle(fake);
    assert_sends(fake, "1|2|2|3|typed");
    done_last(fake);
    fake_settle(fake);
    assert_sends(fake, "1|2|2|3|typed|4");
    done_last(fake);
    fake_settle(fake);
    g_assert_cmpuint(core_copies_under_way(fake->core, copies_lab(fake, 1)), ==, 0);
    fake_free(fake);
}

/* Cut, they wait as they are; one of them is taken back; killed, all are looked for, and sent once,
 * in order. */
static void
test_ahead_cut(void)
{
    struct fake *fake = copies_joined();
    struct copies_answer answer = {0};
    int64_t sources[4];

    copy_many(fake, 4, sources);
    copies_lose(fake, 1);
    g_assert_cmpuint(core_copies_under_way(fake->core, copies_lab(fake, 1)), ==, 4);
    core_copy_delete(fake->core, copies_id(fake, sources[2]), copies_on_done, &answer);
    fake_settle(fake);
    g_assert_cmpint(answer.code, ==, -1);
    copies_come_back(fake, 1);
    assert_sends(fake, "1");
    fake_caught_up(fake, 1, "#lab", true);
    fake_settle(fake);
    assert_sends(fake, "1|1");
    fake_restart(fake);
    fake_state(fake, 1, ACCOUNT_LOGIN);
    fake_caps(fake, 1, FAKE_CAPS,
              &(struct limits){.max_in_flight = 1, .dedupe_window_us = 30 * SECOND_US});
    fake_state(fake, 1, ACCOUNT_CATCH_UP);
    fake_channel(fake, 1, "#lab", BUFFER_CHANNEL);
    fake_settle(fake);
    assert_sends(fake, "");
    fake_caught_up(fake, 1, "#lab", true);
    fake_settle(fake);
    for (unsigned i = 0; i < 2; i++) {
        done_last(fake);
        fake_settle(fake);
    }
    assert_sends(fake, "<Uma [patio]> 1|<Uma [patio]> 2|<Uma [patio]> 4");
    fake_free(fake);
}

static void
assert_state(struct fake *fake, int64_t source, enum message_state state)
{
    struct message *message = copies_of(fake, source, 0);
    g_assert_cmpint(message->state, ==, state);
    message_unref(message);
}

static struct fake *
joined_without_keys(int max_in_flight)
{
    struct fake *fake = copies_joined();
    const struct limits limits = {.max_in_flight = max_in_flight, .name_bytes = COPIES_NAMES};
    fake_caps(fake, 1, FAKE_CAPS & ~(unsigned)CAP_DEDUPE, &limits);
    fake_settle(fake);
    return fake;
}

/* What leaves at once is added as leaving: its mark is no commit of its own, and no news. What
 * has to wait is not, where nobody knows keys. */
static void
test_at_once(void)
{
    struct fake *fake = joined_without_keys(2);
    int64_t sources[3];

    copy_many(fake, 2, sources);
    assert_sends(fake, "1|2");
    g_assert_cmpuint(fake->counts[NOTICE_MESSAGE_CHANGED], ==, 0);
    struct copies_answer answer = {0};
    sources[2] = copies_uma_says(fake, "3", "3");
    copies_add(fake, sources[2], "3", &answer);
    assert_sends(fake, "1|2");
    assert_state(fake, sources[1], MESSAGE_SENDING);
    assert_state(fake, sources[2], MESSAGE_PENDING);
    done_last(fake);
    fake_settle(fake);
    assert_sends(fake, "1|2|3");
    fake_restart(fake);
    for (unsigned i = 0; i < 3; i++)
        assert_state(fake, sources[i], i == 1 ? MESSAGE_SENT : MESSAGE_UNKNOWN);
    fake_free(fake);
}

/* Cut while it was being added: nothing has left, and nothing needs to be looked for. */
static void
test_at_once_cut(void)
{
    struct fake *fake = joined_without_keys(1);
    struct copies_answer answer = {0};
    const int64_t source = copies_uma_says(fake, "a", "hello");

    copies_add_soon(fake, source, "hello", &answer);
    copies_lose(fake, 1);
    g_assert_true(answer.added);
    assert_sends(fake, "");
    assert_state(fake, source, MESSAGE_PENDING);
    copies_come_back(fake, 1);
    assert_sends(fake, "hello");
    g_assert_false(fake_sent(fake, 1, 0)->resend);
    /* The place that it was promised is free again. */
    done_last(fake);
    fake_settle(fake);
    copy_many(fake, 1, (int64_t[1]){0});
    assert_sends(fake, "hello|1");
    fake_free(fake);
}

/* What the person types while it is being added is stored behind it, and stays there. */
static void
test_at_once_typed(void)
{
    struct fake *fake = joined_without_keys(1);
    struct copies_answer answer = {0};
    const int64_t source = copies_uma_says(fake, "a", "hello");

    fake_type(fake, 1, "before");
    copies_add_soon(fake, source, "hello", &answer);
    fake_type(fake, 1, "behind");
    for (unsigned i = 0; i < 3; i++) {
        fake_settle(fake);
        done_last(fake);
    }
    fake_settle(fake);
    assert_sends(fake, "before|hello|behind");
    assert_state(fake, source, MESSAGE_SENT);
    fake_free(fake);
}

void
test_copy_lane_add(void)
{
    g_test_add_func("/copy/ahead", test_ahead);
    g_test_add_func("/copy/ahead-cut", test_ahead_cut);
    g_test_add_func("/copy/at-once", test_at_once);
    g_test_add_func("/copy/at-once-cut", test_at_once_cut);
    g_test_add_func("/copy/at-once-typed", test_at_once_typed);
}
