/* store_bench DIR N_MESSAGES N_BUFFERS [PER_SECOND]: fills a store through the public calls, as
 * fast as it takes them or at a rate, measures, and leaves it in DIR for start-up measurements.
 * With N_MESSAGES 0 it only measures what is there. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/log.h"
#include "store/search.h"
#include "store/store.h"

#define TURN        100 /* messages between two turns of the loop, as one read from a socket brings */
#define START_US    INT64_C(1700000000000000)
#define STEP_US     INT64_C(250000)
#define NICKS       200
#define OPEN_ROUNDS 15

static const char *const words[] = {
    "weft",    "thread", "the",  "loom",   "a",     "shuttle", "of",    "and",  "warp",  "coop",
    "meeting", "at",     "noon", "please", "bring", "your",    "notes", "over", "there", "again",
};

static char *
make_text(uint32_t seed)
{
    GString *text = g_string_sized_new(128);
    unsigned n = 6 + seed % 14; /* 12.5 words, about 70 bytes */
    for (unsigned i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        if (i > 0)
            g_string_append_c(text, ' ');
        g_string_append(text, words[(seed >> 16) % G_N_ELEMENTS(words)]);
    }
    return g_string_free(text, FALSE);
}

static struct message *
make_message(uint32_t i, uint32_t buffers)
{
    struct message *message = message_new();
    message->buffer_id = 1 + i % buffers;
    message->time_us = START_US + i * STEP_US;
    message->sort_key = message->time_us;
    message->remote_id = g_strdup_printf("%014" G_GINT64_MODIFIER "x", message->time_us);
    message->sender_id = g_strdup_printf("nick%u", (i * 7) % NICKS);
    message->sender_name = g_strdup(message->sender_id);
    rich_free(message->body);
    message->body = rich_new_take(make_text(i));
    return message;
}

static void
count_new(const struct store_result *result, void *user)
{
    *(uint32_t *)user += result->outcome == STORE_NEW;
}

static void
set_true(void *flag)
{
    *(bool *)flag = true;
}

/* How long the index is behind the last message. */
static void
wait_for_index(struct store *store, int64_t begun, uint32_t messages)
{
    bool complete = false;
    int64_t stored = g_get_monotonic_time();
    int64_t behind = store_index_behind(store);
    store_index_when_complete(store, set_true, &complete);
    while (!complete)
        g_main_context_iteration(NULL, TRUE);
    int64_t now = g_get_monotonic_time();
    printf("index: %" G_GINT64_FORMAT " behind after the last, complete %.2f s later; store and "
           "index %.0f/s\n",
           behind, (double)(now - stored) / G_USEC_PER_SEC,
           messages / ((double)(now - begun) / G_USEC_PER_SEC));
}

static void
put_buffers(struct store *store, uint32_t buffers)
{
    for (uint32_t b = 1; b <= buffers; b++) {
        g_autofree char *name = g_strdup_printf("#bench%u", b);
        struct buffer buffer = {.id = b,
                                .account_id = 1,
                                .remote_id = name,
                                .name = name,
                                .kind = BUFFER_CHANNEL,
                                .number = (int)b,
                                .joined = true};
        store_put_buffer(store, &buffer);
    }
    struct account account = {.id = 1, .name = (char[]){"bench"}, .network = (char[]){"irc"}};
    store_put_account(store, &account);
}

/* At a rate the loop runs until the next turn is due. */
static void
wait_for_turn(int64_t due_us)
{
    while (g_get_monotonic_time() < due_us) {
        g_main_context_iteration(NULL, FALSE);
        g_poll(NULL, 0, 1);
    }
}

static void
put_all(struct store *store, uint32_t messages, uint32_t buffers, uint32_t per_second)
{
    int64_t worst = 0, begun = g_get_monotonic_time();
    uint32_t acknowledged = 0;
    put_buffers(store, buffers);
    for (uint32_t i = 0; i < messages; i++) {
        struct message *message = make_message(i, buffers);
        struct store_put_message put = {.message = message,
                                        .account_id = 1,
                                        .counts_unread = true,
                                        .cursor = message->remote_id};
        store_put_message(store, &put, count_new, &acknowledged);
        message_unref(message);
        if (i % TURN == TURN - 1) {
            int64_t turn = g_get_monotonic_time();
            g_main_context_iteration(NULL, FALSE);
            worst = MAX(worst, g_get_monotonic_time() - turn);
        }
        /* A network waits when the store does; so does this. */
        while (i - MIN(i, acknowledged) > 20000)
            g_main_context_iteration(NULL, TRUE);
        if (per_second > 0 && i % TURN == TURN - 1)
            wait_for_turn(begun + (int64_t)(i + 1) * G_USEC_PER_SEC / per_second);
    }
    store_flush(store);
    double seconds = (double)(g_get_monotonic_time() - begun) / G_USEC_PER_SEC;
    printf("puts: %u in %.2f s, %.0f/s, worst turn of the loop %.1f ms\n", acknowledged, seconds,
           messages / seconds, (double)worst / 1000);
    wait_for_index(store, begun, messages);
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void
measure(const struct store_options *options, uint32_t buffers)
{
    double open_ms[OPEN_ROUNDS], page_ms[OPEN_ROUNDS], time_ms[OPEN_ROUNDS];
    for (unsigned round = 0; round < OPEN_ROUNDS; round++) {
        int64_t begun = g_get_monotonic_time();
        struct store *store = store_open(options, NULL, NULL);
        g_ptr_array_unref(store_load_buffers(store));
        open_ms[round] = (double)(g_get_monotonic_time() - begun) / 1000;
        int64_t buffer_id = 1 + (int64_t)(round % buffers);
        begun = g_get_monotonic_time();
        g_ptr_array_unref(store_load_newest(store, buffer_id, 50));
        page_ms[round] = (double)(g_get_monotonic_time() - begun) / 1000;
        struct position position;
        begun = g_get_monotonic_time();
        store_find_time(store, buffer_id, START_US + (round + 1) * 1000000, &position);
        time_ms[round] = (double)(g_get_monotonic_time() - begun) / 1000;
        store_close(store);
    }
    qsort(open_ms, OPEN_ROUNDS, sizeof(double), compare);
    qsort(page_ms, OPEN_ROUNDS, sizeof(double), compare);
    qsort(time_ms, OPEN_ROUNDS, sizeof(double), compare);
    printf("open with buffer list %.2f ms, newest 50 %.2f ms, find time %.2f ms (medians of %d)\n",
           open_ms[OPEN_ROUNDS / 2], page_ms[OPEN_ROUNDS / 2], time_ms[OPEN_ROUNDS / 2],
           OPEN_ROUNDS);
}

static long
peak_kib(void)
{
    g_autofree char *status = NULL;
    if (!g_file_get_contents("/proc/self/status", &status, NULL, NULL))
        return 0;
    const char *line = g_strstr_len(status, -1, "VmHWM:");
    return line != NULL ? strtol(line + 6, NULL, 10) : 0;
}

int
main(int argc, char **argv)
{
    if (argc != 4 && argc != 5) {
        fprintf(stderr, "usage: store_bench DIR N_MESSAGES N_BUFFERS [PER_SECOND]\n");
        return 2;
    }
    uint32_t messages = (uint32_t)strtoul(argv[2], NULL, 10);
    uint32_t buffers = MAX(1, (uint32_t)strtoul(argv[3], NULL, 10));
    uint32_t per_second = argc == 5 ? (uint32_t)strtoul(argv[4], NULL, 10) : 0;
    struct clock *clock = clock_system_new();
    struct store_options options = {.dir = argv[1], .mode = STORE_WRITE, .clock = clock};
    g_autoptr(GError) error = NULL;
    struct store *store = store_open(&options, NULL, &error);
    if (store == NULL) {
        fprintf(stderr, "%s\n", error->message);
        clock_free(clock);
        return 1;
    }
    if (messages > 0)
        put_all(store, messages, buffers, per_second);
    g_autofree char *wal = g_build_filename(argv[1], "weft.db-wal", NULL);
    struct stat st;
    if (messages > 0 && stat(wal, &st) == 0)
        printf("log: %.1f MB\n", (double)st.st_size / 1e6);
    store_close(store);
    g_autofree char *path = g_build_filename(argv[1], "weft.db", NULL);
    if (messages > 0 && stat(path, &st) == 0)
        printf("file: %.1f MB, %.0f bytes a message\n", (double)st.st_size / 1e6,
               (double)st.st_size / messages);
    measure(&options, buffers);
    printf("memory: %ld KiB at most\n", peak_kib());
    clock_free(clock);
    return 0;
}
