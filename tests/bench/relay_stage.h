/* A relay that is measured, in a new home, between servers of the benchmark: what is said at
 * the source is heard at the destination, in one channel or in many. */
#ifndef WEFT_TESTS_BENCH_RELAY_STAGE_H
#define WEFT_TESTS_BENCH_RELAY_STAGE_H

#include "tests/bench/relay_server.h"
#include "tests/bench/stage.h"

/* The neighbour is the destination of the last channel, in place of the other one. */
enum relay_place { RELAY_SOURCE, RELAY_DESTINATION, RELAY_NEIGHBOUR, RELAY_PLACES };

struct relay_want {
    unsigned messages, channels;
    bool modern;          /* servers of today; else such as tell nothing */
    bool paced;           /* as the program comes; else as fast as it can */
    bool neighbour;       /* Matterbridge's is a web hook: only for those it waits */
    const char *ca, *pem; /* the destination is a Mattermost server; NULL: an IRC server */
};

struct relay_stage {
    const struct subject *subject;
    struct relay_want want;
    char *home;
    struct tty tty;
    struct relay_server *servers[RELAY_PLACES]; /* NULL: there is no neighbour, or `chat` is it */
    struct mm_flood *chat;                      /* NULL: the destination speaks IRC */
    struct relay_tally tally;
    unsigned warm; /* messages that were said before the clock runs */
};

/* Starts it, and waits until a first message of each channel has come; false: it never did. */
bool relay_stage_open(struct relay_stage *stage, const struct subject *subject,
                      const struct relay_want *want);
void relay_stage_close(struct relay_stage *stage);
/* Says the next message; false: there is none. */
bool relay_stage_say(struct relay_stage *stage);
/* All that these have to do, for a millisecond at most. False: a program has ended. */
bool relay_stage_turn(struct relay_stage *const *stages, unsigned n);
bool relay_stage_wait(struct relay_stage *stage, unsigned wait_ms);
/* Kills it, as `kill -9` does, and starts it again in the same home. */
void relay_stage_kill(struct relay_stage *stage, bool paced);
bool relay_stage_joined(const struct relay_stage *stage);
/* Until it has not done anything for half a second. */
bool relay_stage_rest(struct relay_stage *stage, unsigned deadline_ms);

#endif
