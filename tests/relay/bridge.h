/* weft as a relay, without a screen: core with a real store, real sockets and the real drivers, and
 * the relay on top. */
#ifndef WEFT_TESTS_RELAY_BRIDGE_H
#define WEFT_TESTS_RELAY_BRIDGE_H

#include <glib.h>
#include <stdbool.h>

#include "core/core.h"

struct bridge {
    char *home; /* WEFT_HOME */
    struct paths *paths;
    struct clock *clock;
    struct net_ops *net;
    struct store *store;
    struct core *core;
    struct relay *relay;
};

/* A folder of its own; nothing runs yet. */
struct bridge *bridge_new(void);
/* On the folder that WEFT_HOME names, which stays. */
struct bridge *bridge_here(void);
/* A folder below it, for what one account keeps. g_free(). */
char *bridge_folder(const struct bridge *bridge, const char *name);
/* Writes weft.conf. It must hold no error when the bridge starts. */
void bridge_configure(const struct bridge *bridge, const char *text);
void bridge_start(struct bridge *bridge);
/* As `kill -9` would, for all that is not on disk. */
void bridge_stop(struct bridge *bridge);
/* Stops, and removes the folder. */
void bridge_free(struct bridge *bridge);

/* Waits until this channel of the account is joined and caught up; else the test ends. */
const struct buffer *
bridge_wait_joined(struct bridge *bridge, const char *account, const char *channel);
/* Waits for a stored message there that holds this text and is on the network (also: our copy).
 * Its remote id, or "" where the network gives none; NULL: there is none. g_free(). */
char *bridge_wait_message(struct bridge *bridge, const char *account, const char *channel,
                          const char *part);
/* What the relay says of its legs, for a failed test's output. g_free(). */
char *bridge_tell(struct bridge *bridge);

#endif
