#include "tests/unit/core/fake.h"
#include "tests/unit/core/tests.h"

static void
say(struct fake *fake, const char *text, int64_t time_us, enum event_origin origin)
{
    fake_say(fake, 0,
             &(struct fake_said){.text = text, .id = text, .time_us = time_us, .origin = origin});
}

static void
answer(struct fake *fake, int64_t oldest_us, bool end)
{
    const struct fake_session *session = fake_session(fake, 0);
    host_history_done(
        session->host, session->history_op,
        &(struct history_result){
            .n = 1, .oldest_key = oldest_us ? FAKE_NOW_US + oldest_us : 0, .end = end});
}

static void
finish(struct fake *fake, int64_t oldest_us, bool end)
{
    answer(fake, oldest_us, end);
    fake_settle(fake);
}

/* A network that has handed over all that it has says so at once: nobody has to ask for more. */
static void
test_known_beginning(void)
{
    struct fake *fake = fake_new(1);
    struct event event = {.type = EVENT_KNOWN_SPAN,
                          .conversation = "#lab",
                          .span = {.after_sort_key = 0, .before_sort_key = FAKE_NOW_US}};

    fake_online(fake, 0);
    const int64_t lab = fake_buffer(fake, 0, "#lab")->id;
    host_emit(fake_session(fake, 0)->host, &event);
    g_assert_false(core_history_at_start(fake->core, lab));
    event.span.after_sort_key = INT64_MIN;
    host_emit(fake_session(fake, 0)->host, &event);
    g_assert_true(core_history_at_start(fake->core, lab));
    fake_restart(fake);
    g_assert_true(core_history_at_start(fake->core, lab));
    fake_free(fake);
}

static void
test_older(void)
{
    struct fake *fake = fake_new(1);
    g_autoptr(GError) error = NULL;
    struct page page;

    fake_online(fake, 0);
    const int64_t lab = fake_buffer(fake, 0, "#lab")->id;
    say(fake, "c", 30, ORIGIN_LIVE);
    fake_settle(fake);
    g_assert_true(core_fetch_history(fake->core, lab, 0, &error));
    g_assert_true(core_history_under_way(fake->core, lab));
    g_assert_true(core_fetch_history(fake->core, lab, 0, &error)); /* one at a time */
    g_assert_cmpint(fake_session(fake, 0)->history_time_us, ==, FAKE_NOW_US + 30);
    fake_clear(fake);
    say(fake, "a", 10, ORIGIN_HISTORY);
    say(fake, "b", 20, ORIGIN_HISTORY);
    const op_id asked = fake_session(fake, 0)->history_op;
    answer(fake, 10, false);
    /* It has come, and is not on disk yet: the same page is not asked for again. */
    g_assert_true(core_history_under_way(fake->core, lab));
    g_assert_true(core_fetch_history(fake->core, lab, 0, &error));
    g_assert_cmpuint(fake_session(fake, 0)->history_op, ==, asked);
    fake_settle(fake);
    g_assert_cmpuint(fake->counts[NOTICE_MESSAGES_RELOAD], ==, 1);
    g_assert_false(core_history_under_way(fake->core, lab));
    g_assert_false(core_history_at_start(fake->core, lab));
    g_assert_cmpuint(fake_buffer(fake, 0, "#lab")->unread, ==, 1);
    core_page_newest(fake->core, lab, 2, &page);
    g_assert_cmpuint(page.messages->len, ==, 2);
    g_assert_true(page.at_end && !page.at_start);
    page_clear(&page);
    core_page_before(fake->core, lab, (struct position){FAKE_NOW_US + 20, 0}, 5, &page);
    g_assert_cmpuint(page.messages->len, ==, 1);
    g_assert_true(page.at_start && !page.at_end);
    page_clear(&page);
    core_page_around(fake->core, lab, (struct position){FAKE_NOW_US + 20, 0}, 4, &page);
    g_assert_cmpuint(page.messages->len, ==, 3);
    g_assert_true(page.at_start && page.at_end);
    page_clear(&page);
    /* The beginning is remembered, over a restart too. */
    g_assert_true(core_fetch_history(fake->core, lab, 0, &error));
    finish(fake, 0, true);
    g_assert_true(core_history_at_start(fake->core, lab));
    fake_restart(fake);
    g_assert_true(core_history_at_start(fake->core, lab));
    fake_online(fake, 0);
    g_assert_false(core_fetch_history(fake->core, lab, 0, &error));
    g_assert_true(error_is(error, WEFT_ERROR_NOT_FOUND));
    fake_free(fake);
}

static unsigned
n_gaps(struct fake *fake, struct gap *ret_gap)
{
    g_autoptr(GPtrArray) gaps = store_load_gaps(fake->store, fake_buffer(fake, 0, "#lab")->id);
    if (gaps->len > 0)
        *ret_gap = *(struct gap *)gaps->pdata[0];
    return gaps->len;
}

/* Away from 10 on, back at 100: one gap, which the next message ends and two fetches close. */
static void
test_gap(void)
{
    struct fake *fake = fake_new(1);
    g_autoptr(GError) error = NULL;
    struct gap gap;

    fake_online(fake, 0);
    const int64_t lab = fake_buffer(fake, 0, "#lab")->id;
    say(fake, "before", 10, ORIGIN_LIVE);
    fake_settle(fake);
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    fake_advance(fake, 600 * SECOND_US);
    fake_online(fake, 0);
    const struct event event = {
        .type = EVENT_GAP, .conversation = "#lab", .gap = {.fillable = true}};
    host_emit(fake_session(fake, 0)->host, &event);
    fake_settle(fake);
    host_emit(fake_session(fake, 0)->host, &event); /* the same once more: still one */
    fake_settle(fake);
    g_assert_cmpuint(n_gaps(fake, &gap), ==, 1);
    g_assert_cmpint(gap.before_sort_key, ==, INT64_MAX);
    say(fake, "after", 100, ORIGIN_LIVE);
    fake_settle(fake);
    g_assert_cmpuint(n_gaps(fake, &gap), ==, 1);
    g_assert_cmpint(gap.after_sort_key, ==, FAKE_NOW_US + 10);
    g_assert_cmpint(gap.before_sort_key, ==, FAKE_NOW_US + 100);
    g_assert_true(core_fetch_history(fake->core, lab, gap.id, &error));
    g_assert_cmpint(fake_session(fake, 0)->history_time_us, ==, FAKE_NOW_US + 100);
    /* Played back unasked meanwhile: it says nothing of what lies between. */
    say(fake, "stray", 20, ORIGIN_HISTORY);
    say(fake, "late", 60, ORIGIN_HISTORY);
    finish(fake, 60, false);
    g_assert_cmpuint(n_gaps(fake, &gap), ==, 1);
    g_assert_cmpint(gap.before_sort_key, ==, FAKE_NOW_US + 60);
    g_assert_true(core_fetch_history(fake->core, lab, gap.id, &error));
    say(fake, "early", 5, ORIGIN_HISTORY);
    finish(fake, 5, false);
    g_assert_cmpuint(n_gaps(fake, &gap), ==, 0);
    g_assert_false(core_fetch_history(fake->core, lab, gap.id, &error));
    fake_free(fake);
}

/* Where the network has no history, it says so; a fetch that is cut ends. */
static void
test_cannot(void)
{
    struct fake *fake = fake_new(1);
    g_autoptr(GError) error = NULL;

    fake_online(fake, 0);
    const int64_t lab = fake_buffer(fake, 0, "#lab")->id;
    g_assert_true(core_fetch_history(fake->core, lab, 0, NULL));
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    g_assert_false(core_history_under_way(fake->core, lab));
    g_assert_false(core_fetch_history(fake->core, lab, 0, &error));
    g_assert_true(error_is(error, WEFT_ERROR_CLOSED));
    g_clear_error(&error);
    fake_advance(fake, 600 * SECOND_US);
    fake_online(fake, 0);
    g_assert_true(core_fetch_history(fake->core, lab, 0, NULL));
    fake_advance(fake, 61 * SECOND_US); /* never answered */
    g_assert_false(core_history_under_way(fake->core, lab));
    fake_caps(fake, 0, CAP_SEND, NULL);
    g_assert_false(core_fetch_history(fake->core, lab, 0, &error));
    g_assert_cmpstr(error->message, ==, capability_lack(CAP_HISTORY));
    fake_free(fake);
}

void
test_history_add(void)
{
    g_test_add_func("/history/older", test_older);
    g_test_add_func("/history/known-beginning", test_known_beginning);
    g_test_add_func("/history/gap", test_gap);
    g_test_add_func("/history/cannot", test_cannot);
}
