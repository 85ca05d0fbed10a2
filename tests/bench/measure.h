/* What is measured, one function a kind. Each takes one sample (or several) of one program and is
 * false when the program did not do what it should. */
#ifndef WEFT_TESTS_BENCH_MEASURE_H
#define WEFT_TESTS_BENCH_MEASURE_H

#include "tests/bench/figures.h"
#include "tests/bench/stage.h"

struct bench {
    struct subject subjects[SUBJECT_N];
    struct figures *figures;
    struct subject relays[2]; /* weft, and where it is Matterbridge */
    unsigned n_relays;
    struct figures *relay_figures;
    GArray *noted; /* of the round under way */
    const char *only;
    const char *stores; /* the folder with what store_bench made: empty, full; NULL: none */
    unsigned rounds;
    unsigned lines;
    bool small; /* a tenth of everything: to see that it runs */
    bool million;
    bool all_channels; /* 10,000 for the anchors as well */
    const char *ca;    /* of the server with TLS; PEM files, NULL: none was made */
    const char *pem;   /* its certificate and key */
    struct certs *certs;
};

/* A sample of the round; it counts when the round does. `measure` is a literal or lives on. */
void
bench_note(struct bench *bench, const char *measure, const struct subject *subject, double value);

/* What the first screen's samples are called. */
struct first_names {
    const char *first, *cpu, *answered;
    bool chat; /* weft has a Mattermost account, which tries to connect */
};
bool measure_first_screen(struct bench *bench, const struct subject *subject, const char *home,
                          const struct first_names *names);
bool measure_lines(struct bench *bench, const struct subject *subject, unsigned lines);
bool measure_keys(struct bench *bench, const struct subject *subject);
bool measure_bytes(struct bench *bench, const struct subject *subject);
bool measure_channels(struct bench *bench, const struct subject *subject, unsigned channels);
/* Letters, at odd moments; milliseconds until each is painted are put into `ms`. */
bool measure_type_keys(struct bench *bench, struct stage *stage, GArray *ms);
/* weft at a Mattermost server: its first start, keys while much happens, how much it takes in with
 * one core, and what many accounts need. */
bool measure_mm_bootstrap(struct bench *bench, const struct subject *subject);
bool measure_mm_flood(struct bench *bench, const struct subject *subject);
bool measure_mm_history(struct bench *bench, const struct subject *subject);
bool measure_mm_memory(struct bench *bench, const struct subject *subject);
/* Relays: one message at a time; as many as they carry, in a row that is called so; a destination
 * that is away while many come; a burst, a kill and an outage (of all programs at once); another
 * destination that is slow. */
bool measure_relay_idle(struct bench *bench, const struct subject *subject);
bool measure_relay_flow(struct bench *bench, const struct subject *subject, const char *row,
                        unsigned messages, unsigned channels, bool modern);
/* From IRC to a Mattermost server, of which the bench has the certificate: one at a time, then as
 * many as they carry. */
bool measure_relay_chat(struct bench *bench, const struct subject *subject, unsigned messages);
bool measure_relay_queued(struct bench *bench, const struct subject *subject, unsigned messages);
bool measure_relay_losses(struct bench *bench, const struct subject *subjects, unsigned n_subjects);
bool measure_relay_neighbour(struct bench *bench, const struct subject *subject);
/* All programs at once: a minute is long. */
bool measure_idle(struct bench *bench);

/* How many letters there are that stand in no text of the server and in no program's frame, and
 * one of them. */
#define LETTERS 40
const char *letter(unsigned i);

#endif
