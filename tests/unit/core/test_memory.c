/* Memory that is not there ends weft, as GLib has it (docs/decisions/0009): the n-th allocation,
 * for many n, while lines come in and texts are sent. What weft had told of is there afterwards,
 * once; the profile is free. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/core/fake.h"
#include "tests/unit/core/tests.h"

#define ROUNDS 30
#define LINES  6 /* of each kind in one life */

/* --- the allocator that gives up
 * ----------------------------------------------------------------------------------------- */

static struct {
    int on;
    int left;
    int count;
} memory;

static bool
refuses(void)
{
    if (g_atomic_int_get(&memory.on) == 0)
        return false;
    g_atomic_int_inc(&memory.count);
    return g_atomic_int_add(&memory.left, -1) == 0;
}

static void
memory_refuse(int nth)
{
    g_atomic_int_set(&memory.left, nth);
    g_atomic_int_set(&memory.on, 1);
}

#ifdef __SANITIZE_ADDRESS__
#define ENDS_MORE (ROUNDS / 2)

/* The sanitizer's own allocator tells of each piece: ended here, as g_malloc() ends it. */
int __sanitizer_install_malloc_and_free_hooks(void (*)(const volatile void *, size_t),
                                              void (*)(const volatile void *));

static void
on_malloc(const volatile void *piece, size_t bytes)
{
    if (refuses())
        abort();
}

static void
on_free(const volatile void *piece)
{
}

static void
memory_install(void)
{
    __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
}
#else
/* SQLite lives on without what it asked for, and the store takes that for a disk that refuses. */
#define ENDS_MORE 0

/* glibc's, with a switch in front: NULL for everybody, GLib and all libraries. */
#define SEEN      __attribute__((visibility("default")))
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t n, size_t bytes);
void *__libc_realloc(void *old, size_t bytes);

SEEN void *
malloc(size_t bytes)
{
    return refuses() ? NULL : __libc_malloc(bytes);
}
SEEN void *
calloc(size_t n, size_t bytes)
{
    return refuses() ? NULL : __libc_calloc(n, bytes);
}
SEEN void *
realloc(void *old, size_t bytes)
{
    return refuses() ? NULL : __libc_realloc(old, bytes);
}

static void
memory_install(void)
{
}
#endif

/* --- the life that ends
 * -------------------------------------------------------------------------------------------- */

struct word {
    char text[24];
};

/* Told after it is on disk: from here on it must never be missing. */
static void
on_notice(const struct notice *notice, void *user)
{
    struct word word = {0};

    if (notice->type != NOTICE_MESSAGE || notice->message->id <= 0)
        return;
    g_strlcpy(word.text, notice->message->body->text, sizeof word.text);
    if (write(*(int *)user, &word, sizeof word) != sizeof word)
        _exit(2);
}

static void
live(struct fake *fake, int round, int nth, int fd)
{
    fake_open(fake);
    fake_online(fake, 0);
    bus_subscribe(core_bus(fake->core), on_notice, &fd);
    memory_install();
    memory_refuse(nth);
    for (int i = 0; i < LINES; i++) {
        g_autofree char *said = g_strdup_printf("said %d.%d", round, i);
        g_autofree char *id = g_strdup_printf("id%d.%d", round, i);
        g_autofree char *typed = g_strdup_printf("typed %d.%d", round, i);
        fake_say(fake, 0,
                 &(struct fake_said){
                     .text = said, .id = id, .cursor = id, .time_us = round * SECOND_US + i});
        fake_type(fake, 0, typed);
        fake_settle(fake);
        struct fake_session *session = fake_session(fake, 0);
        if (i % 2 == 0 && session->sends->len > 0) {
            const struct fake_send *send = session->sends->pdata[session->sends->len - 1];
            g_autofree char *sent = g_strdup_printf("sent%d.%d", round, i);
            fake_done(fake, 0, send->op, sent, 0);
            fake_settle(fake);
        }
    }
    struct word word = {0};
    g_snprintf(word.text, sizeof word.text, "%d", g_atomic_int_get(&memory.count));
    g_atomic_int_set(&memory.on, 0);
    if (write(fd, &word, sizeof word) != sizeof word)
        _exit(2);
    _exit(0);
}

/* Returns how many allocations a whole life takes; 0: it ended early. */
static int
live_once(struct fake *fake, int round, int nth, GHashTable *told)
{
    const struct rlimit no_core = {0, 0};
    int fds[2], status;
    struct word word;
    g_autofree char *last = NULL;

    g_assert_cmpint(pipe(fds), ==, 0);
    pid_t pid = fork();
    g_assert_cmpint(pid, >=, 0);
    if (pid == 0) {
        setrlimit(RLIMIT_CORE, &no_core);
        close(fds[0]);
        close(STDERR_FILENO); /* GLib's farewell */
        live(fake, round, nth, fds[1]);
    }
    close(fds[1]);
    while (read(fds[0], &word, sizeof word) == sizeof word) {
        g_free(last);
        last = g_strdup(word.text);
        if (!g_ascii_isdigit(*word.text))
            g_hash_table_add(told, g_strdup(word.text));
    }
    close(fds[0]);
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    if (WIFSIGNALED(status)) {
        g_assert_true(WTERMSIG(status) == SIGABRT || WTERMSIG(status) == SIGTRAP);
        return 0;
    }
    g_assert_cmpint(WEXITSTATUS(status), ==, 0);
    return (int)g_ascii_strtoll(last, NULL, 10);
}

/* Opening proves that the lock is free. */
static void
check_told(struct fake *fake, GHashTable *told)
{
    g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    void *text;

    fake_open(fake);
    const struct buffer *lab = fake_buffer(fake, 0, "#lab");
    g_autoptr(GPtrArray) rows = store_load_newest(fake->store, lab->id, 100000);
    for (unsigned i = 0; i < rows->len; i++) {
        const struct message *message = rows->pdata[i];
        if (message->kind == MESSAGE_TEXT)
            g_assert_true(g_hash_table_add(found, g_strdup(message->body->text)));
    }
    g_autoptr(GPtrArray) outbox = store_load_outbox(fake->store, 0);
    for (unsigned i = 0; i < outbox->len; i++) {
        const struct outbox_row *row = outbox->pdata[i];
        g_assert_true(g_hash_table_contains(found, row->body->text));
    }
    g_hash_table_iter_init(&iter, told);
    while (g_hash_table_iter_next(&iter, &text, NULL))
        g_assert_true(g_hash_table_contains(found, text));
    fake_close(fake);
}

static void
test_ends(void)
{
    struct fake *fake = fake_new(1);
    g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    int ended = 0;

    fake_online(fake, 0);
    fake_settle(fake);
    fake_close(fake);
    int all = live_once(fake, 0, G_MAXINT, told);
    g_assert_cmpint(all, >, 1000);
    g_assert_cmpuint(g_hash_table_size(told), ==, 2 * LINES);
    for (int round = 1; round <= ROUNDS; round++) {
        int nth = g_test_rand_int_range(0, all);
        ended += live_once(fake, round, nth, told) == 0;
        check_told(fake, told);
    }
    g_test_message("%d allocations; ended %d times, %u lines told of", all, ended,
                   g_hash_table_size(told));
    g_assert_cmpint(ended, >, ENDS_MORE);
    g_assert_cmpuint(g_hash_table_size(told), >, 2 * LINES);
    fake_open(fake);
    fake_free(fake);
}

void
test_memory_add(void)
{
    g_test_add_func("/core/memory/what-was-told-is-there-once", test_ends);
}
