/* First screen, keys, bytes, idling. */
#include "tests/bench/measure.h"

#include <string.h>

#include "tests/bench/flood_text.h"

#define CLEAR_LINE   "\025" /* Ctrl-u, in all three */
#define PAGE_UP      "\033[5~"
#define PAGE_DOWN    "\033[6~"
#define RATE         5000
#define KEYS_MS      10000 /* typed for so long, idle and under load */
#define KEY_MOST_MS  20000
#define IDLE_SECONDS 60
#define BYTES_ROUNDS 15

const char *
letter(unsigned i)
{
    static const char *const letters[LETTERS] = {
        "\xce\xb1", "\xce\xb2", "\xce\xb3", "\xce\xb4", "\xce\xb5", "\xce\xb6", "\xce\xb7",
        "\xce\xb8", "\xce\xb9", "\xce\xba", "\xce\xbb", "\xce\xbc", "\xce\xbd", "\xce\xbe",
        "\xce\xbf", "\xcf\x80", "\xcf\x81", "\xcf\x83", "\xcf\x84", "\xcf\x85", "\xd0\xb1",
        "\xd0\xb2", "\xd0\xb3", "\xd0\xb4", "\xd0\xb6", "\xd0\xb7", "\xd0\xb8", "\xd0\xb9",
        "\xd0\xba", "\xd0\xbb", "\xd0\xbc", "\xd0\xbd", "\xd0\xbf", "\xd1\x82", "\xd1\x86",
        "\xd1\x87", "\xd1\x88", "\xd1\x89", "\xd1\x8d", "\xd1\x8e",
    };
    return letters[i % LETTERS];
}

bool
measure_first_screen(struct bench *bench, const struct subject *subject, const char *home,
                     const struct first_names *names)
{
    struct stage stage;
    const char *texts[] = {letter(0), NULL};

    if (names->chat && subject->kind == SUBJECT_WEFT)
        stage_open_chat(&stage, subject, NULL, NULL, home);
    else
        stage_open(&stage, subject, false, home);
    bool ok = stage_whole(&stage);
    if (ok) {
        const double cpu_ms = cost_cpu_ms(stage.tty.pid);
        bench_note(bench, names->first, subject,
                   (double)(stage.tty.found_us - stage.started_us) / 1000);
        bench_note(bench, names->cpu, subject, cpu_ms);
        tty_type(&stage.tty, texts[0]);
        ok = stage_find(&stage, texts, KEY_MOST_MS);
        bench_note(bench, names->answered, subject,
                   (double)(stage.tty.found_us - stage.started_us) / 1000);
    }
    stage_close(&stage);
    return ok;
}

/* --- keys
 * ------------------------------------------------------------------------------------------------
 */

bool
measure_type_keys(struct bench *bench, struct stage *stage, GArray *ms)
{
    const unsigned typed_ms = bench->small ? KEYS_MS / 10 : KEYS_MS;
    const int64_t end_us = g_get_monotonic_time() + typed_ms * INT64_C(1000);

    for (unsigned i = 0; g_get_monotonic_time() < end_us; i++) {
        const char *texts[] = {letter(i), NULL};
        if (i % LETTERS == 0) {
            tty_type(&stage->tty, CLEAR_LINE);
            stage_wait(stage, 50);
        }
        const int64_t typed_us = g_get_monotonic_time();
        tty_type(&stage->tty, texts[0]);
        if (!stage_find(stage, texts, KEY_MOST_MS))
            return false;
        const double took = (double)(stage->tty.found_us - typed_us) / 1000;
        g_array_append_val(ms, took);
        stage_wait(stage, 13 + i * 7 % 31);
    }
    tty_type(&stage->tty, CLEAR_LINE);
    return true;
}

bool
measure_keys(struct bench *bench, const struct subject *subject)
{
    g_autoptr(GArray) idle = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) busy = g_array_new(FALSE, FALSE, sizeof(double));
    struct stage stage;

    stage_open(&stage, subject, true, NULL);
    bool ok = stage_join(&stage) && measure_type_keys(bench, &stage, idle);
    if (ok) {
        flood_server_flood(stage.server, UINT_MAX, RATE, "");
        stage_wait(&stage, 500);
        ok = measure_type_keys(bench, &stage, busy);
    }
    if (ok) {
        bench_note(bench, "key to paint, idle: p50 (ms)", subject, figures_share(idle, 0.5));
        bench_note(bench, "key to paint, idle: p99 (ms)", subject, figures_share(idle, 0.99));
        bench_note(bench, "key to paint, 5,000 lines/s: p50 (ms)", subject,
                   figures_share(busy, 0.5));
        bench_note(bench, "key to paint, 5,000 lines/s: p99 (ms)", subject,
                   figures_share(busy, 0.99));
    }
    stage_close(&stage);
    return ok;
}

/* --- bytes
 * ------------------------------------------------------------------------------------------------
 */

static double
bytes_of_key(struct stage *stage, const char *keys)
{
    const uint64_t before = stage->tty.bytes;

    tty_type(&stage->tty, keys);
    stage_quiet(stage, 60);
    return (double)(stage->tty.bytes - before);
}

static double
bytes_of_line(struct stage *stage, unsigned seed)
{
    const uint64_t before = stage->tty.bytes;
    g_autoptr(GString) text = g_string_new(NULL);

    flood_text(text, 1000000 + seed);
    flood_server_say(stage->server, text->str);
    stage_quiet(stage, 60);
    return (double)(stage->tty.bytes - before);
}

bool
measure_bytes(struct bench *bench, const struct subject *subject)
{
    static const char *const names[] = {
        "bytes to the terminal: a key", "bytes to the terminal: a line",
        "bytes to the terminal: a page up", "bytes to the terminal: a page down"};
    struct stage stage;

    stage_open(&stage, subject, true, NULL);
    bool ok = stage_join(&stage);
    if (ok) {
        flood_server_flood(stage.server, 400, 0, "the last one");
        stage_quiet(&stage, 500);
    }
    for (unsigned i = 0; ok && i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GArray) bytes = g_array_new(FALSE, FALSE, sizeof(double));
        /* One page up and down again, so that both have somewhere to go. */
        for (unsigned round = 0; round < BYTES_ROUNDS; round++) {
            if (i == 3)
                bytes_of_key(&stage, PAGE_UP);
            const double n = i == 0   ? bytes_of_key(&stage, letter(round))
                             : i == 1 ? bytes_of_line(&stage, round)
                                      : bytes_of_key(&stage, i == 2 ? PAGE_UP : PAGE_DOWN);
            if (i == 2)
                bytes_of_key(&stage, PAGE_DOWN);
            g_array_append_val(bytes, n);
        }
        if (i == 0)
            bytes_of_key(&stage, CLEAR_LINE);
        bench_note(bench, names[i], subject, figures_share(bytes, 0.5));
    }
    stage_close(&stage);
    return ok;
}

/* --- idling
 * ------------------------------------------------------------------------------------------------
 */

bool
measure_idle(struct bench *bench)
{
    struct stage stages[SUBJECT_N];
    unsigned n = 0;
    bool ok = true;

    for (unsigned i = 0; i < SUBJECT_N; i++) {
        if (bench->subjects[i].program == NULL)
            continue;
        stage_open(&stages[n], &bench->subjects[i], true, NULL);
        ok = stage_join(&stages[n]) && ok;
        stage_quiet(&stages[n], 2000);
        n++;
    }
    for (unsigned i = 0; ok && i < n; i++)
        cost_of(stages[i].tty.pid, &stages[i].cost);
    const int64_t idle_us = (bench->small ? IDLE_SECONDS / 10 : IDLE_SECONDS) * G_USEC_PER_SEC;
    const int64_t end_us = g_get_monotonic_time() + idle_us;
    while (ok && g_get_monotonic_time() < end_us)
        for (unsigned i = 0; i < n; i++)
            ok = stage_turn(&stages[i]) && ok;
    for (unsigned i = 0; ok && i < n; i++) {
        struct cost cost;
        cost_of(stages[i].tty.pid, &cost);
        bench_note(bench, "idle: RSS (MB)", stages[i].subject, cost.rss_mb);
        if (cost.pss_mb > 0)
            bench_note(bench, "idle: PSS (MB)", stages[i].subject, cost.pss_mb);
        bench_note(bench, "idle: wake-ups in 60 s", stages[i].subject,
                   (double)(cost.waits - stages[i].cost.waits) * (bench->small ? 10 : 1));
        bench_note(bench, "idle: CPU in 60 s (s)", stages[i].subject,
                   cost.cpu_s - stages[i].cost.cpu_s);
    }
    for (unsigned i = 0; i < n; i++)
        stage_close(&stages[i]);
    return ok;
}
