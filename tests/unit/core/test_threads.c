/* Threads: by what is answered, and as a network keeps them apart. */
#include "core/inbox.h"
#include "core/threads.h"

#include <string.h>

#include "tests/unit/core/fake.h"
#include "tests/unit/core/tests.h"

static void
say(struct fake *fake, const char *id, int64_t key, const char *reply_to, const char *thread)
{
    struct rich *body = rich_new(id, -1);

    host_emit(fake_session(fake, 0)->host,
              &(struct event){.type = EVENT_MESSAGE,
                              .conversation = "#lab",
                              .message = {.kind = MESSAGE_TEXT,
                                          .remote_id = id,
                                          .sort_key = FAKE_NOW_US + key,
                                          .time_us = FAKE_NOW_US + key,
                                          .sender_id = "uma",
                                          .sender_name = "uma",
                                          .reply_to = reply_to,
                                          .thread = thread,
                                          .body = body}});
    rich_free(body);
    fake_settle(fake);
}

static int64_t
lab(struct fake *fake)
{
    return fake_buffer(fake, 0, "#lab")->id;
}

static void
assert_page(struct page *page, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < page->messages->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "|" : "",
                               ((const struct message *)page->messages->pdata[i])->body->text);
    page_clear(page);
    g_assert_cmpstr(text->str, ==, expected);
}

static void
assert_thread(struct fake *fake, const char *root, const char *expected)
{
    struct page page = {0};

    core_thread_newest(fake->core, lab(fake), root, 100, &page);
    assert_page(&page, expected);
}

static void
assert_channel(struct fake *fake, const char *expected)
{
    struct page page = {0};

    core_page_newest(fake->core, lab(fake), 100, &page);
    assert_page(&page, expected);
}

static void
assert_replies(struct fake *fake, const char *root, unsigned n)
{
    struct thread *thread = core_thread(fake->core, lab(fake), root);

    g_assert_cmpuint(thread != NULL ? thread->replies : 0, ==, n);
    thread_free(thread);
}

/* The head of the chain is the root, in whatever order the answers come. */
static void
test_chains(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    say(fake, "a", 1, NULL, NULL);
    say(fake, "b", 2, "a", NULL);
    say(fake, "c", 3, "b", NULL);
    assert_thread(fake, "a", "a|b|c");
    assert_replies(fake, "a", 2);
    assert_channel(fake, "a|b|c"); /* here they stand in the channel as well */
    g_assert_cmpuint(fake_buffer(fake, 0, "#lab")->unread, ==, 3);
    say(fake, "e", 5, "d", NULL);
    assert_replies(fake, "d", 1);
    say(fake, "d", 4, "c", NULL); /* what "e" answers is an answer itself */
    assert_thread(fake, "a", "a|b|c|d|e");
    assert_replies(fake, "a", 4);
    assert_replies(fake, "d", 0);
    say(fake, "f", 6, "f", NULL); /* a lie */
    assert_replies(fake, "f", 0);
    host_emit(fake_session(fake, 0)->host, &(struct event){.type = EVENT_DELETED,
                                                           .conversation = "#lab",
                                                           .deleted = {.remote_id = "c"}});
    fake_settle(fake);
    assert_replies(fake, "a", 3);
    fake_free(fake);
}

static void
tell(struct fake *fake, bool followed, unsigned unread, int64_t read_key)
{
    host_emit(fake_session(fake, 0)->host, &(struct event){.type = EVENT_THREAD,
                                                           .conversation = "#lab",
                                                           .thread = {.root = "a",
                                                                      .has_count = true,
                                                                      .replies = 2,
                                                                      .has_follow = true,
                                                                      .followed = followed,
                                                                      .has_unread = true,
                                                                      .unread = unread,
                                                                      .read_key = read_key}});
    fake_settle(fake);
}

/* "c(2)": what is listed of threads, with the words of the last reply. */
static void
assert_waits(struct fake *fake, const char *expected)
{
    g_autoptr(GPtrArray) entries = core_inbox_entries(fake->core, 1u << INBOX_THREADS, 10);
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < entries->len; i++) {
        const struct inbox_entry *entry = entries->pdata[i];
        g_assert_cmpstr(entry->root, ==, "a");
        g_string_append_printf(text, "%s(%u)", entry->message->body->text, entry->n);
    }
    g_assert_cmpstr(text->str, ==, expected);
    g_assert_cmpuint(core_inbox_counts(fake->core)->n[INBOX_THREADS], ==, entries->len);
}

static struct fake *
apart_new(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    fake_caps(fake, 0, FAKE_CAPS | FAKE_THREADS, NULL);
    say(fake, "a", 1, NULL, NULL);
    say(fake, "b", 2, "a", "a");
    say(fake, "c", 3, "a", "a");
    return fake;
}

/* Replies stand in their thread alone, and what of it is read is another matter than the channel.
 */
static void
test_apart(void)
{
    struct fake *fake = apart_new();
    const struct buffer *buffer = fake_buffer(fake, 0, "#lab");
    struct page page = {0};

    assert_channel(fake, "a");
    assert_thread(fake, "a", "a|b|c");
    g_assert_cmpuint(buffer->unread, ==, 1);
    g_assert_cmpuint(buffer->thread_unread, ==, 0);
    tell(fake, true, 2, FAKE_NOW_US + 1);
    g_assert_cmpuint(buffer->thread_unread, ==, 2);
    core_mark_all_read(fake->core, buffer->id);
    fake_settle(fake);
    g_assert_cmpuint(buffer->thread_unread, ==, 2);
    core_thread_newest(fake->core, buffer->id, "a", 100, &page);
    core_read_thread(fake->core, buffer->id, "a", message_position(page.messages->pdata[1]));
    fake_settle(fake);
    g_assert_cmpuint(buffer->thread_unread, ==, 1);
    core_read_thread(fake->core, buffer->id, "a", message_position(page.messages->pdata[2]));
    page_clear(&page);
    fake_settle(fake);
    g_assert_cmpuint(buffer->thread_unread, ==, 0);
    g_assert_nonnull(
        strstr(fake_session(fake, 0)->asked->str, "thread-read a to b|thread-read a to c|"));
    /* What was read here stays read, and the network hears of it. */
    g_string_truncate(fake_session(fake, 0)->asked, 0);
    tell(fake, true, 2, FAKE_NOW_US + 1);
    g_assert_cmpuint(buffer->thread_unread, ==, 0);
    g_assert_cmpstr(fake_session(fake, 0)->asked->str, ==, "thread-read a to c|");
    fake_free(fake);
}

/* Followed threads with something new wait in the inbox; dealt with is read, and can be taken back.
 */
static void
test_waits(void)
{
    struct fake *fake = apart_new();

    assert_waits(fake, "");
    tell(fake, true, 2, FAKE_NOW_US + 1);
    assert_waits(fake, "c(2)");
    fake_restart(fake);
    assert_waits(fake, "c(2)");
    fake_online(fake, 0);
    fake_caps(fake, 0, FAKE_CAPS | FAKE_THREADS, NULL);
    g_autoptr(GPtrArray) entries = core_inbox_entries(fake->core, INBOX_ALL, 10);
    g_autoptr(GPtrArray) threads = g_ptr_array_new();
    for (guint i = 0; i < entries->len; i++)
        if (((const struct inbox_entry *)entries->pdata[i])->kind == INBOX_THREADS)
            g_ptr_array_add(threads, entries->pdata[i]);
    g_assert_cmpuint(core_inbox_done(fake->core, threads), ==, 1);
    fake_settle(fake);
    assert_waits(fake, "");
    g_assert_cmpuint(fake_buffer(fake, 0, "#lab")->thread_unread, ==, 0);
    g_assert_cmpuint(core_inbox_done(fake->core, threads), ==, 0);
    g_assert_true(core_inbox_undo(fake->core));
    fake_settle(fake);
    assert_waits(fake, "c(2)");
    tell(fake, false, 2, FAKE_NOW_US + 1);
    assert_waits(fake, "");
    fake_free(fake);
}

static void
test_follow(void)
{
    struct fake *fake = apart_new();
    g_autoptr(GPtrArray) none = core_threads(fake->core, 10);

    g_assert_cmpuint(none->len, ==, 0);
    g_assert_true(core_follow_thread(fake->core, lab(fake), "a", true, NULL));
    g_assert_nonnull(strstr(fake_session(fake, 0)->asked->str, "follow a|"));
    tell(fake, true, 1, FAKE_NOW_US + 2);
    g_autoptr(GPtrArray) one = core_threads(fake->core, 10);
    g_assert_cmpuint(one->len, ==, 1);
    const struct thread *thread = one->pdata[0];
    g_assert_cmpstr(thread->root, ==, "a");
    g_assert_cmpstr(thread->last_name, ==, "uma");
    g_assert_cmpstr(thread->at->body->text, ==, "a");
    g_assert_cmpuint(thread->unread, ==, 1);
    tell(fake, false, 0, FAKE_NOW_US + 2);
    g_autoptr(GPtrArray) left = core_threads(fake->core, 10);
    g_assert_cmpuint(left->len, ==, 0);
    fake_free(fake);
}

/* What is typed in a thread goes there, and what was not sent is there after a restart. */
static void
test_write(void)
{
    struct fake *fake = apart_new();
    g_autoptr(GError) error = NULL;

    core_set_thread_draft(fake->core, lab(fake), "a", "half");
    fake_settle(fake);
    fake_restart(fake);
    g_autofree char *draft = core_thread_draft(fake->core, lab(fake), "a");
    g_assert_cmpstr(draft, ==, "half");
    fake_online(fake, 0);
    fake_caps(fake, 0, FAKE_CAPS | FAKE_THREADS, NULL);
    g_assert_true(core_input_thread(fake->core, lab(fake), "a", "/me nods", &error));
    fake_settle(fake);
    g_autofree char *gone = core_thread_draft(fake->core, lab(fake), "a");
    g_assert_null(gone);
    assert_thread(fake, "a", "a|b|c|nods");
    g_assert_cmpstr(fake_sent(fake, 0, 0)->text, ==, "nods");
    g_assert_cmpstr(fake_sent(fake, 0, 0)->thread, ==, "a");
    fake_free(fake);
}

void
test_threads_add(void)
{
    g_test_add_func("/threads/chains", test_chains);
    g_test_add_func("/threads/apart", test_apart);
    g_test_add_func("/threads/follow", test_follow);
    g_test_add_func("/threads/waits", test_waits);
    g_test_add_func("/threads/write", test_write);
}
