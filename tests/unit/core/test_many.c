#include <string.h>
#include <time.h>

#include "core/complete.h"
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

/* Long names: every prefix is completed from a short list, at once. */
static void
test_long_names(void)
{
    struct fake *fake = fake_new(1);
    g_autofree char *tail = g_strnfill(193, 'x');
    unsigned asked = 0;

    fake_online(fake, 0);
    for (int i = 0; i < N; i++) {
        g_autofree char *name = g_strdup_printf("#c%04d-%s", i, tail);
        fake_channel(fake, 0, name, BUFFER_CHANNEL);
    }
    fake_settle(fake);
    const struct buffer *first = core_buffers(fake->core)->pdata[5];
    g_autofree char *whole = g_strconcat("/join ", first->name, NULL);
    const clock_t begun = clock();
    for (size_t cursor = 6; cursor <= strlen(whole); cursor += cursor < 20 ? 1 : 17, asked++) {
        size_t start = 0;
        g_auto(GStrv) list = core_complete(fake->core, first->id, whole, cursor, &start);
        g_assert_cmpuint(g_strv_length(list), >, 0);
        g_assert_cmpuint(g_strv_length(list), <=, COMPLETE_MAX_RESULTS);
    }
    /* Of the processor's time a hundredth of a second each as built for use. */
    g_assert_cmpfloat((double)(clock() - begun) / CLOCKS_PER_SEC, <, 0.5 * asked);
    fake_free(fake);
}

/* Text that a database or a search might take for its own. */
static void
test_pasted_statements(void)
{
    static const char *const texts[] = {
        "'); drop table messages;--",
        "\" OR NEAR(* ^-",
        "a' || (select 1) || '",
        "%n%s%s%s",
        "x'--",
        ";vacuum;",
        "?1 :name @x $y",
    };
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        fake_channel(fake, 0, texts[i], BUFFER_CHANNEL);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        fake_say(fake, 0,
                 &(struct fake_said){.conversation = texts[i], .text = texts[i], .id = texts[i]});
    fake_settle(fake);
    fake_restart(fake);
    const GPtrArray *buffers = core_buffers(fake->core);
    unsigned found = 0;
    for (guint b = 0; b < buffers->len; b++) {
        const struct buffer *buffer = buffers->pdata[b];
        struct page page;
        core_page_newest(fake->core, buffer->id, 10, &page);
        for (guint i = 0; i < page.messages->len; i++) {
            const struct message *message = page.messages->pdata[i];
            found += strcmp(message->body->text, buffer->name) == 0;
        }
        page_clear(&page);
    }
    g_assert_cmpuint(found, ==, G_N_ELEMENTS(texts));
    fake_free(fake);
}

void
test_many_add(void)
{
    g_test_add_func("/threat/08-long-names", test_long_names);
    g_test_add_func("/threat/13-pasted-statements", test_pasted_statements);
    g_test_add_func("/many/R12-buffers", test_many);
    g_test_add_func("/many/limit", test_limit);
}
