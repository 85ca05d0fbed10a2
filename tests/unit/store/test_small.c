/* Accounts, spaces, buffers, cursors, key-values, drafts, gaps, read positions. */
#include "tests/unit/store/fixture.h"

void test_small_add(void);

static void
test_accounts_and_spaces(void)
{
    struct fixture *fixture = fixture_new();
    g_assert_cmpint(store_max_id(fixture->store, STORE_ACCOUNTS), ==, 0);
    g_assert_cmpint(store_max_id(fixture->store, STORE_SPACES), ==, 0);
    struct account account = {.id = 4, .name = (char[]){"patio"}, .network = (char[]){"irc"}};
    struct space space = {
        .id = 2, .account_id = 4, .remote_id = (char[]){"t1"}, .name = (char[]){"Team"}};
    store_put_account(fixture->store, &account);
    store_put_space(fixture->store, &space);
    account.name = (char[]){"terrace"};
    store_put_account(fixture->store, &account);
    store_flush(fixture->store);
    fixture_open(fixture);

    g_autoptr(GPtrArray) accounts = store_load_accounts(fixture->store);
    g_assert_cmpuint(accounts->len, ==, 1);
    const struct account *got = accounts->pdata[0];
    g_assert_cmpint(got->id, ==, 4);
    g_assert_cmpstr(got->name, ==, "terrace");
    g_assert_cmpstr(got->network, ==, "irc");
    g_assert_cmpint(got->state, ==, ACCOUNT_OFFLINE);
    g_autoptr(GPtrArray) spaces = store_load_spaces(fixture->store);
    g_assert_cmpuint(spaces->len, ==, 1);
    g_assert_cmpstr(((struct space *)spaces->pdata[0])->name, ==, "Team");
    g_assert_cmpint(store_max_id(fixture->store, STORE_ACCOUNTS), ==, 4);
    g_assert_cmpint(store_max_id(fixture->store, STORE_SPACES), ==, 2);
    fixture_free(fixture);
}

static void
test_groups(void)
{
    struct fixture *fixture = fixture_new();
    struct buffer_group group = {.id = 4,
                                 .account_id = 3,
                                 .space_id = 2,
                                 .remote_id = (char[]){"g"},
                                 .name = (char[]){"Bread"},
                                 .place = 1};

    store_put_group(fixture->store, &group);
    group.name = (char[]){"Rye"};
    group.place = 2;
    store_put_group(fixture->store, &group);
    store_flush(fixture->store);
    g_autoptr(GPtrArray) groups = store_load_groups(fixture->store);
    g_assert_cmpuint(groups->len, ==, 1);
    const struct buffer_group *got = groups->pdata[0];
    g_assert_cmpint(got->id, ==, 4);
    g_assert_cmpint(got->account_id, ==, 3);
    g_assert_cmpint(got->space_id, ==, 2);
    g_assert_cmpstr(got->remote_id, ==, "g");
    g_assert_cmpstr(got->name, ==, "Rye");
    g_assert_cmpint(got->place, ==, 2);
    g_assert_cmpint(store_max_id(fixture->store, STORE_GROUPS), ==, 4);
    group.place = 0;
    store_put_group(fixture->store, &group);
    store_flush(fixture->store);
    g_autoptr(GPtrArray) none = store_load_groups(fixture->store);
    g_assert_cmpuint(none->len, ==, 0);
    fixture_free(fixture);
}

static void
test_buffers(void)
{
    struct fixture *fixture = fixture_new();
    struct buffer buffer = {.id = 1,
                            .account_id = 3,
                            .space_id = 2,
                            .remote_id = (char[]){"#lab"},
                            .kind = BUFFER_PRIVATE,
                            .name = (char[]){"#Lab"},
                            .topic = (char[]){"yarn"},
                            .number = 7,
                            .joined = true,
                            .group_id = 9,
                            .muted = true,
                            .notify = NOTIFY_MENTIONS};
    store_put_buffer(fixture->store, &buffer);
    store_set_read(fixture->store, 1, (struct position){.sort_key = 5, .id = 6}, 2, 1);
    buffer.topic = NULL;
    buffer.closed = true;
    buffer.joined = false;
    store_put_buffer(fixture->store, &buffer); /* keeps read position and counters */
    store_flush(fixture->store);

    struct buffer *got = load_buffer(fixture, 1);
    g_assert_cmpint(got->account_id, ==, 3);
    g_assert_cmpint(got->space_id, ==, 2);
    g_assert_cmpstr(got->remote_id, ==, "#lab");
    g_assert_cmpint(got->kind, ==, BUFFER_PRIVATE);
    g_assert_cmpstr(got->name, ==, "#Lab");
    g_assert_null(got->topic);
    g_assert_cmpint(got->number, ==, 7);
    g_assert_false(got->joined);
    g_assert_true(got->closed);
    g_assert_cmpint(got->notify, ==, NOTIFY_MENTIONS);
    g_assert_cmpint(got->group_id, ==, 9);
    g_assert_true(got->muted);
    g_assert_cmpint(got->read.sort_key, ==, 5);
    g_assert_cmpint(got->read.id, ==, 6);
    g_assert_cmpuint(got->unread, ==, 2);
    g_assert_cmpuint(got->mentions, ==, 1);
    buffer_free(got);
    g_assert_cmpint(store_max_id(fixture->store, STORE_BUFFERS), ==, 1);
    fixture_free(fixture);
}

static void
put_counting(struct fixture *fixture, int64_t sort_key, unsigned flags)
{
    struct message *message = say(sort_key, NULL, "count me");
    message->flags = flags;
    struct store_put_message put = {.message = message, .account_id = 1, .counts_unread = true};
    store_put_message(fixture->store, &put, NULL, NULL);
    message_unref(message);
}

static void
test_counters(void)
{
    struct fixture *fixture = fixture_new();
    put_buffer(fixture, 1);
    /* In one batch: what comes before a read mark is not counted on top of it. */
    put_counting(fixture, 10, 0);
    put_counting(fixture, 11, MESSAGE_MENTION);
    store_set_read(fixture->store, 1, (struct position){.sort_key = 11, .id = 2}, 0, 0);
    put_counting(fixture, 12, MESSAGE_MENTION);
    put_counting(fixture, 13, 0);
    store_flush(fixture->store);
    struct buffer *got = load_buffer(fixture, 1);
    g_assert_cmpuint(got->unread, ==, 2);
    g_assert_cmpuint(got->mentions, ==, 1);
    g_assert_cmpint(got->last_sort_key, ==, 13);
    g_assert_cmpint(got->last_activity_us, ==, FIXTURE_NOW_US + 13);
    buffer_free(got);

    struct message *join = say(20, NULL, "");
    join->kind = MESSAGE_JOIN;
    put_now(fixture, join, NULL);
    got = load_buffer(fixture, 1);
    g_assert_cmpint(got->last_sort_key, ==, 20);
    g_assert_cmpint(got->last_activity_us, ==, FIXTURE_NOW_US + 13);
    g_assert_cmpuint(got->unread, ==, 2);
    buffer_free(got);
    fixture_free(fixture);
}

static void
test_cursor_and_kv(void)
{
    struct fixture *fixture = fixture_new();
    g_assert_null(store_load_cursor(fixture->store, 1, 0));
    store_set_cursor(fixture->store, 1, 0, "a");
    store_set_cursor(fixture->store, 1, 5, "b");
    store_set_cursor(fixture->store, 1, 0, "c");
    store_set_kv(fixture->store, 1, "k", "v1");
    store_set_kv(fixture->store, 2, "k", "v2");
    store_flush(fixture->store);
    fixture_open(fixture);
    g_autofree char *account = store_load_cursor(fixture->store, 1, 0);
    g_autofree char *buffer = store_load_cursor(fixture->store, 1, 5);
    g_autofree char *v1 = store_load_kv(fixture->store, 1, "k");
    g_autofree char *v2 = store_load_kv(fixture->store, 2, "k");
    g_assert_cmpstr(account, ==, "c");
    g_assert_cmpstr(buffer, ==, "b");
    g_assert_cmpstr(v1, ==, "v1");
    g_assert_cmpstr(v2, ==, "v2");
    store_set_kv(fixture->store, 1, "k", NULL);
    store_set_cursor(fixture->store, 1, 5, NULL);
    store_flush(fixture->store);
    g_assert_null(store_load_kv(fixture->store, 1, "k"));
    g_assert_null(store_load_cursor(fixture->store, 1, 5));
    fixture_free(fixture);
}

static void
test_drafts(void)
{
    struct fixture *fixture = fixture_new();
    store_set_draft(fixture->store, 1, "half a sen");
    store_set_draft(fixture->store, 2, "other");
    store_set_draft(fixture->store, 1, "half a sentence");
    store_set_draft(fixture->store, 2, "");
    store_flush(fixture->store);
    g_autofree char *draft = store_load_draft(fixture->store, 1);
    g_assert_cmpstr(draft, ==, "half a sentence");
    g_assert_null(store_load_draft(fixture->store, 2));
    g_autoptr(GArray) ids = store_load_draft_buffers(fixture->store);
    g_assert_cmpuint(ids->len, ==, 1);
    g_assert_cmpint(g_array_index(ids, int64_t, 0), ==, 1);
    store_set_draft(fixture->store, 1, NULL);
    store_flush(fixture->store);
    g_assert_null(store_load_draft(fixture->store, 1));
    fixture_free(fixture);
}

static char *
gap_spans(struct fixture *fixture)
{
    g_autoptr(GPtrArray) gaps = store_load_gaps(fixture->store, 1);
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < gaps->len; i++) {
        const struct gap *gap = gaps->pdata[i];
        g_string_append_printf(text, "%d-%d ", (int)gap->after_sort_key,
                               (int)MIN(gap->before_sort_key, 9999));
    }
    return g_string_free(text, FALSE);
}

static void
check_close(struct fixture *fixture, int64_t after, int64_t before, const char *expected)
{
    struct gap gap = {.buffer_id = 1,
                      .after_sort_key = 100,
                      .before_sort_key = 200,
                      .from_us = 1,
                      .to_us = 2,
                      .fillable = true};
    store_close_gaps(fixture->store, 1, INT64_MIN, INT64_MAX);
    store_put_gap(fixture->store, &gap);
    store_close_gaps(fixture->store, 1, after, before);
    store_flush(fixture->store);
    g_autofree char *spans = gap_spans(fixture);
    g_assert_cmpstr(spans, ==, expected);
}

static void
test_gaps(void)
{
    struct fixture *fixture = fixture_new();
    check_close(fixture, 100, 200, "");
    check_close(fixture, 50, 250, "");
    check_close(fixture, 50, 150, "150-200 ");
    check_close(fixture, 150, 250, "100-150 ");
    check_close(fixture, 120, 180, "100-120 180-200 ");
    check_close(fixture, 0, 100, "100-200 ");
    check_close(fixture, 200, 300, "100-200 ");
    g_autoptr(GPtrArray) gaps = store_load_gaps(fixture->store, 1);
    const struct gap *gap = gaps->pdata[0];
    g_assert_cmpint(gap->from_us, ==, 1);
    g_assert_cmpint(gap->to_us, ==, 2);
    g_assert_true(gap->fillable);

    /* Open at the end, then given an end; then changed by its id. */
    struct gap open = {.buffer_id = 1, .after_sort_key = 300, .before_sort_key = INT64_MAX};
    store_put_gap(fixture->store, &open);
    store_put_gap(fixture->store, &open);
    open.before_sort_key = 400;
    store_put_gap(fixture->store, &open);
    store_flush(fixture->store);
    g_autofree char *spans = gap_spans(fixture);
    g_assert_cmpstr(spans, ==, "100-200 300-400 ");
    struct gap moved = *gap;
    moved.after_sort_key = 90;
    store_put_gap(fixture->store, &moved);
    store_flush(fixture->store);
    g_autofree char *after = gap_spans(fixture);
    g_assert_cmpstr(after, ==, "90-200 300-400 ");
    fixture_free(fixture);
}

static void
test_gap_cut_takes_times(void)
{
    struct fixture *fixture = fixture_new();
    struct gap gap = {
        .buffer_id = 1, .after_sort_key = 100, .before_sort_key = 200, .from_us = 1, .to_us = 2};
    put_now(fixture, say(150, "m", "a page's oldest"), NULL);
    store_put_gap(fixture->store, &gap);
    store_close_gaps(fixture->store, 1, 150, 200);
    store_flush(fixture->store);
    g_autoptr(GPtrArray) gaps = store_load_gaps(fixture->store, 1);
    g_assert_cmpuint(gaps->len, ==, 1);
    g_assert_cmpint(((struct gap *)gaps->pdata[0])->to_us, ==, FIXTURE_NOW_US + 150);
    fixture_free(fixture);
}

void
test_small_add(void)
{
    g_test_add_func("/store/small/accounts-and-spaces", test_accounts_and_spaces);
    g_test_add_func("/store/small/buffers", test_buffers);
    g_test_add_func("/store/small/groups", test_groups);
    g_test_add_func("/store/small/counters", test_counters);
    g_test_add_func("/store/small/cursor-and-kv", test_cursor_and_kv);
    g_test_add_func("/store/small/drafts", test_drafts);
    g_test_add_func("/store/small/gaps", test_gaps);
    g_test_add_func("/store/small/gap-cut-takes-times", test_gap_cut_takes_times);
}
