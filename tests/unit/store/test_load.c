/* Pages, times, unread counts, and the order in which callbacks come. */
#include "tests/unit/store/fixture.h"

void test_load_add(void);

static void
put_many(struct fixture *fixture, unsigned n, int64_t step)
{
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *text = g_strdup_printf("m%u", i);
        struct message *message = say((int64_t)i * step, NULL, text);
        struct store_put_message put = {.message = message, .account_id = 1};
        store_put_message(fixture->store, &put, NULL, NULL);
        message_unref(message);
    }
    store_flush(fixture->store);
}

static void
test_pages(void)
{
    struct fixture *fixture = fixture_new();
    put_many(fixture, 100, 0); /* all with one sort key: the id decides */
    g_autoptr(GPtrArray) newest = store_load_newest(fixture->store, 1, 30);
    g_assert_cmpuint(newest->len, ==, 30);
    unsigned seen = 100, pages = 1;
    g_assert_cmpstr(((struct message *)newest->pdata[29])->body->text, ==, "m99");
    struct position from = message_position(newest->pdata[0]);
    for (seen -= 30; seen > 0; pages++) {
        g_autoptr(GPtrArray) page = store_load_page(fixture->store, 1, from, STORE_BEFORE, 30);
        g_assert_cmpuint(page->len, ==, MIN(30, seen));
        for (unsigned i = 0; i < page->len; i++) {
            g_autofree char *expected = g_strdup_printf("m%u", seen - page->len + i);
            g_assert_cmpstr(((struct message *)page->pdata[i])->body->text, ==, expected);
        }
        seen -= page->len;
        from = message_position(page->pdata[0]);
    }
    g_assert_cmpuint(pages, ==, 4);
    g_autoptr(GPtrArray) none = store_load_page(fixture->store, 1, from, STORE_BEFORE, 30);
    g_assert_cmpuint(none->len, ==, 0);
    g_autoptr(GPtrArray) after = store_load_page(fixture->store, 1, from, STORE_AFTER, 2);
    g_assert_cmpuint(after->len, ==, 2);
    g_assert_cmpstr(((struct message *)after->pdata[0])->body->text, ==, "m1");
    g_assert_cmpstr(((struct message *)after->pdata[1])->body->text, ==, "m2");
    fixture_free(fixture);
}

static void
test_order_is_the_networks(void)
{
    struct fixture *fixture = fixture_new();
    put_now(fixture, say(3, "c", "three"), NULL);
    put_now(fixture, say(1, "a", "one"), NULL);
    put_now(fixture, say(-5, "z", "minus"), NULL);
    put_now(fixture, say(2, "b", "two"), NULL);
    g_autofree char *text = bodies(fixture->store, 1);
    g_assert_cmpstr(text, ==, "minus|one|two|three");
    fixture_free(fixture);
}

static void
check_time(struct fixture *fixture, int64_t time_us, const char *expected)
{
    struct position position;
    bool found = store_find_time(fixture->store, 1, time_us, &position);
    g_assert_true(found == (expected != NULL));
    if (!found)
        return;
    struct message *message = store_load_message(fixture->store, position.id);
    g_assert_cmpint(message->sort_key, ==, position.sort_key);
    g_assert_cmpstr(message->body->text, ==, expected);
    message_unref(message);
}

static void
test_times(void)
{
    struct fixture *fixture = fixture_new();
    check_time(fixture, 0, NULL);
    put_many(fixture, 1000, 7);
    check_time(fixture, 0, "m0");
    check_time(fixture, INT64_MIN, "m0");
    check_time(fixture, FIXTURE_NOW_US, "m0");
    check_time(fixture, FIXTURE_NOW_US + 1, "m1");
    for (unsigned i = 1; i < 1000; i += 37) {
        g_autofree char *expected = g_strdup_printf("m%u", i);
        check_time(fixture, FIXTURE_NOW_US + i * 7, expected);
        check_time(fixture, FIXTURE_NOW_US + i * 7 - 6, expected);
    }
    check_time(fixture, FIXTURE_NOW_US + 999 * 7, "m999");
    check_time(fixture, FIXTURE_NOW_US + 999 * 7 + 1, NULL);
    check_time(fixture, INT64_MAX, NULL);
    fixture_free(fixture);
}

static void
test_times_with_other_keys(void)
{
    struct fixture *fixture = fixture_new();
    static const int64_t keys[] = {INT64_MIN, -1, -1, -1, INT64_MAX, INT64_MAX};
    for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *text = g_strdup_printf("m%u", i);
        struct message *message = say(0, NULL, text);
        message->sort_key = keys[i];
        message->time_us = 10 * i;
        put_now(fixture, message, NULL);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *expected = g_strdup_printf("m%u", i);
        check_time(fixture, 10 * i, expected);
    }
    check_time(fixture, 51, NULL);
    fixture_free(fixture);
}

static void
put_kind(struct fixture *fixture, int64_t sort_key, enum message_kind kind, unsigned flags)
{
    struct message *message = say(sort_key, NULL, "x");
    message->kind = kind;
    message->flags = flags;
    put_now(fixture, message, NULL);
}

static void
test_unread(void)
{
    struct fixture *fixture = fixture_new();
    put_kind(fixture, 1, MESSAGE_TEXT, 0);
    put_kind(fixture, 2, MESSAGE_TEXT, MESSAGE_MENTION);
    put_kind(fixture, 3, MESSAGE_JOIN, 0);
    put_kind(fixture, 4, MESSAGE_TEXT, MESSAGE_OWN);
    put_kind(fixture, 5, MESSAGE_TEXT, MESSAGE_IGNORED | MESSAGE_MENTION);
    put_kind(fixture, 6, MESSAGE_ACTION, MESSAGE_MENTION | MESSAGE_LATE);
    put_kind(fixture, 7, MESSAGE_NOTICE, 0);
    put_kind(fixture, 8, MESSAGE_INVITE, 0);
    put_kind(fixture, 9, MESSAGE_SERVER, 0);
    unsigned unread, mentions;
    struct position start = {.sort_key = INT64_MIN};
    store_count_unread(fixture->store, 1, start, 100, &unread, &mentions);
    g_assert_cmpuint(unread, ==, 5);
    g_assert_cmpuint(mentions, ==, 2);
    store_count_unread(fixture->store, 1, start, 2, &unread, &mentions);
    g_assert_cmpuint(unread, ==, 2);
    g_assert_cmpuint(mentions, ==, 1);
    g_autoptr(GPtrArray) rows = store_load_newest(fixture->store, 1, 100);
    store_count_unread(fixture->store, 1, message_position(rows->pdata[1]), 100, &unread,
                       &mentions);
    g_assert_cmpuint(unread, ==, 3);
    g_assert_cmpuint(mentions, ==, 1);
    store_count_unread(fixture->store, 2, start, 100, &unread, &mentions);
    g_assert_cmpuint(unread, ==, 0);
    g_assert_cmpuint(mentions, ==, 0);
    fixture_free(fixture);
}

struct sequence {
    unsigned next;
    unsigned in_dispatch;
    unsigned most;
};

struct numbered {
    struct sequence *sequence;
    unsigned number;
};

static void
in_order(const struct store_result *result, void *user)
{
    struct numbered *call = user;
    g_assert_cmpint(result->outcome, ==, STORE_NEW);
    g_assert_cmpuint(call->sequence->next++, ==, call->number);
    call->sequence->in_dispatch++;
}

/* Through the loop, without flush: callbacks come in order, and never so many in one turn that a
 * key would wait. */
static void
test_callbacks_in_order(void)
{
    enum { N = 3000 };
    struct fixture *fixture = fixture_new();
    struct sequence sequence = {0};
    g_autofree struct numbered *calls = g_new0(struct numbered, N);
    for (unsigned i = 0; i < N; i++) {
        struct message *message = say(i, NULL, "x");
        struct store_put_message put = {.message = message, .account_id = 1};
        calls[i] = (struct numbered){.sequence = &sequence, .number = i};
        store_put_message(fixture->store, &put, in_order, &calls[i]);
        message_unref(message);
        if (i % 500 == 0)
            g_main_context_iteration(NULL, FALSE);
    }
    int64_t deadline = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;
    while (sequence.next < N && g_get_monotonic_time() < deadline) {
        sequence.in_dispatch = 0;
        g_main_context_iteration(NULL, TRUE);
        sequence.most = MAX(sequence.most, sequence.in_dispatch);
    }
    g_assert_cmpuint(sequence.next, ==, N);
    g_assert_cmpuint(sequence.most, <=, 200);
    g_assert_false(g_main_context_iteration(NULL, FALSE)); /* and then the loop rests */
    fixture_free(fixture);
}

static void
test_close_commits(void)
{
    struct fixture *fixture = fixture_new();
    for (unsigned i = 0; i < 5000; i++) {
        struct message *message = say(i, NULL, "x");
        struct store_put_message put = {.message = message, .account_id = 1};
        store_put_message(fixture->store, &put, NULL, NULL);
        message_unref(message);
    }
    fixture_open(fixture);
    g_assert_cmpuint(count_messages(fixture->store, 1), ==, 5000);
    fixture_free(fixture);
}

void
test_load_add(void)
{
    g_test_add_func("/store/load/pages", test_pages);
    g_test_add_func("/store/load/order-is-the-networks", test_order_is_the_networks);
    g_test_add_func("/store/load/times", test_times);
    g_test_add_func("/store/load/times-with-other-keys", test_times_with_other_keys);
    g_test_add_func("/store/load/unread", test_unread);
    g_test_add_func("/store/load/callbacks-in-order", test_callbacks_in_order);
    g_test_add_func("/store/load/close-commits", test_close_commits);
}
