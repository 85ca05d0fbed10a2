/* The desktop's notifications, by libnotify on a thread of its own: a notification daemon that does
 * not answer blocks a caller for 25 seconds. The thread takes copies, and is started by the first
 * notification. Only in builds with libnotify (HAVE_LIBNOTIFY). */
#ifndef WEFT_UI_NOTIFY_DESKTOP_H
#define WEFT_UI_NOTIFY_DESKTOP_H

#include "ui/call.h"
#include "ui/notify_cmd.h"

#define NOTIFY_DESKTOP_QUEUE  8   /* so many wait at most */
#define NOTIFY_DESKTOP_END_MS 500 /* the end waits for the thread, at most so long */

struct notify_desktop;

/* There is a session bus to ask. No bus is started for the purpose. */
bool notify_desktop_has_bus(const char *(*get)(const char *name));

/* Answers come on `context` (NULL: the default one). */
struct notify_desktop *notify_desktop_new(GMainContext *context);
/* Whatever has no answer yet gets none. NULL is allowed. */
void notify_desktop_free(struct notify_desktop *desktop);

/* False: too many wait already. Else `fn` follows once, never from inside the call. */
bool notify_desktop_show(struct notify_desktop *desktop, const struct call *call, notify_done_fn fn,
                         void *user);

/* The body as a server with markup takes it, and a title that none takes for markup. g_free(). */
char *notify_desktop_body(const char *text, bool markup);
char *notify_desktop_title(const char *text);

#endif
