/* The driver for the API of a running Matterbridge. README.md has its quirks and limits. */
#ifndef WEFT_MATTERBRIDGE_H
#define WEFT_MATTERBRIDGE_H

#include "core/driver.h"

extern const struct driver matterbridge_driver;

#endif
