/* What the screen remembers over a restart and nobody configured: which groups of the list are
 * folded, whether only the unread is listed, and which buffer was shown. A small file beside the
 * log; whoever deletes it loses nothing else. Never blocks on a disk's sync: after a power cut it
 * may be as it was before.
 */
#ifndef WEFT_UI_WINDOW_STATE_H
#define WEFT_UI_WINDOW_STATE_H

#include <stdint.h>

#include "core/config.h"
#include "ui/list.h"

/* What is wrong in the file, or missing, is left as it is. `paths` NULL: nothing is remembered.
 * Returns the id of the buffer that was shown; 0: not known. */
int64_t window_state_read(const struct paths *paths, struct list *list);
/* Complains into the log alone. */
void window_state_write(const struct paths *paths, const struct list *list, int64_t shown);

#endif
