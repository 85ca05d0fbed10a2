/* Following links. */
#include <string.h>

#include "core/follow.h"
#include "tests/unit/core/fake.h"
#include "tests/unit/core/tests.h"

static enum follow_fate
follow(struct fake *fake, const char *link)
{
    return core_follow_link(fake->core, core_own_buffer(fake->core)->id, link, NULL);
}

static void
done(struct fake *fake, const char *conversation)
{
    host_done(fake_session(fake, 0)->host, fake_session(fake, 0)->asked_op, conversation, 0);
    fake_settle(fake);
}

static void
test_places(void)
{
    struct fake *fake = fake_new(1);
    struct fake_session *session;

    g_assert_cmpint(follow(fake, "other://x"), ==, FOLLOW_UNKNOWN);
    g_assert_cmpint(follow(fake, "fake://elsewhere/#lab"), ==, FOLLOW_NEW);
    g_assert_cmpint(follow(fake, "fake://fake.example/#lab"), ==, FOLLOW_WAITS);
    fake_online(fake, 0);
    session = fake_session(fake, 0);
    fake_clear(fake);
    g_assert_cmpint(follow(fake, "fake://fake.example:77/#lab"), ==, FOLLOW_OPENS);
    g_assert_cmpstr(session->asked->str, ==, "link #lab -|");
    g_assert_cmpuint(fake->counts[NOTICE_SHOW_BUFFER], ==, 0);
    done(fake, "#lab");
    g_assert_cmpuint(fake->counts[NOTICE_SHOW_BUFFER], ==, 1);
    /* The server itself. */
    g_assert_cmpint(follow(fake, "fake://FAKE.example"), ==, FOLLOW_OPENS);
    g_assert_cmpuint(fake->counts[NOTICE_SHOW_BUFFER], ==, 2);
    g_assert_cmpint(follow(fake, "fake://fake.example/#gone"), ==, FOLLOW_OPENS);
    fake_failed(fake, 0, session->asked_op, WEFT_ERROR_NOT_FOUND);
    fake_settle(fake);
    g_assert_cmpstr(fake->notices->pdata[fake->notices->len - 1], ==,
                    "message weft You are not in #lab.");
    fake_free(fake);
}

static void
ask_for_old(struct fake *fake)
{
    g_assert_cmpint(follow(fake, "fake://fake.example/#lab/old"), ==, FOLLOW_OPENS);
    done(fake, "#lab");
}

/* One that is here is shown; one that is not is fetched with what is around it, and what lies
 * between that and what was known is a gap. */
static void
test_message(void)
{
    struct fake *fake = fake_new(1);
    struct fake_session *session;

    fake_online(fake, 0);
    session = fake_session(fake, 0);
    fake_say(fake, 0, &(struct fake_said){.text = "new", .id = "n1", .time_us = 900 * SECOND_US});
    fake_settle(fake);
    g_assert_cmpint(follow(fake, "fake://fake.example/#lab/n1"), ==, FOLLOW_OPENS);
    done(fake, "#lab");
    g_assert_cmpuint(fake->counts[NOTICE_SHOW_MESSAGE], ==, 1);
    ask_for_old(fake);
    g_assert_true(session->history_around);
    g_assert_cmpuint(fake->counts[NOTICE_SHOW_MESSAGE], ==, 1);
    fake_say(fake, 0,
             &(struct fake_said){
                 .text = "old", .id = "old", .time_us = 60 * SECOND_US, .origin = ORIGIN_HISTORY});
    host_history_done(session->host, session->history_op,
                      &(struct history_result){.n = 1,
                                               .oldest_key = FAKE_NOW_US + 60 * SECOND_US,
                                               .newest_key = FAKE_NOW_US + 60 * SECOND_US});
    fake_settle(fake);
    g_assert_cmpuint(fake->counts[NOTICE_SHOW_MESSAGE], ==, 2);
    g_autoptr(GPtrArray) gaps = store_load_gaps(fake->store, fake_buffer(fake, 0, "#lab")->id);
    g_assert_cmpuint(gaps->len, ==, 1);
    const struct gap *gap = gaps->pdata[0];
    g_assert_cmpint(gap->after_sort_key, ==, FAKE_NOW_US + 60 * SECOND_US);
    g_assert_cmpint(gap->before_sort_key, ==, FAKE_NOW_US + 900 * SECOND_US);
    fake_free(fake);
}

/* It was deleted meanwhile. */
static void
test_gone(void)
{
    struct fake *fake = fake_new(1);
    struct fake_session *session;

    fake_online(fake, 0);
    session = fake_session(fake, 0);
    ask_for_old(fake);
    host_history_done(session->host, session->history_op, &(struct history_result){0});
    fake_settle(fake);
    g_assert_cmpuint(fake->counts[NOTICE_SHOW_MESSAGE], ==, 0);
    g_autofree char *timeline = fake_timeline(fake, 0);
    g_assert_nonnull(strstr(timeline, "is not there any more"));
    fake_free(fake);
}

void
test_follow_add(void)
{
    g_test_add_func("/core/follow/places", test_places);
    g_test_add_func("/core/follow/message", test_message);
    g_test_add_func("/core/follow/gone", test_gone);
}
