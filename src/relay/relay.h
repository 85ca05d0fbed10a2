/* What is said in one conversation is said in others too: gateways of the configuration
 * (core/gateway.h) at work.
 *
 * The store adds a task for everything that is to cross (store/relay.h); the relay does them, lane
 * by lane, by what core/copy.h offers, and tells how it goes by core/relaying.h. It is made after
 * core and freed before it. Beside another weft with the profile (READ_ONLY) it does nothing. */
#ifndef WEFT_RELAY_RELAY_H
#define WEFT_RELAY_RELAY_H

#include "core/core.h"

struct relay_options {
    struct core *core;     /* borrowed, as is: */
    struct config *config; /* core's: /relay make appends to it */
};

struct relay;
struct relay *relay_new(const struct relay_options *options);
void relay_free(struct relay *relay); /* NULL is allowed */

#endif
