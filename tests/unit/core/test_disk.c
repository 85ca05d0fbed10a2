#include <sqlite3.h>

#include "tests/support/loop.h"
#include "tests/unit/core/fake.h"
#include "tests/unit/core/tests.h"
#include "tests/unit/store/refusing_vfs.h"

/* R9: while the disk refuses, live lines are shown as what they are, nothing new is sent, nothing
 * moves on; when it works again, everything is there once. */
static void
test_full(void)
{
    refusing_vfs_register();
    struct fake *fake = fake_new_on(1, REFUSING_VFS);
    g_autoptr(GError) error = NULL;
    struct rich *body = rich_new("mine", -1);

    fake_online(fake, 0);
    const struct buffer *lab = fake_buffer(fake, 0, "#lab");
    fake_say(fake, 0, &(struct fake_said){.text = "kai 1", .id = "1", .cursor = "c1"});
    fake_settle(fake);
    fake_clear(fake);
    refusing_vfs_refuse(SQLITE_FULL, 0);
    fake_say(fake, 0, &(struct fake_said){.text = "kai 2", .id = "2", .cursor = "c2"});
    fake_say(fake, 0, &(struct fake_said){.text = "kai 3", .id = "3", .cursor = "c3"});
    fake_settle(fake);
    g_assert_cmpuint(fake->counts[NOTICE_DISK], ==, 1);
    g_assert_nonnull(fake->disk);
    g_assert_true(g_ptr_array_find_with_equal_func(fake->notices, "message #lab kai 2 (not stored)",
                                                   g_str_equal, NULL));
    g_assert_cmpuint(fake->counts[NOTICE_MESSAGE], ==, 2);
    g_assert_cmpuint(fake->counts[NOTICE_ATTENTION], ==, 2);
    g_assert_cmpuint(lab->unread, ==, 3);
    g_autofree char *cursor = store_load_cursor(fake->store, fake_account(fake, 0)->id, lab->id);
    g_assert_cmpstr(cursor, ==, "c1");
    g_assert_false(core_send(fake->core, lab->id, MESSAGE_TEXT, body, NULL, &error));
    g_assert_true(error_is(error, WEFT_ERROR_DISK));
    refusing_vfs_refuse(0, 0);
    fake_advance(fake, 5 * SECOND_US);
    for (int i = 0; i < 200 && fake->counts[NOTICE_DISK] < 2; i++)
        fake_advance(fake, SECOND_US);
    g_assert_cmpuint(fake->counts[NOTICE_DISK], ==, 2);
    g_assert_null(fake->disk);
    g_assert_cmpuint(fake->counts[NOTICE_MESSAGES_RELOAD], ==, 1);
    g_assert_cmpuint(fake->counts[NOTICE_MESSAGE], ==, 2);
    g_assert_cmpuint(lab->unread, ==, 3);
    g_autofree char *line = fake_timeline(fake, 0);
    g_assert_cmpstr(line, ==, "kai 1/received|kai 2/received|kai 3/received");
    g_assert_true(core_send(fake->core, lab->id, MESSAGE_TEXT, body, NULL, NULL));
    fake_settle(fake);
    g_assert_cmpuint(fake_session(fake, 0)->sends->len, ==, 1);
    fake_restart(fake);
    g_assert_cmpuint(fake_buffer(fake, 0, "#lab")->mentions, ==, 0); /* we have spoken since */
    rich_free(body);
    fake_free(fake);
}

/* The line that was being typed as the disk began to refuse: kept by the store, sent when it works.
 */
static void
test_full_in_mid_send(void)
{
    refusing_vfs_register();
    struct fake *fake = fake_new_on(1, REFUSING_VFS);

    fake_online(fake, 0);
    refusing_vfs_refuse(SQLITE_FULL, 0);
    fake_type(fake, 0, "mine");
    fake_settle(fake);
    g_assert_true(g_ptr_array_find_with_equal_func(fake->notices, "message #lab mine (not stored)",
                                                   g_str_equal, NULL));
    g_assert_cmpuint(fake_session(fake, 0)->sends->len, ==, 0);
    refusing_vfs_refuse(0, 0);
    for (int i = 0; i < 200 && fake_session(fake, 0)->sends->len == 0; i++)
        fake_advance(fake, SECOND_US);
    g_assert_cmpuint(fake_session(fake, 0)->sends->len, ==, 1);
    g_autofree char *line = fake_timeline(fake, 0);
    g_assert_cmpstr(line, ==, "mine/sending");
    fake_free(fake);
}

/* R24: beside a running weft: everything can be read, nothing is sent or connected. */
static void
test_read_only(void)
{
    struct fake *fake = fake_new(1);
    g_autoptr(GError) error = NULL;
    struct rich *body = rich_new("mine", -1);

    fake_online(fake, 0);
    fake_say(fake, 0, &(struct fake_said){.text = "soup?"});
    fake_settle(fake);
    const struct store_options options = {
        .dir = fake->dir, .mode = STORE_READ_ONLY, .clock = fake->clock};
    struct store *store = store_open(&options, NULL, &error);
    g_assert_no_error(error);
    struct core *second = core_new(&(struct core_options){
        .config = config_load_file(fake->config_file, NULL, fake_networks),
        .store = store,
        .clock = fake->clock,
        .networks = fake_networks,
        .read_only = true,
    });
    core_start(second, &fake->net);
    clock_fake_advance(fake->clock, SECOND_US);
    g_assert_cmpuint(fake->sessions->len, ==, 1);
    const int64_t lab = fake_buffer(fake, 0, "#lab")->id;
    struct page page;
    core_page_newest(second, lab, 10, &page);
    g_assert_cmpuint(page.messages->len, ==, 1);
    page_clear(&page);
    g_assert_false(core_send(second, lab, MESSAGE_TEXT, body, NULL, &error));
    g_assert_true(error_is(error, WEFT_ERROR_CONFLICT));
    core_say(second, core_own_buffer(second)->id, "Only reading.");
    core_mark_all_read(second, lab);
    core_free(second);
    store_close(store);
    rich_free(body);
    fake_free(fake);
}

/* R14: a flood on a disk that is merely slow: the account that floods is not read until the store
 * has what came, the other one goes on, and nothing is lost. */
static void
test_slow(void)
{
    struct fake *fake = fake_new(2);
    g_autofree char *page = g_strnfill(1000, 'x');
    unsigned said = 0;

    fake_online(fake, 0);
    fake_online(fake, 1);
    const struct fake_session *flood = fake_session(fake, 0), *calm = fake_session(fake, 1);
    for (int round = 1; round <= 3; round++) {
        while (!flood->paused) {
            g_autofree char *text = g_strdup_printf("%u %s", said, page);
            fake_say(fake, 0, &(struct fake_said){.text = text});
            g_assert_cmpuint(++said, <, 10000 * round);
        }
        fake_say(fake, 1, &(struct fake_said){.text = "soup?"});
        g_assert_false(calm->paused);
        fake_settle(fake);
        g_assert_false(flood->paused);
        g_assert_cmpuint(flood->pauses, ==, round);
    }
    g_autoptr(GPtrArray) stored =
        store_load_newest(fake->store, fake_buffer(fake, 0, "#lab")->id, 100000);
    g_assert_cmpuint(stored->len, ==, said);
    fake_free(fake);
}

/* A new connection reads, whatever the last one left to the disk. */
static void
test_slow_and_cut(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    struct fake_session *session = fake_session(fake, 0);
    while (!session->paused)
        fake_say(fake, 0, &(struct fake_said){.text = "x"});
    g_autoptr(GError) error = g_error_new(WEFT_ERROR, WEFT_ERROR_CLOSED, "The line is cut.");
    host_lost(session->host, error);
    session->paused = false; /* with the connection */
    fake_settle(fake);
    fake_advance(fake, 600 * SECOND_US);
    g_assert_false(session->paused);
    fake_online(fake, 0);
    while (!session->paused)
        fake_say(fake, 0, &(struct fake_said){.text = "y"});
    fake_settle(fake);
    g_assert_false(session->paused);
    fake_free(fake);
}

/* R9: the disk is full at the n-th write, whatever that is; after room was made all is there. */
static void
test_each_write(void)
{
    refusing_vfs_register();
    struct fake *fake = fake_new_on(1, REFUSING_VFS);
    g_autoptr(GString) wanted = g_string_new(NULL);

    fake_online(fake, 0);
    for (int at = 0; at < 12; at++) {
        g_autofree char *one = g_strdup_printf("a%d", at);
        g_autofree char *two = g_strdup_printf("b%d", at);
        refusing_vfs_refuse(SQLITE_FULL, at);
        fake_say(fake, 0, &(struct fake_said){.text = one, .id = one, .cursor = one});
        fake_settle(fake);
        fake_say(fake, 0, &(struct fake_said){.text = two, .id = two, .cursor = two});
        fake_settle(fake);
        refusing_vfs_refuse(0, 0);
        for (int i = 0; i < 20; i++)
            fake_advance(fake, SECOND_US);
        g_string_append_printf(wanted, "%s%s/received|%s/received", at > 0 ? "|" : "", one, two);
        g_autofree char *line = fake_timeline(fake, 0);
        g_assert_true(g_str_has_suffix(wanted->str, line));
        g_autofree char *cursor = store_load_cursor(fake->store, fake_account(fake, 0)->id,
                                                    fake_buffer(fake, 0, "#lab")->id);
        g_assert_cmpstr(cursor, ==, two);
        g_assert_null(fake->disk);
    }
    fake_free(fake);
}

void
test_disk_add(void)
{
    g_test_add_func("/disk/R9-each-write", test_each_write);
    g_test_add_func("/disk/R14-slow", test_slow);
    g_test_add_func("/disk/R14-slow-and-cut", test_slow_and_cut);
    g_test_add_func("/disk/R9-full", test_full);
    g_test_add_func("/disk/R9-full-in-mid-send", test_full_in_mid_send);
    g_test_add_func("/disk/R24-read-only", test_read_only);
}
