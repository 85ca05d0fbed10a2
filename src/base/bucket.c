#include "base/bucket.h"

#include <glib.h>

static void
refill(struct bucket *bucket, int64_t now_us)
{
    if (bucket->refill_us <= 0)
        return;
    if (now_us < bucket->since_us)
        bucket->since_us = now_us;
    int64_t gained = (now_us - bucket->since_us) / bucket->refill_us;
    if (gained >= bucket->burst - bucket->tokens) {
        bucket->tokens = bucket->burst;
        bucket->since_us = now_us;
    } else {
        bucket->tokens += gained;
        bucket->since_us += gained * bucket->refill_us;
    }
}

void
bucket_init(struct bucket *bucket, int64_t burst, int64_t refill_us, int64_t now_us)
{
    burst = CLAMP(burst, 0, G_MAXINT64 / 2);
    *bucket = (struct bucket){
        .burst = burst,
        .refill_us = MAX(refill_us, 0),
        .tokens = burst,
        .since_us = now_us,
    };
}

bool
bucket_take(struct bucket *bucket, int64_t n, int64_t now_us)
{
    if (n <= 0 || bucket->refill_us <= 0)
        return true;
    refill(bucket, now_us);
    if (bucket->tokens < MIN(n, bucket->burst))
        return false;
    bucket->tokens -= MIN(n, G_MAXINT64 / 2);
    return true;
}

int64_t
bucket_wait_us(struct bucket *bucket, int64_t n, int64_t now_us)
{
    if (n <= 0 || bucket->refill_us <= 0)
        return 0;
    refill(bucket, now_us);
    int64_t missing = MIN(n, bucket->burst) - bucket->tokens;
    if (missing <= 0)
        return 0;
    int64_t wait_us;
    if (__builtin_mul_overflow(missing, bucket->refill_us, &wait_us))
        return G_MAXINT64;
    return wait_us - (now_us - bucket->since_us);
}

void
bucket_set(struct bucket *bucket, int64_t burst, int64_t refill_us, int64_t now_us)
{
    refill(bucket, now_us);
    if (bucket->refill_us <= 0)
        bucket->since_us = now_us;
    bucket->burst = CLAMP(burst, 0, G_MAXINT64 / 2);
    bucket->refill_us = MAX(refill_us, 0);
    bucket->tokens = MIN(bucket->tokens, bucket->burst);
}
