/* A thread that turns a main context of its own: where a test's server lives. It is spoken to by
 * thread_call(). */
#ifndef WEFT_TESTS_SUPPORT_THREAD_LOOP_H
#define WEFT_TESTS_SUPPORT_THREAD_LOOP_H

#include "tests/support/thread_call.h"

struct thread_loop;

/* The context is the thread's default one; it is borrowed. */
struct thread_loop *thread_loop_start(GMainContext *context, const char *name);
/* `fn` on that thread, as the last thing that is called there; then the thread ends, and the loop
 * is freed. */
void thread_loop_stop(struct thread_loop *loop, thread_call_fn fn, void *user);

#endif
