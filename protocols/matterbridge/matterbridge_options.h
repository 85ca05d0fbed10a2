/* The options of a Matterbridge account. */
#ifndef WEFT_MATTERBRIDGE_OPTIONS_H
#define WEFT_MATTERBRIDGE_OPTIONS_H

#include "protocols/matterbridge/matterbridge_priv.h"

extern const struct option_row mbridge_option_rows[];

/* False: `error` BAD_INPUT. Of `config` only what is no constant is owned. */
bool
mbridge_config_read(struct mbridge_config *config, const struct options *options, GError **error);
void mbridge_config_clear(struct mbridge_config *config);
/* The driver's `check`. */
bool mbridge_config_check(const struct options *options, GError **error);
/* "127.0.0.1:4242" is asked by http, every other address that says nothing by https. g_free(). */
char *mbridge_full_address(const char *text);

#endif
