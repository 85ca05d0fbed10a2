/* Where something waits: kept as core tells of it, so that no frame walks all buffers. */
#ifndef WEFT_UI_ACTIVITY_H
#define WEFT_UI_ACTIVITY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/core.h"

enum activity_level {
    ACTIVITY_NONE, /* all is read, or the buffer is muted and nobody calls */
    ACTIVITY_MESSAGE,
    ACTIVITY_THREAD, /* a reply in a followed thread that stands apart */
    ACTIVITY_DIRECT, /* a message to the person alone, or to a group */
    ACTIVITY_MENTION,
};

enum activity_level activity_level(const struct buffer *buffer);

/* Messages that wait in several buffers; those of muted ones count only where they mention. */
struct activity_sum {
    unsigned unread, mentions;
};

struct activity;

/* Looks at every buffer once. */
struct activity *activity_new(struct core *core);
void activity_free(struct activity *activity);

/* NOTICE_BUFFER_…, of this buffer. True when its level is another now. */
bool activity_update(struct activity *activity, int64_t buffer_id);
/* NOTICE_CONFIG, NOTICE_GROUPS: levels and the order may be others. Looks at every buffer. */
void activity_rescan(struct activity *activity);

/* Buffers (int64_t) where something waits, most urgent first, then in core's order. The array is
 * valid until the next call. */
const GArray *activity_ids(struct activity *activity);

/* Of all that an account has, direct conversations left out that stand apart; of a space; of a
 * group; of every direct conversation that stands apart. */
struct activity_sum activity_of_account(const struct activity *activity, int64_t account_id);
struct activity_sum activity_of_space(const struct activity *activity, int64_t space_id);
struct activity_sum activity_of_group(const struct activity *activity, int64_t group_id);
struct activity_sum activity_of_direct(const struct activity *activity);
/* Of everything but what is muted. */
struct activity_sum activity_heard(const struct activity *activity);

#endif
