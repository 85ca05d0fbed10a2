/* What tests change in the store's surroundings. Private to src/store and tests; everybody else
 * calls store_open(). */
#ifndef WEFT_STORE_HOOKS_H
#define WEFT_STORE_HOOKS_H

#include "store/store.h"

struct store_hooks {
    const char *vfs;                /* a registered SQLite VFS, or NULL: the system's */
    const char *index_vfs;          /* of search.db; likewise */
    unsigned index_pause_ms;        /* after trouble with search.db; 0: the usual second */
    const char *const *extra_steps; /* schema steps after the last of weft's own */
    unsigned n_extra_steps;
};

/* `hooks` is copied; what it points to must live as long as the store. */
struct store *store_open_hooked(const struct store_options *options,
                                const struct store_hooks *hooks, char **ret_notice, GError **error);

#endif
