/* Relays: how late, how many, at which cost, and what is lost. */
#include "tests/bench/measure.h"

#include <string.h>

#include "tests/bench/relay_stage.h"

#define IDLE_EACH_MS   50
#define ANSWER_MS      5000
#define SILENCE_US     (8 * G_USEC_PER_SEC) /* after so much nothing more comes */
#define BACK_MS        45000                /* for a server that is there again */
#define SLOW_US        (2 * G_USEC_PER_SEC)
#define SLOW_MESSAGES  10 /* for the neighbour */
#define NEIGHBOUR_EACH 100
#define NEIGHBOUR_MS   40000
#define KILL_US        (3 * G_USEC_PER_SEC / 2)
#define DOWN_US        (2 * G_USEC_PER_SEC)
#define UP_US          (10 * G_USEC_PER_SEC)
#define EACH_US        (G_USEC_PER_SEC / 5)
#define HURRY_US       (45 * G_USEC_PER_SEC)
#define OVER_US        (12 * G_USEC_PER_SEC) /* then, after so much silence, no more comes */
/* Until when somebody may be away: who was left by a server comes back at a time of chance within
 * 40 s, and when that was too early, within 80 more. */
#define AWAY_US (UP_US + 90 * G_USEC_PER_SEC)

static void
note(struct bench *bench, const struct relay_stage *stage, const char *row, const char *what,
     double value)
{
    g_autofree char *measure = g_strdup_printf("%s: %s", row, what);
    bench_note(bench, g_intern_string(measure), stage->subject, value);
}

static void
note_order(struct bench *bench, const struct relay_stage *stage, const char *row)
{
    note(bench, stage, row, "lost", stage->tally.said - stage->tally.heard);
    note(bench, stage, row, "doubled", stage->tally.doubled);
    note(bench, stage, row, "out of order", stage->tally.out_of_order);
}

/* From `from` on: milliseconds of those that were heard. */
static GArray *
delays(const struct relay_tally *tally, unsigned from, unsigned step)
{
    GArray *ms = g_array_new(FALSE, FALSE, sizeof(double));

    for (unsigned i = from; i < tally->said; i += step) {
        const double took = (double)(tally->heard_us[i] - tally->said_us[i]) / 1000;
        if (tally->heard_us[i] != 0)
            g_array_append_val(ms, took);
    }
    return ms;
}

/* Until all that was said is heard, or nothing comes any more. */
static bool
wait_all(struct relay_stage *stage, bool flood)
{
    struct relay_tally *tally = &stage->tally;

    tally->last_us = g_get_monotonic_time();
    while (tally->heard < (flood ? tally->n : tally->said)) {
        while (flood && !relay_server_full(stage->servers[RELAY_SOURCE]) && relay_stage_say(stage))
            ;
        if (!relay_stage_turn(&stage, 1))
            return false;
        if (g_get_monotonic_time() - tally->last_us > SILENCE_US)
            break;
    }
    return true;
}

static bool
one_at_a_time(struct bench *bench, const struct subject *subject, const char *row,
              const struct relay_want *want)
{
    struct relay_stage stage;
    bool ok = relay_stage_open(&stage, subject, want);
    const double cpu_ms = cost_cpu_ms(stage.tty.pid);

    while (ok && relay_stage_say(&stage)) {
        const unsigned i = stage.tally.said - 1;
        const int64_t said_us = g_get_monotonic_time();
        while (ok && stage.tally.heard_us[i] == 0 &&
               g_get_monotonic_time() - said_us < ANSWER_MS * INT64_C(1000)) {
            struct relay_stage *all = &stage;
            ok = relay_stage_turn(&all, 1);
        }
        ok = ok && relay_stage_wait(&stage, IDLE_EACH_MS - 5 + i * 7 % 11);
    }
    if (ok) {
        g_autoptr(GArray) ms = delays(&stage.tally, stage.warm, 1);
        note(bench, &stage, row, "median (ms)", figures_share(ms, 0.5));
        note(bench, &stage, row, "p99 (ms)", figures_share(ms, 0.99));
        note(bench, &stage, row, "CPU a message alone (us)",
             (cost_cpu_ms(stage.tty.pid) - cpu_ms) * 1000 / MAX(ms->len, 1));
        note(bench, &stage, row, "lost", stage.tally.said - stage.tally.heard);
    }
    relay_stage_close(&stage);
    return ok;
}

static bool
as_many(struct bench *bench, const struct subject *subject, const char *row,
        const struct relay_want *want)
{
    struct relay_stage stage;
    bool ok = relay_stage_open(&stage, subject, want);
    const double cpu_ms = cost_cpu_ms(stage.tty.pid);
    const int64_t begun_us = g_get_monotonic_time();

    ok = ok && wait_all(&stage, true);
    const double took_s = (double)(stage.tally.last_us - begun_us) / G_USEC_PER_SEC;
    if (ok && relay_stage_rest(&stage, 3000)) {
        const double heard = MAX(stage.tally.heard - stage.warm, 1);
        struct cost cost;
        cost_of(stage.tty.pid, &cost);
        note(bench, &stage, row, "messages a second", heard / took_s);
        note(bench, &stage, row, "CPU a message (us)",
             (cost_cpu_ms(stage.tty.pid) - cpu_ms) * 1000 / heard);
        note(bench, &stage, row, "memory at most (MB)", cost.peak_mb);
        note_order(bench, &stage, row);
    }
    relay_stage_close(&stage);
    return ok;
}

bool
measure_relay_idle(struct bench *bench, const struct subject *subject)
{
    return one_at_a_time(
        bench, subject, "relay-idle",
        &(struct relay_want){.messages = bench->small ? 20 : 200, .channels = 1, .modern = true});
}

bool
measure_relay_flow(struct bench *bench, const struct subject *subject, const char *row,
                   unsigned messages, unsigned channels, bool modern)
{
    return as_many(bench, subject, row,
                   &(struct relay_want){.messages = bench->small ? messages / 10 : messages,
                                        .channels = channels,
                                        .modern = modern});
}

bool
measure_relay_chat(struct bench *bench, const struct subject *subject, unsigned messages)
{
    struct relay_want want = {.messages = bench->small ? 20 : 200,
                              .channels = 1,
                              .modern = true,
                              .ca = bench->ca,
                              .pem = bench->pem};
    const bool ok = one_at_a_time(bench, subject, "relay-chat", &want);

    want.messages = bench->small ? messages / 10 : messages;
    return as_many(bench, subject, "relay-chat", &want) && ok;
}

bool
measure_relay_queued(struct bench *bench, const struct subject *subject, unsigned messages)
{
    const struct relay_want want = {
        .messages = bench->small ? messages / 10 : messages, .channels = 1, .modern = true};
    struct relay_stage stage;
    bool ok = relay_stage_open(&stage, subject, &want);
    struct relay_server *source = stage.servers[RELAY_SOURCE];

    if (ok) {
        relay_server_down(stage.servers[RELAY_DESTINATION]);
        ok = relay_stage_wait(&stage, 300);
    }
    while (ok && (stage.tally.said < stage.tally.n || !relay_server_taken(source))) {
        struct relay_stage *all = &stage;
        while (!relay_server_full(source) && relay_stage_say(&stage))
            ;
        ok = relay_stage_turn(&all, 1);
    }
    if (ok && relay_stage_rest(&stage, 15000)) {
        struct cost cost;
        cost_of(stage.tty.pid, &cost);
        note(bench, &stage, "relay-queued", "memory (MB)", cost.rss_mb);
        note(bench, &stage, "relay-queued", "memory at most (MB)", cost.peak_mb);
        relay_server_up(stage.servers[RELAY_DESTINATION]);
        const int64_t up_us = g_get_monotonic_time();
        while (ok && !relay_stage_joined(&stage) &&
               g_get_monotonic_time() - up_us < BACK_MS * INT64_C(1000))
            ok = relay_stage_wait(&stage, 10);
        const int64_t joined_us = g_get_monotonic_time();
        note(bench, &stage, "relay-queued", "back after (s)",
             (double)(joined_us - up_us) / G_USEC_PER_SEC);
        ok = ok && wait_all(&stage, false);
        if (stage.tally.heard > stage.warm)
            note(bench, &stage, "relay-queued", "then messages a second",
                 (double)(stage.tally.heard - stage.warm) /
                     ((double)(stage.tally.last_us - joined_us) / G_USEC_PER_SEC));
        note_order(bench, &stage, "relay-queued");
    }
    relay_stage_close(&stage);
    return ok;
}

/* --- what is lost
 * ------------------------------------------------------------------------------------------ */

enum loss { LOSS_BURST, LOSS_KILL, LOSS_OUTAGE, LOSSES };

static const struct {
    const char *row;
    unsigned messages;
    bool paced;
} losses[LOSSES] = {
    [LOSS_BURST] = {"relay-burst", 100, true},
    [LOSS_KILL] = {"relay-kill", 40, true},
    [LOSS_OUTAGE] = {"relay-outage", 60, false},
};

/* What is due at `now_us` of its time. `*step`: how many things have happened. */
static void
loss_step(struct bench *bench, struct relay_stage *stage, enum loss loss, int64_t now_us,
          unsigned *step)
{
    struct relay_server *destination = stage->servers[RELAY_DESTINATION];

    if (loss == LOSS_OUTAGE) {
        while (stage->tally.said - stage->warm < now_us / EACH_US && relay_stage_say(stage))
            ;
        if (*step < 1 && now_us > DOWN_US) {
            relay_server_down(destination);
            *step = 1;
        } else if (*step == 1 && now_us > UP_US) {
            relay_server_up(destination);
            *step = 2;
        }
        return;
    }
    if (*step == 0) {
        while (relay_stage_say(stage))
            ;
        *step = 1;
    } else if (*step == 1 && now_us > (loss == LOSS_KILL ? KILL_US : HURRY_US)) {
        *step = 2;
        if (loss == LOSS_BURST)
            note(bench, stage, "relay-burst", "there after 45 s", stage->tally.heard - stage->warm);
        /* All was sent long ago as the program paces it, or it still waits: it need not be waited
         * for in the bench. Another one has nothing on disk, and is left alone. */
        if (loss == LOSS_KILL || stage->subject->kind == SUBJECT_WEFT)
            relay_stage_kill(stage, false);
    }
}

bool
measure_relay_losses(struct bench *bench, const struct subject *subjects, unsigned n_subjects)
{
    struct relay_stage stages[2 * LOSSES];
    struct relay_stage *all[2 * LOSSES];
    unsigned steps[2 * LOSSES] = {0};
    unsigned n = 0;
    bool ok = true, done = false;

    for (unsigned i = 0; i < n_subjects; i++) {
        for (enum loss loss = 0; ok && loss < LOSSES; loss++) {
            const struct relay_want want = {.messages = losses[loss].messages,
                                            .channels = 1,
                                            .modern = true,
                                            .paced = losses[loss].paced};
            all[n] = &stages[n];
            ok = relay_stage_open(&stages[n++], &subjects[i], &want);
        }
    }
    const int64_t begun_us = g_get_monotonic_time();
    int64_t heard_us = 0;
    while (ok && !done) {
        const int64_t now_us = g_get_monotonic_time() - begun_us;
        done = true;
        for (unsigned i = 0; i < n; i++) {
            loss_step(bench, &stages[i], i % LOSSES, now_us, &steps[i]);
            done = done && (steps[i] == 2 && stages[i].tally.heard == stages[i].tally.n);
        }
        for (unsigned i = 0; i < n; i++) {
            const bool away = i % LOSSES == LOSS_OUTAGE && !relay_stage_joined(&stages[i]);
            heard_us = MAX(heard_us,
                           away && now_us < AWAY_US ? now_us : stages[i].tally.last_us - begun_us);
        }
        done = now_us > HURRY_US + G_USEC_PER_SEC &&
               (done || now_us - MAX(heard_us, HURRY_US) > OVER_US);
        ok = relay_stage_turn(all, n);
    }
    for (unsigned i = 0; i < n; i++) {
        if (ok)
            note_order(bench, &stages[i], losses[i % LOSSES].row);
        relay_stage_close(&stages[i]);
    }
    return ok;
}

/* --- the neighbour
 * ----------------------------------------------------------------------------------------- */

/* So many in the first channel, a while apart. */
static bool
say_apart(struct relay_stage *stage, unsigned n, unsigned *ret_from)
{
    *ret_from = stage->tally.said;
    for (unsigned i = 0; i < n; i++) {
        relay_server_say(stage->servers[RELAY_SOURCE], &stage->tally, stage->tally.said);
        /* The neighbour's number is left out: nobody says it. */
        stage->tally.said++;
        if (!relay_stage_wait(stage, NEIGHBOUR_EACH))
            return false;
    }
    return true;
}

bool
measure_relay_neighbour(struct bench *bench, const struct subject *subject)
{
    const unsigned n = 20;
    const struct relay_want want = {
        .messages = 2 * (2 * n + SLOW_MESSAGES), .channels = 2, .modern = true, .neighbour = true};
    struct relay_stage stage;
    unsigned from = 0, beside = 0;
    bool ok = relay_stage_open(&stage, subject, &want) && say_apart(&stage, n, &from);
    double alone = 0;

    if (ok) {
        g_autoptr(GArray) ms = delays(&stage.tally, from, 2);
        alone = figures_share(ms, 0.5);
        relay_server_slow(stage.servers[RELAY_NEIGHBOUR], SLOW_US);
        for (unsigned i = 0; i < SLOW_MESSAGES; i++) {
            stage.tally.said++;
            relay_server_say(stage.servers[RELAY_SOURCE], &stage.tally, stage.tally.said);
        }
        ok = say_apart(&stage, n, &beside);
    }
    const int64_t end_us = g_get_monotonic_time() + NEIGHBOUR_MS * INT64_C(1000);
    while (ok && stage.tally.heard_us[stage.tally.said - 2] == 0 && g_get_monotonic_time() < end_us)
        ok = relay_stage_wait(&stage, 5);
    if (ok) {
        g_autoptr(GArray) ms = delays(&stage.tally, beside, 2);
        note(bench, &stage, "relay-neighbour", "delay added, median (ms)",
             MAX(figures_share(ms, 0.5) - alone, 0));
        note(bench, &stage, "relay-neighbour", "delay added, worst (ms)",
             MAX(figures_share(ms, 1) - alone, 0));
        note(bench, &stage, "relay-neighbour", "not there at all", n - ms->len);
    }
    relay_stage_close(&stage);
    return ok;
}
