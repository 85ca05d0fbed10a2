/* What waits for the person, what they flagged, what a draft answers. */
#include "store/inbox.h"

#include <string.h>

#include "tests/unit/store/fixture.h"

void test_inbox_add(void);

#define NOW FIXTURE_NOW_US

/* Says something that calls the person. Returns its row. */
static int64_t
call(struct fixture *fixture, int64_t buffer_id, int64_t sort_key, const char *text,
     enum store_inbox inbox)
{
    struct seen seen = {0};
    struct message *message = say(sort_key, NULL, text);
    const struct store_put_message put = {
        .message = message, .account_id = 1, .counts_unread = true, .inbox = inbox};

    message->buffer_id = buffer_id;
    message->flags |= MESSAGE_MENTION;
    store_put_message(fixture->store, &put, seen_fn, &seen);
    store_flush(fixture->store);
    g_assert_cmpint(seen.outcome, ==, STORE_NEW);
    const int64_t id = seen.message->id;
    seen_clear(&seen);
    message_unref(message);
    return id;
}

static void
assert_bodies(GPtrArray *messages, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < messages->len; i++) {
        const struct message *message = messages->pdata[i];
        g_string_append_printf(text, "%s%s", i > 0 ? "|" : "", message->body->text);
    }
    g_ptr_array_unref(messages);
    g_assert_cmpstr(text->str, ==, expected);
}

/* "buffer:n" of each conversation, direct ones with a star. */
static void
assert_tally(struct fixture *fixture, int64_t now_us, const char *expected)
{
    g_autoptr(GArray) tallies = store_tally_inbox(fixture->store, now_us);
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < tallies->len; i++) {
        const struct inbox_tally *tally = &g_array_index(tallies, struct inbox_tally, i);
        g_string_append_printf(text, "%s%" G_GINT64_FORMAT "%s:%u", i > 0 ? " " : "",
                               tally->buffer_id, tally->direct ? "*" : "", tally->n);
    }
    g_assert_cmpstr(text->str, ==, expected);
}

static void
set_state(struct fixture *fixture, int64_t id, enum inbox_state state, int64_t until_us)
{
    struct seen seen = {0};

    store_set_inbox(fixture->store, id, state, until_us, seen_fn, &seen);
    store_flush(fixture->store);
    g_assert_cmpint(seen.outcome, ==, STORE_CHANGED);
    seen_clear(&seen);
}

static void
read_upto(struct fixture *fixture, int64_t buffer_id, int64_t sort_key, int64_t id)
{
    store_set_read(fixture->store, buffer_id, (struct position){sort_key, id}, 0, 0);
    store_flush(fixture->store);
}

static void
test_life(void)
{
    struct fixture *fixture = fixture_new();
    int64_t first, second, third;

    put_buffer(fixture, 1);
    put_buffer(fixture, 2);
    put_now(fixture, say(1, NULL, "plain"), NULL);
    first = call(fixture, 1, 10, "one", STORE_INBOX_MENTION);
    second = call(fixture, 2, 20, "two", STORE_INBOX_DIRECT);
    third = call(fixture, 1, 30, "three", STORE_INBOX_MENTION);
    assert_tally(fixture, NOW, "1:2 2*:1");
    assert_bodies(store_load_inbox(fixture->store, NOW, 0, 0, 10), "three|one");
    assert_bodies(store_load_inbox(fixture->store, NOW, 0, third, 10), "one");
    assert_bodies(store_load_inbox(fixture->store, NOW, 0, 0, 1), "three");
    assert_bodies(store_load_inbox(fixture->store, NOW, 2, 0, 10), "two");
    /* It follows how far one has read, both ways. */
    read_upto(fixture, 1, 10, first);
    assert_bodies(store_load_inbox(fixture->store, NOW, 0, 0, 10), "three");
    read_upto(fixture, 1, 30, third);
    assert_tally(fixture, NOW, "2*:1");
    read_upto(fixture, 1, 10, first - 1);
    assert_bodies(store_load_inbox(fixture->store, NOW, 0, 0, 10), "three|one");
    /* Done stays done, over a restart and over reading. */
    set_state(fixture, third, INBOX_DONE, 0);
    read_upto(fixture, 1, 30, third);
    read_upto(fixture, 1, 0, 0);
    fixture_open(fixture);
    assert_bodies(store_load_inbox(fixture->store, NOW, 0, 0, 10), "one");
    set_state(fixture, third, INBOX_OPEN, 0);
    assert_bodies(store_load_inbox(fixture->store, NOW, 0, 0, 10), "three|one");
    /* What is opened again after it was read is read. */
    set_state(fixture, second, INBOX_DONE, 0);
    read_upto(fixture, 2, 20, second);
    set_state(fixture, second, INBOX_OPEN, 0);
    assert_tally(fixture, NOW, "1:2");
    store_set_inbox(fixture->store, 4711, INBOX_DONE, 0, NULL, NULL);
    store_flush(fixture->store);
    fixture_free(fixture);
}

static void
test_snooze(void)
{
    struct fixture *fixture = fixture_new();
    enum inbox_state state;
    int64_t id, until_us;

    put_buffer(fixture, 1);
    id = call(fixture, 1, 10, "one", STORE_INBOX_MENTION);
    g_assert_cmpint(store_next_snooze(fixture->store, NOW), ==, 0);
    set_state(fixture, id, INBOX_SNOOZED, NOW + 100);
    assert_tally(fixture, NOW + 99, "");
    g_assert_cmpint(store_next_snooze(fixture->store, NOW), ==, NOW + 100);
    /* It comes back although it was read meanwhile, and after a restart. */
    read_upto(fixture, 1, 10, id);
    fixture_open(fixture);
    assert_tally(fixture, NOW + 100, "1:1");
    g_assert_cmpint(store_next_snooze(fixture->store, NOW + 100), ==, 0);
    g_assert_true(store_find_inbox(fixture->store, id, &state, &until_us));
    g_assert_cmpint(state, ==, INBOX_SNOOZED);
    g_assert_cmpint(until_us, ==, NOW + 100);
    g_assert_false(store_find_inbox(fixture->store, id + 1, &state, &until_us));
    fixture_free(fixture);
}

/* A message that was taken back calls nobody, whichever came first. */
static void
test_deleted(void)
{
    struct fixture *fixture = fixture_new();
    struct message *message = say(10, "a", "one");
    const struct store_put_message put = {
        .message = message, .account_id = 1, .inbox = STORE_INBOX_MENTION};
    struct store_put_deletion deletion = {.account_id = 1, .buffer_id = 1, .remote_id = "a"};

    put_buffer(fixture, 1);
    store_put_message(fixture->store, &put, NULL, NULL);
    store_flush(fixture->store);
    assert_tally(fixture, NOW, "1:1");
    store_put_deletion(fixture->store, &deletion, NULL, NULL);
    deletion.remote_id = "b";
    store_put_deletion(fixture->store, &deletion, NULL, NULL);
    g_free(message->remote_id);
    message->remote_id = g_strdup("b");
    store_put_message(fixture->store, &put, NULL, NULL);
    store_flush(fixture->store);
    assert_tally(fixture, NOW, "");
    assert_bodies(store_load_inbox(fixture->store, NOW, 0, 0, 10), "");
    message_unref(message);
    fixture_free(fixture);
}

static void
set_flag(struct fixture *fixture, int64_t id, bool flagged, enum store_outcome outcome)
{
    struct seen seen = {0};

    store_set_flagged(fixture->store, id, flagged, seen_fn, &seen);
    store_flush(fixture->store);
    g_assert_cmpint(seen.outcome, ==, outcome);
    if (outcome == STORE_CHANGED)
        g_assert_cmpint((seen.message->flags & MESSAGE_FLAGGED) != 0, ==, flagged);
    seen_clear(&seen);
}

static void
test_flags(void)
{
    struct fixture *fixture = fixture_new();

    put_buffer(fixture, 1);
    for (int i = 1; i <= 5; i++) {
        g_autofree char *text = g_strdup_printf("m%d", i);
        put_now(fixture, say(i, NULL, text), NULL);
    }
    set_flag(fixture, 2, true, STORE_CHANGED);
    set_flag(fixture, 4, true, STORE_CHANGED);
    set_flag(fixture, 4, true, STORE_KNOWN);
    set_flag(fixture, 77, true, STORE_MISSING);
    fixture_open(fixture);
    g_assert_cmpuint(store_count_flagged(fixture->store), ==, 2);
    assert_bodies(store_load_flagged(fixture->store, 0, 10), "m4|m2");
    assert_bodies(store_load_flagged(fixture->store, 4, 10), "m2");
    set_flag(fixture, 2, false, STORE_CHANGED);
    assert_bodies(store_load_flagged(fixture->store, 0, 10), "m4");
    fixture_free(fixture);
}

static void
test_draft_reply(void)
{
    struct fixture *fixture = fixture_new();
    struct seen seen = {0};

    put_buffer(fixture, 1);
    g_assert_cmpint(store_load_draft_reply(fixture->store, 1), ==, 0);
    store_set_draft_reply(fixture->store, 1, 7);
    store_set_draft_reply(fixture->store, 1, 8);
    store_set_draft_reply(fixture->store, 2, 9);
    fixture_open(fixture);
    g_assert_cmpint(store_load_draft_reply(fixture->store, 1), ==, 8);
    type_now(fixture, "the answer", &seen); /* does not clear the draft */
    g_assert_cmpint(store_load_draft_reply(fixture->store, 1), ==, 8);
    struct outbox_row row = {.account_id = 1, .buffer_id = 1, .body = rich_new("answer", -1)};
    struct message *message = say(1, NULL, "answer");
    store_add_outbox(fixture->store, &row, message, true, NULL, NULL);
    store_flush(fixture->store);
    g_assert_cmpint(store_load_draft_reply(fixture->store, 1), ==, 0);
    store_set_draft_reply(fixture->store, 2, 0);
    store_flush(fixture->store);
    g_assert_cmpint(store_load_draft_reply(fixture->store, 2), ==, 0);
    message_unref(message);
    rich_free(row.body);
    seen_clear(&seen);
    fixture_free(fixture);
}

/* A file from before there was an inbox: what is unread and calls is in it, and nothing else. */
static void
test_migration(void)
{
    struct fixture *fixture = fixture_new();

    put_buffer(fixture, 1);
    put_buffer(fixture, 2);
    call(fixture, 1, 10, "read", STORE_INBOX_MENTION);
    call(fixture, 1, 20, "unread", STORE_INBOX_MENTION);
    put_now(fixture, say(30, NULL, "plain"), NULL);
    call(fixture, 2, 40, "muted", STORE_INBOX_MENTION);
    fixture_close(fixture);
    run_sql(
        fixture->path,
        "DROP TABLE inbox; DROP TABLE draft_replies; DROP INDEX messages_flagged;"
        "DROP TABLE revisions; DROP TABLE edits; DROP TABLE sources; DROP INDEX messages_pinned;"
        "ALTER TABLE messages DROP COLUMN files; ALTER TABLE messages DROP COLUMN file_names;"
        "ALTER TABLE messages DROP COLUMN buttons; ALTER TABLE outbox DROP COLUMN files;"
        "UPDATE buffers SET read_sort_key = 10, read_id = 1 WHERE id = 1;"
        "UPDATE buffers SET notify = 2 WHERE id = 2; DROP TABLE threads; DROP TABLE thread_drafts;"
        "DROP INDEX messages_thread; ALTER TABLE messages DROP COLUMN thread;"
        "ALTER TABLE outbox DROP COLUMN thread; DROP TABLE relay_tasks; DROP TABLE relay_copies;"
        "DROP TABLE relay_reactions; DROP TABLE relay_counts;"
        "ALTER TABLE outbox DROP COLUMN as_name; ALTER TABLE outbox DROP COLUMN as_avatar;"
        "ALTER TABLE outbox DROP COLUMN mark; DROP TABLE buffer_groups;"
        "ALTER TABLE buffers DROP COLUMN group_id; ALTER TABLE buffers DROP COLUMN muted;"
        "PRAGMA user_version = 3");
    fixture_open(fixture);
    assert_bodies(store_load_inbox(fixture->store, NOW, 0, 0, 10), "unread");
    assert_tally(fixture, NOW, "1:1");
    set_flag(fixture, 1, true, STORE_CHANGED);
    fixture_free(fixture);
}

void
test_inbox_add(void)
{
    g_test_add_func("/store/inbox/life", test_life);
    g_test_add_func("/store/inbox/snooze", test_snooze);
    g_test_add_func("/store/inbox/deleted", test_deleted);
    g_test_add_func("/store/inbox/flags", test_flags);
    g_test_add_func("/store/inbox/draft-reply", test_draft_reply);
    g_test_add_func("/store/inbox/migration", test_migration);
}
