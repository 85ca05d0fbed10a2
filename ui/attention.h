/* Which calls reach the person, and when: not for what is being looked at, not in quiet hours, not
 * one by one when many come at once. Decides only; who shows them is handed the words. */
#ifndef WEFT_UI_ATTENTION_H
#define WEFT_UI_ATTENTION_H

#include "ui/call.h"

struct attention;

struct attention_hooks {
    /* This buffer is before the person's eyes. */
    bool (*looks_at)(void *user, int64_t buffer_id);
    /* Show it. The call is taken. */
    void (*show)(void *user, struct call *call);
    void *user;
};

struct attention *attention_new(struct core *core, const struct attention_hooks *hooks);
void attention_free(struct attention *attention); /* NULL is allowed */

/* NOTICE_ATTENTION and NOTICE_HUSH; others are passed over. */
void attention_notice(struct attention *attention, const struct notice *notice);

#endif
