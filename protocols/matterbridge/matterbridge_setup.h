/* What the first run asks, and what stands at an address. */
#ifndef WEFT_MATTERBRIDGE_SETUP_H
#define WEFT_MATTERBRIDGE_SETUP_H

#include "core/driver.h"

extern const struct setup_row mbridge_setup_rows[];

void *mbridge_probe(struct net_ops *net, const char *address, probe_fn fn, void *user);
void mbridge_probe_end(void *probe);

#endif
