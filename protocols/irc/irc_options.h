/* The options of an IRC account (docs: ux, fixed names). */
#ifndef WEFT_IRC_OPTIONS_H
#define WEFT_IRC_OPTIONS_H

#include "core/driver.h"
#include "protocols/irc/irc_priv.h"

extern const struct option_row irc_option_rows[];
extern const struct setup_row irc_setup_rows[];

/* Strings but `server` are borrowed from the options. False: `error` BAD_INPUT. */
bool irc_config_read(struct irc_config *config, const struct options *options, GError **error);
void irc_config_clear(struct irc_config *config);
/* The driver's `check`. */
bool irc_config_check(const struct options *options, GError **error);

#endif
