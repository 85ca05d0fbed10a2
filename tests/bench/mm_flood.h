/* A Mattermost server for one client with many accounts, in the benchmark's own process and loop,
 * over TLS: what it says is prepared, so that it is never what is measured. It answers what a
 * client asks until it has caught up and while somebody looks at channels, and sends events as fast
 * as is wanted. It shares no code with weft; for what it answers see mm_world.h. */
#ifndef WEFT_TESTS_BENCH_MM_FLOOD_H
#define WEFT_TESTS_BENCH_MM_FLOOD_H

#include "tests/bench/mm_world.h"
#include "tests/bench/relay_tally.h"

struct mm_flood;

/* Listens on 127.0.0.1 with the certificate and key of `pem`; ends the benchmark when it cannot. */
struct mm_flood *mm_flood_new(const struct mm_size *size, const char *pem);
void mm_flood_free(struct mm_flood *flood);
unsigned mm_flood_port(const struct mm_flood *flood);
const struct mm_world *mm_flood_world(const struct mm_flood *flood);
/* The token of an account. Free with g_free(). */
char *mm_flood_token(unsigned account);

/* Has input when there is something to do. Flooding at a rate also needs a turn every millisecond.
 */
int mm_flood_fd(const struct mm_flood *flood);
void mm_flood_turn(struct mm_flood *flood);

/* How many accounts have asked who is there, which they do when they have caught up with all. */
unsigned mm_flood_online(const struct mm_flood *flood);

/* What the first account posts from now on is counted there (borrowed). */
void mm_flood_hear(struct mm_flood *flood, struct relay_tally *heard);

/* One post in the first channel of the first account. */
void mm_flood_say(struct mm_flood *flood, const char *text);
/* `events` of posts to the first account, one of two in its first channel; the last one has the
 * text `last` and is in the first channel. per_second 0: as fast as the client takes them. */
void mm_flood_begin(struct mm_flood *flood, unsigned events, unsigned per_second, const char *last);
void mm_flood_stop(struct mm_flood *flood);
/* Sent since mm_flood_begin(). */
unsigned mm_flood_sent(const struct mm_flood *flood);

#endif
