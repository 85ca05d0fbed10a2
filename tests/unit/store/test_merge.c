/* The rules of store_put_message(): nothing doubled, nothing wrongly merged. */
#include "tests/unit/store/fixture.h"

void test_merge_add(void);

static void
test_new_then_known(void)
{
    struct fixture *fixture = fixture_new();
    struct seen seen = {0};
    struct message *message = say(1, "r1", "hello");
    message->kind = MESSAGE_ACTION;
    message->flags = MESSAGE_MENTION | MESSAGE_NOT_STORED;
    message->subject = g_strdup("subject");
    message->reply_to = g_strdup("r0");
    rich_add(message->body, 0, 5, SPAN_LINK, "https://x.example/");
    put_now(fixture, message_ref(message), &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_NEW);
    g_assert_cmpint(seen.message->id, >, 0);
    g_assert_cmpuint(seen.message->flags, ==, MESSAGE_MENTION);
    struct message *got = store_load_message(fixture->store, seen.message->id);
    g_assert_cmpint(got->buffer_id, ==, 1);
    g_assert_cmpint(got->sort_key, ==, 1);
    g_assert_cmpint(got->time_us, ==, FIXTURE_NOW_US + 1);
    g_assert_cmpint(got->kind, ==, MESSAGE_ACTION);
    g_assert_cmpint(got->state, ==, MESSAGE_RECEIVED);
    g_assert_cmpuint(got->flags, ==, MESSAGE_MENTION);
    g_assert_cmpstr(got->remote_id, ==, "r1");
    g_assert_cmpstr(got->sender_id, ==, "uma");
    g_assert_cmpstr(got->sender_name, ==, "Uma");
    g_assert_cmpstr(got->subject, ==, "subject");
    g_assert_cmpstr(got->reply_to, ==, "r0");
    g_assert_true(rich_equal(got->body, message->body));
    message_unref(got);

    put_now(fixture, message, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_KNOWN);
    struct message *other = say(1, "r1", "hello");
    other->buffer_id = 2; /* the same id elsewhere is another message */
    put_now(fixture, other, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_NEW);
    g_assert_cmpuint(count_messages(fixture->store, 1), ==, 1);
    seen_clear(&seen);
    fixture_free(fixture);
}

/* A network that echoes nothing, but keeps a history: its times and ids come with that. */
static void
test_sent_then_fetched(void)
{
    struct fixture *fixture = fixture_new();
    struct seen seen = {0};
    int64_t ids[2], rows[2];

    for (unsigned i = 0; i < 2; i++) {
        type_now(fixture, "ok", &seen);
        ids[i] = seen.message->id;
        rows[i] = seen.outbox_id;
        change_now(fixture, rows[i], OUTBOX_SENDING, NULL, &seen);
        change_now(fixture, rows[i], OUTBOX_DONE, NULL, &seen);
    }
    const int64_t time_us = seen.message->time_us;
    for (unsigned i = 0; i < 4; i++) {
        struct message *message = say(1, i % 2 == 0 ? "r1" : "r2", "ok");
        message->flags |= MESSAGE_OWN;
        message->time_us = time_us + (1 + i % 2) * G_USEC_PER_SEC;
        put_looking(fixture, message, true, true, &seen);
        g_assert_cmpint(seen.outcome, ==, i < 2 ? STORE_MERGED : STORE_KNOWN);
        if (i < 2)
            g_assert_cmpint(seen.message->id, ==, ids[i]);
    }
    g_assert_cmpuint(count_messages(fixture->store, 1), ==, 2);
    /* A third one, and one from another day, were said elsewhere. */
    struct message *third = say(1, "r3", "ok");
    third->time_us = time_us;
    put_looking(fixture, third, true, true, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_NEW);
    type_now(fixture, "ok", &seen);
    change_now(fixture, seen.outbox_id, OUTBOX_DONE, NULL, &seen);
    struct message *old = say(1, "r4", "ok");
    old->time_us = seen.message->time_us - 24 * INT64_C(3600) * G_USEC_PER_SEC;
    put_looking(fixture, old, true, true, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_NEW);
    seen_clear(&seen);
    fixture_free(fixture);
}

static void
test_within_one_batch(void)
{
    struct fixture *fixture = fixture_new();
    struct seen seen = {0};
    for (unsigned i = 0; i < 3; i++) {
        struct message *message = say(1, "r1", "hello");
        struct store_put_message put = {.message = message,
                                        .account_id = 1,
                                        .look_replay = i == 2,
                                        .cursor = i == 2 ? "c" : NULL};
        store_put_message(fixture->store, &put, seen_fn, &seen);
        message_unref(message);
    }
    g_assert_cmpuint(seen.calls, ==, 0); /* never from inside the call */
    store_flush(fixture->store);
    g_assert_cmpuint(seen.calls, ==, 3);
    g_assert_cmpint(seen.all[0], ==, STORE_NEW);
    g_assert_cmpint(seen.all[1], ==, STORE_KNOWN);
    g_assert_cmpint(seen.all[2], ==, STORE_KNOWN);
    g_autofree char *cursor = store_load_cursor(fixture->store, 1, 1);
    g_assert_cmpstr(cursor, ==, "c"); /* moves whatever the outcome */
    seen_clear(&seen);
    fixture_free(fixture);
}

static void
test_echo_by_key(void)
{
    struct fixture *fixture = fixture_new();
    struct seen typed = {0}, seen = {0};
    put_buffer(fixture, 1);
    type_now(fixture, "ok", &typed);
    change_now(fixture, typed.outbox_id, OUTBOX_SENDING, NULL, NULL);
    struct message *echo = say(2000, "r9", "ok (as the server has it)");
    echo->key = g_strdup(typed.outbox_key);
    put_now(fixture, message_ref(echo), &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_MERGED);
    g_assert_cmpint(seen.message->id, ==, typed.message->id);
    g_assert_cmpint(seen.message->state, ==, MESSAGE_SENT);
    g_assert_cmpint(seen.message->sort_key, ==, 2000);
    g_assert_cmpint(seen.message->time_us, ==, FIXTURE_NOW_US + 2000);
    g_assert_cmpstr(seen.message->remote_id, ==, "r9");
    g_assert_cmpstr(seen.message->body->text, ==, "ok");
    g_assert_cmpint(seen.outbox_id, ==, typed.outbox_id);
    g_assert_cmpstr(seen.outbox_key, ==, typed.outbox_key);
    g_autoptr(GPtrArray) rows = store_load_outbox(fixture->store, 0);
    g_assert_cmpuint(rows->len, ==, 0);
    struct buffer *buffer = load_buffer(fixture, 1);
    g_assert_cmpint(buffer->last_sort_key, ==, 2000);
    buffer_free(buffer);

    put_now(fixture, echo, &seen); /* the replay */
    g_assert_cmpint(seen.outcome, ==, STORE_KNOWN);
    g_assert_cmpuint(count_messages(fixture->store, 1), ==, 1);
    seen_clear(&typed);
    seen_clear(&seen);
    fixture_free(fixture);
}

static void
test_split_echo_keeps_first_id(void)
{
    struct fixture *fixture = fixture_new();
    struct seen typed = {0}, seen = {0};
    type_now(fixture, "long", &typed);
    for (unsigned i = 0; i < 2; i++) {
        struct message *part = say(2000 + i, i == 0 ? "p1" : "p2", "part");
        part->key = g_strdup(typed.outbox_key);
        put_now(fixture, part, &seen);
        g_assert_cmpint(seen.outcome, ==, STORE_MERGED);
        g_assert_cmpstr(seen.message->remote_id, ==, "p1");
        g_assert_cmpint(seen.message->sort_key, ==, 2000);
    }
    g_assert_cmpuint(count_messages(fixture->store, 1), ==, 1);
    seen_clear(&typed);
    seen_clear(&seen);
    fixture_free(fixture);
}

static void
test_strangers_key(void)
{
    struct fixture *fixture = fixture_new();
    struct seen seen = {0};
    for (unsigned i = 0; i < 2; i++) {
        struct message *message = say(1 + i, NULL, "mine says who");
        message->key = g_strdup("0123456789abcdef0123456789abcdef");
        put_now(fixture, message, &seen);
        g_assert_cmpint(seen.outcome, ==, STORE_NEW);
        g_assert_null(seen.message->key);
    }
    seen_clear(&seen);
    fixture_free(fixture);
}

static void
test_echo_by_text(void)
{
    struct fixture *fixture = fixture_new();
    struct seen first = {0}, second = {0}, pending = {0}, seen = {0};
    type_now(fixture, "ok", &first);
    type_now(fixture, "ok", &second);
    type_now(fixture, "ok", &pending);
    change_now(fixture, first.outbox_id, OUTBOX_SENDING, NULL, NULL);
    change_now(fixture, second.outbox_id, OUTBOX_SENDING, NULL, NULL);
    change_now(fixture, second.outbox_id, OUTBOX_UNKNOWN, NULL, NULL);

    put_looking(fixture, say(5, "e1", "ok"), false, false, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_NEW); /* not asked to look */
    put_looking(fixture, say(5, "e2", "not ok"), true, false, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_NEW);
    struct message *notice = say(5, "e3", "ok");
    notice->kind = MESSAGE_NOTICE;
    put_looking(fixture, notice, true, false, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_NEW);
    struct message *old = say(5, "e4", "ok");
    old->time_us = FIXTURE_NOW_US - 121 * G_USEC_PER_SEC; /* said before ours left */
    put_looking(fixture, old, true, false, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_NEW);

    struct message *skewed = say(5, "e5", "ok");
    skewed->time_us = FIXTURE_NOW_US - 119 * G_USEC_PER_SEC;
    put_looking(fixture, skewed, true, false, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_MERGED);
    g_assert_cmpint(seen.message->id, ==, first.message->id);
    put_looking(fixture, say(6, "e6", "ok"), true, false, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_MERGED);
    g_assert_cmpint(seen.message->id, ==, second.message->id);
    g_assert_cmpint(seen.message->state, ==, MESSAGE_SENT);
    put_looking(fixture, say(7, "e7", "ok"), true, false, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_NEW); /* the third has not left */
    seen_clear(&first);
    seen_clear(&second);
    seen_clear(&pending);
    seen_clear(&seen);
    fixture_free(fixture);
}

static void
check_replay(struct fixture *fixture, struct message *message, enum store_outcome expected)
{
    struct seen seen = {0};
    put_looking(fixture, message, false, true, &seen);
    g_assert_cmpint(seen.outcome, ==, expected);
    seen_clear(&seen);
}

static void
test_replay(void)
{
    struct fixture *fixture = fixture_new();
    put_now(fixture, say(1, NULL, "hello"), NULL);
    check_replay(fixture, say(1, NULL, "hello"), STORE_KNOWN);
    struct message *elsewhere = say(1, NULL, "hello");
    elsewhere->sort_key = 77; /* only sender, kind, text and time decide */
    check_replay(fixture, elsewhere, STORE_KNOWN);
    struct message *renamed = say(1, NULL, "hello");
    g_free(renamed->sender_name);
    renamed->sender_name = g_strdup("UMA");
    check_replay(fixture, renamed, STORE_KNOWN);
    put_now(fixture, say(1, NULL, "hello"), NULL); /* not asked to look: said twice */
    g_assert_cmpuint(count_messages(fixture->store, 1), ==, 2);

    check_replay(fixture, say(2, NULL, "hello"), STORE_NEW);
    check_replay(fixture, say(1, NULL, "hullo"), STORE_NEW);
    struct message *other = say(1, NULL, "hello");
    g_free(other->sender_id);
    other->sender_id = g_strdup("ulf");
    check_replay(fixture, other, STORE_NEW);
    struct message *notice = say(1, NULL, "hello");
    notice->kind = MESSAGE_NOTICE;
    check_replay(fixture, notice, STORE_NEW);
    struct message *server = say(1, NULL, "hello");
    g_clear_pointer(&server->sender_id, g_free);
    g_clear_pointer(&server->sender_name, g_free);
    check_replay(fixture, message_dup(server), STORE_NEW);
    check_replay(fixture, server, STORE_KNOWN);
    fixture_free(fixture);
}

static void
test_replay_with_ids(void)
{
    struct fixture *fixture = fixture_new();
    put_now(fixture, say(1, NULL, "hello"), NULL);
    check_replay(fixture, say(1, "r1", "hello"), STORE_KNOWN);
    struct message *got = store_find_remote(fixture->store, 1, "r1"); /* the row got the id */
    g_assert_nonnull(got);
    message_unref(got);
    check_replay(fixture, say(1, "r1", "hello"), STORE_KNOWN);
    check_replay(fixture, say(1, "r2", "hello"), STORE_NEW); /* that row has another id already */
    check_replay(fixture, say(1, NULL, "hello"), STORE_KNOWN);
    g_assert_cmpuint(count_messages(fixture->store, 1), ==, 2);
    fixture_free(fixture);
}

static void
test_senders(void)
{
    struct fixture *fixture = fixture_new();
    static const char *const ids[] = {"u", "u", "", NULL, NULL, "", "u:1", "u"};
    static const char *const names[] = {"n", NULL, "n", "n", NULL, NULL, "n", "1n"};
    for (unsigned i = 0; i < G_N_ELEMENTS(ids); i++) {
        struct message *message = say(i, NULL, "x");
        g_free(message->sender_id);
        g_free(message->sender_name);
        message->sender_id = g_strdup(ids[i]);
        message->sender_name = g_strdup(names[i]);
        put_now(fixture, message, NULL);
    }
    g_autoptr(GPtrArray) rows = store_load_newest(fixture->store, 1, 100);
    g_assert_cmpuint(rows->len, ==, G_N_ELEMENTS(ids));
    for (unsigned i = 0; i < rows->len; i++) {
        const struct message *message = rows->pdata[i];
        g_assert_cmpstr(message->sender_id, ==, ids[i]);
        g_assert_cmpstr(message->sender_name, ==, names[i]);
    }
    fixture_free(fixture);
}

/* More senders than the writer remembers, twice. */
static void
test_many_senders(void)
{
    struct fixture *fixture = fixture_new();
    for (unsigned i = 0; i < 6000; i++) {
        struct message *message = say(i, NULL, "x");
        g_free(message->sender_id);
        message->sender_id = g_strdup_printf("u%u", i % 3000);
        struct store_put_message put = {.message = message, .account_id = 1};
        store_put_message(fixture->store, &put, NULL, NULL);
        message_unref(message);
    }
    store_flush(fixture->store);
    g_autoptr(GPtrArray) rows = store_load_newest(fixture->store, 1, 10000);
    g_assert_cmpuint(rows->len, ==, 6000);
    for (unsigned i = 0; i < rows->len; i++) {
        g_autofree char *expected = g_strdup_printf("u%u", i % 3000);
        g_assert_cmpstr(((struct message *)rows->pdata[i])->sender_id, ==, expected);
    }
    fixture_free(fixture);
}

void
test_merge_add(void)
{
    g_test_add_func("/store/merge/new-then-known", test_new_then_known);
    g_test_add_func("/store/merge/within-one-batch", test_within_one_batch);
    g_test_add_func("/store/merge/sent-then-fetched", test_sent_then_fetched);
    g_test_add_func("/store/merge/echo-by-key", test_echo_by_key);
    g_test_add_func("/store/merge/split-echo-keeps-first-id", test_split_echo_keeps_first_id);
    g_test_add_func("/store/merge/strangers-key", test_strangers_key);
    g_test_add_func("/store/merge/echo-by-text", test_echo_by_text);
    g_test_add_func("/store/merge/replay", test_replay);
    g_test_add_func("/store/merge/replay-with-ids", test_replay_with_ids);
    g_test_add_func("/store/merge/senders", test_senders);
    g_test_add_func("/store/merge/many-senders", test_many_senders);
}
