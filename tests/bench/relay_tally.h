/* What a relay was given and what came out of it: how late, how often, in which order. */
#ifndef WEFT_TESTS_BENCH_RELAY_TALLY_H
#define WEFT_TESTS_BENCH_RELAY_TALLY_H

#include <glib.h>
#include <stdint.h>

/* What was said and heard of messages 0 to n - 1; message i is said in channel i % n_channels. */
struct relay_tally {
    unsigned n, n_channels;
    int64_t *said_us, *heard_us; /* 0: not yet; of the first time */
    int *newest;                 /* heard in a channel; -1: none */
    unsigned said, heard;        /* messages, each counted once */
    unsigned doubled, out_of_order;
    int64_t last_us; /* when something was heard last */
};

void relay_tally_init(struct relay_tally *tally, unsigned n, unsigned n_channels);
void relay_tally_clear(struct relay_tally *tally);
/* What is said as message `n`, put behind what `out` holds: its number is in it. */
void relay_tally_text(GString *out, unsigned n);
/* This was heard in that channel; what is no message of ours, or does not belong there, counts for
 * nothing. */
void relay_tally_hear(struct relay_tally *tally, unsigned channel, const char *text);

#endif
