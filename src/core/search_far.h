/* What the networks find: asked besides the store, and never waited for. Hits that are stored here
 * are the stored messages; the others have no id, and only core_show_message() brings them. */
#ifndef WEFT_CORE_SEARCH_FAR_H
#define WEFT_CORE_SEARCH_FAR_H

#include "core/core.h"
#include "core/search_query.h"

struct far;
/* Called when an answer has come or failed. */
typedef void (*far_fn)(void *user);

struct far *far_new(struct core *core, far_fn fn, void *user);
void far_free(struct far *far); /* NULL is allowed */
/* Nothing is asked any more, and nothing found. */
void far_forget(struct far *far);
/* Asks every account in question that is online and can search. `buffer_ids`: in one of these;
 * NULL: anywhere. `typing`: when nothing else has been asked for FAR_PAUSE_US. */
void far_search(struct far *far, struct search_query *query_take, GArray *buffer_ids, bool typing);
#define FAR_PAUSE_US (400 * 1000)
/* Asks what is pinned in a buffer; what is stored here becomes as the network says. */
void far_pins(struct far *far, int64_t buffer_id);
/* struct message, newest first. */
const GPtrArray *far_hits(const struct far *far);
/* A stored message is another one now. True: it is among the hits. */
bool far_changed(struct far *far, struct message *message);
/* Accounts that have not answered, or are asked in a moment. */
unsigned far_waiting(const struct far *far);
/* A sentence on the one that failed last; NULL: none did. */
const char *far_failed(const struct far *far);

#endif
