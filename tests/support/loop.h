/* Waiting in tests without sleeping. */
#ifndef WEFT_TESTS_SUPPORT_LOOP_H
#define WEFT_TESTS_SUPPORT_LOOP_H

#include <stdbool.h>
#include <stdint.h>

/* Turns the default main context until `done` says true (asked first, after every turn, and every
 * 20 ms for what threads change) or `deadline_ms` from now have passed. Returns what `done` said
 * last. */
bool loop_until(bool (*done)(void *user), void *user, int64_t deadline_ms);

/* The same for a flag that a callback sets. */
bool loop_until_true(const bool *flag, int64_t deadline_ms);

/* Turns it until this moment (monotonic), and waits in between. */
void loop_turn_until(int64_t until_us);

#endif
