/* What is done to a message beside its text: pins, its address, its way to the network. */
#ifndef WEFT_CORE_MARK_H
#define WEFT_CORE_MARK_H

#include "core/core.h"

/* The message changes when the network has said so. */
bool core_pin(struct core *core, int64_t message_id, bool on, GError **error);
/* What is stored of what is pinned in a buffer, newest first; struct message, unref. All of it:
 * search_set_pins(). */
GPtrArray *core_pinned(struct core *core, int64_t buffer_id);
/* The address of a message: g_free(). NULL: `error` says why it has none. */
char *core_link_to(struct core *core, const struct message *message, GError **error);
/* Asks for what our message said before, where the network keeps it. */
void core_fetch_revisions(struct core *core, const struct message *message);
/* Names of emoji that only the network of this buffer has; NULL-terminated, never NULL. Valid until
 * the loop turns. */
const char *const *core_emoji(struct core *core, int64_t buffer_id);

/* Of our own message. */
struct delivery {
    int64_t typed_us; /* 0: not typed here */
    int64_t sent_us;  /* handed to the network last; 0: not yet */
    int attempts;
};
void core_delivery(struct core *core, int64_t message_id, struct delivery *ret_delivery);

#endif
