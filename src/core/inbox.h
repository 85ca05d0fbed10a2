/* What waits for the person, over all accounts: messages that call them, followed threads with
 * something new, unread buffers, what they flagged, what could not be sent.
 *
 * A mention and a direct message wait until they are read where they were said, or dealt with here:
 * done, or snoozed, which holds whatever is read meanwhile. Both are kept over a restart. Changes
 * come as NOTICE_INBOX; only pages are read. */
#ifndef WEFT_CORE_INBOX_H
#define WEFT_CORE_INBOX_H

#include "core/core.h"

enum inbox_kind {
    INBOX_MENTIONS,
    INBOX_DIRECTS, /* conversations with one person, or a group that was called */
    INBOX_THREADS, /* followed ones with new replies that call nobody by name */
    INBOX_FAILED,  /* not sent, or perhaps not */
    INBOX_UNREADS, /* buffers with unread messages that call nobody */
    INBOX_SAVED,
    INBOX_KIND_N
};
#define INBOX_ALL ((1u << INBOX_KIND_N) - 1)

struct inbox_entry {
    enum inbox_kind kind;
    int64_t buffer_id;
    struct message *message; /* the last of them; NULL: an unread buffer or thread whose line is not
                                here */
    unsigned n;              /* DIRECTS, THREADS, UNREADS: how many messages; else 1 */
    char *root;              /* THREADS: remote id of what began it; else NULL */
};
void inbox_entry_free(struct inbox_entry *entry);

/* Entries of each kind. Valid until the next call. */
struct inbox_counts {
    unsigned n[INBOX_KIND_N];
};
const struct inbox_counts *core_inbox_counts(struct core *core);
/* By kind in the order above, in each the newest first, at most `limit` of each kind; `kinds`:
 * 1 << INBOX_… of those wanted. Owns its elements. */
GPtrArray *core_inbox_entries(struct core *core, unsigned kinds, unsigned limit);

/* Dealt with, all of `entries` (struct inbox_entry) as one step for undo: a mention is done, a
 * direct conversation, a thread and an unread buffer are marked as read, a flag is taken away. What
 * was not sent is left out: core_retry() and core_drop() are for that. Returns how many were dealt
 * with. */
unsigned core_inbox_done(struct core *core, const GPtrArray *entries);
/* They come back at that time, read or not. Only what calls can be snoozed; the number of those. */
unsigned core_inbox_snooze(struct core *core, const GPtrArray *entries, int64_t until_us);
/* Takes the last step back. False: there is none. */
bool core_inbox_undo(struct core *core);

/* The person wants to find a message again, or not any more. The message changes when it is on
 * disk, and the network is told where it keeps that (and there is a connection). */
bool core_flag(struct core *core, int64_t message_id, bool flagged, GError **error);
/* The network would be told now. */
bool core_flag_is_told(struct core *core, const struct message *message);

#endif
