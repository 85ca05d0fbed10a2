/* The relay's legs, in words. */
#ifndef WEFT_DAEMON_LEGS_H
#define WEFT_DAEMON_LEGS_H

#include "core/relaying.h"

/* struct relay_leg, owned; empty where no relay runs. Never NULL; unref. */
GPtrArray *legs_of(struct core *core);
const char *leg_direction_name(enum relay_direction direction); /* "in", "out", "inout" */
const char *
leg_state_name(enum relay_state state); /* "runs", "paused", "tripped", "waits", "off" */

#endif
