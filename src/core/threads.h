/* Threads, whatever the network calls them: a root, the replies under it, what of them is followed
 * and read. A thread is named by its buffer and the remote id of its root; strings called `root`
 * are that id. Changes come as NOTICE_THREAD, and as NOTICE_MESSAGE_CHANGED of the root. */
#ifndef WEFT_CORE_THREADS_H
#define WEFT_CORE_THREADS_H

#include "core/core.h"
#include "model/thread.h"

/* The root of the thread that this message begins or belongs to, or would begin if somebody
 * answered; NULL, and a sentence (UNSUPPORTED): none can. g_free(). */
char *core_thread_of(struct core *core, const struct message *message, GError **error);
/* The one of this buffer in which something was said last; NULL: there is none. g_free(). */
char *core_newest_thread(struct core *core, int64_t buffer_id);
/* What is known of it; thread_free(). NULL: nobody has replied, as far as weft knows. */
struct thread *core_thread(struct core *core, int64_t buffer_id, const char *root);
/* Followed ones of all accounts: those with something new first, then the newest reply first.
 * struct thread; owns its elements. */
GPtrArray *core_threads(struct core *core, unsigned limit);
/* What stands in threads alone is not shown in the channels ([look] threads). */
bool core_threads_apart(struct core *core);

/* Pages of a thread, as core_page_newest() and its sisters: its root first, then the replies. */
void core_thread_newest(struct core *core, int64_t buffer_id, const char *root, unsigned limit,
                        struct page *ret_page);
void core_thread_before(struct core *core, int64_t buffer_id, const char *root,
                        struct position before, unsigned limit, struct page *ret_page);
void core_thread_after(struct core *core, int64_t buffer_id, const char *root,
                       struct position after, unsigned limit, struct page *ret_page);
void core_thread_around(struct core *core, int64_t buffer_id, const char *root, struct position at,
                        unsigned limit, struct page *ret_page);
/* Belongs to it, or is its root. */
bool core_in_thread(const struct message *message, const char *root);

/* Asks the network for all of it, where it can; NOTICE_MESSAGES_RELOAD follows. */
void core_fetch_thread(struct core *core, int64_t buffer_id, const char *root);
/* Read up to this place, which never moves back. */
void core_read_thread(struct core *core, int64_t buffer_id, const char *root, struct position upto);
bool
core_follow_thread(struct core *core, int64_t buffer_id, const char *root, bool on, GError **error);

/* As core_input(), said in a thread. */
bool core_input_thread(struct core *core, int64_t buffer_id, const char *root, const char *text,
                       GError **error);
/* Its unsent text; one with a secret in it is not kept. */
void
core_set_thread_draft(struct core *core, int64_t buffer_id, const char *root, const char *text);
char *core_thread_draft(struct core *core, int64_t buffer_id, const char *root); /* g_free() */

#endif
