/* Following a link into what weft knows: a message, a channel, a person, an invitation. */
#ifndef WEFT_CORE_FOLLOW_H
#define WEFT_CORE_FOLLOW_H

#include "core/core.h"

enum follow_fate {
    FOLLOW_UNKNOWN, /* no network takes this link */
    FOLLOW_NEW,     /* none of the accounts is on its server */
    FOLLOW_WAITS,   /* its account is on its way: ask again when it is connected */
    FOLLOW_OPENS,   /* what it points to is shown when it is there; a failure is said in `buffer_id`
                     */
    FOLLOW_REFUSED, /* `error` says why */
};

enum follow_fate
core_follow_link(struct core *core, int64_t buffer_id, const char *link, GError **error);

/* Shows a message (NOTICE_SHOW_MESSAGE); one that is not here is fetched, with what was said around
 * it. What fails later is said in its buffer. */
bool core_show_message(struct core *core, int64_t buffer_id, const char *remote_id, GError **error);

#endif
