/* Memory that runs out at any call of SQLite: nothing that was acknowledged is lost, nothing is
 * doubled, no file is taken for damaged, and afterwards the store works.
 *
 * Each act is done again and again, the first time with its first allocation refused, then with its
 * second, until one needs no more; once with that one refused and once with all that follow. */
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "tests/unit/store/fixture.h"
#include "tests/unit/store/refusing_memory.h"

void test_memory_add(void);

#define MANY 100000

/* Where the long acts of the quick run are looked at: every one at first, then each so many. */
static int
next_place(int nth, int dense)
{
    return g_test_slow() || nth < dense
               ? nth + 1
               : nth + g_test_rand_int_range(1, nth / (dense < 10 ? 2 : 4) + 2);
}

static void
memory_back(struct fixture *fixture)
{
    refusing_memory_refuse(-1, false);
    if (fixture->store)
        store_flush(fixture->store);
}

/* --- writing
 * ------------------------------------------------------------------------------------------- */

struct world {
    struct fixture *fixture;
    unsigned messages;
    unsigned unread;
};

static void
check_world(struct world *world)
{
    g_assert_cmpuint(count_messages(world->fixture->store, 1), ==, world->messages);
    struct buffer *buffer = load_buffer(world->fixture, 1);
    g_assert_cmpuint(buffer->unread, ==, world->unread);
    buffer_free(buffer);
    g_assert_cmpuint(store_dropped(world->fixture->store), ==, 0);
}

/* A message by somebody new, with the cursor behind it. */
static bool
act_message(struct world *world, int nth, bool lasting)
{
    struct store *store = world->fixture->store;
    struct seen seen = {0};
    g_autofree char *id = g_strdup_printf("id%u", ++world->messages);
    g_autofree char *text = g_strdup_printf("said %u", world->messages);
    struct message *message = say(world->messages, id, text);

    world->unread++;
    g_free(message->sender_id);
    message->sender_id = g_strdup(id);
    struct store_put_message put = {.message = message,
                                    .account_id = 1,
                                    .look_own = true,
                                    .look_replay = true,
                                    .counts_unread = true,
                                    .cursor = id};
    refusing_memory_refuse(nth, lasting);
    store_put_message(store, &put, seen_fn, &seen);
    store_flush(store);
    bool refused = refusing_memory_has_refused();
    memory_back(world->fixture);
    g_assert_cmpint(seen.outcome, ==, STORE_NEW);
    g_assert_cmpstr(seen.message->body->text, ==, text);
    g_autofree char *cursor = store_load_cursor(store, 1, 1);
    g_assert_cmpstr(cursor, ==, id);
    struct message *stored = store_find_remote(store, 1, id);
    g_assert_nonnull(stored);
    g_assert_cmpstr(stored->body->text, ==, text);
    g_assert_cmpstr(stored->sender_id, ==, id);
    message_unref(stored);
    message_unref(message);
    seen_clear(&seen);
    return refused;
}

static void
check_outbox(struct store *store, int64_t id, const char *text, enum outbox_state state)
{
    g_autoptr(GPtrArray) rows = store_load_outbox(store, 1);

    g_assert_cmpuint(rows->len, ==, 1);
    const struct outbox_row *row = rows->pdata[0];
    g_assert_cmpint(row->id, ==, id);
    g_assert_cmpint(row->state, ==, state);
    g_assert_cmpstr(row->body->text, ==, text);
}

/* Typed, about to leave, and come back as its echo: memory is short at one of the steps. */
static bool
act_typed(struct world *world, int nth, bool lasting, int step)
{
    struct fixture *fixture = world->fixture;
    struct seen typed = {0}, sending = {0}, back = {0};
    g_autofree char *text = g_strdup_printf("typed %u", ++world->messages);
    g_autofree char *id = g_strdup_printf("id%u", world->messages);
    bool refused = false;

    refusing_memory_refuse(step == 0 ? nth : -1, lasting);
    type_now(fixture, text, &typed);
    refused |= refusing_memory_has_refused();
    memory_back(fixture);
    g_assert_cmpint(typed.outcome, ==, STORE_NEW);
    g_assert_cmpuint(strlen(typed.outbox_key), ==, 32);
    check_outbox(fixture->store, typed.outbox_id, text, OUTBOX_PENDING);

    refusing_memory_refuse(step == 1 ? nth : -1, lasting);
    change_now(fixture, typed.outbox_id, OUTBOX_SENDING, NULL, &sending);
    refused |= refusing_memory_has_refused();
    memory_back(fixture);
    g_assert_cmpint(sending.outcome, ==, STORE_CHANGED);
    check_outbox(fixture->store, typed.outbox_id, text, OUTBOX_SENDING);

    struct message *echo = say(world->messages, id, text);
    echo->key = g_strdup(typed.outbox_key);
    refusing_memory_refuse(step == 2 ? nth : -1, lasting);
    put_looking(fixture, echo, true, true, &back);
    refused |= refusing_memory_has_refused();
    memory_back(fixture);
    g_assert_cmpint(back.outcome, ==, STORE_MERGED);
    g_assert_cmpint(back.message->id, ==, typed.message->id);
    g_assert_cmpstr(back.message->body->text, ==, text);
    g_autoptr(GPtrArray) rows = store_load_outbox(fixture->store, 1);
    g_assert_cmpuint(rows->len, ==, 0);
    seen_clear(&typed);
    seen_clear(&sending);
    seen_clear(&back);
    return refused;
}

static bool
act_typed_0(struct world *world, int nth, bool lasting)
{
    return act_typed(world, nth, lasting, 0);
}
static bool
act_typed_1(struct world *world, int nth, bool lasting)
{
    return act_typed(world, nth, lasting, 1);
}
static bool
act_typed_2(struct world *world, int nth, bool lasting)
{
    return act_typed(world, nth, lasting, 2);
}

/* A message is taken back, with a reaction under it. */
static bool
act_taken_back(struct world *world, int nth, bool lasting)
{
    struct fixture *fixture = world->fixture;
    struct store *store = fixture->store;
    struct seen reacted = {0}, gone = {0};
    g_autofree char *id = g_strdup_printf("id%u", ++world->messages);

    put_now(fixture, say(world->messages, id, "a slip of the tongue"), NULL);
    struct store_put_reaction reaction = {.account_id = 1,
                                          .buffer_id = 1,
                                          .remote_id = id,
                                          .user_id = "bo",
                                          .user_name = "Bo",
                                          .emoji = "+1",
                                          .time_us = 1,
                                          .add = true};
    struct store_put_deletion deletion = {
        .account_id = 1, .buffer_id = 1, .remote_id = id, .note = "deleted by uma"};
    refusing_memory_refuse(nth, lasting);
    store_put_reaction(store, &reaction, seen_fn, &reacted);
    store_flush(store);
    store_put_deletion(store, &deletion, seen_fn, &gone);
    store_flush(store);
    bool refused = refusing_memory_has_refused();
    memory_back(fixture);
    g_assert_cmpint(reacted.outcome, ==, STORE_CHANGED);
    g_assert_cmpint(gone.outcome, ==, STORE_CHANGED);
    struct message *stored = store_find_remote(store, 1, id);
    g_assert_true(stored->flags & MESSAGE_DELETED);
    g_assert_cmpstr(stored->body->text, ==, "");
    g_assert_cmpstr(stored->error, ==, "deleted by uma");
    message_unref(stored);
    seen_clear(&reacted);
    seen_clear(&gone);
    return refused;
}

static void
run_act(bool (*act)(struct world *world, int nth, bool lasting))
{
    struct world world = {.fixture = fixture_new()};
    int nth = 0;

    put_buffer(world.fixture, 1);
    for (int lasting = 0; lasting < 2; lasting++) {
        for (nth = 0; nth < MANY && act(&world, nth, lasting != 0); nth = next_place(nth, 60))
            check_world(&world);
        g_assert_cmpint(nth, <, MANY);
    }
    g_test_message("%d places", nth);
    check_world(&world);
    fixture_open(world.fixture);
    g_assert_null(world.fixture->notice);
    check_world(&world);
    fixture_free(world.fixture);
}

static void
test_writing(void)
{
    run_act(act_message);
    run_act(act_typed_0);
    run_act(act_typed_1);
    run_act(act_typed_2);
    run_act(act_taken_back);
}

/* --- reading
 * ------------------------------------------------------------------------------------------- */

#define STORED 30

static void
check_texts(const GPtrArray *messages)
{
    for (unsigned i = 0; i < messages->len; i++) {
        const struct message *message = messages->pdata[i];
        g_autofree char *text = message->key
                                    ? g_strdup("waits")
                                    : g_strdup_printf("cloth number %s", message->remote_id);
        g_assert_cmpstr(message->body->text, ==, text);
        g_assert_true(message->key || g_strcmp0(message->sender_name, "Uma") == 0);
    }
}

/* What is read is right, or it is not there. */
static bool
read_all(struct fixture *fixture, int nth, bool lasting)
{
    struct store *store = fixture->store;

    refusing_memory_refuse(nth, lasting);
    g_autoptr(GPtrArray) newest = store_load_newest(store, 1, STORED);
    g_autoptr(GPtrArray) page =
        store_load_page(store, 1, (struct position){10, 0}, STORE_AFTER, STORED);
    g_autoptr(GPtrArray) outbox = store_load_outbox(store, 0);
    g_autoptr(GPtrArray) buffers = store_load_buffers(store);
    struct message *one = store_find_remote(store, 1, "7");
    g_autofree char *cursor = store_load_cursor(store, 1, 1);
    g_autofree char *draft = store_load_draft(store, 1);
    struct position position;
    store_find_time(store, 1, FIXTURE_NOW_US + 3, &position);
    bool refused = refusing_memory_has_refused();
    memory_back(fixture);

    check_texts(newest);
    check_texts(page);
    if (one)
        g_assert_cmpstr(one->body->text, ==, "cloth number 7");
    for (unsigned i = 0; i < outbox->len; i++)
        g_assert_cmpstr(((struct outbox_row *)outbox->pdata[i])->body->text, ==, "waits");
    for (unsigned i = 0; i < buffers->len; i++)
        g_assert_nonnull(((struct buffer *)buffers->pdata[i])->name);
    g_assert_true(!draft || strcmp(draft, "half a thought") == 0);
    message_unref(one);
    return refused;
}

static void
fill(struct fixture *fixture)
{
    put_buffer(fixture, 1);
    for (int i = 1; i <= STORED; i++) {
        g_autofree char *id = g_strdup_printf("%d", i);
        g_autofree char *text = g_strdup_printf("cloth number %d", i);
        put_now(fixture, say(i, id, text), NULL);
    }
    store_set_draft(fixture->store, 1, "half a thought");
    type_now(fixture, "waits", NULL);
    index_now(fixture);
}

static void
test_reading(void)
{
    struct fixture *fixture = fixture_new();

    fill(fixture);
    for (int lasting = 0; lasting < 2; lasting++) {
        int nth = 0;
        fixture_open(fixture); /* statements are prepared anew */
        while (nth < MANY && read_all(fixture, nth, lasting != 0)) {
            nth = next_place(nth, 100);
            if (nth % 5 == 0)
                fixture_open(fixture);
        }
        g_test_message("%d places", nth);
    }
    g_autoptr(GPtrArray) newest = store_load_newest(fixture->store, 1, 2 * STORED);
    g_assert_cmpuint(newest->len, ==, STORED + 1);
    fixture_free(fixture);
}

/* --- opening
 * ------------------------------------------------------------------------------------------- */

static void
check_stored(struct fixture *fixture)
{
    g_auto(GStrv) aside = names_with(fixture, "weft.db.damaged");
    g_assert_cmpuint(g_strv_length(aside), ==, 0);
    g_assert_null(fixture->notice);
    g_assert_cmpuint(count_messages(fixture->store, 1), ==, STORED + 1);
    g_autoptr(GPtrArray) outbox = store_load_outbox(fixture->store, 0);
    g_assert_cmpuint(outbox->len, ==, 1);
}

/* True when it was short of memory. */
static bool
open_short(struct fixture *fixture, int nth, bool lasting)
{
    struct store_options options = {
        .dir = fixture->dir, .mode = STORE_WRITE, .clock = fixture->clock};
    g_autoptr(GError) error = NULL;

    g_clear_pointer(&fixture->notice, g_free);
    refusing_memory_refuse(nth, lasting);
    fixture->store = store_open_hooked(&options, &fixture->hooks, &fixture->notice, &error);
    bool refused = refusing_memory_has_refused();
    if (fixture->store) {
        g_assert_no_error(error);
    } else {
        g_assert_true(refused);
        g_assert_true(g_str_has_suffix(error->message, "."));
    }
    g_assert_null(fixture->notice);
    refusing_memory_refuse(-1, false);
    fixture_close(fixture);
    return refused;
}

static void
test_opening(void)
{
    struct fixture *fixture = fixture_new();

    fill(fixture);
    fixture_close(fixture);
    for (int lasting = 0; lasting < 2; lasting++) {
        int nth = 0;
        while (nth < MANY && open_short(fixture, nth, lasting != 0))
            nth = next_place(nth, 40);
        g_test_message("%d places", nth);
        fixture_open(fixture);
        check_stored(fixture);
        fixture_close(fixture);
    }
    fixture_open(fixture);
    check_stored(fixture);
    index_now(fixture);
    g_autofree char *bodies = found(fixture->store, asks("number", "7", NULL));
    g_assert_cmpstr(bodies, ==, "cloth number 7");
    fixture_free(fixture);
}

/* A file that could not be made whole is made when there is memory. */
static void
test_making(void)
{
    for (int lasting = 0; lasting < 2; lasting++) {
        bool refused = true;
        for (int nth = 0; nth < MANY && refused; nth = next_place(nth, 4)) {
            struct fixture *fixture = fixture_new_closed();
            refused = open_short(fixture, nth, lasting != 0);
            fixture_open(fixture);
            g_assert_null(fixture->notice);
            put_buffer(fixture, 1);
            put_now(fixture, say(1, "r1", "hello"), NULL);
            g_assert_cmpuint(count_messages(fixture->store, 1), ==, 1);
            fixture_free(fixture);
        }
    }
}

/* Bringing a file to a newer form: the backup that is there is a whole one. */
static void
test_migrating(void)
{
    static const char *const steps[] = {"CREATE TABLE extra (id INTEGER PRIMARY KEY);"};
    bool refused = true;

    for (int nth = 0; nth < MANY && refused; nth = next_place(nth, 4)) {
        struct fixture *fixture = fixture_new();
        fill(fixture);
        fixture_close(fixture);
        fixture->hooks.extra_steps = steps;
        fixture->hooks.n_extra_steps = 1;
        refused = open_short(fixture, nth, nth % 2 == 1);
        g_auto(GStrv) backups = names_with(fixture, "weft.db.backup");
        for (unsigned i = 0; backups[i]; i++) {
            g_autofree char *path = g_build_filename(fixture->dir, backups[i], NULL);
            struct stat st;
            g_assert_cmpint(stat(path, &st), ==, 0);
            if (!g_str_has_suffix(path, ".part"))
                g_assert_cmpint(st.st_size, >, 4096);
        }
        fixture_open(fixture);
        check_stored(fixture);
        fixture_free(fixture);
    }
}

/* A damaged file: what waited to be sent is saved when there is memory, not left behind because
 * there was none. */
static void
test_saving(void)
{
    bool refused = true;

    for (int nth = 0; nth < MANY && refused; nth = next_place(nth, 4)) {
        struct fixture *fixture = fixture_new();
        size_t len;
        fill(fixture);
        fixture_close(fixture);
        g_autofree char *bytes = read_bytes(fixture->path, &len);
        bytes[68] ^= 1; /* its application id */
        write_bytes(fixture->path, bytes, len);
        refusing_memory_refuse(nth, nth % 2 == 1);
        struct store_options options = {
            .dir = fixture->dir, .mode = STORE_WRITE, .clock = fixture->clock};
        fixture->store = store_open_hooked(&options, &fixture->hooks, NULL, NULL);
        refused = refusing_memory_has_refused();
        refusing_memory_refuse(-1, false);
        fixture_open(fixture);
        g_autoptr(GPtrArray) outbox = store_load_outbox(fixture->store, 0);
        g_assert_cmpuint(outbox->len, ==, 1);
        g_autofree char *draft = store_load_draft(fixture->store, 1);
        g_assert_cmpstr(draft, ==, "half a thought");
        fixture_free(fixture);
    }
}

/* --- searching
 * ----------------------------------------------------------------------------------------- */

static bool
search_short(struct fixture *fixture, int nth, bool lasting)
{
    refusing_memory_refuse(nth, lasting);
    g_autofree char *bodies = found(fixture->store, asks("number", "7", NULL));
    bool refused = refusing_memory_has_refused();
    refusing_memory_refuse(-1, false);
    g_assert_true(strcmp(bodies, "cloth number 7") == 0 || refused);
    index_now(fixture);
    g_autofree char *after = found(fixture->store, asks("number", "7", NULL));
    g_assert_cmpstr(after, ==, "cloth number 7");
    return refused;
}

/* What is put while memory is short is found afterwards. */
static bool
index_short(struct fixture *fixture, int nth, unsigned *n)
{
    g_autofree char *word = g_strdup_printf("weft%u", ++*n);
    g_autofree char *text = g_strconcat("a ", word, NULL);

    store_flush(fixture->store);
    refusing_memory_refuse(nth, false);
    put_now(fixture, say(1000 + *n, NULL, text), NULL);
    store_index_behind(fixture->store);
    for (int i = 0; i < 20 && !refusing_memory_has_refused(); i++)
        g_main_context_iteration(NULL, FALSE);
    index_now(fixture);
    bool refused = refusing_memory_has_refused();
    memory_back(fixture);
    index_now(fixture);
    g_autofree char *bodies = found(fixture->store, asks(word, NULL));
    g_assert_cmpstr(bodies, ==, text);
    return refused;
}

static void
test_searching(void)
{
    struct fixture *fixture = fixture_new_closed();
    unsigned n = 0;

    fixture->hooks.index_pause_ms = 1;
    fixture_open(fixture);
    fill(fixture);
    for (int lasting = 0; lasting < 2; lasting++) {
        for (int nth = 0; nth < MANY && search_short(fixture, nth, lasting != 0);)
            nth = next_place(nth, 30);
    }
    for (int nth = 0; nth < MANY && index_short(fixture, nth, &n);)
        nth = next_place(nth, 60);
    fixture_free(fixture);
}

/* What the log says of each refusal would fill screens. */
static void
quietly(const void *test)
{
    log_quiet_stderr(true);
    (*(void (*const *)(void))test)();
    log_quiet_stderr(false);
}

void
test_memory_add(void)
{
    static void (*const tests[])(void) = {test_writing,   test_reading, test_opening,  test_making,
                                          test_migrating, test_saving,  test_searching};

    g_test_add_data_func("/store/memory/writing", &tests[0], quietly);
    g_test_add_data_func("/store/memory/reading", &tests[1], quietly);
    g_test_add_data_func("/store/memory/opening", &tests[2], quietly);
    g_test_add_data_func("/store/memory/making", &tests[3], quietly);
    g_test_add_data_func("/store/memory/migrating", &tests[4], quietly);
    g_test_add_data_func("/store/memory/saving", &tests[5], quietly);
    g_test_add_data_func("/store/memory/searching", &tests[6], quietly);
}
