/* The Mattermost driver (REST API v4 and WebSocket). */
#ifndef WEFT_MATTERMOST_H
#define WEFT_MATTERMOST_H

#include "core/driver.h"

extern const struct driver mattermost_driver;

#endif
