#include "model/thread.h"

void
thread_free(struct thread *thread)
{
    if (thread == NULL)
        return;
    g_free(thread->root);
    g_free(thread->last_name);
    g_free(thread->people);
    message_unref(thread->at);
    g_free(thread);
}
