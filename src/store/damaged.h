/* A file that is not what it should be: told by cheap signs, kept aside, what matters saved from
 * it. Private to src/store. */
#ifndef WEFT_STORE_DAMAGED_H
#define WEFT_STORE_DAMAGED_H

#include "store/hooks.h"

enum damaged_look {
    DAMAGED_NO,      /* nothing speaks against it */
    DAMAGED_MISSING, /* there is no file */
    DAMAGED_YES,
    DAMAGED_UNKNOWN, /* it cannot be opened: error DISK */
};

/* Looks at the header and the length; reads a hundred bytes. *ret_why: half a sentence for the
 * notice. */
enum damaged_look damaged_look(const char *path, char **ret_why, GError **error);

/* Makes a new file with what can be read of accounts, spaces, buffers, drafts and the outbox, moves
 * the damaged one and its log aside, and puts the new one in its place. *ret_notice: a sentence.
 * The damaged file is never written to. */
bool damaged_replace(const char *path, const char *why, const struct store_hooks *hooks,
                     char **ret_notice, GError **error);

/* Syncs the folder that holds `path`, so that a rename in it lasts. */
void damaged_sync_folder(const char *path);

#endif
