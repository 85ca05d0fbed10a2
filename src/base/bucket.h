/* A token bucket: `burst` at once, then one each `refill_us`. Time comes from the caller. */
#ifndef WEFT_BASE_BUCKET_H
#define WEFT_BASE_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

struct bucket {
    int64_t burst;
    int64_t refill_us; /* 0: no limit */
    int64_t tokens;    /* below 0: a debt */
    int64_t since_us;  /* when `tokens` was last brought up to date */
};

void bucket_init(struct bucket *bucket, int64_t burst, int64_t refill_us, int64_t now_us);

/* Takes `n` tokens and returns true, or takes none. A cost above the burst passes when the bucket
 * is full, and leaves a debt that is refilled first, so that the pace holds. */
bool bucket_take(struct bucket *bucket, int64_t n, int64_t now_us);

/* Microseconds until bucket_take(n) would succeed; 0: now. */
int64_t bucket_wait_us(struct bucket *bucket, int64_t n, int64_t now_us);

/* Changes the pace and keeps what is in the bucket, at most the new burst. */
void bucket_set(struct bucket *bucket, int64_t burst, int64_t refill_us, int64_t now_us);

#endif
