/* Files on their way: fetched into a folder of the person's, or brought to a network. What a cut
 * interrupts goes on by itself when the connection is back, from where it stood. */
#ifndef WEFT_CORE_TRANSFER_H
#define WEFT_CORE_TRANSFER_H

#include "core/core.h"

enum transfer_kind {
    TRANSFER_SAVE, /* into the download folder */
    TRANSFER_OPEN, /* into the cache, to be shown by a program */
    TRANSFER_UP,
};

struct transfer {
    uint64_t id;
    enum transfer_kind kind;
    int64_t buffer_id;
    int64_t message_id;
    char *name; /* as the sender calls it */
    uint64_t done_bytes;
    int64_t total_bytes; /* -1: not known */
    bool waits;          /* for the connection, or for another try */
};

/* struct transfer, in the order in which they began. Core's. */
const GPtrArray *core_transfers(struct core *core);

/* Fetches the `index`th file of a stored message; NOTICE_FILE follows, or a sentence in the buffer.
 * Refuses in words: a file larger than look.ask_above with TOO_LARGE, unless `large`. The name is
 * made harmless, nothing is overwritten, and only the person may read it. */
bool core_fetch_file(struct core *core, int64_t message_id, unsigned index, enum transfer_kind kind,
                     bool large, GError **error);

/* Ends it: what has come of it is thrown away, what was to be sent with it is not sent. False:
 * there is none of that id. */
bool core_stop_transfer(struct core *core, uint64_t id);

/* A name for the disk, made of one that somebody else chose: no folder, no control or direction
 * marks, no dot, dash or tilde at the beginning, not too long; "file" when nothing is left.
 * g_free(). */
char *transfer_safe_name(const char *name);

#endif
