/* Delays between tries: exponential with full jitter (uniform between the least delay and the
 * ceiling), so that many clients cut at once do not come back at once. */
#ifndef WEFT_BASE_BACKOFF_H
#define WEFT_BASE_BACKOFF_H

#include <glib.h>
#include <stdint.h>

struct backoff {
    int64_t first_us;  /* ceiling of the first delay */
    int64_t max_us;    /* no ceiling grows beyond this */
    int64_t least_us;  /* no delay is shorter than this */
    unsigned failures; /* tries that have failed since the last reset */
    int64_t spread_us; /* the window of the last delay after a loss of many; 0: none */
};

void backoff_init(struct backoff *backoff, int64_t first_us, int64_t max_us, int64_t least_us);

/* Counts a failure and returns how long to wait. `rand` NULL: the global random source. */
int64_t backoff_next_us(struct backoff *backoff, GRand *rand);

/* The same after a loss that many clients have had at the same moment (a server ended): the delay
 * is spread over a window of `window_us`, or over the ordinary ceiling when that is wider. Each
 * try that fails after it waits between that window and its double, which becomes the window: so
 * N clients never make more than about N / window_us tries a microsecond, first and later ones
 * together. */
int64_t backoff_spread_us(struct backoff *backoff, int64_t window_us, GRand *rand);

/* A connection stands: what ended the last one is over; the failures still count. */
void backoff_stands(struct backoff *backoff);

/* The connection has held long enough: start from the first delay again. */
void backoff_reset(struct backoff *backoff);

#endif
