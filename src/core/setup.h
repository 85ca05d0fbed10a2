/* Before an account is there: which networks weft knows, and what stands at an address. */
#ifndef WEFT_CORE_SETUP_H
#define WEFT_CORE_SETUP_H

#include "core/core.h"

/* Ends with a row whose name is NULL. */
const struct network *core_networks(struct core *core);

struct core_probe;
/* `network` and `result` NULL: nobody answers there, `error` says why. Borrowed for the call. */
typedef void (*core_probe_fn)(void *user, const struct network *network,
                              const struct probe_result *result, const GError *error);
/* Asks an address what it is: of one network, or (NULL) of each in turn. NULL: no network can be
 * told so. `fn` is called once, later. Before core_start() it waits for that. */
struct core_probe *core_probe_new(struct core *core, const struct network *network,
                                  const char *address, core_probe_fn fn, void *user);
void core_probe_free(struct core_probe *probe); /* NULL is allowed; also from inside `fn` */

#endif
