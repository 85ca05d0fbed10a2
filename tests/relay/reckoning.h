/* What people have said and done in a town, and what each place must show of it in the end. */
#ifndef WEFT_TESTS_RELAY_RECKONING_H
#define WEFT_TESTS_RELAY_RECKONING_H

#include "tests/relay/town.h"

#define SOAK_PLACES 4

struct line {
    unsigned number; /* in soak.lines */
    unsigned place, channel;
    int64_t said_us;     /* monotonic */
    unsigned version;    /* of its text: 0, then counted up by each change */
    bool deleted;        /* by who said it */
    bool copies_deleted; /* somebody took a copy back where it stands: what was said stays, */
    unsigned deleted_at; /* there, and what told of changes there */
    bool answered;
    struct line *answers;      /* NULL: none */
    bool reacted[SOAK_PLACES]; /* by who speaks there */
    char *ids[SOAK_PLACES];    /* NULL: nobody has asked */
};

struct soak {
    struct place places[SOAK_PLACES];
    struct carrier carrier;
    GRand *rand;
    GPtrArray *lines; /* struct line */
    GPtrArray *known; /* those that things are done to: their id at home is known */
    unsigned kills, cuts;
    unsigned n_changes, n_deletions, n_reactions, n_answers;
};

/* "a000042 v1": who speaks there, the line's number, its version. g_free(). */
char *reckoning_text(const struct soak *soak, const struct line *line, unsigned version);
/* Where an answer to an answer goes to the first of all. */
struct line *reckoning_root(struct line *line);
/* So many tasks wait, or legs are not up; 0: the relay rests. */
unsigned reckoning_waiting(struct soak *soak);
/* Waits until everything is right and tells the figures; ends the test when nothing moves any more
 * and something is wrong. */
void reckoning_settle(struct soak *soak);

#endif
