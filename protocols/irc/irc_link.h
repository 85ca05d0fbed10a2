/* irc:// and ircs:// links. */
#ifndef WEFT_IRC_LINK_H
#define WEFT_IRC_LINK_H

#include <stdbool.h>

#include "core/driver.h"

/* irc://host[:port]/[channel][,needkey|,isnick], ircs://, irc6://. False: not such a link. */
bool irc_recognise_link(const char *link, struct link_target *ret_target);

#endif
