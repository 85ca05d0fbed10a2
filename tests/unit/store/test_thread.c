/* Threads: what their rows count, who follows them, what the network says of them. */
#include <string.h>

#include "store/threads.h"
#include "tests/unit/store/fixture.h"

void test_thread_add(void);

/* A reply to `root` (NULL: in the channel), which counts. */
static void
reply(struct fixture *fixture, int64_t sort_key, const char *remote_id, const char *root,
      unsigned flags)
{
    struct message *message = say(sort_key, remote_id, remote_id);
    const struct store_put_message put = {
        .message = message, .account_id = 1, .counts_reply = (flags & MESSAGE_OWN) == 0};

    message->thread = g_strdup(root);
    message->flags |= flags;
    store_put_message(fixture->store, &put, NULL, NULL);
    store_flush(fixture->store);
    message_unref(message);
}

static void
tell(struct fixture *fixture, const struct store_put_thread *part, enum store_outcome outcome)
{
    struct seen seen = {0};

    store_put_thread(fixture->store, part, seen_fn, &seen);
    store_flush(fixture->store);
    g_assert_cmpint(seen.outcome, ==, outcome);
    seen_clear(&seen);
}

/* "3 replies, last 12, followed, 2/1 after 10", or "none" */
static void
assert_thread(struct fixture *fixture, const char *root, const char *expected)
{
    struct thread *thread = store_load_thread(fixture->store, 1, root);
    g_autofree char *text =
        thread == NULL ? g_strdup("none")
                       : g_strdup_printf("%u replies, last %" G_GINT64_FORMAT
                                         "%s, %u/%u after %" G_GINT64_FORMAT,
                                         thread->replies,
                                         thread->last_us > 0 ? thread->last_us - FIXTURE_NOW_US : 0,
                                         thread->followed ? ", followed" : "", thread->unread,
                                         thread->mentions, thread->read_key);

    thread_free(thread);
    g_assert_cmpstr(text, ==, expected);
}

static void
assert_replies(struct fixture *fixture, const char *root, const char *expected)
{
    const struct position end = {INT64_MAX, INT64_MAX};
    g_autoptr(GPtrArray) rows = store_load_replies(fixture->store, 1, root, end, STORE_BEFORE, 100);
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < rows->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "|" : "",
                               ((const struct message *)rows->pdata[i])->body->text);
    g_assert_cmpstr(text->str, ==, expected);
}

/* Replies count themselves, whether the root is here or not, and only once; all of it is on disk.
 */
static void
test_rows(void)
{
    struct fixture *fixture = fixture_new();
    g_autofree char *none = store_newest_thread(fixture->store, 1);

    g_assert_null(none);
    put_buffer(fixture, 1);
    assert_thread(fixture, "a", "none");
    reply(fixture, 2, "b", "a", 0);
    reply(fixture, 1, "a", NULL, 0);
    reply(fixture, 3, "c", "a", MESSAGE_MENTION);
    reply(fixture, 3, "c", "a", MESSAGE_MENTION);
    reply(fixture, 4, "x", "y", 0);
    assert_thread(fixture, "a", "2 replies, last 3, followed, 2/1 after 0");
    assert_thread(fixture, "y", "1 replies, last 4, 1/0 after 0");
    assert_replies(fixture, "a", "b|c");
    g_autofree char *newest = store_newest_thread(fixture->store, 1);
    g_assert_cmpstr(newest, ==, "y");
    reply(fixture, 5, "y", "y", 0); /* a network's lie: it hangs from itself */
    assert_replies(fixture, "y", "x");
    fixture_open(fixture);
    assert_thread(fixture, "a", "2 replies, last 3, followed, 2/1 after 0");
    struct message *root = store_find_remote(fixture->store, 1, "a");
    g_assert_true((root->flags & MESSAGE_ROOT) != 0);
    message_unref(root);
    fixture_free(fixture);
}

/* What answers to an id before the row that gets it is known to have it: killed in between, weft
 * learns of its own message last. */
static void
answer_to(struct fixture *fixture, int64_t sort_key, const char *remote_id, const char *reply_to)
{
    struct message *message = say(sort_key, remote_id, remote_id);
    const struct store_put_message put = {
        .message = message, .account_id = 1, .counts_reply = true, .chains = true};

    message->reply_to = g_strdup(reply_to);
    store_put_message(fixture->store, &put, NULL, NULL);
    store_flush(fixture->store);
    message_unref(message);
}

static void
type_in(struct fixture *fixture, const char *text, const char *root, struct seen *seen)
{
    struct message *message = say(1000, NULL, text);

    message->flags |= MESSAGE_OWN;
    message->state = MESSAGE_PENDING;
    message->thread = g_strdup(root);
    const struct outbox_row row = {.account_id = 1,
                                   .buffer_id = 1,
                                   .kind = MESSAGE_TEXT,
                                   .body = message->body,
                                   .thread = message->thread,
                                   .created_us = FIXTURE_NOW_US};

    store_add_outbox(fixture->store, &row, message, STORE_CLEARS_NOTHING, seen_fn, seen);
    store_flush(fixture->store);
    message_unref(message);
}

static void
test_named_late(void)
{
    struct fixture *fixture = fixture_new();
    struct seen typed = {0}, begun = {0};

    put_buffer(fixture, 1);
    reply(fixture, 1, "a", NULL, 0);
    type_in(fixture, "ours", "a", &typed);
    answer_to(fixture, 2001, "c", "b");
    assert_thread(fixture, "b", "1 replies, last 2001, 1/0 after 0");
    change_now(fixture, typed.outbox_id, OUTBOX_DONE, "b", NULL);
    assert_thread(fixture, "b", "none");
    assert_replies(fixture, "a", "ours|c");
    answer_to(fixture, 2002, "d", "c");
    assert_replies(fixture, "a", "ours|c|d");
    /* One that is the head of a thread is so from then on. */
    type_in(fixture, "begun", NULL, &begun);
    answer_to(fixture, 2003, "f", "e");
    change_now(fixture, begun.outbox_id, OUTBOX_DONE, "e", NULL);
    assert_thread(fixture, "e", "1 replies, last 2003, followed, 1/0 after 0");
    struct message *root = store_find_remote(fixture->store, 1, "e");
    g_assert_true((root->flags & MESSAGE_ROOT) != 0);
    message_unref(root);
    seen_clear(&typed);
    seen_clear(&begun);
    fixture_free(fixture);
}

/* A thread is the person's business in which they wrote, which they began, in which they were
 * called; and no more once they said so. */
static void
test_followed(void)
{
    struct fixture *fixture = fixture_new();

    put_buffer(fixture, 1);
    reply(fixture, 1, "mine", NULL, MESSAGE_OWN);
    reply(fixture, 2, "b", "mine", 0);
    assert_thread(fixture, "mine", "1 replies, last 2, followed, 1/0 after 0");
    reply(fixture, 3, "c", "theirs", 0);
    assert_thread(fixture, "theirs", "1 replies, last 3, 1/0 after 0");
    reply(fixture, 4, "d", "theirs", MESSAGE_OWN);
    assert_thread(fixture, "theirs", "2 replies, last 4, followed, 1/0 after 0");
    tell(fixture, &(struct store_put_thread){.buffer_id = 1, .root = "theirs", .has_follow = true},
         STORE_CHANGED);
    reply(fixture, 5, "e", "theirs", MESSAGE_MENTION);
    assert_thread(fixture, "theirs", "3 replies, last 5, 2/1 after 0");
    /* What the relay has said with their account is not what they said. */
    reply(fixture, 6, "copy", NULL, MESSAGE_OWN | MESSAGE_RELAYED);
    reply(fixture, 7, "f", "copy", 0);
    reply(fixture, 8, "g", "copy", MESSAGE_OWN | MESSAGE_RELAYED);
    assert_thread(fixture, "copy", "2 replies, last 8, 1/0 after 0");
    g_autoptr(GPtrArray) threads = store_load_threads(fixture->store, 10);
    g_assert_cmpuint(threads->len, ==, 1);
    g_assert_cmpstr(((const struct thread *)threads->pdata[0])->root, ==, "mine");
    g_assert_cmpstr(((const struct thread *)threads->pdata[0])->last_name, ==, "Uma");
    fixture_free(fixture);
}

/* What the network says replaces what was counted; parts that it does not say stay; a mark goes
 * back only where it was moved back. */
static void
test_told(void)
{
    struct fixture *fixture = fixture_new();
    struct store_put_thread part = {.buffer_id = 1,
                                    .root = "a",
                                    .told = true,
                                    .has_count = true,
                                    .replies = 7,
                                    .last_us = FIXTURE_NOW_US + 9,
                                    .people = "bo\ncarmen",
                                    .has_follow = true,
                                    .followed = true,
                                    .has_unread = true,
                                    .unread = 3,
                                    .mentions = 1,
                                    .read_key = 5};

    put_buffer(fixture, 1);
    tell(fixture, &part, STORE_CHANGED);
    tell(fixture, &part, STORE_KNOWN);
    assert_thread(fixture, "a", "7 replies, last 9, followed, 3/1 after 5");
    reply(fixture, 8, "b", "a", MESSAGE_MENTION); /* the network counts what is unread */
    assert_thread(fixture, "a", "8 replies, last 9, followed, 3/1 after 5");
    part = (struct store_put_thread){
        .buffer_id = 1, .root = "a", .has_unread = true, .unread = 1, .read_key = 2};
    tell(fixture, &part, STORE_CHANGED);
    assert_thread(fixture, "a", "8 replies, last 9, followed, 1/0 after 5");
    part.back = true;
    tell(fixture, &part, STORE_CHANGED);
    assert_thread(fixture, "a", "8 replies, last 9, followed, 1/0 after 2");
    part = (struct store_put_thread){.buffer_id = 1, .root = "a", .told = true, .has_follow = true};
    tell(fixture, &part, STORE_CHANGED);
    reply(fixture, 10, "c", "a", MESSAGE_OWN); /* nor does writing follow it, unless it says so */
    assert_thread(fixture, "a", "9 replies, last 10, 1/0 after 2");
    /* A number that is older than what has come since. */
    part = (struct store_put_thread){.buffer_id = 1,
                                     .root = "a",
                                     .has_count = true,
                                     .replies = 1,
                                     .last_us = FIXTURE_NOW_US + 8};
    tell(fixture, &part, STORE_CHANGED);
    assert_thread(fixture, "a", "2 replies, last 10, 1/0 after 2");
    fixture_open(fixture);
    struct thread *thread = store_load_thread(fixture->store, 1, "a");
    g_assert_cmpstr(thread->people, ==, "bo\ncarmen");
    g_assert_true(thread->told);
    g_assert_null(thread->at);
    thread_free(thread);
    fixture_free(fixture);
}

/* What is new in followed threads that stand apart, by buffer; those with something new first. */
static void
test_tally(void)
{
    struct fixture *fixture = fixture_new();
    struct store_put_thread part = {.buffer_id = 1,
                                    .told = true,
                                    .has_count = true,
                                    .replies = 2,
                                    .has_follow = true,
                                    .followed = true,
                                    .has_unread = true};

    put_buffer(fixture, 1);
    put_buffer(fixture, 2);
    part.root = "old", part.last_us = 1, part.unread = 2, part.mentions = 1;
    tell(fixture, &part, STORE_CHANGED);
    part.root = "read", part.last_us = 9, part.unread = part.mentions = 0;
    tell(fixture, &part, STORE_CHANGED);
    part.root = "other", part.last_us = 5, part.unread = 4, part.buffer_id = 2;
    tell(fixture, &part, STORE_CHANGED);
    part.root = "strange", part.last_us = 6, part.followed = false;
    tell(fixture, &part, STORE_CHANGED);
    g_autoptr(GPtrArray) threads = store_load_threads(fixture->store, 10);
    g_assert_cmpuint(threads->len, ==, 3);
    g_assert_cmpstr(((const struct thread *)threads->pdata[0])->root, ==, "other");
    g_assert_cmpstr(((const struct thread *)threads->pdata[1])->root, ==, "old");
    g_assert_cmpstr(((const struct thread *)threads->pdata[2])->root, ==, "read");
    g_autoptr(GArray) all = store_tally_threads(fixture->store, 0);
    g_assert_cmpuint(all->len, ==, 2);
    g_autoptr(GArray) one = store_tally_threads(fixture->store, 1);
    g_assert_cmpuint(one->len, ==, 1);
    g_assert_cmpuint(g_array_index(one, struct thread_tally, 0).unread, ==, 2);
    g_assert_cmpuint(g_array_index(one, struct thread_tally, 0).mentions, ==, 1);
    fixture_free(fixture);
}

/* A reply that is taken back counts no more; what is counted after a place is what calls there. */
static void
test_gone(void)
{
    struct fixture *fixture = fixture_new();
    const struct store_put_deletion put = {.account_id = 1, .buffer_id = 1, .remote_id = "b"};
    unsigned unread, mentions;

    put_buffer(fixture, 1);
    reply(fixture, 1, "a", NULL, 0);
    reply(fixture, 2, "b", "a", 0);
    reply(fixture, 3, "c", "a", MESSAGE_MENTION);
    reply(fixture, 4, "d", "a", MESSAGE_OWN);
    store_count_replies(fixture->store, 1, "a", 1, &unread, &mentions);
    g_assert_cmpuint(unread, ==, 2);
    g_assert_cmpuint(mentions, ==, 1);
    store_put_deletion(fixture->store, &put, NULL, NULL);
    store_flush(fixture->store);
    assert_thread(fixture, "a", "2 replies, last 4, followed, 1/1 after 0");
    store_count_replies(fixture->store, 1, "a", 3, &unread, &mentions);
    g_assert_cmpuint(unread + mentions, ==, 0);
    fixture_free(fixture);
}

static void
test_drafts(void)
{
    struct fixture *fixture = fixture_new();

    put_buffer(fixture, 1);
    store_set_thread_draft(fixture->store, 1, "a", "half a");
    store_set_thread_draft(fixture->store, 1, "b", "half b");
    store_set_thread_draft(fixture->store, 1, "a", "half of a");
    store_set_thread_draft(fixture->store, 1, "b", "");
    store_flush(fixture->store);
    fixture_open(fixture);
    g_autofree char *a = store_load_thread_draft(fixture->store, 1, "a");
    g_autofree char *b = store_load_thread_draft(fixture->store, 1, "b");
    g_assert_cmpstr(a, ==, "half of a");
    g_assert_null(b);
    fixture_free(fixture);
}

void
test_thread_add(void)
{
    g_test_add_func("/store/thread/rows", test_rows);
    g_test_add_func("/store/thread/named-late", test_named_late);
    g_test_add_func("/store/thread/followed", test_followed);
    g_test_add_func("/store/thread/told", test_told);
    g_test_add_func("/store/thread/tally", test_tally);
    g_test_add_func("/store/thread/gone", test_gone);
    g_test_add_func("/store/thread/drafts", test_drafts);
}
