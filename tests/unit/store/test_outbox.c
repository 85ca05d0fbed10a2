/* Outbox rows: keys, states, and the echo that came before the answer. */
#include <string.h>

#include "tests/unit/store/fixture.h"

void test_outbox_add(void);

static struct outbox_row *
first_row(struct fixture *fixture)
{
    g_autoptr(GPtrArray) rows = store_load_outbox(fixture->store, 0);
    g_assert_cmpuint(rows->len, >=, 1);
    return g_ptr_array_steal_index(rows, 0);
}

static void
test_add(void)
{
    struct fixture *fixture = fixture_new();
    struct seen first = {0}, second = {0};
    struct message *message = say(5, "ignored", "ok");
    message->state = MESSAGE_SENT;
    rich_add(message->body, 0, 2, SPAN_BOLD, NULL);
    struct outbox_row row = {.account_id = 1,
                             .buffer_id = 1,
                             .kind = MESSAGE_ACTION,
                             .body = message->body,
                             .reply_to = (char[]){"parent"},
                             .created_us = 77,
                             .attempts = 9,
                             .key = (char[]){"ignored"},
                             .state = OUTBOX_DONE};
    store_set_draft(fixture->store, 1, "ok");
    store_add_outbox(fixture->store, &row, message, true, seen_fn, &first);
    store_add_outbox(fixture->store, &row, message, false, seen_fn, &second);
    store_flush(fixture->store);
    g_assert_cmpint(first.outcome, ==, STORE_NEW);
    g_assert_cmpint(first.message->state, ==, MESSAGE_PENDING);
    g_assert_true((first.message->flags & MESSAGE_OWN) != 0);
    g_assert_null(first.message->remote_id);
    g_assert_cmpuint(strlen(first.outbox_key), ==, 32);
    g_assert_cmpstr(first.message->key, ==, first.outbox_key);
    g_assert_cmpstr(first.outbox_key, !=, second.outbox_key);
    g_assert_cmpint(first.outbox_id, !=, second.outbox_id);
    g_assert_null(store_load_draft(fixture->store, 1));

    fixture_open(fixture);
    struct outbox_row *got = first_row(fixture);
    g_assert_cmpint(got->id, ==, first.outbox_id);
    g_assert_cmpint(got->message_id, ==, first.message->id);
    g_assert_cmpint(got->kind, ==, MESSAGE_ACTION);
    g_assert_cmpint(got->state, ==, OUTBOX_PENDING);
    g_assert_cmpstr(got->key, ==, first.outbox_key);
    g_assert_true(rich_equal(got->body, message->body));
    g_assert_cmpstr(got->reply_to, ==, "parent");
    g_assert_cmpint(got->attempts, ==, 0);
    g_assert_cmpint(got->created_us, ==, 77);
    outbox_row_free(got);
    g_autoptr(GPtrArray) others = store_load_outbox(fixture->store, 2);
    g_assert_cmpuint(others->len, ==, 0);
    message_unref(message);
    seen_clear(&first);
    seen_clear(&second);
    fixture_free(fixture);
}

static void
test_states(void)
{
    struct fixture *fixture = fixture_new();
    struct seen typed = {0}, seen = {0};
    type_now(fixture, "hello", &typed);
    change_now(fixture, typed.outbox_id, OUTBOX_SENDING, NULL, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_CHANGED);
    g_assert_cmpint(seen.message->state, ==, MESSAGE_SENDING);
    g_assert_cmpint(seen.outbox_id, ==, typed.outbox_id);
    g_assert_cmpstr(seen.outbox_key, ==, typed.outbox_key);
    struct outbox_row *row = first_row(fixture);
    g_assert_cmpint(row->attempts, ==, 1);
    g_assert_cmpint(row->sent_us, ==, FIXTURE_NOW_US);
    outbox_row_free(row);

    struct store_outbox_change failed = {
        .outbox_id = typed.outbox_id, .state = OUTBOX_FAILED, .error = "You are banned."};
    store_set_outbox(fixture->store, &failed, seen_fn, &seen);
    store_flush(fixture->store);
    g_assert_cmpint(seen.message->state, ==, MESSAGE_FAILED);
    g_assert_cmpstr(seen.message->error, ==, "You are banned.");
    row = first_row(fixture);
    g_assert_cmpstr(row->error, ==, "You are banned.");
    g_assert_cmpstr(row->body->text, ==, "hello");
    outbox_row_free(row);

    change_now(fixture, typed.outbox_id, OUTBOX_PENDING, NULL, &seen);
    g_assert_null(seen.message->error);
    change_now(fixture, typed.outbox_id, OUTBOX_SENDING, NULL, &seen);
    row = first_row(fixture);
    g_assert_cmpint(row->attempts, ==, 2);
    outbox_row_free(row);
    struct store_outbox_change done = {.outbox_id = typed.outbox_id,
                                       .state = OUTBOX_DONE,
                                       .remote_id = "r1",
                                       .time_us = 42,
                                       .sort_key = 43};
    store_set_outbox(fixture->store, &done, seen_fn, &seen);
    store_flush(fixture->store);
    g_assert_cmpint(seen.outcome, ==, STORE_CHANGED);
    g_assert_cmpint(seen.message->state, ==, MESSAGE_SENT);
    g_assert_cmpstr(seen.message->remote_id, ==, "r1");
    g_assert_cmpint(seen.message->time_us, ==, 42);
    g_assert_cmpint(seen.message->sort_key, ==, 43);
    g_autoptr(GPtrArray) rows = store_load_outbox(fixture->store, 0);
    g_assert_cmpuint(rows->len, ==, 0);

    change_now(fixture, typed.outbox_id, OUTBOX_FAILED, NULL, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_KNOWN); /* done stays done */
    change_now(fixture, typed.outbox_id, OUTBOX_DONE, "r1", &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_KNOWN);
    change_now(fixture, 999, OUTBOX_SENDING, NULL, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_MISSING);
    seen_clear(&typed);
    seen_clear(&seen);
    fixture_free(fixture);
}

static void
test_done_keeps_what_is_not_said(void)
{
    struct fixture *fixture = fixture_new();
    struct seen typed = {0}, seen = {0};
    type_now(fixture, "hello", &typed);
    change_now(fixture, typed.outbox_id, OUTBOX_DONE, NULL, &seen);
    g_assert_cmpint(seen.message->sort_key, ==, 1000);
    g_assert_cmpint(seen.message->time_us, ==, FIXTURE_NOW_US + 1000);
    g_assert_null(seen.message->remote_id);
    seen_clear(&typed);
    seen_clear(&seen);
    fixture_free(fixture);
}

static void
test_dropped(void)
{
    struct fixture *fixture = fixture_new();
    struct seen typed = {0}, seen = {0};
    type_now(fixture, "never mind", &typed);
    change_now(fixture, typed.outbox_id, OUTBOX_DROPPED, NULL, &seen);
    g_assert_cmpint(seen.message->state, ==, MESSAGE_FAILED);
    g_autoptr(GPtrArray) rows = store_load_outbox(fixture->store, 0);
    g_assert_cmpuint(rows->len, ==, 0);
    type_now(fixture, "never mind", &seen); /* numbers are never given twice */
    g_assert_cmpint(seen.outbox_id, >, typed.outbox_id);
    seen_clear(&typed);
    seen_clear(&seen);
    fixture_free(fixture);
}

static void
test_echo_first(void)
{
    struct fixture *fixture = fixture_new();
    struct seen typed = {0}, seen = {0};
    type_now(fixture, "hello", &typed);
    change_now(fixture, typed.outbox_id, OUTBOX_SENDING, NULL, NULL);
    put_now(fixture, say(2000, "r1", "<p>hello</p>"), &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_NEW);
    change_now(fixture, typed.outbox_id, OUTBOX_DONE, "r1", &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_CHANGED);
    g_assert_cmpint(seen.message->id, ==, typed.message->id);
    g_assert_cmpstr(seen.message->remote_id, ==, "r1");
    g_assert_cmpint(seen.message->sort_key, ==, 2000);
    g_autofree char *text = bodies(fixture->store, 1);
    g_assert_cmpstr(text, ==, "hello");
    put_now(fixture, say(2000, "r1", "<p>hello</p>"), &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_KNOWN);
    seen_clear(&typed);
    seen_clear(&seen);
    fixture_free(fixture);
}

/* "ok" typed twice; the echo of the second meets the first by its text. In the end both are there
 * once, whatever comes first. */
static void
test_crossed_echoes(void)
{
    for (unsigned order = 0; order < 2; order++) {
        struct fixture *fixture = fixture_new();
        struct seen first = {0}, second = {0}, seen = {0};
        type_now(fixture, "ok", &first);
        type_now(fixture, "ok", &second);
        change_now(fixture, first.outbox_id, OUTBOX_SENDING, NULL, NULL);
        change_now(fixture, second.outbox_id, OUTBOX_SENDING, NULL, NULL);
        put_looking(fixture, say(2, "x2", "ok"), true, false, &seen);
        g_assert_cmpint(seen.message->id, ==, first.message->id);
        change_now(fixture, order ? first.outbox_id : second.outbox_id, OUTBOX_DONE,
                   order ? "x1" : "x2", &seen);
        g_assert_cmpint(seen.outcome, ==, STORE_CHANGED);
        change_now(fixture, order ? second.outbox_id : first.outbox_id, OUTBOX_DONE,
                   order ? "x2" : "x1", &seen);
        g_assert_cmpint(seen.outcome, ==, STORE_CHANGED);
        put_looking(fixture, say(1, "x1", "ok"), true, false, &seen);
        g_assert_cmpint(seen.outcome, ==, STORE_KNOWN);
        put_looking(fixture, say(2, "x2", "ok"), true, false, &seen);
        g_assert_cmpint(seen.outcome, ==, STORE_KNOWN);
        g_autofree char *text = bodies(fixture->store, 1);
        g_assert_cmpstr(text, ==, "ok|ok");
        struct message *got = store_load_message(fixture->store, first.message->id);
        g_assert_cmpstr(got->remote_id, ==, "x1");
        message_unref(got);
        seen_clear(&first);
        seen_clear(&second);
        seen_clear(&seen);
        fixture_free(fixture);
    }
}

void
test_outbox_add(void)
{
    g_test_add_func("/store/outbox/add", test_add);
    g_test_add_func("/store/outbox/states", test_states);
    g_test_add_func("/store/outbox/done-keeps-what-is-not-said", test_done_keeps_what_is_not_said);
    g_test_add_func("/store/outbox/dropped", test_dropped);
    g_test_add_func("/store/outbox/echo-first", test_echo_first);
    g_test_add_func("/store/outbox/crossed-echoes", test_crossed_echoes);
}
