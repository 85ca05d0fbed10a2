/* Saves from a damaged file what no network has. Private to src/store. */
#ifndef WEFT_STORE_SALVAGE_H
#define WEFT_STORE_SALVAGE_H

#include "store/hooks.h"

struct salvage_count {
    unsigned outbox;
    unsigned drafts;
};

/* Copies accounts, spaces, buffers, drafts and waiting outbox rows, as far as they can be read,
 * from the file `from` (which may be anything, and is not written to) into the new file `to`, in
 * one transaction. Cursors stay behind: history is to be fetched again. False when `to` cannot
 * be written, or memory is short. */
bool salvage_copy(const char *from, const char *to, const struct store_hooks *hooks,
                  struct salvage_count *ret_count, GError **error);

#endif
