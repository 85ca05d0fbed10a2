/* The networks of this build. Adding one: a folder, a row in registry.c, a line in Makefile.am. */
#ifndef WEFT_PROTOCOLS_REGISTRY_H
#define WEFT_PROTOCOLS_REGISTRY_H

#include "core/core.h"

/* Ends with a row whose name is NULL. */
const struct network *registry_networks(void);

#endif
