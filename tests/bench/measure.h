/* What is measured, one function a kind. Each takes one sample (or several) of one program and is
 * false when the program did not do what it should. */
#ifndef WEFT_TESTS_BENCH_MEASURE_H
#define WEFT_TESTS_BENCH_MEASURE_H

#include "tests/bench/figures.h"
#include "tests/bench/stage.h"

struct bench {
    struct subject subjects[SUBJECT_N];
    struct figures *figures;
    GArray *noted; /* of the round under way */
    const char *only;
    const char *stores; /* the folder with what store_bench made: empty, full; NULL: none */
    unsigned rounds;
    unsigned lines;
    bool million;
    bool all_channels; /* 10,000 for the anchors as well */
};

/* A sample of the round; it counts when the round does. `measure` is a literal or lives on. */
void
bench_note(struct bench *bench, const char *measure, const struct subject *subject, double value);

/* What the first screen's samples are called. */
struct first_names {
    const char *first, *cpu, *answered;
};
bool measure_first_screen(struct bench *bench, const struct subject *subject, const char *home,
                          const struct first_names *names);
bool measure_lines(struct bench *bench, const struct subject *subject, unsigned lines);
bool measure_keys(struct bench *bench, const struct subject *subject);
bool measure_bytes(struct bench *bench, const struct subject *subject);
bool measure_channels(struct bench *bench, const struct subject *subject, unsigned channels);
/* All programs at once: a minute is long. */
bool measure_idle(struct bench *bench);

/* How many letters there are that stand in no text of the server and in no program's frame, and
 * one of them. */
#define LETTERS 40
const char *letter(unsigned i);

#endif
