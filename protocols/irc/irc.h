/* The IRC driver: one session for each account (core/driver.h). */
#ifndef WEFT_IRC_H
#define WEFT_IRC_H

#include "core/driver.h"

extern const struct driver irc_driver;

#endif
