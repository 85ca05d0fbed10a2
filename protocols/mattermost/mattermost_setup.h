/* Setting up an account: the questions, and what a server tells of itself. */
#ifndef WEFT_MATTERMOST_SETUP_H
#define WEFT_MATTERMOST_SETUP_H

#include "core/driver.h"

extern const struct setup_row mmost_setup_rows[];

void *mmost_probe(struct net_ops *net, const char *address, probe_fn fn, void *user);
void mmost_probe_end(void *probe);

#endif
