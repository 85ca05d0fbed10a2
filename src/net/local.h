/* Unix sockets by path. Private to src/net.
 *
 * The kernel takes a path of 107 bytes; a longer one is reached through its folder. */
#ifndef WEFT_NET_LOCAL_H
#define WEFT_NET_LOCAL_H

#include <gio/gio.h>
#include <stdbool.h>

/* NULL: `error` is NOT_FOUND (no such socket), REFUSED (nobody answers), IO, in a sentence. */
GSocket *local_connect(const char *path, GError **error);

/* Listens there, 0600, in a folder that only this user may enter (made when it is missing). What
 * lies there already is taken away when it is a socket at which nobody answers; CONFLICT: somebody
 * does. */
GSocket *local_listen(const char *path, GError **error);

/* The program at the other end runs for this user. */
bool local_is_own(GSocket *socket);

/* One datagram, not waited for; "@…" is an abstract name. */
bool local_send(const char *path, const char *text, GError **error);

#endif
