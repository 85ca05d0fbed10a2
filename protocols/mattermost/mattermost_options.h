/* The options of a Mattermost account. */
#ifndef WEFT_MATTERMOST_OPTIONS_H
#define WEFT_MATTERMOST_OPTIONS_H

#include "protocols/mattermost/mattermost_priv.h"

extern const struct option_row mmost_option_rows[];

/* False: `error` BAD_INPUT. Strings but `base` and `host` are borrowed from the options. */
bool mmost_config_read(struct mmost_config *config, const struct options *options, GError **error);
void mmost_config_clear(struct mmost_config *config);
/* The driver's `check`. */
bool mmost_config_check(const struct options *options, GError **error);

#endif
