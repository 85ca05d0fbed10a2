#include "tests/support/thread_call.h"

#include <stdbool.h>

struct call {
    thread_call_fn fn;
    void *user;
    GMutex mutex;
    GCond cond;
    bool done;
};

static gboolean
on_call(gpointer user)
{
    struct call *call = user;

    call->fn(call->user);
    g_mutex_lock(&call->mutex);
    call->done = true;
    g_cond_signal(&call->cond);
    g_mutex_unlock(&call->mutex);
    return G_SOURCE_REMOVE;
}

void
thread_call(GMainContext *context, thread_call_fn fn, void *user)
{
    struct call call = {.fn = fn, .user = user};
    GSource *source = g_idle_source_new();

    g_mutex_init(&call.mutex);
    g_cond_init(&call.cond);
    g_source_set_priority(source, G_PRIORITY_HIGH);
    g_source_set_callback(source, on_call, &call, NULL);
    g_source_attach(source, context);
    g_source_unref(source);
    g_mutex_lock(&call.mutex);
    while (!call.done)
        g_cond_wait(&call.cond, &call.mutex);
    g_mutex_unlock(&call.mutex);
    g_mutex_clear(&call.mutex);
    g_cond_clear(&call.cond);
}
