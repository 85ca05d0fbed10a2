/* bench [--rounds N] [--only WORDS] [--stores DIR] [--small] [--million] [--all-channels]
 *       [--tsv FILE] [--markdown] WEFT
 *
 * weft beside irssi and WeeChat on pseudo-terminals of 120x40, at a server of this program's own,
 * in turns; medians, and weft's as a share of theirs. tests/bench/run calls it; README.md says what
 * is measured and how. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "tests/bench/measure.h"
#include "tests/support/certs.h"

/* A round counts when others took less than this share of the machine meanwhile; else it is begun
 * anew, at most so often, and the least disturbed one counts. */
#define OTHERS_MOST  0.25
#define TRIES_MOST   2
#define SHORT_S      0.5 /* the machine's own count is too coarse for less */
#define FIRST_ROUNDS 5   /* times as many for the first screen, which is short */

struct note {
    const char *measure;
    const struct subject *subject;
    double value;
};

void
bench_note(struct bench *bench, const char *measure, const struct subject *subject, double value)
{
    const struct note note = {measure, subject, value};
    g_array_append_val(bench->noted, note);
}

static double
cpu_of_ours(void)
{
    struct rusage usage;

    getrusage(RUSAGE_CHILDREN, &usage);
    return cost_of_self() + (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void
keep(struct bench *bench, GArray *notes)
{
    for (guint i = 0; i < notes->len; i++) {
        const struct note *note = &g_array_index(notes, struct note, i);
        figures_add(bench->figures, note->measure, note->subject->name, note->value);
    }
}

struct task {
    bool (*run)(struct bench *bench, const struct task *task);
    const struct subject *subject;
    const char *home;
    const struct first_names *names;
    unsigned n;
};

/* One round of one program. */
static void
run_task(struct bench *bench, const struct task *task)
{
    g_autoptr(GArray) best = NULL;
    double least = INFINITY;

    if (task->subject != NULL && task->subject->program == NULL)
        return;
    for (unsigned i = 0; i < TRIES_MOST && least > OTHERS_MOST; i++) {
        const double machine = cost_of_machine(), ours = cpu_of_ours();
        const int64_t begun_us = g_get_monotonic_time();
        g_array_set_size(bench->noted, 0);
        if (!task->run(bench, task))
            break;
        const double passed = (double)(g_get_monotonic_time() - begun_us) / G_USEC_PER_SEC;
        const double others = passed < SHORT_S
                                  ? 0
                                  : (cost_of_machine() - machine - (cpu_of_ours() - ours)) /
                                        passed / g_get_num_processors();
        if (others > OTHERS_MOST)
            g_printerr("  (others took %.0f %% of the machine)\n", others * 100);
        if (others >= least)
            continue;
        least = others;
        g_clear_pointer(&best, g_array_unref);
        best = g_array_copy(bench->noted);
    }
    if (best != NULL)
        keep(bench, best);
}

static bool
wanted(const struct bench *bench, const char *word)
{
    g_auto(GStrv) words = g_strsplit(bench->only != NULL ? bench->only : word, " ", -1);
    return g_strv_contains((const char *const *)words, word);
}

/* --- the sections
 * ----------------------------------------------------------------------------------------
 */

static bool
first_task(struct bench *bench, const struct task *task)
{
    return measure_first_screen(bench, task->subject, task->home, task->names);
}

static const struct first_names empty_names = {"first screen, empty store (ms)",
                                               "first screen, empty store: CPU (ms)",
                                               "first key answered, empty store (ms)", false};
static const struct first_names full_names = {"first screen, 1,000,000 messages (ms)",
                                              "first screen, 1,000,000 messages: CPU (ms)",
                                              "first key answered, 1,000,000 messages (ms)", false};

static const struct first_names chat_names = {
    "first screen, a Mattermost account (ms)", "first screen, a Mattermost account: CPU (ms)",
    "first key answered, a Mattermost account (ms)", true};

/* What weft wants of itself, for --markdown. */
static const struct figures_bar bars[] = {
    {"first screen, empty store (ms)", "15, and irssi's"},
    {"first key answered, empty store (ms)", "30"},
    {"first screen, 1,000,000 messages (ms)", "20, and irssi's"},
    {"first key answered, 1,000,000 messages (ms)", "30"},
    {"first screen, a Mattermost account (ms)", "15, and irssi's"},
    {"first key answered, a Mattermost account (ms)", "30"},
    {"key to paint, 5,000 lines/s: p99 (ms)", "5"},
    {"100,000 lines: (weft: durable and indexed) (s)", "5"},
    {"100,000 lines: memory grows at most by (MB)", "8"},
    {"1,000,000 lines: (weft: durable and indexed) (s)", "60"},
    {"1,000,000 lines: memory grows at most by (MB)", "8"},
    {"10,000 channels: open (s)", "2"},
    {"10,000 channels: switch: median (ms)", "20"},
    {"10,000 channels: switch: p95 (ms)", "20"},
    {"idle: RSS (MB)", "20"},
    {"idle: wake-ups in 60 s", "60"},
    {"bytes to the terminal: a line", "4,500"},
    {"mm-bootstrap: a channel to type in (ms)", "500"},
    {"mm-bootstrap: caught up with all (s)", "10"},
    {"mm-flood: key to paint, 5,000 events/s: p99 (ms)", "8"},
    {"mm-flood: events taken a second", "at least 4,900"},
    {"mm-history: events durable a second", "at least 12,000"},
    {"mm-memory: RSS (MB)", "100"},
    {"relay-idle: median (ms)", "2"},
    {"relay-idle: p99 (ms)", "20"},
    {"relay-idle: lost", "0"},
    {"relay-lane: messages a second", "at least 1,000"},
    {"relay-lane: CPU a message (us)", "150"},
    {"relay-lane: lost", "0"},
    {"relay-lane: doubled", "0"},
    {"relay-lane: out of order", "0"},
    {"relay-lanes: messages a second", "at least 5,000"},
    {"relay-lanes: CPU a message (us)", "150"},
    {"relay-lanes: lost", "0"},
    {"relay-lanes: doubled", "0"},
    {"relay-lanes: out of order", "0"},
    {"relay-chat: lost", "0"},
    {"relay-chat: doubled", "0"},
    {"relay-chat: out of order", "0"},
    {"relay-queued: memory (MB)", "40"},
    {"relay-queued: lost", "0"},
    {"relay-queued: doubled", "0"},
    {"relay-queued: out of order", "0"},
    {"relay-burst: lost", "0"},
    {"relay-burst: doubled", "0"},
    {"relay-burst: out of order", "0"},
    {"relay-kill: lost", "0"},
    {"relay-kill: doubled", "0"},
    {"relay-kill: out of order", "0"},
    {"relay-outage: lost", "0"},
    {"relay-outage: doubled", "0"},
    {"relay-outage: out of order", "0"},
    {"relay-neighbour: delay added, median (ms)", "50"},
    {NULL, NULL},
};

/* The anchors have no store: they stand beside all of weft's. */
static void
run_first(struct bench *bench)
{
    static const struct {
        const char *folder;
        const struct first_names *names;
    } homes[] = {{"empty", &empty_names}, {"full", &full_names}, {"chat", &chat_names}};
    const unsigned n = G_N_ELEMENTS(homes);
    const unsigned rounds = bench->small ? 1 : bench->rounds * FIRST_ROUNDS;
    g_autofree char *others = g_build_filename(bench->stores, "others", NULL);

    for (unsigned round = 0; round <= rounds; round++) {
        /* The first of all makes the homes and warms the caches: it does not count. */
        const bool counts = round > 0;
        for (unsigned i = 0; i < n * SUBJECT_N; i++) {
            const struct subject *subject = &bench->subjects[i / n];
            g_autofree char *home = subject->kind == SUBJECT_WEFT
                                        ? g_build_filename(bench->stores, homes[i % n].folder, NULL)
                                        : g_strdup_printf("%s-%s", others, subject->name);
            const struct task task = {
                .run = first_task, .subject = subject, .home = home, .names = homes[i % n].names};
            if (counts)
                run_task(bench, &task);
            else if (subject->program != NULL)
                first_task(bench, &task);
        }
    }
    figures_print(bench->figures, "starting");
}

static bool
keys_task(struct bench *bench, const struct task *task)
{
    return measure_keys(bench, task->subject);
}

static bool
bytes_task(struct bench *bench, const struct task *task)
{
    return measure_bytes(bench, task->subject);
}

static bool
lines_task(struct bench *bench, const struct task *task)
{
    return measure_lines(bench, task->subject, task->n);
}

static bool
channels_task(struct bench *bench, const struct task *task)
{
    return measure_channels(bench, task->subject, task->n);
}

static bool
idle_task(struct bench *bench, const struct task *task)
{
    return measure_idle(bench);
}

static bool
mm_bootstrap_task(struct bench *bench, const struct task *task)
{
    return measure_mm_bootstrap(bench, task->subject);
}

static bool
mm_flood_task(struct bench *bench, const struct task *task)
{
    return measure_mm_flood(bench, task->subject);
}

static bool
mm_history_task(struct bench *bench, const struct task *task)
{
    return measure_mm_history(bench, task->subject);
}

static bool
mm_memory_task(struct bench *bench, const struct task *task)
{
    return measure_mm_memory(bench, task->subject);
}

/* `n` for weft, `others` for the anchors; 0: not at all. */
static void
run_rounds(struct bench *bench, bool (*run)(struct bench *, const struct task *), unsigned n,
           unsigned others, unsigned rounds)
{
    for (unsigned round = 0; round < rounds; round++) {
        for (unsigned i = 0; i < SUBJECT_N; i++) {
            const struct task task = {
                .run = run, .subject = &bench->subjects[i], .n = i == SUBJECT_WEFT ? n : others};
            if (task.n > 0)
                run_task(bench, &task);
        }
    }
}

/* What a server with TLS needs. False: it cannot be had. */
static bool
has_certs(struct bench *bench)
{
    if (bench->certs == NULL && (bench->certs = certs_new()) == NULL) {
        printf("openssl is not installed: what needs a server with TLS is left out.\n");
        return false;
    }
    bench->ca = bench->certs->ca;
    bench->pem = bench->certs->server;
    return true;
}

/* weft alone: no anchor speaks with such a server. */
static void
run_chat(struct bench *bench)
{
    static const struct {
        const char *word;
        bool (*run)(struct bench *bench, const struct task *task);
    } parts[] = {{"mm-bootstrap", mm_bootstrap_task},
                 {"mm-flood", mm_flood_task},
                 {"mm-history", mm_history_task},
                 {"mm-memory", mm_memory_task}};
    bool any = false;

    for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (!wanted(bench, parts[i].word))
            continue;
        if (!has_certs(bench))
            return;
        any = true;
        run_rounds(bench, parts[i].run, 1, 0, bench->rounds);
    }
    if (any)
        figures_print(bench->figures, "a Mattermost server");
}

/* --- relays
 * ---------------------------------------------------------------------------------------------- */

static bool
relay_lane(struct bench *bench, const struct subject *subject)
{
    return measure_relay_flow(bench, subject, "relay-lane", 10000, 1, true);
}

static bool
relay_plain(struct bench *bench, const struct subject *subject)
{
    return measure_relay_flow(bench, subject, "relay-plain", 3000, 1, false);
}

static bool
relay_lanes(struct bench *bench, const struct subject *subject)
{
    return measure_relay_flow(bench, subject, "relay-lanes", 10000, 20, true);
}

static bool
relay_queued(struct bench *bench, const struct subject *subject)
{
    return measure_relay_queued(bench, subject, 20000);
}

/* Matterbridge would need an account and a team of a real server. */
static bool
relay_chat(struct bench *bench, const struct subject *subject)
{
    return subject->kind == SUBJECT_WEFT && has_certs(bench) &&
           measure_relay_chat(bench, subject, 2000);
}

static void
keep_noted(struct bench *bench, bool ok)
{
    if (ok)
        keep(bench, bench->noted);
    g_array_set_size(bench->noted, 0);
}

/* Their rounds are not begun anew when others disturb them: they are long, and what counts most in
 * them is no time. */
static void
run_relay_part(struct bench *bench, const char *word,
               bool (*run)(struct bench *, const struct subject *))
{
    for (unsigned round = 0;
         (wanted(bench, "relay") || wanted(bench, word)) && round < bench->rounds; round++)
        for (unsigned i = 0; i < bench->n_relays; i++)
            keep_noted(bench, run(bench, &bench->relays[i]));
}

static void
run_relays(struct bench *bench)
{
    struct figures *figures = bench->figures;

    bench->figures = bench->relay_figures;
    g_array_set_size(bench->noted, 0);
    run_relay_part(bench, "relay-idle", measure_relay_idle);
    run_relay_part(bench, "relay-lane", relay_lane);
    run_relay_part(bench, "relay-plain", relay_plain);
    run_relay_part(bench, "relay-lanes", relay_lanes);
    run_relay_part(bench, "relay-chat", relay_chat);
    run_relay_part(bench, "relay-queued", relay_queued);
    if (wanted(bench, "relay") || wanted(bench, "relay-losses"))
        keep_noted(bench, measure_relay_losses(bench, bench->relays, bench->n_relays));
    run_relay_part(bench, "relay-neighbour", measure_relay_neighbour);
    figures_print(bench->figures, "a relay");
    bench->figures = figures;
}

static void
run_all(struct bench *bench)
{
    if (wanted(bench, "first") && bench->stores != NULL)
        run_first(bench);
    if (wanted(bench, "keys")) {
        run_rounds(bench, keys_task, 1, 1, bench->rounds);
        figures_print(bench->figures, "typing");
    }
    if (wanted(bench, "lines")) {
        run_rounds(bench, lines_task, bench->lines, bench->lines, bench->rounds);
        if (bench->million)
            run_rounds(bench, lines_task, bench->lines * 10, bench->lines * 10, 1);
        figures_print(bench->figures, "lines into the channel that is shown");
    }
    if (wanted(bench, "channels")) {
        run_rounds(bench, channels_task, 1000, 1000, bench->rounds);
        if (!bench->small)
            run_rounds(bench, channels_task, 10000, 0, bench->rounds);
        if (bench->all_channels)
            run_rounds(bench, channels_task, 0, 10000, 1);
        figures_print(bench->figures, "channels, five people and a line in each");
    }
    if (wanted(bench, "idle")) {
        for (unsigned round = 0; round < (bench->rounds + 1) / 2; round++)
            run_task(bench, &(struct task){.run = idle_task});
        figures_print(bench->figures, "doing nothing, in one channel");
    }
    if (wanted(bench, "bytes")) {
        run_rounds(bench, bytes_task, 1, 1, MIN(bench->rounds, 3));
        figures_print(bench->figures, "bytes");
    }
    run_chat(bench);
    run_relays(bench);
}

static void
write_tsv(const struct bench *bench, const char *path)
{
    g_autoptr(GString) text = g_string_new("measure\tprogram\tsample\tvalue\n");
    g_autoptr(GError) error = NULL;

    figures_write(bench->figures, text);
    figures_write(bench->relay_figures, text);
    if (!g_file_set_contents(path, text->str, (gssize)text->len, &error))
        g_printerr("%s\n", error->message);
}

static const char *const relay_names[] = {"weft", "Matterbridge", NULL};

static void
find_relays(struct bench *bench)
{
    const char *path = g_getenv("WEFT_BENCH_MATTERBRIDGE");

    bench->relays[bench->n_relays++] = bench->subjects[SUBJECT_WEFT];
    if (path != NULL && *path != '\0')
        bench->relays[bench->n_relays++] =
            (struct subject){SUBJECT_MATTERBRIDGE, relay_names[1], (char *)(uintptr_t)path};
    else if (wanted(bench, "relay"))
        printf("Matterbridge is left out: WEFT_BENCH_MATTERBRIDGE does not name its program.\n");
}

int
main(int argc, char **argv)
{
    struct bench bench = {.noted = g_array_new(FALSE, FALSE, sizeof(struct note))};
    const char *names[SUBJECT_N + 1] = {NULL};
    g_autofree char *only = NULL, *stores = NULL, *tsv = NULL;
    gint rounds = 5, lines = 100000;
    gboolean small = FALSE, million = FALSE, all_channels = FALSE, markdown = FALSE;
    const GOptionEntry entries[] = {
        {"rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "Rounds (5)", "N"},
        {"only", 0, 0, G_OPTION_ARG_STRING, &only,
         "first keys lines channels idle bytes mm-bootstrap mm-flood mm-history mm-memory relay; "
         "of "
         "relay also relay-idle relay-lane relay-plain relay-lanes relay-chat relay-queued "
         "relay-losses relay-neighbour",
         "WORDS"},
        {"small", 0, 0, G_OPTION_ARG_NONE, &small, "A tenth of everything: does it run?", NULL},
        {"stores", 0, 0, G_OPTION_ARG_FILENAME, &stores, "For the first screen", "DIR"},
        {"tsv", 0, 0, G_OPTION_ARG_FILENAME, &tsv, "Writes every sample there", "FILE"},
        {"lines", 0, 0, G_OPTION_ARG_INT, &lines, "Instead of 100,000", "N"},
        {"million", 0, 0, G_OPTION_ARG_NONE, &million, "Ten times as many lines too: minutes",
         NULL},
        {"all-channels", 0, 0, G_OPTION_ARG_NONE, &all_channels,
         "10,000 channels for the anchors too: a quarter of an hour", NULL},
        {"markdown", 0, 0, G_OPTION_ARG_NONE, &markdown, "Tables as docs/bench.md has them", NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("WEFT");
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 2 || rounds < 1 ||
        lines < 1) {
        g_printerr("bench: %s\n", error != NULL ? error->message : "run tests/bench/run");
        return 2;
    }
    bench.only = only;
    bench.stores = stores;
    bench.rounds = (unsigned)rounds;
    bench.million = million;
    bench.small = small;
    bench.lines = (unsigned)(small ? MAX(lines / 10, 1) : lines);
    bench.all_channels = all_channels;
    subjects_find(bench.subjects, argv[1]);
    for (unsigned i = 0; i < SUBJECT_N; i++) {
        names[i] = bench.subjects[i].name;
        if (bench.subjects[i].program == NULL)
            printf("%s is not installed: left out.\n", names[i]);
    }
    bench.figures = figures_new(names);
    find_relays(&bench);
    bench.relay_figures = figures_new(relay_names);
    if (markdown) {
        figures_as_markdown(bench.figures, bars);
        figures_as_markdown(bench.relay_figures, bars);
    }
    const int group_nice = tty_group_raise();
    run_all(&bench);
    tty_group_set(group_nice);
    if (tsv != NULL)
        write_tsv(&bench, tsv);
    figures_free(bench.figures);
    figures_free(bench.relay_figures);
    g_array_unref(bench.noted);
    certs_free(bench.certs);
    for (unsigned i = 0; i < SUBJECT_N; i++)
        g_free(bench.subjects[i].program);
    return 0;
}
