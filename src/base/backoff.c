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

static int64_t
between(int64_t least_us, int64_t most_us, GRand *rand)
{
    if (most_us <= least_us)
        return least_us;
    double part = rand ? g_rand_double(rand) : g_random_double();
    return least_us + (int64_t)((double)(most_us - least_us) * part);
}

static void
count_failure(struct backoff *backoff)
{
    if (backoff->failures < G_MAXUINT)
        backoff->failures++;
}

int64_t
backoff_next_us(struct backoff *backoff, GRand *rand)
{
    int64_t ceiling = ceiling_us(backoff), least = backoff->least_us;

    count_failure(backoff);
    if (backoff->spread_us > 0) {
        /* Not before everybody has had the try before it. */
        least = MAX(least, MIN(backoff->spread_us, backoff->max_us / 2));
        ceiling =
            backoff->spread_us > backoff->max_us / 2 ? backoff->max_us : backoff->spread_us * 2;
        backoff->spread_us = ceiling;
    }
    return between(least, ceiling, rand);
}

int64_t
backoff_spread_us(struct backoff *backoff, int64_t window_us, GRand *rand)
{
    int64_t ceiling = MAX(ceiling_us(backoff), MIN(window_us, backoff->max_us));

    count_failure(backoff);
    backoff->spread_us = ceiling;
    return between(backoff->least_us, ceiling, rand);
}

void
backoff_stands(struct backoff *backoff)
{
    backoff->spread_us = 0;
}

void
backoff_reset(struct backoff *backoff)
{
    backoff->failures = 0;
    backoff->spread_us = 0;
}
