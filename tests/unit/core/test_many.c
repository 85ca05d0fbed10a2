#include "tests/unit/core/fake.h"
#include "tests/unit/core/tests.h"

#define N 10000

/* R12, counted and not timed: 10,000 conversations come, are loaded, and one event touches one of
 * them. */
static void
test_many(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    fake_clear(fake);
    for (int i = 0; i < N; i++) {
        g_autofree char *name = g_strdup_printf("#c%d", i);
        fake_channel(fake, 0, name, BUFFER_CHANNEL);
    }
    fake_settle(fake);
    g_assert_cmpuint(core_buffers(fake->core)->len, ==, N + 3);
    g_assert_cmpuint(fake->counts[NOTICE_BUFFER_ADDED], ==, N);
    fake_restart(fake);
    g_assert_cmpuint(core_buffers(fake->core)->len, ==, N + 3);
    const GPtrArray *buffers = core_buffers(fake->core);
    for (guint i = 3; i < buffers->len; i++) {
        const struct buffer *one = buffers->pdata[i - 1], *next = buffers->pdata[i];
        g_assert_cmpint(one->number, <, next->number);
    }
    fake_online(fake, 0);
    fake_clear(fake);
    for (int i = 0; i < 100; i++)
        fake_say(fake, 0, &(struct fake_said){.conversation = "#c9999", .text = "x"});
    fake_settle(fake);
    g_assert_cmpuint(fake->notices->len, ==, 200); /* a message and a counter each, nothing else */
    struct member *member = member_new("uma", "Uma", NULL);
    for (int i = 0; i < 3; i++) {
        g_autofree char *name = g_strdup_printf("#c%d", i);
        host_emit(
            fake_session(fake, 0)->host,
            &(struct event){.type = EVENT_MEMBER_ADDED, .conversation = name, .member = member});
    }
    fake_clear(fake);
    host_emit(fake_session(fake, 0)->host,
              &(struct event){.type = EVENT_USER_GONE, .user_id = "uma"});
    g_assert_cmpuint(fake->notices->len, ==, 3);
    member_free(member);
    fake_free(fake);
}

/* A network that invents conversations without end is not followed. */
static void
test_limit(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    for (int i = 0; i < 20100; i++) {
        g_autofree char *name = g_strdup_printf("#c%d", i);
        fake_channel(fake, 0, name, BUFFER_CHANNEL);
    }
    g_assert_cmpuint(core_buffers(fake->core)->len, ==, 20001);
    fake_free(fake);
}

void
test_many_add(void)
{
    g_test_add_func("/many/R12-buffers", test_many);
    g_test_add_func("/many/limit", test_limit);
}
