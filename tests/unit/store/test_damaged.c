#include "config.h"

/* Damaged files: moved aside whole, what matters saved, a sentence, never an end. */
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "store/relay.h"
#include "tests/unit/store/fixture.h"

void test_damaged_add(void);

/* What somebody said elsewhere. */
static void
add_copy(struct fixture *fixture, const char *text)
{
    struct message *message = say(1000, NULL, text);
    struct outbox_row row = {.account_id = 1,
                             .buffer_id = 1,
                             .body = message->body,
                             .as_name = (char[]){"Maria"},
                             .mark = (char[]){"0123456789abcdef"},
                             .key = (char[]){"0123456789abcdef0123456789abcdef"},
                             .created_us = FIXTURE_NOW_US};
    const struct store_copy copy = {.source_id = 1};
    store_add_copy(fixture->store, &row, message, &copy, NULL, NULL);
    message_unref(message);
}

/* A store with an account, buffers, drafts, messages, and outbox rows in each state. */
static void
fill(struct fixture *fixture)
{
    static const enum outbox_state states[] = {OUTBOX_PENDING, OUTBOX_SENDING, OUTBOX_DONE,
                                               OUTBOX_FAILED,  OUTBOX_UNKNOWN, OUTBOX_DROPPED};
    struct account account = {.id = 1, .name = (char[]){"patio"}, .network = (char[]){"irc"}};
    store_put_account(fixture->store, &account);
    put_buffer(fixture, 1);
    put_buffer(fixture, 2);
    store_set_draft(fixture->store, 1, "draft one");
    store_set_draft(fixture->store, 2, "draft two");
    store_set_cursor(fixture->store, 1, 1, "cursor");
    for (unsigned i = 0; i < 3000; i++) {
        g_autofree char *id = g_strdup_printf("id%06u", i);
        struct message *message = say(i, id, "some history, which the network still has");
        struct store_put_message put = {.message = message, .account_id = 1};
        store_put_message(fixture->store, &put, NULL, NULL);
        message_unref(message);
    }
    add_copy(fixture, "typed 0");
    for (unsigned i = 1; i < G_N_ELEMENTS(states); i++) {
        struct seen seen = {0};
        g_autofree char *text = g_strdup_printf("typed %u", i);
        type_now(fixture, text, &seen);
        change_now(fixture, seen.outbox_id, states[i], NULL, NULL);
        seen_clear(&seen);
    }
}

static struct fixture *
filled_and_closed(char **ret_bytes, size_t *ret_len)
{
    struct fixture *fixture = fixture_new();
    fill(fixture);
    fixture_close(fixture);
    *ret_bytes = read_bytes(fixture->path, ret_len);
    return fixture;
}

/* Exactly one file was moved aside, with these bytes; the notice names it. */
static void
check_aside(struct fixture *fixture, const char *bytes, size_t len)
{
    g_auto(GStrv) names = names_with(fixture, "weft.db.damaged-");
    g_assert_cmpuint(g_strv_length(names), ==, 1);
    g_autofree char *path = g_build_filename(fixture->dir, names[0], NULL);
    size_t kept_len;
    g_autofree char *kept = read_bytes(path, &kept_len);
    g_assert_cmpmem(kept, kept_len, bytes, len);
    g_assert_nonnull(fixture->notice);
    g_assert_nonnull(strstr(fixture->notice, path));
    g_assert_true(g_str_has_suffix(fixture->notice, "."));
    unlink(path);
}

static void
check_works(struct fixture *fixture)
{
    put_now(fixture, say(1, "after", "it goes on"), NULL);
    struct message *got = store_find_remote(fixture->store, 1, "after");
    g_assert_nonnull(got);
    message_unref(got);
}

static void
check_unsent(struct fixture *fixture)
{
    g_autoptr(GPtrArray) rows = store_load_outbox(fixture->store, 1);
    static const char *const texts[] = {"typed 0", "typed 1", "typed 3", "typed 4"};
    static const enum message_state states[] = {MESSAGE_PENDING, MESSAGE_SENDING, MESSAGE_FAILED,
                                                MESSAGE_UNKNOWN};
    g_assert_cmpuint(rows->len, ==, G_N_ELEMENTS(texts));
    for (unsigned i = 0; i < rows->len; i++) {
        const struct outbox_row *row = rows->pdata[i];
        g_assert_cmpstr(row->body->text, ==, texts[i]);
        g_assert_cmpuint(strlen(row->key), ==, 32);
        struct message *message = store_load_message(fixture->store, row->message_id);
        g_assert_cmpstr(message->body->text, ==, texts[i]);
        g_assert_cmpint(message->state, ==, states[i]);
        g_assert_cmpstr(message->key, ==, row->key);
        g_assert_cmpint(message->buffer_id, ==, 1);
        g_assert_true((message->flags & MESSAGE_OWN) != 0);
        g_assert_true((i == 0) == ((message->flags & MESSAGE_RELAYED) != 0));
        g_assert_cmpstr(row->as_name, ==, i == 0 ? "Maria" : NULL);
        message_unref(message);
    }
    g_autofree char *draft = store_load_draft(fixture->store, 2);
    g_assert_cmpstr(draft, ==, "draft two");
}

static void
check_foreign(const char *bytes, size_t len)
{
    struct fixture *fixture = fixture_new();
    fixture_close(fixture);
    write_bytes(fixture->path, bytes, len);
    fixture_open(fixture);
    check_aside(fixture, bytes, len);
    check_works(fixture);
    fixture_open(fixture);
    g_assert_null(fixture->notice); /* said once */
    fixture_free(fixture);
}

static void
test_foreign(void)
{
    check_foreign("", 0);
    check_foreign("x", 1);
    check_foreign("Dear diary, this is not a database at all. I wonder what a program would do.",
                  76);
    char random[20000];
    for (unsigned i = 0; i < sizeof(random); i++)
        random[i] = (char)g_test_rand_int();
    check_foreign(random, sizeof(random));
    memcpy(random, "SQLite format 3", 16); /* random behind the right magic */
    check_foreign(random, sizeof(random));
    memcpy(random + 68, "weft", 4); /* and the right owner */
    check_foreign(random, sizeof(random));
}

/* A sound database of another program. */
static void
test_other_program(void)
{
    size_t len;
    g_autofree char *bytes = NULL;
    struct fixture *fixture = filled_and_closed(&bytes, &len);
    bytes[68] = 'X';
    write_bytes(fixture->path, bytes, len);
    fixture_open(fixture);
    check_aside(fixture, bytes, len);
    check_works(fixture);
    fixture_free(fixture);
}

/* The first pages are whole, the end is missing: what stands in front is saved. */
static void
test_truncated(void)
{
    size_t len;
    g_autofree char *bytes = NULL;
    struct fixture *fixture = filled_and_closed(&bytes, &len);
    static const unsigned parts[] = {0, 1, 20, 50, 90, 99};
    for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++) {
        size_t cut = i == 0 ? 50 : len * parts[i] / 100 / 4096 * 4096 + i;
        write_bytes(fixture->path, bytes, cut);
        fixture_open(fixture);
        check_aside(fixture, bytes, cut);
        check_works(fixture);
        fixture_close(fixture);
    }
    fixture_free(fixture);
}

/* One table's root is wiped out: the damage shows at start, and all else is saved. */
static void
test_salvage(void)
{
    size_t len;
    g_autofree char *bytes = NULL;
    struct fixture *fixture = filled_and_closed(&bytes, &len);
    g_autofree char *aged = g_memdup2(bytes, len);
    /* The root of `messages` is found by its own text: the page of the schema knows its number, but
     * any table's interior page begins with 5 and has the history's leaves below it. */
    unsigned wiped = 0;
    for (size_t at = 4096; at + 4096 <= len; at += 4096) {
        if (aged[at] == 5) {
            memset(aged + at, 0x5a, 4096);
            wiped++;
        }
    }
    g_assert_cmpuint(wiped, >=, 1);
    write_bytes(fixture->path, aged, len);
    fixture_open(fixture);
    check_aside(fixture, aged, len);
    check_unsent(fixture);
    check_works(fixture);
    g_assert_null(store_load_cursor(fixture->store, 1, 1)); /* history is fetched again */
    g_autoptr(GPtrArray) accounts = store_load_accounts(fixture->store);
    g_assert_cmpuint(accounts->len, ==, 1);
    g_autoptr(GPtrArray) buffers = store_load_buffers(fixture->store);
    g_assert_cmpuint(buffers->len, ==, 2);
    g_assert_nonnull(strstr(fixture->notice, "4 unsent messages and 2 drafts"));
    struct seen seen = {0};
    type_now(fixture, "new", &seen); /* numbers and keys go on behind the saved ones */
    g_assert_cmpint(seen.outcome, ==, STORE_NEW);
    seen_clear(&seen);
    fixture_free(fixture);
}

/* One letter in the description of one table: the others are read all the same. */
static void
test_schema(void)
{
    size_t len;
    g_autofree char *bytes = NULL;
    struct fixture *fixture = filled_and_closed(&bytes, &len);
    char *place = memmem(bytes, len, "CREATE TABLE messages", 21);
    g_assert_nonnull(place);
    place[8] = '?';
    write_bytes(fixture->path, bytes, len);
    fixture_open(fixture);
    check_aside(fixture, bytes, len);
    check_unsent(fixture);
    check_works(fixture);
    fixture_free(fixture);
}

/* Damage that only shows while running: reading fails in words, and the next start looks at all. */
static void
test_found_while_running(void)
{
    size_t len;
    g_autofree char *bytes = NULL;
    struct fixture *fixture = filled_and_closed(&bytes, &len);
    g_autofree char *aged = g_memdup2(bytes, len);
    /* Leaves of `messages` in the middle of the file. */
    for (size_t at = len / 3 / 4096 * 4096; at < len / 2; at += 4096)
        memset(aged + at, 0xa5, 4096);
    write_bytes(fixture->path, aged, len);
    fixture_open(fixture);
    if (fixture->notice == NULL) {
        g_autoptr(GPtrArray) rows = store_load_newest(fixture->store, 1, 10000);
        g_assert_cmpuint(rows->len, ==, 0);
        fixture_open(fixture);
        g_assert_nonnull(fixture->notice);
    }
    check_works(fixture);
    fixture_close(fixture);
    g_auto(GStrv) marks = names_with(fixture, "weft.check");
    g_assert_cmpuint(g_strv_length(marks), ==, 0);
    fixture_free(fixture);
}

/* A log of garbage beside a sound file holds nothing: the file is used as it is. */
static void
test_garbage_log(void)
{
    size_t len;
    g_autofree char *bytes = NULL;
    struct fixture *fixture = filled_and_closed(&bytes, &len);
    g_autofree char *wal = g_strconcat(fixture->path, "-wal", NULL);
    char garbage[9000];
    for (unsigned i = 0; i < sizeof(garbage); i++)
        garbage[i] = (char)g_test_rand_int();
    write_bytes(wal, garbage, sizeof(garbage));
    fixture_open(fixture);
    g_assert_null(fixture->notice);
    check_unsent(fixture);
    check_works(fixture);
    write_bytes(wal, garbage, 0);
    fixture_free(fixture);
}

/* One random byte anywhere: opens with or without a notice, never ends, never loses the file. */
static void
test_random_bytes(void)
{
    size_t len;
    g_autofree char *bytes = NULL;
    struct fixture *fixture = filled_and_closed(&bytes, &len);
    g_autofree char *wal = g_strconcat(fixture->path, "-wal", NULL);
    for (unsigned round = 0; round < 40; round++) {
        size_t at = (size_t)g_test_rand_int_range(0, round < 20 ? 8192 : (gint32)len);
        char old = bytes[at];
        bytes[at] = (char)(old ^ (1 << g_test_rand_int_range(0, 8)));
        write_bytes(fixture->path, bytes, len);
        struct store_options options = {
            .dir = fixture->dir, .mode = STORE_WRITE, .clock = fixture->clock};
        g_autoptr(GError) error = NULL;
        g_autofree char *notice = NULL;
        struct store *store = store_open(&options, &notice, &error);
        /* A version that was turned into a larger one is told like a newer weft's. */
        g_assert_true(store != NULL || error_is(error, WEFT_ERROR_UNSUPPORTED) ||
                      error_is(error, WEFT_ERROR_INTERNAL));
        if (store != NULL)
            g_ptr_array_unref(store_load_newest(store, 1, 100));
        store_close(store);
        unlink(wal);
        bytes[at] = old;
    }
    fixture_free(fixture);
}

void
test_damaged_add(void)
{
    g_test_add_func("/store/damaged/R10-foreign", test_foreign);
    g_test_add_func("/store/damaged/other-program", test_other_program);
    g_test_add_func("/store/damaged/R10-truncated", test_truncated);
    g_test_add_func("/store/damaged/salvage", test_salvage);
    g_test_add_func("/store/damaged/schema", test_schema);
    g_test_add_func("/store/damaged/found-while-running", test_found_while_running);
    g_test_add_func("/store/damaged/R10-garbage-log", test_garbage_log);
    g_test_add_func("/store/damaged/R10-random-bytes", test_random_bytes);
}
