#include "base/backoff.h"

void
backoff_init(struct backoff *backoff, int64_t first_us, int64_t max_us, int64_t least_us)
{
    *backoff = (struct backoff){
        .first_us = MAX(first_us, 0),
        .max_us = MAX(max_us, 0),
        .least_us = MAX(least_us, 0),
    };
}

static int64_t
ceiling_us(const struct backoff *backoff)
{
    int64_t ceiling = MIN(backoff->first_us, backoff->max_us);

    /* Stops at max, so a thousand failures neither overflow nor loop a thousand times. */
    for (unsigned i = 0; i < backoff->failures && ceiling > 0 && ceiling < backoff->max_us; i++)
        ceiling = ceiling > backoff->max_us / 2 ? backoff->max_us : ceiling * 2;
    return ceiling;
}

int64_t
backoff_next_us(struct backoff *backoff, GRand *rand)
{
    int64_t ceiling = ceiling_us(backoff);

    if (backoff->failures < G_MAXUINT)
        backoff->failures++;
    if (ceiling <= backoff->least_us)
        return backoff->least_us;
    double part = rand ? g_rand_double(rand) : g_random_double();
    return backoff->least_us + (int64_t)((double)(ceiling - backoff->least_us) * part);
}

void
backoff_reset(struct backoff *backoff)
{
    backoff->failures = 0;
}
