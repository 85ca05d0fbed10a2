/* Places where people talk, and the relays that join them, each a process of its own. */
#ifndef WEFT_TESTS_RELAY_TOWN_H
#define WEFT_TESTS_RELAY_TOWN_H

#include <glib.h>
#include <stdbool.h>

#include "core/relaying.h"
#include "tests/conformance/adapter.h"
#include "tests/soak/puppet.h"

#define TOWN_CHANNELS 2
extern const char *const town_channels[TOWN_CHANNELS]; /* as people call them: "#lab" */

/* One server: somebody speaks there in every channel, and somebody only listens. */
struct place {
    const struct adapter *adapter;
    char name[2]; /* "a", "b", …: the account of each relay */
    struct site *site;
    struct proxy *proxy; /* NULL: relays come directly */
    struct peer *speaker, *ear;
};

/* The first of a town is 0. */
void place_start(struct place *place, unsigned number, const struct adapter *adapter,
                 const struct certs *certs, bool proxied);
void place_stop(struct place *place);
/* As weft calls it; g_free(). */
char *place_channel(const struct place *place, unsigned channel);

/* How a leg does, by the last that the relay has said. */
struct carrier_leg {
    char *gateway, *address, *error;
    enum relay_state state;
    unsigned waiting, unknown, given_up;
};

struct carrier {
    char *name; /* its user is called so, followed by the place's number */
    char *home;
    char **environment;
    struct puppet *puppet;
    GPtrArray *legs; /* struct carrier_leg */
    bool told;
};

/* With an account at each place; every channel has a gateway of its name with all places. */
void
carrier_init(struct carrier *carrier, const char *name, const struct place *places, unsigned n);
/* The same with these [gateway …] sections. */
void carrier_init_with(struct carrier *carrier, const char *name, const struct place *places,
                       unsigned n, const char *gateways);
void carrier_start(struct carrier *carrier);
/* A variable of its environment, from its next start on; NULL: not there. */
void carrier_set(struct carrier *carrier, const char *name, const char *value);
/* It has ended by itself, or been killed by something else than carrier_kill(), which is called
 * next. */
bool carrier_is_dead(const struct carrier *carrier);
void carrier_kill(struct carrier *carrier);
/* It counts to its kill point (kill_point.h) from now on. */
void carrier_arm(struct carrier *carrier);
/* It ends as it should; false: it died of its kill point before that. */
bool carrier_leave(struct carrier *carrier);
void carrier_end(struct carrier *carrier); /* and all that it kept */
/* Renews `legs`. */
void carrier_ask(struct carrier *carrier);
/* The same of one that may die of its kill point: false. */
bool carrier_try(struct carrier *carrier);
/* Waits until all legs run, or ends the test. */
void carrier_wait(struct carrier *carrier);
/* For a failed test's output. g_free(). */
char *carrier_text(const struct carrier *carrier);

#endif
