/* Many lines, many channels. */
#include <string.h>

#include "tests/bench/measure.h"
#include "tests/bench/stored.h"

#define LAST        "THELASTLINE"
#define LINES_MS    120000 /* for 100,000 */
#define CHANNELS_MS 900000
#define NEXT_BUFFER "\016" /* Ctrl-n, in all three */
#define SWITCHES    25
#define SWITCH_MS   20000

/* --- lines
 * -----------------------------------------------------------------------------------------------
 */

static void
note_lines(struct bench *bench, const struct stage *stage, unsigned lines, const char *what,
           double value)
{
    g_autofree char *measure =
        g_strdup_printf("%u,%03u lines: %s", lines / 1000, lines % 1000, what);
    if (lines >= 1000000) {
        g_free(measure);
        measure = g_strdup_printf("1,000,000 lines: %s", what);
    }
    bench_note(bench, g_intern_string(measure), stage->subject, value);
}

bool
measure_lines(struct bench *bench, const struct subject *subject, unsigned lines)
{
    const char *texts[] = {LAST, NULL};
    struct stage stage;
    struct cost before, after;

    stage_open(&stage, subject, true, NULL);
    bool ok = stage_join(&stage);
    cost_of(stage.tty.pid, &before);
    const uint64_t bytes = stage.tty.bytes;
    const int64_t begun_us = g_get_monotonic_time();
    if (ok) {
        flood_server_flood(stage.server, lines, 0, LAST);
        ok = stage_find(&stage, texts, LINES_MS * MAX(1, lines / 100000));
    }
    const double wall_s = (double)(g_get_monotonic_time() - begun_us) / G_USEC_PER_SEC;
    double indexed_s = wall_s;
    if (ok && subject->kind == SUBJECT_WEFT) {
        ok = stored_holds(&stage, lines) && stored_indexed(&stage);
        indexed_s = (double)(g_get_monotonic_time() - begun_us) / G_USEC_PER_SEC;
    }
    if (ok) {
        stage_quiet(&stage, 500);
        cost_of(stage.tty.pid, &after);
        note_lines(bench, &stage, lines, "last one on screen (s)", wall_s);
        note_lines(bench, &stage, lines, "(weft: durable and indexed) (s)", indexed_s);
        note_lines(bench, &stage, lines, "CPU (s)", after.cpu_s - before.cpu_s);
        note_lines(bench, &stage, lines, "memory grows by (MB)", after.rss_mb - before.rss_mb);
        note_lines(bench, &stage, lines, "memory grows at most by (MB)",
                   after.peak_mb - before.rss_mb);
        note_lines(bench, &stage, lines, "written to the terminal (MB)",
                   (double)(stage.tty.bytes - bytes) / 1e6);
    }
    stage_close(&stage);
    return ok;
}

/* --- channels
 * --------------------------------------------------------------------------------------------
 */

/* Neighbours have different letters, so that a switch always draws some of them. */
static const char *
text_of_channel(unsigned channel)
{
    static char texts[LETTERS][16];
    char *text = texts[channel % LETTERS];

    if (*text == '\0')
        g_snprintf(text, sizeof texts[0], "%s%s%s", letter(channel), letter(channel),
                   letter(channel));
    return text;
}

static bool
switch_about(struct stage *stage, GArray *ms, GArray *bytes)
{
    const char *texts[LETTERS + 1] = {NULL};

    for (unsigned i = 0; i < LETTERS; i++)
        texts[i] = text_of_channel(i);
    for (unsigned i = 0; i < SWITCHES; i++) {
        const int64_t typed_us = g_get_monotonic_time();
        const uint64_t before = stage->tty.bytes;
        tty_type(&stage->tty, NEXT_BUFFER);
        if (!stage_find(stage, texts, SWITCH_MS))
            return false;
        const double took = (double)(stage->tty.found_us - typed_us) / 1000;
        g_array_append_val(ms, took);
        stage_quiet(stage, 60);
        const double n = (double)(stage->tty.bytes - before);
        g_array_append_val(bytes, n);
    }
    return true;
}

static void
note_channels(struct bench *bench, const struct stage *stage, unsigned channels, const char *what,
              double value)
{
    g_autofree char *measure =
        g_strdup_printf("%s channels: %s", channels == 10000 ? "10,000" : "1,000", what);
    bench_note(bench, g_intern_string(measure), stage->subject, value);
}

bool
measure_channels(struct bench *bench, const struct subject *subject, unsigned channels)
{
    g_autoptr(GArray) ms = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) bytes = g_array_new(FALSE, FALSE, sizeof(double));
    const char *last[] = {LAST, NULL};
    struct stage stage;
    struct cost before, after;

    stage_open(&stage, subject, true, NULL);
    bool ok = stage_join(&stage);
    cost_of(stage.tty.pid, &before);
    const int64_t begun_us = g_get_monotonic_time();
    if (ok) {
        flood_server_open_channels(stage.server, channels, text_of_channel);
        flood_server_say(stage.server, LAST);
        ok = stage_find(&stage, last, CHANNELS_MS);
    }
    const double open_s = (double)(g_get_monotonic_time() - begun_us) / G_USEC_PER_SEC;
    if (ok) {
        stage_quiet(&stage, 1000);
        cost_of(stage.tty.pid, &after);
        ok = switch_about(&stage, ms, bytes);
    }
    if (ok) {
        note_channels(bench, &stage, channels, "open (s)", open_s);
        note_channels(bench, &stage, channels, "open: CPU (s)", after.cpu_s - before.cpu_s);
        note_channels(bench, &stage, channels, "memory, each (KiB)",
                      (after.rss_mb - before.rss_mb) * 1024 / channels);
        note_channels(bench, &stage, channels, "memory (MB)", after.rss_mb);
        note_channels(bench, &stage, channels, "switch: median (ms)", figures_share(ms, 0.5));
        note_channels(bench, &stage, channels, "switch: p95 (ms)", figures_share(ms, 0.95));
        note_channels(bench, &stage, channels, "switch: bytes", figures_share(bytes, 0.5));
    }
    if (ok && subject->kind == SUBJECT_WEFT) {
        stage_restart_offline(&stage);
        ok = stage_whole(&stage);
        note_channels(bench, &stage, channels, "first screen of the next start (ms)",
                      (double)(stage.tty.found_us - stage.started_us) / 1000);
    }
    stage_close(&stage);
    return ok;
}
