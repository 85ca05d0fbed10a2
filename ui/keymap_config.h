/* The keys as the configuration wants them: a preset, and what [keys] binds on top of it. */
#ifndef WEFT_UI_KEYMAP_CONFIG_H
#define WEFT_UI_KEYMAP_CONFIG_H

#include "core/config.h"
#include "ui/keymap.h"

/* What is wrong with a line of [keys], and where. A warning: it counts all the same. */
typedef void (*keymap_complain_fn)(void *user, const struct config_key *key, int column,
                                   bool warning, const char *text);

/* Never NULL: a line that is wrong is left out. Wherever they stand, `preset = NAME` comes first.
 */
struct keymap *
keymap_from_config(const struct config *config, keymap_complain_fn complain, void *user);

#endif
