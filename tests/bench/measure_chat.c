/* weft at a Mattermost server, over TLS. */
#define _GNU_SOURCE /* sched_setaffinity */
#include <sched.h>

#include "tests/bench/measure.h"
#include "tests/bench/stored.h"

#define LAST        "THELASTPOST"
#define OWN_PROMPT  "[kai0]" /* before what is typed into a channel */
#define CATCH_UP_MS 120000
#define STORE_MS    120000
#define RATE        5000
#define EVENTS      240000
#define EVENTS_MS   240000 /* for all of them: a thousand a second */

static unsigned
tenth(const struct bench *bench, unsigned n)
{
    return bench->small ? MAX(n / 10, 1) : n;
}

static void
open_at(struct bench *bench, struct stage *stage, const struct subject *subject,
        const struct mm_size *size)
{
    stage_open_chat(stage, subject, mm_flood_new(size, bench->pem), bench->ca, NULL);
}

static double
seconds_since(int64_t begun_us)
{
    return (double)(g_get_monotonic_time() - begun_us) / G_USEC_PER_SEC;
}

static unsigned
page_posts(const struct stage *stage)
{
    return mm_world_page_posts(mm_flood_world(stage->chat));
}

bool
measure_mm_bootstrap(struct bench *bench, const struct subject *subject)
{
    const struct mm_size size = {1, tenth(bench, 200), 250};
    const char *typing[] = {OWN_PROMPT, NULL};
    struct stage stage;
    struct cost cost;

    open_at(bench, &stage, subject, &size);
    bool ok = stage_find(&stage, typing, CATCH_UP_MS);
    const double usable_ms = (double)(stage.tty.found_us - stage.started_us) / 1000;
    ok = ok && stage_caught_up(&stage, CATCH_UP_MS);
    const double caught_up_s = seconds_since(stage.started_us);
    ok = ok && stored_wait(&stage, page_posts(&stage), STORE_MS);
    const double durable_s = seconds_since(stage.started_us);
    ok = ok && stored_indexed(&stage);
    if (ok) {
        bench_note(bench, "mm-bootstrap: a channel to type in (ms)", subject, usable_ms);
        bench_note(bench, "mm-bootstrap: caught up with all (s)", subject, caught_up_s);
        bench_note(bench, "mm-bootstrap: all of it durable (s)", subject, durable_s);
        bench_note(bench, "mm-bootstrap: and indexed (s)", subject,
                   seconds_since(stage.started_us));
        stage_quiet(&stage, 500);
        cost_of(stage.tty.pid, &cost);
        bench_note(bench, "mm-bootstrap: CPU (s)", subject, cost.cpu_s);
        bench_note(bench, "mm-bootstrap: memory (MB)", subject, cost.rss_mb);
        bench_note(bench, "mm-bootstrap: memory at most (MB)", subject, cost.peak_mb);
    }
    stage_close(&stage);
    return ok;
}

/* Online, the first channel is shown, and all is stored that came so far. */
static bool
is_ready(struct stage *stage)
{
    return stage_caught_up(stage, CATCH_UP_MS) && stage_go_first(stage) &&
           stored_wait(stage, page_posts(stage) + 1, STORE_MS);
}

bool
measure_mm_flood(struct bench *bench, const struct subject *subject)
{
    const struct mm_size size = {1, 50, MM_WORLD_PAGE};
    g_autoptr(GArray) idle = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) busy = g_array_new(FALSE, FALSE, sizeof(double));
    struct stage stage;
    double per_second = 0;

    open_at(bench, &stage, subject, &size);
    bool ok = is_ready(&stage) && measure_type_keys(bench, &stage, idle);
    if (ok) {
        const int64_t begun_us = g_get_monotonic_time();
        mm_flood_begin(stage.chat, UINT_MAX, RATE, "");
        stage_wait(&stage, 500);
        ok = measure_type_keys(bench, &stage, busy);
        per_second = mm_flood_sent(stage.chat) / seconds_since(begun_us);
        mm_flood_stop(stage.chat);
    }
    ok = ok &&
         stored_wait(&stage, page_posts(&stage) + 1 + (int64_t)mm_flood_sent(stage.chat), STORE_MS);
    if (ok) {
        bench_note(bench, "mm-flood: key to paint, idle: p50 (ms)", subject,
                   figures_share(idle, 0.5));
        bench_note(bench, "mm-flood: key to paint, idle: p99 (ms)", subject,
                   figures_share(idle, 0.99));
        bench_note(bench, "mm-flood: key to paint, 5,000 events/s: p50 (ms)", subject,
                   figures_share(busy, 0.5));
        bench_note(bench, "mm-flood: key to paint, 5,000 events/s: p99 (ms)", subject,
                   figures_share(busy, 0.99));
        bench_note(bench, "mm-flood: events taken a second", subject, per_second);
    }
    stage_close(&stage);
    return ok;
}

/* This thread, and what is started from now on, runs on the first core that it has, or, `others`,
 * on all but that one. False: there is no other. */
static bool
stay_on(const cpu_set_t *all, bool others)
{
    cpu_set_t set = *all;
    int first = 0;

    while (first < CPU_SETSIZE && !CPU_ISSET(first, all))
        first++;
    if (others) {
        CPU_CLR(first, &set);
    } else {
        CPU_ZERO(&set);
        CPU_SET(first, &set);
    }
    return CPU_COUNT(all) > 1 && sched_setaffinity(0, sizeof set, &set) == 0;
}

static bool
take_events(struct bench *bench, struct stage *stage, unsigned events)
{
    const char *last[] = {LAST, NULL};
    struct cost before, after;

    cost_of(stage->tty.pid, &before);
    const int64_t begun_us = g_get_monotonic_time();
    mm_flood_begin(stage->chat, events, 0, LAST);
    bool ok = stage_find(stage, last, EVENTS_MS);
    const double shown_s = seconds_since(begun_us);
    ok = ok && stored_wait(stage, page_posts(stage) + 1 + (int64_t)events, STORE_MS);
    const double durable_s = seconds_since(begun_us);
    ok = ok && stored_indexed(stage);
    const double indexed_s = seconds_since(begun_us);
    if (!ok)
        return false;
    stage_quiet(stage, 500);
    cost_of(stage->tty.pid, &after);
    bench_note(bench, "mm-history: events shown a second", stage->subject, events / shown_s);
    bench_note(bench, "mm-history: events durable a second", stage->subject, events / durable_s);
    bench_note(bench, "mm-history: events durable and indexed a second", stage->subject,
               events / indexed_s);
    bench_note(bench, "mm-history: CPU for 1,000 events (ms)", stage->subject,
               (after.cpu_s - before.cpu_s) * 1e6 / events);
    bench_note(bench, "mm-history: memory grows at most by (MB)", stage->subject,
               after.peak_mb - before.rss_mb);
    return true;
}

bool
measure_mm_history(struct bench *bench, const struct subject *subject)
{
    const struct mm_size size = {1, 50, MM_WORLD_PAGE};
    struct stage stage;
    cpu_set_t all;

    if (sched_getaffinity(0, sizeof all, &all) != 0 || !stay_on(&all, false)) {
        g_printerr("mm-history needs two cores, one for weft and one for its server: left out\n");
        return false;
    }
    open_at(bench, &stage, subject, &size);
    stay_on(&all, true);
    const bool ok = is_ready(&stage) && take_events(bench, &stage, tenth(bench, EVENTS));
    stage_close(&stage);
    sched_setaffinity(0, sizeof all, &all);
    return ok;
}

bool
measure_mm_memory(struct bench *bench, const struct subject *subject)
{
    const struct mm_size size = {12, tenth(bench, 170), MM_WORLD_PAGE};
    struct stage stage;
    struct cost cost;

    open_at(bench, &stage, subject, &size);
    bool ok = stage_caught_up(&stage, CATCH_UP_MS) &&
              stored_wait(&stage, page_posts(&stage), STORE_MS) && stored_indexed(&stage);
    const int64_t buffers = stored_ask(&stage, "SELECT count(*) FROM buffers");
    if (ok && buffers < (int64_t)size.accounts * size.channels)
        ok = stage_complain(&stage, "it has not all buffers");
    if (ok) {
        stage_quiet(&stage, 1000);
        cost_of(stage.tty.pid, &cost);
        bench_note(bench, "mm-memory: buffers", subject, (double)buffers);
        bench_note(bench, "mm-memory: RSS (MB)", subject, cost.rss_mb);
        if (cost.pss_mb > 0) {
            bench_note(bench, "mm-memory: PSS (MB)", subject, cost.pss_mb);
            bench_note(bench, "mm-memory: private (MB)", subject, cost.private_mb);
            bench_note(bench, "mm-memory: shared (MB)", subject, cost.rss_mb - cost.private_mb);
        }
        bench_note(bench, "mm-memory: RSS at most (MB)", subject, cost.peak_mb);
    }
    stage_close(&stage);
    return ok;
}
