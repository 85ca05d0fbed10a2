#include "tests/support/thread_loop.h"

struct thread_loop {
    GMainContext *context;
    GMainLoop *loop;
    GThread *thread;
    thread_call_fn last;
    void *user;
};

static gpointer
turn(gpointer user)
{
    const struct thread_loop *loop = user;

    g_main_context_push_thread_default(loop->context);
    g_main_loop_run(loop->loop);
    while (g_main_context_iteration(loop->context, FALSE))
        ; /* what was cancelled lets go */
    g_main_context_pop_thread_default(loop->context);
    return NULL;
}

struct thread_loop *
thread_loop_start(GMainContext *context, const char *name)
{
    struct thread_loop *loop = g_new0(struct thread_loop, 1);

    loop->context = context;
    loop->loop = g_main_loop_new(context, FALSE);
    loop->thread = g_thread_new(name, turn, loop);
    return loop;
}

static void
quit(void *user)
{
    const struct thread_loop *loop = user;

    loop->last(loop->user);
    g_main_loop_quit(loop->loop);
}

void
thread_loop_stop(struct thread_loop *loop, thread_call_fn fn, void *user)
{
    loop->last = fn;
    loop->user = user;
    thread_call(loop->context, quit, loop);
    g_thread_join(loop->thread);
    g_main_loop_unref(loop->loop);
    g_free(loop);
}
