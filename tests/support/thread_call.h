/* Calls into a thread that turns a main context of its own: how a test speaks to its servers. */
#ifndef WEFT_TESTS_SUPPORT_THREAD_CALL_H
#define WEFT_TESTS_SUPPORT_THREAD_CALL_H

#include <glib.h>

typedef void (*thread_call_fn)(void *user);
/* Runs `fn` on the thread that turns `context`, before what waits there; returns when it has ended.
 * Not from that thread itself. */
void thread_call(GMainContext *context, thread_call_fn fn, void *user);

#endif
