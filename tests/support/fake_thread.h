/* What fake_host notes of an EVENT_THREAD: a file of its own, that of the others is full. */
#ifndef WEFT_TESTS_SUPPORT_FAKE_THREAD_H
#define WEFT_TESTS_SUPPORT_FAKE_THREAD_H

#include "core/event.h"

/* "thread CHANNEL ROOT n=3 last=US people=bo,carmen follow=1 unread=2/1 read=KEY now"; -1: not
 * said. */
static inline const char *
fake_thread_text(const struct event *event, char *text, size_t size)
{
    g_autofree char *people =
        event->thread.people ? g_strjoinv(",", (char **)(uintptr_t)event->thread.people) : NULL;

    g_snprintf(text, size,
               "thread %s %s n=%d last=%" G_GINT64_FORMAT
               " people=%s follow=%d unread=%d/%d read=%" G_GINT64_FORMAT "%s",
               event->conversation, event->thread.root,
               event->thread.has_count ? (int)event->thread.replies : -1, event->thread.last_us,
               people ? people : "-", event->thread.has_follow ? event->thread.followed : -1,
               event->thread.has_unread ? (int)event->thread.unread : -1,
               (int)event->thread.mentions, event->thread.read_key,
               event->thread.now ? " now" : "");
    return text;
}

#endif
