/* Time and timers as a thing that is handed down, so that tests move time by hand.
 *
 * Delays use the monotonic clock; wall time is only for showing and storing. All microseconds. */
#ifndef WEFT_BASE_CLOCK_H
#define WEFT_BASE_CLOCK_H

#include <glib.h>
#include <stdint.h>

typedef void (*timer_fn)(void *user);

struct clock {
    int64_t (*wall_us)(const struct clock *clock); /* since 1970-01-01 UTC */
    int64_t (*mono_us)(const struct clock *clock);
    /* Calls `fn` once, from the main loop, never from inside this call. Returns an id > 0. */
    unsigned (*timer_add)(struct clock *clock, int64_t delay_us, timer_fn fn, void *user);
    /* 0 and ids of timers that have fired are allowed. */
    void (*timer_del)(struct clock *clock, unsigned id);
};

static inline int64_t
clock_wall_us(const struct clock *clock)
{
    return clock->wall_us(clock);
}
static inline int64_t
clock_mono_us(const struct clock *clock)
{
    return clock->mono_us(clock);
}
static inline unsigned
clock_timer_add(struct clock *clock, int64_t delay_us, timer_fn fn, void *user)
{
    return clock->timer_add(clock, delay_us, fn, user);
}
static inline void
clock_timer_del(struct clock *clock, unsigned id)
{
    clock->timer_del(clock, id);
}

/* The machine's clocks, timers on the default main context at default priority. Free with
 * clock_free(). */
struct clock *clock_system_new(void);

/* A clock that stands still until clock_fake_advance(). Starts at `wall_us`. */
struct clock *clock_fake_new(int64_t wall_us);
/* Moves both clocks forward and calls the due timers, earliest first; a timer may add another. */
void clock_fake_advance(struct clock *clock, int64_t by_us);
/* Moves only wall time, in either direction, as an administrator or NTP would. */
void clock_fake_step_wall(struct clock *clock, int64_t by_us);
/* How many timers wait. */
unsigned clock_fake_pending(const struct clock *clock);

/* Cancels the timers that still wait. NULL is allowed. */
void clock_free(struct clock *clock);

#endif
