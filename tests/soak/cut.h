/* How a soak cuts a line: in one of the ways that networks have, by chance. */
#ifndef WEFT_TESTS_SOAK_CUT_H
#define WEFT_TESTS_SOAK_CUT_H

#include <glib.h>

#include "tests/proxy/proxy.h"

/* `meanwhile` goes on with the conversation for a moment, where the cut is a silence first. */
void cut_somehow(struct proxy *proxy, GRand *rand, void (*meanwhile)(void *user), void *user);

#endif
