/* kill -9 at any moment: what was acknowledged is there once, cursors agree with messages, and so
 * do the tasks of the relay. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/relay.h"
#include "tests/unit/store/fixture.h"

void test_kill_add(void);

#define ROUNDS      15
#define DEADLINE_MS 60000

/* One for each acknowledged call, written to the pipe: small enough to be whole or absent. */
struct word {
    int64_t number;
    int64_t outbox_id; /* 0: a message from the network */
    bool sending;
};

struct child {
    struct store *store;
    int pipe;
    int64_t next;
    unsigned waiting;
};

struct call {
    struct child *child;
    int64_t number;
};

static void
tell(struct child *child, int64_t number, int64_t outbox_id, bool sending)
{
    struct word word;
    memset(&word, 0, sizeof(word));
    word.number = number;
    word.outbox_id = outbox_id;
    word.sending = sending;
    if (write(child->pipe, &word, sizeof(word)) != sizeof(word))
        _exit(1);
    child->waiting--;
}

static void
on_message(const struct store_result *result, void *user)
{
    struct call *call = user;
    if (result->outcome != STORE_NEW)
        _exit(1);
    tell(call->child, call->number, 0, false);
    g_free(call);
}

static void
on_sending(const struct store_result *result, void *user)
{
    struct call *call = user;
    if (result->outcome != STORE_CHANGED)
        _exit(1);
    tell(call->child, call->number, result->outbox_id, true);
    g_free(call);
}

static void
on_outbox(const struct store_result *result, void *user)
{
    struct call *call = user;
    struct store_outbox_change change = {.outbox_id = result->outbox_id, .state = OUTBOX_SENDING};
    store_set_outbox(call->child->store, &change, on_sending, call);
    call->child->waiting++;
    tell(call->child, call->number, result->outbox_id, false);
}

static void
put_numbered(struct child *child)
{
    struct call *call = g_new(struct call, 1);
    *call = (struct call){.child = child, .number = child->next++};
    g_autofree char *id = g_strdup_printf("n%09d", (int)call->number);
    struct message *message = say(call->number, id, "a line of a busy channel");
    message->buffer_id = 1 + call->number % 3;
    child->waiting++;
    if (call->number % 10 == 9) {
        struct outbox_row row = {.account_id = 1,
                                 .buffer_id = message->buffer_id,
                                 .body = message->body,
                                 .created_us = call->number};
        store_add_outbox(child->store, &row, message, false, on_outbox, call);
    } else {
        struct store_put_message put = {.message = message,
                                        .account_id = 1,
                                        .look_replay = true,
                                        .counts_unread = true,
                                        .relays = true,
                                        .cursor = id};
        store_put_message(child->store, &put, on_message, call);
    }
    message_unref(message);
}

static void
run_child(struct fixture *fixture, int pipe, int64_t next)
{
    static const struct relay_route routes[] = {
        {1, 11, RELAY_TALK}, {2, 12, RELAY_TALK}, {3, 13, RELAY_TALK}};
    fixture_open(fixture);
    store_set_routes(fixture->store, routes, G_N_ELEMENTS(routes));
    struct child child = {.store = fixture->store, .pipe = pipe, .next = next};
    for (;;) {
        for (unsigned i = 0; i < 50 && child.waiting < 1000; i++)
            put_numbered(&child);
        g_main_context_iteration(NULL, FALSE);
    }
}

struct tally {
    GHashTable *messages; /* numbers acknowledged */
    GHashTable *outbox;   /* outbox ids acknowledged; value: 1 as pending, 2 as sending */
    int64_t highest;
};

static void
take_word(struct tally *tally, const struct word *word)
{
    tally->highest = MAX(tally->highest, word->number);
    if (word->outbox_id == 0)
        g_hash_table_add(tally->messages, (void *)(intptr_t)(word->number + 1));
    else
        g_hash_table_insert(tally->outbox, (void *)(intptr_t)word->outbox_id,
                            (void *)(intptr_t)(word->sending ? 2 : 1));
}

/* Until something of each kind is acknowledged, however long the machine takes for it. */
static void
read_first_words(int fd, struct tally *tally)
{
    struct word word = {0};
    while (word.outbox_id == 0) {
        struct pollfd waiting = {.fd = fd, .events = POLLIN};
        g_assert_cmpint(poll(&waiting, 1, DEADLINE_MS), ==, 1);
        g_assert_cmpint(read(fd, &word, sizeof(word)), ==, sizeof(word));
        take_word(tally, &word);
    }
}

static void
read_words(int fd, struct tally *tally, int64_t until_us)
{
    struct word word;
    for (;;) {
        struct pollfd waiting = {.fd = fd, .events = POLLIN};
        int64_t left_ms = until_us == 0 ? -1 : (until_us - g_get_monotonic_time()) / 1000;
        if (until_us != 0 && left_ms <= 0)
            return;
        int ready = poll(&waiting, 1, (int)left_ms);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0 || read(fd, &word, sizeof(word)) != sizeof(word))
            return;
        take_word(tally, &word);
    }
}

static void
kill_once(struct fixture *fixture, struct tally *tally, int64_t next, int64_t after_us,
          bool at_work)
{
    int fds[2];
    g_assert_cmpint(pipe(fds), ==, 0);
    pid_t pid = fork();
    g_assert_cmpint(pid, >=, 0);
    if (pid == 0) {
        close(fds[0]);
        run_child(fixture, fds[1], next);
        _exit(1);
    }
    close(fds[1]);
    if (at_work)
        read_first_words(fds[0], tally);
    read_words(fds[0], tally, g_get_monotonic_time() + after_us);
    kill(pid, SIGKILL);
    read_words(fds[0], tally, 0);
    close(fds[0]);
    int status;
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFSIGNALED(status));
}

/* Every message of a buffer is there once; its cursor names its newest; its row counts them. */
static int64_t
check_buffer(struct fixture *fixture, int64_t buffer_id, GHashTable *found)
{
    g_autoptr(GPtrArray) rows = store_load_newest(fixture->store, buffer_id, 10000000);
    int64_t newest = -1, highest = -1;
    unsigned counted = 0;
    for (unsigned i = 0; i < rows->len; i++) {
        const struct message *message = rows->pdata[i];
        highest = MAX(highest, message->sort_key);
        if ((message->flags & MESSAGE_OWN) != 0)
            continue;
        g_assert_true(g_hash_table_add(found, (void *)(intptr_t)(message->sort_key + 1)));
        newest = MAX(newest, message->sort_key);
        counted++;
    }
    g_autofree char *cursor = store_load_cursor(fixture->store, 1, buffer_id);
    g_autofree char *expected = newest >= 0 ? g_strdup_printf("n%09d", (int)newest) : NULL;
    g_assert_cmpstr(cursor, ==, expected);
    struct buffer *buffer = load_buffer(fixture, buffer_id);
    g_assert_cmpuint(buffer->unread, ==, counted);
    buffer_free(buffer);
    g_autoptr(GPtrArray) tasks = store_load_tasks(fixture->store, 10 + buffer_id, 0, 10000000);
    g_assert_cmpuint(tasks->len, ==, counted); /* one SAY a message: they are unique */
    return highest;
}

static int64_t
check_all(struct fixture *fixture, const struct tally *tally)
{
    g_autoptr(GHashTable) found = g_hash_table_new(NULL, NULL);
    int64_t highest = -1;
    for (int64_t id = 1; id <= 3; id++) {
        int64_t newest = check_buffer(fixture, id, found);
        highest = MAX(highest, newest);
    }
    GHashTableIter iter;
    void *key, *value;
    g_hash_table_iter_init(&iter, tally->messages);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        g_assert_true(g_hash_table_contains(found, key));

    g_autoptr(GHashTable) rows_by_id = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) rows = store_load_outbox(fixture->store, 1);
    for (unsigned i = 0; i < rows->len; i++) {
        const struct outbox_row *row = rows->pdata[i];
        g_hash_table_insert(rows_by_id, (void *)(intptr_t)row->id, rows->pdata[i]);
        struct message *message = store_load_message(fixture->store, row->message_id);
        g_assert_cmpstr(message->key, ==, row->key);
        message_unref(message);
    }
    g_hash_table_iter_init(&iter, tally->outbox);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const struct outbox_row *row = g_hash_table_lookup(rows_by_id, key);
        g_assert_nonnull(row);
        if ((intptr_t)value == 2)
            g_assert_cmpint(row->state, ==, OUTBOX_SENDING);
    }
    return highest;
}

static void
test_kill(void)
{
    struct fixture *fixture = fixture_new();
    for (int64_t id = 1; id <= 3; id++)
        put_buffer(fixture, id);
    fixture_close(fixture);
    struct tally tally = {.messages = g_hash_table_new(NULL, NULL),
                          .outbox = g_hash_table_new(NULL, NULL),
                          .highest = -1};
    int64_t next = 0, slowest_us = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        int64_t after_us = g_test_rand_int_range(20000, 250000);
        /* Every other time it is killed from its first moment on, where it may have done nothing.
         */
        kill_once(fixture, &tally, next, after_us, round % 2 == 1);
        int64_t begun = g_get_monotonic_time();
        fixture_open(fixture);
        slowest_us = MAX(slowest_us, g_get_monotonic_time() - begun);
        g_assert_null(fixture->notice);
        int64_t highest = check_all(fixture, &tally);
        g_assert_cmpint(highest, >=, tally.highest);
        next = highest + 1;
        fixture_close(fixture);
    }
    g_test_message("acknowledged: %u messages, %u outbox rows in %d kills; slowest open %.1f ms",
                   g_hash_table_size(tally.messages), g_hash_table_size(tally.outbox), ROUNDS,
                   (double)slowest_us / 1000);
    g_assert_cmpuint(g_hash_table_size(tally.messages), >, 0);
    g_assert_cmpuint(g_hash_table_size(tally.outbox), >, 0);
    g_hash_table_unref(tally.messages);
    g_hash_table_unref(tally.outbox);
    fixture_free(fixture);
}

void
test_kill_add(void)
{
    g_test_add_func("/store/kill/acknowledged-is-there-once", test_kill);
}
