/* A notification daemon on a session bus of the test's own, on a thread of its own: it writes down
 * what it is asked to show, or is mute, or refuses. */
#ifndef WEFT_TESTS_SUPPORT_NOTIFY_DAEMON_H
#define WEFT_TESTS_SUPPORT_NOTIFY_DAEMON_H

#include <gio/gio.h>
#include <stdbool.h>

struct notify_daemon;

/* Starts a bus (dbus-daemon) without a daemon, its socket in `dir`; its address is
 * DBUS_SESSION_BUS_ADDRESS then. NULL with a sentence for g_test_skip() when that program is not
 * installed. */
GSubprocess *notify_daemon_bus_up(const char *dir, char **ret_why_not);
/* Ends the bus, whoever is connected. */
void notify_daemon_bus_down(GSubprocess *bus);

/* Serves on that bus. `caps`: words as GetCapabilities has them, "body body-markup". */
struct notify_daemon *notify_daemon_new(const char *caps);
void notify_daemon_free(struct notify_daemon *daemon); /* NULL is allowed */

/* Questions whose name begins so ("": all) are taken and not answered, until it is not mute any
 * more (NULL); then all are. The text is kept as it is. */
void notify_daemon_mute(struct notify_daemon *daemon, const char *mute);
/* How many questions wait for an answer. */
unsigned notify_daemon_waiting(struct notify_daemon *daemon);
/* What was shown so far: "TITLE|BODY|URGENCY" each. */
unsigned notify_daemon_count(struct notify_daemon *daemon);
char *notify_daemon_shown(struct notify_daemon *daemon, unsigned i); /* g_free() */

#endif
