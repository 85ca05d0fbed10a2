/* What can be counted, as Prometheus reads it (text format 0.0.4). docs/control.md lists them. */
#ifndef WEFT_DAEMON_FIGURES_H
#define WEFT_DAEMON_FIGURES_H

#include "core/core.h"

/* g_free(). Labels are escaped; at most FIGURES_LEGS_MOST legs. */
#define FIGURES_LEGS_MOST 1000
char *figures_text(struct core *core, const char *version);

#endif
